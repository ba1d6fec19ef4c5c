// What the machine takes for granted in an image.
#ifndef SIMPLE_COMPILE_VERIFY_H_
#define SIMPLE_COMPILE_VERIFY_H_

#include "compile/image.h"

namespace simple {

// Looks whether everything in an image that names something else names something that is
// there: registers, constants, jumps, strings and so on. Null if so, else what is wrong.
//
// What values are when the program runs is not looked at: the machine does that itself.
// What references lead to is known when all modules are loaded; see Engine.
const char* verify(const ModuleImage& image);

}  // namespace simple

#endif

// Images as bytes: numbers as they are in memory (little-endian), lists with their length
// in front, the parts in the order of image.h.
#ifndef SIMPLE_COMPILE_STORED_H_
#define SIMPLE_COMPILE_STORED_H_

#include <string>
#include <string_view>

#include "compile/image.h"

namespace simple {

void store(const ModuleImage& image, std::string& bytes);
// False if the bytes are not those of an image. What is in them is not looked at: an
// image that comes from outside has to pass verify() before anything else sees it.
bool restore(std::string_view bytes, ModuleImage& image);

}  // namespace simple

#endif

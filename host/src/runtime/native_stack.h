// The stack of the thread that runs the machine: natives that call back, and values that
// lie in one another, take from it what nobody can know beforehand.
#ifndef SIMPLE_RUNTIME_NATIVE_STACK_H_
#define SIMPLE_RUNTIME_NATIVE_STACK_H_

namespace simple {

// Fails if little is left of this thread's stack.
void check_native_stack();

}  // namespace simple

#endif

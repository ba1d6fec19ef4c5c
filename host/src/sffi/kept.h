// Arrays that native code reads after the call it was given them in.
//
// A parameter `Kept<[f64]>` is three in C: the address of the elements, a context, and a
// destroy function, which C calls exactly once with the context, from any thread, when it
// reads no more. Until then the elements stay where they are and as they are: a program
// that changes the array meanwhile changes a copy. C must not write to them.
#ifndef SIMPLE_SFFI_KEPT_H_
#define SIMPLE_SFFI_KEPT_H_

#include <memory>
#include <vector>

#include "runtime/value.h"
#include "sffi/gate.h"

namespace simple {

class Heap;

// The context that C gets.
struct Kept {
  std::shared_ptr<Gate> gate;
  Value array;
  // Both under the gate's mutex.
  bool destroyed = false;  // By C; the machine removes it.
  // Once the program has ended: what was the array's.
  std::shared_ptr<void> elements;
};

// Makes the array one that nobody changes, with elements that can outlive it.
Kept* make_kept(Heap& heap, std::shared_ptr<Gate> gate, Value array);
// The C function that destroys a Kept.
void destroy_kept(void* context);
// Whether C destroyed it; it is gone then.
bool removed(Kept* kept);
// The heap goes, and C still reads the elements of these: they are theirs now.
void leave_alone(Heap& heap, const std::vector<Kept*>& all);

}  // namespace simple

#endif

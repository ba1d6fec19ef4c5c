#include "sffi/kept.h"

#include <cstdlib>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "runtime/heap.h"
#include "runtime/object.h"

namespace simple {

Kept* make_kept(Heap& heap, std::shared_ptr<Gate> gate, Value array) {
  heap.move_outside(as<Array>(array));
  share(array);
  auto* kept = new Kept;
  kept->gate = std::move(gate);
  kept->array = array;
  return kept;
}

void destroy_kept(void* context) {
  auto* kept = static_cast<Kept*>(context);
  const std::shared_ptr<Gate> gate = kept->gate;
  const std::lock_guard lock(gate->mutex());
  if (kept->elements != nullptr) {
    delete kept;
  } else {
    kept->destroyed = true;
  }
}

bool removed(Kept* kept) {
  const std::shared_ptr<Gate> gate = kept->gate;
  const std::lock_guard lock(gate->mutex());
  if (!kept->destroyed) return false;
  delete kept;
  return true;
}

void leave_alone(Heap& heap, const std::vector<Kept*>& all) {
  std::unordered_map<Array*, std::shared_ptr<void>> elements;
  for (Kept* kept : all) {
    auto* array = as<Array>(kept->array);
    auto& found = elements[array];
    if (found == nullptr) found.reset(heap.take_elements(array), std::free);
    const std::shared_ptr<Gate> gate = kept->gate;
    const std::lock_guard lock(gate->mutex());
    kept->elements = found;
    // C may have been quick.
    if (kept->destroyed) delete kept;
  }
}

}  // namespace simple

// Where the characters of texts that are not ASCII lie, so that a loop over the
// characters of a long text by their numbers does not start at the text's beginning each
// time.
#ifndef SIMPLE_RUNTIME_CHARACTER_PLACES_H_
#define SIMPLE_RUNTIME_CHARACTER_PLACES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/object.h"

namespace simple {

class Heap;

class CharacterPlaces {
 public:
  explicit CharacterPlaces(Heap& heap) : heap_(heap) {}

  // The byte where the `index`th character starts, or the text's length if it has fewer.
  size_t start(const Text* text, size_t index);
  size_t count(const Text* text);
  // Before texts can go: another one may come to lie where one was.
  void forget();

 private:
  // Of every 64th character. What lies between is looked for from there, or from the
  // character that was asked for last.
  struct Known {
    const Text* text = nullptr;
    std::vector<uint32_t> starts;
    size_t count = 0;
    size_t last_index = 0;
    size_t last_start = 0;
  };
  Known& known(const Text* text);

  Heap& heap_;
  std::array<Known, 4> known_;  // A few, for programs that compare texts.
  size_t oldest_ = 0;
};

}  // namespace simple

#endif

#include "runtime/character_places.h"

#include "runtime/heap.h"
#include "runtime/unicode.h"

namespace simple {
namespace {

constexpr size_t kStep = 64;
// Shorter texts are gone through.
constexpr uint32_t kLong = 256;

size_t skip(const Text* text, size_t at, size_t characters) {
  const std::string_view view = text->view();
  for (; characters > 0 && at < view.size(); --characters) at += decode(view, at).length;
  return at;
}

}  // namespace

size_t CharacterPlaces::start(const Text* text, size_t index) {
  if (text->length < kLong) return skip(text, 0, index);
  Known& found = known(text);
  if (index >= found.count) return text->length;
  if (index < found.last_index || index - found.last_index > kStep) {
    found.last_index = index / kStep * kStep;
    found.last_start = found.starts[index / kStep];
  }
  found.last_start = skip(text, found.last_start, index - found.last_index);
  found.last_index = index;
  return found.last_start;
}

size_t CharacterPlaces::count(const Text* text) {
  if (text->length >= kLong) return known(text).count;
  return static_cast<size_t>(count_characters(text->view()));
}

void CharacterPlaces::forget() {
  for (Known& known : known_) known = Known();
}

CharacterPlaces::Known& CharacterPlaces::known(const Text* text) {
  for (Known& known : known_) {
    if (known.text == text) return known;
  }
  Known& made = known_[oldest_];
  oldest_ = (oldest_ + 1) % known_.size();
  made = Known();
  for (size_t at = 0; at < text->length; ++made.count) {
    if (made.count % kStep == 0) made.starts.push_back(static_cast<uint32_t>(at));
    at += decode(text->view(), at).length;
  }
  made.text = text;
  heap_.account(static_cast<int64_t>(made.starts.capacity() * sizeof(uint32_t)));
  return made;
}

}  // namespace simple

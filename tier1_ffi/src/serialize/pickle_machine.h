// What every walk through a pickle has: its bytes, and the stack that its instructions
// work on, with marks, and a memo; and the instructions that mean the same to all.
// Objects are numbers here; what they are is the walk's own business.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/failure.h"
#include "core/utf8.h"
#include "serialize/pickle_codes.h"

namespace simple_torch {

class PickleMachine {
 protected:
  enum class Container { kTuple, kList, kDict };

  // `where` opens the messages of what is wrong with it, and outlives this.
  PickleMachine(std::string_view bytes, const std::string& where)
      : bytes_(bytes), where_(where) {}
  ~PickleMachine() = default;

  const std::string& where() const { return where_; }
  [[noreturn]] void refuse(Code code, const std::string& what) const {
    fail(code, "", where_ + ": " + what + ", at byte " + std::to_string(code_at_));
  }
  [[noreturn]] void damaged(const std::string& what) const {
    refuse(Code::kFormat, what);
  }
  [[noreturn]] void unsupported(const std::string& what) const {
    refuse(Code::kUnsupported, what);
  }

  // ---- Reading

  // The next instruction, which messages are about from now on.
  PickleCode code() {
    code_at_ = at_;
    return static_cast<PickleCode>(number<uint8_t>());
  }
  std::string_view take(uint64_t size) {
    if (size > bytes_.size() - at_) damaged("the pickle ends too early");
    const std::string_view taken = bytes_.substr(at_, size);
    at_ += size;
    return taken;
  }
  template <typename T>
  T number() {
    T value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::string_view text(uint64_t size) {
    const std::string_view taken = take(size);
    if (!is_utf8(taken)) damaged("a text that is not UTF-8");
    return taken;
  }
  std::string_view line() {
    const size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) damaged("the pickle ends too early");
    const std::string_view text = take(end - at_);
    take(1);
    return text;
  }
  size_t size() const { return bytes_.size(); }
  size_t position() const { return at_; }

  // ---- The stack

  void push(uint32_t object) { stack_.push_back(object); }
  uint32_t pop() {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) {
      damaged("there is nothing on the stack");
    }
    const uint32_t object = stack_.back();
    stack_.pop_back();
    return object;
  }
  uint32_t top() {
    const uint32_t object = pop();
    push(object);
    return object;
  }
  void mark() { marks_.push_back(stack_.size()); }
  // All above the last mark.
  std::vector<uint32_t> pop_marked() {
    if (marks_.empty()) damaged("there is no mark on the stack");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<uint32_t> objects(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return objects;
  }
  // So many, the topmost last.
  std::vector<uint32_t> pop_many(size_t count) {
    std::vector<uint32_t> objects(count);
    for (size_t i = count; i-- > 0;) objects[i] = pop();
    return objects;
  }

  // ---- Containers

  virtual uint32_t make_container(Container kind, std::vector<uint32_t> items) = 0;
  // The items of the topmost object, which has to be such a container.
  virtual std::vector<uint32_t>& items_of_top(Container kind) = 0;

  void push_container(Container kind, std::vector<uint32_t> items = {}) {
    push(make_container(kind, std::move(items)));
  }
  void extend(Container kind, const std::vector<uint32_t>& added) {
    std::vector<uint32_t>& items = items_of_top(kind);
    if (kind == Container::kDict && added.size() % 2 != 0) damaged("a key has no value");
    items.insert(items.end(), added.begin(), added.end());
  }

  // ---- The memo

  virtual void remember(uint32_t number) { memo_[number] = top(); }
  void recall(uint32_t number) {
    const auto found = memo_.find(number);
    if (found == memo_.end()) damaged("an object is referred to that does not exist");
    push(found->second);
  }
  // How many numbers there are.
  size_t remembered() const { return memo_.size(); }

  // ---- Instructions that mean the same in every walk; false if it is none of them.

  bool perform(PickleCode code) {
    switch (code) {
      case PickleCode::kMark:
        mark();
        return true;
      case PickleCode::kEmptyTuple:
        push_container(Container::kTuple);
        return true;
      case PickleCode::kTuple1:
        push_container(Container::kTuple, pop_many(1));
        return true;
      case PickleCode::kTuple2:
        push_container(Container::kTuple, pop_many(2));
        return true;
      case PickleCode::kTuple3:
        push_container(Container::kTuple, pop_many(3));
        return true;
      case PickleCode::kTuple:
        push_container(Container::kTuple, pop_marked());
        return true;
      case PickleCode::kEmptyList:
        push_container(Container::kList);
        return true;
      case PickleCode::kEmptyDict:
        push_container(Container::kDict);
        return true;
      case PickleCode::kAppends: {
        const auto items = pop_marked();
        extend(Container::kList, items);
        return true;
      }
      case PickleCode::kSetItem: {
        const auto item = pop_many(2);
        extend(Container::kDict, item);
        return true;
      }
      case PickleCode::kSetItems: {
        const auto items = pop_marked();
        extend(Container::kDict, items);
        return true;
      }
      case PickleCode::kBinPut:
        remember(number<uint8_t>());
        return true;
      case PickleCode::kLongBinPut:
        remember(number<uint32_t>());
        return true;
      case PickleCode::kBinGet:
        recall(number<uint8_t>());
        return true;
      case PickleCode::kLongBinGet:
        recall(number<uint32_t>());
        return true;
      default:
        return false;
    }
  }

 private:
  std::string_view bytes_;
  const std::string& where_;
  size_t at_ = 0;
  size_t code_at_ = 0;
  std::vector<uint32_t> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint32_t, uint32_t> memo_;
};

}  // namespace simple_torch

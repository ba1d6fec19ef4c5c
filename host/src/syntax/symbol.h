// Names as numbers. A symbol is equal to another exactly if their texts are, so names are
// compared, hashed and stored in four bytes. Symbols live as long as the process.
#ifndef SIMPLE_SYNTAX_SYMBOL_H_
#define SIMPLE_SYNTAX_SYMBOL_H_

#include <cstdint>
#include <functional>
#include <string_view>

namespace simple {

struct Symbol {
  uint32_t id = 0;  // 0 is the empty name, "none".

  explicit operator bool() const { return id != 0; }
  friend bool operator==(Symbol, Symbol) = default;
};

Symbol intern(std::string_view text);
std::string_view text_of(Symbol symbol);
inline bool is_dotted(Symbol name) {
  return text_of(name).find('.') != std::string_view::npos;
}

}  // namespace simple

template <>
struct std::hash<simple::Symbol> {
  size_t operator()(simple::Symbol symbol) const { return symbol.id * 0x9E3779B1u; }
};

#endif

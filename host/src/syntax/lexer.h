// From text to tokens. Layout stays in the tokens: each knows whether it is the first of
// its line and how far that line is indented, and the parser, which knows where a block
// may open, makes lines and blocks of it. So a block inside brackets needs no agreement
// between the two.
#ifndef SIMPLE_SYNTAX_LEXER_H_
#define SIMPLE_SYNTAX_LEXER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "syntax/ast.h"
#include "syntax/source.h"
#include "syntax/symbol.h"

namespace simple {

enum class TokenKind : uint8_t {
  kEnd,
  kNewline,  // Only the parser makes it, of a token that starts a line.
  kError,    // Something was reported here already.
  kName,
  kInt,
  kFloat,
  kText,       // value: index of its text
  kTextStart,  // "a{x:>5}b": start, piece, open, the tokens of x, close, piece, end
  kTextPiece,  // value: index of its text
  kPieceOpen,
  kPieceClose,  // value: index of the format
  kTextEnd,
  kLabel,     // 'outer
  kRawBlock,  // math{ ... } and its kind
  // Words that are never names, except behind a dot and as labels of arguments.
  kFn,
  kMe,
  kLet,
  kVal,
  kVar,
  kConst,
  kIf,
  kElif,
  kElse,
  kFor,
  kWhile,
  kBreak,
  kContinue,
  kReturn,
  kPass,
  kMatch,
  kCase,
  kStruct,
  kClass,
  kEnum,
  kIn,
  kIs,
  kNot,
  kAnd,
  kOr,
  kXor,
  kTrue,
  kFalse,
  kNil,
  kSelf,
  kSuper,
  // Brackets. The value of one that opens is the index of the one that closes it, or 0.
  kLeftParen,
  kRightParen,
  kLeftBracket,
  kRightBracket,
  kLeftBrace,
  kRightBrace,
  // Marks.
  kComma,
  kColon,
  kDoubleColon,
  kSemicolon,
  kDot,
  kDotDot,
  kDotDotEqual,
  kEllipsis,
  kQuestion,
  kQuestionDot,
  kDotQuestion,
  kCoalesce,
  kBang,
  kAssign,
  kColonAssign,
  kPlusAssign,
  kMinusAssign,
  kStarAssign,
  kSlashAssign,
  kPercentAssign,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kShiftLeft,
  kShiftRight,
  kPlus,
  kMinus,
  kStar,
  kSlash,
  kPercent,
  kPower,
  kAt,
  kAmpersand,
  kAmpersands,
  kPipe,
  kPipes,
  kPipeForward,
  kCaret,
  kTilde,
  kLayerConnect,
  kParallel,
  kArrow,
  kFatArrow,
  kBackslash,
};

struct Token {
  uint32_t start = 0;
  uint32_t length = 0;
  uint32_t value = 0;   // Of a name or keyword: its symbol. Else as the kind says.
  uint16_t indent = 0;  // Columns of its line, if it is the first of one.
  TokenKind kind = TokenKind::kEnd;
  bool first : 1 = false;         // Of its line.
  bool space_before : 1 = false;  // Also at the start of a line.

  Span at() const { return {start, length}; }
  uint32_t end() const { return start + length; }
  Symbol symbol() const { return {value}; }
};
static_assert(sizeof(Token) == 16);

// Whether a token is a hard keyword; it can be a name behind a dot.
inline bool is_keyword(TokenKind kind) {
  return kind >= TokenKind::kFn && kind <= TokenKind::kSuper;
}

struct Tokens {
  std::vector<Token> list;  // Ends with kEnd.
  std::vector<std::string_view> texts;
  bool ends_inside = false;  // A bracket, a text of many lines or a comment is open.
};

// Texts without escapes are views into the source; the others are copied into the arena.
Tokens lex(const Source& source, ast::Arena& arena, std::vector<Diagnostic>& diagnostics);

}  // namespace simple

#endif

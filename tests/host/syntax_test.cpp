// The lexer and the parser, by the tree they make. What is expected here is read off the
// language's description, never off the parser.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "syntax/ast_dump.h"
#include "syntax/lexer.h"
#include "syntax/parser.h"
#include "syntax/spelling.h"

namespace simple {
namespace {

struct Parsed {
  explicit Parsed(std::string_view text) : source("test.spl", std::string(text)) {
    module = parse(source, diagnostics);
  }

  Source source;
  std::vector<Diagnostic> diagnostics;
  std::unique_ptr<ast::Module> module;
};

// All errors, one a line: 1:5 message.
std::string errors(std::string_view text) {
  const Parsed parsed(text);
  std::string result;
  for (const Diagnostic& error : parsed.diagnostics) {
    const Place place = parsed.source.place(error.at.start);
    if (!result.empty()) result += "\n";
    result += std::to_string(place.line) + ":" + std::to_string(place.column) + " " +
              error.message;
  }
  return result;
}

// The tree, one statement a line, or what is wrong.
std::string tree(std::string_view text) {
  const Parsed parsed(text);
  return parsed.diagnostics.empty() ? dump(*parsed.module) : "error: " + errors(text);
}

std::string repeat(std::string_view piece, int count) {
  std::string result;
  for (int i = 0; i < count; ++i) result += piece;
  return result;
}

// ---- Numbers --------------------------------------------------------------------------
TEST(Numbers, HaveFourBasesAndSeparators) {
  EXPECT_EQ(tree("1_000_000"), "1000000");
  EXPECT_EQ(tree("0xFF"), "255");
  EXPECT_EQ(tree("0XfF"), "255");
  EXPECT_EQ(tree("0b1010_0101"), "165");
  EXPECT_EQ(tree("0o755"), "493");
}

TEST(Numbers, AreFloatsWithADigitBehindTheDotOrAnExponent) {
  EXPECT_EQ(tree("2.5"), "2.5");
  EXPECT_EQ(tree("1e3"), "1000.0");
  EXPECT_EQ(tree("6.25e-2"), "0.0625");
  EXPECT_EQ(tree("1E+2"), "100.0");
}

TEST(Numbers, LeaveRangesAndMethodsOfIntegersAlone) {
  EXPECT_EQ(tree("1..3"), "(.. 1 3)");
  EXPECT_EQ(tree("1.abs()"), "(.abs 1)");
}

TEST(Numbers, TakeSuffixesOfTypesAndUnits) {
  EXPECT_EQ(tree("255u8"), "255u8");
  EXPECT_EQ(tree("0.5f32"), "0.5f32");
  EXPECT_EQ(tree("2f64"), "2.0f64");
  EXPECT_EQ(tree("0xFFu16"), "255u16");
  EXPECT_EQ(tree("5_km"), "5_km");
  EXPECT_EQ(tree("1_000_ms"), "1000_ms");
}

TEST(Numbers, KeepTheBitsOfU64AndRefuseMore) {
  EXPECT_EQ(tree("18446744073709551615"), "-1");
  EXPECT_EQ(tree("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(errors("18446744073709551616"), "1:1 this number is too large for 64 bits");
}

TEST(Numbers, RefuseUnknownSuffixesAndDigits) {
  EXPECT_EQ(errors("12abc"), "1:1 `abc` is no suffix of a number");
  EXPECT_EQ(errors("0b12"), "1:1 `2` is no digit of a number to base 2");
  EXPECT_EQ(errors("1e999"), "1:1 this number is too large for f64");
}

// ---- Texts ----------------------------------------------------------------------------
TEST(Texts, ReplaceEscapes) {
  EXPECT_EQ(tree(R"("a\tb\n\\")"), R"("a\tb\n\\")");
  EXPECT_EQ(tree(R"("\x41\u0042\u{43}\104")"), R"("ABCD")");
  EXPECT_EQ(tree(R"("\u{1F600}")"), "\"\U0001F600\"");
  EXPECT_EQ(tree(R"("\q\'\{\}")"), R"("q'{}")");
}

TEST(Texts, InSingleQuotesAreRaw) {
  EXPECT_EQ(tree(R"('a\d{2} \' b')"), R"("a\\d{2} ' b")");
}

TEST(Texts, WithTheRawPrefixAreRaw) {
  EXPECT_EQ(tree(R"(r"C:\dir\{x}")"), R"("C:\\dir\\{x}")");
}

TEST(Texts, OfSeveralLinesAreRawUnlessTheyAreFTexts) {
  EXPECT_EQ(tree("x = \"\"\"a {b}\n\\n\"\"\""), "(= x \"a {b}\\n\\\\n\")");
  EXPECT_EQ(tree("x = f\"\"\"a {b}\n\\t.\"\"\""), "(= x (text \"a \" b \"\\n\\t.\"))");
}

TEST(Texts, InterpolateExpressions) {
  EXPECT_EQ(tree(R"("a{x}b{y + 1}")"), R"((text "a" x "b" (+ y 1)))");
  EXPECT_EQ(tree(R"(f"{x}")"), "(text x)");
  EXPECT_EQ(tree(R"("{d["k"]} {f(\"q\")}")"), R"((text (at d "k") " " (call f "q")))");
  EXPECT_EQ(tree(R"("{if c: 'a' else: 'b'}")"), R"((text (if c "a" "b")))");
  EXPECT_EQ(tree(R"("{x ?? "none"}")"), R"((text (?? x "none")))");
  EXPECT_EQ(tree(R"("{f("{g(1)}")}")"), R"((text (call f (text (call g 1)))))");
}

TEST(Texts, KeepLiteralBraces) {
  EXPECT_EQ(tree(R"("{{x}}")"), R"("{x}")");
  EXPECT_EQ(tree(R"("{}")"), R"("{}")");
  EXPECT_EQ(tree(R"("a } b")"), R"("a } b")");
  EXPECT_EQ(tree(R"("{")"), R"("{")");
  EXPECT_EQ(tree(R"("{\"a\": 1}")"), R"("{\"a\": 1}")");
  EXPECT_EQ(tree(R"("{ " + "}")"), R"((+ "{ " "}"))");
  EXPECT_EQ(tree(R"("{ \"a\": 1 }")"), R"("{ \"a\": 1 }")");
}

TEST(Texts, HaveFormats) {
  EXPECT_EQ(tree(R"("{x:>8.2f}")"), "(text (format x >8.2f))");
  EXPECT_EQ(tree(R"("{n:,}")"), "(text (format n ,))");
  EXPECT_EQ(tree(R"("{n:*^9}")"), "(text (format n *^9))");
  EXPECT_EQ(tree(R"("{a[1:2]}")"), "(text (at a (slice 1 2 _)))");
  EXPECT_EQ(tree(R"("{P(x: 1):08x}")"), "(text (format (call P x=1) 08x))");
}

TEST(Texts, WithoutAnEndSayWhereTheyStart) {
  EXPECT_EQ(errors("x = \"abc\ny = 1\nz = 'a"),
            "1:5 the text that starts here has no end\n"
            "3:5 the text that starts here has no end");
  EXPECT_EQ(errors("x = \"\"\"abc\ny = 1"), "1:5 the text that starts here has no end");
}

TEST(Texts, RefuseBadEscapes) {
  EXPECT_EQ(errors(R"("\xZ1")"), "1:2 `\\x` is followed by two hex digits");
  EXPECT_EQ(errors(R"("\u{D800}")"), "1:2 no character has this number");
}

TEST(Texts, PointAtMistakesInsideInterpolations) {
  EXPECT_EQ(errors(R"(x = "a {y +} b")").substr(0, 5), "1:12 ");
}

TEST(Symbols, AreNamesBehindAColon) {
  EXPECT_EQ(tree("x = :ready"), "(= x :ready)");
  EXPECT_EQ(tree("describe :parser:\n    pass"), "(call describe :parser (block pass))");
}

// ---- Comments and lines ---------------------------------------------------------------
TEST(Comments, AreReadOver) {
  EXPECT_EQ(
      tree("#!/usr/bin/env simple\n# a\n## b\n/// c\nx # d\n/* e /* f */\n g */\ny"),
      "x\ny");
  EXPECT_EQ(tree("x = 1 /* a */ + /* b */ 2"), "(= x (+ 1 2))");
}

TEST(Comments, WithoutAnEndSayWhereTheyStart) {
  EXPECT_EQ(errors("x\n/* a /* b */\n"), "2:1 the comment that starts here has no end");
}

TEST(Attributes, AreReadOver) {
  EXPECT_EQ(tree("#[tag(\"slow\")]\nfn f(): 1"), "(fn f () 1)");
}

TEST(Lines, GoOnInsideBrackets) {
  EXPECT_EQ(tree("f(1,\n2\n  )"), "(call f 1 2)");
  EXPECT_EQ(tree("x = [\n    1,\n    2,\n]"), "(= x (array 1 2))");
}

TEST(Lines, GoOnBehindOperatorsAndSigns) {
  EXPECT_EQ(tree("x = 1 +\n    2"), "(= x (+ 1 2))");
  EXPECT_EQ(tree("x =\n    2"), "(= x 2)");
  EXPECT_EQ(tree("x +=\n    2"), "(+= x 2)");
  EXPECT_EQ(tree("val x:\n    i64 = 2"), "(val x: i64 2)");
  EXPECT_EQ(tree("x = 1 + \\\n  2"), "(= x (+ 1 2))");
}

TEST(Lines, GoOnWithAMethodOrAWordOfLogic) {
  EXPECT_EQ(tree("x = a\n    .b()\n    .c"), "(= x (. (.b a) c))");
  EXPECT_EQ(tree("a\n.b()"), "(.b a)");
  EXPECT_EQ(tree("x = a\n    and b\n    or c"), "(= x (or (and a b) c))");
  EXPECT_EQ(tree("a\n    |> f"), "(call f a)");
  EXPECT_EQ(tree("a.\nb()"), "(.b a)");
}

TEST(Lines, GoOnWithASignOnlyIfIndented) {
  EXPECT_EQ(tree("x = a\n    + b"), "(= x (+ a b))");
  EXPECT_EQ(tree("fn f():\n    a\n    -b"), "(fn f () {a; (- b)})");
}

TEST(Lines, DoNotGoOnWithADecorator) {
  EXPECT_EQ(tree("x = a\n@d\nfn f(): 1"), "(= x a)\n(@d fn f () 1)");
}

TEST(Blocks, AreIndentedOrOnTheLine) {
  EXPECT_EQ(tree("if a: b"), "(if a b)");
  EXPECT_EQ(tree("if a:\n    b\n    c\nd"), "(if a {b; c})\nd");
  EXPECT_EQ(tree("if a:\n  if b:\n      c\n  d\ne"), "(if a {(if b c); d})\ne");
}

TEST(Blocks, MayBeOneStatementAtTheMargin) {
  EXPECT_EQ(tree("if a:\nb\nc"), "(if a b)\nc");
}

TEST(Blocks, TakeATabForFourSpaces) {
  EXPECT_EQ(tree("if a:\n\tb\n    c"), "(if a {b; c})");
}

TEST(Blocks, ReadWindowsLinesAndAByteOrderMark) {
  EXPECT_EQ(tree("\xEF\xBB\xBFif a:\r\n    b\r\n\r\nc\r\n"), "(if a b)\nc");
}

TEST(Blocks, OpenInsideBracketsBehindLambdasAndMatch) {
  EXPECT_EQ(tree("f(\\x:\n    y = x\n    y\n, 2)"), "(call f (\\ (x) {(= y x); y}) 2)");
  EXPECT_EQ(tree("f(match x:\n    case 1: a\n    case _: b\n)"),
            "(call f (match x (1 -> a) (_ -> b)))");
}

TEST(Blocks, DropTextsThatOnlyDocument) {
  EXPECT_EQ(tree("fn f():\n    \"\"\"Doc.\"\"\"\n    1"), "(fn f () 1)");
  EXPECT_EQ(tree("fn f():\n    a\n    \"last\""), "(fn f () {a; \"last\"})");
  EXPECT_EQ(tree("class C:\n    \"Doc.\"\n    x: i64"), "(class C (x: i64))");
}

// ---- Operators ------------------------------------------------------------------------
TEST(Operators, BindAsTheTableSays) {
  EXPECT_EQ(tree("a or b and c"), "(or a (and b c))");
  EXPECT_EQ(tree("a and b == c"), "(and a (== b c))");
  EXPECT_EQ(tree("a == b < c"), "(== a (< b c))");
  EXPECT_EQ(tree("a < b..c"), "(< a (.. b c))");
  EXPECT_EQ(tree("a..b | c"), "(.. a (| b c))");
  EXPECT_EQ(tree("a | b ^ c & d << e"), "(| a (^ b (& c (<< d e))))");
  EXPECT_EQ(tree("a xor b"), "(^ a b)");
  EXPECT_EQ(tree("a << b @ c"), "(<< a (@ b c))");
  EXPECT_EQ(tree("a + b * c ** d"), "(+ a (* b (** c d)))");
  EXPECT_EQ(tree("a || b && c"), "(or a (and b c))");
}

TEST(Operators, GroupMatrixProductsLooserThanSums) {
  EXPECT_EQ(tree("a + b @ c"), "(@ (+ a b) c)");
}

TEST(Operators, GroupToTheLeftExceptPowers) {
  EXPECT_EQ(tree("a - b - c"), "(- (- a b) c)");
  EXPECT_EQ(tree("a ** b ** c"), "(** a (** b c))");
}

TEST(Operators, BindUnaryOnesTightest) {
  EXPECT_EQ(tree("not a == b"), "(== (not a) b)");
  EXPECT_EQ(tree("-2 ** 2"), "(** (- 2) 2)");
  EXPECT_EQ(tree("-a.b"), "(- (. a b))");
  EXPECT_EQ(tree("~a + !b"), "(+ (~ a) (not b))");
}

TEST(Operators, ChainComparisons) {
  EXPECT_EQ(tree("a < b"), "(< a b)");
  EXPECT_EQ(tree("0 <= x <= y < 9"), "(chain 0 <= x <= y < 9)");
}

TEST(Operators, TestMembershipAndIdentity) {
  EXPECT_EQ(tree("a in b"), "(in a b)");
  EXPECT_EQ(tree("a not in b"), "(not-in a b)");
  EXPECT_EQ(tree("a is not b"), "(is-not a b)");
}

TEST(Operators, FallBackTightly) {
  EXPECT_EQ(tree("a ?? b + 1"), "(+ (?? a b) 1)");
  EXPECT_EQ(tree("a unwrap or: b"), "(?? a b)");
  EXPECT_EQ(tree("x = a ?? return 1"), "(= x (?? a (do (return 1))))");
}

TEST(Operators, CastTightly) {
  EXPECT_EQ(tree("x as i64 + 1"), "(+ (as x i64) 1)");
  EXPECT_EQ(tree("x as i64 < 5"), "(< (as x i64) 5)");
  EXPECT_EQ(tree("e as T or: d"), "(as e T or d)");
}

TEST(Operators, PipeIntoCalls) {
  EXPECT_EQ(tree("x |> f |> g(2)"), "(call g (call f x) 2)");
  EXPECT_EQ(tree("x |> o.m(2)"), "(.m o x 2)");
  EXPECT_EQ(tree("5 |> (_1 * 3)"), "(call (\\ (_1) (* _1 3)) 5)");
  EXPECT_EQ(tree("f >> g"), "(>> f g)");
}

TEST(Operators, HaveThreeConditionalForms) {
  EXPECT_EQ(tree("x = if c: a else: b"), "(= x (if c a b))");
  EXPECT_EQ(tree("x = a if c else b"), "(= x (if c a b))");
  EXPECT_EQ(tree("x = if c then a else b"), "(= x (if c a b))");
  EXPECT_EQ(tree("x = if c:\n        a\n    else:\n        b\ny"), "(= x (if c a b))\ny");
}

TEST(Operators, UnwrapAndTest) {
  EXPECT_EQ(tree("e?"), "(? e)");
  EXPECT_EQ(tree("f(x)?.g"), "(?. (call f x) g)");
  EXPECT_EQ(tree("e!"), "(! e)");
  EXPECT_EQ(tree("e.?"), "(.? e)");
  EXPECT_EQ(tree("not a.b.?"), "(not (.? (. a b)))");
  EXPECT_EQ(tree("a != b"), "(!= a b)");
}

TEST(Operators, ReadBorrowsAndMovesAsTheirValue) {
  EXPECT_EQ(tree("f(&x, *y, &mut z)"), "(call f x *y z)");
  EXPECT_EQ(tree("x = move y"), "(= x y)");
}

TEST(Operators, ReadSuspendFormsAsPlain) {
  EXPECT_EQ(tree("if~ a: b"), "(if a b)");
  EXPECT_EQ(tree("a and~ b"), "(and a b)");
  EXPECT_EQ(tree("x ~= f()"), "(= x (call f))");
}

// ---- Literals -------------------------------------------------------------------------
TEST(Literals, OfTuples) {
  EXPECT_EQ(tree("()"), "(tuple)");
  EXPECT_EQ(tree("(a)"), "a");
  EXPECT_EQ(tree("(a,)"), "(tuple a)");
  EXPECT_EQ(tree("(q: 1, r: 2).q"), "(. (tuple q=1 r=2) q)");
  EXPECT_EQ(tree("t.0.1"), "(. (. t 0) 1)");
}

TEST(Literals, OfArrays) {
  EXPECT_EQ(tree("[]"), "(array)");
  EXPECT_EQ(tree("[*a, 1, ...b]"), "(array *a 1 *b)");
  EXPECT_EQ(tree("[0; n]"), "(repeat 0 n)");
}

TEST(Literals, OfDicts) {
  EXPECT_EQ(tree("x = {}"), "(= x (dict))");
  EXPECT_EQ(tree("x = {\"k\": 1, **d}"), "(= x (dict (= \"k\" 1) **d))");
}

TEST(Literals, OfSetsAreCalls) {
  EXPECT_EQ(tree("s{1, 2}"), "(call Set (array 1 2))");
  EXPECT_EQ(tree("x = {1, 2}"), "(= x (call Set (array 1 2)))");
}

TEST(Literals, OfComprehensions) {
  EXPECT_EQ(tree("[x * x for x in xs if x > 1]"), "(each (* x x) (for x xs if (> x 1)))");
  EXPECT_EQ(tree("[for x in 0..5 if c: e]"), "(each e (for x (.. 0 5) if c))");
  EXPECT_EQ(tree("[(a, b) for a in x for b in y]"),
            "(each (tuple a b) (for a x) (for b y))");
  EXPECT_EQ(tree("y = {k: v for (k, v) in it}"), "(= y (each (= k v) (for (k, v) it)))");
  EXPECT_EQ(tree("y = {k: v for k, v in it}"), "(= y (each (= k v) (for k, v it)))");
}

TEST(Literals, OfRanges) { EXPECT_EQ(tree("0..=n + 1"), "(..= 0 (+ n 1))"); }

// ---- Indexing -------------------------------------------------------------------------
TEST(Indexing, TakesSlices) {
  EXPECT_EQ(tree("a[1:4]"), "(at a (slice 1 4 _))");
  EXPECT_EQ(tree("a[:2]"), "(at a (slice _ 2 _))");
  EXPECT_EQ(tree("a[-2:]"), "(at a (slice (- 2) _ _))");
  EXPECT_EQ(tree("a[::-1]"), "(at a (slice _ _ (- 1)))");
  EXPECT_EQ(tree("a[1::2]"), "(at a (slice 1 _ 2))");
  EXPECT_EQ(tree("a[:]"), "(at a (slice _ _ _))");
}

TEST(Indexing, TakesRangesThatMayBeOpen) {
  EXPECT_EQ(tree("a[1..4]"), "(at a (.. 1 4))");
  EXPECT_EQ(tree("a[..4]"), "(at a (.. _ 4))");
  EXPECT_EQ(tree("a[1..]"), "(at a (.. 1 _))");
}

TEST(Indexing, TakesSeveralSubscripts) {
  EXPECT_EQ(tree("t[0, 1:2, ...]"), "(at t (tuple 0 (slice 1 2 _) ...))");
}

// ---- Calls ----------------------------------------------------------------------------
TEST(Calls, TakeNamedArgumentsInTwoForms) {
  EXPECT_EQ(tree("f(1, a: 2, b = 3)"), "(call f 1 a=2 b=3)");
  EXPECT_EQ(tree("f(type: 1, match: 2)"), "(call f type=1 match=2)");
}

TEST(Calls, SpreadArguments) { EXPECT_EQ(tree("f(xs...)"), "(call f *xs)"); }

TEST(Calls, OfMethodsAreTheirOwn) {
  EXPECT_EQ(tree("a.b(1)"), "(.b a 1)");
  EXPECT_EQ(tree("a?.b(1)"), "(?.b a 1)");
  EXPECT_EQ(tree("a.match.type"), "(. (. a match) type)");
  EXPECT_EQ(tree("Shape::Dot"), "(. Shape Dot)");
}

TEST(Calls, AssignBackThroughAnArrow) {
  EXPECT_EQ(tree("data->norm(1)->two()"), "(->two (->norm data 1))");
}

TEST(Calls, NeedNoParenthesesAtTheStartOfAStatement) {
  EXPECT_EQ(tree("print \"x\""), "(call print \"x\")");
  EXPECT_EQ(tree("f a, b"), "(call f a b)");
  EXPECT_EQ(tree("o.m a"), "(.m o a)");
  EXPECT_EQ(tree("expect a == b"), "(call expect (== a b))");
  EXPECT_EQ(tree("expect not a"), "(call expect (not a))");
  EXPECT_EQ(tree("print x if c else y"), "(call print (if c x y))");
}

TEST(Calls, NeedNoParenthesesRightOfAnAssignment) {
  EXPECT_EQ(tree("val x = f 5"), "(val x (call f 5))");
  EXPECT_EQ(tree("x := f 5"), "(val x (call f 5))");
  EXPECT_EQ(tree("fn g():\n    return f 5"), "(fn g () (return (call f 5)))");
}

TEST(Calls, TellAnArgumentInBracketsFromAnIndex) {
  EXPECT_EQ(tree("x [1]"), "(call x (array 1))");
  EXPECT_EQ(tree("x[1]"), "(at x 1)");
}

TEST(Calls, PassAComparisonThatStartsWithAParenthesis) {
  EXPECT_EQ(tree("expect (a) == b"), "(call expect (== a b))");
  EXPECT_EQ(tree("expect (a + b) * 2 == c"), "(call expect (== (* (+ a b) 2) c))");
  EXPECT_EQ(tree("expect (a).to_equal(b)"), "(.to_equal (call expect a) b)");
  EXPECT_EQ(tree("square (1 + 2)"), "(call square (+ 1 2))");
}

TEST(Calls, LeaveSubtractionsAlone) {
  EXPECT_EQ(tree("a - b"), "(- a b)");
  EXPECT_EQ(tree("a -1"), "(- a 1)");
  EXPECT_EQ(tree("print -1"), "(call print (- 1))");
}

TEST(Calls, TakeTrailingLambdas) {
  EXPECT_EQ(tree("xs.map \\x: x + 1"), "(.map xs (\\ (x) (+ x 1)))");
  EXPECT_EQ(tree("apply(5) \\n: n * 2"), "(call apply 5 (\\ (n) (* n 2)))");
  EXPECT_EQ(tree("apply 5 \\n: n * 2"), "(call apply 5 (\\ (n) (* n 2)))");
  EXPECT_EQ(tree("val r = call_block \\: 42"), "(val r (call call_block (\\ () 42)))");
  EXPECT_EQ(tree("xs.each \\x:\n    f(x)\n    g(x)\nh"),
            "(.each xs (\\ (x) {(call f x); (call g x)}))\nh");
}

TEST(Calls, TakeTrailingBlocks) {
  EXPECT_EQ(tree("describe \"x\":\n    a\n    b"),
            "(call describe \"x\" (block {a; b}))");
  EXPECT_EQ(tree("it \"y\", tag: [\"skip\"]:\n    a"),
            "(call it \"y\" tag=(array \"skip\") (block a))");
  EXPECT_EQ(tree("it \"y\", skip:\n    a"), "(call it \"y\" skip (block a))");
  EXPECT_EQ(tree("f(1):\n    a"), "(call f 1 (block a))");
  EXPECT_EQ(tree("before_each: s = [1]"), "(call before_each (block (= s (array 1))))");
  EXPECT_EQ(tree("o.m(1):\n    a"), "(.m o 1 (block a))");
}

TEST(Calls, ReadTheInfixMatchersOfSpecs) {
  EXPECT_EQ(tree("expect(x).to eq(5)"), "(.to (call expect x) (call eq 5))");
  EXPECT_EQ(tree("expect x to eq 5"), "(.to (call expect x) (call eq 5))");
}

TEST(Calls, IgnoreTypeArguments) {
  EXPECT_EQ(tree("val m = Map<text, i64>.new()"), "(val m (.new Map))");
  EXPECT_EQ(tree("a < b"), "(< a b)");
  EXPECT_EQ(tree("f(a < b, c > d)"), "(call f (< a b) (> c d))");
}

TEST(Calls, ConstructWithBraces) {
  EXPECT_EQ(tree("P { x: 1, y }"), "(new P x=1 y=y)");
  EXPECT_EQ(tree("P {}"), "(new P)");
  EXPECT_EQ(tree("P(..base, y: 3)"), "(new P ..base y=3)");
  EXPECT_EQ(tree("t.with {\"a\": 1}"), "(.with t (dict (= \"a\" 1)))");
}

// ---- Lambdas --------------------------------------------------------------------------
TEST(Lambdas, HaveManyForms) {
  EXPECT_EQ(tree("f(\\x: x)"), "(call f (\\ (x) x))");
  EXPECT_EQ(tree("f(\\a, b: a + b, 1)"), "(call f (\\ (a b) (+ a b)) 1)");
  EXPECT_EQ(tree("f(\\: 1)"), "(call f (\\ () 1))");
  EXPECT_EQ(tree("f(\\_: 1)"), "(call f (\\ (_) 1))");
  EXPECT_EQ(tree("f(\\(a, b): a)"), "(call f (\\ ((a, b)) a))");
  EXPECT_EQ(tree("f(fn(x): x)"), "(call f (\\ (x) x))");
  EXPECT_EQ(tree("f(|x| x)"), "(call f (\\ (x) x))");
  EXPECT_EQ(tree("f(x => x)"), "(call f (\\ (x) x))");
  EXPECT_EQ(tree("f((a, b) => a)"), "(call f (\\ (a b) a))");
  EXPECT_EQ(tree("f(move \\x: x)"), "(call f (\\ (x) x))");
  EXPECT_EQ(tree("f(\\s: text: s)"), "(call f (\\ (s: text) s))");
}

TEST(Lambdas, AriseFromPlaceholders) {
  EXPECT_EQ(tree("xs.filter(_ > 3)"), "(.filter xs (\\ (_1) (> _1 3)))");
  EXPECT_EQ(tree("xs.reduce(_ + _)"), "(.reduce xs (\\ (_1 _2) (+ _1 _2)))");
  EXPECT_EQ(tree("xs.reduce(_2 - _1)"), "(.reduce xs (\\ (_1 _2) (- _2 _1)))");
  EXPECT_EQ(tree("xs.map(_.items.any(_ > 3))"),
            "(.map xs (\\ (_1) (.any (. _1 items) (\\ (_1) (> _1 3)))))");
  EXPECT_EQ(tree("val f = _ * 2"), "(val f (\\ (_1) (* _1 2)))");
}

TEST(Lambdas, AreMadeOfMethods) { EXPECT_EQ(tree("xs.map(&:len)"), "(.map xs &:len)"); }

TEST(Lambdas, MayAssignAndCall) {
  EXPECT_EQ(tree("xs.each \\x: t = t + x"), "(.each xs (\\ (x) (= t (+ t x))))");
  EXPECT_EQ(tree("xs.each \\x: print x"), "(.each xs (\\ (x) (call print x)))");
}

// ---- Bindings and assignments ---------------------------------------------------------
TEST(Bindings, HaveManyForms) {
  EXPECT_EQ(tree("val x: i64 = 1"), "(val x: i64 1)");
  EXPECT_EQ(tree("var x = 1"), "(var x 1)");
  EXPECT_EQ(tree("let x = 1"), "(val x 1)");
  EXPECT_EQ(tree("let mut x = 1"), "(var x 1)");
  EXPECT_EQ(tree("const N = 1"), "(const N 1)");
  EXPECT_EQ(tree("static val N = 1"), "(const N 1)");
  EXPECT_EQ(tree("static var N = 1"), "(var N 1)");
  EXPECT_EQ(tree("x := 1"), "(val x 1)");
  EXPECT_EQ(tree("_ = f()"), "(val _ (call f))");
  EXPECT_EQ(tree("var x: i64"), "(var x: i64)");
}

TEST(Bindings, TakeValuesApart) {
  EXPECT_EQ(tree("val (a, (b, _)) = t"), "(val (a, (b, _)) t)");
  EXPECT_EQ(tree("val [h, ...t] = xs"), "(val [h, ...t] xs)");
  EXPECT_EQ(tree("val {name, age} = p"), "(val {name=name, age=age} p)");
  EXPECT_EQ(tree("val Some(x) = e else: return 0"), "(val Some(x) e else (return 0))");
}

TEST(Bindings, NeedAValue) {
  EXPECT_EQ(errors("val x"),
            "1:6 Unexpected token: expected `=` and a value, found the end of the file");
}

TEST(Assignments, ReachThroughChains) {
  EXPECT_EQ(tree("a.b[i].c += 1"), "(+= (. (at (. a b) i) c) 1)");
  EXPECT_EQ(tree("d[\"k\"] = v"), "(= (at d \"k\") v)");
  EXPECT_EQ(tree("(a, b) = (b, a)"), "(= (tuple a b) (tuple b a))");
  EXPECT_EQ(tree("a, b = b, a"), "(= (tuple a b) (tuple b a))");
}

TEST(Assignments, RefuseWhatIsNoPlace) {
  EXPECT_EQ(errors("f(x) = 1"), "1:1 this cannot be assigned to");
  EXPECT_EQ(errors("1 = x"), "1:1 this cannot be assigned to");
}

// ---- Statements -----------------------------------------------------------------------
TEST(Statements, Branch) {
  EXPECT_EQ(tree("if a:\n    b\nelif c:\n    d\nelse:\n    e"), "(if a b (if c d e))");
  EXPECT_EQ(tree("if a: b\nelse if c: d"), "(if a b (if c d))");
  EXPECT_EQ(tree("if a: x = 1 else: x = 2"), "(if a (= x 1) (= x 2))");
}

TEST(Statements, BindInConditions) {
  EXPECT_EQ(tree("if val x = e: f(x)"), "(if (val x e) (call f x))");
  EXPECT_EQ(tree("if var Some(x) = e: x"), "(if (var Some(x) e) x)");
  EXPECT_EQ(tree("while val x = e: f(x)"), "(while (val x e) (call f x))");
}

TEST(Statements, Loop) {
  EXPECT_EQ(tree("for x in xs: f(x)"), "(for x xs (call f x))");
  EXPECT_EQ(tree("for i, x in xs: f(x)"), "(for i, x xs (call f x))");
  EXPECT_EQ(tree("for (a, b) in xs: a"), "(for (a, b) xs a)");
  EXPECT_EQ(tree("for _ in 0..3: pass"), "(for _ (.. 0 3) pass)");
  EXPECT_EQ(tree("while a < 3: b"), "(while (< a 3) b)");
  EXPECT_EQ(tree("loop:\n    break 1"), "(loop (break 1))");
  EXPECT_EQ(tree("val r = loop:\n    break 1"), "(val r (do (loop (break 1))))");
}

TEST(Statements, LeaveLabelledLoops) {
  EXPECT_EQ(tree("'outer: for x in xs:\n    break 'outer\n    continue 'outer"),
            "(for 'outer x xs {(break 'outer); (continue 'outer)})");
}

TEST(Statements, Pass) {
  EXPECT_EQ(tree("pass\npass_todo(\"why\")\npass_do_nothing\npass_dn"),
            "pass\npass\npass\npass");
}

TEST(Statements, Assert) {
  EXPECT_EQ(tree("assert a == b, \"why\""), "(assert (== a b) \"why\")");
  EXPECT_EQ(tree("assert(a)"), "(call assert a)");
}

TEST(Statements, Defer) {
  EXPECT_EQ(tree("defer f.close()"), "(defer (.close f))");
  EXPECT_EQ(tree("errdefer:\n    a\n    b"), "(errdefer {a; b})");
}

TEST(Statements, OpenResources) {
  EXPECT_EQ(tree("with open(p) as f:\n    a"), "(with (call open p) as f a)");
  EXPECT_EQ(tree("with a as x, b as y: c"), "(with a as x (with b as y c))");
}

TEST(Statements, TellTheTwoKindsOfContext) {
  EXPECT_EQ(tree("context obj:\n    a"), "(context obj a)");
  EXPECT_EQ(tree("context \"x\":\n    a"), "(call context \"x\" (block a))");
}

TEST(Statements, RunUnsafeBlocks) {
  EXPECT_EQ(tree("val h = unsafe(capabilities: [ffi]):\n    f(1)\ng"),
            "(val h (do (call f 1)))\ng");
}

TEST(Statements, MayBeginWithContextualWords) {
  EXPECT_EQ(
      tree("context = 1\nloop = 2\nmatch_ = 3\ntype = 4\nunit = 5\nto = as_"),
      "(= context 1)\n(= loop 2)\n(= match_ 3)\n(= type 4)\n(= unit 5)\n(= to as_)");
  EXPECT_EQ(tree("f(new, default, old, out)"), "(call f new default old out)");
  EXPECT_EQ(tree("use.x = 1"), "(= (. use x) 1)");
}

// ---- Match ----------------------------------------------------------------------------
TEST(Match, TakesArmsInAllForms) {
  EXPECT_EQ(
      tree("match x:\n    case 1: a\n    case 2 => b\n    case 3 -> c\n    4 => d\n"
           "    5: e\n    | 6 -> f\n    _:\n        g\n        h"),
      "(match x (1 -> a) (2 -> b) (3 -> c) (4 -> d) (5 -> e) (6 -> f) (_ -> {g; h}))");
}

TEST(Match, TakesLiteralPatterns) {
  EXPECT_EQ(
      tree("match x:\n    -1: a\n    \"s\": b\n    nil: c\n    true: d\n    1..5: e\n"
           "    1..=5: f\n    None: g"),
      "(match x (-1 -> a) (\"s\" -> b) (nil -> c) (true -> d) ((.. 1 5) -> e) "
      "((..= 1 5) -> f) (nil -> g))");
}

TEST(Match, TakesVariants) {
  EXPECT_EQ(
      tree("match x:\n    case E.V: a\n    case E.V(p): b\n    case Err(E.Bad(m)): c\n"
           "    case E.V(f: p): d\n    case P { x: q, y }: e"),
      "(match x (E.V -> a) (E.V(p) -> b) (Err(E.Bad(m)) -> c) (E.V(f=p) -> d) "
      "(P{x=q, y=y} -> e))");
}

TEST(Match, TakesSequencesTypesAndChoices) {
  EXPECT_EQ(
      tree("match x:\n    case (0, y): a\n    case [h, ...t]: b\n    case n: i64: c\n"
           "    case 1 | 2: d\n    case 3, 4: e"),
      "(match x ((0, y) -> a) ([h, ...t] -> b) (n: i64 -> c) (1 | 2 -> d) "
      "(3 | 4 -> e))");
}

TEST(Match, TakesGuards) {
  EXPECT_EQ(
      tree("match x:\n    case n if n > 0: a\n    n if n < m => b\n    | n if n -> c"),
      "(match x (n if (> n 0) -> a) (n if (< n m) -> b) (n if n -> c))");
}

TEST(Match, IsAnExpression) {
  EXPECT_EQ(tree("val y = match x:\n    1 => a\n    _ => b\nz"),
            "(val y (match x (1 -> a) (_ -> b)))\nz");
}

// ---- Functions ------------------------------------------------------------------------
TEST(Functions, HaveTypesDefaultsAndATail) {
  EXPECT_EQ(tree("fn area(w: f64, h: f64 = 1.0) -> f64: w * h"),
            "(fn area (w: f64 h: f64=1.0) -> f64 (* w h))");
  EXPECT_EQ(tree("fn total(nums: i64...) -> i64:\n    0"),
            "(fn total (nums: i64...) -> i64 0)");
  EXPECT_EQ(tree("fn f(a, b): a"), "(fn f (a b) a)");
}

TEST(Functions, MayBeGeneric) {
  EXPECT_EQ(tree("fn id<T: A & B>(x: T) -> T where T: C + D, U: E: x"),
            "(fn id (x: T) -> T x)");
  EXPECT_EQ(tree("fn id[T](x: T) -> T: x"), "(fn id (x: T) -> T x)");
}

TEST(Functions, HaveContracts) {
  EXPECT_EQ(
      tree("fn f(x):\n    in:\n        x > 0\n    out(r):\n        r > old(x)\n    x"),
      "(fn f (x) (requires (> x 0)) (ensures r: (> r (call old x))) x)");
  EXPECT_EQ(tree("fn f(x):\n    requires: x > 0\n    x"),
            "(fn f (x) (requires (> x 0)) x)");
}

TEST(Functions, HaveDecoratorsButForMetadata) {
  EXPECT_EQ(tree("@inline\n@twice\n@cached(size: 3)\nfn f(): 1"),
            "(@twice @(call cached size=3) fn f () 1)");
}

TEST(Functions, MayBeExternOrAliases) {
  EXPECT_EQ(tree("extern fn rt_x(a: i64) -> i64"), "(extern fn rt_x (a: i64) -> i64)");
  EXPECT_EQ(tree("extern type T\nextern class C"), "(extern type T)\n(extern type C)");
  EXPECT_EQ(tree("fn a = b"), "(alias a b)");
}

TEST(Functions, MayBeCalledAsContextualWordsAndKeywords) {
  EXPECT_EQ(tree("fn match(type, in_): type"), "(fn match (type in_) type)");
}

TEST(Types, HaveManyForms) {
  EXPECT_EQ(tree("var x: [i64; 3]"), "(var x: [i64; 3])");
  EXPECT_EQ(tree("var x: {text: [f64]}?"), "(var x: {text: [f64]}?)");
  EXPECT_EQ(tree("var x: Result<Option<T>, E>"), "(var x: Result<Option<T>, E>)");
  EXPECT_EQ(tree("var x: fn(A, B) -> C"), "(var x: fn(A, B) -> C)");
  EXPECT_EQ(tree("var x: (q: i64, r: i64)"), "(var x: (i64, i64))");
  EXPECT_EQ(tree("var x: A | B"), "(var x: A | B)");
  EXPECT_EQ(tree("var x: a.b.C"), "(var x: C)");
  EXPECT_EQ(tree("var x: dyn Tr\nvar y: &T"), "(var x: Tr)\n(var y: T)");
  EXPECT_EQ(tree("val x: List<i64>= y"), "(val x: List<i64> y)");
}

// ---- Declarations of types ------------------------------------------------------------
TEST(Classes, HaveFieldsAndMethods) {
  EXPECT_EQ(tree("class C:\n"
                 "    n: i64 = 0\n"
                 "    pub var tag: text\n"
                 "    static val MAX = 3\n"
                 "    static fn start(at: i64) -> C: C(n: at)\n"
                 "    fn get(self) -> i64: self.n\n"
                 "    me bump(by: i64 = 1):\n"
                 "        self.n = self.n + by\n"),
            "(class C (n: i64 = 0) (var tag: text) (const MAX 3) "
            "(static fn start (at: i64) -> C (call C n=at)) "
            "(fn get (self) -> i64 (. self n)) "
            "(me bump (by: i64=1) (= (. self n) (+ (. self n) by))))");
}

TEST(Classes, ForwardToFields) {
  EXPECT_EQ(tree("class C:\n    inner: D\n    alias fn size = inner.size\n"
                 "    alias me add(x) = inner.add\n    alias Readable = inner"),
            "(class C (inner: D) (alias size inner.size) (alias me add inner.add) "
            "(alias Readable inner))");
}

TEST(Classes, HaveInvariants) {
  EXPECT_EQ(tree("struct S:\n    x: i64\n    invariant:\n        self.x > 0\n        "
                 "self.x < 9"),
            "(struct S (x: i64) (invariant (> (. self x) 0) (< (. self x) 9)))");
}

TEST(Classes, NameTheirTraitsAndMixins) {
  EXPECT_EQ(tree("class C<T>(A, B) with M extends D:\n    pass"), "(class C <A <B <M)");
  EXPECT_EQ(tree("trait D: B:\n    fn f() -> i64\n    fn g(): 1"),
            "(trait D <B (fn f () -> i64) (fn g () 1))");
  EXPECT_EQ(tree("struct Empty"), "(struct Empty)");
}

TEST(Classes, MayHaveFieldsCalledAsKeywords) {
  EXPECT_EQ(tree("class C:\n    type: i64\n    match: i64\n    from: text"),
            "(class C (type: i64) (match: i64) (from: text))");
}

TEST(Enums, HaveVariantsInAllForms) {
  EXPECT_EQ(
      tree("enum S:\n    Dot\n    Circle(f64)\n    Rect(w: f64, h: f64)\n    V = 3\n"
           "    B { x: i64 }\n    fn flat() -> bool: false"),
      "(enum S Dot Circle(f64) Rect(w: f64, h: f64) V=3 B{x: i64} "
      "(fn flat () -> bool false))");
  EXPECT_EQ(tree("enum S: A | B\nenum T:\n    C, D\n    Some(i64)"),
            "(enum S A B)\n(enum T C D Some(i64))");
}

TEST(Impls, AreForTypesAndTraits) {
  EXPECT_EQ(tree("impl T:\n    fn f(): 1"), "(impl T (fn f () 1))");
  EXPECT_EQ(tree("impl Tr for T:\n    me f(): 1"), "(impl Tr for T (me f () 1))");
  EXPECT_EQ(tree("impl<U> Box<U>:\n    fn f(): 1"), "(impl Box<U> (fn f () 1))");
  EXPECT_EQ(tree("extend i64:\n    fn f(): 1"), "(impl i64 (fn f () 1))");
}

TEST(Aliases, NameTypes) {
  EXPECT_EQ(tree("type A = [i64]\nalias B = C"), "(alias A [i64])\n(alias B C)");
}

// ---- Modules --------------------------------------------------------------------------
TEST(Modules, AreUsedInAllForms) {
  EXPECT_EQ(tree("use a.b.{c, d as e}"), "(use a.b c d=e)");
  EXPECT_EQ(tree("use a.b.{\n    c,\n    d\n}"), "(use a.b c d)");
  EXPECT_EQ(tree("use a.b.*"), "(use a.b.*)");
  EXPECT_EQ(tree("use a.b.C"), "(use a.b.C as? C)");
  EXPECT_EQ(tree("use a.b as m"), "(use a.b as? m)");
  EXPECT_EQ(tree("import a.b"), "(use a.b as b)");
  EXPECT_EQ(tree("from a.b import c, d"), "(use a.b c d)");
  EXPECT_EQ(tree("use a::b::c"), "(use a.b.c as? c)");
  EXPECT_EQ(tree("use a.b.{*}\nuse a.b (c, d)"), "(use a.b.*)\n(use a.b c d)");
  EXPECT_EQ(tree("@allow(star) // it's a shim\nuse a.b.*"), "(use a.b.*)");
  EXPECT_EQ(tree("common use a.b.*"), "(export-use a.b.*)");
}

TEST(Modules, ExportInAllForms) {
  EXPECT_EQ(tree("export x, y"), "(export x y)");
  EXPECT_EQ(tree("export use m.*"), "(export-use m.*)");
  EXPECT_EQ(tree("export {A} from m.n"), "(export A from m.n)");
  EXPECT_EQ(tree("mod x"), "(use x as x)");
}

// ---- What is refused ------------------------------------------------------------------
TEST(Refusals, NameTheConstruct) {
  const auto refused = [](const char* text) {
    const std::string message = errors(text);
    return message.substr(message.find(' ') + 1);
  };
  EXPECT_EQ(refused("gen fn f():\n    1"), "`gen fn` is not supported by this host");
  EXPECT_EQ(refused("yield 1"), "`yield` is not supported by this host");
  EXPECT_EQ(refused("spawn f()"), "`spawn` is not supported by this host");
  EXPECT_EQ(refused("actor A:\n    x: i64"), "`actor` is not supported by this host");
  EXPECT_EQ(refused("macro m(x):\n    x"), "`macro` is not supported by this host");
  EXPECT_EQ(refused("comptime val x = 1"), "`comptime` is not supported by this host");
  EXPECT_EQ(refused("union U:\n    x: i64"), "`union` is not supported by this host");
  EXPECT_EQ(refused("bitfield B:\n    x: i64"),
            "`bitfield` is not supported by this host");
  EXPECT_EQ(refused("unit m:\n    x"), "`unit` is not supported by this host");
  EXPECT_EQ(refused("x = math{ a^2 }"), "`math{...}` is not supported by this host");
  EXPECT_EQ(refused("asm{ nop }"), "`asm{...}` is not supported by this host");
  EXPECT_EQ(refused("a ~> b"), "`~>` is not supported by this host");
  EXPECT_EQ(refused("a // b"), "`//` is not supported by this host");
  EXPECT_EQ(refused("super.x"), "`super` is not supported by this host");
}

// ---- Errors ---------------------------------------------------------------------------
TEST(Errors, SayWhatWasExpectedAndFound) {
  EXPECT_EQ(errors("x = )"), "1:5 `)` closes nothing");
  EXPECT_EQ(errors("f(1 2)"), "1:5 Unexpected token: expected `,` or `)`, found `2`");
  EXPECT_EQ(errors("if a\n    b"),
            "1:5 Unexpected token: expected `:` after the condition, found the end of "
            "the line");
  EXPECT_EQ(errors("a b c"),
            "1:5 Unexpected token: expected the end of the line, found `c`");
}

TEST(Errors, GoOnAtTheNextStatement) {
  EXPECT_EQ(errors("x = 1 2\ny = 1\nfn f():\n    z = 3 4\n    w\nq = 5 6"),
            "1:7 Unexpected token: expected the end of the line, found `2`\n"
            "4:11 Unexpected token: expected the end of the line, found `4`\n"
            "6:7 Unexpected token: expected the end of the line, found `6`");
}

TEST(Errors, DoNotCascade) {
  EXPECT_EQ(errors("if a b:\n    c\n    d\nelif e:\n    f\nelse:\n    g\nh"),
            "1:6 Unexpected token: expected `:` after the condition, found `b`");
  EXPECT_EQ(errors("f(\n    a b c,\n    d e f\n)\ng"),
            "2:7 Unexpected token: expected `,` or `)`, found `b`");
}

TEST(Errors, NameTheBracketThatStaysOpen) {
  EXPECT_EQ(errors("x = 1\ny = (2,\n  3\n\nfn f():\n    1"),
            "2:5 the `(` of line 2 is not closed");
  EXPECT_EQ(errors("x = (1]"), "1:7 `]` does not close the `(` of line 1");
}

TEST(Errors, SayThatABlockIsMissing) {
  EXPECT_EQ(errors("fn f():\nfn g(): 1"), "2:1 expected an indented block after `:`");
  EXPECT_EQ(errors("fn f():"), "1:8 expected an indented block after `:`");
}

TEST(Errors, SayThatTheIndentationIsInconsistent) {
  EXPECT_EQ(errors("if a:\n        b\n    c"),
            "3:5 inconsistent indentation: this line fits no block around it");
  EXPECT_EQ(errors("a\n    b"),
            "2:5 inconsistent indentation: this line fits no block around it");
  const Parsed mixed("if a:\n        b\n\tc");
  ASSERT_EQ(mixed.diagnostics.size(), 1u);
  EXPECT_NE(mixed.diagnostics[0].help.find("tabs and spaces"), std::string::npos);
}

TEST(Errors, NameBytesThatAreNotUtf8) {
  EXPECT_EQ(errors("x = 1\ny = \"a\xFF\""),
            "2:7 this file is not UTF-8: byte 0xFF at offset 12");
  EXPECT_EQ(errors(std::string("x = 1\0 2", 8)), "1:6 unexpected character: a NUL byte");
  EXPECT_EQ(errors("x = $y"), "1:5 unexpected character `$`");
}

TEST(Errors, KeepKeywordsFromBeingNames) {
  EXPECT_EQ(errors("val if = 1"), "1:5 Unexpected token: expected a name, found `if`");
  EXPECT_EQ(errors("else:\n    1"), "1:1 `else` without an `if` at the same indentation");
  EXPECT_EQ(errors("me f(): 1"),
            "1:1 `me` declares a method, so it stands in a class, struct or impl");
}

TEST(Errors, AreShownWithTheirLine) {
  const Parsed parsed("x = 1\ny = \xC3\xA4 b c\n");
  ASSERT_FALSE(parsed.diagnostics.empty());
  Diagnostic error{
      "semantic", "E1001", "variable `b` not found", {13, 1}, "did you mean `c`?"};
  EXPECT_EQ(render(error, parsed.source),
            "error: semantic: variable `b` not found [E1001]\n"
            "   --> test.spl:2:7\n"
            "   |\n"
            " 2 | y = \xC3\xA4 b c\n"
            "   |       ^\n"
            "   = did you mean `c`?\n");
}

TEST(Spelling, CountsTheStepsBetweenNames) {
  EXPECT_EQ(steps_between("print", "print"), 0u);
  EXPECT_EQ(steps_between("pritn", "print"), 1u);   // two letters exchanged
  EXPECT_EQ(steps_between("prnt", "print"), 1u);    // one left out
  EXPECT_EQ(steps_between("printt", "print"), 1u);  // one put in
  EXPECT_EQ(steps_between("prunt", "print"), 1u);   // one for another
  EXPECT_EQ(steps_between("name", "Some"), 2u);
  EXPECT_EQ(steps_between("", "abc"), 3u);
  EXPECT_EQ(steps_between("abc", ""), 3u);
}

TEST(Spelling, TakesShortNamesForWhatTheyAre) {
  EXPECT_EQ(most_steps("v"), 0u);
  EXPECT_EQ(most_steps("name"), 1u);
  EXPECT_EQ(most_steps("length"), 2u);
}

// ---- Limits ---------------------------------------------------------------------------
TEST(Limits, RefuseDeepNestingCleanly) {
  const auto too_deep = [](const std::string& text) {
    return errors(text).find("nested too deeply") != std::string::npos;
  };
  EXPECT_TRUE(too_deep("x = " + repeat("[", 10'000) + repeat("]", 10'000)));
  EXPECT_TRUE(too_deep("x = " + repeat("(", 10'000) + "1" + repeat(")", 10'000)));
  EXPECT_TRUE(too_deep("x = " + repeat("-", 100'000) + "1"));
  EXPECT_TRUE(too_deep("x = " + repeat("not ", 100'000) + "a"));
  EXPECT_TRUE(too_deep("x = " + repeat("1 ** ", 100'000) + "1"));
  EXPECT_TRUE(too_deep("x = " + repeat("\\x: ", 100'000) + "1"));
  EXPECT_TRUE(too_deep("x = " + repeat("a if b else ", 100'000) + "1"));
  EXPECT_TRUE(too_deep(repeat("if a: ", 100'000) + "b"));
  EXPECT_TRUE(too_deep("var x: " + repeat("[", 100'000) + "T" + repeat("]", 100'000)));
  EXPECT_TRUE(
      too_deep("match x:\n    " + repeat("(", 10'000) + repeat(")", 10'000) + ": 1"));
}

TEST(Limits, RefuseLongChainsCleanly) {
  const auto too_long = [](const std::string& text) {
    return errors(text).find("this expression is too long") != std::string::npos;
  };
  EXPECT_TRUE(too_long("x = " + repeat("a + ", 100'000) + "a"));
  EXPECT_TRUE(too_long("x = a" + repeat(".b", 100'000)));
  EXPECT_TRUE(too_long("x = a" + repeat("()", 100'000)));
  EXPECT_TRUE(too_long("if a: 1\n" + repeat("elif b: 2\n", 100'000)));
}

TEST(Limits, AllowWhatPeopleWrite) {
  EXPECT_EQ(errors("x = " + repeat("[", 150) + repeat("]", 150)), "");
  EXPECT_EQ(errors("x = " + repeat("a + ", 1'000) + "a"), "");
  EXPECT_EQ(errors("x = [" + repeat("1 + 1, ", 100'000) + "]"), "");
}

TEST(Limits, ReportAllErrorsUpToAThousand) {
  const Parsed parsed(repeat("x = 1 2\n", 5'000));
  EXPECT_EQ(parsed.diagnostics.size(), 1'001u);
  EXPECT_EQ(parsed.diagnostics.back().message,
            "too many errors; the rest of the file is not looked at");
}

// ---- The prompt -----------------------------------------------------------------------
TEST(Prompt, WaitsForWhatIsUnfinished) {
  EXPECT_TRUE(wants_more("fn f():"));
  EXPECT_TRUE(wants_more("fn f():\n    1\n"));
  EXPECT_TRUE(wants_more("x = [1,"));
  EXPECT_TRUE(wants_more("x = \"\"\"a"));
  EXPECT_TRUE(wants_more("x = 1 +"));
  EXPECT_TRUE(wants_more("x = 1 \\\n"));
  EXPECT_TRUE(wants_more("@d\n"));
}

TEST(Prompt, TakesWhatIsFinishedOrWrong) {
  EXPECT_FALSE(wants_more(""));
  EXPECT_FALSE(wants_more("x = 1\n"));
  EXPECT_FALSE(wants_more("fn f():\n    1\n\n"));
  EXPECT_FALSE(wants_more("fn f(): 1"));
  EXPECT_FALSE(wants_more("x = )"));
  EXPECT_FALSE(wants_more("x = \"a"));
}

// ---- Places ---------------------------------------------------------------------------
TEST(Places, AreLinesAndCharacters) {
  const Source source("s", "a\n\xC3\xA4\xC3\xB6x\r\n\nlast");
  EXPECT_EQ(source.line_count(), 4u);
  EXPECT_EQ(source.line(2), "\xC3\xA4\xC3\xB6x");
  EXPECT_EQ(source.line(4), "last");
  EXPECT_EQ(source.place(6).line, 2u);
  EXPECT_EQ(source.place(6).column, 3u);
  EXPECT_EQ(source.place(10'000).line, 4u);
}

TEST(Places, OfNodesCoverTheirText) {
  const Parsed parsed("x = f(1) + g.h[2]");
  ASSERT_TRUE(parsed.diagnostics.empty());
  const auto* assign = ast::as<ast::Assign>(parsed.module->body->statements[0]);
  EXPECT_EQ(assign->at.start, 0u);
  EXPECT_EQ(assign->at.length, 17u);
  const auto* sum = ast::as<ast::Binary>(assign->value);
  EXPECT_EQ(sum->at.start, 4u);
  EXPECT_EQ(sum->at.length, 13u);
  EXPECT_EQ(sum->op_at.start, 9u);
  EXPECT_EQ(sum->left->at.length, 4u);
  EXPECT_EQ(sum->right->at.start, 11u);
  EXPECT_EQ(sum->right->at.length, 6u);
}

}  // namespace
}  // namespace simple

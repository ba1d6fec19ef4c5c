#include "compile/verify.h"

#include <algorithm>

#include "compile/operands.h"
#include "runtime/object.h"
#include "runtime/unicode.h"

namespace simple {
namespace {

// Thrown and caught in this file only.
struct Unsound {
  const char* what;
};
void require(bool holds, const char* what) {
  if (!holds) throw Unsound{what};
}

// A call's window lies above the function's registers; see Interpreter::enter.
constexpr size_t kMostRegisters = 60000;

class FunctionVerifier {
 public:
  FunctionVerifier(const ModuleImage& image, const FunctionImage& function)
      : image_(image), function_(function) {}

  void run() {
    const size_t arguments = function_.parameters.size() + (function_.is_method ? 1 : 0);
    require(function_.registers <= kMostRegisters, "too many registers");
    require(arguments <= function_.registers, "parameters without registers");
    require(!function_.variadic || !function_.parameters.empty(),
            "nothing to be variadic");
    bool behind = false;
    for (const ParameterImage& parameter : function_.parameters) {
      require(!behind || parameter.only_named, "a parameter without a place");
      require(!parameter.only_named || (function_.variadic && parameter.optional),
              "a name without a default");
      behind = behind || parameter.only_named;
    }
    require(function_.parameters.empty() || !function_.parameters[0].only_named,
            "nothing to be variadic");
    require(function_.spans.size() == function_.code.size(),
            "not a span for each instruction");
    for (const ConstantImage& constant : function_.constants) this->constant(constant);
    for (const SiteImage& entry : function_.sites) {
      require(entry.mutate_at >= -1 && entry.mutate_at < size(),
              "mutate_at outside of the code");
      require(entry.fallback == -1 ||
                  (entry.fallback >= 0 &&
                   static_cast<size_t>(entry.fallback) < image_.references.size()),
              "no such fallback");
    }
    for (const HandlerImage& handler : function_.handlers) {
      // A handler is not in what it covers, so that none handles its own failures.
      require(handler.start <= handler.end &&
                  (handler.end <= handler.target || handler.target < handler.start) &&
                  handler.end <= function_.code.size() &&
                  handler.target < function_.code.size(),
              "a handler outside of the code");
    }
    for (int64_t i = 0; i < size(); ++i) instruction(i);
    require(size() != 0 && ends(function_.code.back().op), "the code has no end");
  }

 private:
  int64_t size() const { return static_cast<int64_t>(function_.code.size()); }

  static bool ends(Op op) {
    return op == Op::kReturn || op == Op::kReturnShare || op == Op::kReturnNil ||
           op == Op::kJump || op == Op::kJumpBack || op == Op::kFail ||
           op == Op::kMisfit || op == Op::kFailWith || op == Op::kRethrow;
  }

  void constant(const ConstantImage& constant) const {
    switch (constant.tag) {
      case Tag::kBool:
        require(constant.bits == 0 || constant.bits == 1, "a bool that is neither");
        break;
      case Tag::kU8:
      case Tag::kU16:
      case Tag::kU32: {
        const int bits = constant.tag == Tag::kU8    ? 8
                         : constant.tag == Tag::kU16 ? 16
                                                     : 32;
        require(constant.bits >> bits == 0, "a number that is too large for its type");
        break;
      }
      case Tag::kNil:
      case Tag::kInt:
      case Tag::kFloat:
      case Tag::kU64:
      case Tag::kF32:
        break;
      case Tag::kSymbol:
      case Tag::kObject:
        require(constant.bits >= 0 &&
                    static_cast<uint64_t>(constant.bits) < image_.strings.size(),
                "a constant without its string");
        break;
      default:
        require(false, "no such kind of constant");
    }
  }

  void registers(size_t first, size_t count) const {
    require(first + count <= function_.registers, "no such register");
  }
  void jump(int64_t from, int64_t offset) const {
    const int64_t target = from + 1 + offset;
    require(target >= 0 && target < size(), "a jump out of the code");
    // Loops go on by instructions that look whether something interrupts.
    const Op op = function_.code[static_cast<size_t>(from)].op;
    require(offset >= 0 || op == Op::kJumpBack || op == Op::kCountNext,
            "a loop that nothing ends");
  }
  void text(uint16_t constant) const {
    require(function_.constants[constant].tag == Tag::kObject,
            "a constant that is no text");
  }
  const SiteImage& site(uint16_t index) const { return function_.sites[index]; }
  void writable(uint16_t reference) const {
    const StringId module = image_.references[reference].module;
    require(module == 0 || image_.strings[module] != kNatives, "what is built in is set");
  }

  void operand(char kind, uint16_t value) const {
    switch (kind) {
      case 'k':
        require(value < function_.constants.size(), "no such constant");
        break;
      case 's':
        require(value < function_.sites.size(), "no such site");
        break;
      case 'g':
        require(value < image_.references.size(), "no such reference");
        break;
      case 'f':
        require(value < image_.functions.size(), "no such function");
        break;
      default:
        break;
    }
  }

  void instruction(int64_t i) const {
    const Instruction& code = function_.code[static_cast<size_t>(i)];
    require(code.op < Op::kCount, "no such instruction");
    const OperandKinds& kinds = kOperandKinds[static_cast<size_t>(code.op)];
    operand(kinds.a, code.a);
    operand(kinds.b, code.b);
    operand(kinds.c, code.c);
    visit_registers(code,
                    [this](size_t first, size_t count) { registers(first, count); });
    if (kinds.b == 'j') jump(i, code.wide());
    if (kinds.c == 'o') jump(i, code.near());
    switch (code.op) {
      case Op::kSetGlobal:
      case Op::kGetGlobalMutable:
        writable(code.b);
        break;
      case Op::kGetCaptured:
        require(code.b < function_.captures.size(), "nothing was captured there");
        break;
      case Op::kClosure:
        for (const CaptureImage& capture : image_.functions[code.b].captures) {
          require(capture.index < (capture.from_register ? function_.registers
                                                         : function_.captures.size()),
                  "nothing to capture there");
        }
        break;
      case Op::kCallNamed:
        require(site(code.b).argument_names.size() == code.c,
                "not a name for each argument");
        break;
      case Op::kCallMethod:
        require(code.c != 0, "a method without a receiver");
        require(site(code.b).argument_names.empty() ||
                    site(code.b).argument_names.size() == code.c,
                "not a name for each argument");
        break;
      case Op::kEnum:
        require(
            i + 1 < size() && function_.code[static_cast<size_t>(i) + 1].op == Op::kNop,
            "a variant without its number");
        break;
      case Op::kFail:
        text(code.a);
        text(code.b);
        break;
      case Op::kFailWith:
        text(code.a);
        break;
      case Op::kFormat:
        text(code.c);
        break;
      default:
        break;
    }
  }

  const ModuleImage& image_;
  const FunctionImage& function_;
};

class Verifier {
 public:
  explicit Verifier(const ModuleImage& image) : image_(image) {}

  void run() {
    require(!image_.strings.empty() && image_.strings[0].empty(),
            "the first string is not empty");
    for (const std::string& text : image_.strings) {
      require(is_valid_utf8(text), "a string that is not UTF-8");
    }
    // Names first: the rest may be looked up by them.
    for (const ReferenceImage& reference : image_.references) {
      strings(reference.module, reference.name);
    }
    for (const FunctionImage& function : image_.functions) names(function);
    for (const FunctionImage& function : image_.functions) {
      FunctionVerifier(image_, function).run();
    }
    for (const ExternImage& external : image_.externs) {
      strings(external.name, external.result, external.parameter_names,
              external.parameter_types);
      require(external.parameter_names.size() == external.parameter_types.size(),
              "not a type for each parameter");
    }
    for (const TypeImage& type : image_.types) this->type(type);
    for (const GlobalImage& global : image_.globals) this->global(global);
    for (const ImplImage& impl : image_.impls) {
      reference(impl.type);
      for (uint32_t trait : impl.traits) reference(trait);
      for (const MethodImage& method : impl.methods) this->method(method);
    }
    for (const ImportImage& import : image_.imports) {
      require(!import.path.empty(), "an import of nothing");
      strings(import.path, import.alias);
      for (const ImportNameImage& name : import.names) strings(name.name, name.as);
    }
    strings(image_.mutating);
    plain_function(image_.start);
  }

 private:
  void string(StringId id) const {
    require(id < image_.strings.size(), "no such string");
  }
  void string(const std::vector<StringId>& ids) const {
    for (StringId id : ids) string(id);
  }
  template <typename... T>
  void strings(const T&... ids) const {
    (string(ids), ...);
  }
  void reference(uint32_t index) const {
    require(index < image_.references.size(), "no such reference");
  }
  // One that is a value without being made by another: it captures nothing.
  void plain_function(uint32_t index) const {
    require(index < image_.functions.size() && image_.functions[index].captures.empty(),
            "no such function");
  }

  void names(const FunctionImage& function) const {
    string(function.name);
    for (const ParameterImage& parameter : function.parameters) string(parameter.name);
    for (const SiteImage& site : function.sites) {
      strings(site.name, site.owner, site.argument_names);
    }
  }

  void info(const FunctionInfo& info) const {
    require(!info.variadic || !info.parameters.empty(), "nothing to be variadic");
    string(info.result);
    for (const ParameterImage& parameter : info.parameters) {
      string(parameter.name);
      string(parameter.type);
    }
  }

  void method(const MethodImage& method) const {
    string(method.name);
    info(method.info);
    if (method.has_body) plain_function(method.function);
  }

  void type(const TypeImage& type) const {
    strings(type.name, type.constants);
    require(type.form <= static_cast<uint8_t>(Type::Form::kExtern),
            "no such form of type");
    for (const FieldImage& field : type.fields) {
      strings(field.name, field.type, field.default_module, field.default_function);
      const Tag tag = field.zero.tag;
      require(
          tag == Tag::kNil || tag == Tag::kBool || tag == Tag::kInt || tag == Tag::kFloat,
          "a field that starts as something else");
      require(tag != Tag::kBool || field.zero.bits == 0, "a field that is true");
    }
    for (const VariantImage& variant : type.variants)
      strings(variant.name, variant.fields);
    for (const MethodImage& method : type.methods) this->method(method);
    for (uint32_t base : type.bases) reference(base);
    const auto form = static_cast<Type::Form>(type.form);
    if (form == Type::Form::kClass || form == Type::Form::kStruct) {
      plain_function(type.constructor);
    }
  }

  void global(const GlobalImage& global) const {
    string(global.name);
    info(global.info);
    switch (global.kind) {
      case GlobalKind::kVariable:
      case GlobalKind::kConstant:
        break;
      case GlobalKind::kFunction:
        plain_function(global.index);
        break;
      case GlobalKind::kType:
        require(global.index < image_.types.size(), "no such type");
        break;
      case GlobalKind::kExtern:
        require(global.index < image_.externs.size(), "no such extern function");
        require(image_.externs[global.index].parameter_types.size() ==
                    global.info.parameters.size(),
                "an extern function with other parameters");
        break;
      default:
        require(false, "no such kind of global");
    }
  }

  const ModuleImage& image_;
};

}  // namespace

const char* verify(const ModuleImage& image) {
  try {
    Verifier(image).run();
    return nullptr;
  } catch (const Unsound& unsound) {
    return unsound.what;
  }
}

}  // namespace simple

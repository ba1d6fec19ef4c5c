// What types have from their mixins: fields, and __init__. Methods come when the program
// is linked, since those may be added to.

#include <algorithm>

#include "compile/compiler.h"
#include "runtime/object.h"

namespace simple {
namespace {

class Inheritance {
 public:
  Inheritance(Interface& interface, std::vector<Diagnostic>& diagnostics)
      : self_(interface), diagnostics_(diagnostics) {}

  void all() {
    for (Interface::Heir& heir : self_.heirs) one(heir);
  }

 private:
  struct Base {
    Interface* module;
    uint32_t global;
    const GlobalImage& image() const { return module->image.globals[global]; }
    const TypeImage& type() const { return module->image.types[image().index]; }
  };

  bool find(Symbol name, Interface::Imported& found) const {
    if (is_dotted(name)) return self_.find_dotted(text_of(name), found);
    if (const auto own = self_.globals.find(name); own != self_.globals.end()) {
      found = {&self_, own->second};
      return true;
    }
    if (const auto other = self_.imported.find(name); other != self_.imported.end()) {
      found = other->second;
      return true;
    }
    return std::any_of(
        self_.wildcards.begin(), self_.wildcards.end(),
        [&](Interface* module) { return module->find_exported(name, found); });
  }

  std::vector<Base> mixins(const Interface::Heir& heir) const {
    std::vector<Base> found;
    for (Symbol name : heir.bases) {
      Interface::Imported base{};
      if (!find(name, base)) continue;
      const GlobalImage& global = base.module->image.globals[base.global];
      if (global.kind != GlobalKind::kType) continue;
      const auto form =
          static_cast<Type::Form>(base.module->image.types[global.index].form);
      if (form == Type::Form::kMixin) found.push_back({base.module, base.global});
    }
    return found;
  }

  // A mixin may have mixins itself, in this module or another.
  void complete(const Base& base) {
    for (Interface::Heir& heir : base.module->heirs) {
      if (heir.type == base.image().index) {
        Inheritance(*base.module, diagnostics_).one(heir);
      }
    }
  }

  void one(Interface::Heir& heir) {
    if (heir.done) return;
    heir.done = true;
    const std::vector<Base> bases = mixins(heir);
    std::vector<FieldImage> fields;
    for (const Base& base : bases) {
      complete(base);
      for (const FieldImage& field : base.type().fields) {
        add(heir, fields, translated(heir, base, field));
      }
    }
    TypeImage& type = self_.image.types[heir.type];
    // A mixin's fields come first.
    for (const FieldImage& field : type.fields) add(heir, fields, field);
    type.fields = std::move(fields);
    constructor(heir, bases);
  }

  FieldImage translated(const Interface::Heir& heir, const Base& base,
                        const FieldImage& field) {
    const auto form = static_cast<Type::Form>(self_.image.types[heir.type].form);
    FieldImage result = field;
    result.name = copied(base, field.name);
    result.type = copied(base, field.type);
    if (form == Type::Form::kClass) result.zero = {};
    if (field.default_function == 0) return result;
    const std::string module(field.default_module == 0
                                 ? base.module->key
                                 : base.module->text(field.default_module));
    result.default_module = module == self_.key ? 0 : self_.string(module);
    result.default_function = copied(base, field.default_function);
    return result;
  }

  StringId copied(const Base& base, StringId text) {
    return self_.string(std::string(base.module->text(text)));
  }

  void add(const Interface::Heir& heir, std::vector<FieldImage>& fields,
           const FieldImage& field) {
    const auto same = std::find_if(fields.begin(), fields.end(), [&](const auto& other) {
      return other.name == field.name;
    });
    if (same == fields.end()) {
      fields.push_back(field);
      return;
    }
    // Two mixins may have it from one.
    const bool is_one = field.default_function != 0 &&
                        same->default_function == field.default_function &&
                        same->default_module == field.default_module;
    if (is_one) return;
    diagnostics_.push_back(
        {"semantic", "E1012",
         "field `" + std::string(self_.text(field.name)) + "` is declared twice", heir.at,
         ""});
  }

  // The parameters: those of its own __init__, which are there already, of a mixin's, or
  // the fields.
  void constructor(const Interface::Heir& heir, const std::vector<Base>& bases) {
    TypeImage& type = self_.image.types[heir.type];
    const bool own =
        std::any_of(type.methods.begin(), type.methods.end(), [&](const auto& method) {
          return !method.is_static && self_.text(method.name) == "__init__";
        });
    if (own) return;
    FunctionInfo& info = make(self_, std::string(text_of(heir.name))).info;
    info.parameters.clear();
    for (const Base& base : bases) {
      if (!makes_itself(base)) continue;
      type.has_init = type.inherits_init = true;
      const FunctionInfo& theirs =
          make(*base.module, std::string(base.module->text(base.image().name))).info;
      info.variadic = theirs.variadic;
      for (const ParameterImage& parameter : theirs.parameters) {
        info.parameters.push_back({copied(base, parameter.name), parameter.optional,
                                   parameter.only_named, copied(base, parameter.type)});
      }
      return;
    }
    for (const FieldImage& field : type.fields)
      info.parameters.push_back({field.name, true, false, field.type});
  }

  static bool makes_itself(const Base& base) {
    const auto& methods = base.type().methods;
    return base.type().inherits_init ||
           std::any_of(methods.begin(), methods.end(), [&](const MethodImage& method) {
             return !method.is_static && base.module->text(method.name) == "__init__";
           });
  }

  static GlobalImage& make(Interface& interface, const std::string& type) {
    return *interface.find(intern(type + ".(new)"));
  }

  Interface& self_;
  std::vector<Diagnostic>& diagnostics_;
};

}  // namespace

void inherit(Interface& interface, std::vector<Diagnostic>& diagnostics) {
  Inheritance(interface, diagnostics).all();
}

}  // namespace simple

// From images to what runs: functions, globals and types of modules, and what they refer
// to in other modules.
#include <algorithm>

#include "compile/loaded.h"
#include "runtime/interpreter.h"
#include "sffi/extern.h"

namespace simple {

namespace {

// The instructions of the image's function are taken from it; nobody else needs them.
std::unique_ptr<FunctionCode> code_of(FunctionImage& function, const ModuleImage& image,
                                      Module& module, Heap& heap) {
  auto code = std::make_unique<FunctionCode>();
  code->name = module.strings[function.name];
  code->module = &module;
  code->line = function.line;
  code->is_method = function.is_method;
  code->calls_out = function.calls_out;
  code->variadic = function.variadic;
  code->parameters =
      static_cast<uint16_t>(function.parameters.size() + function.is_method);
  code->required = function.is_method ? 1 : 0;
  for (size_t i = 0; i < function.parameters.size(); ++i) {
    code->parameter_names.push_back(module.strings[function.parameters[i].name]);
    code->optional.push_back(function.parameters[i].optional);
    if (function.parameters[i].only_named) ++code->only_named;
    if (!function.parameters[i].optional) {
      code->required = static_cast<uint16_t>(i + 1 + function.is_method);
    }
  }
  code->registers = static_cast<uint16_t>(function.registers + 1);
  code->code = std::move(function.code);
  code->spans = std::move(function.spans);
  code->handlers = std::move(function.handlers);
  code->captures = std::move(function.captures);
  for (const ConstantImage& constant : function.constants) {
    if (constant.tag == Tag::kObject) {
      const std::string& string = image.strings[static_cast<size_t>(constant.bits)];
      code->constants.push_back(Value::of(heap.immortal(heap.text(string))));
    } else if (constant.tag == Tag::kSymbol) {
      code->constants.push_back(
          Value::of(module.strings[static_cast<size_t>(constant.bits)]));
    } else {
      code->constants.emplace_back(constant.tag, constant.bits);
    }
  }
  for (const SiteImage& entry : function.sites) {
    Site site;
    site.name = module.strings[entry.name];
    site.owner = module.strings[entry.owner];
    for (StringId name : entry.argument_names) {
      site.argument_names.push_back(module.strings[name]);
    }
    site.mutate_at = entry.mutate_at;
    site.deep = entry.deep;
    site.reachable = entry.reachable;
    site.passes_function = entry.passes_function;
    code->sites.push_back(std::move(site));
  }
  return code;
}

// What a global is before the module runs.
Value value_of(const GlobalImage& global, Symbol name, const ModuleImage& image,
               Module& module, Vm& vm) {
  switch (global.kind) {
    case GlobalKind::kFunction:
      return global.index < module.function_values.size()
                 ? module.function_values[global.index]
                 : Value();
    case GlobalKind::kType: {
      const TypeImage& type = image.types[global.index];
      const auto form = static_cast<Type::Form>(type.form);
      Type* made = vm.heap().type(form, module.strings[type.name]);
      made->module = &module;
      if (form == Type::Form::kExtern) vm.externs().declare_type(made);
      return Value::of(static_cast<Object*>(made));
    }
    case GlobalKind::kExtern: {
      // The host's own functions come first.
      if (const auto native = vm.natives().find(name); native != vm.natives().end()) {
        return native->second;
      }
      const ExternImage& declared = image.externs[global.index];
      ExternDeclaration declaration;
      declaration.name = name;
      for (size_t i = 0; i < declared.parameter_names.size(); ++i) {
        declaration.parameters.push_back({module.strings[declared.parameter_names[i]],
                                          module.strings[declared.parameter_types[i]]});
      }
      declaration.result = module.strings[declared.result];
      declaration.module = &module;
      return Value::of(
          static_cast<Object*>(vm.externs().prepare(std::move(declaration))));
    }
    default:
      return {};
  }
}

}  // namespace

void Engine::link_all() {
  for (size_t i = linked_; i < order_.size(); ++i) link(*order_[i]);
  for (size_t i = linked_; i < order_.size(); ++i) {
    Module& module = *order_[i]->module;
    const ModuleImage& image = order_[i]->interface.image;
    const auto& strings = module.strings;
    for (const ReferenceImage& reference : image.references) {
      const Symbol name = strings[reference.name];
      Slot* target = nullptr;
      const std::string& key = image.strings[reference.module];
      if (reference.module != 0 && key == kNatives) {
        const auto found = vm_->natives().find(name);
        if (found != vm_->natives().end()) target = const_cast<Slot*>(&found->second);
      } else {
        Module* owner = &module;
        if (reference.module != 0) owner = modules_.at(key)->module.get();
        const auto found = owner->names.find(name);
        if (found != owner->names.end()) target = &owner->globals[found->second];
      }
      if (target == nullptr) {
        fail("E1002", "internal: `" + std::string(text_of(name)) + "` was not linked");
      }
      module.references.push_back(target);
    }
  }
  for (size_t i = linked_; i < order_.size(); ++i) link_types(*order_[i]);
  // Traits and mixins give what a type does not have itself; all types have their own
  // now.
  for (size_t i = linked_; i < order_.size(); ++i) {
    Loaded& loaded = *order_[i];
    for (const GlobalImage& global : loaded.interface.image.globals) {
      if (global.kind != GlobalKind::kType) continue;
      const TypeImage& image = loaded.interface.image.types[global.index];
      auto* type = as<Type>(
          loaded.module
              ->globals[loaded.module->names[loaded.module->strings[global.name]]]);
      std::vector<Type*> todo;
      for (uint32_t base : image.bases) {
        todo.push_back(as<Type>(*loaded.module->references[base]));
      }
      while (!todo.empty()) {
        Type* base = todo.back();
        todo.pop_back();
        if (std::find(type->traits.begin(), type->traits.end(), base) !=
            type->traits.end()) {
          continue;
        }
        type->traits.push_back(base);
        for (const auto& [name, method] : base->methods) {
          type->methods.add_missing(name, method);
        }
        for (const auto& [name, function] : base->statics) {
          type->statics.try_emplace(name, function);
        }
        todo.insert(todo.end(), base->traits.begin(), base->traits.end());
      }
    }
  }
  linked_ = order_.size();
}

void Engine::link(Loaded& loaded) {
  ModuleImage& image = loaded.interface.image;
  loaded.module = std::make_unique<Module>();
  Module& module = *loaded.module;
  module.kind = Kind::kModule;
  module.mark = 0;
  module.shared = true;
  module.size_class = 0;
  module.small = 0;
  module.key = loaded.interface.key;
  module.name = loaded.source->name();
  module.is_library = loaded.is_library;
  module.is_package = finder_.is_in_package(loaded.path);
  for (const std::string& string : image.strings)
    module.strings.push_back(intern(string));
  Heap& heap = vm_->heap();
  vm_->interpreter().modules.push_back(&module);
  for (FunctionImage& function : image.functions) {
    module.functions.push_back(code_of(function, image, module, heap));
    const bool plain = module.functions.back()->captures.empty();
    module.function_values.push_back(
        plain ? Value::of(heap.immortal(heap.closure(module.functions.back().get(), 0)))
              : Value());
  }
  for (const GlobalImage& global : image.globals) {
    const Symbol name = module.strings[global.name];
    module.names[name] = static_cast<uint32_t>(module.globals.size());
    module.globals.push_back(value_of(global, name, image, module, *vm_));
  }
  module.source = std::move(loaded.source);
  loaded.source = std::make_unique<Source>(module.source->name(), "");
}

void Engine::link_types(Loaded& loaded) {
  Module& module = *loaded.module;
  const ModuleImage& image = loaded.interface.image;
  const auto& strings = module.strings;
  for (size_t f = 0; f < image.functions.size(); ++f) {
    for (size_t s = 0; s < image.functions[f].sites.size(); ++s) {
      const int32_t fallback = image.functions[f].sites[s].fallback;
      if (fallback >= 0) {
        module.functions[f]->sites[s].fallback =
            module.references[static_cast<size_t>(fallback)];
      }
    }
  }
  const auto add = [&](Type* type, const MethodImage& method) {
    if (!method.has_body || method.function >= module.function_values.size()) return;
    Object* function = module.function_values[method.function].object;
    if (method.is_static) {
      type->statics[strings[method.name]] = function;
    } else {
      type->methods.set(strings[method.name], {function, method.mutates});
    }
  };
  for (const GlobalImage& global : image.globals) {
    if (global.kind != GlobalKind::kType) continue;
    const TypeImage& from = image.types[global.index];
    auto* type = as<Type>(module.globals[module.names[strings[global.name]]]);
    for (const FieldImage& field : from.fields) {
      Field made;
      made.name = strings[field.name];
      made.type = strings[field.type];
      made.zero = Value(field.zero.tag, field.zero.bits);
      made.has_default = field.has_default;
      type->fields.push_back(made);
    }
    for (const VariantImage& variant : from.variants) {
      Variant made;
      made.name = strings[variant.name];
      for (StringId name : variant.fields) made.fields.push_back(strings[name]);
      made.ordinal = Value::of(variant.ordinal);
      made.braces = variant.braces;
      type->variants.push_back(std::move(made));
    }
    for (const MethodImage& method : from.methods) add(type, method);
    const auto form = static_cast<Type::Form>(from.form);
    if (form == Type::Form::kClass || form == Type::Form::kStruct) {
      type->constructor = module.function_values[from.constructor].object;
    }
  }
  for (const ImplImage& impl : image.impls) {
    auto* type = as<Type>(*module.references[impl.type]);
    for (uint32_t trait : impl.traits) {
      auto* base = as<Type>(*module.references[trait]);
      type->traits.push_back(base);
      for (const auto& [name, method] : base->methods) {
        type->methods.add_missing(name, method);
      }
    }
    for (const MethodImage& method : impl.methods) add(type, method);
  }
}

}  // namespace simple

#include "compile/stored.h"

#include <bit>
#include <cstring>
#include <type_traits>

namespace simple {
namespace {

static_assert(std::endian::native == std::endian::little);

// What is copied as it lies in memory, in lists as a whole.
template <typename T>
inline constexpr bool kPlain =
    (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) || std::is_enum_v<T> ||
    std::is_same_v<T, Span> || std::is_same_v<T, Instruction> ||
    std::is_same_v<T, HandlerImage>;
static_assert(std::has_unique_object_representations_v<Instruction> &&
              std::has_unique_object_representations_v<Span> &&
              std::has_unique_object_representations_v<HandlerImage>);

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  template <typename... T>
  void operator()(T&... parts) {
    (part(parts), ...);
  }

 private:
  template <typename T>
  void plain(const T* items, size_t count) {
    out_.append(reinterpret_cast<const char*>(items), count * sizeof(T));
  }
  void length(size_t count) {
    const auto number = static_cast<uint32_t>(count);
    plain(&number, 1);
  }
  template <typename T>
  void part(T& value) {
    if constexpr (kPlain<T>) {
      plain(&value, 1);
    } else {
      fields(*this, value);
    }
  }
  void part(bool& value) { out_ += value ? '\1' : '\0'; }
  void part(std::string& text) {
    length(text.size());
    out_ += text;
  }
  template <typename T>
  void part(std::vector<T>& list) {
    length(list.size());
    if constexpr (kPlain<T>) {
      plain(list.data(), list.size());
    } else {
      for (T& item : list) part(item);
    }
  }

  std::string& out_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : at_(bytes.data()), left_(bytes.size()) {}

  // Whether all bytes were read, and what they said made sense.
  bool finished() const { return good_ && left_ == 0; }

  template <typename... T>
  void operator()(T&... parts) {
    (part(parts), ...);
  }

 private:
  // Every item of a list has this many bytes, so that a list is never made longer than
  // what is there to fill it.
  static constexpr size_t kLeast = 4;

  template <typename T>
  void plain(T* items, size_t count) {
    const size_t size = count * sizeof(T);
    if (size > left_) {
      good_ = false;
      left_ = 0;
      return;
    }
    if (size != 0) std::memcpy(static_cast<void*>(items), at_, size);
    at_ += size;
    left_ -= size;
  }
  size_t length(size_t item) {
    uint32_t count = 0;
    plain(&count, 1);
    if (count <= left_ / item) return count;
    good_ = false;
    return 0;
  }
  template <typename T>
  void part(T& value) {
    if constexpr (kPlain<T>) {
      plain(&value, 1);
    } else {
      fields(*this, value);
    }
  }
  void part(bool& value) {
    uint8_t byte = 0;
    plain(&byte, 1);
    good_ = good_ && byte <= 1;
    value = byte == 1;
  }
  void part(std::string& text) {
    const size_t count = length(1);
    text.assign(at_, count);
    at_ += count;
    left_ -= count;
  }
  template <typename T>
  void part(std::vector<T>& list) {
    if constexpr (kPlain<T>) {
      list.resize(length(sizeof(T)));
      plain(list.data(), list.size());
    } else {
      list.resize(length(kLeast));
      for (T& item : list) part(item);
    }
  }

  const char* at_;
  size_t left_;
  bool good_ = true;
};

// ---- The parts of an image; the same lines write and read them.

template <typename Io>
void fields(Io& io, ConstantImage& constant) {
  io(constant.tag, constant.bits);
}

template <typename Io>
void fields(Io& io, SiteImage& site) {
  io(site.name, site.owner, site.argument_names, site.mutate_at, site.deep,
     site.reachable, site.passes_function, site.fallback);
}

template <typename Io>
void fields(Io& io, CaptureImage& capture) {
  io(capture.from_register, capture.index, capture.is_self);
}

template <typename Io>
void fields(Io& io, ParameterImage& parameter) {
  io(parameter.name, parameter.optional, parameter.only_named, parameter.type);
}

template <typename Io>
void fields(Io& io, FunctionImage& function) {
  io(function.name, function.line, function.variadic, function.is_method,
     function.calls_out, function.registers, function.parameters, function.captures,
     function.code, function.spans, function.constants, function.sites,
     function.handlers);
}

template <typename Io>
void fields(Io& io, FunctionInfo& info) {
  io(info.parameters, info.variadic, info.line, info.result);
}

template <typename Io>
void fields(Io& io, FieldImage& field) {
  io(field.name, field.type, field.zero, field.has_default, field.default_module,
     field.default_function);
}

template <typename Io>
void fields(Io& io, VariantImage& variant) {
  io(variant.name, variant.fields, variant.types, variant.braces, variant.ordinal);
}

template <typename Io>
void fields(Io& io, MethodImage& method) {
  io(method.name, method.function, method.mutates, method.is_static, method.has_body,
     method.info);
}

template <typename Io>
void fields(Io& io, TypeImage& type) {
  io(type.name, type.form, type.line, type.fields, type.variants, type.methods,
     type.bases, type.constants, type.has_init, type.inherits_init, type.constructor);
}

template <typename Io>
void fields(Io& io, GlobalImage& global) {
  io(global.name, global.kind, global.index, global.info, global.hidden,
     global.decorated);
}

template <typename Io>
void fields(Io& io, ReferenceImage& reference) {
  io(reference.module, reference.name);
}

template <typename Io>
void fields(Io& io, ImplImage& impl) {
  io(impl.type, impl.traits, impl.methods);
}

template <typename Io>
void fields(Io& io, ExternImage& external) {
  io(external.name, external.parameter_names, external.parameter_types, external.result,
     external.at);
}

template <typename Io>
void fields(Io& io, ImportNameImage& name) {
  io(name.name, name.as, name.at);
}

template <typename Io>
void fields(Io& io, ImportImage& import) {
  io(import.path, import.names, import.alias, import.wildcard, import.name_or_module,
     import.reexport, import.at);
}

template <typename Io>
void fields(Io& io, ModuleImage& image) {
  io(image.strings, image.functions, image.types, image.globals, image.references,
     image.impls, image.externs, image.imports, image.mutating, image.start,
     image.calls_main, image.mentions_spec);
}

}  // namespace

void store(const ModuleImage& image, std::string& bytes) {
  Writer writer(bytes);
  fields(writer, const_cast<ModuleImage&>(image));  // It only reads.
}

bool restore(std::string_view bytes, ModuleImage& image) {
  Reader reader(bytes);
  image.strings.clear();
  fields(reader, image);
  return reader.finished();
}

}  // namespace simple

#include "compile/engine.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include "compile/loaded.h"
#include "runtime/interpreter.h"
#include "runtime/operations.h"
#include "sffi/extern.h"
#include "syntax/parser.h"

namespace simple {

namespace fs = std::filesystem;

namespace {

std::vector<std::string> split(const std::string& text, char by) {
  std::vector<std::string> parts;
  std::stringstream stream(text);
  for (std::string part; std::getline(stream, part, by);) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

uint64_t physical_memory() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long size = sysconf(_SC_PAGE_SIZE);
  if (pages <= 0 || size <= 0) return 0;
  return static_cast<uint64_t>(pages) * static_cast<uint64_t>(size);
}

// A file as it is called here: from the current folder on, if it lies there.
std::string shown(const std::string& path, const std::string& canonical) {
  std::error_code error;
  const std::string here = fs::current_path(error).string() + '/';
  return error || !canonical.starts_with(here) ? path : canonical.substr(here.size());
}

}  // namespace

EngineOptions options_from_environment(const fs::path& executable) {
  EngineOptions options;
  if (const char* library = std::getenv("SIMPLE_LIB")) {
    options.library = library;
  } else {
    options.library = executable.parent_path() / "../share/simple/lib";
  }
  if (const char* packages = std::getenv("SIMPLE_PACKAGES")) {
    for (const std::string& package : split(packages, ';')) {
      const size_t equals = package.find('=');
      if (equals == std::string::npos) continue;
      std::vector<fs::path> folders;
      for (const std::string& folder : split(package.substr(equals + 1), ':')) {
        folders.emplace_back(folder);
      }
      options.packages.emplace_back(package.substr(0, equals), std::move(folders));
    }
  }
  const char* stress = std::getenv("SIMPLE_GC_STRESS");
  options.stress = stress != nullptr && std::string_view(stress) != "0" && *stress != 0;
  if (const char* memory = std::getenv("SIMPLE_MEMORY_LIMIT")) {
    options.memory = std::strtoull(memory, nullptr, 10);
  }
  options.cache = cache_folder_from_environment();
  return options;
}

Engine::Engine(EngineOptions options)
    : options_(std::move(options)),
      finder_(options_.library, options_.packages),
      cache_(options_.cache) {
  vm_ = std::make_unique<Vm>();
  if (options_.memory == 0) options_.memory = physical_memory() / 4 * 3;
  vm_->heap().set_limit(options_.memory);
  for (const auto& [name, method] : vm_->types().option->methods) {
    program_.methods.insert(name);
  }
  for (const auto& [name, value] : vm_->natives()) {
    if (is(value, Kind::kType)) {
      std::string_view text = text_of(name);
      if (text.starts_with("(type)")) {
        program_.native_types.insert(intern(text.substr(6)));
        continue;
      }
    }
    program_.natives.insert(name);
  }
}

Engine::~Engine() = default;

// ---- Loading

Engine::Loaded* Engine::load_file(const std::string& path, bool is_library) {
  const std::string key = finder_.canonical(path);
  if (const auto known = modules_.find(key); known != modules_.end())
    return known->second.get();
  std::error_code error;
  if (fs::is_directory(path, error)) {
    failed_read_ = "'" + path + "' is a folder; name a file";
    return nullptr;
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    failed_read_ = "cannot read '" + path + "': " +
                   (fs::exists(path, error) ? "permission denied" : "no such file");
    return nullptr;
  }
  std::ostringstream whole;
  if (file.peek() != std::ifstream::traits_type::eof()) whole << file.rdbuf();
  std::string text = std::move(whole).str();
  if (text.size() > UINT32_MAX - 16) {
    failed_read_ = "'" + path + "' is larger than 4 GB";
    return nullptr;
  }
  Loaded* loaded = add(key, shown(path, key), std::move(text), is_library);
  loaded->path = key;
  loaded->digest = digest(loaded->source->text());
  if (!load_stored(*loaded)) parse_and_declare(*loaded);
  load_spec(*loaded);
  load_imports(*loaded);
  order_.push_back(loaded);
  return loaded;
}

Engine::Loaded* Engine::load_text(const std::string& key, const std::string& name,
                                  std::string text, bool is_library) {
  Loaded* loaded = add(key, name, std::move(text), is_library);
  if (name.starts_with("<line ")) {
    loaded->interface.is_prompt = true;
    loaded->interface.wildcards = prompts_;
  }
  parse_and_declare(*loaded);
  load_spec(*loaded);
  return loaded;
}

Engine::Loaded* Engine::add(const std::string& key, const std::string& name,
                            std::string text, bool is_library) {
  auto owned = std::make_unique<Loaded>();
  Loaded* loaded = owned.get();
  modules_[key] = std::move(owned);
  loaded->source = std::make_unique<Source>(name, std::move(text));
  loaded->is_library = is_library;
  loaded->interface.key = key;
  return loaded;
}

void Engine::parse_and_declare(Loaded& loaded) {
  loaded.tree = parse(*loaded.source, loaded.diagnostics);
  if (!loaded.diagnostics.empty() || loaded.tree == nullptr) {
    loaded.failed = true;
    return;
  }
  ModuleImage& image = loaded.interface.image;
  const std::string_view source = loaded.source->text();
  for (const char* word : {"describe", "expect", "assert_", "check(", "step("}) {
    image.mentions_spec = image.mentions_spec || source.find(word) != source.npos;
  }
  loaded.failed = !declare(*loaded.tree, loaded.interface, program_, loaded.diagnostics);
}

bool Engine::load_stored(Loaded& loaded) {
  Cache::Entry entry;
  if (!cache_.read(loaded.interface.key, loaded.digest, entry)) return false;
  loaded.stored = declare(std::move(entry.image), loaded.interface, program_);
  loaded.inputs = entry.inputs;
  if (!loaded.stored) forget(loaded);
  return loaded.stored;
}

// What the cache said of a module.
void Engine::forget(Loaded& loaded) {
  loaded.stored = false;
  loaded.diagnostics.clear();
  Interface empty;
  empty.key = loaded.interface.key;
  loaded.interface = std::move(empty);
}

// The words of specs are only looked for where they could be.
void Engine::load_spec(const Loaded& loaded) {
  if (program_.spec != nullptr || loaded.is_library) return;
  if (!loaded.interface.image.mentions_spec) return;
  const std::string spec = (options_.library / "std" / "spec.spl").string();
  std::error_code error;
  if (!fs::exists(spec, error)) return;
  if (Loaded* words = load_file(spec, true)) program_.spec = &words->interface;
}

void Engine::load_imports(Loaded& loaded) {
  Interface& interface = loaded.interface;
  const std::string folder =
      (loaded.path.empty() ? fs::current_path() : loaded.path.parent_path()).string();
  const std::vector<ImportImage>& imports = interface.image.imports;
  interface.imports.resize(imports.size());
  interface.last_is_name.resize(imports.size());
  interface.submodules.resize(imports.size());
  for (size_t i = 0; i < imports.size(); ++i) {
    const ImportImage& import = imports[i];
    std::vector<std::string> parts;
    for (StringId part : import.path) parts.emplace_back(interface.text(part));
    std::vector<std::string> looked;
    auto found = finder_.find(parts, folder, &looked);
    if (!found && import.name_or_module && parts.size() > 1) {
      const std::vector<std::string> fewer(parts.begin(), parts.end() - 1);
      found = finder_.find(fewer, folder, &looked);
      interface.last_is_name[i] = found.has_value();
    }
    // use a.{b}, where a is only a folder with b.spl in it.
    for (const ImportNameImage& name : import.names) {
      std::vector<std::string> more = parts;
      more.emplace_back(interface.text(name.name));
      const auto sub = finder_.find(more, folder, nullptr);
      if (!sub || (found && sub->file == found->file)) continue;
      if (Loaded* module = load_file(sub->file, sub->is_library)) {
        const Symbol as = intern(interface.text(name.as));
        interface.submodules[i][intern(interface.text(name.name))] = &module->interface;
        if (!found) interface.aliases[as] = &module->interface;
      }
    }
    if (!found) {
      const bool all_submodules =
          !import.names.empty() && interface.submodules[i].size() == import.names.size();
      if (all_submodules) continue;
      // In a spec only those examples fail that need it.
      const bool is_spec =
          interface.image.mentions_spec && !loaded.is_library && !program_.only_checks;
      auto& list = is_spec ? loaded.missing : loaded.diagnostics;
      std::string places;
      for (const std::string& each : looked) {
        places += (places.empty() ? "" : ", ") + shown(each, finder_.canonical(each));
      }
      list.push_back({"semantic", "E1010",
                      "module `" + interface.path(import) + "` not found", import.at,
                      "looked for " + places});
      if (!is_spec) interface.misses(import);
      continue;
    }
    Loaded* module = load_file(found->file, found->is_library);
    if (module == nullptr) {
      loaded.diagnostics.push_back({"io", "E1010", failed_read_, import.at, ""});
      interface.misses(import);
      continue;
    }
    // use std.spec.step: every module below std.spec is the same one.
    if (&module->interface == program_.spec && import.name_or_module &&
        !interface.last_is_name[i]) {
      interface.last_is_name[i] = module->interface.find(intern(parts.back())) != nullptr;
    }
    interface.imports[i] = &module->interface;
  }
}

void Engine::load_prelude() {
  if (program_.prelude != nullptr) return;
  const std::string path = (options_.library / "prelude.spl").string();
  std::error_code error;
  if (!fs::exists(path, error)) {
    failed_read_ = "the language's library is not in '" + options_.library.string() +
                   "'; let the variable SIMPLE_LIB name its folder";
    return;
  }
  if (Loaded* prelude = load_file(path, true)) program_.prelude = &prelude->interface;
}

// ---- Compiling

// What compiling a module looks at: the module, what it imports on any way, the prelude,
// and what it came to use without importing it. Each counts with its source, and with
// what its imports were found to be.
Digest Engine::inputs(const Loaded& loaded) const {
  std::vector<const Interface*> reached;
  std::unordered_set<const Interface*> seen{nullptr};
  const auto reach = [&](const Interface* interface) {
    if (seen.insert(interface).second) reached.push_back(interface);
  };
  reach(&loaded.interface);
  reach(program_.prelude);
  const ModuleImage& image = loaded.interface.image;
  StringId module = 0;
  for (const ReferenceImage& reference : image.references) {
    if (reference.module == module) continue;
    module = reference.module;
    const auto known = modules_.find(image.strings[module]);
    if (known != modules_.end()) reach(&known->second->interface);
  }
  std::vector<Digest> digests;
  std::string names;
  for (size_t i = 0; i < reached.size(); ++i) {
    const Interface& interface = *reached[i];
    const auto note = [&](const Interface* import) {
      names += import == nullptr ? "-" : import->key;
      names += '\0';
      reach(import);
    };
    names = interface.key + '\0';
    for (size_t j = 0; j < interface.imports.size(); ++j) {
      note(interface.imports[j]);
      names += interface.last_is_name[j] ? '1' : '0';
      // In the order of the names that are asked for.
      if (interface.submodules[j].empty()) continue;
      for (const ImportNameImage& name : interface.image.imports[j].names) {
        const auto sub = interface.submodules[j].find(intern(interface.text(name.name)));
        note(sub == interface.submodules[j].end() ? nullptr : sub->second);
      }
    }
    digests.push_back(digest(names, modules_.at(interface.key)->digest));
  }
  std::sort(digests.begin(), digests.end());
  return digest(
      {reinterpret_cast<const char*>(digests.data()), digests.size() * sizeof(Digest)});
}

// Whether everything that a stored image refers to is there.
bool Engine::finds_references(const Loaded& loaded) const {
  const ModuleImage& image = loaded.interface.image;
  const auto is_type = [&](uint32_t index) {
    const ReferenceImage& reference = image.references[index];
    const std::string& name = image.strings[reference.name];
    const std::string& key = image.strings[reference.module];
    if (key == kNatives) return name.starts_with("(type)");
    const Interface& owner =
        reference.module == 0 ? loaded.interface : modules_.at(key)->interface;
    return owner.image.globals[owner.globals.at(intern(name))].kind == GlobalKind::kType;
  };
  for (const ReferenceImage& reference : image.references) {
    const Symbol name = intern(image.strings[reference.name]);
    const std::string& key = image.strings[reference.module];
    if (key == kNatives) {
      if (!vm_->natives().contains(name)) return false;
      continue;
    }
    const auto owner =
        reference.module == 0 ? modules_.find(loaded.interface.key) : modules_.find(key);
    if (owner == modules_.end() || !owner->second->interface.globals.contains(name))
      return false;
  }
  for (const TypeImage& type : image.types) {
    if (!std::all_of(type.bases.begin(), type.bases.end(), is_type)) return false;
  }
  for (const ImplImage& impl : image.impls) {
    if (!is_type(impl.type)) return false;
    if (!std::all_of(impl.traits.begin(), impl.traits.end(), is_type)) return false;
  }
  return true;
}

// Stored images are good if nothing changed that they were made of.
void Engine::check_stored() {
  for (size_t i = linked_; i < order_.size(); ++i) {
    Loaded& loaded = *order_[i];
    if (!loaded.stored || (loaded.inputs == inputs(loaded) && finds_references(loaded)))
      continue;
    forget(loaded);
    parse_and_declare(loaded);
    load_imports(loaded);
  }
}

bool Engine::compile_all() {
  check_stored();
  finder_.forget();
  for (size_t i = linked_; i < order_.size(); ++i) {
    if (!order_[i]->failed) connect(order_[i]->interface, order_[i]->diagnostics);
  }
  for (size_t i = linked_; i < order_.size(); ++i) {
    if (!order_[i]->failed) inherit(order_[i]->interface, order_[i]->diagnostics);
  }
  for (size_t i = linked_; i < order_.size(); ++i) {
    const Interface& interface = order_[i]->interface;
    for (const TypeImage& type : interface.image.types) {
      for (const MethodImage& method : type.methods) {
        program_.methods.insert(intern(interface.text(method.name)));
      }
    }
    for (const ImplImage& impl : interface.image.impls) {
      const std::string type(interface.text(interface.image.references[impl.type].name));
      for (const MethodImage& method : impl.methods) {
        const std::string_view name = interface.text(method.name);
        program_.methods.insert(intern(name));
        program_.extended.insert(intern(type + "." + std::string(name)));
      }
    }
  }
  bool good = true;
  for (size_t i = linked_; i < order_.size(); ++i) {
    Loaded& loaded = *order_[i];
    if (!loaded.failed && !loaded.stored) {
      compile(*loaded.tree, loaded.interface, program_, loaded.diagnostics);
    }
    if (loaded.diagnostics.empty()) continue;
    good = false;
    // What is missing may be the reason.
    std::move(loaded.missing.begin(), loaded.missing.end(),
              std::back_inserter(loaded.diagnostics));
    loaded.missing.clear();
  }
  for (size_t i = linked_; good && i < order_.size(); ++i) {
    for (const Diagnostic& missing : order_[i]->missing) {
      const auto place = order_[i]->source->place(missing.at.start);
      std::cerr << "warning: " << order_[i]->source->name() << ':' << place.line << ": "
                << missing.message << "; " << missing.help << '\n';
    }
  }
  for (size_t i = linked_; good && i < order_.size(); ++i) {
    const Loaded& loaded = *order_[i];
    if (loaded.stored || loaded.path.empty()) continue;
    if (loaded.interface.has_broken_examples) continue;  // `check` reports them.
    cache_.write(loaded.interface.key, loaded.digest, inputs(loaded),
                 loaded.interface.image);
  }
  return good;
}

// Writes what is wrong with the modules; whether there is anything.
bool Engine::report() {
  bool any = false;
  for (Loaded* loaded : order_) {
    std::stable_sort(
        loaded->diagnostics.begin(), loaded->diagnostics.end(),
        [](const Diagnostic& a, const Diagnostic& b) { return a.at.start < b.at.start; });
    for (const Diagnostic& diagnostic : loaded->diagnostics) {
      std::cout.flush();
      std::cerr << render(diagnostic, *loaded->source);
      any = true;
    }
  }
  return any;
}

// ---- Running

void Engine::start(Loaded& loaded) {
  const Value function = loaded.module->function_values[loaded.interface.image.start];
  vm_->call(function, {});
}

std::string render(const Failure& failure) {
  std::string out = std::string("error: ") + failure.kind + ": " + failure.message;
  if (!failure.code.empty()) out += " [" + failure.code + "]";
  out += '\n';
  std::string excerpt = failure.excerpt;
  if (!excerpt.empty() && excerpt[0] == '\n') excerpt.erase(0, 1);
  out += excerpt;
  if (!failure.inside.empty()) {
    out += "inside\n";
    for (const TraceLine& line : failure.inside) out += "  " + to_text(line) + "\n";
  }
  if (failure.trace.size() > 1) {
    out += "called from\n";
    const size_t count = failure.trace.size();
    for (size_t i = 1; i < count; ++i) {
      if (count > 24 && i == 12) {
        out += "  … " + std::to_string(count - 23) + " more\n";
        i = count - 12;
      }
      out += "  " + to_text(failure.trace[i]) + "\n";
    }
  }
  return out;
}

void Engine::finish() {
  std::fflush(stdout);
  vm_->externs().finish();
}

int Engine::run_program(Loaded* entry, const std::vector<std::string>& arguments) {
  if (entry == nullptr) {
    std::cerr << "error: io: " << failed_read_ << '\n';
    return 1;
  }
  vm_->program_arguments() = arguments;
  if (!compile_all()) {
    report();
    return 1;
  }
  int status = 0;
  try {
    link_all();
    vm_->heap().set_stress(options_.stress);
    while (started_ < order_.size()) start(*order_[started_++]);
    Module& module = *entry->module;
    const auto main = module.names.find(intern("main"));
    if (main != module.names.end() && !entry->interface.image.calls_main &&
        is(module.globals[main->second], Kind::kClosure)) {
      const Value result = vm_->call(module.globals[main->second], {});
      if (result.is_int()) {
        status = static_cast<int>(result.integer & 0xFF);
      } else if (is(result, Kind::kEnum) &&
                 as<EnumValue>(result)->type == vm_->types().result &&
                 as<EnumValue>(result)->variant == 1) {
        std::fflush(stdout);
        std::cerr << "error: runtime: main returned Err: "
                  << display(*vm_, as<EnumValue>(result)->payload()[0]) << '\n';
        status = 1;
      }
    }
  } catch (const Exit& exit) {
    std::fflush(stdout);
    std::cerr << exit.interrupted;
    status = exit.status;
  } catch (Failure& failure) {
    failure.settle();
    std::fflush(stdout);
    std::cerr << render(failure);
    status = 1;
  } catch (const std::bad_alloc&) {
    std::fflush(stdout);
    std::cerr << "error: runtime: out of memory [E3010]\n";
    status = 1;
  }
  finish();
  return status;
}

int Engine::run_file(const std::string& path, const std::vector<std::string>& arguments) {
  load_prelude();
  if (program_.prelude == nullptr) return run_program(nullptr, arguments);
  return run_program(load_file(path, false), arguments);
}

int Engine::run_text(const std::string& name, std::string text,
                     const std::vector<std::string>& arguments) {
  load_prelude();
  if (program_.prelude == nullptr) return run_program(nullptr, arguments);
  Loaded* loaded = load_text(name, name, std::move(text), false);
  load_imports(*loaded);
  order_.push_back(loaded);
  return run_program(loaded, arguments);
}

int Engine::check(const std::vector<std::string>& paths) {
  program_.only_checks = true;
  load_prelude();
  bool unreadable = program_.prelude == nullptr;
  if (unreadable) std::cerr << "error: io: " << failed_read_ << '\n';
  for (const std::string& path : paths) {
    if (load_file(path, false) == nullptr) {
      std::cerr << "error: io: " << failed_read_ << '\n';
      unreadable = true;
    }
  }
  compile_all();
  const bool wrong = report();
  return wrong || unreadable ? 1 : 0;
}

std::vector<std::string> Engine::native_libraries() const {
  std::vector<std::string> libraries;
  for (const Loaded* loaded : order_) {
    for (const ExternImage& external : loaded->interface.image.externs) {
      const std::string& name = loaded->interface.image.strings[external.name];
      if (!name.starts_with("rt_") || vm_->natives().contains(intern(name))) continue;
      const size_t end = name.find('_', 3);
      if (end == std::string::npos) continue;
      const std::string library = name.substr(3, end - 3);
      if (std::find(libraries.begin(), libraries.end(), library) == libraries.end()) {
        libraries.push_back(library);
      }
    }
  }
  return libraries;
}

Engine::Answer Engine::evaluate(const std::string& text) {
  Answer answer;
  load_prelude();
  if (program_.prelude == nullptr) {
    answer.failed = true;
    answer.text = "error: io: " + failed_read_ + "\n";
    return answer;
  }
  // Every entry is a module that sees those before it, the latest first.
  const std::string name = "<line " + std::to_string(++lines_) + ">";
  const size_t before = order_.size();
  Loaded* loaded = load_text(name, name, text, false);
  order_.push_back(loaded);
  load_imports(*loaded);
  std::rotate(std::find(order_.begin(), order_.end(), loaded),
              std::find(order_.begin(), order_.end(), loaded) + 1, order_.end());
  if (!compile_all()) {
    answer.failed = true;
    for (size_t i = before; i < order_.size(); ++i) {
      for (const Diagnostic& diagnostic : order_[i]->diagnostics) {
        answer.text += render(diagnostic, *order_[i]->source);
      }
    }
    // Other modules that were read on the way are asked for again.
    for (size_t i = before; i < order_.size(); ++i) {
      const std::string key = order_[i]->interface.key;
      modules_.erase(key);
    }
    order_.resize(before);
    return answer;
  }
  try {
    link_all();
    vm_->heap().set_stress(options_.stress);
    Value value;
    while (started_ < order_.size()) {
      const Loaded& next = *order_[started_++];
      value = vm_->call(next.module->function_values[next.interface.image.start], {});
    }
    if (!value.is_nil()) {
      Rooted root(*vm_, {value});
      answer.text = display(*vm_, value) + "\n";
    }
    prompts_.insert(prompts_.begin(), &loaded->interface);
  } catch (const Exit& exit) {
    // Ctrl-C ends what runs, and not the prompt.
    answer.ended = exit.interrupted.empty();
    answer.failed = !answer.ended;
    answer.status = exit.status;
    answer.text = exit.interrupted;
    prompts_.insert(prompts_.begin(), &loaded->interface);
  } catch (Failure& failure) {
    failure.settle();
    // What was defined before it failed stays.
    prompts_.insert(prompts_.begin(), &loaded->interface);
    answer.failed = true;
    answer.text = render(failure);
  } catch (const std::bad_alloc&) {
    prompts_.insert(prompts_.begin(), &loaded->interface);
    answer.failed = true;
    answer.text = "error: runtime: out of memory [E3010]\n";
  }
  return answer;
}

}  // namespace simple

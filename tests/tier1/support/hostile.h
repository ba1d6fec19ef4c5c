// Values for every parameter that an exported function can have: a good one, guessed from
// the parameter's name in the header, and many bad ones.
//
// What no library can survive is left out: an address that is none, and a count that is
// possible and larger than the memory behind its pointer.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "support/support.h"

namespace hostile {

// A declaration, as tests/contract/exports.txt has it.
struct Declaration {
  explicit Declaration(std::string_view text) {
    const size_t open = text.find('(');
    const size_t name_at = text.rfind("simple_torch_", open);
    name = text.substr(name_at, open - name_at);
    gives_handle = text.starts_with("simple_torch_handle ");
    const std::string_view list = text.substr(open + 1, text.rfind(')') - open - 1);
    int depth = 0;
    size_t start = 0;
    for (size_t i = 0; i <= list.size(); ++i) {
      if (i == list.size() || (list[i] == ',' && depth == 0)) {
        add(list.substr(start, i - start));
        start = i + 1;
      } else if (list[i] == '(') {
        ++depth;
      } else if (list[i] == ')') {
        --depth;
      }
    }
  }

  bool has(std::string_view parameter) const {
    return std::find(parameters.begin(), parameters.end(), parameter) != parameters.end();
  }

  std::string name;
  bool gives_handle = false;
  std::vector<std::string> parameters;
  // Which of them are handles.
  std::vector<bool> handles;

 private:
  void add(std::string_view parameter) {
    if (parameter == "void" || parameter.empty()) return;
    if (parameter.starts_with(' ')) parameter.remove_prefix(1);
    handles.push_back(parameter.starts_with("simple_torch_handle "));
    // The name of a function stands in parentheses, any other at the end.
    const size_t star = parameter.find("(*");
    if (star == std::string_view::npos) {
      parameters.emplace_back(parameter.substr(parameter.find_last_of(" *") + 1));
    } else {
      const std::string_view rest = parameter.substr(star + 2);
      parameters.emplace_back(rest.substr(0, rest.find(')')));
    }
  }
};

// How often a destroy callback ran.
inline int64_t destroyed = 0;

// Handles of all sorts that stay alive between calls, some that do not, and the source of
// all randomness.
class Stock {
 public:
  explicit Stock(uint64_t seed) : random(seed) {
    renew();
    freed_tensor = make(kTensor);
    simple_torch_tensor_free(freed_tensor);
    freed_generator = simple_torch_generator_create(-1);
    simple_torch_generator_free(freed_generator);
  }
  Stock(const Stock&) = delete;
  Stock& operator=(const Stock&) = delete;
  ~Stock() {
    // Two tensors may have become each other's gradients.
    for (const simple_torch_handle each : alive) simple_torch_tensor_set_grad(each, 0);
    for (const simple_torch_handle each : alive) simple_torch_release(each);
  }

  // The functions under test free some.
  void renew() {
    for (size_t i = 0; i < kCount; ++i) {
      if (simple_torch_handle_kind(alive[i]) < 0) alive[i] = make(i);
    }
  }

  simple_torch_handle tensor() const { return alive[kTensor]; }
  simple_torch_handle generator() const { return alive[kGenerator]; }
  simple_torch_handle state() const { return alive[kState]; }
  // What a parameter of this name wants.
  simple_torch_handle named(const std::string& name) const {
    return name == "generator"    ? alive[kGenerator]
           : name == "state"      ? alive[kState]
           : name == "scope"      ? scope
           : name == "list"       ? alive[kList]
           : name == "value"      ? alive[kValue]
           : name == "other"      ? alive[kValue]
           : name == "key"        ? alive[kValue]
           : name == "object"     ? alive[kValue]
           : name == "scalar"     ? alive[kScalar]
           : name == "io"         ? alive[kIo]
           : name == "module"     ? alive[kModule]
           : name == "part"       ? alive[kModule]
           : name == "archive"    ? alive[kArchive]
           : name == "script"     ? alive[kScript]
           : name == "keywords"   ? alive[kDict]
           : name == "parameters" ? alive[kDict]
           : name == "tensors"    ? alive[kValue]
           : name == "metadata"   ? alive[kValue]
           : name == "operation"  ? alive[kOperation]
           : name == "storage"    ? alive[kStorage]
           : name == "stream"     ? alive[kStream]
           : name == "optimizer"  ? alive[kOptimizer]
           : name == "dlpack"     ? alive[kDlpack]
           : name == "awaited"    ? alive[kStream]
                                  : alive[kTensor];
  }

  std::mt19937_64 random;
  simple_torch_handle freed_tensor = 0;
  simple_torch_handle freed_generator = 0;
  // Begun anew for each call of a function that takes one.
  simple_torch_handle scope = 0;
  // What tensor() lies over.
  std::array<float, 9> elements{1, 2, 3, 4, 5, 6, 7, 8, 9};
  auto element_bits() const { return std::bit_cast<std::array<uint32_t, 9>>(elements); }

 private:
  enum : size_t {
    kTensor,
    kGenerator,
    kState,
    kUndefined,
    kWithGrad,
    kIntegers,
    kComplex,
    kEmpty,
    kExpanded,
    kMeta,
    // With nothing in them that a call could hand out.
    kList,
    kValue,
    kOperation,
    kStorage,
    kStream,
    kOptimizer,
    kDlpack,
    kScalar,
    kIo,
    kModule,
    kScript,
    kDict,
    kArchive,
    kCount
  };

  simple_torch_handle make(size_t which) {
    const int64_t square[] = {3, 3};
    const int64_t empty[] = {0, 3};
    const int64_t flat[] = {0, 0};
    switch (which) {
      case kGenerator:
        return simple_torch_generator_create(-1);
      case kState:
        return simple_torch_generator_state(generator());
      case kUndefined:
        return simple_torch_tensor_undefined();
      case kWithGrad: {
        const simple_torch_handle made = simple_torch_tensor_ones(square, 2);
        simple_torch_tensor_set_requires_grad(made, 1);
        return made;
      }
      case kIntegers:
        return simple_torch_tensor_ones_with(square, 2, kInt64, -1);
      case kComplex:
        return simple_torch_tensor_ones_with(square, 2, kComplex128, -1);
      case kEmpty:
        return simple_torch_tensor_zeros(empty, 2);
      case kExpanded:
        return simple_torch_tensor_from_blob(expanded_.data(), sizeof(expanded_), square,
                                             2, flat, kFloat32, nullptr, nullptr);
      case kMeta:
        return simple_torch_tensor_zeros_with(square, 2, kFloat32,
                                              simple_torch_device_from_name("meta"));
      case kList:
        return simple_torch_list_create(nullptr, 0);
      case kValue: {
        const simple_torch_slot three = {SIMPLE_TORCH_SLOT_INT, 3, 0};
        return simple_torch_value_create(&three);
      }
      case kOperation:
        return simple_torch_operator_find("aten::is_complex", "");
      case kStorage:
        return simple_torch_storage_of(alive[kTensor]);
      case kStream:
        return simple_torch_stream_current(0);
      case kOptimizer:
        return simple_torch_optimizer_sgd(nullptr, 0, 0.1, 0, 0, 0, 0);
      case kDlpack:
        return simple_torch_dlpack_wrap(&shared_, 0);
      case kScalar:
        return simple_torch_scalar_create(SIMPLE_TORCH_FLOAT(2.5));
      case kIo:
        return simple_torch_io_memory(nullptr, 0);
      case kModule:
        return simple_torch_module_create("Stock");
      case kScript:
        return simple_torch_script_compile("def float32(x):\n    return x + 1\n");
      case kDict:
        return simple_torch_value_from_dict(nullptr, nullptr, 0);
      case kArchive:
        return simple_torch_archive_create();
      default:
        return simple_torch_tensor_from_blob(elements.data(), sizeof(elements), square, 2,
                                             nullptr, kFloat32, nullptr, nullptr);
    }
  }

  std::array<float, 1> expanded_{};
  // A DLPack struct of zeros, which no function can make a tensor of.
  struct {
    alignas(8) char bytes[128];
  } shared_{};

 public:
  std::array<simple_torch_handle, kCount> alive{};
};

// The memory behind one pointer parameter.
class Scratch {
 public:
  // A count that is not larger may be passed with the memory.
  static constexpr int64_t kMostItems = 256;
  static constexpr size_t kBytes = kMostItems * sizeof(simple_torch_slot);

  void fill(int byte) { std::memset(data_, byte, kBytes); }
  void* data() { return data_; }
  void remember() { std::memcpy(before_, data_, kBytes); }
  bool changed() const { return std::memcmp(before_, data_, kBytes) != 0; }
  // One of the slots, if it has changed, else null.
  const simple_torch_slot* changed_slot(int64_t index) const {
    const size_t at = static_cast<size_t>(index) * sizeof(simple_torch_slot);
    if (std::memcmp(before_ + at, data_ + at, sizeof(simple_torch_slot)) == 0) {
      return nullptr;
    }
    return reinterpret_cast<const simple_torch_slot*>(data_ + at);
  }

 private:
  alignas(64) char data_[kBytes]{};
  char before_[kBytes]{};
};

// The arguments of a function's calls.
template <typename... A>
class Arguments {
 public:
  static constexpr size_t kCount = sizeof...(A);

  Arguments(const Declaration& declaration, Stock& stock)
      : declaration_(declaration), stock_(stock) {}

  std::tuple<A...> values;

  void set_good() {
    set([](size_t) { return false; });
  }
  void set_one_bad(size_t bad) {
    set([bad](size_t i) { return i == bad; });
  }
  void set_some_bad() {
    set([this](size_t) { return one_in(2); });
  }

  // Whether the memory of any parameter that is not const has changed.
  bool out_parameters_changed() const {
    for (size_t i = 0; i < kCount; ++i) {
      if (is_out_[i] && (*scratch_)[i].changed()) return true;
    }
    return false;
  }
  bool has_destroy() const { return has_destroy_; }

  // What a function has put into slots belongs to its caller.
  void release_results() {
    [&]<size_t... I>(std::index_sequence<I...>) { (release_slots<I>(), ...); }
    (std::make_index_sequence<kCount>{});
  }

 private:
  template <size_t I>
  void release_slots() {
    using T = std::tuple_element_t<I, std::tuple<A...>>;
    if constexpr (std::is_same_v<T, simple_torch_slot*>) {
      if (std::get<I>(values) == nullptr) return;
      for (int64_t i = 0; i < Scratch::kMostItems; ++i) {
        const auto* const slot = (*scratch_)[I].changed_slot(i);
        if (slot != nullptr && simple_torch_handle_kind(slot->bits) > 0) {
          simple_torch_release(slot->bits);
        }
      }
    }
  }

  template <typename F>
  void set(F&& is_bad) {
    has_destroy_ = false;
    [&]<size_t... I>(std::index_sequence<I...>) { (set_one<I>(is_bad(I)), ...); }
    (std::make_index_sequence<kCount>{});
    keep_complex_numbers_valid();
  }

  template <size_t I>
  void set_one(bool bad) {
    using T = std::tuple_element_t<I, std::tuple<A...>>;
    T& value = std::get<I>(values);
    const std::string& name = declaration_.parameters[I];
    if constexpr (std::is_same_v<T, int64_t>) {
      bool counts_items = false;
      if constexpr (I > 0) {
        counts_items = std::is_pointer_v<std::tuple_element_t<I - 1, std::tuple<A...>>>;
      }
      value =
          bad ? bad_integer(counts_items) : good_integer(name, declaration_.handles[I]);
      if constexpr (I > 0) {
        // Some texts are long, and a buffer's capacity is believed.
        constexpr bool kCountsText =
            std::is_same_v<std::tuple_element_t<I - 1, std::tuple<A...>>, char*>;
        if (kCountsText && value > static_cast<int64_t>(Scratch::kBytes)) {
          value = Scratch::kBytes;
        }
      }
    } else if constexpr (std::is_same_v<T, double>) {
      value = bad ? bad_real() : 1.0;
    } else {
      static_assert(std::is_pointer_v<T>, "a parameter of a new type: give it values");
      using Target = std::remove_pointer_t<T>;
      if constexpr (std::is_function_v<Target>) {
        value = bad ? nullptr : harmless(T{});
        if (std::is_same_v<T, void (*)(void*)> && value != nullptr) has_destroy_ = true;
      } else {
        Scratch& scratch = (*scratch_)[I];
        fill<std::remove_const_t<Target>>(scratch, name, bad);
        is_out_[I] = !std::is_const_v<Target>;
        if (is_out_[I]) scratch.remember();
        value = bad && one_in(3) ? nullptr : static_cast<T>(scratch.data());
      }
    }
  }

  bool one_in(unsigned times) { return stock_.random() % times == 0; }

  template <typename Choices>
  auto any_of(const Choices& choices) {
    return choices[stock_.random() % std::size(choices)];
  }

  int64_t good_integer(const std::string& name, bool is_handle) {
    if (is_handle) return stock_.named(name);
    if (name == "count" || name == "ndims") return 2;
    if (name == "bytes") return sizeof(stock_.elements);
    if (name == "capacity" || name == "max_dims") return 100;
    if (name == "dtype") return kFloat32;
    if (name == "device") return 0;
    if (name == "high") return 10;
    return 1;
  }

  int64_t bad_integer(bool counts_items) {
    constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
    constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
    constexpr int64_t kOne = 1;
    const simple_torch_handle tensor = stock_.tensor();
    const int64_t numbers[] = {0,
                               1,
                               2,
                               3,
                               4,
                               5,
                               7,
                               -1,
                               -2,
                               100,
                               255,
                               256,
                               kMin,
                               kMin + 1,
                               kMax,
                               kMax - 1,
                               kOne << 31,
                               kOne << 32,
                               (kOne << 32) + 1,
                               kOne << 41,
                               kOne << 53,
                               kOne << 62,
                               -1 - (kOne << 31)};
    const int64_t forged[] = {stock_.freed_tensor,
                              stock_.freed_generator,
                              stock_.scope,
                              tensor | kMin,
                              -tensor,
                              tensor ^ (kOne << 56),
                              tensor + (kOne << 32),
                              tensor + (kOne << 20),
                              tensor & ~int64_t{0xffffffff},
                              static_cast<int64_t>(stock_.random())};
    const int64_t chosen = one_in(2)   ? any_of(numbers)
                           : one_in(2) ? any_of(forged)
                                       : any_of(stock_.alive);
    const bool too_many = chosen > Scratch::kMostItems && chosen <= kOne << 40;
    return counts_items && too_many ? chosen | kOne << 50 : chosen;
  }

  double bad_real() {
    const double choices[] = {0.0,
                              -0.0,
                              -1.0,
                              1e308,
                              -1e308,
                              std::numeric_limits<double>::denorm_min(),
                              std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity(),
                              -std::numeric_limits<double>::infinity()};
    return any_of(choices);
  }

  template <typename T>
  void fill(Scratch& scratch, const std::string& name, bool bad) {
    auto* const items = static_cast<int64_t*>(scratch.data());
    if constexpr (std::is_same_v<T, char>) {
      auto* const text = static_cast<char*>(scratch.data());
      const char* const texts[] = {
          "float64", "cpu",          "",        "\xff\xfe",
          "a\xc3",   "\xed\xa0\x80", "cuda:-1", "cpu:99999999999999"};
      scratch.fill(bad && one_in(4) ? 'a' : 0);
      text[Scratch::kBytes - 1] = '\0';
      if (text[0] == '\0') {
        // A file that some function would write cannot be there.
        if (name == "path") std::strcpy(text, "/dev/null/");
        std::strcat(text, bad ? any_of(texts) : "float32");
      }
    } else if constexpr (std::is_same_v<T, int64_t>) {
      const bool strides = name == "strides";
      for (int64_t i = 0; i < Scratch::kMostItems; ++i) {
        items[i] = bad                     ? bad_item()
                   : name == "indices"     ? 1
                   : strides && i % 2 == 1 ? 1
                                           : 3;
      }
    } else if constexpr (std::is_same_v<T, simple_torch_slot>) {
      auto* const slots = static_cast<simple_torch_slot*>(scratch.data());
      for (int64_t i = 0; i < Scratch::kMostItems; ++i) {
        slots[i] = bad ? bad_slot()
                       : simple_torch_slot{SIMPLE_TORCH_SLOT_TENSOR, stock_.tensor(), 0};
      }
    } else {
      // A struct of zeros with its right size in front, or a wrong one; or plain bytes.
      // The address of a struct with functions in it: none of them is an address.
      scratch.fill(0);
      if (name == "managed") return;
      if constexpr (std::is_class_v<T>) {
        const int64_t sizes[] = {sizeof(T),
                                 sizeof(T),
                                 0,
                                 -1,
                                 8,
                                 sizeof(T) + 1,
                                 std::numeric_limits<int64_t>::max()};
        items[0] = bad ? any_of(sizes) : sizes[0];
      } else if (bad) {
        scratch.fill(static_cast<int>(stock_.random() & 0xff));
      }
    }
  }

  // An item of a list: a dim or an index, small or much too large, or a handle.
  int64_t bad_item() {
    const int64_t choices[] = {0,
                               1,
                               2,
                               3,
                               -1,
                               -4,
                               int64_t{1} << 45,
                               int64_t{1} << 62,
                               std::numeric_limits<int64_t>::max(),
                               std::numeric_limits<int64_t>::min()};
    return one_in(10) ? any_of(stock_.alive) : any_of(choices);
  }

  // Of any kind, and with any handle or number; where the kind makes an address of the
  // bits, they are one, or 0, of no more items than are there.
  simple_torch_slot bad_slot() {
    static const double parts[2] = {0, 0};
    simple_torch_slot slot = {static_cast<int64_t>(stock_.random() % 22) - 1,
                              one_in(2) ? any_of(stock_.alive) : bad_integer(false), 0};
    const bool is_address =
        slot.kind == SIMPLE_TORCH_SLOT_COMPLEX ||
        (slot.kind >= SIMPLE_TORCH_SLOT_TEXT && slot.kind <= SIMPLE_TORCH_SLOT_TEXTS);
    if (is_address) {
      const int64_t counts[] = {0, 1, -1, int64_t{1} << 50};
      slot.bits = one_in(3) ? 0 : reinterpret_cast<int64_t>(&parts);
      slot.count = any_of(counts);
    }
    return slot;
  }

  // A callback that does nothing, or counts if it is one that destroys.
  template <typename R, typename... P>
  static auto harmless(R (*)(P...)) -> R (*)(P...) {
    return [](P...) -> R {
      if constexpr (std::is_void_v<R>) {
        ++destroyed;
      } else {
        return R{};
      }
    };
  }

  // A kind of COMPLEX makes an address of the bits before it, which must then be one or
  // 0.
  void keep_complex_numbers_valid() {
    static const double parts[2] = {1, 2};
    std::array<int64_t*, kCount + 1> integers{};
    [&]<size_t... I>(std::index_sequence<I...>) {
      (
          [&] {
            if constexpr (std::is_same_v<std::tuple_element_t<I, std::tuple<A...>>,
                                         int64_t>) {
              integers[I] = &std::get<I>(values);
            }
          }(),
          ...);
    }
    (std::make_index_sequence<kCount>{});
    for (size_t i = 1; i < kCount; ++i) {
      if (!declaration_.parameters[i].ends_with("_kind")) continue;
      if (*integers[i] == SIMPLE_TORCH_NUMBER_COMPLEX && *integers[i - 1] != 0) {
        *integers[i - 1] = reinterpret_cast<int64_t>(&parts);
      }
    }
  }

  const Declaration& declaration_;
  Stock& stock_;
  std::unique_ptr<std::array<Scratch, kCount>> scratch_ =
      std::make_unique<std::array<Scratch, kCount>>();
  std::array<bool, kCount> is_out_{};
  bool has_destroy_ = false;
};

}  // namespace hostile

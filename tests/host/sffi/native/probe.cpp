// A native library for the tests of the host: it says what it got, keeps count of its
// objects, calls back in every way, and asks for collections.
#include "probe.h"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {

// ---- Objects

std::mutex mutex;
std::map<int64_t, int64_t> things;  // handle -> value
int64_t next_handle = 1000;
int64_t freed = 0;
int64_t wrongly_freed = 0;
int64_t batches = 0;

int64_t make(int64_t value) {
  const std::lock_guard lock(mutex);
  things[++next_handle] = value;
  return next_handle;
}

int64_t release(int64_t handle) {
  const std::lock_guard lock(mutex);
  if (things.erase(handle) == 0) {
    ++wrongly_freed;
    return -2;
  }
  ++freed;
  return 0;
}

int64_t value_of(int64_t handle) {
  const std::lock_guard lock(mutex);
  const auto found = things.find(handle);
  return found == things.end() ? -1 : found->second;
}

// ---- What was got, as text

std::string seen;

void see(const std::string& what) {
  if (!seen.empty()) seen += ' ';
  seen += what;
}

std::string shown(double value) {
  char buffer[32];
  std::snprintf(buffer, sizeof(buffer), "%g", value);
  return buffer;
}

std::string shown(int64_t bits, int64_t kind) {
  double real;
  std::memcpy(&real, &bits, sizeof(real));
  switch (kind) {
    case 0:
      return "none";
    case 1:
      return "int:" + std::to_string(bits);
    case 2:
      return "float:" + shown(real);
    case 3:
      return bits == 1 ? "bool:true" : "bool:false";
    case 4: {
      const auto* parts = reinterpret_cast<const double*>(bits);
      return "complex:" + shown(parts[0]) + "," + shown(parts[1]);
    }
    default:
      return "kind?" + std::to_string(kind);
  }
}

std::string shown_thing(int64_t handle) {
  return handle == 0 ? "none" : "thing:" + std::to_string(value_of(handle));
}

using Callback = int64_t (*)(void* context, int64_t value);
using Destroy = void (*)(void* context);

// How each type arrives, and what is noted of it. Lists have two items.
#define IN_i64(n) int64_t a##n
#define IN_i32(n) int32_t a##n
#define IN_truth(n) int64_t a##n
#define IN_f64(n) double a##n
#define IN_text(n) const char* a##n
#define IN_text_or_nil(n) const char* a##n
#define IN_thing(n) int64_t a##n
#define IN_thing_or_nil(n) int64_t a##n
#define IN_scalar(n) int64_t a##n, int64_t kind##n
#define IN_i64_or_nil(n) int64_t a##n, int64_t kind##n
#define IN_f64_or_nil(n) int64_t a##n, int64_t kind##n
#define IN_bool_or_nil(n) int64_t a##n, int64_t kind##n
#define IN_scalar_or_nil(n) int64_t a##n, int64_t kind##n
#define IN_ints(n) const int64_t* a##n
#define IN_floats(n) const double* a##n
#define IN_bytes(n) const uint8_t* a##n
#define IN_ints_or_nil(n) const int64_t* a##n
#define IN_floats_or_nil(n) const double* a##n
#define IN_things(n) const int64_t* a##n
#define IN_things_or_nil(n) const int64_t* a##n
#define IN_scalars(n) const int64_t* a##n
#define IN_any_packed(n) const double* a##n
#define IN_function(n) Callback a##n, void *context##n, Destroy destroy##n

#define SEE_i64(n) see("i64:" + std::to_string(a##n))
#define SEE_i32(n) see("i32:" + std::to_string(a##n))
#define SEE_truth(n) see(a##n == 1 ? "true" : a##n == 0 ? "false" : "bool?")
#define SEE_f64(n) see("f64:" + shown(a##n))
#define SEE_text(n) see("text:" + std::string(a##n))
#define SEE_text_or_nil(n) see(a##n == nullptr ? "none" : "text:" + std::string(a##n))
#define SEE_thing(n) see(shown_thing(a##n))
#define SEE_thing_or_nil(n) see(shown_thing(a##n))
#define SEE_scalar(n) see(shown(a##n, kind##n))
#define SEE_i64_or_nil(n) see(shown(a##n, kind##n))
#define SEE_f64_or_nil(n) see(shown(a##n, kind##n))
#define SEE_bool_or_nil(n) see(shown(a##n, kind##n))
#define SEE_scalar_or_nil(n) see(shown(a##n, kind##n))
#define SEE_ints(n) \
  see("[" + std::to_string(a##n[0]) + "," + std::to_string(a##n[1]) + "]")
#define SEE_floats(n) see("[" + shown(a##n[0]) + "," + shown(a##n[1]) + "]")
#define SEE_bytes(n) \
  see("[" + std::to_string(a##n[0]) + "," + std::to_string(a##n[1]) + "]")
#define SEE_ints_or_nil(n) \
  if (a##n == nullptr)     \
    see("none");           \
  else                     \
    SEE_ints(n)
#define SEE_floats_or_nil(n) \
  if (a##n == nullptr)       \
    see("none");             \
  else                       \
    SEE_floats(n)
#define SEE_things(n) see("[" + shown_thing(a##n[0]) + "," + shown_thing(a##n[1]) + "]")
#define SEE_things_or_nil(n) SEE_things(n)
#define SEE_scalars(n) \
  see("[" + shown(a##n[0], a##n[1]) + "," + shown(a##n[2], a##n[3]) + "]")
#define SEE_any_packed(n) SEE_floats(n)
#define SEE_function(n)                              \
  see("fn:" + std::to_string(a##n(context##n, 20))); \
  destroy##n(context##n)

std::string answer;

}  // namespace

#define ROTATION(k, a, b, c, d, e, f, g, h, i, j, l, m, n, o, p, q, r, s, t, u)         \
  EXPORT const char* simple_probe_rotation_##k(                                         \
      IN_##a(1), IN_##b(2), IN_##c(3), IN_##d(4), IN_##e(5), IN_##f(6), IN_##g(7),      \
      IN_##h(8), IN_##i(9), IN_##j(10), IN_##l(11), IN_##m(12), IN_##n(13), IN_##o(14), \
      IN_##p(15), IN_##q(16), IN_##r(17), IN_##s(18), IN_##t(19), IN_##u(20)) {         \
    seen.clear();                                                                       \
    SEE_##a(1);                                                                         \
    SEE_##b(2);                                                                         \
    SEE_##c(3);                                                                         \
    SEE_##d(4);                                                                         \
    SEE_##e(5);                                                                         \
    SEE_##f(6);                                                                         \
    SEE_##g(7);                                                                         \
    SEE_##h(8);                                                                         \
    SEE_##i(9);                                                                         \
    SEE_##j(10);                                                                        \
    SEE_##l(11);                                                                        \
    SEE_##m(12);                                                                        \
    SEE_##n(13);                                                                        \
    SEE_##o(14);                                                                        \
    SEE_##p(15);                                                                        \
    SEE_##q(16);                                                                        \
    SEE_##r(17);                                                                        \
    SEE_##s(18);                                                                        \
    SEE_##t(19);                                                                        \
    SEE_##u(20);                                                                        \
    return seen.c_str();                                                                \
  }
ROTATIONS(ROTATION)

// ---- Numbers

EXPORT int64_t simple_probe_add(int64_t a, int64_t b) { return a + b; }
EXPORT int64_t simple_probe_nothing() { return 0; }
EXPORT int32_t simple_probe_negate32(int32_t a) { return -a; }
EXPORT double simple_probe_half(double a) { return a / 2; }
EXPORT int64_t simple_probe_not(int64_t a) { return a == 0; }
EXPORT int64_t simple_probe_bad_bool() { return -3; }
EXPORT const char* simple_probe_error_message() { return "probe: it does not work"; }
EXPORT int64_t simple_probe_add6(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e,
                                 int64_t f) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
}
EXPORT double simple_probe_mixed(double a, int64_t b, double c, int64_t d) {
  return a * 1000 + static_cast<double>(b) * 100 + c * 10 + static_cast<double>(d);
}
// More doubles than have registers.
EXPORT double simple_probe_ten(double a, double b, double c, double d, double e, double f,
                               double g, double h, double i, double j) {
  return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h + 9 * i + 10 * j;
}
EXPORT const char* simple_probe_show(int64_t bits, int64_t kind) {
  answer = shown(bits, kind);
  return answer.c_str();
}

// ---- Texts and lists

EXPORT const char* simple_probe_greet(const char* name) {
  if (name == nullptr) return nullptr;
  answer = "hello " + std::string(name);
  return answer.c_str();
}
EXPORT int64_t simple_probe_fill_ints(int64_t* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = i * i;
  return to == nullptr ? -1 : count;
}
EXPORT int64_t simple_probe_sum_ints(const int64_t* numbers, int64_t count) {
  int64_t sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += numbers[i];
  return sum;
}
EXPORT int64_t simple_probe_fill_floats(double* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = static_cast<double>(i) / 2;
  return to == nullptr ? -1 : count;
}
EXPORT int64_t simple_probe_fill_bytes(uint8_t* to, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] = static_cast<uint8_t>(255 - i);
  return to == nullptr ? -1 : count;
}

// ---- Arrays that are read after the call

namespace {

struct KeptArray {
  const double* floats = nullptr;
  void* context = nullptr;
  Destroy destroy = nullptr;
};
std::map<int64_t, KeptArray> kept_arrays;

}  // namespace

EXPORT int64_t simple_probe_keep_array(int64_t name, const double* floats, void* context,
                                       Destroy destroy, double scale) {
  kept_arrays[name] = {floats, context, destroy};
  return static_cast<int64_t>(floats[0] * scale);
}
EXPORT double simple_probe_kept_item(int64_t name, int64_t index) {
  return kept_arrays[name].floats[index];
}
// 1 if two names have the very same elements.
EXPORT int64_t simple_probe_kept_alike(int64_t a, int64_t b) {
  return kept_arrays[a].floats == kept_arrays[b].floats;
}
EXPORT int64_t simple_probe_drop_array(int64_t name) {
  const KeptArray kept = kept_arrays[name];
  kept_arrays.erase(name);
  std::thread([&] { kept.destroy(kept.context); }).join();
  return 0;
}

// ---- Several results

EXPORT int64_t simple_probe_divide(int64_t a, int64_t b, int64_t* rest, double* exact) {
  if (b == 0) return -4;
  *rest = a % b;
  *exact = static_cast<double>(a) / static_cast<double>(b);
  return a / b;
}
EXPORT int64_t simple_probe_two_things(int64_t value, int64_t* second,
                                       const char** text) {
  *second = make(value + 1);
  *text = "two";
  return make(value);
}
EXPORT int64_t simple_probe_number(int64_t which, int64_t* bits, int64_t* kind) {
  const double parts[2] = {1.5, -2};
  *kind = which;
  if (which == 1) bits[0] = 7;
  if (which == 2) std::memcpy(bits, parts, sizeof(double));
  if (which == 3) bits[0] = 1;
  if (which == 4) std::memcpy(bits, parts, sizeof(parts));
  return 0;
}

// ---- Things

EXPORT int64_t simple_probe_thing_new(int64_t value) {
  return value < 0 ? 0 : make(value);
}
EXPORT int64_t simple_probe_thing_value(int64_t thing) { return value_of(thing); }
EXPORT int64_t simple_probe_thing_free(int64_t thing) { return release(thing); }
// A type without a finalizer of its own.
EXPORT int64_t simple_probe_part_new(int64_t value) { return make(value); }
EXPORT int64_t simple_probe_release_many(const int64_t* handles, int64_t count) {
  ++batches;
  int64_t alive = 0;
  for (int64_t i = 0; i < count; ++i) alive += release(handles[i]) == 0;
  return alive;
}
EXPORT int64_t simple_probe_live() {
  const std::lock_guard lock(mutex);
  return static_cast<int64_t>(things.size());
}
EXPORT int64_t simple_probe_freed() { return freed; }
EXPORT int64_t simple_probe_wrongly_freed() { return wrongly_freed; }
EXPORT int64_t simple_probe_batches() { return batches; }
// A handle that costs nothing, to measure what the host adds.
EXPORT int64_t simple_probe_token() { return 1; }

// ---- Callbacks

namespace {

int64_t destroyed = 0;
Callback kept = nullptr;
void* kept_context = nullptr;
Destroy kept_destroy = nullptr;
std::thread worker;
int64_t worker_result = 0;
std::string told;

}  // namespace

EXPORT int64_t simple_probe_callback_error(const char* text) {
  told = text;
  return 0;
}
EXPORT const char* simple_probe_told() { return told.c_str(); }
EXPORT int64_t simple_probe_destroyed() { return destroyed; }
EXPORT int64_t simple_probe_apply(Callback f, void* context, Destroy destroy,
                                  int64_t value) {
  if (f == nullptr) return -100;
  const int64_t result = f(context, value);
  destroy(context);
  ++destroyed;
  return result;
}
EXPORT int64_t simple_probe_apply_many(Callback f, void* context, Destroy destroy,
                                       int64_t times) {
  int64_t sum = 0;
  for (int64_t i = 0; i < times; ++i) sum += f(context, i);
  destroy(context);
  return sum;
}
EXPORT double simple_probe_apply_float(double (*f)(void*, double), void* context,
                                       Destroy destroy, double value) {
  const double result = f(context, value);
  destroy(context);
  return result;
}
EXPORT const char* simple_probe_apply_text(const char* (*f)(void*, const char*),
                                           void* context, Destroy destroy,
                                           const char* value) {
  const char* result = f(context, value);
  answer = result == nullptr ? "(null)" : result;
  destroy(context);
  return answer.c_str();
}
// Lends a thing, and says what it got back.
EXPORT int64_t simple_probe_apply_thing(int64_t (*f)(void*, int64_t), void* context,
                                        Destroy destroy, int64_t value) {
  const int64_t lent = make(value);
  const int64_t got = f(context, lent);
  const int64_t result = got == 0 ? -1 : value_of(got);
  release(lent);
  destroy(context);
  return result;
}
EXPORT int64_t simple_probe_apply_numbers(int64_t (*f)(void*, int64_t, int64_t, int64_t,
                                                       int64_t, double, int32_t, int64_t),
                                          void* context, Destroy destroy) {
  double half = 0.5;
  int64_t bits;
  std::memcpy(&bits, &half, sizeof(bits));
  const int64_t result = f(context, bits, 2, 0, 0, 2.25, -7, 1);
  destroy(context);
  return result;
}
EXPORT int64_t simple_probe_keep(Callback f, void* context, Destroy destroy) {
  kept = f;
  kept_context = context;
  kept_destroy = destroy;
  return 0;
}
EXPORT int64_t simple_probe_call_kept(int64_t value) { return kept(kept_context, value); }
EXPORT int64_t simple_probe_drop_kept() {
  kept_destroy(kept_context);
  ++destroyed;
  kept = nullptr;
  return 0;
}
// On a thread that the function waits for.
EXPORT int64_t simple_probe_apply_on_thread(Callback f, void* context, Destroy destroy,
                                            int64_t value) {
  int64_t result = 0;
  std::thread([&] {
    result = f(context, value);
    destroy(context);
  }).join();
  return result;
}
// Two threads call it, one after the other, and then see what they got.
EXPORT int64_t simple_probe_collect();
EXPORT int64_t simple_probe_make_on_threads(int64_t (*f)(void*, int64_t), void* context,
                                            Destroy destroy) {
  int64_t first = 0;
  int64_t second = 0;
  std::thread([&] {
    const int64_t got = f(context, 1);
    std::thread other([&] {
      const int64_t mine = f(context, 2);
      simple_probe_collect();
      second = value_of(mine);
    });
    other.join();
    first = value_of(got);
  }).join();
  destroy(context);
  return first * 10 + second;
}
// On a thread that runs while the program goes on.
EXPORT int64_t simple_probe_start(int64_t times) {
  worker = std::thread([times] {
    worker_result = 0;
    // When the function that started this has returned.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    for (int64_t i = 0; i < times; ++i) worker_result += kept(kept_context, i);
  });
  return 0;
}
EXPORT int64_t simple_probe_finish() {
  worker.join();
  return worker_result;
}

// ---- Collections

namespace {

struct Runtime {
  int64_t size;
  void* context;
  int64_t (*collect)(void* context, int64_t reason, int64_t bytes_wanted);
  void (*destroy)(void* context);
  int64_t thread_rule;
};
Runtime runtime{};

}  // namespace

EXPORT int64_t simple_probe_runtime_attach(const Runtime* attached) {
  runtime = attached == nullptr ? Runtime{} : *attached;
  return 0;
}
EXPORT int64_t simple_probe_attached() { return runtime.collect != nullptr; }
EXPORT int64_t simple_probe_collect() {
  return runtime.collect == nullptr ? -1 : runtime.collect(runtime.context, 0, 0);
}
// Only what was made lately; and with how many bytes the host wants to be asked for that.
EXPORT int64_t simple_probe_collect_young(int64_t) {
  return runtime.collect == nullptr ? -1 : runtime.collect(runtime.context, 2, 0);
}
int64_t young_bytes = 0;
EXPORT int64_t simple_probe_memory_set_young(int64_t bytes) {
  young_bytes = bytes;
  return 0;
}
EXPORT int64_t simple_probe_young_bytes() { return young_bytes; }
// In the middle of a call that has objects as arguments, which have to stay.
EXPORT int64_t simple_probe_collect_with(int64_t thing, const int64_t* more) {
  simple_probe_collect();
  return value_of(thing) + value_of(more[0]) + value_of(more[1]);
}
EXPORT int64_t simple_probe_collect_on_thread() {
  int64_t result = 0;
  std::thread([&] { result = simple_probe_collect(); }).join();
  return result;
}
// Asks for a collection when many things live.
EXPORT int64_t simple_probe_thing_under_pressure(int64_t most) {
  if (simple_probe_live() >= most) simple_probe_collect();
  return make(simple_probe_live());
}

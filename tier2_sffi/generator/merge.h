// The names that people write: the overloads of an operator under one name, with named
// and default arguments. Which overload is meant is decided by what is given; this file
// says what each of them takes, and decision.h how they are told apart.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model.h"

namespace simple_torch::generator {

// What a value of Simple can be, as far as overloads differ in it. A set of them is a
// sum.
using Classes = uint32_t;
inline constexpr Classes kNil = 1, kTensor = 2, kBool = 4, kInt = 8, kFloat = 16,
                         kComplex = 32, kText = 64, kList = 128, kTensors = 256,
                         kDtype = 512, kLayout = 1024, kMemoryFormat = 2048,
                         kDevice = 4096, kGenerator = 8192, kStorage = 16384,
                         kStream = 32768;

// A parameter of the one function.
struct Slot {
  std::string name;
  // What any overload takes there.
  Classes classes = 0;
  // Written in the head: "", or a value; nil where it matters whether it was given.
  std::string default_value;
  // The types in Simple, for the head.
  std::vector<std::string> types;
};

// One way to call one overload.
struct Way {
  const Operation* operation = nullptr;
  // For each argument of the operation: its slot, or -1 for the receiver of a method.
  std::vector<int> sources;
  // For each slot what has to be there; kNil alone where the overload has no such
  // argument.
  std::vector<Classes> accepts;
};

struct Merged {
  std::string name;
  std::string group;
  bool is_method = false;
  std::vector<Slot> slots;
  // The integers of the first slot may also come one after the other.
  bool takes_several = false;
  // Of a function that has the name of one of the language: what is asked, and what is
  // meant where there is no tensor; else "".
  std::string without_tensor;
  std::string instead;
  // Those that are looked at first come first: where two fit, the first is meant.
  std::vector<Way> ways;
};

// What becomes of a name that has no merged function: the rule that says so.
struct ByHand {
  bool is_method = false;
  std::string name;
  std::string reason;
};

struct MergedNames {
  std::vector<Merged> methods;
  std::vector<Merged> functions;
  std::vector<ByHand> by_hand;
  // Overloads that are reached by their full names only, with the reason.
  std::vector<std::pair<std::string, std::string>> left_out;
};

// Fails with Error where the overloads of a name cannot be told apart.
MergedNames merge_names(const Model& model, const Rules& rules);

}  // namespace simple_torch::generator

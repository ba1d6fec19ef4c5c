// What the benchmarks share.
#pragma once

#include <ATen/core/Tensor.h>
#include <benchmark/benchmark.h>
#include <c10/core/CPUAllocator.h>

#include <string>
#include <vector>

#include "simple_torch/simple_torch.h"

namespace simple_torch_benchmark {

// Which CPU allocator libtorch uses from now on. Plain C++ is measured with libtorch's
// own.
void use_stock_allocator();
void use_our_allocator();

// A plain tensor under a handle, sharing its memory.
simple_torch_handle handle_of(const at::Tensor& tensor);

// Fails the program: what is not right is not timed.
void require(bool condition, const std::string& what);

// Two measurements and how they are to compare. `limit` bounds ours / plain, or, without
// a plain side, our time in nanoseconds.
struct Row {
  std::string what;
  std::string plain;
  std::string ours;
  double limit;
};
std::vector<Row>& rows();

// Registered by calls.cpp, operators.cpp, chains.cpp and script.cpp.
void register_calls();
void register_operators();
void register_chains();
void register_script();

// Prints the table from what was measured; false if a limit does not hold.
class Collector : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override;
  bool ReportContext(const Context& context) override;
  bool print_table() const;

 private:
  // The time of a tenth of the repetitions and less: what others do on a shared machine
  // only ever adds to it.
  double quiet(const std::string& name) const;
  std::vector<std::pair<std::string, double>> nanoseconds_;
};

}  // namespace simple_torch_benchmark

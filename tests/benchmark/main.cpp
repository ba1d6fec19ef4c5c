// Runs all benchmarks interleaved and prints how ours compare with plain C++. Takes
// Google Benchmark's options; the exit status is 1 when a limit does not hold.
#include <string>
#include <vector>

#include "support.h"

int main(int argc, char** argv) {
  std::vector<std::string> options = {
      argv[0], "--benchmark_enable_random_interleaving=true",
      "--benchmark_repetitions=41", "--benchmark_min_time=0.02"};
  options.insert(options.end(), argv + 1, argv + argc);
  std::vector<char*> pointers;
  for (std::string& each : options) pointers.push_back(each.data());
  int count = static_cast<int>(pointers.size());
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return 2;

  simple_torch_benchmark::register_calls();
  simple_torch_benchmark::register_operators();
  simple_torch_benchmark::register_chains();
  simple_torch_benchmark::register_script();
  simple_torch_benchmark::Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector);
  return collector.print_table() ? 0 : 1;
}

// A library of operators, as a user would write one: it registers them when it is loaded.
#include <ATen/ATen.h>
#include <torch/library.h>

namespace {

at::Tensor twice(const at::Tensor& self) { return self * 2; }

std::tuple<std::vector<int64_t>, std::string, at::Tensor> describe(
    const at::Tensor& self, c10::List<c10::complex<double>> numbers) {
  return {self.sizes().vec(), std::to_string(numbers.size()), self};
}

}  // namespace

TORCH_LIBRARY(simple_torch_test, library) {
  library.def("twice(Tensor self) -> Tensor", &twice);
  library.def("describe(Tensor self, complex[] numbers=[]) -> (int[], str, Tensor)",
              &describe);
}

// Expected texts were recorded from Python: repr() of the same tensors, under the options
// given to torch.set_printoptions().
#include <cmath>
#include <numeric>

#include "support/support.h"

namespace {

struct Options {
  int64_t precision;
  int64_t threshold;
  int64_t edge_items;
  int64_t line_width;
  int64_t sci_mode;
};
constexpr Options kUsual = {4, 1000, 3, 80, -1};

struct Case {
  const char* name;
  int64_t dtype;
  std::vector<int64_t> dims;
  // Of complex numbers, real and imaginary parts in turn.
  std::vector<double> values;
  Options options;
  const char* text;
};

std::vector<double> count(double first, double step, int64_t size) {
  std::vector<double> all(static_cast<size_t>(size));
  for (size_t i = 0; i < all.size(); ++i) all[i] = first + step * static_cast<double>(i);
  return all;
}

std::string text_of(simple_torch_handle tensor,
                    const simple_torch_print_options* options) {
  const int64_t length = simple_torch_tensor_to_text(tensor, options, nullptr, 0);
  EXPECT_GT(length, 0) << simple_torch_error_message();
  std::string text(static_cast<size_t>(length) + 1, '\0');
  EXPECT_EQ(simple_torch_tensor_to_text(tensor, options, text.data(), length + 1),
            length);
  text.pop_back();
  return text;
}

std::vector<Case> recorded() {
  return {
      {"whole floats",
       6,
       {2, 2},
       {1.0, 2.0, 3.0, 4.0},
       kUsual,
       "tensor([[1., 2.],\n"
       "        [3., 4.]])"},
      {"fractions",
       6,
       {3},
       {0.5, -1.25, 3.0},
       kUsual,
       "tensor([ 0.5000, -1.2500,  3.0000])"},
      {"negative and large",
       6,
       {3},
       {-1.5, 1000.25, 3.0},
       kUsual,
       "tensor([  -1.5000, 1000.2500,    3.0000])"},
      {"scientific by ratio",
       6,
       {3},
       {0.0010000000474974513, 1000.0, 5.0},
       kUsual,
       "tensor([1.0000e-03, 1.0000e+03, 5.0000e+00])"},
      {"scientific by size",
       6,
       {2},
       {1000000000.0, 2000000000.0},
       kUsual,
       "tensor([1.0000e+09, 2.0000e+09])"},
      {"scientific by smallness",
       6,
       {2},
       {9.999999747378752e-06, 1.9999999494757503e-05},
       kUsual,
       "tensor([1.0000e-05, 2.0000e-05])"},
      {"nan and inf",
       6,
       {4},
       {NAN, INFINITY, -INFINITY, 1.0},
       kUsual,
       "tensor([nan, inf, -inf, 1.])"},
      {"nan and fractions",
       6,
       {4},
       {NAN, INFINITY, -INFINITY, 1.5},
       kUsual,
       "tensor([   nan,    inf,   -inf, 1.5000])"},
      {"only nan", 6, {2}, {NAN, NAN}, kUsual, "tensor([nan, nan])"},
      {"zeros", 6, {2}, {0.0, 0.0}, kUsual, "tensor([0., 0.])"},
      {"negative zero", 6, {2}, {-0.0, 1.5}, kUsual, "tensor([-0.0000, 1.5000])"},
      {"integers",
       4,
       {2, 2},
       {1.0, -20.0, 300.0, 4.0},
       kUsual,
       "tensor([[  1, -20],\n"
       "        [300,   4]])"},
      {"int32", 3, {2}, {1.0, 2.0}, kUsual, "tensor([1, 2], dtype=torch.int32)"},
      {"uint8", 0, {2}, {1.0, 255.0}, kUsual, "tensor([  1, 255], dtype=torch.uint8)"},
      {"bool", 11, {1, 2}, {1.0, 0.0}, kUsual, "tensor([[ True, False]])"},
      {"float64",
       7,
       {2},
       {1.5, 2.5},
       kUsual,
       "tensor([1.5000, 2.5000], dtype=torch.float64)"},
      {"float16",
       5,
       {2},
       {1.5, 2.5},
       kUsual,
       "tensor([1.5000, 2.5000], dtype=torch.float16)"},
      {"bfloat16",
       15,
       {2},
       {1.5, 1.0002555517425873e+30},
       kUsual,
       "tensor([1.5000e+00, 1.0003e+30], dtype=torch.bfloat16)"},
      {"scalar", 6, {}, {3.141590118408203}, kUsual, "tensor(3.1416)"},
      {"whole scalar", 6, {}, {3.0}, kUsual, "tensor(3.)"},
      {"int scalar", 4, {}, {7.0}, kUsual, "tensor(7)"},
      {"empty", 6, {0}, {}, kUsual, "tensor([])"},
      {"empty matrix", 6, {0, 3}, {}, kUsual, "tensor([], size=(0, 3))"},
      {"empty int", 4, {0}, {}, kUsual, "tensor([], dtype=torch.int64)"},
      {"three dims",
       6,
       {2, 2, 2},
       count(0.0, 1.0, 8),
       kUsual,
       "tensor([[[0., 1.],\n"
       "         [2., 3.]],\n"
       "\n"
       "        [[4., 5.],\n"
       "         [6., 7.]]])"},
      {"four dims",
       4,
       {1, 2, 2, 1},
       count(0.0, 1.0, 4),
       kUsual,
       "tensor([[[[0],\n"
       "          [1]],\n"
       "\n"
       "         [[2],\n"
       "          [3]]]])"},
      {"complex",
       9,
       {2},
       {1.0, 2.0, -3.5, -0.5},
       kUsual,
       "tensor([ 1.0000+2.0000j, -3.5000-0.5000j])"},
      {"complex whole",
       9,
       {2},
       {1.0, 2.0, -3.0, -1.0},
       kUsual,
       "tensor([ 1.+2.j, -3.-1.j])"},
      {"complex128",
       10,
       {1},
       {1.0, 2.0},
       kUsual,
       "tensor([1.+2.j], dtype=torch.complex128)"},
      {"complex nan",
       9,
       {2},
       {NAN, 1.0, 0.0, -INFINITY},
       kUsual,
       "tensor([nan+1.j, 0.-infj])"},
      {"wraps",
       6,
       {30},
       count(0.0, 1.5, 30),
       kUsual,
       "tensor([ 0.0000,  1.5000,  3.0000,  4.5000,  6.0000,  7.5000,  9.0000, 10.5000,\n"
       "        12.0000, 13.5000, 15.0000, 16.5000, 18.0000, 19.5000, 21.0000, 22.5000,\n"
       "        24.0000, 25.5000, 27.0000, 28.5000, 30.0000, 31.5000, 33.0000, 34.5000,\n"
       "        36.0000, 37.5000, 39.0000, 40.5000, 42.0000, 43.5000])"},
      {"wraps in matrix",
       6,
       {2, 20},
       count(0.25, 1.0, 40),
       kUsual,
       "tensor([[ 0.2500,  1.2500,  2.2500,  3.2500,  4.2500,  5.2500,  6.2500,  "
       "7.2500,\n"
       "          8.2500,  9.2500, 10.2500, 11.2500, 12.2500, 13.2500, 14.2500, "
       "15.2500,\n"
       "         16.2500, 17.2500, 18.2500, 19.2500],\n"
       "        [20.2500, 21.2500, 22.2500, 23.2500, 24.2500, 25.2500, 26.2500, "
       "27.2500,\n"
       "         28.2500, 29.2500, 30.2500, 31.2500, 32.2500, 33.2500, 34.2500, "
       "35.2500,\n"
       "         36.2500, 37.2500, 38.2500, 39.2500]])"},
      {"summarised",
       6,
       {2000},
       count(0.0, 1.0, 2000),
       kUsual,
       "tensor([0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 1.9970e+03, 1.9980e+03,\n"
       "        1.9990e+03])"},
      {"summarised matrix",
       4,
       {100, 100},
       count(0.0, 1.0, 10000),
       kUsual,
       "tensor([[   0,    1,    2,  ...,   97,   98,   99],\n"
       "        [ 100,  101,  102,  ...,  197,  198,  199],\n"
       "        [ 200,  201,  202,  ...,  297,  298,  299],\n"
       "        ...,\n"
       "        [9700, 9701, 9702,  ..., 9797, 9798, 9799],\n"
       "        [9800, 9801, 9802,  ..., 9897, 9898, 9899],\n"
       "        [9900, 9901, 9902,  ..., 9997, 9998, 9999]])"},
      {"summarised wide",
       6,
       {2, 1000},
       count(0.0, 1.0, 2000),
       kUsual,
       "tensor([[0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 9.9700e+02, 9.9800e+02,\n"
       "         9.9900e+02],\n"
       "        [1.0000e+03, 1.0010e+03, 1.0020e+03,  ..., 1.9970e+03, 1.9980e+03,\n"
       "         1.9990e+03]])"},
      {"summarised cube",
       6,
       {20, 20, 20},
       count(0.0, 1.0, 8000),
       kUsual,
       "tensor([[[0.0000e+00, 1.0000e+00, 2.0000e+00,  ..., 1.7000e+01,\n"
       "          1.8000e+01, 1.9000e+01],\n"
       "         [2.0000e+01, 2.1000e+01, 2.2000e+01,  ..., 3.7000e+01,\n"
       "          3.8000e+01, 3.9000e+01],\n"
       "         [4.0000e+01, 4.1000e+01, 4.2000e+01,  ..., 5.7000e+01,\n"
       "          5.8000e+01, 5.9000e+01],\n"
       "         ...,\n"
       "         [3.4000e+02, 3.4100e+02, 3.4200e+02,  ..., 3.5700e+02,\n"
       "          3.5800e+02, 3.5900e+02],\n"
       "         [3.6000e+02, 3.6100e+02, 3.6200e+02,  ..., 3.7700e+02,\n"
       "          3.7800e+02, 3.7900e+02],\n"
       "         [3.8000e+02, 3.8100e+02, 3.8200e+02,  ..., 3.9700e+02,\n"
       "          3.9800e+02, 3.9900e+02]],\n"
       "\n"
       "        [[4.0000e+02, 4.0100e+02, 4.0200e+02,  ..., 4.1700e+02,\n"
       "          4.1800e+02, 4.1900e+02],\n"
       "         [4.2000e+02, 4.2100e+02, 4.2200e+02,  ..., 4.3700e+02,\n"
       "          4.3800e+02, 4.3900e+02],\n"
       "         [4.4000e+02, 4.4100e+02, 4.4200e+02,  ..., 4.5700e+02,\n"
       "          4.5800e+02, 4.5900e+02],\n"
       "         ...,\n"
       "         [7.4000e+02, 7.4100e+02, 7.4200e+02,  ..., 7.5700e+02,\n"
       "          7.5800e+02, 7.5900e+02],\n"
       "         [7.6000e+02, 7.6100e+02, 7.6200e+02,  ..., 7.7700e+02,\n"
       "          7.7800e+02, 7.7900e+02],\n"
       "         [7.8000e+02, 7.8100e+02, 7.8200e+02,  ..., 7.9700e+02,\n"
       "          7.9800e+02, 7.9900e+02]],\n"
       "\n"
       "        [[8.0000e+02, 8.0100e+02, 8.0200e+02,  ..., 8.1700e+02,\n"
       "          8.1800e+02, 8.1900e+02],\n"
       "         [8.2000e+02, 8.2100e+02, 8.2200e+02,  ..., 8.3700e+02,\n"
       "          8.3800e+02, 8.3900e+02],\n"
       "         [8.4000e+02, 8.4100e+02, 8.4200e+02,  ..., 8.5700e+02,\n"
       "          8.5800e+02, 8.5900e+02],\n"
       "         ...,\n"
       "         [1.1400e+03, 1.1410e+03, 1.1420e+03,  ..., 1.1570e+03,\n"
       "          1.1580e+03, 1.1590e+03],\n"
       "         [1.1600e+03, 1.1610e+03, 1.1620e+03,  ..., 1.1770e+03,\n"
       "          1.1780e+03, 1.1790e+03],\n"
       "         [1.1800e+03, 1.1810e+03, 1.1820e+03,  ..., 1.1970e+03,\n"
       "          1.1980e+03, 1.1990e+03]],\n"
       "\n"
       "        ...,\n"
       "\n"
       "        [[6.8000e+03, 6.8010e+03, 6.8020e+03,  ..., 6.8170e+03,\n"
       "          6.8180e+03, 6.8190e+03],\n"
       "         [6.8200e+03, 6.8210e+03, 6.8220e+03,  ..., 6.8370e+03,\n"
       "          6.8380e+03, 6.8390e+03],\n"
       "         [6.8400e+03, 6.8410e+03, 6.8420e+03,  ..., 6.8570e+03,\n"
       "          6.8580e+03, 6.8590e+03],\n"
       "         ...,\n"
       "         [7.1400e+03, 7.1410e+03, 7.1420e+03,  ..., 7.1570e+03,\n"
       "          7.1580e+03, 7.1590e+03],\n"
       "         [7.1600e+03, 7.1610e+03, 7.1620e+03,  ..., 7.1770e+03,\n"
       "          7.1780e+03, 7.1790e+03],\n"
       "         [7.1800e+03, 7.1810e+03, 7.1820e+03,  ..., 7.1970e+03,\n"
       "          7.1980e+03, 7.1990e+03]],\n"
       "\n"
       "        [[7.2000e+03, 7.2010e+03, 7.2020e+03,  ..., 7.2170e+03,\n"
       "          7.2180e+03, 7.2190e+03],\n"
       "         [7.2200e+03, 7.2210e+03, 7.2220e+03,  ..., 7.2370e+03,\n"
       "          7.2380e+03, 7.2390e+03],\n"
       "         [7.2400e+03, 7.2410e+03, 7.2420e+03,  ..., 7.2570e+03,\n"
       "          7.2580e+03, 7.2590e+03],\n"
       "         ...,\n"
       "         [7.5400e+03, 7.5410e+03, 7.5420e+03,  ..., 7.5570e+03,\n"
       "          7.5580e+03, 7.5590e+03],\n"
       "         [7.5600e+03, 7.5610e+03, 7.5620e+03,  ..., 7.5770e+03,\n"
       "          7.5780e+03, 7.5790e+03],\n"
       "         [7.5800e+03, 7.5810e+03, 7.5820e+03,  ..., 7.5970e+03,\n"
       "          7.5980e+03, 7.5990e+03]],\n"
       "\n"
       "        [[7.6000e+03, 7.6010e+03, 7.6020e+03,  ..., 7.6170e+03,\n"
       "          7.6180e+03, 7.6190e+03],\n"
       "         [7.6200e+03, 7.6210e+03, 7.6220e+03,  ..., 7.6370e+03,\n"
       "          7.6380e+03, 7.6390e+03],\n"
       "         [7.6400e+03, 7.6410e+03, 7.6420e+03,  ..., 7.6570e+03,\n"
       "          7.6580e+03, 7.6590e+03],\n"
       "         ...,\n"
       "         [7.9400e+03, 7.9410e+03, 7.9420e+03,  ..., 7.9570e+03,\n"
       "          7.9580e+03, 7.9590e+03],\n"
       "         [7.9600e+03, 7.9610e+03, 7.9620e+03,  ..., 7.9770e+03,\n"
       "          7.9780e+03, 7.9790e+03],\n"
       "         [7.9800e+03, 7.9810e+03, 7.9820e+03,  ..., 7.9970e+03,\n"
       "          7.9980e+03, 7.9990e+03]]])"},
      {"precision",
       6,
       {2},
       {3.1415927410125732, 2.718280076980591},
       {2, 1000, 3, 80, -1},
       "tensor([3.14, 2.72])"},
      {"threshold",
       6,
       {20},
       count(0.0, 1.0, 20),
       {4, 10, 2, 80, -1},
       "tensor([ 0.,  1.,  ..., 18., 19.])"},
      {"edge 1",
       6,
       {6, 6},
       count(0.0, 1.0, 36),
       {4, 10, 1, 80, -1},
       "tensor([[ 0.,  ...,  5.],\n"
       "        ...,\n"
       "        [30.,  ..., 35.]])"},
      {"line width",
       6,
       {12},
       count(0.0, 1.0, 12),
       {4, 1000, 3, 30, -1},
       "tensor([ 0.,  1.,  2.,  3.,\n"
       "         4.,  5.,  6.,  7.,\n"
       "         8.,  9., 10., 11.])"},
      {"sci on",
       6,
       {2},
       {1.0, 2.0},
       {4, 1000, 3, 80, 1},
       "tensor([1.0000e+00, 2.0000e+00])"},
      {"sci off",
       6,
       {2},
       {1.0000000116860974e-07, 10000000.0},
       {4, 1000, 3, 80, 0},
       "tensor([       0.0000, 10000000.0000])"},
      {"long suffix line",
       7,
       {12},
       count(0.5, 1.0, 12),
       kUsual,
       "tensor([ 0.5000,  1.5000,  2.5000,  3.5000,  4.5000,  5.5000,  6.5000,  7.5000,\n"
       "         8.5000,  9.5000, 10.5000, 11.5000], dtype=torch.float64)"},
  };
}

TEST(Text, IsWhatPythonsTorchPrints) {
  for (const Case& each : recorded()) {
    const bool complex = simple_torch_dtype_is_complex(each.dtype) == 1;
    const Owned plain(simple_torch_tensor_from_data(
        each.values.data(), static_cast<int64_t>(each.values.size() * sizeof(double)),
        each.dims.data(), static_cast<int64_t>(each.dims.size()),
        complex ? kComplex128 : kFloat64));
    const Owned tensor(simple_torch_tensor_to_dtype(plain, each.dtype));
    const simple_torch_print_options options = {
        sizeof(options),         each.options.precision,  each.options.threshold,
        each.options.edge_items, each.options.line_width, each.options.sci_mode};
    EXPECT_EQ(text_of(tensor, &options), each.text) << each.name;
  }
}

TEST(Text, ShowsAllOfAnInt64) {
  const int64_t ends[] = {INT64_MIN, INT64_MAX};
  const int64_t dims[] = {2};
  const Owned tensor(simple_torch_tensor_from_data(ends, 16, dims, 1, kInt64));
  EXPECT_EQ(text_of(tensor, nullptr),
            "tensor([-9223372036854775808,  9223372036854775807])");
}

TEST(Text, SaysWhatAutogradKnows) {
  const Owned weights(ones({2}));
  simple_torch_tensor_set_requires_grad(weights, 1);
  const Owned product(simple_torch_tensor_mul(weights, weights));
  EXPECT_EQ(text_of(weights, nullptr), "tensor([1., 1.], requires_grad=True)");
  EXPECT_EQ(text_of(product, nullptr), "tensor([1., 1.], grad_fn=<MulBackward0>)");
}

TEST(Text, OfTensorsWithoutElementsToShow) {
  const int64_t dims[] = {2, 3};
  const Owned meta(
      simple_torch_tensor_empty(dims, 2, -1, simple_torch_device_from_name("meta")));
  EXPECT_EQ(text_of(meta, nullptr), "tensor(..., device='meta', size=(2, 3))");
  const Owned none(simple_torch_tensor_undefined());
  EXPECT_EQ(text_of(none, nullptr), "tensor(undefined)");
}

TEST(Text, IsRefusedForImpossibleOptions) {
  const Owned tensor(ones({2}));
  simple_torch_print_options options = {sizeof(options), 4, 1000, 3, 80, -1};
  const auto refuse = [&] {
    EXPECT_EQ(simple_torch_tensor_to_text(tensor, &options, nullptr, 0),
              SIMPLE_TORCH_E_BAD_ARGUMENT);
    expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "options");
  };
  options.precision = -1;
  refuse();
  options.precision = INT64_MAX;
  refuse();
  options.precision = 4;
  options.sci_mode = 2;
  refuse();
  options.sci_mode = -1;
  options.size = 8;
  refuse();
}

TEST(Text, OfAHugeTensorLooksAtItsEndsOnly) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer's memory hides a copy";
  const int64_t dims[] = {int64_t{1} << 28};
  const Owned tensor(simple_torch_tensor_empty(dims, 1, kUint8, -1));
  const int64_t before = statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES);
  simple_torch_memory_reset_peak(-1);
  text_of(tensor, nullptr);
  EXPECT_LT(statistic(SIMPLE_TORCH_MEMORY_PEAK_BYTES) - before, kMiB);
}

}  // namespace

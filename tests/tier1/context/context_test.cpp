// Threads, what libtorch was built with, and its switches.
#include <algorithm>
#include <string>
#include <thread>

#include "simple_torch/ops.h"
#include "support/support.h"

namespace {

std::string text(int64_t which) {
  std::string text(static_cast<size_t>(simple_torch_context_text(which, nullptr, 0)),
                   ' ');
  simple_torch_context_text(which, text.data(), static_cast<int64_t>(text.size()) + 1);
  return text;
}

TEST(Threads, OfAnOperatorAreCountedAndSet) {
  const int64_t before = simple_torch_context_threads();
  ASSERT_GE(before, 1);
  EXPECT_EQ(simple_torch_context_set_threads(3), 0);
  EXPECT_EQ(simple_torch_context_threads(), 3);
  EXPECT_EQ(simple_torch_context_set_threads(before), 0);
  EXPECT_EQ(simple_torch_context_set_threads(0), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "count");
  EXPECT_EQ(simple_torch_context_set_threads(int64_t{1} << 40),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
}

TEST(Threads, BetweenOperatorsAreSetOnce) {
  EXPECT_GE(simple_torch_context_interop_threads(), 1);
  EXPECT_EQ(simple_torch_context_set_interop_threads(2), 0)
      << simple_torch_error_message();
  EXPECT_EQ(simple_torch_context_interop_threads(), 2);
  EXPECT_EQ(simple_torch_context_set_interop_threads(3), SIMPLE_TORCH_E_TORCH);
  EXPECT_EQ(simple_torch_context_interop_threads(), 2);
}

TEST(Features, AreWhatTheBuildTextSays) {
  const std::string build = text(SIMPLE_TORCH_TEXT_BUILD);
  EXPECT_NE(build.find("TORCH_VERSION="), std::string::npos) << build;
  EXPECT_EQ(simple_torch_context_has(SIMPLE_TORCH_FEATURE_MKLDNN),
            build.find("USE_MKLDNN=0") == std::string::npos ? 1 : 0);
  EXPECT_EQ(simple_torch_context_has(SIMPLE_TORCH_FEATURE_OPENMP), 1);
  EXPECT_EQ(simple_torch_context_has(SIMPLE_TORCH_FEATURE_LAPACK), 1);
  EXPECT_EQ(simple_torch_context_has(SIMPLE_TORCH_FEATURE_CUDA),
            simple_torch_cuda_available());
  for (int64_t feature = 0; feature <= SIMPLE_TORCH_FEATURE_ROCM; ++feature) {
    const int64_t has = simple_torch_context_has(feature);
    EXPECT_TRUE(has == 0 || has == 1) << feature << ": " << simple_torch_error_message();
  }
  EXPECT_EQ(simple_torch_context_has(19), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "feature");
}

TEST(Features, HaveVersionsWhereTheyAreThere) {
  for (const int64_t each : {SIMPLE_TORCH_FEATURE_CUDNN, SIMPLE_TORCH_FEATURE_CUDART}) {
    const int64_t version = simple_torch_context_library_version(each);
    EXPECT_EQ(version > 0, simple_torch_context_has(each) == 1);
    EXPECT_GE(version, 0);
  }
  EXPECT_EQ(simple_torch_context_library_version(SIMPLE_TORCH_FEATURE_MKL),
            SIMPLE_TORCH_E_BAD_ARGUMENT);
}

TEST(Texts, SayHowLibtorchWasBuilt) {
  EXPECT_NE(text(SIMPLE_TORCH_TEXT_PARALLEL).find("at::get_num_threads()"),
            std::string::npos);
  const std::string flags = text(SIMPLE_TORCH_TEXT_CXX_FLAGS);
  EXPECT_FALSE(flags.empty());
  EXPECT_NE(text(SIMPLE_TORCH_TEXT_BUILD).find(flags), std::string::npos) << flags;
  EXPECT_FALSE(text(SIMPLE_TORCH_TEXT_OPENMP).empty());
  EXPECT_EQ(simple_torch_context_text(7, nullptr, 0), SIMPLE_TORCH_E_BAD_ARGUMENT);
}

// Each switch is set to all its values and back.
TEST(Switches, KeepWhatTheyAreSetTo) {
  for (int64_t which = 0; which <= SIMPLE_TORCH_SWITCH_CHECK_SPARSE; ++which) {
    SCOPED_TRACE(which);
    if (which == SIMPLE_TORCH_SWITCH_QUANTIZED_ENGINE) continue;
    const int64_t before = simple_torch_context_switch(which);
    if (before == SIMPLE_TORCH_E_UNSUPPORTED) {
      EXPECT_EQ(simple_torch_context_set_switch(which, 0), SIMPLE_TORCH_E_UNSUPPORTED);
      continue;
    }
    ASSERT_GE(before, 0) << simple_torch_error_message();
    int64_t expected = before;
    for (const int64_t value : {int64_t{0}, int64_t{1}, int64_t{0}, before}) {
      const int64_t status = simple_torch_context_set_switch(which, value);
      // This one depends on the processor.
      if (which == SIMPLE_TORCH_SWITCH_MKLDNN_TF32 && status < 0) {
        EXPECT_EQ(status, SIMPLE_TORCH_E_UNSUPPORTED);
        EXPECT_EQ(simple_torch_context_switch(which), expected);
        continue;
      }
      EXPECT_EQ(status, expected) << simple_torch_error_message();
      EXPECT_EQ(simple_torch_context_switch(which), value);
      expected = value;
    }
    EXPECT_EQ(simple_torch_context_set_switch(which, -1), SIMPLE_TORCH_E_BAD_ARGUMENT);
  }
  EXPECT_EQ(simple_torch_context_switch(21), SIMPLE_TORCH_E_BAD_ARGUMENT);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "which");
}

TEST(Switches, HavePrecisionsOfProducts) {
  for (int64_t precision = 2; precision >= 0; --precision) {
    simple_torch_context_set_switch(SIMPLE_TORCH_SWITCH_MATMUL_PRECISION, precision);
    EXPECT_EQ(simple_torch_context_switch(SIMPLE_TORCH_SWITCH_MATMUL_PRECISION),
              precision);
  }
}

// max_unpool2d has no deterministic form.
int64_t unpool() {
  const int64_t dims[] = {1, 1, 1, 2};
  const int64_t size[] = {1, 4};
  const Owned input(simple_torch_tensor_ones(dims, 4));
  const Owned where(simple_torch_tensor_zeros_with(dims, 4, kInt64, -1));
  const simple_torch_handle result = simple_torch_op_max_unpool2d(input, where, size, 2);
  simple_torch_release(result);
  return result;
}

TEST(Switches, ForbidWhatIsNotDeterministic) {
  EXPECT_NE(unpool(), 0) << simple_torch_error_message();
  simple_torch_context_set_switch(SIMPLE_TORCH_SWITCH_DETERMINISTIC, 2);
  EXPECT_EQ(unpool(), 0);
  const std::string message = simple_torch_error_message();
  EXPECT_NE(message.find("deterministic"), std::string::npos) << message;
  simple_torch_context_set_switch(SIMPLE_TORCH_SWITCH_DETERMINISTIC, 1);
  EXPECT_NE(unpool(), 0) << simple_torch_error_message();
  simple_torch_context_set_switch(SIMPLE_TORCH_SWITCH_DETERMINISTIC, 0);
}

TEST(QuantizedEngines, CanBeChosenAmongThoseThatAreThere) {
  const int64_t count = simple_torch_context_quantized_engines(nullptr, 0);
  ASSERT_GT(count, 0);
  std::vector<int64_t> engines(static_cast<size_t>(count));
  EXPECT_EQ(simple_torch_context_quantized_engines(engines.data(), count), count);
  const int64_t before =
      simple_torch_context_switch(SIMPLE_TORCH_SWITCH_QUANTIZED_ENGINE);
  for (int64_t engine = 0; engine <= 4; ++engine) {
    const bool there = std::find(engines.begin(), engines.end(), engine) != engines.end();
    const int64_t status =
        simple_torch_context_set_switch(SIMPLE_TORCH_SWITCH_QUANTIZED_ENGINE, engine);
    EXPECT_EQ(status >= 0, there) << simple_torch_error_message();
    if (there) {
      EXPECT_EQ(simple_torch_context_switch(SIMPLE_TORCH_SWITCH_QUANTIZED_ENGINE),
                engine);
    } else {
      EXPECT_EQ(status, SIMPLE_TORCH_E_UNSUPPORTED);
    }
  }
  simple_torch_context_set_switch(SIMPLE_TORCH_SWITCH_QUANTIZED_ENGINE, before);
}

// The smallest normal float32, halved.
double halved_smallest() {
  const Owned smallest(doubles({1}, {0x1p-126}));
  const Owned single(simple_torch_tensor_to_dtype(smallest, kFloat32));
  const Owned half(doubles({1}, {0.5}));
  const Owned half_single(simple_torch_tensor_to_dtype(half, kFloat32));
  const Owned product(simple_torch_tensor_mul(single, half_single));
  return values(product)[0];
}

TEST(Denormals, AreFlushedWhereTheProcessorCan) {
  std::thread([] {
    EXPECT_EQ(halved_smallest(), 0x1p-127);
    if (simple_torch_context_flush_denormals(1) == 1) {
      EXPECT_EQ(halved_smallest(), 0);
    }
    simple_torch_context_flush_denormals(0);
    EXPECT_EQ(halved_smallest(), 0x1p-127);
  }).join();
}

}  // namespace

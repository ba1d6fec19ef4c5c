// Tensors shared with others as DLPack structs: what is in the structs, who gives them
// back and when, and those that make no sense.
#include <limits>

#include "support/support.h"

namespace {

// DLPack's structs, once more, as a library has them that knows nothing of us.
struct Tensor {
  void* data;
  int32_t device_type;
  int32_t device_id;
  int32_t ndim;
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
  int64_t* shape;
  int64_t* strides;
  uint64_t byte_offset;
};
struct Managed {
  Tensor tensor;
  void* context;
  void (*deleter)(Managed*);
};
struct Versioned {
  uint32_t major;
  uint32_t minor;
  void* context;
  void (*deleter)(Versioned*);
  uint64_t flags;
  Tensor tensor;
};

using Dlpack = LeavesNoHandles;

// What a producer hands out: 2 x 3 float32 numbers, counted when they come back.
class Producer {
 public:
  Producer() {
    managed.context = this;
    managed.deleter = [](Managed* self) {
      ++static_cast<Producer*>(self->context)->returned;
    };
    versioned.context = this;
    versioned.deleter = [](Versioned* self) {
      ++static_cast<Producer*>(self->context)->returned;
    };
  }
  Managed managed{{numbers, 1, 0, 2, 2, 32, 1, shape, strides, 0}, nullptr, nullptr};
  Versioned versioned{1, 0, nullptr, nullptr, 0, managed.tensor};
  alignas(64) float numbers[6] = {1, 2, 3, 4, 5, 6};
  int64_t shape[2] = {2, 3};
  int64_t strides[2] = {3, 1};
  int returned = 0;
};

TEST_F(Dlpack, TakesATensorFromAnotherLibraryAndGivesItBackOnce) {
  Producer producer;
  const Owned dlpack(simple_torch_dlpack_wrap(&producer.managed, 0));
  EXPECT_EQ(simple_torch_dlpack_versioned(dlpack), 0);
  simple_torch_handle tensor = simple_torch_dlpack_import(dlpack);
  ASSERT_NE(tensor, 0) << simple_torch_error_message();
  EXPECT_EQ(shape(tensor), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(simple_torch_tensor_dtype(tensor), kFloat32);
  EXPECT_EQ(values(tensor), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  // Shared, and not copied.
  producer.numbers[5] = 60;
  EXPECT_EQ(values(tensor)[5], 60);
  EXPECT_EQ(simple_torch_dlpack_import(dlpack), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "dlpack");
  // The elements live as long as any tensor does that lies over them.
  const simple_torch_handle alias = simple_torch_tensor_alias(tensor);
  simple_torch_tensor_free(tensor);
  EXPECT_EQ(producer.returned, 0);
  simple_torch_tensor_free(alias);
  EXPECT_EQ(producer.returned, 1);
}

TEST_F(Dlpack, GivesBackWhatNobodyImports) {
  Producer producer;
  simple_torch_dlpack_free(simple_torch_dlpack_wrap(&producer.managed, 0));
  EXPECT_EQ(producer.returned, 1);
  simple_torch_release(simple_torch_dlpack_wrap(&producer.versioned, 1));
  EXPECT_EQ(producer.returned, 2);
  const simple_torch_handle dlpack = simple_torch_dlpack_wrap(&producer.managed, 0);
  EXPECT_EQ(simple_torch_dlpack_take(dlpack), &producer.managed);
  EXPECT_EQ(simple_torch_dlpack_take(dlpack), nullptr);
  expect_failure(SIMPLE_TORCH_E_VALUE, "dlpack");
  simple_torch_dlpack_free(dlpack);
  EXPECT_EQ(producer.returned, 2);
}

TEST_F(Dlpack, NeedsNoDeleterAndNoStrides) {
  Producer producer;
  producer.managed.deleter = nullptr;
  producer.managed.tensor.strides = nullptr;
  producer.managed.tensor.byte_offset = 0;
  const Owned dlpack(simple_torch_dlpack_wrap(&producer.managed, 0));
  const Owned tensor(simple_torch_dlpack_import(dlpack));
  EXPECT_EQ(values(tensor), (std::vector<double>{1, 2, 3, 4, 5, 6}));
}

TEST_F(Dlpack, FollowsStridesAndOffset) {
  Producer producer;
  producer.strides[0] = 1;
  producer.strides[1] = 2;
  producer.shape[1] = 2;
  producer.managed.tensor.byte_offset = 4;
  const Owned dlpack(simple_torch_dlpack_wrap(&producer.managed, 0));
  const Owned tensor(simple_torch_dlpack_import(dlpack));
  EXPECT_EQ(values(tensor), (std::vector<double>{2, 4, 3, 5}));
}

TEST_F(Dlpack, CopiesWhatMayNotBeWritten) {
  Producer producer;
  producer.versioned.flags = 1;
  const Owned dlpack(simple_torch_dlpack_wrap(&producer.versioned, 1));
  const Owned tensor(simple_torch_dlpack_import(dlpack));
  EXPECT_EQ(producer.returned, 1);
  producer.numbers[0] = 100;
  EXPECT_EQ(values(tensor)[0], 1);
}

TEST_F(Dlpack, ExportsATensorForOthers) {
  const Owned tensor(doubles({2, 3}, {1, 2, 3, 4, 5, 6}));
  for (const int64_t versioned : {0, 1}) {
    const Owned dlpack(simple_torch_dlpack_export(tensor, versioned));
    EXPECT_EQ(simple_torch_dlpack_versioned(dlpack), versioned);
    void* const taken = simple_torch_dlpack_take(dlpack);
    const Tensor& said = versioned == 1 ? static_cast<Versioned*>(taken)->tensor
                                        : static_cast<Managed*>(taken)->tensor;
    EXPECT_EQ(said.device_type, 1);
    EXPECT_EQ(said.device_id, 0);
    EXPECT_EQ(said.ndim, 2);
    EXPECT_EQ(said.code, 2);
    EXPECT_EQ(said.bits, 64);
    EXPECT_EQ(said.lanes, 1);
    EXPECT_EQ(said.shape[1], 3);
    EXPECT_EQ(said.strides[0], 3);
    EXPECT_EQ(said.byte_offset, 0u);
    EXPECT_EQ(static_cast<double*>(said.data)[5], 6);
    static_cast<double*>(said.data)[5] = 60;
    EXPECT_EQ(values(tensor)[5], 60);
    static_cast<double*>(said.data)[5] = 6;
    if (versioned == 1) {
      const auto* const managed = static_cast<Versioned*>(taken);
      EXPECT_EQ(managed->major, 1u);
      EXPECT_EQ(managed->flags, 0u);
      managed->deleter(static_cast<Versioned*>(taken));
    } else {
      static_cast<Managed*>(taken)->deleter(static_cast<Managed*>(taken));
    }
  }
}

TEST_F(Dlpack, KeepsTheElementsOfAFreedTensor) {
  const int64_t before = statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES);
  const simple_torch_handle tensor = zeros({100, 100});
  const simple_torch_handle dlpack = simple_torch_dlpack_export(tensor, 0);
  simple_torch_tensor_free(tensor);
  EXPECT_GE(statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES) - before, 40'000);
  const simple_torch_handle again = simple_torch_dlpack_import(dlpack);
  simple_torch_dlpack_free(dlpack);
  EXPECT_EQ(values(again), std::vector<double>(10'000, 0.0));
  simple_torch_tensor_free(again);
  EXPECT_EQ(statistic(SIMPLE_TORCH_MEMORY_LIVE_BYTES), before);
}

// Each dtype goes out and comes in as itself, or is refused both ways.
TEST_F(Dlpack, CarriesEveryDtype) {
  const int64_t dims[] = {2, 2};
  int64_t carried = 0;
  for (int64_t dtype = 0; dtype < simple_torch_dtype_count(); ++dtype) {
    const simple_torch_handle tensor = simple_torch_tensor_zeros_with(dims, 2, dtype, -1);
    if (tensor == 0) continue;
    const simple_torch_handle dlpack = simple_torch_dlpack_export(tensor, 1);
    if (dlpack == 0) {
      expect_failure(SIMPLE_TORCH_E_TYPE, "tensor");
    } else {
      const Owned again(simple_torch_dlpack_import(dlpack));
      EXPECT_EQ(simple_torch_tensor_dtype(again), dtype);
      ++carried;
    }
    simple_torch_release(dlpack);
    simple_torch_release(tensor);
  }
  // 5 of integers, 3 floats, 3 complex ones, bool and bfloat16 are in every version.
  EXPECT_GE(carried, 13);
}

TEST_F(Dlpack, CarriesEmptyTensorsAndNumbers) {
  for (const auto& dims : {std::vector<int64_t>{}, {0}, {3, 0}, {1, 1, 1}}) {
    const Owned tensor(
        simple_torch_tensor_zeros(dims.data(), static_cast<int64_t>(dims.size())));
    const Owned dlpack(simple_torch_dlpack_export(tensor, 0));
    const Owned again(simple_torch_dlpack_import(dlpack));
    EXPECT_EQ(shape(again), dims);
  }
}

TEST_F(Dlpack, RefusesTensorsThatOthersWouldMisread) {
  const Owned tensor(ones({2, 2}));
  simple_torch_tensor_set_requires_grad(tensor, 1);
  EXPECT_EQ(simple_torch_dlpack_export(tensor, 0), 0);
  expect_failure(SIMPLE_TORCH_E_VALUE, "tensor");
  const int64_t dims[] = {2};
  const Owned meta(simple_torch_tensor_zeros_with(dims, 1, kFloat32,
                                                  simple_torch_device_from_name("meta")));
  EXPECT_EQ(simple_torch_dlpack_export(meta, 0), 0);
  expect_failure(SIMPLE_TORCH_E_UNSUPPORTED, "tensor");
}

// What is no struct of the form that was named stays the caller's.
TEST_F(Dlpack, TakesNoStructOfTheOtherForm) {
  Producer producer;
  EXPECT_EQ(simple_torch_dlpack_wrap(&producer.managed, 1), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_UNSUPPORTED);
  producer.versioned.deleter = [](Versioned*) { ADD_FAILURE() << "called"; };
  EXPECT_EQ(simple_torch_dlpack_wrap(&producer.versioned, 0), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_FORMAT);
  EXPECT_EQ(simple_torch_dlpack_wrap(reinterpret_cast<void*>(3), 0), 0);
  expect_failure(SIMPLE_TORCH_E_BAD_ARGUMENT, "managed");
  for (const uint32_t major : {0, 2}) {
    producer.versioned.major = major;
    EXPECT_EQ(simple_torch_dlpack_wrap(&producer.versioned, 1), 0);
    EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_UNSUPPORTED);
  }
  producer.versioned.major = 1;
  for (const int32_t ndim : {-1, 65}) {
    producer.versioned.tensor.ndim = ndim;
    EXPECT_EQ(simple_torch_dlpack_wrap(&producer.versioned, 1), 0);
    EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_FORMAT);
  }
  EXPECT_EQ(producer.returned, 0);
}

// A struct that is refused stays in its handle, and goes back with it.
template <typename Change>
void expect_refused(int64_t code, Change&& change) {
  Producer producer;
  change(producer);
  const simple_torch_handle dlpack = simple_torch_dlpack_wrap(&producer.versioned, 1);
  EXPECT_EQ(simple_torch_dlpack_import(dlpack), 0);
  EXPECT_EQ(simple_torch_error_code(), code) << simple_torch_error_message();
  EXPECT_EQ(producer.returned, 0);
  simple_torch_dlpack_free(dlpack);
  EXPECT_EQ(producer.returned, 1);
}

TEST_F(Dlpack, RefusesStructsThatMakeNoSense) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const int64_t format = SIMPLE_TORCH_E_FORMAT;
  const int64_t unsupported = SIMPLE_TORCH_E_UNSUPPORTED;
  expect_refused(format, [](Producer& p) { p.versioned.tensor.shape = nullptr; });
  expect_refused(format, [](Producer& p) { p.shape[0] = -1; });
  expect_refused(format, [](Producer& p) { p.versioned.tensor.data = nullptr; });
  expect_refused(format, [](Producer& p) { p.versioned.tensor.byte_offset = 2; });
  expect_refused(format, [](Producer& p) { p.versioned.tensor.byte_offset = ~0ull; });
  expect_refused(unsupported, [](Producer& p) { p.versioned.tensor.lanes = 4; });
  expect_refused(unsupported, [](Producer& p) { p.versioned.tensor.code = 3; });
  expect_refused(unsupported, [](Producer& p) { p.versioned.tensor.bits = 7; });
  expect_refused(unsupported, [](Producer& p) { p.versioned.tensor.device_type = 4; });
  const int64_t argument = SIMPLE_TORCH_E_BAD_ARGUMENT;
  expect_refused(argument, [](Producer& p) { p.strides[0] = -3; });
  expect_refused(argument, [=](Producer& p) { p.shape[0] = p.shape[1] = kMost / 2; });
  expect_refused(argument, [=](Producer& p) { p.strides[0] = kMost; });
  expect_refused(argument, [=](Producer& p) {
    p.versioned.tensor.strides = nullptr;
    p.shape[0] = p.shape[1] = int64_t{1} << 40;
  });
}

}  // namespace

// Callbacks that keep what the graph saves. Expected values are closed formulas.
#include "support/gradients.h"

namespace {

using Elements = std::vector<double>;

// Packs the elements, and brings back those times `factor`.
struct Keeping {
  explicit Keeping(double times) : factor(times) {}

  const double factor;
  Elements kept;
  Counted unpack{[this](simple_torch_handle packed) {
    EXPECT_EQ(simple_torch_packed_set_unpack(packed, Counted::call, this, nullptr),
              SIMPLE_TORCH_E_VALUE);
    const Owned plain(doubles({std::ssize(kept)}, kept));
    const Owned changed(simple_torch_op_mul_scalar(plain, SIMPLE_TORCH_FLOAT(factor)));
    return simple_torch_packed_set_tensor(packed, changed);
  }};
  Counted pack{[this](simple_torch_handle packed) {
    EXPECT_EQ(simple_torch_handle_kind(packed), SIMPLE_TORCH_KIND_PACKED);
    const Owned tensor(simple_torch_packed_tensor(packed));
    EXPECT_EQ(simple_torch_packed_set_tensor(packed, tensor), SIMPLE_TORCH_E_VALUE);
    kept = values(tensor);
    return simple_torch_packed_set_unpack(packed, Counted::call, &unpack,
                                          Counted::destroy);
  }};

  int64_t enter() {
    return simple_torch_saving_enter(Counted::call, &pack, Counted::destroy);
  }
};

using Saving = LeavesNoHandles;

TEST_F(Saving, KeepsWhatTheGraphNeedsInAFormOfItsOwn) {
  for (const int64_t walk : {1, 0}) {
    SCOPED_TRACE(walk);
    const int64_t before = simple_torch_mode_set(SIMPLE_TORCH_MODE_WALK, walk);
    Keeping keeping(1);
    {
      const Owned x(variable({1, 2}));
      const int64_t depth = keeping.enter();
      const Owned y(simple_torch_op_exp(x));
      EXPECT_EQ(simple_torch_mode_leave(depth), 0);
      EXPECT_EQ(keeping.pack.called, 1);
      EXPECT_EQ(keeping.pack.destroyed, 1);
      EXPECT_EQ(keeping.unpack.called, 0);
      EXPECT_EQ(backward(y), 0) << simple_torch_error_message();
      EXPECT_EQ(keeping.unpack.called, 1);
      EXPECT_EQ(keeping.unpack.destroyed, 1);
      EXPECT_EQ(grad_of(x), values(y));
    }
    simple_torch_mode_set(SIMPLE_TORCH_MODE_WALK, before);
  }
}

TEST_F(Saving, UsesWhatIsBroughtBack) {
  Keeping keeping(10);
  const Owned x(variable({1, 2}));
  const int64_t depth = keeping.enter();
  const Owned y(simple_torch_op_pow_tensor_scalar(x, SIMPLE_TORCH_INT(2)));
  EXPECT_EQ(simple_torch_mode_leave(depth), 0);
  EXPECT_EQ(backward(y), 0) << simple_torch_error_message();
  EXPECT_EQ(grad_of(x), (Elements{20, 40}));
}

TEST_F(Saving, IsDestroyedWithAGraphThatIsNeverRun) {
  Keeping keeping(1);
  {
    const Owned x(variable({1}));
    const int64_t depth = keeping.enter();
    const Owned y(simple_torch_op_exp(x));
    EXPECT_EQ(simple_torch_mode_leave(depth), 0);
    EXPECT_EQ(keeping.unpack.destroyed, 0);
  }
  EXPECT_EQ(keeping.unpack.called, 0);
  EXPECT_EQ(keeping.unpack.destroyed, 1);
}

TEST_F(Saving, FailsWithTheCallback) {
  Counted silent{[](simple_torch_handle) { return int64_t{0}; }};
  const Owned x(variable({1}));
  const int64_t depth =
      simple_torch_saving_enter(Counted::call, &silent, Counted::destroy);
  EXPECT_EQ(simple_torch_op_exp(x), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_CALLBACK);
  silent.body = [](simple_torch_handle) {
    simple_torch_callback_error("no room");
    return int64_t{-1};
  };
  EXPECT_EQ(simple_torch_op_exp(x), 0);
  EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_CALLBACK);
  EXPECT_NE(std::string(simple_torch_error_message()).find("no room"), std::string::npos);
  EXPECT_EQ(simple_torch_mode_leave(depth), 0);
}

TEST_F(Saving, FailsWithTheFunctionThatBringsBack) {
  Keeping keeping(1);
  const Owned x(variable({1}));
  const int64_t depth = keeping.enter();
  const Owned y(simple_torch_op_exp(x));
  EXPECT_EQ(simple_torch_mode_leave(depth), 0);
  keeping.unpack.body = [](simple_torch_handle) {
    simple_torch_callback_error("lost");
    return int64_t{-1};
  };
  EXPECT_EQ(backward(y), SIMPLE_TORCH_E_CALLBACK);
  EXPECT_NE(std::string(simple_torch_error_message()).find("lost"), std::string::npos);
}

TEST_F(Saving, FailsIfNothingIsBroughtBack) {
  Keeping keeping(1);
  const Owned x(variable({1}));
  const int64_t depth = keeping.enter();
  const Owned y(simple_torch_op_exp(x));
  EXPECT_EQ(simple_torch_mode_leave(depth), 0);
  keeping.unpack.body = [](simple_torch_handle) { return int64_t{0}; };
  EXPECT_EQ(backward(y), SIMPLE_TORCH_E_CALLBACK);
  EXPECT_NE(std::string(simple_torch_error_message()).find("has not brought"),
            std::string::npos);
}

TEST_F(Saving, EndsItsHandlesWithTheCallback) {
  simple_torch_handle late = 0;
  Counted unpack{[](simple_torch_handle) { return int64_t{-1}; }};
  Counted pack{[&](simple_torch_handle packed) {
    late = packed;
    return simple_torch_packed_set_unpack(packed, Counted::call, &unpack,
                                          Counted::destroy);
  }};
  {
    const Owned x(variable({1}));
    const int64_t depth =
        simple_torch_saving_enter(Counted::call, &pack, Counted::destroy);
    const Owned y(simple_torch_op_exp(x));
    EXPECT_EQ(simple_torch_mode_leave(depth), 0);
    EXPECT_EQ(simple_torch_packed_tensor(late), 0);
    EXPECT_EQ(simple_torch_error_code(), SIMPLE_TORCH_E_STALE_HANDLE);
  }
  EXPECT_EQ(unpack.destroyed, 1);
}

}  // namespace

// The checks of generated functions whose operator this libtorch has in another form. No
// operator of the default libtorch needs them, so they are called here as those do.
#include <gtest/gtest.h>

#include <string>

#include "core/guarded.h"
#include "operators/other_form.h"
#include "simple_torch/simple_torch.h"

namespace simple_torch {
namespace {

TEST(OtherForm, KnowsTextsNumbersAndListsByTheirValue) {
  EXPECT_TRUE(in::is("right", "right"));
  EXPECT_FALSE(in::is("left", "right"));
  EXPECT_FALSE(in::is(static_cast<const char*>(nullptr), "right"));

  EXPECT_TRUE(in::is(SIMPLE_TORCH_NONE, SIMPLE_TORCH_NONE));
  EXPECT_FALSE(in::is(SIMPLE_TORCH_BOOL(0), SIMPLE_TORCH_NONE));
  EXPECT_FALSE(in::is(SIMPLE_TORCH_NONE, SIMPLE_TORCH_INT(0)));
  EXPECT_TRUE(in::is(SIMPLE_TORCH_FLOAT(2.0), SIMPLE_TORCH_INT(2)));
  EXPECT_FALSE(in::is(SIMPLE_TORCH_FLOAT(2.5), SIMPLE_TORCH_INT(2)));
  const double parts[2] = {2.0, 1.0};
  EXPECT_FALSE(in::is(SIMPLE_TORCH_COMPLEX(parts), SIMPLE_TORCH_INT(2)));
  EXPECT_FALSE(in::is(0, SIMPLE_TORCH_NUMBER_COMPLEX, SIMPLE_TORCH_NONE));
  EXPECT_FALSE(in::is(0, 99, SIMPLE_TORCH_NONE));

  const int64_t dims[2] = {1, 2};
  EXPECT_TRUE(in::is(dims, 2, {1, 2}));
  EXPECT_FALSE(in::is(dims, 1, {1, 2}));
  EXPECT_FALSE(in::is(dims, 2, {1, 3}));
  EXPECT_FALSE(in::is(static_cast<const int64_t*>(nullptr), 2, {1, 2}));
  EXPECT_TRUE(in::is(static_cast<const int64_t*>(nullptr), 0, {}));
  const double scales[1] = {0.5};
  EXPECT_TRUE(in::is(scales, 1, {0.5}));
  EXPECT_TRUE(in::is_none(nullptr, -1));
  EXPECT_FALSE(in::is_none(nullptr, 0));
}

TEST(OtherForm, RefusesWhatIsNotTheDefaultAndNamesIt) {
  EXPECT_EQ(guarded([] { in::require_default(true, "layout", "None"); }), 0);
  EXPECT_EQ(guarded([] { in::require_default(false, "layout", "None"); }, Waiting::kDo,
                    "to_sparse"),
            SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_STREQ(simple_torch_error_argument(), "layout");
  EXPECT_EQ(simple_torch_error_message(),
            std::string("to_sparse: layout: must be its default, None: libtorch ") +
                simple_torch_libtorch_version() + " has no such argument");
}

TEST(OtherForm, RefusesAnOperatorThatCannotBeCalled) {
  EXPECT_EQ(guarded([] { in::refuse_form("offsets", "is of another type"); },
                    Waiting::kDo, "nested"),
            SIMPLE_TORCH_E_UNSUPPORTED);
  EXPECT_EQ(simple_torch_error_message(),
            std::string("nested: offsets: is of another type in libtorch ") +
                simple_torch_libtorch_version());
}

}  // namespace
}  // namespace simple_torch

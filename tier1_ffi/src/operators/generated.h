// All that the generated functions include beside libtorch's declarations of their
// operators.
#pragma once

#include <ATen/core/Tensor.h>

#include "core/guarded.h"
#include "core/one_thread.h"
#include "operators/arguments.h"
#include "operators/as_tensor.h"
#include "operators/below_autograd.h"
#include "operators/other_form.h"
#include "operators/results.h"

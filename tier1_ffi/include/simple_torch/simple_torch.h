/** Everything that libsimple_torch_ffi offers. The rules are in abi.h. */
#ifndef SIMPLE_TORCH_SIMPLE_TORCH_H_
#define SIMPLE_TORCH_SIMPLE_TORCH_H_

#include "simple_torch/abi.h"
#include "simple_torch/array.h"
#include "simple_torch/autocast.h"
#include "simple_torch/autograd.h"
#include "simple_torch/context.h"
#include "simple_torch/cuda.h"
#include "simple_torch/device.h"
#include "simple_torch/dlpack.h"
#include "simple_torch/dtype.h"
#include "simple_torch/error.h"
#include "simple_torch/handle.h"
#include "simple_torch/image.h"
#include "simple_torch/indexing.h"
#include "simple_torch/library.h"
#include "simple_torch/list.h"
#include "simple_torch/memory.h"
#include "simple_torch/operator.h"
#include "simple_torch/optimizer.h"
#include "simple_torch/random.h"
#include "simple_torch/scope.h"
#include "simple_torch/serialize.h"
#include "simple_torch/storage.h"
#include "simple_torch/tensor.h"
#include "simple_torch/value.h"

#endif

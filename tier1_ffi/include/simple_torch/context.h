/**
 * What this libtorch was built with, how many threads it uses, and its switches. All of
 * it is of the whole process unless an entry says otherwise, and libtorch reads it
 * without a lock: change it while no other thread computes.
 */
#ifndef SIMPLE_TORCH_CONTEXT_H_
#define SIMPLE_TORCH_CONTEXT_H_

#include "simple_torch/abi.h"

/** What a libtorch may have been built with. */
enum {
  SIMPLE_TORCH_FEATURE_OPENMP = 0,
  SIMPLE_TORCH_FEATURE_MKL = 1,
  SIMPLE_TORCH_FEATURE_MKLDNN = 2,
  SIMPLE_TORCH_FEATURE_LAPACK = 3,
  SIMPLE_TORCH_FEATURE_MAGMA = 4,
  SIMPLE_TORCH_FEATURE_CUDA = 5,
  /** The CUDA run-time library. */
  SIMPLE_TORCH_FEATURE_CUDART = 6,
  SIMPLE_TORCH_FEATURE_CUDNN = 7,
  SIMPLE_TORCH_FEATURE_CUSOLVER = 8,
  SIMPLE_TORCH_FEATURE_HIP = 9,
  SIMPLE_TORCH_FEATURE_MPS = 10,
  SIMPLE_TORCH_FEATURE_XLA = 11,
  SIMPLE_TORCH_FEATURE_LAZY = 12,
  SIMPLE_TORCH_FEATURE_IPU = 13,
  SIMPLE_TORCH_FEATURE_XPU = 14,
  SIMPLE_TORCH_FEATURE_VULKAN = 15,
  SIMPLE_TORCH_FEATURE_XNNPACK = 16,
  SIMPLE_TORCH_FEATURE_CUBLASLT = 17,
  SIMPLE_TORCH_FEATURE_ROCM = 18
};

/** Texts about this libtorch. */
enum {
  /** How it was built, as Python's torch.__config__.show(). */
  SIMPLE_TORCH_TEXT_BUILD = 0,
  /** How it uses threads, as torch.__config__.parallel_info(). */
  SIMPLE_TORCH_TEXT_PARALLEL = 1,
  SIMPLE_TORCH_TEXT_MKL = 2,
  SIMPLE_TORCH_TEXT_MKLDNN = 3,
  SIMPLE_TORCH_TEXT_OPENMP = 4,
  SIMPLE_TORCH_TEXT_CXX_FLAGS = 5,
  /** Which instructions its kernels use here: "AVX2", …. */
  SIMPLE_TORCH_TEXT_CPU_CAPABILITY = 6
};

/** Switches; where an entry says nothing else, 0 is off and 1 is on. */
enum {
  /**
   * Algorithms that give the same results each time: 0 where it costs nothing, 1 always,
   * with a warning where there is none, 2 always, and operators that have none fail.
   */
  SIMPLE_TORCH_SWITCH_DETERMINISTIC = 0,
  /** Memory of empty tensors is filled when DETERMINISTIC is not 0. */
  SIMPLE_TORCH_SWITCH_FILL_UNINITIALIZED = 1,
  /** Products of float32 matrices: 0 highest, 1 high, 2 medium precision. */
  SIMPLE_TORCH_SWITCH_MATMUL_PRECISION = 2,
  SIMPLE_TORCH_SWITCH_CUBLAS_TF32 = 3,
  SIMPLE_TORCH_SWITCH_CUDNN_TF32 = 4,
  SIMPLE_TORCH_SWITCH_MKLDNN_TF32 = 5,
  SIMPLE_TORCH_SWITCH_CUDNN = 6,
  SIMPLE_TORCH_SWITCH_CUDNN_BENCHMARK = 7,
  /** How many algorithms are tried, 0 for all. */
  SIMPLE_TORCH_SWITCH_CUDNN_BENCHMARK_LIMIT = 8,
  SIMPLE_TORCH_SWITCH_CUDNN_DETERMINISTIC = 9,
  SIMPLE_TORCH_SWITCH_MKLDNN = 10,
  SIMPLE_TORCH_SWITCH_MKLDNN_DETERMINISTIC = 11,
  SIMPLE_TORCH_SWITCH_NNPACK = 12,
  /** The ways in which scaled_dot_product_attention may be computed. */
  SIMPLE_TORCH_SWITCH_SDP_FLASH = 13,
  SIMPLE_TORCH_SWITCH_SDP_MEMORY_EFFICIENT = 14,
  SIMPLE_TORCH_SWITCH_SDP_MATH = 15,
  SIMPLE_TORCH_SWITCH_SDP_CUDNN = 16,
  /** Sums of float16 and bfloat16 products may be of that type too. */
  SIMPLE_TORCH_SWITCH_FLOAT16_REDUCTION = 17,
  SIMPLE_TORCH_SWITCH_BFLOAT16_REDUCTION = 18,
  /**
   * What computes with quantized tensors: 0 nothing, 1 FBGEMM, 2 QNNPACK, 3 oneDNN,
   * 4 x86. Those of simple_torch_context_quantized_engines() can be set.
   */
  SIMPLE_TORCH_SWITCH_QUANTIZED_ENGINE = 19,
  /** Whether sparse tensors are checked when they are made. */
  SIMPLE_TORCH_SWITCH_CHECK_SPARSE = 20
};

/**
 * How many threads an operator uses.
 *
 * @return  At least 1.
 */
SIMPLE_TORCH_API int64_t simple_torch_context_threads(void);

/**
 * Sets how many threads an operator uses.
 *
 * @param count  From 1 to 65,535.
 * @return       0; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_context_set_threads(int64_t count);

/**
 * How many operators run at once, in TorchScript and in backward passes of it.
 *
 * @return  At least 1.
 */
SIMPLE_TORCH_API int64_t simple_torch_context_interop_threads(void);

/**
 * Sets how many operators run at once. It can be set once, and before any does.
 *
 * @param count  From 1 to 65,535.
 * @return       0; BAD_ARGUMENT, or TORCH when it is too late.
 */
SIMPLE_TORCH_API int64_t simple_torch_context_set_interop_threads(int64_t count);

/**
 * Whether libtorch was built with something, or can use it here.
 *
 * @param feature  A SIMPLE_TORCH_FEATURE_ number.
 * @return         1 or 0; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_context_has(int64_t feature);

/**
 * The version of a library, as a number of its own making: 90100 for cuDNN 9.1.0, 12040
 * for CUDA 12.4.
 *
 * @param feature  SIMPLE_TORCH_FEATURE_CUDNN or SIMPLE_TORCH_FEATURE_CUDART.
 * @return         A positive number; 0 if libtorch has it not; BAD_ARGUMENT.
 */
SIMPLE_TORCH_API int64_t simple_torch_context_library_version(int64_t feature);

/**
 * A text about this libtorch, for people.
 *
 * @param which     A SIMPLE_TORCH_TEXT_ number.
 * @param buffer    Receives the text; may be NULL if `capacity` is 0.
 * @param capacity  Bytes in `buffer`.
 * @return          The length of the text; BAD_ARGUMENT, or UNSUPPORTED if this libtorch
 *                  does not say.
 */
SIMPLE_TORCH_API int64_t simple_torch_context_text(int64_t which, char* buffer,
                                                   int64_t capacity);

/**
 * How a switch stands.
 *
 * @param which  A SIMPLE_TORCH_SWITCH_ number.
 * @return       0 or more; BAD_ARGUMENT, or UNSUPPORTED if this libtorch has it not.
 */
SIMPLE_TORCH_API int64_t simple_torch_context_switch(int64_t which);

/**
 * Sets a switch.
 *
 * @param which  A SIMPLE_TORCH_SWITCH_ number.
 * @param value  How it is to stand.
 * @return       How it stood before; BAD_ARGUMENT, or UNSUPPORTED if this libtorch has it
 *               not, or cannot do that on this machine.
 */
SIMPLE_TORCH_API int64_t simple_torch_context_set_switch(int64_t which, int64_t value);

/**
 * What can compute with quantized tensors here.
 *
 * @param engines_out  Receives numbers as SIMPLE_TORCH_SWITCH_QUANTIZED_ENGINE has them;
 *                     may be NULL if `capacity` is 0.
 * @param capacity     Room in `engines_out`; 0 only counts.
 * @return             How many there are.
 */
SIMPLE_TORCH_API int64_t simple_torch_context_quantized_engines(int64_t* engines_out,
                                                                int64_t capacity);

/**
 * Has this thread, and those it starts, take numbers too small for full precision as 0.
 *
 * @param enabled  1 or 0.
 * @return         1 if the processor can do that, else 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_context_flush_denormals(int64_t enabled);

#endif

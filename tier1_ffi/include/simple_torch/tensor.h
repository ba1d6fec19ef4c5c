/**
 * Tensors: making them, looking at them, moving their values to and from the host, and
 * the few operations that the design of this library names. Every operator of libtorch
 * has a function of its own elsewhere.
 *
 * Unless an entry says otherwise, a function that takes a tensor fails with BAD_HANDLE,
 * STALE_HANDLE or WRONG_KIND if it is none, one that takes dims fails with BAD_ARGUMENT
 * for negative or overflowing ones or more than 64, and one that makes a tensor fails
 * with OUT_OF_MEMORY, with UNSUPPORTED for a device that cannot be used here, or with
 * TYPE for a quantized dtype, whose tensors are made by operators that take a scale.
 */
#ifndef SIMPLE_TORCH_TENSOR_H_
#define SIMPLE_TORCH_TENSOR_H_

#include "simple_torch/abi.h"

/* ---- Making tensors ---- */

/**
 * A tensor of zeros, of the default dtype, on the CPU.
 *
 * @param dims   The shape, copied; may be NULL if `ndims` is 0.
 * @param ndims  How many dims.
 * @return       A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_zeros(const int64_t* dims,
                                                               int64_t ndims);

/**
 * A tensor of ones, of the default dtype, on the CPU.
 *
 * @param dims   The shape, copied.
 * @param ndims  How many dims.
 * @return       A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_ones(const int64_t* dims,
                                                              int64_t ndims);

/**
 * Numbers from the standard normal distribution, of the default dtype, on the CPU.
 *
 * @param dims   The shape, copied.
 * @param ndims  How many dims.
 * @return       A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_randn(const int64_t* dims,
                                                               int64_t ndims);

/**
 * simple_torch_tensor_zeros() with dtype and device.
 *
 * @param dims    The shape, copied.
 * @param ndims   How many dims.
 * @param dtype   A dtype number; -1 is the default dtype.
 * @param device  A device number; -1 is the CPU.
 * @return        A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_zeros_with(const int64_t* dims,
                                                                    int64_t ndims,
                                                                    int64_t dtype,
                                                                    int64_t device);

/**
 * simple_torch_tensor_ones() with dtype and device.
 *
 * @param dims    The shape, copied.
 * @param ndims   How many dims.
 * @param dtype   A dtype number; -1 is the default dtype.
 * @param device  A device number; -1 is the CPU.
 * @return        A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_ones_with(const int64_t* dims,
                                                                   int64_t ndims,
                                                                   int64_t dtype,
                                                                   int64_t device);

/**
 * simple_torch_tensor_randn() with dtype, device and generator.
 *
 * @param dims       The shape, copied.
 * @param ndims      How many dims.
 * @param dtype      A dtype number; -1 is the default dtype.
 * @param device     A device number; -1 is the CPU.
 * @param generator  Borrowed; 0 is the device's default generator.
 * @return           A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_tensor_randn_with(const int64_t* dims, int64_t ndims, int64_t dtype,
                               int64_t device, simple_torch_handle generator);

/**
 * A tensor whose elements are not set.
 *
 * @param dims    The shape, copied.
 * @param ndims   How many dims.
 * @param dtype   A dtype number; -1 is the default dtype.
 * @param device  A device number; -1 is the CPU.
 * @return        A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_empty(const int64_t* dims,
                                                               int64_t ndims,
                                                               int64_t dtype,
                                                               int64_t device);

/**
 * A tensor with one number everywhere.
 *
 * @param dims        The shape, copied.
 * @param ndims       How many dims.
 * @param value_bits  The number's bits.
 * @param value_kind  The number's kind.
 * @param dtype       A dtype number; -1 is that of the number: int64, bool, or the
 * default dtype or its complex counterpart.
 * @param device      A device number; -1 is the CPU.
 * @return            A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_tensor_full(const int64_t* dims, int64_t ndims, int64_t value_bits,
                         int64_t value_kind, int64_t dtype, int64_t device);

/**
 * A matrix with ones on its diagonal.
 *
 * @param rows     How many rows.
 * @param columns  How many columns.
 * @param dtype    A dtype number; -1 is the default dtype.
 * @param device   A device number; -1 is the CPU.
 * @return         A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_eye(int64_t rows,
                                                             int64_t columns,
                                                             int64_t dtype,
                                                             int64_t device);

/**
 * The numbers start, start + step, … before end.
 *
 * @param start_bits  The first number; none is 0.
 * @param start_kind  Its kind.
 * @param end_bits    Where to stop; not included.
 * @param end_kind    Its kind.
 * @param step_bits   The distance; none is 1.
 * @param step_kind   Its kind.
 * @param dtype       A dtype number; -1 is int64 if all three are integers, else the
 *                    default dtype.
 * @param device      A device number; -1 is the CPU.
 * @return            A tensor owned by the caller; 0 with BAD_ARGUMENT, also for int64
 * numbers too far apart to be counted, or TORCH for a step of 0 or of the wrong sign.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_arange(
    int64_t start_bits, int64_t start_kind, int64_t end_bits, int64_t end_kind,
    int64_t step_bits, int64_t step_kind, int64_t dtype, int64_t device);

/**
 * Evenly spaced numbers from start to end, both included.
 *
 * @param start_bits  The first number.
 * @param start_kind  Its kind.
 * @param end_bits    The last number.
 * @param end_kind    Its kind.
 * @param steps       How many numbers.
 * @param dtype       A dtype number; -1 is the default dtype.
 * @param device      A device number; -1 is the CPU.
 * @return            A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_linspace(
    int64_t start_bits, int64_t start_kind, int64_t end_bits, int64_t end_kind,
    int64_t steps, int64_t dtype, int64_t device);

/**
 * Numbers evenly distributed over [0, 1).
 *
 * @param dims       The shape, copied.
 * @param ndims      How many dims.
 * @param dtype      A dtype number; -1 is the default dtype.
 * @param device     A device number; -1 is the CPU.
 * @param generator  Borrowed; 0 is the device's default generator.
 * @return           A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_tensor_rand(const int64_t* dims, int64_t ndims, int64_t dtype,
                         int64_t device, simple_torch_handle generator);

/**
 * Integers evenly distributed from low to before high.
 *
 * @param low        The least number.
 * @param high       One more than the greatest; greater than `low`.
 * @param dims       The shape, copied.
 * @param ndims      How many dims.
 * @param dtype      A dtype number; -1 is int64.
 * @param device     A device number; -1 is the CPU.
 * @param generator  Borrowed; 0 is the device's default generator.
 * @return           A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_tensor_randint(int64_t low, int64_t high, const int64_t* dims, int64_t ndims,
                            int64_t dtype, int64_t device, simple_torch_handle generator);

/**
 * The numbers from 0 to count - 1 in random order.
 *
 * @param count      How many numbers.
 * @param dtype      A dtype number; -1 is int64.
 * @param device     A device number; -1 is the CPU.
 * @param generator  Borrowed; 0 is the device's default generator.
 * @return           A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_randperm(
    int64_t count, int64_t dtype, int64_t device, simple_torch_handle generator);

/**
 * A tensor that is no tensor: what libtorch calls undefined. Operators take it where an
 * argument may be left out.
 *
 * @return A tensor owned by the caller; 0 with OUT_OF_MEMORY.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_undefined(void);

/**
 * A second owner of the same tensor.
 *
 * @param tensor  Borrowed.
 * @return        The tensor under a new handle, owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_tensor_alias(simple_torch_handle tensor);

/**
 * A copy with memory of its own. Gradients flow through it.
 *
 * @param tensor  Borrowed.
 * @return        A tensor owned by the caller; 0 on failure.
 *
 * Wraps aten::clone(Tensor self, *, MemoryFormat? memory_format=None) -> Tensor
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_tensor_clone(simple_torch_handle tensor);

/**
 * Frees a tensor's handle. The memory goes when nothing else refers to it.
 *
 * @param tensor  Taken from the caller; 0 does nothing.
 * @return        0; BAD_HANDLE, STALE_HANDLE or WRONG_KIND.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_free(simple_torch_handle tensor);

/* ---- Host memory ---- */

/**
 * A CPU tensor with a copy of host data.
 *
 * @param data   The elements in row-major order, copied.
 * @param bytes  The size of `data`: exactly what shape and dtype need.
 * @param dims   The shape, copied.
 * @param ndims  How many dims.
 * @param dtype  A dtype number; -1 is the default dtype.
 * @return       A tensor owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_from_data(
    const void* data, int64_t bytes, const int64_t* dims, int64_t ndims, int64_t dtype);

/**
 * A tensor of numbers of any kinds.
 *
 * @param numbers  Bits and kind of each in turn, in row-major order, copied.
 * @param count    How many numbers: exactly what the shape needs.
 * @param dims     The shape, copied.
 * @param ndims    How many dims.
 * @param dtype    A dtype number; -1 is the complex counterpart of the default dtype if
 *                 there is a complex number, else the default dtype if there is a float
 *                 or nothing, else int64 if there is an integer, else bool.
 * @param device   A device number; -1 is the CPU.
 * @return         A tensor owned by the caller; 0 with BAD_ARGUMENT.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_from_numbers(
    const int64_t* numbers, int64_t count, const int64_t* dims, int64_t ndims,
    int64_t dtype, int64_t device);

/**
 * A CPU tensor over host memory, without a copy. The memory must stay until `destroy` is
 * called, which happens once: when no tensor refers to it any more, on whatever thread
 * that is, or at once if this function fails.
 *
 * @param data     The memory; used as it is. Its address is a multiple of an element's
 *                 size: of 16 for complex128, where C asks for 8.
 * @param bytes    Its size. Every element that shape and strides reach must lie within.
 * @param dims     The shape, copied.
 * @param ndims    How many dims.
 * @param strides  Distances in elements, copied, not negative; NULL for row-major order.
 * @param dtype    A dtype number; -1 is the default dtype.
 * @param destroy  Gives the memory back; may be NULL.
 * @param context  Passed to `destroy`.
 * @return         A tensor owned by the caller; 0 on failure.
 *
 * Wraps at::from_blob.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_from_blob(
    void* data, int64_t bytes, const int64_t* dims, int64_t ndims, const int64_t* strides,
    int64_t dtype, void (*destroy)(void* context), void* context);

/**
 * A tensor over elements that the host keeps as they are, and that it and others may read
 * meanwhile. The tensor is a value of its own all the same: whatever is about to write to
 * its elements, an operator in place or `…_copy_from`, makes the tensor and its views a
 * copy first.
 *
 * @param data     The elements, in row-major order, aligned to their size.
 * @param context  Passed to `destroy`.
 * @param destroy  Called exactly once, from whatever thread, when no storage reads the
 *                 elements any more, also if this fails.
 * @param bytes    The size of `data`: exactly what the elements need.
 * @param dims     The sizes of the dims.
 * @param ndims    How many dims there are.
 * @param dtype    A dtype number; -1 is the default dtype.
 * @return         A tensor owned by the caller; 0 with BAD_ARGUMENT.
 *
 * Until libtorch 2.4 the elements are copied at once.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_from_kept(
    const void* data, void* context, void (*destroy)(void* context), int64_t bytes,
    const int64_t* dims, int64_t ndims, int64_t dtype);

/**
 * Copies a tensor's elements to host memory, in row-major order, whatever its strides and
 * device are.
 *
 * @param tensor  Borrowed.
 * @param data    Receives the elements.
 * @param bytes   The size of `data`: exactly what the elements need.
 * @return        0; BAD_ARGUMENT for another size.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_copy_to(simple_torch_handle tensor,
                                                     void* data, int64_t bytes);

/**
 * Copies host memory, in row-major order, into a tensor's elements, whatever its strides
 * and device are, unless elements share memory. Autograd does not see it.
 *
 * @param tensor  Borrowed; changed in place.
 * @param data    The elements.
 * @param bytes   The size of `data`: exactly what the elements need.
 * @return        0; BAD_ARGUMENT for another size, TORCH for elements that share memory,
 * as those of a dim with stride 0 do.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_copy_from(simple_torch_handle tensor,
                                                       const void* data, int64_t bytes);

/**
 * One element.
 *
 * @param tensor    Borrowed.
 * @param indices   An index for each dim; negative ones count from the end.
 * @param count     How many indices. With 0 the tensor must have one element, of any
 * shape.
 * @param bits_out  Two int64_t. Receives the number's bits; of a complex number, the bits
 *                  of its real and of its imaginary part as doubles.
 * @param kind_out  Receives the number's kind.
 * @return          0; INDEX for an index out of range, BAD_ARGUMENT for a wrong count.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_get(simple_torch_handle tensor,
                                                 const int64_t* indices, int64_t count,
                                                 int64_t* bits_out, int64_t* kind_out);

/**
 * Sets one element. Autograd does not see it.
 *
 * @param tensor      Borrowed; changed in place.
 * @param indices     An index for each dim; negative ones count from the end.
 * @param count       How many indices. With 0 the tensor must have one element.
 * @param value_bits  The number's bits.
 * @param value_kind  The number's kind.
 * @return            0; INDEX for an index out of range, BAD_ARGUMENT for a wrong count,
 * or TORCH for a number that the dtype cannot hold.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_set(simple_torch_handle tensor,
                                                 const int64_t* indices, int64_t count,
                                                 int64_t value_bits, int64_t value_kind);

/**
 * Sets all elements to one number.
 *
 * @param tensor      Borrowed; changed in place.
 * @param value_bits  The number's bits.
 * @param value_kind  The number's kind.
 * @return            0, or a failure code.
 *
 * Wraps aten::fill_.Scalar(Tensor(a!) self, Scalar value) -> Tensor(a!)
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_fill(simple_torch_handle tensor,
                                                  int64_t value_bits, int64_t value_kind);

/* ---- Properties ---- */

/**
 * Whether the tensor is one at all: see simple_torch_tensor_undefined(). The other
 * properties of an undefined tensor fail with VALUE.
 *
 * @param tensor  Borrowed.
 * @return        1 or 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_defined(simple_torch_handle tensor);

/**
 * The dtype.
 *
 * @param tensor  Borrowed.
 * @return        A dtype number.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_dtype(simple_torch_handle tensor);

/**
 * The device.
 *
 * @param tensor  Borrowed.
 * @return        A device number; 0 for the CPU.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_device(simple_torch_handle tensor);

/**
 * The layout, as c10::Layout numbers it: 0 strided, 1 sparse, 2 sparse CSR, 3 MKL-DNN, …
 *
 * @param tensor  Borrowed.
 * @return        The number.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_layout(simple_torch_handle tensor);

/**
 * How many dims.
 *
 * @param tensor  Borrowed.
 * @return        The count.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_ndim(simple_torch_handle tensor);

/**
 * How many elements.
 *
 * @param tensor  Borrowed.
 * @return        The count.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_numel(simple_torch_handle tensor);

/**
 * The shape.
 *
 * @param tensor    Borrowed.
 * @param dims_out  Receives the dims; may be NULL if `max_dims` is 0.
 * @param max_dims  Room in `dims_out`. With 0 nothing is written: the call asks how much
 *                  room is needed.
 * @return          How many dims; BAD_ARGUMENT, with nothing written, for too little
 * room.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_shape(simple_torch_handle tensor,
                                                   int64_t* dims_out, int64_t max_dims);

/**
 * The strides: the distance of neighbours in each dim, in elements.
 *
 * @param tensor       Borrowed; of strided layout.
 * @param strides_out  Receives the strides; may be NULL if `max_dims` is 0.
 * @param max_dims     Room in `strides_out`. With 0 nothing is written.
 * @return             How many dims; BAD_ARGUMENT for too little room, VALUE for another
 *                     layout.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_strides(simple_torch_handle tensor,
                                                     int64_t* strides_out,
                                                     int64_t max_dims);

/**
 * Where in its storage the tensor begins, in elements.
 *
 * @param tensor  Borrowed; of strided layout.
 * @return        The offset; VALUE for another layout.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_storage_offset(simple_torch_handle tensor);

/**
 * The bytes of one element.
 *
 * @param tensor  Borrowed.
 * @return        The size.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_element_size(simple_torch_handle tensor);

/**
 * Whether the elements lie in row-major order without gaps.
 *
 * @param tensor  Borrowed.
 * @return        1 or 0; VALUE for a layout that is not strided.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_is_contiguous(simple_torch_handle tensor);

/**
 * Whether the layout is sparse (COO).
 *
 * @param tensor  Borrowed.
 * @return        1 or 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_is_sparse(simple_torch_handle tensor);

/**
 * Whether the layout is that of MKL-DNN.
 *
 * @param tensor  Borrowed.
 * @return        1 or 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_is_mkldnn(simple_torch_handle tensor);

/**
 * Whether autograd records what is done with the tensor.
 *
 * @param tensor  Borrowed.
 * @return        1 or 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_requires_grad(simple_torch_handle tensor);

/**
 * Lets autograd record what is done with the tensor, or not.
 *
 * @param tensor         Borrowed; changed in place.
 * @param requires_grad  1 or 0.
 * @return               0; BAD_ARGUMENT, TORCH for an integer tensor, or VALUE for one
 * that is the result of recorded operations and shall not require grad.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_set_requires_grad(simple_torch_handle tensor,
                                                               int64_t requires_grad);

/**
 * Whether the tensor is a leaf of the autograd graph: not the result of recorded
 * operations.
 *
 * @param tensor  Borrowed.
 * @return        1 or 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_is_leaf(simple_torch_handle tensor);

/**
 * The address of the first element, on the tensor's device. It is valid while any handle
 * or tensor refers to the same memory.
 *
 * @param tensor       Borrowed; of strided layout.
 * @param pointer_out  Receives the address; NULL for a tensor without elements.
 * @return             0; BAD_ARGUMENT, or VALUE for another layout.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_data_pointer(simple_torch_handle tensor,
                                                          void** pointer_out);

/**
 * The bytes of the storage that the tensor is a view of; 0 for a layout without storage.
 *
 * @param tensor  Borrowed.
 * @return        The bytes.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_storage_bytes(simple_torch_handle tensor);

/* ---- Conversion ---- */

/**
 * The tensor with another dtype; the same tensor if it has it already.
 *
 * @param tensor  Borrowed.
 * @param dtype   A dtype number.
 * @return        A tensor owned by the caller; 0 on failure.
 *
 * Wraps at::Tensor::to(ScalarType).
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_tensor_to_dtype(simple_torch_handle tensor, int64_t dtype);

/**
 * The tensor on another device; the same tensor if it is there already.
 *
 * @param tensor  Borrowed.
 * @param device  A device number.
 * @return        A tensor owned by the caller; 0 on failure, with UNSUPPORTED for a
 * device that cannot be used here.
 *
 * Wraps at::Tensor::to(Device).
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_tensor_to_device(simple_torch_handle tensor, int64_t device);

/**
 * The tensor with its elements in row-major order; the same tensor if they are already.
 *
 * @param tensor  Borrowed.
 * @return        A tensor owned by the caller; 0 on failure.
 *
 * Wraps at::Tensor::contiguous.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_tensor_contiguous(simple_torch_handle tensor);

/** How a tensor is printed; the values in brackets are the default ones. */
typedef struct simple_torch_print_options {
  /** sizeof(simple_torch_print_options), so that the struct can grow. */
  int64_t size;
  /** Digits after the point (4). */
  int64_t precision;
  /** Tensors with more elements are shortened (1000). */
  int64_t threshold;
  /** What is left at each end of a dim when it is shortened (3). */
  int64_t edge_items;
  /** Characters in a line (80). */
  int64_t line_width;
  /** 1 for scientific notation, 0 for none, -1 to decide by the values (-1). */
  int64_t sci_mode;
} simple_torch_print_options;

/**
 * The tensor as text, in the form in which Python's torch prints it.
 *
 * @param tensor    Borrowed.
 * @param options   How; copied. NULL for the default options.
 * @param buffer    Receives the text; may be NULL if `capacity` is 0.
 * @param capacity  Bytes in `buffer`.
 * @return          The length of the text; BAD_ARGUMENT, or VALUE for more than 64 dims.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_to_text(
    simple_torch_handle tensor, const simple_torch_print_options* options, char* buffer,
    int64_t capacity);

/* ---- Operations ---- */

/**
 * The elementwise sum, with broadcasting and type promotion.
 *
 * @param left   Borrowed.
 * @param right  Borrowed.
 * @return       A tensor owned by the caller; 0 on failure, TORCH for shapes that do not
 * go together.
 *
 * Wraps aten::add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_add(simple_torch_handle left,
                                                             simple_torch_handle right);

/**
 * The elementwise product, with broadcasting and type promotion.
 *
 * @param left   Borrowed.
 * @param right  Borrowed.
 * @return       A tensor owned by the caller; 0 on failure.
 *
 * Wraps aten::mul.Tensor(Tensor self, Tensor other) -> Tensor
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_mul(simple_torch_handle left,
                                                             simple_torch_handle right);

/**
 * The matrix product, broadcasting leading dims.
 *
 * @param left   Borrowed.
 * @param right  Borrowed. Same dtype and device as `left`.
 * @return       A tensor owned by the caller; 0 on failure.
 *
 * Wraps aten::matmul(Tensor self, Tensor other) -> Tensor
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_tensor_matmul(simple_torch_handle left, simple_torch_handle right);

/**
 * The elements, with 0 in place of negative ones.
 *
 * @param tensor  Borrowed.
 * @return        A tensor owned by the caller; 0 on failure.
 *
 * Wraps aten::relu(Tensor self) -> Tensor
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_relu(simple_torch_handle tensor);

/**
 * 1 / (1 + exp(-x)) of each element.
 *
 * @param tensor  Borrowed.
 * @return        A tensor owned by the caller; 0 on failure.
 *
 * Wraps aten::sigmoid(Tensor self) -> Tensor
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_sigmoid(simple_torch_handle tensor);

/**
 * The hyperbolic tangent of each element.
 *
 * @param tensor  Borrowed.
 * @return        A tensor owned by the caller; 0 on failure.
 *
 * Wraps aten::tanh(Tensor self) -> Tensor
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tanh(simple_torch_handle tensor);

#endif

/**
 * Packages of AOTInductor (.pt2): models that Python's torch.export compiled to native
 * code.
 *
 * A package is native code: loading it runs what its author compiled, as loading a
 * library does. Load only what comes from where you trust. The code is for the kind of
 * machine and the version of libtorch that it was compiled for, and for inputs of the
 * shapes, strides, dtypes and devices that it was exported with.
 *
 * Code that PyTorch 2.7 or newer compiled compares its inputs with these when
 * AOTI_RUNTIME_CHECK_INPUTS is in the environment as it runs first; loading a package
 * puts it there, unless the program has set it, to 0 for instance. That code does not
 * compare how many dims an input has, and not the strides of dims that were exported as
 * dynamic: an input of fewer dims, or one that is not contiguous where the example was,
 * may read memory that is not its own. Older code compares nothing. What the code finds
 * wrong it writes to the standard error output.
 *
 * They need libtorch 2.6 or newer; with an older one every function fails with
 * UNSUPPORTED.
 */
#ifndef SIMPLE_TORCH_PACKAGE_H_
#define SIMPLE_TORCH_PACKAGE_H_

#include "simple_torch/abi.h"

/**
 * Whether this libtorch can load packages.
 *
 * @return 1 or 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_package_available(void);

/**
 * Loads a package. Its code is unpacked into a folder of the system's for temporary
 * files. It needs all of libtorch: one that was built for CUDA only loads it where CUDA's
 * libraries are.
 *
 * @param path  Of the file.
 * @param name  Of the model in it; NULL for "model", as torch.export names the only one.
 * @return      A package owned by the caller; 0 with IO, FORMAT, UNSUPPORTED, or INDEX
 * for a model that is not in it.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_package_load(const char* path,
                                                               const char* name);

/**
 * Runs a package's model.
 *
 * @param package  Borrowed.
 * @param tensors  Borrowed: its inputs, in the order in which they were exported: dense
 *                 and on the model's device, or on the CPU. What else is checked: see
 * above.
 * @param count    How many.
 * @return         A list of its results, owned by the caller; 0 with VALUE for inputs
 * that the model does not take, or TORCH.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_package_run(
    simple_torch_handle package, const simple_torch_handle* tensors, int64_t count);

/**
 * What was written into a package when it was compiled.
 *
 * @param package  Borrowed.
 * @return         A value, a dict of texts and texts, owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_package_metadata(simple_torch_handle package);

/**
 * The structure of what goes in and comes out, as torch.export describes it.
 *
 * @param package  Borrowed.
 * @return         A value, a list of two texts, owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_package_call_spec(simple_torch_handle package);

/**
 * The names of its constants: the parameters and buffers of the model, but for those that
 * the compiler made a part of its code.
 *
 * @param package  Borrowed.
 * @return         A value, a list of texts, owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_package_constants(simple_torch_handle package);

/**
 * Gives constants new contents.
 *
 * @param package    Borrowed; nothing runs it meanwhile.
 * @param constants  Borrowed: a dict of names and tensors, which are copied. They have
 * the shapes, dtypes and devices of the present ones, which libtorch 2.6 does not tell,
 * so that nothing is checked with it.
 * @param all        1 if all of them have to be in it.
 * @return           0; TYPE, INDEX for a name that is none of theirs, VALUE for a tensor
 *                   that does not fit, or TORCH.
 */
SIMPLE_TORCH_API int64_t simple_torch_package_set_constants(simple_torch_handle package,
                                                            simple_torch_handle constants,
                                                            int64_t all);

/**
 * Frees a package's handle.
 *
 * @param package  Taken from the caller; 0 does nothing.
 * @return         0, or why it failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_package_free(simple_torch_handle package);

#endif

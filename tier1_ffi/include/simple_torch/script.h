/**
 * TorchScript: programs that were saved by Python or C++, compiled from text or traced,
 * and run without Python.
 *
 * A module of TorchScript is a program. Loading one runs what its author wrote when an
 * object is restored (`__setstate__`), and calling one runs the rest, so load only what
 * comes from where you trust. What it can do is what operators of libtorch can do: it
 * opens no files and starts no programs of its own. Damaged files are FORMAT errors.
 *
 * Calls of one module from several threads may go on at the same time. Changing it (its
 * attributes, its mode, where it is) while others call it may not.
 *
 * Arguments are values, fitted to the types that the method declares: see
 * simple_torch_value_as(). `keywords` is a dict of texts and values, or 0.
 */
#ifndef SIMPLE_TORCH_SCRIPT_H_
#define SIMPLE_TORCH_SCRIPT_H_

#include "simple_torch/abi.h"

/* ---- Loading and saving ---- */

/**
 * Loads a module from a file.
 *
 * @param path    Of the file.
 * @param device  Where its tensors go, wherever they were; -1 is the CPU.
 * @return        A module owned by the caller; 0 with IO, FORMAT or UNSUPPORTED.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_module_load(const char* path,
                                                              int64_t device);

/**
 * Loads a module from memory.
 *
 * @param data    Read during the call.
 * @param bytes   How many.
 * @param device  Where its tensors go; -1 is the CPU.
 * @return        A module owned by the caller; 0 with FORMAT or UNSUPPORTED.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_module_load_bytes(const void* data,
                                                                    int64_t bytes,
                                                                    int64_t device);

/**
 * Loads a module from a stream, from where it stands to its end.
 *
 * @param io      Borrowed.
 * @param device  Where its tensors go; -1 is the CPU.
 * @return        A module owned by the caller; 0 with CALLBACK, FORMAT or UNSUPPORTED.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_module_read(simple_torch_handle io,
                                                              int64_t device);

/**
 * Saves a module; torch.jit.load reads it in Python. An old file is replaced only when
 * the new one is complete.
 *
 * @param module  Borrowed.
 * @param path    Of the file.
 * @return        0; IO, or TORCH for what cannot be saved.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_save(simple_torch_handle module,
                                                  const char* path);

/**
 * Saves a module to a stream.
 *
 * @param module  Borrowed.
 * @param io      Borrowed; stands behind what was written then.
 * @return        0; CALLBACK, or TORCH for what cannot be saved.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_write(simple_torch_handle module,
                                                   simple_torch_handle io);

/* ---- Making modules ---- */

/**
 * An empty module, to be filled with the functions below.
 *
 * @param name  Of its class: letters, digits and underscores.
 * @return      A module owned by the caller; 0 with VALUE for another name.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_module_create(const char* name);

/**
 * Adds methods: functions with `self`, as TorchScript has them.
 *
 * @param module  Borrowed.
 * @param source  The text of one or several functions: "def forward(self, x): …".
 * @return        0; TORCH with the compiler's message, and the module may have those that
 *                stand before the wrong one.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_define(simple_torch_handle module,
                                                    const char* source);

/**
 * Adds a parameter.
 *
 * @param module  Borrowed.
 * @param name    Of the parameter: letters, digits and underscores.
 * @param tensor  Borrowed; the module owns the tensor too.
 * @return        0; VALUE for a name that is none or is there already.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_add_parameter(simple_torch_handle module,
                                                           const char* name,
                                                           simple_torch_handle tensor);

/**
 * Adds a buffer.
 *
 * @param module  Borrowed.
 * @param name    As above.
 * @param tensor  Borrowed; the module owns the tensor too.
 * @return        As above.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_add_buffer(simple_torch_handle module,
                                                        const char* name,
                                                        simple_torch_handle tensor);

/**
 * Adds an attribute.
 *
 * @param module     Borrowed.
 * @param name       As above.
 * @param value      Borrowed.
 * @param type_name  Of the attribute: "int", "List[Tensor]", …; NULL for the value's own.
 * @return           As above; TYPE if the value is not of the type.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_add_attribute(simple_torch_handle module,
                                                           const char* name,
                                                           simple_torch_handle value,
                                                           const char* type_name);

/**
 * Adds a module as a part of another one.
 *
 * @param module  Borrowed.
 * @param name    As above.
 * @param part    Borrowed: a module. Both share it then.
 * @return        As above.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_add_module(simple_torch_handle module,
                                                        const char* name,
                                                        simple_torch_handle part);

/**
 * A module of what a function of the caller computes. The function is called once; the
 * operators that it calls, with the shapes and conditions that they had, are the method
 * `forward` of the module.
 *
 * @param name         Of the module's class.
 * @param inputs       Borrowed: values that are tensors, or lists, tuples and dicts of
 *                     them. What the function gets has their content.
 * @param input_count  How many.
 * @param parameters   Borrowed: a dict of names, with dots for parts, and of tensors that
 *                     are the module's own: parameters if they require grad, otherwise
 *                     buffers. 0 for none; other tensors that the function knows of
 *                     become constants.
 * @param strict       1 refuses results that are lists or dicts, which later changes
 *                     would not reach.
 * @param call         Gets a trace that is valid during the call.
 * @param context      Passed through.
 * @param destroy      Called once with `context`, when the call has ended. May be NULL.
 * @return             A module owned by the caller; 0 with CALLBACK, VALUE if the
 * function gave no results, or TORCH for what cannot be traced.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_module_trace(
    const char* name, const simple_torch_handle* inputs, int64_t input_count,
    simple_torch_handle parameters, int64_t strict,
    int64_t (*call)(void* context, simple_torch_handle trace), void* context,
    void (*destroy)(void* context));

/**
 * How many inputs a traced function has.
 *
 * @param trace  Borrowed.
 * @return       The count.
 */
SIMPLE_TORCH_API int64_t simple_torch_trace_count(simple_torch_handle trace);

/**
 * An input of a traced function.
 *
 * @param trace  Borrowed.
 * @param index  Which; -1 is the last.
 * @return       A value owned by the caller; 0 with INDEX.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_trace_input(simple_torch_handle trace,
                                                              int64_t index);

/**
 * Says what a traced function results in.
 *
 * @param trace  Borrowed.
 * @param value  Borrowed: tensors, or lists, tuples and dicts of them.
 * @return       0.
 */
SIMPLE_TORCH_API int64_t simple_torch_trace_give(simple_torch_handle trace,
                                                 simple_torch_handle value);

/**
 * Frees a trace before the function returns; nobody needs to.
 *
 * @param trace  Taken from the caller; 0 does nothing.
 * @return       0, or a negative code.
 */
SIMPLE_TORCH_API int64_t simple_torch_trace_free(simple_torch_handle trace);

/* ---- Calling ---- */

/**
 * Calls a method.
 *
 * @param module    Borrowed.
 * @param method    Its name: "forward", ….
 * @param values    Borrowed: the arguments.
 * @param count     How many.
 * @param keywords  Borrowed: arguments by name; 0 for none.
 * @return          A value owned by the caller; 0 with INDEX for a method that is not
 *                  there, TYPE for an argument that does not fit, or TORCH.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_module_call(
    simple_torch_handle module, const char* method, const simple_torch_handle* values,
    int64_t count, simple_torch_handle keywords);

/**
 * Calls a method that takes tensors and gives one.
 *
 * @param module   Borrowed.
 * @param method   Its name.
 * @param tensors  Borrowed: the arguments.
 * @param count    How many.
 * @return         A tensor owned by the caller; 0 with TYPE for another result, and as
 *                 above.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_module_call_tensors(simple_torch_handle module, const char* method,
                                 const simple_torch_handle* tensors, int64_t count);

/**
 * Makes an object of a class of the module's program.
 *
 * @param module    Borrowed.
 * @param name      Of the class, "Counter", or with all that is before it in the program.
 * @param values    Borrowed: the arguments of its `__init__`.
 * @param count     How many.
 * @param keywords  Borrowed: arguments by name; 0 for none.
 * @return          A value owned by the caller; 0 with INDEX for a class that is not
 *                  there, and as above.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_module_create_object(
    simple_torch_handle module, const char* name, const simple_torch_handle* values,
    int64_t count, simple_torch_handle keywords);

/* ---- What a module is ---- */

/**
 * Puts a module and its parts into training or evaluation mode.
 *
 * @param module  Borrowed.
 * @param mode    1 for training, 0 for evaluation.
 * @return        0.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_train(simple_torch_handle module,
                                                   int64_t mode);

/**
 * Whether a module is in training mode.
 *
 * @param module  Borrowed.
 * @return        1 or 0; 1 for a module that knows of no modes.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_is_training(simple_torch_handle module);

/**
 * Moves a module's parameters and buffers to a device, and converts those of floating
 * point.
 *
 * @param module        Borrowed.
 * @param device        -1 leaves them where they are.
 * @param dtype         -1 leaves them as they are.
 * @param non_blocking  1 does not wait for copies out of pinned memory.
 * @return              0; BAD_ARGUMENT or TORCH.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_to(simple_torch_handle module,
                                                int64_t device, int64_t dtype,
                                                int64_t non_blocking);

/**
 * The names of its methods.
 *
 * @param module  Borrowed.
 * @return        A value, a list of texts, owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_module_methods(simple_torch_handle module);

/**
 * The declaration of a method: "forward(__torch__.M self, Tensor x) -> Tensor".
 *
 * @param module    Borrowed.
 * @param method    Its name.
 * @param buffer    Gets the text; see abi.h.
 * @param capacity  The room in it.
 * @return          The text's length; INDEX for a method that is not there.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_schema(simple_torch_handle module,
                                                    const char* method, char* buffer,
                                                    int64_t capacity);

/**
 * All parameters.
 *
 * @param module   Borrowed.
 * @param recurse  1 for those of its parts too.
 * @return         A value, a dict of names and tensors, owned by the caller; 0 on
 * failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_module_parameters(simple_torch_handle module, int64_t recurse);

/**
 * All buffers.
 *
 * @param module   Borrowed.
 * @param recurse  1 for those of its parts too.
 * @return         A value, a dict of names and tensors, owned by the caller; 0 on
 * failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_module_buffers(simple_torch_handle module, int64_t recurse);

/**
 * All attributes: parameters, buffers, parts and others.
 *
 * @param module   Borrowed.
 * @param recurse  1 for those of its parts too.
 * @return         A value, a dict of names and values, owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_module_attributes(simple_torch_handle module, int64_t recurse);

/**
 * The names of all modules that are parts of it and of its parts, and "" for itself.
 *
 * @param module  Borrowed.
 * @return        A value, a list of texts, owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_module_modules(simple_torch_handle module);

/**
 * A module that is a part of another one.
 *
 * @param module  Borrowed.
 * @param name    With dots for parts of parts; "" for the module itself.
 * @return        A module owned by the caller, which shares it; 0 with INDEX.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_module_part(simple_torch_handle module,
                                                              const char* name);

/**
 * A module's attribute.
 *
 * @param module  Borrowed.
 * @param name    Of the attribute.
 * @return        A value owned by the caller; 0 with INDEX.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_module_attribute(simple_torch_handle module, const char* name);

/**
 * Sets a module's attribute.
 *
 * @param module  Borrowed.
 * @param name    Of the attribute.
 * @param value   Borrowed.
 * @return        0; INDEX for one that is not there, TYPE for a value that does not fit.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_set_attribute(simple_torch_handle module,
                                                           const char* name,
                                                           simple_torch_handle value);

/**
 * A module with the same content: its tensors and objects are copied.
 *
 * @param module  Borrowed.
 * @return        A module owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_module_clone(simple_torch_handle module);

/**
 * A module as a value, which shares it.
 *
 * @param module  Borrowed.
 * @return        A value owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_value_from_module(simple_torch_handle module);

/**
 * The module that a value is.
 *
 * @param value  Borrowed.
 * @return       A module owned by the caller, which shares it; 0 with TYPE.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_value_module(simple_torch_handle value);

/**
 * Frees a module's handle.
 *
 * @param module  Taken from the caller; 0 does nothing.
 * @return        0, or why it failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_free(simple_torch_handle module);

/* ---- Making modules fast, and looking into them ---- */

/**
 * A module with its attributes built in as constants, in evaluation mode.
 *
 * @param module     Borrowed; in evaluation mode.
 * @param preserved  Names of attributes and methods to be kept, with commas between them;
 *                   NULL for none besides forward.
 * @param optimize   1 also folds what changes results a little, such as batch norms.
 * @return           A module owned by the caller; 0 with TORCH.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_module_freeze(
    simple_torch_handle module, const char* preserved, int64_t optimize);

/**
 * A frozen module that runs as fast as libtorch can make it. It may not be moved or saved
 * after that.
 *
 * @param module   Borrowed; frozen or in evaluation mode.
 * @param methods  Names of methods besides forward, with commas between them; NULL for
 *                 none.
 * @return         A module owned by the caller; 0 with TORCH.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_module_optimize_for_inference(
    simple_torch_handle module, const char* methods);

/**
 * The graph of a method, as libtorch prints it.
 *
 * @param module    Borrowed.
 * @param method    Its name.
 * @param inlined   1 with what the methods that it calls do in their place.
 * @param buffer    Gets the text; see abi.h.
 * @param capacity  The room in it.
 * @return          The text's length; INDEX for a method that is not there.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_graph(simple_torch_handle module,
                                                   const char* method, int64_t inlined,
                                                   char* buffer, int64_t capacity);

/**
 * What is in a module: its attributes, parameters and the code of its methods.
 *
 * @param module    Borrowed.
 * @param buffer    Gets the text; see abi.h.
 * @param capacity  The room in it.
 * @return          The text's length.
 */
SIMPLE_TORCH_API int64_t simple_torch_module_text(simple_torch_handle module,
                                                  char* buffer, int64_t capacity);

/** What can be switched for all of TorchScript. */
enum {
  /** Whether functions are watched when they run first, so that types become known. */
  SIMPLE_TORCH_SCRIPT_PROFILING = 0,
  /** Whether the executor that does that is used. */
  SIMPLE_TORCH_SCRIPT_PROFILING_EXECUTOR = 1,
  /** Whether graphs are optimized; a setting of the thread. */
  SIMPLE_TORCH_SCRIPT_OPTIMIZE = 2,
  /** Whether NNC, libtorch's compiler of tensor expressions, is used. */
  SIMPLE_TORCH_SCRIPT_TENSOR_EXPRESSIONS = 3,
  SIMPLE_TORCH_SCRIPT_FUSE_ON_CPU = 4,
  SIMPLE_TORCH_SCRIPT_FUSE_ON_GPU = 5,
  /** The fuser for CUDA, which newer versions of libtorch cannot enable. */
  SIMPLE_TORCH_SCRIPT_CUDA_FUSER = 6
};

/**
 * A switch.
 *
 * @param setting  A SIMPLE_TORCH_SCRIPT_ number.
 * @return         1 or 0.
 */
SIMPLE_TORCH_API int64_t simple_torch_script_setting(int64_t setting);

/**
 * Sets a switch.
 *
 * @param setting  A SIMPLE_TORCH_SCRIPT_ number.
 * @param enabled  1 or 0.
 * @return         0; UNSUPPORTED for what this libtorch cannot enable.
 */
SIMPLE_TORCH_API int64_t simple_torch_script_set(int64_t setting, int64_t enabled);

/* ---- Functions of their own ---- */

/**
 * Compiles functions of TorchScript.
 *
 * @param source  The text of one or several functions: "def f(x): return x + 1".
 * @return        A script owned by the caller; 0 with TORCH and the compiler's message.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_script_compile(const char* source);

/**
 * The names of a script's functions.
 *
 * @param script  Borrowed.
 * @return        A value, a list of texts, owned by the caller; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_script_functions(simple_torch_handle script);

/**
 * Calls a function.
 *
 * @param script    Borrowed.
 * @param name      Of the function.
 * @param values    Borrowed: the arguments.
 * @param count     How many.
 * @param keywords  Borrowed: arguments by name; 0 for none.
 * @return          A value owned by the caller; 0 with INDEX, TYPE or TORCH.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_script_call(
    simple_torch_handle script, const char* name, const simple_torch_handle* values,
    int64_t count, simple_torch_handle keywords);

/**
 * The graph of a function, as libtorch prints it.
 *
 * @param script    Borrowed.
 * @param name      Of the function.
 * @param buffer    Gets the text; see abi.h.
 * @param capacity  The room in it.
 * @return          The text's length; INDEX for a function that is not there.
 */
SIMPLE_TORCH_API int64_t simple_torch_script_graph(simple_torch_handle script,
                                                   const char* name, char* buffer,
                                                   int64_t capacity);

/**
 * Frees a script's handle.
 *
 * @param script  Taken from the caller; 0 does nothing.
 * @return        0, or why it failed.
 */
SIMPLE_TORCH_API int64_t simple_torch_script_free(simple_torch_handle script);

/* ---- Objects ---- */

/**
 * Calls a method of an object.
 *
 * @param object    Borrowed: a value.
 * @param method    Its name.
 * @param values    Borrowed: the arguments.
 * @param count     How many.
 * @param keywords  Borrowed: arguments by name; 0 for none.
 * @return          A value owned by the caller; 0 with TYPE for a value that is no
 *                  object, INDEX for a method that is not there, TYPE or TORCH.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_object_call(
    simple_torch_handle object, const char* method, const simple_torch_handle* values,
    int64_t count, simple_torch_handle keywords);

/**
 * An object's attribute.
 *
 * @param object  Borrowed: a value.
 * @param name    Of the attribute.
 * @return        A value owned by the caller; 0 with TYPE or INDEX.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_object_get(simple_torch_handle object,
                                                             const char* name);

/**
 * Sets an object's attribute.
 *
 * @param object  Borrowed: a value.
 * @param name    Of the attribute.
 * @param value   Borrowed.
 * @return        0; TYPE or INDEX.
 */
SIMPLE_TORCH_API int64_t simple_torch_object_set(simple_torch_handle object,
                                                 const char* name,
                                                 simple_torch_handle value);

/**
 * The names of an object's attributes.
 *
 * @param object  Borrowed: a value.
 * @return        A value, a list of texts, owned by the caller; 0 with TYPE.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_object_attributes(simple_torch_handle object);

#endif

/**
 * Differentiation: running it backwards, the modes of a thread, hooks, and functions
 * whose derivative the caller computes. requires_grad and is_leaf are in tensor.h;
 * detach, retain_grad, output_nr and _version are operators of libtorch, in ops.h.
 *
 * Callbacks are called while libtorch runs backwards: for tensors on the CPU on the
 * thread that asked for it, for others on a thread of the device, while the one that
 * asked waits. They may call anything, the functions of this header included. What they
 * do is recorded if the graph of the derivatives is asked for (create_graph), so that it
 * can be differentiated again. One that fails ends the whole call with CALLBACK and its
 * text.
 */
#ifndef SIMPLE_TORCH_AUTOGRAD_H_
#define SIMPLE_TORCH_AUTOGRAD_H_

#include "simple_torch/abi.h"

/* ---- Running backwards ---- */

/**
 * Adds the derivatives of the sum of `tensors` to the gradients of the leaves that they
 * were computed from.
 *
 * @param tensors         Borrowed; what is differentiated.
 * @param tensor_count    How many.
 * @param gradients       Borrowed; what each tensor's elements are multiplied with, 0 for
 *                        ones, which only a tensor of one element takes.
 * @param gradient_count  As many as tensors, or 0 for none at all.
 * @param retain_graph    1 keeps what the graph saved, so that it can be run again; 0
 * does not; -1 is the value of `create_graph`.
 * @param create_graph    1 records the derivatives themselves.
 * @param inputs          Borrowed; the only tensors whose gradients are added to.
 * @param input_count     How many; 0 for all leaves.
 * @return                0; BAD_ARGUMENT, CALLBACK, or TORCH for tensors without a graph,
 * a graph that was freed, shapes that do not fit, or what the derivatives fail with.
 */
SIMPLE_TORCH_API int64_t simple_torch_autograd_backward(
    const simple_torch_handle* tensors, int64_t tensor_count,
    const simple_torch_handle* gradients, int64_t gradient_count, int64_t retain_graph,
    int64_t create_graph, const simple_torch_handle* inputs, int64_t input_count);

/**
 * The derivatives of the sum of `outputs` with respect to `inputs`. No gradient of a
 * tensor is changed.
 *
 * @param outputs         Borrowed; what is differentiated.
 * @param output_count    How many.
 * @param inputs          Borrowed; with respect to what.
 * @param input_count     How many.
 * @param gradients       Borrowed; as in simple_torch_autograd_backward().
 * @param gradient_count  As many as outputs, or 0.
 * @param retain_graph    1, 0, or -1 for the value of `create_graph`.
 * @param create_graph    1 records the derivatives themselves.
 * @param allow_unused    1 allows inputs that the outputs do not depend on.
 * @return                A list owned by the caller, with a tensor for each input, an
 * undefined one where the outputs do not depend on it; 0 on failure, as above.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_autograd_grad(
    const simple_torch_handle* outputs, int64_t output_count,
    const simple_torch_handle* inputs, int64_t input_count,
    const simple_torch_handle* gradients, int64_t gradient_count, int64_t retain_graph,
    int64_t create_graph, int64_t allow_unused);

/**
 * Whether what runs backwards on this thread adds to the gradients of all leaves, so that
 * a callback may run backwards itself for leaves that libtorch does not know it uses. It
 * does not within simple_torch_autograd_grad(), nor if inputs are named.
 *
 * @return 1 or 0; 1 if nothing runs backwards.
 */
SIMPLE_TORCH_API int64_t simple_torch_autograd_reaches_all(void);

/* ---- What autograd knows of a tensor ---- */

/**
 * The gradient that was accumulated for a tensor.
 *
 * @param tensor  Borrowed.
 * @return        A tensor owned by the caller that shares the gradient's memory,
 * undefined if there is none; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_grad(simple_torch_handle tensor);

/**
 * Puts a gradient in place of the one before.
 *
 * @param tensor  Borrowed.
 * @param grad    Borrowed; of the tensor's shape, dtype and device. 0 takes the gradient
 *                away.
 * @return        0; VALUE for one that does not fit, or for the tensor itself.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_set_grad(simple_torch_handle tensor,
                                                      simple_torch_handle grad);

/**
 * The name of the function that leads back from the tensor, as "MulBackward0".
 *
 * @param tensor    Borrowed.
 * @param buffer    Receives the text; may be NULL if `capacity` is 0.
 * @param capacity  Bytes in `buffer`.
 * @return          The length of the text; 0 for a tensor that no operation was recorded
 * for.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_grad_fn_name(simple_torch_handle tensor,
                                                          char* buffer, int64_t capacity);

/**
 * The tensor that this one is a view of, as autograd tracks it.
 *
 * @param tensor  Borrowed.
 * @return        A tensor owned by the caller, undefined if it is no view; 0 on failure.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_tensor_base(simple_torch_handle tensor);

/* ---- Modes ---- */

enum {
  /** Operations are recorded. Of the thread; on at first. */
  SIMPLE_TORCH_MODE_GRAD = 0,
  /** Nothing is recorded, and the tensors made cannot be part of a graph. Of the thread.
   */
  SIMPLE_TORCH_MODE_INFERENCE = 1,
  /** Each operation notes where it was called, and running backwards fails at the first
   * NaN. Of the process. */
  SIMPLE_TORCH_MODE_ANOMALY = 2,
  /** The same without looking for NaN. */
  SIMPLE_TORCH_MODE_ANOMALY_WITHOUT_NAN = 3,
  /** Several devices run backwards at once. Of the thread; on at first; UNSUPPORTED
   * before libtorch 2.0. */
  SIMPLE_TORCH_MODE_MULTITHREADING = 4,
  /** Where that gives the same, running backwards does without libtorch's engine and its
   * queues. Of the thread; on at first, unless SIMPLE_TORCH_WALK=0 is in the environment.
   */
  SIMPLE_TORCH_MODE_WALK = 5
};

/**
 * Whether a mode is on.
 *
 * @param mode  A SIMPLE_TORCH_MODE_ number.
 * @return      1 or 0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_mode_enabled(int64_t mode);

/**
 * Switches a mode on or off, until it is set or left again.
 *
 * @param mode     A SIMPLE_TORCH_MODE_ number, but not that of inference, which can only
 *                 be entered and left.
 * @param enabled  1 or 0.
 * @return         Whether it was on before, 1 or 0; BAD_ARGUMENT or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_mode_set(int64_t mode, int64_t enabled);

/**
 * Switches a mode on or off for what follows on this thread, up to
 * simple_torch_mode_leave().
 *
 * @param mode     A SIMPLE_TORCH_MODE_ number.
 * @param enabled  1 or 0.
 * @return         How many modes the thread has entered now, which is what leaves this
 * one; BAD_ARGUMENT, also for more than 10,000, or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t simple_torch_mode_enter(int64_t mode, int64_t enabled);

/**
 * Leaves a mode that this thread has entered, and those entered after it: all is as it
 * was before that.
 *
 * @param depth  The result of simple_torch_mode_enter().
 * @return       0; BAD_ARGUMENT for one that was left.
 */
SIMPLE_TORCH_API int64_t simple_torch_mode_leave(int64_t depth);

/**
 * Gives the text that anomaly mode notes with each operation that is recorded: where in
 * the caller's program it is called.
 *
 * @param where    Called on the thread of the operation. Its text is copied; NULL is
 * none. It must not record operations itself. NULL notes nothing.
 * @param context  Passed through.
 * @param destroy  Called once with `context`, when another function is set. May be NULL.
 * @return         0.
 */
SIMPLE_TORCH_API int64_t simple_torch_anomaly_set_where(
    const char* (*where)(void* context), void* context, void (*destroy)(void* context));

/**
 * Where the operation was called whose derivative failed last in anomaly mode.
 *
 * @return Text that is valid until the next such failure, or the end of the thread; ""
 * when there was none on this thread, or nothing was noted.
 */
SIMPLE_TORCH_API const char* simple_torch_anomaly_where(void);

/* ---- Hooks ---- */

/**
 * Has a function called whenever the gradient of the tensor is computed. It finds the
 * gradient at index 0, and may put another one there.
 *
 * @param tensor   Borrowed; it requires grad.
 * @param call     Gets gradients that are valid during the call; see below.
 * @param context  Passed through.
 * @param destroy  Called once with `context`, when the hook or the tensor's graph goes.
 *                 May be NULL.
 * @return         The hook's number, 0 or more; BAD_ARGUMENT, or VALUE for a tensor that
 * does not require grad.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_add_hook(
    simple_torch_handle tensor,
    int64_t (*call)(void* context, simple_torch_handle gradients), void* context,
    void (*destroy)(void* context));

/**
 * Removes a hook.
 *
 * @param tensor  Borrowed.
 * @param hook    The hook's number.
 * @return        0; VALUE if there is none of this number.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_remove_hook(simple_torch_handle tensor,
                                                         int64_t hook);

/**
 * Has a function called whenever the gradient of a leaf has been accumulated.
 *
 * @param tensor   Borrowed; a leaf that requires grad.
 * @param call     Gets a handle of the tensor that is valid during the call.
 * @param context  Passed through.
 * @param destroy  Called once with `context`. May be NULL.
 * @return         The hook's number, 0 or more; BAD_ARGUMENT, VALUE for another tensor,
 * or UNSUPPORTED before libtorch 2.1.
 */
SIMPLE_TORCH_API int64_t simple_torch_tensor_add_accumulation_hook(
    simple_torch_handle tensor,
    int64_t (*call)(void* context, simple_torch_handle tensor), void* context,
    void (*destroy)(void* context));

/**
 * Removes a hook that simple_torch_tensor_add_accumulation_hook() added.
 *
 * @param tensor  Borrowed.
 * @param hook    The hook's number.
 * @return        0; VALUE if there is none of this number, or UNSUPPORTED.
 */
SIMPLE_TORCH_API int64_t
simple_torch_tensor_remove_accumulation_hook(simple_torch_handle tensor, int64_t hook);

/* ---- What the graph keeps ---- */

/**
 * Has a function called with each tensor that operations on this thread save for their
 * derivatives, up to simple_torch_mode_leave(). It says how the tensor is brought back,
 * so it may be kept elsewhere, in another form or not at all. Of several functions the
 * one entered last is called.
 *
 * It finds the tensor with simple_torch_packed_tensor(), which it must not change, and
 * has to call simple_torch_packed_set_unpack(). Nothing that it does is recorded.
 *
 * @param call     Gets a packed tensor that is valid during the call.
 * @param context  Passed through.
 * @param destroy  Called once with `context`, when the mode is left. May be NULL.
 * @return         How many modes the thread has entered now, as
 * simple_torch_mode_enter(); BAD_ARGUMENT, also for more than 10,000, or UNSUPPORTED if
 * another library has an engine of its own.
 */
SIMPLE_TORCH_API int64_t
simple_torch_saving_enter(int64_t (*call)(void* context, simple_torch_handle packed),
                          void* context, void (*destroy)(void* context));

/**
 * The tensor that is saved, or that was brought back so far.
 *
 * @param packed  Borrowed.
 * @return        A tensor owned by the caller, undefined while none was brought back; 0
 * on failure.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_packed_tensor(simple_torch_handle packed);

/**
 * Says how a tensor that is saved is brought back, whenever a derivative needs it: the
 * function calls simple_torch_packed_set_tensor(). In place of what was said before.
 *
 * @param packed   Borrowed; of a function that simple_torch_saving_enter() was given.
 * @param call     Gets a packed tensor that is valid during the call.
 * @param context  Passed through.
 * @param destroy  Called once with `context`, when the graph needs the tensor no more.
 * May be NULL.
 * @return         0; BAD_ARGUMENT, or VALUE where nothing is saved.
 */
SIMPLE_TORCH_API int64_t
simple_torch_packed_set_unpack(simple_torch_handle packed,
                               int64_t (*call)(void* context, simple_torch_handle packed),
                               void* context, void (*destroy)(void* context));

/**
 * Brings a tensor back.
 *
 * @param packed  Borrowed; of a function that simple_torch_packed_set_unpack() was given.
 * @param tensor  Borrowed; with the elements and the shape of the one that was saved.
 * @return        0; VALUE where nothing is brought back.
 */
SIMPLE_TORCH_API int64_t simple_torch_packed_set_tensor(simple_torch_handle packed,
                                                        simple_torch_handle tensor);

/**
 * Frees a packed tensor before the callback returns; nobody needs to.
 *
 * @param packed  Taken from the caller; 0 does nothing.
 * @return        0, or a negative code.
 */
SIMPLE_TORCH_API int64_t simple_torch_packed_free(simple_torch_handle packed);

/* ---- Functions with a derivative of their own ---- */

/**
 * Tells autograd how results came about that the caller has computed, with
 * SIMPLE_TORCH_MODE_GRAD off. It does nothing if that mode is off now, or if no input
 * requires grad.
 *
 * The callback gets one gradient for each output, and puts one in place for each input
 * that needs it. It finds what was saved as it was then.
 *
 * @param name                      What simple_torch_tensor_grad_fn_name() says. Copied.
 * @param inputs                    Borrowed.
 * @param input_count               How many.
 * @param outputs                   Borrowed; the results. They are not changed, but for
 *                                  those that are dirty.
 * @param output_count              How many, at least 1.
 * @param saved                     Borrowed; what the callback needs: inputs, outputs or
 *                                  other tensors.
 * @param saved_count               How many.
 * @param dirty                     Borrowed; inputs that were changed in place and are
 *                                  outputs.
 * @param dirty_count               How many.
 * @param non_differentiable        Borrowed; outputs that do not require grad.
 * @param non_differentiable_count  How many.
 * @param materialize               1 makes zeros of gradients that are not there, 0
 * leaves them undefined.
 * @param call                      Gets gradients that are valid during the call.
 * @param context                   Passed through.
 * @param destroy                   Called once with `context`, when the graph is freed,
 * or at once if nothing is recorded. May be NULL.
 * @return                          A list owned by the caller, of the outputs as part of
 * the graph; 0 with BAD_ARGUMENT, or TORCH for a dirty tensor that is a leaf and the
 * like.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_function_record(
    const char* name, const simple_torch_handle* inputs, int64_t input_count,
    const simple_torch_handle* outputs, int64_t output_count,
    const simple_torch_handle* saved, int64_t saved_count,
    const simple_torch_handle* dirty, int64_t dirty_count,
    const simple_torch_handle* non_differentiable, int64_t non_differentiable_count,
    int64_t materialize, int64_t (*call)(void* context, simple_torch_handle gradients),
    void* context, void (*destroy)(void* context));

/* ---- What callbacks get ---- */

/**
 * How many gradients came in.
 *
 * @param gradients  Borrowed.
 * @return           The count.
 */
SIMPLE_TORCH_API int64_t simple_torch_gradients_count(simple_torch_handle gradients);

/**
 * How many gradients go out: one for each input.
 *
 * @param gradients  Borrowed.
 * @return           The count.
 */
SIMPLE_TORCH_API int64_t
simple_torch_gradients_input_count(simple_torch_handle gradients);

/**
 * A gradient that came in.
 *
 * @param gradients  Borrowed.
 * @param index      Of an output of the function; -1 is the last.
 * @return           A tensor owned by the caller, undefined if there is no gradient; 0
 * with INDEX.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_gradients_get(simple_torch_handle gradients, int64_t index);

/**
 * Puts a gradient that goes out in place.
 *
 * @param gradients  Borrowed.
 * @param index      Of an input of the function; -1 is the last.
 * @param tensor     Borrowed; 0 is none.
 * @return           0; INDEX.
 */
SIMPLE_TORCH_API int64_t simple_torch_gradients_set(simple_torch_handle gradients,
                                                    int64_t index,
                                                    simple_torch_handle tensor);

/**
 * Whether the gradient of an input is wanted.
 *
 * @param gradients  Borrowed.
 * @param index      Of an input of the function; -1 is the last.
 * @return           1 or 0; INDEX.
 */
SIMPLE_TORCH_API int64_t simple_torch_gradients_needed(simple_torch_handle gradients,
                                                       int64_t index);

/**
 * How many tensors were saved.
 *
 * @param gradients  Borrowed.
 * @return           The count.
 */
SIMPLE_TORCH_API int64_t
simple_torch_gradients_saved_count(simple_torch_handle gradients);

/**
 * A tensor that was saved.
 *
 * @param gradients  Borrowed.
 * @param index      Which; -1 is the last.
 * @return           A tensor owned by the caller; 0 with INDEX, or TORCH if it was
 * changed in place since then, or freed.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_gradients_saved(simple_torch_handle gradients, int64_t index);

/**
 * Frees gradients before the callback returns; nobody needs to.
 *
 * @param gradients  Taken from the caller; 0 does nothing.
 * @return           0, or a negative code.
 */
SIMPLE_TORCH_API int64_t simple_torch_gradients_free(simple_torch_handle gradients);

#endif

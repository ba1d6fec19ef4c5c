/**
 * The optimizers of libtorch itself: Adam, AdamW, RMSprop, SGD, Adagrad and LBFGS.
 *
 * An optimizer keeps the tensors that it is given, in groups with options of their own.
 * Tensors must be leaves, and none may be given twice; complex ones and those of whole
 * numbers fail with TYPE but for SGD, because libtorch goes wrong with them. Options have
 * the names that PyTorch has: lr, betas, eps, weight_decay, amsgrad, momentum, dampening,
 * nesterov, alpha, centered, lr_decay, initial_accumulator_value, max_iter, max_eval,
 * tolerance_grad, tolerance_change, history_size; of the two betas, beta1 and beta2. A
 * truth value is 0 or 1. What PyTorch refuses fails with VALUE. A group also keeps what
 * schedulers of learning rates note in it, as if they were options: initial_lr, max_lr,
 * min_lr, swa_lr, base_momentum, max_momentum; none is there before it was set.
 *
 * One thread at a time uses an optimizer: meanwhile the calls of others fail with VALUE.
 * Within the callback of simple_torch_optimizer_step_with() its own thread may zero the
 * gradients and read and set options, but neither add tensors nor load a state.
 */
#ifndef SIMPLE_TORCH_OPTIMIZER_H_
#define SIMPLE_TORCH_OPTIMIZER_H_

#include "simple_torch/abi.h"

/**
 * Adam.
 *
 * @param tensors       Borrowed: the first group.
 * @param count         How many.
 * @param lr            The learning rate.
 * @param beta1         Of the average of gradients.
 * @param beta2         Of the average of their squares.
 * @param eps           Added where is divided.
 * @param weight_decay  How much of a tensor is added to its gradient.
 * @param amsgrad       1 to use the largest average of squares so far.
 * @return              An optimizer owned by the caller; 0 with VALUE.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_optimizer_adam(
    const simple_torch_handle* tensors, int64_t count, double lr, double beta1,
    double beta2, double eps, double weight_decay, int64_t amsgrad);

/**
 * AdamW, whose weight decay does not go through the averages.
 *
 * @param tensors       Borrowed: the first group.
 * @param count         How many.
 * @param lr            The learning rate.
 * @param beta1         Of the average of gradients.
 * @param beta2         Of the average of their squares.
 * @param eps           Added where is divided.
 * @param weight_decay  How much a tensor shrinks, times lr.
 * @param amsgrad       1 to use the largest average of squares so far.
 * @return              An optimizer owned by the caller; 0 with VALUE.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_optimizer_adamw(
    const simple_torch_handle* tensors, int64_t count, double lr, double beta1,
    double beta2, double eps, double weight_decay, int64_t amsgrad);

/**
 * RMSprop.
 *
 * @param tensors       Borrowed: the first group.
 * @param count         How many.
 * @param lr            The learning rate.
 * @param alpha         Of the average of squares.
 * @param eps           Added where is divided.
 * @param weight_decay  How much of a tensor is added to its gradient.
 * @param momentum      How much of the last step is done again.
 * @param centered      1 to divide by the variance and not the average of squares.
 * @return              An optimizer owned by the caller; 0 with VALUE.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_optimizer_rmsprop(
    const simple_torch_handle* tensors, int64_t count, double lr, double alpha,
    double eps, double weight_decay, double momentum, int64_t centered);

/**
 * Stochastic gradient descent.
 *
 * @param tensors       Borrowed: the first group.
 * @param count         How many.
 * @param lr            The learning rate.
 * @param momentum      How much of the last step is done again.
 * @param dampening     How much less the gradient counts then.
 * @param weight_decay  How much of a tensor is added to its gradient.
 * @param nesterov      1 for Nesterov's momentum.
 * @return              An optimizer owned by the caller; 0 with VALUE.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_optimizer_sgd(
    const simple_torch_handle* tensors, int64_t count, double lr, double momentum,
    double dampening, double weight_decay, int64_t nesterov);

/**
 * Adagrad.
 *
 * @param tensors                    Borrowed: the first group.
 * @param count                      How many.
 * @param lr                         The learning rate.
 * @param lr_decay                   How fast it shrinks.
 * @param weight_decay               How much of a tensor is added to its gradient.
 * @param initial_accumulator_value  What the sums of squares begin with.
 * @param eps                        Added where is divided.
 * @return                           An optimizer owned by the caller; 0 with VALUE.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_optimizer_adagrad(
    const simple_torch_handle* tensors, int64_t count, double lr, double lr_decay,
    double weight_decay, double initial_accumulator_value, double eps);

/**
 * LBFGS. It has one group, and steps with simple_torch_optimizer_step_with() only.
 *
 * @param tensors           Borrowed.
 * @param count             How many.
 * @param lr                The learning rate.
 * @param max_iter          Iterations in a step at most.
 * @param max_eval          Evaluations in a step at most; -1 for max_iter * 5 / 4.
 * @param tolerance_grad    Gradients as small end a step.
 * @param tolerance_change  Changes as small end a step.
 * @param history_size      How many iterations are remembered.
 * @param strong_wolfe      1 to search the length of each iteration's way.
 * @return                  An optimizer owned by the caller; 0 with VALUE.
 */
SIMPLE_TORCH_API simple_torch_handle simple_torch_optimizer_lbfgs(
    const simple_torch_handle* tensors, int64_t count, double lr, int64_t max_iter,
    int64_t max_eval, double tolerance_grad, double tolerance_change,
    int64_t history_size, int64_t strong_wolfe);

/**
 * The name of an optimizer's kind.
 *
 * @param optimizer  Borrowed.
 * @return           Static text: "adam", "adamw", "rmsprop", "sgd", "adagrad" or "lbfgs".
 */
SIMPLE_TORCH_API const char* simple_torch_optimizer_name(simple_torch_handle optimizer);

/**
 * Adds a group, with the options that the optimizer was made with.
 *
 * @param optimizer  Borrowed.
 * @param tensors    Borrowed.
 * @param count      How many.
 * @return           The index of the group; VALUE.
 */
SIMPLE_TORCH_API int64_t simple_torch_optimizer_add_group(
    simple_torch_handle optimizer, const simple_torch_handle* tensors, int64_t count);

/**
 * Adds tensors to a group.
 *
 * @param optimizer  Borrowed.
 * @param group      Its index; -1 is the last.
 * @param tensors    Borrowed.
 * @param count      How many.
 * @return           0; VALUE or INDEX.
 */
SIMPLE_TORCH_API int64_t
simple_torch_optimizer_add_tensors(simple_torch_handle optimizer, int64_t group,
                                   const simple_torch_handle* tensors, int64_t count);

/**
 * How many groups there are.
 *
 * @param optimizer  Borrowed.
 * @return           The count.
 */
SIMPLE_TORCH_API int64_t
simple_torch_optimizer_group_count(simple_torch_handle optimizer);

/**
 * The tensors of a group.
 *
 * @param optimizer  Borrowed.
 * @param group      Its index; -1 is the last.
 * @return           A list owned by the caller; 0 with INDEX.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_optimizer_tensors(simple_torch_handle optimizer, int64_t group);

/**
 * An option of a group.
 *
 * @param optimizer  Borrowed.
 * @param group      Its index; -1 is the last.
 * @param option     Its name.
 * @param value_out  Receives the value.
 * @return           0; INDEX, or BAD_ARGUMENT if there is no such option.
 */
SIMPLE_TORCH_API int64_t simple_torch_optimizer_option(simple_torch_handle optimizer,
                                                       int64_t group, const char* option,
                                                       double* value_out);

/**
 * Sets an option of one group.
 *
 * @param optimizer  Borrowed.
 * @param group      Its index; -1 is the last.
 * @param option     Its name.
 * @param value      The new value.
 * @return           0; INDEX, VALUE, or BAD_ARGUMENT if there is no such option.
 */
SIMPLE_TORCH_API int64_t simple_torch_optimizer_set_option(simple_torch_handle optimizer,
                                                           int64_t group,
                                                           const char* option,
                                                           double value);

/**
 * Sets an option of all groups, and of those that are added later.
 *
 * @param optimizer  Borrowed.
 * @param option     Its name.
 * @param value      The new value.
 * @return           0; VALUE, or BAD_ARGUMENT if there is no such option.
 */
SIMPLE_TORCH_API int64_t simple_torch_optimizer_set_option_everywhere(
    simple_torch_handle optimizer, const char* option, double value);

/**
 * Takes all gradients away.
 *
 * @param optimizer    Borrowed.
 * @param set_to_none  1 to drop them, 0 to fill them with zeros.
 * @return             0.
 */
SIMPLE_TORCH_API int64_t simple_torch_optimizer_zero_grad(simple_torch_handle optimizer,
                                                          int64_t set_to_none);

/**
 * Changes the tensors that have gradients.
 *
 * @param optimizer  Borrowed: not LBFGS.
 * @return           0; VALUE for LBFGS, or TORCH, as for sparse gradients where they are
 *                   not taken.
 */
SIMPLE_TORCH_API int64_t simple_torch_optimizer_step(simple_torch_handle optimizer);

/**
 * The same with a callback that computes the gradients anew, which LBFGS calls several
 * times.
 *
 * @param optimizer  Borrowed.
 * @param call       Computes the loss and its gradients, and writes the loss to `loss`, a
 *                   float64 tensor of no dims. Recording is on when it runs.
 * @param context    Passed to `call`.
 * @param destroy    Called once with the context, before this returns; may be NULL.
 * @param loss_out   Receives the loss before the step.
 * @return           0; CALLBACK, TORCH.
 */
SIMPLE_TORCH_API int64_t simple_torch_optimizer_step_with(
    simple_torch_handle optimizer,
    int64_t (*call)(void* context, simple_torch_handle loss), void* context,
    void (*destroy)(void* context), double* loss_out);

/**
 * The state in the form of PyTorch's state_dict(): a dict with "state", a dict of a
 * tensor's position among all and what is known of it, and "param_groups", a list of
 * dicts of options and positions. Its tensors are the optimizer's own.
 *
 * @param optimizer  Borrowed.
 * @return           A value owned by the caller.
 */
SIMPLE_TORCH_API simple_torch_handle
simple_torch_optimizer_state(simple_torch_handle optimizer);

/**
 * Loads a state, also one that PyTorch's optimizer of that name has saved. Tensors are
 * copied, to the device of the tensor they are about. A state that asks for what libtorch
 * does not know, as maximize, fails with VALUE. If this fails, nothing has changed.
 *
 * @param optimizer  Borrowed: of the same kind, with as many groups of as many tensors.
 * @param value      Borrowed.
 * @return           0; TYPE or VALUE if the state does not fit.
 */
SIMPLE_TORCH_API int64_t simple_torch_optimizer_load_state(simple_torch_handle optimizer,
                                                           simple_torch_handle value);

/**
 * Frees an optimizer, not the tensors.
 *
 * @param optimizer  Owned, or 0.
 * @return           0; BAD_HANDLE and its kin.
 */
SIMPLE_TORCH_API int64_t simple_torch_optimizer_free(simple_torch_handle optimizer);

#endif

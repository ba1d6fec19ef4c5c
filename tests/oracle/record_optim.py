#!/usr/bin/env python3
"""Records what PyTorch's optimizers and learning rates do, for the specs in tests/tier3/optim.

    /path/to/python record_optim.py FOLDER

writes optim_steps.json and optim_rates.json. The gradients are a formula, which the specs
compute too, so that nothing here depends on autograd.
"""
import math
import sys

import torch
from torch.optim import lr_scheduler as schedules

from recording import write

SIZES = [[3], [2, 1]]


def start():
    numbers = [1.0 - 0.35 * i for i in range(5)]
    return [
        torch.tensor(numbers[:3], dtype=torch.float64),
        torch.tensor(numbers[3:], dtype=torch.float64).view(2, 1),
    ]


def set_gradients(params, k):
    """d/dp of a parabola for each number, and a disturbance that changes with the step."""
    i = 0
    for p in params:
        grads = []
        for x in p.flatten().tolist():
            grads.append((0.5 + 0.3 * i) * (x - 0.1 * i + 0.2) + 0.5 * math.cos(1.7 * k + i))
            i += 1
        p.grad = torch.tensor(grads, dtype=torch.float64).view(p.shape)


def flat(params):
    return [x for p in params for x in p.flatten().tolist()]


o = torch.optim
OPTIMIZERS = {
    "sgd": lambda p: o.SGD(p, lr=0.05),
    "sgd momentum": lambda p: o.SGD(p, lr=0.05, momentum=0.9),
    "sgd dampening": lambda p: o.SGD(p, lr=0.05, momentum=0.9, dampening=0.3),
    "sgd nesterov": lambda p: o.SGD(p, lr=0.05, momentum=0.8, nesterov=True),
    "sgd decay": lambda p: o.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.1),
    "sgd maximize": lambda p: o.SGD(p, lr=0.01, momentum=0.9, weight_decay=0.1, maximize=True),
    "adam": lambda p: o.Adam(p, lr=0.05),
    "adam betas": lambda p: o.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-4),
    "adam decay": lambda p: o.Adam(p, lr=0.05, weight_decay=0.1),
    "adam amsgrad": lambda p: o.Adam(p, lr=0.05, betas=(0.5, 0.6), amsgrad=True),
    "adam maximize": lambda p: o.Adam(p, lr=0.05, weight_decay=0.1, maximize=True),
    "adam decoupled": lambda p: o.Adam(p, lr=0.05, weight_decay=0.1, decoupled_weight_decay=True),
    "adamw": lambda p: o.AdamW(p, lr=0.05),
    "adamw decay": lambda p: o.AdamW(p, lr=0.05, weight_decay=0.3, betas=(0.85, 0.9)),
    "adamw amsgrad": lambda p: o.AdamW(p, lr=0.05, betas=(0.5, 0.6), amsgrad=True),
    "adamw maximize": lambda p: o.AdamW(p, lr=0.05, maximize=True),
    "rmsprop": lambda p: o.RMSprop(p, lr=0.02),
    "rmsprop momentum": lambda p: o.RMSprop(p, lr=0.02, alpha=0.9, momentum=0.7),
    "rmsprop centered": lambda p: o.RMSprop(p, lr=0.02, centered=True),
    "rmsprop all": lambda p: o.RMSprop(p, lr=0.02, centered=True, momentum=0.5, weight_decay=0.1),
    "rmsprop maximize": lambda p: o.RMSprop(p, lr=0.02, weight_decay=0.1, maximize=True),
    "adagrad": lambda p: o.Adagrad(p, lr=0.1),
    "adagrad decay": lambda p: o.Adagrad(p, lr=0.1, lr_decay=0.05, weight_decay=0.1),
    "adagrad initial": lambda p: o.Adagrad(p, lr=0.1, initial_accumulator_value=0.5, eps=1e-3),
    "adagrad maximize": lambda p: o.Adagrad(p, lr=0.1, weight_decay=0.1, maximize=True),
    "adadelta": lambda p: o.Adadelta(p),
    "adadelta rho": lambda p: o.Adadelta(p, lr=0.5, rho=0.7, eps=1e-3),
    "adadelta decay": lambda p: o.Adadelta(p, weight_decay=0.1),
    "adadelta maximize": lambda p: o.Adadelta(p, weight_decay=0.1, maximize=True),
    "adamax": lambda p: o.Adamax(p, lr=0.05),
    "adamax betas": lambda p: o.Adamax(p, lr=0.05, betas=(0.7, 0.9), eps=1e-4),
    "adamax decay": lambda p: o.Adamax(p, lr=0.05, weight_decay=0.1),
    "adamax maximize": lambda p: o.Adamax(p, lr=0.05, weight_decay=0.1, maximize=True),
    "nadam": lambda p: o.NAdam(p, lr=0.05),
    "nadam betas": lambda p: o.NAdam(p, lr=0.05, betas=(0.8, 0.9), momentum_decay=0.05),
    "nadam decay": lambda p: o.NAdam(p, lr=0.05, weight_decay=0.1),
    "nadam decoupled": lambda p: o.NAdam(p, lr=0.05, weight_decay=0.1, decoupled_weight_decay=True),
    "nadam maximize": lambda p: o.NAdam(p, lr=0.05, weight_decay=0.1, maximize=True),
    "radam": lambda p: o.RAdam(p, lr=0.05),
    "radam betas": lambda p: o.RAdam(p, lr=0.05, betas=(0.8, 0.9), eps=1e-4),
    "radam decay": lambda p: o.RAdam(p, lr=0.05, weight_decay=0.1),
    "radam decoupled": lambda p: o.RAdam(p, lr=0.05, weight_decay=0.1, decoupled_weight_decay=True),
    "radam maximize": lambda p: o.RAdam(p, lr=0.05, weight_decay=0.1, maximize=True),
    "asgd": lambda p: o.ASGD(p, lr=0.05),
    "asgd t0": lambda p: o.ASGD(p, lr=0.05, lambd=0.01, alpha=0.6, t0=5),
    "asgd decay": lambda p: o.ASGD(p, lr=0.05, weight_decay=0.1, t0=2),
    "asgd maximize": lambda p: o.ASGD(p, lr=0.01, weight_decay=0.1, maximize=True),
    "adafactor": lambda p: o.Adafactor(p, lr=0.05),
    "adafactor eps": lambda p: o.Adafactor(p, lr=0.3, beta2_decay=-0.5, eps=(1e-3, 0.1), d=2.0),
    "adafactor decay": lambda p: o.Adafactor(p, lr=0.05, weight_decay=0.1),
    "adafactor maximize": lambda p: o.Adafactor(p, lr=0.02, weight_decay=0.1, maximize=True),
    "rprop": lambda p: o.Rprop(p, lr=0.05),
    "rprop etas": lambda p: o.Rprop(p, lr=0.05, etas=(0.4, 1.5), step_sizes=(0.01, 0.08)),
    "rprop maximize": lambda p: o.Rprop(p, lr=0.01, maximize=True),
}


# These take matrices alone.
MUONS = {
    "muon": lambda p: o.Muon(p, lr=0.05),
    "muon plain": lambda p: o.Muon(p, lr=0.05, momentum=0.8, nesterov=False, weight_decay=0.0),
    "muon rms": lambda p: o.Muon(p, lr=0.05, adjust_lr_fn="match_rms_adamw", ns_steps=3,
                                 ns_coefficients=(2.0, -1.5, 0.5)),
}


def matrices():
    return [
        torch.tensor([[0.3 * math.cos(i + 2 * j + k) for j in range(2 + k)] for i in range(3)],
                     dtype=torch.float64)
        for k in range(2)
    ]


def sparse_trajectory(**options):
    """A table of which each step uses some rows, one of them twice."""
    table = torch.tensor([[0.5 - 0.1 * i, 0.2 * i] for i in range(6)], dtype=torch.float64)
    optimizer = o.SparseAdam([table], **options)
    steps = []
    for k in range(20):
        rows = [k % 6, (3 * k + 1) % 6, k % 6]
        grads = [[math.cos(k + i), math.sin(2 * k + i)] for i in range(3)]
        table.grad = torch.sparse_coo_tensor([rows], torch.tensor(grads, dtype=torch.float64), (6, 2))
        optimizer.step()
        steps.append(flat([table]))
    return steps


def trajectory(make, start=start):
    torch.set_default_dtype(torch.float64)
    params = start()
    optimizer = make(params)
    steps = []
    for k in range(20):
        set_gradients(params, k)
        optimizer.step()
        steps.append(flat(params))
    return steps


def groups_trajectory():
    a, b = start()
    optimizer = o.Adam([{"params": [a], "lr": 0.1}, {"params": [b], "weight_decay": 0.2}], lr=0.02)
    steps = []
    for k in range(20):
        if k == 10:
            optimizer.param_groups[1]["lr"] = 0.3
        set_gradients([a, b], k)
        if k % 3 == 0:
            b.grad = None
        optimizer.step()
        steps.append(flat([a, b]))
    return steps


def lbfgs_trajectory(**options):
    """The Rosenbrock function in four numbers, with a closure that computes its gradient."""
    p = torch.tensor([-1.2, 1.0, 0.7, -0.4], dtype=torch.float64)
    optimizer = o.LBFGS([p], **options)

    def closure():
        x = p.tolist()
        loss, g = 0.0, [0.0] * 4
        for i in range(3):
            d = x[i + 1] - x[i] * x[i]
            loss += 10.0 * d * d + (1.0 - x[i]) ** 2
            g[i] += -40.0 * d * x[i] - 2.0 * (1.0 - x[i])
            g[i + 1] += 20.0 * d
        p.grad = torch.tensor(g, dtype=torch.float64)
        return loss

    steps = []
    for _ in range(8):
        loss = optimizer.step(closure)
        steps.append([float(loss)] + p.tolist())
    return steps


def training(make, steps=12):
    """The losses of a small net on a curve, with the gradients that autograd finds."""
    torch.set_default_dtype(torch.float64)
    x = torch.tensor([[math.sin(i + 0.7 * j) for j in range(3)] for i in range(8)])
    y = torch.tensor([[math.cos(0.5 * i)] for i in range(8)])
    shapes = [(4, 3), (4,), (1, 4), (1,)]
    params = []
    for n, shape in enumerate(shapes):
        count = math.prod(shape)
        numbers = [0.4 * math.sin(1.3 * i + n) for i in range(count)]
        params.append(torch.tensor(numbers).view(shape).requires_grad_())
    optimizer = make(params)

    def closure():
        optimizer.zero_grad()
        hidden = torch.tanh(x @ params[0].t() + params[1])
        loss = ((hidden @ params[2].t() + params[3] - y) ** 2).mean()
        loss.backward()
        return loss

    return [float(optimizer.step(closure)) for _ in range(steps)]


TRAININGS = {
    "training sgd": lambda p: o.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
    "training adam": lambda p: o.Adam(p, lr=0.05),
    "training rmsprop": lambda p: o.RMSprop(p, lr=0.01),
    "training lbfgs": lambda p: o.LBFGS(p, lr=0.5, max_iter=4, line_search_fn="strong_wolfe"),
}

LBFGS = {
    "lbfgs": dict(lr=0.1, max_iter=4),
    "lbfgs history": dict(lr=0.2, max_iter=5, history_size=2),
    "lbfgs wolfe": dict(lr=1.0, max_iter=5, line_search_fn="strong_wolfe"),
    "lbfgs wolfe short": dict(lr=0.5, max_iter=10, max_eval=6, history_size=3,
                              line_search_fn="strong_wolfe"),
}


def weights(optimizer="sgd"):
    p = [torch.zeros(1, dtype=torch.float64)]
    q = [torch.zeros(1, dtype=torch.float64)]
    groups = [{"params": p, "lr": 0.5}, {"params": q, "lr": 0.02}]
    if optimizer == "adam":
        return o.Adam(groups)
    return o.SGD(groups, momentum=0.9)


SCHEDULES = {
    "LambdaLR": lambda w: schedules.LambdaLR(w, lambda e: 0.95**e),
    "LambdaLR two": lambda w: schedules.LambdaLR(w, [lambda e: e // 3 + 1.0, lambda e: 0.9**e]),
    "MultiplicativeLR": lambda w: schedules.MultiplicativeLR(w, lambda e: 0.9 + 0.01 * (e % 3)),
    "StepLR": lambda w: schedules.StepLR(w, 4),
    "StepLR gamma": lambda w: schedules.StepLR(w, step_size=3, gamma=0.7),
    "MultiStepLR": lambda w: schedules.MultiStepLR(w, [3, 8, 8, 15], gamma=0.5),
    "ConstantLR": lambda w: schedules.ConstantLR(w),
    "ConstantLR factor": lambda w: schedules.ConstantLR(w, factor=0.25, total_iters=9),
    "LinearLR": lambda w: schedules.LinearLR(w),
    "LinearLR factors": lambda w: schedules.LinearLR(w, 0.2, 0.9, total_iters=12),
    "ExponentialLR": lambda w: schedules.ExponentialLR(w, 0.85),
    "PolynomialLR": lambda w: schedules.PolynomialLR(w),
    "PolynomialLR power": lambda w: schedules.PolynomialLR(w, total_iters=14, power=2.5),
    "CosineAnnealingLR": lambda w: schedules.CosineAnnealingLR(w, 7),
    "CosineAnnealingLR eta_min": lambda w: schedules.CosineAnnealingLR(w, 10, eta_min=0.01),
    "CosineAnnealingWarmRestarts": lambda w: schedules.CosineAnnealingWarmRestarts(w, 5),
    "CosineAnnealingWarmRestarts mult": lambda w: schedules.CosineAnnealingWarmRestarts(
        w, 3, T_mult=2, eta_min=0.001),
    "CyclicLR": lambda w: schedules.CyclicLR(w, 0.01, 0.1, step_size_up=4),
    "CyclicLR triangular2": lambda w: schedules.CyclicLR(
        w, [0.01, 0.02], [0.1, 0.3], step_size_up=3, step_size_down=2, mode="triangular2"),
    "CyclicLR exp_range": lambda w: schedules.CyclicLR(
        w, 0.01, 0.1, step_size_up=3, mode="exp_range", gamma=0.9, cycle_momentum=False),
    "CyclicLR scale_fn": lambda w: schedules.CyclicLR(
        w, 0.01, 0.1, step_size_up=3, scale_fn=lambda x: 1.0 / x, scale_mode="cycle"),
    "OneCycleLR": lambda w: schedules.OneCycleLR(w, 0.3, total_steps=24),
    "OneCycleLR linear": lambda w: schedules.OneCycleLR(
        w, [0.3, 0.5], epochs=6, steps_per_epoch=4, anneal_strategy="linear", pct_start=0.4),
    "OneCycleLR three phases": lambda w: schedules.OneCycleLR(
        w, 0.3, total_steps=24, three_phase=True, div_factor=10, final_div_factor=100),
    "SequentialLR": lambda w: schedules.SequentialLR(
        w, [schedules.ConstantLR(w, 0.1, 4), schedules.ExponentialLR(w, 0.9)], [5]),
    "SequentialLR three": lambda w: schedules.SequentialLR(
        w, [schedules.LinearLR(w, 0.1, total_iters=4), schedules.CosineAnnealingLR(w, 6),
            schedules.StepLR(w, 3)], [4, 12]),
    "ChainedScheduler": lambda w: schedules.ChainedScheduler(
        [schedules.ConstantLR(w, 0.1, 6), schedules.ExponentialLR(w, 0.9)]),
    "SWALR": lambda w: o.swa_utils.SWALR(w, 0.05, anneal_epochs=6),
    "SWALR linear": lambda w: o.swa_utils.SWALR(w, [0.05, 0.1], 8, anneal_strategy="linear"),
}


def rates(optimizer):
    found = []
    for group in optimizer.param_groups:
        found.append(float(group["lr"]))
        found.append(float(group["betas"][0] if "betas" in group else group["momentum"]))
    return found


def schedule(make, kind="sgd"):
    optimizer = weights(kind)
    scheduler = make(optimizer)
    found = [rates(optimizer)]
    for _ in range(22):
        optimizer.step()
        scheduler.step()
        found.append(rates(optimizer))
    return found


PLATEAUS = {
    "ReduceLROnPlateau": dict(patience=2),
    "ReduceLROnPlateau cooldown": dict(factor=0.5, patience=1, cooldown=3, min_lr=[0.1, 0.001]),
    "ReduceLROnPlateau max": dict(mode="max", factor=0.3, patience=1),
    "ReduceLROnPlateau abs": dict(threshold_mode="abs", threshold=0.05, patience=2),
}


def plateau(**options):
    optimizer = weights()
    scheduler = schedules.ReduceLROnPlateau(optimizer, **options)
    found = []
    for k in range(24):
        scheduler.step(1.0 / (1.0 + 0.3 * min(k, 9)) + 0.02 * math.sin(2.0 * k))
        found.append(rates(optimizer))
    return found


def main():
    folder = sys.argv[1]
    steps = {name: trajectory(make) for name, make in OPTIMIZERS.items()}
    for name, make in MUONS.items():
        steps[name] = trajectory(make, matrices)
    steps["sparse adam"] = sparse_trajectory(lr=0.05)
    steps["sparse adam betas"] = sparse_trajectory(lr=0.1, betas=(0.7, 0.9), eps=1e-4)
    steps["sparse adam maximize"] = sparse_trajectory(lr=0.05, maximize=True)
    steps["groups"] = groups_trajectory()
    for name, options in LBFGS.items():
        steps[name] = lbfgs_trajectory(**options)
    for name, make in TRAININGS.items():
        steps[name] = training(make)
    write(folder + "/optim_steps.json", steps)
    found = {name: schedule(make) for name, make in SCHEDULES.items()}
    found["OneCycleLR adam"] = schedule(SCHEDULES["OneCycleLR"], "adam")
    found["CyclicLR adam"] = schedule(SCHEDULES["CyclicLR"], "adam")
    for name, options in PLATEAUS.items():
        found[name] = plateau(**options)
    write(folder + "/optim_rates.json", found)


main()

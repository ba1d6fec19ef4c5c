#!/usr/bin/env python3
"""Records what torch.func gives, for tests/tier3/func.

    /path/to/python record_func.py FOLDER

writes func.json. The numbers that go in are formulas, which the specs compute too.
"""
import math
import sys

import torch
from torch.func import grad, hessian, jacfwd, jacrev, jvp, vjp, vmap

from recording import write

torch.set_default_dtype(torch.float64)


def numbers(shape, phase=0.0):
    count = math.prod(shape)
    return torch.tensor([math.sin(0.7 * i + phase) for i in range(count)]).view(shape)


def smooth(x):
    return (x.sin() * x.exp()).cumsum(0)


def energy(x):
    return (x.tanh() * x.roll(1)).sum() + (x**4).mean()


def attention(q, k, v):
    return torch.softmax(q @ k.transpose(-1, -2) / 2.0, -1) @ v


def loss(parameters, x, y):
    hidden = torch.tanh(x @ parameters["first"] + parameters["bias"])
    return ((hidden @ parameters["second"] - y) ** 2).mean()


def nested(t):
    return t.tolist()


def main():
    x, m = numbers((4,)), numbers((3, 4), 0.5)
    q, k, v = numbers((5, 3, 2)), numbers((5, 3, 2), 1.0), numbers((5, 3, 2), 2.0)
    parameters = {"first": numbers((4, 3)), "bias": numbers((3,), 0.3), "second": numbers((3, 1), 1.5)}
    inputs, targets = numbers((6, 4), 0.2), numbers((6, 1), 0.9)
    value, back = vjp(smooth, x)
    found = {
        "batched attention": nested(vmap(attention)(q, k, v)),
        "shared keys": nested(vmap(attention, in_dims=(0, None, None))(q, k[0], v[0])),
        "other dims": nested(vmap(torch.dot, in_dims=(1, 0))(m, numbers((4, 3), 0.1))),
        "nested batches": nested(vmap(vmap(torch.mul, in_dims=(None, 0)), in_dims=(0, None))(x, m[0])),
        "convolution": nested(vmap(lambda i, w: torch.conv2d(i[None], w))(
            numbers((2, 3, 5, 5)), numbers((2, 4, 3, 2, 2), 0.4))),
        "sort": nested(vmap(lambda r: torch.sort(r).values)(m)),
        "grad": nested(grad(energy)(x)),
        "grad of grad": nested(grad(lambda t: grad(energy)(t).sin().sum())(x)),
        "grads of examples": {
            name: nested(g) for name, g in vmap(grad(loss), in_dims=(None, 0, 0))(
                parameters, inputs[:, None], targets).items()},
        "vjp": [nested(value), nested(back(m[0])[0])],
        "jvp": [nested(t) for t in jvp(smooth, (x,), (m[0],))],
        "jacrev": nested(jacrev(smooth)(x)),
        "jacfwd": nested(jacfwd(smooth)(x)),
        "hessian": nested(hessian(energy)(x)),
        "hessians of examples": nested(vmap(hessian(energy))(m)),
        "two arguments": [nested(t) for t in jacrev(lambda a, b: a * b.sin(), argnums=(0, 1))(x, m[1])],
    }
    write(sys.argv[1] + "/func.json", found)


main()

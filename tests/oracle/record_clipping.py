#!/usr/bin/env python3
"""Records how PyTorch clips gradients and averages parameters, for the specs in tests/tier3/optim.

    /path/to/python record_clipping.py FILE
"""
import json
import math
import sys

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import swa_utils

torch.set_default_dtype(torch.float64)


def params():
    a = torch.zeros(3)
    b = torch.zeros(2, 1)
    a.grad = torch.tensor([0.5, -1.5, 2.0])
    b.grad = torch.tensor([[-3.0], [0.25]])
    return [a, b]


def grads(list_):
    return [x for p in list_ for x in p.grad.flatten().tolist()]


found = {}
for name, max_norm, order in [("two", 1.0, 2.0), ("loose", 100.0, 2.0), ("one", 2.0, 1.0),
                              ("largest", 0.5, math.inf), ("three", 1.5, 3.0)]:
    p = params()
    found[name] = [float(clip_grad_norm_(p, max_norm, norm_type=order))] + grads(p)
p = params()
clip_grad_value_(p, 0.75)
found["value"] = grads(p)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor([1.0, -2.0, 0.5]))
        self.register_buffer("seen", torch.tensor([0.0, 4.0]))


def averages(**options):
    model = Model()
    averaged = swa_utils.AveragedModel(model, **options)
    steps = []
    for k in range(6):
        with torch.no_grad():
            model.weight += torch.tensor([0.1, 0.3, -0.2]) * (k + 1)
            model.seen += 0.5
        averaged.update_parameters(model)
        steps.append(averaged.module.weight.tolist() + averaged.module.seen.tolist())
    return steps


found["swa"] = averages()
found["ema"] = averages(multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.9))
found["buffers"] = averages(use_buffers=True)
found["own"] = averages(avg_fn=lambda old, new, n: 0.25 * old + 0.75 * new / (n + 1))

with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in found.items()))
    file.write("\n}\n")

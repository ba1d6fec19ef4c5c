#!/usr/bin/env python3
"""Records what torch.distributions gives, for tests/tier3/distributions.

    /path/to/python record_distributions.py FOLDER

writes distributions.json: of each distribution what it says of some values, and numbers that it
draws after seed 7.
"""
import sys

import torch
from torch import distributions as d
from torch import tensor

from recording import write

torch.set_default_dtype(torch.float64)

two = tensor([0.5, 2.0])
shares = tensor([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
square = tensor([[2.0, 0.5], [0.5, 1.0]])

CASES = {
    "Normal": (d.Normal(tensor([0.0, 1.0]), two), tensor([0.3, -1.0])),
    "LogNormal": (d.LogNormal(tensor([0.0, 0.5]), tensor([0.5, 0.25])), tensor([0.3, 2.0])),
    "Uniform": (d.Uniform(tensor([0.0, -1.0]), two), tensor([0.3, 0.5])),
    "Exponential": (d.Exponential(two), tensor([0.3, 1.5])),
    "Laplace": (d.Laplace(tensor([0.0, 1.0]), two), tensor([0.3, -1.0])),
    "Gamma": (d.Gamma(tensor([1.5, 0.7]), two), tensor([0.3, 1.5])),
    "Dirichlet": (d.Dirichlet(shares * 4), shares.flip(1)),
    "Beta": (d.Beta(two, tensor([1.5, 1.5])), tensor([0.3, 0.8])),
    "MultivariateNormal": (d.MultivariateNormal(tensor([1.0, -1.0]), square), tensor([[0.3, 0.8], [1.0, -1.0]])),
    "Independent": (d.Independent(d.Normal(tensor([0.0, 1.0]), two), 1), tensor([0.3, -1.0])),
    "Categorical": (d.Categorical(probs=shares * 2), tensor([0, 2])),
    "Categorical of logits": (d.Categorical(logits=shares), tensor([0, 2])),
    "OneHotCategorical": (d.OneHotCategorical(probs=shares), tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])),
    "Bernoulli": (d.Bernoulli(probs=tensor([0.2, 0.7])), tensor([0.0, 1.0])),
    "Bernoulli of logits": (d.Bernoulli(logits=two), tensor([0.0, 1.0])),
    "Geometric": (d.Geometric(probs=tensor([0.2, 0.7])), tensor([0.0, 3.0])),
    "Poisson": (d.Poisson(two), tensor([0.0, 3.0])),
}

PAIRS = {
    "Normal": (CASES["Normal"][0], d.Normal(0.5, 1.5)),
    "LogNormal": (CASES["LogNormal"][0], d.LogNormal(0.5, 1.5)),
    "Categorical": (CASES["Categorical"][0], CASES["Categorical of logits"][0]),
    "OneHotCategorical": (CASES["OneHotCategorical"][0], d.OneHotCategorical(probs=shares.flip(0))),
    "Bernoulli": (CASES["Bernoulli"][0], CASES["Bernoulli of logits"][0]),
    "Exponential": (CASES["Exponential"][0], d.Exponential(1.5)),
    "Poisson": (CASES["Poisson"][0], d.Poisson(1.5)),
    "Independent": (CASES["Independent"][0], d.Independent(d.Normal(tensor([1.0, 1.0]), 1.0), 1)),
}


def said(distribution, value):
    found = {"log_prob": distribution.log_prob(value).tolist()}
    for name in ["mean", "variance", "stddev"]:
        try:
            number = getattr(distribution, name)
        except NotImplementedError:
            continue
        if not number.isnan().any():
            found[name] = number.tolist()
    for name, call in {
        "entropy": lambda: distribution.entropy(),
        "cdf": lambda: distribution.cdf(value),
        "icdf": lambda: distribution.icdf(tensor([0.25, 0.75])),
    }.items():
        try:
            found[name] = call().tolist()
        except NotImplementedError:
            pass
    torch.manual_seed(7)
    found["sample"] = distribution.sample((3,)).tolist()
    return found


def main():
    found = {name: said(*case) for name, case in CASES.items()}
    found["divergences"] = {n: d.kl_divergence(p, q).tolist() for n, (p, q) in PAIRS.items()}
    write(sys.argv[1] + "/distributions.json", found)


main()

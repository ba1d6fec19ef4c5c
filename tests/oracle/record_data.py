#!/usr/bin/env python3
"""Records the orders in which PyTorch's samplers and loaders go, files that numpy wrote, and
figures about predictions, for the specs in tests/tier3/data.

    /path/to/python record_data.py FOLDER

writes data_orders.json, data_files.json and data_metrics.json. The figures are computed here by
their definitions, sample by sample.
"""
import io
import random
import struct
import sys

import numpy as np
import torch
from torch.utils.data import (
    BatchSampler, DataLoader, RandomSampler, SubsetRandomSampler, TensorDataset,
    WeightedRandomSampler, random_split)

from recording import write


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def orders():
    found = {}
    data = list(range(10))
    for seed in [0, 7, 123456789]:
        g = seeded(seed)
        found[f"random {seed}"] = [list(RandomSampler(data, generator=g)) for _ in range(2)]
    found["more"] = list(RandomSampler(data, num_samples=23, generator=seeded(1)))
    found["replaced"] = list(RandomSampler(data, replacement=True, num_samples=70, generator=seeded(2)))
    found["subset"] = list(SubsetRandomSampler([3, 5, 8, 11, 20], generator=seeded(3)))
    weights = [0.1, 0.0, 3.0, 0.5, 1.0]
    found["weighted"] = list(WeightedRandomSampler(weights, 20, generator=seeded(4)))
    found["weighted once"] = list(WeightedRandomSampler(weights, 4, replacement=False, generator=seeded(5)))
    found["batches"] = list(BatchSampler(RandomSampler(data, generator=seeded(6)), 4, False))
    found["batches dropped"] = list(BatchSampler(RandomSampler(data, generator=seeded(6)), 4, True))
    dataset = TensorDataset(torch.arange(10))
    loader = DataLoader(dataset, batch_size=3, shuffle=True, generator=seeded(8))
    found["loader"] = [[b[0].tolist() for b in loader] for _ in range(2)]
    torch.manual_seed(9)
    loader = DataLoader(dataset, batch_size=4, shuffle=True, drop_last=True)
    found["loader default"] = [[b[0].tolist() for b in loader] for _ in range(2)]
    for name, lengths in [("split", [7, 3]), ("split fractions", [0.5, 0.3, 0.2]), ("split rest", [0.33, 0.33, 0.34])]:
        parts = random_split(data, lengths, generator=seeded(10))
        found[name] = [list(p.indices) for p in parts]
    return found


def entry(content, values, shape, dtype):
    return {"hex": content.hex(), "values": values, "shape": list(shape), "dtype": dtype}


def numpy_file(array, **options):
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


def idx(code, letters, array):
    head = struct.pack(">HBB", 0, code, array.ndim) + b"".join(struct.pack(">i", n) for n in array.shape)
    return head + array.astype(letters).tobytes()


def files():
    found = {}
    base = np.arange(6).reshape(2, 3) * 1.5 - 2
    for letters, name in [("<f8", "float64"), (">f8", "float64"), ("<f4", "float32"), (">f4", "float32"),
                          ("<f2", "float16"), ("<i8", "int64"), (">i8", "int64"), ("<i4", "int32"),
                          (">i2", "int16"), ("|i1", "int8")]:
        array = base.astype(letters)
        found[letters] = entry(numpy_file(array), array.flatten().tolist(), array.shape, name)
    array = np.arange(6).astype("u1")
    found["|u1"] = entry(numpy_file(array), array.tolist(), array.shape, "uint8")
    array = np.array([[True], [False]])
    found["|b1"] = entry(numpy_file(array), [True, False], array.shape, "bool")
    for letters in ["<c8", ">c16"]:
        array = (base + 2j * base[::-1]).astype(letters)
        parts = [x for z in array.flatten().tolist() for x in (z.real, z.imag)]
        found[letters] = entry(numpy_file(array), parts, array.shape, "complex64" if "8" in letters else "complex128")
    array = np.asfortranarray(np.arange(24.0).reshape(2, 3, 4))
    found["columns first"] = entry(numpy_file(array), array.flatten().tolist(), array.shape, "float64")
    found["a number"] = entry(numpy_file(np.float64(3.5)), [3.5], [], "float64")
    found["empty"] = entry(numpy_file(np.zeros((0, 3))), [], [0, 3], "float64")
    for code, letters, name in [(8, ">u1", "uint8"), (9, ">i1", "int8"), (11, ">i2", "int16"),
                                (12, ">i4", "int32"), (13, ">f4", "float32"), (14, ">f8", "float64")]:
        array = np.arange(12).reshape(2, 3, 2).astype(letters)
        found[f"idx {name}"] = entry(idx(code, letters, array), array.flatten().tolist(), array.shape, name)
    file = io.BytesIO()
    np.savez(file, first=np.arange(3), second=np.ones((2, 2), dtype="f4") * 0.5)
    found["npz"] = {"hex": file.getvalue().hex()}
    file = io.BytesIO()
    np.savez_compressed(file, first=np.arange(3))
    found["npz compressed"] = {"hex": file.getvalue().hex()}
    found["objects"] = {"hex": numpy_file(np.array([{}], dtype=object), allow_pickle=True).hex()}
    found["records"] = {"hex": numpy_file(np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")])).hex()}
    return found


def counts(predicted, expected, c):
    right = sum(p == c and t == c for p, t in zip(predicted, expected))
    return right, predicted.count(c), expected.count(c)


def ratio(a, b):
    return a / b if b else 0.0


FIGURES = {
    "precision": lambda right, found, expected: ratio(right, found),
    "recall": lambda right, found, expected: ratio(right, expected),
    "f1": lambda right, found, expected: ratio(2 * right, found + expected),
}


def averages(predicted, expected, figure, classes):
    each = [figure(*counts(predicted, expected, c)) for c in range(classes)]
    total = [sum(x) for x in zip(*[counts(predicted, expected, c) for c in range(classes)])]
    return {
        "each": each,
        "macro": sum(each) / classes,
        "weighted": sum(e * expected.count(c) for c, e in enumerate(each)) / len(expected),
        "micro": figure(*total),
    }


def area(scores, targets):
    """The share of pairs of a positive and a negative that are in the right order."""
    pairs = right = 0.0
    for s, t in zip(scores, targets):
        for s2, t2 in zip(scores, targets):
            if t == 1 and t2 == 0:
                pairs += 1
                right += 1.0 if s > s2 else 0.5 if s == s2 else 0.0
    return right / pairs


def metrics():
    random.seed(11)
    found = {}
    for case, (count, classes) in enumerate([(12, 3), (40, 4), (60, 7)]):
        expected = [i % classes for i in range(count)]
        predicted = [t if random.random() < 0.6 else random.randrange(classes) for t in expected]
        matrix = [[sum(t == r and p == c for p, t in zip(predicted, expected)) for c in range(classes)]
                  for r in range(classes)]
        found[f"classes {case}"] = {
            "predicted": predicted, "expected": expected, "matrix": matrix,
            "accuracy": sum(p == t for p, t in zip(predicted, expected)) / count,
            **{name: averages(predicted, expected, figure, classes) for name, figure in FIGURES.items()}}
    scores = [[round(random.random(), 3) for _ in range(5)] for _ in range(20)]
    targets = [random.randrange(5) for _ in range(20)]
    ranked = [sorted(range(5), key=lambda c: -row[c]) for row in scores]
    found["scores"] = {
        "scores": scores, "targets": targets,
        "top": [sum(t in r[:k] for r, t in zip(ranked, targets)) / 20 for k in range(1, 6)]}
    for case, digits in enumerate([4, 1]):
        values = [round(random.random(), digits) for _ in range(40)]
        labels = [int(random.random() < 0.3 + 0.5 * v) for v in values]
        found[f"area {case}"] = {"scores": values, "targets": labels, "area": area(values, labels)}
    truth = [random.uniform(-3, 3) for _ in range(25)]
    guess = [t + random.gauss(0, 0.7) for t in truth]
    mean = sum(truth) / 25
    square = sum((g - t) ** 2 for g, t in zip(guess, truth))
    found["numbers"] = {
        "predicted": guess, "expected": truth, "mse": square / 25,
        "mae": sum(abs(g - t) for g, t in zip(guess, truth)) / 25,
        "r2": 1 - square / sum((t - mean) ** 2 for t in truth)}
    return found


def main():
    folder = sys.argv[1]
    write(folder + "/data_orders.json", orders())
    write(folder + "/data_files.json", files())
    write(folder + "/data_metrics.json", metrics())


main()

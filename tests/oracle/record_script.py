#!/usr/bin/env python3
"""Writes the small programs of TorchScript that tests/tier1/script and tests/tier3/jit read.

    /path/to/python record_script.py FOLDER

writes them; with --check FILE… it loads modules that the tests' programs saved (they keep them
in the folder that SIMPLE_TORCH_KEEP_FILES names) and says what is not as it should be.
"""
import io
import os
import pickletools
import struct
import sys
import zipfile
from typing import Dict, List, NamedTuple, Optional, Tuple

import torch


class Pair(NamedTuple):
    first: torch.Tensor
    second: int


@torch.jit.script
class Counter:
    def __init__(self, start: int, step: int = 1):
        self.count = start
        self.step = step

    def add(self, times: int = 1) -> int:
        self.count += times * self.step
        return self.count


class Layer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(3, 2)
        with torch.no_grad():
            self.linear.weight.copy_(torch.tensor([[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0]]))
            self.linear.bias.copy_(torch.tensor([0.5, -0.5]))
        self.register_buffer("calls", torch.tensor([4.0]))

    def forward(self, x):
        return self.linear(x) * self.calls


class Model(torch.nn.Module):
    """Every type that an argument or a result can have."""
    scale: float
    names: List[str]

    def __init__(self):
        super().__init__()
        self.layer = Layer()
        self.drop = torch.nn.Dropout(0.5)
        self.scale = 2.0
        self.names = ["a", "b"]

    def forward(self, x: torch.Tensor, bias: Optional[torch.Tensor] = None, twice: bool = False):
        y = self.drop(self.layer(x)) * self.scale
        if bias is not None:
            y = y + bias
        return y * 2 if twice else y

    @torch.jit.export
    def types(self, i: int, f: float, b: bool, s: str, c: complex, d: torch.device):
        return (i + 1, f * 2, not b, s + "!", c, d, None)

    @torch.jit.export
    def containers(self, numbers: List[float], table: Dict[str, List[int]], pair: Tuple[int, torch.Tensor],
                   maybe: Optional[List[Optional[int]]] = None):
        total = 0.0
        for number in numbers:
            total += number
        counts: Dict[str, int] = {}
        for key, value in table.items():
            counts[key] = len(value)
        found = 0
        if maybe is not None:
            for each in maybe:
                if each is not None:
                    found += each
        return total, counts, [pair[1], pair[1] * pair[0]], found

    @torch.jit.export
    def named(self, x: torch.Tensor) -> Pair:
        return Pair(x + 1, 7)

    @torch.jit.export
    def counter(self, start: int) -> Counter:
        return Counter(start, 2)

    @torch.jit.export
    def fails(self, x: torch.Tensor):
        assert x.numel() == 0, "the model wants nothing"
        return x


def check(path):
    module = torch.jit.load(path)
    given = torch.tensor([[1.0, 2.0, 3.0]])
    expected = torch.tensor([[116.0, 44.0]])
    got = module.eval()(given)
    if not torch.equal(got, expected):
        print(f"{path}: {got}, not {expected}")
        return False
    return True


def without_folders(lines):
    """The record of where code came from, without the folders that packages lie in here."""
    folders = [os.path.dirname(os.path.dirname(os.path.abspath(each))) + "/" for each in (torch.__file__, __file__)]
    made = b""
    operations = list(pickletools.genops(lines))
    ends = [start for _, _, start in operations[1:]] + [len(lines)]
    for (operation, text, start), end in zip(operations, ends):
        if operation.name == "BINUNICODE":
            for folder in folders:
                text = text.replace(folder, "")
            made += b"X" + struct.pack("<I", len(text.encode())) + text.encode()
        else:
            made += lines[start:end]
    return made


def save(module, path):
    module.save(path)
    with open(path, "rb") as file:
        saved = zipfile.ZipFile(io.BytesIO(file.read()))
    with zipfile.ZipFile(path, "w") as file:
        for entry in saved.infolist():
            record = saved.read(entry)
            file.writestr(entry, without_folders(record) if entry.filename.endswith(".debug_pkl") else record)


def main():
    if sys.argv[1] == "--check":
        sys.exit(0 if all([check(path) for path in sys.argv[2:]]) else 1)
    folder = sys.argv[1]
    model = torch.jit.script(Model())
    save(model, f"{folder}/script_model.pt")
    save(torch.jit.trace(lambda x: x.relu() + 1, torch.ones(2)), f"{folder}/script_traced.pt")
    with torch.no_grad():
        print(model.eval()(torch.tensor([[1.0, 2.0, 3.0]])))


if __name__ == "__main__":
    main()

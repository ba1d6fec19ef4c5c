#!/usr/bin/env python3
"""Records the names that PyTorch's users know, for the report of what is here.

Run it with the Python of an environment that has torch: record_names.py
"""

import types
from pathlib import Path

import torch

OUT = Path(__file__).resolve().parents[2] / "tier2_sffi" / "contract" / "python_names.txt"


def public(owner):
    return [name for name in dir(owner) if not name.startswith("_")]


def is_function(value):
    return isinstance(value, (types.FunctionType, types.BuiltinFunctionType)) and not isinstance(
        value, type
    )


def main():
    lines = [f"# The public names of PyTorch {torch.__version__.split('+')[0]}: the kind, then the name."]
    lines += [f"method {name}" for name in public(torch.Tensor)]
    lines += [f"function {name}" for name in public(torch) if is_function(getattr(torch, name))]
    for module in ("linalg", "fft", "special"):
        owner = getattr(torch, module)
        lines += [f"{module} {name}" for name in public(owner) if is_function(getattr(owner, name))]
    OUT.write_text("\n".join(lines) + "\n")
    print(len(lines) - 1, "names")


if __name__ == "__main__":
    main()

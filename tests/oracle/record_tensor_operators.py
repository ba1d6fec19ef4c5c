"""What PyTorch gives for operators between dtypes, and numbers: tests/tier3/recorded/operators.txt.

A line is operator, left, right, and the result's dtype and elements, or "error". Left and right are a dtype
name, which stands for [1, 2, 3] of it (bool: [true, false, true]), or a number. Run with the Python that has
torch 2.11.0; the specs read what is recorded.
"""
import operator
import pathlib

import torch

dtypes = ["uint8", "int8", "int32", "int64", "float16", "bfloat16", "float32", "float64", "complex64", "bool"]
operators = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "%": operator.mod,
    "**": operator.pow, "&": operator.and_, "|": operator.or_, "^": operator.xor, "<<": operator.lshift,
    ">>": operator.rshift, "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge}
numbers = {"2": 2, "2.5": 2.5, "true": True}


def value(name):
    if name in numbers:
        return numbers[name]
    return torch.tensor([True, False, True]) if name == "bool" else torch.tensor([1, 2, 3]).to(getattr(torch, name))


def shown(x):
    if isinstance(x, complex):
        return f"{x.real:.9g},{x.imag:.9g}"
    return str(x).lower() if isinstance(x, bool) else f"{x:.9g}"


def line(sign, left, right):
    try:
        result = operators[sign](value(left), value(right))
        elements = " ".join(shown(x) for x in result.tolist())
        return "\t".join([sign, left, right, str(result.dtype)[6:], elements])
    except (RuntimeError, TypeError, ZeroDivisionError):
        return "\t".join([sign, left, right, "error"])


lines = []
for sign in operators:
    for left in dtypes:
        for right in dtypes + list(numbers):
            lines.append(line(sign, left, right))
            if right in numbers:
                lines.append(line(sign, right, left))
folder = pathlib.Path(__file__).parent.parent / "tier3" / "recorded"
(folder / "operators.txt").write_text("\n".join(lines) + "\n")

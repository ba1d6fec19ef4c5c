#!/usr/bin/env python3
"""Records what PyTorch answers to the calls in operators.txt, as specs in tests/tier3/operators.

Run it with the Python of an environment that has torch: record_operators.py
"""

import math
import re
from pathlib import Path

import torch

TESTS = Path(__file__).resolve().parent.parent
OUT = TESTS / "tier3" / "operators"
API = TESTS.parent / "tier3_api" / "torch"

# The tensors that the calls are about, in expressions of both languages.
INPUTS = {
    "a": "torch.tensor([[1.5, -2.0, 3.0], [0.5, 4.0, -1.0]])",
    "b": "torch.tensor([[0.5, 2.0, -1.5], [2.0, -3.0, 1.0]])",
    "p": "torch.tensor([[0.5, 1.0, 2.5], [3.0, 0.25, 1.75]])",
    "u": "torch.tensor([[0.1, 0.5, 0.9], [0.25, 0.75, 0.4]])",
    "c": "torch.tensor([[4.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 2.0]])",
    "v": "torch.tensor([1.0, 2.0, 3.0])",
    "i": "torch.tensor([[1, 2, 3], [4, 5, 6]])",
    "j": "torch.tensor([[6, 5, 4], [3, 2, 1]])",
    "m": "torch.tensor([[true, false, true], [false, true, true]])",
    "x": "torch.arange(0.0, 32.0).reshape([1, 2, 4, 4]) / 10",
    "k": "torch.tensor([[[[1.0, -1.0]], [[0.5, 2.0]]]])",
    "s": "torch.tensor([[0.0, 2.0, 0.0], [1.0, 0.0, 3.0]]).to_sparse()",
    "q": "torch.quantize_per_tensor(a, 0.5, 10, torch.quint8)",
    "w": "torch.quantize_per_channel(a, torch.tensor([0.5, 0.25]), torch.tensor([0, 1]), 0, torch.qint8)",
    "k4": "torch.tensor([[[[1.0, -1.0], [0.5, 0.0]], [[2.0, 1.0], [-0.5, 1.0]]]])",
}


def python_of(expression):
    """The same expression as Python has it."""
    text = re.sub(r"(?<=[(,] )(\w+): |(?<=\()(\w+): ", lambda m: f"{m[1] or m[2]}=", expression)
    for simple, python in (("true", "True"), ("false", "False"), ("nil", "None")):
        text = re.sub(rf"\b{simple}\b", python, text)

    def place(match):
        name = match[1]
        if hasattr(torch, name):
            return match[0]
        home = "torch._C._nn" if hasattr(torch._C._nn, name) else "torch.ops.aten"
        return f"{home}.{name}("

    return re.sub(r"torch\.(\w+)\(", place, text)


def number(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return "nan"
        if math.isinf(value):
            return "inf" if value > 0 else "-inf"
        return repr(round(value, 7)) if abs(value) > 1e-3 or value == 0 else repr(value)
    return repr(value)


def literal(value):
    """A result as Simple writes it: a tensor is its dtype, its sizes and its elements."""
    if isinstance(value, torch.Tensor):
        flat = value.detach().resolve_conj().resolve_neg()
        if flat.is_complex():
            flat = torch.view_as_real(flat)
        elements = ", ".join(number(each) for each in flat.flatten().tolist())
        return f'("{str(value.dtype)[6:]}", {list(value.shape)}, [{elements}])'
    if isinstance(value, torch.dtype):
        return f'"{str(value)[6:]}"'
    if value is None:
        return "nil"
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(literal(each) for each in value) + "]"
    if isinstance(value, (bool, int, float)):
        return number(value)
    raise TypeError(f"no way to write {type(value)}")


def calls(text):
    """Files, with what each has: what it needs, whether it fails, Simple's expression and Python's."""
    files = {}
    for line in text.splitlines():
        if line.startswith("## "):
            current = files.setdefault(line[3:], [])
            continue
        if not line or line.startswith("#"):
            continue
        needs, line = re.fullmatch(r"(?:\[(\w+ [^]]+)\] )?(.*)", line).groups()
        templates = [line]
        if "$" in line:
            names, forms = line.split(" : ", 1)
            templates = [
                form.replace("$", name) for name in names.split() for form in forms.split(" ; ")
            ]
        for each in templates:
            if each.startswith("! "):
                current.append((needs, True, each[2:].replace("|", "try_"), each[2:].replace("|", "")))
            else:
                simple, _, python = each.partition(" | ")
                current.append((needs, False, simple, python or simple))
    return files


covered = set()


def with_result(expression):
    """The same expression with a call by its try_ form, or None if no call has one: the first
    call whose form no example has had so far, or else the last one."""
    found = []
    for match in re.finditer(r"\.(\w+)\(", expression):
        before = expression[: match.start()]
        # Calls among arguments are no part of the chain.
        if before.count("(") != before.count(")") or before.count("[") != before.count("]"):
            continue
        depth, end = 1, match.end()
        while depth > 0:
            depth += {"(": 1, ")": -1}.get(expression[end], 0)
            end += 1
        kind = "functions" if re.fullmatch(r"torch(\.\w+)?", before) else "methods"
        # Written by hand in the shape of Python's; its try_ form has libtorch's results.
        if f"try_{match[1]}" in NAMES[kind] and match[1] != "unique_consecutive":
            found.append((kind, match, end))
    if not found:
        return None
    kind, match, end = next((each for each in found if each[:1] + (each[1][1],) not in covered), found[-1])
    covered.add((kind, match[1]))
    call = f".try_{match[1]}{expression[match.end() - 1:end]}.unwrap()"
    return expression[: match.start()] + call + expression[end:]


def names_in(*patterns):
    """What is declared in files of the API."""
    texts = [path.read_text() for pattern in patterns for path in API.glob(pattern)]
    return set(re.findall(r"^ *fn (\w+)\(", "\n".join(texts), re.MULTILINE))


NAMES = {
    "functions": names_in("functions_*.spl", "linalg.spl", "fft.spl", "special.spl", "tensor/several.spl"),
    "methods": names_in("methods_*.spl", "tensor/several.spl"),
}


def example(needs, fails, simple, python, seeded):
    head = f"    it '{simple}':\n"
    if needs is not None:
        what, _, name = needs.partition(" ")
        head += f'        needs_{what}("{name}")\n'
    if seeded:
        head += "        needs_recorded_draws()\n"
    names = {"torch": torch}
    for name, expression in INPUTS.items():
        names[name] = eval(python_of(expression), dict(names))
    torch.manual_seed(0)
    try:
        value = eval(python_of(python), names)
    except (RuntimeError, IndexError) as error:
        assert fails, f"{python}: {error}"
        message = str(error).splitlines()[0]
        # What libtorch says of the place in its source is not the same everywhere.
        message = re.split(r"[\"{}\\]|\.\s|\(The", message)[0].strip()
        return f"{head}        expect(failure({simple})).to_contain(\"{message}\")\n"
    assert not fails, f"{python} does not fail"
    # In the order of PyTorch's numbers, if the call draws some.
    seed = "        torch.manual_seed(0)\n" if seeded else ""
    again = with_result(simple)
    line = f"        expect(difference({simple}, {literal(value)})).to_equal(\"\")\n"
    if len(line) > 118 or again is not None:
        line = (
            f"        val expected = {literal(value)}\n{seed}"
            f"        expect(difference({simple}, expected)).to_equal(\"\")\n"
        )
        if again is not None:
            line += f"{seed}        expect(difference({again}, expected)).to_equal(\"\")\n"
    else:
        line = seed + line
    return head + line


def main():
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    used = set()
    count = 0
    for name, list_of_calls in calls((Path(__file__).parent / "operators.txt").read_text()).items():
        text = f"# Made by tests/oracle/record_operators.py with torch {torch.__version__.split('+')[0]}.\n\n"
        seeded = name == "random"
        needs = "use needs.*\n" if seeded or any(call[0] for call in list_of_calls) else ""
        text += f"use lib.torch\nuse live.{{live_handles}}\n{needs}use same.*\n\n"
        for input_name, expression in INPUTS.items():
            text += f"val {input_name} = {expression}\n"
        text += f"val before = live_handles()\n\ndescribe 'operators: {name}':\n"
        for call in list_of_calls:
            text += example(*call, seeded) + "\n"
            used.update(re.findall(r"\.(\w+)\(", call[2]))
            count += 1
        text += "    it 'leave nothing behind':\n        expect(live_handles()).to_equal(before)\n"
        (OUT / f"{name}_spec.spl").write_text(text)
    print(f"{count} calls of {len(used)} names")


if __name__ == "__main__":
    main()

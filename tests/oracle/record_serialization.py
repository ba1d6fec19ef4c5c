#!/usr/bin/env python3
"""Writes the small files of Python's torch.save, and of safetensors where that package is, that
tests/tier1/serialize and tests/tier3/serialization_spec.spl read.

    /path/to/python record_serialization.py FOLDER

writes them; with --check FILE… it reads files that the tests' programs wrote (they keep them in
the folder that SIMPLE_TORCH_KEEP_FILES names) and says what is not as it should be.
"""
import collections
import json
import struct
import sys

import torch

DTYPES = {
    "uint8": [0, 1, 255], "int8": [-128, 0, 127], "int16": [-32768, 0, 32767],
    "int32": [-2147483648, 0, 7], "int64": [-9223372036854775808, 0, 7],
    "float16": [0.5, -2.0, 65504.0], "bfloat16": [0.5, -2.0, 3.0],
    "float32": [0.1, -2.0, 3e38], "float64": [0.1, -2.0, 1e300], "bool": [True, False, True],
    "complex64": [1 + 2j, -1j, 0], "complex128": [1 + 2j, -1j, 0],
    "uint16": [0, 1, 65535], "uint32": [0, 1, 4294967295], "float8_e4m3fn": [0.5, -2.0, 448.0],
}


def dtypes():
    return {name: torch.tensor(values, dtype=getattr(torch, name))
            for name, values in DTYPES.items()}


def state():
    """As a module's state_dict is: ordered, with attributes, parameters and views."""
    weight = torch.arange(6.0).reshape(2, 3)
    state = collections.OrderedDict()
    state["weight"] = torch.nn.Parameter(weight)
    state["row"] = weight[1]
    state["column"] = weight[:, 2]
    state["steps"] = torch.tensor(5)
    state["empty"] = torch.empty(0, 3)
    state._metadata = {"": {"version": 1}}
    return state


def nested():
    optimizer = torch.optim.Adam([torch.nn.Parameter(torch.ones(2))], lr=0.25)
    shared = torch.tensor([1.0, 2.0])
    return {
        "text": "grüße 🌍", "none": None, "flags": [True, False],
        "numbers": (1, -2, 300, 70000, -(2 ** 40), 2 ** 62, 0.1, float("inf")), "complex": 1 - 2j,
        "size": torch.Size([2, 3]), "device": torch.device("cpu"), "dtype": torch.float32,
        "deep": [[{"a": ({1: [shared]},)}]], "same": [shared, shared], "conj": torch.tensor([1 + 2j]).conj(),
        "optimizer": optimizer.state_dict(),
    }


def sparse():
    ordered = torch.tensor([[0.0, 2.5, 0.0], [-1.0, 0.0, 4.0]])
    twice = torch.sparse_coo_tensor([[1, 0, 1], [2, 1, 2]], [1.0, 2.5, 3.0], (2, 3), dtype=torch.float64)
    hybrid = torch.sparse_coo_tensor([[2, 0]], [[1, 2], [3, 4]], (3, 2))
    return {
        "coo": ordered.to_sparse(), "twice": twice, "hybrid": hybrid,
        "none": torch.sparse_coo_tensor(torch.empty(2, 0, dtype=torch.int64), torch.empty(0), (0, 3)),
        "flags": torch.tensor([True, False]).to_sparse(), "complex": torch.tensor([0, 1 + 2j]).to_sparse(),
    }


def compressed():
    ordered = torch.tensor([[0.0, 2.5, 0.0], [-1.0, 0.0, 4.0]])
    blocks = torch.arange(16.0).reshape(4, 4).tril()
    return {"csr": ordered.to_sparse_csr(), "csc": ordered.to_sparse_csc(),
            "bsr": blocks.to_sparse_bsr((2, 2)), "bsc": blocks.to_sparse_bsc((2, 2))}


def quantized():
    numbers = torch.tensor([[-1.0, 0.0, 0.5], [1.0, 2.0, 3.0]])
    whole = torch.quantize_per_tensor(numbers, 0.25, 3, torch.qint8)
    channels = torch.quantize_per_channel(numbers, torch.tensor([0.5, 0.125]), torch.tensor([100, 7]), 0, torch.quint8)
    return {"whole": whole, "row": whole[1], "turned": whole.t(), "channels": channels,
            "wide": torch.quantize_per_tensor(numbers, 0.001, -5, torch.qint32)}


class Code:
    """What a hostile file does: its pickle calls a function."""
    def __reduce__(self):
        import os
        return os.system, ("touch /tmp/simple_torch_was_here",)


def save_from_devices(path):
    """As a machine with two devices of CUDA would: the places are but names in the file."""
    state = {"a": torch.tensor([1]), "b": torch.tensor([2, 3]), "c": torch.tensor([4])}
    names = {state["a"].data_ptr(): "cpu", state["b"].data_ptr(): "cuda:0", state["c"].data_ptr(): "cuda:1"}
    tag = torch.serialization.location_tag
    torch.serialization.location_tag = lambda storage: names[storage.data_ptr()]
    try:
        torch.save(state, path)
    finally:
        torch.serialization.location_tag = tag


def tensors(path):
    """A safetensors file, put together by the format's description."""
    parts = [("b", "BF16", [2], b"\x80\x3f\x00\x40"), ("i", "I64", [1, 2], struct.pack("<2q", -1, 7)),
             ("f", "F32", [], struct.pack("<f", 2.5)), ("odd", "U8", [3], b"\1\2\3"),
             ("t", "BOOL", [2], b"\1\0"), ("none", "F64", [0, 4], b"")]
    header, data = {"__metadata__": {"format": "pt", "note": "\"ü\"\n"}}, b""
    for name, dtype, shape, bytes_ in parts:
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(bytes_)]}
        data += bytes_
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def record(folder):
    torch.save(dtypes(), f"{folder}/dtypes.pt")
    torch.save(state(), f"{folder}/state.pt")
    torch.save(state(), f"{folder}/state_old.pt", _use_new_zipfile_serialization=False)
    torch.save(nested(), f"{folder}/nested.pt")
    torch.save(nested(), f"{folder}/nested_protocol4.pt", pickle_protocol=4)
    torch.save({"a": Code()}, f"{folder}/code.pt")
    torch.save(torch.nn.Linear(1, 1), f"{folder}/object.pt")
    for name, parts in {"sparse": sparse(), "compressed": compressed(), "quantized": quantized()}.items():
        torch.save(parts, f"{folder}/{name}.pt")
        torch.save(parts, f"{folder}/{name}_old.pt", _use_new_zipfile_serialization=False)
    # Views without elements that begin behind an empty storage.
    torch.save({"x": torch.ones(2, 0, 3)[:, :, 1]}, f"{folder}/nothing.pt")
    torch.save({"x": torch.ones(2, 0, 3)[:, :, 1]}, f"{folder}/nothing_old.pt", _use_new_zipfile_serialization=False)
    save_from_devices(f"{folder}/places.pt")
    tensors(f"{folder}/tensors.safetensors")


def same(a, b):
    if isinstance(a, torch.Tensor) and a.layout != torch.strided:
        if a.layout == torch.sparse_coo:
            parts = [torch.Tensor._indices, torch.Tensor._values, torch.Tensor.is_coalesced]
        elif a.layout in (torch.sparse_csr, torch.sparse_bsr):
            parts = [torch.Tensor.crow_indices, torch.Tensor.col_indices, torch.Tensor.values]
        else:
            parts = [torch.Tensor.ccol_indices, torch.Tensor.row_indices, torch.Tensor.values]
        return a.layout == b.layout and a.shape == b.shape and all(same(part(a), part(b)) for part in parts)
    if isinstance(a, torch.Tensor) and a.is_quantized:
        if a.qscheme() != b.qscheme():
            return False
        if a.qscheme() == torch.per_tensor_affine:
            parts = [torch.Tensor.q_scale, torch.Tensor.q_zero_point, torch.Tensor.int_repr]
        else:
            parts = [torch.Tensor.q_per_channel_scales, torch.Tensor.q_per_channel_zero_points,
                     torch.Tensor.q_per_channel_axis, torch.Tensor.int_repr]
        return a.dtype == b.dtype and all(same(part(a), part(b)) for part in parts)
    if isinstance(a, torch.Tensor):
        return (isinstance(b, torch.Tensor) and a.dtype == b.dtype and a.shape == b.shape
                and a.stride() == b.stride() and a.requires_grad == b.requires_grad
                and (a.dtype == torch.float8_e4m3fn and a.tolist() == b.tolist()
                     or torch.equal(a, b)))
    if isinstance(a, dict):
        return set(a) == set(b) and all(same(a[k], b[k]) for k in a)
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    return a == b and type(a) is type(b)


def check(paths):
    """A file whose name begins as one of the recorded ones holds what that held."""
    for path in paths:
        name = path.rsplit("/", 1)[-1]
        if name.endswith(".safetensors"):
            from safetensors.torch import load_file
            found, wanted = load_file(path), {
                "b": torch.tensor([1.0, 2.0], dtype=torch.bfloat16), "i": torch.tensor([[-1, 7]]),
                "f": torch.tensor(2.5), "odd": torch.tensor([1, 2, 3], dtype=torch.uint8),
                "t": torch.tensor([True, False]), "none": torch.empty(0, 4, dtype=torch.float64)}
            found = {key: found[key] for key in wanted if key in found}
        else:
            found = torch.load(path, weights_only=True)
            makers = {"dt": dtypes, "st": state, "ne": nested, "sp": sparse, "co": compressed, "qu": quantized}
            wanted = makers[name[:2]]()
        if name.startswith("nested"):
            # A dtype is its number here, a size a tuple, a complex number in Simple a tuple of
            # floats, and marks of tensors are carried out.
            wanted["dtype"], wanted["size"] = 6, (2, 3)
            if isinstance(found["complex"], tuple): wanted["complex"] = (1.0, -2.0)
            wanted["conj"] = wanted["conj"].resolve_conj()
            assert found["same"][0] is found["same"][1] or "simple" in name
        if name.startswith("state"):
            assert found["row"].data_ptr() == found["weight"].data_ptr() + 12
        print(name, "is right" if same(dict(wanted), found) else f"IS WRONG: {found}")


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        check(sys.argv[2:])
    else:
        record(sys.argv[1])

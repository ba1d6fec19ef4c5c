#!/usr/bin/env python3
"""The other side of build_support/ci/peers: Python's torch, numpy, safetensors and Pillow.

    python peers.py write FOLDER    writes a file of each format
    python peers.py check FOLDER    reads what peers.spl wrote there, and says what is not right

Both sides make the same tensors by the same rules.
"""
import json
import os
import sys

import numpy
import safetensors
import safetensors.torch
import torch
from PIL import Image
import PIL

DTYPES = ["uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64", "bool",
          "bfloat16", "complex64", "complex128"]


def tensors():
    """Every dtype, and the shapes that are easily forgotten."""
    made = {}
    for name in DTYPES:
        dtype = getattr(torch, name)
        numbers = torch.arange(6).reshape(2, 3)
        made[name] = (numbers % 2 == 1) if name == "bool" else numbers.to(dtype)
    made["scalar"] = torch.tensor(2.5)
    made["empty"] = torch.empty(0, 4)
    made["turned"] = torch.arange(6, dtype=torch.float32).reshape(2, 3).t()
    return made


def nested():
    return {"epoch": 3, "name": "a ü", "rate": 0.25, "done": True, "nothing": None,
            "layers": [torch.arange(3), (1, 2)]}


def real(made):
    """What numpy has dtypes for."""
    return {name: tensor for name, tensor in made.items() if name != "bfloat16"}


def safe(made):
    """What safetensors has dtypes for, without holes."""
    return {name: tensor.contiguous() for name, tensor in made.items() if name != "complex128"}


def pixels():
    return (numpy.arange(5 * 7 * 3, dtype=numpy.uint8).reshape(5, 7, 3) * 2)


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = torch.nn.Linear(3, 2)
        with torch.no_grad():
            self.linear.weight.copy_(torch.arange(6).reshape(2, 3))
            self.linear.bias.fill_(0.5)

    def forward(self, x):
        return self.linear(x).relu()


def peers():
    return [f"PyTorch {torch.__version__.split('+')[0]}", f"safetensors {safetensors.__version__}",
            f"numpy {numpy.__version__}", f"Pillow {PIL.__version__}"]


def write(folder):
    with open(f"{folder}/peers.txt", "w") as file: file.write("\n".join(peers()))
    made = tensors()
    torch.save(made, f"{folder}/python.pt")
    torch.save(made, f"{folder}/python_legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(nested(), f"{folder}/python_nested.pt")
    net = Net()
    torch.save(net.state_dict(), f"{folder}/python_state.pt")
    torch.jit.script(net).save(f"{folder}/python_script.pt")
    torch.jit.trace(net, torch.ones(1, 3)).save(f"{folder}/python_trace.pt")
    with torch.no_grad(): exported = torch.export.export(net, (torch.ones(1, 3),))
    torch._inductor.aoti_compile_and_package(exported, package_path=f"{folder}/python_package.pt2")
    safetensors.torch.save_file(safe(made), f"{folder}/python.safetensors", {"from": "python"})
    os.makedirs(f"{folder}/python_shards", exist_ok=True)
    names = list(safe(made))
    parts = {"model-00001-of-00002.safetensors": names[:5], "model-00002-of-00002.safetensors": names[5:]}
    for file, chosen in parts.items():
        safetensors.torch.save_file({name: safe(made)[name] for name in chosen}, f"{folder}/python_shards/{file}")
    index = {"metadata": {"total_size": 0}, "weight_map": {n: f for f, all in parts.items() for n in all}}
    with open(f"{folder}/python_shards/model.safetensors.index.json", "w") as file: json.dump(index, file)
    arrays = {name: tensor.numpy() for name, tensor in real(made).items()}
    for name, array in arrays.items(): numpy.save(f"{folder}/python_{name}.npy", array)
    numpy.savez(f"{folder}/python.npz", **arrays)
    numpy.savez_compressed(f"{folder}/python_small.npz", **arrays)
    picture = Image.fromarray(pixels())
    for ending in ["png", "bmp", "ppm"]: picture.save(f"{folder}/python.{ending}")
    picture.save(f"{folder}/python.jpg", quality=95)
    Image.open(f"{folder}/python.jpg").convert("RGB").save(f"{folder}/python_jpg.png")


def same(found, wanted):
    if isinstance(wanted, torch.Tensor):
        return (isinstance(found, torch.Tensor) and found.dtype == wanted.dtype
                and found.shape == wanted.shape and torch.equal(found, wanted))
    if isinstance(wanted, dict):
        return set(found) == set(wanted) and all(same(found[k], wanted[k]) for k in wanted)
    if isinstance(wanted, (list, tuple)):
        return type(found) is type(wanted) and len(found) == len(wanted) and all(map(same, found, wanted))
    return type(found) is type(wanted) and found == wanted


def sharded(folder):
    with open(f"{folder}/model.safetensors.index.json") as file: index = json.load(file)
    found = {}
    for name, file in index["weight_map"].items():
        with safetensors.safe_open(f"{folder}/{file}", "pt") as shard: found[name] = shard.get_tensor(name)
    return found


def arrays(path):
    return {name: torch.from_numpy(array) for name, array in numpy.load(path).items()}


def check(folder):
    made, ours = tensors(), f"{folder}/simple"
    given = torch.tensor([[1.0, 2.0, 3.0]])
    torch_name, safe_name, numpy_name, pillow = peers()

    def picture(ending):
        return numpy.asarray(Image.open(f"{ours}.{ending}"))

    def close(ending):
        # Lossy, and 75 of 100: what another decoder makes of it is near.
        return numpy.abs(picture(ending).astype(int) - pixels()).mean() < 12

    rows = [
        (".pt", torch_name, lambda: same(torch.load(f"{ours}.pt", weights_only=True), made)),
        (".pt, nested", torch_name, lambda: same(torch.load(f"{ours}_nested.pt", weights_only=True), nested())),
        (".pt, state_dict", torch_name, lambda: same(Net().load_state_dict(torch.load(f"{ours}_state.pt")).missing_keys, [])),
        ("TorchScript", torch_name, lambda: same(torch.jit.load(f"{ours}_script.pt")(given), Net()(given).detach())),
        ("safetensors", safe_name, lambda: same(safetensors.torch.load_file(f"{ours}.safetensors"), safe(made))),
        ("safetensors, sharded", safe_name, lambda: same(sharded(f"{ours}_shards"), safe(made))),
        ("npy", numpy_name, lambda: all(same(torch.from_numpy(numpy.load(f"{ours}_{name}.npy")), tensor)
                                        for name, tensor in real(made).items())),
        ("npz", numpy_name, lambda: same(arrays(f"{ours}.npz"), real(made))),
        ("npz, compressed", numpy_name, lambda: same(arrays(f"{ours}_small.npz"), real(made))),
        ("PNG", pillow, lambda: numpy.array_equal(picture("png"), pixels())),
        ("BMP", pillow, lambda: numpy.array_equal(picture("bmp"), pixels())),
        ("PPM", pillow, lambda: numpy.array_equal(picture("ppm"), pixels())),
        ("JPEG", pillow, lambda: close("jpg")),
    ]
    wrong = 0
    for name, peer, is_right in rows:
        try:
            result = "same" if is_right() else "DIFFERENT"
        except Exception as error:  # Whatever the peer says is the finding.
            result = f"FAILED: {error}"
        wrong += result != "same"
        print(f"| {name} | simple-torch | {peer} | {result} |")
    return wrong


if __name__ == "__main__":
    action = {"write": write, "check": check}[sys.argv[1]]
    sys.exit(1 if action(sys.argv[2]) else 0)

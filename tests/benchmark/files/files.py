# Python's side of what build_support/ci/benchmark-files compares: files.py FOLDER [ROW…] says
# each as ROW SIDE NUMBER. The files are those that the other side left in the folder.
import io
import os
import sys
import time

import numpy
import torch

try:
    import safetensors.torch as safetensors
except ImportError:
    safetensors = None

TENSORS = 100
ELEMENTS = 1 << 20
PERIOD = 1024

folder = sys.argv[1]
wanted = sys.argv[2:]
# As on the other side.
torch.set_num_threads(1)


def expected_sum(i):
    return ELEMENTS * (i + (PERIOD - 1) / 2)


def total(tensor):
    return tensor.sum(dtype=torch.float64).item()


def check(state):
    assert len(state) == TENSORS
    for i in range(TENSORS):
        found = torch.as_tensor(state[f"layer.{i}.weight"])
        assert total(found) == expected_sum(i), f"tensor {i}"


def measure(row, blocks, times, call):
    if wanted and row not in wanted:
        return
    least = None
    for block in range(blocks + 1):
        start = time.perf_counter_ns()
        for _ in range(times):
            call()
        took = (time.perf_counter_ns() - start) // times
        if block > 0:
            least = took if least is None else min(least, took)
    print(row, "python", least, flush=True)


def use_all(state):
    for tensor in state.values():
        tensor.sum()


def at(name):
    return os.path.join(folder, name)


def saved(save, name):
    save(at(name))
    os.unlink(at(name))


def written(state):
    torch.save(state, io.BytesIO())


def files():
    numbers = torch.arange(ELEMENTS).remainder(PERIOD).float()
    state = {f"layer.{i}.weight": numbers + i for i in range(TENSORS)}
    check(torch.load(at("state.pt"), weights_only=True))
    measure("pt_save", 2, 1, lambda: saved(lambda path: torch.save(state, path), "python.pt"))
    measure("pt_load", 2, 1, lambda: torch.load(at("state.pt"), weights_only=True))
    measure("pt_write", 2, 1, lambda: written(state))
    if not wanted or "pt_read" in wanted:
        with open(at("state.pt"), "rb") as file:
            content = file.read()
        measure("pt_read", 2, 1, lambda: torch.load(io.BytesIO(content), weights_only=True))
    if safetensors is not None:
        path = at("state.safetensors")
        check(safetensors.load_file(path))
        measure("safetensors_save", 2, 1,
                lambda: saved(lambda to: safetensors.save_file(state, to), "python.safetensors"))
        measure("safetensors_load", 2, 1, lambda: safetensors.load_file(path))
        measure("safetensors_use", 2, 1, lambda: use_all(safetensors.load_file(path)))
    check(numpy.load(at("state.npz")))
    arrays = {name: tensor.numpy() for name, tensor in state.items()}
    measure("npz_save", 2, 1, lambda: saved(lambda to: numpy.savez(to, **arrays), "python.npz"))
    measure("npz_load", 2, 1, lambda: dict(numpy.load(at("state.npz"))))


class Square(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(context, gradient):
        product = gradient * context.saved_tensors[0]
        return product + product


def calls():
    x = torch.full((4,), 3.0, requires_grad=True)
    y = (x * x).sum()

    def grad():
        return torch.autograd.grad(y, x, retain_graph=True)[0]

    assert grad()[0].item() == 6
    measure("grad", 40, 500, grad)
    ones = torch.ones(4)

    def custom():
        return torch.autograd.grad(Square.apply(x), x, ones)[0]

    assert custom()[0].item() == 6
    measure("custom_function", 40, 500, custom)

    class Increment(torch.nn.Module):
        def forward(self, x):
            return x + 1

    with torch.inference_mode():
        module = torch.jit.script(Increment())
        three = torch.full((4,), 3.0)
        assert module(three)[0].item() == 4
        measure("script_forward", 40, 500, lambda: module(three))


calls()
if os.path.exists(at("state.pt")):
    files()

# The same work as tensors.spl and tensors.cpp. NAME STEPS BLOCKS: says what comes out and
# the least nanoseconds of a step.
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


def pattern(shape, k=0.0, scale=1.0):
    n = 1
    for size in shape:
        n *= size
    return ((torch.arange(n, dtype=torch.float32) * 0.7 + k).sin() * scale).reshape(shape)


def set_parameters(module):
    with torch.no_grad():
        for k, p in enumerate(module.parameters()):
            p.copy_(pattern(p.shape, float(k), 0.2))


def training(net, optimizer, loss_of):
    def step():
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        return loss

    return step


def mlp(make_optimizer):
    net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    set_parameters(net)
    x = pattern((32, 64))
    target = torch.arange(32) % 10
    return training(net, make_optimizer(net.parameters()), lambda: F.cross_entropy(net(x), target))


class Xor(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 8)
        self.out = nn.Linear(8, 1)

    def forward(self, x):
        return self.out(self.hidden(x).tanh()).sigmoid()


def xor():
    net = Xor()
    set_parameters(net)
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    target = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    return training(net, optimizer, lambda: F.binary_cross_entropy(net(x), target))


class Forecast(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(8, 32)
        self.out = nn.Linear(32, 1)

    def forward(self, x):
        hidden, _ = self.lstm(x)
        return self.out(hidden)


def lstm():
    net = Forecast()
    set_parameters(net)
    x = pattern((12, 8, 8))
    target = pattern((12, 8, 1), 1.0)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    return training(net, optimizer, lambda: F.mse_loss(net(x), target))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(32)
        self.qkv = nn.Linear(32, 96)
        self.out = nn.Linear(32, 32)
        self.norm2 = nn.LayerNorm(32)
        self.up = nn.Linear(32, 64)
        self.down = nn.Linear(64, 32)

    def forward(self, x):
        parts = self.qkv(self.norm1(x)).reshape(4, 16, 3, 4, 8).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(parts[0], parts[1], parts[2])
        x = x + self.out(mixed.transpose(1, 2).reshape(4, 16, 32))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


def transformer():
    net = Block()
    set_parameters(net)
    x = pattern((4, 16, 32))
    target = pattern((4, 16, 32), 1.0)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    return training(net, optimizer, lambda: F.mse_loss(net(x), target))


def chain(elements):
    x = pattern((elements,))

    def step():
        with torch.no_grad():
            return (x * 2.0 + 1.0).relu() * x

    return step


STEPS = {
    "mlp_sgd": lambda: mlp(lambda p: torch.optim.SGD(p, lr=0.01)),
    "mlp_adam": lambda: mlp(lambda p: torch.optim.Adam(p, lr=0.001)),
    "xor": xor,
    "lstm": lstm,
    "transformer": transformer,
    "chain_1k": lambda: chain(256),
    "chain_64k": lambda: chain(16384),
    "chain_1m": lambda: chain(262144),
    "chain_16m": lambda: chain(4194304),
    "chain_64m": lambda: chain(16777216),
}


def least_of(blocks, run):
    least = None
    for _ in range(blocks + 1):
        start = time.perf_counter_ns()
        result = run()
        took = time.perf_counter_ns() - start
        least = took if least is None else min(least, took)
    return result, least


def additions(steps):
    a = torch.tensor([1.5])
    b = torch.tensor([2.25])

    def run():
        for _ in range(steps):
            c = a + b
        return c

    return run


def repeated(step, steps):
    def run():
        for _ in range(steps):
            result = step()
        return result

    return run


def main():
    name, steps, blocks = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    run = additions(steps) if name == "add" else repeated(STEPS[name](), steps)
    result, least = least_of(blocks, run)
    print("result", f"{result.sum().item():.6g}")
    print("ns", least // steps)


main()

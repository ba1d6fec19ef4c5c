#!/usr/bin/env python3
"""Makes the package of AOTInductor that tests/tier1/script/package_test.cpp runs.

    /path/to/python record_package.py FILE.pt2
    SIMPLE_TORCH_PACKAGE=FILE.pt2 build/release/tests/tier1/tier1_package_test

It needs a C++ compiler, and the version of PyTorch that the tests' libtorch has.
"""
import sys

import torch


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.l = torch.nn.Linear(3, 2)
        with torch.no_grad():
            self.l.weight.copy_(torch.tensor([[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0]]))
            self.l.bias.copy_(torch.tensor([0.5, -0.5]))

    def forward(self, x, y):
        return self.l(x) + y, x.sum()


def main():
    with torch.no_grad():
        exported = torch.export.export(Model().eval(), (torch.ones(1, 3), torch.ones(2)))
        torch._inductor.aoti_compile_and_package(exported, package_path=sys.argv[1])


if __name__ == "__main__":
    main()

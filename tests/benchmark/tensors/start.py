# What a program that uses torch costs before it does anything: its largest size in kB.
import torch

assert torch.tensor([1.0, 2.0]).sum().item() == 3.0
with open("/proc/self/status") as status:
    print(next(line.split()[1] for line in status if line.startswith("VmHWM:")))

"""Records what PyTorch's GradScaler does on the CPU: tests/tier3/recorded/grad_scaler.json.

Run with a Python that has torch 2.11.0; nothing of it is needed by the tests."""
import json
import pathlib

import torch

here = pathlib.Path(__file__).parent.parent / "tier3" / "recorded"


def run(losses, sets, **options):
    weights = torch.tensor([1.0, -2.0], requires_grad=True)
    optimizer = torch.optim.SGD([weights], lr=0.125, momentum=0.5)
    scaler = torch.amp.GradScaler("cpu", **options)
    rows = []
    for step, factor in enumerate(losses):
        optimizer.zero_grad()
        loss = (weights * torch.tensor([factor, 0.5])).sum()
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update(sets.get(step))
        rows.append([scaler.get_scale(), scaler._get_growth_tracker(), *weights.tolist()])
    return {"rows": rows, "state": scaler.state_dict()}


infinite = float("inf")
cases = {
    "growth": run([1.0, 2.0, -1.0, 0.5, 1.0, 1.0, 1.0], {}, init_scale=8.0, growth_interval=3),
    "back-off": run([1.0, infinite, 1.0, 1.0, -infinite, float("nan"), 2.0, 1.0], {}, init_scale=8.0, growth_factor=4.0,
                    backoff_factor=0.25, growth_interval=2),
    "set": run([1.0, 1.0, infinite, 1.0], {1: 64.0}, init_scale=2.0, growth_interval=2),
    "usual": run([1.0, 3e38, 1.0], {}),
}
json.dump(cases, open(here / "grad_scaler.json", "w"), indent=1)

"""Records what PyTorch's optimizers make of a few numbers: tests/tier1/optim/trajectories.inc,
and a state that PyTorch saved: tests/oracle/files/adam_state.pt.

Run with a Python that has torch 2.11.0; nothing of it is needed by the tests."""
import pathlib

import torch

root = pathlib.Path(__file__).parent.parent
target = torch.tensor([0.5, 1.0, -1.5], dtype=torch.float64)
scale = torch.tensor([1.0, 0.5, 2.0], dtype=torch.float64)


def start():
    return torch.tensor([1.0, -2.0, 3.0], dtype=torch.float64, requires_grad=True)


def descend(weights, optimizer, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        (scale * (weights - target) ** 2).sum().backward()
        optimizer.step()


def numbers(values):
    return "{" + ", ".join(float(v).hex() for v in torch.as_tensor(values).detach().tolist()) + "}"


cases = [
    ("adam", torch.optim.Adam, dict(lr=0.1)),
    ("adam", torch.optim.Adam, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1, amsgrad=True)),
    ("adamw", torch.optim.AdamW, dict(lr=0.1)),
    ("adamw", torch.optim.AdamW, dict(lr=0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.2, amsgrad=True)),
    ("rmsprop", torch.optim.RMSprop, dict(lr=0.02)),
    ("rmsprop", torch.optim.RMSprop, dict(lr=0.02, alpha=0.9, eps=1e-6, weight_decay=0.1, momentum=0.7, centered=True)),
    ("sgd", torch.optim.SGD, dict(lr=0.1)),
    ("sgd", torch.optim.SGD, dict(lr=0.05, momentum=0.9, dampening=0.1, weight_decay=0.1)),
    ("sgd", torch.optim.SGD, dict(lr=0.05, momentum=0.9, nesterov=True)),
    ("adagrad", torch.optim.Adagrad, dict(lr=0.1)),
    ("adagrad", torch.optim.Adagrad, dict(lr=0.1, lr_decay=0.01, weight_decay=0.1, initial_accumulator_value=0.5, eps=1e-6)),
]

lines = ["// Made by tests/oracle/record_native_optim.py with torch " + torch.__version__.split("+")[0] + ". Not to be edited.",
         "// Kind, options, and the three numbers after 2, 5 and 10 steps."]
for name, kind, options in cases:
    weights = start()
    optimizer = kind([weights], foreach=False, **options)
    rows = []
    done = 0
    for steps in (2, 5, 10):
        descend(weights, optimizer, steps - done)
        done = steps
        rows.append(numbers(weights))
    said = dict(options)
    if "betas" in said:
        said["beta1"], said["beta2"] = said.pop("betas")
    words = ", ".join('{"%s", %r}' % (key, float(value)) for key, value in said.items())
    lines.append('{"%s", {%s}, {%s}},' % (name, words, ", ".join(rows)))
(root / "tier1/optim/trajectories.inc").write_text("\n".join(lines) + "\n")


def rosenbrock(line_search):
    point = torch.tensor([-1.2, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([point], lr=1 if line_search else 0.002, max_iter=4, history_size=5,
                                  line_search_fn=line_search)
    rows = []
    for _ in range(3):
        def closure():
            optimizer.zero_grad()
            loss = (1 - point[0]) ** 2 + 100 * (point[1] - point[0] ** 2) ** 2
            loss.backward()
            return loss
        loss = optimizer.step(closure)
        rows.append(numbers([loss.item(), *point.tolist()]))
    return "{%s}," % ", ".join(rows)


(root / "tier1/optim/lbfgs.inc").write_text("\n".join([
    lines[0], "// The loss before and the point after each of three steps down Rosenbrock's valley, with a",
    "// fixed step and with a search.", rosenbrock(None), rosenbrock("strong_wolfe")]) + "\n")

weights = start()
adam = torch.optim.Adam([weights], lr=0.1, foreach=False)
descend(weights, adam, 5)
torch.save({"weights": weights.detach(), "optimizer": adam.state_dict()}, root / "oracle/files/adam_state.pt")

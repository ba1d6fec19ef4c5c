"""What PyTorch gives for indexes: tests/tier3/recorded/indexing.txt.

A line is a case: the expression, which is also one of Simple, and the result's dtype, shape and elements, or
"error". The tensors are those of the spec: x is arange(24).reshape(2, 3, 4), and so on. The specs read what is
recorded; run with the Python that has torch 2.11.0.
"""
import pathlib

import torch

reading = """
x[0] | x[1] | x[-1] | x[1, 2] | x[1, 2, 3] | x[-1, -1, -1] | x[0, -2] | x[0, 1, 2]
x[:] | x[0:1] | x[1:] | x[:1] | x[-1:] | x[:-1] | x[::2] | x[:, 1] | x[:, 1:] | x[:, :, 1] | x[:, :, ::2] | x[:, :, 1::2]
x[0:10] | x[5:] | x[2:1] | x[-5:1] | x[0, 1:3] | x[1, 0:2, 3] | x[1, 2:3, 1:4] | x[:, 0:3:2, 1:4:2] | x[0, 0:1, 0:1] | x[:, -2:]
x[...] | x[..., 0] | x[0, ...] | x[0, ..., 1] | x[..., 1:3] | x[..., -1] | x[1, ..., ::3] | x[:, ...] | x[..., :, 0] | x[0, 1, 2, ...]
x[None] | x[:, None] | x[..., None] | x[None, 0] | x[0, None, 1] | x[0, None] | x[None, ..., None] | x[:, None, 1:, None] | x[0, 1:, None, 2]
x[[0, 1]] | x[[1, 0, 1]] | x[[-1]] | x[:, [0, 2]] | x[:, :, [3, 0]] | x[[0, 1], [1, 2]] | x[[0, 1], :, [1, 2]] | x[0, [0, 2]] | x[[0], 1] | x[..., [1, 1]]
x[[0, 1], 1:] | x[1:, [0, 2]] | x[None, [0, 1]] | x[[0, 1], None, [1, 2]] | x[[]] | x[:, []] | x[[True, False]] | x[:, [True, False, True]]
x[i] | x[:, i] | x[i, i] | x[:, i, i] | x[i, :, i] | x[j] | x[:, j] | x[j, 1:] | x[i, 0] | x[0, i] | x[..., i] | x[i, None] | x[j, j] | x[i, ..., 1] | x[k]
x[one] | x[:, one] | x[one, one] | x[one:] | x[0:one]
x[m] | x[m3] | x[:, r] | x[0, r] | x[r2] | x[r2, r3] | x[:, r3, 1] | x[x > 10] | x[x % 2 == 0] | x[~m] | x[0, m[0]] | x[..., c]
x[True] | x[False] | x[True, 0] | x[0, True] | x[None, True] | x[:, True] | x[truth]
v[0] | v[2:5] | v[-3:] | v[i] | v[v > 3] | v[None, :] | v[:, None] | v[[5, 0]] | v[::3] | v[1:6:2]
s[...] | s[None] | s[None, None] | s[True] | s[..., None]
e[:] | e[:, 0] | e[0:0] | e[..., 1:]
x[2] | x[-3] | x[0, 3] | x[0, 0, 4] | x[0, 0, 0, 0] | x[0, ..., 0, 0, 0] | x[[0, 2]] | x[i, 5] | s[0] | v[7] | x[bad] | x[::-1] | x[::0] | x[[0, 1], [0, 1, 2]] | x[fl] | v[m] | s[0:1] | e[0] | x[..., ...]
"""
writing = """
y[0] = 5 | y[1, 2] = 5 | y[1, 2, 3] = 5 | y[-1, :, 0] = 5 | y[:] = 5 | y[...] = 5 | y[..., 0] = 5 | y[0, 1:] = 5 | y[:, ::2] = 5 | y[0, None] = 5
y[0] = z | y[:, 0] = w | y[:, :, 1:3] = w2 | y[1] = w | y[0, 1] = w | y[:] = one | y[..., 1] = u | y[0:0] = 5
y[[0, 1], [1, 2]] = 5 | y[i] = 5 | y[i] = z | y[:, j] = 5 | y[m] = 5 | y[y > 10] = 0 | y[y > 10] = one | y[r2] = w | y[:, r] = 5 | y[0, [0, 2]] = w | y[i, 0] = w
y[True] = 5 | y[False] = 5 | y[one] = 5 | y[0] = 2.75 | y[0] = True | y[x > 100] = 5 | y[[0, 0]] = 5 | y[..., [1, 3]] = 5 | y[None] = 5
q[0] = 1 | q[1:] = 2.5 | q[q > 1] = 0.5 | q[[0, 2]] = h | q[...] = 7 | q[0] = one
y[2] = 5 | y[0] = bad | y[0, 0, 0, 0] = 5 | y[m] = w | y[0] = w2 | y[i, 5] = 1
"""

names = dict(
    i=torch.tensor([1, 0]), j=torch.tensor([[0, 1], [1, 0]]), k=torch.tensor([1], dtype=torch.uint8) > 5,
    one=torch.tensor(1), truth=torch.tensor(True), bad=torch.tensor([0, 9]), fl=torch.tensor([0.0, 1.0]),
    r=torch.tensor([True, False, True]), r2=torch.tensor([False, True]), r3=torch.tensor([True, False, False]),
    c=torch.tensor([True, False, False, True]), v=torch.arange(7.0), s=torch.tensor(3.5), e=torch.empty(0, 3),
    z=torch.arange(12).reshape(3, 4) * 10, w=torch.arange(4) * 100, w2=torch.arange(2) * 7,
    u=torch.arange(3) * 11, h=torch.tensor([8.5, 9.5]))
names["k"] = torch.tensor([True, True])


def fresh():
    x = torch.arange(24).reshape(2, 3, 4)
    return dict(names, x=x, y=x.clone(), q=torch.arange(4.0), m=x > 12, m3=x % 5 == 0)


def cases(text):
    return [case.strip() for line in text.strip().splitlines() for case in line.split("|") if case.strip()]


def described(tensor):
    values = [str(int(x)) if tensor.dtype == torch.int64 else repr(float(x)) for x in tensor.flatten().tolist()]
    return "\t".join([str(tensor.dtype)[6:], " ".join(map(str, tensor.shape)), " ".join(values)])


def simple(expression):
    return expression.replace("None", "nil").replace("True", "true").replace("False", "false")


lines = []
for case in cases(reading):
    try:
        lines.append(simple(case) + "\t" + described(eval(case, fresh())))
    except (IndexError, ValueError, TypeError, RuntimeError) as error:
        lines.append(simple(case) + "\terror")
for case in cases(writing):
    scope = fresh()
    try:
        exec(case, scope)
        lines.append(simple(case) + "\t" + described(scope[case[0]]))
    except (IndexError, ValueError, TypeError, RuntimeError) as error:
        lines.append(simple(case) + "\terror")
folder = pathlib.Path(__file__).parent.parent / "tier3" / "recorded"
(folder / "indexing.txt").write_text("\n".join(lines) + "\n")

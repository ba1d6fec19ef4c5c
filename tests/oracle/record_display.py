"""What PyTorch prints for tensors of many kinds: tests/tier3/recorded/display.txt.

A line is a case: name, dtype, shape, the elements' bytes in hexadecimal, the print options, the text. Run with
the Python that has torch 2.11.0; the specs read what is recorded.
"""
import pathlib

import torch

inf, nan = float("inf"), float("nan")
f32, f64, i64 = torch.float32, torch.float64, torch.int64


def t(data, dtype=None):
    return torch.tensor(data, dtype=dtype)


torch.manual_seed(0)
cases = [
    ("a row", t([1.0, 2.0, 3.0])),
    ("fractions", t([1.5, 2.25, -3.125])),
    ("a matrix", t([[1.0, 2.5], [-3.0, 4.0]])),
    ("three dims", torch.arange(24.0).reshape(2, 3, 4)),
    ("four dims", torch.arange(16.0).reshape(2, 2, 2, 2) / 3),
    ("five dims", torch.arange(8).reshape(2, 1, 2, 1, 2)),
    ("a number", t(3.0)),
    ("a small number", t(3.25e-7)),
    ("a whole number", t(7)),
    ("a truth value", t(True)),
    ("truth values", t([True, False, True])),
    ("truth values in rows", t([[True, False], [False, False]])),
    ("integers", t([1, -20, 300])),
    ("int8", t([1, -2, 127], torch.int8)),
    ("int16", t([[1, -2], [300, 4]], torch.int16)),
    ("int32", t([5, 6], torch.int32)),
    ("uint8", t([0, 255], torch.uint8)),
    ("large integers", t([2**62, -(2**63), 1])),
    ("float64", t([0.1, 0.2], f64)),
    ("float16", t([0.1, 65504.0], torch.float16)),
    ("bfloat16", t([0.1, 3.0], torch.bfloat16)),
    ("nan", t([nan, 1.0])),
    ("only nan", t([nan, nan])),
    ("inf", t([inf, -inf, 1.0])),
    ("only inf", t([inf, -inf])),
    ("nan and fractions", t([nan, 0.5, -inf])),
    ("nan and small", t([nan, 1e-9])),
    ("zeros", torch.zeros(2, 3)),
    ("minus zero", t([-0.0, 0.0])),
    ("minus zero and more", t([-0.0, 0.5])),
    ("wide range", t([1e-5, 1.0, 1e5])),
    ("large", t([1e9, 2e9])),
    ("large and whole", t([123456789.0, 1.0])),
    ("very large", t([1e20, 1e30])),
    ("small", t([1e-5, 2e-5])),
    ("ratio of a thousand", t([1.0, 1000.5])),
    ("ratio above a thousand", t([1.0, 1001.5])),
    ("whole ratio above", t([1.0, 100000.0])),
    ("whole above 1e8", t([1.0, 2e8])),
    ("tiny float64", t([5e-324, 1.0], f64)),
    ("greatest float64", t([1.7976931348623157e308], f64)),
    ("greatest float32", t([3.4028234663852886e38])),
    ("thirds", torch.arange(7.0) / 3),
    ("negative", -torch.arange(7.0)),
    ("negative fractions", -torch.arange(7.0) / 7),
    ("a long row", torch.arange(100)),
    ("a long row of floats", torch.arange(60.0) / 7),
    ("long rows", torch.arange(60.0).reshape(2, 30)),
    ("a column", torch.arange(5.0).reshape(5, 1)),
    ("a thousand", torch.arange(1000.0)),
    ("more than a thousand", torch.arange(1001.0)),
    ("more than a thousand integers", torch.arange(1001)),
    ("a large matrix", torch.arange(1225.0).reshape(35, 35)),
    ("a large narrow matrix", torch.arange(1200.0).reshape(600, 2)),
    ("a large wide matrix", torch.arange(1200.0).reshape(2, 600)),
    ("a large cube", torch.arange(1100.0).reshape(10, 10, 11)),
    ("a cube with a small side", torch.arange(1280.0).reshape(4, 2, 160)),
    ("large truth values", torch.arange(1200) % 3 == 0),
    ("empty", torch.empty(0)),
    ("empty integers", torch.empty(0, dtype=i64)),
    ("empty rows", torch.empty(0, 3)),
    ("empty columns", torch.empty(2, 0, dtype=torch.int32)),
    ("complex", t([1 + 2j, -3.5j])),
    ("complex whole", t([1 + 2j, 3 - 4j])),
    ("complex rows", t([[1 + 2j, 0.25], [1e-9j, 3]])),
    ("complex128", t([1.5 - 2.5j], torch.complex128)),
    ("a complex number", t(1 + 2j)),
    ("complex nan", t([complex(nan, 1), complex(inf, -inf)])),
    ("complex wide range", t([1e-6 + 1j, 1e6 - 1j])),
    ("random", torch.randn(4, 5)),
    ("random float64", torch.randn(3, 3, dtype=f64)),
    ("random large", torch.randn(3, 3) * 1e6),
    ("one row of many", torch.arange(12.0).reshape(1, 1, 12)),
    ("mixed magnitudes", t([0.001, 0.01, 0.1, 1.0, 10.0])),
    ("halves", t([0.5])),
]
row = torch.arange(20.0) / 3
square = torch.randn(20, 20)
with_options = [
    ("precision 2", row, dict(precision=2)),
    ("precision 8", t([1 / 3, 2 / 3], f64), dict(precision=8)),
    ("precision 0", row, dict(precision=0)),
    ("linewidth 40", row, dict(linewidth=40)),
    ("linewidth 120", row, dict(linewidth=120)),
    ("linewidth 10", row[:4], dict(linewidth=10)),
    ("threshold 5", row, dict(threshold=5)),
    ("edgeitems 1", square, dict(threshold=5, edgeitems=1)),
    ("edgeitems 5", square, dict(threshold=5, edgeitems=5)),
    ("edgeitems 10", square, dict(threshold=5, edgeitems=10, linewidth=200)),
    ("sci_mode on", row[:5], dict(sci_mode=True)),
    ("sci_mode off", t([1e-8, 1e8]), dict(sci_mode=False)),
    ("sci_mode on, whole", t([1.0, 2.0]), dict(sci_mode=True)),
    ("sci_mode on, zero", t([0.0, 2.0]), dict(sci_mode=True)),
    ("sci_mode on, precision 1", row[:3], dict(sci_mode=True, precision=1)),
    ("integers, threshold 5", torch.arange(20).reshape(4, 5), dict(threshold=5, edgeitems=1)),
    ("truth values, linewidth 20", torch.arange(6) > 2, dict(linewidth=20)),
    ("a number, precision 10", t(1 / 3, f64), dict(precision=10)),
    ("a number, sci_mode on", t(12.5), dict(sci_mode=True)),
    ("complex, precision 1", t([1.25 + 2.5j]), dict(precision=1)),
]


def line(name, tensor, options, default=f32):
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**options)
    text = str(tensor).replace("\\", "\\\\").replace("\n", "\\n")
    data = tensor.contiguous().view(-1).view(torch.uint8) if tensor.numel() else torch.empty(0, dtype=torch.uint8)
    shown = " ".join(f"{key}={value}" for key, value in options.items())
    shape = " ".join(map(str, tensor.shape))
    return "\t".join([name, str(tensor.dtype)[6:], shape, bytes(data.tolist()).hex(), shown, text])


lines = [line(name, tensor, {}) for name, tensor in cases]
lines += [line(*case) for case in with_options]
folder = pathlib.Path(__file__).parent.parent / "tier3" / "recorded"
(folder / "display.txt").write_text("\n".join(lines) + "\n")

#!/usr/bin/env python3
"""Records what PyTorch's layers, losses and functions of torch.nn give, and writes the specs
that compare ours with it: tests/tier3/recorded/nn_*.json and tests/tier3/nn/*_recorded_spec.spl.

Run with a Python that has torch 2.11.0. A case is an expression that means the same in Python
and in Simple, and the kinds of its inputs; seed 7 comes before the constructor, and inputs are
drawn after it, so initial values are compared as well.
"""
import json
import math
import pathlib
import re

import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent / "tier3"


def make_input(kind):
    """"randn 2 3": kind of values, and the shape. ":5" behind the kind is a bound."""
    name, *shape = kind.split()
    shape = [int(n) for n in shape]
    name, _, bound = name.partition(":")
    if name == "randn":
        return torch.randn(shape)
    if name in ("rand", "part"):
        return torch.rand(shape)
    if name == "int":
        return torch.randint(0, int(bound), shape)
    if name == "sign":
        return torch.randint(0, 2, shape).float() * 2 - 1
    if name == "bits":
        return torch.randint(0, 2, shape).float()
    if name == "softmax":
        return torch.softmax(torch.randn(shape), -1)
    if name == "log_softmax":
        return torch.log_softmax(torch.randn(shape), -1).detach()
    if name == "list":
        return shape
    if name in ("positive", "weight"):
        return torch.rand(shape) + 0.5
    raise ValueError(kind)


def digest(tensor):
    flat = tensor.detach().double().reshape(-1)
    places = torch.arange(flat.numel(), dtype=torch.float64)
    numbers = [flat.sum().item(), (flat * torch.cos(places)).sum().item()] + flat[:3].tolist()
    return {"shape": list(tensor.shape), "numbers": [float(f"{n:.6g}") if math.isfinite(n) else str(n) for n in numbers]}


def tensors_in(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (tuple, list)):
        return [t for item in value for t in tensors_in(item)]
    return []


def backward(outputs):
    total = None
    for output in outputs:
        if not output.is_floating_point() or not output.requires_grad:
            continue
        weights = torch.cos(torch.arange(output.numel(), dtype=output.dtype)).reshape(output.shape)
        part = (output * weights).sum()
        total = part if total is None else total + part
    if total is not None:
        total.backward()


# The kinds of inputs that get gradients; the others are targets.
LEARNED = ("randn", "rand", "log_softmax", "positive")


def make_inputs(kinds):
    inputs = []
    for kind in kinds:
        value = make_input(kind)
        inputs.append(value.requires_grad_() if kind.split()[0] in LEARNED else value)
    return inputs


def gradients(inputs):
    return [digest(x.grad) for x in inputs if isinstance(x, torch.Tensor) and x.grad is not None]


def simple(text):
    for old, new in (("True", "true"), ("False", "false"), ("None", "nil")):
        text = re.sub(rf"\b{old}\b", new, text)
    return text


def record_module(expression, kinds):
    torch.manual_seed(7)
    module = eval(expression, {"nn": nn})
    record = {"initial": {name: digest(p) for name, p in module.named_parameters()},
              "text": simple(repr(module))}
    inputs = make_inputs(kinds)
    outputs = tensors_in(module(*inputs))
    record["outputs"] = [digest(t) for t in outputs]
    backward(outputs)
    record["inputs"] = gradients(inputs)
    record["parameters"] = {n: digest(p.grad) for n, p in module.named_parameters() if p.grad is not None}
    record["buffers"] = {name: digest(b) for name, b in module.named_buffers()}
    module.eval()
    with torch.no_grad():
        record["eval"] = [digest(t) for t in tensors_in(module(*inputs))]
    return record


def record_function(expression, kinds):
    torch.manual_seed(7)
    inputs = make_inputs(kinds)
    names = ", ".join("xyzuvw"[: len(kinds)])
    outputs = tensors_in(eval(f"lambda {names}: {expression}", {"F": F, "nn": nn})(*inputs))
    backward(outputs)
    return {"outputs": [digest(t) for t in outputs], "inputs": gradients(inputs)}


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("{", "\\{") + '"'


def write(subject, title, cases, record, call):
    records = {}
    lines = ["# Made by tests/oracle/record_nn.py. Not to be edited.", "",
             "use lib.torch.nn as nn", "use lib.torch.nn.functional as F",
             "use lib.torch.nn.init as init",
             "use nn_cases.*", "",
             f'val recorded = records("nn_{subject}")', "", f'describe "{title}":']
    for expression, *kinds in cases:
        name = f"{expression} <- {', '.join(kinds)}"
        records[name] = record(expression, kinds)
        ours = simple(expression)
        listed = ", ".join(quoted(kind) for kind in kinds)
        lines += [f"    it {quoted(name)}:", f"        {call(ours, len(kinds))}, [{listed}], recorded[{quoted(name)}])"]
    lines += ["", '    it "gives all handles back":', "        expect_nothing_left()"]
    TESTS.joinpath("recorded").mkdir(exist_ok=True)
    text = json.dumps(records, separators=(",", ":")).replace('},"', '},\n"')
    TESTS.joinpath("recorded", f"nn_{subject}.json").write_text(text + "\n")
    TESTS.joinpath("nn", f"{subject}_recorded_spec.spl").write_text("\n".join(lines) + "\n")
    print(subject, len(cases), "cases,", len(text), "bytes")


LAYERS = [
    ("nn.Identity()", "randn 2 3"),
    ("nn.Linear(3, 4)", "randn 2 3"), ("nn.Linear(3, 4, bias=False)", "randn 5 2 3"),
    ("nn.Linear(3, 1)", "randn 3"),
    ("nn.Bilinear(2, 3, 4)", "randn 5 2", "randn 5 3"), ("nn.Bilinear(2, 3, 1, bias=False)", "randn 5 2", "randn 5 3"),
    ("nn.Conv1d(3, 4, 3)", "randn 2 3 8"), ("nn.Conv1d(4, 4, 3, stride=2, padding=1, groups=2)", "randn 2 4 9"),
    ("nn.Conv1d(2, 3, 3, padding=\"same\", padding_mode=\"circular\")", "randn 2 2 7"),
    ("nn.Conv2d(2, 3, 3)", "randn 2 2 6 6"), ("nn.Conv2d(2, 3, (2, 3), stride=(2, 1), padding=(1, 0), bias=False)", "randn 2 2 6 6"),
    ("nn.Conv2d(2, 4, 3, dilation=2, groups=2)", "randn 1 2 8 8"), ("nn.Conv2d(2, 2, 3, padding=\"same\")", "randn 1 2 5 5"),
    ("nn.Conv2d(2, 2, 4, padding=\"same\", padding_mode=\"reflect\")", "randn 1 2 5 5"),
    ("nn.Conv2d(1, 2, 3, padding=1, padding_mode=\"replicate\")", "randn 1 1 5 5"),
    ("nn.Conv2d(2, 3, 3, padding=\"valid\")", "randn 2 5 5"),
    ("nn.Conv3d(1, 2, 2)", "randn 1 1 4 4 4"), ("nn.Conv3d(2, 2, 3, stride=2, padding=1)", "randn 1 2 4 4 4"),
    ("nn.ConvTranspose1d(3, 2, 3, stride=2)", "randn 2 3 4"),
    ("nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=1)", "randn 1 3 4 4"),
    ("nn.ConvTranspose2d(4, 2, 2, groups=2, dilation=2, bias=False)", "randn 1 4 3 3"),
    ("nn.ConvTranspose3d(2, 2, 2, stride=2)", "randn 1 2 2 2 2"),
    ("nn.MaxPool1d(2)", "randn 1 2 6"), ("nn.MaxPool1d(3, stride=2, padding=1, ceil_mode=True)", "randn 1 2 7"),
    ("nn.MaxPool2d(2)", "randn 1 2 6 6"), ("nn.MaxPool2d((3, 2), stride=(2, 1), padding=(1, 0))", "randn 1 2 6 6"),
    ("nn.MaxPool2d(2, dilation=2)", "randn 1 1 6 6"), ("nn.MaxPool2d(2, return_indices=True)", "randn 1 2 4 4"),
    ("nn.MaxPool3d(2)", "randn 1 2 4 4 4"),
    ("nn.AvgPool1d(2)", "randn 1 2 6"), ("nn.AvgPool1d(3, stride=1, padding=1, count_include_pad=False)", "randn 1 2 5"),
    ("nn.AvgPool2d(2)", "randn 1 2 4 4"), ("nn.AvgPool2d(2, divisor_override=3)", "randn 1 2 4 4"),
    ("nn.AvgPool2d(3, stride=2, ceil_mode=True)", "randn 1 2 6 6"), ("nn.AvgPool3d(2)", "randn 1 1 4 4 4"),
    ("nn.AdaptiveAvgPool1d(3)", "randn 1 2 7"), ("nn.AdaptiveAvgPool2d((2, 3))", "randn 1 2 5 7"),
    ("nn.AdaptiveAvgPool2d((None, 2))", "randn 1 2 3 4"), ("nn.AdaptiveAvgPool3d(2)", "randn 1 1 3 4 5"),
    ("nn.AdaptiveMaxPool1d(3)", "randn 1 2 7"), ("nn.AdaptiveMaxPool2d((2, 3), return_indices=True)", "randn 1 2 5 7"),
    ("nn.AdaptiveMaxPool3d(2)", "randn 1 1 3 4 5"),
    ("nn.LPPool1d(2, 3)", "rand 1 2 6"), ("nn.LPPool2d(3, 2, stride=1)", "rand 1 2 4 4"), ("nn.LPPool3d(2, 2)", "rand 1 1 4 4 4"),
    ("nn.FractionalMaxPool2d(2, output_size=3)", "randn 1 2 7 7"), ("nn.FractionalMaxPool2d(3, output_ratio=(0.5, 0.6))", "randn 2 1 9 9"),
    ("nn.FractionalMaxPool3d(2, output_size=2)", "randn 1 1 5 5 5"),
    ("nn.BatchNorm1d(3)", "randn 4 3"), ("nn.BatchNorm1d(3, momentum=None)", "randn 4 3 5"),
    ("nn.BatchNorm2d(3)", "randn 2 3 4 4"), ("nn.BatchNorm2d(3, affine=False)", "randn 2 3 2 2"),
    ("nn.BatchNorm2d(2, eps=0.001, momentum=0.3, track_running_stats=False)", "randn 2 2 3 3"), ("nn.BatchNorm3d(2)", "randn 2 2 2 2 2"),
    ("nn.InstanceNorm1d(3)", "randn 2 3 5"), ("nn.InstanceNorm2d(2, affine=True, track_running_stats=True)", "randn 2 2 4 4"),
    ("nn.InstanceNorm2d(2)", "randn 2 4 4"), ("nn.InstanceNorm3d(2, affine=True)", "randn 1 2 2 3 2"),
    ("nn.LayerNorm(4)", "randn 2 3 4"), ("nn.LayerNorm((3, 4), eps=0.001)", "randn 2 3 4"), ("nn.LayerNorm(4, bias=False)", "randn 2 4"),
    ("nn.LayerNorm(4, elementwise_affine=False)", "randn 2 4"),
    ("nn.GroupNorm(2, 4)", "randn 2 4 3"), ("nn.GroupNorm(4, 4, affine=False)", "randn 2 4 3 3"),
    ("nn.RMSNorm(4)", "randn 2 4"), ("nn.RMSNorm((2, 4), eps=0.01)", "randn 3 2 4"), ("nn.RMSNorm(4, elementwise_affine=False)", "randn 2 4"),
    ("nn.LocalResponseNorm(2)", "randn 1 4 3 3"), ("nn.LocalResponseNorm(3, alpha=0.01, beta=0.5, k=2.0)", "randn 1 4 5"),
    ("nn.Dropout(0.4)", "randn 4 5"), ("nn.Dropout(0.0)", "randn 2 2"), ("nn.Dropout1d(0.5)", "randn 2 4 3"), ("nn.Dropout2d(0.5)", "randn 2 4 3 3"),
    ("nn.Dropout3d(0.5)", "randn 2 4 2 2 2"), ("nn.AlphaDropout(0.3)", "randn 4 5"), ("nn.FeatureAlphaDropout(0.3)", "randn 2 4 3"),
    ("nn.Embedding(6, 3)", "int:6 2 4"), ("nn.Embedding(6, 3, padding_idx=2)", "int:6 8"), ("nn.Embedding(6, 3, padding_idx=-1, scale_grad_by_freq=True)", "int:6 8"),
    ("nn.Embedding(5, 2, max_norm=1.0)", "int:5 6"),
    ("nn.EmbeddingBag(6, 3)", "int:6 2 4"), ("nn.EmbeddingBag(6, 3, mode=\"sum\", padding_idx=1)", "int:6 2 4"), ("nn.EmbeddingBag(6, 3, mode=\"max\")", "int:6 2 4"),
    ("nn.RNN(3, 4)", "randn 5 2 3"), ("nn.RNN(3, 4, nonlinearity=\"relu\", batch_first=True, bidirectional=True)", "randn 2 5 3"),
    ("nn.RNN(3, 4, 2, bias=False)", "randn 5 3"), ("nn.RNN(2, 3)", "randn 4 2 2", "randn 1 2 3"),
    ("nn.LSTM(3, 4)", "randn 5 2 3"), ("nn.LSTM(3, 4, num_layers=2, bidirectional=True)", "randn 5 2 3"),
    ("nn.LSTM(3, 4, batch_first=True, proj_size=2)", "randn 2 5 3"), ("nn.LSTM(3, 4, bias=False)", "randn 5 3"),
    ("nn.LSTM(3, 4, num_layers=2, dropout=0.3)", "randn 5 2 3"),
    ("nn.GRU(3, 4)", "randn 5 2 3"), ("nn.GRU(3, 4, num_layers=2, batch_first=True, bidirectional=True)", "randn 2 5 3"), ("nn.GRU(3, 2)", "randn 4 3", "randn 1 2"),
    ("nn.RNNCell(3, 4)", "randn 2 3"), ("nn.RNNCell(3, 4, nonlinearity=\"relu\", bias=False)", "randn 3", "randn 4"),
    ("nn.LSTMCell(3, 4)", "randn 2 3"), ("nn.GRUCell(3, 4)", "randn 2 3", "randn 2 4"), ("nn.GRUCell(3, 4, bias=False)", "randn 3"),
    ("nn.MultiheadAttention(8, 2)", "randn 5 2 8", "randn 4 2 8", "randn 4 2 8"), ("nn.MultiheadAttention(8, 2, batch_first=True)", "randn 2 5 8", "randn 2 5 8", "randn 2 5 8"),
    ("nn.MultiheadAttention(8, 4, kdim=6, vdim=5)", "randn 5 2 8", "randn 4 2 6", "randn 4 2 5"),
    ("nn.MultiheadAttention(4, 2, add_bias_kv=True, add_zero_attn=True)", "randn 3 4", "randn 3 4", "randn 3 4"), ("nn.MultiheadAttention(4, 1, bias=False)", "randn 3 1 4", "randn 3 1 4", "randn 3 1 4"),
    ("nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0)", "randn 5 2 8"), ("nn.TransformerEncoderLayer(8, 2, 16, dropout=0.1)", "randn 5 2 8"),
    ("nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, activation=\"gelu\", batch_first=True, norm_first=True)", "randn 2 5 8"),
    ("nn.TransformerDecoderLayer(8, 2, 16, dropout=0.0)", "randn 5 2 8", "randn 3 2 8"), ("nn.TransformerDecoderLayer(8, 2, 16, dropout=0.0, norm_first=True, bias=False)", "randn 5 2 8", "randn 3 2 8"),
    ("nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0), 2, enable_nested_tensor=False)", "randn 3 2 4"),
    ("nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 8, dropout=0.0), 2, norm=nn.LayerNorm(4))", "randn 3 2 4", "randn 2 2 4"),
    ("nn.Transformer(4, 2, 1, 1, 8, dropout=0.0)", "randn 3 2 4", "randn 2 2 4"),
    ("nn.ReLU()", "randn 3 4"), ("nn.ReLU6()", "randn 3 4"), ("nn.SELU()", "randn 3 4"), ("nn.SiLU()", "randn 3 4"), ("nn.Mish()", "randn 3 4"), ("nn.Hardswish()", "randn 3 4"),
    ("nn.Hardsigmoid()", "randn 3 4"), ("nn.Sigmoid()", "randn 3 4"), ("nn.LogSigmoid()", "randn 3 4"), ("nn.Tanh()", "randn 3 4"), ("nn.Tanhshrink()", "randn 3 4"), ("nn.Softsign()", "randn 3 4"),
    ("nn.ELU()", "randn 3 4"), ("nn.ELU(alpha=0.5)", "randn 3 4"), ("nn.CELU(0.7)", "randn 3 4"), ("nn.LeakyReLU()", "randn 3 4"), ("nn.LeakyReLU(0.2)", "randn 3 4"),
    ("nn.Hardtanh()", "randn 3 4"), ("nn.Hardtanh(-0.5, 0.8)", "randn 3 4"), ("nn.Threshold(0.1, 20)", "randn 3 4"), ("nn.RReLU()", "randn 3 4"), ("nn.RReLU(0.1, 0.2)", "randn 3 4"),
    ("nn.PReLU()", "randn 3 4"), ("nn.PReLU(4, init=0.1)", "randn 3 4 2"), ("nn.GELU()", "randn 3 4"), ("nn.GELU(\"tanh\")", "randn 3 4"), ("nn.GLU()", "randn 3 4"), ("nn.GLU(0)", "randn 4 3"),
    ("nn.Hardshrink()", "randn 3 4"), ("nn.Softshrink(0.3)", "randn 3 4"), ("nn.Softplus()", "randn 3 4"), ("nn.Softplus(beta=2.0, threshold=1.0)", "randn 3 4"),
    ("nn.Softmax(1)", "randn 3 4"), ("nn.Softmax(dim=-1)", "randn 2 3 4"), ("nn.LogSoftmax(1)", "randn 3 4"), ("nn.Softmin(1)", "randn 3 4"), ("nn.Softmax2d()", "randn 1 3 2 2"),
    ("nn.ReflectionPad1d(2)", "randn 1 2 4"), ("nn.ReflectionPad2d((1, 2, 0, 1))", "randn 1 2 4 4"), ("nn.ReflectionPad3d(1)", "randn 1 1 3 3 3"),
    ("nn.ReplicationPad1d((1, 3))", "randn 1 2 4"), ("nn.ReplicationPad2d(1)", "randn 1 1 3 3"), ("nn.ReplicationPad3d(1)", "randn 1 1 2 2 2"),
    ("nn.ZeroPad1d(2)", "randn 1 2 3"), ("nn.ZeroPad2d((1, 0, 2, 1))", "randn 1 1 3 3"), ("nn.ZeroPad3d(1)", "randn 1 1 2 2 2"),
    ("nn.ConstantPad1d(1, 3.5)", "randn 1 2 3"), ("nn.ConstantPad2d((1, 2, 3, 4), 0.5)", "randn 1 1 3 3"), ("nn.ConstantPad3d(1, 2.0)", "randn 1 1 2 2 2"),
    ("nn.CircularPad1d(2)", "randn 1 2 4"), ("nn.CircularPad2d((1, 1, 2, 0))", "randn 1 1 4 4"), ("nn.CircularPad3d(1)", "randn 1 1 3 3 3"),
    ("nn.PixelShuffle(2)", "randn 1 8 2 3"), ("nn.PixelUnshuffle(2)", "randn 1 2 4 6"), ("nn.ChannelShuffle(2)", "randn 1 4 2 2"),
    ("nn.Upsample(scale_factor=2)", "randn 1 2 3 3"), ("nn.Upsample(size=(4, 5), mode=\"bilinear\")", "randn 1 2 3 3"), ("nn.Upsample(scale_factor=1.5, mode=\"linear\", align_corners=True)", "randn 1 2 4"),
    ("nn.Upsample(scale_factor=2, mode=\"bicubic\")", "randn 1 1 3 3"), ("nn.Upsample(size=4, mode=\"trilinear\")", "randn 1 1 2 2 2"),
    ("nn.UpsamplingNearest2d(scale_factor=2)", "randn 1 1 3 3"), ("nn.UpsamplingBilinear2d(size=(4, 4))", "randn 1 1 3 3"),
    ("nn.Flatten()", "randn 2 3 4"), ("nn.Flatten(0, 1)", "randn 2 3 4"), ("nn.Unflatten(1, (2, 3))", "randn 2 6"),
    ("nn.Fold((4, 5), (2, 2))", "randn 1 8 12"), ("nn.Unfold(2, stride=2, padding=1)", "randn 1 2 4 4"),
    ("nn.CosineSimilarity()", "randn 3 4", "randn 3 4"), ("nn.CosineSimilarity(dim=0, eps=0.1)", "randn 3 4", "randn 3 4"),
    ("nn.PairwiseDistance()", "randn 3 4", "randn 3 4"), ("nn.PairwiseDistance(p=1.0, keepdim=True)", "randn 3 4", "randn 3 4"),
    ("nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))", "randn 5 3"),
    ("nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8, 3))", "randn 2 1 6 6"),
    ("nn.Sequential(nn.Sequential(nn.Linear(2, 2)), nn.Sequential(nn.Linear(2, 1), nn.Tanh()))", "randn 3 2"),
]

LOSSES = [
    ("nn.L1Loss()", "randn 3 4", "randn 3 4"), ("nn.L1Loss(reduction=\"sum\")", "randn 3 4", "randn 3 4"), ("nn.L1Loss(reduction=\"none\")", "randn 3 4", "randn 3 4"),
    ("nn.MSELoss()", "randn 3 4", "randn 3 4"), ("nn.MSELoss(reduction=\"sum\")", "randn 3 4", "randn 3 4"), ("nn.MSELoss(reduction=\"none\")", "randn 3 4", "randn 3 4"),
    ("nn.SmoothL1Loss()", "randn 3 4", "randn 3 4"), ("nn.SmoothL1Loss(beta=0.3, reduction=\"sum\")", "randn 3 4", "randn 3 4"),
    ("nn.HuberLoss()", "randn 3 4", "randn 3 4"), ("nn.HuberLoss(delta=0.4, reduction=\"none\")", "randn 3 4", "randn 3 4"),
    ("nn.CrossEntropyLoss()", "randn 3 4", "int:4 3"), ("nn.CrossEntropyLoss(ignore_index=1, reduction=\"sum\")", "randn 6 4", "int:4 6"),
    ("nn.CrossEntropyLoss(label_smoothing=0.2)", "randn 3 4", "int:4 3"), ("nn.CrossEntropyLoss()", "randn 2 4 3", "int:4 2 3"), ("nn.CrossEntropyLoss(reduction=\"none\")", "randn 3 4", "softmax 3 4"),
    ("nn.NLLLoss()", "log_softmax 3 4", "int:4 3"), ("nn.NLLLoss(reduction=\"none\", ignore_index=0)", "log_softmax 5 4", "int:4 5"), ("nn.NLLLoss(reduction=\"sum\")", "randn 2 4 2 2", "int:4 2 2 2"),
    ("nn.BCELoss()", "rand 3 4", "bits 3 4"), ("nn.BCELoss(reduction=\"sum\")", "rand 3 4", "part 3 4"),
    ("nn.BCEWithLogitsLoss()", "randn 3 4", "bits 3 4"), ("nn.BCEWithLogitsLoss(reduction=\"none\")", "randn 3 4", "bits 3 4"),
    ("nn.KLDivLoss()", "log_softmax 3 4", "softmax 3 4"), ("nn.KLDivLoss(reduction=\"batchmean\")", "log_softmax 3 4", "softmax 3 4"), ("nn.KLDivLoss(reduction=\"sum\", log_target=True)", "log_softmax 3 4", "log_softmax 3 4"),
    ("nn.PoissonNLLLoss()", "randn 3 4", "part 3 4"), ("nn.PoissonNLLLoss(log_input=False, full=True, reduction=\"sum\")", "positive 3 4", "part 3 4"),
    ("nn.GaussianNLLLoss()", "randn 3 4", "randn 3 4", "rand 3 4"), ("nn.GaussianNLLLoss(full=True, reduction=\"sum\")", "randn 3 4", "randn 3 4", "rand 3 1"),
    ("nn.HingeEmbeddingLoss()", "randn 3 4", "sign 3 4"), ("nn.HingeEmbeddingLoss(margin=0.5, reduction=\"sum\")", "randn 3 4", "sign 3 4"),
    ("nn.MultiLabelMarginLoss()", "randn 3 4", "int:4 3 4"), ("nn.MultiLabelSoftMarginLoss()", "randn 3 4", "bits 3 4"), ("nn.MultiLabelSoftMarginLoss(reduction=\"none\")", "randn 3 4", "bits 3 4"),
    ("nn.SoftMarginLoss()", "randn 3 4", "sign 3 4"), ("nn.MultiMarginLoss()", "randn 3 4", "int:4 3"), ("nn.MultiMarginLoss(p=2, margin=0.5, reduction=\"sum\")", "randn 3 4", "int:4 3"),
    ("nn.CosineEmbeddingLoss()", "randn 3 4", "randn 3 4", "sign 3"), ("nn.CosineEmbeddingLoss(margin=0.3, reduction=\"none\")", "randn 3 4", "randn 3 4", "sign 3"),
    ("nn.MarginRankingLoss()", "randn 5", "randn 5", "sign 5"), ("nn.MarginRankingLoss(margin=0.2, reduction=\"sum\")", "randn 5", "randn 5", "sign 5"),
    ("nn.TripletMarginLoss()", "randn 3 4", "randn 3 4", "randn 3 4"), ("nn.TripletMarginLoss(margin=0.5, p=1.0, swap=True, reduction=\"none\")", "randn 3 4", "randn 3 4", "randn 3 4"),
    ("nn.TripletMarginWithDistanceLoss()", "randn 3 4", "randn 3 4", "randn 3 4"), ("nn.TripletMarginWithDistanceLoss(swap=True, reduction=\"sum\")", "randn 3 4", "randn 3 4", "randn 3 4"),
    ("nn.CTCLoss(reduction=\"sum\")", "log_softmax 6 2 4", "int:3 2 2", "list 6 6", "list 2 1"), ("nn.CTCLoss(blank=3)", "log_softmax 6 2 4", "int:3 2 2", "list 6 5", "list 2 2"),
    ("nn.AdaptiveLogSoftmaxWithLoss(4, 10, [2, 5], div_value=2.0)", "randn 6 4", "int:10 6"), ("nn.AdaptiveLogSoftmaxWithLoss(8, 6, [3], head_bias=True)", "randn 5 8", "int:6 5"),
]

FUNCTIONS = [
    ("F.linear(x, y)", "randn 2 3", "randn 4 3"), ("F.linear(x, y, z)", "randn 2 3", "randn 4 3", "randn 4"), ("F.bilinear(x, y, z)", "randn 5 2", "randn 5 3", "randn 4 2 3"),
    ("F.conv1d(x, y, padding=1)", "randn 1 2 5", "randn 3 2 3"), ("F.conv2d(x, y, z, stride=2)", "randn 1 2 5 5", "randn 3 2 3 3", "randn 3"), ("F.conv2d(x, y, padding=\"same\")", "randn 1 2 5 5", "randn 3 2 3 3"),
    ("F.conv3d(x, y)", "randn 1 1 3 3 3", "randn 2 1 2 2 2"), ("F.conv_transpose1d(x, y, stride=2)", "randn 1 2 3", "randn 2 3 2"), ("F.conv_transpose2d(x, y, padding=1, groups=2)", "randn 1 4 3 3", "randn 4 1 3 3"),
    ("F.conv_transpose3d(x, y)", "randn 1 1 2 2 2", "randn 1 2 2 2 2"), ("F.conv_tbc(x, y, z, pad=1)", "randn 5 2 3", "randn 3 3 4", "randn 4"),
    ("F.unfold(x, 2)", "randn 1 2 3 3"), ("F.fold(x, (3, 3), 2)", "randn 1 8 4"),
    ("F.avg_pool2d(x, 2, 1)", "randn 1 1 3 3"), ("F.max_pool2d(x, 2, return_indices=True)", "randn 1 1 4 4"), ("F.max_pool1d(x, 2, return_indices=True)", "randn 1 1 4"), ("F.max_pool3d(x, 2, 1, return_indices=True)", "randn 1 1 3 3 3"),
    ("F.max_unpool1d(*F.max_pool1d(x, 2, return_indices=True), 2)", "randn 1 1 6"), ("F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2)", "randn 1 2 4 4"), ("F.max_unpool3d(*F.max_pool3d(x, 2, return_indices=True), 2)", "randn 1 1 4 4 4"),
    ("F.adaptive_avg_pool2d(x, 2)", "randn 1 1 5 5"), ("F.adaptive_max_pool1d(x, 2, return_indices=True)", "randn 1 1 5"), ("F.lp_pool1d(x, 2, 2)", "rand 1 1 6"),
    ("F.threshold(x, 0.1, 2.0)", "randn 3 4"), ("F.relu(x)", "randn 3 4"), ("F.hardtanh(x, -0.3, 0.4)", "randn 3 4"), ("F.elu(x, 0.4)", "randn 3 4"), ("F.celu(x, 0.4)", "randn 3 4"), ("F.leaky_relu(x, 0.3)", "randn 3 4"), ("F.prelu(x, y)", "randn 3 4", "rand 1"), ("F.rrelu(x, 0.1, 0.3, True)", "randn 3 4"),
    ("F.glu(x, 1)", "randn 3 4"), ("F.gelu(x)", "randn 3 4"), ("F.gelu(x, approximate=\"tanh\")", "randn 3 4"), ("F.logsigmoid(x)", "randn 3 4"), ("F.hardshrink(x, 0.2)", "randn 3 4"), ("F.tanhshrink(x)", "randn 3 4"), ("F.softsign(x)", "randn 3 4"), ("F.softplus(x, 2.0)", "randn 3 4"), ("F.softshrink(x, 0.2)", "randn 3 4"),
    ("F.softmin(x, 1)", "randn 3 4"), ("F.softmax(x, 0)", "randn 3 4"), ("F.log_softmax(x, -1)", "randn 3 4"), ("F.gumbel_softmax(x, 0.5)", "randn 3 4"), ("F.gumbel_softmax(x, tau=1.0, hard=True)", "randn 3 4"),
    ("F.tanh(x)", "randn 3 4"), ("F.sigmoid(x)", "randn 3 4"), ("F.hardsigmoid(x)", "randn 3 4"), ("F.silu(x)", "randn 3 4"), ("F.mish(x)", "randn 3 4"), ("F.hardswish(x)", "randn 3 4"), ("F.relu6(x)", "randn 3 4"), ("F.selu(x)", "randn 3 4"),
    ("F.batch_norm(x, None, None, training=True)", "randn 4 3"), ("F.instance_norm(x)", "randn 2 3 4"), ("F.layer_norm(x, (4,), y, z)".replace("(4,)", "[4]"), "randn 2 4", "randn 4", "randn 4"), ("F.group_norm(x, 2)", "randn 2 4 3"), ("F.rms_norm(x, [4])", "randn 2 4"), ("F.local_response_norm(x, 3)", "randn 1 4 3"),
    ("F.normalize(x)", "randn 3 4"), ("F.normalize(x, p=1.0, dim=0)", "randn 3 4"), ("F.dropout(x, 0.3)", "randn 3 4"), ("F.dropout2d(x, 0.3)", "randn 2 4 2 2"), ("F.alpha_dropout(x, 0.3, training=True)", "randn 3 4"),
    ("F.embedding(x, y)", "int:5 4", "randn 5 3"), ("F.embedding(x, y, padding_idx=0)", "int:5 4", "randn 5 3"), ("F.embedding_bag(x, y)", "int:5 2 3", "randn 5 3"), ("F.one_hot(x, 5)", "int:5 4"),
    ("F.embedding_bag(x, y, mode=\"sum\", per_sample_weights=z)", "int:5 2 3", "randn 5 3", "randn 2 3"),
    ("F.pairwise_distance(x, y, p=3.0)", "randn 3 4", "randn 3 4"), ("F.cosine_similarity(x, y, dim=0)", "randn 3 4", "randn 3 4"), ("F.pdist(x)", "randn 4 3"),
    ("F.cross_entropy(x, y, weight=z)", "randn 3 4", "int:4 3", "weight 4"), ("F.nll_loss(x, y, weight=z, reduction=\"sum\")", "log_softmax 3 4", "int:4 3", "weight 4"), ("F.binary_cross_entropy(x, y, weight=z)", "rand 3 4", "bits 3 4", "weight 4"), ("F.binary_cross_entropy_with_logits(x, y, pos_weight=z)", "randn 3 4", "bits 3 4", "weight 4"),
    ("F.mse_loss(x, y)", "randn 3 4", "randn 3 4"), ("F.huber_loss(x, y)", "randn 3 4", "randn 3 4"), ("F.multi_margin_loss(x, y, weight=z)", "randn 3 4", "int:4 3", "weight 4"), ("F.multilabel_soft_margin_loss(x, y, weight=z)", "randn 3 4", "bits 3 4", "weight 4"),
    ("F.gaussian_nll_loss(x, y, z)", "randn 3 4", "randn 3 4", "positive 3"), ("F.triplet_margin_loss(x, y, z)", "randn 3 4", "randn 3 4", "randn 3 4"),
    ("F.pixel_shuffle(x, 2)", "randn 1 4 2 2"), ("F.pixel_unshuffle(x, 2)", "randn 1 1 4 4"), ("F.channel_shuffle(x, 2)", "randn 1 4 2"),
    ("F.pad(x, (1, 2))", "randn 2 3"), ("F.pad(x, (1, 2, 0, 1), value=1.5)", "randn 2 3"), ("F.pad(x, (2, 1), mode=\"reflect\")", "randn 1 2 4"), ("F.pad(x, (2, 1), mode=\"replicate\")", "randn 1 2 4"), ("F.pad(x, (2, 1), mode=\"circular\")", "randn 1 2 4"),
    ("F.interpolate(x, scale_factor=2)", "randn 1 1 3 3"), ("F.interpolate(x, size=5, mode=\"nearest-exact\")", "randn 1 1 3"), ("F.interpolate(x, size=(5, 4), mode=\"bilinear\", align_corners=True)", "randn 1 1 3 3"), ("F.interpolate(x, scale_factor=0.5, mode=\"area\")", "randn 1 1 4 4"), ("F.interpolate(x, scale_factor=0.5, mode=\"bicubic\", antialias=True)", "randn 1 1 6 6"), ("F.interpolate(x, scale_factor=1.5, recompute_scale_factor=True)", "randn 1 1 3 3"),
    ("F.upsample(x, scale_factor=2)", "randn 1 1 2 2"), ("F.grid_sample(x, y)", "randn 1 1 3 3", "rand 1 2 2 2"), ("F.grid_sample(x, y, mode=\"nearest\", padding_mode=\"border\", align_corners=True)", "randn 1 1 3 3", "randn 1 2 2 2"), ("F.affine_grid(x, (1, 1, 2, 2))", "randn 1 2 3"),
    ("F.scaled_dot_product_attention(x, y, z)", "randn 1 2 3 4", "randn 1 2 5 4", "randn 1 2 5 4"), ("F.scaled_dot_product_attention(x, y, z, is_causal=True, scale=0.7)", "randn 1 2 3 4", "randn 1 2 3 4", "randn 1 2 3 4"),
]


MASK3 = "nn.Transformer.generate_square_subsequent_mask(3)"
CALLS = [
    (f"nn.MultiheadAttention(4, 2)(x, x, x, attn_mask={MASK3})", "randn 3 2 4"), ("nn.MultiheadAttention(4, 2)(x, x, x, key_padding_mask=y > 0.9)", "randn 3 2 4", "part 2 3"),
    (f"nn.MultiheadAttention(4, 2)(x, x, x, attn_mask={MASK3}, need_weights=False)", "randn 3 2 4"), (f"nn.MultiheadAttention(4, 2)(x, x, x, attn_mask={MASK3}, need_weights=False, is_causal=True)", "randn 3 2 4"),
    ("nn.MultiheadAttention(4, 2)(x, x, x, average_attn_weights=False)", "randn 3 2 4"), ("nn.MultiheadAttention(4, 2)(x, x, x, attn_mask=y > 0.9)", "randn 3 2 4", "part 4 3 3"),
    ("nn.MultiheadAttention(4, 2)(x, x, x, key_padding_mask=y > 0.9, need_weights=False)", "randn 3 2 4", "part 2 3"), ("nn.MultiheadAttention(4, 2)(x, x, x, need_weights=False)", "randn 3 4"),
    (f"nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0)(x, src_mask={MASK3})", "randn 3 2 4"), ("nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0)(x, src_key_padding_mask=y > 0.9)", "randn 3 2 4", "part 2 3"),
    (f"nn.TransformerDecoderLayer(4, 2, 8, dropout=0.0)(x, y, tgt_mask={MASK3})", "randn 3 2 4", "randn 2 2 4"), (f"nn.Transformer(4, 2, 1, 1, 8, dropout=0.0)(x, y, tgt_mask={MASK3})", "randn 2 2 4", "randn 3 2 4"),
    ("nn.Transformer(4, 2, 1, 2, 8, dropout=0.0, batch_first=True)(x, y)", "randn 2 2 4", "randn 2 3 4"),
    ("F.embedding_bag(x, y, z)", "int:5 6", "randn 5 3", "int:1 2"), ("nn.EmbeddingBag(5, 3, include_last_offset=True)(x, z)".replace("z", "y"), "int:5 6", "int:1 2"), ("nn.EmbeddingBag(5, 3, mode=\"sum\")(x, per_sample_weights=y)", "int:5 2 3", "part 2 3"),
    ("nn.ConvTranspose2d(1, 1, 3, stride=2)(x, output_size=(8, 8))", "randn 1 1 3 3"), ("nn.ConvTranspose1d(2, 1, 2, stride=2)(x, output_size=[7])", "randn 1 2 3"),
    ("nn.MaxUnpool1d(2)(*nn.MaxPool1d(2, return_indices=True)(x))", "randn 1 1 6"), ("nn.MaxUnpool2d(2)(*nn.MaxPool2d(2, return_indices=True)(x))", "randn 1 1 4 4"), ("nn.MaxUnpool3d(2)(*nn.MaxPool3d(2, return_indices=True)(x))", "randn 1 1 4 4 4"),
    ("nn.MaxUnpool2d(2)(*nn.MaxPool2d(2, return_indices=True)(x), output_size=(5, 5))", "randn 1 1 5 5"),
    ("nn.LSTM(3, 4)(x, (y, z))", "randn 5 2 3", "randn 1 2 4", "randn 1 2 4"), ("nn.LSTM(3, 4, proj_size=2)(x, (y, z))", "randn 5 3", "randn 1 2", "randn 1 4"), ("nn.LSTMCell(3, 4)(x, (y, z))", "randn 2 3", "randn 2 4", "randn 2 4"), ("nn.LSTMCell(3, 4)(x)", "randn 3"),
    ("nn.BatchNorm1d(3).eval()(x)", "randn 4 3"), ("nn.InstanceNorm1d(3, track_running_stats=True).eval()(x)", "randn 2 3 4"), ("nn.Dropout(0.5).eval()(x)", "randn 3"),
    ("nn.BCELoss(weight=z)(x, y)", "rand 3 4", "bits 3 4", "weight 4"), ("nn.BCEWithLogitsLoss(weight=z, pos_weight=u)(x, y)", "randn 3 4", "bits 3 4", "weight 4", "weight 4"),
    ("nn.CrossEntropyLoss(weight=z, label_smoothing=0.1)(x, y)", "randn 3 4", "int:4 3", "weight 4"), ("nn.NLLLoss(weight=z)(x, y)", "log_softmax 3 4", "int:4 3", "weight 4"), ("nn.MultiMarginLoss(weight=z)(x, y)", "randn 3 4", "int:4 3", "weight 4"), ("nn.MultiLabelSoftMarginLoss(weight=z)(x, y)", "randn 3 4", "bits 3 4", "weight 4"),
    ("nn.ReLU(inplace=True)(x * 1)", "randn 3 4"), ("nn.ELU(inplace=True)(x * 1)", "randn 3 4"), ("nn.LeakyReLU(0.1, inplace=True)(x * 1)", "randn 3 4"), ("nn.Hardtanh(inplace=True)(x * 1)", "randn 3 4"), ("nn.Dropout(0.4, inplace=True)(x * 1)", "randn 3 4"), ("nn.Threshold(0.2, 0.1, inplace=True)(x * 1)", "randn 3 4"),
    ("nn.SiLU(inplace=True)(x * 1)", "randn 3 4"), ("nn.Mish(inplace=True)(x * 1)", "randn 3 4"), ("nn.SELU(inplace=True)(x * 1)", "randn 3 4"), ("nn.ReLU6(inplace=True)(x * 1)", "randn 3 4"), ("nn.CELU(inplace=True)(x * 1)", "randn 3 4"), ("nn.Hardswish(inplace=True)(x * 1)", "randn 3 4"), ("nn.Hardsigmoid(inplace=True)(x * 1)", "randn 3 4"), ("nn.RReLU(inplace=True)(x * 1)", "randn 3 4"),
]

INITIAL = [
    ("init.uniform_(t, -1.0, 2.0)", "3 4"), ("init.normal_(t, 1.0, 0.5)", "3 4"), ("init.constant_(t, 0.3)", "3 4"), ("init.ones_(t)", "2 2"), ("init.zeros_(t)", "2 2"),
    ("init.eye_(t)", "3 4"), ("init.dirac_(t)", "4 2 3"), ("init.dirac_(t, 2)", "4 2 3 3"), ("init.dirac_(t)", "2 2 3 3 3"),
    ("init.xavier_uniform_(t)", "3 4"), ("init.xavier_uniform_(t, gain=2.0)", "3 4 2"), ("init.xavier_normal_(t)", "3 4"), ("init.xavier_normal_(t, gain=0.5)", "3 4 2 2"),
    ("init.kaiming_uniform_(t)", "3 4"), ("init.kaiming_uniform_(t, a=0.3, mode=\"fan_out\")", "3 4 2"), ("init.kaiming_normal_(t, nonlinearity=\"relu\")", "3 4"), ("init.kaiming_normal_(t, mode=\"fan_out\", nonlinearity=\"tanh\")", "3 4"),
    ("init.trunc_normal_(t)", "5 6"), ("init.trunc_normal_(t, mean=0.5, std=2.0, a=0.0, b=1.0)", "5 6"), ("init.orthogonal_(t)", "4 4"), ("init.orthogonal_(t, gain=2.0)", "2 5"), ("init.orthogonal_(t)", "5 2 1"),
    ("init.sparse_(t, 0.4)", "5 3"),
]


def record_initial(expression, kinds):
    torch.manual_seed(7)
    tensor = torch.empty([int(n) for n in kinds[0].split()])
    eval(expression, {"init": nn.init, "t": tensor})
    return digest(tensor)


def call_initial(ours, count):
    return f"initial_as_recorded(\\t: {ours}"


def call_module(ours, count):
    return f"module_as_recorded(\\: {ours}"


def call_function(ours, count):
    names = ", ".join("xyzuvw"[:count])
    ours = re.sub(r"\*(nn\.MaxPool\w+\(2, return_indices=true\)\(x\))", r"\1...", ours)
    ours = re.sub(r"\*(F\.max_pool\w+\(x, 2, return_indices=true\))", r"\1...", ours)
    return f"function_as_recorded(\\{names}: {ours}"


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("layers", "layers, as PyTorch's", LAYERS, record_module, call_module)
    write("losses", "losses, as PyTorch's", LOSSES, record_module, call_module)
    write("functions", "functions of torch.nn.functional, as PyTorch's", FUNCTIONS, record_function, call_function)
    write("calls", "calls of layers and losses, as PyTorch's", CALLS, record_function, call_function)
    write("initial", "initial values, as PyTorch's", INITIAL, record_initial, call_initial)

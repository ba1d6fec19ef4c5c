#!/usr/bin/env python3
"""Record answers of PyTorch's ATen operators on the CPU.

What it writes
    One JSON object a line on standard output, one line a case:

    {"op": "aten::add", "overload": "Tensor", "args": [...], "results": [...],
     "grads": {"0": ..., "1": ...}}

    "overload" is "" for an operator's unnamed overload.

    "args" has one entry for every argument of the operator's schema, in the
    schema's order, keyword-only ones included; an argument that the case
    leaves alone has the schema's default value spelled out.  "results" has
    one entry for every result, in the schema's order.  The entries:

        null                    none
        {"i": 3}                int (SymInt too)
        {"f": 0.5}              float
        {"b": true}             bool
        {"c": [re, im]}         complex
        {"s": "mean"}           string
        {"dtype": 6}            ScalarType, by its number in c10
        {"il": [1, 2]}          list of int
        {"fl": [1.5, 2.0]}      list of float
        {"bl": [true, false]}   list of bool
        {"t": TENSOR}           tensor
        {"tl": [TENSOR, null]}  list of (optional) tensors

        TENSOR = {"dtype": "float32", "shape": [2, 3], "data": [...]}

    A Scalar argument is an i, f, b or c by the type of the Python value.
    "data" is row-major; bool elements are 0 or 1, complex elements [re, im].
    Floats that are not finite are the strings "nan", "inf" and "-inf", in
    tensors and in f, fl and c entries alike.  Devices, layouts, memory
    formats and generators occur only as null.

    Arguments are recorded before the call, so an operator that changes an
    argument in place (add_.Tensor) is recorded with the value it was given.

    "grads", where present, holds the gradients of (w * results[0]).sum(),
    w being of the shape and dtype of results[0] with
    w.flatten()[k] = 0.5 + 0.25 * (k % 7), with respect to every floating
    tensor argument; a key is the argument's index, a value is a TENSOR.
    In such a case every floating tensor argument has requires_grad set.

How to run it
    In a scratch environment that has the Python package torch 2.11.0:

        python3 record.py > recorded.jsonl

    The inputs are fixed formulas without random numbers, so that the inputs
    never change from run to run.  The last digits of results can differ
    between processors.

How the test reads it
    For each line: rebuild the arguments from their entries, call the operator
    of that name and overload through the library, and compare each result
    with the recorded one: dtype, shape and integer or bool elements exactly,
    floating elements within a tolerance fit for their dtype, "nan" equal to
    "nan".  Where "grads" is present, call again with requires_grad set on the
    floating tensor arguments, go backward from (w * results[0]).sum() and
    compare the gradients in the same way.
"""

import json
import math
import sys

import torch

F32, F64 = torch.float32, torch.float64
F16, BF16 = torch.float16, torch.bfloat16
C64, C128 = torch.complex64, torch.complex128
U8, I8, I16, I32, I64 = (torch.uint8, torch.int8, torch.int16, torch.int32,
                         torch.int64)
BOOL = torch.bool

SCALAR_TYPE = {U8: 0, I8: 1, I16: 2, I32: 3, I64: 4, F16: 5, F32: 6, F64: 7,
               C64: 9, C128: 10, BOOL: 11, BF16: 15}

INF, NAN = math.inf, math.nan


# ---------------------------------------------------------------- inputs

def F(*shape, lo=-2.0, hi=2.0, seed=0, dtype=F64):
    """Distinct values spread over (lo, hi): a golden-ratio sequence."""
    n = math.prod(shape)
    data = []
    for k in range(n):
        x = (k + 1 + 17 * seed) * 0.6180339887498949 % 1.0
        data.append(round(lo + (hi - lo) * x, 4))
    return torch.tensor(data, dtype=F64).reshape(shape).to(dtype)


def P(*shape, lo=0.25, hi=3.0, seed=0, dtype=F64):
    """Positive values."""
    return F(*shape, lo=lo, hi=hi, seed=seed, dtype=dtype)


def U(*shape, lo=-0.9, hi=0.9, seed=0, dtype=F64):
    """Values inside (-1, 1)."""
    return F(*shape, lo=lo, hi=hi, seed=seed, dtype=dtype)


def C(*shape, seed=0, dtype=C128):
    """Complex values."""
    return torch.complex(F(*shape, seed=seed),
                         F(*shape, seed=seed + 3)).to(dtype)


def I(*shape, lo=-5, hi=6, seed=0, dtype=I64):
    """Integers in [lo, hi)."""
    n = math.prod(shape)
    data = [lo + (7 * (k + seed) + 3 * ((k + seed) // 2)) % (hi - lo)
            for k in range(n)]
    return torch.tensor(data, dtype=I64).reshape(shape).to(dtype)


def T(data, dtype=F64):
    return torch.tensor(data, dtype=dtype)


def L(*data):
    return torch.tensor(data, dtype=I64)


def B(*data):
    return torch.tensor(data, dtype=BOOL)


def square(n, seed=0, dtype=F64):
    """A well-conditioned square matrix."""
    return (F(n, n, seed=seed) + (n + 1.0) * torch.eye(n, dtype=F64)).to(dtype)


def spd(n, seed=0):
    """A symmetric positive definite matrix."""
    a = F(n, n, lo=-1, hi=1, seed=seed)
    return a @ a.T + n * torch.eye(n, dtype=F64)


# ----------------------------------------------------------------- cases

CASES = []


def c(name, *args, **kwargs):
    """A case without gradients."""
    CASES.append((name, args, kwargs, False))


def g(name, *args, **kwargs):
    """A case with gradients."""
    CASES.append((name, args, kwargs, True))


# --- one argument, differentiable

for _name in """neg negative abs absolute sin cos sinh cosh tanh exp exp2 expm1
        sigmoid silu mish relu relu6 selu hardswish hardsigmoid softplus
        square erf erfc atan arctan asinh arcsinh sinc sgn floor ceil trunc frac
        deg2rad rad2deg i0 log_sigmoid celu hardtanh elu leaky_relu
        positive special_erf special_erfc special_exp2 special_expit
        special_expm1 special_i0e special_i1 special_i1e special_i0
        special_ndtr special_log_ndtr special_erfcx special_sinc gelu
        softshrink hardshrink tan""".split():
    g(_name, F(2, 3, seed=1))

for _name in """acos arccos asin arcsin atanh arctanh erfinv
        special_erfinv""".split():
    g(_name, U(2, 3))

for _name in """log log2 log10 log1p sqrt rsqrt reciprocal digamma lgamma
        special_gammaln special_digamma special_psi special_log1p
        special_entr""".split():
    g(_name, P(2, 3))

g("acosh", P(4, lo=1.1, hi=4))
g("arccosh", P(4, lo=1.1, hi=4))
g("special_ndtri", P(5, lo=0.05, hi=0.95))
g("logit", P(5, lo=0.05, hi=0.95))
g("logit", T([0.001, 0.3, 0.6, 0.9995]), 0.01)
g("special_logit", P(4, lo=0.05, hi=0.95), 1e-3)

# --- one argument, other dtypes and special values

SPECIAL = T([1.5, NAN, INF, -INF, 0.0, -2.25])
for _name in """isnan isinf isfinite isposinf isneginf signbit logical_not sign
        nan_to_num round fix isreal""".split():
    c(_name, SPECIAL)

for _name in "exp sin tanh sqrt log sigmoid abs reciprocal angle".split():
    c(_name, C(2, 2))
for _name in "exp cos sqrt erf rsqrt log1p gelu silu".split():
    c(_name, P(4, dtype=F32))
for _name in "neg abs sign square bitwise_not sqrt exp relu".split():
    c(_name, I(5, lo=1, hi=9, dtype=I32))
c("bitwise_not", B(True, False))
c("logical_not", I(5, lo=-1, hi=2))
c("sigmoid", F(4, dtype=F16))
c("mul.Tensor", F(3, dtype=BF16), F(3, seed=1, dtype=BF16))
c("angle", SPECIAL)
c("conj", C(3))
c("conj_physical", C(3))
c("resolve_conj", C(3))
c("resolve_neg", F(3))
c("real", C(2, 2))
c("imag", C(2, 2))
c("view_as_real", C(2, 2))
c("view_as_complex", F(3, 2))
c("complex", F(3), F(3, seed=2))
c("polar", P(3), F(3, seed=2))
c("is_nonzero", T([2.0]))
c("is_complex", C(2))
c("is_floating_point", F(2))
c("is_same_size", F(2, 3), F(2, 3))
c("equal", F(2, 3), F(2, 3))
c("allclose", F(3), F(3) + 1e-3, 0.0, 1e-2)
c("isclose", T([1.0, 2.0, NAN]), T([1.001, 2.5, NAN]), rtol=0.01,
  equal_nan=True)
c("item", T(2.5))
c("item", T(7, I64))
c("item", torch.tensor(1.5 - 2j, dtype=C128))
c("can_cast", F32, I16)
c("promote_types", I32, F16)
c("result_type.Tensor", I(2), F(2, dtype=F32))
c("result_type.Scalar", I(2), 1.5)
c("round.decimals", F(5) * 3, decimals=2)
c("round.decimals", T([123.4, 256.7, -341.2]), decimals=-1)
c("special_round", F(4) * 3, decimals=1)
c("nan_to_num", SPECIAL, 0.5, 100.0, -100.0)
c("frexp.Tensor", T([1.5, -10.0, 0.3]))
c("count_nonzero", I(2, 3, lo=-1, hi=2))
c("count_nonzero.dim_IntList", I(2, 3, lo=-1, hi=2), [1])
c("nonzero", T([[0.0, 1.5], [2.0, 0.0]]))
c("nonzero_numpy", T([[0.0, 1.5], [2.0, 0.0]]))
c("argwhere", T([[0, 1], [2, 0]], I64))

for _name in """special_airy_ai special_bessel_j0 special_bessel_j1
        special_modified_bessel_i0 special_modified_bessel_i1""".split():
    c(_name, F(5))
for _name in """special_bessel_y0 special_bessel_y1 special_modified_bessel_k0
        special_modified_bessel_k1 special_scaled_modified_bessel_k0
        special_scaled_modified_bessel_k1 special_spherical_bessel_j0""".split():
    c(_name, P(5))
for _name in """special_chebyshev_polynomial_t special_chebyshev_polynomial_u
        special_chebyshev_polynomial_v special_chebyshev_polynomial_w
        special_hermite_polynomial_h special_hermite_polynomial_he
        special_laguerre_polynomial_l special_legendre_polynomial_p
        special_shifted_chebyshev_polynomial_t
        special_shifted_chebyshev_polynomial_u""".split():
    c(_name, P(4, lo=0.1, hi=0.9), T([0.0, 1.0, 2.0, 5.0]))
c("special_chebyshev_polynomial_t.n_scalar", U(4), 3)

# --- activations with options

g("celu", F(4), 0.7)
g("elu", F(4), 1.5, 1.2, 0.8)
g("leaky_relu", F(4), 0.2)
g("hardtanh", F(4), -0.7, 0.9)
g("softplus", F(4), 2.0, 1.0)
g("softshrink", F(4), 0.3)
g("hardshrink", F(4), 0.8)
g("threshold", F(5), 0.3, -7.5)
g("gelu", F(4), approximate="tanh")
g("glu", F(2, 4), 1)
g("prelu", F(2, 3, 2), P(3))
g("softmax.int", F(2, 3), 1)
c("softmax.int", F(2, 3, dtype=F32), 0, F64)
g("log_softmax.int", F(2, 3), -1)
g("special_softmax", F(2, 3), 0)
g("special_log_softmax", F(2, 3), 0)

# --- two arguments

X, Y = F(2, 3), F(2, 3, seed=2)
ROW = F(3, seed=5)
for _name in """add.Tensor sub.Tensor subtract.Tensor mul.Tensor multiply.Tensor
        div.Tensor divide.Tensor true_divide.Tensor maximum minimum fmax fmin
        max.other min.other atan2 arctan2 hypot logaddexp logaddexp2 rsub.Tensor
        copysign.Tensor fmod.Tensor remainder.Tensor""".split():
    g(_name, X, Y)
g("add.Tensor", X, ROW, alpha=2.5)
c("add.Tensor", I(2, 3), I(3, seed=2, dtype=I32), alpha=3)
c("add.Tensor", B(True, False), B(True, True))
g("sub.Tensor", X, ROW, alpha=-0.5)
c("sub.Tensor", C(3), F(3), alpha=2)
g("mul.Tensor", X, F(2, 1, seed=4))
c("mul.Tensor", C(3), C(3, seed=1))
c("mul.Tensor", I(3), F(3, dtype=F32))
c("div.Tensor", I(4), I(4, lo=1, hi=5))
c("div.Tensor", C(3), C(3, seed=1))
g("div.Tensor_mode", X, Y, rounding_mode="trunc")
c("div.Tensor_mode", I(6), I(6, lo=1, hi=4), rounding_mode="floor")
c("div.Tensor_mode", X, Y, rounding_mode=None)
c("divide.Tensor_mode", X, Y, rounding_mode="floor")
c("floor_divide", I(6), I(6, lo=1, hi=4))
c("floor_divide.Scalar", F(5), 0.7)
c("remainder.Tensor", I(6), T([3, -3, 2, -2, 4, 5], I64))
c("fmod.Tensor", I(6), T([3, -3, 2, -2, 4, 5], I64))
g("pow.Tensor_Tensor", P(2, 3), F(3, seed=3))
g("pow.Tensor_Scalar", P(2, 3), 2.5)
c("pow.Tensor_Scalar", I(4), 3)
g("pow.Scalar", 1.7, F(2, 3))
g("float_power.Tensor_Tensor", P(4), F(4, seed=3))
c("float_power.Tensor_Scalar", I(4, lo=1, hi=5), 0.5)
c("float_power.Scalar", 2, I(4, lo=1, hi=5))
for _name in """add.Scalar sub.Scalar mul.Scalar div.Scalar rsub.Scalar
        fmod.Scalar remainder.Scalar copysign.Scalar subtract.Scalar
        multiply.Scalar divide.Scalar true_divide.Scalar""".split():
    g(_name, F(2, 3), 1.3)
c("add.Scalar", I(4), 2, 3)
c("add.Scalar", I(4), 2.5)
c("mul.Scalar", F(3), 2 + 1j)
c("mul.Scalar", B(True, False), True)
c("rsub.Scalar", F(3), 2, 3)
c("sub.Scalar", I(4), 2, 3)
c("remainder.Scalar_Tensor", 7, I(4, lo=1, hi=5))
g("div.Scalar_mode", F(4), 0.3, rounding_mode="floor")
c("div.Scalar_mode", I(5), 2, rounding_mode="trunc")
c("gcd", I(5, lo=4, hi=40), I(5, lo=4, hi=40, seed=3))
c("lcm", I(5, lo=4, hi=40), I(5, lo=4, hi=40, seed=3))
c("heaviside", T([-1.0, 0.0, 2.0]), T([0.5, 0.25, 0.75]))
c("nextafter", T([1.0, -1.0]), T([2.0, 5.0]))
c("ldexp.Tensor", F(3), I(3, lo=-3, hi=4))
g("xlogy.Tensor", P(4), P(4, seed=1))
g("xlogy.Scalar_Self", 2.5, P(4))
g("xlogy.Scalar_Other", F(4), 3.0)
g("special_xlogy", P(4), P(4, seed=1))
g("special_xlog1py", F(4), P(4, seed=1))
c("special_xlog1py.other_scalar", F(4), 1.5)
c("special_zeta", P(4, lo=1.5, hi=4), P(4, seed=1))
c("special_zeta.other_scalar", P(4, lo=1.5, hi=4), 2.0)
c("special_gammainc", P(4), P(4, seed=1))
c("special_gammaincc", P(4), P(4, seed=1))
c("igamma", P(4), P(4, seed=2))
c("igammac", P(4), P(4, seed=2))
g("polygamma", 1, P(4))
c("special_polygamma", 2, P(4))
g("mvlgamma", P(4, lo=2.5, hi=6), 3)
c("special_multigammaln", P(4, lo=2.5, hi=6), 2)
g("lerp.Scalar", X, Y, 0.3)
g("lerp.Tensor", X, Y, P(3, lo=0.1, hi=0.9))
g("addcmul", X, Y, ROW, value=1.5)
g("addcdiv", X, Y, P(3), value=-0.5)
g("clamp", F(6), -0.5, 1.0)
g("clamp", F(6), None, 0.7)
c("clamp", I(6), -2, None)
g("clamp.Tensor", F(4), F(4, lo=-2, hi=-1, seed=1), F(4, lo=0.5, hi=1, seed=2))
g("clamp_min", F(5), -0.3)
g("clamp_max", F(5), 0.3)
c("clamp_min.Tensor", F(4), F(4, seed=1))
c("clamp_max.Tensor", F(4), F(4, seed=1))
g("clip", F(5), -1.0, 0.5)
g("dist", F(4), F(4, seed=1), 3)
g("cosine_similarity", F(2, 3), F(2, 3, seed=1), 1, 1e-6)
g("pairwise_distance", F(2, 3), F(2, 3, seed=1), 3.0, 1e-5, True)
g("cdist", F(2, 3), F(3, 3, seed=1), 2.0)
c("cdist", F(2, 3), F(3, 3, seed=1), 1.0, 2)
g("pdist", F(4, 3), 2.0)
c("rsub.Tensor", I(3), I(3, seed=1), alpha=2)

for _name in "eq ne lt le gt ge".split():
    c(_name + ".Tensor", T([1, 2, 3], I64), T([3, 2, 1], I64))
    c(_name + ".Scalar", T([1.0, 2.5, NAN]), 2.5)
for _name in """not_equal.Tensor less.Tensor less_equal.Tensor greater.Tensor
        greater_equal.Tensor""".split():
    c(_name, F(2, 3), ROW)
for _name in "not_equal less less_equal greater greater_equal".split():
    c(_name + ".Scalar", I(5), 2)
for _name in "logical_and logical_or logical_xor".split():
    c(_name, I(6, lo=-1, hi=2), B(True, False, True, True, False, False))
for _name in "bitwise_and bitwise_or bitwise_xor".split():
    c(_name + ".Tensor", I(5, lo=0, hi=64), I(5, lo=0, hi=64, seed=2))
    c(_name + ".Scalar", I(5, lo=0, hi=64, dtype=I32), 21)
    c(_name + ".Scalar_Tensor", 21, I(5, lo=0, hi=64))
for _name in "bitwise_left_shift bitwise_right_shift".split():
    c(_name + ".Tensor", I(5, lo=0, hi=64), I(5, lo=0, hi=4, seed=2))
    c(_name + ".Tensor_Scalar", I(5, lo=0, hi=64), 3)
c("bitwise_and.Tensor", B(True, False, True), B(True, True, False))
c("isin.Tensor_Tensor", I(6), L(1, 2, 3), invert=True)
c("isin.Tensor_Scalar", I(6), 2)
c("isin.Scalar_Tensor", 2, I(6))

# --- in place

c("add_.Tensor", F(2, 3), ROW, alpha=2)
c("add_.Scalar", I(4), 5)
c("sub_.Tensor", F(3), ROW)
c("mul_.Tensor", F(2, 3), ROW)
c("div_.Scalar", F(3), 1.5)
c("relu_", F(4))
c("exp_", F(4))
c("clamp_", F(4), -0.5, 0.5)
c("zero_", F(2, 2))
c("fill_.Scalar", F(2, 2), 3)
c("fill_.Tensor", F(2, 2), T(2.5))
c("copy_", F(2, 3), I(3))
c("masked_fill_.Scalar", F(3), B(True, False, True), -1.5)
c("index_fill_.int_Scalar", F(3, 2), 0, L(0, 2), 9.0)
c("index_put_", F(3, 2), [L(0, 2), L(1, 0)], F(2, seed=5), True)
c("index_add_", F(3, 2), 0, L(0, 2, 0), F(3, 2, seed=4))
c("scatter_.src", F(3, 2), 0, T([[2, 1]], I64), F(1, 2, seed=4))
c("scatter_add_", F(3, 2), 0, T([[2, 2], [2, 1]], I64), F(2, 2, seed=4))
c("tril_", F(3, 3), -1)
c("addmm_", F(2, 2), F(2, 3), F(3, 2), beta=0.5, alpha=2)
c("eq_.Scalar", T([1.0, 2.0]), 2)
c("fill_diagonal_", F(3, 3), 7.5)
c("unsqueeze_", F(3), 0)
c("transpose_", F(2, 3), 0, 1)

# --- reductions

g("sum", F(2, 3))
c("sum", I(2, 3, dtype=I32))
c("sum", F(2, 3, dtype=F32), dtype=F64)
g("sum.dim_IntList", F(2, 3, 2), [0, -1], True)
c("sum.dim_IntList", B(True, True, False).reshape(1, 3), [1])
c("sum.dim_IntList", F(2, 3), None)
c("sum", C(3))
g("mean", F(2, 3))
g("mean.dim", F(2, 3, 2), [1, 2], False)
c("mean.dim", I(2, 3), [1], True, dtype=F32)
g("nansum", T([[1.0, NAN, 2.0], [0.5, 3.0, NAN]]), [1])
c("nanmean", T([[1.0, NAN, 2.0], [0.5, 3.0, NAN]]), [1], True)
g("prod", F(5))
g("prod.dim_int", F(2, 3), 1, True)
c("prod", I(4, lo=1, hi=5))
g("std", F(5))
g("std", F(5), False)
g("std.dim", F(2, 3), [1], False, True)
g("std.correction", F(2, 4), [1], correction=2, keepdim=True)
g("var", F(5))
g("var.dim", F(2, 3), [1])
g("var.correction", F(2, 4), [0], correction=0)
c("var.correction", C(4), None, correction=1)
g("var_mean", F(5))
g("var_mean.dim", F(2, 3), [1], True, True)
g("var_mean.correction", F(2, 4), [1], correction=0.5)
g("std_mean", F(5))
g("std_mean.dim", F(2, 3), [0])
g("std_mean.correction", F(2, 4), [1], correction=0)
g("amax", F(2, 3), [1], True)
g("amin", F(2, 3), [0])
c("amax", I(2, 3))
c("aminmax", F(2, 3), dim=1, keepdim=True)
g("max", F(2, 3))
g("min", F(2, 3))
g("max.dim", F(2, 3), 1)
g("min.dim", F(2, 3), 0, True)
c("argmax", F(2, 3))
c("argmax", F(2, 3), 1, True)
c("argmin", F(2, 3), 0)
c("all", B(True, True, False))
c("all.dim", I(2, 3, lo=0, hi=3), 1, True)
c("all.dims", B(True, False, True, True).reshape(2, 2), [0])
c("any", B(False, True, False))
c("any.dim", I(2, 3, lo=0, hi=2), 1)
c("any.dims", B(False, False, True, False).reshape(2, 2), [1], True)
g("logsumexp", F(2, 3), [1], True)
g("special_logsumexp", F(2, 3), [0])
g("norm.Scalar", F(5), 3)
g("norm.ScalarOpt_dim", F(2, 3), 2, [1], True)
c("norm.ScalarOpt_dim", F(2, 3), INF, [1])
c("norm.ScalarOpt_dtype", F(3, dtype=F32), 1, dtype=F64)
c("norm.ScalarOpt_dim_dtype", F(2, 3, dtype=F32), 1.5, [0], True, dtype=F64)
c("frobenius_norm.dim", F(2, 3), [0, 1])
c("nuclear_norm", F(3, 2))
g("renorm", F(2, 3), 2, 0, 1.0)
g("median", F(5))
g("median.dim", F(2, 3), 1, True)
c("nanmedian", T([1.0, NAN, 3.0, 2.0]))
c("nanmedian.dim", T([[1.0, NAN, 3.0], [5.0, 2.0, 7.0]]), 1)
g("kthvalue", F(2, 4), 2, 1, True)
c("quantile", F(2, 4), T([0.1, 0.5, 0.8]), 1, True)
c("quantile.scalar", F(5), 0.3, interpolation="nearest")
c("nanquantile.scalar", T([1.0, NAN, 3.0, 2.0]), 0.4, 0)
g("cumsum", F(2, 3), 1)
c("cumsum", I(4, dtype=I32), 0, dtype=F64)
g("cumprod", F(2, 3), 0)
g("cummax", F(2, 4), 1)
g("cummin", F(2, 4), 1)
g("logcumsumexp", F(2, 3), 1)
g("cumulative_trapezoid.x", F(2, 3), F(3, seed=1))
c("cumulative_trapezoid.dx", F(2, 3), dx=0.5, dim=0)
g("trapezoid.x", F(2, 3), F(3, seed=1))
c("trapezoid.dx", F(2, 3), dx=2, dim=1)
c("trapz.dx", F(4), dx=0.5)
g("diff", F(2, 4), 2, 1)
c("diff", I(3), 1, 0, L(7), None)
g("trace", F(3, 3))
c("histc", F(12), 4, -2, 2)
c("histogram.bins_tensor", F(8), T([-2.0, -1.0, 0.5, 2.0]),
  weight=P(8))
c("histogram.bin_ct", F(8), 4, range=[-2.0, 2.0], density=True)
c("bincount", L(0, 2, 2, 5), None, 7)
c("bincount", L(0, 2, 2, 1), P(4))
g("cov", F(2, 4), correction=0)
c("cov", F(2, 4), correction=1, fweights=L(1, 2, 1, 3))
c("corrcoef", F(2, 4))
g("sum_to_size", F(2, 3), [1, 3])
c("gradient.scalarint", F(5), spacing=2, dim=0, edge_order=1)

# --- sorting and searching

g("sort", F(2, 4), 1, True)
g("sort.stable", F(2, 4), stable=True, dim=0)
c("sort.stable", L(3, 1, 3, 2, 1), stable=True, dim=0, descending=True)
g("msort", F(4, 2))
c("argsort", F(2, 4), 1, True)
c("argsort.stable", L(3, 1, 3, 2, 1), stable=True, dim=0)
g("topk", F(2, 5), 3)
g("topk", F(2, 5), 2, 1, False, True)
c("unique_consecutive", L(1, 1, 2, 2, 2, 1, 3), True, True)
c("unique_consecutive", T([[1, 1, 2], [1, 1, 2], [3, 1, 2]], I64), True, True,
  0)
c("unique_dim", T([[3, 1], [1, 2], [3, 1]], I64), 0, True, True, True)
c("unique_dim_consecutive", T([[3, 1], [3, 1], [1, 2]], I64), 0, True, True)
c("searchsorted.Tensor", T([1.0, 3.0, 5.0, 7.0]), T([[3.0, 6.0], [0.0, 9.0]]),
  right=True)
c("searchsorted.Tensor", L(1, 3, 5, 7), L(3, 6), out_int32=True)
c("searchsorted.Scalar", L(1, 3, 5, 7), 5, side="right")
c("bucketize.Tensor", F(2, 3), T([-1.0, 0.0, 1.0]))
c("bucketize.Scalar", 1.5, T([-1.0, 0.0, 1.0]), out_int32=True, right=True)

# --- indexing

IDX = T([[0, 2], [1, 0]], I64)
g("index.Tensor", F(3, 4), [L(0, 2, 2), L(1, 3, 1)])
g("index.Tensor", F(2, 3, 2), [None, L(2, 0)])
c("index.Tensor", I(2, 3), [B(True, False, True, False, True, True)
                            .reshape(2, 3)])
g("index_select", F(3, 2), 0, L(2, 0, 2))
g("index_add", F(3, 2), 0, L(0, 2, 0), F(3, 2, seed=4), alpha=1.5)
g("index_copy", F(3, 2), 0, L(2, 0), F(2, 2, seed=4))
g("index_fill.int_Scalar", F(3, 2), 0, L(0, 2), 9.0)
g("index_fill.int_Tensor", F(3, 2), 1, L(1), T(2.5))
g("index_put", F(3, 2), [L(0, 2), L(1, 0)], F(2, seed=5))
g("index_put", F(3, 2), [L(0, 0), L(1, 1)], F(2, seed=5), True)
g("index_reduce", F(3, 2), 0, L(0, 2, 0), P(3, 2, seed=4), "mean",
  include_self=False)
c("index_reduce", F(3, 2), 0, L(0, 2, 0), F(3, 2, seed=4), "amax")
g("gather", F(2, 3), 1, IDX)
g("scatter.src", F(2, 3), 1, IDX, F(2, 2, seed=4))
g("scatter.value", F(2, 3), 1, IDX, 1.25)
c("scatter.reduce", F(2, 3), 1, IDX, F(2, 2, seed=4), reduce="multiply")
c("scatter.value_reduce", F(2, 3), 1, IDX, 2.5, reduce="add")
g("scatter_add", F(2, 3), 1, T([[0, 0], [1, 0]], I64), F(2, 2, seed=4))
g("scatter_reduce.two", F(2, 3), 1, T([[0, 0], [1, 0]], I64),
  F(2, 2, seed=4), "sum")
c("scatter_reduce.two", F(2, 3), 1, T([[0, 0], [1, 0]], I64),
  F(2, 2, seed=4), "amax", include_self=False)
g("take", F(2, 3), L(5, 0, 3))
g("take_along_dim", F(2, 3), IDX, 1)
g("put", F(2, 3), L(5, 0), F(2, seed=4), True)
g("where.self", B(True, False, True), F(2, 3), F(3, seed=4))
c("where.ScalarOther", B(True, False, True), F(3), 2.5)
c("where.ScalarSelf", B(True, False, True), 1.5, F(3))
c("where.Scalar", B(True, False, True), 1, 0)
c("where", B(True, False, True))
g("masked_fill.Scalar", F(2, 3), B(True, False, True), -1.5)
g("masked_fill.Tensor", F(2, 3), B(True, False, True), T(4.5))
g("masked_select", F(2, 3), F(2, 3) > 0)
g("masked_scatter", F(2, 3), F(2, 3) > 0, F(6, seed=4))
g("embedding", F(5, 3), T([[0, 4], [2, 2]], I64))
g("embedding", F(5, 3), L(1, 3, 1), 3, True)
c("embedding_bag", F(5, 2), L(0, 4, 2, 2), L(0, 2), False, 1)
c("one_hot", L(0, 2, 1), 4)
g("select.int", F(2, 3, 2), 1, -1)
g("select_scatter", F(2, 3), F(2, seed=4), 1, 2)
g("slice.Tensor", F(5, 2), 0, 1, 5, 2)
g("slice_scatter", F(5, 2), F(2, 2, seed=4), 0, 1, 5, 2)
g("diagonal_scatter", F(3, 3), F(2, seed=4), 1)
g("narrow", F(4, 2), 0, 1, 2)
c("narrow_copy", F(4, 2), 0, 1, 2)
g("narrow.Tensor", F(4, 2), 0, T(1, I64), 2)
c("unbind.int", F(2, 3), 1)
c("split.Tensor", F(5, 2), 2)
c("split.sizes", F(5), [1, 4])
c("split_with_sizes", F(5), [2, 3])
c("chunk", F(5), 3)
c("tensor_split.sections", F(7), 3)
c("tensor_split.indices", F(7), [2, 5])
c("hsplit.int", F(2, 4), 2)
c("vsplit.int", F(4, 2), 2)
c("dsplit.array", F(1, 2, 3), [1])

# --- shapes

g("reshape", F(2, 3), [3, -1])
g("view", F(2, 3), [6])
c("view.dtype", F(2, dtype=F32), I32)
c("view_as", F(2, 3), I(3, 2))
c("reshape_as", F(2, 3), I(3, 2))
g("flatten.using_ints", F(2, 2, 2), 1, 2)
g("unflatten.int", F(2, 6), 1, [2, -1])
g("ravel", F(2, 3))
g("squeeze", F(1, 3, 1))
g("squeeze.dim", F(1, 3, 1), 0)
g("squeeze.dims", F(1, 3, 1), [0, 2])
g("unsqueeze", F(3), 1)
g("transpose.int", F(2, 3), 0, 1)
g("swapaxes", F(2, 3), 0, 1)
g("swapdims", F(2, 3), 0, 1)
g("permute", F(2, 3, 2), [2, 0, 1])
g("movedim.intlist", F(2, 3, 2), [0, 1], [2, 0])
g("movedim.int", F(2, 3, 2), 0, 2)
g("moveaxis.int", F(2, 3, 2), 2, 0)
g("t", F(2, 3))
g("numpy_T", F(2, 3))
g("adjoint", F(2, 3))
c("mH", C(2, 2))
c("matrix_H", C(2, 2))
g("mT", F(1, 2, 3))
g("expand", F(1, 3), [2, -1])
c("expand_as", F(1, 3), I(2, 3))
g("broadcast_to", F(3), [2, 3])
g("repeat", F(2, 2), [2, 1, 2])
g("tile", F(2, 2), [1, 2])
c("repeat_interleave.Tensor", L(1, 0, 2))
g("repeat_interleave.self_int", F(2, 2), 2, 1)
g("repeat_interleave.self_Tensor", F(2, 2), L(1, 3), 0)
g("flip", F(2, 3), [0, 1])
g("fliplr", F(2, 3))
g("flipud", F(2, 3))
g("roll", F(2, 3), [1, -1], [0, 1])
g("rot90", F(2, 3), 3, [0, 1])
g("diag", F(3), 1)
g("diagonal", F(2, 3, 3), 1, 1, 2)
g("diag_embed", F(2, 2), 1, 0, 2)
g("diagflat", F(2, 2), -1)
g("tril", F(3, 3), -1)
g("triu", F(3, 3), 1)
g("unfold", F(5), 0, 3, 2)
g("as_strided", F(6), [2, 2], [1, 2], 1)
g("clone", F(2, 2))
c("detach", F(2, 2))
g("alias", F(2))
c("to.dtype", F(4) * 3, I32)
c("to.dtype", I(3), C128)
c("type_as", F(3), F(3, dtype=F32))
c("cat", [F(2, 2), F(1, 2, seed=2)], 0)
c("cat", [I(2), F(2)], 0)
c("concat", [F(2, 1), F(2, 2, seed=2)], 1)
c("concatenate", [F(2), F(1, seed=2)])
c("stack", [F(2), F(2, seed=2)], 1)
c("hstack", [F(2), F(3, seed=2)])
c("vstack", [F(2), F(2, seed=2)])
c("dstack", [F(2), F(2, seed=2)])
c("row_stack", [F(2), F(2, seed=2)])
c("column_stack", [F(2), F(2, 2, seed=2)])
c("block_diag", [F(2, 1), F(1, 2, seed=2)])
c("broadcast_tensors", [F(2, 1), F(3, seed=2)])
c("meshgrid", [F(2), F(3, seed=2)])
c("meshgrid.indexing", [F(2), F(3, seed=2)], indexing="xy")
c("cartesian_prod", [L(1, 2), L(3, 4, 5)])
c("combinations", L(1, 2, 3), 2, True)
c("atleast_1d", T(1.5))
c("atleast_2d", F(2))
c("atleast_3d", F(2))
c("tril_indices", 3, 3, -1)
c("triu_indices", 3, 4, 1)
c("size.int", F(2, 3), 1)

# --- copies of views

for _name in """view_copy:[6] expand_copy:[2,2,3] permute_copy:[1,0]""".split():
    _op, _arg = _name.split(":")
    g(_op, F(2, 3), json.loads(_arg))
g("t_copy", F(2, 3))
g("transpose_copy.int", F(2, 3), 0, 1)
g("squeeze_copy", F(1, 3))
g("unsqueeze_copy", F(3), 0)
g("select_copy.int", F(2, 3), 1, 0)
g("slice_copy.Tensor", F(5), 0, 1, 4, 2)
g("diagonal_copy", F(3, 3), -1)
g("unfold_copy", F(5), 0, 2, 1)
g("alias_copy", F(2))
c("unbind_copy.int", F(2, 2), 0)
c("split_copy.Tensor", F(3), 2)

# --- making tensors

c("arange", 5)
c("arange.start", 2, 6, dtype=F32)
c("arange.start_step", 1.5, 4.0, 0.5)
c("linspace", 0.0, 1.0, 5, dtype=F64)
c("logspace", 0.0, 2.0, 3, 10.0, dtype=F64)
c("zeros", [2, 2], dtype=I64)
c("ones", [2, 2])
c("full", [2, 2], 1.5)
c("full", [2], 3, dtype=F64)
c("eye", 3)
c("eye.m", 2, 3, dtype=I32)
c("zeros_like", F(2, 2))
c("ones_like", F(2, 2), dtype=I64)
c("full_like", I(2, 2), 7)
c("new_zeros", F(2), [2, 1])
c("new_ones", F(2), [3], dtype=BOOL)
c("new_full", F(2), [2, 2], 2.5)
c("scalar_tensor", 2.5, dtype=F64)
c("vander", F(3), 4, True)
c("linalg_vander", F(3), N=3)
c("hann_window", 5, dtype=F64)
c("hann_window.periodic", 5, False, dtype=F64)
c("hamming_window", 4, dtype=F64)
c("hamming_window.periodic_alpha", 4, False, 0.5, dtype=F64)
c("blackman_window", 5, dtype=F64)
c("bartlett_window", 5, dtype=F64)
c("kaiser_window.beta", 5, True, 8.0, dtype=F64)

# --- products

g("mm", F(2, 3), F(3, 2, seed=2))
c("mm", C(2, 2), C(2, 2, seed=2))
c("mm", I(2, 3), I(3, 2, seed=2))
g("bmm", F(2, 2, 3), F(2, 3, 2, seed=2))
g("mv", F(2, 3), F(3, seed=2))
g("dot", F(4), F(4, seed=2))
c("vdot", C(3), C(3, seed=2))
g("inner", F(2, 3), F(2, 3, seed=2))
g("outer", F(2), F(3, seed=2))
g("ger", F(2), F(3, seed=2))
g("matmul", F(2, 1, 2, 3), F(2, 3, 2, seed=2))
g("matmul", F(3), F(3, 2, seed=2))
g("addmm", F(3), F(2, 2), F(2, 3, seed=2), beta=0.5, alpha=2.0)
g("addmv", F(2), F(2, 3), F(3, seed=2), beta=0.5, alpha=2.0)
g("addr", F(2, 3), F(2), F(3, seed=2), beta=0.5, alpha=2.0)
g("addbmm", F(2, 2), F(2, 2, 3), F(2, 3, 2, seed=2), beta=0.5, alpha=2.0)
g("baddbmm", F(2, 2, 2), F(2, 2, 3), F(2, 3, 2, seed=2), beta=2.0, alpha=0.5)
g("linear", F(2, 3), F(4, 3, seed=2), F(4, seed=3))
c("linear", F(2, 3, dtype=F32), F(2, 3, seed=2, dtype=F32))
g("bilinear", F(2, 2), F(2, 3, seed=1), F(2, 2, 3, seed=2), F(2, seed=3))
g("kron", F(2, 2), F(1, 2, seed=2))
g("cross", F(2, 3), F(2, 3, seed=2), 1)
g("tensordot", F(2, 3), F(3, 2, seed=2), [1], [0])
c("einsum", "ij,jk->ik", [F(2, 3), F(3, 2, seed=2)])
c("einsum", "bii->bi", [F(2, 2, 2)])
c("chain_matmul", [F(2, 3), F(3, 2), F(2, 2)])
g("scaled_dot_product_attention", F(1, 1, 2, 3), F(1, 1, 2, 3, seed=1),
  F(1, 1, 2, 3, seed=2), None, 0.0, False, scale=0.5)
c("scaled_dot_product_attention", F(1, 1, 2, 3), F(1, 1, 2, 3, seed=1),
  F(1, 1, 2, 3, seed=2), None, 0.0, True)
g("matrix_power", square(2), 3)
g("matrix_exp", F(2, 2, lo=-0.5, hi=0.5))

# --- linear algebra

g("linalg_inv", square(3))
g("inverse", square(2))
g("linalg_det", square(3))
g("det", square(2))
g("logdet", spd(3))
c("slogdet", square(3))
c("linalg_slogdet", square(3))
g("linalg_cholesky", spd(3))
g("cholesky", spd(2), True)
c("linalg_cholesky", spd(3), upper=True)
c("linalg_cholesky_ex", spd(2))
c("cholesky_solve", F(2, 2), T([[2.0, 0.0], [0.5, 1.5]]))
c("cholesky_inverse", T([[2.0, 0.0], [0.5, 1.5]]))
g("linalg_solve", square(3), F(3, 2, seed=2))
g("linalg_solve", square(2), F(2, 2, seed=2), left=False)
c("linalg_solve_ex", square(2), F(2, 1, seed=2))
c("linalg_inv_ex", square(2))
g("linalg_solve_triangular", T([[2.0, 0.5], [0.0, 1.5]]), F(2, 2), upper=True)
c("triangular_solve", F(2, 1), T([[2.0, 0.5], [0.0, 1.5]]), True, True)
c("linalg_lu_factor", square(3))
c("linalg_lu", square(3))
c("linalg_lu_factor_ex", square(2))
c("lu_unpack", square(2), L(1, 2).to(I32))
c("linalg_lu_solve", square(2), L(1, 2).to(I32), F(2, 1))
g("linalg_svdvals", F(3, 2))
g("linalg_eigvalsh", spd(3))
c("linalg_eigvalsh", spd(2), "U")
c("linalg_pinv", F(3, 2), 1e-8)
g("linalg_pinv.atol_rtol_float", F(3, 2), atol=0.0, rtol=1e-6)
c("pinverse", F(2, 3))
c("linalg_matrix_rank", T([[1.0, 2.0], [2.0, 4.0]]), 0.1)
c("linalg_matrix_rank.atol_rtol_float", spd(3), atol=1e-3, hermitian=True)
g("linalg_vector_norm", F(2, 3), 3, [1], True)
c("linalg_vector_norm", F(2, 3), INF)
c("linalg_vector_norm", F(3, dtype=F32), 1, dtype=F64)
g("linalg_norm", F(2, 3))
c("linalg_norm", F(2, 3), 1, [0, 1])
c("linalg_norm.ord_str", F(2, 3), "fro", [0, 1], True)
g("linalg_matrix_norm", F(2, 3), 2)
c("linalg_matrix_norm", F(2, 3), -INF)
c("linalg_matrix_norm.str_ord", F(2, 3), "nuc")
g("linalg_cond", square(3))
c("linalg_cond", square(3), 1)
c("linalg_cond.p_str", square(2), "fro")
g("linalg_cross", F(2, 3), F(2, 3, seed=2))
g("linalg_matmul", F(2, 3), F(3, 2, seed=2))
g("linalg_matrix_power", square(2), -2)
g("linalg_matrix_exp", F(2, 2, lo=-0.5, hi=0.5))
c("linalg_multi_dot", [F(2, 3), F(3, 2), F(2, 2)])
g("linalg_vecdot", F(2, 3), F(2, 3, seed=2))
g("linalg_diagonal", F(2, 3), offset=1)
g("linalg_tensorinv", square(4).reshape(2, 2, 4), 2)
g("linalg_tensorsolve", square(4).reshape(2, 2, 4), F(2, 2, seed=2))
g("linalg_householder_product", F(3, 2, lo=-0.5, hi=0.5), P(2, lo=0.2, hi=1))
c("orgqr", F(3, 2, lo=-0.5, hi=0.5), P(2, lo=0.2, hi=1))
c("ormqr", F(3, 2, lo=-0.5, hi=0.5), P(2, lo=0.2, hi=1), F(3, 2, seed=4),
  True, True)
c("linalg_lstsq", F(4, 2), F(4, 1, seed=2), driver="gelsd")
c("linalg_ldl_factor", spd(2))
c("linalg_ldl_solve", spd(2), L(1, 2).to(I32), F(2, 1))

# --- Fourier transforms

c("fft_fft", C(5))
c("fft_fft", F(6), 4, 0, "ortho")
c("fft_ifft", C(5), None, -1, "forward")
c("fft_rfft", F(6))
c("fft_rfft", F(2, 5, dtype=F32), 4, 1, "ortho")
c("fft_irfft", C(4), 6)
c("fft_hfft", C(3), 4)
c("fft_ihfft", F(5))
c("fft_fft2", C(2, 3))
c("fft_ifft2", C(2, 3), None, [-2, -1], "ortho")
c("fft_rfft2", F(3, 4))
c("fft_irfft2", C(3, 3), [3, 4])
c("fft_fftn", C(2, 2, 2), None, [0, 2])
c("fft_ifftn", C(2, 3))
c("fft_rfftn", F(2, 4), [2, 3])
c("fft_irfftn", C(2, 3))
c("fft_hfft2", C(2, 3))
c("fft_ihfft2", F(2, 3))
c("fft_fftfreq", 5, 0.5, dtype=F64)
c("fft_rfftfreq", 6, 2.0, dtype=F64)
g("fft_fftshift", F(2, 3), [1])
g("fft_ifftshift", F(5))
c("stft", F(8), 4, 2, 4, T([0.25, 0.75, 1.0, 0.5]), False, True, True)

# --- losses

IN, TG = F(2, 3), F(2, 3, seed=3)
for _name in "mse_loss l1_loss smooth_l1_loss huber_loss".split():
    g(_name, IN, TG)
    g(_name, IN, TG, 0)
g("smooth_l1_loss", IN, TG, 2, 0.5)
g("huber_loss", IN, TG, 2, 0.7)
c("soft_margin_loss", IN, torch.sign(TG), 1)
g("binary_cross_entropy", P(2, 3, lo=0.1, hi=0.9),
  P(2, 3, lo=0.1, hi=0.9, seed=2))
c("binary_cross_entropy", P(2, 3, lo=0.1, hi=0.9),
  P(2, 3, lo=0.1, hi=0.9, seed=2), P(3), 2)
g("binary_cross_entropy_with_logits", IN, P(2, 3, lo=0.1, hi=0.9, seed=2))
c("binary_cross_entropy_with_logits", IN, P(2, 3, lo=0.1, hi=0.9, seed=2),
  P(3), P(3, seed=1), 0)
g("kl_div", F(2, 3, lo=-3, hi=-0.5), P(2, 3, lo=0.1, hi=0.9))
g("kl_div", F(2, 3, lo=-3, hi=-0.5), F(2, 3, lo=-3, hi=-0.5, seed=3), 2,
  log_target=True)
g("nll_loss", F(3, 4), L(1, 0, 3))
c("nll_loss", F(3, 4), L(1, 0, 3), P(4), 2, 0)
c("nll_loss_forward", F(3, 4), L(1, 0, 3), P(4), 1, -100)
g("nll_loss_nd", F(2, 3), L(2, 0), None, 0)
g("nll_loss2d", F(1, 3, 2, 2), IDX.reshape(1, 2, 2))
g("cross_entropy_loss", F(3, 4), L(1, 0, 3))
g("cross_entropy_loss", F(3, 4), L(1, 0, 3), None, 2, 0, 0.1)
g("cross_entropy_loss", F(2, 3), P(2, 3))
c("cross_entropy_loss", F(3, 4), L(1, 0, 3), P(4))
c("poisson_nll_loss", IN, P(2, 3), True, True, 1e-8, 1)
g("poisson_nll_loss", P(4), P(4, seed=2), False, False, 1e-6, 2)
c("hinge_embedding_loss", P(3), T([1.0, -1.0, 1.0]), 0.7)
c("margin_ranking_loss", F(3), F(3, seed=2), T([1.0, -1.0, 1.0]), 0.2, 2)
c("cosine_embedding_loss", F(2, 3), F(2, 3, seed=2), T([1.0, -1.0]), 0.1, 0)
g("triplet_margin_loss", F(2, 3), F(2, 3, seed=2), F(2, 3, seed=4), 1.5, 2.0,
  1e-6, False, 1)
c("multi_margin_loss", F(2, 3), L(2, 0), 1, 0.8, None, 0)
c("multilabel_margin_loss", F(2, 3), T([[2, 0, -1], [1, -1, 0]], I64))
g("ctc_loss.IntList", torch.log_softmax(F(4, 1, 3), 2), T([[1, 2]], I64), [4],
  [2], 0, 2)
c("ctc_loss.Tensor", torch.log_softmax(F(4, 1, 3), 2), T([[1, 2]], I64), L(4),
  L(2))

# --- normalisation

g("layer_norm", F(2, 3), [3], P(3), F(3, seed=2), 1e-3)
g("layer_norm", F(2, 2, 3), [2, 3])
g("native_layer_norm", F(2, 3), [3], P(3), F(3, seed=2), 1e-5)
g("batch_norm", F(3, 2, 2), P(2), F(2, seed=2), None, None, True, 0.1, 1e-4,
  False)
c("batch_norm", F(3, 2), P(2), F(2, seed=2), F(2), P(2), False, 0.1, 1e-5,
  False)
g("native_batch_norm", F(3, 2), P(2), F(2, seed=2), None, None, True, 0.1,
  1e-5)
g("instance_norm", F(2, 2, 3), P(2), F(2, seed=2), None, None, True, 0.1, 1e-5,
  False)
g("group_norm", F(2, 4, 2), 2, P(4), F(4, seed=2), 1e-4, False)
c("native_group_norm", F(2, 4, 2), P(4), F(4, seed=2), 2, 4, 2, 2, 1e-5)
g("rms_norm", F(2, 3), [3], P(3), 1e-6)
g("norm_except_dim", F(2, 3), 2, 0)

# --- convolutions

g("conv1d", F(1, 2, 6), F(2, 2, 3, seed=1), F(2, seed=2), [2], [1], [1], 1)
g("conv1d.padding", F(1, 1, 6), F(2, 1, 3, seed=1), None, [1], "same", [1], 1)
g("conv2d", F(1, 2, 4, 4), F(2, 2, 2, 2, seed=1), F(2, seed=2))
g("conv2d", F(1, 2, 5, 4), F(2, 1, 2, 3, seed=1), F(2, seed=2), [2, 1], [1, 0],
  [1, 1], 2)
c("conv2d", F(1, 1, 4, 4, dtype=F32), F(1, 1, 2, 2, seed=1, dtype=F32), None,
  [1, 1], [0, 0], [2, 2])
c("conv2d.padding", F(1, 1, 3, 3), F(1, 1, 2, 2, seed=1), None, [1, 1],
  "valid")
g("conv3d", F(1, 1, 2, 3, 3), F(1, 1, 2, 2, 2, seed=1), F(1, seed=2))
g("conv_transpose1d", F(1, 2, 3), F(2, 1, 3, seed=1), F(1, seed=2), [2], [1],
  [1], 1, [1])
g("conv_transpose2d.input", F(1, 1, 3, 3), F(1, 2, 2, 2, seed=1), F(2, seed=2),
  [2, 2], [0, 1], [1, 0], 1, [1, 1])
c("conv_transpose3d.input", F(1, 1, 2, 2, 2), F(1, 1, 2, 2, 2, seed=1))
g("convolution", F(1, 2, 4), F(2, 1, 2, seed=1), F(2, seed=2), [1], [1], [2],
  False, [0], 2)
c("convolution", F(1, 2, 4), F(2, 1, 2, seed=1), None, [2], [0], [1], True,
  [1], 1)
g("conv_tbc", F(3, 1, 2), F(2, 2, 2, seed=1), F(2, seed=2), 1)
g("im2col", F(1, 1, 3, 4), [2, 2], [1, 1], [1, 0], [1, 2])
g("col2im", F(1, 4, 4), [3, 3], [2, 2], [1, 1], [0, 0], [1, 1])

# --- pooling

g("max_pool1d", F(1, 1, 6), [2], [2])
g("max_pool1d_with_indices", F(1, 1, 6), [3], [2], [1])
g("max_pool2d", F(1, 1, 4, 4), [2, 2])
g("max_pool2d", F(1, 1, 5, 4), [2, 2], [2, 1], [1, 0], [1, 2], True)
g("max_pool2d_with_indices", F(1, 1, 4, 4), [3, 2], [1, 2], [1, 1])
g("max_pool3d", F(1, 1, 2, 4, 2), [2, 2, 2])
c("max_pool3d_with_indices", F(1, 1, 2, 4, 2), [1, 2, 2])
c("max_unpool2d", F(1, 1, 2, 2), T([[[[0, 3], [9, 14]]]], I64), [4, 4])
g("avg_pool1d", F(1, 1, 6), [3], [2], [1], False, False)
g("avg_pool2d", F(1, 1, 4, 4), [2, 2], [1, 2], [1, 0], True, True, 3)
c("avg_pool2d", F(1, 1, 4, 4), [3, 3])
g("avg_pool3d", F(1, 1, 2, 4, 2), [2, 2, 2])
g("adaptive_avg_pool1d", F(1, 1, 5), [2])
g("adaptive_avg_pool2d", F(1, 1, 4, 5), [2, 3])
g("adaptive_avg_pool3d", F(1, 1, 2, 3, 3), [1, 2, 2])
g("adaptive_max_pool1d", F(1, 1, 5), [2])
g("adaptive_max_pool2d", F(1, 1, 4, 5), [2, 3])
c("adaptive_max_pool3d", F(1, 1, 2, 3, 3), [1, 2, 2])
c("fractional_max_pool2d", F(1, 1, 5, 5), [2, 2], [3, 3], T([[[0.3, 0.6]]]))

# --- padding and resampling

g("pad", F(2, 3), [1, 2])
g("pad", F(1, 2, 3), [1, 1], "reflect")
c("pad", F(2, 3), [1, 0, 0, 1], "constant", 2.5)
g("constant_pad_nd", F(2, 3), [1, -1, 0, 1], 1.5)
g("reflection_pad1d", F(1, 4), [2, 1])
g("reflection_pad2d", F(1, 3, 3), [1, 1, 2, 0])
g("reflection_pad3d", F(1, 2, 2, 2), [1, 0, 0, 1, 1, 0])
g("replication_pad1d", F(1, 4), [2, 1])
g("replication_pad2d", F(1, 2, 3), [1, 1, 2, 0])
g("replication_pad3d", F(1, 2, 2, 2), [1, 0, 0, 1, 1, 0])
g("upsample_nearest1d", F(1, 1, 4), [7])
g("upsample_nearest2d", F(1, 1, 2, 3), [4, 5])
g("upsample_nearest2d.vec", F(1, 1, 2, 3), None, [2.0, 1.5])
g("upsample_nearest3d", F(1, 1, 2, 2, 2), [3, 2, 4])
g("upsample_linear1d", F(1, 1, 4), [6], True)
g("upsample_bilinear2d", F(1, 1, 2, 3), [4, 5], False)
g("upsample_bilinear2d", F(1, 1, 2, 3), [3, 4], True)
c("upsample_bilinear2d.vec", F(1, 1, 2, 3), None, False, [2.0, 2.0])
g("upsample_bicubic2d", F(1, 1, 3, 3), [4, 5], False)
g("upsample_trilinear3d", F(1, 1, 2, 2, 2), [3, 2, 3], False)
g("pixel_shuffle", F(1, 4, 2, 2), 2)
g("pixel_unshuffle", F(1, 1, 4, 2), 2)
c("channel_shuffle", F(1, 4, 2), 2)
g("grid_sampler", F(1, 1, 3, 3), U(1, 2, 2, 2), 0, 0, False)
g("grid_sampler_2d", F(1, 1, 3, 3), U(1, 2, 2, 2, seed=1), 0, 1, True)
c("grid_sampler", F(1, 1, 3, 3), F(1, 2, 2, 2, seed=1), 1, 2, False)
g("grid_sampler_3d", F(1, 1, 2, 2, 2), U(1, 1, 2, 2, 3), 0, 0, True)
g("affine_grid_generator", F(1, 2, 3), [1, 1, 2, 3], False)

# --- backward operators, called directly

c("threshold_backward", F(4), F(4, seed=2), 0.0)
c("tanh_backward", F(4), U(4, seed=2))
c("sigmoid_backward", F(4), P(4, lo=0.1, hi=0.9, seed=2))
c("gelu_backward", F(4), F(4, seed=2), approximate="tanh")
c("elu_backward", F(4), 1.2, 1.0, 0.9, False, F(4, seed=2))
c("mse_loss_backward", F(2, 3, seed=4), IN, TG, 0)
c("native_layer_norm_backward", F(2, 3), F(2, 3, seed=2), [3],
  T([[0.1], [0.2]]), T([[1.1], [0.9]]), P(3), F(3), [True, True, False])
c("convolution_backward", F(1, 1, 3), F(1, 1, 4, seed=1), F(1, 1, 2, seed=2),
  [1], [1], [0], [1], False, [0], 1, [True, True, True])
c("avg_pool2d_backward", F(1, 1, 2, 2), F(1, 1, 4, 4), [2, 2], [2, 2], [0, 0],
  False, True, None)
c("select_backward", F(2), [2, 3], 1, 2)
c("slice_backward", F(2, 2), [5, 2], 0, 1, 5, 2)
c("embedding_dense_backward", F(3, 2), L(1, 0, 1), 4, -1, False)

# --- recurrent cells

g("gru_cell", F(1, 2), F(1, 2, seed=1), U(6, 2, seed=2), U(6, 2, seed=3),
  U(6, seed=4), U(6, seed=5))
g("rnn_tanh_cell", F(1, 2), F(1, 3, seed=1), U(3, 2, seed=2), U(3, 3, seed=3),
  U(3, seed=4), U(3, seed=5))
g("rnn_relu_cell", F(1, 2), F(1, 3, seed=1), U(3, 2, seed=2), U(3, 3, seed=3))
c("lstm_cell", F(1, 2), [F(1, 2, seed=1), F(1, 2, seed=6)], U(8, 2, seed=2),
  U(8, 2, seed=3), U(8, seed=4), U(8, seed=5))
c("lstm.input", F(2, 1, 2), [F(1, 1, 2, seed=1), F(1, 1, 2, seed=6)],
  [U(8, 2, seed=2), U(8, 2, seed=3), U(8, seed=4), U(8, seed=5)], True, 1, 0.0,
  False, False, False)
c("gru.input", F(2, 1, 2), F(1, 1, 2, seed=1),
  [U(6, 2, seed=2), U(6, 2, seed=3), U(6, seed=4), U(6, seed=5)], True, 1, 0.0,
  False, False, False)


# -------------------------------------------------------------- encoding

def number(x):
    """A float for JSON."""
    x = float(x)
    if math.isnan(x):
        return "nan"
    if math.isinf(x):
        return "inf" if x > 0 else "-inf"
    return x


def tensor(t):
    t = t.detach().resolve_conj().resolve_neg().contiguous().clone()
    flat = t.reshape(-1).tolist()
    if t.is_complex():
        data = [[number(z.real), number(z.imag)] for z in flat]
    elif t.is_floating_point():
        data = [number(x) for x in flat]
    else:
        data = [int(x) for x in flat]
    return {"dtype": str(t.dtype).replace("torch.", ""),
            "shape": list(t.shape), "data": data}


def entry(value, kind):
    """The entry of a value whose type in the schema is `kind`."""
    kind = kind.replace("Optional[", "").replace("]", "").replace("?", "")
    if value is None:
        return None
    if isinstance(value, torch.Tensor):
        return {"t": tensor(value)}
    if isinstance(value, torch.dtype):
        return {"dtype": SCALAR_TYPE[value]}
    if kind == "ScalarType":
        return {"dtype": int(value)}
    if any(word in kind for word in
           ("Device", "Layout", "MemoryFormat", "Generator")):
        raise ValueError("a value of type " + kind)
    if isinstance(value, (list, tuple)):
        if "Tensor" in kind:
            return {"tl": [None if t is None else tensor(t) for t in value]}
        if "bool" in kind:
            return {"bl": [bool(x) for x in value]}
        if "float" in kind:
            return {"fl": [number(x) for x in value]}
        if "nt" in kind:
            return {"il": [int(x) for x in value]}
        raise ValueError("a list of type " + kind)
    wanted = {"bool": bool, "int": int, "str": str}.get(kind)
    if kind == "Tensor" or wanted and type(value) is not wanted:
        raise ValueError("not a value of type " + kind)
    if isinstance(value, str):
        return {"s": value}
    if kind == "float":
        return {"f": number(value)}
    if isinstance(value, bool):
        return {"b": value}
    if isinstance(value, int):
        return {"i": value}
    if isinstance(value, float):
        return {"f": number(value)}
    if isinstance(value, complex):
        return {"c": [number(value.real), number(value.imag)]}
    raise ValueError("a value of type " + kind)


def copied(value):
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, (list, tuple)):
        return [copied(x) for x in value]
    return value


def call(op, schema, values):
    """Call with every argument spelled out."""
    args, kwargs = [], {}
    for a, v in zip(schema.arguments, values):
        if a.kwarg_only:
            kwargs[a.name] = v
        else:
            args.append(v)
    return op(*args, **kwargs)


def result_list(schema, out):
    return list(out) if len(schema.returns) > 1 else [out]


def record(name, args, kwargs, with_grads):
    base, _, overload = name.partition(".")
    op = getattr(getattr(torch.ops.aten, base), overload or "default")
    schema = op._schema
    kwargs = dict(kwargs)
    values = []
    for index, a in enumerate(schema.arguments):
        if index < len(args):
            if a.kwarg_only:
                raise ValueError(name + ": too many positional arguments")
            values.append(args[index])
        elif a.name in kwargs:
            values.append(kwargs.pop(a.name))
        elif a.has_default_value():
            values.append(a.default_value)
        else:
            raise ValueError(name + ": no value for " + a.name)
    if kwargs or len(args) > len(schema.arguments):
        raise ValueError(name + ": arguments the schema does not have")

    line = {"op": "aten::" + base, "overload": overload,
            "args": [entry(v, str(a.real_type))
                     for a, v in zip(schema.arguments, values)]}
    results = result_list(schema, call(op, schema, copied(values)))
    line["results"] = [entry(r, str(d.real_type))
                       for r, d in zip(results, schema.returns)]

    if with_grads:
        leaves = {}
        values = copied(values)
        for index, v in enumerate(values):
            if isinstance(v, torch.Tensor) and v.is_floating_point():
                if v.dtype != F64:
                    raise ValueError(name + ": gradients are for float64")
                leaves[index] = v.requires_grad_(True)
        out = result_list(schema, call(op, schema, values))[0]
        w = torch.tensor([0.5 + 0.25 * (k % 7) for k in range(out.numel())],
                         dtype=out.dtype).reshape(out.shape)
        (w * out).sum().backward()
        line["grads"] = {str(index): tensor(v.grad)
                         for index, v in leaves.items()}
    return line


def main():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if torch.__version__.split("+")[0] != "2.11.0":
        sys.exit("this recording is of torch 2.11.0, not " + torch.__version__)
    for case in CASES:
        try:
            line = record(*case)
        except Exception as problem:
            raise RuntimeError("case " + case[0]) from problem
        json.dump(line, sys.stdout, separators=(",", ":"), allow_nan=False)
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()

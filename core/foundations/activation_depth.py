"""What a stack of equal layers does to a signal, and to the gradient on its way back.

Symbols: n the width, L the depth, W_l (n, n) the weights of layer l, drawn from N(0, σ²); a_0 ~ N(0, 1) the input;

    z_l = a_{l−1}·W_lᵀ,   a_l = f(z_l)                          (batch, n), l = 1…L
    δ_l = ∂loss/∂a_l;   δ_L ~ N(0, 1),   δ_{l−1} = (δ_l ⊙ f′(z_l))·W_l

In the mean (He et al. 2015, eqs. 5–9 and 13):

    E z_l² = n·σ²·E a_{l−1}²,   E δ_{l−1}² = n·σ²·E f′(z_l)²·E δ_l²

Xavier (Glorot and Bengio 2010, eq. 12) takes σ² = 2 / (n_in + n_out), which is 1/n here since all layers are equally
wide; He takes 2/n; "exact" takes 1 / (n·E f(z)²) for z ~ N(0, 1), the variance that this very function keeps.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.arrays import Frozen
from core.device import describe, device
from core.foundations.activations import ACTIVATIONS, moments
from core.i18n import Lang, Text, same
from core.params import Choice, Levels, Params, Slider
from core.tables import Table
from core.verify import Check, compare

BATCH = 128
BINS = 41
SIGNAL_RANGE = 3.0
LOG_RANGE = (-12.0, 6.0)
SATURATED = 0.05
INITS: dict[str, Text] = {
    "xavier": same("Xavier, 1/n"),
    "he": same("He, 2/n"),
    "exact": Text("exact, 1/(n·E f²)", "точная, 1/(n·E f²)"),
    "small": Text("N(0, 0.01²)", "N(0; 0,01²)"),
    "unit": Text("N(0, 1)", "N(0; 1)"),
}


class DepthParams(Params):
    """A stack of layers without biases, and how its weights were drawn."""

    kind: Annotated[
        str,
        Choice(label=Text("Function", "Функция"), options={name: item.title for name, item in ACTIVATIONS.items()}),
    ] = "tanh"
    init: Annotated[
        str,
        Choice(
            label=Text("Weights", "Веса"),
            options=INITS,
            help=Text(
                "The variance of a weight. “Exact” is made for the chosen function.",
                "Дисперсия одного веса. «Точная» подобрана под выбранную функцию.",
            ),
        ),
    ] = "xavier"
    gain: Annotated[float, Slider(label=Text("times a gain of", "и множитель"), lo=0.2, hi=3.0, step=0.05)] = 1.0
    depth: Annotated[int, Slider(label=Text("Layers", "Слои"), lo=2, hi=50, step=1)] = 20
    width: Annotated[int, Levels(label=Text("Width n", "Ширина n"), values=(16, 32, 64, 128, 256))] = 128
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1)] = 0


@dataclass(frozen=True)
class Stack:
    """Every tensor of one pass: a has L + 1 of (batch, n), z and W have L, delta has L + 1."""

    W: tuple[Tensor, ...]
    z: tuple[Tensor, ...]
    a: tuple[Tensor, ...]
    delta: tuple[Tensor, ...]


@dataclass(frozen=True)
class DepthTrace(Frozen):
    """One number or one histogram a layer; index 0 is the input.

    sigma : the standard deviation of a weight
    signal_bins (L + 1, BINS) : share of a_l in equal bins of [−3, 3]; what lies outside is in the outermost
    gradient_bins (L + 1, BINS) : share of δ_l in equal bins of log₁₀|δ| on [−12, 6]; exact zeros are in none
    mean, std, square : of a_l; gradient : √E δ_l², all (L + 1,)
    z_square, slope_square, saturated : E z_l², E f′(z_l)², share with |f′(z_l)| < 0.05, all (L + 1,), [0] is NaN
    zeros : share of a_l that is exactly 0, (L + 1,)
    """

    params: DepthParams
    sigma: float
    signal_bins: npt.NDArray[np.float32]
    gradient_bins: npt.NDArray[np.float32]
    mean: npt.NDArray[np.float64]
    std: npt.NDArray[np.float64]
    square: npt.NDArray[np.float64]
    gradient: npt.NDArray[np.float64]
    z_square: npt.NDArray[np.float64]
    slope_square: npt.NDArray[np.float64]
    saturated: npt.NDArray[np.float64]
    zeros: npt.NDArray[np.float64]
    signature: str

    @property
    def last_signal(self) -> float:
        """Spread of the last layer's signal over that of the input."""
        return float(self.std[-1] / self.std[0])

    @property
    def first_gradient(self) -> float:
        """Size of the gradient that reaches the input over that which entered at the end."""
        return float(self.gradient[0] / self.gradient[-1])


def default_alpha(kind: str) -> float:
    """The α of the paper; 0 where the function has none."""
    return ACTIVATIONS[kind].alpha or 0.0


def weight_sigma(init: str, kind: str, n: int, gain: float) -> float:
    """The standard deviation of a weight."""
    variance = {
        "unit": 1.0,
        "small": 1e-4,
        "xavier": 2 / (n + n),
        "he": 2 / n,
        "exact": moments(kind, default_alpha(kind)).gain ** 2 / n,
    }
    return gain * math.sqrt(variance[init])


def propagate(params: DepthParams) -> Stack:
    """The pass there and back, every tensor kept."""
    generator = np.random.default_rng(params.seed)
    sigma = weight_sigma(params.init, params.kind, params.width, params.gain)
    activation, alpha = ACTIVATIONS[params.kind], default_alpha(params.kind)

    def draw(rows: int) -> Tensor:
        return torch.from_numpy(generator.standard_normal((rows, params.width))).to(device())

    a = [draw(BATCH)]
    W, z = [], []
    for _ in range(params.depth):
        W.append(draw(params.width) * sigma)
        z.append(a[-1] @ W[-1].T)
        a.append(activation.value(z[-1], alpha))
    delta = [draw(BATCH)]
    for weights, before in zip(reversed(W), reversed(z), strict=True):
        delta.append((delta[-1] * activation.derivative(before, alpha)) @ weights)
    return Stack(tuple(W), tuple(z), tuple(a), tuple(reversed(delta)))


def histogram(values: Tensor, lo: float, hi: float) -> npt.NDArray[np.float32]:
    """Share of `values` (of all of them, NaN and −∞ too) in BINS equal bins; what lies outside goes to the ends."""
    finite = values[torch.isfinite(values)].clamp(lo, hi)
    counts = torch.histc(finite, BINS, lo, hi)
    return np.asarray((counts / values.numel()).cpu().numpy(), dtype=np.float32)


def run(params: DepthParams) -> DepthTrace:
    """The stack, summed up layer by layer."""
    stack = propagate(params)
    activation, alpha = ACTIVATIONS[params.kind], default_alpha(params.kind)
    slopes = [activation.derivative(z, alpha) for z in stack.z]

    def each(values: list[Tensor], is_from_one: bool = False) -> npt.NDArray[np.float64]:
        found = torch.stack(values).cpu().numpy()
        return np.concatenate([[np.nan], found]) if is_from_one else np.asarray(found)

    return DepthTrace(
        params=params,
        sigma=weight_sigma(params.init, params.kind, params.width, params.gain),
        signal_bins=np.stack([histogram(a, -SIGNAL_RANGE, SIGNAL_RANGE) for a in stack.a]),
        gradient_bins=np.stack([histogram(d.abs().log10(), *LOG_RANGE) for d in stack.delta]),
        mean=each([a.mean() for a in stack.a]),
        std=each([a.std() for a in stack.a]),
        square=each([(a**2).mean() for a in stack.a]),
        gradient=each([(d**2).mean().sqrt() for d in stack.delta]),
        z_square=each([(z**2).mean() for z in stack.z], True),
        slope_square=each([(s**2).mean() for s in slopes], True),
        saturated=each([(s.abs() < SATURATED).double().mean() for s in slopes], True),
        zeros=each([(a == 0).double().mean() for a in stack.a]),
        signature=f"{params.kind} · {params.depth} × {params.width} · batch {BATCH} · seed={params.seed} · float64 · "
        f"{describe()} · torch {torch.__version__}",
    )


def reference(trace: DepthTrace) -> tuple[Check, ...]:
    """Each layer beside torch's own, given what entered it, and its gradient beside autograd's; relative to the layer's
    largest number. Layer by layer, since a chaotic stack would multiply the last digit's rounding."""
    p = trace.params
    stack, activation, alpha = propagate(p), ACTIVATIONS[p.kind], default_alpha(p.kind)
    forward, backward = [], []
    for layer in range(p.depth):
        entered = stack.a[layer].clone().requires_grad_()
        left = activation.library(torch.nn.functional.linear(entered, stack.W[layer]), alpha)
        left.backward(stack.delta[layer + 1])
        assert entered.grad is not None
        forward.append(_apart(stack.a[layer + 1], left.detach()))
        backward.append(_apart(stack.delta[layer], entered.grad))
    zero = np.zeros(p.depth)
    return (
        compare(Text("a, every layer", "a, каждый слой"), "torch", np.array(forward), zero, 1e-12),
        compare(Text("δ, every layer, autograd", "δ, каждый слой, autograd"), "torch", np.array(backward), zero, 1e-12),
    )


def _apart(ours: Tensor, theirs: Tensor) -> float:
    """The largest difference over the largest number."""
    largest = float(theirs.abs().max())
    return float((ours - theirs).abs().max()) / (largest or 1.0)


def tables(trace: DepthTrace) -> tuple[Table, ...]:
    """Layer by layer: the summary, and both histograms."""
    layers = [str(layer) for layer in range(trace.params.depth + 1)]
    names = ("mean", "std", "square", "gradient", "z_square", "slope_square", "saturated", "zeros")
    signal = np.linspace(-SIGNAL_RANGE, SIGNAL_RANGE, BINS + 1)
    log = np.linspace(*LOG_RANGE, BINS + 1)
    return (
        Table("layers", layers, names, np.stack([getattr(trace, name) for name in names], axis=1)),
        Table("signal", layers, [f"{v:.2f}" for v in signal[:-1]], trace.signal_bins),
        Table("gradient, log10", layers, [f"{v:.2f}" for v in log[:-1]], trace.gradient_bins),
    )


def explain(trace: DepthTrace, layer: int, lang: Lang) -> tuple[Formula, ...]:
    """The law of one layer with its numbers, there and back, and what the whole stack does."""
    p = trace.params
    if layer == 0:
        return ((quiet(INPUT.get(lang)),), _whole(trace, lang))
    factor = p.width * trace.sigma**2
    there = factor * float(trace.square[layer - 1])
    back = factor * float(trace.slope_square[layer] * trace.gradient[layer] ** 2)
    scale = f"{p.width}·{write_number(trace.sigma**2, 4)}"
    return (
        (
            quiet(Text("signal, expected: ", "сигнал, ожидаем: ").get(lang)),
            say("E z² = n·σ²·E a² = "),
            Part(f"{scale}·{write_number(float(trace.square[layer - 1]), 4)}", "strong"),
            say(" = "),
            number(there, 4, "result"),
            quiet(Text("   measured ", "   измерено ").get(lang)),
            number(float(trace.z_square[layer]), 4),
        ),
        (
            quiet(Text("gradient, expected: ", "градиент, ожидаем: ").get(lang)),
            say("E δ² = n·σ²·E f′²·E δ² = "),
            Part(
                f"{scale}·{write_number(float(trace.slope_square[layer]), 4)}·"
                f"{write_number(float(trace.gradient[layer] ** 2), 4)}",
                "strong",
            ),
            say(" = "),
            number(back, 4, "result"),
            quiet(Text("   measured ", "   измерено ").get(lang)),
            number(float(trace.gradient[layer - 1] ** 2), 4),
        ),
        (
            quiet(
                HERE.format(k=layer, s=float(trace.saturated[layer]), z=float(trace.zeros[layer]), e=SATURATED).get(
                    lang
                )
            ),
        ),
        _whole(trace, lang),
    )


def _whole(trace: DepthTrace, lang: Lang) -> Formula:
    return (
        quiet(Text("all {n} layers: signal × ", "все слои ({n}): сигнал × ").format(n=trace.params.depth).get(lang)),
        number(trace.last_signal, 4, "result"),
        quiet(Text(", gradient × ", ", градиент × ").get(lang)),
        number(trace.first_gradient, 4, "result"),
    )


INPUT = Text(
    "Layer 0 is the input, drawn from N(0, 1). Pick another layer.",
    "Слой 0 — вход, он взят из N(0, 1). Выберите другой слой.",
)
HERE = Text(
    "layer {k}: {s:.1%} of the units have |f′| < {e}, {z:.1%} of the outputs are exactly 0",
    "слой {k}: у {s:.1%} нейронов |f′| < {e}, ровно 0 на выходе у {z:.1%}",
)

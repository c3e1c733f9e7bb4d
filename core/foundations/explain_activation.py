"""The activation's value and slope at the picked x, written out with the live numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.foundations.activation_curve import KINDS, CurveTrace
from core.foundations.activations import GELU_CUBE
from core.i18n import Lang, Text

Lines = tuple[list[Part], list[Part]]
DEPTH = 10


def explain(trace: CurveTrace, lang: Lang) -> tuple[Formula, ...]:
    """f(x), f′(x), what the slope does to a gradient, and what the function does to N(0, 1)."""
    p = trace.params
    x, f, slope = p.x, float(trace.f[trace.here]), float(trace.slope[trace.here])
    value, derivative = WRITERS[p.kind](x, p.alpha(p.kind), f)
    at = write_number(x, 2)
    lines: list[Formula] = [
        (say(f"f({at}) = "), *value, say(" = "), number(f, 4, "result")),
        (say(f"f′({at}) = "), *derivative, say(" = "), number(slope, 4, "result")),
        _passed(slope, p.epsilon, lang),
        _on_normal(trace, lang),
    ]
    if p.other not in ("none", p.kind):
        told = GAP.format(
            a=KINDS[p.kind], b=KINDS[p.other], g=write_number(trace.gap, 4), x=write_number(trace.gap_at, 2)
        )
        lines.append((quiet(told.get(lang)),))
    return tuple(lines)


def _passed(slope: float, epsilon: float, lang: Lang) -> Formula:
    """A gradient of 1 after one and after ten such points."""
    told = SATURATED if abs(slope) < epsilon else ALIVE
    compared = "<" if abs(slope) < epsilon else "≥"
    return (
        say("|f′| = "),
        number(abs(slope), 4),
        say(f" {compared} ε = {epsilon:g}: "),
        quiet(told.get(lang)),
        quiet(TEN.format(n=DEPTH).get(lang)),
        Part(write_number(abs(slope), 4), "number", str(DEPTH)),
        say(" = "),
        number(abs(slope) ** DEPTH, 4),
    )


def _on_normal(trace: CurveTrace, lang: Lang) -> Formula:
    m = trace.moments
    return (
        quiet(Text("for z ~ N(0, 1): ", "для z ~ N(0, 1): ").get(lang)),
        say("E f = "),
        number(round(m.mean, 9), 3),
        quiet(CENTRED.get(lang) if abs(m.mean) < 1e-9 else OFF_CENTRE.get(lang)),
        say("   E f² = "),
        number(m.square, 3),
        say("   E f′² = "),
        number(m.slope_square, 3),
        say("   1/√(E f²) = "),
        number(m.gain, 3),
        quiet(
            Text(" is the gain that keeps the variance", " — множитель, при котором дисперсия не меняется").get(lang)
        ),
    )


def _strong(text: str) -> list[Part]:
    return [Part(text, "strong")]


def _n(value: float, decimals: int = 4) -> str:
    """A number that may stand inside a product."""
    text = write_number(value, decimals)
    return f"({text})" if text.startswith("−") else text


def _power(value: float) -> Part:
    return Part("e", power=write_number(value, 2))


def _relu(x: float, _: float, __: float) -> Lines:
    rule = f"[{write_number(x, 2)} > 0]"
    return _strong(f"max(0, {write_number(x, 2)})"), _strong(rule)


def _leaky(x: float, a: float, _: float) -> Lines:
    if x > 0:
        return _strong("x"), _strong("1")
    return _strong(f"{a:g}·{_n(x, 2)}"), [*_strong("α"), say(" = "), say(f"{a:g}")]


def _elu(x: float, a: float, f: float) -> Lines:
    if x > 0:
        return _strong("x"), _strong("1")
    value = [say(f"{a:g}·("), _power(x), say(" − 1)")]
    return value, [say(f"{a:g}·"), _power(x), say(" = f + α = "), *_strong(f"{_n(f)} + {a:g}")]


def _sigmoid(x: float, _: float, f: float) -> Lines:
    value = [say("1 / (1 + "), _power(-x), say(f") = 1 / (1 + {write_number(math.exp(-x), 3)})")]
    return value, [say("f·(1 − f) = "), *_strong(f"{_n(f)}·{_n(1 - f)}")]


def _tanh(x: float, _: float, f: float) -> Lines:
    value = [say("("), _power(x), say(" − "), _power(-x), say(") / ("), _power(x), say(" + "), _power(-x), say(")")]
    return value, [say("1 − f² = "), *_strong(f"1 − {_n(f)}²")]


def _gelu(x: float, _: float, __: float) -> Lines:
    below, density = _phi(x)
    value = [say("x·Φ(x) = "), *_strong(f"{_n(x, 2)}·{_n(below)}")]
    return value, [say("Φ(x) + x·φ(x) = "), *_strong(f"{_n(below)} + {_n(x, 2)}·{_n(density)}")]


def _gelu_tanh(x: float, _: float, __: float) -> Lines:
    u = math.sqrt(2 / math.pi) * (x + GELU_CUBE * x**3)
    t = math.tanh(u)
    inner = math.sqrt(2 / math.pi) * (1 + 3 * GELU_CUBE * x * x)
    value = [say("x/2·(1 + tanh u) = "), *_strong(f"{_n(x / 2)}·(1 + {_n(t)})"), quiet(f"   u = {write_number(u, 4)}")]
    slope = [
        say("(1 + tanh u)/2 + x/2·(1 − tanh² u)·u′ = "),
        *_strong(f"{_n((1 + t) / 2)} + {_n(x / 2)}·{_n(1 / math.cosh(u) ** 2)}·{_n(inner)}"),
    ]
    return value, slope


def _silu(x: float, _: float, __: float) -> Lines:
    s = 1 / (1 + math.exp(-x))
    value = [say("x·σ(x) = "), *_strong(f"{_n(x, 2)}·{_n(s)}")]
    return value, [say("σ + x·σ·(1 − σ) = "), *_strong(f"{_n(s)} + {_n(x, 2)}·{_n(s)}·{_n(1 - s)}")]


def _softplus(x: float, _: float, __: float) -> Lines:
    value = [say("ln(1 + "), _power(x), say(f") = ln(1 + {write_number(math.exp(x), 3)})")]
    return value, [*_strong("σ(x)"), say(" = 1 / (1 + "), _power(-x), say(")")]


def _phi(x: float) -> tuple[float, float]:
    return math.erfc(-x / math.sqrt(2)) / 2, math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


WRITERS: dict[str, Callable[[float, float, float], Lines]] = {
    "relu": _relu,
    "leaky_relu": _leaky,
    "elu": _elu,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "gelu": _gelu,
    "gelu_tanh": _gelu_tanh,
    "silu": _silu,
    "softplus": _softplus,
}
ALIVE = Text("the gradient goes on; ", "градиент проходит; ")
SATURATED = Text("saturated, almost nothing goes on; ", "насыщение, почти ничего не проходит; ")
TEN = Text("after {n} such points: ", "после {n} таких точек: ")
CENTRED = Text(" (zero-centred)", " (среднее — ноль)")
OFF_CENTRE = Text(" (not zero-centred)", " (среднее — не ноль)")
GAIN = Text(" is the gain that keeps the variance", " — множитель, при котором дисперсия не меняется")
GAP = Text("Largest |{a} − {b}|: {g}, at x = {x}.", "Наибольшее |{a} − {b}|: {g}, при x = {x}.")

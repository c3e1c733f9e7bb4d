"""One step of one optimizer, every term of its rule with the live numbers, coordinate by coordinate."""

from __future__ import annotations

from collections.abc import Callable

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.foundations.descent_lab import DescentTrace, Run
from core.foundations.optimizers import NOTES, OPTIMIZERS, Settings
from core.i18n import Lang, Text

DECIMALS = 4
Line = list[Part]

TITLE = Text("{name}, step {t} of {n}", "{name}, шаг {t} из {n}")
MISREAD = Text("   wrong on purpose: {how}", "   нарочно неверно: {how}")
OVER = Text(
    "After step {t} the run is no longer a number that can be drawn: it has diverged.",
    "После шага {t} рисовать нечего: метод разошёлся.",
)
UNDEFINED = Text("f is not defined at the start.", "В точке старта f не определена.")
NOISY = Text("   with noise σξ = {n}", "   вместе с шумом σξ = {n}")


def explain(trace: DescentTrace, name: str, t: int, lang: Lang) -> tuple[Formula, ...]:
    """The step that leads to θ after t steps (t ≥ 1); the last one that there is when t is beyond it."""
    one = trace.runs[name]
    if one.steps == 0:
        return ((quiet(UNDEFINED.get(lang)),),)
    k = min(max(t, 1), one.steps) - 1
    h = trace.params.settings()
    title = TITLE.format(name=OPTIMIZERS[name].title, t=k + 1, n=trace.params.steps).get(lang)
    head: Line = [Part(title, "strong"), say("   α = "), number(float(one.rate[k]), DECIMALS)]
    if h.notes in OPTIMIZERS[name].misread:
        head.append(quiet(MISREAD.format(how=NOTES[h.notes]).get(lang)))
    lines: list[Formula] = [tuple(head)]
    for axis, letter in enumerate("xy"):
        noise = float(trace.noise[k, axis])
        derivative: Line = [say(f"∂f/∂{letter} = "), number(float(one.gradient[k, axis]), DECIMALS)]
        if trace.params.sigma:
            derivative.append(quiet(NOISY.format(n=write_number(noise, DECIMALS)).get(lang)))
        lines.append(tuple(derivative))
        lines += [tuple(line) for line in WRITERS[name](_At(one, k, axis, letter, h))]
    if one.lost >= 0 and t >= one.lost:
        lines.append((quiet(OVER.format(t=one.lost).get(lang)),))
    return tuple(lines)


class _At:
    """One coordinate at one step, its numbers by their symbols."""

    def __init__(self, one: Run, k: int, axis: int, letter: str, h: Settings) -> None:
        self.one, self.k, self.axis, self.letter, self.h = one, k, axis, letter, h
        self.g = float(one.gradient[k, axis])
        self.alpha = float(one.rate[k])
        self.before = float(one.path[k, axis])
        self.after = float(one.path[k + 1, axis])

    def now(self, symbol: str) -> float:
        return float(self.one.terms[symbol][self.k, self.axis])

    def kept(self, symbol: str) -> float:
        return float(self.one.terms[symbol][self.k - 1, self.axis]) if self.k else 0.0

    def move(self, taken: str) -> Line:
        """θ ← θ − Δ, with Δ written as `taken`."""
        return [
            say(f"{self.letter} ← {_n(self.before)} − "),
            Part(taken, "strong"),
            say(" = "),
            number(self.after, DECIMALS, "result"),
        ]


def _n(value: float) -> str:
    """A number that may stand inside a product."""
    text = write_number(value, DECIMALS)
    return f"({text})" if text.startswith("−") else text


def _equals(symbol: str, rule: str, numbers: str, value: float) -> Line:
    return [say(f"{symbol} = {rule} = "), Part(numbers, "number"), say(" = "), number(value, DECIMALS)]


def _sgd(at: _At) -> list[Line]:
    return [at.move(f"{_n(at.alpha)}·{_n(at.g)}")]


def _momentum(at: _At) -> list[Line]:
    mu = at.h.momentum
    return [
        _equals("v", "µv + g", f"{mu:g}·{_n(at.kept('v'))} + {_n(at.g)}", at.now("v")),
        at.move(f"{_n(at.alpha)}·{_n(at.now('v'))}"),
    ]


def _nesterov(at: _At) -> list[Line]:
    mu = at.h.momentum
    return [
        _equals("v", "µv + g", f"{mu:g}·{_n(at.kept('v'))} + {_n(at.g)}", at.now("v")),
        at.move(f"{_n(at.alpha)}·({_n(at.g)} + {mu:g}·{_n(at.now('v'))})"),
    ]


def _adagrad(at: _At) -> list[Line]:
    return [
        _equals("s", "s + g²", f"{_n(at.kept('s'))} + {_n(at.g)}²", at.now("s")),
        at.move(_quotient(at, at.g, at.now("s"), is_inside=False)),
    ]


def _rmsprop(at: _At) -> list[Line]:
    rho = at.h.rho
    if at.h.notes == "no_recursion":
        average = _equals("s", "g²", f"{_n(at.g)}²", at.now("s"))
    else:
        numbers = f"{rho:g}·{_n(at.kept('s'))} + {1 - rho:.4g}·{_n(at.g)}²"
        average = _equals("s", "ρs + (1−ρ)g²", numbers, at.now("s"))
    return [average, at.move(_quotient(at, at.g, at.now("s"), is_inside=at.h.notes == "inside"))]


def _adam(at: _At) -> list[Line]:
    b1, b2, t = at.h.beta1, at.h.beta2, at.k + 1
    if at.h.notes == "no_recursion":
        m = _equals("m", "(1−β₁)g", f"{1 - b1:.4g}·{_n(at.g)}", at.now("m"))
        s = _equals("s", "(1−β₂)g²", f"{1 - b2:.4g}·{_n(at.g)}²", at.now("s"))
    else:
        m = _equals("m", "β₁m + (1−β₁)g", f"{b1:g}·{_n(at.kept('m'))} + {1 - b1:.4g}·{_n(at.g)}", at.now("m"))
        s = _equals("s", "β₂s + (1−β₂)g²", f"{b2:g}·{_n(at.kept('s'))} + {1 - b2:.4g}·{_n(at.g)}²", at.now("s"))
    if at.h.notes not in ("no_recursion", "no_correction"):
        m += _corrected("m̂", "m", at.now("m"), b1, t, at.now("m_hat"))
        s += _corrected("ŝ", "s", at.now("s"), b2, t, at.now("s_hat"))
    pull = f" + {_n(at.alpha)}·{at.h.decay:g}·{_n(at.before)}" if "pull" in at.one.terms else ""
    taken = _quotient(at, at.now("m_hat"), at.now("s_hat"), is_inside=at.h.notes == "inside") + pull
    return [m, s, at.move(f"({taken})" if pull else taken)]


def _corrected(hat: str, symbol: str, value: float, beta: float, t: int, result: float) -> Line:
    return [
        say(f"      {hat} = {symbol} / (1 − "),
        Part(f"{beta:g}", "number", str(t)),
        say(") = "),
        Part(f"{_n(value)} / {write_number(1 - beta**t, DECIMALS)}", "number"),
        say(" = "),
        number(result, DECIMALS),
    ]


def _quotient(at: _At, above: float, square: float, *, is_inside: bool) -> str:
    below = f"√({_n(square)} + ε)" if is_inside else f"(√{_n(square)} + ε)"
    return f"{_n(at.alpha)}·{_n(above)} / {below}"


WRITERS: dict[str, Callable[[_At], list[Line]]] = {
    "sgd": _sgd,
    "momentum": _momentum,
    "nesterov": _nesterov,
    "adagrad": _adagrad,
    "rmsprop": _rmsprop,
    "adam": _adam,
    "adamw": _adam,
}

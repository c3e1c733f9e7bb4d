"""One prediction under all losses: every curve, its value and its gradient at the same point.

Symbols: x the prediction (a logit z or a number ŷ), y the truth, L(x) a loss, ∂L/∂x its gradient
(core/foundations/losses.py). The grid holds every x that the slider can stand on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.arrays import Frozen
from core.foundations.losses import LOSSES, Loss, sigmoid
from core.i18n import Lang, Text, same
from core.params import Choice, Params, Slider
from core.tables import Table
from core.verify import Check, compare

BOUND, STEP = 6.0, 0.05
POINTS = 241


def _is_regression(p: dict[str, object]) -> bool:
    return p["task"] == "regression"


class PredictionParams(Params):
    """The prediction, the truth, and the numbers that some losses have of their own."""

    task: Annotated[
        str,
        Choice(
            label=Text("What is predicted", "Что предсказываем"),
            options={"classification": Text("a class", "класс"), "regression": Text("a number", "число")},
        ),
    ] = "classification"
    label: Annotated[
        str,
        Choice(
            label=Text("True class y", "Истинный класс y"),
            options={"1": same("1"), "0": same("0")},
            shown=lambda p: not _is_regression(p),
        ),
    ] = "1"
    z: Annotated[
        float,
        Slider(
            label=Text("Logit z", "Логит z"),
            lo=-BOUND,
            hi=BOUND,
            step=STEP,
            help=Text("The probability of class 1 is σ(z).", "Вероятность класса 1 равна σ(z)."),
            shown=lambda p: not _is_regression(p),
        ),
    ] = -2.0
    gamma: Annotated[
        float,
        Slider(
            label=Text("γ of focal", "γ для focal"), lo=0.0, hi=5.0, step=0.5, shown=lambda p: not _is_regression(p)
        ),
    ] = 2.0
    epsilon: Annotated[
        float,
        Slider(
            label=Text("ε of label smoothing", "ε для сглаживания"),
            lo=0.0,
            hi=0.5,
            step=0.05,
            shown=lambda p: not _is_regression(p),
        ),
    ] = 0.1
    guess: Annotated[
        float,
        Slider(label=Text("Prediction ŷ", "Предсказание ŷ"), lo=-BOUND, hi=BOUND, step=STEP, shown=_is_regression),
    ] = 3.0
    target: Annotated[
        float, Slider(label=Text("True number y", "Истинное число y"), lo=-3.0, hi=3.0, step=0.5, shown=_is_regression)
    ] = 0.0
    delta: Annotated[
        float, Slider(label=Text("δ of Huber", "δ для Хьюбера"), lo=0.1, hi=5.0, step=0.1, shown=_is_regression)
    ] = 1.0

    @property
    def x(self) -> float:
        """The prediction of the present task."""
        return self.guess if self.task == "regression" else self.z

    @property
    def y(self) -> float:
        """The truth of the present task."""
        return self.target if self.task == "regression" else float(self.label)

    def own(self, loss: Loss) -> float:
        """The number that `loss` takes; 0 where it takes none."""
        return float(getattr(self, loss.own)) if loss.own else 0.0


@dataclass(frozen=True)
class PredictionTrace(Frozen):
    """x (POINTS,); values, slopes (loss, POINTS) in the order of `names`; here : index of the prediction in x."""

    params: PredictionParams
    names: tuple[str, ...]
    x: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    slopes: npt.NDArray[np.float64]
    here: int
    signature: str

    @property
    def losses(self) -> dict[str, Loss]:
        return LOSSES[self.params.task]

    def at(self, name: str) -> tuple[float, float]:
        """Value and gradient of the loss `name` at the prediction."""
        k = self.names.index(name)
        return float(self.values[k, self.here]), float(self.slopes[k, self.here])


def grid() -> npt.NDArray[np.float64]:
    """The x of the lab, 0 exactly among them."""
    return np.arange(-(POINTS // 2), POINTS // 2 + 1) / 20


def run(params: PredictionParams) -> PredictionTrace:
    """All losses of the task on the grid."""
    x, losses = grid(), LOSSES[params.task]
    return PredictionTrace(
        params=params,
        names=tuple(losses),
        x=x,
        values=np.stack([loss.value(x, params.y, params.own(loss)) for loss in losses.values()]),
        slopes=np.stack([loss.slope(x, params.y, params.own(loss)) for loss in losses.values()]),
        here=round(params.x * 20) + POINTS // 2,
        signature=f"{params.task} · y={params.y:g} · x={params.x:g} · float64 · numpy {np.__version__}",
    )


def reference(trace: PredictionTrace) -> tuple[Check, ...]:
    """Every loss on the whole grid beside torch's function and its autograd."""
    import torch

    p = trace.params
    values, slopes = [], []
    for loss in trace.losses.values():
        x = torch.from_numpy(np.array(trace.x)).requires_grad_()
        theirs = loss.library(x, torch.full_like(x, p.y).detach(), p.own(loss))
        theirs.sum().backward()
        assert x.grad is not None
        values.append(theirs.detach().numpy())
        slopes.append(x.grad.numpy())
    return (
        compare(same("L, torch.nn.functional"), "torch", trace.values, np.stack(values), 1e-12),
        compare(same("∂L/∂x, autograd"), "torch", trace.slopes, np.stack(slopes), 1e-12),
    )


def tables(trace: PredictionTrace) -> tuple[Table, ...]:
    """Every loss at the prediction, and the curves at every fifth point."""
    rows = [f"{v:g}" for v in trace.x[::5]]
    return (
        Table(
            "at the prediction",
            trace.names,
            ["value", "gradient"],
            np.stack([trace.values[:, trace.here], trace.slopes[:, trace.here]], axis=1),
        ),
        Table("values", rows, trace.names, trace.values[:, ::5].T),
        Table("gradients", rows, trace.names, trace.slopes[:, ::5].T),
    )


# ---------------------------------------------------------------------------------------------------------------------
# The arithmetic


def explain(trace: PredictionTrace, name: str, lang: Lang) -> tuple[Formula, ...]:
    """The picked loss and its gradient, with the live numbers."""
    value, slope = trace.at(name)
    write = _write_regression if trace.params.task == "regression" else _write_classification
    given, made, sloped = write(trace.params, name)
    lines: list[Formula] = [
        given,
        (say(f"{trace.losses[name].title.get(lang)}: L = "), say(made), say(" = "), number(value, 4, "result")),
        (
            say("∂L/∂ŷ = " if trace.params.task == "regression" else "∂L/∂z = "),
            say(sloped),
            say(" = "),
            number(slope, 4, "result"),
        ),
    ]
    if name in NOTES:
        lines.append((quiet(NOTES[name].get(lang)),))
    return tuple(lines)


def _num(value: float, decimals: int = 4) -> str:
    return write_number(value, decimals)


def _signed(value: float) -> str:
    text = _num(value)
    return f"({text})" if text.startswith("−") else text


def _write_classification(params: PredictionParams, name: str) -> tuple[Formula, str, str]:
    z, y = params.z, params.y
    p = float(sigmoid(np.float64(z)))  # type: ignore[arg-type]
    p_t, s = (p, 1) if y else (1 - p, -1)
    q = 1 - p_t
    given: Formula = (
        say(f"p = σ({_num(z, 2)}) = "),
        number(p, 4),
        say(f",  y = {y:g}  ⇒  "),
        Part("p_t = ", "plain"),
        number(p_t, 4, "strong"),
    )
    smooth = (1 - params.epsilon) * y + params.epsilon / 2
    both = {
        "cross_entropy": (f"−ln {_num(p_t)}", f"p − y = {_num(p)} − {y:g}"),
        "nll": (f"−(ln {_num(p_t)})", f"e^(ln p) − y = {_num(p)} − {y:g}"),
        "focal": (
            f"(1 − {_num(p_t)})^{params.gamma:g} · (−ln {_num(p_t)})",
            f"{'−' if s > 0 else ''}{_num(q)}^{params.gamma:g} · "
            f"({_num(q)} − {params.gamma:g}·{_num(p_t)}·ln {_num(p_t)})",
        ),
        "smoothing": (
            f"−{_num(smooth)}·ln {_num(p)} − {_num(1 - smooth)}·ln {_num(1 - p)}",
            f"p − y′ = {_num(p)} − {_num(smooth)}",
        ),
        "hinge": (f"max(0, 1 − {_signed(s * z)})", "−s" if s * z <= 1 else "0 · s"),
        "brier": (
            f"({_num(p)} − {y:g})²",
            f"2 · ({_num(p)} − {y:g}) · {_num(p)} · {_num(1 - p)}",
        ),
        "double": (
            f"ln(1 + e^({_num(-s * (2 * p - 1))}))",
            f"{'−' if s > 0 else ''}σ({_num(-s * (2 * p - 1))}) · 2 · {_num(p)} · {_num(1 - p)}",
        ),
    }
    return given, *both[name]


def _write_regression(params: PredictionParams, name: str) -> tuple[Formula, str, str]:
    r, d = params.guess - params.target, params.delta
    size = _num(abs(r), 2)
    given: Formula = (
        say(f"r = ŷ − y = {_num(params.guess, 2)} − {_signed(params.target)} = "),
        number(r, 2, "strong"),
    )
    is_near = abs(r) <= d
    curve = f"{_signed(r)}² / 2" if is_near else f"{d:g} · ({size} − {d:g}/2)"
    both = {
        "mse": (f"{_signed(r)}²", f"2 · {_signed(r)}"),
        "mae": (f"|{_num(r, 2)}|", "sign r"),
        "huber": (curve, "r" if is_near else "δ · sign r"),
        "smooth_l1": (f"[{curve}] / {d:g}", f"r / {d:g}" if is_near else "sign r"),
        "log_cosh": (f"ln cosh {_signed(r)}", f"tanh {_signed(r)}"),
    }
    return given, *both[name]


NOTES = {
    "nll": Text(
        "nll_loss takes log-probabilities: after log_softmax it is the cross-entropy.",
        "nll_loss принимает логарифмы вероятностей: после log_softmax это и есть кросс-энтропия.",
    ),
    "focal": Text(
        "γ = 0 is the cross-entropy; a larger γ lets easy examples weigh less.",
        "γ = 0 — это кросс-энтропия; чем больше γ, тем меньше весят лёгкие примеры.",
    ),
    "smoothing": Text(
        "The gradient is zero where p = y′, and beyond that point certainty itself is punished.",
        "Градиент равен нулю там, где p = y′, а дальше наказывают уже за саму уверенность.",
    ),
    "hinge": Text("Beyond the margin, s·z > 1, nothing is learned.", "За отступом, при s·z > 1, учить уже нечему."),
    "brier": Text(
        "The factor p(1 − p) takes the gradient away exactly when the answer is confidently wrong.",
        "Множитель p(1 − p) отнимает градиент как раз тогда, когда ответ уверенно неверен.",
    ),
    "double": Text(
        "The mistake: cross_entropy takes logits, and here it was handed probabilities. It never falls below 0.3133.",
        "Ошибка: cross_entropy ждёт логиты, а ей дали вероятности. Ниже 0,3133 она не опускается.",
    ),
    "smooth_l1": Text(
        "Huber's loss divided by δ: the two are the same only at δ = 1.",
        "Потеря Хьюбера, делённая на δ: они совпадают только при δ = 1.",
    ),
}

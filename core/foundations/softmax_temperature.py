"""Softmax with temperature, and why it is no elementwise activation.

Symbols: s (n) the logits, T > 0 the temperature;

    p_i = e^(s_i / T) / Σ_j e^(s_j / T)                         Hinton et al. 2015, eq. 1
    ∂p_i/∂s_j = p_i·(δ_ij − p_j) / T                            (n, n): no entry off the diagonal is 0
    H = −Σ p·log₂ p                                             bits, from 0 (one takes all) to log₂ n (all alike)

T → 0 gives argmax (shared by ties), T → ∞ the uniform distribution. The sigmoid of each logit stands beside it: its
Jacobian is diagonal and its values need not sum to 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch

from core.arithmetic import Cell, Formula, Part, number, quiet, say, write_number
from core.arrays import Frozen
from core.errors import Refusal
from core.foundations.activations import sigmoid
from core.i18n import Lang, Text, same
from core.params import Params, Slider, Words
from core.tables import Table
from core.verify import Check, compare

FEWEST, MOST, LARGEST = 2, 8, 100.0
TEMPERATURES = tuple(float(t) for t in np.round(np.geomspace(0.05, 10, 61), 4))


class TemperatureParams(Params):
    """Logits as they are typed, and the temperature."""

    logits: Annotated[
        str,
        Words(
            label=Text("Logits", "Логиты"),
            max_chars=80,
            example=Text("3 2 1 0.5 -1", "3 2 1 0,5 −1"),
            help=Text(
                "Two to eight numbers from −100 to 100, with spaces between them.",
                "От двух до восьми чисел от −100 до 100 через пробел.",
            ),
            is_wide=True,
        ),
    ] = "3 2 1 0.5 -1"
    temperature: Annotated[float, Slider(label=Text("Temperature T", "Температура T"), lo=0.05, hi=10.0, step=0.05)] = (
        1.0
    )


@dataclass(frozen=True)
class TemperatureTrace(Frozen):
    """s, scaled = s / T, powers = e^(scaled − max), p, separate = σ(s): (n,); jacobian, separate_jacobian: (n, n);
    curves (len(TEMPERATURES), n): p at every temperature; entropies (len(TEMPERATURES),), entropy: bits."""

    params: TemperatureParams
    s: npt.NDArray[np.float64]
    scaled: npt.NDArray[np.float64]
    powers: npt.NDArray[np.float64]
    p: npt.NDArray[np.float64]
    separate: npt.NDArray[np.float64]
    jacobian: npt.NDArray[np.float64]
    separate_jacobian: npt.NDArray[np.float64]
    curves: npt.NDArray[np.float64]
    entropies: npt.NDArray[np.float64]
    entropy: float
    signature: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(str(k + 1) for k in range(len(self.s)))


def read_logits(words: str) -> npt.NDArray[np.float64]:
    """Numbers with spaces or semicolons between them, comma or point, minus or hyphen.

    Raises
    ------
    Refusal
        If one is no number or too large, or if there are too few or too many.
    """
    found = []
    for word in words.replace(";", " ").split():
        try:
            value = float(word.replace(",", ".").replace("−", "-"))
        except ValueError:
            value = math.nan
        if not abs(value) <= LARGEST:
            raise Refusal(NOT_A_LOGIT.format(word=word[:20]))
        found.append(value)
    if not FEWEST <= len(found) <= MOST:
        raise Refusal(HOW_MANY.format(n=len(found)))
    return np.array(found)


def softmax(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Over the last axis, the largest subtracted first so that nothing overflows."""
    e = np.exp(scores - scores.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True))


def entropy_bits(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """−Σ p·log₂ p over the last axis; 0·log 0 counts as 0."""
    return np.asarray(-(p * np.log2(np.where(p > 0, p, 1.0))).sum(-1) + 0.0)


def run(params: TemperatureParams) -> TemperatureTrace:
    """Softmax at T step by step, its Jacobian, and p over all temperatures."""
    s = read_logits(params.logits)
    scaled = s / params.temperature
    p = softmax(scaled)
    separate = sigmoid(torch.from_numpy(s)).numpy()
    curves = softmax(s / np.array(TEMPERATURES)[:, None])
    return TemperatureTrace(
        params=params,
        s=s,
        scaled=scaled,
        powers=np.exp(scaled - scaled.max()),
        p=p,
        separate=separate,
        jacobian=(np.diag(p) - np.outer(p, p)) / params.temperature,
        separate_jacobian=np.diag(separate * (1 - separate)),
        curves=curves,
        entropies=entropy_bits(curves),
        entropy=float(entropy_bits(p)),
        signature=f"softmax · T={params.temperature:g} · {len(s)} logits · float64 · cpu · numpy {np.__version__}",
    )


def reference(trace: TemperatureTrace) -> tuple[Check, ...]:
    """Beside torch's softmax, its Jacobian by autograd, and the entropy of torch's own distribution."""
    s, T = torch.from_numpy(np.array(trace.s)), trace.params.temperature
    theirs = torch.softmax(s / T, -1)
    jacobian = torch.autograd.functional.jacobian(lambda t: torch.softmax(t / T, -1), s)
    entropy = torch.distributions.Categorical(probs=theirs).entropy() / math.log(2)
    return (
        compare(same("softmax"), "torch", trace.p, theirs.numpy(), 1e-12),
        compare(same("autograd ∂p/∂s"), "torch", trace.jacobian, jacobian.numpy(), 1e-12),
        compare(Text("entropy", "энтропия"), "torch", [trace.entropy], [float(entropy)], 1e-6),
    )


def tables(trace: TemperatureTrace) -> tuple[Table, ...]:
    """Every step, both Jacobians, and the curves."""
    steps = np.stack([trace.s, trace.scaled, trace.powers, trace.p, trace.separate], axis=1)
    curves = np.column_stack([trace.curves, trace.entropies])
    return (
        Table("softmax", trace.names, ["s", "s / T", "power", "p", "sigmoid"], steps),
        Table("jacobian", trace.names, trace.names, trace.jacobian),
        Table("jacobian of the sigmoid", trace.names, trace.names, trace.separate_jacobian),
        Table("p over T", [f"{t:g}" for t in TEMPERATURES], [*trace.names, "entropy"], curves),
    )


def explain(trace: TemperatureTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    """The picked number, written out."""
    i, j, T = cell.row, cell.col, trace.params.temperature
    if cell.panel not in ("jacobian", "separate_jacobian"):
        i = cell.col
    if cell.panel == "jacobian":
        return _jacobian(trace, i, j, lang)
    if cell.panel == "separate_jacobian":
        value = float(trace.separate_jacobian[i, j])
        if i == j:
            f = float(trace.separate[i])
            parts = [Part(f"{write_number(f, 4)}·{write_number(1 - f, 4)}", "strong")]
            return ((say(f"∂σ(s{i + 1})/∂s{i + 1} = σ·(1 − σ) = "), *parts, say(" = "), number(value, 4, "result")),)
        return ((say(f"∂σ(s{i + 1})/∂s{j + 1} = "), number(value, 4, "result"), quiet(ELEMENTWISE.get(lang))),)
    if cell.panel == "separate":
        power = Part("e", power=write_number(-float(trace.s[i]), 2))
        total = float(trace.separate.sum())
        return (
            (say(f"σ(s{i + 1}) = 1 / (1 + "), power, say(") = "), number(float(trace.separate[i]), 4, "result")),
            (quiet(NOT_ONE.get(lang)), number(total, 3)),
        )
    top = float(trace.scaled.max())
    parts = [say(f"p{i + 1} = "), Part("e", power=write_number(float(trace.scaled[i]) - top, 2)), say(" / ( ")]
    for k, value in enumerate(trace.scaled):
        parts += [say(" + ")] if k else []
        parts.append(Part("e", "strong" if k == i else "plain", write_number(float(value) - top, 2)))
    parts += [say(" ) = "), number(float(trace.powers[i]), 4), say(" / "), number(float(trace.powers.sum()), 4)]
    parts += [say(" = "), number(float(trace.p[i]), 4, "result")]
    return (
        tuple(parts),
        (
            quiet(SHIFTED.get(lang)),
            say(f"s{i + 1} / T = {write_number(float(trace.s[i]), 2)} / {T:g} = "),
            number(float(trace.scaled[i]), 3),
            quiet(Text("   entropy ", "   энтропия ").get(lang)),
            number(trace.entropy, 3),
            quiet(Text(" of ", " из ").get(lang)),
            say(f"log₂ {len(trace.s)} = "),
            number(math.log2(len(trace.s)), 3),
            quiet(Text(" bits", " бит").get(lang)),
        ),
    )


def _jacobian(trace: TemperatureTrace, i: int, j: int, lang: Lang) -> tuple[Formula, ...]:
    p, T, value = trace.p, trace.params.temperature, float(trace.jacobian[i, j])
    left, right = write_number(float(p[i]), 4), write_number(float(p[j]), 4)
    inner = f"{left}·(1 − {right}) / {T:g}" if i == j else f"−{left}·{right} / {T:g}"
    name = f"∂p{i + 1}/∂s{j + 1} = " + ("p·(1 − p) / T = " if i == j else f"−p{i + 1}·p{j + 1} / T = ")
    told = OWN if i == j else OTHERS
    return (
        (say(name), Part(inner, "strong"), say(" = "), number(value, 4, "result")),
        (quiet(told.format(i=i + 1, j=j + 1).get(lang)),),
    )


NOT_A_LOGIT = Text(
    "“{word}” is not a number from −100 to 100.",
    "«{word}» — не число от −100 до 100.",
)
HOW_MANY = Text(
    "Softmax here takes two to eight numbers; this is how many there are: {n}.",
    "Здесь softmax берёт от двух до восьми чисел, а их дано: {n}.",
)
ELEMENTWISE = Text(
    "   exactly: the sigmoid of one logit does not see the others",
    "   ровно: сигмоида одного логита других не видит",
)
NOT_ONE = Text("each logit by itself; together the sigmoids make ", "каждый логит сам по себе; в сумме сигмоиды дают ")
SHIFTED = Text(
    "the largest is subtracted first, the result is the same; ",
    "сначала вычтено наибольшее, результат тот же; ",
)
OWN = Text("raising logit {i} raises its own share", "вырастет логит {i} — вырастет и его доля")
OTHERS = Text(
    "raising logit {j} takes from the share of {i}: they compete for a sum of 1",
    "вырастет логит {j} — доля {i} уменьшится: они делят сумму, равную 1",
)

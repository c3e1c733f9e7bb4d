"""chrF as a lab: character n-grams order by order, and the F-score made of their means.

Symbols are those of `core.metrics.chrf` (Popović 2015): chrP_n and chrR_n of each order, β the weight of recall.

    betas    0 … 5, the values the curve is drawn over                                   (beta,)
    scores   chrF_β at each of them, precision and recall held                           (beta,), 0…1
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Cell, Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.i18n import Lang, Text
from core.metrics import chrf as metric
from core.metrics.chrf import ChrfTrace, chrf
from core.metrics.translation_texts import TextsParams, quote, split_references
from core.params import Choice, Slider, Switch
from core.tables import Table
from core.verify import Check

BETAS = np.linspace(0, 5, 51)


class ChrfParams(TextsParams):
    """What a chrF number depends on."""

    char_order: Annotated[
        int,
        Slider(
            label=Text("Largest n, characters", "Наибольшее n, символы"),
            lo=1,
            hi=6,
            step=1,
            help=Text("Orders 1…n are averaged.", "Усредняются порядки 1…n."),
        ),
    ] = 6
    word_order: Annotated[
        int,
        Slider(
            label=Text("Largest n, words", "Наибольшее n, слова"),
            lo=0,
            hi=2,
            step=1,
            help=Text("0 is chrF, 2 is chrF++ (Popović 2017).", "0 — это chrF, 2 — это chrF++ (Popović 2017)."),
        ),
    ] = 0
    beta: Annotated[
        float,
        Slider(
            label=Text("β, weight of recall", "β, вес полноты"),
            lo=0.0,
            hi=5.0,
            step=0.5,
            help=Text("1 weighs both alike, 2 is the default.", "1 — поровну, 2 принято по умолчанию."),
        ),
    ] = 2.0
    averaging: Annotated[
        str,
        Choice(
            label=Text("Averaging", "Усреднение"),
            options={"orders": Text("P and R, then F", "P и R, потом F"), "eps": Text("F of each order", "F порядков")},
            help=Text(
                "sacrebleu averages precision and recall and takes one F; chrF++.py and nltk average the F of each "
                "order.",
                "sacrebleu усредняет точность и полноту и берёт одну F; chrF++.py и nltk усредняют F порядков.",
            ),
        ),
    ] = "orders"
    lowercase: Annotated[bool, Switch(label=Text("Ignore case", "Без учёта регистра"))] = False
    whitespace: Annotated[bool, Switch(label=Text("Count spaces", "Считать пробелы"), folded=True)] = False


@dataclass(frozen=True)
class ChrfLabTrace(Frozen):
    """The score with every order, and its curve over β."""

    params: ChrfParams
    chrf: ChrfTrace
    betas: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    signature: str

    def cell(self, words: str) -> Cell:
        """The picked n-gram as (order, index), from the address; order 3 (or the largest) when it names none.

        `row` counts orders from 1, word orders after the character ones; `col` n-grams that both texts have, from 0.
        """
        cell = Cell.parse(words)
        orders = len(self.chrf.grams)
        if cell and cell.panel == "n" and 1 <= cell.row <= orders:
            return cell if cell.col < max(1, len(self.chrf.grams[cell.row - 1])) else Cell("n", cell.row, 0)
        return self.opening(min(3, self.params.char_order))

    def opening(self, order: int) -> Cell:
        """The n-gram that is picked with its order, a clipped one if there is one; orders are counted from 1."""
        grams = self.chrf.grams[order - 1]
        clipped = [k for k, gram in enumerate(grams) if gram.matches < len(gram.hypothesis_starts)]
        return Cell("n", order, clipped[0] if clipped else 0)


def combine(precision: float, recall: float, beta: float) -> float:
    """F_β = (1 + β²)·P·R / (β²·P + R), 0…1; 0 when both are 0 (Popović 2015, eq. 1)."""
    bottom = beta**2 * precision + recall
    return (1 + beta**2) * precision * recall / bottom if bottom else 0.0


def run(params: ChrfParams) -> ChrfLabTrace:
    """chrF of the texts of `params`.

    Raises
    ------
    Refusal
        If there is no reference, or more than three.
    """
    trace = chrf(
        params.hypothesis,
        split_references(params.references),
        char_order=params.char_order,
        word_order=params.word_order,
        beta=params.beta,
        lowercase=params.lowercase,
        whitespace=params.whitespace,
        eps_smoothing=params.averaging == "eps",
    )
    score = trace.score
    return ChrfLabTrace(
        params=params,
        chrf=trace,
        betas=BETAS,
        scores=np.array([combine(score.precision, score.recall, float(beta)) for beta in BETAS]),
        signature=trace.signature,
    )


def reference(trace: ChrfLabTrace) -> tuple[Check, ...]:
    """chrF beside sacrebleu's."""
    return metric.reference(trace.chrf)


def order_name(kind: str, n: int, lang: Lang) -> str:
    """The order as a heading."""
    named = Text("{n} characters", "символов: {n}") if kind == "char" else Text("{n} words", "слов: {n}")
    return named.format(n=n).get(lang)


def tables(trace: ChrfLabTrace) -> tuple[Table, ...]:
    """The score, its orders against the best reference, and the curve over β."""
    score = trace.chrf.score
    orders = np.array([[o.in_hypothesis, o.in_reference, o.matches, o.precision, o.recall, o.f] for o in score.orders])
    names = [f"{order.kind} {order.n}" for order in score.orders]
    whole = np.array([[score.value, score.precision, score.recall]])
    return (
        Table("score", ("chrF",), ("chrF", "chrP", "chrR"), whole),
        Table("orders", names, ("in hypothesis", "in reference", "matches", "chrP", "chrR", "F"), orders),
        Table("beta", [f"{beta:g}" for beta in trace.betas], ("chrF",), trace.scores[:, None]),
    )


def explain(trace: ChrfLabTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    """The picked order's precision and recall, their means over the orders, and F_β."""
    score, beta = trace.chrf.score, trace.params.beta
    order = score.orders[cell.row - 1]
    picked = (
        *_gram(trace, cell, lang),
        say(f"chrP{_sub(order.n)} = {order.matches} / {order.in_hypothesis} = "),
        number(order.precision, 4, "strong"),
        say(f"    chrR{_sub(order.n)} = {order.matches} / {order.in_reference} = "),
        number(order.recall, 4, "strong"),
    )
    counted = [o for o in score.orders if o.is_counted]
    if not counted:
        told = Text("The texts have no order in common, so chrF is 0.", "Общих порядков у текстов нет, и chrF равен 0.")
        return (picked, (quiet(told.get(lang)),))
    if trace.params.averaging == "eps":
        return (picked, _mean("chrF", [o.f for o in score.orders], score.value, cell.row - 1, "result"))
    at = counted.index(order) if order in counted else -1
    squared = f"{beta**2:g}"
    final = (
        say(f"chrF = (1 + {squared})·chrP·chrR / ({squared}·chrP + chrR) = "),
        Part(f"{1 + beta**2:g}·{score.precision:.4f}·{score.recall:.4f}", "number"),
        say(f" / ({squared}·{score.precision:.4f} + {score.recall:.4f}) = "),
        number(score.value, 4, "result"),
    )
    return (
        picked,
        _mean("chrP", [o.precision for o in counted], score.precision, at),
        _mean("chrR", [o.recall for o in counted], score.recall, at),
        final,
    )


def _gram(trace: ChrfLabTrace, cell: Cell, lang: Lang) -> tuple[Part, ...]:
    grams = trace.chrf.grams[cell.row - 1]
    if not grams:
        return ()
    gram = grams[cell.col]
    h, r = len(gram.hypothesis_starts), len(gram.reference_starts)
    return (say(f"{quote((gram.text,), lang)}: min({h}, {r}) = "), number(gram.matches, 0), say("    "))


def _mean(name: str, values: list[float], mean: float, strong: int, kind: str = "number") -> Formula:
    parts: list[Part] = [say(f"{name} = (")]
    for k, value in enumerate(values):
        parts += [say(" + ")] if k else []
        parts.append(number(value, 3, "strong" if k == strong else "number"))
    return (*parts, say(f") / {len(values)} = "), number(mean, 4, "result" if kind == "result" else "number"))


def _sub(n: int) -> str:
    return "₀₁₂₃₄₅₆"[n]

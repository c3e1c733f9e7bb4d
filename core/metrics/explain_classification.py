"""Where the numbers at one threshold come from, written out with the live counts."""

from __future__ import annotations

import math

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.i18n import Lang, Text
from core.metrics.classification_lab import CellName, ThresholdLab

NAMES: dict[CellName, Text] = {
    "TP": Text("hits", "найденные"),
    "FP": Text("false alarms", "ложные тревоги"),
    "FN": Text("misses", "пропуски"),
    "TN": Text("rightly left", "верно отклонённые"),
}
PRECISION = Text("precision = ", "точность (precision) = ")
RECALL = Text("recall = ", "полнота (recall) = ")
ACCURACY = Text("accuracy = ", "доля верных (accuracy) = ")
NOTHING = Text(
    "nothing is called positive: 0 / 0 has no value, and F counts it as 0",
    "положительных ответов нет: у 0 / 0 нет значения, а F считает его нулём",
)
ALWAYS = Text("   never saying yes would score ", "   если всегда отвечать «нет», будет ")
CHANCE = Text(
    "   the chance that a random positive outscores a random negative; no threshold in it",
    "   шанс, что случайный положительный получит оценку выше случайного отрицательного; порога здесь нет",
)
SHIFTED = Text("precision at prevalence π = {p}: ", "точность при доле положительных π = {p}: ")
WEIGHTED = Text(
    "the sample has {a} % positives: each counts {u}, each negative {v}",
    "в выборке положительных {a} %: каждый считается за {u}, каждый отрицательный — за {v}",
)


def explain_threshold(trace: ThresholdLab, cell: CellName, lang: Lang) -> tuple[Formula, ...]:
    """The four measures at the threshold, the count of `cell` marked wherever it enters, and the area."""
    lines = [_precision(trace, cell, lang), _recall(trace, cell, lang), _f(trace, cell), _accuracy(trace, cell, lang)]
    if trace.curves.sweep.prevalence is not None:
        lines += _shifted(trace, lang)
    return (*lines, _area(trace, lang))


def write_count(value: float) -> str:
    """A count; one decimal when a prevalence weighs it."""
    return write_number(value, 1)


def _count(trace: ThresholdLab, name: CellName, cell: CellName) -> Part:
    return Part(write_count(getattr(trace, name)), "strong" if name == cell else "number")


def _precision(trace: ThresholdLab, cell: CellName, lang: Lang) -> Formula:
    if math.isnan(trace.precision):
        return (say(PRECISION.get(lang)), say("0 / 0"), quiet(f"   {NOTHING.get(lang)}"))
    TP, FP = _count(trace, "TP", cell), _count(trace, "FP", cell)
    return (
        say(PRECISION.get(lang)),
        TP,
        say(" / ("),
        TP,
        say(" + "),
        FP,
        say(") = "),
        number(trace.precision, kind="result"),
        quiet("   TP / (TP + FP)"),
    )


def _recall(trace: ThresholdLab, cell: CellName, lang: Lang) -> Formula:
    TP, FN = _count(trace, "TP", cell), _count(trace, "FN", cell)
    return (
        say(RECALL.get(lang)),
        TP,
        say(" / ("),
        TP,
        say(" + "),
        FN,
        say(") = "),
        number(trace.recall, kind="result"),
        quiet("   TP / (TP + FN)"),
    )


def _f(trace: ThresholdLab, cell: CellName) -> Formula:
    square = trace.params.beta**2
    TP, FP, FN = _count(trace, "TP", cell), _count(trace, "FP", cell), _count(trace, "FN", cell)
    front, factor = number(1 + square, 2), number(square, 2)
    return (
        say(f"F{_subscript(trace.params.beta)} = "),
        front,
        say("·"),
        TP,
        say(" / ("),
        front,
        say("·"),
        TP,
        say(" + "),
        factor,
        say("·"),
        FN,
        say(" + "),
        FP,
        say(") = "),
        number(trace.f_here, kind="result"),
        quiet("   (1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP)"),
    )


def _subscript(beta: float) -> str:
    return f"{beta:g}".translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def _accuracy(trace: ThresholdLab, cell: CellName, lang: Lang) -> Formula:
    TP, TN = _count(trace, "TP", cell), _count(trace, "TN", cell)
    return (
        say(ACCURACY.get(lang)),
        say("("),
        TP,
        say(" + "),
        TN,
        say(") / "),
        number(float(trace.curves.n)),
        say(" = "),
        number(trace.accuracy, kind="result"),
        quiet(ALWAYS.get(lang)),
        number(trace.always_negative),
    )


def _shifted(trace: ThresholdLab, lang: Lang) -> list[Formula]:
    """Bayes' rule: precision from the two rates that a prevalence leaves alone."""
    prevalence = trace.curves.prevalence
    sample = trace.curves.sweep.n_positive / trace.curves.n
    counted = (prevalence / sample, (1 - prevalence) / (1 - sample))
    weights = WEIGHTED.format(a=f"{100 * sample:.3g}", u=write_number(counted[0], 3), v=write_number(counted[1], 3))
    lines: list[Formula] = [(quiet(weights.get(lang)),)]
    if math.isnan(trace.precision):
        return lines
    sweep = trace.curves.sweep
    found = f"{prevalence:g}·{sweep.hits[trace.point]}/{sweep.n_positive}"
    alarmed = f"{1 - prevalence:g}·{sweep.alarms[trace.point]}/{sweep.n_negative}"
    bayes = (
        say(SHIFTED.format(p=f"{prevalence:g}").get(lang)),
        say(f"({found}) / ({found} + {alarmed}) = "),
        number(trace.precision, kind="result"),
        quiet("   π·TPR / (π·TPR + (1 − π)·FPR)"),
    )
    return [bayes, *lines]


def _area(trace: ThresholdLab, lang: Lang) -> Formula:
    auc = trace.curves.auc
    return (
        say("ROC AUC = ("),
        Part(str(auc.wins.sum()), "number"),
        say(" + "),
        Part(str(auc.ties.sum()), "number"),
        say(" / 2) / "),
        Part(str(auc.pairs), "number"),
        say(" = "),
        number(auc.value, kind="result"),
        quiet(CHANCE.get(lang)),
    )

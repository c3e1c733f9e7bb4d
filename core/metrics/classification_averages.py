"""Many classes, one number: micro, macro and weighted averages of a confusion matrix that can be edited.

    C           counts, rows the truth, columns the prediction            (class, class)
    P R F       precision, recall and F_β of each class                   (class,)
    support     how many examples truly are of each class, Σ of its row   (class,)

    micro       the counts of all classes are pooled, then divided once; with one label an example it is the accuracy
    macro       the mean over classes, each counted alike
    weighted    the mean over classes, each counted by its support

The measures are those of `core.metrics.classification`. A macro F is the mean of the classes' F, or the F of macro P
and macro R: Opitz and Burst 2019 show that the second is never smaller.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Cell, Formula, Part, number, quiet, say, write_number
from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.metrics import classification as c
from core.params import Choice, Grid, Matrix, Params, Slider, Words
from core.tables import Table
from core.verify import Check

Floats = npt.NDArray[np.float64]

CLASSES = 4
BOUND = 999
AVERAGES: tuple[c.Average, ...] = ("micro", "macro", "weighted")
AVERAGE_NAMES: dict[c.Average, Text] = {
    "micro": Text("micro", "микро"),
    "macro": Text("macro", "макро"),
    "weighted": Text("weighted", "взвешенное"),
}
MEASURES = ("P", "R", "F")


class AveragesParams(Params):
    """A matrix of four classes, and the switches on which the field disagrees."""

    classes: Annotated[
        str,
        Words(
            label=Text("Classes", "Классы"),
            max_chars=60,
            example=Text("sport news film games", "спорт новости кино игры"),
            help=Text("Four words, split at spaces.", "Четыре слова через пробел."),
        ),
    ] = "sport news film games"
    macro: Annotated[
        str,
        Choice(
            label=Text("Macro F", "Макро-F"),
            options={
                "mean_of_f": Text("mean of the classes’ F", "среднее F классов"),
                "f_of_means": Text("F of macro P and macro R", "F от макро P и макро R"),
            },
            help=Text(
                "scikit-learn averages the classes' F; Sokolova and Lapalme 2009 take the F of macro P and macro R.",
                "scikit-learn усредняет F классов; Sokolova и Lapalme (2009) берут F от макро-P и макро-R.",
            ),
        ),
    ] = "mean_of_f"
    zero_division: Annotated[
        str,
        Choice(
            label=Text("0 / 0 counts as", "0 / 0 считать за"),
            options={"0": same("0"), "1": same("1"), "skip": Text("left out", "пропуск")},
        ),
    ] = "0"
    beta: Annotated[float, Slider(label=same("β"), lo=0.1, hi=4.0, step=0.1)] = 1.0
    C: Annotated[Matrix, Grid(label=same("C"), bound=BOUND, rows=(CLASSES, CLASSES), cols=CLASSES)] = (
        (90.0, 6.0, 3.0, 1.0),
        (8.0, 36.0, 5.0, 1.0),
        (5.0, 5.0, 10.0, 0.0),
        (4.0, 3.0, 1.0, 2.0),
    )


@dataclass(frozen=True)
class AveragesTrace(Frozen):
    """Every class and every average.

    names : (class,) what the axes are called
    P, R, F : per class; NaN where 0/0 is left out
    averages : (average, measure), rows `AVERAGES`, columns P, R, F; NaN where no class is defined
    """

    params: AveragesParams
    names: tuple[str, ...]
    C: npt.NDArray[np.int64]
    P: Floats
    R: Floats
    F: Floats
    averages: Floats
    accuracy: c.AccuracyTrace
    matthews: c.MatthewsTrace
    kappa: c.KappaTrace
    signature: str

    @property
    def n(self) -> int:
        return int(self.C.sum())

    @property
    def support(self) -> npt.NDArray[np.int64]:
        return np.asarray(self.C.sum(1))

    def undefined(self, measure: str) -> npt.NDArray[np.bool_]:
        """Classes whose fraction is 0/0: (class,)."""
        below = {"P": self.C.sum(0), "R": self.C.sum(1), "F": self.C.sum(0) + self.C.sum(1)}[measure]
        return np.asarray(below == 0)


def name_classes(words: str) -> tuple[str, ...]:
    """Four names; those that are missing are numbers."""
    given = words.split()[:CLASSES]
    return tuple(given[k] if k < len(given) else str(k + 1) for k in range(CLASSES))


def expand(C: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The examples that a matrix counts: true and predicted label of each, (example,)."""
    truth, predicted = np.indices(C.shape)
    return np.repeat(truth.ravel(), C.ravel()), np.repeat(predicted.ravel(), C.ravel())


def read_counts(C: Matrix) -> npt.NDArray[np.int64]:
    """The matrix as whole numbers.

    Raises
    ------
    Refusal
        If a count is negative or not whole, or all of them are 0.
    """
    counts = np.asarray(C)
    if (counts < 0).any() or (counts != np.round(counts)).any():
        raise Refusal(NOT_COUNTS.format(most=BOUND))
    if not counts.any():
        raise Refusal(EMPTY)
    return counts.astype(np.int64)


NOT_COUNTS = Text(
    "A confusion matrix holds counts: whole numbers from 0 to {most}.",
    "В матрице ошибок стоят количества: целые числа от 0 до {most}.",
)
EMPTY = Text(
    "All counts are 0: there is no example to score. Type a number into a cell.",
    "Все количества — нули, оценивать нечего. Впишите число в любую клетку.",
)


def run(params: AveragesParams) -> AveragesTrace:
    """Score the examples that the matrix counts. Raises as `read_counts`."""
    C = read_counts(params.C)
    y_true, y_pred = expand(C)
    zero = math.nan if params.zero_division == "skip" else float(params.zero_division)
    every = tuple(range(CLASSES))
    averages = np.empty((len(AVERAGES), len(MEASURES)))
    for row, average in enumerate(AVERAGES):
        kwargs = {"average": average, "zero_division": zero, "classes": every}
        P = c.precision(y_true, y_pred, **kwargs)  # type: ignore[arg-type]
        R = c.recall(y_true, y_pred, **kwargs)  # type: ignore[arg-type]
        F = c.f_beta(y_true, y_pred, params.beta, macro=params.macro, **kwargs)  # type: ignore[arg-type]
        averages[row] = [float(trace.value) for trace in (P, R, F)]
    return AveragesTrace(
        params=params,
        names=name_classes(params.classes),
        C=C,
        P=P.per_class,
        R=R.per_class,
        F=F.per_class,
        averages=averages,
        accuracy=c.accuracy(y_true, y_pred),
        matthews=c.matthews(y_true, y_pred),
        kappa=c.cohen_kappa(y_true, y_pred, classes=every),
        signature=f"n={len(y_true)} · classes={CLASSES} · β={params.beta:g} · macro={params.macro} · "
        f"0/0={params.zero_division} · numpy {np.__version__}",
    )


def reference(trace: AveragesTrace) -> tuple[Check, ...]:
    """All class values and averages beside scikit-learn's."""
    p = trace.params
    y_true, y_pred = expand(trace.C)
    zero = math.nan if p.zero_division == "skip" else float(p.zero_division)
    checks = []
    for average in AVERAGES:
        F = c.f_beta(y_true, y_pred, p.beta, average, 1, zero, p.macro, tuple(range(CLASSES)))  # type: ignore[arg-type]
        checks += [check for part in (*F.parts, F) for check in c.reference(part)]
    whole = (*c.reference(trace.accuracy), *c.reference(trace.matthews), *c.reference(trace.kappa))
    return (_worst("P, R, F", checks), _worst("accuracy, κ, MCC", whole))


def _worst(names: str, checks: list[Check] | tuple[Check, ...]) -> Check:
    differences = [check.difference for check in checks]
    worst = math.nan if any(map(math.isnan, differences)) else max(differences)
    return Check(same(names), checks[0].library, checks[0].version, worst, checks[0].tolerance)


def tables(trace: AveragesTrace) -> tuple[Table, ...]:
    """The matrix, the classes, the averages and the measures of the whole."""
    rows = [f"{k + 1} {name}" for k, name in enumerate(trace.names)]
    per_class = np.column_stack([trace.P, trace.R, trace.F, trace.support])
    whole = {
        "accuracy": trace.accuracy.value,
        "balanced accuracy": trace.accuracy.balanced,
        "majority": trace.accuracy.majority,
        "kappa": trace.kappa.value,
        "MCC": trace.matthews.value,
    }
    return (
        Table("C", rows, rows, trace.C),
        Table("classes", rows, ["precision", "recall", "F_beta", "support"], per_class),
        Table("averages", AVERAGES, ["precision", "recall", "F_beta"], trace.averages),
        Table("whole", ["value"], list(whole), np.array([list(whole.values())])),
    )


# ---------------------------------------------------------------------------------------------------------------------
# Where a picked number comes from

GIVEN = Text(
    "“{a}” taken for “{b}”: a count you choose, double-click the cell and type another",
    "«{a}» принято за «{b}»: это число задаёте вы, двойной щелчок по клетке — и введите другое",
)
RIGHT = Text(
    "“{a}” recognised: a count you choose, double-click the cell and type another",
    "«{a}» узнано: это число задаёте вы, двойной щелчок по клетке — и введите другое",
)
UNDEFINED = Text("0 / 0 has no value; it counts as {z}", "у 0 / 0 нет значения; считается за {z}")
SKIPPED = Text("0 / 0 has no value; the class is left out", "у 0 / 0 нет значения; класс пропущен")
COLUMN = Text("diagonal / sum of the column “{a}”", "диагональ / сумма столбца «{a}»")
ROW = Text("diagonal / sum of the row “{a}”", "диагональ / сумма строки «{a}»")
SUPPORT = Text("how many truly are “{a}”", "сколько на самом деле «{a}»")
POOLED = Text(
    "the sums of all classes; every example counts once, so P, R and F are all the accuracy",
    "суммы по всем классам; каждый пример учтён один раз, поэтому P, R и F совпадают с долей верных",
)
ALIKE = Text("the mean of the classes, each alike", "среднее по классам, все поровну")
BY_SIZE = Text("the mean of the classes, each by its support", "среднее по классам, каждый — по числу примеров")
OF_MEANS = Text("F of macro P and macro R", "F от макро P и макро R")
NOBODY = Text("no class is defined", "ни один класс не определён")
WHOLE = Text(
    "Whole matrix: accuracy {a}, always the commonest class {m}, balanced accuracy {b}, κ {k}, MCC {c}",
    "Вся матрица: доля верных {a}, если отвечать всегда частым классом — {m}, сбалансированная {b}, κ {k}, MCC {c}",
)


def explain_average(trace: AveragesTrace, cell: Cell, lang: Lang) -> tuple[Formula, ...]:
    """The formula of the number at `cell`, and what the whole matrix scores."""
    if cell.panel == "C":
        line = _explain_count(trace, cell, lang)
    elif cell.panel == "support":
        line = _explain_support(trace, cell.row, lang)
    elif cell.panel in MEASURES:
        line = _explain_class(trace, cell.panel, cell.row, lang)
    else:
        line = _explain_mean(trace, AVERAGES[cell.row], MEASURES.index(cell.panel[-1]), lang)
    values = (
        trace.accuracy.value,
        trace.accuracy.majority,
        trace.accuracy.balanced,
        trace.kappa.value,
        trace.matthews.value,
    )
    whole = WHOLE.format(**dict(zip("ambkc", (write_number(v, 3) for v in values), strict=True)))
    return line, (quiet(whole.get(lang)),)


def _explain_count(trace: AveragesTrace, cell: Cell, lang: Lang) -> Formula:
    words = (RIGHT if cell.row == cell.col else GIVEN).format(a=trace.names[cell.row], b=trace.names[cell.col])
    return (
        say(f"C[{cell.row + 1}, {cell.col + 1}] = "),
        number(float(trace.C[cell.row, cell.col]), kind="result"),
        quiet(f"   {words.get(lang)}"),
    )


def _explain_support(trace: AveragesTrace, k: int, lang: Lang) -> Formula:
    total = float(trace.support[k])
    note = quiet(f"   {SUPPORT.format(a=trace.names[k]).get(lang)}")
    return (say(f"{_sum(trace.C[k])} = "), number(total, kind="result"), note)


def _sum(counts: npt.ArrayLike) -> str:
    return " + ".join(str(int(v)) for v in np.asarray(counts))


def _f_name(trace: AveragesTrace) -> str:
    return f"F{f'{trace.params.beta:g}'.translate(str.maketrans('0123456789', '₀₁₂₃₄₅₆₇₈₉'))}"


def _explain_class(trace: AveragesTrace, measure: str, k: int, lang: Lang) -> Formula:
    value = float(getattr(trace, measure)[k])
    name = f"{_f_name(trace) if measure == 'F' else measure}({trace.names[k]}) = "
    if trace.undefined(measure)[k]:
        note = SKIPPED if math.isnan(value) else UNDEFINED.format(z=trace.params.zero_division)
        return (say(f"{name}0 / 0"), quiet(f"   {note.get(lang)}"))
    right = Part(str(trace.C[k, k]), "strong")
    if measure == "F":
        square = trace.params.beta**2
        front, factor = write_number(1 + square, 2), write_number(square, 2)
        misses, alarms = trace.support[k] - trace.C[k, k], trace.C[:, k].sum() - trace.C[k, k]
        return (
            say(f"{name}{front}·"),
            right,
            say(f" / ({front}·"),
            right,
            say(f" + {factor}·{misses} + {alarms}) = "),
            number(value, kind="result"),
            quiet("   (1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP)"),
        )
    counts, rule = (trace.C[:, k], COLUMN) if measure == "P" else (trace.C[k], ROW)
    return (
        say(name),
        right,
        say(f" / ({_sum(counts)}) = "),
        number(value, kind="result"),
        quiet(f"   {rule.format(a=trace.names[k]).get(lang)}"),
    )


def _explain_mean(trace: AveragesTrace, average: c.Average, column: int, lang: Lang) -> Formula:
    value = float(trace.averages[AVERAGES.index(average), column])
    symbol = _f_name(trace) if MEASURES[column] == "F" else MEASURES[column]
    name = say(f"{AVERAGE_NAMES[average].get(lang)} {symbol} = ")
    values = getattr(trace, MEASURES[column])
    if average == "micro":
        hits = _sum(np.diagonal(trace.C))
        return (name, say(f"({hits}) / {trace.n} = "), number(value, kind="result"), quiet(f"   {POOLED.get(lang)}"))
    if MEASURES[column] == "F" and average == "macro" and trace.params.macro == "f_of_means":
        P, R = (write_number(float(v), 3) for v in trace.averages[1, :2])
        square = trace.params.beta**2
        front, factor = write_number(1 + square, 2), write_number(square, 2)
        return (
            name,
            say(f"{front}·{P}·{R} / ({factor}·{P} + {R}) = "),
            number(value, kind="result"),
            quiet(f"   {OF_MEANS.get(lang)}"),
        )
    seen = np.flatnonzero(~np.isnan(values))
    if not seen.size:
        return (name, say("—"), quiet(f"   {NOBODY.get(lang)}"))
    if average == "macro":
        terms = " + ".join(write_number(float(values[k]), 3) for k in seen)
        return (name, say(f"({terms}) / {len(seen)} = "), number(value, kind="result"), quiet(f"   {ALIKE.get(lang)}"))
    weights = trace.support[seen] if trace.support[seen].any() else np.ones(len(seen), dtype=np.int64)
    terms = " + ".join(f"{w}·{write_number(float(values[k]), 3)}" for w, k in zip(weights, seen, strict=True))
    return (
        name,
        say(f"({terms}) / {weights.sum()} = "),
        number(value, kind="result"),
        quiet(f"   {BY_SIZE.get(lang)}"),
    )

"""Labels and scores as they come in, checked before anything is computed from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.errors import Refusal
from core.i18n import Text
from core.metrics import refuse_above

Label = str | int
Labels = Sequence[str] | Sequence[int] | npt.NDArray[Any]
Scores = Sequence[float] | npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

Average = Literal["binary", "micro", "macro", "weighted", "per_class"]
MacroF = Literal["mean_of_f", "f_of_means"]
Area = Literal["step", "trapezoid", "eleven_point", "interpolated"]

AVERAGES: tuple[Average, ...] = ("binary", "micro", "macro", "weighted", "per_class")
MACRO_F: tuple[MacroF, ...] = ("mean_of_f", "f_of_means")
AREAS: tuple[Area, ...] = ("step", "trapezoid", "eleven_point", "interpolated")

MAX_EXAMPLES = 20_000
MAX_CLASSES = 200
MAX_LABEL_CHARS = 200
MAX_BETA = 100.0
MAX_BINS = 100

TRUTH = Text("true labels", "истинных меток")
PREDICTED = Text("predicted labels", "предсказанных меток")
SCORES = Text("scores", "оценок")


def read_labels(values: Labels, what: Text) -> list[Label]:
    """Labels as plain words and whole numbers; `what` names them in a refusal.

    Raises
    ------
    Refusal
        If there are none or more than `MAX_EXAMPLES`, or one is neither a word nor a whole number.
    """
    refuse_above(what, len(values), MAX_EXAMPLES)
    if len(values) == 0:
        raise Refusal(Text("There are no {what}.", "Нет {what}.").format(what=what))
    plain = values.tolist() if isinstance(values, np.ndarray) else list(values)
    return [_read_label(value, what, row) for row, value in enumerate(plain, 1)]


def _read_label(value: Any, what: Text, row: int) -> Label:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) or (isinstance(value, str) and len(value) <= MAX_LABEL_CHARS):
        return value
    raise Refusal(
        Text(
            "Row {row} of the {what} is not a label: use words of at most {most} characters or whole numbers.",
            "Строка {row} среди {what} не похожа на метку: нужны слова не длиннее {most} символов или целые числа.",
        ).format(what=what, row=row, most=MAX_LABEL_CHARS)
    )


def refuse_unequal(first: Text, n_first: int, second: Text, n_second: int) -> None:
    if n_first != n_second:
        raise Refusal(
            Text(
                "There are {a} {first} and {b} {second}: every row needs both.",
                "Число {first} — {a}, число {second} — {b}: в каждой строке нужно и то и другое.",
            ).format(a=n_first, b=n_second, first=first, second=second)
        )


def sort_classes(found: set[Label]) -> tuple[Label, ...]:
    if len({isinstance(label, str) for label in found}) > 1:
        raise Refusal(
            Text(
                "Some labels are words and some are numbers: use one kind.",
                "Одни метки — слова, другие — числа: выберите что-то одно.",
            )
        )
    if len(found) > MAX_CLASSES:
        raise Refusal(
            Text(
                "There are {n} different labels, more than {most}: is this column really the label?",
                "Разных меток {n}, а можно не больше {most}: точно ли в этом столбце метки?",
            ).format(n=len(found), most=MAX_CLASSES)
        )
    return tuple(sorted(found))


def pair_classes(found: set[Label], positive: Label) -> tuple[Label, ...]:
    """The two classes of a binary task; `positive` need not occur when there is only one other."""
    is_strange = any(isinstance(label, str) != isinstance(positive, str) for label in found)
    if len(found | {positive}) > 2 or is_strange:
        # Quoted as Python writes them: a column of words "0" and "1" has no number 1.
        shown = sorted(repr(label)[:40] for label in found)[:6]
        raise Refusal(
            Text(
                "A binary score needs two labels, one of them the positive {positive}; here they are: {found}.",
                "Для бинарной оценки нужны две метки, и одна из них — положительная {positive}; здесь же: {found}.",
            ).format(positive=repr(positive)[:40], found=", ".join(shown))
        )
    return sort_classes({*found, positive})


def read_scores(values: Scores, what: Text = SCORES, lo: float = -math.inf, hi: float = math.inf) -> Floats:
    """Finite numbers from `lo` to `hi`: (example,).

    Raises
    ------
    Refusal
        Names the first row that is not such a number.
    """
    refuse_above(what, len(values), MAX_EXAMPLES)
    try:
        scores = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        scores = np.array([number_or_nan(value) for value in values])
    if scores.ndim != 1:
        raise Refusal(
            Text("The {what} must be one number a row.", "Нужно по одному числу на строку {what}.").format(what=what)
        )
    bad = np.flatnonzero(~(np.isfinite(scores) & (scores >= lo) & (scores <= hi)))
    if bad.size:
        bounds = "" if math.isinf(lo) else f" [{lo:g}, {hi:g}]"
        raise Refusal(
            Text(
                "Row {row} of the {what} is not a finite number{bounds}.",
                "Строка {row} среди {what} — не конечное число{bounds}.",
            ).format(row=int(bad[0]) + 1, what=what, bounds=bounds)
        )
    return scores


def number_or_nan(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def read_binary(
    y_true: Labels, scores: Scores, positive: Label, what: Text, lo: float = -math.inf, hi: float = math.inf
) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Which examples are `positive`, and their scores."""
    labels = read_labels(y_true, TRUTH)
    numbers = read_scores(scores, what, lo, hi)
    refuse_unequal(TRUTH, len(labels), what, len(numbers))
    pair_classes(set(labels), positive)
    return np.array([label == positive for label in labels]), numbers

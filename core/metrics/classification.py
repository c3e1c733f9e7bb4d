"""How good is a classifier: from counts, from scores, and from probabilities.

Symbols, for one class against the rest:

    C           confusion matrix, rows the truth, columns the prediction     (class, class)
    tp fp fn    true positives, false positives, false negatives             (class,)
    P R         precision tp/(tp + fp), recall tp/(tp + fn)                  (class,)
    F_β         (1 + β²)·tp / ((1 + β²)·tp + β²·fn + fp)                     van Rijsbergen 1979, chapter 7
    TPR FPR     tp/positives, fp/negatives at one threshold                  (point,)
    π           prevalence: the share of positives in the population

Where the field has two definitions there is a switch:

- Macro F is the mean of the classes' F (scikit-learn, most shared tasks) or the F of macro P and macro R (Sokolova and
  Lapalme 2009). Opitz and Burst 2019 show that the second is never smaller and can reward a lopsided classifier.
- The area under the precision–recall curve is a step sum (scikit-learn's average precision, TREC), trapezoids (too
  optimistic: Davis and Goadrich 2006), the mean of 11 interpolated precisions (Salton and McGill 1983; Pascal VOC until
  2009) or the step sum of the interpolated precision (Pascal VOC from 2010).
- Brier's score is the mean of (p − y)², or twice that: Brier 1950 sums over both classes.
- Calibration error is the mean gap (Naeini et al. 2015; Guo et al. 2017), its root mean square, or the largest gap.

Undefined fractions (0/0) become `zero_division`: 0, 1, or NaN, which leaves the class out of an average.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text, same
from core.metrics import refuse_above, refuse_unless_known, refuse_unless_zero_division
from core.verify import Check, compare

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


# ---------------------------------------------------------------------------------------------------------------------
# Input


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


def _refuse_unequal(first: Text, n_first: int, second: Text, n_second: int) -> None:
    if n_first != n_second:
        raise Refusal(
            Text(
                "There are {a} {first} and {b} {second}: every row needs both.",
                "Число {first} — {a}, число {second} — {b}: в каждой строке нужно и то и другое.",
            ).format(a=n_first, b=n_second, first=first, second=second)
        )


def _sort_classes(found: set[Label]) -> tuple[Label, ...]:
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


def _pair_classes(found: set[Label], positive: Label) -> tuple[Label, ...]:
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
    return _sort_classes({*found, positive})


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
        scores = np.array([_number_or_nan(value) for value in values])
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


def _number_or_nan(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _read_binary(
    y_true: Labels, scores: Scores, positive: Label, what: Text, lo: float = -math.inf, hi: float = math.inf
) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Which examples are `positive`, and their scores."""
    labels = read_labels(y_true, TRUTH)
    numbers = read_scores(scores, what, lo, hi)
    _refuse_unequal(TRUTH, len(labels), what, len(numbers))
    _pair_classes(set(labels), positive)
    return np.array([label == positive for label in labels]), numbers


# ---------------------------------------------------------------------------------------------------------------------
# From counts: true label beside predicted label


@dataclass(frozen=True)
class ConfusionTrace(Frozen):
    """Who was taken for whom.

    classes : in the order of the axes
    truth, predicted : (example,) index into `classes`
    value : C, (class, class) counts, rows the truth, columns the prediction
    """

    classes: tuple[Label, ...]
    truth: Ints
    predicted: Ints
    value: Ints
    signature: str

    @property
    def n(self) -> int:
        return len(self.truth)

    @property
    def tp(self) -> Ints:
        return np.diagonal(self.value)

    @property
    def support(self) -> Ints:
        """How many examples truly belong to each class: tp + fn."""
        return np.asarray(self.value.sum(1))

    @property
    def claimed(self) -> Ints:
        """How many examples were predicted as each class: tp + fp."""
        return np.asarray(self.value.sum(0))

    @property
    def fp(self) -> Ints:
        return self.claimed - self.tp

    @property
    def fn(self) -> Ints:
        return self.support - self.tp

    @property
    def tn(self) -> Ints:
        return self.n - self.support - self.fp

    def members(self, row: int, col: int) -> tuple[int, ...]:
        """The examples in one cell, counted from 0."""
        return tuple(int(i) for i in np.flatnonzero((self.truth == row) & (self.predicted == col)))

    def shares(self, over: Literal["truth", "predicted", "all"]) -> Floats:
        """Each cell divided by its row's, its column's or the whole sum, 0…1; NaN where that sum is 0."""
        refuse_unless_known("over", over, ("truth", "predicted", "all"))
        axis = {"truth": 1, "predicted": 0, "all": None}[over]
        total = np.broadcast_to(self.value.sum(axis, keepdims=True), self.value.shape)
        out = np.full(self.value.shape, np.nan)
        return np.asarray(np.divide(self.value, total, out=out, where=total > 0))


def confusion_matrix(y_true: Labels, y_pred: Labels, classes: Sequence[Label] | None = None) -> ConfusionTrace:
    """Count every pair of true and predicted label.

    Parameters
    ----------
    y_true, y_pred : (example,) words or whole numbers, at most `MAX_EXAMPLES`
    classes : the order of the axes; must name every label that occurs and may name more. Sorted when None

    Raises
    ------
    Refusal
        If the columns are empty, unequal, too long or not labels, or `classes` misses a label.
    """
    truth, predicted = read_labels(y_true, TRUTH), read_labels(y_pred, PREDICTED)
    _refuse_unequal(TRUTH, len(truth), PREDICTED, len(predicted))
    found = {*truth, *predicted}
    order = _sort_classes(found if classes is None else {*found, *classes})
    if classes is not None:
        missing = found - set(classes)
        if missing or len(order) != len(classes):
            raise Refusal(
                Text(
                    "The list of classes must name every label once; look at: {names}.",
                    "В списке классов каждая метка должна стоять ровно один раз; проверьте: {names}.",
                ).format(names=", ".join(str(label)[:40] for label in (_sort_classes(missing) or classes)[:6]))
            )
        order = tuple(classes)
    index = {label: i for i, label in enumerate(order)}
    rows, cols = (np.array([index[v] for v in labels], dtype=np.int64) for labels in (truth, predicted))
    counts = np.bincount(rows * len(order) + cols, minlength=len(order) ** 2).reshape(len(order), len(order))
    return ConfusionTrace(order, rows, cols, counts, f"n={len(rows)} · classes={len(order)}")


@dataclass(frozen=True)
class AccuracyTrace(Frozen):
    """The share of right answers, 0…1.

    majority : what always answering the commonest true class would score; the number to beat
    balanced : the mean recall of the classes that occur (balanced accuracy), 1/classes for any constant answer
    """

    confusion: ConfusionTrace
    is_right: npt.NDArray[np.bool_]
    value: float
    majority: float
    balanced: float
    signature: str


def accuracy(y_true: Labels, y_pred: Labels) -> AccuracyTrace:
    """Σ C[c, c] / n. Raises as `confusion_matrix`."""
    C = confusion_matrix(y_true, y_pred)
    occurs = C.support > 0
    return AccuracyTrace(
        confusion=C,
        is_right=C.truth == C.predicted,
        value=int(C.tp.sum()) / C.n,
        majority=int(C.support.max()) / C.n,
        balanced=float((C.tp[occurs] / C.support[occurs]).mean()),
        signature=f"accuracy · {C.signature}",
    )


@dataclass(frozen=True)
class ScoreTrace(Frozen):
    """Precision, recall or F, class by class and averaged.

    numerator, denominator : (class,), their quotient is `per_class`, or `zero_division` where `is_undefined` (0/0)
    weights : (class,) what each class counts in the average, sum 1: value = Σ weights·per_class. Micro weighs each
        class by its denominator, which is the same as pooling the counts. None when nothing is averaged (per_class)
    value : the average, 0…1; with average "per_class" the array `per_class`
    parts : of an F, the traces of precision and recall. With `macro` "f_of_means" the value is made of their values
    """

    measure: Literal["precision", "recall", "f"]
    average: Average
    beta: float
    macro: MacroF
    positive: Label
    zero_division: float
    confusion: ConfusionTrace
    numerator: Floats
    denominator: Floats
    is_undefined: npt.NDArray[np.bool_]
    per_class: Floats
    weights: Floats | None
    value: float | Floats
    parts: tuple[ScoreTrace, ...]
    signature: str


@dataclass(frozen=True)
class Averaged:
    """Fractions of several classes and their average, as in `ScoreTrace`."""

    is_undefined: npt.NDArray[np.bool_]
    per_class: Floats
    weights: Floats
    value: float


def average_fractions(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    average: Literal["micro", "macro", "weighted"],
    support: npt.ArrayLike,
    zero_division: float = 0.0,
) -> Averaged:
    """Divide and average: all (class,), `support` is what "weighted" weighs by.

    A class whose fraction is 0/0 takes `zero_division`; NaN leaves it out. Should the classes that are left have no
    support, they count alike, as in scikit-learn. No class at all, or none that is defined, scores `zero_division`.
    """
    top, below = np.asarray(numerator, dtype=np.float64), np.asarray(denominator, dtype=np.float64)
    is_undefined = below == 0
    per_class = np.where(is_undefined, zero_division, top / np.where(is_undefined, 1.0, below))
    if average == "micro":
        weights = below
    else:
        raw = np.ones_like(below) if average == "macro" else np.asarray(support, dtype=np.float64)
        counts = ~np.isnan(per_class)
        weights = np.where(counts, raw if raw[counts].sum() > 0 else 1.0, 0.0)
    total = float(weights.sum())
    if total == 0:
        return Averaged(is_undefined, per_class, np.zeros_like(below), float(zero_division))
    # Pooled counts are divided once, so that a whole number of hits stays exact.
    value = float(top.sum()) / total if average == "micro" else float(np.nansum(weights * per_class)) / total
    return Averaged(is_undefined, per_class, weights / total, value)


def precision(
    y_true: Labels,
    y_pred: Labels,
    average: Average = "binary",
    positive: Label = 1,
    zero_division: float = 0.0,
    classes: Sequence[Label] | None = None,
) -> ScoreTrace:
    """tp/(tp + fp): of what was claimed, how much is true, 0…1. Undefined for a class that was never predicted.

    Parameters
    ----------
    average : "binary" scores the class `positive` of a two-class task; "micro" pools the counts, "macro" averages the
        classes alike, "weighted" by their support; "per_class" averages nothing
    zero_division : what 0/0 becomes: 0, 1, or NaN, which leaves the class out of the average

    Raises
    ------
    Refusal
        As `confusion_matrix`; for "binary", when there are more than two labels or none is `positive`.
    """
    C = _count(y_true, y_pred, average, positive, zero_division, classes)
    return _score("precision", C, C.tp, C.claimed, average, positive, zero_division)


def recall(
    y_true: Labels,
    y_pred: Labels,
    average: Average = "binary",
    positive: Label = 1,
    zero_division: float = 0.0,
    classes: Sequence[Label] | None = None,
) -> ScoreTrace:
    """tp/(tp + fn): of what is true, how much was found, 0…1. Undefined for a class that never occurs.

    Parameters and errors as `precision`. Micro recall of a single-label task equals its accuracy.
    """
    C = _count(y_true, y_pred, average, positive, zero_division, classes)
    return _score("recall", C, C.tp, C.support, average, positive, zero_division)


def f_beta(
    y_true: Labels,
    y_pred: Labels,
    beta: float = 1.0,
    average: Average = "binary",
    positive: Label = 1,
    zero_division: float = 0.0,
    macro: MacroF = "mean_of_f",
    classes: Sequence[Label] | None = None,
) -> ScoreTrace:
    """F_β, the weighted harmonic mean of precision and recall, 0…1: recall matters β times as much.

    Written with counts, so it is undefined only for a class that neither occurs nor is predicted; β = 0 is precision.

    Parameters
    ----------
    beta : 0 to `MAX_BETA`
    macro : for average "macro", the mean of the classes' F or the F of the mean precision and recall

    Others, and errors, as `precision`.
    """
    if not 0 <= beta <= MAX_BETA:
        raise Refusal(
            Text("β must be a number from 0 to {most}.", "β — число от 0 до {most}.").format(most=f"{MAX_BETA:g}")
        )
    refuse_unless_known("macro", macro, MACRO_F)
    C = _count(y_true, y_pred, average, positive, zero_division, classes)
    parts = (
        _score("precision", C, C.tp, C.claimed, average, positive, zero_division),
        _score("recall", C, C.tp, C.support, average, positive, zero_division),
    )
    top, below = (1 + beta**2) * C.tp, beta**2 * C.support + C.claimed
    return _score("f", C, top, below, average, positive, zero_division, beta, macro, parts)


def f1(
    y_true: Labels,
    y_pred: Labels,
    average: Average = "binary",
    positive: Label = 1,
    zero_division: float = 0.0,
    macro: MacroF = "mean_of_f",
    classes: Sequence[Label] | None = None,
) -> ScoreTrace:
    """2PR/(P + R) = 2tp/(2tp + fp + fn): `f_beta` with β = 1."""
    return f_beta(y_true, y_pred, 1.0, average, positive, zero_division, macro, classes)


def _count(
    y_true: Labels,
    y_pred: Labels,
    average: Average,
    positive: Label,
    zero_division: float,
    classes: Sequence[Label] | None,
) -> ConfusionTrace:
    refuse_unless_known("average", average, AVERAGES)
    refuse_unless_zero_division(zero_division)
    if average == "binary":
        truth, predicted = read_labels(y_true, TRUTH), read_labels(y_pred, PREDICTED)
        pair = _pair_classes({*truth, *predicted, *(classes or ())}, positive)
        classes = classes if classes is not None and positive in classes else pair
    return confusion_matrix(y_true, y_pred, classes)


def _score(
    measure: Literal["precision", "recall", "f"],
    C: ConfusionTrace,
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    average: Average,
    positive: Label,
    zero_division: float,
    beta: float = 1.0,
    macro: MacroF = "mean_of_f",
    parts: tuple[ScoreTrace, ...] = (),
) -> ScoreTrace:
    kind = average if average in ("micro", "weighted") else "macro"
    done = average_fractions(numerator, denominator, kind, C.support, zero_division)
    weights: Floats | None = done.weights
    value: float | Floats = done.value
    if average == "per_class":
        weights, value = None, done.per_class
    elif average == "binary":
        weights = np.array([float(label == positive) for label in C.classes])
        value = float(done.per_class[C.classes.index(positive)])
    elif average == "macro" and macro == "f_of_means" and parts:
        value = _harmonic(float(parts[0].value), float(parts[1].value), beta)
    options = [measure if measure != "f" else f"F β={beta:g}", f"average={average}", f"zero_division={zero_division:g}"]
    if average == "binary":
        options.append(f"positive={positive}")
    if average == "macro" and parts:
        options.append(f"macro={macro}")
    return ScoreTrace(
        measure=measure,
        average=average,
        beta=beta,
        macro=macro,
        positive=positive,
        zero_division=zero_division,
        confusion=C,
        numerator=np.asarray(numerator, dtype=np.float64),
        denominator=np.asarray(denominator, dtype=np.float64),
        is_undefined=done.is_undefined,
        per_class=done.per_class,
        weights=weights,
        value=value,
        parts=parts,
        signature=" · ".join([*options, C.signature]),
    )


def _harmonic(P: float, R: float, beta: float) -> float:
    """F_β of a precision and a recall; 0 when both are 0."""
    below = beta**2 * P + R
    return (1 + beta**2) * P * R / below if below != 0 else 0.0


@dataclass(frozen=True)
class MatthewsTrace(Frozen):
    """Correlation between truth and prediction, −1…1 (two classes), 0 for chance.

    value = covariance / √(spread_true·spread_predicted), where with n examples, s right ones, t and p the row and
    column sums of C: covariance = s·n − Σ t·p, spread_true = n² − Σ t², spread_predicted = n² − Σ p². All exact
    integers. `is_undefined`: one side is constant; the value is then 0, as in scikit-learn.
    """

    confusion: ConfusionTrace
    covariance: int
    spread_true: int
    spread_predicted: int
    is_undefined: bool
    value: float
    signature: str


def matthews(y_true: Labels, y_pred: Labels) -> MatthewsTrace:
    """Matthews' correlation coefficient (Matthews 1975), for several classes R_K (Gorodkin 2004).

    Raises as `confusion_matrix`.
    """
    C = confusion_matrix(y_true, y_pred)
    n, s, t, p = C.n, int(C.tp.sum()), C.support, C.claimed
    covariance = s * n - int(t @ p)
    spread_true, spread_predicted = n * n - int(t @ t), n * n - int(p @ p)
    below = spread_true * spread_predicted
    value = covariance / math.sqrt(below) if below else 0.0
    return MatthewsTrace(
        C, covariance, spread_true, spread_predicted, below == 0, value, f"Matthews · R_K · {C.signature}"
    )


@dataclass(frozen=True)
class KappaTrace(Frozen):
    """Agreement beyond chance, at most 1; 0 is what chance gives, NaN when only one label occurs.

    expected : (class, class) counts if the two sides were independent: row sum · column sum / n
    penalty : (class, class) how bad each confusion is: 0/1, |i − j| or (i − j)²
    value = 1 − Σ penalty·C / Σ penalty·expected = 1 − observed_penalty / expected_penalty
    """

    confusion: ConfusionTrace
    weights: Literal["none", "linear", "quadratic"]
    expected: Floats
    penalty: Floats
    observed_penalty: float
    expected_penalty: float
    value: float
    signature: str


def cohen_kappa(
    y_true: Labels,
    y_pred: Labels,
    weights: Literal["none", "linear", "quadratic"] = "none",
    classes: Sequence[Label] | None = None,
) -> KappaTrace:
    """Cohen's κ (Cohen 1960), or weighted κ (Cohen 1968) for classes in order.

    Parameters
    ----------
    weights : the penalty of a confusion; with "linear" and "quadratic" the order of `classes` is their scale

    Raises as `confusion_matrix`.
    """
    refuse_unless_known("weights", weights, ("none", "linear", "quadratic"))
    C = confusion_matrix(y_true, y_pred, classes)
    expected = np.outer(C.support, C.claimed) / C.n
    gap = np.abs(np.subtract.outer(np.arange(len(C.classes)), np.arange(len(C.classes)))).astype(np.float64)
    penalty = {"none": np.minimum(gap, 1.0), "linear": gap, "quadratic": gap**2}[weights]
    observed_penalty, expected_penalty = float((penalty * C.value).sum()), float((penalty * expected).sum())
    return KappaTrace(
        confusion=C,
        weights=weights,
        expected=expected,
        penalty=penalty,
        observed_penalty=observed_penalty,
        expected_penalty=expected_penalty,
        value=1 - observed_penalty / expected_penalty if expected_penalty else math.nan,
        signature=f"Cohen's κ · weights={weights} · {C.signature}",
    )


# ---------------------------------------------------------------------------------------------------------------------
# From scores: one number an example, and a threshold that moves through them


@dataclass(frozen=True)
class ThresholdTrace(Frozen):
    """The confusion matrix at every threshold; an example is predicted positive when score ≥ threshold.

    thresholds : (point,) +∞, then every score that occurs, from high to low
    hits, alarms : (point,) true and false positives, counted
    prevalence : π, or None for the sample's own
    value : (point, 2, 2) confusion matrices, rows the truth (negative, positive), columns the prediction. With a
        prevalence, positives and negatives are re-weighted so that the positives make up π of the same total n.
    """

    positive: Label
    is_positive: npt.NDArray[np.bool_]
    scores: Floats
    prevalence: float | None
    thresholds: Floats
    hits: Ints
    alarms: Ints
    value: Floats
    signature: str

    @property
    def n_positive(self) -> int:
        return int(self.is_positive.sum())

    @property
    def n_negative(self) -> int:
        return len(self.is_positive) - self.n_positive

    @property
    def weights(self) -> Floats:
        """(example,) what each one counts: 1, or what gives the positives the share π."""
        positive, negative = _class_weights(self.n_positive, self.n_negative, self.prevalence)
        return np.where(self.is_positive, positive, negative)

    def at(self, threshold: float) -> int:
        """The point at which exactly the scores ≥ `threshold` are predicted positive."""
        return int(np.searchsorted(-self.thresholds, -threshold, side="right")) - 1


def sweep_thresholds(
    y_true: Labels, scores: Scores, positive: Label = 1, prevalence: float | None = None
) -> ThresholdTrace:
    """Lower a threshold through the scores and count (Fawcett 2006, algorithm 1); tied scores move together.

    Parameters
    ----------
    y_true : (example,) labels, at most two different ones
    scores : (example,) finite; higher means more likely `positive`
    prevalence : π, 0 < π < 1: score as if that share of the population were positive. TPR and FPR are conditional on
        the true class, so they stay; precision becomes π·TPR / (π·TPR + (1 − π)·FPR)

    Raises
    ------
    Refusal
        If a column is empty, unequal, too long or has something else in it; with a prevalence, also if one of the
        two classes is missing.
    """
    truth, numbers = _read_binary(y_true, scores, positive, SCORES)
    n_positive = int(truth.sum())
    n_negative = len(truth) - n_positive
    if prevalence is not None:
        if not 0 < prevalence < 1:
            raise Refusal(
                Text("Prevalence is a share between 0 and 1.", "Распространённость — доля строго между 0 и 1.")
            )
        _refuse_one_sided(n_positive, n_negative, positive)
    order = np.argsort(-numbers, kind="stable")
    ordered, hit = numbers[order], truth[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    hits = np.concatenate([[0], np.cumsum(hit)[last]]).astype(np.int64)
    alarms = np.concatenate([[0], np.cumsum(~hit)[last]]).astype(np.int64)
    w_positive, w_negative = _class_weights(n_positive, n_negative, prevalence)
    matrices = np.empty((len(hits), 2, 2))
    matrices[:, 0, 0], matrices[:, 0, 1] = w_negative * (n_negative - alarms), w_negative * alarms
    matrices[:, 1, 0], matrices[:, 1, 1] = w_positive * (n_positive - hits), w_positive * hits
    return ThresholdTrace(
        positive=positive,
        is_positive=truth,
        scores=numbers,
        prevalence=prevalence,
        thresholds=np.concatenate([[math.inf], ordered[last]]),
        hits=hits,
        alarms=alarms,
        value=matrices,
        signature=f"positive={positive} · prevalence={'sample' if prevalence is None else f'{prevalence:g}'} · "
        f"n={len(truth)}",
    )


def _class_weights(n_positive: int, n_negative: int, prevalence: float | None) -> tuple[float, float]:
    if prevalence is None:
        return 1.0, 1.0
    n = n_positive + n_negative
    return prevalence * n / n_positive, (1 - prevalence) * n / n_negative


def _refuse_one_sided(n_positive: int, n_negative: int, positive: Label, needs_negative: bool = True) -> None:
    if n_positive == 0 or (needs_negative and n_negative == 0):
        raise Refusal(
            Text(
                "All true labels are of one class: this score needs at least one “{positive}” and one other.",
                "Все истинные метки одного класса: нужны хотя бы одна «{positive}» и хотя бы одна другая.",
            ).format(positive=str(positive)[:40])
            if needs_negative
            else Text(
                "No true label is “{positive}”: this score needs at least one.",
                "Среди истинных меток нет «{positive}»: нужна хотя бы одна.",
            ).format(positive=str(positive)[:40])
        )


@dataclass(frozen=True)
class RocTrace(Frozen):
    """The receiver operating characteristic.

    fpr, tpr, thresholds : (point,) from (0, 0) at threshold +∞ to (1, 1)
    value : (point, 2) the curve, x = FPR, y = TPR
    """

    sweep: ThresholdTrace
    thresholds: Floats
    fpr: Floats
    tpr: Floats
    value: Floats
    signature: str


def roc_curve(
    y_true: Labels, scores: Scores, positive: Label = 1, prevalence: float | None = None, drop_collinear: bool = False
) -> RocTrace:
    """TPR against FPR at every threshold (Fawcett 2006).

    Parameters
    ----------
    drop_collinear : leave out points between equal steps on a straight line, as scikit-learn does by default

    Raises
    ------
    Refusal
        As `sweep_thresholds`, and if one of the two classes is missing.
    """
    sweep = sweep_thresholds(y_true, scores, positive, prevalence)
    _refuse_one_sided(sweep.n_positive, sweep.n_negative, positive)
    keep = np.ones(len(sweep.hits), dtype=bool)
    if drop_collinear and len(keep) > 3:
        keep[2:-1] = (np.diff(sweep.alarms[1:], 2) != 0) | (np.diff(sweep.hits[1:], 2) != 0)
    fpr, tpr = sweep.alarms[keep] / sweep.n_negative, sweep.hits[keep] / sweep.n_positive
    return RocTrace(
        sweep, sweep.thresholds[keep], fpr, tpr, np.stack([fpr, tpr], axis=1), f"ROC curve · {sweep.signature}"
    )


@dataclass(frozen=True)
class AucTrace(Frozen):
    """The area under the ROC curve, 0…1; ½ is chance.

    areas : (segment,) one trapezoid between neighbouring points
    wins, ties : (segment,) pairs of a positive and a negative in which the positive scores higher, or the same. The
        area is (wins + ties/2)/pairs, the chance that a random positive outscores a random negative (Hanley and McNeil
        1982)
    """

    curve: RocTrace
    areas: Floats
    wins: Ints
    ties: Ints
    pairs: int
    value: float
    signature: str


def roc_auc(y_true: Labels, scores: Scores, positive: Label = 1) -> AucTrace:
    """Area under `roc_curve`. The same at every prevalence. Raises as `roc_curve`."""
    curve = roc_curve(y_true, scores, positive)
    hits, alarms = curve.sweep.hits, curve.sweep.alarms
    wins, ties = np.diff(alarms) * hits[:-1], np.diff(alarms) * np.diff(hits)
    pairs = curve.sweep.n_positive * curve.sweep.n_negative
    return AucTrace(
        curve=curve,
        areas=(wins + ties / 2) / pairs,
        wins=wins,
        ties=ties,
        pairs=pairs,
        value=(int(wins.sum()) + int(ties.sum()) / 2) / pairs,
        signature=f"ROC AUC · {curve.sweep.signature}",
    )


@dataclass(frozen=True)
class PrecisionRecallTrace(Frozen):
    """Precision against recall.

    recall, precision, thresholds : (point,) from threshold +∞ down. Nothing is predicted at +∞: precision is 0/0
        there and drawn at 1, by convention
    value : (point, 2) the curve, x = recall, y = precision
    """

    sweep: ThresholdTrace
    thresholds: Floats
    recall: Floats
    precision: Floats
    value: Floats
    signature: str


def precision_recall_curve(
    y_true: Labels, scores: Scores, positive: Label = 1, prevalence: float | None = None
) -> PrecisionRecallTrace:
    """Precision and recall at every threshold, threshold from high to low (scikit-learn returns them reversed).

    Raises
    ------
    Refusal
        As `sweep_thresholds`, and if there is no positive: recall has no denominator then.
    """
    sweep = sweep_thresholds(y_true, scores, positive, prevalence)
    _refuse_one_sided(sweep.n_positive, sweep.n_negative, positive, needs_negative=False)
    tp, fp = sweep.value[:, 1, 1], sweep.value[:, 0, 1]
    P = np.concatenate([[1.0], tp[1:] / (tp[1:] + fp[1:])])
    R = sweep.hits / sweep.n_positive
    return PrecisionRecallTrace(
        sweep, sweep.thresholds, R, P, np.stack([R, P], axis=1), f"precision–recall curve · {sweep.signature}"
    )


@dataclass(frozen=True)
class AveragePrecisionTrace(Frozen):
    """The area under a precision–recall curve, 0…1; for random scores about the prevalence.

    envelope : (point,) interpolated precision: the largest precision at this recall or a higher one, without the
        drawn point at +∞; NaN there
    heights, widths : (term,) the precision of each term and what it is weighted with; value = Σ heights·widths
    """

    curve: PrecisionRecallTrace
    area: Area
    envelope: Floats
    heights: Floats
    widths: Floats
    value: float
    signature: str


def average_precision(
    y_true: Labels, scores: Scores, positive: Label = 1, area: Area = "step", prevalence: float | None = None
) -> AveragePrecisionTrace:
    """Average precision, in one of four definitions.

    Parameters
    ----------
    area : "step" Σ (Rₙ − Rₙ₋₁)·Pₙ; "trapezoid" the same with (Pₙ + Pₙ₋₁)/2; "interpolated" with the envelope;
        "eleven_point" the mean envelope at recall 0, 0.1, …, 1

    Raises as `precision_recall_curve`.
    """
    refuse_unless_known("area", area, AREAS)
    curve = precision_recall_curve(y_true, scores, positive, prevalence)
    P, hits, n_positive = curve.precision, curve.sweep.hits, curve.sweep.n_positive
    envelope = np.concatenate([[math.nan], np.maximum.accumulate(P[:0:-1])[::-1]])
    widths = np.diff(hits) / n_positive
    if area == "step":
        heights = P[1:]
    elif area == "trapezoid":
        heights = (P[1:] + P[:-1]) / 2
    elif area == "interpolated":
        heights = envelope[1:]
    else:
        # The first point with recall ≥ k/10, in whole numbers: 3·0.1 is not 0.3.
        first = [int(np.argmax(hits[1:] * 10 >= k * n_positive)) for k in range(11)]
        heights, widths = envelope[1:][first], np.full(11, 1 / 11)
    return AveragePrecisionTrace(
        curve=curve,
        area=area,
        envelope=envelope,
        heights=heights,
        widths=widths,
        value=float((heights * widths).sum()),
        signature=f"average precision · area={area} · {curve.sweep.signature}",
    )


@dataclass(frozen=True)
class PrevalenceTrace(Frozen):
    """One classifier in another population: ROC stands still, precision–recall moves.

    weights : (example,) what each example counts: positives π·n/n₊, negatives (1 − π)·n/n₋
    sample_prevalence : n₊/n
    value : average precision at π
    """

    prevalence: float
    sample_prevalence: float
    weights: Floats
    roc: RocTrace
    auc: AucTrace
    precision_recall: PrecisionRecallTrace
    average_precision: AveragePrecisionTrace
    value: float
    signature: str


def with_prevalence(y_true: Labels, scores: Scores, prevalence: float, positive: Label = 1) -> PrevalenceTrace:
    """ROC and precision–recall of the same class-conditional scores when positives make up `prevalence`, 0 < π < 1.

    Raises as `roc_curve`.
    """
    roc = roc_curve(y_true, scores, positive, prevalence)
    AP = average_precision(y_true, scores, positive, "step", prevalence)
    return PrevalenceTrace(
        prevalence=prevalence,
        sample_prevalence=roc.sweep.n_positive / len(roc.sweep.scores),
        weights=roc.sweep.weights,
        roc=roc,
        auc=roc_auc(y_true, scores, positive),
        precision_recall=AP.curve,
        average_precision=AP,
        value=AP.value,
        signature=AP.signature,
    )


# ---------------------------------------------------------------------------------------------------------------------
# From probabilities: is 0.8 right eight times of ten?


@dataclass(frozen=True)
class ReliabilityTrace(Frozen):
    """Predicted probability against what happened, bin by bin.

    edges : (bin + 1,); an example on an edge belongs to the bin below it, as in Guo et al. 2017
    members : (example,) the bin of each
    counts : (bin,); forecast, observed : (bin,) mean probability and share of positives, NaN in an empty bin
    value : (bin, 2) the reliability diagram, x = forecast, y = observed
    """

    is_positive: npt.NDArray[np.bool_]
    probabilities: Floats
    strategy: Literal["uniform", "quantile"]
    edges: Floats
    members: Ints
    counts: Ints
    forecast: Floats
    observed: Floats
    value: Floats
    signature: str


PROBABILITIES = Text("probabilities", "вероятностей")


def reliability(
    y_true: Labels,
    probabilities: Scores,
    bins: int = 10,
    strategy: Literal["uniform", "quantile"] = "uniform",
    positive: Label = 1,
) -> ReliabilityTrace:
    """Sort probabilities of `positive` into bins of equal width or of (nearly) equal size.

    For several classes, Guo et al. 2017 bin the confidence: give "was the answer right" as `y_true` and the largest
    probability as `probabilities`.

    Raises
    ------
    Refusal
        If a column is empty, unequal, too long, or a probability lies outside 0…1; bins run from 1 to `MAX_BINS`.
    """
    refuse_unless_known("strategy", strategy, ("uniform", "quantile"))
    if not 1 <= bins <= MAX_BINS:
        raise Refusal(Text("Use 1 to {most} bins.", "Число интервалов — от 1 до {most}.").format(most=MAX_BINS))
    y, p = _read_binary(y_true, probabilities, positive, PROBABILITIES, 0.0, 1.0)
    marks = np.linspace(0.0, 1.0, bins + 1)
    edges = marks if strategy == "uniform" else np.percentile(p, marks * 100)
    members = np.searchsorted(edges[1:-1], p)
    counts = np.bincount(members, minlength=bins)
    sums = np.stack([np.bincount(members, weights=w, minlength=bins) for w in (p, y.astype(np.float64))])
    forecast, observed = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return ReliabilityTrace(
        is_positive=y,
        probabilities=p,
        strategy=strategy,
        edges=edges,
        members=members,
        counts=counts,
        forecast=forecast,
        observed=observed,
        value=np.stack([forecast, observed], axis=1),
        signature=f"reliability · bins={bins} · {strategy} · positive={positive} · n={len(p)}",
    )


@dataclass(frozen=True)
class CalibrationErrorTrace(Frozen):
    """How far forecasts are from what happened, 0…1.

    gaps : (bin,) |observed − forecast|, 0 in an empty bin; shares : (bin,) counts/n
    value : "l1" Σ shares·gaps, "l2" √Σ shares·gaps², "max" the largest gap
    """

    reliability: ReliabilityTrace
    norm: Literal["l1", "l2", "max"]
    gaps: Floats
    shares: Floats
    value: float
    signature: str


def expected_calibration_error(
    y_true: Labels,
    probabilities: Scores,
    bins: int = 10,
    strategy: Literal["uniform", "quantile"] = "uniform",
    norm: Literal["l1", "l2", "max"] = "l1",
    positive: Label = 1,
) -> CalibrationErrorTrace:
    """ECE ("l1") and MCE ("max") of Naeini et al. 2015; it depends on the bins. Raises as `reliability`."""
    refuse_unless_known("norm", norm, ("l1", "l2", "max"))
    diagram = reliability(y_true, probabilities, bins, strategy, positive)
    gaps = np.nan_to_num(np.abs(diagram.observed - diagram.forecast))
    shares = diagram.counts / len(diagram.members)
    value = {"l1": (shares * gaps).sum(), "l2": math.sqrt((shares * gaps**2).sum()), "max": gaps.max()}[norm]
    return CalibrationErrorTrace(
        diagram, norm, gaps, shares, float(value), f"calibration error · norm={norm} · {diagram.signature}"
    )


@dataclass(frozen=True)
class BrierTrace(Frozen):
    """Mean squared error of probabilities: 0 is perfect, 0.25 is what a constant ½ gets.

    terms : (example,) (p − y)², or twice that when not `is_halved`; value is their mean
    groups, counts, observed : (group,) the distinct probabilities, how often each was given, and how often it came true
    miscalibration, resolution, uncertainty : value = miscalibration − resolution + uncertainty (Murphy 1973), exact
        because grouped by equal probability
    """

    is_positive: npt.NDArray[np.bool_]
    probabilities: Floats
    is_halved: bool
    terms: Floats
    groups: Floats
    counts: Ints
    observed: Floats
    miscalibration: float
    resolution: float
    uncertainty: float
    value: float
    signature: str


def brier_score(y_true: Labels, probabilities: Scores, positive: Label = 1, is_halved: bool = True) -> BrierTrace:
    """Σ (p − y)²/n, 0…1; with `is_halved` False summed over both classes as in Brier 1950, 0…2.

    Raises as `reliability`.
    """
    is_positive, p = _read_binary(y_true, probabilities, positive, PROBABILITIES, 0.0, 1.0)
    y = is_positive.astype(np.float64)
    scale = 1.0 if is_halved else 2.0
    groups, members = np.unique(p, return_inverse=True)
    counts = np.bincount(members, minlength=len(groups))
    observed = np.bincount(members, weights=y, minlength=len(groups)) / counts
    base, share = float(y.mean()), counts / len(y)
    terms = scale * (p - y) ** 2
    return BrierTrace(
        is_positive=is_positive,
        probabilities=p,
        is_halved=is_halved,
        terms=terms,
        groups=groups,
        counts=counts,
        observed=observed,
        miscalibration=scale * float((share * (groups - observed) ** 2).sum()),
        resolution=scale * float((share * (observed - base) ** 2).sum()),
        uncertainty=scale * base * (1 - base),
        value=float(terms.mean()),
        signature=f"Brier · {'halved' if is_halved else 'both classes'} · positive={positive} · n={len(p)}",
    )


@dataclass(frozen=True)
class LogLossTrace(Frozen):
    """Cross-entropy of the true class, nats; 0 is perfect, ln(classes) is what an even guess gets.

    probabilities : (example, class) as given; rows sum to 1
    truth : (example,) index into `classes`
    given : (example,) the probability of the true class, kept within [eps, 1 − eps]; is_clipped marks where that bit
    terms : (example,) −ln given; value is their mean
    """

    classes: tuple[Label, ...]
    truth: Ints
    probabilities: Floats
    given: Floats
    is_clipped: npt.NDArray[np.bool_]
    terms: Floats
    value: float
    signature: str


EPS = float(np.finfo(np.float64).eps)


def log_loss(
    y_true: Labels,
    probabilities: Scores | Sequence[Sequence[float]],
    classes: Sequence[Label] | None = None,
    positive: Label = 1,
) -> LogLossTrace:
    """−Σ ln p(true class)/n. A probability of 0 is raised to the float's ε, as scikit-learn does, so it costs 36.04.

    Parameters
    ----------
    probabilities : (example,) of the class `positive`, or (example, class), rows summing to 1
    classes : the columns of a matrix; when None, the sorted labels of `y_true`

    Raises
    ------
    Refusal
        If sizes disagree, a number is not a probability, or a row does not sum to 1 (to within 10⁻⁶).
    """
    labels = read_labels(y_true, TRUTH)
    refuse_above(PROBABILITIES, len(probabilities), MAX_EXAMPLES)
    _refuse_unequal(TRUTH, len(labels), PROBABILITIES, len(probabilities))
    if not _is_row(probabilities[0]):
        p = read_scores(probabilities, PROBABILITIES, 0.0, 1.0)  # type: ignore[arg-type]  # one number a row
        pair = _pair_classes(set(labels), positive)
        order: tuple[Label, ...] = (next((c for c in pair if c != positive), f"¬{positive}"), positive)
        P = np.stack([1 - p, p], axis=1)
    else:
        order = tuple(classes) if classes is not None else _sort_classes(set(labels))
        P = _read_rows(probabilities, order)
        if missing := set(labels) - set(order):
            raise Refusal(
                Text(
                    "No column of probabilities belongs to the label “{name}”.",
                    "Ни один столбец вероятностей не относится к метке «{name}».",
                ).format(name=str(_sort_classes(missing)[0])[:40])
            )
    truth = np.array([order.index(label) for label in labels], dtype=np.int64)
    raw = P[np.arange(len(truth)), truth]
    given = np.clip(raw, EPS, 1 - EPS)
    terms = -np.log(given)
    return LogLossTrace(
        classes=order,
        truth=truth,
        probabilities=P,
        given=given,
        is_clipped=given != raw,
        terms=terms,
        value=float(terms.mean()),
        signature=f"log loss · nats · eps={EPS:.1e} · n={len(truth)} · classes={len(order)}",
    )


def _is_row(value: Any) -> bool:
    return isinstance(value, list | tuple | np.ndarray)


def _read_rows(rows: Any, order: tuple[Label, ...]) -> Floats:
    """(example, class) probabilities; the first row that is not a distribution is named."""
    refuse_above(Text("classes", "классов"), len(order), MAX_CLASSES)
    if len(set(order)) != len(order):
        raise Refusal(Text("A class is named twice.", "Один и тот же класс назван дважды."))
    read = []
    for number, row in enumerate(rows, 1):
        if not _is_row(row) or len(row) != len(order):
            raise Refusal(
                Text(
                    "Row {row} of the probabilities must have {n} numbers, one a class.",
                    "В строке {row} вероятностей должно быть чисел: {n}, по одному на класс.",
                ).format(row=number, n=len(order))
            )
        p = np.array([_number_or_nan(value) for value in row])
        if not (np.all(p >= 0) and np.all(p <= 1) and abs(p.sum() - 1) <= 1e-6):
            raise Refusal(
                Text(
                    "Row {row} of the probabilities is not a distribution: numbers from 0 to 1 that sum to 1.",
                    "Строка {row} вероятностей — не распределение: нужны числа от 0 до 1 с суммой 1.",
                ).format(row=number)
            )
        read.append(p)
    return np.stack(read)


# ---------------------------------------------------------------------------------------------------------------------
# Reference: the same numbers from scikit-learn

PACKAGE = "scikit-learn"


def compare_defined(what: Text, package: str, ours: npt.ArrayLike, theirs: npt.ArrayLike) -> Check:
    """`compare` at 10⁻⁹, where a NaN agrees with a NaN (and with nothing else)."""
    a, b = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if a.shape == b.shape:
        agree = (np.isnan(a) & np.isnan(b)) | (np.isinf(a) & (a == b))
        a, b = np.where(agree, 0.0, a), np.where(agree, 0.0, b)
    return compare(what, package, a, b, 1e-9)


@contextmanager
def _hushed() -> Iterator[None]:
    """scikit-learn warns of what a trace states already: one class only, classes that never occur, 0/0 in κ."""
    from sklearn.exceptions import UndefinedMetricWarning

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="A single label was found", category=UserWarning)
        warnings.filterwarnings("ignore", message="y_pred contains classes not in y_true", category=UserWarning)
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        yield


@singledispatch
def reference(trace: object) -> tuple[Check, ...]:
    """Our value beside scikit-learn's, for any trace of this module."""
    raise TypeError(f"no reference for {type(trace).__name__}")


@reference.register
def _(trace: ConfusionTrace) -> tuple[Check, ...]:
    from sklearn import metrics

    with _hushed():
        theirs = metrics.confusion_matrix(trace.truth, trace.predicted, labels=range(len(trace.classes)))
    return (compare(same("confusion_matrix"), PACKAGE, trace.value, theirs, 0.0),)


@reference.register
def _(trace: AccuracyTrace) -> tuple[Check, ...]:
    from sklearn import metrics

    C = trace.confusion
    with _hushed():
        balanced = metrics.balanced_accuracy_score(C.truth, C.predicted)
    return (
        compare_defined(same("accuracy_score"), PACKAGE, trace.value, metrics.accuracy_score(C.truth, C.predicted)),
        compare_defined(same("balanced_accuracy_score"), PACKAGE, trace.balanced, balanced),
    )


@reference.register
def _(trace: ScoreTrace) -> tuple[Check, ...]:
    from sklearn import metrics

    C = trace.confusion
    every = range(len(C.classes))
    averaged: list[str | None] = [None]
    if trace.average in ("micro", "macro", "weighted"):
        averaged.append(trace.average)
    which = {"precision": 0, "recall": 1, "f": 2}[trace.measure]
    found = [
        metrics.precision_recall_fscore_support(
            C.truth, C.predicted, beta=trace.beta, labels=every, average=average, zero_division=trace.zero_division
        )
        for average in averaged
    ]
    name = same(("precision_score", "recall_score", "fbeta_score")[which])
    per_class = compare_defined(
        Text("{name} per class", "{name} по классам").format(name=name), PACKAGE, trace.per_class, found[0][which]
    )
    if trace.average == "binary":
        return (compare_defined(name, PACKAGE, trace.value, found[0][which][C.classes.index(trace.positive)]),)
    if trace.average == "per_class":
        return (per_class,)
    theirs = found[1][which]
    if trace.average == "macro" and trace.parts and trace.macro == "f_of_means":
        # scikit-learn has no F of means: its macro precision and recall are put into the formula.
        theirs = _harmonic(float(found[1][0]), float(found[1][1]), trace.beta)
    return (compare_defined(name, PACKAGE, trace.value, theirs), per_class)


@reference.register
def _(trace: MatthewsTrace) -> tuple[Check, ...]:
    from sklearn import metrics

    with _hushed():
        theirs = metrics.matthews_corrcoef(trace.confusion.truth, trace.confusion.predicted)
    return (compare_defined(same("matthews_corrcoef"), PACKAGE, trace.value, theirs),)


@reference.register
def _(trace: KappaTrace) -> tuple[Check, ...]:
    from sklearn import metrics

    C = trace.confusion
    weights = None if trace.weights == "none" else trace.weights
    with _hushed():
        theirs = metrics.cohen_kappa_score(C.truth, C.predicted, labels=range(len(C.classes)), weights=weights)
    return (compare_defined(same("cohen_kappa_score"), PACKAGE, trace.value, theirs),)


@reference.register
def _(trace: ThresholdTrace) -> tuple[Check, ...]:
    from sklearn import metrics

    tn, fp, fn, tp, thresholds = metrics.confusion_matrix_at_thresholds(
        trace.is_positive, trace.scores, pos_label=True, sample_weight=trace.weights
    )
    theirs = np.stack([np.stack([tn, fp], axis=1), np.stack([fn, tp], axis=1)], axis=1)
    return (
        compare_defined(same("confusion_matrix_at_thresholds"), PACKAGE, trace.value[1:], theirs),
        compare_defined(Text("thresholds", "пороги"), PACKAGE, trace.thresholds[1:], thresholds),
    )


@reference.register
def _(trace: RocTrace) -> tuple[Check, ...]:
    from sklearn import metrics

    s = trace.sweep
    is_dropped = len(trace.fpr) < len(s.hits)
    # Points are dropped by exact counts; weighted sums are rounded, so they are compared on the whole curve only.
    weights = None if s.prevalence is None or is_dropped else s.weights
    fpr, tpr, thresholds = metrics.roc_curve(
        s.is_positive, s.scores, sample_weight=weights, drop_intermediate=is_dropped
    )
    return (
        compare_defined(same("roc_curve"), PACKAGE, trace.value, np.stack([fpr, tpr], axis=1)),
        compare_defined(Text("thresholds", "пороги"), PACKAGE, trace.thresholds, thresholds),
    )


@reference.register
def _(trace: AucTrace) -> tuple[Check, ...]:
    from sklearn import metrics

    theirs = metrics.roc_auc_score(trace.curve.sweep.is_positive, trace.curve.sweep.scores)
    return (compare_defined(same("roc_auc_score"), PACKAGE, trace.value, theirs),)


@reference.register
def _(trace: PrecisionRecallTrace) -> tuple[Check, ...]:
    from sklearn import metrics

    s = trace.sweep
    P, R, thresholds = metrics.precision_recall_curve(
        s.is_positive, s.scores, sample_weight=None if s.prevalence is None else s.weights
    )
    return (
        compare_defined(same("precision_recall_curve"), PACKAGE, trace.value, np.stack([R, P], axis=1)[::-1]),
        compare_defined(Text("thresholds", "пороги"), PACKAGE, trace.thresholds[1:], thresholds[::-1]),
    )


@reference.register
def _(trace: AveragePrecisionTrace) -> tuple[Check, ...]:
    from sklearn import metrics

    s = trace.curve.sweep
    weights = None if s.prevalence is None else s.weights
    if trace.area == "step":
        theirs = metrics.average_precision_score(s.is_positive, s.scores, sample_weight=weights)
        return (compare_defined(same("average_precision_score"), PACKAGE, trace.value, theirs),)
    if trace.area == "trapezoid":
        P, R, _ = metrics.precision_recall_curve(s.is_positive, s.scores, sample_weight=weights)
        return (compare_defined(same("auc(recall, precision)"), PACKAGE, trace.value, metrics.auc(R, P)),)
    # Interpolated areas are not in scikit-learn; the curve that they are taken from is.
    return reference(trace.curve)


@reference.register
def _(trace: PrevalenceTrace) -> tuple[Check, ...]:
    return (*reference(trace.average_precision), *reference(trace.roc), *reference(trace.auc))


@reference.register
def _(trace: ReliabilityTrace) -> tuple[Check, ...]:
    from sklearn.calibration import calibration_curve

    observed, forecast = calibration_curve(
        trace.is_positive, trace.probabilities, pos_label=True, n_bins=len(trace.counts), strategy=trace.strategy
    )
    theirs = np.stack([forecast, observed], axis=1)
    return (compare_defined(same("calibration_curve"), PACKAGE, trace.value[trace.counts > 0], theirs),)


@reference.register
def _(trace: CalibrationErrorTrace) -> tuple[Check, ...]:
    return reference(trace.reliability)


@reference.register
def _(trace: BrierTrace) -> tuple[Check, ...]:
    from sklearn import metrics

    theirs = metrics.brier_score_loss(
        trace.is_positive, trace.probabilities, pos_label=True, scale_by_half=trace.is_halved
    )
    return (compare_defined(same("brier_score_loss"), PACKAGE, trace.value, theirs),)


@reference.register
def _(trace: LogLossTrace) -> tuple[Check, ...]:
    from sklearn import metrics

    if len(trace.classes) < 2:
        return ()
    with warnings.catch_warnings():
        # Rows of 32-bit probabilities sum to 1 only to within 10⁻⁷, which is not worth a word here.
        warnings.filterwarnings("ignore", message="The y_prob values do not sum to one", category=UserWarning)
        theirs = metrics.log_loss(trace.truth, trace.probabilities, labels=list(range(len(trace.classes))))
    return (compare_defined(same("log_loss"), PACKAGE, trace.value, theirs),)

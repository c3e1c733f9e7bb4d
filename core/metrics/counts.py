"""From counts: the true label beside the predicted one. Symbols and sources: `core.metrics.classification`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text
from core.metrics import refuse_unless_known, refuse_unless_zero_division
from core.metrics.labels import (
    AVERAGES,
    MACRO_F,
    MAX_BETA,
    PREDICTED,
    TRUTH,
    Average,
    Floats,
    Ints,
    Label,
    Labels,
    MacroF,
    pair_classes,
    read_labels,
    refuse_unequal,
    sort_classes,
)


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
    refuse_unequal(TRUTH, len(truth), PREDICTED, len(predicted))
    found = {*truth, *predicted}
    order = sort_classes(found if classes is None else {*found, *classes})
    if classes is not None:
        missing = found - set(classes)
        if missing or len(order) != len(classes):
            raise Refusal(
                Text(
                    "The list of classes must name every label once; look at: {names}.",
                    "В списке классов каждая метка должна стоять ровно один раз; проверьте: {names}.",
                ).format(names=", ".join(str(label)[:40] for label in (sort_classes(missing) or classes)[:6]))
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
        pair = pair_classes({*truth, *predicted, *(classes or ())}, positive)
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
        value = harmonic(float(parts[0].value), float(parts[1].value), beta)
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


def harmonic(P: float, R: float, beta: float) -> float:
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

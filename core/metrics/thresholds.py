"""From scores: one number an example, and a threshold that moves through them. Symbols and sources:
`core.metrics.classification`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text
from core.metrics import refuse_unless_known
from core.metrics.labels import AREAS, SCORES, Area, Floats, Ints, Label, Labels, Scores, read_binary


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
    truth, numbers = read_binary(y_true, scores, positive, SCORES)
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

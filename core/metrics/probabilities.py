"""From probabilities: is 0.8 right eight times of ten? Symbols and sources: `core.metrics.classification`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text
from core.metrics import refuse_above, refuse_unless_known
from core.metrics.labels import (
    MAX_BINS,
    MAX_CLASSES,
    MAX_EXAMPLES,
    TRUTH,
    Floats,
    Ints,
    Label,
    Labels,
    Scores,
    number_or_nan,
    pair_classes,
    read_binary,
    read_labels,
    read_scores,
    refuse_unequal,
    sort_classes,
)


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
    y, p = read_binary(y_true, probabilities, positive, PROBABILITIES, 0.0, 1.0)
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
    is_positive, p = read_binary(y_true, probabilities, positive, PROBABILITIES, 0.0, 1.0)
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
    refuse_unequal(TRUTH, len(labels), PROBABILITIES, len(probabilities))
    if not _is_row(probabilities[0]):
        p = read_scores(probabilities, PROBABILITIES, 0.0, 1.0)  # type: ignore[arg-type]  # one number a row
        pair = pair_classes(set(labels), positive)
        order: tuple[Label, ...] = (next((c for c in pair if c != positive), f"¬{positive}"), positive)
        P = np.stack([1 - p, p], axis=1)
    else:
        order = tuple(classes) if classes is not None else sort_classes(set(labels))
        P = _read_rows(probabilities, order)
        if missing := set(labels) - set(order):
            raise Refusal(
                Text(
                    "No column of probabilities belongs to the label “{name}”.",
                    "Ни один столбец вероятностей не относится к метке «{name}».",
                ).format(name=str(sort_classes(missing)[0])[:40])
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
        p = np.array([number_or_nan(value) for value in row])
        if not (np.all(p >= 0) and np.all(p <= 1) and abs(p.sum() - 1) <= 1e-6):
            raise Refusal(
                Text(
                    "Row {row} of the probabilities is not a distribution: numbers from 0 to 1 that sum to 1.",
                    "Строка {row} вероятностей — не распределение: нужны числа от 0 до 1 с суммой 1.",
                ).format(row=number)
            )
        read.append(p)
    return np.stack(read)

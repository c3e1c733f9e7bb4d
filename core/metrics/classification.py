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

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import singledispatch

import numpy as np
import numpy.typing as npt

from core.i18n import Text, same
from core.metrics.counts import (
    AccuracyTrace,
    Averaged,
    ConfusionTrace,
    KappaTrace,
    MatthewsTrace,
    ScoreTrace,
    accuracy,
    average_fractions,
    cohen_kappa,
    confusion_matrix,
    f1,
    f_beta,
    harmonic,
    matthews,
    precision,
    recall,
)
from core.metrics.labels import (
    AREAS,
    AVERAGES,
    MACRO_F,
    MAX_BETA,
    MAX_BINS,
    MAX_CLASSES,
    MAX_EXAMPLES,
    MAX_LABEL_CHARS,
    PREDICTED,
    SCORES,
    TRUTH,
    Area,
    Average,
    Floats,
    Ints,
    Label,
    Labels,
    MacroF,
    Scores,
    number_or_nan,
    pair_classes,
    read_binary,
    read_labels,
    read_scores,
    refuse_unequal,
    sort_classes,
)
from core.metrics.probabilities import (
    EPS,
    PROBABILITIES,
    BrierTrace,
    CalibrationErrorTrace,
    LogLossTrace,
    ReliabilityTrace,
    brier_score,
    expected_calibration_error,
    log_loss,
    reliability,
)
from core.metrics.thresholds import (
    AucTrace,
    AveragePrecisionTrace,
    PrecisionRecallTrace,
    PrevalenceTrace,
    RocTrace,
    ThresholdTrace,
    average_precision,
    precision_recall_curve,
    roc_auc,
    roc_curve,
    sweep_thresholds,
    with_prevalence,
)
from core.verify import Check, compare

__all__ = [
    "AREAS",
    "AVERAGES",
    "EPS",
    "MACRO_F",
    "MAX_BETA",
    "MAX_BINS",
    "MAX_CLASSES",
    "MAX_EXAMPLES",
    "MAX_LABEL_CHARS",
    "PACKAGE",
    "PREDICTED",
    "PROBABILITIES",
    "SCORES",
    "TRUTH",
    "AccuracyTrace",
    "Area",
    "AucTrace",
    "Average",
    "AveragePrecisionTrace",
    "Averaged",
    "BrierTrace",
    "CalibrationErrorTrace",
    "ConfusionTrace",
    "Floats",
    "Ints",
    "KappaTrace",
    "Label",
    "Labels",
    "LogLossTrace",
    "MacroF",
    "MatthewsTrace",
    "PrecisionRecallTrace",
    "PrevalenceTrace",
    "ReliabilityTrace",
    "RocTrace",
    "ScoreTrace",
    "Scores",
    "ThresholdTrace",
    "accuracy",
    "average_fractions",
    "average_precision",
    "brier_score",
    "cohen_kappa",
    "compare_defined",
    "confusion_matrix",
    "expected_calibration_error",
    "f1",
    "f_beta",
    "log_loss",
    "matthews",
    "number_or_nan",
    "pair_classes",
    "precision",
    "precision_recall_curve",
    "read_binary",
    "read_labels",
    "read_scores",
    "recall",
    "reference",
    "refuse_unequal",
    "reliability",
    "roc_auc",
    "roc_curve",
    "sort_classes",
    "sweep_thresholds",
    "with_prevalence",
]

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
        theirs = harmonic(float(found[1][0]), float(found[1][1]), trace.beta)
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

"""Every classification score against scikit-learn on generated cases, and against arithmetic done by hand."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.exceptions import UndefinedMetricWarning

from core.errors import Refusal
from core.metrics import classification as c

MANY = settings(deadline=None, max_examples=250)
SOME = settings(deadline=None, max_examples=120)
FEW = settings(deadline=None, max_examples=50)

# Few distinct values, so that ties, single classes and absent classes are common and not rare.
labels = st.integers(0, 4)
words = st.sampled_from(["spam", "ham", "да", "нет"])
zero_divisions = st.sampled_from([0.0, 1.0, math.nan])


@st.composite
def label_pairs(draw: st.DrawFn) -> tuple[list, list]:
    """Equally long true and predicted labels, words or numbers, from one class to five."""
    kind = draw(st.sampled_from([labels, words, st.integers(0, 1), st.just(0)]))
    rows = draw(st.lists(st.tuples(kind, kind), min_size=1, max_size=40))
    return [a for a, _ in rows], [b for _, b in rows]


@st.composite
def scored(draw: st.DrawFn, lo: float = -2.0, hi: float = 2.0) -> tuple[list[int], list[float]]:
    """Binary labels with scores that often tie; one class may be missing."""
    coarse = st.integers(0, 6).map(lambda k: lo + (hi - lo) * k / 6)
    score = draw(st.sampled_from([coarse, st.floats(lo, hi)]))
    truth = draw(st.sampled_from([st.integers(0, 1), st.integers(0, 1), st.just(0), st.just(1)]))
    rows = draw(st.lists(st.tuples(truth, score), min_size=1, max_size=40))
    return [a for a, _ in rows], [b for _, b in rows]


def close(ours: object, theirs: object) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=0, atol=1e-9, equal_nan=True)


def passes(trace: object) -> None:
    checks = c.reference(trace)
    assert all(check.passed for check in checks), checks


def both(y: list[int]) -> bool:
    return 0 < sum(y) < len(y)


# --- counts against scikit-learn


@MANY
@given(label_pairs())
def test_confusion_accuracy_matthews(pair: tuple[list, list]) -> None:
    t, p = pair
    C = c.confusion_matrix(t, p)
    assert list(C.classes) == sorted({*t, *p})
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="A single label was found")
        np.testing.assert_array_equal(C.value, metrics.confusion_matrix(t, p))
        M = metrics.multilabel_confusion_matrix(t, p, labels=C.classes)
        close(c.matthews(t, p).value, metrics.matthews_corrcoef(t, p))
    np.testing.assert_array_equal(np.stack([C.tn, C.fp, C.fn, C.tp], axis=1), M.reshape(-1, 4))
    close(c.accuracy(t, p).value, metrics.accuracy_score(t, p))


@MANY
@given(
    label_pairs(),
    st.sampled_from(["micro", "macro", "weighted", "per_class"]),
    zero_divisions,
    st.sampled_from([0.0, 0.5, 1.0, 2.0, 7.3]),
)
def test_averages(pair: tuple[list, list], average: str, zero_division: float, beta: float) -> None:
    t, p = pair
    P, R, F, _ = metrics.precision_recall_fscore_support(
        t, p, beta=beta, average=None if average == "per_class" else average, zero_division=zero_division
    )
    ours = (
        c.precision(t, p, average, zero_division=zero_division),
        c.recall(t, p, average, zero_division=zero_division),
        c.f_beta(t, p, beta, average, zero_division=zero_division),
    )
    for trace, theirs in zip(ours, (P, R, F), strict=True):
        close(trace.value, theirs)
        if trace.weights is not None and not math.isnan(float(trace.value)):
            close(np.nansum(trace.weights * trace.per_class), trace.value)
    f1 = metrics.f1_score(t, p, average=None if average == "per_class" else average, zero_division=zero_division)
    close(c.f1(t, p, average, zero_division=zero_division).value, f1)


@MANY
@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=30),
    st.integers(0, 1),
    zero_divisions,
    st.sampled_from([0.0, 0.5, 1.0, 3.0]),
)
def test_binary(rows: list[tuple[int, int]], positive: int, zero_division: float, beta: float) -> None:
    t, p = [a for a, _ in rows], [b for _, b in rows]
    options = {"pos_label": positive, "zero_division": zero_division}
    close(
        c.precision(t, p, positive=positive, zero_division=zero_division).value,
        metrics.precision_score(t, p, **options),
    )
    close(c.recall(t, p, positive=positive, zero_division=zero_division).value, metrics.recall_score(t, p, **options))
    F = c.f_beta(t, p, beta, positive=positive, zero_division=zero_division)
    close(F.value, metrics.fbeta_score(t, p, beta=beta, **options))


@SOME
@given(label_pairs(), st.sampled_from(["none", "linear", "quadratic"]))
def test_kappa(pair: tuple[list, list], weights: str) -> None:
    t, p = pair
    trace = c.cohen_kappa(t, p, weights)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        warnings.filterwarnings("ignore", message="A single label was found")
        close(trace.value, metrics.cohen_kappa_score(t, p, weights=None if weights == "none" else weights))
    assert math.isnan(trace.value) == (len({*t, *p}) == 1)


@SOME
@given(label_pairs(), st.floats(0, 20))
def test_f_of_means_is_never_smaller(pair: tuple[list, list], beta: float) -> None:
    """Opitz and Burst 2019, theorem: the F of means bounds the mean of F from above."""
    t, p = pair
    mean_of_f = c.f_beta(t, p, beta, "macro")
    f_of_means = c.f_beta(t, p, beta, "macro", macro="f_of_means")
    assert f_of_means.value >= mean_of_f.value - 1e-12


# --- scores against scikit-learn


@MANY
@given(scored())
def test_curves(case: tuple[list[int], list[float]]) -> None:
    y, s = case
    if not both(y):
        with pytest.raises(Refusal):
            c.roc_curve(y, s)
        with pytest.raises(Refusal):
            c.roc_auc(y, s)
    else:
        for is_dropped in (False, True):
            fpr, tpr, thresholds = metrics.roc_curve(y, s, drop_intermediate=is_dropped)
            trace = c.roc_curve(y, s, drop_collinear=is_dropped)
            close(trace.fpr, fpr)
            close(trace.tpr, tpr)
            np.testing.assert_array_equal(trace.thresholds, thresholds)
        auc = c.roc_auc(y, s)
        close(auc.value, metrics.roc_auc_score(y, s))
        close(auc.areas.sum(), auc.value)
    if not any(y):
        with pytest.raises(Refusal):
            c.precision_recall_curve(y, s)
        return
    P, R, thresholds = metrics.precision_recall_curve(y, s)
    curve = c.precision_recall_curve(y, s)
    close(curve.precision[::-1], P)
    close(curve.recall[::-1], R)
    np.testing.assert_array_equal(curve.thresholds[:0:-1], thresholds)
    step = c.average_precision(y, s)
    close(step.value, metrics.average_precision_score(y, s))
    trapezoid = c.average_precision(y, s, area="trapezoid")
    close(trapezoid.value, metrics.auc(R, P))


@SOME
@given(scored(), st.floats(0.001, 0.999))
def test_prevalence(case: tuple[list[int], list[float]], prevalence: float) -> None:
    y, s = case
    assume(both(y))
    trace = c.with_prevalence(y, s, prevalence)
    n, n_positive = len(y), sum(y)
    weights = [prevalence * n / n_positive if v else (1 - prevalence) * n / (n - n_positive) for v in y]
    close(trace.value, metrics.average_precision_score(y, s, sample_weight=weights))
    P, R, _ = metrics.precision_recall_curve(y, s, sample_weight=weights)
    close(trace.precision_recall.value[::-1], np.stack([R, P], axis=1))
    # ROC stands still.
    close(trace.roc.value, c.roc_curve(y, s).value)
    close(trace.auc.value, metrics.roc_auc_score(y, s, sample_weight=weights))
    # Precision is Bayes' rule on the rates.
    tpr, fpr = trace.roc.tpr[1:], trace.roc.fpr[1:]
    bayes = prevalence * tpr / (prevalence * tpr + (1 - prevalence) * fpr)
    close(trace.precision_recall.precision[1:], bayes)
    close(trace.roc.sweep.value.sum((1, 2)), n)


@SOME
@given(scored())
def test_pairs_are_counted(case: tuple[list[int], list[float]]) -> None:
    y, s = case
    assume(both(y))
    trace = c.roc_auc(y, s)
    positive, negative = ([b for a, b in zip(y, s, strict=True) if a == side] for side in (1, 0))
    assert trace.wins.sum() == sum(a > b for a in positive for b in negative)
    assert trace.ties.sum() == sum(a == b for a in positive for b in negative)


@SOME
@given(scored(), st.integers(-1, 7))
def test_threshold_finds_its_point(case: tuple[list[int], list[float]], k: int) -> None:
    y, s = case
    threshold = -2.0 + 4.0 * k / 6
    sweep = c.sweep_thresholds(y, s)
    expected = c.confusion_matrix(y, [int(v >= threshold) for v in s], classes=[0, 1])
    np.testing.assert_array_equal(sweep.value[sweep.at(threshold)], expected.value)
    assert sweep.at(math.inf) == 0


@SOME
@given(scored())
def test_interpolated_areas(case: tuple[list[int], list[float]]) -> None:
    """Both interpolated areas, written the slow way."""
    y, s = case
    assume(any(y))
    n = sum(y)
    points = []
    for threshold in sorted(set(s), reverse=True):
        taken = [a for a, b in zip(y, s, strict=True) if b >= threshold]
        points.append((sum(taken), sum(taken) / len(taken)))

    def best(hits: float) -> float:
        return max(P for h, P in points if h >= hits)

    close(c.average_precision(y, s, area="interpolated").value, sum(best(h) for h in range(1, n + 1)) / n if n else 0)
    eleven = [max(P for h, P in points if 10 * h >= k * n) for k in range(11)]
    close(c.average_precision(y, s, area="eleven_point").value, sum(eleven) / 11)
    envelope = c.average_precision(y, s, area="interpolated")
    assert envelope.value >= c.average_precision(y, s).value - 1e-12


# --- probabilities against scikit-learn


@SOME
@given(scored(0.0, 1.0), st.integers(1, 12), st.sampled_from(["uniform", "quantile"]))
def test_calibration(case: tuple[list[int], list[float]], bins: int, strategy: str) -> None:
    y, p = case
    trace = c.reliability(y, p, bins, strategy)
    observed, forecast = calibration_curve(y, p, pos_label=1, n_bins=bins, strategy=strategy)
    close(trace.observed[trace.counts > 0], observed)
    close(trace.forecast[trace.counts > 0], forecast)
    assert trace.counts.sum() == len(y)
    # The error once more, example by example.
    gap = {
        b: abs(
            np.mean([v for v, m in zip(y, trace.members, strict=True) if m == b])
            - np.mean([v for v, m in zip(p, trace.members, strict=True) if m == b])
        )
        for b in set(trace.members)
    }
    gaps = np.array([gap[m] for m in trace.members])
    for norm, value in {"l1": gaps.mean(), "l2": np.sqrt((gaps**2).mean()), "max": gaps.max()}.items():
        error = c.expected_calibration_error(y, p, bins, strategy, norm)
        close(error.value, value)


@SOME
@given(scored(0.0, 1.0), st.booleans())
def test_brier(case: tuple[list[int], list[float]], is_halved: bool) -> None:
    y, p = case
    trace = c.brier_score(y, p, is_halved=is_halved)
    close(trace.value, metrics.brier_score_loss(y, p, pos_label=1, scale_by_half=is_halved))
    close(trace.value, trace.miscalibration - trace.resolution + trace.uncertainty)


@SOME
@given(st.integers(2, 5), st.integers(1, 25), st.integers(0, 10**6))
def test_log_loss(k: int, n: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    y = generator.integers(0, k, n)
    # Whole numbers from 0 to 3, so that certain and impossible answers occur.
    P = generator.integers(0, 4, (n, k)) + np.eye(k)[generator.integers(0, k, n)]
    P /= P.sum(1, keepdims=True)
    trace = c.log_loss(y, P, classes=range(k))
    close(trace.value, metrics.log_loss(y, P, labels=list(range(k))))
    assert trace.is_clipped.sum() == sum(P[i, v] in (0, 1) for i, v in enumerate(y))


@SOME
@given(scored(0.0, 1.0))
def test_log_loss_binary(case: tuple[list[int], list[float]]) -> None:
    y, p = case
    trace = c.log_loss(y, p)
    close(trace.value, metrics.log_loss(y, p, labels=[0, 1]))


# --- the live check of the pages: every kind of trace, also degenerate ones


@FEW
@given(label_pairs(), zero_divisions, st.sampled_from(c.AVERAGES[1:]), st.sampled_from(c.MACRO_F))
def test_reference_of_counts(pair: tuple[list, list], zero_division: float, average: str, macro: str) -> None:
    t, p = pair
    options = {"average": average, "zero_division": zero_division}
    passes(c.confusion_matrix(t, p))
    passes(c.accuracy(t, p))
    passes(c.matthews(t, p))
    passes(c.cohen_kappa(t, p, "linear"))
    passes(c.precision(t, p, **options))
    passes(c.recall(t, p, **options))
    passes(c.f_beta(t, p, 2.0, macro=macro, **options))
    if len({*t, *p}) <= 2:
        passes(c.f1(t, p, positive=t[0], zero_division=zero_division))


@FEW
@given(scored(0.0, 1.0), st.floats(0.001, 0.999), st.sampled_from(c.AREAS), st.booleans())
def test_reference_of_scores(
    case: tuple[list[int], list[float]], prevalence: float, area: str, is_dropped: bool
) -> None:
    y, s = case
    for trace in (
        c.sweep_thresholds(y, s),
        c.expected_calibration_error(y, s),
        c.brier_score(y, s, is_halved=is_dropped),
        c.log_loss(y, s),
    ):
        passes(trace)
    if both(y):
        passes(c.sweep_thresholds(y, s, prevalence=prevalence))
        passes(c.roc_curve(y, s, drop_collinear=is_dropped))
        passes(c.average_precision(y, s, area=area, prevalence=prevalence))
        passes(c.with_prevalence(y, s, prevalence))


# --- by hand


def test_spam_by_hand() -> None:
    """Ten letters, four of them spam; three found, two false alarms."""
    truth = ["spam"] * 4 + ["ham"] * 6
    guess = ["spam", "spam", "spam", "ham", "spam", "spam", "ham", "ham", "ham", "ham"]
    C = c.confusion_matrix(truth, guess)
    assert C.classes == ("ham", "spam")
    assert C.value.tolist() == [[4, 2], [1, 3]]
    assert C.members(1, 0) == (3,)
    assert C.members(0, 1) == (4, 5)
    assert C.shares("truth").tolist() == [[4 / 6, 2 / 6], [1 / 4, 3 / 4]]
    assert C.shares("all").sum() == pytest.approx(1)
    assert c.precision(truth, guess, positive="spam").value == 3 / 5
    assert c.recall(truth, guess, positive="spam").value == 3 / 4
    assert c.f1(truth, guess, positive="spam").value == pytest.approx(2 / 3)
    assert c.f_beta(truth, guess, 2, positive="spam").value == pytest.approx(5 * 3 / (5 * 3 + 4 * 1 + 2))
    a = c.accuracy(truth, guess)
    assert (a.value, a.majority) == (0.7, 0.6)
    assert a.balanced == pytest.approx((4 / 6 + 3 / 4) / 2)
    # φ = (tp·tn − fp·fn)/√(5·4·6·5)
    assert c.matthews(truth, guess).value == pytest.approx((3 * 4 - 2 * 1) / math.sqrt(5 * 4 * 6 * 5))
    # agreement 0.7, by chance (5·6 + 5·4)/100 = 0.5
    assert c.cohen_kappa(truth, guess).value == pytest.approx((0.7 - 0.5) / (1 - 0.5))


def test_macro_f_has_two_meanings() -> None:
    """A classifier with high precision on one class and high recall on the other looks better by the F of means."""
    truth = [0] * 90 + [1] * 10
    guess = [0] * 10 + [1] * 90
    mean_of_f = c.f1(truth, guess, "macro").value
    f_of_means = c.f1(truth, guess, "macro", macro="f_of_means").value
    # P = (1, 1/9), R = (1/9, 1): F is 0.2 for both classes, but mean P and mean R are both 5/9.
    assert mean_of_f == pytest.approx(0.2)
    assert f_of_means == pytest.approx(5 / 9)


def test_zero_division() -> None:
    """Class 2 is never predicted, so its precision is 0/0."""
    truth, guess = [0, 1, 2], [0, 1, 1]
    values = [c.precision(truth, guess, "macro", zero_division=z).value for z in (0, 1, math.nan)]
    assert values == pytest.approx([1.5 / 3, 2.5 / 3, 1.5 / 2])
    trace = c.precision(truth, guess, "macro", zero_division=math.nan)
    assert trace.is_undefined.tolist() == [False, False, True]
    assert trace.weights is not None
    assert trace.weights.tolist() == [0.5, 0.5, 0]
    # Nothing predicted positive, nothing truly positive.
    assert c.f1([0, 0], [0, 0], zero_division=1).value == 1
    assert math.isnan(float(c.f1([0, 0], [0, 0], zero_division=math.nan).value))
    # No spam found although there is some: F is a plain 0, whatever 0/0 is taken for.
    assert c.f1([1, 0], [0, 0], zero_division=1).value == 0


def test_curves_by_hand() -> None:
    """Scores 0.9+ 0.8− 0.7+ 0.7− 0.1−: two positives, three negatives, one tie."""
    y, s = [1, 0, 1, 0, 0], [0.9, 0.8, 0.7, 0.7, 0.1]
    sweep = c.sweep_thresholds(y, s)
    assert sweep.thresholds.tolist() == [math.inf, 0.9, 0.8, 0.7, 0.1]
    assert sweep.hits.tolist() == [0, 1, 1, 2, 2]
    assert sweep.alarms.tolist() == [0, 0, 1, 2, 3]
    # Of 6 pairs the positive wins 3 + 1 and ties 1.
    assert c.roc_auc(y, s).value == 4.5 / 6
    assert c.precision_recall_curve(y, s).precision.tolist() == [1, 1, 0.5, 0.5, 0.4]
    assert c.average_precision(y, s).value == 0.5 * 1 + 0.5 * 0.5
    assert c.average_precision(y, s, area="trapezoid").value == 0.5 * 1 + 0.5 * 0.5
    assert c.average_precision(y, s, area="eleven_point").value == pytest.approx((6 * 1 + 5 * 0.5) / 11)
    # At prevalence 1 %, precision at threshold 0.7 is 0.01/(0.01 + 0.99·2/3).
    trace = c.with_prevalence(y, s, 0.01)
    assert trace.precision_recall.precision[3] == pytest.approx(0.01 / (0.01 + 0.99 * 2 / 3))
    assert trace.sample_prevalence == 0.4
    assert trace.auc.value == 4.5 / 6


def test_calibration_by_hand() -> None:
    """Said 0.2 five times, came true once; said 0.9 five times, came true thrice."""
    y, p = [1, 0, 0, 0, 0, 1, 1, 1, 0, 0], [0.2] * 5 + [0.9] * 5
    assert c.expected_calibration_error(y, p).value == pytest.approx(0.5 * 0 + 0.5 * 0.3)
    assert c.expected_calibration_error(y, p, norm="max").value == pytest.approx(0.3)
    trace = c.brier_score(y, p)
    assert trace.miscalibration == pytest.approx(0.5 * 0.09)
    assert trace.resolution == pytest.approx(0.04)
    assert trace.uncertainty == pytest.approx(0.24)
    assert trace.value == pytest.approx(0.045 - 0.04 + 0.24)
    # 0.2 lies on an edge and belongs to the bin below.
    assert c.reliability(y, p, bins=5).counts.tolist() == [5, 0, 0, 0, 5]


def test_log_loss_by_hand() -> None:
    trace = c.log_loss(["a", "b"], [[0.5, 0.25, 0.25], [0.75, 0.25, 0]], classes=["a", "b", "c"])
    assert trace.terms.tolist() == pytest.approx([math.log(2), math.log(4)])
    assert c.log_loss([1], [0.0]).value == pytest.approx(-math.log(np.finfo(float).eps))
    assert c.log_loss([1], [0.5]).classes == ("¬1", 1)


# --- refusals and the rest


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: c.accuracy([], []), "There are no true labels"),
        (lambda: c.accuracy([1], [1, 0]), "1 true labels and 2 predicted labels"),
        (lambda: c.accuracy([1, 0], [1, None]), "Row 2 of the predicted labels"),
        (lambda: c.accuracy([1.5], [1]), "Row 1 of the true labels"),
        (lambda: c.accuracy([math.nan], [1]), "Row 1 of the true labels"),
        (lambda: c.accuracy(["x" * 201], ["x"]), "at most 200 characters"),
        (lambda: c.accuracy(["1"], [1]), "Some labels are words"),
        (lambda: c.accuracy([0] * 20_001, [0] * 20_001), "20001 true labels are too many"),
        (lambda: c.accuracy(list(range(201)), list(range(201))), "201 different labels"),
        (lambda: c.confusion_matrix([1], [2], classes=[1]), "name every label once; look at: 2"),
        (lambda: c.confusion_matrix([1], [2], classes=[1, 2, 2]), "name every label once"),
        (lambda: c.confusion_matrix([1], [2]).shares("rows"), "over must be one of"),
        (lambda: c.precision([0, 1, 2], [0, 1, 2]), "two labels, one of them the positive 1"),
        (lambda: c.precision(["0", "1"], ["1", "1"]), "positive 1; here they are: '0', '1'"),
        (lambda: c.precision([1], [1], "sample"), "average must be one of: binary"),
        (lambda: c.precision([1], [1], zero_division=0.5), "zero_division must be one of"),
        (lambda: c.f_beta([1], [1], -1), "β must be a number from 0 to 100"),
        (lambda: c.f_beta([1], [1], math.nan), "β must be"),
        (lambda: c.f1([1], [1], macro="both"), "macro must be one of"),
        (lambda: c.cohen_kappa([1], [1], "cubic"), "weights must be one of"),
        (lambda: c.roc_curve([1, 1], [0.1, 0.2]), "one class"),
        (lambda: c.roc_curve([0, 1], [0.1, math.inf]), "Row 2 of the scores"),
        (lambda: c.roc_curve([0, 1], ["0.1", "high"]), "Row 2 of the scores"),
        (lambda: c.roc_curve([0, 1], [[0.1], [0.2]]), "one number a row"),
        (lambda: c.roc_curve([0, 1], [[0.1], [0.2, 3]]), "Row 1 of the scores"),
        (lambda: c.roc_curve([0, 1], [10**400, 1]), "Row 1 of the scores"),
        (lambda: c.roc_curve([0, 1], [0.1]), "2 true labels and 1 scores"),
        (lambda: c.roc_curve([0, 1], [0.0] * 20_001), "too many"),
        (lambda: c.precision_recall_curve([0, 0], [0.1, 0.2]), "No true label is “1”"),
        (lambda: c.average_precision([0, 1], [0.1, 0.2], area="simpson"), "area must be one of"),
        (lambda: c.with_prevalence([0, 1], [0.1, 0.2], 1.0), "Prevalence is a share"),
        (lambda: c.with_prevalence([0, 1], [0.1, 0.2], math.nan), "Prevalence is a share"),
        (lambda: c.with_prevalence([0, 0], [0.1, 0.2], 0.5), "one class"),
        (lambda: c.reliability([0, 1], [0.1, 1.2]), "Row 2 of the probabilities is not a finite number [0, 1]"),
        (lambda: c.reliability([0, 1], [0.1, 0.2], bins=0), "Use 1 to 100 bins"),
        (lambda: c.reliability([0, 1], [0.1, 0.2], strategy="kmeans"), "strategy must be one of"),
        (lambda: c.expected_calibration_error([0, 1], [0.1, 0.2], norm="l3"), "norm must be one of"),
        (lambda: c.brier_score([0, 1], [0.1, -0.2]), "Row 2"),
        (lambda: c.log_loss([0, 1], [[0.5, 0.5], [0.5, 0.6]]), "Row 2 of the probabilities is not a distribution"),
        (lambda: c.log_loss([0, 1], [[0.5, 0.5], [1.0]]), "Row 2 of the probabilities must have 2 numbers"),
        (lambda: c.log_loss([0, 1], [[0.5, 0.5], [0.5, [1]]]), "Row 2 of the probabilities is not a distribution"),
        (lambda: c.log_loss([0, 2], [[1, 0], [0, 1]], classes=[0, 1]), "belongs to the label “2”"),
        (lambda: c.log_loss([0, 0], [[1, 0], [0, 1]], classes=[0, 0]), "named twice"),
        (lambda: c.log_loss([0, 1], [0.5]), "2 true labels and 1 probabilities"),
    ],
)
def test_refusals_say_what_is_wrong(call: object, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        call()
    assert says in refused.value.text.en
    assert any("а" <= letter <= "я" for letter in refused.value.text.ru.lower())


def test_numpy_labels_are_plain_labels() -> None:
    assert c.accuracy(np.array(["a", "b"]), np.array(["a", "a"])).confusion.classes == ("a", "b")
    assert c.accuracy(np.array([1.0, 0.0]), [np.int64(1), np.bool_(True)]).value == 0.5
    assert c.f1(np.array([True, False]), np.array([True, True])).value == pytest.approx(2 / 3)


def test_traces_are_read_only_and_signed() -> None:
    trace = c.f1([0, 1, 1], [0, 1, 0], "macro")
    for array in (trace.per_class, trace.confusion.value, c.roc_curve([0, 1], [1, 2]).value):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 7
    assert trace.signature == "F β=1 · average=macro · zero_division=0 · macro=mean_of_f · n=3 · classes=2"


def test_reference_can_fail() -> None:
    """A wrong value must be caught, also where NaN stands for a number."""
    assert not c.compare_defined(c.TRUTH, "numpy", 0.5, 0.5 + 2e-9).passed
    assert not c.compare_defined(c.TRUTH, "numpy", math.nan, 0.5).passed
    assert not c.compare_defined(c.TRUTH, "numpy", math.inf, 0.5).passed
    assert c.compare_defined(c.TRUTH, "numpy", math.nan, math.nan).passed
    with pytest.raises(TypeError, match="no reference"):
        c.reference(0.5)

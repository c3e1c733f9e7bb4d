"""A rare class, and seven answers to it side by side.

    π     share of the rare class in training; π' its share where the model is used
    TPR   recall of the rare class, TP/(TP + FN); FPR false alarms, FP/(FP + TN)
    P     precision, π'·TPR / (π'·TPR + (1 − π')·FPR)
    p     probability that the model gives to the rare class, p' the same after the prior correction
    L     log loss, −Σ ln p(true class), every example weighted so that the rare class makes up π'

The remedies are those of `core.foundations.imbalance_remedies`, the model is `core.foundations.imbalance_fit`, measures
are those of `core.metrics.thresholds`. The test examples are the same for all remedies and never resampled; a share π'
other than theirs is reached by weighing (TPR and FPR are conditional on the true class and stay).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.foundations.imbalance_data import (
    Sample,
    draw_sample,
    load_digit,
    load_tumours,
    read_table,
)
from core.foundations.imbalance_fit import Fit, shift_prior, sigmoid
from core.foundations.imbalance_params import ImbalanceParams
from core.foundations.imbalance_remedies import NAMES, Name, Recipe, prepare, train
from core.i18n import Text, same
from core.metrics.thresholds import PrevalenceTrace, with_prevalence
from core.tables import Table
from core.verify import Check

Floats = npt.NDArray[np.float64]

GRID = 41
RESAMPLES = 200
BINS = 10


@dataclass(frozen=True)
class Result(Frozen):
    """One remedy, trained and tested.

    z, corrected : (test,) log-odds as trained, and after the prior correction to π'
    TP, FN, FP, TN : shares of the population, sum 1
    precision, recall, f1 : (2,) of the rare class and of the common one; precision is NaN where nothing is predicted
    curves : ROC and precision–recall where the rare class has the share π'
    log_loss, mean : (2,) as trained and corrected: L in nats, and the mean probability of the rare class
    forecast, observed, weight : (2, bin) reliability as trained and corrected; NaN in an empty bin
    band_roc, band_pr : (2, grid) 2.5th and 97.5th percentile of TPR over FPR, and of precision over recall
    """

    recipe: Recipe
    fit: Fit
    z: Floats
    corrected: Floats
    TP: float
    FN: float
    FP: float
    TN: float
    precision: Floats
    recall: Floats
    f1: Floats
    curves: PrevalenceTrace
    log_loss: Floats
    mean: Floats
    forecast: Floats
    observed: Floats
    weight: Floats
    band_roc: Floats
    band_pr: Floats

    @property
    def name(self) -> Name:
        return self.recipe.name

    @property
    def accuracy(self) -> float:
        return self.TP + self.TN

    @property
    def auc(self) -> float:
        return self.curves.auc.value

    @property
    def average_precision(self) -> float:
        return self.curves.value


@dataclass(frozen=True)
class ImbalanceTrace(Frozen):
    """All remedies on one sample.

    use : π'; weights : (test,) what each test example counts; grid : (grid,) FPR and recall of the bands
    """

    params: ImbalanceParams
    sample: Sample
    use: float
    weights: Floats
    grid: Floats
    results: tuple[Result, ...]
    signature: str

    def of(self, name: str) -> Result:
        """The result of one remedy."""
        return self.results[NAMES.index(cast(Name, name))]

    @property
    def majority(self) -> float:
        """The accuracy of always saying the commoner class."""
        return max(self.use, 1 - self.use)


def run(params: ImbalanceParams) -> ImbalanceTrace:
    """Draw the sample, train every remedy, test them on the same examples.

    Raises
    ------
    Refusal
        Own rows that cannot be read.
    """
    if params.source == "digits":
        table = load_digit(params.digit)
    elif params.source == "tumours":
        table = load_tumours()
    else:
        table = read_table(params.file or params.rows)
    sample = draw_sample(table, params.share / 100, params.components, params.seed)
    use = params.use / 100 if params.is_moved else sample.share
    y = sample.y_test
    weights = np.where(y == 1, use / y.mean(), (1 - use) / (1 - y.mean()))
    draws = _resample(y, params.seed)
    trained: dict[str, Fit] = {}
    results = []
    for name in NAMES:
        recipe = prepare(name, sample, params.gamma, params.neighbours, params.seed)
        key = "plain" if name == "threshold" else name
        if key not in trained:
            trained[key] = train(recipe, sample, 10.0**params.lg_strength)
        results.append(measure(recipe, trained[key], sample, use, weights, draws))
    n_rare = int(sample.y.sum())
    return ImbalanceTrace(
        params=params,
        sample=sample,
        use=use,
        weights=weights,
        grid=np.linspace(0, 1, GRID),
        results=tuple(results),
        signature=f"{params.source} · n={len(sample.y)}, {n_rare} rare · test {len(y)}, {int(y.sum())} rare · "
        f"π'={use:.3g} · k={sample.Z.shape[1]} · λ={10.0**params.lg_strength:g} · seed={params.seed} · "
        f"bootstrap {RESAMPLES} · numpy {np.__version__}",
    )


def measure(recipe: Recipe, fit: Fit, sample: Sample, use: float, weights: Floats, draws: Floats) -> Result:
    """Everything that is said about one trained model."""
    y = sample.y_test
    z = fit.logits(sample.Z_test)
    corrected = shift_prior(z, recipe.trained_share, use)
    is_called = sigmoid(z) >= recipe.threshold
    tpr, fpr = float(is_called[y == 1].mean()), float(is_called[y == 0].mean())
    TP, FN, FP, TN = use * tpr, use * (1 - tpr), (1 - use) * fpr, (1 - use) * (1 - fpr)
    reliability = [bin_probabilities(sigmoid(odds), y, weights) for odds in (z, corrected)]
    band_roc, band_pr = draw_bands(z, y, use, draws)
    return Result(
        recipe=recipe,
        fit=fit,
        z=z,
        corrected=corrected,
        TP=TP,
        FN=FN,
        FP=FP,
        TN=TN,
        precision=np.array([TP / (TP + FP) if TP + FP else np.nan, TN / (TN + FN) if TN + FN else np.nan]),
        recall=np.array([tpr, 1 - fpr]),
        f1=np.array([2 * TP / (2 * TP + FP + FN), 2 * TN / (2 * TN + FP + FN) if TN + FP + FN else 0.0]),
        curves=with_prevalence(y.astype(np.int64), z, use),
        log_loss=np.array([_log_loss(odds, y, weights) for odds in (z, corrected)]),
        mean=np.array([float(np.average(sigmoid(odds), weights=weights)) for odds in (z, corrected)]),
        forecast=np.stack([r[0] for r in reliability]),
        observed=np.stack([r[1] for r in reliability]),
        weight=np.stack([r[2] for r in reliability]),
        band_roc=band_roc,
        band_pr=band_pr,
    )


def _log_loss(z: Floats, y: Floats, weights: Floats) -> float:
    return float(np.average(np.logaddexp(0.0, np.where(y == 1, -z, z)), weights=weights))


def bin_probabilities(p: Floats, y: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean p, weighted share of the rare class and weight in `BINS` equal parts of 0…1: (bin,) each."""
    at = np.minimum((p * BINS).astype(np.int64), BINS - 1)
    weight = np.bincount(at, weights, BINS).astype(np.float64)
    with np.errstate(invalid="ignore"):
        return np.bincount(at, weights * p, BINS) / weight, np.bincount(at, weights * y, BINS) / weight, weight


def _resample(y: Floats, seed: int) -> Floats:
    """How often each test example is drawn when each class is drawn anew with replacement: (resample, test)."""
    rng = np.random.default_rng([seed, 7919])
    draws = np.zeros((RESAMPLES, len(y)))
    for kind in (0, 1):
        rows = np.flatnonzero(y == kind)
        draws[:, rows] = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), RESAMPLES)
    return draws


def draw_bands(z: Floats, y: Floats, use: float, draws: Floats) -> tuple[Floats, Floats]:
    """Pointwise 95 % bands of TPR over FPR and of precision over recall, by the bootstrap: (2, grid) each.

    At a grid point stands the best TPR within that FPR, and the precision at the first threshold that reaches that
    recall.
    """
    order = np.argsort(-z, kind="stable")
    last = np.flatnonzero(np.append(np.diff(z[order]) != 0, True))
    drawn, truth = draws[:, order], y[order]
    tpr = np.cumsum(drawn * truth, axis=1)[:, last] / truth.sum()
    fpr = np.cumsum(drawn * (1 - truth), axis=1)[:, last] / (1 - truth).sum()
    grid = np.linspace(0, 1, GRID)
    high, sharp = np.empty((len(draws), GRID)), np.empty((len(draws), GRID))
    for k in range(len(draws)):
        within = np.searchsorted(fpr[k], grid + 1e-12, side="right")
        high[k] = np.append(0.0, tpr[k])[within]
        reach = np.minimum(np.searchsorted(tpr[k], np.maximum(grid, 1e-9) - 1e-12), len(last) - 1)
        hit, alarm = use * tpr[k][reach], (1 - use) * fpr[k][reach]
        sharp[k] = hit / (hit + alarm)
    return np.percentile(high, [2.5, 97.5], axis=0), np.percentile(sharp, [2.5, 97.5], axis=0)


def reference(trace: ImbalanceTrace) -> tuple[Check, ...]:
    """Models, measures and interpolation beside scikit-learn, the focal gradient beside torch."""
    from core.foundations.imbalance_reference import check_all

    return check_all(trace)


def tables(trace: ImbalanceTrace) -> tuple[Table, ...]:
    """Measures of all remedies, their models, and the scores of every test example."""
    measures: dict[str, Callable[[Result], float]] = {
        "threshold": lambda r: r.recipe.threshold,
        "trained share": lambda r: r.recipe.trained_share,
        "TP": lambda r: r.TP,
        "FN": lambda r: r.FN,
        "FP": lambda r: r.FP,
        "TN": lambda r: r.TN,
        "precision": lambda r: r.precision[0],
        "recall": lambda r: r.recall[0],
        "F1": lambda r: r.f1[0],
        "precision, common": lambda r: r.precision[1],
        "recall, common": lambda r: r.recall[1],
        "F1, common": lambda r: r.f1[1],
        "accuracy": lambda r: r.accuracy,
        "ROC AUC": lambda r: r.auc,
        "average precision": lambda r: r.average_precision,
        "mean p": lambda r: r.mean[0],
        "mean p corrected": lambda r: r.mean[1],
        "log loss": lambda r: r.log_loss[0],
        "log loss corrected": lambda r: r.log_loss[1],
    }
    values = np.array([[float(read(r)) for read in measures.values()] for r in trace.results])
    model = np.stack([np.append(r.fit.w, r.fit.b) for r in trace.results])
    features = [*(f"w{k + 1}" for k in range(model.shape[1] - 1)), "b"]
    scores = np.column_stack([trace.sample.y_test, *(sigmoid(r.z) for r in trace.results)])
    examples = [str(row + 1) for row in trace.sample.table.test]
    return (
        Table("measures", list(NAMES), list(measures), values),
        Table("models", list(NAMES), features, model),
        Table("test examples", examples, ["rare", *NAMES], scores),
    )


TITLES: dict[Name, Text] = {
    "plain": Text("plain", "как есть"),
    "weights": Text("class weights", "веса классов"),
    "over": Text("over-sampling", "оверсэмплинг"),
    "under": Text("under-sampling", "андерсэмплинг"),
    "smote": same("SMOTE"),
    "focal": Text("focal loss", "фокальная потеря"),
    "threshold": Text("moved threshold", "сдвиг порога"),
}

"""One classifier, one threshold: everything that moves with it, and what stands still.

    s           score of an example, higher means more likely positive        (example,)
    t           threshold: s ≥ t is predicted positive
    TP FP FN TN counts of the four kinds of answer at t
    π           prevalence, the share of positives; w the weight that gives it to a sample with n₊ of n positives:
                π·n/n₊ for each positive, (1 − π)·n/n₋ for each negative
    TPR FPR     TP/(TP + FN), FP/(FP + TN)
    F_β         (1 + β²)·TP / ((1 + β²)·TP + β²·FN + FP)

The measures are those of `core.metrics.classification`; the scores come from `core.metrics.digits` or are the
visitor's own. Own scores that are not all within 0…1 are not probabilities: they have no calibration, and the threshold
runs from the smallest (0) to the largest (1).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import StringConstraints

from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.metrics import classification as c
from core.metrics import digits
from core.metrics.digits import Classifier
from core.params import Choice, Levels, Params, Slider, Switch, Words
from core.tables import Table
from core.verify import Check

Floats = npt.NDArray[np.float64]
CellName = Literal["TP", "FP", "FN", "TN"]

CELLS: tuple[CellName, ...] = ("FN", "TP", "TN", "FP")
MAX_ROWS = 10_000
MAX_PASTED = 4_000
MAX_FILE = 1_000_000

EXAMPLE = """label,score
1,0.97
1,0.91
0,0.88
1,0.84
1,0.71
0,0.66
1,0.62
0,0.45
1,0.41
0,0.33
0,0.30
0,0.22
1,0.19
0,0.15
0,0.12
0,0.08
0,0.07
0,0.04
0,0.03
0,0.01"""


def _is_digits(p: Any) -> bool:
    return bool(p["source"] == "digits")


class ThresholdParams(Params):
    """Whose scores, where the threshold stands, and in which population."""

    source: Annotated[
        str,
        Choice(
            label=Text("Scores", "Оценки"),
            options={"digits": Text("digits", "цифры"), "own": Text("my own", "свои")},
        ),
    ] = "digits"
    threshold: Annotated[
        float,
        Slider(
            label=Text("Threshold", "Порог"),
            lo=0.0,
            hi=1.0,
            step=0.001,
            help=Text(
                "A score at or above it is called positive. The line in the picture is the same threshold: drag it.",
                "Оценка не ниже порога — ответ «да». Линия на картинке — тот же порог, её можно тянуть.",
            ),
        ),
    ] = 0.5
    is_moved: Annotated[
        bool,
        Switch(label=Text("Another population", "Другая популяция"), shown=lambda p: not _is_digits(p)),
    ] = False
    prevalence: Annotated[
        int,
        Slider(
            label=Text("Share of positives, %", "Доля положительных, %"),
            lo=1,
            hi=90,
            step=1,
            help=Text(
                "The same scores in another population: every positive and every negative is counted with a weight.",
                "Те же оценки в другой популяции: каждый пример считается со своим весом.",
            ),
            shown=lambda p: _is_digits(p) or p["is_moved"],
        ),
    ] = 10
    beta: Annotated[
        float,
        Slider(
            label=same("β"),
            lo=0.1,
            hi=4.0,
            step=0.1,
            help=Text("In F_β recall matters β times as much.", "В F_β полнота важнее в β раз."),
        ),
    ] = 1.0
    digit: Annotated[
        int, Slider(label=Text("Is it the digit…", "Это цифра…"), lo=0, hi=9, step=1, shown=_is_digits)
    ] = 8
    trained_on: Annotated[
        int,
        Levels(label=Text("Images to learn from", "Картинок для обучения"), values=digits.TRAINED, shown=_is_digits),
    ] = 400
    lg_strength: Annotated[
        float,
        Slider(
            label=Text("Regularisation, log₁₀ λ", "Регуляризация, lg λ"),
            lo=-3.0,
            hi=3.0,
            step=0.5,
            help=Text(
                "The larger λ, the smaller the weights and the shyer the probabilities.",
                "Чем больше λ, тем меньше веса и тем осторожнее вероятности.",
            ),
            shown=_is_digits,
        ),
    ] = 0.0
    rows: Annotated[
        str,
        Words(
            label=Text("Rows: label,score", "Строки: метка,оценка"),
            max_chars=MAX_PASTED,
            lines=9,
            help=Text(
                "Label 1 or 0, then the score; a header line may stand first. A longer table: from a file.",
                "Метка 1 или 0, затем оценка; первая строка может быть заголовком. Таблицу побольше — из файла.",
            ),
            shown=lambda p: not _is_digits(p),
        ),
    ] = EXAMPLE
    bins: Annotated[
        int,
        Slider(
            label=Text("Bins of the calibration", "Интервалов калибровки"),
            lo=2,
            hi=20,
            step=1,
            folded=True,
        ),
    ] = 10
    file: Annotated[str, StringConstraints(max_length=MAX_FILE)] = ""

    def changed(self, lang: Lang) -> dict[str, Any]:
        """Without the file: it is too long for an address and stays with its visitor."""
        return {name: value for name, value in super().changed(lang).items() if name != "file"}


@dataclass(frozen=True)
class Curves(Frozen):
    """All that does not depend on the threshold.

    is_positive, scores : (example,); positions : (example,) scores as the threshold counts them, 0…1
    marks : (point,) thresholds as positions, +∞ first, then falling
    lo, hi : scores at position 0 and 1
    calibration, brier : None when the scores are not probabilities
    classifier : None for own scores
    """

    is_positive: npt.NDArray[np.bool_]
    scores: Floats
    positions: Floats
    marks: Floats
    lo: float
    hi: float
    sweep: c.ThresholdTrace
    auc: c.AucTrace
    average_precision: c.AveragePrecisionTrace
    calibration: c.CalibrationErrorTrace | None
    brier: c.BrierTrace | None
    classifier: Classifier | None

    @property
    def n(self) -> int:
        return len(self.scores)

    @property
    def prevalence(self) -> float:
        """π in force, 0…1."""
        return self.sweep.n_positive / self.n if self.sweep.prevalence is None else self.sweep.prevalence


@dataclass(frozen=True)
class ThresholdLab(Frozen):
    """One position of the threshold.

    threshold : in the units of the scores
    point : its place on the curves: exactly the scores ≥ threshold are predicted positive
    TP, FP, FN, TN : counts, weighted when the population is another one
    f : (point,) F_β along the curves; best : where it is largest (the highest such threshold)
    precision : NaN when nothing is predicted positive (0/0)
    always_negative : the accuracy of never saying yes
    """

    params: ThresholdParams
    curves: Curves
    threshold: float
    point: int
    TP: float
    FP: float
    FN: float
    TN: float
    precision: float
    recall: float
    fpr: float
    accuracy: float
    always_negative: float
    f: Floats
    best: int
    signature: str

    @property
    def positive(self) -> str:
        """What a positive example is called."""
        return str(self.params.digit) if self.curves.classifier else "1"

    @property
    def f_here(self) -> float:
        return float(self.f[self.point])

    def members(self, cell: CellName) -> npt.NDArray[np.int64]:
        """The examples in one cell of the matrix, those nearest to the threshold first."""
        is_called = self.curves.positions >= self.params.threshold
        chosen = (self.curves.is_positive == (cell in ("TP", "FN"))) & (is_called == (cell in ("TP", "FP")))
        found = np.flatnonzero(chosen)
        gap = np.abs(self.curves.positions[found] - self.params.threshold)
        return found[np.argsort(gap, kind="stable")]


def run(params: ThresholdParams) -> ThresholdLab:
    """Score, sweep, and read off the counts at the threshold.

    Raises
    ------
    Refusal
        Own rows that cannot be read, or that are all of one class.
    """
    curves = _draw_curves(params.model_copy(update={"threshold": 0.5, "beta": 1.0}))
    point = int(np.searchsorted(-curves.marks, -params.threshold, side="right")) - 1
    (TN, FP), (FN, TP) = (tuple(float(v) for v in row) for row in curves.sweep.value[point])
    f = f_along(curves.sweep, params.beta)
    n = TP + FP + FN + TN
    return ThresholdLab(
        params=params,
        curves=curves,
        threshold=curves.lo + params.threshold * (curves.hi - curves.lo),
        point=point,
        TP=TP,
        FP=FP,
        FN=FN,
        TN=TN,
        precision=TP / (TP + FP) if TP + FP else math.nan,
        recall=float(curves.average_precision.curve.recall[point]),
        fpr=float(curves.auc.curve.fpr[point]),
        accuracy=(TP + TN) / n,
        always_negative=(TN + FP) / n,
        f=f,
        best=int(np.argmax(f)),
        signature=_sign(params, curves),
    )


def f_along(sweep: c.ThresholdTrace, beta: float) -> Floats:
    """F_β at every threshold: (point,), 0…1; 0 where nothing is predicted, as `f_beta` with zero_division 0."""
    TP, FP, FN = sweep.value[:, 1, 1], sweep.value[:, 0, 1], sweep.value[:, 1, 0]
    top = (1 + beta**2) * TP
    return np.asarray(top / (top + beta**2 * FN + FP))


@lru_cache(maxsize=16)
def _draw_curves(params: ThresholdParams) -> Curves:
    classifier = None
    if params.source == "digits":
        classifier = digits.classify_digits(params.digit, params.trained_on, 10.0**params.lg_strength)
        scores = classifier.probabilities
        truth = digits.load_digits().digits[classifier.images] == params.digit
    else:
        truth, scores = read_rows(params.file or params.rows)
    y = truth.astype(np.int64)
    share = float(truth.mean())
    is_moved = params.source == "digits" or params.is_moved
    prevalence = params.prevalence / 100 if is_moved and abs(params.prevalence / 100 - share) > 1e-9 else None
    sweep = c.sweep_thresholds(y, scores, prevalence=prevalence)
    are_probabilities = bool(scores.min() >= 0 and scores.max() <= 1)
    lo, hi = (0.0, 1.0) if are_probabilities else (float(scores.min()), float(scores.max()))

    def place(values: Floats) -> Floats:
        return (values - lo) / (hi - lo) if hi > lo else values - lo

    return Curves(
        is_positive=truth,
        scores=scores,
        positions=place(scores),
        marks=place(sweep.thresholds),
        lo=lo,
        hi=hi,
        sweep=sweep,
        auc=c.roc_auc(y, scores),
        average_precision=c.average_precision(y, scores, prevalence=prevalence),
        calibration=c.expected_calibration_error(y, scores, params.bins) if are_probabilities else None,
        brier=c.brier_score(y, scores) if are_probabilities else None,
        classifier=classifier,
    )


def _sign(params: ThresholdParams, curves: Curves) -> str:
    whose = f"own scores, {curves.n}"
    if curves.classifier:
        strength = f"λ={10.0**params.lg_strength:g}"
        whose = f"logistic regression, digit {params.digit}, n={params.trained_on}, {strength}, scored {curves.n}"
    return f"{whose} · t={params.threshold:g} · π={curves.prevalence:.3g} · β={params.beta:g} · numpy {np.__version__}"


# ---------------------------------------------------------------------------------------------------------------------
# Own rows

YES = frozenset({"1", "1.0", "+1", "true", "yes", "да"})
NO = frozenset({"0", "0.0", "-1", "false", "no", "нет"})


def read_rows(text: str) -> tuple[npt.NDArray[np.bool_], Floats]:
    """`label,score` lines → which are positive, and the scores: (example,) each.

    Fields stand apart by comma, semicolon or tab; with the last two a decimal comma is understood. A first line whose
    second field is no number is a header. Blank lines are skipped.

    Raises
    ------
    Refusal
        Names the line and the field that cannot be read, or says that there are no rows or more than `MAX_ROWS`.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    mark = next((sign for sign in "\t;," if lines and sign in lines[0][1]), ",")
    if lines and not _is_number(_split(lines[0][1], mark)[-1]) and len(_split(lines[0][1], mark)) == 2:
        lines = lines[1:]
    if not lines:
        raise Refusal(NO_ROWS)
    if len(lines) > MAX_ROWS:
        raise Refusal(TOO_MANY.format(n=len(lines), most=MAX_ROWS))
    truth, scores = np.empty(len(lines), dtype=bool), np.empty(len(lines))
    for at, (number, line) in enumerate(lines):
        fields = _split(line, mark)
        if len(fields) != 2:
            raise Refusal(NOT_TWO.format(row=number, n=len(fields)))
        label = fields[0].casefold()
        if label not in YES | NO:
            raise Refusal(NOT_A_LABEL.format(row=number, label=fields[0][:20]))
        if not _is_number(fields[1]):
            raise Refusal(NOT_A_SCORE.format(row=number, score=fields[1][:20]))
        truth[at], scores[at] = label in YES, _number(fields[1])
    if truth.all() or not truth.any():
        raise Refusal(ONE_CLASS.format(label=1 if truth.all() else 0))
    return truth, scores


def _split(line: str, mark: str) -> list[str]:
    return [field.strip().strip("\"'") for field in line.split(mark)]


def _number(words: str) -> float:
    try:
        return float(words.replace(",", ".").replace("−", "-"))
    except ValueError:
        return math.nan


def _is_number(words: str) -> bool:
    # Beyond 10¹⁰⁰ differences of scores overflow.
    return abs(_number(words)) < 1e100


NO_ROWS = Text(
    "There are no rows: write one “label,score” on each line, such as “1,0.83”.",
    "Нет ни одной строки: пишите по одной паре «метка,оценка» в строке, например «1;0,83».",
)
TOO_MANY = Text(
    "{n} rows are too many: take at most {most}, a random part of them will do.",
    "Слишком много строк: {n}. Возьмите не больше {most} — хватит и случайной части.",
)
NOT_TWO = Text(
    "Line {row} has {n} fields, not two: write the label, a comma and the score.",
    "Строка {row}: полей {n}, а нужно два — метка, запятая и оценка.",
)
NOT_A_LABEL = Text(
    "Line {row}: the label “{label}” is neither 1 nor 0 (yes and no will do, too).",
    "Строка {row}: метка «{label}» — не 1 и не 0 (можно и «да» или «нет»).",
)
NOT_A_SCORE = Text(
    "Line {row}: the score “{score}” is not a finite number.",
    "Строка {row}: оценка «{score}» — не конечное число.",
)
ONE_CLASS = Text(
    "All labels are {label}: the curves need at least one 1 and one 0.",
    "Все метки — {label}: для кривых нужны хотя бы одна 1 и хотя бы один 0.",
)


# ---------------------------------------------------------------------------------------------------------------------
# Reference and tables


def reference(trace: ThresholdLab) -> tuple[Check, ...]:
    """The classifier beside scikit-learn's, and all measures beside its metrics: one check, the largest difference."""
    found = [*_library_curves(trace.params.model_copy(update={"threshold": 0.5, "beta": 1.0})), _library_f(trace)]
    differences = [check.difference for check in found]
    worst = math.nan if any(map(math.isnan, differences)) else max(differences)
    names = "C(t), AUC, AP, ECE, Brier, F_β" if trace.curves.calibration else "C(t), AUC, AP, F_β"
    whole = Check(same(names), c.PACKAGE, found[0].version, worst, found[0].tolerance)
    classifier = trace.curves.classifier
    return (*(digits.reference(classifier) if classifier else ()), whole)


@lru_cache(maxsize=16)
def _library_curves(params: ThresholdParams) -> tuple[Check, ...]:
    curves = _draw_curves(params)
    found = [*c.reference(curves.sweep), *c.reference(curves.auc), *c.reference(curves.average_precision)]
    if curves.calibration and curves.brier:
        found += [*c.reference(curves.calibration), *c.reference(curves.brier)]
    return tuple(found)


def _library_f(trace: ThresholdLab) -> Check:
    from sklearn import metrics

    curves = trace.curves
    theirs = metrics.fbeta_score(
        curves.is_positive,
        curves.scores >= curves.sweep.thresholds[trace.point],
        beta=trace.params.beta,
        sample_weight=curves.sweep.weights,
        zero_division=0,
    )
    return c.compare_defined(same("fbeta_score"), c.PACKAGE, trace.f_here, theirs)


def tables(trace: ThresholdLab) -> tuple[Table, ...]:
    """The matrix, the measures at the threshold, the curves, the calibration and every score."""
    curves = trace.curves
    whole = {
        "threshold": trace.threshold,
        "prevalence": curves.prevalence,
        "precision": trace.precision,
        "recall": trace.recall,
        "FPR": trace.fpr,
        "F_beta": trace.f_here,
        "accuracy": trace.accuracy,
        "ROC AUC": curves.auc.value,
        "average precision": curves.average_precision.value,
    }
    if curves.calibration and curves.brier:
        whole |= {"ECE": curves.calibration.value, "Brier": curves.brier.value}
    along = (
        curves.sweep.thresholds,
        curves.auc.curve.fpr,
        curves.auc.curve.tpr,
        curves.average_precision.curve.precision,
        trace.f,
    )
    points = [str(k) for k in range(1, len(trace.f))]
    examples = [str(k + 1) for k in range(curves.n)]
    counts = np.array([[trace.TN, trace.FP], [trace.FN, trace.TP]])
    made = [
        Table("confusion", ["true 0", "true 1"], ["called 0", "called 1"], counts),
        Table("measures", ["value"], list(whole), np.array([list(whole.values())])),
        Table("curves", points, ["threshold", "FPR", "TPR", "precision", "F_beta"], np.stack(along, axis=1)[1:]),
        Table("examples", examples, ["label", "score"], np.stack([curves.is_positive, curves.scores], axis=1)),
    ]
    if curves.calibration:
        diagram = curves.calibration.reliability
        values = np.column_stack([diagram.edges[:-1], diagram.counts, diagram.forecast, diagram.observed])
        bins = [str(k + 1) for k in range(len(diagram.counts))]
        made.append(Table("calibration", bins, ["from", "count", "forecast", "observed"], values))
    return tuple(made)

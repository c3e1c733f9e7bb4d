"""Resampling before the split: the validation set has met its own copies.

    honest    split, then resample the training part; validation keeps its share π of the rare class
    balanced  split, then resample each part by itself: no copy crosses, but validation is half rare
    leaky     resample, then split: copies (or SMOTE's children) of one image stand on both sides
    in use    what the honest model gets on 800 images that nobody has touched, at the share π

All on handwritten digits (`core.foundations.imbalance_data`), pixels divided by 16 and nothing fitted beforehand. Each
of the repeats draws its own sample and its own split; 30 % validate. F₁ is that of the rare class. The nearest
neighbour (Cover and Hart 1967) says what the closest training image is; ties go to the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.foundations.imbalance_data import TwoClasses, load_digit
from core.foundations.imbalance_fit import fit
from core.foundations.imbalance_remedies import draw_over, draw_pairs, interpolate
from core.i18n import Lang, Text, same
from core.params import Choice, Params, Slider
from core.tables import Table
from core.verify import Check, compare

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Way = Literal["honest", "balanced", "leaky", "use"]

WAYS: tuple[Way, ...] = ("honest", "balanced", "leaky", "use")
REPEATS = 12
HELD_OUT = 0.3
STRENGTH = 1.0
SHOWN = 8

TITLES: dict[Way, Text] = {
    "honest": Text("split, then resample", "делим, потом дополняем"),
    "balanced": Text("each part resampled", "каждая часть отдельно"),
    "leaky": Text("resample, then split", "дополняем, потом делим"),
    "use": Text("in use", "на деле"),
}


class LeakParams(Params):
    """Which digit is rare, how the rare class is filled up, and who learns."""

    learner: Annotated[
        str,
        Choice(
            label=Text("Who learns", "Кто учится"),
            options={
                "nearest": Text("nearest neighbour", "ближайший сосед"),
                "logistic": Text("logistic regression", "логистическая регрессия"),
            },
        ),
    ] = "nearest"
    filling: Annotated[
        str,
        Choice(
            label=Text("Rare class filled up by", "Редкий класс дополняют"),
            options={"over": Text("copies", "копии"), "smote": same("SMOTE")},
        ),
    ] = "over"
    order: Annotated[
        str,
        Choice(
            label=Text("Neighbours shown for", "Соседи показаны, если"),
            options={
                "leaky": TITLES["leaky"],
                "honest": TITLES["honest"],
            },
        ),
    ] = "leaky"
    leak_digit: Annotated[int, Slider(label=Text("The rare digit", "Редкая цифра"), lo=0, hi=9, step=1)] = 8
    leak_share: Annotated[int, Slider(label=Text("Rare class, %", "Редкий класс, %"), lo=1, hi=30, step=1)] = 3
    leak_seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0


@dataclass(frozen=True)
class Side(Frozen):
    """One side of a split. X : (example, 64); y : (example,); origin : (example, 2) the rows an example comes from."""

    X: Floats
    y: Floats
    origin: Ints


@dataclass(frozen=True)
class Shown(Frozen):
    """Validation images of the rare digit beside their nearest training image.

    images, nearest : (shown, 64) 0…1; distances : (shown,) Euclidean
    """

    images: Floats
    nearest: Floats
    distances: Floats


@dataclass(frozen=True)
class LeakTrace(Frozen):
    """All repeats.

    scores, precision, recall : (repeat, way) F₁, precision, recall of the rare class, 0…1
    met : (repeat, way) share of the rare validation examples that have a parent in common with a training example
    sizes : (way, 2) rare and all validation examples of the first repeat
    first_truth, first_answers : (example,) the leaky way's first repeat
    """

    params: LeakParams
    scores: Floats
    precision: Floats
    recall: Floats
    met: Floats
    sizes: Ints
    shown: Shown
    first_truth: Floats
    first_answers: Floats
    signature: str


def run(params: LeakParams) -> LeakTrace:
    """Repeat the three ways of validating and the one of using."""
    table = load_digit(params.leak_digit)
    y_test = table.is_rare[table.test].astype(np.float64)
    measures = np.zeros((REPEATS, len(WAYS), 3))
    met = np.zeros((REPEATS, len(WAYS)))
    sizes = np.zeros((len(WAYS), 2), dtype=np.int64)
    shown: Shown | None = None
    first: tuple[Floats, Floats] | None = None
    for repeat in range(REPEATS):
        rng = np.random.default_rng([params.leak_seed, repeat])
        whole = _draw(table, params.leak_share / 100, rng)
        left, right = _split(whole, rng)
        grown = fill(left, params.filling, rng)
        sides: dict[Way, tuple[Side, Side]] = {
            "honest": (grown, right),
            "balanced": (grown, fill(right, params.filling, rng)),
            "leaky": _split(fill(whole, params.filling, rng), rng),
            "use": (grown, Side(table.X[table.test], y_test, np.stack([table.test, table.test], axis=1))),
        }
        for k, way in enumerate(WAYS):
            training, checked = sides[way]
            answers = answer(training, checked.X, params.learner)
            share = float(whole.y.mean()) if way == "use" else float(checked.y.mean())
            measures[repeat, k] = score(checked.y, answers, share)
            met[repeat, k] = share_met(training, checked)
            if repeat == 0:
                sizes[k] = checked.y.sum(), len(checked.y)
                if way == params.order:
                    shown = _show(training, checked)
                if way == "leaky":
                    first = checked.y, answers
    assert shown is not None
    assert first is not None
    return LeakTrace(
        params=params,
        scores=measures[:, :, 0],
        precision=measures[:, :, 1],
        recall=measures[:, :, 2],
        met=met,
        sizes=sizes,
        shown=shown,
        first_truth=first[0],
        first_answers=first[1],
        signature=f"digits, “{params.leak_digit}” · {params.learner} · {params.filling} · "
        f"{REPEATS} repeats · validation {HELD_OUT:.0%} · seed={params.leak_seed} · numpy {np.__version__}",
    )


def _draw(table: TwoClasses, share: float, rng: np.random.Generator) -> Side:
    rare = rng.permutation(table.pool[table.is_rare[table.pool]])
    common = table.pool[~table.is_rare[table.pool]]
    n_rare = max(4, min(len(rare), round(share / (1 - share) * len(common))))
    n_common = min(len(common), round(n_rare * (1 - share) / share))
    rows = np.sort(np.concatenate([rare[:n_rare], rng.permutation(common)[:n_common]]))
    return Side(table.X[rows], table.is_rare[rows].astype(np.float64), np.stack([rows, rows], axis=1))


def _split(part: Side, rng: np.random.Generator) -> tuple[Side, Side]:
    """Training and validation side, each class cut at the same share."""
    held = np.zeros(len(part.y), dtype=bool)
    for kind in (0, 1):
        rows = rng.permutation(np.flatnonzero(part.y == kind))
        held[rows[: max(1, round(HELD_OUT * len(rows)))]] = True
    return _take(part, np.flatnonzero(~held)), _take(part, np.flatnonzero(held))


def _take(part: Side, rows: Ints) -> Side:
    return Side(part.X[rows], part.y[rows], part.origin[rows])


def fill(part: Side, filling: str, rng: np.random.Generator) -> Side:
    """The rare class filled up to the size of the common one, by copies or by SMOTE (5 neighbours).

    SMOTE needs two rare examples; a part with a single one is filled with its copies.
    """
    if filling == "smote" and part.y.sum() > 1:
        pairs, mixes = draw_pairs(part.X, part.y, 5, rng)
        return Side(
            np.vstack([part.X, interpolate(part.X, pairs, mixes)]),
            np.append(part.y, np.ones(len(pairs))),
            np.vstack([part.origin, part.origin[pairs, 0]]),
        )
    return _take(part, np.repeat(np.arange(len(part.y)), draw_over(part.y, rng).astype(np.int64)))


def answer(training: Side, X: Floats, learner: str) -> Floats:
    """1 where the learner says rare: (example,)."""
    if learner == "nearest":
        return training.y[find_nearest(training.X, X)]
    model = fit(training.X, training.y, np.ones(len(training.y)), STRENGTH)
    return (model.logits(X) >= 0).astype(np.float64)


def find_nearest(known: Floats, X: Floats) -> Ints:
    """The row of `known` nearest to each row of X, the first one of equals: (example,)."""
    distances = (known**2).sum(1)[None, :] - 2 * X @ known.T
    # Equal images must tie exactly, whatever the order of the additions.
    return np.asarray(np.round(distances, 9).argmin(1))


def score(y: Floats, answers: Floats, share: float) -> tuple[float, float, float]:
    """F₁, precision and recall of the rare class when it makes up `share` of the population; 0 where undefined."""
    tpr, fpr = float(answers[y == 1].mean()), float(answers[y == 0].mean())
    TP, FP, FN = share * tpr, (1 - share) * fpr, share * (1 - tpr)
    return 2 * TP / (2 * TP + FP + FN), TP / (TP + FP) if TP + FP else 0.0, tpr


def share_met(training: Side, checked: Side) -> float:
    """The share of rare validation examples with a parent that also stands, or has a child, in the training part."""
    known = np.unique(training.origin[training.y == 1])
    rare = checked.origin[checked.y == 1]
    return float(np.isin(rare, known).any(1).mean())


def _show(training: Side, checked: Side) -> Shown:
    rare = np.flatnonzero(checked.y == 1)
    # Different images, not eight copies of one.
    _, firsts = np.unique(checked.X[rare].round(6), axis=0, return_index=True)
    images = checked.X[rare[np.sort(firsts)[:SHOWN]]]
    nearest = training.X[find_nearest(training.X, images)]
    return Shown(images, nearest, np.sqrt(((images - nearest) ** 2).sum(1)))


def reference(trace: LeakTrace) -> tuple[Check, ...]:
    """F₁ of the leaky way, first repeat, by scikit-learn; and its own learner on the same sides."""
    from sklearn import metrics
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier

    params = trace.params
    table = load_digit(params.leak_digit)
    rng = np.random.default_rng([params.leak_seed, 0])
    training, checked = _split(fill(_draw(table, params.leak_share / 100, rng), params.filling, rng), rng)
    if params.learner == "nearest":
        model = KNeighborsClassifier(n_neighbors=1, algorithm="brute")
    else:
        model = LogisticRegression(C=1 / STRENGTH, solver="newton-cholesky", tol=1e-10, max_iter=300)
    model.fit(training.X, training.y)
    ours = answer(training, checked.X, params.learner)
    theirs = metrics.f1_score(trace.first_truth, trace.first_answers)
    return (
        compare(same(type(model).__name__), "scikit-learn", ours, model.predict(checked.X), 0.0),
        compare(same("F₁"), "scikit-learn", trace.scores[0, WAYS.index("leaky")], theirs, 1e-12),
    )


def tables(trace: LeakTrace) -> tuple[Table, ...]:
    """F₁, precision, recall and the share of known examples of every repeat."""
    rows = [str(k + 1) for k in range(REPEATS)]
    return (
        Table("F1", rows, list(WAYS), trace.scores),
        Table("precision", rows, list(WAYS), trace.precision),
        Table("recall", rows, list(WAYS), trace.recall),
        Table("share met in training", rows, list(WAYS), trace.met),
    )


MEAN = Text("mean of {n} repeats: ", "среднее по {n} повторам: ")
KNOWN = Text(
    "   of the rare validation examples have a twin or a parent in training",
    "   редких примеров проверки имеют близнеца или родителя в обучении",
)
INFLATED = Text("the leak promises too much by ", "утечка обещает лишнего ")
SHIFT = Text("   of it by the changed share alone ", "   из них одна лишь смена доли даёт ")


def explain(trace: LeakTrace, lang: Lang) -> tuple[Formula, ...]:
    """What each way promised, and how much of it is the leak."""
    honest, balanced, leaky, use = (float(v) for v in trace.scores.mean(0))
    known = float(trace.met[:, WAYS.index("leaky")].mean())
    return (
        tuple(
            part
            for k, way in enumerate(WAYS)
            for part in (
                Part(("" if k else MEAN.format(n=REPEATS).get(lang)) + f"F₁({TITLES[way].get(lang)}) = "),
                number(float(trace.scores[:, k].mean()), kind="result" if way == "leaky" else "number"),
                say("   "),
            )
        ),
        (
            say(INFLATED.get(lang)),
            number(leaky),
            say(" − "),
            number(use),
            say(" = "),
            number(leaky - use, kind="result"),
            quiet(SHIFT.get(lang)),
            number(balanced - honest),
        ),
        (number(100 * known, 1), say(" %"), quiet(KNOWN.get(lang))),
    )

"""Real tables with two classes, one of them made as rare as wanted.

    X_pool, X_test  features: principal components of the training examples, in units of their overall spread
    share           π, the part of the rare class among the training examples

Digits: the images of `core.metrics.digits` (Alpaydin and Kaynak 1998), one digit against the other nine; the first 80
of every digit are kept for testing. Tumours: Wolberg, Street and Mangasarian's "Breast Cancer Wisconsin (Diagnostic)"
(UCI, 1995), 30 measurements of 569 tumours, malignant against benign; every second one of each class tests. Both ship
with scikit-learn and are read from its files. Own tables: every second row of each class is kept.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen, freeze
from core.errors import Refusal
from core.i18n import Text, same
from core.metrics.digits import SCORED, load_digits

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MAX_ROWS = 2_000
MAX_COLUMNS = 30
MAX_PASTED = 4_000
MAX_FILE = 400_000
FEWEST = 4  # rows of a class: two that train and two that test


@dataclass(frozen=True)
class TwoClasses(Frozen):
    """A table of two classes, split once and for all.

    X : (row, column) as measured; is_rare : (row,); pool, test : rows that may train, rows that are scored
    pixels : (row, 64) 0…16 for images, else None; names : the rare class and the other one
    """

    X: Floats
    is_rare: npt.NDArray[np.bool_]
    pool: Ints
    test: Ints
    pixels: npt.NDArray[np.uint8] | None
    names: tuple[Text, Text]


@dataclass(frozen=True)
class Sample(Frozen):
    """What trains: all of the common class and as many of the rare one as the share allows, or the other way round.

    rows : (train,) rows of the table; Z, Z_test : principal components (train, k), (test, k); y, y_test : 1 is rare
    axes : (k, column) the components; mean, spread, scale : Z = ((X − mean)/spread)·axesᵀ/scale
    """

    table: TwoClasses
    rows: Ints
    Z: Floats
    y: Floats
    Z_test: Floats
    y_test: Floats
    axes: Floats
    mean: Floats
    spread: Floats
    scale: float

    @property
    def share(self) -> float:
        """π of the training examples."""
        return float(self.y.mean())


@cache
def load_digit(digit: int) -> TwoClasses:
    """One digit against the other nine."""
    data = load_digits()
    by_digit = [np.flatnonzero(data.digits == k) for k in range(10)]
    test = np.sort(np.concatenate([rows[:SCORED] for rows in by_digit]))
    pool = np.setdiff1d(np.arange(len(data.digits)), test)
    name = Text("“{d}”", "«{d}»").format(d=digit)
    other = Text("not “{d}”", "не «{d}»").format(d=digit)
    return TwoClasses(data.pixels / 16.0, data.digits == digit, pool, test, data.pixels, (name, other))


@cache
def load_tumours() -> TwoClasses:
    """Malignant tumours against benign ones, read from scikit-learn's file without importing it."""
    spec = find_spec("sklearn")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).parent / "datasets" / "data" / "breast_cancer.csv"
    with path.open(encoding="ascii", newline="") as file:
        rows = list(csv.reader(file))[1:]
    table = np.array([[float(value) for value in row] for row in rows])
    is_rare = table[:, -1] == 0
    names = (Text("malignant", "злокачественная"), Text("benign", "доброкачественная"))
    return TwoClasses(table[:, :-1], is_rare, *_halves(is_rare), None, names)


def _halves(is_rare: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Every second row of each class trains; the others test."""
    classes = (np.flatnonzero(is_rare), np.flatnonzero(~is_rare))
    return (
        np.sort(np.concatenate([rows[::2] for rows in classes])),
        np.sort(np.concatenate([rows[1::2] for rows in classes])),
    )


@lru_cache(maxsize=8)
def read_table(text: str) -> TwoClasses:
    """`label,number,number,…` lines → a table; the rarer of the two labels is the rare class.

    Fields stand apart by comma, semicolon or tab; with the last two a decimal comma is understood. A first line whose
    last field is no number is a header.

    Raises
    ------
    Refusal
        Names the line that cannot be read, or says what the whole table lacks.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    mark = next((sign for sign in "\t;," if lines and sign in lines[0][1]), ",")
    if lines and not math.isfinite(_number(lines[0][1].split(mark)[-1])):
        lines = lines[1:]
    if not lines:
        raise Refusal(NO_ROWS)
    if len(lines) > MAX_ROWS:
        raise Refusal(TOO_MANY.format(n=len(lines), most=MAX_ROWS))
    width = lines[0][1].count(mark)
    if not 1 <= width <= MAX_COLUMNS:
        raise Refusal(NO_COLUMNS.format(row=lines[0][0], n=width, most=MAX_COLUMNS))
    labels, X = [], np.empty((len(lines), width))
    for at, (number, line) in enumerate(lines):
        label, *fields = (field.strip().strip("\"'") for field in line.split(mark))
        if len(fields) != width:
            raise Refusal(UNEQUAL.format(row=number, n=len(fields), first=width))
        X[at] = [_number(field) for field in fields]
        if not np.isfinite(X[at]).all():
            raise Refusal(NOT_A_NUMBER.format(row=number))
        labels.append(label[:40])
    found = sorted(set(labels), key=lambda name: (labels.count(name), name))
    if len(found) != 2:
        raise Refusal(NOT_TWO.format(n=len(found)))
    if labels.count(found[0]) < FEWEST:
        raise Refusal(TOO_FEW.format(label=found[0], n=labels.count(found[0]), fewest=FEWEST))
    if not X.std(0).any():
        raise Refusal(ALL_ALIKE)
    is_rare = np.array([label == found[0] for label in labels])
    return TwoClasses(X, is_rare, *_halves(is_rare), None, (same(found[0]), same(found[1])))


def _number(words: str) -> float:
    try:
        value = float(words.strip().strip("\"'").replace(",", ".").replace("−", "-"))
    except ValueError:
        return math.nan
    # Beyond 10⁵⁰ squares overflow.
    return value if abs(value) < 1e50 else math.nan


def draw_sample(table: TwoClasses, share: float, components: int, seed: int) -> Sample:
    """Training examples of which `share` (0…1) are of the rare class, at least two of each class.

    As many as the pool has: when the rare class is too small for the share, the common class is cut.
    Principal components are those of the drawn examples; labels take no part in them.
    """
    rng = np.random.default_rng(seed)
    rare = rng.permutation(table.pool[table.is_rare[table.pool]])
    common = rng.permutation(table.pool[~table.is_rare[table.pool]])
    odds = share / (1 - share)
    n_rare = max(2, min(len(rare), round(odds * len(common))))
    n_common = max(2, min(len(common), round(n_rare / odds)))
    rows = np.sort(np.concatenate([rare[:n_rare], common[:n_common]]))
    mean = table.X[rows].mean(0)
    if table.pixels is not None:
        spread = np.ones(table.X.shape[1])
    else:
        # A column that never changes says nothing; dividing by 1 leaves it at 0.
        deviation = table.X[rows].std(0)
        spread = np.where(deviation > 1e-12 * (1 + np.abs(mean)), deviation, 1.0)
    _, s, Vt = np.linalg.svd((table.X[rows] - mean) / spread, full_matrices=False)
    k = min(components, len(s))
    # Of an axis and its mirror image, the one whose largest entry is positive.
    axes = Vt[:k] * np.sign(Vt[np.arange(k), np.abs(Vt[:k]).argmax(1)])[:, None]
    Z = (table.X[rows] - mean) / spread @ axes.T
    scale = float(Z.std()) or 1.0
    Z_test = np.clip((table.X[table.test] - mean) / spread @ axes.T / scale, -1e6, 1e6)
    y = table.is_rare.astype(np.float64)
    return Sample(table, rows, Z / scale, y[rows], Z_test, y[table.test], freeze(axes), mean, spread, scale)


NO_ROWS = Text(
    "There are no rows: write a label and its numbers on each line, such as “yes,0.4,1.7”.",
    "Нет ни одной строки: в каждой пишите метку и её числа, например «да;0,4;1,7».",
)
TOO_MANY = Text(
    "{n} rows are too many: take at most {most}, a random part of them will do.",
    "Слишком много строк: {n}. Возьмите не больше {most} — хватит и случайной части.",
)
NO_COLUMNS = Text(
    "Line {row} has {n} numbers after the label: from 1 to {most} can be used.",
    "Строка {row}: чисел после метки {n}, а можно от 1 до {most}.",
)
UNEQUAL = Text(
    "Line {row} has {n} numbers and the first one has {first}: all lines need the same columns.",
    "Строка {row}: чисел {n}, а в первой {first}. Столбцы во всех строках должны быть одни и те же.",
)
NOT_A_NUMBER = Text(
    "Line {row} has something after the label that is not a finite number.",
    "Строка {row}: после метки стоит что-то, кроме конечных чисел.",
)
NOT_TWO = Text(
    "There are {n} different labels in the first column, and this lab compares exactly two.",
    "Разных меток в первом столбце {n}, а эта лаборатория сравнивает ровно две.",
)
TOO_FEW = Text(
    "The label “{label}” has {n} rows: at least {fewest} are needed, half of them for testing.",
    "У метки «{label}» строк {n}, а нужно хотя бы {fewest}: половина уходит на проверку.",
)
ALL_ALIKE = Text(
    "All rows have the same numbers: there is nothing to tell the classes apart by.",
    "Во всех строках одни и те же числа: различать классы не по чему.",
)

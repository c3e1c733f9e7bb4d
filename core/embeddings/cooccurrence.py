"""Counting who stands near whom: the matrix that GloVe is fitted to, cell by cell.

    V       words of the vocabulary, most frequent first
    X       (V, V) X_ij: how often word j stands near word i (Pennington, Socher, Manning 2014, section 3)
    X_i     Σ_k X_ik
    P_ij    X_ij / X_i, the probability that j stands near i
    d       words between two places, 1 for neighbours; a pair adds 1/d, or 1 when distance does not count (section 4.2)

A window never crosses the end of a sentence. It reaches to both sides when it is symmetric, else only to the left.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Lang, Text
from core.params import Params, Slider, Switch, Words
from core.tables import Table
from core.verify import Check, compare

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Sentences = tuple[tuple[str, ...], ...]

ENDS = re.compile(r"[.!?…\n]+")
WORD = re.compile(r"\w+(?:[-'’]\w+)*")
DRAWN = 24
EXAMPLE = Text(
    "The cat sat by the window. The dog sat by the door. The cat looked at the dog.",
    "Кошка сидела у окна. Собака сидела у двери. Кошка смотрела на дверь, собака смотрела на кошку.",
)
NO_PAIRS = Text(
    "There is nobody to stand near: write at least two words into one sentence.",
    "Рядом никого нет: напишите в одном предложении хотя бы два слова.",
)


class CountParams(Params):
    """A text and a window."""

    text: Annotated[str, Words(label=Text("Text", "Текст"), max_chars=600, example=EXAMPLE, is_wide=True)] = EXAMPLE.en
    reach: Annotated[
        int,
        Slider(
            label=Text("Window", "Окно"),
            lo=1,
            hi=8,
            step=1,
            help=Text("Words to each side of the centre.", "Слов в каждую сторону от центра."),
        ),
    ] = 3
    is_near_more: Annotated[
        bool,
        Switch(
            label=Text("A word d places away counts 1/d", "Слово через d мест даёт 1/d"),
            help=Text("Off: every word in the window counts 1.", "Выключено: каждое слово в окне даёт 1."),
        ),
    ] = True
    is_symmetric: Annotated[
        bool,
        Switch(
            label=Text("Both sides", "В обе стороны"),
            help=Text("Off: only what stands to the left.", "Выключено: только то, что стоит слева."),
        ),
    ] = True


@dataclass(frozen=True)
class CountTrace(Frozen):
    """words : of the text in order (n); sentence : the number of each one's sentence (n); ids : its row in X (n)

    centre, context : places in the text, one row a counted pair in the order of the sweep (m)
    amount : what the pair adds to X (m)
    """

    params: CountParams
    words: tuple[str, ...]
    sentence: Ids
    ids: Ids
    vocabulary: tuple[str, ...]
    centre: Ids
    context: Ids
    amount: Array
    X: Array
    signature: str


def read_text(text: str) -> Sentences:
    """Sentences of lower-case words; signs are dropped."""
    cut = (tuple(WORD.findall(part.lower())) for part in ENDS.split(text))
    return tuple(words for words in cut if words)


def vocabulary_of(sentences: Sentences, least: int = 1, most: int | None = None) -> tuple[str, ...]:
    """Words that stand at least `least` times, at most `most` of them: most frequent first, then as they came."""
    counts = Counter(word for sentence in sentences for word in sentence)
    return tuple(word for word, n in counts.most_common(most) if n >= least)


def place(sentences: Sentences, vocabulary: Sequence[str]) -> tuple[Ids, Ids]:
    """The row and the sentence of each word; words outside the vocabulary leave no gap."""
    row = {word: k for k, word in enumerate(vocabulary)}
    kept = [(row[word], k) for k, sentence in enumerate(sentences) for word in sentence if word in row]
    both = np.array(kept, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def pairs(sentence: Ids, window: int, *, is_symmetric: bool) -> tuple[Ids, Ids]:
    """Places (centre, context) of every counted pair, centre by centre, left to right: (m,), (m,)."""
    n = len(sentence)
    found = []
    for d in range(1, min(window, n - 1) + 1):
        left = np.flatnonzero(sentence[d:] == sentence[:-d])
        found.append((left + d, left))
        if is_symmetric:
            found.append((left, left + d))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    centre, context = (np.concatenate([one[k] for one in found]) for k in (0, 1))
    order = np.lexsort((context, centre))
    return centre[order], context[order]


def count(ids: Ids, sentence: Ids, size: int, window: int, *, is_near_more: bool, is_symmetric: bool) -> Array:
    """X (size, size)."""
    centre, context = pairs(sentence, window, is_symmetric=is_symmetric)
    X = np.zeros((size, size))
    np.add.at(X, (ids[centre], ids[context]), amounts(centre, context, is_near_more=is_near_more))
    return X


def amounts(centre: Ids, context: Ids, *, is_near_more: bool) -> Array:
    """1/d, or 1."""
    return 1.0 / np.abs(centre - context) if is_near_more else np.ones(len(centre))


def run(params: CountParams) -> CountTrace:
    """Sweep the window over the text.

    Raises
    ------
    Refusal
        If no two words share a sentence.
    """
    sentences = read_text(params.text)
    vocabulary = vocabulary_of(sentences)
    ids, sentence = place(sentences, vocabulary)
    centre, context = pairs(sentence, params.reach, is_symmetric=params.is_symmetric)
    if not len(centre):
        raise Refusal(NO_PAIRS)
    amount = amounts(centre, context, is_near_more=params.is_near_more)
    X = np.zeros((len(vocabulary), len(vocabulary)))
    np.add.at(X, (ids[centre], ids[context]), amount)
    return CountTrace(
        params=params,
        words=tuple(word for one in sentences for word in one),
        sentence=sentence,
        ids=ids,
        vocabulary=vocabulary,
        centre=centre,
        context=context,
        amount=amount,
        X=X,
        signature=f"{len(ids)} words · V={len(vocabulary)} · window={params.reach} · "
        f"{'1/d' if params.is_near_more else '1'} · {'symmetric' if params.is_symmetric else 'left'} · "
        f"float64 · numpy {np.__version__}",
    )


def by_product(words: Sequence[str], sentence: Ids, vocabulary: Sequence[str], band: Array) -> Array:
    """X as a product: PᵀBP with P the one-hot places of scikit-learn's CountVectorizer and B the window (n, n)."""
    from sklearn.feature_extraction.text import CountVectorizer

    P = CountVectorizer(analyzer=lambda word: [word], vocabulary=list(vocabulary)).transform(words)
    return np.asarray(P.T @ (P.T @ (band * (sentence[:, None] == sentence)).T).T)


def window_matrix(n: int, window: int, *, is_near_more: bool, is_symmetric: bool) -> Array:
    """B (n, n): what a pair of places adds when centre stands in the row and context in the column."""
    d = np.arange(n)[:, None] - np.arange(n)
    inside = (np.abs(d) <= window) & (d != 0) if is_symmetric else (d > 0) & (d <= window)
    return np.where(inside, 1.0 / np.maximum(np.abs(d), 1) if is_near_more else 1.0, 0.0)


def reference(trace: CountTrace) -> tuple[Check, ...]:
    """X beside the product of one-hot matrices."""
    p = trace.params
    band = window_matrix(len(trace.words), p.reach, is_near_more=p.is_near_more, is_symmetric=p.is_symmetric)
    theirs = by_product(trace.words, trace.sentence, trace.vocabulary, band)
    what = Text("X as a product of one-hot matrices", "X как произведение one-hot матриц")
    return (compare(what, "scikit-learn", trace.X, theirs, 1e-10),)


def tables(trace: CountTrace) -> tuple[Table, ...]:
    """X with its words."""
    return (Table("X", trace.vocabulary, trace.vocabulary, trace.X),)


def explain(trace: CountTrace, row: int, col: int, lang: Lang) -> tuple[Formula, ...]:
    """X_ij meeting by meeting, X_i and P_ij."""
    i, j = trace.vocabulary[row], trace.vocabulary[col]
    met = np.flatnonzero((trace.ids[trace.centre] == row) & (trace.ids[trace.context] == col))
    parts: list[Part] = [say(f"X({i}, {j}) = ")]
    for n, k in enumerate(met[:16]):
        d = abs(int(trace.centre[k] - trace.context[k]))
        parts += [say(" + " if n else ""), Part(f"1/{d}" if trace.params.is_near_more and d > 1 else "1", "number")]
    if len(met) > 16:
        parts.append(say(" + …"))
    total = float(trace.X[row, col])
    parts += [say(" = "), number(total, 3, "result")] if len(met) else [number(0, 0, "result")]
    told = Text("   meetings: {n}", "   встреч: {n}") if len(met) else NEVER
    parts.append(quiet(told.format(n=len(met)).get(lang)))
    sum_i = float(trace.X[row].sum())
    formulas: list[Formula] = [tuple(parts)]
    if sum_i:
        formulas.append(
            (
                say(f"P({j} | {i}) = X({i}, {j}) / X({i}) = "),
                number(total),
                say(" / "),
                number(sum_i),
                say(" = "),
                number(total / sum_i, 3, "result"),
            )
        )
    mirrored = float(trace.X[col, row])
    formulas.append((say(f"X({j}, {i}) = "), number(mirrored), quiet((SAME if mirrored == total else OTHER).get(lang))))
    return tuple(formulas)


NEVER = Text(
    "   they never met: log 0 is −∞, so f(0) = 0 has to take this cell out of the sum",
    "   не встретились: log 0 = −∞, поэтому f(0) = 0 убирает эту клетку из суммы",
)
SAME = Text("   the mirrored cell is the same", "   зеркальная клетка такая же")
OTHER = Text(
    "   the mirrored cell differs: the window looks only to the left", "   зеркальная клетка другая: окно смотрит влево"
)

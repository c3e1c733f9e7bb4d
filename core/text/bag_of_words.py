"""A text as the bag of its terms: counts, TF, IDF, TF-IDF and the cosine of two bags.

Symbols: d a document, one of N; t a term of the vocabulary V, all terms of the documents.

    c(t, d)    how often t stands in d                        (row, term), whole numbers
    tf(t, d)   a function of c(t, d): see `term_frequencies`  (row, term)
    df(t)      in how many documents t stands                 (term,), 1 … N
    idf(t)     a function of N and df(t): see `inverse_document_frequencies`; logarithms are natural
    w(t, d)    tf(t, d)·idf(t)                                (row, term)
    cos(a, b)  a·b / (‖a‖·‖b‖), 0 when either is zero

Salton, Wong and Yang 1975, "A Vector Space Model for Automatic Indexing"; Spärck Jones 1972, "A Statistical
Interpretation of Term Specificity", for idf. Terms are cut and counted as scikit-learn's `CountVectorizer` does it, and
the smooth idf is that of its `TfidfTransformer`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Kind = Literal["words", "chars"]
Frequency = Literal["share", "count", "log", "binary"]
Inverse = Literal["textbook", "plus", "smooth", "none"]

WORD = re.compile(r"\w+")
SPACES = re.compile(r"\s\s+")
CYRILLIC = re.compile("[а-яё]")
_MOST_TEXTS_HAVE = """
a an and are as at be been but by did do does for from had has have he her him his how i if in is it its me my no
nor not of on or our she so than that the their them then there these they this those to us was we were what when
where which who why will with you your
а бы был была были было быть в вас вам во вот вы где да для до его ее её если есть ещё же за и из или им их к как
ко ли мне мой мы на над не него неё нет ни них но о об он она они оно от по под при про с со так там то тот тут ты у
уже чем что чтобы это этот эта эти я
"""
# Negations are among them, as in the lists in common use.
STOP_WORDS: frozenset[str] = frozenset(_MOST_TEXTS_HAVE.split())


class Unit(NamedTuple):
    """One occurrence of a term: `text[start:end]` of the text in lower case is what it was made from."""

    term: str
    start: int
    end: int


def cut_words(
    text: str, *, shortest: int = 1, is_stopped: bool = False, stem: Callable[[str], str] | None = None
) -> list[Unit]:
    """The words of `text` in lower case: runs of letters, digits and underscores, at least `shortest` of them long.

    is_stopped : words of `STOP_WORDS` are left out
    stem : what each word that stays is replaced by
    """
    found = [Unit(m[0], m.start(), m.end()) for m in WORD.finditer(text.lower()) if len(m[0]) >= shortest]
    if is_stopped:
        found = [unit for unit in found if unit.term not in STOP_WORDS]
    return found if stem is None else [unit._replace(term=stem(unit.term)) for unit in found]


def cut_chars(text: str) -> list[Unit]:
    """The characters of `text` in lower case, spaces among them; several spaces in a row are one."""
    return [Unit(c, i, i + 1) for i, c in enumerate(SPACES.sub(" ", text.lower()))]


def join_ngrams(units: Sequence[Unit], sizes: Iterable[int], between: str) -> list[Unit]:
    """All runs of n neighbouring units for each n of `sizes`, their terms joined by `between`.

    >>> [u.term for u in join_ngrams(cut_words("New York is new"), (2,), " ")]
    ['new york', 'york is', 'is new']
    """
    return [
        Unit(between.join(u.term for u in units[i : i + n]), units[i].start, units[i + n - 1].end)
        for n in sizes
        for i in range(len(units) - n + 1)
    ]


@cache
def snowball(word: str) -> str:
    """The Snowball stem of a word in lower case: Russian when it has a Russian letter, else English."""
    return _stemmer("russian" if CYRILLIC.search(word) else "english")(word)


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    from nltk.stem.snowball import SnowballStemmer

    stem: Callable[[str], str] = SnowballStemmer(language).stem
    return stem


def list_terms(documents: Iterable[Sequence[Unit]]) -> tuple[str, ...]:
    """The vocabulary V in order of first appearance."""
    return tuple(dict.fromkeys(unit.term for units in documents for unit in units))


def count_terms(rows: Sequence[Sequence[Unit]], terms: Sequence[str]) -> Ints:
    """c(t, d): (row, term). Terms outside of the vocabulary are not counted."""
    counts = np.zeros((len(rows), len(terms)), dtype=np.int64)
    place = {term: j for j, term in enumerate(terms)}
    for i, units in enumerate(rows):
        for term, n in Counter(unit.term for unit in units).items():
            if term in place:
                counts[i, place[term]] = n
    return counts


def term_frequencies(counts: Ints, kind: Frequency) -> Floats:
    """tf of every count: (row, term) → (row, term).

    "count" c; "share" c / Σ c over the row, 0…1; "log" 1 + ln c where c > 0, else 0; "binary" 1 where c > 0, else 0.
    """
    c = counts.astype(np.float64)
    if kind == "share":
        return np.asarray(c / np.maximum(c.sum(axis=1, keepdims=True), 1.0))
    if kind == "log":
        return np.where(c > 0, 1.0 + np.log(np.maximum(c, 1.0)), 0.0)
    return np.asarray(c > 0, dtype=np.float64) if kind == "binary" else c


def document_frequencies(counts: Ints) -> Ints:
    """df: how many rows have the term, (row, term) → (term,)."""
    return np.asarray((counts > 0).sum(axis=0), dtype=np.int64)


def inverse_document_frequencies(df: Ints, N: int, kind: Inverse) -> Floats:
    """idf of terms that stand in `df` of `N` documents, df ≥ 1.

    "textbook" ln(N / df), from 0; "plus" ln(N / df) + 1; "smooth" ln((1 + N) / (1 + df)) + 1; "none" 1.
    """
    if kind == "none":
        return np.ones(df.shape)
    if kind == "smooth":
        return np.asarray(np.log((1.0 + N) / (1.0 + df)) + 1.0)
    return np.asarray(np.log(N / df) + (kind == "plus"))


def lengths(A: Floats) -> Floats:
    """‖a‖ of every row: (row, term) → (row,)."""
    return np.asarray(np.sqrt((A * A).sum(axis=1)))


def unit_rows(A: Floats) -> Floats:
    """Every row divided by its length; a row of zeros stays as it is."""
    norms = lengths(A)
    return np.asarray(A / np.where(norms > 0, norms, 1.0)[:, None])


def cosines(A: Floats, B: Floats) -> Floats:
    """cos of every row of A with every row of B: (a, term), (b, term) → (a, b); 0 where a row is zero."""
    return np.asarray(unit_rows(A) @ unit_rows(B).T)


def rank(scores: Floats) -> tuple[int, ...]:
    """Places of the scores, largest first; equal ones keep their order. What rounding alone tells apart is equal."""
    return tuple(int(i) for i in np.argsort(-np.round(scores, 12), kind="stable"))

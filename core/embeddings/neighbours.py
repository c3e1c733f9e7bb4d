"""What is near a word: its neighbours in the real vectors, and one cosine term by term.

a, b      two vectors                                                    (dim,)
cos       (Σ a_j·b_j) / (|a|·|b|), −1 … 1
term_j    a_j·b_j / (|a|·|b|): the terms sum to the cosine               (dim,)

A cosine has no scale of its own: 0.6 is far in one space and very near in another. So every cosine is shown with its
place among the cosines of the word with the whole vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, number, quiet, say, sum_of_products
from core.arrays import Frozen
from core.embeddings.lookup import need, unit, vectors_for
from core.embeddings.projection import principal
from core.i18n import Lang, Text
from core.params import Levels, Params, Slider, Words
from core.tables import Table
from core.verify import Check, compare

Floats = npt.NDArray[np.float64]
BINS = 80


class NearParams(Params):
    """A word, and a second one that it is compared with."""

    near_word: Annotated[
        str,
        Words(
            label=Text("Word", "Слово"),
            max_chars=40,
            example=Text("king", "король"),
            is_wide=True,
            help=Text(
                "Latin letters ask GloVe, Cyrillic ones navec.", "Латиница — вопрос к GloVe, кириллица — к navec."
            ),
        ),
    ] = "king"
    near_other: Annotated[
        str,
        Words(
            label=Text("compared with", "сравнить со словом"),
            max_chars=40,
            example=Text("queen", "королева"),
            is_wide=True,
        ),
    ] = "queen"
    near_k: Annotated[int, Slider(label=Text("Neighbours", "Соседей"), lo=5, hi=40, step=1)] = 20
    near_among: Annotated[
        int,
        Levels(
            label=Text("Among the most frequent", "Среди самых частых"),
            values=(1000, 5000, 20000, 50000),
            help=Text("Rare words have noisy vectors.", "У редких слов векторы зашумлены."),
        ),
    ] = 50000


@dataclass(frozen=True)
class NearTrace(Frozen):
    """Neighbours of a word and its cosine with another.

    a, b (dim,): the two vectors as they are; terms (dim,) sum to `cosine`
    near : neighbours, nearest first; cosines (k,)
    place : how many words are nearer to the word than the other one is, plus 1
    counts (80,) over edges (81,): the cosines of the word with all words it was compared with
    points (k + 2, 2): word, other, neighbours on the plane of their first two principal components; `share` of the
    variance lies in it
    """

    params: NearParams
    name: str
    word: str
    other: str
    a: Floats
    b: Floats
    terms: Floats
    cosine: float
    place: int
    compared: int
    near: tuple[str, ...]
    cosines: Floats
    counts: npt.NDArray[np.int64]
    edges: Floats
    points: Floats
    share: float
    signature: str


def cosine_terms(a: Floats, b: Floats) -> Floats:
    """The parts of the cosine that each coordinate contributes, (dim,)."""
    return np.asarray(a * b / (np.linalg.norm(a) * np.linalg.norm(b)))


def run(params: NearParams) -> NearTrace:
    """Look both words up and compare the first with everything.

    Raises
    ------
    Refusal
        If a word is unknown.
    """
    known = vectors_for(params.near_word, params.near_other)
    ids = [need(known, params.near_word), need(known, params.near_other)]
    a, b = known.rows(ids).astype(np.float64)
    terms = cosine_terms(a, b)
    all_cosines = known.cosines(a, among=params.near_among)
    others = np.delete(all_cosines, ids[0]) if ids[0] < len(all_cosines) else all_cosines
    near = known.nearest(a, params.near_k, without=(ids[0],), among=params.near_among)
    counts, edges = np.histogram(others, bins=BINS, range=(-1.0, 1.0))
    drawn = [*ids, *(n.id for n in near if n.id != ids[1])]
    points, shares = principal(unit(known, drawn), 2)
    cosine = float(terms.sum())
    words = tuple(known.words[n] for n in ids)
    return NearTrace(
        params=params,
        name=known.name,
        word=words[0],
        other=words[1],
        a=a,
        b=b,
        terms=terms,
        cosine=cosine,
        place=1 + int((others > cosine + 1e-6).sum()),
        compared=len(others),
        near=tuple(n.word for n in near),
        cosines=np.array([n.cosine for n in near]),
        counts=counts,
        edges=edges,
        points=points,
        share=float(shares[:2].sum()),
        signature=f"{known.name} · d={known.dim} · V={len(others) + 1} · float32 · numpy {np.__version__}",
    )


def shown_words(trace: NearTrace) -> tuple[str, ...]:
    """The words of `points`, in order."""
    return (trace.word, trace.other, *(w for w in trace.near if w != trace.other))


def reference(trace: NearTrace) -> tuple[Check, ...]:
    """The cosine beside SciPy's, the neighbours beside scikit-learn's."""
    from scipy.spatial.distance import cosine
    from sklearn.metrics.pairwise import cosine_similarity

    known = vectors_for(trace.params.near_word, trace.params.near_other)
    row = known.find(trace.word)
    theirs = np.concatenate(
        [cosine_similarity(trace.a[None], rows)[0] for _, rows in known.blocks(among=trace.params.near_among)]
    )
    if row is not None and row < len(theirs):
        theirs[row] = -2
    best = np.sort(theirs)[::-1][: len(trace.cosines)]
    return (
        compare(
            Text("cosine of the two words", "косинус двух слов"),
            "scipy",
            [trace.cosine],
            [1 - cosine(trace.a, trace.b)],
            1e-6,
        ),
        compare(Text("neighbours", "соседи"), "scikit-learn", trace.cosines, best, 1e-5),
    )


def tables(trace: NearTrace) -> tuple[Table, ...]:
    """Neighbours, and the cosine of the two words coordinate by coordinate."""
    dims = [str(j + 1) for j in range(len(trace.a))]
    return (
        Table("neighbours", trace.near, ["cosine"], trace.cosines[:, None]),
        Table("cosine", dims, [trace.word, trace.other, "term"], np.stack([trace.a, trace.b, trace.terms], axis=1)),
    )


def explain(trace: NearTrace, coordinate: int, lang: Lang) -> tuple[Formula, ...]:
    """The cosine with its first terms and the picked coordinate's (from 0; −1: the one that contributes most)."""
    j = coordinate if 0 <= coordinate < len(trace.a) else int(np.argmax(np.abs(trace.terms)))
    chosen = sorted({0, 1, 2, j})
    lengths = float(np.linalg.norm(trace.a)), float(np.linalg.norm(trace.b))
    shown = sum_of_products(trace.a[chosen], trace.b[chosen], 2, strong=chosen.index(j))
    told = PICKED.format(j=j + 1, d=len(trace.a), v=_signed(trace.terms[j], lang))
    placed = PLACED.format(w=trace.other, place=trace.place, n=f"{trace.compared:,}".replace(",", " "), word=trace.word)
    return (
        (
            say(f"cos({trace.word}, {trace.other}) = ("),
            *shown,
            say(" + …) / ("),
            number(lengths[0], 2),
            say(" · "),
            number(lengths[1], 2),
            say(") = "),
            number(trace.cosine, 3, "result"),
            quiet(told.get(lang)),
        ),
        (quiet(placed.get(lang)),),
    )


def _signed(value: float, lang: Lang) -> str:
    written = f"{value:+.3f}".replace("-", "−")
    return written.replace(".", ",") if lang == "ru" else written


PICKED = Text("   {d} products; coordinate {j} adds {v}", "   произведений: {d}; координата {j} даёт {v}")
PLACED = Text(
    "“{w}” is number {place} of {n} words by cosine with “{word}”",
    "«{w}» — место {place} из {n} по косинусу со словом «{word}»",
)

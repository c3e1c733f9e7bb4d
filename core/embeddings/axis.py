"""An axis of meaning between two poles, and where other words lie along it.

p_i, q_i   vectors of a pair's poles at length 1, for example she and he               (dim,)
g          Σ_i (p_i − q_i) / |p_i − q_i|, scaled to length 1: the axis                 (dim,)
s(w)       w·g, the cosine of a word with the axis: its place                          −1 … 1
μ, σ       mean and standard deviation of s over the vocabulary
z(w)       (s(w) − μ) / σ: how unusual the place is

The projection on a direction is Bolukbasi et al. 2016, "Man is to Computer Programmer as Woman is to Homemaker?"
(section 5; they take the first principal component of ten pairs, here the mean). A place within ±2σ is what words that
have nothing to do with the poles have as well: σ is near 1/√d for a direction without meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, number, quiet, say
from core.arrays import Frozen
from core.embeddings.lookup import need_all, split_list, unit, vectors_for
from core.errors import Refusal
from core.i18n import Lang, Text
from core.params import Params, Words
from core.tables import Table
from core.verify import Check, compare

Floats = npt.NDArray[np.float64]
MOST_PAIRS = 8
MOST_WORDS = 40


class AxisParams(Params):
    """Poles, and words to place between them."""

    poles: Annotated[
        str,
        Words(
            label=Text("Poles: plus minus, more pairs after a comma", "Полюсы: плюс минус, ещё пары — через запятую"),
            max_chars=200,
            example=Text("she he", "она он"),
            is_wide=True,
        ),
    ] = "she he"
    placed: Annotated[
        str,
        Words(
            label=Text("Words", "Слова"),
            max_chars=600,
            example=Text(
                "nurse receptionist dancer teacher doctor surgeon programmer engineer captain mother father table",
                "медсестра балерина бухгалтер воспитатель врач учитель программист инженер капитан мать отец стол",
            ),
            is_wide=True,
        ),
    ] = "nurse receptionist dancer teacher doctor surgeon programmer engineer captain mother father table"


@dataclass(frozen=True)
class AxisTrace(Frozen):
    """The axis and the places of the words.

    pairs : (plus, minus) words; directions (pairs, dim) and axis (dim,), of length 1
    places (n,) by the words given; per_pair (pairs, n): by each pair alone; mean, spread: μ and σ over the vocabulary
    agreement : the least cosine between the directions of two pairs; 1 when there is one pair
    """

    params: AxisParams
    name: str
    pairs: tuple[tuple[str, str], ...]
    words: tuple[str, ...]
    directions: Floats
    axis: Floats
    rows: Floats
    places: Floats
    per_pair: Floats
    mean: float
    spread: float
    agreement: float
    signature: str

    @property
    def z(self) -> Floats:
        """How many σ from μ each word is, (n,)."""
        return np.asarray((self.places - self.mean) / self.spread)


def read_pairs(text: str) -> list[tuple[str, str]]:
    """`"she he, woman man"` → pairs.

    Raises
    ------
    Refusal
        If a part between commas is not two different words, or there are too many.
    """
    pairs = [tuple(part.lower().split()) for part in text.replace(";", ",").split(",") if part.strip()]
    if not 1 <= len(pairs) <= MOST_PAIRS or any(len(pair) != 2 or pair[0] == pair[1] for pair in pairs):
        raise Refusal(
            Text(
                "Poles are two different words; up to {n} pairs, with commas between them: she he, woman man.",
                "Полюсы — это два разных слова; пар не больше {n}, между ними запятые: она он, женщина мужчина.",
            ).format(n=MOST_PAIRS)
        )
    return [(pair[0], pair[1]) for pair in pairs]


def run(params: AxisParams) -> AxisTrace:
    """Place the words.

    Raises
    ------
    Refusal
        If poles or words cannot be used.
    """
    pairs = read_pairs(params.poles)
    typed = split_list(params.placed)
    if not 1 <= len(typed) <= MOST_WORDS:
        raise Refusal(Text("Give from 1 to {n} words.", "Нужно от 1 до {n} слов.").format(n=MOST_WORDS))
    known = vectors_for(params.poles, params.placed)
    plus = unit(known, need_all(known, [p for p, _ in pairs]))
    minus = unit(known, need_all(known, [q for _, q in pairs]))
    ids = list(dict.fromkeys(need_all(known, typed)))
    differences = plus - minus
    sizes = np.linalg.norm(differences, axis=1, keepdims=True)
    summed = (differences / np.maximum(sizes, 1e-12)).sum(axis=0)
    if sizes.min() < 1e-6 or np.linalg.norm(summed) < 1e-6:
        raise Refusal(
            Text("These poles cancel out: there is no axis.", "Эти полюсы гасят друг друга: оси не получается.")
        )
    directions, axis = differences / sizes, summed / np.linalg.norm(summed)
    rows = unit(known, ids)
    everywhere = known.cosines(axis)
    between = directions @ directions.T
    return AxisTrace(
        params=params,
        name=known.name,
        pairs=tuple(pairs),
        words=tuple(known.words[n] for n in ids),
        directions=directions,
        axis=axis,
        rows=rows,
        places=rows @ axis,
        per_pair=directions @ rows.T,
        mean=float(everywhere.mean()),
        spread=float(everywhere.std()),
        agreement=float(between.min()) if len(pairs) > 1 else 1.0,
        signature=f"{known.name} · d={known.dim} · V={len(known)} · pairs={len(pairs)} · numpy {np.__version__}",
    )


def reference(trace: AxisTrace) -> tuple[Check, ...]:
    """Places beside scikit-learn's cosines with an axis made by its `normalize`."""
    from sklearn.metrics.pairwise import cosine_similarity
    from sklearn.preprocessing import normalize

    known = vectors_for(trace.params.poles, trace.params.placed)

    def rows(words: list[str]) -> npt.NDArray[np.floating]:
        return np.asarray(normalize(known.rows([known.need(word) for word in words]).astype(np.float64)))

    axis = normalize(rows([p for p, _ in trace.pairs]) - rows([q for _, q in trace.pairs])).sum(axis=0)
    theirs = cosine_similarity(rows(list(trace.words)), axis[None])[:, 0]
    return (compare(Text("places on the axis", "места на оси"), "scikit-learn", trace.places, theirs, 1e-6),)


def tables(trace: AxisTrace) -> tuple[Table, ...]:
    """Places, by the axis and by each pair alone."""
    cols = ["place", "z", *(f"{p}−{q}" for p, q in trace.pairs)]
    return (Table("axis", trace.words, cols, np.column_stack([trace.places, trace.z, trace.per_pair.T])),)


def explain(trace: AxisTrace, picked: int, lang: Lang) -> tuple[Formula, ...]:
    """The place of the picked word, and how unusual it is."""
    n = picked if 0 <= picked < len(trace.words) else int(np.argmax(trace.z))
    word, d = trace.words[n], len(trace.axis)
    terms = trace.rows[n] * trace.axis
    parts = [say(f"s({word}) = Σ w_j·g_j = ")]
    for j in range(3):
        parts += [*([say(" + ")] if j else []), say("("), number(float(terms[j])), say(")")]
    dims = Text("   {d} terms", "   слагаемых: {d}").format(d=d)
    return (
        (*parts, say(" + … = "), number(float(trace.places[n]), 3, "result"), quiet(dims.get(lang))),
        (
            say(f"z({word}) = ("),
            number(float(trace.places[n])),
            say(" − "),
            say("("),
            number(trace.mean),
            say(")) / "),
            number(trace.spread),
            say(" = "),
            number(float(trace.z[n]), 2, "result"),
            quiet(VOCABULARY.get(lang)),
        ),
    )


VOCABULARY = Text("   mean and spread of all words of the vocabulary", "   среднее и разброс по всем словам словаря")

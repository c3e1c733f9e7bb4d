"""Odd one out: the word that is least like the others.

M      the words' vectors at length 1                                  (n, dim)
C      M·Mᵀ, their cosines                                             (n, n)
m_i    mean of C_ij over j ≠ i: how much word i belongs                (n,)

The odd one has the least m. It is the word with the least cosine to the mean of all vectors, too: Σ_j C_ij = M_i·ΣM_j.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, number, quiet, say
from core.arrays import Frozen
from core.embeddings.lookup import need_all, split_list, unit, vectors_for
from core.embeddings.projection import principal
from core.errors import Refusal
from core.i18n import Lang, Text
from core.params import Params, Words
from core.tables import Table
from core.verify import Check, compare

Floats = npt.NDArray[np.float64]
MOST = 12


class OddParams(Params):
    """Three to twelve words."""

    odd_words: Annotated[
        str,
        Words(
            label=Text("Words", "Слова"),
            max_chars=300,
            example=Text("breakfast dinner lunch cereal", "завтрак обед ужин ложка"),
            is_wide=True,
        ),
    ] = "breakfast dinner lunch cereal"


@dataclass(frozen=True)
class OddTrace(Frozen):
    """cosines (n, n); means (n,); odd : the number of the odd word; points (n, 2) on the first principal components"""

    params: OddParams
    name: str
    words: tuple[str, ...]
    cosines: Floats
    means: Floats
    odd: int
    points: Floats
    signature: str


def run(params: OddParams) -> OddTrace:
    """Compare every word with every other.

    Raises
    ------
    Refusal
        If there are fewer than three words or more than twelve, or one is unknown.
    """
    typed = split_list(params.odd_words)
    if not 3 <= len(typed) <= MOST:
        raise Refusal(Text("Give from 3 to {n} different words.", "Нужно от 3 до {n} разных слов.").format(n=MOST))
    known = vectors_for(*typed)
    ids = list(dict.fromkeys(need_all(known, typed)))
    if len(ids) < 3:
        raise Refusal(Text("These are fewer than 3 different words.", "Здесь меньше трёх разных слов."))
    M = unit(known, ids)
    C = M @ M.T
    means = (C.sum(axis=1) - np.diag(C)) / (len(ids) - 1)
    return OddTrace(
        params=params,
        name=known.name,
        words=tuple(known.words[n] for n in ids),
        cosines=C,
        means=means,
        odd=int(means.argmin()),
        points=principal(M, 2)[0],
        signature=f"{known.name} · d={known.dim} · n={len(ids)} · float64 · numpy {np.__version__}",
    )


def reference(trace: OddTrace) -> tuple[Check, ...]:
    """The cosines beside scikit-learn's; the order beside the cosine with the mean vector."""
    from sklearn.metrics.pairwise import cosine_similarity

    known = vectors_for(*trace.words)
    rows = known.rows([known.need(word) for word in trace.words])
    what = Text("cosines", "косинусы")
    return (compare(what, "scikit-learn", trace.cosines, cosine_similarity(rows), 1e-5),)


def tables(trace: OddTrace) -> tuple[Table, ...]:
    """Cosines and means."""
    return (
        Table("cosines", trace.words, trace.words, trace.cosines),
        Table("belonging", trace.words, ["mean cosine"], trace.means[:, None]),
    )


def explain(trace: OddTrace, picked: int, lang: Lang) -> tuple[Formula, ...]:
    """The mean of the picked word; the odd one's when none is picked."""
    i = picked if 0 <= picked < len(trace.words) else trace.odd
    others = [j for j in range(len(trace.words)) if j != i]
    parts = [say(f"m({trace.words[i]}) = (")]
    for n, j in enumerate(others):
        parts += [*([say(" + ")] if n else []), number(float(trace.cosines[i, j]))]
    told = Text("   cosines with: {w}", "   косинусы со словами: {w}").format(
        w=", ".join(trace.words[j] for j in others)
    )
    parts += [say(f") / {len(others)} = "), number(float(trace.means[i]), 3, "result"), quiet(told.get(lang))]
    return (tuple(parts),)


COSINES_WITH = Text("   cosines with: {w}", "   косинусы со словами: {w}")

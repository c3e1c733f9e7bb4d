"""A − B + C among real vectors, with and without the inputs among the answers.

a b c     the vectors of A, B, C at length 1                                   (dim,)
t         a − b + c                                                            (dim,)
3CosAdd   score(w) = cos(w, t) = (cos(w,a) − cos(w,b) + cos(w,c)) / |t|        Levy & Goldberg 2014, eq. 1–3
3CosMul   score(w) = s(w,a)·s(w,c) / (s(w,b) + 0.001), s = (cos + 1) / 2       Levy & Goldberg 2014, eq. 4

"Linguistic Regularities in Sparse and Explicit Word Representations". Both papers and libraries leave A, B and C out of
the answers; Linzen 2016 ("Issues in evaluating semantic spaces using word analogies") shows what happens otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.data.analogies import ANALOGIES
from core.data.vectors import Vectors, load
from core.embeddings.lookup import need_all, unit, vectors_for
from core.i18n import Lang, Text, same
from core.params import Choice, Params, Slider, Switch, Words
from core.tables import Table
from core.verify import Check, compare

Floats = npt.NDArray[np.float64]
EPSILON = 0.001
SCORES = {"add": "3CosAdd", "mul": "3CosMul"}


class AnalogyParams(Params):
    """A − B + C."""

    plus: Annotated[str, Words(label=same("A"), max_chars=40, example=Text("king", "король"), is_wide=True)] = "king"
    minus: Annotated[str, Words(label=same("− B"), max_chars=40, example=Text("man", "мужчина"), is_wide=True)] = "man"
    also: Annotated[str, Words(label=same("+ C"), max_chars=40, example=Text("woman", "женщина"), is_wide=True)] = (
        "woman"
    )
    score: Annotated[
        str,
        Choice(
            label=Text("Score", "Оценка"),
            options={name: same(title) for name, title in SCORES.items()},
            help=Text(
                "A sum lets one large cosine win alone; a product wants all of them.",
                "В сумме один большой косинус может победить в одиночку; произведению нужны все.",
            ),
        ),
    ] = "add"
    has_inputs: Annotated[
        bool,
        Switch(
            label=Text("Inputs may be the answer", "Исходные слова могут быть ответом"),
            help=Text("Papers and libraries silently forbid it.", "Статьи и библиотеки это молча запрещают."),
        ),
    ] = False
    answers: Annotated[int, Slider(label=Text("Answers shown", "Показать ответов"), lo=3, hi=20, step=1)] = 8


@dataclass(frozen=True)
class AnalogyTrace(Frozen):
    """Everything from three words to their answers.

    inputs (3,) words; abc (3, dim) at length 1; length : |t|
    answers : words, best first; scores (n,); cosines (n, 3) of each with A, B, C; is_input (n,)
    free : the best of all words, inputs among them; kept : the best without them
    points (3 + 1 + n, 2): A, B, C, t, answers on the plane through A, B and C, with B at the origin and A to its right
    heights (n,): how far each answer lies from that plane
    """

    params: AnalogyParams
    name: str
    inputs: tuple[str, str, str]
    abc: Floats
    length: float
    answers: tuple[str, ...]
    scores: Floats
    cosines: Floats
    is_input: npt.NDArray[np.bool_]
    free: str
    kept: str
    points: Floats
    heights: Floats
    signature: str


def scores_of(cosines: Floats, length: float, score: str) -> Floats:
    """3CosAdd or 3CosMul of words from their cosines with A, B, C: (…, 3) → (…)."""
    a, b, c = np.moveaxis(cosines, -1, 0)
    if score == "add":
        return np.asarray((a - b + c) / length)
    return np.asarray((a + 1) / 2 * (c + 1) / 2 / ((b + 1) / 2 + EPSILON))


def run(params: AnalogyParams) -> AnalogyTrace:
    """Find the answers.

    Raises
    ------
    Refusal
        If a word is unknown.
    """
    known = vectors_for(params.plus, params.minus, params.also)
    ids = need_all(known, (params.plus, params.minus, params.also))
    abc = unit(known, ids)
    t = abc[0] - abc[1] + abc[2]
    length = float(np.linalg.norm(t))
    cosines = known.cosines(abc).astype(np.float64).T
    scores = scores_of(cosines, length, params.score)
    without = scores.copy()
    without[ids] = -np.inf
    ranked = np.argsort(-(scores if params.has_inputs else without), kind="stable")[: params.answers]
    rows = unit(known, [int(n) for n in ranked])
    points, heights = on_plane(abc, np.vstack([abc, t, rows]))
    return AnalogyTrace(
        params=params,
        name=known.name,
        inputs=(known.words[ids[0]], known.words[ids[1]], known.words[ids[2]]),
        abc=abc,
        length=length,
        answers=tuple(known.words[n] for n in ranked),
        scores=scores[ranked],
        cosines=cosines[ranked],
        is_input=np.isin(ranked, ids),
        free=known.words[int(scores.argmax())],
        kept=known.words[int(without.argmax())],
        points=points,
        heights=heights[4:],
        signature=f"{known.name} · d={known.dim} · V={len(known)} · {params.score} · numpy {np.__version__}",
    )


def on_plane(abc: Floats, points: Floats) -> tuple[Floats, Floats]:
    """Coordinates on the plane through A, B, C (B the origin, A on the positive x), and distances from the plane.

    A − B + C lies in the plane, as the fourth corner of the parallelogram.
    """
    a, b, c = abc
    axes = np.zeros((2, len(a)))
    for n, arm in enumerate((a - b, c - b)):
        rest = arm - axes[:n].T @ (axes[:n] @ arm)
        size = np.linalg.norm(rest)
        axes[n] = rest / size if size > 1e-9 else 0.0
    moved = points - b
    flat = moved @ axes.T
    return flat, np.linalg.norm(moved - flat @ axes, axis=1)


def reference(trace: AnalogyTrace) -> tuple[Check, ...]:
    """The scores beside cosines that scikit-learn takes of the answers' own vectors."""
    from sklearn.metrics.pairwise import cosine_similarity

    known = vectors_for(*trace.inputs)
    rows = known.rows([known.need(word) for word in trace.answers])
    t = trace.abc[0] - trace.abc[1] + trace.abc[2]
    cosines = cosine_similarity(rows, trace.abc)
    theirs = cosine_similarity(rows, t[None])[:, 0] if trace.params.score == "add" else scores_of(cosines, 1.0, "mul")
    return (
        compare(Text("cosines with A, B, C", "косинусы с A, B, C"), "scikit-learn", trace.cosines, cosines, 1e-5),
        compare(Text("scores", "оценки"), "scikit-learn", trace.scores, theirs, 1e-5),
    )


def tables(trace: AnalogyTrace) -> tuple[Table, ...]:
    """The answers with their cosines."""
    cols = [f"cos {word}" for word in trace.inputs]
    values = np.column_stack([trace.scores, trace.cosines, trace.heights])
    return (Table("answers", trace.answers, ["score", *cols, "off plane"], values),)


def explain(trace: AnalogyTrace, picked: int, lang: Lang) -> tuple[Formula, ...]:
    """The score of the picked answer out of its three cosines; what is first with and without the inputs."""
    n = picked if 0 <= picked < len(trace.answers) else 0
    word = trace.answers[n]
    a, b, c = (float(v) for v in trace.cosines[n])
    named = f"{SCORES[trace.params.score]}({word}) = "
    if trace.params.score == "add":
        body = [say("("), number(a), say(" − "), _bracketed(b), say(" + "), _bracketed(c), say(") / ")]
        body.append(number(trace.length))
    else:
        halves = [(v + 1) / 2 for v in (a, b, c)]
        body = [number(halves[0]), say(" · "), number(halves[2]), say(" / ("), number(halves[1]), say(" + 0.001)")]
    told = FIRST_BOTH.format(free=trace.free, kept=trace.kept)
    of = OF_COSINES.format(a=trace.inputs[0], b=trace.inputs[1], c=trace.inputs[2])
    return (
        (say(named), *body, say(" = "), number(float(trace.scores[n]), 3, "result"), quiet(of.get(lang))),
        (Part(told.get(lang), "strong" if trace.free != trace.kept else "quiet"),),
    )


def _bracketed(value: float) -> Part:
    part = number(value)
    return Part(f"({part.text})", part.kind) if part.text.startswith("−") else part


@cache
def exam(lang: Lang) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Our list of analogies (core.data.analogies): which are answered right without the inputs among the answers, and
    which with them. A question with an unknown word counts as wrong."""
    known: Vectors = load(lang)
    asked = ANALOGIES[lang]
    without, within = np.zeros(len(asked), dtype=bool), np.zeros(len(asked), dtype=bool)
    rows, places = [], []
    for n, q in enumerate(asked):
        ids = [known.find(word) for word in (q.a, q.b, q.c, q.d)]
        if None not in ids:
            rows.append([int(i) for i in ids if i is not None])
            places.append(n)
    four = np.array(rows)
    vectors = [unit(known, list(four[:, column])) for column in range(3)]
    scores = known.cosines(vectors[1] - vectors[0] + vectors[2])
    lines = np.arange(len(four))
    within[places] = scores.argmax(axis=1) == four[:, 3]
    for column in range(3):
        scores[lines, four[:, column]] = -np.inf
    without[places] = scores.argmax(axis=1) == four[:, 3]
    return without, within


FIRST_BOTH = Text(
    "nearest of all words: {free} · without A, B and C: {kept}",
    "ближе всех из всех слов: {free} · без A, B и C: {kept}",
)
OF_COSINES = Text("   cosines with {a}, {b}, {c}", "   косинусы со словами {a}, {b}, {c}")

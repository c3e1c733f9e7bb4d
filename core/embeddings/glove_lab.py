"""What GloVe fits: a corpus, its counts, their weights, and a training that is looked at again and again.

Symbols as in `core.embeddings.glove`. The window runs on over the ends of sentences unless told otherwise: the authors'
tool stops it only at the end of a line, and so words of different subjects meet now and then, which is what tells GloVe
that they are far apart. Of the bundled texts the one in the language of the given words is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.data.corpus import sentences as world_sentences
from core.data.corpus import words as split_world
from core.embeddings import glove
from core.embeddings.cooccurrence import (
    Sentences,
    by_product,
    count,
    place,
    read_text,
    vocabulary_of,
    window_matrix,
)
from core.embeddings.glove_corpus import Corpus, known_corpus, split_senses
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.params import Choice, Levels, Params, Slider, Switch, Words
from core.tables import Table
from core.verify import Check, compare

Array = npt.NDArray[np.float64]
DATA = Path(__file__).resolve().parents[2] / "assets" / "data"
MOST_WORDS = 400
DRAWN = 400
CHECKED_STEPS = 20
CHECKED_WORDS = 400
BUCKETS = ((0.0, 1.0), (1.0, 5.0), (5.0, 20.0), (20.0, np.inf))

CorpusKind = Annotated[
    str,
    Choice(
        label=Text("Corpus", "Корпус"),
        options={
            "senses": Text("ice, steam, homonyms", "лёд, пар, омонимы"),
            "world": Text("a small world", "маленький мир"),
            "story": Text("a short story", "короткий рассказ"),
            "own": Text("your own text", "свой текст"),
        },
        help=Text("Ours are read in the language of the words above.", "Наши — на языке слов в строке сверху."),
    ),
]
OWN = Text(
    "Coffee is hot and bitter. Tea is hot and sweet. Juice is cold and sweet. A cup of coffee, a cup of tea, a glass "
    "of juice, a glass of water. Water is cold.",
    "Кофе горячий и горький. Чай горячий и сладкий. Сок холодный и сладкий. Чашка — для кофе, чашка — для чая, "
    "стакан — для сока. Квас тоже холодный и сладкий, стакан — для кваса.",
)
OwnText = Annotated[
    str,
    Words(
        label=Text("Your own text", "Свой текст"),
        max_chars=20_000,
        lines=6,
        example=OWN,
        shown=lambda values: values["corpus"] == "own",
    ),
]
Window = Annotated[int, Slider(label=Text("Window", "Окно"), lo=1, hi=15, step=1)]
Crossing = Annotated[
    bool,
    Switch(
        label=Text("Over the ends of sentences", "Через концы предложений"),
        help=Text(
            "Off: words of different subjects never meet, and GloVe never learns that they are far apart.",
            "Выключено: слова о разном не встречаются, и GloVe не узнаёт, что они далеки.",
        ),
    ),
]
Weighted = Annotated[
    bool,
    Switch(
        label=Text("Weight pairs by f(X)", "Взвешивать пары: f(X)"),
        help=Text("Off: f = 1 for every pair that has met.", "Выключено: f = 1 у каждой встретившейся пары."),
    ),
]
Dimension = Annotated[int, Levels(label=same("d"), values=(2, 4, 8, 16, 32), folded=True)]
Rate = Annotated[float, Slider(label=same("η"), lo=0.01, hi=0.5, step=0.01, folded=True)]
Steps = Annotated[int, Levels(label=Text("Steps", "Шаги"), values=(20, 60, 150, 400, 1000), folded=True)]
Seed = Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)]
X_MAX = Slider(label=same("x_max"), lo=1, hi=100, step=1, shown=lambda values: values["is_weighted"])
ALPHA = Slider(label=same("α"), lo=0.1, hi=1.0, step=0.05, shown=lambda values: values["is_weighted"])
PROBE = Text("ice steam: solid gas water fashion", "лёд пар: твёрдый газ вода мода")
FEW = Text(
    "At least three different words that stand near each other are needed.",
    "Нужны хотя бы три разных слова, которые стоят рядом.",
)


class FitParams(Params):
    """What is counted, how pairs are weighted, how long it is trained."""

    probe: Annotated[
        str,
        Words(
            label=Text("Two words: their company", "Два слова: с кем они стоят"),
            max_chars=160,
            example=PROBE,
            is_wide=True,
        ),
    ] = PROBE.en
    corpus: CorpusKind = "senses"
    own: OwnText = OWN.en
    window: Window = 10
    does_cross: Crossing = True
    is_weighted: Weighted = True
    x_max: Annotated[int, X_MAX] = 10
    alpha: Annotated[float, ALPHA] = 0.75
    dimension: Dimension = 32
    rate: Rate = 0.05
    steps: Steps = 150
    seed: Seed = 0


@dataclass(frozen=True)
class Counted(Frozen):
    """A corpus and its counts.

    vocabulary : V words, most frequent first; frequency : how often each stands in the corpus (V); X : (V, V)
    ids, sentence : the words in order, their rows and sentences (n)
    """

    lang: Lang
    corpus: Corpus
    vocabulary: tuple[str, ...]
    frequency: npt.NDArray[np.int64]
    ids: npt.NDArray[np.int64]
    sentence: npt.NDArray[np.int64]
    X: Array

    def row(self, word: str) -> int:
        """The word's row; −1 when it has none."""
        return self.vocabulary.index(word) if word in self.vocabulary else -1


@dataclass(frozen=True)
class FitTrace(Frozen):
    """f : (V, V); pairs : (m, 2) which cells of X are drawn, the heaviest and some of the others."""

    params: FitParams
    counted: Counted
    f: Array
    fit: glove.Fit
    pairs: npt.NDArray[np.int64]
    signature: str


@dataclass(frozen=True)
class Ratios(Frozen):
    """P (2, n) : P(k | each of the two words); ratio, fitted (n) : their ratio, counted and as the vectors say.

    A word of the question that the corpus lacks is in `missing`; without both targets or any probe there is no table.
    """

    targets: tuple[str, ...]
    probes: tuple[str, ...]
    P: Array
    ratio: Array
    fitted: Array
    missing: tuple[str, ...]


def language(words: str) -> Lang:
    """Russian when there is a Cyrillic letter, else English."""
    return "ru" if any("а" <= letter <= "я" or letter == "ё" for letter in words.lower()) else "en"


@lru_cache(maxsize=4)
def story(lang: Lang) -> Sentences:
    """The sentences of the bundled story."""
    return read_text((DATA / f"corpus.{lang}.txt").read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def world(lang: Lang) -> Sentences:
    """The sentences of the bundled world."""
    return tuple(split_world(sentence) for sentence in world_sentences(lang))


def read_corpus(kind: str, own: str, lang: Lang, *, is_split: bool = False) -> Corpus:
    """The sentences that are counted; topics are known of the bundled ones with known answers."""
    if kind == "senses":
        return split_senses(known_corpus(lang), lang) if is_split else known_corpus(lang)
    sentences = read_text(own) if kind == "own" else world(lang) if kind == "world" else story(lang)
    return Corpus(sentences, ("",) * len(sentences))


@lru_cache(maxsize=16)
def count_corpus(kind: str, own: str, lang: Lang, window: int, does_cross: bool, is_split: bool = False) -> Counted:
    """Counts with 1/d, to both sides.

    Raises
    ------
    Refusal
        If fewer than three words meet.
    """
    corpus = read_corpus(kind, own, lang, is_split=is_split)
    vocabulary = vocabulary_of(corpus.sentences, 1 if kind == "own" else 2, MOST_WORDS)
    ids, sentence = place(corpus.sentences, vocabulary)
    if does_cross:
        sentence = np.zeros_like(sentence)
    X = count(ids, sentence, len(vocabulary), window, is_near_more=True, is_symmetric=True)
    if len(vocabulary) < 3 or np.count_nonzero(X) < 3:
        raise Refusal(FEW)
    return Counted(lang, corpus, vocabulary, np.bincount(ids, minlength=len(vocabulary)), ids, sentence, X)


def choose_pairs(X: Array, most: int = DRAWN) -> npt.NDArray[np.int64]:
    """Cells (i ≤ j) that have met, heaviest first: a quarter of `most` from the top, the others evenly by rank."""
    i, j = np.nonzero(np.triu(X))
    order = np.argsort(-X[i, j], kind="stable")
    if len(order) > most:
        top = most // 4
        order = np.concatenate([order[:top], order[np.linspace(top, len(order) - 1, most - top).astype(int)]])
    return np.stack([i[order], j[order]], 1)


def run(params: FitParams) -> FitTrace:
    """Count, weigh, train.

    Raises
    ------
    Refusal
        If fewer than three words meet.
    """
    p = params
    counted = count_corpus(p.corpus, p.own if p.corpus == "own" else "", language(p.probe), p.window, p.does_cross)
    f = glove.weigh(counted.X, p.x_max, p.alpha, is_weighted=p.is_weighted)
    fit = glove.train(counted.X, f, d=p.dimension, rate=p.rate, steps=p.steps, seed=p.seed)
    weights = f"x_max={p.x_max} α={p.alpha:g}" if p.is_weighted else "f=1"
    return FitTrace(
        params=p,
        counted=counted,
        f=f,
        fit=fit,
        pairs=choose_pairs(counted.X),
        signature=f"{p.corpus} · V={len(counted.vocabulary)} · pairs={np.count_nonzero(counted.X)} · {weights} · "
        f"d={p.dimension} · η={p.rate:g} · {p.steps} steps · seed={p.seed} · float64 · cpu · numpy {np.__version__}",
    )


def residuals(trace: FitTrace, t: int) -> Array:
    """r (V, V) at moment t, 0 where X is 0."""
    X = trace.counted.X
    return np.where(X > 0, glove.predict(trace.fit.theta(t)) - glove.safe_log(X), 0.0)


def errors_by_count(trace: FitTrace, t: int) -> tuple[Array, npt.NDArray[np.int64]]:
    """Root mean square of r at moment t and the number of pairs, for pairs that met little … often (`BUCKETS`).

    An empty bucket has NaN.
    """
    X, r = trace.counted.X, residuals(trace, t)
    inside = [(low < X) & (high >= X) for low, high in BUCKETS]
    sizes = np.array([np.count_nonzero(cells) for cells in inside])
    return np.array([np.sqrt(np.mean(r[cells] ** 2)) if cells.any() else np.nan for cells in inside]), sizes


def ratios(trace: FitTrace) -> Ratios:
    """P(k | i) / P(k | j) of the words in `probe`, `i j: k k k`, beside exp of what the vectors say (equations 1–6)."""
    counted, theta = trace.counted, trace.fit.theta(-1)
    head, _, tail = trace.params.probe.lower().partition(":")
    asked, probed = head.split()[:2], list(dict.fromkeys(tail.split()))[:8]
    missing = tuple(word for word in (*asked, *probed) if counted.row(word) < 0)
    targets = tuple(word for word in asked if counted.row(word) >= 0)
    probes = tuple(word for word in probed if counted.row(word) >= 0)
    if len(targets) < 2 or not probes:
        return Ratios(targets, (), np.zeros((2, 0)), np.zeros(0), np.zeros(0), missing)
    i, j = (counted.row(word) for word in targets)
    k = [counted.row(word) for word in probes]
    total = counted.X.sum(1)
    P = counted.X[np.ix_([i, j], k)] / total[[i, j], None]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = P[0] / P[1]
    fitted = glove.predict(theta)[np.ix_([i, j], k)] - np.log(total[[i, j], None])
    return Ratios(targets, probes, P, ratio, np.exp(fitted[0] - fitted[1]), missing)


def reference(trace: FitTrace) -> tuple[Check, ...]:
    """The counts beside scikit-learn's, the first steps beside autograd and torch.optim.Adagrad."""
    import torch

    p, counted = trace.params, trace.counted
    n = min(CHECKED_WORDS, len(counted.ids))
    words = [counted.vocabulary[k] for k in counted.ids[:n]]
    band = window_matrix(n, p.window, is_near_more=True, is_symmetric=True)
    theirs = by_product(words, counted.sentence[:n], counted.vocabulary, band)
    size = len(counted.vocabulary)
    ours = count(counted.ids[:n], counted.sentence[:n], size, p.window, is_near_more=True, is_symmetric=True)

    log_X, f = (torch.from_numpy(np.array(a)) for a in (glove.safe_log(counted.X), trace.f))
    first = glove.begin(size, p.dimension, p.seed)
    W, C, b, c = (torch.tensor(part, requires_grad=True) for part in first)
    optimizer = torch.optim.Adagrad([W, C, b, c], lr=p.rate, eps=glove.EPSILON)
    states = glove.adagrad(first, np.asarray(log_X), trace.f, p.rate)
    losses: list[tuple[float, float]] = []
    for _ in range(min(CHECKED_STEPS, p.steps)):
        _, _, J = next(states)
        optimizer.zero_grad()
        loss = (f * (W @ C.T + b[:, None] + c - log_X) ** 2).sum()
        loss.backward()
        optimizer.step()
        losses.append((J, float(loss.detach())))
    theta, _, _ = next(states)
    mine = np.concatenate([part.ravel() for part in theta])
    other = np.concatenate([part.detach().numpy().ravel() for part in (W, C, b, c)])
    J_ours, J_theirs = np.array(losses).T
    counts = Text("X of the first {n} words", "X первых {n} слов").format(n=n)
    steps = Text("θ after {n} steps of AdaGrad", "θ после {n} шагов AdaGrad").format(n=len(losses))
    return (
        compare(counts, "scikit-learn", ours, theirs, 1e-9),
        compare(same("J"), "torch", J_ours / J_theirs, np.ones(len(losses)), 1e-9),
        compare(steps, "torch", mine, other, 1e-7),
    )


def tables(trace: FitTrace) -> tuple[Table, ...]:
    """The drawn pairs at the end of the training, and J on the way."""
    words, last = trace.counted.vocabulary, trace.fit.theta(-1)
    i, j = trace.pairs.T
    columns = np.column_stack(
        [trace.counted.X[i, j], trace.f[i, j], glove.predict(last)[i, j], np.log(trace.counted.X[i, j])]
    )
    rows = [f"{words[a]} {words[b]}" for a, b in trace.pairs]
    return (
        Table("pairs", rows, ["X", "f", "w·w̃ + b + b̃", "log X"], columns),
        Table("J", [str(s) for s in trace.fit.steps], ["J"], trace.fit.J[:, None]),
    )

"""What a sentence is about: counted words for classical models, word vectors that a net learns for itself.

Symbols: c (n, V) how often each word of the training sentences stands in a sentence, x = c/‖c‖; y (n,) one of 9 topics.

    naive Bayes   p ∝ P(topic) Π P(w|topic)^c, P(w|topic) = (c(w, topic) + 1)/(Σ c + V)    Manning et al. 2008, eq. 13.3
    logistic, SVM, kNN, forest on x
    net           h = ReLU(Ex + a), p = softmax(Uh + b); column w of E (d, V) is the vector learned for the word w

Sentences are the project's own (core/data/corpus.py): written by rule, so what can be known is known from few of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch

from core.arrays import Frozen, freeze
from core.data.corpus import TOPICS, is_held_out, sentences, topics, words
from core.device import describe
from core.errors import Refusal
from core.foundations.deep_models import BATCH, CLASSICAL, Fitted, Recipe, ask, fit_classical, warm_up
from core.foundations.network import Net, build
from core.foundations.recording import Record
from core.foundations.training import Data, Plan, train
from core.i18n import Lang, Text, same
from core.params import Levels, Params, Slider, Words
from core.tables import Table
from core.verify import Check, compare

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int64]

SIZES = (18, 45, 90, 180, 450, 900)
NAMES = ("bayes", *CLASSICAL, "net")
TITLES: dict[str, Text] = {
    "bayes": Text("naive Bayes", "наивный Байес"),
    **CLASSICAL,
    "net": Text("net, vectors", "сеть, векторы"),
}
RATE = 0.02


class TextParams(Params):
    """A sentence to judge, and what the models may learn from."""

    sentence: Annotated[
        str,
        Words(
            label=Text("A sentence to judge", "Предложение, о котором спросим"),
            max_chars=160,
            example=Text("The cat drinks milk in the kitchen.", "Кошка пьёт молоко на кухне."),
            is_wide=True,
        ),
    ] = "The cat drinks milk in the kitchen."
    text_n: Annotated[int, Levels(label=Text("Training sentences", "Предложений для обучения"), values=SIZES)] = 90
    size: Annotated[int, Levels(label=Text("Numbers in a vector, d", "Чисел в векторе, d"), values=(2, 8, 32))] = 32
    text_steps: Annotated[int, Levels(label=Text("Steps of the net", "Шагов у сети"), values=(30, 100, 300, 1000))] = (
        300
    )
    text_k: Annotated[int, Slider(label=Text("Neighbours, k", "Соседей, k"), lo=1, hi=15, step=2, folded=True)] = 3
    text_lg_c: Annotated[float, Slider(label=same("lg C"), lo=-3, hi=3, step=0.5, folded=True)] = 1.0
    text_seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0
    lang: Lang = "en"

    @property
    def recipe(self) -> Recipe:
        """The same as settings of the contestants."""
        return Recipe(
            k=self.text_k, C=float(10**self.text_lg_c), hidden=self.size, steps=self.text_steps, seed=self.text_seed
        )


@dataclass(frozen=True)
class TextTrace(Frozen):
    """Six contestants on sentences.

    vocabulary (V,); x (n, V), c (n, V), y (n,) what trained; right (6,) over the held-out sentences; p (6, 9) what they
    say of the visitor's sentence; bag (V,) its counts; unknown : its words that no training sentence has
    """

    params: TextParams
    vocabulary: tuple[str, ...]
    c: Floats
    x: Floats
    y: Ints
    held_out: int
    right: Floats
    p: Floats
    bag: Floats
    unknown: tuple[str, ...]
    fitted: tuple[Fitted, ...]
    signature: str


@cache
def labelled(lang: Lang) -> tuple[tuple[tuple[str, ...], ...], Ints, npt.NDArray[np.bool_]]:
    """The words of every sentence, its topic by number, whether it is held out."""
    names = list(TOPICS)
    texts = sentences(lang)
    return (
        tuple(words(text) for text in texts),
        freeze([names.index(topic) for topic in topics(lang)], np.int64),
        freeze([is_held_out(text) for text in texts], np.bool_),
    )


def draw_sentences(lang: Lang, n: int, seed: int) -> Ints:
    """n sentences that may train, as many of each topic."""
    _, y, held = labelled(lang)
    generator = np.random.default_rng(seed)
    picks = [generator.permutation(np.flatnonzero((y == k) & ~held))[: n // len(TOPICS)] for k in range(len(TOPICS))]
    return np.stack(picks, axis=1).ravel()


def count_words(texts: Sequence[Sequence[str]], index: dict[str, int]) -> Floats:
    """c (n, V); words that are not in `index` are not counted."""
    c = np.zeros((len(texts), len(index)))
    for row, text in enumerate(texts):
        for word in text:
            if word in index:
                c[row, index[word]] += 1
    return c


def unit_rows(c: Floats) -> Floats:
    """Rows of length 1; a row of zeros stays."""
    return np.asarray(c / np.maximum(np.linalg.norm(c, axis=1, keepdims=True), 1e-12))


@dataclass(frozen=True)
class Bayes(Frozen):
    """ln P(topic) (9,) and ln P(w|topic) (9, V)."""

    prior: Floats
    likelihood: Floats

    def judge(self, c: Floats) -> Floats:
        """p (n, 9) of counts (n, V)."""
        z = self.prior + c @ self.likelihood.T
        e = np.exp(z - z.max(1, keepdims=True))
        return np.asarray(e / e.sum(1, keepdims=True))


def fit_bayes(c: Floats, y: Ints) -> Bayes:
    """Counts plus one."""
    of_topic = np.eye(len(TOPICS))[y]
    sums = of_topic.T @ c + 1
    with np.errstate(divide="ignore"):  # a topic without examples has probability 0
        prior = np.log(of_topic.mean(0))
    return Bayes(freeze(prior), freeze(np.log(sums / sums.sum(1, keepdims=True))))


def fit(name: str, c: Floats, y: Ints, recipe: Recipe, tick: Callable[[float], None] | None = None) -> Fitted:
    """Train the contestant `name` on counts c (n, V); it judges counts."""
    if name == "bayes":
        start = time.perf_counter()
        bayes = fit_bayes(c, y)
        seconds = time.perf_counter() - start
        return Fitted(name, bayes.judge, np.asarray, seconds, bayes.likelihood.size + bayes.prior.size, bayes)
    x = unit_rows(c)
    if name != "net":
        warm_up()
        return fit_classical(name, name, unit_rows, x, y, recipe, time.perf_counter())
    net = Net((c.shape[1], recipe.hidden, len(TOPICS)))
    plan = Plan(
        net,
        optimizer="adam",
        rate=RATE,
        schedule="cosine",
        steps=recipe.steps,
        batch=BATCH,
        seed=recipe.seed,
        record=Record(frames=2, losses=False, gradients=False, statistics=False),
    )
    network = build(net, recipe.seed)
    start = time.perf_counter()
    recording = train(plan, Data.of(x, y), tick, network)
    seconds = time.perf_counter() - start
    return Fitted(
        name, partial(_ask_bag, partial(ask, network)), unit_rows, seconds, len(network.theta), recording=recording
    )


def _ask_bag(judge: Callable[[Floats], Floats], c: Floats) -> Floats:
    return judge(unit_rows(np.asarray(c)))


def run(params: TextParams) -> TextTrace:
    """Train all six, score them, ask them about the sentence.

    Raises
    ------
    Refusal
        If the sentence has no word.
    """
    asked = words(params.sentence)
    if not asked:
        raise Refusal(
            Text("Write at least one word: a sentence without words has no topic.", "Напишите хотя бы одно слово.")
        )
    vocabulary, c, y, _, y_held = bags(params.lang, params.text_n, params.text_seed)
    fitted, right = contest(params.lang, params.text_n, params.recipe)
    index = {word: n for n, word in enumerate(vocabulary)}
    bag = count_words([asked], index)
    return TextTrace(
        params=params,
        vocabulary=vocabulary,
        c=c,
        x=freeze(unit_rows(c)),
        y=y,
        held_out=len(y_held),
        right=right,
        p=freeze(np.concatenate([one.judge(bag) for one in fitted]), np.float64),
        bag=freeze(bag[0]),
        unknown=tuple(dict.fromkeys(word for word in asked if word not in index)),
        fitted=fitted,
        signature=f"n={params.text_n} · V={len(vocabulary)} · held out {len(y_held)} · k={params.text_k} · "
        f"C={10**params.text_lg_c:.3g} · d={params.size} · Adam, {params.text_steps} steps · seed={params.text_seed} · "
        f"{describe()} · torch {torch.__version__}",
    )


@cache
def _held_bags(lang: Lang, n: int, seed: int) -> tuple[tuple[str, ...], Floats, Ints, Floats, Ints]:
    texts, y, held = labelled(lang)
    rows = draw_sentences(lang, n, seed)
    vocabulary = tuple(sorted({word for row in rows for word in texts[row]}))
    index = {word: k for k, word in enumerate(vocabulary)}
    out = np.flatnonzero(held)
    return (
        vocabulary,
        freeze(count_words([texts[row] for row in rows], index)),
        freeze(y[rows]),
        freeze(count_words([texts[row] for row in out], index)),
        freeze(y[out]),
    )


def bags(lang: Lang, n: int, seed: int) -> tuple[tuple[str, ...], Floats, Ints, Floats, Ints]:
    """The vocabulary; counts and topics of what trains; counts and topics of what is held out."""
    return _held_bags(lang, n, seed)


@cache
def contest(lang: Lang, n: int, recipe: Recipe) -> tuple[tuple[Fitted, ...], Floats]:
    """All six and their shares of right answers: typing another sentence trains nothing again."""
    _, c, y, held, y_held = bags(lang, n, recipe.seed)
    fitted = tuple(fit(name, c, y, recipe) for name in NAMES)
    return fitted, freeze([float((one.judge(held).argmax(1) == y_held).mean()) for one in fitted])


def reference(trace: TextTrace) -> tuple[Check, ...]:
    """Naive Bayes beside scikit-learn's; the net beside torch's own functions."""
    from sklearn.naive_bayes import MultinomialNB
    from torch.nn import functional

    theirs = MultinomialNB().fit(trace.c, trace.y).predict_proba(trace.bag[None])[0]
    recording = trace.fitted[-1].recording
    assert recording is not None
    d, V, k = trace.params.size, len(trace.vocabulary), len(TOPICS)
    theta = torch.from_numpy(np.array(recording.theta[-1], dtype=np.float64))
    E, a, U, b = theta.split([d * V, d, k * d, k])
    bag = torch.from_numpy(unit_rows(trace.bag[None]))
    logits = functional.linear(functional.relu(functional.linear(bag, E.view(d, V), a)), U.view(k, d), b)
    net = functional.softmax(logits, 1)[0].numpy()
    return (
        compare(Text("naive Bayes", "наивный Байес"), "scikit-learn", trace.p[0], theirs, 1e-9),
        compare(Text("the net's p", "p сети"), "torch", trace.p[-1], net, 1e-4),
    )


def tables(trace: TextTrace) -> tuple[Table, ...]:
    """Shares of right answers, and what each says of the sentence."""
    names = [TITLES[name].en for name in NAMES]
    return (
        Table("right", names, ["held out"], trace.right[:, None]),
        Table("p of the sentence", names, [topic.en for topic in TOPICS.values()], trace.p),
    )

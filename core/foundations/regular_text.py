"""Easy data augmentation of text (EDA), what it teaches a small classifier, and which labels it breaks.

Symbols: L the words of a sentence, α the share that is changed, n = max(1, round αL), c the copies made of a sentence.

    synonym   n words are replaced by a synonym of the same form      insert   n times, a synonym of some word is put
    swap      n times, two words change places                                 at a random place
    delete    every word is removed with probability α, never all         (Wei and Zou 2019, section 2)

The classifier reads a bag of words: x_i the counts of one sentence divided by its length, K topics,

    minimise  −Σ ln softmax(Wx_i + b)_{t_i} / N + λ/2·‖W‖²,   λ = 0.001

trained on a few sentences of each topic of `core.data.corpus` with their copies, and asked about the sentences that the
corpus holds out. A bag has no order, so swapping gives it exact copies: the minimum does not move.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.data import corpus
from core.foundations.regular_synonyms import NEGATIONS, language_of
from core.foundations.regular_words import Token, Version, change, judge, read_tokens
from core.i18n import Lang, Text
from core.params import Choice, Levels, Params, Slider, Words
from core.tables import Table
from core.verify import Check, compare

Array = npt.NDArray[np.float64]

MAX_CHARS = 400
TOPICS = tuple(corpus.TOPICS)
LAMBDA, DRAWS, ASKED = 1e-3, 5, 360
WAYS: dict[str, Text] = {
    "synonym": Text("synonym", "синоним"),
    "insert": Text("insert", "вставка"),
    "swap": Text("swap", "перестановка"),
    "delete": Text("delete", "удаление"),
}
TRIED: dict[str, Text] = {"none": Text("as they are", "как есть"), "copy": Text("exact copies", "точные копии"), **WAYS}


class AugmentParams(Params):
    """A sentence, how it is changed, and how many sentences the classifier starts from."""

    text: Annotated[
        str,
        Words(
            label=Text("A sentence", "Предложение"),
            max_chars=MAX_CHARS,
            example=Text(
                "The film was not bad, the old king is very brave.", "Фильм был не плохой, старый король очень храбрый."
            ),
            is_wide=True,
        ),
    ] = "The film was not bad, the old king is very brave."
    way: Annotated[str, Choice(label=Text("Operation", "Операция"), options=WAYS)] = "synonym"
    alpha: Annotated[
        float, Slider(label=Text("α: share of words changed", "α — доля изменённых слов"), lo=0.05, hi=0.6, step=0.05)
    ] = 0.2
    copies: Annotated[int, Slider(label=Text("Copies of a sentence", "Копий предложения"), lo=1, hi=8, step=1)] = 4
    shots: Annotated[int, Levels(label=Text("Sentences of a topic", "Предложений на тему"), values=(1, 2, 4, 8))] = 4
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1)] = 0


@dataclass(frozen=True)
class AugmentTrace(Frozen):
    """versions (c) of the sentence; accuracy (6, DRAWS) : of each way of `TRIED`, over draws of the few sentences;
    examples (6), vocabulary (6) : sentences and different words to learn from, in the first draw."""

    params: AugmentParams
    lang: Lang
    tokens: tuple[Token, ...]
    versions: tuple[Version, ...]
    accuracy: Array
    examples: npt.NDArray[np.int64]
    vocabulary: npt.NDArray[np.int64]
    signature: str

    @property
    def negations(self) -> tuple[str, ...]:
        """Those of the sentence as it was typed."""
        return tuple(t.word.lower() for t in self.tokens if t.word.lower() in NEGATIONS[self.lang])

    @property
    def risk(self) -> float:
        """The chance that deletion takes at least one negation from at least one copy."""
        return 1 - (1 - self.params.alpha) ** (len(self.negations) * self.params.copies)


def fit(x: Array, t: npt.NDArray[np.int64], classes: int) -> tuple[Array, Array]:
    """W (K, V) and b (K) at the minimum, by L-BFGS on our own loss and slope. Equal rows are counted, not repeated."""
    from scipy.optimize import minimize

    rows, times = np.unique(np.column_stack([t, x]), axis=0, return_counts=True)
    t, x, weight = rows[:, 0].astype(np.int64), rows[:, 1:], (times / times.sum())[:, None]
    v = x.shape[1]
    y = np.eye(classes)[t]

    def value(theta: Array) -> tuple[float, Array]:
        W, b = theta[: classes * v].reshape(classes, v), theta[classes * v :]
        z = x @ W.T + b
        z -= z.max(1, keepdims=True)
        log_sum = np.log(np.exp(z).sum(1, keepdims=True))
        d = (np.exp(z - log_sum) - y) * weight
        loss = float(-((z - log_sum) * y * weight).sum() + LAMBDA / 2 * np.square(W).sum())
        return loss, np.concatenate([(d.T @ x + LAMBDA * W).ravel(), d.sum(0)])

    found = minimize(
        value,
        np.zeros(classes * (v + 1)),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 500, "gtol": 1e-7, "ftol": 1e-13},
    ).x
    return found[: classes * v].reshape(classes, v), found[classes * v :]


def bags(sentences: Sequence[Sequence[str]], places: dict[str, int]) -> Array:
    """Counts by the sentence's length (N, V); unknown words count in the length alone."""
    out = np.zeros((len(sentences), len(places)))
    for row, words in zip(out, sentences, strict=True):
        for word in words:
            if word in places:
                row[places[word]] += 1 / len(words)
    return out


@lru_cache(maxsize=2)
def pools(lang: Lang) -> tuple[tuple[tuple[str, int], ...], tuple[tuple[str, int], ...]]:
    """(sentence, topic) of the training part, and of the held-out part."""
    pairs = [(s, TOPICS.index(topic)) for s, topic in zip(corpus.sentences(lang), corpus.topics(lang), strict=True)]
    train, held = (tuple(p for p in pairs if corpus.is_held_out(p[0]) == part) for part in (False, True))
    return train, held[:ASKED]


def draw_shots(lang: Lang, shots: int, seed: int) -> list[tuple[str, int]]:
    """So many sentences of each topic."""
    train, _ = pools(lang)
    order = np.random.default_rng((seed, 8)).permutation(len(train))
    return [train[i] for k in range(len(TOPICS)) for i in [i for i in order if train[i][1] == k][:shots]]


def enlarge(
    pairs: Sequence[tuple[str, int]], way: str, p: AugmentParams, lang: Lang, seed: int
) -> tuple[list[tuple[str, ...]], npt.NDArray[np.int64]]:
    """The sentences, and `copies` changed ones of each: words and topics."""
    generator = np.random.default_rng((seed, 9))
    rows, topics = [corpus.words(s) for s, _ in pairs], [t for _, t in pairs]
    for sentence, topic in pairs if way != "none" else ():
        tokens = tuple(Token(w) for w in corpus.words(sentence))
        for _ in range(p.copies):
            made = tokens if way == "copy" else change(tokens, way, p.alpha, generator, lang)
            rows.append(tuple(t.word for t in made if t.change != "delete"))
            topics.append(topic)
    return rows, np.array(topics, dtype=np.int64)


@lru_cache(maxsize=64)
def learn(lang: Lang, alpha: float, copies: int, shots: int, seed: int) -> tuple[Array, Array, Array]:
    """accuracy (6, DRAWS), examples (6), vocabulary (6)."""
    _, held = pools(lang)
    p = AugmentParams(alpha=alpha, copies=copies, shots=shots, seed=seed)
    asked = [corpus.words(s) for s, _ in held]
    truth = np.array([t for _, t in held])
    accuracy, sizes = np.zeros((len(TRIED), DRAWS)), np.zeros((2, len(TRIED)))
    for draw in range(DRAWS):
        pairs = draw_shots(lang, shots, DRAWS * seed + draw)
        for k, way in enumerate(TRIED):
            rows, topics = enlarge(pairs, way, p, lang, DRAWS * seed + draw)
            places = {word: i for i, word in enumerate(dict.fromkeys(w for row in rows for w in row))}
            W, b = fit(bags(rows, places), topics, len(TOPICS))
            accuracy[k, draw] = ((bags(asked, places) @ W.T + b).argmax(1) == truth).mean()
            if draw == 0:
                sizes[:, k] = len(rows), len(places)
    return accuracy, sizes[0], sizes[1]


def versions_of(params: AugmentParams) -> tuple[Lang, tuple[Token, ...], tuple[Version, ...]]:
    """The language, the sentence, its changed copies."""
    tokens = read_tokens(params.text)
    lang = language_of(params.text)
    generator = np.random.default_rng((params.seed, 12))
    made = tuple(change(tokens, params.way, params.alpha, generator, lang) for _ in range(params.copies))
    return lang, tokens, tuple(judge(tokens, one, lang) for one in made)


def run(params: AugmentParams) -> AugmentTrace:
    """The copies of the sentence, and the classifier with each of the ways."""
    lang, tokens, versions = versions_of(params)
    accuracy, examples, vocabulary = learn(lang, params.alpha, params.copies, params.shots, params.seed)
    return AugmentTrace(
        params=params,
        lang=lang,
        tokens=tokens,
        versions=versions,
        accuracy=accuracy,
        examples=examples.astype(np.int64),
        vocabulary=vocabulary.astype(np.int64),
        signature=f"EDA · world.{lang} · {len(TOPICS)} topics × {params.shots} · α={params.alpha:g} · "
        f"{params.copies} copies · λ={LAMBDA:g} · {DRAWS} draws · {ASKED} held out · seed={params.seed}",
    )


def reference(trace: AugmentTrace) -> tuple[Check, ...]:
    """The classifier of the first draw beside scikit-learn's: the chances of the held-out sentences."""
    from sklearn.linear_model import LogisticRegression

    p = trace.params
    rows, topics = enlarge(draw_shots(trace.lang, p.shots, DRAWS * p.seed), p.way, p, trace.lang, DRAWS * p.seed)
    places = {word: i for i, word in enumerate(dict.fromkeys(w for row in rows for w in row))}
    x = bags(rows, places)
    asked = bags([corpus.words(s) for s, _ in pools(trace.lang)[1][:60]], places)
    W, b = fit(x, topics, len(TOPICS))
    z = asked @ W.T + b
    e = np.exp(z - z.max(1, keepdims=True))
    # scikit-learn adds up the losses and weighs them by C: λ = 1 / (C·N).
    model: Any = LogisticRegression(C=1 / (LAMBDA * len(rows)), tol=1e-8, max_iter=2000).fit(x, topics)
    return (
        compare(
            Text("chances of the topics", "вероятности тем"),
            "scikit-learn",
            e / e.sum(1, keepdims=True),
            model.predict_proba(asked),
            2e-3,
        ),
    )


def tables(trace: AugmentTrace) -> tuple[Table, ...]:
    """Accuracy of each way by draw, and how much there was to learn from."""
    return (
        Table("accuracy", list(TRIED), [f"draw {k + 1}" for k in range(DRAWS)], trace.accuracy),
        Table(
            "training set",
            list(TRIED),
            ("sentences", "words"),
            np.stack([trace.examples, trace.vocabulary], axis=1).astype(np.float64),
        ),
    )

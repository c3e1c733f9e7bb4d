"""An n-gram language model: the next token from the n − 1 before it, by counting.

Symbols: h the context, the n − 1 tokens before; w the token; V the vocabulary; h′ is h without its oldest token.

    c(h w)        how often w came after h;  C(h) = Σ_w c(h w)
    T(h)          how many different tokens came after h
    N₁₊(• h w)    before how many different tokens "h w" stood: the continuation count

    MLE           c(h w) / C(h)
    add-k         (c(h w) + k) / (C(h) + k·|V|)                                  Lidstone 1920; k = 1 is Laplace's
    Kneser–Ney    max(c(h w) − d, 0) / C(h) + d·T(h)/C(h) · p(w | h′)            Kneser and Ney 1995; interpolated as in
                                                                                 Chen and Goodman 1999

Kneser–Ney counts with c only at the full length n: every shorter context takes N₁₊(• h w) in place of c(h w). After a
context that never came it goes straight to h′.

What stands under the shortest context is a choice. `is_open` adds the token `UNK` to V, gives every token that is not
in V its place, and shares what the unigrams are discounted evenly, d·T/C · 1/|V|, so nothing has probability 0. A
closed model has no `UNK`: its unigrams are not discounted, and an unknown token has probability 0.

Every sequence begins after n − 1 marks `START`, which are context and are never predicted. `is_ended` adds a mark `END`
after its last token, which is predicted like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.errors import Refusal
from core.i18n import Text

Smoothing = Literal["mle", "add_k", "kneser_ney"]
Floats = npt.NDArray[np.float64]
Context = tuple[int, ...]
Followers = dict[int, int]

START, END, UNK = "<s>", "</s>", "<unk>"
START_ID, NOBODY = -2, -1
MAX_N = 8
MAX_TOKENS = 100_000


@dataclass(frozen=True)
class Step:
    """One level of the recursion: p(w | context) from the counts at this length of context.

    count, total, types : c, C and T (continuation counts below the full length, if the smoothing is Kneser–Ney)
    share : what the counts give; back : the weight of the next shorter context, 0 where nothing is passed on
    value : share + back · the value of the next step
    """

    context: tuple[str, ...]
    is_continuation: bool
    count: int
    total: int
    types: int
    share: float
    back: float
    value: float


@dataclass(frozen=True)
class NgramModel:
    """Counts, and what a smoothing makes of them. Made by `train`; not changed afterwards.

    vocabulary : every token that can be predicted, in order of first appearance, then `END` and `UNK` where there are
    counts : [k − 1][context of k − 1 ids][id] → c, for k = 1…n
    continuations : [k − 1][context of k − 1 ids][id] → N₁₊, for k = 1…n − 1
    """

    n: int
    smoothing: Smoothing
    k: float
    discount: float
    is_open: bool
    is_ended: bool
    vocabulary: tuple[str, ...]
    index: dict[str, int]
    counts: tuple[dict[Context, Followers], ...]
    continuations: tuple[dict[Context, Followers], ...]

    def __len__(self) -> int:
        return len(self.vocabulary)

    def id_of(self, token: str) -> int:
        """The place of `token` in the vocabulary; an unknown one has `UNK`'s, or −1 in a closed model."""
        if token == START:
            return START_ID
        return self.index.get(token, self.index[UNK] if self.is_open else NOBODY)

    def is_known(self, token: str) -> bool:
        return token in self.index and token != UNK

    def context_of(self, before: Sequence[str]) -> Context:
        """The ids of the last n − 1 tokens; what is missing in front is `START`."""
        if self.n == 1:
            return ()
        ids = [self.id_of(token) for token in before[-(self.n - 1) :]]
        return (START_ID,) * (self.n - 1 - len(ids)) + tuple(ids)

    def levels(self, context: Context) -> list[tuple[Context, Followers]]:
        """From the full context to the empty one: what came after each, with the counts that this smoothing reads."""
        if self.smoothing != "kneser_ney":
            return [(context, self.counts[self.n - 1].get(context, {}))]
        out = [(context, self.counts[self.n - 1].get(context, {}))]
        for k in range(self.n - 1, 0, -1):
            shorter = context[self.n - k :]
            out.append((shorter, self.continuations[k - 1].get(shorter, {})))
        return out

    def distribution(self, before: Sequence[str] = ()) -> Floats:
        """p(· | the last n − 1 of `before`): (|V|,), sums to 1.

        Without smoothing a context that never came has no distribution: all zeros.
        """
        levels = self.levels(self.context_of(before))
        V = len(self.vocabulary)
        if self.smoothing == "kneser_ney":
            return self._interpolate(levels)
        p = np.zeros(V)
        followers = levels[0][1]
        total = sum(followers.values())
        _add(p, followers, 0.0)
        if self.smoothing == "add_k":
            return (p + self.k) / (total + self.k * V)
        return p / total if total else p

    def _interpolate(self, levels: list[tuple[Context, Followers]]) -> Floats:
        V = len(self.vocabulary)
        p = np.full(V, 1.0 / V)
        for depth, (_, followers) in enumerate(reversed(levels)):
            total = sum(followers.values())
            if not total:
                continue
            d = self.discount if depth or self.is_open else 0.0
            p *= d * len(followers) / total
            _add(p, followers, d, total)
        return p

    def probability(self, token: str, before: Sequence[str] = ()) -> float:
        """p(token | the last n − 1 of `before`), 0…1."""
        return self.steps(token, before)[0].value

    def steps(self, token: str, before: Sequence[str] = ()) -> tuple[Step, ...]:
        """`probability` level by level, from the full context down; the last one passes nothing on.

        With Kneser–Ney and an open vocabulary the last level is the even share, 1/|V|.
        """
        w, V = self.id_of(token), len(self.vocabulary)
        is_kneser_ney = self.smoothing == "kneser_ney"
        out: list[Step] = []
        value = 1.0 / V if self.is_open else 0.0
        if is_kneser_ney and self.is_open:
            out.append(Step((), True, 1, V, V, value, 0.0, value))
        levels = self.levels(self.context_of(before))
        for depth, (context, followers) in enumerate(reversed(levels)):
            count, total, types = followers.get(w, 0), sum(followers.values()), len(followers)
            back = 0.0
            if self.smoothing == "mle":
                share = count / total if total else 0.0
            elif self.smoothing == "add_k":
                share = (count + self.k) / (total + self.k * V) if w != NOBODY else 0.0
            elif total:
                d = self.discount if depth or self.is_open else 0.0
                share, back = max(count - d, 0.0) / total, d * types / total
            else:
                share, back = 0.0, 1.0
            value = share + back * value if back else share
            words = tuple(self.word(i) for i in context)
            out.append(
                Step(words, is_kneser_ney and len(context) < self.n - 1, count, total, types, share, back, value)
            )
        return tuple(reversed(out))

    def word(self, i: int) -> str:
        """The token at place `i`; the marks of a beginning and of nobody too."""
        return START if i == START_ID else UNK if i == NOBODY else self.vocabulary[i]

    def log_probs(self, tokens: Sequence[str]) -> Floats:
        """ln p of every token given those before it, and of `END` if the model has one: (pos,) nats, −∞ where p = 0."""
        scored = [*tokens, END] if self.is_ended else list(tokens)
        p = np.array([self.probability(token, scored[:i]) for i, token in enumerate(scored)])
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(p))


def _add(p: Floats, followers: Followers, d: float, total: float = 1.0) -> None:
    """p[w] += max(c(w) − d, 0) / total, in place."""
    if followers:
        ids = np.fromiter(followers.keys(), dtype=np.int64, count=len(followers))
        c = np.fromiter(followers.values(), dtype=np.float64, count=len(followers))
        p[ids] += np.maximum(c - d, 0.0) / total


def train(
    sequences: Sequence[Sequence[str]],
    n: int,
    smoothing: Smoothing = "kneser_ney",
    *,
    k: float = 1.0,
    discount: float = 0.75,
    is_open: bool = True,
    is_ended: bool = False,
) -> NgramModel:
    """Count every n-gram of `sequences`, and of all shorter lengths.

    >>> model = train([["a", "b", "a", "b", "c"]], 2, "mle", is_open=False)
    >>> model.probability("a", ["b"])
    0.5

    Raises
    ------
    Refusal
        If n, k or the discount is out of range, or there is nothing to count or too much.
    """
    if not (1 <= n <= MAX_N and 0 < k <= 1000 and 0 < discount < 1):
        raise Refusal(
            Text(
                "n must be from 1 to {most}, k above 0 and the discount between 0 and 1.",
                "n — от 1 до {most}, k — больше 0, скидка — между 0 и 1.",
            ).format(most=MAX_N)
        )
    size = sum(map(len, sequences))
    if not 0 < size <= MAX_TOKENS:
        raise Refusal(
            Text(
                "A model is trained on 1 to {most} tokens; here there are {size}.",
                "Модель обучается на тексте от 1 до {most} токенов, а здесь их {size}.",
            ).format(most=MAX_TOKENS, size=size)
        )
    seen = dict.fromkeys(token for sequence in sequences for token in sequence)
    vocabulary = (*seen, *([END] if is_ended else []), *([UNK] if is_open else []))
    index = {token: i for i, token in enumerate(vocabulary)}
    counts: tuple[dict[Context, Followers], ...] = tuple({} for _ in range(n))
    for sequence in sequences:
        ids = [START_ID] * (n - 1) + [index[token] for token in sequence] + ([index[END]] if is_ended else [])
        for at in range(n - 1, len(ids)):
            for k_ in range(1, n + 1):
                followers = counts[k_ - 1].setdefault(tuple(ids[at - k_ + 1 : at]), {})
                followers[ids[at]] = followers.get(ids[at], 0) + 1
    return NgramModel(n, smoothing, k, discount, is_open, is_ended, vocabulary, index, counts, _continuations(counts))


def nltk_probabilities(model: NgramModel, sequences: Sequence[Sequence[str]], tokens: Sequence[str]) -> Floats:
    """What `nltk.lm` gives to every token of `tokens`, counted by itself from `sequences`: (pos,)."""
    theirs = nltk_model(model, sequences)
    row = [START] * (model.n - 1) + [token if model.is_known(token) else UNK for token in tokens]
    at = range(model.n - 1, len(row))
    return np.array([theirs.unmasked_score(row[i], tuple(row[i - model.n + 1 : i])) for i in at], dtype=np.float64)


def nltk_model(model: NgramModel, sequences: Sequence[Sequence[str]], alpha: float | None = None) -> Any:
    """nltk's model of the same kind, counted by itself from `sequences`; with `alpha` its stupid backoff.

    nltk's Kneser–Ney ends in undiscounted unigrams. For an open model its last step, and only that, is replaced by the
    discounted one that passes d·T/C on to the even share. (The mark `END` is not predicted here.)
    """
    from nltk.lm import MLE, KneserNeyInterpolated, Lidstone, NgramCounter, StupidBackoff, Vocabulary

    n = model.n
    padded = [[START] * (n - 1) + list(sequence) for sequence in sequences]
    grams = (
        [tuple(row[at - k + 1 : at + 1]) for at in range(n - 1, len(row)) for k in range(1, n + 1)] for row in padded
    )
    counter = NgramCounter(grams)
    vocabulary = Vocabulary([token for sequence in sequences for token in sequence], unk_label=UNK)
    if alpha is not None:
        return StupidBackoff(alpha, n, vocabulary=vocabulary, counter=counter)
    if model.smoothing == "mle":
        return MLE(n, vocabulary=vocabulary, counter=counter)
    if model.smoothing == "add_k":
        return Lidstone(model.k, n, vocabulary=vocabulary, counter=counter)
    theirs = KneserNeyInterpolated(n, model.discount, vocabulary=vocabulary, counter=counter)
    estimator, T = theirs.estimator, len(counter.unigrams)

    def unigram_score(word: str) -> float:
        c, C = (counter.unigrams[word], counter.unigrams.N()) if n == 1 else estimator._continuation_counts(word)
        d = model.discount if model.is_open else 0.0
        return float(max(c - d, 0.0) / C + d * T / C / len(model))

    estimator.unigram_score = unigram_score
    return theirs


def _continuations(counts: Sequence[dict[Context, Followers]]) -> tuple[dict[Context, Followers], ...]:
    """N₁₊(• h w) of every length below the longest: each different "v h w" adds one to "h w"."""
    out: list[dict[Context, Followers]] = []
    for longer in counts[1:]:
        table: dict[Context, Followers] = {}
        for context, followers in longer.items():
            shorter = table.setdefault(context[1:], {})
            for w in followers:
                shorter[w] = shorter.get(w, 0) + 1
        out.append(table)
    return tuple(out)

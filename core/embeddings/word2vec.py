"""Skip-gram and CBOW, trained in blocks so that nearly all the work is matrix products.

Symbols (Mikolov et al. 2013a "Efficient estimation of word representations", 2013b "Distributed representations"):

    W_in       vectors of words as centres (skip-gram) or as context (CBOW): the ones that are kept   (V, d)
    W_out      vectors of words as what is predicted                                                  (V, d)
    k          negatives a pair                            2013b, eq. 4
    f(w)^a     what negatives are drawn from, a = 0.75     2013b, section 2.2
    t          subsampling: a word is kept with probability √(t/f) + t/f    word2vec.c (2013b, eq. 5, prints 1 − √(t/f))
    α          learning rate, falls in a straight line to α/10⁴ of the start  word2vec.c

The trick: a *block* is T neighbouring words of the text. In skip-gram scores of all centres with all words around them
are one product (T, d)·(d, T + 2·window), of which the band inside the windows counts; in CBOW contexts are lists,
whose rows are summed. The block's negatives are drawn once and shared, another product (T, d)·(d, S). With weights
n·k/S, where n is the number of pairs of a centre, the expected gradient is that of k fresh negatives a pair. Words
that stand in one step more than once have their gradients summed, up to a point (`FULL`).

CBOW passes the whole gradient on to every word of the context, as word2vec.c does, not a share of it (İrsoy et al.
2021, "Corrected CBOW performs as well as skip-gram"); with the mean in the forward pass that is not the gradient.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch

from core.arrays import Frozen

Kind = Literal["skipgram", "cbow"]
Loss = Literal["negative", "softmax"]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.floating]

BLOCK: dict[Kind, int] = {"skipgram": 32, "cbow": 32}
SHARED: dict[Kind, int] = {"skipgram": 32, "cbow": 8}
LEAST_RATE = 1e-4
FULL = 64.0


@dataclass(frozen=True)
class Settings:
    """How to train. `subsample` 0 keeps every word; `batch` is the number of words a step, None chooses by |V|."""

    kind: Kind = "skipgram"
    loss: Loss = "negative"
    dim: int = 100
    window: int = 5
    is_dynamic: bool = True
    negatives: int = 5
    exponent: float = 0.75
    subsample: float = 1e-3
    rate: float = 0.025
    epochs: int = 5
    seed: int = 0
    batch: int | None = None


@dataclass(frozen=True)
class Vocabulary(Frozen):
    """Words by falling count (ties: alphabetical); counts (V)."""

    words: tuple[str, ...]
    counts: Ints

    @property
    def index(self) -> dict[str, int]:
        return {word: n for n, word in enumerate(self.words)}


@dataclass(frozen=True)
class Stream(Frozen):
    """A corpus as numbers: the word and the sentence of every token, both (tokens)."""

    ids: Ints
    sentence: Ints


def count_words(sentences: Iterable[Sequence[str]], *, least: int = 1, most: int | None = None) -> Vocabulary:
    """The words that occur at least `least` times, of these the `most` frequent."""
    counted = Counter(word for sentence in sentences for word in sentence)
    kept = sorted((item for item in counted.items() if item[1] >= least), key=lambda item: (-item[1], item[0]))[:most]
    return Vocabulary(tuple(word for word, _ in kept), np.array([n for _, n in kept], dtype=np.int64))


def encode(sentences: Iterable[Sequence[str]], vocabulary: Vocabulary) -> Stream:
    """Words outside the vocabulary are left out, as if they had not been written."""
    index = vocabulary.index
    rows = [[index[word] for word in sentence if word in index] for sentence in sentences]
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    ids = np.array([n for row in rows for n in row], dtype=np.int64)
    return Stream(ids, np.repeat(np.arange(len(rows), dtype=np.int64), lengths))


def keep_probabilities(counts: npt.NDArray[np.int64], subsample: float) -> npt.NDArray[np.float64]:
    """√(t/f) + t/f, at most 1: what word2vec.c and gensim do. (V)."""
    if subsample <= 0:
        return np.ones(len(counts))
    share = subsample * counts.sum() / counts
    return np.asarray(np.minimum(1.0, np.sqrt(share) + share))


def negative_probabilities(counts: npt.NDArray[np.int64], exponent: float) -> npt.NDArray[np.float64]:
    """f^a / Σ f^a: (V), sums to 1. a = 0 is uniform, a = 1 the words' own frequencies."""
    weights = counts.astype(np.float64) ** exponent
    return np.asarray(weights / weights.sum())


def sort_order(ids: Ints, V: int) -> Ints:
    """A stable argsort of numbers below V. NumPy sorts 16 bits at a time, by radix, several times as fast as 64."""
    order = np.argsort(ids.astype(np.uint16), kind="stable")
    for shift in range(16, (V - 1).bit_length(), 16):
        order = order[np.argsort((ids[order] >> shift).astype(np.uint16), kind="stable")]
    return order


class Trainer:
    """Weights and their training; `steps()` yields after every step, so the caller decides when to look and stop.

    vocabulary, stream : from `count_words` and `encode`
    where : a torch device
    W_in, W_out : (V, d) float32
    seen, total : words of the text read so far (those that subsampling leaves out count), and in all
    loss : mean loss of a pair in the last step, nats; NaN unless `is_watched`
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        stream: Stream,
        settings: Settings,
        *,
        where: torch.device | None = None,
        is_watched: bool = False,
    ) -> None:
        self.vocabulary, self.stream, self.settings, self.is_watched = vocabulary, stream, settings, is_watched
        self.where = where or torch.device("cpu")
        self._dice = np.random.default_rng(settings.seed)
        shape = (len(vocabulary.words), settings.dim)
        # From −1/d to 1/d, as gensim does: word2vec.c starts from half of that, and needs more text to get going.
        start = (2 * self._dice.random(shape, dtype=np.float32) - 1) / settings.dim
        self.W_in = torch.from_numpy(start).to(self.where)
        self.W_out = torch.zeros(shape, device=self.where)
        self._block, self._shared = BLOCK[settings.kind], SHARED[settings.kind]
        self._cumulative = negative_probabilities(vocabulary.counts, settings.exponent).cumsum()
        self._keep = keep_probabilities(vocabulary.counts, settings.subsample)
        self.seen, self.total = 0, len(stream.ids) * settings.epochs
        self.loss = float("nan")

    @property
    def rate(self) -> float:
        """α now."""
        return self.settings.rate * max(LEAST_RATE, 1 - self.seen / max(1, self.total))

    def steps(self) -> Iterator[None]:
        """Train to the end, one yield a step."""
        for _ in range(self.settings.epochs):
            yield from self._epoch()

    def train(self) -> None:
        """All of it at once."""
        for _ in self.steps():
            pass

    def _batch(self) -> int:
        """Words a step. Summed gradients of one word must stay small, so a small vocabulary gets small steps."""
        return self.settings.batch or int(np.clip(len(self.vocabulary.words) // 4, 64, 2048))

    def _epoch(self) -> Iterator[None]:
        """One reading. What is random in it is drawn at its beginning."""
        p, T = self.settings, self._block
        is_kept = self._dice.random(len(self.stream.ids)) < self._keep[self.stream.ids]
        ids, sentence = self.stream.ids[is_kept], self.stream.sentence[is_kept]
        blocks = -(-len(ids) // T)
        before = self.seen
        if blocks:
            lo, hi = self._reach(sentence)
            # Whole blocks, and around each the words that its windows may reach. What is padded has no context.
            behind = blocks * T - len(ids)
            lo = np.pad(lo, (0, behind)).reshape(blocks, T)
            hi = np.pad(hi, (0, behind), constant_values=1).reshape(blocks, T)
            ids = np.pad(ids, (p.window, behind + p.window))
            words = np.lib.stride_tricks.sliding_window_view(ids, T + 2 * p.window)[::T]
            # One from each of S equal slices: frequent words come as often as they should, not by luck.
            throws = (np.arange(self._shared) + self._dice.random((blocks, self._shared))) / self._shared
            drawn = np.searchsorted(self._cumulative, throws)
            drawn = np.minimum(drawn, len(self._cumulative) - 1)
            order = self._dice.permutation(blocks)
            n = max(1, self._batch() // T)
            for start in range(0, blocks, n):
                chosen = order[start : start + n]
                self._step(words[chosen], lo[chosen], hi[chosen], drawn[chosen])
                self.seen = before + round(len(self.stream.ids) * min(1.0, (start + n) / blocks))
                yield
        self.seen = before + len(self.stream.ids)

    def _reach(self, sentence: Ints) -> tuple[Ints, Ints]:
        """Where the window of every word begins and ends, from −window to window + 1, its sentence's ends heeded."""
        w, n = self.settings.window, len(sentence)
        reach = self._dice.integers(1, w, n, endpoint=True) if self.settings.is_dynamic else np.full(n, w)
        begin = np.flatnonzero(np.diff(sentence, prepend=-1))
        length = np.diff(begin, append=n)
        first = np.repeat(begin, length) - np.arange(n)
        return np.maximum(-reach, first), np.minimum(reach + 1, first + np.repeat(length, length))

    def _step(self, words: Ints, lo: Ints, hi: Ints, drawn: Ints) -> None:
        """Gradients of the blocks' pairs, summed, times α.

        words (blocks, T + 2·window); lo and hi (blocks, T), the window of the word at `window + t` begins at
        `window + t + lo` and ends before `window + t + hi`; drawn (blocks, S)
        """
        p, w, T = self.settings, self.settings.window, self._block
        if p.kind == "cbow" and p.loss == "negative":
            self._cbow_step(words, lo, hi, drawn)
            return
        away = torch.arange(T + 2 * w, device=self.where) - w - torch.arange(T, device=self.where)[:, None]
        around, first, last = self._there(words), self._there(lo)[:, :, None], self._there(hi)[:, :, None]
        pairs = ((away >= first) & (away < last) & (away != 0)).to(torch.float32)
        counts = pairs.sum(-1, keepdim=True)
        centres = around[:, w : w + T]
        if p.loss == "softmax":
            self._softmax_step(around, centres, pairs, counts)
        else:
            self._skipgram_step(around, centres, pairs, counts, self._there(drawn))

    def _skipgram_step(
        self, around: torch.Tensor, centres: torch.Tensor, pairs: torch.Tensor, n: torch.Tensor, drawn: torch.Tensor
    ) -> None:
        v, u = self._rows(self.W_in, centres), self._rows(self.W_out, around)
        u_neg = self._rows(self.W_out, drawn)
        s, s_neg = torch.bmm(v, u.transpose(1, 2)), torch.bmm(v, u_neg.transpose(1, 2))
        share = n * (self.settings.negatives / self._shared)
        self._watch(s, s_neg, pairs, share, pairs.sum())
        g = (torch.sigmoid(s).sub_(1)).mul_(pairs).mul_(-self.rate)
        g_neg = torch.sigmoid(s_neg).mul_(share).mul_(-self.rate)
        dv = torch.bmm(g, u).baddbmm_(g_neg, u_neg)
        d_out = torch.bmm(g.transpose(1, 2), v), torch.bmm(g_neg.transpose(1, 2), v)
        self._add(self.W_in, (centres, n * (1 + self.settings.negatives), dv))
        self._add(self.W_out, (around, pairs.sum(1), d_out[0]), (drawn, share.sum(1).expand(drawn.shape), d_out[1]))

    def _cbow_step(self, words: Ints, lo: Ints, hi: Ints, drawn: Ints) -> None:
        """Contexts are lists here, not a band: both ways through them are sums of rows, which need no product."""
        w, k, (blocks, T) = self.settings.window, self.settings.negatives, lo.shape
        n = (hi - lo - 1).ravel()
        row = np.repeat(np.arange(blocks * T), n)
        own = (w + np.arange(T) + words.shape[1] * np.arange(blocks)[:, None]).ravel()
        at = np.arange(len(row)) + (own + lo.ravel() - n.cumsum() + n)[row]
        at += at >= own[row]  # a word is not its own context
        context = words.ravel()[at]

        part = self._there((1 / np.maximum(n, 1)).astype(np.float32))
        mean = self._sum_rows(self.W_in, context, n, part[self._there(row)]).reshape(blocks, T, -1)
        centres = words[:, w : w + T]
        u, u_neg = self._rows(self.W_out, self._there(centres)), self._rows(self.W_out, self._there(drawn))
        is_asked = (n > 0).astype(np.float32).reshape(blocks, T)
        has = self._there(is_asked)[:, :, None]
        s, s_neg = (mean * u).sum(-1, keepdim=True), torch.bmm(mean, u_neg.transpose(1, 2))
        share = has * (k / self._shared)
        self._watch(s, s_neg, has, share, has.sum())
        g = (torch.sigmoid(s).sub_(1)).mul_(has).mul_(-self.rate)
        g_neg = torch.sigmoid(s_neg).mul_(share).mul_(-self.rate)
        d_mean = u.mul_(g).baddbmm_(g_neg, u_neg)
        d_out = torch.empty(blocks * (T + self._shared), d_mean.shape[2], device=self.where)
        torch.mul(mean, g, out=d_out[: blocks * T].view(mean.shape))
        torch.bmm(g_neg.transpose(1, 2), mean, out=d_out[blocks * T :].view(u_neg.shape))
        self._add_lists(self.W_in, context, row, d_mean.reshape(blocks * T, -1), np.full(len(row), 1.0 + k))
        times = is_asked.sum(1) * (k / self._shared)
        weight = np.concatenate([is_asked.ravel(), np.repeat(times, self._shared)])
        ids = np.concatenate([centres.ravel(), drawn.ravel()])
        self._add_lists(self.W_out, ids, np.arange(len(ids)), d_out, weight)

    def _softmax_step(self, around: torch.Tensor, centres: torch.Tensor, pairs: torch.Tensor, n: torch.Tensor) -> None:
        """One softmax over all words a centre; in skip-gram its n pairs share it, so their targets are summed."""
        is_cbow = self.settings.kind == "cbow"
        rows, V = centres.numel(), len(self.vocabulary.words)
        if is_cbow:
            v = self._rows(self.W_in, around)
            hidden = (torch.bmm(pairs, v) / n.clamp(min=1)).reshape(rows, -1)
            weight = (n > 0).to(torch.float32).reshape(rows, 1)
            target = torch.zeros(rows, V, device=self.where).scatter_(1, centres.reshape(rows, 1), 1.0) * weight
        else:
            hidden = self._rows(self.W_in, centres).reshape(rows, -1)
            weight = n.reshape(rows, 1)
            spread = around[:, None, :].expand(-1, self._block, -1).reshape(rows, -1)
            target = torch.zeros(rows, V, device=self.where).scatter_add_(1, spread, pairs.reshape(rows, -1))
        chances = torch.log_softmax(hidden @ self.W_out.T, -1)
        if self.is_watched:
            self.loss = float(-(target * chances).sum() / weight.sum().clamp(min=1))
        g = chances.exp_().mul_(weight).sub_(target).mul_(-self.rate)
        d_hidden = (g @ self.W_out).reshape(*centres.shape, -1)
        touched = g.abs().sum(0) * (4 / self.rate)  # no sigmoid is saturated here: steeper, so less of it
        self.W_out += (g.T @ hidden) * (FULL / touched.clamp(min=FULL))[:, None]
        if is_cbow:
            self._add(self.W_in, (around, 4 * pairs.sum(1), torch.bmm(pairs.transpose(1, 2), d_hidden)))
        else:
            self._add(self.W_in, (centres, 4 * n, d_hidden))

    def _watch(
        self, s: torch.Tensor, s_neg: torch.Tensor, pairs: torch.Tensor, share: torch.Tensor, n: torch.Tensor
    ) -> None:
        """−log σ(s) of the pairs and −log σ(−s) of the negatives, each with its weight, a pair."""
        if self.is_watched:
            softplus = torch.nn.functional.softplus
            lost = (softplus(-s) * pairs).sum() + (softplus(s_neg) * share).sum()
            self.loss = float(lost / n.clamp(min=1))

    def _there(self, values: npt.NDArray[Any]) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(values)).to(self.where)

    def _sum_rows(self, W: torch.Tensor, ids: Ints, n: Ints, weights: torch.Tensor | None = None) -> torch.Tensor:
        """The first n[0] of `ids` name the rows of W whose weighted sum is row 0, the next n[1] row 1, and so on."""
        bag = torch.nn.functional.embedding_bag
        return bag(self._there(ids), W, self._there(n.cumsum() - n), mode="sum", per_sample_weights=weights)

    def _add_lists(self, W: torch.Tensor, ids: Ints, rows: Ints, change: torch.Tensor, weight: Floats) -> None:
        """Add change[rows[i]] to W[ids[i]]; weight[i] is how many pairs it stands for (see `_add`)."""
        order = sort_order(ids, len(W))
        ids = ids[order]
        begin = np.flatnonzero(np.diff(ids, prepend=-1))
        touched = np.add.reduceat(weight[order], begin)
        sums = self._sum_rows(change, rows[order], np.diff(begin, append=len(ids)))
        damping = self._there((FULL / np.maximum(touched, FULL)).astype(np.float32))
        W.index_add_(0, self._there(ids[begin]), sums.mul_(damping[:, None]))

    @staticmethod
    def _rows(W: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        return W.index_select(0, ids.reshape(-1)).reshape(*ids.shape, W.shape[1])

    @staticmethod
    def _add(W: torch.Tensor, *changes: tuple[torch.Tensor, torch.Tensor, torch.Tensor]) -> None:
        """Add rows `change` to the rows `ids` of W; `weight` is how many pairs each stands for.

        A word that stands for more than `FULL` pairs in one step moves as far as `FULL` of them would take it: all
        were computed from where it stood, and their sum would throw it past the bottom.
        """
        touched = torch.zeros(len(W), device=W.device)
        for ids, weight, _ in changes:
            touched.index_add_(0, ids.reshape(-1), weight.reshape(-1))
        damping = touched.clamp_(min=FULL).reciprocal_().mul_(FULL)
        for ids, _, change in changes:
            rows = change.reshape(-1, W.shape[1])
            W.index_add_(0, ids.reshape(-1), rows.mul_(damping[ids.reshape(-1), None]))

"""Word2vec trained while one watches: snapshots of neighbours, analogies and a plane.

The trainer is `core.embeddings.word2vec`; a snapshot looks at W_in only. Snapshots stand close together at the start,
where most happens: the n-th of F at a share (n/F)² of the text.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import numpy.typing as npt
import torch

from core.arithmetic import Formula, Part, number, quiet, say, sum_of_products, write_number
from core.arrays import Frozen
from core.device import describe, device
from core.embeddings.word2vec import Kind, Loss, Settings, Trainer
from core.embeddings.word2vec_corpus import Corpus, TrainParams, corpus_of
from core.embeddings.word2vec_quality import (
    analogy_answers,
    analogy_ranks,
    class_share,
    nearest,
    project,
    unit_rows,
)
from core.i18n import Lang, Text
from core.tables import Table
from core.verify import Check, compare

FRAMES = 32
LOST = 200.0
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Tick = Callable[[float], None]


@dataclass(frozen=True)
class Frame(Frozen):
    """One look during training.

    seen : words of the text read so far; loss : mean loss of a pair since the last look, nats; NaN at the start
    positions (n, 2); neighbours and cosines (n, 8), of the shown words; ranks and answers (A)
    """

    seen: int
    loss: float
    positions: Floats
    neighbours: Ints
    cosines: Floats
    ranks: Ints
    answers: Ints
    in_class: float

    @property
    def analogies(self) -> float:
        """The share that is found; NaN when none is asked."""
        return float((self.ranks == 1).mean()) if len(self.ranks) else float("nan")


@dataclass(frozen=True)
class TrainTrace(Frozen):
    """The run from beginning to end, with the weights it came to.

    rate : words a second, as it happened to be; is_lost : it diverged and was stopped
    """

    params: TrainParams
    corpus: Corpus
    frames: tuple[Frame, ...]
    W_in: Floats
    W_out: Floats
    rate: float
    is_lost: bool
    signature: str


@dataclass(eq=False)
class Recording:
    """A run that is watched while it happens: the training thread appends, everybody else reads."""

    corpus: Corpus
    frames: list[Frame] = field(default_factory=list)


def look(corpus: Corpus, trainer: Trainer, loss: float, before: Frame | None) -> Frame:
    """What the vectors know now."""
    M = unit_rows(trainer.W_in.cpu().numpy())
    neighbours, cosines = nearest(M, corpus.shown)
    return Frame(
        seen=trainer.seen,
        loss=loss,
        positions=project(M[corpus.shown], None if before is None else before.positions),
        neighbours=neighbours,
        cosines=cosines,
        ranks=analogy_ranks(M, corpus.known.analogies),
        answers=analogy_answers(M, corpus.known.analogies),
        in_class=class_share(M, corpus.known),
    )


def train(params: TrainParams, recording: Recording, tick: Tick | None = None) -> TrainTrace:
    """Train, appending snapshots to `recording`; `tick(share)` may raise to stop."""
    corpus = recording.corpus
    recording.frames.clear()
    settings = Settings(
        kind=cast(Kind, params.kind),
        loss=cast(Loss, params.loss),
        dim=params.size,
        window=params.window,
        is_dynamic=params.is_dynamic,
        negatives=params.negatives,
        exponent=params.exponent,
        subsample=10**params.lg_sample if params.lg_sample < 0 else 0.0,
        rate=params.alpha,
        epochs=params.epochs,
        seed=params.seed,
    )
    trainer = Trainer(corpus.vocabulary, corpus.stream, settings, where=device(), is_watched=True)
    recording.frames.append(look(corpus, trainer, float("nan"), None))
    losses: list[float] = []
    started = time.perf_counter()
    is_lost = False
    for _ in trainer.steps():
        # What has left the range of sense never comes back: the last good snapshot stays the last.
        is_lost = not trainer.loss < LOST
        if is_lost:
            break
        losses.append(trainer.loss)
        share = trainer.seen / trainer.total
        if share >= (len(recording.frames) / FRAMES) ** 2:
            recording.frames.append(look(corpus, trainer, float(np.mean(losses)), recording.frames[-1]))
            losses.clear()
            if tick:
                tick(share)
    if losses and not is_lost:
        recording.frames.append(look(corpus, trainer, float(np.mean(losses)), recording.frames[-1]))
    rate = trainer.seen / max(1e-9, time.perf_counter() - started)
    p = params
    return TrainTrace(
        params=params,
        corpus=corpus,
        frames=tuple(recording.frames),
        W_in=trainer.W_in.cpu().numpy(),
        W_out=trainer.W_out.cpu().numpy(),
        rate=rate,
        is_lost=is_lost,
        signature=f"{p.kind} · {p.loss} · N={len(corpus.stream.ids)} · V={len(corpus.vocabulary.words)} · d={p.size} · "
        f"c={p.window} · k={p.negatives} · a={p.exponent:g} · α={p.alpha:g} · epochs={p.epochs} · seed={p.seed} · "
        f"float32 · {describe()} · torch {torch.__version__}",
    )


def run(params: TrainParams) -> TrainTrace:
    """The whole training.

    Raises
    ------
    Refusal
        If the corpus cannot be used.
    """
    return train(params, Recording(corpus_of(params)))


def reference(trace: TrainTrace) -> tuple[Check, ...]:
    """The last snapshot's neighbours and plane beside scikit-learn's."""
    from sklearn.decomposition import PCA
    from sklearn.neighbors import NearestNeighbors

    if trace.is_lost:
        return ()
    last, shown = trace.frames[-1], trace.corpus.shown
    k = last.cosines.shape[1]
    finder = NearestNeighbors(n_neighbors=k + 1, metric="cosine", algorithm="brute").fit(trace.W_in)
    distances, _ = finder.kneighbors(trace.W_in[shown])
    flat = PCA(2, svd_solver="full").fit_transform(unit_rows(np.asarray(trace.W_in))[shown].astype(np.float64))

    def gram(Z: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        return np.asarray(Z.astype(np.float64) @ Z.T.astype(np.float64))

    return (
        compare(Text("cosines", "косинусы"), "scikit-learn", last.cosines, 1 - distances[:, 1:], 1e-4),
        compare(
            Text("plane, up to a turn", "плоскость с точностью до поворота"),
            "scikit-learn",
            gram(last.positions),
            gram(flat),
            1e-3,
        ),
    )


def tables(trace: TrainTrace) -> tuple[Table, ...]:
    """Vectors, and the course of the training."""
    dims = [str(n + 1) for n in range(trace.params.size)]
    frames = [str(n) for n in range(len(trace.frames))]
    course = [(f.seen, f.loss, f.analogies, f.in_class) for f in trace.frames]
    vectors = (trace.W_in, trace.W_out) if not trace.is_lost else ()
    return (
        *(
            Table(name, trace.corpus.vocabulary.words, dims, W)
            for name, W in zip(("W_in", "W_out"), vectors, strict=False)
        ),
        Table("course", frames, ["words read", "loss", "analogies", "in class"], np.nan_to_num(np.array(course))),
    )


def explain(trace: TrainTrace, word: int, lang: Lang) -> tuple[Formula, ...]:
    """The cosine of the picked word with its nearest one, and the analogy it is the answer of."""
    if trace.is_lost:
        return ()
    W, words = trace.W_in, trace.corpus.vocabulary.words
    M = unit_rows(np.asarray(W))
    found, cosines = nearest(M, np.array([word]), 1)
    other = int(found[0, 0])
    terms = M[word].astype(np.float64) * M[other]
    shown = sum_of_products(W[word, :3], W[other, :3], 2)
    rest = [say(" + …")] if W.shape[1] > 3 else []
    lengths = np.linalg.norm(W[word]), np.linalg.norm(W[other])
    told = Text(
        "   {d} products; largest share: coordinate {j}, {v}",
        "   произведений: {d}; больше всех даёт координата {j}: {v}",
    ).format(d=W.shape[1], j=int(np.argmax(terms)) + 1, v=write_number(float(terms.max()), 2))
    lines: list[Formula] = [
        (
            say(f"cos({words[word]}, {words[other]}) = ("),
            *shown,
            *rest,
            say(f") / ({lengths[0]:.2f} · {lengths[1]:.2f}) = "),
            number(float(cosines[0, 0]), 3, "result"),
            quiet(told.get(lang)),
        )
    ]
    asked = np.flatnonzero((trace.corpus.known.analogies[:, 2:] == word).any(axis=1))
    if len(asked):
        four = trace.corpus.known.analogies[asked[0]]
        a, b, c, d = (int(n) for n in four)
        free = int(analogy_answers(M, four[None], is_excluding=False)[0])
        kept = int(analogy_answers(M, four[None])[0])
        target = M[b] - M[a] + M[c]
        lines.append(
            (
                say(f"{words[b]} − {words[a]} + {words[c]}: "),
                Part(f"{words[d]} {write_number(float(target @ M[d] / np.linalg.norm(target)), 3)}", "strong"),
                quiet(
                    NEAREST.format(free=words[free], kept=words[kept]).get(lang),
                ),
            )
        )
    return tuple(lines)


NEAREST = Text(
    "   nearest of all words: {free}; without the three that are given: {kept}",
    "   ближе всех из всех слов: {free}; без трёх данных: {kept}",
)

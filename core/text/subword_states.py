"""What a tokenizer looks at before each of its steps, for all three kinds alike.

    state t   after t steps: BPE and WordPiece have merged t pairs, Unigram has pruned t times
    row       a candidate of the next step: a pair and its count, a pair and its score, a piece and its loss

Rows stand in the order in which the tokenizer would take them; ties are broken as in `core.text.bpe` and its siblings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from core.text import bpe, unigram, wordpiece

Kind = Literal["bpe", "wordpiece", "unigram"]
KINDS: tuple[Kind, ...] = ("bpe", "wordpiece", "unigram")
MAX_ROWS = 9


@dataclass(frozen=True)
class Row:
    """A candidate. `parts`: the two pieces of a pair, or the one piece.

    value : count, score or loss; count : how often the pair stands, or the expected count of the piece
    left, right : how often its parts stand; p : the piece's probability; is_next : this one is merged, or goes
    """

    parts: tuple[str, ...]
    value: float
    count: float
    left: int = 0
    right: int = 0
    p: float = 0.0
    is_next: bool = False


@dataclass(frozen=True)
class State:
    """A tokenizer after some steps: its candidates, the words as it cuts them, its vocabulary."""

    rows: tuple[Row, ...]
    candidates: int
    splits: tuple[tuple[str, ...], ...]
    vocabulary: tuple[str, ...]
    tokens: int
    likelihood: float = 0.0


def count_pairs(splits: Iterable[Sequence[int]], counts: Iterable[int]) -> dict[bpe.Pair, int]:
    """How often each pair stands in the corpus as it is cut."""
    found: dict[bpe.Pair, int] = {}
    for split, times in zip(splits, counts, strict=True):
        for pair in pairwise(split):
            found[pair] = found.get(pair, 0) + times
    return found


def bpe_states(trained: bpe.Bpe, words: Mapping[str, int]) -> tuple[State, ...]:
    """The table of pairs before every merge, and after the last."""
    out = []
    for t in range(len(trained.steps) + 1):
        splits = bpe.replay(trained, words, t)
        pairs = count_pairs(splits, words.values())
        ranked = sorted(pairs, key=lambda pair: (-pairs[pair], pair))
        rows = tuple(
            Row(
                (trained.pieces[pair[0]], trained.pieces[pair[1]]),
                pairs[pair],
                pairs[pair],
                is_next=k == 0 and t < len(trained.steps),
            )
            for k, pair in enumerate(ranked[:MAX_ROWS])
        )
        out.append(_state(rows, len(ranked), splits, trained.pieces, trained.size(t), words))
    return tuple(out)


def wordpiece_states(trained: wordpiece.WordPiece, words: Mapping[str, int]) -> tuple[State, ...]:
    """The table of scores before every merge, and after the last."""
    out = []
    for t in range(len(trained.steps) + 1):
        splits = wordpiece.replay(trained, words, t)
        pairs = count_pairs(splits, words.values())
        frequency = dict.fromkeys(range(len(trained.pieces)), 0)
        for split, times in zip(splits, words.values(), strict=True):
            for piece in split:
                frequency[piece] += times
        scores = {(a, b): count / (frequency[a] * frequency[b]) for (a, b), count in pairs.items()}
        ranked = sorted(pairs, key=lambda pair: (-scores[pair], pair))
        rows = tuple(
            Row(
                (trained.pieces[a], trained.pieces[b]),
                scores[a, b],
                pairs[a, b],
                frequency[a],
                frequency[b],
                is_next=k == 0 and t < len(trained.steps),
            )
            for k, (a, b) in enumerate(ranked[:MAX_ROWS])
        )
        out.append(_state(rows, len(ranked), splits, trained.pieces, trained.size(t), words))
    return tuple(out)


def unigram_states(trained: unigram.Unigram, words: Mapping[str, int]) -> tuple[State, ...]:
    """The table of losses at every stage, those that go next on top."""
    out = []
    for stage in trained.stages:
        ranked = unigram.prune(stage.losses, stage.p, len(stage.losses))
        cut = set(stage.cut)
        rows = tuple(
            Row((piece,), stage.losses[piece], stage.counts[piece], p=stage.p[piece], is_next=piece in cut)
            for piece in ranked[:MAX_ROWS]
        )
        logs = unigram.log_probabilities(stage.p)
        splits = tuple(tuple(unigram.encode(logs, word)) for word in words)
        vocabulary = tuple(sorted(stage.p, key=lambda piece: (-stage.p[piece], piece)))
        out.append(State(rows, len(ranked), splits, vocabulary, stage.tokens, stage.likelihoods[-1]))
    return tuple(out)


def _state(
    rows: tuple[Row, ...],
    candidates: int,
    splits: Sequence[Sequence[int]],
    pieces: Sequence[str],
    size: int,
    words: Mapping[str, int],
) -> State:
    tokens = sum(len(split) * times for split, times in zip(splits, words.values(), strict=True))
    named = tuple(tuple(pieces[piece] for piece in split) for split in splits)
    return State(rows, candidates, named, tuple(pieces[:size]), tokens)

"""Unigram: start with too many pieces and let those go that the likelihood misses least.

Symbols (Kudo 2018, "Subword Regularization", section 3.2):

    V           the vocabulary; p(x) the probability of the piece x, Σ p(x) = 1
    S(w)        every way to cut the word w into pieces of V; P(cut) = Π p(x)
    L           Σ over words of count(w) · log Σ_{cut ∈ S(w)} P(cut): the marginal likelihood, eq. 4, nats
    α(k) β(k)   the probability of the first k characters, of those after them, summed over all cuts
    c(x)        expected count of x: Σ count(w) · α(i)·p(x)·β(j) / P(w) over every place i…j where x fits     E step
    p(x)        c(x) / Σ c                                                                                    M step
    x*          the most probable cut of a word (Viterbi), eq. 3
    loss(x)     by how much Σ count(w) · log P(x*) falls if x were not in V, the other p unchanged

Training starts from every substring that stands twice, runs EM, lets the pieces with the smallest loss go, and repeats
until V is small enough. Single characters always stay, so every word of the corpus can be cut. An EM step never lowers
L. SentencePiece differs in details: its M step uses the digamma of the counts, a sparse prior, and its loss is an
estimate; here both are as the paper has them.

Ties in Viterbi: of cuts equally probable up to some character, the one whose last piece is longest.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

Edges = tuple[tuple[int, int, str], ...]

UNKNOWN_PENALTY = 10.0
FLOOR = 1e-4
TINY = 1e-300
ROUNDING = 1e-9


@dataclass(frozen=True)
class Stage:
    """V at one moment of training, after EM and before pruning.

    p : piece → probability; counts : its expected count; likelihoods : L before each EM step and after the last, nats
    losses : piece → its loss, nats, for every piece that may go; cut : those that went next, the smallest loss first
    tokens : the corpus's length in pieces, cut by Viterbi
    """

    p: dict[str, float]
    counts: dict[str, float]
    likelihoods: tuple[float, ...]
    losses: dict[str, float]
    cut: tuple[str, ...]
    tokens: int


@dataclass(frozen=True)
class Unigram:
    """Every stage of training; the last one is the tokenizer."""

    alphabet: int
    stages: tuple[Stage, ...]


def seed_counts(words: Mapping[str, int], longest: int, *, whole_words: bool = True) -> dict[str, int]:
    """Every character, and every substring of at most `longest` characters that stands twice: piece → count.

    whole_words : whether a word may be a piece that is part of no longer word
    """
    counts: defaultdict[str, int] = defaultdict(int)
    inside: set[str] = set()
    for word, times in words.items():
        n = len(word)
        for i in range(n):
            for j in range(i + 1, min(n, i + longest) + 1):
                counts[word[i:j]] += times
                if j - i < n:
                    inside.add(word[i:j])
    return {
        piece: count
        for piece, count in counts.items()
        if len(piece) == 1 or (count >= 2 and (whole_words or piece in inside))
    }


def normalize(counts: Mapping[str, float]) -> dict[str, float]:
    """p(x) = c(x) / Σ c."""
    total = math.fsum(counts.values())
    return {piece: count / total for piece, count in counts.items()}


def find_edges(word: str, pieces: Mapping[str, float], longest: int) -> Edges:
    """Every place where a piece fits: (from, to, piece), by its first character, short before long."""
    n = len(word)
    return tuple(
        (i, j, word[i:j]) for i in range(n) for j in range(i + 1, min(n, i + longest) + 1) if word[i:j] in pieces
    )


def forward_backward(n: int, edges: Edges, p: Mapping[str, float]) -> tuple[list[float], list[float]]:
    """α(0…n) and β(0…n) of a word of `n` characters; α(n) = β(0) is its probability."""
    alpha, beta = [1.0] + [0.0] * n, [0.0] * n + [1.0]
    for i, j, piece in edges:
        alpha[j] += alpha[i] * p[piece]
    for i, j, piece in reversed(edges):
        beta[i] += p[piece] * beta[j]
    return alpha, beta


def e_step(
    words: Mapping[str, int], lattices: Mapping[str, Edges], p: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    """Expected counts and L, summed over every cut of every word without listing one."""
    counts = dict.fromkeys(p, 0.0)
    likelihood = 0.0
    for word, times in words.items():
        edges = lattices[word]
        alpha, beta = forward_backward(len(word), edges, p)
        likelihood += times * math.log(alpha[-1])
        share = times / alpha[-1]
        for i, j, piece in edges:
            counts[piece] += share * alpha[i] * beta[j]
    # p(x) is the same at every place.
    return {piece: count * p[piece] for piece, count in counts.items()}, likelihood


def log_probabilities(p: Mapping[str, float]) -> dict[str, float]:
    """log p(x), nats; finite for a piece that EM has all but given up, too."""
    return {piece: math.log(max(value, TINY)) for piece, value in p.items()}


def viterbi(n: int, edges: Iterable[tuple[int, int, str]], logs: Mapping[str, float]) -> tuple[list[str], float]:
    """The most probable cut and its log probability; ([], −∞) when there is none."""
    best = [0.0] + [-math.inf] * n
    last: list[tuple[int, str]] = [(0, "")] * (n + 1)
    for i, j, piece in edges:
        score = best[i] + logs[piece]
        if score > best[j]:
            best[j], last[j] = score, (i, piece)
    if best[n] == -math.inf:
        return [], -math.inf
    out, at = [], n
    while at:
        at, piece = last[at]
        out.append(piece)
    return out[::-1], best[n]


def encode(logs: Mapping[str, float], word: str) -> list[str]:
    """The most probable cut of `word`. A character that no piece covers costs `UNKNOWN_PENALTY` nats more than the
    rarest piece; neighbours that are unknown stay together."""
    longest = max(map(len, logs), default=1)
    penalty = min(logs.values(), default=0.0) - UNKNOWN_PENALTY
    own = dict(logs)
    edges = []
    for i, character in enumerate(word):
        found = [word[i:j] for j in range(i + 1, min(len(word), i + longest) + 1) if word[i:j] in logs]
        if character not in logs:
            own[character] = penalty
            found.insert(0, character)
        edges += [(i, i + len(piece), piece) for piece in found]
    cut, _ = viterbi(len(word), edges, own)
    out: list[str] = []
    is_open = False
    for piece in cut:
        if piece in logs or not is_open:
            out.append(piece)
        else:
            out[-1] += piece
        is_open = piece not in logs
    return out


def best_cuts(p: Mapping[str, float], word: str, most: int) -> list[tuple[tuple[str, ...], float]]:
    """The `most` most probable cuts with their probabilities, largest first; fewer when there are not so many."""
    longest = max(map(len, p), default=1)
    # The best so many cuts of every prefix are enough to build the best of the next.
    kept: list[list[tuple[tuple[str, ...], float]]] = [[((), 1.0)], *([] for _ in word)]
    for i, j, piece in sorted(find_edges(word, p, longest), key=lambda edge: edge[1]):
        kept[j] += [((*cut, piece), value * p[piece]) for cut, value in kept[i]]
        kept[j] = sorted(kept[j], key=lambda item: -item[1])[:most]
    return kept[-1]


def removal_losses(
    words: Mapping[str, int], lattices: Mapping[str, Edges], p: Mapping[str, float]
) -> tuple[dict[str, float], int]:
    """loss(x) of every piece of more than one character, nats, and the corpus's length in pieces.

    A piece that no best cut has costs nothing; for the others only the words that have it are cut again.
    """
    logs = log_probabilities(p)
    losses = {piece: 0.0 for piece in p if len(piece) > 1}
    tokens = 0
    for word, times in words.items():
        cut, score = viterbi(len(word), lattices[word], logs)
        tokens += times * len(cut)
        for piece in {piece for piece in cut if len(piece) > 1}:
            _, without = viterbi(len(word), (edge for edge in lattices[word] if edge[2] != piece), logs)
            # Two cuts that are equally good differ by rounding only.
            losses[piece] += times * (score - without) if score - without > ROUNDING else 0.0
    return losses, tokens


def prune(losses: Mapping[str, float], p: Mapping[str, float], drop: int) -> tuple[str, ...]:
    """The `drop` pieces missed least: the smallest loss, then the smaller p, the shorter, the first by code."""
    return tuple(sorted(losses, key=lambda piece: (losses[piece], p[piece], len(piece), piece))[:drop])


def train(
    words: Mapping[str, int],
    size: int,
    *,
    longest: int = 8,
    shrink: float = 0.25,
    em_steps: int = 2,
    whole_words: bool = True,
    stops: Collection[int] = (),
) -> Unigram:
    """From every frequent substring down to `size` pieces, or to the characters if there are more of those.

    words : of at most 60 characters, so that no product of probabilities comes to nothing
    shrink : the share of V that goes at each pruning; em_steps : EM steps between prunings
    stops : sizes that no pruning jumps over, so that each has its stage
    """
    counts: dict[str, float] = dict(seed_counts(words, longest, whole_words=whole_words))
    letters = sum(len(piece) == 1 for piece in counts)
    size = max(size, letters)
    stages: list[Stage] = []
    p = normalize(counts)
    lattices = {word: find_edges(word, p, longest) for word in words}
    while True:
        likelihoods = []
        for _ in range(em_steps):
            counts, likelihood = e_step(words, lattices, p)
            likelihoods.append(likelihood)
            p = normalize(counts)
        final, likelihood = e_step(words, lattices, p)
        losses, tokens = removal_losses(words, lattices, p)
        lowest = max((stop for stop in (size, *stops) if size <= stop < len(p)), default=len(p))
        cut = prune(losses, p, min(len(p) - lowest, max(1, int(len(p) * shrink))))
        stages.append(Stage(p, final, (*likelihoods, likelihood), losses, cut, tokens))
        if not cut:
            return Unigram(letters, tuple(stages))
        gone = set(cut)
        lattices = {word: tuple([edge for edge in edges if edge[2] not in gone]) for word, edges in lattices.items()}
        left = {piece: count for piece, count in final.items() if piece not in gone}
        p = normalize(_raise_letters(left, FLOOR * sum(words.values())))


def _raise_letters(counts: Mapping[str, float], least: float) -> dict[str, float]:
    """Characters keep some probability when what covered them goes; zero counts of longer pieces stay zero."""
    return {piece: max(count, least) if len(piece) == 1 else count for piece, count in counts.items()}

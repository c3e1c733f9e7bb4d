"""Byte-pair encoding: the pair that stands side by side most often becomes one piece, again and again.

Symbols (Sennrich, Haddow and Birch 2016, "Neural Machine Translation of Rare Words with Subword Units", algorithm 1):

    words       word → how often it stands in the corpus; nothing is merged across words
    pieces      id → its characters: the alphabet in order of code, then every merged piece in order of birth
    merges      the pairs of ids, in the order they were merged; the rank of a pair is its place here
    count(a b)  how often b follows a: Σ over words of count(word) · occurrences, overlapping ones included

Ties: of pairs with equal counts the one with the smaller ids is merged, first by its left piece, then by its right one.
A pair whose characters are already a piece gets that piece's id, and the vocabulary does not grow.

Training keeps its counts: a merge touches only the words that have the pair, and nothing is counted twice. Byte-level
BPE (Radford et al. 2019) is the same over `core.text.pretokenize.to_bytes`, with all 256 bytes as its alphabet.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

Pair = tuple[int, int]


@dataclass(frozen=True)
class Merge:
    """One step of training.

    pair : the ids that were merged; piece : the id they became; count : how often the pair stood in the corpus
    tokens : the length of the whole corpus in pieces after the step
    """

    pair: Pair
    piece: int
    count: int
    tokens: int


@dataclass(frozen=True)
class Bpe:
    """A trained tokenizer with its history.

    alphabet : how many of `pieces` are single characters; tokens : the corpus's length before the first merge
    """

    pieces: tuple[str, ...]
    alphabet: int
    tokens: int
    steps: tuple[Merge, ...]

    def ranks(self, merges: int | None = None) -> dict[Pair, int]:
        """Pair → rank, of the first `merges` (all, if None)."""
        return {step.pair: rank for rank, step in enumerate(self.steps[:merges])}

    def size(self, merges: int | None = None) -> int:
        """The vocabulary after so many merges."""
        return max([self.alphabet - 1, *(step.piece for step in self.steps[:merges])]) + 1


@dataclass(frozen=True)
class Node:
    """A piece and what it was merged from. A leaf has no parts and rank −1; an unknown character has id −1."""

    text: str
    id: int
    rank: int = -1
    parts: tuple[Node, ...] = ()


def merge_pair(ids: list[int], pair: Pair, piece: int) -> list[int]:
    """`ids` with every occurrence of `pair`, from the left, replaced by `piece`."""
    out, k, last = [], 0, len(ids) - 1
    a, b = pair
    while k <= last:
        if k < last and ids[k] == a and ids[k + 1] == b:
            out.append(piece)
            k += 2
        else:
            out.append(ids[k])
            k += 1
    return out


def sorted_alphabet(words: Iterable[str], more: Iterable[str] = ()) -> list[str]:
    """Every character of the words and of `more`, by code."""
    return sorted({character for word in words for character in word}.union(more))


def train(
    words: Mapping[str, int], size: int, *, min_count: int = 1, alphabet: Iterable[str] = (), merges: int | None = None
) -> Bpe:
    """Merge until the vocabulary has `size` pieces, `merges` are done, or no pair stands `min_count` times.

    alphabet : characters that are pieces whether or not the words have them, as all bytes are
    """
    pieces = sorted_alphabet(words, alphabet)
    ids = {piece: id_ for id_, piece in enumerate(pieces)}
    letters = len(pieces)
    splits = [[ids[character] for character in word] for word in words]
    counts = list(words.values())

    pair_counts: defaultdict[Pair, int] = defaultdict(int)
    places: defaultdict[Pair, set[int]] = defaultdict(set)
    for n, split in enumerate(splits):
        for pair in pairwise(split):
            pair_counts[pair] += counts[n]
            places[pair].add(n)
    # Counts in the heap may be out of date; they are looked at again when they come to the top.
    heap = [(-count, pair) for pair, count in pair_counts.items()]
    heapq.heapify(heap)

    at_first = tokens = sum(count * len(split) for count, split in zip(counts, splits, strict=True))
    steps: list[Merge] = []
    while heap and len(pieces) < size and (merges is None or len(steps) < merges):
        negative, pair = heapq.heappop(heap)
        count = pair_counts[pair]
        if count != -negative:
            if count > 0:
                heapq.heappush(heap, (-count, pair))
            continue
        if count < max(1, min_count):
            break
        text = pieces[pair[0]] + pieces[pair[1]]
        piece = ids.setdefault(text, len(pieces))
        if piece == len(pieces):
            pieces.append(text)
        grown: set[Pair] = set()
        for n in places.pop(pair):
            old, frequency = splits[n], counts[n]
            new = splits[n] = merge_pair(old, pair, piece)
            tokens -= frequency * (len(old) - len(new))
            for gone in pairwise(old):
                pair_counts[gone] -= frequency
            for come in pairwise(new):
                pair_counts[come] += frequency
                if piece in come:
                    places[come].add(n)
                    grown.add(come)
        del pair_counts[pair]
        for come in grown:
            heapq.heappush(heap, (-pair_counts[come], come))
        steps.append(Merge(pair, piece, count, tokens))
    return Bpe(tuple(pieces), letters, at_first, tuple(steps))


def encode(bpe: Bpe, word: str, *, merges: int | None = None, ranks: Mapping[Pair, int] | None = None) -> list[Node]:
    """Merge `word` by rank, the lowest first and from the left: the pieces, each with the tree of its merges.

    merges : use only the first so many
    ranks : `bpe.ranks(merges)`, for a caller who encodes many words
    """
    ranks = bpe.ranks(merges) if ranks is None else ranks
    known = {piece: id_ for id_, piece in enumerate(bpe.pieces[: bpe.alphabet])}
    nodes = [Node(character, known.get(character, -1)) for character in word]
    while True:
        found = min(
            ((ranks[pair], k) for k in range(len(nodes) - 1) if (pair := (nodes[k].id, nodes[k + 1].id)) in ranks),
            default=None,
        )
        if found is None:
            return nodes
        rank, k = found
        left, right = nodes[k : k + 2]
        nodes[k : k + 2] = [Node(left.text + right.text, bpe.steps[rank].piece, rank, (left, right))]


def replay(bpe: Bpe, words: Iterable[str], merges: int) -> list[list[int]]:
    """How the words of training were cut after so many merges; a character outside the alphabet is −1."""
    known = {piece: id_ for id_, piece in enumerate(bpe.pieces[: bpe.alphabet])}
    splits = [[known.get(character, -1) for character in word] for word in words]
    for step in bpe.steps[:merges]:
        splits = [merge_pair(split, step.pair, step.piece) for split in splits]
    return splits

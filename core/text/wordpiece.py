"""WordPiece: the pair whose parts are seen together more than apart becomes one piece.

Symbols (Schuster and Nakajima 2012, "Japanese and Korean Voice Search"; `##` as in BERT, Devlin et al. 2019):

    ##x           a piece that continues a word; a piece without ## begins one
    freq(a)       how often the piece a stands in the corpus as it is cut now
    freq(a b)     how often b follows a
    score(a b)    freq(a b) / (freq(a) · freq(b)): what merging adds to the corpus's likelihood, a pair at a time

Ties: of pairs with equal scores the one with the smaller ids is merged, first by its left piece, then by its right one.
Ids are the alphabet in order of code, `##` first, then every merged piece in order of birth.

Encoding knows no merges: from the left it takes the longest piece there is, and a word that cannot be finished is
`UNKNOWN` as a whole.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from core.text.bpe import Pair, merge_pair

PREFIX, UNKNOWN = "##", "[UNK]"


@dataclass(frozen=True)
class Step:
    """One step of training: the pair, the id it became, what its score was made of, the corpus's length after it."""

    pair: Pair
    piece: int
    count: int
    left: int
    right: int
    tokens: int

    @property
    def score(self) -> float:
        return self.count / (self.left * self.right)


@dataclass(frozen=True)
class WordPiece:
    """A trained tokenizer with its history. alphabet : how many of `pieces` are single characters."""

    pieces: tuple[str, ...]
    alphabet: int
    tokens: int
    steps: tuple[Step, ...]

    def size(self, merges: int | None = None) -> int:
        """The vocabulary after so many merges."""
        return max([self.alphabet - 1, *(step.piece for step in self.steps[:merges])]) + 1


def split_word(word: str) -> list[str]:
    """`hug` → h, ##u, ##g."""
    return [character if k == 0 else PREFIX + character for k, character in enumerate(word)]


def join_pieces(left: str, right: str) -> str:
    """##u + ##g = ##ug: only the first `##` stays."""
    return left + right.removeprefix(PREFIX)


def train(words: Mapping[str, int], size: int, *, min_count: int = 1, merges: int | None = None) -> WordPiece:
    """Merge by score until the vocabulary has `size` pieces, `merges` are done, or no pair stands `min_count` times."""
    pieces = sorted({piece for word in words for piece in split_word(word)})
    ids = {piece: id_ for id_, piece in enumerate(pieces)}
    letters = len(pieces)
    splits = [[ids[piece] for piece in split_word(word)] for word in words]
    counts = list(words.values())

    frequency: defaultdict[int, int] = defaultdict(int)
    pair_counts: defaultdict[Pair, int] = defaultdict(int)
    places: defaultdict[Pair, set[int]] = defaultdict(set)
    pairs_of: defaultdict[int, set[Pair]] = defaultdict(set)
    for n, split in enumerate(splits):
        for piece in split:
            frequency[piece] += counts[n]
        for pair in pairwise(split):
            pair_counts[pair] += counts[n]
            places[pair].add(n)
            for part in pair:
                pairs_of[part].add(pair)

    def entry(pair: Pair) -> tuple[float, Pair]:
        # One division of whole numbers is rounded once, so equal fractions are equal here.
        return -(pair_counts[pair] / (frequency[pair[0]] * frequency[pair[1]])), pair

    heap = [entry(pair) for pair, count in pair_counts.items() if count >= min_count]
    heapq.heapify(heap)
    at_first = tokens = sum(count * len(split) for count, split in zip(counts, splits, strict=True))
    steps: list[Step] = []
    while heap and len(pieces) < size and (merges is None or len(steps) < merges):
        score, pair = heapq.heappop(heap)
        count = pair_counts.get(pair, 0)
        if count < max(1, min_count) or entry(pair)[0] != score:
            continue  # Whenever a score changes it is pushed anew.
        a, b = pair
        text = join_pieces(pieces[a], pieces[b])
        piece = ids.setdefault(text, len(pieces))
        if piece == len(pieces):
            pieces.append(text)
        before = frequency[a], frequency[b]
        changed: set[Pair] = set()
        for n in places.pop(pair):
            old, times = splits[n], counts[n]
            new = splits[n] = merge_pair(old, pair, piece)
            merged = len(old) - len(new)
            tokens -= times * merged
            for part, sign in ((a, -1), (b, -1), (piece, 1)):
                frequency[part] += sign * times * merged
            for gone in pairwise(old):
                pair_counts[gone] -= times
                changed.add(gone)
            for come in pairwise(new):
                pair_counts[come] += times
                places[come].add(n)
                changed.add(come)
                for part in come:
                    pairs_of[part].add(come)
        pair_counts.pop(pair, None)
        # The parts have become rarer, so every other pair they are in is worth more.
        for other in changed | pairs_of[a] | pairs_of[b] | pairs_of[piece]:
            if other == pair or pair_counts.get(other, 0) <= 0:
                for part in other:
                    pairs_of[part].discard(other)
            elif pair_counts[other] >= min_count:
                heapq.heappush(heap, entry(other))
        steps.append(Step(pair, piece, count, *before, tokens))
    return WordPiece(tuple(pieces), letters, at_first, tuple(steps))


@dataclass(frozen=True)
class Attempt:
    """One look into the vocabulary: was `text`, from the character `start` on, a piece?"""

    start: int
    text: str
    is_found: bool


def encode(vocabulary: Collection[str], word: str) -> tuple[list[str], list[Attempt]]:
    """The pieces of `word`, longest match first, and every attempt; `[UNKNOWN]` if some place has no match at all.

    A set or dictionary answers fastest.
    """
    out: list[str] = []
    attempts: list[Attempt] = []
    start = 0
    while start < len(word):
        for end in range(len(word), start, -1):
            text = (PREFIX if start else "") + word[start:end]
            attempts.append(Attempt(start, text, text in vocabulary))
            if attempts[-1].is_found:
                out.append(text)
                start = end
                break
        else:
            return [UNKNOWN], attempts
    return out, attempts


def replay(trained: WordPiece, words: Iterable[str], merges: int) -> list[list[int]]:
    """How the words of training were cut after so many merges; a character outside the alphabet is −1."""
    known = {piece: id_ for id_, piece in enumerate(trained.pieces[: trained.alphabet])}
    splits = [[known.get(piece, -1) for piece in split_word(word)] for word in words]
    for step in trained.steps[:merges]:
        splits = [merge_pair(split, step.pair, step.piece) for split in splits]
    return splits

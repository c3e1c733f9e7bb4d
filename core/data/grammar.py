"""Sentences from frames and written tables of word forms.

    table   what a `Block` speaks about: each row gives its fields by name, every form of a word written out
    frame   a sentence with holes: {field} of the row, {list} any of a few words, [m|f] by the row's field "gender"

Nothing is inflected by rule: a form that is not in a table or a frame cannot appear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import combinations, product

Row = Mapping[str, str]
Lists = Mapping[str, Sequence[str]]

HOLE = re.compile(r"\{(\w+)\}")
BY_GENDER = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")


@dataclass(frozen=True)
class Block:
    """Rows that can be put into the same frames. `lists`: free choices that only these frames may name."""

    rows: tuple[Row, ...]
    frames: tuple[str, ...]
    lists: Lists = field(default_factory=dict)


@dataclass(frozen=True)
class Topic:
    """What some of the sentences are about. `lists`: free choices that all its frames may name."""

    name: str
    blocks: tuple[Block, ...]
    lists: Lists


def table(text: str) -> tuple[Row, ...]:
    """Lines of `a | b | c` under a line of names.

    >>> table('''animal | baby
    ...          cat | kitten''')
    ({'animal': 'cat', 'baby': 'kitten'},)
    """
    names, *rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return tuple(dict(zip(names, row, strict=True)) for row in rows)


def lines(text: str) -> tuple[str, ...]:
    """One frame a line."""
    return tuple(line.strip() for line in text.strip().splitlines())


def column(rows: Sequence[Row], name: str) -> tuple[str, ...]:
    """One field of every row."""
    return tuple(row[name] for row in rows)


def by_pair(rows: Sequence[Row], own: Mapping[str, tuple[str, ...]], common: tuple[str, ...]) -> tuple[Block, ...]:
    """A block for each value of the field "pair": what only this pair does, and what everybody does."""
    return tuple(Block(tuple(row for row in rows if row["pair"] == pair), own[pair] + common) for pair in own)


Scale = tuple[tuple[str, str, str, str], tuple[str, ...]]


def by_scale(
    scales: Sequence[Scale],
    anything: Sequence[tuple[str, str]],
    cross: tuple[str, ...],
    little: tuple[str, ...],
    much: tuple[str, ...],
) -> tuple[Block, ...]:
    """Things in order, (little, less, much, more) of something: every pair is a row, with the frames of its halves.

    `anything`: pairs that have no place in the order and can be compared on every scale.
    """
    blocks: list[Block] = []
    for words, things in scales:
        half = len(things) // 2
        named = dict(zip(("little", "less", "much", "more"), words, strict=True))
        pairs = {"little": combinations(things[:half], 2), "much": combinations(things[half:], 2)}
        rows = {
            kind: tuple({**named, "low": low, "high": high} for low, high in (*of, *anything))
            for kind, of in pairs.items()
        }
        across = tuple(
            {**named, "low": low, "high": high} for low, high in [*product(things[:half], things[half:]), *anything]
        )
        blocks += [Block(across, cross), Block(rows["little"], little), Block(rows["much"], much)]
    return tuple(blocks)


def fill(frame: str, row: Row, lists: Lists) -> Iterator[str]:
    """Every sentence of one frame and one row. No word fills two holes of the same sentence."""
    if "gender" in row:
        frame = BY_GENDER.sub(lambda found: found[1 if row["gender"] == "m" else 2], frame)
    holes = list(dict.fromkeys(HOLE.findall(frame)))
    for words in product(*([row[hole]] if hole in row else lists[hole] for hole in holes)):
        if len(set(words)) == len(words):
            sentence = frame.format(**dict(zip(holes, words, strict=True)))
            yield sentence[0].upper() + sentence[1:]


def order(sentence: str) -> bytes:
    """A key that shuffles sentences the same way on every machine."""
    return sha256(f"vidno {sentence}".encode()).digest()


def generate(topic: Topic, n: int) -> list[str]:
    """`n` different sentences: the rows take turns, and within a row its frames do.

    Raises
    ------
    ValueError
        If the topic has fewer than `n`.
    """
    turns: list[list[str]] = []
    for block in topic.blocks:
        for row in block.rows:
            frames = [sorted(fill(frame, row, {**topic.lists, **block.lists}), key=order) for frame in block.frames]
            frames.sort(key=lambda sentences: order(sentences[0]))
            turns.append(_interleave(frames))
    turns.sort(key=lambda sentences: order(sentences[0]))
    found = list(dict.fromkeys(_interleave(turns)))
    if len(found) < n:
        raise ValueError(f"{topic.name}: {len(found)} sentences, {n} are wanted")
    return sorted(found[:n], key=order)


def _interleave(columns: Sequence[Sequence[str]]) -> list[str]:
    """The first of each, then the second of each…"""
    depth = max(map(len, columns))
    return [column[i] for i in range(depth) for column in columns if i < len(column)]

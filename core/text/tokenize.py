"""Cutting a text into words or signs by rule alone: nothing here is learnt.

A token is a pair of places in the text, so whatever a rule leaves out can be seen.

    spaces      runs without white space: "cat." is one token                      Python's str.split
    words       runs of letters, digits and _, and runs of other signs             \\w+|[^\\w\\s]+ (nltk, tokenizers)
    counted     words of at least two characters; signs and «я» are gone           \\b\\w\\w+\\b (scikit-learn)
    characters  code points, one by one
    bytes       of UTF-8, one by one

`\\w` is two rules under one name. For Unicode (nltk and the library tokenizers) a mark and a joiner are part of a word;
for Python's own `re`, and so for scikit-learn, they are not: there «и» + U+0306 + «од» is no word but three pieces.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from core.text.pretokenize import split_words

Span = tuple[int, int]


def runs(text: str, kind: Callable[[str], str]) -> list[tuple[str, Span]]:
    """Neighbours of one kind, each run with its place."""
    out, at = [], 0
    for name, group in groupby(text, kind):
        end = at + sum(1 for _ in group)
        out.append((name, (at, end)))
        at = end
    return out


def word_kind(character: str) -> str:
    """ "w" part of a word as Python's `re` has it, "s" white space, "o" another sign."""
    return "w" if character.isalnum() or character == "_" else "s" if character.isspace() else "o"


def split_spaces(text: str) -> list[Span]:
    """What stands between white space."""
    return [span for name, span in runs(text, lambda c: "s" if c.isspace() else "t") if name == "t"]


def split_signs(text: str) -> list[Span]:
    """Words and runs of signs, a mark being part of its word."""
    return locate(text, split_words(text))


def split_counted(text: str) -> list[Span]:
    """Words that scikit-learn counts: two characters or more."""
    return [(a, b) for name, (a, b) in runs(text, word_kind) if name == "w" and b - a > 1]


def split_characters(text: str) -> list[Span]:
    """Code points."""
    return [(n, n + 1) for n in range(len(text))]


def byte_places(text: str) -> list[int]:
    """For each byte of UTF-8 the place of the character it belongs to."""
    return [n for n, character in enumerate(text) for _ in character.encode("utf-8")]


def split_bytes(text: str) -> list[Span]:
    """Bytes; all bytes of a character have its place."""
    return [(n, n + 1) for n in byte_places(text)]


def locate(text: str, words: list[str]) -> list[Span]:
    """Where words stand that were cut out of `text` in order."""
    out, at = [], 0
    for word in words:
        at = text.index(word, at)
        out.append((at, at + len(word)))
        at += len(word)
    return out

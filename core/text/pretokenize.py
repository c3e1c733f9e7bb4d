"""Cutting text into words before any subword is learnt, and bytes written as characters.

Symbols: a *word* is what a subword tokenizer never merges across; its count is how often it stands in the corpus.

    split_words      words and runs of other signs, spaces dropped (BERT and the `Whitespace` of the library tokenizers)
    split_gpt2       words that keep the space before them, nothing is dropped (Radford et al. 2019, section 2.2)
    to_bytes         UTF-8 bytes, each written as one visible character: 256 of them suffice for any text

The table of visible bytes is GPT-2's: a byte that is printable Latin-1 stands for itself, the other 68 are moved to
the characters from U+0100 on, in order; so the space is Ġ.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache

CONTRACTIONS = re.compile(r"'(?:s|t|re|ve|m|ll|d)")
# Python's expressions know no classes of Unicode, so they are run over the kinds of the characters, one letter each:
# L letter, N number, W white space, b the blank, O all the rest; w part of a word, o not, s white space.
KINDS = re.compile(r"b?L+|b?N+|b?O+|[Wb]+(?![LNO])|[Wb]+")
WORDS = re.compile(r"w+|o+")
SEPARATORS = "\x1c\x1d\x1e\x1f"
JOINERS = "\u200c\u200d"
# Circled and squared letters are symbols by category and letters by property.
ROUND = (range(0x24B6, 0x24EA), range(0x1F130, 0x1F14A), range(0x1F150, 0x1F16A), range(0x1F170, 0x1F18A))


def visible_bytes() -> str:
    """256 characters: the one at place b stands for the byte b."""
    shown = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)}
    moved = iter(range(256, 512))
    return "".join(chr(b if b in shown else next(moved)) for b in range(256))


BYTES = visible_bytes()
BYTE_OF = {character: byte for byte, character in enumerate(BYTES)}


def to_bytes(text: str) -> str:
    """The UTF-8 bytes of `text` as visible characters; half of a surrogate pair counts as U+FFFD, as it has no bytes.

    >>> to_bytes("да ")
    'Ð´Ð°Ġ'
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(BYTES[byte] for byte in whole.encode("utf-8"))


def from_bytes(visible: str) -> str:
    """The inverse of `to_bytes`; bytes that are no whole character become U+FFFD."""
    return bytes(BYTE_OF[character] for character in visible).decode("utf-8", "replace")


def split_words(text: str) -> list[str]:
    """Words (letters, marks, digits, underscores) and runs of other signs; white space separates and is dropped."""
    kinds = "".join(map(_word_kind, text))
    return [text[found.start() : found.end()] for found in WORDS.finditer(kinds)]


def split_gpt2(text: str) -> list[str]:
    """Words, numbers and runs of other signs, each with the blank before it; joined they are `text` again."""
    kinds = "".join(map(_kind, text))
    out, at = [], 0
    while at < len(text):
        found = CONTRACTIONS.match(text, at) or KINDS.match(kinds, at)
        assert found is not None, "every kind starts some alternative"
        out.append(text[at : found.end()])
        at = found.end()
    return out


@cache
def _word_kind(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] in "LM" or category in ("Nd", "Nl", "Pc") or character in JOINERS:
        return "w"
    if category == "So" and any(ord(character) in part for part in ROUND):
        return "w"
    return "s" if _kind(character) in "Wb" else "o"


@cache
def _kind(character: str) -> str:
    if character == " ":
        return "b"
    if character.isspace() and character not in SEPARATORS:
        return "W"
    category = unicodedata.category(character)[0]
    return category if category in "LN" else "O"


def count_words(words: Iterable[str]) -> dict[str, int]:
    """How often each word stands in the corpus, in order of first appearance."""
    return dict(Counter(words))

"""Bytes of a file → frozen records. Every reader takes the whole content and keeps the file's order.

    Labelled    a sentence with the mean of what people rated it   −4 (most negative) … 4 (most positive)
    Analogy     a is to b as c is to d, of one group               Mikolov et al. 2013, arXiv:1301.3781, section 4
    Pair        two words and how alike people find them           0 … 10
    Merges      what a byte-level BPE learnt, in order             Radford et al. 2019, section 2.2

Which sentences are for testing is decided by the sentence itself (`split_of`), so that no list has to be kept, the same
sentence is never on both sides, and a longer file moves none.
"""

from __future__ import annotations

import html
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from core.errors import Refusal
from core.i18n import Text

Split = Literal["train", "test"]

TEST_SHARE = 0.2
MOST_LINES = 200_000


@dataclass(frozen=True)
class Labelled:
    """One rated sentence. `source`: the entry it came from; `score`: −4 … 4."""

    text: str
    score: float
    source: str
    split: Split


@dataclass(frozen=True)
class Analogy:
    """a : b :: c : d."""

    a: str
    b: str
    c: str
    d: str
    group: str


@dataclass(frozen=True)
class Pair:
    """How alike two words are to people: 0 … 10."""

    a: str
    b: str
    score: float


@dataclass(frozen=True)
class Merges:
    """A byte-level BPE. `pairs`: the merges in the order they were learnt; `vocabulary`: its pieces by id, in visible
    bytes (`core.text.pretokenize`): the bytes, what each merge made, and last the token that ends a text."""

    pairs: tuple[tuple[str, str], ...]
    vocabulary: tuple[str, ...]


def split_of(text: str, test_share: float = TEST_SHARE) -> Split:
    """The side of a sentence, from a hash of its words in lower case: the same everywhere and always."""
    words = " ".join(text.casefold().split())
    place = int.from_bytes(sha256(words.encode("utf-8")).digest()[:8], "big") / 2**64
    return "test" if place < test_share else "train"


def polar(sentences: tuple[Labelled, ...], margin: float = 0.5) -> tuple[tuple[Labelled, ...], tuple[bool, ...]]:
    """The sentences with |score| > margin, and whether each is positive."""
    kept = tuple(sentence for sentence in sentences if abs(sentence.score) > margin)
    return kept, tuple(sentence.score > 0 for sentence in kept)


def read_labelled(content: bytes, source: str) -> tuple[Labelled, ...]:
    """Lines of id, score, text with tabs between. Entities such as `&amp;` become the characters they stand for."""
    found = []
    for number, line in enumerate(_lines(content), 1):
        cells = line.split("\t")
        try:
            _, score, text = cells
            text, value = tidy(html.unescape(text)), float(score)
        except ValueError:
            raise Refusal(_BROKEN.format(source=source, line=number)) from None
        if not text or not -4 <= value <= 4:
            raise Refusal(_BROKEN.format(source=source, line=number))
        found.append(Labelled(text, value, source, split_of(text)))
    return tuple(found)


def read_lines(content: bytes, source: str) -> tuple[str, ...]:
    """The lines that are not empty, each once."""
    found = tuple(dict.fromkeys(line for line in map(tidy, _lines(content)) if line))
    if not found:
        raise Refusal(_BROKEN.format(source=source, line=1))
    return found


def read_analogies(content: bytes, source: str) -> tuple[Analogy, ...]:
    """Four words a line, in lower case, under lines of `: group`."""
    found, group = [], ""
    for number, line in enumerate(_lines(content), 1):
        words = line.lower().split()
        if words and words[0] == ":":
            group = " ".join(words[1:])
        elif len(words) == 4:
            a, b, c, d = words
            found.append(Analogy(a, b, c, d, group))
        elif words:
            raise Refusal(_BROKEN.format(source=source, line=number))
    return tuple(found)


def read_pairs(content: bytes, source: str) -> tuple[Pair, ...]:
    """Two words and a score a line, with tabs between; lines that begin with # are notes."""
    found = []
    for number, line in enumerate(_lines(content), 1):
        if line.startswith("#") or not line.strip():
            continue
        try:
            a, b, score = line.split("\t")
            found.append(Pair(a.strip().lower(), b.strip().lower(), float(score)))
        except ValueError:
            raise Refusal(_BROKEN.format(source=source, line=number)) from None
    return tuple(found)


def read_merges(content: bytes, source: str) -> Merges:
    """GPT-2's file of merges: two pieces a line, under a line with the version."""
    from core.text.pretokenize import BYTES

    pairs = []
    for number, line in enumerate(_lines(content), 1):
        if number == 1 and line.startswith("#version"):
            continue
        pieces = line.split(" ")
        if len(pieces) != 2 or not all(pieces):
            raise Refusal(_BROKEN.format(source=source, line=number))
        pairs.append((pieces[0], pieces[1]))
    made = tuple(a + b for a, b in pairs)
    return Merges(tuple(pairs), (*sorted(BYTES), *made, "<|endoftext|>"))


def tidy(text: str) -> str:
    """One line in composed Unicode (NFC), with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


_BROKEN = Text(
    "{source}: line {line} cannot be read; the file is not the one that was expected.",
    "{source}: строка {line} не читается, это не тот файл, который ожидался.",
)


def _lines(content: bytes) -> list[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(Text("A data file is not UTF-8 text.", "Файл данных — не текст в UTF-8.")) from None
    # Not splitlines(): that would also cut at characters that may stand inside a sentence.
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if len(lines) > MOST_LINES:
        raise Refusal(
            Text("A data file has more than {n} lines.", "В файле данных больше {n} строк.").format(n=MOST_LINES)
        )
    return lines

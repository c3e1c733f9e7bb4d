"""Every way of cutting a text that the room shows, each with ids, places in the text and the way back.

    rules      spaces, words (and signs), counted (scikit-learn's words), characters, bytes: `core.text.tokenize`
    lists      a dictionary of the most frequent words, small letters, and [UNK] for all others
    learnt     bpe, byte_bpe, wordpiece, unigram: `core.text.trained`, without marks for the edges of words
    given      the bundled encoder's own tokenizer: Unigram with ▁ for the space, NFKC first

ids are places in the vocabulary of the tokenizer, −1 where it has none. The vocabulary of the rules is all that they
cut out of the text to learn from. *Decoding* says only what the ids know: pieces that were cut without a trace of the
white space come back glued together, words come back with one blank between them, what has no id comes back as �.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, Literal

from core.i18n import Text, same
from core.text import tokenize, wordpiece
from core.text.pretokenize import BYTE_OF, split_gpt2, split_words, to_bytes
from core.text.tokenize import Span
from core.text.trained import UNKNOWN, Tokenizer, tokenizer
from core.text.trained import Kind as Learnt
from core.text.unicode_forms import normalize

Kind = Literal[
    "spaces",
    "words",
    "counted",
    "dictionary",
    "characters",
    "bytes",
    "bpe",
    "byte_bpe",
    "wordpiece",
    "unigram",
    "encoder",
]
KINDS: dict[Kind, Text] = {
    "spaces": Text("at white space", "по пробелам"),
    "words": Text("words and signs", "слова и знаки"),
    "counted": Text("words, scikit-learn", "слова, scikit-learn"),
    "dictionary": Text("dictionary", "словарь слов"),
    "characters": Text("characters", "символы"),
    "bytes": Text("bytes", "байты"),
    "bpe": same("BPE"),
    "byte_bpe": Text("BPE, bytes", "BPE, байты"),
    "wordpiece": same("WordPiece"),
    "unigram": same("Unigram"),
    "encoder": Text("the bundled encoder", "встроенный энкодер"),
}
LEARNT: dict[Kind, Learnt] = {"bpe": "bpe", "byte_bpe": "bytes", "wordpiece": "wordpiece", "unigram": "unigram"}
SPACES = str.maketrans({" ": "␣", "\t": "⇥", "\n": "⏎", "\u00a0": "⍽", "\u200b": "∅", "\u200d": "⊕"})


@dataclass(frozen=True)
class Cut:
    """One text through one tokenizer.

    pieces : as the vocabulary writes them; shown : as a reader sees them; ids : −1 for none; spans : places in the text
    unknown : tokens that say nothing of what stood there; size : of the vocabulary; decoded : the text out of the ids
    """

    kind: Kind
    text: str
    pieces: tuple[str, ...]
    shown: tuple[str, ...]
    ids: tuple[int, ...]
    spans: tuple[Span, ...]
    unknown: tuple[bool, ...]
    size: int
    decoded: str

    @property
    def is_lossless(self) -> bool:
        return self.decoded == self.text

    def difference(self) -> list[tuple[str, str, str]]:
        """The way back beside the text: (equal | replace | delete | insert, what stood, what came)."""
        steps = SequenceMatcher(None, self.text, self.decoded, autojunk=False).get_opcodes()
        return [(name, self.text[a:b], self.decoded[c:d]) for name, a, b, c, d in steps]

    def changed(self) -> int:
        """Characters that came back otherwise, or not, or from nowhere."""
        return sum(max(len(old), len(new)) for name, old, new in self.difference() if name != "equal")

    def losses(self) -> tuple[str, ...]:
        """What was lost, in kinds: unknown, signs, case, spaces, form."""
        if self.is_lossless:
            return ()
        found = []
        if any(self.unknown) or UNKNOWN in self.decoded.replace(UNKNOWN, "", self.text.count(UNKNOWN)):
            found.append("unknown")
        covered = {n for a, b in self.spans for n in range(a, b)}
        if any(n not in covered and not c.isspace() for n, c in enumerate(self.text)):
            found.append("signs")
        if self.kind in ("dictionary", "counted") and self.text != self.text.lower():
            found.append("case")
        if self.kind == "encoder" and normalize("NFKC", self.text) != self.text:
            found.append("form")
        if self._loses_spaces():
            found.append("spaces")
        return tuple(found or ["form"])

    def _loses_spaces(self) -> bool:
        """Whether the white space cannot be told from the ids: more or less of it than decoding puts there."""
        if self.kind in ("bpe", "unigram"):
            return bool(blanks(self.text))
        if self.kind in ("characters", "bytes", "byte_bpe", "encoder"):
            return blanks(self.text) != blanks(self.decoded)
        spans = tokenize.locate(self.text, split_words(self.text)) if self.kind == "wordpiece" else self.spans
        places = [0, *(place for span in spans for place in span), len(self.text)]
        gaps = [blanks(self.text[a:b]) for a, b in zip(places[::2], places[1::2], strict=True)]
        return bool(gaps[0] or gaps[-1]) or any(gap != " " for gap in gaps[1:-1])


def blanks(text: str) -> str:
    """The white space of a text, in order."""
    return "".join(character for character in text if character.isspace())


def cut(kind: Kind, text: str, learnt: str, size: int) -> Cut:
    """`text` through the tokenizer `kind`; `learnt` is the text to learn from, `size` the vocabulary allowed."""
    if kind == "encoder":
        return _by_encoder(text)
    if kind in LEARNT:
        return _by_pieces(kind, text, tokenizer(LEARNT[kind], learnt, size))
    if kind == "bytes":
        raw = text.encode("utf-8")
        shown = tuple(f"{byte:02X}" for byte in raw)
        return Cut(
            kind,
            text,
            shown,
            shown,
            tuple(raw),
            tuple(tokenize.split_bytes(text)),
            (False,) * len(raw),
            256,
            raw.decode("utf-8"),
        )
    vocabulary = list_of(kind, learnt, size)
    spans = tuple(CUTTERS[kind](text))
    pieces = [text[a:b] for a, b in spans]
    if kind in ("counted", "dictionary"):
        pieces = [piece.lower() for piece in pieces]
    unknown = tuple(piece not in vocabulary for piece in pieces)
    ids = [vocabulary.get(piece, -1) for piece in pieces]
    if kind == "dictionary":
        ids = [max(0, id_) for id_ in ids]
        pieces = [wordpiece.UNKNOWN if out else piece for piece, out in zip(pieces, unknown, strict=True)]
    said = [UNKNOWN if out else piece for piece, out in zip(pieces, unknown, strict=True)]
    return Cut(
        kind,
        text,
        tuple(pieces),
        tuple(show(piece) for piece in pieces),
        tuple(ids),
        spans,
        unknown,
        len(vocabulary),
        ("" if kind == "characters" else " ").join(said),
    )


CUTTERS: dict[Kind, Callable[[str], list[Span]]] = {
    "spaces": tokenize.split_spaces,
    "words": tokenize.split_signs,
    "counted": tokenize.split_counted,
    "dictionary": tokenize.split_signs,
    "characters": tokenize.split_characters,
}


@lru_cache(maxsize=64)
def list_of(kind: Kind, learnt: str, size: int) -> dict[str, int]:
    """The vocabulary of a rule: what it cuts out of `learnt`, the most frequent first; [UNK] leads a dictionary."""
    cuts = [learnt[a:b] for a, b in CUTTERS[kind](learnt)]
    if kind in ("counted", "dictionary"):
        cuts = [piece.lower() for piece in cuts]
    ranked = sorted(Counter(cuts).items(), key=lambda item: (-item[1], item[0]))
    names = [piece for piece, _ in ranked]
    if kind == "dictionary":
        names = [wordpiece.UNKNOWN, *names[: size - 1]]
    return {name: id_ for id_, name in enumerate(names)}


def show(piece: str) -> str:
    """A piece with its white space and its hidden joiners made visible."""
    return piece.translate(SPACES)


def _by_pieces(kind: Kind, text: str, made: Tokenizer) -> Cut:
    """By one of the learnt tokenizers, word by word, so that each piece knows its place."""
    if made.kind == "bytes":
        return _by_byte_pieces(kind, text, made)
    ids = {piece: id_ for id_, piece in enumerate(made.vocabulary)}
    words = split_words(text)
    pieces: list[str] = []
    spans: list[Span] = []
    said: list[list[str]] = []
    for word, (start, end) in zip(words, tokenize.locate(text, words), strict=True):
        own = made.cut(word)
        at = start
        for piece in own:
            bare = piece.removeprefix(wordpiece.PREFIX) if kind == "wordpiece" and at > start else piece
            to = end if piece == wordpiece.UNKNOWN else at + len(bare)
            spans.append((at, to))
            at = to
        pieces += own
        said.append([piece if piece in ids else UNKNOWN for piece in own])
    unknown = tuple(piece not in ids for piece in pieces)
    if kind == "wordpiece":
        decoded = " ".join("".join([row[0], *(p.removeprefix(wordpiece.PREFIX) for p in row[1:])]) for row in said)
    else:
        decoded = "".join(piece for row in said for piece in row)
    return Cut(
        kind,
        text,
        tuple(pieces),
        tuple(map(show, pieces)),
        tuple(ids.get(piece, -1) for piece in pieces),
        tuple(spans),
        unknown,
        len(ids),
        decoded,
    )


def _by_byte_pieces(kind: Kind, text: str, made: Tokenizer) -> Cut:
    """Byte-level BPE: a piece may begin or end inside a character, and then has the place of the whole one."""
    ids = {piece: id_ for id_, piece in enumerate(made.vocabulary)}
    places = tokenize.byte_places(text)
    pieces = made.cut(text)
    spans, at = [], 0
    for piece in pieces:
        spans.append((places[at], places[at + len(piece) - 1] + 1))
        at += len(piece)
    raw = bytes(BYTE_OF[character] for piece in pieces for character in piece)
    return Cut(
        kind,
        text,
        tuple(pieces),
        tuple(read_bytes(piece) for piece in pieces),
        tuple(ids[piece] for piece in pieces),
        tuple(spans),
        (False,) * len(pieces),
        len(ids),
        raw.decode("utf-8"),
    )


def read_bytes(piece: str) -> str:
    """A byte-level piece as text, or in hexadecimal when it is no whole character."""
    raw = bytes(BYTE_OF[character] for character in piece)
    try:
        return show(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return f"⟨{raw.hex(' ').upper()}⟩"


@lru_cache(maxsize=1)
def encoder_tokenizer() -> Any:
    """The tokenizer of the bundled encoder, without its weights."""
    from tokenizers import Tokenizer as Library

    from core.models.bundled import FOLDER

    return Library.from_file(str(FOLDER / "tokenizer.json"))


def _by_encoder(text: str) -> Cut:
    from core.models.tokens import read_encoding

    library = encoder_tokenizer()
    read = read_encoding(library.encode(text, add_special_tokens=False), "unigram", False, (text,))
    pieces = tuple(str(library.id_to_token(id_)) for id_ in read.ids)
    unknown = tuple(piece == "<unk>" for piece in pieces)
    said = "".join(UNKNOWN if out else piece for piece, out in zip(pieces, unknown, strict=True))
    return Cut(
        "encoder",
        text,
        pieces,
        tuple("<unk>" if out else show(piece) for piece, out in zip(pieces, unknown, strict=True)),
        read.ids,
        read.spans,
        unknown,
        library.get_vocab_size(),
        said.replace("▁", " ").removeprefix(" "),
    )


def byte_words(text: str) -> list[str]:
    """What byte-level BPE never merges across, as it is stored."""
    return [to_bytes(word) for word in split_gpt2(text)]

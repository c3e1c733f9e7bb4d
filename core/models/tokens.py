"""What a model reads, and what it looked at: tokens with their place in the text, and attention over them.

Axes: layer, head, pos (a token as query, or again as key), d_model. Three families of tokenizers mark their pieces
differently, and a reader should not have to know it:

    unigram    «▁То» «кен»      ▁ begins a word               Kudo 2018, SentencePiece
    wordpiece  «to» «##ken»     ## continues a word           Schuster and Nakajima 2012, BERT
    bytes      «Ġto» «ken»      every byte is a letter, Ġ is the space     Radford et al. 2019, GPT-2
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache
from itertools import count
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen

PieceKind = Literal["unigram", "wordpiece", "bytes"]

SPACE_SHOWN = "␣"
_BYTE_PIECE = re.compile(r"<0x([0-9A-Fa-f]{2})>")


@dataclass(frozen=True)
class Tokens:
    """One input, or a pair of sentences read together. All tuples have one entry a token.

    pieces : as the tokenizer names them: «▁То», «##ing», «<s>»
    shown : what a reader sees (`show_piece`); special tokens as they are
    ids : rows of the embedding matrix
    spans : [begin, end) in characters of the sentence the token comes from; (0, 0) for specials
    sentence : 0 or 1; −1 for specials
    is_special : added by the model's own format, not found in the text
    words : the word of its sentence, counted from 0 (what the tokenizer splits at spaces); −1 for specials
    was_cut : the text had more tokens than were allowed, and the rest is not here
    """

    pieces: tuple[str, ...]
    shown: tuple[str, ...]
    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    sentence: tuple[int, ...]
    is_special: tuple[bool, ...]
    words: tuple[int, ...]
    was_cut: bool

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def second_start(self) -> int | None:
        """Where the second sentence begins; None when there is one sentence."""
        return self.sentence.index(1) if 1 in self.sentence else None


@dataclass(frozen=True)
class AttentionTrace(Frozen):
    """One forward pass, in full.

    weights : float32 (layer, head, pos, pos), rows sum to 1: row = query, column = key
    hidden : float32 (layer + 1, pos, d_model); hidden[0] is the embedding, hidden[l] what layer l puts out
    signature : model · tokens · float32 · device · torch version
    """

    tokens: Tokens
    weights: npt.NDArray[np.float32]
    hidden: npt.NDArray[np.float32]
    signature: str


def read_encoding(encoding: Any, kind: PieceKind, was_cut: bool, texts: tuple[str, ...]) -> Tokens:
    """Tokens out of a `tokenizers.Encoding` of `texts` (one sentence, or two).

    A span begins and ends with something to see: some tokenizers count the space before a word in. A «▁» that stands
    for no space of the text has an empty span.
    """
    is_special = tuple(bool(flag) for flag in encoding.special_tokens_mask)
    pieces = tuple(token.strip() or token for token in encoding.tokens)
    sentence = tuple(-1 if n is None or out else n for n, out in zip(encoding.sequence_ids, is_special, strict=True))
    return Tokens(
        pieces=pieces,
        shown=tuple(p if out else show_piece(p, kind) for p, out in zip(pieces, is_special, strict=True)),
        ids=tuple(encoding.ids),
        spans=tuple(
            (0, 0) if n < 0 else _span_seen(piece, texts[n], *span)
            for piece, n, span in zip(pieces, sentence, encoding.offsets, strict=True)
        ),
        sentence=sentence,
        is_special=is_special,
        words=tuple(-1 if w is None or out else w for w, out in zip(encoding.word_ids, is_special, strict=True)),
        was_cut=was_cut,
    )


def _span_seen(piece: str, text: str, begin: int, end: int) -> tuple[int, int]:
    part = text[begin:end]
    if not part.strip():
        return begin, end
    if piece == "▁":
        return begin, begin
    return begin + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


def cut_tokens(tokens: Tokens, max_tokens: int) -> Tokens:
    """At most `max_tokens` tokens: the specials, and of each sentence its beginning, as long as `share_room` allows."""
    lengths = (tokens.sentence.count(0), tokens.sentence.count(1))
    room = share_room(*lengths, max_tokens - sum(tokens.is_special))
    if room == lengths:
        return tokens
    place = (count(), count())
    kept = [i for i, n in enumerate(tokens.sentence) if n < 0 or next(place[n]) < room[n]]
    columns = {f.name: getattr(tokens, f.name) for f in fields(tokens) if f.name != "was_cut"}
    return Tokens(**{name: tuple(column[i] for i in kept) for name, column in columns.items()}, was_cut=True)


def share_room(first: int, second: int, room: int) -> tuple[int, int]:
    """How many tokens of two sentences fit into `room`: the longer one is cut first, until both are equal.

    (10, 2) in 8 → (6, 2); (10, 9) in 8 → (4, 4).
    """
    first = min(first, max(room - second, (room + 1) // 2))
    return first, min(second, room - first)


def show_piece(piece: str, kind: PieceKind) -> str:
    """A piece without the marks of its tokenizer: «▁То» → «То», «##ing» → «ing», «Ġlove» → «love».

    A piece that is only a space is shown as «␣». Bytes are decoded when they make whole UTF-8 characters; part of a
    character is shown in hexadecimal, «⟨F0 9F⟩», because it has no other name.
    """
    match kind:
        case "wordpiece":
            bare = piece.removeprefix("##") or piece
        case "bytes":
            bare = _decode(_piece_bytes(piece))
        case "unigram":
            byte = _BYTE_PIECE.fullmatch(piece)
            bare = _decode(bytes.fromhex(byte[1])) if byte else piece.replace("▁", " ")
    return bare.strip() or SPACE_SHOWN


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return f"⟨{raw.hex(' ').upper()}⟩"


def _piece_bytes(piece: str) -> bytes:
    """The bytes that a GPT-2 piece spells; letters outside its alphabet (added tokens) stand for themselves."""
    return b"".join(
        bytes([_letters_of_bytes()[c]]) if c in _letters_of_bytes() else c.encode("utf-8", "replace") for c in piece
    )


@cache
def _letters_of_bytes() -> dict[str, int]:
    """GPT-2's alphabet: a printable Latin-1 byte is its own letter, the others are moved up from U+0100 in order."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [b for b in range(256) if b not in set(printable)]
    return {chr(b): b for b in printable} | {chr(0x100 + n): b for n, b in enumerate(hidden)}

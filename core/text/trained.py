"""Tokenizers learnt from a real text, at any size: what is slow is done once for all visitors.

    bpe, wordpiece   trained at the largest size; a smaller vocabulary is the beginning of it
    bytes            byte-level BPE: words keep the blank before them (`split_gpt2`), all 256 bytes are its alphabet
    unigram          trained down to the smallest size; a larger vocabulary is a stage on the way

Each bundled corpus is a small one written for this project; its last fifth is held out. A pair or a seed must stand
twice. All but the byte-level one read `split_words`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from core.i18n import Text, same
from core.text import bpe, unigram, wordpiece
from core.text.pretokenize import BYTES, count_words, from_bytes, split_gpt2, split_words, to_bytes

Kind = Literal["bpe", "bytes", "wordpiece", "unigram"]
DATA = Path(__file__).resolve().parents[2] / "assets" / "data"
SIZES = (100, 150, 200, 260, 300, 400, 500, 600, 800)
HELD_OUT = 0.2
UNKNOWN = "�"

NAMES: dict[Kind, Text] = {
    "bpe": Text("BPE, characters", "BPE, символы"),
    "bytes": Text("BPE, bytes", "BPE, байты"),
    "wordpiece": same("WordPiece"),
    "unigram": same("Unigram"),
}
LANGUAGES = {"en": Text("English", "английский"), "ru": Text("Russian", "русский")}


@dataclass(frozen=True)
class Tokenizer:
    """One trained tokenizer at one size. `vocabulary`: its pieces by id, as they are stored."""

    kind: Kind
    vocabulary: tuple[str, ...]
    cut: Callable[[str], list[str]]

    def readable(self, piece: str) -> str:
        """A piece as a reader knows it: bytes that make whole characters are shown as these."""
        if self.kind != "bytes" or not all(character in BYTES for character in piece):
            return piece
        text = from_bytes(piece).replace(" ", "␣")
        return piece if UNKNOWN in text else text


@dataclass(frozen=True)
class CutSentence:
    """The sentence as one tokenizer cuts it: pieces, their ids (−1 unknown), how they read, characters it lost."""

    kind: Kind
    pieces: tuple[str, ...]
    ids: tuple[int, ...]
    shown: tuple[str, ...]
    lost: int


@lru_cache(maxsize=2)
def bundled(lang: str) -> str:
    """The project's own corpus in one language."""
    return (DATA / f"corpus.{lang}.txt").read_text(encoding="utf-8").strip()


def halves(text: str) -> tuple[str, str]:
    """What is learnt from and what is held out: the last fifth of the words, cut at white space."""
    at = text.rfind(" ", 0, round(len(text) * (1 - HELD_OUT)))
    return (text[:at], text[at + 1 :]) if at > 0 else (text, text)


def source(curve: str, own: str) -> tuple[str, str]:
    """The two parts of a corpus: "en", "ru", "both" or "own"."""
    if curve == "own":
        return halves(own)
    if curve == "both":
        parts = [halves(bundled(lang)) for lang in LANGUAGES]
        return "\n".join(p[0] for p in parts), "\n".join(p[1] for p in parts)
    return halves(bundled(curve))


@lru_cache(maxsize=48)
def learn(kind: Kind, text: str) -> bpe.Bpe | wordpiece.WordPiece:
    """BPE or WordPiece at the largest size; a smaller one is the beginning of it."""
    if kind == "bytes":
        words = {to_bytes(word): times for word, times in count_words(split_gpt2(text)).items()}
        return bpe.train(words, SIZES[-1], min_count=2, alphabet=BYTES)
    words = count_words(split_words(text))
    if kind == "wordpiece":
        return wordpiece.train(words, SIZES[-1], min_count=2)
    return bpe.train(words, SIZES[-1], min_count=2)


@lru_cache(maxsize=16)
def learn_unigram(text: str) -> dict[int, dict[str, float]]:
    """Size → p, of every size on the way down; training passes through all of `SIZES` that it can reach."""
    trained = unigram.train(count_words(split_words(text)), SIZES[0], stops=SIZES)
    return {len(stage.p): stage.p for stage in trained.stages}


def unigram_of(text: str, size: int) -> dict[str, float]:
    """The largest vocabulary of at most `size` pieces, or the smallest there is."""
    stages = learn_unigram(text)
    return stages[max((n for n in stages if n <= size), default=min(stages))]


@lru_cache(maxsize=256)
def tokenizer(kind: Kind, text: str, size: int) -> Tokenizer:
    """The tokenizer `kind` learnt from `text`, with at most `size` pieces or its alphabet."""
    if kind == "unigram":
        p = unigram_of(text, size)
        logs = unigram.log_probabilities(p)
        pieces = tuple(sorted(p, key=lambda piece: (-p[piece], piece)))
        return Tokenizer(kind, pieces, lambda s: [x for word in split_words(s) for x in unigram.encode(logs, word)])
    trained = learn(kind, text)
    # A merge may make a piece that is known already, so the merges are counted by the pieces they need.
    pieces = trained.pieces[: max(size, trained.alphabet)]
    born = [step.piece for step in trained.steps]
    merges = next((k for k, piece in enumerate(born) if piece >= len(pieces)), len(born))
    if isinstance(trained, wordpiece.WordPiece):
        known = frozenset(pieces)
        return Tokenizer(
            kind, pieces, lambda s: [x for word in split_words(s) for x in wordpiece.encode(known, word)[0]]
        )
    ranks = trained.ranks(merges)

    def cut(sentence: str) -> list[str]:
        words = map(to_bytes, split_gpt2(sentence)) if kind == "bytes" else split_words(sentence)
        return [node.text for word in words for node in bpe.encode(trained, word, ranks=ranks)]

    return Tokenizer(kind, pieces, cut)


@lru_cache(maxsize=256)
def measure(kind: Kind, curve: str, own: str, size: int) -> tuple[int, int, float]:
    """The size reached, the pieces of the held-out text, and the share of its characters that cannot be written."""
    learnt, held_out = source(curve, own)
    made = tokenizer(kind, learnt, size)
    pieces = made.cut(held_out)
    return len(made.vocabulary), len(pieces), lost(made, held_out, pieces) / max(1, len("".join(held_out.split())))


@lru_cache(maxsize=64)
def cost(kind: Kind, learnt: str, lang: str, size: int) -> tuple[int, int, int]:
    """Pieces, words and characters (spaces aside) of the held-out text of `lang`, cut by what `learnt` has taught."""
    held_out = halves(bundled(lang))[1]
    made = tokenizer(kind, source(learnt, "")[0], size)
    return len(made.cut(held_out)), len(split_words(held_out)), len("".join(held_out.split()))


def lost(made: Tokenizer, text: str, pieces: Sequence[str]) -> int:
    """How many characters, spaces aside, the pieces do not say."""
    if made.kind == "bytes":
        return 0
    if made.kind == "wordpiece":
        words = split_words(text)
        return sum(len(word) for word in words if made.cut(word) == [wordpiece.UNKNOWN])
    known = set(made.vocabulary)
    return sum(len(piece) for piece in pieces if piece not in known)


def cut_sentence(made: Tokenizer, sentence: str) -> CutSentence:
    """The sentence through one tokenizer."""
    pieces = made.cut(sentence)
    ids = {piece: id_ for id_, piece in enumerate(made.vocabulary)}
    return CutSentence(
        made.kind,
        tuple(pieces),
        tuple(ids.get(piece, -1) for piece in pieces),
        tuple(map(made.readable, pieces)),
        lost(made, sentence, pieces),
    )

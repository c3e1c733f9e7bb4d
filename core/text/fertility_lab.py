"""A real text: how many pieces a word costs, against the size of the vocabulary and the language it was learnt from.

Symbols: |V| the size of the vocabulary.

    fertility   pieces / words on text that training has not seen      Ács 2019; Rust et al. 2021, section 3
    words       words and runs of other signs (`split_words`), for every tokenizer alike, so fertilities compare
    unknown     the share of characters of the seen text that the tokenizer cannot write

Each bundled corpus is a small one written for this project; its last fifth is held out. Byte-level BPE reads words with
the blank before them (`split_gpt2`); the others read `split_words`. A pair or a seed must stand twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.params import Choice, Levels, Params, Words
from core.tables import Table
from core.text import bpe, unigram, wordpiece
from core.text.pretokenize import BYTES, count_words, from_bytes, split_gpt2, split_words, to_bytes
from core.verify import Check, compare

Kind = Literal["bpe", "bytes", "wordpiece", "unigram"]
DATA = Path(__file__).resolve().parents[2] / "assets" / "data"
SIZES = (100, 150, 200, 260, 300, 400, 500, 600, 800)
HELD_OUT = 0.2
MAX_OWN, MAX_WORD = 4000, 60
UNKNOWN = "�"

NAMES: dict[Kind, Text] = {
    "bpe": Text("BPE, characters", "BPE, символы"),
    "bytes": Text("BPE, bytes", "BPE, байты"),
    "wordpiece": same("WordPiece"),
    "unigram": same("Unigram"),
}
LANGUAGES = {"en": Text("English", "английский"), "ru": Text("Russian", "русский")}


class FertilityParams(Params):
    """What is cut, by whom, and what they learnt from."""

    sentence: Annotated[
        str,
        Words(
            label=Text("A sentence to cut", "Предложение"),
            max_chars=160,
            example=Text("Grandmother’s unbelievable boat is ready 🚤", "Бабушкина невероятная лодка готова 🚤"),
            is_wide=True,
        ),
    ] = "Grandmother’s unbelievable boat is ready 🚤"
    kind: Annotated[str, Choice(label=Text("Tokenizer", "Токенизатор"), options=NAMES)] = "bpe"
    learnt: Annotated[
        str,
        Choice(
            label=Text("Learnt from", "Учился на"),
            options={**LANGUAGES, "both": Text("both", "обоих")},
            help=Text(
                "The text whose vocabulary cuts the sentence. The curves show each.",
                "Чей словарь режет предложение. На графике — все.",
            ),
        ),
    ] = "en"
    size: Annotated[
        int,
        Levels(
            label=Text("Vocabulary size", "Размер словаря"),
            values=SIZES,
            help=Text(
                "It is never smaller than the alphabet: the letters, or 256 bytes.",
                "Меньше алфавита не бывает: это все буквы или 256 байтов.",
            ),
        ),
    ] = 400
    own: Annotated[
        str,
        Words(
            label=Text("Learn from your own text instead", "Учиться на вашем тексте"),
            max_chars=MAX_OWN,
            lines=4,
            folded=True,
            help=Text(
                "Paste a text of at least a hundred words; it takes the place of both.",
                "Вставьте текст хотя бы в сотню слов, он заменит оба.",
            ),
        ),
    ] = ""


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


@dataclass(frozen=True)
class FertilityTrace(Frozen):
    """sizes (curve, point) and fertility (curve, point); NaN where the vocabulary could not grow so far."""

    params: FertilityParams
    curves: tuple[str, ...]
    sizes: npt.NDArray[np.float64]
    fertility: npt.NDArray[np.float64]
    tokenizer: Tokenizer
    sentences: tuple[CutSentence, ...]
    held_out: str
    pieces_held_out: int
    words_held_out: int
    unknown: float
    counts: tuple[int, ...]
    signature: str


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
    merges = next((k for k, step in enumerate(trained.steps) if step.piece >= len(pieces)), len(trained.steps))
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


def lost(made: Tokenizer, text: str, pieces: Sequence[str]) -> int:
    """How many characters, spaces aside, the pieces do not say."""
    if made.kind == "bytes":
        return 0
    if made.kind == "wordpiece":
        words = split_words(text)
        return sum(len(word) for word in words if made.cut(word) == [wordpiece.UNKNOWN])
    known = set(made.vocabulary)
    return sum(len(piece) for piece in pieces if piece not in known)


def run(params: FertilityParams) -> FertilityTrace:
    """Curves of one kind over all sizes, and the sentence cut by every kind at one size.

    Raises
    ------
    Refusal
        If the reader's own text has too few words, or one that is too long.
    """
    own = " ".join(params.own.split())
    if own:
        check_own(own)
    kind: Kind = next(k for k in NAMES if k == params.kind)
    curves = ("own",) if own else tuple(LANGUAGES)
    here = "own" if own else params.learnt
    points = [[measure(kind, curve, own, size) for size in SIZES] for curve in curves]
    words = [len(split_words(source(curve, own)[1])) for curve in curves]
    sizes = np.array([[point[0] for point in line] for line in points], dtype=np.float64)
    fertility = np.array([[p[1] / n for p in line] for line, n in zip(points, words, strict=True)])
    # Where the vocabulary did not grow any more the point would stand on the one before.
    repeated = np.zeros(sizes.shape, dtype=bool)
    repeated[:, 1:] = sizes[:, 1:] == sizes[:, :-1]
    learnt, held_out = source(here, own)
    made = tokenizer(kind, learnt, params.size)
    reached, pieces, unknown = measure(kind, here, own, params.size)
    seen = count_words(made.cut(learnt))
    return FertilityTrace(
        params=params,
        curves=curves,
        sizes=np.where(repeated, np.nan, sizes),
        fertility=np.where(repeated, np.nan, fertility),
        tokenizer=made,
        sentences=tuple(cut_sentence(tokenizer(k, learnt, params.size), params.sentence) for k in NAMES),
        held_out=held_out,
        pieces_held_out=pieces,
        words_held_out=len(split_words(held_out)),
        unknown=unknown,
        counts=tuple(seen.get(piece, 0) for piece in made.vocabulary),
        signature=f"{kind} · corpus={here}, {len(split_words(learnt))} words · |V|={reached} · min count 2 · "
        f"held out {HELD_OUT:.0%}",
    )


def check_own(own: str) -> None:
    """Refuse a text that there is nothing to learn from."""
    words = split_words(own)
    if len(words) < 100:
        raise Refusal(
            Text(
                "Your text has {n} words; at least 100 are needed to learn from.",
                "В вашем тексте слов: {n}, а чтобы учиться, нужно хотя бы 100.",
            ).format(n=len(words))
        )
    longest = max(words, key=len)
    if len(longest) > MAX_WORD:
        raise Refusal(
            Text(
                "The word “{word}…” is longer than {most} characters.", "Слово «{word}…» длиннее {most} символов."
            ).format(word=longest[:12], most=MAX_WORD)
        )


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


def reference(trace: FertilityTrace) -> tuple[Check, ...]:
    """The held-out text, cut by the library `tokenizers` with our vocabulary."""
    from tokenizers import Tokenizer as Library
    from tokenizers import models, pre_tokenizers

    made = trace.tokenizer
    learnt, held_out = source(
        "own" if trace.curves == ("own",) else trace.params.learnt, " ".join(trace.params.own.split())
    )
    ids = {piece: id_ for id_, piece in enumerate(made.vocabulary)}
    if made.kind == "unigram":
        logs = unigram.log_probabilities(unigram_of(learnt, trace.params.size))
        library = Library(models.Unigram([("\0", 0.0), *logs.items()], unk_id=0))
    elif made.kind == "wordpiece":
        ids = {wordpiece.UNKNOWN: len(ids), **ids}
        library = Library(models.WordPiece(ids, unk_token=wordpiece.UNKNOWN, max_input_chars_per_word=10_000))
    else:
        trained = learn(made.kind, learnt)
        assert isinstance(trained, bpe.Bpe)
        merges = [
            (trained.pieces[s.pair[0]], trained.pieces[s.pair[1]])
            for s in trained.steps
            if s.piece < len(made.vocabulary)
        ]
        unknown = {} if made.kind == "bytes" else {UNKNOWN: len(ids)}
        library = Library(models.BPE({**ids, **unknown}, merges, unk_token=UNKNOWN if unknown else None))
    library.pre_tokenizer = (
        pre_tokenizers.ByteLevel(add_prefix_space=False) if made.kind == "bytes" else pre_tokenizers.Whitespace()
    )
    theirs = library.encode(held_out).tokens
    ours = [piece if piece in ids or made.kind != "bpe" else UNKNOWN for piece in made.cut(held_out)]
    apart = sum(a != b for a, b in zip(ours, theirs, strict=False)) + abs(len(ours) - len(theirs))
    return (compare(Text("the held-out text, cut", "нарезка отложенного текста"), "tokenizers", [apart], [0.0], 0.0),)


def tables(trace: FertilityTrace) -> tuple[Table, ...]:
    """The curves, the vocabulary, and how long the sentence is for each."""
    lines = []
    for n, curve in enumerate(trace.curves):
        kept = np.isfinite(trace.sizes[n])
        names = [f"{int(size)}" for size in trace.sizes[n][kept]]
        lines.append(Table(f"fertility, {curve}", names, ("pieces a word",), trace.fertility[n][kept][:, None]))
    vocabulary = [trace.tokenizer.readable(piece) for piece in trace.tokenizer.vocabulary]
    lengths = np.array([[len(s.pieces), s.lost] for s in trace.sentences], dtype=np.float64)
    return (
        *lines,
        Table("vocabulary", vocabulary, ("count",), np.array(trace.counts, dtype=np.float64)[:, None]),
        Table("sentence", [s.kind for s in trace.sentences], ("pieces", "characters lost"), lengths),
    )


def explain(trace: FertilityTrace, lang: Lang) -> tuple[Formula, ...]:
    """The fertility at the chosen size, and what is lost."""
    rule = Text(
        "on text that training has not seen; unknown characters in it: {u:.2%}",
        "на тексте, которого обучение не видело; неизвестных символов в нём: {u:.2%}",
    ).format(u=trace.unknown)
    told = rule.get(lang).replace(".", ",") if lang == "ru" else rule.get(lang)
    return (
        (
            say(Text("fertility = pieces / words = ", "фертильность = куски / слова = ").get(lang)),
            Part(f"{trace.pieces_held_out} / {trace.words_held_out}", "strong"),
            say(" = "),
            number(trace.pieces_held_out / max(1, trace.words_held_out), 3, "result"),
            quiet(f"   {told}"),
        ),
    )

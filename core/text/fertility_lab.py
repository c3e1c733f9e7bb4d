"""A real text: how many pieces a word costs, against the size of the vocabulary and the language it was learnt from.

Symbols: |V| the size of the vocabulary.

    fertility   pieces / words on text that training has not seen      Ács 2019; Rust et al. 2021, section 3
    words       words and runs of other signs (`split_words`), for every tokenizer alike, so fertilities compare
    unknown     the share of characters of the seen text that the tokenizer cannot write
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Lang, Text
from core.params import Choice, Levels, Params, Words
from core.tables import Table
from core.text import bpe, unigram, wordpiece
from core.text.pretokenize import count_words, split_words
from core.text.trained import (
    HELD_OUT,
    LANGUAGES,
    NAMES,
    SIZES,
    UNKNOWN,
    CutSentence,
    Kind,
    Tokenizer,
    cut_sentence,
    learn,
    measure,
    source,
    tokenizer,
    unigram_of,
)
from core.verify import Check, compare

MAX_OWN, MAX_WORD = 4000, 60


class FertilityParams(Params):
    """What is cut, by whom, and what they learnt from."""

    sentence: Annotated[
        str,
        Words(
            label=Text("A sentence to cut", "Предложение"),
            max_chars=160,
            example=Text("My grandmother has an unbelievable boat 🚤", "Бабушкина невероятная лодка готова 🚤"),
            is_wide=True,
        ),
    ] = "My grandmother has an unbelievable boat 🚤"
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
    ] = "both"
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

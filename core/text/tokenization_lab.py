"""One text through every tokenizer at once: what it is cut into, what each piece is called, what comes back.

Symbols: n tokens, |V| the size of the vocabulary, OOV a token that the vocabulary does not have.

    characters per token   code points of the text / n: how much one step of a model reads
    round trip             decode(encode(text)) = text? A model that writes can only write what decode can say
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np

from core.arithmetic import Cell, Formula, Part, number, quiet, say
from core.errors import Refusal
from core.i18n import Lang, Text
from core.params import Choice, Levels, Params, Words
from core.tables import Table
from core.text import wordpiece
from core.text.fertility_lab import MAX_OWN, check_own
from core.text.tokenize import byte_places
from core.text.tokenizers_all import KINDS, Cut, Kind, byte_words, cut
from core.text.trained import LANGUAGES, SIZES, source, tokenizer
from core.verify import Check, compare

LOSSES = {
    "unknown": Text("the unknown", "неизвестное"),
    "signs": Text("signs, short words", "знаки, короткие слова"),
    "case": Text("capitals", "заглавные"),
    "spaces": Text("white space", "пробелы"),
    "form": Text("looks", "вид знаков"),
}


class TokenizationParams(Params):
    """The text, and what the tokenizers that learn have learnt from."""

    sentence: Annotated[
        str,
        Words(
            label=Text("Type anything", "Пишите что угодно"),
            max_chars=160,
            example=Text(
                "In the morning the cat sat happily: 2\u00a0cups of café 🐈",
                "Утром кошка сидела у окна, а\u00a0чайник-то закипел 🐈",
            ),
            is_wide=True,
        ),
    ] = "In the morning the cat sat happily: 2\u00a0cups of café 🐈"
    learnt: Annotated[
        str,
        Choice(
            label=Text("Vocabularies learnt from", "Словари выучены на"),
            options={**LANGUAGES, "both": Text("both", "обоих")},
            help=Text(
                "Small texts of ours; the encoder comes with its own vocabulary.",
                "Наши небольшие тексты. У энкодера словарь свой.",
            ),
        ),
    ] = "both"
    size: Annotated[
        int,
        Levels(
            label=Text("Vocabulary size", "Размер словаря"),
            values=SIZES,
            help=Text(
                "For the dictionary and for those that learn pieces; never below their alphabet.",
                "Для словаря слов и для тех, кто учит куски. Меньше алфавита не бывает.",
            ),
        ),
    ] = 600
    own: Annotated[
        str,
        Words(
            label=Text("Learn from your own text instead", "Учиться на вашем тексте"),
            max_chars=MAX_OWN,
            lines=4,
            folded=True,
            help=Text("At least a hundred words.", "Хотя бы сто слов."),
        ),
    ] = ""


@dataclass(frozen=True)
class TokenizationTrace:
    """Every cut of the text, in the order of `KINDS`."""

    params: TokenizationParams
    learnt: str
    cuts: tuple[Cut, ...]
    signature: str

    def of(self, kind: Kind) -> Cut:
        return next(made for made in self.cuts if made.kind == kind)

    def cell(self, words: str) -> Cell:
        """The picked token, `<kind>.<place>.0` in the address; the first one of WordPiece when it names none."""
        cell = Cell.parse(words)
        for made in self.cuts:
            if cell and cell.panel == made.kind and cell.row < len(made.pieces):
                return cell
        return Cell("wordpiece", 0, 0)


def run(params: TokenizationParams) -> TokenizationTrace:
    """The text through all of them.

    Raises
    ------
    Refusal
        If there is nothing but white space, or the text to learn from is too short.
    """
    if not params.sentence.strip():
        raise Refusal(Text("Type at least one character.", "Впишите хотя бы один символ."))
    own = " ".join(params.own.split())
    if own:
        check_own(own)
    learnt, _ = source("own" if own else params.learnt, own)
    return TokenizationTrace(
        params=params,
        learnt=learnt,
        cuts=tuple(cut(kind, params.sentence, learnt, params.size) for kind in KINDS),
        signature=f"{len(params.sentence)} code points · learnt from {'own' if own else params.learnt}, "
        f"{len(learnt.split())} words · |V| ≤ {params.size}",
    )


def reference(trace: TokenizationTrace) -> tuple[Check, ...]:
    """Words beside nltk's, counted words beside scikit-learn's, bytes and WordPiece beside tokenizers'."""
    from nltk.tokenize import WordPunctTokenizer
    from sklearn.feature_extraction.text import CountVectorizer
    from tokenizers import Tokenizer as Library
    from tokenizers import models, pre_tokenizers

    text = trace.params.sentence
    made = tokenizer("wordpiece", trace.learnt, trace.params.size)
    ids = {piece: id_ for id_, piece in enumerate((wordpiece.UNKNOWN, *made.vocabulary))}
    library = Library(models.WordPiece(ids, unk_token=wordpiece.UNKNOWN, max_input_chars_per_word=10_000))
    library.pre_tokenizer = pre_tokenizers.Whitespace()
    by_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str(text)
    # CountVectorizer lowers the text first, which can change its length; the rule is compared without that.
    counted = [text[a:b] for a, b in trace.of("counted").spans]
    theirs = CountVectorizer(lowercase=False).build_analyzer()(text)
    pieces = library.encode(text)
    return (
        _same(
            Text("places of words and signs", "места слов и знаков"),
            "nltk",
            trace.of("words").spans,
            list(WordPunctTokenizer().span_tokenize(text)),
        ),
        _same(Text("counted words", "слова для подсчёта"), "scikit-learn", counted, theirs),
        _same(Text("words in bytes", "слова в байтах"), "tokenizers", byte_words(text), [word for word, _ in by_bytes]),
        _same(Text("WordPiece", "WordPiece"), "tokenizers", trace.of("wordpiece").pieces, pieces.tokens),
    )


def _same(what: Text, package: str, ours: object, theirs: object) -> Check:
    """Two lists: the difference is the number of places where they differ."""
    a, b = list(ours), list(theirs)  # type: ignore[call-overload]
    apart = sum(x != y for x, y in zip(a, b, strict=False)) + abs(len(a) - len(b))
    return compare(what, package, [apart], [0.0], 0.0)


def tables(trace: TokenizationTrace) -> tuple[Table, ...]:
    """One row a tokenizer, and the ids of each."""
    rows = [
        (len(c.ids), c.size, sum(c.unknown), len(c.text) / max(1, len(c.ids)), float(c.is_lossless), c.changed())
        for c in trace.cuts
    ]
    cols = ("tokens", "vocabulary", "OOV", "characters per token", "lossless", "characters changed")
    summary = Table("tokenizers", [c.kind for c in trace.cuts], cols, np.array(rows, dtype=np.float64))
    ids = [
        Table(
            f"ids, {c.kind}",
            [f"{n} {shown}" for n, shown in enumerate(c.shown)],
            ("id", "start", "end"),
            np.array([(id_, *span) for id_, span in zip(c.ids, c.spans, strict=True)], dtype=np.float64).reshape(-1, 3),
        )
        for c in trace.cuts
    ]
    return (summary, *ids)


def explain(trace: TokenizationTrace, picked: Cell, lang: Lang) -> tuple[Formula, ...]:
    """The picked token from text to bytes to id, how much a token says, and the way back."""
    made = next(c for c in trace.cuts if c.kind == picked.panel)
    name = KINDS[made.kind].get(lang)
    if not made.pieces:
        return ((say(Text("{k}: no tokens at all", "{k}: ни одного токена").format(k=name).get(lang)),),)
    start, end = made.spans[picked.row]
    part = trace.params.sentence[start:end]
    raw = part.encode("utf-8")
    if made.kind == "bytes":
        raw = raw[[n for n, at in enumerate(byte_places(made.text)) if at == start].index(picked.row) :][:1]
    id_ = made.ids[picked.row]
    known = not made.unknown[picked.row]
    told = Text("not in the vocabulary", "в словаре нет").get(lang)
    shown = " ".join(f"{byte:02X}" for byte in raw[:24]) + (" …" if len(raw) > 24 else "")
    first: Formula = (
        say(f"{name}:   "),
        Part(f"{made.shown[picked.row]}", "strong"),
        say(Text("   characters {a}–{b}", "   символы {a}–{b}").format(a=start, b=end).get(lang)),
        quiet(f"   {shown}   "),
        say("→ id "),
        Part(str(id_) if id_ >= 0 else "—", "result"),
        quiet("" if known else f"   {told}"),
    )
    second: Formula = (
        say(Text("characters per token = ", "символов на токен = ").get(lang)),
        Part(f"{len(made.text)} / {len(made.ids)}", "number"),
        say(" = "),
        number(len(made.text) / len(made.ids), 2, "result"),
        quiet(f"   |V| = {made.size}   OOV = {sum(made.unknown)} / {len(made.ids)}"),
    )
    verdict = (
        Text("the same text", "тот же текст")
        if made.is_lossless
        else Text("{n} characters differ; lost: {w}", "отличается символов: {n}; потеряно: {w}").format(
            n=made.changed(), w=", ".join(LOSSES[loss].get(lang) for loss in made.losses())
        )
    )
    third: Formula = (
        say("decode(encode(text)) = "),
        Part(made.decoded.replace(" ", "␣"), "number"),
        quiet("   "),
        Part(("✓ " if made.is_lossless else "✗ ") + verdict.get(lang), "result"),
    )
    return first, second, third

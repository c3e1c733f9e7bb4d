"""What one and the same sentence costs in ten languages, and what the forms of one word have in common.

Symbols: n(l) tokens of the sentence in the language l.

    premium   n(l) / n(English): how many times dearer       Petrov et al. 2023, "Language Model Tokenizers Introduce
              Unfairness Between Languages", section 3
    window    how many such sentences fit into 512 tokens
    lost      tokens that say nothing of what stood there: a cheap sentence may be a lost one
    stem      the longest first piece that most forms of a word share
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Cell, Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.i18n import Lang, Text
from core.params import Choice, Levels, Params, Words
from core.tables import Table
from core.text.tokenization_texts import LANGUAGE_NAMES, PARADIGMS, SAID
from core.text.tokenizers_all import KINDS, Cut, Kind, cut
from core.text.trained import LANGUAGES, SIZES, source
from core.verify import Check, compare

WINDOW = 512
MAX_FORMS, MAX_FORM = 16, 24
PAYERS: tuple[Kind, ...] = ("encoder", "byte_bpe", "bytes", "characters", "wordpiece", "unigram", "spaces")
CUTTERS: tuple[Kind, ...] = ("dictionary", "bpe", "byte_bpe", "wordpiece", "unigram", "encoder")
WORDS_OF = {
    "кошка": Text("“кошка”, Russian noun", "кошка"),
    "читать": Text("“читать”, Russian verb", "читать"),
    "старый": Text("“старый”, Russian adjective", "старый"),
    "walk": Text("walk", "walk (английский глагол)"),
    "talo": Text("talo (“house”, Finnish)", "talo («дом», финский)"),
}


class CostParams(Params):
    """The sentence, who cuts it, and a word in its forms."""

    said: Annotated[
        str,
        Choice(
            label=Text("The sentence", "Предложение"),
            options={
                "cat": Text("The cat is sleeping…", "Кошка спит…"),
                "library": Text("Tomorrow we will go…", "Завтра мы…"),
                "ticket": Text("Where can I buy…", "Где можно купить…"),
            },
        ),
    ] = "cat"
    payer: Annotated[str, Choice(label=Text("Cut by", "Режет"), options={k: KINDS[k] for k in PAYERS})] = "byte_bpe"
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
    lexeme: Annotated[str, Choice(label=Text("A word in its forms", "Слово в его формах"), options=WORDS_OF)] = "кошка"
    forms: Annotated[
        str,
        Words(
            label=Text("Or your own forms", "Или свои формы"),
            max_chars=200,
            folded=True,
            help=Text("Words with spaces between them, up to sixteen.", "Слова через пробел, не больше шестнадцати."),
        ),
    ] = ""


@dataclass(frozen=True)
class CostTrace(Frozen):
    """sentences: the cut of each language, in the order of LANGUAGE_NAMES; tokens, lost (language); premium (language).

    table : for each form its cut by each of CUTTERS; pieces (form, cutter); stems : the shared first piece and in how
    many forms, a cutter each.
    """

    params: CostParams
    sentences: tuple[Cut, ...]
    tokens: npt.NDArray[np.int64]
    lost: npt.NDArray[np.int64]
    premium: npt.NDArray[np.float64]
    forms: tuple[str, ...]
    table: tuple[tuple[Cut, ...], ...]
    pieces: npt.NDArray[np.int64]
    stems: tuple[tuple[str, int], ...]
    signature: str

    def cell(self, words: str) -> Cell:
        """The picked language, `lang.<n>.0`; Russian when it names none."""
        cell = Cell.parse(words)
        return cell if cell and cell.panel == "lang" and cell.row < len(self.sentences) else Cell("lang", 1, 0)


def stem_of(cuts: list[Cut]) -> tuple[str, int]:
    """The first piece that most cuts begin with, longest first among equals; unknown ones do not count."""
    heads = Counter(made.shown[0] for made in cuts if made.pieces and not made.unknown[0])
    if not heads:
        return "", 0
    best = max(heads, key=lambda piece: (heads[piece], len(piece), piece))
    return best, heads[best]


def run(params: CostParams) -> CostTrace:
    """The sentence in ten languages by one tokenizer, the forms by six."""
    learnt, _ = source(params.learnt, "")
    payer = next(kind for kind in PAYERS if kind == params.payer)
    sentences = tuple(cut(payer, text, learnt, params.size) for text in SAID[params.said])
    forms = tuple(form[:MAX_FORM] for form in (params.forms.split() or PARADIGMS[params.lexeme].split())[:MAX_FORMS])
    table = tuple(tuple(cut(kind, form, learnt, params.size) for kind in CUTTERS) for form in forms)
    tokens = np.array([len(made.ids) for made in sentences])
    return CostTrace(
        params=params,
        sentences=sentences,
        tokens=tokens,
        lost=np.array([sum(made.unknown) for made in sentences]),
        premium=tokens / tokens[0],
        forms=forms,
        table=table,
        pieces=np.array([[len(made.ids) for made in row] for row in table]),
        stems=tuple(stem_of([row[k] for row in table]) for k in range(len(CUTTERS))),
        signature=f"{payer} · |V|={sentences[0].size} · learnt from {params.learnt} · {len(forms)} forms",
    )


def reference(trace: CostTrace) -> tuple[Check, ...]:
    """The byte-level pieces of all sentences beside the library `tokenizers` with our merges."""
    from tokenizers import Tokenizer as Library
    from tokenizers import models, pre_tokenizers

    from core.text import bpe
    from core.text.trained import learn

    learnt, _ = source(trace.params.learnt, "")
    trained = learn("bytes", learnt)
    assert isinstance(trained, bpe.Bpe)
    made = [cut("byte_bpe", text, learnt, trace.params.size) for text in SAID[trace.params.said]]
    ids = {piece: id_ for id_, piece in enumerate(trained.pieces[: made[0].size])}
    merges = [
        (trained.pieces[step.pair[0]], trained.pieces[step.pair[1]]) for step in trained.steps if step.piece < len(ids)
    ]
    library = Library(models.BPE(ids, merges))
    library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    theirs = [library.encode(text).ids for text in SAID[trace.params.said]]
    apart = sum(list(one.ids) != other for one, other in zip(made, theirs, strict=True))
    what = Text("ids in ten languages, BPE over bytes", "id на десяти языках, BPE по байтам")
    return (compare(what, "tokenizers", [apart], [0.0], 0.0),)


def tables(trace: CostTrace) -> tuple[Table, ...]:
    """Costs of the languages, pieces of the forms."""
    values = np.column_stack([trace.tokens, trace.lost, trace.premium])
    return (
        Table("languages", list(LANGUAGE_NAMES), ("tokens", "lost", "premium"), values),
        Table("pieces a form", trace.forms, CUTTERS, trace.pieces),
    )


def explain(trace: CostTrace, picked: Cell, lang: Lang) -> tuple[Formula, ...]:
    """The premium of the picked language, and what a window holds."""
    names = list(LANGUAGE_NAMES.values())
    mine, base = int(trace.tokens[picked.row]), int(trace.tokens[0])
    made = trace.sentences[picked.row]
    lost = int(trace.lost[picked.row])
    letters = len("".join(made.text.split()))
    rate = Text("   tokens per letter: {x}", "   токенов на букву: {x}").format(x=_short(mine / letters, lang))
    told = Text("; lost: {n} of {m}", "; потеряно: {n} из {m}").format(n=lost, m=mine).get(lang) if lost else ""
    return (
        (
            say(f"n({names[picked.row].get(lang)}) / n({names[0].get(lang)}) = "),
            Part(f"{mine} / {base}", "strong"),
            say(" = "),
            number(mine / base, 2, "result"),
            quiet(rate.get(lang) + told),
        ),
        (
            say(Text("a window of {w} tokens holds ", "в окно из {w} токенов войдёт ").format(w=WINDOW).get(lang)),
            Part(f"⌊{WINDOW} / {mine}⌋", "number"),
            say(" = "),
            Part(str(WINDOW // mine), "result"),
            quiet(
                Text("   such sentences; in English {n}", "   таких предложений; по-английски {n}")
                .format(n=WINDOW // base)
                .get(lang)
            ),
        ),
    )


def _short(value: float, lang: Lang) -> str:
    """Two decimals, the comma where Russian writes it."""
    return f"{value:.2f}".replace(".", ",") if lang == "ru" else f"{value:.2f}"

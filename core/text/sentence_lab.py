"""Sentences by rules that can be switched off one by one, on a text of yours and on passages marked by hand.

Symbols: TP ends found and marked, FP found and not marked, FN marked and not found; the end of the text is not counted.

    F1 = 2·TP / (2·TP + FP + FN)

Punkt (Kiss and Strunk 2006) is nltk's; its learnt models are a download, so it is given our list of abbreviations.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from core.arithmetic import Cell, Formula, Part, number, quiet, say
from core.errors import Refusal
from core.i18n import Lang, Text
from core.params import Choice, Params, Switch, Words
from core.tables import Table
from core.text.sentences import (
    ABBREVIATIONS,
    MAYBE,
    NEVER,
    RULES,
    TAILS,
    Candidate,
    Reason,
    Rule,
    boundaries,
    f1,
    read_list,
    score,
    split_sentences,
)
from core.text.tokenization_texts import PASSAGES, read_passage
from core.text.trained import LANGUAGES
from core.verify import Check, compare

Splitter = Callable[[str, tuple[str, str]], list[tuple[int, int]]]
REASONS: dict[Reason, Text] = {
    "stop": Text("nothing speaks against it: the sentence ends", "ничто не против: предложение кончилось"),
    "end": Text("the text ends here", "здесь кончается текст"),
    "gap": Text("no white space follows", "дальше нет пробела"),
    "abbreviation": Text("an abbreviation of the list", "сокращение из списка"),
    "tail": Text(
        "an abbreviation that may end a sentence: the next letter decides",
        "сокращение, которым можно закончить: решает следующая буква",
    ),
    "initial": Text("a single capital: an initial", "одна заглавная: инициал"),
    "small": Text("a small letter follows", "дальше строчная буква"),
}


class SentenceParams(Params):
    """The text, the rules and the lists."""

    passage: Annotated[
        str,
        Words(
            label=Text("Text", "Текст"),
            max_chars=300,
            example=Text(
                "Dr. A. B. Gray paid 3.50 for tea, milk, etc. in the U.S. “Stop!” he cried. Wait… it was 5 p.m. "
                "The shop had closed.",
                "В 1990 г. инженер А. Б. Серый жил в г. Твери на ул. Мира, д. 5, пил чай, квас и т. д. за 3.50. "
                "«Стой!» — крикнул он. Подожди… Был уже 1991 г. Магазин закрыли.",
            ),
            is_wide=True,
        ),
    ] = (
        "Dr. A. B. Gray paid 3.50 for tea, milk, etc. in the U.S. “Stop!” he cried. Wait… it was 5 p.m. "
        "The shop had closed."
    )
    gap: Annotated[bool, Switch(label=Text("White space must follow", "Дальше должен быть пробел"))] = True
    abbreviations: Annotated[bool, Switch(label=Text("Lists of abbreviations", "Списки сокращений"))] = True
    initials: Annotated[bool, Switch(label=Text("Initials", "Инициалы"))] = True
    small: Annotated[bool, Switch(label=Text("No cut before a small letter", "Не резать перед строчной"))] = True
    closing: Annotated[bool, Switch(label=Text("Closing quotes go along", "Закрывающие кавычки — туда же"))] = True
    judged: Annotated[
        str,
        Choice(
            label=Text("Marked passages", "Размеченные отрывки"),
            options={"both": Text("all", "все"), **LANGUAGES},
            help=Text(
                "Passages of ours with the ends marked by hand; Punkt gets the same list.",
                "Наши отрывки с размеченными концами; список сокращений для Punkt тот же.",
            ),
        ),
    ] = "both"
    never: Annotated[
        str,
        Words(
            label=Text("Never end a sentence", "Не кончают предложение"),
            max_chars=200,
            example=NEVER,
            folded=True,
        ),
    ] = ABBREVIATIONS["en"]
    tails: Annotated[
        str,
        Words(
            label=Text("May end a sentence", "Могут кончать предложение"),
            max_chars=200,
            example=MAYBE,
            folded=True,
        ),
    ] = TAILS["en"]


@dataclass(frozen=True)
class Judgement:
    """One splitter on the marked passages: TP, FP, FN."""

    name: str
    hits: int
    wrong: int
    missed: int

    @property
    def f1(self) -> float:
        return f1(self.hits, self.wrong, self.missed)


@dataclass(frozen=True)
class SentenceTrace:
    """spans: the sentences; plain: by stops alone; punkt: by nltk; candidates: every stop with its reason.

    judged : now, with each rule switched off, with none, Punkt
    found : for each marked passage its text, the marked ends and the ends found now
    """

    params: SentenceParams
    spans: tuple[tuple[int, int], ...]
    plain: tuple[tuple[int, int], ...]
    punkt: tuple[tuple[int, int], ...]
    candidates: tuple[Candidate, ...]
    judged: tuple[Judgement, ...]
    found: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...]
    signature: str

    def cell(self, words: str) -> Cell:
        """The picked stop, `stop.<n>.0`; the first when it names none."""
        cell = Cell.parse(words)
        return cell if cell and cell.panel == "stop" and cell.row < len(self.candidates) else Cell("stop", 0, 0)


def rules_of(params: SentenceParams) -> tuple[Rule, ...]:
    """The rules that are on."""
    return tuple(rule for rule in RULES if getattr(params, rule))


def lists_for(params: SentenceParams, lang: str) -> tuple[str, str]:
    """The lists for the marked passages: those typed, unless they are the untouched lists of the other language."""
    never = ABBREVIATIONS[lang] if params.never in ABBREVIATIONS.values() else params.never
    return never, TAILS[lang] if params.tails in TAILS.values() else params.tails


def passages(params: SentenceParams) -> list[tuple[str, tuple[int, ...], tuple[str, str]]]:
    """The marked passages to judge on: text, ends, and the lists of its language."""
    langs = [lang for lang in LANGUAGES if params.judged in (lang, "both")]
    return [(*read_passage(marked), lists_for(params, lang)) for lang in langs for marked in PASSAGES[lang]]


def judge(name: str, params: SentenceParams, split: Splitter) -> Judgement:
    """One splitter on the marked passages."""
    pairs = [score(boundaries(split(text, lists)), ends) for text, ends, lists in passages(params)]
    return Judgement(name, *(sum(column) for column in zip(*pairs, strict=True)))


def by_rules(rules: Sequence[Rule]) -> Splitter:
    """Our splitter with some of the rules."""
    return lambda text, lists: split_sentences(text, rules, *lists)[0]


def punkt_spans(text: str, lists: tuple[str, str]) -> list[tuple[int, int]]:
    """The sentences that nltk's Punkt finds with our abbreviations and nothing learnt."""
    from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

    known = PunktParameters()
    known.abbrev_types = {word for typed in lists for word in read_list(typed)}
    return [(a, b) for a, b in PunktSentenceTokenizer(known).span_tokenize(text) if text[a:b].strip()]


def run(params: SentenceParams) -> SentenceTrace:
    """The text cut by the rules, by none and by Punkt; all of them judged.

    Raises
    ------
    Refusal
        If there is nothing but white space.
    """
    text = params.passage
    if not text.strip():
        raise Refusal(Text("Type at least one sentence.", "Впишите хотя бы одно предложение."))
    rules = rules_of(params)
    spans, candidates = split_sentences(text, rules, params.never, params.tails)
    plain, _ = split_sentences(text, (), "", "")
    judged = [judge("now", params, by_rules(rules))]
    judged += [judge(rule, params, by_rules([r for r in RULES if r != rule])) for rule in RULES]
    judged += [judge("none", params, by_rules(())), judge("punkt", params, punkt_spans)]
    found = [
        (passage, ends, tuple(sorted(boundaries(by_rules(rules)(passage, lists)))))
        for passage, ends, lists in passages(params)
    ]
    return SentenceTrace(
        params=params,
        spans=tuple(spans),
        plain=tuple(plain),
        punkt=tuple(punkt_spans(text, (params.never, params.tails))),
        candidates=tuple(candidates),
        judged=tuple(judged),
        found=tuple(found),
        signature=f"rules: {', '.join(rules) or 'none'} · judged on {len(found)} passages, "
        f"{sum(len(ends) for _, ends, _ in found)} ends · nltk Punkt with our list",
    )


def reference(trace: SentenceTrace) -> tuple[Check, ...]:
    """F1 beside scikit-learn's, over every place of the passages."""
    from sklearn.metrics import f1_score

    right, ours = [], []
    for text, ends, found in trace.found:
        right += [place in ends for place in range(len(text))]
        ours += [place in found for place in range(len(text))]
    theirs = float(f1_score(right, ours, zero_division=0.0))
    return (compare(Text("F1 of the rules", "F1 правил"), "scikit-learn", [trace.judged[0].f1], [theirs], 1e-9),)


def tables(trace: SentenceTrace) -> tuple[Table, ...]:
    """The judgements, and every stop."""
    return (
        Table(
            "judged",
            [j.name for j in trace.judged],
            ("TP", "FP", "FN", "F1"),
            np.array([(j.hits, j.wrong, j.missed, j.f1) for j in trace.judged]),
        ),
        Table(
            "stops",
            [f"{n} {c.reason}" for n, c in enumerate(trace.candidates)],
            ("start", "end", "ends a sentence"),
            np.array([(c.start, c.end, c.is_end) for c in trace.candidates], dtype=np.float64).reshape(-1, 3),
        ),
    )


def explain(trace: SentenceTrace, picked: Cell, lang: Lang) -> tuple[Formula, ...]:
    """Why the picked stop ends a sentence or not, and the F1 of the rules that are on."""
    lines: list[Formula] = []
    if trace.candidates:
        stop = trace.candidates[picked.row]
        text = trace.params.passage
        verdict = Text("cut", "режем") if stop.is_end else Text("no cut", "не режем")
        lines.append(
            (
                quiet(f"…{text[max(0, stop.start - 18) : stop.start]}"),
                Part(text[stop.start : stop.end], "strong"),
                quiet(f"{text[stop.end : stop.end + 18]}…   "),
                say(f"{REASONS[stop.reason].get(lang)} → "),
                Part(verdict.get(lang), "result"),
            )
        )
    now = trace.judged[0]
    lines.append(
        (
            say("F1 = 2·TP / (2·TP + FP + FN) = "),
            Part(f"2·{now.hits} / (2·{now.hits} + {now.wrong} + {now.missed})", "number"),
            say(" = "),
            number(now.f1, 3, "result"),
            quiet(Text("   marked passages: {n}", "   размеченных отрывков: {n}").format(n=len(trace.found)).get(lang)),
        )
    )
    return tuple(lines)

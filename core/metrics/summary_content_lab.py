"""The content lab: what a summary says beside what it repeats.

A reader marks which content units each text has; precision, recall and the pyramid count units, ROUGE counts words.
Three people's summaries are the references A, B and C. Symbols and equations: `core.metrics.content` and
`core.metrics.rouge`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.metrics import content
from core.metrics.content import ContentTrace, content_selection, lead_baseline
from core.metrics.rouge import RougeOptions
from core.metrics.summary_lab import language_of
from core.metrics.summary_lead_lab import MAX_OWN, REFERENCES, score
from core.metrics.summary_texts import ARTICLE, HUMAN_UNITS, OWN, PARAPHRASE, SUMMARY_UNITS, TWISTED, UNITS, as_lines
from core.params import Choice, Grid, Matrix, Params, Slider, Words
from core.tables import Table
from core.verify import Check

MAX_UNITS = 16
PEOPLE = ("A", "B", "C")
SUMMARIES = {
    "lead": same("lead-3"),
    "paraphrase": Text("other words", "другими словами"),
    "twisted": Text("twisted facts", "факты наоборот"),
    "own": Text("yours", "ваш"),
}
COLUMNS = ("ROUGE-1", "ROUGE-2", "ROUGE-L", "content P", "content R", "content F1", "pyramid")


def _marks() -> Matrix:
    """Our own reading: a row a person, then a row a summary; 1 where the text has the unit of the column."""
    rows = (*HUMAN_UNITS, *(SUMMARY_UNITS[name] for name in SUMMARIES))
    return tuple(tuple(float(k in units) for k in range(MAX_UNITS)) for units in rows)


MARKS = _marks()
UNIT_LINES = as_lines(UNITS)


class ContentParams(Params):
    """Four summaries of one article, and which content units each text has."""

    summary: Annotated[
        str,
        Choice(
            label=Text("Summary", "Реферат"),
            options=SUMMARIES,
            help=Text("Mark what it says in the table.", "Отметьте в таблице, что в нём сказано."),
        ),
    ] = "twisted"
    paraphrase: Annotated[
        str,
        Words(
            label=Text("Its text", "Его текст"),
            max_chars=MAX_OWN,
            lines=6,
            example=PARAPHRASE,
            shown=lambda p: p["summary"] == "paraphrase",
        ),
    ] = PARAPHRASE.en
    twisted: Annotated[
        str,
        Words(
            label=Text("Its text", "Его текст"),
            max_chars=MAX_OWN,
            lines=6,
            example=TWISTED,
            shown=lambda p: p["summary"] == "twisted",
        ),
    ] = TWISTED.en
    own: Annotated[
        str,
        Words(
            label=Text("Your summary", "Ваш реферат"),
            max_chars=MAX_OWN,
            lines=6,
            example=OWN,
            shown=lambda p: p["summary"] == "own",
        ),
    ] = OWN.en
    agreement: Annotated[
        int,
        Slider(
            label=Text("People who must agree", "Сколько людей должны сойтись"),
            lo=1,
            hi=len(PEOPLE),
            step=1,
            help=Text(
                "A unit counts as relevant when at least so many references have it.",
                "Единица считается нужной, если она есть хотя бы в стольких эталонах.",
            ),
        ),
    ] = 2
    beta: Annotated[
        float,
        Slider(
            label=same("β"),
            lo=0.0,
            hi=4.0,
            step=0.5,
            help=Text("How many times as much recall weighs.", "Во сколько раз полнота важнее точности."),
        ),
    ] = 1.0
    units: Annotated[
        str,
        Words(
            label=Text("Content units, one a line", "Единицы содержания, по одной в строке"),
            max_chars=1_600,
            lines=10,
            example=UNIT_LINES,
            folded=True,
        ),
    ] = UNIT_LINES.en
    references: Annotated[
        str,
        Words(
            label=Text("Summaries by people, one a line", "Рефераты людей, по одному в строке"),
            max_chars=2_000,
            lines=9,
            example=REFERENCES,
            folded=True,
        ),
    ] = REFERENCES.en
    article: Annotated[
        str, Words(label=Text("Article", "Статья"), max_chars=2_000, lines=9, example=ARTICLE, folded=True)
    ] = ARTICLE.en
    marks: Annotated[Matrix, Grid(label=Text("Marks", "Отметки"), bound=1, rows=(7, 7), cols=MAX_UNITS)] = MARKS


@dataclass(frozen=True)
class ContentLabTrace(Frozen):
    """All four summaries counted in words and in units.

    is_marked : (3 + 4, unit), people first
    scores : (summary, column), `SUMMARIES` × `COLUMNS`, 0…1
    """

    params: ContentParams
    units: tuple[str, ...]
    texts: tuple[str, ...]
    references: tuple[str, ...]
    is_marked: npt.NDArray[np.bool_]
    selections: tuple[ContentTrace, ...]
    scores: npt.NDArray[np.float64]

    @property
    def chosen(self) -> int:
        return list(SUMMARIES).index(self.params.summary)

    @property
    def selection(self) -> ContentTrace:
        return self.selections[self.chosen]

    @property
    def signature(self) -> str:
        return self.selection.signature


def split_units(text: str) -> tuple[str, ...]:
    """One unit a line, repeated and blank ones passed over.

    Raises
    ------
    Refusal
        If there are none, or more than `MAX_UNITS`.
    """
    units = tuple(dict.fromkeys(" ".join(line.split()) for line in text.split("\n") if line.strip()))
    if not 1 <= len(units) <= MAX_UNITS:
        raise Refusal(
            Text(
                "There are {n} content units; the table takes from 1 to {most}, one a line.",
                "Единиц содержания {n}, а в таблице может быть от 1 до {most}, по одной в строке.",
            ).format(n=len(units), most=MAX_UNITS)
        )
    return units


def run(params: ContentParams) -> ContentLabTrace:
    """Count units and words of every summary."""
    units = split_units(params.units)
    references = tuple(line.strip() for line in params.references.split("\n") if line.strip())[: len(PEOPLE)]
    if not references:
        raise Refusal(Text("There is no reference: add at least one.", "Нет ни одного эталона: добавьте хотя бы один."))
    texts = (lead_baseline(params.article, 3).text, params.paraphrase, params.twisted, params.own)
    is_marked = np.array(params.marks)[:, : len(units)] > 0
    named = [[unit for unit, is_there in zip(units, row, strict=True) if is_there] for row in is_marked]
    people = named[: len(references)]
    agreement = min(params.agreement, len(references))
    selections = tuple(content_selection(row, people, params.beta, agreement) for row in named[len(PEOPLE) :])
    options = RougeOptions("unicode", lang=language_of(*references), sentences="punctuation")
    rows = []
    for text, chosen in zip(texts, selections, strict=True):
        rouges = [score(text, references, measure, options)[2] for measure in ("1", "2", "L")]
        rows.append([*rouges, chosen.precision, chosen.recall, chosen.f, chosen.pyramid])
    return ContentLabTrace(
        params=params,
        units=units,
        texts=texts,
        references=references,
        is_marked=is_marked,
        selections=selections,
        scores=np.array(rows, dtype=np.float64),
    )


def flip(marks: Matrix, row: int, unit: int) -> Matrix:
    """The marks with one of them changed."""
    return tuple(
        tuple(float(not value) if (i, j) == (row, unit) else value for j, value in enumerate(line))
        for i, line in enumerate(marks)
    )


def reference(trace: ContentLabTrace) -> tuple[Check, ...]:
    """P, R and F of the chosen summary beside scikit-learn's."""
    return content.reference(trace.selection)


def tables(trace: ContentLabTrace) -> tuple[Table, ...]:
    """The marks and the scores."""
    names = [*PEOPLE, *SUMMARIES]
    return (
        Table("marks", names, trace.units, trace.is_marked.astype(np.float64)),
        Table("scores", list(SUMMARIES), COLUMNS, trace.scores),
    )


def explain(trace: ContentLabTrace, unit: int | None, lang: Lang) -> tuple[Formula, ...]:
    """P, R, F and the pyramid with their counts; for a picked unit also what marking it otherwise would change."""
    chosen = trace.selection
    hits, selected, relevant = (
        len(chosen.hits),
        len(chosen.hits) + len(chosen.spurious),
        len(chosen.hits) + len(chosen.missed),
    )
    lines: list[Formula] = [
        _share("P", hits, selected, chosen.precision, SELECTED, lang),
        _share("R", hits, relevant, chosen.recall, RELEVANT, lang),
        _pyramid(chosen, lang),
    ]
    if unit is not None and unit < len(trace.units):
        lines.insert(0, _what_if(trace, unit, lang))
    return tuple(lines)


def _share(name: str, hits: int, whole: int, value: float, told: Text, lang: Lang) -> Formula:
    if not whole:
        return (say(f"{name} = "), number(value, kind="result"), quiet(f"   {NO_UNITS.get(lang)}"))
    return (
        say(f"{name} = "),
        Part(str(hits), "strong"),
        say(" / "),
        number(whole),
        say(" = "),
        number(value, kind="result"),
        quiet(f"   {told.get(lang)}"),
    )


def _pyramid(chosen: ContentTrace, lang: Lang) -> Formula:
    weights = [unit.weight for unit in chosen.units if unit.is_selected]
    best = sorted((unit.weight for unit in chosen.units), reverse=True)[: len(weights)]
    name = say(PYRAMID.get(lang) + " = ")
    if not sum(best):
        return (name, number(chosen.pyramid, kind="result"), quiet(f"   {NO_UNITS.get(lang)}"))
    return (
        name,
        say(f"({' + '.join(map(str, weights))}) / ({' + '.join(map(str, best))}) = "),
        number(sum(weights)),
        say(" / "),
        number(sum(best)),
        say(" = "),
        number(chosen.pyramid, kind="result"),
        quiet(f"   {PYRAMID_TOLD.get(lang)}"),
    )


def _what_if(trace: ContentLabTrace, unit: int, lang: Lang) -> Formula:
    row = len(PEOPLE) + trace.chosen
    flipped = trace.params.model_copy(update={"marks": flip(trace.params.marks, row, unit)})
    after = run(flipped).selection
    told = TAKE_OUT if trace.is_marked[row, unit] else PUT_IN
    weight = int(trace.is_marked[: len(trace.references), unit].sum())
    return (
        quiet(told.format(unit=trace.units[unit], w=weight).get(lang)),
        say("   P "),
        number(trace.selection.precision),
        say(" → "),
        number(after.precision),
        say(",  R "),
        number(trace.selection.recall),
        say(" → "),
        number(after.recall),
        say(f",  F{trace.params.beta:g} "),
        number(trace.selection.f),
        say(" → "),
        number(after.f, kind="result"),
    )


SELECTED = Text("units right, of those in the summary", "верные единицы из тех, что в реферате")
RELEVANT = Text("units found, of those the people agree on", "найденные единицы из тех, на которых сошлись люди")
NO_UNITS = Text("no units to divide by", "делить не на что: единиц нет")
PYRAMID = Text("pyramid", "пирамида")
PYRAMID_TOLD = Text(
    "each unit weighs as much as people have it, over the best that as many units can reach",
    "единица весит столько, у скольких людей она есть; в знаменателе — лучшее, чего могли бы достичь столько же единиц",
)
TAKE_OUT = Text("“{unit}” (weight {w}) taken out:", "«{unit}» (вес {w}) — если убрать:")
PUT_IN = Text("“{unit}” (weight {w}) put in:", "«{unit}» (вес {w}) — если добавить:")

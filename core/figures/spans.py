"""Marked sentences and their scores as data for the browser (assets/components/spans.js): words and numbers written.

A picture is made of dials (two numbers side by side), a strip (tokens between the true row and the model's row) and
tables. A dial, a span or a row carries the `id` of what it picks, as `core.metrics.entities_explain` knows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.arithmetic import write_number
from core.i18n import Lang, Text, same
from core.metrics.entities import CREDITS, KINDS, Credit, EntityTrace, Kind, Pair, Span
from core.metrics.entities_corpus import ERRORS, CorpusTrace
from core.metrics.entities_edit import MAX_TOKENS, TYPES, Tags
from core.metrics.entities_explain import PRECISION, RECALL, write_worth
from core.metrics.entities_lab import CREDIT_NAMES, EntitiesTrace, worth

Data = dict[str, Any]

CREDIT_COLUMNS = (
    ("COR", Text("correct", "верно")),
    ("INC", Text("incorrect", "неверно")),
    ("PAR", Text("partial: ½ each", "частично: по ½")),
    ("MIS", Text("missed", "пропущено")),
    ("SPU", Text("spurious", "лишнее")),
)
AVERAGES = {
    "micro": Text("micro", "микро"),
    "macro": Text("macro", "макро"),
    "weighted": Text("weighted", "взвешенное"),
}


def write_score(value: float) -> str:
    """Three decimals always, so that a column of scores can be compared at a glance."""
    return f"{value:.3f}" if np.isfinite(value) else "—"


def verdict(worth: float) -> str:
    """The class of a mark: right, half, wrong."""
    return {1.0: "right", 0.5: "half"}.get(worth, "wrong")


# The strip


def strip_data(trace: EntitiesTrace, *, is_editable: bool) -> Data:
    """The sentence of the lab with both rows, worth by its credit."""
    at = CREDITS.index(trace.credit)
    types = list(dict.fromkeys([*TYPES, *trace.score.types]))
    return {
        **row_data(
            trace.tokens,
            (trace.true, trace.predicted),
            trace.score.pairs,
            [float(value) for value in trace.earned[:, at]],
        ),
        "broken": {"true": list(trace.broken_true), "predicted": list(trace.broken_predicted)},
        "types": types,
        "editable": is_editable,
    }


def row_data(tokens: Tags, tags: tuple[Tags, Tags], pairs: Sequence[Pair], worth: Sequence[float]) -> Data:
    """Tokens, tags and spans of one sentence; `worth` is a number a pair."""

    def spans(side: str) -> list[Data]:
        found: list[tuple[int, Span]] = []
        for n, pair in enumerate(pairs):
            span = pair.true if side == "true" else pair.predicted
            if span is not None:
                found.append((n, span))
        return [
            {
                "id": f"pair.{n}",
                "start": span.start,
                "end": span.end,
                "type": span.type,
                "verdict": verdict(worth[n]),
            }
            for n, span in found
        ]

    true, predicted = tags
    return {
        "tokens": list(tokens),
        "tags": {"true": list(true), "predicted": list(predicted)},
        "right": [a == b for a, b in zip(true, predicted, strict=True)],
        "spans": {"true": spans("true"), "predicted": spans("predicted")},
    }


# Dials


def dials(score: EntityTrace, credit: Credit, lang: Lang) -> list[Data]:
    """The share of right tokens beside the F1 of entities."""
    n = sum(map(len, score.tags_true))
    c = score.credits[credit]
    earned = c.correct + c.partial / 2
    entities = Text("entities: {k} of {n}, F1 “{name}”", "сущности: {k} из {n}, F1 «{name}»").format(
        k=write_number(earned, 1), n=c.possible, name=CREDIT_NAMES[credit]
    )
    tokens = Text("tokens: {k} of {n} tags right", "токены: верны {k} меток из {n}").format(
        k=round(score.token_accuracy * n), n=n
    )
    return [
        {
            "id": "tokens",
            "label": tokens.get(lang),
            "value": score.token_accuracy,
            "shown": write_score(score.token_accuracy),
        },
        {"id": f"credit.{credit}", "label": entities.get(lang), "value": c.value, "shown": write_score(c.value)},
    ]


# Tables


def _column(name: Text, lang: Lang, *, title: Text | None = None, is_number: bool = True) -> Data:
    return {"text": name.get(lang), "title": title.get(lang) if title else None, "number": is_number}


def credit_table(score: EntityTrace, credit: Credit, lang: Lang) -> Data:
    """What each of the four scores makes of the same spans."""
    columns = [
        _column(Text("score", "оценка"), lang, is_number=False),
        *(_column(same(short), lang, title=long) for short, long in CREDIT_COLUMNS),
        _column(same("P"), lang, title=PRECISION),
        _column(same("R"), lang, title=RECALL),
        _column(same("F1"), lang),
    ]
    rows = []
    for name in CREDITS:
        c = score.credits[name]
        counts = [str(v) for v in (c.correct, c.incorrect, c.partial, c.missed, c.spurious)]
        rows.append(
            {
                "id": f"credit.{name}",
                "cells": [CREDIT_NAMES[name].get(lang), *counts, write_score(c.precision), write_score(c.recall)],
                "bar": c.value,
                "shown": write_score(c.value),
                "chosen": name == credit,
            }
        )
    title = Text("The same spans, four ways to count", "Те же спаны, четыре способа считать")
    return {"name": "credits", "title": title.get(lang), "columns": columns, "rows": rows}


def type_table(score: EntityTrace, lang: Lang) -> Data:
    """Strict scores per type and their average."""
    columns = [
        _column(Text("type", "тип"), lang, is_number=False),
        _column(same("tp"), lang, title=Text("right to the last boundary", "верны целиком")),
        _column(Text("model", "модель"), lang, title=Text("predicted entities", "предсказано сущностей")),
        _column(Text("truth", "эталон"), lang, title=Text("true entities", "истинных сущностей")),
        _column(same("P"), lang, title=PRECISION),
        _column(same("R"), lang, title=RECALL),
        _column(same("F1"), lang),
    ]
    rows = [
        {
            "id": f"type.{name}",
            "cells": [
                name,
                *(str(int(values[k])) for values in (score.tp, score.n_predicted, score.n_true)),
                write_score(float(score.precision[k])),
                write_score(float(score.recall[k])),
            ],
            "bar": float(score.f1[k]),
            "shown": write_score(float(score.f1[k])),
        }
        for k, name in enumerate(score.types)
    ]
    sums = [str(int(values.sum())) for values in (score.tp, score.n_predicted, score.n_true)]
    means = [write_score(score.mean_precision), write_score(score.mean_recall)]
    rows.append(
        {
            "id": "average",
            "cells": [AVERAGES[score.average].get(lang), *sums, *means],
            "bar": float(score.value),
            "shown": write_score(float(score.value)),
            "sum": True,
        }
    )
    title = Text("By type, strictly counted", "По типам, строгий счёт")
    return {"name": "types", "title": title.get(lang), "columns": columns, "rows": rows}


def pair_table(trace: EntitiesTrace, lang: Lang, *, is_editable: bool) -> Data:
    """Every true and predicted entity, what went wrong with it, and the F1 once it is right."""
    at = CREDITS.index(trace.credit)
    columns = [
        _column(Text("truth", "эталон"), lang, is_number=False),
        _column(Text("model", "модель"), lang, is_number=False),
        _column(Text("what happened", "что вышло"), lang, is_number=False),
        _column(Text("worth", "зачёт"), lang, title=Text("by the chosen score", "по выбранной оценке")),
        _column(
            Text("F1 if fixed", "F1 с правкой"),
            lang,
            title=Text("the score once this entity alone is put right", "оценка, если исправить только эту сущность"),
        ),
    ]

    def side(span: Span | None) -> str:
        return f"{trace.words(span)} · {span.type}" if span else "—"

    rows = []
    for n, pair in enumerate(trace.score.pairs):
        worth, fixed = float(trace.earned[n, at]), float(trace.fixed[n, at])
        rows.append(
            {
                "id": f"pair.{n}",
                "cells": [side(pair.true), side(pair.predicted), KINDS[pair.kind].get(lang), write_worth(worth)],
                "verdict": verdict(worth),
                "bar": None,
                "shown": "" if np.isnan(fixed) else write_score(fixed),
                "fix": n if is_editable and not np.isnan(fixed) else None,
            }
        )
    title = Text("What became of every entity", "Что стало с каждой сущностью")
    return {"name": "pairs", "title": title.get(lang), "columns": columns, "rows": rows}


# Whole pictures


def sentence_data(trace: EntitiesTrace, *, picked: str, lang: Lang, is_editable: bool) -> Data:
    """Everything the lab of one sentence shows."""
    return {
        "dials": dials(trace.score, trace.credit, lang),
        "strips": [strip_data(trace, is_editable=is_editable)],
        "tables": [
            credit_table(trace.score, trace.credit, lang),
            type_table(trace.score, lang),
            pair_table(trace, lang, is_editable=is_editable),
        ],
        "picked": picked,
    }


SHOWN_SENTENCES = 6
SHOWN_TYPES = 6


def kind_table(trace: CorpusTrace, lang: Lang) -> Data:
    """How often each kind of error happens to each type, and what it costs."""
    types = trace.score.types if len(trace.score.types) <= SHOWN_TYPES else ()
    columns = [
        _column(Text("kind of error", "вид ошибки"), lang, is_number=False),
        *(_column(same(name), lang) for name in types),
        _column(Text("all", "всего"), lang),
        _column(
            Text("F1 if fixed", "F1 с правкой"),
            lang,
            title=Text(
                "the score once all errors of this kind are put right", "оценка, если исправить все такие ошибки"
            ),
        ),
    ]
    rows = []
    for kind, fixed in zip(ERRORS, trace.fixed, strict=True):
        counts = trace.counts[list(KINDS).index(kind)]
        listed = [str(int(v)) for v in counts] if types else []
        rows.append(
            {
                "id": f"kind.{kind}",
                "cells": [KINDS[kind].get(lang), *listed, str(int(counts.sum()))],
                "bar": float(fixed),
                "shown": write_score(float(fixed)),
            }
        )
    title = Text("What went wrong: pick a kind to see where", "Что не так: выберите вид — увидите где")
    return {"name": "kinds", "title": title.get(lang), "columns": columns, "rows": rows}


def corpus_strips(trace: CorpusTrace, kind: Kind | None, lang: Lang) -> list[Data]:
    """The first sentences that have this kind of error, or any error at all; very long ones cannot be drawn."""
    strips = []
    fitting = [n for n in trace.sentences_with(kind) if len(trace.tokens[n]) <= MAX_TOKENS]
    for n in fitting[:SHOWN_SENTENCES]:
        pairs = trace.pairs_of(n)
        tags = (trace.score.tags_true[n], trace.score.tags_predicted[n])
        strip = row_data(trace.tokens[n], tags, pairs, [worth(pair, trace.credit) for pair in pairs])
        name = Text("sentence {n}", "предложение {n}").format(n=n + 1).get(lang)
        strips.append(
            {**strip, "name": f"{name}: {', '.join(KINDS[p.kind].get(lang) for p in pairs if p.kind != 'correct')}"}
        )
    return strips


def corpus_data(trace: CorpusTrace, *, picked: str, lang: Lang) -> Data:
    """Everything the lab of a corpus shows."""
    chosen = next((kind for kind in ERRORS if picked == f"kind.{kind}"), None)
    two = dials(trace.score, trace.credit, lang)
    # Joined so that a narrow dial does not break the interval.
    interval = Text(
        "{label}, 95 %:\u00a0{low:.2f}\u2060–\u2060{high:.2f}", "{label}, 95 %:\u00a0{low:.2f}\u2060–\u2060{high:.2f}"
    )
    two[1]["label"] = interval.format(label=two[1]["label"], low=trace.low, high=trace.high).get(lang)
    return {
        "dials": two,
        "strips": corpus_strips(trace, chosen, lang),
        "tables": [
            credit_table(trace.score, trace.credit, lang),
            type_table(trace.score, lang),
            kind_table(trace, lang),
        ],
        "picked": picked,
        "isTablesFirst": True,
    }

"""Answers and ranked lists as data for the browser (assets/components/answer.js, ranks.js, found.js), and charts.

The browser only lays out: every number here is a text already, and every length a share 0…1.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.arithmetic import write_number
from core.figures.plots import layout
from core.figures.theme import Theme, color
from core.i18n import Lang, Text
from core.metrics.answers import Normalization, NormalizedAnswer, Overlap
from core.metrics.qa_lab import NORMALIZATION_NAMES, AnswerTrace, Piece, changes, code_points, shared_tokens, survivors
from core.metrics.qa_lab import Pick as AnswerPick
from core.metrics.ranking_lab import MEAN_NAMES, SCORE_NAMES, SCORES, ScoresTrace, list_names, rank_discounts
from core.metrics.ranking_lab import Pick as ScorePick
from core.metrics.search_lab import LANGUAGES, RANKERS, SearchTrace
from core.metrics.search_lab import Pick as SearchPick

MAX_CHIPS = 40
BAR_FROM = 0.6  # cosines of E5 are all high: the bars begin here

# Colour, dash and marker tell the scores apart, so that no colour alone does.
LOOKS = {
    "rr": ("train", "dash", "square"),
    "hits": ("validation", "dot", "diamond"),
    "p": ("V", "dashdot", "triangle-up"),
    "ndcg": ("probability", "solid", "circle"),
}


def _dial(id_: str, label: str, value: float) -> dict[str, Any]:
    return {"id": id_, "label": label, "value": round(value, 4), "shown": write_number(value, 3)}


# ---------------------------------------------------------------------------------------------------------------------
# Answers


def answer_data(trace: AnswerTrace, pick: AnswerPick, lang: Lang) -> dict[str, Any]:
    """Scores, the two texts after every step, their tokens, and the scores against each reference."""
    prediction, answer = trace.f1.prediction, trace.f1.answers[pick.reference]
    best = trace.f1.overlaps[trace.f1.best]
    labels = {"em": EXACT, "f1": TOKEN_F1, "p": PRECISION, "r": RECALL}
    values = {"em": trace.exact.value, "f1": trace.f1.value, "p": best.precision, "r": best.recall}
    return {
        "dials": [_dial(name, labels[name].get(lang), value) for name, value in values.items()],
        "steps": _steps(prediction, answer, lang),
        "tokens": _tokens(trace, pick),
        "references": [
            {
                "id": str(AnswerPick(n)),
                "text": text,
                "scores": [*_exact_and_ratios(is_match, overlap)],
                "is_best": n == trace.f1.best,
                "is_shown": n == pick.reference,
            }
            for n, (text, is_match, overlap) in enumerate(
                zip(trace.references, trace.exact.is_match, trace.f1.overlaps, strict=True)
            )
        ],
        "picked": str(pick),
    }


def alternatives_data(
    under: dict[Normalization, tuple[float, float]], normalization: str, lang: Lang
) -> list[dict[str, Any]]:
    """EM and F1 of the same answer under every normalisation, the present one marked."""
    return [
        {
            "id": name,
            "text": NORMALIZATION_NAMES[name].get(lang),
            "scores": [write_number(em, 3), write_number(f1, 3)],
            "is_shown": name == normalization,
            "is_best": False,
        }
        for name, (em, f1) in under.items()
    ]


def _exact_and_ratios(is_match: bool, overlap: Overlap) -> list[str]:
    return [write_number(v, 3) for v in (float(is_match), overlap.precision, overlap.recall, overlap.value)]


def _piece(piece: Piece) -> dict[str, str]:
    told = {"kind": piece.kind, "text": piece.text}
    if piece.kind == "turned":
        told["old"] = piece.old
    if piece.kind == "left":
        told["about"] = code_points(piece.text)
    return told


def _steps(prediction: NormalizedAnswer, answer: NormalizedAnswer, lang: Lang) -> list[dict[str, Any]]:
    """One row a step: its name and what it did to either text. After the last one, surviving punctuation is marked."""
    rows = []
    last = len(prediction.steps) - 1
    for n, (name, _) in enumerate(prediction.steps):
        sides = []
        for side in (prediction, answer):
            now = side.steps[n][1]
            before = side.steps[n - 1][1] if n else now
            pieces = survivors(now) if n == last and before == now else changes(before, now)
            sides.append([_piece(piece) for piece in pieces])
        is_idle = n > 0 and not (prediction.changed()[n] or answer.changed()[n])
        rows.append({"name": name.get(lang), "sides": sides, "is_idle": is_idle})
    return rows


def _tokens(trace: AnswerTrace, pick: AnswerPick) -> list[list[dict[str, Any]]]:
    """The tokens of the prediction and of the picked reference, and what F1 becomes without or with each."""
    prediction, answer = trace.f1.prediction, trace.f1.answers[pick.reference]
    pairs = shared_tokens(prediction, answer)
    mates = (dict(pairs), {j: i for i, j in pairs})
    sides = []
    for tokens, mate, kind in ((prediction.tokens, mates[0], "drop"), (answer.tokens, mates[1], "add")):
        chips = []
        for n, token in enumerate(tokens[:MAX_CHIPS]):
            # A shared token of the reference is in the prediction already: there is nothing to add.
            at = AnswerPick(pick.reference, "drop" if kind == "drop" else "add", n)
            step = None if kind == "add" and n in mate else trace.without(at).value - trace.f1.value
            chips.append(
                {
                    "id": str(at),
                    "pieces": [_piece(piece) for piece in survivors(token)],
                    "mate": mate.get(n),
                    "step": None if step is None else write_step(step),
                    "is_up": step is not None and step > 1e-12,
                    "is_down": step is not None and step < -1e-12,
                }
            )
        sides.append(chips)
    return sides


def write_step(step: float) -> str:
    """+0.071, −0.2, ±0: a change with its sign."""
    if abs(step) < 1e-12:
        return "±0"
    return ("+" if step > 0 else "−") + write_number(abs(step), 3)


EXACT = Text("Exact match", "Точное совпадение")
TOKEN_F1 = Text("Token F1", "F1 по токенам")
PRECISION = Text("Precision", "Точность")
RECALL = Text("Recall", "Полнота")


# ---------------------------------------------------------------------------------------------------------------------
# Ranked lists


def lists_data(scores: ScoresTrace, pick: ScorePick, lang: Lang, *, is_editable: bool) -> dict[str, Any]:
    """The grid: a row a query, a cell a rank, the four scores at the end; over it the discounts as bars."""
    names = list_names(scores.lists, lang)
    longest = max(len(one.grades) for one in scores.lists)
    weights = rank_discounts(scores, longest)
    return {
        "heads": [SCORE_NAMES[score].format(k=scores.k) for score in SCORES],
        "mean_heads": [MEAN_NAMES[score].format(k=scores.k) for score in SCORES],
        "scores": list(SCORES),
        "lists": [
            {
                "name": names[n],
                "grades": one.grades,
                "lost": one.lost,
                "first": int(scores.first[n]),
                "values": [write_number(float(v), 3) for v in scores.values[:, n]],
            }
            for n, one in enumerate(scores.lists)
        ],
        "means": [write_number(float(v), 3) for v in scores.means],
        "discounts": [{"share": round(float(w), 4), "shown": write_number(float(w), 2)} for w in weights],
        "k": scores.k,
        "relevant_from": scores.relevant_from,
        "is_editable": is_editable,
        "picked": str(pick),
    }


def cutoff_curves(scores: ScoresTrace, pick: ScorePick, *, theme: Theme, lang: Lang) -> go.Figure:
    """The four scores of the picked query (or their means) against k; a click on a point sets k."""
    values = scores.curves.mean(axis=1) if pick.query is None else scores.curves[:, pick.query]
    cuts = np.arange(1, values.shape[1] + 1, dtype=np.int16)
    figure = go.Figure(layout=layout(theme))
    names = MEAN_NAMES if pick.query is None else SCORE_NAMES
    for score, row in zip(SCORES, values, strict=True):
        role, dash, marker = LOOKS[score]
        is_picked = score == pick.score
        figure.add_scatter(
            x=cuts,
            y=row.astype(np.float32),
            customdata=cuts,
            name=names[score].format(k="k"),
            mode="lines+markers",
            line={"color": color(role, theme), "dash": dash, "width": 3.5 if is_picked else 1.8},
            marker={"symbol": marker, "size": 9 if is_picked else 6},
            hovertemplate="k = %{x}: %{y:.3f}",
        )
    figure.add_vline(x=scores.k, line={"color": color("quiet", theme), "dash": "dot", "width": 1.5})
    figure.update_xaxes(title="k", tick0=1, dtick=1 if len(cuts) <= 10 else 2, range=[0.5, len(cuts) + 0.5])
    title = Text("mean over queries", "среднее по запросам").get(lang)
    if pick.query is not None:
        title = Text("query “{q}”", "запрос «{q}»").format(q=list_names(scores.lists, lang)[pick.query]).get(lang)
    figure.update_yaxes(title=_plain(title), range=[-0.04, 1.06])
    return figure


def term_bars(scores: ScoresTrace, query: int, *, theme: Theme, lang: Lang, is_named: bool = True) -> go.Figure:
    """What every rank adds to DCG, beside what it adds in the best order, and the curve of the discount."""
    one = scores.ndcg[query]
    n = max(len(one.terms), min(scores.k, len(one.ideal_terms)))
    ranks = np.arange(1, n + 1, dtype=np.int16)
    figure = go.Figure(layout=layout(theme, barmode="group", bargap=0.25))
    bars = (
        (Text("this order", "этот порядок"), one.terms, "probability", one.dcg, ""),
        (Text("best order", "лучший порядок"), one.ideal_terms, "masked", one.idcg, "/"),
    )
    for name, terms, role, total, pattern in bars:
        heights = np.zeros(n, dtype=np.float32)
        heights[: min(n, len(terms))] = terms[:n]
        figure.add_bar(
            x=ranks,
            y=heights,
            name=f"{name.get(lang)}: {write_number(total, 3)}",
            marker={"color": color(role, theme), "pattern": {"shape": pattern, "fgcolor": color("quiet", theme)}},
            hovertemplate="r = %{x}: %{y:.3f}",
        )
    figure.add_scatter(
        x=ranks,
        y=rank_discounts(scores, n).astype(np.float32),
        name=Text("discount", "дисконт").get(lang),
        mode="lines+markers",
        line={"color": color("validation", theme), "width": 2, "dash": "dot"},
        marker={"size": 5},
        hovertemplate="r = %{x}: %{y:.3f}",
    )
    figure.update_xaxes(
        title=Text("rank r", "место r").get(lang), tick0=1, dtick=1 if n <= 10 else 2, tickangle=0, range=[0.4, n + 0.6]
    )
    named = Text("gain·discount, “{q}”", "выигрыш·дисконт, «{q}»").format(q=list_names(scores.lists, lang)[query])
    title = named if is_named else Text("gain·discount", "выигрыш·дисконт")
    figure.update_yaxes(title=_plain(title.get(lang)), rangemode="tozero")
    return figure


def _plain(words: str) -> str:
    """Plotly reads a little HTML in titles: what a visitor typed must not be read so."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# ---------------------------------------------------------------------------------------------------------------------
# Search


def search_data(trace: SearchTrace, pick: SearchPick, lang: Lang) -> dict[str, Any]:
    """The ranking as rows with bars and grades, the four scores, and the same query under other conditions."""
    p = trace.params
    scores = trace.scores
    # A cosine says little below `BAR_FROM`; a share of words begins at 0.
    low = BAR_FROM if p.ranker == "e5" else 0.0
    rows = []
    for rank, passage in enumerate(trace.order):
        one = trace.passages[passage]
        score = float(trace.relevance[passage])
        rows.append(
            {
                "id": str(SearchPick(None, int(passage))),
                "passage": int(passage),
                "text": one.text,
                "lang": one.lang,
                "shown": write_number(score, 3),
                "share": round(max(0.0, min(1.0, (score - low) / (1 - low))), 4),
                "grade": trace.grades[passage],
                "is_relevant": trace.grades[passage] >= p.relevant_from,
                "is_first": rank + 1 == int(scores.first[0]),
            }
        )
    return {
        "dials": [
            _dial(str(ScorePick(score, 0)), SCORE_NAMES[score].format(k=scores.k), scores.value(score, 0))
            for score in SCORES
        ],
        "rows": rows,
        "k": scores.k,
        "elsewhere": {
            "columns": [name.get(lang) for name in LANGUAGES.values()],
            "rows": [
                {
                    "name": name.get(lang),
                    "cells": [
                        {
                            "id": f"{ranker}.{how}",
                            "shown": write_number(float(trace.elsewhere[i, j]), 3),
                            "shade": round(float(trace.elsewhere[i, j]), 3),
                            "is_here": (ranker, how) == (p.ranker, p.passages),
                        }
                        for j, how in enumerate(LANGUAGES)
                    ],
                }
                for i, (ranker, name) in enumerate(RANKERS.items())
            ],
        },
        "is_own": bool(p.judged),
        "is_cosine": p.ranker == "e5",
        "picked": str(pick),
    }

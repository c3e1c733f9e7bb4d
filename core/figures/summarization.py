"""The summarisation room's pictures: the grid of words as data for the browser, and the plane of P and R.

The browser draws the grid (assets/components/rouge.js); the numbers are the trace's own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from core.figures.plots import layout
from core.figures.theme import Theme, color
from core.i18n import Lang, Text
from core.metrics.summary_content_lab import COLUMNS, PEOPLE, SUMMARIES, ContentLabTrace
from core.metrics.summary_lab import MEASURES, PARTS, Block, RougeLabTrace, cut
from core.metrics.summary_lead_lab import LeadTrace

MOST_WORDS = 60
MOST_CELL_STEPS = 200

EMPTY = Text("an empty table: row and column 0 hold zeros", "пустая таблица: в нулевых строке и столбце нули")
MATCH_STEP = Text("L[{i}, {j}] = {n}: the same word, diagonal + 1", "L[{i}, {j}] = {n}: слово то же, диагональ + 1")
OTHER_STEP = Text("L[{i}, {j}] = {n}: the better of above and left", "L[{i}, {j}] = {n}: лучшее из верхней и левой")
ROW_STEP = Text("row {i}: {word}", "строка {i}: {word}")
BACK_STEP = Text("the way back, step {n}", "путь назад, шаг {n}")
TAKEN_STEP = Text("the way back takes “{word}”: {n} words", "путь назад берёт «{word}»: слов {n}")
BLOCK_STEP = Text("sentence {r} of the reference with {h} of the summary", "предложение {r} эталона с {h} реферата")
UNION_STEP = Text("the union of the paths: {n} words count", "объединение путей: засчитано слов {n}")
NO_MATCH_STEP = Text("nothing counted yet", "пока не засчитано ничего")
GRAM_STEP = Text("{k} of {n}: {words}", "{k} из {n}: {words}")


def score_data(trace: RougeLabTrace) -> dict[str, Any]:
    """The table of measures and parts."""
    return {
        "measures": list(MEASURES),
        "parts": list(PARTS),
        "values": [[round(float(v), 6) for v in row] for row in trace.scores],
    }


def text_data(trace: RougeLabTrace, which: Literal["summary", "reference"]) -> list[dict[str, Any]]:
    """A text as the chosen measure sees it: one entry a word, and one (`at` −1) for a piece that has none.

    For Lsum a line is a sentence, else a line is what was typed as one. `worth` (summary only): F1 minus F1 without
    the piece that the word stands in.
    """
    is_summary = which == "summary"
    measure = trace.params.measure
    row_breaks, col_breaks = trace.breaks()
    breaks = (col_breaks if is_summary else row_breaks) if measure == "Lsum" else None
    pieces = trace.pieces if is_summary else cut(trace.references[trace.scored().best], trace.options)
    counted = _counted(trace, is_summary)
    out: list[dict[str, Any]] = []
    for k, piece in enumerate(pieces):
        worth = {"worth": round(float(trace.influence[MEASURES.index(measure), k]), 6)} if is_summary else {}
        shown = {"typed": piece.text, **worth}
        for n, word in enumerate(piece.words):
            at = piece.first + n
            line = piece.line if breaks is None else bisect_right(breaks, at) - 1
            out.append({"shown": word, "at": at, "line": line, "counted": at in counted, **shown})
        if not piece.words:
            line = piece.line if breaks is None else max(0, bisect_right(breaks, max(0, piece.first - 1)) - 1)
            out.append({"shown": piece.text, "at": -1, "line": line, "counted": False, **shown})
    return out


def _counted(trace: RougeLabTrace, is_summary: bool) -> set[int]:
    """The positions of the words that are part of a counted match."""
    n = 2 if trace.params.measure == "2" else 1
    return {(j if is_summary else i) + k for i, j, is_counted in trace.matches() if is_counted for k in range(n)}


def grid_data(trace: RougeLabTrace, lang: Lang) -> dict[str, Any]:
    """The grid of the chosen measure, at most `MOST_WORDS` a side, and the steps that draw it.

    cells : for L and Lsum, [row, column, L, ordinal] in the order they are filled
    path : [row, column, ordinal], from the corners back; a cell of the margin has row or column −1
    matches : [row, column, is counted, ordinal]
    steps : [name, cells shown, path cells shown, matches shown]
    """
    measure = trace.params.measure
    rows, cols = trace.rows[:MOST_WORDS], trace.columns[:MOST_WORDS]
    row_breaks, col_breaks = trace.breaks() if measure == "Lsum" else ((0,), (0,))
    matches = [m for m in trace.matches() if m[0] < len(rows) and m[1] < len(cols)]
    if measure in "12":
        matches.sort(key=lambda m: (not m[2], m[1], m[0]))
    data: dict[str, Any] = {
        "measure": measure,
        "n": 2 if measure == "2" else 1,
        "rows": list(rows),
        "cols": list(cols),
        "row_breaks": [k for k in row_breaks if 0 < k < len(rows)],
        "col_breaks": [k for k in col_breaks if 0 < k < len(cols)],
        "is_cut": len(trace.rows) > MOST_WORDS or len(trace.columns) > MOST_WORDS,
        "cells": [],
        "path": [],
    }
    if measure in "12":
        data["matches"] = [[i, j, is_counted, k] for k, (i, j, is_counted) in enumerate(matches)]
        data["steps"] = _gram_steps(trace, matches, lang)
        return data
    blocks = trace.blocks if measure == "Lsum" else (_whole(trace),)
    _fill(data, blocks, len(rows), len(cols))
    data["matches"] = [[i, j, is_counted, 0] for i, j, is_counted in matches]
    data["steps"] = _union_steps(trace, data, lang) if measure == "Lsum" else _lcs_steps(trace, data, lang)
    return data


def _whole(trace: RougeLabTrace) -> Block:
    match = trace.lcs.match
    return Block(0, 0, match.L, match.path, match.pairs)


def _fill(data: dict[str, Any], blocks: Sequence[Block], m: int, n: int) -> None:
    """Cells block by block, row by row, and the paths; `ends` says how many of each there are after each block."""
    ends: list[tuple[int, int]] = []
    for block in blocks:
        height, width = block.L.shape
        for i in range(block.row, min(m, block.row + height - 1)):
            for j in range(block.col, min(n, block.col + width - 1)):
                value = int(block.L[i - block.row + 1, j - block.col + 1])
                data["cells"].append([i, j, value, len(data["cells"])])
        # Of many blocks only those that share something have a path worth drawing, and no margin to draw it to.
        for i, j in block.path if len(blocks) == 1 or block.pairs else ():
            row, col = (block.row + i - 1 if i else -1), (block.col + j - 1 if j else -1)
            is_margin = i == 0 or j == 0
            if row < m and col < n and not (is_margin and len(blocks) > 1):
                data["path"].append([row, col, len(data["path"])])
        ends.append((len(data["cells"]), len(data["path"])))
    data["ends"] = ends


def _gram_steps(trace: RougeLabTrace, matches: Sequence[tuple[int, int, bool]], lang: Lang) -> list[list[Any]]:
    n = 2 if trace.params.measure == "2" else 1
    counted = [m for m in matches if m[2]]
    steps = [[NO_MATCH_STEP.get(lang), 0, 0, 0]]
    for k, (_, j, _) in enumerate(counted, 1):
        words = " ".join(trace.columns[j : j + n])
        # The last step shows, beside the counted ones, what is the same and does not count.
        shown = len(matches) if k == len(counted) else k
        steps.append([GRAM_STEP.format(k=k, n=len(counted), words=words).get(lang), 0, 0, shown])
    return steps


def _lcs_steps(trace: RougeLabTrace, data: dict[str, Any], lang: Lang) -> list[list[Any]]:
    cells, path = data["cells"], data["path"]
    steps: list[list[Any]] = [[EMPTY.get(lang), 0, 0, 0]]
    by_row = len(cells) > MOST_CELL_STEPS
    for i, j, value, k in cells:
        if by_row:
            if j == len(data["cols"]) - 1:
                steps.append([ROW_STEP.format(i=i + 1, word=data["rows"][i]).get(lang), k + 1, 0, 0])
            continue
        told = MATCH_STEP if data["rows"][i] == data["cols"][j] else OTHER_STEP
        steps.append([told.format(i=i + 1, j=j + 1, n=value).get(lang), k + 1, 0, 0])
    pairs = set(trace.lcs.match.pairs)
    taken = 0
    for i, j, k in path:
        if (i, j) in pairs:
            taken += 1
            told = TAKEN_STEP.format(word=data["rows"][i], n=taken)
        else:
            told = BACK_STEP.format(n=k + 1)
        steps.append([told.get(lang), len(cells), k + 1, taken])
    return steps


def _union_steps(trace: RougeLabTrace, data: dict[str, Any], lang: Lang) -> list[list[Any]]:
    across = max(1, len(trace.lsum.sentences))
    steps: list[list[Any]] = [[EMPTY.get(lang), 0, 0, 0]]
    for k, (cells, path) in enumerate(data["ends"]):
        steps.append([BLOCK_STEP.format(r=k // across + 1, h=k % across + 1).get(lang), cells, path, 0])
    counted = trace.lsum.match.prf.matches
    steps.append([UNION_STEP.format(n=counted).get(lang), len(data["cells"]), len(data["path"]), 1])
    return steps


LEAD_PATH = Text("the first 1, 2, … sentences", "первые 1, 2, … предложения")
NAMES = {
    "own": Text("your summary", "ваш реферат"),
    "lead": Text("lead-{k}", "lead-{k}"),
    "greedy": Text("greedy choice", "жадный выбор"),
    "all": Text("whole article", "вся статья"),
    "person": Text("person {n}", "человек {n}"),
}
SHORT = {
    "own": Text("yours", "ваш"),
    "lead": Text("lead-{k}", "lead-{k}"),
    "greedy": Text("greedy", "жадный"),
    "all": Text("all", "вся"),
    "person": Text("{n}", "{n}"),
}
PRECISION = Text("P: what share of the summary is in the reference", "P: какая доля реферата есть в эталоне")
RECALL = Text("R: what share of the reference is in the summary", "R: какая доля эталона есть в реферате")


def name_of(trace: LeadTrace, row: int, lang: Lang, *, is_short: bool = False) -> str:
    """How a candidate is called."""
    candidate = trace.candidates[row]
    names = SHORT if is_short else NAMES
    return names[candidate.id].format(k=trace.k, n=candidate.number).get(lang)


def plane(trace: LeadTrace, picked: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """Every candidate as a point (P, R) over lines of equal F1; the path of the leads from short to long.

    `customdata` is the candidate's row, or `k<n>` for a lead.
    """
    figure = go.Figure(layout=layout(theme))
    for f1 in (0.2, 0.4, 0.6, 0.8):
        # R = F·P / (2P − F): defined where P > F/2, and R ≤ 1 from P = F/(2 − F) on.
        p = np.linspace(f1 / (2 - f1), 1.0, 40)
        figure.add_scatter(
            x=p.astype(np.float32),
            y=(f1 * p / (2 * p - f1)).astype(np.float32),
            mode="lines",
            line={"color": color("masked", theme), "width": 1, "dash": "dot"},
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_annotation(
            x=1.0, y=f1 / (2 - f1), text=f"F1 = {f1:g}", showarrow=False, xanchor="left", xshift=3, font={"size": 11}
        )
    n = len(trace.leads)
    figure.add_scatter(
        x=trace.leads[:, 0].astype(np.float32),
        y=trace.leads[:, 1].astype(np.float32),
        mode="lines+markers+text",
        name=LEAD_PATH.get(lang),
        text=[str(k) for k in range(1, n + 1)],
        textposition="top center",
        textfont={"size": 10, "color": color("quiet", theme)},
        line={"color": color("masked", theme), "width": 1.5},
        marker={"size": 6, "color": color("quiet", theme)},
        customdata=[f"k{k}" for k in range(1, n + 1)],
        hovertemplate="lead-%{text}<br>P %{x:.3f} · R %{y:.3f}<extra></extra>",
    )
    looks = {
        "own": ("K", "star", 15),
        "lead": ("quiet", "square", 11),
        "greedy": ("V", "diamond", 12),
        "all": ("quiet", "triangle-up", 12),
        "person": ("Q", "circle", 11),
    }
    for row, candidate in enumerate(trace.candidates):
        role, symbol, size = looks[candidate.id]
        is_picked = row == picked
        figure.add_scatter(
            x=trace.scores[row : row + 1, 0].astype(np.float32),
            y=trace.scores[row : row + 1, 1].astype(np.float32),
            mode="markers+text",
            text=[name_of(trace, row, lang, is_short=True)],
            textposition="middle right",
            marker={
                "size": size + 3 * is_picked,
                "symbol": symbol,
                "color": color(role, theme),
                "line": {"width": 2.5 if is_picked else 0, "color": color("ink", theme)},
            },
            showlegend=False,
            customdata=[str(row)],
            name=name_of(trace, row, lang),
            hovertemplate=f"{name_of(trace, row, lang)}<br>P %{{x:.3f}} · R %{{y:.3f}}<extra></extra>",
        )
    figure.update_xaxes(title=PRECISION.get(lang), range=[0, 1.02], dtick=0.2)
    figure.update_yaxes(title=RECALL.get(lang), range=[0, 1.05], dtick=0.2)
    figure.update_layout(margin={"r": 64}, hovermode="closest")
    return figure


def story_data(trace: LeadTrace, lang: Lang) -> dict[str, Any]:
    """The article sentence by sentence and the table of candidates."""
    own = " ".join(trace.params.own.split())
    order = {k: n + 1 for n, k in enumerate(trace.picked)}
    return {
        "sentences": [
            {
                "text": sentence,
                "is_own": sentence in own,
                "is_lead": k < trace.k,
                "greedy": order.get(k),
                "f1": round(float(trace.alone[k, 2]), 4),
            }
            for k, sentence in enumerate(trace.sentences)
        ],
        "rows": [
            {
                "name": name_of(trace, row, lang),
                "words": candidate.words,
                "values": [round(float(v), 6) for v in trace.scores[row]],
                "id": candidate.id,
                "text": candidate.text.replace("\n", " "),
            }
            for row, candidate in enumerate(trace.candidates)
        ],
        "parts": list(PARTS),
    }


def units_data(trace: ContentLabTrace, lang: Lang) -> dict[str, Any]:
    """The table of units: who has which, and the texts they are read from."""
    chosen = trace.selection
    people = len(trace.references)
    agreement = chosen.agreement
    rows = []
    for k, unit in enumerate(trace.units):
        marks = [bool(v) for v in trace.is_marked[:people, k]]
        is_selected, is_relevant = bool(trace.is_marked[len(PEOPLE) + trace.chosen, k]), sum(marks) >= agreement
        state = ("hit" if is_relevant else "extra") if is_selected else ("missed" if is_relevant else "none")
        rows.append({"text": unit, "people": marks, "selected": is_selected, "state": state, "weight": sum(marks)})
    return {
        "units": rows,
        "people": [{"name": PEOPLE[k], "text": text} for k, text in enumerate(trace.references)],
        "summary": {
            "name": SUMMARIES[trace.params.summary].get(lang),
            "text": trace.texts[trace.chosen].replace("\n", " "),
            "row": len(PEOPLE) + trace.chosen,
        },
        "scores": [["P", chosen.precision], ["R", chosen.recall], [f"F{chosen.beta:g}", chosen.f]],
        "pyramid": chosen.pyramid,
    }


def words_against_units(trace: ContentLabTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Four summaries, counted in words and in units, side by side; `customdata` is the summary's name."""
    figure = go.Figure(layout=layout(theme, barmode="group", bargap=0.28))
    names = [
        f"<b>{text.get(lang)}</b>" if name == trace.params.summary else text.get(lang)
        for name, text in SUMMARIES.items()
    ]
    shown = (
        ("ROUGE-1", "ROUGE-1 F1", "probability", ""),
        ("ROUGE-2", "ROUGE-2 F1", "negative", "/"),
        ("content F1", UNITS_F.format(b=f"{trace.params.beta:g}").get(lang), "V", ""),
        ("pyramid", PYRAMID_BAR.get(lang), "validation", "x"),
    )
    for column, name, role, pattern in shown:
        values = trace.scores[:, COLUMNS.index(column)].astype(np.float32)
        figure.add_bar(
            x=names,
            y=values,
            name=name,
            marker={"color": color(role, theme), "pattern": {"shape": pattern, "solidity": 0.25}},
            text=[f"{v:.2f}" for v in values],
            textposition="outside",
            textangle=0,
            cliponaxis=False,
            customdata=list(SUMMARIES),
            hovertemplate="%{y:.3f}<extra>" + name + "</extra>",
        )
    figure.update_yaxes(range=[0, 1.12], dtick=0.25)
    return figure


UNITS_F = Text("units, F{b}", "единицы, F{b}")
PYRAMID_BAR = Text("pyramid", "пирамида")

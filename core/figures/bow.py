"""Bags of terms as data for the browser (assets/components/bags.js), and the curves of idf.

The browser only lays out: every number here is a text already, and every shade and length a share 0…1.
"""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.arithmetic import Cell, write_number
from core.figures.plots import Curve, curves
from core.figures.theme import Theme, color
from core.i18n import Lang, Text, same
from core.text.bag_of_words import Inverse, inverse_document_frequencies
from core.text.bow_lab import BowTrace

MAX_SHOWN = 24
NOTHING, UNKNOWN = -2, -1  # what covers a character: no term at all, or one that no document has
IDF_LOOKS: dict[Inverse, tuple[Text, str, str, str]] = {
    "textbook": (same("ln(N/df)"), "Q", "solid", "circle"),
    "plus": (same("ln(N/df) + 1"), "K", "dash", "square"),
    "smooth": (same("ln((1+N)/(1+df)) + 1"), "V", "dot", "diamond"),
}
STEPS = (
    Text("count the terms", "считаем термы"),
    Text("present or not, and in how many documents", "есть или нет — и в скольких документах"),
    Text("idf: rare terms weigh more", "idf: редкий терм весит больше"),
    Text("tf: how much of the text", "tf: какую часть текста занимает"),
    Text("tf · idf", "tf · idf"),
    Text("rows of length 1", "строки длины 1"),
    Text("cosines: which texts are alike", "косинусы: какие тексты похожи"),
)


def shown_terms(trace: BowTrace) -> list[int]:
    """The terms that are drawn, in the order of the vocabulary: those of the query, then the weightiest."""
    n = len(trace.terms)
    if n <= MAX_SHOWN:
        return list(range(n))
    weight = trace.tfidf.max(axis=0)
    asked = trace.counts[trace.N] > 0 if trace.has_query else np.zeros(n, dtype=bool)
    return sorted(int(j) for j in np.lexsort((-weight, ~asked))[:MAX_SHOWN])


def matrices_data(trace: BowTrace, pick: Cell, lang: Lang) -> dict[str, Any]:
    """Counts → present or not → idf → tf → tf·idf → rows of length 1 → cosines, with what each number is made of."""
    shown = shown_terms(trace)
    columns = [{"j": j, "name": trace.name(j)} for j in shown]
    row = [{"i": i, "name": name, "hint": trace.texts[i][:120]} for i, name in enumerate(trace.rows)]

    def matrix(
        id_: str, title: Text, values: npt.NDArray[Any], step: int, links: list[Any], role: str
    ) -> dict[str, Any]:
        part = np.asarray(values, dtype=np.float64)[:, shown]
        return _panel(id_, title.get(lang), row, columns, part, _shades(part), step, links, role)

    own = ["i", "j", None]
    panels = [
        matrix("counts", COUNTS, trace.counts, 0, [], "X"),
        matrix("binary", PRESENT, trace.counts > 0, 1, [["counts", *own]], "X"),
        _idf_panel(trace, shown, columns),
        matrix(
            "tf",
            same("tf"),
            trace.tf,
            3,
            [["counts", "i", "*" if trace.params.tf == "share" else "j", None]],
            "probability",
        ),
        matrix("tfidf", same("tf · idf"), trace.tfidf, 4, [["tf", *own], ["idf", 1, "j", None]], "probability"),
    ]
    last = "tfidf"
    if trace.params.is_unit:
        panels.append(matrix("unit", UNIT, trace.vectors, 5, [["tfidf", "i", "*", None]], "probability"))
        last = "unit"
    documents = [{"j": j, "name": trace.rows[j]} for j in range(trace.N)]
    links = [[last, "i", "*", None], [last, "j", "*", None]]
    step = 6 if trace.params.is_unit else 5
    cos = np.round(trace.cosines, 12)  # 0.9999999999999999 is shown as 1
    panels.append(_panel("cos", COSINE.get(lang), row, documents, cos, np.clip(cos, 0, 1), step, links, "probability"))
    steps = STEPS if trace.params.is_unit else (*STEPS[:5], STEPS[6])
    left_out = len(trace.terms) - len(shown)
    return {
        "panels": panels,
        "steps": [text.get(lang) for text in steps],
        "selected": str(pick),
        "documents": trace.N,
        "note": LEFT_OUT.format(n=left_out, shown=len(shown)).get(lang) if left_out else "",
    }


def _idf_panel(trace: BowTrace, shown: list[int], columns: list[dict[str, Any]]) -> dict[str, Any]:
    """df over idf: each row shaded by its own largest value."""
    values = np.stack([trace.df.astype(np.float64), trace.idf])[:, shown]
    rows = [{"i": 0, "name": "df", "hint": ""}, {"i": 1, "name": "idf", "hint": ""}]
    links = [["binary", "documents", "j", 0], ["idf", 0, "j", 1]]
    shades = np.vstack([_shades(values[:1]), _shades(values[1:])])
    return _panel("idf", f"df, idf · N = {trace.N}", rows, columns, values, shades, 2, links, "probability")


def _shades(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(values / (values.max(initial=0.0) or 1.0))


def _written(value: float) -> str:
    """A number as narrow as its cell: what is small but not 0 is 0.00."""
    return f"{value:.2f}" if 0 < abs(value) < 0.005 else write_number(value, 2)


def _panel(
    id_: str,
    title: str,
    rows: list[dict[str, Any]],
    cols: list[dict[str, Any]],
    values: npt.NDArray[np.float64],
    shade: npt.NDArray[np.float64],
    step: int,
    links: list[Any],
    role: str,
) -> dict[str, Any]:
    """links : (panel, rows, cols, only in this row) — "i", "j", "*", "documents" or an index, as in `figures.board`."""
    return {
        "id": id_,
        "title": title,
        "rows": rows,
        "cols": cols,
        "text": [[_written(float(v)) for v in line] for line in values],
        "shade": [[round(float(v), 3) for v in line] for line in shade],
        "step": step,
        "links": links,
        "role": role,
    }


def found_data(trace: BowTrace, pick: Cell) -> dict[str, Any]:
    """The documents in the order found: every word shaded by its weight, the score cut into what each term adds."""
    top = float(trace.tfidf[: trace.N].max(initial=0.0)) or 1.0
    asked = trace.counts[trace.N] > 0 if trace.has_query else np.zeros(len(trace.terms), dtype=bool)
    return {
        "rows": [
            {
                "doc": d,
                "name": trace.rows[d],
                "pieces": _pieces(trace, d, top, asked),
                "id": str(Cell("cos", trace.N, d)) if trace.has_query else "",
                "shown": write_number(float(trace.scores[d]), 3) if trace.has_query else "",
                "segments": _segments(trace, d) if trace.has_query else [],
            }
            for d in trace.order
        ],
        "query": _pieces(trace, trace.N, top, asked) if trace.has_query else [],
        "selected": str(pick),
    }


def _pieces(trace: BowTrace, row: int, top: float, asked: npt.NDArray[np.bool_]) -> list[dict[str, Any]]:
    """The text cut where the weight changes: each piece has the weightiest term that covers it."""
    text = trace.texts[row]
    shown = text if len(text.lower()) == len(text) else text.lower()
    place = {term: j for j, term in enumerate(trace.terms)}
    covers = [NOTHING] * len(shown)
    for unit in trace.units[row]:
        j = place.get(unit.term, UNKNOWN)
        for k in range(unit.start, min(unit.end, len(shown))):
            old = covers[k]
            if old < 0 or (j >= 0 and trace.tfidf[row, j] > trace.tfidf[row, old]):
                covers[k] = max(j, old) if old < 0 else j
    cuts = [0, *(k for k in range(1, len(shown)) if covers[k] != covers[k - 1]), len(shown)]
    return [_piece(trace, row, shown[start:end], covers[start], top, asked) for start, end in pairwise(cuts)]


def _piece(trace: BowTrace, row: int, text: str, j: int, top: float, asked: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """A stretch of a text under one term; `j` may be `NOTHING` or `UNKNOWN`."""
    if j < 0:
        return {"text": text, "id": "", "is_unknown": j == UNKNOWN}
    weight = float(trace.tfidf[row, j])
    return {
        "text": text,
        "id": str(Cell("tfidf", row, j)),
        "is_unknown": False,
        "term": trace.name(j),
        "share": round(weight / top, 3),
        "weight": write_number(weight, 3),
        "is_asked": bool(asked[j]),
    }


def _segments(trace: BowTrace, d: int) -> list[dict[str, Any]]:
    """What each shared term adds to cos(q, d), the largest first; the dust of many terms is left out."""
    parts = trace.parts(trace.N, d)
    order = [int(j) for j in np.argsort(-parts, kind="stable") if parts[j] > 0.005]
    return [
        {"term": trace.name(j), "share": round(float(parts[j]), 4), "shown": write_number(float(parts[j]), 3)}
        for j in order[:12]
    ]


def idf_curves(trace: BowTrace, term: int | None, *, theme: Theme, lang: Lang) -> go.Figure:
    """idf against df under the three definitions; the mark is the df of the picked term."""
    df = np.arange(1, trace.N + 1)
    lines = [
        Curve(name.get(lang), inverse_document_frequencies(df, trace.N, kind), role, dash, marker)
        for kind, (name, role, dash, marker) in IDF_LOOKS.items()
    ]
    title = Text("df, documents with the term", "df, документов с термом").get(lang)
    figure = curves(df, lines, theme=theme, x_title=title, y_title="idf")
    # The mark is a trace and no annotation: those are not redrawn when a figure is updated in place.
    is_left = term is None or trace.df[term] <= trace.N / 2
    figure.add_scatter(
        x=[] if term is None else [float(trace.df[term])],
        y=[] if term is None else [float(trace.idf[term])],
        text=[] if term is None else [f"<b>{escape(trace.name(term))}</b> {write_number(float(trace.idf[term]), 2)}"],
        mode="markers+text",
        textposition="top right" if is_left else "top left",
        marker={"symbol": "circle-open", "size": 15, "color": color("ink", theme), "line": {"width": 2.5}},
        showlegend=False,
        hoverinfo="skip",
    )
    figure.update_xaxes(dtick=1)
    figure.update_yaxes(rangemode="tozero")
    return figure


COUNTS = Text("counts c", "счёт c")
PRESENT = Text("present or not", "есть или нет")
UNIT = Text("rows of length 1", "строки длины 1")
COSINE = Text("cosines", "косинусы")
LEFT_OUT = Text(
    "{shown} terms are drawn, {n} more are counted: export has them all.",
    "Нарисовано термов: {shown}; ещё {n} только подсчитаны, в экспорте есть все.",
)

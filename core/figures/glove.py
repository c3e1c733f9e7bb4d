"""The labs of GloVe as data for the browser: a window that fills a matrix, points that move while they are learnt."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.embeddings import glove
from core.embeddings.cooccurrence import DRAWN, CountTrace
from core.embeddings.glove_lab import BUCKETS, FitTrace, Ratios, errors_by_count
from core.embeddings.glove_meaning import MeaningTrace, topic_name
from core.figures.board import Board, Panel
from core.figures.plots import layout
from core.figures.theme import Theme, color
from core.i18n import Lang, Text, same

LOOKS = (("Q", "circle"), ("K", "square"), ("V", "triangle"))
NAMED = 26


def window_data(trace: CountTrace, picked: tuple[int, int]) -> dict[str, Any]:
    """The text, its pairs in the order of the sweep, and the most frequent words as rows."""
    size = min(DRAWN, len(trace.vocabulary))
    seen = (trace.ids[trace.centre] < size) & (trace.ids[trace.context] < size)
    ends = np.flatnonzero(np.diff(trace.sentence))
    return {
        "tokens": list(trace.words),
        "ends": ends.tolist(),
        "at": trace.ids.tolist(),
        "rows": list(trace.vocabulary[:size]),
        "centre": trace.centre[seen].tolist(),
        "context": trace.context[seen].tolist(),
        "amount": trace.amount[seen].tolist(),
        "most": float(trace.X[:size, :size].max()) or 1.0,
        "picked": f"{picked[0]}.{picked[1]}",
    }


def _pack(array: npt.ArrayLike) -> str:
    return b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode("ascii")


def _range(values: npt.NDArray[Any]) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 1.0
    return low - margin, high + margin


def fit_data(trace: FitTrace, picked: tuple[int, int], lang: Lang) -> dict[str, Any]:
    """log X of the drawn pairs against what the vectors say at each moment; a point is as large as its weight."""
    cells = [(int(i), int(j)) for i, j in trace.pairs]
    if picked not in cells and trace.counted.X[picked]:
        cells.append(picked)
    i, j = np.array(cells).T
    words, X = trace.counted.vocabulary, trace.counted.X[i, j]
    model = np.stack([glove.predict(trace.fit.theta(t))[i, j] for t in range(len(trace.fit.steps))])
    log_X = np.log(X)
    low, high = _range(np.concatenate([log_X, model.ravel()]))
    x_low, x_high = _range(log_X)
    f = trace.f[i, j]
    return {
        "ids": [f"{a}.{b}" for a, b in cells],
        "labels": [f"{words[a]} – {words[b]}" for a, b in cells],
        "x": _pack(log_X),
        "y": _pack(model),
        "sizes": [round(2.0 + 4.5 * float(v) ** 0.5, 2) for v in f],
        "roles": ["K" if cell == picked else "probability" for cell in cells],
        "shapes": ["circle"] * len(cells),
        "shown": [int(cell == picked) for cell in cells],
        "range": [x_low, x_high, low, high],
        "axes": ["log X", "w·w̃ + b + b̃"],
        "diagonal": True,
        "names": [STEP.format(n=n, J=f"{J:.4g}").get(lang) for n, J in zip(trace.fit.steps, trace.fit.J, strict=True)],
        "lists": [],
        "legend": [{"role": "probability", "shape": "circle", "text": LARGE.get(lang)}],
        "picked": f"{picked[0]}.{picked[1]}",
    }


def map_data(trace: MeaningTrace, lists: Sequence[tuple[str, str, Any, Any]], lang: Lang) -> dict[str, Any]:
    """The map at each moment. lists : (title, note, rows (T, k), cosines (T, k)) of neighbours."""
    words = trace.counted.vocabulary
    look = {row: LOOKS[n % len(LOOKS)] for n, sense in enumerate(trace.members) for row in sense}
    own = {trace.query, *trace.points} - {-1}
    near = set(trace.neighbours[-1].tolist()) if trace.query >= 0 else set()
    named = own | near | {row for sense in trace.members for row in sense[:8]}
    named |= set(range(min(NAMED, len(words)))) if not named else set()
    x_low, x_high = _range(trace.plane[..., 0])
    y_low, y_high = _range(trace.plane[..., 1])
    senses = [
        {"role": LOOKS[n % 3][0], "shape": LOOKS[n % 3][1], "text": topic_name(t, lang)}
        for n, t in enumerate(trace.topics)
    ]
    rest = {"role": "masked", "shape": "circle", "text": REST.get(lang)}
    return {
        "ids": list(words),
        "labels": list(words),
        "x": _pack(trace.plane[..., 0]),
        "y": _pack(trace.plane[..., 1]),
        "sizes": [7.0 if k in own else 4.5 if k in look or k in near else 3.0 for k in range(len(words))],
        "roles": [
            "ink" if k in own else look[k][0] if k in look else "X" if k in near else "masked"
            for k in range(len(words))
        ],
        "shapes": ["diamond" if k in own else look[k][1] if k in look else "circle" for k in range(len(words))],
        "shown": [int(k in named) for k in range(len(words))],
        "range": [x_low, x_high, y_low, y_high],
        "axes": ["", ""],
        "diagonal": False,
        "names": [STEP.format(n=n, J=f"{J:.4g}").get(lang) for n, J in zip(trace.fit.steps, trace.fit.J, strict=True)],
        "lists": [
            {
                "title": title,
                "note": note,
                "rows": [
                    [[words[k], round(float(c), 4), look[k][0] if k in look else ""] for k, c in zip(*row, strict=True)]
                    for row in zip(np.atleast_2d(rows).tolist(), np.atleast_2d(cosines).tolist(), strict=True)
                ],
            }
            for title, note, rows, cosines in lists
        ],
        "legend": [*senses, rest],
        "picked": words[trace.query] if trace.query >= 0 else "",
    }


def weight_curve(trace: FitTrace, picked: tuple[int, int], *, theme: Theme, lang: Lang) -> go.Figure:
    """f(X) with the drawn pairs on it and the picked one marked."""
    p = trace.params
    most = float(trace.counted.X.max())
    x = np.linspace(1e-3, min(most, 2.2 * p.x_max if p.is_weighted else 22.0), 200)
    f = glove.weigh(x, p.x_max, p.alpha, is_weighted=p.is_weighted)
    i, j = trace.pairs.T
    X = trace.counted.X[i, j]
    inside = x[-1] >= X
    figure = go.Figure(layout=layout(theme, showlegend=False))
    figure.add_scatter(
        x=x, y=f.astype(np.float32), mode="lines", line={"color": color("probability", theme), "width": 2}
    )
    dots = {"color": color("X", theme), "size": 5, "opacity": 0.35}
    figure.add_scatter(x=X[inside], y=trace.f[i, j][inside], mode="markers", marker=dots, hoverinfo="skip")
    at = float(trace.counted.X[picked])
    if 0 < at <= x[-1]:
        mark = {"color": color("K", theme), "size": 12, "symbol": "diamond"}
        figure.add_scatter(x=[at], y=[float(trace.f[picked])], mode="markers", marker=mark)
    figure.update_xaxes(title="X")
    figure.update_yaxes(title=F_TITLE.get(lang), range=(0, 1.08))
    return figure


def error_bars(trace: FitTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Root mean square of the residual at the end, for pairs that met rarely … often."""
    errors, sizes = errors_by_count(trace, len(trace.fit.steps) - 1)
    names = [_bucket(low, high, int(n), lang) for (low, high), n in zip(BUCKETS, sizes, strict=True)]
    kept = np.isfinite(errors)
    figure = go.Figure(layout=layout(theme, showlegend=False))
    figure.add_bar(
        x=[name for name, k in zip(names, kept, strict=True) if k],
        y=errors[kept].astype(np.float32),
        marker={"color": color("X", theme)},
        text=[f"{v:.2f}" for v in errors[kept]],
        textposition="outside",
        cliponaxis=False,
    )
    figure.update_yaxes(title=RMS.get(lang), rangemode="tozero")
    figure.update_xaxes(type="category", title="X")
    return figure


def _bucket(low: float, high: float, n: int, lang: Lang) -> str:
    name = f"≤ {high:g}" if not low else f"> {low:g}" if not np.isfinite(high) else f"{low:g}–{high:g}"
    return f"{name}<br>{PAIRS.format(n=n).get(lang)}"


def ratio_board(found: Ratios) -> Board:
    """P(k | i), P(k | j), their ratio and what the vectors say."""
    values = np.vstack([found.P, np.where(found.ratio > 0, found.ratio, np.nan), found.fitted])
    a, b = found.targets
    title = Text("who keeps company with “{a}” and “{b}”", "кто стоит рядом с «{a}» и «{b}»").format(a=a, b=b)
    shares = Panel("P", title, "probability", values[:2], (f"P(· | {a})", f"P(· | {b})"), found.probes, decimals=4)
    logs = np.log(np.where(np.isfinite(values[2:]), values[2:], np.nan))
    rows = ("counted", "vectors") if a.isascii() else ("счёт", "векторы")
    ratio = Panel("ratio", LOG_RATIO, "positive", logs, rows, found.probes, scale="signed", decimals=2)
    return Board(rows=((shares, ratio),), alt=title)


def sense_board(trace: MeaningTrace, lang: Lang) -> Board:
    """Cosines of the word, and of the centres of its senses, with these centres."""
    names = tuple(topic_name(topic, lang) for topic in trace.topics)
    words = tuple(trace.counted.vocabulary[k] for k in trace.points)
    panel = Panel("senses", same("cos"), "positive", trace.senses, (*words, *names), names, scale="signed", decimals=2)
    return Board(rows=((panel,),), alt=COSINES)


STEP = Text("step {n} · J = {J}", "шаг {n} · J = {J}")
LARGE = Text("a pair of words; the larger, the more it weighs", "пара слов; чем больше, тем больше её вес")
REST = Text("all other words", "все другие слова")
F_TITLE = same("f(X)")
RMS = Text("√ mean r²", "√ среднего r²")
PAIRS = Text("{n} pairs", "пар: {n}")
LOG_RATIO = Text("log of their ratio", "логарифм их отношения")
COSINES = Text("Cosine with the words of each sense", "Косинус со словами каждого значения")

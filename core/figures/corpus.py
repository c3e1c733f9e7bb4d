"""Pictures of “A against B”: two histograms, and data for the league and for the segments (league.js, duel.js)."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.figures.plots import layout
from core.figures.theme import Theme, color
from core.figures.translation import mark_changes
from core.i18n import Lang, Text
from core.metrics.corpus_lab import MEASURES, CorpusTrace
from core.metrics.significance import PairedTrace

Data = dict[str, Any]
BINS = 41
SHOWN_SEGMENTS = 8


def league_rows(trace: CorpusTrace, picked: str, lang: Lang) -> Data:
    """A row a metric: both scores with their intervals, and the difference on one scale for all rows.

    The scale is the widest row's: bars stand between −1 and 1, a better A always on the right.
    """
    rows: list[Data] = []
    for name, m in trace.measures.items():
        sign = -1 if MEASURES[name].is_error else 1
        ends = sorted((sign * m.bootstrap.interval.low, sign * m.bootstrap.interval.high))
        rows.append(
            {
                "name": name,
                "title": MEASURES[name].name.get(lang),
                "note": LESS.get(lang) if MEASURES[name].is_error else "",
                "a": [f"{m.bootstrap.score_a:.1f}", f"± {m.interval_a.half_width:.1f}"],
                "b": [f"{m.bootstrap.score_b:.1f}", f"± {m.interval_b.half_width:.1f}"],
                "difference": _signed(m.difference),
                "at": sign * m.difference,
                "low": ends[0],
                "high": ends[1],
                "p": _write_p(m.shuffled.p),
                "real": m.is_real,
            }
        )
    widest = max([abs(row[end]) for row in rows for end in ("at", "low", "high")] + [1e-9]) * 1.08
    for row in rows:
        for end in ("at", "low", "high"):
            row[end] = round(row[end] / widest, 4)
    return {"rows": rows, "picked": picked}


def _signed(value: float, digits: int = 2) -> str:
    return f"{value + 0.0:+.{digits}f}".replace("-", "−")


def _write_p(p: float) -> str:
    return f"{p:.4f}" if p < 0.01 else f"{p:.3f}"


def difference_histogram(paired: PairedTrace, name: str, *, theme: Theme, lang: Lang) -> go.Figure:
    """Resampled or shuffled differences, with the one that was observed and with zero.

    Bootstrap: the middle 95 % are full, the rest pale. Randomisation: what is at least as far out as the observed
    difference is full, and is p.
    """
    differences, d = paired.differences, paired.difference
    is_bootstrap = paired.test == "bootstrap"
    reach = max(float(np.abs(differences).max()), abs(d), 1e-6) * 1.02
    ends = (
        (min(float(differences.min()), 0.0, d), max(float(differences.max()), 0.0, d))
        if is_bootstrap
        else (-reach, reach)
    )
    room = max(0.03 * (ends[1] - ends[0]), 1e-6)
    edges = np.linspace(ends[0] - room, ends[1] + room, BINS + 1)
    inside = (
        (differences >= paired.interval.low) & (differences <= paired.interval.high)
        if is_bootstrap
        else np.abs(differences) >= abs(d) - 1e-9
    )
    figure = go.Figure(layout=layout(theme, barmode="stack", bargap=0.06))
    middles = ((edges[:-1] + edges[1:]) / 2).astype(np.float32)
    labels = (INSIDE, OUTSIDE) if is_bootstrap else (AS_FAR, NEARER)
    strong = color("probability" if is_bootstrap else "gradient", theme)
    for chosen, label, tone, pattern in (
        (inside, labels[0], strong, ""),
        (~inside, labels[1], color("masked", theme), "/"),
    ):
        heights = np.histogram(differences[chosen], edges)[0]
        figure.add_bar(
            x=middles,
            y=heights.astype(np.int32),
            width=float(edges[1] - edges[0]) * 0.94,
            name=label.get(lang),
            marker={"color": tone, "pattern": {"shape": pattern, "size": 5}, "line": {"width": 0}},
            hovertemplate="%{x:.2f}: %{y}<extra></extra>",
        )
    for at, dash, width in ((0.0, "dot", 1.5), (d, "solid", 2.5)):
        figure.add_vline(x=at, line={"color": color("ink", theme), "dash": dash, "width": width})
    figure.add_annotation(
        x=d,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=f"d = {_signed(d)}",
        showarrow=False,
        font={"size": 13, "color": color("ink", theme)},
    )
    figure.update_layout(
        margin={"l": 46, "r": 12, "t": 30, "b": 88},
        legend={"orientation": "h", "x": 0, "y": -0.36, "xanchor": "left", "yanchor": "top", "traceorder": "normal"},
    )
    figure.update_xaxes(title={"text": f"{name}(A) − {name}(B)", "standoff": 6})
    figure.update_yaxes(title_text=TIMES.get(lang), nticks=4)
    return figure


def segment_rows(trace: CorpusTrace, measure: str, picked: int, lang: Lang) -> Data:
    """The segments that differ most, and the picked one on top when it is not among them."""
    ranked = [int(k) for k in trace.ranked(measure)[:SHOWN_SEGMENTS]]
    rows = ranked if picked in ranked else [picked, *ranked[: SHOWN_SEGMENTS - 1]]
    scores = trace.measures[measure].segments
    corpus = trace.corpus
    return {
        "rows": [
            {
                "name": str(k + 1),
                "reference": corpus.references[k],
                "outputs": [
                    {
                        "system": system,
                        "pieces": mark_changes(corpus.references[k], output),
                        "score": f"{scores[k, at]:.1f}",
                        "share": round(min(1.0, float(scores[k, at]) / 100), 4),
                    }
                    for at, (system, output) in enumerate((("A", corpus.a[k]), ("B", corpus.b[k])))
                ],
                "difference": _signed(float(scores[k, 0] - scores[k, 1]), 1),
            }
            for k in rows
        ],
        "picked": str(picked + 1),
    }


LESS = Text("less is better", "меньше — лучше")
INSIDE = Text("middle 95 %", "середина, 95 %")
OUTSIDE = Text("the ends", "края")
AS_FAR = Text("as far out as d: p", "не ближе d: это p")
NEARER = Text("nearer to 0", "ближе к нулю")
TIMES = Text("times", "сколько раз")

"""Charts of real vectors: a word's cosines with all others, one cosine term by term, words along an axis."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.embeddings.axis import AxisTrace
from core.embeddings.neighbours import NearTrace
from core.figures.plots import layout
from core.figures.theme import Theme, color
from core.i18n import Lang, Text


def cosine_histogram(trace: NearTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """The cosines of the word with the whole vocabulary; the other word's is marked."""
    figure = go.Figure(layout=layout(theme, bargap=0.05, showlegend=False))
    middles = (trace.edges[:-1] + trace.edges[1:]) / 2
    figure.add_bar(
        x=middles.astype(np.float32),
        y=trace.counts.astype(np.int32),
        marker={"color": color("X", theme)},
        hovertemplate="%{x:.2f}: %{y}<extra></extra>",
    )
    figure.add_vline(
        x=trace.cosine,
        line={"color": color("K", theme), "width": 2},
        annotation={
            "text": f"{trace.other} {trace.cosine:.3f}",
            "yanchor": "bottom",
            "xanchor": "right" if trace.cosine > 0.3 else "left",
        },
    )
    figure.update_xaxes(title=COSINE_WITH.format(w=trace.word).get(lang), range=[-0.75, 1.02])
    figure.update_yaxes(title=WORDS_COUNT.get(lang))
    return figure


def term_bars(trace: NearTrace, picked: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """What each coordinate adds to the cosine. customdata is the coordinate."""
    figure = go.Figure(layout=layout(theme, bargap=0.1, showlegend=False))
    j = np.arange(len(trace.terms))
    tones = [color("positive" if v >= 0 else "negative", theme) for v in trace.terms]
    lines = [2.5 if n == picked else 0 for n in j]
    figure.add_bar(
        x=(j + 1).astype(np.int32),
        y=trace.terms.astype(np.float32),
        marker={"color": tones, "line": {"color": color("ink", theme), "width": lines}},
        customdata=j.astype(np.int32),
        hovertemplate="%{x}: %{y:.3f}<extra></extra>",
    )
    figure.update_xaxes(title=COORDINATE.get(lang))
    figure.update_yaxes(title="a·b / |a||b|")
    return figure


def axis_strip(trace: AxisTrace, picked: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """Words along the axis, the band of what means nothing (μ ± 2σ) behind them. customdata is the word's number."""
    figure = go.Figure(layout=layout(theme, showlegend=False))
    order = np.argsort(trace.places, kind="stable")
    low, high = trace.mean - 2 * trace.spread, trace.mean + 2 * trace.spread
    figure.add_vrect(x0=low, x1=high, fillcolor=color("masked", theme), opacity=0.35, line_width=0, layer="below")
    figure.add_vline(x=trace.mean, line={"color": color("quiet", theme), "dash": "dot", "width": 1.2})
    is_out = np.abs(trace.z[order]) > 2
    tones = [color("K" if out else "X", theme) for out in is_out]
    edges = [2.5 if n == picked else 0 for n in order]
    names = [trace.words[n] for n in order]
    for pair, places in zip(trace.pairs, trace.per_pair, strict=True):
        if len(trace.pairs) > 1:
            figure.add_scatter(
                x=places[order].astype(np.float32),
                y=names,
                mode="markers",
                marker={"symbol": "line-ns-open", "size": 9, "color": color("quiet", theme)},
                hovertemplate=f"{pair[0]} − {pair[1]}: %{{x:.3f}}<extra></extra>",
            )
    figure.add_scatter(
        x=trace.places[order].astype(np.float32),
        y=names,
        mode="markers",
        marker={
            "size": 12,
            "color": tones,
            "symbol": ["diamond" if out else "circle" for out in is_out],
            "line": {"color": color("ink", theme), "width": edges},
        },
        customdata=order.astype(np.int32),
        text=[f"{z:+.1f}σ" for z in trace.z[order]],
        hovertemplate="%{y}: %{x:.3f}, %{text}<extra></extra>",
    )
    plus, minus = trace.pairs[0]
    figure.update_xaxes(title=f"← {minus}          {plus} →", zeroline=False)
    figure.update_yaxes(type="category", automargin=True, dtick=1)
    return figure


COSINE_WITH = Text("cosine with “{w}”", "косинус со словом «{w}»")
WORDS_COUNT = Text("words", "слов")
COORDINATE = Text("coordinate", "координата")

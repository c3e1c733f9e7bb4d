"""Pictures of the room of n-grams: the heat map from counts to probabilities, smoothings, perplexities, phrases."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.arithmetic import Cell
from core.figures.board import Board, Link, Panel
from core.figures.plots import Curve, curves, layout
from core.figures.theme import Theme, color
from core.i18n import Lang, Text, same
from core.text.ngrams_explain import shown
from core.text.ngrams_heldout import LINES, SHARES, HeldOutTrace
from core.text.ngrams_lab import KINDS, NextTrace
from core.text.phrases_lab import MEASURES, N_SHOWN, PhrasesTrace

# One look for each smoothing, in all charts of the room.
LOOKS: dict[str, tuple[str, str, str]] = {
    "kneser_ney": ("Q", "solid", "circle"),
    "backoff": ("V", "dashdot", "diamond"),
    "add_k": ("K", "dash", "square"),
    "mle": ("X", "dot", "x"),
    "train": ("gradient", "dot", "triangle-down"),
}
ORDER_LOOKS = (("X", "x"), ("Q", "circle"), ("K", "square"), ("V", "diamond"), ("gradient", "triangle-up"))
WIDEST = 22


def next_board(trace: NextTrace) -> Board:
    """Counts, their sums, and what the smoothing makes of both: a row for each of the last places."""
    rows = tuple(_context(context) for context in trace.contexts)
    cols = tuple(shown((token,)) for token in trace.columns)
    kind = trace.params.smoothing
    symbol = "S(w | h)" if kind == "backoff" else "p(w | h)"
    title = same(f"{symbol} · {{name}}").format(name=name_of(kind))
    links = (Link("counts", "i", "j"), Link("total", "i", "*"))
    return Board(
        rows=(
            (
                Panel("counts", same("c(h w)"), "X", trace.counts, rows, cols),
                Panel("total", same("C(h)"), "X", trace.totals[:, None], ("",) * len(rows), ("Σ",)),
            ),
            (Panel("P", title, "probability", trace.P, rows, cols, "probability", 3, 1, links=links),),
        ),
        steps=(Text("count", "считаем"), Text("divide and smooth", "делим и сглаживаем")),
        alt=BOARD_ALT,
    )


def name_of(kind: str) -> Text:
    """A smoothing, named where nothing says that smoothings are meant."""
    return LINES["mle"] if kind == "mle" else next(name for each, name in KINDS.items() if each == kind)


def _context(context: tuple[str, ...]) -> str:
    written = shown(context)
    return (written if len(written) <= WIDEST else f"…{written[-WIDEST + 1 :]}") + " →" if context else "∅ →"


def smoothing_dots(trace: NextTrace, cell: Cell, *, theme: Theme, lang: Lang) -> go.Figure:
    """The tokens of the picked row under all four smoothings; a click picks the token."""
    figure = go.Figure(layout=layout(theme))
    cols = np.arange(len(trace.columns))
    for k, kind in enumerate(KINDS):
        role, _, symbol = LOOKS[kind]
        is_chosen = kind == trace.params.smoothing
        figure.add_scatter(
            x=trace.values[k, cell.row].astype(np.float32),
            y=cols,
            mode="markers",
            name=name_of(kind).get(lang),
            marker={
                "color": color(role, theme),
                "symbol": symbol if is_chosen else f"{symbol}-open",
                "size": 12 if is_chosen else 9,
                "line": {"width": 2},
            },
            customdata=cols,
            hovertemplate="%{x:.4f}",
        )
    figure.add_hline(y=min(cell.col, len(cols) - 1), line={"color": color("quiet", theme), "dash": "dot", "width": 1.5})
    names = [_plain(shown((token,))) for token in trace.columns]
    figure.update_yaxes(tickvals=cols, ticktext=names, autorange="reversed")
    given = _plain(_context(trace.contexts[cell.row]))
    figure.update_xaxes(title=AFTER.format(context=given).get(lang), rangemode="tozero")
    return figure


def perplexity_lines(trace: HeldOutTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Perplexity over n, a line for each smoothing; a click picks n. What is infinite stands on the upper edge."""
    finite = trace.lines[np.isfinite(trace.lines)]
    roof = float(finite.max()) * 1.6
    lines = []
    for row, (name, title) in zip(trace.lines, LINES.items(), strict=True):
        role, dash, symbol = LOOKS[name]
        lines.append(Curve(title.get(lang), np.where(np.isfinite(row), row, roof), role, dash, symbol))
    figure = curves(
        trace.ns, lines, theme=theme, x_title="n", y_title=PERPLEXITY.get(lang), log_y=True, here=trace.params.n
    )
    for line, row in zip(figure.data, trace.lines, strict=True):
        line.customdata = np.array(trace.ns)
        line.text = ["∞" if np.isinf(v) else f"{v:.2f}" for v in row]
        line.hovertemplate = "n = %{x} · %{text}"
    if np.isinf(trace.lines).any():
        figure.add_annotation(
            x=trace.ns[-1], y=np.log10(roof), text=ENDLESS.get(lang), showarrow=False, xanchor="right", yshift=12
        )
    _plain_ticks(figure, roof)
    figure.update_xaxes(tickvals=trace.ns)
    return figure


def size_lines(trace: HeldOutTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Kneser–Ney over the size of the training text, a line for each n; a click picks the size."""
    figure = curves(
        trace.sizes,
        [
            Curve(f"n = {n}", trace.grid[:, n - 1], role, "solid" if n == trace.params.n else "dot", symbol)
            for n, (role, symbol) in enumerate(ORDER_LOOKS, start=1)
        ],
        theme=theme,
        x_title=TOKENS.get(lang),
        y_title=PERPLEXITY.get(lang),
        log_x=True,
        log_y=True,
        here=float(trace.sizes[SHARES.index(trace.params.share)]),
    )
    unknown = [f"{100 * share:.0f} %" for share in trace.unknown]
    figure.update_traces(
        customdata=np.array(SHARES), text=unknown, hovertemplate=f"%{{y:.1f}} · {UNKNOWN.get(lang)} %{{text}}"
    )
    for n, line in enumerate(figure.data, start=1):
        line.line.width = 3 if n == trace.params.n else 1.5
    figure.update_xaxes(tickvals=trace.sizes, ticktext=[f"{share} %" for share in SHARES])
    _plain_ticks(figure, float(trace.grid.max()))
    return figure


def phrase_points(trace: PhrasesTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Every pair: how often it stands against how exclusive it is; a click picks the pair."""
    figure = go.Figure(layout=layout(theme, showlegend=False))
    y = trace.g2 if trace.params.measure == "g2" else trace.pmi
    title = MEASURES["g2" if trace.params.measure == "g2" else "pmi"].get(lang)
    head = min(N_SHOWN, len(trace.pairs))
    names = [_plain(" ".join(pair)) for pair in trace.pairs]
    for part, role, size in ((slice(head, None), "X", 6), (slice(0, head), "Q", 10)):
        figure.add_scatter(
            x=trace.counts[part].astype(np.float32),
            y=y[part].astype(np.float32),
            mode="markers",
            marker={"color": color(role, theme), "size": size, "opacity": 0.75},
            customdata=np.array(names[part]),
            hovertemplate="%{customdata} · %{x} · %{y:.2f}<extra></extra>",
        )
    if trace.at is not None:
        figure.add_scatter(
            x=[float(trace.counts[trace.at])],
            y=[float(y[trace.at])],
            mode="markers+text",
            text=[names[trace.at]],
            textposition="top center",
            marker={"size": 15, "symbol": "circle-open", "color": color("ink", theme), "line": {"width": 2.5}},
            hoverinfo="skip",
        )
    figure.update_xaxes(title=TIMES.get(lang), type="log", tickvals=[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000])
    figure.update_yaxes(title=title, type="log" if trace.params.measure == "g2" else "linear", exponentformat="none")
    return figure


def phrase_bars(trace: PhrasesTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """The first pairs by the chosen measure, the picked one framed; a click picks the pair."""
    head = min(N_SHOWN, len(trace.pairs))
    names = [_plain(" ".join(pair)) for pair in trace.pairs[:head]]
    figure = go.Figure(layout=layout(theme))
    figure.add_bar(
        y=np.arange(head),
        x=trace.values[:head].astype(np.float32),
        orientation="h",
        marker={
            "color": color("Q", theme),
            "line": {"color": color("ink", theme), "width": [2.5 if i == trace.at else 0.0 for i in range(head)]},
        },
        customdata=np.array(names),
        text=[f"×{count:.0f}" for count in trace.counts[:head]],
        textposition="auto",
        hovertemplate="%{x:.2f}<extra></extra>",
    )
    figure.update_yaxes(tickvals=np.arange(head), ticktext=names, autorange="reversed")
    figure.update_xaxes(title=MEASURES[trace.params.measure].get(lang), rangemode="tozero")
    return figure


def _plain_ticks(figure: go.Figure, highest: float) -> None:
    """Perplexities as people say them: 1, 2, 5, 10…"""
    ticks = [v for v in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if v <= highest * 1.3]
    figure.update_yaxes(tickvals=ticks, dtick=None, exponentformat="none")


def _plain(words: str) -> str:
    """Without what plotly would read as a tag, and cut to what fits beside an axis."""
    cut = words if len(words) <= 32 else f"{words[:31]}…"
    return cut.replace("&", "＆").replace("<", "‹").replace(">", "›")


BOARD_ALT = Text(
    "Heat maps: how often each token stood after the context, and what it gets from the smoothing",
    "Тепловые карты: сколько раз токен стоял после контекста и сколько ему даёт сглаживание",
)
AFTER = Text("after {context}", "после {context}")
PERPLEXITY = Text("perplexity, held out", "перплексия на отложенном")
ENDLESS = Text("up here: ∞", "здесь ∞")
TOKENS = Text("training text used", "сколько обучающего текста взято")
UNKNOWN = Text("unknown:", "незнакомых:")
TIMES = Text("stands together so many times", "сколько раз стоят рядом")

"""Pictures of the attention rooms."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.attention.explanation import ExplanationTrace, WordsTrace
from core.attention.saturation import WIDTHS, SaturationTrace
from core.attention.sentence import SentenceTrace
from core.attention.worked import WorkedTrace
from core.figures.board import Arrow, Board, Link, Panel
from core.figures.plots import Curve, bars, curves, layout
from core.figures.theme import Theme, color
from core.i18n import Lang, Text, same

STEPS = (
    Text("embeddings", "эмбеддинги"),
    Text("projections Q, K, V", "проекции Q, K, V"),
    Text("scores", "оценки"),
    Text("softmax", "softmax"),
    Text("weighted sum of V", "взвешенная сумма V"),
)


def worked_board(trace: WorkedTrace) -> Board:
    """The worked example as linked matrices: X and W on top, Q K V below, then scores → weights → output."""
    p, tokens = trace.params, trace.tokens
    head = min(p.head, p.heads) - 1
    own = tuple(range(trace.Q.shape[1]))[trace.head_slice(head)]
    none2 = ("",) * 2
    dims = ("1", "2")

    def weight(name: str, role: str, values: object) -> Panel:
        return Panel(name, same(name), role, np.asarray(values), none2, none2, editable=True)  # type: ignore[arg-type]

    def projected(name: str, values: object) -> Panel:
        links = (Link("X", "i", "*"), Link(f"W_{name}", "*", "j"))
        return Panel(name, same(f"{name} = X·W_{name}"), name, values, tokens, dims, step=1, links=links)  # type: ignore[arg-type]

    if p.score == "additive":
        formula = Text("tanh(q + k) summed", "сумма tanh(q + k)")
    else:
        formula = same("Q·Kᵀ/√d_head" if p.is_scaled else "Q·Kᵀ")
    if p.temperature != 1:
        formula = same(f"{{f}} / {p.temperature:g}").format(f=formula)
    if p.heads > 1:
        formula = Text("{f}, head {h}", "{f}, голова {h}").format(f=formula, h=head + 1)

    scores = Panel(
        "scores",
        formula,
        "probability",
        trace.scores[head],
        tokens,
        tokens,
        "signed" if (trace.scores[head][~trace.is_masked] < 0).any() else "role",
        2,
        2,
        links=(Link("Q", "i", own), Link("K", "j", own)),
    )
    weights = Panel(
        "weights",
        Text("Attention weights", "Веса внимания"),
        "probability",
        trace.weights[head],
        tokens,
        tokens,
        "probability",
        step=3,
        links=(Link("scores", "i", "*"),),
    )
    columns = tuple(dims[j] for j in own)
    output = Panel(
        "output",
        Text("Output", "Выход") if p.heads == 1 else Text("Output of head {h}", "Выход головы {h}").format(h=head + 1),
        "V",
        trace.output[:, trace.head_slice(head)],
        tokens,
        columns,
        step=4,
        links=(Link("weights", "i", "*"), Link("V", "*", own if len(own) == 1 else "j")),
    )
    last: tuple[Panel | Arrow, ...] = (
        scores,
        Arrow(Text("softmax of each row", "softmax по строке"), 3),
        weights,
        Arrow(same("·V"), 4),
        output,
    )
    if p.heads > 1:
        both = Panel("concat", Text("Heads side by side", "Головы рядом"), "V", trace.output, tokens, dims, step=4)
        last = (*last, both)
    return Board(
        rows=(
            (
                Panel("X", Text("X, embeddings", "X, эмбеддинги"), "X", trace.X, tokens, none2, editable=True),
                weight("W_Q", "Q", p.W_Q),
                weight("W_K", "K", p.W_K),
                weight("W_V", "V", p.W_V),
            ),
            tuple(projected(name, values) for name, values in (("Q", trace.Q), ("K", trace.K), ("V", trace.V))),
            last,
        ),
        steps=STEPS,
        alt=Text(
            "Attention of {n} words, step by step, as linked matrices",
            "Внимание {n} слов по шагам, связанными матрицами",
        ).format(n=len(tokens)),
    )


def weights_of_keys(trace: SaturationTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """The weight that each random key gets."""
    title = Text("weight", "вес").get(lang)
    names = [f"k{n + 1}" for n in range(trace.params.keys)]
    return bars(names, trace.weights, theme=theme, role="probability", y_title=title, y_range=(0.0, 1.1))


def saturation_curves(trace: SaturationTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """How much gradient the softmax lets through, against the width of a head, with and without the scaling."""
    return curves(
        WIDTHS,
        [
            Curve(Text("divided by √d_k", "делим на √d_k").get(lang), trace.gradients[1], "Q"),
            Curve(Text("not divided", "не делим").get(lang), trace.gradients[0], "K", "dash", "square"),
        ],
        theme=theme,
        x_title="d_k",
        y_title=Text("mean ‖∂w/∂s‖", "среднее ‖∂w/∂s‖").get(lang),
        log_x=True,
        log_y=True,
        here=trace.params.d_k,
    )


def head_scatter(trace: SentenceTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Every head by how far it looks and how spread its attention is; `customdata` is layer.head."""
    summary = trace.summary
    layers, heads = summary.entropy.shape
    layer, head = np.indices((layers, heads))
    figure = go.Figure(layout=layout(theme, showlegend=False))
    figure.add_scatter(
        x=summary.distance.ravel().astype(np.float32),
        y=summary.entropy.ravel().astype(np.float32),
        mode="markers",
        marker={
            "color": layer.ravel().astype(np.int16) + 1,
            "colorscale": [(0.0, color("masked", theme)), (1.0, color("probability", theme))],
            "cmin": 1,
            "cmax": layers,
            "size": 11,
            "line": {"color": color("paper", theme), "width": 1},
            "colorbar": {"title": Text("layer", "слой").get(lang), "thickness": 10, "outlinewidth": 0},
        },
        customdata=[f"{a}.{b}" for a, b in zip(layer.ravel(), head.ravel(), strict=True)],
        text=[
            Text("layer {a}, head {b}", "слой {a}, голова {b}").format(a=a + 1, b=b + 1).get(lang)
            for a, b in zip(layer.ravel(), head.ravel(), strict=True)
        ],
        hovertemplate="%{text}<br>%{x:.2f} · %{y:.2f}<extra></extra>",
    )
    figure.add_scatter(
        x=[float(summary.distance[trace.layer, trace.head])],
        y=[float(summary.entropy[trace.layer, trace.head])],
        mode="markers+text",
        marker={"symbol": "circle-open", "size": 20, "color": color("ink", theme), "line": {"width": 2.5}},
        text=[f"{trace.layer + 1}·{trace.head + 1}"],
        textposition="top center",
        hoverinfo="skip",
    )
    limit = float(np.log2(len(trace.tokens)))
    figure.add_hline(
        y=limit,
        line={"color": color("quiet", theme), "dash": "dot", "width": 1.5},
        annotation_text=Text("all tokens alike: log₂ {n}", "все токены поровну: log₂ {n}")
        .format(n=len(trace.tokens))
        .get(lang),
        annotation_font_color=color("quiet", theme),
    )
    figure.update_xaxes(title=Text("mean distance, tokens", "среднее расстояние, токены").get(lang), rangemode="tozero")
    figure.update_yaxes(title=Text("entropy, bits", "энтропия, биты").get(lang), rangemode="tozero")
    return figure


def effect_bars(trace: WordsTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Per token: its share of the attention, and its share of what leaving tokens out changes."""
    names = [f"{n + 1}. {trace.tokens.shown[k]}" for n, k in enumerate(trace.words)]
    figure = go.Figure(layout=layout(theme, barmode="group", bargap=0.25))
    total = float(trace.effect.sum()) or 1.0
    series = (
        (Text("attention received", "полученное внимание"), trace.received, "probability", ""),
        (Text("effect of leaving it out", "эффект удаления"), trace.effect / total, "K", "/"),
    )
    for name, values, role, pattern in series:
        figure.add_bar(
            y=names,
            x=values.astype(np.float32),
            orientation="h",
            name=name.get(lang),
            marker={"color": color(role, theme), "pattern": {"shape": pattern, "fillmode": "overlay", "size": 6}},
            hovertemplate="%{y}: %{x:.1%}<extra></extra>",
        )
    figure.update_xaxes(title=Text("share", "доля").get(lang), tickformat=".0%", rangemode="tozero")
    figure.update_yaxes(autorange="reversed", type="category")
    return figure


def shift_scatter(trace: ExplanationTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Per head: its distance from uniform attention, and what making it uniform changes."""
    layer, head = np.indices(trace.shift.shape)
    figure = go.Figure(layout=layout(theme, showlegend=False))
    figure.add_scatter(
        x=trace.moved.ravel().astype(np.float32),
        y=np.maximum(trace.shift.ravel(), 1e-8).astype(np.float32),
        mode="markers",
        marker={"color": color("probability", theme), "size": 8, "opacity": 0.7},
        text=[
            Text("layer {a}, head {b}", "слой {a}, голова {b}").format(a=a + 1, b=b + 1).get(lang)
            for a, b in zip(layer.ravel(), head.ravel(), strict=True)
        ],
        hovertemplate="%{text}<br>%{x:.2f} · %{y:.2g}<extra></extra>",
    )
    mean = float(trace.effect.mean())
    figure.add_hline(
        y=mean,
        line={"color": color("K", theme), "dash": "dash", "width": 1.5},
        annotation_text=Text("one token left out, on average", "удалить один токен, в среднем").get(lang),
        annotation_font_color=color("K", theme),
    )
    figure.update_xaxes(
        title=Text("distance of the head from uniform", "расстояние головы от равномерной").get(lang), range=[0, 1]
    )
    title = Text("turn of the sentence vector, 1 − cos", "поворот вектора предложения, 1 − cos").get(lang)
    figure.update_yaxes(title=title, type="log", exponentformat="power", dtick=1)
    return figure

"""Pictures of the attention rooms."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from core.attention.saturation import WIDTHS, SaturationTrace
from core.attention.worked import WorkedTrace
from core.figures.board import Arrow, Board, Link, Panel
from core.figures.plots import Curve, bars, curves
from core.figures.theme import Theme
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
        "signed" if (trace.scores[head] < 0).any() else "role",
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

"""Pictures of the activations room: data for its browser components, and the boards and curves of softmax."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.figures.board import Board, Link, Panel
from core.figures.plots import layout
from core.figures.theme import Theme, color
from core.foundations.activation_curve import BOUND, CurveTrace, grid
from core.foundations.activation_depth import LOG_RANGE, SIGNAL_RANGE, DepthTrace
from core.foundations.activation_dying import EDGE, GRID, RESCUE_AT, DyingTrace
from core.foundations.activations import ACTIVATIONS
from core.foundations.softmax_temperature import TEMPERATURES, TemperatureTrace
from core.i18n import Lang, Text, same

THUMB_STEP = 20


def pack(values: npt.NDArray[Any], dtype: npt.DTypeLike) -> str:
    """Little-endian bytes as base64: a typed array on the other side."""
    little = np.ascontiguousarray(values, dtype=np.dtype(dtype).newbyteorder("<"))
    return base64.b64encode(little.tobytes()).decode("ascii")


def curve_data(trace: CurveTrace, lang: Lang) -> dict[str, Any]:
    """Both curves, the saturated zones, and a small picture of every function (assets/components/activation.js)."""
    p = trace.params
    x = grid()[::THUMB_STEP]
    has_other = p.other not in ("none", p.kind)
    return {
        "bound": BOUND,
        "f": pack(trace.f, np.float32),
        "slope": pack(trace.slope, np.float32),
        "other": pack(trace.other, np.float32) if has_other else None,
        "otherSlope": pack(trace.other_slope, np.float32) if has_other else None,
        "zones": trace.zones,
        "epsilon": p.epsilon,
        "here": trace.here,
        "kind": p.kind,
        "name": ACTIVATIONS[p.kind].title.get(lang),
        "otherName": ACTIVATIONS[p.other].title.get(lang) if has_other else "",
        "thumbs": [
            [name, item.title.get(lang), np.round(item.value(x, p.alpha(name)).numpy(), 2).tolist()]
            for name, item in ACTIVATIONS.items()
        ],
    }


def depth_data(trace: DepthTrace) -> dict[str, Any]:
    """One column a layer: histograms of the signal and of the gradient, and their sizes (assets/components/layers.js).

    Sizes are powers of ten, null where a size is 0 or overflowed.
    """
    return {
        "layers": trace.params.depth,
        "bins": int(trace.signal_bins.shape[1]),
        "signal": pack(trace.signal_bins, np.float32),
        "gradient": pack(trace.gradient_bins, np.float32),
        "range": SIGNAL_RANGE,
        "log": LOG_RANGE,
        "std": _logs(trace.std),
        "size": _logs(trace.gradient),
        "mean": [round(float(v), 4) if np.isfinite(v) and abs(v) < 1e6 else None for v in trace.mean],
        "saturated": [None if np.isnan(v) else round(float(v), 4) for v in trace.saturated],
    }


def _logs(sizes: npt.NDArray[np.float64]) -> list[float | None]:
    return [round(float(np.log10(v)), 3) if np.isfinite(v) and v > 0 else None for v in sizes]


def dying_data(trace: DyingTrace) -> dict[str, Any]:
    """The recorded run: what the net says of the plane, its hinges, and which units are active (dying.js).

    hinges (step, units, 3): w₁, w₂, b of the line w·x + b = 0, scaled to length 1 of w.
    """
    length = np.linalg.norm(trace.W, axis=2, keepdims=True)
    length = np.where(length > 0, length, 1.0)
    hinges = np.concatenate([trace.W / length, trace.b[..., None] / length], axis=2)
    return {
        "steps": trace.steps,
        "units": trace.params.units,
        "grid": GRID,
        "edge": EDGE,
        "rescue": RESCUE_AT if trace.params.rescue != "none" else None,
        "X": np.round(trace.X, 2).tolist(),
        "y": trace.y.astype(int).tolist(),
        "plane": pack(np.round(trace.plane * 255), np.uint8),
        "hinges": pack(hinges, np.float32),
        "active": pack(trace.active, np.float32),
        "isDead": pack(trace.is_dead, np.uint8),
        "dead": [round(float(v), 4) for v in trace.dead],
        "accuracy": [round(float(v), 4) for v in trace.accuracy],
        "loss": [round(float(v), 4) for v in trace.loss],
    }


STEPS = (
    Text("logits", "логиты"),
    Text("divided by T", "делим на T"),
    Text("powers of e", "степени e"),
    Text("softmax", "softmax"),
    Text("Jacobians", "якобианы"),
)


def temperature_board(trace: TemperatureTrace) -> Board:
    """Logits, s/T, powers, p and the sigmoids as rows of one number a logit; both Jacobians under them."""
    names = trace.names

    def line(name: str, title: Text, values: npt.NDArray[np.float64], step: int, *links: Link, **more: Any) -> Panel:
        more = {"role": "probability", "scale": "probability", **more}
        return Panel(name, title, values=values[None], rows=("",), cols=names, step=step, links=links, **more)

    def square(name: str, title: Text, values: npt.NDArray[np.float64], source: str) -> Panel:
        links = (Link(source, (0,), "i"), Link(source, (0,), "j"))
        return Panel(name, title, "gradient", values, names, names, "signed", step=4, links=links)

    given = {"role": "X", "scale": "signed", "decimals": 2}
    return Board(
        rows=(
            (
                line("s", Text("logits s", "логиты s"), trace.s, 0, **given),
                line("scaled", same("s / T"), trace.scaled, 1, Link("s", (0,), "j"), **given),
            ),
            (
                line("powers", same("e^(s/T − max)"), trace.powers, 2, Link("scaled", (0,), "j")),
                line("p", SHARES, trace.p, 3, Link("powers", (0,), "*")),
            ),
            (line("separate", SEPARATE, trace.separate, 3, Link("s", (0,), "j")),),
            (
                square("jacobian", JACOBIAN, trace.jacobian, "p"),
                square("separate_jacobian", DIAGONAL, trace.separate_jacobian, "separate"),
            ),
        ),
        steps=STEPS,
        alt=Text(
            "Softmax of {n} logits step by step, with its Jacobian beside that of the sigmoid",
            "Softmax от {n} логитов по шагам, его якобиан и рядом якобиан сигмоиды",
        ).format(n=len(trace.s)),
    )


SHARES = Text("p = softmax(s / T), sum 1", "p = softmax(s / T), сумма 1")
SEPARATE = Text("for comparison: σ(s), each by itself", "для сравнения: σ(s), каждый сам по себе")
JACOBIAN = Text("softmax: ∂p (row) / ∂s (column)", "softmax: ∂p (строка) / ∂s (столбец)")
DIAGONAL = Text("σ: ∂σ (row) / ∂s (column)", "σ: ∂σ (строка) / ∂s (столбец)")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot", "5px,2px,1px,2px", "10px,3px")


def temperature_curves(trace: TemperatureTrace, picked: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """Every p against T, the picked logit strong, and the entropy as a share of the largest possible."""
    figure = go.Figure(layout=layout(theme))
    T = np.array(TEMPERATURES, dtype=np.float32)
    for k in range(len(trace.s)):
        is_picked = k == picked
        figure.add_scatter(
            x=T,
            y=trace.curves[:, k].astype(np.float32),
            name=f"p{k + 1}",
            mode="lines",
            line={
                "color": color("probability" if is_picked else "quiet", theme),
                "width": 3.5 if is_picked else 1.5,
                "dash": DASHES[k],
            },
            hovertemplate=f"p{k + 1} = %{{y:.3f}}<extra></extra>",
        )
    figure.add_scatter(
        x=T,
        y=(trace.entropies / np.log2(len(trace.s))).astype(np.float32),
        name=Text("entropy H / log₂ n", "энтропия H / log₂ n").get(lang),
        mode="lines",
        line={"color": color("V", theme), "width": 2, "dash": "dash"},
        hovertemplate="%{y:.3f}<extra></extra>",
    )
    figure.add_vline(x=trace.params.temperature, line={"color": color("ink", theme), "dash": "dot", "width": 1.5})
    figure.add_hline(y=1 / len(trace.s), line={"color": color("masked", theme), "width": 1})
    figure.update_xaxes(
        title=Text("temperature T", "температура T").get(lang), type="log", tickvals=[0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10]
    )
    figure.update_yaxes(title=Text("share", "доля").get(lang), range=[-0.03, 1.03])
    return figure

"""Charts that every room shares: curves, bars, scatter. Plotly figures from small arrays.

Backgrounds are transparent and the text's colour is left to the page, so a figure sits in either theme; colours of
meaning come from `core.figures.theme`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.figures.theme import Theme, color


@dataclass(frozen=True)
class Curve:
    """One line: `role` is its colour; `dash` and the marker tell it apart without colour."""

    name: str
    y: npt.ArrayLike
    role: str
    dash: str = "solid"
    marker: str = "circle"


def layout(theme: Theme, **more: object) -> dict[str, object]:
    """What all charts look like."""
    axis = {
        "gridcolor": color("line", theme),
        "zerolinecolor": color("line", theme),
        "linecolor": color("line", theme),
        "automargin": True,
        "title": {"font": {"size": 13}},
    }
    return {
        "template": "none",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "Source Sans, sans-serif", "size": 13, "color": color("ink", theme)},
        "margin": {"l": 50, "r": 12, "t": 34, "b": 42},
        "hoverlabel": {"bgcolor": color("paper", theme), "font": {"color": color("ink", theme)}},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"},
        "xaxis": axis,
        "yaxis": axis,
        **more,
    }


def curves(
    x: npt.ArrayLike,
    lines: Sequence[Curve],
    *,
    theme: Theme,
    x_title: str,
    y_title: str,
    log_x: bool = False,
    log_y: bool = False,
    here: float | None = None,
) -> go.Figure:
    """Lines over one axis; `here` is a vertical mark at the present value of a control."""
    figure = go.Figure(layout=layout(theme))
    for line in lines:
        figure.add_scatter(
            x=np.asarray(x),
            y=np.asarray(line.y, dtype=np.float32),
            name=line.name,
            mode="lines+markers",
            line={"color": color(line.role, theme), "dash": line.dash, "width": 2},
            marker={"symbol": line.marker, "size": 7},
        )
    figure.update_xaxes(title=x_title, type="log" if log_x else "linear", tickvals=np.asarray(x) if log_x else None)
    figure.update_yaxes(title=y_title, type="log" if log_y else "linear", exponentformat="power")
    if log_y:
        figure.update_yaxes(dtick=1)
    if here is not None:
        figure.add_vline(x=here, line={"color": color("quiet", theme), "dash": "dot", "width": 1.5})
    return figure


def bars(
    names: Sequence[str],
    values: npt.ArrayLike,
    *,
    theme: Theme,
    role: str,
    y_title: str,
    y_range: tuple[float, float] | None = None,
) -> go.Figure:
    """One bar a name, the number written over it."""
    heights = np.asarray(values, dtype=np.float32)
    figure = go.Figure(layout=layout(theme))
    figure.add_bar(
        x=list(names),
        y=heights,
        marker={"color": color(role, theme)},
        text=[f"{v:.3f}" for v in heights],
        textposition="outside",
        cliponaxis=False,
    )
    figure.update_yaxes(title=y_title, range=y_range)
    figure.update_xaxes(type="category")
    return figure

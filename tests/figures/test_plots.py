"""Shared charts: coordinates and words are read from the figure, not from its pixels."""

import json
from typing import Any, get_args

import numpy as np
import plotly.graph_objects as go
import pytest

from core.figures.plots import Curve, bars, curves, layout
from core.figures.theme import Theme, color

THEMES: tuple[Theme, ...] = get_args(Theme)
X = [1, 10, 100]
LINES = [Curve("up", [1.0, 2.0, 3.0], "Q"), Curve("down", [3.0, 2.0, 1.0], "K", "dash", "square")]


def two_curves(**more: Any) -> go.Figure:
    return curves(X, LINES, theme="light", x_title="d", y_title="g", **more)


def test_curves_carry_their_numbers_and_names() -> None:
    figure = two_curves()
    assert [line.name for line in figure.data] == ["up", "down"]
    for line, given in zip(figure.data, LINES, strict=True):
        np.testing.assert_array_equal(line.x, X)
        np.testing.assert_array_equal(line.y, given.y)
        assert np.asarray(line.y).dtype == np.float32
    assert figure.layout.xaxis.title.text == "d"
    assert figure.layout.yaxis.title.text == "g"


def test_curves_can_be_told_apart_without_colour() -> None:
    looks = [(line.line.dash, line.marker.symbol) for line in two_curves().data]
    assert looks == [("solid", "circle"), ("dash", "square")]


def test_axes_are_logarithmic_when_asked() -> None:
    plain, log = two_curves(), two_curves(log_x=True, log_y=True)
    assert (plain.layout.xaxis.type, plain.layout.yaxis.type) == ("linear", "linear")
    assert (log.layout.xaxis.type, log.layout.yaxis.type) == ("log", "log")
    assert list(log.layout.xaxis.tickvals) == X
    assert plain.layout.xaxis.tickvals is None


@pytest.mark.parametrize("here", [0, 10, 64.0])
def test_the_present_value_is_marked(here: float) -> None:
    assert not two_curves().layout.shapes
    (mark,) = two_curves(here=here).layout.shapes
    assert mark.x0 == mark.x1 == here


def test_bars_say_their_numbers() -> None:
    figure = bars(["1", "02", "a"], [0.1, 0.25, 1.0], theme="light", role="probability", y_title="w", y_range=(0, 1))
    (bar,) = figure.data
    assert list(bar.x) == ["1", "02", "a"]
    np.testing.assert_array_equal(bar.y, np.float32([0.1, 0.25, 1.0]))
    assert list(bar.text) == ["0.100", "0.250", "1.000"]
    # Names that look like numbers stay names.
    assert figure.layout.xaxis.type == "category"
    assert tuple(figure.layout.yaxis.range) == (0, 1)
    assert figure.layout.yaxis.title.text == "w"


@pytest.mark.parametrize("theme", THEMES)
def test_a_chart_sits_in_either_theme(theme: Theme) -> None:
    for figure in (
        curves(X, LINES, theme=theme, x_title="x", y_title="y", here=10),
        bars(["a"], [1.0], theme=theme, role="V", y_title="y"),
    ):
        assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert figure.layout.font.color == color("ink", theme)
        assert figure.layout.xaxis.gridcolor == color("line", theme)
        json.loads(figure.to_json())
    assert [line.line.color for line in curves(X, LINES, theme=theme, x_title="x", y_title="y").data] == [
        color("Q", theme),
        color("K", theme),
    ]
    assert bars(["a"], [1.0], theme=theme, role="V", y_title="y").data[0].marker.color == color("V", theme)


def test_a_layout_can_be_added_to() -> None:
    base, more = layout("light"), layout("light", showlegend=False, barmode="group")
    assert {**base, "showlegend": False, "barmode": "group"} == more
    assert go.Figure(layout=more).layout.barmode == "group"

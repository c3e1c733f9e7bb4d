"""What the components of the activations room are given, and the softmax board."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from core.arithmetic import Cell
from core.figures.activations import curve_data, depth_data, dying_data, temperature_board, temperature_curves
from core.foundations import activation_curve, activation_depth, activation_dying, softmax_temperature
from core.foundations.activation_curve import CurveParams
from core.foundations.activation_depth import BINS, DepthParams
from core.foundations.activation_dying import GRID, DyingParams
from core.foundations.softmax_temperature import TemperatureParams


def unpack(words: str, dtype: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(words), dtype=dtype)


def test_curves_arrive_as_they_are():
    trace = activation_curve.run(CurveParams(kind="silu", other="gelu", x=-2.5))
    data = curve_data(trace, "ru")
    assert unpack(data["f"], "<f4") == pytest.approx(trace.f, abs=1e-6)
    assert unpack(data["otherSlope"], "<f4") == pytest.approx(trace.other_slope, abs=1e-6)
    assert -8 + 0.01 * data["here"] == pytest.approx(-2.5)
    assert [name for name, _, _ in data["thumbs"]] == list(activation_curve.KINDS)
    json.dumps(data, allow_nan=False)


def test_the_same_function_is_not_laid_over_itself():
    assert curve_data(activation_curve.run(CurveParams(kind="silu", other="silu")), "en")["other"] is None


@pytest.mark.parametrize("kind", ["relu", "sigmoid", "softplus"])
def test_layers_arrive_even_from_an_explosion(kind):
    trace = activation_depth.run(DepthParams(kind=kind, init="unit", gain=3.0, depth=50, width=64))
    data = depth_data(trace)
    assert unpack(data["signal"], "<f4").size == 51 * BINS
    assert len(data["std"]) == len(data["saturated"]) == 51
    assert data["size"][-1] == pytest.approx(np.log10(trace.gradient[-1]), abs=1e-3)
    json.dumps(data, allow_nan=False)


def test_a_size_of_zero_has_no_logarithm():
    trace = activation_depth.run(DepthParams(kind="relu", depth=2, width=16))
    none = trace.__class__(**{**trace.__dict__, "gradient": np.zeros(3)})
    assert depth_data(none)["size"] == [None, None, None]


def test_hinges_are_the_lines_of_the_units():
    trace = activation_dying.run(DyingParams(units=8, lg_rate=0.0))
    data = dying_data(trace)
    hinges = unpack(data["hinges"], "<f4").reshape(len(trace.steps), 8, 3)
    assert np.linalg.norm(hinges[..., :2], axis=-1) == pytest.approx(np.ones((len(trace.steps), 8)), abs=1e-5)
    # A point on the line gives the unit's sum 0.
    w1, w2, b = hinges[-1, 0]
    assert trace.W[-1, 0] @ np.array([-b * w1, -b * w2]) + trace.b[-1, 0] == pytest.approx(0, abs=1e-5)
    assert unpack(data["plane"], "u1").size == len(trace.steps) * GRID * GRID
    assert data["rescue"] is None
    json.dumps(data, allow_nan=False)


def test_a_run_that_diverged_still_arrives():
    trace = activation_dying.run(DyingParams(kind="leaky_relu", lg_rate=1.5))
    json.dumps(dying_data(trace), allow_nan=False)


@pytest.mark.parametrize("logits", ["1 2", "1 2 3 4 5 6 7 8"])
def test_softmax_board_links_to_cells_that_exist(logits):
    trace = softmax_temperature.run(TemperatureParams(logits=logits))
    board = temperature_board(trace)
    ids = {panel.id for panel in board.panels()}
    assert ids == {"s", "scaled", "powers", "p", "separate", "jacobian", "separate_jacobian"}
    assert {link.panel for panel in board.panels() for link in panel.links} <= ids
    assert board.has(Cell("p", 0, len(trace.s) - 1))
    assert max(panel.step for panel in board.panels()) == len(board.steps) - 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_temperature_curves_mark_the_picked_logit_by_width_too(theme):
    trace = softmax_temperature.run(TemperatureParams(logits="1 2 3 4 5 6 7 8"))
    figure = temperature_curves(trace, 3, theme=theme, lang="ru")
    widths = [line.line.width for line in figure.data[:8]]
    assert max(widths) == widths[3]
    assert len({line.line.dash for line in figure.data[:8]}) == 8
    assert figure.data[3].y == pytest.approx(trace.curves[:, 3], abs=1e-6)

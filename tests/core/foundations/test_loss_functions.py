"""Losses against torch and autograd, and every claim that the room makes about them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import join
from core.foundations.losses import CLASSIFICATION, LOSSES, REGRESSION, focal, huber
from core.foundations.losses_lab import BOUND, STEP, PredictionParams, explain, grid, reference, run, tables
from core.i18n import LANGS

CASES = [(name, y) for name in CLASSIFICATION for y in (0.0, 1.0)] + [(name, 0.5) for name in REGRESSION]
EXTREME = np.array([-745.0, -300.0, -40.0, -1e-9, 0.3, 40.0, 300.0, 745.0])


def at(name: str, **values: Any) -> tuple[float, float]:
    return run(PredictionParams(**values)).at(name)


@pytest.mark.parametrize(("name", "y"), CASES)
@pytest.mark.parametrize("own", [0.3, 1.0, 2.0])
def test_value_and_gradient_equal_torch(name, y, own):
    loss = CLASSIFICATION.get(name) or REGRESSION[name]
    own = min(own, 0.5) if name == "smoothing" else own
    x = torch.from_numpy(np.linspace(-6, 6, 481)).requires_grad_()
    theirs = loss.library(x, torch.full_like(x, y).detach(), own)
    theirs.sum().backward()
    ours = x.detach().numpy()
    assert np.abs(loss.value(ours, y, own) - theirs.detach().numpy()).max() <= 1e-12
    assert np.abs(loss.slope(ours, y, own) - x.grad.numpy()).max() <= 1e-12


@pytest.mark.parametrize(("name", "y"), CASES)
def test_nothing_overflows(name, y):
    loss = CLASSIFICATION.get(name) or REGRESSION[name]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert np.isfinite(loss.value(EXTREME, y, 0.5)).all()
        assert np.isfinite(loss.slope(EXTREME, y, 0.5)).all()


def test_one_case_by_hand():
    # z = 0: p = ½. Cross-entropy ln 2, gradient ½ − 1; squared error ¼, gradient 2·(−½)·¼; focal (½)²·ln 2.
    z = np.zeros(1)
    assert CLASSIFICATION["cross_entropy"].value(z, 1.0, 0)[0] == pytest.approx(math.log(2), abs=1e-15)
    assert CLASSIFICATION["cross_entropy"].slope(z, 1.0, 0)[0] == -0.5
    assert CLASSIFICATION["brier"].value(z, 1.0, 0)[0] == 0.25
    assert CLASSIFICATION["brier"].slope(z, 1.0, 0)[0] == -0.25
    assert CLASSIFICATION["focal"].value(z, 1.0, 2.0)[0] == pytest.approx(math.log(2) / 4, abs=1e-15)
    assert huber(np.array([3.0, 0.5]), 1.0).tolist() == [2.5, 0.125]


@settings(deadline=None, max_examples=60)
@given(z=st.floats(-30, 30), y=st.sampled_from([0.0, 1.0]), gamma=st.floats(0, 5))
def test_focal_never_exceeds_the_cross_entropy(z, y, gamma):
    x = np.array([z])
    assert focal(x, y, gamma)[0] <= CLASSIFICATION["cross_entropy"].value(x, y, 0)[0] + 1e-15


@settings(deadline=None, max_examples=60)
@given(x=st.floats(-50, 50), h=st.floats(1e-3, 1.0), own=st.floats(0.1, 5))
@pytest.mark.parametrize("name", REGRESSION)
def test_regression_losses_are_convex_even_and_zero_at_the_truth(name, x, h, own):
    loss = REGRESSION[name]
    left, middle, right = loss.value(np.array([x - h, x, x + h]), 0.0, own)
    assert middle <= (left + right) / 2 + 1e-9 * max(1.0, abs(middle))
    assert loss.value(np.zeros(1), 0.0, own)[0] == 0
    assert np.ptp(loss.value(np.array([x, -x]), 0.0, own)) == 0


@pytest.mark.parametrize("values", [{}, {"label": "0"}, {"task": "regression"}, {"task": "regression", "delta": 0.1}])
def test_the_live_check_passes(values):
    for check in reference(run(PredictionParams(**values))):
        assert check.passed, check


def test_the_grid_holds_every_place_of_the_slider():
    x = grid()
    assert x[0] == -BOUND
    assert x[-1] == BOUND
    assert np.abs(np.diff(x) - STEP).max() < 1e-12
    for z in (-6.0, -2.0, 0.0, 0.15, 5.95, 6.0):
        trace = run(PredictionParams(z=z))
        assert trace.x[trace.here] == pytest.approx(z, abs=1e-12)


@pytest.mark.parametrize("task", LOSSES)
@pytest.mark.parametrize("label", ["0", "1"])
@pytest.mark.parametrize("lang", LANGS)
def test_the_arithmetic_ends_in_the_numbers_of_the_trace(task, label, lang):
    trace = run(PredictionParams(task=task, label=label))
    for name in trace.names:
        lines = [join(line) for line in explain(trace, name, lang)]
        value, slope = trace.at(name)
        for line, number in zip(lines[1:3], (value, slope), strict=True):
            shown = float(line.rsplit(" = ", 1)[1].replace("−", "-"))
            assert shown == pytest.approx(number, abs=6e-5)


def test_tables_are_finite_and_labelled():
    for task in LOSSES:
        for table in tables(run(PredictionParams(task=task))):
            assert table.values.shape == (len(table.rows), len(table.cols))
            assert np.isfinite(table.values).all()


# ---------------------------------------------------------------------------------------------------------------------
# What the room says


def test_focal_with_gamma_0_is_the_cross_entropy():
    trace = run(PredictionParams(gamma=0.0))
    names = trace.names
    assert (trace.values[names.index("focal")] == trace.values[names.index("cross_entropy")]).all()
    assert np.ptp(trace.slopes[[names.index("focal"), names.index("cross_entropy")]], axis=0).max() < 1e-15


def test_focal_takes_weight_from_easy_examples_but_not_gradient_from_all():
    assert at("focal", z=3.0)[0] < at("cross_entropy", z=3.0)[0] / 100
    # Around a hard example focal's gradient is even larger: at γ = 2 it is 1.077 against 0.881.
    assert abs(at("focal")[1]) == pytest.approx(1.0767, abs=5e-5)
    assert abs(at("cross_entropy")[1]) == pytest.approx(0.8808, abs=5e-5)


def test_nll_of_the_log_softmax_is_the_cross_entropy():
    trace = run(PredictionParams())
    assert np.ptp(trace.values[[0, 1]], axis=0).max() < 1e-14


def test_squared_error_of_a_sigmoid_has_no_gradient_where_it_is_most_wrong():
    ce, mse = abs(at("cross_entropy", z=-6.0)[1]), abs(at("brier", z=-6.0)[1])
    assert ce == pytest.approx(0.9975, abs=5e-5)
    assert mse == pytest.approx(0.0049, abs=5e-5)
    assert 200 < ce / mse < 203


def test_softmax_twice_never_falls_below_its_floor_and_never_rises_far():
    values = CLASSIFICATION["double"].value(np.array([-40.0, 6.0, 40.0]), 1.0, 0)
    assert values[2] == pytest.approx(math.log(1 + math.exp(-1)), abs=1e-12)
    assert round(float(values[2]), 4) == 0.3133
    assert round(float(values[1]), 4) == 0.3146
    assert round(float(values[0]), 4) == 1.3133
    assert abs(run(PredictionParams()).slopes[6]).max() < 0.27


def test_label_smoothing_punishes_certainty():
    # ε = 0.1: the least loss stands at p = 0.95; beyond it the gradient turns.
    p = 0.95
    z = np.array([math.log(p / (1 - p))])
    assert abs(CLASSIFICATION["smoothing"].slope(z, 1.0, 0.1)[0]) < 1e-15
    assert at("smoothing", z=4.0)[1] > 0 > at("cross_entropy", z=4.0)[1]


def test_hinge_is_silent_beyond_the_margin():
    assert at("hinge", z=1.05) == (0.0, 0.0)
    assert at("hinge", z=0.95)[1] == -1


def test_huber_and_smooth_l1_are_the_same_only_at_delta_1():
    def gap(delta: float) -> float:
        trace = run(PredictionParams(task="regression", delta=delta))
        return float(np.abs(trace.values[2] - trace.values[3]).max())

    assert gap(1.0) == 0
    assert gap(0.9) > 0.1
    values = {name: at(name, task="regression", delta=0.1)[0] for name in ("huber", "smooth_l1")}
    assert values["smooth_l1"] == pytest.approx(10 * values["huber"], rel=1e-12)


def test_an_error_twice_as_large_costs_mse_four_times_and_mae_twice():
    for name, factor in (("mse", 4), ("mae", 2)):
        assert at(name, task="regression", guess=4.0)[0] == factor * at(name, task="regression", guess=2.0)[0]
    assert at("mse", task="regression", guess=4.0)[1] == 8
    assert at("mae", task="regression", guess=4.0)[1] == at("huber", task="regression", guess=4.0)[1] == 1

"""Activations: value and derivative beside torch and autograd, cases by hand, and the ends of the float range."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.foundations.activations import ACTIVATIONS, moments, slope_by_autograd

WIDE = torch.cat([torch.linspace(-60, 60, 4801, dtype=torch.float64), torch.tensor([0.0, -0.0], dtype=torch.float64)])


def alpha_of(kind: str) -> float:
    return ACTIVATIONS[kind].alpha or 0.0


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_value_and_derivative_are_those_of_torch(kind):
    item, alpha = ACTIVATIONS[kind], alpha_of(kind)
    assert (item.value(WIDE, alpha) - item.library(WIDE, alpha)).abs().max() <= 1e-12
    assert (item.derivative(WIDE, alpha) - slope_by_autograd(kind, WIDE, alpha)).abs().max() <= 1e-12


@given(
    kind=st.sampled_from(sorted(ACTIVATIONS)),
    x=st.floats(-30, 30),
    alpha=st.floats(0.0, 2.0),
)
@settings(deadline=None, max_examples=150)
def test_any_point_and_any_alpha(kind, x, alpha):
    at, item = torch.tensor([x], dtype=torch.float64), ACTIVATIONS[kind]
    assert abs(float(item.value(at, alpha) - item.library(at, alpha))) <= 1e-12
    # At the corner of a function torch's choice is compared in the grid; here α = 0 makes ELU's a matter of taste.
    if x != 0:
        assert abs(float(item.derivative(at, alpha) - slope_by_autograd(kind, at, alpha))) <= 1e-12


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_nothing_overflows(kind):
    far = torch.tensor([-1e70, -1e6, -800.0, 800.0, 1e6, 1e70], dtype=torch.float64)
    item, alpha = ACTIVATIONS[kind], alpha_of(kind)
    assert torch.isfinite(item.value(far, alpha)).all()
    assert torch.isfinite(item.derivative(far, alpha)).all()


@pytest.mark.parametrize(
    ("kind", "x", "value", "slope"),
    [
        ("relu", 0.0, 0.0, 0.0),
        ("relu", 3.0, 3.0, 1.0),
        ("leaky_relu", -2.0, -0.02, 0.01),
        ("elu", -1.0, math.exp(-1) - 1, math.exp(-1)),
        ("sigmoid", 0.0, 0.5, 0.25),
        ("tanh", 0.5, (math.e - 1) / (math.e + 1), 1 - ((math.e - 1) / (math.e + 1)) ** 2),
        ("gelu", 1.0, 0.8413447460685429, 0.8413447460685429 + math.exp(-0.5) / math.sqrt(2 * math.pi)),
        ("silu", 0.0, 0.0, 0.5),
        ("softplus", 0.0, math.log(2), 0.5),
    ],
)
def test_by_hand(kind, x, value, slope):
    at, item, alpha = torch.tensor(x, dtype=torch.float64), ACTIVATIONS[kind], alpha_of(kind)
    assert float(item.value(at, alpha)) == pytest.approx(value, abs=1e-15)
    assert float(item.derivative(at, alpha)) == pytest.approx(slope, abs=1e-15)


def test_torch_leaves_softplus_out_above_twenty():
    """Why the reference sets torch's threshold: at its default the two differ by e^−20."""
    at = torch.tensor(20.5, dtype=torch.float64)
    ours = ACTIVATIONS["softplus"].value(at, 0.0)
    assert 1e-10 < float((ours - torch.nn.functional.softplus(at)).abs()) < 2e-9


def test_moments_in_closed_form():
    relu = moments("relu", 0.0)
    assert relu.mean == pytest.approx(1 / math.sqrt(2 * math.pi), abs=1e-6)
    assert (relu.square, relu.slope_square) == pytest.approx((0.5, 0.5), abs=1e-6)
    assert relu.gain == pytest.approx(torch.nn.init.calculate_gain("relu"), abs=1e-6)
    leaky = moments("leaky_relu", 0.3)
    assert leaky.gain == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", 0.3), abs=1e-6)
    assert moments("sigmoid", 0.0).mean == pytest.approx(0.5, abs=1e-9)
    # E[x·Φ(x)] = E φ(x) = 1 / (2√π), by parts
    assert moments("gelu", 0.0).mean == pytest.approx(1 / (2 * math.sqrt(math.pi)), abs=1e-6)


def test_claims_on_gains():
    """The sources: for tanh 1.593 keeps the variance, the libraries take 5/3; the sigmoid is not zero-centred."""
    assert moments("tanh", 0.0).gain == pytest.approx(1.593, abs=5e-4)
    assert torch.nn.init.calculate_gain("tanh") == 5 / 3
    assert abs(moments("tanh", 0.0).mean) < 1e-12
    assert ACTIVATIONS["sigmoid"].value(WIDE, 0.0).min() >= 0

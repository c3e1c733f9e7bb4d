"""A stack of layers: each layer beside torch, the law of the mean squares, and what the prose says of it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.foundations.activation_depth import (
    INITS,
    DepthParams,
    explain,
    histogram,
    propagate,
    reference,
    run,
    tables,
    weight_sigma,
)
from core.foundations.activations import ACTIVATIONS
from core.i18n import LANGS


@pytest.mark.parametrize("init", INITS)
@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_every_layer_is_torchs(kind, init):
    trace = run(DepthParams(kind=kind, init=init, depth=6, width=32))
    assert all(check.passed for check in reference(trace))


def test_the_whole_gradient_is_autograds():
    """In a small stack that is not chaotic, end to end."""
    params = DepthParams(kind="gelu", init="he", depth=4, width=16)
    stack = propagate(params)
    entered = stack.a[0].clone().requires_grad_()
    at = entered
    for W in stack.W:
        at = torch.nn.functional.gelu(at @ W.T)
    at.backward(stack.delta[-1])
    assert torch.allclose(entered.grad, stack.delta[0], rtol=0, atol=1e-12)


def test_sigma_is_that_of_torchs_initialisers():
    torch.manual_seed(0)
    n, blank = 256, torch.empty(256, 256, dtype=torch.float64)
    xavier = torch.nn.init.xavier_normal_(blank.clone())
    he = torch.nn.init.kaiming_normal_(blank.clone(), nonlinearity="relu")
    assert weight_sigma("xavier", "relu", n, 1.0) == pytest.approx(float(xavier.std()), rel=0.02)
    assert weight_sigma("he", "relu", n, 1.0) == pytest.approx(float(he.std()), rel=0.02)
    assert weight_sigma("exact", "relu", n, 1.0) == pytest.approx(weight_sigma("he", "relu", n, 1.0), rel=1e-6)
    assert weight_sigma("xavier", "tanh", 1, 2.0) == 2.0


@pytest.mark.parametrize("kind", ["relu", "tanh", "gelu"])
def test_the_law_of_a_layer_holds(kind):
    """In the mean over draws: one draw of W scatters around it, more so where the signal has a mean."""
    there, back = [], []
    for seed in range(6):
        trace = run(DepthParams(kind=kind, init="he", depth=6, width=128, seed=seed))
        factor = 128 * trace.sigma**2
        there.append(trace.z_square[1:] / (factor * trace.square[:-1]))
        back.append(trace.gradient[:-1] ** 2 / (factor * trace.slope_square[1:] * trace.gradient[1:] ** 2))
    assert np.mean(there) == pytest.approx(1, abs=0.05)
    assert np.mean(back) == pytest.approx(1, abs=0.05)


def test_claims_on_twenty_layers():
    """Xavier with ReLU leaves less than a thousandth, He 0.42; sigmoid loses the gradient; saturated tanh explodes."""
    relu = run(DepthParams(kind="relu", init="xavier"))
    assert relu.params.depth == 20
    assert relu.last_signal < 1e-3
    assert run(DepthParams(kind="relu", init="he")).last_signal == pytest.approx(0.42, abs=0.005)
    sigmoid = run(DepthParams(kind="sigmoid"))
    assert sigmoid.first_gradient < 1e-10
    assert sigmoid.last_signal > 0.1
    tanh = run(DepthParams(kind="tanh", init="unit"))
    assert tanh.last_signal == pytest.approx(1, abs=0.05)
    assert tanh.first_gradient > 1e6
    burst = run(DepthParams(kind="relu", init="unit"))
    assert min(burst.last_signal, burst.first_gradient) > 1e10


@pytest.mark.parametrize("kind", ACTIVATIONS)
def test_the_largest_stack_stays_finite(kind):
    trace = run(DepthParams(kind=kind, init="unit", gain=3.0, depth=50, width=64))
    for name in ("mean", "std", "square", "gradient", "saturated", "zeros"):
        assert np.isfinite(getattr(trace, name)[1:]).all(), name


def test_histograms_hold_everything():
    trace = run(DepthParams(kind="relu", init="unit", depth=12))
    assert trace.signal_bins.sum(1) == pytest.approx(np.ones(13), abs=1e-5)
    assert trace.signal_bins[-1, -1] > 0.4
    smooth = run(DepthParams(kind="tanh", depth=5))
    assert smooth.gradient_bins.sum(1) == pytest.approx(np.ones(6), abs=1e-5)
    # Exact zeros have no logarithm and are in no bin.
    zeros = histogram(torch.tensor([0.0, 1.0]).log10(), -12, 6)
    assert zeros.sum() == pytest.approx(0.5)


def test_same_params_same_trace_and_another_seed_another():
    a, b, c = (run(DepthParams(seed=seed, depth=3, width=16)) for seed in (1, 1, 2))
    assert (a.std == b.std).all()
    assert (a.std != c.std).any()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("layer", [0, 1, 5])
def test_explained_numbers_are_those_of_the_trace(layer, lang):
    trace = run(DepthParams(kind="tanh", depth=5, width=64))
    lines = explain(trace, layer, lang)
    results = [float(p.text.replace("−", "-")) for line in lines for p in line if p.kind == "result"]
    assert results[-2:] == pytest.approx([trace.last_signal, trace.first_gradient], abs=1e-4)
    if layer:
        assert results[0] == pytest.approx(64 * trace.sigma**2 * trace.square[layer - 1], abs=1e-4)


def test_tables_are_labelled():
    for table in tables(run(DepthParams(depth=4, width=16))):
        assert table.values.shape == (len(table.rows), len(table.cols))

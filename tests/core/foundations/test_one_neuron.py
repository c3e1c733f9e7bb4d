"""One neuron: torch, a step worked by hand, the bias inside the sum, and what the prose says of its data."""

from __future__ import annotations

import numpy as np
import pytest

from core.arithmetic import join
from core.figures.neuron import neuron_data
from core.foundations.explain_neuron import explain
from core.foundations.neuron import DATA, KINDS, NeuronParams, activate, load, reference, run, tables

SURE = {"w1": -8.0, "w2": 8.0, "b": 0.0, "steps": 500}
LINEAR = {"data": "iris", "kind": "identity", "steps": 500}


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "step"])
@pytest.mark.parametrize("is_inside", [False, True])
@pytest.mark.parametrize("lg_eta", [-2.0, -0.3, 1.5])
def test_torch_walks_the_same_way(kind: str, is_inside: bool, lg_eta: float) -> None:
    for data, loss in (("own", "bce"), ("iris", "mse")):
        trace = run(NeuronParams(data=data, kind=kind, is_inside=is_inside, lg_eta=lg_eta, loss=loss))
        checks = reference(trace)
        assert len(checks) == 2
        assert all(check.passed for check in checks), checks


def test_a_step_worked_by_hand() -> None:
    # One point x = (2, −1) of class 1; w = (1, 1), b = −1: z = 0, a = ½, δ = −½.
    trace = run(NeuronParams(points=((2.0, -1.0, 1.0),), w1=1.0, w2=1.0, b=-1.0, lg_eta=0.0))
    assert trace.loss[0] == pytest.approx(np.log(2))
    assert trace.gradient[0] == pytest.approx([-1.0, 0.5, -0.5])
    assert trace.path[1] == pytest.approx([2.0, 0.5, -0.5])
    told = [join(line) for line in explain(trace, 0, 0, "en")]
    assert "z = 1·2 + 1·(−1) + (−1) = 0" in told[0]
    assert "= 0.5000" in told[1]
    assert "0.6931" in told[2]
    assert "0.500 − 1 = −0.5000" in told[3]
    assert "w₁ ← 1 − 1·(−1) = 2" in told[5]


def test_slopes_are_slopes() -> None:
    z = np.array([-3.0, -0.4, 0.3, 2.5])
    for kind in KINDS:
        value, slope = activate(z, kind)
        ahead, _ = activate(z + 1e-6, kind)
        assert slope == pytest.approx((ahead - value) / 1e-6, abs=1e-5)
    for kind in KINDS:
        assert np.isfinite(activate(np.array([-1e6, 1e6]), kind)[1]).all()


def test_the_bias_inside_the_sum_counts_twice() -> None:
    right, wrong = (run(NeuronParams(is_inside=flag, b=0.5)) for flag in (False, True))
    same = run(NeuronParams(b=1.0))
    assert wrong.loss[0] == same.loss[0]  # z = w·x + 2b
    assert wrong.gradient[0][2] == pytest.approx(2 * same.gradient[0][2])
    assert wrong.loss[0] != right.loss[0]
    assert "+ 0.500) + (" in join(explain(wrong, 0, 0, "en")[0])
    # The same line is learned, with half of b.
    ends = [run(NeuronParams(**LINEAR, lg_eta=-0.5, is_inside=flag)).path[-1] for flag in (False, True)]
    assert ends[1] == pytest.approx(ends[0] * [1, 1, 0.5], abs=1e-6)


def test_the_largest_rate_falls_to_a_half() -> None:
    X, _ = load("iris")
    for times, limit in ((1, 1.1), (2, 0.5)):
        Z = np.column_stack([X, np.full(len(X), float(times))])
        assert 2 / np.linalg.eigvalsh(Z.T @ Z / len(X)).max() == pytest.approx(limit, abs=0.005)
    assert run(NeuronParams(**LINEAR, lg_eta=0.0)).lost < 0
    assert run(NeuronParams(**LINEAR, lg_eta=-0.2, is_inside=True)).lost > 0
    ones = np.full((4, 1), 30.0)
    assert (ones.T @ ones / 4).item() == 900


def test_what_the_prose_says_of_the_data() -> None:
    irises, tumours = (run(NeuronParams(data=name, steps=500)) for name in ("iris", "tumours"))
    assert (len(irises.X), round(100 * irises.right[-1])) == (100, 94)
    assert (len(tumours.X), round(100 * tumours.right[-1])) == (569, 89)
    for name in ("iris", "tumours"):
        X, y = load(name)
        assert np.abs(X.mean(0)).max() < 1e-12
        assert X.std(0) == pytest.approx([1, 1])
        assert set(y) == {0, 1}
    assert load("tumours")[1].sum() == 212  # malignant


def test_cross_entropy_gets_out_and_squared_error_does_not() -> None:
    assert run(NeuronParams(**SURE)).right[-1] == 1
    squared = run(NeuronParams(**SURE, loss="mse"))
    assert squared.right[0] == squared.right[-1] == pytest.approx(1 / 12)


def test_a_step_and_a_dead_relu_learn_nothing() -> None:
    for params in (NeuronParams(kind="step"), NeuronParams(kind="relu", b=-8.0)):
        trace = run(params)
        assert (trace.gradient == 0).all()
        assert (trace.path == trace.path[0]).all()
    assert reference(run(NeuronParams(kind="step"))) == ()


def test_xor_as_own_points_leads_to_zero() -> None:
    corners = ((-2.0, -2.0, 0.0), (2.0, 2.0, 0.0), (-2.0, 2.0, 1.0), (2.0, -2.0, 1.0))
    trace = run(NeuronParams(points=corners, steps=500))
    assert np.abs(trace.path[-1]).max() < 1e-3
    assert trace.loss[-1] == pytest.approx(np.log(2), abs=1e-6)


@pytest.mark.parametrize("data", DATA)
def test_tables_and_data_are_finite_and_divergence_is_a_state(data: str) -> None:
    for params in (NeuronParams(data=data), NeuronParams(data=data, kind="identity", lg_eta=1.5)):
        trace = run(params)
        assert (trace.lost >= 0) == (params.kind == "identity")
        assert all(np.isfinite(table.values).all() for table in tables(trace))
        sent = neuron_data(trace)
        assert np.abs(trace.X).max() <= sent["reach"]
        assert len(explain(trace, 10**3, 10**6, "ru")) == 6

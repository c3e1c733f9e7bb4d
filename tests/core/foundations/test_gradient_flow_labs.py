"""The deep net, the recurrent net, the landscape and the remedies; and every claim of the room's prose."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.arithmetic import join
from core.device import device
from core.errors import Refusal
from core.figures.gradient_flow import BEYOND, FARTHEST, NONE, flow_data, landscape_board, powers, remedy_rows
from core.foundations import gradient_flow as gf
from core.foundations import gradient_flow_grid as grid
from core.foundations import gradient_flow_remedies as remedies
from core.foundations import gradient_flow_rnn as rnn
from core.foundations.explain_flow import below, explain, explain_cell, explain_recurrent, small
from core.foundations.gradient_flow import FlowParams
from core.foundations.gradient_flow_grid import AXES, LandscapeParams, varied
from core.foundations.gradient_flow_remedies import REMEDIES, treated
from core.foundations.gradient_flow_rnn import RecurrentParams, Unrolled

LOUD = {"recurrent": "identity", "rnn_kind": "relu", "rho": 1.2}


@pytest.fixture(scope="module")
def healed() -> remedies.Remedies:
    return remedies.run(FlowParams())


def flow(**values: object) -> gf.FlowTrace:
    return gf.run(FlowParams(**values))


def recur(**values: object) -> rnn.RecurrentTrace:
    return rnn.run(RecurrentParams(**values))


def test_twelve_sigmoids_are_dead_and_the_map_says_so() -> None:
    trace = flow()
    assert trace.state == "dead"
    assert trace.reach(0) < 1e-6
    q = trace.reach(0) ** (1 / 11)
    assert q == pytest.approx(0.23, abs=0.01)
    assert np.all(np.diff(trace.delta[0]) > 0)
    assert trace.accuracy == pytest.approx(0.5, abs=0.05)
    assert trace.delta.shape == (trace.recording.frames, 12)
    assert 2 <= trace.recording.frames <= gf.FRAMES


def test_what_each_remedy_does_to_them(healed: remedies.Remedies) -> None:
    found = healed.outcomes
    sick = found["none"]
    assert list(found) == list(REMEDIES)
    for name in ("he", "xavier", "batch"):
        assert found[name].state == "healthy", name
        assert found[name].accuracy > 0.9, name
    assert found["residual"].state == "healthy"
    assert found["residual"].accuracy < 0.6
    for name in ("clip", "rate", "adam"):
        assert found[name].reach == sick.reach, name
    for name in ("clip", "rate", "dropout", "layer"):
        assert found[name].state == "dead", name
        assert found[name].accuracy == pytest.approx(0.5, abs=0.05), name
    rows = remedy_rows(healed, "ru")
    assert [row["name"] for row in rows] == list(REMEDIES)
    assert rows[0]["stateName"] == "затух"
    assert all(check.passed for check in remedies.reference(healed))


def test_an_exploding_net_is_saved_by_clipping_and_not_by_a_residual() -> None:
    wild = FlowParams(kind="relu", init="normal")
    assert gf.run(wild).state == "exploding"
    assert 1 <= gf.run(wild).recording.lost <= 2
    clipped = gf.run(treated(wild, "clip"))
    assert not clipped.recording.is_lost
    assert clipped.reach(0) == pytest.approx(gf.run(wild).reach(0))
    assert gf.run(treated(wild, "residual")).recording.is_lost
    assert gf.run(treated(wild, "adam")).accuracy > 0.95
    assert flow(depth=30, kind="relu", init="he", is_residual=True).state == "exploding"


def test_a_healthy_reach_is_not_enough() -> None:
    deep = {"depth": 30, "kind": "tanh"}
    assert flow(**deep).state == "healthy"
    assert flow(**deep).accuracy < 0.7
    assert flow(**deep, lg_rate=-1.5).accuracy > 0.8
    assert flow(**deep, clip="norm").accuracy > 0.9


def test_nothing_passes_zero_weights() -> None:
    trace = flow(init="zeros", kind="tanh")
    assert trace.reach(0) == 0
    assert trace.state == "dead"
    assert "nothing arrives" in join(explain(trace, 0, 0, "en")[1])


@pytest.mark.parametrize("kind", gf.KINDS)
@pytest.mark.parametrize("norm", ["none", "batch", "layer"])
def test_gradients_are_autograds(kind: str, norm: str) -> None:
    for values in ({"init": "normal"}, {"is_residual": True, "dropout": 0.4}, {"optimizer": "adam", "clip": "norm"}):
        trace = flow(kind=kind, norm=norm, depth=6, steps=50, **values)
        assert all(check.passed for check in gf.reference(trace)), values


@pytest.mark.parametrize("init", ["zeros", "small", "normal"])
def test_the_check_holds_at_the_edges(init: str) -> None:
    for extreme in ({"gain": 4.0}, {"gain": 0.1}, {"norm": "batch"}):
        trace = flow(init=init, depth=40, width=4, steps=50, lg_rate=1.0, kind="relu", **extreme)
        assert all(check.passed for check in gf.reference(trace))


def test_the_arithmetic_is_the_recordings() -> None:
    trace = flow(clip="norm", lg_limit=-2.0)
    told = [join(line) for line in explain(trace, 0, 0, "en")]
    assert told[0].startswith("layer 1, step 0: ‖δ₁‖ = q·‖δ₂‖ = ")
    assert told[0].endswith(small(float(trace.delta[0, 0])))
    assert told[1].startswith("‖δ₁‖ / ‖δ₁₂‖ = ")
    assert small(trace.reach(0)) in told[1]
    total = float(trace.recording.total_norm[0])
    assert small(0.01 / total) in told[3]
    assert small(10**-0.5 * 0.01) in told[2]
    assert "последний" in join(explain(trace, 11, 3, "ru")[0])
    assert below(120) == "₁₂₀"
    assert (small(0.0), small(3.21e-7), small(0.0321), small(12345.0)) == ("0", "3.2e−7", "0.0321", "1.2e4")
    assert (small(4796.0), small(43.61), small(99.96)) == ("4796", "43.6", "100")


def test_no_line_parts_the_quadrants() -> None:
    data = gf.quadrants()
    angles = np.linspace(0, np.pi, 60)
    along = data.x @ np.stack([np.cos(angles), np.sin(angles)])
    best = 0.0
    for side in along.T:
        ones = np.cumsum(data.y[np.argsort(side)] * 2 - 1)
        best = max(best, float(np.abs(ones - ones[-1] / 2).max()) / len(data.y))
    assert best + 0.5 < 0.75
    assert 0.45 < data.y.mean() < 0.55


# ---------------------------------------------------------------------------------------------------------------------
# The recurrent net


@pytest.mark.parametrize("kind", rnn.RNN_KINDS)
@pytest.mark.parametrize("recurrent", rnn.RECURRENT)
def test_backpropagation_through_time_is_autograds(kind: str, recurrent: str) -> None:
    for rho, length in ((0.4, 5), (1.1, 60), (2.0, 60)):
        trace = recur(rnn_kind=kind, recurrent=recurrent, rho=rho, length=length, rnn_steps=50)
        checks = rnn.reference(trace)
        assert len(checks) == 2
        assert all(check.passed for check in checks), (rho, length)


def test_the_gradient_of_each_time_step_by_autograd() -> None:
    params = RecurrentParams(length=7)
    with torch.no_grad():
        network, loop = rnn.build_recurrent(params, "float64")
        x = torch.tensor(rnn.memories(7).x[:16], device=device())
        h = loop.forward(x, is_training=True)
        loop.backward(torch.ones_like(h))
    state = torch.zeros(16, rnn.UNITS, dtype=torch.float64, device=device())
    states = []
    for t in range(7):
        state = torch.tanh(state @ loop.W.T + x[:, t, None] * loop.u + loop.b).requires_grad_()
        state.retain_grad()
        states.append(state)
    state.sum().backward()
    assert np.allclose(loop.deltas.cpu(), [float(one.grad.norm()) for one in states], atol=1e-12)
    assert isinstance(network.blocks[0], Unrolled)


def test_an_orthogonal_linear_net_loses_exactly_a_power_of_rho() -> None:
    trace = recur(rnn_kind="identity", rho=0.7, length=20)
    assert trace.reach(0) == pytest.approx(0.7**19, rel=1e-4)
    assert trace.radius[0] == pytest.approx(0.7, rel=1e-5)


def test_what_the_prose_says_of_memory() -> None:
    forgets, remembers = recur(), recur(rho=1.0)
    assert forgets.state == "dead"
    assert 1e-5 < forgets.reach(0) < 1e-4
    assert forgets.reach(0) < 0.7**29 < 10 * forgets.reach(0)
    assert forgets.accuracy < 0.7
    assert remembers.state == "healthy"
    assert remembers.accuracy > 0.95
    wild, clipped = recur(**LOUD), recur(**LOUD, clip="norm")
    assert wild.recording.lost == 1
    assert wild.state == "exploding"
    assert clipped.accuracy > 0.95
    assert not clipped.recording.is_lost
    assert "0.7" in join(explain_recurrent(forgets, 0, 0, "en")[2])


# ---------------------------------------------------------------------------------------------------------------------
# The landscape


def test_the_landscape_has_all_three_countries() -> None:
    ticks: list[float] = []
    so_far: list[grid.Landscape | None] = []

    def tick(share: float, partial: grid.Landscape | None = None, /) -> None:
        ticks.append(share)
        so_far.append(partial)

    trace = grid.run(LandscapeParams(), tick)
    rows, cols = len(AXES["init"].values), len(AXES["kind"].values)
    assert trace.reach.shape == (rows, cols)
    states = {trace.state(row, col) for row in range(rows) for col in range(cols)}
    assert states == {"dead", "healthy", "exploding"}
    assert ticks == sorted(ticks)
    assert len(ticks) == rows * cols
    # What is handed over is the whole, as far as it has come.
    assert so_far[0] is None
    for n in (1, cols, rows * cols - 1):
        part = so_far[n]
        assert part is not None
        assert part.done == n
        assert np.array_equal(part.reach.flat[:n], trace.reach.flat[:n])
        assert np.isnan(part.reach.flat[n:]).all()
    assert trace.done == rows * cols
    at = (list(AXES["init"].values).index("xavier"), list(AXES["kind"].values).index("sigmoid"))
    assert trace.reach[at] == pytest.approx(flow().reach(0))
    assert trace.at(*at) == FlowParams()
    board = landscape_board(trace, "en")
    reach = board.panels()[0].values
    assert np.isnan(reach[list(AXES["init"].values).index("zeros")]).all()
    assert np.nanmax(np.abs(reach)) <= FARTHEST
    assert "dead" in join(explain_cell(trace, *at, "en")[0])
    assert {table.name for table in grid.tables(trace)} == {"reach", "accuracy"}
    assert all(check.passed for check in grid.reference(trace))


def test_axes_are_values_that_the_knobs_take() -> None:
    for name, axis in AXES.items():
        assert len(axis.values) == len(axis.names) <= 8
        other = "depth" if name != "depth" else "gain"
        for n, value in enumerate(axis.values):
            assert getattr(varied(LandscapeParams(across=name, down=other), 0, n), name) == value


def test_one_knob_cannot_be_both_axes() -> None:
    with pytest.raises(Refusal):
        grid.run(LandscapeParams(across="gain", down="gain"))


def test_powers_keep_zero_and_infinity_apart() -> None:
    assert powers(np.array([0.0, 1e-3, np.inf, np.nan])).tolist() == [NONE, pytest.approx(-3), BEYOND, BEYOND]
    data = flow_data(flow(depth=2, steps=50), "gradient", "ru")
    assert data["rows"] == 2
    assert data["row"] == "слой"

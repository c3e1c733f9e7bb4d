"""The engine beside torch.nn, autograd and torch.optim, step by step; and what it keeps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.device import device
from core.foundations.activations import ACTIVATIONS
from core.foundations.initialisation import INITIALISATIONS, weight_sigma
from core.foundations.layers import DROPOUTS, NORMALISATIONS, Dropout
from core.foundations.network import Net, build, unpack
from core.foundations.objectives import OBJECTIVES, clip, penalty
from core.foundations.optimizers import OPTIMIZERS, Settings
from core.foundations.recording import STATISTICS, Record, bounds_of, frame_steps, grid_points
from core.foundations.training import Data, Plan, batches, train
from core.foundations.twin import check, follow

ALL = Record(frames=101, grid=0)
RATES = {"sgd": 0.1, "momentum": 0.02, "nesterov": 0.02, "adagrad": 0.05, "rmsprop": 0.01, "adam": 0.02, "adamw": 0.02}


def blobs(n: int = 60, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds in the plane and their numbers."""
    generator = np.random.default_rng(seed)
    y = generator.integers(0, 3, n)
    return generator.normal(size=(n, 2)) + np.array([[2, 0], [-2, 1], [0, -2]])[y], y


X, Y = blobs()
SET = Data.of(X, Y)


def apart(plan: Plan, data: Data = SET, dtype: str = "float64") -> float:
    """The largest relative difference of θ over all steps, and of the losses."""
    ours = train(replace(plan, dtype=dtype, record=replace(ALL, frames=plan.steps + 1)), data)
    theirs = follow(plan, data)
    assert ours.frames == plan.steps + 1
    assert np.abs(theirs.theta[-1] - theirs.theta[0]).max() > 1e-3
    scale = np.maximum(1, np.abs(theirs.theta))
    return max(
        float((np.abs(ours.theta - theirs.theta) / scale).max()), float(np.abs(ours.batch_loss - theirs.loss).max())
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_a_hundred_steps_are_torchs(optimizer: str, normalisation: str) -> None:
    net = Net((2, 6, 6, 3), "tanh", initialisation="xavier", normalisation=normalisation, is_residual=True)
    plan = Plan(net, optimizer=optimizer, rate=RATES[optimizer], steps=100, batch=16)
    assert apart(plan) < 1e-10


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
def test_single_precision_stays_near(optimizer: str, normalisation: str) -> None:
    # ε = 1e-3 keeps the quotient of two rounding errors from being a step of full length.
    net = Net((2, 6, 3), "tanh", initialisation="xavier", normalisation=normalisation)
    plan = Plan(net, optimizer=optimizer, rate=RATES[optimizer] / 10, steps=100, settings=Settings(epsilon=1e-3))
    assert apart(plan, dtype="float32") < 2e-6


@pytest.mark.parametrize("activation", [*ACTIVATIONS, "identity"])
def test_every_activation(activation: str) -> None:
    plan = Plan(Net((2, 7, 5, 3), activation), optimizer="momentum", rate=0.01, steps=40, batch=20)
    assert apart(plan) < 1e-10


@pytest.mark.parametrize("loss", OBJECTIVES)
@pytest.mark.parametrize("bound", ["none", "norm", "value"])
def test_losses_penalties_and_clipping(loss: str, bound: str) -> None:
    y = Y if loss == "cross_entropy" else (Y > 0).astype(float)
    net = Net((2, 8, 3 if loss == "cross_entropy" else 1), "relu")
    plan = Plan(net, loss, "adam", 0.01, steps=50, batch=25, l1=0.01, l2=0.1, clip=bound, limit=0.05)
    assert apart(plan, Data.of(X, y)) < 1e-10


@pytest.mark.parametrize("notes", DROPOUTS)
def test_dropout_removes_the_same_units(notes: str) -> None:
    plan = Plan(Net((2, 20, 20, 3), dropout=0.4, dropout_notes=notes), rate=0.05, steps=40, batch=20)
    assert apart(plan) < 1e-10


def test_a_schedule_and_decay() -> None:
    plan = Plan(Net((2, 5, 3)), optimizer="adamw", rate=0.05, settings=Settings(decay=0.3), schedule="cosine", steps=60)
    assert apart(plan) < 1e-10


def test_the_live_check_passes_and_can_fail() -> None:
    plan = Plan(Net((2, 6, 3), "gelu", normalisation="batch", dropout=0.2), optimizer="adam", rate=0.01, batch=16)
    assert all(one.passed for one in check(plan, SET))
    wrong = replace(plan, settings=Settings(notes="no_correction"))
    assert not all(one.passed for one in check(wrong, SET))


def test_batch_norm_remembers_as_torch_does() -> None:
    net = Net((2, 6, 3), normalisation="batch")
    network = build(net, 0, "float64")
    theirs = torch.nn.BatchNorm1d(6).double().to(device())
    block = network.blocks[0]
    for rows in (slice(0, 20), slice(20, 60)):
        x = torch.tensor(X[rows], device=device())
        network.forward(x, is_training=True)
        theirs(x @ block.linear.W.T)
    assert torch.allclose(block.norm.running_mean, theirs.running_mean, atol=1e-12)
    assert torch.allclose(block.norm.running_variance, theirs.running_var, atol=1e-12)
    later = torch.tensor(X, device=device())
    mine = network.blocks[1].forward(block.forward(later, is_training=False), is_training=False)
    theirs.eval()
    hidden = torch.relu(theirs(later @ block.linear.W.T))
    assert torch.allclose(mine, hidden @ network.blocks[1].linear.W.T + network.blocks[1].linear.b, atol=1e-12)


def test_dropout_keeps_the_mean_unless_it_is_miscopied() -> None:
    x = torch.ones(400, 400, dtype=torch.float64)
    for notes, training, later in (("inverted", 1.0, 1.0), ("classic", 0.8, 0.8), ("miscopied", 0.8, 0.2)):
        layer = Dropout(0.2, torch.Generator().manual_seed(0), notes)
        assert float(layer.forward(x, is_training=True).mean()) == pytest.approx(training, abs=0.01)
        assert float(layer.forward(x, is_training=False).mean()) == pytest.approx(later)


@pytest.mark.parametrize(("kind", "variance"), [("zeros", 0), ("small", 1e-4), ("normal", 1), ("xavier", 2 / 500)])
def test_initialisations(kind: str, variance: float) -> None:
    assert weight_sigma(kind, 200, 300) ** 2 == pytest.approx(variance)
    W = build(Net((200, 300, 1), initialisation=kind), 0).blocks[0].linear.W
    assert float(W.var()) == pytest.approx(variance, rel=0.02)


def test_he_keeps_relu_and_xavier_tanh() -> None:
    assert weight_sigma("he", 200, 300) ** 2 == pytest.approx(2 / 200)
    x = torch.randn(256, 256, generator=torch.Generator().manual_seed(0)).to(device())
    for kind, lo, hi in (("he", 0.3, 3), ("xavier", 0, 0.01), ("small", 0, 1e-9)):
        network = build(Net((256,) * 21, "relu", initialisation=kind), 0)
        network.forward(x, is_training=True)
        assert lo <= float(network.blocks[-2].y.square().mean()) <= hi
    assert set(INITIALISATIONS) == {"zeros", "small", "normal", "xavier", "he"}


def test_zeros_never_break_the_tie() -> None:
    found = train(Plan(Net((2, 5, 3), "tanh", initialisation="zeros"), rate=0.5, steps=200), SET)
    W = found.weights()[0]["W"]
    assert np.ptp(W[-1], axis=0).max() == 0
    assert found.train_metric[-1] < 0.9


def test_a_run_learns_and_is_kept() -> None:
    x, y = blobs(90, seed=1)
    plan = Plan(Net((2, 8, 3)), optimizer="adam", rate=0.05, steps=300, batch=16, record=Record(frames=40, grid=12))
    found = train(plan, Data.of(X, Y, x, y))
    assert found.steps[0] == 0
    assert found.steps[-1] == 300
    assert found.frames == 40
    assert found.train_metric[-1] > 0.9
    assert found.valid_metric[-1] > 0.85
    assert found.batch_loss.shape == (300,)
    assert found.map.shape == (40, 12, 12, 3)
    assert np.allclose(found.map.sum(-1), 1, atol=2e-3)
    assert found.statistics.shape == (40, 2, len(STATISTICS))
    assert found.best in found.steps
    assert (found.lost, found.stopped) == (-1, -1)
    assert not found.theta.flags.writeable
    assert found.valid_loss[found.frame_at(found.best)] == found.valid_loss.min()
    # The map, the losses and the metric are those of the weights that were kept.
    z = found.outputs(20, x)
    logits = torch.from_numpy(z.astype(np.float64))
    assert torch.nn.functional.cross_entropy(logits, torch.from_numpy(y)).item() == pytest.approx(
        found.valid_loss[20], rel=1e-5
    )
    assert (z.argmax(1) == y).mean() == pytest.approx(found.valid_metric[20])
    assert found.view == bounds_of(X)
    on_grid = torch.from_numpy(found.outputs(20, grid_points(found.view, 12))).softmax(1).numpy()
    assert np.allclose(found.map[20].reshape(-1, 3), on_grid, atol=1e-3)


def test_gradient_norms_are_autograds() -> None:
    plan = Plan(Net((2, 5, 4, 3), "silu"), rate=0.1, steps=3, dtype="float64", record=Record(frames=4))
    found = train(plan, SET)
    for frame in range(4):
        weights = [
            {name: torch.tensor(value[frame], requires_grad=True) for name, value in block.items()}
            for block in found.weights()
        ]
        y = torch.tensor(X)
        between = []
        for n, block in enumerate(weights):
            z = y @ block["W"].T + block["b"]
            y = torch.nn.functional.silu(z) if n < 2 else z
            y.retain_grad()
            between.append(y)
        torch.nn.functional.cross_entropy(y, torch.tensor(Y)).backward()
        assert np.allclose(found.gradient_norm[frame], [float(block["W"].grad.norm()) for block in weights], atol=1e-12)
        assert np.allclose(found.delta[frame], [float(one.grad.norm()) for one in between], atol=1e-12)
        everything = torch.cat([value.grad.ravel() for block in weights for value in block.values()])
        assert found.total_norm[frame] == pytest.approx(float(everything.norm()))


def test_divergence_is_a_state() -> None:
    y = X @ np.array([[1.0], [2.0]])
    found = train(Plan(Net((2, 8, 1)), "mse", rate=50.0, steps=400), Data.of(X, y))
    assert found.is_lost
    assert found.steps[-1] <= found.lost
    assert np.isfinite(found.theta).all()
    assert np.isfinite(found.batch_loss).all()
    assert found.frames >= 1


def test_patience_stops_and_the_best_is_kept() -> None:
    generator = np.random.default_rng(0)
    x, y = generator.normal(size=(30, 2)), generator.integers(0, 2, 30)
    others, truth = generator.normal(size=(100, 2)), generator.integers(0, 2, 100)
    plan = Plan(
        Net((2, 64, 2)), optimizer="adam", rate=0.05, steps=2000, patience=3, check_every=10, record=Record(frames=30)
    )
    found = train(plan, Data.of(x, y, others, truth))
    assert 0 < found.stopped < 2000
    assert found.steps[-1] == found.stopped
    assert found.best == found.stopped - 3 * 10
    with torch.inference_mode():
        z = found.best_network().forward(torch.tensor(others, dtype=torch.float32, device=device())).cpu()
    assert torch.nn.functional.cross_entropy(z, torch.from_numpy(truth)).item() <= np.nanmin(found.valid_loss) + 1e-6
    assert train(replace(plan, patience=0), Data.of(x, y, others, truth)).stopped == -1


def test_memory_and_frames_are_bounded() -> None:
    wide = Plan(Net((2, 200, 200, 3)), steps=100, record=Record(frames=100, megabytes=1.0))
    found = train(wide, SET)
    assert 2 <= found.frames < 10
    assert found.theta.nbytes < 1.1 * 2**20
    assert (found.steps[0], found.steps[-1]) == (0, 100)
    none = train(replace(wide, record=Record(weights=False, losses=False, gradients=False, statistics=False)), SET)
    assert (none.theta.size, none.train_loss.size, none.delta.size, none.statistics.size) == (0, 0, 0, 0)
    assert none.frames == 101


@pytest.mark.parametrize("spacing", ["linear", "log"])
@pytest.mark.parametrize(("steps", "frames"), [(1, 2), (10, 100), (1000, 40), (0, 5)])
def test_frames_have_both_ends(spacing: str, steps: int, frames: int) -> None:
    found = frame_steps(steps, frames, spacing)
    assert found[0] == 0
    assert found[-1] == steps
    assert len(found) <= frames
    assert list(found) == sorted(set(found))


def test_batches_read_everything_once_a_pass() -> None:
    rows = batches(10, 4, 3)
    first, second = ([next(rows) for _ in range(3)] for _ in range(2))
    assert sorted(np.concatenate(first)) == list(range(10))
    assert [len(one) for one in first] == [4, 4, 2]
    assert not np.array_equal(np.concatenate(first), np.concatenate(second))
    assert next(batches(10, 0, 0)) is None


def test_the_seed_decides_everything() -> None:
    plan = Plan(Net((2, 8, 3), dropout=0.3), steps=30, batch=8)
    assert np.array_equal(train(plan, SET).theta, train(plan, SET).theta)
    assert not np.array_equal(train(plan, SET).theta, train(replace(plan, seed=1), SET).theta)


def test_a_tick_can_stop_it() -> None:
    shares: list[float] = []

    def tick(share: float) -> None:
        shares.append(share)
        if share > 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        train(Plan(Net((2, 4, 3)), steps=1000), SET, tick)
    assert shares == sorted(shares)
    assert 0.5 < shares[-1] < 0.7


def test_clip_and_penalty_by_hand() -> None:
    g = torch.tensor([3.0, -4.0])
    clip(g, "norm", 1.0)
    assert torch.allclose(g, torch.tensor([0.6, -0.8]), atol=1e-6)
    clip(g, "value", 0.7)
    assert torch.allclose(g, torch.tensor([0.6, -0.7]), atol=1e-6)
    clip(g, "none", 0.1)
    assert float(g.abs().max()) == pytest.approx(0.7)
    theta, is_weight = torch.tensor([1.0, -2.0, 5.0]), torch.tensor([1.0, 1.0, 0.0])
    assert float(penalty(theta, is_weight, 0.1, 0.2)) == pytest.approx(0.1 * 3 + 0.1 * 5)


def test_unpack_follows_the_layout() -> None:
    for normalisation in NORMALISATIONS:
        net = Net((2, 4, 4, 3), normalisation=normalisation)
        network = build(net, 0)
        found = unpack(net, network.theta.cpu().numpy())
        assert [f"{symbol}{n + 1}" for n, block in enumerate(found) for symbol in block] == [
            network.name(place) for place in network.places
        ]
        assert np.array_equal(found[1]["W"], network.blocks[1].linear.W.cpu().numpy())
        assert sum(value.size for block in found for value in block.values()) == len(network.theta)

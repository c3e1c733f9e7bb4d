"""Six remedies on one task: torch, hand-made cases, the claims of the room."""

from __future__ import annotations

import numpy as np
import pytest

from core.arithmetic import join
from core.foundations.regular_training import METHODS, TrainParams, explain, load_points, moons, reference, run, tables
from core.i18n import LANGS


@pytest.fixture(scope="module")
def trace():
    return run(TrainParams())


def test_the_engine_is_torch(trace):
    checks = reference(trace)
    assert len(checks) == 2
    assert all(check.passed for check in checks)


def test_all_start_from_the_same_net(trace):
    starts = [one.weights(0) for one in trace.runs.values()]
    assert all(np.array_equal(start, starts[0]) for start in starts)
    assert len(starts[0]) == 648


def test_what_the_room_says_of_the_default_task(trace):
    loss = {name: one.loss for name, one in trace.runs.items()}
    assert trace.best == "l2"
    assert all(loss[name] < 0.5 * loss["none"] for name in ("l1", "l2", "dropout", "early"))
    assert loss["batch"] > 0.8 * loss["none"]
    w = trace.runs["l1"].weights(-1)
    assert (np.abs(w) < 0.01).sum() > 600
    assert (w == 0).sum() == 0


def test_early_stopping_walks_the_same_way_and_returns_to_the_best(trace):
    alone, early = trace.runs["none"], trace.runs["early"]
    stopped, best = early.recording.stopped, early.recording.best
    assert best <= stopped - 10 * trace.params.patience
    k = stopped // 10
    assert np.array_equal(alone.weights(k - 1), early.weights(k - 1))
    assert np.array_equal(early.weights(-1), alone.weights(best // 10))


def test_penalties_shrink_and_too_much_of_them_answers_one_half(trace):
    norms = {name: np.linalg.norm(trace.runs[name].weights(-1)) for name in METHODS}
    assert norms["l2"] < norms["l1"] < norms["none"]
    strong = run(TrainParams(lg_l1=-0.5, lg_l2=0.0, steps=200))
    assert all(strong.runs[name].loss == pytest.approx(np.log(2), abs=0.002) for name in ("l1", "l2"))


def test_moons_by_hand():
    x, y = moons(50, 0.0, 0)
    radius = np.where(y == 0, np.hypot(x[:, 0], x[:, 1]), np.hypot(1 - x[:, 0], 0.5 - x[:, 1]))
    assert radius == pytest.approx(1)
    data, test = load_points(20, 0.3, 0)
    assert not set(map(tuple, data.x)) & set(map(tuple, test.x))


def test_a_run_that_diverges_is_a_state(trace):
    wild = run(TrainParams(optimizer="sgd", lg_rate=0.0, lg_l2=0.0, steps=100, width=48, sample=3))
    assert all(np.isfinite(table.values).all() for table in (*tables(wild), *tables(trace)))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("method", METHODS)
def test_the_arithmetic_says_what_came_of_it(trace, lang, method):
    said = " ".join(join(f) for f in explain(trace, method, 20, lang))
    assert f"{trace.runs[method].loss:.3f}" in said
    assert METHODS[method].get(lang) in said

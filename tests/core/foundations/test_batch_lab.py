"""Batch sizes over real data: beside torch and scikit-learn, counted examples, claims of the prose."""

from __future__ import annotations

import numpy as np
import pytest

from core.arithmetic import join
from core.figures.descent import batch_data
from core.foundations.batch_lab import TASKS, BatchParams, batches, gradient, load, mean_loss, reference, run, tables
from core.foundations.explain_batch import angle, explain
from core.tables import to_csv


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("is_standard", [True, False])
@pytest.mark.parametrize("lg", [-3.0, -1.0, 1.0])
def test_every_state_agrees_with_torch(task: str, is_standard: bool, lg: float) -> None:
    trace = run(BatchParams(task=task, is_standard=is_standard, lg_batch_rate=lg))
    assert [check.what.en for check in reference(trace)] == ["θ", "L"]
    assert all(check.passed for check in reference(trace))
    assert "nan" not in to_csv(tables(trace)).lower()
    for name, one in trace.learners.items():
        assert len(one.path) == len(one.value) == len(one.taken) == len(one.whole)
        assert np.isfinite(one.path[:-1]).all()
        for t in (0, 1, trace.ticks):
            assert len(explain(trace, name, t, "en")) == len(explain(trace, name, t, "ru"))
    assert batch_data(trace, None, "ru")["axes"] == ["w", "b"]


def test_data_are_scikit_learns() -> None:
    from sklearn.datasets import load_breast_cancer, load_diabetes

    bmi, progression = load("diabetes")
    theirs = load_diabetes(scaled=False)
    assert np.allclose(bmi, theirs.data[:, 2])
    assert np.allclose(progression * 100, theirs.target)
    radius, benign = load("cancer")
    theirs = load_breast_cancer()
    assert np.allclose(radius, theirs.data[:, 0])
    assert np.array_equal(benign, theirs.target)


@pytest.mark.parametrize("is_standard", [True, False])
def test_minimum_is_scikit_learns(is_standard: bool) -> None:
    from sklearn.linear_model import LinearRegression, LogisticRegression

    line = run(BatchParams(is_standard=is_standard))
    theirs = LinearRegression().fit(line.x[:, None], line.y)
    assert line.minimum == pytest.approx([theirs.coef_[0], theirs.intercept_], abs=1e-9)
    curve = run(BatchParams(task="cancer", is_standard=is_standard))
    fitted = LogisticRegression(C=1e10, tol=1e-10, max_iter=2000).fit(curve.x[:, None], curve.y)
    assert curve.minimum == pytest.approx([fitted.coef_[0, 0], fitted.intercept_[0]], rel=1e-3)
    flat = gradient(curve.minimum, curve.x, curve.y, is_logistic=True)
    assert np.abs(flat).max() < 1e-12


def test_every_size_reads_every_example_once_a_pass() -> None:
    for size in (1, 8, 32, 442):
        rows = np.concatenate(list(batches(442, size, 2, 5)))
        assert sorted(rows[:442]) == sorted(rows[442:]) == list(range(442))
        assert not np.array_equal(rows[:442], rows[442:])
        assert np.array_equal(rows, np.concatenate(list(batches(442, 1, 2, 5))))


def test_the_clock_counts_examples() -> None:
    trace = run(BatchParams(epochs=2))
    assert trace.ticks == 28
    taken = {name: one.taken for name, one in trace.learners.items()}
    assert list(taken["one"][[0, 1, 13, 14, 15, 28]]) == [0, 32, 416, 442, 474, 884]
    assert list(taken["eight"][[1, 14, 28]]) == [4, 56, 112]
    assert list(taken["tick"]) == list(range(29))
    assert list(taken["all"][[13, 14, 27, 28]]) == [0, 1, 1, 2]
    for one in trace.learners.values():
        moved = one.taken > 0
        stepped = one.before[moved] - trace.params.alpha * one.gradient[moved]
        assert np.abs(stepped - one.path[moved]).max() < 1e-15


def test_a_batch_of_all_is_the_gradient_itself_and_batches_average_to_it() -> None:
    trace = run(BatchParams())
    one = trace.learners["all"]
    assert np.abs(one.gradient[-1] - one.whole[-1]).max() < 1e-14
    theta = np.array([0.3, -0.2])
    each = [gradient(theta, trace.x[[k]], trace.y[[k]], is_logistic=False) for k in range(len(trace.x))]
    assert np.mean(each, axis=0) == pytest.approx(gradient(theta, trace.x, trace.y, is_logistic=False))


def test_arithmetic() -> None:
    trace = run(BatchParams())
    first = [join(line) for line in explain(trace, "all", 5, "en")]
    assert first[0] == "the whole set: 0 steps, 160 examples read   α = 0.1000"
    assert first[1].startswith("No step yet")
    assert first[-1].endswith("2/λ₁ = 2")
    second = [join(line) for line in explain(trace, "all", 28, "en")]
    assert "the angle between them: 0°" in second[1]
    assert "2 steps, 884 examples read" in second[0]
    assert angle(np.array([1.0, 0.0]), np.array([0.0, 2.0])) == pytest.approx(90)
    assert angle(np.zeros(2), np.ones(2)) == 0


# ---- what the prose says -----------------------------------------------------------------------------------------


def test_claims() -> None:
    slow = run(BatchParams())
    ends = {name: float(one.value[-1]) for name, one in slow.learners.items()}
    lowest = float(mean_loss(slow.minimum[:1], slow.minimum[1:], slow.x, slow.y, is_logistic=False)[0])
    assert (round(ends["one"], 2), round(ends["all"], 2), round(lowest, 3)) == (0.22, 2.79, 0.195)
    fast = run(BatchParams(lg_batch_rate=0.0))
    assert np.abs(fast.learners["all"].path[-1] - fast.minimum).max() < 1e-12
    assert fast.learners["one"].value[-1] > 3 * lowest
    assert slow.curvatures == pytest.approx([1, 1])
    raw = run(BatchParams(is_standard=False))
    assert round(raw.curvatures[1] / raw.curvatures[0]) == 339
    assert raw.x.mean() == pytest.approx(2.6, abs=0.05)


def test_presets() -> None:
    rate = {"lg_batch_rate": -0.5, "epochs": 5}
    assert round(10**-0.5, 2) == 0.32
    assert all(one.value[-1] > one.value[0] for one in run(BatchParams(is_standard=False, **rate)).learners.values())
    assert all(one.value[-1] < one.value[0] / 5 for one in run(BatchParams(**rate)).learners.values())

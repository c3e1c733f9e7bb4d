"""Overfitting: fits against libraries and by hand, the identities, the tasks, every number that the prose states."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import join
from core.errors import Refusal
from core.foundations import (
    overfit_double,
    overfit_learning,
    overfit_net,
    overfit_polynomial,
    overfit_spread,
    overfit_tasks,
)
from core.foundations.overfit_double import DoubleParams
from core.foundations.overfit_explain import explain_double, explain_fit, explain_folds, explain_net, short
from core.foundations.overfit_net import NetParams
from core.foundations.overfit_polynomial import PolyParams, read_moves, smoother, write_moves


@pytest.fixture(scope="module")
def wild() -> overfit_polynomial.PolyTrace:
    return overfit_polynomial.run(PolyParams())


def test_a_line_by_hand():
    x = np.array([-1.0, 0.0, 1.0])
    y = np.array([0.0, 1.0, 5.0])
    assert np.allclose(smoother(x, np.array([2.0]), 1, 0.0) @ y, 2.0 + 2.5 * 2)
    assert np.allclose(smoother(x, np.array([2.0]), 1, 2.0) @ y, 2.0 + 1.25 * 2)  # w = 5 / (2 + λ)
    assert np.allclose(smoother(x, np.array([2.0]), 0, 0.0) @ y, 2.0)


@pytest.mark.parametrize("kw", [{}, {"degree": 3}, {"degree": 0}, {"degree": 20}, {"lg_ridge": -2.0}, {"degree": 19}])
def test_equal_to_the_libraries(kw):
    trace = overfit_polynomial.run(PolyParams(**kw))
    checks = overfit_polynomial.reference(trace)
    assert checks
    assert all(check.passed for check in checks)
    spread = overfit_spread.run(PolyParams(**kw))
    assert all(check.passed for check in overfit_spread.reference(spread))


@settings(deadline=None, max_examples=25)
@given(
    st.builds(
        PolyParams,
        degree=st.integers(0, 20),
        lg_ridge=st.sampled_from([-9.0, -8.5, -3.0, 3.0]),
        n=st.integers(8, 60),
        seed=st.integers(0, 99),
        truth=st.sampled_from(list(overfit_polynomial.TRUTHS)),
    )
)
def test_any_state_agrees_and_is_finite(params):
    trace = overfit_polynomial.run(params)
    assert all(check.passed for check in overfit_polynomial.reference(trace))
    assert np.isfinite(trace.fits).all()
    assert trace.df[params.degree] <= min(params.degree + 1, params.n) + 1e-6


def test_more_coefficients_never_raise_the_training_error(wild):
    assert (np.diff(wild.train) < 1e-9).all()
    assert np.allclose(wild.df[:15], np.arange(1, 16))
    assert wild.train[19] < 1e-12  # 20 coefficients, 20 points


@pytest.mark.parametrize("lg_ridge", [-9.0, -2.0])
def test_leave_one_out_by_leverage(lg_ridge):
    trace = overfit_polynomial.run(PolyParams(degree=4, lg_ridge=lg_ridge))
    ridge = trace.params.ridge
    for i in (0, 7):
        left = np.arange(20) != i
        alone = smoother(trace.x[left], trace.x[[i]], 4, ridge) @ trace.y[left]
        said = (smoother(trace.x, trace.x[[i]], 4, ridge) @ trace.y)[0]
        assert trace.y[i] - alone[0] == pytest.approx((trace.y[i] - said) / (1 - trace.leverage[i]))


def test_folds_hold_every_point_out_once(wild):
    assert sorted(np.bincount(wild.fold)) == [4] * 5
    assert wild.cv[3] == pytest.approx(wild.cv_folds[3].mean())


def test_a_dragged_point_pulls_by_its_column(wild):
    moved = overfit_polynomial.run(PolyParams(moved="3: 1.5"))
    by = 1.5 - wild.y[2]
    assert np.allclose(moved.fits[14], wild.fits[14] + by * wild.pull[:, 2])
    assert write_moves(read_moves("3: 1.5; 8: −2; 99: 1", 20)) == "3: 1.5; 8: -2"
    for bad in ("x", "3", "0: 1", "3: 9", "3: nan"):
        with pytest.raises(Refusal):
            overfit_polynomial.run(PolyParams(moved=bad))


def test_the_parts_of_the_error_add_up():
    trace = overfit_spread.run(PolyParams(degree=5))
    assert np.allclose(trace.total, 0.09 + trace.bias2 + trace.variance)
    assert np.allclose(trace.error[:10], trace.total[:10], rtol=0.1)
    assert np.mean((trace.fits - trace.mean) ** 2) == pytest.approx(trace.variance[5], rel=0.15)
    assert (np.diff(trace.variance[:10]) > 0).all()


def test_the_learning_curve():
    plain = overfit_learning.run(PolyParams(degree=9))
    test = np.median(plain.test, axis=1)
    assert abs(int(plain.sizes[np.argmax(test)]) - 10) <= 2  # n = d + 1
    assert plain.train.mean(1)[-1] < 0.09 < test[-1]  # one from below, one from above
    assert all(check.passed for check in overfit_learning.reference(plain))


def test_nets_part_and_are_kept_together():
    wild = overfit_net.run(NetParams())
    assert all(check.passed for check in overfit_net.reference(wild))
    stopped = overfit_net.run(NetParams(patience=5))
    assert stopped.used < stopped.recording.stopped
    assert stopped.valid_used == pytest.approx(
        stopped.recording.valid_loss[np.argmin(stopped.recording.valid_loss)], abs=0.01
    )
    tame = overfit_net.run(NetParams(lg_l2=-1.5))
    assert tame.size[-1] < tame.size[0] < wild.size[-1]
    assert overfit_net.run(NetParams(lg_l2=0.0)).valid_used == pytest.approx(np.log(2), abs=1e-3)


def test_double_descent_and_its_peak():
    for family, points in (("fourier", 20), ("relu", 40)):
        trace = overfit_double.run(DoubleParams(family=family, points=points))
        assert trace.peak == points
        assert all(check.passed for check in overfit_double.reference(trace))
        assert np.allclose(trace.train[0][:, trace.widths >= 2 * points], 0, atol=1e-12)
    plain = overfit_double.run(DoubleParams(lg_lambda=-6.0))
    assert np.array_equal(plain.test[0], plain.test[1])


@pytest.mark.parametrize("name", overfit_tasks.TASKS)
def test_tasks_start_unsolved_and_can_be_solved(name):
    task = overfit_tasks.TASKS[name]
    mark = overfit_tasks.marks(task)
    solved = {
        "over": {"degree": 3},
        "under": {"degree": 8},
        "heavy": {"lg_ridge": -1.5},
        "data": {"n": 60},
        "net_over": {"lg_l2": -1.5},
        "net_under": {"width": 32, "depth": 2},
    }[name]
    start = task.starting()
    before = overfit_tasks.errors(start)
    assert not overfit_tasks.grade(task, start, before, before[1], mark).is_done
    after = task.params(**{**task.start, **solved})
    assert overfit_tasks.grade(task, after, overfit_tasks.errors(after), before[1], mark).is_done
    moved = task.params(**{**task.start, **solved, "seed": 1})
    grade = overfit_tasks.grade(task, moved, (0.0, 0.0), before[1], mark)
    assert grade.touched == ("seed",)
    assert not grade.is_done


def test_numbers_of_the_prose(wild):
    assert (wild.train[14], wild.valid[14]) == pytest.approx((0.005, 1.5), abs=0.03)
    assert (wild.train[3], wild.valid[3]) == pytest.approx((0.075, 0.10), abs=0.002)
    spread = overfit_spread.run(PolyParams())
    assert (spread.bias2[3], spread.variance[3]) == pytest.approx((0.006, 0.018), abs=0.0006)
    assert spread.bias2[8] < 1e-6
    assert spread.variance[8] == pytest.approx(0.12, abs=0.006)
    net = overfit_net.run(NetParams())
    assert net.valid_used == pytest.approx(1.28, abs=0.01)
    best = float(net.recording.valid_loss.min())
    assert best == pytest.approx(0.41, abs=0.006)
    assert net.recording.best == 15
    assert net.valid_used > 3 * best
    assert 1 - net.wrong_used == pytest.approx(0.87, abs=0.005)
    assert overfit_net.run(NetParams(lg_l2=-1.5)).valid_used == pytest.approx(0.42, abs=0.006)
    assert overfit_net.run(NetParams(dropout=0.3)).valid_used == pytest.approx(1.12, abs=0.006)
    flat = overfit_polynomial.run(PolyParams(lg_ridge=3.0))
    assert flat.df[14] < 2
    assert min(flat.train[14], flat.valid[14]) > 0.5
    jump = overfit_polynomial.run(PolyParams(truth="step", noise=0.0))
    assert jump.valid[14] > 5 * jump.train[14]


def test_numbers_of_double_descent_in_the_prose():
    few = overfit_double.run(DoubleParams())
    middle = np.median(few.test[0], axis=0)
    assert (middle[-1], middle[few.widths < 20].min()) == pytest.approx((0.117, 0.144), abs=0.001)
    noisy = overfit_double.run(DoubleParams(family="relu", points=40, scatter=0.6))
    middle = np.median(noisy.test[0], axis=0)
    assert (middle[-1], middle[noisy.widths < 40].min()) == pytest.approx((1.12, 0.95), abs=0.006)
    quiet = overfit_double.run(DoubleParams(family="relu", points=40))
    middle = np.median(quiet.test[0], axis=0)
    assert middle[-1] < middle[quiet.widths < 40].min()
    hurt = overfit_learning.run(PolyParams(degree=13, n=14))
    error = dict(zip(hurt.sizes.tolist(), np.median(hurt.test, axis=1), strict=True))
    assert error[14] > 1000 * error[8]
    assert error[50] < error[8]


def test_the_arithmetic_shows_the_numbers_of_the_trace(wild):
    lines = [join(formula) for formula in explain_fit(wild, 2, "en")]
    said = float((smoother(wild.x, wild.x, 14, 0.0) @ wild.y)[2])
    assert lines[0].startswith("point 3: ")
    assert lines[0].endswith(f" = {short(said)}")
    assert f"h = {short(float(wild.leverage[2]))}" in lines[1]
    assert "df = 15" in lines[2]
    folds = join(explain_folds(wild, 1, "en")[0])
    assert folds.endswith(short(float(wild.cv[14])))
    net = overfit_net.run(NetParams(lg_l2=-1.5))
    last = len(net.recording.steps) - 1
    chance = overfit_net.score(net.recording.outputs(last, net.data.x[[4]]), net.data.y[[4]])[0]
    assert join(explain_net(net, last, 4, "en")[1]).endswith(short(chance))
    double = overfit_double.run(DoubleParams())
    at = list(double.widths).index(20)
    assert "exactly one way" in join(explain_double(double, at, "en")[0])
    least = float(double.least[0, at])
    assert short(least / (least**2 + 0.1)) in join(explain_double(double, at, "en")[1])

"""Why the scores are divided: the law of q·k, the softmax's Jacobian, and what the room says about both."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.attention.saturation import (
    DRAWS,
    WIDTHS,
    SaturationParams,
    SaturationTrace,
    jacobian_norm,
    reference,
    run,
    softmax,
    softmax_jacobian,
    tables,
)

SCORES = st.lists(st.floats(-50, 50), min_size=1, max_size=12).map(np.array)
EXTREMES = [
    SaturationParams(d_k=d_k, is_scaled=is_scaled, keys=keys, seed=seed)
    for d_k in (WIDTHS[0], WIDTHS[-1])
    for is_scaled in (True, False)
    for keys in (2, 24)
    for seed in (0, 99)
]


@settings(deadline=None, max_examples=100)
@given(SCORES)
def test_softmax_is_torchs(scores: np.ndarray) -> None:
    np.testing.assert_allclose(softmax(scores), torch.softmax(torch.tensor(scores), -1), rtol=0, atol=1e-14)


@settings(deadline=None, max_examples=60)
@given(SCORES)
def test_the_jacobian_is_what_autograd_finds(scores: np.ndarray) -> None:
    theirs = torch.autograd.functional.jacobian(lambda s: torch.softmax(s, -1), torch.tensor(scores))
    np.testing.assert_allclose(softmax_jacobian(softmax(scores)), theirs, rtol=0, atol=1e-14)


@settings(deadline=None, max_examples=60)
@given(SCORES)
def test_the_jacobian_is_symmetric_and_its_rows_cancel(scores: np.ndarray) -> None:
    J = softmax_jacobian(softmax(scores))
    np.testing.assert_array_equal(J, J.T)
    np.testing.assert_allclose(J.sum(-1), 0, atol=1e-14)
    assert np.diag(J).max() <= 0.25 + 1e-15


@settings(deadline=None, max_examples=100)
@given(SCORES)
def test_the_norm_needs_no_jacobian(scores: np.ndarray) -> None:
    w = softmax(scores)
    direct = np.linalg.norm(softmax_jacobian(w))
    # Near one-hot weights the closed form subtracts numbers near 1: its square keeps about 16 digits.
    np.testing.assert_allclose(jacobian_norm(w), direct, rtol=1e-6, atol=1e-7)


def test_the_norm_works_on_a_batch_and_at_the_ends() -> None:
    w = softmax(np.random.default_rng(0).standard_normal((5, 3, 7)))
    expected = [[np.linalg.norm(softmax_jacobian(row)) for row in rows] for rows in w]
    np.testing.assert_allclose(jacobian_norm(w), expected, rtol=1e-12)
    assert jacobian_norm(np.array([1.0, 0.0, 0.0])) == 0
    assert jacobian_norm(np.array([0.5, 0.5])) == pytest.approx(0.5)
    n = 8
    assert jacobian_norm(np.full(n, 1 / n)) == pytest.approx(math.sqrt(n - 1) / n)


@pytest.mark.parametrize("p", EXTREMES, ids=str)
def test_every_bound_runs_and_agrees_with_the_library(p: SaturationParams) -> None:
    trace = run(p)
    assert trace.scores.shape == trace.weights.shape == (p.keys,)
    assert trace.jacobian.shape == (p.keys, p.keys)
    assert trace.weights.sum() == pytest.approx(1, abs=1e-12)
    assert trace.gradients.shape == trace.largest_weight.shape == (2, len(WIDTHS))
    assert np.isfinite(trace.gradients).all()
    assert ((trace.largest_weight >= 1 / p.keys) & (trace.largest_weight <= 1)).all()
    assert 0 <= trace.gradient <= 0.5 + 1e-12
    assert trace.gradient == pytest.approx(np.linalg.norm(trace.jacobian), rel=1e-12)
    assert [check.what.en for check in reference(trace)] == ["softmax", "autograd ∂w/∂s"]
    assert all(check.passed and check.tolerance <= 1e-9 for check in reference(trace))


def test_a_wrong_number_does_not_pass_the_check() -> None:
    trace = run(SaturationParams())
    spoiled = {**vars(trace), "weights": trace.weights + 1e-6, "jacobian": trace.jacobian + 1e-6}
    assert [check.passed for check in reference(SaturationTrace(**spoiled))] == [False, False]


@pytest.mark.parametrize("d_k", [4, 64, 512])
def test_a_dot_product_has_variance_d_k(d_k: int) -> None:
    """Footnote 4 of Vaswani et al.; the variance of n products estimates it within a few √(2/n)."""
    generator = np.random.default_rng(1)
    products = (generator.standard_normal((20_000, d_k)) * generator.standard_normal((20_000, d_k))).sum(1)
    assert products.var() / d_k == pytest.approx(1, abs=0.06)
    # As the room draws it: the scores of one query, over many queries, scaled and not.
    unscaled = [run(SaturationParams(d_k=d_k, is_scaled=False, keys=24, seed=seed)).scores for seed in range(40)]
    scaled = [run(SaturationParams(d_k=d_k, keys=24, seed=seed)).scores for seed in range(40)]
    assert np.var(unscaled) / d_k == pytest.approx(1, abs=0.25)
    assert np.var(scaled) == pytest.approx(1, abs=0.25)
    np.testing.assert_allclose(np.array(unscaled), np.array(scaled) * math.sqrt(d_k), rtol=1e-12)


@pytest.mark.parametrize("is_scaled", [False, True])
@pytest.mark.parametrize("d_k", [1, 8, 128])
def test_the_curves_are_those_of_drawing_every_coordinate(d_k: int, is_scaled: bool) -> None:
    """The curves draw q·k from its law given ‖q‖; here every coordinate of every key is drawn."""
    generator = np.random.default_rng(2)
    q, k = generator.standard_normal((2000, 1, d_k)), generator.standard_normal((2000, 8, d_k))
    w = softmax((q * k).sum(-1) / (math.sqrt(d_k) if is_scaled else 1))
    curves = [run(SaturationParams(seed=seed)) for seed in range(10)]
    at = WIDTHS.index(d_k)
    found = np.mean([trace.gradients[int(is_scaled), at] for trace in curves])
    assert found == pytest.approx(jacobian_norm(w).mean(), rel=0.08)
    found = np.mean([trace.largest_weight[int(is_scaled), at] for trace in curves])
    assert found == pytest.approx(w.max(1).mean(), rel=0.08)


@pytest.mark.parametrize("seed", [0, 1, 42, 99])
@pytest.mark.parametrize("keys", [2, 8, 24])
def test_with_the_division_the_gradient_stays_level_without_it_falls(keys: int, seed: int) -> None:
    trace = run(SaturationParams(keys=keys, seed=seed))
    unscaled, scaled = trace.gradients
    assert scaled.max() / scaled.min() < 1.3
    assert unscaled[-1] < 0.3 * unscaled[0]
    # From 16 on every doubling takes some; a single step may be noise, two are not.
    tail = unscaled[WIDTHS.index(16) :]
    assert (tail[2:] < tail[:-2]).all()
    assert trace.largest_weight[0, -1] > 0.85
    assert trace.largest_weight[1, -1] < 0.75
    # d_k = 1 is divided by 1.
    assert unscaled[0] == scaled[0]


def test_the_preset_without_scaling_shows_what_it_says() -> None:
    """“No scaling at d_k = 512: one key takes everything, the gradient dies.”"""
    broken = run(SaturationParams(d_k=512, is_scaled=False))
    healthy = run(SaturationParams(d_k=512))
    assert broken.weights.max() > 0.99999
    assert broken.gradient < 1e-6
    assert healthy.weights.max() < 0.5
    assert healthy.gradient > 0.2


def test_the_numbers_of_the_prose() -> None:
    """At d_k = 512 the spread is about 22.6, one of eight keys takes more than 90 % on average, and less than a third
    of the gradient of d_k = 1 is left."""
    at = WIDTHS.index(512)
    assert math.sqrt(512) == pytest.approx(22.6, abs=0.05)
    traces = [run(SaturationParams(seed=seed)) for seed in range(0, 100, 5)]
    assert min(trace.largest_weight[0, at] for trace in traces) > 0.9
    assert max(trace.gradients[0, at] / trace.gradients[0, 0] for trace in traces) < 1 / 3


def test_one_seed_is_one_draw() -> None:
    one, again, other = (run(SaturationParams(seed=seed)) for seed in (7, 7, 8))
    for a, b in zip(tables(one), tables(again), strict=True):
        np.testing.assert_array_equal(a.values, b.values)
    assert not np.array_equal(one.scores, other.scores)
    assert f"{DRAWS} draws · seed=7" in one.signature


def test_tables_are_labelled() -> None:
    trace = run(SaturationParams(keys=3))
    for table in tables(trace):
        assert table.values.shape == (len(table.rows), len(table.cols))
    assert {t.name for t in tables(trace)} >= {"scores", "weights", "jacobian"}

"""What heads do, on attention whose answer is known beforehand."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from core.attention.heads import (
    ROLES,
    kendall_tau,
    mean_distance,
    role_masks,
    rollout,
    row_entropy,
    summarize_heads,
)


def draw_attention(seed: int, shape: tuple[int, ...], sharpness: float = 1.0) -> np.ndarray[Any, Any]:
    """Random rows that sum to 1."""
    A = np.exp(np.random.default_rng(seed).standard_normal(shape) * sharpness)
    return A / A.sum(-1, keepdims=True)


def looking(n: int, to: Any) -> np.ndarray[Any, Any]:
    """One head, one layer, in which the token i gives all its weight to `to(i)`."""
    A = np.zeros((1, 1, n, n))
    for i in range(n):
        A[0, 0, i, to(i)] = 1
    return A


SEEDS = st.integers(0, 10_000)


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.integers(1, 12), st.floats(0, 30))
def test_entropy_is_between_one_token_and_all_alike(seed: int, n: int, sharpness: float) -> None:
    entropy = row_entropy(draw_attention(seed, (2, 3, n, n), sharpness))
    assert entropy.shape == (2, 3, n)
    assert (entropy >= 0).all()
    assert (entropy <= math.log2(n) + 1e-12).all()


def test_entropy_at_its_ends_and_by_hand() -> None:
    np.testing.assert_array_equal(row_entropy(np.eye(4)), [0, 0, 0, 0])
    assert not np.signbit(row_entropy(np.eye(4))).any()
    np.testing.assert_allclose(row_entropy(np.full((8, 8), 1 / 8)), np.full(8, 3))
    np.testing.assert_allclose(row_entropy(np.array([[0.5, 0.25, 0.25]])), [1.5])


def test_distance_by_hand() -> None:
    np.testing.assert_array_equal(mean_distance(np.eye(3)), [0, 0, 0])
    np.testing.assert_allclose(mean_distance(np.full((3, 3), 1 / 3)), [1, 2 / 3, 1])
    np.testing.assert_array_equal(mean_distance(looking(5, lambda i: 0))[0, 0], [0, 1, 2, 3, 4])


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.integers(1, 10))
def test_distance_is_the_double_loop(seed: int, n: int) -> None:
    A = draw_attention(seed, (2, n, n))
    slow = [[sum(A[h, i, j] * abs(i - j) for j in range(n)) for i in range(n)] for h in range(2)]
    np.testing.assert_allclose(mean_distance(A), slow, atol=1e-12)
    assert (mean_distance(A) <= n - 1 + 1e-12).all()


PIECES = ("[CLS]", "the", "Cat", "saw", "the", "cat", "[SEP]")
SPECIAL = (True, False, False, False, False, False, True)


@pytest.mark.parametrize(
    ("role", "to"),
    [
        ("previous", lambda i: max(i - 1, 0)),
        ("next", lambda i: min(i + 1, 6)),
        ("special", lambda i: 6 if i % 2 else 0),
        ("same", lambda i: {1: 4, 4: 1, 2: 5, 5: 2}.get(i, i)),
        ("itself", lambda i: i),
    ],
)
def test_a_head_built_for_a_role_is_found(role: str, to: Any) -> None:
    wanted = looking(7, to)
    others = draw_attention(0, (1, 4, 7, 7))
    A = np.concatenate([others[:, :2], wanted, others[:, 2:]], axis=1)
    summary = summarize_heads(A, PIECES, SPECIAL)
    assert set(summary.roles) == set(ROLES)
    assert summary.roles[role][0, 2] == pytest.approx(1.0)
    assert summary.ranked(role)[0] == (0, 2, pytest.approx(1.0))
    assert all(0 <= share <= 1 + 1e-12 for share in summary.roles[role].ravel())


@settings(deadline=None, max_examples=60)
@given(
    SEEDS,
    st.lists(st.tuples(st.sampled_from(["a", "A", "b", "я", "Я", "ß"]), st.booleans()), min_size=1, max_size=9),
)
def test_shares_are_those_of_counting(seed: int, tokens: list[tuple[str, bool]]) -> None:
    pieces, special = [p for p, _ in tokens], [s for _, s in tokens]
    n = len(tokens)
    A = draw_attention(seed, (2, 2, n, n))

    def counts(role: str, i: int, j: int) -> bool:
        if role == "itself":
            return i == j
        if special[i]:
            return False
        if role == "special":
            return special[j]
        if role == "same":
            return i != j and not special[j] and pieces[i].lower() == pieces[j].lower()
        return j == i + (1 if role == "next" else -1)

    summary = summarize_heads(A, pieces, special)
    for role, (layer, head) in itertools.product(ROLES, itertools.product(range(2), range(2))):
        rows = [[A[layer, head, i, j] for j in range(n) if counts(role, i, j)] for i in range(n)]
        shares = [sum(row) for row in rows if row]
        found = summary.roles[role][layer, head]
        assert math.isnan(found) if not shares else found == pytest.approx(sum(shares) / len(shares))
    np.testing.assert_allclose(summary.entropy, row_entropy(A).mean(-1))
    np.testing.assert_allclose(summary.distance, mean_distance(A).mean(-1))


def test_masks_of_a_sentence() -> None:
    masks = role_masks(PIECES, SPECIAL)
    assert list(masks) == list(ROLES)
    assert np.argwhere(masks["same"]).tolist() == [[1, 4], [2, 5], [4, 1], [5, 2]]
    assert not masks["previous"][0].any()
    assert not masks["next"][6].any()
    assert masks["special"][1].tolist() == list(SPECIAL)


def test_heads_are_ranked_with_the_unmeasurable_last_and_ties_in_order() -> None:
    A = np.stack([np.stack([np.eye(3), np.eye(3)[[1, 2, 0]]]), np.stack([np.eye(3)[[1, 2, 0]], np.eye(3)])])
    summary = summarize_heads(A, list("abc"), [False] * 3)
    assert summary.ranked("itself") == [(0, 0, 1.0), (1, 1, 1.0), (0, 1, 0.0), (1, 0, 0.0)]
    assert summary.ranked("next")[0][:2] == (0, 1)
    assert np.isnan(summary.roles["same"]).all()
    assert [(layer, head) for layer, head, _ in summary.ranked("same")] == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_one_token_alone() -> None:
    summary = summarize_heads(np.ones((1, 1, 1, 1)), ["a"], [False])
    assert summary.entropy.item() == 0
    assert summary.distance.item() == 0
    assert summary.roles["itself"].item() == 1
    assert np.isnan(summary.roles["previous"]).all()


@settings(deadline=None, max_examples=40)
@given(SEEDS, st.integers(1, 4), st.integers(1, 3), st.integers(1, 4))
def test_rollout_counts_every_path(seed: int, layers: int, heads: int, n: int) -> None:
    A = draw_attention(seed, (layers, heads, n, n))
    R = rollout(A)
    assert R.shape == (layers + 1, n, n)
    np.testing.assert_array_equal(R[0], np.eye(n))
    np.testing.assert_allclose(R.sum(-1), 1, atol=1e-12)
    assert (R >= 0).all()
    # Abnar and Zuidema's reading: the weight of j at i is the sum over all paths through the layers.
    step = [[[0.5 * A[m, :, i, j].mean() + 0.5 * (i == j) for j in range(n)] for i in range(n)] for m in range(layers)]
    for i, j in itertools.product(range(n), repeat=2):
        paths = itertools.product(range(n), repeat=layers - 1)
        total = 0.0
        for middle in paths:
            stops = (i, *middle, j)
            total += math.prod(step[layers - 1 - m][stops[m]][stops[m + 1]] for m in range(layers))
        assert R[-1, i, j] == pytest.approx(total, abs=1e-12)


def test_rollout_of_attention_to_oneself_stays_and_of_the_first_token_gathers() -> None:
    np.testing.assert_array_equal(rollout(np.broadcast_to(np.eye(3), (4, 2, 3, 3)))[-1], np.eye(3))
    gathered = rollout(np.repeat(looking(3, lambda i: 0), 10, axis=0))[-1]
    np.testing.assert_allclose(gathered[:, 0], [1, 1 - 2**-10, 1 - 2**-10])


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5)), min_size=2, max_size=30))
def test_kendalls_tau_is_scipys(pairs: list[tuple[int, int]]) -> None:
    a, b = ([pair[k] for pair in pairs] for k in (0, 1))
    if len(set(a)) == 1 or len(set(b)) == 1:
        assert math.isnan(kendall_tau(a, b))
    else:
        assert kendall_tau(a, b) == pytest.approx(kendalltau(a, b).statistic, abs=1e-12)


def test_kendalls_tau_at_its_ends() -> None:
    assert kendall_tau([1, 2, 3, 4], [10, 20, 30, 40]) == 1
    assert kendall_tau([1, 2, 3, 4], [4, 3, 2, 1]) == -1
    assert kendall_tau([1, 2, 3], [1, 3, 2]) == pytest.approx(1 / 3)
    assert math.isnan(kendall_tau([], []))
    assert math.isnan(kendall_tau([1], [1]))

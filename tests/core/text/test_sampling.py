"""Temperature, top-k and top-p: beside the transformers library, by their laws, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text.sampling import draw, truncate, warm

DISTRIBUTIONS = st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any)


def share(weights: list[int]) -> np.ndarray:
    return np.array(weights, dtype=np.float64) / sum(weights)


def test_all_three_are_what_transformers_does() -> None:
    from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

    rng = np.random.default_rng(0)
    for _ in range(60):
        p = rng.dirichlet(np.full(30, 0.3))
        T, k, top_p = rng.uniform(0.3, 2.0), int(rng.integers(1, 30)), rng.uniform(0.05, 0.99)
        scores = torch.from_numpy(np.log(p))[None]
        for warper in (TemperatureLogitsWarper(T), TopKLogitsWarper(k), TopPLogitsWarper(top_p)):
            scores = warper(None, scores)
        cut = truncate(p, temperature=T, top_k=k, top_p=top_p)
        np.testing.assert_allclose(cut.q, torch.softmax(scores, -1)[0].numpy(), atol=1e-12)


@settings(deadline=None, max_examples=200)
@given(DISTRIBUTIONS, st.sampled_from([0.05, 0.3, 1.0, 2.0]))
def test_warming_is_softmax_of_divided_logits(weights: list[int], T: float) -> None:
    p = share(weights)
    with np.errstate(divide="ignore"):
        logits = torch.from_numpy(np.log(p))
    np.testing.assert_allclose(warm(p, T), torch.softmax(logits / T, -1).numpy(), atol=1e-12)


@settings(deadline=None, max_examples=300)
@given(DISTRIBUTIONS, st.sampled_from([0.0, 0.2, 1.0, 2.0]), st.integers(0, 13), st.integers(1, 20))
def test_laws_of_truncation(weights: list[int], T: float, k: int, twentieths: int) -> None:
    p, top_p = share(weights), twentieths / 20
    cut = truncate(p, temperature=T, top_k=k, top_p=top_p)
    assert cut.q.sum() == pytest.approx(1, abs=1e-12)
    assert cut.warmed.sum() == pytest.approx(1, abs=1e-12)
    assert (cut.q[~cut.kept] == 0).all()
    assert cut.kept.any()
    assert cut.kept[p.argmax()]
    assert cut.mass == pytest.approx(cut.warmed[cut.kept].sum())
    if k:
        assert cut.kept.sum() <= k
    else:
        # At least p of the mass, and one token fewer would be too few.
        assert cut.mass >= top_p - 1e-9
        if top_p < 1:
            assert cut.mass - cut.warmed[cut.kept].min() < top_p
    # What is kept is at least as likely as what is cut, and keeps its proportions.
    if not cut.kept.all():
        assert cut.warmed[cut.kept].min() >= cut.warmed[~cut.kept].max()
    np.testing.assert_allclose(cut.q[cut.kept] * cut.mass, cut.warmed[cut.kept], atol=1e-15)


def test_many_at_once_are_each_alone() -> None:
    P = np.random.default_rng(1).dirichlet(np.ones(7), size=(3, 4))
    cut = truncate(P, temperature=0.7, top_k=5, top_p=0.8)
    for at in np.ndindex(3, 4):
        alone = truncate(P[at], temperature=0.7, top_k=5, top_p=0.8)
        np.testing.assert_array_equal(cut.q[at], alone.q)
    np.testing.assert_array_equal(truncate(P, temperature=0.0).q.argmax(-1), P.argmax(-1))


def test_cold_leaves_the_likeliest_and_a_tie_the_first() -> None:
    assert truncate(np.array([0.2, 0.4, 0.4]), temperature=0.0).q.tolist() == [0, 1, 0]
    assert truncate(np.array([0.2, 0.4, 0.4]), top_k=1).q.tolist() == [0, 1, 0]
    assert truncate(np.array([0.25, 0.5, 0.25]), top_p=0.5).kept.tolist() == [False, True, False]
    # Far below the smallest float: no 0/0.
    assert warm(np.array([1e-300, 1 - 1e-12, 1e-12]), 0.05).sum() == pytest.approx(1)


def test_the_order_of_candidates_does_not_depend_on_the_temperature() -> None:
    p = np.random.default_rng(2).dirichlet(np.ones(20))
    orders = {tuple(np.argsort(-warm(p, T))) for T in (0.3, 1.0, 2.0)}
    assert len(orders) == 1


def test_drawing_follows_q() -> None:
    q = np.array([0.5, 0.0, 0.3, 0.2, 0.0])
    n = 40_000
    u = (np.arange(n) + 0.5) / n
    drawn = draw(np.broadcast_to(q, (n, 5)), u)
    np.testing.assert_allclose(np.bincount(drawn, minlength=5) / n, q, atol=1e-4)
    edges = draw(np.broadcast_to(q, (3, 5)), np.array([0.0, 0.5, np.nextafter(1.0, 0.0)]))
    assert edges.tolist() == [0, 2, 3]

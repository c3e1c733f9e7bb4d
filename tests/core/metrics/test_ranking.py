"""Ranking scores against scikit-learn, against slow definitions, and by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from core.errors import Refusal
from core.metrics import ranking as r

MANY = settings(deadline=None, max_examples=250)
FEW = settings(deadline=None, max_examples=100)

grades = st.integers(0, 3) | st.sampled_from([0.5, 2.25])
cutoffs = st.none() | st.integers(1, 14)


@st.composite
def scored(draw: st.DrawFn, most: int = 12) -> tuple[list[float], list[float]]:
    """Grades with scores that often tie; sometimes nothing is relevant."""
    grade = draw(st.sampled_from([grades, st.just(0), st.integers(0, 1)]))
    score = draw(st.sampled_from([st.integers(0, 3).map(float), st.floats(-5, 5)]))
    rows = draw(st.lists(st.tuples(grade, score), min_size=2, max_size=most))
    return [g for g, _ in rows], [s for _, s in rows]


lists = st.lists(st.lists(grades, max_size=10), min_size=1, max_size=6)


@MANY
@given(scored(), cutoffs, st.sampled_from(["linear", "exponential"]))
def test_ndcg_is_scikit_learns(case: tuple[list[float], list[float]], k: int | None, gain: r.Gain) -> None:
    relevance, scores = case
    gains = [2.0**g - 1 if gain == "exponential" else g for g in relevance]
    averaged = r.ndcg(relevance, scores, k, gain)
    assert averaged.value == pytest.approx(ndcg_score([gains], [scores], k=k), abs=1e-9)
    # Without ties: the list in its own order, which scikit-learn is told by falling scores.
    n = len(relevance)
    listed = r.ndcg(relevance, None, k, gain)
    assert listed.value == pytest.approx(ndcg_score([gains], [np.arange(n, 0, -1)], k=k, ignore_ties=True), abs=1e-9)
    first = r.ndcg(relevance, scores, k, gain, ties="first")
    for trace in (averaged, listed, first):
        (check,) = r.reference(trace)
        assert check.passed
        assert trace.dcg == pytest.approx(trace.terms.sum())
        assert 0 <= trace.value <= 1 + 1e-12


@FEW
@given(scored(most=5), cutoffs)
def test_averaging_ties_is_the_mean_over_orders(case: tuple[list[float], list[float]], k: int | None) -> None:
    relevance, scores = case
    n = len(relevance)
    values = [
        r.ndcg([relevance[i] for i in order], None, k).value
        for order in itertools.permutations(range(n))
        if all(scores[a] >= scores[b] for a, b in itertools.pairwise(order))
    ]
    assert r.ndcg(relevance, scores, k).value == pytest.approx(np.mean(values), abs=1e-9)


@FEW
@given(lists, cutoffs)
def test_reciprocal_rank_and_hits(queries: list[list[float]], k: int | None) -> None:
    trace = r.mean_reciprocal_rank(queries, k)
    slow = []
    for query in queries:
        ranks = [i for i, grade in enumerate(query, 1) if grade > 0 and (k is None or i <= k)]
        slow.append(1 / ranks[0] if ranks else 0.0)
    assert trace.reciprocals.tolist() == pytest.approx(slow)
    assert trace.value == pytest.approx(sum(slow) / len(slow), abs=1e-9)
    assert all(check.passed for check in r.reference(trace))
    hits = r.hits_at_k(queries, k or 3)
    assert hits.is_hit.tolist() == [any(grade > 0 for grade in query[: k or 3]) for query in queries]
    assert hits.value == pytest.approx(sum(hits.is_hit) / len(queries))
    checks = r.reference(hits)
    assert all(check.passed for check in checks)
    assert bool(checks) == any(any(query) for query in queries)


@FEW
@given(st.lists(st.lists(grades, min_size=1, max_size=8), min_size=1, max_size=6), cutoffs)
def test_mean_ndcg(queries: list[list[float]], k: int | None) -> None:
    trace = r.mean_ndcg(queries, k)
    assert trace.value == pytest.approx(np.mean([r.ndcg(query, None, k).value for query in queries]))
    checks = r.reference(trace)
    assert all(check.passed for check in checks)
    assert bool(checks) == any(len(query) > 1 for query in queries)


# --- by hand


def test_the_example_of_jarvelin_and_kekalainen() -> None:
    """Gains 3 2 3 0 0 1 2 2 3 0, base 2: DCG = 3, 5, 6.89, 6.89, 6.89, 7.28, 7.99, 8.66, 9.61, 9.61."""
    trace = r.ndcg([3, 2, 3, 0, 0, 1, 2, 2, 3, 0], discount="jarvelin")
    cumulated = [3, 5, 6.89, 6.89, 6.89, 7.28, 7.99, 8.66, 9.61, 9.61]
    assert np.cumsum(trace.terms).tolist() == pytest.approx(cumulated, abs=0.005)
    # With base 10 the first ten ranks count in full.
    assert r.ndcg([3, 2, 3, 0], discount="jarvelin", base=10).discounts.tolist() == [1, 1, 1, 1]
    assert r.reference(trace) == ()


def test_ndcg_by_hand() -> None:
    """Grades 0 3 1: DCG = 3/log₂3 + 1/2, ideal 3 + 1/log₂3."""
    trace = r.ndcg([0, 3, 1])
    assert trace.dcg == pytest.approx(3 / math.log2(3) + 0.5)
    assert trace.idcg == pytest.approx(3 + 1 / math.log2(3))
    exponential = r.ndcg([0, 3, 1], gain="exponential")
    assert exponential.gains.tolist() == [0, 7, 1]
    assert exponential.dcg == pytest.approx(7 / math.log2(3) + 0.5)
    assert r.ndcg([0, 3, 1], k=1).value == 0
    assert r.ndcg([3, 1, 0]).value == 1
    assert r.ndcg([0, 0]).value == 0


def test_the_two_gains_can_disagree() -> None:
    """One excellent document far down, or three fair ones on top: the gains order the systems differently."""
    one = [0, 4, 0, 0, 1, 1, 1]
    three = [1, 1, 1, 4, 0, 0, 0]
    linear = [r.ndcg(x).value for x in (one, three)]
    exponential = [r.ndcg(x, gain="exponential").value for x in (one, three)]
    assert linear[0] < linear[1]
    assert exponential[0] > exponential[1]


def test_documents_that_were_not_returned() -> None:
    """Two of three relevant ones came: perfect among themselves, not among all."""
    assert r.ndcg([1, 1]).value == 1
    trace = r.ndcg([1, 1], judged=[1, 1, 1])
    assert trace.value == pytest.approx((1 + 1 / math.log2(3)) / (1 + 1 / math.log2(3) + 0.5))
    assert r.reference(trace) == ()
    assert r.ndcg([1, 1], k=2, judged=[1, 1, 1]).value == 1


def test_ties_by_hand() -> None:
    """A relevant and an irrelevant document with one score share ranks 1 and 2."""
    trace = r.ndcg([1, 0], [0.5, 0.5])
    assert trace.gains.tolist() == [0.5, 0.5]
    assert trace.value == pytest.approx((1 + 1 / math.log2(3)) / 2)
    assert r.ndcg([1, 0], [0.5, 0.5], ties="first").value == 1
    assert r.ndcg([1, 0, 2], [1, 3, 2], ties="first").order.tolist() == [1, 2, 0]


def test_mrr_by_hand() -> None:
    trace = r.mean_reciprocal_rank([[1, 0], [0, 0, 1], [0, 0], []])
    assert trace.ranks.tolist() == [1, 3, 0, 0]
    assert trace.value == pytest.approx((1 + 1 / 3) / 4)
    assert r.mean_reciprocal_rank([[0, 0, 1]], k=2).value == 0
    assert r.hits_at_k([[1, 0], [0, 0, 1], [0, 0], []], 2).value == 0.25
    assert r.hits_at_k([[1, 0], [0, 0, 1], [0, 0], []], 3).value == 0.5


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: r.mean_reciprocal_rank([]), "no queries"),
        (lambda: r.mean_reciprocal_rank([[1], [1, -1]]), "Query 2. Row 2 of the relevance grades"),
        (lambda: r.mean_reciprocal_rank([[math.nan]]), "Query 1. Row 1"),
        (lambda: r.mean_reciprocal_rank(["101"]), "Query 1. A ranking is a list"),
        (lambda: r.mean_reciprocal_rank([1, 0]), "Query 1. A ranking is a list"),
        (lambda: r.mean_reciprocal_rank([[[1]]]), "one number a row"),
        (lambda: r.mean_reciprocal_rank([[1]] * 10_001), "10001 queries are too many"),
        (lambda: r.mean_reciprocal_rank([[0] * 10_001]), "10001 documents are too many"),
        (lambda: r.mean_reciprocal_rank([[1]], 0), "k must be from 1"),
        (lambda: r.hits_at_k([[1]], 10_001), "k must be from 1"),
        (lambda: r.ndcg([]), "no documents"),
        (lambda: r.ndcg([1, 1001]), "Row 2"),
        (lambda: r.ndcg([1, 51], gain="exponential"), "[0, 50]"),
        (lambda: r.ndcg([1, 0], [0.5]), "2 relevance grades and 1 scores"),
        (lambda: r.ndcg([1, 0], [0.5, math.inf]), "Row 2 of the scores"),
        (lambda: r.ndcg([1], gain="quadratic"), "gain must be one of"),
        (lambda: r.ndcg([1], discount="linear"), "discount must be one of"),
        (lambda: r.ndcg([1], ties="worst"), "ties must be one of"),
        (lambda: r.ndcg([1], base=1), "base must be above 1"),
        (lambda: r.mean_ndcg([[1], []]), "Query 2. There are no documents"),
        (lambda: r.mean_ndcg([[1], [99]], gain="exponential"), "Query 2. Row 1"),
        (lambda: r.mean_ndcg([]), "no queries"),
    ],
)
def test_refusals(call: object, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        call()
    assert says in refused.value.text.en
    assert any("а" <= letter <= "я" for letter in refused.value.text.ru.lower())


def test_reference_knows_only_traces() -> None:
    with pytest.raises(TypeError, match="no reference"):
        r.reference(1.0)

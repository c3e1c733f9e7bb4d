"""The n-gram model: against nltk, against sums to 1, and against a case worked by hand."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from core.text.ngrams import END, START, UNK, NgramModel, Smoothing, nltk_probabilities, train

SEQUENCES = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=9), min_size=1, max_size=4)
TEXTS = st.lists(st.sampled_from("abcdxyz"), min_size=1, max_size=8)
MODELS = {
    "n": st.integers(1, 4),
    "smoothing": st.sampled_from(get_args(Smoothing)),
    "k": st.sampled_from([0.01, 0.5, 1.0]),
    "discount": st.sampled_from([0.05, 0.1, 0.75, 0.95]),
    "is_open": st.booleans(),
}


@settings(deadline=None, max_examples=250)
@given(sequences=SEQUENCES, text=TEXTS, **MODELS)
def test_every_probability_is_nltks(
    sequences: list[list[str]], text: list[str], n: int, smoothing: Smoothing, k: float, discount: float, is_open: bool
) -> None:
    # nltk's add-k always has <unk> in its vocabulary.
    model = train(sequences, n, smoothing, k=k, discount=discount, is_open=is_open or smoothing == "add_k")
    theirs = nltk_probabilities(model, sequences, text)
    ours = [model.probability(token, text[:i]) for i, token in enumerate(text)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-15)


def test_nltks_own_kneser_ney_is_the_closed_model() -> None:
    """Without our last step: nltk fitted by its own `fit`, where a context is full."""
    from nltk.lm import KneserNeyInterpolated

    rows = [list("abracadabra"), list("abcabcabd")]
    theirs = KneserNeyInterpolated(3, discount=0.4)
    grams = [
        [tuple(row[at - k : at + 1]) for at in range(2, len(row)) for k in range(3)]
        for row in ([START, START, *row] for row in rows)
    ]
    theirs.fit(grams, vocabulary_text=[token for row in rows for token in row])
    model = train(rows, 3, discount=0.4, is_open=False)
    for context in ("ab", "br", "ca", "zz"):
        for token in "abcdr":
            assert model.probability(token, list(context)) == pytest.approx(
                theirs.unmasked_score(token, tuple(context)), rel=1e-12
            )


@settings(deadline=None, max_examples=150)
@given(sequences=SEQUENCES, text=TEXTS, is_ended=st.booleans(), **MODELS)
def test_a_distribution_sums_to_one_and_agrees_with_its_parts(
    sequences: list[list[str]],
    text: list[str],
    is_ended: bool,
    n: int,
    smoothing: Smoothing,
    k: float,
    discount: float,
    is_open: bool,
) -> None:
    model = train(sequences, n, smoothing, k=k, discount=discount, is_open=is_open, is_ended=is_ended)
    p = model.distribution(text)
    never = smoothing == "mle" and not model.counts[n - 1].get(model.context_of(text))
    assert p.sum() == pytest.approx(0.0 if never else 1.0, abs=1e-12)
    assert (p >= 0).all()
    for token in model.vocabulary:
        assert model.probability(token, text) == pytest.approx(p[model.id_of(token)], rel=1e-12, abs=1e-15)
    if is_open and smoothing != "mle":
        assert p.min() > 0


@settings(deadline=None, max_examples=100)
@given(sequences=SEQUENCES, text=TEXTS, **MODELS)
def test_steps_are_the_recursion(
    sequences: list[list[str]], text: list[str], n: int, smoothing: Smoothing, k: float, discount: float, is_open: bool
) -> None:
    model = train(sequences, n, smoothing, k=k, discount=discount, is_open=is_open)
    steps = model.steps(text[-1], text[:-1])
    assert len(steps) == (n + is_open if smoothing == "kneser_ney" else 1)
    for step, below in pairwise(steps):
        assert step.value == pytest.approx(step.share + step.back * below.value, rel=1e-12)
        assert len(step.context) >= len(below.context)
        assert step.types <= step.total
    assert steps[0].value == model.probability(text[-1], text[:-1])


def test_a_bigram_worked_by_hand() -> None:
    """a b a b c: after b came a, c; after a came b twice; before a stood <s>, b; before b only a; before c only b."""
    model = train([list("ababc")], 2, discount=0.5, is_open=False)
    # p(a) = N₁₊(• a)/N₁₊(• •) = 2/4;  p(a | b) = (1 − 0.5)/2 + 0.5·2/2 · 2/4
    assert model.probability("a", ["b"]) == pytest.approx(0.25 + 0.5 * 0.5)
    assert model.probability("c", ["b"]) == pytest.approx(0.25 + 0.5 * 0.25)
    assert model.probability("b", ["b"]) == pytest.approx(0.5 * 0.25)
    assert model.probability("b", ["a"]) == pytest.approx(1.5 / 2 + 0.5 * 1 / 2 * 0.25)
    # A context that never came is answered by the shorter one.
    assert model.probability("a", ["c"]) == pytest.approx(0.5)
    mle = train([list("ababc")], 2, "mle", is_open=False)
    assert mle.probability("a", ["b"]) == 0.5
    assert mle.probability("b", []) == 0.0
    assert mle.probability("a", []) == 1.0
    add = train([list("ababc")], 2, "add_k", k=1)
    assert add.probability("a", ["b"]) == pytest.approx((1 + 1) / (2 + 4))
    assert add.probability("z", ["b"]) == pytest.approx(1 / 6)


def test_open_and_closed() -> None:
    closed, opened = train([list("aab")], 2, is_open=False), train([list("aab")], 2)
    assert closed.probability("z", ["a"]) == 0.0
    assert not closed.is_known("z")
    assert opened.probability("z", ["a"]) == opened.probability(UNK, ["a"]) > 0
    assert opened.vocabulary[-1] == UNK
    assert not opened.is_known(UNK)
    assert len(opened) == len(closed) + 1
    assert math.isinf(closed.log_probs(["a", "z"])[1])


def test_the_end_is_predicted_when_asked_for() -> None:
    model = train([["a", "b"], ["a", "b", "b"]], 3, is_ended=True)
    logs = model.log_probs(["a", "b"])
    assert len(logs) == 3
    assert logs[-1] == pytest.approx(math.log(model.probability(END, ["a", "b"])))
    # All strings over a closed vocabulary, up to a length, have no more than all of the probability.
    closed = train([["a", "b"], ["a", "b", "b"]], 3, is_ended=True, is_open=False)

    def total(prefix: list[str], p: float, depth: int) -> float:
        ended = p * closed.probability(END, prefix)
        if depth == 0:
            return ended
        return ended + sum(total([*prefix, w], p * closed.probability(w, prefix), depth - 1) for w in "ab")

    assert 0.97 < total([], 1.0, 11) < 1 + 1e-12


def test_the_beginning_is_context_and_never_predicted() -> None:
    model = train([list("ab"), list("ac")], 3)
    assert START not in model.vocabulary
    assert model.probability("a", []) > 0.5
    assert [step.context for step in model.steps("a", [])][:2] == [(START, START), (START,)]


@pytest.mark.parametrize(
    "wrong",
    [{"n": 0}, {"n": 9}, {"n": 2, "k": 0.0}, {"n": 2, "discount": 0.0}, {"n": 2, "discount": 1.0}, {"n": -1}],
)
def test_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(Refusal, match="between 0 and 1"):
        train([["a"]], **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("sequences", [[], [[]], [["a"] * 100_001]])
def test_nothing_and_too_much_is_refused(sequences: list[list[str]]) -> None:
    with pytest.raises(Refusal, match="trained on 1 to 100000 tokens"):
        train(sequences, 2)


def test_tokens_may_look_like_marks() -> None:
    model: NgramModel = train([[START, UNK, END, "a"]], 2, is_ended=True)
    assert np.isfinite(model.log_probs([UNK, END, START])).sum() >= 2
    assert model.distribution(["a"]).sum() == pytest.approx(1)

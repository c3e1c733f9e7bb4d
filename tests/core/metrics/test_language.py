"""Perplexity against torch's cross-entropy, diversity and repetition against slow counting, and all of it by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from core.metrics import language as m

MANY = settings(deadline=None, max_examples=300)

# Two or three different words, so that repeats are the rule.
tokens = st.lists(st.sampled_from(["the", "кот", "sat"]), max_size=24)


# --- perplexity


@MANY
@given(st.integers(1, 20), st.integers(1, 30), st.integers(0, 10**6), st.sampled_from([0.1, 1.0, 30.0, 1000.0]))
def test_perplexity_is_torchs(n: int, vocab: int, seed: int, scale: float) -> None:
    generator = np.random.default_rng(seed)
    logits = generator.standard_normal((n, vocab)) * scale
    targets = generator.integers(0, vocab, n)
    theirs = torch.nn.functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(targets), reduction="none")
    log_probs = m.log_probs_of(logits, targets)
    np.testing.assert_allclose(log_probs, -theirs.numpy(), rtol=1e-12, atol=1e-9)
    trace = m.perplexity(log_probs)
    assert trace.cross_entropy == pytest.approx(float(theirs.mean()), rel=1e-12, abs=1e-9)
    # exp(709.8) is the largest float: beyond it the perplexity is infinite.
    if trace.cross_entropy < 700:
        assert trace.value == pytest.approx(math.exp(float(theirs.mean())), rel=1e-9)
    elif trace.cross_entropy > 710:
        assert trace.value == math.inf
    assert all(check.passed for check in m.reference(trace))
    assert trace.running[-1] == pytest.approx(trace.value)
    assert trace.surprisal.sum() == pytest.approx(trace.total)


def test_perplexity_by_hand() -> None:
    """Probabilities ½, ¼, ⅛ cost 1, 2 and 3 bits: 2 bits a token, perplexity 4."""
    trace = m.perplexity(np.log([0.5, 0.25, 0.125]), ["I", " love", " NLP"])
    assert trace.surprisal.tolist() == pytest.approx([1, 2, 3])
    assert trace.running.tolist() == pytest.approx([2, 2**1.5, 4])
    assert trace.value == pytest.approx(4)
    assert trace.cross_entropy == pytest.approx(2 * math.log(2))
    # "I love NLP" has 10 characters and 3 words.
    assert trace.n_chars == 10
    assert trace.bits_per_char == pytest.approx(0.6)
    assert trace.char_perplexity == pytest.approx(2**0.6)
    assert math.isnan(trace.word_perplexity)
    assert m.perplexity(trace.log_probs, n_words=3).word_perplexity == pytest.approx(4)
    assert math.isnan(m.perplexity(trace.log_probs).bits_per_char)


def test_perplexity_of_an_even_guess_is_the_vocabulary() -> None:
    assert m.perplexity(m.log_probs_of(np.zeros((5, 37)), [0, 1, 2, 3, 36])).value == pytest.approx(37)


def test_cutting_differently_changes_perplexity_but_not_bits_per_character() -> None:
    """The same text and probability, as two tokens or as four."""
    two = m.perplexity(np.log([0.25, 0.25]), ["Видно", " ли"])
    four = m.perplexity(np.log([0.5] * 4), ["Вид", "но", " ", "ли"])
    assert two.value == pytest.approx(4)
    assert four.value == pytest.approx(2)
    assert two.bits_per_char == pytest.approx(four.bits_per_char)


def test_an_impossible_token_makes_perplexity_infinite() -> None:
    trace = m.perplexity([math.log(0.5), -math.inf, math.log(0.5)])
    assert trace.value == math.inf
    assert trace.running.tolist() == [pytest.approx(2), math.inf, math.inf]
    assert m.reference(trace) == ()
    assert m.perplexity([-1e6]).value == math.inf
    forbidden = m.log_probs_of([[0.0, -math.inf, 0.0]], [1])
    assert forbidden[0] == -math.inf
    # Certain of everything: perplexity 1, and no minus sign before the zero.
    certain = m.perplexity([0.0, 1e-9])
    assert (certain.value, str(certain.bits), str(certain.cross_entropy)) == (1.0, "0.0", "0.0")


# --- Distinct-N


@MANY
@given(st.lists(tokens, min_size=1, max_size=4), st.integers(1, 4), st.sampled_from(m.DENOMINATORS))
def test_distinct_counts(texts: list[list[str]], n: int, denominator: m.Denominator) -> None:
    trace = m.distinct_n(texts, n, denominator)
    grams = [" ".join(text[i : i + n]) for text in texts for i in range(len(text)) if i + n <= len(text)]
    assert trace.n_distinct == len(set(grams))
    assert trace.n_ngrams == len(grams) == sum(count for _, count in trace.counts)
    assert trace.n_tokens == sum(map(len, texts))
    V = len({token for text in texts for token in text}) ** n
    expected = V * (1 - ((V - 1) / V) ** len(grams)) if V else 0.0
    below = {"tokens": trace.n_tokens, "ngrams": len(grams), "expected": expected}[denominator]
    assert trace.value == pytest.approx(len(set(grams)) / below if below else 0.0)
    if denominator != "expected":
        assert 0 <= trace.value <= 1


def test_distinct_by_hand() -> None:
    """«кот и кот и пёс»: 3 of 5 words differ, 3 of 4 bigrams."""
    text = "кот и кот и пёс"
    assert m.distinct_n(text, 1).value == 3 / 5
    assert m.distinct_n(text, 2).value == 3 / 4
    assert m.distinct_n(text, 2, "tokens").value == 3 / 5
    assert m.distinct_n(text, 1).counts[0] == (("кот",), 2)
    assert m.distinct_n(text, 1, "expected", 10).value == pytest.approx(3 / (10 * (1 - 0.9**5)))
    # Bigrams do not cross from one text into the next.
    assert m.distinct_n(["a b", "c d"], 2).n_ngrams == 2
    assert m.distinct_n("", 2).value == 0
    assert m.distinct_n("a", 2).value == 0
    assert m.distinct_n([["a", "b"]], 2).counts == ((("a", "b"), 1),)


def test_expected_distinct_forgives_length() -> None:
    """Random words from 50: by n-grams the long text looks poor, by expectation both are near 1."""
    generator = np.random.default_rng(0)
    short, long = ([" ".join(map(str, generator.integers(0, 50, size)))] for size in (20, 2000))
    assert m.distinct_n(short, 1).value > 20 * m.distinct_n(long, 1).value
    for text in (short, long):
        assert m.distinct_n(text, 1, "expected", 50).value == pytest.approx(1, abs=0.15)


# --- repetition


@MANY
@given(tokens, st.integers(1, 4), st.integers(1, 8))
def test_repetition_counts(text: list[str], n: int, window: int) -> None:
    trace = m.repetition(text, n, window)
    grams = [text[i : i + n] for i in range(len(text) - n + 1)]
    assert trace.value == pytest.approx(1 - len(set(map(tuple, grams))) / len(grams) if grams else 0)
    assert trace.is_repeat.tolist() == [gram in grams[:i] for i, gram in enumerate(grams)]
    assert trace.first.tolist() == [grams.index(gram) for gram in grams]
    assert trace.is_recent.tolist() == [w in text[max(0, i - window) : i] for i, w in enumerate(text)]


@MANY
@given(tokens)
def test_loops(text: list[str]) -> None:
    """The longest cover and, among equals, the shortest loop, by trying all."""
    loop, count = m.find_loop(text)
    best = (0, 0, ())
    for size in range(1, len(text) // 2 + 1):
        tail = text[len(text) - size :]
        runs = 1
        while text[len(text) - size * (runs + 1) : len(text) - size * runs] == tail and size * (runs + 1) <= len(text):
            runs += 1
        if runs >= 2 and runs * size > best[0]:
            best = (runs * size, runs, tuple(tail))
    assert (count, loop) == (best[1], best[2])


def test_repetition_by_hand() -> None:
    trace = m.repetition("I do not know what I do not know what I do not", 2, 3)
    # 13 words, 12 bigrams, 5 different: I-do do-not not-know know-what what-I.
    assert trace.value == pytest.approx(1 - 5 / 12)
    assert trace.recent_share == 0
    assert m.repetition("a b a", 2, 2).is_recent.tolist() == [False, False, True]
    assert m.find_loop(["so", "I", *["I", "do", "not", "know"] * 2]) == (("I", "do", "not", "know"), 2)
    assert m.find_loop(["ха"] * 3) == (("ха",), 3)
    assert m.find_loop(["a", "b"]) == ((), 0)
    assert m.repetition("").value == 0
    assert m.repetition("").recent_share == 0


# --- refusals


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: m.perplexity([]), "no tokens"),
        (lambda: m.perplexity([-1.0, 0.5]), "Token 2"),
        (lambda: m.perplexity([-1.0, math.nan]), "Token 2"),
        (lambda: m.perplexity([[-1.0]]), "Token 1"),
        (lambda: m.perplexity(["low"]), "must be numbers"),
        (lambda: m.perplexity([[-1.0], [-1.0, 2]]), "must be numbers"),
        (lambda: m.perplexity([-1.0], ["a", "b"]), "2 tokens and 1 log"),
        (lambda: m.perplexity([-1.0], n_chars=0), "number of characters"),
        (lambda: m.perplexity([-1.0], n_words=-2), "number of words"),
        (lambda: m.perplexity([-1.0] * 20_001), "20001 tokens are too many"),
        (lambda: m.log_probs_of([[0.0, 1.0]], [2]), "not in the vocabulary of 2"),
        (lambda: m.log_probs_of([[0.0, 1.0]], [-1]), "not in the vocabulary"),
        (lambda: m.log_probs_of([[0.0, 1.0]], [0, 1]), "One row of logits"),
        (lambda: m.log_probs_of([[0.0, 1.0], [0.0]], [0, 1]), "One row of logits"),
        (lambda: m.log_probs_of([["a", "b"]], [0]), "One row of logits"),
        (lambda: m.log_probs_of([[math.nan, 1.0]], [0]), "no finite maximum"),
        (lambda: m.log_probs_of([[-math.inf, -math.inf]], [0]), "no finite maximum"),
        (lambda: m.log_probs_of(np.zeros((2001, 4000), dtype=np.int8), [0] * 2001), "logits are too many"),
        (lambda: m.distinct_n("a", 0), "n must be from 1 to 10"),
        (lambda: m.distinct_n("a", 11), "n must be from 1 to 10"),
        (lambda: m.distinct_n("a", denominator="words"), "denominator must be one of"),
        (lambda: m.distinct_n("a", vocabulary=0), "vocabulary"),
        (lambda: m.distinct_n(["a"] * 10_001), "10001 texts are too many"),
        (lambda: m.distinct_n(["a " * 150_000, "b " * 150_000]), "300000 tokens are too many"),
        (lambda: m.distinct_n("a" * 1_000_001), "1000001 characters"),
        (lambda: m.distinct_n([["a", ["b"]]]), "a string or a list of words"),
        (lambda: m.repetition("a", 4, 0), "window"),
        (lambda: m.repetition("a", 0), "n must be"),
        (lambda: m.repetition("a " * 20_001), "too many"),
    ],
)
def test_refusals(call: object, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        call()
    assert says in refused.value.text.en
    assert any("а" <= letter <= "я" for letter in refused.value.text.ru.lower())

"""ROUGE: the paper's examples, rouge-score on generated texts in both languages, the Cyrillic trap, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from core.errors import Refusal
from core.metrics.rouge import RougeOptions, reference, rouge_counts, rouge_l, rouge_lsum, rouge_n

VOCABULARY = [
    "the", "The", "cat", "cats", "running", "runs,", "it's", "U.S.", "5,000", "кот", "Коты", "сидели", "сидел.", "на",
    "—", "\n", "\n\n", "end.", "İ", "naïve",
]  # fmt: skip
TEXTS = st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join) | st.text("ab .,\n", max_size=20)
REFERENCES = st.lists(TEXTS, min_size=1, max_size=4)
OPTIONS = st.fixed_dictionaries(
    {
        "tokenize": st.sampled_from(["rouge_score", "unicode"]),
        "use_stemmer": st.booleans(),
        "lang": st.sampled_from(["en", "ru"]),
        "aggregate": st.sampled_from(["max", "mean"]),
    }
)


def passed(trace: object) -> bool:
    checks = reference(trace)  # type: ignore[arg-type]
    return len(checks) == 1 and checks[0].passed


def test_the_police_example_of_lin_2004() -> None:
    """Section 3.1: ROUGE-2 cannot tell the two candidates apart, ROUGE-L can."""
    police = ["police killed the gunman"]
    kill, gunman, mixed = "police kill the gunman", "the gunman kill police", "the gunman police killed"
    assert rouge_n(kill, police).value == rouge_n(gunman, police).value == pytest.approx(1 / 3)
    assert rouge_l(kill, police).value == pytest.approx(3 / 4)
    assert rouge_l(gunman, police).value == pytest.approx(2 / 4)
    # ROUGE-L counts one of the two equally long subsequences, ROUGE-2 both of the bigrams.
    assert rouge_l(mixed, police).value == pytest.approx(2 / 4)
    assert rouge_n(mixed, police).value == pytest.approx(2 / 3)


def test_the_union_example_of_lin_2004() -> None:
    """Section 3.2: w1 w2 w3 w4 w5 against w1 w2 w6 w7 w8 and w1 w3 w8 w9 w5 covers w1 w2 w3 w5: 4 of 5."""
    trace = rouge_lsum("w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5", ["w1 w2 w3 w4 w5"])
    (sentence,) = trace.match.sentences
    assert sentence.lcs == ((0, 1), (0, 2, 4))
    assert sentence.union == sentence.counted == (0, 1, 2, 4)
    assert (trace.recall, trace.precision) == (4 / 5, 4 / 10)


def test_no_token_is_counted_twice_in_the_union() -> None:
    trace = rouge_lsum("a b", ["a b\na c"])
    first, second = trace.match.sentences
    assert (first.counted, second.union, second.counted) == ((0, 1), (0,), ())
    assert (trace.precision, trace.recall) == (1.0, 2 / 4)


def test_the_table_and_its_path() -> None:
    match = rouge_l("a c b", ["a b c"]).match
    assert match.L.tolist() == [[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 1, 2], [0, 1, 2, 2]]
    assert match.path[0] == (3, 3)
    assert match.pairs == ((0, 0), (1, 2))
    with pytest.raises(ValueError, match="read-only"):
        match.L[0, 0] = 1


def test_several_references() -> None:
    best = rouge_n("a b c d", ["a x", "a b c", "d e f g"], n=1)
    assert (best.best, best.precision, best.recall) == (1, 3 / 4, 1.0)
    mean = rouge_n("a b c d", ["a x", "a b c", "d e f g"], n=1, aggregate="mean")
    assert mean.precision == pytest.approx((1 / 4 + 3 / 4 + 1 / 4) / 3)
    assert mean.value != pytest.approx(2 * mean.precision * mean.recall / (mean.precision + mean.recall))


def test_rouge_score_finds_nothing_in_russian() -> None:
    """The trap is real: identical Russian texts score 0 with the library's own tokenisation."""
    text = "Кошка сидела на коврике."
    assert RougeScorer(["rouge1"]).score(text, text)["rouge1"].fmeasure == 0.0
    assert rouge_n(text, [text], n=1).value == 0.0
    assert rouge_n(text, [text], n=1, tokenize="unicode").value == 1.0
    cased = rouge_n("кошки сидели", ["кошка сидела"], n=1, tokenize="unicode", use_stemmer=True, lang="ru")
    assert cased.words == ("кошк", "сидел")
    assert cased.value == 1.0


def test_the_stemmer_leaves_short_words() -> None:
    assert RougeOptions(use_stemmer=True).split("was its cats running") == ("was", "its", "cat", "run")


@settings(deadline=None, max_examples=500)
@given(TEXTS, REFERENCES, st.integers(1, 4), OPTIONS)
def test_rouge_n_equals_rouge_score(hypothesis: str, references: list[str], n: int, options: dict[str, object]) -> None:
    trace = rouge_n(hypothesis, references, n=n, **options)
    assert passed(trace)
    assert sum(gram.matches for gram in trace.match.grams) == trace.match.prf.matches
    for gram in trace.match.grams:
        assert all(trace.words[p : p + n] == gram.words for p in gram.positions)
        assert all(trace.match.words[p : p + n] == gram.words for p in gram.reference_positions)


@settings(deadline=None, max_examples=500)
@given(TEXTS, REFERENCES, OPTIONS)
def test_rouge_l_equals_rouge_score(hypothesis: str, references: list[str], options: dict[str, object]) -> None:
    trace = rouge_l(hypothesis, references, **options)
    assert passed(trace)
    match = trace.match
    assert [match.words[i] for i, _ in match.pairs] == [trace.words[j] for _, j in match.pairs]
    steps = np.diff(np.array(match.path), axis=0)
    assert all(step in ([-1, -1], [-1, 0], [0, -1]) for step in steps.tolist())


@settings(deadline=None, max_examples=500)
@given(TEXTS, REFERENCES, OPTIONS, st.sampled_from(["newline", "punctuation"]))
def test_rouge_lsum_equals_rouge_score(
    hypothesis: str, references: list[str], options: dict[str, object], sentences: str
) -> None:
    assert passed(rouge_lsum(hypothesis, references, sentences=sentences, **options))


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS, OPTIONS)
def test_the_counts_without_a_trace_are_those_of_the_traces(
    hypothesis: str, other: str, options: dict[str, object]
) -> None:
    counts = rouge_counts(hypothesis, other, RougeOptions(**options))  # type: ignore[arg-type]
    assert counts["rouge1"] == rouge_n(hypothesis, [other], n=1, **options).prfs[0]
    assert counts["rouge2"] == rouge_n(hypothesis, [other], n=2, **options).prfs[0]
    assert counts["rougeL"] == rouge_l(hypothesis, [other], **options).prfs[0]
    assert counts["rougeLsum"] == rouge_lsum(hypothesis, [other], **options).prfs[0]


def test_empty_texts() -> None:
    for score in (rouge_n, rouge_l, rouge_lsum):
        for hypothesis, other in (("", ""), ("a", ""), ("", "a")):
            trace = score(hypothesis, [other])
            assert (trace.precision, trace.recall, trace.value) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rouge_n("a", []), "no reference"),
        (lambda: rouge_n("a", ["a"], n=0), "from 1 to 9"),
        (lambda: rouge_n("a", ["a"], tokenize="13a"), "rouge_score, unicode"),
        (lambda: rouge_n("a", ["a"], aggregate="magic"), "max, mean"),
        (lambda: rouge_lsum("a", ["a"], sentences="magic"), "newline, punctuation"),
        (lambda: rouge_l("a " * 401, ["a"]), "The hypothesis has 401 words"),
        (lambda: rouge_lsum("a", ["a", "a " * 401]), "Reference 2 has 401 words"),
    ],
)
def test_refusals_speak_both_languages(call: object, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        call()  # type: ignore[operator]
    assert words in refused.value.text.en
    assert any("а" <= letter <= "я" for letter in refused.value.text.ru.lower())

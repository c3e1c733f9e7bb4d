"""chrF: a case by hand, sacrebleu and nltk on generated texts, positions that can be drawn, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nltk.translate.chrf_score import sentence_chrf

from core.errors import Refusal
from core.metrics.chrf import chrf, chrf_statistics, corpus_chrf, part_marks, reference, score_chrf

VOCABULARY = ["the", "The", "cat", "cats", "sat.", "on", "(mat)", "it's", "кот", "Коты", "сидел,", "на", "—", "!"]
TEXTS = st.lists(st.sampled_from(VOCABULARY), max_size=10).map(" ".join) | st.text("abA .,\n", max_size=20)
REFERENCES = st.lists(TEXTS, min_size=1, max_size=4)
OPTIONS = st.fixed_dictionaries(
    {
        "char_order": st.integers(1, 7),
        "word_order": st.integers(0, 3),
        "beta": st.sampled_from([0, 1, 2, 3]),
        "lowercase": st.booleans(),
        "whitespace": st.booleans(),
        "eps_smoothing": st.booleans(),
    }
)


def passed(trace: object) -> bool:
    checks = reference(trace)  # type: ignore[arg-type]
    return len(checks) == 1 and checks[0].passed


def test_a_case_by_hand() -> None:
    """abc / abd: unigrams 2 of 3, bigrams 1 of 2, trigrams 0 of 1, and no longer ones."""
    trace = chrf("abc", ["abd"])
    assert [(o.in_hypothesis, o.in_reference, o.matches) for o in trace.score.orders] == [
        (3, 3, 2),
        (2, 2, 1),
        (1, 1, 0),
        (0, 0, 0),
        (0, 0, 0),
        (0, 0, 0),
    ]
    assert [order.is_counted for order in trace.score.orders] == [True] * 3 + [False] * 3
    # Precision and recall are both (2/3 + 1/2 + 0) / 3, so every F is that too.
    assert trace.value == pytest.approx(7 / 18, abs=1e-15)
    assert chrf("abc", ["abd"], eps_smoothing=True).value == pytest.approx((2 / 3 + 1 / 2) / 6, abs=1e-12)


def test_recall_weighs_more_with_beta_2() -> None:
    short, long = chrf("ab", ["abcd"]), chrf("abcd", ["ab"])
    assert short.score.precision > short.score.recall
    assert short.value < long.value
    assert chrf("ab", ["abcd"], beta=1).value == pytest.approx(chrf("abcd", ["ab"], beta=1).value, abs=1e-15)


def test_words_of_chrf_plus_plus() -> None:
    assert part_marks("(yes) no. 'tis ! «да»") == ("(yes", ")", "no", ".", "'", "tis", "!", "«да»")
    trace = chrf("the cat.", ["a cat."], word_order=2)
    assert [(o.kind, o.n, o.matches) for o in trace.score.orders[6:]] == [("word", 1, 2), ("word", 2, 1)]
    assert [gram.text for gram in trace.grams[6]] == ["cat", "."]
    assert [gram.text for gram in trace.grams[7]] == ["cat ."]


def test_character_n_grams_cross_the_white_space_they_skip() -> None:
    trace = chrf("a bc", ["xa b"], char_order=2)
    (gram,) = trace.grams[1]
    assert gram.text == "ab"
    assert trace.hypothesis[gram.hypothesis_starts[0] : gram.hypothesis_ends[0]] == "a b"
    assert trace.reference[gram.reference_starts[0] : gram.reference_ends[0]] == "a b"


@settings(deadline=None, max_examples=600)
@given(TEXTS, REFERENCES, OPTIONS)
def test_sentence_equals_sacrebleu(hypothesis: str, references: list[str], options: dict[str, object]) -> None:
    assert passed(chrf(hypothesis, references, **options))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(TEXTS, REFERENCES), min_size=1, max_size=5), OPTIONS)
def test_corpus_equals_sacrebleu(rows: list[tuple[str, list[str]]], options: dict[str, object]) -> None:
    assert passed(corpus_chrf([h for h, _ in rows], [r for _, r in rows], **options))


@settings(deadline=None, max_examples=200)
@given(st.text("abc ", min_size=6, max_size=20), st.text("abc ", min_size=6, max_size=20))
def test_nltk_averages_the_f_of_each_order(hypothesis: str, other: str) -> None:
    """nltk is of the `eps_smoothing` family, but only where the texts are long enough for every order."""
    assume(min(len("".join(text.split())) for text in (hypothesis, other)) >= 3)
    theirs = sentence_chrf(other, hypothesis, max_len=3, beta=2.0)
    assert chrf(hypothesis, [other], char_order=3, eps_smoothing=True).value == pytest.approx(theirs, abs=1e-9)


@settings(deadline=None, max_examples=300)
@given(TEXTS, REFERENCES, OPTIONS)
def test_the_shared_n_grams_add_up_and_stand_where_they_say(
    hypothesis: str, references: list[str], options: dict[str, object]
) -> None:
    trace = chrf(hypothesis, references, **options)
    for order, grams in zip(trace.score.orders, trace.grams, strict=True):
        assert sum(gram.matches for gram in grams) == order.matches
        for gram in grams:
            for start, end in zip(gram.hypothesis_starts, gram.hypothesis_ends, strict=True):
                if order.kind == "word":
                    assert " ".join(trace.words[start:end]) == gram.text
                elif trace.options.whitespace:
                    assert trace.hypothesis[start:end] == gram.text
                else:
                    assert "".join(trace.hypothesis[start:end].split()) == gram.text
    assert trace.value == max(score.value for score in trace.scores)
    statistics = chrf_statistics([hypothesis], [references], trace.options)
    assert score_chrf(statistics, trace.options) == trace.score


def test_a_corpus_can_be_counted_in_pieces() -> None:
    hypotheses, references = ["the cat", "кот", "", "on"] * 3, [["the cats"], ["коты", "кот!"], ["a"], ["in", "on"]] * 3
    whole = corpus_chrf(hypotheses, references)
    pieces = [chrf_statistics(hypotheses[k : k + 5], references[k : k + 5], whole.options) for k in (0, 5, 10)]
    assert np.array_equal(np.concatenate(pieces), whole.statistics)
    assert whole.signature == "chrF2 · refs:2 · case:mixed · eff:yes · nc:6 · nw:0 · space:no · rows:12"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: chrf("a", []), "no reference"),
        (lambda: chrf("a" * 3000, ["a"]), "3000 characters"),
        (lambda: chrf("a", ["a"], char_order=0), "from 1 to 10"),
        (lambda: chrf("a", ["a"], word_order=9), "from 0 to 4"),
        (lambda: chrf("a", ["a"], beta=math.nan), "from 0 to 100"),
        (lambda: corpus_chrf(["a"], [["a" * 3000]]), "Row 1. Reference 1 has 3000 characters"),
    ],
)
def test_refusals_speak_both_languages(call: object, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        call()  # type: ignore[operator]
    assert words in refused.value.text.en
    assert any("а" <= letter <= "я" for letter in refused.value.text.ru.lower())

"""BLEU: Papineni's worked example, sacrebleu and nltk on generated texts, tokenisations, refusals."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a
from sacrebleu.tokenizers.tokenizer_char import TokenizerChar
from sacrebleu.tokenizers.tokenizer_intl import TokenizerV14International

from core.errors import Refusal
from core.metrics.bleu import (
    BleuOptions,
    bleu,
    bleu_statistics,
    closest_reference,
    corpus_bleu,
    reference,
    score_bleu,
)
from core.metrics.ngrams import (
    MAX_CHARS,
    MAX_REFERENCES,
    lcs_length,
    lcs_path,
    lcs_positions,
    lcs_table,
    split_13a,
    split_intl,
    split_sentences,
    split_unicode,
    split_words,
)

# Few words, so that n-grams match; marks, numbers and Cyrillic, so that tokenisations differ.
VOCABULARY = ["the", "The", "cat", "sat", "on", "mat", "it's", "кот", "сидел", "на", "5,000.5", "end.", "(yes)", "a-b"]
TEXTS = st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join) | st.text("ab .,", max_size=20)
REFERENCES = st.lists(TEXTS, min_size=1, max_size=4)
# Every mark the rules name, digits, letters, white space, entities, and a few characters of other scripts.
PIECES = st.sampled_from(
    [*"aZя09.,'-!?;:()[]{}«»“”—…/\\&<>$€№^`~|@#%*_+= \n\t", "&amp;", "&lt;", "&quot;", "<skipped>"]
)
MARKED = st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=20)

SACREBLEU = st.fixed_dictionaries(
    {
        "n": st.integers(1, 5),
        "smoothing": st.sampled_from(["none", "floor", "add-k", "exp"]),
        "smoothing_value": st.sampled_from([None, 0.01, 0.5, 2.0]),
        "tokenize": st.sampled_from(["none", "13a", "intl", "char"]),
        "lowercase": st.booleans(),
        "effective_order": st.booleans(),
    }
)
NLTK = st.fixed_dictionaries(
    {
        "n": st.integers(1, 5),
        "tokenize": st.sampled_from(["none", "13a", "unicode"]),
        "lowercase": st.booleans(),
        "effective_order": st.booleans(),
    }
)
NLTK_SMOOTHING = st.sampled_from([("none", None), ("floor", None), ("floor", 0.01), ("add-k", None), ("exp", None)])


def passed(trace: object) -> bool:
    checks = reference(trace)  # type: ignore[arg-type]
    assert checks
    return all(check.passed for check in checks)


def test_seven_times_the_is_two_sevenths() -> None:
    trace = bleu("the the the the the the the", ["the cat is on the mat", "there is a cat on the mat"], n=1)
    assert trace.score.matches == (2,)
    assert trace.score.totals == (7,)
    assert trace.score.precisions[0] == pytest.approx(2 / 7, abs=1e-15)
    (gram,) = trace.grams[0]
    assert (gram.count, gram.clip, gram.clipped_by) == (7, 2, 0)
    assert gram.matched_positions == (0, 1)
    assert gram.reference_positions == ((0, 4), (5,))
    # c = 7 and both references are near: 6 and 7. The seventh word costs nothing, the clip costs all.
    assert (trace.score.c, trace.score.r, trace.closest) == (7, 7, 1)
    assert trace.value == pytest.approx(2 / 7, abs=1e-15)


def test_a_case_by_hand() -> None:
    """the cat sat on mat / the cat sat on the mat: p = 5/5, 3/4, 2/3, 1/2 and one word too short."""
    trace = bleu("the cat sat on mat", ["the cat sat on the mat"])
    assert trace.score.matches == (5, 3, 2, 1)
    assert trace.score.totals == (5, 4, 3, 2)
    assert trace.score.brevity_penalty == pytest.approx(math.exp(-1 / 5), abs=1e-15)
    assert trace.score.geometric_mean == pytest.approx((1 * 0.75 * 2 / 3 * 0.5) ** 0.25, abs=1e-15)
    assert trace.value == pytest.approx(math.exp(-0.2) * 0.25**0.25, abs=1e-15)
    assert trace.percent == 100 * trace.value


def test_the_clip_is_the_best_single_reference_not_the_sum() -> None:
    trace = bleu("a a a a", ["a b", "a a b b"], n=1)
    assert trace.grams[0][0].clip == 2
    assert trace.grams[0][0].clipped_by == 1


def test_an_unknown_word_has_no_clip() -> None:
    (gram,) = bleu("x", ["a"], n=1).grams[0]
    assert (gram.clip, gram.clipped_by, gram.matches, gram.matched_positions) == (0, None, 0, ())


def test_of_two_equally_close_references_the_shorter_counts() -> None:
    assert closest_reference(10, [12, 8, 11, 9]) == 3
    assert closest_reference(10, [12, 8]) == 1
    assert bleu("a b c", ["a b c d", "a b"], n=1).score.r == 2


def test_smoothing_methods_by_hand() -> None:
    """Matches 2, 0 of totals 3, 2: what each method makes of the 0."""
    h, r = "a x b", ["a b c"]
    assert bleu(h, r, n=2).value == 0.0
    assert bleu(h, r, n=2, smoothing="floor").score.precisions[1] == pytest.approx(0.1 / 2)
    assert bleu(h, r, n=2, smoothing="add-k").score.precisions == pytest.approx((2 / 3, 1 / 3))
    assert bleu(h, r, n=2, smoothing="exp").score.precisions[1] == pytest.approx(0.5 / 2)
    assert bleu(h, r, n=3, smoothing="exp").score.precisions[2] == pytest.approx(0.25 / 1)
    assert bleu(h, r, n=2, smoothing="exp").score.is_smoothed == (False, True)


def test_a_short_sentence_is_where_the_two_definitions_part() -> None:
    same_words = {"hypothesis": "good morning", "references": ["good morning"]}
    assert bleu(**same_words, smoothing="exp").value == 0.0
    assert bleu(**same_words, smoothing="exp", effective_order=True).value == pytest.approx(1.0)
    assert bleu(**same_words, smoothing="exp", definition="nltk").value == pytest.approx((1 / 2 * 1 / 4) ** 0.25)
    assert 0 < bleu(**same_words, definition="nltk").value < 1e-100


@settings(deadline=None, max_examples=700)
@given(TEXTS, REFERENCES, SACREBLEU)
def test_sentence_equals_sacrebleu(hypothesis: str, references: list[str], options: dict[str, object]) -> None:
    assert passed(bleu(hypothesis, references, **options))


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(TEXTS, REFERENCES), min_size=1, max_size=5), SACREBLEU)
def test_corpus_equals_sacrebleu(rows: list[tuple[str, list[str]]], options: dict[str, object]) -> None:
    assert passed(corpus_bleu([h for h, _ in rows], [r for _, r in rows], **options))


@settings(deadline=None, max_examples=400)
@given(TEXTS, REFERENCES, NLTK, NLTK_SMOOTHING)
def test_sentence_equals_nltk(
    hypothesis: str, references: list[str], options: dict[str, object], smoothing: tuple[str, float | None]
) -> None:
    trace = bleu(
        hypothesis, references, **options, smoothing=smoothing[0], smoothing_value=smoothing[1], definition="nltk"
    )
    assert passed(trace)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(TEXTS, REFERENCES), min_size=1, max_size=5), NLTK, NLTK_SMOOTHING)
def test_corpus_equals_nltk(
    rows: list[tuple[str, list[str]]], options: dict[str, object], smoothing: tuple[str, float | None]
) -> None:
    trace = corpus_bleu(
        [h for h, _ in rows],
        [r for _, r in rows],
        **options,
        smoothing=smoothing[0],
        smoothing_value=smoothing[1],
        definition="nltk",
    )
    assert passed(trace)


@settings(deadline=None, max_examples=100)
@given(TEXTS, REFERENCES, st.lists(st.sampled_from([0.0, 0.2, 0.5, 1.0]), min_size=3, max_size=3).filter(any))
def test_weights_equal_nltk_and_are_divided_by_their_sum_otherwise(
    hypothesis: str, references: list[str], weights: list[float]
) -> None:
    options = {"n": 3, "weights": weights, "smoothing": "add-k", "tokenize": "none"}
    assert passed(bleu(hypothesis, references, **options, definition="nltk"))
    ours = bleu(hypothesis, references, **options)
    assert passed(ours)
    doubled = bleu(hypothesis, references, **{**options, "weights": [2 * w for w in weights]})
    assert doubled.value == pytest.approx(ours.value, abs=1e-12)
    if any(ours.score.matches):
        log_mean = sum(w * math.log(p) for w, p in zip(weights, ours.score.precisions, strict=True) if w) / sum(weights)
        assert ours.score.geometric_mean == pytest.approx(math.exp(log_mean), abs=1e-12)


@settings(deadline=None, max_examples=150)
@given(TEXTS, REFERENCES, SACREBLEU)
def test_the_counts_without_a_trace_are_those_of_the_trace(
    hypothesis: str, references: list[str], options: dict[str, object]
) -> None:
    trace = bleu(hypothesis, references, **options)
    statistics = bleu_statistics([hypothesis], [references], trace.options)
    assert score_bleu(statistics, trace.options) == trace.score
    for n, grams in enumerate(trace.grams, 1):
        for gram in grams:
            assert all(trace.words[p : p + n] == gram.words for p in gram.positions)
            for words, positions in zip(trace.reference_words, gram.reference_positions, strict=True):
                assert all(words[p : p + n] == gram.words for p in positions)


def test_a_corpus_can_be_counted_in_pieces() -> None:
    hypotheses = ["the cat sat", "кот сидел на", "", "on the mat"] * 3
    references = [["the cat sat on"], ["кот сидел", "на кот"], ["a"], ["on a mat"]] * 3
    whole = corpus_bleu(hypotheses, references, smoothing="exp")
    pieces = [bleu_statistics(hypotheses[k : k + 5], references[k : k + 5], whole.options) for k in (0, 5, 10)]
    assert np.array_equal(np.concatenate(pieces), whole.statistics)
    assert score_bleu(np.concatenate(pieces), whole.options) == whole.score
    with pytest.raises(ValueError, match="read-only"):
        whole.statistics[0, 0] = 1


@settings(deadline=None, max_examples=500)
@given(MARKED)
def test_tokenisations_equal_sacrebleu(text: str) -> None:
    assert split_13a(text) == tuple(Tokenizer13a()(text).split())
    assert split_words(text, "char") == tuple(TokenizerChar()(text.rstrip()).split())


@settings(deadline=None, max_examples=700)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_international_tokenisation_equals_sacrebleu(text: str) -> None:
    """Generated from assigned characters: the `regex` package knows newer Unicode tables than Python does."""
    assert split_intl(text) == tuple(TokenizerV14International()(text).split())


def test_tokenisations_differ_where_they_should() -> None:
    text = "«Isn't» 1,000.5 a-b 5-6!"
    assert split_words(text, "none") == ("«Isn't»", "1,000.5", "a-b", "5-6!")
    assert split_words(text, "13a") == ("«Isn't»", "1,000.5", "a-b", "5", "-", "6", "!")
    assert split_words(text, "intl") == ("«", "Isn", "'", "t", "»", "1,000.5", "a", "-", "b", "5-6!")
    assert split_words(text + " ", "intl") == split_words(text, "intl")
    assert split_words(text, "unicode") == ("isn", "t", "1", "000", "5", "a", "b", "5", "6")
    assert split_words("кот Ёж", "rouge_score") == ()
    assert split_unicode("и\u0306") == ("й",)


def test_sentences_end_where_a_reader_ends_them() -> None:
    assert split_sentences("He met Mr. Fox. It was late! Was it? “Yes.” End") == (
        "He met Mr. Fox.",
        "It was late!",
        "Was it?",
        "“Yes.”",
        "End",
    )
    assert split_sentences("А. С. Пушкин родился в 1799 г. в Москве. См. рис. 2.\nКонец") == (
        "А. С. Пушкин родился в 1799 г. в Москве.",
        "См. рис. 2.",
        "Конец",
    )
    assert split_sentences(" \n ") == ()


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from("abcd"), max_size=15), st.lists(st.sampled_from("abcd"), max_size=15))
def test_the_lcs_without_a_table_is_that_of_the_table(r: list[str], h: list[str]) -> None:
    L = lcs_table(r, h)
    slow = [[0] * (len(h) + 1) for _ in range(len(r) + 1)]
    for i, word in enumerate(r, 1):
        for j, other in enumerate(h, 1):
            slow[i][j] = slow[i - 1][j - 1] + 1 if word == other else max(slow[i - 1][j], slow[i][j - 1])
    assert L.tolist() == slow
    _, pairs = lcs_path(L, r, h)
    assert len(pairs) == lcs_length(r, h) == L[-1, -1]
    assert [i for i, _ in pairs] == lcs_positions(r, h)
    assert all(r[i] == h[j] for i, j in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: bleu("a", []), "no reference"),
        (lambda: bleu("a", ["a"] * (MAX_REFERENCES + 1)), "9 references"),
        (lambda: bleu("a" * (MAX_CHARS + 1), ["a"]), "2001 characters"),
        (lambda: bleu("a", ["a", "b" * (MAX_CHARS + 1)]), "Reference 2"),
        (lambda: bleu("a", ["a"], n=0), "from 1 to 9"),
        (lambda: bleu("a", ["a"], smoothing="magic"), "one of: none, floor"),
        (lambda: bleu("a", ["a"], tokenize="magic"), "one of: none, 13a"),
        (lambda: bleu("a", ["a"], definition="magic"), "one of: sacrebleu, nltk"),
        (lambda: bleu("a", ["a"], smoothing="floor", smoothing_value=math.nan), "from 0 to 100"),
        (lambda: bleu("a", ["a"], n=2, weights=[1]), "2 weights"),
        (lambda: bleu("a", ["a"], n=2, weights=[0, 0]), "not all of them 0"),
        (lambda: bleu("a", ["a"], n=2, weights=[1, math.inf]), "2 weights"),
        (lambda: corpus_bleu(["a", "b"], [["a"]]), "2 hypotheses but references for 1"),
        (lambda: corpus_bleu([], []), "from 1 to"),
        (lambda: corpus_bleu(["a", "b"], [["a"], []]), "Row 2. There is no reference"),
    ],
)
def test_refusals_speak_both_languages(call: object, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        call()  # type: ignore[operator]
    assert words in refused.value.text.en
    assert any("а" <= letter <= "я" for letter in refused.value.text.ru.lower())


def test_the_signature_names_what_the_number_depends_on() -> None:
    trace = bleu("a", ["a", "b"], smoothing="floor", lowercase=True)
    assert trace.signature == "BLEU-4 · refs:2 · case:lc · eff:no · tok:13a · smooth:floor[0.1] · sacrebleu"
    assert BleuOptions(smoothing="none", smoothing_value=3).amount == 0.0

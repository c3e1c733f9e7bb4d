"""Augmented text: forms that agree, marks that are true, labels that break, a classifier beside scikit-learn's."""

from __future__ import annotations

from itertools import chain, pairwise

import numpy as np
import pytest

from core.arithmetic import join
from core.errors import Refusal
from core.foundations.regular_synonyms import NEGATIONS, groups, language_of, synonyms
from core.foundations.regular_text import (
    DRAWS,
    TRIED,
    WAYS,
    AugmentParams,
    bags,
    draw_shots,
    fit,
    pools,
    reference,
    run,
    tables,
)
from core.foundations.regular_text_explain import explain
from core.foundations.regular_words import change, judge, read_tokens
from core.i18n import LANGS


@pytest.fixture(scope="module", params=LANGS)
def trace(request):
    return run(AugmentParams.default(request.param))


def test_the_classifier_is_that_of_the_library(trace):
    (check,) = reference(trace)
    assert check.passed
    assert all(np.isfinite(table.values).all() for table in tables(trace))


@pytest.mark.parametrize("lang", LANGS)
def test_synonyms_go_both_ways_and_are_single_words(lang):
    table = synonyms(lang)
    for word, others in table.items():
        assert others
        assert word not in others
        assert all(word in table[other] for other in others)
    for word in chain.from_iterable(groups(lang)):
        assert word == word.lower()
        assert word not in NEGATIONS[lang]


def test_russian_rows_hold_one_form():
    """Adjectives of one row have endings of one gender, number and case."""
    kinds = ({"ый", "ий", "ой"}, {"ая", "яя"}, {"ое", "ее"}, {"ые", "ие"})
    adjectives = [row for row in groups("ru") if all(word[-2:] in set().union(*kinds) for word in row)]
    assert len(adjectives) > 30
    assert [row for row in adjectives if not any(all(w[-2:] in kind for w in row) for kind in kinds)] == []


def test_an_article_keeps_its_form():
    tokens = read_tokens("He saw an old house and a big dog")
    for seed in range(30):
        made = change(tokens, "synonym", 0.6, np.random.default_rng(seed), "en")
        words = [t.word for t in made]
        for article, following in pairwise(words):
            if article in ("a", "an"):
                assert (following[0] in "aeiou") == (article == "an")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("lang", LANGS)
def test_each_way_does_what_it_says(way, lang):
    tokens = read_tokens(AugmentParams.default(lang).text)
    words = sorted(t.word.lower() for t in tokens)
    for seed in range(20):
        made = change(tokens, way, 0.3, np.random.default_rng(seed), lang)
        if way == "swap":
            assert sorted(t.word.lower() for t in made) == words
        elif way == "delete":
            assert [t.word for t in made] == [t.word for t in tokens]
            assert any(t.change != "delete" for t in made)
        elif way == "insert":
            assert sorted(t.word.lower() for t in made if t.change != "insert") == words
            assert len(made) > len(tokens)
        else:
            for old, new in zip(tokens, made, strict=True):
                known = synonyms(lang).get(old.word.lower(), ())
                assert (new.word.lower() in known and new.was == old.word) if new.change else new == old


@pytest.mark.parametrize(
    ("before", "after", "lost", "moved"),
    [
        ("the film is not bad", "the film is bad", ("not",), False),
        ("the film is not bad", "not film is the bad", (), True),
        ("the film is not bad", "film the is not bad", (), False),
        ("фильм не плохой", "фильм плохой", ("не",), False),
        ("a film without end", "a film without end", (), False),
    ],
)
def test_what_became_of_a_negation(before, after, lost, moved):
    version = judge(read_tokens(before), read_tokens(after), language_of(before))
    assert (version.lost, version.moved) == (lost, moved)


def test_a_replaced_word_is_still_the_one_denied():
    tokens = read_tokens("the film was not bad")
    for seed in range(10):
        assert not judge(tokens, change(tokens, "synonym", 0.6, np.random.default_rng(seed), "en"), "en").moved


def test_the_chance_that_a_label_breaks_is_the_share_of_copies_that_lose_it():
    params = AugmentParams(way="delete", alpha=0.2, copies=4)
    tokens = read_tokens(params.text)
    generator = np.random.default_rng(0)
    broken = sum(
        any(judge(tokens, change(tokens, "delete", 0.2, generator, "en"), "en").lost for _ in range(4))
        for _ in range(1500)
    )
    assert broken / 1500 == pytest.approx(run(params).risk, abs=0.05)


def test_swapping_is_copying_for_a_bag(trace):
    names = list(TRIED)
    mean = trace.accuracy.mean(1)
    assert abs(mean[names.index("swap")] - mean[0]) < 0.005
    assert abs(mean[names.index("copy")] - mean[0]) < 0.005
    assert trace.vocabulary[names.index("synonym")] > trace.vocabulary[0]
    assert (mean > 3 / 9).all()


def test_more_sentences_help_more_than_copies():
    few, many = run(AugmentParams(shots=2)), run(AugmentParams(shots=8))
    assert many.accuracy[0].mean() > few.accuracy.mean(1).max() + 0.05


def test_nothing_asked_was_ever_learned_from():
    train, held = pools("en")
    assert not {s for s, _ in train} & {s for s, _ in held}
    pairs = draw_shots("en", 4, 0)
    assert np.bincount([t for _, t in pairs]).tolist() == [4] * 9


def test_two_points_by_hand():
    """One word a class: by symmetry W is antisymmetric and b is nought."""
    x = bags([("a",), ("b",)], {"a": 0, "b": 1})
    W, b = fit(x, np.array([0, 1]), 2)
    assert W[0] == pytest.approx(-W[1], abs=1e-4)
    assert W[0, 0] == pytest.approx(-W[0, 1], abs=1e-4)
    assert b == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("text", ["", "word", "!!! ...", "w " * 50])
def test_what_is_no_sentence_is_refused(text):
    with pytest.raises(Refusal):
        run(AugmentParams(text=text))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("way", WAYS)
def test_the_arithmetic_names_the_gain(lang, way):
    trace = run(AugmentParams.default(lang).model_copy(update={"way": way}))
    said = " ".join(join(f) for f in explain(trace, lang))
    assert f"{trace.accuracy[list(TRIED).index(way)].mean():.1%}" in said
    assert trace.accuracy.shape == (len(TRIED), DRAWS)
    assert ("(1 − 0.2)^(4) = 0.590" in said) == (way == "delete")

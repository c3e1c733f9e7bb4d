"""METEOR: cases by hand, nltk on generated texts, the paper's alignment against a search of all, refusals."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from core.i18n import LANGS
from core.metrics.meteor import (
    SYNONYMS,
    count_crossings,
    meteor,
    pair_with_fewest_crossings,
    reference,
    synonym_table,
)

ENGLISH = [
    "the",
    "The",
    "car",
    "cars",
    "automobile",
    "big",
    "large",
    "runs",
    "running",
    "run",
    "happy",
    "glad",
    ",",
    "on",
]
RUSSIAN = ["машина", "машины", "автомобили", "большой", "Крупная", "бежит", "в", "в", "дом", "дома", "здание", "."]
STAGES = st.sampled_from([("exact",), ("exact", "stem"), ("exact", "synonym"), ("exact", "stem", "synonym")])
NUMBERS = st.fixed_dictionaries(
    {
        "alpha": st.sampled_from([0.0, 0.5, 0.9, 1.0]),
        "beta": st.sampled_from([0.0, 1.0, 3.0]),
        "gamma": st.sampled_from([0.0, 0.5, 1.0]),
        "tokenize": st.sampled_from(["none", "13a", "unicode"]),
    }
)


def texts(words: list[str]) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(words), max_size=10).map(" ".join)


def passed(trace: object) -> bool:
    checks = reference(trace)  # type: ignore[arg-type]
    return len(checks) == 1 and checks[0].passed


@pytest.mark.parametrize("alignment", ["nltk", "fewest_crossings"])
def test_cases_by_hand(alignment: str) -> None:
    """The same six words: in order, with one more in between, and turned round."""
    cat = ["the cat sat on the mat"]
    same, longer, turned = (
        meteor(hypothesis, cat, alignment=alignment).match
        for hypothesis in ("the cat sat on the mat", "the cat was sat on the mat", "on the mat sat the cat")
    )
    assert same.value == pytest.approx(1 - 0.5 * (1 / 6) ** 3, abs=1e-15)
    assert (longer.precision, longer.recall, len(longer.chunks)) == (6 / 7, 1.0, 2)
    assert longer.value == pytest.approx(60 / 61 * (1 - 0.5 * (2 / 6) ** 3), abs=1e-15)
    # Three chunks could be had (on the mat, sat, the cat) at 11 crossings; with 8 there are six.
    assert (turned.f_mean, turned.crossings, len(turned.chunks)) == (1.0, 8, 6)
    assert turned.value == 0.5


def test_a_perfect_match_still_pays_for_its_one_chunk() -> None:
    match = meteor("a b c d", ["a b c d"]).match
    assert (len(match.chunks), match.fragmentation, match.crossings) == (1, 0.25, 0)
    assert match.value == pytest.approx(1 - 0.5 * 0.25**3, abs=1e-15)


def test_recall_weighs_nine_times_precision() -> None:
    """Banerjee and Lavie write 10PR / (R + 9P)."""
    match = meteor("a b", ["a b c d e"]).match
    p, r = 1.0, 0.4
    assert match.f_mean == pytest.approx(10 * p * r / (r + 9 * p), abs=1e-15)


def test_each_stage_takes_what_the_one_before_left() -> None:
    trace = meteor("the cars run quickly", ["the automobile running quickly"])
    assert [(p.hypothesis, p.reference, p.stage) for p in trace.match.pairs] == [
        (0, 0, "exact"),
        (1, 1, "synonym"),
        (2, 2, "stem"),
        (3, 3, "exact"),
    ]
    russian = meteor("машины бежали", ["автомобиль бежал"], lang="ru")
    assert [p.stage for p in russian.match.pairs] == ["synonym", "stem"]


def test_nltk_may_find_more_chunks_than_the_paper() -> None:
    """Both `the` of the reference are free: nltk, from the end, takes the second one, away from its neighbour."""
    texts = {"hypothesis": "the cat", "references": ["the cat near the dog"]}
    greedy, paper = meteor(**texts).match, meteor(**texts, alignment="fewest_crossings").match
    assert [(p.hypothesis, p.reference) for p in greedy.pairs] == [(0, 3), (1, 1)]
    assert [(p.hypothesis, p.reference) for p in paper.pairs] == [(0, 0), (1, 1)]
    assert (greedy.crossings, paper.crossings) == (1, 0)
    assert (len(greedy.chunks), len(paper.chunks)) == (2, 1)
    assert paper.value > greedy.value


def test_a_table_of_whole_words_is_not_found_by_stems() -> None:
    """What happens to nltk with WordNet: happy is looked up as happi."""
    whole = meteor("happy", ["glad"], synonyms=synonym_table("en", is_stemmed=False))
    assert whole.stems == ("happi",)
    assert whole.value == 0.0
    assert passed(whole)
    assert meteor("happy", ["glad"]).value == 0.5
    assert meteor("happy", ["glad"], stages=("exact", "synonym")).value == 0.5


@settings(deadline=None, max_examples=500)
@given(texts(ENGLISH), st.lists(texts(ENGLISH), min_size=1, max_size=4), STAGES, NUMBERS)
def test_english_equals_nltk(
    hypothesis: str, references: list[str], stages: tuple[str, ...], numbers: dict[str, float]
) -> None:
    assert passed(meteor(hypothesis, references, stages=stages, **numbers))


@settings(deadline=None, max_examples=300)
@given(texts(RUSSIAN), st.lists(texts(RUSSIAN), min_size=1, max_size=4), STAGES, NUMBERS)
def test_russian_equals_nltk(
    hypothesis: str, references: list[str], stages: tuple[str, ...], numbers: dict[str, float]
) -> None:
    assert passed(meteor(hypothesis, references, stages=stages, lang="ru", **numbers))


@settings(deadline=None, max_examples=300)
@given(
    texts(["a", "b", "c", "d"]),
    st.lists(texts(["a", "b", "c", "d"]), min_size=1, max_size=3),
    st.dictionaries(st.sampled_from("abcd"), st.frozensets(st.sampled_from(["a", "b", "c", "d", "a_b"])), max_size=4),
)
def test_any_table_of_synonyms_equals_nltk(
    hypothesis: str, references: list[str], table: dict[str, frozenset[str]]
) -> None:
    assert passed(meteor(hypothesis, references, synonyms=table))


@settings(deadline=None, max_examples=400)
@given(
    st.dictionaries(st.integers(0, 5), st.sets(st.integers(0, 5), min_size=1, max_size=4), max_size=5),
    st.lists(st.tuples(st.integers(6, 9), st.integers(6, 9)), max_size=2),
)
def test_the_fewest_crossings_of_all_alignments(candidates: dict[int, set[int]], fixed: list[tuple[int, int]]) -> None:
    possible = {i: tuple(sorted(js)) for i, js in candidates.items()}
    # Fixed lines stand among the others: even positions are free, odd ones taken.
    possible = {2 * i: tuple(2 * j for j in js) for i, js in possible.items()}
    fixed = [(2 * i - 11, 2 * j - 11) for i, j in fixed]
    best = (0, 0)
    for choice in product(*([None, *js] for js in possible.values())):
        pairs = [(i, j) for i, j in zip(possible, choice, strict=True) if j is not None]
        if len({j for _, j in pairs}) == len(pairs):
            best = min(best, (-len(pairs), _crossings_with_fixed(pairs, fixed)))
    found, is_complete = pair_with_fewest_crossings(possible, fixed)
    assert is_complete
    assert (-len(found), _crossings_with_fixed(found, fixed)) == best
    assert all(j in possible[i] for i, j in found)


def _crossings_with_fixed(pairs: list[tuple[int, int]], fixed: list[tuple[int, int]]) -> int:
    return count_crossings([*fixed, *pairs]) - count_crossings(fixed)


@settings(deadline=None, max_examples=200)
@given(texts(ENGLISH), texts(ENGLISH))
def test_the_first_stage_never_crosses_more_than_nltks(hypothesis: str, other: str) -> None:
    greedy = meteor(hypothesis, [other], stages=("exact",)).match
    paper = meteor(hypothesis, [other], stages=("exact",), alignment="fewest_crossings").match
    assert len(paper.pairs) == len(greedy.pairs)
    assert paper.crossings <= greedy.crossings
    assert sum(map(len, paper.chunks)) == len(paper.pairs)


def test_a_hostile_repetition_is_answered_and_owned_up_to() -> None:
    """No alignment of these crosses; the search keeps a few of very many and still finds one."""
    match = meteor("a " * 30, ["a " * 60], alignment="fewest_crossings").match
    assert (len(match.pairs), match.crossings) == (30, 0)
    assert not match.is_exact
    assert meteor("a " * 120, ["a " * 120], alignment="fewest_crossings").match.is_exact


def test_without_words_the_score_is_zero() -> None:
    assert meteor("", [""]).value == 0.0
    assert meteor("a", [""]).value == 0.0
    assert meteor("", ["a"]).value == 0.0


def test_our_synonyms_are_well_formed() -> None:
    for lang in LANGS:
        assert len(SYNONYMS[lang]) >= 40
        assert all(len(group) >= 2 for group in SYNONYMS[lang])
        letters = {letter for group in SYNONYMS[lang] for word in group for letter in word}
        assert all(("а" <= letter <= "я" or letter == "ё") == (lang == "ru") for letter in letters)
        table = synonym_table(lang, is_stemmed=False)
        assert all(word in table[other] for word in table for other in table[word])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: meteor("a", []), "no reference"),
        (lambda: meteor("a " * 121, ["a"]), "The hypothesis has 121 words"),
        (lambda: meteor("a", ["a", "a " * 121]), "Reference 2 has 121 words"),
        (lambda: meteor("a", ["a"], alpha=2), "from 0 to 1"),
        (lambda: meteor("a", ["a"], stages=("stem",)), "exact cannot be left out"),
        (lambda: meteor("a", ["a"], stages=("exact", "synonym", "stem")), "exact, then stem"),
        (lambda: meteor("a", ["a"], alignment="magic"), "nltk, fewest_crossings"),
    ],
)
def test_refusals_speak_both_languages(call: object, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        call()  # type: ignore[operator]
    assert words in refused.value.text.en
    assert any("а" <= letter <= "я" for letter in refused.value.text.ru.lower())

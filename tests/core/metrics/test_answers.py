"""SQuAD's scores against the published definition, written once more here, and every step of normalisation by hand."""

from __future__ import annotations

import collections
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from core.metrics import answers as a

MANY = settings(deadline=None, max_examples=300)

# Words that meet every step: articles, capitals, punctuation of both kinds, white space of all kinds, and Russian.
pieces = st.sampled_from(
    [
        "the",
        "The",
        "a",
        "an",
        "cat",
        "Cat",
        "cats",
        ".",
        ",",
        "U.S.",
        "-",
        "—",
        "«",
        "»",
        "ёлка",
        "Елка",
        "кот",
        "’s",
        "  ",
    ]
)
texts = st.lists(pieces, max_size=8).flatmap(
    lambda words: st.sampled_from([" ", " ", "", "\t\n", "\u00a0"]).map(lambda space: space.join(words))
)


def published_normalize(text: str) -> str:
    """SQuAD v1.1: lower case, then punctuation, then articles, then white space."""
    lowered = text.lower()
    bare = "".join(ch for ch in lowered if ch not in set(string.punctuation))
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", bare).split())


def published_f1(prediction: str, answer: str, version: str) -> float:
    left, right = published_normalize(prediction).split(), published_normalize(answer).split()
    if version == "2.0" and (not left or not right):
        return float(left == right)
    same = sum((collections.Counter(left) & collections.Counter(right)).values())
    if same == 0:
        return 0.0
    precision, recall = same / len(left), same / len(right)
    return 2 * precision * recall / (precision + recall)


@MANY
@given(texts, st.lists(texts, min_size=1, max_size=4), st.sampled_from(["1.1", "2.0"]))
def test_equal_to_the_published_definition(prediction: str, answers: list[str], version: a.Version) -> None:
    EM, F1 = a.exact_match(prediction, answers), a.token_f1(prediction, answers, version=version)
    assert EM.prediction.value == published_normalize(prediction)
    assert EM.value == max(published_normalize(prediction) == published_normalize(answer) for answer in answers)
    assert F1.value == pytest.approx(max(published_f1(prediction, answer, version) for answer in answers), abs=1e-9)
    assert F1.overlaps[F1.best].value == F1.value
    assert all(check.passed for check in a.reference(F1))


@MANY
@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(a.NORMALIZATIONS))
def test_any_text(prediction: str, answer: str, normalization: a.Normalization) -> None:
    EM = a.exact_match(prediction, answer, normalization)
    F1 = a.token_f1(prediction, answer, normalization)
    assert EM.value <= F1.value <= 1
    assert a.token_f1(prediction, prediction, normalization).value == 1
    assert F1.value == pytest.approx(a.token_f1(answer, prediction, normalization).value)
    assert all(check.passed for check in a.reference(F1))
    steps = EM.prediction.steps
    assert steps[0][1] == prediction
    assert steps[-1][1] == EM.prediction.value
    assert EM.prediction.changed()[0] is False
    if normalization != "russian_stem":
        again = a.normalize_answer(EM.prediction.value, normalization).value
        assert again == EM.prediction.value or normalization in ("squad", "mlqa")


# --- by hand


def test_squad_steps() -> None:
    trace = a.normalize_answer("  The U.S. Army's  theatre,\n a tank ")
    assert [text for _, text in trace.steps] == [
        "  The U.S. Army's  theatre,\n a tank ",
        "  the u.s. army's  theatre,\n a tank ",
        "  the us armys  theatre\n a tank ",
        "    us armys  theatre\n   tank ",
        "us armys theatre tank",
    ]
    assert trace.changed() == (False, True, True, True, True)
    assert trace.tokens == ("us", "armys", "theatre", "tank")


def test_f1_by_hand() -> None:
    """Two of three tokens are shared, "very" once although it stands twice."""
    trace = a.token_f1("very very old", ["a very old man", "young"])
    best = trace.overlaps[0]
    assert trace.best == 0
    assert best.common == (("very", 1), ("old", 1))
    assert (best.precision, best.recall) == (2 / 3, 2 / 3)
    assert trace.value == pytest.approx(2 / 3)
    assert trace.overlaps[1].value == 0
    # A word that stands twice on both sides is shared twice.
    assert a.token_f1("very very old", "very very young").overlaps[0].common == (("very", 2),)
    assert a.token_f1("very very old", "very very young").value == pytest.approx(2 / 3)


def test_the_best_answer_counts() -> None:
    assert a.exact_match("Paris", ["Lyon", "paris!"]).is_match == (False, True)
    assert a.exact_match("Paris", ["Lyon", "paris!"]).value == 1
    assert a.exact_match("Paris", "Lyon").value == 0


def test_no_answer_in_two_versions() -> None:
    """Both empty, or nothing but an article."""
    assert a.token_f1("", "").value == 1
    assert a.token_f1("", "", version="1.1").value == 0
    assert a.token_f1("the", "").value == 1
    assert a.token_f1("cat", "").value == 0
    assert a.exact_match("the", "").value == 1
    (check,) = a.reference(a.token_f1("", ["", "cat"]))
    assert check.passed


@pytest.mark.parametrize(
    ("prediction", "answer", "scores"),
    [
        # EM under squad, mlqa, russian, russian_stem
        ("«Ёлки»", "ёлки", (0, 1, 1, 1)),
        ("Елка", "ёлка", (0, 0, 1, 1)),
        ("Санкт-Петербург", "санкт петербург", (0, 0, 1, 1)),
        ("за́мок", "замок", (0, 0, 1, 1)),
        ("Москва.", "москва", (1, 1, 1, 1)),
        ("Москве", "Москва", (0, 0, 0, 1)),
        ("старые дома", "старый дом", (0, 0, 0, 1)),
        ("the cat", "cat", (1, 1, 0, 0)),
    ],
)
def test_what_normalisation_does_in_russian(prediction: str, answer: str, scores: tuple[int, ...]) -> None:
    presets: tuple[a.Normalization, ...] = ("squad", "mlqa", "russian", "russian_stem")
    assert tuple(a.exact_match(prediction, answer, preset).value for preset in presets) == scores


def test_letters_are_not_stress() -> None:
    """й and ё are a letter and a mark in NFD; the mark must not be taken for stress."""
    assert a.normalize_answer("и\u0306од, е\u0308ж", "russian").value == "йод еж"
    assert a.normalize_answer("ѝ", "russian").value == "и"


def test_mean_over_questions() -> None:
    trace = a.score_answers(["Paris", "old cat", "x"], ["paris", ["the cat", "dog"], "y"])
    assert trace.exact_match == pytest.approx(1 / 3)
    assert trace.f1 == trace.value == pytest.approx((1 + 2 / 3 + 0) / 3)
    assert len(trace.overlaps) == len(trace.matches) == 3


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: a.exact_match("x", []), "no reference answer"),
        (lambda: a.exact_match("x", ["y"] * 101), "101 reference answers are too many"),
        (lambda: a.exact_match("x" * 20_001, "y"), "20001 characters"),
        (lambda: a.exact_match("x", [None]), "must be text"),
        (lambda: a.exact_match(3, "x"), "must be text"),
        (lambda: a.exact_match("x", "x", "german"), "normalization must be one of"),
        (lambda: a.token_f1("x", "x", version="3"), "version must be one of"),
        (lambda: a.score_answers(["x"], []), "1 predictions and 0 reference answers"),
        (lambda: a.score_answers([], []), "0 predictions"),
        (lambda: a.score_answers(["x"] * 10_001, ["x"] * 10_001), "10001 questions are too many"),
    ],
)
def test_refusals(call: object, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        call()
    assert says in refused.value.text.en
    assert any("а" <= letter <= "я" for letter in refused.value.text.ru.lower())

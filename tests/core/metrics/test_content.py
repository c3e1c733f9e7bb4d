"""Content selection: cases by hand, scikit-learn on generated units, the pyramid, lead-3, refusals."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from core.metrics.content import content_selection, content_words, lead_baseline, reference
from core.metrics.rouge import rouge_lsum

UNITS = st.lists(st.sampled_from(["who", "Who ", "where", "when", "why", "кто", "Кто", "где", "", " "]), max_size=8)


def test_a_case_by_hand() -> None:
    trace = content_selection(["who", "where", "weather"], [["who", "where", "when"], ["who", "why"]])
    assert [(u.text, u.is_selected, u.weight) for u in trace.units] == [
        ("who", True, 2),
        ("where", True, 1),
        ("weather", True, 0),
        ("when", False, 1),
        ("why", False, 1),
    ]
    assert (trace.precision, trace.recall) == (2 / 3, 2 / 4)
    assert trace.value == pytest.approx(4 / 7)
    # Three units can weigh 2 + 1 + 1 at most; these weigh 2 + 1 + 0.
    assert trace.pyramid == 3 / 4
    assert [u.text for u in trace.hits] == ["who", "where"]
    assert [u.text for u in trace.spurious] == ["weather"]
    assert [u.text for u in trace.missed] == ["when", "why"]


def test_agreement_narrows_what_is_relevant() -> None:
    trace = content_selection(["who", "where"], [["who", "where"], ["who"]], agreement=2)
    assert (trace.precision, trace.recall) == (1 / 2, 1.0)


@settings(deadline=None, max_examples=150)
@given(UNITS, st.lists(UNITS, min_size=1, max_size=4), st.sampled_from([0.0, 0.5, 1.0, 2.0]), st.data())
def test_equals_scikit_learn(
    selected: list[str], references: list[list[str]], beta: float, data: st.DataObject
) -> None:
    agreement = data.draw(st.integers(1, len(references)))
    trace = content_selection(selected, references, beta=beta, agreement=agreement)
    assert all(check.passed for check in reference(trace))
    assert bool(trace.units) == bool(reference(trace))
    assert 0 <= trace.pyramid <= 1
    assert len(trace.hits) + len(trace.spurious) == sum(u.is_selected for u in trace.units)


@settings(deadline=None, max_examples=100)
@given(UNITS, UNITS)
def test_order_case_and_repetition_do_not_count(selected: list[str], other: list[str]) -> None:
    plain = content_selection(selected, [other])
    noisy = content_selection([f" {u.upper()} " for u in reversed(selected * 2)], [other])
    assert (noisy.precision, noisy.recall, noisy.pyramid) == (plain.precision, plain.recall, plain.pyramid)


def test_content_words() -> None:
    assert content_words("The cats were on the mat, and the cat sat.", "en") == ("cat", "mat", "sat")
    assert content_words("Кошка была на коврике, и кошки сидели там.", "ru") == ("кошк", "коврик", "сидел")
    assert content_words("not a cat", "en") != content_words("a cat", "en")
    assert content_words("The cats", "en", is_stemmed=False) == ("cats",)


def test_lead_3() -> None:
    lead = lead_baseline("One fell. Two rose! Did three? Four slept. Five.")
    assert lead.chosen == ("One fell.", "Two rose!", "Did three?")
    assert lead.value == 3 / 5
    assert rouge_lsum(lead.text, ["One fell.\nTwo rose."]).recall == 1.0
    assert lead_baseline("Одно. Два.").chosen == ("Одно.", "Два.")
    assert lead_baseline("").value == 0.0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: content_selection(["a"], []), "from 1 to 8 references"),
        (lambda: content_selection(["a"], [["a"]], agreement=2), "from 1 to 1"),
        (lambda: content_selection(["a"], [["a"]], beta=math.inf), "from 0 to 10"),
        (lambda: content_selection(["a"] * 401, [["a"]]), "The summary: at most 400"),
        (lambda: content_selection(["a"], [["a"], ["b" * 401]]), "Reference 2: at most 400"),
        (lambda: lead_baseline("a", k=0), "from 1 to 20"),
        (lambda: lead_baseline("a" * 20_001), "20001 characters"),
    ],
)
def test_refusals_speak_both_languages(call: object, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        call()  # type: ignore[operator]
    assert words in refused.value.text.en
    assert any("а" <= letter <= "я" for letter in refused.value.text.ru.lower())

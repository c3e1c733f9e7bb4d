"""Entity scores against seqeval in both of its modes, and against spans read by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from seqeval import scheme as schemes
from seqeval.metrics import accuracy_score, sequence_labeling, v1

from core.errors import Refusal
from core.metrics import entities as e

MANY = settings(deadline=None, max_examples=300)
SOME = settings(deadline=None, max_examples=120)

TYPES = ["PER", "LOC", "GPE-CITY"]


def tags(prefixes: str) -> st.SearchStrategy[str]:
    """Any tag, whether or not it can follow the one before it; now and then without a type."""
    typed = st.tuples(st.sampled_from(prefixes), st.sampled_from(TYPES)).map("-".join)
    return st.one_of(st.just("O"), typed, typed, typed, st.sampled_from(prefixes))


@st.composite
def tagged(draw: st.DrawFn, prefixes: str) -> tuple[list[list[str]], list[list[str]]]:
    """True and predicted tags; a prediction is unrelated, identical, or the truth with a few tags changed."""
    tag = tags(prefixes)
    true = draw(st.lists(st.lists(tag, max_size=9), min_size=1, max_size=4))
    assume(any(true))
    how = draw(st.sampled_from(["other", "same", "near", "near", "empty"]))
    if how == "near":
        predicted = [[draw(tag) if draw(st.integers(0, 3)) == 0 else t for t in s] for s in true]
    elif how == "other":
        predicted = [[draw(tag) for _ in s] for s in true]
    else:
        predicted = [["O"] * len(s) if how == "empty" else list(s) for s in true]
    return true, predicted


@st.composite
def spans(draw: st.DrawFn, length: int = 12) -> tuple[e.Span, ...]:
    """Spans that do not overlap."""
    cuts = draw(st.lists(st.integers(0, length), unique=True, max_size=8).map(sorted))
    pairs = itertools.pairwise(cuts)
    return tuple(e.Span(a, b, draw(st.sampled_from(TYPES))) for a, b in pairs if draw(st.booleans()))


def close(ours: object, theirs: object) -> None:
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=0, atol=1e-9)


averages = st.sampled_from(["micro", "macro", "weighted", None])


def agrees(trace: e.EntityTrace, theirs: tuple[object, ...]) -> None:
    P, R, F, support = theirs
    close(trace.value, F)
    if trace.average == "per_type":
        close(trace.precision, P)
        close(trace.recall, R)
        close(trace.n_true, support)
    else:
        close(trace.mean_precision, P)
        close(trace.mean_recall, R)
        close(trace.n_true.sum(), support)
    close(
        trace.token_accuracy,
        accuracy_score([list(s) for s in trace.tags_true], [list(s) for s in trace.tags_predicted]),
    )
    checks = e.reference(trace)
    assert len(checks) == 4
    assert all(check.passed for check in checks), checks


# --- against seqeval


@MANY
@given(tagged("BIES"), averages, st.sampled_from([0, 1]))
def test_lenient_is_seqevals_default(case: tuple[list, list], average: str | None, zero_division: int) -> None:
    true, predicted = case
    trace = e.entity_f1(true, predicted, average or "per_type", zero_division=zero_division)
    for side, found in ((true, trace.spans_true), (predicted, trace.spans_predicted)):
        for sentence, ours in zip(side, found, strict=True):
            theirs = sequence_labeling.get_entities(sentence)
            assert [(s.type, s.start, s.end - 1) for s in ours] == theirs
    # seqeval divides by the number of types when it averages over none.
    assume(trace.types or average != "macro")
    agrees(
        trace,
        sequence_labeling.precision_recall_fscore_support(
            true, predicted, average=average, zero_division=zero_division
        ),
    )


@pytest.mark.parametrize("scheme", ["IOB2", "IOBES", "BILOU"])
@SOME
@given(data=st.data(), average=averages, zero_division=st.sampled_from([0, 1]))
def test_strict_is_seqevals_strict(
    scheme: e.Scheme, data: st.DataObject, average: str | None, zero_division: int
) -> None:
    true, predicted = data.draw(tagged("".join(dict.fromkeys(e.SCHEMES[scheme]))))
    trace = e.entity_f1(true, predicted, average or "per_type", "strict", scheme, zero_division)
    theirs = schemes.Entities(true, getattr(schemes, scheme)).entities
    assert [[(s.type, s.start, s.end) for s in sentence] for sentence in trace.spans_true] == [
        [(t.tag, t.start, t.end) for t in sentence] for sentence in theirs
    ]
    assume(trace.types or average != "macro")
    agrees(
        trace,
        v1.precision_recall_fscore_support(
            true, predicted, average=average, zero_division=zero_division, scheme=getattr(schemes, scheme)
        ),
    )


# --- what must always hold


@SOME
@given(spans(), st.sampled_from(list(e.SCHEMES)))
def test_written_tags_are_read_back(given_spans: tuple[e.Span, ...], scheme: e.Scheme) -> None:
    written = e.write_tags(given_spans, 12, scheme)
    assert len(written) == 12
    assert e.decode(written, "strict", scheme) == given_spans
    assert e.decode(written, "lenient") == given_spans


@SOME
@given(spans(), spans())
def test_every_span_is_paired_once(true: tuple[e.Span, ...], predicted: tuple[e.Span, ...]) -> None:
    pairs = e.align_spans(true, predicted)
    assert sorted(p.true for p in pairs if p.true) == sorted(true)
    assert sorted(p.predicted for p in pairs if p.predicted) == sorted(predicted)
    assert all(p.true.overlap(p.predicted) for p in pairs if p.true and p.predicted)
    assert sum(p.kind == "correct" for p in pairs) == len(set(true) & set(predicted))
    # Nothing that overlaps is left alone on both sides.
    lonely = [p.true for p in pairs if p.kind == "missed"]
    assert not any(a.overlap(p.predicted) for a in lonely for p in pairs if p.kind == "spurious")
    for credit in e.CREDITS:
        score = e.score_credit(pairs, credit)
        assert (score.possible, score.actual) == (len(true), len(predicted))
    scores = {credit: e.score_credit(pairs, credit).value for credit in e.CREDITS}
    assert scores["strict"] <= scores["exact"] <= scores["partial"]
    assert scores["strict"] <= scores["type"]
    bounds = {(s.start, s.end) for s in true} & {(s.start, s.end) for s in predicted}
    assert e.score_credit(pairs, "exact").correct == len(bounds)


@SOME
@given(tagged("BIES"))
def test_strict_credit_is_micro_f1(case: tuple[list, list]) -> None:
    trace = e.entity_f1(*case)
    assert trace.credits["strict"].value == pytest.approx(trace.value)
    assert e.entity_exact_match(*case).value == pytest.approx(trace.mean_recall)
    whole = e.entity_exact_match(*case, unit="sentence")
    assert whole.is_match == tuple(a == b for a, b in zip(trace.spans_true, trace.spans_predicted, strict=True))


# --- by hand


def test_ninety_percent_of_tokens_and_no_entity() -> None:
    """One token of ten is wrong, and the only entity with it."""
    true = [["B-PER", "I-PER", *["O"] * 8]]
    guess = [["B-PER", *["O"] * 9]]
    trace = e.entity_f1(true, guess)
    assert trace.token_accuracy == 0.9
    assert trace.entity_token_accuracy == 0.5
    assert trace.value == 0
    assert trace.credits["partial"].value == 0.5
    assert trace.credits["type"].value == 1
    assert [pair.kind for pair in trace.pairs] == ["wrong_boundary"]


def test_one_of_each_kind() -> None:
    """Seven spans, every kind of error once, all four credits counted by hand."""
    S = e.Span
    true = [S(0, 2, "PER"), S(3, 5, "LOC"), S(6, 9, "ORG"), S(10, 12, "PER"), S(13, 14, "LOC")]
    guess = [S(0, 2, "PER"), S(3, 5, "ORG"), S(7, 9, "ORG"), S(11, 13, "LOC"), S(15, 16, "PER")]
    trace = e.entity_f1([e.write_tags(true, 17)], [e.write_tags(guess, 17)])
    kinds = [pair.kind for pair in trace.pairs]
    assert kinds == ["correct", "wrong_type", "wrong_boundary", "wrong_both", "missed", "spurious"]
    assert all(trace.count(kind) == 1 for kind in e.KINDS)
    # correct, incorrect, partial, missed, spurious; of 5 true and 5 predicted spans
    expected = {
        "strict": (1, 3, 0, 1, 1),
        "exact": (2, 2, 0, 1, 1),
        "partial": (2, 0, 2, 1, 1),
        "type": (2, 2, 0, 1, 1),
    }
    for credit, counts in expected.items():
        c = trace.credits[credit]
        assert (c.correct, c.incorrect, c.partial, c.missed, c.spurious) == counts
    assert trace.value == 1 / 5
    assert trace.credits["exact"].value == 2 / 5
    assert trace.credits["partial"].value == 3 / 5
    assert trace.types == ("LOC", "ORG", "PER")
    assert (trace.tp.tolist(), trace.n_predicted.tolist(), trace.n_true.tolist()) == ([0, 0, 1], [1, 2, 2], [2, 1, 2])


def test_lenient_and_strict_differ() -> None:
    """A span that starts with I: conlleval takes it, the scheme does not."""
    loose = [["I-PER", "I-PER", "O"]]
    assert e.entity_f1(loose, loose).tp.tolist() == [1]
    trace = e.entity_f1(loose, loose, mode="strict")
    assert trace.types == ()
    assert trace.value == 0
    assert e.entity_f1(loose, loose, mode="strict", zero_division=1).value == 1
    # A change of type inside: two spans, or one that ends there.
    assert e.decode(["B-PER", "I-LOC"]) == (e.Span(0, 1, "PER"), e.Span(1, 2, "LOC"))
    assert e.decode(["B-PER", "I-LOC"], "strict") == (e.Span(0, 1, "PER"),)
    # IOBES drops what is never closed.
    assert e.decode(["B-PER", "I-PER", "O", "S-LOC"], "strict", "IOBES") == (e.Span(3, 4, "LOC"),)
    assert e.decode(["B-PER", "L-PER", "U-LOC"]) == (e.Span(0, 2, "PER"), e.Span(2, 3, "LOC"))


def test_equal_bounds_are_paired_before_longer_overlap() -> None:
    S = e.Span
    pairs = e.align_spans([S(0, 1, "A"), S(1, 6, "B")], [S(0, 4, "B"), S(4, 6, "B")])
    # "B" 1–6 overlaps 0–4 by three tokens and 4–6 by two; the longer one is taken and "A" 0–1 is left.
    assert [(p.true, p.predicted) for p in pairs] == [
        (S(0, 1, "A"), None),
        (S(1, 6, "B"), S(0, 4, "B")),
        (None, S(4, 6, "B")),
    ]
    pairs = e.align_spans([S(0, 2, "A"), S(2, 3, "B")], [S(0, 3, "A"), S(3, 4, "B")])
    assert [p.kind for p in pairs] == ["wrong_boundary", "missed", "spurious"]


def test_averages_and_zero_division() -> None:
    """PER is right, LOC is missed, ORG is invented."""
    true, guess = [["B-PER", "B-LOC", "O"]], [["B-PER", "O", "B-ORG"]]
    assert e.entity_f1(true, guess).value == 0.5
    assert e.entity_f1(true, guess, "macro").value == pytest.approx(1 / 3)
    assert e.entity_f1(true, guess, "weighted").value == 0.5
    trace = e.entity_f1(true, guess, "macro", zero_division=math.nan)
    assert trace.mean_precision == 0.5
    assert trace.mean_recall == 0.5
    assert e.reference(trace) == ()
    assert e.entity_exact_match(true, guess).value == 0.5
    assert e.entity_exact_match([["O"]], [["B-X"]], zero_division=1).value == 1
    assert e.reference(e.entity_f1([["O"]], [["O"]], "macro")) == ()
    assert len(e.reference(e.entity_f1([["O"]], [["O"]]))) == 4


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: e.entity_f1([], []), "no tags"),
        (lambda: e.entity_f1([[]], [[]]), "no tags"),
        (lambda: e.entity_f1([["O"]], [["O"], ["O"]]), "1 sentences of true tags and 2"),
        (lambda: e.entity_f1([["O"], ["O", "O"]], [["O"], ["O"]]), "Sentence 2 has 2 true tags and 1"),
        (lambda: e.entity_f1([["O"], ["O", "PER"]], [["O"], ["O", "O"]]), "Sentence 2. Tag 2, “PER”"),
        (lambda: e.entity_f1([["O"]], [["Z-PER"]]), "Sentence 1. Tag 1, “Z-PER”"),
        (lambda: e.entity_f1([["O"]], [["O-PER"]]), "“O-PER”"),
        (lambda: e.entity_f1([["O"]], [[None]]), "“None”"),
        (lambda: e.entity_f1([["O"]], [["B-" + "x" * 60]]), "is not a tag"),
        (lambda: e.decode(["E-PER"], "strict"), "one of B, I with a type"),
        (lambda: e.decode(["E-PER"], "strict", "BILOU"), "one of B, I, L, U"),
        (lambda: e.entity_f1([["O"] * 100_001], [["O"] * 100_001]), "100001 tokens are too many"),
        (lambda: e.entity_f1([["O"]] * 10_001, [["O"]] * 10_001), "10001 sentences are too many"),
        (lambda: e.entity_f1([[f"B-{i}" for i in range(201)]], [["O"] * 201]), "201 entity types"),
        (lambda: e.entity_f1([["O"]], [["O"]], "samples"), "average must be one of"),
        (lambda: e.entity_f1([["O"]], [["O"]], mode="exact"), "mode must be one of"),
        (lambda: e.entity_f1([["O"]], [["O"]], scheme="IOB9"), "scheme must be one of"),
        (lambda: e.entity_f1([["O"]], [["O"]], zero_division=2), "zero_division must be one of"),
        (lambda: e.entity_exact_match([["O"]], [["O"]], unit="token"), "unit must be one of"),
        (lambda: e.score_credit([], "lenient"), "credit must be one of"),
        (lambda: e.write_tags([e.Span(0, 2, "A"), e.Span(1, 3, "B")], 4), "The span 1–3"),
        (lambda: e.write_tags([e.Span(2, 2, "A")], 4), "The span 2–2"),
        (lambda: e.write_tags([e.Span(2, 5, "A")], 4), "The span 2–5"),
    ],
)
def test_refusals_say_where(call: object, says: str) -> None:
    with pytest.raises(Refusal) as refused:
        call()
    assert says in refused.value.text.en
    assert any("а" <= letter <= "я" for letter in refused.value.text.ru.lower())

"""Where a sentence ends: each rule by hand, the marked passages, Punkt and scikit-learn."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.i18n import LANGS
from core.text.sentence_lab import REASONS, SentenceParams, punkt_spans, reference, run, tables
from core.text.sentences import ABBREVIATIONS, RULES, TAILS, f1, read_list, score, split_sentences
from core.text.tokenization_texts import PASSAGES, read_passage

CASES = [
    ("ru", "В 1990 г. он уехал. Потом вернулся.", ["В 1990 г. он уехал.", "Потом вернулся."]),
    ("ru", "Был 1990 г. Потом вернулся.", ["Был 1990 г.", "Потом вернулся."]),
    ("ru", "Он из г. Тверь.", ["Он из г. Тверь."]),
    ("ru", "Чай, квас и т. д. Потом ушёл.", ["Чай, квас и т. д.", "Потом ушёл."]),
    ("ru", "Чай, квас и т. д. для всех.", ["Чай, квас и т. д. для всех."]),
    ("ru", "А. С. Пушкин писал.", ["А. С. Пушкин писал."]),
    ("ru", "«Стой!» — крикнул он. «Куда?»", ["«Стой!» — крикнул он.", "«Куда?»"]),
    ("en", "Dr. Smith paid 3.50. Good.", ["Dr. Smith paid 3.50.", "Good."]),
    ("en", "Wait… what? No!", ["Wait… what?", "No!"]),
    ("en", "He came at 5 p.m. The shop had closed.", ["He came at 5 p.m.", "The shop had closed."]),
    ("en", "", []),
    ("en", "No stop at all", ["No stop at all"]),
]


@pytest.mark.parametrize(("lang", "text", "sentences"), CASES)
def test_by_hand(lang, text, sentences):
    spans, _ = split_sentences(text, RULES, ABBREVIATIONS[lang], TAILS[lang])
    assert [text[a:b] for a, b in spans] == sentences


@settings(deadline=None, max_examples=300)
@given(st.text(st.sampled_from('аБ г.т д!?… »«"5—\n'), max_size=30), st.sets(st.sampled_from(RULES)))
def test_nothing_is_lost_but_the_space_between(text, rules):
    spans, candidates = split_sentences(text, rules, ABBREVIATIONS["ru"], TAILS["ru"])
    assert "".join("".join(text[a:b] for a, b in spans).split()) == "".join(text.split())
    assert all(text[c.start] in ".!?…" and c.reason in REASONS for c in candidates)
    if not rules:
        assert [text[a:b] for a, b in spans] == [
            s.strip() for s in re.findall(r"[^.!?…]*[.!?…]+|[^.!?…]+$", text) if s.strip()
        ]


def test_the_reasons_are_said():
    text = "Dr. A. Gray paid 3.50 etc. here? no. Yes."
    _, found = split_sentences(text, RULES, ABBREVIATIONS["en"], TAILS["en"])
    assert [c.reason for c in found] == ["abbreviation", "initial", "gap", "abbreviation", "small", "stop", "end"]
    assert [c.is_end for c in found] == [False, False, False, False, False, True, True]


def test_lists_are_read_as_typed():
    assert read_list("Dr., т.д.  etc;им") == {"dr", "т.д", "etc", "им"}
    assert read_list(" , ") == frozenset()


def test_scores_by_hand():
    assert score({3, 5}, {5, 9}) == (1, 1, 1)
    assert f1(1, 1, 1) == 0.5
    assert f1(0, 2, 2) == 0.0


def test_every_rule_earns_its_place_and_all_beat_none_and_punkt():
    """What the room, its prose and its question say about the marked passages."""
    trace = run(SentenceParams())
    judged = {row.name: row.f1 for row in trace.judged}
    assert all(judged[rule] < judged["now"] for rule in RULES)
    assert min(RULES, key=judged.__getitem__) == "abbreviations"
    assert judged["none"] == pytest.approx(0.53, abs=0.005)
    assert judged["none"] < judged["punkt"] < judged["now"] < 1


def test_passages_are_marked_at_stops():
    for marked in (m for lang in LANGS for m in PASSAGES[lang]):
        text, ends = read_passage(marked)
        assert "|" not in text
        assert ends
        assert all(re.search(r"[.!?…][»”\")]*$", text[:end]) for end in ends)


def test_the_failure_that_the_prose_names():
    for text in ("It was plan B. Good.", "Это витамин С. Он полезен."):
        spans, _ = split_sentences(text, RULES, "", "")
        assert len(spans) == 1


@pytest.mark.parametrize("judged", ["both", "en", "ru"])
@pytest.mark.parametrize("lang", LANGS)
def test_the_lab_agrees_with_scikit_learn(lang, judged):
    trace = run(SentenceParams.default(lang).model_copy(update={"judged": judged}))
    assert all(check.passed for check in reference(trace))
    assert len(trace.found) == (24 if judged == "both" else 12)
    assert {table.name for table in tables(trace)} == {"judged", "stops"}


def test_punkt_reads_our_list():
    text = "Она живёт на ул. Гоголя. Там тихо."
    assert len(punkt_spans(text, ("ул", ""))) == 2
    assert len(punkt_spans(text, ("", ""))) == 3

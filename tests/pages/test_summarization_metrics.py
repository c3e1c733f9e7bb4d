"""The summarisation room: every bound of every control, hostile text, picks, presets, questions, state."""

from __future__ import annotations

import json

import pytest
from helpers import HOSTILE, extremes, html_of

from core.metrics.summary_cases import CASES as FAILURES
from core.metrics.summary_content_lab import MARKS, ContentParams, flip
from core.metrics.summary_lab import RougeParams
from core.metrics.summary_lead_lab import LeadParams
from core.params import Params, encode

SLUG = "summarization_metrics"
LABS: dict[str, type[Params]] = {"": RougeParams, "lead": LeadParams, "units": ContentParams}
BOUNDS = [(lab, name, value) for lab, cls in LABS.items() for name, value in extremes(cls)]
FIELDS = [("", "summary"), ("", "reference"), ("lead", "own"), ("lead", "article"), ("lead", "references")]
FIELDS += [("units", "twisted"), ("units", "units"), ("units", "references")]


def opened(visit, lang="en", **state):
    return visit(SLUG, lang, **{f"{SLUG}_{name}": str(value) for name, value in state.items()})


def button(room, label):
    return next(b for b in room.button if b.label == label)


@pytest.mark.parametrize(("lab", "field", "value"), BOUNDS)
def test_every_bound(visit, lab, field, value):
    room = opened(visit, "ru", lab=lab, **{field: value})
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(("lab", "field"), FIELDS)
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, field, kind):
    room = opened(visit, lab=lab)
    (typed,) = [widget for widget in room.text_area if widget.key == f"{SLUG}_{field}"]
    typed.set_value(HOSTILE[kind])
    room.run()
    assert not room.exception
    assert not room.error
    shown = html_of(room)
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "v-check v-bad" not in shown
    kept = next(widget for widget in room.text_area if widget.key == f"{SLUG}_{field}")
    assert kept.value == HOSTILE[kind][: LABS[lab].knobs()[field].max_chars]


def test_illegal_values_in_the_address_fall_back_to_the_example(visit):
    state = {
        "measure": "7",
        "tokenize": "drop table",
        "marks": "1,2;nan",
        "k": "1e9",
        "score_now_cell": "G.99.99",
        "score_now_step": "00000000.999999999",
        "lead_now_cell": "C.99.0",
        "units_now_picked": "-1",
        "A_RougeParams": "{broken",
        "section": "nowhere",
    }
    for lab in (*LABS, "nowhere"):
        room = opened(visit, lab=lab, **state)
        assert not room.exception
        assert not room.error


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_russian_trap_is_a_state_with_a_sentence(visit, lang):
    room = opened(visit, lang, section="breaks")
    button(room, FAILURES["cyrillic"].name.get(lang)).click().run()
    assert not room.exception
    assert (
        "every ROUGE is 0" in room.warning[0].value if lang == "en" else "любой ROUGE равен 0" in room.warning[0].value
    )
    assert room.query_params[f"{SLUG}_tokenize"] == "rouge_score"
    assert "v-check v-ok" in html_of(room)


@pytest.mark.parametrize("name", FAILURES)
def test_every_failure_opens_as_a_state(visit, name):
    room = opened(visit, "ru", lab="units", section="breaks")
    button(room, FAILURES[name].name.ru).click().run()
    assert not room.exception
    assert not room.error
    fields = {widget.key: widget.value for widget in room.text_area}
    assert fields[f"{SLUG}_summary"] == FAILURES[name].summary.ru


def test_the_presets_of_the_other_labs_open_them(visit):
    room = opened(visit, section="breaks")
    button(room, "the whole article as a summary").click().run()
    assert room.query_params[f"{SLUG}_lab"] == "lead"
    fields = {widget.key: widget.value for widget in room.text_area}
    assert fields[f"{SLUG}_own"] == fields[f"{SLUG}_article"]
    button(room, "every fact turned round").click().run()
    assert room.query_params[f"{SLUG}_lab"] == "units"
    assert not room.exception


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("S.0.0", "P(ROUGE-1) = "),
        ("S.3.2", "F1(ROUGE-Lsum) = "),
        ("G.6.0", "L[7, 1] = "),
        ("H.0.2", "Without “bridge”"),
        ("R.3.0", "“after” is not in the summary."),
    ],
)
def test_what_is_picked_is_in_the_address_and_explained(visit, cell, said):
    assert said in html_of(opened(visit, score_now_cell=cell))


def test_a_picked_candidate_is_explained(visit):
    shown = html_of(opened(visit, lab="lead", lead_now_cell="C.1.1"))
    assert "lead-3" in shown
    assert "R(ROUGE-L) = " in shown


def test_marks_and_the_picked_unit_come_from_the_address(visit):
    room = opened(visit, lab="units", marks=encode(flip(MARKS, 5, 0)), units_now_picked="0")
    shown = html_of(room)
    assert "taken out" in shown
    assert not room.exception


def test_too_many_sentences_or_no_reference_get_a_sentence(visit):
    room = opened(visit, lab="lead", article="A cat sat. " * 17)
    assert "17 sentences" in room.warning[0].value
    room = opened(visit, lab="lead", references=" ")
    assert "no reference" in room.warning[0].value
    room = opened(visit, lab="units", units="\n".join(map(str, range(17))))
    assert "17 content units" in room.warning[0].value


def test_own_article_from_a_file_and_what_is_refused(visit):
    room = opened(visit, lab="lead")
    room.file_uploader[0].upload("a.txt", b"One cat sat. Two dogs ran.", "text/plain").run()
    article = next(widget for widget in room.text_area if widget.key == f"{SLUG}_article")
    assert article.value == "One cat sat. Two dogs ran."
    room.file_uploader[0].upload("b.txt", b"\xff\xfe\x00", "text/plain").run()
    assert "not UTF" in room.warning[0].value
    assert not room.exception


def test_compare_shows_both_runs_and_what_differs(visit):
    for lab, cls, changed in (
        ("", "RougeParams", {"use_stemmer": True}),
        ("lead", "LeadParams", {"k": 5}),
        ("units", "ContentParams", {"agreement": 3}),
    ):
        room = opened(visit, lab=lab, **{f"A_{cls}": json.dumps(changed)})
        assert not room.exception
        assert "A · kept" in " ".join(caption.value for caption in room.caption)


def test_language_switch_changes_the_example_and_keeps_the_measure(visit):
    room = opened(visit, measure="2")
    switch = next(group for group in room.get("button_group") if group.key == "_lang_widget")
    switch.set_value("ru").run()
    assert room.query_params[f"{SLUG}_measure"] == "2"
    fields = {widget.key: widget.value for widget in room.text_area}
    assert fields[f"{SLUG}_summary"] == RougeParams.default("ru").summary


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_question_is_graded_by_the_lab(visit, lang):
    room = opened(visit, lang, section="predict")
    right = [1, 2, 1, 2, 0]
    assert len(room.radio) == len(right)
    commit = "Commit" if lang == "en" else "Ответить"
    for number, answer in enumerate(right):
        room.radio[number].set_value(answer).run()
        next(b for b in room.button if b.key == f"_{SLUG}_question_{number}_commit" and b.label == commit).click().run()
        assert not room.exception
        assert len(room.success) == number + 1, f"question {number + 1}"
    for number in range(len(right)):
        next(b for b in room.button if b.key == f"_{SLUG}_question_{number}_show").click().run()
        assert not room.exception
        assert not room.error

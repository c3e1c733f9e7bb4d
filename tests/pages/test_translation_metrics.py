"""The translation metrics room: every bound, hostile text, presets, questions, comparison, own data."""

from __future__ import annotations

import json

import pytest

from core.metrics.bleu_lab import BleuParams
from core.metrics.chrf_lab import ChrfParams
from core.metrics.errors_lab import ErrorsParams
from core.metrics.meteor_lab import MeteorParams
from core.metrics.ter_lab import TerParams
from core.params import Params
from pages._translation_metrics import more
from tests.pages.helpers import HOSTILE, extremes, html_of

SLUG = "translation_metrics"
LABS: dict[str, type[Params]] = {
    "": BleuParams,
    "meteor": MeteorParams,
    "ter": TerParams,
    "chrf": ChrfParams,
    "errors": ErrorsParams,
}
CASES = [(lab, name, value) for lab, cls in LABS.items() for name, value in extremes(cls)]


def address(**values: object) -> dict[str, str]:
    return {f"{SLUG}_{name}": str(value) for name, value in values.items()}


def button(room, label: str):
    return next(b for b in room.button if b.label == label)


@pytest.mark.parametrize(("lab", "field", "value"), CASES)
def test_every_bound(visit, lab, field, value):
    room = visit(SLUG, "ru", **address(lab=lab, **{field: value}))
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("lab", LABS)
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, kind):
    room = visit(SLUG, "en", **address(lab=lab))
    for field in ("hypothesis", "references"):
        fields = [f for f in (*room.text_input, *room.text_area) if f.key == f"{SLUG}_{field}"]
        fields[0].set_value(HOSTILE[kind])
        room.run()
        assert not room.exception
        assert not room.error
        shown = html_of(room)
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "v-check v-bad" not in shown
    if kind in ("empty", "blank"):
        assert any("reference" in warning.value for warning in room.warning)


@pytest.mark.parametrize("lab", ["meteor", "ter", "errors"])
def test_too_many_words_are_a_sentence(visit, lab):
    room = visit(SLUG, "ru", **address(lab=lab, hypothesis="я " * 190))
    assert any("слов" in warning.value for warning in room.warning)
    assert not room.exception


def test_too_many_references_are_a_sentence(visit):
    room = visit(SLUG, "en", **address(references="a\nb\nc\nd"))
    assert any("4 lines" in warning.value for warning in room.warning)


@pytest.mark.parametrize("lab", LABS)
def test_illegal_values_in_the_address_fall_back(visit, lab):
    picks = {
        "gram_now": "n.99.99",
        "chars_now": "weights.1.1",
        "meteor_now_reference": "77",
        "ter_now_reference": "x",
        "error_now": "<b>",
        "alignment_now_step": "999999",
        "script_now_step": "-1",
        "section": "nowhere",
        "smoothing": "drop table",
        "n": "99",
        f"A_{LABS[lab].__name__}": "{broken",
    }
    room = visit(SLUG, **address(lab=lab, **picks))
    assert not room.exception
    assert not room.error
    assert not visit(SLUG, **address(lab="nowhere")).exception


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_failure_opens_its_lab(visit, lang):
    count = sum(map(len, (more.BLEU, more.METEOR, more.TER, more.CHRF)))
    labels = [b.label for b in visit(SLUG, lang, **address(section="breaks")).button if "_preset_" in b.key]
    assert len(labels) == count
    for n in range(count):
        room = visit(SLUG, lang, **address(section="breaks"))
        [b for b in room.button if "_preset_" in b.key][n].click().run()
        assert not room.exception
        assert not room.error
        assert not room.warning
        assert "v-check v-bad" not in html_of(room)


def test_a_preset_sets_the_texts_and_the_knobs(visit):
    room = visit(SLUG, **address(section="breaks"))
    button(room, "one word, seven times").click().run()
    shown = html_of(room)
    assert "min(7, max(2, 1)) = " in shown
    assert "0.2857" in shown
    button(room, "a block moved").click().run()
    assert "TER · refs:1" in html_of(room)
    assert "0.0769" in html_of(room)


def test_the_texts_stay_when_the_lab_changes_and_case_does_not_leak(visit):
    room = visit(SLUG, **address(hypothesis="A Cat", references="a cat", lowercase="false"))
    labs = next(group for group in room.get("button_group") if group.key == f"_{SLUG}_lab_widget")
    labs.set_value("ter").run()
    assert next(f for f in room.text_input if f.key == f"{SLUG}_hypothesis").value == "A Cat"
    # BLEU minds case by default and TER does not.
    assert "case:lc" in html_of(room)


def test_the_reference_looked_at_is_in_the_address(visit):
    two = {"references": "the cat sat\nthe doctor said", "lab": "ter"}
    assert "does not count" in html_of(visit(SLUG, **address(**two, ter_now_reference="0")))
    assert "does not count" not in html_of(visit(SLUG, **address(**two, ter_now_reference="1")))


def test_a_damaged_sentence_opens_in_another_lab(visit):
    room = visit(SLUG, **address(lab="errors", error_now="one"))
    next(b for b in room.button if b.key.endswith("_open_meteor")).click().run()
    assert not room.exception
    said = next(f for f in room.text_input if f.key == f"{SLUG}_hypothesis").value
    assert set(said.rstrip(".").split()) == {"the"}
    assert "METEOR · α=0.9" in html_of(room)


@pytest.mark.parametrize("lab", LABS)
def test_compare_shows_both_runs(visit, lab):
    cls = LABS[lab]
    room = visit(SLUG, **address(lab=lab, **{f"A_{cls.__name__}": json.dumps({"hypothesis": "A doctor spoke."})}))
    assert not room.exception
    captions = " ".join(caption.value for caption in room.caption)
    assert "A · kept" in captions
    assert "Hypothesis" in captions


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(("n", "right"), [(0, 1), (1, 2), (2, 0), (3, 0)])
def test_questions_are_graded_by_the_labs(visit, lang, n, right):
    room = visit(SLUG, lang, **address(section="predict"))
    room.radio[n].set_value(right).run()
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_commit").click().run()
    assert room.success
    assert not room.exception
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_show").click().run()
    assert not room.exception
    assert not room.warning


def test_own_file_becomes_the_hypothesis_or_gets_a_sentence(visit):
    room = visit(SLUG)
    room.file_uploader[0].upload("mine.txt", b"A doctor\nspoke.", "text/plain").run()
    assert next(f for f in room.text_input if f.key == f"{SLUG}_hypothesis").value == "A doctor spoke."
    other = visit(SLUG, **address(lab="ter"))
    other.file_uploader[0].upload("mine.txt", b"\xff\xfe\x00", "text/plain").run()
    assert any("UTF" in warning.value for warning in other.warning)

"""The attention room: every bound of every control, hostile text, presets, questions, state."""

from __future__ import annotations

import json

import pytest
from helpers import HOSTILE, extremes, html_of

from core.attention.bertviz_lab import BertvizParams
from core.attention.saturation import SaturationParams
from core.attention.sentence import InputParams, SentenceParams
from core.attention.worked import WorkedParams
from core.params import Params

LABS: dict[str, type[Params]] = {
    "": WorkedParams,
    "scale": SaturationParams,
    "sentence": SentenceParams,
    "explanation": InputParams,
    "bertviz": BertvizParams,
}

CASES = [(lab, name, value) for lab, cls in LABS.items() for name, value in extremes(cls)]


@pytest.mark.parametrize(("lab", "field", "value"), CASES)
def test_every_bound(visit, lab, field, value):
    room = visit("attention", "ru", attention_lab=lab, **{f"attention_{field}": str(value)})
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("lab", ["", "sentence", "explanation", "bertviz"])
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, kind):
    room = visit("attention", "en", attention_lab=lab)
    name = "attention_words" if lab == "" else "attention_text"
    fields = [field for field in (*room.text_input, *room.text_area) if field.key == name]
    fields[0].set_value(HOSTILE[kind])
    room.run()
    assert not room.exception
    assert not room.error
    shown = html_of(room)
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "v-check v-bad" not in shown


def test_illegal_values_in_the_address_fall_back_to_the_example(visit):
    room = visit(
        "attention",
        attention_mask="drop table",
        attention_temperature="1e99",
        attention_X="1,2;nan,4",
        attention_lab="nowhere",
        attention_section="nowhere",
        attention_board_now_cell="weights.99.99",
        attention_board_now_step="999999999999",
        attention_A_WorkedParams="{broken",
    )
    assert not room.exception
    assert not room.error


def test_everything_masked_is_a_state_with_a_sentence(visit):
    room = visit("attention", "ru", attention_mask="all")
    assert "Скрыты все ключи" in room.warning[0].value
    assert "no reference check" in html_of(visit("attention", "en", attention_mask="all"))


def test_unscaled_at_512_is_a_state_with_its_numbers(visit):
    room = visit("attention", attention_lab="scale", attention_d_k="512", attention_is_scaled="false")
    assert "Saturated" in room.warning[0].value


def test_preset_opens_its_lab_and_sets_it(visit):
    room = visit("attention", attention_section="breaks")
    button = next(b for b in room.button if "512" in b.label)
    button.click().run()
    assert room.query_params["attention_lab"] == "scale"
    assert not room.exception


def test_language_switch_keeps_the_state_and_speaks_the_other_language(visit):
    room = visit("attention", "en", attention_mask="causal")
    room.query_params["lang"] = "en"
    switch = next(group for group in room.get("button_group") if group.key == "_lang_widget")
    switch.set_value("ru").run()
    assert room.title[0].value == "Внимание"
    assert room.query_params["attention_mask"] == "causal"
    assert next(field for field in room.text_input if field.key == "attention_words").value == "Я люблю жизнь"


def test_compare_shows_both_runs_and_what_differs(visit):
    kept = json.dumps({"temperature": 2.0})
    room = visit("attention", "en", attention_A_WorkedParams=kept)
    assert not room.exception
    captions = " ".join(caption.value for caption in room.caption)
    assert "A · kept" in captions
    assert "Temperature" in captions


def test_own_words_survive_a_visit_to_another_lab(visit):
    room = visit("attention")
    next(field for field in room.text_input if field.key == "attention_words").set_value("one two").run()
    labs = next(group for group in room.get("button_group") if group.key == "_attention_lab_widget")
    labs.set_value("scale").run()
    labs = next(group for group in room.get("button_group") if group.key == "_attention_lab_widget")
    labs.set_value("").run()
    assert next(field for field in room.text_input if field.key == "attention_words").value == "one two"


def test_question_is_graded_by_the_lab(visit):
    room = visit("attention", attention_section="predict")
    radio = room.radio[0]
    radio.set_value(0).run()
    commit = next(b for b in room.button if b.label == "Commit")
    commit.click().run()
    assert room.success
    assert "→" in " ".join(m.value for m in room.markdown)

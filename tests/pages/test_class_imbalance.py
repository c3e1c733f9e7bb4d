"""The room of class imbalance: every bound of every control, own data, presets, questions, state."""

from __future__ import annotations

import json

import pytest
from helpers import HOSTILE, extremes, html_of

from core.foundations.imbalance_leak import LeakParams
from core.foundations.imbalance_params import ImbalanceParams
from core.foundations.imbalance_text import TextParams
from core.params import Choice, Params

SLUG = "class_imbalance"
LABS: dict[str, type[Params]] = {"": ImbalanceParams, "leak": LeakParams, "sentences": TextParams}
ANSWERS = (2, 1, 1, 1, 2, 1)


def cases():
    """All sliders and switches of a lab at their lower bounds, all at their upper ones, and each option of a menu."""
    for lab, cls in LABS.items():
        found = [(name, value) for name, value in extremes(cls) if name not in ("rows", "own")]
        yield lab, dict(reversed(found))
        yield lab, dict(found)
        for name, knob in cls.knobs().items():
            if isinstance(knob, Choice):
                yield from ((lab, {name: option}) for option in knob.options)


def opened(visit, lang="en", **state):
    return visit(SLUG, lang, **{f"{SLUG}_{name}": str(value) for name, value in state.items()})


@pytest.mark.parametrize(("lab", "state"), list(cases()))
def test_every_bound(visit, lab, state):
    room = opened(visit, "ru", lab=lab, **state)
    assert not room.exception
    assert not room.error
    assert not room.warning
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize(("lab", "field"), [("", "rows"), ("sentences", "own"), ("sentences", "probe")])
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, field):
    room = opened(visit, lab=lab, source="own")
    for text in HOSTILE.values():
        (typed,) = [widget for widget in (*room.text_input, *room.text_area) if widget.key == f"{SLUG}_{field}"]
        typed.set_value(text)
        room.run()
        assert not room.exception
        assert not room.error
        shown = html_of(room)
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "v-check v-bad" not in shown
        if field == "rows":
            assert room.warning, "no hostile text is a table"


def test_illegal_values_in_the_address_fall_back_to_the_example(visit):
    room = opened(visit, share="1e99", source="elsewhere", remedy="XX", lab="nowhere", A_ImbalanceParams="{broken")
    assert not room.exception
    assert not room.error
    assert "n=951, 48 rare" in html_of(room)


def test_own_file_is_used_and_a_long_one_stays_out_of_the_address(visit):
    room = opened(visit, source="own")
    long = "".join(f"{'ab'[k % 5 == 0]};{k % 7};{k * k % 11}\n" for k in range(1000))
    room.file_uploader[0].upload("rows.csv", long.encode(), "text/csv").run()
    assert not room.exception
    assert "test 500, 100 rare" in html_of(room)
    assert any("1000 rows" in caption.value for caption in room.caption)
    assert all(len(str(value)) < 1000 for value in room.query_params.values())
    next(button for button in room.button if button.label == "back to the typed rows").click().run()
    assert "test 13, 3 rare" in html_of(room)
    room.file_uploader[0].upload("rows.csv", b"\xff\xfe", "text/csv").run()
    assert "not UTF" in room.warning[0].value.replace("\\", "")


@pytest.mark.parametrize("number", range(7))
def test_presets_open_their_lab_and_set_it(visit, number):
    room = opened(visit, section="breaks")
    offers = [button for button in room.button if "_preset_" in button.key]
    assert len(offers) == 7
    offers[number].click().run()
    assert not room.exception
    assert not room.error
    assert room.query_params.get(f"{SLUG}_lab", "") == ("" if number < 4 else "leak" if number < 6 else "sentences")
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_questions_are_graded_by_the_labs(visit, lang):
    room = opened(visit, lang, section="predict")
    assert len(room.radio) == len(ANSWERS)
    for number, answer in enumerate(ANSWERS):
        room.radio[number].set_value(answer)
    room.run()
    for number in range(len(ANSWERS)):
        next(b for b in room.button if b.key == f"_{SLUG}_question_{number}_commit").click().run()
    assert not room.exception
    assert len(room.success) == len(ANSWERS)


def test_compare_shows_both_runs_and_what_differs(visit):
    room = opened(visit, A_ImbalanceParams=json.dumps({"share": 20}))
    assert not room.exception
    captions = " ".join(caption.value for caption in room.caption)
    assert "A · kept" in captions
    assert "Rare class" in captions


def test_picks_come_from_the_address(visit):
    assert '<span class="v-f-strong">SMOTE</span>' in html_of(opened(visit, remedy="smote"))
    shown = opened(visit, lab="sentences", sentences_now_cell="F.3.1")
    assert '<span class="v-f-strong">under-sampling</span>' in html_of(shown)
    assert "“water”" in " ".join(m.value for m in shown.markdown).replace("\\", "")

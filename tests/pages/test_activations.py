"""The activations room: every bound of every control, hostile logits, presets, questions, state."""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers import HOSTILE, extremes, html_of

from core.foundations.activation_curve import CurveParams
from core.foundations.activation_depth import DepthParams
from core.foundations.activation_dying import DyingParams
from core.foundations.softmax_temperature import TemperatureParams
from core.params import Params

LABS: dict[str, type[Params]] = {
    "": CurveParams,
    "depth": DepthParams,
    "dying": DyingParams,
    "softmax": TemperatureParams,
}


def packs(cls: type[Params]) -> list[dict[str, Any]]:
    """All bounds and choices of a lab in few visits: the n-th extreme of every control at once."""
    of_field: dict[str, list[Any]] = {}
    for name, value in extremes(cls):
        of_field.setdefault(name, []).append(value)
    most = max(map(len, of_field.values()))
    return [{name: values[n % len(values)] for name, values in of_field.items()} for n in range(most)]


CASES = [
    pytest.param(lab, pack, id=f"{cls.__name__}-{n}") for lab, cls in LABS.items() for n, pack in enumerate(packs(cls))
]


@pytest.mark.parametrize(("lab", "pack"), CASES)
def test_every_bound(visit, lab, pack):
    given = {f"activations_{field}": str(value) for field, value in pack.items()}
    room = visit("activations", "ru", activations_lab=lab, **given)
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("lab", LABS)
def test_each_lab_shows_its_checks_and_arithmetic(visit, lab):
    shown = html_of(visit("activations", "en", activations_lab=lab))
    assert "v-check v-ok" in shown
    assert "v-check v-bad" not in shown
    assert "v-formula" in shown


def test_hostile_logits_are_a_sentence(visit):
    room = visit("activations", "en", activations_lab="softmax")
    for kind, words in HOSTILE.items():
        next(field for field in room.text_input if field.key == "activations_logits").set_value(words).run()
        assert not room.exception, kind
        assert not room.error, kind
        assert room.warning, kind
        assert "<script>alert" not in html_of(room)
        assert "<img src=x" not in html_of(room)


def test_illegal_values_in_the_address_fall_back(visit):
    room = visit(
        "activations",
        activations_kind="drop table",
        activations_x="1e99",
        activations_lab="nowhere",
        activations_section="nowhere",
        activations_layer="9999",
        activations_A_CurveParams="{broken",
    )
    assert not room.exception
    assert not room.error
    for lab in ("depth", "dying"):
        room = visit("activations", activations_lab=lab, activations_layer="999", activations_unit="-1", **BAD_FRAME)
        assert not room.exception
        assert not room.error


BAD_FRAME = {"activations_frame": "999999"}


def test_vanishing_exploding_and_dead_are_states_with_a_sentence(visit):
    vanished = visit("activations", "ru", activations_lab="depth", activations_kind="sigmoid")
    assert vanished.warning[0].value.startswith("Затухание")
    exploded = visit("activations", activations_lab="depth", activations_kind="relu", activations_init="unit")
    assert exploded.warning[0].value.startswith("Exploded")
    dead = visit("activations", activations_lab="dying")
    assert "All 16 units are dead" in dead.warning[0].value
    ran_away = {"activations_kind": "leaky_relu", "activations_lg_rate": "1.5"}
    assert "ran away" in visit("activations", activations_lab="dying", **ran_away).warning[0].value
    assert not visit("activations", activations_lab="dying", activations_rescue="leaky").warning


def test_a_picked_layer_a_unit_and_a_step_come_back_from_the_address(visit):
    told = html_of(visit("activations", activations_lab="depth", activations_layer="3"))
    assert "layer 3:" in told
    told = html_of(visit("activations", activations_lab="dying", activations_unit="4", activations_frame="2"))
    assert "unit 5, step 2:" in told


def test_presets_open_their_lab_and_set_it(visit):
    room = visit("activations", activations_section="breaks")
    next(b for b in room.button if b.label == "saturated tanh").click().run()
    assert room.query_params["activations_lab"] == "depth"
    assert room.query_params["activations_init"] == "unit"
    assert room.warning[0].value.startswith("Exploded")


def test_compare_shows_both_runs(visit):
    room = visit("activations", activations_kind="gelu", activations_A_CurveParams=json.dumps({"kind": "relu"}))
    assert not room.exception
    captions = " ".join(caption.value for caption in room.caption)
    assert "A · kept" in captions
    assert "ReLU → GELU" in captions.replace("\\", "")


@pytest.mark.parametrize(("question", "answer"), list(enumerate((2, 2, 2, 2, 1))))
def test_questions_are_graded_by_the_labs(visit, question, answer):
    room = visit("activations", "ru", activations_section="predict")
    room.radio[question].set_value(answer).run()
    next(b for b in room.button if b.key == f"_activations_question_{question}_commit").click().run()
    assert not room.exception
    assert room.success, [info.value for info in room.info]


def test_a_question_can_be_shown_in_its_lab(visit):
    room = visit("activations", activations_section="predict")
    room.radio[2].set_value(0).run()
    next(b for b in room.button if b.key == "_activations_question_2_commit").click().run()
    assert "not one comes back" in room.info[0].value
    next(b for b in room.button if b.key == "_activations_question_2_show").click().run()
    assert room.query_params["activations_lab"] == "dying"
    assert room.query_params["activations_rescue"] == "rate"

"""The room of the neuron: bounds, hostile input, presets, questions, and what its pictures tell back."""

from __future__ import annotations

import pytest
from helpers import HOSTILE, extremes, html_of

from core.foundations.graph import GraphParams
from core.foundations.neuron import NeuronParams
from core.foundations.xor import XorParams
from core.params import Choice, Words
from pages._neuron.parts import is_index, read_row

SLUG = "neuron"
ANSWERS = (1, 2, 2, 1, 1, 1)
LABS = {"": NeuronParams, "graph": GraphParams, "xor": XorParams}


def states():
    """All controls at their lower bounds, then at their upper ones, with the menus turned from state to state."""
    for lab, cls in LABS.items():
        knobs = cls.knobs()
        bounds = [(name, value) for name, value in extremes(cls) if not isinstance(knobs[name], Words | Choice)]
        menus = {name: list(knob.options) for name, knob in knobs.items() if isinstance(knob, Choice)}
        for turn in range(max([2, *map(len, menus.values())])):
            chosen = {name: options[turn % len(options)] for name, options in menus.items()}
            yield lab, {**dict(bounds[turn % 2 :: 2]), **chosen}


def opened(visit, lang="en", **state):
    return visit(SLUG, lang, **{f"{SLUG}_{name}": str(value) for name, value in state.items()})


@pytest.mark.parametrize(("lab", "state"), list(states()))
def test_every_bound(visit, lab, state):
    room = opened(visit, "ru", lab=lab, **state)
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_gets_a_sentence(visit, kind):
    room = opened(visit, lab="graph")
    for field in ("expression", "values"):
        (typed,) = [widget for widget in room.text_input if widget.key == f"{SLUG}_{field}"]
        typed.set_value(HOSTILE[kind])
    room.run()
    assert not room.exception
    assert not room.error
    assert "<script>alert" not in html_of(room)
    assert room.warning


def test_illegal_values_in_the_address_fall_back(visit):
    room = opened(visit, kind="magic", data="moon", w1="nan", t="99999", example="-1", points="a;b", A_NeuronParams="{")
    assert not room.exception
    assert not room.error
    assert "example 1, class 0, step 0" in html_of(room)
    for lab, field in (("graph", "node"), ("xor", "frame"), ("xor", "point"), ("nowhere", "g")):
        room = opened(visit, lab=lab, **{field: "9999999"})
        assert not room.exception
        assert not room.error


def test_the_address_says_what_is_picked(visit):
    assert "example 4, class 0, step 7" in html_of(opened(visit, example="3", t="7"))
    assert "∂v₁/∂y = " in html_of(opened(visit, lab="graph", expression="x*y + x", values="x=3", node="1"))
    assert "точка 3, класс 1, шаг 8" in html_of(opened(visit, "ru", lab="xor", point="2", frame="4"))


def test_a_moved_weight_starts_the_way_again(visit):
    room = opened(visit, t="50")
    assert "step 50" in html_of(room)
    next(s for s in room.slider if s.key == f"{SLUG}_w1").set_value(2.0)
    room.run()
    assert "step 0: " in html_of(room)
    assert f"{SLUG}_t" not in room.query_params


def test_what_fails_is_said(visit):
    assert "Diverged" in opened(visit, data="iris", kind="identity", lg_eta="1.0").warning[0].value
    assert "no number" in opened(visit, lab="graph", expression="log(x - x)").warning[0].value


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_presets(visit, lang):
    room = opened(visit, lang, section="breaks", t="3", frame="9", node="2")
    keys = [button.key for button in room.button if button.key and "_preset_" in button.key]
    assert len(keys) == 12
    seen = []
    for key in keys:
        room.button(key=key).click().run()
        assert not room.exception
        assert not room.error
        assert "v-check v-bad" not in html_of(room)
        seen.append(room.query_params.get(f"{SLUG}_lab", ""))
        assert f"{SLUG}_frame" not in room.query_params
    assert [next(iter(lab), "") if isinstance(lab, list) else lab for lab in seen] == [""] * 5 + ["graph"] * 3 + [
        "xor"
    ] * 4


def test_examples_of_the_graph(visit):
    room = opened(visit, lab="graph", node="4")
    keys = [button.key for button in room.button if button.key and "_preset_" in button.key]
    assert len(keys) == 5
    for key in keys:
        room.button(key=key).click().run()
        assert not room.exception
        assert not room.warning
        assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_questions_are_answered_by_the_lab(visit, lang):
    room = opened(visit, lang, section="predict")
    for n, answer in enumerate(ANSWERS):
        room.radio(key=f"_{SLUG}_question_{n}").set_value(answer)
        room.run()
        room.button(key=f"_{SLUG}_question_{n}_commit").click().run()
        assert not room.exception
    assert len(room.success) == len(ANSWERS)
    for n in (0, 2, 3, 4, 5):
        room.button(key=f"_{SLUG}_question_{n}_show").click().run()
        assert not room.exception
        assert not room.error


def test_a_run_is_kept_for_comparison(visit):
    for lab in LABS:
        room = opened(visit, lab=lab)
        next(b for b in room.button if "keep this as A" in b.label).click().run()
        assert not room.exception
        assert any("A · kept" in caption.value for caption in room.caption)


def test_what_the_browser_says_is_held_to_numbers():
    assert read_row([1, 2.5, -3], 3, 8) == (1.0, 2.5, -3.0)
    for bad in (
        None,
        [1, 2],
        [1, 2, "x"],
        [1, 2, float("nan")],
        [1, 2, 9],
        "1,2,3",
        {"a": 1},
        [None, 1, 2],
        [True] * 3,
    ):
        assert read_row(bad, 3, 8) is None
    assert is_index(0, 1)
    for bad in (None, -1, 1, True, "0", 0.0):
        assert not is_index(bad, 1)

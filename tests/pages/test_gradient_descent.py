"""The room of gradient descent: every bound of every control, presets, questions, what the picture tells back."""

from __future__ import annotations

import pytest
from helpers import HOSTILE, extremes, html_of

from core.foundations.batch_lab import BatchParams
from core.foundations.descent_lab import DescentParams
from core.params import Choice
from pages._gradient_descent.parts import read_numbers, read_view

SLUG = "gradient_descent"
ANSWERS = (2, 2, 2, 2, 2, 1)
LABS = {"": DescentParams, "batches": BatchParams}


def states():
    """Every option of every menu, and all other controls at their lower bounds, then at their upper ones."""
    for lab, cls in LABS.items():
        bounds = [(name, value) for name, value in extremes(cls) if name not in ("formula", "start")]
        menus = [name for name, knob in cls.knobs().items() if isinstance(knob, Choice)]
        yield from ((lab, {name: value}) for name, value in bounds if name in menus)
        others = [(name, value) for name, value in bounds if name not in menus]
        yield lab, dict(others[::2])
        yield lab, dict(others[1::2])


def opened(visit, lang="en", **state):
    return visit(SLUG, lang, **{f"{SLUG}_{name}": str(value) for name, value in state.items()})


@pytest.mark.parametrize(("lab", "state"), list(states()))
def test_every_bound(visit, lab, state):
    room = opened(visit, "ru", lab=lab, **state)
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("field", ["formula", "start"])
def test_hostile_text_is_a_state_or_a_sentence(visit, field, kind):
    room = opened(visit, surface="own")
    (typed,) = [widget for widget in room.text_input if widget.key == f"{SLUG}_{field}"]
    typed.set_value(HOSTILE[kind])
    room.run()
    assert not room.exception
    assert not room.error
    assert "<script>alert" not in html_of(room)
    assert room.warning or (field == "start" and not HOSTILE[kind].strip())


def test_illegal_values_in_the_address_fall_back(visit):
    room = opened(
        visit,
        surface="moon",
        lg_rate="nan",
        steps="7",
        run="nobody",
        shown="x.y",
        t="99999",
        view="ravine:1,2,3",
        lab="nowhere",
        A_DescentParams="{broken",
    )
    assert not room.exception
    assert not room.error
    assert "Adam, step 100 of 100" in html_of(room)


def test_the_address_says_what_is_picked(visit):
    room = opened(visit, run="momentum", t="2", shown="momentum.sgd", start="-3; 1")
    shown = html_of(room)
    assert "momentum, step 2 of 100" in shown
    assert "start (-3, 1)" in shown


def test_divergence_is_said(visit):
    room = opened(visit, lg_rate="-1.05")
    assert "SGD, Nesterov" in room.warning[0].value
    lost = opened(visit, surface="own", formula="log(x)", start="-1; 0")
    assert "not defined at the start" in lost.warning[0].value
    assert not lost.error


def test_a_surface_from_the_menu_brings_its_rates_and_start(visit):
    room = opened(visit, start="-3; 1")
    (menu,) = [box for box in room.selectbox if box.label == "Surface"]
    menu.set_value("rosenbrock")
    room.run()
    assert not room.warning
    assert "start (-1.4, 2.4)" in html_of(room)
    assert next(s for s in room.slider if s.key == f"{SLUG}_lg_rate").value == -3.1


@pytest.mark.parametrize("number", range(9))
def test_presets(visit, number):
    room = opened(visit, section="breaks", t="3", view="ravine:-1,1,-1,1")
    offers = [button for button in room.button if button.key and "_preset" in button.key]
    assert len(offers) == 9
    offers[number].click().run()
    assert not room.exception
    assert not room.error
    assert room.query_params.get(f"{SLUG}_lab", "") == ("batches" if number >= 7 else "")
    assert bool(room.warning) == (number in (0, 5, 6, 7))
    if number == 5:  # a state brings its own α, not the surface's
        assert next(s for s in room.slider if s.key == f"{SLUG}_lg_rate").value == -2.5


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_questions_are_answered_by_the_lab(visit, lang):
    room = opened(visit, lang, section="predict")
    for n, answer in enumerate(ANSWERS):
        room.radio(key=f"_{SLUG}_question_{n}").set_value(answer)
        room.run()
        room.button(key=f"_{SLUG}_question_{n}_commit").click().run()
        assert not room.exception
    assert len(room.success) == len(ANSWERS)
    for n in range(len(ANSWERS)):
        room.button(key=f"_{SLUG}_question_{n}_show").click().run()
        assert not room.exception
        assert not room.error


def test_a_run_is_kept_for_comparison(visit):
    for lab in ("", "batches"):
        room = opened(visit, lab=lab)
        next(b for b in room.button if "keep this as A" in b.label).click().run()
        assert not room.exception
        assert any("A · kept" in caption.value for caption in room.caption)


def test_what_the_browser_says_is_held_to_numbers():
    assert read_numbers([1, 2.5], 2, 100) == (1.0, 2.5)
    for bad in (None, [1], [1, "x"], [1, float("nan")], [1, 1e9], "1,2,3", {"a": 1}, [None, 1]):
        assert read_numbers(bad, 2, 100) is None
    assert read_view("ravine:-1,1,-2,2", "ravine") == (-1, 1, -2, 2)
    for bad in ("", "saddle:-1,1,-2,2", "ravine:1,-1,-2,2", "ravine:1,2,3", "ravine:a,b,c,d", "ravine:inf,1,2,3"):
        assert read_view(bad, "ravine") is None

"""The room of overfitting: every bound, all views, tasks that are graded live, presets, questions, state."""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers import HOSTILE, extremes, html_of

from core.foundations.overfit_double import DoubleParams
from core.foundations.overfit_net import NetParams
from core.foundations.overfit_polynomial import PolyParams
from core.params import Params

LABS: dict[str, type[Params]] = {"": PolyParams, "network": NetParams, "double": DoubleParams}
ADDRESS = "overfitting"


def packs(cls: type[Params]) -> list[dict[str, Any]]:
    """All bounds and choices of a lab in few visits: the n-th extreme of every control at once."""
    of_field: dict[str, list[Any]] = {}
    for name, value in extremes(cls):
        if name != "moved":
            of_field.setdefault(name, []).append(value)
    most = max(map(len, of_field.values()))
    return [{name: values[n % len(values)] for name, values in of_field.items()} for n in range(most)]


CASES = [
    pytest.param(lab, pack, id=f"{cls.__name__}-{n}") for lab, cls in LABS.items() for n, pack in enumerate(packs(cls))
]


def given(**values: Any) -> dict[str, str]:
    return {f"{ADDRESS}_{name}": str(value) for name, value in values.items()}


@pytest.mark.parametrize(("lab", "pack"), CASES)
def test_every_bound(visit, lab, pack):
    room = visit(ADDRESS, "ru", **given(lab=lab, **pack))
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize(
    ("lab", "view"), [("", ""), ("", "folds"), ("", "points"), ("", "spread"), ("network", ""), ("double", "")]
)
def test_each_view_has_its_checks_and_arithmetic(visit, lab, view):
    shown = html_of(visit(ADDRESS, "en", **given(lab=lab, view=view, degree=5)))
    assert "v-check v-ok" in shown
    assert "v-formula" in shown


def test_illegal_values_in_the_address_fall_back(visit):
    wrong = given(
        degree="NaN", n="1e9", truth="x", lab="nowhere", view="zz", point="9999", fold="-1", fix="none", moved="3:"
    )
    room = visit(ADDRESS, **wrong, overfitting_A_PolyParams="{broken")
    assert not room.exception
    assert "Moved points" in " ".join(w.value for w in room.warning)
    room = visit(ADDRESS, **given(lab="network", frame="99999", dot="77777", width="3"))
    assert not room.exception


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_moves_get_a_sentence(visit, text):
    room = visit(ADDRESS, "ru", overfitting_moved=text)
    assert not room.exception
    assert not room.error


def test_a_moved_point_and_a_picked_one_come_back(visit):
    told = html_of(visit(ADDRESS, **given(moved="3: 1.5", point=2, degree=3)))
    assert "point 3:" in told
    assert "1.500 − " in told
    assert "without fold 3:" in html_of(visit(ADDRESS, **given(view="folds", fold=2)))
    assert "step 0:" in html_of(visit(ADDRESS, **given(lab="network", frame=0)))
    assert "p = 2, n = 20:" in html_of(visit(ADDRESS, **given(lab="double", p=0)))


def test_compare_shows_both_runs(visit):
    room = visit(ADDRESS, **given(degree=3), overfitting_A_PolyParams=json.dumps({"degree": 9}))
    assert not room.exception
    assert "9 → 3" in " ".join(caption.value for caption in room.caption).replace("\\", "")


def test_tasks_are_graded_while_knobs_move(visit):
    room = visit(ADDRESS, "en", overfitting_section="fix")
    next(b for b in room.button if b.label == "too wild").click().run()
    assert "It overfits" in room.info[0].value
    room.session_state["overfitting_degree"] = 3
    room.run()
    assert "fixed" in room.success[0].value
    room.session_state["overfitting_noise"] = 0.0
    room.run()
    assert "Noise σ" in room.warning[0].value
    next(b for b in room.button if b.label == "leave the task").click().run()
    assert not room.warning
    room = visit(ADDRESS, "ru", **given(lab="network", fix="net_over", lg_l2=-1.5))
    assert "готово" in room.success[0].value


def test_presets_open_their_lab(visit):
    room = visit(ADDRESS, overfitting_section="breaks")
    next(b for b in room.button if b.label == "too much L2").click().run()
    assert room.query_params["overfitting_lab"] in ("network", ["network"])
    assert not room.exception


RIGHT = (2, 1, 2, 2, 1, 2)


def test_questions_are_answered_by_the_labs(visit):
    room = visit(ADDRESS, "en", overfitting_section="predict")
    assert len(room.radio) == len(RIGHT)
    for n, answer in enumerate(RIGHT):
        room.radio[n].set_value(answer).run()
        next(b for b in room.button if b.key == f"_overfitting_question_{n}_commit").click().run()
        assert not room.exception
    assert len(room.success) == len(RIGHT)
    next(b for b in room.button if b.key == "_overfitting_question_2_show").click().run()
    assert room.query_params["overfitting_view"] in ("points", ["points"])

"""The room of deep and classical models: bounds, address, jobs, presets, questions, a drawn digit."""

from __future__ import annotations

import json
from typing import Any

import pytest
from helpers import HOSTILE, extremes, html_of

from core import jobs
from core.foundations import deep_lab
from core.foundations.deep_digits import SIDE
from core.foundations.deep_lab import DuelParams
from core.foundations.deep_sizes import SizesParams
from core.foundations.deep_space import SpaceParams
from core.foundations.deep_text import TextParams
from core.params import Params

SLUG = "deep_learning"
LABS: dict[str, type[Params]] = {"": DuelParams, "space": SpaceParams, "text": TextParams, "sizes": SizesParams}
QUICK = {"n": "20", "steps": "30", "largest": "50", "repeats": "1", "text_n": "18", "text_steps": "30"}


def address(**given: Any) -> dict[str, str]:
    return {f"{SLUG}_{name}": str(value) for name, value in given.items()}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that are over when the page asks, and none of another test's."""
    monkeypatch.setattr("pages._deep_learning.parts.PATIENCE", 60.0)
    held = jobs.Jobs()
    monkeypatch.setattr(jobs, "shared", lambda: held)
    monkeypatch.setattr(deep_lab, "SIZES", (20,))


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
    # Bounds of size are held by the tests of Params; here everything else is at its bound and the runs are short.
    room = visit(SLUG, "ru", **address(lab=lab, **{**pack, **{k: v for k, v in QUICK.items() if k in pack}}))
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)
    assert "v-check v-ok" in html_of(room)
    assert "v-formula" in html_of(room)


def test_illegal_values_in_the_address_fall_back(visit):
    given = address(
        n="1e9",
        lab="nowhere",
        model="<script>",
        row="99999",
        shift="9.9",
        ink="zz",
        features="drop table",
        A_DuelParams="{broken",
        seed="NaN",
        steps="30",
    )
    room = visit(SLUG, **given)
    assert not room.exception
    assert not room.error
    given = address(lab="space", frame="777", point="-4", steps="30", value="?")
    assert not visit(SLUG, **given).exception
    given = address(lab="sizes", value="?", across="x", digits_model="net", largest="50", repeats="1")
    assert not visit(SLUG, **given).exception


def test_a_moved_a_picked_and_a_drawn_digit_come_back_from_the_address(visit):
    room = visit(SLUG, **address(model="knn.pixels", row="3", shift="1.-2", n="20", steps="0"))
    assert "kNN · pixels" in html_of(room)
    data = mail(room)
    assert data["shift"] == [1, -2]
    assert data["row"] == 3
    assert data["picked"] == "knn.pixels"
    assert len(data["thumbs"]) == 16
    assert all(len(row["says"]) == 250 for row in data["rows"])
    ink = ("0" * 5 + "ff" + "0" * 5) * SIDE
    data = mail(visit(SLUG, **address(ink=ink, n="20", steps="0")))
    assert data["ink"] == ink
    assert data["truth"] is None


def mail(room: Any) -> dict[str, Any]:
    """What the first component of the room was sent."""
    body = next(e.proto.body for e in room.get("html") if 'data-mail="deep_learning_' in e.proto.body)
    found: dict[str, Any] = json.loads(body.split(">", 1)[1].rsplit("</i>", 1)[0])
    return found


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_sentences(visit, kind):
    room = visit(SLUG, "ru", **address(lab="text", sentence=HOSTILE[kind][:5000], text_n="18", text_steps="30"))
    assert not room.exception
    assert not room.error
    assert "<script>alert" not in html_of(room)
    if kind in ("blank", "empty"):
        assert room.warning or "v-check v-ok" in html_of(room)


def test_compare_shows_both_runs(visit):
    kept = json.dumps({"n": 20, "steps": 30})
    room = visit(SLUG, **address(n="50", steps="30", A_DuelParams=kept))
    assert not room.exception
    assert "20 → 50" in " ".join(caption.value for caption in room.caption).replace("\\", "")
    assert sum('data-mail="deep_learning_duel' in e.proto.body for e in room.get("html")) == 2


def test_a_long_job_shows_its_progress_and_can_be_stopped(visit, monkeypatch):
    monkeypatch.setattr("pages._deep_learning.parts.PATIENCE", 0.0)
    room = visit(SLUG, "en", **address(lab="sizes", largest="800", repeats="5"))
    next(b for b in room.button if b.label == "Stop").click().run()
    assert any("Stopped" in info.value for info in room.info)
    assert not room.exception
    assert any(b.label == "Go on" for b in room.button)


def test_presets_open_their_lab_and_set_it(visit):
    room = visit(SLUG, **address(section="breaks"))
    next(b for b in room.button if b.label == "one pixel aside").click().run()
    assert mail(room)["shift"] == [1, 0]
    next(b for b in room.button if b.label == "shuffled labels").click().run()
    assert room.query_params[f"{SLUG}_lab"] in ("space", ["space"])
    assert room.toggle(key=f"{SLUG}_is_scrambled").value is True
    assert not room.exception


RIGHT = (2, 2, 2, 1, 2)


def test_questions_are_answered_by_the_labs(visit):
    room = visit(SLUG, "ru", **address(section="predict"))
    assert len(room.radio) == len(RIGHT)
    for n, answer in enumerate(RIGHT):
        room.radio[n].set_value(answer).run()
        next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_commit").click().run()
        assert not room.exception
    assert len(room.success) == len(RIGHT)

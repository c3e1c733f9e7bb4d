"""The room of gradient flow: every bound of every control, states with a sentence, jobs, presets, questions, state."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from helpers import extremes, html_of

from core import jobs
from core.foundations import gradient_flow_grid, gradient_flow_remedies
from core.foundations.gradient_flow import FlowParams
from core.foundations.gradient_flow_rnn import RecurrentParams
from core.params import Params

LABS: dict[str, type[Params]] = {"": FlowParams, "recurrent": RecurrentParams}


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


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that are over when the page asks: short runs, and all the patience they need."""
    monkeypatch.setattr(gradient_flow_grid, "SHORT", 2)
    monkeypatch.setattr("pages._shared.job.PATIENCE", 60.0)
    held = jobs.Jobs()
    monkeypatch.setattr(jobs, "shared", lambda: held)


@pytest.mark.parametrize(("lab", "pack"), CASES)
def test_every_bound(visit, lab, pack):
    given = {f"gradient_flow_{field}": str(value) for field, value in pack.items()}
    given |= {"gradient_flow_steps": "50", "gradient_flow_rnn_steps": "50"}
    room = visit("gradient_flow", "ru", gradient_flow_lab=lab, **given)
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("lab", LABS)
def test_each_lab_shows_its_checks_and_arithmetic(visit, lab):
    shown = html_of(visit("gradient_flow", "en", gradient_flow_lab=lab))
    assert "v-check v-ok" in shown
    assert "v-check v-bad" not in shown
    assert "v-formula" in shown


def test_illegal_values_in_the_address_fall_back(visit):
    room = visit(
        "gradient_flow",
        gradient_flow_kind="drop table",
        gradient_flow_lg_rate="NaN",
        gradient_flow_depth="1e9",
        gradient_flow_lab="nowhere",
        gradient_flow_layer="9999",
        gradient_flow_layer_frame="-1",
        gradient_flow_size="x",
        gradient_flow_A_FlowParams="{broken",
    )
    assert not room.exception
    assert not room.error


def test_vanished_exploded_and_lost_are_states_with_a_sentence(visit):
    def told(lang="en", **given):
        room = visit("gradient_flow", lang, **{f"gradient_flow_{name}": value for name, value in given.items()})
        first = room.markdown[0].value.replace("\\", "") if room.markdown else ""
        return first, [one.value.replace("\\", "") for one in room.warning]

    assert told("ru")[0].startswith("○ Затухание: до первого слоя")
    assert told()[1] == []
    assert told(norm="batch")[0].startswith("● Healthy")
    wild = {"kind": "relu", "init": "normal"}
    assert "The run ends there." in told(**wild)[1][0]
    assert told(**wild, clip="norm")[0].startswith("▲ Exploding: on its way")
    assert told(**wild, clip="norm")[1] == []
    loud = {"lab": "recurrent", "rnn_kind": "relu", "recurrent": "identity", "rho": "1.2"}
    assert "Try clipping" in told(**loud)[1][0]
    assert told(**loud, clip="norm")[1] == []
    assert told("ru", lab="recurrent")[0].startswith("○ Затухание: до момента")


def test_a_picked_layer_and_step_come_back_from_the_address(visit):
    told = html_of(visit("gradient_flow", gradient_flow_layer="3", gradient_flow_layer_frame="0"))
    assert "layer 4, step 0:" in told
    told = html_of(visit("gradient_flow", gradient_flow_lab="recurrent", gradient_flow_moment="9"))
    assert "time 10, step 200:" in told


def test_compare_shows_both_runs(visit):
    kept = json.dumps({"norm": "batch"})
    room = visit("gradient_flow", gradient_flow_norm="layer", gradient_flow_A_FlowParams=kept)
    assert not room.exception
    captions = " ".join(caption.value for caption in room.caption)
    assert "batch norm → layer norm" in captions.replace("\\", "")


def test_the_landscape_is_a_job_and_opens_its_cells(visit, quick):
    room = visit("gradient_flow", "en", gradient_flow_lab="landscape")
    assert not room.exception
    assert "v-check v-ok" in html_of(room)
    assert "initial weights zeros, activation sigmoid" in html_of(room)
    room = visit("gradient_flow", "en", gradient_flow_lab="landscape", gradient_flow_land_init_kind_cell="reach.2.1")
    next(b for b in room.button if b.label == "Open this net").click().run()
    assert room.query_params.get("gradient_flow_lab") in (None, "", [""])
    assert room.query_params["gradient_flow_init"] in ("normal", ["normal"])
    assert room.query_params["gradient_flow_kind"] in ("tanh", ["tanh"])
    same = visit("gradient_flow", "ru", gradient_flow_lab="landscape", gradient_flow_down="kind")
    assert "одна и та же ручка" in " ".join(w.value for w in same.warning)


def test_remedies_are_a_job(visit, quick, monkeypatch):
    room = visit("gradient_flow", "ru", gradient_flow_lab="remedies", gradient_flow_steps="50", gradient_flow_depth="4")
    assert not room.exception
    assert "v-check v-ok" in html_of(room)
    assert len(gradient_flow_remedies.REMEDIES) == 10


def test_a_long_job_shows_its_progress_and_can_be_stopped(visit, monkeypatch):
    monkeypatch.setattr("pages._shared.job.PATIENCE", 0.0)
    held = jobs.Jobs()
    monkeypatch.setattr(jobs, "shared", lambda: held)
    room = visit("gradient_flow", "en", gradient_flow_lab="landscape", gradient_flow_seed="7")
    next(b for b in room.button if b.label == "Stop").click().run()
    assert any("Stopped" in info.value for info in room.info)
    assert not room.exception


def test_presets_open_their_lab_and_set_it(visit):
    room = visit("gradient_flow", gradient_flow_section="breaks")
    next(b for b in room.button if b.label == "one wild step").click().run()
    assert room.query_params["gradient_flow_lab"] in ("recurrent", ["recurrent"])
    assert "Try clipping" in room.warning[0].value


RIGHT = (0, 1, 0, 0, 0)


def test_questions_are_answered_by_the_labs(visit):
    room = visit("gradient_flow", "en", gradient_flow_section="predict")
    assert len(room.radio) == len(RIGHT)
    for n, answer in enumerate(RIGHT):
        room.radio[n].set_value(answer).run()
        next(b for b in room.button if b.key == f"_gradient_flow_question_{n}_commit").click().run()
        assert not room.exception
    assert len(room.success) == len(RIGHT)


def test_where_there_is_a_gpu_the_page_says_how_much_faster_it_is(visit, monkeypatch):
    """Two processors stand for a processor and a GPU."""
    cpu = torch.device("cpu")
    monkeypatch.setattr("pages._gradient_flow.deep.places", lambda: (cpu, cpu))
    monkeypatch.setattr("core.foundations.speed.places", lambda: (cpu, cpu))
    monkeypatch.setattr("core.foundations.speed.SECONDS", 0.02)
    monkeypatch.setattr("core.foundations.speed.WIDE", 64)
    monkeypatch.setattr("pages._shared.job.PATIENCE", 60.0)
    held = jobs.Jobs()
    monkeypatch.setattr(jobs, "shared", lambda: held)
    room = visit("gradient_flow", "en", gradient_flow_depth="3")
    next(b for b in room.button if b.label == "CPU or GPU?").click().run()
    told = [caption.value for caption in room.caption if "steps a second on the GPU" in caption.value]
    assert len(told) == 2
    assert "64×3" in told[1]


def test_without_a_gpu_there_is_nothing_to_compare(visit, monkeypatch):
    monkeypatch.setattr("pages._gradient_flow.deep.places", lambda: (torch.device("cpu"),))
    assert not [b for b in visit("gradient_flow").button if b.label == "CPU or GPU?"]

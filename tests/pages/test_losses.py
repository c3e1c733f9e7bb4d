"""The room of losses: every bound of every control, hostile text, presets, questions, state."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from helpers import HOSTILE, extremes, html_of

from core.figures.losses import curves_data, outlier_data, pairs_data, tokens_board
from core.foundations import loss_outlier, loss_pairs, loss_tokens, losses_lab
from core.foundations.loss_outlier import OutlierParams
from core.foundations.loss_pairs import PairsParams
from core.foundations.loss_tokens import MaskedParams
from core.foundations.losses_lab import PredictionParams
from core.i18n import LANGS
from core.params import Params, Slider, encode

SLUG = "losses"
LABS: dict[str, type[Params]] = {
    "": PredictionParams,
    "tokens": MaskedParams,
    "pairs": PairsParams,
    "outlier": OutlierParams,
}
ANSWERS = (0, 1, 1, 0, 1)
SLIDERS = [
    (lab, task, {name: (knob.lo, knob.hi)[end] for name, knob in cls.knobs().items() if isinstance(knob, Slider)})
    for lab, cls in LABS.items()
    for task in (("classification", "regression") if not lab else ("",))
    for end in (0, 1)
]
CASES = [
    (lab, name, value)
    for lab, cls in LABS.items()
    for name, value in extremes(cls)
    if not isinstance(cls.knobs()[name], Slider)
]
PRESETS = ("",) * 4 + ("tokens",) * 3 + ("pairs",) * 3 + ("outlier",) * 2


def opened(visit, lang="en", **state):
    return visit(SLUG, lang, **{f"{SLUG}_{name}": str(value) for name, value in state.items()})


@pytest.mark.parametrize(("lab", "task", "ends"), SLIDERS)
def test_all_sliders_at_one_end(visit, lab, task, ends):
    state = {name: int(value) if name in ("padding", "seed") else value for name, value in ends.items()}
    room = opened(visit, "ru", lab=lab, task=task, **state)
    assert not room.exception
    assert not room.error
    assert not room.warning
    assert "v-check v-ok" in html_of(room)
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize(("lab", "field", "value"), CASES)
def test_every_other_bound(visit, lab, field, value):
    room = opened(visit, "ru", lab=lab, **{field: value})
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_tokens_are_tokens_or_a_sentence(visit, kind):
    room = opened(visit, lab="tokens")
    (typed,) = [widget for widget in room.text_input if widget.key == f"{SLUG}_words"]
    typed.set_value(HOSTILE[kind]).run()
    assert not room.exception
    assert not room.error
    shown = html_of(room)
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "v-check v-bad" not in shown


def test_illegal_values_in_the_address_fall_back_to_the_example(visit):
    room = opened(visit, z="1e99", label="7", task="poetry", loss="<b>", A_PredictionParams="{broken")
    assert not room.exception
    assert not room.error
    assert "classification · y=1 · x=-2" in html_of(room)


@pytest.mark.parametrize(
    ("table", "part"),
    [(((0.0, 1.0),), "A probability lies between"), (((0.5, 0.5),), "is 0 or 1"), (((2.0, 1.0),), "numbers between")],
)
def test_a_table_that_cannot_be_used_gets_a_sentence(visit, table, part):
    room = opened(visit, lab="tokens", table=encode(table))
    assert not room.exception
    assert part in room.warning[0].value


def test_everything_hidden_is_said(visit):
    room = opened(visit, lab="tokens", table=encode(((0.5, 0.0),) * 5))
    assert not room.exception
    assert "0 / 0" in room.warning[0].value.replace("\\", "")
    assert "no reference check" in html_of(room)


@pytest.mark.parametrize("number", range(len(PRESETS)))
def test_presets_open_their_lab_and_set_it(visit, number):
    room = opened(visit, section="breaks", lab="pairs")
    offers = [button for button in room.button if "_preset_" in button.key]
    assert len(offers) == len(PRESETS)
    offers[number].click().run()
    assert not room.exception
    assert not room.error
    assert room.query_params.get(f"{SLUG}_lab", "") == PRESETS[number]
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("lang", LANGS)
def test_questions_are_graded_by_the_lab(visit, lang):
    room = opened(visit, lang, section="predict")
    assert len(room.radio) == len(ANSWERS)
    for number, answer in enumerate(ANSWERS):
        room.radio[number].set_value(answer).run()
        next(b for b in room.button if b.key == f"_{SLUG}_question_{number}_commit").click().run()
    assert not room.exception
    assert len(room.success) == len(ANSWERS)
    said = " ".join(element.value for element in room.markdown)
    comma = "," if lang == "ru" else "."
    for figure in ("0.9975", "0.0049", "0.3146", "1.0443", "0.5221"):
        assert figure.replace(".", comma) in said


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_questions_show_themselves_in_the_lab(visit, number):
    room = opened(visit, section="predict", lab="outlier")
    room.radio[number].set_value(0).run()
    next(b for b in room.button if b.key == f"_{SLUG}_question_{number}_commit").click().run()
    next(b for b in room.button if b.key == f"_{SLUG}_question_{number}_show").click().run()
    assert not room.exception
    expected = ("", "", "tokens", "outlier", "pairs")[number]
    assert room.query_params.get(f"{SLUG}_lab", "") == expected


@pytest.mark.parametrize(
    ("lab", "cls", "changed"),
    [
        ("", "PredictionParams", {"z": 2.0}),
        ("tokens", "MaskedParams", {"padding": 9}),
        ("pairs", "PairsParams", {"margin": 2.0}),
        ("outlier", "OutlierParams", {"delta": 3.0}),
    ],
)
def test_compare_shows_both_runs(visit, lab, cls, changed):
    room = opened(visit, lab=lab, **{f"A_{cls}": json.dumps(changed)})
    assert not room.exception
    assert "A · kept" in " ".join(caption.value for caption in room.caption)


def test_the_picked_loss_comes_from_the_address(visit):
    assert "MSE after a sigmoid: L = " in html_of(opened(visit, loss="brier"))
    assert "MSE: L = " in html_of(opened(visit, loss="brier", task="regression"))
    assert "∂L/∂ŷ = " in html_of(opened(visit, lab="outlier", fit="mae"))


@pytest.mark.parametrize("lang", LANGS)
def test_pictures_carry_the_numbers_of_their_traces(lang):
    for task in ("classification", "regression"):
        trace = losses_lab.run(PredictionParams(task=task))
        data = curves_data(trace, trace.names[0], lang)
        assert [curve["name"] for curve in data["curves"]] == list(trace.names)
        looks = [(curve["tone"], curve["dash"]) for curve in data["curves"]]
        assert len(set(looks)) == len(looks)
        assert data["here"] == trace.here
    walk = loss_pairs.run(PairsParams())
    assert pairs_data(walk, lang)["steps"] == len(walk.losses)
    fits = loss_outlier.run(OutlierParams())
    assert outlier_data(fits, "mse", lang)["y"] == [round(float(v), 4) for v in fits.y[:-1]]
    board = tokens_board(loss_tokens.run(MaskedParams.default(lang)))
    means = next(panel for panel in board.panels() if panel.id == "means")
    assert means.values[0, 0] == pytest.approx(1.0443, abs=5e-5)
    assert means.links[0].rows == (0, 1, 2, 3, 4)


def test_prose_has_the_same_formulas_and_numbers_in_both_languages():
    folder = Path(__file__).resolve().parents[2] / "assets" / "text"
    texts = [(folder / f"{SLUG}.{lang}.md").read_text(encoding="utf-8").replace("{,}", ".") for lang in LANGS]
    formulas = [text.split("$$")[1::2] for text in texts]
    assert formulas[0] == formulas[1]
    numbers = [sorted(re.findall(r"\d+\.\d+", re.sub(r"(\d),(\d)", r"\1.\2", text))) for text in texts]
    assert numbers[0] == numbers[1]

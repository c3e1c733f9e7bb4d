"""The room of regularization: bounds of every control, hostile text, presets, questions, state."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from helpers import HOSTILE, html_of

from core.figures.regularization import batch_data, histograms, masks_data, paths_data, training_data, words_data
from core.foundations import regular_batchnorm, regular_dropout, regular_paths, regular_text, regular_training
from core.foundations.regular_batchnorm import BatchParams
from core.foundations.regular_dropout import DropoutParams
from core.foundations.regular_paths import PathParams
from core.foundations.regular_text import AugmentParams
from core.foundations.regular_training import TrainParams
from core.i18n import LANGS
from core.params import Choice, Levels, Params, Slider, Switch

SLUG = "regularization"
LABS: dict[str, type[Params]] = {
    "": PathParams,
    "dropout": DropoutParams,
    "batch": BatchParams,
    "training": TrainParams,
    "text": AugmentParams,
}
ANSWERS = (0, 1, 1, 1, 1, 1)
PRESETS = ("",) * 2 + ("dropout",) * 3 + ("batch",) * 3 + ("training",) * 2 + ("text",) * 2


def at_end(cls: type[Params], end: int) -> dict[str, object]:
    """Every knob at its first or its last value."""
    found: dict[str, object] = {}
    for name, knob in cls.knobs().items():
        if isinstance(knob, Slider):
            kind = cls.model_fields[name].annotation
            found[name] = kind((knob.lo, knob.hi)[end])
        elif isinstance(knob, Levels):
            found[name] = knob.values[-end]
        elif isinstance(knob, Choice):
            found[name] = list(knob.options)[-end]
        elif isinstance(knob, Switch):
            found[name] = bool(end)
    return found


def opened(visit, lang="en", **state):
    return visit(SLUG, lang, **{f"{SLUG}_{name}": str(value) for name, value in state.items()})


@pytest.mark.parametrize("end", [0, 1])
@pytest.mark.parametrize("lab", LABS)
def test_everything_at_one_end(visit, lab, end):
    room = opened(visit, "ru" if end else "en", lab=lab, **at_end(LABS[lab], end))
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize(("lab", "lang"), list(zip(LABS, ("ru", "en", "ru", "en", "ru"), strict=True)))
def test_every_lab_opens_with_its_example(visit, lab, lang):
    room = opened(visit, lang, lab=lab)
    assert not room.exception
    assert not room.warning
    assert "v-check v-ok" in html_of(room)
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("kind", ["empty", "NUL", "long", "html"])
def test_hostile_sentences_are_words_or_a_sentence(visit, kind):
    room = opened(visit, lab="text", shots=1)
    (typed,) = [widget for widget in room.text_input if widget.key == f"{SLUG}_text"]
    typed.set_value(HOSTILE[kind]).run()
    assert not room.exception
    assert not room.error
    shown = html_of(room)
    assert "<img src=x" not in shown
    assert "v-check v-bad" not in shown


def test_illegal_values_in_the_address_fall_back_to_the_example(visit):
    room = opened(visit, lg_lambda="1e99", penalty="L7", feature="99", A_PathParams="{broken", mix="nan")
    assert not room.exception
    assert not room.error
    trace = regular_paths.run(PathParams())
    assert f"{trace.beta[trace.here, 2]:.4f}" in html_of(room)


def test_the_pick_and_the_step_come_from_the_address(visit):
    assert "log triglycerides" in html_of(opened(visit, feature="8"))
    room = opened(visit, lab="dropout", regular_masks_step="4")
    assert "pass 5," in html_of(room)
    assert "batch 3," in html_of(opened(visit, lab="batch", regular_batch_step="2", measure="0"))
    assert "early stopping" in html_of(opened(visit, lab="training", remedy="early", regular_training_step="3"))


def test_states_that_break_say_so(visit):
    assert "0.25 times" in opened(visit, lab="dropout", notes="miscopied").warning[0].value.replace("\\", "")
    assert "changes nothing" in opened(visit, lab="dropout", notes="miscopied", p="0.5").warning[0].value
    alone = opened(visit, lab="batch", size="1")
    assert "torch refuses" in alone.warning[0].value.replace("\\", "")
    assert "no reference check" in html_of(alone)
    assert "own units" in opened(visit, is_standard="false").warning[0].value


@pytest.mark.parametrize("number", [0, 3, 5, 8, 11])
def test_presets_open_their_lab_and_set_it(visit, number):
    room = opened(visit, section="breaks", lab="batch")
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
    for figure in ("0.403", "1.611", "0.59", "622"):
        assert figure in said
    room = next(b for b in room.button if b.key == f"_{SLUG}_question_4_show").click().run()
    assert room.query_params[f"{SLUG}_lab"] == "training"
    assert room.query_params[f"{SLUG}_remedy"] == "l1"


@pytest.mark.parametrize(
    ("lab", "changed"),
    [("", {"penalty": "l2"}), ("dropout", {"p": 0.7}), ("batch", {"size": 2}), ("text", {"way": "swap"})],
)
def test_compare_shows_both_runs(visit, lab, changed):
    room = opened(visit, lab=lab, **{f"A_{LABS[lab].__name__}": json.dumps(changed)})
    assert not room.exception
    assert "A · kept" in " ".join(caption.value for caption in room.caption)


@pytest.mark.parametrize("lang", LANGS)
def test_pictures_carry_the_numbers_of_their_traces(lang):
    path = regular_paths.run(PathParams())
    data = paths_data(path, 2, lang)
    assert np.allclose(np.array(data["beta"])[:, path.here], path.beta[path.here] * path.spread, atol=1e-5)
    assert data["plane"][path.here] == pytest.approx((path.plane[path.here]).tolist(), abs=1e-4)
    assert paths_data(regular_paths.run(PathParams(second="bmi")), 2, lang)["plane"] == []
    dropped = regular_dropout.run(DropoutParams())
    assert len(masks_data(dropped)["outputs"]) == masks_data(dropped)["passes"]
    batch = regular_batchnorm.run(BatchParams(size=128))
    drawn = np.array(batch_data(batch, 0, lang)["trained"])
    assert drawn.shape == (80, 32, 4)
    assert np.abs(drawn - batch.trained[:, :32]).max() < 1e-3
    trained = regular_training.run(TrainParams(steps=100))
    tiles = training_data(trained, "l1", lang)["tiles"]
    assert [tile["name"] for tile in tiles] == list(regular_training.METHODS)
    assert histograms(trained, "l2").sum(1) == pytest.approx(1)
    augmented = regular_text.run(AugmentParams.default(lang).model_copy(update={"way": "delete", "shots": 1}))
    words = words_data(augmented, lang)
    assert [len(version["tokens"]) for version in words["versions"]] == [len(words["original"])] * 4
    assert words["ways"][0]["mean"] == pytest.approx(augmented.accuracy[0].mean(), abs=1e-4)


def test_prose_has_the_same_formulas_and_numbers_in_both_languages():
    folder = Path(__file__).resolve().parents[2] / "assets" / "text"
    texts = [(folder / f"{SLUG}.{lang}.md").read_text(encoding="utf-8").replace("{,}", ".") for lang in LANGS]
    formulas = [text.split("$$")[1::2] for text in texts]
    assert formulas[0] == formulas[1]
    numbers = [sorted(re.findall(r"\d+\.\d+", re.sub(r"(\d),(\d)", r"\1.\2", text))) for text in texts]
    assert numbers[0] == numbers[1]

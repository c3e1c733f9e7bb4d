"""The room of classification: every bound of every control, own data, presets, questions, state."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers import HOSTILE, extremes, html_of

from core.metrics.classification_averages import AveragesParams
from core.metrics.classification_lab import MAX_PASTED, MAX_ROWS, ThresholdParams
from core.params import Params, encode

SLUG = "classification_metrics"
LABS: dict[str, type[Params]] = {"": ThresholdParams, "averages": AveragesParams}
ANSWERS = (0, 1, 2, 1, 1, 2)
CASES = [(lab, "", name, value) for lab, cls in LABS.items() for name, value in extremes(cls)]
CASES += [("", "own", name, value) for name, value in extremes(ThresholdParams) if name != "source"]


def opened(visit, lang="en", **state):
    return visit(SLUG, lang, **{f"{SLUG}_{name}": str(value) for name, value in state.items()})


@pytest.mark.parametrize(("lab", "source", "field", "value"), CASES)
def test_every_bound(visit, lab, source, field, value):
    state = {"lab": lab, **({"source": source} if source else {}), field: value}
    room = opened(visit, "ru", **state)
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(("lab", "field"), [("", "rows"), ("averages", "classes")])
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, field, kind):
    room = opened(visit, lab=lab, source="own")
    (typed,) = [widget for widget in (*room.text_input, *room.text_area) if widget.key == f"{SLUG}_{field}"]
    typed.set_value(HOSTILE[kind])
    room.run()
    assert not room.exception
    assert not room.error
    shown = html_of(room)
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "v-check v-bad" not in shown
    if field == "rows":
        assert room.warning, "no hostile text is a table of scores"
        assert next(w for w in room.text_area if w.key == f"{SLUG}_rows").value == HOSTILE[kind][:MAX_PASTED]


def test_illegal_values_in_the_address_fall_back_to_the_example(visit):
    room = opened(
        visit,
        threshold="1e99",
        digit="ten",
        source="elsewhere",
        cell="XX",
        C="1,2;nan,4",
        lab="nowhere",
        A_ThresholdParams="{broken",
    )
    assert not room.exception
    assert not room.error
    assert "t=0.5" in html_of(room)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("1,0.5\n2,0.3", "Line 2: the label “2”"),
        ("1,0.5\n0,high", "Line 2: the score “high”"),
        ("1,0.5\n0,0.3\n\n1,0.2,7", "Line 4 has 3 fields"),
        ("1,0.5\n0", "Line 2 has 1 fields"),
        ("label,score", "There are no rows"),
        ("1,0.5\n1,0.3", "All labels are 1"),
        ("0,0.5\n0,nan", "not a finite number"),
    ],
)
def test_own_rows_that_cannot_be_used_get_a_sentence(visit, rows, sentence):
    room = opened(visit, source="own", rows=rows)
    assert not room.exception
    assert not room.error
    said = room.warning[0].value.replace("\\", "")
    assert sentence in said


def test_own_file_is_used_and_a_long_one_stays_out_of_the_address(visit):
    room = opened(visit, source="own")
    short = "label,score\n1,0.9\n0,0.2\n1,0.4\n"
    room.file_uploader[0].upload("scores.csv", short.encode(), "text/csv").run()
    assert not room.exception
    assert "own scores, 3" in html_of(room)
    long = "".join(f"{k % 2};{k / 5000:.4f}\n" for k in range(5000))
    room.file_uploader[0].upload("scores.csv", long.encode(), "text/csv").run()
    assert not room.exception
    assert not room.warning
    assert "own scores, 5000" in html_of(room)
    assert any("5000 rows" in caption.value for caption in room.caption)
    assert all(len(str(value)) < 1000 for value in room.query_params.values())
    next(button for button in room.button if button.label == "back to the typed rows").click().run()
    assert "own scores, 3" in html_of(room)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"1,0.5\n" * (MAX_ROWS + 1), "too many"),
        (b"\xff\xfe1,0.5", "not UTF-8"),
        (b"1,0.5\n0," + b"9" * 1_000_000, "larger than"),
        (b"", "no rows"),
    ],
)
def test_own_file_that_cannot_be_used_gets_a_sentence(visit, content, sentence):
    room = opened(visit, source="own")
    room.file_uploader[0].upload("scores.csv", content, "text/csv").run()
    assert not room.exception
    assert sentence in room.warning[0].value.replace("\\", "")
    assert "own scores, 20" in html_of(room)


@pytest.mark.parametrize(
    ("matrix", "sentence"),
    [(((0,) * 4,) * 4, "All counts are 0"), (((-1,) * 4,) * 4, "whole numbers"), (((0.5,) * 4,) * 4, "whole numbers")],
)
def test_a_matrix_that_cannot_be_scored_is_a_sentence(visit, matrix, sentence):
    room = opened(visit, lab="averages", C=encode(matrix))
    assert not room.exception
    assert not room.error
    assert sentence in room.warning[0].value


def test_population_is_a_choice_for_own_scores(visit):
    sliders = [slider.key for slider in opened(visit, source="own").slider]
    assert f"{SLUG}_prevalence" not in sliders
    moved = opened(visit, source="own", is_moved="true")
    assert f"{SLUG}_prevalence" in [slider.key for slider in moved.slider]
    assert "π=0.1" in html_of(moved)


@pytest.mark.parametrize("number", range(8))
def test_presets_open_their_lab_and_set_it(visit, number):
    room = opened(visit, section="breaks")
    offers = [button for button in room.button if "_preset_" in button.key]
    assert len(offers) == 8
    offers[number].click().run()
    assert not room.exception
    assert not room.error
    assert room.query_params.get(f"{SLUG}_lab", "") == ("averages" if number >= 5 else "")
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_questions_are_graded_by_the_lab(visit, lang):
    room = opened(visit, lang, section="predict")
    assert len(room.radio) == 6
    for number, answer in enumerate(ANSWERS):
        room.radio[number].set_value(answer).run()
        next(b for b in room.button if b.key == f"_{SLUG}_question_{number}_commit").click().run()
    assert not room.exception
    assert len(room.success) == 6


def test_compare_shows_both_runs_and_what_differs(visit):
    room = opened(visit, A_ThresholdParams=json.dumps({"threshold": 0.2, "digit": 3}))
    assert not room.exception
    captions = " ".join(caption.value for caption in room.caption)
    assert "A · kept" in captions
    assert "Threshold" in captions


def test_picked_cell_and_threshold_come_from_the_address(visit):
    shown = html_of(opened(visit, cell="TP", threshold=0.2))
    assert "t=0.2" in shown
    assert '<span class="v-f-strong">62</span>' in shown


def test_prose_has_the_same_formulas_in_both_languages():
    folder = Path(__file__).resolve().parents[2] / "assets" / "text"
    texts = [(folder / f"{SLUG}.{lang}.md").read_text(encoding="utf-8") for lang in ("en", "ru")]
    formulas = [text.split("$$")[1::2] for text in texts]
    assert formulas[0] == formulas[1]

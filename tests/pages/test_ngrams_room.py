"""The room of n-grams: every bound, hostile text, presets, questions, comparison, own data."""

import json

import numpy as np
import pytest

from core.figures.ngrams import next_board, perplexity_lines, phrase_bars, phrase_points, size_lines, smoothing_dots
from core.params import Params
from core.text import ngrams_heldout, ngrams_lab, phrases_lab
from core.text.ngrams_heldout import SHARES, HeldOutParams
from core.text.ngrams_lab import KINDS, NextParams
from core.text.phrases_lab import PhrasesParams
from pages._ngrams import teaching
from tests.pages.helpers import HOSTILE, extremes, html_of

SLUG = "ngrams"
LABS: dict[str, type[Params]] = {"": NextParams, "heldout": HeldOutParams, "phrases": PhrasesParams}
# What the labs share is tried in the first of them.
CASES = [
    (lab, name, value)
    for lab, cls in LABS.items()
    for name, value in extremes(cls)
    if not lab or name not in NextParams.knobs() or name in ("unit", "n")
]


def address(**values: object) -> dict[str, str]:
    return {f"{SLUG}_{name}": str(value) for name, value in values.items()}


def preset_values(preset, lang):
    return {k: v.get(lang) if hasattr(v, "get") else v for k, v in preset.values.items()}


@pytest.mark.parametrize(("lab", "field", "value"), CASES)
def test_every_bound(visit, lab, field, value):
    room = visit(SLUG, "ru", **address(**{"lab": lab, "corpus": "stories", field: value}))
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)
    refused = field == "own" or (field, value) in (("fewest", 30), ("smoothing", "mle"))
    assert bool(room.warning) == refused


@pytest.mark.parametrize(("lab", "field"), [("", "text"), ("", "own"), ("heldout", "text"), ("phrases", "phrase")])
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, field):
    room = visit(SLUG, "en", **address(lab=lab, corpus="stories", fewest=2))
    for typed in HOSTILE.values():
        next(f for f in (*room.text_input, *room.text_area) if f.key == f"{SLUG}_{field}").set_value(typed)
        room.run()
        assert not room.exception, typed
        assert not room.error, typed
        assert "v-check v-bad" not in html_of(room), typed
        assert "<script>alert" not in html_of(room)
        assert "<img src=x" not in html_of(room)


@pytest.mark.parametrize("lab", LABS)
def test_illegal_values_in_the_address_fall_back(visit, lab):
    broken = {
        "next_now_cell": "P.99.0",
        "next_now_step": "99999",
        "n": "x",
        "smoothing": "drop table",
        "measure": "<b>",
        "share": "7",
        "section": "nowhere",
        f"A_{LABS[lab].__name__}": "{broken",
    }
    room = visit(SLUG, **address(lab=lab, **broken))
    assert not room.exception
    assert not room.error
    assert not visit(SLUG, **address(lab="nowhere")).exception


def test_every_failure_opens_its_lab(visit):
    offers = [*teaching.NEXT, *teaching.HELD_OUT, *teaching.PHRASES]
    room = visit(SLUG, "ru", **address(section="breaks"))
    for n in range(len(offers)):
        buttons = [b for b in room.button if "_preset_" in b.key]
        assert len(buttons) == len(offers)
        buttons[n].click().run()
        assert not room.exception
        assert not room.error
        assert bool(room.warning) == (n == 0)
        assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_presets_show_what_they_say(lang):
    silent, drowned, heart, memory = (
        ngrams_lab.run(NextParams.default(lang).model_copy(update=preset_values(preset, lang)))
        for preset in teaching.NEXT
    )
    assert silent.mass[-1] == 0
    kinds = list(KINDS)
    add, raw = (drowned.values[kinds.index(kind), -1, 0] for kind in ("add_k", "mle"))
    assert add < raw / 5
    typed = " ".join(heart.tokens)
    corpus = {" ".join(row) for row in ngrams_lab.rows_of(heart.params)}
    # The last four words decide: after each of them stands what once stood there.
    assert all(
        any(f"{typed} {text}".replace(".", " .").endswith(row[-30:]) for row in corpus) for text in heart.written
    )
    assert np.ptp(memory.P, axis=0).max() == 0
    smaller, longer = (
        ngrams_heldout.run(HeldOutParams.default(lang).model_copy(update=preset_values(preset, lang)))
        for preset in teaching.HELD_OUT
    )
    assert smaller.grid[0, 1] < smaller.grid[-1, 1]
    assert longer.lines[0, 4] > longer.lines[0, 2]


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(("n", "right"), [(0, 2), (1, 1), (2, 2), (3, 1), (4, 1)])
def test_questions_are_graded_by_the_labs(visit, lang, n, right):
    room = visit(SLUG, lang, **address(section="predict"))
    room.radio[n].set_value(right).run()
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_commit").click().run()
    assert room.success
    assert not room.exception
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_show").click().run()
    assert not room.exception
    assert not room.warning


def test_a_suggestion_types_itself(visit):
    room = visit(SLUG, "en")
    field = next(f for f in room.text_input if f.key == f"{SLUG}_text")
    offer = next(b for b in room.button if b.key == f"_{SLUG}_offer_0")
    token = ngrams_lab.run(NextParams()).offered[0][0]
    assert token in offer.label
    offer.click().run()
    field = next(f for f in room.text_input if f.key == f"{SLUG}_text")
    assert field.value == f"In the evening the queen {token} "
    assert not room.exception


def test_the_pick_drives_the_arithmetic(visit):
    trace = ngrams_lab.run(NextParams())
    assert f"p({trace.columns[0]} | queen) = " in html_of(visit(SLUG))
    assert f"p({trace.columns[1]} | the) = " in html_of(visit(SLUG, **address(next_now_cell="P.2.1")))
    assert f"p({trace.columns[0]} | the) = " in html_of(visit(SLUG, **address(next_now_cell="total.2.0")))
    shown = html_of(visit(SLUG, **address(lab="phrases", phrase="sweet pie")))
    assert "PMI(sweet pie)" in shown


@pytest.mark.parametrize("lab", LABS)
@pytest.mark.parametrize("stage", ["lab", "figures"])
def test_every_stage_has_its_views(visit, lab, stage):
    room = visit(SLUG, "en", stage=stage, **address(lab=lab))
    assert not room.exception
    assert "v-check v-ok" in html_of(room)


@pytest.mark.parametrize("lab", LABS)
def test_compare_shows_both_runs(visit, lab):
    cls = LABS[lab]
    kept = {"": {"n": 3}, "heldout": {"share": 25}, "phrases": {"fewest": 5}}[lab]
    room = visit(SLUG, **address(lab=lab, **{f"A_{cls.__name__}": json.dumps(kept)}))
    assert not room.exception
    captions = " ".join(caption.value for caption in room.caption)
    assert "A · kept" in captions
    assert str(next(iter(kept.values()))) in captions


def test_own_file_becomes_the_corpus_or_gets_a_sentence(visit):
    room = visit(SLUG, "en")
    text = "The cat sat on the mat.\nThe dog ran to the cat.\nA bird sang in the tree.\nThe mouse ate cheese.\n" * 4
    room.file_uploader[0].upload("mine.txt", text.encode(), "text/plain").run()
    assert not room.exception
    assert "own text" in html_of(room)
    other = visit(SLUG, "en")
    other.file_uploader[0].upload("mine.txt", b"\xff\xfe\x00", "text/plain").run()
    assert any("UTF" in warning.value for warning in other.warning)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pictures_stand_where_the_traces_say(theme):
    trace = ngrams_lab.run(NextParams(n=3))
    board = next_board(trace)
    panels = {panel.id: panel for panel in board.panels()}
    assert (panels["counts"].values == trace.counts).all()
    assert (panels["P"].values == trace.P).all()
    json.dumps(board.to_data("ru"), allow_nan=False)
    dots = smoothing_dots(trace, trace.first_pick(), theme=theme, lang="en")
    assert len({line.marker.symbol for line in dots.data}) == len(KINDS)
    for line, values in zip(dots.data, trace.values, strict=True):
        assert list(line.x) == pytest.approx(values[-1], rel=1e-5)
    held = ngrams_heldout.run(HeldOutParams(corpus="stories", n=3))
    lines = perplexity_lines(held, theme=theme, lang="en")
    assert list(lines.data[0].y) == pytest.approx(held.lines[0], rel=1e-5)
    assert lines.data[2].text[2] == "∞"
    assert max(lines.data[2].y) > np.nanmax(held.lines[np.isfinite(held.lines)])
    sizes = size_lines(held, theme=theme, lang="en")
    assert list(sizes.data[2].y) == pytest.approx(held.grid[:, 2], rel=1e-5)
    assert list(sizes.data[0].customdata) == list(SHARES)
    pairs = phrases_lab.run(PhrasesParams())
    bars = phrase_bars(pairs, theme=theme, lang="en").data[0]
    assert list(bars.x) == pytest.approx(pairs.pmi[: len(bars.x)], rel=1e-5)
    assert max(bars.marker.line.width) > 0
    points = phrase_points(pairs, theme=theme, lang="en")
    assert sum(len(part.x) for part in points.data[:2]) == len(pairs.pairs)

"""The GloVe room: every bound, hostile text, presets, questions, picks, comparison, own data."""

import pytest

from core.embeddings.cooccurrence import CountParams
from core.embeddings.cooccurrence import run as count
from core.embeddings.glove_lab import FitParams
from core.embeddings.glove_meaning import MeaningParams
from core.params import Params
from pages._glove import teaching
from pages._glove.parts import read_pair, read_step
from tests.pages.helpers import HOSTILE, extremes, html_of

SLUG = "glove"
LABS: dict[str, type[Params]] = {"": CountParams, "fit": FitParams, "meaning": MeaningParams}
# What the last two labs share is drawn by the same code: it is tried in the first of them.
CASES = [
    (lab, name, value)
    for lab, cls in LABS.items()
    for name, value in extremes(cls)
    if lab != "meaning" or name not in FitParams.model_fields
]
QUICK = {"steps": 20, "dimension": 4}


def address(**values: object) -> dict[str, str]:
    return {f"{SLUG}_{name}": str(value) for name, value in values.items()}


@pytest.mark.parametrize(("lab", "field", "value"), CASES)
def test_every_bound(visit, lab, field, value):
    room = visit(SLUG, "ru", **address(lab=lab, **{**({} if field in QUICK else QUICK), field: value}))
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)
    assert bool(room.warning) == (field == "text")


@pytest.mark.parametrize(("lab", "field"), [("", "text"), ("fit", "probe"), ("fit", "own"), ("meaning", "word")])
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, field):
    room = visit(SLUG, "en", **address(lab=lab, corpus="own" if field == "own" else "senses", **QUICK))
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
        "count_now_cell": "99.0",
        "count_now_step": "99999",
        "fit_now_pair": "9999.9999",
        "fit_now_step": "-1",
        "map_now_step": "x",
        "ratio_now_cell": "ratio.7.99",
        "corpus": "drop table",
        "window": "99",
        "section": "nowhere",
        f"A_{LABS[lab].__name__}": "{broken",
    }
    room = visit(SLUG, **address(lab=lab, **broken, **QUICK))
    assert not room.exception
    assert not room.error


def test_what_the_browser_sends_is_read_with_care():
    assert read_pair("3.4", 5) == (3, 4)
    assert [read_pair(words, 5) for words in ("5.0", "1", "a.b", "-1.2", "", "1.2.3", "99999.1")] == [None] * 7
    assert [read_step(words, 7) for words in ("3", "9", "", "x", "99999", "-2")] == [3, 7, 7, 7, 7, 7]


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_failure_opens_its_lab(visit, lang):
    total = len(teaching.COUNT) + len(teaching.FIT) + len(teaching.MEANING)
    room = visit(SLUG, lang, **address(section="breaks"))
    for n in range(total):
        offers = [b for b in room.button if "_preset_" in b.key]
        assert len(offers) == total
        offers[n].click().run()
        assert not room.exception
        assert not room.error
        assert not room.warning
        assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_counting_presets_show_what_they_say(lang):
    lonely, left = (preset.values for preset in teaching.COUNT)
    trace = count(CountParams(text=lonely["text"].get(lang)))
    assert (trace.X == 0).mean() > 0.5
    lopsided = count(CountParams.default(lang).model_copy(update=left))
    assert (lopsided.X != lopsided.X.T).any()


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(("n", "right"), [(0, 1), (1, 2), (2, 1), (3, 1)])
def test_questions_are_graded_by_the_labs(visit, lang, n, right):
    room = visit(SLUG, lang, **address(section="predict"))
    room.radio[n].set_value(right).run()
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_commit").click().run()
    assert room.success
    assert not room.exception
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_show").click().run()
    assert not room.exception
    assert not room.warning


def test_picks_and_steps_drive_the_arithmetic(visit):
    assert "X(the, by)" in html_of(visit(SLUG, **address(count_now_cell="0.1", text="the cat by the by")))
    fit = html_of(visit(SLUG, **address(lab="fit")))
    assert "w(ice)·w̃(solid)" in fit
    assert "P(gas | ice)" in html_of(visit(SLUG, **address(lab="fit", ratio_now_cell="P.0.1")))
    early = html_of(visit(SLUG, **address(lab="fit", fit_now_step="0")))
    assert "w(ice)·w̃(solid)" in early
    assert early != fit
    assert "cos(bank, money)" in html_of(visit(SLUG, **address(lab="meaning", senses_now_cell="senses.0.1")))


@pytest.mark.parametrize("lab", LABS)
def test_compare_keeps_a(visit, lab):
    room = visit(SLUG, **address(lab=lab, **QUICK))
    next(b for b in room.button if b.key == f"_{SLUG}_pin").click().run()
    next(s for s in room.slider if s.key in (f"{SLUG}_reach", f"{SLUG}_window")).set_value(2).run()
    assert not room.exception
    assert any("2" in c.value and "→" in c.value for c in room.caption)


@pytest.mark.parametrize("lab", LABS)
@pytest.mark.parametrize("stage", ["lab", "figures"])
def test_every_stage_has_its_views(visit, lab, stage):
    room = visit(SLUG, "en", stage=stage, **address(lab=lab, **QUICK))
    assert not room.exception
    assert "v-check v-ok" in html_of(room)


def test_a_word_that_is_not_there_is_a_sentence(visit):
    room = visit(SLUG, "ru", **address(lab="meaning", word="зебра", **QUICK))
    assert not room.exception
    assert any("зебра" in caption.value for caption in room.caption)


def test_own_text_is_read(visit):
    own = "red ball. red box. blue ball. blue box. green ball"
    room = visit(SLUG, **address(lab="meaning", corpus="own", own=own, word="red", **QUICK))
    assert not room.exception
    assert "V=5" in html_of(room)

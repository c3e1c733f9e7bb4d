"""The subword room: every bound, hostile text, presets, questions, comparison, own data."""

import json

import numpy as np
import pytest

from core.figures.subword import fertility_curves, race_data, vocabulary_data
from core.params import Params
from core.text import subword_lab
from core.text.fertility_lab import FertilityParams
from core.text.fertility_lab import run as run_text
from core.text.subword_lab import SubwordParams
from pages._subword import teaching
from tests.pages.helpers import HOSTILE, extremes, html_of

SLUG = "subword"
LABS: dict[str, type[Params]] = {"": SubwordParams, "text": FertilityParams}
CASES = [(lab, name, value) for lab, cls in LABS.items() for name, value in extremes(cls)]


def address(**values: object) -> dict[str, str]:
    return {f"{SLUG}_{name}": str(value) for name, value in values.items()}


@pytest.mark.parametrize(("lab", "field", "value"), CASES)
def test_every_bound(visit, lab, field, value):
    room = visit(SLUG, "ru", **address(lab=lab, **{field: value}))
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)
    refused = field in ("corpus", "own")
    assert bool(room.warning) == refused


@pytest.mark.parametrize(("lab", "field"), [("", "corpus"), ("", "word"), ("text", "sentence"), ("text", "own")])
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, field):
    room = visit(SLUG, "en", **address(lab=lab))
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
        "race_now_pick": "bpe.99.0",
        "race_now_step": "99999",
        "merges": "x",
        "kind": "drop table",
        "learnt": "<b>",
        "size": "7",
        "section": "nowhere",
        f"A_{LABS[lab].__name__}": "{broken",
    }
    room = visit(SLUG, **address(lab=lab, **broken))
    assert not room.exception
    assert not room.error
    assert not visit(SLUG, **address(lab="nowhere")).exception


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_failure_opens_its_lab(visit, lang):
    count = len(teaching.RACE) + len(teaching.TEXT)
    room = visit(SLUG, lang, **address(section="breaks"))
    for n in range(count):
        offers = [b for b in room.button if "_preset_" in b.key]
        assert len(offers) == count
        offers[n].click().run()
        assert not room.exception
        assert not room.error
        assert not room.warning
        assert "v-check v-bad" not in html_of(room)


def test_presets_show_what_they_say():
    for lang in ("en", "ru"):
        unseen, chance, plain, marked, heart = (
            subword_lab.run(
                SubwordParams.default(lang).model_copy(
                    update={k: v.get(lang) if hasattr(v, "get") else v for k, v in preset.values.items()}
                )
            )
            for preset in teaching.RACE
        )
        cut = {
            column["id"]: column["states"][-1]["cut"]
            for column in race_data(unseen, unseen.cell(""), 0, lang)["columns"]
        }
        assert [is_known for _, is_known in cut["wordpiece"]["pieces"]] == [False]
        assert 0 < sum(not node[1] for node in cut["bpe"]["trees"]) < len(unseen.new_word())
        assert 0 < sum(not is_known for _, is_known in cut["unigram"]["pieces"]) < len(unseen.new_word())
        first = chance.states["wordpiece"][0].rows[0]
        assert (first.value, first.count) == (1.0, 1)
        ending = "est" if lang == "en" else "ик"
        assert ending in plain.bpe.pieces
        assert f"{ending}·" in marked.bpe.pieces
        assert all(len(split) == 1 for split in heart.states["unigram"][-1].splits)


def test_three_lose_the_russian_sentence_and_bytes_pay():
    trace = run_text(FertilityParams(sentence=teaching.RUSSIAN, learnt="en"))
    letters = len(teaching.RUSSIAN.replace(" ", ""))
    assert [cut.lost for cut in trace.sentences] == [letters, 0, letters, letters]
    assert len(trace.sentences[1].pieces) > 1.8 * letters
    emoji = run_text(FertilityParams(sentence="👩‍👩‍👧 🏳️‍🌈 🚤", kind="bytes"))
    assert [cut.lost == 0 for cut in emoji.sentences] == [False, True, False, False]


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(("n", "right"), [(0, 0), (1, 1), (2, 2), (3, 1), (4, 1)])
def test_questions_are_graded_by_the_labs(visit, lang, n, right):
    room = visit(SLUG, lang, **address(section="predict"))
    room.radio[n].set_value(right).run()
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_commit").click().run()
    assert room.success
    assert not room.exception
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_show").click().run()
    assert not room.exception
    assert not room.warning


def test_the_pick_and_the_step_drive_the_arithmetic(visit):
    assert "count(u g) = " in html_of(visit(SLUG))
    shown = html_of(visit(SLUG, **address(race_now_pick="wordpiece.0.0", race_now_step="0")))
    assert "score(##g ##s)" in shown
    shown = html_of(visit(SLUG, **address(race_now_step="2")))
    assert "count(h ug) = " in shown
    assert "loss(ugs)" in html_of(visit(SLUG, **address(race_now_pick="unigram.0.0")))


@pytest.mark.parametrize("lab", LABS)
@pytest.mark.parametrize("stage", ["lab", "figures"])
def test_every_stage_has_its_views(visit, lab, stage):
    room = visit(SLUG, "en", stage=stage, **address(lab=lab))
    assert not room.exception
    assert "v-check v-ok" in html_of(room)


@pytest.mark.parametrize("lab", LABS)
def test_compare_shows_both_runs(visit, lab):
    cls = LABS[lab]
    kept = {"": {"merges": 2}, "text": {"size": 200}}[lab]
    room = visit(SLUG, **address(lab=lab, **{f"A_{cls.__name__}": json.dumps(kept)}))
    assert not room.exception
    captions = " ".join(caption.value for caption in room.caption)
    assert "A · kept" in captions
    assert str(next(iter(kept.values()))) in captions


def test_own_file_becomes_the_corpus_or_gets_a_sentence(visit):
    room = visit(SLUG, "en", **address(lab="text"))
    text = "the cat sat on the mat and the dog ran to the cat " * 20
    room.file_uploader[0].upload("mine.txt", text.encode(), "text/plain").run()
    assert not room.exception
    assert "corpus=own" in html_of(room)
    other = visit(SLUG, "en", **address(lab="text"))
    other.file_uploader[0].upload("mine.txt", b"\xff\xfe\x00", "text/plain").run()
    assert any("UTF" in warning.value for warning in other.warning)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_curves_stand_where_the_trace_says(theme):
    trace = run_text(FertilityParams(kind="wordpiece", size=300))
    figure = fertility_curves(trace, theme=theme, lang="en")
    assert [line.name for line in figure.data] == ["English", "Russian"]
    for n, line in enumerate(figure.data):
        assert list(line.x) == list(trace.sizes[n][np.isfinite(trace.sizes[n])])
        assert list(line.y) == pytest.approx(trace.fertility[n][np.isfinite(trace.fertility[n])], rel=1e-6)
    assert len({(line.marker.symbol, line.line.dash) for line in figure.data}) == 2
    assert figure.layout.shapes[0].x0 == 300


def test_the_data_of_the_columns_is_complete():
    trace = subword_lab.run(SubwordParams())
    data = race_data(trace, trace.cell("bpe.1.0"), 99, "en")
    assert data["step"] == trace.steps - 1
    assert len(data["names"]) == trace.steps
    for column in data["columns"]:
        for before, now in zip(column["states"], column["states"][1:], strict=False):
            assert set(before["vocabulary"]) - set(now["gone"]) | set(now["born"]) == set(now["vocabulary"])
    json.dumps(data, allow_nan=False)
    json.dumps(vocabulary_data(run_text(FertilityParams()), "en"), allow_nan=False)

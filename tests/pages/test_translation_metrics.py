"""The translation metrics room: every bound, hostile text, presets, questions, comparison, own data."""

from __future__ import annotations

import json
import threading

import pytest

from core.metrics.bleu_lab import BleuParams
from core.metrics.chrf_lab import ChrfParams
from core.metrics.corpus_lab import CorpusParams, count_corpus
from core.metrics.corpus_texts import make_example
from core.metrics.errors_lab import ErrorsParams
from core.metrics.meteor_lab import MeteorParams
from core.metrics.ter_lab import TerParams
from core.params import Params
from pages._translation_metrics import corpus, more
from tests.pages.helpers import HOSTILE, extremes, html_of

SLUG = "translation_metrics"
LABS: dict[str, type[Params]] = {
    "": BleuParams,
    "meteor": MeteorParams,
    "ter": TerParams,
    "chrf": ChrfParams,
    "errors": ErrorsParams,
}
CASES = [(lab, name, value) for lab, cls in LABS.items() for name, value in extremes(cls)]


def address(**values: object) -> dict[str, str]:
    return {f"{SLUG}_{name}": str(value) for name, value in values.items()}


def button(room, label: str):
    return next(b for b in room.button if b.label == label)


@pytest.mark.parametrize(("lab", "field", "value"), CASES)
def test_every_bound(visit, lab, field, value):
    room = visit(SLUG, "ru", **address(lab=lab, **{field: value}))
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("lab", LABS)
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, kind):
    room = visit(SLUG, "en", **address(lab=lab))
    for field in ("hypothesis", "references"):
        fields = [f for f in (*room.text_input, *room.text_area) if f.key == f"{SLUG}_{field}"]
        fields[0].set_value(HOSTILE[kind])
        room.run()
        assert not room.exception
        assert not room.error
        shown = html_of(room)
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "v-check v-bad" not in shown
    if kind in ("empty", "blank"):
        assert any("reference" in warning.value for warning in room.warning)


@pytest.mark.parametrize("lab", ["meteor", "ter", "errors"])
def test_too_many_words_are_a_sentence(visit, lab):
    room = visit(SLUG, "ru", **address(lab=lab, hypothesis="я " * 190))
    assert any("слов" in warning.value for warning in room.warning)
    assert not room.exception


def test_too_many_references_are_a_sentence(visit):
    room = visit(SLUG, "en", **address(references="a\nb\nc\nd"))
    assert any("4 lines" in warning.value for warning in room.warning)


@pytest.mark.parametrize("lab", LABS)
def test_illegal_values_in_the_address_fall_back(visit, lab):
    picks = {
        "gram_now": "n.99.99",
        "chars_now": "weights.1.1",
        "meteor_now_reference": "77",
        "ter_now_reference": "x",
        "error_now": "<b>",
        "alignment_now_step": "999999",
        "script_now_step": "-1",
        "section": "nowhere",
        "smoothing": "drop table",
        "n": "99",
        f"A_{LABS[lab].__name__}": "{broken",
    }
    room = visit(SLUG, **address(lab=lab, **picks))
    assert not room.exception
    assert not room.error
    assert not visit(SLUG, **address(lab="nowhere")).exception


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_failure_opens_its_lab(visit, lang):
    count = sum(map(len, (more.BLEU, more.METEOR, more.TER, more.CHRF)))
    labels = [b.label for b in visit(SLUG, lang, **address(section="breaks")).button if "_preset_" in b.key]
    assert len(labels) == count + len(more.CORPUS)
    for n in range(count):
        room = visit(SLUG, lang, **address(section="breaks"))
        [b for b in room.button if "_preset_" in b.key][n].click().run()
        assert not room.exception
        assert not room.error
        assert not room.warning
        assert "v-check v-bad" not in html_of(room)


def test_a_preset_sets_the_texts_and_the_knobs(visit):
    room = visit(SLUG, **address(section="breaks"))
    button(room, "one word, seven times").click().run()
    shown = html_of(room)
    assert "min(7, max(2, 1)) = " in shown
    assert "0.2857" in shown
    button(room, "a block moved").click().run()
    assert "TER · refs:1" in html_of(room)
    assert "0.0769" in html_of(room)


def test_the_texts_stay_when_the_lab_changes_and_case_does_not_leak(visit):
    room = visit(SLUG, **address(hypothesis="A Cat", references="a cat", lowercase="false"))
    labs = next(group for group in room.get("button_group") if group.key == f"_{SLUG}_lab_widget")
    labs.set_value("ter").run()
    assert next(f for f in room.text_input if f.key == f"{SLUG}_hypothesis").value == "A Cat"
    # BLEU minds case by default and TER does not.
    assert "case:lc" in html_of(room)


def test_the_reference_looked_at_is_in_the_address(visit):
    two = {"references": "the cat sat\nthe doctor said", "lab": "ter"}
    assert "does not count" in html_of(visit(SLUG, **address(**two, ter_now_reference="0")))
    assert "does not count" not in html_of(visit(SLUG, **address(**two, ter_now_reference="1")))


def test_a_damaged_sentence_opens_in_another_lab(visit):
    room = visit(SLUG, **address(lab="errors", error_now="one"))
    next(b for b in room.button if b.key.endswith("_open_meteor")).click().run()
    assert not room.exception
    said = next(f for f in room.text_input if f.key == f"{SLUG}_hypothesis").value
    assert set(said.rstrip(".").split()) == {"the"}
    assert "METEOR · α=0.9" in html_of(room)


@pytest.mark.parametrize("lab", LABS)
def test_compare_shows_both_runs(visit, lab):
    cls = LABS[lab]
    room = visit(SLUG, **address(lab=lab, **{f"A_{cls.__name__}": json.dumps({"hypothesis": "A doctor spoke."})}))
    assert not room.exception
    captions = " ".join(caption.value for caption in room.caption)
    assert "A · kept" in captions
    assert "Hypothesis" in captions


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(("n", "right"), [(0, 1), (1, 2), (2, 0), (3, 0), (4, 2), (5, 0)])
def test_questions_are_graded_by_the_labs(visit, lang, n, right):
    room = visit(SLUG, lang, **address(section="predict"))
    room.radio[n].set_value(right).run()
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_commit").click().run()
    assert room.success
    assert not room.exception
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_show").click().run()
    assert not room.exception
    assert not room.warning


def test_own_file_becomes_the_hypothesis_or_gets_a_sentence(visit):
    room = visit(SLUG)
    room.file_uploader[0].upload("mine.txt", b"A doctor\nspoke.", "text/plain").run()
    assert next(f for f in room.text_input if f.key == f"{SLUG}_hypothesis").value == "A doctor spoke."
    other = visit(SLUG, **address(lab="ter"))
    other.file_uploader[0].upload("mine.txt", b"\xff\xfe\x00", "text/plain").run()
    assert any("UTF" in warning.value for warning in other.warning)


# ---- A against B


def corpus_room(visit, lang: str = "en", **values: object):
    """The lab with its jobs done: somebody who waits sees the result."""
    return settled(visit(SLUG, lang, **address(lab="corpus", **values)))


def settled(room):
    for _ in range(60):
        if not room.get("progress"):
            return room
        room.run()
    raise AssertionError("the job is not done")


@pytest.mark.parametrize("last", [False, True])
def test_every_bound_of_the_corpus_lab(visit, last):
    """All lower bounds at once, then all upper ones; ten thousand segments are for the benchmark."""
    bounds = [(name, value) for name, value in extremes(CorpusParams) if name not in ("corpus", "measure")]
    ends = dict(bounds if last else reversed(bounds))
    room = corpus_room(visit, "ru", **{**ends, "segments": 500 if last else ends["segments"]})
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)
    assert f"resamples:{ends['resamples']}" in html_of(room)


@pytest.mark.parametrize("measure", ["chrf", "ter", "meteor"])
def test_every_metric_of_the_corpus_lab(visit, measure):
    room = corpus_room(visit, measure=measure)
    assert not room.exception
    assert f"d = {'METEOR' if measure == 'meteor' else 'TER' if measure == 'ter' else 'chrF'}(A)" in html_of(room)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_corpus_lab_opens_with_a_verdict(visit, lang):
    room = corpus_room(visit, lang)
    assert any({"en": "luck hardly", "ru": "везением"}[lang] in said.value for said in room.markdown)
    assert "v-check v-ok" in html_of(room)
    assert not room.warning


def test_illegal_values_of_the_corpus_lab_fall_back(visit):
    room = corpus_room(visit, corpus_segment="<b>", measure="drop table", segments="7", draw="1e9", section="nowhere")
    assert not room.exception
    assert "segments:200" in html_of(room)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_failure_of_corpora_opens_its_lab(visit, lang):
    room = visit(SLUG, lang, **address(section="breaks"))
    for n in range(len(more.CORPUS)):
        [b for b in room.button if "CorpusParams_preset_" in b.key][n].click().run()
        settled(room)
        assert not room.exception
        assert not room.warning
        assert "v-check v-bad" not in html_of(room)
        assert any("nothing yet" in said.value or "пока ничего" in said.value for said in room.markdown) == (n < 2)


def test_a_segment_opens_in_the_bleu_lab(visit):
    room = corpus_room(visit, corpus_segment="3")
    next(b for b in room.button if b.key.endswith("_corpus_open_B")).click().run()
    assert not room.exception
    example = make_example("en", 200, 0.1, 0.12, 0.5, 0)
    assert next(f for f in room.text_input if f.key == f"{SLUG}_hypothesis").value == example.b[2]
    assert next(f for f in room.text_area if f.key == f"{SLUG}_references").value == example.references[2]
    assert "smooth:exp" in html_of(room)


def paste(room, **texts: str):
    for field, text in texts.items():
        next(area for area in room.text_area if area.key.endswith(f"own_{field}_paste")).set_value(text)
    return settled(room.run())


def test_own_texts_are_compared_and_what_is_wrong_is_named_and_kept(visit):
    room = corpus_room(visit, corpus="own")
    assert any("three texts" in warning.value for warning in room.warning)
    paste(room, reference="a b c d\ne f g h", a="a b c d\ne f g h", b="a b c x\ne f")
    assert not room.warning
    assert "segments:2" in html_of(room)
    paste(room, b="a b c x")
    assert any("system B 1" in warning.value for warning in room.warning)
    assert next(area for area in room.text_area if area.key.endswith("own_b_paste")).value == "a b c x"
    paste(room, b="a\n" * 200_000)
    assert any("200 000 lines" in warning.value for warning in room.warning)
    paste(room, b="<script>alert(1)</script>\n**b** $x$")
    assert not room.exception
    assert "<script>alert" not in html_of(room)


def test_own_files_and_files_that_are_none(visit):
    room = corpus_room(visit, "ru", corpus="own")
    for n, content in enumerate((b"a b\nc d\n", b"a b\nc d\n", b"\xff\xfe\x00")):
        room.file_uploader[n].upload("mine.txt", content, "text/plain")
    settled(room.run())
    assert any("UTF" in warning.value for warning in room.warning)
    room.file_uploader[2].upload("mine.txt", b"a b\nc e\n", "text/plain")
    settled(room.run())
    assert not room.warning
    assert "segments:2" in html_of(room)


def test_a_long_corpus_shows_progress_and_can_be_stopped(visit, monkeypatch):
    monkeypatch.setattr("pages._shared.job.PATIENCE", 0.0)
    held = threading.Event()

    def slowly(given, tick):
        while not held.wait(0.01):
            tick(0.25)
        return count_corpus(given, tick)

    monkeypatch.setattr(corpus, "count_corpus", slowly)
    try:
        room = visit(SLUG, **address(lab="corpus", draw=77, segments=25))
        assert room.get("progress")
        next(b for b in room.button if b.key.endswith("_job_stop")).click().run()
        assert not room.get("progress")
        assert any("Stopped" in said.value for said in room.info)
        held.set()
        next(b for b in room.button if b.key.endswith("_job_resume")).click().run()
        assert "segments:25" in html_of(settled(room))
    finally:
        held.set()

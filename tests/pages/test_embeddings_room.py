"""The room of embeddings: bounds, hostile text, picks, presets, questions, maps as jobs that wait and are stopped."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pytest
from helpers import HOSTILE, extremes, html_of

from core import jobs
from core.embeddings import analogy, contextual, map_words, maps, neighbours, odd, umap_layout
from core.embeddings.analogy import AnalogyParams
from core.embeddings.axis import AxisParams
from core.embeddings.contextual import ContextParams
from core.embeddings.map_words import MapParams
from core.embeddings.neighbours import NearParams
from core.embeddings.odd import OddParams
from core.figures.embeddings import analogy_data, map_data, near_data, odd_data, pack, picked_answer, uses_data
from core.i18n import LANGS
from core.params import Slider
from pages._embeddings import teaching
from pages._embeddings.maps import IMPORTING, STOPPED

SLUG = "embeddings"
LABS = {"": NearParams, "analogy": AnalogyParams, "odd": OddParams, "axis": AxisParams, "context": ContextParams}
FIELDS = {"": "near_word", "analogy": "also", "odd": "odd_words", "axis": "poles", "context": "uses", "maps": "own"}


@pytest.fixture(autouse=True)
def no_import(monkeypatch):
    """umap-learn is tried in the tests of core; here a room must not wait for it."""
    monkeypatch.setattr(umap_layout, "warm", lambda tick: True)
    monkeypatch.setattr(umap_layout, "lay_out", lambda X, start, epochs, **_: [start for _ in epochs])
    # The check beside umap-learn is made in the tests of core.
    monkeypatch.setattr(maps, "_check_umap", lambda trace: [])


def opened(visit, lang="en", **state):
    return visit(SLUG, lang, **{f"{SLUG}_{name}": str(value) for name, value in state.items()})


def finished(room):
    """The maps once their job is over."""
    for _ in range(60):
        if "v-check" in html_of(room) or room.exception or room.warning:
            break
        room.run()
    return room


def button(room, key):
    (found,) = [b for b in room.button if b.key == f"_{SLUG}_{key}"]
    return found


def is_healthy(room) -> bool:
    return not room.exception and not room.error and "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("lab", LABS)
def test_the_example_is_ready(visit, lang, lab):
    room = opened(visit, lang, lab=lab)
    assert is_healthy(room)
    assert not room.warning
    assert "v-check v-ok" in html_of(room)


@pytest.mark.parametrize("lab", LABS)
def test_every_bound(visit, lab):
    room = opened(visit, "ru", lab=lab)
    for name, value in extremes(LABS[lab]):
        for key in (f"{SLUG}_{n}" for n in LABS[lab].knobs()):
            room.query_params.pop(key, None)
        room.query_params[f"{SLUG}_{name}"] = str(value)
        room.run()
        assert is_healthy(room), (name, value)


@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize("end", [0, 1])
def test_every_bound_of_a_map(visit, method, end):
    ends = {
        name: (knob.lo, knob.hi)[end] if name == "perplexity" else int((knob.lo, knob.hi)[end])
        for name, knob in MapParams.knobs().items()
        if isinstance(knob, Slider) and name != "min_dist"
    }
    source = ("words", "noise")[end]
    room = finished(opened(visit, "ru", lab="maps", method=method, source=source, dims=2 + end, steps=100, **ends))
    assert is_healthy(room)
    assert not room.warning
    assert "v-check v-ok" in html_of(room)


@pytest.mark.parametrize("lab", FIELDS)
def test_hostile_text_is_a_state_or_a_sentence(visit, lab):
    room = opened(visit, lab=lab, method="pca")
    widgets = [*room.text_input, *room.text_area]
    (field,) = [widget for widget in widgets if widget.key == f"{SLUG}_{FIELDS[lab]}"]
    for typed in HOSTILE.values():
        field.set_value(typed).run()
        assert is_healthy(room), typed[:20]
        shown = html_of(room)
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown


def test_an_unknown_word_keeps_the_last_picture(visit):
    room = opened(visit, near_word="apple")
    assert "cos(apple, queen)" in html_of(room)
    (field,) = [widget for widget in room.text_input if widget.key == f"{SLUG}_near_word"]
    field.set_value("applw").run()
    assert "apple" in room.warning[0].value
    assert "cos(apple, queen)" in html_of(room)


def test_cyrillic_asks_the_other_vectors(visit):
    assert "navec" in html_of(opened(visit, "en", near_word="лук", near_other="чеснок"))


def test_picks_come_from_the_address(visit):
    assert "coordinate 5 adds" in html_of(opened(visit, coordinate=4))
    assert "3CosAdd(throne)" in html_of(opened(visit, lab="analogy", answer=1))
    assert "m(dinner)" in html_of(opened(visit, lab="odd", odd=1))
    assert "z(nurse)" in html_of(opened(visit, lab="axis", axis_word=0))
    assert "cos(h1[3]" in html_of(opened(visit, lab="context", layer=2, use=2))
    assert is_healthy(opened(visit, lab="context", layer="99", use="x", moment="<b>"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("lab", ["analogy", "odd", "axis", "context"])
def test_presets_are_states(visit, lang, lab):
    room = opened(visit, lang, lab=lab)
    offers = [b for b in room.button if "_preset_" in b.key]
    assert offers
    for offer in offers:
        offer.click().run()
        assert is_healthy(room), offer.key
        assert not room.warning, offer.key


@pytest.mark.parametrize("lang", LANGS)
def test_questions_are_graded_by_the_labs(visit, lang):
    room = opened(visit, lang, section="predict")
    answers = (0, 1 if lang == "en" else 0, 1, 0, 0)
    assert len(room.radio) == len(answers)
    for n, answer in enumerate(answers):
        room.radio[n].set_value(answer)
    room.run()
    for n in range(len(answers)):
        button(room, f"question_{n}_commit").click().run()
    assert not room.exception
    assert len(room.success) == len(answers)


def test_failures_open_their_labs(visit):
    for name, lab, _, _, _ in teaching.CASES:
        room = opened(visit, section="breaks", lab="context")
        button(room, f"breaks_{name.en}").click().run()
        assert is_healthy(room), name.en
        assert room.query_params.get(f"{SLUG}_lab", "near") in (lab, [lab])


def test_compare_shows_both(visit):
    room = opened(visit, lab="analogy", A_AnalogyParams=json.dumps({"score": "mul"}))
    assert is_healthy(room)
    assert "A · kept" in " ".join(caption.value for caption in room.caption)
    kept = json.dumps({"method": "pca"})
    assert is_healthy(finished(opened(visit, lab="maps", A_MapParams=kept)))


# ---- maps are jobs --------------------------------------------------------------------------------------------


def test_umap_is_waited_for_with_pca_in_sight_and_can_be_stopped(visit, monkeypatch):
    hold = threading.Event()

    def lay_out(X, start, epochs, *, tick, **_):
        while not hold.wait(0.02):
            tick(0.3)
        return [start * 2 for _ in epochs]

    monkeypatch.setattr(umap_layout, "lay_out", lay_out)
    monkeypatch.setattr(umap_layout, "is_warm", lambda: False)
    shown = {"lab": "maps", "method": "umap", "steps": 100}
    room = opened(visit, seed=77, **shown)
    assert is_healthy(room)
    told = " ".join(element.proto.text for element in room.get("progress"))
    assert IMPORTING.en.split("{s}")[0].strip() in told
    assert any('data-mail="embeddings_map_now"' in element.proto.body for element in room.get("html"))
    button(room, "job_stop").click().run()
    assert STOPPED.en in " ".join(element.value for element in room.info)
    hold.set()
    button(room, "job_resume").click().run()
    assert is_healthy(finished(room))
    assert "UMAP · GloVe" in html_of(room)


def test_opening_the_maps_warms_umap_ahead(visit, monkeypatch):
    begun = threading.Event()
    monkeypatch.setattr(umap_layout, "is_warm", lambda: False)
    monkeypatch.setattr(umap_layout, "warm", lambda tick: begun.set())
    kept = jobs.Jobs()
    monkeypatch.setattr(jobs, "shared", lambda: kept)
    assert not opened(visit).exception
    assert not begun.is_set()
    assert is_healthy(opened(visit, lab="maps", method="pca"))
    assert begun.wait(10)


def test_a_crowd_is_told_in_a_sentence(visit, monkeypatch):
    kept = jobs.Jobs(most_waiting=0)
    monkeypatch.setattr(jobs, "shared", lambda: kept)
    monkeypatch.setattr(umap_layout, "is_warm", lambda: True)
    room = opened(visit, lab="maps", seed=78)
    assert not room.exception
    assert "waiting already" in room.warning[0].value.replace("\\", "")


# ---- pictures -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_pictures_carry_the_numbers_of_their_traces(lang):
    near = neighbours.run(NearParams.default(lang))
    data = near_data(near, lang)
    assert [row["label"] for row in data["rows"]] == list(near.near)
    assert data["labels"][:2] == [near.word, near.other]
    far = neighbours.run(NearParams(near_word="king", near_other="cheese"))
    assert near_data(far, lang)["rows"][-1]["label"] == "cheese"
    answers = analogy.run(AnalogyParams(has_inputs=True))
    drawn = analogy_data(answers, 0, lang)
    assert drawn["rows"][0]["label"] == "king"
    assert drawn["rows"][0]["n"] == 0
    for n, row in enumerate(drawn["rows"]):
        assert picked_answer(answers, row["n"]) == n
    thrown = odd_data(odd.run(OddParams()), 0, lang)
    assert thrown["rows"][0]["label"] == "cereal"
    uses = contextual.run(ContextParams.default(lang))
    layers = uses_data(uses, 0, lang)
    assert len(layers["frames"]) == len(layers["uses"]["cosines"]) == uses.layers == 14
    assert "".join(layers["uses"]["sentences"][0]) == uses.sentences[0]
    plain = maps.first_look(map_words.MapParams.default(lang))
    flat = map_data(plain, 3, lang)
    assert len(flat["near"]) == len(flat["labels"]) == len(plain.cloud.words)
    json.dumps([data, drawn, thrown, layers, flat], allow_nan=False)


def test_frames_are_packed_on_one_scale():
    import base64

    import numpy as np

    packed = pack([np.array([[1.0, -0.5]]), np.array([[0.25, 0.0]])])
    numbers = [np.frombuffer(base64.b64decode(one), dtype="<i2").tolist() for one in packed]
    assert numbers == [[30000, -15000], [7500, 0]]
    assert pack([np.zeros((1, 2))]) == [base64.b64encode(bytes(4)).decode()]


def test_uses_without_meanings_are_drawn():
    trace = contextual.run(ContextParams(used_word="bank", uses="The bank.\nA bank failed, they say"))
    data = uses_data(trace, 0, "en")
    assert "course" not in data
    assert data["labels"] == ["1. The bank.", "2. A bank failed, they"]


def test_prose_has_the_same_formulas_and_numbers_in_both_languages():
    folder = Path(__file__).resolve().parents[2] / "assets" / "text"
    texts = [(folder / f"{SLUG}.{lang}.md").read_text(encoding="utf-8") for lang in LANGS]
    formulas = [text.split("$$")[1::2] for text in texts]
    assert formulas[0] == formulas[1]
    for text in texts:
        assert len(re.findall(r"^- ", text, flags=re.MULTILINE)) >= 12
    noise = teaching.maps.run(MapParams(source="noise", perplexity=2.0))
    assert f"{noise.trust[-1]:.2f}" == "0.67"
    assert "0.67" in texts[0]
    assert "0,67" in texts[1]

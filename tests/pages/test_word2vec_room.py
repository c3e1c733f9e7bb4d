"""The room of word2vec: bounds, hostile text, picks, presets, questions, a job that ends."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from helpers import HOSTILE, extremes, html_of

from core.embeddings.word2vec_step import StepParams
from core.embeddings.word2vec_window import WindowParams
from core.i18n import LANGS
from pages._word2vec import teaching
from pages._word2vec.step import WORSE
from pages._word2vec.training import DIVERGED

SLUG = "word2vec"
QUICK = {"epochs": 1, "size": 4}


def opened(visit, lang="en", **state):
    return visit(SLUG, lang, **{f"{SLUG}_{name}": str(value) for name, value in state.items()})


def finished(visit, lang="en", **state):
    """The training room once its job is over."""
    room = opened(visit, lang, **{**QUICK, **state})
    for _ in range(60):
        if "N=" in html_of(room) or room.exception or room.warning:
            break
        room.run()
    return room


def button(room, key):
    (found,) = [b for b in room.button if b.key == f"_{SLUG}_{key}"]
    return found


def is_healthy(room) -> bool:
    return not room.exception and not room.error and "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize(("lab", "cls"), [("step", StepParams), ("window", WindowParams)])
def test_every_bound(visit, lab, cls):
    room = opened(visit, "ru", lab=lab)
    for name, value in extremes(cls):
        for key in (f"{SLUG}_{n}" for n in cls.knobs()):
            room.query_params.pop(key, None)
        room.query_params[f"{SLUG}_{name}"] = str(value)
        room.session_state["nothing"] = None
        room.run()
        assert is_healthy(room), (name, value)


@pytest.mark.parametrize(("lab", "field"), [("step", "sentence"), ("window", "text")])
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, field):
    room = opened(visit, lab=lab)
    for kind, typed in HOSTILE.items():
        (found,) = [w for w in room.text_input if w.key == f"{SLUG}_{field}"]
        found.set_value(typed).run()
        assert is_healthy(room), kind
        assert "<script>alert" not in html_of(room)
        if kind in ("empty", "blank", "NUL", "long", "one"):
            assert room.warning, kind


def test_the_training_ends_and_says_how_it_was(visit):
    room = finished(visit, "ru")
    assert is_healthy(room)
    assert html_of(room).count("v-check v-ok") == 2
    assert "epochs=1" in html_of(room)
    assert "cos(король" in html_of(room)


def test_divergence_is_a_state(visit):
    room = finished(visit, alpha=0.4, epochs=10, size=32)
    assert is_healthy(room)
    assert DIVERGED.en.split("{")[0] in room.warning[0].value


def test_own_text_is_asked_for_and_kept(visit):
    room = opened(visit, corpus="own", **QUICK)
    assert "Paste a text" in room.warning[0].value
    (field,) = [w for w in room.text_area if w.key == f"_{SLUG}_own_paste"]
    field.set_value("the cat sat and the dog ran to a red house by the old river. " * 8).run()
    for _ in range(40):
        if "N=" in html_of(room):
            break
        room.run()
    assert is_healthy(room)
    assert "V=13" in html_of(room)
    assert not room.warning


@pytest.mark.parametrize("pick", ["h.0.1", "p.5.0", "d_out.9.1", "new_in.1.0", "nonsense", "W_in.99.0"])
def test_picks_have_arithmetic(visit, pick):
    room = opened(visit, lab="step", step_now_cell=pick, step_now_step="99", A_StepParams=json.dumps({"k": 5}))
    assert is_healthy(room)
    assert "v-f-result" in html_of(room)


def test_a_picked_word_has_its_probabilities(visit):
    room = opened(visit, lab="window", window_word="2", A_WindowParams="{broken")
    assert is_healthy(room)
    assert "P_keep(cat)" in html_of(room)
    assert "P_keep(the)" in html_of(opened(visit, lab="window", window_word="999"))


def test_presets_are_states_of_the_lab(visit):
    room = opened(visit, "ru", section="breaks", lab="step")
    for cls, offers in (("StepParams", teaching.STEP), ("WindowParams", teaching.WINDOW)):
        for offer in offers:
            button(room, f"{cls}_preset_{offer.name.en}".removeprefix("_")).click().run()
            assert is_healthy(room)
            if offer.values.get("rate"):
                assert room.warning[0].value.startswith(WORSE.ru[:16])


@pytest.mark.parametrize("lang", LANGS)
def test_questions_have_these_answers(lang):
    page = SimpleNamespace(slug=SLUG, lang=lang)
    asked = teaching.questions(page)
    assert [question.answer() for question in asked] == [1, 2, 0, 0]
    whys = [question.why().get(lang) for question in asked]
    assert "10" in whys[0]
    assert ("0,25" if lang == "ru" else "0.25") in whys[1]
    for question in asked:
        assert len({option.get(lang) for option in question.options}) == 3

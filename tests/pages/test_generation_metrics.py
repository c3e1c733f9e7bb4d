"""The generation metrics room: every bound, hostile text, presets, questions, comparison, own data."""

from __future__ import annotations

import json

import pytest

from core.metrics.repetition_lab import RepetitionParams
from core.metrics.sampling_lab import SamplingParams
from core.metrics.surprisal_lab import SurpriseParams
from core.metrics.units_lab import UnitsParams
from core.params import Params
from pages._generation_metrics.teaching import PRESETS
from tests.pages.helpers import HOSTILE, extremes, html_of

SLUG = "generation_metrics"
LABS: dict[str, type[Params]] = {
    "": SurpriseParams,
    "units": UnitsParams,
    "sampling": SamplingParams,
    "repeats": RepetitionParams,
}
TEXT = {"": "text", "units": "text", "sampling": "prompt", "repeats": "output"}
CASES = [(lab, name, value) for lab, cls in LABS.items() for name, value in extremes(cls)]


def address(**values: object) -> dict[str, str]:
    return {f"{SLUG}_{name}": str(value) for name, value in values.items()}


def field(room, name: str):
    return next(f for f in (*room.text_input, *room.text_area) if f.key == f"{SLUG}_{name}")


def preset_buttons(room):
    return [b for b in room.button if "_preset_" in b.key]


@pytest.mark.parametrize(("lab", "name", "value"), CASES)
def test_every_bound(visit, lab, name, value):
    # k and V show only where they mean something.
    needs = {"k": {"smoothing": "add_k"}, "vocabulary": {"denominator": "expected"}}.get(name, {})
    room = visit(SLUG, "ru", **address(lab=lab, **needs, **{name: value}))
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("lab", LABS)
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, kind):
    room = visit(SLUG, "en", **address(lab=lab))
    for name in (TEXT[lab], *(["own"] if lab != "repeats" else [])):
        field(room, name).set_value(HOSTILE[kind]).run()
        assert not room.exception
        assert not room.error
        shown = html_of(room)
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        assert "v-check v-bad" not in shown
        if kind in ("empty", "blank") and name == TEXT[lab]:
            assert any("nothing to score" in warning.value for warning in room.warning)


@pytest.mark.parametrize("lab", LABS)
def test_illegal_values_in_the_address_fall_back(visit, lab):
    wrong = {
        "token_now": "9999",
        "word_now": "-1",
        "drawn_now": "<b>",
        "gram_now": "1e9",
        "section": "nowhere",
        "smoothing": "drop table",
        "unit": "1",
        "denominator": "0",
        "temperature": "nan",
        "n": "99",
        f"A_{LABS[lab].__name__}": "{broken",
    }
    room = visit(SLUG, **address(lab=lab, **wrong))
    assert not room.exception
    assert not room.error
    assert not visit(SLUG, **address(lab="nowhere")).exception


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("n", range(sum(len(presets) for _, _, presets in PRESETS)))
def test_every_failure_opens_its_lab(visit, lang, n):
    owners = [lab for lab, _, presets in PRESETS for _ in presets]
    room = visit(SLUG, lang, **address(section="breaks", token_now="1", drawn_now="5"))
    assert len(preset_buttons(room)) == len(owners)
    preset_buttons(room)[n].click().run()
    assert not room.exception
    assert not room.error
    assert room.query_params.get(f"{SLUG}_lab", "") == owners[n]
    assert f"{SLUG}_token_now" not in room.query_params
    shown = html_of(room)
    assert "v-check v-bad" not in shown
    assert bool(room.warning) == (f"{SLUG}_smoothing" in room.query_params and "mle" in str(room.query_params))


def test_the_presets_show_what_they_promise(visit):
    def after(label: str) -> str:
        room = visit(SLUG, **address(section="breaks"))
        next(b for b in preset_buttons(room) if b.label == label).click().run()
        return html_of(room)

    assert "T=0 " in after("greedy loop: T = 0")
    assert "39/57" in after("greedy loop: T = 0")
    assert "candidates: 1 of 274" in after("top-k = 1 at T = 2")
    assert "add-k k=1 " in after("add 1")
    assert "is not paid for" in after("<unk> for free")
    assert "spelling" in after("<unk> spelled out")
    assert "Distinct-1 = 1/20" in after("one word for ever")


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_an_impossible_word_is_a_state_with_a_sentence(visit, lang):
    room = visit(
        SLUG, lang, **address(smoothing="mle", text="The cat <b> sat." if lang == "en" else "Кошка <b> у окна.")
    )
    assert any({"en": "probability 0", "ru": "вероятность 0"}[lang] in w.value for w in room.warning)
    assert "∞" in html_of(room)
    assert "nltk" in html_of(room)


def test_the_picked_token_is_in_the_address(visit):
    at_two, at_ten = (html_of(visit(SLUG, **address(token_now=str(k)))) for k in (2, 10))
    assert "p(evening | in the)" in at_two
    assert "p(waited | window and)" in at_ten


def test_texts_and_models_stay_when_the_lab_changes(visit):
    room = visit(SLUG)
    field(room, "text").set_value("The boy likes the parrot.").run()
    labs = next(group for group in room.get("button_group") if group.key == f"_{SLUG}_lab_widget")
    labs.set_value("units").run()
    assert field(room, "text").value == "The boy likes the parrot."


@pytest.mark.parametrize("lab", LABS)
def test_compare_shows_both_runs(visit, lab):
    changed = {"": {"n": 1}, "units": {"n_words": 1}, "sampling": {"temperature": 2.0}, "repeats": {"order": 1}}[lab]
    room = visit(SLUG, **address(lab=lab, **{f"A_{LABS[lab].__name__}": json.dumps(changed)}))
    assert not room.exception
    captions = " ".join(caption.value for caption in room.caption)
    assert "A · kept" in captions
    assert "→" in captions


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(("n", "right"), [(0, 1), (1, 1), (2, 2), (3, 1)])
def test_questions_are_graded_by_the_labs(visit, lang, n, right):
    room = visit(SLUG, lang, **address(section="predict"))
    room.radio[n].set_value(right).run()
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_commit").click().run()
    assert room.success
    assert not room.exception
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_show").click().run()
    assert not room.exception
    assert "v-check v-bad" not in html_of(room)


def test_own_corpus_trains_the_model_or_gets_a_sentence(visit):
    room = visit(SLUG)
    words = "the zebra eats the grass and the grass is green " * 4
    room.file_uploader[0].upload("mine.txt", words.encode(), "text/plain").run()
    assert "own text, 40 tokens" in html_of(room)
    short = visit(SLUG, "ru", **address(own="слишком мало"))
    assert any("не меньше 20 слов" in warning.value for warning in short.warning)
    other = visit(SLUG, **address(lab="sampling"))
    other.file_uploader[0].upload("mine.txt", b"\xff\xfe\x00", "text/plain").run()
    assert any("UTF" in warning.value for warning in other.warning)


def test_own_output_is_counted(visit):
    room = visit(SLUG, **address(lab="repeats"))
    room.file_uploader[0].upload("mine.txt", b"a b a b a b", "text/plain").run()
    assert "Distinct-2 = 2/5" in html_of(room)

"""The room of named entities: every bound, hostile text, edits, presets, own file, questions, state."""

from __future__ import annotations

import json

import pytest
from helpers import HOSTILE, extremes, html_of

from core.metrics.entities_corpus import CorpusParams
from core.metrics.entities_lab import CASES, HAND, SENTENCES, EntitiesParams
from core.params import Params

SLUG = "ner_metrics"
LABS: dict[str, type[Params]] = {"": EntitiesParams, "corpus": CorpusParams}
BOUNDS = [(lab, name, value) for lab, cls in LABS.items() for name, value in extremes(cls)]
BOUNDS += [("", "case", case) for case in CASES]


def opened(visit, lang="en", **state):
    return visit(SLUG, lang, **{f"{SLUG}_{name}": str(value) for name, value in state.items()})


def field(room, name):
    """A text field of the room."""
    (found,) = [w for w in (*room.text_input, *room.text_area) if w.key == f"{SLUG}_{name}"]
    return found


@pytest.mark.parametrize(("lab", "name", "value"), BOUNDS)
def test_every_bound(visit, lab, name, value):
    room = opened(visit, "ru", lab=lab, **{name: value})
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(("lab", "name"), [("", "text"), ("", "true"), ("", "predicted"), ("corpus", "lines")])
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, name, kind):
    room = opened(visit, lab=lab, case=HAND)
    field(room, name).set_value(HOSTILE[kind]).run()
    assert not room.exception
    assert not room.error
    shown = html_of(room)
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "v-check v-bad" not in shown
    if name == "lines":
        assert room.warning, "no hostile text is a tagger's output"
    typed = field(room, name)
    assert typed.value == HOSTILE[kind][: len(typed.value or "")], "what was typed is kept"
    assert kind in ("empty", "long") or typed.value == HOSTILE[kind]


def test_illegal_values_in_the_address_fall_back_to_the_example(visit):
    room = opened(
        visit,
        case="drop table",
        credit="all",
        mode="2",
        scheme="BIO9",
        average="mean",
        zero="nan",
        now_pick="pair.99",
        corpus_pick="kind.none",
        lab="nowhere",
        section="nowhere",
        A_EntitiesParams="{broken",
    )
    assert not room.exception
    assert not room.error
    assert "v-check v-ok" in html_of(room)


@pytest.mark.parametrize("pick", ["tokens", "average", "type.PER", "pair.0", "credit.type", "pair.-1", "pair.x", "é"])
def test_every_pick_has_its_arithmetic(visit, pick):
    room = opened(visit, now_pick=pick)
    assert not room.exception
    assert "v-formula" in html_of(room)


@pytest.mark.parametrize("pick", ["kind.missed", "kind.spurious", "average", "tokens", "kind.correct"])
def test_every_pick_of_the_corpus_has_its_arithmetic(visit, pick):
    room = opened(visit, "ru", lab="corpus", corpus_pick=pick)
    assert not room.exception
    assert "v-formula" in html_of(room)


def test_tags_in_the_address_are_the_picture(visit):
    room = opened(visit, case=HAND, predicted="2 B-PER I-PER 1 B-LOC I-LOC")
    assert not room.warning
    shown = html_of(room)
    assert "v-check v-ok" in shown
    assert "= </span>" in shown
    assert "2·2" not in shown
    assert 'class="v-f-result">0.800</span>' in shown


def test_broken_tags_are_a_state_with_both_readings(visit):
    room = opened(visit, "ru", case="broken", mode="strict")
    assert "1\\.000" in room.warning[0].value
    assert "0\\.000" in room.warning[0].value


def test_a_sentence_without_names_says_what_to_do(visit):
    room = opened(visit)
    field(room, "text").set_value("nobody is here").run()
    assert "drag over words" in room.warning[0].value
    assert not room.exception


def test_a_tag_that_is_none_gets_its_sentence(visit):
    room = opened(visit, "ru", case=HAND, predicted="B-PER Q-LOC")
    assert "Предсказанные метки" in room.warning[0].value
    assert "Q\\-LOC" in room.warning[0].value


def test_presets_put_the_lab_into_their_state(visit):
    room = opened(visit, lab="corpus", section="breaks")
    offers = [b for b in room.button if b.key.startswith(f"_{SLUG}_EntitiesParams_preset")]
    assert len(offers) == 6
    next(b for b in offers if b.label == CASES["nothing"].en).click().run()
    assert not room.exception
    assert f"{SLUG}_lab" not in room.query_params
    assert room.query_params[f"{SLUG}_case"] in ("nothing", ["nothing"])
    assert field(room, "text").value == SENTENCES["drawer"].en


def test_another_sentence_forgets_the_tags_and_keeps_the_rest(visit):
    room = opened(visit, case=HAND, predicted="B-PER", true="B-LOC", credit="partial")
    next(b for b in room.button if b.label == "the river").click().run()
    assert not room.exception
    assert field(room, "text").value == SENTENCES["river"].en
    assert (field(room, "true").value, field(room, "predicted").value) == ("", "")
    assert room.query_params[f"{SLUG}_credit"] in ("partial", ["partial"])
    assert f"{SLUG}_case" not in room.query_params


def test_language_switch_keeps_the_state_and_speaks_the_other_language(visit):
    room = opened(visit, case="split")
    switch = next(group for group in room.get("button_group") if group.key == "_lang_widget")
    switch.set_value("ru").run()
    assert room.query_params[f"{SLUG}_case"] in ("split", ["split"])
    assert field(room, "text").value == SENTENCES["poet"].ru


def test_compare_shows_both_runs_and_what_differs(visit):
    room = opened(visit, A_EntitiesParams=json.dumps({"case": "types"}))
    assert not room.exception
    captions = " ".join(caption.value for caption in room.caption)
    assert "A · kept" in captions
    assert "wrong types → ends off by one" in captions


GOOD = "Нева B-LOC B-LOC\nтечёт O O\n\nГоголь B-PER O\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (GOOD.encode(), ""),
        (("\ufeff" + GOOD).encode(), ""),
        (GOOD.replace(" ", "\t").replace("\n", "\r\n").encode(), ""),
        (GOOD.encode("cp1251"), "UTF\\-8"),
        (b"\x00 O O", "UTF\\-8"),
        (b"", "no lines yet"),
        (b"one column\n", "Line 1 has 2"),
        (b"a O Q-X\n", "Q\\-X"),
        (b"a O O\n" * 30_000, "lines are too many"),
        (b"x" * 400_001, "longer than"),
        (b"x" * 600_000, "larger than 512"),
    ],
)
def test_own_file_is_scored_or_refused(visit, content, says):
    room = opened(visit, lab="corpus")
    (upload,) = [u for u in room.get("file_uploader") if u.key == "_ner_metrics_upload"]
    upload.upload("own.txt", content, "text/plain").run()
    assert not room.exception
    assert not room.error
    if says:
        assert any(says in warning.value for warning in room.warning)
        assert "tokens=60" in html_of(room), "the lines stay in force"
        return
    assert not room.warning
    assert "tokens=3" in html_of(room)
    next(b for b in room.button if b.label == "back to the lines").click().run()
    assert "tokens=60" in html_of(room)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_questions_are_graded_by_the_lab(visit, lang):
    """The answer of each, as the prose and the arithmetic have it."""
    room = opened(visit, lang, section="predict")
    right = [2, 3, 2, 1, 2]
    assert len(room.radio) == len(right)
    for n, answer in enumerate(right):
        room.radio[n].set_value(answer).run()
        room.button(key=f"_{SLUG}_question_{n}_commit").click().run()
        assert not room.exception
        assert len(room.success) == n + 1
    assert len([b for b in room.button if b.key.endswith("_show")]) == len(right)
    next(b for b in room.button if b.key == f"_{SLUG}_question_3_show").click().run()
    assert not room.exception
    assert room.query_params[f"{SLUG}_case"] in (HAND, [HAND])

"""The room of bags of words: bounds, hostile text, picks, presets, questions, definitions, state."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from helpers import HOSTILE, extremes, html_of

from core.i18n import LANGS
from core.text.bow_lab import COURSE, SKLEARN, BowParams, run
from pages._bow_tfidf import teaching
from pages._bow_tfidf.lab import BLIND, EMPTY, NO_TERMS, WEIGHTLESS, warning

SLUG = "bow_tfidf"


def opened(visit, lang="en", **state):
    return visit(SLUG, lang, **{f"{SLUG}_{name}": str(value) for name, value in state.items()})


def field(room, name):
    (found,) = [w for w in (*room.text_input, *room.text_area) if w.key == f"{SLUG}_{name}"]
    return found


def button(room, key):
    (found,) = [b for b in room.button if b.key == f"_{SLUG}_{key}"]
    return found


def is_healthy(room) -> bool:
    return not room.exception and not room.error and "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize(("name", "value"), extremes(BowParams))
def test_every_bound(visit, name, value):
    assert is_healthy(opened(visit, "ru", **{name: value}))


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_a_state_or_a_sentence(visit, kind):
    room = opened(visit)
    for name in ("documents", "query"):
        field(room, name).set_value(HOSTILE[kind]).run()
        assert is_healthy(room)
        shown = html_of(room)
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
        typed = field(room, name).value
        assert typed == HOSTILE[kind][: len(typed)], "what was typed is kept"
    if kind in ("empty", "blank", "NUL", "long"):
        assert room.warning


def test_too_many_documents_is_a_sentence(visit):
    room = opened(visit, documents="\n".join("abcdefghi"))
    assert is_healthy(room)
    assert "9 documents" in room.warning[0].value


@pytest.mark.parametrize("pick", ["counts.0.0", "binary.4.2", "idf.0.1", "idf.1.0", "tf.1.1", "tfidf.0.3", "cos.4.0"])
def test_every_pick_has_its_arithmetic(visit, pick):
    room = opened(visit, now_cell=pick)
    assert is_healthy(room)
    assert "v-f-result" in html_of(room)


@pytest.mark.parametrize("pick", ["W.0.0", "cos.9.9", "tfidf.0.999", "tfidf.-1.0", "é"])
def test_a_pick_that_is_no_number_falls_back(visit, pick):
    room = opened(visit, now_cell=pick, now_step="99", A_BowParams="{broken", tf="none", n="7")
    assert is_healthy(room)
    assert "tf·idf[d2, log]" in html_of(room)


def test_the_query_is_read_while_it_is_typed(visit):
    room = opened(visit)
    field(room, "query").set_value("cheese").run()
    assert "tf·idf[d4" in html_of(room), "the arithmetic follows what is found first"


def test_definitions_change_the_weights_and_keep_the_texts(visit):
    room = opened(visit, documents="x yy\nyy zz", now_cell="idf.1.1")
    assert "ln(2 / 2)" in html_of(room)
    button(room, "definition_sklearn").click().run()
    assert is_healthy(room)
    assert field(room, "documents").value == "x yy\nyy zz"
    assert "N=2 · |V|=2" in html_of(room)
    assert "idf=smooth · l2" in html_of(room)
    button(room, "definition_course").click().run()
    assert "N=2 · |V|=3" in html_of(room)
    assert "idf=textbook · no norm" in html_of(room)


def test_compare_keeps_a(visit):
    kept = json.dumps(SKLEARN)
    room = opened(visit, A_BowParams=kept)
    assert is_healthy(room)
    assert any("→" in caption.value for caption in room.caption)


def test_every_preset_is_a_state_of_the_lab(visit):
    room = opened(visit, "ru", section="breaks")
    for group, offers in enumerate(teaching.presets("ru").values()):
        for n, offer in enumerate(offers):
            button(room, f"preset_{group}_{n}").click().run()
            assert is_healthy(room)
            assert field(room, "documents").value == offer.values["documents"]
            assert ("cos(q, " if offer.values["query"] else "cos(d2, d1)") in html_of(room)


@pytest.mark.parametrize("lang", LANGS)
def test_presets_show_what_they_say(lang):
    def trace(offer):
        return run(BowParams(**{**BowParams.defaults(lang), **offer.values}))

    order, forms, weights = ([trace(offer) for offer in offers] for offers in teaching.presets(lang).values())
    lost, found, cases, stemmed, negated = order
    assert lost.cosines[0, 1] == pytest.approx(1)
    assert found.cosines[0, 1] == 0
    assert cases.cosines[0, 1:3] == pytest.approx([1, 0.04], abs=0.005)
    assert stemmed.cosines[0, 1:3] == pytest.approx([1, 1])
    assert negated.cosines[0, 1] == pytest.approx(1)
    blind, stems, trigrams, synonym, stopped = forms
    assert not blind.scores.any()
    assert len(blind.unknown) == len(blind.units[blind.N])
    assert stems.scores.any()
    assert trigrams.scores.any()
    assert synonym.scores[1] == 0 < synonym.scores[2]
    assert stopped.empty_rows() == (0,)
    stuffed, twins, in_library = weights
    assert stuffed.scores[0] == pytest.approx(1)
    assert stuffed.scores[0] > 2 * stuffed.scores[1]
    assert twins.empty_rows() == (0, 1)
    assert twins.cosines[0, 1] == 0
    assert in_library.cosines[0, 1] == pytest.approx(1)
    assert in_library.idf.min() == 1


def test_warnings_say_why():
    def told(documents, query="", **values):
        return warning(run(BowParams(documents=documents, query=query, **values)))

    assert told("a b\nb c", "a") is None
    assert told("not", is_stopped=True) == NO_TERMS
    assert told("a b\nb c", "x y") == BLIND.format(unknown="x, y")
    assert told("a b\nb c", "b") == WEIGHTLESS
    assert told("a b\na b") == EMPTY.format(rows="d1, d2")


@pytest.mark.parametrize("lang", LANGS)
def test_questions_have_these_answers(lang):
    page = SimpleNamespace(slug=SLUG, lang=lang)
    asked = teaching.questions(page)
    assert [question.answer() for question in asked] == [2, 1, 2, 2, 0]
    whys = [question.why().get(lang) for question in asked]
    assert "ln(4/4) = 0" in whys[0]
    assert all(number in whys[1] for number in ("4/2", "5/3"))
    assert "0" in whys[4]
    for question in asked:
        assert question.ask.en != question.ask.ru
        assert len({option.get(lang) for option in question.options}) == 3


@pytest.mark.parametrize("lang", LANGS)
def test_the_example_opens_with_the_definition_of_the_course(lang):
    params = BowParams.default(lang)
    assert all(getattr(params, name) == value for name, value in COURSE.items())


@pytest.mark.parametrize("answer", [0, 2])
def test_a_question_is_graded(visit, answer):
    room = opened(visit, section="predict")
    room.radio[0].set_value(answer).run()
    (commit,) = [b for b in room.button if b.key == f"_{SLUG}_question_0_commit"]
    commit.click().run()
    assert is_healthy(room)
    assert bool(room.success) == (answer == 2)

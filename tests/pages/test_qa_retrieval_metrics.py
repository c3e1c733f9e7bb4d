"""The room of answers and rankings: every bound, hostile text, edits by hand, presets, questions, comparison."""

from __future__ import annotations

import json

import pytest

from core.metrics.qa_lab import CASES as ANSWERS
from core.metrics.qa_lab import AnswerParams
from core.metrics.ranking_lab import CASES as RANKINGS
from core.metrics.ranking_lab import RankingParams
from core.metrics.search_lab import SearchParams
from core.metrics.search_texts import NEEDS, PASSAGES
from core.params import Params
from tests.pages.helpers import HOSTILE, extremes, html_of

SLUG = "qa_retrieval_metrics"
LABS: dict[str, type[Params]] = {"": AnswerParams, "ranking": RankingParams, "search": SearchParams}
CASES = [(lab, name, value) for lab, cls in LABS.items() for name, value in extremes(cls)]
TEXTS = [("", "prediction"), ("", "answers"), ("", "question"), ("ranking", "lists"), ("search", "query")]


def address(**values: object) -> dict[str, str]:
    return {f"{SLUG}_{name}": str(value) for name, value in values.items()}


def button(room, label: str):
    return next(b for b in room.button if b.label == label)


def field(room, name: str):
    return next(f for f in (*room.text_input, *room.text_area) if f.key == f"{SLUG}_{name}")


@pytest.mark.parametrize(("lab", "name", "value"), CASES)
def test_every_bound(visit, lab, name, value):
    room = visit(SLUG, "ru", **address(lab=lab, **{name: value}))
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize(("lab", "name"), TEXTS)
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, name, kind):
    room = visit(SLUG, "en", **address(lab=lab))
    field(room, name).set_value(HOSTILE[kind])
    room.run()
    assert not room.exception
    assert not room.error
    shown = html_of(room)
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "v-check v-bad" not in shown
    if name == "lists" or (name == "query" and kind in ("empty", "blank")):
        assert room.warning, "this cannot be a ranking, or a query"


def test_lists_that_are_none_keep_the_last_good_ones(visit):
    room = visit(SLUG, "ru", **address(lab="ranking"))
    field(room, "lists").set_value("300 первый").run()
    assert not room.warning
    field(room, "lists").set_value("три, ноль").run()
    assert "0310 сердце" in room.warning[0].value
    assert field(room, "lists").value == "три, ноль"
    assert "queries=1" in html_of(room)


def test_too_many_references_are_a_sentence(visit):
    room = visit(SLUG, "en", **address(answers="\n".join("abcdefghi")))
    assert "at most 8 lines" in room.warning[0].value
    assert "v-check v-ok" in html_of(room)


@pytest.mark.parametrize("lab", LABS)
def test_illegal_values_in_the_address_fall_back(visit, lab):
    room = visit(
        SLUG,
        "en",
        **address(
            lab=lab,
            normalization="drop table",
            version="3",
            k="1e9",
            gain="cubic",
            need="everything",
            ranker="oracle",
            answer_now="9.drop.99",
            ranking_now="ndcg.99",
            search_now="doc.99",
            section="nowhere",
            A_AnswerParams="{broken",
            A_RankingParams="[]",
            A_SearchParams='{"k": 999}',
        ),
    )
    assert not room.exception
    assert not room.error
    assert "v-check v-ok" in html_of(room)


@pytest.mark.parametrize("lab", LABS)
def test_picks_come_back_from_the_address(visit, lab):
    pick = {"": "1.add.0", "ranking": "rr.mean", "search": "doc.3"}[lab]
    name = {"": "answer_now", "ranking": "ranking_now", "search": "search_now"}[lab]
    told = html_of(visit(SLUG, "en", **address(lab=lab, **{name: pick})))
    assert {"": "added: ", "ranking": "MRR@5 = (", "search": "cos(q, d) = "}[lab] in told


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("name", ANSWERS)
def test_cases_of_answers_are_a_click_away(visit, lang, name):
    room = visit(SLUG, lang)
    button(room, ANSWERS[name].name.get(lang)).click().run()
    assert not room.exception
    assert field(room, "prediction").value == ANSWERS[name].values(lang)["prediction"]
    assert field(room, "answers").value == ANSWERS[name].values(lang)["answers"]


@pytest.mark.parametrize("name", RANKINGS)
def test_cases_of_rankings_are_a_click_away(visit, name):
    room = visit(SLUG, "ru", **address(lab="ranking"))
    button(room, RANKINGS[name].name.ru).click().run()
    assert not room.exception
    assert field(room, "lists").value == RANKINGS[name].lists.ru


def test_a_topic_asks_its_question_and_keeps_the_conditions(visit):
    room = visit(SLUG, "en", **address(lab="search", ranker="words", k="3"))
    button(room, "novel").click().run()
    assert field(room, "query").value == NEEDS["novel"].wording.en
    assert room.query_params[f"{SLUG}_need"] in ("novel", ["novel"])
    assert "words · k=3" in html_of(room)


def test_presets_of_failures_open_their_lab(visit):
    room = visit(SLUG, "en", **address(section="breaks"))
    button(room, "a war, a peace, no Tolstoy").click().run()
    assert room.query_params[f"{SLUG}_lab"] in ("search", ["search"])
    assert not room.exception
    room = visit(SLUG, "ru", **address(section="breaks"))
    button(room, "ни одного общего слова").click().run()
    assert "общих слов нет" in room.warning[0].value


def test_the_visitors_grades_are_in_the_scores(visit):
    nothing = "0" * len(PASSAGES)
    room = visit(SLUG, "en", **address(lab="search", judged=nothing, search_now="rr.0"))
    assert "no document with a grade from 1 among the first 5" in html_of(room)


def test_compare_shows_both_runs_and_what_differs(visit):
    room = visit(SLUG, "en", **address(lab="ranking", A_RankingParams=json.dumps({"gain": "exponential"})))
    assert not room.exception
    captions = " ".join(caption.value for caption in room.caption)
    assert "A · kept" in captions
    assert "Gain of a grade" in captions


def test_both_runs_of_an_answer_have_their_tables(visit):
    room = visit(SLUG, "en", **address(A_AnswerParams=json.dumps({"prediction": "1969"})))
    assert not room.exception
    assert not room.error


def test_language_switch_speaks_the_other_language(visit):
    room = visit(SLUG, "en", **address(normalization="russian"))
    switch = next(group for group in room.get("button_group") if group.key == "_lang_widget")
    switch.set_value("ru").run()
    assert field(room, "prediction").value == AnswerParams.default("ru").prediction
    assert room.query_params[f"{SLUG}_normalization"] in ("russian", ["russian"])


@pytest.mark.parametrize(("number", "right"), [(0, 0), (1, 1), (2, 1), (3, 0), (4, 0)])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_questions_are_graded_by_the_labs(visit, lang, number, right):
    room = visit(SLUG, lang, **address(section="predict"))
    room.radio[number].set_value(right).run()
    committed = [b for b in room.button if b.key == f"_{SLUG}_question_{number}_commit"]
    committed[0].click().run()
    assert room.success
    assert not room.exception
    shown = next(b for b in room.button if b.key == f"_{SLUG}_question_{number}_show")
    shown.click().run()
    assert not room.exception
    assert not room.error

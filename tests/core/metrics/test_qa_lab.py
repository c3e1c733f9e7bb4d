"""The labs of answers, rankings and search: against the plain functions, by hand, and every claim of the room."""

from __future__ import annotations

import json
import re
import string
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import Formula, join
from core.errors import Refusal
from core.figures import qa as figures
from core.i18n import LANGS, Lang, Text
from core.metrics import qa_lab, ranking, ranking_lab, search_lab
from core.metrics.answers import NORMALIZATIONS, exact_match, normalize_answer, token_f1
from core.metrics.qa_lab import AnswerParams
from core.metrics.ranking_lab import SCORES, RankedList, RankingParams
from core.metrics.search_lab import LANGUAGES, RANKERS, SearchParams
from core.metrics.search_texts import NEEDS, OWN, PASSAGES
from core.params import Params
from core.tables import Table, to_csv

ROOT = Path(__file__).resolve().parents[3]
FEW = settings(deadline=None, max_examples=60)
MANY = settings(deadline=None, max_examples=200)

PIECES = st.sampled_from(["the", "Cat", "«", "»", "—", "ёлка", "Елка", " ", "1,000", "за́мок", "’", "-", "\t", "İ", "ﬁ"])
TEXTS = st.lists(PIECES, max_size=8).map(" ".join) | st.text(max_size=30)


def told(formulas: tuple[Formula, ...]) -> str:
    return "\n".join(join(formula) for formula in formulas)


def results(formulas: tuple[Formula, ...]) -> list[str]:
    return [part.text for formula in formulas for part in formula if part.kind == "result"]


def assert_finite(tables: tuple[Table, ...]) -> None:
    assert len({table.name for table in tables}) == len(tables)
    for table in tables:
        assert table.values.shape == (len(table.rows), len(table.cols))
        assert np.isfinite(table.values).all()
    assert to_csv(tables).count("\n") == 1 + sum(table.values.size for table in tables)


# ---------------------------------------------------------------------------------------------------------------------
# Answers


def answer(prediction: str, *answers: str, **options: str) -> qa_lab.AnswerTrace:
    return qa_lab.run(AnswerParams(prediction=prediction, answers="\n".join(answers), **options))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["", *qa_lab.CASES])
def test_answers_are_scored_by_the_plain_functions(name: str, lang: Lang) -> None:
    params = qa_lab.CASES[name].params(lang) if name else AnswerParams.default(lang)
    trace = qa_lab.run(params)
    under = qa_lab.alternatives(params)
    assert list(under) == list(NORMALIZATIONS)
    for normalization, (em, f1) in under.items():
        assert em == exact_match(params.prediction, trace.references, normalization).value
        assert f1 == token_f1(params.prediction, trace.references, normalization).value
    assert (trace.exact.value, trace.f1.value) == under[params.normalization]
    assert all(check.passed for check in qa_lab.reference(trace))
    assert_finite(qa_lab.tables(trace))


def test_lines_are_answers() -> None:
    assert qa_lab.split_answers(" a \n\n b\n") == ("a", "b")
    assert qa_lab.split_answers(" \n ") == ("",)
    AnswerParams(answers="\n".join("x" * qa_lab.MAX_ANSWERS))
    with pytest.raises(Refusal) as refused:
        AnswerParams.parse({"answers": "\n".join("x" * (qa_lab.MAX_ANSWERS + 1))})
    assert "at most 8 lines" in refused.value.text.en
    with pytest.raises(Refusal):
        AnswerParams.parse({"prediction": "я" * (qa_lab.MAX_CHARS + 1)})


@MANY
@given(TEXTS, st.sampled_from(NORMALIZATIONS[:3]))
def test_changes_tell_what_a_step_did(text: str, normalization: str) -> None:
    steps = [after for _, after in normalize_answer(text, normalization).steps]
    for before, after in pairwise(steps):
        pieces = qa_lab.changes(before, after)
        assert "".join(p.text for p in pieces if p.kind != "gone") == after
        old = "".join(p.old if p.kind == "turned" else p.text for p in pieces if p.kind != "new")
        assert old == before
        if before == after:
            assert all(p.kind == "same" for p in pieces)
    assert "".join(p.text for p in qa_lab.survivors(steps[-1])) == steps[-1]


def test_what_a_reader_sees_of_a_step() -> None:
    def seen(before: str, after: str) -> list[tuple[str, str, str]]:
        return [(piece.kind, piece.text, piece.old) for piece in qa_lab.changes(before, after)]

    assert seen("On A", "on a") == [("turned", "o", "O"), ("same", "n ", ""), ("turned", "a", "A")]
    assert seen("a cat", "  cat") == [("gone", "a", ""), ("new", " ", ""), ("same", " cat", "")]
    assert seen("1,000", "1000") == [("same", "1", ""), ("gone", ",", ""), ("same", "000", "")]


@FEW
@given(TEXTS, TEXTS)
def test_shared_tokens_are_as_many_as_counted(prediction: str, reference: str) -> None:
    trace = token_f1(prediction, reference)
    pairs = qa_lab.shared_tokens(trace.prediction, trace.answers[0])
    assert len(pairs) == trace.overlaps[0].n_common
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    assert all(trace.prediction.tokens[i] == trace.answers[0].tokens[j] for i, j in pairs)


def test_dropping_and_adding_a_token_is_counted_anew() -> None:
    trace = answer("On the 20th of July, 1969.", "July 20, 1969")
    assert trace.f1.value == pytest.approx(2 * 2 / (5 + 3))
    dropped = trace.pick("0.drop.0")
    assert trace.f1.prediction.tokens[dropped.token] == "on"
    assert trace.without(dropped).value == pytest.approx(2 * 2 / (4 + 3))
    added = trace.pick("0.add.1")
    assert trace.f1.answers[0].tokens[added.token] == "20"
    assert trace.without(added).value == pytest.approx(2 * 3 / (6 + 3))
    assert "2·2 / (4 + 3) = 0.571   +0.071" in told(qa_lab.explain(trace, dropped, "en"))
    assert "если добавить «20»" in told(qa_lab.explain(trace, added, "ru"))
    # A stem is not stemmed once more.
    stemmed = answer("в столицах", "столица", normalization="russian_stem")
    assert stemmed.without(stemmed.pick("0.drop.0")).value == 1


@pytest.mark.parametrize(
    "words", ["", "x", "9.all.0", "0.drop.99", "0.other.0", "0.drop.-1", "²2.all.0", "0.all", "1" * 40]
)
def test_a_pick_that_is_not_there_is_the_best_reference(words: str) -> None:
    trace = answer("b", "a", "b")
    pick = trace.pick(words)
    assert pick.kind == "all"
    assert pick.reference in (0, 1)
    assert qa_lab.explain(trace, pick, "en")


def test_a_pick_comes_back_from_its_words() -> None:
    trace = answer("b c", "a", "b")
    for words in ("0.all.0", "1.drop.1", "1.add.0"):
        assert str(trace.pick(words)) == words


@pytest.mark.parametrize("lang", LANGS)
@given(prediction=TEXTS, first=TEXTS, second=TEXTS)
@FEW
def test_arithmetic_of_answers_says_what_the_trace_says(lang: Lang, prediction: str, first: str, second: str) -> None:
    trace = answer(prediction.replace("\x00", ""), first.replace("\x00", ""), second.replace("\x00", ""))
    for n, overlap in enumerate(trace.f1.overlaps):
        formulas = qa_lab.explain(trace, qa_lab.Pick(n), lang)
        assert results(formulas)[0] == f"{float(trace.exact.is_match[n]):.0f}"
        f1 = next(f for f in formulas if join(f).startswith("F1"))
        assert results((f1,)) == [figures.write_number(overlap.value, 3)]


@pytest.mark.parametrize("lang", LANGS)
def test_data_of_an_answer_are_plain_and_complete(lang: Lang) -> None:
    trace = qa_lab.run(qa_lab.CASES["quotes"].params("ru"))
    data = figures.answer_data(trace, trace.pick(""), lang)
    json.dumps(data, allow_nan=False)
    assert len(data["steps"]) == 5
    last = data["steps"][-1]["sides"][0]
    left = [piece for piece in last if piece["kind"] == "left"]
    assert [piece["text"] for piece in left] == ["«", "»"]
    assert left[0]["about"] == "U+00AB LEFT-POINTING DOUBLE ANGLE QUOTATION MARK"
    chips = data["tokens"][0]
    assert [chip["mate"] for chip in chips] == [None, 1, None]
    assert [chip["is_up"] for chip in chips] == [True, False, True]
    assert data["references"][0]["scores"] == ["0", "0.333", "0.333", "0.333"]
    under = figures.alternatives_data(qa_lab.alternatives(trace.params), "squad", lang)
    assert [row["is_shown"] for row in under] == [True, False, False, False, False]


def test_a_step_is_written_with_its_sign() -> None:
    assert [figures.write_step(v) for v in (0.25, -0.5, 0.0, 1e-15)] == ["+0.250", "−0.500", "±0", "±0"]


# ---------------------------------------------------------------------------------------------------------------------
# Rankings

GRADES = st.lists(st.integers(0, 3), min_size=1, max_size=ranking_lab.MAX_RANKS)
NAMES = st.sampled_from(["", "heart", "сердце города", "system A", "7 days"])
LISTS = st.lists(
    st.builds(
        lambda grades, lost, name: RankedList(tuple(grades), tuple(lost), name),
        GRADES,
        st.lists(st.integers(0, 3), max_size=4),
        NAMES,
    ),
    min_size=1,
    max_size=ranking_lab.MAX_LISTS,
)


@FEW
@given(LISTS)
def test_lists_come_back_from_their_text(lists: list[RankedList]) -> None:
    text = ranking_lab.write_lists(lists)
    assert ranking_lab.read_lists(text) == tuple(lists)
    RankingParams(lists=text)


def test_lists_are_read_as_people_write_them() -> None:
    assert ranking_lab.read_list(" 0 3 1 0 ").grades == (0, 3, 1, 0)
    assert ranking_lab.read_list("0, 3, 1").grades == (0, 3, 1)
    assert ranking_lab.read_list("03+21\tsome query") == RankedList((0, 3), (2, 1), "some query")
    assert len(ranking_lab.read_list(f"1 {'x' * 90}").name) == ranking_lab.MAX_NAME
    assert [one.grades for one in ranking_lab.read_lists("\n1\n\n2\n")] == [(1,), (2,)]


@pytest.mark.parametrize(
    "text", ["", "  \n", "heart", "4000", "1+", "+1", "1+ 2", "0" * 21, "1+" + "0" * 21, "1\n" * 9, "²"]
)
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        ranking_lab.read_lists(text)
    assert re.search("[а-я]", refused.value.text.ru)
    with pytest.raises(Refusal) as refused:
        RankingParams.parse({"lists": text})
    assert "0310 heart" in refused.value.text.en


@FEW
@given(LISTS, st.integers(1, 20), st.integers(1, 3), st.sampled_from(["linear", "exponential"]), st.booleans())
def test_rankings_are_scored_by_the_plain_functions(
    lists: list[RankedList], k: int, relevant_from: int, gain: ranking.Gain, is_original: bool
) -> None:
    discount: ranking.Discount = "jarvelin" if is_original else "log2"
    scores = ranking_lab.score_lists(lists, k, relevant_from, gain, discount)
    binary = [[float(g >= relevant_from) for g in one.grades] for one in lists]
    assert scores.value("rr", None) == pytest.approx(ranking.mean_reciprocal_rank(binary, k).value)
    assert scores.value("hits", None) == pytest.approx(ranking.hits_at_k(binary, k).value)
    for n, one in enumerate(lists):
        assert scores.value("p", n) == sum(binary[n][:k]) / k
        judged = (*one.grades, *one.lost)
        whole = ranking.ndcg(one.grades, None, k, gain, discount, judged=judged)
        assert scores.value("ndcg", n) == pytest.approx(whole.value)
        for score in SCORES:
            if k <= scores.curves.shape[2]:
                assert scores.curves[SCORES.index(score), n, k - 1] == pytest.approx(scores.value(score, n))
    assert all(check.passed for check in ranking_lab.check_scores(scores))
    assert_finite(ranking_lab.score_tables(scores))


@FEW
@given(LISTS, st.integers(1, 20), st.sampled_from(["linear", "exponential"]), st.sampled_from(LANGS))
def test_arithmetic_of_rankings_says_what_the_trace_says(
    lists: list[RankedList], k: int, gain: ranking.Gain, lang: Lang
) -> None:
    scores = ranking_lab.score_lists(lists, k, 1, gain, "log2")
    for score in SCORES:
        for query in (None, *range(len(lists))):
            pick = ranking_lab.Pick(score, query)
            assert ranking_lab.Pick.parse(str(pick), len(lists)) == pick
            formulas = ranking_lab.explain(scores, pick, lang)
            assert results(formulas) == [figures.write_number(scores.value(score, query), 3)]
    for n, one in enumerate(scores.ndcg):
        _, *sums = (join(f) for f in ranking_lab.explain(scores, ranking_lab.Pick("ndcg", n), "en"))
        for line, total in zip(sums, (one.dcg, one.idcg), strict=False):
            terms = [float(np.prod([float(v) for v in term.split("·")])) for term in re.findall(r"[\d.]+·[\d.]+", line)]
            assert sum(terms) == pytest.approx(total, abs=0.06)


@pytest.mark.parametrize("words", ["", "rr", "rr.9", "x.0", "rr.-1", "rr.mean.0", "ndcg.²"])
def test_a_pick_of_a_score_that_is_not_there_is_none(words: str) -> None:
    assert ranking_lab.Pick.parse(words, 2) is None


def test_grades_turn_and_documents_move() -> None:
    lists = ranking_lab.read_lists("0123+3 a\n3 b")
    assert ranking_lab.write_lists(ranking_lab.turn_grade(lists, 0, 1, 3)) == "0323+3 a\n3 b"
    assert ranking_lab.write_lists(ranking_lab.turn_grade(lists, 0, 4, 0)) == "0123+0 a\n3 b"
    assert ranking_lab.write_lists(ranking_lab.move_document(lists, 0, 3, 0)) == "3012+3 a\n3 b"
    assert ranking_lab.write_lists(ranking_lab.move_document(lists, 0, 0, 2)) == "1203+3 a\n3 b"
    assert ranking_lab.move_document(lists, 0, 4, 0) == lists, "a lost document stays lost"
    for edit in (
        lambda: ranking_lab.turn_grade(lists, 0, 5, 1),
        lambda: ranking_lab.turn_grade(lists, 2, 0, 1),
        lambda: ranking_lab.turn_grade(lists, 0, 0, 4),
        lambda: ranking_lab.turn_grade(lists, 0, -1, 1),
        lambda: ranking_lab.move_document(lists, 1, 0, 1),
    ):
        with pytest.raises(Refusal):
            edit()


@pytest.mark.parametrize("lang", LANGS)
def test_data_and_charts_of_rankings(lang: Lang) -> None:
    scores = ranking_lab.run(RankingParams(lists="0310+2 <b>x</b>\n03", k=3)).scores
    pick = ranking_lab.Pick("rr", 0)
    data = figures.lists_data(scores, pick, lang, is_editable=True)
    json.dumps(data, allow_nan=False)
    assert [item["first"] for item in data["lists"]] == [2, 2]
    assert [weight["share"] for weight in data["discounts"]] == [1.0, 0.6309, 0.5, 0.0]
    curves = figures.cutoff_curves(scores, pick, theme="light", lang=lang)
    assert np.allclose(curves.data[SCORES.index("rr")].y, [0, 0.5, 0.5, 0.5])
    assert list(curves.data[0].customdata) == [1, 2, 3, 4]
    assert "<b>" not in curves.layout.yaxis.title.text
    looks = {(line.line.dash, line.marker.symbol) for line in curves.data}
    assert len(looks) == len(SCORES), "not told apart by colour alone"
    mean = figures.cutoff_curves(scores, ranking_lab.Pick("rr", None), theme="dark", lang=lang)
    assert mean.data[0].name == "MRR@k"
    bars = figures.term_bars(scores, 0, theme="dark", lang=lang)
    assert np.allclose(bars.data[0].y, scores.ndcg[0].terms)
    assert float(np.sum(bars.data[1].y)) == pytest.approx(scores.ndcg[0].idcg, abs=1e-5)


# ---------------------------------------------------------------------------------------------------------------------
# Search


def search(**values: object) -> search_lab.SearchTrace:
    return search_lab.run(SearchParams(**values))


@pytest.mark.parametrize("ranker", RANKERS)
@pytest.mark.parametrize("passages", LANGUAGES)
def test_search_ranks_and_scores(ranker: str, passages: str) -> None:
    trace = search(ranker=ranker, passages=passages)
    assert sorted(trace.order) == list(range(len(PASSAGES)))
    assert (np.diff(trace.relevance[trace.order]) <= 0).all()
    assert trace.scores.lists[0].grades == tuple(trace.grades[i] for i in trace.order)
    assert all(check.passed for check in search_lab.reference(trace))
    assert_finite(search_lab.tables(trace))
    mean = ranking.ndcg(trace.grades, trace.relevance, trace.params.k).value
    assert trace.here == pytest.approx(mean)
    json.dumps(figures.search_data(trace, search_lab.Pick(None, 3), "ru"), allow_nan=False)


def test_passages_speak_the_language_that_was_asked_for() -> None:
    assert search_lab.language_of("Why?") == "en"
    assert search_lab.language_of("Ёж") == "ru"
    for how, langs in (("same", {"ru"}), ("other", {"en"}), ("mixed", {"ru", "en"})):
        shown = search_lab.show_passages("ru", how)
        assert {one.lang for one in shown} == langs
        assert all(one.text == PASSAGES[n].get(one.lang) for n, one in enumerate(shown))


def test_grades_are_the_visitors_when_there_are_any() -> None:
    assert search_lab.grades_of(SearchParams(need=OWN)) == (0,) * len(PASSAGES)
    digits = search_lab.turn_grade(SearchParams(need="moon"), 0, 3)
    assert digits == "3" + NEEDS["moon"].digits()[1:]
    assert search_lab.grades_of(SearchParams(judged=digits))[0] == 3
    for passage, grade in ((-1, 0), (len(PASSAGES), 0), (0, 4), (0, -1)):
        with pytest.raises(Refusal):
            search_lab.turn_grade(SearchParams(), passage, grade)
    for digits in ("3", "4" * len(PASSAGES), "x" * len(PASSAGES)):
        with pytest.raises(Refusal):
            SearchParams.parse({"judged": digits})


@pytest.mark.parametrize("query", ["", "  ", "\u200b"])
def test_an_empty_query_is_a_sentence(query: str) -> None:
    with pytest.raises(Refusal):
        search(query=query)


@pytest.mark.parametrize("query", ["?!", "👩‍👩‍👧", "</script>", "a" * 200, "שלום"])
def test_any_query_is_ranked(query: str) -> None:
    for ranker in RANKERS:
        trace = search(query=query, ranker=ranker)
        assert np.isfinite(trace.relevance).all()
        assert all(check.passed for check in search_lab.reference(trace))


@pytest.mark.parametrize("ranker", RANKERS)
def test_arithmetic_of_a_search(ranker: str) -> None:
    trace = search(ranker=ranker)
    for passage in range(len(PASSAGES)):
        pick = search_lab.Pick(None, passage)
        assert search_lab.Pick.parse(str(pick)) == pick
        score, earned = results(search_lab.explain(trace, pick, "ru"))
        assert score == figures.write_number(float(trace.relevance[passage]), 3)
        assert earned == figures.write_number(float(trace.scores.ndcg[0].terms[trace.rank_of(passage)]), 3)
    for score in SCORES:
        parsed = search_lab.Pick.parse(f"{score}.0")
        assert parsed is not None
        assert results(search_lab.explain(trace, parsed, "en")) == [
            figures.write_number(trace.scores.value(score, 0), 3)
        ]
    for words in ("", "doc.99", "doc.x", "rr.1", "rr.mean"):
        assert search_lab.Pick.parse(words) is None


# ---------------------------------------------------------------------------------------------------------------------
# What the room says


@pytest.mark.parametrize("lang", LANGS)
def test_the_example_of_rankings_is_what_the_encoder_returned(lang: Lang) -> None:
    expected = "\n".join(
        str(RankedList(search(query=need.wording.get(lang), need=name).scores.lists[0].grades, (), need.name.get(lang)))
        for name, need in NEEDS.items()
    )
    assert RankingParams.default(lang).lists == expected


@pytest.mark.parametrize("lang", LANGS)
def test_what_the_cases_of_answers_say(lang: Lang) -> None:
    scores = {name: qa_lab.run(case.params(lang)) for name, case in qa_lab.CASES.items()}
    values = {name: (trace.exact.value, round(trace.f1.value, 3)) for name, trace in scores.items()}
    assert values["article"] == (1, 1)
    assert values["order"] == (0, 1)
    assert values["number"] == values["case"] == values["refusal"] == (0, 0)
    assert values["point"] == (1, 1)
    assert values["negation"] == (0, 0.667)
    assert values["quotes"][0] == 0
    assert 0 < values["quotes"][1] < 1
    verbose = scores["verbose"].f1.overlaps[0]
    assert (verbose.n_common, verbose.n_prediction, verbose.recall) == (1, 7, 1)
    quotes = scores["quotes"].f1.prediction.value
    assert [c for c in quotes if c in "«»“”’"], "they stay"
    assert qa_lab.run(AnswerParams(**{**qa_lab.CASES["refusal"].values(lang), "prediction": " "})).exact.value == 1


def test_what_the_cases_of_rankings_say() -> None:
    def values(name: str, **more: object) -> ranking_lab.ScoresTrace:
        params = ranking_lab.CASES[name].params("en")
        return ranking_lab.run(params.model_copy(update=more)).scores

    linear, exponential = (values("gain", gain=gain).values[3] for gain in ("linear", "exponential"))
    assert linear[1] > linear[0]
    assert exponential[0] > exponential[1]
    second = values("second")
    assert second.values[[0, 3]].tolist() == [[1, 1], [1, 1]]
    assert second.values[2].tolist() == [0.1, 1]
    lost = values("lost")
    assert lost.values[3].round(3).tolist() == [1, 0.147]
    assert values("empty").values[:, 0].tolist() == [0, 0, 0, 0]
    assert values("empty").ndcg[0].idcg == 0
    mean = values("mean")
    assert mean.value("rr", None) == pytest.approx(0.55)
    assert mean.first.mean() == 5.5
    for name, case in ranking_lab.CASES.items():
        both = [ranking_lab.run(case.params(lang)).scores.values for lang in LANGS]
        assert np.array_equal(*both), name


def test_what_the_notes_get_wrong() -> None:
    assert len(string.punctuation) == 32
    assert normalize_answer("«а» — б… ’").value == "«а» — б… ’"
    empty = [answer("", "", version=version) for version in ("1.1", "2.0")]
    assert [(trace.exact.value, trace.f1.value) for trace in empty] == [(1, 0), (1, 1)]
    assert answer("b a", "a b").f1.value == 1
    assert answer("a", "a").f1.value == answer("a", "a", "z").f1.value == 1
    assert round(1 / np.mean([1, 10]), 2) == 0.18
    one_of_three = ranking_lab.run(RankingParams(lists="1000+11", k=4)).scores
    assert one_of_three.value("hits", 0) == 1
    assert sum(one_of_three.is_relevant[0]) / 3 == pytest.approx(1 / 3)
    unaware = ranking_lab.run(RankingParams(lists="1000")).scores
    assert unaware.value("ndcg", 0) == 1
    original = ranking.ndcg([1, 1, 1], None, None, "linear", "jarvelin").discounts
    assert original[0] == original[1] == 1 > original[2]


def test_normalisation_idles_on_russian() -> None:
    trace = normalize_answer("«ёлочки» — в Москве")
    assert trace.changed() == (False, True, False, False, False)


@pytest.mark.parametrize("lang", LANGS)
def test_where_the_search_goes_wrong(lang: Lang) -> None:
    def first(trace: search_lab.SearchTrace) -> str:
        return trace.passages[trace.order[0]].text

    city = search(query=NEEDS["heart"].wording.get(lang), ranker="words")
    assert re.search("carnival|карнавал", first(city))
    blind = search(query=NEEDS["laptop"].wording.get(lang), need="laptop", ranker="words", passages="other")
    assert blind.is_blind
    assert not blind.relevance.any()
    war = search(query=NEEDS["novel"].wording.get(lang), need="novel")
    assert re.search("war was over|Война кончилась", first(war))
    default = SearchParams.default(lang)
    across = search_lab.run(default.model_copy(update={"ranker": "words", "passages": "other"}))
    assert across.is_blind, "what a random order gets"
    assert across.elsewhere[0, 1] > 0.8 > across.elsewhere[1, 1]


@pytest.mark.parametrize("cls", [AnswerParams, RankingParams, SearchParams])
def test_at_most_seven_controls_in_sight(cls: type[Params]) -> None:
    assert sum(not knob.folded for knob in cls.knobs().values()) <= 7


def test_labs_share_only_fields_that_mean_the_same() -> None:
    ranked, found = RankingParams.knobs(), SearchParams.knobs()
    shared = set(ranked) & set(found)
    assert shared == {"k", "relevant_from", "gain", "discount"}
    assert all(ranked[name] is found[name] for name in shared)
    assert not set(AnswerParams.knobs()) & (set(ranked) | set(found))


def test_both_texts_have_the_same_parts_and_formulas() -> None:
    read = {
        lang: (ROOT / "assets" / "text" / f"qa_retrieval_metrics.{lang}.md").read_text(encoding="utf-8")
        for lang in LANGS
    }
    formulas = [re.findall(r"\$\$.*?\$\$", text, re.DOTALL) for text in read.values()]
    assert formulas[0] == formulas[1]
    assert not any(re.search("[а-яё]", formula) for formula in formulas[1])
    rows = [text.count("\n| ") for text in read.values()]
    assert rows[0] == rows[1] > 5


def test_a_name_is_a_text_in_both_languages() -> None:
    assert all(isinstance(need.name, Text) and sum(need.grades.values()) > 0 for need in NEEDS.values())
    assert all(len(need.digits()) == len(PASSAGES) for need in NEEDS.values())

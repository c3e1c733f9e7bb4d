"""The summarisation labs: against the plain functions and rouge-score, and every claim of the room's prose."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import Cell, Formula, join
from core.errors import Refusal
from core.i18n import LANGS
from core.metrics import summary_content_lab as content_lab
from core.metrics import summary_lab, summary_lead_lab
from core.metrics.content import content_selection
from core.metrics.ngrams import lcs_positions
from core.metrics.rouge import RougeOptions, rouge_counts, rouge_l, rouge_lsum, rouge_n
from core.metrics.summary_cases import CASES
from core.metrics.summary_content_lab import COLUMNS, MARKS, SUMMARIES, ContentParams, flip, split_units
from core.metrics.summary_explain import explain, explain_score, has
from core.metrics.summary_lab import MEASURES, PARTS, RougeParams, cut, language_of, without
from core.metrics.summary_lead_lab import MAX_SENTENCES, LeadParams, pick_greedily, toggle, watch
from core.metrics.summary_lead_lab import join as join_sentences
from core.metrics.summary_texts import ARTICLE, HUMAN_UNITS, HUMANS, SUMMARY_UNITS, UNITS

# Few words, so that matches happen; marks, breaks and words of several scripts, so that tokenisations differ.
PIECES = [
    "the",
    "river",
    "The",
    "мост",
    "Мост,",
    "не",
    "x.",
    "из-за",
    "café",
    "—",
    "\n",
    "и\u0306",
    "A_b",
    "rivers",
    "3.5",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join)
LAB = st.builds(
    RougeParams,
    summary=TEXTS,
    reference=TEXTS,
    second=TEXTS,
    measure=st.sampled_from(MEASURES),
    tokenize=st.sampled_from(["unicode", "rouge_score"]),
    use_stemmer=st.booleans(),
    aggregate=st.sampled_from(["max", "mean"]),
    sentences=st.sampled_from(["newline", "punctuation"]),
)


def case(name: str, lang: str, **more: str) -> summary_lab.RougeLabTrace:
    values = {**RougeParams.defaults(lang), **CASES[name].values(lang), **more}
    return summary_lab.run(RougeParams.parse(values))


def score(trace: summary_lab.RougeLabTrace, measure: str, part: str = "F1") -> float:
    return float(trace.scores[MEASURES.index(measure), PARTS.index(part)])


# ---- the ROUGE lab ------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=150)
@given(LAB)
def test_the_lab_says_what_the_plain_functions_say(params: RougeParams) -> None:
    trace = summary_lab.run(params)
    references = [params.reference, *([params.second] if params.second.strip() else [])]
    lang = language_of(params.summary, *references)
    options = (params.tokenize, params.use_stemmer, lang, params.aggregate)
    plain = [
        rouge_n(params.summary, references, 1, *options),
        rouge_n(params.summary, references, 2, *options),
        rouge_l(params.summary, references, *options),
        rouge_lsum(params.summary, references, *options, params.sentences),
    ]
    expected = [[t.precision, t.recall, t.f1] for t in plain]
    np.testing.assert_array_equal(trace.scores, expected)
    assert trace.signature == plain[MEASURES.index(params.measure)].signature


@settings(deadline=None, max_examples=60)
@given(LAB)
def test_the_lab_agrees_with_rouge_score(params: RougeParams) -> None:
    assert all(check.passed for check in summary_lab.reference(summary_lab.run(params)))


@settings(deadline=None, max_examples=150)
@given(LAB)
def test_what_the_grid_counts_is_the_number_in_the_formula(params: RougeParams) -> None:
    trace = summary_lab.run(params)
    scored = trace.scored()
    counted = [(i, j) for i, j, is_counted in trace.matches() if is_counted]
    assert len(counted) == scored.prfs[scored.best].matches
    assert len({i for i, _ in counted}) == len(counted), "a word of the reference counts once"
    n = 2 if params.measure == "2" else 1
    for i, j in counted:
        assert trace.rows[i : i + n] == trace.columns[j : j + n]
    if params.measure != "Lsum":
        assert len({j for _, j in counted}) == len(counted), "a word of the summary counts once"
    if params.measure == "L":
        assert counted == sorted(counted)
        assert [j for _, j in counted] == sorted(j for _, j in counted)


@settings(deadline=None, max_examples=100)
@given(LAB)
def test_the_pieces_of_a_text_are_its_words(params: RougeParams) -> None:
    trace = summary_lab.run(params)
    pieces = tuple(word for piece in trace.pieces for word in piece.words)
    assert pieces == trace.lcs.words
    assert pieces == tuple(word for line in trace.lsum.sentences for word in line)
    assert all(piece.words == pieces[piece.first : piece.first + len(piece.words)] for piece in trace.pieces)
    other = cut(trace.references[trace.scored().best], trace.options)
    assert tuple(word for piece in other for word in piece.words) == trace.rows


@settings(deadline=None, max_examples=60)
@given(LAB)
def test_the_blocks_are_the_paths_that_lsum_unites(params: RougeParams) -> None:
    trace = summary_lab.run(params)
    across = len(trace.lsum.sentences)
    for k, block in enumerate(trace.blocks):
        sentence, line = trace.lsum.match.sentences[k // across], trace.lsum.sentences[k % across]
        assert [i for i, _ in block.pairs] == lcs_positions(sentence.words, line) == list(sentence.lcs[k % across])
        assert block.L[-1, -1] == len(block.pairs)


@settings(deadline=None, max_examples=60)
@given(LAB)
def test_the_worth_of_a_piece_is_what_taking_it_out_costs(params: RougeParams) -> None:
    trace = summary_lab.run(params)
    assert trace.influence.shape == (len(MEASURES), len(trace.pieces))
    for k in range(len(trace.pieces)):
        lines: dict[int, list[str]] = {n: [] for n in range(trace.pieces[-1].line + 1)}
        for n, piece in enumerate(trace.pieces):
            if n != k:
                lines[piece.line].append(piece.text)
        text = "\n".join(" ".join(line) for line in lines.values())
        left = summary_lab.run(params.model_copy(update={"summary": text}))
        np.testing.assert_allclose(trace.influence[:, k], trace.scores[:, 2] - left.scores[:, 2], atol=1e-12)


@settings(deadline=None, max_examples=80)
@given(LAB, st.sampled_from(LANGS))
def test_everything_that_can_be_picked_is_explained(params: RougeParams, lang: str) -> None:
    trace = summary_lab.run(params)
    cells = [Cell("S", i, j) for i in range(len(MEASURES)) for j in range(len(PARTS))]
    cells += [Cell("G", i, j) for i in range(len(trace.rows)) for j in range(len(trace.columns))]
    cells += [Cell("H", 0, j) for j in range(len(trace.columns))]
    cells += [Cell("R", i, 0) for i in range(len(trace.rows))]
    for cell in cells:
        assert has(trace, cell)
        assert all(join(formula) for formula in explain(trace, cell, lang))
    for cell in (Cell("S", 4, 0), Cell("G", len(trace.rows), 0), Cell("H", 0, len(trace.columns)), Cell("X", 0, 0)):
        assert not has(trace, cell)


def result(formula: Formula) -> float:
    """The number that a formula ends in."""
    return float([part.text for part in formula if part.kind == "result"][-1])


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("measure", MEASURES)
def test_the_formulas_end_in_the_numbers_of_the_table(lang: str, measure: str) -> None:
    trace = summary_lab.run(RougeParams.default(lang).model_copy(update={"measure": measure}))
    for part in PARTS:
        first = explain(trace, Cell("S", MEASURES.index(measure), PARTS.index(part)), lang)[0]
        assert result(first) == pytest.approx(score(trace, measure, part), abs=5e-4)


@pytest.mark.parametrize("lang", LANGS)
def test_a_cell_of_the_table_is_explained_by_its_neighbours(lang: str) -> None:
    trace = summary_lab.run(RougeParams.default(lang))
    L = trace.lcs.match.L
    for i in range(len(trace.rows)):
        for j in range(len(trace.columns)):
            first = explain(trace, Cell("G", i, j), lang)[0]
            rule = f"L[{i}, {j}] + 1" if trace.rows[i] == trace.columns[j] else f"max(L[{i}, {j + 1}], L[{i + 1}, {j}])"
            assert f"L[{i + 1}, {j + 1}] = {rule} = " in join(first)
            assert result(first) == L[i + 1, j + 1]


def test_of_two_references_the_better_is_kept_or_the_mean_is_taken() -> None:
    params = RougeParams(summary="a b c d", reference="a x y z", second="a b c x", measure="1")
    best = summary_lab.run(params)
    assert score(best, "1") == 0.75
    assert best.rows == ("a", "b", "c", "x")
    assert "number 2" in join(explain(best, Cell("S", 0, 2), "en")[-1])
    mean = summary_lab.run(params.model_copy(update={"aggregate": "mean"}))
    assert score(mean, "1") == pytest.approx(0.5)
    assert result(explain(mean, Cell("S", 0, 2), "en")[-1]) == 0.5


def test_a_blank_second_reference_is_no_reference() -> None:
    trace = summary_lab.run(RougeParams(second=" \n"))
    assert len(trace.references) == 1


def test_stems_match_where_words_do_not() -> None:
    params = RougeParams(summary="the bridges closed", reference="the bridge closing", measure="1")
    assert score(summary_lab.run(params), "1") == pytest.approx(1 / 3)
    assert score(summary_lab.run(params.model_copy(update={"use_stemmer": True})), "1") == 1
    russian = RougeParams(summary="старые мосты", reference="старый мост", measure="1", use_stemmer=True)
    assert score(summary_lab.run(russian), "1") == 1


def test_whose_stemmer() -> None:
    assert language_of("мост", "ёж", "a") == "ru"
    assert language_of("the bridge", "мост") == "en"
    assert language_of("", "42") == "en"


def test_the_tables_hold_the_trace() -> None:
    trace = summary_lab.run(RougeParams.default("ru"))
    tables = {table.name: table for table in summary_lab.tables(trace)}
    np.testing.assert_array_equal(tables["scores"].values, trace.scores)
    np.testing.assert_array_equal(tables["L"].values, trace.lcs.match.L)
    counts = tables["counts"].values
    np.testing.assert_allclose(counts[:, 0] / counts[:, 1], trace.scores[:, 0])
    np.testing.assert_allclose(counts[:, 0] / counts[:, 2], trace.scores[:, 1])
    for table in tables.values():
        assert table.values.shape == (len(table.rows), len(table.cols))


def test_the_longest_texts_are_scored() -> None:
    params = RougeParams(summary="a " * 299 + "b", reference="a " * 299 + "c")
    trace = summary_lab.run(params)
    assert score(trace, "L") == pytest.approx(299 / 300)
    with pytest.raises(Refusal, match="600 characters"):
        RougeParams.parse({"summary": "a" * 601})


# ---- failures and claims ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", CASES)
def test_a_case_is_a_legal_state_of_the_lab(name: str, lang: str) -> None:
    trace = case(name, lang)
    assert all(check.passed for check in summary_lab.reference(trace))


@pytest.mark.parametrize("lang", LANGS)
def test_a_perfect_russian_summary_scores_0_with_the_default_tokenisation(lang: str) -> None:
    trace = case("cyrillic", lang)
    assert trace.params.summary == trace.params.reference
    assert not trace.scores.any()
    assert (case("cyrillic", lang, tokenize="unicode").scores == 1).all()


@pytest.mark.parametrize("lang", LANGS)
def test_a_lost_negation_keeps_nearly_full_marks_and_every_word_on_the_path(lang: str) -> None:
    trace = case("negation", lang)
    assert score(trace, "1") > 0.88
    match = trace.lcs.match
    assert [j for _, j in match.pairs] == list(range(len(trace.lcs.words))), "all words of the summary"
    assert any(b - a > 1 for (a, _), (b, _) in zip(match.pairs, match.pairs[1:], strict=False)), "across a gap"


@pytest.mark.parametrize("lang", LANGS)
def test_the_other_cases_say_what_their_buttons_say(lang: str) -> None:
    assert not case("paraphrase", lang).scores.any()
    assert score(case("shuffled", lang), "1") == 1
    assert score(case("shuffled", lang), "2") == 0
    assert score(case("repeated", lang), "1", "P") == 0.25
    assert not case("empty", lang).lcs.words
    one_line = case("newline", lang)
    assert score(one_line, "Lsum") == score(one_line, "L")
    parted = case("newline", lang, sentences="punctuation")
    assert score(parted, "Lsum") == score(summary_lab.run(RougeParams.default(lang)), "Lsum")


@pytest.mark.parametrize(("lang", "l", "lsum"), [("en", 0.480, 0.640), ("ru", 0.261, 0.435)])
def test_the_example_tells_l_from_lsum(lang: str, l: float, lsum: float) -> None:  # noqa: E741
    trace = summary_lab.run(RougeParams.default(lang))
    assert score(trace, "L") == pytest.approx(l, abs=5e-4)
    assert score(trace, "Lsum") == pytest.approx(lsum, abs=5e-4)


@pytest.mark.parametrize("lang", LANGS)
def test_only_l_changes_when_the_sentences_are_exchanged(lang: str) -> None:
    params = RougeParams.default(lang)
    turned = params.model_copy(update={"summary": "\n".join(reversed(params.summary.split("\n")))})
    before, after = (summary_lab.run(p).scores[:, 2] for p in (params, turned))
    assert [m for m, a, b in zip(MEASURES, before, after, strict=True) if abs(a - b) > 1e-12] == ["L"]
    assert after[2] > before[2]


@pytest.mark.parametrize("lang", LANGS)
def test_a_word_that_matches_nothing_costs_precision(lang: str) -> None:
    trace = summary_lab.run(RougeParams.default(lang).model_copy(update={"measure": "1"}))
    counted = {j for _, j, is_counted in trace.matches() if is_counted}
    lonely = [k for k, piece in enumerate(trace.pieces) if piece.words and not counted & {piece.first}]
    assert lonely
    for k in lonely:
        if len(trace.pieces[k].words) == 1:
            assert trace.influence[0, k] < 0
            left = without(trace.pieces, k, trace.references, trace.options)[0]["rouge1"]
            assert left.matches == trace.grams[0].match.prf.matches
            assert left.in_hypothesis == trace.grams[0].match.prf.in_hypothesis - 1


# ---- lead-3 -------------------------------------------------------------------------------------------------------


def lead(lang: str, **more: object) -> summary_lead_lab.LeadTrace:
    return summary_lead_lab.run(LeadParams.default(lang).model_copy(update={"measure": "1", **more}))


def row(trace: summary_lead_lab.LeadTrace, id_: str) -> int:
    return next(k for k, c in enumerate(trace.candidates) if c.id == id_)


@pytest.mark.parametrize("aggregate", ["max", "mean"])
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("lang", LANGS)
def test_the_plane_agrees_with_rouge_score(lang: str, measure: str, aggregate: str) -> None:
    trace = lead(lang, measure=measure, aggregate=aggregate)
    assert all(check.passed for check in summary_lead_lab.reference(trace))
    assert len(trace.sentences) == 8
    np.testing.assert_array_equal(trace.scores[row(trace, "lead")], trace.leads[2])
    np.testing.assert_array_equal(trace.scores[row(trace, "all")], trace.leads[-1])
    for k, candidate in enumerate(trace.candidates):
        for part, name in enumerate(PARTS):
            last = explain_score(watch(trace, candidate), measure, name, lang)
            shown = last[0] if aggregate == "max" else last[-1]
            assert result(shown) == pytest.approx(trace.scores[k, part], abs=5e-4)


@pytest.mark.parametrize("lang", LANGS)
def test_recall_can_be_bought_with_length(lang: str) -> None:
    trace = lead(lang)
    first, whole = trace.scores[row(trace, "lead")], trace.scores[row(trace, "all")]
    assert whole[1] > 0.95
    assert whole[0] < 0.4
    assert whole[1] > first[1]
    assert whole[0] < first[0]


@pytest.mark.parametrize("lang", LANGS)
def test_with_one_reference_a_longer_lead_never_loses_recall(lang: str) -> None:
    trace = lead(lang, people=1)
    assert (np.diff(trace.leads[:, 1]) >= 0).all()


@pytest.mark.parametrize("lang", LANGS)
def test_people_stay_below_lead_3(lang: str) -> None:
    trace = lead(lang)
    people = [k for k, c in enumerate(trace.candidates) if c.id == "person"]
    assert len(people) == 3
    assert (trace.scores[people, 2] < trace.scores[row(trace, "lead"), 2]).all()
    for k in people:
        candidate = trace.candidates[k]
        assert candidate.text not in candidate.references
        assert len(candidate.references) == 2


@pytest.mark.parametrize("lang", LANGS)
def test_the_mean_of_references_is_below_the_best(lang: str) -> None:
    for measure in MEASURES:
        best, mean = lead(lang, measure=measure), lead(lang, measure=measure, aggregate="mean")
        assert mean.scores[0, 2] < best.scores[0, 2]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("lang", LANGS)
def test_the_greedy_choice_stops_where_no_sentence_helps(lang: str, measure: str) -> None:
    trace = lead(lang, measure=measure)
    f1 = summary_lead_lab.score

    def of(chosen: list[int]) -> float:
        return f1(join_sentences(trace.sentences, chosen), trace.references, measure, trace.options)[2]

    taken = [of(list(trace.picked[:n])) for n in range(1, len(trace.picked) + 1)]
    assert taken == sorted(set(taken)), "every sentence taken raises F1"
    rest = [k for k in range(len(trace.sentences)) if k not in trace.picked]
    assert all(of([*trace.picked, k]) <= taken[-1] + 1e-12 for k in rest)
    assert taken[0] == trace.alone[:, 2].max()


def test_the_greedy_choice_of_nothing_is_nothing() -> None:
    assert pick_greedily((), ("a",), "1", RougeOptions("unicode")) == ()
    assert pick_greedily(("b", "c"), ("a",), "1", RougeOptions("unicode")) == ()


def test_a_sentence_goes_in_and_out_and_own_words_stay() -> None:
    sentences = ("One.", "Two.", "Three.")
    assert toggle("", sentences, 1) == "Two."
    assert toggle("Two.", sentences, 0) == "One. Two."
    assert toggle("One. Two.", sentences, 0) == "Two."
    assert toggle("My\nwords. Two.", sentences, 2) == "Two. Three. My words."
    assert toggle("Two. My words.", sentences, 1) == "My words."


def test_an_article_beyond_the_limits_is_refused() -> None:
    with pytest.raises(Refusal, match="has 17 sentences; at most 16"):
        summary_lead_lab.run(LeadParams(article="A cat sat. " * 17))
    with pytest.raises(Refusal, match="no reference"):
        summary_lead_lab.run(LeadParams(references=" \n\n"))
    with pytest.raises(Refusal, match="2 000 characters"):
        LeadParams.parse({"article": "a" * 2_001})
    trace = summary_lead_lab.run(LeadParams(article="", own=""))
    assert trace.sentences == ()
    assert not trace.scores[:4].any()
    assert trace.leads.shape == (0, 3)
    full = summary_lead_lab.run(LeadParams(article="A cat sat. " * MAX_SENTENCES))
    assert len(full.sentences) == MAX_SENTENCES


def test_one_person_has_nobody_to_be_compared_with() -> None:
    assert [c.id for c in lead("en", people=1).candidates] == ["own", "lead", "greedy", "all"]


def test_the_tables_of_the_plane() -> None:
    trace = lead("en")
    tables = {table.name: table for table in summary_lead_lab.tables(trace)}
    np.testing.assert_array_equal(tables["candidates"].values, trace.scores)
    for table in tables.values():
        assert table.values.shape == (len(table.rows), len(table.cols))


# ---- content units ------------------------------------------------------------------------------------------------


def content(lang: str, **more: object) -> content_lab.ContentLabTrace:
    return content_lab.run(ContentParams.default(lang).model_copy(update=more))


def of(trace: content_lab.ContentLabTrace, summary: str, column: str) -> float:
    return float(trace.scores[list(SUMMARIES).index(summary), COLUMNS.index(column)])


@pytest.mark.parametrize("lang", LANGS)
def test_words_and_content_disagree(lang: str) -> None:
    trace = content(lang)
    assert of(trace, "twisted", "ROUGE-1") > 0.9
    assert of(trace, "twisted", "content F1") == 0
    assert of(trace, "paraphrase", "ROUGE-1") < 0.4
    assert of(trace, "paraphrase", "content F1") == 1
    assert of(trace, "paraphrase", "pyramid") == 1


@pytest.mark.parametrize("summary", SUMMARIES)
@pytest.mark.parametrize("agreement", [1, 2, 3])
@pytest.mark.parametrize("lang", LANGS)
def test_units_are_counted_as_content_selection_counts_them(lang: str, agreement: int, summary: str) -> None:
    trace = content(lang, agreement=agreement, summary=summary, beta=2.0)
    named = [unit.get(lang) for unit in UNITS]
    people = [[named[k] for k in units] for units in HUMAN_UNITS]
    plain = content_selection([named[k] for k in SUMMARY_UNITS[summary]], people, 2.0, agreement)
    assert trace.selection == plain
    assert all(check.passed for check in content_lab.reference(trace))
    for column, value in (("content P", plain.precision), ("content R", plain.recall), ("pyramid", plain.pyramid)):
        assert of(trace, summary, column) == value
    lines = content_lab.explain(trace, None, lang)
    for line, value in zip(lines, (plain.precision, plain.recall, plain.pyramid), strict=True):
        assert result(line) == pytest.approx(value, abs=5e-4)


@pytest.mark.parametrize("lang", LANGS)
def test_rouge_of_a_summary_is_that_of_the_plain_function(lang: str) -> None:
    trace = content(lang)
    options = RougeOptions("unicode", sentences="punctuation")
    for name, text in zip(SUMMARIES, trace.texts, strict=True):
        best = max(rouge_counts(text, human.get(lang), options)["rouge1"].f1 for human in HUMANS)
        assert of(trace, name, "ROUGE-1") == best
    assert trace.texts[0].replace("\n", " ") in ARTICLE.get(lang)


def test_a_mark_changes_one_unit_and_the_formula_foretells_it() -> None:
    trace = content("en")
    line = content_lab.explain(trace, 0, "en")[0]
    flipped = content("en", marks=flip(MARKS, 5, 0))
    assert int(trace.is_marked.sum()) + 1 == int(flipped.is_marked.sum())
    assert join(line).startswith("“trains to the coast come back” (weight 3) put in:")
    assert result(line) == pytest.approx(flipped.selection.f, abs=5e-4)
    assert "taken out" in join(content_lab.explain(flipped, 0, "en")[0])
    assert flip(flip(MARKS, 5, 0), 5, 0) == MARKS


def test_units_beyond_the_limits_are_refused() -> None:
    assert split_units(" a  b \n\nb\na b") == ("a b", "b")
    for text in ("", " \n ", "\n".join(map(str, range(17)))):
        with pytest.raises(Refusal, match="content units; the table takes from 1 to 16"):
            split_units(text)
    with pytest.raises(Refusal, match="no reference"):
        content_lab.run(ContentParams(references=""))


def test_nothing_marked_is_a_state() -> None:
    blank = tuple((0.0,) * len(row) for row in MARKS)
    trace = content("ru", marks=blank)
    assert not trace.scores[:, 3:].any()
    assert all("делить не на что" in join(line) for line in content_lab.explain(trace, None, "ru"))
    assert content_lab.reference(trace) == ()


def test_one_reference_alone_still_agrees_with_itself() -> None:
    trace = content("en", references=HUMANS[0].en, agreement=3)
    assert trace.selection.agreement == 1
    assert of(trace, "paraphrase", "content F1") == 1


def test_the_tables_of_the_units() -> None:
    trace = content("ru")
    marks, scores = content_lab.tables(trace)
    assert marks.values.shape == (7, len(UNITS)) == (len(marks.rows), len(marks.cols))
    np.testing.assert_array_equal(scores.values, trace.scores)

"""The summarisation room's pictures, read as data: what the browser draws is what the trace holds."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.figures.summarization import (
    MOST_CELL_STEPS,
    MOST_WORDS,
    grid_data,
    name_of,
    plane,
    score_data,
    story_data,
    text_data,
    units_data,
    words_against_units,
)
from core.i18n import LANGS
from core.metrics import summary_content_lab, summary_lab, summary_lead_lab
from core.metrics.summary_content_lab import ContentParams
from core.metrics.summary_lab import MEASURES, RougeParams
from core.metrics.summary_lead_lab import LeadParams


def traced(lang: str = "en", **more: object) -> summary_lab.RougeLabTrace:
    return summary_lab.run(RougeParams.default(lang).model_copy(update=more))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("lang", LANGS)
def test_the_last_step_shows_everything_and_the_first_nothing(lang: str, measure: str) -> None:
    trace = traced(lang, measure=measure)
    grid = grid_data(trace, lang)
    assert json.dumps(grid)
    assert grid["steps"][0][1:] == [0, 0, 0]
    _, cells, path, matches = grid["steps"][-1]
    assert cells == len(grid["cells"])
    assert path == len(grid["path"])
    assert matches > 0
    for before, after in zip(grid["steps"], grid["steps"][1:], strict=False):
        assert all(a <= b for a, b in zip(before[1:], after[1:], strict=True)), "steps only add"
    assert not grid["is_cut"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_table_is_filled_row_by_row_and_the_way_back_ends_at_the_margin(lang: str) -> None:
    trace = traced(lang, measure="L")
    grid = grid_data(trace, lang)
    L = trace.lcs.match.L
    assert [n for *_, n, _ in grid["cells"]] == L[1:, 1:].ravel().tolist()
    assert [cell[:2] for cell in grid["cells"]] == sorted(cell[:2] for cell in grid["cells"])
    assert grid["path"][0][:2] == [L.shape[0] - 2, L.shape[1] - 2]
    assert -1 in grid["path"][-1][:2]
    assert all(f"= {n}" in grid["steps"][k + 1][0] for _, _, n, k in grid["cells"])


def test_a_large_table_is_filled_by_rows() -> None:
    words = " ".join(f"w{k}" for k in range(20))
    grid = grid_data(traced(summary=words, reference=words), "en")
    assert len(grid["cells"]) == 400 > MOST_CELL_STEPS
    assert [step[1] for step in grid["steps"][1:21]] == list(range(20, 401, 20))


def test_the_grid_of_a_long_text_is_cut_and_says_so() -> None:
    long = "a " * 200
    for measure in MEASURES:
        trace = traced(summary=long, reference=long, measure=measure)
        grid = grid_data(trace, "ru")
        assert grid["is_cut"]
        assert len(grid["rows"]) == len(grid["cols"]) == MOST_WORDS
        assert all(i < MOST_WORDS and j < MOST_WORDS for i, j, *_ in (*grid["cells"], *grid["path"], *grid["matches"]))


def test_a_text_without_words_has_no_grid() -> None:
    for measure in MEASURES:
        grid = grid_data(traced(summary="", measure=measure), "en")
        assert grid["cols"] == []
        assert grid["matches"] == []
        assert len(text_data(traced(summary="— …", measure=measure), "summary")) == 2


def test_counted_matches_come_one_by_one_and_the_others_with_the_last() -> None:
    trace = traced(summary="the the cat", reference="the dog the the", measure="1")
    grid = grid_data(trace, "en")
    assert len(grid["matches"]) == 6
    assert [m[2] for m in grid["matches"]] == [True, True, False, False, False, False]
    assert [step[3] for step in grid["steps"]] == [0, 1, 6]


def test_only_blocks_that_share_something_have_a_path() -> None:
    trace = traced("ru", measure="Lsum")
    grid = grid_data(trace, "ru")
    assert [len(block.pairs) for block in trace.blocks] == [0, 3, 2, 0]
    assert grid["row_breaks"] == [7]
    assert grid["col_breaks"] == [5]
    assert all(min(i, j) >= 0 for i, j, _ in grid["path"])
    assert {(i >= 7, j >= 5) for i, j, _ in grid["path"]} == {(False, True), (True, False)}


@pytest.mark.parametrize("measure", MEASURES)
def test_the_words_of_the_texts_are_marked_as_counted(measure: str) -> None:
    trace = traced("en", measure=measure)
    for which, words in (("summary", trace.columns), ("reference", trace.rows)):
        shown = text_data(trace, which)
        assert [item["shown"] for item in shown] == list(words)
        counted = sum(item["counted"] for item in shown)
        matches = trace.scored().prfs[0].matches
        assert counted == matches if measure != "2" else counted > matches
        assert {item["line"] for item in shown} == {0, 1}
        assert all(("worth" in item) == (which == "summary") for item in shown)


def test_what_the_tokenisation_drops_is_shown_as_dropped() -> None:
    trace = traced(summary="Мост the", tokenize="rouge_score")
    shown = text_data(trace, "summary")
    assert [(item["shown"], item["at"]) for item in shown] == [("Мост", -1), ("the", 0)]


def test_the_scores_are_the_traces() -> None:
    trace = traced()
    np.testing.assert_allclose(score_data(trace)["values"], trace.scores, atol=1e-6)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", LANGS)
def test_the_plane_has_every_candidate_where_its_p_and_r_are(lang: str, theme: str) -> None:
    trace = summary_lead_lab.run(LeadParams.default(lang))
    figure = plane(trace, 2, theme=theme, lang=lang)
    points = {line.customdata[0]: line for line in figure.data if line.mode == "markers+text"}
    assert len(points) == len(trace.candidates)
    for k in range(len(trace.candidates)):
        point = points[str(k)]
        assert (point.x[0], point.y[0]) == pytest.approx(trace.scores[k, :2], abs=1e-6)
        assert (point.marker.line.width > 0) == (k == 2)
    leads = next(line for line in figure.data if line.mode == "lines+markers+text")
    np.testing.assert_allclose(leads.y, trace.leads[:, 1], atol=1e-6)
    for line in figure.data:
        if line.mode == "lines":
            f1 = 2 * line.x * line.y / (line.x + line.y)
            np.testing.assert_allclose(f1, f1[0], atol=1e-5)
            assert line.y.max() <= 1 + 1e-6


@pytest.mark.parametrize("lang", LANGS)
def test_the_article_knows_its_lead_and_what_is_in_the_summary(lang: str) -> None:
    params = LeadParams.default(lang)
    sentence = summary_lead_lab.run(params).sentences[4]
    trace = summary_lead_lab.run(params.model_copy(update={"own": f"x {sentence}", "k": 2}))
    data = story_data(trace, lang)
    assert [k for k, s in enumerate(data["sentences"]) if s["is_own"]] == [4]
    assert [k for k, s in enumerate(data["sentences"]) if s["is_lead"]] == [0, 1]
    order = {s["greedy"]: k for k, s in enumerate(data["sentences"]) if s["greedy"]}
    assert [order[n + 1] for n in range(len(trace.picked))] == list(trace.picked)
    assert data["rows"][1]["name"] == "lead-2" == name_of(trace, 1, lang)
    assert all("\n" not in row["text"] for row in data["rows"])


@pytest.mark.parametrize("lang", LANGS)
def test_units_have_one_verdict_each(lang: str) -> None:
    trace = summary_content_lab.run(ContentParams.default(lang).model_copy(update={"summary": "lead"}))
    data = units_data(trace, lang)
    states = [unit["state"] for unit in data["units"]]
    assert states.count("hit") == len(trace.selection.hits)
    assert states.count("extra") == len(trace.selection.spurious)
    assert states.count("missed") == len(trace.selection.missed)
    figure = words_against_units(trace, theme="light", lang=lang)
    assert len(figure.data) == 4
    np.testing.assert_allclose(figure.data[0].y, trace.scores[:, 0], atol=1e-6)
    np.testing.assert_allclose(figure.data[2].y, trace.scores[:, 5], atol=1e-6)
    assert "<b>lead-3</b>" in figure.data[0].x

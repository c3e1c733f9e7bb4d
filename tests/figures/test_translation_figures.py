"""Pictures of the translation metrics: what the browser is given is what the trace holds."""

from __future__ import annotations

import numpy as np
import pytest

from core.arithmetic import Cell
from core.figures import translation as pictures
from core.i18n import LANGS
from core.metrics import bleu_lab, chrf_lab, errors_lab, meteor_lab, ter_lab
from core.metrics.bleu_lab import BleuParams
from core.metrics.chrf_lab import ChrfParams
from core.metrics.errors_lab import METRICS, ErrorsParams
from core.metrics.meteor_lab import MeteorParams
from core.metrics.ter_lab import TerParams
from core.metrics.translation_cases import MOVED, ONE_WORD

THREE = {"hypothesis": "the cat sat on the mat", "references": "on the mat sat the cat\na cat sat\nthe dog"}


@pytest.mark.parametrize("order", [1, 2, 4])
def test_bleu_spans_spell_their_ngrams(order):
    data = pictures.bleu_data(bleu_lab.run(BleuParams(**THREE)), Cell("n", order, 0), "en")
    assert len(data["texts"]) == 4
    for gram in data["grams"]:
        for text, spans in zip(data["texts"], gram["at"], strict=True):
            assert all(" ".join(text["units"][a:b]) == gram["text"] for a, b in spans)
        assert gram["cells"][-1] == gram["counted"] == min(gram["cells"][0], gram["cells"][-2])
        assert gram["cells"][-2] == max(gram["cells"][1:-2])
        assert len(gram["cells"]) == len(data["columns"])


def test_the_cards_of_bleu_say_its_score():
    trace = bleu_lab.run(BleuParams.default("en"))
    cards = pictures.bleu_equation(trace, Cell("n", 3, 0), "en")
    score = trace.bleu.score
    values = [card["value"] for card in cards if card["kind"] != "sign"]
    assert values == [f"{v:.3f}" for v in (score.value, score.brevity_penalty, *score.precisions)]
    assert [card["order"] for card in cards if card.get("picked")] == [3]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_brevity_curve_goes_through_the_present_length(theme):
    trace = bleu_lab.run(BleuParams.default("ru"))
    curve, point = pictures.brevity_curve(trace, theme=theme, lang="ru").data
    at = list(curve.x).index(point.x[0])
    assert curve.y[at] == pytest.approx(point.y[0], abs=1e-6)
    assert point.y[0] == trace.bleu.score.brevity_penalty


@pytest.mark.parametrize("words", [0, 2])
def test_chrf_spans_spell_their_ngrams_without_white_space(words):
    trace = chrf_lab.run(ChrfParams.default("ru").model_copy(update={"word_order": words}))
    for order in range(1, len(trace.chrf.grams) + 1):
        data = pictures.chrf_data(trace, Cell("n", order, 0), "ru")
        join = " ".join if data["spaced"] else "".join
        for gram in data["grams"]:
            for text, spans in zip(data["texts"], gram["at"], strict=True):
                for a, b in spans:
                    spelled = join(text["units"][a:b])
                    assert (spelled if data["spaced"] else "".join(spelled.split())) == gram["text"]
    cards = pictures.chrf_equation(trace, Cell("n", 1, 0), "ru")
    assert sum(card["kind"] == "order" for card in cards) == 6 + words


def test_alignment_pairs_are_numbered_by_chunk_and_stage():
    trace = meteor_lab.run(MeteorParams.default("en"))
    data = pictures.alignment_data(trace, 0, "en")
    match = trace.meteor.match
    assert {pair["chunk"] for pair in data["pairs"]} == set(range(len(match.chunks)))
    found = [(p["i"], p["j"], ("exact", "stem", "synonym")[p["stage"]]) for p in data["pairs"]]
    assert sorted(found) == sorted((p.hypothesis, p.reference, p.stage) for p in match.pairs)
    assert len(data["steps"]) == 4
    curve, point = pictures.penalty_curve(trace, 0, theme="light", lang="en").data
    assert curve.y[point.x[0] - 1] == pytest.approx(match.penalty, abs=1e-6)


def test_a_figure_without_pairs_is_empty_and_stands():
    trace = meteor_lab.run(MeteorParams(hypothesis="xyz", references="abc"))
    assert pictures.penalty_curve(trace, 0, theme="light", lang="en").data == ()
    assert pictures.alignment_data(trace, 0, "en")["pairs"] == []


@pytest.mark.parametrize("lang", LANGS)
def test_the_script_marks_what_later_steps_touch(lang):
    trace = ter_lab.run(TerParams.default(lang))
    data = pictures.script_data(trace, 0, lang)
    assert len(data["stages"]) == trace.ter.edits + 1
    first, last = data["stages"][0], data["stages"][-1]
    assert first["later"]
    assert last["later"] == []
    assert [text for _, text in last["words"]] == list(data["reference"])
    for before, stage in zip(data["stages"], data["stages"][1:], strict=False):
        shown = {key for key, _ in stage["words"]}
        assert set(stage["touched"]) <= shown
        # What a step moves or takes away was marked in the step before.
        gone = {key for key, _ in before["words"]} - shown
        moved = set(stage["touched"]) if stage["kind"] in ("shift", "delete") else set()
        assert (gone | moved) <= set(before["later"]) | set(before["touched"])


def test_a_deleted_word_is_shown_once_more():
    trace = ter_lab.run(TerParams(hypothesis="a b c", references="a c"))
    stage = pictures.script_data(trace, 0, "en")["stages"][1]
    assert stage["kind"] == "delete"
    assert [text for _, text in stage["words"]] == ["a", "b", "c"]


def test_edit_bars_add_up_and_carry_their_reference():
    trace = ter_lab.run(TerParams(**THREE))
    figure = pictures.edit_bars(trace, 1, theme="light", lang="en")
    with_shifts = np.sum([bar.x[::2] for bar in figure.data], axis=0)
    assert list(with_shifts) == [match.edits for match in trace.ter.matches]
    assert list(figure.data[-1].x[1::2]) == [match.rounds[0].distance for match in trace.ter.matches]
    assert list(figure.data[0].customdata) == ["0", "0", "1", "1", "2", "2"]
    moved = pictures.edit_bars(ter_lab.run(TerParams(**MOVED.values("en"))), 0, theme="dark", lang="en")
    assert (sum(bar.x[0] for bar in moved.data), moved.data[-1].x[1]) == (1, 6)


def test_the_cards_of_ter_and_meteor_say_their_scores():
    edits = ter_lab.run(TerParams(**THREE))
    cards = [card["value"] for card in pictures.ter_equation(edits, edits.ter.best, "en") if card["kind"] != "sign"]
    assert cards[0] == f"{edits.ter.value:.3f}"
    assert sum(map(int, cards[1:5])) == edits.ter.edits
    pairs = meteor_lab.run(MeteorParams(**THREE))
    cards = [
        card["value"] for card in pictures.meteor_equation(pairs, pairs.meteor.best, "en") if card["kind"] != "sign"
    ]
    match = pairs.meteor.match
    assert cards == [f"{v:.3f}" for v in (match.value, match.f_mean, match.penalty)]
    bars = pictures.reference_scores([m.value for m in pairs.meteor.matches], 1, name="x", theme="light", lang="en")
    assert list(bars.data[0].customdata) == ["0", "1", "2"]


def test_changes_spell_the_damaged_sentence():
    before, after = "Врач не сказал, что да.", "Доктор сказал, что да."
    pieces = pictures.mark_changes(before, after)
    assert "".join(space + word for space, word, mark in pieces if mark != "gone").strip() == after
    assert [word for _, word, mark in pieces if mark == "gone"] == ["Врач", "не"]
    assert [word for _, word, mark in pieces if mark == "new"] == ["Доктор"]
    # When next to nothing is left, what is gone is not told.
    assert {mark for _, _, mark in pictures.mark_changes("a b c d", "x y z w")} == {"new"}


@pytest.mark.parametrize("lang", LANGS)
def test_rows_and_strip_show_the_same_numbers(lang):
    trace = errors_lab.run(ErrorsParams.default(lang))
    data = pictures.error_rows(trace, 3, lang)
    assert data["picked"] == trace.names[3]
    for k, row in enumerate(data["rows"]):
        assert [bar["length"] for bar in row["bars"]] == pytest.approx(list(trace.kept[k]), abs=1e-4)
        marked = [m for m, bar in enumerate(row["bars"]) if bar["least"]]
        assert marked == ([] if k == 0 else [trace.most_alarmed(k)])
    strip = pictures.severity_strip(trace, 3, theme="dark", lang=lang)
    assert len(strip.data) == len(METRICS)
    for m, line in enumerate(strip.data):
        assert list(line.x) == pytest.approx(list(trace.kept[:, m]), abs=1e-6)
        assert list(line.customdata) == list(trace.names)


def test_points_on_one_level_do_not_cover_each_other():
    values = np.array([0.5, 0.51, 0.5, 0.9, 0.52])
    levels = pictures.stack_levels(values, 0.05)
    for a in range(5):
        for b in range(a):
            assert levels[a] != levels[b] or abs(values[a] - values[b]) >= 0.05
    assert levels[3] == 0


def test_one_word_leaves_nothing_but_its_clip():
    data = pictures.bleu_data(bleu_lab.run(BleuParams(**ONE_WORD.values("en"), lowercase=True)), Cell("n", 1, 0), "en")
    (gram,) = data["grams"]
    assert gram["cells"] == [7, 2, 1, 2, 2]

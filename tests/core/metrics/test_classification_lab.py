"""The labs of classification: against the plain functions and scikit-learn, by hand, and every claim of their prose."""

from __future__ import annotations

import base64
import contextlib
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import Cell, join
from core.errors import Refusal
from core.figures.classification import averages_board, histogram, histogram_edges, threshold_data
from core.i18n import LANGS
from core.metrics import classification as c
from core.metrics import classification_averages as averages
from core.metrics import classification_lab as lab
from core.metrics import digits
from core.metrics.classification_averages import AveragesParams, explain_average
from core.metrics.classification_lab import ThresholdParams, read_rows
from core.metrics.explain_classification import explain_threshold
from core.tables import to_csv, to_script

PROSE = Path(__file__).resolve().parents[3] / "assets" / "text"


def at(**values: Any) -> lab.ThresholdLab:
    return lab.run(ThresholdParams(**values))


def own(rows: str, **values: Any) -> lab.ThresholdLab:
    return at(source="own", rows=rows, **values)


# --- the classifier


def test_the_images_are_scikit_learns() -> None:
    from sklearn.datasets import load_digits

    theirs = load_digits()
    ours = digits.load_digits()
    np.testing.assert_array_equal(ours.pixels, theirs.data)
    np.testing.assert_array_equal(ours.digits, theirs.target)


@pytest.mark.parametrize("trained_on", digits.TRAINED)
def test_no_image_trains_and_is_scored(trained_on: int) -> None:
    scored, training = digits.split_images(trained_on)
    assert not set(scored) & set(training)
    assert len(training) == trained_on
    assert np.bincount(digits.load_digits().digits[scored]).tolist() == [digits.SCORED] * 10
    assert np.bincount(digits.load_digits().digits[training]).tolist() == [trained_on // 10] * 10


@pytest.mark.parametrize("strength", [1e-3, 10**-1.5, 1.0, 1e3])
@pytest.mark.parametrize(("digit", "trained_on"), [(8, 50), (3, 200), (1, 800)])
def test_probabilities_are_those_of_scikit_learn(digit: int, trained_on: int, strength: float) -> None:
    classifier = digits.classify_digits(digit, trained_on, strength)
    (check,) = digits.reference(classifier)
    assert check.passed, check
    assert classifier.steps < digits.MAX_STEPS


def test_training_ends_where_the_gradient_vanishes() -> None:
    generator = np.random.default_rng(0)
    X, y = generator.normal(size=(40, 3)), (generator.random(40) < 0.4).astype(float)
    w, b, _ = digits.fit_logistic(X, y, 0.3)
    p = 1 / (1 + np.exp(-(X @ w + b)))
    np.testing.assert_allclose(X.T @ (p - y) + 0.3 * w, 0, atol=1e-9)
    assert abs((p - y).sum()) < 1e-9, "the bias is not penalised: the mean probability is the share of positives"


def test_sigmoid_does_not_overflow() -> None:
    np.testing.assert_allclose(digits.sigmoid(np.array([-800.0, 0.0, 800.0])), [0.0, 0.5, 1.0], atol=1e-300)


# --- one threshold, against the plain functions


@pytest.mark.parametrize("threshold", [0.0, 0.013, 0.1, 0.5, 0.512, 0.9, 1.0])
@pytest.mark.parametrize("beta", [0.5, 1.0, 3.0])
def test_counts_and_measures_at_a_threshold(threshold: float, beta: float) -> None:
    trace = at(threshold=threshold, beta=beta)
    y, called = trace.curves.is_positive.astype(int), (trace.curves.scores >= threshold).astype(int)
    C = c.confusion_matrix(y, called, classes=(0, 1)).value
    assert C.tolist() == [[trace.TN, trace.FP], [trace.FN, trace.TP]]
    assert trace.recall == c.recall(y, called).value
    assert trace.f_here == pytest.approx(float(c.f_beta(y, called, beta).value), abs=1e-12)
    assert trace.accuracy == pytest.approx(c.accuracy(y, called).value)
    if called.any():
        assert trace.precision == c.precision(y, called).value
    else:
        assert math.isnan(trace.precision)
    for name in lab.CELLS:
        assert len(trace.members(name)) == getattr(trace, name)
    assert sorted(np.concatenate([trace.members(name) for name in lab.CELLS])) == list(range(800))


def test_members_are_nearest_to_the_threshold_first() -> None:
    trace = at(threshold=0.3)
    gaps = np.abs(trace.curves.scores[trace.members("FN")] - 0.3)
    assert (np.diff(gaps) >= 0).all()


@st.composite
def tables_of_scores(draw: st.DrawFn) -> list[tuple[int, float]]:
    score = draw(st.sampled_from([st.integers(0, 4).map(lambda k: k / 4), st.floats(-1e6, 1e6), st.floats(0, 1)]))
    rows = draw(st.lists(st.tuples(st.integers(0, 1), score), min_size=2, max_size=30))
    return [(0, draw(score)), (1, draw(score)), *rows]


@settings(deadline=None, max_examples=80)
@given(tables_of_scores(), st.floats(0, 1), st.sampled_from([None, 1, 10, 50, 90]), st.floats(0.1, 4))
def test_any_scores_agree_with_scikit_learn(
    rows: list[tuple[int, float]], threshold: float, percent: int | None, beta: float
) -> None:
    text = "\n".join(f"{label},{score!r}" for label, score in rows)
    trace = own(text, threshold=threshold, beta=beta, is_moved=percent is not None, prevalence=percent or 10)
    assert all(check.passed for check in lab.reference(trace)), lab.reference(trace)
    called = trace.curves.positions >= threshold
    assert pytest.approx((trace.curves.sweep.weights * (trace.curves.is_positive & called)).sum()) == trace.TP
    assert pytest.approx((trace.curves.sweep.weights * (~trace.curves.is_positive & called)).sum()) == trace.FP
    assert math.isnan(trace.precision) == (not called.any())
    assert trace.f.max() == trace.f[trace.best]


@pytest.mark.parametrize("values", [{}, {"prevalence": 1}, {"digit": 3, "trained_on": 50}, {"lg_strength": -3.0}])
def test_the_page_checks_pass(values: dict[str, Any]) -> None:
    found = lab.reference(at(**values))
    assert len(found) == 2
    assert all(check.passed for check in found), found


def test_same_params_same_trace_and_no_training_again() -> None:
    first, second = at(threshold=0.2), at(threshold=0.7)
    assert first.curves is second.curves
    assert first.curves.classifier is at(prevalence=3).curves.classifier


def test_the_trace_cannot_be_written_to() -> None:
    trace = at()
    with pytest.raises(ValueError, match="read-only"):
        trace.f[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        trace.curves.scores[0] = 1


# --- own rows


@pytest.mark.parametrize(
    "text",
    [
        "1,0.9\n0,0.25",
        "label,score\n1,0.9\n0,0.25\n",
        "метка;оценка\r\nда;0,9\r\nнет;0,25",
        "\n\nTrue\t0.9\n\nFALSE\t.25\n",
        ' "1" , "0.9"\n-1, 25e-2',
    ],
)
def test_rows_as_people_write_them(text: str) -> None:
    truth, scores = read_rows(text)
    assert truth.tolist() == [True, False]
    assert scores.tolist() == [0.9, 0.25]


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60) | st.text("01,;\t.-e\n naif", max_size=60))
def test_any_text_is_rows_or_a_sentence(text: str) -> None:
    with contextlib.suppress(Refusal):
        truth, scores = read_rows(text)
        assert len(truth) == len(scores) >= 2
        assert np.isfinite(scores).all()


def test_scores_that_are_no_probabilities_have_no_calibration() -> None:
    trace = own("1,3\n0,-5\n1,-1\n0,1", threshold=0.5)
    assert trace.curves.calibration is None
    assert trace.curves.brier is None
    assert trace.threshold == -1.0
    assert (trace.TP, trace.FP, trace.FN, trace.TN) == (2, 1, 0, 1)
    assert "calibration" not in {table.name for table in lab.tables(trace)}


def test_equal_scores_are_one_point() -> None:
    trace = own("1,7\n0,7\n0,7", threshold=0.0)
    assert (trace.TP, trace.FP) == (1, 2)
    assert trace.curves.auc.value == 0.5


def test_own_scores_keep_their_own_prevalence_until_moved() -> None:
    assert own(lab.EXAMPLE).curves.sweep.prevalence is None
    assert own(lab.EXAMPLE, is_moved=True).curves.prevalence == 0.1


def test_a_file_stands_in_for_the_rows_and_not_in_the_address() -> None:
    params = ThresholdParams(source="own", file="1,0.9\n0,0.1")
    assert lab.run(params).curves.n == 2
    assert params.changed("en") == {"source": "own"}
    with pytest.raises(Refusal):
        ThresholdParams.parse({"file": "1" * (lab.MAX_FILE + 1)})


# --- formulas, tables, pictures

COUNT = r"\d+(?:\.\d)?"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("values", [{}, {"threshold": 0.2, "beta": 2.0}, {"prevalence": 2}, {"threshold": 1.0}])
@pytest.mark.parametrize("cell", lab.CELLS)
def test_formulas_say_the_numbers_of_the_trace(lang: Any, values: dict[str, Any], cell: lab.CellName) -> None:
    trace = at(**values)
    lines = explain_threshold(trace, cell, lang)
    results = [part.text for line in lines for part in line if part.kind == "result"]
    defined = not math.isnan(trace.precision)
    expected = [f"{trace.precision:.3f}"] if defined else []
    expected += [f"{v:.3f}" for v in (trace.recall, trace.f_here, trace.accuracy)]
    if trace.curves.sweep.prevalence is not None and defined:
        expected.append(f"{trace.precision:.3f}")
    expected.append(f"{trace.curves.auc.value:.3f}")
    assert [float(v) for v in results] == [float(v) for v in expected]
    strong = {part.text for line in lines for part in line if part.kind == "strong"}
    assert len(strong) == 1
    assert float(strong.pop()) == pytest.approx(getattr(trace, cell), abs=0.05)


def test_formulas_by_hand() -> None:
    lines = [join(line) for line in explain_threshold(at(threshold=0.2, prevalence=1, beta=2.0), "TP", "en")]
    assert lines[0].startswith("precision = 6.2 / (6.2 + 41.8) = 0.129")
    assert lines[2].startswith("F₂ = 5·6.2 / (5·6.2 + 4·1.8 + 41.8) = ")
    assert "(0.01·62/80) / (0.01·62/80 + 0.99·38/720) = 0.129" in lines[4]
    assert pytest.approx(at(threshold=0.2, prevalence=1, beta=2.0).f_here) == 5 * 6.2 / (5 * 6.2 + 4 * 1.8 + 41.8)


@pytest.mark.parametrize("source", ["digits", "own"])
def test_tables_are_finite_and_make_a_script(source: str) -> None:
    params = ThresholdParams(source=source)
    trace = lab.run(params)
    made = {table.name: table for table in lab.tables(trace)}
    for table in made.values():
        assert table.values.shape == (len(table.rows), len(table.cols))
    assert np.isfinite(made["curves"].values).all()
    assert made["confusion"].values.sum() == trace.curves.n
    assert "confusion,true 1,called 1," in to_csv([*made.values()])
    compile(to_script(lab.run, params, [*made.values()]), "script", "exec")


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("values", [{}, {"prevalence": 3}, {"source": "own", "rows": "1,3\n0,-5\n1,-1"}])
def test_the_browser_gets_the_traces_numbers(lang: Any, values: dict[str, Any]) -> None:
    trace = at(**values)
    data = threshold_data(trace, "FP", lang)
    marks = np.frombuffer(base64.b64decode(data["marks"]), "<f8")
    hits, alarms = (np.frombuffer(base64.b64decode(data[name]), "<u2").astype(float) for name in ("hits", "alarms"))
    np.testing.assert_array_equal(marks, trace.curves.marks)
    no, yes = data["weights"]
    TP, FP = yes * hits, no * alarms
    FN, TN = yes * (data["positives"] - hits), no * (data["negatives"] - alarms)
    np.testing.assert_allclose(np.stack([TN, FP, FN, TP], 1), trace.curves.sweep.value.reshape(-1, 4), atol=1e-9)
    square = data["beta"] ** 2
    np.testing.assert_allclose((1 + square) * TP / ((1 + square) * TP + square * FN + FP), trace.f, atol=1e-12)
    assert all(sum(side) == pytest.approx(1, abs=1e-3) for side in data["bars"])
    assert set(data["cells"]) == set(lab.CELLS)
    if trace.curves.classifier:
        pixels = np.frombuffer(base64.b64decode(data["examples"]["pixels"]), "u1").reshape(800, 32)
        first = digits.load_digits().pixels[trace.curves.classifier.images[0]]
        assert pixels[0, 5] >> 4 == min(first[10], 15)
        assert pixels[0, 5] & 15 == min(first[11], 15)


def test_bars_hold_every_example_even_beyond_the_axis() -> None:
    edges = histogram_edges(True)
    bars = histogram(np.array([0.0, 1e-9, 0.5, 1.0]), edges)
    assert bars[0] == 0.5
    assert bars[-1] == 0.25
    assert bars.sum() == 1.0


# --- averages

matrices = st.lists(
    st.lists(st.sampled_from([0, 0, 1, 2, 7, 40]), min_size=4, max_size=4), min_size=4, max_size=4
).filter(lambda C: any(map(any, C)))


def averaged(C: Any, **values: Any) -> averages.AveragesTrace:
    return averages.run(AveragesParams(C=tuple(map(tuple, C)), **values))


@settings(deadline=None, max_examples=60)
@given(matrices, st.sampled_from(["0", "1", "skip"]), st.sampled_from(["mean_of_f", "f_of_means"]), st.floats(0.1, 4))
def test_averages_agree_with_scikit_learn(C: Any, zero: str, macro: str, beta: float) -> None:
    trace = averaged(C, zero_division=zero, macro=macro, beta=beta)
    assert all(check.passed for check in averages.reference(trace)), averages.reference(trace)
    np.testing.assert_array_equal(
        c.confusion_matrix(*averages.expand(trace.C), classes=(0, 1, 2, 3)).value, np.array(C)
    )


@settings(deadline=None, max_examples=60)
@given(matrices, st.floats(0.1, 4))
def test_f_of_means_is_never_smaller_than_the_mean_of_f(C: Any, beta: float) -> None:
    means = averaged(C, macro="f_of_means", beta=beta).averages[1, 2]
    assert means >= averaged(C, beta=beta).averages[1, 2] - 1e-12


@settings(deadline=None, max_examples=60)
@given(matrices)
def test_micro_is_the_accuracy(C: Any) -> None:
    trace = averaged(C)
    np.testing.assert_allclose(trace.averages[0], trace.accuracy.value)


@settings(deadline=None, max_examples=40)
@given(matrices, st.sampled_from(["0", "1", "skip"]), st.sampled_from(["mean_of_f", "f_of_means"]))
def test_every_number_on_the_board_has_its_formula(C: Any, zero: str, macro: str) -> None:
    trace = averaged(C, zero_division=zero, macro=macro)
    for lang in LANGS:
        for panel in averages_board(trace, lang).panels():
            for row, col in np.ndindex(panel.values.shape):
                first, second = explain_average(trace, Cell(panel.id, row, col), lang)
                results = [part.text for part in first if part.kind == "result"]
                shown = float(panel.values[row, col])
                if results:
                    assert float(results[0]) == pytest.approx(shown, abs=5.1e-4)
                else:
                    assert math.isnan(shown) or "0 / 0" in join(first) or "—" in join(first)
                assert f"{trace.accuracy.value:.3f}".rstrip("0").rstrip(".") in join(second)


def test_averages_by_hand() -> None:
    trace = averaged(((8, 2, 0, 0), (1, 3, 0, 0), (0, 0, 0, 2), (0, 0, 0, 4)))
    np.testing.assert_allclose(trace.P, [8 / 9, 3 / 5, 0, 4 / 6])
    np.testing.assert_allclose(trace.R, [0.8, 0.75, 0, 1])
    assert trace.averages[0, 0] == 15 / 20
    assert trace.averages[1, 1] == pytest.approx((0.8 + 0.75 + 0 + 1) / 4)
    assert trace.averages[2, 1] == pytest.approx(0.75)
    text = join(explain_average(trace, Cell("avgP", 0, 0), "en")[0])
    assert text.startswith("micro P = (8 + 3 + 0 + 4) / 20 = 0.750")


@pytest.mark.parametrize("C", [((0,) * 4,) * 4, ((-1,) * 4,) * 4, ((0.5,) * 4,) * 4])
def test_what_is_no_count_is_refused(C: Any) -> None:
    with pytest.raises(Refusal):
        averaged(C)


@pytest.mark.parametrize("words", ["", "a", "a b c d e f"])
def test_there_are_always_four_names(words: str) -> None:
    assert len(averages.name_classes(words)) == 4


def test_tables_of_averages() -> None:
    trace = averages.run(AveragesParams(zero_division="skip"))
    for table in averages.tables(trace):
        assert table.values.shape == (len(table.rows), len(table.cols))
        assert np.isfinite(table.values).all()


# --- what the prose, the presets and the questions claim


def prose(lang: str) -> str:
    text = (PROSE / f"classification_metrics.{lang}.md").read_text(encoding="utf-8")
    return re.sub(r"(\d),(\d)", r"\1.\2", text) if lang == "ru" else text


def claims() -> dict[str, str]:
    """Every number of the prose, computed."""
    usual, moved, shy = at(threshold=0.2), at(threshold=0.2, prevalence=1), at(lg_strength=3.0)
    lopsided = ((10, 0, 90, 0), (0, 10, 0, 90), (0, 0, 10, 0), (0, 0, 0, 10))
    return {
        "precision at 0.2": f"{usual.precision:.2f}",
        "when rare": f"{moved.precision:.2f}",
        "AUC": f"{at().curves.auc.value:.3f}",
        "AUC of the shy one": f"{shy.curves.auc.value:.2f}",
        "precision at 0.5": f"{at().precision:.3f}",
        "precision at 0.57": f"{at(threshold=0.57).precision:.3f}",
        "best threshold": f"{at().curves.marks[at().best]:.3f}",
        "best F": f"{at().f.max():.3f}",
        "F at 0.5": f"{at().f_here:.3f}",
        "mean of F": f"{averaged(lopsided).averages[1, 2]:.3f}",
        "F of means": f"{averaged(lopsided, macro='f_of_means').averages[1, 2]:.3f}",
    }


@pytest.mark.parametrize("lang", LANGS)
def test_the_numbers_of_the_prose_are_computed(lang: str) -> None:
    text = prose(lang)
    for what, value in claims().items():
        assert re.search(rf"(?<![\d.]){re.escape(value)}(?!\d)", text), (what, value)
    assert claims()["precision at 0.2"] == "0.62"
    assert claims()["when rare"] == "0.13"


def test_roc_stands_still_and_precision_recall_sinks() -> None:
    usual, rare = at(), at(prevalence=1)
    np.testing.assert_array_equal(usual.curves.auc.curve.value, rare.curves.auc.curve.value)
    assert usual.curves.auc.value == rare.curves.auc.value
    before, after = (trace.curves.average_precision.curve.precision[1:] for trace in (usual, rare))
    assert (after <= before).all()
    assert rare.curves.average_precision.value < usual.curves.average_precision.value - 0.2


def test_a_higher_threshold_can_lower_the_precision_and_never_raises_recall() -> None:
    assert at(threshold=0.57).precision < at().precision
    assert at(threshold=0.57).FP == at().FP, "because a true 8 is lost"
    assert (np.diff(at().curves.average_precision.curve.recall) >= 0).all()


def test_three_alarms_of_four_are_false_when_positives_are_rare() -> None:
    rare = at(threshold=0.3, prevalence=1)
    assert pytest.approx(0.75, abs=0.02) == rare.FP / (rare.TP + rare.FP)


def test_never_saying_yes_scores_ninety_percent() -> None:
    nobody = at(threshold=1.0)
    assert nobody.accuracy == nobody.always_negative == 0.9
    assert (nobody.TN, nobody.recall) == (720, 0)


def test_the_shy_classifier_ranks_well_and_promises_little() -> None:
    shy = at(lg_strength=3.0)
    assert shy.curves.scores.max() < 0.11
    assert shy.recall == 0
    assert shy.curves.auc.value > 0.9
    assert shy.f.max() > at().f_here
    assert abs(shy.curves.scores - 0.1).max() < 0.01, "all crowd around the prevalence"


def test_the_sure_classifier_promises_too_much() -> None:
    sure = at(lg_strength=-3.0, trained_on=200)
    certain = sure.curves.scores > 0.99
    assert certain.sum() > 20
    assert sure.curves.is_positive[certain].mean() < 0.85
    usual = at(trained_on=200).curves
    assert sure.curves.calibration is not None
    assert usual.calibration is not None
    assert sure.curves.calibration.value > 3 * usual.calibration.value


def test_fifty_images_teach_hardly_anything() -> None:
    trace = at(trained_on=50)
    assert trace.curves.auc.value < 0.65
    assert trace.accuracy == pytest.approx(0.9, abs=0.005)


def test_presets_of_averages_say_their_numbers() -> None:
    majority = averaged(((100, 0, 0, 0), (10, 0, 0, 0), (6, 0, 0, 0), (4, 0, 0, 0)))
    assert f"{majority.accuracy.value:.3f}" == "0.833"
    micro, macro, weighted = majority.averages[:, 2]
    assert f"{macro:.3f}" == "0.227"
    assert macro < weighted < micro
    never = ((90, 6, 4, 0), (8, 36, 6, 0), (5, 5, 10, 0), (4, 4, 2, 0))
    assert averaged(never, zero_division="skip").averages[1, 0] > averaged(never).averages[1, 0] + 0.15

"""The three labs of class imbalance: against scikit-learn, and every claim that the room makes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from core.arithmetic import Cell, join
from core.data import registry
from core.errors import Refusal
from core.figures.imbalance import boundary, find_plane, importance, leak_figure, remedies_data, text_board
from core.foundations import imbalance, imbalance_leak, imbalance_text
from core.foundations.imbalance import RESAMPLES, draw_bands
from core.foundations.imbalance_explain import explain
from core.foundations.imbalance_fit import sigmoid
from core.foundations.imbalance_leak import WAYS, LeakParams, find_nearest
from core.foundations.imbalance_params import ImbalanceParams
from core.foundations.imbalance_remedies import NAMES
from core.foundations.imbalance_sentences import load_sentences, read_own
from core.foundations.imbalance_text import FOLDS, PROBE, REMEDIES, TextParams, deal_folds
from core.foundations.imbalance_text_explain import explain_cell

TEXTS = Path(__file__).resolve().parents[3] / "assets" / "text"


@pytest.fixture(scope="module")
def trace():
    return imbalance.run(ImbalanceParams())


@pytest.fixture(scope="module")
def moved():
    return imbalance.run(ImbalanceParams(is_moved=True))


@pytest.fixture(scope="module")
def leak():
    return imbalance_leak.run(LeakParams())


@pytest.fixture(scope="module", params=["en", "ru"])
def text(request):
    return imbalance_text.run(TextParams(probe=PROBE.get(request.param)))


CASES = [
    {},
    {"share": 1, "lg_strength": -2.0},
    {"share": 50},
    {"source": "tumours", "share": 1, "neighbours": 15},
    {"source": "own", "components": 64, "lg_strength": 3.0},
    {"source": "own", "gamma": 5.0, "lg_strength": -2.0, "is_moved": True, "use": 50},
    {"digit": 0, "gamma": 0.0},
]


@pytest.mark.parametrize("values", CASES)
def test_remedies_equal_the_libraries(values):
    found = imbalance.run(ImbalanceParams(**values))
    for check in imbalance.reference(found):
        assert check.passed, check
    for table in imbalance.tables(found):
        assert table.values.shape == (len(table.rows), len(table.cols))
    for name in NAMES:
        for lang in ("en", "ru"):
            assert all(join(line) for line in explain(found, name, lang))
        assert remedies_data(found, name, "ru")["picked"] == name


def test_four_kinds_of_answer_are_the_whole_population(trace, moved):
    for found in (trace, moved):
        for r in found.results:
            assert pytest.approx(found.use) == r.TP + r.FN
            assert pytest.approx(1) == r.TP + r.FN + r.FP + r.TN


def test_bands_by_their_definition(trace):
    """One resample that is the sample itself gives the curves themselves."""
    r = trace.of("weights")
    roc, pr = draw_bands(r.z, trace.sample.y_test, trace.use, np.ones((1, len(r.z))))
    sweep = r.curves.roc
    for k, fpr in enumerate(trace.grid):
        assert roc[0, k] == pytest.approx(sweep.tpr[sweep.fpr <= fpr + 1e-12].max())
    curve = r.curves.precision_recall
    for k, recall in enumerate(trace.grid[1:], 1):
        first = int(np.argmax(curve.recall >= recall - 1e-12))
        assert pr[0, k] == pytest.approx(curve.precision[first])
    assert RESAMPLES == 200
    for result in trace.results:
        assert np.all(result.band_roc[0] <= result.band_roc[1])
        assert result.band_roc.shape == result.band_pr.shape == (2, len(trace.grid))


def test_boundary_in_the_plane_is_where_the_answer_changes():
    found = imbalance.run(ImbalanceParams(source="tumours", components=2))
    axes = find_plane(found)
    np.testing.assert_allclose(axes @ axes.T, np.eye(2), atol=1e-12)
    plane = found.sample.Z @ axes.T
    for r in found.results:
        a, b, c = boundary(r, axes)
        says_yes = sigmoid(r.fit.logits(found.sample.Z)) >= r.recipe.threshold
        np.testing.assert_array_equal(plane @ [a, b] + c >= 0, says_yes)


def test_focal_importance_is_the_modulating_factor(trace):
    r = trace.of("focal")
    p = sigmoid(r.fit.logits(trace.sample.Z))
    p_t = np.where(trace.sample.y == 1, p, 1 - p)
    np.testing.assert_allclose(importance(trace, r), (1 - p_t) ** 2)


# ---------------------------------------------------------------------------------------------------------------------
# Claims of the prose, the questions and the presets


def test_what_accuracy_hides(trace):
    plain, weights = trace.of("plain"), trace.of("weights")
    assert trace.majority == pytest.approx(0.95, abs=5e-4)
    assert plain.accuracy == pytest.approx(0.978, abs=5e-4)
    assert 0.4 < 1 - plain.recall[0] < 0.5
    assert weights.accuracy < trace.majority < plain.accuracy
    assert 1.4 < weights.recall[0] / plain.recall[0] < 1.6
    assert plain.f1[1] - weights.f1[1] < 0.08
    two = imbalance.run(ImbalanceParams(components=2)).of("plain")
    assert two.recall[0] == 0
    assert np.isnan(two.precision[0])
    assert two.accuracy == pytest.approx(0.95, abs=5e-4)


def test_weights_are_a_threshold_in_disguise(trace):
    plain, weights, threshold = (trace.of(name) for name in ("plain", "weights", "threshold"))
    counts = weights.recipe.counts
    assert counts.max() == pytest.approx(9.9, abs=0.05)
    assert counts.min() == pytest.approx(0.53, abs=0.005)
    assert counts.min() / (counts.min() + counts.max()) == pytest.approx(threshold.recipe.threshold)
    assert threshold.recall[0] == weights.recall[0] == 0.875
    assert weights.precision[0] == pytest.approx(0.244, abs=5e-4)
    assert threshold.precision[0] == pytest.approx(0.251, abs=5e-4)
    assert spearmanr(plain.z, weights.z)[0] == pytest.approx(0.97, abs=5e-3)
    assert np.corrcoef(plain.z, weights.z)[0, 1] > 0.95


def test_resampling_moves_along_the_same_curve(trace):
    plain, over, under, smote, focal = (trace.of(name) for name in ("plain", "over", "under", "smote", "focal"))
    assert np.sum(under.recipe.counts == 0) == 855
    assert under.auc == pytest.approx(0.897, abs=5e-4)
    assert plain.auc == pytest.approx(0.947, abs=5e-4)
    assert over.auc == pytest.approx(0.948, abs=5e-4)
    assert smote.auc == pytest.approx(0.946, abs=5e-4)
    assert plain.f1[0] == pytest.approx(0.720, abs=5e-4)
    assert over.f1[0] == pytest.approx(0.381, abs=5e-4)
    assert focal.recall[0] == pytest.approx(0.588, abs=5e-4)
    assert plain.recall[0] == pytest.approx(0.5625)
    assert focal.mean[0] > 2 * trace.use


def test_calibration_is_lost_and_regained(trace):
    plain, weights = trace.of("plain"), trace.of("weights")
    np.testing.assert_allclose(weights.mean, [0.204, 0.059], atol=5e-4)
    np.testing.assert_allclose(weights.log_loss, [0.301, 0.094], atol=5e-4)
    assert plain.log_loss[0] == pytest.approx(0.087, abs=5e-4)
    assert plain.log_loss[0] == min(r.log_loss[0] for r in trace.results)
    for name in ("weights", "over", "under", "smote"):
        r = trace.of(name)
        assert r.log_loss[1] < r.log_loss[0] / 2
        np.testing.assert_array_equal(np.argsort(r.z, kind="stable"), np.argsort(r.corrected, kind="stable"))


def test_roc_stands_and_precision_recall_falls(trace, moved):
    for name in NAMES:
        assert moved.of(name).auc == trace.of(name).auc
        assert moved.of(name).average_precision < trace.of(name).average_precision
    assert trace.of("plain").average_precision == pytest.approx(0.758, abs=5e-4)
    assert moved.of("plain").average_precision == pytest.approx(0.654, abs=5e-4)
    assert moved.of("weights").auc == pytest.approx(0.950, abs=5e-4)
    assert 1 - moved.of("weights").precision[0] == pytest.approx(0.94, abs=5e-3)


def test_presets_do_what_they_say():
    even = imbalance.run(ImbalanceParams(share=50))
    same = [np.allclose(even.of(name).z, even.of("plain").z, atol=1e-9) for name in NAMES[1:]]
    assert sum(same) == 5
    few = imbalance.run(ImbalanceParams(source="tumours", share=1, components=2))
    assert few.sample.y.sum() == 2
    x, other = few.sample.Z[few.sample.y == 1]
    made = few.of("smote").recipe.made
    along = (made - x) @ (other - x) / ((other - x) @ (other - x))
    np.testing.assert_allclose(made, x + along[:, None] * (other - x), atol=1e-12)


# ---------------------------------------------------------------------------------------------------------------------
# The leak


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"filling": "smote", "leak_share": 1},
        {"learner": "logistic", "filling": "smote"},
        {"learner": "logistic", "leak_share": 30, "order": "honest"},
    ],
)
def test_leak_equals_the_library(values):
    found = imbalance_leak.run(LeakParams(**values))
    for check in imbalance_leak.reference(found):
        assert check.passed, check
    for table in imbalance_leak.tables(found):
        assert table.values.shape == (len(table.rows), len(table.cols))
        assert np.isfinite(table.values).all()
    assert len(leak_figure(found, theme="dark", lang="ru").data) == imbalance_leak.REPEATS + 2 * len(WAYS)


def test_leak_promises_too_much(leak):
    means = dict(zip(WAYS, leak.scores.mean(0), strict=True))
    assert means["leaky"] == pytest.approx(1, abs=5e-4)
    assert means["use"] == pytest.approx(0.745, abs=5e-4)
    assert means["use"] < means["honest"] < means["balanced"] < means["leaky"]
    met = dict(zip(WAYS, leak.met.mean(0), strict=True))
    assert met["leaky"] == 1.0
    assert met["honest"] == met["balanced"] == met["use"] == 0.0
    np.testing.assert_array_equal(leak.shown.distances, 0)
    assert np.all(imbalance_leak.run(LeakParams(order="honest")).shown.distances > 0.5)
    smote = imbalance_leak.run(LeakParams(filling="smote")).scores.mean(0)
    assert smote[WAYS.index("leaky")] > 0.99
    assert smote[WAYS.index("use")] < 0.8
    honest, balanced, leaky, use = imbalance_leak.run(LeakParams(learner="logistic")).scores.mean(0)
    assert balanced - honest > (leaky - use) / 2
    assert "1.000" not in join(imbalance_leak.explain(leak, "en")[2])


def test_nearest_of_equals_is_the_first():
    known = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    assert find_nearest(known, np.array([[0.9, 0.1], [0.0, 0.8]])).tolist() == [1, 0]


# ---------------------------------------------------------------------------------------------------------------------
# Sentences


def test_sentences_equal_the_library(text):
    for check in imbalance_text.reference(text):
        assert check.passed, check
    for table in imbalance_text.tables(text):
        assert table.values.shape == (len(table.rows), len(table.cols))


def test_a_bag_has_no_order(text):
    over, swap, delete = (REMEDIES.index(name) for name in ("over", "swap", "delete"))
    np.testing.assert_array_equal(text.answers[over], text.answers[swap])
    assert text.macro[over] == text.macro[swap]
    assert text.macro[delete] > text.macro[over]
    assert text.accuracy[0] > text.majority
    assert text.recall[0].min() < 0.5


def test_folds_deal_every_class_evenly():
    y = np.repeat([0, 1, 2], [73, 20, 5])
    fold = deal_folds(y, 3)
    for kind in range(3):
        counts = np.bincount(fold[y == kind], minlength=FOLDS)
        assert counts.max() - counts.min() <= 1


def test_every_cell_of_the_board_is_explained(text):
    board = text_board(text, 3, "en")
    for panel in board.panels():
        for row in range(len(panel.rows)):
            for col in range(len(panel.cols)):
                lines = explain_cell(text, Cell(panel.id, row, col), row if panel.id in ("F", "probe") else 3, "en")
                result = next((part.text for part in lines[-1] if part.kind == "result"), None)
                value = panel.values[row, col]
                assert (
                    result is None
                    if np.isnan(value)
                    else float(result.replace("−", "-")) == pytest.approx(value, abs=5e-4)
                )


def test_corpus_is_whole():
    for lang in ("en", "ru"):
        pairs = load_sentences(lang)
        assert len(pairs) > 100
        assert sum(name == "recipe" for name, _ in pairs) == 15
        assert all(sentence[-1] in ".!?»”" for _, sentence in pairs)


def test_own_sentences():
    lines = "\n".join(f"a; one two {k}" for k in range(6)) + "\n" + "\n".join(f"b\tthree {k}" for k in range(5))
    found = imbalance_text.run(TextParams(own=lines, probe="one three five"))
    assert found.sentences.names == ("a", "b")
    assert found.unknown == ("five",)
    assert all(check.passed for check in imbalance_text.reference(found))


@pytest.mark.parametrize(
    ("text_", "sentence"),
    [
        ("a", "Line 1"),
        ("a;", "Line 1"),
        (";one", "Line 1"),
        ("a; one\nb; !!!", "Line 2"),
        ("a; one\n" * 9, "1 labels"),
        ("".join(f"{k}; one\n" for k in range(7)), "7 labels"),
        ("a; one\n" * 9 + "b; two\n" * 4, "“b” has 4"),
        ("a; one\n" * 301, "too many"),
    ],
)
def test_own_sentences_that_cannot_be_used(text_, sentence):
    with pytest.raises(Refusal) as refused:
        read_own(text_)
    assert sentence in refused.value.text.en


def test_prose_has_the_same_numbers_in_both_languages():
    prose = [
        (TEXTS / f"class_imbalance.{lang}.md").read_text(encoding="utf-8").replace(",", ".") for lang in ("en", "ru")
    ]
    numbers = [sorted(re.findall(r"\d+(?:\.\d+)?", text)) for text in prose]
    # The digit itself is a word in Russian: «восьмёрка».
    assert [n for n in numbers[0] if n != "8"] == [n for n in numbers[1] if n != "8"]


def test_what_people_wrote_is_classified_or_the_lab_says_what_is_missing(monkeypatch):
    monkeypatch.setenv("VIDNO_OFFLINE", "1")
    params = TextParams(source="reviews", kept=6)
    imbalance_text._train.cache_clear()
    if not registry.is_here(registry.find("tweets")):
        with pytest.raises(Refusal, match="vaderSentiment"):
            imbalance_text.run(params)
        return
    trace = imbalance_text.run(params)
    assert np.bincount(trace.sentences.y).tolist() == [60, 45, 35, 6]
    assert trace.sentences.names[-1] == "newspaper"
    plain = trace.f1[REMEDIES.index("plain")]
    assert trace.accuracy[0] > trace.majority
    assert plain[-1] < plain[:3].min()  # what accuracy hides
    assert all(check.passed for check in imbalance_text.reference(trace))

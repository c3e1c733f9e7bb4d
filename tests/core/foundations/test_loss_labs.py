"""Tokens, distances and the outlier against torch, SciPy and cases worked by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import Cell, join
from core.errors import Refusal
from core.foundations import loss_outlier, loss_pairs, loss_tokens
from core.foundations.loss_outlier import BOUND, FITS, STEP, OutlierParams, fit_all, make_points
from core.foundations.loss_pairs import KINDS, STEPS, PairsParams, evaluate, library
from core.foundations.loss_tokens import MAX_PADDING, MAX_WORDS, MaskedParams, MaskedTrace, fit_rows, split_words
from core.i18n import LANGS

COLLAPSED = ((0.0, 0.0),) * 3


def masked(**values: Any) -> MaskedTrace:
    return loss_tokens.run(MaskedParams(**values))


# ---------------------------------------------------------------------------------------------------------------------
# Tokens


def test_tokens_by_hand():
    trace = masked(words="a b", table=((0.5, 1.0), (0.25, 1.0)), padding=2, p_pad=0.5)
    assert trace.means.tolist() == pytest.approx([1.5 * math.log(2), 0.75 * math.log(2), 1.25 * math.log(2)])
    assert trace.gradient.tolist() == [-0.25, -0.375, 0, 0]
    assert trace.tokens == ("a", "b", "<pad>", "<pad>")


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(st.tuples(st.floats(1e-6, 1), st.sampled_from([0.0, 1.0])), min_size=1, max_size=8),
    padding=st.integers(0, MAX_PADDING),
    p_pad=st.floats(0.01, 0.99),
    is_hidden=st.booleans(),
)
def test_tokens_equal_torch(rows, padding, p_pad, is_hidden):
    words = " ".join("w" * (k + 1) for k in range(len(rows)))
    trace = masked(words=words, table=tuple(rows), padding=padding, p_pad=p_pad, is_hidden=is_hidden)
    checks = loss_tokens.reference(trace)
    assert bool(checks) == bool(trace.m.any())
    assert all(check.passed for check in checks), checks
    # The mask's mean does not know how much hidden padding there is; both bugs do.
    if is_hidden and trace.m.any():
        assert np.ptp(trace.sweep[0]) <= 1e-12
        n, total = len(rows), float(trace.kept.sum())
        assert trace.sweep[1] == pytest.approx([total / (n + k) for k in range(MAX_PADDING + 1)])


def test_the_padding_bug_as_numbers():
    before, five, twelve = (masked(padding=k).means for k in (0, 5, 12))
    assert before[0] == five[0] == twelve[0] == before[1]
    assert five[1] == pytest.approx(before[1] / 2, abs=1e-15)
    assert twelve[1] < before[1] / 3
    assert round(float(before[0]), 2) == 1.04
    assert round(float(twelve[1]), 2) == 0.31
    # Without a mask a model that predicts padding well looks good at the same sentence.
    unmasked = masked(padding=12, is_hidden=False, p_pad=0.98).means
    assert unmasked[0] == unmasked[2] < 0.33


def test_everything_hidden_is_a_state():
    trace = masked(table=((0.5, 0.0),) * 5)
    assert np.isnan(trace.means[0])
    assert trace.means[1] == 0
    assert loss_tokens.reference(trace) == ()
    torch_says = torch.nn.functional.cross_entropy(torch.zeros(2, 3), torch.tensor([-100, -100]))
    assert torch.isnan(torch_says)


@pytest.mark.parametrize(
    ("row", "part"), [((0.0, 1.0), "between 0.000001 and 1"), ((-1.0, 1.0), "−1"), ((0.5, 0.5), "0 or 1, not 0.5")]
)
def test_rows_that_cannot_be_used_are_refused(row, part):
    with pytest.raises(Refusal, match=r"mask|probability") as refused:
        masked(table=(row,))
    assert part in refused.value.text.en
    assert "." not in refused.value.text.ru.rstrip(".")


def test_further_words_get_numbers_that_do_not_change():
    words = split_words(" ".join(f"word{k}" for k in range(20)))
    assert len(words) == MAX_WORDS
    assert split_words("  ") == ("∅",)
    rows = fit_rows(((0.5, 0.0),), words)
    assert rows[0] == (0.5, 0.0)
    assert rows == fit_rows(((0.5, 0.0),), words)
    assert all(0.05 <= p <= 0.95 and m == 1 for p, m in rows[1:])


@pytest.mark.parametrize("lang", LANGS)
def test_arithmetic_of_every_cell_of_the_tokens(lang):
    trace = masked(is_hidden=True)
    for panel, values in {
        "loss": trace.loss,
        "kept": trace.kept,
        "gradient": trace.gradient,
        "means": trace.means,
    }.items():
        for row, value in enumerate(values):
            lines = loss_tokens.explain(trace, Cell(panel, row, 0), lang)
            results = [part.text for line in lines for part in line if part.kind == "result"]
            assert float(results[0].replace("−", "-")) == pytest.approx(value, abs=6e-5)
    (share,) = [p.text for p in loss_tokens.explain(trace, Cell("means", 1, 0), lang)[2] if p.kind == "strong"]
    assert share == "0.625"


# ---------------------------------------------------------------------------------------------------------------------
# Distances

POINT = st.tuples(st.floats(-4, 4), st.floats(-4, 4))


@settings(deadline=None, max_examples=60)
@given(a=POINT, p=POINT, n=POINT, m=st.floats(0.1, 4))
@pytest.mark.parametrize("kind", KINDS)
def test_losses_of_distances_equal_torch(kind, a, p, n, m):
    points = np.array([a, p, n]).round(3)
    value, gradient = evaluate(kind, points, m)
    leaf = torch.from_numpy(points).requires_grad_()
    theirs = library(kind, leaf, m)
    assert value == pytest.approx(theirs.item(), abs=1e-12)
    if theirs.item() > 0:
        theirs.backward()
        assert np.abs(gradient - leaf.grad.numpy()).max() <= 1e-12
    # Only differences of points enter, so the forces cancel.
    assert np.abs(gradient.sum(0)).max() < 1e-12


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rate", [0.01, 0.3, 1.0])
@pytest.mark.parametrize("points", [None, COLLAPSED, ((4.0, 4.0), (-4.0, -4.0), (4.0, 4.0))])
def test_the_walk_equals_torch(kind, rate, points):
    given_points = {"points": points} if points else {}
    trace = loss_pairs.run(PairsParams(kind=kind, rate=rate, margin=4.0, **given_points))
    assert len(trace.losses) == STEPS + 1
    assert all(check.passed for check in loss_pairs.reference(trace)), loss_pairs.reference(trace)


def test_distances_by_hand():
    # a = 0, p = (3, 4), n = (0, 2), m = 1: d_p = 5, d_n = 2
    points = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 2.0]])
    assert evaluate("triplet", points, 1.0)[0] == 4
    assert evaluate("squared", points, 1.0)[0] == 22
    assert evaluate("contrastive", points, 3.0)[0] == 12.5 + 0.5
    assert evaluate("triplet", points, 1.0)[1].round(12).tolist() == [[-0.6, 0.2], [0.6, 0.8], [0.0, -1.0]]


def test_the_default_triplet_is_hard_and_is_solved():
    trace = loss_pairs.run(PairsParams())
    assert trace.state == "hard"
    assert trace.losses[0] > 1.6
    assert trace.losses[-1] == 0
    assert trace.d_n[-1] >= trace.d_p[-1] + 1 - 1e-12


@pytest.mark.parametrize(
    ("points", "state"),
    [
        (COLLAPSED, "collapsed"),
        (((0, 0), (1, 0), (3, 0)), "easy"),
        (((0, 0), (1, 0), (1.5, 0)), "semihard"),
        (((0, 0), (1, 0), (0.5, 0)), "hard"),
    ],
)
def test_states_of_a_triplet(points, state):
    trace = loss_pairs.run(PairsParams(points=points))
    assert trace.state == state
    assert all(loss_pairs.explain(trace, lang) for lang in LANGS)


def test_collapse_is_stuck_at_the_margin():
    for kind in ("triplet", "squared"):
        trace = loss_pairs.run(PairsParams(kind=kind, points=COLLAPSED))
        assert (trace.losses == 1).all()
        assert not trace.gradients.any()


def test_a_step_of_1_swaps_anchor_and_positive_for_ever():
    trace = loss_pairs.run(PairsParams(kind="contrastive", rate=1.0))
    assert (trace.losses == 4.25).all()
    assert np.abs(trace.path[1, :2] - trace.path[0, 1::-1]).max() < 1e-12
    assert loss_pairs.run(PairsParams(kind="contrastive", rate=0.3)).losses[-1] < 1e-9


def test_torch_adds_a_millionth_unless_told_otherwise():
    points = torch.tensor([[[0.0, 0.0]], [[1.0, 0.0]], [[0.5, 0.0]]], dtype=torch.float64)
    plain = torch.nn.functional.triplet_margin_loss(*points)
    exact = torch.nn.functional.triplet_margin_loss(*points, eps=0.0)
    assert exact == 1.5
    assert plain != exact


# ---------------------------------------------------------------------------------------------------------------------
# The outlier


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"outlier_x": 40.0},
        {"outlier_x": 60.0, "outlier_y": 20.0, "delta": 0.1},
        {"outlier_x": 0.0, "delta": 5.0, "seed": 99},
        {"outlier_x": 5.0, "outlier_y": 20.0, "seed": 7, "delta": 0.3},
    ],
)
def test_fits_equal_torch_and_scipy(values):
    checks = loss_outlier.reference(loss_outlier.run(OutlierParams(**values)))
    assert [check.passed for check in checks] == [True] * 3, checks


@pytest.mark.parametrize("delta", [0.1, 1.0, 5.0])
@pytest.mark.parametrize("seed", [0, 5])
def test_huber_is_best_for_every_place_of_the_outlier(delta, seed):
    trace = loss_outlier.run(OutlierParams(seed=seed, delta=delta, outlier_x=12.0))
    design = torch.from_numpy(np.stack([trace.x, np.ones_like(trace.x)], axis=1))
    for place, line in zip(trace.places, trace.lines[2], strict=True):
        y = torch.from_numpy(np.append(trace.y[:-1], place))
        leaf = torch.from_numpy(np.array(line)).requires_grad_()
        torch.nn.functional.huber_loss(design @ leaf, y, reduction="sum", delta=delta).backward()
        assert leaf.grad.abs().max() < 1e-9


def test_a_line_without_noise_is_found_by_all():
    x = np.linspace(0, 10, 12)
    for line in fit_all(x, (2 * x - 3)[None], 1.0)[:, 0]:
        assert line.tolist() == pytest.approx([2, -3], abs=1e-9)


def test_an_outlier_pulls_the_squares_without_limit_and_the_others_not():
    x = loss_outlier.run(OutlierParams())
    slopes = dict(zip(FITS, x.lines[:, :, 0], strict=True))
    far = x.places <= -5
    # MSE: the slope is linear in the outlier's height; MAE and Huber stand still once it is far.
    assert np.abs(np.diff(slopes["mse"], 2)).max() < 1e-9
    assert np.ptp(slopes["mse"]) > 1
    assert np.ptp(slopes["mae"][far]) < 1e-12
    assert np.ptp(slopes["huber"][far]) < 1e-9
    turned = loss_outlier.run(OutlierParams(outlier_y=-20.0))
    assert turned.line("mse")[0] < 0
    assert 0.7 < turned.line("huber")[0] < turned.line("mae")[0]


def test_leverage_breaks_all_three():
    trace = loss_outlier.run(OutlierParams(outlier_x=40.0))
    assert all(trace.line(fit)[0] < -0.3 for fit in FITS)
    near = loss_outlier.run(OutlierParams(outlier_x=20.0))
    assert near.line("mse")[0] < 0
    assert min(near.line("mae")[0], near.line("huber")[0]) > 0.6


def test_places_and_points_are_what_the_controls_say():
    trace = loss_outlier.run(OutlierParams(outlier_y=3.5))
    assert (trace.places[0], trace.places[-1]) == (-BOUND, BOUND)
    assert np.diff(trace.places).tolist() == [STEP] * (len(trace.places) - 1)
    assert trace.places[trace.here] == trace.y[-1] == 3.5
    assert (make_points(3)[1] == make_points(3)[1]).all()
    assert (make_points(3)[1] != make_points(4)[1]).any()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("fit", FITS)
def test_the_pull_of_the_outlier_is_autograds(lang, fit):
    trace = loss_outlier.run(OutlierParams())
    w, b = trace.line(fit)
    guess = torch.tensor(w * trace.x[-1] + b, dtype=torch.float64, requires_grad=True)
    f = torch.nn.functional
    y = torch.tensor(trace.y[-1])
    {"mse": f.mse_loss, "mae": f.l1_loss, "huber": f.huber_loss}[fit](guess, y).backward()
    (shown,) = [p.text for line in loss_outlier.explain(trace, fit, lang) for p in line if p.kind == "result"]
    assert float(shown.replace("−", "-")) == pytest.approx(guess.grad.item(), abs=6e-4)
    assert "0.760" in join(loss_outlier.explain(trace, "mse", lang)[2])


def test_tables_are_finite_and_labelled():
    for tables, trace in (
        (loss_tokens.tables, masked()),
        (loss_pairs.tables, loss_pairs.run(PairsParams())),
        (loss_outlier.tables, loss_outlier.run(OutlierParams())),
    ):
        for table in tables(trace):
            assert table.values.shape == (len(table.rows), len(table.cols))
            assert np.isfinite(table.values).all()

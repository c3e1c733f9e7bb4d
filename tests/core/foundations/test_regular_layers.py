"""Dropout and batch norm: torch, counting over all masks, the claims of the room."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.arithmetic import join
from core.foundations import regular_batchnorm as bn
from core.foundations import regular_dropout as drop
from core.foundations.layers import BatchNorm
from core.foundations.regular_batchnorm import BatchParams
from core.foundations.regular_dropout import DropoutParams
from core.i18n import LANGS


@pytest.mark.parametrize("notes", ["inverted", "classic", "miscopied"])
@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 0.9])
def test_the_library_agrees(notes, p):
    trace = drop.run(DropoutParams(notes=notes, p=p))
    assert all(check.passed for check in drop.reference(trace))
    assert all(np.isfinite(table.values).all() for table in drop.tables(trace))


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_mean_and_variance_over_all_masks_are_the_formulas(p):
    for notes, mean, variance in (
        ("inverted", 1.0, p / (1 - p)),
        ("classic", 1 - p, p * (1 - p)),
        ("miscopied", 1 - p, p * (1 - p)),
    ):
        trace = drop.run(DropoutParams(notes=notes, p=p))
        assert trace.mean == pytest.approx(mean * trace.z)
        assert trace.variance == pytest.approx(variance * np.square(trace.w * trace.h).sum())
        right = notes != "miscopied" or p == 0.5
        assert (abs(trace.test - trace.mean) < 1e-9) == right


def test_all_masks_are_all_different():
    masks = drop.all_masks(5)
    assert len(np.unique(masks, axis=0)) == 32


def test_the_slip_shrinks_a_deep_net_and_the_right_scale_is_not_exact_either():
    slip = drop.run(DropoutParams(notes="miscopied", p=0.2))
    right = drop.run(DropoutParams(notes="inverted", p=0.2))
    assert slip.test / slip.mean == pytest.approx(0.25)
    assert slip.at_test[-1] / slip.in_training[-1] < 0.01
    assert right.at_test[-1] / right.in_training[-1] == pytest.approx(0.67, abs=0.005)
    assert right.at_test[1] / right.in_training[1] == pytest.approx(1, abs=0.02)


def test_dropping_nothing_changes_nothing_but_the_slip_kills():
    assert drop.run(DropoutParams(p=0.0)).variance == 0
    dead = drop.run(DropoutParams(p=0.0, notes="miscopied"))
    assert dead.test == 0
    assert dead.at_test[-1] == 0


@pytest.mark.parametrize("size", [2, 4, 8, 32, 128])
def test_batch_norm_is_that_of_the_library(size):
    trace = bn.run(BatchParams(size=size, gamma=1.5, beta=-0.5, momentum=0.3))
    checks = bn.reference(trace)
    assert len(checks) == 3
    assert all(check.passed for check in checks)


def test_batch_norm_is_that_of_the_engine():
    trace = bn.run(BatchParams())
    layer = BatchNorm(len(bn.SHOWN))
    layer.bind([torch.zeros(4, dtype=torch.float64) for _ in range(2)], [torch.zeros(4) for _ in range(2)])
    layer.bind_buffers([torch.zeros(4, dtype=torch.float64) for _ in range(2)])
    for rows, trained in zip(trace.rows, trace.trained, strict=True):
        y = layer.forward(torch.from_numpy(np.array(trace.x[rows])), is_training=True)
        assert y.numpy() == pytest.approx(trained, abs=1e-9)


def test_one_alone_becomes_beta_and_two_keep_their_order_only():
    alone = bn.run(BatchParams(size=1, beta=0.7))
    assert np.abs(alone.trained - 0.7).max() == 0
    assert bn.reference(alone) == ()
    everybody = bn.normalise(alone.x, alone.running_mean[-1], alone.running_variance[-1], 1.0, 0.0)
    assert np.abs(everybody[:, 1]).max() > 100
    pair = bn.run(BatchParams(size=2))
    # The body mass index: its spread is far above ε, so x̂ is ±1 wherever the two differ.
    size = np.abs(pair.guest[:, 1])
    assert ((np.abs(size - 1) < 0.02) | (size == 0)).mean() > 0.9


def test_the_noise_of_companions_falls_as_batches_grow():
    spread = [bn.run(BatchParams(size=size)).guest[:, 1].std() for size in (2, 8, 32, 128)]
    assert spread == sorted(spread, reverse=True)


def test_the_guest_is_in_every_batch_and_nobody_twice():
    trace = bn.run(BatchParams(size=16, guest=100))
    assert (trace.rows[:, 0] == 100).all()
    assert all(len(set(rows[1:])) >= 14 for rows in trace.rows.tolist())
    assert 100 not in trace.rows[:, 1:]


def test_slow_running_statistics_are_still_far_away():
    slow, quick = bn.run(BatchParams(momentum=0.01)), bn.run(BatchParams(momentum=0.1))
    gap = [abs(t.running_mean[-1, 1] - t.true_mean[1]) for t in (slow, quick)]
    assert gap[0] > 5 * gap[1]


@pytest.mark.parametrize("lang", LANGS)
def test_the_arithmetic_ends_in_the_numbers_of_the_trace(lang):
    trace = drop.run(DropoutParams(notes="miscopied"))
    said = " ".join(join(f) for f in drop.explain(trace, 3, lang))
    assert f"{trace.outputs[3]:.3f}".replace("-", "−") in said
    assert "(p/(1 − p))^(5) = 0.000977" in said
    batch = bn.run(BatchParams())
    told = [join(f) for f in bn.explain(batch, 10, 1, lang)]
    assert told[1].endswith(f"{batch.guest[10, 1]:.3f}".replace("-", "−"))
    assert told[2].endswith(f"{batch.evaluated[10, 0, 1]:.3f}".replace("-", "−"))

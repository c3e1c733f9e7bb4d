"""Dying units: the gradient beside autograd, what dead means, and the claims of the prose."""

from __future__ import annotations

import numpy as np
import pytest

from core.arithmetic import join
from core.foundations.activation_dying import KEPT, RESCUE_AT, DyingParams, explain, reference, run, tables
from core.i18n import LANGS


@pytest.mark.parametrize("kind", ["relu", "leaky_relu", "elu", "gelu", "silu"])
def test_gradient_and_loss_are_torchs(kind):
    trace = run(DyingParams(kind=kind, lg_rate=0.5))
    assert [check.passed for check in reference(trace)] == [True, True]


@pytest.mark.parametrize("rescue", ["none", "rate", "leaky"])
def test_the_checks_hold_through_a_rescue(rescue):
    assert all(check.passed for check in reference(run(DyingParams(rescue=rescue))))


def test_a_dead_relu_never_moves_again():
    trace = run(DyingParams())
    frame = trace.steps.index(RESCUE_AT)
    dead = trace.is_dead[frame]
    assert dead.all()
    assert (trace.W[frame] == trace.W[-1]).all()
    assert (trace.b[frame] == trace.b[-1]).all()


def test_one_step_by_hand():
    """From the first recorded step to the second, with numpy alone."""
    trace = run(DyingParams(kind="relu", lg_rate=0.0))
    W, b, v, c = trace.W[0], trace.b[0], trace.v[0], float(trace.c[0])
    z = trace.X @ W.T + b
    h = np.maximum(z, 0)
    g = (1 / (1 + np.exp(-(h @ v + c))) - trace.y) / len(trace.y)
    assert trace.v[1] == pytest.approx(v - h.T @ g, abs=1e-12)
    assert trace.b[1] == pytest.approx(b - ((z > 0) * g[:, None] * v).sum(0), abs=1e-12)


def test_claims():
    """η = 10 kills all within the first steps; a smaller η revives none, LeakyReLU all, and it learns the rings."""
    killed, slower, leaky = (run(DyingParams(rescue=r)) for r in ("none", "rate", "leaky"))
    assert killed.params.rate == 10
    assert killed.dead[killed.steps.index(2)] > 0.8
    assert killed.dead[-1] == 1
    assert killed.accuracy[-1] == 0.5
    assert slower.dead[-1] == 1
    assert leaky.dead[-1] == 0
    assert leaky.accuracy[-1] == 1
    assert (leaky.active[-1] > 0).mean() > 0.8
    healthy = run(DyingParams(lg_rate=0.0))
    assert healthy.dead.max() == 0
    assert healthy.accuracy[-1] > 0.95


def test_a_low_bias_kills_at_birth_and_no_rate_helps():
    born = run(DyingParams(lg_rate=0.0, bias=-4.0))
    assert born.dead[0] > 0.8
    assert born.dead[-1] >= born.dead[0]


def test_leaky_is_never_dead_even_when_silent():
    trace = run(DyingParams(kind="leaky_relu", bias=-4.0, lg_rate=0.0))
    assert not trace.is_dead.any()
    assert (trace.active[0] == 0).any()


def test_divergence_is_a_state():
    trace = run(DyingParams(kind="leaky_relu", lg_rate=1.5))
    assert trace.diverged_at is not None
    assert trace.steps == KEPT[: len(trace.steps)]
    assert trace.steps[-1] < trace.diverged_at
    assert np.isfinite(trace.loss).all()
    assert not trace.is_dead.any()


@pytest.mark.parametrize("lang", LANGS)
def test_explained_unit(lang):
    trace = run(DyingParams())
    last = len(trace.steps) - 1
    told = " ".join(join(line) for line in explain(trace, last, 0, lang))
    assert {"en": "It is dead.", "ru": "Нейрон мёртв."}[lang] in told
    first = explain(trace, 0, 0, lang)
    z = trace.X @ trace.W[0, 0] + trace.b[0, 0]
    (shown,) = [part.text for part in first[0] if part.kind == "result"]
    assert float(shown.replace("−", "-")) == pytest.approx(z.max(), abs=1e-3)
    assert str(int((z > 0).sum())) in join(first[2])
    silent = run(DyingParams(kind="leaky_relu", bias=-4.0, lg_rate=0.0))
    unit = int(np.flatnonzero(silent.active[0] == 0)[0])
    assert {"en": "silent", "ru": "молчит"}[lang] in join(explain(silent, 0, unit, lang)[2])


def test_tables_are_labelled():
    for table in tables(run(DyingParams(units=8))):
        assert table.values.shape == (len(table.rows), len(table.cols))

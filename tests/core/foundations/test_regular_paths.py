"""Lasso, ridge and elastic net: scikit-learn, the conditions of a minimum, the claims of the room."""

from __future__ import annotations

import numpy as np
import pytest

from core.arithmetic import join
from core.foundations.regular_paths import (
    FOLDS,
    NAMES,
    PathParams,
    load_patients,
    prepare,
    reference,
    run,
    soft_threshold,
    split,
    tables,
)
from core.foundations.regular_paths_explain import explain
from core.i18n import LANGS

CASES = [
    {},
    {"penalty": "l2"},
    {"penalty": "both", "mix": 0.3},
    {"is_standard": False},
    {"penalty": "l2", "is_standard": False, "patients": 60},
    {"penalty": "both", "patients": 30, "seed": 5, "first": "s1", "second": "s1"},
]


@pytest.mark.parametrize("values", CASES)
def test_the_library_agrees(values):
    trace = run(PathParams(**values))
    checks = reference(trace)
    assert len(checks) == 2
    assert [check.what.en for check in checks if not check.passed] == []
    assert all(np.isfinite(table.values).all() for table in tables(trace))


def test_the_patients_are_those_of_the_library():
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True, scaled=False)
    assert np.array_equal(load_patients()[0], x)
    assert np.array_equal(load_patients()[1], y)


@pytest.mark.parametrize("values", [{}, {"penalty": "both"}])
def test_every_coefficient_meets_the_condition_of_a_minimum(values):
    """Zero only where the data ask for less than λρ, and elsewhere slope = −λρ·sign β − λ(1 − ρ)β."""
    trace = run(PathParams(**values))
    rho = trace.params.rho
    for lam, beta in zip(trace.lambdas, trace.beta, strict=True):
        slope = trace.G @ beta - trace.c
        out = beta == 0
        assert (np.abs(slope[out]) <= lam * rho + 1e-6).all()
        assert slope[~out] == pytest.approx(-lam * rho * np.sign(beta[~out]) - lam * (1 - rho) * beta[~out], abs=1e-6)


def test_soft_threshold_by_hand():
    z = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
    assert soft_threshold(z, 0.5).tolist() == [-1.5, 0.0, 0.0, 0.0, 1.5]


def test_lasso_has_exact_zeros_and_ridge_has_none():
    lasso, ridge = run(PathParams()), run(PathParams(penalty="l2"))
    largest = np.abs(lasso.c).max()
    assert (lasso.alive[lasso.lambdas > largest] == 0).all()
    assert (lasso.alive[lasso.lambdas < largest * 0.99] > 0).all()
    assert (ridge.alive == len(NAMES)).all()


def test_the_numbers_of_the_prose():
    trace = run(PathParams())
    assert trace.alive[trace.best] == 7
    assert run(PathParams(lg_lambda=-1.0)).alive[trace.lambdas.searchsorted(0.0999)] == 4
    first = [
        NAMES[int(np.argmax([np.flatnonzero(b).max(initial=-1) for b in run(p).beta.T]))]
        for p in (PathParams(), PathParams(is_standard=False))
    ]
    assert first == ["bmi", "s1"]


def test_folds_cover_every_patient_once():
    rows = split(443)
    assert len(rows) == FOLDS
    assert np.array_equal(np.sort(np.concatenate(rows)), np.arange(443))
    x, y = prepare(PathParams(patients=60))
    assert x.std(0) == pytest.approx(1)
    assert (y.mean(), y.std()) == pytest.approx((0, 1))


@pytest.mark.parametrize("lang", LANGS)
def test_the_arithmetic_ends_in_the_coefficient(lang):
    for penalty in ("l1", "l2", "both"):
        trace = run(PathParams(penalty=penalty))
        for j in (0, 2):
            said = [join(formula) for formula in explain(trace, j, lang)]
            beta = trace.beta[trace.here, j]
            assert (f"{beta:.4f}".replace("-", "−") if beta else "= 0") in said[1]

"""Data of the pictures of overfitting: finite, packed as the browser reads them, and no larger than they need be."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest

from core.figures.overfitting import (
    degrees_data,
    double_data,
    folds_data,
    learning_data,
    nearest,
    net_data,
    spread_data,
)
from core.foundations import overfit_double, overfit_learning, overfit_net, overfit_polynomial, overfit_spread
from core.foundations.overfit_double import DoubleParams
from core.foundations.overfit_net import SIDE, NetParams
from core.foundations.overfit_polynomial import DEGREES, GRID, PolyParams


def unpack(words: str, dtype: str = "<f4") -> np.ndarray:
    return np.frombuffer(base64.b64decode(words), dtype=dtype)


@pytest.mark.parametrize("kw", [{}, {"degree": 20, "n": 8}, {"noise": 0.0, "truth": "line", "degree": 1}])
def test_every_view_of_the_polynomials(kw):
    params = PolyParams(**kw)
    fit = overfit_polynomial.run(params)
    views = (
        degrees_data(fit, "en"),
        folds_data(fit, "en"),
        learning_data(overfit_learning.run(params), fit, "ru"),
        spread_data(overfit_spread.run(params), fit, "ru"),
    )
    for data in views:
        assert len(json.dumps(data, allow_nan=False)) < 120_000
        assert data["range"][1] > data["range"][0]
        assert all(len(one["y"]) == len(data["values"]) for one in data["lines"])
    assert unpack(views[0]["curves"]).size == (DEGREES + 1) * GRID
    pull = unpack(views[0]["pull"]).reshape(params.n, GRID)
    assert np.allclose(pull, fit.pull.T, rtol=1e-5)
    assert np.allclose(unpack(views[1]["thin"]).reshape(-1, GRID), fit.fold_fits, rtol=1e-5)


def test_the_net_and_the_descent():
    trace = overfit_net.run(NetParams(steps=50, patience=2))
    data = net_data(trace, "en")
    assert unpack(data["map"], "u1").size == len(data["steps"]) * SIDE**2
    assert len(json.dumps(data, allow_nan=False)) < 400_000
    assert data["used"] >= 0
    for family in overfit_double.FAMILIES:
        double = overfit_double.run(DoubleParams(family=family, points=10))
        seen = double_data(double, 3, "ru")
        assert len(json.dumps(seen, allow_nan=False)) < 120_000
        assert unpack(seen["second"]).size == len(double.widths) * overfit_double.GRID
        assert bool(seen["points"]) == (family == "fourier")


def test_the_nearest_place_is_nearest_by_ratio():
    assert nearest(np.array([10, 20, 40]), 27) == 1
    assert nearest(np.array([10, 20, 40]), 29) == 2

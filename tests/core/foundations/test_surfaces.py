"""Formulas: what may be written, its exact gradient, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Refusal
from core.foundations.formula import MAX_CHARS
from core.foundations.surfaces import (
    FUNCTIONS,
    OWN_EXAMPLE,
    SURFACES,
    gradient,
    gradient_by_autograd,
    parse,
    read_point,
    values,
)

POINTS = np.random.default_rng(0).uniform(0.2, 2.5, (60, 2))
WRITTEN = [
    *(surface.formula for surface in SURFACES.values()),
    OWN_EXAMPLE.en,
    *(f"{name}(x*y + 0.3) / (1 + y^2)" for name in FUNCTIONS),
    "x/y - y/x + 2**3",
    "-(-x)**3 + +y",
    "x**-2 + y**0.5 + x**0",
    "pi*x + e*y",
    "3",
    "y",
    "2x(y + 1) − 3·y² + 1e-3x",
]


@pytest.mark.parametrize("formula", WRITTEN)
def test_gradient_is_autograds(formula: str) -> None:
    tree = parse(formula)
    f, g = gradient(tree, POINTS[:, 0], POINTS[:, 1])
    assert f.shape == (60,)
    assert g.shape == (60, 2)
    theirs = gradient_by_autograd(tree, POINTS).numpy()
    assert np.abs((g - theirs) / np.maximum(1, np.abs(theirs))).max() < 1e-12
    assert np.allclose(f, values(tree, POINTS[:, 0], POINTS[:, 1]), rtol=1e-13)


def test_known_gradients() -> None:
    x, y = np.array([0.5]), np.array([-1.5])
    _, g = gradient(parse(SURFACES["rosenbrock"].formula), x, y)
    assert g[0] == pytest.approx([-2 * 0.5 - 400 * 0.5 * (-1.75), 200 * (-1.75)])
    _, g = gradient(parse(SURFACES["himmelblau"].formula), x, y)
    a, b = 0.25 - 1.5 - 11, 0.5 + 2.25 - 7
    assert g[0] == pytest.approx([4 * 0.5 * a + 2 * b, 2 * a + 4 * -1.5 * b])


@pytest.mark.parametrize("name", SURFACES)
def test_minima_are_zero_and_flat(name: str) -> None:
    surface = SURFACES[name]
    at = np.array(surface.minima, dtype=float)
    f, g = gradient(parse(surface.formula), at[:, 0], at[:, 1])
    assert np.abs(f).max() < 1e-9
    assert np.abs(g).max() < 1e-4
    x0, x1, y0, y1 = surface.view
    for x, y in (surface.start, *surface.minima):
        assert x0 < x < x1
        assert y0 < y < y1


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "x +",
        "import os",
        "__import__('os')",
        "x.__class__",
        "().__class__",
        "[x]",
        "x if y else 1",
        "lambda: x",
        "(x := 3)",
        "x and y",
        "x < y",
        "x @ y",
        "x // 2",
        "x % 2",
        "x ** y",
        "x ** 9**9",
        "x ** 13",
        "9**9**9",
        "1e400",
        "10**400",
        "9" * 110,
        "1j*x",
        "True",
        "'x'",
        "z",
        "sin",
        "sin()",
        "sin(x, y)",
        "sin(x=1)",
        "sin(*x)",
        "open(x)",
        "x" * (MAX_CHARS + 1),
        "(" * 60,
        "x\n+y",
        "x;y",
        "1if x else y",
        "x\x00",
        "щ + x",
        "f'{x}'",
    ],
)
def test_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(typed)
    assert refused.value.text.en.endswith(".")


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="xy0123456789+-*/^(). sincoexplgqrtab_,²√e", max_size=40))
def test_anything_typed_is_a_tree_or_a_refusal(typed: str) -> None:
    try:
        tree = parse(typed)
    except Refusal:
        return
    f, g = gradient(tree, np.array([0.5, -1e200]), np.array([2.0, 1e200]))
    assert f.shape == (2,)
    assert g.shape == (2, 2)


def test_undefined_and_overflowing_points_are_not_finite_and_quiet() -> None:
    f, _ = gradient(parse("log(x)"), np.array([-1.0, 1.0]), np.zeros(2))
    assert math.isnan(f[0])
    assert f[1] == 0
    f, _ = gradient(parse("exp(x**12)"), np.array([1e30]), np.zeros(1))
    assert math.isinf(f[0])


@pytest.mark.parametrize(
    ("typed", "point"),
    [("1; 2", (1, 2)), ("−1,5; 2", (-1.5, 2)), ("-1.5, 2", (-1.5, 2)), ("(3 4)", (3, 4)), ("1,5;2,5", (1.5, 2.5))],
)
def test_points(typed: str, point: tuple[float, float]) -> None:
    assert read_point(typed) == point


@pytest.mark.parametrize("typed", ["1", "1;2;3", "a; b", "nan; 1", "inf; 1", "1e9; 0", "1,2,3", ";"])
def test_points_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        read_point(typed)

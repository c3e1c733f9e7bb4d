"""The curve on the bench: its grid, its zones, the other curve, and the arithmetic of a point."""

from __future__ import annotations

import numpy as np
import pytest

from core.arithmetic import join
from core.foundations.activation_curve import KINDS, CurveParams, reference, run, stretches, tables
from core.foundations.explain_activation import explain
from core.i18n import LANGS

POINTS = (-8.0, -1.3, 0.0, 0.75, 8.0)


@pytest.mark.parametrize("kind", KINDS)
def test_every_function_passes_its_checks(kind):
    trace = run(CurveParams(kind=kind, slope=0.2, floor=1.7))
    assert [check.passed for check in reference(trace)] == [True, True]
    assert max(check.tolerance for check in reference(trace)) <= 1e-12


def test_a_wrong_derivative_is_noticed():
    trace = run(CurveParams(kind="tanh"))
    wrong = trace.__class__(**{**trace.__dict__, "slope": trace.slope + 1e-9})
    assert not all(check.passed for check in reference(wrong))


@pytest.mark.parametrize("x", POINTS)
def test_the_picked_point_is_on_the_grid(x):
    trace = run(CurveParams(x=x))
    assert trace.x[trace.here] == x


def test_zones_of_the_sigmoid_are_symmetric():
    trace = run(CurveParams(kind="sigmoid", epsilon=0.05))
    # f(1 − f) = 0.05 at f = (1 − √0.8) / 2, x = ln(f / (1 − f))
    f = (1 - 0.8**0.5) / 2
    edge = float(np.log(f / (1 - f)))
    (a, b), (c, d) = trace.zones
    assert (a, d) == (-8.0, 8.0)
    assert b == -c
    assert b <= edge < b + 0.01


def test_zones_of_relu_take_in_zero():
    assert run(CurveParams(kind="relu")).zones == ((-8.0, 0.0),)


def test_gelu_is_flat_in_a_second_zone_where_it_turns():
    assert len(run(CurveParams(kind="gelu")).zones) == 2


def test_stretches():
    assert stretches(np.arange(5.0), np.array([True, False, True, True, False])) == ((0.0, 0.0), (2.0, 3.0))
    assert stretches(np.arange(2.0), np.array([False, False])) == ()


def test_claims():
    """The prose: at most 0.25; ReLU 0 or 1; the tanh form is off by up to 0.0005 near |x| = 2.7; at 8 it is 0.0003."""
    assert run(CurveParams(kind="sigmoid")).steepest == 0.25
    assert set(run(CurveParams(kind="relu")).slope) == {0.0, 1.0}
    trace = run(CurveParams(kind="gelu", other="gelu_tanh"))
    assert 0.0004 < trace.gap < 0.0005
    assert abs(trace.gap_at) == pytest.approx(2.7, abs=0.06)
    at_eight = run(CurveParams(kind="sigmoid", x=8.0))
    assert round(float(at_eight.slope[at_eight.here]), 4) == 0.0003
    for kind in ("gelu", "silu"):
        assert run(CurveParams(kind=kind)).slope.min() < 0


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("x", POINTS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_arithmetic_ends_in_the_numbers_of_the_trace(kind, x, lang):
    trace = run(CurveParams(kind=kind, x=x))
    lines = explain(trace, lang)
    for line, expected in zip(lines, (trace.f[trace.here], trace.slope[trace.here]), strict=False):
        (result,) = [part.text for part in line if part.kind == "result"]
        assert float(result.replace("−", "-")) == pytest.approx(float(expected), rel=0.06, abs=6e-5)


@pytest.mark.parametrize("kind", ["gelu", "gelu_tanh", "silu", "elu"])
@pytest.mark.parametrize("x", [-2.0, -0.4, 0.3, 1.7])
def test_the_written_products_come_out(kind, x):
    """What stands in the highlighted term is evaluated as it is written."""
    trace = run(CurveParams(kind=kind, x=x))
    for line in explain(trace, "en")[:2]:
        written = [part.text for part in line if part.kind == "strong"]
        (result,) = [part.text for part in line if part.kind == "result"]
        for term in written:
            expression = term.replace("·", "*").replace("−", "-")
            if not set(expression) <= set("0123456789.()*+- "):
                continue
            assert eval(expression) == pytest.approx(float(result.replace("−", "-")), abs=3e-3)


def test_another_function_adds_its_line_and_its_columns():
    alone, both = CurveParams(kind="gelu"), CurveParams(kind="gelu", other="gelu_tanh")
    assert len(explain(run(both), "en")) == len(explain(run(alone), "en")) + 1
    assert "0.0005" in join(explain(run(both), "en")[-1])
    assert len(tables(run(both))[0].cols) == 4
    assert len(explain(run(CurveParams(kind="gelu", other="gelu")), "ru")) == len(explain(run(alone), "ru"))

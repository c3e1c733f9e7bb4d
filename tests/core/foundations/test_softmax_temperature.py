"""Softmax with temperature: its limits, its Jacobian, what is read and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import Cell, join
from core.errors import Refusal
from core.foundations.softmax_temperature import TemperatureParams, explain, read_logits, reference, run, tables
from core.i18n import LANGS


@given(
    s=st.lists(st.floats(-100, 100).map(lambda v: round(v, 3)), min_size=2, max_size=8),
    T=st.sampled_from([0.05, 0.5, 1.0, 7.0, 10.0]),
)
@settings(deadline=None, max_examples=60)
def test_checks_pass_and_shares_sum_to_one(s, T):
    trace = run(TemperatureParams(logits=" ".join(map(str, s)), temperature=T))
    assert all(check.passed for check in reference(trace))
    assert trace.p.sum() == pytest.approx(1, abs=1e-12)
    assert trace.jacobian.sum(0) == pytest.approx(np.zeros(len(s)), abs=1e-11)


def test_by_hand():
    trace = run(TemperatureParams(logits="0 0,693147180559945"))
    assert trace.p == pytest.approx([1 / 3, 2 / 3], abs=1e-12)
    assert trace.jacobian == pytest.approx(np.array([[2, -2], [-2, 2]]) / 9, abs=1e-12)


def test_limits():
    cold, warm = run(TemperatureParams(temperature=0.05)), run(TemperatureParams(temperature=10.0))
    assert cold.p[0] > 1 - 1e-6
    assert np.abs(cold.jacobian).max() < 1e-6
    assert warm.p == pytest.approx(np.full(5, 0.2), abs=0.05)
    assert cold.entropy < warm.entropy <= math.log2(5)
    assert (np.diff(warm.entropies) >= 0).all()
    tie = run(TemperatureParams(logits="2 2 0 -1", temperature=0.05))
    assert tie.p[:2] == pytest.approx([0.5, 0.5], abs=1e-12)


def test_claim_that_softmax_is_not_elementwise():
    trace = run(TemperatureParams())
    off = ~np.eye(5, dtype=bool)
    assert (trace.jacobian[off] < 0).all()
    assert (trace.separate_jacobian[off] == 0).all()
    assert trace.separate.sum() > 1


@pytest.mark.parametrize("words", ["1 2", "1;2", "1,5 −2", "  3   4e1 "])
def test_numbers_as_people_type_them(words):
    assert len(read_logits(words)) == 2


@pytest.mark.parametrize("words", ["", "1", "a b", "nan 1", "inf 1", "101 0", "1 2 3 4 5 6 7 8 9", "1,2,3 4"])
def test_refused(words):
    with pytest.raises(Refusal):
        read_logits(words)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    ("panel", "row", "col"),
    [("p", 0, 2), ("s", 0, 1), ("jacobian", 1, 1), ("jacobian", 1, 3), ("separate_jacobian", 2, 2), ("separate", 0, 4)],
)
def test_explained_cell_ends_in_its_number(panel, row, col, lang):
    trace = run(TemperatureParams())
    values = {"p": trace.p[None], "s": trace.p[None], "separate": trace.separate[None]}
    expected = values.get(panel, getattr(trace, panel))[row, col]
    (shown,) = [p.text for p in explain(trace, Cell(panel, row, col), lang)[0] if p.kind == "result"]
    assert float(shown.replace("−", "-")) == pytest.approx(float(expected), abs=1e-4)


def test_the_zero_of_the_sigmoid_says_why():
    assert "does not see" in join(explain(run(TemperatureParams()), Cell("separate_jacobian", 0, 1), "en")[0])


def test_tables_are_labelled():
    for table in tables(run(TemperatureParams())):
        assert table.values.shape == (len(table.rows), len(table.cols))

"""Formulas as data: what a cell writes can be read back, and is the number."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import Cell, Part, join, number, quiet, say, sum_of_products, write_number


def read(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (4.94974, 3, "4.950"),
        (0.0191, 2, "0.02"),
        (3.0, 3, "3"),
        (-3.0, 3, "−3"),
        (-0.5, 2, "−0.50"),
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (0.0004, 3, "4.0e−4"),
        (0.0006, 3, "0.001"),
        (-12345.6, 2, "−1.2e4"),
        (10000.0, 3, "1.0e4"),
        (9999.0, 3, "9999"),
        (math.inf, 3, "∞"),
        (-math.inf, 3, "−∞"),
        (math.nan, 3, "—"),
    ],
)
def test_a_cell_writes(value: float, decimals: int, text: str) -> None:
    assert write_number(value, decimals) == text


@settings(deadline=None, max_examples=300)
@given(st.floats(-1e99, 1e99).filter(lambda v: v == 0 or abs(v) > 1e-99), st.integers(1, 6))
def test_what_is_written_is_the_number_rounded(value: float, decimals: int) -> None:
    text = write_number(value, decimals)
    assert "-" not in text
    assert len(text) <= decimals + 7
    if "e" in text:
        assert read(text) == pytest.approx(value, rel=0.051)
    else:
        assert abs(read(text) - value) <= 0.5 * 10.0**-decimals * (1 + 1e-9)
    assert value == 0 or text.startswith("−") == (value < 0)


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(["X", "W_Q", "scores", "output"]), st.integers(0, 9999), st.integers(0, 9999))
def test_an_address_of_a_cell_round_trips(panel: str, row: int, col: int) -> None:
    cell = Cell(panel, row, col)
    assert Cell.parse(str(cell)) == cell


@pytest.mark.parametrize(
    "words",
    [
        "",
        "X",
        "X.1",
        "X.1.2.3",
        "X.-1.0",
        "X.a.0",
        "X.1.",
        "X.1.99999",
        "X.1e1.0",
        "X.½.0",
        "X.1.0 ",
        "X.1.²",
        "X. 1.0",
    ],
)
def test_what_is_no_address_is_none(words: str) -> None:
    assert Cell.parse(words) is None


def test_a_sum_of_products_brackets_negatives_and_marks_the_picked_term() -> None:
    parts = sum_of_products([1.0, -2.0, 0.5], [3.0, -4.0, -1.0], 2, strong=1)
    assert join(parts) == "1·3 + (−2)·(−4) + 0.50·(−1)"
    assert [p.text for p in parts if p.kind == "strong"] == ["(−2)·(−4)"]
    assert sum(p.kind == "number" for p in parts) == 2


def test_unequal_lengths_are_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="shorter"):
        sum_of_products([1.0, 2.0], [1.0])


def test_plain_text_keeps_powers_readable() -> None:
    formula = (Part("e", power="−1.5"), say(" = "), number(0.2231, 3, "result"), quiet("  note"))
    assert join(formula) == "e^(−1.5) = 0.223  note"

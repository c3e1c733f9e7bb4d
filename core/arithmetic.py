"""Formulas with live numbers in them, as data: a page renders them, a notebook prints them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["plain", "number", "strong", "quiet", "result"]


@dataclass(frozen=True)
class Cell:
    """The address of one number on a board: panel, row, column. `str(cell)` is its form in a URL."""

    panel: str
    row: int
    col: int

    def __str__(self) -> str:
        return f"{self.panel}.{self.row}.{self.col}"

    @staticmethod
    def parse(words: str) -> Cell | None:
        """The inverse of `str`; None when `words` is not an address."""
        parts = words.split(".")
        if len(parts) != 3 or not all(p.isdecimal() and len(p) <= 4 for p in parts[1:]):
            return None
        return Cell(parts[0], int(parts[1]), int(parts[2]))


@dataclass(frozen=True)
class Part:
    """One piece of a formula and the exponent over it. "strong" is the picked term, "result" the answer."""

    text: str
    kind: Kind = "plain"
    power: str = ""


Formula = tuple[Part, ...]


def write_number(value: float, decimals: int) -> str:
    """A number as a cell shows it: whole numbers without decimals, huge and tiny ones in powers of ten."""
    if not np.isfinite(value):
        return "−∞" if value == -np.inf else "∞" if value == np.inf else "—"
    if value == round(value) and abs(value) < 1e4:
        return f"{value + 0.0:.0f}".replace("-", "−")  # −0.0 + 0.0 is 0: no cell shows “−0”
    if abs(value) >= 1e4 or (abs(value) < 10.0**-decimals / 2):
        mantissa, exponent = f"{value:.1e}".split("e")
        return f"{mantissa}e{int(exponent)}".replace("-", "−")
    return f"{value:.{decimals}f}".replace("-", "−")


def say(text: str) -> Part:
    return Part(text)


def quiet(text: str) -> Part:
    return Part(text, "quiet")


def number(value: float, decimals: int = 3, kind: Kind = "number") -> Part:
    """A number as the cells write it; a negative one that stands inside a sum is bracketed by the caller."""
    return Part(write_number(value, decimals), kind)


def sum_of_products(left: Iterable[float], right: Iterable[float], decimals: int = 3, strong: int = -1) -> list[Part]:
    """`a₁·b₁ + a₂·b₂ + …`, negative factors in brackets, the term `strong` marked."""
    parts: list[Part] = []
    for k, (a, b) in enumerate(zip(left, right, strict=True)):
        if k:
            parts.append(say(" + "))
        text = f"{_bracket(a, decimals)}·{_bracket(b, decimals)}"
        parts.append(Part(text, "strong" if k == strong else "number"))
    return parts


def join(parts: Iterable[Part]) -> str:
    """The formula as one line of plain text (for alt text, CSV and notebooks); powers become `^(…)`."""
    return "".join(f"{p.text}^({p.power})" if p.power else p.text for p in parts)


def _bracket(value: float, decimals: int) -> str:
    text = write_number(value, decimals)
    return f"({text})" if text.startswith("−") else text

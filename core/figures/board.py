"""A board: small matrices linked to each other, every number a cell that can be picked.

The browser draws it (assets/components/board.js); here it is only data, so a test reads coordinates and not pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.arithmetic import Cell, write_number
from core.figures.theme import Role
from core.i18n import Lang, Text

Scale = Literal["role", "probability", "signed"]
Span = Literal["i", "j", "*"] | tuple[int, ...]


@dataclass(frozen=True)
class Link:
    """Which cells of `panel` the number at (i, j) is made of.

    `rows` and `cols` say which of its indices: "i", "j", "*" for all of them, or the indices themselves.
    """

    panel: str
    rows: Span
    cols: Span


@dataclass(frozen=True)
class Panel:
    """One matrix.

    values : (row, col) numbers; NaN is drawn as an empty, masked cell
    scale : "role" shades by |value| / max|value| in the role's colour, "probability" by the value on 0…1,
        "signed" by value / max|value| on the diverging ramp
    step : the step of the computation at which the panel appears
    editable : its cells can be typed into
    links : what each of its numbers is made of
    """

    id: str
    title: Text
    role: Role
    values: npt.NDArray[Any]
    rows: tuple[str, ...]
    cols: tuple[str, ...]
    scale: Scale = "role"
    decimals: int = 3
    step: int = 0
    editable: bool = False
    links: tuple[Link, ...] = ()

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.rows), len(self.cols)):
            raise ValueError(f"panel {self.id}: values {self.values.shape}, labels {len(self.rows)}×{len(self.cols)}")


@dataclass(frozen=True)
class Arrow:
    """What happens between two panels, written over an arrow."""

    words: Text
    step: int = 0


@dataclass(frozen=True)
class Board:
    """Rows of panels and arrows; `steps` names the stages that can be played."""

    rows: tuple[tuple[Panel | Arrow, ...], ...]
    steps: tuple[Text, ...] = ()
    alt: Text | None = None

    def panels(self) -> tuple[Panel, ...]:
        return tuple(item for row in self.rows for item in row if isinstance(item, Panel))

    def has(self, cell: Cell) -> bool:
        """Whether `cell` is on this board."""
        return any(p.id == cell.panel and cell.row < len(p.rows) and cell.col < len(p.cols) for p in self.panels())

    def to_data(self, lang: Lang) -> dict[str, Any]:
        """Plain JSON for the browser: numbers as written (rounded text) and as shades 0…1 (−1…1 when signed)."""
        return {
            "rows": [[_item(item, lang) for item in row] for row in self.rows],
            "steps": [s.get(lang) for s in self.steps],
            "alt": self.alt.get(lang) if self.alt else "",
        }


def shades(values: npt.NDArray[Any], scale: Scale) -> npt.NDArray[np.float64]:
    """How strongly each cell is coloured: 0…1, or −1…1 when `scale` is "signed". NaN and −∞ get 0."""
    finite = np.where(np.isfinite(values), values, 0.0).astype(np.float64)
    if scale == "probability":
        return np.clip(finite, 0.0, 1.0)
    largest = float(np.max(np.abs(finite), initial=0.0)) or 1.0
    ratio = finite / largest
    return ratio if scale == "signed" else np.abs(ratio)


def _item(item: Panel | Arrow, lang: Lang) -> dict[str, Any]:
    if isinstance(item, Arrow):
        return {"kind": "arrow", "words": item.words.get(lang), "step": item.step}
    return {
        "kind": "panel",
        "id": item.id,
        "title": item.title.get(lang),
        "role": item.role,
        "scale": item.scale,
        "rows": item.rows,
        "cols": item.cols,
        "text": _texts(item.values, item.decimals),
        "raw": [[float(v) if np.isfinite(v) else None for v in row] for row in item.values] if item.editable else None,
        "shade": [[round(float(v), 3) for v in row] for row in shades(item.values, item.scale)],
        "empty": [[bool(not np.isfinite(v)) for v in row] for row in item.values],
        "step": item.step,
        "links": [[link.panel, link.rows, link.cols] for link in item.links],
    }


def _texts(values: npt.NDArray[Any], decimals: int) -> Sequence[Sequence[str]]:
    return [[write_number(float(v), decimals) for v in row] for row in values]

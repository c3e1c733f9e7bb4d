"""Handwritten digits on a canvas with room to move, and what people measured of them before nets learned to.

Symbols: x (image, 144) pixels 0…1 of a 12×12 canvas; the digit itself is 8×8 and lies in the middle, so that a shift by
up to two pixels loses no ink. φ(x) features:

    zoning        mean ink of each of 6×6 squares                                    36 numbers
    projections   ink of every row and every column                                  24
    directions    ink edges by direction: 3×3 cells × 8 directions, each weighted by the length of the gradient  72
                  (Dalal and Triggs 2005, section 6, without their overlapping blocks; central differences)
    centred       the pixels, after the centre of the ink was moved to the middle of the canvas    144

The images are the test part of Alpaydin and Kaynak's "Optical Recognition of Handwritten Digits" (UCI, 1998) that
scikit-learn ships. The first 60 of every digit are scored, the next ones train.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from core.arrays import freeze
from core.i18n import Text
from core.metrics.digits import load_digits

Floats = npt.NDArray[np.floating]
Ints = npt.NDArray[np.int64]

DIGIT = 8
SIDE = 12
REACH = 2
SCORED = 60
CELLS = 3
DIRECTIONS = 8
SHIFTS = tuple((dx, dy) for dy in range(-REACH, REACH + 1) for dx in range(-REACH, REACH + 1))
NEXT = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))

FEATURES: dict[str, Text] = {
    "all": Text("all three", "все три"),
    "directions": Text("directions of edges", "направления краёв"),
    "zoning": Text("zoning", "зоны"),
    "projections": Text("projections", "проекции"),
    "centred": Text("centred pixels", "пиксели по центру"),
}


def on_canvas(pixels: npt.ArrayLike) -> Floats:
    """Digits (n, 64) of 0…16 → canvases (n, 144) of 0…1."""
    small = np.asarray(pixels, dtype=np.float32).reshape(-1, DIGIT, DIGIT) / 16
    return np.pad(small, ((0, 0), (REACH, REACH), (REACH, REACH))).reshape(len(small), SIDE * SIDE)


def shift(x: Floats, dx: int, dy: int) -> Floats:
    """Move images (n, 144) right by dx and down by dy; what leaves the canvas is lost, what comes in is blank."""
    images = x.reshape(-1, SIDE, SIDE)
    out = np.zeros_like(images)
    height, width = SIDE - abs(dy), SIDE - abs(dx)
    out[:, max(dy, 0) : max(dy, 0) + height, max(dx, 0) : max(dx, 0) + width] = images[
        :, max(-dy, 0) : max(-dy, 0) + height, max(-dx, 0) : max(-dx, 0) + width
    ]
    return out.reshape(len(images), SIDE * SIDE)


@cache
def load_canvases() -> tuple[Floats, Ints]:
    """All 1797 canvases and their digits, in the order of the file."""
    data = load_digits()
    return freeze(on_canvas(data.pixels)), freeze(data.digits, np.int64)


@cache
def scored_rows() -> Ints:
    """The rows that are scored: the first of every digit, 600 altogether."""
    _, digits = load_canvases()
    return freeze(np.sort(np.concatenate([np.flatnonzero(digits == digit)[:SCORED] for digit in range(10)])))


def training_rows(n: int, seed: int) -> Ints:
    """n rows, as many of each digit, drawn with `seed` from those that are not scored: a larger n holds a smaller."""
    _, digits = load_canvases()
    generator = np.random.default_rng(seed)
    rows = [generator.permutation(np.flatnonzero(digits == digit)[SCORED:])[: n // 10] for digit in range(10)]
    return np.stack(rows, axis=1).ravel()


def with_neighbours(x: Floats, y: Ints) -> tuple[Floats, Ints]:
    """Every example and its four copies shifted by one pixel: five times as many."""
    return np.concatenate([shift(x, dx, dy) for dx, dy in NEXT]), np.tile(y, len(NEXT))


def zoning(x: Floats) -> Floats:
    """(n, 144) → (n, 36)."""
    half = SIDE // 2
    return np.asarray(x.reshape(-1, half, 2, half, 2).mean((2, 4)).reshape(len(x), -1))


def projections(x: Floats) -> Floats:
    """Means of the 12 rows, then of the 12 columns: (n, 24)."""
    images = x.reshape(-1, SIDE, SIDE)
    return np.concatenate([images.mean(2), images.mean(1)], axis=1)


def gradients(x: Floats) -> tuple[Floats, Floats]:
    """Central differences to the right and down, blank beyond the edge: (n, 12, 12) each."""
    padded = np.pad(x.reshape(-1, SIDE, SIDE), ((0, 0), (1, 1), (1, 1)))
    return (padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]) / 2, (padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]) / 2


def directions(x: Floats) -> Floats:
    """Lengths of the gradients added up by cell and direction, shared between the two nearest directions: (n, 72).

    Each image's 72 numbers are divided by their length, so that bold and faint strokes look alike.
    """
    right, down = gradients(x)
    length = np.hypot(right, down)
    turn = (np.arctan2(down, right) / (2 * np.pi) % 1.0) * DIRECTIONS
    low = np.floor(turn)
    share = turn - low
    width = SIDE // CELLS
    histogram = np.zeros((len(x), CELLS, CELLS, DIRECTIONS), dtype=np.float32)
    for k in range(DIRECTIONS):
        weight = length * ((low % DIRECTIONS == k) * (1 - share) + ((low + 1) % DIRECTIONS == k) * share)
        histogram[..., k] = weight.reshape(-1, CELLS, width, CELLS, width).sum((2, 4))
    flat = histogram.reshape(len(x), -1)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6))


def centred(x: Floats) -> Floats:
    """Every image moved by whole pixels so that the centre of its ink is nearest to the middle: (n, 144)."""
    images = x.reshape(-1, SIDE, SIDE)
    ink = np.maximum(images.sum((1, 2)), 1e-6)
    places = np.arange(SIDE) - (SIDE - 1) / 2
    # Halves are rounded up: rounded to even, a digit moved by one pixel could come back two pixels away.
    across = np.floor(images.sum(1) @ places / ink + 0.5).astype(int)
    down = np.floor(images.sum(2) @ places / ink + 0.5).astype(int)
    out = np.empty_like(x)
    for dx, dy in set(zip(across.tolist(), down.tolist(), strict=True)):
        mine = (across == dx) & (down == dy)
        out[mine] = shift(x[mine], -dx, -dy)
    return out


PARTS = {"zoning": zoning, "projections": projections, "directions": directions}


def features(x: Floats, kind: str) -> Floats:
    """φ(x): "all" of `PARTS`, one of them, or "centred"; as measured."""
    if kind == "centred":
        return centred(x)
    names = list(PARTS) if kind == "all" else [kind]
    return np.concatenate([PARTS[name](x) for name in names], axis=1)

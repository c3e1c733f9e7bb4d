"""UMAP's layout by umap-learn, with the moments in between.

Importing umap-learn compiles code for this machine: tens of seconds, once a process. `warm` does it ahead of need on
the thread of a job (core/jobs.py); until it is done `is_warm()` is False and whoever waits sees another map.
"""

from __future__ import annotations

import importlib
import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Tick = Callable[[float], None]
_importing = threading.Lock()
_warm = threading.Event()
SPREAD = 10.0  # umap-learn spreads what it begins with over 0 … 10


def is_warm() -> bool:
    """Whether a layout would start at once."""
    return _warm.is_set()


def library() -> Any:
    """The module `umap.umap_`, imported by one thread at a time, without advice about packages that are not used."""
    with _importing, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module("umap.umap_")


def warm(tick: Tick) -> bool:
    """Import and compile everything that a layout needs. `tick` may raise to stop between the parts."""
    umap = library()
    tick(0.5)
    points = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
    _fitted(umap, points, points[:, :2], [0, 2], neighbours=4, min_dist=0.1, seed=0)
    _warm.set()
    return True


def lay_out(
    X: npt.NDArray[np.floating],
    start: Floats,
    epochs: Sequence[int],
    *,
    neighbours: int,
    min_dist: float,
    seed: int,
    tick: Tick | None = None,
) -> list[Floats]:
    """Positions (n, dims) after each of `epochs` (ascending from 1), beginning at `start` scaled to umap-learn's range.

    Distances are Euclidean; of vectors of length 1 they order neighbours as cosines do.
    """
    umap = library()
    if tick:
        tick(0.3)
    if not is_warm():
        warm(tick or (lambda _: None))
    spread = float(np.abs(start).max())
    begin = (start / spread * SPREAD if spread > 0 else start).astype(np.float32)
    # umap-learn keeps what stands after the epoch numbered n from 0, and adds the end by itself.
    numbered = [*(epoch - 1 for epoch in epochs[:-1]), epochs[-1]]
    fitted = _fitted(umap, X, begin, numbered, neighbours=neighbours, min_dist=min_dist, seed=seed)
    return [np.asarray(frame, dtype=np.float64) for frame in fitted.embedding_list_]


def _fitted(
    umap: Any,
    X: npt.NDArray[np.floating],
    start: npt.NDArray[np.floating],
    epochs: Sequence[int],
    *,
    neighbours: int,
    min_dist: float,
    seed: int,
) -> Any:
    model = umap.UMAP(
        n_neighbors=neighbours,
        n_components=start.shape[1],
        min_dist=min_dist,
        n_epochs=list(epochs),
        init=start,
        random_state=seed,
        n_jobs=1,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(np.asarray(X, dtype=np.float32))

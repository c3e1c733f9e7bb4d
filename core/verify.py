"""Reference checks: our number beside the one of a library that the field trusts."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
import numpy.typing as npt

from core.i18n import Text


@dataclass(frozen=True)
class Check:
    """One comparison.

    `difference` is the largest absolute difference over all compared numbers (same units as the numbers; NaN when a
    NaN stands where a number should be); the check passes when it is at most `tolerance`.
    """

    what: Text
    library: str
    version: str
    difference: float
    tolerance: float

    @property
    def passed(self) -> bool:
        return bool(self.difference <= self.tolerance)


def compare(what: Text, package: str, ours: npt.ArrayLike, theirs: npt.ArrayLike, tolerance: float) -> Check:
    """Compare two arrays of equal shape; `package` is the distribution whose version is named."""
    a, b = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(f"{what.en}: shapes differ, {a.shape} and {b.shape}")
    difference = float(np.max(np.abs(a - b))) if a.size else 0.0
    return Check(what, package, version(package), difference, tolerance)

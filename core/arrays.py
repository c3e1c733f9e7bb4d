"""Read-only arrays: a Trace is shared by every visitor, so nobody may write into it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]


def freeze(array: npt.ArrayLike, dtype: npt.DTypeLike | None = None) -> npt.NDArray[Any]:
    """A read-only copy of `array` (C order), as `dtype` when one is given."""
    out = np.array(array, dtype=dtype, order="C")
    out.flags.writeable = False
    return out


class Frozen:
    """Mix-in for frozen dataclasses that hold arrays: every array field becomes read-only at construction."""

    def __post_init__(self) -> None:
        assert is_dataclass(self)
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray) and value.flags.writeable:
                object.__setattr__(self, field.name, freeze(value))

"""A trace is shared by all visitors: nobody can write into it."""

from dataclasses import FrozenInstanceError, dataclass
from typing import Any

import numpy as np
import pytest

from core.arrays import Frozen, freeze
from core.attention.heads import summarize_heads
from core.attention.saturation import SaturationParams
from core.attention.saturation import run as saturate
from core.attention.worked import WorkedParams
from core.attention.worked import run as attend


@dataclass(frozen=True)
class Pair(Frozen):
    name: str
    values: np.ndarray[Any, Any]


def test_freeze_copies_and_forbids_writing() -> None:
    mine = np.arange(4)
    kept = freeze(mine)
    mine[0] = 9
    assert kept.tolist() == [0, 1, 2, 3]
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 9


def test_freeze_takes_lists_and_a_type_and_gives_c_order() -> None:
    kept = freeze(np.asfortranarray([[1, 2], [3, 4]]), np.float32)
    assert kept.dtype == np.float32
    assert kept.flags.c_contiguous
    assert not freeze([1.0, 2.0]).flags.writeable


def test_arrays_of_a_frozen_trace_are_read_only_and_its_own() -> None:
    mine = np.zeros(3)
    pair = Pair("a", mine)
    mine[0] = 1
    assert pair.values.tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="read-only"):
        pair.values[0] = 1
    with pytest.raises(FrozenInstanceError):
        pair.name = "b"  # type: ignore[misc]
    assert mine.flags.writeable


def test_what_is_read_only_already_is_not_copied() -> None:
    kept = freeze([1.0])
    assert Pair("a", kept).values is kept


@pytest.mark.parametrize(
    "trace",
    [
        attend(WorkedParams()),
        saturate(SaturationParams()),
        summarize_heads(np.full((2, 3, 4, 4), 0.25), list("abca"), [True, False, False, True]),
    ],
    ids=lambda trace: type(trace).__name__,
)
def test_every_array_of_a_trace_is_read_only(trace: Frozen) -> None:
    values = [
        part for value in vars(trace).values() for part in (value.values() if isinstance(value, dict) else [value])
    ]
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    assert arrays
    assert all(not array.flags.writeable for array in arrays)

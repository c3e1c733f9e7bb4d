"""Reference checks: a difference is measured, named, and never waved through."""

from importlib.metadata import version

import numpy as np
import pytest

from core.i18n import same
from core.verify import Check, compare

WHAT = same("sum")


def test_the_largest_absolute_difference_counts() -> None:
    check = compare(WHAT, "numpy", [1.0, 2.0, -3.0], [1.0, 2.5, -3.25], 0.5)
    assert check == Check(WHAT, "numpy", version("numpy"), 0.5, 0.5)
    assert check.passed


@pytest.mark.parametrize(
    ("ours", "theirs", "passed"),
    [
        ([1.0], [1.0 + 2e-6], False),
        ([1.0], [1.0 + 5e-7], True),
        ([-1.0], [1.0], False),
        ([np.nan], [1.0], False),
        ([1.0], [np.nan], False),
        ([np.nan], [np.nan], False),
        ([np.inf], [1.0], False),
        ([], [], True),
        (True, 1, True),
    ],
)
def test_a_check_passes_only_on_numbers_within_tolerance(ours: object, theirs: object, passed: bool) -> None:
    assert compare(WHAT, "numpy", ours, theirs, 1e-6).passed is passed  # type: ignore[arg-type]


def test_small_types_are_compared_in_double_precision() -> None:
    assert compare(WHAT, "numpy", np.float32([0.1]), [0.1], 1.0).difference == pytest.approx(1.49e-9, rel=0.01)


def test_shapes_that_would_broadcast_are_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"sum: shapes differ, \(2,\) and \(1,\)"):
        compare(WHAT, "numpy", [1.0, 1.0], [1.0], 1e-6)

"""BertViz on a reader's sentence."""

from __future__ import annotations

import numpy as np
import pytest

from core.attention.bertviz_lab import BertvizParams, document, reference, run, tables
from core.attention.bertviz_view import MAX_TOKENS


@pytest.mark.parametrize("pair", ["", "И он уснул."])
def test_document_carries_the_weights(pair):
    trace = run(BertvizParams(text="Кот устал.", pair=pair))
    checks = reference(trace)
    assert all(check.passed for check in checks)
    assert 0 < checks[0].difference <= 5.01e-4, "rounded to three decimals, and no more"


def test_long_text_is_cut_to_what_bertviz_draws():
    trace = run(BertvizParams(text="кот " * 100))
    assert trace.tokens.was_cut
    assert len(trace.tokens) == MAX_TOKENS
    for view in ("head", "model"):
        assert "<script>" in document(trace, view, "dark")


def test_tables_hold_all_heads():
    trace = run(BertvizParams(text="Кот устал."))
    made = tables(trace)
    assert len(made) == 144
    np.testing.assert_array_equal(made[3 * 12 + 5].values, trace.weights[3, 5])

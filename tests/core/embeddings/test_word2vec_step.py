"""One step beside autograd, by hand, and at its bounds; the window beside plain loops."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import Cell, join
from core.embeddings import word2vec_window
from core.embeddings.word2vec_step import KINDS, LOSSES, StepParams, forward, reference, run, sigmoid, tables
from core.embeddings.word2vec_step_explain import explain_cell, explain_loss
from core.embeddings.word2vec_window import WindowParams, expected_pairs, explain, make_pairs
from core.errors import Refusal
from core.figures.word2vec import keep_bars, negative_bars, step_board, step_losses, step_plane, window_data
from core.i18n import LANGS


@pytest.mark.parametrize(("kind", "loss"), list(product(KINDS, LOSSES)))
@pytest.mark.parametrize("changed", [{}, {"before": 60, "dim": 4}, {"rate": 5.0, "before": 60}, {"reach": 4, "k": 5}])
def test_equal_to_autograd(kind, loss, changed):
    trace = run(StepParams(kind=kind, loss=loss, **changed))
    checks = reference(trace)
    assert len(checks) == 4
    assert all(check.passed for check in checks)
    assert all(np.isfinite(table.values).all() for table in tables(trace))
    assert trace.loss == trace.losses[trace.params.before]


def test_cbow_of_word2vec_c_is_not_the_gradient():
    true, raw = (run(StepParams(kind="cbow", reach=2, centre=4, is_divided=d)) for d in (True, False))
    assert [len(reference(trace)) for trace in (true, raw)] == [4, 2]
    assert raw.d_in == pytest.approx(4 * true.d_in)
    assert raw.d_out == pytest.approx(true.d_out)


def test_by_hand():
    h, u = np.array([1.0, 0.0]), np.array([[0.0, 5.0], [np.log(3), 1.0]])
    s, p, e, loss = forward(h, u, np.array([1.0, 0.0]), is_softmax=False)
    assert s == pytest.approx([0, np.log(3)])
    assert p == pytest.approx([0.5, 0.75])
    assert e == pytest.approx([-0.5, 0.75])
    assert loss == pytest.approx(np.log(2) + np.log(4))
    s, p, e, loss = forward(h, u, np.array([2.0, 0.0]), is_softmax=True)
    assert p == pytest.approx([0.25, 0.75])
    assert e == pytest.approx([-1.5, 1.5])
    assert loss == pytest.approx(2 * np.log(4))
    assert sigmoid(np.array([-1e4, 0, 1e4])) == pytest.approx([0, 0.5, 1])


def test_targets_are_pulled_and_negatives_pushed():
    trace = run(StepParams())
    assert (trace.e[trace.y > 0] < 0).all()
    assert (trace.e[trace.y == 0] > 0).all()
    assert trace.after < trace.loss
    assert not set(trace.rows[trace.y == 0][:2]) & {trace.rows[0]}


@pytest.mark.parametrize("sentence", ["", "word", "a b c d e f g h i j k", "a b " * 9])
def test_what_cannot_be_used_is_a_sentence(sentence):
    with pytest.raises(Refusal):
        run(StepParams(sentence=sentence))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("kind", "loss"), list(product(KINDS, LOSSES)))
def test_every_cell_has_its_arithmetic(lang, kind, loss):
    trace = run(StepParams.default(lang).model_copy(update={"kind": kind, "loss": loss, "reach": 2, "centre": 3}))
    board = step_board(trace)
    ids = {panel.id for panel in board.panels()}
    for panel in board.panels():
        assert all(link.panel in ids for link in panel.links)
        for i, j in product(range(len(panel.rows)), range(len(panel.cols))):
            lines = explain_cell(trace, Cell(panel.id, i, j), lang)
            assert any(part.kind == "result" for line in lines for part in line)
    assert f"{trace.loss:.3f}" in join(explain_loss(trace, lang))
    plane = step_plane(trace, theme="light", lang=lang)
    assert len(plane.layout.annotations) == len(set(trace.given)) + len(set(trace.rows))
    assert len(step_losses(trace, theme="dark", lang=lang).data[0].y) == 61


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 3), max_size=12))
def test_pairs_are_those_of_a_plain_loop(reach):
    n = len(reach)
    plain = [[i, j] for i in range(n) for j in range(n) if i != j and abs(i - j) <= reach[i]]
    assert make_pairs(np.arange(n), np.array(reach, dtype=np.int64)).tolist() == plain


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("changed", [{}, {"lg_t": 0.0}, {"lg_t": -4.0}, {"is_dynamic": False, "widest": 8}])
def test_the_window_agrees_with_torch(lang, changed):
    trace = word2vec_window.run(WindowParams.default(lang).model_copy(update=changed))
    assert all(check.passed for check in word2vec_window.reference(trace))
    assert all(np.isfinite(table.values).all() for table in word2vec_window.tables(trace))
    assert trace.is_kept.all() == (changed.get("lg_t") == 0)
    data = window_data(trace, 0, lang)
    assert sum(len(centre["pairs"]) for centre in data["centres"]) == len(trace.pairs)
    for word in range(len(trace.words)):
        assert len(explain(trace, word, lang)) == 2
    assert sum(negative_bars(trace, 0, theme="light", lang=lang).data[0].y) == pytest.approx(1, abs=1e-5)
    assert keep_bars(trace, 0, theme="light", lang=lang).data[0].y == pytest.approx(trace.keep.astype(np.float32))
    targets = trace.ids[trace.pairs[:, 1]]
    assert not (trace.negatives == targets[:, None]).any()


def test_the_dynamic_window_weighs_by_distance():
    assert [expected_pairs(j, 5, is_dynamic=True) for j in (1, 5, 6)] == [1, 0.2, 0]
    counts = np.zeros(4)
    for reading in range(1, 51):
        trace = word2vec_window.run(WindowParams(lg_t=0, widest=3, reading=reading))
        distance = np.abs(trace.pairs[:, 0] - trace.pairs[:, 1])
        counts += np.bincount(distance, minlength=4)[:4]
    assert counts[1:] / counts[1] == pytest.approx([1, 2 / 3 * 21 / 22, 1 / 3 * 20 / 22], abs=0.04)

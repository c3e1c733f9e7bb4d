"""Heads as data for the browser."""

from __future__ import annotations

from base64 import b64decode

import numpy as np
import pytest

from core.attention.sentence import InputParams, SentenceParams, attend, run
from core.figures.attention import effect_bars, head_scatter, shift_scatter
from core.figures.heads import SIDE, grid_data, head_data, thumbnails, token_data


def test_thumbnails_are_roots_of_weights():
    weights = np.array([[[[0.0, 1.0], [0.25, 0.75]]]], dtype=np.float32)
    np.testing.assert_array_equal(thumbnails(weights)[0, 0], [[0, 255], [128, 221]])


def test_a_lone_bright_cell_survives_shrinking():
    weights = np.zeros((1, 1, 61, 61), dtype=np.float32)
    weights[0, 0, 60, 7] = 1
    small = thumbnails(weights)
    assert small.shape == (1, 1, SIDE, SIDE)
    assert (small == 255).sum() == 1


def test_grid_data_holds_every_head():
    weights = attend(InputParams(text="Кот устал.")).weights
    data = grid_data(weights, order=[(0, 0, "")], is_ranked=False, picked=(2, 6), second=(0, 1))
    assert len(b64decode(data["maps"])) == 144 * data["side"] ** 2
    assert (data["picked"], data["second"]) == ("2.6", "0.1")


def test_head_data_is_exact():
    attention = attend(InputParams(text="Кот устал."))
    A = attention.weights[2, 6]
    data = head_data(A, attention.tokens, part="matrix", title="t", cell=(1, 2))
    sent = np.frombuffer(b64decode(data["weights"]), dtype="<f4").reshape(A.shape)
    np.testing.assert_array_equal(sent, A)
    assert data["cell"] == "1.2"


def test_tokens_know_the_word_they_continue():
    tokens = attend(InputParams(text="Токенизация слов", pair="слов")).tokens
    data = token_data(tokens)
    assert [d["shown"] for d in data if d["joined"]] == ["кен", "изация"]
    assert [d["sentence"] for d in data if not d["special"]] == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_scatter_has_every_head_and_the_picked_one(theme):
    trace = run(SentenceParams())
    figure = head_scatter(trace, theme=theme, lang="ru")
    points, ring = figure.data
    assert len(points.x) == 144
    assert points.customdata[2 * 12 + 6] == "2.6"
    assert ring.x[0] == pytest.approx(trace.summary.distance[2, 6])
    assert ring.y[0] == pytest.approx(trace.summary.entropy[2, 6])


def test_explanation_figures_show_shares_and_heads():
    from core.attention.explanation import run as experiment

    trace = experiment(InputParams())
    bars = effect_bars(trace, theme="light", lang="en")
    assert sum(bars.data[0].x) == pytest.approx(1, abs=1e-5)
    assert sum(bars.data[1].x) == pytest.approx(1, abs=1e-5)
    assert len(shift_scatter(trace, theme="dark", lang="en").data[0].x) == 144

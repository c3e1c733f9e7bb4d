"""The pictures of the worked example and of saturation: linked cells are exactly what a number is made of."""

import json
from typing import Any, get_args

import numpy as np
import pytest

from core.arithmetic import Cell, write_number
from core.attention.saturation import WIDTHS, SaturationParams
from core.attention.saturation import run as saturate
from core.attention.worked import WorkedParams, WorkedTrace
from core.attention.worked import run as attend
from core.figures.attention import STEPS, saturation_curves, weights_of_keys, worked_board
from core.figures.board import Arrow, Board, Link, Panel
from core.figures.theme import Theme, color
from core.i18n import LANGS, Lang

THEMES: tuple[Theme, ...] = get_args(Theme)
STATES = [
    WorkedParams(score=score, mask=mask, heads=heads, head=head, is_scaled=is_scaled, temperature=temperature)
    for score, is_scaled in (("dot", True), ("dot", False), ("additive", True))
    for mask in ("none", "causal", "padding", "all")
    for heads, head in ((1, 1), (1, 2), (2, 1), (2, 2))
    for temperature in (1.0, 0.5)
]


def by_name(board: Board) -> dict[str, Panel]:
    panels = {panel.id: panel for panel in board.panels()}
    assert len(panels) == len(board.panels())
    return panels


def linked(panels: dict[str, Panel], link: Link, i: int, j: int) -> np.ndarray[Any, Any]:
    """The numbers that the browser lights up for the cell (i, j)."""
    values = panels[link.panel].values

    def indices(span: Any, length: int) -> list[int]:
        return list(range(length)) if span == "*" else [{"i": i, "j": j}[span]] if isinstance(span, str) else list(span)

    return values[np.ix_(indices(link.rows, values.shape[0]), indices(link.cols, values.shape[1]))]


@pytest.mark.parametrize("params", STATES, ids=str)
def test_linked_cells_are_what_a_number_is_made_of(params: WorkedParams) -> None:
    trace = attend(params)
    panels = by_name(worked_board(trace))
    for panel in panels.values():
        for i, j in np.ndindex(panel.values.shape):
            parts = [linked(panels, link, i, j) for link in panel.links]
            value = panel.values[i, j]
            if panel.id in ("Q", "K", "V"):
                row, column = parts
                assert value == pytest.approx(float((row @ column).item()))
            elif panel.id == "scores" and not trace.is_masked[i, j]:
                q, k = parts
                raw = (q * k).sum() if params.score == "dot" else np.tanh(q + k).sum()
                assert value == pytest.approx(raw / trace.divisor)
            elif panel.id == "weights" and i not in trace.lonely_rows():
                assert value == pytest.approx(np.exp(panels["scores"].values[i, j]) / np.exp(parts[0]).sum())
            elif panel.id == "output" and i not in trace.lonely_rows():
                row, column = parts
                assert value == pytest.approx(float((row @ column).item()))


@pytest.mark.parametrize("params", STATES, ids=str)
def test_the_board_shows_the_trace(params: WorkedParams) -> None:
    trace = attend(params)
    board = worked_board(trace)
    panels = by_name(board)
    head = min(params.head, params.heads) - 1
    shown = {"X": trace.X, "Q": trace.Q, "K": trace.K, "V": trace.V, "W_Q": params.W_Q, "W_K": params.W_K}
    shown |= {"W_V": params.W_V, "scores": trace.scores[head], "weights": trace.weights[head]}
    shown["output"] = trace.output if params.heads == 1 else trace.output[:, [head]]
    if params.heads == 2:
        shown["concat"] = trace.output
    assert set(panels) == set(shown)
    for name, values in shown.items():
        np.testing.assert_array_equal(panels[name].values, values)
    assert {panel.id for panel in panels.values() if panel.editable} == {"X", "W_Q", "W_K", "W_V"}
    assert board.has(Cell("weights", 1, 1))


@pytest.mark.parametrize("params", STATES, ids=str)
def test_nothing_is_shown_before_what_it_is_made_of(params: WorkedParams) -> None:
    board = worked_board(attend(params))
    panels = by_name(board)
    for panel in panels.values():
        for link in panel.links:
            assert panels[link.panel].step < panel.step
    steps = {item.step for row in board.rows for item in row if isinstance(item, Panel | Arrow)}
    assert steps == set(range(len(STEPS)))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("params", STATES, ids=str)
def test_the_browser_gets_plain_json(params: WorkedParams, lang: Lang) -> None:
    trace = attend(params)
    data = json.loads(json.dumps(worked_board(trace).to_data(lang), allow_nan=False))
    items = {item["id"]: item for row in data["rows"] for item in row if item["kind"] == "panel"}
    head = min(params.head, params.heads) - 1
    masked = trace.is_masked
    assert items["scores"]["empty"] == masked.tolist()
    assert items["weights"]["empty"] == np.isnan(trace.weights[head]).tolist()
    for name, decimals in (("weights", 3), ("scores", 2)):
        values = getattr(trace, name)[head]
        assert items[name]["text"] == [[write_number(float(v), decimals) for v in row] for row in values]
    shades = np.array(items["weights"]["shade"])
    assert ((shades >= 0) & (shades <= 1)).all()
    assert data["alt"]
    assert len(data["steps"]) == len(STEPS)


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({}, "Q·Kᵀ/√d_head"),
        ({"is_scaled": False}, "Q·Kᵀ"),
        ({"temperature": 0.5}, "Q·Kᵀ/√d_head / 0.5"),
        ({"heads": 2, "head": 2}, "Q·Kᵀ/√d_head, голова 2"),
        ({"score": "additive"}, "сумма tanh(q + k)"),
        ({"score": "additive", "temperature": 2.0, "heads": 2}, "сумма tanh(q + k) / 2, голова 1"),
    ],
)
def test_the_title_of_the_scores_is_their_formula(changed: dict[str, Any], title: str) -> None:
    panels = by_name(worked_board(attend(WorkedParams.default("ru").model_copy(update=changed))))
    assert panels["scores"].title.get("ru") == title


def test_negative_scores_are_drawn_on_the_diverging_ramp() -> None:
    positive = by_name(worked_board(attend(WorkedParams())))["scores"]
    negative = by_name(worked_board(attend(WorkedParams(W_K=((-1.0, 0.0), (0.0, 1.0))))))["scores"]
    assert (positive.scale, negative.scale) == ("role", "signed")
    # A hidden key's −∞ is not a negative score: switching a mask on leaves the colours alone.
    assert by_name(worked_board(attend(WorkedParams(mask="causal"))))["scores"].scale == "role"


@pytest.mark.parametrize("words", ["one", "a b c d e f", "", "</script> {x} <b>"])
def test_any_number_of_words_has_a_board(words: str) -> None:
    trace: WorkedTrace = attend(WorkedParams(words=words))
    board = worked_board(trace)
    assert board.alt is not None
    assert str(len(trace.tokens)) in board.alt.en
    assert by_name(board)["weights"].rows == trace.tokens


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("lang", LANGS)
def test_saturation_is_drawn_as_computed(theme: Theme, lang: Lang) -> None:
    trace = saturate(SaturationParams(d_k=512, keys=5))
    figure = weights_of_keys(trace, theme=theme, lang=lang)
    (bar,) = figure.data
    assert list(bar.x) == ["k1", "k2", "k3", "k4", "k5"]
    np.testing.assert_array_equal(bar.y, trace.weights.astype(np.float32))
    assert bar.marker.color == color("probability", theme)
    assert figure.layout.yaxis.range[0] == 0
    assert figure.layout.yaxis.range[1] >= 1
    assert figure.layout.yaxis.title.text == {"en": "weight", "ru": "вес"}[lang]

    figure = saturation_curves(trace, theme=theme, lang=lang)
    scaled, unscaled = figure.data
    assert [scaled.name, unscaled.name] == {
        "en": ["divided by √d_k", "not divided"],
        "ru": ["делим на √d_k", "не делим"],
    }[lang]
    np.testing.assert_array_equal(scaled.x, WIDTHS)
    np.testing.assert_array_equal(scaled.y, trace.gradients[1].astype(np.float32))
    np.testing.assert_array_equal(unscaled.y, trace.gradients[0].astype(np.float32))
    assert scaled.line.dash != unscaled.line.dash
    assert scaled.marker.symbol != unscaled.marker.symbol
    (mark,) = figure.layout.shapes
    assert mark.x0 == 512

"""A board is data: what the browser is given, and nothing that JSON or HTML would choke on."""

import json

import numpy as np
import pytest

from core.arithmetic import Cell
from core.figures.board import Arrow, Board, Link, Panel, shades
from core.i18n import LANGS, Text, same


def panel(values: list[list[float]], **more: object) -> Panel:
    array = np.array(values)
    rows, cols = (tuple(map(str, range(n))) for n in array.shape)
    return Panel("P", Text("Panel", "Матрица"), "Q", array, rows, cols, **more)  # type: ignore[arg-type]


def drawn(item: Panel | Arrow, lang: str = "en") -> dict[str, object]:
    data = Board(rows=((item,),)).to_data(lang)  # type: ignore[arg-type]
    result: dict[str, object] = data["rows"][0][0]
    return result


def test_labels_and_numbers_must_fit() -> None:
    with pytest.raises(ValueError, match=r"panel P: values \(1, 2\), labels 1×1"):
        Panel("P", same("P"), "Q", np.zeros((1, 2)), ("a",), ("b",))


@pytest.mark.parametrize(
    ("values", "scale", "expected"),
    [
        ([[1.0, -2.0], [4.0, 0.0]], "role", [[0.25, 0.5], [1.0, 0.0]]),
        ([[1.0, -2.0], [4.0, 0.0]], "signed", [[0.25, -0.5], [1.0, 0.0]]),
        ([[0.25, 1.5], [-0.5, 1.0]], "probability", [[0.25, 1.0], [0.0, 1.0]]),
        ([[np.nan, 2.0], [-np.inf, 1.0]], "role", [[0.0, 1.0], [0.0, 0.5]]),
        ([[np.nan, np.nan]], "signed", [[0.0, 0.0]]),
        ([[0.0, 0.0]], "role", [[0.0, 0.0]]),
        ([[1e308, -1e308]], "signed", [[1.0, -1.0]]),
    ],
)
def test_shades(values: list[list[float]], scale: str, expected: list[list[float]]) -> None:
    np.testing.assert_allclose(shades(np.array(values), scale), expected)  # type: ignore[arg-type]


def test_shades_of_nothing() -> None:
    assert shades(np.empty((0, 2)), "role").shape == (0, 2)


def test_a_panel_as_the_browser_gets_it() -> None:
    link = Link("X", "i", (0, 1))
    data = drawn(panel([[0.5, np.nan], [-np.inf, -3.0]], scale="signed", decimals=2, step=2, links=(link,)))
    assert data == {
        "kind": "panel",
        "id": "P",
        "title": "Panel",
        "role": "Q",
        "scale": "signed",
        "rows": ("0", "1"),
        "cols": ("0", "1"),
        "text": [["0.50", "—"], ["−∞", "−3"]],
        "raw": None,
        "shade": [[0.167, 0.0], [0.0, -1.0]],
        "empty": [[False, True], [True, False]],
        "step": 2,
        "links": [["X", "i", (0, 1)]],
    }


def test_what_can_be_edited_travels_in_full() -> None:
    assert drawn(panel([[1 / 3, np.nan]], editable=True))["raw"] == [[1 / 3, None]]


@pytest.mark.parametrize("lang", LANGS)
def test_words_are_in_the_readers_language(lang: str) -> None:
    board = Board(
        rows=((panel([[1.0]]), Arrow(Text("softmax of each row", "softmax по строке"), 1)),),
        steps=(Text("one", "раз"), Text("two", "два")),
        alt=Text("a board", "доска"),
    )
    data = board.to_data(lang)  # type: ignore[arg-type]
    told = [data["rows"][0][0]["title"], data["rows"][0][1]["words"], *data["steps"], data["alt"]]
    assert (
        told
        == {
            "en": ["Panel", "softmax of each row", "one", "two", "a board"],
            "ru": ["Матрица", "softmax по строке", "раз", "два", "доска"],
        }[lang]
    )


def test_it_is_plain_json() -> None:
    odd = panel([[np.nan, np.inf], [-np.inf, -0.0]], editable=True, links=(Link("X", "*", "j"),))
    data = Board(rows=((odd, Arrow(same("→"))), (panel(np.float32([[0.1]]).tolist()),))).to_data("en")
    assert json.loads(json.dumps(data, allow_nan=False))["rows"][0][0]["text"] == [["—", "∞"], ["−∞", "0"]]
    assert data["alt"] == ""
    assert data["steps"] == []


def test_panels_and_cells_of_a_board() -> None:
    board = Board(rows=((panel([[1.0, 2.0]]), Arrow(same("→"))),))
    assert [p.id for p in board.panels()] == ["P"]
    assert board.has(Cell("P", 0, 1))
    assert not board.has(Cell("P", 1, 0))
    assert not board.has(Cell("P", 0, 2))
    assert not board.has(Cell("Q", 0, 0))

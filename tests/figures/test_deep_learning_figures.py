"""What the browser is sent of the duel and the space, and the curves of a race that is under way."""

from __future__ import annotations

import base64
import json

import numpy as np

from core.figures.deep_learning import duel_data, sizes_figure, space_data, text_board
from core.foundations import deep_lab, deep_space, deep_text
from core.foundations.deep_digits import load_canvases, training_rows
from core.foundations.deep_lab import DuelParams
from core.foundations.deep_models import NAMES, fit
from core.foundations.deep_sizes import Race, SizesParams
from core.foundations.deep_space import SpaceParams
from core.foundations.deep_text import TextParams


def test_a_contestant_that_is_not_ready_has_a_row_without_numbers() -> None:
    images, digits = load_canvases()
    rows = training_rows(20, 0)
    result = deep_lab.score(fit("knn.pixels", images[rows], digits[rows], DuelParams().recipe))
    data = duel_data([result], images[0], "cnn", "ru")
    assert [row["name"] for row in data["rows"]] == list(NAMES)
    assert [row["name"] for row in data["rows"] if "says" in row] == ["knn.pixels"]
    first = data["rows"][0]
    assert len(first["says"]) == 250
    assert first["band"][0] < first["right"][2] < first["band"][1]
    json.dumps(data, allow_nan=False)


def test_the_space_is_packed_without_loss_that_shows() -> None:
    trace = deep_space.run(SpaceParams(n=20, steps=30, net="mlp", hidden=4))
    data = space_data(trace, "en")
    after = np.frombuffer(base64.b64decode(data["after"]), dtype=np.int16).reshape(trace.Z.shape) / 8000
    assert np.abs(after - np.clip(trace.Z, -4, 4)).max() < 1e-3
    called = np.frombuffer(base64.b64decode(data["called"]), dtype=np.uint8).reshape(len(trace.steps), -1)
    assert np.array_equal(called, trace.p.argmax(2))
    filters = np.frombuffer(base64.b64decode(data["filters"]), dtype=np.int8)
    assert filters.size == len(trace.steps) * data["filterCount"] * data["filterSide"] ** 2
    assert np.abs(filters).max() == 127


def test_a_race_under_way_draws_what_is_there() -> None:
    race = Race(SizesParams(largest=50, repeats=3))
    race.right[0, 0, :2], race.seconds[0, 0, :2] = (0.5, 0.7), 0.1
    figure = sizes_figure(race, value="right", across="examples", picked="knn.pixels", theme="light", lang="en")
    band, line = figure.data
    assert band.fill == "toself"
    assert np.allclose(np.asarray(band.y), [0.7, 0.5])
    assert np.asarray(line.x).tolist() == [20]
    assert np.allclose(np.asarray(line.y), [0.6])
    assert list(line.customdata) == ["knn.pixels"]
    by_time = sizes_figure(race, value="right", across="seconds", picked="cnn", theme="dark", lang="ru")
    assert np.allclose(np.asarray(by_time.data[0].x), [0.1])


def test_the_board_of_a_sentence_adds_up() -> None:
    trace = deep_text.run(TextParams(text_n=18, text_steps=30))
    p, right = text_board(trace, "en").panels()
    assert p.values.shape == (6, 9)
    assert np.allclose(p.values.sum(1), 1, atol=0.06)
    assert np.allclose(right.values[:, 0], trace.right)

"""Digits and their features by hand-worked cases; duel, space, race and sentences; what the prose says."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from core.arithmetic import join
from core.errors import Refusal
from core.foundations import deep_lab, deep_sizes, deep_space, deep_text
from core.foundations.deep_digits import (
    FEATURES,
    SCORED,
    SIDE,
    centred,
    directions,
    features,
    gradients,
    load_canvases,
    on_canvas,
    projections,
    scored_rows,
    shift,
    training_rows,
    with_neighbours,
    zoning,
)
from core.foundations.deep_explain import explain, explain_sizes, explain_space, explain_text
from core.foundations.deep_lab import DuelParams, DuelTrace, Result, draw_ink, judge_everywhere, read_ink
from core.foundations.deep_models import NAMES, fit, wilson
from core.foundations.deep_space import SpaceParams, SpaceTrace
from core.foundations.deep_text import TextParams, TextTrace
from core.i18n import Lang
from core.tables import to_csv


@cache
def duel(**values: Any) -> DuelTrace:
    return deep_lab.run(DuelParams(**values))


@cache
def result(name: str, **values: Any) -> Result:
    """One contestant of such a duel, without the others."""
    params = DuelParams(**values)
    x, y = deep_lab.training_set(params.n, params.seed, params.is_shifted)
    return deep_lab.score(fit(name, x, y, params.recipe))


@cache
def space(**values: Any) -> SpaceTrace:
    return deep_space.run(SpaceParams(**values))


@cache
def text(lang: Lang, n: int) -> TextTrace:
    return deep_text.run(TextParams(**{**TextParams.defaults(lang), "text_n": n, "lang": lang}))


# ---- digits


def test_no_digit_that_is_scored_trains() -> None:
    _, y = load_canvases()
    assert not set(training_rows(800, 3).tolist()) & set(scored_rows().tolist())
    assert np.bincount(y[scored_rows()]).tolist() == [SCORED] * 10
    assert np.bincount(y[training_rows(200, 3)]).tolist() == [20] * 10
    assert training_rows(50, 3).tolist() == training_rows(200, 3)[:50].tolist()


def test_a_shift_within_reach_loses_no_ink_and_comes_back() -> None:
    x = load_canvases()[0][:20]
    for dx, dy in ((1, 0), (-2, 1), (2, -2)):
        moved = shift(x, dx, dy)
        np.testing.assert_allclose(moved.sum(1), x.sum(1), rtol=1e-5)
        np.testing.assert_array_equal(shift(moved, -dx, -dy), x)
    one = np.zeros((1, SIDE, SIDE), dtype=np.float32)
    one[0, 3, 5] = 1
    assert np.argwhere(shift(one.reshape(1, -1), 1, -2).reshape(SIDE, SIDE)).tolist() == [[1, 6]]


def test_features_of_an_image_worked_by_hand() -> None:
    edge = np.zeros((SIDE, SIDE), dtype=np.float32)
    edge[:, 6:] = 1  # bright on the right half: every gradient inside points right
    x = edge.reshape(1, -1)
    assert zoning(x).reshape(6, 6)[2].tolist() == [0, 0, 0, 1, 1, 1]
    assert projections(x)[0].tolist() == [0.5] * 12 + [0.0] * 6 + [1.0] * 6
    right, down = gradients(x)
    assert right[0, 5].tolist() == [0, 0, 0, 0, 0, 0.5, 0.5, 0, 0, 0, 0, -0.5]
    assert not down[0, 5].any()
    histogram = directions(x).reshape(3, 3, 8)
    assert histogram[1, 1, 0] > 0
    assert not histogram[1, 1, 1:].any()
    assert float(np.linalg.norm(histogram)) == pytest.approx(1)


@pytest.mark.parametrize("kind", FEATURES)
def test_features_have_one_row_an_image_and_bear_a_blank_one(kind: str) -> None:
    widths = {"all": 132, "directions": 72, "zoning": 36, "projections": 24, "centred": 144}
    found = features(np.zeros((3, SIDE * SIDE), dtype=np.float32), kind)
    assert found.shape == (3, widths[kind])
    assert np.isfinite(found).all()


def test_centring_forgets_every_shift() -> None:
    x = load_canvases()[0][scored_rows()]
    for dx, dy in ((1, 0), (-2, 0), (2, 2)):
        assert np.array_equal(centred(shift(x, dx, dy)), centred(x))


def test_copies_are_five_times_as_many() -> None:
    x, y = with_neighbours(load_canvases()[0][:4], np.arange(4))
    assert len(x) == len(y) == 20
    assert y[4:8].tolist() == [0, 1, 2, 3]


def test_ink_comes_back_from_the_address() -> None:
    image = on_canvas(np.arange(64) % 17)[0]
    back = read_ink(draw_ink(image))
    assert back is not None
    assert np.abs(back - image).max() <= 1 / 30 + 1e-6
    assert read_ink("0" * 144) is None
    assert read_ink("z" * 144) is None
    assert read_ink("f") is None


def test_wilson_is_as_its_paper_has_it() -> None:
    low, high = wilson(0.5, 100)
    assert (low, high) == pytest.approx((0.4038, 0.5962), abs=1e-4)
    assert wilson(1.0, 600)[1] == pytest.approx(1.0)


# ---- the duel


def test_every_contestant_answers_with_shares_and_agrees_with_the_libraries() -> None:
    trace = duel()
    assert tuple(result.name for result in trace.results) == NAMES
    for result in trace.results:
        np.testing.assert_allclose(result.p.sum(1), 1, atol=1e-4)
        assert result.accuracy > 0.8
    assert all(check.passed for check in deep_lab.reference(trace))
    assert all(check.passed for check in deep_lab.reference_before(trace.params))
    assert to_csv(deep_lab.tables(trace)).count("\n") > 60_000


def test_a_duel_is_the_same_again_but_for_its_clock() -> None:
    again = deep_lab.run(DuelParams(n=20, steps=30, trees=1))
    once = deep_lab.run(DuelParams(n=20, steps=30, trees=1))
    for a, b in zip(deep_lab.tables(once), deep_lab.tables(again), strict=True):
        np.testing.assert_allclose(a.values, b.values, atol=1e-6)


def test_results_come_one_by_one_and_a_job_can_stop() -> None:
    live = deep_lab.Duel()

    def stop(share: float) -> None:
        if len(live.results) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        deep_lab.run(DuelParams(n=20, steps=0), stop, live)
    assert [result.name for result in live.results] == list(NAMES[:3])


def test_verdicts_at_all_places_hold_the_one_at_rest() -> None:
    trace = duel()
    image = load_canvases()[0][trace.rows[7]]
    found = judge_everywhere(trace.results, image)
    assert found.shape == (10, 25, 10)
    np.testing.assert_allclose(found[:, 12], [result.p[7] for result in trace.results], atol=1e-5)


def test_disputed_digits_are_disputed() -> None:
    trace = duel()
    y = load_canvases()[1][trace.rows]
    for row in deep_lab.disputed(trace.results)[:6]:
        right = sum(int(result.p[row].argmax() == y[row]) for result in trace.results)
        assert 0 < right < len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_arithmetic_of_every_contestant_ends_in_its_answer(name: str) -> None:
    trace = duel()
    image = load_canvases()[0][trace.rows[3]]
    p = trace.of(name).fitted.judge(image[None])[0]
    lines = [join(line) for line in explain(trace, name, image, "en")]
    assert len(lines) >= 3
    assert f"p({p.argmax()}) = " in lines[-1]
    assert f"its answer: {p.argmax()}" in lines[-1]


def test_what_the_prose_says_of_the_duel() -> None:
    few = {name: result(name, n=20).accuracy for name in ("svm.pixels", "mlp", "cnn")}
    assert few["svm.pixels"] > max(few["mlp"], few["cnn"])
    assert abs(result("svm.pixels", n=800).accuracy - result("cnn", n=800).accuracy) < 0.02
    plain = {one.name: one for one in duel().results}
    copies = {name: result(name, is_shifted=True) for name in NAMES}
    assert all(one.aside < one.accuracy - 0.15 for one in plain.values())
    assert all(copies[name].aside > plain[name].aside + 0.15 for name in NAMES)
    assert copies["svm.pixels"].aside > 0.98 * copies["svm.pixels"].accuracy
    assert copies["svm.pixels"].right[0] < 0.5  # two pixels are beyond the copies
    assert plain["cnn"].aside < 0.55 * plain["cnn"].accuracy
    for kind in ("knn", "logistic", "svm", "forest"):
        by_hand = result(f"{kind}.features", features="centred")
        assert len(set(by_hand.right.tolist())) == 1
        assert by_hand.accuracy < plain[f"{kind}.pixels"].accuracy
    mean = result("cnn", reading="mean")
    assert mean.right[0] > mean.right[1]
    assert mean.right[-1] > mean.right[-2]
    assert result("mlp", steps=0).accuracy < 0.2 > result("cnn", steps=0).accuracy


# ---- the space


@pytest.mark.parametrize("net", ["mlp", "cnn"])
def test_the_space_agrees_with_the_libraries(net: str) -> None:
    trace = space(net=net)
    assert all(check.passed for check in deep_space.reference(trace))
    assert trace.Z.shape == (len(trace.steps), 300, 2)
    assert trace.apart[-1] > max(trace.apart[0], trace.apart_before)
    assert explain_space(trace, 0, 0, "ru")
    assert to_csv(deep_space.tables(trace))


def test_between_classes_by_hand() -> None:
    h = np.array([[0.0, 0], [2, 0], [10, 0], [12, 0]])
    assert deep_space.between_classes(h, np.array([0, 0, 1, 1])) == pytest.approx(100 / 104)
    assert deep_space.between_classes(h, np.array([0, 1, 1, 0])) == pytest.approx(0)


def test_a_turned_plane_is_turned_back() -> None:
    Z = np.random.default_rng(0).standard_normal((30, 2))
    turned = Z @ np.array([[0.6, -0.8], [-0.8, -0.6]])
    np.testing.assert_allclose(deep_space.turn_to(turned, Z), Z, atol=1e-9)


def test_what_the_prose_says_of_the_space() -> None:
    shuffled = space(is_scrambled=True)
    assert shuffled.seen[-1] > 0.95
    assert shuffled.right[-1] < 0.2
    assert round(space().apart_before, 2) == 0.48
    for kind in FEATURES:
        before = space(before=kind, steps=0)
        assert before.apart_before < space().apart_before
        assert len(before.steps) == 1
    narrow = space(net="mlp", hidden=4)
    assert narrow.apart[-1] > space(net="mlp").apart[-1]
    assert narrow.right[-1] < 0.5


# ---- how many examples, and sentences


@pytest.mark.parametrize("task", ["digits", "text"])
def test_a_small_race(task: str) -> None:
    params = deep_sizes.SizesParams(task=task, largest=50, repeats=1)
    race = deep_sizes.Race(params)
    shares: list[float] = []
    trace = deep_sizes.run(params, shares.append, race)
    assert np.isfinite(trace.right).all()
    assert np.isfinite(race.seconds).all()
    assert shares == sorted(shares)
    assert all(check.passed for check in deep_sizes.reference(trace))
    assert explain_sizes(trace, params.names[0], "en")
    whole = [max(trace.mean(trace.best(s, is_net=is_net), s) for is_net in (True, False)) for s in (0, 1)]
    np.testing.assert_allclose(whole, trace.right.mean(2).max(0))
    if task == "digits":
        # A cell of the race is the duel of the same settings.
        assert trace.right[NAMES.index("svm.pixels"), 0, 0] == duel(n=20).of("svm.pixels").accuracy


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_sentences(lang: Lang) -> None:
    trace = text(lang, 90)
    assert all(check.passed for check in deep_text.reference(trace))
    np.testing.assert_allclose(trace.p.sum(1), 1, atol=1e-6)
    for contestant in range(len(deep_text.NAMES)):
        lines = explain_text(trace, contestant, 4, lang)
        assert lines
        assert all(word in join(lines[-1]) for word in trace.unknown)
    for n in (45, 90, 180):
        right = dict(zip(deep_text.NAMES, text(lang, n).right.tolist(), strict=True))
        assert max(right, key=lambda name: right[name]) == "net"


def test_a_sentence_without_words_is_refused() -> None:
    with pytest.raises(Refusal):
        deep_text.run(TextParams(sentence="… !"))
    trace = deep_text.run(TextParams(sentence="xyzzy plugh"))
    assert trace.unknown == ("xyzzy", "plugh")
    assert np.isfinite(trace.p).all()

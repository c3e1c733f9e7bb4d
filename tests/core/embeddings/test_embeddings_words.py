"""Neighbours, A − B + C, odd one out, an axis, a word in context: beside libraries, by hand, and what prose states."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.arithmetic import join
from core.data.vectors import load
from core.embeddings import analogy, axis, contextual, neighbours, odd
from core.embeddings.analogy import AnalogyParams
from core.embeddings.axis import AxisParams, read_pairs
from core.embeddings.contextual import ContextParams, read_uses, tell_apart
from core.embeddings.lookup import language_of, need, split_list, suggest
from core.embeddings.neighbours import NearParams
from core.embeddings.odd import OddParams
from core.errors import Refusal
from core.i18n import LANGS

PROSE = Path(__file__).resolve().parents[3] / "assets" / "text"
LABS: list[tuple[Any, Any]] = [
    (neighbours, NearParams),
    (analogy, AnalogyParams),
    (odd, OddParams),
    (axis, AxisParams),
    (contextual, ContextParams),
]


@cache
def used(params: ContextParams) -> contextual.ContextTrace:
    """The encoder is run once for each set of sentences."""
    return contextual.run(params)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("module", "cls"), LABS)
def test_every_lab_agrees_with_libraries(module: Any, cls: Any, lang: Any) -> None:
    trace = used(cls.default(lang)) if module is contextual else module.run(cls.default(lang))
    checks = module.reference(trace)
    assert checks
    for check in checks:
        assert check.passed, check
    for table in module.tables(trace):
        assert np.isfinite(table.values).all()
        assert table.values.shape == (len(table.rows), len(table.cols))


# ---- words ----------------------------------------------------------------------------------------------------


def test_the_script_decides_the_language() -> None:
    assert language_of("king", "queen") == "en"
    assert language_of("king", "замок") == "ru"


def test_unknown_words_are_refused_with_what_is_spelt_alike() -> None:
    with pytest.raises(Refusal, match=r"Spelt alike: .*парадокс"):
        need(load("ru"), "пародокс")
    with pytest.raises(Refusal, match="not among"):
        need(load("en"), "qzxqzx")
    with pytest.raises(Refusal, match="Type a word"):
        need(load("en"), "  ")
    assert suggest(load("en"), "ki") == ()


def test_a_list_is_split() -> None:
    assert split_list("Cat, dog;cat\nbird") == ["cat", "dog", "bird"]


# ---- neighbours -----------------------------------------------------------------------------------------------


def test_terms_sum_to_the_cosine() -> None:
    terms = neighbours.cosine_terms(np.array([3.0, 4.0]), np.array([4.0, 3.0]))
    assert terms.tolist() == [12 / 25, 12 / 25]
    trace = neighbours.run(NearParams())
    assert trace.terms.sum() == pytest.approx(trace.cosine)


def test_what_prose_says_of_kings() -> None:
    english, russian = neighbours.run(NearParams()), neighbours.run(NearParams.default("ru"))
    assert (english.place, round(english.cosine, 3)) == (2, 0.784)
    assert (russian.place, round(russian.cosine, 3)) == (12, 0.464)
    assert english.near[english.place - 1] == "queen"


def test_the_histogram_counts_every_other_word() -> None:
    trace = neighbours.run(NearParams(near_among=5000))
    assert trace.counts.sum() == trace.compared == 4999
    assert trace.word not in trace.near
    rare = neighbours.run(NearParams(near_word="waltz", near_other="tango", near_among=1000))
    assert rare.compared == 1000


def test_a_word_compared_with_itself() -> None:
    trace = neighbours.run(NearParams(near_word="King ", near_other="king"))
    assert trace.cosine == pytest.approx(1)
    assert trace.place == 1


# ---- analogy --------------------------------------------------------------------------------------------------


def test_inputs_come_first_unless_they_are_forbidden() -> None:
    for lang, a in (("en", "king"), ("ru", "король")):
        params = AnalogyParams.default(lang)  # type: ignore[arg-type]
        trace = analogy.run(params)
        assert trace.free == a
        assert trace.kept == ("queen" if lang == "en" else "королева") == trace.answers[0]
        allowed = analogy.run(params.model_copy(update={"has_inputs": True}))
        assert allowed.answers[0] == a
        assert allowed.is_input[0]
        assert not trace.is_input.any()


def test_a_score_is_made_of_three_cosines() -> None:
    trace = analogy.run(AnalogyParams())
    t = trace.abc[0] - trace.abc[1] + trace.abc[2]
    row = load("en").vector(trace.answers[0])
    assert trace.scores[0] == pytest.approx(row @ t / np.linalg.norm(row) / np.linalg.norm(t), abs=1e-6)
    assert analogy.scores_of(np.array([[1.0, 0.0, 1.0]]), 2.0, "add").tolist() == [1.0]
    assert analogy.scores_of(np.array([[1.0, 0.0, 1.0]]), 2.0, "mul")[0] == pytest.approx(1 / 0.501)


def test_the_sum_is_the_corner_of_a_parallelogram() -> None:
    a, b, c, t = analogy.run(AnalogyParams()).points[:4]
    assert np.allclose(b, 0)
    assert np.allclose(t, a + c)
    assert a[1] == pytest.approx(0)


def test_equal_inputs_have_a_plane_too() -> None:
    trace = analogy.run(AnalogyParams(plus="king", minus="king", also="king"))
    assert np.isfinite(trace.points).all()
    assert trace.length == pytest.approx(1)


@pytest.mark.parametrize(("lang", "counts"), [("en", (40, 28, 19)), ("ru", (60, 47, 10))])
def test_the_exam_that_prose_reports(lang: Any, counts: tuple[int, int, int]) -> None:
    without, within = analogy.exam(lang)
    assert (len(without), int(without.sum()), int(within.sum())) == counts
    for other in LANGS:
        text = (PROSE / f"embeddings.{other}.md").read_text(encoding="utf-8")
        assert all(str(count) in text for count in counts)


def test_the_doctor_and_the_nurse() -> None:
    for words in (("doctor", "man", "woman", "nurse"), ("врач", "мужчина", "женщина", "медсестра")):
        trace = analogy.run(AnalogyParams(plus=words[0], minus=words[1], also=words[2]))
        assert (trace.free, trace.kept) == (words[0], words[3])


# ---- odd one out ----------------------------------------------------------------------------------------------


def test_the_odd_word_is_farthest_from_the_mean_vector_too() -> None:
    trace = odd.run(OddParams())
    known = load("en")
    rows = known.rows([known.need(word) for word in trace.words], is_unit=True)
    assert trace.words[trace.odd] == "cereal"
    assert int((rows @ rows.mean(axis=0)).argmin()) == trace.odd
    by_hand = (trace.cosines[0].sum() - 1) / (len(trace.words) - 1)
    assert trace.means[0] == pytest.approx(by_hand)


def test_the_country_is_not_found_among_capitals() -> None:
    for words, thrown in (("paris london berlin germany", "london"), ("москва париж берлин германия", "москва")):
        trace = odd.run(OddParams(odd_words=words))
        assert trace.words[trace.odd] == thrown


@pytest.mark.parametrize("text", ["", "cat dog", "cat CAT cat", " ".join(f"w{n}" for n in range(20))])
def test_lists_of_another_length_are_refused(text: str) -> None:
    with pytest.raises(Refusal):
        odd.run(OddParams(odd_words=text))


# ---- an axis --------------------------------------------------------------------------------------------------


def test_an_axis_by_hand() -> None:
    trace = axis.run(AxisParams(poles="she he", placed="she he table"))
    assert trace.places[0] == pytest.approx(-trace.places[1])
    assert trace.z[2] == pytest.approx((trace.places[2] - trace.mean) / trace.spread)
    assert trace.agreement == 1.0


def test_what_prose_says_of_the_axis() -> None:
    english, russian = axis.run(AxisParams()), axis.run(AxisParams.default("ru"))
    z = dict(zip(english.words, english.z, strict=True))
    places = dict(zip(english.words, english.places, strict=True))
    assert places["table"] < places["father"]
    assert abs(z["doctor"]) < 1
    assert z["nurse"] > 2
    z = dict(zip(russian.words, russian.z, strict=True))
    assert abs(z["врач"]) < 1
    assert z["медсестра"] > 4


def test_several_pairs_put_father_on_his_side() -> None:
    poles = "she he, woman man, girl boy, mother father, daughter son, herself himself"
    trace = axis.run(AxisParams(poles=poles))
    places = dict(zip(trace.words, trace.places, strict=True))
    assert places["father"] < places["table"]
    assert trace.per_pair.shape == (6, len(trace.words))
    assert 0 < trace.agreement < 1


@pytest.mark.parametrize("poles", ["", "she", "she she", "she he it", ",".join(["she he"] * 9), "she he, he she"])
def test_poles_that_are_none_are_refused(poles: str) -> None:
    with pytest.raises(Refusal):
        axis.run(AxisParams(poles=poles))


def test_pairs_are_read() -> None:
    assert read_pairs("She he; woman man,") == [("she", "he"), ("woman", "man")]


# ---- in context -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_static_vectors_are_one_point_and_layers_part_them(lang: Any) -> None:
    trace = used(ContextParams.default(lang))
    assert trace.cosines[0].min() == pytest.approx(1)
    assert np.abs(trace.points[0]).max() < 1e-6
    assert trace.cosines[-1].min() < 0.95
    assert trace.within[trace.best] > trace.across[trace.best]
    assert trace.right[trace.best] >= 0.75


def test_what_prose_says_of_the_last_layer() -> None:
    for lang in LANGS:
        trace = used(ContextParams.default(lang))
        said = f"{trace.across[-1]:.2f}".replace(".", "." if lang == "en" else ",")
        assert said == ("0.89" if lang == "en" else "0,92")
        assert said in (PROSE / f"embeddings.{lang}.md").read_text(encoding="utf-8")


def test_hidden_states_are_the_encoder_own() -> None:
    from core.models.bundled import load_encoder

    text = "He sat on the bank."
    trace = used(ContextParams(used_word="bank", uses=f"{text}\nA bank failed."))
    encoder = load_encoder()
    tokens = encoder.tokenize(text, max_tokens=contextual.MAX_TOKENS)
    at = [n for n, span in enumerate(tokens.spans) if text[slice(*span)] == "bank"]
    hidden = encoder.run(tokens).hidden[:, at].mean(axis=1)
    assert np.allclose(trace.vectors[1:, 0], hidden, atol=1e-5)


def test_taking_the_common_direction_off_lowers_cosines() -> None:
    plain = used(ContextParams())
    centred = used(ContextParams(is_centred=True))
    assert centred.across[-1] < plain.across[-1] - 0.1


def test_a_capital_letter_is_another_static_vector() -> None:
    trace = used(ContextParams(used_word="коса", uses="Коса лежит в траве.\nЗдесь лежит коса."))
    assert trace.pieces[0] != trace.pieces[1]
    assert trace.cosines[0, 0, 1] < 0.9


def test_telling_apart_by_hand() -> None:
    C = np.array([[[1.0, 0.9, 0.1], [0.9, 1.0, 0.2], [0.1, 0.2, 1.0]]])
    within, across, right = tell_apart(C, np.array([0, 0, 1]))
    assert within.tolist() == [0.9]
    assert across[0] == pytest.approx(0.15)
    assert right[0] == pytest.approx(2 / 3)
    assert np.isnan(tell_apart(C, np.array([-1, -1, -1]))[2]).all()


def test_uses_are_read() -> None:
    assert read_uses("Bank", "a: The bank, here.\nbank 12:30") == [
        ("a", "The bank, here.", (4, 8)),
        ("", "bank 12:30", (0, 4)),
    ]


@pytest.mark.parametrize(
    ("word", "text"),
    [("", "a\nb"), ("bank", "One bank."), ("bank", "bank\n" * 13), ("bank", "The bank.\nThe banks.")],
)
def test_uses_without_the_word_are_refused(word: str, text: str) -> None:
    with pytest.raises(Refusal):
        used(ContextParams(used_word=word, uses=text))


def test_formulas_are_written_in_both_languages() -> None:
    near = neighbours.run(NearParams())
    assert "= 0.784" in join(neighbours.explain(near, -1, "en")[0])
    assert "координата 3 " in join(neighbours.explain(near, 2, "ru")[0])
    assert "без A, B и C: queen" in join(analogy.explain(analogy.run(AnalogyParams()), 0, "ru")[1])
    use = contextual.explain(used(ContextParams()), 7, 99, "en")
    assert join(use[0]).startswith("cos(h6[1], h6[")
    assert join(odd.explain(odd.run(OddParams()), 0, "en")[0]).startswith("m(breakfast) = (")
    assert len(axis.explain(axis.run(AxisParams()), 4, "ru")) == 2

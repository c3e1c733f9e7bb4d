"""GloVe: the equations by hand, autograd and torch.optim.Adagrad, and what the prose claims."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import join
from core.embeddings import glove
from core.embeddings.glove_corpus import FRAMES, expand, homonyms, known_corpus, sense_words, split_senses
from core.embeddings.glove_explain import explain_cosine, explain_pair, explain_ratio, explain_sense
from core.embeddings.glove_lab import (
    FitParams,
    choose_pairs,
    errors_by_count,
    language,
    ratios,
    reference,
    residuals,
    run,
    tables,
)
from core.embeddings.glove_meaning import NAMED, MeaningParams, nearest, pointwise, ppmi_vectors, score
from core.embeddings.glove_meaning import reference as check_meaning
from core.embeddings.glove_meaning import run as look
from core.embeddings.glove_meaning import tables as meaning_tables
from core.errors import Refusal
from core.figures.glove import error_bars, fit_data, map_data, ratio_board, sense_board, weight_curve
from core.i18n import LANGS


def fitted(lang, **values):
    return run(FitParams.default(lang).model_copy(update=values))


def looked(lang, **values):
    return look(MeaningParams.default(lang).model_copy(update=values))


def glove_score(trace):
    return score(trace.fit.vectors(-1), trace.counted, trace.params.corpus)


# ---- equations -----------------------------------------------------------------------------------------------------


def test_weights_are_equation_nine():
    X = np.array([0.0, 100 / 16, 50.0, 100.0, 1000.0])
    np.testing.assert_allclose(glove.weigh(X, 100, 0.75), [0, 1 / 8, 0.5**0.75, 1, 1])
    assert glove.weigh(X, 100, 0.75, is_weighted=False).tolist() == [0, 1, 1, 1, 1]


@given(st.integers(2, 6), st.integers(1, 4), st.integers(0, 1000), st.booleans())
@settings(deadline=None, max_examples=25)
def test_gradient_equals_autograd(size, d, seed, is_weighted):
    chance = np.random.default_rng(seed)
    X = chance.poisson(1.0, (size, size)).astype(float)
    f, log_X = glove.weigh(X, 3, 0.75, is_weighted=is_weighted), glove.safe_log(X)
    theta = glove.begin(size, d, seed)
    J, ours = glove.gradient(theta, log_X, f)
    W, C, b, c = (torch.tensor(part, requires_grad=True) for part in theta)
    loss = (torch.from_numpy(f) * (W @ C.T + b[:, None] + c - torch.from_numpy(log_X)) ** 2).sum()
    loss.backward()
    assert pytest.approx(float(loss.detach()), rel=1e-12, abs=1e-12) == J
    for mine, theirs in zip(ours, (W, C, b, c), strict=True):
        np.testing.assert_allclose(mine, theirs.grad.numpy(), atol=1e-10)


def test_one_pair_by_hand():
    theta = glove.Theta(np.array([[2.0]]), np.array([[3.0]]), np.array([1.0]), np.array([-1.0]))
    X = np.array([[np.e]])
    J, g = glove.gradient(theta, glove.safe_log(X), np.array([[0.5]]))
    assert pytest.approx(0.5 * 25) == J  # r = 2·3 + 1 − 1 − 1 = 5
    assert [float(part.item()) for part in g] == pytest.approx([15, 10, 5, 5])  # 2·½·5 times w̃, w, 1, 1
    states = glove.adagrad(theta, glove.safe_log(X), np.array([[0.5]]), rate=0.1)
    next(states)
    after, G, _ = next(states)
    assert float(after.b[0]) == pytest.approx(0.9)  # the first step is η·sign(g)
    assert float(G.b[0]) == 25


def test_training_is_looked_at_from_start_to_end_and_falls():
    for steps in (20, 1000):
        moments = glove.moments(steps)
        assert (moments[0], moments[-1]) == (0, steps)
        assert (np.diff(moments) > 0).all()
    X = np.random.default_rng(0).poisson(2.0, (12, 12)).astype(float)
    fit = glove.train(X, glove.weigh(X, 5, 0.75), d=4, rate=0.05, steps=60, seed=1)
    assert (np.diff(fit.J) < 0).all()
    again = glove.train(X, glove.weigh(X, 5, 0.75), d=4, rate=0.05, steps=60, seed=1)
    assert np.array_equal(fit.W, again.W)


def test_ppmi_by_hand():
    M = pointwise(np.array([[0.0, 2.0], [2.0, 4.0]]))  # ΣX = 8; rows 2, 6
    np.testing.assert_allclose(M, [[0, np.log(2 * 8 / 12)], [np.log(2 * 8 / 12), 0]])
    vectors = ppmi_vectors(np.array([[0.0, 2.0], [2.0, 4.0]]), 2)
    np.testing.assert_allclose(np.sqrt((vectors**2).sum(1)), np.sqrt(np.log(4 / 3)) * np.ones(2))


def test_nearest_is_by_cosine():
    rows, cosines = nearest(np.array([[1.0, 0], [0, 3], [5, 5], [-1, 0]]), 0)
    assert rows.tolist() == [2, 1, 3]
    np.testing.assert_allclose(cosines, [np.sqrt(0.5), 0, -1])


# ---- the corpus ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_homonyms_stand_in_their_topics_only(lang):
    corpus = known_corpus(lang)
    assert len(set(corpus.sentences)) == len(corpus.sentences)
    assert len(corpus.sentences) == len(corpus.topics)
    assert len(homonyms(lang)) >= 2
    for word, topics in homonyms(lang).items():
        assert {t for s, t in zip(corpus.sentences, corpus.topics, strict=True) if word in s} == set(topics)
        assert all(len(sense_words(lang, topic)) >= 6 for topic in topics)
        assert all(topic in NAMED for topic in topics)
        words = {w for s in split_senses(corpus, lang).sentences for w in s}
        assert word not in words
        assert set(topics) <= words
    for a, b in itertools.combinations(FRAMES[lang], 2):
        assert not set(sense_words(lang, a)) & set(sense_words(lang, b))


def test_frames_are_expanded_whole():
    assert expand("{a|b} c {d|e}") == ["a c d", "a c e", "b c d", "b c e"]
    for frames in (f for topics in FRAMES.values() for f in topics.values()):
        for frame in frames:
            assert len(expand(frame)) >= 4, frame
            assert not any(set("{}|") & set(s) or "  " in s for s in expand(frame)), frame


def test_language_is_that_of_the_letters():
    assert [language(words) for words in ("ice", "лёд", "", "42", "bank и замок")] == ["en", "ru", "en", "en", "ru"]


# ---- the labs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("values", [{}, {"is_weighted": False, "does_cross": False}, {"corpus": "own"}])
def test_references_pass(lang, values):
    checks = (*reference(fitted(lang, **values)), *check_meaning(looked(lang, **values)))
    assert [check for check in checks if not check.passed] == []
    assert len(checks) == (4 if values.get("corpus") == "own" else 6), (
        "of a text of 14 words all singular values are kept"
    )


@pytest.mark.parametrize("corpus", ["world", "story"])
def test_other_corpora(corpus):
    trace = looked("ru", corpus=corpus, word="кошка", steps=20, dimension=8)
    assert trace.query >= 0
    assert [check for check in check_meaning(trace) if not check.passed] == []
    assert (score(trace.ppmi, trace.counted, corpus) is None) == (corpus == "story")


def test_the_world_is_learnt():
    assert glove_score(looked("en", corpus="world")) > 0.8
    assert glove_score(looked("ru", corpus="world")) > 0.8


@pytest.mark.parametrize("text", ["", "a", "a b", "я" * 500])
def test_too_small_a_text_is_refused(text):
    with pytest.raises(Refusal):
        fitted("en", corpus="own", own=text)


@pytest.mark.parametrize("lang", LANGS)
def test_ratios_tell_ice_from_steam(lang):
    found = ratios(fitted(lang))
    solid, gas, water, fashion = np.log(found.ratio)
    assert solid > 2
    assert gas < -2
    assert max(abs(water), abs(fashion)) < 1
    solid, gas, water, fashion = np.log(found.fitted)
    assert solid > 1.5
    assert gas < -1.5
    assert max(abs(water), abs(fashion)) < 1


def test_ratios_of_words_that_are_not_there():
    trace = fitted("en", probe="ice nowhere: solid")
    assert ratios(trace).missing == ("nowhere",)
    assert ratios(trace).probes == ()
    assert ratios(fitted("en", probe="")).missing == ()
    assert ratios(fitted("en", probe="ice steam: solid solid gas")).probes == ("solid", "gas")


@pytest.mark.parametrize("lang", LANGS)
def test_without_weights_frequent_pairs_are_fitted_worse_and_rare_ones_better(lang):
    with_f, without = (errors_by_count(fitted(lang, is_weighted=w), -1)[0] for w in (True, False))
    assert without[-1] > 1.5 * with_f[-1]
    assert without[0] < with_f[0]


@pytest.mark.parametrize("lang", LANGS)
def test_two_numbers_are_too_few(lang):
    small, large = (errors_by_count(fitted(lang, dimension=d, steps=1000), -1)[0] for d in (2, 32))
    assert (small > 3 * large).all()


@pytest.mark.parametrize("lang", LANGS)
def test_strangers_that_never_meet_are_not_pushed_apart(lang):
    free, stopped = looked(lang), looked(lang, does_cross=False)
    assert glove_score(stopped) < glove_score(free) - 0.2
    by_count = [score(trace.ppmi, trace.counted, "senses") for trace in (free, stopped)]
    assert by_count[1] > by_count[0] - 0.05
    assert abs(by_count[0] - glove_score(free)) < 0.05
    assert by_count[1] > glove_score(stopped) + 0.2


@pytest.mark.parametrize(("lang", "word"), [(lang, word) for lang in LANGS for word in homonyms(lang)])
def test_one_spelling_is_one_point(lang, word):
    joint = looked(lang, word=word)
    assert (joint.senses[0] > 0.35).all()
    apart = looked(lang, word=word, is_split=True)
    n = len(apart.topics)
    own, other = np.diag(apart.senses[:n]), apart.senses[:n][~np.eye(n, dtype=bool)]
    assert (own > 0.45).all()
    assert (other < 0.3).all()
    assert apart.query == apart.points[0]
    topics = {row: k for k, rows in enumerate(joint.members) for row in rows}
    assert len({topics[k] for k in joint.neighbours[-1].tolist() if k in topics}) >= 2, "the neighbours mix"


def test_word2vec_beside_it():
    trace = looked("en", is_beside=True)
    assert trace.word2vec.shape == trace.ppmi.shape
    assert score(trace.word2vec, trace.counted, "senses") > 0.6
    assert len(trace.by_word2vec) == 8
    assert len(looked("en").word2vec) == 0


def test_a_word_that_is_not_there_has_no_neighbours():
    trace = looked("en", word="zebra")
    assert trace.query == -1
    assert trace.neighbours.size == 0
    assert explain_cosine(trace, "en") == ()
    assert map_data(trace, [], "en")["picked"] == ""


# ---- arithmetic and pictures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_the_arithmetic_of_a_pair_is_the_next_step(lang):
    trace = fitted(lang, steps=20)
    t = next(k for k, s in enumerate(trace.fit.steps) if trace.fit.steps[k + 1] == s + 1)
    i, j = (int(v) for v in trace.pairs[5])
    formulas = [join(one) for one in explain_pair(trace, i, j, t, lang)]
    assert float(formulas[-1].rsplit("= ", 1)[1].replace("−", "-")) == pytest.approx(trace.fit.b[t + 1, i], abs=6e-5)
    r = residuals(trace, t)[i, j]
    assert f"= {r:.4f}".replace("-", "−") in formulas[2]
    never = np.argwhere(trace.counted.X == 0)[0]
    assert "f(0) = 0" in join(explain_pair(trace, int(never[0]), int(never[1]), t, lang)[0])


@pytest.mark.parametrize("lang", LANGS)
def test_ratio_and_sense_arithmetic(lang):
    trace = fitted(lang)
    found = ratios(trace)
    for k in range(4):
        lines = [join(one) for one in explain_ratio(found, k, lang)]
        assert f"{found.ratio[k]:.2f}" in lines[0]
        assert f"{np.log(found.fitted[k]):.3f}".replace("-", "−") in lines[1]
    assert explain_ratio(found, 9, lang) == ()
    meaning = looked(lang)
    for row in range(len(meaning.senses)):
        for col in range(len(meaning.topics)):
            told = join(explain_sense(meaning, row, col, lang)[0])
            value = meaning.senses[row, col]
            assert (f"{value:.3f}" if value != round(value) else f"{value:.0f}").replace("-", "−") in told


def test_pictures_carry_the_numbers():
    trace = fitted("en")
    pair = (int(trace.pairs[0, 0]), int(trace.pairs[0, 1]))
    data = fit_data(trace, pair, "en")
    assert len(data["ids"]) == len(trace.pairs) == len(data["sizes"])
    rare = next((int(i), int(j)) for i, j in np.argwhere(np.triu(trace.counted.X) > 0) if f"{i}.{j}" not in data["ids"])
    assert fit_data(trace, rare, "en")["ids"][-1] == f"{rare[0]}.{rare[1]}"
    curve = weight_curve(trace, pair, theme="light", lang="en")
    np.testing.assert_allclose(curve.data[0].y, glove.weigh(curve.data[0].x, 10, 0.75), rtol=1e-5)
    bars = error_bars(trace, theme="dark", lang="ru")
    np.testing.assert_allclose(bars.data[0].y, errors_by_count(trace, -1)[0], rtol=1e-5)
    board = ratio_board(ratios(trace))
    np.testing.assert_allclose(board.panels()[1].values[0], np.log(ratios(trace).ratio))
    meaning = looked("en")
    assert sense_board(meaning, "en").panels()[0].values.shape == (3, 2)
    lists = [("GloVe", "", meaning.neighbours, meaning.cosines)]
    rows = map_data(meaning, lists, "en")["lists"][0]["rows"]
    assert len(rows) == len(meaning.fit.steps)
    assert rows[-1][0][0] == meaning.counted.vocabulary[meaning.neighbours[-1, 0]]


def test_pairs_are_the_heaviest_and_some_of_the_rest():
    X = np.triu(np.arange(1.0, 10_001).reshape(100, 100))
    X = X + X.T
    found = choose_pairs(X, 40)
    values = X[found[:, 0], found[:, 1]]
    assert len(found) == 40
    assert (found[:, 0] <= found[:, 1]).all()
    assert (np.diff(values) < 0).all()
    assert np.array_equal(values[:10], np.sort(X[np.triu_indices(100)])[::-1][:10])


@pytest.mark.parametrize("lang", LANGS)
def test_tables_are_finite(lang):
    for table in (*tables(fitted(lang)), *meaning_tables(looked(lang))):
        assert np.isfinite(table.values).all(), table.name
        assert table.values.shape == (len(table.rows), len(table.cols))

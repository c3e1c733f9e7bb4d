"""The labs of n-grams: against nltk, against sums and cases worked by hand, and the claims that the room makes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import Cell, join
from core.data import registry
from core.errors import Refusal
from core.i18n import LANGS, Lang
from core.text import ngrams_heldout, phrases_lab
from core.text.backoff import backoff_scores, backoff_steps
from core.text.ngrams import UNK, nltk_model, train
from core.text.ngrams_corpus import (
    FOUND,
    LONGEST,
    MAX_WORDS,
    beginning,
    counted,
    cut,
    language_of,
    model_of,
    sequences,
)
from core.text.ngrams_explain import explain
from core.text.ngrams_heldout import HeldOutParams
from core.text.ngrams_lab import KINDS, NextParams, distribution, go_on, reference, rows_of, run, tables
from core.text.phrases_lab import PhrasesParams, contingency, g_squared, pmi

ROWS = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=8), min_size=1, max_size=4)
TEXT = st.lists(st.sampled_from("abcdx"), max_size=4)
OWN = "The cat sat on the mat. The dog sat on the log. A bird sat in the tree. The cat saw the dog. " * 3


def next_of(lang: Lang = "en", **values: object) -> NextParams:
    return NextParams.default(lang).model_copy(update=values)


@settings(deadline=None, max_examples=60)
@given(rows=ROWS, text=TEXT, n=st.integers(1, 4), alpha=st.sampled_from([0.1, 0.4, 0.9]))
def test_stupid_backoff_is_nltks(rows: list[list[str]], text: list[str], n: int, alpha: float) -> None:
    model = train(rows, n, "mle")
    theirs = nltk_model(model, rows, alpha)
    S = backoff_scores(model, text, alpha)
    context = tuple(model.word(i) for i in model.context_of(text))
    for token in model.vocabulary:
        assert S[model.id_of(token)] == pytest.approx(theirs.unmasked_score(token, context), rel=1e-12)
        assert backoff_steps(model, token, text, alpha)[0].value == pytest.approx(S[model.id_of(token)], rel=1e-12)


def test_stupid_backoff_by_hand() -> None:
    """After "a" came "b" twice and "c" once; "d" never, and it is 1 of 7 tokens."""
    model = train([list("abacabd")], 2, "mle")
    assert backoff_scores(model, ["a"], 0.4)[[model.id_of(w) for w in "bcd"]] == pytest.approx([2 / 3, 1 / 3, 0.4 / 7])
    assert [s.count for s in backoff_steps(model, "d", ["a"], 0.4)] == [0, 1]
    assert backoff_scores(model, ["a"], 0.4).sum() > 1
    assert backoff_steps(model, "nobody", ["a"], 0.4)[-1].value == 0


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_every_cell_is_nltks(kind: str, n: int, lang: Lang) -> None:
    trace = run(next_of(lang, smoothing=kind, n=n, corpus="stories", k=0.3))
    assert all(check.passed for check in reference(trace))
    assert trace.P.shape == trace.counts.shape == (len(trace.places), len(trace.columns))
    if kind != "backoff":
        assert trace.mass == pytest.approx(np.where((kind == "mle") & (trace.totals == 0), 0.0, 1.0))
    for table in tables(trace):
        assert np.isfinite(table.values).all()


def test_a_shorter_model_is_the_one_trained_for_it() -> None:
    rows = sequences("stories", "en", "words", "", "train")
    for n in (1, 2, 4):
        own = train(rows, n)
        read = model_of(rows, n, "kneser_ney")
        assert (read.counts, read.continuations) == (own.counts, own.continuations)
    assert counted(rows).n == LONGEST


def test_sentences_become_tokens_with_a_full_stop() -> None:
    assert cut("Don, the «Кот»!", "words") == ("don", "the", "кот")
    assert cut("A  b.", "characters") == ("a", " ", "b")
    rows = sequences("world", "ru", "words", "", "train")
    assert all(row[-1] == "." for row in rows)
    assert not set(rows) & set(sequences("world", "ru", "words", "", "held_out"))
    assert sum(map(len, sequences("world", "en", "characters", "", "train"))) <= 40_000
    assert beginning("It ended. And the ", "characters") == tuple("and the ")
    assert beginning("It ended. And the ", "words") == ("and", "the")
    assert beginning("It ended.", "words") == ()
    assert (language_of("кот cat собака"), language_of("")) == ("ru", "en")


def test_an_unfinished_word_is_completed() -> None:
    trace = run(next_of(text="In the evening the que"))
    assert trace.prefix == "que"
    assert [token for token, _ in trace.offered] == ["queen"]
    assert trace.goes_on("queen") == "In the evening the queen "
    assert all(text.startswith("queen") for text in trace.written)
    assert run(next_of(text="In the evening the que ")).prefix == ""
    assert run(next_of(text="zzz")).tokens == ("zzz",)
    assert run(next_of(text="the queen")).goes_on(".") == "the queen. "
    assert run(next_of(text="the q", unit="characters")).goes_on("u") == "the qu"


@pytest.mark.parametrize("lang", LANGS)
def test_sampling_is_repeatable_and_greedy_at_zero(lang: Lang) -> None:
    trace = run(next_of(lang, temperature=0.0))
    assert len(set(trace.written)) == 1
    params = next_of(lang, seed=5)
    assert run(params).written == run(params).written
    text, is_stuck = go_on(params, trace.tokens, "", 3)
    assert not is_stuck
    assert UNK not in text


def test_without_smoothing_an_unseen_context_is_silent() -> None:
    trace = run(next_of(text="zzz qqq ", n=3, smoothing="mle"))
    assert (trace.mass[-1], trace.offered, trace.is_stuck) == (0.0, (), (True, True, True))
    assert len(trace.columns) > 5
    assert "0/0" in join(explain(trace, trace.first_pick(), "en")[0])


@pytest.mark.parametrize("kind", KINDS)
def test_the_arithmetic_ends_in_the_cell(kind: str) -> None:
    trace = run(next_of("ru", smoothing=kind, n=3))
    for row in range(len(trace.places)):
        for col in (0, len(trace.columns) - 1):
            first = explain(trace, Cell("P", row, col), "ru")[0]
            result = next(part.text for part in first if part.kind == "result")
            value = float(trace.P[row, col])
            assert float(result.replace("−", "-")) == pytest.approx(value, abs=6e-5, rel=0.06)


def test_own_text_is_counted_or_refused() -> None:
    trace = run(next_of(text="the cat ", own=OWN))
    assert ("sat" in {token for token, _ in trace.offered}) or ("saw" in {token for token, _ in trace.offered})
    for short in ("too short", "слово " * 100, "..."):
        with pytest.raises(Refusal):
            run(next_of(own=short))


def held(lang: Lang, **values: object) -> ngrams_heldout.HeldOutTrace:
    return ngrams_heldout.run(HeldOutParams.default(lang).model_copy(update=values))


def test_perplexity_by_hand() -> None:
    """Unigrams of "a a b .": p = 1/2, 1/4, 1/4; of "a b ." the mean −log₂ is 5/3 bits."""
    model = train([("a", "a", "b", ".")], 1, "mle", is_open=False)
    logs = ngrams_heldout.log_probs(model, (("a", "b", "."),))
    assert ngrams_heldout.perplexity(logs) == pytest.approx(2 ** (5 / 3))
    assert ngrams_heldout.perplexity(np.array([0.0, -math.inf])) == math.inf


@pytest.mark.parametrize(("lang", "values"), [("en", {}), ("ru", {"corpus": "stories"}), ("en", {"own": OWN, "n": 2})])
def test_held_out_agrees_with_nltk_and_with_itself(lang: Lang, values: dict[str, object]) -> None:
    trace = held(lang, **values)
    assert all(check.passed for check in ngrams_heldout.reference(trace))
    assert trace.lines[0] == pytest.approx(trace.grid[-1])
    assert trace.lines[0] == pytest.approx(np.exp2(trace.bits / trace.n_held_out))
    assert ((trace.zeros > 0) == np.isinf(trace.lines[2])).all()
    shown = join(ngrams_heldout.explain(trace, lang)[0])
    assert f"{trace.lines[0, trace.params.n - 1]:.2f}" in shown


@pytest.mark.parametrize("lang", LANGS)
def test_what_the_room_says_about_smoothing(lang: Lang) -> None:
    world = held(lang)
    add_one, kneser_ney = world.lines[1], world.lines[0]
    assert (np.diff(add_one[1:]) > 0).all()
    assert (add_one[2:] > 10 * kneser_ney[2:]).all()
    assert np.isinf(world.lines[2, 2])
    stories = held(lang, corpus="stories")
    assert stories.best_n == 3
    assert (stories.grid[0] < stories.grid[-1]).all()
    assert stories.unknown[0] > 0.5
    assert run(next_of(lang, n=3, smoothing="backoff")).mass[-1] > 1


def test_characters_need_longer_contexts() -> None:
    assert held("en", unit="characters").best_n == LONGEST


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("values", [{}, {"fewest": 1}, {"corpus": "stories", "fewest": 2, "measure": "g2"}])
def test_phrases_are_nltks(lang: Lang, values: dict[str, object]) -> None:
    trace = phrases_lab.run(PhrasesParams.default(lang).model_copy(update=values))
    assert all(check.passed for check in phrases_lab.reference(trace))
    assert (np.diff(trace.values) <= 1e-9).all()
    assert trace.counts.min() >= trace.params.fewest
    for table in phrases_lab.tables(trace):
        assert np.isfinite(table.values).all()


def test_association_by_hand() -> None:
    """c(a b) = 4, c(a) = c(b) = 8, N = 64: chance would give 1, so PMI is 2 bits."""
    c_ab, c_a = np.array([4.0]), np.array([8.0])
    assert pmi(c_ab, c_a, c_a, 64) == pytest.approx([2.0])
    assert contingency(c_ab, c_a, c_a, 64)[0].tolist() == [[4, 4], [4, 52]]
    expected = [1, 7, 7, 49]
    by_hand = 2 * sum(o * math.log(o / e) for o, e in zip([4, 4, 4, 52], expected, strict=True))
    assert g_squared(c_ab, c_a, c_a, 64) == pytest.approx([by_hand])


@pytest.mark.parametrize("lang", LANGS)
def test_pmi_loves_what_is_rare(lang: Lang) -> None:
    everything = phrases_lab.run(PhrasesParams.default(lang).model_copy(update={"fewest": 1}))
    assert everything.counts[0] <= 5
    common = phrases_lab.run(PhrasesParams.default(lang).model_copy(update={"measure": "count"}))
    assert common.counts[0] == everything.counts.max() > 50


def test_a_pair_that_is_not_there() -> None:
    base = PhrasesParams.default("en")
    never = phrases_lab.run(base.model_copy(update={"phrase": "king bakery"}))
    assert never.at is None
    assert "= 0" in join(phrases_lab.explain(never, "en")[0])
    one = phrases_lab.run(base.model_copy(update={"phrase": "king"}))
    assert one.picked is None
    with pytest.raises(Refusal):
        phrases_lab.run(base.model_copy(update={"corpus": "stories", "fewest": 30}))
    assert len(rows_of(NextParams())) > 2000
    assert distribution(NextParams(), "kneser_ney", ()).sum() == pytest.approx(1)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_what_people_wrote_is_counted_or_the_lab_says_what_is_missing(lang, monkeypatch):
    monkeypatch.setenv("VIDNO_OFFLINE", "1")
    sequences.cache_clear()
    if not registry.is_here(registry.find(FOUND[lang])):
        with pytest.raises(Refusal, match=r"vaderSentiment|ru-proverbs"):
            sequences("found", lang, "words", "", "train")
        return
    rows = sequences("found", lang, "words", "", "train")
    assert 0.95 * MAX_WORDS < sum(map(len, rows)) <= MAX_WORDS
    trace = run(next_of(lang, corpus="found", n=2))
    assert all(check.passed for check in reference(trace))

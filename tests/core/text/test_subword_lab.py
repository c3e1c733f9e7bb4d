"""The lab of three tokenizers: what is read, what is shown, what is checked, and the claims of the prose."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import Cell, join
from core.errors import Refusal
from core.i18n import LANGS
from core.tables import fingerprint, to_csv, to_script
from core.text.subword_explain import explain
from core.text.subword_lab import MARKS, SubwordParams, read_corpus, reference, run, tables
from core.text.subword_states import KINDS, MAX_ROWS

LOW = "low 5, lower 2, newest 6, widest 3"


def made(**values):
    return run(SubwordParams(**{**SubwordParams.defaults("en"), **values}))


def test_counts_are_read_from_numbers_and_from_text():
    assert read_corpus("hug 10, pug 5; hug 2") == {"hug": 12, "pug": 5}
    assert read_corpus("the cat the mat") == {"the": 2, "cat": 1, "mat": 1}
    assert read_corpus("7 samurai 7") == {"7": 1, "samurai": 7}
    assert read_corpus("a 0 b") == {"b": 1}


@pytest.mark.parametrize(
    ("corpus", "said"),
    [
        ("", "at least one word"),
        (" , ;", "at least one word"),
        ("a 0", "at least one word"),
        (" ".join(f"w{chr(97 + k // 26)}{chr(97 + k % 26)}" for k in range(41)), "41 different words"),
        ("x" * 21, "longer than 20"),
        ("a 1001", "at most 1000"),
        ("a 99999999", "at most 1000"),
    ],
)
def test_what_cannot_be_used_is_a_sentence(corpus, said):
    with pytest.raises(Refusal, match=said):
        read_corpus(corpus)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("boundary", MARKS)
@pytest.mark.parametrize("whole", [False, True])
def test_the_library_agrees(lang, boundary, whole):
    params = SubwordParams.default(lang).model_copy(update={"boundary": boundary, "whole_words": whole, "merges": 6})
    for corpus in (params.corpus, LOW, "aaaa 5, aa 2, ab 1"):
        checks = reference(run(params.model_copy(update={"corpus": corpus, "word": "estate 🚤"})))
        assert len(checks) == 4
        assert [check.what.en for check in checks if not check.passed] == []


@settings(deadline=None, max_examples=25)
@given(st.text(alphabet="abcдё·▁# 3", min_size=1, max_size=40), st.text(max_size=8))
def test_the_library_agrees_on_anything(corpus, word):
    try:
        trace = made(corpus=corpus, word=word.replace("\x00", ""), merges=9, boundary="start")
    except Refusal:
        return
    assert all(check.passed for check in reference(trace))
    for step in range(trace.steps):
        for kind in KINDS:
            for row in range(MAX_ROWS):
                assert join(explain(trace, Cell(kind, row, 0), step, "ru")[0])


@pytest.mark.parametrize("lang", LANGS)
def test_the_example_is_what_the_prose_says(lang):
    trace = run(SubwordParams.default(lang))
    assert trace.states["bpe"][0].rows[0].parts == (("u", "g") if lang == "en" else ("и", "р"))
    assert trace.states["bpe"][0].rows[0].count == 20
    assert trace.states["wordpiece"][0].rows[0].parts == (("##g", "##s") if lang == "en" else ("б", "##а"))
    sizes = [len(state.vocabulary) for state in trace.states["unigram"]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == trace.bpe.size() == trace.bpe.alphabet + 4
    assert all(len(trace.states[kind]) >= 5 for kind in KINDS)


def test_states_are_what_training_did():
    trace = made(corpus=LOW, merges=10)
    for state, step in zip(trace.states["bpe"], trace.bpe.steps, strict=False):
        assert state.rows[0].parts == tuple(trace.bpe.pieces[k] for k in step.pair)
        assert state.rows[0].is_next
        assert state.rows[0].value == step.count
    assert [s.tokens for s in trace.states["bpe"][1:]] == [s.tokens for s in trace.bpe.steps]
    assert not any(row.is_next for row in trace.states["bpe"][-1].rows)
    for state, stage in zip(trace.states["unigram"], trace.unigram.stages, strict=True):
        assert tuple(r.parts[0] for r in state.rows if r.is_next) == stage.cut[:MAX_ROWS]
        cut = sum(len(split) * n for split, n in zip(state.splits, trace.marked.values(), strict=True))
        assert state.tokens == cut


def test_the_arithmetic_names_every_word():
    trace = made()
    count, rule = explain(trace, Cell("bpe", 0, 0), 0, "en")
    assert join(count) == "count(u g) = 10 (hug) + 5 (pug) + 5 (hugs) = 20"
    assert "becomes the piece “ug”" in join(rule)
    score = explain(trace, Cell("wordpiece", 0, 0), 0, "en")
    assert join(score[0]).endswith("5 / (20·5) = 0.0500")
    assert "##u + ##g, 20 / (36·20) = 0.0278" in join(score[2])
    loss = explain(trace, Cell("unigram", 0, 0), 0, "en")
    assert "loss(ugs) = 0" in join(loss[0])
    worth = explain(trace, Cell("unigram", 7, 0), 0, "en")
    assert "hug →" in join(worth[0])
    assert float(join(worth[0]).split(") = ")[-1].split()[0]) == pytest.approx(
        trace.unigram.stages[0].losses["hug"], abs=0.01
    )
    tied = made(corpus="ab 3, cd 3")
    assert "equally frequent pairs: 2" in join(explain(tied, Cell("bpe", 0, 0), 0, "en")[1])
    done = made(corpus="a b")
    assert [join(explain(done, Cell(kind, 0, 0), 9, "en")[0])[:7] for kind in KINDS] == [
        "Nothing",
        "Nothing",
        "Only si",
    ]


def test_repeated_pairs_are_counted_in_the_arithmetic():
    trace = made(corpus="aaa 4")
    assert join(explain(trace, Cell("bpe", 0, 0), 0, "en")[0]) == "count(a a) = 2·4 (aaa) = 8"


def test_a_mark_keeps_the_ending_an_ending():
    """The two presets about endings: without the mark "est" is cut inside a word, with it it is not."""
    plain, marked = made(corpus=LOW, word="estate", merges=10), made(corpus=LOW, merges=10, boundary="end")
    assert "est" in plain.bpe.pieces
    assert "est·" in marked.bpe.pieces


def test_a_pair_that_stood_once_wins_the_score():
    trace = made(corpus="cat 100, hat 80, qz 1")
    assert trace.states["wordpiece"][0].rows[0].parts == ("q", "##z")
    assert trace.states["wordpiece"][0].rows[0].value == 1.0
    assert trace.states["bpe"][0].rows[0].count == 180


def test_addresses_of_candidates():
    trace = made()
    assert trace.cell("wordpiece.2.0") == Cell("wordpiece", 2, 0)
    for broken in ("", "x.1.0", "bpe.99.0", "bpe", "bpe.-1.0"):
        assert trace.cell(broken) == Cell("bpe", 0, 0)


@pytest.mark.parametrize("lang", LANGS)
def test_tables_are_finite_and_a_script_recomputes_them(lang):
    params = SubwordParams.default(lang)
    trace = run(params)
    for table in tables(trace):
        assert np.isfinite(table.values).all()
        assert table.values.shape == (len(table.rows), len(table.cols))
    assert to_csv(tables(trace)).count("\n") > 30
    assert "core.text.subword_lab" in to_script(run, params, tables(trace))
    assert [fingerprint(t.values) for t in tables(trace)] == [fingerprint(t.values) for t in tables(run(params))]


def test_nothing_to_merge_is_a_state():
    trace = made(corpus="a b c", word="")
    assert trace.steps == 1
    assert all(table.values.shape[1] == len(table.cols) for table in tables(trace))
    assert len(reference(trace)) == 3

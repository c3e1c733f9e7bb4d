"""Real text: every tokenizer beside the library's, and what the prose says about languages."""

import numpy as np
import pytest

from core.arithmetic import join
from core.errors import Refusal
from core.i18n import LANGS
from core.tables import to_csv
from core.text.fertility_lab import FertilityParams, explain, reference, run, tables
from core.text.pretokenize import split_words
from core.text.trained import LANGUAGES, NAMES, SIZES, bundled, cost, halves, learn, source, tokenizer

OWN = "Съешь ещё этих мягких французских булок, да выпей чаю. " * 20


def made(lang="en", **values):
    return run(FertilityParams.default(lang).model_copy(update=values))


@pytest.mark.parametrize("kind", NAMES)
@pytest.mark.parametrize("learnt", [*LANGUAGES, "both"])
@pytest.mark.parametrize("size", [SIZES[0], 400, SIZES[-1]])
def test_the_library_agrees(kind, learnt, size):
    (check,) = reference(made(kind=kind, learnt=learnt, size=size))
    assert check.passed, check


@pytest.mark.parametrize("kind", NAMES)
def test_own_text(kind):
    trace = made("ru", kind=kind, own=OWN)
    assert trace.curves == ("own",)
    assert reference(trace)[0].passed
    with pytest.raises(Refusal, match="at least 100"):
        made(own="мало слов")
    with pytest.raises(Refusal, match="longer than 60"):
        made(own="ab " * 200 + "x" * 61)


@pytest.mark.parametrize("kind", NAMES)
def test_a_vocabulary_has_the_size_that_was_asked(kind):
    text = source("ru", "")[0]
    for size in SIZES:
        vocabulary = tokenizer(kind, text, size).vocabulary
        assert len(set(vocabulary)) == len(vocabulary)
        assert len(vocabulary) <= max(size, 256 if kind == "bytes" else 0)
    assert len(tokenizer(kind, text, 400).vocabulary) == 400


@pytest.mark.parametrize("kind", NAMES)
def test_more_pieces_cost_less(kind):
    trace = made(kind=kind)
    for line in trace.fertility:
        seen = line[np.isfinite(line)]
        assert seen[0] > seen[-1]
        # A larger vocabulary may cost a little more on text it has not seen, never much.
        assert (np.diff(seen) < 0.02).all()


def test_held_out_text_is_not_learnt_from():
    for lang in LANGUAGES:
        learnt, held_out = halves(bundled(lang))
        assert f"{learnt} {held_out}" == bundled(lang)
        assert 0.15 < len(held_out) / len(bundled(lang)) < 0.25
    assert halves("word") == ("word", "word")


@pytest.mark.parametrize("kind", ["bpe", "wordpiece", "bytes"])
def test_a_russian_word_costs_more_at_400_pieces(kind):
    en, ru = cost(kind, "en", "en", 400), cost(kind, "ru", "ru", 400)
    assert ru[0] / ru[1] > 1.2 * en[0] / en[1]


def test_two_bytes_a_letter():
    pieces, words, letters = cost("bytes", "en", "ru", 400)
    assert 1.8 < pieces / letters < 2.2
    assert pieces / words > 2.5 * cost("bytes", "ru", "ru", 400)[0] / words


@pytest.mark.parametrize("lang", LANGS)
def test_only_bytes_lose_nothing(lang):
    trace = made(lang)
    assert all((cut.lost == 0) == (cut.kind == "bytes") for cut in trace.sentences)
    assert all(len(cut.pieces) > 10 for cut in trace.sentences)
    for cut in made("ru", learnt="en").sentences:
        assert (cut.lost == 0) == (cut.kind == "bytes")
        assert all(id_ < 0 for id_ in cut.ids) == (cut.kind != "bytes")


def test_bytes_are_shown_as_characters_where_they_are_whole():
    trace = made("ru", kind="bytes", learnt="ru")
    shown = trace.sentences[1].shown
    assert "␣лод" in shown
    assert trace.tokenizer.readable("Ð") == "Ð"
    assert trace.tokenizer.readable("Ð´Ð°") == "да"


def test_the_arithmetic_counts_the_held_out_text():
    trace = made("ru", learnt="ru")
    text = source("ru", "")[1]
    pieces = tokenizer("bpe", source("ru", "")[0], 400).cut(text)
    assert f"{len(pieces)} / {len(split_words(text))}" in join(explain(trace, "ru")[0])


def test_counts_of_the_vocabulary_are_those_of_the_learnt_text():
    trace = made(learnt="en")
    assert sum(trace.counts) == len(trace.tokenizer.cut(source("en", "")[0]))


def test_smaller_vocabularies_are_the_beginning_of_larger_ones():
    text = source("en", "")[0]
    assert learn("bpe", text) is learn("bpe", text)
    for kind in ("bpe", "wordpiece", "bytes"):
        large = tokenizer(kind, text, 300).vocabulary
        assert tokenizer(kind, text, 260).vocabulary == large[:260]


@pytest.mark.parametrize("kind", NAMES)
def test_tables_are_finite(kind):
    shown = tables(made(kind=kind))
    assert all(np.isfinite(table.values).all() for table in shown)
    assert all(table.values.shape == (len(table.rows), len(table.cols)) for table in shown)
    assert "vocabulary" in to_csv(shown)


@pytest.mark.parametrize("sentence", ["", " ", "🚤", "a" * 160, "\u202eabc"])
def test_any_sentence_is_a_state(sentence):
    for cut in made(sentence=sentence).sentences:
        assert len(cut.pieces) == len(cut.ids) == len(cut.shown)

"""Training on the small world: what it finds, and every claim of the room's texts."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from core.embeddings.word2vec_corpus import MAX_OWN_CHARS, TrainParams, corpus_of
from core.embeddings.word2vec_lab import FRAMES, Recording, explain, reference, run, tables, train
from core.embeddings.word2vec_quality import analogy_answers, chance_share, nearest, unit_rows
from core.errors import Refusal
from core.figures.word2vec_training import length_scatter, sky_data
from core.i18n import LANGS


@cache
def trained(lang="en", **changed):
    return run(TrainParams(lang=lang, **changed))


def score(**changed):
    """Analogies and classes, in English."""
    last = trained("en", **changed).frames[-1]
    return last.analogies, last.in_class


@pytest.mark.parametrize("lang", LANGS)
def test_the_small_world_is_learnt(lang):
    trace = trained(lang)
    last = trace.frames[-1]
    assert last.analogies > 0.75
    assert last.in_class > 0.95
    assert chance_share(trace.corpus.known, len(trace.corpus.vocabulary.words)) < 0.05
    assert trace.frames[0].analogies < 0.05
    assert 25 <= len(trace.frames) <= FRAMES + 1
    assert [f.seen for f in trace.frames] == sorted({f.seen for f in trace.frames})
    assert last.loss < trace.frames[1].loss / 2
    checks = reference(trace)
    assert len(checks) == 2
    assert all(check.passed for check in checks)
    assert all(np.isfinite(table.values).all() for table in tables(trace))
    word = int(trace.corpus.known.analogies[0, 3])
    assert len(explain(trace, word, lang)) == 2


@pytest.mark.parametrize("lang", LANGS)
def test_classes_come_before_analogies(lang):
    frames = trained(lang).frames
    first = next(n for n, f in enumerate(frames) if f.in_class > 0.8)
    assert frames[first].analogies < 0.5 < trained(lang).frames[-1].analogies


def test_the_table_of_errata():
    (analogies, classes), (cbow, cbow_classes) = score(), score(kind="cbow")
    assert analogies > cbow + 0.25
    assert min(classes, cbow_classes) > 0.95
    assert score(exponent=1.5)[0] < score(exponent=1.0)[0] < analogies
    assert abs(score(exponent=0.0)[0] - analogies) < 0.1


@pytest.mark.parametrize("lang", LANGS)
def test_rare_words_are_not_worse_with_cbow(lang):
    def rare(trace):
        known, counts = trace.corpus.known, trace.corpus.vocabulary.counts
        of = known.class_of()
        asked = np.array(sorted(of))
        asked = asked[counts[asked] <= np.quantile(counts[asked], 0.25)]
        found, _ = nearest(unit_rows(np.asarray(trace.W_in)), asked, 3)
        return np.mean([[of.get(int(n)) == of[int(w)] for n in row] for w, row in zip(asked, found, strict=True)])

    assert rare(trained(lang, kind="cbow")) >= rare(trained(lang))


@pytest.mark.parametrize("lang", LANGS)
def test_length_grows_with_frequency_only_with_cbow(lang):
    def lengths(trace):
        return np.linalg.norm(trace.W_in, axis=1)

    def ranks(values):
        return np.argsort(np.argsort(values)).astype(float)

    cbow, skipgram = trained(lang, kind="cbow"), trained(lang)
    counts = cbow.corpus.vocabulary.counts
    assert np.corrcoef(ranks(lengths(cbow)), ranks(counts))[0, 1] > 0.8
    middle = lengths(skipgram)[100:300].mean()
    assert middle > lengths(skipgram)[:20].mean()
    assert middle > lengths(skipgram)[-100:].mean()


@pytest.mark.parametrize("lang", LANGS)
def test_a_given_word_is_at_times_nearest(lang):
    trace = trained(lang)
    M, asked = unit_rows(np.asarray(trace.W_in)), trace.corpus.known.analogies
    free = analogy_answers(M, asked, is_excluding=False)
    assert (free[:, None] == asked[:, :3]).any(axis=1).mean() > 0.02


@pytest.mark.parametrize("lang", LANGS)
def test_presets_show_what_they_say(lang):
    assert trained(lang, alpha=0.4).is_lost
    assert reference(trained(lang, alpha=0.4)) == ()
    assert explain(trained(lang, alpha=0.4), 0, lang) == ()
    assert trained(lang, size=2).frames[-1].analogies < 0.15
    short = trained(lang, epochs=1).frames[-1]
    assert short.analogies < 0.3
    assert short.in_class > 0.7
    narrow = trained(lang, window=1).frames[-1]
    assert narrow.in_class > 0.95
    assert narrow.analogies < trained(lang).frames[-1].analogies - 0.25


def test_softmax_learns_too():
    assert trained(loss="softmax", epochs=3).frames[-1].in_class > 0.9


def test_own_text():
    text = (
        "The cat sat. The dog sat! A cat ran; a dog ran.\nthe red cat ate the red fish and a dog ate a fish and sat "
        * 9
    )
    trace = run(TrainParams(corpus="own", own=text, epochs=3))
    assert "cat" in trace.corpus.vocabulary.words
    assert np.isnan(trace.frames[-1].analogies)
    assert all(check.passed for check in reference(trace))
    data = sky_data(trace.corpus, trace.frames, total=9, picked=0, is_running=False, lang="ru")
    assert data["groups"] == []
    assert data["frames"][-1]["found"] is None


@pytest.mark.parametrize("own", [None, "", "a b c", "🙂 " * 50, "a" * (MAX_OWN_CHARS + 1)])
def test_what_cannot_be_used_is_a_sentence(own):
    with pytest.raises(Refusal):
        corpus_of(TrainParams(corpus="own", own=own))


def test_too_much_work_is_a_sentence():
    dice = np.random.default_rng(0)
    text = " ".join(f"w{n}" for n in dice.integers(0, 2000, 90_000))
    with pytest.raises(Refusal):
        corpus_of(TrainParams(corpus="own", own=text, loss="softmax", epochs=80))


def test_training_stops_when_told():
    class Enough(Exception):
        pass

    def tick(share):
        if share > 0.2:
            raise Enough

    params = TrainParams(epochs=3)
    recording = Recording(corpus_of(params))
    with pytest.raises(Enough):
        train(params, recording, tick)
    assert 3 < len(recording.frames) < FRAMES


@pytest.mark.parametrize("lang", LANGS)
def test_the_picture_has_all_of_it(lang):
    trace = trained(lang)
    total = len(trace.corpus.stream.ids) * trace.params.epochs
    data = sky_data(trace.corpus, trace.frames, total=total, picked=0, is_running=False, lang=lang)
    assert len(data["shown"]) == len(data["group"]) == 240
    assert len(data["groups"]) == 14
    assert data["frames"][-1]["seen"] == total
    assert len(data["relations"]) == len(data["frames"][-1]["by"]) == 7
    figure = length_scatter(trace, 0, theme="light", lang=lang)
    assert len(figure.data[0].x) == len(trace.corpus.vocabulary.words)

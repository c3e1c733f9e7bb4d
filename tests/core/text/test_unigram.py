"""Unigram: equal to listing every cut, to the library's segmentation, and to cases worked by hand."""

import io
import itertools
import math
import random

import pytest
from tokenizers import Tokenizer, models

from core.data.corpus import sentences
from core.text import unigram
from core.text.pretokenize import count_words, split_words
from core.text.trained import SIZES, bundled
from tests.core.text.test_bpe import HUG, LOW

# Every substring of the five words that is part of a longer one, with how often it stands in the corpus.
LETTERS = {"h": 15, "u": 36, "g": 20, "p": 17, "n": 16, "b": 4, "s": 5}
COUNTS = {**LETTERS, "hu": 15, "ug": 20, "pu": 17, "un": 16, "bu": 4, "hug": 15, "gs": 5, "ugs": 5}


def all_cuts(word, pieces):
    """Every way to cut, by trying every set of places."""
    out = []
    for bars in itertools.product([False, True], repeat=len(word) - 1):
        at = [0, *(k + 1 for k, bar in enumerate(bars) if bar), len(word)]
        cut = tuple(word[i:j] for i, j in itertools.pairwise(at))
        if all(piece in pieces for piece in cut):
            out.append(cut)
    return out


def lattices(words, p, longest=8):
    return {word: unigram.find_edges(word, p, longest) for word in words}


def brute(words, p):
    """Expected counts and likelihood from every cut listed."""
    counts, likelihood = dict.fromkeys(p, 0.0), 0.0
    for word, times in words.items():
        chances = {cut: math.prod(p[x] for x in cut) for cut in all_cuts(word, p)}
        whole = sum(chances.values())
        likelihood += times * math.log(whole)
        for cut, chance in chances.items():
            for piece in cut:
                counts[piece] += times * chance / whole
    return counts, likelihood


def test_seeds_by_hand():
    assert unigram.seed_counts(HUG, 8, whole_words=False) == COUNTS
    assert sum(COUNTS.values()) == 210
    assert set(unigram.seed_counts(HUG, 8)) - set(COUNTS) == {"pug", "pun", "bun", "hugs"}
    assert max(map(len, unigram.seed_counts(LOW, 3))) == 3
    assert unigram.seed_counts({"once": 1}, 8) == dict.fromkeys("once", 1)


def test_probabilities_of_a_cut_by_hand():
    p = unigram.normalize(COUNTS)
    assert p["p"] * p["u"] * p["g"] == pytest.approx(17 * 36 * 20 / 210**3)
    assert p["pu"] * p["g"] == pytest.approx(0.0077, abs=1e-4)
    best = unigram.best_cuts(p, "pug", 3)
    assert {best[0][0], best[1][0]} == {("p", "ug"), ("pu", "g")}
    assert best[0][1] == pytest.approx(best[1][1]) == pytest.approx(17 / 210 * 20 / 210)


def test_losses_by_hand():
    p = unigram.normalize(COUNTS)
    losses, tokens = unigram.removal_losses(HUG, lattices(HUG, p), p)
    # hug → hu + g or h + ug (15/210·20/210), hugs → hug + s or hu + gs, …
    worth = 10 * (math.log(15 / 210) - math.log(15 * 20 / 210**2))
    other = 5 * (math.log(15 * 5 / 210**2) - math.log(15 * 5 / 210**2))
    assert losses["hug"] == pytest.approx(worth + other)
    assert losses["hug"] == pytest.approx(23.5, abs=0.05)
    assert losses["pu"] == pytest.approx(0, abs=1e-9)
    assert "h" not in losses
    assert tokens == 10 * 1 + 5 * 2 + 12 * 2 + 4 * 2 + 5 * 2


@pytest.mark.parametrize("seed", range(12))
def test_e_step_equals_listing_every_cut(seed):
    dice = random.Random(seed)
    words = count_words("".join(dice.choices("abc", k=dice.randint(1, 8))) for _ in range(9))
    p = unigram.normalize({piece: dice.random() + 0.01 for piece in unigram.seed_counts(words, 4)})
    counts, likelihood = unigram.e_step(words, lattices(words, p, 4), p)
    slow, total = brute(words, p)
    assert likelihood == pytest.approx(total, rel=1e-12)
    assert counts == pytest.approx(slow, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("seed", range(8))
def test_viterbi_and_the_best_cuts_equal_listing_every_cut(seed):
    dice = random.Random(seed)
    words = ["".join(dice.choices("abc", k=dice.randint(1, 9))) for _ in range(9)]
    p = unigram.normalize({piece: dice.random() + 0.01 for piece in unigram.seed_counts(count_words(words), 4)})
    logs = unigram.log_probabilities(p)
    for word in words:
        ranked = sorted((math.prod(p[x] for x in cut) for cut in all_cuts(word, p)), reverse=True)
        cut, score = unigram.viterbi(len(word), unigram.find_edges(word, p, 4), logs)
        assert math.exp(score) == pytest.approx(ranked[0])
        assert "".join(cut) == word
        found = [value for _, value in unigram.best_cuts(p, word, 4)]
        assert found == pytest.approx(ranked[:4])


@pytest.mark.parametrize("words", [HUG, LOW], ids=["hug", "low"])
@pytest.mark.parametrize("whole", [False, True])
def test_em_never_lowers_the_likelihood(words, whole):
    trained = unigram.train(words, 0, em_steps=6, whole_words=whole)
    for stage in trained.stages:
        assert len(stage.likelihoods) == 7
        assert all(b >= a - 1e-9 for a, b in itertools.pairwise(stage.likelihoods))


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_on_the_corpus(lang):
    words = count_words(split_words(bundled(lang)))
    trained = unigram.train(words, SIZES[0], stops=SIZES)
    for stage in trained.stages:
        assert all(b >= a - 1e-6 for a, b in itertools.pairwise(stage.likelihoods))
        assert math.fsum(stage.p.values()) == pytest.approx(1)
        # Every word of the corpus accounts for all its characters.
        told = math.fsum(count * len(piece) for piece, count in stage.counts.items())
        assert told == pytest.approx(sum(len(word) * times for word, times in words.items()))
    reached = [len(stage.p) for stage in trained.stages]
    assert set(SIZES) <= set(reached)
    assert reached == sorted(reached, reverse=True)
    assert trained.stages[0].likelihoods[-1] > trained.stages[-1].likelihoods[-1]


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("size", [120, 300])
def test_segmentation_is_the_librarys(lang, size):
    words = count_words(split_words(bundled(lang)))
    logs = unigram.log_probabilities(unigram.train(words, size).stages[-1].p)
    library = Tokenizer(models.Unigram([("\0", 0.0), *logs.items()], unk_id=0))
    for word in [*words, "unbelievable", "невероятная", "🚤🚤лодка", "qщ", "щqq"]:
        assert unigram.encode(logs, word) == library.encode(word).tokens


def test_unknown_neighbours_stay_together():
    logs = {"a": -1.0, "ab": -1.5}
    assert unigram.encode(logs, "xyabz") == ["xy", "ab", "z"]
    assert unigram.encode(logs, "") == []
    assert unigram.encode({}, "xy") == ["xy"]


def test_pruning_lets_go_what_is_missed_least_and_keeps_letters():
    assert unigram.prune({"ab": 2.0, "bc": 0.0, "cd": 0.0}, {"ab": 0.1, "bc": 0.3, "cd": 0.2}, 2) == ("cd", "bc")
    trained = unigram.train(HUG, 0)
    assert set(trained.stages[-1].p) == set("hugpnbs")
    assert trained.stages[-1].cut == ()
    for before, after in itertools.pairwise(trained.stages):
        assert set(before.p) - set(after.p) == set(before.cut)
        assert max(before.losses[x] for x in before.cut) <= min(
            (before.losses[x] for x in after.p if len(x) > 1), default=math.inf
        )


def test_rare_letters_survive_long_words():
    # The word's letters have next to no probability while a longer piece covers them all.
    trained = unigram.train({"abcdefghijklmnopqrst" * 3: 5, "z": 1}, 0, longest=12, em_steps=5)
    assert math.isfinite(trained.stages[-1].likelihoods[-1])


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_unseen_text_is_no_less_likely_than_under_sentencepiece(lang):
    """The same size of vocabulary, learnt from the same words; log-likelihood of sentences that neither has seen."""
    import sentencepiece

    learnt, unseen = (count_words(split_words("\n".join(sentences(lang, part)))) for part in ("train", "held_out"))
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([word for word, times in learnt.items() for _ in range(times)]),
        model_writer=model,
        vocab_size=300 + 3,  # its own marks: unknown, begin, end
        model_type="unigram",
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        max_sentencepiece_length=8,
        character_coverage=1.0,
        minloglevel=2,
        num_threads=1,
    )
    library = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    ids = (i for i in range(library.get_piece_size()) if not (library.is_control(i) or library.is_unknown(i)))
    theirs = unigram.normalize({library.id_to_piece(i): math.exp(library.get_score(i)) for i in ids})
    ours = unigram.train(learnt, 300).stages[-1].p
    assert len(ours) == len(theirs) == 300
    shared = {word: times for word, times in unseen.items() if all(c in ours and c in theirs for c in word)}
    assert sum(shared.values()) > 0.99 * sum(unseen.values())

    def likelihood(p):
        return unigram.e_step(shared, lattices(shared, p), p)[1]

    assert likelihood(ours) > 1.01 * likelihood(theirs)  # both are negative

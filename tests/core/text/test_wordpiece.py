"""WordPiece: encoding equal to the library's, training worked by hand and recounted the slow way."""

import random

import pytest
from tokenizers import Tokenizer, models, trainers

from core.text import wordpiece
from core.text.pretokenize import count_words, split_words
from core.text.subword_states import count_pairs, wordpiece_states
from core.text.trained import bundled
from tests.core.text.test_bpe import HUG, LOW


def slow(words, merges):
    """Everything recounted before every merge."""
    splits = {word: wordpiece.split_word(word) for word in words}
    pieces = sorted({piece for split in splits.values() for piece in split})
    done = []
    for _ in range(merges):
        frequency, pairs = {}, {}
        for word, count in words.items():
            for piece in splits[word]:
                frequency[piece] = frequency.get(piece, 0) + count
            for pair in zip(splits[word], splits[word][1:], strict=False):
                pairs[pair] = pairs.get(pair, 0) + count
        if not pairs:
            break
        order = {piece: k for k, piece in enumerate(pieces)}
        best = min(pairs, key=lambda p: (-pairs[p] / (frequency[p[0]] * frequency[p[1]]), order[p[0]], order[p[1]]))
        new = wordpiece.join_pieces(*best)
        done.append((best, pairs[best]))
        if new not in order:
            pieces.append(new)
        for word, old in splits.items():
            out, k = [], 0
            while k < len(old):
                both = tuple(old[k : k + 2]) == best
                out.append(new if both else old[k])
                k += 2 if both else 1
            splits[word] = out
    return done


def merged(trained):
    return [(tuple(trained.pieces[k] for k in step.pair), step.count) for step in trained.steps]


def test_hug_by_hand():
    trained = wordpiece.train(HUG, 99, merges=2)
    first, second = trained.steps
    assert trained.pieces[: trained.alphabet] == ("##g", "##n", "##s", "##u", "b", "h", "p")
    assert (trained.pieces[first.piece], first.count, first.left, first.right) == ("##gs", 5, 20, 5)
    assert first.score == pytest.approx(1 / 20)
    # Now all pairs with ##u score 1/36; the one whose parts were born first is merged.
    assert trained.pieces[second.piece] == "##ug"
    assert second.score == pytest.approx(1 / 36)


@pytest.mark.parametrize("words", [HUG, LOW, {"aaaa": 3, "aaa": 2, "ba": 1}])
def test_equal_to_recounting(words):
    trained = wordpiece.train(words, 999)
    assert merged(trained) == slow(words, len(trained.steps) + 1)


def test_equal_to_recounting_on_many_ties():
    for seed in range(60):
        dice = random.Random(seed)
        words = count_words("".join(dice.choices("abc", k=dice.randint(1, 7))) for _ in range(dice.randint(2, 30)))
        trained = wordpiece.train(words, 999)
        assert merged(trained) == slow(words, len(trained.steps) + 1), words


def test_equal_to_recounting_on_the_corpus():
    words = count_words(split_words(bundled("en")[:1800]))
    trained = wordpiece.train(words, 999, merges=60)
    assert merged(trained) == slow(words, 60)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_encoding_is_the_librarys(lang):
    words = count_words(split_words(bundled(lang)))
    trained = wordpiece.train(words, 400, min_count=2)
    ids = {piece: id_ for id_, piece in enumerate((*trained.pieces, wordpiece.UNKNOWN))}
    library = Tokenizer(models.WordPiece(ids, unk_token=wordpiece.UNKNOWN))
    for word in [*words, "unbelievable", "невероятная", "xyzzy", "щука"]:
        assert wordpiece.encode(ids, word)[0] == library.encode(word).tokens


def test_attempts_go_from_long_to_short():
    pieces, attempts = wordpiece.encode({"b", "##ug", "##s"}, "bugs")
    assert pieces == ["b", "##ug", "##s"]
    assert [a.text for a in attempts] == ["bugs", "bug", "bu", "b", "##ugs", "##ug", "##s"]
    assert [a.text for a in attempts if a.is_found] == pieces
    assert wordpiece.encode({"b", "##ug"}, "bugs")[0] == ["[UNK]"]
    assert wordpiece.encode({"b"}, "") == ([], [])


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_librarys_trainer_is_bpe_underneath(lang):
    """What it adds first is the most frequent pair, and that is not the pair with the best score."""
    words = count_words(split_words(bundled(lang)))
    trained = wordpiece.train(words, 10_000, merges=1)
    counts = count_pairs(wordpiece.replay(trained, words, 0), words.values())
    named = {wordpiece.join_pieces(*(trained.pieces[k] for k in pair)): n for pair, n in counts.items()}
    known = {*trained.pieces[: trained.alphabet], *(letter for word in words for letter in word)}
    library = Tokenizer(models.WordPiece())
    trainer = trainers.WordPieceTrainer(vocab_size=len(known) + 1, show_progress=False, special_tokens=[])
    library.train_from_iterator((word for word, times in words.items() for _ in range(times)), trainer)
    (born,) = set(library.get_vocab()) - known
    assert named[born] == max(named.values())
    assert named[trained.pieces[trained.steps[0].piece]] < named[born]


def test_states_show_the_merge_on_top():
    trained = wordpiece.train(LOW, 999, merges=8)
    states = wordpiece_states(trained, LOW)
    for state, step in zip(states, trained.steps, strict=False):
        assert state.rows[0].parts == tuple(trained.pieces[k] for k in step.pair)
        assert state.rows[0].value == step.score
        assert (state.rows[0].left, state.rows[0].right) == (step.left, step.right)
    assert [state.tokens for state in states[1:]] == [step.tokens for step in trained.steps]


def test_it_stops_for_each_reason():
    assert len(wordpiece.train(HUG, 9).pieces) == 9
    assert all(step.count >= 10 for step in wordpiece.train(HUG, 99, min_count=10).steps)
    assert wordpiece.train({}, 9).pieces == ()
    assert wordpiece.train({"a": 2}, 9).steps == ()

"""BPE: equal to the library's trainer, its encoder, and cases worked by hand."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from core.text import bpe
from core.text.pretokenize import BYTES, count_words, from_bytes, split_gpt2, split_words, to_bytes
from core.text.trained import bundled

HUG = {"hug": 10, "pug": 5, "pun": 12, "bun": 4, "hugs": 5}
LOW = {"low": 5, "lower": 2, "newest": 6, "widest": 3}


def library(words, size, alphabet=(), min_frequency=0):
    """The library's vocabulary and merges, and its tokenizer."""
    tokenizer = Tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        show_progress=False,
        special_tokens=[],
        initial_alphabet=list(alphabet),
        min_frequency=min_frequency,
    )
    tokenizer.train_from_iterator((word for word, times in words.items() for _ in range(times)), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return tokenizer, model["vocab"], model["merges"]


def pairs(trained):
    return [[trained.pieces[k] for k in step.pair] for step in trained.steps]


def corpora():
    yield "hug", HUG, 99, 0
    yield "low", LOW, 99, 0
    yield "low, stopped", {f"{word}·": count for word, count in LOW.items()}, 20, 0
    for lang in ("en", "ru"):
        yield lang, count_words(split_words(bundled(lang))), 700, 2


@pytest.mark.parametrize(("words", "size", "least"), [pytest.param(*c[1:], id=c[0]) for c in corpora()])
def test_merges_vocabulary_and_cuts_are_the_librarys(words, size, least):
    ours = bpe.train(words, size, min_count=least)
    tokenizer, vocabulary, merges = library(words, size, min_frequency=least)
    assert pairs(ours) == merges
    assert {piece: id_ for id_, piece in enumerate(ours.pieces)} == vocabulary
    letters = set(ours.pieces[: ours.alphabet])
    for word in [*words, "lowest", "hugging"]:
        known = "".join(c for c in word if c in letters)
        assert [node.text for node in bpe.encode(ours, known)] == tokenizer.encode(known).tokens


def test_ties_and_repeated_letters_are_the_librarys():
    # Few letters: nearly every choice is a tie, pieces arise twice, and pairs overlap as in "aaa".
    for seed in range(150):
        dice = random.Random(seed)
        words = count_words("".join(dice.choices("abc", k=dice.randint(1, 9))) for _ in range(dice.randint(2, 40)))
        ours = bpe.train(words, 40)
        _, vocabulary, merges = library(words, 40)
        assert pairs(ours) == merges, words
        assert list(ours.pieces) == sorted(vocabulary, key=vocabulary.__getitem__)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_bytes_are_the_librarys(lang):
    text = bundled(lang)
    words = {to_bytes(word): count for word, count in count_words(split_gpt2(text)).items()}
    ours = bpe.train(words, 700, alphabet=BYTES)
    theirs = Tokenizer(models.BPE())
    theirs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=700, show_progress=False, special_tokens=[], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    theirs.train_from_iterator([text], trainer)
    assert pairs(ours) == json.loads(theirs.to_str())["model"]["merges"]
    for sentence in ("Grandmother's cat 🚤\n", "Бабушкина кошка", "日本"):
        cut = [node.text for word in split_gpt2(sentence) for node in bpe.encode(ours, to_bytes(word))]
        assert cut == theirs.encode(sentence).tokens


SMALL = bpe.train({to_bytes(w): n for w, n in {" the": 9, " кот": 5, "🚤🚤": 3}.items()}, 270, alphabet=BYTES)


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=30))
def test_bytes_lose_nothing(text):
    pieces = [node for word in split_gpt2(text) for node in bpe.encode(SMALL, to_bytes(word))]
    assert all(node.id >= 0 for node in pieces)
    assert from_bytes("".join(SMALL.pieces[node.id] for node in pieces)) == text


def test_hug_by_hand():
    trained = bpe.train(HUG, 99, merges=3)
    assert [(trained.pieces[s.piece], s.count) for s in trained.steps] == [("ug", 20), ("un", 16), ("hug", 15)]
    assert [node.text for node in bpe.encode(trained, "bug")] == ["b", "ug"]
    assert [(node.text, node.id >= 0) for node in bpe.encode(trained, "mug")] == [("m", False), ("ug", True)]
    assert [s.tokens for s in trained.steps] == [93, 77, 62]
    assert trained.tokens == 10 * 3 + 5 * 3 + 12 * 3 + 4 * 3 + 5 * 4


def test_low_by_hand_with_the_mark_of_the_end():
    # The example of Sennrich et al. 2016; of equal counts the pair whose parts were born first is merged.
    trained = bpe.train({f"{word}·": count for word, count in LOW.items()}, 99, merges=4)
    assert [(trained.pieces[s.piece], s.count) for s in trained.steps] == [("es", 9), ("t·", 9), ("est·", 9), ("lo", 7)]
    assert [node.text for node in bpe.encode(trained, "estate·")][-1] == "·"


def test_a_tree_remembers_its_merges():
    trained = bpe.train(HUG, 99)
    (node,) = bpe.encode(trained, "hugs")
    assert node.text == "hugs"
    assert [part.text for part in node.parts] == ["hug", "s"]
    assert [part.text for part in node.parts[0].parts] == ["h", "ug"]
    assert node.rank > node.parts[0].rank > node.parts[0].parts[1].rank == 0


def test_replay_ends_where_encoding_does():
    words = count_words(split_words(bundled("ru")))
    trained = bpe.train(words, 300)
    last = bpe.replay(trained, words, len(trained.steps))
    for word, split in list(zip(words, last, strict=True))[::7]:
        assert [node.id for node in bpe.encode(trained, word)] == split
    assert trained.steps[-1].tokens == sum(
        len(split) * count for split, count in zip(last, words.values(), strict=True)
    )


def test_it_stops_for_each_reason():
    assert len(bpe.train(HUG, 9).pieces) == 9
    assert len(bpe.train(HUG, 99, merges=2).steps) == 2
    assert all(step.count >= 16 for step in bpe.train(HUG, 99, min_count=16).steps)
    assert bpe.train({}, 99).pieces == ()
    assert bpe.train({"a": 3}, 99).steps == ()
    assert bpe.train(HUG, 99).size(0) == 7
    assert bpe.train(HUG, 99).size(2) == 9

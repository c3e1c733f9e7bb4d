"""Words and visible bytes, beside the library's pre-tokenizers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import pre_tokenizers

from core.text.pretokenize import BYTES, count_words, from_bytes, split_gpt2, split_words, to_bytes

TEXTS = [
    "It's the cat's, they'll say; we've  two   spaces.\n\nAnd 12 numbers, 3½ of them!",
    "Кошка сказала: «Мяу» — и ушла… Ёж №5, 20°C",
    "  leading, trailing \t tabs \u00a0and nbsp ",
    "日本語 👩‍👩‍👧 नमस्ते x_y 'sword 'S don't",
    "a\x1cb \x85 c",
]


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_the_librarys(text):
    theirs = [piece for piece, _ in pre_tokenizers.Whitespace().pre_tokenize_str(text)]
    assert split_words(text) == theirs


@pytest.mark.parametrize("text", TEXTS)
def test_gpt2_words_and_bytes_are_the_librarys(text):
    theirs = [piece for piece, _ in pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str(text)]
    assert [to_bytes(word) for word in split_gpt2(text)] == theirs


def test_the_visible_bytes_are_gpt2s():
    assert len(set(BYTES)) == 256
    assert sorted(BYTES) == sorted(pre_tokenizers.ByteLevel.alphabet())
    assert to_bytes(" a") == "Ġa"
    assert to_bytes("д") == "Ð´"


@settings(deadline=None, max_examples=200)
@given(st.text())
def test_bytes_give_any_text_back(text):
    assert from_bytes(to_bytes(text)) == text
    assert "".join(split_gpt2(text)) == text


def test_half_a_surrogate_is_replaced_and_pairs_are_joined():
    assert from_bytes(to_bytes("a\ud83d")) == "a\ufffd"
    assert from_bytes(to_bytes("\ud83d\ude00")) == "😀"
    assert from_bytes("Ð") == "\ufffd"


def test_counts_keep_the_order():
    assert list(count_words(["b", "a", "b"]).items()) == [("b", 2), ("a", 1)]

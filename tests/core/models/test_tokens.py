"""Pieces without their marks, and encodings read into Tokens."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from tokenizers.pre_tokenizers import ByteLevel

from core.models.tokens import Tokens, cut_tokens, read_encoding, share_room, show_piece


@pytest.mark.parametrize(
    ("piece", "kind", "shown"),
    [
        ("▁То", "unigram", "То"),
        ("кен", "unigram", "кен"),
        ("▁", "unigram", "␣"),
        ("<0x41>", "unigram", "A"),
        ("<0xD0>", "unigram", "⟨D0⟩"),
        ("##", "unigram", "##"),
        ("##ing", "wordpiece", "ing"),
        ("##", "wordpiece", "##"),
        ("[UNK]", "wordpiece", "[UNK]"),
        ("Ġlove", "bytes", "love"),
        ("Ġ", "bytes", "␣"),
        ("ÐŁÑĢÐ¸", "bytes", "При"),
        ("ðŁĺ", "bytes", "⟨F0 9F 98⟩"),
        ("<|endoftext|>", "bytes", "<|endoftext|>"),
    ],
)
def test_a_piece_is_shown_without_marks(piece, kind, shown):
    assert show_piece(piece, kind) == shown


@settings(deadline=None, max_examples=200)
@given(st.text(min_size=1, max_size=12))
def test_whole_texts_in_bytes_come_back(text):
    """GPT-2's alphabet, as the tokenizers library spells it, is read back to the text itself."""
    piece = "".join(word for word, _ in ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(text))
    assert show_piece(piece, "bytes") == (text.strip() or "␣")


def test_an_encoding_of_a_pair():
    vocabulary = {"[CLS]": 0, "[SEP]": 1, "un": 2, "##do": 3, "it": 4, "[UNK]": 5}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 1), ("[CLS]", 0))
    texts = ("undo it", " it what")
    assert read_encoding(tokenizer.encode(*texts), "wordpiece", False, texts) == Tokens(
        pieces=("[CLS]", "un", "##do", "it", "[SEP]", "it", "[UNK]", "[SEP]"),
        shown=("[CLS]", "un", "do", "it", "[SEP]", "it", "[UNK]", "[SEP]"),
        ids=(0, 2, 3, 4, 1, 4, 5, 1),
        spans=((0, 0), (0, 2), (2, 4), (5, 7), (0, 0), (1, 3), (4, 8), (0, 0)),
        sentence=(-1, 0, 0, 0, -1, 1, 1, -1),
        is_special=(True, False, False, False, True, False, False, True),
        words=(-1, 0, 0, 1, -1, 0, 1, -1),
        was_cut=False,
    )


def test_a_span_leaves_the_space_before_a_word_out():
    tokenizer = Tokenizer(models.BPE({"a": 0, "Ġ": 1, "Ġa": 2}, [("Ġ", "a")]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False)
    tokens = read_encoding(tokenizer.encode("a a  "), "bytes", True, ("a a  ",))
    assert tokens.pieces == ("a", "Ġa", "Ġ", "Ġ")
    assert tokens.shown == ("a", "a", "␣", "␣")
    assert tokens.spans == ((0, 1), (2, 3), (3, 4), (4, 5))
    assert tokens.was_cut
    assert len(tokens) == 4


def test_cutting_keeps_the_specials_and_the_beginnings():
    tokens = Tokens(
        pieces=("<s>", "a", "b", "c", "d", "</s>", "</s>", "e", "f", "</s>"),
        shown=("<s>", "a", "b", "c", "d", "</s>", "</s>", "e", "f", "</s>"),
        ids=(0, 4, 5, 6, 7, 2, 2, 8, 9, 2),
        spans=((0, 0), (0, 1), (1, 2), (2, 3), (3, 4), (0, 0), (0, 0), (0, 1), (1, 2), (0, 0)),
        sentence=(-1, 0, 0, 0, 0, -1, -1, 1, 1, -1),
        is_special=(True, False, False, False, False, True, True, False, False, True),
        words=(-1, 0, 0, 1, 1, -1, -1, 0, 0, -1),
        was_cut=False,
    )
    assert cut_tokens(tokens, 10) is tokens
    cut = cut_tokens(tokens, 7)
    assert cut.pieces == cut.shown == ("<s>", "a", "b", "</s>", "</s>", "e", "</s>")
    assert cut.ids == (0, 4, 5, 2, 2, 8, 2)
    assert cut.spans[2:6] == ((1, 2), (0, 0), (0, 0), (0, 1))
    assert cut.sentence == (-1, 0, 0, -1, -1, 1, -1)
    assert cut.words == (-1, 0, 0, -1, -1, 0, -1)
    assert cut.was_cut


@settings(deadline=None)
@given(st.integers(1, 600), st.integers(1, 600), st.integers(4, 508))
def test_room_is_shared_with_the_longer_one_cut_first(first, second, room):
    a, b = share_room(first, second, room)
    assert 1 <= a <= first
    assert 1 <= b <= second
    assert a + b == min(first + second, room)
    if a < first and b < second:
        assert abs(a - b) <= 1
    elif a < first:
        assert a >= b
    elif b < second:
        assert b >= a - 1
    assert share_room(first, 0, room) == (min(first, room), 0)

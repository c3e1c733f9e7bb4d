"""Cutting by rule: against nltk, scikit-learn and Python."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.tokenize import WhitespaceTokenizer, WordPunctTokenizer
from sklearn.feature_extraction.text import CountVectorizer

from core.text.tokenize import (
    byte_places,
    locate,
    split_bytes,
    split_characters,
    split_counted,
    split_signs,
    split_spaces,
)

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cn", "Co")), max_size=40)


@settings(deadline=None, max_examples=300)
@given(TEXT)
def test_places_are_those_of_the_libraries(text):
    assert split_signs(text) == list(WordPunctTokenizer().span_tokenize(text))
    assert split_spaces(text) == [m.span() for m in re.finditer(r"\S+", text)]
    assert [text[a:b] for a, b in split_spaces(text)] == text.split()
    assert [text[a:b] for a, b in split_counted(text)] == CountVectorizer(lowercase=False).build_analyzer()(text)


def test_white_space_as_nltk_has_it():
    text = "  one\ttwo  три\n"
    assert split_spaces(text) == list(WhitespaceTokenizer().span_tokenize(text))


def test_worked_by_hand():
    text = "Он-то, 3.5 я_2!"
    assert [text[a:b] for a, b in split_signs(text)] == ["Он", "-", "то", ",", "3", ".", "5", "я_2", "!"]
    assert [text[a:b] for a, b in split_counted(text)] == ["Он", "то", "я_2"]
    assert split_characters("аб") == [(0, 1), (1, 2)]
    assert byte_places("aя猫") == [0, 1, 1, 2, 2, 2]
    assert split_bytes("я") == [(0, 1), (0, 1)]
    assert locate("a b a", ["a", "a"]) == [(0, 1), (4, 5)]


def test_one_pattern_is_two_rules():
    """й of two code points: a mark is part of a word for nltk, and none for Python's `re`."""
    word = "и\u0306од"
    assert split_signs(word) == [(0, 4)]
    assert [word[a:b] for a, b in split_counted(word)] == ["од"]


def test_scikit_learn_drops_words_of_one_letter():
    text = "I saw a cat и я в"
    assert [text[a:b] for a, b in split_counted(text)] == ["saw", "cat"]

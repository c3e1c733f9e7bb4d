"""Normal forms, UTF-8 and grapheme clusters against Python, `tokenizers` and `regex`."""

import unicodedata

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import normalizers

from core.text.graphemes import break_class, split_clusters
from core.text.unicode_forms import (
    FORMS,
    TWINS,
    compose_pair,
    decompose_one,
    drop_hidden,
    mixed_words,
    normalize,
    reorder_marks,
    script,
    untwin,
    utf8,
)

ASSIGNED = [chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) not in ("Cn", "Cs", "Co")]
MARKS = "".join(map(chr, [*range(0x300, 0x370), 0x1D165, 0x3099, 0x5B0, 0x93C]))
LETTERS = "aeoAEUиИеЕ" + "".join(map(chr, [*range(0xC0, 0x180), *range(0x1100, 0x1200), *range(0xAC00, 0xAC20)]))
MIXED = st.text(st.sampled_from(MARKS + LETTERS + "ﬁ²№①Å가각"), max_size=12)


@pytest.mark.parametrize("form", FORMS[1:])
def test_every_character_that_changes_and_a_sample_of_the_others(form):
    for character in ASSIGNED:
        theirs = unicodedata.normalize(form, character)
        if theirs != character or ord(character) % 16 == 0:
            assert normalize(form, character) == theirs, hex(ord(character))


@settings(deadline=None, max_examples=400)
@given(MIXED)
def test_any_row_of_letters_and_marks(text):
    for form in FORMS[1:]:
        assert normalize(form, text) == unicodedata.normalize(form, text)
        assert normalize(form, text) == getattr(normalizers, form)().normalize_str(text)
        assert normalize(form, normalize(form, text)) == normalize(form, text)
    assert normalize("raw", text) == text


def test_worked_by_hand():
    assert decompose_one("й", is_compatible=False) == "и\u0306"
    assert decompose_one("ﬁ", is_compatible=False) == "ﬁ"
    assert decompose_one("ﬁ", is_compatible=True) == "fi"
    assert decompose_one("각", is_compatible=False) == "\u1100\u1161\u11a8"
    assert compose_pair("и", "\u0306") == "й"
    assert compose_pair("\u1100", "\u1161") == "가"
    assert compose_pair("a", "b") is None
    # A dot below (220) comes before a dot above (230), whatever was typed first.
    assert reorder_marks("q\u0307\u0323") == "q\u0323\u0307"
    # A second mark of the same class is blocked by the first.
    assert normalize("NFC", "a\u0301\u0308") == "á\u0308"


@settings(deadline=None, max_examples=300)
@given(st.integers(0, 0x10FFFF).filter(lambda code: not 0xD800 <= code < 0xE000))
def test_bits_of_utf8(code):
    assert bytes(int(bits, 2) for bits in utf8(code)) == chr(code).encode()


def test_lengths_in_utf8_that_the_prose_states():
    assert [len(utf8(ord(c))) for c in "aя猫🐈"] == [1, 2, 3, 4]


def test_every_character_beside_another_one_joins_as_regex_says():
    for n, character in enumerate(ASSIGNED):
        if break_class(character) != "Other" or n % 97 == 0:
            for text in (f"a{character}", f"{character}a"):
                assert split_clusters(text) == regex.findall(r"\X", text), hex(ord(character))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("и\u0306", 1),
        ("👩‍👩‍👧‍👦", 1),
        ("🇷🇸🇸🇪🇸", 3),
        ("👍🏽👍", 2),
        ("\r\n\n", 2),
        ("각", 1),
        ("क्षि", 1),
        ("க்ஷ", 2),
        ("a\u200db", 2),
        ("👩\u0308\u200d🔬", 1),
        ("a\u200d🔬", 2),
        ("\u0600a", 1),
        ("", 0),
    ],
)
def test_clusters_a_reader_counts(text, count):
    assert split_clusters(text) == regex.findall(r"\X", text)
    assert len(split_clusters(text)) == count
    assert "".join(split_clusters(text)) == text


@settings(deadline=None, max_examples=400)
@given(st.text(st.sampled_from("ab\r\n\u200d\u0301\ufe0f👩👧❤🏽🇷🇸🇪क\u093e가\u1100\u1161\u11a8\u0600"), max_size=9))
def test_clusters_of_any_mixture(text):
    assert split_clusters(text) == regex.findall(r"\X", text)


def test_hidden_twins_and_scripts():
    assert drop_hidden("pass\u200bword\u202e") == "password"
    assert untwin("сорока") == "copoкa"
    assert all(script(a) == "CYRILLIC" and script(b) == "LATIN" for a, b in TWINS.items())
    assert mixed_words(["pаypal", "paypal", "сорока", "и", "42"]) == ("pаypal",)
    # No normal form makes one alphabet another.
    assert all(normalize(form, a) != b for a, b in TWINS.items() for form in FORMS)

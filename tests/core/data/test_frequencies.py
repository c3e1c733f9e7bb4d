"""The lists of word frequencies."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.data.frequencies import FOLDER, load
from core.data.vectors import load as load_vectors
from core.errors import Refusal
from core.i18n import LANGS


@pytest.mark.parametrize("lang", LANGS)
def test_words_stand_once_and_from_the_most_frequent(lang):
    found = load(lang)
    assert len(found) == len(set(found.words)) == 20_000
    assert (np.diff(found.zipf) <= 0).all()
    assert 7 < found.zipf[0] < 8
    assert 2.5 < found.zipf[-1] < 4
    # Uses in a billion words, summed: most of a text, and no more than all of it.
    assert 0.7 < sum(10.0**z for z in found.zipf.tolist()) / 1e9 < 1
    assert load(lang) is found


def test_a_word_is_found_as_people_type_it():
    assert load("en").find(" The ") == pytest.approx(7.73)
    assert load("ru").find("Ещё") is not None
    assert load("ru").find("глокая") is None
    assert math.isclose(load("en").find("coffee"), 4.9, abs_tol=0.4)


@pytest.mark.parametrize("lang", LANGS)
def test_most_frequent_words_have_vectors(lang):
    vectors, words = load_vectors(lang), load(lang).words[:5000]
    assert sum(vectors.find(word) is not None for word in words) > 0.9 * len(words)


def test_a_damaged_list_is_refused(tmp_path):
    text = (FOLDER / "en.tsv").read_text(encoding="utf-8")
    for broken in (None, text[: len(text) // 2], text.replace("\t", " "), ""):
        if broken is not None:
            (tmp_path / "en.tsv").write_text(broken, encoding="utf-8")
        with pytest.raises(Refusal, match="assets/frequencies"):
            load("en", tmp_path)

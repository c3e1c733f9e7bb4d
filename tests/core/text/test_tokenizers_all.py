"""Every tokenizer of the room: places, ids, the way back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text.tokenizers_all import CUTTERS, KINDS, LEARNT, byte_words, cut, encoder_tokenizer, list_of, show
from core.text.trained import source

TEXT = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30)
BOTH = source("both", "")[0]


@settings(deadline=None, max_examples=60)
@given(TEXT)
def test_any_text_has_places_and_comes_back_from_bytes(text):
    for kind in KINDS:
        made = cut(kind, text, BOTH, 400)
        columns = (made.pieces, made.shown, made.ids, made.spans, made.unknown)
        assert len({len(column) for column in columns}) == 1
        assert all(0 <= a <= b <= len(text) for a, b in made.spans)
        assert list(made.spans) == sorted(made.spans)
        assert all(-1 <= id_ < made.size for id_ in made.ids)
        assert made.is_lossless == (made.decoded == text)
        assert bool(made.losses()) == (not made.is_lossless)
        assert made.changed() == 0 if made.is_lossless else made.changed() > 0
    assert cut("bytes", text, BOTH, 400).is_lossless
    assert cut("byte_bpe", text, BOTH, 400).is_lossless
    assert "".join(cut("byte_bpe", text, BOTH, 400).pieces) == "".join(byte_words(text))


@pytest.mark.parametrize("kind", KINDS)
def test_a_known_piece_stands_where_its_place_says(kind):
    text = "In the morning the cat sat by the window, утром кошка сидела у окна"
    made = cut(kind, text, BOTH, 600)
    for shown, out, (a, b) in zip(made.shown, made.unknown, made.spans, strict=True):
        if out or kind in ("bytes",) or shown.startswith("⟨"):
            continue
        bare = shown.removeprefix("##") if kind == "wordpiece" else shown.replace("▁", "").replace("␣", "")
        assert bare.lower() == text[a:b].strip().lower()


def test_vocabularies():
    assert list_of("dictionary", BOTH, 5)["[UNK]"] == 0
    assert len(list_of("dictionary", BOTH, 5)) == 5
    assert list_of("words", BOTH, 5) == list_of("words", BOTH, 500), "a rule keeps every word"
    assert set(list_of("characters", BOTH, 1)) == set(BOTH)
    assert set(CUTTERS) | set(LEARNT) | {"bytes", "encoder"} == set(KINDS)


def test_what_each_one_loses():
    text = "The cat  sat, café 🐈"
    losses = {kind: cut(kind, text, BOTH, 600).losses() for kind in KINDS}
    assert losses["bytes"] == losses["byte_bpe"] == ()
    assert losses["characters"] == ("unknown",)
    assert "case" in losses["dictionary"]
    assert "signs" in losses["counted"]
    assert all("spaces" in losses[kind] for kind in ("spaces", "words", "bpe", "wordpiece", "unigram", "encoder"))
    assert cut("spaces", "the cat", BOTH, 600).is_lossless
    assert cut("wordpiece", "the cat", BOTH, 600).is_lossless
    assert cut("bpe", "the cat", BOTH, 600).losses() == ("spaces",)
    assert "form" in cut("encoder", "№ ²", BOTH, 600).losses()
    assert not any(cut("byte_bpe", "🐈", BOTH, 600).unknown)
    assert cut("bpe", "🐈", BOTH, 600).unknown == (True,), "prose: characters have no id for it"
    assert cut("spaces", "№1!", BOTH, 600).pieces == ("№1!",)
    assert len(cut("words", "猫在温暖的窗边睡觉", BOTH, 600).pieces) == 1


def test_the_encoder_is_its_own_tokenizer():
    text = "Кошка спит у окна"
    made = cut("encoder", text, BOTH, 600)
    library = encoder_tokenizer()
    assert list(made.ids) == library.encode(text, add_special_tokens=False).ids
    assert made.decoded == text
    assert made.size == library.get_vocab_size()


def test_white_space_is_shown():
    assert show("a b\tc\u00a0\u200b\u200d") == "a␣b⇥c⍽∅⊕"

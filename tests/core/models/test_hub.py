"""Tiny random checkpoints of every architecture, saved by transformers and opened on the same path as real ones."""

import itertools
import json
import os
import re
import socket
import subprocess
import sys
import threading

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from core.errors import Refusal
from core.models import hub
from core.models.bundled import MAX_CHARS
from core.models.hub import HUB_MODELS, MAX_KEPT, load_hub

CORPUS = [
    "I love life and the cat sat on the mat because it was tired.",
    "Я люблю жизнь, а кошка сидела на коврике, потому что устала.",
    "Токенизация разбивает слова на части: tokenization splits words into pieces.",
    "low lower lowest new newer newest wide wider widest",
] * 3
SENTENCES = ("The lower cats sat.", "Кошки сидели, а я люблю жизнь!")
SIZES = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 32}
ARCHITECTURES = ("bert", "distilbert", "roberta", "xlm-roberta", "gpt2")


def train_wordpiece():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(CORPUS, trainers.WordPieceTrainer(vocab_size=140, special_tokens=special))
    return tokenizer.get_vocab()


def train_bytes(special):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=340, special_tokens=special, initial_alphabet=alphabet)
    tokenizer.train_from_iterator(CORPUS, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [tuple(pair) for pair in model["merges"]]


def train_unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    trainer = trainers.UnigramTrainer(vocab_size=150, special_tokens=special, unk_token="<unk>")
    tokenizer.train_from_iterator(CORPUS, trainer)
    pieces = [(piece, score) for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"]]
    return [*pieces, ("<mask>", 0.0)]


def build(kind, folder):
    import transformers as t

    torch.manual_seed(0)
    if kind in ("bert", "distilbert"):
        vocab = train_wordpiece()
        tokenizer = (t.BertTokenizerFast if kind == "bert" else t.DistilBertTokenizerFast)(
            vocab=vocab, do_lower_case=False
        )
        if kind == "bert":
            model = t.BertModel(t.BertConfig(vocab_size=len(vocab), max_position_embeddings=64, **SIZES))
        else:
            config = t.DistilBertConfig(
                vocab_size=len(vocab), max_position_embeddings=64, dim=16, n_layers=2, n_heads=4, hidden_dim=32
            )
            model = t.DistilBertModel(config)
    elif kind == "roberta":
        vocab, merges = train_bytes(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
        tokenizer = t.RobertaTokenizerFast(vocab=vocab, merges=merges)
        config = t.RobertaConfig(
            vocab_size=len(vocab), max_position_embeddings=66, type_vocab_size=1, pad_token_id=1, **SIZES
        )
        model = t.RobertaModel(config)
    elif kind == "xlm-roberta":
        vocab = train_unigram()
        tokenizer = t.XLMRobertaTokenizerFast(vocab=vocab)
        config = t.XLMRobertaConfig(
            vocab_size=len(tokenizer), max_position_embeddings=66, type_vocab_size=1, pad_token_id=1, **SIZES
        )
        model = t.XLMRobertaModel(config)
    else:
        vocab, merges = train_bytes(["<|endoftext|>"])
        tokenizer = t.GPT2TokenizerFast(vocab=vocab, merges=merges)
        model = t.GPT2Model(t.GPT2Config(vocab_size=len(vocab), n_positions=64, n_embd=16, n_layer=2, n_head=4))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """One folder an architecture, by name."""
    root = tmp_path_factory.mktemp("checkpoints")
    return {kind: build(kind, root / kind) for kind in ARCHITECTURES}


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path):
    """No model is kept from another test, no cache and no wish for downloads from outside."""
    hub._kept.clear()
    monkeypatch.delenv("VIDNO_HUB", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub.file_download.HF_HUB_CACHE", str(tmp_path / "cache"), raising=False)


@pytest.fixture
def unplugged(monkeypatch):
    """Every attempt to open a connection fails, and is noted."""
    tried = []

    def refuse(*args, **kwargs):
        tried.append(args)
        raise OSError("the network is unplugged")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    return tried


every = pytest.mark.parametrize("kind", ARCHITECTURES)


@every
@pytest.mark.parametrize("pair", [None, SENTENCES[1]])
def test_attention_is_that_of_a_direct_call(kind, pair, folders, unplugged):
    from transformers import AutoModel, AutoTokenizer

    model = load_hub(folders[kind])
    trace = model.run(model.tokenize(SENTENCES[0], pair))
    assert unplugged == []

    tokenizer = AutoTokenizer.from_pretrained(folders[kind])
    theirs = AutoModel.from_pretrained(folders[kind], attn_implementation="eager").eval()
    inputs = tokenizer(SENTENCES[0], pair, return_tensors="pt")
    with torch.no_grad():
        output = theirs(**inputs, output_attentions=True, output_hidden_states=True)
    assert list(trace.tokens.ids) == inputs["input_ids"][0].tolist()
    assert trace.weights.dtype == trace.hidden.dtype == np.float32
    assert trace.weights.shape == (2, 4, len(trace.tokens), len(trace.tokens))
    assert trace.hidden.shape == (3, len(trace.tokens), 16)
    np.testing.assert_allclose(trace.weights, torch.cat(output.attentions).numpy(), atol=1e-6)
    np.testing.assert_allclose(trace.hidden, torch.cat(output.hidden_states).numpy(), atol=1e-5)
    np.testing.assert_allclose(trace.weights.sum(-1), 1, atol=1e-5)
    above = np.triu(trace.weights, 1)
    assert (above == 0).all() if kind == "gpt2" else (above > 0).any()
    assert not trace.weights.flags.writeable
    assert kind in trace.signature
    assert "float32" in trace.signature


def test_the_second_sentence_changes_its_type(folders):
    """If types were dropped, a pair would be read as one sentence."""
    from transformers import AutoModel

    model = load_hub(folders["bert"])
    trace = model.run(model.tokenize(*SENTENCES))
    theirs = AutoModel.from_pretrained(folders["bert"], attn_implementation="eager").eval()
    with torch.no_grad():
        untyped = theirs(torch.tensor([trace.tokens.ids]), output_hidden_states=True).hidden_states
    assert np.abs(trace.hidden - torch.cat(untyped).numpy()).max() > 1e-3


@every
def test_tokens_know_where_they_come_from(kind, folders):
    model = load_hub(folders[kind])
    tokens = model.tokenize(*SENTENCES)
    n = len(tokens)
    for field in (tokens.pieces, tokens.shown, tokens.spans, tokens.sentence, tokens.is_special, tokens.words):
        assert len(field) == n
    assert not tokens.was_cut
    assert {s for s in tokens.sentence if s >= 0} == {0, 1}
    rows = zip(tokens.sentence, tokens.is_special, tokens.words, tokens.spans, tokens.shown, strict=True)
    for s, special, word, span, shown in rows:
        assert special == (s == -1) == (word == -1)
        assert span == (0, 0) if special else span[0] < span[1] or shown == "␣"
    for sentence in (0, 1):
        spans = [span for span, s in zip(tokens.spans, tokens.sentence, strict=True) if s == sentence]
        covered = {i for begin, end in spans for i in range(begin, end)}
        text = SENTENCES[sentence]
        assert "".join(text[i] for i in sorted(covered) if text[i] != " ") == text.replace(" ", "")
        words = [w for w, s in zip(tokens.words, tokens.sentence, strict=True) if s == sentence]
        assert words[0] == 0
        assert all(b - a in (0, 1) for a, b in itertools.pairwise(words))
    assert sum(tokens.is_special) == {"gpt2": 0, "roberta": 4, "xlm-roberta": 4}.get(kind, 3)


@every
def test_shown_pieces_are_the_characters_of_the_text(kind, folders):
    tokens = load_hub(folders[kind]).tokenize("The lowest cats, люблю жизнь")
    for piece, shown, span, special in zip(tokens.pieces, tokens.shown, tokens.spans, tokens.is_special, strict=True):
        assert not re.search("##|[Ġ▁]", shown)
        if special:
            assert shown == piece
        elif "⟨" not in shown and shown not in ("[UNK]", "␣"):
            assert shown == "The lowest cats, люблю жизнь"[slice(*span)]


@pytest.mark.parametrize("kind", ["roberta", "gpt2"])
def test_bytes_of_cyrillic_and_emoji_are_decoded_or_named(kind, folders):
    tokens = load_hub(folders[kind]).tokenize("люблю жизнь 👩‍🚀 ü")
    assert any(re.search("[а-я]", shown) for shown in tokens.shown)
    for shown in tokens.shown:
        assert re.fullmatch("[а-яü ]+|␣|⟨([0-9A-F]{2} ?)+⟩|[<>/s]+|\u200d|👩|🚀", shown), shown
    # The parts of one character share its place in the text.
    parts = [span for span, shown in zip(tokens.spans, tokens.shown, strict=True) if "⟨" in shown]
    assert parts
    assert all(end - begin >= 1 for begin, end in parts)


@every
def test_long_input_is_cut_and_says_so(kind, folders):
    model = load_hub(folders[kind])
    whole = model.tokenize("the cat sat on the mat, tired")
    cut = model.tokenize("the cat sat on the mat, tired", max_tokens=8)
    assert len(cut) == 8 < len(whole)
    assert cut.was_cut
    assert not whole.was_cut
    assert sum(cut.is_special) == sum(whole.is_special)
    # There are 64 positions, whatever is asked for; RoBERTa's 66 rows of positions begin after the padding index.
    most = model.tokenize("cat " * 500, max_tokens=10_000)
    assert len(most) == 64
    assert model.run(most).weights.shape[-1] == 64
    pair = model.tokenize("cat " * 50, "mat " * 50, max_tokens=20)
    assert {0, 1} <= set(pair.sentence)
    assert pair.was_cut
    assert len(model.tokenize("cat " * 50, "mat " * 50, max_tokens=-1)) == 8
    again = model.tokenize("the cat sat on the mat, tired")
    assert again == whole


HOSTILE = [
    "<script>alert(1)</script>",
    "שלום עולם",
    "👨‍👩‍👧‍👦" * 20,
    "a" * MAX_CHARS,
    "[MASK] </s> <|endoftext|>",
    "\u200b",
    "\u2028",
]


@every
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_read_or_refused(kind, text, folders):
    model = load_hub(folders[kind])
    try:
        tokens = model.tokenize(text)
    except Refusal:
        assert text in ("\u200b", "\u2028")
        return
    trace = model.run(tokens)
    assert np.isfinite(trace.weights).all()


BAD = {"empty": "", "blank": " \n\t", "long": "a" * (MAX_CHARS + 1), "nul": "a\0b", "surrogate": "a\ud83d"}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_what_is_no_text_is_refused(text, folders):
    model = load_hub(folders["bert"])
    for args in ((text,), ("good", text)):
        with pytest.raises(Refusal) as caught:
            model.tokenize(*args)
        assert_one_sentence(caught.value)


def assert_one_sentence(refusal):
    """Both languages, short, and written: Cyrillic in the one and none in the other."""
    text = refusal.text
    for words in (text.en, text.ru):
        assert 10 < len(words) < 700
        assert words.endswith(".")
        assert "\n" not in words
        assert "{" not in words
    assert re.search("[а-я]{3}", text.ru)
    assert not re.search("[а-я]", text.en)


def test_the_list_is_pinned_and_has_what_people_look_for():
    assert len({m.id for m in HUB_MODELS}) == len({m.revision for m in HUB_MODELS}) == len(HUB_MODELS)
    for model in HUB_MODELS:
        assert re.fullmatch("[0-9a-f]{40}", model.revision)
        assert re.fullmatch(r"[\w-]+/[\w.-]+", model.id)
        assert model.kind == ("decoder" if "gpt2" in model.id else "encoder")
    names = {m.id.rpartition("/")[2] for m in HUB_MODELS}
    assert names >= {
        "bert-base-uncased",
        "bert-base-multilingual-cased",
        "distilbert-base-uncased",
        "roberta-base",
        "xlm-roberta-base",
        "rubert-tiny2",
        "gpt2",
        "distilgpt2",
    }


def test_only_data_is_ever_downloaded():
    from huggingface_hub.utils import filter_repo_objects

    files = [
        "config.json", "model.safetensors", "tokenizer.json", "vocab.txt", "model-00001-of-00002.safetensors",
        "pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "modeling_x.py", "onnx/model.onnx", "rust_model.ot",
        "training_args.bin", "README.md", "coreml/x.mlpackage",
    ]  # fmt: skip
    assert list(filter_repo_objects(files, allow_patterns=list(hub.FILES))) == files[:5]


@pytest.mark.parametrize("name", ["somebody/some-model", "bert-base-uncased", "../../etc", "", "a" * 10_000, "/tmp"])
def test_an_unknown_name_is_refused_and_never_a_path(name, unplugged):
    with pytest.raises(Refusal) as caught:
        load_hub(name)
    assert_one_sentence(caught.value)
    assert HUB_MODELS[0].id in caught.value.text.en
    assert unplugged == []


def test_a_folder_needs_a_path(folders):
    with pytest.raises(Refusal):
        load_hub(str(folders["bert"]))


def test_with_the_hub_off_nothing_is_asked(unplugged):
    for model in HUB_MODELS:
        with pytest.raises(Refusal) as caught:
            load_hub(model.id)
        assert_one_sentence(caught.value)
        assert "VIDNO_HUB=1" in caught.value.text.en
        assert "VIDNO_HUB=1" in caught.value.text.ru
    assert unplugged == []


def test_a_hub_out_of_reach_is_one_sentence(monkeypatch, unplugged):
    monkeypatch.setenv("VIDNO_HUB", "1")
    with pytest.raises(Refusal) as caught:
        load_hub(HUB_MODELS[0].id)
    assert_one_sentence(caught.value)
    assert "cannot be reached" in caught.value.text.en
    assert unplugged


def test_a_hub_that_never_answers_is_not_waited_for(monkeypatch):
    """Even a name that is being looked up for ever ends in the same sentence."""
    answer = threading.Event()
    monkeypatch.setenv("VIDNO_HUB", "1")
    monkeypatch.setattr(hub, "PATIENCE", 0.05)
    monkeypatch.setattr("huggingface_hub.HfApi.model_info", lambda *_, **__: answer.wait(60))
    try:
        with pytest.raises(Refusal, match="cannot be reached"):
            load_hub(HUB_MODELS[0].id)
        assert not answer.is_set()
    finally:
        answer.set()


def test_offline_mode_of_the_hub_is_the_same_sentence(tmp_path):
    code = (
        "from core.errors import Refusal\nfrom core.models.hub import load_hub\n"
        "try:\n    load_hub('openai-community/gpt2')\nexcept Refusal as r:\n    print(r.text.en)\n"
    )
    env = os.environ | {"HF_HUB_OFFLINE": "1", "VIDNO_HUB": "1", "HF_HOME": str(tmp_path), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert "cannot be reached" in done.stdout


def put_in_cache(folder, cache, name, revision):
    """The layout in which huggingface_hub keeps a commit."""
    snapshot = cache / ("models--" + name.replace("/", "--")) / "snapshots" / revision
    snapshot.mkdir(parents=True)
    for file in folder.iterdir():
        (snapshot / file.name).write_bytes(file.read_bytes())
    return snapshot


@pytest.mark.parametrize("name", ["openai-community/gpt2", "gpt2"])
def test_a_model_in_the_cache_needs_no_network(name, folders, tmp_path, unplugged):
    known = hub.find_model("openai-community/gpt2")
    put_in_cache(folders["gpt2"], tmp_path / "cache", name, known.revision)
    model = load_hub(known.id)
    assert model.name == known.id
    trace = model.run(model.tokenize("the cat"))
    assert trace.signature.startswith(f"{known.id}@{known.revision[:12]} · ")
    assert unplugged == []


def test_another_commit_or_half_a_model_in_the_cache_is_not_taken(folders, tmp_path):
    known = hub.find_model("openai-community/gpt2")
    put_in_cache(folders["gpt2"], tmp_path / "cache", known.id, "0" * 40)
    with pytest.raises(Refusal, match="VIDNO_HUB=1"):
        load_hub(known.id)
    snapshot = put_in_cache(folders["gpt2"], tmp_path / "cache", known.id, known.revision)
    (snapshot / "model.safetensors").unlink()
    with pytest.raises(Refusal, match="VIDNO_HUB=1"):
        load_hub(known.id)


def copy(folder, target):
    target.mkdir()
    for file in folder.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    return target


def refused(path, match):
    with pytest.raises(Refusal, match=match) as caught:
        load_hub(path)
    assert_one_sentence(caught.value)


def test_pickled_weights_are_refused_unread(folders, tmp_path):
    from safetensors.torch import load_file

    folder = copy(folders["bert"], tmp_path / "pickled")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    refused(folder, "safetensors")


def test_code_beside_a_model_is_not_run(folders, tmp_path):
    folder = copy(folders["bert"], tmp_path / "remote")
    ran = tmp_path / "ran"
    (folder / "evil.py").write_text(f"open({str(ran)!r}, 'w').close()\n", encoding="utf-8")
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config |= {"auto_map": {"AutoModel": "evil.Model", "AutoConfig": "evil.Config"}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    load_hub(folder)
    config["model_type"] = "evil"
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    hub._kept.clear()
    refused(folder, "could not be opened")
    assert not ran.exists()


def test_damaged_and_incomplete_folders_are_refused(folders, tmp_path, monkeypatch):
    from safetensors.torch import load_file, save_file

    refused(tmp_path / "nothing", "config.json")
    damaged = copy(folders["bert"], tmp_path / "damaged")
    (damaged / "model.safetensors").write_bytes(b"\xff" * 100)
    refused(damaged, "could not be opened")
    partial = copy(folders["bert"], tmp_path / "partial")
    state = load_file(partial / "model.safetensors")
    del state["encoder.layer.1.attention.self.query.weight"]
    save_file(state, partial / "model.safetensors", metadata={"format": "pt"})
    refused(partial, "incomplete")
    monkeypatch.setattr(hub, "MAX_BYTES", 100)
    refused(folders["bert"], "GB")


def test_a_checkpoint_without_a_pooler_is_complete(folders, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = copy(folders["bert"], tmp_path / "poolerless")
    state = {k: v for k, v in load_file(folder / "model.safetensors").items() if "pooler" not in k}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    model = load_hub(folder)
    expected = load_hub(folders["bert"])
    tokens = model.tokenize("the cat")
    np.testing.assert_array_equal(model.run(tokens).weights, expected.run(tokens).weights)


def test_an_encoder_decoder_is_refused(folders, tmp_path):
    from transformers import BartConfig, BartModel

    folder = copy(folders["roberta"], tmp_path / "bart")
    vocab = len(json.loads((folder / "tokenizer.json").read_text("utf-8"))["model"]["vocab"])
    config = BartConfig(
        vocab_size=vocab, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, max_position_embeddings=64,
    )  # fmt: skip
    BartModel(config).save_pretrained(folder)
    refused(folder, "attention maps")


def test_a_tokenizer_without_offsets_is_refused(folders, monkeypatch):
    monkeypatch.setattr("transformers.PreTrainedTokenizerFast.is_fast", property(lambda _: False))
    refused(folders["bert"], "characters a token came from")


def test_two_models_are_kept_the_oldest_goes(folders):
    assert MAX_KEPT == 2
    bert, gpt2 = load_hub(folders["bert"]), load_hub(folders["gpt2"])
    assert load_hub(folders["bert"]) is bert
    load_hub(folders["roberta"])
    assert len(hub._kept) == 2
    assert load_hub(folders["bert"]) is bert
    assert load_hub(folders["gpt2"]) is not gpt2


def test_many_threads_share_one_model(folders):
    results, errors = [], []

    def visit(n):
        try:
            model = load_hub(folders["distilbert"])
            results.append((model, model.run(model.tokenize(SENTENCES[n % 2], max_tokens=8 + n % 2)).weights))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len({id(model) for model, _ in results}) == 1
    model = results[0][0]
    for n in (0, 1):
        alone = model.run(model.tokenize(SENTENCES[n], max_tokens=8 + n)).weights
        assert sum(weights.shape == alone.shape and np.array_equal(weights, alone) for _, weights in results) == 4


def test_the_module_costs_no_heavy_import():
    code = (
        "import sys, core.models.hub\n"
        "print(sorted({'transformers', 'huggingface_hub', 'tokenizers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

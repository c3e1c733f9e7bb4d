"""Models from the Hugging Face hub, opened by transformers behind the same three methods as the bundled encoder.

    A      attention, softmax(Q·Kᵀ/√d_head)       (layer, head, pos, pos), rows sum to 1   Vaswani et al. 2017, eq. 1
    hidden embeddings, then what each layer puts out   (layer + 1, pos, d_model)

Encoders (BERT, DistilBERT, RoBERTa, XLM-R) see the whole text; decoders (GPT-2) see what is to the left, so A is lower
triangular. GPT-2's last hidden state is taken after its final layer norm, as transformers gives it.

No request leaves this computer unless `VIDNO_HUB=1`: without it only what lies in the local Hugging Face cache is
opened. Every model is pinned to a commit, weights are read from safetensors only, and code from a repository is never
run.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch

from core.device import describe, device
from core.errors import Refusal
from core.i18n import Text
from core.models.bundled import MIN_TOKENS, check_text
from core.models.tokens import AttentionTrace, PieceKind, Tokens, read_encoding

MAX_KEPT = 2
MAX_BYTES = 1_500_000_000
PATIENCE = 6.0  # seconds until a hub that does not answer counts as unreachable


@dataclass(frozen=True)
class HubModel:
    """One model of the hub.

    revision : the commit, 40 hexadecimal digits: what is read today is what was read when it was pinned
    kind : an encoder attends in both directions, a decoder to the left only
    """

    id: str
    title: str
    revision: str
    kind: Literal["encoder", "decoder"]


HUB_MODELS: tuple[HubModel, ...] = (
    HubModel(
        "google-bert/bert-base-uncased", "BERT base uncased", "86b5e0934494bd15c9632b12f734a8a67f723594", "encoder"
    ),
    HubModel(
        "google-bert/bert-base-multilingual-cased",
        "BERT base multilingual cased",
        "3f076fdb1ab68d5b2880cb87a0886f315b8146f8",
        "encoder",
    ),
    HubModel(
        "distilbert/distilbert-base-uncased",
        "DistilBERT base uncased",
        "12040accade4e8a0f71eabdb258fecc2e7e948be",
        "encoder",
    ),
    HubModel("FacebookAI/roberta-base", "RoBERTa base", "e2da8e2f811d1448a5b465c236feacd80ffbac7b", "encoder"),
    HubModel("FacebookAI/xlm-roberta-base", "XLM-RoBERTa base", "e73636d4f797dec63c3081bb6ed5c7b0bb3f2089", "encoder"),
    HubModel("cointegrated/rubert-tiny2", "RuBERT tiny 2", "e8ed3b0c8bbf4fb6984c3de043bf7d2f4e5969ae", "encoder"),
    HubModel(
        "intfloat/multilingual-e5-small", "multilingual E5 small", "614241f622f53c4eeff9890bdc4f31cfecc418b3", "encoder"
    ),
    HubModel(
        "sentence-transformers/all-MiniLM-L6-v2", "MiniLM L6", "c9745ed1d9f207416be6d2e6f8de32d1f16199bf", "encoder"
    ),
    HubModel(
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        "multilingual MiniLM L12",
        "e8f8c211226b894fcb81acc59f3b34ba3efd5f42",
        "encoder",
    ),
    HubModel("openai-community/gpt2", "GPT-2", "607a30d783dfa663caf39e06633721c8d4cfcd7e", "decoder"),
    HubModel("distilbert/distilgpt2", "DistilGPT-2", "2290a62682d06624634c1f46a6ad5be0f47f38aa", "decoder"),
)

# All that is ever downloaded: nothing pickled and nothing that could be run.
FILES = (
    "config.json",
    "model.safetensors",
    "model.safetensors.index.json",
    "model-?????-of-?????.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.txt",
    "vocab.json",
    "merges.txt",
)


class HubEncoder:
    """A model and its tokenizer. `name` is its id, or the name of its folder; one thread at a time computes."""

    def __init__(self, name: str, commit: str, module: Any, tokenizer: Any) -> None:
        self.name = name
        self.module = module
        self._signed = f"{name}@{commit}"
        self._backend = tokenizer.backend_tokenizer
        self._backend.no_padding()
        self._kind = piece_kind(self._backend)
        types = getattr(module.config, "type_vocab_size", 0)
        self._has_types = types > 1 and "token_type_ids" in tokenizer.model_input_names
        self._max_pos = min(int(tokenizer.model_max_length), count_positions(module))
        self._lock = threading.Lock()

    def tokenize(self, text: str, pair: str | None = None, max_tokens: int = 64) -> Tokens:
        """Split a text, or two that the model reads together, into tokens; names of special tokens, such as [MASK], are
        read as these tokens.

        What is longer than `max_tokens` (at least `MIN_TOKENS`) or than the model's positions is cut, of a pair the
        longer sentence first, and marked `was_cut`.

        Raises
        ------
        Refusal
            What `check_text` refuses, or a text in which this tokenizer finds no token.
        """
        texts = (text,) if pair is None else (text, pair)
        for one in texts:
            check_text(one)
        with self._lock:
            self._backend.enable_truncation(max(MIN_TOKENS, min(max_tokens, self._max_pos)), strategy="longest_first")
            encoding = self._backend.encode(*texts)
        tokens = read_encoding(encoding, self._kind, bool(encoding.overflowing), texts)
        if all(tokens.is_special):
            raise Refusal(
                Text(
                    "The tokenizer of {name} finds nothing to read here: type at least one word.",
                    "Токенизатору {name} здесь нечего прочесть: введите хотя бы одно слово.",
                ).format(name=self.name)
            )
        return tokens

    def run(self, tokens: Tokens) -> AttentionTrace:
        """One forward pass with all attention weights and hidden states."""
        ids = torch.tensor([tokens.ids], device=device())
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        if self._has_types:
            # The second sentence and the separator after it are of type 1 (Devlin et al. 2019, figure 2).
            inputs["token_type_ids"] = (torch.tensor([tokens.sentence], device=device()) == 1).long().cummax(1).values
        with self._lock, torch.inference_mode():
            output = self.module(**inputs, output_attentions=True, output_hidden_states=True)
        return AttentionTrace(
            tokens=tokens,
            weights=stack(output.attentions),
            hidden=stack(output.hidden_states),
            signature=f"{self._signed} · {len(tokens)} tokens · float32 · {describe()} · torch {torch.__version__}",
        )


def load_hub(model: str | Path) -> HubEncoder:
    """A model of `HUB_MODELS` by its id, or any model that transformers has saved to a folder, by its `Path`.

    A string is never taken for a path, so that what a visitor types cannot reach the disk. The `MAX_KEPT` models used
    last stay in memory.

    Raises
    ------
    Refusal
        An unknown id; a model that is not on this computer while the hub is off or cannot be reached; weights that are
        not safetensors, or too large; a tokenizer without offsets; a model without attention maps.
    """
    key = str(model.resolve()) if isinstance(model, Path) else model
    if kept := _recall(key):
        return kept
    if isinstance(model, Path):
        name, commit, folder = model.resolve().name, "local", model
    else:
        known = find_model(model)
        name, commit, folder = known.id, known.revision[:12], _cached(known) or _download(known)
    check_folder(name, folder)
    with _opening:
        if kept := _recall(key):
            return kept
        with _shelf:
            # Room is made before the next model is read: at most MAX_KEPT are ever in memory at once.
            while len(_kept) >= MAX_KEPT:
                _kept.popitem(last=False)
        encoder = _open(name, commit, folder)
        with _shelf:
            _kept[key] = encoder
        return encoder


_kept: OrderedDict[str, HubEncoder] = OrderedDict()
_shelf = threading.Lock()
_opening = threading.Lock()


def _recall(key: str) -> HubEncoder | None:
    with _shelf:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def find_model(model_id: str) -> HubModel:
    """The entry of `HUB_MODELS` with this id."""
    for model in HUB_MODELS:
        if model.id == model_id:
            return model
    raise Refusal(
        Text(
            "“{id}” is not one of the models that can be opened here: {known}.",
            "«{id}» — такой модели здесь открыть нельзя; можно: {known}.",
        ).format(id=model_id[:60], known=", ".join(m.id for m in HUB_MODELS))
    )


def _cached(model: HubModel) -> Path | None:
    """The folder of the pinned commit in the local Hugging Face cache, under the full or the older short name."""
    from huggingface_hub import try_to_load_from_cache

    for name in (model.id, model.id.rpartition("/")[2]):
        config = try_to_load_from_cache(name, "config.json", revision=model.revision)
        if isinstance(config, str) and has_weights(folder := Path(config).parent) and has_vocabulary(folder):
            return folder
    return None


def _download(model: HubModel) -> Path:
    """Fetch the files of the pinned commit, if that is allowed and the hub answers."""
    if os.environ.get("VIDNO_HUB") != "1":
        raise Refusal(
            Text(
                "{id} is not on this computer, and downloads are off: start Vidno with VIDNO_HUB=1 to get it from "
                "huggingface.co.",
                "Модели {id} нет на этом компьютере, а загрузка выключена: чтобы взять её с huggingface.co, "
                "запустите Vidno с VIDNO_HUB=1.",
            ).format(id=model.id)
        )
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    # Looking up a name obeys no time-out, so the first question is asked in a thread that we do not wait for.
    asking = ThreadPoolExecutor(1)
    try:
        question = asking.submit(HfApi(token=False).model_info, model.id, revision=model.revision, timeout=PATIENCE)
        question.result(PATIENCE)
        return Path(
            snapshot_download(model.id, revision=model.revision, allow_patterns=list(FILES), token=False, max_workers=2)
        )
    except Exception as error:  # whatever a network can raise, to the reader it is one fact
        raise Refusal(
            Text(
                "{id} is not on this computer, and huggingface.co cannot be reached: check the connection and try "
                "again.",
                "Модели {id} нет на этом компьютере, а huggingface.co недоступен: проверьте соединение и попробуйте "
                "ещё раз.",
            ).format(id=model.id)
        ) from error
    finally:
        asking.shutdown(wait=False)


def has_weights(folder: Path) -> bool:
    """Are there weights in safetensors, in one file or in several with an index?"""
    return (folder / "model.safetensors").is_file() or (folder / "model.safetensors.index.json").is_file()


def has_vocabulary(folder: Path) -> bool:
    """Is there a tokenizer, or the vocabulary to make one from?"""
    return any((folder / name).is_file() for name in ("tokenizer.json", "vocab.txt", "vocab.json"))


def check_folder(name: str, folder: Path) -> None:
    """Refuse, before anything is read, what is no model, has no safetensors, or is too large."""
    if not (folder / "config.json").is_file():
        raise Refusal(
            Text(
                "{name} is not a folder with a model that transformers has saved: it has no config.json.",
                "{name} — не папка с моделью, сохранённой transformers: в ней нет config.json.",
            ).format(name=name)
        )
    if not has_weights(folder):
        raise Refusal(
            Text(
                "{name} has no weights in safetensors, and no other format is opened here, because pickled weights can "
                "run code.",
                "У {name} нет весов в safetensors, а другие форматы здесь не открываются: веса в pickle могут "
                "выполнить чужой код.",
            ).format(name=name)
        )
    size = sum(file.stat().st_size for file in folder.glob("*.safetensors"))
    if size > MAX_BYTES:
        raise Refusal(
            Text(
                "The weights of {name} take {size:.1f} GB, and at most {most:.1f} GB are opened here.",
                "Веса {name} занимают {size:.1f} ГБ, а здесь открываются модели не больше {most:.1f} ГБ.",
            ).format(name=name, size=size / 1e9, most=MAX_BYTES / 1e9)
        )


def _open(name: str, commit: str, folder: Path) -> HubEncoder:
    """Read tokenizer and weights from a folder, touching neither the network nor any code in it."""
    import transformers
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    careful: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **careful)
        module, report = AutoModel.from_pretrained(
            folder,
            use_safetensors=True,
            attn_implementation="eager",
            dtype=torch.float32,
            output_loading_info=True,
            **careful,
        )
    except Exception as error:  # a damaged or unknown file can fail anywhere inside
        raise Refusal(
            Text(
                "{name} could not be opened: its files are damaged, or transformers {version} does not know this kind "
                "of model.",
                "{name} не открывается: файлы повреждены, или transformers {version} не знает такой модели.",
            ).format(name=name, version=transformers.__version__)
        ) from error
    if not getattr(tokenizer, "is_fast", False):
        raise Refusal(
            Text(
                "The tokenizer of {name} cannot say which characters a token came from, so it cannot be shown here.",
                "Токенизатор {name} не умеет сказать, из каких символов получен токен, поэтому здесь его не показать.",
            ).format(name=name)
        )
    # The pooler is not part of attention, and many checkpoints come without it.
    if lost := sorted(k for k in report["missing_keys"] if "pooler" not in k):
        raise Refusal(
            Text(
                "The weights of {name} are incomplete: tensors missing: {n}, {lost} for one.",
                "Веса {name} неполны: не хватает тензоров: {n}, например {lost}.",
            ).format(name=name, lost=lost[0], n=len(lost))
        )
    module.config.use_cache = False
    encoder = HubEncoder(name, commit, module.eval().to(device()), tokenizer)
    _try_out(encoder)
    return encoder


def _try_out(encoder: HubEncoder) -> None:
    """Refuse a model that has no square attention maps over one text, such as an encoder–decoder."""
    try:
        tokens = encoder.tokenize("a b")
        fits = encoder.run(tokens).weights.shape[2:] == (len(tokens), len(tokens))
    except (TypeError, ValueError, AttributeError, IndexError, RuntimeError):
        fits = False
    if not fits:
        raise Refusal(
            Text(
                "{name} has no attention maps over a single text: open an encoder such as BERT or a decoder such as "
                "GPT-2.",
                "У {name} нет карт внимания над одним текстом: откройте кодировщик вроде BERT или декодер вроде GPT-2.",
            ).format(name=encoder.name)
        )


def piece_kind(backend: Any) -> PieceKind:
    """How the pieces of a `tokenizers.Tokenizer` mark words."""
    if type(backend.model).__name__ == "WordPiece":
        return "wordpiece"
    return "bytes" if type(backend.decoder).__name__ == "ByteLevel" else "unigram"


def count_positions(module: Any) -> int:
    """How many tokens the model has positions for: RoBERTa's begin after the padding index."""
    most = int(getattr(module.config, "max_position_embeddings", 512))
    for path, layer in module.named_modules():
        if path.endswith("position_embeddings") and isinstance(layer, torch.nn.Embedding):
            return layer.num_embeddings - (0 if layer.padding_idx is None else layer.padding_idx + 1)
    return most


def stack(layers: tuple[torch.Tensor, ...]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A tuple of (1, …), one a layer → (layer, …) on the host."""
    return np.asarray(torch.cat(layers).float().cpu().numpy(), dtype=np.float32)

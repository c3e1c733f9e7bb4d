"""The encoder that comes with the house: multilingual-e5-small, cut down to English and Russian.

12 layers of 12 heads, d_model 384 (Wang et al. 2024, "Multilingual E5 Text Embeddings"), 36,000 of its 250,002 pieces,
weights in 4 bits (`scripts/make_encoder.py` says how; NOTICE, from whom). It is run by `core.models.encoder`: nothing
is downloaded, and transformers is not imported.

E5 was trained to embed texts that begin with "query: " or "passage: ", so `embed_sentence` puts "query: " in front, as
its authors advise for comparing sentences. `tokenize` and `run` feed the plain text: whoever looks at attention wants
to see the words that were typed and no others.

Packed matrices (Q4_0): W (out, in) is kept as `nibbles` uint8 (out, in / 2) and `scales` float16 (out, in / 32). Of a
block of 32 weights byte j holds weight j in its low half and weight j + 16 in its high half: W = scale·(nibble − 8).
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import torch

from core.arrays import freeze
from core.device import describe, device
from core.errors import Refusal
from core.i18n import Text
from core.models.encoder import Encoder, EncoderConfig, mean_pool
from core.models.tokens import AttentionTrace, Tokens, cut_tokens, read_encoding

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "models" / "e5_small"
MAX_CHARS = 20_000
MIN_TOKENS = 8
BLOCK = 32
TABLE = "embeddings.W_E"
_ROWS_AT_ONCE = 4096
_loading = threading.Lock()


@dataclass(frozen=True)
class BundledEncoder:
    """A loaded encoder. One object serves every visitor: it is in evaluation mode, wants no gradients, and nothing here
    changes it."""

    name: str
    config: EncoderConfig
    module: Encoder
    tokenizer: Tokenizer

    def tokenize(self, text: str, pair: str | None = None, max_tokens: int = 64) -> Tokens:
        """`<s> text </s>`, or `<s> text </s> </s> pair </s>`; a `<mask>` in the text is the mask token.

        What is longer than `max_tokens`, specials included, is cut at the end (of a pair: the longer sentence first).

        Raises
        ------
        Refusal
            If a text has nothing to read in it, is longer than 20,000 characters, or holds characters that are none;
            if `max_tokens` is not from 8 to the 512 positions of the model.
        """
        if not MIN_TOKENS <= max_tokens <= self.config.max_pos:
            raise Refusal(
                Text(
                    "The encoder reads from {lo} to {hi} tokens, so {n} cannot be the limit.",
                    "Энкодер читает от {lo} до {hi} токенов, поэтому {n} не может быть пределом.",
                ).format(lo=MIN_TOKENS, hi=self.config.max_pos, n=max_tokens)
            )
        texts = (text,) if pair is None else (text, pair)
        for one in texts:
            self._refuse_unreadable(one)
        return self._frame(texts, max_tokens)

    def run(self, tokens: Tokens) -> AttentionTrace:
        """One forward pass with every attention weight and hidden state; a pair shares one sentence embedding, as in
        training."""
        with torch.inference_mode():
            output = self.module(self._ids(tokens))
            weights = torch.cat(output.weights).cpu().numpy()
            hidden = torch.cat(output.hidden).cpu().numpy()
        return AttentionTrace(tokens, weights, hidden, self.signature(tokens))

    def embed_sentence(self, text: str, prefix: str = "query: ") -> npt.NDArray[np.float32]:
        """The sentence as one vector of length 1: the mean of the last hidden states, (d_model,). The cosine of two
        such vectors says how near the sentences are in meaning, in one language or across two; unrelated sentences
        have about 0.7 to 0.8, not 0.

        Reads at most 512 tokens. Raises as `tokenize` does.
        """
        self._refuse_unreadable(text)
        tokens = self._frame((prefix + text,), self.config.max_pos)
        with torch.inference_mode():
            pooled = mean_pool(self.module(self._ids(tokens)).hidden[-1])
            return freeze(torch.nn.functional.normalize(pooled, dim=-1)[0].cpu().numpy())

    def signature(self, tokens: Tokens) -> str:
        """What a page writes under numbers of this model."""
        return f"{self.name} (Q4) · {len(tokens)} tokens · float32 · {describe()} · torch {torch.__version__}"

    def _ids(self, tokens: Tokens) -> torch.Tensor:
        return torch.tensor([tokens.ids], device=device())

    def _refuse_unreadable(self, text: str) -> None:
        check_text(text)
        # Normalisation can leave nothing of a text, such as one of zero-width spaces.
        if not len(self.tokenizer.encode(text, add_special_tokens=False)):
            raise Refusal(_NOTHING)

    def _frame(self, texts: tuple[str, ...], max_tokens: int) -> Tokens:
        """Read the sentences, with the special tokens around them, and cut them to `max_tokens`."""
        encoding = self.tokenizer.encode(texts[0], texts[1] if len(texts) == 2 else None)
        tokens = cut_tokens(read_encoding(encoding, "unigram", False, texts), max_tokens)
        # The tokenizer calls an unknown token by what was typed. That is shown, but what the model gets is <unk>.
        return replace(tokens, pieces=tuple(str(self.tokenizer.id_to_token(n)) for n in tokens.ids))


_NOTHING = Text("There is nothing to read: type at least one word.", "Читать нечего: введите хотя бы одно слово.")


def check_text(text: str) -> None:
    """Refuse what a tokenizer cannot take, before any work.

    Raises
    ------
    Refusal
        If it is blank, longer than `MAX_CHARS`, or has NUL or half of a surrogate pair in it.
    """
    if len(text) > MAX_CHARS:
        raise Refusal(
            Text(
                "The text has {n} characters; at most {most} can be read.",
                "В тексте {n} символов, а прочитать можно не больше {most}.",
            ).format(n=f"{len(text):,}".replace(",", " "), most=f"{MAX_CHARS:,}".replace(",", " "))
        )
    if not text.strip():
        raise Refusal(_NOTHING)
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise Refusal(
            Text(
                "The text has a broken character in it (NUL or half of a surrogate pair); remove it.",
                "В тексте есть испорченный символ (нулевой или половина суррогатной пары); удалите его.",
            )
        )


def unpack_matrix(nibbles: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """Q4_0 → float32: (out, in / 2) uint8 and (out, in / 32) float16 → (out, in)."""
    rows, blocks = scales.shape
    W = torch.empty(rows, blocks, BLOCK, device=nibbles.device)
    # Some rows at a time: an intermediate as large as the embedding matrix would cost more than the matrix.
    for begin in range(0, rows, _ROWS_AT_ONCE):
        end = min(begin + _ROWS_AT_ONCE, rows)
        both = nibbles[begin:end].reshape(end - begin, blocks, BLOCK // 2)
        W[begin:end, :, : BLOCK // 2] = both & 15
        W[begin:end, :, BLOCK // 2 :] = both >> 4
        W[begin:end] -= 8
        W[begin:end] *= scales[begin:end, :, None]
    return W.reshape(rows, blocks * BLOCK)


class PackedEmbedding(torch.nn.Module):
    """A lookup table that stays in 4 bits: only the rows that are asked for are unpacked, a seventh of the memory.

    To train the words too, put `torch.nn.Embedding.from_pretrained(table.weight, freeze=False)` in its place.
    """

    nibbles: torch.Tensor
    scales: torch.Tensor

    def __init__(self, nibbles: torch.Tensor, scales: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("nibbles", nibbles)
        self.register_buffer("scales", scales)

    @property
    def weight(self) -> torch.Tensor:
        """The whole table, unpacked: (vocab, d_model), new at each call."""
        return unpack_matrix(self.nibbles, self.scales)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """(batch pos) → (batch pos d_model)."""
        rows = ids.flatten()
        return unpack_matrix(self.nibbles[rows], self.scales[rows]).reshape(*ids.shape, -1)


def load_encoder() -> BundledEncoder:
    """The bundled encoder, loaded once and then shared. About 150 MB in memory.

    Raises
    ------
    Refusal
        If its files are missing or not whole.
    """
    with _loading:
        return _load(FOLDER)


@cache
def _load(folder: Path) -> BundledEncoder:
    from tokenizers import Tokenizer

    settings = _read_config(folder)
    config = EncoderConfig(**{name: settings[name] for name in EncoderConfig.__dataclass_fields__})
    module = Encoder(config)
    # Assigned, not copied: memory that an encoder reserves for its parameters is never touched and costs nothing.
    state = _read_weights(folder / "model.safetensors")
    module.embeddings.W_E = PackedEmbedding(state[f"{TABLE}.nibbles"], state[f"{TABLE}.scales"])  # type: ignore[assignment]
    module.load_state_dict(state, assign=True)
    module.requires_grad_(False).eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    return BundledEncoder(settings["name"], config, module.to(device()), tokenizer)


def _read_config(folder: Path) -> dict[str, Any]:
    try:
        settings: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        is_whole = all((folder / name).stat().st_size == size for name, size in settings["bytes"].items())
    except (OSError, ValueError):
        is_whole = False
    if not is_whole:
        raise Refusal(
            Text(
                "The bundled encoder is missing or damaged: restore assets/models/e5_small from the repository.",
                "Встроенный энкодер отсутствует или повреждён: восстановите assets/models/e5_small из репозитория.",
            )
        )
    return settings


def _read_weights(path: Path) -> dict[str, torch.Tensor]:
    from safetensors import safe_open

    state = {}
    with safe_open(str(path), framework="pt") as file:
        for name in file.keys():  # noqa: SIM118 (not a dict)
            matrix = name.removesuffix(".nibbles")
            if name.startswith(TABLE):
                # The table of words stays packed: a sentence needs a few of its rows.
                state[name.replace(".weight.", ".")] = file.get_tensor(name).clone()
            elif matrix != name:
                state[matrix] = unpack_matrix(file.get_tensor(name), file.get_tensor(f"{matrix}.scales"))
            elif not name.endswith(".scales"):
                # A copy, because what safetensors returns is a view that keeps the whole file in memory.
                state[name] = file.get_tensor(name).clone()
    return state

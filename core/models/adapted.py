"""The bundled encoder with a task on it: a classifier of opinions, and a model that fills gaps.

Both are low-rank adapters (`core.models.adapters`) and a head (`core.models.task_heads`) beside the one encoder that is
in memory anyway: what an adapted model adds is a few megabytes, and its frozen tensors are those of `load_encoder`.

    p       σ(logit), that the opinion is a pleased one      0 … 1
    p_i     softmax of the logits over all pieces            0 … 1, sums to 1 over the vocabulary

A folder under assets/models has about.json (kind, adapters, size and sha256 of the weights, where they come from, what
they scored) and model.safetensors, in 16 bits.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

import torch
from torch import nn

from core.arrays import Frozen
from core.device import describe, device
from core.errors import Refusal
from core.i18n import Text
from core.models.adapters import AdapterConfig, adapt, load_adapters
from core.models.bundled import BundledEncoder, load_encoder
from core.models.encoder import Encoder
from core.models.gaps import MASK
from core.models.task_heads import MaskedHead, SentenceHead
from core.models.tokens import Tokens

Kind = Literal["masked", "sentiment"]

FOLDERS: dict[Kind, Path] = {
    "masked": Path(__file__).resolve().parents[2] / "assets" / "models" / "masked",
    "sentiment": Path(__file__).resolve().parents[2] / "assets" / "models" / "sentiment",
}
MOST_TOKENS = 64
MOST_FILLED = 50
_loading = threading.Lock()


@dataclass(frozen=True)
class Judgement(Frozen):
    """What the classifier says of a sentence: `logit`, and p = σ(logit), that somebody is pleased."""

    tokens: Tokens
    logit: float
    p: float
    signature: str


@dataclass(frozen=True)
class Filling(Frozen):
    """The likeliest pieces for each gap. `places`: the tokens that are gaps; `words[gap]` and `p[gap]`: pieces without
    the mark of a word's beginning, and their probabilities, the largest first."""

    tokens: Tokens
    places: tuple[int, ...]
    words: tuple[tuple[str, ...], ...]
    p: tuple[tuple[float, ...], ...]
    signature: str


@dataclass(frozen=True)
class SentimentModel:
    """One object serves every visitor; nothing here changes it."""

    bundled: BundledEncoder
    encoder: Encoder
    head: SentenceHead
    about: dict[str, Any]

    def judge(self, text: str) -> Judgement:
        """Is somebody pleased? Reads the first 64 tokens.

        Raises
        ------
        Refusal
            What `BundledEncoder.tokenize` refuses.
        """
        tokens = self.bundled.tokenize(text, max_tokens=MOST_TOKENS)
        with torch.inference_mode():
            ids = torch.tensor([tokens.ids], device=device())
            logit = self.head(self.encoder(ids).hidden[-1])[0, 0]
        return Judgement(tokens, float(logit), float(logit.sigmoid()), _sign("sentiment", tokens))


@dataclass(frozen=True)
class MaskedModel:
    """One object serves every visitor; nothing here changes it."""

    bundled: BundledEncoder
    encoder: Encoder
    head: MaskedHead
    about: dict[str, Any]

    def fill(self, text: str, most: int = 5) -> Filling:
        """The `most` likeliest pieces (1 … 50) for every `<mask>` of the text. Reads the first 64 tokens.

        Raises
        ------
        Refusal
            What `BundledEncoder.tokenize` refuses, a text without a gap, or `most` out of range.
        """
        if not 1 <= most <= MOST_FILLED:
            raise Refusal(
                Text(
                    "Between 1 and {most} words can be asked for, not {n}.",
                    "Можно запросить от 1 до {most} слов, но не {n}.",
                ).format(most=MOST_FILLED, n=most)
            )
        tokens = self.bundled.tokenize(text, max_tokens=MOST_TOKENS)
        gap = self.bundled.tokenizer.token_to_id(MASK)
        places = tuple(n for n, piece in enumerate(tokens.ids) if piece == gap)
        if not places:
            raise Refusal(
                Text(
                    "There is no gap in this text: write <mask> where a word is to be found.",
                    "В этом тексте нет пропуска: напишите <mask> там, где нужно найти слово.",
                )
            )
        with torch.inference_mode():
            ids = torch.tensor([tokens.ids], device=device())
            hidden = self.encoder(ids).hidden[-1][0, list(places)]
            # The table is unpacked for the call: kept, it would cost more memory than the rest of the model.
            logits = self.head(hidden, self.bundled.module.embeddings.W_E.weight)
            top = logits.softmax(-1).topk(most)
        name = self.bundled.tokenizer.id_to_token
        return Filling(
            tokens,
            places,
            tuple(tuple(str(name(n)).strip("▁ ") for n in row) for row in top.indices.tolist()),
            tuple(tuple(row) for row in top.values.tolist()),
            _sign("masked", tokens),
        )


def load_sentiment() -> SentimentModel:
    """The classifier of opinions, loaded once and then shared.

    Raises
    ------
    Refusal
        If its files, or those of the bundled encoder, are missing or damaged.
    """
    with _loading:
        return _load_sentiment(FOLDERS["sentiment"])


def load_masked() -> MaskedModel:
    """The model that fills gaps, loaded once and then shared. Raises as `load_sentiment` does."""
    with _loading:
        return _load_masked(FOLDERS["masked"])


@cache
def _load_sentiment(folder: Path) -> SentimentModel:
    bundled = load_encoder()
    head = SentenceHead(bundled.config.d_model, 1)
    encoder, about = _open(folder, "sentiment", bundled, head)
    return SentimentModel(bundled, encoder, head, about)


@cache
def _load_masked(folder: Path) -> MaskedModel:
    bundled = load_encoder()
    head = MaskedHead(bundled.config.d_model, bundled.config.vocab, eps=bundled.config.eps)
    encoder, about = _open(folder, "masked", bundled, head)
    return MaskedModel(bundled, encoder, head, about)


def _open(folder: Path, kind: Kind, bundled: BundledEncoder, head: nn.Module) -> tuple[Encoder, dict[str, Any]]:
    """Adapters around the shared encoder, weights into `head`, and what about.json says."""
    from safetensors.torch import load

    try:
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        raw = (folder / "model.safetensors").read_bytes()
        if about["kind"] != kind or sha256(raw).hexdigest() != about["sha256"]:
            raise ValueError(f"{folder} does not hold what about.json says")
        state = {name: tensor.float() for name, tensor in load(raw).items()}
        sizes = about["adapters"]
        config = AdapterConfig(sizes["rank"], sizes["alpha"], tuple(sizes["layers"]), tuple(sizes["places"]))
        encoder = adapt(bundled.module, config)
        load_adapters(encoder, {n.removeprefix("adapters."): t for n, t in state.items() if n.startswith("adapters.")})
        head.load_state_dict({n.removeprefix("head."): t for n, t in state.items() if n.startswith("head.")})
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise Refusal(_LOST[kind]) from error
    encoder.requires_grad_(False).eval()
    head.requires_grad_(False).eval().to(device())
    return encoder, about


_LOST: dict[Kind, Text] = {
    "masked": Text(
        "The model that fills gaps is missing or damaged: `python -m scripts.train_mlm` makes it.",
        "Модель, которая заполняет пропуски, отсутствует или повреждена: её создаёт `python -m scripts.train_mlm`.",
    ),
    "sentiment": Text(
        "The classifier of opinions is missing or damaged: `python -m scripts.train_sentiment` makes it.",
        "Классификатор мнений отсутствует или повреждён: его создаёт `python -m scripts.train_sentiment`.",
    ),
}


def _sign(kind: Kind, tokens: Tokens) -> str:
    return f"multilingual-e5-small (Q4) + {kind} · {len(tokens)} tokens · {describe()} · torch {torch.__version__}"

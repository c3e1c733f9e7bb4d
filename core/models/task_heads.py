"""What is put on top of an encoder to make it answer: a word for a gap, or a class for a sentence.

Symbols (Devlin et al. 2019, "BERT", sections 3.1 and 4):

    h        last hidden states                                        (… d_model)
    t        LayerNorm(gelu(h·W + b))                                  (… d_model)
    W_E      word embeddings of the encoder, used a second time        (vocab d_model)
    b_V      one number a piece; begins as log of how often it occurs  (vocab)
    logits   t·W_Eᵀ + b_V                                              (… vocab)

The head that fills gaps is tied (Press and Wolf 2017): it has no output matrix of its own. The head that judges a
sentence is linear in the mean of its hidden states, as E5 pools them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from core.models.encoder import Linear, mean_pool


class MaskedHead(nn.Module):
    """h → logits over all pieces, through the transposed word embeddings."""

    def __init__(self, d_model: int, vocab: int, eps: float = 1e-12) -> None:
        super().__init__()
        self.transform = Linear(d_model, d_model)
        self.norm = nn.LayerNorm(d_model, eps=eps)
        self.bias = nn.Parameter(torch.zeros(vocab))

    def point(self, h: Tensor) -> Tensor:
        """t, what is compared with every word: (… d_model) → (… d_model)."""
        t: Tensor = self.norm(nn.functional.gelu(self.transform(h)))
        return t

    def forward(self, h: Tensor, W_E: Tensor) -> Tensor:
        """h (… d_model), W_E (vocab d_model) → logits (… vocab), in the type of W_E up to the bias."""
        t = self.point(h)
        return (t.to(W_E.dtype) @ W_E.T).to(t.dtype) + self.bias

    @torch.no_grad()
    def begin(self, h: Tensor, counts: Tensor, seed: int = 0) -> None:
        """Set a head that has not learnt anything, from some hidden states h (n d_model) and counts (vocab) of pieces.

        The transform is a random rotation that gives h mean 0 and a spread of 1: hidden states of a sentence encoder
        lie in a narrow cone, and a head that starts inside it learns slowly. The bias is log((count + 1) / sum), so
        that the first guess of every gap is the frequency of the pieces.
        """
        generator = torch.Generator().manual_seed(seed)
        d_model = h.shape[1]
        rotation = torch.linalg.qr(torch.randn(d_model, d_model, generator=generator)).Q
        mean, spread = h.mean(0), h.std(0).clamp_min(1e-4)
        self.transform.weight.copy_(rotation / spread)
        self.transform.bias.copy_(-(rotation / spread) @ mean)
        # gelu of a standard normal has a spread of about 0.6; t then has one of a quarter a direction, so that the
        # first logits stay near the bias.
        self.norm.weight.fill_(0.25)
        self.norm.bias.zero_()
        self.bias.copy_(torch.log((counts + 1) / (counts.sum() + len(counts))))


class SentenceHead(nn.Module):
    """The mean of h over the tokens of a sentence → one logit a class."""

    def __init__(self, d_model: int, classes: int) -> None:
        super().__init__()
        self.out = Linear(d_model, classes)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, h: Tensor, mask: Tensor | None = None) -> Tensor:
        """h (batch pos d_model), mask (batch pos) bool → logits (batch classes)."""
        logits: Tensor = self.out(mean_pool(h, mask))
        return logits

"""How likely a model holds a text, token by token: what is minimised in training and reported as perplexity.

Symbols: z logits (batch pos vocab), y the tokens that came (batch pos), q = softmax(z), ε the share of smoothing.

    log-likelihood      log q_y                                              of each token
    loss                −log q_y, mean over the tokens that are no padding   cross-entropy, nats a token
    with smoothing      −(1 − ε)·log q_y − ε·mean_v log q_v                  Szegedy et al. 2016, section 7
    perplexity          exp(loss without smoothing)
"""

from __future__ import annotations

import torch
from torch import Tensor


def log_softmax(logits: Tensor) -> Tensor:
    """log q over the last axis, in float32 at least."""
    return torch.log_softmax(_widen(logits), -1)


def token_logprobs(logits: Tensor, ids: Tensor) -> Tensor:
    """log q_y of each token, nats: logits (batch pos vocab), ids (batch pos) → (batch pos), each at most 0."""
    return log_softmax(logits).gather(-1, ids[..., None])[..., 0]


def token_loss(logits: Tensor, ids: Tensor, mask: Tensor | None = None, smoothing: float = 0.0) -> Tensor:
    """The mean loss of a token, nats, as a scalar.

    logits (batch pos vocab) : the prediction for the token that stands at the same place in `ids`: whoever predicts the
        next token passes `logits[:, :-1]` and `ids[:, 1:]`
    ids (batch pos); mask (batch pos) bool, False where a token is padding and counts for nothing
    smoothing : ε, from 0 to 1, exclusive
    """
    if mask is not None:
        logits, ids = logits[mask], ids[mask]
    logits = _widen(logits.reshape(-1, logits.shape[-1]))
    return torch.nn.functional.cross_entropy(logits, ids.reshape(-1), label_smoothing=smoothing)


def _widen(logits: Tensor) -> Tensor:
    """A sum over a vocabulary is lost in 16 bits."""
    return logits.to(torch.promote_types(logits.dtype, torch.float32))

"""Likelihoods and losses against torch and by hand."""

from __future__ import annotations

import torch

from core.models.likelihood import token_logprobs, token_loss


def test_likelihood_counts_tokens_only_and_equals_torch():
    logits = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    ids, mask = torch.tensor([[1, 4, 0], [2, 3, 3]]), torch.tensor([[True, True, True], [True, False, False]])
    by_hand = torch.stack([logits[b, p].softmax(-1)[ids[b, p]].log() for b in range(2) for p in range(3)]).view(2, 3)
    torch.testing.assert_close(token_logprobs(logits, ids), by_hand)
    torch.testing.assert_close(token_loss(logits, ids, mask), -by_hand[mask].mean())
    torch.testing.assert_close(token_loss(logits, ids), -by_hand.mean())
    other = logits.clone()
    other[1, 1:] = 99.0
    torch.testing.assert_close(token_loss(other, ids, mask, 0.1), token_loss(logits, ids, mask, 0.1))
    smoothed = -0.9 * by_hand[mask].mean() - 0.1 * logits.log_softmax(-1)[mask].mean()
    torch.testing.assert_close(token_loss(logits, ids, mask, 0.1), smoothed)
    assert token_logprobs(logits.bfloat16(), ids).dtype == token_loss(logits.bfloat16(), ids).dtype == torch.float32

"""What the tests of the architectures share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn

M = TypeVar("M", bound=nn.Module)


def scatter(model: M, seed: int = 0, size: float = 0.3) -> M:
    """Every parameter random and far from trivial, biases and norms too; in evaluation mode."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * size)
    return model.eval()


def noise(*shape: int, seed: int = 1) -> Tensor:
    """Fixed float64 noise."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def gap(a: Tensor, b: Tensor) -> float:
    """The largest difference; shapes must agree."""
    assert a.shape == b.shape
    return float((a - b).detach().abs().max())


def gradients(model: nn.Module, loss: Tensor) -> dict[str, Tensor]:
    """The gradient of every parameter; one that the loss does not reach is 0."""
    names, parameters = zip(*model.named_parameters(), strict=True)
    found = torch.autograd.grad(loss, parameters, allow_unused=True)
    return {n: torch.zeros_like(p) if g is None else g for n, p, g in zip(names, parameters, found, strict=True)}


def assert_same_gradients(
    ours: Mapping[str, Tensor],
    theirs: Mapping[str, Tensor],
    rename: Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]],
    within: float,
) -> None:
    """Their gradients under our names: every one of ours has a counterpart, and none is all zeros by accident."""
    renamed = rename(theirs)
    assert set(ours) == set(renamed)
    for name, gradient in ours.items():
        assert gap(gradient, renamed[name]) <= within, name
    assert sum(float(g.abs().sum()) > 0 for g in ours.values()) > len(ours) * 0.8

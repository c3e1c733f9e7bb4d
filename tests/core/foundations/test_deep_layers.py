"""The convolutional net against torch's own layers and autograd."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.foundations.deep_digits import SIDE
from core.foundations.deep_lab import library_cnn
from core.foundations.deep_layers import (
    Convolution,
    MaxPool,
    build_convolutional,
    col2im,
    im2col,
)
from core.foundations.deep_models import Fitted, Recipe, fit_net, net_at
from core.foundations.objectives import OBJECTIVES


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_a_neighbourhood_is_a_row_and_the_edge_is_blank() -> None:
    x = torch.arange(16.0).view(1, 4, 4, 1)
    columns = im2col(x)
    assert columns.shape == (16, 9)
    assert columns[5].tolist() == [0, 1, 2, 4, 5, 6, 8, 9, 10]
    assert columns[0].tolist() == [0, 0, 0, 0, 0, 1, 0, 4, 5]


def test_col2im_is_the_transpose_of_im2col() -> None:
    x, columns = noise(2, 4, 4, 3), noise(32, 27, seed=1)
    there = float((im2col(x) * columns).sum())
    back = float((x * col2im(columns, 2, 4, 3)).sum())
    assert there == pytest.approx(back, rel=1e-5)


def test_convolution_equals_conv2d_with_its_gradients() -> None:
    layer = Convolution(3, 5, 6)
    W, b = noise(5, 27), noise(5, seed=2)
    grad_W, grad_b = torch.empty_like(W), torch.empty_like(b)
    layer.bind([W, b], [grad_W, grad_b])
    x, d = noise(4, 6, 6, 3, seed=3), noise(4, 6, 6, 5, seed=4)
    y = layer.forward(x, is_training=True)
    grad_x = layer.backward(d)
    theirs_W = W.view(5, 3, 3, 3).permute(0, 3, 1, 2).clone().requires_grad_()
    theirs_b, theirs_x = b.clone().requires_grad_(), x.permute(0, 3, 1, 2).clone().requires_grad_()
    z = functional.conv2d(theirs_x, theirs_W, theirs_b, padding=1)
    z.backward(d.permute(0, 3, 1, 2))
    torch.testing.assert_close(y, z.detach().permute(0, 2, 3, 1), atol=1e-5, rtol=1e-5)
    assert theirs_W.grad is not None
    assert theirs_x.grad is not None
    torch.testing.assert_close(grad_W, theirs_W.grad.permute(0, 2, 3, 1).reshape(5, 27), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(grad_b, theirs_b.grad, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(grad_x, theirs_x.grad.permute(0, 2, 3, 1), atol=1e-5, rtol=1e-4)


def test_pooling_gives_its_gradient_to_the_first_of_equals() -> None:
    layer = MaxPool()
    x = torch.tensor([[1.0, 3.0], [3.0, 2.0]]).view(1, 2, 2, 1)
    assert layer.forward(x, is_training=True).item() == 3
    assert layer.backward(torch.ones(1, 1, 1, 1)).flatten().tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("reading", ["places", "mean"])
def test_the_whole_net_and_its_gradient_equal_autograd(reading: str) -> None:
    network = build_convolutional(SIDE, (4, 6), 10, reading, seed=1)
    x = noise(8, SIDE * SIDE, seed=5).abs()
    y = torch.eye(10)[torch.arange(8)]
    loss = OBJECTIVES["cross_entropy"]
    z = network.forward(x, is_training=True)
    network.backward(loss.slope(z, y))
    theta = network.theta.clone().requires_grad_()
    places = 1 if reading == "mean" else (SIDE // 4) ** 2
    shapes = [(4, 9), (4,), (6, 36), (6,), (10, 6 * places), (10,)]
    ends = np.cumsum([0, *(int(np.prod(s)) for s in shapes)])
    W1, b1, W2, b2, W3, b3 = (theta[a:b].view(s) for (a, b), s in zip(pairwise(ends), shapes, strict=True))
    h = x.view(-1, 1, SIDE, SIDE)
    for W, b, c in ((W1, b1, 1), (W2, b2, 4)):
        kernel = W.view(-1, 3, 3, c).permute(0, 3, 1, 2)
        h = functional.max_pool2d(functional.relu(functional.conv2d(h, kernel, b, padding=1)), 2)
    flat = h.mean((2, 3)) if reading == "mean" else h.permute(0, 2, 3, 1).flatten(1)
    theirs = functional.linear(flat, W3, b3)
    functional.cross_entropy(theirs, torch.arange(8)).backward()
    torch.testing.assert_close(z, theirs.detach(), atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(network.gradient, theta.grad, atol=1e-6, rtol=1e-3)


def test_what_was_trained_is_what_is_asked() -> None:
    x = noise(20, SIDE * SIDE).abs().numpy()
    recipe = Recipe(steps=5, channels=4)
    fitted: Fitted = fit_net("cnn", x, np.arange(20) % 10, recipe)
    np.testing.assert_allclose(fitted.judge(x), library_cnn(fitted.theta, recipe, x), atol=1e-6)
    assert fitted.recording is not None
    assert fitted.kept == len(net_at("cnn", recipe, fitted.recording, -1).theta)

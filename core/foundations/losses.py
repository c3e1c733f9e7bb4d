"""Loss functions of one prediction and their derivatives, each from its equation, in forms that never overflow.

Symbols. Classification: z a logit, p = σ(z) the probability of class 1, y ∈ {0, 1} the truth, s = 2y − 1 its sign,
u = s·z the margin, p_t = σ(u) the probability of the true class. Regression: r = ŷ − y the residual.

    cross_entropy  −ln p_t = ln(1 + e^−u)                          ∂L/∂z = p − y
    nll            −(log-softmax of the logits (0, z))_y           the same curve by two functions of torch
    smoothing      ln(1 + e^z) − y′z, y′ = (1 − ε)y + ε/2          Szegedy et al. 2016, section 7
    focal          −(1 − p_t)^γ·ln p_t                             Lin et al. 2017, eq. 4 (α = 1)
    hinge          max(0, 1 − u)                                   Cortes and Vapnik 1995; at u = 1 the slope is −s, as
                                                                   torch takes it
    brier          (p − y)²                                        Brier 1950: squared error after a sigmoid
    double         cross-entropy that is handed (1 − p, p) where it expects logits: the softmax is taken twice
    mse            r²
    mae            |r|                                             slope 0 at r = 0, as torch takes it
    huber          r²/2 for |r| ≤ δ, δ(|r| − δ/2) beyond           Huber 1964, section 3
    smooth_l1      Huber's loss divided by δ                       Girshick 2015, eq. 3, for δ = 1
    log_cosh       ln cosh r
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.i18n import Text, same

if TYPE_CHECKING:
    from torch import Tensor

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Loss:
    """A loss: `value(x, y, a)` and `slope(x, y, a)` = ∂L/∂x, elementwise, any shape, float64.

    x : the prediction (a logit, or ŷ); y : the truth (a label 0 or 1, or a number); a : the loss's own number
    library : torch's function of the same, for the reference check
    own : the name of the parameter that `a` is, "" where there is none
    is_wrong : a mistake that is shown, not a loss to use
    """

    title: Text
    value: Callable[[Array, float, float], Array]
    slope: Callable[[Array, float, float], Array]
    library: Callable[[Tensor, Tensor, float], Tensor]
    own: str = ""
    is_wrong: bool = False


def softplus(x: Array) -> Array:
    """ln(1 + eˣ)."""
    return np.asarray(np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))))


def sigmoid(x: Array) -> Array:
    """1 / (1 + e^−x), through e^−|x| so that neither end overflows."""
    e = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1.0, e) / (1 + e))


def _sign(y: float) -> float:
    return 2 * y - 1


def cross_entropy(z: Array, y: float, _: float = 0.0) -> Array:
    """−ln p_t."""
    return softplus(-_sign(y) * z)


def cross_entropy_slope(z: Array, y: float, _: float = 0.0) -> Array:
    """p − y, written as −s·σ(−u) so that nothing cancels when p is close to y."""
    s = _sign(y)
    return -s * sigmoid(-s * z)


def log_softmax(z: Array) -> tuple[Array, Array]:
    """The logarithms of both probabilities, of the logits (0, z)."""
    total = np.logaddexp(0.0, z)
    return -total, z - total


def nll(z: Array, y: float, _: float = 0.0) -> Array:
    """Negative log-likelihood: minus the true class's entry of the log-softmax."""
    return -log_softmax(z)[int(y)]


def nll_slope(z: Array, y: float, _: float = 0.0) -> Array:
    """e^{log p} − y."""
    return np.asarray(np.exp(log_softmax(z)[1]) - y)


def smoothing(z: Array, y: float, epsilon: float) -> Array:
    """Cross-entropy with the truth y′ = (1 − ε)y + ε/2."""
    return softplus(z) - _smoothed(y, epsilon) * z


def smoothing_slope(z: Array, y: float, epsilon: float) -> Array:
    """p − y′."""
    return sigmoid(z) - _smoothed(y, epsilon)


def _smoothed(y: float, epsilon: float) -> float:
    return (1 - epsilon) * y + epsilon / 2


def focal(z: Array, y: float, gamma: float) -> Array:
    """(1 − p_t)^γ times the cross-entropy."""
    u = _sign(y) * z
    return np.asarray(sigmoid(-u) ** gamma * softplus(-u))


def focal_slope(z: Array, y: float, gamma: float) -> Array:
    """−s·q^γ·(q − γ·p_t·ln p_t), q = 1 − p_t."""
    s = _sign(y)
    q, p_t = sigmoid(-s * z), sigmoid(s * z)
    return np.asarray(-s * q**gamma * (q + gamma * p_t * softplus(-s * z)))


def hinge(z: Array, y: float, _: float = 0.0) -> Array:
    """max(0, 1 − u)."""
    return np.asarray(np.maximum(0.0, 1 - _sign(y) * z))


def hinge_slope(z: Array, y: float, _: float = 0.0) -> Array:
    """−s where u ≤ 1, else 0."""
    s = _sign(y)
    return np.where(s * z <= 1, -s, 0.0)


def brier(z: Array, y: float, _: float = 0.0) -> Array:
    """(p − y)², through the probability of the wrong class."""
    return np.asarray(sigmoid(-_sign(y) * z) ** 2)


def brier_slope(z: Array, y: float, _: float = 0.0) -> Array:
    """2(p − y)·p(1 − p): the last factor dies at both ends."""
    return 2 * cross_entropy_slope(z, y) * sigmoid(z) * sigmoid(-z)


def double(z: Array, y: float, _: float = 0.0) -> Array:
    """Cross-entropy of the "logits" (1 − p, p), whose difference is 2p − 1."""
    return softplus(-_sign(y) * (sigmoid(z) - sigmoid(-z)))


def double_slope(z: Array, y: float, _: float = 0.0) -> Array:
    """−s·σ(−s(2p − 1))·2p(1 − p)."""
    s = _sign(y)
    return -s * sigmoid(-s * (sigmoid(z) - sigmoid(-z))) * 2 * sigmoid(z) * sigmoid(-z)


def huber(r: Array, delta: float) -> Array:
    """Half the square near zero, a line of slope δ beyond."""
    size = np.abs(r)
    return np.where(size <= delta, r**2 / 2, delta * (size - delta / 2))


def huber_slope(r: Array, delta: float) -> Array:
    """r held between −δ and δ."""
    return np.asarray(np.clip(r, -delta, delta))


def log_cosh(r: Array) -> Array:
    """|r| + ln(1 + e^−2|r|) − ln 2, which does not overflow as cosh does."""
    return np.asarray(np.abs(r) + np.log1p(np.exp(-2 * np.abs(r))) - np.log(2))


def _pair(z: Tensor) -> Tensor:
    """The logits (0, z) of two classes: (n,) → (n, 2)."""
    import torch

    return torch.stack([torch.zeros_like(z), z], dim=-1)


def _torch_ce(z: Tensor, y: Tensor, _: float) -> Tensor:
    return _functional().binary_cross_entropy_with_logits(z, y, reduction="none")  # type: ignore[no-any-return]


def _torch_nll(z: Tensor, y: Tensor, _: float) -> Tensor:
    f = _functional()
    return f.nll_loss(f.log_softmax(_pair(z), dim=-1), y.long(), reduction="none")  # type: ignore[no-any-return]


def _torch_smoothing(z: Tensor, y: Tensor, epsilon: float) -> Tensor:
    return _functional().cross_entropy(_pair(z), y.long(), reduction="none", label_smoothing=epsilon)  # type: ignore[no-any-return]


def _torch_focal(z: Tensor, y: Tensor, gamma: float) -> Tensor:
    # torch has no focal loss: its cross-entropy, weighted by what that cross-entropy says about p_t.
    ce = _torch_ce(z, y, 0.0)
    return (-ce.neg().expm1()) ** gamma * ce


def _torch_hinge(z: Tensor, y: Tensor, _: float) -> Tensor:
    import torch

    s = 2 * y - 1
    return _functional().hinge_embedding_loss(s * z, -torch.ones_like(z), reduction="none")  # type: ignore[no-any-return]


def _torch_brier(z: Tensor, y: Tensor, _: float) -> Tensor:
    return _functional().mse_loss(z.sigmoid(), y, reduction="none")  # type: ignore[no-any-return]


def _torch_double(z: Tensor, y: Tensor, _: float) -> Tensor:
    return _functional().cross_entropy(_pair(z).softmax(-1), y.long(), reduction="none")  # type: ignore[no-any-return]


def _functional() -> Any:
    import torch

    return torch.nn.functional


CLASSIFICATION: dict[str, Loss] = {
    "cross_entropy": Loss(Text("cross-entropy", "кросс-энтропия"), cross_entropy, cross_entropy_slope, _torch_ce),
    "nll": Loss(same("NLL"), nll, nll_slope, _torch_nll),
    "focal": Loss(same("focal"), focal, focal_slope, _torch_focal, own="gamma"),
    "smoothing": Loss(
        Text("label smoothing", "сглаживание меток"), smoothing, smoothing_slope, _torch_smoothing, own="epsilon"
    ),
    "hinge": Loss(same("hinge"), hinge, hinge_slope, _torch_hinge),
    "brier": Loss(Text("MSE after a sigmoid", "MSE после сигмоиды"), brier, brier_slope, _torch_brier),
    "double": Loss(Text("softmax twice", "softmax дважды"), double, double_slope, _torch_double, is_wrong=True),
}
REGRESSION: dict[str, Loss] = {
    "mse": Loss(
        same("MSE"),
        lambda x, y, _: (x - y) ** 2,
        lambda x, y, _: 2 * (x - y),
        lambda x, y, _: _functional().mse_loss(x, y, reduction="none"),
    ),
    "mae": Loss(
        same("MAE"),
        lambda x, y, _: np.abs(x - y),
        lambda x, y, _: np.sign(x - y),
        lambda x, y, _: _functional().l1_loss(x, y, reduction="none"),
    ),
    "huber": Loss(
        Text("Huber", "Хьюбер"),
        lambda x, y, d: huber(x - y, d),
        lambda x, y, d: huber_slope(x - y, d),
        lambda x, y, d: _functional().huber_loss(x, y, reduction="none", delta=d),
        own="delta",
    ),
    "smooth_l1": Loss(
        same("Smooth L1"),
        lambda x, y, d: huber(x - y, d) / d,
        lambda x, y, d: huber_slope(x - y, d) / d,
        lambda x, y, d: _functional().smooth_l1_loss(x, y, reduction="none", beta=d),
        own="delta",
    ),
    "log_cosh": Loss(
        same("log-cosh"),
        lambda x, y, _: log_cosh(x - y),
        lambda x, y, _: np.tanh(x - y),
        lambda x, y, _: (x - y).cosh().log(),
    ),
}
LOSSES = {"classification": CLASSIFICATION, "regression": REGRESSION}

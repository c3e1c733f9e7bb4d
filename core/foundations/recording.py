"""What is kept of a training run: which steps, which numbers of them, and how much memory that may take.

Symbols: T the steps taken, F the frames kept of them (the first and the last always), P the parameters, L the blocks of
the net, G the side of the decision map, k the net's outputs. A frame t stands before step t + 1: θ_t, and what the net
says with it; the gradient of a frame is that of the batch which step t + 1 is about to use, and batch norm has already
seen that batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.arrays import Frozen
from core.foundations.layers import Block
from core.foundations.network import Net, Network, build, unpack

Array = npt.NDArray[np.float32]
View = tuple[float, float, float, float]

SATURATED = 0.05
STATISTICS = ("mean", "std", "zeros", "saturated")


@dataclass(frozen=True)
class Record:
    """What to keep. frames, megabytes : at most; spacing : "linear" or "log".

    rows : training loss and metric of a frame are taken over the first so many examples of a set that is larger;
    grid : the side of the decision map, 0 for none (for nets with two inputs); view : its bounds x₀, x₁, y₀, y₁, by
    default the data's own with a margin.
    """

    frames: int = 200
    megabytes: float = 24.0
    spacing: str = "linear"
    weights: bool = True
    losses: bool = True
    gradients: bool = True
    statistics: bool = True
    grid: int = 0
    view: View | None = None
    rows: int = 2048


@dataclass(frozen=True)
class Recording(Frozen):
    """One run. Arrays that were not asked for have no frames: their first axis is 0.

    steps (F,) : the step before which each frame stands, from 0 to T
    theta (F, P), buffers (F, ·) : parameters, and what batch norm remembers
    train_loss, train_metric, valid_loss, valid_metric (F,) : without penalty and dropout; NaN without a validation set
    batch_loss (T,) : what each step saw
    gradient_norm (F, L) : ‖∂loss/∂W_l‖ of the batch, before penalty and clipping; total_norm (F,) : of all parameters
    delta (F, L) : ‖∂loss/∂y_l‖, y_l what block l gives on, over the whole batch
    statistics (F, L, 4) : of y_l over the batch, by `STATISTICS`: mean, spread, share of zeros, share with |f′| < 0.05
    map (F, G, G, k) : what the net answers on the grid (probabilities or values), row 0 at y₀
    watched (F, …) : what `train(…, watch)` was asked to keep besides
    best : the step with the least validation loss among those looked at, −1 without a validation set;
    best_theta, best_buffers : the net there, empty when it was not kept
    stopped : the step after which patience ran out, −1 otherwise; lost : the first step whose loss was not finite, or
    the frame at which θ was beyond bounds, −1 otherwise
    """

    net: Net | None
    seed: int
    dtype: str
    steps: npt.NDArray[np.int64]
    theta: Array
    buffers: Array
    train_loss: npt.NDArray[np.float64]
    train_metric: npt.NDArray[np.float64]
    valid_loss: npt.NDArray[np.float64]
    valid_metric: npt.NDArray[np.float64]
    batch_loss: npt.NDArray[np.float64]
    gradient_norm: npt.NDArray[np.float64]
    total_norm: npt.NDArray[np.float64]
    delta: npt.NDArray[np.float64]
    statistics: Array
    map: npt.NDArray[np.float16]
    watched: npt.NDArray[np.float64]
    view: View | None
    best: int
    best_theta: Array
    best_buffers: Array
    stopped: int
    lost: int
    signature: str

    @property
    def frames(self) -> int:
        return len(self.steps)

    @property
    def is_lost(self) -> bool:
        return self.lost >= 0

    def frame_at(self, step: int) -> int:
        """The last frame not after `step`."""
        return max(0, int(np.searchsorted(self.steps, step, side="right")) - 1)

    def weights(self) -> tuple[dict[str, npt.NDArray[np.floating]], ...]:
        """Block by block: {"W": (F, n_out, n_in), "b": (F, n_out), …}, views of `theta`."""
        assert self.net is not None
        return unpack(self.net, self.theta)

    def network(self, frame: int) -> Network:
        """The net as it was at a frame, ready to be asked."""
        return self._filled(self.theta[frame], self.buffers[frame])

    def best_network(self) -> Network:
        """The net as it was when the validation loss was least."""
        return self._filled(self.best_theta, self.best_buffers)

    def _filled(self, theta: Array, buffers: Array) -> Network:
        assert self.net is not None
        network = build(self.net, self.seed, self.dtype)
        network.load(torch.from_numpy(np.array(theta)), torch.from_numpy(np.array(buffers)))
        return network

    def outputs(self, frame: int, x: npt.ArrayLike) -> npt.NDArray[np.floating]:
        """What the net gives for x (n, n_0) at a frame, before any softmax or sigmoid: (n, k)."""
        network = self.network(frame)
        inputs = torch.as_tensor(np.asarray(x), dtype=network.dtype, device=network.device)
        with torch.inference_mode():
            found: npt.NDArray[np.floating] = network.forward(inputs).cpu().numpy()
        return found


def frame_steps(steps: int, frames: int, spacing: str) -> tuple[int, ...]:
    """At most `frames` of the steps 0 … `steps`, both ends among them, evenly or by powers."""
    frames = max(2, min(frames, steps + 1))
    if spacing == "log":
        wanted = np.concatenate([[0.0], np.geomspace(1, max(1, steps), frames - 1)])
    else:
        wanted = np.linspace(0, steps, frames)
    return tuple(int(t) for t in np.unique(np.minimum(np.round(wanted), steps)))


def fit_frames(record: Record, parameters: int, blocks: int, outputs: int, itemsize: int) -> int:
    """How many frames the budget of memory allows."""
    numbers = parameters * itemsize * record.weights + blocks * 8 * 6 + record.grid**2 * outputs * 2 + 64
    return max(2, min(record.frames, int(record.megabytes * 2**20 / numbers)))


def bounds_of(x: npt.NDArray[np.floating], margin: float = 0.15) -> View:
    """The rectangle around 2-D points, widened by `margin` of its sides."""
    lo, hi = x.min(0).astype(float), x.max(0).astype(float)
    pad = np.where(hi > lo, (hi - lo) * margin, 1.0)
    return float(lo[0] - pad[0]), float(hi[0] + pad[0]), float(lo[1] - pad[1]), float(hi[1] + pad[1])


def grid_points(view: View, side: int) -> npt.NDArray[np.float64]:
    """The points of the decision map, row by row from the lowest y: (side², 2)."""
    x, y = np.meshgrid(np.linspace(view[0], view[1], side), np.linspace(view[2], view[3], side))
    return np.stack([x.ravel(), y.ravel()], axis=1)


def by_shape(tensors: Sequence[Tensor], measure: Callable[[Tensor], Tensor]) -> Tensor:
    """`measure` of a stack (m, rows, columns) → (m, …), for all tensors, those of one shape in one call: (n, …)."""
    groups: dict[torch.Size, list[int]] = {}
    for n, tensor in enumerate(tensors):
        groups.setdefault(tensor.shape, []).append(n)
    found = torch.cat([measure(torch.stack([tensors[n] for n in group])) for group in groups.values()])
    order = [n for group in groups.values() for n in group]
    return found if order == sorted(order) else found[np.argsort(order)]


def frobenius(stack: Tensor) -> Tensor:
    """(m, rows, columns) → (m,)."""
    norms: Tensor = stack.flatten(1).norm(dim=1)
    return norms


def block_statistics(blocks: Sequence[Block]) -> Tensor:
    """`STATISTICS` of what each block gave on last: (L, 4)."""

    def spread(stack: Tensor) -> Tensor:
        std, mean = torch.std_mean(stack, (1, 2))
        return torch.stack([mean, std, (stack == 0).to(stack.dtype).mean((1, 2))], dim=1)

    def flat(stack: Tensor) -> Tensor:
        return (stack.abs() < SATURATED).to(stack.dtype).mean((1, 2))

    slopes = by_shape([block.activation.derivative() for block in blocks], flat)
    return torch.cat([by_shape([block.y for block in blocks], spread), slopes[:, None]], dim=1)


@dataclass
class Tape:
    """What the loop writes into while it runs: tensors on its device, taken home at the end."""

    steps: list[int] = field(default_factory=list)
    theta: list[Tensor] = field(default_factory=list)
    buffers: list[Tensor] = field(default_factory=list)
    scores: list[Tensor] = field(default_factory=list)
    norms: list[Tensor] = field(default_factory=list)
    statistics: list[Tensor] = field(default_factory=list)
    map: list[Tensor] = field(default_factory=list)
    watched: list[Tensor] = field(default_factory=list)

    def cut(self, frames: int) -> None:
        """Forget what came after so many frames."""
        for kept in vars(self).values():
            del kept[frames:]


def take_home(kept: list[Tensor], empty: tuple[int, ...], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """The frames as one array; (0, *empty) when none were kept."""
    if not kept:
        return np.zeros((0, *empty), dtype=dtype)
    with np.errstate(over="ignore"):  # what is beyond the small dtype is infinite there
        return np.asarray(torch.stack(kept).cpu().numpy(), dtype=dtype)

"""Where digits lie before learning and while a net learns: the space of its last hidden layer, frame by frame.

Symbols: h (n, d) what the last layer of the net is given for each scored digit, h̄ its mean; the plane holds the two
directions in which h varies most (Pearson 1901), found anew in every frame and turned to match the next frame:

    Z = (h − h̄) V,   V (d, 2) the first two eigenvectors of the covariance of h

How far classes lie apart is asked in all d dimensions: the share of the variance that lies between them,

    η² = Σ_k n_k ‖h̄_k − h̄‖² / Σ_i ‖h_i − h̄‖²                                             Fisher 1925, chapter VII
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch

from core.arrays import Frozen, freeze
from core.foundations.deep_digits import FEATURES, Floats, Ints, features, load_canvases, scored_rows
from core.foundations.deep_lab import LAYERS, SIZES, library_cnn, training_set
from core.foundations.deep_layers import Convolution, hidden
from core.foundations.deep_models import NETS, Fitted, Recipe, Scale, ask, fit_net, net_at
from core.foundations.network import Network
from core.foundations.recording import Record
from core.i18n import Text
from core.params import Choice, Levels, Params, Slider, Switch
from core.tables import Table
from core.verify import Check, compare

FRAMES = 40
SHOWN = 300
FILTERS = 16


class SpaceParams(Params):
    """Which net is watched, and what it is compared with."""

    net: Annotated[str, Choice(label=Text("Net", "Сеть"), options=NETS)] = "cnn"
    before: Annotated[
        str,
        Choice(
            label=Text("Before learning", "До обучения"),
            options={"pixels": Text("pixels", "пиксели"), **FEATURES},
        ),
    ] = "pixels"
    n: Annotated[int, Levels(label=Text("Training digits", "Цифр для обучения"), values=SIZES)] = 100
    steps: Annotated[int, Levels(label=Text("Steps of the net", "Шагов у сети"), values=(0, 30, 100, 300, 1000))] = 300
    is_scrambled: Annotated[
        bool,
        Switch(
            label=Text("Shuffle the labels", "Перемешать метки"),
            help=Text(
                "Every training digit gets another one's label: there is nothing to learn but the examples themselves.",
                "Каждая учебная цифра получает чужую метку: выучить можно разве что сами примеры.",
            ),
        ),
    ] = False
    reading: Annotated[
        str,
        Choice(
            label=Text("CNN's last layer reads", "Последний слой CNN читает"),
            options={"places": Text("places", "места"), "mean": Text("the mean", "среднее")},
            shown=lambda p: p["net"] == "cnn",
        ),
    ] = "places"
    hidden: Annotated[
        int,
        Levels(
            label=Text("Hidden units", "Скрытых нейронов"),
            values=(4, 16, 64, 128),
            shown=lambda p: p["net"] == "mlp",
        ),
    ] = 64
    space_seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0

    @property
    def recipe(self) -> Recipe:
        """The same as settings of the contestants."""
        return Recipe(hidden=self.hidden, reading=self.reading, steps=self.steps, seed=self.space_seed)


@dataclass(frozen=True)
class SpaceTrace(Frozen):
    """One training, seen from the digits' side.

    steps (F,); y (n,) digits, x (n, 144) their images; Z (F, n, 2) the plane of h, Z_before (n, 2) of what it is
    compared with, both with a mean distance of 1 from the middle; explained (F,), explained_before : the share of the
    variance that the plane holds; apart (F,), apart_before : η²
    p (F, n, 10) : the net's answers; right (F,) over all 600; seen (F,) over what trained
    filters (F, k, 9 or 144) : the first layer's weights, `FILTERS` of them at most; h (n, d) : the last frame's
    """

    params: SpaceParams
    steps: Ints
    y: Ints
    x: Floats
    Z: Floats
    Z_before: Floats
    explained: npt.NDArray[np.float64]
    explained_before: float
    apart: npt.NDArray[np.float64]
    apart_before: float
    p: Floats
    right: npt.NDArray[np.float64]
    seen: npt.NDArray[np.float64]
    filters: Floats
    h: Floats
    fitted: Fitted
    signature: str


def find_plane(h: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.float64], float]:
    """Z (n, 2) of h (n, d), and the share of the variance it holds."""
    centred = h.astype(np.float64) - h.mean(0)
    values, vectors = np.linalg.eigh(centred.T @ centred)
    total = max(float(values.sum()), 1e-12)
    return centred @ vectors[:, -2:][:, ::-1], float(values[-2:].sum()) / total


def turn_to(Z: npt.NDArray[np.float64], target: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Z turned or mirrored so that it lies nearest to `target` (Schönemann 1966)."""
    U, _, Vt = np.linalg.svd(Z.T @ target)
    return np.asarray(Z @ (U @ Vt))


def same_size(Z: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Z with a mean distance of 1 from its middle."""
    return Z / max(float(np.hypot(Z[:, 0], Z[:, 1]).mean()), 1e-9)


def between_classes(h: npt.NDArray[np.floating], y: Ints) -> float:
    """η² of h (n, d) in classes y (n,): 0 when all classes have one middle, 1 when each is one point."""
    a = h.astype(np.float64) - h.mean(0, dtype=np.float64)
    between = sum(float((y == k).sum()) * float((a[y == k].mean(0) ** 2).sum()) for k in np.unique(y))
    return between / max(float((a**2).sum()), 1e-12)


def what_it_is_given(network: Network, x: Floats) -> Floats:
    """h (n, d) of images x."""
    with torch.inference_mode():
        inputs = torch.from_numpy(np.array(x)).to(network.device)
        found: Floats = hidden(network, inputs).cpu().numpy()
    return found


def first_weights(network: Network) -> Floats:
    """(k, 9) of a convolution, (k, 144) of a dense layer."""
    place = network.places[0]
    block = network.blocks[0]
    W = network.theta[place.span].view(place.slot.shape)
    assert isinstance(block, Convolution) or W.shape[1] == 144
    return np.array(W[:FILTERS].cpu().numpy())


def run(params: SpaceParams, tick: Callable[[float], None] | None = None) -> SpaceTrace:
    """Train the net, then look through its eyes at each frame."""
    x_train, y_train = training_set(params.n, params.space_seed, False)
    if params.is_scrambled:
        y_train = np.random.default_rng(params.space_seed).permutation(y_train)
    all_x, all_y = load_canvases()
    rows = scored_rows()
    x, y = all_x[rows], all_y[rows]
    shown = np.arange(0, len(rows), len(rows) // SHOWN)
    record = Record(frames=FRAMES, spacing="log", losses=False, gradients=False, statistics=False)
    fitted = fit_net(params.net, x_train, y_train, params.recipe, tick, record)
    recording = fitted.recording
    assert recording is not None
    planes, explained, apart, p, right, seen, filters = [], [], [], [], [], [], []
    h = np.zeros((0, 0), dtype=np.float32)
    for frame in range(recording.frames):
        network = net_at(params.net, params.recipe, recording, frame)
        h = what_it_is_given(network, x[shown])
        Z, share = find_plane(h)
        planes.append(same_size(Z))
        explained.append(share)
        apart.append(between_classes(h, y[shown]))
        answers = ask(network, x)
        p.append(answers[shown])
        right.append(float((answers.argmax(1) == y).mean()))
        seen.append(float((ask(network, x_train).argmax(1) == y_train).mean()))
        filters.append(first_weights(network))
    for frame in range(recording.frames - 2, -1, -1):
        planes[frame] = turn_to(planes[frame], planes[frame + 1])
    given = x[shown] if params.before == "pixels" else features(x[shown], params.before)
    if params.before not in ("pixels", "centred"):
        given = np.asarray(Scale.of(given)(given), dtype=np.float32)
    before, share = find_plane(given)
    return SpaceTrace(
        params=params,
        steps=recording.steps,
        y=freeze(y[shown]),
        x=freeze(x[shown]),
        Z=freeze(np.stack(planes), np.float32),
        Z_before=freeze(same_size(before), np.float32),
        explained=freeze(explained),
        explained_before=share,
        apart=freeze(apart),
        apart_before=between_classes(given, y[shown]),
        p=freeze(np.stack(p), np.float32),
        right=freeze(right),
        seen=freeze(seen),
        filters=freeze(np.stack(filters), np.float32),
        h=freeze(h, np.float32),
        fitted=fitted,
        signature=f"{params.net} · n={params.n} · d={h.shape[1]} · {recording.signature}",
    )


def reference(trace: SpaceTrace) -> tuple[Check, ...]:
    """The planes beside scikit-learn's principal components; the CNN beside torch's own layers."""
    from sklearn.decomposition import PCA

    theirs = PCA(2, svd_solver="full").fit(trace.h.astype(np.float64))
    gram = same_size(theirs.transform(trace.h.astype(np.float64)))
    ours = trace.Z[-1].astype(np.float64)
    checks = [
        compare(
            Text("plane, up to a turn", "плоскость с точностью до поворота"),
            "scikit-learn",
            ours @ ours.T,
            gram @ gram.T,
            1e-3,
        )
    ]
    if trace.params.net == "cnn":
        found = library_cnn(trace.fitted.theta, trace.params.recipe, trace.x)
        checks.append(compare(LAYERS, "torch", trace.p[-1], found, 1e-5))
    return tuple(checks)


def tables(trace: SpaceTrace) -> tuple[Table, ...]:
    """The course, both planes at the end, and the first layer's weights."""
    frames = [str(step) for step in trace.steps.tolist()]
    digits = [f"{n}: {digit}" for n, digit in enumerate(trace.y.tolist())]
    course = np.column_stack([trace.right, trace.seen, trace.apart, trace.explained])
    weights = trace.filters[-1]
    return (
        Table("course", frames, ["right", "right on what trained", "between classes", "variance in the plane"], course),
        Table("plane before", digits, ["1", "2"], trace.Z_before),
        Table("plane after", digits, ["1", "2"], trace.Z[-1]),
        Table(
            "first layer",
            [str(k + 1) for k in range(len(weights))],
            [str(k + 1) for k in range(weights.shape[1])],
            weights,
        ),
    )

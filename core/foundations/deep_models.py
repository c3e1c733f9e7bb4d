"""The contestants: four classical models on what they are given, two nets that make their own features.

Symbols: x (n, 144) images, φ(x) hand-made features in units of their spread over the training examples, p (n, 10) what
a model answers, each row adding up to 1.

    kNN        p = share of each class among the k nearest                          Fix and Hodges 1951
    logistic   p = softmax(Wφ + b), penalty ‖W‖²/2C                                 Hastie et al. 2009, section 4.4
    SVM        Gaussian kernel, one against one; p = softmax of the decision values,
               a way to draw them and no probability                                Cortes and Vapnik 1995
    forest     p = mean of the trees' leaves                                        Breiman 2001
    MLP        144 → h → 10, ReLU;   CNN  two convolutions   (deep_layers.py)       Adam, cosine schedule, batches of 32

Classical models are scikit-learn's, nets are trained by core/foundations/training.py.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from core.foundations.deep_digits import SIDE, Floats, Ints, features
from core.foundations.deep_layers import build_convolutional
from core.foundations.network import Net, Network, build
from core.foundations.recording import Record, Recording
from core.foundations.training import Data, Plan, train
from core.i18n import Text, same

Tick = Callable[[float], None]

CLASSICAL: dict[str, Text] = {
    "knn": same("kNN"),
    "logistic": Text("logistic", "логистическая"),
    "svm": same("SVM"),
    "forest": Text("forest", "лес"),
}
NETS: dict[str, Text] = {"mlp": same("MLP"), "cnn": same("CNN")}
INPUTS: dict[str, Text] = {
    "pixels": Text("pixels", "пиксели"),
    "features": Text("features by hand", "признаки вручную"),
    "learned": Text("features learned", "признаки выучены"),
}
NAMES = (*(f"{kind}.{given}" for given in ("pixels", "features") for kind in CLASSICAL), *NETS)
RATES = {"mlp": 0.005, "cnn": 0.01}
BATCH = 32
DIGITS = 10


@dataclass(frozen=True)
class Recipe:
    """Settings of all contestants. k neighbours; C of the SVM and the logistic regression; trees of the forest;
    hidden units of the MLP; channels of the CNN's first convolution, the second has twice as many; what its last layer
    reads; steps of either net; kind of hand-made features; seed of forest, weights and batches.
    """

    k: int = 3
    C: float = 10.0
    trees: int = 50
    hidden: int = 64
    channels: int = 12
    reading: str = "places"
    steps: int = 300
    kind: str = "all"
    seed: int = 0


@dataclass(frozen=True)
class Scale:
    """φ → (φ − mean)/spread. mean, spread (d,) : of the training examples."""

    mean: Floats
    spread: Floats

    @staticmethod
    def of(values: Floats) -> Scale:
        """Columns that hardly vary are left as small as they are."""
        return Scale(values.mean(0), np.maximum(values.std(0), 0.02))

    def __call__(self, values: Floats) -> Floats:
        return np.asarray((values - self.mean) / self.spread)


@dataclass(frozen=True)
class Fitted:
    """A trained contestant. judge : what it is given → p (n, classes)

    see : images → what the model itself is given; seconds : of fitting, as measured; kept : numbers it keeps
    estimator : scikit-learn's, or None; recording : of a net, or None
    """

    name: str
    judge: Callable[[Floats], Floats]
    see: Callable[[Floats], Floats]
    seconds: float
    kept: int
    estimator: Any = None
    recording: Recording | None = None

    @property
    def theta(self) -> Floats:
        """All weights of a net, in a row."""
        assert self.recording is not None
        found: Floats = self.recording.theta[-1]
        return found


def title(name: str) -> Text:
    """“SVM · features by hand”."""
    kind, _, given = name.partition(".")
    if not given:
        return NETS[kind]
    return Text("{kind} · {given}", "{kind} · {given}").format(kind=CLASSICAL[kind], given=INPUTS[given])


def given_to(name: str) -> str:
    """What a contestant works on: a key of `INPUTS`."""
    return name.partition(".")[2] or "learned"


def fit(name: str, x: Floats, y: Ints, recipe: Recipe, tick: Tick | None = None) -> Fitted:
    """Train the contestant `name` on images x (n, 144) of digits y (n,)."""
    if name in NETS:
        return fit_net(name, x, y, recipe, tick)
    kind, _, given = name.partition(".")
    warm_up()
    start = time.perf_counter()
    if given == "pixels":
        return fit_classical(name, kind, np.asarray, np.asarray(x), y, recipe, start)
    measured = features(x, recipe.kind)
    scale = Scale.of(measured)
    return fit_classical(name, kind, partial(_measure, scale, recipe.kind), scale(measured), y, recipe, start)


def _measure(scale: Scale, kind: str, x: Floats) -> Floats:
    return scale(features(np.asarray(x, dtype=np.float32), kind))


def fit_classical(
    name: str,
    kind: str,
    see: Callable[[Floats], Floats],
    Z: Floats,
    y: Ints,
    recipe: Recipe,
    start: float,
) -> Fitted:
    """scikit-learn's model `kind` on Z (n, d), which `see` makes of what will be judged; `start` of the clock."""
    model = make(kind, recipe, len(y))
    model.fit(Z, y)
    seconds = time.perf_counter() - start
    return Fitted(name, partial(_judge, model, kind, see), see, seconds, count(model, kind), model)


def make(kind: str, recipe: Recipe, n: int) -> Any:
    """An untrained classical model for n examples."""
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.svm import SVC

    if kind == "knn":
        return KNeighborsClassifier(min(recipe.k, n), algorithm="brute")
    if kind == "logistic":
        return LogisticRegression(C=recipe.C, max_iter=1000)
    if kind == "svm":
        return SVC(C=recipe.C)
    return RandomForestClassifier(recipe.trees, random_state=recipe.seed)


def warm_up() -> None:
    """Importing scikit-learn is not a part of fitting."""
    make("knn", Recipe(), 1)


def _judge(
    model: Any,
    kind: str,
    see: Callable[[Floats], Floats],
    x: Floats,
) -> Floats:
    Z = see(x)
    found = softmax(model.decision_function(Z)) if kind == "svm" else model.predict_proba(Z)
    return np.asarray(found, dtype=np.float32)


def softmax(z: Floats) -> Floats:
    """Row by row."""
    e = np.exp(z - z.max(1, keepdims=True))
    return np.asarray(e / e.sum(1, keepdims=True))


def count(model: Any, kind: str) -> int:
    """Numbers that have to be kept for judging: examples, weights, support vectors, or cuts and leaves."""
    if kind == "knn":
        return int(model._fit_X.size)
    if kind == "logistic":
        return int(model.coef_.size + model.intercept_.size)
    if kind == "svm":
        return int(model.support_vectors_.size + model.dual_coef_.size + model.intercept_.size)
    leaves = sum(int(tree.tree_.n_leaves) for tree in model.estimators_)
    nodes = sum(int(tree.tree_.node_count) for tree in model.estimators_)
    return 2 * (nodes - leaves) + len(model.classes_) * leaves


# ---------------------------------------------------------------------------------------------------------------------
# Nets


def plan_of(name: str, recipe: Recipe, record: Record) -> Plan:
    """How a net is trained on images."""
    return Plan(
        Net((SIDE * SIDE, recipe.hidden, DIGITS)),
        optimizer="adam",
        rate=RATES[name],
        schedule="cosine",
        steps=recipe.steps,
        batch=BATCH,
        seed=recipe.seed,
        record=record,
    )


def new_net(name: str, recipe: Recipe) -> Network:
    """The net `name` with fresh weights."""
    if name == "cnn":
        channels = (recipe.channels, 2 * recipe.channels)
        return build_convolutional(SIDE, channels, DIGITS, recipe.reading, recipe.seed)
    return build(Net((SIDE * SIDE, recipe.hidden, DIGITS)), recipe.seed)


def net_at(name: str, recipe: Recipe, recording: Recording, frame: int) -> Network:
    """The net as it was at a frame."""
    network = new_net(name, recipe)
    network.load(torch.from_numpy(np.array(recording.theta[frame])))
    return network


def fit_net(
    name: str, x: Floats, y: Ints, recipe: Recipe, tick: Tick | None = None, record: Record | None = None
) -> Fitted:
    """A net trained on images; `record` as in training.py, by default the beginning and the end."""
    network = new_net(name, recipe)
    few = record or Record(frames=2, losses=False, gradients=False, statistics=False)
    start = time.perf_counter()
    recording = train(plan_of(name, recipe, few), Data.of(x, y), tick, network)
    seconds = time.perf_counter() - start
    return Fitted(name, partial(ask, network), np.asarray, seconds, len(network.theta), recording=recording)


def ask(network: Network, x: Floats) -> Floats:
    """softmax of what a net gives for x (n, inputs). A pass that is no training leaves nothing behind in the net."""
    with torch.inference_mode():
        inputs = torch.as_tensor(np.array(x), dtype=network.dtype, device=network.device)
        found: Floats = torch.softmax(network.forward(inputs), 1).cpu().numpy()
    return found


def wilson(share: float, n: int) -> tuple[float, float]:
    """The 95 % interval of a share of n independent trials (Wilson 1927)."""
    z = 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half

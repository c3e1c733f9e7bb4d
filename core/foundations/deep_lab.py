"""Ten contestants on the same digits: how many they get right at rest, moved aside, and at what price.

Symbols: x (image, 144), p (model, …, 10) what each answers, dx, dy a shift in pixels to the right and down.

`run` is the whole duel; while it is under way `Duel.results` grows, so that a page shows each as it is ready. Seconds
of fitting are measured where the app runs and differ from run to run: they are shown, and not among the `tables`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch

from core.arrays import Frozen, freeze
from core.device import describe
from core.foundations.deep_digits import (
    FEATURES,
    REACH,
    SHIFTS,
    SIDE,
    Floats,
    Ints,
    load_canvases,
    scored_rows,
    shift,
    training_rows,
    with_neighbours,
)
from core.foundations.deep_models import NAMES, Fitted, Recipe, ask, fit, new_net, softmax, title
from core.i18n import Text, same
from core.params import Choice, Levels, Params, Slider, Switch
from core.tables import Table
from core.verify import Check, compare

SIZES = (20, 50, 100, 200, 400, 800)
ASIDE = tuple(range(-REACH, REACH + 1))
SHOWN = 16
INKS = "0123456789abcdef"
LAYERS = Text("CNN by torch's layers", "CNN из слоёв torch")


class DuelParams(Params):
    """How much there is to learn from, what is measured by hand, how the nets are built."""

    n: Annotated[int, Levels(label=Text("Training digits", "Цифр для обучения"), values=SIZES)] = 100
    is_shifted: Annotated[
        bool,
        Switch(
            label=Text("Train on moved copies too", "Учить и на сдвинутых копиях"),
            help=Text(
                "Every digit and its four copies, one pixel to each side: five times as many examples, for all models.",
                "Каждая цифра и четыре её копии, на пиксель в каждую сторону: впятеро больше примеров, всем моделям.",
            ),
        ),
    ] = False
    features: Annotated[
        str,
        Choice(
            label=Text("Measured by hand", "Измерено вручную"),
            options=FEATURES,
            help=Text(
                "Zoning, projections, directions of edges; or the digit moved so that its ink is centred.",
                "Зоны, проекции, направления краёв — или цифра, сдвинутая так, чтобы чернила были по центру.",
            ),
        ),
    ] = "all"
    reading: Annotated[
        str,
        Choice(
            label=Text("CNN's last layer reads", "Последний слой CNN читает"),
            options={"places": Text("places", "места"), "mean": Text("the mean", "среднее")},
            help=Text(
                "Where each channel answered, or only how much on the average.",
                "Где ответил каждый канал — или только насколько в среднем.",
            ),
        ),
    ] = "places"
    steps: Annotated[int, Levels(label=Text("Steps of the nets", "Шагов у сетей"), values=(0, 30, 100, 300, 1000))] = (
        300
    )
    k: Annotated[int, Slider(label=Text("Neighbours, k", "Соседей, k"), lo=1, hi=15, step=2, folded=True)] = 3
    lg_c: Annotated[
        float,
        Slider(label=Text("lg C of SVM, logistic", "lg C для SVM и логистической"), lo=-3, hi=3, step=0.5, folded=True),
    ] = 1.0
    trees: Annotated[int, Levels(label=Text("Trees", "Деревьев"), values=(1, 10, 50, 100), folded=True)] = 50
    hidden: Annotated[
        int, Levels(label=Text("Hidden units, MLP", "Скрытых, MLP"), values=(4, 16, 64, 128), folded=True)
    ] = 64
    channels: Annotated[
        int, Levels(label=Text("Channels, CNN", "Каналов, CNN"), values=(2, 6, 12, 16), folded=True)
    ] = 12
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0

    @property
    def recipe(self) -> Recipe:
        """The same as settings of the contestants."""
        return Recipe(
            k=self.k,
            C=float(10**self.lg_c),
            trees=self.trees,
            hidden=self.hidden,
            channels=self.channels,
            reading=self.reading,
            steps=self.steps,
            kind=self.features,
            seed=self.seed,
        )


@dataclass(frozen=True)
class Result(Frozen):
    """One contestant, trained and scored. p (600, 10) : its answers at rest; right (5,) : its share of right answers
    with every scored digit moved by dx = −2 … 2."""

    fitted: Fitted
    p: Floats
    right: npt.NDArray[np.float64]

    @property
    def name(self) -> str:
        return self.fitted.name

    @property
    def accuracy(self) -> float:
        return float(self.right[REACH])

    @property
    def aside(self) -> float:
        """The mean of one pixel to the left and one to the right."""
        return float(self.right[REACH - 1] + self.right[REACH + 1]) / 2


@dataclass
class Duel:
    """A duel under way: grows on the thread of its job."""

    results: list[Result] = field(default_factory=list)


@dataclass(frozen=True)
class DuelTrace(Frozen):
    """All of it. x, y : what trained; rows : the scored ones, of all canvases; results by `NAMES`."""

    params: DuelParams
    x: Floats
    y: Ints
    rows: Ints
    results: tuple[Result, ...]
    signature: str

    def of(self, name: str) -> Result:
        return self.results[NAMES.index(name)]


def training_set(n: int, seed: int, is_shifted: bool) -> tuple[Floats, Ints]:
    """Images and digits that train."""
    x, y = load_canvases()
    rows = training_rows(n, seed)
    return with_neighbours(x[rows], y[rows]) if is_shifted else (x[rows], y[rows])


def score(fitted: Fitted) -> Result:
    """What a contestant answers for the scored digits, at rest and moved."""
    x, y = load_canvases()
    rows = scored_rows()
    p = fitted.judge(x[rows])
    right = [float((fitted.judge(shift(x[rows], dx, 0)).argmax(1) == y[rows]).mean()) for dx in ASIDE]
    return Result(fitted, freeze(p, np.float32), freeze(right))


def run(params: DuelParams, tick: Callable[[float], None] | None = None, duel: Duel | None = None) -> DuelTrace:
    """Train and score them all; `duel` takes each result as soon as it is there."""
    x, y = training_set(params.n, params.seed, params.is_shifted)
    live = duel if duel is not None else Duel()
    live.results.clear()
    for n, name in enumerate(NAMES):
        if tick:
            tick(n / len(NAMES))
        live.results.append(score(fit(name, x, y, params.recipe, _part(tick, n))))
    return DuelTrace(
        params=params,
        x=freeze(x),
        y=freeze(y),
        rows=scored_rows(),
        results=tuple(live.results),
        signature=f"n={len(y)} · φ={params.features} · k={params.k} · C={10**params.lg_c:.3g} · trees={params.trees} · "
        f"MLP 144–{params.hidden}–10 · CNN {params.channels}–{2 * params.channels}, {params.reading} · Adam, "
        f"{params.steps} steps · seed={params.seed} · float32 · {describe()} · torch {torch.__version__}",
    )


def _part(tick: Callable[[float], None] | None, n: int) -> Callable[[float], None] | None:
    return (lambda share: tick((n + share) / len(NAMES))) if tick else None


def judge_everywhere(results: list[Result] | tuple[Result, ...], image: Floats) -> Floats:
    """What each says of one image (144,) at all `SHIFTS`: (model, 25, 10)."""
    moved = np.concatenate([shift(image[None], dx, dy) for dx, dy in SHIFTS])
    return np.stack([result.fitted.judge(moved) for result in results]).astype(np.float32)


def disputed(results: list[Result] | tuple[Result, ...], count: int = SHOWN) -> list[int]:
    """Scored digits on which the models differ most, two of each digit at most; rows among the scored ones."""
    _, y = load_canvases()
    truth = y[scored_rows()]
    wrong = np.mean([result.p.argmax(1) != truth for result in results], axis=0)
    order = np.argsort(-(wrong * (1 - wrong)), kind="stable")
    seen = np.zeros(10, dtype=int)
    found: list[int] = []
    for row in order.tolist():
        if seen[truth[row]] < 2 and len(found) < count:
            seen[truth[row]] += 1
            found.append(row)
    return found


def draw_ink(image: Floats) -> str:
    """An image (144,) as 144 hexadecimal digits."""
    return "".join(INKS[int(v)] for v in np.clip(np.round(image * 15), 0, 15))


def read_ink(words: str) -> Floats | None:
    """The inverse of `draw_ink`; None when it is no image, or a blank one."""
    if len(words) != SIDE * SIDE or not set(words) <= set(INKS) or set(words) == {"0"}:
        return None
    return np.array([INKS.index(c) for c in words], dtype=np.float32) / 15


def reference_before(params: DuelParams) -> tuple[Check, ...]:
    """The CNN that nobody has trained yet, by torch's own layers: what can be checked while the others still learn."""
    x, _ = load_canvases()
    images = x[scored_rows()]
    network = new_net("cnn", params.recipe)
    theirs = library_cnn(network.theta.cpu().numpy(), params.recipe, images)
    return (compare(LAYERS, "torch", ask(network, images), theirs, 1e-5),)


def reference(trace: DuelTrace) -> tuple[Check, ...]:
    """The CNN's answers by torch's own layers, and the logistic regression's from its weights alone."""
    x, _ = load_canvases()
    images = x[trace.rows]
    cnn, logistic = trace.of("cnn"), trace.of("logistic.pixels")
    model = logistic.fitted.estimator
    sums = images @ model.coef_.T + model.intercept_
    return (
        compare(
            LAYERS,
            "torch",
            cnn.p,
            library_cnn(cnn.fitted.theta, trace.params.recipe, images),
            1e-5,
        ),
        compare(same("softmax(Wx + b)"), "scikit-learn", softmax(sums), logistic.p, 1e-5),
    )


def library_cnn(weights: npt.ArrayLike, recipe: Recipe, images: Floats) -> npt.NDArray[np.floating]:
    """The same convolutional net from torch.nn.functional, `weights` all in a row: (n, 144) → (n, 10)."""
    from torch.nn import functional

    theta = torch.from_numpy(np.array(weights))
    first, second = recipe.channels, 2 * recipe.channels
    places = 1 if recipe.reading == "mean" else (SIDE // 4) ** 2
    sizes = [(first, 9), (first,), (second, 9 * first), (second,), (10, places * second), (10,)]
    W1, b1, W2, b2, W3, b3 = (
        piece.view(size) for piece, size in zip(theta.split([int(np.prod(size)) for size in sizes]), sizes, strict=True)
    )
    h = torch.from_numpy(np.array(images)).view(-1, 1, SIDE, SIDE)
    for W, b, c in ((W1, b1, 1), (W2, b2, first)):
        h = functional.max_pool2d(
            functional.relu(functional.conv2d(h, W.view(-1, 3, 3, c).permute(0, 3, 1, 2), b, padding=1)), 2
        )
    flat = h.mean((2, 3)) if recipe.reading == "mean" else h.permute(0, 2, 3, 1).flatten(1)
    found: npt.NDArray[np.floating] = functional.softmax(functional.linear(flat, W3, b3), 1).numpy()
    return found


def tables(trace: DuelTrace) -> tuple[Table, ...]:
    """Accuracies by shift, numbers kept, and the answers of every contestant."""
    names = [title(result.name).en for result in trace.results]
    rows = [str(row) for row in trace.rows.tolist()]
    digits = [str(d) for d in range(10)]
    return (
        Table("right", names, [f"dx={dx}" for dx in ASIDE], np.stack([result.right for result in trace.results])),
        Table("kept", names, ["numbers"], np.array([[result.fitted.kept] for result in trace.results])),
        *(Table(f"p of {title(result.name).en}", rows, digits, result.p) for result in trace.results),
    )

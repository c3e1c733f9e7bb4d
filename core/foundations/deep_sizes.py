"""How many examples each contestant needs: accuracy against the size of the training set, over several drawings of it.

Symbols: right (model, size, seed) the share of right answers on what is held out; of digits also with every scored
digit moved one pixel aside. The bands are the least and the greatest over the seeds; each seed draws the examples, the
first weights and the order of batches anew. Seconds are those of fitting where the app runs, and no part of the tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen, freeze
from core.data.corpus import TOPICS
from core.foundations import deep_lab, deep_models, deep_text
from core.foundations.deep_digits import FEATURES, load_canvases, scored_rows, training_rows
from core.foundations.deep_models import Recipe
from core.i18n import Lang, Text
from core.params import Choice, Levels, Params, Switch
from core.tables import Table
from core.verify import Check, compare

Floats = npt.NDArray[np.floating]

TASKS: dict[str, Text] = {"digits": Text("digits", "цифры"), "text": Text("sentences", "предложения")}


class SizesParams(Params):
    """What is learned, up to how many examples, how often it is repeated."""

    task: Annotated[str, Choice(label=Text("Task", "Задача"), options=TASKS)] = "digits"
    largest: Annotated[
        int, Levels(label=Text("Up to … examples", "До … примеров"), values=(50, 100, 200, 400, 800))
    ] = 200
    repeats: Annotated[
        int,
        Levels(
            label=Text("Repeats", "Повторов"),
            values=(1, 3, 5),
            help=Text("Each draws other examples and other weights.", "В каждом свои примеры и свои веса."),
        ),
    ] = 3
    is_shifted: Annotated[
        bool,
        Switch(
            label=Text("Train on moved copies too", "Учить и на сдвинутых копиях"),
            shown=lambda p: p["task"] == "digits",
        ),
    ] = False
    features: Annotated[
        str,
        Choice(
            label=Text("Measured by hand", "Измерено вручную"),
            options=FEATURES,
            shown=lambda p: p["task"] == "digits",
        ),
    ] = "all"
    lang: Lang = "en"

    @property
    def sizes(self) -> tuple[int, ...]:
        """Numbers of examples, the smallest first."""
        known = deep_lab.SIZES if self.task == "digits" else deep_text.SIZES
        return tuple(size for size in known if size <= self.largest)

    @property
    def names(self) -> tuple[str, ...]:
        """The contestants."""
        return deep_models.NAMES if self.task == "digits" else deep_text.NAMES

    def title(self, name: str) -> Text:
        """A contestant's name."""
        return deep_models.title(name) if self.task == "digits" else deep_text.TITLES[name]


@dataclass
class Race:
    """A race under way: cells that are not there yet are NaN. right, aside, seconds (model, size, seed)."""

    params: SizesParams
    right: Floats = field(init=False)
    aside: Floats = field(init=False)
    seconds: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget what was there."""
        shape = (len(self.params.names), len(self.params.sizes), self.params.repeats)
        self.right, self.aside, self.seconds = (np.full(shape, np.nan) for _ in range(3))


@dataclass(frozen=True)
class SizesTrace(Frozen):
    """All of it: right, aside and seconds (model, size, seed); `aside` is NaN for sentences."""

    params: SizesParams
    right: Floats
    aside: Floats
    seconds: Floats
    signature: str

    def mean(self, name: str, size: int) -> float:
        """The accuracy of a contestant with the size-th number of examples, over the seeds."""
        return float(self.right[self.params.names.index(name), size].mean())

    def best(self, size: int, *, is_net: bool) -> str:
        """Who of the nets, or of the others, has the greatest mean with the size-th number of examples."""
        mine = [name for name in self.params.names if (name in ("mlp", "cnn", "net")) == is_net]
        return max(mine, key=lambda name: self.mean(name, size))


def run(params: SizesParams, tick: Callable[[float], None] | None = None, race: Race | None = None) -> SizesTrace:
    """Train every contestant with every size and seed, the smallest first; `race` takes each cell as it is ready."""
    live = race if race is not None else Race(params)
    live.clear()
    work = [
        (s, r, m) for s in range(len(params.sizes)) for r in range(params.repeats) for m in range(len(params.names))
    ]
    # What a cell costs grows with its size, roughly as a constant and the examples.
    costs = np.cumsum([100 + params.sizes[s] for s, _, _ in work])
    for n, (s, r, m) in enumerate(work):
        if tick:
            tick(float(costs[n - 1] / costs[-1]) if n else 0.0)
        fill(live, s, r, m)
    return SizesTrace(
        params=params,
        right=freeze(live.right),
        aside=freeze(live.aside),
        seconds=freeze(live.seconds),
        signature=f"{params.task} · n ≤ {params.largest} · seeds 0…{params.repeats - 1} · φ={params.features} · "
        "defaults of the other labs",
    )


def fill(live: Race, s: int, r: int, m: int) -> None:
    """One cell: contestant m with the s-th size and the seed r."""
    params = live.params
    name, n = params.names[m], params.sizes[s]
    if params.task == "text":
        recipe = deep_text.TextParams(text_seed=r).recipe
        _, c, y, held, y_held = deep_text.bags(params.lang, n, r)
        fitted = deep_text.fit(name, c, y, recipe)
        live.right[m, s, r] = (fitted.judge(held).argmax(1) == y_held).mean()
    else:
        recipe = deep_lab.DuelParams(features=params.features, seed=r).recipe
        x, y = deep_lab.training_set(n, r, params.is_shifted)
        fitted = deep_models.fit(name, x, y, recipe)
        result = deep_lab.score(fitted)
        live.right[m, s, r], live.aside[m, s, r] = result.accuracy, result.aside
    live.seconds[m, s, r] = fitted.seconds


def reference(trace: SizesTrace) -> tuple[Check, ...]:
    """One neighbour's answers from distances alone, on the smallest set, beside scikit-learn's."""
    if trace.params.task == "text":
        _, c, y, held, _ = deep_text.bags(trace.params.lang, trace.params.sizes[0], 0)
        train, asked = deep_text.unit_rows(c), deep_text.unit_rows(held)
        recipe = Recipe(k=1)
        theirs = deep_text.fit("knn", c, y, recipe).judge(held)
        classes = len(TOPICS)
    else:
        images, digits = load_canvases()
        rows = training_rows(trace.params.sizes[0], 0)
        train, y = images[rows].astype(np.float64), digits[rows]
        asked = images[scored_rows()].astype(np.float64)
        theirs = deep_models.fit("knn.pixels", images[rows], y, Recipe(k=1)).judge(images[scored_rows()])
        classes = 10
    distance = ((asked[:, None] - train[None]) ** 2).sum(2)
    # Where two are equally near, either may be the neighbour.
    sure = np.partition(distance, 1, axis=1)
    is_sure = sure[:, 1] - sure[:, 0] > 1e-6
    ours = np.eye(classes)[y[distance.argmin(1)]]
    return (
        compare(Text("nearest neighbour", "ближайший сосед"), "scikit-learn", ours[is_sure], theirs[is_sure], 1e-9),
    )


def tables(trace: SizesTrace) -> tuple[Table, ...]:
    """Means, least and greatest over the seeds."""
    names = [trace.params.title(name).en for name in trace.params.names]
    sizes = [str(size) for size in trace.params.sizes]
    found = [
        Table("right, mean", names, sizes, trace.right.mean(2)),
        Table("right, least", names, sizes, trace.right.min(2)),
        Table("right, greatest", names, sizes, trace.right.max(2)),
    ]
    if trace.params.task == "digits":
        found.append(Table("right one pixel aside, mean", names, sizes, trace.aside.mean(2)))
    return tuple(found)

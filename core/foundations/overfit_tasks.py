"""“Fix it”: labs that start over- or underfitted, what may not be touched, and a validation error to get below.

The mark of a task is computed: the least validation error among the settings that the task allows (all degrees and all
λ, or all n, or a few remedies of a net), widened by `ROOM`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.foundations import overfit_net, overfit_polynomial
from core.foundations.overfit_net import NetParams
from core.foundations.overfit_polynomial import (
    DEGREES,
    NO_RIDGE,
    VALID,
    PolyParams,
    draw_points,
    ridge_of,
    smoother,
)
from core.i18n import Text
from core.params import Params

ROOM = 1.2
DATA = ("n", "noise", "truth", "seed", "moved")
NET_DATA = ("net_n", "net_noise", "task", "seed", "steps", "lg_rate")


@dataclass(frozen=True)
class Task:
    """start : what the lab is put to; locked : fields that must stay so; ways : what a net's mark is computed from."""

    name: str
    title: Text
    ask: Text
    why: Text
    params: type[Params]
    start: dict[str, Any]
    locked: tuple[str, ...]
    ways: tuple[dict[str, Any], ...] = ()

    def starting(self) -> Params:
        """The parameters that the task begins with."""
        return self.params(**self.start)


@dataclass(frozen=True)
class Grade:
    """train, valid : errors now, before : the validation error at the start; touched : locked fields that were moved"""

    train: float
    valid: float
    before: float
    mark: float
    touched: tuple[str, ...]

    @property
    def is_done(self) -> bool:
        """Below the mark, with what was locked left alone."""
        return self.valid <= self.mark and not self.touched


TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task(
            "over",
            Text("too wild", "слишком дикая"),
            Text("The curve chases the noise. The points stay.", "Кривая гонится за шумом. Точки не трогать."),
            Text(
                "Fewer coefficients or a penalty: the curve repeats less of each y, and with it less of its noise.",
                "Меньше коэффициентов или штраф: кривая меньше повторяет каждое y, а значит, и его шум.",
            ),
            PolyParams,
            {"degree": 14},
            DATA,
        ),
        Task(
            "under",
            Text("too stiff", "слишком жёсткая"),
            Text("The curve cannot bend enough. The points stay.", "Кривой не хватает гибкости. Точки не трогать."),
            Text(
                "Both errors were high: no penalty and no data cure that. More coefficients do.",
                "Большими были обе ошибки: от этого не лечат ни штраф, ни данные. Лечат новые коэффициенты.",
            ),
            PolyParams,
            {"degree": 1, "truth": "bump", "n": 40},
            DATA,
        ),
        Task(
            "heavy",
            Text("penalised flat", "задавлена штрафом"),
            Text("Degree 12 must stay, and so must the points.", "Степень 12 и точки не трогать."),
            Text(
                "Too much λ underfits as surely as too few coefficients; the least error lies between them.",
                "Слишком большая λ недообучает не хуже малой степени; наименьшая ошибка — между «нет» и «слишком».",
            ),
            PolyParams,
            {"degree": 12, "lg_ridge": 3.0},
            ("degree", *DATA),
        ),
        Task(
            "data",
            Text("too few points", "мало точек"),
            Text("Degree 9 and no penalty must stay.", "Степень 9 и отсутствие штрафа не трогать."),
            Text(
                "The same coefficients on more points: the noise averages out, the variance falls.",
                "Те же коэффициенты, но точек больше: шум усредняется, разброс падает.",
            ),
            PolyParams,
            {"degree": 9, "n": 12},
            ("degree", "lg_ridge", "noise", "truth", "seed", "moved"),
        ),
        Task(
            "net_over",
            Text("a net by heart", "сеть-зубрила"),
            Text(
                "The net has learned its points by heart. Its size and the data stay.",
                "Сеть выучила точки наизусть. Её размер и данные не трогать.",
            ),
            Text(
                "A penalty keeps the weights small, early stopping takes those of the best look: either way the net "
                "is less sure of itself where it is wrong.",
                "Штраф держит веса малыми, ранняя остановка берёт лучшие из виденных: и так и так сеть меньше уверена "
                "там, где она неправа.",
            ),
            NetParams,
            {},
            ("width", "depth", *NET_DATA),
            ({"lg_l2": -2.0}, {"lg_l2": -1.5}, {"lg_l2": -1.0}, {"patience": 5}),
        ),
        Task(
            "net_under",
            Text("a net too small", "слишком малая сеть"),
            Text("Two spirals, two units. The data stay.", "Две спирали, два нейрона. Данные не трогать."),
            Text(
                "Each unit folds the plane along one line; a spiral needs many. Noise is low here, so little can be "
                "learned by heart.",
                "Нейрон сгибает плоскость вдоль одной прямой, а спирали сгибов нужно много. Шум мал, и зубрить почти "
                "нечего.",
            ),
            NetParams,
            {"width": 2, "depth": 1, "task": "spirals", "net_noise": 0.1, "net_n": 160},
            NET_DATA,
            ({"width": 16, "depth": 2}, {"width": 32, "depth": 2}),
        ),
    )
}


def marks(task: Task) -> float:
    """The validation error to get below."""
    if task.params is PolyParams:
        return ROOM * _least_polynomial(task)
    found = (overfit_net.run(NetParams(**{**task.start, **way})).valid_used for way in task.ways)
    return ROOM * min(found)


def _least_polynomial(task: Task) -> float:
    p = task.starting()
    assert isinstance(p, PolyParams)
    degrees = [p.degree] if "degree" in task.locked else list(range(DEGREES + 1))
    ridges = [p.lg_ridge] if "lg_ridge" in task.locked else list(np.arange(NO_RIDGE, 3.01, 0.5))
    sizes = [p.n] if "n" in task.locked else list(range(p.n, 101))
    x_valid, y_valid = draw_points(p.truth, p.noise, VALID, (p.seed, 2))
    least = np.inf
    for n in sizes:
        x, y = draw_points(p.truth, p.noise, n, (p.seed, 1))
        for degree in degrees:
            for lg_ridge in ridges:
                said = smoother(x, x_valid, degree, ridge_of(lg_ridge)) @ y
                least = min(least, float(np.mean((said - y_valid) ** 2)))
    return least


def errors(params: Params) -> tuple[float, float]:
    """Training and validation error of a lab's state."""
    if isinstance(params, PolyParams):
        trace = overfit_polynomial.run(params)
        return float(trace.train[params.degree]), float(trace.valid[params.degree])
    assert isinstance(params, NetParams)
    net = overfit_net.run(params)
    return net.train_used, net.valid_used


def grade(task: Task, params: Params, now: tuple[float, float], before: float, mark: float) -> Grade:
    """How far a learner has come; `now` are the errors of `params`."""
    start = task.starting()
    touched = tuple(name for name in task.locked if getattr(params, name) != getattr(start, name))
    return Grade(now[0], now[1], before, mark, touched)

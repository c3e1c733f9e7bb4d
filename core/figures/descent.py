"""A race over a map as data for the browser (assets/components/descent.js).

The map is sent once as 16-bit heights on a logarithmic scale (contours of f are contours of any rising function of f),
the paths as float32; playing them needs no server.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.foundations.batch_lab import SIZE_NAMES, BatchTrace, mean_loss
from core.foundations.descent_lab import DescentTrace
from core.foundations.optimizers import OPTIMIZERS
from core.foundations.surfaces import View, parse, values
from core.i18n import Lang, Text

GRID = 112
TOP = 65534  # 65535 marks a point where f is not a number
HIDDEN = 65535

# Role of theme.py, dash and initial: three ways to tell the runs apart.
LOOKS: dict[str, tuple[str, str, str]] = {
    "sgd": ("ink", "", "S"),
    "momentum": ("Q", "7 3", "M"),
    "nesterov": ("probability", "2 2.5", "N"),
    "adagrad": ("V", "10 3 2 3", "G"),
    "rmsprop": ("validation", "4 3", "R"),
    "adam": ("K", "", "A"),
    "adamw": ("gradient", "7 3 2 3", "W"),
}
SIZE_LOOKS: dict[str, tuple[str, str, str]] = {
    "one": ("K", "", "1"),
    "eight": ("validation", "7 3", "8"),
    "tick": ("Q", "4 3", "32"),
    "all": ("ink", "", "n"),
}
WORDS: dict[str, Text] = {
    "loss": Text("f after each step", "f после каждого шага"),
    "steps": Text("step", "шаг"),
    "lost": Text("diverged at {n}", "расходится: шаг {n}"),
    "outside": Text("off the map", "за картой"),
    "start": Text("start", "старт"),
    "drag": Text(
        "drag the cross to start elsewhere · click a run to see its arithmetic · drag the map, double-click to zoom",
        "тяните крестик — новый старт · щёлкните метод — увидите расчёт · карту можно двигать, двойной щелчок — ближе",
    ),
    "nearer": Text("zoom in", "ближе"),
    "further": Text("zoom out", "дальше"),
    "whole": Text("the whole map", "вся карта"),
    "hide": Text("hide", "скрыть"),
    "unhide": Text("show", "показать"),
    "none": Text("f is not defined anywhere here.", "Здесь f нигде не определена."),
    "lowest": Text("lowest points", "самые низкие точки"),
}


BATCH_WORDS: dict[str, Text] = {
    **WORDS,
    "loss": Text("L over all data, after every 32 examples", "L по всем данным, каждые 32 примера"),
    "steps": Text("32 examples", "32 примера"),
    "drag": Text(
        "each tick of the clock is 32 examples read · click a size to see its step · double-click the map to zoom",
        "одна отметка — 32 прочитанных примера · щёлкните размер — увидите шаг · двойной щелчок приближает карту",
    ),
    "none": Text("L is not defined anywhere here.", "Здесь L нигде не определена."),
}


@dataclass(frozen=True)
class Drawn:
    """One run as it is drawn. path (n + 1, 2), value (n + 1); lost as in `Run`; `look` is role, dash, initial."""

    id: str
    name: str
    look: tuple[str, str, str]
    path: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]
    lost: int


def descent_data(trace: DescentTrace, view: View | None, lang: Lang) -> dict[str, Any]:
    """The race of the optimizers; `view` is the part of the plane that the reader zoomed to."""
    tree = parse(trace.surface.formula)
    drawn = [
        Drawn(name, OPTIMIZERS[name].title.get(lang), LOOKS[name], one.path, one.value, one.lost)
        for name, one in trace.runs.items()
    ]
    return race_data(
        drawn,
        lambda x, y: values(tree, x, y),
        whole=trace.surface.view,
        view=view,
        minima=trace.surface.minima,
        steps=trace.params.steps,
        lang=lang,
    )


def batch_data(trace: BatchTrace, view: View | None, lang: Lang) -> dict[str, Any]:
    """The race of the batch sizes."""
    drawn = [
        Drawn(name, SIZE_NAMES[name].get(lang), SIZE_LOOKS[name], one.path, one.value, one.lost)
        for name, one in trace.learners.items()
    ]
    minimum = (float(trace.minimum[0]), float(trace.minimum[1]))
    return race_data(
        drawn,
        lambda w, b: mean_loss(w, b, trace.x, trace.y, is_logistic=trace.task.is_logistic),
        whole=trace.task.views[trace.params.is_standard],
        view=view,
        minima=(minimum,),
        steps=trace.ticks,
        lang=lang,
        axes=("w", "b"),
        words=BATCH_WORDS,
    )


def race_data(
    runs: Sequence[Drawn],
    f: Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64]], npt.NDArray[np.float64]],
    *,
    whole: View,
    view: View | None,
    minima: Sequence[tuple[float, float]],
    steps: int,
    lang: Lang,
    axes: tuple[str, str] = ("x", "y"),
    words: Mapping[str, Text] = WORDS,
) -> dict[str, Any]:
    """Everything the component draws."""
    seen = view or whole
    return {
        "whole": list(whole),
        "view": list(seen),
        **heights(f, seen),
        "minima": [[float(x), float(y)] for x, y in minima],
        "steps": steps,
        "axes": list(axes),
        "runs": [
            {
                "id": one.id,
                "name": one.name,
                "role": one.look[0],
                "dash": one.look[1],
                "initial": one.look[2],
                "path": _pack(one.path, "<f4"),
                "value": _pack(one.value, "<f4"),
                "lost": one.lost,
            }
            for one in runs
        ],
        "words": {key: text.get(lang) for key, text in words.items()},
    }


def heights(
    f: Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64]], npt.NDArray[np.float64]], view: View
) -> dict[str, Any]:
    """f over the view, row by row from the bottom: h = TOP·ln(1 + (f − lo)/unit) / span as uint16."""
    x = np.linspace(view[0], view[1], GRID)
    y = np.linspace(view[2], view[3], GRID)
    z = f(*np.meshgrid(x, y))
    is_known = np.isfinite(z)
    if not is_known.any():
        return {
            "heights": _pack(np.full((GRID, GRID), HIDDEN), "<u2"),
            "grid": GRID,
            "lo": 0.0,
            "unit": 1.0,
            "span": 1.0,
        }
    lo = float(z[is_known].min())
    rise = np.where(is_known, z - lo, 0.0)
    # An eighth of the median: the floor of a valley gets lines of its own, and the slopes keep theirs.
    unit = max(float(np.median(rise[is_known])) / 8, 1e-300)
    span = max(float(np.log1p(rise.max() / unit)), 1e-12)
    h = np.where(is_known, np.round(TOP * np.log1p(rise / unit) / span), HIDDEN)
    return {"heights": _pack(h, "<u2"), "grid": GRID, "lo": lo, "unit": unit, "span": span}


def _pack(array: npt.ArrayLike, dtype: str) -> str:
    with np.errstate(over="ignore"):  # beyond float32 is infinite there, and drawn off the chart
        return b64encode(np.ascontiguousarray(np.asarray(array).astype(dtype)).tobytes()).decode("ascii")

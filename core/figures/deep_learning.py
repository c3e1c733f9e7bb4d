"""Pictures of classical models beside nets: the duel and the space as data for the browser, curves as a figure."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.data.corpus import TOPICS
from core.figures.board import Board, Link, Panel
from core.figures.plots import layout
from core.figures.theme import Theme, color
from core.foundations.deep_digits import REACH, SIDE, Floats, load_canvases, scored_rows
from core.foundations.deep_lab import Result, disputed, draw_ink, judge_everywhere
from core.foundations.deep_models import CLASSICAL, INPUTS, NAMES, NETS, given_to, wilson
from core.foundations.deep_sizes import Race, SizesTrace
from core.foundations.deep_space import SpaceTrace
from core.foundations.deep_text import NAMES as TEXT_NAMES
from core.foundations.deep_text import TITLES as TEXT_TITLES
from core.foundations.deep_text import TextTrace
from core.i18n import Lang, Text, same

ROLES = {"pixels": "X", "features": "K", "learned": "V"}
FAR = 4.0


def duel_data(results: Sequence[Result], image: Floats, picked: str, lang: Lang) -> dict[str, Any]:
    """The table of contestants and what each says of `image` (144,) wherever it is moved; those not ready are null."""
    ready = {result.name: result for result in results}
    say = judge_everywhere(tuple(results), image) if results else np.zeros((0, 25, 10))
    answers = dict(zip(ready, np.round(say * 99).astype(int), strict=True))
    return {
        "picked": picked,
        "ink": draw_ink(image),
        "reach": REACH,
        "side": SIDE,
        "groups": [{"name": name, "title": text.get(lang), "role": ROLES[name]} for name, text in INPUTS.items()],
        "rows": [
            {
                "name": name,
                "group": given_to(name),
                "title": {**CLASSICAL, **NETS}[name.partition(".")[0]].get(lang),
                **(_row(ready[name], answers[name]) if name in ready else {}),
            }
            for name in NAMES
        ],
    }


def _row(result: Result, answers: npt.NDArray[np.int_]) -> dict[str, Any]:
    return {
        "right": [round(float(v), 4) for v in result.right],
        "band": [round(v, 4) for v in wilson(result.accuracy, len(scored_rows()))],
        "seconds": float(f"{result.fitted.seconds:.2g}"),
        "kept": result.fitted.kept,
        "says": answers.ravel().tolist(),
    }


def thumbs(results: Sequence[Result]) -> list[list[Any]]:
    """[row, ink, digit] of the scored digits that the contestants dispute."""
    images, digits = load_canvases()
    rows = scored_rows()
    return [[row, draw_ink(images[rows[row]]), int(digits[rows[row]])] for row in disputed(tuple(results))]


def pack(values: npt.NDArray[Any], dtype: npt.DTypeLike) -> str:
    """Small integers as base64."""
    return base64.b64encode(np.ascontiguousarray(np.round(values), dtype=dtype).tobytes()).decode()


def space_data(trace: SpaceTrace, lang: Lang) -> dict[str, Any]:
    """Both planes, the course and the first layer's weights of every frame."""
    scale = np.maximum(np.abs(trace.filters).max((1, 2), keepdims=True), 1e-9)
    called = trace.p.argmax(2)
    return {
        "steps": trace.steps.tolist(),
        "y": trace.y.tolist(),
        "ink": [draw_ink(image) for image in trace.x],
        "before": pack(np.clip(trace.Z_before, -FAR, FAR) * 8000, np.int16),
        "after": pack(np.clip(trace.Z, -FAR, FAR) * 8000, np.int16),
        "called": pack(called, np.uint8),
        "sure": pack(trace.p.max(2) * 100, np.uint8),
        "filters": pack(trace.filters / scale * 127, np.int8),
        "filterCount": trace.filters.shape[1],
        "filterSide": 3 if trace.filters.shape[2] == 9 else SIDE,
        "side": SIDE,
        "right": np.round(trace.right, 4).tolist(),
        "seen": np.round(trace.seen, 4).tolist(),
        "apart": np.round(trace.apart, 4).tolist(),
        "apartBefore": round(trace.apart_before, 4),
        "held": np.round(trace.explained, 3).tolist(),
        "heldBefore": round(trace.explained_before, 3),
    }


SYMBOLS = {
    "knn": "circle",
    "logistic": "square",
    "svm": "triangle-up",
    "forest": "diamond",
    "bayes": "cross",
    "mlp": "x",
    "cnn": "star",
    "net": "star",
}


def sizes_figure(
    race: Race | SizesTrace, *, value: str, across: str, picked: str, theme: Theme, lang: Lang
) -> go.Figure:
    """Accuracy of every contestant, with a band for the picked one; cells that are not there yet are left out.

    value : "right" at rest, "aside" one pixel aside; across : "examples" or "seconds" of fitting
    """
    params = race.params
    figure = go.Figure(layout=layout(theme, hovermode="closest"))
    values = np.asarray(race.aside if value == "aside" else race.right)
    sizes = np.array(params.sizes, dtype=np.float32)
    for m, name in enumerate(params.names):
        kind, _, given = name.partition(".")
        group = "learned" if kind in ("mlp", "cnn", "net") else given or "features"
        is_there = np.isfinite(values[m]).any(1)
        if not is_there.any():
            continue
        found = values[m][is_there]
        x = sizes[is_there] if across == "examples" else np.nanmean(np.asarray(race.seconds)[m][is_there], 1)
        tone = color(ROLES[group], theme)
        if name == picked and found.shape[1] > 1:
            low, high = np.nanmin(found, 1), np.nanmax(found, 1)
            figure.add_scatter(
                x=np.concatenate([x, x[::-1]]).astype(np.float32),
                y=np.concatenate([high, low[::-1]]).astype(np.float32),
                fill="toself",
                mode="none",
                fillcolor=_faint(tone),
                hoverinfo="skip",
                showlegend=False,
            )
        title = params.title(name).get(lang)
        figure.add_scatter(
            x=x.astype(np.float32),
            y=np.nanmean(found, 1).astype(np.float32),
            mode="lines+markers",
            name=title,
            customdata=[name] * len(x),
            line={
                "color": tone,
                "width": 4 if name == picked else 1.6,
                "dash": "solid" if group == "learned" else "dot",
            },
            marker={"symbol": SYMBOLS[kind], "size": 11 if name == picked else 7, "color": tone},
            opacity=1.0 if name == picked or group == "learned" else 0.7,
            hovertemplate=f"{title}<br>%{{x:.3g}} → %{{y:.3f}}<extra></extra>",
        )
    titles = {
        "examples": Text("training examples", "примеров для обучения"),
        "seconds": Text("seconds of fitting, here", "секунд обучения, здесь"),
    }
    figure.update_xaxes(type="log", title=titles[across].get(lang))
    if across == "examples":
        ends = np.log10([sizes[0] / 1.15, sizes[-1] * 1.15])
        figure.update_xaxes(tickvals=sizes, ticktext=[str(size) for size in params.sizes], range=ends.tolist())
    lowest = np.nanmin(values) if np.isfinite(values).any() else 0.0
    # Down to a whole tenth, so that the axis does not move with every cell that comes.
    figure.update_yaxes(title=Text("share right", "доля верных").get(lang), range=[np.floor(lowest * 10) / 10, 1.01])
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": -0.2, "yanchor": "top"}, clickmode="event")
    return figure


def _faint(tone: str) -> str:
    return "rgba({},{},{},0.2)".format(*(int(tone[k : k + 2], 16) for k in (1, 3, 5)))


def text_board(trace: TextTrace, lang: Lang) -> Board:
    """What each says of the sentence, and how often each is right on the held-out ones."""
    titles = tuple(TEXT_TITLES[name].get(lang) for name in TEXT_NAMES)
    topics = tuple(text.get(lang) for text in TOPICS.values())
    p = Panel(
        "p",
        Text("p of the sentence's topic", "p темы предложения"),
        "probability",
        np.round(trace.p, 2),
        titles,
        topics,
        "probability",
        decimals=2,
        links=(Link("right", "i", "*"),),
    )
    right = Panel(
        "right",
        Text("right", "верно"),
        "validation",
        trace.right[:, None],
        titles,
        (same("n = {n}").format(n=trace.params.text_n).get(lang),),
        "probability",
        decimals=2,
        links=(Link("p", "i", "*"),),
    )
    return Board(
        rows=((p, right),),
        alt=Text(
            "Probabilities of {k} topics by {m} models, and the share of held-out sentences each gets right",
            "Вероятности тем ({k}) у моделей ({m}) и доля верных ответов каждой на отложенных предложениях",
        ).format(k=len(topics), m=len(titles)),
    )

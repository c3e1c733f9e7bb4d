"""The remedies' picture as data for the browser (assets/components/imbalance.js), and the figures of the other labs."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.figures.board import Arrow, Board, Link, Panel
from core.figures.plots import layout
from core.figures.theme import Theme, color
from core.foundations.imbalance import TITLES, ImbalanceTrace, Result
from core.foundations.imbalance_fit import logit, sigmoid
from core.foundations.imbalance_leak import TITLES as LEAK_TITLES
from core.foundations.imbalance_leak import WAYS, LeakTrace
from core.foundations.imbalance_text import REMEDIES, TextTrace
from core.foundations.imbalance_text import TITLES as TEXT_TITLES
from core.foundations.imbalance_text_explain import ACCURACY, MACRO
from core.i18n import Lang, Text, same

Floats = npt.NDArray[np.float64]

FACES = 7
MIXED = 4
BRIGHTEST = 15


def remedies_data(trace: ImbalanceTrace, picked: str, lang: Lang) -> dict[str, Any]:
    """Everything the component draws."""
    axes = find_plane(trace)
    Z = trace.sample.Z
    heights = _spread_out(len(Z)) if Z.shape[1] == 1 else Z @ axes[1]
    plane = np.column_stack([Z @ axes[0], heights])
    return {
        "picked": picked,
        "points": _round(plane, 2),
        "rare": trace.sample.y.astype(int).tolist(),
        "isFlat": Z.shape[1] <= 2,
        "grid": _round(trace.grid, 4),
        "majority": round(trace.majority, 6),
        "share": round(trace.sample.share, 4),
        "use": round(trace.use, 4),
        "remedies": [_remedy(trace, result, axes, lang) for result in trace.results],
        "pixels": _pixels(trace),
        "words": _words(trace, lang),
    }


def find_plane(trace: ImbalanceTrace) -> Floats:
    """Two orthonormal directions (2, k): along the plain model's weights, and the widest one across them.

    In this plane the plain model's boundary is exact; another one's is its cut through the mean of the training
    examples, and exact too when there are two components. A single component has no second direction: zeros.
    """
    w = trace.of("plain").fit.w
    length = float(np.linalg.norm(w))
    first = w / length if length > 1e-12 else np.eye(len(w))[0]
    if len(w) == 1:
        return np.stack([first, np.zeros(1)])
    Z = trace.sample.Z
    _, _, Vt = np.linalg.svd(Z - np.outer(Z @ first, first), full_matrices=False)
    second = Vt[0] - (Vt[0] @ first) * first
    return np.stack([first, second / np.linalg.norm(second)])


def _spread_out(n: int) -> Floats:
    return np.random.default_rng(0).uniform(-1, 1, n)


def boundary(result: Result, axes: Floats) -> tuple[float, float, float]:
    """(a, b, c) with a·x + b·y + c = 0 on the plane where the remedy's answer changes."""
    a, b = axes @ result.fit.w
    return float(a), float(b), result.fit.b - logit(result.recipe.threshold)


def importance(trace: ImbalanceTrace, result: Result) -> Floats:
    """What each training example counts: its count, for the focal loss (1 − p_t)^γ at the solution: (train,)."""
    if result.name != "focal":
        return result.recipe.counts
    p = sigmoid(result.fit.logits(trace.sample.Z))
    return np.asarray(np.where(trace.sample.y == 1, 1 - p, p) ** result.recipe.gamma)


def corners(result: Result) -> tuple[Floats, Floats]:
    """(2, point) ROC and (2, point) precision–recall without the points inside a run of false alarms alone."""
    sweep = result.curves.roc.sweep
    is_hit = np.diff(sweep.hits) > 0
    keep = np.append(True, is_hit) | np.append(is_hit, True)
    roc, pr = result.curves.roc, result.curves.precision_recall
    return np.stack([roc.fpr[keep], roc.tpr[keep]]), np.stack([pr.recall[keep], pr.precision[keep]])


def _remedy(trace: ImbalanceTrace, result: Result, axes: Floats, lang: Lang) -> dict[str, Any]:
    roc, pr = corners(result)
    counts = importance(trace, result)
    made = result.recipe.made
    heights = _spread_out(len(made)) if axes.shape[1] == 1 else made @ axes[1]
    return {
        "name": result.name,
        "title": TITLES[result.name].get(lang),
        "precision": _maybe(result.precision),
        "recall": _maybe(result.recall),
        "f1": _maybe(result.f1),
        "accuracy": round(result.accuracy, 6),
        "auc": round(result.auc, 6),
        "ap": round(result.average_precision, 6),
        "mean": _round(result.mean, 6),
        "roc": _round(roc, 4),
        "pr": _round(pr, 4),
        "bandRoc": _round(result.band_roc, 3),
        "bandPr": _round(result.band_pr, 3),
        "fpr": round(1 - float(result.recall[1]), 4),
        "bins": [
            [
                [round(float(v), 3) for v in (result.forecast[k, j], result.observed[k, j], result.weight[k, j])]
                for j in np.flatnonzero(result.weight[k])
            ]
            for k in (0, 1)
        ],
        "line": [round(v, 4) for v in boundary(result, axes)],
        "counts": None if np.all(counts == 1) else _round(counts, 3),
        "made": _round(np.column_stack([made @ axes[0], heights]), 2),
        **_people(trace, result),
    }


def _people(trace: ImbalanceTrace, result: Result) -> dict[str, Any]:
    """The worst misses and false alarms as [row, p], and for SMOTE the first mixes as [x, x', u]."""
    if trace.sample.table.pixels is None:
        return {"missed": [], "alarms": [], "mixes": []}
    p, y = sigmoid(result.z), trace.sample.y_test
    is_called = p >= result.recipe.threshold
    missed = np.flatnonzero((y == 1) & ~is_called)
    alarms = np.flatnonzero((y == 0) & is_called)
    rows, test = trace.sample.rows, trace.sample.table.test
    return {
        "missed": [[int(test[i]), round(float(p[i]), 3)] for i in missed[np.argsort(p[missed])][:FACES]],
        "alarms": [[int(test[i]), round(float(p[i]), 3)] for i in alarms[np.argsort(-p[alarms])][:FACES]],
        "nMissed": len(missed),
        "nAlarms": len(alarms),
        "mixes": [
            [int(rows[a]), int(rows[b]), round(float(u), 3)]
            for (a, b), u in zip(result.recipe.parents[:MIXED], result.recipe.mixes[:MIXED], strict=True)
        ],
    }


def _pixels(trace: ImbalanceTrace) -> dict[str, str]:
    """The images that any remedy shows, a hexadecimal digit a pixel."""
    table = trace.sample.table
    if table.pixels is None:
        return {}
    wanted: set[int] = set()
    for result in trace.results:
        people = _people(trace, result)
        wanted |= {row for row, _ in (*people["missed"], *people["alarms"])}
        wanted |= {row for a, b, _ in people["mixes"] for row in (a, b)}
    return {str(row): "".join(f"{min(int(v), BRIGHTEST):x}" for v in table.pixels[row]) for row in sorted(wanted)}


def _round(values: Floats, digits: int) -> Any:
    return np.round(np.asarray(values, dtype=np.float64), digits).tolist()


def _maybe(values: Floats) -> list[float | None]:
    return [None if np.isnan(v) else round(float(v), 6) for v in values]


def _words(trace: ImbalanceTrace, lang: Lang) -> dict[str, str]:
    rare, common = trace.sample.table.names
    said = {
        "rare": rare,
        "common": common,
        "always": Text("always the commoner", "всегда частый класс"),
        "precision": Text("precision", "точность"),
        "recall": Text("recall", "полнота"),
        "accuracy": Text("accuracy", "верных"),
        "mean": Text("mean p", "сред. p"),
        "plane": Text("What it trains on, and its boundary", "На чём учится и где граница"),
        "roc": same("ROC"),
        "pr": Text("Precision–recall", "Точность — полнота"),
        "fpr": Text("false positive rate", "доля ложных тревог"),
        "calibration": Text("Calibration", "Калибровка"),
        "forecast": Text("predicted", "обещано"),
        "observed": Text("came true", "сбылось"),
        "trained": Text("as trained", "как обучена"),
        "corrected": Text("prior-corrected", "с поправкой на долю"),
        "plain": Text("plain", "как есть"),
        "band": Text("95 % bootstrap band", "95 % полоса бутстрэпа"),
        "missed": Text("missed", "пропущены"),
        "alarms": Text("false alarms", "ложные тревоги"),
        "mixes": Text("invented between two", "придуманы между двумя"),
        "nobody": Text("nobody", "никого"),
        "made": Text("invented", "придуманный"),
        "cut": Text(
            "the plane runs along the plain model's weights; other boundaries are cuts through the mean",
            "плоскость идёт вдоль весов модели «как есть»; остальные границы — сечения через среднее",
        ),
        "whole": Text("the whole of what the model sees", "всё, что видит модель"),
        "hint": Text(
            "click a row or a point, every picture follows · ○ precision · ● recall · ◆ F₁; thin: the other class",
            "щёлкните строку или точку — картинки пойдут за ней · ○ точность · ● полнота · ◆ F₁; тонко — другой класс",
        ),
    }
    return {key: text.get(lang) for key, text in said.items()}


# ---------------------------------------------------------------------------------------------------------------------
# The leak


def leak_figure(trace: LeakTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """F₁ of every repeat under the three ways of validating and in use; the mean over each."""
    figure = go.Figure(layout=layout(theme, showlegend=False))
    places = np.arange(len(WAYS), dtype=np.float32)
    for row in trace.scores:
        figure.add_scatter(
            x=places,
            y=row.astype(np.float32),
            mode="lines",
            line={"color": color("masked", theme), "width": 1},
            hoverinfo="skip",
        )
    roles = {"honest": "validation", "balanced": "X", "leaky": "bad", "use": "train"}
    shapes = {"honest": "circle", "balanced": "square", "leaky": "x", "use": "diamond"}
    for k, way in enumerate(WAYS):
        tone = color(roles[way], theme)
        scores = trace.scores[:, k].astype(np.float32)
        figure.add_scatter(
            x=np.full(len(scores), k, dtype=np.float32),
            y=scores,
            mode="markers",
            marker={"color": tone, "symbol": shapes[way], "size": 8, "opacity": 0.65},
            hovertemplate="F₁ %{y:.3f}<extra></extra>",
        )
        mean = float(scores.mean())
        figure.add_scatter(
            x=[k - 0.25, k + 0.25],
            y=[mean, mean],
            mode="lines+text",
            line={"color": tone, "width": 4},
            text=["", f"{mean:.3f}"],
            textposition="middle right",
            hoverinfo="skip",
        )
    figure.update_xaxes(
        tickvals=places, ticktext=[LEAK_TITLES[way].get(lang).replace(", ", ",<br>") for way in WAYS], range=[-0.5, 3.6]
    )
    figure.update_yaxes(title="F₁", range=[0, 1.04])
    return figure


def neighbours_figure(trace: LeakTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Rare validation images over their nearest training images, the distance under each pair."""
    shown = trace.shown
    n = len(shown.images)
    canvas = np.full((17, 9 * n - 1), np.nan, dtype=np.float32)
    for k in range(n):
        canvas[:8, 9 * k : 9 * k + 8] = shown.images[k].reshape(8, 8)
        canvas[9:, 9 * k : 9 * k + 8] = shown.nearest[k].reshape(8, 8)
    figure = go.Figure(layout=layout(theme))
    figure.add_heatmap(
        z=canvas,
        colorscale=[(0.0, color("paper", theme)), (1.0, color("ink", theme))],
        zmin=0,
        zmax=1,
        showscale=False,
        hoverinfo="skip",
    )
    figure.update_xaxes(
        tickvals=np.arange(n, dtype=np.float32) * 9 + 3.5,
        ticktext=[f"{d:.2f}" for d in shown.distances],
        showgrid=False,
        zeroline=False,
        title=Text("distance", "расстояние").get(lang),
    )
    figure.update_yaxes(
        tickvals=[3.5, 12.5],
        ticktext=[
            Text("validation", "проверка").get(lang),
            Text("nearest<br>in training", "ближайший<br>в обучении").get(lang),
        ],
        autorange="reversed",
        scaleanchor="x",
        showgrid=False,
        zeroline=False,
    )
    return figure


# ---------------------------------------------------------------------------------------------------------------------
# Several classes


def text_board(trace: TextTrace, remedy: int, lang: Lang) -> Board:
    """F₁ of every remedy and class, the matrix of the picked remedy, and the visitor's sentence under all of them."""
    names = trace.sentences.names
    titles = tuple(TEXT_TITLES[name].get(lang) for name in REMEDIES)
    whole = np.column_stack([trace.f1, trace.macro, trace.accuracy])
    F = Panel(
        "F",
        Text("F₁ of each class", "F₁ каждого класса"),
        "probability",
        whole,
        titles,
        (*names, MACRO.get(lang), ACCURACY.get(lang)),
        "probability",
    )
    probe = Panel(
        "probe",
        Text("p of your sentence", "p вашего предложения"),
        "probability",
        trace.probe,
        titles,
        names,
        "probability",
    )
    C = Panel(
        "C",
        Text("is ↓, called →", "на деле ↓, ответ →"),
        "X",
        trace.C[remedy],
        names,
        names,
    )

    def column(name: str, values: Floats, link: Link) -> Panel:
        return Panel(name, same(name), "probability", values[:, None], names, (" ",), "probability", links=(link,))

    return Board(
        rows=(
            (F, probe),
            (
                Arrow(TEXT_TITLES[REMEDIES[remedy]]),
                C,
                column("P", trace.precision[remedy], Link("C", "*", "i")),
                column("R", trace.recall[remedy], Link("C", "i", "*")),
            ),
        ),
        alt=Text(
            "F₁ of {k} classes of sentences under {n} remedies, and one confusion matrix",
            "F₁ классов предложений ({k}) при разных средствах ({n}) и одна матрица ошибок",
        ).format(k=len(names), n=len(REMEDIES)),
    )

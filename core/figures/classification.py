"""The threshold's picture as data for the browser (assets/components/threshold.js), and the board of averages.

What moves with the threshold is read off the trace's own sweep there: hits and alarms at every point. Only the
quotients of four counts are formed in the browser, so that a drag needs no server.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import numpy as np
import numpy.typing as npt

from core.figures.board import Arrow, Board, Link, Panel, Scale
from core.i18n import Lang, Text, same
from core.metrics.classification_averages import AVERAGE_NAMES, AVERAGES, AveragesTrace
from core.metrics.classification_lab import CELLS, CellName, Curves, ThresholdLab
from core.metrics.digits import load_digits
from core.metrics.explain_classification import NAMES

BINS = 46
EDGE = 6.9  # log-odds of 0.999: what is more certain is drawn at the edge


def threshold_data(trace: ThresholdLab, cell: CellName, lang: Lang) -> dict[str, Any]:
    """Everything the component draws; arrays as base64, little-endian."""
    curves = trace.curves
    is_logit = curves.calibration is not None
    edges = histogram_edges(is_logit)
    heights = [histogram(curves.positions[curves.is_positive == kind], edges) for kind in (True, False)]
    (w_negative, w_positive) = (float(curves.sweep.weights[curves.is_positive == kind][0]) for kind in (False, True))
    return {
        "marks": _pack(curves.marks, "<f8"),
        "hits": _pack(curves.sweep.hits, "<u2"),
        "alarms": _pack(curves.sweep.alarms, "<u2"),
        "positives": curves.sweep.n_positive,
        "negatives": curves.sweep.n_negative,
        "weights": [w_negative, w_positive],
        "prevalence": curves.prevalence,
        "beta": trace.params.beta,
        "best": trace.best,
        "threshold": trace.params.threshold,
        "range": [curves.lo, curves.hi],
        "logit": is_logit,
        "edge": EDGE,
        "edges": [round(float(v), 4) for v in edges],
        "bars": [[round(float(v), 5) for v in side] for side in heights],
        "examples": {
            "at": _pack(curves.positions, "<f8"),
            "positive": _pack(curves.is_positive, "u1"),
            **_images(curves),
        },
        "calibration": _calibration(curves),
        "areas": {
            "ROC AUC": f"{curves.auc.value:.3f}",
            "AP": f"{curves.average_precision.value:.3f}",
            "ECE": f"{curves.calibration.value:.3f}" if curves.calibration else "",
            "Brier": f"{curves.brier.value:.3f}" if curves.brier else "",
        },
        "cell": cell,
        "cells": {name: NAMES[name].get(lang) for name in CELLS},
        "words": _words(trace, lang),
    }


def histogram_edges(is_logit: bool) -> npt.NDArray[np.float64]:
    """Borders of the bars on the axis that is drawn: log-odds from −`EDGE` to `EDGE`, or positions 0…1."""
    return np.linspace(-EDGE, EDGE, BINS + 1) if is_logit else np.linspace(0.0, 1.0, BINS + 1)


def histogram(positions: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The share of a class in each bar: (bar,), sum 1; what lies beyond the axis stands in the outermost bars."""
    drawn = positions
    if edges[0] < 0:
        kept = np.clip(positions, 1e-12, 1 - 1e-12)
        drawn = np.log(kept / (1 - kept))
    counts, _ = np.histogram(np.clip(drawn, edges[0], edges[-1]), edges)
    return np.asarray(counts / len(positions))


def _pack(values: npt.ArrayLike, dtype: str) -> str:
    return b64encode(np.ascontiguousarray(values, dtype=dtype).tobytes()).decode("ascii")


def _images(curves: Curves) -> dict[str, Any]:
    """The scored images, two pixels a byte (brightness 0…15), and what they truly are."""
    if curves.classifier is None:
        return {}
    data = load_digits()
    pixels = np.minimum(data.pixels[curves.classifier.images], 15)
    return {
        "pixels": _pack(pixels[:, ::2] << 4 | pixels[:, 1::2], "u1"),
        "digits": _pack(data.digits[curves.classifier.images], "u1"),
    }


def _calibration(curves: Curves) -> list[dict[str, float]] | None:
    if curves.calibration is None:
        return None
    diagram = curves.calibration.reliability
    return [
        {
            "forecast": round(float(diagram.forecast[k]), 4),
            "observed": round(float(diagram.observed[k]), 4),
            "count": int(diagram.counts[k]),
        }
        for k in np.flatnonzero(diagram.counts)
    ]


def _words(trace: ThresholdLab, lang: Lang) -> dict[str, str]:
    is_digits = trace.curves.classifier is not None
    yes = Text("“{d}”", "«{d}»").format(d=trace.positive)
    no = Text("not “{d}”", "не «{d}»") if is_digits else Text("“0”", "«0»")
    said = {
        "yes": yes,
        "no": no.format(d=trace.positive),
        "truth": Text("is", "на деле"),
        "called": Text("called", "ответ"),
        "axis": Text("probability of {yes}", "вероятность {yes}")
        if trace.curves.calibration
        else Text("score", "оценка"),
        "share": Text("share of its class", "доля в своём классе"),
        "precision": Text("precision", "точность"),
        "recall": Text("recall", "полнота"),
        "accuracy": Text("accuracy", "доля верных"),
        "right": Text("accuracy", "верных"),
        "fpr": Text("false positive rate", "доля ложных тревог"),
        "tpr": Text("recall (TPR)", "полнота (TPR)"),
        "calibration": Text("Calibration", "Калибровка"),
        "forecast": Text("predicted", "обещано"),
        "observed": Text("came true", "сбылось"),
        "uncalibrated": Text(
            "These scores are not probabilities, so there is nothing to calibrate.",
            "Эти оценки — не вероятности, калибровать нечего.",
        ),
        "best": Text("best", "лучший"),
        "threshold": Text("threshold", "порог"),
        "of": Text("of", "из"),
        "row": Text("row", "строка"),
        "nobody": Text("Nobody is here.", "Здесь никого."),
        "nearest": Text("nearest to the threshold first", "сначала ближайшие к порогу"),
        "hint": Text(
            "drag the line · click a cell to see who is in it · click a curve to move the threshold there",
            "тяните линию · щёлкните клетку — увидите, кто в ней · щёлкните кривую — порог встанет туда",
        ),
    }
    return {key: text.format(yes=yes).get(lang) for key, text in said.items()}


def averages_board(trace: AveragesTrace, lang: Lang) -> Board:
    """The matrix, precision, recall and F of each class, and the averages: what is made of what."""
    names, blank = trace.names, (" ",)
    beta = f"{trace.params.beta:g}".translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))

    def column(name: str, title: str, values: npt.NDArray[Any], links: tuple[Link, ...], step: int = 1) -> Panel:
        rows = names if step == 1 else tuple(AVERAGE_NAMES[average].get(lang) for average in AVERAGES)
        scale: Scale = "role" if name == "support" else "probability"
        return Panel(name, same(title), "probability", values[:, None], rows, blank, scale, step=step, links=links)

    each = Arrow(Text("precision, recall, F of each class", "точность, полнота и F каждого класса"), 1)
    matrix = Panel("C", Text("C: is ↓, called →", "C: на деле ↓, ответ →"), "X", trace.C, names, names, editable=True)
    classes = (
        column("P", "P", trace.P, (Link("C", "*", "i"),)),
        column("R", "R", trace.R, (Link("C", "i", "*"),)),
        column("F", f"F{beta}", trace.F, (Link("P", "i", "*"), Link("R", "i", "*"))),
        column("support", "n", trace.support, (Link("C", "i", "*"),)),
    )
    means = tuple(
        column(f"avg{letter}", title, trace.averages[:, k], (Link(letter, "*", "*"),), 2)
        for k, (letter, title) in enumerate((("P", "P"), ("R", "R"), ("F", f"F{beta}")))
    )
    return Board(
        rows=(
            (matrix, each, *classes),
            (Arrow(Text("averaged over the classes", "среднее по классам"), 2), *means),
        ),
        steps=(
            Text("counts", "количества"),
            Text("every class by itself", "каждый класс сам по себе"),
            Text("averages", "средние"),
        ),
        alt=Text(
            "A confusion matrix of {n} examples, precision, recall and F of its classes, and their averages",
            "Матрица ошибок на {n} примерах, точность, полнота и F её классов и их средние",
        ).format(n=trace.n),
    )

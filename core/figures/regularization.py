"""What the pictures of the regularization room are drawn from: plain numbers for the browser."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt

from core.foundations.regular_batchnorm import SHOWN, BatchTrace
from core.foundations.regular_dropout import DropoutTrace
from core.foundations.regular_paths import FEATURES, NAMES, PathTrace
from core.foundations.regular_text import TRIED, AugmentTrace
from core.foundations.regular_training import METHODS, VIEW, TrainTrace
from core.i18n import Lang

BINS = 31
SPAN = 2.5
LOSS_TOP = 1.2


def _round(values: npt.ArrayLike, digits: int = 4) -> Any:
    return np.round(np.asarray(values, dtype=np.float64), digits).tolist()


def _pack(values: npt.NDArray[np.uint8]) -> str:
    return base64.b64encode(np.ascontiguousarray(values).tobytes()).decode("ascii")


def paths_data(trace: PathTrace, feature: int, lang: Lang) -> dict[str, Any]:
    """Coefficients as β·spread (what a feature changes when it moves by its own spread), the plane, the error."""
    two = list(trace.picked)
    G = trace.G[np.ix_(two, two)]
    return {
        "lg": _round(np.log10(trace.lambdas), 3),
        "beta": _round((trace.beta * trace.spread).T, 5),
        "titles": [FEATURES[name].get(lang) for name in NAMES],
        "error": _round(trace.error),
        "doubt": _round(trace.doubt),
        "here": trace.here,
        "best": trace.best,
        "cautious": trace.cautious,
        # In the plane everything is in the features' own scale times their spread, too.
        "plane": _round(trace.plane * trace.spread[two], 5) if two[0] != two[1] else [],
        "free": _round(trace.free * trace.spread[two], 5),
        "G": _round(G / np.outer(trace.spread[two], trace.spread[two]), 6),
        "spread": _round(trace.spread[two], 6),
        "two": two,
        "rho": trace.params.rho,
        "picked": feature,
    }


def masks_data(trace: DropoutTrace) -> dict[str, Any]:
    """The terms w·h of one unit, who stays in each pass, what comes out; and the deep net."""
    return {
        "terms": _round(trace.w * trace.h),
        "masks": _pack(trace.masks),
        "passes": len(trace.masks),
        "outputs": _round(trace.outputs),
        "mean": round(trace.mean, 5),
        "sigma": round(float(np.sqrt(trace.variance)), 5),
        "test": round(trace.test, 5),
        "training": [float(f"{v:.4g}") for v in trace.in_training],
        "testing": [float(f"{v:.4g}") for v in trace.at_test],
    }


def batch_data(trace: BatchTrace, feature: int, lang: Lang) -> dict[str, Any]:
    """The rows of each batch before and after, by both statistics. Of large batches the first 32 rows are drawn."""
    shown = trace.rows[:, :32]
    size = shown.shape[1]
    return {
        "titles": [FEATURES[name].get(lang) for name in SHOWN],
        "x": _round(trace.x[shown], 3),
        "all": [_round(np.percentile(trace.x[:, j], [0.5, 25, 50, 75, 99.5]), 2) for j in range(len(SHOWN))],
        "mean": _round(trace.mean, 3),
        "running": _round(trace.running_mean, 3),
        "deviation": _round(np.sqrt(trace.running_variance), 3),
        "trained": _round(trace.trained[:, :size], 3),
        "evaluated": _round(trace.evaluated[:, :size], 3),
        "gamma": trace.params.gamma,
        "beta": trace.params.beta,
        "picked": feature,
    }


def histograms(trace: TrainTrace, name: str) -> npt.NDArray[np.float64]:
    """Shares of the weights in `BINS` bins from −SPAN to SPAN, the outermost open: (F, BINS)."""
    edges = np.linspace(-SPAN, SPAN, BINS + 1)
    edges[0], edges[-1] = -np.inf, np.inf
    counts = [np.histogram(trace.runs[name].weights(k), edges)[0] for k in range(len(trace.steps))]
    return np.asarray(np.array(counts) / max(1, int(counts[0].sum())), dtype=np.float64)


def training_data(trace: TrainTrace, picked: str, lang: Lang) -> dict[str, Any]:
    """Six runs on one clock: maps as bytes, losses, weights."""
    tiles = []
    for name, one in trace.runs.items():
        maps = one.recording.map[one.frames][..., 0].astype(np.float64)
        losses = [one.curve(v) for v in (one.recording.train_loss, one.recording.valid_loss)]
        stopped = one.recording.stopped
        tiles.append(
            {
                "name": name,
                "title": METHODS[name].get(lang),
                "map": _pack(np.round(np.nan_to_num(maps, nan=0.5) * 255).astype(np.uint8)),
                "training": _round(np.nan_to_num(losses[0], nan=9.0, posinf=9.0), 3),
                "validation": _round(np.nan_to_num(losses[1], nan=9.0, posinf=9.0), 3),
                "weights": _round(histograms(trace, name), 3),
                "loss": round(one.loss, 3) if np.isfinite(one.loss) else None,
                "accuracy": round(one.accuracy, 3) if np.isfinite(one.accuracy) else None,
                "stopped": int(np.searchsorted(trace.steps, stopped)) if stopped >= 0 else -1,
            }
        )
    return {
        "tiles": tiles,
        "steps": trace.steps.tolist(),
        "points": _round(trace.x, 3),
        "classes": trace.y.astype(int).tolist(),
        "view": list(VIEW),
        "grid": int(trace.runs["none"].recording.map.shape[1]),
        "span": SPAN,
        "top": LOSS_TOP,
        "best": trace.best,
        "picked": picked,
    }


def words_data(trace: AugmentTrace, lang: Lang) -> dict[str, Any]:
    """The versions word by word with what happened to each, and the classifier by ways."""
    return {
        "original": [t.before + t.word + t.after for t in trace.tokens],
        "versions": [
            {
                "tokens": [
                    {"text": t.before + t.word + t.after, "change": t.change, "was": t.was} for t in version.tokens
                ],
                "lost": list(version.lost),
                "moved": version.moved,
            }
            for version in trace.versions
        ],
        "ways": [
            {
                "name": name,
                "title": title.get(lang),
                "mean": round(float(trace.accuracy[k].mean()), 4),
                "draws": _round(trace.accuracy[k]),
                "examples": int(trace.examples[k]),
                "vocabulary": int(trace.vocabulary[k]),
            }
            for k, (name, title) in enumerate(TRIED.items())
        ],
        "way": trace.params.way,
    }

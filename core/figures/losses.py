"""The pictures of losses as data for the browser (assets/components/losses.js, triplet.js, outlier.js), and the board
of tokens.

The browser only looks numbers up: every point that a drag can reach was computed here.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.figures.board import Arrow, Board, Link, Panel
from core.figures.plots import Curve, curves
from core.figures.theme import Theme
from core.foundations.loss_outlier import FITS, INLIERS, TITLES, OutlierTrace
from core.foundations.loss_pairs import POINTS, PairsTrace
from core.foundations.loss_tokens import MAX_PADDING, NORMS, MaskedTrace
from core.foundations.losses_lab import BOUND, STEP, PredictionTrace
from core.i18n import Lang, Text, same
from core.params import write_bound

TONES = {
    "cross_entropy": ("Q", ""),
    "nll": ("validation", "3 5"),
    "focal": ("K", "7 3"),
    "smoothing": ("V", "10 3 2 3"),
    "hinge": ("gradient", ""),
    "brier": ("X", "4 3"),
    "double": ("bad", "2 3"),
    "mse": ("K", ""),
    "mae": ("Q", "7 3"),
    "huber": ("V", ""),
    "smooth_l1": ("validation", "3 5"),
    "log_cosh": ("gradient", "10 3 2 3"),
}
HIGHEST = {"classification": (7.0, 1.4), "regression": (10.0, 5.0)}


def pack(values: npt.ArrayLike) -> str:
    """Little-endian float32 as base64."""
    return b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")


def curves_data(trace: PredictionTrace, picked: str, lang: Lang) -> dict[str, Any]:
    """Every loss and its gradient over the prediction, and where the prediction stands."""
    is_number = trace.params.task == "regression"
    top, steepest = HIGHEST[trace.params.task]
    said = {
        "x": Text("prediction ŷ", "предсказание ŷ") if is_number else Text("logit z", "логит z"),
        "loss": Text("loss", "потеря"),
        "value": Text("loss L", "потеря L"),
        "slope": same("∂L/∂ŷ") if is_number else same("∂L/∂z"),
        "gradient": Text("gradient {of}", "градиент {of}").format(of=same("∂L/∂ŷ") if is_number else same("∂L/∂z")),
        "truth": Text("truth: {y}", "истина: {y}").format(y=write_bound(trace.params.y)),
        "hint": Text(
            "drag the point · click a loss to see its arithmetic",
            "тяните точку · щёлкните потерю — увидите расчёт",
        ),
    }
    return {
        "curves": [
            {
                "name": name,
                "title": loss.title.get(lang),
                "tone": TONES[name][0],
                "dash": TONES[name][1],
                "values": pack(trace.values[k]),
                "slopes": pack(trace.slopes[k]),
            }
            for k, (name, loss) in enumerate(trace.losses.items())
        ],
        "bound": BOUND,
        "step": STEP,
        "here": trace.here,
        "truth": trace.params.y if is_number else None,
        "top": top,
        "steepest": steepest,
        "picked": picked,
        "words": {key: text.get(lang) for key, text in said.items()},
    }


def tokens_board(trace: MaskedTrace) -> Board:
    """Token by token: probability and mask, the loss, what of it counts, and the three ways to take the mean."""
    rows = tuple(f"{t + 1}·{token[:12]}" for t, token in enumerate(trace.tokens))
    blank = (" ",)
    counted = tuple(int(t) for t in np.flatnonzero(trace.m))

    def column(name: str, title: Text, role: str, values: npt.NDArray[Any], step: int, *links: str) -> Panel:
        return Panel(
            name,
            title,
            role,  # type: ignore[arg-type]
            values[:, None],
            rows,
            blank,
            "probability" if name in ("p", "m") else "signed" if name == "gradient" else "role",
            step=step,
            editable=name in ("p", "m"),
            links=tuple(Link(link, "i", "*") for link in links),
        )

    p = column("p", same("p"), "probability", trace.p, 0)
    m = column("m", Text("mask", "маска"), "masked", trace.m, 0)
    means = Panel(
        "means",
        same("L"),
        "K",
        trace.means[:, None],
        ("Σmℓ / Σm", "Σmℓ / T", "Σℓ / T"),
        blank,
        step=3,
        decimals=4,
        links=(Link("kept", counted or "*", "*"), Link("m", "*", "*")),
    )
    return Board(
        rows=(
            (
                p,
                m,
                Arrow(same("−ln p"), 1),
                column("loss", same("ℓ"), "X", trace.loss, 1, "p"),
                Arrow(same("· m"), 2),
                column("kept", same("m·ℓ"), "X", trace.kept, 2, "loss", "m"),
                Arrow(Text("mean", "среднее"), 3),
                means,
                column("gradient", same("∂L/∂z"), "gradient", trace.gradient, 3, "p", "m"),
            ),
        ),
        steps=(
            Text("what the model says", "что говорит модель"),
            Text("loss of every token", "потеря каждого токена"),
            Text("the mask", "маска"),
            Text("mean and gradient", "среднее и градиент"),
        ),
        alt=Text(
            "Cross-entropy of {n} tokens: probability, mask, loss and three means",
            "Кросс-энтропия {n} токенов: вероятность, маска, потеря и три средних",
        ).format(n=len(rows)),
    )


NORM_NAMES = {
    "mask": Text("Σmℓ / Σm, right", "Σmℓ / Σm, верно"),
    "length": Text("Σmℓ / T, the padding bug", "Σmℓ / T, ошибка паддинга"),
    "all": Text("Σℓ / T, no mask", "Σℓ / T, без маски"),
}


def padding_curves(trace: MaskedTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """The three means of the same sentence against the tokens of padding behind it."""
    looks = {"mask": ("V", "solid", "circle"), "length": ("K", "dash", "square"), "all": ("X", "dot", "diamond")}
    figure = curves(
        np.arange(MAX_PADDING + 1),
        [Curve(NORM_NAMES[norm].get(lang), trace.sweep[k], *looks[norm]) for k, norm in enumerate(NORMS)],
        theme=theme,
        x_title=Text("tokens of padding", "токенов паддинга").get(lang),
        y_title=Text("loss of the sentence", "потеря предложения").get(lang),
        here=float(trace.params.padding),
    )
    figure.update_yaxes(rangemode="tozero")
    return figure


def pairs_data(trace: PairsTrace, lang: Lang) -> dict[str, Any]:
    """The walk of the three points, with the forces on them, and the circle that the negative must leave."""
    m, d_p = trace.params.margin, trace.d_p
    goal = {
        "triplet": d_p + m,
        "squared": np.sqrt(d_p**2 + m),
        "contrastive": np.full_like(d_p, m),
    }[trace.params.kind]
    said = {
        "a": Text("anchor", "якорь"),
        "p": Text("positive", "позитив"),
        "n": Text("negative", "негатив"),
        "goal": Text("the negative has to get out of the dashed circle", "негатив должен выйти за пунктирный круг"),
        "loss": Text("loss", "потеря"),
        "step": Text("step", "шаг"),
        "hint": Text(
            "drag the points · play: gradient descent moves all three",
            "тяните точки · пуск: градиентный спуск двигает все три",
        ),
    }
    return {
        "path": pack(trace.path),
        "gradients": pack(trace.gradients),
        "losses": pack(trace.losses),
        "goal": pack(goal),
        "points": list(POINTS),
        "steps": len(trace.losses),
        "words": {key: text.get(lang) for key, text in said.items()},
    }


def outlier_data(trace: OutlierTrace, picked: str, lang: Lang) -> dict[str, Any]:
    """The points, and the three lines for every height of the outlier."""
    said = {
        "slope": Text("slope", "наклон"),
        "clean": Text("without it", "без него"),
        "fit": Text("loss", "потеря"),
        "outlier": Text("outlier", "выброс"),
        "height": Text("outlier, y", "выброс, y"),
        "hint": Text(
            "drag the outlier up and down · click a loss to see its arithmetic",
            "тяните выброс вверх и вниз · щёлкните потерю — увидите расчёт",
        ),
    }
    return {
        "x": [round(float(v), 4) for v in trace.x],
        "y": [round(float(v), 4) for v in trace.y[:INLIERS]],
        "places": [float(v) for v in trace.places],
        "here": trace.here,
        "fits": [
            {
                "name": fit,
                "title": TITLES[fit].get(lang),
                "tone": TONES[fit][0],
                "dash": TONES[fit][1],
                "lines": pack(trace.lines[k]),
                "clean": round(float(trace.clean[k, 0]), 4),
            }
            for k, fit in enumerate(FITS)
        ],
        "picked": picked,
        "words": {key: text.get(lang) for key, text in said.items()},
    }

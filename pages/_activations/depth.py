"""Twenty layers of one function: the signal on its way in, the gradient on its way back."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula, write_number
from core.figures.activations import depth_data
from core.foundations.activation_depth import DepthParams, DepthTrace, explain, reference, run, tables
from core.i18n import Text
from pages._shared import kit
from pages._shared.components import mount

WORDS = {
    "signal": Text("signal", "сигнал"),
    "gradient": Text("gradient", "градиент"),
    "signalAxis": Text("signal a: shares of its values, −3…3", "сигнал a: доли значений, −3…3"),
    "gradientAxis": Text("gradient |δ|, from right to left", "градиент |δ|, справа налево"),
    "sizesAxis": Text("━ spread of a · ┅ size of δ", "━ разброс a · ┅ размер δ"),
    "layer": Text("layer", "слой"),
    "mean": Text("mean of a", "среднее a"),
    "std": Text("spread of a", "разброс a"),
    "size": Text("size of δ", "размер δ"),
    "saturated": Text("|f′| < 0.05:", "|f′| < 0,05:"),
}
ALT = Text(
    "Histograms of {n} layers: the signal forwards, the gradient backwards, and the size of both",
    "Гистограммы слоёв ({n}): сигнал вперёд, градиент назад, и размер того и другого",
)
LOST = Text(
    "{what}: of the signal {s} is left after the last layer, of the gradient {g} at the first.",
    "{what}: от сигнала после последнего слоя осталось {s}, от градиента у первого — {g}.",
)
VANISHED = Text("Vanished", "Затухание")
EXPLODED = Text("Exploded", "Взрыв")
FADED, BURST = 1e-4, 1e4


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the columns of layers, the law of the picked one."""
    with controls:
        params = kit.controls(page.slug, DepthParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        kit.compared(page, params, lambda shown, name: _draw(page, shown, name))
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, _picked(page, params), page.lang)
    page.arithmetic(formulas)


def _picked(page: kit.Page, params: DepthParams) -> int:
    return kit.index(page.remember("layer"), params.depth + 1, min(10, params.depth))


def _draw(page: kit.Page, params: DepthParams, name: str) -> None:
    trace = kit.cached(run, params)
    _say_lost(page, trace)
    key = f"layers_{name}"

    def on_pick() -> None:
        value = kit.event(page, key, "pick")
        if isinstance(value, int) and 0 <= value <= params.depth:
            page.remember("layer").set(str(value))

    mount(
        "layers",
        page.key(key),
        {
            **depth_data(trace),
            "picked": _picked(page, params),
            "words": kit.said(page, WORDS),
            "alt": page.say(ALT.format(n=params.depth)),
            "key": page.key(key),
            "fixed": name != "now",
        },
        on_pick_change=on_pick,
    )


def _say_lost(page: kit.Page, trace: DepthTrace) -> None:
    """A sentence when the signal or the gradient is gone or beyond bounds."""
    sizes = (trace.last_signal, trace.first_gradient)
    what = VANISHED if min(sizes) < FADED else EXPLODED if max(sizes) > BURST else None
    if what:
        kit.refuse(LOST.format(what=what, s=write_number(sizes[0], 2), g=write_number(sizes[1], 2)), page.lang)

"""A net on few points: its map and its two losses while it trains."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.overfitting import net_data
from core.foundations.overfit_explain import explain_net
from core.foundations.overfit_net import NetParams, NetTrace, reference, run, tables
from core.i18n import Text
from pages._overfitting import tasks
from pages._shared import kit
from pages._shared.components import mount

WORDS = {
    "at": Text("step", "шаг"),
    "gap": Text("gap", "разрыв"),
    "map": Text(
        "p of class ● against ■; small hollow ones are validation",
        "p класса ● против ■; мелкие пустые — валидация",
    ),
    "losses": Text("loss: training ━, validation ┅", "потери: обучение ━, валидация ┅"),
    "best": Text("best", "лучший"),
    "used": Text("used", "берём этот"),
    "point": Text("point", "точка"),
}
ALT = Text(
    "The plane with the net's probability and the points, and both losses against the step",
    "Плоскость с вероятностью сети и точками и обе потери по шагам",
)
LOST = Text(
    "The loss is no number any more from step {t}: try a smaller α.",
    "С шага {t} потери уже не число: попробуйте α поменьше.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the run that plays, the arithmetic of the picked step and point."""
    with controls:
        params = kit.controls(page.slug, NetParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        trace: NetTrace = kit.cached(run, params, large=True)
        tasks.banner(page, params, (trace.train_used, trace.valid_used))
        if trace.recording.is_lost:
            kit.refuse(LOST.format(t=trace.recording.lost), page.lang)
        chosen: dict[str, tuple[int, int]] = {}

        def draw(shown: NetParams, name: str) -> None:
            chosen[name] = _draw(page, kit.cached(run, shown, large=True), name)

        kit.compared(page, params, draw)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain_net(trace, *chosen["now"], page.lang)
    page.arithmetic(formulas)


def _draw(page: kit.Page, trace: NetTrace, name: str) -> tuple[int, int]:
    """Mount the run; returns the frame and the point that are picked."""
    key, last = f"net_{name}", len(trace.recording.steps) - 1
    frame, point = page.remember("frame"), page.remember("dot")

    def on_step() -> None:
        value = kit.event(page, key, "step")
        if name == "now" and isinstance(value, int) and 0 <= value <= last:
            frame.set("" if value == last else str(value))

    def on_pick() -> None:
        value = kit.event(page, key, "pick")
        if isinstance(value, int) and 0 <= value < trace.params.net_n:
            point.set(str(value) if value else "")

    step, picked = kit.index(frame, last + 1, last), kit.index(point, trace.params.net_n, 0)
    mount(
        "overfit_net",
        page.key(key),
        {
            **net_data(trace, page.lang),
            "step": step,
            "picked": picked,
            "words": kit.said(page, WORDS),
            "alt": page.say(ALT),
            "key": page.key(key),
            "fixed": name != "now",
        },
        on_step_change=on_step,
        on_pick_change=on_pick,
    )
    return step, picked

"""Three points that are dragged, and a loss of distances that pulls at them."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.errors import Refusal
from core.figures.losses import pairs_data
from core.foundations.loss_pairs import PairsParams, PairsTrace, explain, reference, run, tables
from core.i18n import Text
from core.params import encode
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import session

ALT = Text(
    "Anchor, positive and negative on a plane, with the forces of the loss",
    "Якорь, позитив и негатив на плоскости и силы, с которыми их тянет потеря",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the plane, the arithmetic of where the points stand."""
    with controls:
        params = kit.controls(page.slug, PairsParams, page.lang)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        kit.compared(page, params, lambda shown, name: _draw(page, shown, name))
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, page.lang)
    page.arithmetic(formulas)


def _draw(page: kit.Page, params: PairsParams, name: str) -> None:
    trace: PairsTrace = kit.cached(run, params)
    key = page.key(f"plane_{name}")

    def on_points() -> None:
        moved = (session().get(key) or {}).get("points")
        try:
            points = tuple(tuple(float(v) for v in row) for row in moved)
            PairsParams.parse({"points": points})
        except (TypeError, ValueError, Refusal):
            return  # only this page's own picture sends points, and it keeps them on the plane
        if name == "now":
            kit.remembered(page.slug, "points", PairsParams).set(encode(points))

    data = pairs_data(trace, page.lang)
    played = {"play": words.PLAY, "pause": words.PAUSE, "back": words.BACK, "forward": words.FORWARD}
    mount(
        "triplet",
        key,
        {
            **data,
            "words": {
                **data["words"],
                **{kind: page.say(text) for kind, text in played.items()},
                "save": page.say(words.SAVE_PICTURE),
            },
            "alt": page.say(ALT),
            "name": key,
            "fixed": name != "now",
        },
        on_points_change=on_points,
    )

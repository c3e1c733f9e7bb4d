"""Seven answers to a rare class, side by side on one picture."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.imbalance import remedies_data
from core.foundations.imbalance import ImbalanceTrace, reference, run, tables
from core.foundations.imbalance_data import MAX_FILE, MAX_PASTED, MAX_ROWS, read_table
from core.foundations.imbalance_explain import explain
from core.foundations.imbalance_params import ImbalanceParams
from core.foundations.imbalance_remedies import NAMES
from core.i18n import Text
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.own_table import OwnTable
from pages._shared.state import session

OWN = OwnTable(
    MAX_FILE,
    MAX_PASTED,
    Text(
        "First column the label, then numbers; at most {most} rows.",
        "В первом столбце метка, дальше числа; не больше {most} строк.",
    ).format(most=MAX_ROWS),
    lambda text: len(read_table(text).X),
)
ALT = Text(
    "Precision, recall and F₁ of seven remedies for a class of {n} examples among {all}",
    "Точность, полнота и F₁ семи средств, когда редких примеров {n} из {all}",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the linked picture, the arithmetic of the picked remedy."""
    with controls:
        params = kit.controls(page.slug, ImbalanceParams, page.lang)
        if params.source == "own":
            OWN.upload(page)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        kit.compared(page, params, lambda shown, name: _draw(page, OWN.attach(page, shown), name))
        own = OWN.attach(page, params)
        trace = kit.cached(run, own)
        page.checks(lambda: kit.verified(reference, own, trace), trace.signature)
        kit.toolbar(page, run, own, lambda: tables(trace))
        formulas = explain(trace, picked(page).get(), page.lang)
    page.arithmetic(formulas)


def picked(page: kit.Page) -> Any:
    """The remedy in sight, kept in the address."""
    kept = page.remember("remedy", "weights")
    if kept.get() not in NAMES:
        kept.clear()
    return kept


def _draw(page: kit.Page, params: ImbalanceParams, name: str) -> None:
    trace: ImbalanceTrace = kit.cached(run, params)
    key = page.key(f"remedies_{name}")

    def on_pick() -> None:
        chosen = (session().get(key) or {}).get("pick")
        if chosen in NAMES:
            picked(page).set(str(chosen))

    data = remedies_data(trace, picked(page).get(), page.lang)
    alt = ALT.format(n=int(trace.sample.y.sum()), all=len(trace.sample.y))
    mount(
        "imbalance",
        key,
        {
            **data,
            "words": {**data["words"], "save": page.say(words.SAVE_PICTURE)},
            "alt": page.say(alt),
            "name": key,
        },
        on_pick_change=on_pick,
    )

"""Odd one out: the word with the least mean cosine."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.embeddings.odd import OddParams, explain, reference, run, tables
from core.figures.embeddings import odd_data
from core.i18n import Text
from pages._embeddings.parts import cloud, known, picked_number
from pages._shared import kit


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """A list over the picture."""
    with controls:
        params = kit.controls(page.slug, OddParams, page.lang, above=page.wide(views))
        kit.presets(page.slug, OddParams, page.lang, PRESETS)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        params, trace = known(page, run, params)
        pick = page.remember("odd")

        def draw(shown: OddParams, name: str) -> None:
            seen = kit.cached(run, shown)
            at = picked_number(page, "odd", len(seen.words), seen.odd)
            cloud(page, f"odd_{name}", odd_data(seen, at, page.lang), on_pick=lambda n: pick.set(str(n)))

        kit.compared(page, params, draw)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, picked_number(page, "odd", len(trace.words), trace.odd), page.lang)
    page.arithmetic(formulas)


PRESETS = (
    kit.Preset(
        Text("months", "месяцы"),
        {"odd_words": Text("january march friday july", "январь март пятница июль")},
        Text("An easy one.", "Простой случай."),
    ),
    kit.Preset(
        Text("a country among capitals", "страна среди столиц"),
        {"odd_words": Text("paris london berlin germany", "москва париж берлин германия")},
        Text(
            "It goes wrong: a capital is nearer to its country than to other capitals.",
            "Ошибка: столица ближе к своей стране, чем к другим столицам.",
        ),
    ),
)

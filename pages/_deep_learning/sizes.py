"""How many examples each contestant needs: curves that grow while they are computed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.deep_learning import sizes_figure
from core.foundations.deep_explain import explain_sizes
from core.foundations.deep_sizes import Race, SizesParams, SizesTrace, reference, run, tables
from core.i18n import Text
from pages._deep_learning.parts import staged
from pages._shared import kit
from pages._shared.choice import choose

VALUES = {"": Text("at rest", "на месте"), "aside": Text("one pixel aside", "сдвинуты на пиксель")}
ACROSS = {"": Text("by examples", "по примерам"), "seconds": Text("by time of fitting", "по времени обучения")}
SHOWN = Text("Shown", "Показать")
AXIS = Text("Across", "Ось")
ALT = Text(
    "Share of right answers of {n} models against the size of the training set",
    "Доля верных ответов моделей ({n}) в зависимости от размера обучающего набора",
)
VERDICT = Text(
    "{n} examples: classical at best {a:.1%} ({classical}), a net at best {b:.1%} ({net})",
    "Примеров {n}: лучшая классическая — {a:.1%} ({classical}), лучшая сеть — {b:.1%} ({net})",
)
WHO = Text(
    "Solid and green: features learned; dotted: written by hand or none. The band of the picked one runs from the "
    "worst to the best repeat. Click a point to pick.",
    "Сплошные зелёные — признаки выучены; точечные — написаны вручную или их нет. Полоса у выбранной линии — от "
    "худшего повтора до лучшего. Щёлкните точку, чтобы выбрать.",
)


def begin(params: SizesParams) -> Race:
    """The race that all visitors of these parameters watch."""
    return Race(params)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, curves, who wins with how many examples."""
    with controls:
        params = kit.controls(page.slug, SizesParams, page.lang)
    params = params.model_copy(update={"lang": page.lang if params.task == "text" else "en"})
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        value, across = _looks(page, params)
        traces: dict[str, SizesTrace | None] = {}

        def draw(shown: SizesParams, name: str) -> None:
            race: Race = kit.cached(begin, shown)

            def show(trace: SizesTrace | None) -> None:
                figure = sizes_figure(
                    trace or race,
                    value=value if shown.task == "digits" else "right",
                    across=across,
                    picked=picked(page, shown),
                    theme=page.theme,
                    lang=page.lang,
                )
                kept = page.remember(f"{shown.task}_model")
                alt = ALT.format(n=len(shown.names))
                kit.show(page, figure, name=f"sizes_{name}", alt=alt, height=480, on_pick=kept.set)

            traces[name] = staged(page, f"sizes_{name}", shown, lambda tick: run(shown, tick, race), show)

        kit.compared(page, params, draw)
        st.caption(page.say(WHO))
        trace = traces["now"]
        if trace is not None:
            st.markdown("\n".join(f"- {kit.plain(line)}" for line in verdicts(page, trace)))
            page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
            kit.toolbar(page, run, params, lambda: tables(trace))
            formulas = explain_sizes(trace, picked(page, params), page.lang)
    page.arithmetic(formulas)


def _looks(page: kit.Page, params: SizesParams) -> tuple[str, str]:
    """What stands on the two axes; kept in the address."""
    value, across = page.remember("value"), page.remember("across")
    if page.stage != "figures":
        with st.container(horizontal=True, gap="large"):
            if params.task == "digits":
                choose(value, list(VALUES), lambda v: page.say(VALUES[v]), label=page.say(SHOWN), hide_label=True)
            choose(across, list(ACROSS), lambda v: page.say(ACROSS[v]), label=page.say(AXIS), hide_label=True)
    return ("aside" if value.get() == "aside" else "right", "seconds" if across.get() == "seconds" else "examples")


def picked(page: kit.Page, params: SizesParams) -> str:
    """The contestant in sight, of those that run."""
    name = page.remember(f"{params.task}_model").get()
    return name if name in params.names else params.names[-1]


def verdicts(page: kit.Page, trace: SizesTrace) -> list[str]:
    """The best of either kind with each number of examples."""
    return [
        page.say(
            VERDICT.format(
                n=size,
                a=trace.mean(classical, s),
                classical=trace.params.title(classical),
                b=trace.mean(net, s),
                net=trace.params.title(net),
            )
        )
        for s, size in enumerate(trace.params.sizes)
        for classical, net in [(trace.best(s, is_net=False), trace.best(s, is_net=True))]
    ]

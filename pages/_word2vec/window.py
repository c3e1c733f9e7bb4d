"""The window: what is dropped, who is whose pair, what negatives are drawn from."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.embeddings.word2vec_window import WindowParams, WindowTrace, explain, reference, run, tables
from core.figures.word2vec import keep_bars, negative_bars, window_data
from core.i18n import Text
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.state import session


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the sweep, both distributions, the arithmetic of the picked word."""
    with controls:
        params = kit.controls(page.slug, WindowParams, page.lang, above=page.wide(views))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        pick = page.remember("window_word")

        def draw(shown: WindowParams, name: str) -> None:
            trace = kit.cached(run, shown)
            picked = picked_word(trace, pick.get())
            sweep(page, trace, picked, name)
            left, right = st.columns(2, gap="medium")
            with left:
                st.caption(page.say(NEGATIVES))
                figure = negative_bars(trace, picked, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"neg_{name}", alt=NEGATIVES, height=290, on_pick=pick.set)
            with right:
                st.caption(page.say(KEPT))
                figure = keep_bars(trace, picked, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"keep_{name}", alt=KEPT, height=290, on_pick=pick.set)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, picked_word(trace, pick.get()), page.lang)
    page.arithmetic(formulas)


def picked_word(trace: WindowTrace, kept: str) -> int:
    """The picked word's number; the most frequent word when there is none."""
    return int(kept) if kept.isdecimal() and len(kept) < 4 and int(kept) < len(trace.words) else 0


def sweep(page: kit.Page, trace: WindowTrace, picked: int, name: str) -> None:
    """The text with its window; the step of the sweep and the picked word live in the address."""
    key, step = f"sweep_{name}", page.remember(f"sweep_{name}_step")

    def event(kind: str) -> Any:
        return (session().get(page.key(key)) or {}).get(kind)

    def stepped() -> None:
        value = event("step")
        if isinstance(value, int):
            step.set(str(value))

    def clicked() -> None:
        value = event("pick")
        if isinstance(value, dict):
            page.remember("window_word").set(str(value.get("word"))[:4])
            if isinstance(value.get("step"), int) and value["step"] >= 0:
                step.set(str(value["step"]))

    at = step.get()
    data = window_data(trace, picked, page.lang)
    data["step"] = int(at) if at.isdecimal() and len(at) < 4 else None
    player = {
        "play": words.PLAY,
        "pause": words.PAUSE,
        "back": words.BACK,
        "forward": words.FORWARD,
        "step": words.STEP,
    }
    data["words"] |= {kind: page.say(text) for kind, text in player.items()}
    mount("w2v_sweep", page.key(key), data, on_pick_change=clicked, on_step_change=stepped)


NEGATIVES = Text("How often a word is drawn as a negative", "Как часто слово выпадает негативом")
KEPT = Text("How often a word is kept when the text is read", "Как часто слово остаётся при чтении текста")

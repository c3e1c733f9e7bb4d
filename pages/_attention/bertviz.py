"""BertViz's own head view and model view, on the same sentence and with the network unplugged."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.attention.bertviz_lab import BertvizParams, document, reference, run, tables
from core.attention.bertviz_view import MAX_TOKENS
from core.i18n import Text
from pages._attention.sentence import CUT
from pages._shared import kit

ALT = {
    "head": Text("BertViz head view of the sentence", "Предложение в BertViz: головы слоя"),
    "model": Text("BertViz model view of the sentence", "Предложение в BertViz: вся модель"),
}
HINT = Text(
    "BertViz (Vig 2019), drawn by its own code, which counts layers and heads from 0. "
    "Click a colour to switch a head, hover a word to see where it looks.",
    "BertViz (Vig 2019), нарисовано его собственным кодом; слои и головы он считает с 0. "
    "Щелчок по цвету включает и выключает голову, наведите на слово — увидите, куда оно смотрит.",
)


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The sentence's controls, and BertViz in a frame of its own."""
    with controls:
        params = kit.controls(page.slug, BertvizParams, page.lang, above=page.wide(views))
    with views, kit.sentences(page.lang):
        trace = kit.cached(run, params, large=True)
        if trace.tokens.was_cut:
            kit.refuse(CUT.format(n=MAX_TOKENS), page.lang)
        drawn = kit.cached(_dark if page.theme == "dark" else _light, params, large=True)
        st.iframe(drawn, height="content", alt=page.say(ALT[params.view]))
        st.caption(page.say(HINT))
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace), compare=False)


def _light(params: BertvizParams) -> str:
    return document(kit.cached(run, params, large=True), params.view, "light")


def _dark(params: BertvizParams) -> str:
    return document(kit.cached(run, params, large=True), params.view, "dark")

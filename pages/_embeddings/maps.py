"""Maps: PCA at once; t-SNE and UMAP as jobs whose course is played when they are done."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import streamlit as st

from core import jobs
from core.arithmetic import Formula
from core.embeddings import umap_layout
from core.embeddings.map_words import MapParams
from core.embeddings.maps import MapTrace, explain, first_look, reference, run, tables
from core.figures.embeddings import map_data
from core.i18n import Text
from pages._embeddings.parts import cloud, known, picked_number
from pages._shared import kit
from pages._shared.state import session

PATIENCE = 0.6
EVERY = 0.5
WARMING = "embeddings umap-learn"


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the map with its course, what happened to the picked word's neighbours."""
    with controls:
        params = kit.controls(page.slug, MapParams, page.lang)
        if params.source == "words":
            kit.own_text(page, "own", limit=24_000, max_chars=6000, keep_lines=True)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        warm_ahead(page)
        params, first = known(page, first_look, params)
        seen = follow(page, params)

        def draw(shown: MapParams, name: str) -> None:
            if name == "now":
                live(page, params, first, seen)
            else:
                is_ready = shown.method != "umap" or umap_layout.is_warm()
                show(page, kit.cached(run if is_ready else first_look, shown), name)

        kit.compared(page, params, draw)
        if first.cloud.missing:
            st.caption(kit.plain(page.say(MISSING.format(words=", ".join(first.cloud.missing[:20])))))
        if seen is None or seen.state != "done":
            return
        trace: MapTrace = seen.result
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, picked_number(page, "point", len(trace.cloud.words)), page.lang)
    page.arithmetic(formulas)


def warm_ahead(page: kit.Page) -> None:
    """Have umap-learn imported beside the page as soon as somebody looks at maps."""
    if not umap_layout.is_warm() and jobs.shared().look(WARMING, holder_of(page)) is None:
        jobs.shared().submit(WARMING, umap_layout.warm, holder_of(page))


def key_of(params: MapParams) -> str:
    return f"embeddings map {hashlib.sha256(params.model_dump_json().encode()).hexdigest()}"


def follow(page: kit.Page, params: MapParams) -> jobs.Snapshot | None:
    """Start or join the map's job; the one that was watched before is let go. None when the visitor stopped it.

    Raises
    ------
    Refusal
        If too many jobs wait.
    """
    key, holder = key_of(params), holder_of(page)
    stopped, waiting = f"_{page.key('stopped')}", f"_{page.key('waiting')}"
    if session().get(stopped) == key:
        return None
    session().pop(stopped, None)
    before = session().get(waiting)
    if before and before != key:
        jobs.shared().cancel(before, holder)
    session()[waiting] = key
    seen = jobs.shared().look(key, holder)
    if seen is None or seen.state != "failed":
        jobs.shared().submit(key, lambda tick: run(params, tick), holder)
        # Nobody is kept waiting for an import: the PCA map stands meanwhile.
        is_soon = params.method != "umap" or umap_layout.is_warm()
        seen = jobs.shared().wait(key, PATIENCE if is_soon else 0.0, holder)
    if seen is not None and seen.error is not None:
        raise seen.error
    return seen


def live(page: kit.Page, params: MapParams, first: MapTrace, seen: jobs.Snapshot | None) -> None:
    """The map; while its job runs the PCA map and how far it is, looked at again and again."""
    key, holder, stopped = key_of(params), holder_of(page), f"_{page.key('stopped')}"
    is_running = seen is not None and not seen.is_over

    def stop() -> None:
        jobs.shared().cancel(key, holder)
        session()[stopped] = key

    @st.fragment(run_every=EVERY if is_running else None)
    def watch() -> None:
        now = jobs.shared().look(key, holder) if is_running else seen
        if is_running and (now is None or now.is_over or session().get(stopped) == key):
            st.rerun()
        show(page, seen.result if seen is not None and seen.state == "done" else first, "now", is_running=is_running)
        if is_running and now is not None:
            is_importing = params.method == "umap" and not umap_layout.is_warm()
            told = IMPORTING if is_importing else QUEUED if now.state == "waiting" else LAYING
            st.progress(now.share, text=page.say(told.format(s=f"{now.seconds:.0f}")))
            st.button(page.say(STOP), key=f"_{page.key('stop')}", on_click=stop, icon=":material/close:")
        elif seen is None:
            st.info(page.say(STOPPED))
            st.button(page.say(RESUME), key=f"_{page.key('resume')}", on_click=session().pop, args=(stopped, None))

    watch()


def show(page: kit.Page, trace: MapTrace, name: str, *, is_running: bool = False) -> None:
    """The component; the picked point and the moment live in the address."""
    pick = page.remember("point")
    data = map_data(trace, picked_number(page, "point", len(trace.cloud.words)), page.lang, is_running=is_running)
    step = "moment" if len(trace.frames) > 1 else None
    cloud(page, f"map_{name}", data, on_pick=lambda n: pick.set(str(n)), step=step)


def holder_of(page: kit.Page) -> str:
    """This visit's name among those who wait for jobs."""
    key = f"_{page.key('holder')}"
    if key not in session():
        session()[key] = uuid.uuid4().hex
    return str(session()[key])


LAYING = Text("Laying out, {s} s. Meanwhile: PCA.", "Укладываем, {s} с. Пока — PCA.")
QUEUED = Text(
    "Waiting, {s} s: other computations are ahead. Meanwhile: PCA.",
    "В очереди, {s} с: впереди другие вычисления. Пока — PCA.",
)
IMPORTING = Text(
    "umap-learn compiles itself once after the server's start, up to a minute; {s} s so far. Meanwhile: PCA.",
    "umap-learn один раз после запуска сервера компилирует себя, до минуты; прошло {s} с. Пока — PCA.",
)
STOP = Text("Stop", "Остановить")
STOPPED = Text(
    "Stopped; this is PCA. Change a control, or go on.", "Остановлено; это PCA. Измените настройку или продолжите."
)
RESUME = Text("Start again", "Начать снова")
MISSING = Text("Not among the known words: {words}", "Нет среди известных слов: {words}")

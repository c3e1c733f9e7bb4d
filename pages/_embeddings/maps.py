"""Maps: PCA at once; t-SNE and UMAP as jobs whose course is played when they are done."""

from __future__ import annotations

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

PATIENCE = 0.6
WARMING = "embeddings umap-learn"


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the map with its course, what happened to the picked word's neighbours."""
    with controls:
        params = kit.controls(page.slug, MapParams, page.lang)
        if params.source == "words":
            kit.own_text(page, "own", limit=24_000, max_chars=6000, keep_lines=True)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        warm_ahead()
        params, first = known(page, first_look, params)
        job = follow(page, params)

        def draw(shown: MapParams, name: str) -> None:
            if name == "now":
                live(page, params, first, job)
            else:
                is_ready = shown.method != "umap" or umap_layout.is_warm()
                show(page, kit.cached(run if is_ready else first_look, shown), name)

        kit.compared(page, params, draw)
        if first.cloud.missing:
            st.caption(kit.plain(page.say(MISSING.format(words=", ".join(first.cloud.missing[:20])))))
        trace: MapTrace | None = job.result
        if trace is None:
            return
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, picked_number(page, "point", len(trace.cloud.words)), page.lang)
    page.arithmetic(formulas)


def warm_ahead() -> None:
    """Have umap-learn imported beside the page as soon as somebody looks at maps."""
    if not umap_layout.is_warm() and jobs.shared().look(WARMING) is None:
        jobs.shared().submit(WARMING, umap_layout.warm)


def follow(page: kit.Page, params: MapParams) -> kit.Followed:
    """The map's job. Nobody is kept waiting for an import: the PCA map stands meanwhile.

    Raises
    ------
    Refusal
        If too many jobs wait.
    """
    is_soon = params.method != "umap" or umap_layout.is_warm()
    return kit.follow(
        page, kit.key_of(run, params), lambda tick: run(params, tick), patience=PATIENCE if is_soon else 0.0
    )


def live(page: kit.Page, params: MapParams, first: MapTrace, job: kit.Followed) -> None:
    """The map; while its job runs the PCA map and how far it is."""

    def draw(seen: jobs.Snapshot | None) -> None:
        done = seen.result if seen else None
        show(page, first if done is None else done, "now", is_running=job.is_running)

    def told(seen: jobs.Snapshot) -> Text:
        is_importing = params.method == "umap" and not umap_layout.is_warm()
        return (IMPORTING if is_importing else QUEUED if seen.state == "waiting" else LAYING).format(
            s=f"{seen.seconds:.0f}"
        )

    kit.live(page, job, draw, told, STOPPED)


def show(page: kit.Page, trace: MapTrace, name: str, *, is_running: bool = False) -> None:
    """The component; the picked point and the moment live in the address."""
    pick = page.remember("point")
    data = map_data(trace, picked_number(page, "point", len(trace.cloud.words)), page.lang, is_running=is_running)
    step = "moment" if len(trace.frames) > 1 else None
    cloud(page, f"map_{name}", data, on_pick=lambda n: pick.set(str(n)), step=step)


LAYING = Text("Laying out, {s} s. Meanwhile: PCA.", "Укладываем, {s} с. Пока — PCA.")
QUEUED = Text(
    "Waiting, {s} s: other computations are ahead. Meanwhile: PCA.",
    "В очереди, {s} с: впереди другие вычисления. Пока — PCA.",
)
IMPORTING = Text(
    "umap-learn compiles itself once after the server's start, up to a minute; {s} s so far. Meanwhile: PCA.",
    "umap-learn один раз после запуска сервера компилирует себя, до минуты; прошло {s} с. Пока — PCA.",
)
STOPPED = Text(
    "Stopped; this is PCA. Change a control, or go on.", "Остановлено; это PCA. Измените настройку или продолжите."
)
MISSING = Text("Not among the known words: {words}", "Нет среди известных слов: {words}")

"""The frame around every room: navigation, language, search, look, and the tuning of the server."""

from __future__ import annotations

import gc
import threading
from functools import cache
from pathlib import Path

import streamlit as st

from core.catalog import SECTIONS, TOPICS, Topic, in_section
from core.i18n import LANGS, Lang, parse_lang
from pages._shared import words
from pages._shared.cache import style
from pages._shared.choice import choose
from pages._shared.state import Remembered, query, session
from pages._shared.static_files import ROOT, publish

PAGES = ROOT / "pages"


def is_built(topic: Topic) -> bool:
    """Whether the room stands: its page exists."""
    return (PAGES / f"{topic.slug}.py").exists()


def run() -> None:
    """What app.py does."""
    st.set_page_config(page_title="Vidno", page_icon=str(ROOT / "assets" / "icon.svg"), layout="wide")
    tune()
    session()["_shell"] = True
    lang = _language()
    session()["_reader"] = lang
    current = _navigation(lang)
    st.html(style())
    if query("stage") != "figures":
        _sidebar(lang)
    try:
        current.run()
    finally:
        session()["_shell"] = False


def is_running() -> bool:
    """Whether the present script run came through `run`."""
    return bool(session().get("_shell"))


def adopt() -> None:
    """Install the navigation for a page that Streamlit ran by itself, and run it again inside the shell."""
    _navigation(_language())
    st.rerun()


def page_path(slug: str) -> Path:
    return PAGES / f"{slug}.py"


def _navigation(lang: Lang) -> st.Page:
    home = st.Page(PAGES / "home.py", title=words.COURSE.get(lang), default=True, icon=":material/map:")
    rooms: dict[str, list[st.Page]] = {"": [home]}
    for section in SECTIONS:
        built = [t for t in in_section(section.id) if is_built(t)]
        if built:
            rooms[section.title.get(lang)] = [
                st.Page(page_path(t.slug), title=t.title.get(lang), url_path=t.slug) for t in built
            ]
    return st.navigation(rooms, expanded=True)


def _chosen_language() -> Remembered:
    """In the address only when it is not what the visitor's browser asks for."""
    return Remembered("lang", parse_lang(st.context.locale) or "en")


def _language() -> Lang:
    kept = _chosen_language()
    return parse_lang(kept.get()) or parse_lang(kept.default) or "en"


def _sidebar(lang: Lang) -> None:
    with st.sidebar:
        choose(
            _chosen_language(),
            LANGS,
            {"en": "English", "ru": "Русский"}.__getitem__,
            label=words.LANGUAGE.get(lang),
            hide_label=True,
        )
        found = st.selectbox(
            words.SEARCH.get(lang),
            [t.slug for t in TOPICS],
            index=None,
            format_func=lambda slug: search_line(slug, lang),
            placeholder=words.SEARCH.get(lang),
            label_visibility="collapsed",
            key="_search",
        )
    if found:
        session()["_found"] = found
        del session()["_search"]
        topic = next(t for t in TOPICS if t.slug == found)
        open_page(page_path(found) if is_built(topic) else PAGES / "home.py")


def open_page(path: Path) -> None:
    """Go to another page of the app. Its address begins empty: else Streamlit refuses to leave bound widgets."""
    st.switch_page(path, query_params={})


@cache
def search_line(slug: str, lang: Lang) -> str:
    """A topic as the search lists it: its title and its terms."""
    topic = next(t for t in TOPICS if t.slug == slug)
    planned = "" if is_built(topic) else f" ({words.PLANNED.get(lang)})"
    terms = f" · {topic.terms.get(lang)}" if topic.terms else ""
    return f"{topic.title.get(lang)}{planned}{terms}"


@cache
def tune() -> None:
    """Once a process: publish the browser's files, warm what every room needs, freeze it out of the collector."""
    publish()
    threading.Thread(target=_warm, name="vidno-warm", daemon=True).start()


def _warm() -> None:
    import torch

    # Many visitors on few cores: one thread a computation, so that nobody waits for somebody else's matrix product.
    torch.set_num_threads(1)
    import core.attention.worked  # noqa: F401 — the first room's module, and with it pydantic's validators

    gc.collect()
    gc.freeze()

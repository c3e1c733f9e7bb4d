"""Data on first need: what is here is returned at once, what is not is fetched beside the page.

`wanted(name)` never waits and never raises for want of data. The first call for something that is not here starts its
download through `core.jobs`; every later one says how it stands. After a failure nothing is tried again for
`PAUSE` seconds, so that a page that is drawn at every click does not knock at the registry at every click.
"""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass
from typing import Any, Literal

from core.data import fetch, registry
from core.errors import Refusal
from core.i18n import Text
from core.jobs import Jobs, shared

State = Literal["ready", "fetching", "missing"]
PAUSE = 600.0  # seconds

FETCHING = Text("{title}: being fetched, package {package}.", "{title}: скачивается пакет {package}.")


@dataclass(frozen=True)
class Wanted:
    """What a page gets. `data` is there when `state` is "ready"; otherwise `note` is the sentence to show, and `share`
    (0 … 1) how far the download is."""

    entry: registry.Entry
    state: State
    data: Any = None
    share: float = 0.0
    note: Text | None = None


_failures: dict[str, tuple[float, Text]] = {}
_lock = threading.Lock()


def wanted(name: str, *, jobs: Jobs | None = None, holder: str = "", is_retry: bool = False) -> Wanted:
    """The data called `name`, or how it stands with it. `is_retry`: the reader asked to try again.

    Raises
    ------
    Refusal
        If there is no entry of this name.
    """
    entry = registry.find(name)
    if registry.is_here(entry):
        return _read(entry)
    package = entry.package
    assert package is not None
    if os.environ.get("VIDNO_OFFLINE") == "1":
        return Wanted(entry, "missing", note=fetch.OFFLINE.format(package=package))
    key = str(fetch.folder_of(package))
    with _lock:
        when, why = _failures.get(key, (0.0, None))
        if why is not None and not is_retry and time.monotonic() - when < PAUSE:
            return Wanted(entry, "missing", note=why)
        _failures.pop(key, None)

    def work(tick: fetch.Tick) -> None:
        try:
            fetch.fetch(package, tick)
        except Refusal as refusal:
            with _lock:
                _failures[key] = (time.monotonic(), refusal.text)
            raise

    try:
        # Several entries lie in one package: they are one job.
        job = (jobs or shared()).submit(f"data {key}", work, holder)
    except Refusal as refusal:
        return Wanted(entry, "missing", note=refusal.text)
    if job.is_over:
        return _read(entry)
    return Wanted(entry, "fetching", share=job.share, note=FETCHING.format(title=entry.title, package=package))


def need(name: str) -> Any:
    """The data called `name`; for labs that cannot do without.

    Raises
    ------
    Refusal
        How it stands with it, when it is not here: being fetched, or why it cannot be had.
    """
    found = wanted(name)
    if found.state != "ready":
        assert found.note is not None
        raise Refusal(found.note)
    return found.data


def _read(entry: registry.Entry) -> Wanted:
    try:
        return Wanted(entry, "ready", registry.read(entry.name), 1.0)
    except Refusal as refusal:
        return Wanted(entry, "missing", note=refusal.text)

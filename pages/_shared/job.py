"""Work of seconds beside the page: started or joined, drawn as far as it has come, stopped when the visitor says so.

`follow` starts the work or joins it, `live` draws it and how far it is; `computed` is both for work that has nothing to
show before its end. All visitors of the same key share one job (core/jobs.py).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core import jobs
from core.i18n import Text
from core.params import Params
from pages._shared import words
from pages._shared.page import Page
from pages._shared.refuse import sentences
from pages._shared.state import session

PATIENCE = 1.0
EVERY = 0.4


@dataclass(frozen=True)
class Followed:
    """A job as this visit sees it. `seen` is None when the visitor has stopped it."""

    key: str
    holder: str
    name: str
    seen: jobs.Snapshot | None

    @property
    def is_running(self) -> bool:
        return self.seen is not None and not self.seen.is_over

    @property
    def result(self) -> Any:
        """What it came to; None before that."""
        return self.seen.result if self.seen is not None and self.seen.state == "done" else None


def key_of(run: Callable[..., Any] | str, params: Params) -> str:
    """The name of `run(params)`, or of what the string says, among all jobs."""
    digest = hashlib.sha256(params.model_dump_json().encode()).hexdigest()
    return f"{run if isinstance(run, str) else f'{run.__module__}.{run.__qualname__}'} {digest}"


def follow(
    page: Page, key: str, work: jobs.Work, *, name: str = "job", patience: float | None = None, lets_go: bool = True
) -> Followed:
    """Start or join the job `key`, and wait for it a moment.

    name : tells the jobs of one room apart
    patience : seconds (else `PATIENCE`); what is over within them is never seen to run
    lets_go : the job that was followed under this name before is no longer wanted

    Raises
    ------
    Refusal
        If too many jobs wait, or the work itself refused.
    """
    holder, stopped, waiting = _holder(page, name), f"_{page.key(name)}_stopped", f"_{page.key(name)}_waiting"
    if session().get(stopped) == key:
        return Followed(key, holder, name, None)
    session().pop(stopped, None)
    before = session().get(waiting)
    if lets_go and before and before != key:
        jobs.shared().cancel(before, holder)
    session()[waiting] = key
    seen = jobs.shared().look(key, holder)
    # One that failed would fail again: it is asked for its reason, not to try once more.
    if seen is None or seen.state != "failed":
        jobs.shared().submit(key, work, holder)
        seen = jobs.shared().wait(key, PATIENCE if patience is None else patience, holder)
    if seen is not None and seen.error is not None:
        raise seen.error
    return Followed(key, holder, name, seen)


def live(
    page: Page,
    job: Followed,
    draw: Callable[[jobs.Snapshot | None], None],
    told: Text | Callable[[jobs.Snapshot], Text],
    stopped_told: Text = words.JOB_STOPPED,
) -> None:
    """`draw(job.seen)`. While the job runs that is done again and again, over how far it is and a button to stop; when
    it is over the room is drawn again.

    told : what stands over the progress while it runs, or all that may stand there, while it waits as well
    """
    stopped = f"_{page.key(job.name)}_stopped"

    def stop() -> None:
        jobs.shared().cancel(job.key, job.holder)
        session()[stopped] = job.key

    @st.fragment(run_every=EVERY)
    def watch() -> None:
        seen = jobs.shared().look(job.key, job.holder)
        if seen is None or seen.is_over or session().get(stopped) == job.key:
            st.rerun()
        with sentences(page.lang):
            draw(seen)
        text = told(seen) if callable(told) else words.JOB_QUEUED if seen.state == "waiting" else told
        st.progress(seen.share, text=page.say(text))
        st.button(page.say(words.JOB_STOP), key=f"_{page.key(job.name)}_stop", on_click=stop, icon=":material/close:")

    if job.is_running:
        watch()
        return
    # Not in a fragment: a pick in the picture is also one for what stands under it.
    draw(job.seen)
    if job.seen is None:
        st.info(page.say(stopped_told))
        st.button(
            page.say(words.JOB_RESUME),
            key=f"_{page.key(job.name)}_resume",
            on_click=session().pop,
            args=(stopped, None),
        )


def computed(
    page: Page, key: str, work: jobs.Work, told: Text, *, name: str = "job", lets_go: bool = True
) -> Any | None:
    """What the job came to; None while it is not over, which shows its progress, or was stopped.

    Raises
    ------
    Refusal
        If too many jobs wait, or the work itself refused.
    """
    job = follow(page, key, work, name=name, lets_go=lets_go)
    if job.result is None:
        live(page, job, lambda _: None, told)
    return job.result


def _holder(page: Page, name: str) -> str:
    """This visit's name among those who wait for jobs; two views of one room wait each for themselves."""
    key = f"_{page.key('holder')}"
    if key not in session():
        session()[key] = uuid.uuid4().hex
    return f"{session()[key]} {name}"

"""Long work beside the pages: shared by key, with progress, stopped when nobody waits for it.

`Jobs.submit(key, work)` starts `work` on an executor, or joins the work that runs under the same key already, and
returns a frozen `Snapshot` at once. `work(tick)` calls `tick(share)` now and then: that reports progress, 0…1, and
raises `Cancelled` when the work is no longer wanted. `tick(share, partial)` also hands over what there is so far, which
must not change afterwards. Nothing here knows of pages or of Streamlit, and no work may.

States of a job: waiting → running → done | failed | cancelled. Results are kept under their keys, the oldest is
forgotten first. Somebody who looks at a job holds it; it is cancelled when its last holder lets go, or when nobody has
looked for `patience` seconds (a closed tab says no goodbye).
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, Protocol

from core.errors import Refusal
from core.i18n import Text

State = Literal["waiting", "running", "done", "failed", "cancelled"]


class Tick(Protocol):
    """How a work reports: its share, 0…1, and what there is so far."""

    def __call__(self, share: float, partial: Any = None, /) -> None: ...


Work = Callable[[Tick], Any]

WORKERS = 2
MOST_WAITING = 24
MOST_KEPT = 12
PATIENCE = 60.0

log = logging.getLogger("vidno")

CROWDED = Text(
    "{n} long computations are waiting already. Try again in a minute; what you gave is kept.",
    "Долгих вычислений в очереди уже {n}. Попробуйте через минуту: введённое сохранено.",
)


class Cancelled(Exception):
    """Raised by `tick` inside a work that is no longer wanted."""


@dataclass(frozen=True)
class Snapshot:
    """A job at one moment. `partial` is what it has handed over so far, `result` is there once it is done, `error` once
    it has failed."""

    key: str
    state: State
    share: float
    seconds: float
    partial: Any = None
    result: Any = None
    error: Exception | None = None

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "failed", "cancelled")

    @property
    def so_far(self) -> Any:
        """The result, or what there is of it; None when that is nothing yet."""
        return self.partial if self.result is None else self.result


@dataclass(eq=False)
class _Job:
    """What the threads share about one work; written under the lock of its `Jobs`."""

    key: str
    started: float
    seen: float
    state: State = "waiting"
    share: float = 0.0
    ended: float | None = None
    partial: Any = None
    result: Any = None
    error: Exception | None = None
    holders: set[str] = field(default_factory=set)
    is_unwanted: bool = False
    over: threading.Event = field(default_factory=threading.Event)


class Jobs:
    """A bounded set of jobs on one executor.

    executor : None is a pool of `WORKERS` threads, made with the first job
    most_waiting : unfinished jobs beyond this are refused
    most_kept : finished jobs whose results are remembered
    clock : seconds, monotonic
    """

    def __init__(
        self,
        executor: Executor | None = None,
        *,
        most_waiting: int = MOST_WAITING,
        most_kept: int = MOST_KEPT,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._executor = executor
        self._most_waiting, self._most_kept, self._patience, self._clock = most_waiting, most_kept, patience, clock
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._lock = threading.Lock()

    def submit(self, key: str, work: Work, holder: str = "") -> Snapshot:
        """Start `work` under `key`, or join it; one that failed or was cancelled before is started anew.

        Raises
        ------
        Refusal
            If too many jobs are unfinished.
        """
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.state in ("failed", "cancelled") or job.is_unwanted:
                unfinished = sum(not other.over.is_set() for other in self._jobs.values())
                if unfinished >= self._most_waiting:
                    raise Refusal(CROWDED.format(n=unfinished))
                now = self._clock()
                job = self._jobs[key] = _Job(key, now, now)
                if self._executor is None:
                    self._executor = ThreadPoolExecutor(WORKERS, thread_name_prefix="vidno-job")
                self._executor.submit(self._do, job, work)
            self._look(job, holder)
            return self._snapshot(job)

    def look(self, key: str, holder: str = "") -> Snapshot | None:
        """The job under `key` as it is now; None when there is none, or its result was forgotten."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None:
                return None
            self._look(job, holder)
            return self._snapshot(job)

    def wait(self, key: str, seconds: float, holder: str = "") -> Snapshot | None:
        """The same, after the job is over or `seconds` have passed, whichever is first."""
        with self._lock:
            job = self._jobs.get(key)
        if job is not None:
            job.over.wait(seconds)
        return self.look(key, holder)

    def cancel(self, key: str, holder: str = "") -> None:
        """`holder` no longer waits; when nobody else does, the work stops at its next tick."""
        with self._lock:
            job = self._jobs.get(key)
            if job is not None and not job.over.is_set():
                job.holders.discard(holder)
                job.is_unwanted = not job.holders

    def _look(self, job: _Job, holder: str) -> None:
        job.seen = self._clock()
        job.holders.add(holder)
        self._jobs.move_to_end(job.key)

    def _snapshot(self, job: _Job) -> Snapshot:
        end = self._clock() if job.ended is None else job.ended
        return Snapshot(job.key, job.state, job.share, end - job.started, job.partial, job.result, job.error)

    def _do(self, job: _Job, work: Work) -> None:
        """On the executor's thread."""

        def tick(share: float, partial: Any = None, /) -> None:
            with self._lock:
                is_forgotten = self._clock() - job.seen > self._patience
                job.share = min(1.0, max(0.0, share))
                job.partial = job.partial if partial is None else partial
            if job.is_unwanted or is_forgotten:
                raise Cancelled

        result: Any = None
        error: Exception | None = None
        state: State = "done"
        try:
            tick(0.0)
            job.state = "running"
            result = work(tick)
        except Cancelled:
            state = "cancelled"
        except Refusal as refusal:
            error, state = refusal, "failed"
        except Exception as fault:
            log.exception("a job failed")
            error, state = fault, "failed"
        with self._lock:
            job.result, job.error, job.ended, job.partial = result, error, self._clock(), None
            job.state = state
            job.share = 1.0 if state == "done" else job.share
            job.over.set()
            finished = [key for key, other in self._jobs.items() if other.over.is_set()]
            for key in finished[: max(0, len(finished) - self._most_kept)]:
                del self._jobs[key]


@cache
def shared() -> Jobs:
    """The jobs of all visitors of this process."""
    return Jobs()

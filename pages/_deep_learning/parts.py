"""Work of seconds whose results are drawn as they come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core import jobs
from core.i18n import Text
from core.params import Params
from pages._shared import kit

PATIENCE = 0.4
WORKING = Text("training", "идёт обучение")


def staged(
    page: kit.Page,
    name: str,
    params: Params,
    work: Callable[[jobs.Tick], Any],
    draw: Callable[[Any], None],
) -> Any:
    """The result of `work(tick)`, one job for all visitors of these parameters; None while it is not over.

    `draw(result or None)` is called at once and again while the job runs. `name` tells several jobs of a room apart;
    before its first _ it says what the work is.
    """
    key = kit.key_of(f"deep_learning.{name.split('_', maxsplit=1)[0]}", params)
    job = kit.follow(page, key, work, name=name, patience=PATIENCE)
    kit.live(page, job, lambda _: draw(job.result), WORKING)
    return job.result

"""Questions and failures of the translation metrics room."""

from __future__ import annotations
from pages._shared import kit


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    return ()


def breaks(page: kit.Page) -> None:
    pass

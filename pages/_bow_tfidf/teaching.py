"""Questions and failures of the room of bags of words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from core.i18n import Text, same
from core.text.bow_lab import COURSE, SKLEARN, BowParams, run
from pages._shared import kit

ORDER = Text("dog bites man\nman bites dog", "мать любит дочь\nдочь любит мать")
CASES = Text(
    "the cat watches the mouse\nthe mouse watches the cat",
    "собака кусает человека\nчеловека кусает собака\nчеловек кусает собаку",
)
FORMS = Text(
    "we walked by the river\nshe reads in bed\nthey play chess", "гуляли у реки\nчитает книгу\nиграют в шахматы"
)
FORMS_QUERY = Text("walking by rivers", "книга")
STOPPED = Text("to be or not to be\nthat is the question", "быть или не быть\nвот в чём вопрос")
SYNONYMS = Text(
    "my car broke down\nthe automobile needs repair\nmy bicycle broke down",
    "врач осмотрел больного\nдоктор принял пациента\nмастер осмотрел машину",
)
SYNONYMS_QUERY = Text("my car broke", "врач осмотрел больного")
STUFFED = Text(
    "cheap flights cheap flights cheap flights\nhow to find cheap flights to Rome in winter\nflights of birds in winter",
    "дешёвые билеты дешёвые билеты дешёвые билеты\nкак найти дешёвые билеты в Рим зимой\nзимой билеты в театр раскупают",
)
STUFFED_QUERY = Text("cheap flights to Rome", "дешёвые билеты в Рим")
TWINS = Text("rain in the city\nrain in the city", "в городе дождь\nв городе дождь")


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the lab."""
    lang = page.lang
    base = BowParams.default(lang)
    return ()


def breaks(page: kit.Page) -> None:
    """Failures as states of the lab."""

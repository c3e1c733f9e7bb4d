"""“Fix it”: a lab put into a bad state, and a mark to get below. Graded wherever the lab is drawn."""

from __future__ import annotations

import streamlit as st

from core.foundations.overfit_explain import short
from core.foundations.overfit_polynomial import PolyParams
from core.foundations.overfit_tasks import TASKS, Task, errors, grade, marks
from core.i18n import Text
from core.params import Params
from pages._shared import kit

FIX = Text("Fix it", "Почините")
SAY = Text(
    "Each button starts a task: a lab that fits badly. Move its knobs until the validation error is at or below the "
    "mark. The mark is computed from the settings that the task allows.",
    "Каждая кнопка начинает задачу: модель подогнана плохо. Крутите ручки, пока ошибка валидации не опустится до "
    "отметки. Отметка вычислена по настройкам, которые задача разрешает.",
)
NOW = Text(
    "**{title}.** {ask} Validation error {valid}, to reach: {mark}.",
    "**{title}.** {ask} Ошибка валидации {valid}, нужно не больше {mark}.",
)
TOUCHED = Text(
    "**{title}.** {ask} This must go back to where it was: {names}.",
    "**{title}.** {ask} Верните как было: {names}.",
)
OVER = Text("Training error {train}: low. It overfits.", "Ошибка обучения {train}: мала. Это переобучение.")
UNDER = Text(
    "Training error {train}: high too. It underfits.", "Ошибка обучения {train}: тоже велика. Это недообучение."
)
DONE = Text(
    "**{title}: fixed.** Validation error {before} → {valid}, mark {mark}; training error now {train}. {why}",
    "**{title}: готово.** Ошибка валидации {before} → {valid}, отметка {mark}; ошибка обучения теперь {train}. {why}",
)
LEAVE = Text("leave the task", "закончить задачу")
ON = Text("The task is on: it stands over the picture.", "Задача началась: она стоит над картинкой.")


def marked(task: Task) -> tuple[float, float]:
    """The mark, and the validation error that the task starts from; computed once for all visitors."""

    def mark_of(_: Params) -> float:
        return marks(task)

    def before(params: Params) -> float:
        return errors(params)[1]

    mark_of.__qualname__, before.__qualname__ = f"mark_{task.name}", f"before_{task.name}"
    return kit.cached(mark_of, task.starting()), kit.cached(before, task.starting())


def banner(page: kit.Page, params: Params, now: tuple[float, float]) -> None:
    """The task that is on, if it belongs to this lab, and how far the learner is; `now`: training and validation."""
    kept = page.remember("fix")
    task = TASKS.get(kept.get())
    if task is None or not isinstance(params, task.params):
        return
    mark, before = marked(task)
    seen = grade(task, params, now, before, mark)
    numbers = {
        "title": page.say(task.title).capitalize(),
        "ask": page.say(task.ask),
        "why": page.say(task.why),
        "train": short(seen.train),
        "valid": short(seen.valid),
        "before": short(seen.before),
        "mark": short(seen.mark),
    }
    if seen.touched:
        knobs = type(params).knobs()
        names = ", ".join(page.say(knobs[name].label) for name in seen.touched)
        st.warning(page.say(TOUCHED.format(**numbers, names=names)), icon=":material/undo:")
    elif seen.is_done:
        st.success(page.say(DONE.format(**numbers)), icon=":material/check:")
    else:
        state = OVER if seen.train < seen.mark else UNDER
        told = f"{page.say(NOW.format(**numbers))} {page.say(state.format(**numbers))}"
        st.info(told, icon=":material/build:")
    if page.stage != "figures":
        st.button(page.say(LEAVE), key=f"_{page.key('leave')}", on_click=kept.clear, type="tertiary")


def offer(page: kit.Page) -> None:
    """The buttons that start the tasks."""
    st.markdown(page.say(SAY))
    if page.remember("fix").get() in TASKS:
        st.caption(page.say(ON))

    def start(task: Task) -> None:
        page.open_lab().set("" if task.params is PolyParams else "network")
        for name in ("view", "frame", "dot", "point"):
            page.remember(name).clear()
        kit.apply(page.slug, task.params, task.start, page.lang)
        page.remember("fix").set(task.name)

    with st.container(horizontal=True, gap="small"):
        for task in TASKS.values():
            st.button(
                page.say(task.title),
                key=f"_{page.key('start')}_{task.name}",
                help=page.say(task.ask),
                on_click=start,
                args=(task,),
                icon=":material/build:",
            )

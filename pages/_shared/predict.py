"""Predict, then reveal: the learner commits to an answer before the lab shows it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from core.i18n import Text
from pages._shared import words
from pages._shared.page import Page
from pages._shared.state import session


@dataclass(frozen=True)
class Question:
    """`answer()` computes the index of the right option from the lab itself; `why()` explains it with its numbers.

    `show`, when given, puts the lab into the state that the question is about.
    """

    ask: Text
    options: tuple[Text, ...]
    answer: Callable[[], int]
    why: Callable[[], Text]
    show: Callable[[], None] | None = None


def predict(page: Page, questions: Sequence[Question]) -> None:
    """Ask one question after the other; nothing is computed before the learner has answered."""
    for n, question in enumerate(questions):
        key = page.key(f"question_{n}")
        done = f"_{key}_done"
        st.markdown(f"**{n + 1}.** {page.say(question.ask)}")
        options = [page.say(option) for option in question.options]
        chosen = st.radio(
            page.say(words.ANSWER),
            range(len(options)),
            format_func=options.__getitem__,
            index=None,
            key=f"_{key}",
            label_visibility="collapsed",
            disabled=bool(session().get(done)),
        )
        with st.container(horizontal=True, vertical_alignment="center"):
            if not session().get(done):
                st.button(
                    page.say(words.COMMIT),
                    key=f"_{key}_commit",
                    disabled=chosen is None,
                    on_click=_commit,
                    args=(done,),
                )
                continue
            right = question.answer()
            if chosen == right:
                st.success(page.say(words.RIGHT), icon=":material/check:")
            else:
                st.info(page.say(words.WRONG.format(answer=question.options[right])), icon=":material/close:")
            if question.show:
                st.button(page.say(words.SHOW_IN_LAB), key=f"_{key}_show", on_click=question.show, type="tertiary")
            st.button(page.say(words.AGAIN), key=f"_{key}_again", on_click=_forget, args=(key, done), type="tertiary")
        st.markdown(page.say(question.why()))


def _commit(done: str) -> None:
    session()[done] = True


def _forget(key: str, done: str) -> None:
    session()[done] = False
    session()[f"_{key}"] = None

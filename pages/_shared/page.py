"""`begin(slug)`: what every room starts with, and the frame it hangs its views in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import streamlit as st

from core.arithmetic import Formula
from core.catalog import BY_SLUG
from core.figures.theme import Theme
from core.i18n import Lang, Text
from core.verify import Check
from pages._shared import words
from pages._shared.after import after, collecting
from pages._shared.cache import prose
from pages._shared.choice import choose
from pages._shared.html import formula_html, line_html
from pages._shared.refuse import sentences
from pages._shared.state import Remembered, query, session

Stage = Literal["full", "lab", "figures"]


@dataclass(frozen=True)
class Page:
    """One visit of a room: who reads it and how much is shown.

    stage : "full"; "lab" for a projector (no prose); "figures" for slides (no controls either), from `?stage=`
    """

    slug: str
    lang: Lang
    theme: Theme
    stage: Stage

    def key(self, name: str) -> str:
        """A widget key of this room: `<slug>_<name>`, which is also the name in the address."""
        return f"{self.slug}_{name}"

    def remember(self, name: str, default: str = "") -> Remembered:
        """A string kept in the session and in the address."""
        return Remembered(self.key(name), default)

    def say(self, text: Text) -> str:
        return text.get(self.lang)

    def lab(self, body: Callable[[], None]) -> None:
        """Run the room's body as a fragment: a moved slider reruns it and nothing around it."""

        @st.fragment
        def guarded() -> None:
            with collecting() as waiting, sentences(self.lang):
                body()
            for draw in waiting:
                with sentences(self.lang):
                    draw()

        guarded()

    def open_lab(self) -> Remembered:
        """Which lab of the room is open; "" is the first one."""
        return self.remember("lab")

    def choose_lab(self, labs: dict[str, Text]) -> str:
        """The names of the room's labs in a row; returns the open one."""
        first = next(iter(labs))
        kept = self.open_lab()
        if self.stage == "figures":
            return kept.get() if kept.get() in labs else first
        chosen = choose(
            kept,
            ["", *list(labs)[1:]],
            lambda name: self.say(labs[name or first]),
            label=self.say(words.LAB),
            hide_label=True,
        )
        return chosen or first

    def columns(self, narrow: float = 1.0, wide: float = 3.6) -> tuple[Any, Any]:
        """The column of controls and the views beside it. For slides the controls run unseen, so state is kept."""
        if self.stage == "figures":
            hidden = st.container(key="v_hidden")
            return hidden, st.container(border=True, key=self.key("views"))
        left, right = st.columns([narrow, wide], gap="medium")
        # On a phone the controls come first and folded, so that the picture is in sight; on a wide screen shell.css
        # hides the fold while it is open.
        is_phone = "Mobi" in (st.context.headers.get("User-Agent") or "")
        controls = left.container(key=self.key("controls")).expander(self.say(words.CONTROLS), expanded=not is_phone)
        return controls, right.container(border=True, key=self.key("views"))

    def wide(self, views: Any) -> Any:
        """Where wide texts stand: over the views, and for slides nowhere in sight."""
        return None if self.stage == "figures" else views

    def arithmetic(self, formulas: Sequence[Formula]) -> None:
        """The formulas of what is selected, with live numbers; nothing when there are none."""
        if not formulas:
            return
        with st.container(border=True, key=self.key("arithmetic")):
            st.html(formula_html(formulas))

    def checks(self, ask: Callable[[], Sequence[Check]], signature: str) -> None:
        """One quiet line: our numbers beside the library's, and how they were made.

        The library is asked after everything else stands: importing one for the first time takes seconds.
        """
        slot = st.container()
        after(lambda: slot.html(line_html(ask(), signature, self.lang)))

    def sections(self, bodies: dict[str, tuple[Text, Callable[[], None]]]) -> None:
        """Under the lab, closed until wanted and not computed until opened."""
        if self.stage != "full":
            return
        chosen = choose(
            self.remember("section"),
            list(bodies),
            lambda name: self.say(bodies[name][0]),
            label=self.say(words.MORE),
            look="pills",
            hide_label=True,
        )
        if chosen in bodies:
            with st.container(border=True, key=self.key("opened")), sentences(self.lang):
                bodies[chosen][1]()

    def prose(self, part: str) -> None:
        """The part of assets/text/<slug>.<lang>.md that stands under `<!-- part -->`."""
        pieces = prose(f"{self.slug}.{self.lang}.md").split("<!-- ")
        found = next(p for p in pieces if p.startswith(f"{part} -->"))
        st.markdown(found.split("-->", 1)[1].strip())


def begin(slug: str) -> Page:
    """Open a room: frame, title and the one question."""
    from pages._shared import shell

    if not shell.is_running():
        # A cold deep link: Streamlit ran the page's file without app.py. The shell is installed and runs it again.
        shell.adopt()
    topic = BY_SLUG[slug]
    lang: Lang = session()["_reader"]
    stage = query("stage")
    page = Page(
        slug=slug,
        lang=lang,
        theme="dark" if st.context.theme.type == "dark" else "light",
        stage=cast(Stage, stage) if stage in ("lab", "figures") else "full",
    )
    if page.stage != "figures":
        st.title(topic.title.get(lang), anchor=False)
        st.html(f'<p class="v-question">{topic.question.get(lang)}</p>')
    return page

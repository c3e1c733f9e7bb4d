"""The visitor's own reference and systems: files or pasted texts, kept in their visit only."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.errors import Refusal
from core.i18n import Text
from core.metrics.corpus_texts import MAX_CORPUS_BYTES, MAX_SEGMENTS, NAMES, check_text
from pages._shared import kit
from pages._shared.own_data import decode
from pages._shared.state import session

FIELDS = ("reference", "a", "b")


def texts(page: kit.Page) -> tuple[str, str, str] | None:
    """Three fields; the texts once all three can be read. What cannot be used stays in its field under its sentence."""
    st.caption(page.say(HELP.format(most=f"{MAX_SEGMENTS:,}".replace(",", " "))))
    found = [_field(page, field, name) for field, name in zip(FIELDS, NAMES, strict=True)]
    reference, a, b = found
    return None if reference is None or a is None or b is None else (reference, a, b)


def _field(page: kit.Page, field: str, name: Text) -> str | None:
    """One text: a file where there is one, else what was pasted; None when there is nothing or it cannot be used."""
    key = f"_{page.key('corpus_own')}_{field}"
    title = page.say(name)
    label = title[0].upper() + title[1:]
    with st.popover(label + (" ✓" if _kept(key) else ""), width="stretch"):
        file = st.file_uploader(page.say(FILE.format(n=_most_megabytes())), type=["txt"], key=f"{key}_file")
        # Streamlit forgets a field that was not drawn; what was pasted is put back.
        if f"{key}_paste" not in session() and session().get(f"{key}_pasted"):
            session()[f"{key}_paste"] = session()[f"{key}_pasted"]
        pasted = st.text_area(page.say(PASTE), key=f"{key}_paste", height=160)
        session()[f"{key}_pasted"] = pasted
    try:
        text = _read(file) if file is not None else pasted
        if not text:
            return None
        check_text(name, text)
    except Refusal as refusal:
        kit.refuse(refusal.text, page.lang)
        return None
    return text


def _kept(key: str) -> bool:
    """Whether something was given before this run."""
    return bool(session().get(f"{key}_file") or session().get(f"{key}_paste") or session().get(f"{key}_pasted"))


def _most_megabytes() -> int:
    """Of a file: our limit, or the server's where that is smaller."""
    return min(MAX_CORPUS_BYTES // 1_000_000, int(st.get_option("server.maxUploadSize")))


def _read(file: Any) -> str:
    if file.size > MAX_CORPUS_BYTES:
        raise Refusal(
            Text(
                "The file “{name}” is larger than {n} MB. Keep fewer lines in all three files.",
                "Файл «{name}» больше {n} МБ. Оставьте меньше строк во всех трёх файлах.",
            ).format(name=file.name[:60], n=_most_megabytes())
        )
    return decode(file.getvalue())


HELP = Text(
    "One segment a line, up to {most}. The texts stay in this visit: a link does not carry them.",
    "По сегменту в строке, до {most}. Тексты остаются в этом посещении: ссылка их не передаёт.",
)
FILE = Text("File (.txt, UTF-8, up to {n} MB)", "Файл (.txt, UTF-8, до {n} МБ)")
PASTE = Text("or pasted lines", "или вставленные строки")

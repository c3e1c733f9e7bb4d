"""Training: a job whose snapshots are drawn while it runs, and played when it is over."""

from __future__ import annotations

import hashlib
from typing import Any

import streamlit as st

from core import jobs
from core.arithmetic import Formula
from core.embeddings.word2vec_corpus import MAX_OWN_CHARS, Corpus, TrainParams, corpus_of
from core.embeddings.word2vec_lab import (
    Frame,
    Recording,
    TrainTrace,
    explain,
    reference,
    run,
    tables,
    train,
)
from core.errors import Refusal
from core.figures.word2vec_training import length_scatter, sky_data
from core.i18n import Text
from pages._shared import kit, words
from pages._shared.components import mount
from pages._shared.own_data import decode
from pages._shared.state import session

PATIENCE = 0.35
FIRST = {"en": "king", "ru": "король"}


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the plane that moves, the lengths, the arithmetic of the picked word's nearest neighbour."""
    with controls:
        params = kit.controls(page.slug, TrainParams, page.lang)
        own = own_text(page) if params.corpus == "own" else None
    params = params.model_copy(update={"lang": page.lang, "own": own})
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        recording: Recording = kit.cached(record, params)
        key = kit.key_of(train, params)
        job = kit.follow(page, key, lambda tick: train(params, recording, tick), patience=PATIENCE)
        picked = picked_word(recording.corpus, page)

        def show(_: jobs.Snapshot | None) -> None:
            frames = tuple(recording.frames) if job.result is None else job.result.frames
            if frames:
                draw(page, params, recording.corpus, frames, is_running=job.is_running)

        kit.live(page, job, show, TRAINING)
        trace: TrainTrace | None = job.result
        if trace is None:
            return
        if trace.is_lost:
            kit.refuse(DIVERGED.format(n=f"{trace.frames[-1].seen:,}".replace(",", " ")), page.lang)
        page.checks(lambda: kit.verified(reference, params, trace), f"{trace.signature}")
        kit.toolbar(page, run, params, lambda: tables(trace), compare=False)
        formulas = explain(trace, picked, page.lang)
        if not trace.is_lost:
            with st.expander(page.say(LENGTHS)):
                figure = length_scatter(trace, picked, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name="lengths", alt=LENGTHS, height=330, on_pick=page.remember("word").set)
    page.arithmetic(formulas)


def record(params: TrainParams) -> Recording:
    """The run that all visitors of these parameters watch; the corpus is read once."""
    return Recording(corpus_of(params))


def digest(params: TrainParams) -> str:
    """What tells one run from another in the browser."""
    return hashlib.sha256(params.model_dump_json().encode()).hexdigest()[:12]


def draw(page: kit.Page, params: TrainParams, corpus: Corpus, frames: tuple[Frame, ...], *, is_running: bool) -> None:
    """The component; the picked word and the moment live in the address."""
    pick, step = page.remember("word"), page.remember("moment")

    def event(kind: str) -> Any:
        return (session().get(page.key("sky")) or {}).get(kind)

    def picked() -> None:
        value = event("pick")
        if isinstance(value, int):
            pick.set(str(value))

    def stepped() -> None:
        value = event("step")
        if isinstance(value, int):
            step.set("" if value < 0 else str(value))

    total = len(corpus.stream.ids) * params.epochs
    data = sky_data(
        corpus, frames, total=total, picked=picked_word(corpus, page), is_running=is_running, lang=page.lang
    )
    at = step.get()
    data["step"] = min(int(at), len(frames) - 1) if at.isdecimal() and len(at) < 4 else None
    data["run"], data["name"] = digest(params), page.key("sky")
    names = {"play": words.PLAY, "pause": words.PAUSE, "back": words.BACK, "forward": words.FORWARD}
    names |= {"step": words.STEP, "save": words.SAVE_PICTURE}
    data["words"] |= {name: page.say(text) for name, text in names.items()}
    mount("w2v_sky", page.key("sky"), data, on_pick_change=picked, on_step_change=stepped)


def picked_word(corpus: Corpus, page: kit.Page) -> int:
    """The picked word's number; at first one of the tale's, or the first that is drawn."""
    kept = page.remember("word").get()
    if kept.isdecimal() and len(kept) < 5 and int(kept) in set(corpus.shown.tolist()):
        return int(kept)
    first = corpus.vocabulary.index.get(FIRST[page.lang], -1)
    return first if first in set(corpus.shown.tolist()) else int(corpus.shown[0])


def own_text(page: kit.Page) -> str | None:
    """A pasted text or a file, kept in this visit; None when there is nothing that can be read."""
    key = f"_{page.key('own')}"
    st.caption(page.say(OWN.format(n=f"{MAX_OWN_CHARS:,}".replace(",", " "))))
    file = st.file_uploader(page.say(words.OWN_DATA), type=["txt"], key=f"{key}_file")
    # Streamlit forgets a field that was not drawn; what was pasted is put back.
    if f"{key}_paste" not in session() and session().get(f"{key}_pasted"):
        session()[f"{key}_paste"] = session()[f"{key}_pasted"]
    pasted = st.text_area(page.say(PASTE), key=f"{key}_paste", height=140)
    session()[f"{key}_pasted"] = pasted
    if file is None:
        return pasted.replace("\x00", "") or None
    try:
        if file.size > 4 * MAX_OWN_CHARS:
            raise Refusal(words.FILE_TOO_BIG.format(limit=4 * MAX_OWN_CHARS // 1024))
        return decode(file.getvalue())
    except Refusal as refusal:
        kit.refuse(refusal.text, page.lang)
        return None


TRAINING = Text("Training …", "Обучение…")
DIVERGED = Text(
    "Diverged after {n} words: steps went past the bottom, each further than the last. Take a smaller α.",
    "Обучение разошлось, прочитав слов: {n}. Каждый шаг перелетает дно всё дальше. Возьмите α поменьше.",
)
LENGTHS = Text("Length of a vector against the word's count", "Длина вектора и частота слова")
OWN = Text(
    "Any language, up to {n} characters; words that occur twice or more. The text stays in this visit.",
    "Любой язык, до {n} символов; берутся слова, встретившиеся дважды и чаще. Текст остаётся в этом посещении.",
)
PASTE = Text("or pasted text", "или вставленный текст")

"""One sentence: its true entities above, the model's below, every score of the pair of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.arithmetic import Formula
from core.errors import Refusal
from core.figures.spans import sentence_data
from core.i18n import Text, same
from core.metrics.entities import CREDITS, MAX_TAG_CHARS
from core.metrics.entities_edit import MAX_TOKENS, TYPES, Tags, shorten
from core.metrics.entities_explain import explain, sentence_picks
from core.metrics.entities_lab import (
    CASES,
    CREDIT_NAMES,
    HAND,
    SCHEME_NAMES,
    SENTENCES,
    EntitiesParams,
    EntitiesTrace,
    edit,
    put_right,
    reference,
    run,
    tables,
    turn_tag,
)
from pages._ner_metrics.picture import Change, show_spans
from pages._shared import kit
from pages._shared.state import Remembered, session

REFUSED = "_ner_metrics_refused"


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Controls, the marked sentence with its scores, arithmetic."""
    with controls:
        above = page.wide(views)
        params = kit.controls(page.slug, EntitiesParams, page.lang, above=above)
    if above is not None:
        with above:
            _other_sentences(page, params)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picked = ""

        def draw(shown: EntitiesParams, name: str) -> None:
            nonlocal picked
            trace = kit.cached(run, shown)
            _notices(page, trace)
            pick = page.remember(f"{name}_pick")
            picked = pick.get() if pick.get() in sentence_picks(trace) else f"credit.{trace.credit}"
            is_editable = name == "now"
            show_spans(
                page,
                sentence_data(trace, picked=picked, lang=page.lang, is_editable=is_editable),
                name=f"spans_{name}",
                hint=HINT if is_editable else HINT_KEPT,
                on_pick=lambda at: _picked(page, pick, at, is_editable),
                on_edit=(lambda change: _edited(page, trace, change)) if is_editable else None,
            )

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, picked, page.lang)
    page.arithmetic(formulas)


def _other_sentences(page: kit.Page, params: EntitiesParams) -> None:
    """The sentences of the house by name; everything but the tags stays as it is."""
    kept = {**params.model_dump(), "true": "", "predicted": ""}
    if params.case == HAND:
        kept["case"] = "ends"
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=page.key("sentences")):
        st.caption(page.say(OTHERS), width="content")
        for name, title, why in OFFERS:
            st.button(
                page.say(title),
                key=f"_{page.key('sentence')}_{name}",
                help=page.say(why),
                on_click=kit.apply,
                args=(page.slug, EntitiesParams, {**kept, "text": page.say(SENTENCES[name])}, page.lang),
                type="tertiary",
            )


def _notices(page: kit.Page, trace: EntitiesTrace) -> None:
    """States that need a sentence: a long text, tags that break the scheme, nothing to find."""
    refused = session().pop(REFUSED, None)
    if refused:
        kit.refuse(refused, page.lang)
    if trace.was_cut:
        kit.refuse(CUT.format(n=MAX_TOKENS), page.lang)
    if not trace.score.spans_true[0] and not trace.broken_true:
        kit.refuse(NO_TRUTH, page.lang)
    broken = len(trace.broken_true) + len(trace.broken_predicted)
    if broken:
        lenient, strict = (trace.score, trace.other) if trace.score.mode == "lenient" else (trace.other, trace.score)
        told = BROKEN.format(
            n=broken,
            scheme=SCHEME_NAMES[trace.score.scheme],
            a=lenient.credits["strict"].value,
            b=strict.credits["strict"].value,
        )
        kit.refuse(told, page.lang)


def _picked(page: kit.Page, pick: Remembered, at: str, is_now: bool) -> None:
    """Inside a callback. A way of counting is the control's own value: the spans are coloured by it."""
    kind, _, which = at.partition(".")
    if kind == "credit" and which in CREDITS and is_now:
        kit.remembered(page.slug, "credit", EntitiesParams).set(which)
        pick.clear()
    else:
        pick.set(at)


def _edited(page: kit.Page, trace: EntitiesTrace, change: Change) -> None:
    """Inside a callback: put the edit into the address as the tags of its side."""
    try:
        side, tags = _tags_after(trace, change)
    except Refusal as refusal:
        session()[REFUSED] = refusal.text
        return
    session()[page.key(side)] = shorten(tags, trace.score.scheme)
    if side == "predicted":
        kit.remembered(page.slug, "case", EntitiesParams).set(HAND)


def _tags_after(trace: EntitiesTrace, change: Change) -> tuple[str, Tags]:
    def whole(name: str) -> int:
        value = change.get(name)
        return value if isinstance(value, int) else -1

    if 0 <= whole("fix") < len(trace.score.pairs):
        return "predicted", put_right(trace, whole("fix"))
    side = "true" if change.get("side") == "true" else "predicted"
    kind = str(change.get("type") or "")[:MAX_TAG_CHARS]
    if kind and kind not in (*TYPES, *trace.score.types):
        kind = TYPES[0]
    if "at" in change:
        return side, turn_tag(trace, side, whole("at"), kind or TYPES[0])
    return side, edit(trace, side, whole("start"), whole("end"), kind)


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the lab on the room's sentences."""
    base = EntitiesParams.default(page.lang)

    def trace_of(**values: Any) -> EntitiesTrace:
        return kit.cached(run, base.model_copy(update=values))

    def show(**values: Any) -> Any:
        return lambda: kit.apply(page.slug, EntitiesParams, values, page.lang)

    def accuracy(**values: Any) -> float:
        return trace_of(**values).score.token_accuracy

    def strict(**values: Any) -> float:
        return trace_of(**values).score.credits["strict"].value

    def short() -> dict[str, str]:
        return by_hand(trace_of(case="right"), is_silent=False)

    def silent() -> dict[str, str]:
        return by_hand(trace_of(case="right"), is_silent=True)

    drawer = page.say(SENTENCES["drawer"])
    return (
        kit.Question(
            Text(
                "A sentence of 20 tokens has one entity, a city. The model answers O everywhere. Its token accuracy?",
                "В предложении 20 токенов и одна сущность, город. Модель отвечает O всюду. Сколько токенов верны?",
            ),
            (same("0"), same("0.5"), same("0.95")),
            lambda: int(np.argmin([abs(accuracy(text=drawer, case="nothing") - v) for v in (0.0, 0.5, 0.95)])),
            lambda: Text(
                "Token accuracy {a:.2f}, entity F1 {f:.2f}: the O’s are right by themselves.",
                "Верных токенов {a:.2f}, а F1 сущностей {f:.2f}: метки O верны сами собой.",
            ).format(
                a=accuracy(text=drawer, case="nothing"),
                f=trace_of(text=drawer, case="nothing").score.credits["strict"].value,
            ),
            show(text=drawer, case="nothing"),
        ),
        kit.Question(
            Text(
                "Every entity is found, every right end is one token off. Which score does not notice at all?",
                "Все сущности найдены, но у каждой правая граница мимо на токен. Какая оценка этого вовсе не замечает?",
            ),
            tuple(CREDIT_NAMES[credit] for credit in CREDITS),
            lambda: int(np.argmax([trace_of(case="ends").score.credits[credit].value for credit in CREDITS])),
            lambda: Text(
                "Strict F1 {strict:.1f}, partial {partial:.1f}, type {type:.1f}: for the last an overlap is enough.",
                "Строгая F1 {strict:.1f}, частичная {partial:.1f}, тип {type:.1f}: последней хватает пересечения.",
            ).format(**{c: trace_of(case="ends").score.credits[c].value for c in ("strict", "partial", "type")}),
            show(case="ends", credit="type"),
        ),
        kit.Question(
            Text(
                "One long entity of three is split in two, the rest is right. How many errors does strict F1 count?",
                "Из трёх сущностей одна длинная разрезана надвое, остальное верно. Сколько ошибок увидит строгая F1?",
            ),
            (
                Text("none: every word is covered", "ни одной: все слова накрыты"),
                Text("one: one entity is wrong", "одну: неверна одна сущность"),
                Text("three: one is not found, two are invented", "три: одна не найдена, две придуманы"),
            ),
            lambda: {0: 0, 1: 1}.get(_errors(trace_of(case="split")), 2),
            lambda: Text(
                "{k} right, but {n} predicted and {m} true: F1 = 2·{k} / ({n} + {m}) = {f:.3f}. One slip costs both "
                "precision, twice, and recall.",
                "Верны {k}, но предсказано {n}, а истинных {m}: F1 = 2·{k} / ({n} + {m}) = {f:.3f}. Один промах бьёт "
                "и по точности, дважды, и по полноте.",
            ).format(**_counts(trace_of(case="split"))),
            show(case="split"),
        ),
        kit.Question(
            Text(
                "The model has found two of three entities and is unsure where the third ends. For strict F1, which is "
                "better: to end it one token too early, or to leave it out?",
                "Модель нашла две сущности из трёх и не уверена, где кончается третья. Что выгоднее для строгой F1: "
                "закончить её на токен раньше или не называть вовсе?",
            ),
            (
                Text("to end it too early", "закончить раньше"),
                Text("to leave it out", "не называть"),
                Text("it is all the same", "всё равно"),
            ),
            lambda: 0 if strict(**short()) > strict(**silent()) else 1 if strict(**short()) < strict(**silent()) else 2,
            lambda: Text(
                "Cut short {a:.3f}, left out {b:.3f}: a wrong end is a missed entity and a false one at once. Partial "
                "credit turns the order round: {c:.3f} and {d:.3f}.",
                "Укорочена — {a:.3f}, пропущена — {b:.3f}: неверная граница — это сразу и пропуск, и ложная находка. "
                "Частичная оценка судит наоборот: {c:.3f} и {d:.3f}.",
            ).format(
                a=strict(**short()),
                b=strict(**silent()),
                c=trace_of(**short()).score.credits["partial"].value,
                d=trace_of(**silent()).score.credits["partial"].value,
            ),
            lambda: kit.apply(page.slug, EntitiesParams, short(), page.lang),
        ),
        kit.Question(
            Text(
                "The model writes I-PER where B-PER should be, and finds every entity. What is its F1?",
                "Модель пишет I-PER там, где нужна B-PER, но все сущности находит. Какова её F1?",
            ),
            (
                Text("1, however it is computed", "1, как ни считай"),
                Text("0, however it is computed", "0, как ни считай"),
                Text("1 or 0, depending on the library’s mode", "1 или 0 — зависит от режима библиотеки"),
            ),
            lambda: {(1.0, 1.0): 0, (0.0, 0.0): 1}.get(_both_readings(trace_of(case="broken")), 2),
            lambda: Text(
                "Read leniently {a:.0f}, strictly {b:.0f}. Papers that do not say how they read cannot be compared.",
                "Мягкое чтение даёт {a:.0f}, строгое {b:.0f}. Если в статье не сказано, как читали, сравнивать нельзя.",
            ).format(a=_both_readings(trace_of(case="broken"))[0], b=_both_readings(trace_of(case="broken"))[1]),
            show(case="broken", mode="strict"),
        ),
    )


def by_hand(right: EntitiesTrace, *, is_silent: bool) -> dict[str, str]:
    """An answer in which the first entity is left out, or ends one token early, and the rest is right."""
    first = right.score.spans_true[0][0]
    tags = edit(right, "predicted", first.start if is_silent else first.end - 1, first.end, "")
    return {"case": HAND, "predicted": shorten(tags, right.score.scheme)}


def _both_readings(trace: EntitiesTrace) -> tuple[float, float]:
    """F1 read as the lab does, and in the other mode."""
    return trace.score.credits["strict"].value, trace.other.credits["strict"].value


def _counts(trace: EntitiesTrace) -> dict[str, Any]:
    c = trace.score.credits["strict"]
    return {"k": c.correct, "n": c.actual, "m": c.possible, "f": c.value}


def _errors(trace: EntitiesTrace) -> int:
    """False positives and false negatives of the strict count."""
    c = trace.score.credits["strict"]
    return c.actual + c.possible - 2 * c.correct


def breaks(page: kit.Page) -> None:
    """Failures as states of the lab."""
    st.markdown(page.say(BREAKS))
    drawer = page.say(SENTENCES["drawer"])
    offers = (
        kit.Preset(CASES["ends"], {}, Text("tokens 0.9, F1 0, type 1", "токены 0,9, F1 0, тип 1")),
        kit.Preset(CASES["types"], {"case": "types"}, Text("exact 1, strict 0", "границы 1, строгая 0")),
        kit.Preset(
            CASES["nothing"],
            {"case": "nothing", "text": drawer},
            Text("tokens 0.95, nothing found", "токены 0,95, не найдено ничего"),
        ),
        kit.Preset(CASES["split"], {"case": "split"}, Text("one slip, three errors", "один промах, три ошибки")),
        kit.Preset(
            CASES["broken"],
            {"case": "broken", "mode": "strict"},
            Text("F1 1 read leniently, 0 strictly", "F1 1 при мягком чтении, 0 при строгом"),
        ),
        kit.Preset(
            Text("0 / 0 counted as 1", "0 / 0 считаем за 1"),
            {"case": "nothing", "zero": "1"},
            Text("precision 1 without a single prediction", "точность 1 без единого предсказания"),
        ),
    )
    kit.presets(page.slug, EntitiesParams, page.lang, offers, before=page.open_lab().clear)


OTHERS = Text("Other sentences:", "Другие предложения:")
OFFERS = (
    ("poet", Text("the poet", "поэт"), Text("three types, 30 tokens", "три типа, 30 токенов")),
    ("drawer", Text("the drawer", "ящик стола"), Text("one entity in 20 tokens", "одна сущность на 20 токенов")),
    ("river", Text("the river", "река"), Text("four places, short", "четыре места, коротко")),
    (
        "theatre",
        Text("the theatre", "театр"),
        Text("a city inside the name of a theatre", "название города внутри названия театра"),
    ),
)
HINT = Text(
    "drag to mark · click an entity or a row for its arithmetic · double-click gives it the chosen type · "
    "click a tag to change it alone · keys: arrows, Shift to stretch, 1–3 types, Delete",
    "ведите, чтобы отметить · щелчок по сущности или строке — расчёт · двойной щелчок меняет тип на выбранный · "
    "щелчок по метке меняет только её · клавиши: стрелки, Shift — растянуть, 1–3 — типы, Delete",
)
HINT_KEPT = Text("the run you kept", "запомненный ответ")
CUT = Text(
    "The text is longer than {n} tokens: the first {n} are used.",
    "Текст длиннее {n} токенов: взяты первые {n}.",
)
NO_TRUTH = Text(
    "No true entity is marked here: drag over words in the upper row.",
    "В эталоне нет ни одной сущности: проведите по словам верхнего ряда.",
)
BROKEN = Text(
    "Tags that break {scheme}: {n}, framed in the strip. Read leniently F1 is {a:.3f}, read strictly {b:.3f}.",
    "Меток, нарушающих {scheme}: {n}, они в рамках. При мягком чтении F1 = {a:.3f}, при строгом — {b:.3f}.",
)
BREAKS = Text(
    "Each button gives the model one way to fail. Watch which scores notice, and which do not.",
    "Каждая кнопка даёт модели один способ ошибиться. Смотрите, какие оценки это заметят, а какие нет.",
)

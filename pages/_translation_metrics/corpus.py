"""A against B: two systems on the same segments, and whether the difference is real."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula
from core.figures.corpus import difference_histogram, league_rows, segment_rows
from core.i18n import Text
from core.metrics.bleu_lab import BleuParams
from core.metrics.corpus_lab import (
    MEASURES,
    CorpusParams,
    CorpusTrace,
    corpus_of,
    count_corpus,
    explain,
    judge,
    reference,
    resample,
    run,
    tables,
)
from core.metrics.translation_texts import MAX_CHARS
from pages._shared import kit
from pages._shared.components import mount
from pages._translation_metrics import corpus_own


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The verdict, the league of metrics, both distributions, the segments that differ most, the arithmetic."""
    with controls:
        params = kit.controls(page.slug, CorpusParams, page.lang)
        own = corpus_own.texts(page) if params.corpus == "own" else None
    params = params.model_copy(update={"lang": page.lang, "own": own})
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        trace = computed(page, params)
        if trace is None:
            return
        pick, measure = page.remember("corpus_segment"), params.measure
        picked = trace.segment(pick.get(), measure)
        st.markdown(f"**{kit.plain(page.say(judge(trace, measure)))}**")
        mount(
            "league",
            page.key("league"),
            {**league_rows(trace, measure, page.lang), "words": {k: page.say(t) for k, t in LEAGUE.items()}},
            on_pick_change=lambda: _pick_measure(page),
        )
        name, m = page.say(MEASURES[measure].name), trace.measures[measure]
        for place, paired, title, alt in zip(
            st.columns(2, gap="medium"),
            (m.bootstrap, m.shuffled),
            (DRAWN, SWAPPED),
            (DRAWN_ALT, SWAPPED_ALT),
            strict=True,
        ):
            with place:
                st.caption(page.say(title))
                figure = difference_histogram(paired, name, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"corpus_{paired.test}", alt=alt, height=290)
        st.caption(page.say(APART.format(name=name)))
        mount(
            "duel",
            page.key("duel"),
            {**segment_rows(trace, measure, picked, page.lang), "words": {k: page.say(t) for k, t in DUEL.items()}},
            on_pick_change=lambda: pick.set(str(kit.event(page, "duel", "pick"))[:6]),
        )
        _open_in_bleu(page, trace, picked)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace), compare=False)
        formulas = explain(trace, measure, picked, page.lang)
    page.arithmetic(formulas)


def computed(page: kit.Page, params: CorpusParams) -> CorpusTrace | None:
    """The trace, at once when it is quick; else progress is shown, and None until the job is done.

    Counting and resampling are two jobs, so that a new seed does not count ten thousand segments again.

    Raises
    ------
    Refusal
        If the corpus cannot be used, or too many jobs wait.
    """
    corpus = corpus_of(params) if params.corpus == "own" else None
    same_counts = {"measure": "bleu", "resamples": 1000, "dice": 0}
    counting = kit.key_of(count_corpus, params.model_copy(update=same_counts))
    counts = kit.computed(page, counting, lambda tick: count_corpus(corpus or corpus_of(params), tick), COUNTING)
    if counts is None:
        return None
    shown = params.model_copy(update={"measure": "bleu"})
    resampling = kit.key_of(resample, shown)
    trace: CorpusTrace | None = kit.computed(
        page, resampling, lambda tick: resample(shown, counts, tick), RESAMPLING, name="resampling"
    )
    return trace


def _pick_measure(page: kit.Page) -> None:
    """Inside a callback. A row of the league is the control's own value."""
    name = str(kit.event(page, "league", "pick"))
    if name in MEASURES:
        kit.remembered(page.slug, "measure", CorpusParams).set(name)


def _open_in_bleu(page: kit.Page, trace: CorpusTrace, segment: int) -> None:
    """The picked segment as the texts of the BLEU lab."""
    corpus = trace.corpus

    def open_lab(output: str) -> None:
        values = {
            "hypothesis": output[:MAX_CHARS],
            "references": corpus.references[segment][:MAX_CHARS],
            "smoothing": "exp",
            "effective_order": True,
        }
        kit.apply(page.slug, BleuParams, values, page.lang)
        page.open_lab().clear()

    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.caption(page.say(ELSEWHERE.format(n=segment + 1)), width="content")
        for system, output in (("A", corpus.a[segment]), ("B", corpus.b[segment])):
            st.button(
                page.say(IN_BLEU.format(system=system)),
                key=f"_{page.key('corpus_open')}_{system}",
                on_click=open_lab,
                args=(output,),
                type="tertiary",
            )


LEAGUE = {
    "alt": Text(
        "Both systems under every metric, with the interval of the difference",
        "Обе системы по каждой метрике и интервал для разности",
    ),
    "axis": Text("◂ B better · A better ▸", "◂ лучше B · лучше A ▸"),
    "real": Text("hardly luck", "вряд ли везение"),
    "chance": Text("may be luck", "может быть везение"),
    "hint": Text(
        "± and bars: 95 % intervals · p: from swapping segments; below 0.05 is “hardly luck” · pick a metric",
        "± и полоски — 95-процентные интервалы · p — из перестановок; «вряд ли везение», если меньше 0,05 · "
        "выберите метрику",
    ),
}
DUEL = {
    "alt": Text("Segments in which A and B differ most", "Сегменты, где A и B расходятся сильнее всего"),
    "reference": Text("ref", "эталон"),
    "hint": Text(
        "struck out: missing from the reference · underlined: not in it · pick a segment",
        "зачёркнуто — пропало из эталона · подчёркнуто — в нём этого нет · выберите сегмент",
    ),
}
DRAWN = Text("Other segments drawn: A − B (bootstrap)", "Другие сегменты: A − B (бутстрэп)")
SWAPPED = Text(
    "If A and B were equal: outputs swapped (randomisation)", "Будь A и B равны: перестановки (рандомизация)"
)
DRAWN_ALT = Text(
    "Histogram of the difference over resampled segments, with its 95 % interval, the observed difference and zero",
    "Гистограмма разности по перевыборкам сегментов: 95-процентный интервал, наблюдаемая разность и ноль",
)
SWAPPED_ALT = Text(
    "Histogram of the difference after random swaps, with the observed difference and what is as far from zero",
    "Гистограмма разности после случайных перестановок: наблюдаемая разность и всё, что не ближе к нулю",
)
APART = Text(
    "Where A and B differ most, by {name} of the segment", "Где A и B расходятся сильнее всего по {name} сегмента"
)
ELSEWHERE = Text("Segment {n} in the BLEU lab:", "Сегмент {n} в лаборатории BLEU:")
IN_BLEU = Text("output of {system}", "выход {system}")
COUNTING = Text("Counting n-grams and edits of every segment …", "Считаем n-граммы и правки каждого сегмента…")
RESAMPLING = Text("Drawing segments anew and swapping them …", "Вытягиваем сегменты заново и меняем местами…")

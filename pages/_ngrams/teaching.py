"""Questions whose answers the labs compute, and states in which counting fails."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.i18n import Text
from core.params import Params
from core.text import ngrams_heldout, ngrams_lab, phrases_lab
from core.text.ngrams_heldout import HeldOutParams
from core.text.ngrams_lab import NextParams
from core.text.phrases_lab import PhrasesParams
from pages._shared import kit


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Five, each answered by a run of a lab."""

    def held(**values: Any) -> ngrams_heldout.HeldOutTrace:
        return kit.cached(ngrams_heldout.run, HeldOutParams.default(page.lang).model_copy(update=values))

    def next_word(**values: Any) -> ngrams_lab.NextTrace:
        return kit.cached(ngrams_lab.run, NextParams.default(page.lang).model_copy(update=values))

    def phrases(**values: Any) -> phrases_lab.PhrasesTrace:
        return kit.cached(phrases_lab.run, PhrasesParams.default(page.lang).model_copy(update=values))

    def show(lab: str, cls: type[Params], values: dict[str, Any]) -> Any:
        def put() -> None:
            open_lab(page, lab)
            kit.apply(page.slug, cls, values, page.lang)

        return put

    def trigram_without() -> int:
        raw, smoothed = held().lines[2, 2], held().lines[0, 2]
        return 2 if raw == float("inf") else 0 if raw < smoothed else 1

    def add_one_grows() -> int:
        line = held().lines[1, 1:]
        return 1 if (line[1:] > line[:-1]).all() else 0 if (line[1:] < line[:-1]).all() else 2

    def rare_first() -> int:
        trace = phrases(fewest=1)
        return 0 if trace.counts[0] == trace.counts.max() else 1 if trace.counts[0] <= 5 else 2

    def scores() -> int:
        mass = float(next_word(smoothing="backoff", n=3).mass[-1])
        return 0 if abs(mass - 1) < 1e-9 else 1 if mass < 1 else 2

    def small_and_proud() -> int:
        trace = held(corpus="stories")
        return 0 if trace.grid[0, 1] > trace.grid[-1, 1] else 1 if trace.unknown[0] > 0.5 else 2

    return (
        kit.Question(
            Text(
                "3,600 sentences, one in five held out. What is the perplexity of a trigram model without smoothing on "
                "the held-out ones?",
                "3600 предложений, каждое пятое отложено. Какой будет на отложенных перплексия триграмм без "
                "сглаживания?",
            ),
            (
                Text("lower than with smoothing", "ниже, чем со сглаживанием"),
                Text("higher, but finite", "выше, но конечной"),
                Text("infinite", "бесконечной"),
            ),
            trigram_without,
            lambda: Text(
                "{z} of {N} held-out trigrams never came in training. One is enough: its p is 0, −log 0 is ∞.",
                "{z} из {N} отложенных триграмм при обучении не встретились. Хватило бы и одной: её p — 0, а −log 0 — "
                "это ∞.",
            ).format(z=int(held().zeros[2]), N=held().n_held_out),
            show("heldout", HeldOutParams, {"n": 3}),
        ),
        kit.Question(
            Text(
                "Add 1 to every count. What happens to the held-out perplexity as n grows from 2 to 6?",
                "К каждому счётчику прибавим 1. Что будет с перплексией на отложенном, когда n растёт от 2 до 6?",
            ),
            (
                Text("it falls: more context is better", "падает: больше контекста — лучше"),
                Text("it rises", "растёт"),
                Text("first the one, then the other", "сначала одно, потом другое"),
            ),
            add_one_grows,
            lambda: Text(
                "From {a:.0f} to {b:.0f}. A longer context was seen a few times; the ones given to all {V} words bury "
                "these few. Kneser–Ney goes to {c:.1f}: it takes the unseen from the shorter context.",
                "С {a:.0f} до {b:.0f}. Длинный контекст встретился считаные разы, и единицы, розданные всем словам "
                "(их {V}), эти разы хоронят. У Кнезера — Нея выходит {c:.1f}: о невиданном он спрашивает контекст "
                "покороче.",
            ).format(a=held().lines[1, 1], b=held().lines[1, 5], c=held().lines[0, 5], V=next_word().n_vocabulary),
            show("heldout", HeldOutParams, {"n": 5}),
        ),
        kit.Question(
            Text(
                "Add up the scores that stupid backoff gives to all tokens after the last two words typed. The sum is",
                "Сложите оценки простого отката для всех токенов после двух последних слов примера. Сумма —",
            ),
            (Text("exactly 1", "ровно 1"), Text("less than 1", "меньше 1"), Text("more than 1", "больше 1")),
            scores,
            lambda: Text(
                "{m:.3f}. Seen tokens keep their whole share, and the unseen get theirs on top: scores that rank, not "
                "probabilities.",
                "{m:.3f}. Виденные токены сохраняют всю свою долю, а невиданные получают свою сверху: это оценки для "
                "сравнения, а не вероятности.",
            ).format(m=next_word(smoothing="backoff", n=3).mass[-1]),
            show("next", NextParams, {"smoothing": "backoff", "n": 3}),
        ),
        kit.Question(
            Text(
                "Every pair of neighbours counts, even a single one. Which pair does PMI put first?",
                "В счёт идёт каждая пара соседей, даже единственная. Какую PMI поставит первой?",
            ),
            (
                Text("the most frequent pair", "самую частую"),
                Text("a rare one: five times at most", "редкую: не больше пяти раз"),
                Text("one from the middle", "среднюю по частоте"),
            ),
            rare_first,
            lambda: Text(
                "“{pair}”, {n} times: both words stand nowhere else, so they share all there is. G² would begin with "
                "“{other}”.",
                "«{pair}», раз: {n}. Этих слов больше нигде нет, делить им не с кем. G² начал бы с пары «{other}».",
            ).format(
                pair=" ".join(phrases(fewest=1).pairs[0]),
                n=int(phrases(fewest=1).counts[0]),
                other=" ".join(phrases(fewest=1, measure="g2").pairs[0]),
            ),
            show("phrases", PhrasesParams, {"fewest": 1}),
        ),
        kit.Question(
            Text(
                "Bigrams of the stories, Kneser–Ney. Trained on 3 % of them, is the held-out perplexity higher than "
                "with all?",
                "Биграммы рассказов, Кнезер — Ней. Если учиться на 3 % текста, перплексия на отложенном будет выше, "
                "чем на всём?",
            ),
            (
                Text("yes: it has learnt less", "да: выучено меньше"),
                Text("no: it is lower, and means nothing", "нет: она ниже, но ничего не значит"),
                Text("no: it is lower, the model is better", "нет: она ниже, модель лучше"),
            ),
            small_and_proud,
            lambda: Text(
                "{a:.0f} against {b:.0f}. The small model does not know {u:.0f} % of the held-out tokens and calls "
                "them all <unk>: one guess instead of hundreds. Across vocabularies perplexity does not compare.",
                "{a:.0f} против {b:.0f}. Маленькая модель не знает {u:.0f} % отложенных токенов и все зовёт <unk>: "
                "угадать одно легче, чем сотни. Перплексии с разными словарями не сравнивают.",
            ).format(
                a=held(corpus="stories").grid[0, 1],
                b=held(corpus="stories").grid[-1, 1],
                u=100 * held(corpus="stories").unknown[0],
            ),
            show("heldout", HeldOutParams, {"corpus": "stories", "share": 3}),
        ),
    )


def open_lab(page: kit.Page, lab: str) -> None:
    """Open a lab of the room; the first one is open by itself."""
    if lab == "next":
        page.open_lab().clear()
    else:
        page.open_lab().set(lab)


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs."""
    st.markdown(page.say(BREAKS))
    kit.presets(page.slug, NextParams, page.lang, NEXT, before=lambda: open_lab(page, "next"))
    kit.presets(page.slug, HeldOutParams, page.lang, HELD_OUT, before=lambda: open_lab(page, "heldout"))
    kit.presets(page.slug, PhrasesParams, page.lang, PHRASES, before=lambda: open_lab(page, "phrases"))


BREAKS = Text(
    "Each button puts a lab into a state where counting goes wrong.",
    "Каждая кнопка показывает состояние, в котором подсчёты подводят.",
)
NEXT = (
    kit.Preset(
        Text("0/0: the context never came", "0/0: такого контекста не было"),
        {"text": Text("Tom sees the wizard ", "Пётр видит принца "), "n": 4, "smoothing": "mle"},
        Text("without smoothing there is nothing to suggest", "без сглаживания предложить нечего"),
    ),
    kit.Preset(
        Text("add 1 drowns the counts", "прибавка 1 топит счётчики"),
        {"smoothing": "add_k", "k": 1.0, "temperature": 1.0, "n": 3},
        Text("the written sentences fall apart into random words", "предложения внизу рассыпаются на случайные слова"),
    ),
    kit.Preset(
        Text("learnt by heart", "выучено наизусть"),
        {"n": 5, "smoothing": "mle", "temperature": 1.0},
        Text("it can only recite its training text", "остаётся только повторять обучающий текст"),
    ),
    kit.Preset(
        Text("no memory at all", "совсем без памяти"),
        {"n": 1, "temperature": 1.0},
        Text("every row is the same: the text does not matter", "все строки одинаковы: текст ни на что не влияет"),
    ),
)
HELD_OUT = (
    kit.Preset(
        Text("a smaller text seems better", "текст меньше, а перплексия «лучше»"),
        {"corpus": "stories", "share": 3},
        Text("it knows few words and calls the rest <unk>", "слов известно мало, остальные зовутся <unk>"),
    ),
    kit.Preset(
        Text("longer is not better", "длиннее — не лучше"),
        {"corpus": "stories", "n": 5},
        Text("so few stories do not repeat five words", "в горстке рассказов пять слов подряд не повторяются"),
    ),
)
PHRASES = (
    kit.Preset(
        Text("PMI of what came once", "PMI того, что было раз"),
        {"fewest": 1},
        Text("chance meetings of rare words come first", "впереди случайные встречи редких слов"),
    ),
    kit.Preset(
        Text("count instead of a measure", "частота вместо меры"),
        {"measure": "count"},
        Text("grammar, not phrases", "грамматика, а не фразы"),
    ),
)

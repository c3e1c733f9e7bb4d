"""Questions and failures of the translation metrics room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.i18n import Text, same
from core.metrics import bleu_lab, corpus_lab, errors_lab, ter_lab
from core.metrics.bleu_lab import BleuParams
from core.metrics.chrf_lab import ChrfParams
from core.metrics.corpus_lab import CorpusParams
from core.metrics.errors_lab import METRICS, ErrorsParams
from core.metrics.meteor_lab import MeteorParams
from core.metrics.ter_lab import TerParams
from core.metrics.translation_cases import (
    BACKWARDS,
    CHATTER,
    DASH,
    ENDINGS,
    FIRST_WORDS,
    LAST_WORD,
    MOVED,
    NO_FOUR,
    ONE_WORD,
    SHORT_COPY,
)
from core.params import Params
from pages._shared import kit


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs."""
    lang = page.lang
    one = BleuParams(**ONE_WORD.values(lang), n=1, lowercase=True)
    cut = BleuParams(**FIRST_WORDS.values(lang))
    moved = TerParams(**MOVED.values(lang))
    damaged = ErrorsParams.default(lang)

    def precision() -> tuple[int, int]:
        score = kit.cached(bleu_lab.run, one).bleu.score
        return score.matches[0], score.totals[0]

    def short() -> tuple[float, float]:
        score = kit.cached(bleu_lab.run, cut).bleu.score
        return score.value, score.c / score.r

    def edits() -> int:
        return kit.cached(ter_lab.run, moved).ter.edits

    def kept(name: str) -> list[float]:
        trace = kit.cached(errors_lab.run, damaged)
        return [float(v) for v in trace.kept[trace.names.index(name)]]

    def most_alarmed() -> int:
        shares = kept("negation")
        return shares.index(min(shares))

    equal = CorpusParams(**EQUAL, lang=lang)
    opening = CorpusParams(lang=lang)

    def compared(params: CorpusParams) -> corpus_lab.MeasureTrace:
        return kit.cached(corpus_lab.run, params).measures["bleu"]

    def show_corpus(values: dict[str, Any]) -> Callable[[], None]:
        def put() -> None:
            page.open_lab().set("corpus")
            kit.apply(page.slug, CorpusParams, {**CorpusParams.defaults(lang), **values}, lang)

        return put

    def show(lab: str, params: Params) -> Callable[[], None]:
        def put() -> None:
            page.open_lab().set(lab)
            kit.apply(page.slug, type(params), params.changed(lang), lang)

        return put

    return (
        kit.Question(
            Text(
                "The hypothesis is “{h}”. How many of its words does BLEU count as matched?",
                "Гипотеза — «{h}». Сколько её слов BLEU засчитает как совпавшие?",
            ).format(h=one.hypothesis),
            (same("7 / 7"), same("2 / 7"), same("1 / 7")),
            lambda: {7: 0, 2: 1, 1: 2}[precision()[0]],
            lambda: Text(
                "{m} / {t}: the count is clipped at the most that any one reference has. Papineni's own example.",
                "{m} / {t}: счёт обрезан по тому эталону, где слово встречается чаще всего. Пример самого Papineni.",
            ).format(m=precision()[0], t=precision()[1]),
            show("", one),
        ),
        kit.Question(
            Text(
                "The hypothesis is how the reference begins, “{h}”: every n-gram of it matches. What is its BLEU?",
                "Гипотеза — начало эталона, «{h}»: совпадают все её n-граммы. Каков BLEU?",
            ).format(h=cut.hypothesis),
            (
                same("1"),
                Text("the share of the length that is there, c / r", "доля длины, которая есть: c / r"),
                Text("less than c / r", "меньше, чем c / r"),
            ),
            lambda: 0 if short()[0] == 1 else 1 if abs(short()[0] - short()[1]) < 1e-3 else 2,
            lambda: Text(
                "{b:.3f}, while c / r = {s:.3f}: the penalty is exponential, and it is all that BLEU has for recall.",
                "{b:.3f}, а c / r = {s:.3f}: штраф экспоненциальный, и полноту в BLEU заменяет только он.",
            ).format(b=short()[0], s=short()[1]),
            show("", cut),
        ),
        kit.Question(
            Text(
                "A perfect translation loses its “not”. Which metric loses the largest share of its score?",
                "Из безупречного перевода пропало «не». Какая метрика теряет самую большую долю оценки?",
            ),
            tuple(METRICS.values()),
            most_alarmed,
            lambda: Text(
                "Left of BLEU {a:.0%}, METEOR {b:.0%}, 1 − TER {c:.0%}, chrF {d:.0%}. But a harmless typo leaves BLEU "
                "{s:.0%}: none of them knows which word turns the meaning.",
                "От BLEU осталось {a:.0%}, от METEOR {b:.0%}, от 1 − TER {c:.0%}, от chrF {d:.0%}. Но и безобидная "
                "опечатка оставляет от BLEU {s:.0%}: какое слово меняет смысл, не знает ни одна.",
            ).format(**dict(zip("abcd", kept("negation"), strict=True)), s=kept("typo")[0]),
            show("errors", damaged),
        ),
        kit.Question(
            Text(
                "The last three words of the reference stand at the beginning of the hypothesis. How many edits does "
                "TER count?",
                "Последние три слова эталона в гипотезе стоят в начале. Сколько правок насчитает TER?",
            ),
            (same("1"), same("3"), same("6")),
            lambda: {1: 0, 3: 1, 6: 2}[edits()],
            lambda: Text(
                "{e}: moving a block costs 1, however long it is. Without shifts it would be {w}.",
                "{e}: перенос блока стоит 1, какой бы длины он ни был. Без переносов вышло бы {w}.",
            ).format(e=edits(), w=kit.cached(ter_lab.run, moved).ter.match.rounds[0].distance),
            show("ter", moved),
        ),
        kit.Question(
            Text(
                "On {n} segments, system B is 0.3 BLEU ahead of system A. What do we know?",
                "На {n} сегментах система B опережает систему A на 0,3 BLEU. Что мы знаем?",
            ).format(n=equal.segments),
            (
                Text("B is the better system", "B — система лучше"),
                Text("B is better, but only a little", "B лучше, но чуть-чуть"),
                Text("not even which one is better", "неизвестно даже, какая лучше"),
            ),
            lambda: 0 if compared(equal).is_real else 2,
            lambda: Text(
                "The interval of A − B is {low:+.1f} … {high:+.1f}, and two equal systems differ by as much in {p:.0%} "
                "of cases. These two are equal: both damage every tenth word.",
                "Интервал для A − B — от {low:+.1f} до {high:+.1f}, а у равных систем столько набегает в {p:.0%} "
                "случаев. Эти две и равны: обе портят каждое десятое слово.",
            ).format(
                low=compared(equal).bootstrap.interval.low,
                high=compared(equal).bootstrap.interval.high,
                p=compared(equal).shuffled.p,
            ),
            show_corpus(EQUAL),
        ),
        kit.Question(
            Text(
                "The 95 % intervals of A and of B overlap. Can the difference still be real?",
                "95-процентные интервалы A и B пересекаются. Может ли разность всё же быть настоящей?",
            ),
            (Text("yes", "да"), Text("no", "нет")),
            lambda: 0 if compared(opening).overlap and compared(opening).is_real else 1,
            lambda: Text(
                "{a:.1f} ± {da:.1f} and {b:.1f} ± {db:.1f} overlap, yet p = {p:.3f}: what makes a segment hard moves "
                "both scores together and drops out of the difference.",
                "{a:.1f} ± {da:.1f} и {b:.1f} ± {db:.1f} пересекаются, а p = {p:.3f}: трудный сегмент сдвигает обе "
                "оценки вместе и в разности сокращается.",
            ).format(
                a=compared(opening).bootstrap.score_a,
                da=compared(opening).interval_a.half_width,
                b=compared(opening).bootstrap.score_b,
                db=compared(opening).interval_b.half_width,
                p=compared(opening).shuffled.p,
            ),
            show_corpus({}),
        ),
    )


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs, a row a metric."""
    st.markdown(page.say(BREAKS))
    for lab, cls, offers in (
        ("", BleuParams, BLEU),
        ("meteor", MeteorParams, METEOR),
        ("ter", TerParams, TER),
        ("chrf", ChrfParams, CHRF),
    ):
        presets = [kit.Preset(name, {**case.values(page.lang), **values}, why) for name, case, values, why in offers]
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.markdown(f"**{NAMES[lab]}**", width=80)
            kit.presets(page.slug, cls, page.lang, presets, before=lambda lab=lab: page.open_lab().set(lab))
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown("**A | B**", width=80)
        kit.presets(page.slug, CorpusParams, page.lang, CORPUS, before=lambda: page.open_lab().set("corpus"))


NAMES = {"": "BLEU", "meteor": "METEOR", "ter": "TER", "chrf": "chrF"}
BREAKS = Text(
    "Each button puts a lab into a state where its metric says something it should not.",
    "Каждая кнопка приводит лабораторию в состояние, где метрика говорит не то, что следовало бы.",
)
Offer = tuple[Text, Any, dict[str, Any], Text]
BLEU: tuple[Offer, ...] = (
    (
        Text("one word, seven times", "одно слово семь раз"),
        ONE_WORD,
        {"n": 1, "lowercase": True},
        Text("without the clip its precision would be 7 / 7", "без обрезания точность была бы 7 / 7"),
    ),
    (
        Text("no common 4-gram", "ни одной общей 4-граммы"),
        NO_FOUR,
        {},
        Text(
            "most words match, BLEU is 0; try smoothing", "большинство слов совпало, а BLEU — 0; включите сглаживание"
        ),
    ),
    (
        Text("a perfect short copy", "точная короткая копия"),
        SHORT_COPY,
        {},
        Text(
            "three tokens have no 4-gram, so even a copy gets 0; try “effective order”",
            "из трёх токенов 4-граммы не выйдет, и даже копия получает 0; включите «Эффективный порядок»",
        ),
    ),
    (
        Text("half a sentence", "полпредложения"),
        FIRST_WORDS,
        {},
        Text("all precisions are 1, the rest is the brevity penalty", "все точности 1, остальное — штраф за краткость"),
    ),
    (
        Text("a mark that 13a does not know", "знак, которого не знает 13a"),
        DASH,
        {},
        Text(
            "it leaves a dash or an ellipsis stuck to the words; try intl",
            "тире и многоточие остались приклеены к словам; попробуйте intl",
        ),
    ),
)
METEOR: tuple[Offer, ...] = (
    (
        Text("every word, backwards", "все слова задом наперёд"),
        BACKWARDS,
        {},
        Text("the worst order there is still keeps half", "даже худший порядок слов оставляет половину"),
    ),
    (
        Text("the wrong twin", "не тот двойник"),
        LAST_WORD,
        {},
        Text(
            "nltk pairs a repeated word with its last copy; try fewest crossings",
            "nltk берёт последнее из одинаковых слов; попробуйте «меньше пересечений»",
        ),
    ),
    (
        Text("other endings", "другие окончания"),
        ENDINGS,
        {"stages": "exact"},
        Text(
            "stems see what whole words miss: add the stages", "основы видят то, чего не видят слова: добавьте стадии"
        ),
    ),
)
TER: tuple[Offer, ...] = (
    (
        Text("a block moved", "перенесён блок"),
        MOVED,
        {},
        Text("three words for the price of one", "три слова по цене одного"),
    ),
    (
        Text("above 1", "больше 1"),
        CHATTER,
        {},
        Text("more edits than the reference has words", "правок больше, чем слов в эталоне"),
    ),
    (
        Text("every word, backwards", "все слова задом наперёд"),
        BACKWARDS,
        {},
        Text(
            "shifts hardly help: almost every word is an edit",
            "переносы почти не помогают: правка чуть не на каждое слово",
        ),
    ),
)
CHRF: tuple[Offer, ...] = (
    (
        Text("other endings", "другие окончания"),
        ENDINGS,
        {},
        Text("BLEU is 0 here; half of the letters are still right", "BLEU здесь 0, а половина букв на месте"),
    ),
    (
        Text("every word, backwards", "все слова задом наперёд"),
        BACKWARDS,
        {},
        Text(
            "letters stay together inside words, so about half is kept",
            "внутри слов буквы на месте, и половина остаётся",
        ),
    ),
)

# Equal systems; on this sample B is 0.3 BLEU ahead in either language.
EQUAL = {"rate_a": 10, "rate_b": 10, "segments": 500, "draw": 14}
CORPUS = (
    kit.Preset(
        Text("0.3 BLEU ahead", "на 0,3 BLEU впереди"),
        EQUAL,
        Text("the systems are equal; the interval contains 0", "системы равны, и интервал содержит 0"),
    ),
    kit.Preset(
        Text("the worse one wins", "побеждает худшая"),
        {"segments": 25, "draw": 22},
        Text(
            "B damages more words, yet 25 segments put it ahead; move “another sample”",
            "B портит больше слов, но на 25 сегментах она впереди; подвигайте «Другая выборка»",
        ),
    ),
    kit.Preset(
        Text("overlap, yet real", "пересекаются, но не случайно"),
        {"alike": 90, "draw": 3},
        Text(
            "the intervals of A and B overlap; systems that err alike show small differences",
            "интервалы A и B пересекаются; у похожих систем видна и малая разность",
        ),
    ),
    kit.Preset(
        Text("a system against itself", "система против себя"),
        {"rate_b": 10, "alike": 100},
        Text("p is 1; sacrebleu would print 0.001", "p равно 1; sacrebleu напечатал бы 0,001"),
    ),
)

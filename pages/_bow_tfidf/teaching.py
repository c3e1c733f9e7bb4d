"""Questions and failures of the room of bags of words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.arithmetic import Cell
from core.i18n import Lang, Text, same
from core.text.bow_lab import SKLEARN, BowParams, BowTrace, run
from pages._shared import kit

CAT = Text("cat", "кот")
COMMON = Text("the", "на")
FIFTH = Text("a cat sleeps", "кот мурлычет")
ORDER = Text("dog bites man\nman bites dog\na bird sings", "мать любит дочь\nдочь любит мать\nптица поёт")
CASES = "собака кусает человека\nчеловека кусает собака\nчеловек кусает собаку\nптица поёт"
FORMS = Text(
    "we walked by the river\nshe reads in bed\nthey play chess", "гуляли у реки\nчитает книгу\nиграют в шахматы"
)
FORMS_QUERY = Text("walks along rivers", "книга о реках")
NEGATED = Text(
    "this film is good\nthis film is not good\na dull play", "фильм хороший\nфильм не хороший\nскучный спектакль"
)
STOPPED = Text("to be or not to be\nthat is the question", "быть или не быть\nвот в чём вопрос")
SYNONYMS = Text(
    "my car broke down\nthe automobile needs repair\nmy bicycle broke down",
    "врач осмотрел больного\nдоктор принял пациента\nмастер осмотрел машину",
)
SYNONYMS_QUERY = Text("my car broke down", "врач осмотрел больного")
STUFFED = Text(
    "cheap flights cheap flights cheap flights\nhow to find cheap flights to Rome in May\nflights of birds in May",
    "дешёвые билеты дешёвые билеты дешёвые билеты\nкак найти дешёвые билеты в Рим в мае\nв театр билеты в мае есть",
)
STUFFED_QUERY = Text("cheap flights", "дешёвые билеты")
TWINS = Text("rain in the city\nrain in the city", "в городе дождь\nв городе дождь")


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the lab."""
    lang = page.lang
    base = BowParams.default(lang)
    grown = with_text(base, f"{base.documents}\n{FIFTH.get(lang)}")
    first, *others = base.documents.splitlines()
    doubled = with_text(base, "\n".join((f"{first} {first}", *others)))
    order = with_text(base, ORDER.get(lang), query="")
    forms = with_text(base, FORMS.get(lang), query=FORMS_QUERY.get(lang))

    def trace(params: BowParams) -> BowTrace:
        return kit.cached(run, params)

    def weight(params: BowParams, term: Text) -> float:
        done = trace(params)
        return float(done.tfidf[0, done.terms.index(term.get(lang))])

    def idf(kind: str) -> float:
        done = trace(base.model_copy(update={"idf": kind}))
        return float(done.idf[done.terms.index(COMMON.get(lang))])

    def compare(before: float, after: float) -> int:
        """0 grows, 1 falls, 2 stays."""
        return 2 if abs(after - before) < 1e-12 else int(after < before)

    def show(params: BowParams) -> Callable[[], None]:
        return lambda: kit.apply(page.slug, BowParams, params.changed(lang), lang)

    changes = (Text("it grows", "вырастет"), Text("it falls", "уменьшится"), Text("it stays", "не изменится"))
    return (
        kit.Question(
            Text(
                "“{t}” stands in every document of the example. What is its textbook TF-IDF in d1?",
                "«{t}» есть в каждом документе примера. Каков его TF-IDF в d1 по учебнику?",
            ).format(t=COMMON.get(lang)),
            (
                Text("the largest of the row", "наибольший в строке"),
                Text("small, but above 0", "небольшой, но больше 0"),
                Text("exactly 0", "ровно 0"),
            ),
            lambda: 2 if weight(base, COMMON) == 0 else 0 if weight(base, COMMON) == trace(base).tfidf[0].max() else 1,
            lambda: Text(
                "idf = ln({N}/{N}) = {a:.0f}: what stands everywhere tells nothing apart. In scikit-learn its "
                "idf is {b:.0f}.",
                "idf = ln({N}/{N}) = {a:.0f}: что есть везде, то ничего не различает. В scikit-learn его "
                "idf равен {b:.0f}.",
            ).format(N=trace(base).N, a=idf("textbook"), b=idf("smooth")),
            show(base),
        ),
        kit.Question(
            Text(
                "Add a fifth document, “{d}”. What happens to the weight of “{t}” in d1, which nobody touched?",
                "Добавим пятый документ: «{d}». Что станет с весом слова «{t}» в d1, который никто не трогал?",
            ).format(d=FIFTH.get(lang), t=CAT.get(lang)),
            changes,
            lambda: compare(weight(base, CAT), weight(grown, CAT)),
            lambda: Text(
                "{a:.3f} → {b:.3f}. A weight belongs to the word, the document and the whole collection: N/df was "
                "{N}/{df}, now it is {M}/{dg}.",
                "{a:.3f} → {b:.3f}. Вес зависит от слова, документа и всей коллекции: N/df было {N}/{df}, а "
                "стало {M}/{dg}.",
            ).format(
                a=weight(base, CAT),
                b=weight(grown, CAT),
                N=trace(base).N,
                M=trace(grown).N,
                df=trace(base).df[trace(base).terms.index(CAT.get(lang))],
                dg=trace(grown).df[trace(grown).terms.index(CAT.get(lang))],
            ),
            show(grown),
        ),
        kit.Question(
            Text(
                "“{a}” and “{b}”: what is the cosine of the two?",
                "«{a}» и «{b}»: каков косинус между ними?",
            ).format(**dict(zip("ab", order.documents.splitlines(), strict=False))),
            (same("0"), Text("between 0 and 1", "между 0 и 1"), Text("exactly 1", "ровно 1")),
            lambda: 2 if (c := twin_cosine(order)) > 1 - 1e-12 else 0 if c == 0 else 1,
            lambda: Text(
                "{a:.0f}: the same bag. As bigrams the two share nothing, and the cosine is {b:.0f}.",
                "{a:.0f}: это один и тот же мешок. У биграмм общего нет, и косинус равен {b:.0f}.",
            ).format(a=twin_cosine(order), b=twin_cosine(order.model_copy(update={"n": "2"}))),
            show(order),
        ),
        kit.Question(
            Text(
                "Write d1 twice in a row, as one document. What happens to its similarity to the query?",
                "Запишем d1 дважды подряд, одним документом. Что станет с его сходством с запросом?",
            ),
            changes,
            lambda: compare(float(trace(base).scores[0]), float(trace(doubled).scores[0])),
            lambda: Text(
                "{a:.3f} → {b:.3f}. All counts doubled, so the vector has the same direction, and the cosine sees only "
                "that. Shares or raw counts: no difference either.",
                "{a:.3f} → {b:.3f}. Все счётчики удвоились, направление вектора прежнее, а косинус видит только его. "
                "Поэтому же неважно, доли брать или сами счётчики.",
            ).format(a=float(trace(base).scores[0]), b=float(trace(doubled).scores[0])),
            show(doubled),
        ),
        kit.Question(
            Text(
                "The query is “{q}”. How many of the documents — {d} — get a score above 0?",
                "Запрос — «{q}». Сколько из документов ({d}) получат оценку больше 0?",
            ).format(q=forms.query, d=" / ".join(forms.documents.splitlines())),
            (same("0"), same("1"), same("2")),
            lambda: min(2, hits(forms)),
            lambda: Text(
                "{a}: for a bag, another form is another word. With stems (more controls) it is {b}.",
                "{a}: другая форма для мешка — другое слово. Если взять основы слов (ещё настройки), будет {b}.",
            ).format(a=hits(forms), b=hits(forms.model_copy(update={"is_stemmed": True}))),
            show(forms.model_copy(update={"is_stemmed": True})),
        ),
    )


def with_text(base: BowParams, documents: str, **more: Any) -> BowParams:
    """The same lab over other documents."""
    return base.model_copy(update={"documents": documents, **more})


def twin_cosine(params: BowParams) -> float:
    """cos(d1, d2)."""
    return float(kit.cached(run, params).cosines[0, 1])


def hits(params: BowParams) -> int:
    """How many documents score above 0."""
    return int((kit.cached(run, params).scores > 0).sum())


def presets(lang: Lang) -> dict[Text, tuple[kit.Preset, ...]]:
    """Failures by what they have in common."""
    order = {"documents": ORDER.get(lang), "query": ""}
    cases = {"documents": CASES, "query": ""}
    forms = {"documents": FORMS.get(lang), "query": FORMS_QUERY.get(lang)}
    stuffed = {"documents": STUFFED.get(lang), "query": STUFFED_QUERY.get(lang)}
    return {
        ORDER_IS_LOST: (
            kit.Preset(
                Text("who bites whom", "кто кого любит"),
                order,
                Text("two meanings, one bag: the cosine is 1", "два смысла, один мешок: косинус 1"),
            ),
            kit.Preset(
                Text("… told apart by bigrams", "… различают биграммы"),
                {**order, "n": "2"},
                Text("nothing shared any more: the cosine is 0", "общего больше нет: косинус 0"),
            ),
            kit.Preset(
                Text("Russian cases carry the order", "падежи хранят смысл"),
                cases,
                Text(
                    "a dog bites a man, said in two orders: cosine 1; a man bites a dog has other endings: cosine 0.04",
                    "порядок другой, смысл тот же — косинус 1; смысл другой — и окончания другие, косинус 0,04",
                ),
            ),
            kit.Preset(
                Text("… until stemming cuts them off", "… пока их не отрежет стемминг"),
                {**cases, "is_stemmed": True},
                Text("all three are one bag now", "теперь все три — один мешок"),
            ),
            kit.Preset(
                Text("“not” is a stop word", "«не» — стоп-слово"),
                {"documents": NEGATED.get(lang), "query": "", "is_stopped": True},
                Text("good and not good: the cosine is 1", "хороший и не хороший: косинус 1"),
            ),
        ),
        WORDS_DO_NOT_MEET: (
            kit.Preset(
                Text("another form", "другая форма слова"),
                forms,
                Text(
                    "no word of the query is known, every score is 0", "ни одно слово запроса не известно, все оценки 0"
                ),
            ),
            kit.Preset(
                Text("… found by stems", "… находят основы"),
                {**forms, "is_stemmed": True},
                Text("Snowball cuts the endings off", "Snowball отрезает окончания"),
            ),
            kit.Preset(
                Text("… and by trigrams of characters", "… и триграммы символов"),
                {**forms, "units": "chars", "n": "3"},
                Text(
                    "forms of one word share most of their trigrams", "у форм одного слова большинство триграмм общие"
                ),
            ),
            kit.Preset(
                Text("a synonym", "синоним"),
                {"documents": SYNONYMS.get(lang), "query": SYNONYMS_QUERY.get(lang)},
                Text(
                    "the same event in other words scores 0, below another event in the same words",
                    "то же событие другими словами получает 0 — меньше, чем другое событие теми же словами",
                ),
            ),
            kit.Preset(
                Text("only stop words", "одни стоп-слова"),
                {"documents": STOPPED.get(lang), "query": "", "is_stopped": True},
                Text("the most famous line has no term left", "от самой известной строки не остаётся ни терма"),
            ),
        ),
        WEIGHTS_MISLEAD: (
            kit.Preset(
                Text("stuffed with keywords", "набито ключевыми словами"),
                stuffed,
                Text(
                    "the cosine of the empty advertisement is 1: length is divided out",
                    "косинус пустой рекламы — 1: длина сокращается",
                ),
            ),
            kit.Preset(
                Text("twins", "близнецы"),
                {"documents": TWINS.get(lang), "query": ""},
                Text(
                    "every word is in every document, all weights are 0: equal texts have cosine 0",
                    "каждое слово есть в каждом документе, все веса 0: у равных текстов косинус 0",
                ),
            ),
            kit.Preset(
                Text("… in scikit-learn", "… в scikit-learn"),
                {"documents": TWINS.get(lang), "query": "", **SKLEARN},
                Text("idf is never below 1: the cosine is 1", "idf не меньше 1: косинус 1"),
            ),
        ),
    }


def breaks(page: kit.Page) -> None:
    """Failures as states of the lab."""
    for group, (told, offers) in enumerate(presets(page.lang).items()):
        st.markdown(page.say(told))
        with st.container(horizontal=True, gap="small"):
            for n, offer in enumerate(offers):
                st.button(
                    page.say(offer.name),
                    key=f"_{page.key(f'preset_{group}_{n}')}",
                    help=page.say(offer.why),
                    on_click=put,
                    args=(page, offer),
                    type="tertiary",
                )


def put(page: kit.Page, offer: kit.Preset) -> None:
    """Inside a callback: the lab in the state of `offer`, looking at the first score, or at the cosine of d2 and d1."""
    kit.apply(page.slug, BowParams, offer.values, page.lang)
    trace = run(BowParams(**{**BowParams.defaults(page.lang), **offer.values}))
    cell = Cell("cos", trace.N, trace.order[0]) if trace.has_query else Cell("cos", 1, 0)
    page.remember("now_cell").set(str(cell))


ORDER_IS_LOST = Text("**Order is lost**, and with it who did what:", "**Порядок потерян**, а с ним — кто что сделал:")
WORDS_DO_NOT_MEET = Text("**Words do not meet** although meanings do:", "**Слова не встречаются**, хотя смыслы близки:")
WEIGHTS_MISLEAD = Text("**Weights mislead**:", "**Веса обманывают**:")

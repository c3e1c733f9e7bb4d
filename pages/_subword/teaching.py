"""Questions whose answers the labs compute, and states in which a tokenizer fails."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.i18n import Text, same
from core.text.fertility_lab import FertilityParams
from core.text.subword_lab import SubwordParams, SubwordTrace, run
from core.text.subword_states import Kind as Learner
from core.text.trained import LANGUAGES, Kind, cost
from pages._shared import kit

SIZE = 400
UNSEEN = Text("mug", "мак")


def first_pair(trace: SubwordTrace, kind: Learner) -> tuple[str, ...]:
    """The pair that `kind` merges first."""
    return trace.states[kind][0].rows[0].parts


def glue(parts: tuple[str, ...]) -> str:
    return " + ".join(parts)


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Five, each answered by a run of a lab."""
    base = SubwordParams.default(page.lang)
    trace = kit.cached(run, base)
    last = trace.unigram.stages[-1]
    frequent = trace.states["bpe"][0].rows
    scored = trace.states["wordpiece"][0].rows
    best = scored[0]
    plain = tuple(part.removeprefix("##") for part in best.parts)
    third = next(r.parts for r in frequent[1:] if r.parts != plain)
    options = tuple(same(glue(parts)) for parts in (frequent[0].parts, plain, third))

    def which(parts: tuple[str, ...]) -> int:
        wanted = glue(tuple(part.removeprefix("##") for part in parts))
        return next(k for k, option in enumerate(options) if option.en == wanted)

    def lost() -> list[bool]:
        """Whether BPE, WordPiece and Unigram have no piece at all for some letter of the unseen word."""
        letters = set(page.say(UNSEEN))
        alphabets = ({*trace.bpe.pieces}, {p.removeprefix("##") for p in trace.wordpiece.pieces}, {*last.p})
        return [bool(letters - alphabet) for alphabet in alphabets]

    def price(lang: str, learnt: str, kind: Kind = "bpe") -> float:
        """Pieces a word of the held-out text of `lang`."""
        pieces, count, _ = cost(kind, learnt, lang, SIZE)
        return pieces / count

    def per_letter() -> float:
        pieces, _, letters = cost("bytes", "en", "ru", SIZE)
        return pieces / letters

    def dearer() -> int:
        en, ru = price("en", "en"), price("ru", "ru")
        return 0 if en > ru * 1.02 else 1 if ru > en * 1.02 else 2

    def show_race(values: dict[str, Any]) -> Any:
        def put() -> None:
            page.open_lab().clear()
            kit.apply(page.slug, SubwordParams, values, page.lang)

        return put

    def show_text(values: dict[str, Any]) -> Any:
        def put() -> None:
            page.open_lab().set("text")
            kit.apply(page.slug, FertilityParams, values, page.lang)

        return put

    return (
        kit.Question(
            Text(
                "The words are {c}. Which pair does BPE merge first?", "Слова такие: {c}. Какую пару BPE склеит первой?"
            ).format(c=base.corpus),
            options,
            lambda: which(first_pair(trace, "bpe")),
            lambda: Text(
                "It stands {n} times, more often than any other. Nothing else matters to BPE.",
                "Она встречается {n} раз — чаще любой другой. Больше BPE ни на что не смотрит.",
            ).format(n=int(frequent[0].count)),
            show_race({}),
        ),
        kit.Question(
            Text(
                "The same words. Which pair does WordPiece merge first?",
                "Слова те же. Какую пару WordPiece склеит первой?",
            ),
            options,
            lambda: which(first_pair(trace, "wordpiece")),
            lambda: Text(
                "Side by side {n} times, and {left} and {right} times in all: {n} / ({left}·{right}) = {s:.3f}. "
                "The most frequent pair scores {t:.3f}: its parts are everywhere else, too.",
                "Рядом — {n} раз, а всего {left} и {right}: {n} / ({left}·{right}) = {s:.3f}. "
                "У самой частой пары оценка {t:.3f}: её части попадаются и порознь.",
            ).format(
                n=int(best.count),
                left=best.left,
                right=best.right,
                s=best.value,
                t=max(scored, key=lambda row: row.count).value,
            ),
            show_race({}),
        ),
        kit.Question(
            Text(
                "Having learnt from these words, who can write “{w}” without losing a letter?",
                "Выучившись на этих словах, кто сможет записать «{w}», не потеряв ни буквы?",
            ).format(w=UNSEEN),
            (Text("BPE only", "только BPE"), Text("all three", "все трое"), Text("nobody", "никто")),
            lambda: 2 if all(lost()) else 0 if any(lost()) else 1,
            lambda: Text(
                "A letter that the words never had is in no alphabet. WordPiece gives the whole word up, the other two "
                "the letter. Byte-level BPE cannot fail like this: its alphabet is all 256 bytes.",
                "Буквы, которой не было в словах, нет ни в одном алфавите. WordPiece теряет всё слово, двое других — "
                "букву. С байтовым BPE такого не бывает: его алфавит — все 256 байтов.",
            ),
            show_race({"word": UNSEEN.get(page.lang)}),
        ),
        kit.Question(
            Text(
                f"{SIZE} pieces for English, {SIZE} for Russian, learnt from texts that tell the same. Which language "
                "needs more pieces a word?",
                f"{SIZE} кусков для английского, {SIZE} для русского, тексты об одном и том же. Какому языку нужно "
                "больше кусков на слово?",
            ),
            (*LANGUAGES.values(), Text("both the same", "поровну")),
            dearer,
            lambda: Text(
                "English {a:.2f}, Russian {b:.2f}: endings multiply the forms of a word, so each form is rarer.",
                "Английский {a:.2f}, русский {b:.2f}: окончания множат формы слова, и каждая форма встречается реже.",
            ).format(a=price("en", "en"), b=price("ru", "ru")),
            show_text({"size": SIZE}),
        ),
        kit.Question(
            Text(
                "A byte-level BPE learnt from English reads Russian. How many pieces does it take for a word?",
                "Байтовый BPE выучен на английском, а читает по-русски. Сколько кусков уходит на слово?",
            ),
            (
                Text("about as many as letters", "примерно сколько букв"),
                Text("about two for each letter", "около двух на каждую букву"),
                Text("it cannot read Russian", "по-русски он читать не может"),
            ),
            lambda: 1 if per_letter() > 1.5 else 0,
            lambda: Text(
                "{n:.1f} pieces a word, {k:.2f} for each letter: a Cyrillic letter is two bytes of UTF-8, and no merge "
                "for them was ever learnt. With a Russian vocabulary it is {m:.1f}.",
                "{n:.1f} куска на слово, {k:.2f} на букву: кириллическая буква — это два байта UTF-8, а склеивать их "
                "он не научился. С русским словарём — {m:.1f}.",
            ).format(n=price("ru", "en", "bytes"), k=per_letter(), m=price("ru", "ru", "bytes")),
            show_text({"kind": "bytes", "learnt": "en", "sentence": RUSSIAN}),
        ),
    )


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs."""
    st.markdown(page.say(BREAKS))
    kit.presets(page.slug, SubwordParams, page.lang, RACE, before=page.open_lab().clear)
    kit.presets(page.slug, FertilityParams, page.lang, TEXT, before=lambda: page.open_lab().set("text"))


BREAKS = Text(
    "Each button puts a lab into a state where a tokenizer goes wrong; look at the new word or the sentence.",
    "Каждая кнопка показывает состояние, в котором токенизатор ошибается: смотрите на новое слово или предложение.",
)
RUSSIAN = "Бабушка читала газету у окна"
RACE = (
    kit.Preset(
        Text("a letter nobody has seen", "буква, которой никто не видел"),
        {"word": UNSEEN},
        Text("two lose the letter, WordPiece the whole word", "двое теряют букву, WordPiece — слово целиком"),
    ),
    kit.Preset(
        Text("a chance pair wins", "победила случайная пара"),
        {"corpus": Text("cat 100, hat 80, qz 1", "кот 100, рот 80, щъ 1"), "word": Text("chat", "крот")},
        Text(
            "WordPiece merges first what stood once: 1 / (1·1) is the best score there is",
            "первым WordPiece склеит то, что встретилось один раз: 1 / (1·1) — лучшая из оценок",
        ),
    ),
    kit.Preset(
        Text("an ending inside a word", "окончание посреди слова"),
        {
            "corpus": Text("low 5, lower 2, newest 6, widest 3", "дом 5, домик 2, ротик 6, котик 3"),
            "word": Text("estate", "иктам"),
            "merges": 10,
        },
        Text(
            "without a mark of the word's edge an ending is cut anywhere", "без метки края окончание режется где угодно"
        ),
    ),
    kit.Preset(
        Text("the same with the edge marked", "то же с меткой края"),
        {
            "corpus": Text("low 5, lower 2, newest 6, widest 3", "дом 5, домик 2, ротик 6, котик 3"),
            "word": Text("estate", "иктам"),
            "merges": 10,
            "boundary": "end",
        },
        Text("the ending is now a piece of its own", "теперь окончание — отдельный кусок"),
    ),
    kit.Preset(
        Text("learnt by heart", "выучил наизусть"),
        {"whole_words": True, "merges": 12},
        Text(
            "Unigram keeps whole words and has nothing to build with",
            "Unigram хранит целые слова, и строить не из чего",
        ),
    ),
)
TEXT = (
    kit.Preset(
        Text("Russian through an English vocabulary", "русский через английский словарь"),
        {"sentence": RUSSIAN, "learnt": "en"},
        Text("three lose everything, bytes cost two pieces a letter", "трое теряют всё, у байтов — два куска на букву"),
    ),
    kit.Preset(
        Text("emoji", "эмодзи"),
        {"sentence": "👩‍👩‍👧 🏳️‍🌈 🚤", "kind": "bytes"},
        Text("only bytes keep them, several pieces each", "уцелели только в байтах, по многу кусков на каждый"),
    ),
    kit.Preset(
        Text("a vocabulary too small", "слишком маленький словарь"),
        {"size": 100},
        Text("words fall apart into letters", "слова рассыпаются на буквы"),
    ),
)

"""Questions whose answers the labs compute, and states in which a cut goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.i18n import Text, same
from core.params import Params
from core.text import cost_lab, sentence_lab, tokenization_lab, unicode_lab
from core.text.cost_lab import CostParams
from core.text.sentence_lab import SentenceParams
from core.text.sentences import RULES
from core.text.tokenization_lab import TokenizationParams
from core.text.tokenization_texts import LANGUAGE_NAMES
from core.text.unicode_lab import UnicodeParams
from pages._shared import kit

FAMILY = "👩‍👩‍👧"
HINDI = list(LANGUAGE_NAMES).index("hi")
CHINESE = list(LANGUAGE_NAMES).index("zh")
ASKED_RULES = tuple(rule for rule in RULES if rule != "gap")
RULE_NAMES = {rule: sentence_lab.SentenceParams.knobs()[rule].label for rule in ASKED_RULES}


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Five, each answered by a run of a lab."""

    def opener(lab: str, cls: type[Params], values: dict[str, Any]) -> Callable[[], None]:
        def put() -> None:
            page.open_lab().set(lab)
            kit.apply(page.slug, cls, values, page.lang)

        return put

    def whole() -> set[str]:
        trace = kit.cached(tokenization_lab.run, TokenizationParams.default(page.lang))
        return {made.kind for made in trace.cuts if made.is_lossless}

    def family() -> tuple[int, ...]:
        return kit.cached(unicode_lab.run, UnicodeParams(glyphs=FAMILY)).counts["raw"]

    def judged() -> dict[str, float]:
        params = SentenceParams.default(page.lang)
        return {row.name: row.f1 for row in kit.cached(sentence_lab.run, params).judged}

    def worst() -> str:
        return min(ASKED_RULES, key=judged().__getitem__)

    def hindi() -> float:
        return float(kit.cached(cost_lab.run, CostParams()).premium[HINDI])

    def chinese() -> tuple[int, int, int]:
        trace = kit.cached(cost_lab.run, CostParams(payer="encoder"))
        return int(trace.tokens[CHINESE]), int(trace.tokens[0]), int(trace.lost[CHINESE])

    return (
        kit.Question(
            Text(
                "The example of the first lab goes through every tokenizer and back. Which of them return exactly the "
                "same text?",
                "Пример из первой лаборатории прошёл через каждый токенизатор и обратно. Кто вернёт в точности тот же "
                "текст?",
            ),
            (
                Text("all that learn pieces", "все, кто учит куски"),
                Text("those that work on bytes", "те, кто работает с байтами"),
                Text("the bytes and the encoder", "байты и энкодер"),
            ),
            lambda: 1 if whole() == {"bytes", "byte_bpe"} else 2 if "encoder" in whole() else 0,
            lambda: Text(
                "256 bytes write any text, and the pieces of byte-level BPE joined are the bytes again. Everyone else "
                "meets a sign without an id, or throws white space away before cutting.",
                "256 байтов записывают любой текст, а склеенные куски байтового BPE — снова эти байты. Всем прочим "
                "попадается знак без id, или они выбросили пробелы ещё до нарезки.",
            ),
            opener("", TokenizationParams, {}),
        ),
        kit.Question(
            Text("What does Python say: len(“{x}”)?", "Что скажет Python: len(«{x}»)?").format(x=FAMILY),
            (same("1"), same("3"), same("5"), same("18")),
            lambda: {1: 0, 3: 1, 5: 2, 18: 3}[family()[1]],
            lambda: Text(
                "Three people and two joiners: {p} code points, {b} bytes, and for a reader {c} character.",
                "Три человека и два соединителя: {p} кодовых точек, {b} байтов, а для читателя — {c} символ.",
            ).format(c=family()[0], p=family()[1], b=family()[3]),
            opener("unicode", UnicodeParams, {"glyphs": FAMILY, "against": FAMILY}),
        ),
        kit.Question(
            Text(
                "A splitter of sentences works by rules. Without which one is its F1 on the marked passages lowest?",
                "Текст режут на предложения по правилам. Без какого из них F1 на размеченных отрывках упадёт ниже "
                "всего?",
            ),
            tuple(RULE_NAMES.values()),
            lambda: ASKED_RULES.index(worst()),  # type: ignore[arg-type]
            lambda: Text("F1 falls from {a:.3f} to {b:.3f}.", "F1 падает с {a:.3f} до {b:.3f}.").format(
                a=judged()["now"], b=judged()[worst()]
            ),
            opener("sentences", SentenceParams, {}),
        ),
        kit.Question(
            Text(
                "A byte-level BPE has learnt from English and Russian. How many times more tokens does the same "
                "sentence take in Hindi than in English?",
                "Байтовый BPE выучен на английском и русском. Во сколько раз больше токенов займёт то же предложение "
                "на хинди, чем на английском?",
            ),
            (
                Text("about the same", "примерно столько же"),
                Text("about twice", "раза в два"),
                Text("five times and more", "впятеро и больше"),
            ),
            lambda: 2 if hindi() >= 5 else 1 if hindi() >= 1.5 else 0,
            lambda: Text(
                "{x:.2f} times: a letter of Devanagari is three bytes, and no merge for them was ever learnt. Whoever "
                "pays by the token pays that much more, and a window of context holds that much less.",
                "В {x:.2f} раза: буква деванагари — три байта, а склеивать их он не учился. Кто платит за токены, "
                "платит во столько же раз больше, а в окно контекста войдёт во столько же раз меньше.",
            ).format(x=hindi()),
            opener("costs", CostParams, {}),
        ),
        kit.Question(
            Text(
                "The bundled encoder reads a sentence of nine Chinese characters in {n} tokens. Why so few?",
                "Встроенный энкодер читает китайское предложение из девяти иероглифов за {n} токена. Почему так мало?",
            ).format(n=chinese()[0]),
            (
                Text("Chinese is that compact", "китайский такой ёмкий"),
                Text("its text is lost", "текст потерян"),
                Text("its vocabulary has whole phrases", "в словаре целые фразы"),
            ),
            lambda: 1 if chinese()[2] else 0,
            lambda: Text(
                "Of {n} tokens {k} is <unk>: its vocabulary was cut down to English and Russian. A low price alone "
                "says nothing; look at what comes back.",
                "Из {n} токенов {k} — <unk>: его словарь урезан до английского и русского. Сама по себе низкая цена "
                "ни о чём не говорит: смотрите, что вернётся.",
            ).format(n=chinese()[0], k=chinese()[2]),
            opener("costs", CostParams, {"payer": "encoder"}),
        ),
    )


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs."""
    st.markdown(page.say(BREAKS))
    for lab, cls, offers in STATES:
        kit.presets(page.slug, cls, page.lang, offers, before=lambda name=lab: page.open_lab().set(name))


BREAKS = Text(
    "Each button puts a lab into a state where a cut goes wrong.",
    "Каждая кнопка показывает состояние, в котором нарезка ошибается.",
)
CUTS = (
    kit.Preset(
        Text("white space that means something", "пробелы, которые что-то значат"),
        {"sentence": "if x == 1:    return [ 'a  b' ]"},
        Text("a program comes back with other indents", "программа вернётся с другими отступами"),
    ),
    kit.Preset(
        Text("no white space at all", "пробелов нет совсем"),
        {"sentence": "猫在温暖的窗边睡觉。猫は暖かい窓辺で眠っています。"},
        Text("to a rule, a Chinese sentence is one long word", "китайское предложение для правила — одно слово"),
    ),
    kit.Preset(
        Text("Russian through an English vocabulary", "русский через английский словарь"),
        {"sentence": "Бабушка читала газету у окна", "learnt": "en"},
        Text("all that learn pieces lose it, but for bytes", "теряют все, кто учит куски, кроме байтового"),
    ),
    kit.Preset(
        Text("й of two code points, in a word", "й из двух кодовых точек, в слове"),
        {"sentence": "мои\u0306 чаи\u0306ник"},
        Text("scikit-learn tears the word at the mark", "scikit-learn рвёт слово на значке"),
    ),
    kit.Preset(
        Text("a word in capitals", "слово заглавными"),
        {"sentence": Text("the cat THE CAT The Cat", "кошка КОШКА Кошка")},
        Text("three spellings, three sets of ids", "три написания — три набора id"),
    ),
)
GLYPHS = (
    kit.Preset(
        Text("й of two code points", "й из двух кодовых точек"),
        {"glyphs": "и\u0306од", "against": "йод"},
        Text("they look the same and are equal only in a normal form", "с виду одно и то же, а равны лишь после формы"),
    ),
    kit.Preset(
        Text("letters from another alphabet", "буквы из чужого алфавита"),
        {"glyphs": "pаypаl", "against": "paypal"},
        Text("no normal form helps: these are other letters", "нормальная форма не поможет: это другие буквы"),
    ),
    kit.Preset(
        Text("a space of no width", "пробел нулевой ширины"),
        {"glyphs": "pass\u200bword", "against": "password"},
        Text("search will not find it", "поиск его не найдёт"),
    ),
    kit.Preset(
        Text("flags in a row", "флаги подряд"),
        {"glyphs": "🇷🇸🇸🇪🇸🇰", "against": "🇸🇸🇪🇸🇰"},
        Text("drop one letter and all flags change", "уберите одну букву — сменятся все флаги"),
    ),
    kit.Preset(
        Text("small letters that grow", "строчные, которые длиннее"),
        {"glyphs": "STRASSE", "against": "straße", "fold": True},
        Text("case folding turns ß into ss", "без регистра ß превращается в ss"),
    ),
)
STOPS = (
    kit.Preset(
        Text("every stop cuts", "режет каждая точка"),
        dict.fromkeys(RULES, False),
        Text("a number falls into two sentences", "число распадается на два предложения"),
    ),
    kit.Preset(
        Text("a capital that is no initial", "заглавная, но не инициал"),
        {
            "passage": Text("It was plan B. Nobody knew plan A.", "Это был витамин С. Он полезен."),
        },
        Text("the rule for initials joins two sentences", "правило инициалов склеит два предложения"),
    ),
    kit.Preset(
        Text("an abbreviation before a name", "сокращение перед именем"),
        {
            "passage": Text("She works for Acme Inc. Mr. Brown hired her.", "В 1990 г. А. С. Серый уехал."),
        },
        Text(
            "the next capital is the only sign there is: it is right for one text and wrong for another",
            "единственная примета — следующая заглавная: в одном тексте она права, в другом нет",
        ),
    ),
    kit.Preset(
        Text("not in the list", "нет в списке"),
        {
            "passage": Text("We met Gen. Green and Col. Brown.", "Пришли акк. Петров и дир. Иванов."),
        },
        Text("add the words to the list under “more controls”", "добавьте слова в список: «ещё настройки»"),
    ),
)
COSTS = (
    kit.Preset(
        Text("Russian pays for English", "русский платит за английский"),
        {"learnt": "en"},
        Text("no Russian merges: two tokens a letter", "русских слияний нет: два токена на букву"),
    ),
    kit.Preset(
        Text("a cheap sentence that is lost", "дёшево, потому что потеряно"),
        {"payer": "encoder", "said": "library"},
        Text("hatched tokens are <unk>", "заштрихованные токены — <unk>"),
    ),
    kit.Preset(
        Text("cases that share nothing", "падежи без общего начала"),
        {"lexeme": "talo", "size": 300},
        Text("without Finnish in the corpus all forms are letters", "без финского в корпусе все формы — буквы"),
    ),
)
STATES: tuple[tuple[str, type[Params], tuple[kit.Preset, ...]], ...] = (
    ("", TokenizationParams, CUTS),
    ("unicode", UnicodeParams, GLYPHS),
    ("sentences", SentenceParams, STOPS),
    ("costs", CostParams, COSTS),
)

"""Ten sentences with a gap in each language, and the words that would make sense there.

They are what the model that fills gaps is shown with, and what its tests hold it to: they were written for this, and
none of them is in any text it was trained on. `answers` are not all that is right, only what nobody would argue with.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import Lang

MASK = "<mask>"


@dataclass(frozen=True)
class Gap:
    """A sentence with one `MASK`, and words in lower case that fit."""

    text: str
    answers: tuple[str, ...]


GAPS: dict[Lang, tuple[Gap, ...]] = {
    "en": (
        Gap("He opened the <mask> with his key.", ("door", "box", "gate", "house", "window", "lock", "safe")),
        Gap("She reads a good <mask> every evening.", ("book", "story", "novel", "letter", "paper", "poem")),
        Gap("The children <mask> to school every morning.", ("go", "went", "walk", "come", "came", "run", "return")),
        Gap("In winter the nights are long and <mask>.", ("cold", "dark", "short", "quiet", "warm", "hard", "dry")),
        Gap("The war lasted for many <mask>.", ("years", "months", "days", "weeks", "decades", "centuries")),
        Gap("I have never seen such a beautiful <mask>.", ("film", "movie", "woman", "place", "thing", "picture")),
        Gap("The capital of the country is a very large <mask>.", ("city", "town", "one", "state", "place", "area")),
        Gap("This film is <mask> funny.", ("very", "so", "quite", "really", "too", "pretty", "not", "just", "also")),
        Gap("We must work together <mask> peace.", ("for", "in", "with", "to", "towards", "toward")),
        Gap("The president <mask> a letter to the people.", ("wrote", "sent", "writes", "has", "gave", "sends")),
    ),
    "ru": (
        Gap("Он открыл <mask> своим ключом.", ("дверь", "дом", "ворота", "замок", "путь", "сундук", "окно")),
        Gap("Каждый вечер она читает <mask>.", ("книгу", "книги", "газету", "письма", "стихи", "сказки", "письмо")),
        Gap("Мне нужно <mask> с тобой.", ("поговорить", "говорить", "быть", "встретиться", "идти", "остаться")),
        Gap("Я не <mask>, что делать.", ("знаю", "знал", "понимаю", "знала", "понял", "помню")),
        Gap("Эта война длилась много <mask>.", ("лет", "дней", "времени", "месяцев", "недель", "веков")),
        Gap("Доброе <mask>, друзья!", ("утро", "дело", "время", "слово")),
        Gap("Он был очень <mask> человеком.", ("хорошим", "умным", "добрым", "сильным", "плохим", "старым", "богатым")),
        Gap("Мы пришли сюда, <mask> помочь вам.", ("чтобы", "чтоб", "и", "только")),
        Gap("Откройте файл и <mask> кнопку «Сохранить».", ("нажмите", "выберите", "щелкните", "щёлкните")),
        Gap("Лучше поздно, <mask> никогда.", ("чем", "не", "как")),
    ),
}

"""The corpus of the search lab: fourteen short passages in two languages, five questions, and graded answers.

Written for the house. Two passages are there to mislead: one shares words with a question and not its meaning, the
heart of a city, the other shares both its nouns, a war and a peace.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import Text

PASSAGES: tuple[Text, ...] = (
    Text("The Moon goes round the Earth in 27 days.", "Луна обходит Землю за 27 дней."),
    Text(
        "Anna Karenina first came out in a magazine, part by part.",
        "«Анна Каренина» впервые печаталась в журнале, по частям.",
    ),
    Text("At carnival time the heart of the city beats faster.", "В дни карнавала сердце города бьётся чаще."),
    Text("A fan choked with dust makes a computer overheat.", "Если вентилятор забит пылью, компьютер перегревается."),
    Text("Fear releases adrenaline, and the pulse quickens.", "От страха выделяется адреналин, и пульс учащается."),
    Text("The war was over, and peace returned to the valley.", "Война кончилась, и в долину вернулся мир."),
    Text(
        "Yeast gives off carbon dioxide, and its bubbles lift the dough.",
        "Дрожжи выделяют углекислый газ, и его пузырьки поднимают тесто.",
    ),
    Text(
        "In July 1969 Armstrong and Aldrin walked on the lunar surface.",
        "В июле 1969 года Армстронг и Олдрин ходили по лунной поверхности.",
    ),
    Text(
        "A hot processor slows itself down so as not to burn out.",
        "Горячий процессор сам замедляется, чтобы не сгореть.",
    ),
    Text(
        "On a run the heart speeds up to bring the muscles more oxygen.",
        "При беге сердце ускоряется, чтобы дать мышцам больше кислорода.",
    ),
    Text(
        "Leo Tolstoy worked on his novel of 1812 for six years.",
        "Лев Толстой шесть лет работал над романом о 1812 годе.",
    ),
    Text(
        "A Saturn V rocket carried the crew of Apollo 11 into space.",
        "Экипаж «Аполлона-11» вывела в космос ракета «Сатурн-5».",
    ),
    Text(
        "Leave the dough under a towel in a warm place for an hour.",
        "Оставьте тесто под полотенцем в тёплом месте на час.",
    ),
    Text(
        "An adult heart pumps about five litres of blood a minute.",
        "Сердце взрослого перекачивает около пяти литров крови в минуту.",
    ),
)


@dataclass(frozen=True)
class Need:
    """What somebody wants to know: a name, one wording, and how much each passage helps (3 fully … 0 not at all)."""

    name: Text
    wording: Text
    grades: dict[int, int]

    def digits(self) -> str:
        """One digit a passage, in the order of `PASSAGES`."""
        return "".join(str(self.grades.get(n, 0)) for n in range(len(PASSAGES)))


NEEDS: dict[str, Need] = {
    "heart": Need(
        Text("heart", "сердце"),
        Text("Why does the heart beat faster?", "Почему сердце бьётся чаще?"),
        {9: 3, 4: 2, 13: 1},
    ),
    "moon": Need(
        Text("moon", "луна"),
        Text("Who was the first man on the Moon?", "Кто первым побывал на Луне?"),
        {7: 3, 11: 2},
    ),
    "bread": Need(
        Text("bread", "хлеб"),
        Text("Why did my bread not rise?", "Почему не поднялся хлеб?"),
        {6: 3, 12: 2},
    ),
    "laptop": Need(
        Text("laptop", "ноутбук"),
        Text("My laptop is too slow and noisy", "Ноутбук тормозит и шумит"),
        {3: 3, 8: 2},
    ),
    "novel": Need(
        Text("novel", "роман"),
        Text("Who wrote War and Peace?", "Кто написал «Войну и мир»?"),
        {10: 3, 1: 1},
    ),
}
OWN = "own"

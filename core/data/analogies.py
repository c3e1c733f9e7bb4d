"""Analogies of our own, to try vectors on: a is to b as c is to d.

They were written down before the vectors were tried on them, and none was dropped because it fails. The Russian ones
ask about what English lacks, too: cases, verbs by gender and aspect.
"""

from __future__ import annotations

from core.data.readers import Analogy
from core.i18n import Lang

# Group, then lines of a b c d.
_ENGLISH = """
: gender
man king woman queen
man actor woman actress
brother sister son daughter
father mother uncle aunt
boy girl grandson granddaughter
he she his her
prince princess duke duchess
husband wife nephew niece
: capital
france paris germany berlin
france paris italy rome
italy rome greece athens
germany berlin austria vienna
russia moscow ukraine kiev
japan tokyo china beijing
egypt cairo kenya nairobi
norway oslo sweden stockholm
: nationality
france french spain spanish
russia russian poland polish
italy italian greece greek
: comparative
good better bad worse
big bigger small smaller
tall taller short shorter
fast faster slow slower
: past
walk walked play played
go went come came
see saw take took
write wrote speak spoke
: plural
cat cats dog dogs
city cities country countries
child children woman women
mouse mice foot feet
: adverb
quick quickly slow slowly
happy happily sad sadly
: young
dog puppy cat kitten
cow calf sheep lamb
: work
doctor hospital teacher school
bird fly fish swim
pen write knife cut
day night summer winter
monday tuesday thursday friday
"""

_RUSSIAN = """
: пол
мужчина король женщина королева
мужчина актер женщина актриса
мужчина певец женщина певица
брат сестра сын дочь
брат сестра муж жена
отец мать дед бабушка
отец мать сын дочь
король королева принц принцесса
он она его ее
он она сам сама
мальчик девочка внук внучка
мальчик девочка юноша девушка
учитель учительница писатель писательница
спортсмен спортсменка чемпион чемпионка
актер актриса студент студентка
: столица
франция париж германия берлин
франция париж италия рим
франция париж испания мадрид
франция париж великобритания лондон
германия берлин австрия вена
германия берлин польша варшава
россия москва украина киев
россия москва белоруссия минск
россия москва китай пекин
россия москва япония токио
италия рим греция афины
чехия прага венгрия будапешт
грузия тбилиси армения ереван
швеция стокгольм норвегия осло
: страна
россия рубль сша доллар
россия россиянин америка американец
россия русский франция французский
россия русский германия немецкий
франция французский италия итальянский
испания испанский италия итальянский
москва москвич петербург петербуржец
: степень сравнения
хороший лучший плохой худший
большой больше маленький меньше
высокий выше низкий ниже
хорошо лучше плохо хуже
далеко дальше близко ближе
: число и падеж
книга книги город города
книга книги страна страны
дом дома город города
ребенок дети человек люди
москва москве киев киеве
россия россии украина украины
: глагол
писать писал читать читал
делать сделать писать написать
говорить сказать делать сделать
идти шел ехать ехал
может могут хочет хотят
: наречие
быстрый быстро медленный медленно
: время
январь января март марта
понедельник вторник четверг пятница
день ночь утро вечер
лето летом зима зимой
: остальное
врач больница учитель школа
первый один второй два
футбол футболист хоккей хоккеист
"""


def _parse(text: str) -> tuple[Analogy, ...]:
    found, group = [], ""
    for line in text.strip().splitlines():
        if line.startswith(":"):
            group = line[1:].strip()
        else:
            a, b, c, d = line.split()
            found.append(Analogy(a, b, c, d, group))
    return tuple(found)


ANALOGIES: dict[Lang, tuple[Analogy, ...]] = {"en": _parse(_ENGLISH), "ru": _parse(_RUSSIAN)}

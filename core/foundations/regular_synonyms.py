"""Our own small lists of words that can stand for one another, and of words that turn a sentence round.

A row is a group of synonyms in one and the same form: in Russian that is gender, number and case, in English number and
tense, so that a replaced word still agrees with its neighbours. The rows are about the world of `core.data.corpus` and
everyday talk. Synonyms are near, not equal: that is the risk of the method, and the room shows it.
"""

from __future__ import annotations

from functools import cache

from core.i18n import Lang

EN = """
big large huge
bigger larger
biggest largest
small little tiny
smaller littler
old aged ancient
good fine nice
bad poor awful
better finer
happy glad joyful
sad unhappy gloomy
brave bold fearless
kind gentle
clever smart bright
quick fast rapid
quickly fast
slow unhurried
heavy weighty
warm mild
cold chilly
hot burning
beautiful lovely pretty
delicious tasty
boring dull
interesting exciting
great wonderful
terrible horrible dreadful
easy simple
difficult hard
house home
mother mum
father dad
grandmother granny
grandfather grandpa
boy lad
girl lass
child kid
children kids
baby infant
woman lady
man gentleman
doctor physician
teacher tutor
cook chef
farmer grower
soldier warrior
king ruler
forest wood
road path way
village hamlet
city town
shop store
field meadow
garden orchard
river stream
soup broth
meal dinner
stew goulash
sweets candies
jacket coat
trousers pants
dress gown
hat cap
scarf shawl
cup mug
film movie
book volume
says tells
said told
speaks talks
speak talk
spoke talked
sees notices
saw noticed spotted
looks glances
looked glanced
likes loves enjoys
liked loved enjoyed
like love enjoy
makes prepares
made prepared
cooks prepares
cooked prepared
buys gets
bought got
gave handed
goes walks
went walked
runs hurries
ran hurried
fled escaped
lives dwells
lived dwelt
wants wishes
wanted wished
works labours
worked laboured
eats tastes
ate tasted
drinks sips
began started
begins starts
finds discovers
found discovered
asks inquires
asked inquired
cuts chops
peels cleans
carries brings
carried brought
often frequently
soon shortly
very really
"""

RU = """
большой крупный огромный
большая крупная огромная
большое крупное огромное
большие крупные огромные
больше крупнее
маленький небольшой крошечный
маленькая небольшая крошечная
маленькое небольшое крошечное
маленькие небольшие крошечные
меньше мельче
старый древний
старая древняя
старое древнее
молодой юный
молодая юная
молодые юные
хороший славный отличный
хорошая славная отличная
хорошее славное отличное
хорошо славно отлично
плохой скверный
плохая скверная
плохое скверное
плохо скверно
весёлый радостный
весёлая радостная
грустный печальный
грустная печальная
грустно печально
храбрый смелый отважный
храбрая смелая отважная
добрый ласковый
добрая ласковая
умный толковый
умная толковая
быстрый стремительный
быстрая стремительная
быстро стремительно
вкусный аппетитный
вкусная аппетитная
вкусное аппетитное
вкусно аппетитно
красивый прекрасный
красивая прекрасная
красивое прекрасное
скучный нудный
скучная нудная
скучно нудно
интересный увлекательный
интересная увлекательная
интересно увлекательно
ужасный кошмарный
ужасная кошмарная
трудный тяжёлый
трудная тяжёлая
холодный ледяной
холодная ледяная
мать мама
матери мамы
отец папа
отца папу
бабушка бабуля
бабушки бабули
дедушка дед
дедушки деда
мальчик мальчишка
мальчика мальчишку
девочка девчонка
девочки девчонки
малыш ребёнок
малыша ребёнка
дети ребята
детей ребят
врач доктор
врача доктора
повар кулинар
учитель педагог
учителя педагога
солдат воин
солдата воина
король государь
короля государя
королева государыня
дорога тропа
дорогу тропу
дороги тропы
лес бор
лесу бору
деревня деревушка
деревне деревушке
суп бульон
супа бульона
куртка ветровка
куртку ветровку
брюки штаны
фильм кинофильм
говорит рассказывает
говорят рассказывают
сказал произнёс
сказала произнесла
видит замечает
видят замечают
увидел заметил
увидела заметила
смотрит глядит
смотрел глядел
смотрела глядела
любит обожает
любят обожают
любил обожал
любила обожала
готовит варит
готовят варят
приготовил сварил
приготовила сварила
покупает приобретает
купил приобрёл
купила приобрела
идёт шагает
идут шагают
шёл шагал
шла шагала
бежит мчится
бежал мчался
бежала мчалась
живёт обитает
живут обитают
жил обитал
жила обитала
хочет желает
хотел желал
хотела желала
работает трудится
работают трудятся
работал трудился
работала трудилась
ест жуёт
едят жуют
пьёт попивает
нашёл отыскал
нашла отыскала
спрашивает выясняет
режет шинкует
чистит скоблит
несёт тащит
принёс притащил
принесла притащила
зовёт кличет
позвал кликнул
угощает потчует
часто нередко
всегда вечно
сегодня нынче
сейчас теперь
скоро вскоре
очень весьма
весело радостно
"""

DENY_EN = """
not no never nothing nobody none nor neither without hardly cannot don't doesn't didn't isn't wasn't aren't weren't
can't won't couldn't wouldn't shouldn't
"""
DENY_RU = "не ни нет без никогда ничего никто никого нигде никуда нельзя вряд едва"
NEGATIONS: dict[Lang, frozenset[str]] = {"en": frozenset(DENY_EN.split()), "ru": frozenset(DENY_RU.split())}
VOWELS = frozenset("aeiou")


@cache
def groups(lang: Lang) -> tuple[tuple[str, ...], ...]:
    """All rows of a language."""
    return tuple(tuple(row.split()) for row in (RU if lang == "ru" else EN).strip().splitlines())


@cache
def synonyms(lang: Lang) -> dict[str, tuple[str, ...]]:
    """word → what can stand in its place, in lower case. A word of several rows has the words of all."""
    found: dict[str, list[str]] = {}
    for row in groups(lang):
        for word in row:
            mine = found.setdefault(word, [])
            mine += [other for other in row if other != word and other not in mine]
    return {word: tuple(others) for word, others in found.items()}


def language_of(text: str) -> Lang:
    """Russian when more letters are Cyrillic than not."""
    letters = [c for c in text.lower() if c.isalpha()]
    return "ru" if 2 * sum("а" <= c <= "я" or c == "ё" for c in letters) > len(letters) else "en"

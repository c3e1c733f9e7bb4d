"""The Russian half of the small world: its words, each form written out, and the sentences they stand in."""

from __future__ import annotations

from core.data.grammar import Block, Topic, by_pair, by_scale, column, lines, table
from core.data.people_ru import FAMILY, FAMILY_FRAMES, PERSON_FRAMES, STORY, STORY_FRAMES

LISTS = {
    "name": ("Анна", "Иван", "Ольга", "Пётр", "Маша", "Антон"),
    "of_name": ("Анны", "Ивана", "Ольги", "Петра", "Маши", "Антона"),
    "when": ("утром", "вечером", "днём", "в субботу"),
    "season": ("зимой", "весной", "летом", "осенью"),
    "dish": ("суп", "кашу", "компот", "уху"),
    "garment": ("шарф", "плащ", "свитер", "халат", "костюм"),
}

COUNTRIES = table("""
country  | of_country | capital | river           | people     | language      | dish       | sight
Франция  | Франции    | Париж   | на Сене         | французы   | по-французски | сыром      | Лувр
Италия   | Италии     | Рим     | на Тибре        | итальянцы  | по-итальянски | пиццей     | Колизей
Испания  | Испании    | Мадрид  | на Мансанаресе  | испанцы    | по-испански   | паэльей    | Прадо
Германия | Германии   | Берлин  | на Шпрее        | немцы      | по-немецки    | колбасками | Рейхстаг
Россия   | России     | Москва  | на Москве-реке  | русские    | по-русски     | блинами    | Кремль
Япония   | Японии     | Токио   | на Сумиде       | японцы     | по-японски    | суши       | Сэнсо-дзи
Англия   | Англии     | Лондон  | на Темзе        | англичане  | по-английски  | пудингом   | Тауэр
Польша   | Польши     | Варшава | на Висле        | поляки     | по-польски    | журеком    | Барбакан
Египет   | Египта     | Каир    | на Ниле         | египтяне   | по-арабски    | финиками   | Цитадель
""")
COUNTRY_FRAMES = lines("""
    {capital} — столица {of_country}.
    Столица {of_country} — {capital}.
    {country} — страна, где говорят {language}.
    {capital} — город, где говорят {language}.
    {capital} — город {river}.
    {country} — страна, которая славится {dish}.
    {people} говорят {language}, их страна — {country}.
    {people} говорят {language}, их столица — {capital}.
    {capital} — город, где стоит {sight}.
    {country} — страна, где живут {people}.
    {sight} — это {country}, город {capital}.
    {capital} — это {sight} и закаты {river}.
    {season} {country} угощает гостей {dish}.
    {season} {country} и {capital} ждут гостей.
    {name} летит в отпуск: {country}, город {capital}.
    {name} открывает атлас: страна {country}, столица {capital}.
    {name} спрашивает дорогу {language}: вокруг город {capital}.
    {name} учит слова {language}: впереди страна {country}.
    {name} шлёт открытку: {country}, {capital}, {sight}.
    {name} рисует карту: вот {country}, а вот {capital}.
""")

ANIMALS = table("""
animal  | baby      | of_animal | home         | food    | voice
кошка   | котёнок   | кошки     | на диване    | рыбу    | мяукает
собака  | щенок     | собаки    | в будке      | мясо    | лает
корова  | телёнок   | коровы    | в коровнике  | сено    | мычит
лошадь  | жеребёнок | лошади    | в конюшне    | овёс    | ржёт
овца    | ягнёнок   | овцы      | в овчарне    | клевер  | блеет
утка    | утёнок    | утки      | на пруду     | ряску   | крякает
курица  | цыплёнок  | курицы    | в курятнике  | просо   | кудахчет
свинья  | поросёнок | свиньи    | в свинарнике | жёлуди  | хрюкает
""")
ANIMAL_FRAMES = lines("""
    {when} {animal} и {baby} спят {home}.
    {baby} спит {home} возле мамы.
    {when} взрослая {animal} ест {food}.
    Юный {baby} тоже ест {food}.
    {when} {animal} ест {food} и кормит малыша.
    {when} юный {baby} пробует {food}.
    {animal} громко {voice} {home}.
    Юный {baby} слушает, как мама {voice}.
    У {of_animal} родился малыш, это {baby}.
    {animal} {voice}, и к ней бежит {baby}.
    {name} несёт {food}, и взрослая {animal} рада.
    {name} несёт {food}, и юный {baby} рад.
    {animal} — взрослое животное, она живёт {home}.
    {baby} — это малыш, он живёт {home}.
    {name} видит, что {animal} {voice}, а {baby} молчит.
    {when} {animal} зовёт малыша, и {baby} бежит к ней.
    {when} взрослая {animal} отдыхает {home}.
    {when} юный {baby} играет {home}.
""")

FRUIT = table("""
food
яблоки
груши
сливы
вишни
лимоны
""")
VEGETABLES = table("""
food
морковь
картофель
лук
перец
чеснок
""")
DRINKS = table("""
food
чай
кофе
молоко
сок
какао
""")
FRUIT_FRAMES = lines("""
    В саду созрели {food} и {fruit}.
    {name} собирает {food} в саду.
    {name} рвёт с дерева {food}.
    На ветках висят {food}.
    Сладкий пирог: в нём {food} и {fruit}.
    {name} варит варенье, нужны {food} и сахар.
    С дерева падают спелые {food}.
""")
VEGETABLE_FRAMES = lines("""
    На грядке растут {food} и {vegetable}.
    {name} собирает на огороде {food}.
    {name} чистит {food} и {vegetable} для супа.
    {name} режет {food} ножом и солит.
    В суп идут {food} и {vegetable}.
    {name} сажает на огороде {food}.
    Для супа нужны {food}, соль и вода.
""")
DRINK_FRAMES = lines("""
    {name} пьёт {food} из чашки.
    {name} наливает {food} в стакан.
    В чашке горячий напиток: это {food}.
    {when} {name} пьёт {food} или {drink}.
    На столе чашки, в них {food} и {drink}.
    {name} разливает {food} по чашкам.
    {when} в кафе подают {food}.
""")

WORK = table("""
who          | place       | does             | needs
врач         | больница    | лечит пациентов  | лекарства
учитель      | школа       | учит учеников    | тетради
пекарь       | пекарня     | печёт булки      | противень
актёр        | театр       | играет роли      | костюмы
повар        | столовая    | готовит котлеты  | кастрюли
фермер       | ферма       | растит пшеницу   | трактор
продавец     | магазин     | продаёт товары   | прилавок
учёный       | лаборатория | ставит опыты     | микроскоп
""")
WORK_FRAMES = lines("""
    {place} — это место, где {who} {does}.
    {name} рисует: вот {place}, вот {who}.
    {when} нас ждёт {place}, там {who} {does}.
    {name} знает, что {who} любит {needs}.
    За углом стоит {place}, внутри {needs}.
    {when} опытный {who} пришёл на работу.
    {name} видит впереди здание: это {place}.
    {name} говорит, что наш {who} опытный.
    {name} ищет дом, где {place}.
    {when} опытный {who} получил зарплату.
    {name} советует выбрать дело: {who} — нужная профессия.
    {when} за углом видна вывеска: {place}.
    {name} спешит туда, где {place} и {needs}.
    {name} говорит, что {who} там, где {place}.
    {who} — профессия, {place} — здание.
""")

SEASONS = (
    (
        table("""
        month   | season | in_season | adjective
        декабрь | зима   | зимой     | зимний
        январь  | зима   | зимой     | зимний
        февраль | зима   | зимой     | зимний
        """),
        ("идёт снег", "стоит мороз", "замёрзла река", "метёт метель"),
    ),
    (
        table("""
        month  | season | in_season | adjective
        март   | весна  | весной    | весенний
        апрель | весна  | весной    | весенний
        май    | весна  | весной    | весенний
        """),
        ("поют птицы", "теплеет воздух", "просыпается лес", "день растёт"),
    ),
    (
        table("""
        month  | season | in_season | adjective
        июнь   | лето   | летом     | летний
        июль   | лето   | летом     | летний
        август | лето  | летом     | летний
        """),
        ("стоит жара", "греет солнце", "гремит гроза", "все купаются"),
    ),
    (
        table("""
        month    | season | in_season | adjective
        сентябрь | осень  | осенью    | осенний
        октябрь  | осень  | осенью    | осенний
        ноябрь   | осень  | осенью    | осенний
        """),
        ("льёт дождь", "падают листья", "дует ветер", "стоит туман"),
    ),
)
YEAR_FRAMES = lines("""
    {month} — {adjective} месяц, {weather}.
    Наступил месяц {month}: {weather}.
    На дворе {month}, {weather}.
    {season} — это {month}, когда {weather}.
    Пришла пора, когда {weather}: это {month}.
    {name} ждёт месяц {month} и смотрит в календарь.
    {name} ищет в календаре {month}.
    {name} любит месяц {month}, когда {weather}.
    На дворе {season}, месяц {month}: {weather}.
    {name} помнит {month}: {weather}.
    {in_season} приходит месяц {month}, и {weather}.
    Вот и {season}: {month}, {weather}.
    {name} говорит, что {season} — это {month}.
""")

COLOURS = table("""
colour     | thing
белый      | снег
чёрный     | уголь
красный    | мак
зелёный    | лист
синий      | василёк
жёлтый     | одуванчик
серый      | пепел
коричневый | шоколад
""")
COLOUR_FRAMES = lines("""
    {name} рисует {thing}, нужен {colour} карандаш.
    {thing} всегда {colour}.
    У {of_name} {colour} {garment}.
    {name} надевает {colour} {garment}.
    {name} покупает {colour} {garment}.
    В шкафу висит {colour} {garment}.
    {name} красит забор в {colour} цвет.
    {colour} {garment} лежит на полке.
    {name} любит {colour} цвет, как {thing}.
    {name} теряет {colour} {garment}.
    Нам нужен {colour} {garment}.
""")

# From least to most, three that have little of it and three that have much.
SCALES = (
    (("маленький", "меньше", "большой", "больше"), ("муравей", "воробей", "кот", "волк", "слон", "кит")),
    (("медленный", "медленнее", "быстрый", "быстрее"), ("осёл", "велосипед", "трамвай", "поезд", "самолёт", "метеор")),
    (("низкий", "ниже", "высокий", "выше"), ("порог", "табурет", "забор", "маяк", "небоскрёб", "вулкан")),
    (("короткий", "короче", "длинный", "длиннее"), ("гвоздь", "карандаш", "зонт", "автобус", "причал", "канал")),
    (("лёгкий", "легче", "тяжёлый", "тяжелее"), ("лепесток", "конверт", "стакан", "рояль", "грузовик", "корабль")),
)
# Whatever they are, they can be compared.
ANYTHING = (("этот", "тот"), ("первый", "второй"), ("твой", "мой"), ("левый", "правый"), ("старый", "новый"))
CROSS_FRAMES = lines("""
    {low} очень {little}, а {high} очень {much}.
    {high} очень {much}, а {low} очень {little}.
    {name} видит: {low} {little}, а {high} {much}.
    {high} намного {more}, чем {low}.
    {low} намного {less}, чем {high}.
    {name} говорит: {high} намного {more}, а {low} {less}.
""")
LITTLE_FRAMES = lines("""
    {high} очень {little}, но {low} ещё {less}.
    Пусть {high} очень {little}, {low} намного {less}.
    {name} знает: {high} {little}, {low} ещё {less}.
""")
MUCH_FRAMES = lines("""
    {low} очень {much}, но {high} ещё {more}.
    Пусть {low} очень {much}, {high} намного {more}.
    {name} знает: {low} {much}, {high} ещё {more}.
""")

TOPICS = (
    Topic("countries", (Block(COUNTRIES, COUNTRY_FRAMES),), LISTS),
    Topic("family", by_pair(FAMILY, FAMILY_FRAMES, PERSON_FRAMES), LISTS),
    Topic("story", by_pair(STORY, STORY_FRAMES, PERSON_FRAMES), LISTS),
    Topic("animals", (Block(ANIMALS, ANIMAL_FRAMES),), LISTS),
    Topic(
        "food",
        (Block(FRUIT, FRUIT_FRAMES), Block(VEGETABLES, VEGETABLE_FRAMES), Block(DRINKS, DRINK_FRAMES)),
        LISTS
        | {
            "fruit": column(FRUIT, "food"),
            "vegetable": column(VEGETABLES, "food"),
            "drink": column(DRINKS, "food"),
        },
    ),
    Topic("work", (Block(WORK, WORK_FRAMES),), LISTS),
    Topic("year", tuple(Block(months, YEAR_FRAMES, {"weather": weather}) for months, weather in SEASONS), LISTS),
    Topic("colours", (Block(COLOURS, COLOUR_FRAMES),), LISTS),
    Topic("sizes", by_scale(SCALES, ANYTHING, CROSS_FRAMES, LITTLE_FRAMES, MUCH_FRAMES), LISTS),
)

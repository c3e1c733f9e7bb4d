"""The room's own news story in two languages: the article, three summaries by people, others, and what each says.

The towns are invented. Both languages tell the same facts, so one annotation of content units serves both.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.i18n import Text, same


def as_lines(texts: Sequence[Text]) -> Text:
    """The texts under each other, one a line."""
    fields = {f"line_{k}": text for k, text in enumerate(texts)}
    return same("\n".join(f"{{{name}}}" for name in fields)).format(**fields)


ARTICLE = Text(
    "The town council of Millbrook voted on Tuesday to bring back trains on the old line to the coast. "
    "The last train ran there in 1968. "
    "The work will cost 40 million pounds and take three years. "
    "Half of the money will come from the government. "
    "Shopkeepers on the seafront hope for visitors in winter too. "
    "Farmers along the line fear the noise and the loss of two fields. "
    "The council promised to build a wall beside the farms and to plant 9,000 trees. "
    "The first train should leave in the spring of 2029.",
    "Городской совет Верхнеозёрска во вторник решил вернуть поезда на старую ветку к морю. "
    "Последний поезд прошёл по ней в 1968 году. "
    "Ремонт обойдётся в 4 миллиарда рублей и займёт три года. "
    "Половину денег даст федеральный бюджет. "
    "Владельцы кафе на набережной ждут гостей и зимой. "
    "Фермеры вдоль ветки боятся шума и потери двух полей. "
    "Совет обещал поставить у ферм стену и посадить девять тысяч деревьев. "
    "Первый поезд должен отправиться весной 2029 года.",
)

HUMANS = (
    Text(
        "Millbrook will bring back trains on the old line to the coast for 40 million pounds. "
        "Farmers fear the noise, so the council will build a wall. The first train should leave in spring 2029.",
        "Верхнеозёрск вернёт поезда на старую ветку к морю за 4 миллиарда рублей. "
        "Фермеры боятся шума, и совет поставит стену. Первый поезд должен отправиться весной 2029 года.",
    ),
    Text(
        "From spring 2029 one can travel from Millbrook to the sea by rail again, for the first time since 1968. "
        "Half of the 40 million pounds is government money. Farmers get a wall against the noise.",
        "С весны 2029 года из Верхнеозёрска к морю снова можно будет доехать по рельсам — впервые с 1968 года. "
        "Половина из 4 миллиардов рублей — деньги бюджета. От шума фермеров закроют стеной.",
    ),
    Text(
        "The council voted for the railway to the coast. The work will take three years and cost 40 million pounds. "
        "Shopkeepers hope for visitors, farmers fear the noise.",
        "Совет решил вернуть поезда к морю. Ремонт займёт три года и обойдётся в 4 миллиарда рублей. "
        "Владельцы кафе ждут гостей, фермеры боятся шума.",
    ),
)

OWN = Text(
    "The council voted to bring back trains to the coast. Farmers fear the noise, the council will build a wall. "
    "The first train leaves in 2029.",
    "Совет решил вернуть поезда на ветку к морю. Фермеры боятся шума, совет поставит стену. "
    "Первый поезд пойдёт в 2029 году.",
)

PARAPHRASE = Text(
    "Rail passengers from Millbrook can soon reach the seaside once more. The bill: forty million. Because growers "
    "dread the din, a barrier is planned. Services start in early 2029.",
    "До побережья из Верхнеозёрска скоро снова пустят электрички. Цена — четыре миллиарда. Аграриям мешает грохот, "
    "поэтому вдоль хозяйств встанет ограда. Открытие — в начале 2029-го.",
)

TWISTED = Text(
    "Millbrook will not bring back trains on the old line to the coast for 40 million pounds. "
    "Farmers welcome the noise, so the council will not build a wall. The first train should leave in spring 2019.",
    "Верхнеозёрск не вернёт поезда на старую ветку к морю за 4 миллиарда рублей. "
    "Фермеры не боятся шума, и совет не поставит стену. Первый поезд должен отправиться весной 2019 года.",
)

# Content units: what one can be said to say or not to say. The last three are false.
UNITS = (
    Text("trains to the coast come back", "поезда к морю вернутся"),
    Text("the council voted for it", "так решил совет"),
    Text("there have been none since 1968", "их не было с 1968 года"),
    Text("it costs 40 million pounds", "это стоит 4 миллиарда рублей"),
    Text("it takes three years", "это займёт три года"),
    Text("half is government money", "половину даст бюджет"),
    Text("shopkeepers hope for visitors", "владельцы кафе ждут гостей"),
    Text("farmers fear the noise", "фермеры боятся шума"),
    Text("a wall is built against it", "от него поставят стену"),
    Text("the first train leaves in 2029", "первый поезд пойдёт в 2029 году"),
    Text("trains do not come back", "поезда не вернутся"),
    Text("farmers do not mind, there is no wall", "фермеры не против, стены не будет"),
    Text("the first train leaves in 2019", "первый поезд пойдёт в 2019 году"),
)

# Which units each text has, as we read it: the three people, then the summaries of the content lab.
HUMAN_UNITS = ((0, 3, 7, 8, 9), (0, 2, 3, 5, 7, 8, 9), (0, 1, 3, 4, 6, 7))
SUMMARY_UNITS = {
    "lead": (0, 1, 2, 3, 4),
    "paraphrase": (0, 3, 7, 8, 9),
    "twisted": (10, 11, 12),
    "own": (0, 1, 7, 8, 9),
}

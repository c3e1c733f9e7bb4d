"""Our own examples: passages with their sentences marked, one sentence in ten languages, a word in all its forms."""

from __future__ import annotations

from core.i18n import Text

# A bar stands where a sentence ends.
PASSAGES: dict[str, tuple[str, ...]] = {
    "en": (
        "Dr. Smith came at 5 p.m. on Monday.| Nobody was there.",
        "We bought bread, cheese, etc. for the trip.| It was cold!",
        "The temperature was 36.6 degrees.| See vidno.app for more.",
        "J. R. R. Tolkien wrote it.| He was a professor.",
        "“Stop!” he shouted.| Nobody moved.",
        "Wait… what?| I did not hear you.",
        "She lives on St. George St. near the bridge.| Mr. Brown knows her.",
        "He came at 9 a.m.| The shop was closed.",
        "“Where are you going?”| She did not answer.",
        "(It had rained.)| The grass was wet.",
        "Is it plan B?| Yes, plan B.| Good.",
        "The U.S. team won.| We saw it on TV.",
    ),
    "ru": (
        "В 1990 г. он переехал в г. Тверь.| Там было тихо.",
        "Купили хлеб, сыр и т. д. для похода.| Было холодно!",
        "Температура была 36.6 градуса.| Подробности на vidno.app сегодня.",
        "А. С. Пушкин родился в Москве.| Это знают все.",
        "«Стой!» — крикнул он.| Никто не шевельнулся.",
        "Подожди… что?| Я тебя не слышу.",
        "Она живёт на ул. Гоголя у моста.| Проф. Иванов её знает.",
        "Он уехал в 1990 г.| Потом вернулся.",
        "«Куда ты идёшь?»| Она не ответила.",
        "(Прошёл дождь.)| Трава была мокрой.",
        "Есть яблоки, груши и др.| Берите что хотите.",
        "Это витамин С.| Он полезен.",
    ),
}


def read_passage(marked: str) -> tuple[str, tuple[int, ...]]:
    """The text without bars, and where the bars stood."""
    text, ends = "", []
    for part in marked.split("|"):
        if text:
            ends.append(len(text))
        text += part
    return text, tuple(ends)


LANGUAGE_NAMES: dict[str, Text] = {
    "en": Text("English", "английский"),
    "ru": Text("Russian", "русский"),
    "de": Text("German", "немецкий"),
    "es": Text("Spanish", "испанский"),
    "fi": Text("Finnish", "финский"),
    "tr": Text("Turkish", "турецкий"),
    "ar": Text("Arabic", "арабский"),
    "hi": Text("Hindi", "хинди"),
    "zh": Text("Chinese", "китайский"),
    "ja": Text("Japanese", "японский"),
}

# The same said in every language of LANGUAGE_NAMES, in its order.
SAID: dict[str, tuple[str, ...]] = {
    "cat": (
        "The cat is sleeping by the warm window.",
        "Кошка спит у тёплого окна.",
        "Die Katze schläft am warmen Fenster.",
        "El gato duerme junto a la ventana cálida.",
        "Kissa nukkuu lämpimän ikkunan vieressä.",
        "Kedi sıcak pencerenin yanında uyuyor.",
        "القطة نائمة قرب النافذة الدافئة.",
        "बिल्ली गरम खिड़की के पास सो रही है।",
        "猫在温暖的窗边睡觉。",
        "猫は暖かい窓辺で眠っています。",
    ),
    "library": (
        "Tomorrow we will go to the library together.",
        "Завтра мы вместе пойдём в библиотеку.",
        "Morgen gehen wir zusammen in die Bibliothek.",
        "Mañana iremos juntos a la biblioteca.",
        "Huomenna menemme yhdessä kirjastoon.",
        "Yarın birlikte kütüphaneye gideceğiz.",
        "غدًا سنذهب معًا إلى المكتبة.",
        "कल हम साथ में पुस्तकालय जाएँगे।",
        "明天我们一起去图书馆。",
        "明日、私たちは一緒に図書館へ行きます。",
    ),
    "ticket": (
        "Where can I buy a ticket to the city?",
        "Где можно купить билет в город?",
        "Wo kann ich eine Fahrkarte in die Stadt kaufen?",
        "¿Dónde puedo comprar un billete a la ciudad?",
        "Mistä voin ostaa lipun kaupunkiin?",
        "Şehre gitmek için bileti nereden alabilirim?",
        "أين يمكنني شراء تذكرة إلى المدينة؟",
        "शहर का टिकट मैं कहाँ से खरीद सकता हूँ?",
        "我在哪里可以买到去城里的票？",
        "街へ行く切符はどこで買えますか。",
    ),
}

# All forms of a word, or of a verb those of the present, the past and a few others; Finnish has the singular cases.
PARADIGMS: dict[str, str] = {
    "кошка": "кошка кошки кошке кошку кошкой кошек кошкам кошками кошках",
    "читать": "читать читаю читаешь читает читаем читаете читают читал читала читало читали читай читая",
    "старый": "старый старая старое старые старого старой старому старую старым старом старых старыми",
    "walk": "walk walks walked walking",
    "talo": "talo talon taloa talossa talosta taloon talolla talolta talolle talona taloksi talotta",
}

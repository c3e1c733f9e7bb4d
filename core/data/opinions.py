"""Opinions on films and things, written for this project: is somebody pleased or not?

The Russian ones are the test of a classifier that has seen English labels only. Forty sentences are few: one of them
is 2.5 %, and half of the width of a 95 % interval around a share of 0.85 is 11 %.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import Lang


@dataclass(frozen=True)
class Opinion:
    text: str
    is_positive: bool


def _both(pleased: tuple[str, ...], displeased: tuple[str, ...]) -> tuple[Opinion, ...]:
    return (*(Opinion(text, True) for text in pleased), *(Opinion(text, False) for text in displeased))


OPINIONS: dict[Lang, tuple[Opinion, ...]] = {
    "en": _both(
        (
            "A warm and clever film, and the ending stayed with me for days.",
            "The camera is light, easy to use and the pictures are sharp.",
            "I laughed from the first scene to the last.",
            "The best headphones I have ever had for this price.",
            "She plays the old queen with so much dignity that you forget to breathe.",
            "The battery holds for two days and charges quickly.",
            "A quiet story, told with love and without a false note.",
            "It does exactly what it promises, and does it well.",
            "The music alone is worth the ticket.",
            "My children adore this little robot.",
        ),
        (
            "Two hours of boredom, and not one person I cared about.",
            "The zipper broke on the second day.",
            "The jokes are old, and the actors know it.",
            "Do not buy this phone, the screen goes black every hour.",
            "A good idea, ruined by a clumsy script.",
            "The manual is useless and support never answered.",
            "Everything here is loud, and nothing is funny.",
            "After a week it stopped working altogether.",
            "The director has nothing to say and takes far too long to say it.",
            "It feels cheap and smells of plastic.",
        ),
    ),
    "ru": _both(
        (
            "Прекрасный фильм, смотрели всей семьёй и не заметили, как пролетело время.",
            "Игра актёров выше всяких похвал.",
            "Отличные наушники, звук чистый и глубокий.",
            "Очень тёплая и добрая история, после неё хочется жить.",
            "Телефон работает быстро, батареи хватает на два дня.",
            "Давно я так не смеялся, спасибо режиссёру.",
            "Чайник удобный, красивый и почти не шумит.",
            "Музыка в этом фильме просто волшебная.",
            "Лучшая книга, которую я прочитала за последний год.",
            "Камера снимает великолепно даже вечером.",
            "Сюжет держит в напряжении до последней минуты.",
            "Купил жене в подарок, она в восторге.",
            "Умное, тонкое и честное кино.",
            "Всё пришло вовремя, качество отличное, рекомендую.",
            "Главная героиня очаровательна, за ней хочется наблюдать.",
            "Пылесос мощный и при этом лёгкий, я очень доволен.",
            "Финал растрогал меня до слёз.",
            "За такие деньги это превосходная покупка.",
            "Остроумные диалоги и замечательная работа оператора.",
            "Детям мультфильм очень понравился, пойдём ещё раз.",
        ),
        (
            "Скучный и затянутый фильм, я едва досидел до конца.",
            "Деньги на ветер, через неделю всё сломалось.",
            "Актёры играют так, будто им всё равно.",
            "Наушники ужасные, один из них сразу перестал работать.",
            "Сценарий глупый, шутки плоские и несмешные.",
            "Экран тусклый, а батарея садится за три часа.",
            "Худшее, что я видел в кино за этот год.",
            "Товар пришёл с трещиной, а вернуть его не дали.",
            "Ни одной живой сцены, сплошная фальшь.",
            "Очень разочарована этой книгой, жаль потраченного времени.",
            "Пульт не работает, инструкция бесполезна.",
            "Конец предсказуем с первой минуты, смотреть неинтересно.",
            "Камера постоянно зависает и портит снимки.",
            "Ужасный звук и отвратительный перевод.",
            "Ткань дешёвая, куртка разошлась по швам.",
            "Режиссёр сам не понял, о чём снимает.",
            "Чайник течёт и воняет пластиком, не покупайте.",
            "Пустой, шумный и бессмысленный боевик.",
            "Служба поддержки грубит и ничем не помогает.",
            "Хорошую идею полностью загубили плохой игрой.",
        ),
    ),
}

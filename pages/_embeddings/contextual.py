"""In context: one static vector splits into the uses of a word."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.embeddings.contextual import ContextParams, ContextTrace, explain, reference, run, tables
from core.figures.embeddings import uses_data
from core.i18n import Text
from pages._embeddings.parts import cloud, known, picked_number
from pages._shared import kit


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """The word and its sentences at the side; points, cosines and sentences linked."""
    with controls:
        params = kit.controls(page.slug, ContextParams, page.lang)
        kit.presets(page.slug, ContextParams, page.lang, PRESETS)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        params, trace = known(page, run, params)
        pick = page.remember("use")

        def draw(shown: ContextParams, name: str) -> None:
            seen = kit.cached(run, shown)
            at = picked_number(page, "use", len(seen.sentences))
            data = uses_data(seen, at, page.lang)
            cloud(page, f"uses_{name}", data, on_pick=lambda n: pick.set(str(n)), step="layer")

        kit.compared(page, params, draw)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, layer(page, trace), picked_number(page, "use", len(trace.sentences)), page.lang)
    page.arithmetic(formulas)


def layer(page: kit.Page, trace: ContextTrace) -> int:
    """The layer in sight; at first the last one, where the player stops."""
    return picked_number(page, "layer", trace.layers, trace.layers - 1)


def uses(word: Text, sentences: Text, name: Text, why: Text) -> kit.Preset:
    """A preset that is a word with its sentences."""
    return kit.Preset(name, {"used_word": word, "uses": sentences}, why)


PRESETS = (
    uses(
        Text("mouse", "мышь"),
        Text(
            """animal: A mouse ran across the kitchen floor.
animal: The cat caught a grey mouse.
animal: An owl can hear a mouse under the snow.
device: Click the icon with the mouse.
device: My mouse and keyboard are wireless.
device: Move the mouse to the left of the screen.""",
            """зверь: По кухне пробежала мышь.
зверь: Кошка поймала серую мышь.
зверь: Сова слышит мышь под снегом.
прибор: Возьмите мышь и щёлкните по значку.
прибор: У меня беспроводная мышь и клавиатура.
прибор: Подключите мышь к компьютеру.""",
        ),
        Text("mouse", "мышь"),
        Text("Two meanings that part in the middle layers.", "Два значения расходятся в средних слоях."),
    ),
    uses(
        Text("match", "замок"),
        Text(
            """game: Our team won the match.
game: The match ended in a draw.
game: They lost the last match of the season.
fire: He struck a match and lit the candle.
fire: The match burned down to his fingers.
fire: Light the stove with a match.""",
            """дворец: Рыцари осадили старый замок.
дворец: На холме стоял замок герцога.
дворец: Туристы осмотрели замок и музей.
дворец: Король построил замок у реки.
запор: Она открыла замок ключом.
запор: Вор взломал замок на двери квартиры.
запор: Мастер вставил в дверь новый замок.
запор: На воротах висит ржавый замок.""",
        ),
        Text("match", "замок"),
        Text("Two meanings that part late.", "Два значения, которые расходятся поздно."),
    ),
    uses(
        Text("spring", "коса"),
        Text(
            """season: In spring the birds return.
season: Last spring was cold and wet.
season: They will marry next spring.
water: We drank from a spring in the rocks.
water: The spring gives cold clear water.
coil: A steel spring closes the door.
coil: The spring inside the clock is broken.""",
            """волосы: Её длинная коса растрепалась.
волосы: У девочки русая коса с лентой.
волосы: Туго заплетена коса, в ней белый бант.
орудие: В сарае висит старая коса.
орудие: Траву косили, пока коса не затупилась.
орудие: Острая коса легко срезает траву.
отмель: Песчаная коса уходит далеко в море.
отмель: Узкая коса отделяет залив от моря.""",
        ),
        Text("spring", "коса"),
        Text("Three meanings: too much for a small encoder.", "Три значения: маленький энкодер не справляется."),
    ),
    uses(
        Text("bank", "коса"),
        Text(
            """start: Bank after bank closed that year.
start: Bank loans are expensive.
later: The bank closed that year.
later: A loan from the bank is expensive.""",
            """начало: Коса косит траву на лугу.
начало: Коса у девушки была до пояса.
внутри: Острая коса лежит в траве.
внутри: Длинная коса была до пояса.""",
        ),
        Text("a capital letter", "заглавная буква"),
        Text(
            "Other pieces, another static vector: spelling shows, not meaning.",
            "Другие части — другой статический вектор: видно написание, а не значение.",
        ),
    ),
)

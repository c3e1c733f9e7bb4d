"""What the lab of remedies can be set to."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from core.foundations.imbalance_data import MAX_FILE, MAX_PASTED
from core.i18n import Lang, Text
from core.params import Choice, Levels, Params, Slider, Switch, Words

EXAMPLE = """species,petal_length,petal_width
rare,5.1,1.9
rare,4.8,1.8
rare,5.6,1.4
rare,5.0,1.5
rare,4.9,2.0
rare,5.2,1.7
common,4.7,1.4
common,4.5,1.5
common,4.9,1.5
common,4.0,1.3
common,4.6,1.5
common,3.3,1.0
common,4.7,1.6
common,3.9,1.4
common,3.5,1.0
common,4.2,1.5
common,4.0,1.0
common,4.8,1.4
common,3.6,1.3
common,4.4,1.4
common,4.5,1.7
common,4.1,1.0
common,5.0,1.7
common,3.8,1.1
common,4.7,1.2
common,4.3,1.3"""


class ImbalanceParams(Params):
    """What is rare, how rare, and what the model may see."""

    source: Annotated[
        str,
        Choice(
            label=Text("Data", "Данные"),
            options={
                "digits": Text("digits", "цифры"),
                "tumours": Text("tumours", "опухоли"),
                "own": Text("own", "свои"),
            },
        ),
    ] = "digits"
    digit: Annotated[
        int,
        Slider(
            label=Text("The rare digit", "Редкая цифра"),
            lo=0,
            hi=9,
            step=1,
            shown=lambda p: p["source"] == "digits",
        ),
    ] = 8
    rows: Annotated[
        str,
        Words(
            label=Text("Rows: label, numbers", "Строки: метка, числа"),
            max_chars=MAX_PASTED,
            lines=8,
            help=Text(
                "Two labels; the one with fewer rows is the rare class. Half of the rows of each class test.",
                "Две метки; редкий класс — тот, у которого строк меньше. Половина строк каждого класса — проверочные.",
            ),
            shown=lambda p: p["source"] == "own",
        ),
    ] = EXAMPLE
    share: Annotated[
        int,
        Slider(
            label=Text("Rare class in training, %", "Редкий класс в обучении, %"),
            lo=1,
            hi=50,
            step=1,
            help=Text(
                "Examples of the rare class are left out until it makes up this share.",
                "Примеры редкого класса убираются, пока не останется такая доля.",
            ),
        ),
    ] = 5
    components: Annotated[
        int,
        Levels(
            label=Text("Principal components", "Главных компонент"),
            values=(2, 5, 10, 20, 64),
            help=Text(
                "How much of an example the model sees. With 2 the picture of the plane is the whole truth.",
                "Сколько от примера видит модель. При двух компонентах картинка плоскости — вся правда.",
            ),
        ),
    ] = 20
    is_moved: Annotated[
        bool,
        Switch(
            label=Text("Used elsewhere", "Применять в другом месте"),
            help=Text(
                "Score the same models where the rare class has another share.",
                "Проверить те же модели там, где доля редкого класса другая.",
            ),
        ),
    ] = False
    use: Annotated[
        int,
        Slider(
            label=Text("Rare class in use, %", "Редкий класс на деле, %"),
            lo=1,
            hi=50,
            step=1,
            shown=lambda p: bool(p["is_moved"]),
        ),
    ] = 1
    gamma: Annotated[
        float, Slider(label=Text("γ of the focal loss", "γ фокальной потери"), lo=0.0, hi=5.0, step=0.5, folded=True)
    ] = 2.0
    neighbours: Annotated[
        int, Slider(label=Text("SMOTE: neighbours", "SMOTE: соседей"), lo=1, hi=15, step=1, folded=True)
    ] = 5
    lg_strength: Annotated[
        float,
        Slider(label=Text("Penalty, lg λ", "Штраф, lg λ"), lo=-2.0, hi=3.0, step=0.5, folded=True),
    ] = 0.0
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0
    file: Annotated[str, StringConstraints(max_length=MAX_FILE)] = ""

    def changed(self, lang: Lang) -> dict[str, Any]:
        """Without the file: it is too long for an address and stays with its visitor."""
        return {name: value for name, value in super().changed(lang).items() if name != "file"}

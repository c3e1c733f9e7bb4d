"""What a map is made of: words of the real vectors, or noise that has nothing to show.

A list is written one class a line, `animals: cat dog horse`; a line without a colon is a list without a class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arrays import Frozen
from core.embeddings.lookup import language_of, split_list, unit, vectors_for
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.params import Choice, Levels, Params, Slider, Words

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
LEAST, MOST = 12, 240
NOISE_DIM = 50

CLASSES = Text(
    """animals: cat dog horse cow sheep pig lion tiger bear wolf rabbit mouse elephant monkey fish bird snake
food: bread butter cheese milk meat rice soup sugar salt apple banana orange potato tomato coffee tea wine beer
countries: france germany italy spain russia china japan india brazil canada egypt turkey poland greece
capitals: paris berlin rome madrid moscow beijing tokyo delhi ottawa cairo ankara warsaw athens
family: mother father son daughter brother sister uncle aunt wife husband grandmother grandfather
work: doctor nurse teacher lawyer engineer farmer soldier singer actor writer painter judge
colours: red blue green yellow white black brown pink purple grey
months: january february march april june july august september october november december
numbers: two three four five six seven eight nine ten twenty hundred""",
    """звери: кошка собака лошадь корова волк медведь тигр лев слон кот птица рыба мышь
еда: хлеб масло сыр молоко мясо рис суп сахар соль яблоко картофель кофе чай вино пиво
страны: франция германия италия испания россия китай япония индия бразилия канада египет турция польша греция
столицы: париж берлин рим мадрид москва пекин токио дели оттава каир анкара варшава афины
семья: мать отец сын дочь брат сестра дядя тетя жена муж бабушка дедушка внук
работа: врач учитель юрист инженер фермер солдат певец актер писатель художник судья водитель
цвета: красный синий зеленый желтый белый черный розовый голубой серый
месяцы: январь февраль март апрель июнь июль август сентябрь октябрь ноябрь декабрь
числа: два три четыре пять шесть семь восемь девять десять двадцать сто""",
)


class MapParams(Params):
    """What is mapped, and how."""

    source: Annotated[
        str,
        Choice(
            label=Text("Points", "Точки"),
            options={"words": Text("words", "слова"), "noise": Text("noise", "шум")},
            help=Text(
                "Noise: 50 independent normal numbers a point. There are no clusters in it.",
                "Шум: у точки 50 независимых нормальных чисел. Кластеров в нём нет.",
            ),
        ),
    ] = "words"
    method: Annotated[
        str,
        Choice(
            label=Text("Method", "Метод"),
            options={"pca": same("PCA"), "tsne": same("t-SNE"), "umap": same("UMAP")},
        ),
    ] = "tsne"
    dims: Annotated[int, Levels(label=Text("Dimensions of the map", "Размерность карты"), values=(2, 3))] = 2
    perplexity: Annotated[
        float,
        Slider(
            label=Text("Perplexity", "Перплексия"),
            lo=2,
            hi=60,
            step=1,
            shown=lambda p: p["method"] == "tsne",
            help=Text("How many neighbours a point counts, softly.", "Сколько соседей у точки в расчёте, мягко."),
        ),
    ] = 15.0
    neighbours: Annotated[
        int, Slider(label=same("n_neighbors"), lo=2, hi=60, step=1, shown=lambda p: p["method"] == "umap")
    ] = 12
    min_dist: Annotated[
        float,
        Slider(
            label=same("min_dist"),
            lo=0.0,
            hi=0.95,
            step=0.05,
            shown=lambda p: p["method"] == "umap",
            help=Text("How near linked points may come.", "Насколько близко могут сойтись связанные точки."),
        ),
    ] = 0.1
    k: Annotated[
        int,
        Slider(
            label=Text("k of the measures", "k для мер"),
            lo=2,
            hi=30,
            step=1,
            help=Text("Whose k nearest must stay the nearest.", "Чьи k ближайших должны остаться ближайшими."),
        ),
    ] = 8
    own: Annotated[
        str,
        Words(
            label=Text("Words, one class a line", "Слова, класс в строке"),
            max_chars=6000,
            lines=9,
            example=CLASSES,
            folded=True,
            shown=lambda p: p["source"] == "words",
        ),
    ] = CLASSES.en
    size: Annotated[
        int,
        Levels(
            label=Text("Points of noise", "Точек шума"),
            values=(60, 120, 180, 240),
            folded=True,
            shown=lambda p: p["source"] == "noise",
        ),
    ] = 120
    steps: Annotated[
        int,
        Levels(
            label=Text("Steps", "Шагов"),
            values=(100, 250, 500, 1000),
            folded=True,
            shown=lambda p: p["method"] != "pca",
        ),
    ] = 500
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1, folded=True)] = 0


@dataclass(frozen=True)
class Cloud(Frozen):
    """Points to be mapped.

    X (n, d): of words, at length 1, so that near means a high cosine; group (n,): number in `groups`, −1 for none
    missing : words that are not in the vocabulary
    """

    words: tuple[str, ...]
    group: Ints
    groups: tuple[str, ...]
    X: Floats
    name: str
    missing: tuple[str, ...]
    lang: Lang


def read_classes(text: str) -> list[tuple[str, list[str]]]:
    """`"animals: cat dog"` → `[("animals", ["cat", "dog"])]`; the class of a line without a colon is ""."""
    found = []
    for line in text.splitlines():
        head, colon, tail = line.partition(":")
        found.append((head.strip()[:24], split_list(tail)) if colon else ("", split_list(line)))
    return [(name, words) for name, words in found if words]


def cloud_of(params: MapParams) -> Cloud:
    """The points.

    Raises
    ------
    Refusal
        If fewer than 12 or more than 240 known words are given.
    """
    if params.source == "noise":
        X = np.random.default_rng(params.seed).normal(size=(params.size, NOISE_DIM))
        names = tuple(str(n + 1) for n in range(params.size))
        return Cloud(names, np.full(params.size, -1), (), X, f"N(0, 1), d={NOISE_DIM}", (), "en")
    known = vectors_for(params.own)
    ids: dict[int, int] = {}
    groups: list[str] = []
    missing: list[str] = []
    for name, words in read_classes(params.own):
        if name and name not in groups:
            groups.append(name)
        for word in words:
            row = known.find(word)
            if row is None:
                missing.append(word[:40])
            else:
                ids.setdefault(row, groups.index(name) if name else -1)
    if not LEAST <= len(ids) <= MOST:
        raise Refusal(
            Text(
                "A map takes from {lo} to {hi} known words; here there are {n}.",
                "Для карты нужно от {lo} до {hi} известных слов; здесь их {n}.",
            ).format(lo=LEAST, hi=MOST, n=len(ids))
        )
    return Cloud(
        tuple(known.words[row] for row in ids),
        np.array(list(ids.values()), dtype=np.int64),
        tuple(groups),
        unit(known, list(ids)),
        known.name,
        tuple(dict.fromkeys(missing)),
        language_of(params.own),
    )

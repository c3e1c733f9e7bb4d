"""Every corpus, label set and file of vectors that the project knows, one entry each.

An entry says what it is, whose, under which licence, where it comes from and what it is read as. `read(name)` gives the
data: frozen records, the same object to everybody. Three kinds of origin:

    fetched    a file in a registry package (`core.data.packages`), in the cache once it was downloaded
    bundled    files under assets/, made by a script of the repository
    library    data that an installed library carries
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal

from core.arrays import FloatArray, Frozen
from core.data import fetch, packages, readers
from core.data.packages import Package
from core.errors import Refusal
from core.i18n import LANGS, Lang, Text, same

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Kind = Literal["labelled", "lines", "analogies", "pairs", "merges", "arrays", "vectors", "frequencies"]
Origin = Literal["fetched", "bundled", "library"]

MOST_KEPT = 8


@dataclass(frozen=True)
class Arrays(Frozen):
    """A table to learn from: X (sample, feature), y (sample,), and the names of columns and classes; `classes` is empty
    where y is a number to predict."""

    X: FloatArray
    y: npt.NDArray[np.generic]
    features: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One thing that can be read.

    name : how code asks for it
    kind : what `read` returns: a tuple of Labelled, str, Analogy or Pair; Merges; Arrays; Vectors; Frequencies
    authors, year, licence, address : for the line under a picture and for NOTICE
    read_bytes : for what is fetched: the content of `file` of `package` → the data
    load : for the rest: → the data
    """

    name: str
    kind: Kind
    langs: tuple[Lang, ...]
    title: Text
    authors: str
    year: int
    licence: str
    address: str
    package: Package | None = None
    file: str = ""
    read_bytes: Callable[[bytes], Any] | None = None
    load: Callable[[], Any] | None = None
    origin: Origin = "fetched"

    @property
    def missing(self) -> Text:
        """What a page says while it has to do without."""
        if self.package is None:
            return Text(
                "{title}: a file of the project is missing or damaged; restore assets/ from the repository.",
                "{title}: файл проекта отсутствует или повреждён; восстановите assets/ из репозитория.",
            ).format(title=self.title)
        return Text(
            "{title}: the package {package} with this data is not on this computer. `make run` gets it; the page works "
            "without it, too.",
            "{title}: пакета {package} с этими данными на этом компьютере нет. Его скачивает `make run`; страница "
            "работает и без него.",
        ).format(title=self.title, package=self.package)

    @property
    def credit(self) -> str:
        """The source in one line: authors, year, licence, package."""
        line = f"{self.authors} {self.year} · {self.licence}"
        return line if self.package is None else f"{line} · {self.package}"


def _rated(name: str, file: str, title: Text, authors: str) -> Entry:
    """Rated sentences of Hutto & Gilbert 2014, "VADER", ICWSM."""
    return Entry(
        name,
        "labelled",
        ("en",),
        title,
        authors,
        2014,
        "MIT",
        "https://github.com/cjhutto/vaderSentiment",
        packages.VADER,
        file,
        partial(readers.read_labelled, source=name),
    )


def _tested(name: str, kind: Kind, file: str, title: Text, authors: str, year: int, address: str) -> Entry:
    """Questions about words that are used to judge vectors."""
    reader = readers.read_analogies if kind == "analogies" else readers.read_pairs
    licence = "as published by its authors; carried by gensim (LGPL-2.1)"
    return Entry(
        name, kind, ("en",), title, authors, year, licence, address, packages.GENSIM, file, partial(reader, source=name)
    )


def _from_sklearn(name: str, loader: str, title: Text, authors: str, year: int) -> Entry:
    address = f"https://scikit-learn.org/stable/modules/generated/sklearn.datasets.{loader}.html"
    load = partial(_load_arrays, loader)
    return Entry(name, "arrays", LANGS, title, authors, year, "BSD-3-Clause", address, load=load, origin="library")


def _bundled(name: str, kind: Kind, lang: Lang, title: Text, credit: tuple[str, int, str, str], load: Any) -> Entry:
    return Entry(name, kind, (lang,), title, *credit, load=load, origin="bundled")


def _load_arrays(loader: str) -> Arrays:
    from sklearn import datasets

    found = getattr(datasets, loader)()
    classes = tuple(str(name) for name in getattr(found, "target_names", ()))
    return Arrays(found.data, found.target, tuple(str(name) for name in found.feature_names), classes)


def _load_corpus(lang: Lang) -> tuple[str, ...]:
    from core.data.corpus import sentences

    return sentences(lang)


def _load_analogies(lang: Lang) -> tuple[readers.Analogy, ...]:
    from core.data.analogies import ANALOGIES

    return ANALOGIES[lang]


def _load_vectors(lang: Lang) -> Any:
    from core.data.vectors import load

    return load(lang)


def _load_frequencies(lang: Lang) -> Any:
    from core.data.frequencies import load

    return load(lang)


_VIDNO = ("Vidno", 2026, "MIT", "LICENSE")
_GLOVE = (
    "Pennington, Socher & Manning",
    2014,
    "PDDL-1.0",
    "https://nlp.stanford.edu/projects/glove/",
)
_NAVEC = ("Kukushkin and the authors of natasha", 2020, "MIT", "https://github.com/natasha/navec")
_WORDFREQ = ("Speer and the sources named in NOTICE", 2022, "CC BY-SA 4.0", "https://github.com/rspeer/wordfreq")

ENTRIES: tuple[Entry, ...] = (
    _rated(
        "film_reviews",
        "films.tsv",
        Text("Sentences from film reviews", "Предложения из рецензий на фильмы"),
        "Hutto & Gilbert; sentences from Pang & Lee 2004",
    ),
    _rated(
        "product_reviews",
        "products.tsv",
        Text("Sentences from product reviews", "Предложения из отзывов о товарах"),
        "Hutto & Gilbert; sentences from Hu & Liu 2004",
    ),
    _rated("tweets", "tweets.tsv", Text("Tweets", "Твиты"), "Hutto & Gilbert"),
    _rated(
        "news_opinions",
        "news.tsv",
        Text("Sentences from newspaper opinions", "Предложения из газетных колонок"),
        "Hutto & Gilbert",
    ),
    Entry(
        "proverbs",
        "lines",
        ("ru",),
        Text("Russian proverbs", "Русские пословицы"),
        "Serhiichuk",
        2020,
        "Apache-2.0",
        "https://github.com/xSAVIKx/ru-proverbs",
        packages.PROVERBS,
        "proverbs.txt",
        partial(readers.read_lines, source="proverbs"),
    ),
    Entry(
        "gpt2_merges",
        "merges",
        LANGS,
        Text("GPT-2's tokenizer", "Токенизатор GPT-2"),
        "Radford, Wu, Child, Luan, Amodei & Sutskever (OpenAI)",
        2019,
        "MIT",
        "https://github.com/openai/gpt-2",
        packages.GPT2,
        "merges.txt",
        partial(readers.read_merges, source="gpt2_merges"),
    ),
    _tested(
        "questions_words",
        "analogies",
        "questions-words.txt",
        Text("19,544 analogies", "19 544 аналогии"),
        "Mikolov, Chen, Corrado & Dean",
        2013,
        "https://arxiv.org/abs/1301.3781",
    ),
    _tested(
        "wordsim353",
        "pairs",
        "wordsim353.tsv",
        Text("WordSim-353, how related words are", "WordSim-353, связанность слов"),
        "Finkelstein et al.",
        2002,
        "https://dl.acm.org/doi/10.1145/503104.503110",
    ),
    _tested(
        "simlex999",
        "pairs",
        "simlex999.txt",
        Text("SimLex-999, how alike words are", "SimLex-999, сходство слов"),
        "Hill, Reichart & Korhonen",
        2015,
        "https://aclanthology.org/J15-4004/",
    ),
    _from_sklearn(
        "digits", "load_digits", Text("Handwritten digits, 8 × 8", "Рукописные цифры, 8 × 8"), "Alpaydin & Kaynak", 1998
    ),
    _from_sklearn(
        "breast_cancer",
        "load_breast_cancer",
        Text("Breast cancer, measurements of cell nuclei", "Рак груди, измерения клеточных ядер"),
        "Wolberg, Mangasarian, Street & Street",
        1995,
    ),
    _from_sklearn(
        "diabetes",
        "load_diabetes",
        Text("Diabetes, progression after a year", "Диабет, развитие болезни за год"),
        "Efron, Hastie, Johnstone & Tibshirani",
        2004,
    ),
    *(
        _bundled(
            f"world_{lang}",
            "lines",
            lang,
            Text("A small world whose facts are known", "Маленький мир с известными фактами"),
            _VIDNO,
            partial(_load_corpus, lang),
        )
        for lang in LANGS
    ),
    *(
        _bundled(
            f"analogies_{lang}",
            "analogies",
            lang,
            Text("Analogies written for this project", "Аналогии, написанные для этого проекта"),
            _VIDNO,
            partial(_load_analogies, lang),
        )
        for lang in LANGS
    ),
    _bundled("vectors_en", "vectors", "en", same("GloVe 6B"), _GLOVE, partial(_load_vectors, "en")),
    _bundled("vectors_ru", "vectors", "ru", same("navec"), _NAVEC, partial(_load_vectors, "ru")),
    *(
        _bundled(
            f"frequencies_{lang}",
            "frequencies",
            lang,
            Text("How often words are used", "Частоты слов"),
            _WORDFREQ,
            partial(_load_frequencies, lang),
        )
        for lang in LANGS
    ),
)


def find(name: str) -> Entry:
    """The entry with this name.

    Raises
    ------
    Refusal
        If there is none.
    """
    for entry in ENTRIES:
        if entry.name == name:
            return entry
    raise Refusal(
        Text("There is no data called “{name}”: {known}.", "Данных «{name}» нет, есть: {known}.").format(
            name=name[:60], known=", ".join(entry.name for entry in ENTRIES)
        )
    )


def is_here(entry: Entry) -> bool:
    """Can it be read without a request? What is not fetched always should be."""
    return entry.package is None or fetch.is_here(entry.package)


def read(name: str) -> Any:
    """The data of an entry, without a request.

    Raises
    ------
    Refusal
        If there is no such entry, it has not been fetched, or its file is missing or damaged.
    """
    entry = find(name)
    if entry.package is None:
        assert entry.load is not None
        return entry.load() if entry.kind == "vectors" else _loaded(name)
    if not is_here(entry):
        raise Refusal(entry.missing)
    return _parsed(name, str(fetch.folder_of(entry.package)))


@lru_cache(maxsize=MOST_KEPT)
def _parsed(name: str, _folder: str) -> Any:
    entry = find(name)
    assert entry.package is not None
    assert entry.read_bytes is not None
    return entry.read_bytes(fetch.read(entry.package, entry.package.member(entry.file)))


@lru_cache(maxsize=MOST_KEPT)
def _loaded(name: str) -> Any:
    load = find(name).load
    assert load is not None
    return load()

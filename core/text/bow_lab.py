"""A few documents and a query as bags of terms, every matrix kept.

The symbols are those of `core.text.bag_of_words`. Rows are the documents d1 … dN, and after them the query q when there
is one; q counts for neither the vocabulary nor df.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, cast

import numpy as np

from core.arithmetic import Cell
from core.arrays import Frozen
from core.errors import Refusal
from core.i18n import Text, same
from core.params import Choice, Params, Switch, Words
from core.tables import Table
from core.text.bag_of_words import (
    STOP_WORDS,
    Floats,
    Frequency,
    Ints,
    Inverse,
    Unit,
    cosines,
    count_terms,
    cut_chars,
    cut_words,
    document_frequencies,
    inverse_document_frequencies,
    join_ngrams,
    lengths,
    list_terms,
    rank,
    snowball,
    term_frequencies,
    unit_rows,
)

MAX_DOCUMENTS = 8
MAX_TERM = 24
SIZES: dict[str, tuple[int, ...]] = {"1": (1,), "12": (1, 2), "2": (2,), "3": (3,)}
TF_NAMES: dict[str, Text] = {
    "share": Text("share: c / Σc", "доля: c / Σc"),
    "count": Text("count: c", "счёт: c"),
    "log": Text("logarithm: 1 + ln c", "логарифм: 1 + ln c"),
    "binary": Text("binary: 0 or 1", "бинарная: 0 или 1"),
}
IDF_NAMES: dict[str, Text] = {
    "textbook": Text("textbook: ln(N/df)", "учебник: ln(N/df)"),
    "plus": Text("plus one: ln(N/df) + 1", "плюс один: ln(N/df) + 1"),
    "smooth": Text("smooth: ln((1+N)/(1+df)) + 1", "сглаженный: ln((1+N)/(1+df)) + 1"),
    "none": Text("none: 1", "без IDF: 1"),
}
# Two definitions of the same name.
COURSE: dict[str, Any] = {"tf": "share", "idf": "textbook", "is_unit": False, "is_long": False}
SKLEARN: dict[str, Any] = {"tf": "count", "idf": "smooth", "is_unit": True, "is_long": True}


def _of_words(values: dict[str, Any]) -> bool:
    return bool(values["units"] == "words")


class BowParams(Params):
    """Documents, a query, and what their terms and weights are."""

    documents: Annotated[
        str,
        Words(
            label=Text("Documents, one a line", "Документы, по одному в строке"),
            max_chars=1600,
            lines=4,
            is_wide=True,
            example=Text(
                "the cat sat on the mat\nthe dog sat on the log\nthe cat chased the dog\nthe mouse ate the cheese",
                "кот спит на диване\nсобака спит на коврике\nкот смотрит на собаку\nмышь сидит на сыре",
            ),
            help=Text("Up to eight.", "Не больше восьми."),
        ),
    ] = "the cat sat on the mat\nthe dog sat on the log\nthe cat chased the dog\nthe mouse ate the cheese"
    query: Annotated[
        str,
        Words(
            label=Text("Search", "Поиск"),
            max_chars=200,
            is_wide=True,
            example=Text("where is the cat on the log", "на чём спит собака"),
            help=Text("The order below changes while you type.", "Порядок ниже меняется, пока вы печатаете."),
        ),
    ] = "where is the cat on the log"
    units: Annotated[
        str,
        Choice(
            label=Text("Terms are made of", "Из чего термы"),
            options={"words": Text("words", "слова"), "chars": Text("characters", "символы")},
        ),
    ] = "words"
    n: Annotated[
        str,
        Choice(
            label=Text("n-grams", "n-граммы"),
            options={"1": same("1"), "12": same("1–2"), "2": same("2"), "3": same("3")},
            help=Text("A term is a run of n neighbours.", "Терм — n соседей подряд."),
        ),
    ] = "1"
    tf: Annotated[str, Choice(label=same("TF"), options=TF_NAMES)] = "share"
    idf: Annotated[str, Choice(label=same("IDF"), options=IDF_NAMES)] = "textbook"
    is_unit: Annotated[
        bool,
        Switch(
            label=Text("Rows of length 1 (L2)", "Строки длины 1 (L2)"),
            help=Text("Each row is divided by its length.", "Каждая строка делится на свою длину."),
        ),
    ] = False
    is_stopped: Annotated[
        bool,
        Switch(
            label=Text("Leave stop words out", "Убрать стоп-слова"),
            shown=_of_words,
            folded=True,
            help=Text(
                "{n} words of both languages that most texts have, such as “the”, “not”, “и”, “не”.",
                "{n} слов обоих языков, которые есть почти в любом тексте: «и», «не», «the», «not».",
            ).format(n=len(STOP_WORDS)),
        ),
    ] = False
    is_stemmed: Annotated[
        bool,
        Switch(
            label=Text("Stems instead of words", "Основы вместо слов"),
            shown=_of_words,
            folded=True,
            help=Text("Snowball, English and Russian.", "Snowball, русский и английский."),
        ),
    ] = False
    is_long: Annotated[
        bool,
        Switch(
            label=Text("Drop words of one letter", "Отбросить слова из одной буквы"),
            shown=_of_words,
            folded=True,
            help=Text("As scikit-learn does unless told otherwise.", "Так по умолчанию делает scikit-learn."),
        ),
    ] = False


@dataclass(frozen=True)
class BowTrace(Frozen):
    """Every step; rows are the documents and then the query, if there is one.

    units : the occurrences of terms in each row
    unknown : words of the query that no document has
    tf, tfidf, vectors : (row, term); `vectors` are `tfidf`, or its rows at length 1
    norms : ‖tfidf‖ of each row
    cosines : (row, document), of the vectors
    order : the documents as found, most similar first; their own order when there is no query
    """

    params: BowParams
    documents: tuple[str, ...]
    query: str
    units: tuple[tuple[Unit, ...], ...]
    unknown: tuple[str, ...]
    terms: tuple[str, ...]
    counts: Ints
    df: Ints
    tf: Floats
    idf: Floats
    tfidf: Floats
    norms: Floats
    vectors: Floats
    cosines: Floats
    order: tuple[int, ...]
    signature: str

    @property
    def N(self) -> int:  # noqa: N802 - the paper's symbol
        return len(self.documents)

    @property
    def has_query(self) -> bool:
        return bool(self.query)

    @property
    def rows(self) -> tuple[str, ...]:
        """d1 … dN, and q."""
        names = tuple(f"d{i + 1}" for i in range(self.N))
        return (*names, "q") if self.has_query else names

    @property
    def texts(self) -> tuple[str, ...]:
        """The text of each row."""
        return (*self.documents, self.query) if self.has_query else self.documents

    def name(self, j: int) -> str:
        """The term j as a reader sees it: the spaces of character n-grams made visible, long ones cut."""
        term = self.terms[j] if len(self.terms[j]) <= MAX_TERM else f"{self.terms[j][: MAX_TERM - 1]}…"
        return term.replace(" ", "␣") if self.params.units == "chars" else term

    @property
    def scores(self) -> Floats:
        """cos(q, d) of every document; zeros without a query."""
        return self.cosines[self.N] if self.has_query else np.zeros(self.N)

    def parts(self, row: int, document: int) -> Floats:
        """What each term adds to cos of the row and the document: (term,), their sum is the cosine."""
        a, b = unit_rows(self.tfidf[[row, document]])
        return np.asarray(a * b)

    def empty_rows(self) -> tuple[int, ...]:
        """Rows whose weights are all 0: they point nowhere."""
        return tuple(int(i) for i in np.flatnonzero(self.norms == 0))

    def has(self, cell: Cell) -> bool:
        """Whether `cell` is a number of this trace."""
        n = len(self.terms)
        shapes = {name: (len(self.rows), n) for name in ("counts", "binary", "tf", "tfidf", "unit")}
        rows, cols = {**shapes, "idf": (2, n), "cos": (len(self.rows), self.N)}.get(cell.panel, (0, 0))
        return cell.row < rows and cell.col < cols

    def first_pick(self) -> Cell:
        """The weightiest term of the document that stands first."""
        best = self.order[0]
        return Cell("tfidf", best, int(np.argmax(self.tfidf[best]))) if self.terms else Cell("cos", best, best)


def split_documents(text: str) -> tuple[str, ...]:
    """The lines that are not blank, white space collapsed.

    Raises
    ------
    Refusal
        If there is none, or more than `MAX_DOCUMENTS`.
    """
    lines = tuple(line for line in (" ".join(line.split()) for line in text.splitlines()) if line)
    if not lines:
        raise Refusal(Text("Write at least one document.", "Напишите хотя бы один документ."))
    if len(lines) > MAX_DOCUMENTS:
        raise Refusal(
            Text(
                "There are {n} documents here, one a line: the lab shows at most {most}.",
                "Здесь {n} документов, по одному в строке, а лаборатория показывает не больше {most}.",
            ).format(n=len(lines), most=MAX_DOCUMENTS)
        )
    return lines


def cut(text: str, params: BowParams) -> tuple[Unit, ...]:
    """The occurrences of terms in `text`."""
    sizes = SIZES[params.n]
    if params.units == "chars":
        return tuple(join_ngrams(cut_chars(text), sizes, ""))
    stem = snowball if params.is_stemmed else None
    shortest = 2 if params.is_long else 1
    words = cut_words(text, shortest=shortest, is_stopped=params.is_stopped, stem=stem)
    return tuple(join_ngrams(words, sizes, " "))


def run(params: BowParams) -> BowTrace:
    """Counts, weights and cosines of the documents and the query of `params`.

    Raises
    ------
    Refusal
        If there is no document, or more than `MAX_DOCUMENTS`.
    """
    documents = split_documents(params.documents)
    query = " ".join(params.query.split())
    texts = (*documents, query) if query else documents
    units = tuple(cut(text, params) for text in texts)
    terms = list_terms(units[: len(documents)])
    counts = count_terms(units, terms)
    df = document_frequencies(counts[: len(documents)])
    tf = term_frequencies(counts, cast(Frequency, params.tf))
    idf = inverse_document_frequencies(df, len(documents), cast(Inverse, params.idf))
    tfidf = tf * idf
    cos = cosines(tfidf, tfidf[: len(documents)])
    known = set(terms)
    asked = units[len(documents)] if query else ()
    return BowTrace(
        params=params,
        documents=documents,
        query=query,
        units=units,
        unknown=tuple(dict.fromkeys(unit.term for unit in asked if unit.term not in known)),
        terms=terms,
        counts=counts,
        df=df,
        tf=tf,
        idf=idf,
        tfidf=tfidf,
        norms=lengths(tfidf),
        vectors=unit_rows(tfidf) if params.is_unit else tfidf,
        cosines=cos,
        order=rank(cos[len(documents)]) if query else tuple(range(len(documents))),
        signature=f"N={len(documents)} · |V|={len(terms)} · {params.units} n={params.n} · tf={params.tf} · "
        f"idf={params.idf} · {'l2' if params.is_unit else 'no norm'} · float64 · numpy {np.__version__}",
    )


def tables(trace: BowTrace) -> tuple[Table, ...]:
    """Every matrix, for CSV and notebooks."""
    rows, terms = trace.rows, trace.terms
    frequencies = np.stack([trace.df.astype(np.float64), trace.idf])
    return (
        Table("counts", rows, terms, trace.counts),
        Table("tf", rows, terms, trace.tf),
        Table("idf", ("df", "idf"), terms, frequencies),
        Table("tf-idf", rows, terms, trace.vectors),
        Table("cosine", rows, rows[: trace.N], trace.cosines),
    )

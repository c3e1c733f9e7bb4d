"""What the text metrics share: limits, tokenisations, stems, n-gram counts, longest common subsequences.

Symbols: a text is split into tokens w (pos); an n-gram is n neighbouring tokens and its position is the index of the
first one. For the longest common subsequence of a reference r (m tokens) and a hypothesis h (n tokens)

    L[i, j]    length of the LCS of the first i tokens of r and the first j of h     (m + 1, n + 1)

Tokenisations (the names are sacrebleu's and rouge-score's, and so are the tokens they give):

    none         split at white space
    13a          the rules of NIST's mteval-v13a script, ASCII punctuation only: the default of WMT and of Post 2018
    intl         the rules of mteval-v14 --international-tokenization: every Unicode punctuation mark and symbol
    char         every character but white space
    rouge_score  lower case, then runs of a-z and 0-9: everything else, Cyrillic too, is dropped
    unicode      lower case, then runs of letters and digits of any script (NFC first, so that й is one letter)
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import cache, lru_cache
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from core.errors import Refusal
from core.i18n import Lang, Text

MAX_CHARS = 2_000
MAX_REFERENCES = 8
MAX_PAIRS = 20_000
MAX_LCS_WORDS = 400

Words = tuple[str, ...]
G = TypeVar("G", str, tuple[str, ...])

HYPOTHESIS = Text("The hypothesis", "Гипотеза")
REFERENCE = Text("Reference {n}", "Эталон {n}")


def check_texts(hypothesis: str, references: Sequence[str]) -> None:
    """Hold one hypothesis and its references to the limits of a sentence score.

    Raises
    ------
    Refusal
        If there is no reference, there are more than `MAX_REFERENCES`, or a text exceeds `MAX_CHARS` characters.
    """
    if not references:
        raise Refusal(Text("There is no reference: add at least one.", "Нет ни одного эталона: добавьте хотя бы один."))
    if len(references) > MAX_REFERENCES:
        raise Refusal(
            Text(
                "There are {n} references; at most {most} can be used.",
                "Эталонов {n}, а использовать можно не больше {most}.",
            ).format(n=len(references), most=MAX_REFERENCES)
        )
    _check_length(hypothesis, HYPOTHESIS)
    for number, reference in enumerate(references, 1):
        _check_length(reference, REFERENCE.format(n=number))


def _check_length(text: str, name: Text) -> None:
    if len(text) > MAX_CHARS:
        raise Refusal(
            Text(
                "{name} has {n} characters; shorten it to {most}.",
                "{name}: {n} символов, сократите до {most}.",
            ).format(name=name, n=len(text), most=MAX_CHARS)
        )


def check_corpus(hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> None:
    """Hold a corpus to its limits; `references[k]` are the references of `hypotheses[k]`.

    Raises
    ------
    Refusal
        If the numbers of rows differ, there are none or more than `MAX_PAIRS`, or a row is not a legal sentence pair:
        the row is named, counted from 1.
    """
    if len(hypotheses) != len(references):
        raise Refusal(
            Text(
                "There are {h} hypotheses but references for {r}: every row needs both.",
                "Гипотез {h}, а строк с эталонами {r}: в каждой строке нужно и то и другое.",
            ).format(h=len(hypotheses), r=len(references))
        )
    if not 1 <= len(hypotheses) <= MAX_PAIRS:
        raise Refusal(
            Text(
                "A corpus has from 1 to {most} rows; this one has {n}.",
                "В корпусе может быть от 1 до {most} строк, а здесь {n}.",
            ).format(most=MAX_PAIRS, n=len(hypotheses))
        )
    for row, (hypothesis, its) in enumerate(zip(hypotheses, references, strict=True), 1):
        try:
            check_texts(hypothesis, its)
        except Refusal as refusal:
            raise Refusal(Text("Row {n}. {why}", "Строка {n}. {why}").format(n=row, why=refusal.text)) from None


def check_words(name: Text, words: Sequence[str], most: int) -> None:
    """Refuse more than `most` tokens; `name` says which text they are of."""
    if len(words) > most:
        raise Refusal(
            Text("{name} has {n} words; at most {most} fit here.", "{name}: {n} слов, а помещается {most}.").format(
                name=name, n=len(words), most=most
            )
        )


def check_option(name: Text, value: object, allowed: Collection[object]) -> None:
    """Refuse a value that is not among `allowed`."""
    if value not in allowed:
        listed = ", ".join(map(str, allowed))
        raise Refusal(
            Text("“{name}” must be one of: {listed}.", "«{name}» — допустимо одно из: {listed}.").format(
                name=name, listed=listed
            )
        )


def check_number(name: Text, value: float, lo: float, hi: float) -> None:
    """Refuse a number outside lo … hi, NaN included."""
    if not lo <= value <= hi:
        raise Refusal(
            Text("“{name}” must be a number from {lo} to {hi}.", "«{name}» — нужно число от {lo} до {hi}.").format(
                name=name, lo=f"{lo:g}", hi=f"{hi:g}"
            )
        )


# ASCII punctuation and symbols without the four that need a look at their neighbours: ' , - .
_ASCII_MARK = re.compile(r"""([!"#$%&()*+/:;<=>?@\[\\\]^_`{|}~])""")
_BEFORE_DOT = re.compile(r"([^0-9])([.,])")
_AFTER_DOT = re.compile(r"([.,])([^0-9])")
_DIGIT_DASH = re.compile(r"([0-9])(-)")
_ENTITIES = (("&quot;", '"'), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"))


def unescape_entities(text: str) -> str:
    """The four XML entities that the NIST and tercom scripts know, replaced in their order (so `&amp;lt;` → `<`)."""
    if "&" in text:
        for entity, char in _ENTITIES:
            text = text.replace(entity, char)
    return text


def part_ascii_marks(text: str) -> str:
    """White space around every ASCII mark except ' , - and the full stop."""
    return _ASCII_MARK.sub(r" \1 ", text)


def part_dots_and_dashes(text: str) -> str:
    """White space around a comma or full stop unless digits stand on both sides, and around a dash after a digit."""
    text = _BEFORE_DOT.sub(r"\1 \2 ", text)
    text = _AFTER_DOT.sub(r" \1 \2", text)
    return _DIGIT_DASH.sub(r"\1 \2 ", text)


def split_13a(text: str) -> Words:
    """mteval-v13a: `1,000.5 is «big», isn't it?` keeps `1,000.5`, `isn't`, and the guillemets it does not know."""
    text = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ")
    return tuple(part_dots_and_dashes(part_ascii_marks(f" {unescape_entities(text)} ")).split())


@cache
def _unicode_rules() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The three rules of mteval-v14, over the Unicode tables that Python carries: built once, on first use."""
    members: dict[str, list[str]] = {"N": [], "P": [], "S": []}
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        kind = unicodedata.category(char)[0]
        if kind in members:
            members[kind].append(char)
    number, mark, symbol = (re.escape("".join(members[kind])) for kind in "NPS")
    return (
        (re.compile(f"([^{number}])([{mark}])"), r"\1 \2 "),
        (re.compile(f"([{mark}])([^{number}])"), r" \1 \2"),
        (re.compile(f"([{symbol}])"), r" \1 "),
    )


def split_intl(text: str) -> Words:
    """mteval-v14: every punctuation mark that has a non-number beside it, and every symbol, stands alone.

    The end of the text is not a non-number, so the full stop of a text that ends in `1999.` stays with the year.
    """
    for rule, parted in _unicode_rules():
        text = rule.sub(parted, text)
    return tuple(text.split())


def split_rouge(text: str) -> Words:
    """rouge-score's words, before stemming: runs of a-z and 0-9 of the lower-cased text."""
    return tuple(re.findall(r"[a-z0-9]+", text.lower()))


def split_unicode(text: str) -> Words:
    """Runs of letters and digits of any script, lower case."""
    return tuple(re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).lower()))


TOKENIZERS: dict[str, Callable[[str], Words]] = {
    "none": lambda text: tuple(text.split()),
    "13a": split_13a,
    "intl": split_intl,
    "char": lambda text: tuple("".join(text.split())),
    "rouge_score": split_rouge,
    "unicode": split_unicode,
}


def split_words(text: str, tokenize: str, lowercase: bool = False) -> Words:
    """The tokens of `text`; lower-casing comes first and trailing white space is dropped, as sacrebleu does.

    Raises
    ------
    Refusal
        If `tokenize` is not one of `TOKENIZERS`.
    """
    check_option(Text("tokenisation", "токенизация"), tokenize, TOKENIZERS)
    return TOKENIZERS[tokenize]((text.lower() if lowercase else text).rstrip())


# A full stop after an initial or one of these abbreviations does not end a sentence.
_ABBREVIATION = re.compile(
    r"[^\W\d_]|mr|mrs|ms|dr|prof|st|vs|etc|fig|eq|approx|al"
    r"|гг|вв|тт|др|пр|см|ср|рис|табл|стр|напр|им|ул|руб|тыс|млн|млрд|проф|акад",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[»”\"')\]]*\s+|\n+")


def split_sentences(text: str) -> Words:
    """Sentences of plain prose: a line ends one, and so does . ! ? or … before white space.

    A full stop after an initial, after a well-known abbreviation (English or Russian) or before a lower-case letter
    ends nothing.
    """
    sentences, start = [], 0
    for gap in _SENTENCE_END.finditer(text):
        if "\n" not in gap.group() and not _ends_sentence(text[start : gap.end()].rstrip(), text[gap.end() :]):
            continue
        sentences.append(text[start : gap.end()].strip())
        start = gap.end()
    sentences.append(text[start:].strip())
    return tuple(s for s in sentences if s)


def _ends_sentence(before: str, after: str) -> bool:
    if after[:1].islower():
        return False
    if not before.endswith("."):
        return True
    return not _ABBREVIATION.fullmatch(re.split(r"[\s.(«“]", before[:-1])[-1])


@cache
def stemmer(lang: Lang) -> Callable[[str], str]:
    """Word → stem, remembered: Porter 1980 as nltk extends it for English, Snowball for Russian."""
    if lang == "ru":
        from nltk.stem.snowball import SnowballStemmer

        stem = SnowballStemmer("russian").stem
    else:
        from nltk.stem.porter import PorterStemmer

        stem = PorterStemmer().stem
    return lru_cache(maxsize=50_000)(lambda word: str(stem(word)))


def word_grams(words: Sequence[str], n: int) -> list[Words]:
    """The n-grams in order of position; none when there are fewer than n words."""
    return list(zip(*(words[i:] for i in range(n)), strict=False))


def count_grams(words: Sequence[str], n: int) -> Counter[Words]:
    """How often each n-gram occurs."""
    return Counter(zip(*(words[i:] for i in range(n)), strict=False))


def gram_positions(words: Sequence[str], n: int) -> dict[Words, tuple[int, ...]]:
    """Where each n-gram starts, in order of its first occurrence."""
    found: dict[Words, list[int]] = {}
    for position, gram in enumerate(word_grams(words, n)):
        found.setdefault(gram, []).append(position)
    return {gram: tuple(positions) for gram, positions in found.items()}


def count_matches(hypothesis: Counter[G], reference: Counter[G]) -> int:
    """Σ min(count in hypothesis, count in reference)."""
    shared = hypothesis.keys() & reference.keys()
    return sum(map(min, map(hypothesis.__getitem__, shared), map(reference.__getitem__, shared)))


def lcs_table(reference: Sequence[str], hypothesis: Sequence[str]) -> npt.NDArray[np.int16]:
    """L, (m + 1, n + 1): one row a reference token, one column a hypothesis token, row and column 0 are empty."""
    codes: dict[str, int] = {}
    r = [codes.setdefault(word, len(codes)) for word in reference]
    h = np.array([codes.setdefault(word, len(codes)) for word in hypothesis], dtype=np.int64)
    L = np.zeros((len(r) + 1, len(h) + 1), dtype=np.int16)
    for i, word in enumerate(r, 1):
        # The best of "up" and "diagonal + 1 on a match"; a running maximum then brings in "left".
        L[i, 1:] = np.maximum.accumulate(np.maximum(L[i - 1, 1:], L[i - 1, :-1] + (h == word)))
    return L


def lcs_path(
    L: npt.NDArray[np.int16], reference: Sequence[str], hypothesis: Sequence[str]
) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """Walk back from the corner of `L`.

    Returns the cells visited (i, j), from (m, n) to the margin, and the matched pairs (index in reference, index in
    hypothesis) in reading order. Of two equal ways back the one towards the earlier reference token is taken, as in
    rouge-score.
    """
    i, j = len(reference), len(hypothesis)
    cells, pairs = [(i, j)], []
    while i > 0 and j > 0:
        if reference[i - 1] == hypothesis[j - 1]:
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif L[i, j - 1] > L[i - 1, j]:
            j -= 1
        else:
            i -= 1
        cells.append((i, j))
    return tuple(cells), tuple(reversed(pairs))


def _lcs_rows(reference: Sequence[str], hypothesis: Sequence[str]) -> list[int]:
    """Row i of L as bits: bit j is 0 where L[i, j + 1] = L[i, j] + 1 (Hyyrö 2004, "Bit-parallel LCS-length
    computation revisited"). One addition of whole numbers stands for a row of the table."""
    where: dict[str, int] = {}
    for j, word in enumerate(hypothesis):
        where[word] = where.get(word, 0) | 1 << j
    full = (1 << len(hypothesis)) - 1
    rows = [full]
    for word in reference:
        V = rows[-1]
        U = V & where.get(word, 0)
        rows.append(((V + U) | (V - U)) & full)
    return rows


def lcs_length(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """L[m, n] without the table: a few operations on whole numbers for each reference token."""
    return len(hypothesis) - _lcs_rows(reference, hypothesis)[-1].bit_count()


def lcs_positions(reference: Sequence[str], hypothesis: Sequence[str]) -> list[int]:
    """The positions in the reference that `lcs_path` matches, ascending, without the table."""
    rows = _lcs_rows(reference, hypothesis)

    def length(i: int, j: int) -> int:
        return j - (rows[i] & ((1 << j) - 1)).bit_count()

    i, j, positions = len(reference), len(hypothesis), []
    while i > 0 and j > 0:
        if reference[i - 1] == hypothesis[j - 1]:
            i, j = i - 1, j - 1
            positions.append(i)
        elif length(i, j - 1) > length(i - 1, j):
            j -= 1
        else:
            i -= 1
    positions.reverse()
    return positions

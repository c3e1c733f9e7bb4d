"""A sentence whose tags are edited by hand: tokens, tags as a short string, marking and unmarking, typical failures.

Symbols: a sentence has n tokens and n tags; a span is (type, start, end), end excluded; a scheme is IOB2 (BIO) or
IOBES (Ratinov and Roth 2009, who call it BILOU), see `core.metrics.entities`.

In an address or a text field tags are short: `B-PER I-PER 3 B-LOC` is two tags, three O's and a tag; O's at the end are
left out, and `0` is a sentence of nothing but O.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import Refusal
from core.i18n import Text
from core.metrics import refuse_above
from core.metrics.entities import SCHEMES, Scheme, Span, decode, write_tags

TYPES: tuple[str, ...] = ("PER", "LOC", "ORG")
MAX_TOKENS = 60
MAX_TYPES = 8
Tags = tuple[str, ...]

_WORD = re.compile(r"\w+(?:[-’']\w+)*|\S")
_COARSER = str.maketrans("ESLU", "IBIB")
_FINER = str.maketrans("LU", "ES")


def split_tokens(text: str, most: int = MAX_TOKENS) -> Tags:
    """Words and punctuation marks, at most `most`; invisible control characters are no tokens."""
    found = (m.group() for m in _WORD.finditer(text))
    seen = [token for token in found if not all(unicodedata.category(c).startswith("C") for c in token)]
    return tuple(seen[:most])


# Names that the examples know: the true entities of a sentence that nobody has marked yet

NAMES: dict[str, str] = {
    "Alexander Pushkin": "PER",
    "Saint Petersburg": "LOC",
    "Russian Academy of Sciences": "ORG",
    "Volga": "LOC",
    "Nizhny Novgorod": "LOC",
    "Kazan": "LOC",
    "Caspian Sea": "LOC",
    "Anton Chekhov": "PER",
    "New Times": "ORG",
    "Moscow Art Theatre": "ORG",
    "Moscow": "LOC",
    "Александр Пушкин": "PER",
    "Чёрному морю": "LOC",
    "Институт русской литературы Российской академии наук": "ORG",
    "Волга": "LOC",
    "Нижнего Новгорода": "LOC",
    "Казани": "LOC",
    "Каспийское море": "LOC",
    "Антон Чехов": "PER",
    "Новое время": "ORG",
    "Московский художественный театр": "ORG",
    "Москве": "LOC",
}


def find_names(tokens: Sequence[str]) -> tuple[Span, ...]:
    """The names of the examples wherever they stand; the longest wins: “Moscow Art Theatre” is no city."""
    names = sorted((tuple(name.split()), kind) for name, kind in NAMES.items())
    spans: list[Span] = []
    i = 0
    while i < len(tokens):
        fitting = [(len(name), kind) for name, kind in names if tuple(tokens[i : i + len(name)]) == name]
        size, kind = max(fitting, default=(0, ""))
        if size:
            spans.append(Span(i, i + size, kind))
        i += size or 1
    return tuple(spans)


# Tags as a short string


@dataclass(frozen=True)
class Written:
    """Tags as somebody wrote them, and the scheme they were written in."""

    scheme: Scheme
    tags: Tags


def shorten(tags: Sequence[str], scheme: Scheme) -> str:
    """Tags as a short string. IOBES is named in front, since a span that is never closed looks like BIO."""
    words: list[str] = ["IOBES"] if scheme == "IOBES" else []
    outside = 0
    for tag in tags:
        if tag == "O":
            outside += 1
            continue
        words += [str(outside)] if outside else []
        words.append(tag)
        outside = 0
    return " ".join(words) if any(tag != "O" for tag in tags) else "0"


def read_short(words: str, length: int) -> Written:
    """The inverse of `shorten` for a sentence of `length` tokens: lacking tags are O, further ones are dropped.

    Plain tags are understood too, in BIO, IOBES or BILOU.

    Raises
    ------
    Refusal
        Names the first word that is neither a tag nor a number, or counts too many types.
    """
    given = words.split()
    is_named = bool(given) and given[0].upper() == "IOBES"
    tags: list[str] = []
    for word in given[is_named:]:
        if len(tags) >= length:
            break
        tags += ["O"] * min(int(word[:4]), length) if word.isascii() and word.isdecimal() else [word]
    tags = (tags + ["O"] * length)[:length]
    types = {span.type for span in decode(tags)}
    refuse_above(Text("entity types", "типов сущностей"), len(types), MAX_TYPES)
    is_finer = is_named or any(tag[0] in "ESLU" for tag in tags)
    return Written("IOBES", tuple(_letters(tags, _FINER))) if is_finer else Written("IOB2", tuple(tags))


def _letters(tags: Sequence[str], table: dict[int, int]) -> list[str]:
    return [tag[0].translate(table) + tag[1:] for tag in tags]


def write_in(written: Written, scheme: Scheme) -> Tags:
    """The same spans in another scheme. What its own scheme does not allow stays as it is, in letters that exist."""
    if written.scheme == scheme:
        return written.tags
    out = _letters(written.tags, _COARSER) if scheme == "IOB2" else list(written.tags)
    broken = set(broken_tags(written.tags, written.scheme))
    for span in decode(written.tags):
        size = span.end - span.start
        if broken.isdisjoint(range(span.start, span.end)):
            out[span.start : span.end] = write_tags([Span(0, size, span.type)], size, scheme)
    return tuple(out)


def broken_tags(tags: Sequence[str], scheme: Scheme) -> tuple[int, ...]:
    """Positions of the tags that a strict reading drops: they belong to no span that the scheme allows."""
    kept = {i for span in decode(tags, "strict", scheme) for i in range(span.start, span.end)}
    return tuple(i for i, tag in enumerate(tags) if tag != "O" and i not in kept)


# Editing


def mark(tags: Sequence[str], start: int, end: int, kind: str, scheme: Scheme) -> Tags:
    """Make tokens `start`…`end` one entity of type `kind`, or none when it is empty. What it cuts keeps its rest.

    Raises
    ------
    Refusal
        If the stretch is empty or leaves the sentence.
    """
    if not 0 <= start < end <= len(tags):
        raise Refusal(Text("Mark at least one token of the sentence.", "Отметьте хотя бы один токен предложения."))
    touched = [span for span in decode(tags) if span.start < end and start < span.end]
    rests = [Span(span.start, start, span.type) for span in touched if span.start < start]
    rests += [Span(end, span.end, span.type) for span in touched if span.end > end]
    fresh = write_tags([*rests, *([Span(start, end, kind)] if kind else [])], len(tags), scheme)
    out = list(tags)
    low, high = min([start, *(s.start for s in touched)]), max([end, *(s.end for s in touched)])
    out[low:high] = fresh[low:high]
    return tuple(out)


def cycle(tags: Sequence[str], at: int, kind: str, scheme: Scheme) -> Tags:
    """Change one tag to the next of its scheme, whatever its neighbours say: O, B, I (E, S), O."""
    prefixes = ["O", *dict.fromkeys(SCHEMES[scheme])]
    if not 0 <= at < len(tags):
        return tuple(tags)
    prefix, _, now = tags[at].partition("-")
    here = prefixes.index(prefix) if prefix in prefixes and now == kind else 0
    following = prefixes[(here + 1) % len(prefixes)]
    return (*tags[:at], following if following == "O" else f"{following}-{kind}", *tags[at + 1 :])


# Failures: what a model answers when it goes wrong in one particular way


def fail_like(case: str, true: Sequence[Span], length: int, scheme: Scheme) -> Tags:
    """The predicted tags of a model that fails like `case`, one of `core.metrics.entities_lab.CASES` but “hand”."""
    if case == "broken":
        return tuple("O" if tag == "O" else f"I{tag[1:]}" for tag in write_tags(true, length, scheme))
    spans: dict[str, list[Span]] = {
        "right": list(true),
        "ends": move_ends(true, length),
        "types": [turn_type(span) for span in true],
        "nothing": [],
        "split": split_longest(true),
        "mixed": mix(true, length),
    }
    return write_tags(spans[case], length, scheme)


def turn_type(span: Span) -> Span:
    """PER → LOC → ORG → PER; any other type becomes PER."""
    known = TYPES.index(span.type) if span.type in TYPES else -1
    return Span(span.start, span.end, TYPES[(known + 1) % len(TYPES)])


def move_ends(true: Sequence[Span], length: int) -> list[Span]:
    """Every span one token off: without its last token; a span of one token takes in a free neighbour."""
    taken = {i for span in true for i in range(span.start, span.end)}
    moved = []
    for span in true:
        start, end = span.start, span.end
        if end - start > 1:
            end -= 1
        elif end < length and end not in taken:
            end += 1
            taken.add(span.end)
        elif start > 0 and start - 1 not in taken:
            start -= 1
            taken.add(start)
        moved.append(Span(start, end, span.type))
    return moved


def split_longest(true: Sequence[Span]) -> list[Span]:
    """The longest span in two halves, the rest right."""
    if not true:
        return []
    longest = max(true, key=lambda span: span.end - span.start)
    middle = (longest.start + longest.end + 1) // 2
    halves = [Span(longest.start, middle, longest.type), Span(middle, longest.end, longest.type)]
    return [*(s for s in true if s != longest), *(s for s in halves if s.start < s.end)]


def mix(true: Sequence[Span], length: int) -> list[Span]:
    """One failure after another: right, a wrong type, wrong bounds, missed; and one word that is no entity."""
    taken = {i for span in true for i in range(span.start, span.end)}
    moved = move_ends(true, length)
    spans = []
    for n, span in enumerate(true):
        spans += [[span], [turn_type(span)], [moved[n]], []][n % 4]
    taken |= {i for span in spans for i in range(span.start, span.end)}
    free = [i for i in range(1, length) if not {i - 1, i, i + 1} & taken]
    return [*spans, *(Span(i, i + 1, "LOC") for i in free[:1])]

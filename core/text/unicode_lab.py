"""Texts that look alike and are not: characters, code points, bytes, and the steps after which two texts are one.

Symbols are those of `core.text.unicode_forms` and `core.text.graphemes`.

    steps   the typed text → without hidden characters → normal form → small letters (case folding) → ё as е → twins
    ladder  the same steps one after the other, at NFC and then NFKC: after which one are the two texts equal?
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from core.arithmetic import Cell, Formula, Part, quiet, say
from core.errors import Refusal
from core.i18n import Lang, Text, same
from core.params import Choice, Params, Switch, Words
from core.tables import Table
from core.text.graphemes import split_clusters
from core.text.pretokenize import split_words
from core.text.unicode_forms import FORMS, YO, Form, drop_hidden, mixed_words, normalize, script, untwin, utf8
from core.verify import Check, compare

COUNTS = ("clusters", "code points", "UTF-16", "bytes")
LADDER: tuple[tuple[str, Text], ...] = (
    ("raw", Text("as typed", "как набрано")),
    ("NFC", same("NFC")),
    ("NFKC", same("NFKC")),
    ("hidden", Text("without hidden characters", "без невидимых символов")),
    ("fold", Text("case folded", "без регистра")),
    ("yo", Text("ё as е", "ё как е")),
    ("twins", Text("look-alike letters as one", "буквы-двойники как одна")),
)


class UnicodeParams(Params):
    """Two texts and what is done to the first."""

    glyphs: Annotated[
        str,
        Words(
            label=Text("Text", "Текст"),
            max_chars=60,
            example=Text("Zoë’s ﬁancé 👩‍👩‍👧 🇷🇸 crаzy²", "Ёжик и йод 👩‍👩‍👧 🇷🇸 мaма №²"),
            is_wide=True,
        ),
    ] = "Zoë’s ﬁancé 👩‍👩‍👧 🇷🇸 crаzy²"
    against: Annotated[
        str,
        Words(
            label=Text("Is it the same as", "То же ли это, что"),
            max_chars=60,
            example=Text("Zoë’s fiancé 👩‍👩‍👧 🇷🇸 CRAZY2", "ежик и йод 👩‍👩‍👧 🇷🇸 мама No2"),
            is_wide=True,
        ),
    ] = "Zoë’s fiancé 👩‍👩‍👧 🇷🇸 CRAZY2"
    form: Annotated[
        str,
        Choice(
            label=Text("Normal form", "Нормальная форма"),
            options={"raw": Text("none", "нет"), **{form: same(form) for form in FORMS[1:]}},
            help=Text(
                "C joins, D takes apart; K gives up looks: ﬁ → fi, ² → 2.",
                "C склеивает, D разбирает, K жертвует видом: ﬁ → fi, ² → 2.",
            ),
        ),
    ] = "raw"
    fold: Annotated[bool, Switch(label=Text("Fold case", "Убрать регистр"))] = False
    yo: Annotated[bool, Switch(label=Text("ё as е", "ё как е"))] = False
    hidden: Annotated[
        bool,
        Switch(
            label=Text("Drop hidden characters", "Убрать невидимые символы"),
            help=Text(
                "Category Cf: zero-width spaces and joiners. Families of emoji fall apart.",
                "Категория Cf: пробелы и соединители нулевой ширины. Семьи эмодзи распадутся.",
            ),
        ),
    ] = False
    twins: Annotated[
        bool,
        Switch(
            label=Text("Cyrillic twins as Latin", "Буквы-двойники — в латиницу"),
            help=Text("а с е о р х у and others.", "а с е о р х у и другие."),
        ),
    ] = False


@dataclass(frozen=True)
class CodePoint:
    """One code point: its character, name, category, script and bytes in UTF-8."""

    character: str
    name: str
    category: str
    script: str
    raw: bytes

    @property
    def code(self) -> str:
        return f"U+{ord(self.character):04X}"


@dataclass(frozen=True)
class UnicodeTrace:
    """before and after: clusters of code points; counts (form, COUNTS); ladder: rung → are the texts equal there."""

    params: UnicodeParams
    after: str
    before_clusters: tuple[tuple[CodePoint, ...], ...]
    after_clusters: tuple[tuple[CodePoint, ...], ...]
    counts: dict[Form, tuple[int, ...]]
    ladder: tuple[tuple[str, Text, bool], ...]
    mixed: tuple[str, ...]
    signature: str

    def cell(self, words: str) -> Cell:
        """The picked code point, `after.<cluster>.<place>`; the first when it names none."""
        cell = Cell.parse(words)
        rows = self.after_clusters if cell and cell.panel == "after" else self.before_clusters
        is_there = (
            cell and cell.panel in ("before", "after") and cell.row < len(rows) and cell.col < len(rows[cell.row])
        )
        return cell if cell and is_there else Cell("before", 0, 0)

    def point(self, cell: Cell) -> CodePoint:
        return (self.after_clusters if cell.panel == "after" else self.before_clusters)[cell.row][cell.col]


def read_points(text: str) -> tuple[tuple[CodePoint, ...], ...]:
    """Clusters of code points."""
    return tuple(tuple(map(read_point, cluster)) for cluster in split_clusters(text))


def read_point(character: str) -> CodePoint:
    """What Unicode says about one code point."""
    return CodePoint(
        character,
        unicodedata.name(character, "—").lower(),
        unicodedata.category(character),
        script(character),
        character.encode("utf-8"),
    )


def count(text: str) -> tuple[int, ...]:
    """Clusters, code points, units of UTF-16 and bytes of UTF-8."""
    return len(split_clusters(text)), len(text), len(text.encode("utf-16-le")) // 2, len(text.encode("utf-8"))


def transform(params: UnicodeParams, text: str) -> str:
    """The steps that are switched on, in their order."""
    form: Form = next(form for form in FORMS if form == params.form)
    out = drop_hidden(text) if params.hidden else text
    out = normalize(form, out)
    # Folding can undo a normal form, so the form is made once more.
    out = normalize(form, out.casefold()) if params.fold else out
    out = out.translate(YO) if params.yo else out
    return untwin(out) if params.twins else out


def climb(a: str, b: str) -> tuple[tuple[str, Text, bool], ...]:
    """Rung by rung, each after all before it: are the two texts equal now?"""
    out = []
    for name, said in LADDER:
        a, b = (_rung(name, text) for text in (a, b))
        out.append((name, said, a == b))
    return tuple(out)


def _rung(name: str, text: str) -> str:
    match name:
        case "NFC" | "NFKC":
            return normalize("NFC" if name == "NFC" else "NFKC", text)
        case "hidden":
            return drop_hidden(text)
        case "fold":
            return normalize("NFKC", text.casefold())
        case "yo":
            return text.translate(YO)
        case "twins":
            return untwin(text)
    return text


def run(params: UnicodeParams) -> UnicodeTrace:
    """Both texts read and compared.

    Raises
    ------
    Refusal
        If the first text is empty.
    """
    if not params.glyphs:
        raise Refusal(Text("Type at least one character.", "Впишите хотя бы один символ."))
    after = transform(params, params.glyphs)
    on = [name for name in ("hidden", "fold", "yo", "twins") if getattr(params, name)]
    return UnicodeTrace(
        params=params,
        after=after,
        before_clusters=read_points(params.glyphs),
        after_clusters=read_points(after),
        counts={form: count(normalize(form, params.glyphs)) for form in FORMS},
        ladder=climb(params.glyphs, params.against),
        mixed=mixed_words(split_words(params.glyphs)),
        signature=f"form={params.form}{''.join(f' + {name}' for name in on)} · Unicode {unicodedata.unidata_version}",
    )


def reference(trace: UnicodeTrace) -> tuple[Check, ...]:
    """Our normal forms beside `tokenizers`, our clusters beside `regex`."""
    import regex  # type: ignore[import-untyped]
    from tokenizers import normalizers

    text = trace.params.glyphs
    apart = sum(
        normalize(form, text) != getattr(normalizers, form)().normalize_str(text) for form in FORMS if form != "raw"
    )
    clusters = split_clusters(text) != regex.findall(r"\X", text)
    told = sum(normalize(form, text) != unicodedata.normalize(form, text) for form in FORMS if form != "raw")
    return (
        compare(Text("four normal forms", "четыре нормальные формы"), "tokenizers", [apart + told], [0.0], 0.0),
        compare(Text("clusters", "кластеры"), "regex", [float(clusters)], [0.0], 0.0),
    )


def tables(trace: UnicodeTrace) -> tuple[Table, ...]:
    """Lengths in every form, the ladder, and the code points."""
    points = [point for cluster in trace.after_clusters for point in cluster]
    return (
        Table("lengths", FORMS, COUNTS, np.array([trace.counts[form] for form in FORMS], dtype=np.float64)),
        Table(
            "equal after",
            [said.en for _, said, _ in trace.ladder],
            ("equal",),
            np.array([[float(is_equal)] for *_, is_equal in trace.ladder]),
        ),
        Table(
            "code points",
            [f"{n} {point.code} {point.name}" for n, point in enumerate(points)],
            ("code", "bytes"),
            np.array([(ord(p.character), len(p.raw)) for p in points], dtype=np.float64).reshape(-1, 2),
        ),
    )


def explain(trace: UnicodeTrace, picked: Cell, lang: Lang) -> tuple[Formula, ...]:
    """The picked code point as bits of UTF-8, and what it is made of."""
    point = trace.point(picked)
    code = ord(point.character)
    units = utf8(code)
    head = len(units[0]) - len(units[0].lstrip("1")) + 1 if len(units) > 1 else 1
    parts: list[Part] = [
        Part(f"{point.code} ", "strong"),
        quiet(f"{point.name} · {point.category}{f' · {point.script}' if point.script else ''}   "),
        say(f"{code} = {code:b}₂ → "),
    ]
    for n, unit in enumerate(units):
        mark = head if n == 0 else 2
        parts += [quiet((" " if n else "") + unit[:mark]), Part(unit[mark:], "number")]
    parts += [say(" = "), Part(" ".join(f"{byte:02X}" for byte in point.raw), "result")]
    lines: list[Formula] = [tuple(parts)]
    apart = {form: normalize(form, point.character) for form in ("NFD", "NFKD")}
    if apart["NFKD"] != point.character:
        formula: list[Part] = []
        for form, text in apart.items():
            made = " + ".join(f"U+{ord(c):04X}" for c in text)
            formula += [say(f"{form}({point.character}) = "), Part(made, "number"), quiet("   ")]
        lines.append(tuple(formula))
    if point.category == "Cf":
        hidden = Text("shows nothing; it joins, separates or turns", "не видно: соединяет, разделяет или поворачивает")
        lines.append((quiet(hidden.get(lang)),))
    return tuple(lines)

"""Parameters of a lab: every bound, label and unit said once, used by widgets, URLs, fuzzing and tests.

A topic declares a frozen `Params` whose fields carry a *knob*::

    class ExampleParams(Params):
        temperature: Annotated[float, Slider(Text("Temperature", "Температура"), lo=0.1, hi=5.0, step=0.1)] = 1.0

A knob is both the widget's description and pydantic's constraint, so a value that came from a URL, a notebook or a
test is held to exactly the bounds that the slider shows.
"""

from __future__ import annotations

import json
import math
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from annotated_types import Ge, GroupedMetadata, Le, MaxLen, Predicate
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import Refusal
from core.i18n import Lang, Text

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Knob(GroupedMetadata):
    """What a reader sees of one field, and the constraint that pydantic enforces.

    `folded`: kept under "more" so that at most seven controls are in sight.
    `shown`: hides a control that the other values make meaningless; the value stays valid and in the URL.
    """

    label: Text
    help: Text | None = None
    folded: bool = False
    shown: Callable[[Any], bool] = field(default=lambda _: True, repr=False)

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    @abstractmethod
    def expects(self) -> Text:
        """The allowed values, as the end of a sentence."""


@dataclass(frozen=True, kw_only=True)
class Slider(Knob):
    """A number (int or float, by the field's type) between `lo` and `hi`, both included."""

    lo: float
    hi: float
    step: float

    def __iter__(self) -> Iterator[Any]:
        return iter((Ge(self.lo), Le(self.hi)))

    def expects(self) -> Text:
        return Text("a number from {lo} to {hi}", "число от {lo} до {hi}").format(
            lo=write_bound(self.lo), hi=write_bound(self.hi)
        )


def write_bound(value: float) -> Text:
    """A bound as each language writes numbers: −0.5 and −0,5."""
    written = f"{value:g}".replace("-", "−")
    return Text(written, written.replace(".", ","))


@dataclass(frozen=True, kw_only=True)
class Levels(Knob):
    """One of a few ordered numbers that are not evenly spaced, such as powers of two."""

    values: tuple[int, ...]

    def __iter__(self) -> Iterator[Any]:
        return iter((Predicate(lambda v: v in self.values),))

    def expects(self) -> Text:
        listed = ", ".join(map(str, self.values))
        return Text("one of {values}", "одно из чисел {values}").format(values=listed)


@dataclass(frozen=True, kw_only=True)
class Choice(Knob):
    """One of a few named values, given in the order they are shown."""

    options: Mapping[str, Text]

    def __iter__(self) -> Iterator[Any]:
        return iter((Predicate(lambda v: v in self.options),))

    def expects(self) -> Text:
        return Text(
            "one of: " + ", ".join(t.en for t in self.options.values()),
            "одно из: " + ", ".join(t.ru for t in self.options.values()),
        )


@dataclass(frozen=True, kw_only=True)
class Switch(Knob):
    """On or off."""

    def expects(self) -> Text:
        return Text("on or off", "вкл или выкл")


@dataclass(frozen=True, kw_only=True)
class Words(Knob):
    """Text a visitor types, capped at `max_chars`; `example` is the default in each language, where there is one.

    `lines`: one line is read while it is typed, several when the field is left.
    `is_wide`: stands over the views where the room offers that place, since a sentence needs the width.
    """

    max_chars: int
    example: Text | None = None
    lines: int = 1
    is_wide: bool = False

    def __iter__(self) -> Iterator[Any]:
        return iter((MaxLen(self.max_chars), Predicate(lambda v: "\x00" not in v)))

    def expects(self) -> Text:
        return Text(
            "text of at most {n} characters, without NUL characters",
            "текст не длиннее {n} символов и без нулевых символов",
        ).format(n=f"{self.max_chars:,}".replace(",", " "))


@dataclass(frozen=True, kw_only=True)
class Grid(Knob):
    """A small editable matrix of numbers with `|value| <= bound`: `rows` (fewest, most) of `cols` numbers."""

    bound: float
    rows: tuple[int, int]
    cols: int

    def __iter__(self) -> Iterator[Any]:
        return iter((Predicate(self._fits),))

    def _fits(self, matrix: Matrix) -> bool:
        fewest, most = self.rows
        return (
            fewest <= len(matrix) <= most
            and all(len(row) == self.cols for row in matrix)
            and all(math.isfinite(v) and abs(v) <= self.bound for row in matrix for v in row)
        )

    def expects(self) -> Text:
        return Text(
            "numbers between −{b} and {b}, {c} in a row, rows: {r}",
            "числа от −{b} до {b}, по {c} в строке, строк: {r}",
        ).format(b=f"{self.bound:g}", r="–".join(str(n) for n in sorted(set(self.rows))), c=self.cols)


class Params(BaseModel):
    """Base of every lab's parameters: frozen, hashable, validated, nothing unknown, no NaN or infinity."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True, arbitrary_types_allowed=True
    )

    @classmethod
    def knobs(cls) -> dict[str, Knob]:
        """The knob of each field that has one, in order of declaration."""
        found = {}
        for name, info in cls.model_fields.items():
            for item in info.metadata:
                if isinstance(item, Knob):
                    found[name] = item
        return found

    @classmethod
    def default(cls, lang: Lang) -> Self:
        """The example that a room opens with: text fields speak the reader's language."""
        return cls(**cls.defaults(lang))

    @classmethod
    def defaults(cls, lang: Lang) -> dict[str, Any]:
        """Field by field, the values of `default(lang)`."""
        knobs = cls.knobs()
        values = {}
        for name, info in cls.model_fields.items():
            knob = knobs.get(name)
            values[name] = knob.example.get(lang) if isinstance(knob, Words) and knob.example else info.get_default()
        return values

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Build from values that came from outside.

        Raises
        ------
        Refusal
            Names the first field that cannot be used and what it accepts.
        """
        try:
            return cls(**values)
        except ValidationError as error:
            raise Refusal(explain(error, cls)) from None

    def changed(self, lang: Lang) -> dict[str, Any]:
        """Only what differs from the default example."""
        defaults = type(self).defaults(lang)
        return {k: v for k, v in self.model_dump().items() if v != defaults[k]}


def explain(error: ValidationError, params: type[Params]) -> Text:
    """The first problem of a validation error as a sentence: which control, and what it accepts."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = str(problem["loc"][0]) if problem["loc"] else ""
    knob = params.knobs().get(name)
    if knob is None:
        return Text(
            "“{name}” is not something this page can set.", "«{name}» — такого параметра на этой странице нет."
        ).format(name=name[:40] or "?")
    return Text("“{label}” takes {what}.", "«{label}» — здесь допустимо: {what}.").format(
        label=knob.label, what=knob.expects()
    )


def encode(value: Any) -> str:
    """A value as it stands in a URL: matrices as `1,2;3,4`, everything else as JSON without spaces."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return ";".join(",".join(f"{v:g}" if float(f"{v:g}") == v else repr(v) for v in row) for row in value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def decode_matrix(words: str) -> Matrix:
    """The inverse of `encode` for matrices.

    Raises
    ------
    Refusal
        If it is longer than any matrix we show, or has something that is not a number.
    """
    if len(words) > 4000:
        raise Refusal(Text("The matrix in the address is too long.", "Матрица в адресе страницы слишком длинная."))
    try:
        return tuple(tuple(float(v) for v in row.split(",")) for row in words.split(";"))
    except ValueError:
        raise Refusal(
            Text(
                "The matrix in the address has something that is not a number.",
                "В матрице из адреса страницы есть что-то, кроме чисел.",
            )
        ) from None

"""Parameters: the bound that a slider shows is the bound that a URL, a notebook or a test is held to."""

import importlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import core
from core.attention.worked import WorkedParams
from core.errors import Refusal
from core.i18n import LANGS, Text, same
from core.params import Choice, Grid, Knob, Levels, Matrix, Params, Slider, Switch, Words, decode_matrix, encode

ROOT = Path(core.__file__).parents[1]


class EveryKnob(Params):
    """One field of every kind, so that a knob no room uses yet is held to the same laws."""

    share: Annotated[float, Slider(label=Text("Share", "Доля"), lo=-1.0, hi=1.0, step=0.25)] = 0.5
    count: Annotated[int, Slider(label=Text("Count", "Число"), lo=2, hi=9, step=1)] = 3
    width: Annotated[int, Levels(label=Text("Width", "Ширина"), values=(1, 2, 4, 8))] = 4
    kind: Annotated[str, Choice(label=Text("Kind", "Вид"), options={"a": Text("one", "раз"), "b": same("2")})] = "a"
    is_on: Annotated[bool, Switch(label=Text("On", "Включено"))] = True
    said: Annotated[str, Words(label=Text("Said", "Сказано"), max_chars=12, example=Text("hello", "привет"))] = "hello"
    note: Annotated[str, Words(label=Text("Note", "Заметка"), max_chars=1500)] = ""
    table: Annotated[Matrix, Grid(label=Text("Table", "Таблица"), bound=5, rows=(2, 3), cols=2)] = ((1, 2), (3, 4))


def rooms() -> Iterator[type[Params]]:
    """Every `Params` that a module of core declares."""
    for path in sorted((ROOT / "core").rglob("*.py")):
        if "(Params):" not in path.read_text(encoding="utf-8"):
            continue
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, type) and issubclass(value, Params) and value.__module__ == name and value != Params:
                yield value


PARAMS = [EveryKnob, *rooms()]
FIELDS = [pytest.param(cls, name, id=f"{cls.__name__}.{name}") for cls in PARAMS for name in cls.knobs()]


def legal(cls: type[Params], name: str, knob: Knob) -> list[Any]:
    """The extreme values that the knob allows."""
    if isinstance(knob, Slider):
        return [cls.model_fields[name].annotation(bound) for bound in (knob.lo, knob.hi)]
    if isinstance(knob, Levels):
        return list(knob.values)
    if isinstance(knob, Choice):
        return list(knob.options)
    if isinstance(knob, Words):
        return ["", "я" * knob.max_chars, "\u202e</script>"[: knob.max_chars]]
    if isinstance(knob, Grid):
        return [((b,) * knob.cols,) * rows for rows in knob.rows for b in (-knob.bound, 0.0, knob.bound)]
    assert isinstance(knob, Switch)
    return [True, False]


def illegal(cls: type[Params], name: str, knob: Knob) -> list[Any]:
    """One step outside each bound, and what is no value of this kind at all."""
    never = [None, "perhaps", [], {}, b"\xff"]
    if isinstance(knob, Slider):
        beyond = [knob.lo - knob.step, knob.hi + knob.step, math.nan, math.inf, -math.inf, 10**400]
        return never + beyond + ([knob.lo + 0.5] if cls.model_fields[name].annotation is int else [])
    if isinstance(knob, Levels):
        return [*never, min(knob.values) - 1, max(knob.values) + 1, min(knob.values) + 0.5]
    if isinstance(knob, Choice):
        return [None, "perhaps", [], "", next(iter(knob.options)) + " ", 1]
    if isinstance(knob, Words):
        return [None, 1, [], "я" * (knob.max_chars + 1), "a\x00b", "\ud800"]
    if isinstance(knob, Grid):
        fewest, most = knob.rows
        row = (0.0,) * knob.cols
        wrong = [(row,) * (fewest - 1), (row,) * (most + 1), ((*row, 0.0),) * fewest, (row[1:],) * fewest]
        return (
            never
            + wrong
            + [((v, *row[1:]),) * fewest for v in (knob.bound * 1.01, -knob.bound * 1.01)]
            + [((v, *row[1:]),) * fewest for v in (math.nan, math.inf, -math.inf, "x")]
        )
    return [None, "perhaps", [], 2, 0.5]


@pytest.mark.parametrize(("cls", "name"), FIELDS)
def test_a_bound_is_allowed(cls: type[Params], name: str) -> None:
    knob = cls.knobs()[name]
    for value in legal(cls, name, knob):
        try:
            kept = getattr(cls.parse({name: value}), name)
        except Refusal:
            # A text within its length may still not be what the room reads: that is a sentence of its own.
            assert isinstance(knob, Words), name
            continue
        assert kept == value
        assert type(kept) is type(value)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("cls", "name"), FIELDS)
def test_a_step_beyond_is_refused_with_what_is_allowed(cls: type[Params], name: str, lang: Any) -> None:
    knob = cls.knobs()[name]
    quotes = "“{}”" if lang == "en" else "«{}»"
    for value in illegal(cls, name, knob):
        with pytest.raises(Refusal) as refused:
            cls.parse({name: value})
        said = refused.value.text.get(lang)
        assert said.startswith(quotes.format(knob.label.get(lang))), (value, said)
        assert knob.expects().get(lang) in said
        assert said.endswith(".")
        assert "{" not in said


@pytest.mark.parametrize("lang", LANGS)
def test_what_a_knob_expects_names_its_own_numbers(lang: Any) -> None:
    said = {name: knob.expects().get(lang) for name, knob in EveryKnob.knobs().items()}
    assert (
        said
        == {
            "en": {
                "share": "a number from −1 to 1",
                "count": "a number from 2 to 9",
                "width": "one of 1, 2, 4, 8",
                "kind": "one of: one, 2",
                "is_on": "on or off",
                "said": "text of at most 12 characters, without NUL characters",
                "note": "text of at most 1 500 characters, without NUL characters",
                "table": "numbers between −5 and 5, 2 in a row, rows: 2–3",
            },
            "ru": {
                "share": "число от −1 до 1",
                "count": "число от 2 до 9",
                "width": "одно из чисел 1, 2, 4, 8",
                "kind": "одно из: раз, 2",
                "is_on": "вкл или выкл",
                "said": "текст не длиннее 12 символов и без нулевых символов",
                "note": "текст не длиннее 1 500 символов и без нулевых символов",
                "table": "числа от −5 до 5, по 2 в строке, строк: 2–3",
            },
        }[lang]
    )


@pytest.mark.parametrize("cls", PARAMS)
@pytest.mark.parametrize("name", ["nonsense", "{label}", "", "a" * 500, "model_config"])
def test_an_unknown_field_is_refused_by_name(cls: type[Params], name: str) -> None:
    with pytest.raises(Refusal) as refused:
        cls.parse({name: 1})
    shown = name[:40] or "?"
    assert refused.value.text == Text(
        f"“{shown}” is not something this page can set.", f"«{shown}» — такого параметра на этой странице нет."
    )


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("cls", PARAMS)
def test_the_default_is_valid_and_speaks_the_readers_language(cls: type[Params], lang: Any) -> None:
    default = cls.default(lang)
    assert default.changed(lang) == {}
    for name, knob in cls.knobs().items():
        value = getattr(default, name)
        if isinstance(knob, Words) and knob.example:
            assert value == knob.example.get(lang)
        else:
            assert value == cls.model_fields[name].get_default()


@pytest.mark.parametrize("cls", PARAMS)
def test_every_field_has_a_knob(cls: type[Params]) -> None:
    """Except what no widget could hold: an uploaded file or corpus, and the language its example is in."""
    assert set(cls.model_fields) - set(cls.knobs()) <= {"file", "own", "lang"}


@pytest.mark.parametrize("cls", PARAMS)
def test_parameters_are_frozen_and_key_a_cache(cls: type[Params]) -> None:
    one, other = cls.default("en"), cls.default("en")
    assert one == other
    assert hash(one) == hash(other)
    name = next(iter(cls.model_fields))
    with pytest.raises(ValidationError):
        setattr(one, name, getattr(one, name))


class Bare(Params):
    """A field that has no knob to guard it."""

    x: float = 1.0


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_field_holds_what_is_no_number(value: float) -> None:
    with pytest.raises(Refusal):
        Bare.parse({"x": value})
    assert Bare.parse({"x": 2.0}).x == 2.0


def test_changed_names_only_what_differs() -> None:
    assert EveryKnob.parse({"count": 5, "share": 0.5}).changed("en") == {"count": 5}
    assert EveryKnob().changed("ru") == {"said": "hello"}


def test_a_knob_with_no_sentence_of_its_own_is_no_knob() -> None:
    with pytest.raises(TypeError, match="expects"):
        Knob(label=same("x"))  # type: ignore[abstract]


def test_a_control_may_depend_on_others() -> None:
    shown = WorkedParams.knobs()["is_scaled"].shown
    assert shown({"score": "dot"})
    assert not shown({"score": "additive"})
    assert WorkedParams.knobs()["mask"].shown({})


@settings(deadline=None, max_examples=200)
@given(st.lists(st.lists(st.floats(-100, 100), min_size=2, max_size=2).map(tuple), min_size=1, max_size=6).map(tuple))
def test_a_matrix_comes_back_from_the_address(matrix: Matrix) -> None:
    written = encode(matrix)
    assert decode_matrix(written) == matrix
    assert set(written) <= set("0123456789.,;-+e")


@pytest.mark.parametrize("cls", PARAMS)
def test_the_largest_matrix_fits_in_the_address(cls: type[Params]) -> None:
    for knob in cls.knobs().values():
        if isinstance(knob, Grid):
            longest = -math.nextafter(knob.bound, 0) / 3e7
            matrix = ((longest,) * knob.cols,) * knob.rows[1]
            assert decode_matrix(encode(matrix)) == matrix


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (((1.0, 2.5), (-3.0, 0.1)), "1,2.5;-3,0.1"),
        (((1 / 3,),), "0.3333333333333333"),
        (True, "true"),
        (3, "3"),
        ("Я люблю", '"Я люблю"'),
    ],
)
def test_values_stand_in_the_address_as_people_would_write_them(value: Any, written: str) -> None:
    assert encode(value) == written


@pytest.mark.parametrize("words", ["", "1,x", "1,2;", "1;;2", "1,,2", "а", "1" * 4001, "0x10", "None"])
def test_an_address_that_holds_no_matrix_is_refused(words: str) -> None:
    with pytest.raises(Refusal) as refused:
        decode_matrix(words)
    assert "address" in refused.value.text.en
    assert "адрес" in refused.value.text.ru


@settings(deadline=None, max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from([*EveryKnob.model_fields, "other"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.lists(st.floats())),
    )
)
def test_whatever_comes_from_outside_is_used_or_refused(values: dict[str, Any]) -> None:
    try:
        params = EveryKnob.parse(values)
    except Refusal:
        return
    assert EveryKnob.parse(params.model_dump()) == params

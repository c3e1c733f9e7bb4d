"""`controls(slug, Params, lang)`: a form made from the knobs. Every control keeps itself in the address."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import streamlit as st

from core.errors import Refusal
from core.i18n import LANGS, Lang, Text
from core.params import Choice, Grid, Knob, Levels, Params, Slider, Switch, Words, decode_matrix, encode
from pages._shared import words
from pages._shared.after import after
from pages._shared.choice import choose, chosen
from pages._shared.refuse import refuse
from pages._shared.state import Remembered, session

P = TypeVar("P", bound=Params)


@dataclass(frozen=True)
class Preset:
    """A named state of the lab. `values` differ from the defaults (a `Text` is said in the reader's language); `why`
    says what to look at."""

    name: Text
    values: dict[str, Any]
    why: Text


def field_key(slug: str, field: str) -> str:
    """The key of a field's widget, which is also its name in the address."""
    return f"{slug}_{field}"


def remembered(slug: str, field: str, cls: type[Params]) -> Remembered:
    """Where a field lives whose widget does not keep itself in the address: a matrix, a choice."""
    default = cls.model_fields[field].get_default()
    return Remembered(field_key(slug, field), default if isinstance(default, str) else encode(default))


def apply(slug: str, cls: type[Params], values: dict[str, Any], lang: Lang) -> None:
    """Put the lab into a state (inside a callback): what `values` does not name goes back to its default."""
    for field, value in {**cls.defaults(lang), **values}.items():
        knob = cls.knobs().get(field)
        if isinstance(knob, Grid | Choice):
            remembered(slug, field, cls).set(value if isinstance(knob, Choice) else encode(value))
        else:
            session()[field_key(slug, field)] = value


def presets(
    slug: str, cls: type[Params], lang: Lang, offers: Sequence[Preset], *, before: Callable[[], None] | None = None
) -> None:
    """One button a preset. `before` is done first, such as opening the lab they belong to."""

    def put(values: dict[str, Any]) -> None:
        if before:
            before()
        said = {name: value.get(lang) if isinstance(value, Text) else value for name, value in values.items()}
        apply(slug, cls, said, lang)

    with st.container(horizontal=True, gap="small"):
        for preset in offers:
            st.button(
                preset.name.get(lang),
                key=f"_{slug}_{cls.__name__}_preset_{preset.name.en}",
                help=preset.why.get(lang),
                on_click=put,
                args=(preset.values,),
                type="tertiary",
            )


def controls(slug: str, cls: type[P], lang: Lang, *, above: Any = None) -> P:
    """Widgets for every knob; returns validated parameters. Wide texts go into the container `above`, if there is one.

    A value that cannot be used gets its sentence and the last good parameters stay in force, so the lab never goes
    blank and what was typed stays in its field.

    When the session knows all values already they are returned at once and the widgets are drawn after the picture,
    which is what the reader is waiting for.
    """
    knobs = cls.knobs()
    good = f"_{slug}_{cls.__name__}_good"
    kept = session().get(good)
    if isinstance(kept, cls):
        # Streamlit forgets widgets that were not drawn, as when another lab or room was open: put them back.
        for name, knob in knobs.items():
            if not isinstance(knob, Grid | Choice) and field_key(slug, name) not in session():
                session()[field_key(slug, name)] = getattr(kept, name)
    wide = [name for name, knob in knobs.items() if above is not None and isinstance(knob, Words) and knob.is_wide]
    # The first text is the one that matters: it gets more width than the others.
    places = dict(zip(wide, above.columns([3, *(2 for _ in wide[1:])]), strict=True)) if wide else {}
    slot = st.container()

    def form() -> P:
        with slot:
            try:
                params = cls.parse(_form(slug, cls, lang, places))
                session()[good] = params
                return params
            except Refusal as refusal:
                refuse(refusal.text, lang)
                st.caption(words.FELL_BACK.get(lang))
                return kept if isinstance(kept, cls) else cls.default(lang)

    known = _known(slug, cls, lang) if isinstance(kept, cls) else None
    if known is None:
        return form()

    def confirm() -> None:
        # A widget may know better: another address was opened in the same session.
        if form() != known:
            session().pop(good)
            st.rerun()

    after(confirm)
    return known


def _form(slug: str, cls: type[Params], lang: Lang, places: dict[str, Any]) -> dict[str, Any]:
    """Draw a widget a knob; returns their values. The first value that cannot be used is refused at the end."""
    values: dict[str, Any] = {}
    knobs, defaults = cls.knobs(), cls.defaults(lang)
    problem: Refusal | None = None
    for name, knob in knobs.items():
        if knob.folded:
            continue
        try:
            with places.get(name, contextlib.nullcontext()):
                values[name] = _value(slug, cls, name, knob, lang, defaults, values)
        except Refusal as refusal:
            problem = problem or refusal
    if any(knob.folded for knob in knobs.values()):
        with st.expander(words.MORE.get(lang)):
            for name in (name for name, knob in knobs.items() if knob.folded):
                values[name] = _value(slug, cls, name, knobs[name], lang, defaults, values)
    reset = f"_{slug}_{cls.__name__}_reset"
    st.button(words.RESET.get(lang), key=reset, on_click=apply, args=(slug, cls, {}, lang), type="tertiary")
    if problem:
        raise problem
    return values


def _value(
    slug: str, cls: type[Params], name: str, knob: Knob, lang: Lang, defaults: dict[str, Any], so_far: dict[str, Any]
) -> Any:
    """What the knob is set to, with its widget drawn."""
    default = defaults[name]
    if isinstance(knob, Grid):
        return decode_matrix(remembered(slug, name, cls).get())
    if not knob.shown({**defaults, **so_far}):
        return default
    if isinstance(knob, Choice):
        return _choice(remembered(slug, name, cls), knob, lang)
    key = field_key(slug, name)
    _follow(key, knob, default, lang)
    return _widget(key, knob, cls.model_fields[name].annotation, default, lang)


def _known(slug: str, cls: type[P], lang: Lang) -> P | None:
    """The same without a widget, from the session alone; None when it does not hold all, or something unusable."""
    values: dict[str, Any] = {}
    defaults = cls.defaults(lang)
    # As in the form: what is folded comes last, so `shown` sees the same.
    try:
        for name, knob in sorted(cls.knobs().items(), key=lambda item: item[1].folded):
            key = field_key(slug, name)
            if isinstance(knob, Grid):
                values[name] = decode_matrix(remembered(slug, name, cls).get())
            elif not knob.shown({**defaults, **values}):
                values[name] = defaults[name]
            elif isinstance(knob, Choice):
                values[name] = chosen(remembered(slug, name, cls), list(knob.options))
            elif key in session():
                _follow(key, knob, defaults[name], lang)
                values[name] = session()[key]
            else:
                return None
        return cls.parse(values)
    except Refusal:
        return None


def _follow(key: str, knob: Knob, default: Any, lang: Lang) -> None:
    """An example that was not touched follows the language."""
    if not isinstance(knob, Words) or not knob.example:
        return
    if session().get(key) in {knob.example.get(other) for other in LANGS if other != lang}:
        session()[key] = default


def _choice(kept: Remembered, knob: Choice, lang: Lang) -> str:
    """Segments when they fit into the narrow column, else a menu."""
    fits = sum(len(text.get(lang)) + 4 for text in knob.options.values()) <= 32
    return choose(
        kept,
        list(knob.options),
        lambda value: knob.options[value].get(lang),
        label=knob.label.get(lang),
        look="segments" if fits else "menu",
        help=knob.help.get(lang) if knob.help else None,
    )


def _widget(key: str, knob: Knob, kind: Any, default: Any, lang: Lang) -> Any:
    label = knob.label.get(lang)
    shared: dict[str, Any] = {"key": key, "help": knob.help.get(lang) if knob.help else None, "bind": "query-params"}
    if isinstance(knob, Slider):
        as_is = int if kind is int else float
        # As many decimals as the step has: Streamlit's own two would round 0.064 to 0.06.
        digits = max(0, -Decimal(str(knob.step)).normalize().as_tuple().exponent) if as_is is float else 0  # type: ignore[operator]
        return st.slider(
            label,
            as_is(knob.lo),
            as_is(knob.hi),
            value=default,
            step=as_is(knob.step),
            format=f"%.{digits}f" if as_is is float else "%d",
            **shared,
        )
    if isinstance(knob, Levels):
        return st.select_slider(label, knob.values, value=default, **shared)
    if isinstance(knob, Switch):
        return st.toggle(label, value=default, **shared)
    assert isinstance(knob, Words), knob
    if knob.lines > 1:
        return st.text_area(label, value=default, max_chars=knob.max_chars, height=26 * knob.lines + 20, **shared)
    return st.text_input(label, value=default, max_chars=knob.max_chars, live=True, **shared)

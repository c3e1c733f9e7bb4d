"""Two languages, and never one without the other."""

import pytest

from core.errors import Refusal
from core.i18n import LANGS, Text, parse_lang, same


def test_the_languages_of_the_house() -> None:
    assert LANGS == ("en", "ru")


def test_a_text_speaks_both() -> None:
    text = Text("life", "жизнь")
    assert [text.get(lang) for lang in LANGS] == ["life", "жизнь"]


@pytest.mark.parametrize(("en", "ru"), [("", "а"), ("a", ""), ("a", " \n"), ("\t", "а"), ("", "")])
def test_a_text_that_lacks_a_language_cannot_be_made(en: str, ru: str) -> None:
    with pytest.raises(ValueError, match="both languages"):
        Text(en, ru)


def test_same_is_alike_in_both() -> None:
    assert same("q·k") == Text("q·k", "q·k")


def test_a_text_inside_a_text_keeps_its_language() -> None:
    filled = Text("“{what}” takes {n:.1f}", "«{what}» — {n:.1f}").format(what=Text("Heads", "Головы"), n=2)
    assert filled == Text("“Heads” takes 2.0", "«Головы» — 2.0")


def test_what_a_visitor_typed_is_not_a_format() -> None:
    assert Text("no {t}", "нет {t}").format(t="{t.__class__}{0}") == same("{t}").format(
        t=Text("no {t.__class__}{0}", "нет {t.__class__}{0}")
    )


def test_a_field_that_is_not_given_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        Text("{a}", "{b}").format(a=1)


@pytest.mark.parametrize(
    ("value", "lang"),
    [
        ("ru", "ru"),
        ("ru-RU", "ru"),
        ("RU_ru", "ru"),
        ("en", "en"),
        ("en-GB", "en"),
        ("de", None),
        ("", None),
        (None, None),
        ("english", None),
        ("</script>", None),
    ],
)
def test_a_locale_names_a_language_or_none(value: str | None, lang: str | None) -> None:
    assert parse_lang(value) == lang


def test_a_refusal_is_a_sentence_in_both_languages() -> None:
    refusal = Refusal(Text("Too long.", "Слишком длинно."))
    assert str(refusal) == "Too long."
    assert refusal.text.ru == "Слишком длинно."
    assert isinstance(refusal, ValueError)

"""Two languages, side by side. A sentence that lacks one of them cannot be constructed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Lang = Literal["en", "ru"]
LANGS: tuple[Lang, ...] = get_args(Lang)


@dataclass(frozen=True)
class Text:
    """One sentence or label in every language of the house."""

    en: str
    ru: str

    def __post_init__(self) -> None:
        if not self.en.strip() or not self.ru.strip():
            raise ValueError(f"a Text needs both languages: {self!r}")

    def get(self, lang: Lang) -> str:
        """The words in `lang`."""
        return self.ru if lang == "ru" else self.en

    def format(self, **values: object) -> Text:
        """Fill `{name}` fields; a value that is itself a Text is taken in the matching language."""
        return Text(
            en=self.en.format(**{k: v.en if isinstance(v, Text) else v for k, v in values.items()}),
            ru=self.ru.format(**{k: v.ru if isinstance(v, Text) else v for k, v in values.items()}),
        )


def same(words: str) -> Text:
    """A Text for what both languages write alike: symbols, names of models, formulas."""
    return Text(en=words, ru=words)


def parse_lang(value: str | None) -> Lang | None:
    """`"ru-RU"` → `"ru"`; None when the house does not speak it."""
    code = (value or "").lower().replace("_", "-").split("-")[0]
    return "ru" if code == "ru" else "en" if code == "en" else None

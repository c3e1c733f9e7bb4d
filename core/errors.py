"""A refused input is one clear sentence, in both languages."""

from __future__ import annotations

from core.i18n import Text


class Refusal(ValueError):
    """Raised by core when an input cannot be used. `text` says which part and what to do.

    Pages show `text` in the reader's language and keep what was typed; nothing else in core raises for bad input.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text

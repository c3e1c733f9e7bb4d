"""Words or characters: which perplexities can be compared."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.figures.generation import char_strip, units_bars, units_table, word_strip
from core.i18n import Text
from core.metrics.units_lab import UnitsParams, explain, reference, run, tables
from pages._generation_metrics.parts import OWN_CORPUS, draw_strip, own_file
from pages._shared import kit


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Both models as a table, the text in words over the text in characters, bits of every word by both."""
    with controls:
        params = kit.controls(page.slug, UnitsParams, page.lang, above=page.wide(views))
        own_file(page, "own", OWN_CORPUS)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        picks = {name: page.remember(f"word_{name}") for name in ("now", "kept")}

        def draw(shown: UnitsParams, name: str) -> None:
            trace = kit.cached(run, shown)
            picked = picks[name]
            at = trace.at(picked.get())
            draw_strip(
                page,
                f"words_{name}",
                picked,
                at,
                word_strip(trace, page.lang),
                alt=WORDS_ALT,
                hint=HINT,
                table=units_table(trace, page.lang),
                title=page.say(BY_WORDS),
                legend=[["unknown", page.say(UNKNOWN)]] if not trace.is_known.all() else [],
            )
            draw_strip(
                page,
                f"chars_{name}",
                picked,
                at,
                char_strip(trace, page.lang),
                alt=CHARS_ALT,
                hint=CHARS_HINT,
                title=page.say(BY_CHARS),
                dense=True,
            )
            figure = units_bars(trace, at, theme=page.theme, lang=page.lang)
            kit.show(page, figure, name=f"bars_{name}", alt=BARS_ALT, height=290, on_pick=picked.set)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, trace.at(picks["now"].get()), page.lang)
    page.arithmetic(formulas)


BY_WORDS = Text("The word model, bits of each word", "Модель слов: биты каждого слова")
BY_CHARS = Text("The character model, bits of each character", "Модель символов: биты каждого символа")
WORDS_ALT = Text("The text in words with the bits of each", "Текст по словам и биты каждого")
CHARS_ALT = Text("The text in characters with the bits of each", "Текст по символам и биты каждого")
HINT = Text("hover a word: its characters light up below", "наведите на слово — внизу загорятся его символы")
CHARS_HINT = Text("␣ is a space and belongs to the word after it", "␣ — пробел, он относится к следующему слову")
UNKNOWN = Text("never seen", "модель не видела")
BARS_ALT = Text("Bits of every word by the word model and by the character model", "Биты каждого слова по двум моделям")

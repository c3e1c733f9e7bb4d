"""Is attention an explanation? The weights beside what happens when words and heads are taken away."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.arithmetic import Formula, number, quiet, say
from core.attention.explanation import MAX_TOKENS, ExplanationTrace, measure_words, reference, run, tables
from core.attention.sentence import InputParams
from core.figures.attention import effect_bars, shift_scatter
from core.i18n import Lang, Text
from pages._attention.sentence import CUT
from pages._shared import kit


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Tokens on the left, heads on the right, the rank correlation under them."""
    with controls:
        params = kit.controls(page.slug, InputParams, page.lang, above=page.wide(views))
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):

        def draw(shown: InputParams, name: str) -> None:
            half = kit.cached(measure_words, shown)
            if half.tokens.was_cut:
                kit.refuse(CUT.format(n=MAX_TOKENS), page.lang)
            left, right = st.columns([1.25, 1])
            with left:
                figure = effect_bars(half, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"effects_{name}", alt=EFFECTS_ALT, height=380)
            with right:
                # Every head is switched off in turn, which takes a second or two: the words are shown meanwhile.
                trace = kit.cached(run, shown)
                figure = shift_scatter(trace, theme=page.theme, lang=page.lang)
                kit.show(page, figure, name=f"shifts_{name}", alt=SHIFTS_ALT, height=380)

        kit.compared(page, params, draw)
        trace = kit.cached(run, params)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, page.lang)
    page.arithmetic(formulas)


def explain(trace: ExplanationTrace, lang: Lang) -> tuple[Formula, ...]:
    """What the two pictures say, with this sentence's numbers."""
    most = int(trace.received.argmax())
    rank = int((trace.effect > trace.effect[most]).sum()) + 1
    peaked = trace.moved > 0.5
    return (
        (
            quiet(RANKS.get(lang)),
            say(" τ = "),
            number(trace.tau_received, 2, "result"),
            quiet(ROLLED.get(lang)),
            number(trace.tau_rollout, 2, "result"),
            quiet(SCALE.get(lang)),
        ),
        (
            quiet(
                FIRST.format(
                    t=trace.tokens.shown[trace.words[most]], r=rank, n=len(trace.words), s=float(trace.received[most])
                ).get(lang)
            ),
        ),
        (
            quiet(
                HEADS.format(
                    n=int(peaked.sum()),
                    a=trace.moved.size,
                    m=float(trace.shift[peaked].mean()) if peaked.any() else 0.0,
                    w=float(trace.effect.mean()),
                ).get(lang)
            ),
        ),
    )


RANKS = Text(
    "Do attention and the effect of leaving a word out rank the tokens alike? Attention received:",
    "Одинаково ли упорядочивают токены внимание и эффект удаления слова? Полученное внимание:",
)
ROLLED = Text("   rollout: τ = ", "   rollout: τ = ")
SCALE = Text("   1 the same order, 0 unrelated, −1 reversed", "   1 — порядок тот же, 0 — не связаны, −1 — обратный")
FIRST = Text(
    "“{t}” gets the most attention ({s:.1%}); by what its absence changes it is number {r} of {n}.",
    "Больше всего внимания у «{t}» ({s:.1%}); по тому, что меняет его отсутствие, он на месте {r} из {n}.",
)
HEADS = Text(
    "{n} of {a} heads are far from uniform. Making one of them uniform turns the sentence vector by {m:.5f} on "
    "average; leaving out one token turns it by {w:.5f}.",
    "{n} голов из {a} далеки от равномерных. Если одну из них сделать равномерной, вектор предложения повернётся "
    "в среднем на {m:.5f}; если убрать один токен — на {w:.5f}.",
)
EFFECTS_ALT = Text(
    "Tokens: attention received and the effect of leaving each out, as shares",
    "Токены: полученное внимание и эффект удаления каждого, в долях",
)
SHIFTS_ALT = Text(
    "Heads: how far from uniform, against how far the sentence vector turns when the head is made uniform",
    "Головы: как далеко от равномерной и насколько повернётся вектор, если сделать её равномерной",
)

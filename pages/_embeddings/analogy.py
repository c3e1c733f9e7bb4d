"""A − B + C: a parallelogram, its corner, and the words around it."""

from __future__ import annotations

from typing import Any

from core.arithmetic import Formula
from core.embeddings.analogy import AnalogyParams, explain, reference, run, tables
from core.figures.embeddings import analogy_data, picked_answer
from core.i18n import Text, same
from pages._embeddings.parts import cloud, known, picked_number
from pages._shared import kit


def lab(page: kit.Page, controls: Any, views: Any) -> None:
    """Three words over the picture, examples under it."""
    with controls:
        params = kit.controls(page.slug, AnalogyParams, page.lang, above=page.wide(views))
        kit.presets(page.slug, AnalogyParams, page.lang, PRESETS)
    formulas: tuple[Formula, ...] = ()
    with views, kit.sentences(page.lang):
        params, trace = known(page, run, params)
        pick = page.remember("answer")

        def draw(shown: AnalogyParams, name: str) -> None:
            seen = kit.cached(run, shown)
            at = picked_number(page, "answer", len(seen.answers))
            data = analogy_data(seen, at, page.lang)
            cloud(page, f"sum_{name}", data, on_pick=lambda n: pick.set(str(picked_answer(seen, n))))

        kit.compared(page, params, draw)
        page.checks(lambda: kit.verified(reference, params, trace), trace.signature)
        kit.toolbar(page, run, params, lambda: tables(trace))
        formulas = explain(trace, picked_number(page, "answer", len(trace.answers)), page.lang)
    page.arithmetic(formulas)


def three(a: Text, b: Text, c: Text, why: Text, **more: Any) -> kit.Preset:
    """A preset that is named by its words."""
    name = same("{a} − {b} + {c}").format(a=a, b=b, c=c)
    return kit.Preset(name, {"plus": a, "minus": b, "also": c, **more}, why)


PRESETS = (
    three(
        Text("paris", "париж"),
        Text("france", "франция"),
        Text("japan", "германия"),
        Text("A capital for a country.", "Столица для страны."),
    ),
    three(
        Text("bigger", "читал"),
        Text("big", "читать"),
        Text("small", "писать"),
        Text("Grammar is harder than capitals.", "С грамматикой труднее, чем со столицами."),
    ),
    three(
        Text("doctor", "врач"),
        Text("man", "мужчина"),
        Text("woman", "женщина"),
        Text(
            "The famous example of prejudice; see what is first when inputs are allowed.",
            "Известный пример предвзятости; посмотрите, что первое, если исходные слова разрешены.",
        ),
        has_inputs=True,
    ),
)

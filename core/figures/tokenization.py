"""The tokenization room: cuts, code points and sentences as data for the browser, and three charts."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.arithmetic import Cell, write_number
from core.figures.plots import layout
from core.figures.theme import Theme, color
from core.i18n import Lang, Text, same
from core.text.cost_lab import CUTTERS, CostTrace
from core.text.sentence_lab import REASONS, SentenceTrace
from core.text.tokenization_lab import LOSSES, TokenizationTrace
from core.text.tokenization_texts import LANGUAGE_NAMES
from core.text.tokenizers_all import KINDS, Cut, show
from core.text.unicode_forms import FORMS
from core.text.unicode_lab import CodePoint, UnicodeTrace

ALONE = ("characters", "bytes", "encoder")
SPLITTERS = {
    "now": Text("rules that are on", "включённые правила"),
    "gap": Text("without white space", "без пробела"),
    "abbreviations": Text("without lists", "без списков"),
    "initials": Text("without initials", "без инициалов"),
    "small": Text("without small letters", "без строчных"),
    "closing": Text("without quotes", "без кавычек"),
    "none": Text("every stop cuts", "режет каждая точка"),
    "punkt": Text("Punkt, our list", "Punkt, наш список"),
}


def cuts_data(trace: TokenizationTrace, picked: Cell, lang: Lang) -> dict[str, Any]:
    """The text sign by sign, and every tokenizer's row, for `assets/components/cuts.js`."""
    text = trace.params.sentence
    return {
        "part": "cuts",
        "strip": [[show(c), [f"{byte:02X}" for byte in c.encode("utf-8")]] for c in text],
        "rows": [
            {
                **_row(made, KINDS[made.kind].get(lang), made.kind),
                "facts": _facts(made, lang),
                "lossless": made.is_lossless,
                "lost": ", ".join(LOSSES[loss].get(lang) for loss in made.losses()),
                "back": [[name, show(old), show(new)] for name, old, new in made.difference()],
            }
            for made in trace.cuts
        ],
        "picked": f"{picked.panel}.{picked.row}",
    }


def _row(made: Cut, name: str, key: str) -> dict[str, Any]:
    columns = (made.shown, made.ids, made.spans, made.unknown, made.pieces)
    return {
        "id": key,
        "name": name,
        "chips": [[shown, id_, *span, int(out), piece] for shown, id_, span, out, piece in zip(*columns, strict=True)],
    }


def _facts(made: Cut, lang: Lang) -> str:
    line = Text("{n} tokens · |V| {v}", "токенов {n} · |V| {v}").format(n=len(made.ids), v=made.size).get(lang)
    return line + (f" · OOV {sum(made.unknown)}" if any(made.unknown) else "")


def trade_off(trace: TokenizationTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Tokens of the text against the size of the vocabulary; filled marks give the text back as it was."""
    figure = go.Figure(layout=layout(theme))
    groups = (
        (True, Text("gives the text back", "возвращает текст"), "circle", "V"),
        (False, Text("loses something", "что-то теряет"), "x-open", "K"),
    )
    for is_lossless, name, symbol, role in groups:
        members = [made for made in trace.cuts if made.is_lossless == is_lossless]
        figure.add_scatter(
            x=np.array([made.size for made in members], dtype=np.float32),
            y=np.array([len(made.ids) for made in members], dtype=np.float32),
            text=[KINDS[made.kind].get(lang) for made in members],
            name=name.get(lang),
            mode="markers",
            marker={"symbol": symbol, "size": 11, "color": color(role, theme)},
            hovertemplate="%{text}: |V| = %{x}, %{y}<extra></extra>",
        )
    figure.update_xaxes(
        title=Text("vocabulary", "словарь").get(lang), type="log", tickvals=[100, 1000, 10_000], range=[1.7, 5.6]
    )
    most = max(1, *(len(made.ids) for made in trace.cuts))
    # Most vocabularies are of about one size: their names stand in a column of their own, none over another.
    height = -1.0
    for made in sorted(trace.cuts, key=lambda one: len(one.ids)):
        is_crowded = made.kind not in ALONE
        height = max(float(len(made.ids)), height + most / 11) if is_crowded else height
        figure.add_annotation(
            x=float(np.log10(made.size)),
            y=len(made.ids),
            ax=float(np.log10(made.size)) + (0.35 if is_crowded else 0.0),
            ay=height if is_crowded else len(made.ids) + 0.12 * most,
            axref="x",
            ayref="y",
            text=KINDS[made.kind].get(lang),
            xanchor="left" if is_crowded else "center",
            font={"size": 12},
            arrowhead=0,
            arrowwidth=0.8,
            arrowcolor=color("quiet", theme),
            standoff=6,
        )
    figure.update_yaxes(title=Text("tokens", "токенов").get(lang), range=[-0.08 * most, 1.2 * most])
    return figure


def glyphs_data(trace: UnicodeTrace, picked: Cell, lang: Lang) -> dict[str, Any]:
    """Clusters with their code points and bytes before and after, lengths and the ladder, for `glyphs.js`."""
    heads = (
        Text("characters seen", "видимых символов"),
        Text("code points", "кодовых точек"),
        Text("units of UTF-16", "единиц UTF-16"),
        Text("bytes of UTF-8", "байтов UTF-8"),
    )
    is_changed = trace.after != trace.params.glyphs
    return {
        "strips": [
            {"id": "before", "clusters": _clusters(trace.before_clusters)},
            *([{"id": "after", "clusters": _clusters(trace.after_clusters)}] if is_changed else []),
        ],
        "head": [head.get(lang) for head in heads],
        "forms": [
            [(Text("as typed", "как набрано") if form == "raw" else same(form)).get(lang), *trace.counts[form]]
            for form in FORMS
        ],
        "chosen": FORMS.index(trace.params.form),
        "ladder": [[said.get(lang), is_equal] for _, said, is_equal in trace.ladder],
        "mixed": list(trace.mixed),
        "picked": str(picked),
    }


def _clusters(clusters: tuple[tuple[CodePoint, ...], ...]) -> list[Any]:
    """[as it looks, [[as it looks, code, name, bytes, script], …]] a cluster."""
    out = []
    for cluster in clusters:
        text = "".join(point.character for point in cluster)
        points = [[_visible(p), p.code, p.name, p.raw.hex(" ").upper(), p.script] for p in cluster]
        out.append([_visible(cluster[0]) if len(cluster) == 1 else text, points])
    return out


def _visible(point: CodePoint) -> str:
    """A character that can be seen: marks on a dotted circle, hidden ones as their sign or a box."""
    if point.category in ("Mn", "Me", "Mc"):
        return f"◌{point.character}"
    shown = show(point.character)
    return "▯" if point.category in ("Cf", "Cc") and shown == point.character else shown


def stops_data(trace: SentenceTrace, picked: Cell, lang: Lang) -> dict[str, Any]:
    """The text with every stop, and its sentences three times, for `stops.js`."""
    text = trace.params.passage
    parts, at = [], 0
    for n, stop in enumerate(trace.candidates):
        parts.append([text[at : stop.start], "", -1, False])
        parts.append([text[stop.start : stop.end], REASONS[stop.reason].get(lang), n, stop.is_end])
        at = stop.end
    parts.append([text[at:], "", -1, False])
    columns = (
        (Text("The rules", "Правила"), trace.spans),
        (Text("Every stop cuts", "Режет каждая точка"), trace.plain),
        (Text("Punkt (nltk) with our lists", "Punkt (nltk) с нашими списками"), trace.punkt),
    )
    return {
        "parts": parts,
        "columns": [[name.get(lang), [text[a:b] for a, b in spans]] for name, spans in columns],
        "marked": [_marked(passage, ends, found) for passage, ends, found in trace.found],
        "picked": picked.row,
    }


def _marked(text: str, ends: tuple[int, ...], found: tuple[int, ...]) -> list[list[str]]:
    """A marked passage in pieces, and after each what stands there: right, wrong or missed."""
    out, at = [], 0
    for place in sorted({*ends, *found}):
        verdict = "right" if place in ends and place in found else "missed" if place in ends else "wrong"
        out.append([text[at:place], verdict])
        at = place
    return [*out, [text[at:], ""]]


def judged_bars(trace: SentenceTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """F1 of the rules, of the rules less one, of none, and of Punkt."""
    rows = trace.judged[::-1]
    roles = {"now": "probability", "punkt": "K"}
    figure = go.Figure(layout=layout(theme, showlegend=False))
    figure.add_bar(
        x=np.array([row.f1 for row in rows], dtype=np.float32),
        y=[SPLITTERS[row.name].get(lang) for row in rows],
        orientation="h",
        marker={"color": [color(roles.get(row.name, "X"), theme) for row in rows]},
        text=[f"{row.f1:.2f}  +{row.wrong} −{row.missed}" for row in rows],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
    )
    figure.update_xaxes(title="F1", range=[0, 1.3], tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(type="category")
    return figure


def cost_bars(trace: CostTrace, picked: Cell, *, theme: Theme, lang: Lang) -> go.Figure:
    """Tokens of one sentence in every language; hatched is what says nothing; the multiple of English beside it."""
    names = [name.get(lang) for name in LANGUAGE_NAMES.values()][::-1]
    kept, lost = (trace.tokens - trace.lost)[::-1], trace.lost[::-1]
    figure = go.Figure(layout=layout(theme, barmode="stack"))
    edge = [3 if n == picked.row else 0 for n in range(len(names))][::-1]
    figure.add_bar(
        x=kept.astype(np.float32),
        y=names,
        orientation="h",
        name=Text("tokens", "токены").get(lang),
        marker={"color": color("Q", theme), "line": {"width": edge, "color": color("ink", theme)}},
        hovertemplate="%{y}: %{x}<extra></extra>",
    )
    figure.add_bar(
        x=lost.astype(np.float32),
        y=names,
        orientation="h",
        name=Text("unknown: the text is lost", "неизвестные: текст потерян").get(lang),
        marker={"color": color("masked", theme), "pattern": {"shape": "/", "fgcolor": color("bad", theme)}},
        text=[f"×{write_number(value, 2)}" for value in trace.premium[::-1]],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{x}<extra></extra>",
    )
    figure.update_xaxes(
        title=Text("tokens in the sentence", "токенов в предложении").get(lang),
        range=[0, 1.28 * float(trace.tokens.max())],
    )
    figure.update_yaxes(type="category")
    return figure


def languages_data(trace: CostTrace, picked: Cell, lang: Lang) -> dict[str, Any]:
    """The sentence of each language in chips, for `cuts.js`."""
    rows = []
    for name, made in zip(LANGUAGE_NAMES.values(), trace.sentences, strict=True):
        said = Text("{n} tokens", "токенов {n}").format(n=len(made.ids)).get(lang)
        rows.append({**_row(made, name.get(lang), "lang"), "facts": said})
    return {"part": "languages", "rows": rows, "picked": f"lang.{picked.row}"}


def forms_data(trace: CostTrace, lang: Lang) -> dict[str, Any]:
    """Forms down, tokenizers across, for `cuts.js`."""
    point = "," if lang == "ru" else "."
    return {
        "part": "forms",
        "head": [KINDS[kind].get(lang) for kind in CUTTERS],
        "rows": [
            [form, [_row(made, "", "form")["chips"] for made in row]]
            for form, row in zip(trace.forms, trace.table, strict=True)
        ],
        "mean": [write_number(float(x), 2).replace(".", point) for x in trace.pieces.mean(axis=0)],
        "stems": [[stem, count] for stem, count in trace.stems],
    }

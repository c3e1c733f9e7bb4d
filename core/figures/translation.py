"""Pictures of the translation metrics: plotly figures, and data for the room's own browser components.

The components (assets/components/grams.js, align.js, edits.js, errors.js) draw; every number they show comes from here,
already written out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.arithmetic import Cell, write_number
from core.figures.plots import Curve, curves, layout
from core.figures.theme import Theme, color
from core.i18n import Lang, Text
from core.metrics.bleu_lab import BleuLabTrace
from core.metrics.chrf_lab import ChrfLabTrace, order_name
from core.metrics.errors_lab import ERRORS, METRICS, ErrorsTrace
from core.metrics.meteor_lab import STAGE_NAMES, MeteorLabTrace, penalize_chunks
from core.metrics.ter import edit_rate
from core.metrics.ter_lab import COUNTED, KINDS, Stage, TerLabTrace

Data = dict[str, Any]

HYPOTHESIS = Text("Hypothesis", "Гипотеза")
REFERENCE = Text("Reference", "Эталон")
EDIT_ROLES = {"shift": "Q", "substitute": "validation", "insert": "V", "delete": "K"}
EDIT_PATTERNS = {"shift": "", "substitute": "/", "insert": "x", "delete": "."}


def name_reference(k: int, n: int, lang: Lang) -> str:
    """“Reference”, or “Reference 2” when there are several."""
    return REFERENCE.get(lang) if n == 1 else f"{REFERENCE.get(lang)} {k + 1}"


# ---- BLEU ------------------------------------------------------------------------------------------------------


def bleu_equation(trace: BleuLabTrace, cell: Cell, lang: Lang) -> list[Data]:
    """BLEU = BP · (p₁ · … · p_n)^(1/n) as cards; the p_n can be picked."""
    score = trace.bleu.score
    used = [w > 0 for w in score.weights]
    cards: list[Data] = [
        {"kind": "result", "label": "BLEU", "value": f"{score.value:.3f}", "note": f"{score.percent:.1f} / 100"},
        {"kind": "sign", "label": "="},
        {
            "kind": "value",
            "label": Text("brevity penalty", "штраф за краткость").get(lang),
            "value": f"{score.brevity_penalty:.3f}",
            "note": f"c = {score.c}, r = {score.r}",
        },
        {"kind": "sign", "label": "×" if trace.params.n == 1 else "× ("},
    ]
    for k, p in enumerate(score.precisions):
        cards += [{"kind": "sign", "label": "·"}] if k else []
        a, b = (write_number(v, 3) for v in (score.numerators[k], score.denominators[k]))
        cards.append(
            {
                "kind": "order",
                "order": k + 1,
                "label": f"p{'₁₂₃₄'[k]}",
                "value": f"{p:.3f}",
                "note": f"{a} / {b}",
                "bars": [round(p, 4)],
                "picked": cell.row == k + 1,
                "off": not used[k],
                "smoothed": score.is_smoothed[k],
            }
        )
    if trace.params.n > 1:
        cards.append({"kind": "sign", "label": ")", "power": f"1/{max(1, sum(used))}"})
    return cards


def bleu_data(trace: BleuLabTrace, cell: Cell, lang: Lang) -> Data:
    """The texts with the n-grams of the picked order and where each stands."""
    bleu, n = trace.bleu, len(trace.bleu.references)
    tokens = Text("tokens: {n}", "токенов: {n}")
    closest = Text(" · sets r", " · задаёт r").get(lang)
    texts = [{"name": HYPOTHESIS.get(lang), "note": tokens.format(n=len(bleu.words)).get(lang), "units": bleu.words}]
    for k, words in enumerate(bleu.reference_words):
        note = tokens.format(n=len(words)).get(lang) + (closest if k == bleu.closest and n > 1 else "")
        texts.append({"name": name_reference(k, n, lang), "note": note, "units": words})
    grams = []
    for gram in bleu.grams[cell.row - 1]:
        places = (gram.positions, *gram.reference_positions)
        grams.append(
            {
                "text": " ".join(gram.words),
                "at": [[[start, start + cell.row] for start in starts] for starts in places],
                "counted": gram.matches,
                "cells": [gram.count, *(len(starts) for starts in gram.reference_positions), gram.clip, gram.matches],
            }
        )
    several = [str(k + 1) for k in range(n)] if n > 1 else [""]
    columns = [
        Text("hypothesis", "гипотеза").get(lang),
        *(Text("reference {k}", "эталон {k}").format(k=k).get(lang).strip() for k in several),
        Text("clip", "предел").get(lang),
        Text("counted", "в счёт").get(lang),
    ]
    return {
        "texts": texts,
        "grams": grams,
        "columns": columns,
        "order": cell.row,
        "index": cell.col,
        "size": cell.row,
        "spaced": trace.params.tokenize != "char",
    }


def brevity_curve(trace: BleuLabTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """BP over the length of the hypothesis, r held, with the present length."""
    score = trace.bleu.score
    figure = go.Figure(layout=layout(theme, showlegend=False))
    figure.add_scatter(
        x=trace.lengths,
        y=trace.penalties.astype(np.float32),
        mode="lines",
        line={"color": color("probability", theme), "width": 2.5},
        hovertemplate="c = %{x}<br>BP = %{y:.3f}<extra></extra>",
    )
    figure.add_vline(x=score.r, line={"color": color("quiet", theme), "dash": "dot", "width": 1.5})
    figure.add_annotation(
        x=score.r, y=0.03, text=f"r = {score.r}", showarrow=False, xanchor="left", xshift=5, font={"size": 12}
    )
    figure.add_scatter(
        x=[score.c],
        y=[score.brevity_penalty],
        mode="markers+text",
        text=[f"BP = {score.brevity_penalty:.3f}"],
        textposition="top left" if score.c < score.r else "bottom right" if score.c < 1.6 * score.r else "bottom left",
        marker={"size": 12, "color": color("K", theme), "line": {"color": color("paper", theme), "width": 2}},
        hovertemplate=f"c = {score.c}<extra></extra>",
        cliponaxis=False,
    )
    figure.update_xaxes(title_text=Text("length of the hypothesis c, tokens", "длина гипотезы c, токены").get(lang))
    figure.update_yaxes(title_text="BP", range=[0, 1.08])
    return figure


# ---- METEOR ----------------------------------------------------------------------------------------------------


def alignment_data(trace: MeteorLabTrace, shown: int, lang: Lang) -> Data:
    """The two texts of the reference `shown`, the pairs with their stage and chunk, and a step for each stage."""
    match = trace.meteor.matches[shown]
    stages = trace.meteor.options.stages
    pairs = [
        {"i": pair.hypothesis, "j": pair.reference, "stage": stages.index(pair.stage), "chunk": number}
        for number, chunk in enumerate(match.chunks)
        for pair in chunk
    ]
    found = [sum(pair["stage"] == k for pair in pairs) for k in range(len(stages))]
    steps = [f"{STAGE_NAMES[stage].get(lang)}: {count}" for stage, count in zip(stages, found, strict=True)]
    chunks = Text("chunks: {n}", "кусков: {n}").format(n=len(match.chunks)).get(lang)
    return {
        "hypothesis": trace.meteor.words,
        "reference": match.words,
        "pairs": pairs,
        "stages": [STAGE_NAMES[stage].get(lang) for stage in stages],
        "steps": [*steps, chunks],
        "names": [HYPOTHESIS.get(lang), name_reference(shown, len(trace.meteor.matches), lang)],
    }


def meteor_equation(trace: MeteorLabTrace, shown: int, lang: Lang) -> list[Data]:
    """METEOR = F_mean · (1 − penalty) as cards."""
    match, m = trace.meteor.matches[shown], len(trace.meteor.matches[shown].pairs)
    chunks = Text("chunks: {c}, pairs: {m}", "кусков: {c}, пар: {m}").format(c=len(match.chunks), m=m)
    return [
        {"kind": "result", "label": "METEOR", "value": f"{match.value:.3f}", "note": f"{100 * match.value:.1f} / 100"},
        {"kind": "sign", "label": "="},
        {
            "kind": "value",
            "label": "F_mean",
            "value": f"{match.f_mean:.3f}",
            "note": f"P {match.precision:.2f} · R {match.recall:.2f}",
        },
        {"kind": "sign", "label": "× (1 −"},
        {
            "kind": "value",
            "label": Text("penalty", "штраф").get(lang),
            "value": f"{match.penalty:.3f}",
            "note": chunks.get(lang),
        },
        {"kind": "sign", "label": ")"},
    ]


def penalty_curve(trace: MeteorLabTrace, shown: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """The fragmentation penalty over the number of chunks of the same pairs, with the present number."""
    match, p = trace.meteor.matches[shown], trace.params
    figure = go.Figure(layout=layout(theme, showlegend=False))
    m = len(match.pairs)
    if m:
        chunks = np.arange(1, m + 1)
        y = penalize_chunks(chunks, m, p.gamma, p.beta)
        figure.add_scatter(
            x=chunks,
            y=y.astype(np.float32),
            mode="lines+markers",
            line={"color": color("probability", theme), "width": 2},
            marker={"size": 6},
            hovertemplate="ch = %{x}<br>%{y:.3f}<extra></extra>",
        )
        ch = len(match.chunks)
        figure.add_scatter(
            x=[ch],
            y=[match.penalty],
            mode="markers+text",
            text=[f"{match.penalty:.3f}"],
            textposition="top center",
            marker={"size": 12, "color": color("K", theme), "line": {"color": color("paper", theme), "width": 2}},
            hovertemplate=f"ch = {ch}<extra></extra>",
            cliponaxis=False,
        )
    figure.update_xaxes(
        title_text=Text("chunks that {m} pairs fall into", "кусков, на которые делятся пары ({m})")
        .format(m=m)
        .get(lang),
        rangemode="tozero",
    )
    figure.update_yaxes(title_text=Text("penalty", "штраф").get(lang), range=[-0.03, max(0.1, p.gamma * 1.15)])
    return figure


def reference_scores(values: Sequence[float], shown: int, *, name: str, theme: Theme, lang: Lang) -> go.Figure:
    """One bar a reference; the one that is looked at is darker and framed. Bars carry their index."""
    figure = go.Figure(layout=layout(theme, showlegend=False))
    figure.add_bar(
        x=[name_reference(k, len(values), lang) for k in range(len(values))],
        y=np.asarray(values, dtype=np.float32),
        customdata=[str(k) for k in range(len(values))],
        text=[f"{v:.3f}" for v in values],
        textposition="outside",
        cliponaxis=False,
        marker={
            "color": color("probability", theme),
            "opacity": [1.0 if k == shown else 0.45 for k in range(len(values))],
            "line": {"color": color("ink", theme), "width": [2 if k == shown else 0 for k in range(len(values))]},
        },
    )
    figure.update_yaxes(title_text=name, range=[0, 1.12])
    return figure


# ---- TER -------------------------------------------------------------------------------------------------------


def script_data(trace: TerLabTrace, shown: int, lang: Lang) -> Data:
    """The edit script as sentences whose words keep their keys; what later steps will touch is marked."""
    stages, match = trace.stages[shown], trace.ter.matches[shown]
    length = trace.ter.average_length
    drawn = []
    for k, stage in enumerate(stages):
        later = {key for after in stages[k + 1 :] for key in _spoiled(after, stages)}
        # A deleted word is shown once more, struck out.
        words = stages[k - 1].words if stage.kind == "delete" else stage.words
        drawn.append(
            {
                "kind": stage.kind,
                "caption": describe_stage(stage, lang),
                "words": [[word.key, word.text] for word in words],
                "touched": stage.touched,
                "old": " ".join(stage.taken) if stage.kind == "substitute" else "",
                "later": sorted(later),
                "cost": f"{k} / {length:g} = {k / length:.3f}" if length else str(k),
                "tried": [
                    {
                        "text": " ".join(stages[k - 1].words[i].text for i in range(s.start, s.start + s.length)),
                        "by": _arrow(s.to - s.start),
                        "gain": write_number(-s.gain, 0) if s.gain else "±0",
                    }
                    for s in stage.tried
                ],
            }
        )
    return {
        "stages": drawn,
        "reference": match.reference,
        "names": [HYPOTHESIS.get(lang), name_reference(shown, len(trace.ter.matches), lang)],
    }


def _spoiled(stage: Stage, stages: Sequence[Stage]) -> tuple[str, ...]:
    """Keys that a step moves or takes away."""
    if stage.kind in ("shift", "delete"):
        return stage.touched
    before = {word.key for word in stages[stages.index(stage) - 1].words}
    return tuple(before - {word.key for word in stage.words})


def _arrow(by: int) -> str:
    return f"{'→' if by > 0 else '←'} {abs(by)}"


def describe_stage(stage: Stage, lang: Lang) -> str:
    """A step in a few words."""
    marks = ("«", "»") if lang == "ru" else ("“", "”")
    taken, given = (f"{marks[0]}{' '.join(words)}{marks[1]}" for words in (stage.taken, stage.given))
    if stage.kind == "start":
        return Text("the hypothesis", "гипотеза").get(lang)
    kind = KINDS[stage.kind].get(lang)
    if stage.kind == "shift":
        return f"{kind}: {taken} {_arrow(stage.by)}"
    if stage.kind == "substitute":
        return f"{kind}: {taken} → {given}"
    return f"{kind}: {given if stage.kind == 'insert' else taken}"


def ter_equation(trace: TerLabTrace, shown: int, lang: Lang) -> list[Data]:
    """TER = edits / length as cards."""
    edits, length = trace.ter.matches[shown].edits, trace.ter.average_length
    value = edit_rate(edits, length)
    cards: list[Data] = [
        {
            "kind": "result",
            "label": "TER",
            "value": f"{value:.3f}",
            "note": Text("0 is best", "лучше всего 0").get(lang),
        },
        {"kind": "sign", "label": "= ("},
    ]
    for n, (kind, count) in enumerate(trace.counts(shown).items()):
        cards += [{"kind": "sign", "label": "+"}] if n else []
        cards.append({"kind": "value", "label": COUNTED[kind].get(lang), "value": str(count), "note": ""})
    one, mean = Text("reference words", "слов в эталоне"), Text("words, on average", "слов в среднем")
    words = one if len(trace.ter.matches) == 1 else mean
    return [
        *cards,
        {"kind": "sign", "label": ") /"},
        {"kind": "value", "label": words.get(lang), "value": f"{length:.4g}", "note": ""},
    ]


def edit_bars(trace: TerLabTrace, shown: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """Edits by kind against each reference, and how many there would be without shifts. Bars carry the reference."""
    matches = trace.ter.matches
    segments: dict[str, list[int]] = {kind: [] for kind in KINDS}
    names, carried, plain = [], [], []
    for k, match in enumerate(matches):
        name = name_reference(k, len(matches), lang)
        names.append(f"{name}{' ◂' if k == shown and len(matches) > 1 else ''}")
        for kind, count in trace.counts(k).items():
            segments[kind].append(count)
        plain.append(match.rounds[0].distance if match.rounds else len(trace.ter.words))
        carried.append(str(k))
    figure = go.Figure(layout=layout(theme, barmode="stack", bargap=0.35))
    without = Text("without shifts (WER)", "без переносов (WER)").get(lang)
    shifts = Text("with shifts (TER)", "с переносами (TER)").get(lang)
    y = (
        [[name for name in names for _ in range(2)], [shifts, without] * len(names)]
        if len(names) > 1
        else [shifts, without]
    )
    for kind in KINDS:
        counts = [v for count in segments[kind] for v in (count, 0)]
        figure.add_bar(
            y=y,
            x=counts,
            orientation="h",
            name=COUNTED[kind].get(lang),
            customdata=[c for c in carried for _ in range(2)],
            marker={
                "color": color(EDIT_ROLES[kind], theme),
                "pattern": {"shape": EDIT_PATTERNS[kind], "solidity": 0.2, "fillmode": "overlay"},
            },
            text=[str(v) if v else "" for v in counts],
            textposition="inside",
            insidetextanchor="middle",
        )
    figure.add_bar(
        y=y,
        x=[v for count in plain for v in (0, count)],
        orientation="h",
        name=without,
        showlegend=False,
        customdata=[c for c in carried for _ in range(2)],
        marker={"color": color("X", theme)},
        text=[str(v) if v else "" for count in plain for v in (0, count)],
        textposition="inside",
        insidetextanchor="middle",
    )
    figure.update_xaxes(title_text=Text("edits", "правки").get(lang), rangemode="tozero", tickformat="d")
    figure.update_yaxes(autorange="reversed")
    figure.update_traces(textangle=0)
    figure.update_layout(legend={"traceorder": "normal", "entrywidth": 92, "font": {"size": 12}})
    return figure


# ---- chrF ------------------------------------------------------------------------------------------------------


def chrf_equation(trace: ChrfLabTrace, cell: Cell, lang: Lang) -> list[Data]:
    """chrF and the means it is made of, and a card an order with precision and recall."""
    score, beta = trace.chrf.score, trace.params.beta
    cards: list[Data] = [
        {
            "kind": "result",
            "label": "chrF" + "+" * trace.params.word_order,
            "value": f"{score.value:.3f}",
            "note": f"{score.percent:.1f} / 100",
        },
        {"kind": "sign", "label": f"= F, β = {beta:g}"},
    ]
    for k, order in enumerate(score.orders):
        cards.append(
            {
                "kind": "order",
                "order": k + 1,
                "label": order_name(order.kind, order.n, lang),
                "value": f"{order.f:.3f}",
                "note": f"P {order.precision:.2f} · R {order.recall:.2f}",
                "bars": [round(order.precision, 4), round(order.recall, 4)],
                "picked": cell.row == k + 1,
                "off": not order.is_counted,
                "smoothed": False,
            }
        )
    return cards


def chrf_data(trace: ChrfLabTrace, cell: Cell, lang: Lang) -> Data:
    """The two texts as characters (or words, for a word order) with the n-grams of the picked order that both have."""
    chrf = trace.chrf
    order = chrf.score.orders[cell.row - 1]
    is_char = order.kind == "char"
    both = (chrf.hypothesis, chrf.reference) if is_char else (chrf.words, chrf.reference_words)
    names = (HYPOTHESIS.get(lang), name_reference(chrf.best, len(chrf.references), lang))
    counted = (order.in_hypothesis, order.in_reference)
    note = Text("n-grams: {n}", "n-грамм: {n}")
    grams = []
    for gram in chrf.grams[cell.row - 1]:
        ours = [list(span) for span in zip(gram.hypothesis_starts, gram.hypothesis_ends, strict=True)]
        theirs = [list(span) for span in zip(gram.reference_starts, gram.reference_ends, strict=True)]
        grams.append(
            {
                "text": gram.text,
                "at": [ours, theirs],
                "counted": gram.matches,
                "cells": [len(ours), len(theirs), gram.matches],
            }
        )
    return {
        "texts": [
            {"name": name, "note": note.format(n=n).get(lang), "units": list(units)}
            for name, n, units in zip(names, counted, both, strict=True)
        ],
        "grams": grams,
        "columns": [
            Text("hypothesis", "гипотеза").get(lang),
            Text("reference", "эталон").get(lang),
            Text("counted", "в счёт").get(lang),
        ],
        "order": cell.row,
        "index": cell.col,
        "size": order.n,
        "spaced": not is_char,
    }


def beta_curve(trace: ChrfLabTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """F_β of the mean precision and recall over β, between the two, with the present β."""
    score = trace.chrf.score
    flat = np.ones_like(trace.betas)
    lines = [
        Curve("F_β", trace.scores, "probability", marker="circle"),
        Curve(Text("precision", "точность").get(lang), score.precision * flat, "Q", "dash"),
        Curve(Text("recall", "полнота").get(lang), score.recall * flat, "V", "dot"),
    ]
    figure = curves(trace.betas, lines, theme=theme, x_title="β", y_title="F", here=trace.params.beta)
    figure.update_traces(mode="lines")
    low = min(score.precision, score.recall)
    high = max(score.precision, score.recall)
    room = max(0.02, (high - low) * 0.3)
    figure.update_yaxes(range=[low - room, high + room])
    return figure


# ---- errors ----------------------------------------------------------------------------------------------------


def mark_changes(before: str, after: str) -> list[tuple[str, str, str]]:
    """`after` as pieces (space before, text, mark): "" as before, "new", or "gone" (what only `before` has).

    When hardly anything is left, what is gone is not told.
    """
    ours, theirs = (re.findall(r"(\s*)([\w'’-]+|[^\w\s])", text) for text in (before, after))
    matcher = SequenceMatcher(a=[word for _, word in ours], b=[word for _, word in theirs], autojunk=False)
    pieces = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal" and matcher.ratio() > 0.4:
            pieces += [(space, word, "gone") for space, word in ours[a:b]]
        pieces += [(space, word, "" if kind == "equal" else "new") for space, word in theirs[c:d]]
    # A word that was the first of its text may stand second here, behind one that is gone.
    return [
        (space or (" " if k and word[0].isalnum() and pieces[k - 1][1] not in "«“„(" else ""), word, mark)
        for k, (space, word, mark) in enumerate(pieces)
    ]


def error_rows(trace: ErrorsTrace, row: int, lang: Lang) -> Data:
    """The table: each damaged sentence with its changes marked, and a bar a metric."""
    numbers = trace.kept if trace.params.shown == "kept" else trace.scores
    rows = []
    for k, (name, sentence) in enumerate(zip(trace.names, trace.sentences, strict=True)):
        least = trace.most_alarmed(k)
        is_equal = float(np.ptp(trace.kept[k])) < 1e-9
        rows.append(
            {
                "name": name,
                "number": k + 1,
                "title": ERRORS[name].get(lang),
                "pieces": mark_changes(trace.sentences[0], sentence),
                "bars": [
                    {
                        "length": round(float(numbers[k, m]), 4),
                        "text": f"{numbers[k, m]:.0%}" if trace.params.shown == "kept" else f"{numbers[k, m]:.3f}",
                        "least": m == least and not is_equal,
                    }
                    for m in range(len(METRICS))
                ],
            }
        )
    return {"rows": rows, "metrics": [text.get(lang) for text in METRICS.values()], "picked": trace.names[row]}


def stack_levels(values: npt.NDArray[np.float64], apart: float) -> npt.NDArray[np.int64]:
    """For points that would cover one another: 0, 1, −1, 2, … so that those on one level are `apart`."""
    order = [0, *(sign * level for level in range(1, len(values)) for sign in (1, -1))]
    levels = np.zeros(len(values), dtype=np.int64)
    for k in range(len(values)):
        taken = {int(levels[other]) for other in range(k) if abs(values[other] - values[k]) < apart}
        levels[k] = next(level for level in order if level not in taken)
    return levels


def severity_strip(trace: ErrorsTrace, row: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """For each metric, what every error leaves of its score: equal values are stacked, the picked error stands out."""
    figure = go.Figure(layout=layout(theme, showlegend=False))
    for m, text in enumerate(METRICS.values()):
        kept = trace.kept[:, m]
        level = stack_levels(kept, 0.05)
        figure.add_scatter(
            x=kept.astype(np.float32),
            y=(m - 0.24 * level).astype(np.float32),
            mode="markers+text",
            customdata=list(trace.names),
            text=[str(k + 1) for k in range(len(kept))],
            textfont={"size": 11, "color": [color("paper" if k == row else "ink", theme) for k in range(len(kept))]},
            hovertext=[f"{ERRORS[n].get(lang)}: {v:.1%}" for n, v in zip(trace.names, kept, strict=True)],
            hovertemplate="%{hovertext}<extra>" + text.get(lang) + "</extra>",
            marker={
                "size": 19,
                "color": [color("probability" if k == row else "paper", theme) for k in range(len(kept))],
                "line": {"color": color("probability", theme), "width": 2},
            },
            cliponaxis=False,
        )
    figure.update_yaxes(
        tickvals=list(range(len(METRICS))),
        ticktext=[text.get(lang) for text in METRICS.values()],
        range=[len(METRICS) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
    )
    figure.update_xaxes(
        title_text=Text("what is left of the score", "что осталось от оценки").get(lang),
        range=[-0.03, 1.05],
        tickformat=".0%",
    )
    return figure

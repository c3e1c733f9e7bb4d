"""The subword room: three tokenizers at work, as data for the browser, and fertility against vocabulary size."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from core.arithmetic import Cell, write_number
from core.figures.plots import layout
from core.figures.theme import Theme, color
from core.i18n import Lang, Text, same
from core.text import bpe, unigram, wordpiece
from core.text.fertility_lab import FertilityTrace
from core.text.subword_lab import SubwordTrace
from core.text.subword_states import KINDS, Kind, Row, State
from core.text.trained import LANGUAGES, NAMES

TITLES: dict[Kind, Text] = {"bpe": same("BPE"), "wordpiece": same("WordPiece"), "unigram": same("Unigram")}
RULES: dict[Kind, Text] = {
    "bpe": Text("merges the most frequent pair", "склеивает самую частую пару"),
    "wordpiece": Text("merges the pair with the best score", "склеивает пару с лучшей оценкой"),
    "unigram": Text("lets go what is missed least", "отпускает то, без чего почти не хуже"),
}
HEADS: dict[Kind, tuple[Text, ...]] = {
    "bpe": (Text("pair", "пара"), Text("count", "частота")),
    "wordpiece": (Text("pair", "пара"), Text("score", "оценка"), Text("count", "частота")),
    "unigram": (Text("piece", "кусок"), Text("loss", "потеря"), same("p")),
}
# EM leaves pieces that no word needs with next to no probability, which a reader sees as 0.
NEGLIGIBLE = 5e-4
LANGUAGE_LOOK = {
    "en": ("train", "circle", "solid"),
    "ru": ("validation", "square", "dash"),
    "own": ("gradient", "diamond", "solid"),
}


def race_data(trace: SubwordTrace, picked: Cell, step: int, lang: Lang) -> dict[str, Any]:
    """Every state of the three tokenizers for `assets/components/subword.js`."""
    return {
        "columns": [
            {
                "id": kind,
                "title": TITLES[kind].get(lang),
                "rule": RULES[kind].get(lang),
                "head": [name.get(lang) for name in HEADS[kind]],
                "states": [_state(trace, kind, t) for t in range(len(trace.states[kind]))],
            }
            for kind in KINDS
        ],
        "corpus": [[word, count] for word, count in trace.words.items()],
        "names": [_step_name(trace, t, lang) for t in range(trace.steps)],
        "word": trace.new_word(),
        "picked": f"{picked.panel}.{picked.row}",
        "step": min(step, trace.steps - 1),
    }


def _step_name(trace: SubwordTrace, step: int, lang: Lang) -> str:
    """What has just happened, the same sign for all three."""
    if step == 0:
        return Text("before learning", "до обучения").get(lang)
    parts = []
    if step <= len(trace.bpe.steps):
        parts.append(f"+{trace.bpe.pieces[trace.bpe.steps[step - 1].piece]}")
    if step <= len(trace.wordpiece.steps):
        parts.append(f"+{trace.wordpiece.pieces[trace.wordpiece.steps[step - 1].piece]}")
    if step < len(trace.unigram.stages):
        cut = trace.unigram.stages[step - 1].cut
        parts.append(f"−{cut[0]}{'…' if len(cut) > 1 else ''}")
    return " · ".join(parts)


def _state(trace: SubwordTrace, kind: Kind, step: int) -> dict[str, Any]:
    state = trace.states[kind][step]
    before = set(trace.states[kind][step - 1].vocabulary) if step else set(state.vocabulary)
    return {
        "rows": [_row(kind, row, state) for row in state.rows],
        "more": state.candidates - len(state.rows),
        "splits": state.splits,
        "vocabulary": state.vocabulary,
        "born": [piece for piece in state.vocabulary if piece not in before],
        "gone": sorted(before.difference(state.vocabulary), key=lambda piece: (len(piece), piece)),
        "tokens": state.tokens,
        "cut": _cut(trace, kind, step),
    }


def _row(kind: Kind, row: Row, state: State) -> dict[str, Any]:
    largest = max((abs(r.value) for r in state.rows), default=0.0) or 1.0
    if kind == "bpe":
        cells = [write_number(row.value, 0)]
    elif kind == "wordpiece":
        cells = [write_number(row.value, 4), write_number(row.count, 0)]
    else:
        cells = [write_number(row.value, 2), write_number(row.p if row.p >= NEGLIGIBLE / 10 else 0.0, 4)]
    return {"parts": row.parts, "cells": cells, "share": round(row.value / largest, 3), "next": row.is_next}


def _cut(trace: SubwordTrace, kind: Kind, step: int) -> dict[str, Any]:
    """The new word as this tokenizer cuts it now, with what it looked at on the way."""
    word = trace.new_word()
    if kind == "bpe":
        nodes = bpe.encode(trace.bpe, word, merges=step)
        return {"trees": [_tree(node) for node in nodes], "tokens": len(nodes)}
    if kind == "wordpiece":
        plain = next(iter(trace.params.word.split()), "")
        known = set(trace.states[kind][step].vocabulary)
        pieces, attempts = wordpiece.encode(known, plain)
        tried = [[a.text, a.is_found] for a in attempts]
        return {"pieces": [[piece, piece in known] for piece in pieces], "attempts": tried, "tokens": len(pieces)}
    p = trace.unigram.stages[step].p
    pieces = unigram.encode(unigram.log_probabilities(p), word)
    cuts = unigram.best_cuts(p, word, 4) if word else []
    total = unigram.forward_backward(len(word), unigram.find_edges(word, p, max(map(len, p))), p)[0][-1]
    return {
        "pieces": [[piece, piece in p] for piece in pieces],
        "cuts": [
            [list(cut), write_number(value / total, 3), value / total]
            for cut, value in cuts
            if value > NEGLIGIBLE * total
        ],
        "tokens": len(pieces),
    }


def _tree(node: bpe.Node) -> list[Any]:
    """[text, is it known, merge number or 0, parts]."""
    return [node.text, node.id >= 0, node.rank + 1, [_tree(part) for part in node.parts]]


def fertility_curves(trace: FertilityTrace, *, theme: Theme, lang: Lang) -> go.Figure:
    """Pieces a word on held-out text against the size of the vocabulary, a line for each corpus."""
    figure = go.Figure(layout=layout(theme))
    for n, curve in enumerate(trace.curves):
        role, marker, dash = LANGUAGE_LOOK[curve]
        name = LANGUAGES.get(curve, Text("your text", "ваш текст"))
        kept = np.isfinite(trace.sizes[n])
        figure.add_scatter(
            x=trace.sizes[n][kept],
            y=trace.fertility[n][kept].astype(np.float32),
            name=name.get(lang),
            mode="lines+markers",
            line={"color": color(role, theme), "dash": dash, "width": 2},
            marker={"symbol": marker, "size": 8},
            hovertemplate="%{x}: %{y:.2f}",
        )
    here = len(trace.tokenizer.vocabulary)
    figure.add_vline(x=here, line={"color": color("quiet", theme), "dash": "dot", "width": 1.5})
    figure.update_xaxes(title=Text("pieces in the vocabulary", "кусков в словаре").get(lang))
    figure.update_yaxes(title=Text("pieces a word", "кусков на слово").get(lang), rangemode="tozero")
    return figure


def vocabulary_data(trace: FertilityTrace, lang: Lang) -> dict[str, Any]:
    """The sentence cut four ways, and the chosen vocabulary, for `assets/components/vocabulary.js`."""
    made = trace.tokenizer
    return {
        "rows": [
            {
                "name": NAMES[cut.kind].get(lang),
                "chosen": cut.kind == made.kind,
                "pieces": [
                    [shown, piece, id_] for shown, piece, id_ in zip(cut.shown, cut.pieces, cut.ids, strict=True)
                ],
                "lost": cut.lost,
            }
            for cut in trace.sentences
        ],
        "vocabulary": [
            [made.readable(piece), piece, count] for piece, count in zip(made.vocabulary, trace.counts, strict=True)
        ],
    }

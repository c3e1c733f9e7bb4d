"""The training as data for the browser (assets/components/w2v_sky.js), and what becomes of the vectors' lengths.

A snapshot is packed: positions as 16-bit shares of the unit circle, neighbours as 16-bit numbers of words, cosines as
8-bit shares, the rank and the answer of every analogy as 16-bit numbers.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.data.corpus import CLASSES, RELATIONS
from core.embeddings.word2vec_corpus import Corpus
from core.embeddings.word2vec_lab import Frame, TrainTrace
from core.figures.plots import layout
from core.figures.theme import Theme, color
from core.i18n import Lang, Text

UNIT = 20_000


def sky_data(
    corpus: Corpus, frames: Sequence[Frame], *, total: int, picked: int, is_running: bool, lang: Lang
) -> dict[str, Any]:
    """Everything the component draws. `picked` is a word's number; `total` the words there are to read."""
    known, of = corpus.known, corpus.known.class_of()
    return {
        "vocabulary": list(corpus.vocabulary.words),
        "shown": corpus.shown.tolist(),
        "group": [of.get(int(word), -1) for word in corpus.shown],
        "groups": [CLASSES[name].get(lang) for name in known.names],
        "relations": [RELATIONS[name].get(lang) for name in known.relations],
        "analogies": known.analogies.tolist(),
        "frames": [pack_frame(frame, corpus) for frame in frames],
        "k": int(frames[0].neighbours.shape[1]) if frames else 0,
        "total": total,
        "picked": picked,
        "running": is_running,
        "words": {key: text.get(lang) for key, text in WORDS.items()},
    }


def pack_frame(frame: Frame, corpus: Corpus) -> dict[str, Any]:
    """One snapshot."""
    relation, ranks = corpus.known.relation, frame.ranks
    by = [
        float((ranks[relation == n] == 1).mean()) if (relation == n).any() else None
        for n in range(len(corpus.known.relations))
    ]
    return {
        "name": f"{frame.seen:,}".replace(",", " "),
        "seen": frame.seen,
        "loss": None if np.isnan(frame.loss) else round(frame.loss, 4),
        "found": None if np.isnan(frame.analogies) else frame.analogies,
        "inside": None if np.isnan(frame.in_class) else frame.in_class,
        "by": by,
        "p": _pack(np.clip(np.round(frame.positions * UNIT), -32_767, 32_767), "<i2"),
        "nb": _pack(frame.neighbours, "<u2"),
        "cs": _pack(np.clip(np.round(frame.cosines * 127), -127, 127), "<i1"),
        "rk": _pack(frame.ranks, "<u2"),
        "an": _pack(frame.answers, "<u2"),
    }


def _pack(array: npt.NDArray[Any], dtype: str) -> str:
    return b64encode(np.ascontiguousarray(array.astype(dtype)).tobytes()).decode("ascii")


def length_scatter(trace: TrainTrace, picked: int, *, theme: Theme, lang: Lang) -> go.Figure:
    """The length of each word's vector against how often it occurs. customdata is the word."""
    figure = go.Figure(layout=layout(theme))
    counts = trace.corpus.vocabulary.counts
    words = trace.corpus.vocabulary.words
    for W, name, role, symbol in ((trace.W_in, "W_in", "Q", "circle"), (trace.W_out, "W_out", "K", "diamond-open")):
        lengths = np.linalg.norm(W, axis=1)
        figure.add_scatter(
            x=counts.astype(np.float32),
            y=lengths.astype(np.float32),
            mode="markers",
            name=name,
            text=list(words),
            hovertemplate="%{text}: %{x} → %{y:.2f}<extra></extra>",
            marker={"color": color(role, theme), "symbol": symbol, "size": 6, "opacity": 0.75},
            customdata=np.arange(len(words)),
        )
        figure.add_scatter(
            x=[float(counts[picked])],
            y=[float(lengths[picked])],
            mode="markers+text",
            text=[words[picked]],
            textposition="top center",
            showlegend=False,
            hoverinfo="skip",
            marker={"color": color("ink", theme), "symbol": "circle-open", "size": 14, "line": {"width": 2}},
        )
    names = Text("count (log)", "сколько раз встретилось (log)"), Text("length of the vector", "длина вектора")
    figure.update_xaxes(title=names[0].get(lang), type="log", dtick=1)
    figure.update_yaxes(title=names[1].get(lang), rangemode="tozero")
    return figure


WORDS = {
    "alt": Text("Words as points that move while they are learnt", "Слова-точки, которые движутся во время обучения"),
    "chart": Text(
        "Loss, analogies found and nearest words of the same class over the training",
        "Потери, найденные аналогии и ближайшие слова того же класса в ходе обучения",
    ),
    "loss": Text("loss of a pair", "потери на пару"),
    "inside": Text("nearest word is of the same class", "ближайшее слово — того же класса"),
    "found": Text("analogies found", "аналогий найдено"),
    "near": Text("nearest to “{w}”", "ближе всего к «{w}»"),
    "analogies": Text("analogies", "аналогии"),
    "place": Text("place", "место"),
    "hint": Text(
        "click a word · ▶ plays the training · words read", "щёлкните слово · ▶ — ход обучения · прочитано слов"
    ),
}

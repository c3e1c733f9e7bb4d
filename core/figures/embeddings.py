"""Maps, sums and uses of words as data for the browser (assets/components/cloud.js).

A frame is packed: coordinates as 16-bit shares of the largest one in any frame.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.embeddings.analogy import AnalogyTrace
from core.embeddings.contextual import ContextTrace
from core.embeddings.maps import MapTrace
from core.embeddings.neighbours import NearTrace, shown_words
from core.embeddings.odd import OddTrace
from core.i18n import Lang, Text

UNIT = 30_000
Floats = npt.NDArray[np.floating[Any]]


def pack(frames: Sequence[Floats]) -> list[str]:
    """Frames (n, dims) on one scale, as base64 of little-endian int16."""
    most = max((float(np.abs(frame).max()) for frame in frames), default=0.0)
    scale = UNIT / most if most > 0 else 0.0
    return [b64encode(np.round(frame * scale).astype("<i2").tobytes()).decode("ascii") for frame in frames]


def _cloud(run: str, labels: Sequence[str], frames: Sequence[Floats], lang: Lang, **more: Any) -> dict[str, Any]:
    """What every picture of the component has; `run` changes when the points do."""
    n = len(labels)
    return {
        "run": run,
        "labels": list(labels),
        "group": [-1] * n,
        "groups": [],
        "frames": pack(frames),
        "names": [""] * len(frames),
        "dims": int(frames[0].shape[1]),
        "fit": "each",
        "picked": 0,
        "step": None,
        "running": False,
        "autoplay": False,
        "ms": 150,
        "words": {key: text.get(lang) for key, text in WORDS.items()},
        **more,
    }


def map_data(trace: MapTrace, picked: int, lang: Lang, *, is_running: bool = False) -> dict[str, Any]:
    """The map, frame by frame, with the neighbours of the full space and the measures."""
    cloud = trace.cloud
    least = float(min(trace.trust.min(), trace.smooth.min()))
    lines = [
        {"name": TRUST.get(lang), "y": _numbers(trace.trust), "digits": 3},
        {"name": SMOOTH.get(lang), "y": _numbers(trace.smooth), "digits": 3},
    ]
    # The start of t-SNE is shrunk to almost a point: every frame fills the picture by itself.
    frames = [frame / max(float(np.abs(frame).max()), 1e-12) for frame in trace.frames]
    noun = STEPS if trace.params.method == "tsne" else EPOCHS
    return _cloud(
        trace.signature,
        cloud.words,
        frames,
        lang,
        group=cloud.group.tolist(),
        groups=list(cloud.groups),
        names=[noun.format(n=m).get(lang) for m in trace.moments],
        picked=picked,
        near=trace.near.tolist(),
        course={"lines": lines, "least": max(0.0, np.floor(least * 10) / 10 - 0.1)},
        running=is_running,
        autoplay=not is_running,
        ms=110,
        hideLabels=trace.params.source == "noise",
    )


def near_data(trace: NearTrace, lang: Lang) -> dict[str, Any]:
    """The word, the other one and the neighbours on their own plane; the cosines beside it."""
    names = shown_words(trace)
    by = {word: float(c) for word, c in zip(trace.near, trace.cosines, strict=True)}
    rows = [
        {"n": names.index(word), "label": word, "note": "", "value": f"{by[word]:.3f}", "share": max(0.0, by[word])}
        for word in trace.near
    ]
    if trace.other not in by:
        note = PLACE.format(n=trace.place).get(lang)
        value = {"value": f"{trace.cosine:.3f}", "share": max(0.0, trace.cosine), "mark": True}
        rows.append({"n": 1, "label": trace.other, "note": note, **value})
    return _cloud(
        trace.word,
        names,
        [trace.points],
        lang,
        roles=["Q", "K", *["X"] * (len(names) - 2)],
        first=[0, 1],
        picked=1,
        rows=rows,
        arrows=[],
    ) | {"words": _said(lang, rows=NEAR_ROWS.format(w=trace.word), alt=NEAR_ALT, hint=NEAR_HINT)}


def analogy_data(trace: AnalogyTrace, picked: int, lang: Lang) -> dict[str, Any]:
    """The parallelogram B → A, C → A − B + C on its own plane, the answers around its corner."""
    labels = [*trace.inputs, "A − B + C"]
    places = list(trace.points[:4])
    where: list[int] = []
    for n, word in enumerate(trace.answers):
        if trace.is_input[n]:
            where.append(trace.inputs.index(word))
        else:
            where.append(len(labels))
            labels.append(word)
            places.append(trace.points[4 + n])
    top = float(trace.scores.max())
    rows = [
        {
            "n": where[n],
            "label": word,
            "note": INPUT.get(lang) if trace.is_input[n] else "",
            "mark": bool(trace.is_input[n]),
            "value": f"{score:.3f}",
            "share": float(score) / top if top > 0 else 0.0,
        }
        for n, (word, score) in enumerate(zip(trace.answers, trace.scores, strict=True))
    ]
    at = where[picked] if 0 <= picked < len(where) else where[0]
    return _cloud(
        "analogy",
        labels,
        [np.array(places)],
        lang,
        roles=["Q", "K", "Q", "probability", *["X"] * (len(labels) - 4)],
        first=[0, 1, 2, 3],
        picked=at,
        rows=rows,
        arrows=[[1, 0, "main"], [2, 3, "main"], [1, 2, "side"], [0, 3, "side"]],
    ) | {"words": _said(lang, rows=ANSWERS, alt=SUM_ALT, hint=SUM_HINT)}


def picked_answer(trace: AnalogyTrace, point: int) -> int:
    """The answer that a point of `analogy_data` stands for; 0 when it stands for none."""
    seen = 3
    for n, word in enumerate(trace.answers):
        if trace.is_input[n]:
            at = trace.inputs.index(word)
        else:
            seen += 1
            at = seen
        if at == point:
            return n
    return 0


def odd_data(trace: OddTrace, picked: int, lang: Lang) -> dict[str, Any]:
    """The words on their own plane; how much each belongs."""
    order = np.argsort(trace.means)
    rows = [
        {
            "n": int(n),
            "label": trace.words[n],
            "note": ODD.get(lang) if n == trace.odd else "",
            "mark": bool(n == trace.odd),
            "value": f"{trace.means[n]:.3f}",
            "share": max(0.0, float(trace.means[n])),
        }
        for n in order
    ]
    roles = ["bad" if n == trace.odd else "Q" for n in range(len(trace.words))]
    near = [[int(m) for m in np.argsort(-row) if m != n][:2] for n, row in enumerate(trace.cosines)]
    words = _said(lang, rows=BELONGS, alt=ODD_ALT, hint=ODD_HINT)
    return _cloud(
        "odd", trace.words, [trace.points], lang, roles=roles, first=list(range(len(trace.words))), picked=picked,
        rows=rows, arrows=[[n, m, "side"] for n in range(len(near)) for m in near[n] if n != trace.odd],
    ) | {"words": words}  # fmt: skip


def uses_data(trace: ContextTrace, picked: int, lang: Lang) -> dict[str, Any]:
    """The uses at every layer, on one scale; their cosines and how well they are told apart."""
    n = len(trace.sentences)
    labels = [f"{i + 1}. {_snippet(trace, i)}" for i in range(n)]
    lines: list[dict[str, Any]] = []
    if np.isfinite(trace.within).any():
        lines.append({"name": WITHIN.get(lang), "y": _numbers(trace.within), "digits": 3})
    if np.isfinite(trace.across).any():
        lines.append({"name": ACROSS.get(lang), "y": _numbers(trace.across), "digits": 3})
    if np.isfinite(trace.right).any() and len(trace.senses) > 1:
        lines.append({"name": RIGHT.get(lang), "y": _numbers(trace.right), "digits": 2})
    values = [v for line in lines for v in line["y"]]
    between = trace.cosines[:, ~np.eye(n, dtype=bool)]
    sentences = [
        [text[: span[0]], text[span[0] : span[1]], text[span[1] :]]
        for text, span in zip(trace.sentences, trace.spans, strict=True)
    ]
    data = _cloud(
        f"{trace.word} {trace.params.is_centred} {' '.join(trace.sentences)}",
        labels,
        list(trace.points),
        lang,
        keys=[str(i) for i in range(n)],
        group=trace.sense.tolist(),
        groups=list(trace.senses),
        names=[LAYERS[min(layer, 2)].format(n=layer - 1).get(lang) for layer in range(trace.layers)],
        fit="all",
        picked=picked,
        ms=190,
        autoplay=True,
        uses={
            "sentences": sentences,
            "cosines": [np.round(1000 * C).astype(int).ravel().tolist() for C in trace.cosines],
            "least": np.minimum(between.min(axis=1), 0.999).round(3).tolist(),
        },
    )
    if lines:
        data["course"] = {"lines": lines, "least": min(0.9, max(-1.0, float(np.floor(min(values) * 10) / 10)))}
    return data | {"words": _said(lang, alt=USES_ALT, chart=USES_CHART, hint=USES_HINT)}


def _snippet(trace: ContextTrace, i: int) -> str:
    """The word with two words on either side of it."""
    text, (begin, end) = trace.sentences[i], trace.spans[i]
    before, after = text[:begin].split()[-2:], text[end:].split()[:2]
    return " ".join([*before, text[begin:end] + ("" if text[end : end + 1].isspace() else text[end : end + 1]),
                     *(after if text[end : end + 1].isspace() else text[end + 1 :].split()[:2])])[:42]  # fmt: skip


def _numbers(values: Floats) -> list[float]:
    return [round(float(v), 4) for v in values]


def _said(lang: Lang, **more: Text) -> dict[str, str]:
    return {key: text.get(lang) for key, text in {**WORDS, **more}.items()}


TRUST = Text("trustworthiness (no strangers)", "достоверность (нет чужих)")
SMOOTH = Text("continuity (none torn off)", "непрерывность (нет оторванных)")
STEPS = Text("step {n}", "шаг {n}")
EPOCHS = Text("epoch {n}", "эпоха {n}")
PLACE = Text("place {n}", "место {n}")
NEAR_ROWS = Text("cosine with “{w}”", "косинус со словом «{w}»")
NEAR_ALT = Text("A word and its neighbours on a plane", "Слово и его соседи на плоскости")
ANSWERS = Text("answers, best first", "ответы, лучший первым")
INPUT = Text("an input", "исходное")
SUM_ALT = Text("The parallelogram of A, B, C and A − B + C", "Параллелограмм из A, B, C и A − B + C")
SUM_HINT = Text(
    "the plane through A, B and C; answers are projected onto it",
    "плоскость через A, B и C; ответы спроецированы на неё",
)
NEAR_HINT = Text("click a word: its cosine is taken apart below", "щёлкните слово: его косинус будет разобран ниже")
ODD_HINT = Text("click a word: its mean is taken apart below", "щёлкните слово: его среднее будет разобрано ниже")
ODD = Text("odd one out", "лишнее")
BELONGS = Text("mean cosine with the others", "средний косинус с остальными")
ODD_ALT = Text("The words on a plane, the odd one out in red", "Слова на плоскости, лишнее — красное")
WITHIN = Text("cosine within a meaning", "косинус внутри значения")
ACROSS = Text("cosine across meanings", "косинус между значениями")
RIGHT = Text("nearest use has the same meaning", "ближайшее — того же значения")
LAYERS = (
    Text("static vector", "статический вектор"),
    Text("with position, h0", "с позицией, h0"),
    Text("after layer {n}", "после слоя {n}"),
)
USES_ALT = Text("Uses of one word as points, layer by layer", "Употребления слова-точки, слой за слоем")
USES_CHART = Text(
    "Cosines within and across meanings, layer by layer", "Косинусы внутри значений и между ними по слоям"
)
USES_HINT = Text("▶ goes through the layers · all on one scale", "▶ — по слоям · масштаб у всех один")
WORDS = {
    "alt": Text("Words as points of a map", "Слова как точки карты"),
    "chart": Text("Trustworthiness and continuity over the frames", "Достоверность и непрерывность по ходу укладки"),
    "near": Text("“{w}”: {n} of {k} true neighbours stayed near", "«{w}»: рядом остались {n} из {k} истинных соседей"),
    "kept": Text("stayed", "остался"),
    "torn": Text("torn off", "оторван"),
    "strange": Text("stranger", "чужой"),
    "rows": Text("cosine", "косинус"),
    "cosines": Text("cosines between the uses", "косинусы между употреблениями"),
    "hint": Text(
        "point at a word or click it: its true neighbours are linked",
        "наведите на слово или щёлкните его: связаны истинные соседи",
    ),
}

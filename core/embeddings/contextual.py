"""One word in several sentences: a static vector is one point, a contextual one is a point a sentence.

W_E        the encoder's word vectors before position and sentence: static                   (use, d)
h_l        hidden state of the word after layer l; h_0 is what the first layer reads         (use, d)
C_l        cosines between the uses at a layer                                               (use, use)
           with `is_centred` the mean over all tokens of all sentences at that layer is taken off first

Layers are numbered as the slider has them: 0 is W_E, 1 is h_0, l + 1 is h_l. A word of several pieces is the mean of
its pieces. Hidden states share a common direction, so raw cosines are all high (Ethayarajh 2019, "How Contextual are
Contextualized Word Representations?", section 4.1: anisotropy); taking the mean off shows what differs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from core.arithmetic import Formula, number, quiet, say
from core.arrays import Frozen
from core.embeddings.projection import principal, turn_to
from core.errors import Refusal
from core.i18n import Lang, Text
from core.models.bundled import BundledEncoder, load_encoder
from core.params import Params, Switch, Words
from core.tables import Table
from core.verify import Check, compare

Floats = npt.NDArray[np.float64]
LEAST, MOST = 2, 12
MAX_TOKENS = 48

USES = Text(
    """river: We walked along the bank of the river.
river: The boat reached the other bank of the lake.
river: Trees grow on the muddy bank of the stream.
river: They fished from the left bank of the Danube.
money: She opened an account at the bank.
money: The bank approved my loan yesterday.
money: He works for a large bank in London.
money: The bank raised its interest rates.""",
    """еда: Повар нарезал лук и морковь.
еда: Добавьте в суп жареный лук.
еда: На грядке растёт зелёный лук.
оружие: Охотник натянул лук и пустил стрелу.
оружие: Воин взял лук и колчан со стрелами.
оружие: Она стреляет в цель, держа лук в левой руке.""",
)


class ContextParams(Params):
    """A word and sentences that use it."""

    used_word: Annotated[str, Words(label=Text("Word", "Слово"), max_chars=40, example=Text("bank", "лук"))] = "bank"
    uses: Annotated[
        str,
        Words(
            label=Text(
                "Sentences, one a line; a meaning may stand before a colon",
                "Предложения по одному в строке; перед двоеточием может стоять значение",
            ),
            max_chars=2400,
            lines=9,
            example=USES,
        ),
    ] = USES.en
    is_centred: Annotated[
        bool,
        Switch(
            label=Text("Take the common direction off", "Вычесть общее направление"),
            help=Text(
                "The mean over all tokens of all the sentences, layer by layer.",
                "Среднее по всем токенам всех предложений, в каждом слое своё.",
            ),
        ),
    ] = False


@dataclass(frozen=True)
class ContextTrace(Frozen):
    """All uses at all layers.

    sentences (use,); spans : where the word stands in each; senses : names of meanings, sense (use,) −1 for none
    pieces : the word as the encoder reads it, use by use
    vectors (layer, use, d), centred where that is asked for; cosines (layer, use, use)
    points (layer, use, 2): first two principal components of the vectors at length 1, one scale for all layers, each
    layer turned to lie as near as possible to the next one's
    within, across (layer): mean cosine of two uses of the same meaning, of different ones; NaN where there are none
    right (layer): share of uses whose nearest other use has the same meaning
    """

    params: ContextParams
    word: str
    sentences: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    senses: tuple[str, ...]
    sense: npt.NDArray[np.int64]
    pieces: tuple[str, ...]
    vectors: npt.NDArray[np.float32]
    cosines: Floats
    points: Floats
    within: Floats
    across: Floats
    right: Floats
    signature: str

    @property
    def layers(self) -> int:
        return len(self.vectors)

    @property
    def best(self) -> int:
        """The layer that tells the meanings apart best: most nearest uses right, then the largest gap."""
        if not np.isfinite(self.within).any() or not np.isfinite(self.across).any():
            return self.layers - 1
        return max(range(self.layers), key=lambda n: (self.right[n], self.within[n] - self.across[n]))


def read_uses(word: str, text: str) -> list[tuple[str, str, tuple[int, int]]]:
    """Lines → (meaning or "", sentence, span of the word in it).

    Raises
    ------
    Refusal
        If there are fewer than 2 or more than 12 sentences, or one does not have the word as it is written.
    """
    if not word.strip():
        raise Refusal(Text("Type a word.", "Введите слово."))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not LEAST <= len(lines) <= MOST:
        raise Refusal(
            Text("Give from {lo} to {hi} sentences.", "Нужно от {lo} до {hi} предложений.").format(lo=LEAST, hi=MOST)
        )
    found = []
    sought = re.compile(rf"(?<!\w){re.escape(word.strip())}(?!\w)", re.IGNORECASE)
    for line in lines:
        head, colon, tail = line.partition(":")
        has_sense = bool(colon) and len(head) <= 24 and sought.search(tail) is not None
        sentence = tail.strip() if has_sense else line
        place = sought.search(sentence)
        if place is None:
            raise Refusal(
                Text(
                    "This sentence does not have “{word}” in it in this very form: {line}",
                    "В этом предложении нет слова «{word}» именно в такой форме: {line}",
                ).format(word=word.strip(), line=sentence[:80])
            )
        found.append((head.strip() if has_sense else "", sentence, place.span()))
    return found


def run(params: ContextParams) -> ContextTrace:
    """Read every sentence, keep the word's vector at every layer.

    Raises
    ------
    Refusal
        If the sentences cannot be used, or the word lies beyond the 48th token of one.
    """
    uses = read_uses(params.used_word, params.uses)
    encoder = load_encoder()
    words, everything, pieces = [], [], []
    for _, sentence, span in uses:
        at, shown, states = _states(encoder, sentence, span)
        words.append(states[:, at].mean(axis=1))
        everything.append(states)
        pieces.append(" ".join(shown))
    vectors = np.stack(words, axis=1).astype(np.float64)
    if params.is_centred:
        vectors = vectors - np.concatenate(everything, axis=1).mean(axis=1, dtype=np.float64)[:, None]
    lengths = np.linalg.norm(vectors, axis=2, keepdims=True)
    unit = vectors / np.maximum(lengths, 1e-12)
    cosines = unit @ unit.transpose(0, 2, 1)
    senses = tuple(dict.fromkeys(name for name, _, _ in uses if name))
    sense = np.array([senses.index(name) if name else -1 for name, _, _ in uses], dtype=np.int64)
    within, across, right = tell_apart(cosines, sense)
    return ContextTrace(
        params=params,
        word=params.used_word.strip(),
        sentences=tuple(sentence for _, sentence, _ in uses),
        spans=tuple(span for _, _, span in uses),
        senses=senses,
        sense=sense,
        pieces=tuple(pieces),
        vectors=vectors.astype(np.float32),
        cosines=cosines,
        points=_planes(unit),
        within=within,
        across=across,
        right=right,
        signature=f"{encoder.name} (Q4) · {len(uses)} sentences · {'centred · ' if params.is_centred else ''}float32",
    )


def _states(
    encoder: BundledEncoder, sentence: str, span: tuple[int, int]
) -> tuple[list[int], list[str], npt.NDArray[np.float32]]:
    """Positions of the word's pieces among the tokens of the text (specials left out), the pieces, and all states
    (layer, token, d)."""
    import torch

    tokens = encoder.tokenize(sentence, max_tokens=MAX_TOKENS)
    inside = [n for n in range(len(tokens)) if not tokens.is_special[n]]
    at = [i for i, n in enumerate(inside) if tokens.spans[n][0] < span[1] and tokens.spans[n][1] > span[0]]
    if not at:
        raise Refusal(
            Text(
                "The word stands too far from the beginning of this sentence: {line}",
                "Слово стоит слишком далеко от начала предложения: {line}",
            ).format(line=sentence[:80])
        )
    with torch.inference_mode():
        static = encoder.module.embed(torch.tensor([tokens.ids], device=encoder.module.embeddings.P.weight.device))
    states = np.concatenate([static.cpu().numpy(), encoder.run(tokens).hidden])[:, inside]
    return at, [tokens.shown[inside[i]] for i in at], states


def tell_apart(cosines: Floats, sense: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Per layer: mean cosine within a meaning, across meanings, and the share of nearest uses that are right."""
    known = np.flatnonzero(sense >= 0)
    C = cosines[:, known[:, None], known]
    n = len(known)
    is_same = sense[known][:, None] == sense[known]
    pairs = ~np.eye(n, dtype=bool)
    nothing = np.full(len(cosines), np.nan)
    within = C[:, is_same & pairs].mean(axis=1) if (is_same & pairs).any() else nothing
    across = C[:, ~is_same].mean(axis=1) if (~is_same).any() else nothing
    if n < 2:
        return within, across, nothing
    nearest = np.where(pairs, C, -np.inf).argmax(axis=2)
    # Equal vectors have no nearest one: where all cosines are the same the share is what chance gives.
    right = is_same[np.arange(n), nearest].mean(axis=1)
    flat = np.ptp(C[:, pairs], axis=1) < 1e-6
    return within, across, np.where(flat, is_same[pairs].mean(), right)


def _planes(unit: Floats) -> Floats:
    """(layer, use, d) → (layer, use, 2), the last layer first and each earlier one turned towards it."""
    flat = [principal(layer, 2)[0] for layer in unit]
    for n in range(len(flat) - 2, -1, -1):
        flat[n] = turn_to(flat[n], flat[n + 1])
    return np.array(flat)


def layer_name(layer: int) -> str:
    """What a layer of the trace is called in formulas."""
    return "W_E" if layer == 0 else f"h{layer - 1}"


def reference(trace: ContextTrace) -> tuple[Check, ...]:
    """Cosines and planes beside scikit-learn's."""
    from sklearn.decomposition import PCA
    from sklearn.metrics.pairwise import cosine_similarity
    from sklearn.preprocessing import normalize

    theirs = np.array([cosine_similarity(layer) for layer in trace.vectors.astype(np.float64)])
    last = PCA(2, svd_solver="full").fit_transform(normalize(trace.vectors[-1].astype(np.float64)))
    return (
        compare(Text("cosines of all layers", "косинусы всех слоёв"), "scikit-learn", trace.cosines, theirs, 1e-5),
        compare(
            Text("plane of the last layer", "плоскость последнего слоя"),
            "scikit-learn",
            np.abs(trace.points[-1]),
            np.abs(last),
            1e-4,
        ),
    )


def tables(trace: ContextTrace) -> tuple[Table, ...]:
    """Cosines of the layer that tells meanings apart best, and the measures layer by layer."""
    names = [f"{n + 1}. {sentence}" for n, sentence in enumerate(trace.sentences)]
    layers = [layer_name(layer) for layer in range(trace.layers)]
    course = np.nan_to_num(np.column_stack([trace.within, trace.across, trace.right]))
    return (
        Table(f"cosines {layer_name(trace.best)}", names, names, trace.cosines[trace.best]),
        Table("layers", layers, ["within", "across", "nearest right"], course),
    )


def explain(trace: ContextTrace, layer: int, picked: int, lang: Lang) -> tuple[Formula, ...]:
    """The picked use and the one nearest to it at this layer; the static vector beside."""
    n = len(trace.sentences)
    i = picked if 0 <= picked < n else 0
    C = trace.cosines[layer]
    j = int(np.where(np.arange(n) == i, -np.inf, C[i]).argmax())
    told = NEAREST.format(i=i + 1, j=j + 1, s=trace.sentences[j])
    x, y = trace.vectors[layer, i].astype(np.float64), trace.vectors[layer, j].astype(np.float64)
    lengths = float(np.linalg.norm(x)), float(np.linalg.norm(y))
    name = layer_name(layer)
    lines: list[Formula] = [
        (
            say(f"cos({name}[{i + 1}], {name}[{j + 1}]) = "),
            number(float(x @ y)),
            say(" / ("),
            number(lengths[0]),
            say(" · "),
            number(lengths[1]),
            say(") = "),
            number(float(C[i, j]), 3, "result"),
            quiet(told.get(lang)),
        )
    ]
    if np.isfinite(trace.within[layer]) and np.isfinite(trace.across[layer]):
        gap = float(trace.within[layer] - trace.across[layer])
        lines.append(
            (
                quiet(WITHIN.get(lang) + " "),
                number(float(trace.within[layer])),
                quiet(" − " + ACROSS.get(lang) + " "),
                number(float(trace.across[layer])),
                say(" = "),
                number(gap, 3, "result"),
                quiet(RIGHT.format(share=f"{float(trace.right[layer]):.0%}").get(lang)),
            )
        )
    return tuple(lines)


NEAREST = Text("   nearest to sentence {i}: {j}. {s}", "   ближе всего к предложению {i}: {j}. {s}")
WITHIN = Text("mean cosine within a meaning", "средний косинус внутри значения")
ACROSS = Text("across meanings", "между значениями")
RIGHT = Text("   nearest use has the same meaning: {share}", "   ближайшее употребление — того же значения: {share}")

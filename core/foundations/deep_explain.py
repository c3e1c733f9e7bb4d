"""The arithmetic of a verdict: why this contestant calls this image this digit."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from core.arithmetic import Formula, Part, number, quiet, say, sum_of_products, write_number
from core.data.corpus import TOPICS, words
from core.foundations.deep_digits import SIDE, Floats
from core.foundations.deep_lab import DuelTrace
from core.foundations.deep_models import given_to, net_at, title
from core.foundations.deep_sizes import SizesTrace
from core.foundations.deep_space import SpaceTrace
from core.foundations.deep_text import NAMES as TEXT_NAMES
from core.foundations.deep_text import TITLES as TEXT_TITLES
from core.foundations.deep_text import TextTrace, unit_rows
from core.i18n import Lang, Text

TERMS = 4


def explain(trace: DuelTrace, name: str, image: Floats, lang: Lang) -> tuple[Formula, ...]:
    """The contestant `name` about an image (144,): its sums with their largest terms, then its answer."""
    fitted = trace.of(name).fitted
    p = fitted.judge(image[None])[0].astype(np.float64)
    digit = int(p.argmax())
    head: Formula = (
        Part(title(name).get(lang), "strong"),
        quiet(f"   {SEES[given_to(name)].get(lang)}"),
    )
    answer: Formula = (
        say(f"p({digit}) = "),
        number(float(p[digit]), 3, "result"),
        quiet("   " + ANSWER.format(d=digit).get(lang)),
    )
    seen = np.asarray(fitted.see(image[None])[0], dtype=np.float64)
    kind = name.partition(".")[0]
    if kind == "knn":
        return head, *_neighbours(trace, fitted.estimator, seen, digit, lang), answer
    if kind == "logistic":
        model = fitted.estimator
        return head, *_sum(seen, model.coef_[digit], float(model.intercept_[digit]), digit, p, lang), answer
    if kind == "svm":
        return head, _kernel(fitted.estimator, seen, lang), answer
    if kind == "forest":
        return head, _trees(fitted.estimator, seen, digit, lang), answer
    return head, *_net(trace, name, image, digit, p, lang), answer


def _neighbours(trace: DuelTrace, model: Any, seen: Floats, digit: int, lang: Lang) -> tuple[Formula, ...]:
    distances, rows = model.kneighbors(seen[None])
    near = [
        part
        for n, (d, row) in enumerate(zip(distances[0][:5], rows[0][:5], strict=True))
        for part in (say("  ·  " if n else "‖φ − φ′‖: "), number(float(d), 2), quiet(f" → {int(trace.y[row])}"))
    ]
    votes = int((trace.y[rows[0]] == digit).sum())
    count: Formula = (say(f"p({digit}) = "), number(votes), say(" / "), number(len(rows[0])))
    return tuple(near), count


def _sum(seen: Floats, w: Floats, b: float, digit: int, p: Floats, lang: Lang) -> tuple[Formula, ...]:
    terms = w * seen
    top = np.argsort(-np.abs(terms))[:TERMS]
    z = float(terms.sum() + b)
    rest = z - b - float(terms[top].sum())
    return (
        (
            say(f"z({digit}) = "),
            *sum_of_products(w[top], seen[top], 2),
            say(" + … = "),
            number(z, 2, "strong"),
            quiet("   " + REST.format(n=len(w) - TERMS, r=write_number(rest, 2), b=write_number(b, 2)).get(lang)),
        ),
    )


def _kernel(model: Any, seen: Floats, lang: Lang) -> Formula:
    support = np.asarray(model.support_vectors_, dtype=np.float64)
    gamma = float(model._gamma)
    squares = ((support - seen) ** 2).sum(1)
    nearest = int(squares.argmin())
    owner = int(model.classes_[np.searchsorted(np.cumsum(model.n_support_), nearest, side="right")])
    return (
        say("K = exp(−γ‖φ − φ′‖²) = exp(−"),
        number(gamma, 4),
        say("·"),
        number(float(squares[nearest]), 2),
        say(") = "),
        number(float(np.exp(-gamma * squares[nearest])), 3, "strong"),
        quiet("   " + SUPPORT.format(n=len(support), d=owner).get(lang)),
    )


def _trees(model: Any, seen: Floats, digit: int, lang: Lang) -> Formula:
    leaves = np.array([tree.predict_proba(seen[None].astype(np.float32))[0] for tree in model.estimators_])
    votes = np.bincount(leaves.argmax(1), minlength=leaves.shape[1])
    others = [k for k in np.argsort(-votes).tolist() if k != digit and votes[k]][:3]
    return (
        quiet(VOTES.get(lang)),
        number(int(votes[digit]), kind="strong"),
        say(f" → {digit}"),
        *(part for k in others for part in (say("  ·  "), number(int(votes[k])), say(f" → {k}"))),
    )


def _net(trace: DuelTrace, name: str, image: Floats, digit: int, p: Floats, lang: Lang) -> tuple[Formula, ...]:
    """One hidden number with its largest terms, then the sum that it enters."""
    recording = trace.of(name).fitted.recording
    assert recording is not None
    network = net_at(name, trace.params.recipe, recording, -1)
    arrays = [
        network.theta[place.span].view(place.slot.shape).cpu().numpy().astype(np.float64) for place in network.places
    ]
    x = image.astype(np.float64)
    with torch.inference_mode():
        h = torch.from_numpy(image[None].astype(np.float32)).to(network.device)
        if name == "cnn":
            for block in network.blocks[:-1]:
                h = block.forward(h, is_training=False)
        else:
            h = network.blocks[0].forward(h, is_training=False)
    given = h.cpu().numpy()[0].astype(np.float64)
    W, b = arrays[0], arrays[1]
    if name == "cnn":
        padded = np.pad(x.reshape(SIDE, SIDE), 1)
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).reshape(-1, 9)
        sums = windows @ W.T + b
        place, unit = divmod(int(sums.argmax()), sums.shape[1])
        seen = windows[place]
        where = PLACE.format(k=int(unit) + 1, r=int(place) // SIDE + 1, c=int(place) % SIDE + 1)
        symbol, terms = "y", 9
    else:
        sums = W @ x + b
        unit = int(sums.argmax())
        seen = x
        where = UNIT.format(k=unit + 1)
        symbol, terms = "h", TERMS
    order = np.argsort(-np.abs(W[unit] * seen))[:terms]
    first: Formula = (
        say(f"{symbol} = ReLU("),
        *sum_of_products(W[unit][np.sort(order)], seen[np.sort(order)], 2),
        say((" " if terms == 9 else " + … ") + ("− " if b[unit] < 0 else "+ ")),
        number(abs(float(b[unit])), 2),
        say(") = "),
        number(max(0.0, float(W[unit] @ seen + b[unit])), 2, "strong"),
        quiet("   " + where.get(lang)),
    )
    return first, *_sum(given, arrays[-2][digit], float(arrays[-1][digit]), digit, p, lang)


def explain_space(trace: SpaceTrace, row: int, frame: int, lang: Lang) -> tuple[Formula, ...]:
    """How far classes lie apart, before and in the frame; and the picked digit's verdict there."""
    p = trace.p[frame, row]
    return (
        (
            say("η² = "),
            number(float(trace.apart[frame]), 3, "strong"),
            quiet("   " + APART.format(b=write_number(trace.apart_before, 3)).get(lang)),
        ),
        (
            say(f"p({int(trace.y[row])}) = "),
            number(float(p[trace.y[row]]), 3, "result"),
            quiet("   " + CALLED.format(d=int(p.argmax()), t=int(trace.steps[frame])).get(lang)),
        ),
    )


def explain_sizes(trace: SizesTrace, name: str, lang: Lang) -> tuple[Formula, ...]:
    """The mean of the picked contestant with the fewest and with the most examples."""
    m = trace.params.names.index(name)
    lines = []
    for s in sorted({0, len(trace.params.sizes) - 1}):
        values = trace.right[m, s]
        inside: list[Part] = []
        for n, value in enumerate(values):
            inside += [say(" + ")] * (n > 0) + [number(float(value), 3)]
        lines.append(
            (
                Part(trace.params.title(name).get(lang), "strong"),
                quiet(f"   n = {trace.params.sizes[s]}   "),
                say("("),
                *inside,
                say(f") / {len(values)} = "),
                number(float(values.mean()), 3, "result"),
            )
        )
    return tuple(lines)


def explain_text(trace: TextTrace, contestant: int, topic: int, lang: Lang) -> tuple[Formula, ...]:
    """What each word says for the picked topic; for the net its last sum, for kNN the nearest sentences."""
    name = list(TOPICS.values())[topic].get(lang)
    head: Formula = (
        Part(f"{TEXT_TITLES[TEXT_NAMES[contestant]].get(lang)} · {name}", "strong"),
        say("   p = "),
        number(float(trace.p[contestant, topic]), 3, "result"),
    )
    asked: list[int] = np.flatnonzero(trace.bag).tolist()
    fitted, kind = trace.fitted[contestant], TEXT_NAMES[contestant]
    x = unit_rows(trace.bag[None])[0]
    lines: list[Formula] = [head]
    if kind in ("bayes", "logistic") and asked:
        model = fitted.estimator
        weights = model.likelihood[topic] if kind == "bayes" else model.coef_[topic]
        start = float(model.prior[topic] if kind == "bayes" else model.intercept_[topic])
        values = trace.bag if kind == "bayes" else x
        parts: list[Part] = [say("z = "), number(start, 2)]
        for n in asked[:8]:
            term = float(weights[n] * values[n])
            parts += [say(" − " if term < 0 else " + "), number(abs(term), 2), quiet(f" {trace.vocabulary[n]}")]
        z = start + float(weights @ values)
        lines.append((*parts, say(" + … = " if len(asked) > 8 else " = "), number(z, 2, "strong")))
    elif kind == "net":
        recording = fitted.recording
        assert recording is not None
        d, V, k = trace.params.size, len(trace.vocabulary), len(TOPICS)
        theta = recording.theta[-1].astype(np.float64)
        E, a, U, b = np.split(theta, np.cumsum([d * V, d, k * d]))
        h = np.maximum(E.reshape(d, V) @ x + a, 0)
        order = np.argsort(-np.abs(U.reshape(k, d)[topic] * h))[:TERMS]
        lines.append(
            (
                say("z = "),
                *sum_of_products(U.reshape(k, d)[topic][order], h[order], 2),
                say(" + … = "),
                number(float(U.reshape(k, d)[topic] @ h + b[topic]), 2, "strong"),
                quiet("   " + VECTORS.get(lang)),
            )
        )
    elif kind == "knn":
        distances, rows = fitted.estimator.kneighbors(x[None])
        names = list(TOPICS.values())
        lines.append(
            tuple(
                part
                for n, (distance, row) in enumerate(zip(distances[0][:5], rows[0][:5], strict=True))
                for part in (
                    say("  ·  " if n else "‖x − x′‖: "),
                    number(float(distance), 2),
                    quiet(f" → {names[int(trace.y[row])].get(lang)}"),
                )
            )
        )
    if trace.unknown:
        shown = ", ".join(trace.unknown[:8])
        lines.append(
            (quiet(UNKNOWN.format(n=len(trace.unknown), all=len(words(trace.params.sentence)), w=shown).get(lang)),)
        )
    return tuple(lines)


SEES = {
    "pixels": Text("sees 144 pixels", "видит 144 пикселя"),
    "features": Text(
        "sees φ, measured by hand, in units of its spread", "видит φ, измеренное вручную, в единицах разброса"
    ),
    "learned": Text("sees 144 pixels, makes its own features", "видит 144 пикселя, признаки строит сама"),
}
ANSWER = Text("its answer: {d}", "её ответ: {d}")
REST = Text("the other {n} products: {r}, and b = {b}", "остальные произведения ({n}): {r}, и b = {b}")
SUPPORT = Text(
    "the nearest of {n} support vectors, a {d}; 45 pairs of digits vote with such terms",
    "ближайший из опорных векторов ({n}), это {d}; из таких слагаемых голосуют 45 пар цифр",
)
VOTES = Text("trees: ", "деревья: ")
PLACE = Text(
    "the loudest of all: filter {k} at row {r}, column {c}; 3×3 pixels",
    "громче всех: фильтр {k}, строка {r}, столбец {c}; 3×3 пикселя",
)
UNIT = Text("the loudest hidden unit, {k}", "самый громкий скрытый нейрон, {k}")
APART = Text(
    "the share of the variance that lies between the ten digits; before learning {b}",
    "доля дисперсии, которая приходится на различия между десятью цифрами; до обучения {b}",
)
CALLED = Text("at step {t} the net says {d}", "на шаге {t} сеть отвечает {d}")
VECTORS = Text(
    "h: the sum of the vectors of its words, through ReLU", "h — сумма векторов его слов, пропущенная через ReLU"
)
UNKNOWN = Text(
    "not in any training sentence, so of no weight for anybody: {w} ({n} of {all} words)",
    "нет ни в одном учебном предложении, и потому ни для кого ничего не значат: {w} ({n} из {all} слов)",
)

"""Dropout: units that are removed at random, and where the scale has to stand.

Symbols: h (n) what a layer gives, w (n) the weights of one unit behind it, p the share removed, q = 1 − p the share
kept, m (n) a mask of independent 0 and 1 with E m = q, z = Σ w_i h_i without dropout.

    inverted    z̃ = Σ m_i w_i h_i / q in training, z later      E z̃ = z,  Var z̃ = p/q · Σ(w_i h_i)²
    classic     z̃ = Σ m_i w_i h_i in training, qz later         E z̃ = qz, Var z̃ = pq · Σ(w_i h_i)²
    miscopied   z̃ = Σ m_i w_i h_i in training, pz later         as often written: right only where p = q

Srivastava et al. 2014, section 4 (where p is the share *kept*, the source of the mistake) and section 10. Mean and
variance are also counted over all 2ⁿ masks, each with its probability.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.foundations.layers import DROPOUTS, Dropout
from core.foundations.network import Net, build
from core.i18n import Lang, Text
from core.params import Choice, Params, Slider
from core.tables import Table
from core.verify import Check, compare

Array = npt.NDArray[np.float64]

UNITS, PASSES, WIDTH, INPUTS = 12, 240, 64, 16
DEEP_PASSES = 400


class DropoutParams(Params):
    """How much is removed, and who scales what."""

    p: Annotated[float, Slider(label=Text("p: share removed", "p — доля выключенных"), lo=0.0, hi=0.9, step=0.05)] = 0.2
    notes: Annotated[
        str,
        Choice(
            label=Text("The scale", "Масштаб"),
            options=DROPOUTS,
            help=Text(
                "The last one is a common slip of notes: the p of the paper is the share kept.",
                "Последний — частая описка конспектов: в статье p — доля оставленных.",
            ),
        ),
    ] = "inverted"
    layers: Annotated[int, Slider(label=Text("Layers of the deep net", "Слои глубокой сети"), lo=1, hi=8, step=1)] = 5
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1)] = 0

    @property
    def scale(self) -> float:
        """What a mask is multiplied by in training."""
        return 1 / (1 - self.p) if self.notes == "inverted" else 1.0

    @property
    def at_test(self) -> float:
        """What outputs are multiplied by at test time."""
        return {"inverted": 1.0, "classic": 1 - self.p, "miscopied": self.p}[self.notes]


@dataclass(frozen=True)
class DropoutTrace(Frozen):
    """h, w (n); masks (F, n) 0/1; outputs (F) : z̃ of each pass; z, test : without dropout, and as it is used later;
    mean, variance : over all 2ⁿ masks; in_training, at_test (L + 1) : mean size of what each layer of a deep net gives
    on, averaged over masks and at test time, entry 0 the input."""

    params: DropoutParams
    h: Array
    w: Array
    masks: npt.NDArray[np.uint8]
    outputs: Array
    z: float
    test: float
    mean: float
    variance: float
    in_training: Array
    at_test: Array
    signature: str


def draw_masks(p: float, passes: int, units: int, seed: int) -> Array:
    """m (passes, units) by the engine's own layer, 0 or 1."""
    layer = Dropout(p, torch.Generator().manual_seed(seed), "classic")
    drawn: Array = layer.draw(torch.zeros(passes, units, dtype=torch.float64)).numpy()
    return drawn


def all_masks(units: int) -> Array:
    """Every mask once: (2ⁿ, n)."""
    return np.asarray((np.arange(2**units)[:, None] >> np.arange(units)) & 1, dtype=np.float64)


def exact(h: Array, w: Array, p: float, scale: float) -> tuple[float, float]:
    """Mean and variance of z̃ over all masks."""
    masks = all_masks(len(h))
    kept = masks.sum(1)
    chance = (1 - p) ** kept * p ** (len(h) - kept)
    outputs = scale * masks @ (w * h)
    mean = float(chance @ outputs)
    return mean, float(chance @ np.square(outputs - mean))


def sizes_by_layer(params: DropoutParams) -> tuple[Array, Array]:
    """Mean |E y_l| over the units of each layer of a deep ReLU net, over masks and at test time."""
    net = Net(
        sizes=(INPUTS, *(WIDTH,) * params.layers, 1), dropout=params.p, dropout_notes=params.notes, initialisation="he"
    )
    network = build(net, params.seed, "float64")
    x = torch.from_numpy(np.random.default_rng((params.seed, 5)).normal(size=(1, INPUTS)))
    in_training, at_test = [float(x.abs().mean())], [float(x.abs().mean())]
    # Equal rows: every row gets a mask of its own.
    many, one = x.repeat(DEEP_PASSES, 1), x
    with torch.inference_mode():
        for block in network.blocks[:-1]:
            many, one = block.forward(many, is_training=True), block.forward(one, is_training=False)
            in_training.append(float(many.mean(0).abs().mean()))
            at_test.append(float(one.abs().mean()))
    if params.p == 0 and params.notes == "miscopied":
        # Nothing is removed, so the engine has no such layer; the slip would multiply by p = 0 all the same.
        at_test[1:] = [0.0] * params.layers
    return np.array(in_training), np.array(at_test)


def run(params: DropoutParams) -> DropoutTrace:
    """One layer under many masks, and a deep net as a whole."""
    generator = np.random.default_rng((params.seed, 4))
    h = np.asarray(np.maximum(generator.normal(0.8, 0.8, UNITS), 0.0).round(2), dtype=np.float64)
    w = np.asarray(generator.normal(0.35, 0.6, UNITS).round(2), dtype=np.float64)
    masks = draw_masks(params.p, PASSES, UNITS, params.seed)
    z = float(w @ h)
    mean, variance = exact(h, w, params.p, params.scale)
    in_training, at_test = sizes_by_layer(params)
    return DropoutTrace(
        params=params,
        h=h,
        w=w,
        masks=masks.astype(np.uint8),
        outputs=params.scale * masks @ (w * h),
        z=z,
        test=params.at_test * z,
        mean=mean,
        variance=variance,
        in_training=in_training,
        at_test=at_test,
        signature=f"{UNITS} units · {PASSES} passes · p={params.p:g} · {params.notes} · deep net "
        f"{INPUTS}–{WIDTH}×{params.layers} relu he · seed={params.seed} · float64 · torch {torch.__version__}",
    )


def reference(trace: DropoutTrace) -> tuple[Check, ...]:
    """The same masks through torch's dropout (torch draws them, ours are multiplied by hand), and its test mode."""
    p = trace.params
    terms = torch.from_numpy(trace.w * trace.h).repeat(PASSES, 1)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(p.seed)
        theirs = torch.nn.functional.dropout(terms, p.p).sum(1)
        torch.manual_seed(p.seed)
        masks = (torch.nn.functional.dropout(torch.ones_like(terms), p.p) > 0).double()
    ours = p.scale * (masks * terms).sum(1)
    later = torch.nn.functional.dropout(terms[:1], p.p, training=False).sum()
    # torch knows the inverted form alone; the classic one is the same times 1 − p, before and after.
    factor = 1.0 if p.notes == "inverted" else 1 - p.p
    return (
        compare(Text("z̃ in training", "z̃ при обучении"), "torch", ours, theirs * factor, 1e-9),
        compare(Text("z at test time", "z на тесте"), "torch", trace.test, float(later) * factor, 1e-9),
    )[: 1 if p.notes == "miscopied" else 2]


def tables(trace: DropoutTrace) -> tuple[Table, ...]:
    """The layer, the masks with their outputs, the deep net."""
    units = [f"unit {i + 1}" for i in range(UNITS)]
    return (
        Table("layer", ("h", "w"), units, np.stack([trace.h, trace.w])),
        Table(
            "passes",
            [f"pass {k + 1}" for k in range(PASSES)],
            [*units, "output"],
            np.column_stack([trace.masks.astype(np.float64), trace.outputs]),
        ),
        Table(
            "deep net",
            [f"layer {n}" for n in range(len(trace.at_test))],
            ("in training", "at test time"),
            np.stack([trace.in_training, trace.at_test], axis=1),
        ),
    )


def explain(trace: DropoutTrace, step: int, lang: Lang) -> tuple[Formula, ...]:
    """The chosen pass, the expectation and the variance, and what is used later."""
    p = trace.params
    q = 1 - p.p
    kept = [f"{w:g}·{h:g}".replace("-", "−") for w, h, m in zip(trace.w, trace.h, trace.masks[step], strict=True) if m]
    total = " + ".join(f"({t})" if t.startswith("−") else t for t in kept) or "0"
    over = f" / {q:.2f}" if p.notes == "inverted" else ""
    passed: Formula = (
        quiet(PASS.format(k=step + 1, n=len(kept), m=UNITS).get(lang)),
        say("z̃ = (" + total + f"){over} = "),
        number(float(trace.outputs[step]), 3, "result"),
    )
    times = "" if p.notes == "inverted" else f"{q:.2f}·"
    wide = f"{p.p:.2f}/{q:.2f}" if p.notes == "inverted" else f"{p.p:.2f}·{q:.2f}"
    squares = float(np.square(trace.w * trace.h).sum())
    expected: Formula = (
        quiet(ALL.format(n=2**UNITS).get(lang)),
        say(f"E z̃ = {times}{trace.z:.3f} = ".replace("-", "−")),
        number(trace.mean, 3, "result"),
        say(f"   σ² = {wide}·Σ(wh)² = {wide}·{squares:.3f} = "),
        number(trace.variance, 3),
        say("   σ = "),
        number(float(np.sqrt(trace.variance)), 3),
    )
    factor = {"inverted": "", "classic": f"(1 − p)z = {q:.2f}·", "miscopied": f"p·z = {p.p:.2f}·"}[p.notes]
    ratio = trace.test / trace.mean if trace.mean else 1.0
    later: Formula = (
        quiet(LATER.get(lang)),
        say(factor + f"{trace.z:.3f} = ".replace("-", "−") if factor else "z = "),
        number(trace.test, 3, "result"),
        quiet(AGREES.get(lang) if abs(ratio - 1) < 1e-9 else OFF.format(r=f"{ratio:.3g}").get(lang)),
    )
    size = trace.at_test[-1] / trace.in_training[-1] if trace.in_training[-1] else 1.0
    deep: Formula = (
        quiet(DEEP.format(n=p.layers).get(lang)),
        number(float(trace.at_test[-1]), 3),
        say(" / "),
        number(float(trace.in_training[-1]), 3),
        say(" = "),
        number(float(size), 4, "result"),
        *(
            (
                say("   "),
                Part("(p/(1 − p))", "plain", str(p.layers)),
                say(" = "),
                Part(f"{(p.p / q) ** p.layers:.3g}", "strong"),
            )
            if p.notes == "miscopied"
            else ()
        ),
    )
    return passed, expected, later, deep


PASS = Text("pass {k}, {n} of {m} units stay:   ", "проход {k}, осталось нейронов {n} из {m}:   ")
ALL = Text("over all {n} masks:   ", "по всем маскам ({n}):   ")
LATER = Text("at test time:   ", "на тесте:   ")
AGREES = Text("   the mean of training", "   среднее обучения")
OFF = Text(
    "   {r} times the mean of training: the next layer has never seen such inputs",
    "   {r} от среднего при обучении: таких входов следующий слой не видел",
)
DEEP = Text("after {n} layers, test / training:   ", "после слоёв ({n}), тест / обучение:   ")

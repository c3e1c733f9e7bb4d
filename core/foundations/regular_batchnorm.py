"""Batch norm on real features: by the batch in training, by running statistics afterwards.

Symbols: x (N, d) features in their own units, a batch of B rows, µ v (d) mean and variance of the batch (÷ B),
x̂ = (x − µ)/√(v + ε), y = γx̂ + β, ε = 1e-5, a the momentum; running µ̄ ← (1 − a)µ̄ + aµ, v̄ ← (1 − a)v̄ + a·v·B/(B − 1).

Ioffe and Szegedy 2015, algorithms 1 and 2. Row 0 of every batch is the same patient: what batch norm makes of
one and the same person depends on who else is in the room, and that noise is all there is of regularisation in it
(section 3.4). With B = 1 the batch is its own mean: x̂ = 0 whatever x is, and torch refuses to train. With B = 2 only
the order is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt
import torch

from core.arithmetic import Formula, Part, number, quiet, say
from core.arrays import Frozen
from core.foundations.layers import EPSILON
from core.foundations.regular_paths import FEATURES, NAMES, load_patients
from core.i18n import Lang, Text, same
from core.params import Levels, Params, Slider
from core.tables import Table
from core.verify import Check, compare

Array = npt.NDArray[np.float64]

SHOWN = ("age", "bmi", "s2", "s5")
COLUMNS = [NAMES.index(name) for name in SHOWN]
BATCHES = 80


class BatchParams(Params):
    """How many are in a batch, how the running statistics follow, and what the layer learned."""

    size: Annotated[int, Levels(label=Text("Batch size B", "Размер батча B"), values=(1, 2, 4, 8, 16, 32, 128))] = 8
    momentum: Annotated[
        float,
        Slider(
            label=Text("Momentum a", "Импульс a"),
            lo=0.01,
            hi=1.0,
            step=0.01,
            help=Text("The weight of the newest batch in the running statistics.", "Вес свежего батча в скользящих."),
        ),
    ] = 0.1
    gamma: Annotated[float, Slider(label=same("γ"), lo=0.0, hi=3.0, step=0.1)] = 1.0
    beta: Annotated[float, Slider(label=same("β"), lo=-2.0, hi=2.0, step=0.1)] = 0.0
    guest: Annotated[
        int,
        Slider(
            label=Text("The patient in every batch", "Пациент во всех батчах"),
            lo=0,
            hi=441,
            step=1,
        ),
    ] = 7
    seed: Annotated[int, Slider(label=Text("Seed", "Зерно"), lo=0, hi=99, step=1)] = 0


@dataclass(frozen=True)
class BatchTrace(Frozen):
    """x (N, d); rows (F, B) : who is in each batch; mean, variance (F, d) : of the batch; running_mean,
    running_variance (F, d) : after it; trained, evaluated (F, B, d) : y with the statistics of the batch, and with the
    running ones; final (F, d) : what the patient of row 0 gets in each batch."""

    params: BatchParams
    x: Array
    rows: npt.NDArray[np.int64]
    mean: Array
    variance: Array
    running_mean: Array
    running_variance: Array
    trained: Array
    evaluated: Array
    signature: str

    @property
    def guest(self) -> Array:
        """What training makes of the patient who is in every batch: (F, d)."""
        return self.trained[:, 0]

    @property
    def true_mean(self) -> Array:
        """Over all patients: (d)."""
        return np.asarray(self.x.mean(0))


def draw_batches(params: BatchParams, n: int) -> npt.NDArray[np.int64]:
    """Row 0 is the guest, the others are drawn from everybody else, anew in every pass: (F, B)."""
    generator = np.random.default_rng((params.seed, 6))
    others = np.delete(np.arange(n), params.guest)
    found: list[int] = []
    while len(found) < BATCHES * (params.size - 1):
        found += generator.permutation(others).tolist()
    drawn = np.array(found[: BATCHES * (params.size - 1)], dtype=np.int64).reshape(BATCHES, params.size - 1)
    return np.column_stack([np.full(BATCHES, params.guest), drawn])


def normalise(x: Array, mean: Array, variance: Array, gamma: float, beta: float) -> Array:
    """γ(x − µ)/√(v + ε) + β."""
    return gamma * (x - mean) / np.sqrt(variance + EPSILON) + beta


def run(params: BatchParams) -> BatchTrace:
    """Eighty batches, one after another."""
    x = load_patients()[0][:, COLUMNS]
    rows = draw_batches(params, len(x))
    batch = x[rows]
    mean, variance = batch.mean(1), batch.var(1)
    a = params.momentum
    m, v = np.zeros(len(SHOWN)), np.ones(len(SHOWN))
    means, variances = [], []
    for k in range(BATCHES):
        m = (1 - a) * m + a * mean[k]
        # One example has no variance with n − 1; what torch would divide by zero stays as it is.
        v = (1 - a) * v + a * variance[k] * params.size / max(1, params.size - 1)
        means.append(m)
        variances.append(v)
    running_mean, running_variance = np.stack(means), np.stack(variances)
    knobs = (params.gamma, params.beta)
    return BatchTrace(
        params=params,
        x=x,
        rows=rows,
        mean=mean,
        variance=variance,
        running_mean=running_mean,
        running_variance=running_variance,
        trained=normalise(batch, mean[:, None], variance[:, None], *knobs),
        evaluated=normalise(batch, running_mean[:, None], running_variance[:, None], *knobs),
        signature=f"diabetes · B={params.size} · {BATCHES} batches · a={params.momentum:g} · ε={EPSILON:g} · "
        f"seed={params.seed} · numpy {np.__version__}",
    )


def reference(trace: BatchTrace) -> tuple[Check, ...]:
    """The same batches through torch.nn.BatchNorm1d; nothing with B = 1, which torch refuses."""
    p = trace.params
    if p.size == 1:
        return ()
    layer = torch.nn.BatchNorm1d(len(SHOWN), eps=EPSILON, momentum=p.momentum, dtype=torch.float64)
    trained, evaluated, spread = [], [], []
    with torch.no_grad():
        layer.weight.fill_(p.gamma)
        layer.bias.fill_(p.beta)
        for rows in trace.rows:
            batch = torch.from_numpy(trace.x[rows])
            layer.train()
            trained.append(layer(batch).numpy())
            layer.eval()
            evaluated.append(layer(batch).numpy())
            assert layer.running_var is not None
            spread.append(layer.running_var.numpy().copy())
    return (
        compare(Text("y in training", "y при обучении"), "torch", trace.trained, np.stack(trained), 1e-9),
        compare(Text("y at test time", "y на тесте"), "torch", trace.evaluated, np.stack(evaluated), 1e-6),
        compare(
            Text("running variance", "скользящая дисперсия"), "torch", trace.running_variance, np.stack(spread), 1e-8
        ),
    )


def tables(trace: BatchTrace) -> tuple[Table, ...]:
    """Statistics of the batches, the running ones, and what the guest gets."""
    rows = [f"batch {k + 1}" for k in range(BATCHES)]
    return (
        Table("batch mean", rows, SHOWN, trace.mean),
        Table("batch variance", rows, SHOWN, trace.variance),
        Table("running mean", rows, SHOWN, trace.running_mean),
        Table("running variance", rows, SHOWN, trace.running_variance),
        Table("one patient in training", rows, SHOWN, trace.guest),
        Table("one patient at test time", rows, SHOWN, trace.evaluated[:, 0]),
    )


def explain(trace: BatchTrace, step: int, feature: int, lang: Lang) -> tuple[Formula, ...]:
    """One feature of the guest in one batch, by both statistics, and how far its companions move it."""
    p = trace.params
    x = float(trace.x[p.guest, feature])
    name = FEATURES[SHOWN[feature]].get(lang)

    def line(title: Text, m: float, v: float, y: float) -> Formula:
        return (
            quiet(title.get(lang)),
            say(f"y = {p.gamma:g}·("),
            number(x, 2, "strong"),
            say(" − "),
            number(m, 2),
            say(") / √("),
            number(v, 2),
            say(f" + 1e−5) + {_signed(p.beta)} = "),
            number(y, 3, "result"),
        )

    return (
        (Part(f"{name} = {x:g}", "strong"), quiet(WHO.format(n=p.guest, k=step + 1, b=p.size).get(lang))),
        line(
            BATCH,
            float(trace.mean[step, feature]),
            float(trace.variance[step, feature]),
            float(trace.guest[step, feature]),
        ),
        line(
            RUNNING,
            float(trace.running_mean[step, feature]),
            float(trace.running_variance[step, feature]),
            float(trace.evaluated[step, 0, feature]),
        ),
        (
            quiet(NOISE.format(f=BATCHES).get(lang)),
            number(float(trace.guest[:, feature].min()), 2),
            quiet(" … "),
            number(float(trace.guest[:, feature].max()), 2),
            quiet(SPREAD.get(lang)),
            number(float(trace.guest[:, feature].std()), 3, "result"),
        ),
    )


def _signed(value: float) -> str:
    return f"(−{-value:g})" if value < 0 else f"{value:g}"


WHO = Text("   patient {n} in batch {k}, B = {b}", "   пациент {n} в батче {k}, B = {b}")
BATCH = Text("training, µ and v of the batch:   ", "обучение, µ и v батча:   ")
RUNNING = Text("test, running µ and v:   ", "тест, скользящие µ и v:   ")
NOISE = Text("the same patient over {f} batches: y from ", "тот же пациент за все батчи ({f}): y от ")
SPREAD = Text(", σ = ", ", σ = ")

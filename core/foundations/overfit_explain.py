"""The arithmetic of the room of overfitting: the picked point, fold, size, degree, step and width."""

from __future__ import annotations

import numpy as np

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.foundations.overfit_double import DoubleTrace, problems, scale_of
from core.foundations.overfit_learning import LearningTrace
from core.foundations.overfit_net import NetTrace
from core.foundations.overfit_polynomial import PolyTrace
from core.foundations.overfit_spread import SpreadTrace
from core.i18n import Lang, Text

POINT = Text("point {k}: ", "точка {k}: ")
FITTED = Text("the fit there: ", "кривая в ней: ")
SQUARE = Text("   its square error: ", "   квадрат ошибки: ")
LEVERAGE = Text("   of its own y the fit repeats there ", "   из собственного y кривая повторяет здесь ")
ALONE = Text("   without this point the error there would be ", "   без этой точки ошибка в ней была бы ")
WHOLE = Text("   the curve goes through it, whatever y is", "   кривая проходит через неё при любом y")
ERRORS = Text("degree {d}: ", "степень {d}: ")
TRAIN = Text("train ", "обучение ")
VALID = Text("validation ", "валидация ")
GAP = Text("   gap ", "   разрыв ")
USED = Text("   effective parameters df = ", "   эффективных параметров df = ")
FOLD = Text("degree {d}, without fold {k}: ", "степень {d}, без блока {k}: ")
SPREAD_CV = Text("   standard error of the mean ", "   стандартная ошибка среднего ")
LEAST_CV = Text("   least at degree ", "   меньше всего при степени ")
LEARN = Text("{n} points, degree {d}: ", "{n} точек, степень {d}: ")
MEDIAN = Text("   test error, median of {r} sets: ", "   ошибка на новых данных, медиана по {r} наборам: ")
MEAN_TRAIN = Text("training error, mean of {r} sets: ", "ошибка обучения, среднее по {r} наборам: ")
FLOOR = Text("   the noise alone: σ² = ", "   один только шум: σ² = ")
PARTS = Text("noise + bias² + variance: ", "шум + смещение² + разброс: ")
MEASURED = Text("   measured on drawn noise: ", "   измерено на разыгранном шуме: ")
STEP = Text("step {t}: ", "шаг {t}: ")
FRAME_POINT = Text("point {k} of class {c}: ", "точка {k} класса {c}: ")
FINE = Text("λ/2·‖W‖² = ", "λ/2·‖W‖² = ")
OBJECTIVE = Text("   what training minimises: ", "   что минимизируется: ")
BEST = Text("least validation loss at step {t}: ", "наименьшие потери валидации на шаге {t}: ")
TEST = Text("   on {n} fresh points: ", "   на {n} новых точках: ")
TEST_USED = Text("the net that is used (step {t}): validation ", "используемая сеть (шаг {t}): валидация ")
WIDTH = Text("p = {p}, n = {n}: ", "p = {p}, n = {n}: ")
ERROR = Text("error, median of {r} seeds: ", "ошибка, медиана по {r} зёрнам: ")
LEAST_S = Text("smallest s of the first seed: ", "наименьшее s первого зерна: ")
NORM = Text("   ‖w‖, median: ", "   ‖w‖, медиана: ")
FACTOR = Text("   noise along it is multiplied by 1/s = ", "   шум вдоль него умножается на 1/s = ")
RIDGED = Text("   with the ridge by s/(s² + λ) = ", "   со штрафом — на s/(s² + λ) = ")
FEW = Text("   fewer parameters than points: nothing is exact", "   параметров меньше, чем точек: точно не выйдет")
JUST = Text("   exactly one way through all points", "   ровно один способ пройти через все точки")
MANY = Text(
    "   many ways through all points; of these the one of least ‖w‖",
    "   способов пройти через все точки много; берётся тот, у кого ‖w‖ наименьшая",
)


def short(value: float) -> str:
    """Errors span many powers of ten: 0.0321, 3.2e7."""
    if value == 0 or not np.isfinite(value) or abs(value) >= 1e4 or abs(value) < 1e-4:
        return write_number(value, 3)
    return f"{value:.3g}".replace("-", "−") if abs(value) < 0.01 else f"{value:.3f}".replace("-", "−")


def result(value: float) -> Part:
    return Part(short(value), "result")


def explain_fit(trace: PolyTrace, point: int, lang: Lang) -> tuple[Formula, ...]:
    """One training point: the curve there, its error, its pull; and the errors of the degree."""
    d = trace.params.degree
    x, y, h = float(trace.x[point]), float(trace.y[point]), float(trace.leverage[point])
    said = float(trace.bias + sum(w * x ** (k + 1) for k, w in enumerate(trace.w)))
    parts: list[Part] = [
        quiet(POINT.format(k=point + 1).get(lang) + FITTED.get(lang)),
        say("ŷ = "),
        *_terms(trace, x),
        say(" = "),
        result(said),
    ]
    miss: list[Part] = [
        quiet(POINT.format(k=point + 1).get(lang)),
        say("y − ŷ = "),
        Part(f"{short(y)} − {_bracket(said)}", "strong"),
        say(" = "),
        number(y - said),
        quiet(SQUARE.get(lang)),
        result((y - said) ** 2),
        quiet(LEVERAGE.get(lang)),
        say("h = "),
        result(h),
    ]
    if h > 1 - 1e-6:
        miss.append(quiet(WHOLE.get(lang)))
    else:
        miss += [
            quiet(ALONE.get(lang)),
            say("(y − ŷ)/(1 − h) = "),
            result((y - said) / (1 - h)),
        ]
    return (tuple(parts), tuple(miss), _pair(ERRORS.format(d=d), trace.train[d], trace.valid[d], trace.df[d], lang))


def _terms(trace: PolyTrace, x: float) -> list[Part]:
    """b + w₁·x + w₂·x² …; of many terms the first two and the last two."""
    parts = [number(trace.bias)]
    d = len(trace.w)
    for k, w in enumerate(trace.w, 1):
        if d > 6 and k == 3:
            parts.append(say(" + …"))
        if d > 6 and 2 < k < d - 1:
            continue
        parts += [say(" + "), Part(f"{_bracket(float(w))}·{_bracket(x)}", "number", str(k) if k > 1 else "")]
    return parts


def _bracket(value: float) -> str:
    return f"({short(value)})" if value < 0 else short(value)


def _pair(head: Text, train: float, valid: float, df: float, lang: Lang) -> Formula:
    return (
        quiet(head.get(lang)),
        quiet(VALID.get(lang)),
        result(valid),
        say(" − "),
        quiet(TRAIN.get(lang)),
        result(train),
        quiet(GAP.get(lang)),
        Part(short(valid - train), "strong"),
        quiet(USED.get(lang)),
        result(df),
    )


def explain_folds(trace: PolyTrace, picked: int, lang: Lang) -> tuple[Formula, ...]:
    """The error of every fold, and their mean."""
    d, K = trace.params.degree, trace.params.folds
    seen = trace.cv_folds[d]
    parts: list[Part] = [quiet(FOLD.format(d=d, k=picked + 1).get(lang)), say("CV = (")]
    for k, error in enumerate(seen):
        parts += [say(" + ") if k else say(""), Part(short(error), "strong" if k == picked else "number")]
    parts += [say(f") / {K} = "), result(trace.cv[d])]
    error = float(seen.std(ddof=1) / np.sqrt(K))
    return (
        tuple(parts),
        (
            quiet(VALID.get(lang)),
            result(trace.valid[d]),
            quiet(SPREAD_CV.get(lang)),
            result(error),
            quiet(LEAST_CV.get(lang)),
            Part(str(int(np.argmin(trace.cv))), "result"),
        ),
    )


def explain_learning(trace: LearningTrace, row: int, lang: Lang) -> tuple[Formula, ...]:
    """The errors at one size."""
    sets = trace.train.shape[1]
    return (
        (
            quiet(LEARN.format(n=int(trace.sizes[row]), d=trace.params.degree).get(lang)),
            quiet(MEAN_TRAIN.format(r=sets).get(lang)),
            result(float(trace.train[row].mean())),
            quiet(MEDIAN.format(r=sets).get(lang)),
            result(float(np.median(trace.test[row]))),
            quiet(FLOOR.get(lang)),
            result(trace.params.noise**2),
        ),
    )


def explain_spread(trace: SpreadTrace, lang: Lang) -> tuple[Formula, ...]:
    """σ² + bias² + variance at the chosen degree, beside what is measured."""
    d = trace.params.degree
    return (
        (
            quiet(ERRORS.format(d=d).get(lang) + PARTS.get(lang)),
            Part(short(trace.noise2), "number"),
            say(" + "),
            Part(short(trace.bias2[d]), "number"),
            say(" + "),
            Part(short(trace.variance[d]), "strong"),
            say(" = "),
            result(trace.total[d]),
            quiet(MEASURED.get(lang)),
            result(trace.error[d]),
        ),
    )


def explain_net(trace: NetTrace, frame: int, point: int, lang: Lang) -> tuple[Formula, ...]:
    """Both losses at a frame, one point's share, the penalty, and what is used."""
    recording, p = trace.recording, trace.params
    t = int(recording.steps[frame])
    train, valid = float(recording.train_loss[frame]), float(recording.valid_loss[frame])
    losses: list[Part] = [
        quiet(STEP.format(t=t).get(lang)),
        quiet(VALID.get(lang)),
        result(valid),
        say(" − "),
        quiet(TRAIN.get(lang)),
        result(train),
        quiet(GAP.get(lang)),
        Part(short(valid - train), "strong"),
    ]
    if p.l2:
        fine = p.l2 / 2 * float(trace.size[frame]) ** 2
        losses += [
            quiet("   "),
            say(FINE.get(lang)),
            Part(f"{short(p.l2)}/2·{short(float(trace.size[frame]))}", "number", "2"),
            say(" = "),
            result(fine),
            quiet(OBJECTIVE.get(lang)),
            result(train + fine),
        ]
    z = float(recording.outputs(frame, trace.data.x[[point]])[0, 0])
    y = int(trace.data.y[point])
    chance = 1 / (1 + np.exp(-z)) if y else 1 / (1 + np.exp(z))
    one = (
        quiet(STEP.format(t=t).get(lang) + FRAME_POINT.format(k=point + 1, c=y).get(lang)),
        say(f"p(y={y}|x) = {'σ(z)' if y else 'σ(−z)'} = "),
        Part(f"σ({short(z if y else -z)})", "number"),
        say(" = "),
        number(chance),
        say(",   −ln p = "),
        result(float(np.logaddexp(0.0, -z if y else z))),
    )
    best = int(np.argmin(recording.valid_loss))
    used = (
        quiet(BEST.format(t=int(recording.steps[best])).get(lang)),
        result(float(recording.valid_loss[best])),
        quiet("   " + TEST_USED.format(t=trace.used).get(lang)),
        result(trace.valid_used),
        quiet(TEST.format(n=2000).get(lang)),
        Part(short(trace.test_used[0]), "strong"),
    )
    return tuple(losses), one, used


def explain_double(trace: DoubleTrace, at: int, lang: Lang) -> tuple[Formula, ...]:
    """One width: the error, the smallest s, and what it does to the noise."""
    p = trace.params
    width = int(trace.widths[at])
    one = problems(p.family, p.points, p.scatter, p.seed)[0]
    s = np.linalg.svd(one.Phi[:, :width] / scale_of(p.family, width), compute_uv=False)
    least = float(s[s > s[0] * 1e-13].min())
    state = FEW if width < p.points else JUST if width == p.points else MANY
    factor: list[Part] = [
        quiet(LEAST_S.get(lang)),
        result(least),
        quiet(FACTOR.get(lang)),
        Part(short(1 / least), "strong"),
    ]
    if p.ridge:
        factor += [quiet(RIDGED.get(lang)), result(least / (least**2 + p.ridge))]
    seeds = trace.test.shape[1]
    return (
        (
            quiet(WIDTH.format(p=width, n=p.points).get(lang)),
            quiet(ERROR.format(r=seeds).get(lang)),
            result(float(np.median(trace.test[0, :, at]))),
            quiet(NORM.get(lang)),
            result(float(np.median(trace.norm[0, :, at]))),
            quiet(state.get(lang)),
        ),
        tuple(factor),
    )

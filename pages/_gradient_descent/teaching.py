"""Questions that the race answers, and presets that show what breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from core.foundations import batch_lab
from core.foundations.batch_lab import BatchParams, BatchTrace
from core.foundations.descent_lab import DescentParams, DescentTrace, Run, run
from core.i18n import Text
from pages._gradient_descent.batches import put_state as put_batches
from pages._gradient_descent.race import put_state
from pages._shared import kit

BOWL: dict[str, Any] = {"surface": "own", "formula": "(x^2 + 25y^2)/2", "start": "-3; 1.8"}
STEEP: dict[str, Any] = {**BOWL, "formula": "50*(x^2 + 25y^2)"}
RIDGE: dict[str, Any] = {"surface": "saddle", "lg_rate": -0.9, "lg_rate_adaptive": -1.3}
VALLEY: dict[str, Any] = {"surface": "rosenbrock", "lg_rate": -3.1, "lg_rate_adaptive": -1.0, "steps": 2000}


def raced(**values: Any) -> DescentTrace:
    """A run of the lab that differs from its example by `values`."""
    found: DescentTrace = kit.cached(run, DescentParams(**values))
    return found


def left_saddle(one: Run) -> int:
    """The first step with |y| > ½, beyond the end when there is none."""
    gone = np.flatnonzero(np.abs(one.path[:, 1]) > 0.5)
    return int(gone[0]) if gone.size else len(one.path)


def apart(name: str) -> float:
    """How far one optimizer's ways over f and over 100·f are apart; infinite when one of them diverges."""
    plain, steep = raced(**BOWL).runs[name], raced(**STEEP).runs[name]
    return float("inf") if plain.lost >= 0 or steep.lost >= 0 else float(np.abs(plain.path - steep.path).max())


def first_lost() -> list[float]:
    """The smallest lg α of a grid at which SGD, momentum and Nesterov diverge on the ravine."""
    rates = [-1.3, -1.2, -1.05, -0.75]
    return [
        next(lg for lg in rates if raced(lg_rate=lg).runs[name].lost >= 0) for name in ("sgd", "momentum", "nesterov")
    ]


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the lab."""

    def show(values: dict[str, Any], runs: str, picked: str) -> Callable[[], None]:
        return lambda: put_state(page, values, runs, picked)

    def soonest() -> int:
        steps = [left_saddle(raced(**RIDGE).runs[name]) for name in ("sgd", "momentum", "rmsprop")]
        return steps.index(min(steps))

    def unmoved() -> int:
        same = {name: apart(name) < 1e-3 for name in ("sgd", "momentum", "adam")}
        return 2 if same["adam"] and not same["sgd"] else 0 if same["sgd"] else 1

    return (
        kit.Question(
            Text(
                "Make f a hundred times larger everywhere and keep α. Whose path stays the same?",
                "Умножим f на сто, а α оставим. Чей путь не изменится?",
            ),
            (Text("SGD", "SGD"), Text("momentum", "импульса"), Text("Adam", "Adam")),
            unmoved,
            lambda: Text(
                "Adam divides by the size of its own gradients: the two paths differ by {d:.0e}. SGD takes steps a "
                "hundred times longer and diverges at step {n}.",
                "Adam делит на величину собственных градиентов: пути расходятся не больше чем на {d:.0e}. Шаги SGD "
                "стали в сто раз длиннее, и он расходится на шаге {n}.",
            ).format(d=apart("adam"), n=raced(**STEEP).runs["sgd"].lost),
            show(STEEP, "sgd.adam", "adam"),
        ),
        kit.Question(
            Text(
                "On the ravine we raise α slowly, µ = 0.9. Which diverges first?",
                "В овраге медленно увеличиваем α, µ = 0,9. Кто разойдётся первым?",
            ),
            (Text("SGD", "SGD"), Text("momentum", "импульс"), Text("Nesterov", "Нестеров")),
            lambda: first_lost().index(min(first_lost())),
            lambda: Text(
                "The steepest curvature is 25. SGD holds out to α = 2/25 = 0.08, momentum to 2(1+µ)/25 = 0.152, "
                "Nesterov only to 2(1+µ)/(25(1+2µ)) = 0.054: looking ahead makes him faster, not safer.",
                "Самая большая кривизна — 25. SGD держится до α = 2/25 = 0,08, импульс — до 2(1+µ)/25 = 0,152, "
                "а Нестеров только до 2(1+µ)/(25(1+2µ)) = 0,054: взгляд вперёд делает его быстрее, но не надёжнее.",
            ),
            show({"lg_rate": -1.2}, "sgd.momentum.nesterov", "nesterov"),
        ),
        kit.Question(
            Text(
                "The race starts 0.002 from the ridge of a saddle. Who leaves it first?",
                "Старт — в 0,002 от гребня седла. Кто уйдёт с него первым?",
            ),
            (Text("SGD", "SGD"), Text("momentum", "импульс"), Text("RMSProp", "RMSProp")),
            soonest,
            lambda: Text(
                "RMSProp after {r} steps, momentum after {m}, SGD after {s}. Near the ridge the gradient along y is "
                "tiny; whoever divides by its size does not notice.",
                "RMSProp — за {r} шага, импульс — за {m}, SGD — за {s}. У гребня градиент по y крошечный, но тот, кто "
                "делит на его величину, этого не замечает.",
            ).format(
                r=left_saddle(raced(**RIDGE).runs["rmsprop"]),
                m=left_saddle(raced(**RIDGE).runs["momentum"]),
                s=left_saddle(raced(**RIDGE).runs["sgd"]),
            ),
            show(RIDGE, "sgd.momentum.rmsprop", "rmsprop"),
        ),
        kit.Question(
            Text(
                "Two thousand steps on Rosenbrock: Adam reaches the minimum (1, 1). Will AdamW with λ = 0.01 reach it "
                "too?",
                "Две тысячи шагов по Розенброку: Adam доходит до минимума (1, 1). Дойдёт ли AdamW с λ = 0,01?",
            ),
            (Text("yes, sooner", "да, и раньше"), Text("yes, later", "да, но позже"), Text("never", "никогда")),
            decayed,
            lambda: Text(
                "Adam ends at f = {a:.0e}, AdamW stands still at f = {w:.4f}: its pull to zero balances the slope.",
                "Adam заканчивает с f = {a:.0e}, AdamW замирает на f = {w:.4f}: тяга к нулю уравновесила склон.",
            ).format(a=float(raced(**VALLEY).runs["adam"].value[-1]), w=float(raced(**VALLEY).runs["adamw"].value[-1])),
            show(VALLEY, "adam.adamw", "adamw"),
        ),
        kit.Question(
            Text(
                "Real data, two passes, the same α = 0.1: who is farthest from the minimum at the end?",
                "Настоящие данные, два прохода, одна α = 0,1: кто в конце дальше всех от минимума?",
            ),
            (
                Text("one example a step", "один пример на шаг"),
                Text("32 examples a step", "32 примера на шаг"),
                Text("the whole set a step", "все данные на шаг"),
            ),
            farthest,
            lambda: Text(
                "Two passes are {n} steps for the one and {m} for the whole set. Its direction is exact, but it has "
                "hardly moved: L = {a:.2f} against {o:.2f}.",
                "Два прохода — это {n} шага по одному примеру и только {m} по всем данным. Направление точное, но с "
                "места он почти не сошёл: L = {a:.2f} против {o:.2f}.",
            ).format(
                n=int(fed().learners["one"].taken[-1]),
                m=int(fed().learners["all"].taken[-1]),
                a=float(fed().learners["all"].value[-1]),
                o=float(fed().learners["one"].value[-1]),
            ),
            lambda: put_batches(page, {}),
        ),
        kit.Question(
            Text(
                "BMI is no longer standardised (a mean of 2.6 in tens of kg/m²). What becomes of the largest α at "
                "which the whole set converges?",
                "ИМТ больше не стандартизован (среднее 2,6 в десятках кг/м²). Что станет с наибольшей α, при которой "
                "спуск по всем данным сходится?",
            ),
            (
                Text("nothing", "ничего"),
                Text("about 8 times smaller", "станет меньше примерно в 8 раз"),
                Text("about 8 times larger", "станет больше примерно в 8 раз"),
            ),
            tightened,
            lambda: Text(
                "2/λ₁ falls from {a:.2f} to {b:.2f}, and λ₁/λ₂ grows from 1 to {k:.0f}: the same data, the same line, "
                "but a bowl has become a ravine.",
                "2/λ₁ падает с {a:.2f} до {b:.2f}, а λ₁/λ₂ растёт с 1 до {k:.0f}: данные те же, прямая та же, "
                "но чаша превратилась в овраг.",
            ).format(
                a=float(2 / fed().curvatures[1]),
                b=float(2 / fed(is_standard=False).curvatures[1]),
                k=float(fed(is_standard=False).curvatures[1] / fed(is_standard=False).curvatures[0]),
            ),
            lambda: put_batches(page, {"is_standard": False, "epochs": 20}),
        ),
    )


def fed(**values: Any) -> BatchTrace:
    """A run over the real data that differs from its example by `values`."""
    found: BatchTrace = kit.cached(batch_lab.run, BatchParams(**values))
    return found


def farthest() -> int:
    """Who of one, 32 and all examples a step ends highest."""
    ends = [float(fed().learners[name].value[-1]) for name in ("one", "tick", "all")]
    return ends.index(max(ends))


def tightened() -> int:
    """What standardisation does to the largest α."""
    factor = fed(is_standard=False).curvatures[1] / fed().curvatures[1]
    return 1 if factor > 4 else 2 if factor < 1 / 4 else 0


def decayed() -> int:
    """Whether AdamW comes below f = 0.001 on Rosenbrock: sooner than Adam, later or not at all."""
    runs = raced(**VALLEY).runs
    adam, adamw = runs["adam"].first_below(1e-3), runs["adamw"].first_below(1e-3)
    if adamw is None:
        return 2
    return 0 if adam is None or adamw < adam else 1


PRESETS: tuple[tuple[kit.Preset, str, str], ...] = (
    (
        kit.Preset(
            Text("α just too large", "α чуть великовата"),
            {"lg_rate": -1.05},
            Text("SGD and Nesterov diverge, momentum holds", "SGD и Нестеров расходятся, импульс держится"),
        ),
        "sgd.momentum.nesterov",
        "sgd",
    ),
    (
        kit.Preset(
            Text("exactly on the ridge", "ровно на гребне"),
            {**RIDGE, "start": "-2.6; 0"},
            Text("without noise nobody leaves the saddle", "без шума с седла не уходит никто"),
        ),
        "sgd.momentum.rmsprop.adam",
        "sgd",
    ),
    (
        kit.Preset(
            Text("noise and a constant α", "шум и постоянная α"),
            {"sigma": 3.0, "steps": 500},
            Text("nobody settles; a cosine schedule cures it", "никто не успокоится; лечит косинусное расписание"),
        ),
        "sgd.momentum.rmsprop.adam",
        "sgd",
    ),
    (
        kit.Preset(
            Text("Adam without bias correction", "Adam без поправки"),
            {"notes": "no_correction"},
            Text("the first step is 3.2 times too long", "первый шаг в 3,2 раза длиннее"),
        ),
        "adam.adamw",
        "adam",
    ),
    (
        kit.Preset(
            Text("RMSProp without recursion", "RMSProp без рекурсии"),
            {"notes": "no_recursion"},
            Text("only the sign of the gradient is left", "от градиента остался один знак"),
        ),
        "rmsprop.adam",
        "rmsprop",
    ),
    (
        kit.Preset(
            Text("Rosenbrock, α = 0.003", "Розенброк, α = 0,003"),
            {"surface": "rosenbrock", "lg_rate": -2.5, "lg_rate_adaptive": -1.0},
            Text("three are off the map within five steps", "трое за пять шагов улетают с карты"),
        ),
        "sgd.momentum.nesterov.adam",
        "sgd",
    ),
    (
        kit.Preset(
            Text("an edge of the domain", "край области определения"),
            {"surface": "own", "formula": "x*log(x) + y^2", "start": "2.5; 2", "lg_rate": -0.3},
            Text("a step across x = 0, and f is no number", "шаг за x = 0 — и f уже не число"),
        ),
        "sgd.momentum.nesterov.adam",
        "momentum",
    ),
)


FED: tuple[kit.Preset, ...] = (
    kit.Preset(
        Text("real data, not standardised", "настоящие данные без стандартизации"),
        {"is_standard": False, "lg_batch_rate": -0.5, "epochs": 5},
        Text("α = 0.32 was fine, now everybody climbs", "α = 0,32 годилась, а теперь все лезут вверх"),
    ),
    kit.Preset(
        Text("one example, large α", "один пример, большая α"),
        {"lg_batch_rate": 0.0, "epochs": 5},
        Text("never settles; the whole set lands at once", "не успокоится никогда; по всем данным — попадание сразу"),
    ),
)


def breaks(page: kit.Page) -> None:
    """Failures as states of the lab."""
    st.markdown(page.say(BREAKS))
    with st.container(horizontal=True, gap="small"):
        for n, (preset, runs, picked) in enumerate(PRESETS):
            st.button(
                page.say(preset.name),
                key=f"_{page.key('preset')}_{n}",
                help=page.say(preset.why),
                on_click=put_state,
                args=(page, preset.values, runs, picked),
                type="tertiary",
            )
        for n, preset in enumerate(FED):
            st.button(
                page.say(preset.name),
                key=f"_{page.key('preset_fed')}_{n}",
                help=page.say(preset.why),
                on_click=put_batches,
                args=(page, preset.values),
                type="tertiary",
            )


BREAKS = Text(
    "Each button puts the race into a state where somebody fails; the map shows how, the arithmetic why.",
    "Каждая кнопка приводит гонку в состояние, где кто-то терпит неудачу: карта показывает как, расчёт — почему.",
)

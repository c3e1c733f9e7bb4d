"""Where the numbers of one remedy come from, written out: who is found, what the remedy does, what becomes of p."""

from __future__ import annotations

import numpy as np

from core.arithmetic import Formula, Part, number, quiet, say, write_number
from core.foundations.imbalance import TITLES, ImbalanceTrace, Result
from core.foundations.imbalance_fit import logit, sigmoid
from core.i18n import Lang, Text

OF_1000 = Text("of 1000 examples ", "из 1000 примеров ")
ARE_RARE = Text(" are {rare}: found ", " — {rare}: найдено ")
MISSED = Text(", missed ", ", пропущено ")
ALARMS = Text("; false alarms ", "; ложных тревог ")
PRECISION = Text("precision = ", "точность (precision) = ")
RECALL = Text("recall = ", "полнота (recall) = ")
ACCURACY = Text("accuracy = ", "доля верных (accuracy) = ")
NEVER = Text("   always the commoner class: ", "   всегда более частый класс: ")
NOTHING = Text("   nothing is called rare", "   редким не назван никто")
CORRECTED = Text("   prior correction, here for ", "   поправка на долю, здесь для ")
MEAN = Text("mean p ", "среднее p ")
TRUE_SHARE = Text("   and the truth is π′ = ", "   а на деле π′ = ")
LOSS = Text("   log loss ", "   log loss ")
DOES: dict[str, Text] = {
    "plain": Text("nothing is done: every example counts ", "ничего не делаем: каждый пример считается за "),
    "weights": Text("class weights: ", "веса классов: "),
    "over": Text("over-sampling: ", "оверсэмплинг: "),
    "under": Text("under-sampling: ", "андерсэмплинг: "),
    "smote": Text("the first invented example: ", "первый придуманный пример: "),
    "focal": Text("focal loss: an example counts (1 − p_t)^γ: ", "фокальная потеря: пример считается за (1 − p_t)^γ: "),
    "threshold": Text("yes from p ≥ π = ", "«да» при p ≥ π = "),
}
COPIES = Text(
    "   rare examples and their copies, as many as common ones", "   редкие и их копии: столько же, сколько частых"
)
DROPPED = Text(
    "   common examples left of {n}: as many as rare ones", "   столько частых осталось из {n}: сколько и редких"
)
SAME_AS = Text(
    "   a miss weighs as much as so many false alarms: (1 − π)/π = ",
    "   пропуск весит столько же, сколько ложных тревог: (1 − π)/π = ",
)
SURE = Text(
    "   a sure one, p_t = 0.9, against an unsure one, p_t = 0.5", "   уверенный, p_t = 0,9, и неуверенный, p_t = 0,5"
)
NONE_MADE = Text(
    "   the rare class is not the smaller one: nothing is invented", "   редкий класс не меньше: придумывать нечего"
)
COORDINATE = Text("   x + u·(x′ − x), first component", "   x + u·(x′ − x), первая компонента")


def explain(trace: ImbalanceTrace, name: str, lang: Lang) -> tuple[Formula, ...]:
    """The remedy `name`: its counts, its measures, what it does to the training, and the prior correction."""
    result = trace.of(name)
    is_corrected = abs(trace.use - result.recipe.trained_share) > 1e-9
    return (
        _counts(trace, result, lang),
        _ratio(RECALL, result.TP, (result.TP, result.FN), float(result.recall[0]), "TP / (TP + FN)", lang),
        _precision(result, lang),
        _f1(result),
        _accuracy(trace, result, lang),
        _doing(trace, result, lang),
        *((_correction(trace, result, lang),) if is_corrected else ()),
        _means(trace, result, lang),
    )


def _per_1000(share: float) -> Part:
    return number(1000 * share, 1)


def _counts(trace: ImbalanceTrace, result: Result, lang: Lang) -> Formula:
    rare = trace.sample.table.names[0]
    return (
        Part(TITLES[result.name].get(lang), "strong"),
        say(": "),
        say(OF_1000.get(lang)),
        _per_1000(trace.use),
        say(ARE_RARE.format(rare=rare).get(lang)),
        _per_1000(result.TP),
        say(MISSED.get(lang)),
        _per_1000(result.FN),
        say(ALARMS.get(lang)),
        _per_1000(result.FP),
    )


def _ratio(name: Text, top: float, bottom: tuple[float, float], value: float, symbols: str, lang: Lang) -> Formula:
    return (
        say(name.get(lang)),
        _per_1000(top),
        say(" / ("),
        _per_1000(bottom[0]),
        say(" + "),
        _per_1000(bottom[1]),
        say(") = "),
        number(value, kind="result"),
        quiet(f"   {symbols}"),
    )


def _precision(result: Result, lang: Lang) -> Formula:
    if np.isnan(result.precision[0]):
        return (say(PRECISION.get(lang)), say("0 / 0"), quiet(NOTHING.get(lang)))
    return _ratio(PRECISION, result.TP, (result.TP, result.FP), float(result.precision[0]), "TP / (TP + FP)", lang)


def _f1(result: Result) -> Formula:
    return (
        say("F₁ = 2·"),
        _per_1000(result.TP),
        say(" / (2·"),
        _per_1000(result.TP),
        say(" + "),
        _per_1000(result.FP),
        say(" + "),
        _per_1000(result.FN),
        say(") = "),
        number(float(result.f1[0]), kind="result"),
        quiet("   2·TP / (2·TP + FP + FN)"),
    )


def _accuracy(trace: ImbalanceTrace, result: Result, lang: Lang) -> Formula:
    return (
        say(ACCURACY.get(lang)),
        say("("),
        _per_1000(result.TP),
        say(" + "),
        _per_1000(result.TN),
        say(") / 1000 = "),
        number(result.accuracy, kind="result"),
        quiet(NEVER.get(lang)),
        number(trace.majority),
    )


def _doing(trace: ImbalanceTrace, result: Result, lang: Lang) -> Formula:
    """What the remedy does to the examples, with the numbers of this sample."""
    sample, recipe = trace.sample, result.recipe
    n, n_rare = len(sample.y), int(sample.y.sum())
    n_common = n - n_rare
    said = say(DOES[result.name].get(lang))
    if result.name == "plain":
        return (said, number(1))
    if result.name == "weights":
        parts: list[Part] = [said]
        for sign, count in (("₊", n_rare), ("₋", n_common)):
            parts += [say(f"c{sign} = {n} / (2·{count}) = "), number(n / (2 * count), kind="result"), say("   ")]
        return (*parts, quiet("n / (2·n_c)"))
    if result.name == "over":
        few, many = min(n_rare, n_common), max(n_rare, n_common)
        return (said, say(f"{few} + {many - few} = "), Part(str(many), "result"), quiet(COPIES.get(lang)))
    if result.name == "under":
        kept = min(n_rare, n_common)
        return (said, Part(str(kept), "result"), quiet(DROPPED.format(n=max(n_rare, n_common)).get(lang)))
    if result.name == "smote":
        if not len(recipe.made):
            return (say(DOES["smote"].get(lang)), quiet(NONE_MADE.get(lang)))
        x, other = (float(sample.Z[row, 0]) for row in recipe.parents[0])
        return (
            said,
            number(x),
            say(" + "),
            number(float(recipe.mixes[0])),
            say("·("),
            number(other),
            say(" − "),
            say(_bracket(x)),
            say(") = "),
            number(float(recipe.made[0, 0]), kind="result"),
            quiet(COORDINATE.get(lang)),
        )
    if result.name == "focal":
        gamma = f"{recipe.gamma:g}"
        return (
            said,
            Part("0.1", "number", gamma),
            say(" = "),
            number(0.1**recipe.gamma, 4, "result"),
            say("   "),
            Part("0.5", "number", gamma),
            say(" = "),
            number(0.5**recipe.gamma, 4, "result"),
            quiet(SURE.get(lang)),
        )
    return (
        said,
        number(recipe.threshold, kind="result"),
        quiet(SAME_AS.get(lang)),
        number((1 - sample.share) / sample.share, 1),
    )


def _bracket(value: float) -> str:
    text = write_number(value, 3)
    return f"({text})" if text.startswith("−") else text


def _correction(trace: ImbalanceTrace, result: Result, lang: Lang) -> Formula:
    """p′ of the test example whose p is nearest to ½."""
    at = int(np.abs(result.z).argmin())
    p, after = float(sigmoid(result.z[at : at + 1])[0]), float(sigmoid(result.corrected[at : at + 1])[0])
    r = float(np.exp(logit(trace.use) - logit(result.recipe.trained_share)))
    return (
        say("p′ = p·r / (p·r + 1 − p) = "),
        number(p),
        say("·"),
        number(r),
        say(" / ("),
        number(p),
        say("·"),
        number(r),
        say(" + "),
        number(1 - p),
        say(") = "),
        number(after, kind="result"),
        quiet(CORRECTED.get(lang) + f"p = {write_number(p, 3)};   r = [π′/(1 − π′)] / [π_s/(1 − π_s)],   π_s = "),
        number(result.recipe.trained_share),
    )


def _means(trace: ImbalanceTrace, result: Result, lang: Lang) -> Formula:
    return (
        say(MEAN.get(lang)),
        number(float(result.mean[0])),
        say(" → "),
        number(float(result.mean[1]), kind="result"),
        quiet(TRUE_SHARE.get(lang)),
        number(trace.use),
        quiet(LOSS.get(lang)),
        number(float(result.log_loss[0])),
        say(" → "),
        number(float(result.log_loss[1]), kind="result"),
    )

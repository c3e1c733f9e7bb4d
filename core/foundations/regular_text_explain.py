"""How much augmentation changes, what it risks and what it is worth, with the live numbers."""

from __future__ import annotations

from core.arithmetic import Formula, Part, number, quiet, say
from core.foundations.regular_text import DRAWS, TOPICS, TRIED, AugmentTrace
from core.foundations.regular_words import choices
from core.i18n import Lang, Text


def explain(trace: AugmentTrace, lang: Lang) -> tuple[Formula, ...]:
    """How many words are changed, the risk to the label, what the classifier gained."""
    p, n = trace.params, len(trace.tokens)
    if p.way == "delete":
        amount: Formula = (quiet(EACH.get(lang)), say(f"αL = {p.alpha:g}·{n} = "), number(p.alpha * n, 2, "result"))
    else:
        amount = (
            quiet(COUNT.get(lang)),
            say(f"n = max(1, round(αL)) = max(1, round({p.alpha:g}·{n})) = "),
            Part(str(max(1, round(p.alpha * n))), "result"),
        )
        if p.way != "swap":
            able = sum(bool(choices(trace.tokens, i, trace.lang)) for i in range(n))
            amount = (*amount, quiet(ABLE.format(n=able, m=n).get(lang)))
    risk: Formula = ()
    if p.way == "delete" and trace.negations:
        risk = (
            quiet(RISK.format(w=", ".join(trace.negations)).get(lang)),
            say("1 − "),
            Part(f"(1 − {p.alpha:g})", "plain", str(len(trace.negations) * p.copies)),
            say(" = "),
            number(trace.risk, 3, "strong"),
        )
    names = list(TRIED)
    mean = trace.accuracy.mean(1)
    k = names.index(p.way)
    gain: Formula = (
        quiet(GAIN.format(n=p.shots * len(TOPICS), m=int(trace.examples[k])).get(lang)),
        Part(f"{mean[0]:.1%} → ", "number"),
        Part(f"{mean[k]:.1%}", "result"),
        quiet(OVER.format(d=DRAWS, a=int(trace.vocabulary[0]), b=int(trace.vocabulary[k])).get(lang)),
    )
    return tuple(f for f in (amount, risk, gain) if f)


COUNT = Text("words to change:   ", "менять слов:   ")
EACH = Text("every word with probability α, on average   ", "каждое слово с вероятностью α, в среднем   ")
ABLE = Text("   (our lists know synonyms for {n} of {m})", "   (в наших списках есть синонимы для {n} из {m})")
RISK = Text(
    "at least one copy loses “{w}” and keeps the label:   ", "хотя бы одна копия потеряет «{w}», а метка останется:   "
)
GAIN = Text("classifier, {n} sentences → {m}:   ", "классификатор, предложений {n} → {m}:   ")
OVER = Text("   mean of {d} draws; different words {a} → {b}", "   среднее по выборкам ({d}); разных слов {a} → {b}")

"""Questions that the labs answer, and presets that show what breaks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import streamlit as st

from core.i18n import Text
from core.metrics import repetition_lab, surprisal_lab, units_lab
from core.metrics.repetition_lab import RepetitionParams
from core.metrics.sampling_lab import SamplingParams, SamplingTrace
from core.metrics.surprisal_lab import SurpriseParams
from core.metrics.units_lab import UnitsParams
from core.params import Params
from pages._generation_metrics.sampling import trace_of
from pages._shared import kit

STRANGER = Text("In the evening the cat sat by the synchrophasotron.", "Вечером кошка сидела у синхрофазотрона.")
AGAIN = Text(
    "very very very very very very very very very very very very very very very very very very very very",
    "очень очень очень очень очень очень очень очень очень очень очень очень очень очень очень очень очень "
    "очень очень очень",
)
SALAD = Text("Window the by sat cat the evening the in.", "Автобус ждала и окна у сидела кошка вечером.")


def questions(page: kit.Page) -> tuple[kit.Question, ...]:
    """Answers come from runs of the labs."""

    def opener(lab: str, cls: type[Params], values: dict[str, Any]) -> Callable[[], None]:
        def put() -> None:
            forget(page)
            page.open_lab().set(lab)
            kit.apply(page.slug, cls, values, page.lang)

        return put

    def surprise(**values: Any) -> surprisal_lab.SurpriseTrace:
        return kit.cached(surprisal_lab.run, SurpriseParams.default(page.lang).model_copy(update=values))

    def written(**values: Any) -> SamplingTrace:
        return kit.cached(trace_of, SamplingParams.default(page.lang).model_copy(update=values))

    def both() -> units_lab.UnitsTrace:
        return kit.cached(units_lab.run, UnitsParams.default(page.lang))

    def dull(text: str) -> float:
        return kit.cached(repetition_lab.run, RepetitionParams(output=text, order=1)).chosen.value

    once = page.say(repetition_lab.EXAMPLE)

    def greedy() -> SamplingTrace:
        return written(temperature=0.0)

    def warm() -> SamplingTrace:
        return written(temperature=1.0)

    return (
        kit.Question(
            Text(
                "Always take the likeliest token (T = 0) in place of sampling at T = 1. What happens to perplexity and "
                "Distinct-2 of the text?",
                "Будем всегда брать самый вероятный токен (T = 0) вместо выбора при T = 1. Что станет с перплексией и "
                "Distinct-2 текста?",
            ),
            (
                Text("both get better", "оба станут лучше"),
                Text("perplexity gets better, Distinct-2 collapses", "перплексия станет лучше, Distinct-2 рухнет"),
                Text("both get worse", "оба станут хуже"),
            ),
            lambda: {(True, True): 0, (True, False): 1, (False, False): 2}.get(
                (greedy().score.value < warm().score.value, greedy().distinct[1].value > warm().distinct[1].value), 2
            ),
            lambda: Text(
                "Perplexity {a:.1f} → {b:.1f}, Distinct-2 {c:.2f} → {d:.2f}: the text loops, and nothing surprises a "
                "model less than what it has just said.",
                "Перплексия {a:.1f} → {b:.1f}, Distinct-2 {c:.2f} → {d:.2f}: текст зациклился, а для модели нет ничего "
                "менее неожиданного, чем только что сказанное.",
            ).format(
                a=warm().score.value, b=greedy().score.value, c=warm().distinct[1].value, d=greedy().distinct[1].value
            ),
            opener("sampling", SamplingParams, {"temperature": 0.0}),
        ),
        kit.Question(
            Text(
                "A word model and a character model score the same sentence. Whose perplexity per token is lower, and "
                "which model needs fewer bits for the text?",
                "Модель слов и модель символов оценивают одно предложение. У кого ниже перплексия на токен и кому "
                "нужно меньше бит на весь текст?",
            ),
            (
                Text("characters, and characters", "у символов, и им же"),
                Text("characters, but words need fewer bits", "у символов, но бит меньше нужно словам"),
                Text("words, and words", "у слов, и им же"),
            ),
            lambda: (
                2 if both().words.value < both().chars.value else 1 if both().words.total < both().chars.total else 0
            ),
            lambda: Text(
                "Perplexity per token {a:.1f} and {b:.1f}, bits per character {c:.2f} and {d:.2f} (words, characters). "
                "One guess among few letters is easy, but there are many of them: only the last pair can be compared.",
                "Перплексия на токен {a:.1f} и {b:.1f}, бит на символ {c:.2f} и {d:.2f} (слова, символы). Угадать одну "
                "букву из немногих легко, но букв много: сравнивать можно только последнюю пару.",
            ).format(
                a=both().words.value,
                b=both().chars.value,
                c=both().words.bits_per_char,
                d=both().chars.bits_per_char,
            ),
            opener("units", UnitsParams, {}),
        ),
        kit.Question(
            Text(
                "A model without smoothing meets one word that it has never seen. What is the perplexity of the text?",
                "Модель без сглаживания встречает одно слово, которого никогда не видела. Какой станет перплексия "
                "текста?",
            ),
            (
                Text("a little higher", "чуть выше"),
                Text("about ten times higher", "раз в десять выше"),
                Text("infinite", "бесконечной"),
            ),
            lambda: 2 if math.isinf(surprise(text=page.say(STRANGER), smoothing="mle").score.value) else 0,
            lambda: Text(
                "p = 0, −log₂ 0 = ∞, and a mean with one ∞ in it is ∞. With Kneser–Ney the same text has {b:.1f}.",
                "p = 0, −log₂ 0 = ∞, а среднее, в котором есть ∞, — это ∞. С Кнезером — Неем у того же текста {b:.1f}.",
            ).format(b=surprise(text=page.say(STRANGER)).score.value),
            opener("", SurpriseParams, {"text": page.say(STRANGER), "smoothing": "mle"}),
        ),
        kit.Question(
            Text(
                "The same text is written down twice in a row. What happens to its Distinct-1?",
                "Один и тот же текст записан два раза подряд. Что станет с его Distinct-1?",
            ),
            (
                Text("it stays", "не изменится"),
                Text("it halves exactly", "станет ровно вдвое меньше"),
                Text("it falls a little", "немного снизится"),
            ),
            lambda: (
                1
                if math.isclose(dull(f"{once} {once}") * 2, dull(once))
                else 0
                if math.isclose(dull(f"{once} {once}"), dull(once))
                else 2
            ),
            lambda: Text(
                "{a:.3f} → {b:.3f}: the words are the same, the tokens are twice as many. Compare Distinct only at "
                "equal lengths.",
                "{a:.3f} → {b:.3f}: слова те же, а токенов вдвое больше. Сравнивать Distinct можно только при равной "
                "длине.",
            ).format(a=dull(once), b=dull(f"{once} {once}")),
            opener("repeats", RepetitionParams, {"output": f"{once} {once}", "order": 1}),
        ),
    )


def forget(page: kit.Page) -> None:
    """What was picked in one text means nothing in another."""
    for name in ("token", "word", "drawn", "gram"):
        page.remember(f"{name}_now").clear()


def breaks(page: kit.Page) -> None:
    """Failures as states of the labs."""
    st.markdown(page.say(BREAKS))

    def opened(lab: str) -> Callable[[], None]:
        def open_it() -> None:
            forget(page)
            page.open_lab().set(lab)

        return open_it

    for lab, cls, presets in PRESETS:
        kit.presets(page.slug, cls, page.lang, presets, before=opened(lab))


PRESETS: tuple[tuple[str, type[Params], tuple[kit.Preset, ...]], ...] = (
    (
        "sampling",
        SamplingParams,
        (
            kit.Preset(
                Text("greedy loop: T = 0", "жадная петля: T = 0"),
                {"temperature": 0.0},
                Text(
                    "the lowest perplexity, and the text runs in circles",
                    "перплексия намного ниже, чем у рассказа человека, а текст ходит кругами",
                ),
            ),
            kit.Preset(
                Text("top-k = 1 at T = 2", "top-k = 1 при T = 2"),
                {"top_k": 1, "temperature": 2.0},
                Text("one candidate left: the temperature does nothing", "кандидат один: температура ничего не меняет"),
            ),
            kit.Preset(
                Text("fever: T = 2", "жар: T = 2"),
                {"temperature": 2.0},
                Text("Distinct is nearly 1, and so is the nonsense", "Distinct почти 1, а текст — бессмыслица"),
            ),
            kit.Preset(
                Text("fever cut to top-p = 0.5", "жар, но top-p = 0,5"),
                {"temperature": 2.0, "top_p": 0.5},
                Text(
                    "the tail is cut after the temperature has fed it",
                    "хвост отрезан, но температура успела его откормить",
                ),
            ),
            kit.Preset(
                Text("n = 1: no context", "n = 1: без контекста"),
                {"n": 1, "temperature": 0.0},
                Text("the commonest token for ever", "самый частый токен, и так до конца"),
            ),
        ),
    ),
    (
        "",
        SurpriseParams,
        (
            kit.Preset(
                Text("unseen word, no smoothing", "незнакомое слово без сглаживания"),
                {"text": STRANGER, "smoothing": "mle"},
                Text("one 0 makes the perplexity infinite", "один ноль — и перплексия бесконечна"),
            ),
            kit.Preset(
                Text("add 1", "плюс один"),
                {"smoothing": "add_k", "k": 1.0},
                Text("nearly all of the mass goes to what never came", "почти вся масса уходит тому, чего не было"),
            ),
            kit.Preset(
                Text("word salad", "слова вперемешку"),
                {"text": SALAD},
                Text("the words are known, the order is the surprise", "слова знакомы, неожидан порядок"),
            ),
        ),
    ),
    (
        "units",
        UnitsParams,
        (
            kit.Preset(
                Text("<unk> for free", "<unk> задаром"),
                {"text": STRANGER, "is_spelled": False},
                Text(
                    "the word model looks better, as it skips the word",
                    "модель слов выглядит лучше: слово она пропустила",
                ),
            ),
            kit.Preset(
                Text("<unk> spelled out", "<unk> по буквам"),
                {"text": STRANGER},
                Text("the same text, paid in full", "тот же текст, оплаченный полностью"),
            ),
        ),
    ),
    (
        "repeats",
        RepetitionParams,
        (
            kit.Preset(
                Text("one word for ever", "одно слово без конца"),
                {"output": AGAIN, "order": 1},
                Text("Distinct-1 is 1/20", "Distinct-1 равен 1/20"),
            ),
            kit.Preset(
                Text("too short to judge", "слишком короткий текст"),
                {"output": Text("Yes.", "Да."), "order": 2},
                Text("Distinct is 1: a short text always wins", "Distinct равен 1: короткий текст всегда выигрывает"),
            ),
        ),
    ),
)
BREAKS = Text(
    "Each button puts a lab into a state where a metric says one thing and the text another.",
    "Каждая кнопка приводит лабораторию в состояние, где метрика говорит одно, а текст — другое.",
)

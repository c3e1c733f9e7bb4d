"""Scores, watched term by term. One module a family; each function returns a frozen trace with `.value`.

    classification  accuracy, precision, recall, F, ROC, precision–recall, calibration, prevalence, agreement
    entities        named entities: decoding of tags, F1, exact match, partial credit, kinds of error
    language        perplexity and surprisal, Distinct-N, repetition
    answers         question answering: exact match and token F1, every normalisation step kept
    ranking         reciprocal rank, hits@k, nDCG

Import the module you need: nothing is imported here but what all of them share. Beside the scores, every module has
`reference(trace)`, the same number from the library that the field trusts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.errors import Refusal
from core.i18n import Text


def refuse_unless_known(option: str, value: object, known: Sequence[object]) -> None:
    """Every switch of a metric has a few named values.

    Raises
    ------
    Refusal
        If `value` is not among them; the sentence lists them.
    """
    if value not in known:
        raise Refusal(
            Text("{option} must be one of: {known}.", "{option} — одно из: {known}.").format(
                option=option, known=", ".join(map(str, known))
            )
        )


def refuse_unless_zero_division(value: float) -> None:
    """What 0/0 becomes: 0, 1, or NaN, which leaves it out of an average. Raises Refusal for anything else."""
    if not (value in (0, 1) or math.isnan(value)):
        refuse_unless_known("zero_division", value, (0, 1, math.nan))


def refuse_above(what: Text, count: int, most: int) -> None:
    """Inputs are capped before any work is done on them.

    Raises
    ------
    Refusal
        If there are more than `most`. `what` names them in the plural (Russian: genitive), as in "labels", «меток».
    """
    if count > most:
        raise Refusal(
            Text(
                "{count} {what} are too many: at most {most} can be scored at once.",
                "Слишком много {what}: {count}. За один раз можно оценить не больше {most}.",
            ).format(what=what, count=count, most=most)
        )

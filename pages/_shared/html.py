"""The few lines of HTML the kit writes itself. Every value passes through `escape`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from core.arithmetic import Formula
from core.i18n import Lang
from core.verify import Check
from pages._shared import words


def formula_html(formulas: Sequence[Formula]) -> str:
    """Formulas as paragraphs; the picked term and the result are marked by more than colour (a frame, bold)."""
    lines = []
    for formula in formulas:
        parts = []
        for part in formula:
            power = f"<sup>{escape(part.power)}</sup>" if part.power else ""
            parts.append(f'<span class="v-f-{part.kind}">{escape(part.text)}{power}</span>')
        lines.append(f'<p class="v-formula">{"".join(parts)}</p>')
    return "".join(lines)


def write_difference(value: float) -> str:
    """4.4e-16 → 4·10⁻¹⁶; 0 → 0."""
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}·10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def line_html(checks: Sequence[Check], signature: str, lang: Lang) -> str:
    """The reference check and the signature as one line."""
    marks = []
    for check in checks:
        verdict = words.CHECK_GOOD if check.passed else words.CHECK_BAD
        told = verdict.format(library=check.library, version=check.version).get(lang)
        tone = "v-ok" if check.passed else "v-bad"
        marks.append(
            f'<span class="v-check {tone}" title="{escape(told)} (≤ {check.tolerance:g})">'
            f"{'✓' if check.passed else '✗'} {escape(check.what.get(lang))} · "
            f"{escape(check.library)} {escape(check.version)} · max |Δ| {write_difference(check.difference)}</span>"
        )
    if not marks:
        marks.append(f'<span class="v-check">{escape(words.NO_CHECK.get(lang))}</span>')
    return f'<p class="v-line">{"".join(marks)}<span class="v-signature">{escape(signature)}</span></p>'

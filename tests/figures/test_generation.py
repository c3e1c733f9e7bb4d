"""Pictures of the generation metrics: what the browser is given is what the trace holds."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from core.figures import generation as pictures
from core.i18n import LANGS, Lang
from core.metrics import repetition_lab, sampling_lab, surprisal_lab, units_lab
from core.metrics.repetition_lab import RepetitionParams
from core.metrics.sampling_lab import TEMPERATURES, SamplingParams
from core.metrics.surprisal_lab import SurpriseParams
from core.metrics.units_lab import UnitsParams

HOSTILE = "<b>x</b> & 👩 <unk> the cat"


def is_json(data: object) -> bool:
    """The bridge to the browser takes no NaN and no infinity."""
    return bool(json.dumps(data, allow_nan=False))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("values", [{}, {"smoothing": "mle"}, {"unit": "characters"}, {"text": HOSTILE}], ids=str)
def test_the_strip_and_the_guesses_say_the_trace(lang: Lang, values: dict[str, str]) -> None:
    trace = surprisal_lab.run(SurpriseParams.default(lang).model_copy(update=values))
    strip = pictures.surprise_strip(trace, lang)
    steps = pictures.surprise_guesses(trace, lang)
    assert is_json([strip, steps, pictures.surprise_cards(trace, lang)])
    for i, (chip, step) in enumerate(zip(strip, steps, strict=True)):
        bits = trace.score.surprisal[i]
        assert chip["at"] == i
        assert chip["number"] == ("∞" if math.isinf(bits) else f"{bits:.1f}")
        assert 0 <= chip["share"] <= 1
        assert (chip["kind"] == "impossible") == math.isinf(bits)
        came = [row for row in step["rows"] if row["it"]]
        assert len(came) == 1
        assert came[0]["word"].replace("␣", " ") == trace.tokens[i]
        p = math.exp(trace.score.log_probs[i])
        # A word that the model does not know has the place of <unk>, under its own name.
        assert came[0]["p"] == pytest.approx(p, abs=1e-4)
    assert pictures.surprise_cards(trace, lang)[0]["value"] in ("∞", f"{trace.score.value:.2f}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_running_curve_ends_at_the_perplexity_of_the_text(theme: str) -> None:
    trace = surprisal_lab.run(SurpriseParams())
    line, mark = pictures.running_curve(trace, 4, theme=theme, lang="en").data  # type: ignore[arg-type]
    assert line.y[-1] == pytest.approx(trace.score.value, rel=1e-6)
    assert line.customdata.tolist() == list(range(len(trace.tokens)))
    assert (mark.x[0], mark.y[0]) == (5, pytest.approx(trace.score.running[4]))


def test_the_running_curve_stops_where_the_perplexity_is_infinite() -> None:
    trace = surprisal_lab.run(SurpriseParams(smoothing="mle"))
    figure = pictures.running_curve(trace, len(trace.tokens) - 1, theme="light", lang="en")
    (line,) = figure.data
    first = trace.impossible()[0]
    assert np.isfinite(line.y[:first]).all()
    assert np.isnan(line.y[first:]).all()
    assert "∞" in figure.layout.annotations[0].text
    assert figure.layout.annotations[0].x == first + 1


@pytest.mark.parametrize("text", [None, HOSTILE])
def test_words_and_their_characters_are_linked(text: str | None) -> None:
    params = UnitsParams.default("ru").model_copy(update={"text": text} if text else {})
    trace = units_lab.run(params)
    words, chars = pictures.word_strip(trace, "ru"), pictures.char_strip(trace, "ru")
    for word in words:
        spelled = "".join(c["text"] for c in chars if c["at"] == word["at"])
        assert spelled.lstrip("␣") == word["text"]
    table = pictures.units_table(trace, "ru")
    assert is_json([words, chars, table])
    best = min((trace.words, trace.chars), key=lambda s: s.bits_per_char)
    assert table["rows"][table["best"]][-1] == f"{best.bits_per_char:.3f}"
    bars = pictures.units_bars(trace, 1, theme="light", lang="ru")
    assert bars.data[1].y.sum() == pytest.approx(trace.chars.total, rel=1e-5)
    assert not any("<" in label.replace("<b>", "").replace("</b>", "") for label in bars.layout.xaxis.ticktext)
    assert sum(label.startswith("<b>") for label in bars.layout.xaxis.ticktext) == 1


@pytest.mark.parametrize(
    "values", [{}, {"temperature": 0.0}, {"top_k": 2}, {"temperature": 2.0, "top_p": 0.3}], ids=str
)
def test_candidates_say_what_was_cut_and_what_was_drawn(values: dict[str, float]) -> None:
    trace = sampling_lab.run(SamplingParams(**values))  # type: ignore[arg-type]
    strip, steps = pictures.sampling_strip(trace, "en"), pictures.sampling_guesses(trace, "en")
    assert is_json([strip, steps, pictures.sampling_cards(trace, "en")])
    assert [chip["at"] for chip in strip] == [-1, -1, *range(60)]
    for step, token, q in zip(steps, trace.tokens, trace.q, strict=True):
        came = [row for row in step["rows"] if row["it"]]
        assert [row["word"] for row in came] == [token]
        assert came[0]["q"] == pytest.approx(q, abs=1e-4)
        assert not came[0]["cut"]
        assert all(row["q"] == 0 for row in step["rows"] if row["cut"])
        assert len(step["rows"]) in (9, 10)
        assert sum(row["apart"] for row in step["rows"]) == (len(step["rows"]) == 10)
    loop = [card for card in pictures.sampling_cards(trace, "en") if card["name"] == "loop at the end"]
    assert bool(loop) == bool(trace.repeats.loop)


def test_the_curves_carry_the_temperature_to_click_and_the_present_text() -> None:
    trace = sampling_lab.run(SamplingParams(temperature=1.3))
    figure = pictures.perplexity_curve(trace, theme="light", lang="en")
    line, now, people = figure.data
    assert [float(t) for t in line.customdata] == list(TEMPERATURES)
    assert (now.x[0], now.y[0]) == (1.3, pytest.approx(trace.score.value))
    assert set(people.y) == {trace.people}
    shares = pictures.diversity_curves(trace, theme="dark", lang="ru").data
    assert len(shares) == 5
    assert list(shares[-1].y) == [*(d.value for d in trace.distinct), trace.repeats.value]
    own = sampling_lab.run(SamplingParams(own="the cat sat on the mat and the dog sat on the cat " * 3))
    assert own.people is None
    assert len(pictures.perplexity_curve(own, theme="light", lang="en").data) == 2


@pytest.mark.parametrize("order", [1, 2, 4])
def test_a_repeated_ngram_lights_all_its_places(order: int) -> None:
    trace = repetition_lab.run(RepetitionParams.default("ru").model_copy(update={"order": order}))
    strip = pictures.repetition_strip(trace, "ru")
    assert is_json([strip, pictures.repetition_cards(trace, "ru")])
    grams = trace.grams()
    for i, gram in enumerate(grams):
        assert strip[i]["number"] == f"×{grams.count(gram)}"
        lit = {k for j, other in enumerate(grams) if other == gram for k in range(j, j + order)}
        assert set(strip[i]["also"]) == lit
    bars = pictures.gram_bars(trace, trace.at(""), theme="light", lang="ru").data[0]
    assert bars.x[0] == trace.counts.max()
    assert all(grams[i] == gram for i, (gram, _) in zip(bars.customdata, trace.chosen.counts, strict=False))
    growth = pictures.growth_curves(trace, theme="dark", lang="en").data
    assert [line.y[-1] for line in growth] == pytest.approx([d.value for d in trace.distinct], rel=1e-6)
    assert max(growth, key=lambda line: line.line.width).name == f"Distinct-{order}"


def test_a_text_without_ngrams_has_empty_pictures() -> None:
    trace = repetition_lab.run(RepetitionParams(output="Yes", order=4))
    assert pictures.repetition_strip(trace, "en")[0]["number"] == ""
    assert len(pictures.gram_bars(trace, 0, theme="light", lang="en").data) == 0
    assert is_json(pictures.repetition_cards(trace, "en"))


@pytest.mark.parametrize(
    ("p", "shown"), [(0.0, "0"), (0.0001, "< .001"), (0.0005, "0.001"), (0.5, "0.500"), (1.0, "1.000")]
)
def test_small_probabilities_are_written_short(p: float, shown: str) -> None:
    assert pictures.write_share(p) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(2.5, "2.50"), (9999.4, "9999.40"), (48293.99, "48\u202f294"), (4e8, "4.0e8"), (math.inf, "∞")]
)
def test_large_perplexities_are_written_apart(value: float, shown: str) -> None:
    assert pictures.write_large(value, 2) == shown

"""The tokenization room: every bound, hostile text, presets, questions, comparison, own data, figures."""

import json

import numpy as np
import pytest

from core.arithmetic import Cell
from core.figures.tokenization import (
    cost_bars,
    cuts_data,
    forms_data,
    glyphs_data,
    judged_bars,
    languages_data,
    stops_data,
    trade_off,
)
from core.params import Params
from core.text import cost_lab, sentence_lab, tokenization_lab, unicode_lab
from core.text.cost_lab import CostParams
from core.text.sentence_lab import SentenceParams
from core.text.tokenization_lab import TokenizationParams
from core.text.tokenizers_all import KINDS, show
from core.text.unicode_lab import UnicodeParams
from pages._tokenization import teaching
from tests.pages.helpers import HOSTILE, extremes, html_of

SLUG = "tokenization"
LABS: dict[str, type[Params]] = {
    "": TokenizationParams,
    "unicode": UnicodeParams,
    "sentences": SentenceParams,
    "costs": CostParams,
}
CASES = [(lab, cls, name, value) for lab, cls in LABS.items() for name, value in extremes(cls)]
SCIENCE = {"": tokenization_lab, "unicode": unicode_lab, "sentences": sentence_lab, "costs": cost_lab}
SWITCHES = {"": {"size": 200}, "unicode": {"fold": True}, "sentences": {"gap": False}, "costs": {"payer": "bytes"}}


def address(**values: object) -> dict[str, str]:
    return {f"{SLUG}_{name}": str(value) for name, value in values.items()}


@pytest.mark.parametrize(("lab", "cls", "field", "value"), [c for c in CASES if c[2] != "own"])
def test_every_bound_agrees_with_the_libraries(lab, cls, field, value):
    science = SCIENCE[lab]
    trace = science.run(cls(**{**cls.defaults("ru"), field: value}))
    assert all(check.passed for check in science.reference(trace))
    assert science.explain(trace, trace.cell(""), "en")
    assert all(np.isfinite(table.values).all() for table in science.tables(trace))


@pytest.mark.parametrize(
    ("lab", "cls", "field", "value"), [c for c in CASES if isinstance(c[3], str) and len(c[3]) > 9]
)
def test_longest_texts_open(visit, lab, cls, field, value):
    room = visit(SLUG, "ru", **address(lab=lab, **{field: value}))
    assert not room.exception
    assert not room.error
    assert "v-check v-bad" not in html_of(room)
    assert bool(room.warning) == (field == "own")


@pytest.mark.parametrize(
    ("lab", "field"),
    [
        ("", "sentence"),
        ("", "own"),
        ("unicode", "glyphs"),
        ("unicode", "against"),
        ("sentences", "passage"),
        ("sentences", "never"),
        ("costs", "forms"),
    ],
)
def test_hostile_text_is_a_state_or_a_sentence(visit, lab, field):
    room = visit(SLUG, "en", **address(lab=lab))
    for typed in HOSTILE.values():
        next(f for f in (*room.text_input, *room.text_area) if f.key == f"{SLUG}_{field}").set_value(typed)
        room.run()
        assert not room.exception, typed
        assert not room.error, typed
        assert "v-check v-bad" not in html_of(room), typed
        assert "<script>alert" not in html_of(room)
        assert "<img src=x" not in html_of(room)


@pytest.mark.parametrize("lab", LABS)
def test_illegal_values_in_the_address_fall_back(visit, lab):
    broken = {
        "cuts_now_pick": "bytes.9999.0",
        "glyphs_now_pick": "after.0.99",
        "stops_now_pick": "stop.x.0",
        "costs_now_pick": "lang.77.0",
        "learnt": "<b>",
        "form": "NFX",
        "size": "7",
        "payer": "drop",
        "section": "nowhere",
        f"A_{LABS[lab].__name__}": "{broken",
    }
    room = visit(SLUG, **address(lab=lab, **broken))
    assert not room.exception
    assert not room.error


def test_the_pick_drives_the_arithmetic(visit):
    assert "BPE, bytes" in html_of(visit(SLUG, **address(cuts_now_pick="byte_bpe.1.0")))
    assert "U+1F469" in html_of(visit(SLUG, **address(lab="unicode", glyphs_now_pick="before.12.0")))
    assert "a single capital" in html_of(visit(SLUG, **address(lab="sentences", stops_now_pick="stop.1.0")))
    assert "n(Hindi)" in html_of(visit(SLUG, **address(lab="costs", costs_now_pick="lang.7.0")))


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_failure_opens_its_lab(visit, lang):
    count = sum(len(offers) for _, _, offers in teaching.STATES)
    room = visit(SLUG, lang, **address(section="breaks"))
    for n in range(count):
        offers = [b for b in room.button if "_preset_" in b.key]
        assert len(offers) == count
        offers[n].click().run()
        assert not room.exception
        assert not room.error
        assert not room.warning
        assert "v-check v-bad" not in html_of(room)


def state(preset, cls, lang):
    values = {k: v.get(lang) if hasattr(v, "get") else v for k, v in preset.values.items()}
    return cls.default(lang).model_copy(update=values)


def test_presets_show_what_they_say():
    for lang in ("en", "ru"):
        code, chinese, russian, torn, capitals = (
            tokenization_lab.run(state(p, TokenizationParams, lang)) for p in teaching.CUTS
        )
        assert not code.of("spaces").is_lossless
        assert len(chinese.of("spaces").ids) == 1
        lossy = [made.kind for made in russian.cuts if not made.is_lossless]
        assert {"bpe", "wordpiece", "unigram"} <= set(lossy)
        assert {"bytes", "byte_bpe"}.isdisjoint(lossy)
        assert len(torn.of("words").pieces) == 2
        assert torn.of("counted").pieces == ("мои", "чаи", "ник")
        spelt = set(capitals.of("words").pieces)
        assert len(spelt) == 3 * len({word.lower() for word in spelt})

        letter, twins, hidden, flags, sharp = (unicode_lab.run(state(p, UnicodeParams, lang)) for p in teaching.GLYPHS)
        ladders = [[name for name, _, is_equal in t.ladder if is_equal] for t in (letter, twins, hidden, flags, sharp)]
        assert [ladder[0] if ladder else "" for ladder in ladders] == ["NFC", "twins", "hidden", "", "fold"]
        assert twins.mixed
        # Without its first letter the row of flags pairs anew.
        assert set(flags.before_clusters).isdisjoint(unicode_lab.read_points(flags.params.glyphs[1:]))

        plain, capital, name, unlisted = (sentence_lab.run(state(p, SentenceParams, lang)) for p in teaching.STOPS)
        assert any(text.endswith("3.") for text in [plain.params.passage[a:b] for a, b in plain.spans])
        assert len(capital.spans) == 1
        assert name.candidates[0].reason == "tail"
        assert len(unlisted.spans) > 1

        paid, lost, forms = (cost_lab.run(state(p, CostParams, lang)) for p in teaching.COSTS)
        assert paid.premium[1] > 1.5
        assert lost.lost.any()
        assert forms.pieces[:, 1].mean() > 4


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize(("n", "right"), [(0, 1), (1, 2), (2, 0), (3, 2), (4, 1)])
def test_questions_are_graded_by_the_labs(visit, lang, n, right):
    room = visit(SLUG, lang, **address(section="predict"))
    room.radio[n].set_value(right).run()
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_commit").click().run()
    assert room.success
    assert not room.exception
    next(b for b in room.button if b.key == f"_{SLUG}_question_{n}_show").click().run()
    assert not room.exception
    assert not room.warning


@pytest.mark.parametrize("lab", LABS)
@pytest.mark.parametrize("stage", ["lab", "figures"])
def test_every_stage_has_its_views(visit, lab, stage):
    room = visit(SLUG, "en", stage=stage, **address(lab=lab))
    assert not room.exception
    assert "v-check v-ok" in html_of(room)


@pytest.mark.parametrize("lab", LABS)
def test_compare_shows_both_runs(visit, lab):
    room = visit(SLUG, **address(lab=lab, **{f"A_{LABS[lab].__name__}": json.dumps(SWITCHES[lab])}))
    assert not room.exception
    assert "A · kept" in " ".join(caption.value for caption in room.caption)


def test_own_file_becomes_the_text_to_learn_from(visit):
    room = visit(SLUG, "en")
    text = "the cat sat on the mat and the dog ran to the cat " * 20
    room.file_uploader[0].upload("mine.txt", text.encode(), "text/plain").run()
    assert not room.exception
    assert "learnt from own" in html_of(room)
    other = visit(SLUG, "en")
    other.file_uploader[0].upload("mine.txt", b"\xff\xfe\x00", "text/plain").run()
    assert any("UTF" in warning.value for warning in other.warning)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_figures_stand_where_the_traces_say(theme, lang):
    cuts = tokenization_lab.run(TokenizationParams.default(lang))
    figure = trade_off(cuts, theme=theme, lang=lang)
    assert sum(len(trace.x) for trace in figure.data) == len(KINDS) == len(figure.layout.annotations)
    assert sorted(y for trace in figure.data for y in trace.y) == sorted(len(made.ids) for made in cuts.cuts)
    heights = sorted(note.ay for note in figure.layout.annotations if note.xanchor == "left")
    most = max(len(made.ids) for made in cuts.cuts)
    assert min(np.diff(heights)) >= most / 11 - 1e-6, "no name stands over another"

    judged = sentence_lab.run(SentenceParams.default(lang))
    bars = judged_bars(judged, theme=theme, lang=lang).data[0]
    assert list(bars.x)[::-1] == pytest.approx([row.f1 for row in judged.judged], rel=1e-6)

    cost = cost_lab.run(CostParams(payer="encoder"))
    figure = cost_bars(cost, Cell("lang", 8, 0), theme=theme, lang=lang)
    assert (np.array(figure.data[0].x) + np.array(figure.data[1].x))[::-1].tolist() == cost.tokens.tolist()
    assert figure.data[1].marker.pattern.shape == "/"


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_data_for_the_browser_is_whole(lang):
    cuts = tokenization_lab.run(TokenizationParams.default(lang))
    data = cuts_data(cuts, cuts.cell(""), lang)
    assert len(data["strip"]) == len(cuts.params.sentence)
    for row, made in zip(data["rows"], cuts.cuts, strict=True):
        assert len(row["chips"]) == len(made.ids)
        joined = "".join(new for _, _, new in row["back"])
        assert joined == show(made.decoded)
    glyphs = unicode_lab.run(UnicodeParams.default(lang).model_copy(update={"form": "NFD"}))
    shown = glyphs_data(glyphs, glyphs.cell(""), lang)
    assert [strip["id"] for strip in shown["strips"]] == ["before", "after"]
    stops = sentence_lab.run(SentenceParams.default(lang))
    parts = stops_data(stops, stops.cell(""), lang)
    assert "".join(part[0] for part in parts["parts"]) == stops.params.passage
    costs = cost_lab.run(CostParams())
    for whole in (data, shown, parts, languages_data(costs, costs.cell(""), lang), forms_data(costs, lang)):
        json.dumps(whole, allow_nan=False)

"""The labs of the room: references, tables, arithmetic, and what the prose says."""

import numpy as np
import pytest

from core.arithmetic import Cell, join
from core.errors import Refusal
from core.i18n import LANGS
from core.tables import to_csv
from core.text import cost_lab, sentence_lab, tokenization_lab, unicode_lab
from core.text.cost_lab import CUTTERS, PAYERS, CostParams, stem_of
from core.text.tokenization_lab import TokenizationParams
from core.text.tokenization_texts import LANGUAGE_NAMES, PARADIGMS, SAID
from core.text.tokenizers_all import cut
from core.text.trained import source
from core.text.unicode_lab import UnicodeParams, climb

LABS = (
    (tokenization_lab, TokenizationParams),
    (unicode_lab, UnicodeParams),
    (sentence_lab, sentence_lab.SentenceParams),
    (cost_lab, CostParams),
)
TEXTS = (
    "я",
    "  a  ",
    "👩‍👩‍👧 é́́",
    "שלום \u202eabc\u202c",
    "İßﬁ",
    "<script>\u00a0",
    "猫。",
    "...!!!",
    "\u0301",
    "🇷",
    "İ_2 ͅ",
    "Ⓐb",
)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(("lab", "cls"), LABS)
def test_the_example_agrees_with_the_libraries(lab, cls, lang):
    trace = lab.run(cls.default(lang))
    checks = lab.reference(trace)
    assert checks
    assert all(check.passed for check in checks)
    assert "nan" not in to_csv(lab.tables(trace))
    assert lab.explain(trace, trace.cell(""), lang)
    assert trace.cell("x.9999.0") == trace.cell("") == trace.cell("nothing")


@pytest.mark.parametrize("text", TEXTS)
def test_strange_texts_agree_too(text):
    for lab, params in (
        (tokenization_lab, TokenizationParams(sentence=text)),
        (unicode_lab, UnicodeParams(glyphs=text, against=text[::-1])),
        (sentence_lab, sentence_lab.SentenceParams(passage=text)),
    ):
        trace = lab.run(params)
        assert all(check.passed for check in lab.reference(trace)), (text, lab.reference(trace))
        assert lab.explain(trace, trace.cell(""), "ru")


def test_nothing_is_refused_with_a_sentence():
    with pytest.raises(Refusal):
        tokenization_lab.run(TokenizationParams(sentence="  "))
    with pytest.raises(Refusal):
        tokenization_lab.run(TokenizationParams(own="too short"))
    with pytest.raises(Refusal):
        unicode_lab.run(UnicodeParams(glyphs=""))
    with pytest.raises(Refusal):
        sentence_lab.run(sentence_lab.SentenceParams(passage=" \t"))


def test_own_text_becomes_the_vocabulary():
    own = " ".join(["zyx wvu"] * 60)
    trace = tokenization_lab.run(TokenizationParams(sentence="zyx cat", own=own))
    assert trace.of("words").unknown == (False, True)
    assert "own" in trace.signature


def test_arithmetic_of_a_token():
    trace = tokenization_lab.run(TokenizationParams(sentence="the cat"))
    made = trace.of("byte_bpe")
    place = made.shown.index("␣cat")
    lines = [join(formula) for formula in tokenization_lab.explain(trace, Cell("byte_bpe", place, 0), "en")]
    assert "␣cat" in lines[0]
    assert "20 63 61 74" in lines[0]
    assert f"id {made.ids[place]}" in lines[0]
    assert f"7 / {len(made.ids)} = " in lines[1]
    assert "✓" in lines[2]
    byte = join(
        tokenization_lab.explain(tokenization_lab.run(TokenizationParams(sentence="яя")), Cell("bytes", 3, 0), "en")[0]
    )
    assert "8F" in byte
    assert "D1" not in byte


def test_arithmetic_of_a_code_point():
    trace = unicode_lab.run(UnicodeParams(glyphs="й"))
    lines = [join(formula) for formula in unicode_lab.explain(trace, Cell("before", 0, 0), "en")]
    assert "1081 = 10000111001₂ → 11010000 10111001 = D0 B9" in lines[0]
    assert "NFD(й) = U+0438 + U+0306" in lines[1]


def test_the_ladder_names_the_step_that_helps():
    def first(a: str, b: str) -> str:
        return next((name for name, _, is_equal in climb(a, b) if is_equal), "never")

    assert first("йод", "йод") == "raw"
    assert first("и\u0306од", "йод") == "NFC"
    assert first("ﬁ²", "fi2") == "NFKC"
    assert first("pass\u200bword", "password") == "hidden"
    assert first("straße", "STRASSE") == "fold"
    assert "straße".lower() != "STRASSE".lower()
    assert first("ёлка", "елка") == "yo"
    assert first("pаypаl", "paypal") == "twins"
    assert first("кот", "пёс") == "never"


def test_steps_change_what_is_shown():
    params = UnicodeParams(glyphs="Ёж\u200bи\u0306 ²", form="NFKC", fold=True, yo=True, hidden=True, twins=True)
    assert unicode_lab.run(params).after == "eжй 2"
    assert unicode_lab.run(UnicodeParams(glyphs="Ёж")).after == "Ёж"


def test_a_family_is_one_character_and_five_code_points():
    assert unicode_lab.run(UnicodeParams(glyphs="👩‍👩‍👧")).counts["raw"] == (1, 5, 8, 18)


def test_ten_languages_say_the_same_number_of_things():
    assert all(len(texts) == len(LANGUAGE_NAMES) for texts in SAID.values())
    assert all(len(set(forms.split())) == len(forms.split()) <= cost_lab.MAX_FORMS for forms in PARADIGMS.values())


@pytest.mark.parametrize("payer", PAYERS)
def test_premium_is_tokens_over_the_english_ones(payer):
    trace = cost_lab.run(CostParams(payer=payer))
    assert trace.premium[0] == 1
    assert trace.tokens.tolist() == [len(made.ids) for made in trace.sentences]
    assert np.allclose(trace.premium, trace.tokens / trace.tokens[0])
    if payer == "bytes":
        assert trace.tokens.tolist() == [len(text.encode()) for text in SAID["cat"]]


def test_what_the_questions_and_the_prose_say_about_costs():
    names = list(LANGUAGE_NAMES)
    assert cost_lab.run(CostParams()).premium[names.index("hi")] > 5
    chinese = names.index("zh")
    for said in SAID:
        trace = cost_lab.run(CostParams(payer="encoder", said=said))
        assert trace.lost[chinese] >= 1
    trace = cost_lab.run(CostParams(payer="encoder"))
    assert (trace.tokens[chinese], trace.lost[chinese]) == (2, 1)
    assert len(SAID["cat"][chinese].rstrip("。")) == 9
    english = cost_lab.run(CostParams(learnt="en"))
    letters = len("".join(SAID["cat"][1].split()))
    assert english.tokens[1] / letters > 1.7


def test_stems():
    learnt, _ = source("both", "")
    cuts = [cut("encoder", form, learnt, 600) for form in ("кошка", "кошки", "кошке")]
    assert stem_of(cuts) == ("▁кош", 3)
    assert stem_of([]) == ("", 0)
    own = cost_lab.run(CostParams(forms="кот кота " * 20))
    assert len(own.forms) == cost_lab.MAX_FORMS
    assert own.pieces.shape == (cost_lab.MAX_FORMS, len(CUTTERS))

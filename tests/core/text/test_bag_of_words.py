"""Bags of words: cases worked by hand, scikit-learn, and the claims of the room's prose."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arithmetic import Cell, join
from core.errors import Refusal
from core.figures.bow import MAX_SHOWN, found_data, idf_curves, matrices_data, shown_terms
from core.i18n import LANGS
from core.tables import to_csv, to_script
from core.text.bag_of_words import (
    STOP_WORDS,
    cosines,
    count_terms,
    cut_chars,
    cut_words,
    document_frequencies,
    inverse_document_frequencies,
    join_ngrams,
    lengths,
    list_terms,
    rank,
    snowball,
    term_frequencies,
    unit_rows,
)
from core.text.bow_explain import explain_cell
from core.text.bow_lab import (
    COURSE,
    IDF_NAMES,
    MAX_DOCUMENTS,
    SIZES,
    SKLEARN,
    TF_NAMES,
    BowParams,
    run,
    tables,
)
from core.text.bow_reference import reference

ROOT = Path(__file__).resolve().parents[3]
PANELS = ("counts", "binary", "idf", "tf", "tfidf", "unit", "cos")
# Words that share letters, upper case that changes length in lower case, signs, blank lines, an odd script.
PIECES = [*"aAbвВяЯ.,'-İß1_ \t", "я ", "é", "no ", "not ", "the "]
LINES = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)


def lab(documents: str, query: str = "", **values) -> BowParams:
    return BowParams(documents=documents, query=query, **values)


# ---- the pieces ------------------------------------------------------------------------------------------------------


def test_words_are_cut_with_their_places() -> None:
    text = "The cat, a CAT."
    found = cut_words(text)
    assert [unit.term for unit in found] == ["the", "cat", "a", "cat"]
    assert [text[unit.start : unit.end] for unit in found] == ["The", "cat", "a", "CAT"]
    assert [unit.term for unit in cut_words(text, shortest=2)] == ["the", "cat", "cat"]
    assert [unit.term for unit in cut_words(text, is_stopped=True)] == ["cat", "cat"]
    assert [unit.term for unit in cut_words("Кошки и кошку", stem=snowball)] == ["кошк", "и", "кошк"]


def test_ngrams_join_neighbours_and_cover_them() -> None:
    units = cut_words("New York is new")
    assert [u.term for u in join_ngrams(units, (1, 2), " ")] == [
        "new",
        "york",
        "is",
        "new",
        "new york",
        "york is",
        "is new",
    ]
    assert join_ngrams(units, (2,), " ")[1][1:] == (4, 11)
    assert join_ngrams(units[:1], (2,), " ") == []
    assert [u.term for u in join_ngrams(cut_chars("Ab  c"), (2,), "")] == ["ab", "b ", " c"]


def test_stems_bring_forms_together_in_both_languages() -> None:
    assert len({snowball(word) for word in ("walk", "walks", "walking", "walked")}) == 1
    assert len({snowball(word) for word in ("книга", "книги", "книгу", "книг")}) == 1


def test_stop_words_are_words_in_lower_case() -> None:
    assert all([unit.term for unit in cut_words(word)] == [word] for word in STOP_WORDS)
    assert {"not", "не"} <= STOP_WORDS


def test_a_case_worked_by_hand() -> None:
    rows = [cut_words("a b a"), cut_words("b c")]
    terms = list_terms(rows)
    assert terms == ("a", "b", "c")
    counts = count_terms(rows, terms)
    assert counts.tolist() == [[2, 1, 0], [0, 1, 1]]
    df = document_frequencies(counts)
    assert df.tolist() == [1, 2, 1]
    assert term_frequencies(counts, "share") == pytest.approx(np.array([[2 / 3, 1 / 3, 0], [0, 0.5, 0.5]]))
    assert term_frequencies(counts, "log") == pytest.approx(np.array([[1 + math.log(2), 1, 0], [0, 1, 1]]))
    assert term_frequencies(counts, "binary").tolist() == [[1, 1, 0], [0, 1, 1]]
    assert term_frequencies(counts, "count").tolist() == counts.tolist()
    idf = {kind: inverse_document_frequencies(df, 2, kind) for kind in ("textbook", "plus", "smooth", "none")}
    assert idf["textbook"] == pytest.approx([math.log(2), 0, math.log(2)])
    assert idf["plus"] == pytest.approx([math.log(2) + 1, 1, math.log(2) + 1])
    assert idf["smooth"] == pytest.approx([math.log(3 / 2) + 1, 1, math.log(3 / 2) + 1])
    assert idf["none"].tolist() == [1, 1, 1]
    A = counts.astype(np.float64)
    assert lengths(A) == pytest.approx([math.sqrt(5), math.sqrt(2)])
    assert cosines(A, A)[0, 1] == pytest.approx(1 / math.sqrt(10))


def test_a_row_of_zeros_points_nowhere() -> None:
    A = np.array([[0.0, 0.0], [3.0, 4.0]])
    assert unit_rows(A).tolist() == [[0, 0], [0.6, 0.8]]
    assert cosines(A, A)[0].tolist() == [0, 0]


def test_equal_scores_keep_their_order() -> None:
    assert rank(np.array([0.2, 0.5, 0.2 + 1e-15, 0.5])) == (1, 3, 0, 2)


def test_counts_know_only_the_vocabulary() -> None:
    assert count_terms([cut_words("x y x")], ("y",)).tolist() == [[1]]
    assert count_terms([[], []], ()).shape == (2, 0)


# ---- against scikit-learn --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("idf", IDF_NAMES)
@pytest.mark.parametrize("tf", TF_NAMES)
def test_every_definition_is_scikit_learns(tf, idf, lang) -> None:
    for is_unit in (False, True):
        params = BowParams.default(lang).model_copy(update={"tf": tf, "idf": idf, "is_unit": is_unit})
        checks = reference(run(params))
        assert len(checks) == 3
        assert all(check.passed and check.tolerance <= 1e-12 for check in checks)


@pytest.mark.parametrize("units", ["words", "chars"])
@pytest.mark.parametrize("n", SIZES)
def test_every_cut_is_scikit_learns(n, units) -> None:
    for change in ({}, {"is_stopped": True}, {"is_stemmed": True}, {"is_long": True}):
        for lang in LANGS:
            params = BowParams.default(lang).model_copy(update={"n": n, "units": units, **SKLEARN, **change})
            assert all(check.passed for check in reference(run(params))), (lang, change)


def test_the_defaults_of_the_library_are_the_button() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    for lang in LANGS:
        params = BowParams.default(lang).model_copy(update=SKLEARN)
        trace = run(params)
        vectorizer = TfidfVectorizer()
        theirs = vectorizer.fit_transform(trace.documents).toarray()
        ours = trace.vectors[: trace.N, np.argsort(trace.terms)]
        assert sorted(trace.terms) == vectorizer.get_feature_names_out().tolist()
        assert np.abs(ours - theirs).max() <= 1e-12


@settings(deadline=None, max_examples=60)
@given(
    documents=st.lists(LINES, min_size=1, max_size=5),
    query=LINES,
    n=st.sampled_from(sorted(SIZES)),
    units=st.sampled_from(["words", "chars"]),
    tf=st.sampled_from(sorted(TF_NAMES)),
    idf=st.sampled_from(sorted(IDF_NAMES)),
    flags=st.tuples(*[st.booleans()] * 4),
)
def test_any_text_is_scikit_learns_and_explains_itself(documents, query, n, units, tf, idf, flags) -> None:
    names = ("is_unit", "is_stopped", "is_stemmed", "is_long")
    params = lab("\n".join(documents), query, n=n, units=units, tf=tf, idf=idf, **dict(zip(names, flags, strict=True)))
    try:
        trace = run(params)
    except Refusal:
        assert not any("".join(line.split()) for line in "\n".join(documents).splitlines())
        return
    assert all(check.passed for check in reference(trace))
    assert np.isfinite(trace.cosines).all()
    assert trace.cosines.max(initial=0) <= 1 + 1e-12
    for row in range(len(trace.rows)):
        for d in range(trace.N):
            assert trace.parts(row, d).sum() == pytest.approx(trace.cosines[row, d], abs=1e-12)
    for piece in (p for row in found_data(trace, trace.first_pick())["rows"] for p in row["pieces"]):
        assert not piece["is_unknown"], "a document has only its own terms"
    for lang in LANGS:
        assert explain_cell(trace, trace.first_pick(), lang)


# ---- the lab ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_the_formula_of_every_cell_ends_in_its_number(lang) -> None:
    for params in (BowParams.default(lang), BowParams.default(lang).model_copy(update=SKLEARN)):
        trace = run(params)
        shown = matrices_data(trace, trace.first_pick(), lang)
        for panel in shown["panels"]:
            for i, row in enumerate(panel["rows"]):
                for n, col in enumerate(panel["cols"]):
                    cell = Cell(panel["id"], row["i"], col["j"])
                    assert trace.has(cell)
                    first = explain_cell(trace, cell, lang)[0]
                    (result,) = [part.text for part in first if part.kind == "result"]
                    assert float(result) == pytest.approx(float(panel["text"][i][n]), abs=0.0051), (cell, join(first))


def test_formulas_of_the_default_are_these() -> None:
    trace = run(BowParams.default("en"))
    cat = trace.terms.index("cat")

    def said(cell: Cell) -> list[str]:
        return [join(formula) for formula in explain_cell(trace, cell, "en")]

    assert said(Cell("tfidf", 0, cat)) == [
        "tf·idf[d1, cat] = 0.167 · 0.693 = 0.116",
        "where tf = 1 / 6, idf = ln(4 / 2)",
    ]
    assert said(Cell("idf", 0, cat))[0] == "df[cat] = 1 + 0 + 1 + 0 = 2"
    assert said(Cell("idf", 1, cat))[0] == "idf[cat] = ln(4 / 2) = 0.693"
    assert said(Cell("tf", 0, cat))[0] == "tf[d1, cat] = 1 / 6 = 0.167"
    assert said(Cell("cos", 4, 0))[1] == "term by term: cat 0.154 + on 0.154 = 0.309"
    # By hand: tf·idf of q is ln 2 / 5 for cat and on, ln 4 / 5 for log.
    two, four = math.log(2), math.log(4)
    expected = (2 * two * two / 30) / (
        math.hypot(two / 5, two / 5, four / 5) * math.hypot(two / 6, two / 6, two / 6, four / 6)
    )
    assert trace.cosines[4, 0] == pytest.approx(expected)


def test_the_query_is_no_document() -> None:
    base, asked = run(lab("a b\nb c")), run(lab("a b\nb c", "c d d"))
    assert asked.terms == base.terms
    assert asked.df.tolist() == base.df.tolist()
    assert asked.unknown == ("d",)
    assert asked.rows == ("d1", "d2", "q")
    assert asked.order == (1, 0)
    assert base.order == (0, 1)
    assert not base.scores.any()


@pytest.mark.parametrize("documents", ["", "  \n\t\n", "a\n" * (MAX_DOCUMENTS + 1)])
def test_none_or_too_many_documents_are_refused(documents) -> None:
    with pytest.raises(Refusal):
        run(lab(documents))


def test_a_text_without_terms_is_a_state() -> None:
    trace = run(lab("to be or not to be", "not", is_stopped=True))
    assert trace.terms == ()
    assert reference(trace) == ()
    assert trace.empty_rows() == (0, 1)
    assert tables(trace)[0].values.shape == (2, 0)
    assert "0 / 0" in join(explain_cell(trace, trace.first_pick(), "en")[0])


def test_arrays_are_read_only_and_the_picks_bounded() -> None:
    trace = run(BowParams.default("ru"))
    with pytest.raises(ValueError, match="read-only"):
        trace.tfidf[0, 0] = 1
    n = len(trace.terms)
    assert all(trace.has(Cell(panel, 0, 0)) for panel in PANELS)
    outside = [Cell("counts", 5, 0), Cell("tf", 0, n), Cell("idf", 2, 0), Cell("cos", 0, 4), Cell("W", 0, 0)]
    assert not any(map(trace.has, outside))


def test_export_has_every_term() -> None:
    params = lab("\n".join("abcdefgh"[k : k + 3] * 60 for k in range(6)), units="chars", n="12")
    trace = run(params)
    written = to_csv(tables(trace))
    assert written.count("counts,") == len(trace.rows) * len(trace.terms)
    compile(to_script(run, params, tables(trace)), "script", "exec")


# ---- pictures --------------------------------------------------------------------------------------------------------


def test_many_terms_are_drawn_in_part_and_the_query_first() -> None:
    trace = run(lab("\n".join(" ".join(f"w{i}x{k}" for k in range(20)) for i in range(4)), "w3x19"))
    shown = shown_terms(trace)
    assert len(shown) == MAX_SHOWN < len(trace.terms)
    assert trace.terms.index("w3x19") in shown
    assert shown == sorted(shown)
    assert str(len(trace.terms) - MAX_SHOWN) in matrices_data(trace, trace.first_pick(), "en")["note"]


def test_small_is_not_zero() -> None:
    trace = run(lab("a " * 300 + "b\nc"))
    (panel,) = [p for p in matrices_data(trace, trace.first_pick(), "en")["panels"] if p["id"] == "tfidf"]
    assert [row[1] for row in panel["text"]] == ["0.00", "0"]


def test_panels_and_steps_follow_the_definition() -> None:
    for is_unit, ids in ((False, [p for p in PANELS if p != "unit"]), (True, list(PANELS))):
        trace = run(BowParams.default("en").model_copy(update={"is_unit": is_unit}))
        data = matrices_data(trace, trace.first_pick(), "en")
        assert [panel["id"] for panel in data["panels"]] == ids
        assert [panel["step"] for panel in data["panels"]] == list(range(len(data["steps"])))
        known = set(ids)
        assert all(link[0] in known for panel in data["panels"] for link in panel["links"])
        assert all(0 <= v <= 1 for panel in data["panels"] for line in panel["shade"] for v in line)


def test_the_texts_are_whole_and_shaded_by_weight() -> None:
    trace = run(BowParams.default("en"))
    data = found_data(trace, trace.first_pick())
    assert [row["doc"] for row in data["rows"]] == list(trace.order)
    for row in data["rows"]:
        assert "".join(piece["text"] for piece in row["pieces"]) == trace.documents[row["doc"]]
        assert sum(part["share"] for part in row["segments"]) == pytest.approx(trace.scores[row["doc"]], abs=1e-3)
    first = {piece["text"]: piece for piece in data["rows"][0]["pieces"]}
    assert first["the"]["share"] == 0
    assert first["log"]["share"] > first["dog"]["share"] > 0
    assert first["log"]["is_asked"]
    assert not first["dog"]["is_asked"]
    assert [piece["text"] for piece in data["query"] if piece["is_unknown"]] == ["where", "is"]


def test_the_curves_of_idf_pass_through_the_numbers() -> None:
    trace = run(BowParams.default("en"))
    figure = idf_curves(trace, trace.terms.index("cat"), theme="light", lang="en")
    *lines, mark = figure.data
    assert [line.y[-1] for line in lines] == pytest.approx([0, 1, 1])
    assert figure.data[0].y[1] == pytest.approx(trace.idf[trace.terms.index("cat")])
    assert (mark.x[0], mark.y[0]) == (2, pytest.approx(math.log(2)))
    assert "cat" in mark.text[0]
    assert not idf_curves(trace, None, theme="dark", lang="ru").data[-1].x


# ---- what the prose claims -------------------------------------------------------------------------------------------


def test_the_two_definitions_disagree_on_a_common_word() -> None:
    for lang, word in (("en", "the"), ("ru", "на")):
        course, library = (run(BowParams.default(lang).model_copy(update=v)) for v in (COURSE, SKLEARN))
        assert course.idf[course.terms.index(word)] == 0
        assert library.idf[library.terms.index(word)] == 1
        assert (course.vectors[:, course.terms.index(word)] == 0).all()
        assert (library.vectors[:4, library.terms.index(word)] > 0).all()


def test_smoothing_pulls_rare_words_down() -> None:
    df = np.array([1])
    assert f"{inverse_document_frequencies(df, 4, 'smooth')[0]:.2f}" == "1.92"
    assert f"{inverse_document_frequencies(df, 4, 'plus')[0]:.2f}" == "2.39"
    for lang, numbers in (("en", ("1.92", "2.39")), ("ru", ("1,92", "2,39"))):
        prose = (ROOT / "assets" / "text" / f"bow_tfidf.{lang}.md").read_text(encoding="utf-8")
        assert all(number in prose for number in numbers)


@pytest.mark.parametrize("lang", LANGS)
def test_under_the_cosine_shares_and_counts_agree(lang) -> None:
    share, count = (run(BowParams.default(lang).model_copy(update={"tf": tf})) for tf in ("share", "count"))
    assert np.abs(share.cosines - count.cosines).max() < 1e-12
    log = run(lab("a a b\nb c\nd", "a b", tf="log"))
    assert np.abs(log.cosines - run(lab("a a b\nb c\nd", "a b")).cosines).max() > 0.01


def test_one_letter_words_are_dropped_by_default_in_the_library() -> None:
    from sklearn.feature_extraction.text import CountVectorizer

    for text, kept in (("I saw a cat", {"saw", "cat"}), ("я и кот в доме", {"кот", "доме"})):
        assert set(CountVectorizer().fit([text]).vocabulary_) == kept
        assert set(run(lab(text, is_long=True)).terms) == kept

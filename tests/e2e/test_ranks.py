"""Ranked lists and answers in a real browser: clicks, drags and keys reach the scores and the address."""

from __future__ import annotations

from urllib.parse import parse_qs, urlparse

import pytest
from conftest import settle
from playwright.sync_api import Page, expect

from core.metrics.ranking_lab import SCORES, RankingParams, run

pytestmark = pytest.mark.browser
SLUG = "qa_retrieval_metrics"


def state(page: Page, name: str) -> str:
    """What the address holds under the name of a field."""
    settle(page)
    query = parse_qs(urlparse(page.evaluate("location.href")).query)
    return query.get(f"{SLUG}_{name}", [""])[0]


def scores_of(lists: str) -> list[str]:
    scores = run(RankingParams(lists=lists)).scores
    return [f"{scores.value(score, 0):.3f}".replace("1.000", "1").replace("0.000", "0") for score in SCORES]


def row(page: Page) -> list[str]:
    return page.locator(".v-list").nth(1).locator(".v-list-score").evaluate_all("all => all.map(n => n.lastChild.data)")


def cell(page: Page, rank: int):
    return page.locator(f'[data-id="cell 0 {rank}"]')


def test_a_grade_is_turned_moved_and_typed(visit) -> None:
    page = visit(f"{SLUG}?lang=en&{SLUG}_lab=ranking&{SLUG}_lists=0300000")
    cell(page, 0).click()
    expect(cell(page, 0)).to_have_class("v-grade v-grade-1 v-relevant v-first")
    assert state(page, "lists") == "1300000"
    assert row(page) == scores_of("1300000")

    start, end = cell(page, 1).bounding_box(), cell(page, 4).bounding_box()
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 40, start["y"] + 8, steps=4)
    page.mouse.move(end["x"] + 8, end["y"] + 8, steps=6)
    page.mouse.up()
    expect(cell(page, 4)).to_have_text("3")
    assert state(page, "lists") == "1000300"
    assert row(page) == scores_of("1000300")

    cell(page, 4).focus()
    page.keyboard.press("Shift+ArrowLeft")
    assert state(page, "lists") == "1003000"
    assert page.evaluate("document.activeElement.dataset.id") == "cell 0 3", "the document keeps the focus"
    page.keyboard.press("2")
    assert state(page, "lists") == "1002000"
    assert row(page) == scores_of("1002000")


def test_a_rank_sets_k_and_a_score_shows_its_arithmetic(visit) -> None:
    page = visit(f"{SLUG}?lang=ru&{SLUG}_lab=ranking")
    page.locator('[data-id="rank 2"]').click()
    assert state(page, "k") == "3"
    page.locator('[data-id="rr.mean"]').click()
    assert state(page, "ranking_now") == "rr.mean"
    expect(page.locator(".v-formula").first).to_contain_text("MRR@3 = (")


def test_a_token_shows_f1_without_it_and_typed_markup_stays_text(visit) -> None:
    page = visit(f"{SLUG}?lang=en")
    page.locator(".v-word-chip").first.click()
    assert state(page, "answer_now").endswith("drop.0")
    expect(page.locator(".v-formula").last).to_contain_text("without “on”")
    page.get_by_label("The model’s answer").fill("<img src=x onerror=alert(1)>")
    expect(page.locator(".v-steptext").first).to_have_text("<img src=x onerror=alert(1)>")
    assert page.locator(".v-answers img").count() == 0


def test_a_reworded_query_moves_the_passages(visit) -> None:
    page = visit(f"{SLUG}?lang=en&{SLUG}_lab=search")
    first = page.locator(".v-passage-text").first
    expect(first).to_contain_text("On a run the heart")
    page.get_by_label("Query").fill("a hot computer")
    expect(first).to_contain_text("computer overheat")
    expect(page.locator(".v-one b").first).to_have_text("0.250")
    page.locator('[data-id="grade 3"]').click()
    expect(page.locator(".v-one b").first).to_have_text("1")
    assert state(page, "judged")[3] == "1"
    page.locator(".v-back").click()
    assert state(page, "judged") == ""

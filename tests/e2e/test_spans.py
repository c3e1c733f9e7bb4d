"""Marking entities in a real browser: with the pointer and with keys, on both sides, with the numbers that core has."""

from __future__ import annotations

from urllib.parse import parse_qs, urlparse

import pytest
from conftest import settle
from playwright.sync_api import expect

from core.metrics.entities_lab import HAND, EntitiesParams, EntitiesTrace, run

pytestmark = pytest.mark.browser
SLUG = "ner_metrics"


def state(page) -> dict[str, str]:
    values = parse_qs(urlparse(page.evaluate("location.href")).query)
    return {name.removeprefix(f"{SLUG}_"): value[0] for name, value in values.items() if name.startswith(SLUG)}


def after(lang: str = "en", **values: str) -> EntitiesTrace:
    return run(EntitiesParams.default(lang).model_copy(update=values))


def shows(page, trace: EntitiesTrace) -> None:
    """Both dials say what core computes."""
    dials = page.locator(".v-dial b")
    expect(dials.nth(0)).to_have_text(f"{trace.score.token_accuracy:.3f}")
    expect(dials.nth(1)).to_have_text(f"{trace.score.credits[trace.credit].value:.3f}")


def slot(page, side: str, token: int, kind: str = "span"):
    return page.locator(f'[data-at="{side}.{kind}.{token}"]')


def drag(page, side: str, start: int, end: int) -> None:
    """Over the tokens `start`…`end`, both included."""
    for n, token in enumerate((start, end)):
        box = slot(page, side, token).locator("rect").first.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
        if n == 0:
            page.mouse.down()
    page.mouse.up()


def test_a_drag_marks_and_the_address_keeps_it(visit):
    page = visit(f"{SLUG}?lang=en")
    shows(page, after())
    drag(page, "predicted", 3, 2)
    marked = after(case=HAND, predicted="2 B-PER I-PER 1 B-LOC 7 B-ORG I-ORG I-ORG")
    shows(page, marked)
    settle(page)
    assert state(page)["case"] == HAND
    assert state(page)["predicted"] == "2 B-PER I-PER 1 B-LOC 7 B-ORG I-ORG I-ORG"
    page.locator('[data-tool=""]').click()
    slot(page, "predicted", 5).click()
    shows(page, after(case=HAND, predicted="2 B-PER I-PER 9 B-ORG I-ORG I-ORG"))
    again = visit(page.evaluate("location.href"))
    shows(again, after(case=HAND, predicted=state(page)["predicted"]))


def test_true_entities_can_be_marked_too(visit):
    page = visit(f"{SLUG}?lang=ru&{SLUG}_case=nothing")
    page.locator('[data-tool="LOC"]').click()
    drag(page, "true", 7, 7)
    settle(page)
    page.wait_for_timeout(300)
    assert state(page)["true"].startswith("3 B-PER I-PER 2 B-LOC 1 B-LOC I-LOC")
    shows(page, after("ru", case="nothing", true=state(page)["true"]))


def test_keys_do_what_the_pointer_does(visit):
    page = visit(f"{SLUG}?lang=en&{SLUG}_case=nothing")
    slot(page, "predicted", 2).focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    shows(page, after(case=HAND, predicted="2 B-PER I-PER"))
    settle(page)
    assert page.evaluate("document.activeElement.dataset.at") == "predicted.span.3"
    page.keyboard.press("2")
    shows(page, after(case=HAND, predicted="2 B-LOC I-LOC"))
    settle(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    settle(page)
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.dataset.at") == "predicted.tag.3"
    assert state(page)["predicted"] == "2 B-LOC", "one tag alone: I becomes O"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Delete")
    shows(page, after(case=HAND, predicted="0"))


def test_fixing_gives_the_promised_score_and_a_way_of_counting_colours_the_spans(visit):
    page = visit(f"{SLUG}?lang=en&{SLUG}_case=mixed")
    trace = after(case="mixed")
    row = page.locator('tr[data-id="pair.1"]')
    promised = row.locator("td b").text_content()
    assert promised == f"{trace.fixed[1, 0]:.3f}"
    row.locator("button").click()
    expect(page.locator(".v-dial b").nth(1)).to_have_text(promised)
    expect(page.locator(".v-span.v-half")).to_have_count(0)
    page.locator('tr[data-id="credit.partial"]').click()
    expect(page.locator(".v-span.v-half")).not_to_have_count(0)
    page.wait_for_timeout(300)
    settle(page)
    assert state(page)["credit"] == "partial"


def test_nothing_typed_is_markup_and_long_words_keep_to_the_page(visit):
    page = visit(
        f"{SLUG}?lang=en&{SLUG}_text=%3Cimg+src%3Dx+onerror%3Dwindow.hit%3D1%3E+{'x' * 200}&{SLUG}_true=B-PER",
        width=390,
    )
    expect(page.locator(".v-token-word").first).to_be_visible()
    assert page.evaluate("window.hit === undefined")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("kind", ["SVG", "PNG"])
def test_the_picture_can_be_saved(visit, kind):
    page = visit(f"{SLUG}?lang=ru")
    with page.expect_download() as download:
        page.locator(".v-spans .v-save", has_text=kind).click()
    content = download.value.path().read_bytes()
    assert "Пушкин".encode() in content if kind == "SVG" else content.startswith(b"\x89PNG")

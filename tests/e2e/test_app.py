"""What a visitor does, in a real browser."""

from __future__ import annotations

import re
import subprocess
import sys
from urllib.parse import parse_qs, urlparse

import pytest
from conftest import settle
from playwright.sync_api import expect

from core.attention.worked import WorkedParams, run
from core.catalog import TOPICS
from scripts.serving import ROOT, serving

pytestmark = pytest.mark.browser
LABS = ("", "scale", "sentence", "explanation", "bertviz")


def query(page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlparse(page.url).query).items()}


def words_of(page):
    return page.locator("[data-testid=stTextInputField]").first


def cell(page, name: str):
    return page.locator(f'[data-cell="{name}"]').first


def test_cold_deep_link(browser):
    """The very first request a server gets is for a room, in Russian, in a certain state."""
    with serving() as (url, _):
        context = browser.new_context(locale="en-US")
        page = context.new_page()
        page.goto(f"{url}/attention?lang=ru&attention_mask=causal")
        expect(page.locator("h1")).to_have_text("Внимание", timeout=60_000)
        expect(cell(page, "scores.0.1")).to_contain_text("−∞")
        expect(page.get_by_test_id("stSidebarNav")).to_contain_text("Внимание")
        context.close()


def test_address_holds_the_state_and_brings_it_back(visit):
    page = visit("attention?lang=en")
    words_of(page).fill("we see it all")
    words_of(page).press("Enter")
    settle(page)
    page.get_by_role("slider").first.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    settle(page)
    page.get_by_role("radio", name="tanh(q + k)").or_(page.get_by_role("button", name="tanh(q + k)")).first.click()
    settle(page)
    cell(page, "output.1.0").click()
    settle(page)
    page.get_by_text("How it works").click()
    settle(page)
    page.locator('.v-player input[type="range"]').fill("2")
    page.wait_for_timeout(700)
    settle(page)
    state = query(page)
    assert state["attention_words"] == "we see it all"
    assert state["attention_temperature"] == "1.3"
    assert state["attention_score"] == "additive"
    assert state["attention_board_now_cell"] == "output.1.0"
    assert state["attention_section"] == "how"
    assert state["attention_board_now_step"] == "2"

    again = visit(page.url)
    expect(words_of(again)).to_have_value("we see it all")
    expect(again.locator(".v-picked").first).to_have_attribute("data-cell", "output.1.0")
    expect(again.locator(".v-step")).to_contain_text("3/5")
    expect(again.get_by_text("A soft dictionary")).to_be_visible()
    assert cell(again, "weights.0.0").text_content() == cell(page, "weights.0.0").text_content()
    assert query(again) == state


def test_state_outlives_a_change_of_language_and_of_lab(visit):
    page = visit("attention?lang=en&attention_mask=causal")
    page.get_by_text("Русский").click()
    expect(page.locator("h1")).to_have_text("Внимание")
    settle(page)
    assert query(page)["lang"] == "ru"
    assert query(page)["attention_mask"] == "causal"
    expect(cell(page, "scores.0.1")).to_contain_text("−∞")
    page.get_by_text("Зачем √d?").click()
    settle(page)
    page.get_by_text("Пример", exact=True).click()
    settle(page)
    expect(cell(page, "scores.0.1")).to_contain_text("−∞")


def test_numbers_in_the_browser_are_the_numbers_of_core(visit):
    page = visit("attention?lang=ru")
    trace = run(WorkedParams.default("ru"))
    for i in range(3):
        for j in range(3):
            shown = float(cell(page, f"weights.{i}.{j}").locator("text").text_content())
            assert shown == pytest.approx(trace.weights[0, i, j], abs=5.1e-4)


def test_typing_into_a_cell_changes_everything_below_it(visit):
    page = visit("attention?lang=en")
    before = cell(page, "output.0.0").text_content()
    cell(page, "W_Q.0.0").dblclick()
    page.keyboard.type("-2,5")
    page.keyboard.press("Enter")
    settle(page)
    expect(cell(page, "W_Q.0.0")).to_contain_text("−2.5")
    assert cell(page, "output.0.0").text_content() != before
    assert query(page)["attention_W_Q"].startswith("-2.5")

    cell(page, "W_Q.0.0").dblclick()
    page.keyboard.type("abc")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stAlert")).to_contain_text("“abc” is not a number.")
    expect(cell(page, "W_Q.0.0")).to_contain_text("−2.5")


@pytest.mark.parametrize("lab", ["", "scale", "sentence"])
def test_exported_script_recomputes_the_view(visit, tmp_path, lab):
    page = visit(f"attention?lang=en&attention_lab={lab}&attention_temperature=2.0&attention_layer=5")
    export = page.get_by_role("button", name="Export")
    export.evaluate("node => node.scrollIntoView({ block: 'center' })")
    export.click()
    with page.expect_download() as download:
        page.get_by_text("script, .py").click()
    script = tmp_path / "view.py"
    download.value.save_as(script)
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "agrees with the page" in done.stdout

    text = script.read_text("utf-8")
    assert {"": "temperature=2.0", "scale": "d_k=64", "sentence": "layer=5"}[lab] in text


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_no_request_leaves_the_host(browser, app_url, lang):
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page = context.new_page()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    for path in ("", *(f"attention?lang={lang}&attention_lab={lab}" for lab in LABS)):
        page.goto(f"{app_url}/{path}")
        page.wait_for_selector("h1", timeout=60_000)
        settle(page)
        page.wait_for_timeout(1500)
    context.close()
    allowed = (app_url, app_url.replace("http", "ws"), "data:", "blob:", "about:srcdoc")
    assert [url for url in seen if not url.startswith(allowed)] == []
    assert len(seen) > 50
    assert errors == []


def test_bertviz_draws_inside_the_room(visit):
    page = visit("attention?lang=en&attention_lab=bertviz")
    frame = page.frame_locator("iframe")
    expect(frame.locator("svg line").first).to_be_attached(timeout=20_000)
    assert frame.locator("svg line").count() > 100


def test_a_head_is_opened_from_the_overview(visit):
    page = visit("attention?lang=en&attention_lab=sentence")
    page.locator('[data-head="0.2"]').click()
    settle(page)
    assert (query(page)["attention_layer"], query(page).get("attention_head")) == ("1", "3")
    expect(page.locator('[data-head="0.2"]')).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("grid", name="Layer 1, head 3")).to_be_visible()
    page.locator('[data-head="5.5"]').click(modifiers=["Shift"])
    settle(page)
    expect(page.get_by_role("grid", name="Layer 6, head 6")).to_be_visible()


def test_hovering_a_token_lights_its_row(visit):
    page = visit("attention?lang=en&attention_lab=sentence")
    token = page.locator(".v-token").nth(3)
    token.hover()
    word = token.locator("span").inner_text()
    expect(page.locator(".v-heat text[data-row].v-lit")).to_have_text(word)
    expect(page.locator(".v-arcs text[data-row].v-lit")).to_have_text(word)
    shares = [float(t or 0) for t in page.locator(".v-share").all_text_contents()]
    assert sum(shares) == pytest.approx(1, abs=0.01)
    expect(page.locator(".v-sum")).to_have_text("Σ = 1.0000")


def test_play_walks_through_the_steps(visit):
    page = visit("attention?lang=en")
    page.get_by_role("button", name="one step back").click()
    expect(page.locator(".v-step")).to_contain_text("4/5")
    expect(page.locator('.v-figure[data-step="4"]').first).to_have_class(re.compile("v-later"))
    page.get_by_role("button", name="play", exact=True).click()
    expect(page.locator(".v-step")).to_contain_text("5/5", timeout=8000)


def test_pictures_are_saved(visit, tmp_path):
    page = visit("attention?lang=ru")
    for kind, head in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"сохранить картинку {kind}").first.click()
        target = tmp_path / f"picture.{kind.lower()}"
        download.value.save_as(target)
        assert target.read_bytes().startswith(head)


def test_map_of_the_course_leads_to_rooms_that_stand(visit):
    page = visit("?lang=ru")
    expect(page.locator(".v-topic")).to_have_count(len(TOPICS))
    assert page.locator(".v-planned a").count() == 0
    page.locator("a.v-topic", has_text="Внимание").click()
    expect(page.locator("h1")).to_have_text("Внимание", timeout=20_000)
    settle(page)
    assert query(page)["lang"] == "ru"


@pytest.mark.parametrize("here", ["?lang=en", "losses?lang=en&losses_logit=1.5"])
def test_search_finds_a_topic_by_a_term(visit, here):
    page = visit(here)
    page.locator("[data-testid=stSidebar]").get_by_role("combobox").fill("BertViz")
    page.get_by_role("option").first.click()
    expect(page.locator("h1")).to_have_text("Attention", timeout=20_000)


@pytest.mark.parametrize(("locale", "title"), [("ru-RU", "Видно"), ("en-GB", "Vidno"), ("de-DE", "Vidno")])
def test_language_follows_the_browser(visit, locale, title):
    expect(visit("", locale=locale).locator("h1")).to_have_text(title)


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("lab", LABS)
def test_nothing_overflows_a_phone(visit, lab, lang):
    page = visit(f"attention?lang={lang}&attention_lab={lab}", width=390)
    page.wait_for_timeout(800)
    wide = page.evaluate(
        "document.querySelector('.stMain').scrollWidth - document.querySelector('.stMain').clientWidth"
    )
    assert wide <= 0


def test_dark_theme_reaches_our_own_views(visit):
    light = visit("attention?lang=en")
    dark = visit("attention?lang=en", theme="dark")
    tones = [page.locator(".v-title").first.evaluate("node => getComputedStyle(node).fill") for page in (light, dark)]
    assert tones[0] != tones[1]


def test_stages_for_teachers(visit):
    slides = visit("attention?lang=en&stage=figures&embed=true")
    expect(slides.locator(".v-board")).to_be_visible()
    expect(words_of(slides)).to_be_hidden()
    assert slides.locator("h1").count() == 0
    projector = visit("attention?lang=en&stage=lab")
    expect(words_of(projector)).to_be_visible()
    expect(projector.get_by_text("How it works")).to_have_count(0)


def test_hostile_text_stays_text(visit):
    page = visit("attention?lang=en&attention_lab=sentence")
    alarms: list[str] = []
    page.on("dialog", lambda dialog: (alarms.append(dialog.message), dialog.dismiss()))
    field = page.get_by_label("Your sentence")
    field.fill('</script><img src=x onerror="alert(1)"> <b>bold</b>')
    field.press("Control+Enter")
    settle(page)
    expect(page.locator(".v-token", has_text="script").first).to_be_visible()
    assert page.locator(".v-tokens img, .v-tokens b, .v-opened b").count() == 0
    assert alarms == []


def test_a_phone_shows_the_picture_first_and_the_controls_on_demand(browser, app_url):
    phone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130 Mobile Safari/537.36"
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ru-RU", user_agent=phone)
    page = context.new_page()
    page.goto(f"{app_url}/attention")
    expect(page.locator(".v-board .v-cell").first).to_be_in_viewport(timeout=60_000)
    expect(words_of(page)).to_be_hidden()
    page.locator(".st-key-attention_controls summary").first.click()
    expect(words_of(page)).to_be_visible()
    page.set_viewport_size({"width": 1200, "height": 844})
    expect(words_of(page)).to_be_visible()
    context.close()

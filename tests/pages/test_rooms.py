"""Every room that stands, in both languages: it opens, says its question and keeps what the kit promises."""

from __future__ import annotations

import pytest
from helpers import html_of

from core.catalog import BY_SLUG, TOPICS
from pages._shared.shell import is_built

BUILT = [topic.slug for topic in TOPICS if is_built(topic)]


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("slug", BUILT)
def test_room_opens_in_both_languages(visit, slug, lang):
    room = visit(slug, lang)
    assert not room.exception
    assert not room.error
    assert not room.warning, "a room opens with its example, not with a refusal"
    assert room.title[0].value == BY_SLUG[slug].title.get(lang)
    assert BY_SLUG[slug].question.get(lang) in html_of(room)


@pytest.mark.parametrize("slug", BUILT)
def test_room_shows_a_reference_check_that_passes(visit, slug):
    shown = html_of(visit(slug))
    assert "v-check v-ok" in shown
    assert "v-check v-bad" not in shown


@pytest.mark.parametrize("section", ["predict", "breaks", "how", "sources"])
@pytest.mark.parametrize("slug", BUILT)
def test_sections_open(visit, slug, section):
    room = visit(slug, "ru", **{f"{slug}_section": section})
    assert not room.exception
    assert not room.error


@pytest.mark.parametrize("slug", BUILT)
def test_for_slides_only_the_views_remain(visit, slug):
    room = visit(slug, stage="figures")
    assert not room.exception
    assert not room.title
    assert not room.get("download_button")
    for_projector = visit(slug, stage="lab")
    assert not for_projector.exception
    assert for_projector.title


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_map_of_the_course_opens(visit, lang):
    home = visit("", lang)
    assert not home.exception
    assert home.title[0].value == {"en": "Vidno", "ru": "Видно"}[lang]

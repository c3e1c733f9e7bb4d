"""Colours: one meaning a tone, readable in both themes, ramps that run one way."""

import re
from typing import Any, get_args

import pytest

from core.figures.theme import COLORS, Role, Theme, color, css_variables, probability_scale, signed_scale

THEMES: tuple[Theme, ...] = get_args(Theme)


def luminance(tone: str) -> float:
    """WCAG 2 relative luminance, 0…1."""
    channels = [int(tone[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def test_every_role_has_a_tone_in_both_themes() -> None:
    assert set(get_args(Role)) <= set(COLORS)
    for light, dark in COLORS.values():
        assert re.fullmatch("#[0-9A-F]{6}", light)
        assert re.fullmatch("#[0-9A-F]{6}", dark)


def test_the_tones_of_the_design() -> None:
    tones = {role: color(role, "light") for role in ("Q", "K", "V", "train", "validation", "gradient", "probability")}
    assert tones == {
        "Q": "#0072B2",
        "K": "#D55E00",
        "V": "#009E73",
        "train": "#0072B2",
        "validation": "#E69F00",
        "gradient": "#CC79A7",
        "probability": "#313695",
    }


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["paper", "page"])
def test_words_and_marks_stand_out(theme: Theme, ground: str) -> None:
    for role in ("ink", "quiet", "ok", "bad"):
        assert contrast(color(role, theme), color(ground, theme)) >= 4.5, role
    for role in ("X", "Q", "K", "V", "train", "probability", "positive", "negative"):
        assert contrast(color(role, theme), color(ground, theme)) >= 3, role


@pytest.mark.parametrize("role", ["X", "Q", "K", "V", "validation", "gradient", "probability"])
def test_tones_are_lighter_in_the_dark(role: str) -> None:
    assert luminance(color(role, "dark")) > luminance(color(role, "light"))


@pytest.mark.parametrize("theme", THEMES)
def test_the_probability_ramp_runs_from_the_paper_to_the_full_tone(theme: Theme) -> None:
    stops, tones = zip(*probability_scale(theme), strict=True)
    assert list(stops) == sorted(stops)
    assert (stops[0], tones[0]) == (0.0, color("paper", theme))
    assert (stops[-1], tones[-1]) == (1.0, color("probability", theme))
    away = [contrast(tone, tones[0]) for tone in tones]
    assert away == sorted(away)
    assert len(set(away)) == len(away)


@pytest.mark.parametrize("theme", THEMES)
def test_the_signed_ramp_has_zero_in_the_middle(theme: Theme) -> None:
    scale = dict(signed_scale(theme))
    assert list(scale) == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert scale[0.5] == color("paper", theme)
    assert scale[0.0] == color("negative", theme)
    assert scale[1.0] == color("positive", theme)
    for near, far in ((0.25, 0.0), (0.75, 1.0)):
        assert 1 < contrast(scale[near], scale[0.5]) < contrast(scale[far], scale[0.5])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scale", [probability_scale, signed_scale])
def test_ramps_are_made_of_tones(theme: Theme, scale: Any) -> None:
    assert all(re.fullmatch("#[0-9A-F]{6}", tone) for _, tone in scale(theme))


def test_stylesheets_get_the_same_tones() -> None:
    css = css_variables()
    assert css.startswith(":root{")
    for role, (light, dark) in COLORS.items():
        assert f"--v-{role}:light-dark({light},{dark});" in css


def test_an_unknown_role_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        color("pink", "light")

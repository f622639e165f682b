"""Colours of `static/css/tokens.css`: inside sRGB, and readable on every surface they stand on."""

from __future__ import annotations

import re
from math import cos, radians, sin

import pytest

from tests.pages.conftest import ROOT

CSS = (ROOT / "static" / "css" / "tokens.css").read_text()
OKLCH = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
PAIR = re.compile(rf"--([\w-]+): light-dark\({OKLCH}, {OKLCH}\);")
Colour = tuple[float, float, float]
THEMES = {"light": 0, "dark": 1}
TOKENS: dict[str, tuple[Colour, Colour]] = {}
for _name, *_numbers in PAIR.findall(CSS):
    _values = [float(number) for number in _numbers]
    TOKENS[_name] = ((_values[0], _values[1], _values[2]), (_values[3], _values[4], _values[5]))
SURFACES = ["bg", "panel", "raised"]
TEXTS = ["text", "muted", "accent", "ok", "warn", "bad", "info"]


def linear(colour: Colour) -> Colour:
    """OKLCH as linear sRGB; parts outside 0..1 are outside the gamut. Source: Ottosson, Oklab (2020)."""
    lightness, chroma, hue = colour
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short)


def contrast(one: Colour, other: Colour) -> float:
    """The ratio of WCAG 2.2, 1.4.3."""
    shares = []
    for colour in (one, other):
        red, green, blue = (min(1.0, max(0.0, part)) for part in linear(colour))
        shares.append(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return (max(shares) + 0.05) / (min(shares) + 0.05)


def ratio(front: str, back: str, theme: str) -> float:
    return contrast(TOKENS[front][THEMES[theme]], TOKENS[back][THEMES[theme]])


def test_black_on_white_is_21_to_1():
    assert contrast((0, 0, 0), (1, 0, 0)) == pytest.approx(21, abs=0.01)


def test_every_colour_is_a_pair_for_both_themes():
    assert set(TOKENS) >= {*SURFACES, *TEXTS, "line", "control-line", "on-accent", "accent-soft",
                           *(f"seg-{index}" for index in range(8))}


@pytest.mark.parametrize("theme", THEMES)
def test_every_colour_lies_inside_srgb(theme):
    outside = {name: linear(pair[THEMES[theme]]) for name, pair in TOKENS.items()
               if not all(-0.002 <= part <= 1.002 for part in linear(pair[THEMES[theme]]))}
    assert outside == {}


@pytest.mark.parametrize("theme", THEMES)
def test_text_reaches_4_5_on_every_surface(theme):
    weak = [(text, surface, round(ratio(text, surface, theme), 2)) for text in TEXTS for surface in SURFACES
            if ratio(text, surface, theme) < 4.5]
    assert weak == []


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_the_accent_and_on_selected_rows_reaches_4_5(theme):
    for front, back in (("on-accent", "accent"), ("accent", "accent-soft"), ("text", "accent-soft")):
        assert ratio(front, back, theme) >= 4.5, (front, back)


@pytest.mark.parametrize("theme", THEMES)
def test_controls_and_segment_borders_reach_3(theme):
    for surface in SURFACES:
        assert ratio("control-line", surface, theme) >= 3.0, surface
    for index in range(8):
        assert ratio(f"seg-{index}", "panel", theme) >= 3.0, index
        assert ratio("panel", f"seg-{index}", theme) >= 3.0, index

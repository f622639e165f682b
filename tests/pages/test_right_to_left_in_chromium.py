"""Arabic and Hebrew in a browser: a transcript that runs to the left, its keys, what is found in it, and its name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import media_bank
from tests.pages.studio import studio, upload
from tests.pages.test_pages_in_chromium import too_wide, violations
from tests.pages.test_transcript_in_chromium import STORE, read, word, words

pytestmark = pytest.mark.browser
# The first sentence begins with a foreign name, the second has a foreign phrase between its words.
TALK = ["FastClip חותך סרטים", "זה very exact כלי, 12 פעמים"]


@pytest.fixture(scope="module")
def talk(browser, site, tmp_path_factory) -> str:
    """A ready source with a name and words in Hebrew."""
    path: Path = tmp_path_factory.mktemp("hebrew") / "שיחה 12 (סופי).mp4"
    shutil.copyfile(media_bank.clip_mp4(), path)
    address = upload(browser, site, "nora", path)
    site.manage("shell", "-v0", "-c", STORE.replace('"en"', '"he"')
                + f"store({address.rpartition('/')[2]!r}, {TALK!r}, 'standard')")
    return address


def left(page: Page, text: str) -> float:
    box = word(page, text).bounding_box()
    assert box
    return box["x"]


def lefts(page: Page, *texts: str) -> bool:
    """Whether these words stand from right to left, in this order."""
    places = [left(page, text) for text in texts]
    return places == sorted(places, reverse=True)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), pytest.param(390, "dark", marks=pytest.mark.deep)])
def test_words_run_to_the_left_and_keys_go_where_they_point(open_page, talk, width, theme):
    page = read(studio(open_page, talk, who="nora", width=width, theme=theme))
    expect(page.locator("#said-text")).to_have_attribute("lang", "he")
    assert lefts(page, "FastClip", "חותך", "סרטים")
    assert lefts(page, "זה", "exact", "very", "כלי,", "12", "פעמים")  # the phrase keeps its own order
    page.locator(".said-line").first.focus()
    met = []
    for key in ["ArrowLeft"] * 6 + ["ArrowRight"] * 2:
        page.keyboard.press(key)
        met += words(page, "is-cursor")
    assert met == ["חותך", "סרטים", "זה", "exact", "very", "כלי,", "very", "exact"]
    page.keyboard.press("Shift+ArrowRight")
    assert words(page, "is-picked") == ["זה", "very", "exact"]  # what lies between is said between
    assert violations(page) == [] and not too_wide(page)


def test_pointed_words_are_found_and_a_name_stands_as_it_is_read(open_page, talk):
    page = read(studio(open_page, talk, who="nora"))
    page.fill("#said-query", "כְּלִי")
    expect(page.locator("#said-count")).to_have_text("1 of 1")
    assert words(page, "is-hit") == ["כלי,"]
    assert page.locator("#said-query").evaluate("one => getComputedStyle(one).direction") == "rtl"
    name = page.locator("#file-name")
    expect(name).to_have_text("שיחה 12 (סופי).mp4")
    assert name.evaluate("one => [getComputedStyle(one).direction, getComputedStyle(one).textAlign]") == ["rtl", "left"]

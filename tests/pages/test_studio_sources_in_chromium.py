"""Sources without a picture, or with one that the browser cannot play, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import media_bank
from tests.pages.studio import ink, marks, now, press, studio, upload

pytestmark = pytest.mark.browser


def test_sound_alone_has_its_waveform_as_the_stage(open_page, browser, site):
    page = studio(open_page, upload(browser, site, "alice", media_bank.tone_mp3()))
    expect(page.locator("#stage")).to_be_hidden()
    expect(page.locator("#film")).to_be_hidden()
    expect(page.locator("#lane-note")).to_be_hidden()
    assert page.locator("#track").bounding_box()["height"] > 300
    assert max(ink(page, "wave")) > 200
    press(page, "n", "Shift+ArrowRight", "o", "Space")
    page.wait_for_function("() => document.getElementById('video').played.length > 0")
    press(page, "k")
    assert marks(page) == [(0.0, 1.0)]
    expect(page.locator("#quality-field")).to_be_hidden()


def test_a_picture_the_browser_cannot_play_is_replaced_by_the_preview(open_page, browser, site):
    address = upload(browser, site, "alice", media_bank.hevc_mp4())
    page = open_page("alice")
    news = {"status": "ready", "pending": ["proxy"], "peaks": None, "sprites": None,
            "proxy": {"needed": True, "url": None}, "poster_url": None}
    page.route("**/assets.json", lambda route: route.fulfill(json=news))
    page.goto(address)
    panel = page.locator("#stage-panel")
    expect(panel).to_contain_text("This browser cannot play HEVC")
    expect(panel).to_contain_text("A preview is being made. You can set times by numbers meanwhile.")
    press(page, "n")
    row = page.locator("#segs .seg").first
    row.locator("[data-start]").fill("1")
    row.locator("[data-end]").fill("2.5")
    row.locator("[data-end]").press("Enter")
    assert marks(page) == [(1.0, 2.5)]
    page.unroute("**/assets.json")
    page.wait_for_selector("#video[data-proxy=yes]", state="attached")
    page.wait_for_function("() => document.getElementById('video').videoWidth > 0")
    expect(panel).to_be_hidden()
    press(page, "Home", *["ArrowRight"] * 3)
    assert now(page) == pytest.approx(0.1, abs=0.002)
    assert marks(page) == [(1.0, 2.5)]


def test_a_file_that_cannot_be_played_at_all_is_cut_by_numbers(open_page, browser, site):
    address = upload(browser, site, "alice", media_bank.hevc_mp4())
    page = open_page("alice")
    page.route("**/assets.json", lambda route: route.fulfill(json={
        "status": "ready", "pending": [], "peaks": None, "sprites": None,
        "proxy": {"needed": True, "url": None}, "poster_url": None}))
    page.goto(address)
    expect(page.locator("#stage-panel")).to_contain_text("You can set times by numbers; clips come out as usual.")
    expect(page.locator("#stage-panel progress")).to_be_hidden()
    press(page, "n")
    assert marks(page) == [(0.0, 5.0)]

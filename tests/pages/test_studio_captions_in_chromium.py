"""**Add captions** in Clip Studio: the switch, the price, what is asked for, and the card (C151)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests import media_bank
from tests.pages.studio import press, studio, upload

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def clip(browser, site) -> str:
    """The address of a ready source of 6 s with sound."""
    return upload(browser, site, "alice", media_bank.clip_mp4())


@pytest.mark.parametrize("width", [390, 1440])
def test_the_switch_shows_the_styles_and_the_price_of_captions(open_page, clip, width):
    page = studio(open_page, clip, width=width, theme="dark" if width == 390 else "light")
    press(page, "Home", "n")
    if width == 390:
        page.click("#tab-output")
    switch, style = page.get_by_role("switch", name="Add captions"), page.get_by_label("Caption style")
    expect(switch).not_to_be_checked()
    expect(style).to_be_hidden()
    expect(page.locator("#price-total")).to_have_text("$0.02")
    switch.check()
    expect(style).to_be_visible()
    expect(page.locator("#price-captions-what")).to_have_text("Captions × 1 min")
    expect(page.locator("#captions-note")).to_contain_text("The words will be a draft")
    expect(page.locator("#price-total")).to_have_text("$0.04")
    page.select_option("#format", "gif")
    expect(page.locator("#captions-field")).to_be_hidden()
    expect(page.locator("#price-total")).to_have_text("$0.02")
    page.select_option("#format", "mp4")
    expect(switch).to_be_checked()
    expect(page.locator("#price-total")).to_have_text("$0.04")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_export_asks_for_the_chosen_style_and_the_card_says_captions(open_page, clip):
    page = studio(open_page, clip)
    asked: list[dict] = []
    done = {"job_id": "job_000000000001", "status": "complete", "progress": 100, "status_message": "Done!",
            "captioned": True, "format": "mp4", "quality": "180p", "aspect_ratio": "16:9", "cost": 0.04,
            "file_name": "clip.mp4", "download_url": page.url, "balance": 1.0, "start": 0, "end": 1}

    def take(route: Route) -> None:
        asked.append(route.request.post_data_json)
        route.fulfill(json={"job_ids": ["job_000000000001"], "job_id": "job_000000000001", "status": "pending"})

    page.route("**/v1/clip", take)
    page.route("**/v1/clip/job_000000000001", lambda route: route.fulfill(json=done))
    press(page, "Home", "n")
    page.get_by_role("switch", name="Add captions").check()
    page.select_option("#style", "builtin:neon-glow")
    page.evaluate("document.getElementById('claim')?.remove()")
    page.click("#go")
    expect(page.locator("#jobs .job [data-message]")).to_have_text("MP4 · 180p · 16:9 · captions")
    assert [body["captions"] for body in asked] == [{"preset_ref": "builtin:neon-glow"}]
    expect(page.locator("#again")).to_contain_text("already exported")
    page.get_by_role("switch", name="Add captions").uncheck()
    expect(page.locator("#again")).to_be_hidden()

"""Clip Studio where a key is held, and where the browser brings a page back. Late answers are in tests/js."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests import media_bank
from tests.pages.studio import marks, press, studio, upload

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def clip(browser, site) -> str:
    return upload(browser, site, "dan", media_bank.clip_mp4())


def ordered(page: Page) -> list[dict[str, Any]]:
    """What is asked for from now on; each order is answered at once."""
    asked: list[dict[str, Any]] = []

    def take(route: Route) -> None:
        asked.append(route.request.post_data_json)
        route.fulfill(json={"status": "pending", "job_ids": [f"job_{len(asked)}"]})

    page.route("**/v1/clip", take)
    page.route("**/v1/clip/job_*", lambda route: route.fulfill(json={
        "status": "pending", "progress": 0, "status_message": "Waiting", "balance": 10, "error_code": None}))
    return asked


def test_a_held_key_orders_once_and_the_order_has_the_name_that_is_being_typed(open_page, clip):
    page = studio(open_page, clip, who="dan")
    asked = ordered(page)
    press(page, "n")
    page.evaluate("document.getElementById('claim')?.remove()")
    page.locator("#segs [data-title]").focus()
    page.keyboard.type("Intro")
    page.keyboard.down("Control")
    for _ in range(3):
        page.keyboard.down("Enter")
        expect(page.locator("#jobs .job")).to_have_count(1)
        expect(page.locator("#go")).to_be_enabled()
    page.keyboard.up("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#jobs .job")).to_have_count(2)
    assert [[cut.get("title") for cut in body["segments"]] for body in asked] == [["Intro"], ["Intro"]]
    page.keyboard.up("Control")
    page.locator("#go").dblclick()
    expect(page.locator("#jobs .job")).to_have_count(3)
    page.locator("#go").click()
    expect(page.locator("#jobs .job")).to_have_count(4)
    assert len(asked) == 4


def test_a_page_that_comes_back_has_the_marks_and_the_money_of_now(open_page, clip):
    page = studio(open_page, clip, who="dan")
    page.route("**/v1/balance", lambda route: route.fulfill(json={"balance": 3.21}))
    press(page, "n")
    assert marks(page) == [(0.0, 5.0)]
    page.evaluate("""() => {
        dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))
        const name = `fastclip:marks:${location.pathname.split('/').pop()}`
        const kept = JSON.parse(localStorage.getItem(name))
        localStorage.setItem(name, JSON.stringify({...kept, now: [1, [1, 2, 3]]}))
        dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))
    }""")
    assert marks(page) == [(2.0, 3.0)]
    expect(page.locator("[data-balance]").first).to_have_text("$3.21")


def test_a_file_whose_length_comes_late_has_not_that_of_the_one_before(open_page):
    page = studio(open_page, "/studio/sample", who=None)
    press(page, "ArrowRight")
    page.set_input_files("#file", {"name": "talk.mkv", "mimeType": "video/x-matroska", "buffer": b"not for a browser"})
    expect(page.locator("#file-name")).to_have_text("talk.mkv")
    expect(page.locator("#length")).to_have_text("0:00.000")
    expect(page.locator("#now")).to_have_text("0:00.000")

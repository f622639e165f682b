"""What follows people over the site: the job tray, toasts, the command palette."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.pages.held import Held
from tests.pages.studio import at, cut_sample, drawn
from tests.pages.test_pages_in_chromium import check, too_wide, violations

pytestmark = pytest.mark.browser
JOB: dict[str, Any] = {
    "job_id": "job_1", "name": "talk.mp4 0:01–0:02", "page_url": "/studio/jobs/job_1", "status": "processing",
    "progress": 63, "status_message": "Cutting", "started_at": "2026-04-19T10:00:00Z", "finished_at": None,
    "download_url": None, "file_name": None, "hint": "Try another range.", "error": None, "cost": None}
DONE = JOB | {"status": "complete", "progress": 100, "finished_at": "2026-04-19T10:00:09Z", "cost": 0.02,
              "format": "mp4", "quality": "540p", "file_name": "talk_0-01-0-02.mp4"}
FAILED = JOB | {"status": "failed", "error": "It broke.", "error_code": "media_error",
                "finished_at": "2026-04-19T10:00:09Z"}


class Told:
    """What the tray is told instead of the truth; may change while a page looks."""

    def __init__(self, page: Page, *jobs: dict[str, Any]) -> None:
        self.jobs = list(jobs)
        self.asked = 0
        page.route("**/jobs/tray.json", self._answer)

    def _answer(self, route) -> None:
        self.asked += 1
        route.fulfill(json={"jobs": self.jobs, "now": "2026-04-19T10:00:10Z"})


@pytest.fixture(scope="module")
def shelf(browser, site) -> str:
    return cut_sample(browser, site, "nora")


# --- The tray ---------------------------------------------------------------------------------------------

def test_a_running_job_is_followed_over_pages_and_its_end_is_told_with_what_to_do(open_page):
    page = open_page("dan")
    told = Told(page, JOB)
    at(page, "/library")
    expect(page.locator("#tray-button")).to_have_accessible_name("Jobs: 1 · 63 % running")
    expect(page).to_have_title("63 % · FastClip")
    card = page.locator("#tray-list > li")
    expect(card).to_be_visible()
    # It counts on: a busy machine looks a second or two later.
    expect(card).to_contain_text(re.compile("Cutting · 1[0-3] s, about [67] s left"))
    at(page, "/account")
    expect(page.locator("#tray-button")).to_contain_text("63 %")
    page.goto("about:blank")
    told.jobs = [DONE | {"download_url": "/files/x"}]
    at(page, "/account/keys")  # it ended between two pages, where nobody asked
    expect(page.locator("#toasts")).to_contain_text("talk_0-01-0-02.mp4 is ready")
    expect(page.locator("#toasts")).to_contain_text("Copy link")
    expect(page.locator("#toasts")).to_contain_text("Download")
    expect(page).to_have_title(re.compile("^API keys"))
    page.click("#tray-button")
    expect(page.locator("#tray")).to_be_visible()
    expect(card).to_contain_text("MP4 · 540p")
    asked = told.asked
    page.click("#tray [data-clear]")
    expect(page.locator("#tray-button")).to_be_hidden()
    assert told.asked == asked + 1  # nothing runs: nobody asks
    at(page, "/account")
    expect(page.locator("#tray-button")).to_be_hidden()


def test_a_failed_job_says_why_and_can_be_tried_again(open_page, watch):
    watch.expected = ("410",)
    page = open_page("dan")
    told = Told(page, JOB)
    at(page, "/library")
    card = page.locator("#tray-list > li")
    expect(card).to_have_attribute("data-status", "processing")
    told.jobs = [FAILED]
    toast = page.locator("#toasts .notice-bad")
    expect(toast).to_contain_text("It broke.")
    expect(card).to_contain_text("Try another range. Nothing was charged. job_1")
    page.route("**/studio/jobs/job_1/retry", lambda route: route.fulfill(status=410, json={
        "error": "The source has expired.", "code": "expired", "hint": "Upload it again.", "request_id": "req_0123"}))
    card.get_by_role("button", name="Retry talk.mp4").click()
    expect(card.locator(".notice")).to_contain_text("The source has expired.")
    expect(card.locator(".notice")).to_contain_text("Upload it again.")
    expect(card.locator(".notice")).to_contain_text("req_0123")
    assert violations(page) == []


def test_a_running_job_is_cancelled_from_the_tray(open_page):
    page = open_page("dan")
    told = Told(page, JOB)
    at(page, "/library")
    asked: list[str] = []

    def cancel(route) -> None:
        asked.append(route.request.method)
        told.jobs = [FAILED | {"error_code": "cancelled", "error": "The job was cancelled."}]
        route.fulfill(json={})

    page.route("**/v1/clip/job_1/cancel", cancel)
    page.click("#tray-list [data-cancel]")
    expect(page.locator("#tray-list > li")).to_have_attribute("data-status", "cancelled")
    assert (asked, page.locator("#toasts .notice").count()) == (["POST"], 0)


def test_late_answers_take_nothing_back_and_one_press_tries_again_once(open_page):
    page = open_page("dan")
    looks = Held(page, "**/jobs/tray.json")
    now = "2026-04-19T10:00:10Z"
    at(page, "/account")
    looks.asked(1)
    page.evaluate("dispatchEvent(new Event('fastclip:jobs'))")
    looks.asked(2)
    looks.answer(1, json={"jobs": [JOB], "now": now})
    expect(page.locator("#tray-button")).to_contain_text("63 %")
    looks.answer(0, json={"jobs": [JOB | {"progress": 10}], "now": now})
    looks.asked(3)
    expect(page.locator("#tray-button")).to_contain_text("63 %")
    page.evaluate("document.title = 'talk'")  # as the studio does when a source is ready
    looks.answer(2, json={"jobs": [FAILED], "now": now})
    retry = page.locator("#tray-list [data-retry]")
    expect(retry).to_be_visible()
    expect(page).to_have_title("talk")
    tries = Held(page, "**/studio/jobs/job_1/retry")
    retry.click()
    retry.click()
    tries.asked(1)
    drawn(page)
    assert len(tries.routes) == 1
    tries.answer(0, json={"job_id": "job_2"})
    expect(retry).to_be_hidden()


def test_a_tray_closed_by_hand_stays_closed_on_the_next_page(open_page):
    page = open_page("dan")
    Told(page, JOB)
    at(page, "/library")
    expect(page.locator("#tray")).to_be_visible()
    page.locator("#tray [data-close]").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#tray")).to_be_hidden()
    expect(page.locator("#tray-button")).to_be_focused()
    at(page, "/account")
    expect(page.locator("#tray-button")).to_contain_text("63 %")
    expect(page.locator("#tray")).to_be_hidden()


def test_a_signed_out_reader_has_no_tray_and_asks_for_none(open_page):
    page = open_page()
    told = Told(page, JOB)
    at(page, "/terms")
    assert (page.locator("#tray").count(), told.asked) == (0, 0)


def test_escape_and_a_press_outside_close_the_tray_and_a_phone_shows_its_icon(open_page):
    page = open_page("dan", width=390)
    Told(page, DONE | {"download_url": "/files/x"})
    at(page, "/account")
    button, tray = page.locator("#tray-button"), page.locator("#tray")
    expect(button.locator("svg")).to_be_visible()
    assert not too_wide(page)
    button.click()
    expect(tray).to_be_visible()
    page.keyboard.press("Escape")
    expect(tray).to_be_hidden()
    button.click()
    page.mouse.click(3, 600)  # the margin of the page
    expect(tray).to_be_hidden()


# --- Toasts -----------------------------------------------------------------------------------------------

def test_at_most_three_toasts_stand_and_an_error_stays_until_it_is_closed(open_page):
    page = open_page("dan")
    told = Told(page, *[JOB | {"job_id": f"job_{n}"} for n in range(5)])
    at(page, "/library")
    expect(page.locator("#tray-list > li")).to_have_count(5)
    told.jobs = [FAILED | {"job_id": f"job_{n}", "name": f"talk {n}"} for n in range(5)]
    toasts = page.locator("#toasts .notice")
    expect(toasts).to_have_count(3)
    expect(toasts.first).to_be_hidden()  # below the newest, until the pointer comes
    page.locator("#toasts").hover()
    expect(toasts.first).to_be_visible()
    assert [text.split("\n")[0] for text in toasts.all_inner_texts()] == [
        f"talk {n} failed: It broke." for n in (2, 3, 4)]
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("F8")
    expect(toasts.last.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Enter")
    expect(toasts).to_have_count(2)
    assert page.locator("#toasts").get_attribute("role") == "status"


# --- The palette ------------------------------------------------------------------------------------------

def test_ctrl_k_opens_the_palette_everywhere_and_it_goes_where_it_says(open_page, shelf):
    page = open_page("nora")
    for address in ("/", "/studio", "/library", "/account", "/terms", shelf):
        at(page, address)
        page.keyboard.press("Control+k")
        expect(page.locator("#palette-field")).to_be_focused()
        page.keyboard.press("Control+k")
        expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("api keys")
    expect(page.locator("#palette-list [aria-selected=true]")).to_contain_text("Go to API keys")
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/keys")


def test_the_palette_is_driven_by_arrows_and_says_where_nothing_fits(open_page):
    page = open_page()
    at(page, "/terms")
    page.click(".palette-button")
    rows = page.locator("#palette-list [role=option]")
    expect(rows.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    expect(rows.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette-field")).to_have_attribute("aria-activedescendant", "palette-1")
    assert violations(page) == []
    page.keyboard.type("zzzz")
    expect(page.locator("#palette-none")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_the_palette_finds_recent_uploads_and_clips_and_changes_the_theme(open_page, shelf):
    page = open_page("nora", theme="light")
    at(page, "/account")
    page.keyboard.press("Control+k")
    page.keyboard.type("sample.mp4")
    expect(page.locator("#palette-list")).to_contain_text("Upload")
    page.keyboard.press("Enter")
    page.wait_for_url(shelf)
    page.wait_for_selector("[data-ready]")
    page.keyboard.press("Control+k")
    page.keyboard.type("theme: dark")
    with page.expect_response("**/theme"):
        page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_what_comes_late_leaves_the_choice_alone_and_a_held_key_chooses_nothing(open_page, watch):
    watch.expected = ("503",)
    page = open_page("dan")
    recent = Held(page, "**/recent.json")
    at(page, "/account")
    page.focus(".palette-button")
    page.keyboard.down("Enter")
    page.keyboard.down("Enter")  # it repeats
    expect(page.locator("#palette-field")).to_be_focused()
    page.keyboard.up("Enter")
    page.keyboard.press("Escape")
    recent.asked(1)
    recent.answer(0, status=503, json={"error": "Not now."})
    page.keyboard.down("Control")
    page.keyboard.down("k")
    page.keyboard.down("k")
    expect(page.locator("#palette-field")).to_be_focused()
    page.keyboard.up("k")
    page.keyboard.up("Control")
    recent.asked(2)
    page.keyboard.type("go to")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#palette-list [aria-selected=true] [data-title]")
    before = chosen.inner_text()
    recent.answer(1, json={"recent": [{"title": "Go to my cat.mp4", "url": "/x", "kind": "Upload"}]})
    expect(page.locator("#palette-list")).to_contain_text("my cat.mp4")
    expect(chosen).to_have_text(before)


def test_every_button_of_the_studio_has_its_entry_and_does_the_same(open_page, shelf):
    page = open_page("nora")
    at(page, shelf)
    missing = page.evaluate("""async () => {
        document.querySelector('.palette-button').click()
        const listed = document.querySelector('#palette-list').textContent.toLowerCase()
        const wanted = ['play or pause', 'split', 'mute', 'undo', 'export', 'new segment']
        return wanted.filter(one => !listed.includes(one))
    }""")
    assert missing == []
    page.keyboard.type("mute")
    page.keyboard.press("Enter")
    expect(page.locator("#mute")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("document.getElementById('video').muted") is True


def test_what_is_typed_into_the_palette_is_no_key_of_the_studio(open_page, shelf):
    page = open_page("nora")
    at(page, shelf)
    before = page.locator("#segs .seg").count()
    page.keyboard.press("Control+k")
    page.keyboard.type("nnn")
    page.keyboard.press("Escape")
    assert page.locator("#segs .seg").count() == before


@pytest.mark.parametrize("width", [390, pytest.param(1440, marks=pytest.mark.deep)])
def test_library_tray_and_palette_have_no_accessibility_violation_and_fit(open_page, shelf, width):
    page = open_page("nora", width=width)
    Told(page, JOB, FAILED | {"job_id": "job_2"}, DONE | {"job_id": "job_3", "download_url": "/files/x"})
    addresses = ["/library", "/library?tab=uploads", "/library?tab=jobs", "/library?q=nothing", "/studio/sample", "/"]
    assert [fault for address in addresses for fault in check(page, address)] == []
    at(page, "/library")
    page.locator(".tile summary").first.click()
    assert violations(page) == []
    if width == 390:
        page.keyboard.press("Escape")
        page.click("summary[aria-label='Account menu']")
        page.click(".menu-list [data-palette]")
    else:
        page.keyboard.press("Control+k")
    expect(page.locator("#palette-field")).to_be_visible()
    assert violations(page) == []
    assert not too_wide(page)

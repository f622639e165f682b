"""What follows people over the site: the job tray, toasts, the command palette; the library."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.pages.studio import READY, at
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
    """Carol has taken the sample and cut three clips of it: the address of the source."""
    context = browser.new_context(base_url=site.url)
    context.add_cookies(site.cookies("carol"))
    page = context.new_page()
    at(page, "/studio/sample")
    page.click("#take-go")
    page.wait_for_url("**/studio/upl_*")
    page.wait_for_selector("#file-state.chip-ok", timeout=READY)
    page.keyboard.press("n")
    page.click("#go")
    page.wait_for_selector("#jobs .job:nth-child(3) [data-actions]:not([hidden])", timeout=READY)
    address = page.url
    context.close()
    return address


# --- The tray ---------------------------------------------------------------------------------------------

def test_a_running_job_is_followed_over_pages_and_its_end_is_told_with_what_to_do(open_page):
    page = open_page("dan")
    told = Told(page, JOB)
    at(page, "/library")
    expect(page.locator("#tray-button")).to_have_accessible_name("Jobs: 1 · 63 % running")
    expect(page).to_have_title("63 % · FastClip")
    card = page.locator("#tray-list > li")
    expect(card).to_be_visible()
    expect(card).to_contain_text("Cutting · 10 s, about 6 s left")
    at(page, "/account")
    expect(page.locator("#tray-button")).to_contain_text("63 %")
    told.jobs = [DONE | {"download_url": "/files/x"}]
    at(page, "/account/keys")  # it ended between two pages
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
    told.jobs = [FAILED]
    toast = page.locator("#toasts .notice-bad")
    expect(toast).to_contain_text("It broke.")
    card = page.locator("#tray-list > li")
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


# --- Toasts -----------------------------------------------------------------------------------------------

def test_at_most_three_toasts_stand_and_an_error_stays_until_it_is_closed(open_page):
    page = open_page("dan")
    told = Told(page, *[JOB | {"job_id": f"job_{n}"} for n in range(5)])
    at(page, "/library")
    expect(page.locator("#tray-list > li")).to_have_count(5)
    told.jobs = [FAILED | {"job_id": f"job_{n}", "name": f"talk {n}"} for n in range(5)]
    toasts = page.locator("#toasts .notice")
    expect(toasts).to_have_count(3)
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
    page = open_page("carol")
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
    page = open_page("carol", theme="light")
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


def test_every_button_of_the_studio_has_its_entry_and_does_the_same(open_page, shelf):
    page = open_page("carol")
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
    page = open_page("carol")
    at(page, shelf)
    before = page.locator("#segs .seg").count()
    page.keyboard.press("Control+k")
    page.keyboard.type("nnn")
    page.keyboard.press("Escape")
    assert page.locator("#segs .seg").count() == before


# --- The library ------------------------------------------------------------------------------------------

def test_a_clip_is_renamed_where_it_stands(open_page, shelf):
    page = at(open_page("carol"), "/library")
    tile = page.locator(".tile").first
    before = tile.locator("[data-title]").inner_text()
    tile.locator("summary").click()
    tile.get_by_role("button", name="Rename").click()
    page.keyboard.type("never mind")
    page.keyboard.press("Escape")
    expect(tile.locator("[data-title]")).to_have_text(before)
    tile.locator("summary").click()
    tile.get_by_role("button", name="Rename").click()
    page.keyboard.type("<b>The best</b> answer")
    with page.expect_response("**/v1/clips/*") as answer:
        page.keyboard.press("Enter")
    assert answer.value.json()["title"] == "<b>The best</b> answer"
    expect(tile.locator("[data-title]")).to_be_focused()
    page.reload()
    expect(page.locator(".tile").first.locator("[data-title]")).to_have_text("<b>The best</b> answer")


def test_a_refused_title_goes_back_and_says_why(open_page, shelf, watch):
    watch.expected = ("503",)
    page = at(open_page("carol"), "/library")
    page.route("**/v1/clips/*", lambda route: route.fulfill(status=503, json={"error": "Not now."}))
    tile = page.locator(".tile").first
    before = tile.locator("[data-title]").inner_text()
    tile.locator("summary").click()
    tile.get_by_role("button", name="Rename").click()
    page.keyboard.type("other")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts .notice-bad")).to_contain_text("Not renamed: Not now.")
    expect(tile.locator("[data-title]")).to_have_text(before)


def test_a_deleted_clip_can_be_had_back_and_is_gone_when_the_page_is_left(open_page, shelf):
    page = at(open_page("carol"), "/library")
    count = page.locator(".tile").count()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "bulk-delete" in request.url else None)
    tile = page.locator(".tile").last
    tile.locator("summary").click()
    tile.get_by_role("button", name="Delete").click()
    expect(page.locator(".tile:visible")).to_have_count(count - 1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".tile:visible")).to_have_count(count)
    assert asked == []
    tile.locator("summary").click()
    tile.get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("deleted")
    at(page, "/account")
    for _ in range(100):
        at(page, "/library")
        if page.locator(".tile").count() == count - 1:
            break
    assert page.locator(".tile").count() == count - 1


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


def test_a_deleted_upload_can_be_had_back_and_is_gone_when_the_page_is_left(open_page, shelf):
    page = at(open_page("dan"), "/studio/sample")
    page.click("#take-go")
    page.wait_for_url("**/studio/upl_*")
    address = page.url.rpartition("/")[2]
    at(page, "/library?tab=uploads")
    tile = page.locator(f".tile[data-upload={address}]")

    def delete() -> None:
        tile.locator("summary").click()
        tile.get_by_role("button", name="Delete").click()
        expect(tile).to_be_hidden()

    delete()
    page.get_by_role("button", name="Undo").click()
    expect(tile).to_be_visible()
    delete()
    at(page, "/account")
    for _ in range(100):
        at(page, "/library?tab=uploads")
        if not tile.count():
            break
    assert not tile.count()


def test_several_are_chosen_with_shift_and_told_how_many(open_page, shelf):
    page = at(open_page("carol"), "/library")
    boxes = page.locator(".tile-pick input")
    count = boxes.count()
    assert count >= 2
    boxes.first.focus()
    page.keyboard.press("Space")
    boxes.last.click(modifiers=["Shift"])
    expect(page.locator("[data-chosen]")).to_have_text(f"{count} selected")
    assert violations(page) == []
    page.get_by_text("Clear selection").click()
    expect(page.locator(".bulk")).to_be_hidden()


def test_the_pointer_over_a_clip_shows_what_happens_in_it(open_page, shelf):
    page = at(open_page("carol"), "/library?tab=uploads")
    page.route("**/assets.json", lambda route: route.fulfill(json={"sprites": {"url": "/studio/sample/sprites.json"}}))
    picture = page.locator("[data-assets]").first
    picture.hover()
    box = picture.bounding_box()
    places = set()
    for part in (0.1, 0.5, 0.95):
        page.mouse.move(box["x"] + box["width"] * part, box["y"] + 20)
        expect(picture.locator(".tile-film")).to_be_visible()
        places.add(picture.locator(".tile-film").evaluate("one => one.style.backgroundPosition"))
    assert len(places) == 3
    page.mouse.move(5, 5)
    expect(picture.locator(".tile-film")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_library_tray_and_palette_have_no_accessibility_violation_and_fit(open_page, shelf, theme, width):
    page = open_page("carol", width=width, theme=theme)
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


def test_an_empty_library_offers_the_sample_and_the_sample_leads_to_an_export(open_page):
    page = at(open_page("bob"), "/library")
    if page.locator(".empty").count():
        page.get_by_role("link", name="Use the sample").click()
    else:
        page.goto("/studio/sample")
    page.wait_for_selector("[data-ready]")
    expect(page.locator("#segs .seg:not([data-plain])")).to_have_count(2)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/studio/upl_*")
    expect(page.locator("#file-state.chip-ok, #go:enabled").first).to_be_visible(timeout=READY)
    expect(page.locator("#segs .seg:not([data-plain])")).to_have_count(2)


def test_without_scripts_the_library_filters_renames_and_deletes(open_page, shelf):
    page = open_page("carol", js=False)
    page.goto("/library")
    count = page.locator(".tile").count()
    page.locator(".tile summary").first.click()
    page.locator(".tile [name=title]").first.fill("By a plain form")
    page.locator(".tile .menu-form .btn").first.click()
    expect(page.locator(".tile-name").first).to_have_text("By a plain form")
    page.fill("[name=q]", "plain FORM")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".tile")).to_have_count(1)
    page.locator(".tile [name=clip]").first.check()
    page.get_by_role("button", name="Delete selected").click()
    expect(page.locator("h1")).to_have_text("Delete 1 clip?")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".flash")).to_contain_text("1 clip is deleted.")
    expect(page.locator(".tile")).to_have_count(count - 1)

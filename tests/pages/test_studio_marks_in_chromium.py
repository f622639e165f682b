"""What a new user tripped over in the studio: half-typed times, the frame at the out point, jobs after a reload."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.pages.conftest import OpenPage
from tests.pages.studio import at, drawn, still
from tests.pages.test_studio_in_chromium import marks, probed, seek, studio, type_time, uploaded  # noqa: F401

pytestmark = pytest.mark.browser
RUNNING = {"status": "processing", "progress": 30, "status_message": "Cutting", "balance": 10, "error_code": None}


def fresh(open_page: OpenPage, address: str, **how: object) -> Page:
    """The studio with nothing marked."""
    page = at(open_page("alice", **how), address)
    expect(page.locator("#length")).to_have_text("0:06.000")
    return page


def queue_of(page: Page) -> list[dict[str, Any]]:
    """Take exports here instead of the server, and let their jobs run for ever; returns what was asked for."""
    asked: list[dict[str, Any]] = []

    def take(route: Route) -> None:
        asked.append(route.request.post_data_json)
        ids = [f"job_{len(asked)}{index}" for index in range(len(asked[-1]["segments"]))]
        route.fulfill(json={"job_ids": ids, "status": "queued"})

    page.route("**/v1/clip", take)
    page.route("**/v1/clip/job_*", lambda route: route.fulfill(json=RUNNING))
    return asked


def export(page: Page) -> None:
    """Press the button and wait until its jobs stand on top of those of earlier tests."""
    before = page.locator("#jobs .job").count()
    page.click("#go")
    expect(page.locator("#jobs .job")).to_have_count(before + 1)


def field(page: Page, name: str) -> Locator:
    return page.locator(f"#segs [data-{name}]").first


@pytest.mark.parametrize("how", ["keys", "click"])
def test_a_time_still_in_its_field_counts_before_the_export(open_page, uploaded, how):  # noqa: F811
    page = studio(open_page, uploaded)
    asked = queue_of(page)
    jobs = page.locator("#jobs .job")
    before = jobs.count()
    for typed in ("9:99", "2"):
        field(page, "end").fill(typed)
        if how == "keys":
            page.keyboard.press("Control+Enter")
        else:
            page.click("#go", force=True)
        if typed == "9:99":
            expect(page.locator("#go-text")).to_have_text("Fix the marked time first")
            expect(page.locator("#go")).to_be_disabled()
            expect(page.locator("#price-total")).to_have_text("$0.00")
            assert asked == []
    expect(jobs).to_have_count(before + 1)
    assert [body["segments"] for body in asked] == [[{"start": 0, "end": 2}]]


def test_a_start_typed_before_its_end_waits_for_the_end(open_page, uploaded):  # noqa: F811
    page = studio(open_page, uploaded)
    type_time(page, 0, "end", "1")
    field(page, "start").fill("3")
    page.keyboard.press("Tab")
    expect(field(page, "start")).to_have_value("3")
    expect(field(page, "start")).to_have_attribute("aria-invalid", "true")
    field(page, "end").fill("4")
    page.keyboard.press("Tab")
    assert marks(page) == [("0:03.000", "0:04.000")]
    expect(page.locator("#segs [data-fault]")).to_be_hidden()
    field(page, "start").fill("-3")
    page.keyboard.press("Tab")
    expect(page.locator("#segs [data-fault]")).to_have_text("Times begin at 0.")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+z")  # what moves the segment by other means ends the typing
    expect(page.locator("#segs [data-fault]")).to_be_hidden()


def test_in_and_out_keep_the_two_frames_that_were_seen(open_page, uploaded, tmp_path):  # noqa: F811
    page = fresh(open_page, uploaded)
    seek(page, 8)
    page.keyboard.press("i")
    assert marks(page) == [("0:00.267", "0:05.267")]
    seek(page, 31)
    page.keyboard.press("o")
    assert marks(page) == [("0:00.267", "0:01.067")]
    export(page)
    with page.expect_download() as download:
        page.click("#jobs .job:first-child [data-download]")
    download.value.save_as(tmp_path / "clip.mp4")
    video = next(one for one in probed(tmp_path / "clip.mp4")["streams"] if one["codec_type"] == "video")
    assert int(video["nb_read_frames"]) == 31 - 8 + 1
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("End")
    page.keyboard.press("o")
    assert marks(page) == [("0:00.267", "0:06.000")]
    page.keyboard.press("Home")
    page.keyboard.press("o")
    expect(page.locator("#toasts")).to_contain_text("The segment starts at 0:00.267")


def test_a_fresh_source_has_nothing_marked_and_no_range_twice(open_page, uploaded):  # noqa: F811
    page = fresh(open_page, uploaded)
    assert marks(page) == []
    expect(page.locator("#segs-empty")).to_contain_text("Nothing marked yet")
    expect(page.locator("#go-text")).to_have_text("Mark a segment first")
    page.keyboard.press("n")
    page.keyboard.press("n")
    assert marks(page) == [("0:00.000", "0:05.000")]
    expect(page.locator("#toasts")).to_contain_text("Segment 1 is this range already")


def test_the_first_frame_is_shown_at_zero_after_a_reload(open_page, uploaded):  # noqa: F811
    page = fresh(open_page, uploaded)
    page.reload()
    expect(page.locator("#video")).to_have_js_property("readyState", 4)
    expect(page.locator("#video")).not_to_have_attribute("poster", re.compile("."))
    assert page.locator("#video").evaluate("one => one.currentTime") < 1 / 30


def test_running_and_finished_clips_are_there_after_a_reload(open_page, uploaded):  # noqa: F811
    page = studio(open_page, uploaded)
    type_time(page, 0, "end", "1.5")
    export(page)
    page.wait_for_selector("#jobs .job:first-child [data-actions]:not([hidden])")
    running = {"job_id": "job_0a", "file_id": uploaded.rpartition("/")[2], "start": 0, "end": 1.5, **RUNNING}

    def with_a_running_one(route: Route) -> None:
        answer = route.fetch()
        told = f'<script id="made" type="application/json">[{json.dumps(running)}, '
        body = re.sub(r'<script id="made"[^>]*>\[', lambda _: told, answer.text(), count=1)
        route.fulfill(response=answer, body=body)

    page.route("**/studio/upl_*", with_a_running_one)
    page.route("**/v1/clip/job_0a", lambda route: route.fulfill(json=RUNNING))
    page.route("**/v1/clip/job_0a/cancel", lambda route: route.fulfill(json={
        **running, "status": "failed", "error": "Cancelled", "error_code": "cancelled"}))
    page.reload()
    first, second = page.locator("#jobs .job").nth(0), page.locator("#jobs .job").nth(1)
    expect(first.locator("[data-name]")).to_have_text("0:00.000 to 0:01.500")
    expect(second.locator("[data-download]")).to_be_visible()
    expect(page.locator("#again")).to_contain_text("Segment 1 is already running")
    first.locator("[data-cancel]").click()
    expect(first.locator("[data-chip]")).to_have_text("cancelled")
    expect(first.locator("[data-chip]")).to_have_class(re.compile(r"^chip\s*$"))
    expect(first.locator(".notice")).to_have_count(0)
    expect(page.locator("#again")).to_contain_text("Segment 1 is already exported below.")
    second.locator("[data-name]").evaluate("one => { one.textContent = 'A title that goes on '.repeat(9) }")
    assert page.locator("#export").evaluate("side => side.scrollWidth <= side.clientWidth")
    show = second.locator("[data-show]")
    for before, after in (("Preview", "Close"), ("Close", "Preview")):
        expect(show).to_have_text(before)
        show.click()
        expect(show).to_have_text(after)
        if after == "Close":
            expect(second.locator("[data-preview] video")).to_be_in_viewport()
    page.select_option("#format", "gif")
    expect(page.locator("#again")).to_be_hidden()


def test_a_job_that_is_gone_says_so_and_is_followed_no_more(open_page, uploaded, watch):  # noqa: F811
    watch.expected = ("404",)
    page = studio(open_page, uploaded)
    queue_of(page)
    page.route("**/v1/clip/job_*", lambda route: route.fulfill(status=404, json={"error": "There is no such job."}))
    export(page)
    job = page.locator("#jobs .job").first
    expect(job.locator(".notice")).to_contain_text("There is no such job.")
    expect(job.locator("[data-cancel]")).to_be_hidden()
    expect(page.locator("#again")).to_be_hidden()


def test_waiting_clips_are_named_by_their_ranges_in_the_order_of_the_segments(open_page, uploaded):  # noqa: F811
    page = studio(open_page, uploaded)
    queue_of(page)
    before = page.locator("#jobs .job").count()
    type_time(page, 0, "end", "1")
    seek(page, 60)
    page.keyboard.press("n")
    page.click("#go")
    expect(page.locator("#jobs .job")).to_have_count(before + 2)
    names = page.locator("#jobs [data-name]").all_inner_texts()
    assert names[:2] == ["0:00.000 to 0:01.000", "0:02.000 to 0:06.000"]


@pytest.mark.parametrize(("claimable", "button", "label", "left"), [
    (True, "Claim $1.00 and export · $0.02", "Balance after claiming", "$0.98"),
    (False, "Balance too low: needs $0.02 more.", "Balance", "$0.00"),
])
def test_too_little_money_names_the_way_out(open_page, uploaded, claimable, button, label, left):  # noqa: F811
    page = open_page("alice")

    def poor(route: Route) -> None:
        answer = route.fetch()
        body = re.sub(r'"balance_cents": \d+', '"balance_cents": 0', answer.text())
        route.fulfill(response=answer, body=body if claimable else body.replace('id="claim"', 'id="claimed"'))

    page.route("**/studio/upl_*", poor)
    at(page, uploaded)
    page.keyboard.press("n")
    expect(page.locator("#go-text")).to_have_text(button)
    expect(page.locator("#price-after-what")).to_have_text(label)
    expect(page.locator("#price-after")).to_have_text(left)
    if not claimable:
        expect(page.locator("#go")).to_be_disabled()
        expect(page.locator("#poor")).to_have_text("Ask whoever runs this server to add credit.")


def overlap(page: Page, one: str, other: str) -> bool:
    a, b = page.locator(one).bounding_box(), page.locator(other).bounding_box()
    return (a["x"] < b["x"] + b["width"] and b["x"] < a["x"] + a["width"]
            and a["y"] < b["y"] + b["height"] and b["y"] < a["y"] + a["height"])


@pytest.mark.parametrize("width", [390, 1440])
def test_toasts_leave_the_controls_free_and_removals_share_one(open_page, uploaded, width):  # noqa: F811
    page = studio(open_page, uploaded, width=width)
    seek(page, 30)
    page.keyboard.press("n")
    page.keyboard.press("Delete")
    page.keyboard.press("Delete")
    expect(page.locator("#toasts .notice")).to_have_count(1)
    still(page)  # it slides in
    for place in ("#stage", "#transport", "#file-state", "#timeline", "#export", ".top .tools", ".top .nav"):
        assert not overlap(page, "#toasts .notice", place), place
    assert page.locator("#toasts").evaluate("one => Boolean(one.closest('header'))")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    assert marks(page) == [("0:00.000", "0:05.000")]


@pytest.mark.parametrize("width", [390, 1440])
def test_the_number_of_a_tiny_last_segment_stays_inside_the_timeline(open_page, uploaded, width):  # noqa: F811
    page = fresh(open_page, uploaded, width=width)
    page.keyboard.press("End")
    page.keyboard.press("n")
    drawn(page)
    track, badge = page.locator("#track").bounding_box(), page.locator(".bar-no").first.bounding_box()
    assert badge["x"] >= track["x"]
    assert badge["x"] + badge["width"] <= track["x"] + track["width"]

"""Segments as things of their own: names, order, copies, overlaps, undo after a reload, and paying for a part."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests import media_bank
from tests.pages.studio import act, at, go, marks, now, press, studio, upload

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def halves(browser, site) -> str:
    return upload(browser, site, "alice", media_bank.halves_mp4())


def three(open_page, address: str, **how: object) -> Page:
    """The studio with segments at 1, 8 and 14 seconds."""
    page = studio(open_page, address, **how)
    for start in (1, 8, 14):
        go(page, start)
        press(page, "n")
    assert marks(page) == [(1.0, 6.0), (8.0, 13.0), (14.0, 19.0)]
    return page


def names(page: Page) -> list[str]:
    return list(page.evaluate("() => [...document.querySelectorAll('#segs [data-title]')].map(one => one.value)"))


def rename(page: Page, segment: int, name: str) -> None:
    title = page.locator("#segs [data-title]").nth(segment)
    title.fill(name)
    title.press("Enter")


def test_a_segment_gets_a_name_which_the_timeline_shows_as_text(open_page, halves):
    page = three(open_page, halves)
    odd = "<b>Intro</b> & co"
    act(page, 1, "rename")
    page.keyboard.type(odd)
    page.keyboard.press("Enter")
    assert names(page) == ["", odd, ""]
    expect(page.locator(".bar-seg").nth(1)).to_contain_text(f"2  {odd}")
    title = page.locator("#segs [data-title]").nth(1)
    title.fill("something else")
    title.press("Escape")
    assert names(page)[1] == odd
    press(page, "Control+z")
    assert names(page) == ["", "", ""]


def test_segments_change_places_by_the_menu_and_by_dragging_their_numbers(open_page, halves):
    page = three(open_page, halves)
    act(page, 0, "down")
    assert [start for start, _ in marks(page)] == [8, 1, 14]
    act(page, 2, "up")
    assert [start for start, _ in marks(page)] == [8, 14, 1]
    grip = page.locator("#segs [data-pick]").nth(2).bounding_box()
    first = page.locator("#segs .seg").first.bounding_box()
    page.mouse.move(grip["x"] + 12, grip["y"] + 12)
    page.mouse.down()
    page.mouse.move(grip["x"] + 12, grip["y"] - 40, steps=4)
    page.mouse.move(grip["x"] + 12, first["y"] + 8, steps=4)
    page.mouse.up()
    assert [start for start, _ in marks(page)] == [1, 8, 14]
    assert page.locator("#segs [data-pick]").all_inner_texts() == ["1", "2", "3"]
    press(page, "Control+z")
    assert [start for start, _ in marks(page)] == [8, 14, 1]  # the whole drag is one step


def test_a_copy_overlaps_its_original_and_both_say_so(open_page, halves):
    page = three(open_page, halves)
    rename(page, 0, "talk")
    chips = page.locator("#segs [data-overlap]:visible")
    expect(chips).to_have_count(0)
    act(page, 0, "duplicate")
    assert marks(page) == [(1.0, 6.0), (1.0, 6.0), (8.0, 13.0), (14.0, 19.0)]
    assert names(page)[:2] == ["talk", "talk"]
    assert chips.all_inner_texts() == ["overlaps 2", "overlaps 1"]
    page.locator("#segs [data-start]").nth(1).fill("6")
    page.locator("#segs [data-end]").nth(1).fill("8")
    page.keyboard.press("Enter")
    expect(chips).to_have_count(0)  # touching is not sharing
    expect(page.locator("#go-text")).to_have_text("Export 4 clips · $0.08")


def test_the_menu_is_a_menu_for_keys_too(open_page, halves):
    page = three(open_page, halves)
    opener = page.locator("#segs [data-menu-of]").nth(1)
    opener.focus()
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    for key, words in (("End", "Remove"), ("ArrowDown", "Play"), ("ArrowDown", "Show on"), ("ArrowUp", "Play")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.textContent").strip().startswith(words)
    page.keyboard.press("Escape")
    expect(page.locator("#seg-menu")).to_be_hidden()
    expect(opener).to_be_focused()
    assert len(marks(page)) == 3
    act(page, 1, "remove")
    assert marks(page) == [(1.0, 6.0), (14.0, 19.0)]
    expect(page.locator("#toasts")).to_contain_text("Segment 2 removed")


def test_play_in_the_menu_loops_that_segment(open_page, halves):
    page = three(open_page, halves)
    act(page, 1, "play")
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pause")
    assert 8 <= now(page) < 13
    expect(page.locator("#loop")).to_have_attribute("aria-pressed", "true")
    press(page, "k")


def test_fields_take_every_form_of_a_time(open_page, halves):
    page = studio(open_page, halves)
    press(page, "n")
    field = page.locator("#segs [data-end]")
    for typed, end in (("75", None), ("15", 15.0), ("0:15.25", 15.25), ("00:00:15:12", 15.4), ("1:15.250", None),
                       ("15,5", 15.5)):
        field.fill(typed)
        field.press("Enter")
        if end is None:
            expect(page.locator("#segs [data-fault]")).to_contain_text("The source ends at 0:20.0")
        else:
            assert marks(page) == [(0.0, end)]
            expect(page.locator("#segs [data-fault]")).to_be_hidden()


def test_ten_mixed_edits_are_undone_one_by_one_after_a_reload(open_page, halves):
    page = studio(open_page, halves)
    states = [(marks(page), names(page))]

    def note() -> None:
        states.append((marks(page), names(page)))

    press(page, "n")
    note()
    go(page, 3)
    press(page, "o")
    note()
    press(page, "b")  # the frame on show is the last: it is split off
    note()
    go(page, 1)
    press(page, "b")
    note()
    rename(page, 0, "first")
    note()
    act(page, 0, "down")
    note()
    act(page, 1, "duplicate")
    note()
    go(page, 10)
    press(page, "n")
    note()
    press(page, "]")
    note()
    page.locator("#segs [data-end]").last.fill("12.5")
    page.keyboard.press("Enter")
    note()
    press(page, "Delete")
    note()
    seen = [state for at, state in enumerate(states) if at == 0 or state != states[at - 1]]
    page.reload()
    page.wait_for_selector("#track[data-scale]")
    assert (marks(page), names(page)) == seen[-1]
    back = []
    for _ in range(len(seen) - 1):
        press(page, "Control+z")
        back.append((marks(page), names(page)))
    assert back == seen[-2::-1]
    expect(page.locator(".card-segs [data-do=undo]")).to_be_disabled()
    for _ in range(len(seen) - 1):
        press(page, "Control+Shift+z")
    assert (marks(page), names(page)) == seen[-1]


def test_marks_made_while_a_file_is_uploaded_stay_with_it(open_page):
    page = at(open_page("bob"), "/studio")
    page.set_input_files("#file", media_bank.clip_mp4())
    page.wait_for_selector("#editor:not([hidden])")
    expect(page.locator("#length")).to_have_text("0:06.000")
    press(page, "n")
    page.wait_for_selector("#file-state.chip-ok")
    page.wait_for_url("**/studio/upl_*")
    rename(page, 0, "kept")
    page.goto(page.url)
    page.wait_for_selector("#track[data-scale]")
    assert (marks(page), names(page)) == ([(0.0, 5.0)], ["kept"])


def test_what_was_not_queued_is_queued_by_one_button(open_page, halves):
    page = three(open_page, halves)
    asked: list[dict[str, Any]] = []

    def take(route: Route) -> None:
        asked.append(route.request.post_data_json)
        if len(asked) == 1:
            return route.fulfill(json={"status": "partial", "job_ids": ["job_1"], "error": "The queue is full."})
        return route.fulfill(json={"status": "pending", "job_ids": ["job_2", "job_3"]})

    page.route("**/v1/clip", take)
    page.route("**/v1/clip/job_*", lambda route: route.fulfill(json={
        "status": "pending", "progress": 0, "status_message": "Waiting", "balance": 10, "error_code": None}))
    before = page.locator("#jobs .job").count()
    rename(page, 1, "The answer")
    page.click("#go")
    rest = page.locator("#rest")
    expect(rest).to_contain_text("1 clip is queued, 2 not: The queue is full. They cost nothing yet.")
    page.click("text=Queue the other 2")
    expect(rest).to_be_hidden()
    expect(page.locator("#jobs .job")).to_have_count(before + 3)
    assert [[cut["start"] for cut in body["segments"]] for body in asked] == [[1, 8, 14], [8, 14]]
    assert [[cut.get("title") for cut in body["segments"]] for body in asked] == [
        [None, "The answer", None], ["The answer", None]]


def test_where_the_server_knows_of_less_money_its_figures_are_shown(open_page, halves, watch):
    watch.expected = ("402 (",)
    page = three(open_page, halves)
    page.route("**/v1/clip", lambda route: route.fulfill(status=402, json={
        "error": "This job needs $0.06; the balance is $0.03.", "code": "insufficient_balance",
        "hint": "Add at least $5.00.", "request_id": "req_1"}))
    page.route("**/v1/balance", lambda route: route.fulfill(json={"balance": 0.03}))
    page.evaluate("document.getElementById('claim')?.remove()")
    page.click("#go")
    expect(page.locator("#export-fault")).to_contain_text("the balance is $0.03")
    expect(page.locator("#price-after")).to_have_text("$0.03")
    expect(page.locator("#go-text")).to_have_text("Balance too low: needs $0.03 more.")
    expect(page.locator("#go")).to_be_disabled()
    press(page, "Delete", "Delete")
    expect(page.locator("#go-text")).to_have_text("Export clip · $0.02")


def test_a_locked_size_says_why_beside_it(open_page, halves):
    page = open_page("alice")

    def as_four_k(route: Route) -> None:
        answer = route.fetch()
        known = re.search(r'<script id="source" type="application/json">(.*?)</script>', answer.text())
        assert known
        source = json.loads(known[1]) | {"width": 3840, "height": 2160, "qualities": [
            {"value": "", "label": "1080p, from 4K", "locked": False},
            {"value": "4k", "label": "4K: needs a paid deposit", "locked": True}]}
        route.fulfill(response=answer, body=answer.text().replace(known[1], json.dumps(source)))

    page.route("**/studio/upl_*", as_four_k)
    page.goto(halves)
    page.wait_for_selector("#track[data-scale]")
    expect(page.locator("#gate")).to_contain_text("4K needs a paid deposit.")
    assert page.locator("#quality option[value='4k']").is_disabled()
    page.select_option("#format", "gif")
    expect(page.locator("#gate")).to_contain_text("GIF: at most 30 s each")


def test_the_note_of_a_removed_segment_brings_back_that_one_or_goes(open_page, halves):
    page = three(open_page, halves)
    press(page, "Delete")
    undo = page.get_by_role("button", name="Undo", exact=True).and_(page.locator("#toasts button"))
    undo.click()
    assert len(marks(page)) == 3
    press(page, "Delete", "Home", "n")
    expect(undo).to_have_count(0)
    assert len(marks(page)) == 3


def test_escape_in_a_time_field_brings_the_old_time_back(open_page, halves):
    page = three(open_page, halves)
    end = page.locator("#segs [data-end]").nth(1)
    for typed in ("0:12.000", "nonsense"):
        end.fill(typed)
        end.press("Escape")
        assert marks(page)[1] == (8.0, 13.0)
    end.fill("nonsense")
    end.press("Enter")
    expect(page.locator("#segs [data-fault]").nth(1)).to_be_visible()
    end.press("Escape")
    expect(page.locator("#segs [data-fault]").nth(1)).to_be_hidden()
    expect(end).to_have_value("0:13.000")


def test_on_a_phone_a_new_segment_comes_into_sight(open_page, halves):
    page = three(open_page, halves, width=390)
    for start in (2, 3, 4):
        go(page, start)
        press(page, "n")
    expect(page.locator("#segs .seg").nth(5)).to_be_in_viewport(ratio=0.9)


def test_a_gif_has_sizes_of_its_own_and_a_video_its_own_again(open_page, browser, site):
    path = media_bank.make("hd.mp4", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=10", "-t", "1",
                           *media_bank.H264)
    page = studio(open_page, upload(browser, site, "alice", path))
    sizes = page.locator("#quality option")
    expect(sizes).to_have_text(["Source (720p)"])
    page.select_option("#format", "gif")
    expect(sizes).to_have_text(["480p", "Source (720p)"])
    expect(page.locator("#gate")).not_to_contain_text("480")
    page.select_option("#quality", "720p")
    expect(page.locator("#quality")).to_have_value("720p")
    page.select_option("#format", "mp4")
    expect(sizes).to_have_text(["Source (720p)"])

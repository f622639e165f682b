"""Clip Studio in a real browser against a real server and worker: upload, mark, pay, export, download."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import media_bank
from tests.pages.conftest import OpenPage
from tests.pages.studio import at, upload

pytestmark = pytest.mark.browser
FRAME = 1 / 30  # of the sample


@pytest.fixture(scope="module")
def uploaded(browser, site) -> str:
    """The address of a ready six-second source of alice's."""
    return upload(browser, site, "alice", media_bank.clip_mp4())


def studio(open_page: OpenPage, address: str, **how: object) -> Page:
    page = at(open_page("alice", **how), address)
    expect(page.locator("#length")).to_have_text("0:06.000")
    page.keyboard.press("n")
    assert marks(page) == [("0:00.000", "0:05.000")]
    return page


def marks(page: Page) -> list[tuple[str, str]]:
    rows = page.locator("#segs .seg")
    return [(rows.nth(index).locator("[data-start]").input_value(), rows.nth(index).locator("[data-end]").input_value())
            for index in range(rows.count())]


def now(page: Page) -> float:
    minutes, seconds = page.locator("#now").inner_text().split(":")
    return int(minutes) * 60 + float(seconds)


def type_time(page: Page, segment: int, name: str, text: str) -> None:
    field = page.locator("#segs .seg").nth(segment).locator(f"[data-{name}]")
    field.fill(text)
    field.press("Enter")


def seek(page: Page, frames: int) -> None:
    """Home, then so many frames on, by the keys a person uses."""
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Home")
    for _ in range(frames):
        page.keyboard.press("ArrowRight")


def probed(path: Path) -> dict:
    done = subprocess.run(["ffprobe", "-v", "error", "-count_frames", "-show_streams", "-of", "json", str(path)],
                          check=True, capture_output=True)
    return json.loads(done.stdout)


def test_a_file_is_uploaded_marked_paid_for_exported_and_downloaded(open_page, tmp_path):
    page = at(open_page("dan"), "/studio")
    page.set_input_files("#file", media_bank.clip_mp4())
    page.wait_for_selector("#editor:not([hidden])")
    assert page.locator("#video").get_attribute("src").startswith("blob:")  # plays before it is uploaded
    page.wait_for_selector("#file-state.chip-ok")
    expect(page).to_have_url(re.compile("/studio/upl_"))
    expect(page.locator("#file-facts")).to_contain_text("320 × 180 · 30 fps")
    page.keyboard.press("n")
    type_time(page, 0, "start", "1")
    type_time(page, 0, "end", "0:03.500")
    expect(page.locator("#price-total")).to_have_text("$0.02")
    expect(page.locator("#price-after")).to_have_text("$9.98")
    expect(page.locator("#go-text")).to_have_text("Export clip · $0.02")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#jobs .job [data-actions]:not([hidden])")
    expect(page.locator("[data-balance]").first).to_have_text("$9.98")
    expect(page.locator("#jobs .job video")).to_be_visible()  # a single clip shows itself
    with page.expect_download() as download:
        page.click("#jobs [data-download]")
    assert download.value.suggested_filename == "clip_0-01-0-03.mp4"
    path = tmp_path / "clip.mp4"
    download.value.save_as(path)
    video = next(stream for stream in probed(path)["streams"] if stream["codec_type"] == "video")
    assert int(video["nb_read_frames"]) == 75


def test_several_segments_become_several_clips_and_the_price_is_what_was_charged(open_page, uploaded):
    page = studio(open_page, uploaded)
    before = float(page.locator("[data-balance]").first.inner_text().lstrip("$"))
    type_time(page, 0, "end", "1")
    seek(page, 60)
    page.keyboard.press("n")
    seek(page, 120)
    page.keyboard.press("n")
    expect(page.locator("#price-what")).to_have_text("3 clips × $0.02")
    page.click("#go")
    for index in range(3):
        page.wait_for_selector(f"#jobs .job:nth-child({index + 1}) [data-actions]:not([hidden])")
    expect(page.locator("[data-balance]").first).to_have_text(f"${before - 0.06:.2f}")
    expect(page.locator("#toasts")).to_contain_text("3 clips are ready")
    names = page.locator("#jobs [data-name]").all_inner_texts()
    assert names == ["clip_0-00-0-01.mp4", "clip_0-02-0-06.mp4", "clip_0-04-0-06.mp4"]


def test_keys_set_in_and_out_on_exact_frames(open_page, uploaded):
    page = studio(open_page, uploaded)
    seek(page, 7)
    assert now(page) == pytest.approx(7 * FRAME, abs=0.001)
    page.keyboard.press("ArrowLeft")
    assert now(page) == pytest.approx(6 * FRAME, abs=0.001)
    page.keyboard.press("i")
    page.keyboard.press("Shift+ArrowRight")
    assert now(page) == pytest.approx(6 * FRAME + 1, abs=0.001)
    page.keyboard.press("o")
    assert marks(page) == [("0:00.200", "0:01.233")]  # the frame on show is in
    page.keyboard.press("End")
    assert now(page) == pytest.approx(6 - FRAME, abs=0.002)  # the start of the last frame
    page.keyboard.press("ArrowUp")
    assert now(page) == pytest.approx(1.2, abs=0.001)  # the last frame inside
    page.keyboard.press("o")
    assert marks(page) == [("0:00.200", "0:01.233")]


def test_fields_take_every_form_of_a_time_and_say_what_is_wrong(open_page, uploaded):
    page = studio(open_page, uploaded)
    type_time(page, 0, "end", "0:0:4:15")
    assert marks(page) == [("0:00.000", "0:04.500")]
    type_time(page, 0, "end", "2,25")
    assert marks(page)[0][1] == "0:02.250"
    for text, words in (("soon", "Type times as"), ("1:15", "The source ends at 0:06.000"), ("0", "has to come after")):
        type_time(page, 0, "end", text)
        expect(page.locator("#segs [data-fault]")).to_contain_text(words)
        expect(page.locator("#segs [data-end]")).to_have_attribute("aria-invalid", "true")
    type_time(page, 0, "end", "3")
    expect(page.locator("#segs [data-fault]")).to_be_hidden()


def test_marks_survive_a_reload(open_page, uploaded):
    page = studio(open_page, uploaded)
    type_time(page, 0, "start", "1.5")
    page.reload()
    page.wait_for_selector("#segs .seg:not([data-plain])")
    assert marks(page)[0][0] == "0:01.500"


def test_a_running_job_can_be_cancelled_or_is_already_done(open_page, uploaded):
    """Which of the two is a race of the machine; neither may show an error or charge twice."""
    page = studio(open_page, uploaded)
    before = page.locator("#jobs .job").count()
    page.click("#go")
    expect(page.locator("#jobs .job")).to_have_count(before + 1)
    page.evaluate("document.querySelector('#jobs [data-cancel]').click()")
    chip = page.locator("#jobs .job").first.locator("[data-chip]")
    expect(chip).to_have_text(re.compile("cancelled|complete"))
    expect(chip).not_to_have_class(re.compile("chip-bad"))


def test_a_gif_over_its_limit_is_explained_where_it_is(open_page, uploaded):
    page = studio(open_page, uploaded)
    page.select_option("#format", "gif")
    expect(page.locator("#gate")).to_contain_text("at most 30 s")


def test_an_error_of_the_server_shows_its_hint_and_its_request(open_page, uploaded, watch):
    watch.expected = ("503",)
    page = studio(open_page, uploaded)
    page.route("**/v1/clip", lambda route: route.fulfill(status=503, json={
        "error": "Clip queue is temporarily unavailable", "code": "queue_unavailable", "hint": "Try again later.",
        "request_id": "req_0123456789ab"}))
    page.click("#go")
    card = page.locator("#export-fault .notice")
    expect(card).to_contain_text("Clip queue is temporarily unavailable")
    expect(card).to_contain_text("req_0123456789ab")
    expect(page.locator("#go")).to_be_enabled()


def test_a_file_that_is_no_media_says_so_after_the_check(open_page, tmp_path):
    page = open_page("bob")
    fake = tmp_path / "not-a-video.mp4"
    fake.write_text("hello " * 4000)
    at(page, "/studio")
    page.set_input_files("#file", fake)
    expect(page.locator("#waiting .notice")).to_contain_text("not-a-video.mp4 cannot be used")
    expect(page.locator("#stage")).to_be_hidden()
    expect(page.locator("#transport")).to_be_hidden()
    with page.expect_file_chooser() as chooser:
        page.click("text=Choose another file")
    chooser.value.set_files(media_bank.clip_mp4())
    expect(page.locator("#waiting")).to_have_count(0)
    expect(page.locator("#file-state.chip-ok")).to_be_visible()
    page.goto("/studio")
    expect(page.locator(".recent")).not_to_contain_text("not-a-video.mp4")


def test_the_page_refuses_a_file_with_a_strange_ending_before_it_is_sent(open_page, tmp_path):
    page = open_page("bob")
    text = tmp_path / "<img src=x onerror=alert(1)>.txt"
    text.write_text("hello")
    at(page, "/studio")
    page.set_input_files("#file", text)
    expect(page.locator("#start-fault")).to_contain_text("<img src=x onerror=alert(1)>.txt is no video")

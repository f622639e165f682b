"""Two things at one moment while files come in: a drop after a drop, a file after a file, a tab beside a tab."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import media_bank
from tests.pages.held import Held
from tests.pages.studio import at, drawn, upload
from tests.pages.test_uploader_in_chromium import small

pytestmark = pytest.mark.browser
DROPS = """async () => {
    const drop = (name, handle) => dispatchEvent(Object.assign(new Event('drop'), {dataTransfer: {items: [
        {kind: 'file', getAsFile: () => new File(['x'], name), getAsFileSystemHandle: () => handle}]}}))
    let found
    drop('first.mp4', new Promise(go => { found = go }))
    drop('second.mp4', Promise.resolve())
    await new Promise(requestAnimationFrame)
    found()
    await new Promise(requestAnimationFrame)
    return document.getElementById('file-name').textContent
}"""


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Two playable files, and one of two parts."""
    made = [tmp_path / name for name in ("first.mp4", "second.mp4", "large.mp4")]
    for path in made:
        path.write_bytes(media_bank.clip_mp4().read_bytes())
    with made[2].open("ab") as file:
        file.write(bytes(7 * 1024**2))
    return made


@pytest.fixture
def mute(watch) -> Callable[[Page], Page]:
    """No byte of an upload arrives from a page."""
    watch.expected = ("/put/", "ERR_FAILED")

    def cut(page: Page) -> Page:
        page.route("**/put/**", lambda route: route.abort())
        return page

    return cut


def test_the_newer_of_two_drops_is_shown_also_where_the_older_is_found_later(open_page):
    page = at(open_page(), "/studio")
    assert page.evaluate(DROPS) == "second.mp4"


def test_an_upload_cancelled_in_the_list_makes_room_for_the_next_without_waiting_for_the_server(open_page, mute, files):
    page = mute(at(open_page("bob"), "/studio"))
    gone = Held(page, "**/v1/upload/abort")
    page.set_input_files("#file", files[:2])
    row = page.locator("#uploads-list li").first
    expect(row).to_contain_text("0 %")
    row.get_by_role("button", name="Cancel first.mp4").click()
    gone.asked(1)
    expect(page.locator("#file-name")).to_have_text("second.mp4")
    expect(page.locator("#go-text")).to_have_text("Waiting for its turn")
    gone.go_on()
    expect(page.locator("#go-text")).to_have_text("Uploading 0 %")


def test_the_check_of_an_older_file_leaves_a_newer_one_alone(open_page, browser, site, mute, files):
    address = upload(browser, site, "carol", files[0])
    page = mute(open_page("carol"))
    checks = Held(page, "**/source.json")

    def unchecked(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('"status": "ready"', '"status": "processing"'))

    page.route(address, unchecked)
    at(page, address)
    expect(page.locator("#go-text")).to_have_text("Checking the file")
    checks.asked(1)
    page.set_input_files("#file", files[1])
    expect(page.locator("#go-text")).to_have_text("Uploading 0 %")
    checks.answer(0, response=checks.routes[0].fetch())
    drawn(page)
    expect(page.locator("#file-name")).to_have_text("second.mp4")
    expect(page.locator("#go-text")).to_have_text("Uploading 0 %")


def test_a_tab_leaves_to_another_what_that_one_brings_or_has_ended(open_page, watch, mute, files):
    page = mute(open_page("bob"))
    small(page)
    at(page, "/studio").set_input_files("#file", files[2])
    expect(page.locator("#go-text")).to_have_text("Uploading 0 %")
    other = page.context.new_page()
    watch.follow(other)
    at(other, "/studio")
    row = other.locator("#resume-list li")
    row.get_by_role("button", name="Discard large.mp4").click()
    expect(other.locator("#start-fault")).to_contain_text("being uploaded in another tab")
    expect(row).to_be_visible()
    with page.expect_response("**/v1/upload/multipart/abort"):
        page.click("#upload-abort")
    with other.expect_file_chooser() as chooser:
        row.get_by_role("button", name="Continue large.mp4").click()
    chooser.value.set_files(files[2])
    expect(other.locator("#start-fault")).to_contain_text("large.mp4 is not unfinished any more")
    expect(other.locator("#resume")).to_be_hidden()

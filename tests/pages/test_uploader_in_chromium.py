"""Uploads over lines that break, from a real browser to a real server: what arrives is the file, byte for byte."""

from __future__ import annotations

import hashlib
import random
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import media_bank
from tests.pages import site as sites
from tests.pages.conftest import OpenPage
from tests.pages.faulty_line import FaultyLine, Put
from tests.pages.studio import at
from tests.patience import PATIENCE_MS

pytestmark = pytest.mark.browser
MiB = 1024**2
PARTS = 5  # of 5 MiB: the file below
LOOK = 100  # ms between two looks at the line; the browser runs meanwhile
LINE_NOISE = ("/put/", "ERR_CONNECTION_RESET", "ERR_FAILED", "ERR_EMPTY_RESPONSE", "ERR_INTERNET_DISCONNECTED",
              "status of 500", "status of 403", "status of 429", "status of 409")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, browser_type_launch_args: dict) -> Iterator[sites.BrowserSite]:
    """A site of its own, which browsers reach only over the line."""
    lines: list[FaultyLine] = []

    def front(url: str) -> str:
        lines.append(FaultyLine(url))
        return lines[0].url

    if not Path(browser_type_launch_args["executable_path"]).exists():
        pytest.skip("Debian's Chromium is not installed")
    running, one = sites.start(tmp_path_factory.mktemp("faulty-site"), front=front)
    one.line = lines[0]
    try:
        yield one
    finally:
        lines[0].stop()
        running.stop()


@pytest.fixture
def line(site, watch) -> Iterator[FaultyLine]:
    watch.expected = LINE_NOISE
    yield site.line
    site.line.heal()


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A playable file of a little over 20 MiB: the six-second clip with noise behind it, so no two parts are alike."""
    path = tmp_path_factory.mktemp("large") / "talk.mp4"
    noise = random.Random(3).randbytes(20 * MiB)
    path.write_bytes(media_bank.clip_mp4().read_bytes() + struct.pack(">I4s", len(noise) + 8, b"free") + noise)
    return path


def studio(open_page: OpenPage, who: str = "alice", **how: object) -> Page:
    """The start page, with parts of 5 MiB from 1 MiB on."""
    page = open_page(who, **how)
    small(page)
    return at(page, "/studio")


def small(page: Page) -> None:
    def shrink(route) -> None:
        answer = route.fetch()
        body = answer.text().replace('"simple_bytes": 16777216', '"simple_bytes": 1048576')
        route.fulfill(response=answer, body=body.replace('"part_bytes": 33554432', '"part_bytes": 5242880'))

    page.route("**/studio", shrink)


def stored(site: sites.BrowserSite, page: Page) -> str:
    """The SHA-256 of what the server keeps of the upload on show, computed from its bytes."""
    expect(page.locator("#file-state.chip-ok")).to_be_visible()
    folder = site.data / "media" / "sources" / page.url.rpartition("/")[2]
    return hashlib.sha256(next(folder.iterdir()).read_bytes()).hexdigest()


def sum_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wait_for_puts(page: Page, line: FaultyLine, status: int, count: int) -> None:
    """Until so many PUTs were answered so; lets the browser run meanwhile."""
    for _ in range(round(PATIENCE_MS / LOOK)):
        if sum(put.status == status for put in line.puts) >= count:
            return
        page.wait_for_timeout(LOOK)
    raise AssertionError(f"never {count} answers {status}: {line.puts}")


def half(put: Put) -> str:
    """The first three PUTs pass, all others are held."""
    return "" if put.index < 3 else "hold"


def stop_at_half(page: Page, line: FaultyLine, talk: Path) -> None:
    """Three of five parts are there, and nothing more arrives."""
    line.fault = half
    page.set_input_files("#file", talk)
    wait_for_puts(page, line, 200, 3)
    expect(page.locator("#upload")).to_be_visible()


# --- Lines that break -------------------------------------------------------------------------------------

def test_over_a_good_line_each_part_is_sent_once(open_page, site, line, talk):
    page = studio(open_page)
    page.set_input_files("#file", talk)
    assert stored(site, page) == sum_of(talk)
    assert (line.arrived, len(line.puts), line.refreshes) == ([1, 2, 3, 4, 5], PARTS, 0)


@pytest.mark.parametrize("fault", ["500", *(pytest.param(fault, marks=pytest.mark.deep) for fault in ("drop", "mute"))])
def test_with_a_third_of_all_puts_failing_the_file_arrives_whole(open_page, site, line, talk, fault):
    line.fault = lambda put: fault if put.index % 3 == 0 else ""
    page = studio(open_page)
    page.set_input_files("#file", talk)
    assert stored(site, page) == sum_of(talk)
    assert line.arrived == [1, 2, 3, 4, 5]
    assert PARTS < len(line.puts) <= 3 * PARTS
    assert line.refreshes == 0


@pytest.mark.deep
def test_each_wave_of_expired_addresses_costs_one_refresh(open_page, site, line, talk):
    """Two lanes meet an expired address, twice; the first time one of them hears of it after the refresh. A machine so
    slow that there is one lane only meets one, twice.
    """
    def expire(put: Put) -> str:
        if put.index == 2 and not line.refreshes:
            return "late"
        if line.refreshes:
            line.release.set()
        return "403" if put.index == 1 or (put.index >= 3 and line.refreshes < 2) else ""

    line.fault = expire
    page = studio(open_page)
    page.set_input_files("#file", talk)
    assert stored(site, page) == sum_of(talk)
    assert line.refreshes == 2
    assert line.arrived == [1, 2, 3, 4, 5]


@pytest.mark.deep
def test_addresses_that_never_stop_expiring_are_an_error_and_a_retry_goes_on(open_page, site, line, talk):
    line.fault = lambda put: "403"  # one part that arrives would begin the count of refreshes anew
    page = studio(open_page)
    page.set_input_files("#file", talk)
    expect(page.locator("#upload-fault")).to_contain_text("keep expiring")
    assert line.refreshes == 3
    line.fault = lambda put: ""
    page.click("#upload-pause[aria-label='Try again']")
    assert stored(site, page) == sum_of(talk)
    assert line.arrived == [1, 2, 3, 4, 5]


@pytest.mark.deep
def test_retry_after_is_obeyed(open_page, site, line, talk):
    line.fault = lambda put: "429" if put.index == 0 else ""
    page = studio(open_page)
    page.set_input_files("#file", talk)
    assert stored(site, page) == sum_of(talk)
    first, again = [put for put in line.puts if put.part == line.puts[0].part]
    assert again.at - first.at >= 1


def test_without_a_network_it_waits_and_goes_on_by_itself(open_page, site, line, talk):
    page = studio(open_page)
    stop_at_half(page, line, talk)
    page.context.set_offline(True)
    line.fault = lambda put: ""
    line.release.set()
    expect(page.locator("#upload-text")).to_contain_text("Waiting for the network")
    page.context.set_offline(False)
    assert stored(site, page) == sum_of(talk)
    assert line.arrived == [1, 2, 3, 4, 5]


@pytest.mark.deep
def test_a_storage_that_hides_its_etags_is_asked_for_them(open_page, site, line, talk):
    line.fault = lambda put: "nameless"
    page = studio(open_page)
    page.set_input_files("#file", talk)
    assert stored(site, page) == sum_of(talk)


@pytest.mark.deep
def test_a_storage_that_never_names_its_parts_is_a_clear_error(open_page, line, talk):
    line.fault = lambda put: "nameless"
    page = studio(open_page)
    page.route("**/v1/upload/multipart/mpu_*", lambda route: route.fulfill(json={"received": [], "status": "pending"}))
    page.set_input_files("#file", talk)
    expect(page.locator("#upload-fault")).to_contain_text("does not tell what it received")
    expect(page.locator("#upload-fault")).to_contain_text("ETag")


def test_a_small_file_whose_answer_was_lost_is_not_sent_twice(open_page, site, line):
    line.fault = lambda put: "mute" if put.index == 0 else ""
    page = studio(open_page)
    page.set_input_files("#file", media_bank.clip_mp4())
    assert stored(site, page) == sum_of(media_bank.clip_mp4())
    assert [put.status for put in line.puts] == [0, 409]


# --- Stopping and going on --------------------------------------------------------------------------------

def test_a_pause_lets_the_parts_under_way_arrive_and_begins_no_other(open_page, site, line, talk):
    page = studio(open_page)
    line.fault = lambda put: "slow" if put.index else ""
    page.set_input_files("#file", talk)
    wait_for_puts(page, line, 200, 1)
    wait_for_puts(page, line, 0, 1)
    page.click("#upload-pause[aria-label='Pause upload']")
    expect(page.locator("#go-text")).to_have_text("Pausing…")
    line.release.set()
    expect(page.locator("#go-text")).to_have_text("Upload paused")
    sent = len(line.puts)
    assert {put.status for put in line.puts} == {200}, "a part under way was thrown away"
    assert 1 < sent < PARTS
    expect(page.locator("#upload-text")).to_have_text(f"{sent * 5 * 100 * MiB // talk.stat().st_size} % · Paused")
    page.click("#upload-pause[aria-label='Go on uploading']")
    assert stored(site, page) == sum_of(talk)
    assert line.arrived == [1, 2, 3, 4, 5]


def test_after_a_reload_it_goes_on_where_the_server_stopped(open_page, site, line, talk):
    page = studio(open_page)
    stop_at_half(page, line, talk)
    page.keyboard.press("n")
    page.reload()
    page.wait_for_selector("[data-ready]")
    line.fault = lambda put: ""
    line.release.set()
    row = page.locator("#resume-list li")
    expect(row).to_contain_text("talk.mp4")
    expect(row).to_contain_text("% of 2")
    with page.expect_file_chooser() as chooser:
        row.get_by_role("button", name="Continue talk.mp4").click()
    chooser.value.set_files(talk)
    assert stored(site, page) == sum_of(talk)
    assert line.arrived == [1, 2, 3, 4, 5], "a part that was there has been sent again"
    page.goto("/studio")
    page.wait_for_selector("[data-ready]")
    expect(page.locator("#resume")).to_be_hidden()


@pytest.mark.deep
def test_the_same_file_dropped_again_goes_on_without_a_question(open_page, site, line, talk):
    page = studio(open_page)
    stop_at_half(page, line, talk)
    page.goto("/studio")
    page.wait_for_selector("[data-ready]")
    line.fault = lambda put: ""
    line.release.set()
    page.set_input_files("#file", talk)
    assert stored(site, page) == sum_of(talk)
    assert line.arrived == [1, 2, 3, 4, 5]


@pytest.mark.deep
def test_another_file_of_that_name_is_not_mixed_into_it(open_page, line, talk, tmp_path):
    page = studio(open_page)
    stop_at_half(page, line, talk)
    page.reload()
    page.wait_for_selector("[data-ready]")
    other = tmp_path / "talk.mp4"
    other.write_bytes(talk.read_bytes()[:-1] + b"!")
    with page.expect_file_chooser() as chooser:
        page.click("#resume-list [data-go]")
    chooser.value.set_files(other)
    expect(page.locator("#start-fault")).to_contain_text("talk.mp4 is not the file that was begun")
    with page.expect_response("**/v1/upload/multipart/abort"):
        page.click("#resume-list [data-drop]")
    expect(page.locator("#resume")).to_be_hidden()
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.locator("#resume")).to_be_hidden()


@pytest.mark.deep
def test_somebody_else_at_the_same_browser_is_offered_nothing(open_page, site, line, talk):
    page = studio(open_page)
    stop_at_half(page, line, talk)
    page.context.add_cookies(site.cookies("bob"))
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.locator("#resume")).to_be_hidden()
    page.context.add_cookies(site.cookies("alice"))
    page.reload()
    expect(page.locator("#resume")).to_be_visible()


@pytest.mark.deep
def test_two_tabs_do_not_send_the_same_file(open_page, site, line, talk, watch):
    page = studio(open_page)
    stop_at_half(page, line, talk)
    other = page.context.new_page()
    watch.follow(other)
    small(other)
    other.goto("/studio")
    other.wait_for_selector("[data-ready]")
    other.set_input_files("#file", talk)
    expect(other.locator("#upload-fault")).to_contain_text("being uploaded in another tab")
    line.fault = lambda put: ""
    line.release.set()
    assert stored(site, page) == sum_of(talk)
    assert line.arrived == [1, 2, 3, 4, 5]


def test_a_cancelled_upload_is_gone_here_and_there(open_page, line, talk):
    page = studio(open_page)
    stop_at_half(page, line, talk)
    with page.expect_response("**/v1/upload/multipart/abort") as answer:
        page.click("#upload-abort")
    assert answer.value.json()["ok"] is True
    expect(page.locator("#upload")).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("Upload cancelled")
    expect(page.locator("#pick")).to_be_visible()
    expect(page.locator("#editor")).to_be_hidden()
    line.release.set()
    page.reload()
    page.wait_for_selector("[data-ready]")
    expect(page.locator("#resume")).to_be_hidden()


@pytest.mark.deep
def test_leaving_the_page_asks_only_while_bytes_move(open_page, line, talk):
    page = studio(open_page)
    stop_at_half(page, line, talk)
    page.click("#file-name")  # browsers ask only where somebody has touched the page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.close(run_before_unload=True)
    for _ in range(round(PATIENCE_MS / LOOK)):
        if asked:
            break
        page.wait_for_timeout(LOOK)
    assert asked == ["beforeunload"]
    page.click("#upload-pause[aria-label='Pause upload']")
    line.release.set()
    expect(page.locator("#go-text")).to_have_text("Upload paused")
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


# --- Several files ----------------------------------------------------------------------------------------

@pytest.mark.deep
def test_several_files_go_one_after_another_and_each_can_be_opened(open_page, site, line, talk, tmp_path):
    second, broken = tmp_path / "second.mp4", tmp_path / "broken.mp4"
    second.write_bytes(media_bank.clip_mp4().read_bytes())
    broken.write_text("no video at all " * 500)
    page = studio(open_page)
    page.set_input_files("#file", [talk, second, broken])
    assert stored(site, page) == sum_of(talk)
    rows = page.locator("#uploads-list li")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("Ready")
    expect(rows.nth(2)).to_have_class("up-row is-bad")
    expect(rows.nth(2).locator(".notice-bad [data-hint]")).not_to_be_empty()
    expect(page.locator("#uploads-meta")).to_have_text("3 of 3")
    rows.nth(1).get_by_role("button", name="Open second.mp4").click()
    expect(page.locator("#file-name")).to_have_text("second.mp4")
    assert stored(site, page) == sum_of(second)


@pytest.mark.deep
def test_more_than_ten_files_are_cut_to_ten_and_said(open_page, line, tmp_path):
    files = []
    for number in range(11):
        files.append(tmp_path / f"clip{number}.mp4")
        files[-1].write_bytes(media_bank.clip_mp4().read_bytes())
    page = studio(open_page)
    line.fault = lambda put: "hold"
    page.set_input_files("#file", files)
    expect(page.locator("#start-fault, #upload-fault").first).to_contain_text("the first 10 are taken")
    expect(page.locator("#uploads-list li")).to_have_count(10)

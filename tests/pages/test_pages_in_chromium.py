"""Every page in a real browser: accessibility, widths, themes, sign-up, and the whole flow without scripts."""

from __future__ import annotations

import os
import struct
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import media_bank
from tests.pages.conftest import ROOT
from tests.pages.studio import at, drawn, page_of, still, upload
from tests.patience import PATIENCE

pytestmark = pytest.mark.browser
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SHIFT = """
window.shift = 0
window.add = list => { for (const one of list) if (!one.hadRecentInput) shift += one.value }
window.shifts = new PerformanceObserver(list => add(list.getEntries()))
shifts.observe({type: 'layout-shift', buffered: true})"""
TWO_SUBMITS = """[1, 2].map(() => document.querySelector('.key-form').dispatchEvent(
  new Event('submit', {bubbles: true, cancelable: true})))"""
OPEN_PAGES = ["/", "/studio", "/signin", "/signup", "/password/reset", "/terms", "/privacy", "/refund"]
OWN_PAGES = ["/studio", "/library", "/account", "/account/keys", "/password/change"]


def violations(page: Page) -> list[str]:
    """What axe finds, as `theme address rule: element`: everything in the light theme, colours in the dark one too.

    Its source comes in by evaluate, since our policy blocks script tags.
    """
    found = violations_in(page, "light")
    page.emulate_media(color_scheme="dark")
    found += violations_in(page, "dark", {"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    return found


def violations_in(page: Page, theme: str, rules: object = RULES) -> list[str]:
    """What axe finds in the theme that is shown now.

    Nothing moves from then on, whatever comes in while it looks: in the middle of a fade every text has too little
    contrast.
    """
    still(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules}).then(result => result.violations)", rules)
    return [f"{theme} {page.url} {one['id']}: {node['html'][:140]} {node['failureSummary'][:300]}"
            for one in found for node in one["nodes"]]


def too_wide(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def check(page: Page, address: str) -> list[str]:
    at(page, address)
    faults = violations(page)
    if page.locator("h1").count() != 1:
        faults.append(f"{address}: not exactly one h1")
    if too_wide(page):
        faults.append(f"{address}: scrolls sideways")
    return faults


@pytest.fixture(scope="module")
def clip_made(browser, site) -> dict[str, str]:
    """Carol has a source, a finished clip, a key and a failed upload: the addresses of the first two."""
    source = upload(browser, site, "carol", media_bank.clip_mp4())
    with page_of(browser, site, "carol") as page:
        at(page, source)
        page.click("[data-do=new] >> nth=0")
        page.click("#go")
        page.wait_for_selector("#jobs [data-actions]:not([hidden])")
        page.goto("/library")
        return {"source": source, "job": str(page.locator(".tile-name").first.get_attribute("href"))}


def test_the_check_itself_sees_a_planted_fault(open_page):
    page = open_page()
    page.goto("/terms")
    page.evaluate("document.querySelector('main').append(document.createElement('img'), document.createElement('h1'))")
    assert any("image-alt" in fault for fault in violations(page))
    page.evaluate("""document.querySelector('main p').style.color = 'light-dark(black, #333)'""")
    assert {fault[:5] for fault in violations(page) if "color-contrast" in fault} == {"dark "}


@pytest.mark.parametrize("width", [390, pytest.param(1440, marks=pytest.mark.deep)])
def test_open_pages_have_no_accessibility_violation_and_fit(open_page, width):
    page = open_page(width=width)
    assert [fault for address in OPEN_PAGES for fault in check(page, address)] == []


@pytest.mark.parametrize("width", [390, pytest.param(1440, marks=pytest.mark.deep)])
def test_own_pages_and_the_studio_at_work_have_no_accessibility_violation_and_fit(open_page, clip_made, width):
    page = open_page("carol", width=width)
    faults = [fault for address in [*OWN_PAGES, clip_made["job"]] for fault in check(page, address)]
    at(page, clip_made["source"])
    page.wait_for_selector("#jobs [data-actions]", state="attached")  # on phones its tab is not in front
    page.locator("[data-do=new]").first.click()
    page.locator("#segs [data-end]").first.fill("never")
    page.locator("#segs [data-end]").first.press("Enter")
    assert faults + violations(page) == []
    assert not too_wide(page)


def test_the_studio_does_not_shift_while_it_loads(open_page, clip_made):
    page = at(open_page("carol"), clip_made["source"])
    page.wait_for_selector("#timeline.has-film")  # the first time it takes its room when it is made
    page.add_init_script(SHIFT)
    for address in ("/", "/library", clip_made["source"]):
        at(page, address)
        expect(page.locator("#lane-note")).to_be_hidden()  # what comes in last
        drawn(page)
        page.evaluate("add(shifts.takeRecords())")
        moved = page.evaluate("shift")
        assert moved <= 0.02, address


def test_at_320_pixels_nothing_scrolls_sideways(open_page, clip_made):
    page = open_page("carol", width=320)
    for address in ["/", *OWN_PAGES, clip_made["job"], clip_made["source"]]:
        at(page, address)
        assert not too_wide(page), address


def test_on_a_phone_the_transport_stays_in_reach(open_page, clip_made):
    page = at(open_page("carol", width=390), clip_made["source"])
    page.click("#tab-output")
    page.locator("#go").scroll_into_view_if_needed()
    for name in ("play", "in", "out"):
        box = page.locator(f"#transport [data-do={name}]").bounding_box()
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= 844


def test_on_a_phone_titles_are_touched_easily_and_the_docs_are_in_reach(open_page, clip_made):
    page = at(open_page("carol", width=390), "/library")
    assert page.locator(".tile-name").first.bounding_box()["height"] >= 44
    at(page, "/library?tab=jobs")
    assert page.locator(".list-row > a").first.bounding_box()["height"] >= 44
    expect(page.locator(".nav >> text=Docs")).to_be_visible()
    narrow = open_page(width=320)
    narrow.goto("/")
    narrow.click("[data-menu] summary")
    expect(narrow.locator(".menu-list >> text=API docs")).to_be_visible()


def test_a_key_is_revoked_only_after_a_question(open_page):
    page = open_page("dan")
    page.goto("/account/keys")
    page.fill("[name=name]", "old laptop")
    page.click("text=Create key")
    page.wait_for_selector("#clear-key")
    page.wait_for_selector("[data-ready]")
    assert page.evaluate(TWO_SUBMITS) == [True, False]
    page.evaluate("HTMLFormElement.prototype.submit = () => {}")  # the server takes its time
    page.click("[aria-label='Revoke old laptop']")
    page.click("#ask >> text=Revoke key")
    expect(page.locator("#ask")).to_be_hidden()
    for answer, left in (("Keep it", 1), ("Revoke key", 0)):
        at(page, "/account/keys")
        page.click("[aria-label='Revoke old laptop']")
        expect(page.locator("#ask")).to_contain_text("Revoke old laptop?")
        assert violations(page) == []
        page.click(f"#ask >> text={answer}")
        expect(page.locator("#ask")).to_be_hidden()
        expect(page.locator(".key-row")).to_have_count(left)
    expect(page.locator(".told")).to_contain_text("old laptop is revoked")


def test_the_example_on_the_landing_page_runs_as_printed(open_page, site, tmp_path):
    page = at(open_page(), "/")
    fits = page.locator("#whole-way").evaluate("one => one.scrollWidth <= one.clientWidth")
    assert fits, "lines are cut off at 1440 pixels"
    keys = open_page("alice")
    keys.goto("/account/keys")
    keys.fill("[name=name]", "landing page")
    keys.click("text=Create key")
    shorter = page.inner_text("#whole-way").replace('"start": 12.5, "end": 20', '"start": 1, "end": 2')
    known = {"PATH": os.environ["PATH"], "KEY": keys.inner_text("#clear-key"), "FILE": str(media_bank.clip_mp4())}
    done = subprocess.run(["bash", "-euxc", shorter], cwd=tmp_path, timeout=PATIENCE, capture_output=True, text=True,
                          env=known)
    assert (done.returncode, (tmp_path / "clip.mp4").read_bytes()[4:8]) == (0, b"ftyp"), done.stderr


def test_the_theme_changes_at_once_and_is_remembered_by_the_server(open_page):
    page = at(open_page(theme="light"), "/signin")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.click("[data-menu] summary")
    with page.expect_response("**/theme"):
        page.click("[name=theme][value=dark]")
    expect(page.locator("html")).not_to_have_css("background-color", light)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_somebody_signs_up_claims_the_first_dollar_and_signs_out(open_page, watch):
    page = open_page()
    page.goto("/")
    page.click("text=Sign up, $1.00 free")
    page.fill("[name=email]", "dora@example.com")
    page.fill("[name=password1]", "short")
    page.click("main form .btn-primary")
    expect(page.locator(".fault")).to_be_visible()
    assert page.input_value("[name=email]") == "dora@example.com"
    page.fill("[name=password1]", "a long enough sentence")
    page.click("main form .btn-primary")
    page.wait_for_url("**/studio")
    page.goto("/account")
    page.click("text=Claim $1.00")
    expect(page.locator("[data-balance]")).to_have_text("$1.00")
    page.click("summary[aria-label='Account menu']")
    page.click("text=Sign out")
    page.wait_for_url("**/")
    expect(page.locator(".top")).to_contain_text("Sign in")


def test_before_signing_in_marking_works_and_export_asks_to_sign_up(open_page):
    page = at(open_page(), "/studio")
    page.set_input_files("#file", media_bank.clip_mp4())
    expect(page.locator("#length")).to_have_text("0:06.000")
    page.keyboard.press("n")
    expect(page.locator("#segs .seg")).to_have_count(1)
    expect(page.locator("#go-signin")).to_have_attribute("href", "/signup?next=/studio")


def test_everything_works_without_scripts(open_page, watch):
    watch.expected = ("400 (",)
    page = open_page("bob", js=False)
    page.goto("/studio")
    page.set_input_files("#plain-file", media_bank.clip_mp4())
    page.click("text=Upload, up to 96 MB")
    page.wait_for_url("**/studio/upl_*")
    page.wait_for_selector("input[name=start]")  # the page reloads itself until the file is checked
    page.fill("input[name=start]", "1")
    page.fill("input[name=end]", "never")
    page.click("#go")
    expect(page.locator(".seg .fault")).to_contain_text("Type times as")
    page.fill("input[name=end]", "0:02.5")
    page.click("#go")
    page.wait_for_url("**/studio/jobs/job_*")
    page.wait_for_selector("text=Download")
    with page.expect_download() as download:
        page.click("main >> text=Download")
    assert download.value.suggested_filename == "clip_0-01-0-02.mp4"
    page.goto("/library")
    assert page.locator(".tile").count() >= 1
    page.goto("/account/keys")
    page.fill("[name=name]", "from a text browser")
    page.click("text=Create key")
    assert page.inner_text("#clear-key").startswith("sk_live_")
    page.click("[aria-label='Revoke from a text browser']")
    page.click("text=Revoke key")
    expect(page.locator("main")).to_contain_text("0 of 10")


def test_a_page_that_is_not_there_says_so_in_our_words(open_page, watch):
    watch.expected = ("404",)
    page = open_page()
    page.goto("/studio-of-somebody-else")
    expect(page.locator("h1")).to_have_text("There is no page at this address.")
    assert violations(page) == []


def _padded(path: Path, size: int) -> Path:
    """The six-second clip with a `free` box of `size` bytes behind it: large, and still the same video."""
    path.write_bytes(media_bank.clip_mp4().read_bytes() + struct.pack(">I4s", size, b"free") + bytes(size - 8))
    return path


def test_a_large_file_goes_in_parts_through_errors_and_expired_addresses(open_page, watch, tmp_path):
    """One part meets a 500, a dropped line and an expired address; all are repaired, by one refresh."""
    watch.expected = ("500 (", "403 (", "ERR_CONNECTION_RESET", "ERR_FAILED")
    page = open_page("bob")
    page.route("**/studio", lambda route: _small_limit(route))
    answers = iter(["500", "drop", "403"])

    def falter(route):
        what = next(answers, None)
        if what == "drop":
            return route.abort("connectionreset")
        if what:
            return route.fulfill(status=int(what), headers={"Access-Control-Allow-Origin": "*"})
        return route.continue_()

    page.route("**/put/**", falter)
    refreshes = []
    page.on("request", lambda request: refreshes.append(request.url) if "refresh" in request.url else None)
    at(page, "/studio")
    large = _padded(tmp_path / "talk.mp4", 12 * 1024**2)
    page.set_input_files("#file", large)
    page.wait_for_selector("#file-state.chip-ok")
    assert len(refreshes) == 1
    expect(page.locator("#file-facts")).to_contain_text(f"{large.stat().st_size / 1e6:.1f} MB")


def _small_limit(route) -> None:
    """The page as it is, with parts of 5 MB from 1 MB on."""
    answer = route.fetch()
    body = answer.text().replace('"simple_bytes": 16777216', '"simple_bytes": 1048576')
    route.fulfill(response=answer, body=body.replace('"part_bytes": 33554432', '"part_bytes": 5242880'))

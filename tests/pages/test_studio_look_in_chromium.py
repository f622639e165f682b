"""Clip Studio at every width and in both themes: readable, in reach, nothing sideways; and how much it weighs."""

from __future__ import annotations

import gzip
import re

import pytest
from playwright.sync_api import Page, expect

from tests import media_bank
from tests.pages.conftest import DIST, ROOT
from tests.pages.studio import act, go, marks, press, still, studio, upload
from tests.pages.test_pages_in_chromium import too_wide, violations, violations_in

browser = pytest.mark.browser


@pytest.fixture(scope="module")
def halves(browser, site) -> str:
    return upload(browser, site, "carol", media_bank.halves_mp4())


def at_work(open_page, address: str, **how: object) -> Page:
    """Two named segments that overlap, one of them picked, waveform drawn."""
    page = studio(open_page, address, who="carol", **how)
    for at in (2, 5):
        go(page, at)
        press(page, "n")
    expect(page.locator("#lane-note")).to_be_hidden()
    return page


@browser
@pytest.mark.parametrize("width", [390, *(pytest.param(width, marks=pytest.mark.deep) for width in (820, 1440))])
def test_the_studio_at_work_has_no_accessibility_violation_in_any_of_its_states(open_page, halves, width):
    page = at_work(open_page, halves, width=width)
    faults = violations(page)
    for tab in ("edit", "transcript", "segments", "output"):
        if page.locator(f"#tab-{tab}").is_visible():
            page.click(f"#tab-{tab}")
            faults += violations(page)
            assert not too_wide(page), tab
    if width < 1100:
        page.click("#tab-segments")
    page.locator("#segs [data-menu-of]").first.click()
    faults += violations(page)
    page.keyboard.press("Escape")
    press(page, "?")
    faults += violations(page)
    assert faults == []
    assert not too_wide(page)


@browser
@pytest.mark.parametrize("media", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_forced_colours_and_less_motion_break_nothing(open_page, halves, media):
    page = at_work(open_page, halves, **media)
    assert violations_in(page, "light") == []
    bar = page.locator(".bar-seg.is-now")
    assert bar.evaluate("one => getComputedStyle(one).borderTopWidth") == "2px"
    assert page.locator("#track-head").evaluate("one => getComputedStyle(one).backgroundColor") != "rgba(0, 0, 0, 0)"


@browser
@pytest.mark.parametrize("width", [320, 820, 1100, *(
    pytest.param(width, marks=pytest.mark.deep) for width in (390, 640, 1099, 1280, 1600, 1920))])
def test_nothing_is_cut_off_or_covered_at_any_width(open_page, halves, width):
    page = at_work(open_page, halves, width=width)
    assert not too_wide(page)
    for part in ("#transport", "#track", "#minimap", ".side"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= 0, part
        assert box["x"] + box["width"] <= width + 0.5, part
    buttons = page.locator("#transport button:visible")
    right = page.locator("#transport").bounding_box()
    for index in range(buttons.count()):
        box = buttons.nth(index).bounding_box()
        assert box["x"] + box["width"] <= right["x"] + right["width"] + 0.5, buttons.nth(index).get_attribute("data-do")
        assert min(box["width"], box["height"]) >= (44 if width < 640 else 24)


@browser
def test_on_a_phone_each_tab_has_its_tools_and_the_transport_stays(open_page, halves):
    page = at_work(open_page, halves, width=390)
    shown = {"edit": "[data-do=split]", "segments": "#segs [data-start]", "output": "#go"}
    for tab in shown:
        page.click(f"#tab-{tab}")
        for other, place in shown.items():
            expect(page.locator(f"#export {place}").first).to_be_visible(visible=tab == other)
        assert page.locator("#transport [data-do=play]").bounding_box()["y"] > 700
    page.locator("#tab-output").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-edit")).to_have_attribute("aria-selected", "true")
    before = page.locator("#export").bounding_box()["height"]
    page.click("#sheet-grip")
    page.wait_for_function("least => document.getElementById('export').offsetHeight > least", arg=before + 80)
    expect(page.locator("#sheet-grip")).to_have_attribute("aria-expanded", "true")
    page.click("#panel-edit [data-do=duplicate]")
    assert len(marks(page)) == 3


@browser
def test_beside_the_picture_trim_and_transcript_are_tabs_until_both_have_room(open_page, halves):
    page = at_work(open_page, halves)
    expect(page.locator("#side-tabs [role=tab]:visible")).to_have_text(["Trim 2", "Transcript"], use_inner_text=True)
    expect(page.locator("[role=tabpanel]")).to_have_count(2)
    for part in ("#segs [data-start]", "#go"):
        expect(page.locator(part).first).to_be_visible()
    expect(page.locator("#said-title")).to_be_hidden()
    page.set_viewport_size({"width": 1680, "height": 900})
    expect(page.locator("#side-tabs")).to_be_hidden()
    expect(page.locator("[role=tabpanel]")).to_have_count(0)
    for part in ("#segs [data-start]", "#go", "#said-title"):
        expect(page.locator(part).first).to_be_visible()


@browser
def test_the_surround_of_a_tall_video_is_lit_by_it(open_page, browser, site):
    tall = media_bank.make("tall.mp4", "-f", "lavfi", "-i", "color=red:s=180x320:r=30:d=4", *media_bank.H264)
    page = studio(open_page, upload(browser, site, "alice", tall))
    expect(page.locator("#glow")).to_have_class(re.compile("lit"))
    page.wait_for_function("""() => document.getElementById('glow').getContext('2d')
        .getImageData(2, 9, 1, 1).data[0] > 150""")
    expect(page.locator("#lane-note")).to_have_text("There is no waveform of this file.")


@browser
def test_without_scripts_the_studio_has_its_form_and_nothing_that_does_nothing(open_page, halves):
    page = open_page("carol", js=False)
    page.goto(halves)
    for part in ("#timeline", "#transport", "#side-tabs", "#panel-edit", "#seg-menu"):
        expect(page.locator(part)).to_be_hidden()
    for part in ("input[name=start]", "#format", "#go"):
        expect(page.locator(part)).to_be_visible()
    phone = open_page("carol", js=False, width=390)
    phone.goto(halves)
    expect(phone.locator("#go")).to_be_visible()
    assert page.locator("input[name=end]").input_value() == "5"


@browser
def test_the_menu_opens_where_there_is_room(open_page, halves):
    page = at_work(open_page, halves, width=390)
    still(page)
    page.locator("#segs [data-menu-of]").last.click()
    box = page.locator("#seg-menu").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 844
    page.keyboard.press("Escape")
    act(page, 0, "show")


def _gzipped(*names: str) -> int:
    """Bytes of these built files and of all chunks they import, each once, as they are sent."""
    wanted, seen = [DIST.parent / name for name in names], set()
    while wanted:
        path = wanted.pop()
        if path in seen:
            continue
        seen.add(path)
        wanted += [DIST.parent / chunk for chunk in re.findall(r"[\"']\./([\w-]+\.js)[\"']", path.read_text())]
    return sum(len(gzip.compress(path.read_bytes(), 9)) for path in seen)


@pytest.mark.skipif(not DIST.exists(), reason="static/dist is not built; run npm ci --ignore-scripts && npm run build")
@pytest.mark.parametrize(("names", "most"), [
    (["studio.js"], 75), (["app.js"], 30), (["app.css"], 20), (["job.js"], 30),
])
def test_pages_weigh_little(names, most):
    assert _gzipped(*names) <= most * 1024


def test_no_picture_or_timeline_part_has_a_style_of_its_own():
    found = [path.name for path in (ROOT / "templates" / "studio").iterdir() if "style=" in path.read_text()]
    assert found == []

"""The Caption Studio when answers come late, twice or not at all: nothing older takes the place of what is newer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.pages.test_captions_in_chromium import URL, drawn, own, place
from tests.pages.test_captions_in_chromium import composed as composed
from tests.patience import until

pytestmark = pytest.mark.browser
PREVIEW = "**/v1/caption-presets/preview"


def hold(page: Page, address: str, method: str = "POST") -> list[Route]:
    """Requests that are not let go, in their order."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route) if route.request.method == method else route.continue_())
    return held


def come(page: Page, held: list[Route], count: int = 1) -> None:
    """Wait for so many of them; no more have come than that."""
    until(lambda: page.evaluate("1") and len(held) >= count, f"{count} requests")
    assert len(held) == count


def test_what_is_typed_while_a_style_is_saved_is_neither_saved_nor_found_right_nor_wrong(open_page, watch):
    watch.expected = ("400 (",)
    page = own(open_page("carol", reduced_motion="reduce"))
    held, state = hold(page, "**/v1/caption-presets/cap_preset_*", "PATCH"), page.locator("#cs-state")
    page.fill("[name=font_size]", "80")
    page.keyboard.down("Control")
    for _ in range(3):  # held down: the browser repeats the key
        page.keyboard.down("s")
    page.keyboard.up("s")
    page.keyboard.up("Control")
    page.click("#cs-save")
    come(page, held)
    page.fill("[name=font_size]", "301")
    held[0].continue_()
    expect(page.locator("#toasts")).to_contain_text("Saved")
    expect(state).to_have_text("Not valid")
    expect(page.locator("#fault-font_size")).to_have_text("Must be 8 to 300.")
    page.fill("[name=font_size]", "81")
    expect(state).to_have_text("Unsaved")
    page.click("#cs-revert")
    assert page.input_value("[name=font_size]") == "80"
    page.fill("[name=font_size]", "90")
    page.click("#cs-save")
    come(page, held, 2)
    page.fill("[name=font_size]", "91")
    held[1].fulfill(status=400, json={"fields": {"font_size": ["Too large."], "text_color": ["Too loud."]}})
    expect(page.locator("#fault-text_color")).to_have_text("Too loud.")
    expect(page.locator("#fault-font_size")).to_be_hidden()


def test_a_double_press_makes_one_style_and_deletes_one(open_page):
    page = open_page("dan", reduced_motion="reduce")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.goto(URL)
    page.locator("[data-ref='builtin:word-pop'] button[aria-label^='Duplicate']").dblclick()
    drawn(page)
    address = page.url
    page.fill("[name=name]", "Twice")
    page.locator("#cs-new").dblclick()
    page.wait_for_url(lambda url: url != address)
    drawn(page)
    page.get_by_role("button", name="Delete this style").click()
    page.locator("#ask [data-yes]").dblclick()
    expect(page.locator(".flash")).to_contain_text("“Twice” is deleted.")
    made = [url.rpartition("/")[2] for url in sent if not url.endswith("/preview")]
    assert made == ["captions", "caption-presets", "delete"]


def test_a_drawing_of_a_shape_that_is_gone_is_not_shown_and_warnings_stay_under_the_hand(open_page):
    page = own(open_page("carol"))
    page.click("[data-ground=light]")
    page.uncheck("[name=stroke_enabled]")
    warning = page.locator("[data-code=low_contrast]")
    warning.evaluate("row => { row.mine = true }")
    held = hold(page, PREVIEW)
    page.click(".cs-tools [data-shape='9:16']")
    come(page, held)
    page.click(".cs-tools [data-shape='1:1']")
    with page.expect_request(PREVIEW):
        held[0].continue_()
    expect(page.locator("#cs-stage")).to_have_attribute("data-shown", "16:9")
    come(page, held, 2)
    held[1].continue_()
    page.unroute(PREVIEW)
    page.wait_for_selector("#cs-stage[data-shown='1:1']")
    assert warning.evaluate("row => row.mine") is True
    assert page.locator("#cs-video").evaluate("video => video.paused") is False
    page.emulate_media(reduced_motion="reduce")
    until(lambda: page.locator("#cs-video").evaluate("video => video.paused"), "the clip to rest")


def test_a_preview_that_the_line_fails_says_so_and_comes_by_itself(open_page, watch):
    watch.expected = ("/preview: net::ERR", "Failed to load resource")
    page = open_page("carol", reduced_motion="reduce")
    page.clock.install()
    page.route(PREVIEW, lambda route: route.abort())
    page.goto(f"{URL}/builtin:highlight-box")
    expect(page.locator("#cs-fault")).to_contain_text("The server cannot be reached.")
    expect(page.locator("#cs-wait")).to_be_hidden()
    page.unroute(PREVIEW)
    page.clock.fast_forward(5000)
    drawn(page)
    expect(page.locator("#cs-fault")).to_be_empty()


def test_a_key_that_comes_up_elsewhere_ends_its_step_and_a_second_finger_moves_nothing(open_page):
    page = own(open_page("carol", reduced_motion="reduce"))
    page.focus("#cs-box")
    page.keyboard.down("ArrowRight")
    page.focus("[name=font_size]")
    page.keyboard.up("ArrowRight")
    box = page.locator("#cs-box").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 - 100, steps=3)
    put = place(page)
    assert put[1] < 0.9
    page.locator("#cs-box").dispatch_event("pointermove", {"pointerId": 99, "clientX": 0, "clientY": 0})
    assert place(page) == put
    page.mouse.up()
    page.click("#cs-undo")
    assert place(page) == (0.51, 0.92)

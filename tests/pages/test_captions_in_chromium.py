"""The Caption Studio in a real browser: from the account to a style in Clip Studio, and the preview against a burn."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from captions import tiles
from media.subtitles import Frame
from tests import media_bank
from tests.captions import font_bank
from tests.pages.burned import asks, burned, likeness, picture, show
from tests.pages.conftest import _or_skip
from tests.pages.studio import FONTS, at, upload
from tests.pages.test_pages_in_chromium import too_wide, violations
from tests.pages.test_studio_marks_in_chromium import overlap
from tests.patience import until

pytestmark = pytest.mark.browser
URL = "/account/captions"


@pytest.fixture(scope="module", autouse=True)
def composed() -> None:
    _or_skip(tiles.BUILT / "clip-16x9.mp4", "the test clips are not composed; run scripts/caption_clips.py")


def drawn(page: Page) -> str:
    """The look that the stage shows, once it shows one."""
    page.wait_for_selector("#cs-stage[data-drawn]")
    return page.locator("#cs-stage").get_attribute("data-drawn") or ""


def own(page: Page, clone: str = "builtin:short-form-karaoke") -> Page:
    """A copy of a style, opened in the editor with its first preview drawn."""
    page.goto(URL)
    page.locator(f"[data-ref='{clone}'] button[aria-label^='Duplicate']").click()
    drawn(page)
    page.evaluate(FONTS)
    return page


def moves(page: Page, change: Callable[[], object]) -> None:
    """After `change` the preview is drawn anew, and a person sees another picture."""
    look, shown = drawn(page), picture(page)
    change()
    expect(page.locator("#cs-stage")).not_to_have_attribute("data-drawn", look)
    until(lambda: picture(page) != shown, "a preview that looks different")


def slide(page: Page, name: str, to: float) -> None:
    """Take a slider in its middle and drag it, in steps, to a share of its length."""
    slider = page.locator(f"[data-slide={name}]")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * to, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()


def drag(page: Page, to: tuple[float, float]) -> None:
    """Take the captions by their middle to a place on the frame; the button stays down."""
    box, frame = (page.locator(place).bounding_box() for place in ("#cs-box", "#cs-frame"))
    assert box and frame
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * to[0], frame["y"] + frame["height"] * to[1], steps=6)


def leads(page: Page, code: str, field: str) -> None:
    """A warning of that code is there, and brings the reader to the field that helps."""
    page.locator(f"[data-code={code}] button").click()
    expect(page.locator(f"[name={field}]")).to_be_focused()


def place(page: Page) -> tuple[float, float]:
    return float(page.input_value("[name=position_x]")), float(page.input_value("[name=position_y]"))


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), pytest.param(1440, "light", marks=pytest.mark.deep)])
def test_gallery_fonts_and_editor_have_no_violation_and_fit(open_page, width, theme):
    page = open_page("alice", width=width, theme=theme, reduced_motion="reduce")
    faults = []
    for address in (URL, f"{URL}/fonts", f"{URL}/builtin:highlight-box"):
        at(page, address)
        faults += violations(page)
        assert not too_wide(page), address
    own(page)
    page.fill("[name=font_size]", "9999")
    page.fill("[name=stroke_color]", "#ffffff")
    page.wait_for_selector("[data-code=low_contrast]")
    faults += violations(page)
    assert not too_wide(page)
    page.click("#cs-browse")
    page.wait_for_selector(".face b.is-drawn")
    assert faults + violations(page) == []


def test_tiles_move_until_they_are_stopped_and_rest_under_reduced_motion(open_page):
    page = at(open_page("alice"), URL)
    first = page.locator("img[data-loop]").first
    expect(first).to_have_attribute("src", first.get_attribute("data-loop") or "")
    page.click("#loops")
    expect(first).to_have_attribute("src", first.get_attribute("data-still") or "")
    calm = at(open_page("bob", reduced_motion="reduce"), URL)
    still = calm.locator("img[data-loop]").first
    expect(still).to_have_attribute("src", still.get_attribute("data-still") or "")
    calm.locator(".tile-name").first.focus()
    expect(still).to_have_attribute("src", still.get_attribute("data-loop") or "")
    other = calm.locator("img[data-loop]").nth(1)
    calm.emulate_media(reduced_motion="no-preference")
    expect(other).to_have_attribute("src", other.get_attribute("data-loop") or "")
    calm.emulate_media(reduced_motion="reduce")
    expect(other).to_have_attribute("src", other.get_attribute("data-still") or "")


def test_a_style_is_picked_duplicated_changed_saved_and_found_in_clip_studio(open_page):
    page = at(open_page("nora", reduced_motion="reduce"), "/account")
    page.locator("nav[aria-label=Account] >> text=Captions").click()
    expect(page.locator("[data-ref^='builtin:']")).to_have_count(16)
    page.click("[data-ref='builtin:highlight-box'] .tile-name")
    drawn(page)
    expect(page.locator("#cs-fields")).to_have_attribute("disabled", "")
    page.click("text=Duplicate to edit")
    page.wait_for_url(f"**{URL}/preset:cap_preset_*")
    drawn(page)
    page.click("[data-ground=dark]")
    moves(page, lambda: page.select_option("[name=font]", "builtin:Anton"))
    moves(page, lambda: page.fill("[name=highlight_color]", "#0f766e"))
    moves(page, lambda: page.fill("[name=text_color]", "#ffee00"))
    moves(page, lambda: page.check("[name=stroke_enabled]") or page.fill("[name=stroke_width]", "6"))
    moves(page, lambda: slide(page, "font_size", 0.6))
    moves(page, lambda: page.click("#cs-pad button >> nth=1"))
    page.fill("[name=name]", "Hooks <b>")
    with page.expect_response("**/v1/caption-presets/cap_preset_*") as saved:
        page.click("#cs-save")
    kept = saved.value.json()
    assert (kept["name"], kept["font_name"], kept["highlight_color"]) == ("Hooks <b>", "Anton", "#0f766e")
    assert (kept["stroke_enabled"], kept["stroke_width"], kept["position_y"]) == (True, 6, 0.12)
    assert 100 < kept["font_size"] < 200
    expect(page.locator("#cs-state")).to_have_text("Saved")
    expect(page.locator("#cs-name")).to_have_text("Hooks <b>")
    expect(page.locator("#toasts")).to_contain_text("Copy preset_ref")
    page.click("text=Use in Clip Studio")
    page.wait_for_url("**/studio?preset_ref=*")
    choice = page.locator("#style option", has_text="Hooks <b>")
    expect(choice).to_have_attribute("value", kept["preset_ref"])


@pytest.mark.parametrize(("slug", "shape"), [
    ("short-form-karaoke", "16:9"), ("neon-glow", "1:1"),
    pytest.param("single-word-punch", "16:9", marks=pytest.mark.deep),
    pytest.param("highlight-box", "9:16", marks=pytest.mark.deep)])
def test_the_preview_shows_the_pixels_of_a_burn(open_page, tmp_path, slug, shape):
    page = open_page("alice", reduced_motion="reduce")
    with page.expect_response("**/preview") as answer:
        page.goto(f"{URL}/builtin:{slug}")
    page.wait_for_selector("#cs-stage[data-drawn]")
    page.click("[data-ground=dark]")
    if shape != "16:9":
        with page.expect_response(lambda reply: asks(reply.request, aspect_ratio=shape)) as answer:
            page.click(f".cs-tools [data-shape='{shape}']")
    page.wait_for_selector(f"#cs-stage[data-shown='{shape}']")
    for moment in (0.28, 1.4, 2.2):
        show(page, moment)  # drawn once more when the style is judged against this picture
        frame = Frame(*picture(page).size)
        wanted = burned(answer.value.json()["ass"], frame, moment, (28, 28, 34), tmp_path)
        like, off = likeness(page, wanted, (28, 28, 34), (0.99, 0.001))
        assert (like >= 0.99, off <= 0.001) == (True, True), (moment, like, off)


def test_what_is_changed_can_be_undone_redone_and_taken_back(open_page):
    page = own(open_page("carol", reduced_motion="reduce"))
    look, state, size = drawn(page), page.locator("#cs-state"), page.locator("[name=font_size]")
    expect(page.locator("#cs-undo")).to_be_disabled()
    slide(page, "font_size", 0.6)
    large = size.input_value()
    assert float(large) > 100
    page.fill("[name=highlight_color]", "#3ddc84")
    expect(state).to_have_text("Unsaved")
    page.keyboard.press("Control+z")
    assert page.input_value("[name=highlight_color]") == "#fcea2a"
    page.keyboard.press("Control+z")  # the drag is one step, however many values it went through
    assert size.input_value() == "77"
    expect(page.locator("#cs-stage")).to_have_attribute("data-drawn", look)
    expect(state).to_have_text("Saved")
    page.click("#cs-redo")
    assert size.input_value() == large
    page.click("[data-reset=font_size]")
    assert size.input_value() == "77"
    expect(size).to_be_focused()
    expect(page.locator("[data-reset]:visible")).to_have_count(0)
    page.keyboard.press("Control+z")
    page.click("#cs-revert")
    assert size.input_value() == "77"


@pytest.mark.parametrize(("width", "theme"), [
    (390, "light"), (1440, "dark"),
    *(pytest.param(*place, marks=pytest.mark.deep) for place in ((390, "dark"), (1440, "light")))])
def test_a_note_covers_no_control(open_page, watch, width, theme):
    watch.expected = ("409 (",)
    page = own(open_page("carol", width=width, theme=theme, reduced_motion="reduce"))
    page.route("**/v1/caption-presets/cap_preset_*", lambda route: route.fulfill(status=409, json={
        "error": "The preset is being changed by others.", "code": "conflict"}))
    page.fill("[name=font_size]", "90")
    page.click("#cs-save")
    expect(page.locator("#toasts .notice-bad")).to_contain_text("Not saved: The preset is being changed")  # it stays
    page.evaluate("scrollTo(0, 0)")
    for place in (".top .nav", ".top .tools", ".cs-head", "#cs-bar", "#cs-frame"):
        assert not overlap(page, "#toasts .notice", place), place
    assert not too_wide(page)


def test_a_style_goes_back_to_what_it_was_made_from(open_page):
    """Also when it was saved meanwhile; its name stays, and the way back is a step like any other."""
    page = own(open_page("carol", reduced_motion="reduce"), "builtin:neon-glow")
    look, original, state = drawn(page), page.locator("#cs-origin"), page.locator("#cs-state")
    expect(original).to_be_disabled()
    page.fill("[name=name]", "Changed")
    page.select_option("[name=font]", "builtin:Bangers")
    page.fill("[name=font_size]", "111")
    page.uncheck("[name=stroke_enabled]")
    page.click("#cs-save")
    expect(state).to_have_text("Saved")
    page.reload()
    assert drawn(page) != look
    original.click()
    expect(page.locator("#cs-stage")).to_have_attribute("data-drawn", look)
    expect(original).to_be_disabled()
    expect(state).to_have_text("Unsaved")
    assert page.input_value("[name=name]") == "Changed"
    page.click("#cs-undo")
    assert page.input_value("[name=font_size]") == "111"
    expect(original).to_be_enabled()
    page.click("#cs-redo")
    page.click("#cs-save")
    expect(state).to_have_text("Saved")
    page.reload()
    assert drawn(page) == look


def test_captions_are_dragged_to_lines_and_moved_by_keys_and_places(open_page):
    page = own(open_page("carol", reduced_motion="reduce"))
    drag(page, (0.5, 0.503))
    expect(page.locator("#cs-guide-y")).to_be_visible()
    page.mouse.up()
    expect(page.locator("#cs-guide-y")).to_be_hidden()
    assert place(page) == (0.5, 0.5)
    page.locator("#cs-box").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    assert place(page) == (0.51, 0.45)
    page.click("#cs-pad button >> nth=0")
    assert place(page) == (0.15, 0.12)
    for where in ((0.51, 0.45), (0.51, 0.5), (0.5, 0.5), (0.5, 0.92)):
        page.click("#cs-undo")
        assert place(page) == where
    expect(page.locator("#cs-undo")).to_be_disabled()


def test_an_answer_about_a_place_before_takes_nothing_back(open_page):
    """The server's drawing of where captions were comes after the hand has put them elsewhere."""
    page = own(open_page("carol", reduced_motion="reduce"))
    held: list[Route] = []

    def hold(route: Route) -> None:
        """From the first place on; the page may still be asking about the one before."""
        if held or asks(route.request, position_y=0.12):
            held.append(route)
        else:
            route.continue_()

    page.route("**/v1/caption-presets/preview", hold)
    with page.expect_request(lambda request: asks(request, position_y=0.12)):
        page.click("#cs-pad button >> nth=0")
    page.locator("#cs-box").focus()
    page.keyboard.press("ArrowRight")
    drag(page, (0.5, 0.503))
    expect(page.locator("#cs-guide-y")).to_be_visible()
    page.mouse.up()
    expect(page.locator("#cs-guide-y")).to_be_hidden()
    box = page.locator("#cs-box").bounding_box()
    with page.expect_request(lambda request: asks(request, position_y=0.5)):
        held[0].continue_()
    assert place(page) == (0.5, 0.5)
    assert page.locator("#cs-box").bounding_box() == pytest.approx(box, abs=1)
    page.keyboard.press("Shift+ArrowUp")
    assert place(page) == (0.5, 0.45)


def test_what_is_wrong_stands_beside_its_field_and_warnings_lead_to_theirs(open_page):
    page = own(open_page("carol", reduced_motion="reduce"))
    page.fill("[name=font_size]", "301")
    expect(page.locator("#fault-font_size")).to_have_text("Must be 8 to 300.")
    expect(page.locator("#cs-save")).to_be_disabled()
    page.fill("[name=font_size]", "60")
    expect(page.locator("#fault-font_size")).to_be_hidden()
    page.fill("#cs-text", "\U000130bd good")
    expect(page.locator("[data-code=missing_glyphs]")).to_contain_text("\U000130bd")
    leads(page, "missing_glyphs", "font")
    page.fill("#cs-text", "good")
    expect(page.locator("#cs-warnings")).to_be_hidden()
    page.click("[data-ground=light]")
    page.uncheck("[name=stroke_enabled]")
    leads(page, "low_contrast", "stroke_enabled")
    page.click("[data-ground=dark]")
    expect(page.locator("#cs-warnings")).to_be_hidden()
    page.fill("[name=font_size]", "300")
    page.fill("#cs-text", "internationalization")
    leads(page, "overflow", "font_size")
    page.fill("#cs-pace", "240")
    leads(page, "too_fast", "words_per_caption")
    page.click(".cs-tools [data-shape='4:5']")
    page.wait_for_selector("#cs-stage[data-shown='4:5']")
    frame = page.locator("#cs-frame").bounding_box()
    assert frame and frame["height"] == pytest.approx(frame["width"] * 5 / 4, abs=1) and frame["height"] > 600
    page.click(".cs-tools [data-shape='9:16']")
    page.select_option("#cs-area", "Reels")
    expect(page.locator("#cs-safe")).to_contain_text("Covered by the Reels caption bar")
    leads(page, "outside_safe", "position_y")
    page.fill("[name=position_y]", "0.5")
    page.fill("[name=font_size]", "50")
    expect(page.locator("#cs-safe")).to_contain_text("Clear of Reels")


def test_save_as_new_makes_another_one_and_leaving_unsaved_is_asked(open_page):
    page = own(open_page("carol", reduced_motion="reduce"), "builtin:word-pop")
    address = page.url
    page.fill("[name=font_size]", "99")
    asked: list[str] = []

    def stay(dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    with page.expect_event("dialog"):
        page.locator(".cs-head a").first.click()
    expect(page.locator("#cs-state")).to_have_text("Unsaved")
    assert asked == ["beforeunload"] and page.url == address
    page.click("#cs-new")
    page.wait_for_url(lambda url: url != address)
    drawn(page)
    assert page.input_value("[name=name]") == "Copy of My Word Pop"
    assert page.input_value("[name=font_size]") == "99"


def test_ones_own_video_plays_behind_the_words_and_ones_own_font_draws_them(open_page, browser, site, tmp_path):
    upload(browser, site, "alice", media_bank.clip_mp4())
    font = tmp_path / "MyFont.ttf"
    font.write_bytes(font_bank.ttf())
    page = at(open_page("alice"), f"{URL}/fonts")
    page.set_input_files("#font-file", font)
    page.click("#font-go")
    expect(page.locator("#font-card .specimen.is-drawn span")).to_have_count(5)
    own(page)
    page.click("[data-ground=own]")
    expect(page.locator("#cs-source optgroup[label=Uploads] option").first).to_have_text("clip.mp4")
    until(lambda: page.evaluate("document.getElementById('cs-own').currentTime") > 0, "the video to play")
    expect(page.locator("#cs-source-note")).to_be_empty()
    page.click("#cs-play")
    until(lambda: page.evaluate("document.getElementById('cs-own').paused"), "the video to rest with the words")
    look = drawn(page)
    page.click("#cs-browse")
    page.click(".face >> text=My Font Bold")
    expect(page.locator("[name=font]")).to_be_focused()
    assert page.input_value("[name=font]").startswith("upload:font_")
    expect(page.locator("#cs-stage")).not_to_have_attribute("data-drawn", look)


def test_without_scripts_a_style_is_made_changed_and_deleted(open_page):
    page = open_page("dan", js=False)
    page.goto(URL)
    page.locator("[data-ref='builtin:news-ticker'] button[aria-label^='Duplicate']").click()
    page.fill("[name=font_size]", "51")
    page.fill("[name=name]", "Plain")
    place = page.locator("[name=position_y]").bounding_box()
    assert place and place["width"] > 60, "what is typed can be read"
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".flash")).to_contain_text("“Plain” is saved.")
    assert page.input_value("[name=font_size]") == "51"
    picture_of = page.locator("noscript img[alt^=Captions]")
    expect(picture_of).to_be_visible()
    page.fill("[name=font_size]", "99")
    page.select_option("[name=aspect_ratio]", "4:5")
    with page.expect_navigation():
        page.click("button[value=see]")
    expect(picture_of).to_have_attribute("src", re.compile("^data:image/png"))
    assert page.input_value("[name=font_size]") == "99"
    page.get_by_role("button", name="Delete this style").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator(".flash")).to_contain_text("“Plain” is deleted.")


def test_a_browser_without_webassembly_gets_a_still_of_the_burn_for_each_change(open_page, tmp_path):
    page = open_page("dan", reduced_motion="reduce")
    page.add_init_script("delete globalThis.WebAssembly")
    text, asked = "Another word or two.", []
    page.on("request", lambda request: asked.append(request.post_data_json["picture"])
            if asks(request, text=text) else None)
    page.goto(f"{URL}/builtin:highlight-box")
    drawn(page)
    expect(page.locator("#cs-still")).to_be_visible()
    page.click("[data-ground=dark]")
    with page.expect_response(lambda reply: asks(reply.request, text=text)) as answer:
        page.fill("#cs-text", text)
    expect(page.locator("#cs-picture")).to_have_attribute("src", answer.value.json()["picture"])
    assert set(asked) == {True}
    frame = Frame(*picture(page).size)
    wanted = burned(answer.value.json()["ass"], frame, 1.2, (28, 28, 34), tmp_path)
    like, _ = likeness(page, wanted, (28, 28, 34), (0.98, 1.0))
    assert like >= 0.98, like  # it is scaled; tests/api/test_caption_preview.py compares pixels


def test_the_picture_of_a_stage_is_what_a_person_sees(open_page):
    """The measure itself: a stage without captions is its ground and nothing else."""
    page = open_page("alice", reduced_motion="reduce")
    page.goto(f"{URL}/builtin:clean-subtitle")
    page.wait_for_selector("#cs-stage[data-drawn]")
    page.click("[data-ground=dark]")
    show(page, 0.0)
    until(lambda: np.abs(np.asarray(picture(page)).astype(int) - (28, 28, 34)).max() <= 1, "a stage that is its ground")
    assert Image.open(io.BytesIO(page.screenshot())).width == 1440

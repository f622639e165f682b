"""The Caption Studio in a real browser: tiles, the preview against a burn, dragging, saving, and without scripts."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from captions import tiles
from media.subtitles import Frame
from tests.pages.burned import burned, compare, stage_picture
from tests.pages.conftest import _or_skip
from tests.pages.studio import at
from tests.pages.test_pages_in_chromium import too_wide, violations

pytestmark = pytest.mark.browser
URL = "/account/captions"


@pytest.fixture(scope="module", autouse=True)
def composed() -> None:
    _or_skip(tiles.BUILT / "clip-16x9.mp4", "the test clips are not composed; run scripts/caption_clips.py")


def own(page: Page, clone: str = "builtin:short-form-karaoke") -> Page:
    """A copy of a style, opened in the editor with its first preview drawn."""
    page.goto(URL)
    page.locator(f"[data-ref='{clone}'] button[aria-label^='Duplicate']").click()
    page.wait_for_selector("#cs-stage[data-drawn]")
    return page


def drawn(page: Page) -> str:
    return page.locator("#cs-stage").get_attribute("data-drawn") or ""


def place(page: Page) -> tuple[float, float]:
    return float(page.input_value("[name=position_x]")), float(page.input_value("[name=position_y]"))


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_gallery_fonts_and_editor_have_no_violation_and_fit(open_page, width, theme):
    page = open_page("alice", width=width, theme=theme)
    faults = []
    for address in (URL, f"{URL}/fonts", f"{URL}/builtin:highlight-box"):
        at(page, address)
        faults += violations(page)
        assert not too_wide(page), address
    own(page)
    page.fill("[name=font_size]", "9999")
    assert faults + violations(page) == []
    assert not too_wide(page)


def test_tiles_move_until_they_are_stopped_and_rest_under_reduced_motion(open_page):
    page = at(open_page("alice"), URL)
    first = page.locator("img[data-loop]").first
    assert (first.get_attribute("src") or "") == first.get_attribute("data-loop")
    page.click("#loops")
    assert first.get_attribute("src") == first.get_attribute("data-still")
    calm = at(open_page("bob", reduced_motion="reduce"), URL)
    still = calm.locator("img[data-loop]").first
    assert still.get_attribute("src") == still.get_attribute("data-still")
    calm.locator(".tile-name").first.focus()
    assert still.get_attribute("src") == still.get_attribute("data-loop")


@pytest.mark.parametrize(("slug", "shape"), [("short-form-karaoke", "16:9"), ("highlight-box", "9:16"),
                                             ("neon-glow", "1:1")])
def test_the_preview_shows_the_pixels_of_a_burn(open_page, tmp_path, slug, shape):
    page = open_page("alice", reduced_motion="reduce")
    with page.expect_response("**/preview") as answer:
        page.goto(f"{URL}/builtin:{slug}")
    page.wait_for_selector("#cs-stage[data-drawn]")
    page.click("[data-ground=dark]")
    if shape != "16:9":
        with page.expect_response("**/preview") as answer:
            page.click(f".cs-tools [data-shape='{shape}']")
    page.wait_for_selector(f"#cs-stage[data-shown='{shape}']")
    for moment in (1.4, 2.2):
        seen = stage_picture(page, moment)
        wanted = burned(answer.value.json()["ass"], Frame(seen.width, seen.height), moment, (28, 28, 34), tmp_path)
        likeness, off = compare(seen, wanted, (28, 28, 34))
        assert (likeness >= 0.99, off <= 0.001) == (True, True), (moment, likeness, off)


def test_a_style_is_changed_dragged_saved_and_taken_back(open_page):
    page = own(open_page("carol"))
    before = drawn(page)
    expect(page.locator("#cs-save")).to_be_disabled()
    page.fill("[name=highlight_color]", "#3ddc84")
    expect(page.locator("#cs-stage")).not_to_have_attribute("data-drawn", before)
    expect(page.locator("#cs-state")).to_have_text("Not saved yet")
    page.click("#cs-revert")
    expect(page.locator("#cs-stage")).to_have_attribute("data-drawn", before)
    box = page.locator("#cs-box").bounding_box()
    frame = page.locator("#cs-frame").bounding_box()
    assert box and frame
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] * 0.5, frame["y"] + frame["height"] * 0.5 + 3, steps=6)
    expect(page.locator("#cs-guide-y")).to_be_visible()
    page.mouse.up()
    expect(page.locator("#cs-guide-y")).to_be_hidden()
    assert place(page)[0] == 0.5 and abs(place(page)[1] - 0.5) <= 0.1
    was = place(page)
    page.locator("#cs-box").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    assert place(page) == (round(was[0] + 0.01, 2), round(was[1] - 0.05, 2))
    page.click("#cs-pad button >> nth=0")
    assert place(page) == (0.15, 0.12)
    page.fill("[name=name]", "Hooks <b>")
    with page.expect_response("**/v1/caption-presets/cap_preset_*") as saved:
        page.click("#cs-save")
    assert (saved.value.json()["name"], saved.value.json()["position_x"]) == ("Hooks <b>", 0.15)
    expect(page.locator("#cs-state")).to_have_text("Saved")
    expect(page.locator("#cs-name")).to_have_text("Hooks <b>")
    page.reload()
    page.wait_for_selector("#cs-stage[data-drawn]")
    assert place(page) == (0.15, 0.12)


def test_what_is_wrong_stands_beside_its_field_and_warnings_lead_to_theirs(open_page):
    page = own(open_page("carol"))
    page.fill("[name=font_size]", "301")
    expect(page.locator("#fault-font_size")).to_have_text("Must be 8 to 300.")
    expect(page.locator("#cs-save")).to_be_disabled()
    page.fill("[name=font_size]", "60")
    expect(page.locator("#fault-font_size")).to_be_hidden()
    page.fill("#cs-text", "\U000130bd good")
    expect(page.locator("[data-code=missing_glyphs]")).to_contain_text("\U000130bd")
    page.fill("#cs-text", "good")
    expect(page.locator("#cs-warnings")).to_be_hidden()
    page.click(".cs-tools [data-shape='9:16']")
    page.select_option("#cs-area", "Reels")
    expect(page.locator("#cs-safe")).to_be_visible()
    page.locator("[data-code=outside_safe] button").click()
    expect(page.locator("[name=position_y]")).to_be_focused()


def test_save_as_new_makes_another_one_and_leaving_unsaved_is_asked(open_page):
    page = own(open_page("carol"), "builtin:word-pop")
    address = page.url
    page.fill("[name=font_size]", "99")
    asked: list[str] = []

    def stay(dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.locator(".cs-head a").first.click()
    expect(page.locator("#cs-state")).to_have_text("Not saved yet")
    assert asked == ["beforeunload"] and page.url == address
    page.click("#cs-new")
    page.wait_for_url(lambda url: url != address)
    page.wait_for_selector("#cs-stage[data-drawn]")
    assert page.input_value("[name=name]") == "Copy of My Word Pop"
    assert page.input_value("[name=font_size]") == "99"


def test_without_scripts_a_style_is_made_changed_and_deleted(open_page):
    page = open_page("dan", js=False)
    page.goto(URL)
    page.locator("[data-ref='builtin:news-ticker'] button[aria-label^='Duplicate']").click()
    page.fill("[name=font_size]", "51")
    page.fill("[name=name]", "Plain")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".flash")).to_contain_text("“Plain” is saved.")
    assert page.input_value("[name=font_size]") == "51"
    expect(page.locator(".cs-still img")).to_be_visible()
    page.get_by_role("button", name="Delete this style").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator(".flash")).to_contain_text("“Plain” is deleted.")


def test_the_picture_of_a_stage_is_what_a_person_sees(open_page):
    """The measure itself: a stage without captions is its ground and nothing else."""
    page = open_page("alice", reduced_motion="reduce")
    page.goto(f"{URL}/builtin:clean-subtitle")
    page.wait_for_selector("#cs-stage[data-drawn]")
    page.click("[data-ground=dark]")
    shown = np.asarray(stage_picture(page, 0.0))
    assert np.abs(shown.astype(int) - (28, 28, 34)).max() <= 1
    assert Image.open(io.BytesIO(page.screenshot())).width == 1440

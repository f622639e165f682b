"""The library in a real browser: titles, deletion and having back, the pointer over a clip; and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.pages.studio import at, cut_sample
from tests.pages.test_pages_in_chromium import violations

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def shelf(browser, site) -> str:
    return cut_sample(browser, site, "lena")


def rename(tile: Locator, title: str, key: str) -> None:
    """Type another title where the tile stands, and leave it with a key."""
    tile.locator("summary").click()
    tile.get_by_role("button", name="Rename").click()
    tile.page.keyboard.type(title)
    tile.page.keyboard.press(key)


def test_a_clip_is_renamed_where_it_stands(open_page, shelf):
    page = at(open_page("lena"), "/library")
    tile = page.locator(".tile").first
    before = tile.locator("[data-title]").inner_text()
    rename(tile, "never mind", "Escape")
    expect(tile.locator("[data-title]")).to_have_text(before)
    with page.expect_response("**/v1/clips/*") as answer:
        rename(tile, "<b>The best</b> answer", "Enter")
    assert answer.value.json()["title"] == "<b>The best</b> answer"
    expect(tile.locator("[data-title]")).to_be_focused()
    page.reload()
    expect(page.locator(".tile").first.locator("[data-title]")).to_have_text("<b>The best</b> answer")


def test_a_refused_title_goes_back_and_says_why(open_page, shelf, watch):
    watch.expected = ("503",)
    page = at(open_page("lena"), "/library")
    page.route("**/v1/clips/*", lambda route: route.fulfill(status=503, json={"error": "Not now."}))
    tile = page.locator(".tile").first
    before = tile.locator("[data-title]").inner_text()
    rename(tile, "other", "Enter")
    expect(page.locator("#toasts .notice-bad")).to_contain_text("Not renamed: Not now.")
    expect(tile.locator("[data-title]")).to_have_text(before)


def test_what_is_on_its_way_out_is_neither_chosen_nor_deleted_again(open_page, shelf):
    page = at(open_page("lena"), "/library")
    tiles, notes = page.locator(".tile"), page.locator("#toasts .notice")
    boxes = page.locator(".tile-pick input")
    page.route("**/v1/clips/bulk-delete", lambda route: route.fulfill(json={}))
    tiles.nth(1).locator("summary").click()
    tiles.nth(1).get_by_role("button", name="Delete").click()
    expect(notes).to_have_count(1)
    boxes.first.focus()
    page.keyboard.press("Space")
    boxes.last.click(modifiers=["Shift"])
    expect(page.locator("[data-chosen]")).to_have_text(f"{boxes.count() - 1} selected")
    page.evaluate("for (const press of [1, 2]) document.getElementById('bulk').requestSubmit()")
    expect(notes).to_have_count(2)
    expect(notes.last).to_contain_text(f"{boxes.count() - 1} clips deleted")
    for _ in range(2):
        notes.last.get_by_role("button", name="Undo").click()  # the newest lies on top
    expect(page.locator(".tile:visible")).to_have_count(boxes.count())


def test_a_deleted_clip_can_be_had_back_and_is_gone_when_the_page_is_left(open_page, shelf):
    page = at(open_page("lena"), "/library")
    count = page.locator(".tile").count()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "bulk-delete" in request.url else None)
    tile = page.locator(".tile").last
    tile.locator("summary").click()
    tile.get_by_role("button", name="Delete").click()
    expect(page.locator(".tile:visible")).to_have_count(count - 1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".tile:visible")).to_have_count(count)
    assert asked == []
    tile.locator("summary").click()
    tile.get_by_role("button", name="Delete").click()
    expect(page.locator("#toasts")).to_contain_text("deleted")
    at(page, "/account")
    for _ in range(100):
        at(page, "/library")
        if page.locator(".tile").count() == count - 1:
            break
    assert page.locator(".tile").count() == count - 1


def test_a_deleted_upload_can_be_had_back_and_is_gone_when_the_page_is_left(open_page, shelf):
    page = at(open_page("dan"), "/studio/sample")
    page.click("#take-go")
    page.wait_for_url("**/studio/upl_*")
    address = page.url.rpartition("/")[2]
    at(page, "/library?tab=uploads")
    tile = page.locator(f".tile[data-upload={address}]")

    def delete() -> None:
        tile.locator("summary").click()
        tile.get_by_role("button", name="Delete").click()
        expect(tile).to_be_hidden()

    delete()
    page.get_by_role("button", name="Undo").click()
    expect(tile).to_be_visible()
    delete()
    at(page, "/account")
    for _ in range(100):
        at(page, "/library?tab=uploads")
        if not tile.count():
            break
    assert not tile.count()


def test_several_are_chosen_with_shift_and_told_how_many(open_page, shelf):
    page = at(open_page("lena"), "/library")
    boxes = page.locator(".tile-pick input")
    count = boxes.count()
    assert count >= 2
    boxes.first.focus()
    page.keyboard.press("Space")
    boxes.last.click(modifiers=["Shift"])
    expect(page.locator("[data-chosen]")).to_have_text(f"{count} selected")
    assert violations(page) == []
    page.get_by_text("Clear selection").click()
    expect(page.locator(".bulk")).to_be_hidden()


def test_the_pointer_over_a_clip_shows_what_happens_in_it(open_page, shelf):
    page = at(open_page("lena"), "/library?tab=uploads")
    page.route("**/assets.json", lambda route: route.fulfill(json={"sprites": {"url": "/studio/sample/sprites.json"}}))
    picture = page.locator("[data-assets]").first
    picture.hover()
    box = picture.bounding_box()
    places = set()
    for part in (0.1, 0.5, 0.95):
        page.mouse.move(box["x"] + box["width"] * part, box["y"] + 20)
        expect(picture.locator(".tile-film")).to_be_visible()
        places.add(picture.locator(".tile-film").evaluate("one => one.style.backgroundPosition"))
    assert len(places) == 3
    page.mouse.move(5, 5)
    expect(picture.locator(".tile-film")).to_be_hidden()


def test_an_empty_library_offers_the_sample_and_the_sample_leads_to_an_export(open_page):
    page = at(open_page("bob"), "/library")
    if page.locator(".empty").count():
        page.get_by_role("link", name="Use the sample").click()
    else:
        page.goto("/studio/sample")
    page.wait_for_selector("[data-ready]")
    expect(page.locator("#segs .seg:not([data-plain])")).to_have_count(2)
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/studio/upl_*")
    expect(page.locator("#file-state.chip-ok, #go:enabled").first).to_be_visible()
    expect(page.locator("#segs .seg:not([data-plain])")).to_have_count(2)


def test_without_scripts_the_library_filters_renames_and_deletes(open_page, shelf):
    page = open_page("lena", js=False)
    page.goto("/library")
    count = page.locator(".tile").count()
    page.locator(".tile summary").first.click()
    page.locator(".tile [name=title]").first.fill("By a plain form")
    page.locator(".tile .menu-form .btn").first.click()
    expect(page.locator(".tile-name").first).to_have_text("By a plain form")
    page.fill("[name=q]", "plain FORM")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".tile")).to_have_count(1)
    page.locator(".tile [name=clip]").first.check()
    page.get_by_role("button", name="Delete selected").click()
    expect(page.locator("h1")).to_have_text("Delete 1 clip?")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".flash")).to_contain_text("1 clip is deleted.")
    expect(page.locator(".tile")).to_have_count(count - 1)

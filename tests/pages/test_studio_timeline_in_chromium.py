"""The timeline in a real browser: handles, snapping, zoom, waveform, filmstrip and minimap."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import media_bank
from tests.pages.studio import drawn, go, ink, marks, now, place, press, seconds, span, studio, upload

pytestmark = pytest.mark.browser
WHEEL = 0.0044  # doublings of the scale per pixel of a turned wheel: static/js/lib/gestures.js


@pytest.fixture(scope="module")
def halves(browser, site) -> str:
    return upload(browser, site, "alice", media_bank.halves_mp4())


def marked(open_page, address: str, *ranges: tuple[float, float], **how: object) -> Page:
    """The studio with these segments, the last one picked."""
    page = studio(open_page, address, **how)
    for start, end in ranges:
        go(page, start)
        press(page, "n")
        row = page.locator("#segs .seg").last
        row.locator("[data-end]").fill(str(end))
        row.locator("[data-end]").press("Enter")
    press(page, "Home")
    assert marks(page) == list(ranges)
    return page


def drag(page: Page, edge: str, to: float, *, drop: bool = True, alt: bool = False) -> None:
    """Drag an edge of the picked segment to the place of `to` seconds."""
    handle = page.locator(f".is-now .handle-{edge}")
    at = float(handle.get_attribute("aria-valuenow") or 0)
    box = page.locator("#track").bounding_box()
    y = box["y"] + box["height"] / 2
    start, end = place(page, at), place(page, to)
    if alt:
        page.keyboard.down("Alt")
    page.mouse.move(start, y)
    page.mouse.down()
    page.mouse.move((start + end) / 2, y, steps=4)
    page.mouse.move(end, y, steps=4)
    if drop:
        page.mouse.up()
    if alt:
        page.keyboard.up("Alt")


def colour(page: Page, canvas: str, x: float) -> str:
    """What stands at a column of a canvas: red, blue or nothing."""
    red, _, blue, alpha = page.evaluate("""([id, x]) => {
        const canvas = document.getElementById(id)
        const dense = canvas.width / canvas.clientWidth
        return [...canvas.getContext('2d').getImageData(x * dense, canvas.height / 2, 1, 1).data]
    }""", [canvas, x])
    return "nothing" if alpha < 100 else "red" if red > blue else "blue"


@pytest.mark.parametrize(("edge", "before", "to", "after"), [
    ("out", (3.0, 8.0), 9.0, (3.0, 9.0)), ("in", (3.0, 8.0), 1.5, (1.5, 8.0)),
    pytest.param("in", (3.0, 8.0), 4.0, (4.0, 8.0), marks=pytest.mark.deep),
])
def test_a_handle_dragged_by_a_second_moves_its_edge_by_a_second(open_page, halves, edge, before, to, after):
    page = marked(open_page, halves, before)
    drag(page, edge, to)
    [found] = marks(page)
    assert found == (pytest.approx(after[0], abs=0.02), pytest.approx(after[1], abs=0.02))
    press(page, "Control+z")
    assert marks(page) == [before]  # however often it moved, it is one step


def test_escape_during_a_drag_puts_the_edge_back(open_page, halves):
    page = marked(open_page, halves, (3.0, 8.0))
    drag(page, "out", 11, drop=False)
    assert marks(page)[0][1] == pytest.approx(11, abs=0.02)
    expect(page.locator("#peek")).to_contain_text("8.00 s")
    page.keyboard.press("Escape")
    page.mouse.up()
    assert marks(page) == [(3.0, 8.0)]


def test_a_dragged_edge_snaps_to_the_playhead_and_to_other_edges_and_alt_lets_it_go_free(open_page, halves):
    page = marked(open_page, halves, (12.0, 14.0), (3.0, 8.0))
    near = 5 / span(page)[1]  # seconds of five pixels
    drag(page, "out", 12 - near, drop=False)
    expect(page.locator("#track-snap")).to_be_visible()
    page.mouse.up()
    assert marks(page)[1] == (3.0, 12.0)
    expect(page.locator("#track-snap")).to_be_hidden()
    go(page, 6)
    drag(page, "out", 6 + near)
    assert marks(page)[1] == (3.0, 6.033)  # the frame on show is in
    drag(page, "out", 12 - near, alt=True)
    end = marks(page)[1][1]
    assert end != 12.0
    assert end == pytest.approx(12 - near, abs=0.02)


def test_a_drag_stops_a_tenth_before_the_other_edge_and_at_the_ends_of_the_source(open_page, halves):
    page = marked(open_page, halves, (3.0, 8.0))
    drag(page, "in", 12)
    assert marks(page) == [(7.9, 8.0)]
    press(page, "Control+z")
    drag(page, "out", 30, alt=True)
    assert marks(page) == [(3.0, 20.0)]


def test_a_gif_stops_at_thirty_seconds_while_it_is_dragged(open_page, browser, site):
    long = media_bank.make("long.mp4", *media_bank.VIDEO, "-t", "50", *media_bank.H264)
    page = studio(open_page, upload(browser, site, "alice", long))
    page.select_option("#format", "gif")
    press(page, "n")
    drag(page, "out", 45, drop=False)
    expect(page.locator("#peek")).to_contain_text("30.00 s, the most")
    page.mouse.up()
    assert marks(page) == [(0.0, 30.0)]
    page.select_option("#format", "mp4")
    drag(page, "out", 45)
    assert marks(page)[0][1] == pytest.approx(45, abs=0.1)
    page.select_option("#format", "gif")
    expect(page.locator("#segs [data-fault]")).to_contain_text("GIF limit 30 s, now 4")
    expect(page.locator("#go-text")).to_have_text("Fix the marked time first")


def test_a_handle_with_the_focus_moves_by_arrow_keys(open_page, halves):
    page = marked(open_page, halves, (3.0, 8.0))
    handle = page.locator(".is-now .handle-out")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    assert marks(page) == [(3.0, 7.7)]
    expect(handle).to_have_attribute("aria-valuetext", "0:07.700")
    expect(handle).to_have_attribute("aria-label", "End of segment 1")


def test_pressing_the_timeline_seeks_and_picks_what_is_there(open_page, halves):
    page = marked(open_page, halves, (3.0, 8.0), (12.0, 14.0))
    box = page.locator("#track").bounding_box()
    page.mouse.click(place(page, 5), box["y"] + 60)
    assert now(page) == pytest.approx(5, abs=0.04)
    expect(page.locator("#segs .seg").first).to_have_attribute("aria-current", "true")
    page.mouse.move(place(page, 5), box["y"] + 60)
    page.mouse.down()
    page.mouse.move(place(page, 10), box["y"] + 60, steps=5)
    page.mouse.up()
    assert now(page) == pytest.approx(10, abs=0.04)
    assert marks(page) == [(3.0, 8.0), (12.0, 14.0)]


def test_the_wheel_scrolls_and_with_ctrl_zooms_at_the_pointer(open_page, halves):
    page = studio(open_page, halves)
    whole = span(page)[1]
    box = page.locator("#track").bounding_box()
    page.mouse.move(place(page, 15), box["y"] + 60)
    page.mouse.wheel(0, 200)
    assert span(page) == (0, whole)  # nothing to scroll
    page.keyboard.down("Control")
    for _ in range(4):
        page.mouse.wheel(0, -120)
    page.keyboard.up("Control")
    # All four, one after the other: a wheel is not waited for.
    zoomed = whole * 2 ** (4 * 120 * WHEEL)
    page.wait_for_function("least => +document.getElementById('track').dataset.scale > least", arg=zoomed * 0.999)
    start, scale = span(page)
    assert scale == pytest.approx(zoomed)
    page.mouse.wheel(0, 150)
    page.wait_for_function("least => +document.getElementById('track').dataset.start > least", arg=start)
    assert span(page)[0] == pytest.approx(start + 150 / scale, abs=0.01)


def test_what_is_under_the_pointer_stays_there_while_zooming(open_page, halves):
    page = studio(open_page, halves)
    x = place(page, 15)
    page.mouse.move(x, page.locator("#track").bounding_box()["y"] + 60)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    page.wait_for_function("() => +document.getElementById('track').dataset.start > 0")
    assert place(page, 15) == pytest.approx(x, abs=1)


def test_two_fingers_zoom_and_one_scrubs(open_page, halves):
    page = studio(open_page, halves, width=390)
    whole = span(page)[1]
    touch = page.context.new_cdp_session(page)
    box = page.locator("#track").bounding_box()
    y = box["y"] + 50

    def fingers(kind: str, *xs: float) -> None:
        points = [{"x": x, "y": y, "id": number} for number, x in enumerate(xs)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", 150)
    fingers("touchStart", 150, 240)
    for step in range(1, 6):
        fingers("touchMove", 150 - 12 * step, 240 + 12 * step)
    fingers("touchEnd")
    page.wait_for_function("most => +document.getElementById('track').dataset.scale > most", arg=whole * 1.8)
    assert marks(page) == []


def test_the_minimap_shows_what_is_seen_and_scrolls_there(open_page, halves):
    page = marked(open_page, halves, (3.0, 8.0))
    expect(page.locator("#minimap-segs i")).to_have_count(1)
    press(page, "+", "+", "+")
    drawn(page)
    frame, box = page.locator("#minimap-view").bounding_box(), page.locator("#minimap-in").bounding_box()
    assert frame["width"] == pytest.approx(box["width"] / 1.6 ** 3, abs=3)
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + 10)
    page.wait_for_function("() => +document.getElementById('track').dataset.start > 5")
    start, scale = span(page)
    width = page.locator("#track").bounding_box()["width"] - 22
    assert start + width / scale / 2 == pytest.approx(15, abs=0.1)


def test_pressing_the_ruler_and_the_minimap_seeks(open_page, halves):
    page = studio(open_page, halves)
    for where in ("#ruler", "#minimap-in"):
        press(page, "Home")
        box = page.locator(where).bounding_box()
        assert box
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        length = seconds(page.locator("#length").inner_text())
        assert abs(now(page) - length / 2) < 0.2, where


def test_the_waveform_is_loud_where_the_sound_is(open_page, halves):
    page = studio(open_page, halves)
    expect(page.locator("#lane-note")).to_be_hidden()
    columns = ink(page, "wave")
    left = page.locator("#track").bounding_box()["x"] + 1
    loud = [place(page, at) - left for at in (4.2, 5, 5.8)]
    still = [place(page, at) - left for at in (1, 3.5, 6.5, 15)]
    assert min(columns[round(x)] for x in loud) > 8 * max(columns[round(x)] for x in still)
    assert columns[2] == 0
    assert max(ink(page, "minimap-wave")) > 5
    for _ in range(8):
        press(page, "+")
    go(page, 4)
    press(page, "n")
    page.wait_for_function("() => +document.getElementById('track').dataset.scale > 400")
    assert max(ink(page, "wave")) > 20


def test_the_filmstrip_shows_each_picture_at_its_time_and_follows_the_zoom(open_page, halves):
    page = studio(open_page, halves)
    page.wait_for_selector("#timeline.has-film")
    left = page.locator("#track").bounding_box()["x"] + 1
    page.wait_for_function("""() => {
        const canvas = document.getElementById('film')
        return canvas.getContext('2d').getImageData(canvas.width / 2, 5, 1, 1).data[3] > 0
    }""")
    for zoom in range(3):
        drawn(page)
        for at, wanted in ((8.0, "red"), (11.0, "blue")):
            assert colour(page, "film", place(page, at) - left) == wanted, (zoom, at)
        go(page, 10)
        press(page, "+")
    press(page, "f")
    drawn(page)
    assert colour(page, "film", place(page, 20) - left + 4) == "nothing"


def test_the_pointer_shows_the_time_and_the_picture_under_it(open_page, halves):
    page = studio(open_page, halves)
    page.wait_for_selector("#timeline.has-film")
    box = page.locator("#track").bounding_box()
    peek = page.locator("#peek")
    for at, wanted in ((4, "red"), (16, "blue")):
        page.mouse.move(place(page, at), box["y"] + 60)
        expect(peek).to_contain_text(f"0:{at:02d}.0")
        page.wait_for_function("""wanted => {
            const canvas = document.querySelector('#peek canvas')
            const [red, , blue, alpha] = canvas.getContext('2d').getImageData(80, 45, 1, 1).data
            return alpha > 0 && (red > blue) === (wanted === 'red')
        }""", arg=wanted)
    for at in (0, 20):
        page.mouse.move(place(page, at), box["y"] + 60)
        shown = peek.bounding_box()
        assert shown["x"] >= box["x"] - 1
        assert shown["x"] + shown["width"] <= box["x"] + box["width"] + 1
    page.mouse.move(5, 5)
    expect(peek).to_be_hidden()


def test_marking_waits_for_nothing(open_page, halves):
    page = open_page("alice")
    page.route("**/assets.json", lambda route: route.fulfill(json={
        "status": "processing", "pending": ["peaks", "sprites"], "peaks": None, "sprites": None,
        "proxy": {"needed": False, "url": None}, "poster_url": None}))
    page.goto(halves)
    page.wait_for_selector("#track[data-scale]")
    expect(page.locator("#lane-note")).to_have_text("The waveform is being made. You can mark already.")
    go(page, 3)
    press(page, "n")
    drag(page, "out", 9)
    assert marks(page) == [(3.0, pytest.approx(9, abs=0.02))]
    assert not any(ink(page, "wave"))


def test_what_comes_later_is_drawn_when_it_comes(open_page, halves):
    page = open_page("alice")
    asked, seen = [], []

    def first_nothing(route) -> None:
        asked.append(route.request.url)
        if seen and len(asked) > 2:
            return route.continue_()
        return route.fulfill(json={"status": "ready", "pending": ["peaks"], "peaks": None, "sprites": None,
                                   "proxy": {"needed": False, "url": None}, "poster_url": None})

    page.route("**/assets.json", first_nothing)
    page.goto(halves)
    expect(page.locator("#lane-note")).to_be_visible()
    seen.append("the note")
    expect(page.locator("#lane-note")).to_be_hidden()
    assert len(asked) >= 3
    assert any(ink(page, "wave"))


def test_fifty_segments_stay_at_hand(open_page, halves):
    page = studio(open_page, halves)
    # As a reload finds them: written now, they would race with the page that keeps its own.
    page.add_init_script("""
        const id = location.pathname.split('/').pop()
        const list = Array.from({length: 50}, (_, n) => [n + 1, n * 0.4, n * 0.4 + 0.3])
        localStorage.setItem(`fastclip:marks:${id}`, JSON.stringify({at: 1, now: [1, ...list], undo: [], redo: []}))""")
    page.reload()
    page.wait_for_selector("#track[data-scale]")
    expect(page.locator("#segs .seg")).to_have_count(50)
    expect(page.locator("#segments-meta")).to_have_text("50 of 50 · 15.00 s")
    expect(page.locator("#price-what")).to_have_text("50 clips × $0.02")
    expect(page.locator("#go")).to_be_in_viewport()
    press(page, "End", "n")
    expect(page.locator("#toasts")).to_contain_text("There is room for 50 segments. Remove one")
    press(page, *["ArrowUp"] * 3)
    assert page.locator(".bar-seg").count() == 50
    page.locator("#segs [data-pick]").nth(49).click()
    assert now(page) == pytest.approx(19.6, abs=0.001)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")

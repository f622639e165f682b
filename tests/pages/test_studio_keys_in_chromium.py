"""Each key of Clip Studio on a twenty-second clip, with the exact times it makes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests import media_bank
from tests.pages.studio import go, marks, now, press, span, speeds, studio, upload

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def halves(browser, site) -> str:
    return upload(browser, site, "alice", media_bank.halves_mp4())


@pytest.fixture(scope="module")
def film(browser, site) -> str:
    return upload(browser, site, "alice", media_bank.film_mp4())


def until_playing(page: Page, on: bool = True) -> None:
    expect(page.locator("#play")).to_have_attribute("aria-label", "Pause" if on else "Play")


def test_arrows_go_by_frames_seconds_and_tens(open_page, halves):
    page = studio(open_page, halves)
    for keys, at in (
        (["ArrowRight"] * 7, 0.233), (["ArrowLeft"], 0.2), (["Shift+ArrowRight"] * 2, 2.2), (["Shift+ArrowLeft"], 1.2),
        (["Control+Shift+ArrowRight"], 11.2), (["Control+Shift+ArrowLeft"], 1.2), (["Home"], 0.0),
        (["ArrowLeft"], 0.0), (["End"], 19.967), (["ArrowRight"], 19.967), (["Control+Shift+ArrowLeft"], 9.967),
    ):
        press(page, *keys)
        assert now(page) == pytest.approx(at, abs=0.001), keys


def test_a_frame_is_as_long_as_the_file_says(open_page, film):
    page = studio(open_page, film)
    press(page, *["ArrowRight"] * 24)
    assert now(page) == pytest.approx(24 * 1001 / 24000, abs=0.001)
    press(page, "i", "Shift+ArrowRight", "ArrowRight", "o")
    [(start, end)] = marks(page)
    assert (start, end) == (pytest.approx(1.001, abs=0.001), pytest.approx(50 * 1001 / 24000, abs=0.001))


def test_in_and_out_move_the_picked_segment_and_in_past_its_end_begins_another(open_page, halves):
    page = studio(open_page, halves)
    go(page, 2)
    press(page, "i")
    assert marks(page) == [(2.0, 7.0)]
    go(page, 4.5)
    press(page, "o")
    assert marks(page) == [(2.0, 4.533)]
    go(page, 3)
    press(page, "i")
    assert marks(page) == [(3.0, 4.533)]
    go(page, 9)
    press(page, "i")
    assert marks(page) == [(3.0, 4.533), (9.0, 14.0)]


def test_n_makes_five_seconds_b_splits_and_delete_removes(open_page, halves):
    page = studio(open_page, halves)
    go(page, 1)
    press(page, "n")
    go(page, 3)
    press(page, "b")
    assert marks(page) == [(1.0, 3.0), (3.0, 6.0)]
    press(page, "Delete")
    assert marks(page) == [(1.0, 3.0)]
    go(page, 8)
    press(page, "b")
    expect(page.locator("#toasts")).to_contain_text("Put the playhead inside a segment")
    press(page, "Backspace")
    assert marks(page) == []
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    assert marks(page) == [(1.0, 3.0)]


def test_up_and_down_go_from_edge_to_edge(open_page, halves):
    page = studio(open_page, halves)
    go(page, 2)
    press(page, "n")
    go(page, 10)
    press(page, "n", "Home")
    seen = []
    for _ in range(4):
        press(page, "ArrowDown")
        seen.append(now(page))
    assert seen == pytest.approx([2.0, 6.967, 10.0, 14.967], abs=0.001)
    press(page, "ArrowUp")
    assert now(page) == pytest.approx(10.0, abs=0.001)


def test_brackets_nudge_the_edge_that_was_touched_last(open_page, halves):
    page = studio(open_page, halves)
    go(page, 2)
    press(page, "i", "[")
    assert marks(page) == [(1.967, 7.0)]
    press(page, "]", "]")
    assert marks(page) == [(2.033, 7.0)]
    assert now(page) == pytest.approx(2.033, abs=0.001)
    go(page, 5)
    press(page, "o", "Shift+BracketRight")
    assert marks(page) == [(2.033, 5.367)]
    assert now(page) == pytest.approx(5.333, abs=0.001)  # the last frame inside
    press(page, "Shift+BracketLeft", "[")
    assert marks(page) == [(2.033, 5.0)]


def test_plus_minus_and_f_zoom_and_the_browsers_own_zoom_stays(open_page, halves):
    page = studio(open_page, halves)
    whole = span(page)[1]
    press(page, "+", "=")
    assert span(page)[1] == pytest.approx(whole * 1.6 ** 2)
    press(page, "-")
    assert span(page)[1] == pytest.approx(whole * 1.6)
    press(page, "f")
    assert span(page) == (0, pytest.approx(whole))
    page.evaluate("addEventListener('keydown', event => { window.left = !event.defaultPrevented })")
    press(page, "Control+=")
    assert (span(page)[1], page.evaluate("window.left")) == (pytest.approx(whole), True)
    go(page, 8)
    press(page, "n", "Shift+F")
    start, scale = span(page)
    assert scale > whole * 2
    assert 7 < start < 8


def test_j_k_and_l_shuttle_and_double_up_to_eight(open_page, halves):
    page = studio(open_page, halves)
    go(page, 10)
    told = speeds(page)
    press(page, "l")
    until_playing(page)
    press(page, *["l"] * 4)
    assert told() == ["2×", "4×", "8×", "8×"]
    assert page.evaluate("document.getElementById('video').playbackRate") == 8
    press(page, "k")
    until_playing(page, False)
    expect(page.locator("#speed")).to_be_hidden()
    press(page, "End", "j", "j")
    assert told()[4:] == ["−1×", "−2×"]
    page.wait_for_function("() => document.getElementById('video').currentTime < 19.5")
    press(page, "l")
    expect(page.locator("#speed")).to_be_hidden()
    press(page, "k")
    until_playing(page, False)


def test_space_plays_and_pauses_at_one(open_page, halves):
    page = studio(open_page, halves)
    press(page, "l", "l", "Space")
    until_playing(page, False)
    press(page, "Space")
    until_playing(page)
    assert page.evaluate("document.getElementById('video').playbackRate") == 1
    press(page, "Space")
    until_playing(page, False)


def test_p_loops_the_picked_segment(open_page, halves):
    page = studio(open_page, halves)
    go(page, 9)
    press(page, "i", *["ArrowRight"] * 2, "o", "p")
    expect(page.locator("#loop")).to_have_attribute("aria-pressed", "true")
    # Ten times slower than life: on a busy machine frames come late, and the end is seen by frames.
    page.evaluate("""() => {
        const video = document.getElementById('video')
        window.times = []
        window.back = 0
        video.addEventListener('play', () => { video.playbackRate = 0.1 })
        video.addEventListener('seeking', () => { if (video.currentTime < 9.05) window.back++ })
        video.addEventListener('timeupdate', () => { if (window.back > 2) times.push(video.currentTime) })
    }""")
    press(page, "Home", "Space")
    page.wait_for_function("() => window.back >= 4 && window.times.length >= 6")
    press(page, "k")
    assert max(page.evaluate("times")) < 9.5
    press(page, "p")
    expect(page.locator("#loop")).to_have_attribute("aria-pressed", "false")


def test_shift_p_plays_all_segments_in_the_order_of_the_list_and_stops(open_page, halves):
    page = studio(open_page, halves)
    for at in (12, 2):
        go(page, at)
        press(page, "n", *["ArrowRight"] * 8, "o")
    assert marks(page) == [(12.0, 12.3), (2.0, 2.3)]
    page.evaluate("""() => {
        const video = document.getElementById('video')
        const button = document.querySelector('#transport [data-do=playAll]')
        window.begun = []
        window.pressed = new Set()
        video.addEventListener('seeking', () => window.begun.push(Math.floor(video.currentTime)))
        new MutationObserver(() => window.pressed.add(button.ariaPressed)).observe(button, {attributes: true})
    }""")
    press(page, "Shift+P")
    # The second only after the first; a seek from before may still end meanwhile.
    page.wait_for_function("() => window.begun.includes(12) && window.begun.lastIndexOf(2) > window.begun.indexOf(12)")
    expect(page.locator("#transport [data-do=playAll]")).to_have_attribute("aria-pressed", "false")
    until_playing(page, False)
    assert page.evaluate("[...window.pressed]") == ["true", "false"]  # while it played, and no longer
    assert now(page) == pytest.approx(2.267, abs=0.05)
    expect(page.locator("#segs .seg").nth(1)).to_have_attribute("aria-current", "true")


def test_m_mutes(open_page, halves):
    page = studio(open_page, halves)
    press(page, "m")
    assert page.evaluate("document.getElementById('video').muted")
    expect(page.locator("#mute")).to_have_attribute("aria-pressed", "true")
    press(page, "m")
    assert not page.evaluate("document.getElementById('video').muted")


def test_undo_and_redo_by_their_keys_and_their_buttons(open_page, halves):
    page = studio(open_page, halves)
    undo, redo = (page.locator(f".card-segs [data-do={name}]") for name in ("undo", "redo"))
    expect(undo).to_be_disabled()
    press(page, "n")
    go(page, 6)
    press(page, "n", "Control+z")
    assert marks(page) == [(0.0, 5.0)]
    redo.click()
    assert len(marks(page)) == 2
    undo.click()
    press(page, "Control+z")
    assert marks(page) == []
    press(page, "Control+Shift+z", "Control+y")
    assert marks(page) == [(0.0, 5.0), (6.0, 11.0)]
    expect(redo).to_be_disabled()


def test_single_characters_can_be_switched_off_and_stay_off(open_page, halves):
    page = studio(open_page, halves)
    press(page, "?")
    expect(page.locator("#keys")).to_be_visible()
    press(page, "n")
    assert marks(page) == []  # the sheet is in front
    page.uncheck("#letters")
    page.locator("#keys [data-close]").click()
    whole = span(page)[1]
    press(page, "n", "b", "[", "+", "Shift+F", "?")
    assert (marks(page), span(page)[1]) == ([], whole)
    expect(page.locator("#keys")).to_be_hidden()
    press(page, "ArrowRight")
    assert now(page) == pytest.approx(1 / 30, abs=0.001)
    page.reload()
    page.wait_for_selector("#track[data-scale]")
    press(page, "n")
    assert marks(page) == []


def test_keys_belong_to_the_field_that_has_the_focus(open_page, halves):
    page = studio(open_page, halves)
    press(page, "n")
    name = page.locator("#segs [data-title]")
    name.click()
    page.keyboard.type("b [n] +i")
    page.keyboard.press("Enter")
    assert (name.input_value(), marks(page)) == ("b [n] +i", [(0.0, 5.0)])


def test_the_sheet_lists_every_key_and_fits_the_screen(open_page, halves):
    page = studio(open_page, halves)
    press(page, "?")
    sheet = page.locator("#keys-list")
    for words in ("Play or pause", "Split at this frame", "Ten seconds on", "Zoom at the pointer", "Export"):
        expect(sheet).to_contain_text(words)
    assert sheet.locator("dt").count() >= 34


def test_tab_goes_through_the_list_and_picks_what_it_reaches(open_page, halves):
    page = studio(open_page, halves)
    press(page, "n")
    go(page, 8)
    press(page, "n")
    page.locator("#segs [data-pick]").first.focus()
    for _ in range(5):
        page.keyboard.press("Tab")
    expect(page.locator("#segs .seg").nth(1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("#segs .seg").nth(0)).to_have_attribute("aria-current", "true")

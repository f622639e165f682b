"""The transcript panel of Clip Studio in a browser: asked for, read, made segments of, corrected, at any width."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests import media_bank
from tests.pages.studio import at, drawn, go, held, marks, now, place, press, studio, upload
from tests.pages.test_pages_in_chromium import too_wide, violations
from tests.patience import until

pytestmark = pytest.mark.browser
# Words of 0.3 s with 0.1 s between them, and half a second behind each sentence.
STORE = """
from captions import transcripts
from media.timed import Sentence, Word
from media.transcribe import base
from uploads.models import Upload
def store(upload, lines, quality):
    at, said = 0.5, []
    for line in lines:
        words = []
        for text in line.split():
            words.append(Word(text, round(at, 3), round(at + 0.3, 3), 0.3 if text == "cutting" else 0.9))
            at += 0.4
        said.append(Sentence(tuple(words), "en"))
        at += 0.5
    made = base.Transcript("en", tuple(said), "pocketsphinx", quality)
    transcripts.keep(Upload.objects.get(pk=upload), made)
"""
TALK = ["Welcome everyone to this talk", "It is about cutting", "<b>Thank</b> you"]


@pytest.fixture(scope="module")
def clip(browser, site) -> str:
    """The address of a ready source of 6 s; what it sounds like is no speech."""
    return upload(browser, site, "nora", media_bank.clip_mp4())


@pytest.fixture(scope="module")
def talks(browser, site) -> tuple[str, str]:
    """Two sources of 6 s that are transcribed: in three sentences, and as if it were three hours."""
    one, other = (upload(browser, site, "nora", media_bank.clip_mp4()) for _ in range(2))
    site.manage("shell", "-v0", "-c", f"""{STORE}
store({one.rpartition("/")[2]!r}, {TALK!r}, "draft")
store({other.rpartition("/")[2]!r}, [f"this is sentence {{n}} of very many words" for n in range(3000)], "standard")""")
    return one, other


def words(page: Page, kind: str = "said-word") -> list[str]:
    return page.locator(f"#said-text .said-word.{kind}").all_inner_texts()


def marked(page: Page, kind: str, *texts: str) -> None:
    """These words, and no other, are marked so."""
    expect(page.locator(f"#said-text .said-word.{kind}")).to_have_text(texts)


def word(page: Page, text: str):
    return page.locator(".said-word", has_text=re.compile(f"^{re.escape(text)}$")).first


def read(page: Page) -> Page:
    """The panel in front, its words there. `expect` would write down 3,000 sentences between two looks."""
    page.click("#tab-transcript")
    page.wait_for_selector("#said-text .said-word")
    return page


def test_words_are_lit_gone_to_selected_and_made_segments(open_page, talks):
    page = studio(open_page, talks[0], who="nora")
    press(page, "t")
    expect(page.locator(".said-line")).to_have_count(3)
    expect(page.locator("#said-meta")).to_have_text("PocketSphinx · 11 words")
    expect(page.locator("#said-draft")).to_be_visible()
    expect(page.locator("#said-text .said-word")).to_have_count(11)
    assert words(page)[9:] == ["<b>Thank</b>", "you"]
    marked(page, "is-unsure", "cutting")
    go(page, 0.9)
    marked(page, "is-now", "everyone")
    go(page, 2.8)
    marked(page, "is-now")
    word(page, "about").click()
    marked(page, "is-now", "about")
    assert now(page) == 3.8
    page.locator(".said-line").first.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    marked(page, "is-now", "to")
    assert now(page) == 1.3
    page.keyboard.press("Shift+ArrowRight")
    marked(page, "is-picked", "to", "this")
    expect(page.locator("#said-sum")).to_have_text("2 words · 0.80 s")
    assert violations(page) == []
    page.click("#said-make")
    assert marks(page) == [(1.25, 2.05)]
    expect(page.locator("#said-bar")).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("Segment 1 added")
    one, other = (word(page, text).bounding_box() for text in ("is", "cutting"))
    assert one and other
    page.mouse.move(one["x"] + 3, one["y"] + 8)
    page.mouse.down()
    page.mouse.move(other["x"] + other["width"] - 3, other["y"] + 8, steps=5)
    page.mouse.up()
    marked(page, "is-picked", "is", "about", "cutting")
    assert now(page) == 1.267
    page.click("#said-make")
    assert marks(page)[1] == (3.35, 4.8)
    box = page.locator(".bar-seg.is-now .handle-out").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(place(page, 5.38) + box["x"] + box["width"] / 2 - place(page, 4.8), box["y"] + 20, steps=5)
    page.mouse.up()
    assert marks(page)[1] == (3.35, 5.4)  # where a word ends
    assert not too_wide(page)
    edges_are_judged(page)


def edges_are_judged(page: Page) -> None:
    """The second segment ends in the pause before the last word; then inside that word."""
    bar, row = page.locator(".bar-seg.is-now"), page.locator("#segs .seg").nth(1)
    expect(bar.locator(".bar-pause")).to_have_text(["pause 0.10 s", "pause 0.10 s"])
    expect(bar.locator(".handle-out")).to_have_attribute("aria-valuetext", re.compile("in a pause of 0.10 seconds"))
    page.click("#tab-segments")
    expect(row.locator(".seg-cut")).to_have_count(0)
    row.locator("[data-end]").fill("5.2")
    row.locator("[data-end]").press("Enter")
    expect(row.locator(".seg-cut")).to_contain_text("Ends in “<b>Thank</b>”")
    expect(bar.locator(".bar-pause-out")).to_be_hidden()
    assert violations(page) == [] and not too_wide(page)
    row.get_by_role("button", name="Move to the word’s edge").click()
    expect(row.locator(".seg-cut")).to_have_count(0)
    expect(row.locator("[data-end]")).to_be_focused()
    assert marks(page)[1] == (3.35, 5.1)
    expect(bar.locator(".bar-pause-out")).to_have_text("pause 0.60 s")
    press(page, "Control+z")
    assert marks(page)[1] == (3.35, 5.2)


def test_a_phrase_is_found_from_place_to_place(open_page, talks):
    page = read(studio(open_page, talks[0], who="nora", theme="dark", width=390))
    page.fill("#said-query", "th")
    expect(page.locator("#said-count")).to_have_text("1 of 2")
    marked(page, "is-found", "this", "<b>Thank</b>")
    marked(page, "is-hit", "this")
    page.press("#said-query", "Enter")
    expect(page.locator("#said-count")).to_have_text("2 of 2")
    marked(page, "is-hit", "<b>Thank</b>")
    assert now(page) == 5.1
    assert violations(page) == []
    page.click("#said-next")
    expect(page.locator("#said-count")).to_have_text("1 of 2")
    page.fill("#said-query", "nobody said this")
    expect(page.locator("#said-count")).to_have_text("Not said")
    page.press("#said-query", "Escape")
    marked(page, "is-found")
    assert marks(page) == [] and not too_wide(page)


def test_words_are_corrected_taken_back_and_kept_from_running_over_others(open_page, talks, watch):
    watch.expected = ("409 (",)
    page = read(studio(open_page, talks[0], who="nora", theme="dark"))
    word(page, "cutting").dblclick()
    marked(page, "is-picked", "cutting")
    page.click("#said-edit")
    expect(page.locator(".said-field")).to_be_focused()
    assert violations(page) == []
    page.keyboard.type("exact cutting")
    page.keyboard.press("Enter")
    expect(page.locator("#said-meta")).to_have_text("PocketSphinx · 12 words · edited")
    assert words(page)[5:10] == ["It", "is", "about", "exact", "cutting"]
    assert marks(page) == [], "keys in the field mean nothing to the studio"
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("#said-meta")).to_have_text("PocketSphinx · 11 words · edited")
    page.evaluate("""async path => {
        const token = document.querySelector('[name=csrfmiddlewaretoken]').value
        const edits = [{segment: 0, word: 0, text: 'Hello'}]
        await fetch(path, {method: 'PATCH', body: JSON.stringify({base_version: 3, edits}),
                           headers: {'X-CSRFToken': token, 'Content-Type': 'application/json'}})
    }""", f"/v1/transcript/{talks[0].rpartition('/')[2]}")
    page.locator(".said-line").nth(2).focus()
    page.keyboard.press("F2")
    page.keyboard.type("Thanks to")
    page.click("#said-save")
    expect(page.locator("#toasts")).to_contain_text("changed elsewhere meanwhile")
    expect(page.locator("#toasts")).to_contain_text("“Thanks to”")
    assert words(page)[0] == "Hello" and words(page)[9] == "<b>Thank</b>"
    page.locator(".said-line").nth(2).focus()
    page.keyboard.press("F2")
    page.keyboard.press("Escape")
    expect(page.locator(".said-field")).to_have_count(0)
    expect(page.locator(".said-line").nth(2)).to_be_focused()


def test_the_head_of_the_panel_says_all_it_has_to_say(open_page, talks):
    for width in (390, 1440, 1680):
        page = studio(open_page, talks[0], who="nora", width=width)
        page.locator("#tab-transcript").dispatch_event("click")
        about = page.locator("#said-meta")
        expect(about).to_contain_text("PocketSphinx · 1")
        fits = about.evaluate("one => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight + 1")
        assert fits and not too_wide(page), width
        page.close()


def test_three_hours_of_words_come_in_as_they_are_looked_at(open_page, talks):
    page = read(studio(open_page, talks[1], who="nora"))
    expect(page.locator("#said-meta")).to_have_text("PocketSphinx · 24,000 words")
    expect(page.locator("#said-draft")).to_be_hidden()
    assert page.locator(".said-line").count() == 3000 and 0 < page.locator(".said-word").count() < 2000
    page.fill("#said-query", "sentence 2987 of")
    expect(page.locator("#said-count")).to_have_text("1 of 1")
    expect(page.locator(".said-line").nth(2987)).to_be_in_viewport()
    expect(page.locator(".is-hit").first).to_be_in_viewport()
    assert page.locator(".said-word").count() < 4000
    for ending in ("srt", "vtt", "ass", "txt", "json"):
        address = page.locator(f"[data-said={ending}]").get_attribute("href")
        assert address == f"/v1/transcript/{talks[1].rpartition('/')[2]}.{ending}"
    assert page.request.get(address).json()["version"] == 1


def test_a_transcript_is_asked_for_and_ones_own_text_is_put_in_its_place(open_page, clip, watch):
    watch.expected = ("400 (",)
    page = studio(open_page, f"{clip}?preset_ref=builtin:clean-subtitle", who="nora", width=390)
    expect(page.locator("#overlay-sample")).to_be_visible()  # words that stand for the real ones
    page.click("#tab-transcript")
    expect(page.locator("#said-now")).to_contain_text("PocketSphinx listens")
    expect(page.locator("#said-ask")).to_have_text("Transcribe · $0.02")
    assert violations(page) == []
    balance = page.locator("[data-balance]").first.inner_text()
    with held(page, "**/v1/transcript"):
        page.click("#said-ask")
        expect(page.locator("#said-cancel")).to_be_focused()
    expect(page.locator("#said-what")).to_have_text("Nobody speaks here")
    expect(page.locator("[data-balance]").first).to_have_text(balance)
    expect(page.locator("#overlay-sample")).to_be_hidden()
    assert not too_wide(page)
    own_text_is_brought(page)


def own_text_is_brought(page: Page) -> None:
    """Where nobody was heard; a file that is none is refused beside the field."""
    page.click("#said-own")
    expect(page.locator("#own-words")).to_be_focused()
    page.set_input_files("#own-file", {"name": "talk.srt", "mimeType": "", "buffer": b"no times at all"})
    expect(page.locator("#own-kind")).to_have_text("SRT subtitles · 1 line")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#own-words-fault")).to_contain_text("no line of text in this srt file")
    assert violations(page) == [] and not too_wide(page)
    page.fill("#own-words", "")
    page.locator("#own-words").press_sequentially("Kin <i>that</i> know")
    expect(page.locator("#own-words-fault")).to_be_hidden()
    expect(page.locator("#own-kind")).to_have_text("Plain text · 1 line")
    page.click("#own-go")
    expect(page.locator("#said-text .said-word").first).to_be_visible()
    assert words(page) == ["Kin", "<i>that</i>", "know"]
    expect(page.locator("#said-meta")).to_contain_text("Your own text · 3 words")
    page.click("#said-other")
    assert page.locator("#own-words").input_value() == ""
    page.keyboard.press("Escape")
    expect(page.locator("#own-words")).to_be_hidden()
    assert page.locator("#jobs .job").count() == 0, "Ctrl+Enter in the field exports nothing"


def penniless(route: Route) -> None:
    """The page as somebody gets it who has nothing yet, and may claim the first dollar."""
    reply = route.fetch()
    route.fulfill(response=reply, body=re.sub(r'("balance_cents": )\d+', r"\g<1>0", reply.text()))


def test_a_refusal_stands_in_the_panel_and_can_be_tried_again(open_page, browser, site, watch):
    watch.expected = ("402 (",)
    address = upload(browser, site, "lena", media_bank.tone_mp3())
    page = open_page("lena")
    page.route(address, penniless)
    page.route("**/v1/account/signup-credit", lambda route: route.fulfill(json={}))
    page.route("**/v1/balance", lambda route: route.fulfill(json={"balance": 1.0}))
    at(page, address)
    page.route("**/v1/transcript", lambda route: route.fulfill(status=402, json={
        "error": "This job needs $0.02; the balance is $0.00.", "code": "insufficient_balance", "hint": "Add credit."}))
    press(page, "t")
    expect(page.locator("#said-ask")).to_be_focused()
    expect(page.locator("#said-ask")).to_have_text("Claim $1.00 and transcribe · $0.02")
    page.keyboard.press("Enter")
    expect(page.locator("#said-fault [role=alert]")).to_contain_text("This job needs $0.02")
    expect(page.locator("[data-balance]").first).to_have_text("$1.00")
    expect(page.locator("#said-ask")).to_have_text("Transcribe · $0.02")
    expect(page.locator("#said-ask")).to_be_visible()
    assert violations(page) == []
    press(page, "t")
    expect(page.locator("#said-ask")).to_be_hidden()


def test_a_style_that_is_gone_is_told_in_passing(open_page, clip):
    page = studio(open_page, f"{clip}?preset_ref=builtin:gone", who="nora")
    expect(page.locator("#toasts")).to_contain_text("That caption style is not there any more.")
    expect(page.get_by_role("switch", name="Add captions")).not_to_be_checked()


def test_captions_lie_over_the_video_as_the_clip_will_have_them(open_page, talks):
    page = studio(open_page, f"{talks[0]}?preset_ref=builtin:clean-subtitle", who="nora")
    expect(page.locator("#stage")).to_have_attribute("data-captions", "builtin:clean-subtitle")
    expect(page.locator("#overlay-sample")).to_be_hidden()
    canvas = page.locator("#stage canvas.JASSUB")
    go(page, 1.0)
    press(page, "c")
    expect(canvas).to_be_hidden()
    without = letters(page)
    press(page, "c")
    expect(canvas).to_be_visible()
    until(lambda: letters(page) > without + 200, "captions over the picture")
    with page.expect_response("**/captions.json?**preset_ref=builtin%3Aneon-glow**"):
        page.select_option("#style", "builtin:neon-glow")
    expect(page.locator("#stage")).to_have_attribute("data-captions", "builtin:neon-glow")
    page.get_by_role("switch", name="Add captions").uncheck()
    expect(canvas).to_be_hidden()
    press(page, "c")
    expect(page.locator("#toasts")).to_contain_text("Switch on Add captions")


def letters(page: Page) -> int:
    """How many pixels of the lower half of the stage are nearly white: letters."""
    page.wait_for_function("() => !document.getElementById('video').seeking")
    drawn(page)
    picture = Image.open(io.BytesIO(page.locator("#stage").screenshot())).convert("L")
    lower = picture.crop((0, picture.height // 2, picture.width, picture.height))
    return sum(lower.histogram()[245:])

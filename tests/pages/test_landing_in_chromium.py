"""The front page in a real browser: the studio with the sample, before anybody has signed in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests import media_bank
from tests.pages.studio import at

pytestmark = pytest.mark.browser


def test_before_signing_in_the_sample_is_cut_and_export_brings_one_back_with_the_marks(open_page):
    page = at(open_page(), "/")
    expect(page.locator("#length")).to_have_text("0:24.000")
    expect(page.locator("#segs .seg:not([data-plain])")).to_have_count(2)
    page.locator("#stage").click()
    page.locator("#segs [data-start]").first.fill("4.5")
    page.locator("#segs [data-start]").first.press("Enter")
    assert page.url.endswith("/")
    page.click("#go-signin")
    page.fill("[name=email]", "erin@example.com")
    page.fill("[name=password1]", "a long enough sentence")
    page.click("main form .btn-primary")
    page.wait_for_url("**/studio/upl_*")
    expect(page.locator("#go-text")).to_contain_text("Claim $1.00 and export")
    expect(page.locator("#segs [data-start]").first).to_have_value("0:04.500")


def test_on_the_front_page_keys_scroll_until_the_studio_is_used(open_page):
    page = at(open_page(), "/")
    page.keyboard.press("n")
    expect(page.locator("#segs .seg:not([data-plain])")).to_have_count(2)
    page.locator("#track").focus()
    page.keyboard.press("n")
    expect(page.locator("#segs .seg:not([data-plain])")).to_have_count(3)


def test_a_file_of_ones_own_takes_the_place_of_the_sample(open_page):
    page = at(open_page(), "/")
    page.set_input_files("#file", media_bank.clip_mp4())
    expect(page.locator("#file-name")).to_have_text("clip.mp4")
    expect(page.locator("#length")).to_have_text("0:06.000")
    assert page.locator("#go-signin").get_attribute("href") == "/signup?next=/studio"


def test_without_scripts_the_front_page_still_plays_and_leads_to_an_account(open_page):
    page = open_page(js=False)
    page.goto("/")
    expect(page.locator("noscript video, video[controls]").first).to_be_visible()
    page.get_by_role("link", name="Sign up to export").click()
    page.wait_for_url(re.compile("/signup"))

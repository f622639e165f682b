"""The frame of every page, the theme, signing in and out, and the legal texts."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
OPEN_PAGES = ["/", "/studio", "/signin", "/signup", "/password/reset", "/password/reset/done", "/confirm-email",
              "/inactive", "/password/reset/key/done", "/terms", "/privacy", "/refund"]


def text(reply) -> str:
    return reply.content.decode()


@pytest.mark.parametrize("address", OPEN_PAGES)
def test_a_page_has_one_heading_a_main_a_skip_link_a_title_and_the_policy(client, address):
    reply = client.get(address)
    shown = text(reply)
    assert reply.status_code == 200
    assert len(re.findall(r"<h1\b", shown)) == 1
    assert all(part in shown for part in ('<main id="main"', 'class="skip" href="#main"', 'rel="icon"'))
    assert re.search(r"<title>\s*\S.* · FastClip</title>", shown)
    policy = reply["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "unsafe-inline" not in policy


def test_signed_addresses_may_be_played_from_where_they_point_to(client, settings):
    settings.PUBLIC_API_URL = "https://media.example.com"
    policy = client.get("/")["Content-Security-Policy"]
    assert "media-src 'self' blob: https://media.example.com;" in policy


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_the_theme_is_kept_in_a_cookie_and_drawn_by_the_server(client, theme):
    reply = client.post("/theme", {"theme": theme, "next": "/terms"})
    assert (reply.status_code, reply["Location"]) == (302, "/terms")
    assert f'data-theme="{theme}"' in text(client.get("/terms"))


def test_a_theme_that_is_none_changes_nothing(client):
    assert client.post("/theme", {"theme": '"><script>'}).status_code == 400
    client.cookies["theme"] = "nonsense"
    assert 'data-theme="system"' in text(client.get("/"))


@pytest.mark.parametrize("outside", ["//evil.com", "https://evil.com/", "/\\evil.com", "javascript:alert(1)", ""])
def test_b80_a_next_that_leaves_the_site_is_ignored(client, alice, outside):
    assert client.post("/theme", {"theme": "dark", "next": outside})["Location"] == "/"
    reply = client.post("/signin", {"login": alice.email, "password": PASSWORD, "next": outside})
    assert (reply.status_code, reply["Location"]) == (302, "/studio")


def test_a_next_inside_the_site_is_followed(client, alice):
    reply = client.post("/signin", {"login": "ALICE@example.com", "password": PASSWORD, "next": "/library"})
    assert reply["Location"] == "/library"


def errors(reply) -> list[str]:
    return re.findall(r'role="alert".*?<p>(.*?)</p>', text(reply), re.S)


def test_signing_in_answers_the_same_for_known_and_unknown_addresses(client, alice):
    known = client.post("/signin", {"login": alice.email, "password": "wrong wrong wrong"})
    unknown = client.post("/signin", {"login": "nobody@example.com", "password": "wrong wrong wrong"})
    assert known.status_code == unknown.status_code == 200
    assert errors(known) == errors(unknown) != []


def test_resetting_a_password_answers_the_same_for_known_and_unknown_addresses(client, alice):
    known = client.post("/password/reset", {"email": alice.email})
    unknown = client.post("/password/reset", {"email": "nobody@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"]) == (
        302, "/password/reset/done")


def test_a_forgotten_password_is_set_anew_by_the_mailed_link(client, alice):
    client.post("/password/reset", {"email": alice.email})
    link = re.search(r"/password/reset/key/\S+", mail.outbox[-1].body)
    assert link
    form = client.get(link[0], follow=True)
    assert "Choose a new password" in text(form)
    reply = client.post(form.request["PATH_INFO"], {"password1": "quite another sentence",
                                                    "password2": "quite another sentence"})
    assert reply["Location"] == "/password/reset/key/done"
    assert Client().post("/signin", {"login": alice.email, "password": "quite another sentence"}).status_code == 302
    assert "This link has run out" in text(Client().get(link[0], follow=True))


def test_a_password_is_changed_by_who_knows_it(client, alice):
    client.force_login(alice)
    wrong = client.post("/password/change", {"oldpassword": "no", "password1": "quite another sentence",
                                             "password2": "quite another sentence"})
    assert 'class="fault"' in text(wrong)
    right = client.post("/password/change", {"oldpassword": PASSWORD, "password1": "quite another sentence",
                                             "password2": "quite another sentence"})
    assert right.status_code == 302
    assert alice.__class__.objects.get().check_password("quite another sentence")


def test_signing_out_takes_a_post(client, alice):
    client.force_login(alice)
    assert "Sign out?" in text(client.get("/signout"))
    assert client.post("/signout")["Location"] == "/"
    assert client.get("/account").status_code == 302


def test_a_weak_or_taken_sign_up_keeps_the_address_and_names_the_fault(client, alice):
    weak = client.post("/signup", {"email": "dora@example.com", "password1": "short"})
    assert 'value="dora@example.com"' in text(weak)
    assert 'aria-invalid="true"' in text(weak)
    taken = client.post("/signup", {"email": alice.email, "password1": "quite another sentence"})
    assert 'class="fault"' in text(taken)


@pytest.mark.parametrize("address", ["/nothing-here", "/studio/../nothing"])
def test_an_unknown_page_is_ours_with_the_request_id(client, address):
    reply = client.get(address)
    assert (reply.status_code, reply["X-Request-Id"] in text(reply)) == (404, True)


def test_the_owners_address_is_on_the_legal_pages(client, settings):
    settings.CONTACT_EMAIL = "owner@clips.example"
    for address in ("/terms", "/privacy", "/refund"):
        assert "owner@clips.example" in text(client.get(address))
    assert "the rights to process and distribute" in text(client.get("/terms"))


def test_the_balance_is_in_the_header_of_whoever_is_signed_in(client, alice):
    from tests.factories import give

    give(alice, 432)
    client.force_login(alice)
    assert "$4.32" in text(client.get("/"))


def test_what_browsers_and_crawlers_ask_for_by_themselves_is_there(client):
    icon = client.get("/favicon.ico")
    assert (icon.status_code, icon["Location"]) == (302, "/static/img/favicon.svg")
    robots = client.get("/robots.txt")
    assert (robots.status_code, robots["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert "Disallow: /account\n" in text(robots)


def test_a_page_that_is_not_there_does_not_speak_of_expiry(client, alice):
    client.force_login(alice)
    assert "There is no page at this address." in text(client.get("/pricing"))
    assert "expired" not in text(client.get("/pricing"))
    assert "expired" in text(client.get("/studio/upl_000000000000"))

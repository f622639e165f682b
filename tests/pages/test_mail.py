"""Every mail says who sends it, why, and what to do; no word of the frameworks below."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.test import Client

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "quite another sentence"
EMAIL = settings.BASE_DIR / "templates" / "account" / "email"


def last() -> tuple[str, str]:
    """Subject and body of the newest mail, after what all have in common was checked."""
    [*_, message] = mail.outbox
    assert message.subject.startswith("FastClip: ")
    assert message.body.startswith("Hello,\n\n")
    assert message.body.rstrip().endswith(f"FastClip\nQuestions? Write to {settings.CONTACT_EMAIL}.")
    assert not re.search(r"Hello from|Thank you for using|&#|&quot;|{[{%]", message.body)
    assert message.from_email == settings.DEFAULT_FROM_EMAIL
    return message.subject.removeprefix("FastClip: "), message.body


def test_signing_up_asks_to_confirm_the_address_and_the_link_does_it(client):
    client.post("/signup", {"email": "dora@example.com", "password1": NEW})
    subject, body = last()
    assert subject == "Confirm your e-mail address"
    link = re.search(r"http://127.0.0.1:8000(/confirm-email/\S+)", body)
    assert link
    client.post(link[1])
    assert EmailAddress.objects.get(email="dora@example.com").verified


def test_a_forgotten_password_is_a_link_and_then_a_warning(client, alice):
    client.post("/password/reset", {"email": alice.email})
    subject, body = last()
    assert subject == "Choose a new password"
    link = re.search(r"http://127.0.0.1:8000(/password/reset/key/\S+)", body)
    form = client.get(link[1], follow=True)
    client.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    subject, body = last()
    assert subject == "Your password was reset"
    assert "set anew by a mailed link" in body


def test_a_forgotten_password_of_nobody_says_that_there_is_no_account(client):
    client.post("/password/reset", {"email": "nobody@example.com"})
    subject, body = last()
    assert subject == "No account with this address"
    assert "nobody@example.com" in body
    assert "http://127.0.0.1:8000/signup" in body


def test_signing_up_twice_points_to_the_forgotten_password_or_names_the_fault(client, alice, settings):
    EmailAddress.objects.create(user=alice, email=alice.email, verified=True, primary=True)
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    client.post("/signup", {"email": alice.email, "password1": NEW})
    subject, body = last()
    assert subject == "You already have an account"
    assert "http://127.0.0.1:8000/password/reset" in body


def test_a_changed_password_is_told_with_when_where_and_what_to_do(alice):
    client = Client(headers={"user-agent": "Fire<fox> & Co"})
    client.force_login(alice)
    client.post("/password/change", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    [*_, message] = mail.outbox
    assert message.subject == "FastClip: Your password was changed"
    assert re.search(r"at \d+ \w{3} \d{4}, \d\d:\d\d UTC from 127\.0\.0\.1 with Fire<fox> & Co\.", message.body)
    assert "http://127.0.0.1:8000/password/reset" in message.body


@pytest.mark.parametrize("path", sorted(EMAIL.glob("*_subject.txt")), ids=lambda path: path.name)
def test_every_subject_is_one_line_and_has_a_body(path):
    assert len(path.read_text().strip().splitlines()) == 1
    assert path.with_name(path.name.replace("_subject", "_message")).is_file()


# --- Messages on pages --------------------------------------------------------------------------------------

def shown(reply) -> list[str]:
    return re.findall(r'class="notice">.*?<p>(.*?)</p>', reply.content.decode(), re.S)


def test_after_sign_up_the_next_page_says_once_that_a_mail_was_sent(client):
    reply = client.post("/signup", {"email": "dora@example.com", "password1": NEW}, follow=True)
    assert shown(reply) == ["We sent a mail to dora@example.com with a link that confirms the address. "
                            "You can go on without it."]
    assert shown(client.get("/studio")) == []


def test_signing_in_and_out_leaves_no_message_for_a_later_page(client, alice):
    client.post("/signin", {"login": alice.email, "password": PASSWORD})
    assert shown(client.get("/password/change")) == []
    client.post("/signout")
    assert shown(client.get("/")) == []


def test_a_changed_password_is_confirmed_once_where_it_was_changed(client, alice):
    client.force_login(alice)
    reply = client.post("/password/change", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}, follow=True)
    assert shown(reply) == ["Your password was changed."]
    assert shown(client.get("/password/change")) == []


def test_g01_a_mailed_link_leads_to_the_public_address_whatever_the_host_header_says(alice, settings):
    settings.PUBLIC_SITE_URL = "https://clips.example"
    Client(headers={"host": "localhost:6666"}).post("/password/reset", {"email": "alice@example.com"})
    body = mail.outbox[-1].body
    assert "https://clips.example/password/reset/key/" in body
    assert "6666" not in body + mail.outbox[-1].subject


def test_sign_in_limits_count_the_client_behind_a_trusted_proxy_and_nobody_elses_word(rf, settings):
    from accounts.adapter import AccountAdapter

    request = rf.get("/signin", headers={"x-forwarded-for": "203.0.113.7"}, REMOTE_ADDR="10.0.0.2")
    assert AccountAdapter(request).get_client_ip(request) == "10.0.0.2"
    settings.TRUSTED_PROXIES = ["10.0.0.2"]
    assert AccountAdapter(request).get_client_ip(request) == "203.0.113.7"

"""The whole product by plain forms: what a browser without scripts sends, and what it may not reach."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from billing.models import Entry, Wallet
from clips.models import Clip
from jobs.models import Job
from tests import media_bank
from tests.factories import PASSWORD, give, make_account
from uploads import direct
from uploads.models import Upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def plain(alice) -> Client:
    """Alice's browser; forms need their token."""
    give(alice, 500)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    return client


def token(client: Client, address: str = "/studio") -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(address).content.decode())
    assert found
    return found[1]


def send(client: Client, address: str, data: dict, **how):
    return client.post(address, data | {"csrfmiddlewaretoken": token(client)}, **how)


def upload_clip(client: Client, name: str = "clip.mp4") -> str:
    """The id of an upload sent by the studio's form."""
    file = SimpleUploadedFile(name, media_bank.clip_mp4().read_bytes(), "video/mp4")
    reply = send(client, "/studio", {"file": file})
    assert reply.status_code == 302, reply.content
    return reply["Location"].rpartition("/")[2]


def text(reply) -> str:
    return reply.content.decode()


def test_sign_up_upload_trim_and_download_by_forms_alone(work):
    client = Client(enforce_csrf_checks=True)
    reply = client.post("/signup", {"email": "Dora@Example.com", "password1": PASSWORD,
                                    "csrfmiddlewaretoken": token(client, "/signup")})
    assert (reply.status_code, reply["Location"]) == (302, "/studio")
    assert send(client, "/account/signup-credit", {"next": "/studio"})["Location"] == "/studio"
    file_id = upload_clip(client)
    assert "Checking <bdi>clip.mp4</bdi>" in text(client.get(f"/studio/{file_id}"))
    assert '<meta http-equiv="refresh"' in text(client.get(f"/studio/{file_id}"))
    work()
    assert "Export" in text(client.get(f"/studio/{file_id}"))
    reply = send(client, f"/studio/{file_id}", {"start": "1", "end": "0:02.500", "format": "mp4", "quality": ""})
    job_page = reply["Location"]
    assert job_page.startswith("/studio/jobs/job_")
    assert 'http-equiv="refresh"' in text(client.get(job_page))
    work()
    done = text(client.get(job_page))
    assert 'http-equiv="refresh"' not in done
    link = re.search(r'href="(http[^"]+/files/out/[^"]+)"', done)
    assert link
    reply = client.get(link[1].replace("&amp;", "&").partition("8000")[2])
    assert (reply.status_code, b"ftyp" in b"".join(reply.streaming_content)[:12]) == (200, True)
    assert Wallet.objects.get(account__email="dora@example.com").available == 98


def test_several_segments_go_out_with_one_form_and_land_in_the_library(plain, work):
    file_id = upload_clip(plain)
    work()
    reply = send(plain, f"/studio/{file_id}", {"start": ["0", "2"], "end": ["1", "0:03"], "format": "mp4"})
    assert reply["Location"] == "/library?tab=jobs"
    assert text(plain.get("/library?tab=jobs")).count("list-row") == 2
    work()
    assert text(plain.get("/library")).count('class="tile"') == 2


def test_one_more_row_keeps_what_was_typed(plain, work):
    file_id = upload_clip(plain)
    work()
    reply = send(plain, f"/studio/{file_id}", {"start": "0:01", "end": "4", "format": "gif", "action": "add"})
    assert text(reply).count('name="start"') == 2
    assert 'value="0:01"' in text(reply)
    assert '<option value="gif" selected>' in text(reply)
    assert not Job.objects.filter(kind="clip").exists()


@pytest.mark.parametrize(("start", "end", "words"), [
    ("soon", "4", "Type times as"), ("4", "4", "come after the start"), ("", "", "Type a start and an end"),
    ("1:75", "2:00", "Type times as"),
])
def test_b29_a_wrong_time_is_named_at_its_row_and_nothing_is_held(plain, work, start, end, words):
    file_id = upload_clip(plain)
    work()
    reply = send(plain, f"/studio/{file_id}", {"start": start, "end": end, "format": "mp4"})
    assert (reply.status_code, words in text(reply)) == (400, True)
    assert not Entry.objects.filter(kind="reserve").exists()


@pytest.mark.parametrize(("data", "status", "words"), [
    ({"start": "0", "end": "100", "format": "mp4"}, 422, "The media ends at"),
    ({"start": "0", "end": "4", "format": "mp3"}, 400, "A video source exports"),
    ({"start": "0", "end": "4", "format": "exe"}, 400, "Choose one of the list"),
    ({"start": "0", "end": "4", "format": "mp4", "quality": "4k"}, 403, "4K output needs"),
])
def test_the_services_refusal_is_shown_with_what_was_typed(plain, work, data, status, words):
    file_id = upload_clip(plain)
    work()
    reply = send(plain, f"/studio/{file_id}", data)
    assert (reply.status_code, words in text(reply)) == (status, True)
    assert f'value="{data["end"]}"' in text(reply)


def test_an_empty_wallet_is_told_the_price(alice, work):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    file_id = upload_clip(client)
    work()
    reply = send(client, f"/studio/{file_id}", {"start": "0", "end": "4", "format": "mp4"})
    assert (reply.status_code, "$0.02" in text(reply)) == (402, True)


def test_the_same_form_sent_twice_is_one_job(plain, work):
    file_id = upload_clip(plain)
    work()
    data = {"start": "0", "end": "4", "format": "mp4", "key": "0123456789abcdef"}
    first, second = (send(plain, f"/studio/{file_id}", data)["Location"] for _ in range(2))
    assert first == second
    assert Job.objects.filter(kind="clip").count() == 1


def test_a_job_is_cancelled_by_its_form_and_refunded(plain, work):
    file_id = upload_clip(plain)
    work()
    job_page = send(plain, f"/studio/{file_id}", {"start": "0", "end": "4", "format": "mp4"})["Location"]
    assert send(plain, f"{job_page}/cancel", {}).status_code == 302
    shown = text(plain.get(job_page))
    assert ("Nothing was charged" in shown, ">cancelled<" in shown, "chip-bad" in shown) == (True, True, False)
    assert "Cancel " not in text(plain.get("/library?tab=jobs"))
    assert Wallet.objects.get().available == 500


def test_an_audio_source_offers_audio_formats_and_no_quality(plain, work):
    file = SimpleUploadedFile("tone.mp3", media_bank.tone_mp3().read_bytes(), "audio/mpeg")
    address = send(plain, "/studio", {"file": file})["Location"]
    work()
    shown = text(plain.get(address))
    assert all(f'<option value="{name}"' in shown for name in ("mp3", "wav", "m4a", "flac"))
    assert '<option value="mp4"' not in shown
    assert 'id="quality-field" hidden' in shown
    job_page = send(plain, address, {"start": "1", "end": "3", "format": "wav"})["Location"]
    work()
    assert "<audio controls" in text(plain.get(job_page))


def test_a_failed_upload_says_why(plain, work):
    reply = send(plain, "/studio", {"file": SimpleUploadedFile("talk.mp4", b"hello " * 1000, "video/mp4")})
    work()
    shown = text(plain.get(reply["Location"]))
    assert "<bdi>talk.mp4</bdi> cannot be used" in shown
    assert "Choose another file" in shown
    assert "talk.mp4" not in text(plain.get("/studio"))
    library = text(plain.get("/library?tab=uploads"))
    assert ("talk.mp4" in library, str(Upload.objects.get().error) in library) == (True, True)


@pytest.mark.parametrize(("name", "content", "status"), [("talk.txt", b"hello", 422), ("talk.mp4", b"", 400)])
def test_a_file_that_cannot_be_one_leaves_nothing(plain, name, content, status):
    reply = send(plain, "/studio", {"file": SimpleUploadedFile(name, content)})
    assert reply.status_code == status
    assert not Upload.objects.exists()


def test_a_form_without_a_file_asks_for_one(plain):
    reply = send(plain, "/studio", {})
    assert (reply.status_code, "Choose a file first" in text(reply)) == (400, True)


def test_a_file_over_96_mb_is_refused_before_it_is_read(plain, settings, monkeypatch):
    monkeypatch.setattr(direct.FormFile, "most", 10_000)
    monkeypatch.setattr(direct, "ENVELOPE", 1_000)
    reply = send(plain, "/studio", {"file": SimpleUploadedFile("talk.mp4", b"x" * 20_000)})
    assert (reply.status_code, "up to 96 MB" in text(reply)) == (413, True)
    assert not Upload.objects.exists()


def test_c003_a_form_without_its_token_is_refused(plain):
    file = SimpleUploadedFile("clip.mp4", b"x")
    assert plain.post("/studio", {"file": file}).status_code == 403
    assert plain.post("/account/signup-credit").status_code == 403
    assert plain.post("/theme", {"theme": "dark"}).status_code == 403


def test_another_accounts_pages_do_not_exist(plain, bob, work):
    file_id = upload_clip(plain)
    work()
    job_page = send(plain, f"/studio/{file_id}", {"start": "0", "end": "4", "format": "mp4"})["Location"]
    other = Client()
    other.force_login(bob)
    for address in (f"/studio/{file_id}", f"/studio/{file_id}/source.json", job_page, "/studio/upl_000000000000",
                    "/studio/jobs/nonsense"):
        assert other.get(address).status_code == 404, address
    assert other.post(f"/studio/{file_id}", {"start": "0", "end": "4"}).status_code == 404
    assert other.post(f"{job_page}/cancel").status_code == 404
    assert "clip.mp4" not in text(other.get("/library?tab=uploads"))


@pytest.mark.parametrize("address", ["/library", "/account", "/account/keys", "/password/change",
                                     "/studio/upl_000000000000", "/studio/jobs/job_000000000000"])
def test_pages_of_ones_own_ask_to_sign_in_first(client, address):
    reply = client.get(address)
    assert (reply.status_code, reply["Location"]) == (302, f"/signin?next={address}")


def test_the_source_for_scripts_holds_the_real_frame_rate(plain, work):
    file_id = upload_clip(plain)
    work()
    reply = plain.get(f"/studio/{file_id}/source.json")
    facts = reply.json()
    assert (facts["fps"], facts["duration"], facts["class"], facts["kind"]) == (30, 6, "180p", "video")
    assert facts["media_url"].startswith("http")
    assert reply["Cache-Control"] == "no-store"


def test_a_hostile_file_name_is_text_everywhere(plain, work):
    file_id = upload_clip(plain, "<script>alert(1)</script>.mp4")
    work()
    for address in (f"/studio/{file_id}", "/studio", "/library?tab=uploads", "/library?tab=jobs"):
        assert "<script>alert(1)" not in text(plain.get(address))


def test_an_expired_clip_leaves_the_library(plain, work):
    file_id = upload_clip(plain)
    work()
    send(plain, f"/studio/{file_id}", {"start": "0", "end": "1", "format": "mp4"})
    work()
    Clip.objects.update(expires_at="2020-01-01T00:00:00Z")
    assert "No clips yet" in text(plain.get("/library"))


def test_a_key_is_shown_once_and_revoked_by_its_form(plain):
    made = send(plain, "/account/keys", {"name": "  build\tserver "})
    key = re.search(r"sk_live_[\w-]+", text(made))
    assert key
    assert made["Cache-Control"] == "no-store"
    listed = text(plain.get("/account/keys"))
    assert (key[0] in listed, "build server" in listed) == (False, True)
    revoke = re.search(r"/account/keys/key_\w+/revoke", listed)
    assert revoke
    asked = send(plain, revoke[0], {})
    assert (asked.status_code, "Revoke <bdi>build server</bdi>?" in text(asked)) == (200, True)
    assert "build server" in text(plain.get("/account/keys"))
    assert send(plain, revoke[0], {"sure": "yes"}).status_code == 302
    told = text(plain.get("/account/keys"))
    assert ("build server is revoked" in told, "No keys" in told) == (True, True)


@pytest.mark.parametrize("name", ["", " ", "x" * 101])
def test_a_key_needs_a_name_of_1_to_100_characters(plain, name):
    reply = send(plain, "/account/keys", {"name": name})
    assert (reply.status_code, "1 to 100 characters" in text(reply)) == (400, True)


def test_somebody_elses_key_is_not_there_to_revoke(plain, bob):
    from accounts.services import create_key

    theirs, _ = create_key(make_account("erin"), name="theirs")
    for data in ({}, {"sure": "yes"}):
        assert send(plain, f"/account/keys/{theirs.pk}/revoke", data).status_code == 404


def test_c106_the_first_dollar_is_given_once(plain):
    for _ in range(2):
        assert send(plain, "/account/signup-credit", {}).status_code == 302
    assert Wallet.objects.get().available == 600
    shown = text(plain.get("/account"))
    assert ("Sign-up credit" in shown, "Claim $1.00" in shown) == (True, False)

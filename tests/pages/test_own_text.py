"""One's own text in Clip Studio by a plain form; with scripts: test_transcript_in_chromium.py."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jobs.models import Job
from tests import media_bank
from tests.clips.rows import ready_upload
from tests.pages.test_plain_forms import send, text
from tests.transcripts.rows import transcript
from uploads.models import Upload

pytestmark = pytest.mark.django_db
SRT = "1\n00:00:00,300 --> 00:00:01,200\nOn a été là\n"


@pytest.fixture
def plain(alice) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    return client


def give_text(client: Client, source: Upload, **data: object):
    return send(client, f"/studio/{source.pk}/transcript", data)


def file(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "application/octet-stream")


def fault(reply, name: str) -> str:
    """What stands beside a field."""
    found = re.search(rf'id="own-{name}-fault"( hidden)?>.*?<span data-words>(.*?)</span>', text(reply), re.DOTALL)
    assert found and bool(found[1]) == (not found[2])
    return found[2]


def test_a_text_is_typed_and_the_page_says_that_its_times_are_looked_for(plain, alice):
    source = ready_upload(alice)
    assert "No transcript yet" in text(plain.get(f"/studio/{source.pk}"))
    reply = give_text(plain, source, text="And so,\r\nmy fellow", language="en-GB")
    assert (reply.status_code, reply["Location"]) == (302, f"/studio/{source.pk}")
    wish = {"format": "txt", "text": "And so,\nmy fellow", "language": "en-gb"}
    assert (Job.objects.get().spec["align"], Job.objects.get().hold) == (wish, None)
    shown = text(plain.get(reply["Location"]))
    assert "Your text gets its times now" in shown and "The transcript is being made" in shown


@pytest.mark.parametrize(("name", "data", "format"), [
    ("a.srt", SRT.encode("cp1252"), "srt"), ("a.txt", SRT.encode("utf-8-sig"), "srt"),
    ("a.vtt", b"WEBVTT\n\n" + SRT.replace(",", ".").encode(), "vtt"), ("a.md", "On a été là".encode("utf-16"), "txt")],
    ids=["old Windows", "named txt", "WebVTT", "UTF-16"])
def test_a_file_is_taken_for_what_it_is_and_goes_before_what_is_typed(plain, alice, name, data, format):
    reply = give_text(plain, ready_upload(alice), text="something else", file=file(name, data))
    assert reply.status_code == 302, text(reply)
    wish = Job.objects.get().spec["align"]
    assert (wish["format"], wish["language"], "été" in wish["text"]) == (format, "", True)


@pytest.mark.parametrize(("data", "status", "name", "told"), [
    ({}, 400, "words", "Type a text, or choose a file."), ({"text": "  "}, 400, "words", "Type a text"),
    ({"text": "Hi", "language": "no tag"}, 400, "language", "Must be a BCP 47 language tag"),
    ({"file": file("a.srt", b"no times at all")}, 400, "words", "no line of text in this srt file"),
    ({"text": "a\0b"}, 400, "words", ""), ({"text": "word " * 161}, 422, "words", "more words than can be said")],
    ids=["nothing", "blank", "language", "no times", "zero byte", "too many words"])
def test_what_is_wrong_stands_beside_its_field_and_the_text_stays(plain, alice, data, status, name, told):
    reply = give_text(plain, ready_upload(alice), **data)
    assert reply.status_code == status
    beside = fault(reply, name)
    assert beside and told in beside
    assert "word word" in text(reply) if status == 422 else True
    assert not Job.objects.exists()


def test_a_second_text_waits_for_the_first(plain, alice):
    source = ready_upload(alice)
    give_text(plain, source, text="One")
    reply = give_text(plain, source, text="</textarea><script>two()")
    assert reply.status_code == 409 and "Another text is being aligned" in fault(reply, "words")
    assert "&lt;/textarea&gt;&lt;script&gt;two()" in text(reply) and "<script>two" not in text(reply)
    assert Job.objects.count() == 1


def test_a_file_that_can_be_no_text_is_refused_before_it_is_read(plain, alice):
    reply = give_text(plain, ready_upload(alice), file=file("a.txt", b"a" * (1024**2 + 70_000)))
    assert reply.status_code == 413 and "up to 1 MB" in text(reply)
    reply = give_text(plain, ready_upload(alice), file=file("a.txt", b"a" * (1024**2 + 1)))
    assert reply.status_code == 400 and "up to 1 MB" in fault(reply, "words")
    assert not Job.objects.exists()


def test_a_source_without_sound_is_offered_none(plain, alice):
    silent = ready_upload(alice, media_bank.silent_mp4())
    assert f"/studio/{silent.pk}/transcript" not in text(plain.get(f"/studio/{silent.pk}"))
    assert give_text(plain, silent, text="Hi").status_code == 422


def test_a_transcript_that_is_there_can_be_taken_along(plain, alice):
    source = ready_upload(alice)
    transcript(source)
    shown = text(plain.get(f"/studio/{source.pk}"))
    assert "Transcript as plain text" in shown and "No transcript yet" not in shown


def test_texts_count_as_what_starts_jobs(plain, alice, settings):
    settings.RATE_JOB_POSTS = "1/min"
    source = ready_upload(alice)
    assert [give_text(plain, source, text="One").status_code for _ in range(2)] == [302, 429]


def test_somebody_elses_source_takes_no_text(plain, bob):
    theirs = ready_upload(bob)
    reply = plain.post(f"/studio/{theirs.pk}/transcript", {"text": "Hi"})
    assert reply.status_code == 403, "the token is missing"
    assert give_text(plain, theirs, text="Hi").status_code == 404
    assert not Job.objects.exists()

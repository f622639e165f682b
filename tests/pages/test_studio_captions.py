"""**Add captions** in Clip Studio by a plain form (C151); with scripts: test_studio_captions_in_chromium.py."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from billing.models import Hold
from captions import presets
from jobs.models import Job
from tests import media_bank
from tests.clips.rows import ready_upload
from tests.clips.spoken import KARAOKE, transcribed
from tests.factories import give
from tests.pages.test_plain_forms import send, text

pytestmark = pytest.mark.django_db
SEGMENT = {"start": "1", "end": "3", "format": "mp4", "quality": ""}


@pytest.fixture
def plain(alice) -> Client:
    give(alice, 500)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    return client


def page_of(source) -> str:
    return f"/studio/{source.pk}"


def test_the_form_offers_sixteen_styles_and_ones_own_first(plain, alice):
    mine = presets.create(alice, name="Mine <b>")
    shown = text(plain.get(page_of(ready_upload(alice))))
    picked = re.search(r'<select class="select" id="style".*?</select>', shown, re.DOTALL)
    assert picked and "Mine &lt;b&gt;" in picked[0]
    assert re.findall(r'<option value="([^"]+)"', picked[0])[:2] == [mine.ref, KARAOKE]
    assert picked[0].count("<option") == 17 and picked[0].count("<optgroup") == 2
    assert "Captions, each started minute" in shown


def test_a_form_with_captions_makes_captioned_jobs_and_says_so(plain, alice, work):
    source = ready_upload(alice)
    transcribed(source)
    reply = send(plain, page_of(source), SEGMENT | {"captions": "on", "preset_ref": "builtin:clean-subtitle"})
    assert reply.status_code == 302, text(reply)
    assert Job.objects.get().spec["captions"]["preset_ref"] == "builtin:clean-subtitle"
    assert Hold.objects.get().parts == {"trim": 2, "captions": 2}
    work()
    shown = text(plain.get(reply["Location"]))
    assert "· captions" in shown and "said faster than" not in shown
    job = Job.objects.get()
    Job.objects.update(result=job.result | {"caption_report": job.result["caption_report"] | {"too_fast": 2}})
    assert "2 captions are said faster than people read" in text(plain.get(reply["Location"]))
    assert "· captions" in text(plain.get("/library"))


def test_x026_the_page_of_a_captioned_clip_makes_it_again_in_another_style_once(plain, alice, work):
    source = ready_upload(alice)
    transcribed(source)
    page = send(plain, page_of(source), SEGMENT | {"captions": "on", "preset_ref": KARAOKE})["Location"]
    assert "Change captions" not in text(plain.get(page))
    work()
    shown = text(plain.get(page))
    key = re.search(r'name="key" value="(\w+)"', shown)
    assert "Change captions" in shown and key
    wrong = send(plain, f"{page}/captions", {"preset_ref": "builtin:none"})
    assert wrong.status_code == 404 and "Change captions" in text(wrong) and 'role="alert"' in text(wrong)
    form = {"preset_ref": "builtin:clean-subtitle", "key": key[1]}
    places = [send(plain, f"{page}/captions", form)["Location"] for _ in range(2)]
    assert places[0] == places[1] != page and Job.objects.filter(kind="captions").count() == 1
    work()
    assert "· captions" in text(plain.get(places[0]))


def test_the_style_alone_is_no_wish_for_captions(plain, alice):
    send(plain, page_of(ready_upload(alice)), SEGMENT | {"preset_ref": KARAOKE})
    assert "captions" not in Job.objects.get().spec


@pytest.mark.parametrize(("more", "status", "words"), [
    ({"format": "gif"}, 400, "Captions need mp4 and a video source."),
    ({"preset_ref": "x"}, 400, "Must be builtin:"),
    ({"preset_ref": ""}, 400, "Must be builtin:"),
    ({"preset_ref": "preset:cap_preset_000000000000"}, 404, ""),
])
def test_a_refusal_is_shown_with_what_was_chosen_and_nothing_is_held(plain, alice, more, status, words):
    reply = send(plain, page_of(ready_upload(alice)), SEGMENT | {"captions": "on", "preset_ref": KARAOKE} | more)
    assert (reply.status_code, words in text(reply)) == (status, True)
    assert 'name="captions" value="on" checked' in text(reply)
    assert (Job.objects.count(), Hold.objects.count()) == (0, 0)


@pytest.mark.parametrize("source", [media_bank.tone_mp3, media_bank.silent_mp4])
def test_sound_alone_and_silent_videos_are_offered_no_captions(plain, alice, source):
    shown = text(plain.get(page_of(ready_upload(alice, source()))))
    assert 'id="captions-field" hidden' in shown
    assert "Captions, each started minute" not in shown


def test_everybody_sees_the_built_in_styles_before_signing_in(client):
    shown = text(client.get("/studio"))
    assert shown.count('<option value="builtin:') == 16 and "preset:" not in shown

"""The transcript panel of Clip Studio: what the page is told of it; with scripts: test_transcript_in_chromium.py."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from billing.models import Hold
from captions import transcript_services
from jobs import queue
from jobs.models import Job
from tests import media_bank
from tests.clips.rows import ready_upload
from tests.clips.spoken import KARAOKE, transcribed
from tests.factories import give
from tests.pages.test_plain_forms import text
from tests.transcripts.rows import transcript

pytestmark = pytest.mark.django_db
NONE = {"audio": True, "version": None, "words": 0, "poll_url": None}


@pytest.fixture
def signed_in(alice) -> Client:
    give(alice, 500)
    client = Client()
    client.force_login(alice)
    return client


def facts(client: Client, source) -> dict:
    """What the scripts of the page get, by both of their ways."""
    told = client.get(f"/studio/{source.pk}/source.json").json()["transcript"]
    block = re.search(r'<script id="source"[^>]*>(.*?)</script>', text(client.get(f"/studio/{source.pk}")), re.DOTALL)
    assert block and json.loads(block[1].replace("&quot;", '"'))["transcript"] == told
    return dict(told)


def test_before_there_is_one_the_page_names_the_engine_and_the_price(signed_in, alice, settings):
    settings.TRANSCRIBE_ENGINE = "pocketsphinx"
    told = facts(signed_in, ready_upload(alice))
    assert told == NONE | {"engine": "pocketsphinx", "quality": "draft", "cents": 2}


def test_an_hour_costs_what_the_ledger_will_take(signed_in, alice, settings):
    settings.TRANSCRIBE_ENGINE = "pocketsphinx"
    source = ready_upload(alice)
    source.probe["duration"] = 3600
    source.save()
    assert facts(signed_in, source)["cents"] == 10
    transcript_services.ask(alice, file_id=source.pk)
    assert Hold.objects.get().amount == 10


def test_without_a_recogniser_nothing_is_offered(signed_in, alice, settings):
    settings.TRANSCRIBE_ENGINE = "whisper"
    settings.MODELS_ROOT = None
    assert facts(signed_in, ready_upload(alice)) == NONE | {"engine": "", "quality": "", "cents": 0}


def test_the_newest_version_is_told_and_costs_nothing(signed_in, alice):
    source = ready_upload(alice)
    transcript(source)
    transcript(source, [["Hello"]], engine="whisper", quality="standard")
    assert facts(signed_in, source) == {
        "audio": True, "version": 2, "words": 1, "engine": "whisper", "quality": "standard", "cents": 0,
        "poll_url": None}


def test_a_transcript_on_its_way_is_followed_until_it_has_ended(signed_in, alice):
    source = ready_upload(alice)
    job = transcript_services.ask(alice, file_id=source.pk)
    assert isinstance(job, Job)
    assert facts(signed_in, source)["poll_url"] == f"/v1/clip/{job.pk}"
    queue.cancel(alice, job_id=job.pk)
    assert facts(signed_in, source)["poll_url"] is None


def test_a_silent_video_has_nothing_to_transcribe(signed_in, alice):
    told = facts(signed_in, ready_upload(alice, media_bank.silent_mp4()))
    assert told == NONE | {"audio": False, "engine": "", "quality": "", "cents": 0}


def test_sound_alone_is_transcribed_like_any_source(signed_in, alice):
    assert facts(signed_in, ready_upload(alice, media_bank.tone_mp3()))["audio"]


def test_a_source_that_is_not_checked_yet_tells_nothing(signed_in, alice):
    source = ready_upload(alice)
    type(source).objects.filter(pk=source.pk).update(state="processing")
    assert signed_in.get(f"/studio/{source.pk}/source.json").json()["transcript"] is None


def test_the_facts_of_somebody_elses_source_are_not_there(client, alice, bob):
    source = ready_upload(alice)
    transcript(source)
    client.force_login(bob)
    assert client.get(f"/studio/{source.pk}/source.json").status_code == 404


def test_without_scripts_a_link_leads_to_the_plain_text_once_there_is_one(signed_in, alice):
    source = ready_upload(alice)
    link = f'href="/v1/transcript/{source.pk}.txt"'
    assert link not in text(signed_in.get(f"/studio/{source.pk}"))
    transcript(source)
    assert link in text(signed_in.get(f"/studio/{source.pk}"))
    reply = signed_in.get(f"/v1/transcript/{source.pk}.txt")
    assert reply.content.decode().startswith("[0:00:00] Welcome everyone to this talk\n")


def test_the_history_of_the_balance_names_a_transcript_by_its_file_and_leads_nowhere_wrong(signed_in, alice):
    give(alice, 100)
    source = ready_upload(alice)
    job = transcript_services.ask(alice, file_id=source.pk)
    shown = text(signed_in.get("/account"))
    assert "Reserved for a transcript" in shown and source.filename in shown
    assert job.pk not in shown, "the page of a job is for jobs that make clips"


def test_a_plain_form_says_that_the_words_of_captions_would_be_a_draft(signed_in, alice):
    source = ready_upload(alice)
    assert "are a draft: many may be wrong" in text(signed_in.get(f"/studio/{source.pk}"))
    transcribed(source)
    assert "are a draft: many may be wrong" not in text(signed_in.get(f"/studio/{source.pk}"))


def test_the_studio_with_the_sample_and_without_a_file_opens_without_one(client, signed_in):
    for who in (client, signed_in):
        for address in ("/", "/studio", "/studio/sample"):
            assert 'id="said-text"' in text(who.get(address))


# --- A caption style on the way in ------------------------------------------------------------------------

def switch(shown: str) -> tuple[bool, str]:
    """Whether **Add captions** is on, and the style that is chosen, "" for the first one."""
    box = re.search(r'<input type="checkbox" role="switch"[^>]*>', shown)
    chosen = re.search(r'<option value="((?:builtin|preset):[^"]+)" selected', shown)
    assert box
    return " checked" in box[0], chosen[1] if chosen else ""


def test_a_style_in_the_address_switches_captions_on(signed_in, alice):
    source = ready_upload(alice)
    shown = text(signed_in.get(f"/studio/{source.pk}?preset_ref=builtin:neon-glow"))
    assert switch(shown) == (True, "builtin:neon-glow")
    assert switch(text(signed_in.get(f"/studio/{source.pk}"))) == (False, "")


def test_the_style_stays_on_the_way_from_the_start_page_to_a_source(signed_in, alice):
    source = ready_upload(alice)
    shown = text(signed_in.get(f"/studio?preset_ref={KARAOKE}"))
    assert switch(shown) == (True, KARAOKE)
    assert "Captions: <bdi>Short-Form Karaoke</bdi>" in shown and "Captions: " not in text(signed_in.get("/studio"))
    wish = KARAOKE.replace(":", "%3A")
    assert f'href="/studio/{source.pk}?preset_ref={wish}"' in shown
    with media_bank.clip_mp4().open("rb") as file:
        reply = signed_in.post(f"/studio?preset_ref={KARAOKE}", {"file": file})
    assert (reply.status_code, reply["Location"].endswith(f"?preset_ref={wish}")) == (302, True)


@pytest.mark.parametrize("ref", ["builtin:nothing", "preset:cap_preset_000000000000", "<script>", "x" * 500])
def test_a_style_that_is_not_there_is_told_and_left_out(signed_in, alice, ref):
    reply = signed_in.get(f"/studio/{ready_upload(alice).pk}", {"preset_ref": ref})
    assert reply.status_code == 200
    shown = text(reply)
    assert switch(shown) == (False, "")
    assert 'data-unknown="yes"' in shown and "Choose another one." in shown and "<script>&" not in shown

"""`/studio/{file_id}/captions.json`: what a clip of a range will show, before anything is burned."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from captions import built_in, preview, sample
from jobs.models import Job
from media import burn
from media.quality import fit
from media.subtitles import Frame, compile_ass
from tests import media_bank
from tests.captions.rows import make_preset, upload_font
from tests.clips.rows import ready_upload
from tests.clips.spoken import KARAOKE
from tests.transcripts.rows import sentences, transcript
from uploads.models import Upload

pytestmark = pytest.mark.django_db
FRAME = Frame(320, 180)


@pytest.fixture
def signed_in(alice) -> Client:
    client = Client(headers={"accept": "application/json"})
    client.force_login(alice)
    return client


def asked(client: Client, source: Upload, *, status: int = 200, **query: object) -> dict:
    given = {"preset_ref": KARAOKE, "start": "0", "end": "6"} | query
    reply = client.get(f"/studio/{source.pk}/captions.json", given)
    assert reply.status_code == status, reply.content
    return reply.json()


@pytest.mark.parametrize("slug", ["short-form-karaoke", "news-ticker", "neon-glow"])
def test_it_is_the_very_file_that_a_clip_of_the_range_burns(signed_in, alice, slug):
    source = ready_upload(alice)
    transcript(source)
    answer = asked(signed_in, source, preset_ref=f"builtin:{slug}", start="0:02.5", end="5.5")
    burned = compile_ass(burn.within(sentences(), 2.5, 5.5), built_in.all_()[slug].style, FRAME,
                         preview.faces_of(None), "en")
    assert (answer["ass"], answer["sample"]) == (burned.ass, False)
    assert (answer["start"], answer["end"]) == (2.5, 5.5)
    assert [font["name"] for font in answer["fonts"]] == [face.name for face in burned.faces]
    assert not Job.objects.exists()


def test_without_a_transcript_words_of_a_sample_stand_for_what_is_said(signed_in, alice):
    answer = asked(signed_in, ready_upload(alice), start="1", end="4")
    style = built_in.all_()[KARAOKE.removeprefix("builtin:")].style
    wanted = compile_ass(sample.spoken(sample.TEXT, seconds=3.0), style, FRAME, preview.faces_of(None))
    assert (answer["ass"], answer["sample"]) == (wanted.ass, True)


def test_a_range_in_which_nobody_speaks_shows_nothing(signed_in, alice):
    source = ready_upload(alice)
    transcript(source, [["Hello"]])
    answer = asked(signed_in, source, start="3", end="5")
    assert "Dialogue:" not in answer["ass"] and not answer["sample"]


@pytest.mark.parametrize(("quality", "frame"), [("", (1920, 1080)), ("720p", (1280, 720)), ("4k", (3840, 2160))])
def test_the_frame_is_that_of_the_clip(signed_in, alice, quality, frame):
    source = ready_upload(alice)
    source.probe |= {"width": 3840, "height": 2160}
    source.save()
    assert fit(3840, 2160, quality or "1080p") == frame
    assert "PlayResX: {}\nPlayResY: {}\n".format(*frame) in asked(signed_in, source, quality=quality)["ass"]


def test_a_style_and_a_font_of_ones_own_are_drawn(signed_in, alice):
    font = upload_font(alice)
    mine = make_preset(alice, font_source="upload", font_id=font.pk, font_size=150)
    used = asked(signed_in, ready_upload(alice), preset_ref=mine.ref)["fonts"][0]  # others stand in for its gaps
    assert used["name"] == font.family
    assert signed_in.get(used["url"]).status_code == 200


def test_characters_that_nobody_can_draw_are_left_out(signed_in, alice):
    source = ready_upload(alice)
    transcript(source, [["\U000130bd", "good"]])
    said = re.sub(r"\{[^}]*\}", "", asked(signed_in, source, preset_ref="builtin:clean-subtitle")["ass"])
    assert "good" in said and "\U000130bd" not in said


@pytest.mark.parametrize(("query", "status", "field"), [
    ({"preset_ref": "x"}, 400, "preset_ref"), ({"preset_ref": ""}, 400, "preset_ref"),
    ({"preset_ref": "builtin:none"}, 404, None), ({"preset_ref": "preset:cap_preset_000000000000"}, 404, None),
    ({"start": "5", "end": "4"}, 400, "end"), ({"start": "x"}, 400, "start"), ({"end": ""}, 400, "end"),
    ({"end": "601"}, 400, "end"), ({"start": "100", "end": "101"}, 400, "end"), ({"start": "-1"}, 400, "start"),
    ({"start": "NaN"}, 400, "start"), ({"quality": "8k"}, 400, "quality"),
])
def test_what_cannot_be_drawn_is_refused(signed_in, alice, query, status, field):
    told = asked(signed_in, ready_upload(alice), status=status, **query)
    assert field is None or field in told["fields"]


def test_sound_alone_has_no_picture_to_draw_on(signed_in, alice):
    assert "no picture" in asked(signed_in, ready_upload(alice, media_bank.tone_mp3()), status=400)["error"]


def test_the_words_of_somebody_elses_source_are_not_shown(client, alice, bob):
    source = ready_upload(alice)
    transcript(source)
    address = f"/studio/{source.pk}/captions.json?preset_ref={KARAOKE}&start=0&end=6"
    assert client.get(address).status_code == 302
    client.force_login(bob)
    assert client.get(address).status_code == 404


def test_more_than_thirty_in_a_second_are_429_together_with_previews_of_styles(signed_in, alice, bob, settings,
                                                                               time_machine):
    """One limit for both: each compiles captions. It is an account's own."""
    source, others = ready_upload(alice), ready_upload(bob)
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    settings.RATE_PREVIEWS = "2/s"
    asked(signed_in, source)
    body = {"text": "x"}
    reply = signed_in.post("/v1/caption-presets/preview", body, content_type="application/json")
    assert (reply.status_code, reply["RateLimit-Remaining"]) == (200, "0")
    reply = signed_in.get(f"/studio/{source.pk}/captions.json?preset_ref={KARAOKE}&start=0&end=6")
    assert (reply.status_code, reply.json()["code"], reply["Retry-After"]) == (429, "rate_limited", "1")
    assert reply["RateLimit-Limit"] == "2"
    signed_in.force_login(bob)
    asked(signed_in, others)
    signed_in.force_login(alice)
    time_machine.shift(1.01)
    asked(signed_in, source)

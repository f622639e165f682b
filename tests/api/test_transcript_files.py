"""`GET /v1/transcript/{file_id}.{ext}` and `GET /v1/clips/{clip_id}/transcript.{ext}` (X009)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from captions.exports import TYPES
from clips.models import Clip
from jobs import queue
from tests.clips.rows import ready_upload
from tests.transcripts.rows import transcribed, transcript
from uploads.models import Upload

CONTENT = {
    "srt": "1\n00:00:00,500 --> 00:00:02,400\nWelcome everyone to this talk\n\n"
           "2\n00:00:03,000 --> 00:00:04,500\nIt is about cutting\n\n3\n00:00:05,100 --> 00:00:05,800\nThank you\n",
    "txt": "[0:00:00] Welcome everyone to this talk\n[0:00:03] It is about cutting\n[0:00:05] Thank you\n"}


@pytest.fixture
def upload(alice) -> Upload:
    return transcribed(alice, filename="My “Talk”.mp4")


@pytest.fixture
def clip(alice, upload) -> Clip:
    """From 3.0 to 5.3: the second line, and `Thank`, whose middle is inside."""
    job = queue.submit(alice, kind="clip", source=upload.pk, spec={"upload": upload.pk, "start": 3.0, "end": 5.3})
    return Clip.objects.create(account=alice, job=job, source=upload.pk, title="A", file_name="talk_0-03-0-05.mp4",
                               format="mp4", duration=2.3, size=9, key=f"out/{job.pk}/1.mp4",
                               expires_at=timezone.now() + timedelta(hours=1))


def file(client, upload: Upload, ext: str, query: str = ""):
    return client.get(f"/v1/transcript/{upload.pk}.{ext}{query}")


def of_clip(client, clip: Clip, ext: str):
    return client.get(f"/v1/clips/{clip.pk}/transcript.{ext}")


@pytest.mark.parametrize("ext", TYPES)
def test_x009_every_format_is_a_download_called_like_the_source(api, upload, ext):
    reply = file(api, upload, ext)
    assert (reply.status_code, reply["Content-Type"]) == (200, f"{TYPES[ext]}; charset=utf-8")
    assert reply["Content-Disposition"].startswith("attachment; ")
    assert f"filename*=UTF-8''My%20%E2%80%9CTalk%E2%80%9D.{ext}" in reply["Content-Disposition"]
    assert reply["Cache-Control"] == "no-store" and "Welcome" in reply.content.decode()


@pytest.mark.parametrize("ext", CONTENT)
def test_x009_the_files_say_what_was_said_and_when(api, upload, ext):
    assert file(api, upload, ext).content.decode() == CONTENT[ext]


def test_x009_webvtt_has_the_time_of_each_word(api, upload):
    said = file(api, upload, "vtt").content.decode()
    assert said.startswith("WEBVTT\n\n00:00:00.500 --> 00:00:02.400\nWelcome <00:00:00.900>everyone ")


def test_x009_ass_is_drawn_in_the_default_style_on_the_sources_frame(api, upload):
    said = file(api, upload, "ass").content.decode()
    assert "PlayResX: 320\nPlayResY: 180" in said and "Bangers" in said
    assert said.count("\nDialogue: ") >= 4


def test_x009_ass_of_a_recording_has_a_canvas_of_its_own(api, alice, upload):
    Upload.objects.update(probe=upload.probe | {"has_video": False, "width": 0, "height": 0, "kind": "audio"})
    assert "PlayResX: 1920\nPlayResY: 1080" in file(api, upload, "ass").content.decode()


def test_ass_with_characters_that_no_typeface_has_is_422(api, upload):
    transcript(upload, [["\U00012000"]])
    reply = file(api, upload, "ass")
    assert (reply.status_code, reply.json()["code"]) == (422, "missing_glyphs") and "U+12000" in reply.json()["error"]
    assert file(api, upload, "srt").status_code == 200


def test_x009_json_is_what_reading_it_tells(api, upload):
    read = api.get(f"/v1/transcript/{upload.pk}").json()
    assert json.loads(file(api, upload, "json").content) == {
        key: value for key, value in read.items() if key != "versions"}


def test_x009_an_older_version_can_be_downloaded(api, upload):
    transcript(upload, [["Corrected"]], edited=1)
    assert file(api, upload, "txt").content == b"[0:00:00] Corrected\n"
    assert file(api, upload, "txt", "?version=1").content.decode() == CONTENT["txt"]
    assert file(api, upload, "txt", "?version=3").status_code == 404
    assert file(api, upload, "txt", "?version=x").status_code == 400


@pytest.mark.parametrize("ext", TYPES)
def test_a_transcript_without_words_is_an_empty_file_of_its_kind(api, alice, ext):
    upload = ready_upload(alice)
    transcript(upload, [], language="")
    reply = file(api, upload, ext)
    assert reply.status_code == 200
    assert {"srt": b"", "txt": b"", "vtt": b"WEBVTT\n"}.get(ext, reply.content) == reply.content


@pytest.mark.parametrize("text", ["a --> b", "<script>", "{\\b1}", "\\N", "&lt;", "1\r\n\r\n2"])
def test_b50_text_cannot_break_a_file(api, alice, upload, text):
    """Nothing that is said can make a cue of its own."""
    transcript(upload, [[text.replace("\r\n", "\u2028"), "end"]])
    srt, vtt = (file(api, upload, ext).content.decode() for ext in ("srt", "vtt"))
    assert srt.count("-->") == vtt.count("-->") == 1
    assert "<script>" not in vtt
    assert file(api, upload, "ass").status_code == 200


@pytest.mark.parametrize("ext", ["pdf", "SRT", "srtx", "s"])
def test_another_ending_is_404(api, upload, clip, ext):
    assert (file(api, upload, ext).status_code, of_clip(api, clip, ext).status_code) == (404, 404)


def test_b16_anothers_file_or_clip_does_not_exist(bob_api, upload, clip):
    assert [file(bob_api, upload, "srt").status_code, of_clip(bob_api, clip, "srt").status_code] == [404, 404]


def test_x009_the_transcript_of_a_clip_is_on_its_own_clock(api, clip):
    assert of_clip(api, clip, "srt").content.decode() == (
        "1\n00:00:00,000 --> 00:00:01,500\nIt is about cutting\n\n2\n00:00:02,100 --> 00:00:02,300\nThank\n")
    told = json.loads(of_clip(api, clip, "json").content)
    assert (told["duration"], [segment["text"] for segment in told["segments"]]) == (
        2.3, ["It is about cutting", "Thank"])
    assert "talk_0-03-0-05.srt" in of_clip(api, clip, "srt")["Content-Disposition"]


def test_the_transcript_of_a_clip_follows_the_newest_version_and_outlives_the_source(api, upload, clip):
    transcript(upload, [["Hi"] * 8], edited=1)
    Upload.objects.update(state="expired", deleted_at=timezone.now())
    assert of_clip(api, clip, "txt").content == b"[0:00:00] Hi Hi\n"


def test_a_clip_that_is_gone_or_whose_source_was_not_transcribed_is_404(api, alice, clip):
    Clip.objects.update(source=ready_upload(alice).pk)
    assert of_clip(api, clip, "srt").status_code == 404
    Clip.objects.update(deleted_at=timezone.now())
    assert of_clip(api, clip, "srt").status_code == 404

"""GET /v1/clip/{job_id} (C046-C055, B51) and the download it leads to (C052)."""

import json
import re
import uuid
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
from django.utils import timezone

from clips.models import Clip
from jobs.models import OPEN, Job
from tests import media_bank
from tests.clips.rows import ready_upload
from tests.factories import give

pytestmark = pytest.mark.django_db

# The spec's own example of a finished job (fastclip-api.md, Job status).
EXAMPLE = json.loads("""{
  "job_id": "job_123", "status": "complete", "progress": 100, "status_message": "Done!",
  "download_url": "https://...", "file_name": "source_0-15-0-55.mp4", "format": "mp4", "quality": "1080p",
  "aspect_ratio": "16:9", "saved_to_library": true, "clip_id": "d9d54c23-7af8-41f8-8f6e-9ce0092f8f2f",
  "share_url": "/c/d9d54c23-7af8-41f8-8f6e-9ce0092f8f2f",
  "embed_url": "/embed/d9d54c23-7af8-41f8-8f6e-9ce0092f8f2f", "cost": 0.02, "balance": 0.98}""")
RESULT_FIELDS = ["download_url", "file_name", "format", "quality", "aspect_ratio", "saved_to_library",
                 "clip_id", "share_url", "embed_url", "cost"]


@pytest.fixture
def upload(alice):
    give(alice, 100)
    return ready_upload(alice)


@pytest.fixture
def ask(api, upload):
    """Post a clip; returns the job's id."""
    def post(**extra):
        reply = api.post("/v1/clip", {"file_id": upload.pk, "start": 1, "end": 3} | extra)
        assert reply.status_code == 200, reply.content
        return reply.json()["job_id"]
    return post


def status_of(client, job_id):
    reply = client.get(f"/v1/clip/{job_id}")
    assert reply.status_code == 200, reply.content
    return reply.json()


def path_of(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_c046_a_finished_job_has_every_field_of_the_specs_example(api, ask, work):
    job_id = ask(format="mp4", quality="1080p")
    work()
    body = status_of(api, job_id)
    assert set(EXAMPLE) <= set(body)
    same = ["status", "progress", "status_message", "format", "aspect_ratio", "saved_to_library", "cost",
            "balance"]
    assert {key: body[key] for key in same} == {key: EXAMPLE[key] for key in same}
    assert {key: type(body[key]) for key in EXAMPLE} == {key: type(EXAMPLE[key]) for key in EXAMPLE}


def test_c050_c051_the_links_and_the_name_are_the_specs(api, ask, work):
    job_id = ask()
    work()
    body = status_of(api, job_id)
    assert body["file_name"] == "source_0-01-0-03.mp4"
    assert uuid.UUID(body["clip_id"]).version == 4
    assert (body["share_url"], body["embed_url"]) == (f"/c/{body['clip_id']}", f"/embed/{body['clip_id']}")


def test_c055_the_answer_names_its_kind(api, ask):
    assert status_of(api, ask())["kind"] == "clip"


def test_c049_before_completion_the_result_fields_are_null(api, ask):
    body = status_of(api, ask())
    assert (body["status"], body["progress"], body["balance"]) == ("pending", 0, 0.98)
    assert {key: body[key] for key in RESULT_FIELDS} == dict.fromkeys(RESULT_FIELDS)
    assert "error" not in body and "refunded" not in body


@pytest.mark.parametrize("status", OPEN)
def test_c047_every_open_status_answers_the_same_fields(api, ask, status):
    job_id = ask()
    Job.objects.update(status=status, progress=40, message="processing segment 1/1")
    body = status_of(api, job_id)
    assert (body["status"], body["progress"]) == (status, 40)
    assert body["status_message"] == "processing segment 1/1"
    assert set(EXAMPLE) <= set(body)
    assert body["download_url"] is None


def test_c048_the_message_says_what_is_being_waited_for(api, ask):
    job_id = ask()
    assert status_of(api, job_id)["status_message"] == "Waiting for a worker"
    Job.objects.update(available_at=None)
    assert status_of(api, job_id)["status_message"] == "Waiting for the upload"


def test_c049_a_failed_job_adds_why_and_that_it_was_refunded(api, ask, work):
    job_id = ask()
    Job.objects.update(spec=Job.objects.get().spec | {"start": 50, "end": 52})
    work()
    body = status_of(api, job_id)
    assert (body["status"], body["error_code"], body["refunded"], body["cost"], body["balance"]) == (
        "failed", "out_of_range", True, 0, 1.0)
    assert body["error"]
    assert [body[key] for key in RESULT_FIELDS if key != "cost"] == [None] * (len(RESULT_FIELDS) - 1)
    assert body["progress"] < 100


def test_x011_the_receipt_of_the_cut_is_shown(api, ask, work):
    job_id = ask()
    work()
    assert set(status_of(api, job_id)["cut"]) >= {
        "mode", "reencoded_s", "copied_s", "start_error_ms", "end_error_ms", "av_offset_ms"}


def test_c052_an_audio_clip_has_no_quality_and_no_aspect_ratio(api, alice, upload, ask, work):
    audio = ready_upload(alice, media_bank.tone_mp3(), filename="podcast.mp3")
    job_id = ask(file_id=audio.pk, format="wav")
    work()
    body = status_of(api, job_id)
    assert (body["format"], body["quality"], body["aspect_ratio"]) == ("wav", "", "")
    assert body["file_name"] == "podcast_0-01-0-03.wav"


def test_c050_a_title_gives_the_file_its_stem(api, ask, work):
    job_id = ask(title="My Best/Bit")
    work()
    body = status_of(api, job_id)
    assert (body["title"], body["file_name"]) == ("My Best/Bit", "My Best_Bit_0-01-0-03.mp4")


def test_c052_the_download_is_fresh_signed_and_absolute(api, ask, work, settings):
    job_id = ask()
    work()
    url = status_of(api, job_id)["download_url"]
    assert url.startswith(f"{settings.PUBLIC_API_URL}/files/")
    assert Clip.objects.get().key not in Clip.objects.get().file_name


def test_c052_a_download_has_the_whole_file_an_etag_and_the_clips_name(api, anon, ask, work):
    job_id = ask(title="Größe 1")
    work()
    reply = anon.get(path_of(status_of(api, job_id)["download_url"]))
    clip = Clip.objects.get()
    assert (reply.status_code, len(b"".join(reply.streaming_content))) == (200, clip.size)
    assert reply["ETag"].startswith('"') and reply["Content-Type"] == "video/mp4"
    disposition = reply["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert unquote(re.search(r"filename\*=UTF-8''([^;]+)", disposition)[1]) == "Größe 1_0-01-0-03.mp4"


def test_c052_a_download_answers_ranges(api, anon, ask, work):
    job_id = ask()
    work()
    path = path_of(status_of(api, job_id)["download_url"])
    whole = b"".join(anon.get(path).streaming_content)
    part = anon.get(path, HTTP_RANGE="bytes=100-199")
    assert (part.status_code, b"".join(part.streaming_content)) == (206, whole[100:200])
    assert part["Content-Range"] == f"bytes 100-199/{len(whole)}"
    assert anon.get(path, HTTP_IF_NONE_MATCH=part["ETag"]).status_code == 304


def test_c052_an_altered_link_is_403(api, anon, ask, work):
    job_id = ask()
    work()
    path = path_of(status_of(api, job_id)["download_url"])
    assert anon.get(path[:-2] + ("00" if path[-2:] != "00" else "11")).status_code == 403


def test_c113_an_expired_clip_keeps_its_history_but_has_no_link(api, ask, work):
    job_id = ask()
    work()
    Clip.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    body = status_of(api, job_id)
    assert (body["status"], body["download_url"], body["cost"]) == ("complete", None, 0.02)


def test_b51_another_accounts_job_is_404_like_an_unknown_or_malformed_one(api, bob_api, ask):
    job_id = ask()
    names = [job_id, "job_000000000000", "job_1", "x", "%00", "..%2f"]
    bodies = [bob_api.get(f"/v1/clip/{name}") for name in names]
    assert {reply.status_code for reply in bodies} == {404}
    assert len({json.dumps({**reply.json(), "request_id": ""}) for reply in bodies}) == 1


def test_b51_a_validation_job_is_not_a_clients_job(api, alice):
    job = Job.objects.create(account=alice, kind="validate", spec={})
    assert api.get(f"/v1/clip/{job.pk}").status_code == 404


def test_c046_nobody_is_401(anon, ask):
    assert anon.get(f"/v1/clip/{ask()}").status_code == 401


def test_c046_the_site_session_may_ask_too(session, ask):
    assert status_of(session, ask())["status"] == "pending"


def test_g11_the_answer_is_not_stored_by_caches(api, ask):
    reply = api.get(f"/v1/clip/{ask()}")
    assert reply["Cache-Control"] == "no-store"
    assert reply["X-Request-Id"].startswith("req_")

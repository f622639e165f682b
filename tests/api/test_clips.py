"""GET /v1/clips and GET /v1/clips/{clip_id} (C111, G18, X019)."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from clips.models import Clip
from core import storage
from jobs.models import Job
from tests.clips.rows import ready_upload
from tests.factories import give

pytestmark = pytest.mark.django_db

# The keys of C111's example.
KEYS = {"clip_id", "job_id", "file_id", "title", "file_name", "format", "quality", "aspect_ratio", "duration",
        "size", "captioned", "pinned", "view_count", "view_count_visible", "download_url", "thumbnail_url",
        "share_url", "embed_url", "created_at", "expires_at"}


def make_clip(account, number=1, **extra):
    """A clip row whose file is a few bytes; what lists and filters look at is all there."""
    job = Job.objects.create(account=account, kind="clip", status="complete", progress=100, cost=2,
                             spec={"start": 1, "end": 3}, finished_at=timezone.now())
    made = timezone.now() - timedelta(minutes=60 - number)
    fields = {"title": f"clip {number}", "file_name": f"clip{number}.mp4", "format": "mp4",
              "quality": "1080p", "aspect_ratio": "16:9", "width": 1920, "height": 1080,
              "duration": 2.0, "size": 4,
              "key": f"out/{job.pk}/1.mp4", "created_at": made,
              "expires_at": made + timedelta(hours=24)}
    return Clip.objects.create(account=account, job=job, **(fields | extra))


def titles(reply):
    assert reply.status_code == 200, reply.content
    return [clip["title"] for clip in reply.json()["clips"]]


def test_c111_an_empty_library(api):
    assert api.get("/v1/clips").json() == {"clips": [], "total": 0, "limit": 50, "offset": 0, "next": None}


def test_c111_a_clip_has_the_contracts_fields(api, alice, work):
    give(alice, 100)
    upload = ready_upload(alice)
    job_id = api.post("/v1/clip", {"file_id": upload.pk, "start": 1, "end": 3}).json()["job_id"]
    work()
    body = api.get("/v1/clips").json()["clips"][0]
    clip = Clip.objects.get()
    assert set(body) == KEYS
    assert (body["job_id"], body["file_id"], body["title"]) == (job_id, upload.pk, "source 0:01–0:03")
    assert body["duration"] == pytest.approx(2, abs=0.04)
    assert body["size"] == storage.path_of(clip.key).stat().st_size
    assert (body["captioned"], body["pinned"], body["view_count"], body["view_count_visible"]) == (
        False, False, 0, True)
    assert body["expires_at"].endswith("Z") and body["created_at"] < body["expires_at"]


def test_c111_the_thumbnail_is_a_signed_jpeg_shown_inline(api, anon, alice, work):
    give(alice, 100)
    api.post("/v1/clip", {"file_id": ready_upload(alice).pk, "start": 1, "end": 3})
    work()
    url = urlsplit(api.get("/v1/clips").json()["clips"][0]["thumbnail_url"])
    reply = anon.get(f"{url.path}?{url.query}")
    assert (reply.status_code, reply["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(reply.streaming_content)[:2] == b"\xff\xd8"


def test_c111_audio_has_no_thumbnail(api, alice):
    make_clip(alice, format="mp3")
    assert api.get("/v1/clips").json()["clips"][0]["thumbnail_url"] is None


def test_g18_newest_first_in_pages(api, alice):
    for number in range(1, 6):
        make_clip(alice, number)
    first = api.get("/v1/clips?limit=2")
    assert titles(first) == ["clip 5", "clip 4"]
    assert {key: first.json()[key] for key in ("total", "limit", "offset", "next")} == {
        "total": 5, "limit": 2, "offset": 0, "next": 2}
    last = api.get("/v1/clips?limit=2&offset=4")
    assert titles(last) == ["clip 1"]
    assert last.json()["next"] is None
    assert titles(api.get("/v1/clips?offset=99")) == []


@pytest.mark.parametrize("query", [
    "limit=0", "limit=-1", "limit=x", "limit=", "limit=1e3", "offset=-1", "offset=1.5",
    "offset=99999999999999999999", "format=exe", "pinned=maybe", "captioned=2"])
def test_g18_a_bad_query_is_400(api, query):
    reply = api.get(f"/v1/clips?{query}")
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_field")


def test_g18_a_limit_above_the_maximum_is_clamped(api):
    assert api.get("/v1/clips?limit=5000").json()["limit"] == 100


def test_c111_filters(api, alice):
    make_clip(alice, 1, title="Alpha launch", format="mp3")
    make_clip(alice, 2, title="Beta launch", expires_at=None)
    make_clip(alice, 3, title="Gamma", captioned=True)
    assert titles(api.get("/v1/clips?format=mp3")) == ["Alpha launch"]
    assert titles(api.get("/v1/clips?pinned=true")) == ["Beta launch"]
    assert titles(api.get("/v1/clips?pinned=false")) == ["Gamma", "Alpha launch"]
    assert titles(api.get("/v1/clips?captioned=true")) == ["Gamma"]
    assert titles(api.get("/v1/clips?q=LAUNCH")) == ["Beta launch", "Alpha launch"]
    assert titles(api.get("/v1/clips?q=launch&pinned=true")) == ["Beta launch"]
    assert titles(api.get("/v1/clips?q=%25")) == []


def test_c111_a_pinned_clip_never_expires(api, alice):
    make_clip(alice, expires_at=None)
    body = api.get("/v1/clips").json()["clips"][0]
    assert (body["pinned"], body["expires_at"]) == (True, None)


def test_c111_only_live_clips_by_the_clock_and_before_the_sweep(api, alice):
    make_clip(alice, 1, expires_at=timezone.now() - timedelta(seconds=1))
    make_clip(alice, 2, deleted_at=timezone.now())
    assert api.get("/v1/clips").json()["total"] == 0


def test_c111_another_accounts_clips_do_not_exist(bob_api, alice):
    clip = make_clip(alice)
    assert bob_api.get("/v1/clips").json()["total"] == 0
    assert bob_api.get(f"/v1/clips/{clip.pk}").status_code == 404


def test_x019_one_clip_reads_like_in_the_list(api, alice):
    clip = make_clip(alice)
    one, listed = api.get(f"/v1/clips/{clip.pk}").json(), api.get("/v1/clips").json()["clips"][0]
    links = ("download_url", "thumbnail_url")
    assert {**one, **dict.fromkeys(links)} == {**listed, **dict.fromkeys(links)}


@pytest.mark.parametrize("name", ["d9d54c23-7af8-41f8-8f6e-9ce0092f8f2f", "x", "1"])
def test_x019_an_unknown_or_malformed_clip_is_404(api, name):
    reply = api.get(f"/v1/clips/{name}")
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


def test_x019_an_expired_clip_is_404(api, alice):
    clip = make_clip(alice, expires_at=timezone.now() - timedelta(seconds=1))
    assert api.get(f"/v1/clips/{clip.pk}").status_code == 404


def test_c111_the_list_costs_a_fixed_number_of_queries(api, alice, django_assert_max_num_queries):
    for number in range(20):
        make_clip(alice, number)
    with django_assert_max_num_queries(8):
        assert len(json.loads(api.get("/v1/clips").content)["clips"]) == 20


def test_c111_nobody_is_401(anon):
    assert anon.get("/v1/clips").status_code == 401

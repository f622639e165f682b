"""PATCH and DELETE /v1/clips/{clip_id}, POST /v1/clips/bulk-delete (C112, C114, C115)."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from clips.models import Clip
from core import storage, trash
from tests.api.test_clips import make_clip
from tests.clips.rows import ready_upload
from tests.factories import give
from webhooks.models import Event

pytestmark = pytest.mark.django_db
NOBODYS = "d9d54c23-7af8-41f8-8f6e-9ce0092f8f2f"


# --- PATCH /v1/clips/{clip_id} ----------------------------------------------------------------------------

@pytest.mark.parametrize("field", ["title", "name"])
def test_c112_a_clip_is_renamed_and_keeps_its_file_name(api, alice, field):
    clip = make_clip(alice)
    reply = api.patch(f"/v1/clips/{clip.pk}", {field: "  The best\nanswer "})
    assert (reply.status_code, reply.json()["title"], reply.json()["file_name"]) == (
        200, "The best answer", clip.file_name)
    assert api.get(f"/v1/clips/{clip.pk}").json()["title"] == "The best answer"


@pytest.mark.parametrize("body", [{"title": ""}, {"title": "   "}, {"title": "x" * 201}, {"title": None}, {"title": 5}])
def test_c112_a_title_of_no_or_too_many_characters_is_400(api, alice, body):
    clip = make_clip(alice)
    reply = api.patch(f"/v1/clips/{clip.pk}", body)
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_field")
    assert Clip.objects.get().title == clip.title


def test_c112_without_a_title_it_is_400(api, alice):
    reply = api.patch(f"/v1/clips/{make_clip(alice).pk}", {})
    assert (reply.status_code, reply.json()["code"]) == (400, "missing_field")


def test_c112_200_characters_are_a_title(api, alice):
    assert api.patch(f"/v1/clips/{make_clip(alice).pk}", {"title": "é" * 200}).json()["title"] == "é" * 200


# --- DELETE /v1/clips/{clip_id} ---------------------------------------------------------------------------

def test_c115_a_deleted_clip_is_gone_with_its_bytes_and_tells_nobody(api, alice, work):
    give(alice, 100)
    job_id = api.post("/v1/clip", {"file_id": ready_upload(alice).pk, "start": 1, "end": 3}).json()["job_id"]
    work()
    clip = Clip.objects.get()
    reply = api.delete(f"/v1/clips/{clip.pk}")
    assert (reply.status_code, reply.json()) == (200, {"ok": True})
    assert api.get(f"/v1/clips/{clip.pk}").status_code == 404
    assert api.get("/v1/clips").json()["total"] == 0
    trash.empty_trash()
    assert not storage.exists(clip.key) and not storage.exists(clip.poster_key)
    assert not Event.objects.filter(name="clip.expired").exists()
    job = api.get(f"/v1/clip/{job_id}").json()
    assert (job["status"], job["download_url"], job["cost"]) == ("complete", None, 0.02)


def test_c115_a_second_delete_is_404(api, alice):
    clip = make_clip(alice)
    assert [api.delete(f"/v1/clips/{clip.pk}").status_code for _ in range(2)] == [200, 404]


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_c112_c115_an_expired_clip_and_a_strangers_are_404(api, bob, alice, method):
    old = make_clip(alice, 1, expires_at=timezone.now() - timedelta(seconds=1))
    hers = make_clip(bob, 2)
    for clip in (old, hers):
        reply = getattr(api, method)(f"/v1/clips/{clip.pk}", {"title": "mine"})
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    assert {clip.title for clip in Clip.objects.filter(deleted_at=None)} == {"clip 1", "clip 2"}


# --- POST /v1/clips/bulk-delete ---------------------------------------------------------------------------

@pytest.mark.parametrize("field", ["clip_ids", "ids"])
def test_c114_several_clips_go_at_once_and_what_is_not_there_is_listed(api, alice, bob, field):
    first, second, hers = make_clip(alice, 1), make_clip(alice, 2), make_clip(bob, 3)
    kept = make_clip(alice, 4)
    asked = [str(first.pk), str(second.pk), str(first.pk), NOBODYS, str(hers.pk), "clip one"]
    reply = api.post("/v1/clips/bulk-delete", {field: asked})
    assert (reply.status_code, reply.json()) == (200, {
        "deleted": [str(first.pk), str(second.pk)], "not_found": [NOBODYS, str(hers.pk), "clip one"],
        "deleted_count": 2})
    assert set(Clip.objects.filter(deleted_at=None)) == {kept, hers}


@pytest.mark.parametrize("body", [{"clip_ids": []}, {"clip_ids": [str(uuid.uuid4()) for _ in range(51)]},
                                  {"clip_ids": "x"}, {"clip_ids": [5]}, {}])
def test_c114_none_or_more_than_fifty_are_400_and_delete_nothing(api, alice, body):
    make_clip(alice)
    assert api.post("/v1/clips/bulk-delete", body).status_code == 400
    assert Clip.objects.filter(deleted_at=None).count() == 1


def test_c114_fifty_are_taken(api, alice):
    ids = [str(make_clip(alice, number).pk) for number in range(50)]
    assert api.post("/v1/clips/bulk-delete", {"clip_ids": ids}).json()["deleted_count"] == 50


def test_c112_c114_c115_nobody_is_401(anon, alice):
    clip = make_clip(alice)
    assert anon.patch(f"/v1/clips/{clip.pk}", {"title": "x"}).status_code == 401
    assert anon.delete(f"/v1/clips/{clip.pk}").status_code == 401
    assert anon.post("/v1/clips/bulk-delete", {"clip_ids": [str(clip.pk)]}).status_code == 401

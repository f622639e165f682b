"""C113: unpinned clips go after 24 hours; bytes to the trash, one event, the row stays."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from clips.models import Clip
from clips.services import sweep_clips
from core import storage
from core.models import Trash
from core.times import stamp
from core.trash import empty_trash
from tests.clips.rows import ready_upload
from tests.factories import give
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def clip(api, alice, work):
    give(alice, 100)
    api.post("/v1/clip", {"file_id": ready_upload(alice).pk, "start": 1, "end": 2})
    work()
    return Clip.objects.get()


def test_c113_a_clip_lives_24_hours(clip):
    assert clip.expires_at - clip.created_at == timedelta(hours=24)
    assert sweep_clips() == 0


def test_c113_its_end_is_by_the_clock(clip, time_machine):
    time_machine.move_to(clip.expires_at - timedelta(seconds=1), tick=False)
    assert sweep_clips() == 0
    time_machine.move_to(clip.expires_at + timedelta(seconds=1), tick=False)
    assert sweep_clips() == 1


def test_c113_the_bytes_go_and_the_row_stays(clip):
    Clip.objects.update(expires_at=timezone.now())
    assert sweep_clips() == 1
    assert set(Trash.objects.values_list("key", flat=True)) == {clip.key, clip.poster_key}
    empty_trash()
    clip.refresh_from_db()
    assert clip.deleted_at is not None
    assert not storage.exists(clip.key) and not storage.exists(clip.poster_key)


def test_c127_the_event_names_clip_job_and_time(clip):
    Clip.objects.update(expires_at=timezone.now())
    clip.refresh_from_db()
    sweep_clips()
    event = Event.objects.get(name="clip.expired")
    assert json.loads(bytes(event.body)) == {"event": "clip.expired", "data": {
        "clip_id": str(clip.pk), "job_id": clip.job_id, "expired_at": stamp(clip.expires_at)}}


def test_c113_a_second_sweep_changes_nothing(clip):
    Clip.objects.update(expires_at=timezone.now())
    assert [sweep_clips(), sweep_clips()] == [1, 0]
    assert Event.objects.filter(name="clip.expired").count() == 1


def test_c113_pinned_clips_never_expire(clip, time_machine):
    Clip.objects.update(expires_at=None)
    time_machine.move_to(timezone.now() + timedelta(days=900), tick=False)
    assert sweep_clips() == 0


def test_c115_a_deleted_clip_does_not_expire_again(clip):
    Clip.objects.update(expires_at=timezone.now(), deleted_at=timezone.now())
    assert sweep_clips() == 0
    assert not Event.objects.filter(name="clip.expired").exists()

"""Files leave the disk after the commit that dropped their last row, and only then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from core import storage, trash
from core.models import Trash


def stored(key: str) -> str:
    path = storage.path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"bytes")
    return key


@pytest.fixture
def file(db) -> str:
    return stored("out/job_000000000001/1.mp4")


def test_a_discarded_file_is_there_until_the_trash_is_emptied(file):
    trash.discard(file)
    assert storage.exists(file)
    assert trash.empty_trash() == 1
    assert not storage.exists(file)
    assert not storage.path_of(file).parent.exists()


def test_a_rolled_back_discard_keeps_the_file(file):
    with pytest.raises(RuntimeError), transaction.atomic():
        trash.discard(file)
        raise RuntimeError
    assert trash.empty_trash() == 0
    assert storage.exists(file)


def test_emptying_twice_changes_nothing_more(file):
    trash.discard(file)
    assert [trash.empty_trash(), trash.empty_trash()] == [1, 0]


def test_a_file_that_is_gone_already_is_no_error(file):
    trash.discard(file)
    storage.delete(file)
    assert trash.empty_trash() == 1
    assert not Trash.objects.exists()


def test_a_key_marked_twice_is_one_file_and_empty_keys_are_none(file):
    trash.discard(file, "", file)
    trash.discard(file)
    assert trash.empty_trash() == 1
    assert trash.empty_trash() == 0


def test_a_neighbour_in_the_same_folder_stays(file):
    neighbour = stored("out/job_000000000001/2.mp4")
    trash.discard(file)
    trash.empty_trash()
    assert storage.exists(neighbour)


def test_a_round_takes_no_more_than_it_may_oldest_first(db):
    keys = [stored(f"out/job_00000000010{number}/1.mp4") for number in range(5)]
    trash.discard(*keys)
    assert trash.empty_trash(limit=2) == 2
    assert [storage.exists(key) for key in keys] == [False, False, True, True, True]


def test_what_is_discarded_now_goes_with_the_commit_and_not_before(file, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        trash.discard_now(file, "")
        assert storage.exists(file)
    assert not storage.exists(file)
    assert not Trash.objects.exists()


def test_what_cannot_go_now_stays_in_the_trash(file, django_capture_on_commit_callbacks):
    folder = storage.path_of("out/job_000000000002/1.mp4")
    (folder / "in the way").mkdir(parents=True)
    with django_capture_on_commit_callbacks(execute=True):
        trash.discard_now("out/job_000000000002/1.mp4")
    assert Trash.objects.get().key == "out/job_000000000002/1.mp4"


def test_a_file_that_is_due_later_stays_until_then(file, time_machine):
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    trash.discard(file, due_at=timezone.now() + timedelta(hours=1))
    assert trash.empty_trash() == 0 and storage.exists(file)
    time_machine.move_to("2026-05-01T11:00:00Z", tick=False)
    assert trash.empty_trash() == 1 and not storage.exists(file)


def test_a_file_is_kept_where_its_mark_goes_before_it_is_due(file, time_machine):
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    trash.discard(file, due_at=timezone.now() + timedelta(hours=1))
    assert trash.keep(file)
    time_machine.move_to("2026-05-01T12:00:00Z", tick=False)
    assert trash.empty_trash() == 0 and storage.exists(file)


def test_a_mark_that_is_due_or_not_there_cannot_be_taken_away(file, time_machine):
    time_machine.move_to("2026-05-01T10:00:00Z", tick=False)
    assert not trash.keep(file)
    trash.discard(file, due_at=timezone.now() + timedelta(hours=1))
    time_machine.move_to("2026-05-01T11:00:00Z", tick=False)
    assert not trash.keep(file)
    assert trash.empty_trash() == 1

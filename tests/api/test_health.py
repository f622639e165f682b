"""/healthz and /readyz (X030)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from fastclip_site import env
from jobs.models import WorkerBeat


@pytest.fixture
def beat(db) -> WorkerBeat:
    return WorkerBeat.objects.create(host="worker-1", seen_at=timezone.now())


def test_x030_healthz_is_200_without_asking_the_database(client):
    reply = client.get("/healthz")  # the `db` fixture is missing on purpose: a query would fail the test
    assert (reply.status_code, reply.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_g12_health_answers_with_and_without_a_slash(client, beat, path):
    assert client.get(path + "/").status_code == client.get(path).status_code == 200


def test_x030_readyz_is_200_when_all_parts_answer(client, beat):
    reply = client.get("/readyz")
    assert reply.status_code == 200
    assert reply.json() == {"status": "ok", "database": True, "storage": True, "queue": True, "disk": True}


def test_x030_readyz_is_not_kept_by_caches(client, beat):
    assert client.get("/readyz")["Cache-Control"] == "no-store"


def test_x030_readyz_is_503_before_any_worker_beat(client, db):
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json()["queue"], reply.json()["status"]) == (503, False, "unavailable")


def test_x030_readyz_is_503_when_the_worker_went_silent(client, beat, settings):
    long_ago = timezone.now() - timedelta(seconds=settings.WORKER_SILENT_SECONDS + 5)
    WorkerBeat.objects.update(seen_at=long_ago)
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json()["queue"], reply.json()["database"]) == (503, False, True)


def test_x030_one_living_worker_of_two_is_enough(client, beat):
    WorkerBeat.objects.create(host="worker-2", seen_at=timezone.now() - timedelta(days=1))
    assert client.get("/readyz").status_code == 200


def test_x030_readyz_is_503_when_the_media_folder_cannot_be_made(client, beat, settings, tmp_path):
    (tmp_path / "file").write_text("in the way")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    settings.STORAGES = settings.STORAGES | {"default": env.file_storage(settings.MEDIA_ROOT)}
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json()["storage"], reply.json()["disk"]) == (503, False, False)


def test_x030_readyz_is_503_when_the_disk_is_nearly_full(client, beat, settings):
    settings.LOW_DISK_FRACTION = 1.1
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json()["disk"], reply.json()["storage"]) == (503, False, True)


def test_x030_readyz_is_503_when_the_database_is_gone(client, beat):
    def gone(execute, sql, parameters, many, context):
        raise OperationalError("could not connect to server at 10.0.0.7")

    with connection.execute_wrapper(gone):
        reply = client.get("/readyz")
    assert (reply.status_code, reply.json()["database"], reply.json()["queue"]) == (503, False, False)
    assert "10.0.0.7" not in reply.content.decode()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_takes_no_writes(client, path):
    assert client.post(path).status_code == 405


def test_health_says_nothing_about_the_host(client, beat):
    assert "worker-1" not in client.get("/readyz").content.decode()

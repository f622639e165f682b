"""What the doctor says about the S3 store."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings

from core import checks, storage
from fastclip_site import env
from tests import services
from tests.storage.conftest import close


@pytest.fixture
def elsewhere(settings):
    """The product with other words for its store than the right ones."""
    made = []

    def use(bucket: str, **options: str):
        entry = services.s3_entry(bucket)
        settings.STORAGES = settings.STORAGES | {"default": entry | {"OPTIONS": entry["OPTIONS"] | options}}
        made.append(storage.remote())

    yield use
    for store in made:
        close(store)


def test_local_disk_needs_no_doctor():
    assert checks.media_store(None) == []


def test_a_store_that_works_is_well_and_nothing_is_left_in_it(s3):
    assert checks.media_store(None) == []
    assert list(storage.keys("")) == []


@pytest.mark.parametrize("options", [{"secret_key": "wrong"}, {"access_key": "nobody"}])
def test_a_wrong_key_is_named(elsewhere, options):
    elsewhere(services.new_bucket(), **options)
    [found] = checks.media_store(None)
    assert (found.id, "SignatureDoesNotMatch" in found.msg) == ("FC.E017", True), found.msg
    assert not storage.answers()


def test_a_bucket_that_does_not_exist_is_named(elsewhere):
    services.new_bucket()
    elsewhere("tests-no-such-bucket")
    [found] = checks.media_store(None)
    assert found.id == "FC.E017"
    assert "tests-no-such-bucket" in found.msg and "NoSuchBucket" in found.msg
    assert not storage.answers()


def test_a_store_that_nobody_runs_is_named(elsewhere):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        elsewhere("any", endpoint_url=f"http://127.0.0.1:{free.getsockname()[1]}")
        [found] = checks.media_store(None)
    assert found.id == "FC.E017"
    assert "Could not connect" in found.msg


def test_a_bucket_without_a_cors_rule_is_a_warning(s3, faulty):
    faulty.strip = ["access-control-"]
    [found] = checks.media_store(None)
    assert (found.id, "send files" in found.msg) == ("FC.W207", True)
    faulty.strip = ["access-control-expose"]
    [found] = checks.media_store(None)
    assert (found.id, "ETag" in found.msg) == ("FC.W207", True)
    assert list(storage.keys("")) == []


# --- The variables ----------------------------------------------------------------------------------------

@pytest.mark.parametrize(("variables", "told"), [
    ({"STORAGE": "floppy"}, "neither local nor s3"), ({"STORAGE": "s3"}, "S3_BUCKET"),
    ({"STORAGE": "S3", "S3_BUCKET": "b"}, "neither local nor s3")])
def test_wrong_variables_stop_the_start(monkeypatch, tmp_path, variables, told):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(env.BadEnvironment, match=told):
        env.file_storage(tmp_path)


def test_amazon_needs_no_more_than_a_bucket_where_the_machine_has_a_role(monkeypatch, tmp_path):
    monkeypatch.setenv("STORAGE", "s3")
    monkeypatch.setenv("S3_BUCKET", "media")
    options = env.file_storage(tmp_path)["OPTIONS"]
    assert options == {"bucket_name": "media", "region_name": "us-east-1", "endpoint_url": None,
                       "public_endpoint_url": "", "access_key": None, "secret_key": None,
                       "addressing_style": "virtual"}


def test_the_secret_may_lie_in_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("hidden\n")
    for name, value in {"STORAGE": "s3", "S3_BUCKET": "b", "S3_ENDPOINT_URL": "http://s3",
                        "S3_SECRET_ACCESS_KEY_FILE": str(tmp_path / "secret")}.items():
        monkeypatch.setenv(name, value)
    options = env.file_storage(tmp_path)["OPTIONS"]
    assert (options["secret_key"], options["addressing_style"]) == ("hidden", "path")


@pytest.mark.parametrize(("name", "value"), [("REDIS_URL", "localhost"), ("REDIS_URL", "http://x")])
def test_a_wrong_address_of_redis_stops_the_start(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(env.BadEnvironment, match="redis://"):
        env.shared_cache("REDIS_URL")


def test_the_queue_lies_in_the_database_or_in_redis(monkeypatch):
    assert env.broker("QUEUE", "REDIS_URL") == {"orm": "default"}
    monkeypatch.setenv("QUEUE", "redis")
    with pytest.raises(env.BadEnvironment, match="REDIS_URL"):
        env.broker("QUEUE", "REDIS_URL")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:6379/0")
    assert env.broker("QUEUE", "REDIS_URL") == {"redis": "redis://127.0.0.1:6379/0"}
    monkeypatch.setenv("QUEUE", "carrier pigeon")
    with pytest.raises(env.BadEnvironment, match="neither orm nor redis"):
        env.broker("QUEUE", "REDIS_URL")


def test_a_start_with_a_bucket_that_does_not_exist_says_so_and_stops(tmp_path):
    services.new_bucket()  # or skip, where there is no store
    environment = {**os.environ, "STORAGE": "s3", "S3_BUCKET": "tests-no-such-bucket", "FASTCLIP_DATA": str(tmp_path),
                   "S3_ENDPOINT_URL": services.S3, "S3_ACCESS_KEY_ID": services.S3_KEY, "PORT": "8000",
                   "S3_SECRET_ACCESS_KEY": services.S3_SECRET, "DJANGO_SETTINGS_MODULE": "fastclip_site.settings"}
    argv = [sys.executable, "-c", "import sys; sys.path.insert(0, 'scripts'); import serve; serve.check_store()"]
    told = subprocess.run(argv, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120)
    assert told.returncode == 1
    assert "FC.E017" in told.stdout and "tests-no-such-bucket" in told.stdout
    assert "the S3 store cannot be used" in told.stderr

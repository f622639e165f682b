"""`manage.py doctor` names what is missing or wrong."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import checks
from fastclip_site import checks as site_checks
from jobs.models import WorkerBeat
from media import ffmpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ask_the_tools_again():
    """What a tool said is remembered per process; these tests change the tools."""
    yield
    ffmpeg.features.cache_clear()
    ffmpeg.tool_says.cache_clear()


def doctor() -> tuple[str, int]:
    told = StringIO()
    try:
        call_command("doctor", stdout=told, no_color=True)
    except SystemExit as end:
        return told.getvalue(), int(end.code)
    return told.getvalue(), 0


def ids(found) -> list[str]:
    return [message.id for message in found]


def test_a_missing_ffprobe_is_named_with_a_hint_and_the_doctor_fails(monkeypatch):
    monkeypatch.setenv("FFPROBE_BINARY", "/nonexistent")
    told, code = doctor()
    assert code == 1
    assert "FC.E003   ffprobe is missing: /nonexistent" in told
    assert "-> Install the system package ffmpeg" in told


def test_a_missing_ffmpeg_is_named(monkeypatch):
    monkeypatch.setenv("FFMPEG_BINARY", "/nonexistent")
    found = checks.encoder(None)
    assert ids(found) == ["FC.E001"]
    assert found[0].hint


def test_an_ffmpeg_without_an_encoder_is_named(monkeypatch, tmp_path):
    poor = tmp_path / "ffmpeg"
    poor.write_text("#!/bin/sh\necho ' V....D libx264  H.264'\n")
    poor.chmod(0o755)
    monkeypatch.setenv("FFMPEG_BINARY", str(poor))
    found = checks.encoder(None)
    assert ids(found) == ["FC.E002"]
    assert "libmp3lame" in found[0].msg
    assert "libx264" not in found[0].msg


def test_the_tools_of_this_machine_pass():
    assert checks.encoder(None) + checks.prober(None) + checks.packages(None) == []


@pytest.mark.parametrize(("required", "expected"), [(False, ["FC.W201"]), (True, ["FC.E004"])])
def test_a_missing_wall_is_a_warning_or_an_error_as_wished(monkeypatch, settings, required, expected):
    monkeypatch.setenv("PATH", "/nonexistent")
    ffmpeg.features.cache_clear()
    settings.SANDBOX_REQUIRED = required
    assert ids(checks.sandbox(None)) == expected


def test_a_data_folder_that_cannot_be_written_is_named(settings, tmp_path):
    taken = tmp_path / "file"
    taken.write_text("in the way")
    settings.SCRATCH_ROOT = taken / "scratch"
    found = checks.data_folder(None)
    assert ids(found) == ["FC.E005"]
    assert str(taken) in found[0].msg


@pytest.mark.parametrize(("free", "expected"), [(0.5, []), (0.07, ["FC.W202"]), (0.01, ["FC.E006"])])
def test_a_full_disk_is_told_before_and_after(monkeypatch, free, expected):
    monkeypatch.setattr(checks.storage, "free_fraction", lambda: free)
    assert ids(checks.free_disk(None)) == expected


def test_a_secret_that_others_may_read_is_an_error(settings, tmp_path):
    settings.FASTCLIP_DATA = tmp_path
    (tmp_path / "keys").mkdir()
    path = tmp_path / "keys" / "secret_key"
    path.touch(mode=0o600)
    assert checks.secret_key(None) == []
    path.chmod(0o640)
    assert ids(checks.secret_key(None)) == ["FC.E007"]


@pytest.mark.parametrize(("debug", "site", "expected"), [
    (True, "https://clips.example.org", ["FC.E008"]),
    (True, "http://192.168.1.5:8000", ["FC.E008"]),
    (True, "http://127.0.0.1:8000", []),
    (True, "http://localhost:8000", []),
    (True, "http://[::1]:8000", []),
    (False, "https://clips.example.org", []),
])
def test_debug_is_refused_where_others_can_reach_it(settings, debug, site, expected):
    settings.DEBUG, settings.PUBLIC_SITE_URL = debug, site
    assert ids(checks.debug(None)) == expected


def test_answering_every_host_name_is_an_error(settings):
    assert checks.allowed_hosts(None) == []
    settings.ALLOWED_HOSTS = ["*"]
    assert ids(checks.allowed_hosts(None)) == ["FC.E009"]


@pytest.mark.parametrize(("processes", "expected"), [("", []), ("1", []), ("3", ["FC.W203"])])
def test_several_processes_with_a_counter_each_are_a_warning(monkeypatch, processes, expected):
    monkeypatch.setenv("WEB_CONCURRENCY", processes)
    assert ids(checks.shared_cache(None)) == expected


def test_missing_packages_are_told_with_the_line_to_type(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    found = checks.packages(None)
    assert ids(found) == ["FC.W204"]
    assert "apt-get install --no-install-recommends curl nodejs npm util-linux" in found[0].hint


def test_pages_that_are_not_built_or_not_collected_are_errors(settings, tmp_path):
    settings.BASE_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "collected"
    assert ids(site_checks.built_pages(None)) == ["FC.E010"]
    dist = tmp_path / "static" / "dist"
    dist.mkdir(parents=True)
    for name in site_checks.PAGES:
        (dist / name).touch()
    assert site_checks.built_pages(None) == []
    hashed = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": hashed}
    assert ids(site_checks.built_pages(None)) == ["FC.E011"]


def test_a_database_that_is_behind_is_an_error(monkeypatch):
    assert site_checks.database(None) == []
    executor = site_checks.MigrationExecutor
    monkeypatch.setattr(executor, "migration_plan", lambda self, targets: [("clips.0002_more", False)])
    found = site_checks.database(None)
    assert ids(found) == ["FC.E013"]
    assert "clips.0002_more" in found[0].msg


def test_a_queue_without_a_sign_of_life_is_a_warning():
    assert ids(site_checks.queue(None)) == ["FC.W205"]
    WorkerBeat.objects.create(host="here", seen_at=timezone.now())
    assert site_checks.queue(None) == []


def test_ordinary_commands_start_no_tool(monkeypatch):
    monkeypatch.setenv("FFPROBE_BINARY", "/nonexistent")
    monkeypatch.setenv("FFMPEG_BINARY", "/nonexistent")
    assert not [message for message in run_checks() if (message.id or "").startswith("FC.E00")]


def test_every_id_of_the_doctor_is_documented_and_used_once(settings):
    apps = ("core", "captions", "fastclip_site")
    source = "".join((settings.BASE_DIR / name / "checks.py").read_text() for name in apps)
    documented = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    used = [word.split('"')[0] for word in source.split('id="')[1:]]
    assert len(used) == len(set(used)) > 10
    assert [name for name in used if name not in documented] == []


def test_a_bad_option_is_refused():
    with pytest.raises(CommandError):
        call_command("doctor", "--fix")


def test_the_data_folder_is_named_and_parts_that_are_not_configured_are_not(settings):
    told, _ = doctor()
    assert told.startswith(f"Data folder: {settings.FASTCLIP_DATA}\n")
    assert str(checks.encoder.__doc__) in told
    assert str(checks.media_store.__doc__) not in told and str(checks.cache_answers.__doc__) not in told


def test_a_start_asks_for_one_check_only(capsys, monkeypatch):
    monkeypatch.setattr(checks.storage, "free_fraction", lambda: 0.5)
    call_command("doctor", "--only", "free_disk")
    assert capsys.readouterr().out.count("ok ") == 1


def test_drafts_are_a_warning_with_the_way_out_of_them(settings, tmp_path):
    settings.MODELS_ROOT, settings.TRANSCRIBE_ENGINE = tmp_path, "auto"
    (found,) = site_checks.transcription(None)
    assert (found.id, "pocketsphinx" in found.msg, "make models" in found.hint) == ("FC.W208", True, True)
    (tmp_path / f"{settings.WHISPER_MODEL}.pt").touch()
    assert site_checks.transcription(None) == []


def test_the_speech_engine_is_named_with_the_reason(settings, tmp_path):
    settings.MODELS_ROOT, settings.TRANSCRIBE_ENGINE = tmp_path, "auto"
    assert "\nSpeech engine: pocketsphinx (draft): it comes with its model" in doctor()[0]
    (tmp_path / f"{settings.WHISPER_MODEL}.pt").touch()
    assert "\nSpeech engine: whisper (standard): a Whisper model is here\n" in doctor()[0]
    settings.TRANSCRIBE_ENGINE = "unheard-of"
    assert "\nSpeech engine: none\n" in doctor()[0]


@pytest.mark.parametrize("engine", ["whisper", "faster-whisper", "unheard-of"])
def test_an_engine_that_cannot_work_is_an_error(settings, tmp_path, engine):
    settings.MODELS_ROOT, settings.TRANSCRIBE_ENGINE = tmp_path, engine
    assert ids(site_checks.transcription(None)) == ["FC.E019"]

"""What is made of a source after validation: in which order, once, and never longer than the source (X028)."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core import storage, trash
from core.models import Trash
from jobs import endings, queue, tasks
from jobs.models import BACKGROUND_KINDS, Job
from tests import media_bank
from tests.clips.rows import ready_upload, with_assets
from tests.factories import give
from tests.uploads.sending import send, status
from uploads import assets, reconcile, services
from uploads.models import ASSET_FILES, ASSET_KINDS, Asset, Upload


def avi():
    """3 s that no browser plays."""
    return media_bank.make("old.avi", *media_bank.VIDEO, *media_bank.TONE, "-t", "3", "-c:v", "mpeg4", "-q:v", "9",
                           "-c:a", "libmp3lame")


def prepared() -> list[tuple[str, str]]:
    jobs = Job.objects.filter(kind__in=BACKGROUND_KINDS).order_by("created_at", "pk")
    return [(job.spec["asset"], job.status) for job in jobs]


def rows() -> dict[str, str]:
    return {asset.kind: asset.state for asset in Asset.objects.all()}


@pytest.fixture
def source(alice) -> Upload:
    return ready_upload(alice)


@pytest.fixture
def waiting(source) -> Job:
    """The first job of the source, not yet run."""
    assets.begin(source)
    return Job.objects.get(kind="prepare")


# --- In order ---------------------------------------------------------------------------------------------

def test_validation_submits_the_first_and_each_end_the_next(api, work, work_through):
    file_id = send(api, avi(), "old.avi")
    work()
    assert status(api, file_id)["status"] == "ready"
    assert prepared() == [("peaks", "pending")]
    job = Job.objects.get(kind="prepare")
    tasks.run(job.pk)
    assert prepared() == [("peaks", "complete"), ("sprites", "pending")]
    assert rows() == {"peaks": "ready"}
    work_through()
    assert [kind for kind, _ in prepared()] == ASSET_KINDS
    assert rows() == dict.fromkeys(ASSET_KINDS, "ready")


@pytest.mark.parametrize(("path", "made"), [
    (media_bank.clip_mp4, ["peaks", "sprites"]), (media_bank.silent_mp4, ["sprites"]),
    (media_bank.tone_mp3, ["peaks"]), (avi, ["peaks", "sprites", "proxy"])], ids=lambda value: getattr(
        value, "__name__", "-".join(value) if isinstance(value, list) else ""))
def test_only_what_is_of_use_is_made(path, made, alice, work_through):
    upload = ready_upload(alice, path())
    assert assets.wanted(upload) == made
    assets.begin(upload)
    work_through()
    assert list(rows()) == made
    for asset in Asset.objects.all():
        assert asset.files and all(map(storage.exists, asset.keys))


def test_the_clip_ordered_with_the_upload_comes_first(api, alice, work_through):
    give(alice, 2)
    send(api, media_bank.clip_mp4(), clip={"start": 0, "end": 1})
    work_through()
    ended = Job.objects.order_by("finished_at").values_list("kind", flat=True)
    assert list(ended) == ["validate", "clip", "prepare", "prepare"]


def test_it_is_nobodys_job_and_costs_nothing(api, session, alice, waiting):
    assert waiting.hold is None
    assert api.get(f"/v1/clip/{waiting.pk}").status_code == 404
    assert api.post(f"/v1/clip/{waiting.pk}/cancel").status_code == 404
    assert "Preparing" not in session.get("/library").content.decode()


def test_a_failed_upload_has_nothing_prepared(api, work_through, tmp_path):
    path = tmp_path / "x.mp4"
    path.write_bytes(b"no video at all")
    send(api, path)
    work_through()
    assert prepared() == []


def test_the_stored_bytes_are_what_the_engine_measured(api, alice, work_through):
    upload = ready_upload(alice, media_bank.tone_wav())
    assets.begin(upload)
    work_through()
    pairs = np.frombuffer(api.get(f"/v1/upload/{upload.pk}/peaks").content, np.int8).reshape(-1, 2)
    assert len(pairs) == 20
    assert (pairs[2:18, 1] > 10).all() and (pairs[2:18, 0] < -10).all()


# --- What the studio is told ------------------------------------------------------------------------------

def overview(session, upload: Upload | str) -> dict:
    reply = session.get(f"/studio/{getattr(upload, 'pk', upload)}/assets.json")
    assert reply.status_code == 200 and reply["Cache-Control"] == "no-store"
    return reply.json()


def test_the_studio_sees_each_as_soon_as_it_is_made(api, session, work, work_through):
    file_id = send(api, avi(), "old.avi")
    assert overview(session, file_id) == {
        "status": "processing", "pending": ASSET_KINDS, "peaks": None, "sprites": None,
        "proxy": {"needed": False, "url": None}, "poster_url": None}
    work()
    told = overview(session, file_id)
    assert (told["pending"], told["peaks"], told["sprites"]) == (ASSET_KINDS, None, None)
    assert told["proxy"] == {"needed": True, "url": None} and told["poster_url"]
    tasks.run(Job.objects.get(kind="prepare").pk)
    told = overview(session, file_id)
    assert told["pending"] == ["sprites", "proxy"]
    assert told["peaks"] == {"levels": [
        {"level": 0, "per_second": 10, "length": 31, "url": f"/v1/upload/{file_id}/peaks?level=0"},
        {"level": 1, "per_second": 100, "length": told["peaks"]["levels"][1]["length"],
         "url": f"/v1/upload/{file_id}/peaks?level=1", "tile_seconds": 60}]}
    work_through()
    told = overview(session, file_id)
    assert (told["pending"], told["sprites"]) == ([], {"url": f"/v1/upload/{file_id}/sprites.json"})
    assert told["proxy"]["url"] and session.get(told["sprites"]["url"]).status_code == 200


def test_the_proxy_plays_by_its_address_with_ranges(session, client, alice, work_through):
    upload = ready_upload(alice, avi(), filename="old.avi")
    assets.begin(upload)
    work_through()
    url = overview(session, upload)["proxy"]["url"]
    reply = client.get(url.partition("8000")[2], HTTP_RANGE="bytes=4-7")
    assert (reply.status_code, reply["Content-Type"]) == (206, "video/mp4")
    assert b"".join(reply.streaming_content) == b"ftyp"
    facts = session.get(f"/studio/{upload.pk}/source.json").json()
    assert facts["needs_proxy"] is True and facts["proxy_url"].partition("?")[0] == url.partition("?")[0]


def test_a_source_that_browsers_play_says_so(session, source):
    facts = session.get(f"/studio/{source.pk}/source.json").json()
    assert (facts["needs_proxy"], facts["proxy_url"]) == (False, None)
    assert overview(session, source)["proxy"] == {"needed": False, "url": None}


@pytest.mark.parametrize("state", ["failed", "aborted"])
def test_of_a_failed_upload_nothing_is_to_come(state, session, alice):
    upload = Upload.objects.create(account=alice, filename="a.mp4", size=5, state=state, error="No.",
                                   error_code="corrupt", expires_at=timezone.now() + timedelta(hours=1))
    told = overview(session, upload)
    assert (told["status"], told["pending"]) == ("failed", [])


def test_c036_of_an_expired_one_it_is_410(session, source):
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert session.get(f"/studio/{source.pk}/assets.json").status_code == 410


def test_the_overview_costs_few_queries(session, source, django_assert_max_num_queries):
    with_assets(source)
    session.get(f"/studio/{source.pk}/assets.json")
    with django_assert_max_num_queries(4):  # session and account are two of them
        overview(session, source)


def test_g10_the_overview_of_anothers_upload_is_404(client, bob, source):
    client.force_login(bob)
    assert client.get(f"/studio/{source.pk}/assets.json").status_code == 404


# --- Failures ---------------------------------------------------------------------------------------------

def test_what_cannot_be_made_is_written_down_and_the_rest_is_made(session, source, waiting, work_through):
    endings.fail(waiting.pk, endings.Q(), code="media_error", sentence="The media could not be processed.")
    work_through()
    assert rows() == {"peaks": "failed", "sprites": "ready"}
    assert Asset.objects.get(kind="peaks").error == "The media could not be processed."
    told = overview(session, source)
    assert (told["status"], told["pending"], told["peaks"]) == ("ready", [], None)
    assert told["sprites"]


def test_a_source_that_is_damaged_stays_ready_whatever_becomes_of_its_assets(api, source, waiting, work_through):
    Upload.objects.filter(pk=source.pk).update(probe=source.probe | {"video": 7, "audio": 9})
    work_through()
    assert set(rows().values()) == {"failed"}
    assert status(api, source.pk)["status"] == "ready"


def test_a_source_whose_bytes_changed_is_not_read(source, waiting, work_through):
    path = storage.path_of(source.key)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"x")
    work_through()
    assert set(rows().values()) == {"failed"}


def test_files_of_a_failed_one_go(source, waiting, tmp_path):
    [key, _] = source.asset_keys("peaks")
    (tmp_path / "x").write_bytes(b"x")
    storage.put(tmp_path / "x", key)
    endings.fail(waiting.pk, endings.Q(), code="gave_up", sentence="Tried often.")
    trash.empty_trash()
    assert not storage.exists(key)


# --- Killed and run again ---------------------------------------------------------------------------------

def test_a_run_cut_off_after_storing_is_taken_up_and_nothing_is_overwritten(source, waiting, tmp_path, work_through):
    [key, _] = source.asset_keys("peaks")
    (tmp_path / "x").write_bytes(b"stored before")
    storage.put(tmp_path / "x", key)
    before = storage.pin_of(key)
    Job.objects.filter(pk=waiting.pk).update(fence=1, attempts=1, worker="dead:1",
                                             lease_until=timezone.now() - timedelta(seconds=1))
    work_through()
    assert rows()["peaks"] == "ready"
    assert storage.pin_of(key) == before


def test_the_same_thing_twice_is_one_row(source, waiting):
    tasks.run(waiting.pk)
    again = queue.submit(source.account, kind="prepare", spec=waiting.spec, source=source.pk)
    tasks.run(again.pk)
    assert Asset.objects.filter(kind="peaks").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.create(upload=source, kind="peaks", state="ready")


@pytest.mark.parametrize("wrong", [{"kind": "other"}, {"state": "other"}, {"state": "failed", "error": ""},
                                   {"state": "ready", "error": "x"}])
def test_the_database_refuses_an_asset_that_makes_no_sense(source, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Asset.objects.create(upload=source, **{"kind": "peaks", "state": "ready"} | wrong)


def test_a_worker_that_lost_its_job_records_nothing(source, waiting, monkeypatch):
    def lose(path, found, run, sandbox):
        Job.objects.filter(pk=waiting.pk).update(fence=9)
        return {}, {}

    monkeypatch.setitem(assets.MAKERS, "peaks", lose)
    tasks.run(waiting.pk)
    assert rows() == {} and prepared() == [("peaks", "processing")]


# --- As long as the source, no longer ---------------------------------------------------------------------

def expire(upload: Upload) -> None:
    Upload.objects.filter(pk=upload.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    services.sweep_uploads()


@pytest.mark.parametrize("end", [expire, lambda upload: services.let_go(upload.pk, services.Q(state="ready"))],
                         ids=["expired", "let go"])
def test_c034_what_was_made_goes_with_the_source(end, source, waiting, work_through, monkeypatch):
    work_through()
    keys = [key for asset in Asset.objects.all() for key in asset.keys]
    assert len(keys) == 3 and all(map(storage.exists, keys))
    end(source)
    trash.empty_trash()
    assert not any(map(storage.exists, keys))
    monkeypatch.setattr(reconcile, "FRESH_SECONDS", -60)
    assert [finding for finding in reconcile.findings() if source.pk in finding] == []


def test_c034_being_prepared_keeps_no_source_and_ends_with_it(source, waiting):
    expire(source)
    source.refresh_from_db()
    waiting.refresh_from_db()
    assert source.state == "expired"
    assert (waiting.status, waiting.error_code) == ("failed", "source_gone")
    assert rows() == {} and prepared() == [("peaks", "failed")]


def test_a_source_that_goes_while_it_is_read_leaves_nothing(source, waiting, monkeypatch):
    real = assets.MAKERS["peaks"]

    def slow(path, found, run, sandbox):
        made = real(path, found, run, sandbox)
        expire(source)
        return made

    monkeypatch.setitem(assets.MAKERS, "peaks", slow)
    tasks.run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error_code, rows()) == ("failed", "source_gone", {})
    trash.empty_trash()
    assert not any(map(storage.exists, source.asset_keys()))


def test_a_source_that_goes_before_the_row_is_written_takes_the_files_along(source, waiting):
    """The worker stored them, and the source ended without knowing of this job: its end looks again."""
    Upload.objects.filter(pk=source.pk).update(state="expired", error="Gone.", error_code="expired")
    endings.complete(waiting.pk, fence=0, outcome=assets.Outcome(result={"files": ASSET_FILES["peaks"], "facts": {}}))
    assert rows() == {}
    assert set(source.asset_keys()) <= set(Trash.objects.values_list("key", flat=True))
    assert prepared() == [("peaks", "complete")]  # and nothing comes next


def test_a_job_whose_source_is_gone_already_does_nothing(source, waiting):
    Upload.objects.filter(pk=source.pk).update(state="expired", error="Gone.", error_code="expired")
    tasks.run(waiting.pk)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.error_code) == ("failed", "source_gone")
    assert prepared() == [("peaks", "failed")]


# --- reconcile --------------------------------------------------------------------------------------------

def test_reconcile_knows_the_files_of_assets(source, monkeypatch):
    with_assets(source)
    monkeypatch.setattr(reconcile, "FRESH_SECONDS", -60)
    assert list(reconcile.findings()) == []


def test_reconcile_finds_an_asset_whose_file_is_missing(source):
    with_assets(source)
    key = Asset.objects.get(kind="sprites").keys[0]
    storage.delete(key)
    assert list(reconcile.findings()) == [f"{source.pk} has sprites, but the file {key} is missing."]


@pytest.mark.parametrize("kind", ASSET_KINDS)
def test_every_kind_has_a_maker_and_its_files(kind, source):
    assert kind in assets.MAKERS
    assert source.asset_keys(kind) and set(source.asset_keys(kind)) < set(source.asset_keys())

"""The worker's side of a clip: what it makes, charges, stores and tells (C047-C053, C100-C104, C126)."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.models import Hold
from billing.queries import available_cents
from clips.handlers import clip as handler
from clips.models import Clip
from clips.services import cancel, request_trim, retry
from core import storage
from jobs import queue
from jobs.models import Job
from media.cut import Cut
from media.ffmpeg import Sandbox
from media.probe import probe
from tests import media_bank
from tests.clips.exact import assert_exact, numbered_mp4
from tests.clips.rows import deposit, ready_upload
from tests.factories import give
from uploads.models import Upload
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(alice):
    give(alice, 1000)
    return alice


@pytest.fixture
def make(rich, work):
    """Ask for one clip of a file and run it; returns the job as it ended."""
    def run(path=None, start=1.0, end=2.0, *, by_session=False, **extra):
        upload = ready_upload(rich, path)
        cuts = [Cut(start, end)]
        jobs = request_trim(rich, file_id=upload.pk, cuts=cuts, by_session=by_session, **extra).jobs
        work()
        return Job.objects.select_related("hold").get(pk=jobs[0].pk)
    return run


def big_mp4():
    """A fifth of a second of true 4K."""
    return media_bank.make("big.mp4", "-f", "lavfi", "-i", "testsrc2=size=3840x2160:rate=30", "-t", "0.2",
                           *media_bank.H264)


def event(name):
    return json.loads(bytes(Event.objects.get(name=name).body))["data"]


def test_each_segment_delivers_under_its_own_title_also_when_it_is_tried_again(rich, work):
    upload = ready_upload(rich, numbered_mp4(6))
    asked = request_trim(rich, file_id=upload.pk, cuts=[Cut(0, 1), Cut(1, 2)], titles=["Intro: one", ""],
                         by_session=False).jobs
    cancel(rich, job_id=asked[0].pk)
    again = retry(rich, job_id=asked[0].pk, by_session=False)
    assert again.spec["title"] == "Intro: one"
    work()
    made = {clip.job_id: (clip.title, clip.file_name) for clip in Clip.objects.all()}
    assert made == {again.pk: ("Intro: one", "Intro_ one_0-00-0-01.mp4"),
                    asked[1].pk: ("source 0:01–0:02", "source_0-01-0-02.mp4")}


def test_a_failed_job_is_tried_again_once_at_a_time_however_often_that_is_asked(rich):
    upload = ready_upload(rich)
    job = request_trim(rich, file_id=upload.pk, cuts=[Cut(0, 1)], by_session=False).jobs[0]
    cancel(rich, job_id=job.pk)
    again = retry(rich, job_id=job.pk, by_session=False)
    assert retry(rich, job_id=job.pk, by_session=False) == again
    assert Hold.objects.filter(status="open").count() == 1
    cancel(rich, job_id=again.pk)
    third = retry(rich, job_id=job.pk, by_session=False)
    assert third not in (job, again) and retry(rich, job_id=again.pk, by_session=False) == third
    upload.refresh_from_db()
    assert (Hold.objects.filter(status="open").count(), upload.pins) == (1, 1)


def test_a_job_that_failed_many_times_is_found_as_fast_as_one_that_failed_once(rich):
    job = request_trim(rich, file_id=ready_upload(rich).pk, cuts=[Cut(0, 1)], by_session=False).jobs[0]
    cancel(rich, job_id=job.pk)
    asked = []
    for _ in range(12):
        again = retry(rich, job_id=job.pk, by_session=False)
        with CaptureQueriesContext(connection) as queries:
            assert retry(rich, job_id=job.pk, by_session=False) == again
        asked.append(len(queries))
        cancel(rich, job_id=again.pk)
    assert len(set(asked)) == 1
    assert available_cents(rich) == 1000


# --- what is made ----------------------------------------------------------------------------------

def test_a_clip_has_exactly_the_frames_of_its_range(make):
    make(numbered_mp4(6), start=1.37, end=3.9)
    assert_exact(numbered_mp4(6), storage.path_of(Clip.objects.get().key), start=1.37, end=3.9)


def test_two_segments_are_two_exact_clips(rich, work):
    upload = ready_upload(rich, numbered_mp4(6))
    cuts = [Cut(4.03, 5.5), Cut(0.5, 2.2)]
    jobs = request_trim(rich, file_id=upload.pk, cuts=cuts, by_session=False).jobs
    assert work() == 2
    for job, cut in zip(jobs, cuts, strict=True):
        key = Clip.objects.get(job=job).key
        assert_exact(numbered_mp4(6), storage.path_of(key), start=cut.start, end=cut.end)
    assert Job.objects.get(pk=jobs[1].pk).message == "Done!"


def test_the_clip_row_holds_what_was_delivered(make, rich):
    job = make(start=1.0, end=3.0, title="Best bit")
    clip = Clip.objects.get()
    assert (clip.account, clip.job, clip.source, clip.title, clip.file_name) == (
        rich, job, job.source, "Best bit", "Best bit_0-01-0-03.mp4")
    assert (clip.format, clip.aspect_ratio, clip.width, clip.height) == ("mp4", "16:9", 320, 180)
    assert clip.duration == pytest.approx(2, abs=0.04)
    assert clip.size == storage.path_of(clip.key).stat().st_size
    assert clip.expires_at - clip.created_at == timedelta(hours=24)


def test_x011_the_result_holds_range_and_receipt(make):
    result = make(start=1.0, end=3.0).result
    assert result["requested"] == {"start": 1.0, "end": 3.0}
    assert set(result["cut"]) >= {
        "mode", "reencoded_s", "copied_s", "start_error_ms", "end_error_ms", "av_offset_ms"}
    assert result["cut"]["mode"] in ("smart", "encode", "copy")


@pytest.mark.parametrize("format", ["mp3", "wav", "m4a", "flac"])
def test_c096_every_audio_format_is_made_with_its_length(make, tmp_path, format):
    make(media_bank.tone_mp3(), start=1.0, end=3.5, format=format)
    clip = Clip.objects.get()
    found = probe(storage.path_of(clip.key), Sandbox(tmp_path))
    assert (found.kind, clip.format) == ("audio", format)
    assert (clip.quality, clip.aspect_ratio, clip.poster_key) == ("", "", "")
    assert found.duration == pytest.approx(2.5, abs=0.06)


def test_c096_a_gif_for_the_site(make):
    make(start=1.0, end=2.0, format="gif", by_session=True)
    clip = Clip.objects.get()
    assert storage.path_of(clip.key).read_bytes()[:4] == b"GIF8"
    assert (clip.quality, clip.aspect_ratio, clip.file_name) == ("", "16:9", "source_0-01-0-02.gif")


def test_c097_audio_of_a_video_where_the_setting_allows_it(make, settings):
    settings.ALLOW_AUDIO_FROM_VIDEO = True
    make(start=1.0, end=2.0, format="m4a")
    assert Clip.objects.get().format == "m4a"


def test_a_clip_has_a_poster(make):
    make()
    clip = Clip.objects.get()
    assert storage.path_of(clip.poster_key).read_bytes()[:2] == b"\xff\xd8"


def test_no_trace_is_left_in_the_scratch_folder(make, settings):
    job = make()
    assert not list(settings.SCRATCH_ROOT.glob(f"{job.pk}*"))


# --- stages ----------------------------------------------------------------------------------------

def test_c047_a_job_passes_every_status_in_order(make):
    seen = []

    def watch(execute, sql, params, many, context):
        answer = execute(sql, params, many, context)
        if sql.startswith("UPDATE") and "jobs_job" in sql:
            with connection.cursor() as cursor:
                cursor.execute("SELECT status, message, progress FROM jobs_job WHERE kind = 'clip'")
                seen.append(cursor.fetchone())
        return answer

    with connection.execute_wrapper(watch):
        make()
    statuses = list(dict.fromkeys(status for status, _, _ in seen))
    assert statuses == ["pending", "downloading", "processing", "uploading", "complete"]
    assert "processing segment 1/1" in [message for _, message, _ in seen]
    shares = [progress for _, _, progress in seen]
    assert shares == sorted(shares) and shares[-1] == 100


# --- money -----------------------------------------------------------------------------------------

def test_c102_a_trim_costs_two_cents(make, rich):
    job = make()
    assert (job.cost, job.hold.status, job.hold.cost, available_cents(rich)) == (2, "settled", 2, 998)


def test_c102_true_4k_costs_two_cents_more_once_unlocked(make, rich):
    deposit(rich)
    before = available_cents(rich)
    job = make(big_mp4(), start=0.0, end=0.2)
    clip = Clip.objects.get()
    assert (clip.quality, clip.width, clip.height) == ("4k", 3840, 2160)
    assert (job.cost, job.hold.parts, before - available_cents(rich)) == (4, {"trim": 2, "four_k": 2}, 4)


def test_c043_a_4k_source_is_delivered_in_1080p_without_a_paid_deposit(make):
    job = make(big_mp4(), start=0.0, end=0.2)
    clip = Clip.objects.get()
    assert (clip.quality, clip.width, clip.height, job.cost, job.hold.amount) == ("1080p", 1920, 1080, 2, 2)


def test_c100_a_4k_source_asked_smaller_pays_the_standard_rate(make, rich):
    deposit(rich)
    job = make(big_mp4(), start=0.0, end=0.2, quality="medium")
    assert (Clip.objects.get().quality, job.cost, job.hold.amount) == ("720p", 2, 2)


def test_c098_4k_of_a_small_source_is_delivered_small_and_priced_so(make, rich):
    deposit(rich)
    job = make(start=1.0, end=2.0, quality="4k")
    clip = Clip.objects.get()
    assert (clip.width, clip.height, job.cost, job.hold.amount) == (320, 180, 2, 2)


def test_c104_the_cost_never_exceeds_the_hold(rich, work):
    deposit(rich)
    upload = ready_upload(rich, big_mp4())
    cuts = [Cut(0.0, 0.2)]
    job = request_trim(rich, file_id=upload.pk, cuts=cuts, quality="720p", by_session=False).jobs[0]
    Job.objects.update(spec=job.spec | {"quality": "4k"})
    work()
    assert (Job.objects.get().cost, Hold.objects.get().cost) == (2, 2)


# --- failures --------------------------------------------------------------------------------------

def failed(job, code):
    """The job ended with `code`, refunded, its source let go, one event told and no clip made."""
    job.refresh_from_db()
    assert (job.status, job.error_code, job.cost) == ("failed", code, 0), job.detail
    assert Hold.objects.get().status == "refunded"
    assert Upload.objects.get(pk=job.source).pins == 0
    assert event("clip.failed") == {
        "job_id": job.pk, "error": job.error, "error_code": code, "refunded": True, "cost": 0}
    assert not Clip.objects.exists()


def queue_one(account, upload, **changes):
    job = request_trim(account, file_id=upload.pk, cuts=[Cut(1.0, 2.0)], by_session=False).jobs[0]
    Job.objects.update(spec=job.spec | changes)
    return job


def test_a_source_whose_bytes_changed_is_source_gone(rich, work):
    upload = ready_upload(rich)
    job = queue_one(rich, upload)
    path = storage.path_of(upload.key)
    path.chmod(0o640)
    with path.open("ab") as file:
        file.write(b"x")
    work()
    failed(job, "source_gone")


def test_a_source_that_vanished_is_source_gone(rich, work):
    upload = ready_upload(rich)
    job = queue_one(rich, upload)
    storage.path_of(upload.key).unlink()
    work()
    failed(job, "source_gone")


def test_a_source_that_changes_while_it_is_read_is_source_gone(rich, work):
    upload = ready_upload(rich)
    job = queue_one(rich, upload)
    path = storage.path_of(upload.key)
    path.chmod(0o640)

    def tamper(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "jobs_job" in sql and "processing segment 1/1" in (params or ()):
            with path.open("ab") as file:  # past the media's end: no tool minds it
                file.write(b"x")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(tamper):
        work()
    failed(job, "source_gone")
    assert not list(storage.path_of(f"out/{job.pk}").glob("*"))


def test_a_source_without_sound_fails_no_audio(rich, work):
    job = queue_one(rich, ready_upload(rich, media_bank.silent_mp4()), format="mp3")
    work()
    failed(job, "no_audio")


def test_a_damaged_source_is_the_medias_fault(rich, work, tmp_path):
    broken = tmp_path / "broken.mp4"
    whole = media_bank.clip_mp4().read_bytes()
    broken.write_bytes(whole[:len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    job = queue_one(rich, ready_upload(rich, broken), start=4.0, end=5.5)
    work()
    failed(job, "media_error")


# --- one-shot (C017) -------------------------------------------------------------------------------

def one_shot(account, path, start, end):
    """The job as `uploads` writes it with the upload, then released."""
    upload = ready_upload(account, path, pins=1)
    spec = {"upload": upload.pk, "start": start, "end": end, "format": None, "quality": None, "may_4k": False,
            "title": "My Source", "segment": 1, "segments": 1}
    job = queue.submit(account, kind="clip", spec=spec, cents=2, source=upload.pk, waiting=True)
    assert queue.release(job.pk)
    return job


@pytest.mark.parametrize(("path", "format"), [(media_bank.clip_mp4, "mp4"), (media_bank.tone_mp3, "mp3")])
def test_c017_a_one_shot_clip_takes_the_format_of_its_kind_and_the_source_title(rich, work, path, format):
    one_shot(rich, path(), 1, 3)
    work()
    clip = Clip.objects.get()
    assert (clip.format, clip.title, clip.file_name) == (format, "My Source", f"My Source_0-01-0-03.{format}")
    assert Upload.objects.get().pins == 0


def test_c017_a_one_shot_clip_is_never_4k_though_unlocked(rich, work):
    deposit(rich)
    one_shot(rich, big_mp4(), 0, 0.2)
    work()
    assert (Clip.objects.get().quality, Job.objects.get().cost) == ("1080p", 2)


def test_c017_a_one_shot_clip_beyond_the_media_fails_and_the_upload_stays_ready(rich, work):
    job = one_shot(rich, media_bank.clip_mp4(), 5, 60)
    work()
    failed(job, "out_of_range")
    assert Upload.objects.get().state == "ready"


def test_c017_a_one_shot_end_within_half_a_second_is_clamped(rich, work):
    one_shot(rich, media_bank.clip_mp4(), 4, 6.4)
    work()
    assert Clip.objects.get().duration == pytest.approx(2, abs=0.1)


# --- finishing -------------------------------------------------------------------------------------

def test_c126_clip_complete_has_the_specs_fields(make):
    job = make(media_bank.tone_mp3(), start=1.0, end=3.0, format="mp3")
    data = event("clip.complete")
    assert set(data) == {"job_id", "clip_id", "format", "quality", "duration", "download_url", "cost"}
    assert (data["job_id"], data["clip_id"], data["format"], data["quality"], data["cost"]) == (
        job.pk, str(Clip.objects.get().pk), "mp3", "", 0.02)
    assert data["download_url"].startswith("http")


def test_a_finished_job_lets_its_source_go(make):
    make()
    assert Upload.objects.get().pins == 0


def test_c034_a_queued_job_keeps_an_expiring_source_to_its_end(rich, work, time_machine):
    upload = ready_upload(rich)
    job = queue_one(rich, upload)
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    work()
    assert Job.objects.get(pk=job.pk).status == "complete"


def test_a_second_attempt_writes_under_a_name_of_its_own(rich, work):
    upload = ready_upload(rich)
    job = queue_one(rich, upload)
    stale = storage.path_of(f"out/{job.pk}/1.mp4")
    stale.parent.mkdir(parents=True)
    stale.write_bytes(b"from an attempt that was killed after storing")
    Job.objects.update(fence=1, attempts=1)
    work()
    assert Clip.objects.get().key == f"out/{job.pk}/2.mp4"
    assert stale.read_bytes().startswith(b"from an attempt")


def test_the_deadline_follows_the_length_of_the_clip(make):
    assert handler.seconds(make(start=1.0, end=3.5)) == 2.5

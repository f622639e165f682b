"""POST /v1/captions with a `job_id`: what was captioned before, in another style (X026)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Hold
from billing.queries import available_cents
from captions import presets
from captions.models import Transcript
from clips.models import Clip, Master
from clips.services import delete, retry, sweep_transcripts
from core import storage
from core.trash import empty_trash
from jobs.models import Job
from media.ffmpeg import Sandbox
from media.probe import probe
from tests.clips.rows import ready_upload
from tests.clips.spoken import KARAOKE, STYLE, grey_mp4, transcribed
from tests.engine import frames as judge
from tests.engine.captions import like
from tests.engine.test_burn import seen
from tests.factories import give
from uploads.models import Upload
from uploads.services import sweep_uploads

pytestmark = pytest.mark.django_db
RED, BLUE = (255, 0, 0), (0, 0, 255)


@pytest.fixture
def upload(alice):
    give(alice, 500)
    found = ready_upload(alice, grey_mp4(), filename="Talk.mp4")
    transcribed(found, "first second third", start=1.0, pace=0.8)
    return found


@pytest.fixture
def red(alice):
    return coloured(alice, "#ff0000")


@pytest.fixture
def cut(api, upload, red, work):
    """A finished job: 1 to 3 s of the upload with red captions."""
    body = {"file_id": upload.pk, "start": 1, "end": 3, "title": "Best bit", "captions": {"preset_ref": red}}
    job_id = api.post("/v1/clip", body).json()["job_id"]
    work()
    return job_id


def coloured(account, colour):
    """A style whose letters have this colour and no outline."""
    return presets.create(account, name=colour, font_size=150, text_color=colour, highlight_mode=False,
                          stroke_enabled=False, position_y=0.5, effect="none").ref


def again(api, job_id, style=KARAOKE, **more):
    return api.post("/v1/captions", {"job_id": job_id, "preset_ref": style} | more)


def shown(clip, colour):
    """How many pixels of any frame of a clip have the colour."""
    return max(int(like(picture, colour, by=60).sum()) for picture in seen(storage.path_of(clip.key), 640, 360))


def gone(upload, *, words=True):
    """Let the source go as the sweep does, its bytes and, where `words` says so, its transcript, too."""
    Upload.objects.filter(pk=upload.pk).update(expires_at=timezone.now() - timedelta(hours=25))
    assert sweep_uploads() == 1
    empty_trash()
    assert not storage.exists(upload.key)
    if words:
        sweep_transcripts()
        assert not Transcript.objects.exists()


def refused(reply, status, code):
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert (Job.objects.count(), Hold.objects.count(), Upload.objects.get().pins) == (1, 1, 0)


def test_x026_a_captioned_cut_is_drawn_anew_from_the_clean_source(api, alice, cut, work, tmp_path):
    before, first = available_cents(alice), Clip.objects.get()
    reply = again(api, cut, coloured(alice, "#0000ff"))
    job = Job.objects.get(kind="captions")
    assert (reply.status_code, reply.json()) == (200, {"job_id": job.pk, "status": "pending", "reserved": 0.02})
    assert (job.hold.parts, Upload.objects.get().pins) == ({"captions": 2}, 0), "it does not need the upload"
    work()
    view, second = api.get(f"/v1/captions/{job.pk}").json(), Clip.objects.get(job=job)
    assert (view["status"], view["cost"], view["start"], view["end"]) == ("complete", 0.02, 1, 3)
    assert (second.title, second.file_name, second.captioned) == ("Best bit", "Best bit_0-01-0-03_captioned.mp4", True)
    assert probe(storage.path_of(second.key), Sandbox(tmp_path)).duration == pytest.approx(2, abs=0.05)
    assert (shown(first, RED) > 500, shown(first, BLUE)) == (True, 0)
    assert (shown(second, RED), shown(second, BLUE) > 500) == (0, True), "no red below the blue"
    assert (available_cents(alice), Upload.objects.get().pins) == (before - 2, 0)
    third = again(api, job.pk)
    assert third.status_code == 200, "and again"
    assert Job.objects.get(pk=third.json()["job_id"]).spec["end"] == 3


def test_x026_captions_of_a_clip_start_from_the_clip_without_them_also_when_it_is_gone(api, alice, upload, work):
    clean_job = api.post("/v1/clip", {"file_id": upload.pk, "start": 1, "end": 3}).json()["job_id"]
    work()
    clean = Clip.objects.get(job=clean_job)
    first = api.post("/v1/captions", {"clip_id": str(clean.pk), "preset_ref": KARAOKE, "quality": "720p"}).json()
    work()
    delete(alice, clip_id=clean.pk)
    gone(upload)
    job = Job.objects.get(pk=again(api, first["job_id"]).json()["job_id"])
    assert (job.spec["start"], job.spec["end"], job.spec["quality"]) == (1, 3, "720p")
    assert job.spec["file_name"] == "Talk_0-01-0-03_captioned.mp4"
    work()
    assert Clip.objects.get(job=job).duration == pytest.approx(2, abs=0.05)


def test_x026_captions_of_a_whole_upload_are_made_again_for_the_same_price(api, upload, work):
    first = api.post("/v1/captions", {"file_id": upload.pk, "preset_ref": KARAOKE}).json()
    work()
    reply = again(api, first["job_id"], dry_run=True)
    end = round(upload.probe["duration"], 3)
    assert reply.json() == {"dry_run": True, "cost": 0.02, "reserved": 0.02, "format": "mp4", "quality": "360p",
                            "segments": [{"start": 0, "end": end, "duration": end}]}
    assert Job.objects.count() == 1
    gone(upload)
    job_id = again(api, first["job_id"]).json()["job_id"]
    work()
    assert Clip.objects.get(job=job_id).duration == pytest.approx(6, abs=0.05)


@pytest.mark.parametrize("how", ["expired", "deleted"])
def test_x026_it_works_without_the_upload_and_without_its_transcript(api, alice, upload, cut, work, how):
    if how == "deleted":
        assert api.delete(f"/v1/upload/{upload.pk}").status_code == 200
        Transcript.objects.all().delete()
    else:
        gone(upload)
    second = again(api, cut, coloured(alice, "#0000ff")).json()["job_id"]
    work()
    third = again(api, second).json()["job_id"]
    work()
    view = api.get(f"/v1/captions/{second}").json()
    assert (view["status"], view["cost"], view["start"], view["end"]) == ("complete", 0.02, 1, 3), view["error"]
    made = Clip.objects.get(job=second)
    assert (shown(made, RED), shown(made, BLUE) > 500) == (0, True)
    assert api.get(f"/v1/captions/{third}").json()["caption_report"]["cues"] == view["caption_report"]["cues"] == 1


def test_x026_the_first_time_and_later_the_same_frames_are_drawn_at_the_same_times(api, upload, red, work):
    """The range lies off the key frames and off the frames."""
    body = {"file_id": upload.pk, "start": 1.313, "end": 3.777, "captions": {"preset_ref": red}}
    first = api.post("/v1/clip", body).json()["job_id"]
    work()
    gone(upload)
    later = again(api, first, red).json()["job_id"]
    work()
    paths = [storage.path_of(Clip.objects.get(job=job).key) for job in (first, later)]
    assert judge.times(paths[0]) == judge.times(paths[1])
    pictures = [seen(path, 640, 360) for path in paths]
    assert pictures[0].shape == pictures[1].shape and (pictures[0] == pictures[1]).all()


def test_x026_the_newest_words_are_drawn_as_long_as_there_is_a_transcript(api, upload, cut, work):
    transcribed(upload, "corrected words " * 6, start=1.0, pace=0.15)
    gone(upload, words=False)
    job_id = again(api, cut).json()["job_id"]
    work()
    assert api.get(f"/v1/captions/{job_id}").json()["caption_report"]["cues"] > 1


def test_x026_it_lasts_as_long_as_the_clip(api, alice, cut, work):
    Clip.objects.update(expires_at=None)
    gone(Upload.objects.get(), words=False)
    assert again(api, cut, dry_run=True).status_code == 200, "pinned"
    Clip.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refused(again(api, cut), 404, "not_found")
    Clip.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    queued = again(api, cut).json()["job_id"]
    delete(alice, clip_id=Clip.objects.get().pk)
    assert again(api, cut).status_code == 404
    work()
    view = api.get(f"/v1/captions/{queued}").json()
    assert (view["error_code"], view["refunded"]) == ("source_gone", True), "it was deleted after the job was queued"


def test_x026_a_job_that_runs_or_failed_has_nothing_to_start_from(api, upload, work):
    job_id = api.post("/v1/clip", {"file_id": upload.pk, "start": 1, "end": 3, "captions": STYLE}).json()["job_id"]
    assert (again(api, job_id).status_code, again(api, job_id).json()["code"]) == (409, "not_ready")
    api.post(f"/v1/clip/{job_id}/cancel")
    refused(again(api, job_id), 409, "not_ready")


def test_c077_the_clip_itself_is_captioned_already(api, cut):
    body = {"clip_id": str(Clip.objects.get().pk), "preset_ref": KARAOKE}
    refused(api.post("/v1/captions", body), 409, "already_captioned")


def test_x026_jobs_without_captions_foreign_ones_and_none_do_not_exist(api, bob, bob_api, upload, red, cut, work):
    give(bob, 100)
    assert again(bob_api, cut).status_code == 404
    for name in ("job_000000000000", "job_cap_000000000000", "x", "../x"):
        refused(again(api, name), 404, "not_found")
    plain = api.post("/v1/clip", {"file_id": upload.pk, "start": 1, "end": 3}).json()["job_id"]
    work()
    assert again(api, plain).status_code == 404


def test_b47_a_job_beside_another_source_or_of_another_shape_is_400(api, cut):
    body = {"job_id": cut, "preset_ref": KARAOKE}
    for extra in ({"file_id": "upl_000000000000"}, {"clip_id": "x"}, {"job_id": None}, {"job_id": 5},
                  {"preset_ref": "x"}, {"quality": "4K"}):
        refused(api.post("/v1/captions", body | extra), 400, "invalid_field")


def test_b36_c081_c082_what_cannot_be_made_is_refused_before_money_is_taken(api, upload, cut):
    refused(again(api, cut, "builtin:none"), 404, "not_found")
    refused(again(api, cut, quality="4k"), 403, "four_k_locked")
    transcribed(upload, "what is \U00012000", start=1.0)
    refused(again(api, cut), 422, "missing_glyphs")
    transcribed(upload, "")
    refused(again(api, cut), 422, "no_speech")
    gone(upload)
    said = [["en", [["what", 1.0, 1.5, None], ["\U00012000", 1.5, 2.0, None]]]]
    Master.objects.update(said=said)
    refused(again(api, cut), 422, "missing_glyphs")


def test_x001_the_same_key_makes_one_job(api, cut):
    body = {"job_id": cut, "preset_ref": KARAOKE}
    replies = [api.post("/v1/captions", body, HTTP_IDEMPOTENCY_KEY="once") for _ in range(2)]
    assert replies[0].json() == replies[1].json()
    assert (Job.objects.count(), Hold.objects.count()) == (2, 2)


def test_one_that_failed_can_be_tried_again(api, alice, cut, work):
    job_id = again(api, cut).json()["job_id"]
    api.post(f"/v1/clip/{job_id}/cancel")
    second = retry(alice, job_id=job_id, by_session=False)
    assert second.spec == Job.objects.get(pk=job_id).spec
    work()
    assert Clip.objects.get(job=second).duration == pytest.approx(2, abs=0.05)

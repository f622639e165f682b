"""GET /v1/captions/{job_id} (C078)."""

import pytest

from jobs.models import Job
from tests.clips.rows import ready_upload
from tests.clips.spoken import KARAOKE, STYLE, grey_mp4, transcribed
from tests.factories import give

pytestmark = pytest.mark.django_db

# The spec's own example of a finished job.
EXAMPLE = {"job_id", "status", "progress", "captioned", "clip_id", "download_url", "share_url", "embed_url", "cost",
           "balance"}


@pytest.fixture
def upload(alice):
    give(alice, 100)
    upload = ready_upload(alice, grey_mp4())
    transcribed(upload)
    return upload


@pytest.fixture
def job_id(api, upload):
    return api.post("/v1/captions", {"file_id": upload.pk, "preset_ref": KARAOKE}).json()["job_id"]


def test_c078_a_finished_job_has_every_field_of_the_specs_example(api, job_id, work):
    work()
    view = api.get(f"/v1/captions/{job_id}").json()
    assert set(view) >= EXAMPLE
    assert (view["status"], view["progress"], view["captioned"]) == ("complete", 100, True)
    assert (view["cost"], view["balance"]) == (0.02, 0.98)
    assert view["share_url"] == f"/c/{view['clip_id']}" and view["download_url"].startswith("http")


def test_c078_it_is_the_job_status_of_c046_and_more(api, job_id, work):
    open_view = api.get(f"/v1/captions/{job_id}").json()
    assert open_view == api.get(f"/v1/clip/{job_id}").json()
    assert (open_view["kind"], open_view["status"], open_view["captioned"]) == ("captions", "pending", True)
    assert (open_view["clip_id"], open_view["download_url"], open_view["cost"]) == (None, None, None)
    work()
    done = api.get(f"/v1/captions/{job_id}").json()
    assert set(done) >= {"file_name", "format", "quality", "aspect_ratio", "saved_to_library", "status_message"}
    assert done["caption_report"] == {
        "cues": 2, "max_cps": done["caption_report"]["max_cps"], "too_fast": 0, "too_short": 0, "orphans": 0,
        "overlaps_ui": [], "min_contrast": 21.0, "lines": 1, "smallest": 1.0, "fixed": [], "warnings": [],
        "fallback_fonts": [], "transcript_version": 1}


def test_c078_it_answers_a_cut_with_captions_and_no_other(api, upload):
    captioned, plain = (api.post("/v1/clip", {"file_id": upload.pk, "start": 0, "end": 2} | more).json()["job_id"]
                        for more in ({"captions": STYLE}, {}))
    assert api.get(f"/v1/captions/{captioned}").json()["captioned"] is True
    assert api.get(f"/v1/captions/{plain}").status_code == 404
    assert api.get(f"/v1/clip/{plain}").json()["captioned"] is False


@pytest.mark.parametrize("name", ["job_000000000000", "job_cap_123", "x", "job_", "0b0f"])
def test_b51_ids_of_nothing_are_404(api, alice, name):
    assert api.get(f"/v1/captions/{name}").status_code == 404


def test_b51_a_foreign_job_is_404_like_one_that_is_not_there(bob_api, job_id):
    foreign, unknown = bob_api.get(f"/v1/captions/{job_id}"), bob_api.get("/v1/captions/job_000000000000")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json()["error"] == unknown.json()["error"]


def test_our_own_work_is_not_shown(api, upload, job_id):
    Job.objects.filter(pk=job_id).update(kind="prepare")
    assert api.get(f"/v1/captions/{job_id}").status_code == 404


def test_g03_without_a_key_it_is_401(anon, job_id):
    assert anon.get(f"/v1/captions/{job_id}").status_code == 401

"""The library, the tray's facts, retries and the sample, as plain forms and as what scripts read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.queries import available_cents
from clips import sample, shelf
from clips.models import Clip
from core import storage
from jobs.models import Job
from tests.api.test_clips import make_clip
from tests.clips.rows import ready_upload
from tests.pages.test_plain_forms import plain, send, text  # noqa: F401
from uploads.models import Upload

pytestmark = pytest.mark.django_db


def failed_job(account, source, **extra) -> Job:
    spec = {"upload": source.pk, "start": 1.0, "end": 2.0, "format": "mp4", "quality": None, "title": None}
    fields = {"status": "failed", "error": "It broke.", "error_code": "media_error", "finished_at": timezone.now()}
    return Job.objects.create(account=account, kind="clip", source=source.pk, spec=spec, **fields | extra)


# --- The page ---------------------------------------------------------------------------------------------

def test_each_tab_lists_its_own_and_all_show_their_counts(plain, alice):  # noqa: F811
    source = ready_upload(alice, filename="talk.mp4")
    make_clip(alice, title="A clip of mine")
    failed_job(alice, source)
    for tab, words in (("clips", "A clip of mine"), ("uploads", "talk.mp4"), ("jobs", "It broke.")):
        shown = text(plain.get(f"/library?tab={tab}"))
        assert words in shown and shown.count('aria-current="page"') == 2  # the header's link and the tab
        others = {"A clip of mine", "It broke."} - {words}
        assert not any(other in shown for other in others)
    assert 'Clips <span class="num muted">1<' in shown
    assert 'Jobs <span class="num muted">2<' in shown


@pytest.mark.parametrize(("query", "titles"), [
    ("q=LAUNCH", {"Beta launch", "Alpha launch"}), ("kind=audio", {"Alpha launch"}), ("kind=gif", {"Gamma"}),
    ("kind=video&q=beta", {"Beta launch"}), ("kind=exe&page=x", {"Alpha launch", "Beta launch", "Gamma"}),
    ("tab=nowhere&page=-1", {"Alpha launch", "Beta launch", "Gamma"}),
])
def test_clips_are_filtered_by_words_and_kind(plain, alice, query, titles):  # noqa: F811
    make_clip(alice, 1, title="Alpha launch", format="mp3")
    make_clip(alice, 2, title="Beta launch")
    make_clip(alice, 3, title="Gamma", format="gif")
    shown = text(plain.get(f"/library?{query}"))
    assert {title for title in ("Alpha launch", "Beta launch", "Gamma") if f">{title}<" in shown} == titles


def test_a_filter_that_fits_nothing_says_so_and_leads_back(plain, alice):  # noqa: F811
    make_clip(alice)
    shown = text(plain.get("/library?q=nothing+like+it"))
    assert "Nothing fits" in shown and 'href="?tab=clips"' in shown
    assert 'value="nothing like it"' in shown


def test_a_long_library_comes_in_pages(plain, alice):  # noqa: F811
    for number in range(shelf.PAGE + 3):
        make_clip(alice, number)
    first, second = text(plain.get("/library")), text(plain.get("/library?page=1"))
    assert (first.count('class="tile"'), second.count('class="tile"')) == (shelf.PAGE, 3)
    assert 'href="?tab=clips&amp;page=1"' in first and "Newer" not in first
    assert 'href="?tab=clips"' in second and "Older" not in second


def test_what_goes_within_two_hours_is_marked(plain, alice):  # noqa: F811
    now = timezone.now()
    make_clip(alice, 1, expires_at=now + timedelta(hours=1))
    make_clip(alice, 2, expires_at=now + timedelta(hours=3))
    make_clip(alice, 3, expires_at=None)
    shown = text(plain.get("/library"))
    assert shown.count('class="soon"') == 1
    assert "· kept" in shown


@pytest.mark.parametrize("tab", ["clips", "uploads", "jobs"])
def test_the_page_asks_the_database_no_more_often_for_more_rows(plain, alice, django_assert_max_num_queries, tab):  # noqa: F811
    source = ready_upload(alice)
    for number in range(20):
        make_clip(alice, number)
        failed_job(alice, source)
    with django_assert_max_num_queries(20):
        plain.get(f"/library?tab={tab}")


# --- Rename and delete ------------------------------------------------------------------------------------

def test_a_clip_is_renamed_by_its_form(plain, alice):  # noqa: F811
    clip = make_clip(alice)
    reply = send(plain, f"/library/clips/{clip.pk}/rename", {"title": " The best <answer> "})
    assert reply["Location"] == "/library"
    assert "The best &lt;answer&gt;" in text(plain.get("/library"))
    for title in ("", "x" * 201):
        assert send(plain, f"/library/clips/{clip.pk}/rename", {"title": title}).status_code == 400


def test_deleting_asks_first_and_then_says_what_went(plain, alice):  # noqa: F811
    clips = [make_clip(alice, number) for number in range(3)]
    chosen = {"clip": [str(clips[0].pk), str(clips[1].pk)]}
    asked = send(plain, "/library/delete", chosen)
    assert asked.status_code == 200 and "Delete 2 clips?" in text(asked)
    assert Clip.objects.filter(deleted_at=None).count() == 3
    reply = send(plain, "/library/delete", chosen | {"sure": "yes"}, follow=True)
    assert "2 clips are deleted." in text(reply)
    assert list(Clip.objects.filter(deleted_at=None)) == [clips[2]]


def test_deleting_nothing_says_what_to_do(plain):  # noqa: F811
    assert "Choose the clips to delete first." in text(send(plain, "/library/delete", {}, follow=True))


def test_g10_nobody_deletes_or_sees_anothers_clip(plain, bob):  # noqa: F811
    hers = make_clip(bob, title="a secret")
    for body in ({"clip": str(hers.pk)}, {"clip": str(hers.pk), "sure": "yes"}, {"clip": "';--", "sure": "yes"}):
        assert "a secret" not in text(send(plain, "/library/delete", body, follow=True))
    assert Clip.objects.get().deleted_at is None


def test_deleting_an_upload_asks_first_and_says_why_it_cannot_be(plain, alice):  # noqa: F811
    source = ready_upload(alice, filename="talk.mp4")
    address = f"/library/uploads/{source.pk}/delete"
    assert f'action="{address}"' in text(plain.get("/library?tab=uploads"))
    asked = text(send(plain, address, {}))
    assert "Delete this upload?" in asked and "talk.mp4" in asked
    Upload.objects.update(pins=1)
    assert "Not deleted: A job is reading this upload." in text(send(plain, address, {"sure": "yes"}, follow=True))
    Upload.objects.update(pins=0)
    assert "talk.mp4 is deleted." in text(send(plain, address, {"sure": "yes"}, follow=True))
    assert Upload.objects.get().deleted_at is not None


# --- The tray and the palette -----------------------------------------------------------------------------

def test_the_tray_tells_of_what_runs_and_of_what_ended_within_the_hour(plain, alice):  # noqa: F811
    source = ready_upload(alice, filename="talk.mp4")
    old = timezone.now() - timedelta(hours=2)
    failed_job(alice, source, finished_at=old)
    failed = failed_job(alice, source)
    running = failed_job(alice, source, status="processing", progress=40, error=None, error_code=None,
                         finished_at=None, started_at=timezone.now())
    told = plain.get("/jobs/tray.json")
    assert told["Cache-Control"] == "no-store"
    jobs = {job["job_id"]: job for job in told.json()["jobs"]}
    assert set(jobs) == {failed.pk, running.pk}
    assert jobs[running.pk]["name"] == "talk.mp4 0:01–0:02"
    assert (jobs[running.pk]["progress"], jobs[running.pk]["finished_at"]) == (40, None)
    assert jobs[running.pk]["started_at"] is not None
    assert (jobs[failed.pk]["error"], jobs[failed.pk]["refunded"]) == ("It broke.", True)
    assert "another range" in jobs[failed.pk]["hint"]


def test_the_tray_costs_the_same_for_one_job_and_for_forty(plain, alice, django_assert_max_num_queries):  # noqa: F811
    source = ready_upload(alice)
    for number in range(20):
        make_clip(alice, number)
        failed_job(alice, source)
    with django_assert_max_num_queries(7):
        assert len(plain.get("/jobs/tray.json").json()["jobs"]) == 40


def test_g10_the_tray_and_the_palette_tell_nobody_of_anothers_things(plain, bob):  # noqa: F811
    failed_job(bob, ready_upload(bob))
    make_clip(bob)
    assert plain.get("/jobs/tray.json").json()["jobs"] == []
    assert plain.get("/recent.json").json() == {"recent": []}


def test_the_palette_lists_the_newest_sources_and_clips(plain, alice):  # noqa: F811
    source = ready_upload(alice, filename="talk.mp4")
    clip = make_clip(alice, title="The best answer")
    assert plain.get("/recent.json").json()["recent"] == [
        {"title": "talk.mp4", "kind": "Upload", "url": f"/studio/{source.pk}"},
        {"title": "The best answer", "kind": "Clip", "url": f"/studio/jobs/{clip.job_id}"}]


# --- Retry ------------------------------------------------------------------------------------------------

def test_a_failed_job_is_asked_for_again_as_it_was(plain, alice, work):  # noqa: F811
    job = failed_job(alice, ready_upload(alice))
    address = send(plain, f"/studio/jobs/{job.pk}/retry", {})["Location"]
    again = Job.objects.exclude(pk=job.pk).get(kind="clip")
    assert address == f"/studio/jobs/{again.pk}"
    assert {key: again.spec[key] for key in ("start", "end", "format")} == {"start": 1.0, "end": 2.0, "format": "mp4"}
    work()
    assert Clip.objects.get().job_id == again.pk


def test_scripts_get_the_new_jobs_id_or_the_error_as_json(plain, alice):  # noqa: F811
    job = failed_job(alice, ready_upload(alice))
    reply = send(plain, f"/studio/jobs/{job.pk}/retry", {}, HTTP_ACCEPT="application/json")
    again = reply.json()["job_id"]
    refused = send(plain, f"/studio/jobs/{again}/retry", {}, HTTP_ACCEPT="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert refused.json()["request_id"].startswith("req_")


def test_a_retry_without_its_source_says_so_and_takes_no_money(plain, alice):  # noqa: F811
    source = ready_upload(alice)
    job = failed_job(alice, source)
    Upload.objects.update(state="expired")
    assert send(plain, f"/studio/jobs/{job.pk}/retry", {}).status_code == 410
    assert Job.objects.filter(kind="clip").count() == 1


# --- The sample -------------------------------------------------------------------------------------------

def test_the_front_page_is_the_studio_with_the_sample_for_everyone(client, db):
    shown = text(client.get("/"))
    assert 'id="editor"' in shown and "sample.mp4" in shown
    assert "/signup?next=/studio/sample%3Fgo%3D1" in shown
    assert '"signed_in": false' in shown


def test_what_the_studio_shows_of_the_sample_fits_the_file():
    facts = sample.source("/")
    assert (sample.FOLDER / "sample.mp4").stat().st_size == facts["size"] < 2 * 1024**2
    level = sample.assets("/x")["peaks"]["levels"][0]
    assert (sample.FOLDER / "peaks.bin").stat().st_size == 2 * level["length"]
    assert level["length"] / level["per_second"] == pytest.approx(facts["duration"], abs=0.1)
    strip = sample.sprites()
    assert strip["count"] * strip["interval"] >= facts["duration"] - strip["interval"]


def test_the_samples_facts_are_open_to_everyone(client, db):
    told = client.get("/studio/sample/assets.json").json()
    assert (told["status"], told["pending"]) == ("ready", [])
    assert client.get(told["sprites"]["url"]).json()["images"][0].endswith("film.jpg")
    assert client.get("/studio/sample").status_code == 200


def test_taking_the_sample_makes_it_an_upload_of_ones_own_once_and_for_nothing(plain, alice, work):  # noqa: F811
    first = send(plain, "/studio/sample", {})["Location"]
    assert send(plain, "/studio/sample", {})["Location"] == first
    work()
    assert send(plain, "/studio/sample", {})["Location"] == first
    upload = Upload.objects.get()
    assert (upload.state, upload.filename) == ("ready", "sample.mp4")
    assert upload.probe["duration"] == pytest.approx(24, abs=0.05)
    assert storage.path_of(upload.key).read_bytes() == (sample.FOLDER / "sample.mp4").read_bytes()
    assert available_cents(alice) == 500


def test_who_takes_the_sample_signs_up_first_and_comes_back(client, db):
    reply = client.post("/studio/sample")
    assert (reply.status_code, reply["Location"]) == (302, "/signup?next=/studio/sample%3Fgo%3D1")


def test_an_empty_wallet_may_take_the_sample(client, bob):
    client.force_login(bob)
    assert client.post("/studio/sample")["Location"].startswith("/studio/upl_")

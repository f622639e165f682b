"""POST /v1/clip (C038-C043, C095-C099, B28-B37). Money, retries and dry runs: tests/clips/test_retries.py."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Hold
from billing.queries import available_cents
from jobs.models import Job
from tests import media_bank
from tests.clips.asking import many, one, refused
from tests.clips.rows import deposit, ready_upload
from tests.factories import give

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(alice):
    give(alice, 500)
    return ready_upload(alice)


@pytest.fixture
def audio(alice):
    give(alice, 500)
    return ready_upload(alice, media_bank.tone_mp3(), filename="podcast.mp3")


# --- what a good request answers -------------------------------------------------------------------

def test_c039_one_range_answers_one_job_id(api, alice, upload):
    reply = api.post("/v1/clip", one(upload, format="mp4", quality="1080p"))
    assert reply.status_code == 200
    job = Job.objects.get()
    assert reply.json() == {"job_id": job.pk, "status": "pending"}
    assert (job.account, job.source, job.hold.amount) == (alice, upload.pk, 2)


def test_c039_segments_answer_job_ids_in_the_order_of_the_request(api, upload):
    reply = api.post("/v1/clip", many(upload, (4, 5), (1, 3), (0, 6)))
    assert reply.status_code == 200
    assert set(reply.json()) == {"job_ids", "status"}
    starts = [Job.objects.get(pk=pk).spec["start"] for pk in reply.json()["job_ids"]]
    assert starts == [4, 1, 0]


def test_c039_segments_of_length_one_answer_both_forms(api, upload):
    answer = api.post("/v1/clip", many(upload, (1, 2))).json()
    assert answer == {"job_ids": [answer["job_id"]], "job_id": answer["job_id"], "status": "pending"}


def test_c038_the_spec_of_the_job_says_what_was_asked(api, upload):
    api.post("/v1/clip", one(upload, quality="high", title="  Best\nbit ", format="mp4"))
    assert Job.objects.get().spec == {
        "upload": upload.pk, "start": 1.0, "end": 3.0, "format": "mp4", "quality": "1080p", "may_4k": False,
        "title": "Best bit", "segment": 1, "segments": 1}


@pytest.mark.parametrize(("alias", "name"), [("high", "1080p"), ("medium", "720p")])
def test_c098_quality_aliases(api, upload, alias, name):
    assert api.post("/v1/clip", one(upload, quality=alias)).status_code == 200
    assert Job.objects.get().spec["quality"] == name


@pytest.mark.parametrize("format", ["mp3", "wav", "m4a", "flac"])
def test_c096_an_audio_source_exports_every_audio_format_by_key(api, audio, format):
    assert api.post("/v1/clip", one(audio, format=format)).status_code == 200


def test_c095_aac_is_an_alias_of_m4a(api, audio):
    api.post("/v1/clip", one(audio, format="aac"))
    assert Job.objects.get().spec["format"] == "m4a"


def test_c043_the_default_format_is_mp4_for_video_and_mp3_for_audio(api, upload, audio):
    api.post("/v1/clip", one(upload))
    api.post("/v1/clip", one(audio))
    assert sorted(Job.objects.values_list("spec__format", flat=True)) == ["mp3", "mp4"]


def test_c096_the_site_session_may_ask_for_a_gif(session, upload):
    assert session.post("/v1/clip", one(upload, format="gif", quality="720p")).status_code == 200


def test_g08_times_may_be_written_as_a_clock(api, upload):
    assert api.post("/v1/clip", one(upload, start="00:00:01.500", end="00:00:03")).status_code == 200
    assert (Job.objects.get().spec["start"], Job.objects.get().spec["end"]) == (1.5, 3.0)


def test_g07_unknown_fields_are_ignored(api, upload):
    assert api.post("/v1/clip", one(upload, snap="word", colour="red")).status_code == 200


def test_c041_overlapping_segments_in_any_order_are_fine(api, upload):
    assert api.post("/v1/clip", many(upload, (2, 4), (1, 3), (1, 3))).status_code == 200
    assert Job.objects.count() == 3


def test_c041_fifty_segments_are_fine_and_each_is_priced(api, alice, upload):
    reply = api.post("/v1/clip", many(upload, *[(i / 10, i / 10 + 0.5) for i in range(50)]))
    assert len(reply.json()["job_ids"]) == 50
    assert available_cents(alice) == 400


def test_c034_every_job_pins_its_source(api, upload):
    api.post("/v1/clip", many(upload, (1, 2), (2, 3)))
    upload.refresh_from_db()
    assert upload.pins == 2


# --- B28, B29, B30: ranges -------------------------------------------------------------------------

@pytest.mark.parametrize("ranges", [
    {"start": 1, "end": 2, "segments": [{"start": 1, "end": 2}]},
    {"start": 1, "segments": [{"start": 1, "end": 2}]},
    {},
    {"start": 1},
    {"end": 1},
    {"segments": []},
    {"segments": None},
    {"segments": {"start": 1, "end": 2}},
    {"segments": [[1, 2]]},
    {"segments": [{"start": 1}]},
])
def test_b28_both_forms_neither_or_half_of_one_is_400(api, upload, ranges):
    reply = api.post("/v1/clip", {"file_id": upload.pk} | ranges)
    assert reply.status_code == 400
    assert (Job.objects.count(), Hold.objects.count()) == (0, 0)


def test_b28_fifty_one_segments_are_400(api, upload):
    refused(api.post("/v1/clip", many(upload, *[(1, 2)] * 51)), 400, "too_many_segments")


@pytest.mark.parametrize(("start", "end", "code"), [
    (15, 15, "invalid_range"), (15, 14, "invalid_range"), (-1, 2, "invalid_range"),
    ("15", 16, "invalid_field"), (1, "2", "invalid_field"), (True, 2, "invalid_field"),
    (None, 2, "invalid_field"), ([1], 2, "invalid_field"), (1, 1e300, "invalid_field"),
])
def test_b29_ranges_that_cannot_be_are_400(api, upload, start, end, code):
    refused(api.post("/v1/clip", one(upload, start=start, end=end)), 400, code)


def test_b29_the_same_holds_inside_segments_and_the_answer_names_them(api, upload):
    body = refused(api.post("/v1/clip", many(upload, (1, 2), (3, "4"))), 400, "invalid_field")
    assert "segments" in body["fields"]


def test_b29_more_than_ten_minutes_is_422_and_exactly_ten_is_judged_by_the_media(api, upload):
    refused(api.post("/v1/clip", one(upload, start=0, end=600.001)), 422, "segment_too_long")
    refused(api.post("/v1/clip", one(upload, start=0, end=600)), 422, "out_of_range")


def test_b30_an_end_just_beyond_the_media_is_clamped(api, upload):
    duration = upload.probe["duration"]
    assert api.post("/v1/clip", one(upload, end=round(duration + 0.4, 3))).status_code == 200
    assert Job.objects.get().spec["end"] == pytest.approx(duration)


def test_b30_an_end_further_out_is_422(api, upload):
    end = round(upload.probe["duration"] + 0.6, 3)
    refused(api.post("/v1/clip", one(upload, end=end)), 422, "out_of_range")


def test_c041_a_start_at_the_end_of_the_media_is_422(api, upload):
    duration = upload.probe["duration"]
    refused(api.post("/v1/clip", one(upload, start=duration, end=duration + 0.3)), 422, "out_of_range")


def test_c041_less_than_ten_milliseconds_of_audio_is_400(api, audio):
    refused(api.post("/v1/clip", one(audio, start=1, end=1.009)), 400, "invalid_range")
    assert api.post("/v1/clip", one(audio, start=1, end=1.01)).status_code == 200


@pytest.mark.parametrize(("fps", "least"), [(30.0, 0.033), (60.0, 0.017), (1.0, 0.1), (240.0, 0.01)])
def test_c041_less_than_a_frame_of_a_video_is_400_and_pictures_that_stay_may_be_cut_in_parts(api, upload, fps, least):
    upload.probe["fps"] = fps
    upload.save()
    refused(api.post("/v1/clip", one(upload, start=1, end=1 + least - 0.002)), 400, "invalid_range")
    assert api.post("/v1/clip", one(upload, start=1, end=1 + least)).status_code == 200


# --- B31-B35: format, quality, captions ------------------------------------------------------------

@pytest.mark.parametrize("format", ["exe", "MP4 ", "MP4", " mp4", None, "", 4, ["mp4"], {"a": 1}, "gifx"])
def test_b31_formats_are_exact_lower_case_tokens(api, upload, format):
    refused(api.post("/v1/clip", one(upload, format=format)), 400, "invalid_field")


@pytest.mark.parametrize("quality", ["8k", "1080", "High", None, 1080, "", ["4k"]])
def test_c098_qualities_are_exact_lower_case_tokens(api, upload, quality):
    refused(api.post("/v1/clip", one(upload, quality=quality)), 400, "invalid_field")


def test_b32_gif_by_key_is_403(api, upload):
    refused(api.post("/v1/clip", one(upload, format="gif")), 403, "gif_session_only")


def test_b32_thirty_one_seconds_of_gif_are_422(session, upload):
    refused(session.post("/v1/clip", one(upload, start=0, end=31, format="gif")), 422, "segment_too_long")


def test_b32_gif_in_4k_is_400(session, upload):
    refused(session.post("/v1/clip", one(upload, format="gif", quality="4k")), 400, "quality_mismatch")


def test_b33_audio_with_a_quality_is_400(api, audio):
    refused(api.post("/v1/clip", one(audio, format="mp3", quality="720p")), 400, "quality_mismatch")
    refused(api.post("/v1/clip", one(audio, quality="720p")), 400, "quality_mismatch")


@pytest.mark.parametrize("format", ["mp4", "gif"])
def test_b33_an_audio_source_makes_no_picture(session, audio, format):
    refused(session.post("/v1/clip", one(audio, format=format)), 400, "format_mismatch")


@pytest.mark.parametrize("format", ["mp3", "wav", "m4a", "flac", "aac"])
def test_b33_audio_from_a_video_source_is_not_offered(api, session, upload, format):
    refused(api.post("/v1/clip", one(upload, format=format)), 400, "format_mismatch")
    refused(session.post("/v1/clip", one(upload, format=format)), 400, "format_mismatch")


def test_c097_the_setting_offers_audio_from_video(api, upload, settings):
    settings.ALLOW_AUDIO_FROM_VIDEO = True
    assert api.post("/v1/clip", one(upload, format="mp3")).status_code == 200


def test_c097_audio_of_a_silent_video_is_422_no_audio(api, alice, settings):
    settings.ALLOW_AUDIO_FROM_VIDEO = True
    give(alice, 100)
    silent = ready_upload(alice, media_bank.silent_mp4())
    refused(api.post("/v1/clip", one(silent, end=2, format="mp3")), 422, "no_audio")


def test_b34_explicit_4k_without_a_paid_deposit_is_403_though_credit_is_plenty(api, upload):
    refused(api.post("/v1/clip", one(upload, quality="4k")), 403, "four_k_locked")


def test_c099_a_paid_deposit_unlocks_4k(api, alice, upload):
    deposit(alice)
    assert api.post("/v1/clip", one(upload, quality="4k")).status_code == 200


@pytest.mark.parametrize("format", ["mp3", "wav"])
def test_b35_captions_on_audio_are_400(api, audio, format):
    wish = one(audio, format=format, captions={"preset_ref": "builtin:short-form-karaoke"})
    refused(api.post("/v1/clip", wish), 400, "format_mismatch")


def test_b35_captions_on_a_gif_are_400(session, upload):
    wish = one(upload, format="gif", captions={"preset_ref": "builtin:short-form-karaoke"})
    refused(session.post("/v1/clip", wish), 400, "format_mismatch")


@pytest.mark.parametrize("captions", [None, "builtin:x", {}, {"preset_ref": 1}, []])
def test_c042_a_malformed_captions_wish_is_400(api, upload, captions):
    refused(api.post("/v1/clip", one(upload, captions=captions)), 400, "missing_field"
            if captions == {} else "invalid_field")


@pytest.mark.parametrize("title", ["", "   ", "x" * 201, 5, None])
def test_x004_a_title_is_one_to_two_hundred_characters(api, upload, title):
    refused(api.post("/v1/clip", one(upload, title=title)), 400, "invalid_field")


def named(upload, *titles):
    return {"file_id": upload.pk, "segments": [
        {"start": at, "end": at + 1} | ({} if title is None else {"title": title}) for at, title in enumerate(titles)]}


def test_each_segment_may_have_a_title_of_its_own_else_it_has_that_of_the_request(api, upload):
    reply = api.post("/v1/clip", named(upload, "  The\nanswer ", None, "", "  ") | {"title": "Talk"})
    titles = [api.get(f"/v1/clip/{job}").json()["title"] for job in reply.json()["job_ids"]]
    assert titles == ["The answer", "Talk", "Talk", "Talk"]


def test_segments_without_any_title_are_named_after_the_file_as_ever(api, upload):
    api.post("/v1/clip", named(upload, None, ""))
    assert [job.spec["title"] for job in Job.objects.all()] == [None, None]


@pytest.mark.parametrize("title", ["x" * 201, 5, None, ["a"]])
def test_a_title_of_a_segment_is_text_of_at_most_two_hundred_characters(api, upload, title):
    body = named(upload, "x" * 200, "")
    body["segments"][1]["title"] = title
    refused(api.post("/v1/clip", body), 400, "invalid_field")


# --- B37: the source -------------------------------------------------------------------------------

@pytest.mark.parametrize(("state", "status", "code"), [
    ("requested", 409, "not_ready"), ("processing", 409, "not_ready"), ("failed", 422, "upload_failed"),
    ("expired", 410, "source_expired")])
def test_b37_a_source_that_is_not_ready(api, alice, state, status, code):
    give(alice, 100)
    upload = ready_upload(alice, state=state, error="The file is damaged.", error_code="corrupt")
    refused(api.post("/v1/clip", one(upload)), status, code)


def test_b19_an_upload_past_its_time_is_410_also_before_the_sweep(api, alice):
    give(alice, 100)
    upload = ready_upload(alice, expires_at=timezone.now() - timedelta(seconds=1))
    refused(api.post("/v1/clip", one(upload)), 410, "source_expired")


def test_b37_another_accounts_upload_is_404_like_an_unknown_one(bob_api, bob, upload):
    give(bob, 100)
    foreign = bob_api.post("/v1/clip", one(upload)).json()
    unknown = bob_api.post("/v1/clip", {"file_id": "upl_000000000000", "start": 1, "end": 2}).json()
    assert foreign["code"] == unknown["code"] == "not_found"
    assert {**foreign, "request_id": ""} == {**unknown, "request_id": ""}
    assert Job.objects.count() == 0


@pytest.mark.parametrize("file_id", ["", "x", "upl_", 7, None, ["upl_a1b2c3d4e5f6"], "../../etc/passwd"])
def test_b37_a_malformed_file_id_is_400_or_404(api, file_id):
    assert api.post("/v1/clip", {"file_id": file_id, "start": 1, "end": 2}).status_code in (400, 404)


def test_c038_nobody_is_401(anon, upload):
    assert anon.post("/v1/clip", one(upload)).status_code == 401


# --- the frame -------------------------------------------------------------------------------------

def test_g19_job_posts_have_their_own_limit(api, upload, monkeypatch):
    monkeypatch.setattr("core.throttles.JobPostThrottle.get_rate", lambda self: "2/min")
    replies = [api.post("/v1/clip", one(upload)) for _ in range(3)]
    assert [reply.status_code for reply in replies] == [200, 200, 429]
    assert "Retry-After" in replies[-1]


def test_g12_a_trailing_slash_makes_no_difference(api, upload):
    assert api.post("/v1/clip/", one(upload)).status_code == 200


def test_g02_another_content_type_is_415(api):
    assert api.post("/v1/clip", "start=1", content_type="text/plain").status_code == 415


def test_c148_a_wrong_method_is_405(api):
    assert api.get("/v1/clip").status_code == 405

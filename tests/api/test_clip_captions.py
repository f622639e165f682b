"""POST /v1/clip with captions: what is taken, what is refused, what is set aside (C042, C079-C083, B35, B36)."""

import pytest

from billing.models import Hold
from billing.queries import available_cents
from captions import presets
from clips.models import Clip
from jobs.models import Job
from tests import media_bank
from tests.clips.asking import many, one, refused
from tests.clips.rows import deposit, ready_upload
from tests.clips.spoken import STYLE, grey_mp4, transcribed
from tests.factories import give

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(alice):
    give(alice, 500)
    return ready_upload(alice)


def long_upload(alice, seconds, **probe):
    """A source that claims to be so long; nothing is read before a worker takes it."""
    upload = ready_upload(alice)
    upload.probe |= {"duration": float(seconds)} | probe
    upload.save()
    return upload


# --- what a good request answers -------------------------------------------------------------------

def test_c042_the_specs_own_example_is_taken_and_trim_and_captions_add_up(api, alice):
    give(alice, 500)
    reply = api.post("/v1/clip", {"file_id": long_upload(alice, 90).pk, "start": 15, "end": 55, "format": "mp4",
                                  "quality": "1080p", "captions": {"preset_ref": "builtin:short-form-karaoke"}})
    assert reply.status_code == 200 and set(reply.json()) == {"job_id", "status"}
    hold = Hold.objects.get()
    assert (hold.amount, hold.parts) == (4, {"trim": 2, "captions": 2})
    assert available_cents(alice) == 496


def test_c079_a_trim_with_61_seconds_of_captions_sets_six_cents_aside(api, alice):
    give(alice, 500)
    api.post("/v1/clip", one(long_upload(alice, 90), start=0, end=61, captions=STYLE))
    assert Hold.objects.get().amount == 6


def test_c042_each_segment_is_priced_by_its_own_length_and_has_its_own_hold(api, alice):
    give(alice, 500)
    source = long_upload(alice, 400)
    reply = api.post("/v1/clip", many(source, (0, 30), (30, 100), (100, 280.25), captions=STYLE))
    held = [Job.objects.get(pk=pk).hold for pk in reply.json()["job_ids"]]
    assert [hold.amount for hold in held] == [4, 6, 8]
    assert len({hold.purpose for hold in held}) == 3
    assert available_cents(alice) == 500 - 18


def test_c080_true_4k_costs_four_cents_a_minute_and_four_for_the_trim(api, alice):
    deposit(alice, 500)
    source = long_upload(alice, 90, width=3840, height=2160)
    api.post("/v1/clip", one(source, start=0, end=61, captions=STYLE))
    assert Hold.objects.get().parts == {"trim": 2, "four_k": 2, "captions": 8}


@pytest.mark.parametrize("quality", [None, "1080p"])
def test_c080_a_4k_source_capped_to_1080p_pays_the_standard_rate(api, alice, quality):
    give(alice, 500)
    source = long_upload(alice, 90, width=3840, height=2160)
    wish = one(source, start=0, end=61, captions=STYLE)
    api.post("/v1/clip", wish if quality is None else wish | {"quality": quality})
    assert Hold.objects.get().parts == {"trim": 2, "captions": 4}


def test_x002_a_dry_run_tells_the_price_with_captions_and_keeps_nothing(api, alice):
    give(alice, 500)
    reply = api.post("/v1/clip", many(long_upload(alice, 90), (0, 30), (0, 61), captions=STYLE, dry_run=True))
    assert (reply.status_code, reply.json()["cost"]) == (200, 0.1)
    assert (Job.objects.count(), Hold.objects.count(), available_cents(alice)) == (0, 0, 500)


def test_c083_the_style_is_copied_into_the_job(api, alice, upload):
    mine = presets.create(alice, name="Mine", font_size=50, highlight_color="#ff0000")
    api.post("/v1/clip", one(upload, captions={"preset_ref": mine.ref}))
    presets.delete(alice, preset_id=mine.ref)
    kept = Job.objects.get().spec["captions"]
    assert (kept["preset_ref"], kept["name"], kept["style"]["font_size"]) == (mine.ref, "Mine", 50)
    assert presets.from_snapshot(kept).style.highlight_color == "#ff0000"


def test_without_captions_a_job_says_so_and_costs_as_before(api, upload):
    job_id = api.post("/v1/clip", one(upload)).json()["job_id"]
    job = Job.objects.get()
    assert ("captions" in job.spec, job.hold.parts) == (False, {"trim": 2})
    assert api.get(f"/v1/clip/{job_id}").json()["captioned"] is False


def test_c055_the_status_of_a_captioned_job_says_so_from_the_beginning(api, upload):
    job_id = api.post("/v1/clip", one(upload, captions=STYLE)).json()["job_id"]
    view = api.get(f"/v1/clip/{job_id}").json()
    assert (view["kind"], view["status"], view["captioned"]) == ("clip", "pending", True)


def test_x001_the_same_key_makes_one_captioned_job(api, alice, upload):
    replies = [api.post("/v1/clip", one(upload, captions=STYLE), HTTP_IDEMPOTENCY_KEY="once") for _ in range(2)]
    assert replies[0].json() == replies[1].json()
    assert (Job.objects.count(), available_cents(alice)) == (1, 496)


# --- B35, B36 and the rest: refused, and nothing is left behind ------------------------------------

@pytest.mark.parametrize("format", ["mp3", "wav", "m4a", "flac", None])
def test_b35_an_audio_source_takes_no_captions(api, alice, format):
    give(alice, 500)
    wish = one(ready_upload(alice, media_bank.tone_mp3()), captions=STYLE)
    refused(api.post("/v1/clip", wish if format is None else wish | {"format": format}), 400, "format_mismatch")


def test_b35_a_gif_takes_no_captions(session, upload):
    refused(session.post("/v1/clip", one(upload, format="gif", captions=STYLE)), 400, "format_mismatch")


def test_b35_sound_of_a_video_takes_no_captions(api, upload, settings):
    settings.ALLOW_AUDIO_FROM_VIDEO = True
    refused(api.post("/v1/clip", one(upload, format="mp3", captions=STYLE)), 400, "format_mismatch")


@pytest.mark.parametrize(("ref", "status", "code"), [
    ("x", 400, "invalid_field"), ("builtin:", 400, "invalid_field"), ("preset:../x", 400, "invalid_field"),
    ("preset:", 400, "invalid_field"), ("builtin:none-such", 404, "not_found"),
    ("preset:cap_preset_000000000000", 404, "not_found"),
])
def test_b36_presets_that_are_none_or_nobodys(api, upload, ref, status, code):
    refused(api.post("/v1/clip", one(upload, captions={"preset_ref": ref})), status, code)


def test_b36_a_foreign_preset_does_not_exist(api, bob, upload):
    theirs = presets.create(bob, name="Theirs")
    refused(api.post("/v1/clip", one(upload, captions={"preset_ref": theirs.ref})), 404, "not_found")


@pytest.mark.parametrize("captions", [None, {}, [], "builtin:short-form-karaoke", {"preset_ref": None},
                                      {"preset_ref": 7}, {"preset_ref": ""}, {"preset_ref": "x" * 121},
                                      {"preset_ref": ["builtin:short-form-karaoke"]}])
def test_captions_of_another_shape_are_400(api, upload, captions):
    assert api.post("/v1/clip", one(upload, captions=captions)).status_code == 400
    assert (Job.objects.count(), Hold.objects.count()) == (0, 0)


def test_a_video_without_sound_is_422_no_audio(api, alice):
    give(alice, 500)
    silent = ready_upload(alice, media_bank.silent_mp4())
    refused(api.post("/v1/clip", one(silent, end=2, captions=STYLE)), 422, "no_audio")


def test_b34_4k_with_captions_needs_a_paid_deposit_too(api, upload):
    refused(api.post("/v1/clip", one(upload, quality="4k", captions=STYLE)), 403, "four_k_locked")


def test_b38_money_for_the_trims_alone_is_402_and_nothing_is_reserved(api, alice):
    give(alice, 7)
    source = ready_upload(alice)
    body = refused(api.post("/v1/clip", many(source, (1, 2), (2, 3), captions=STYLE)), 402, "insufficient_balance")
    assert body["error"] == "This job needs $0.08; the balance is $0.07."
    assert available_cents(alice) == 7


def test_c082_a_range_that_its_transcript_shows_to_be_silent_is_refused_before_money_is_taken(api, upload):
    transcribed(upload, "only the beginning", start=0.0, pace=0.3)
    refused(api.post("/v1/clip", one(upload, start=2, end=4, captions=STYLE)), 422, "no_speech")
    body = refused(api.post("/v1/clip", many(upload, (0, 2), (3, 5), captions=STYLE)), 422, "no_speech")
    assert "segment 2" in body["error"]


def test_c082_a_character_without_a_glyph_is_refused_before_money_is_taken_and_named(api, upload):
    transcribed(upload, "fine until \U00012000 comes", pace=0.5)
    body = refused(api.post("/v1/clip", one(upload, start=0, end=4, captions=STYLE)), 422, "missing_glyphs")
    assert "U+12000" in body["error"]
    assert api.post("/v1/clip", one(upload, start=0, end=1.4, captions=STYLE)).status_code == 200


def test_b37_a_foreign_source_does_not_exist_whatever_the_captions(bob_api, bob, upload):
    give(bob, 100)
    assert bob_api.post("/v1/clip", one(upload, captions=STYLE)).status_code == 404
    assert Job.objects.count() == 0


def test_c045_captions_of_an_undone_upload_are_409(api, alice, upload):
    upload.state = "processing"
    upload.save()
    refused(api.post("/v1/clip", one(upload, captions=STYLE)), 409, "not_ready")


# --- through to the end ----------------------------------------------------------------------------

def test_c042_the_result_is_one_new_mp4_that_says_it_is_captioned(api, alice, work):
    give(alice, 100)
    source = ready_upload(alice, grey_mp4())
    transcribed(source)
    job_id = api.post("/v1/clip", one(source, start=1, end=3, captions=STYLE)).json()["job_id"]
    work()
    view = api.get(f"/v1/clip/{job_id}").json()
    assert (view["status"], view["captioned"], view["format"], view["cost"]) == ("complete", True, "mp4", 0.04)
    assert view["caption_report"]["cues"] >= 1 and view["cut"]["mode"] == "encode"
    assert Clip.objects.get().captioned and view["file_name"] == "source_0-01-0-03.mp4"
    assert [clip["captioned"] for clip in api.get("/v1/clips?captioned=true").json()["clips"]] == [True]
    assert api.get("/v1/clips?captioned=false").json()["clips"] == []

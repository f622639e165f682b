"""The worker's side of captions: what is drawn and when, what is paid, and what fails (C042, C080, C082, C083)."""

import json

import pytest

from billing.models import Hold
from billing.queries import available_cents
from captions import fonts, presets, transcripts
from captions.models import Transcript
from clips import burning, hearing
from clips.caption_services import request_captions
from clips.models import Clip
from clips.services import request_trim
from core import storage
from jobs.handlers import JobFailed
from jobs.models import Job
from media.cut import Cut
from media.subtitles import Frame, Report
from tests import media_bank
from tests.captions.rows import upload_font
from tests.clips.rows import deposit, ready_upload
from tests.clips.spoken import KARAOKE, grey_mp4, transcribed
from tests.engine import frames as judge
from tests.engine.captions import edges, like
from tests.engine.test_burn import seen
from tests.factories import give
from tests.transcripts.rows import speech_mp4
from webhooks.models import Event

pytestmark = pytest.mark.django_db
RED = {"font_name": "Montserrat", "font_size": 150, "words_per_caption": 2, "highlight_mode": True,
       "highlight_color": "#ff0000", "text_color": "#ffffff", "position_y": 0.5, "effect": "karaoke"}
NEAR = 0.08  # seconds that a word may light up early or late


@pytest.fixture
def rich(alice):
    give(alice, 1000)
    return alice


@pytest.fixture
def red(rich):
    """A style whose active word is red and large."""
    return presets.create(rich, name="Red", **RED).ref


@pytest.fixture
def grey(rich):
    return ready_upload(rich, grey_mp4())


def trimmed(account, upload, start, end, style=KARAOKE, **extra):
    """The job of one captioned cut, queued."""
    return request_trim(account, file_id=upload.pk, cuts=[Cut(start, end)], captions=style, by_session=False,
                        **extra).jobs[0]


def ended(job):
    return Job.objects.select_related("hold").get(pk=job.pk)


def lit(path):
    """(moment, left edge of the red word) of every frame in which a word is lit."""
    shown = zip(judge.times(path), seen(path, 640, 360), strict=True)
    masks = [(moment, like(picture, (255, 0, 0), by=60)) for moment, picture in shown]
    return [(moment, edges(mask)[0]) for moment, mask in masks if mask.sum() > 50]


# --- what is drawn, and when -----------------------------------------------------------------------

@pytest.mark.parametrize("start", [0.0, 1.313])
def test_every_word_of_a_delivered_clip_is_lit_within_80_ms_of_its_time(rich, grey, red, work, start):
    transcribed(grey, "first second", start=1.6, pace=0.6)
    job = trimmed(rich, grey, start, 4, red)
    work()
    assert ended(job).status == "complete", ended(job).error
    there = lit(storage.path_of(Clip.objects.get().key))
    assert there[0][0] == pytest.approx(1.6 - start, abs=NEAR)
    assert there[-1][0] + 0.04 == pytest.approx(2.8 - start, abs=NEAR)
    turned = next(moment for moment, left in there if left > there[0][1] + 50)
    assert turned == pytest.approx(2.2 - start, abs=NEAR)


def test_a_clip_captioned_afterwards_has_its_words_on_its_own_clock(rich, grey, red, work):
    """The clip begins between two frames of its source; the transcript is the source's."""
    transcribed(grey, "first second", start=2.6, pace=0.6)
    request_trim(rich, file_id=grey.pk, cuts=[Cut(1.313, 5)], by_session=False)
    work()
    clean = Clip.objects.get()
    request_captions(rich, clip_id=str(clean.pk), style=red)
    work()
    there = lit(storage.path_of(Clip.objects.get(captioned=True).key))
    assert there[0][0] == pytest.approx(2.6 - 1.313, abs=NEAR)
    assert lit(storage.path_of(clean.key)) == []


def test_the_newest_version_of_the_transcript_is_drawn_also_one_after_the_order_and_named(rich, grey, red, work):
    transcribed(grey, "first version", start=0.5, pace=0.4)
    job = trimmed(rich, grey, 0, 5, red)
    transcribed(grey, "second version", start=3.0, pace=0.4)
    work()
    assert lit(storage.path_of(Clip.objects.get().key))[0][0] == pytest.approx(3.0, abs=NEAR)
    assert ended(job).result["caption_report"]["transcript_version"] == 2


def test_two_segments_are_two_captioned_clips_each_with_its_own_words(rich, grey, red, work):
    transcribed(grey, "one between two", start=0.6, pace=1.0)
    jobs = request_trim(rich, file_id=grey.pk, cuts=[Cut(0, 2), Cut(3, 6)], captions=red, by_session=False).jobs
    work()
    first, second = (lit(storage.path_of(Clip.objects.get(job=job).key)) for job in jobs)
    assert (first[0][0], first[-1][0] + 0.04) == pytest.approx((0.6, 1.6), abs=NEAR)
    assert (second[0][0], second[-1][0] + 0.04) == pytest.approx((0.0, 0.6), abs=NEAR)


def test_x013_the_job_tells_about_its_captions_and_the_clip_says_it_is_captioned(rich, grey, work):
    transcribed(grey, "hello мир there", pace=0.5)
    job = trimmed(rich, grey, 0, 4)
    work()
    result = ended(job).result
    report = result["caption_report"]
    assert (report["cues"], report["lines"], report["warnings"]) == (1, 1, [])
    assert report["fallback_fonts"] and report["max_cps"] > 0
    assert (report["too_short"], report["orphans"], report["overlaps_ui"], report["fixed"]) == (0, 0, [], [])
    assert (result["captioned"], result["cut"]["mode"], Clip.objects.get().captioned) == (True, "encode", True)


@pytest.mark.parametrize(("size", "bottom", "covered"), [
    ((1080, 1920), 1850, ["Reels", "TikTok", "Shorts"]), ((1080, 1920), 1500, ["Reels", "Shorts"]),
    ((1080, 1920), 1200, []), ((1920, 1080), 1050, []), ((1080, 1080), 1050, []), ((1080, 1350), 1320, [])])
def test_x013_the_report_names_the_apps_whose_signs_cover_the_captions_of_an_upright_video(size, bottom, covered):
    found = Report(1, 12.0, 0, 1, 1.0, 21.0, (), area=(200.0, bottom - 90.0, 880.0, float(bottom)))
    assert burning.report(found, Frame(*size))["overlaps_ui"] == covered


def test_c082_a_report_of_nothing_fails_the_job():
    with pytest.raises(JobFailed) as caught:
        burning.report(Report(0, 0.0, 0, 0, 1.0, None, ()), Frame(1920, 1080))
    assert caught.value.code == "no_speech"


def test_b50_what_looks_like_a_command_is_drawn_as_text(rich, grey, work):
    transcribed(grey, r"{\fscx100000} \N {\p1}m é" + "\u0301" * 200, pace=0.5)
    job = trimmed(rich, grey, 0, 5)
    work()
    assert ended(job).status == "complete"
    assert ended(job).result["caption_report"]["cues"] >= 1


# --- the style that was chosen ---------------------------------------------------------------------

def test_c083_a_job_draws_the_style_it_was_given_though_preset_and_font_are_gone(rich, grey, work):
    font = upload_font(rich)
    mine = presets.create(rich, name="Mine", **RED | {"font_source": "upload", "font_id": font.pk, "font_name": None})
    transcribed(grey, "these words", start=1.0, pace=0.5)
    job = trimmed(rich, grey, 0, 3, mine.ref)
    presets.delete(rich, preset_id=mine.ref)
    fonts.delete(rich, font_id=font.pk)
    work()
    assert ended(job).status == "complete", ended(job).error
    assert ended(job).result["caption_report"]["fallback_fonts"] == []
    assert lit(storage.path_of(Clip.objects.get().key))


def test_a_font_whose_bytes_are_gone_fails_the_job_refunded(rich, grey, work):
    font = upload_font(rich)
    mine = presets.create(rich, name="Mine", font_source="upload", font_id=font.pk)
    job = trimmed(rich, grey, 0, 3, mine.ref)
    storage.delete(font.key)
    work()
    assert (ended(job).error_code, ended(job).hold.status) == ("source_gone", "refunded")
    assert "font" in ended(job).error


# --- where the words come from ---------------------------------------------------------------------

def test_speech_without_a_transcript_is_heard_and_the_transcript_of_a_short_source_is_kept(rich, work):
    talk = ready_upload(rich, speech_mp4())
    job = trimmed(rich, talk, 0, 11)
    work()
    assert ended(job).status == "complete", ended(job).error
    kept = transcripts.newest(rich, talk)
    assert "country" in " ".join(sentence.text for sentence in transcripts.sentences(kept)).lower()
    assert ended(job).result["caption_report"]["cues"] > 3


def test_of_a_long_source_only_the_range_is_heard_and_nothing_is_kept(rich, work, monkeypatch):
    monkeypatch.setattr(hearing, "SMALL", 5.0)
    talk = ready_upload(rich, speech_mp4())
    job = trimmed(rich, talk, 7, 10.8)
    work()
    assert ended(job).status == "complete", ended(job).error
    assert Transcript.objects.count() == 0
    report = ended(job).result["caption_report"]
    assert 1 <= report["cues"] < 6 and report["transcript_version"] is None


@pytest.mark.parametrize(("source", "span", "whole"), [
    (120, 10, True), (120.1, 10, False), (600, 300, True), (601, 300, False), (10_800, 600, False), (60, 60, True)])
def test_a_source_is_heard_as_a_whole_up_to_two_minutes_or_twice_the_range(source, span, whole):
    assert hearing.heard_whole(source, span) is whole


# --- what cannot be captioned, and what is paid ----------------------------------------------------

def event(name):
    return json.loads(bytes(Event.objects.get(name=name).body))["data"]


@pytest.mark.parametrize("whole", [True, False])
def test_c082_where_nobody_speaks_the_job_fails_and_is_refunded(rich, grey, work, whole):
    job = request_captions(rich, file_id=grey.pk, style=KARAOKE) if whole else trimmed(rich, grey, 1, 3)
    work()
    done = ended(job)
    assert (done.status, done.error_code, done.hold.status, done.cost) == ("failed", "no_speech", "refunded", 0)
    assert "No speech" in done.error and Clip.objects.count() == 0
    assert event("clip.failed") == {"job_id": job.pk, "error": done.error, "error_code": "no_speech",
                                    "refunded": True, "cost": 0}
    grey.refresh_from_db()
    assert (grey.pins, available_cents(rich)) == (0, 1000)


def test_c082_a_character_that_turns_up_after_the_request_fails_the_job_and_is_named(rich, grey, work):
    job = trimmed(rich, grey, 0, 3)
    transcribed(grey, "only \U00012000 now")
    work()
    done = ended(job)
    assert (done.error_code, done.hold.status) == ("missing_glyphs", "refunded")
    assert "U+12000" in done.error
    assert available_cents(rich) == 1000


def test_c104_one_hold_is_settled_once_at_what_was_delivered(rich, grey, work):
    transcribed(grey)
    job = trimmed(rich, grey, 0, 5)
    work()
    hold = Hold.objects.get()
    assert (hold.status, hold.cost, hold.amount) == ("settled", 4, 4)
    assert (ended(job).cost, available_cents(rich)) == (4, 996)
    assert event("clip.complete")["cost"] == 0.04


def test_c080_true_4k_is_paid_where_it_is_delivered(alice, work):
    deposit(alice)
    before = available_cents(alice)
    path = media_bank.make("big-sound.mp4", "-f", "lavfi", "-i", "color=gray:s=3840x2160:r=10", *media_bank.TONE, "-t",
                           "0.4", *media_bank.H264, *media_bank.AAC)
    upload = ready_upload(alice, path)
    transcribed(upload, "hi", start=0.1, pace=0.2)
    trimmed(alice, upload, 0, 0.4)
    request_captions(alice, file_id=upload.pk, style=KARAOKE, quality="720p")
    work()
    costs = dict(Job.objects.values_list("kind", "cost"))
    assert costs == {"clip": 8, "captions": 2}
    assert available_cents(alice) == before - 10
    assert {clip.quality for clip in Clip.objects.all()} == {"4k", "720p"}


def test_words_on_the_edge_of_a_range_belong_where_their_middle_is(grey):
    transcript = transcribed(grey, "one two three", start=0.0, pace=1.0)
    words = [word for sentence in transcripts.sentences(transcript, 0.4, 1.6) for word in sentence.words]
    assert [word.text for word in words] == ["one", "two"]
    assert [word.end for word in words] == pytest.approx([0.6, 1.2])

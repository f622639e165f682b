"""`GET`, `PATCH` and `PUT /v1/transcript/{file_id}` (X009)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Hold
from captions.models import MAX_VERSIONS, Transcript
from jobs import queue
from jobs.models import Job
from tests import media_bank
from tests.clips.asking import refused
from tests.clips.rows import ready_upload
from tests.speech.recordings import spoken
from tests.transcripts.rows import a_sentence, transcribed, transcript
from uploads.models import Upload


def path(upload: Upload) -> str:
    return f"/v1/transcript/{upload.pk}"


def edit(client, upload: Upload, *edits: dict, base: int = 1):
    return client.patch(path(upload), {"base_version": base, "edits": list(edits)})


def change(segment: int, word: int, text: str, **times: float) -> dict:
    return {"segment": segment, "word": word, "text": text} | times


def words(body: dict) -> list[tuple[str, float, float]]:
    return [(word["word"], word["start"], word["end"]) for segment in body["segments"] for word in segment["words"]]


# --- Reading ----------------------------------------------------------------------------------------------

def test_x009_a_transcript_is_read_with_its_versions(api, alice):
    upload = transcribed(alice)
    edit(api, upload, change(0, 0, "Hello"))
    newest = api.get(path(upload)).json()
    assert (newest["version"], newest["versions"], newest["edited"], newest["file_id"]) == (2, [1, 2], True, upload.pk)
    assert words(newest)[0] == ("Hello", 0.5, 0.8)
    first = api.get(f"{path(upload)}?version=1").json()
    assert (first["version"], first["edited"], words(first)[0]) == (1, False, ("Welcome", 0.5, 0.8))
    assert newest["duration"] == 6.0 and newest["language"] == "en"


@pytest.mark.parametrize("version", ["0", "-1", "x", "1.5", "99999999999999999999"])
def test_a_version_that_is_none_is_400(api, alice, version):
    reply = api.get(f"{path(transcribed(alice))}?version={version}")
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_field")


def test_a_version_or_transcript_that_is_not_there_is_404(api, alice):
    assert api.get(f"{path(transcribed(alice))}?version=2").status_code == 404
    assert api.get(path(ready_upload(alice))).status_code == 404


def test_a_transcript_is_read_and_corrected_after_its_source_is_gone_but_not_once_that_was_deleted(api, alice):
    upload = transcribed(alice)
    Upload.objects.update(state="expired", expires_at=timezone.now() - timedelta(hours=1))
    assert api.get(path(upload)).status_code == 200
    assert edit(api, upload, change(0, 0, "Hello")).json()["version"] == 2
    Upload.objects.update(deleted_at=timezone.now())
    assert (api.get(path(upload)).status_code, edit(api, upload, change(0, 0, "x"), base=2).status_code) == (404, 404)


def test_b16_anothers_transcript_does_not_exist(api, bob):
    theirs = transcribed(bob)
    assert [reply.status_code for reply in (
        api.get(path(theirs)), edit(api, theirs, change(0, 0, "x")),
        api.put(path(theirs), {"format": "txt", "text": "x"}))] == [404] * 3
    assert Transcript.objects.count() == 1 and not Job.objects.exists()


# --- Corrections ------------------------------------------------------------------------------------------

def test_x009_a_replaced_word_keeps_its_time_and_nothing_else_moves(api, alice):
    upload = transcribed(alice)
    before = words(api.get(path(upload)).json())
    body = edit(api, upload, change(0, 4, "Kubernetes"), change(2, 1, "all")).json()
    assert words(body) == [*before[:4], ("Kubernetes", *before[4][1:]), *before[5:10], ("all", *before[10][1:])]
    assert (body["version"], body["edited"], body["engine"]) == (2, True, "pocketsphinx")
    probabilities = [word["probability"] for segment in body["segments"] for word in segment["words"]]
    assert probabilities[4] is None and probabilities[3] == 0.9


def test_x009_inserted_words_share_the_gap(api, alice):
    """Between `talk`, which ends at 2.4, and `It`, which begins at 3.0."""
    body = edit(api, transcribed(alice), change(0, 4, "talk right now")).json()
    talk, right, now, it = words(body)[4:8]
    assert (talk, right[0], now[0], it[0]) == (("talk", 2.1, 2.4), "right", "now", "It")
    assert right[1] == 2.4 and right[2] == now[1] and now[2] <= it[1]
    assert right[2] - right[1] > 0.04 and now[2] - now[1] > 0.04


def test_a_word_inserted_before_the_one_that_is_there_leaves_it_in_its_place(api, alice):
    body = edit(api, transcribed(alice), change(1, 0, "But it")).json()
    but, it = words(body)[5:7]
    assert it == ("it", 3.0, 3.3) and but[0] == "But" and 2.4 <= but[1] < but[2] <= 3.0


def test_where_there_is_no_gap_inserted_words_share_the_words_own_time(api, alice):
    upload = transcribed(alice)
    tight = edit(api, upload, change(0, 0, "Welcome", end=0.9)).json()
    assert words(tight)[:2] == [("Welcome", 0.5, 0.9), ("everyone", 0.9, 1.2)]
    body = edit(api, upload, change(0, 0, "Oh dear me"), base=2).json()
    times = [word[1:] for word in words(body)[:3]]
    assert times[0][0] == 0.5 and times[2][1] == 0.9
    assert all(end - start >= 0.04 for start, end in times)
    assert words(body)[3] == ("everyone", 0.9, 1.2)


def test_no_text_takes_a_word_away_and_a_segment_without_words_goes(api, alice):
    upload = transcribed(alice)
    body = edit(api, upload, change(2, 0, ""), change(2, 1, "  "), change(0, 1, "")).json()
    assert [segment["text"] for segment in body["segments"]] == ["Welcome to this talk", "It is about cutting"]


def test_the_last_word_can_go_and_nothing_is_left(api, alice):
    upload = ready_upload(alice)
    transcript(upload, [["One"]])
    body = edit(api, upload, change(0, 0, "")).json()
    assert (body["segments"], body["text"]) == ([], "")
    assert api.post("/v1/transcript", {"file_id": upload.pk}).json()["version"] == 2


def test_times_can_be_moved_as_far_as_the_neighbours(api, alice):
    upload = transcribed(alice)
    body = edit(api, upload, change(0, 1, "everyone", start=0.8, end=1.3)).json()
    assert words(body)[1] == ("everyone", 0.8, 1.3)
    assert body["segments"][0]["words"][1]["probability"] == 0.9, "the word itself is the same"


@pytest.mark.parametrize("wish", [
    change(0, 1, "everyone", start=0.7), change(0, 1, "everyone", end=1.5), change(0, 1, "everyone", start=1.3),
    change(2, 1, "you", end=6.5), change(0, 1, "everyone", start=1.2, end=0.9), change(3, 0, "x"), change(0, 5, "x")])
def test_a_time_that_is_not_free_or_a_word_that_is_not_there_is_422(api, alice, wish):
    upload = transcribed(alice)
    refused(edit(api, upload, wish), 422, "out_of_range")
    assert Transcript.objects.count() == 1


def test_x009_a_stale_base_is_409(api, alice):
    upload = transcribed(alice)
    assert edit(api, upload, change(0, 0, "Hello")).status_code == 200
    for base in (1, 3, 2**31 - 1):
        reply = edit(api, upload, change(0, 0, "Hi"), base=base)
        assert (reply.status_code, reply.json()["code"]) == (409, "conflict") and "2" in reply.json()["error"]
    assert Transcript.objects.count() == 2


def test_x009_the_first_and_the_newest_versions_are_kept_twenty_in_all(api, alice):
    upload = transcribed(alice)
    for base in range(1, 24):
        assert edit(api, upload, change(0, 0, f"Word{base}"), base=base).json()["version"] == base + 1
    kept = api.get(path(upload)).json()["versions"]
    assert kept == [1, *range(6, 25)] and len(kept) == MAX_VERSIONS
    assert api.get(f"{path(upload)}?version=5").status_code == 404
    assert words(api.get(f"{path(upload)}?version=6").json())[0][0] == "Word5"


@pytest.mark.parametrize("body", [
    {}, {"base_version": 1}, {"edits": []}, {"base_version": 1, "edits": []}, {"base_version": "1", "edits": [{}]},
    {"base_version": 1, "edits": {}}, {"base_version": 1, "edits": [1]}, {"base_version": 1, "edits": [{}]},
    {"base_version": 0, "edits": [change(0, 0, "x")]}, {"base_version": True, "edits": [change(0, 0, "x")]},
    {"base_version": 1, "edits": [change(-1, 0, "x")]}, {"base_version": 1, "edits": [change(0, 0.5, "x")]},
    {"base_version": 1, "edits": [{"segment": 0, "word": 0, "text": 5}]},
    {"base_version": 1, "edits": [change(0, 0, "x" * 30_001)]},
    {"base_version": 1, "edits": [change(0, 0, "a " * 101)]},
    {"base_version": 1, "edits": [change(0, 0, "x", start=-1)]},
    {"base_version": 1, "edits": [{"segment": 0, "word": 0, "text": "x", "start": "1"}]},
    {"base_version": 1, "edits": [change(0, 0, "x")] * 501},
    {"base_version": 1, "edits": [change(0, 0, "x"), change(0, 0, "y")]}], ids=lambda body: str(body)[:60])
def test_a_wrong_correction_is_400_and_changes_nothing(api, alice, body):
    reply = api.patch(path(transcribed(alice)), body)
    assert reply.status_code == 400 and reply.json()["fields"]
    assert Transcript.objects.count() == 1


@pytest.mark.parametrize("text", [r"{\fscx100000}", r"\N", "<b>&amp;", "e" + "\u0301" * 20_000, "ש", "--> 1"])
def test_b50_any_text_is_text(api, alice, text):
    upload = transcribed(alice)
    body = edit(api, upload, change(1, 0, text)).json()
    assert body["segments"][1]["text"] == f"{text} is about cutting"
    assert api.get(path(upload)).json()["segments"] == body["segments"]


def test_line_breaks_in_a_word_part_words(api, alice):
    body = edit(api, transcribed(alice), change(0, 0, "Good\nmorning")).json()
    assert [word[0] for word in words(body)[:2]] == ["Good", "morning"]


# --- One's own text ---------------------------------------------------------------------------------------

OWN = "And so, my fellow Americans."


@pytest.fixture
def inline(settings) -> None:
    settings.JOBS_INLINE = True


def test_x009_ones_own_text_gets_the_times_at_which_it_is_said(api, alice, inline):
    upload = ready_upload(alice, a_sentence())
    transcript(upload, [["Ants"]])
    body = api.put(path(upload), {"format": "txt", "text": OWN}).json()
    assert (body["engine"], body["version"], body["cost"], body["cached"]) == ("align", 2, 0, False)
    assert spoken(" ".join(word[0] for word in words(body))) == spoken(OWN)
    assert body["text"] == f"[0:00:00] {OWN}" and 0 <= words(body)[0][1] < words(body)[-1][2] <= body["duration"]
    assert (Hold.objects.count(), Upload.objects.get().pins) == (0, 0)
    assert Job.objects.get().spec == {"upload": upload.pk, "align": {}}, "the text is not kept twice"
    assert api.post("/v1/transcript", {"file_id": upload.pk}).json()["engine"] == "align"


def test_x009_subtitles_stay_the_segments_that_they_are(api, alice, inline):
    upload = ready_upload(alice, a_sentence())
    srt = ("1\n00:00:00,300 --> 00:00:01,200\nAnd so,\n\n"
           "2\n00:00:01,200 --> 00:00:02,900\nmy\x1bfellow <i>Americans</i>.\n")
    body = api.put(path(upload), {"format": "srt", "text": srt}).json()
    assert [segment["text"] for segment in body["segments"]] == ["And so,", "my fellow Americans."]
    assert body["version"] == 1


def test_ones_own_text_is_a_job_that_can_be_waited_for(api, alice, work):
    upload = ready_upload(alice, a_sentence())
    reply = api.put(path(upload), {"format": "txt", "text": OWN})
    assert (reply.status_code, reply["Retry-After"]) == (202, "5")
    again = api.put(path(upload), {"format": "txt", "text": OWN})
    assert again.json()["job_id"] == reply.json()["job_id"]
    other = api.put(path(upload), {"format": "txt", "text": "Something else."})
    assert (other.status_code, other.json()["code"]) == (409, "in_flight")
    assert Upload.objects.get().pins == 1
    work()
    job = api.get(reply.json()["poll_url"]).json()
    assert (job["status"], job["result"]["engine"], job["cost"]) == ("complete", "align", 0)


def test_ones_own_text_is_one_version_though_its_worker_goes_when_all_is_done(api, alice, work, monkeypatch):
    upload = ready_upload(alice)
    api.put(path(upload), {"format": "txt", "text": OWN})
    corrected = []

    def go(point: str, job_id: str) -> None:
        if point == "after_put" and not corrected:
            corrected.append(transcript(upload))
            raise SystemExit

    monkeypatch.setattr("jobs.tasks.killpoint", go)
    work()
    assert list(Transcript.objects.order_by("version").values_list("engine", flat=True)) == ["pocketsphinx", "align"]
    assert Job.objects.get().result == {"version": 2}


def test_ones_own_text_that_is_cancelled_at_the_last_moment_is_no_version(api, alice, work, monkeypatch):
    upload = ready_upload(alice)
    job = api.put(path(upload), {"format": "txt", "text": OWN}).json()["job_id"]
    monkeypatch.setattr("jobs.tasks.killpoint",
                        lambda point, job_id: point == "after_put" and queue.cancel(alice, job_id=job))
    work()
    assert (Job.objects.get().error_code, Transcript.objects.count(), Upload.objects.get().pins) == ("cancelled", 0, 0)


@pytest.mark.parametrize(("fields", "status", "code"), [
    ({"format": "docx"}, 400, "invalid_field"), ({"format": None}, 400, "invalid_field"),
    ({"text": ""}, 400, "invalid_field"), ({"text": 5}, 400, "invalid_field"), ({"text": "a\0b"}, 400, "invalid_json"),
    ({"language": "e"}, 400, "invalid_field"),
    ({"format": "srt", "text": "no times"}, 400, "invalid_field"), ({"text": "word " * 161}, 422, "out_of_range")])
def test_a_text_that_cannot_be_used_is_refused(api, alice, fields, status, code):
    """6 s have room for 160 words."""
    upload = ready_upload(alice)
    refused(api.put(path(upload), {"format": "txt", "text": "Hello"} | fields), status, code)


def test_text_for_a_source_without_sound_or_that_is_gone_is_refused(api, alice):
    body = {"format": "txt", "text": "Hello"}
    refused(api.put(path(ready_upload(alice, media_bank.silent_mp4())), body), 422, "no_audio")
    upload = ready_upload(alice)
    Upload.objects.filter(pk=upload.pk).update(expires_at=timezone.now())
    refused(api.put(path(upload), body), 410, "source_expired")


def test_own_texts_of_many_sources_at_once_are_refused_for_they_cost_nothing(api, alice):
    sources = [ready_upload(alice) for _ in range(4)]
    later = {"Prefer": "respond-async"}
    told = [api.put(path(upload), {"format": "txt", "text": "Hello"}, headers=later) for upload in sources]
    assert [reply.status_code for reply in told] == [202, 202, 202, 409]
    assert told[3].json()["code"] == "in_flight"
    again = api.put(path(sources[0]), {"format": "txt", "text": "Hello"}, headers=later)
    assert (again.status_code, again.json()["job_id"]) == (202, told[0].json()["job_id"])
    assert [Upload.objects.get(pk=upload.pk).pins for upload in sources] == [1, 1, 1, 0]

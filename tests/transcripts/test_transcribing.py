"""Piece by piece: what is finished is never done again, whoever goes on."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.utils import timezone

from captions import transcribing, transcripts
from captions.models import Piece, Transcript
from core import speech
from jobs import clock, queue
from jobs.handlers import JobFailed
from jobs.models import Job
from media.errors import ToolStopped
from media.ffmpeg import Sandbox
from media.transcribe import chunks
from tests import media_bank
from tests.clips.rows import ready_upload
from tests.factories import give
from tests.speech.recordings import music, write
from tests.transcripts.rows import sentences, three_prompts, transcript
from uploads.models import Upload


class Told(Exception):
    """What a progress callback raises to end the work."""


@pytest.fixture
def short(settings) -> None:
    """Pieces of about 8 s."""
    settings.TRANSCRIBE_CHUNK_SECONDS = 8


@pytest.fixture
def upload(alice, short) -> Upload:
    return ready_upload(alice, three_prompts())


@pytest.fixture
def sandbox(tmp_path) -> Sandbox:
    (tmp_path / "job").mkdir()
    return Sandbox(tmp_path / "job", threading.Event())


def attempt(upload: Upload) -> Job:
    """A job of which an attempt runs now."""
    spec = {"upload": upload.pk, "language": "", "translate": False}
    job = queue.submit(upload.account, kind="transcript", source=upload.pk, spec=spec)
    Job.objects.filter(pk=job.pk).update(fence=1, lease_until=clock.now() + timedelta(minutes=5))
    return Job.objects.get(pk=job.pk)


def ensure(upload: Upload, sandbox: Sandbox, job: Job, **more) -> Transcript:
    return transcribing.ensure(upload.account, upload, sandbox, job=job, **more)


def pieces(upload: Upload, *finished: str) -> list[Piece]:
    """The plan of the source in three pieces, of which the first ones were finished and say this."""
    for number in range(3):
        Piece.objects.create(upload=upload, wish="pocketsphinx::", number=number, start=8.0 * number,
                             end=8.0 * number + 8, speech=[[8.0 * number + 0.5, 8.0 * number + 7.5]])
    for number, text in enumerate(finished):
        finish(Piece.objects.get(number=number), text)
    return list(Piece.objects.order_by("number"))


def finish(piece: Piece, text: str) -> None:
    """Another attempt has heard it."""
    said = transcripts.packed(sentences([[text]], first=piece.start + 1))
    Piece.objects.filter(pk=piece.pk, finished_at__isnull=True).update(
        language="en", said=said, finished_at=timezone.now())


def text_of(found: Transcript) -> list[str]:
    return [sentence.text for sentence in transcripts.sentences(found)]


def test_a_source_in_pieces_is_one_transcript_on_its_own_clock(upload, sandbox):
    shares: list[float] = []
    found = ensure(upload, sandbox, attempt(upload), progress=shares.append)
    said = transcripts.sentences(found)
    words = [word for sentence in said for word in sentence.words]
    assert found.version == 1 and found.words == len(words) > 15
    assert words[0].start < 8 and words[-1].end > 16
    assert all(before.end <= after.start for before, after in pairwise(words))
    assert shares == sorted(shares) and shares[0] >= 0 and 0.99 < shares[-1] <= 1
    assert not Piece.objects.exists()


def test_what_was_finished_stays_when_the_work_ends(upload, sandbox):
    def progress(share: float) -> None:
        if Piece.objects.filter(finished_at__isnull=False).exists():
            raise Told

    with pytest.raises(Told):
        ensure(upload, sandbox, attempt(upload), progress=progress)
    done, *left = Piece.objects.order_by("number")
    assert done.finished_at and done.said and done.language == "en"
    assert len(left) >= 2 and not any(piece.finished_at for piece in left)
    assert [piece.start for piece in left] == [done.end, *(piece.end for piece in left[:-1])]


def test_who_goes_on_begins_behind_the_last_finished_piece(upload, sandbox):
    pieces(upload, "First", "Second")
    found = ensure(upload, sandbox, attempt(upload))
    assert text_of(found)[:2] == ["First", "Second"] and found.words > 3
    assert transcripts.sentences(found)[2].start > 16


def test_two_jobs_share_the_pieces_and_none_is_done_twice(upload, sandbox):
    """The other job's attempt has the last piece and still runs: this one waits for it."""
    other, [*_, last] = attempt(upload), pieces(upload, "First", "Second")
    Piece.objects.filter(pk=last.pk).update(job=other.pk, fence=other.fence)
    waits = []

    def alive() -> None:
        waits.append(1)
        if len(waits) == 2:
            finish(last, "Theirs")

    found = ensure(upload, sandbox, attempt(upload), alive=alive)
    assert len(waits) == 2 and text_of(found) == ["First", "Second", "Theirs"]


@pytest.mark.parametrize("change", [{"fence": 2}, {"lease_until": None}, {"status": "failed"}], ids=str)
def test_a_piece_of_a_dead_attempt_is_free_at_once(upload, change):
    """Also for the next attempt of the same job, and although the lease of the first is not over."""
    job, [first, *_] = attempt(upload), pieces(upload)
    Piece.objects.update(job=job.pk, fence=1)
    work = transcribing._Work(upload.account, upload, Sandbox(Path()), attempt(upload), "", False, speech.engine(),
                              lambda share: None, lambda: None)
    assert not work._take(first)
    ended = {"error": "x", "error_code": "cancelled", "finished_at": timezone.now(), "lease_until": None}
    Job.objects.filter(pk=job.pk).update(**change | (ended if "status" in change else {}))
    assert work._take(first) and not work._take(first)
    assert Piece.objects.get(pk=first.pk).job == work.job.pk


def test_what_was_taken_away_meanwhile_is_not_written_over(upload, sandbox):
    """This attempt hung until its lease was over, and another one has finished its piece."""
    other, [*_, last] = attempt(upload), pieces(upload, "First", "Second")

    def taken(share: float) -> None:
        if Piece.objects.filter(pk=last.pk).exclude(job="").exists():
            Piece.objects.filter(pk=last.pk).update(job=other.pk)
            finish(last, "Theirs")

    found = ensure(upload, sandbox, attempt(upload), progress=taken)
    assert text_of(found) == ["First", "Second", "Theirs"]


def test_when_another_job_is_done_first_its_transcript_is_the_one(upload, sandbox):
    """It finishes while this one still fetches the sound: nothing is heard twice."""
    def done(share: float) -> None:
        if not Transcript.objects.exists():
            transcript(upload)

    found = ensure(upload, sandbox, attempt(upload), progress=done)
    assert (found.version, Transcript.objects.count(), Piece.objects.count()) == (1, 1, 0)


def test_when_the_others_join_the_pieces_their_transcript_is_the_one(upload, sandbox):
    pieces(upload)

    def joined() -> None:
        if not Transcript.objects.exists():
            transcript(upload)
            Piece.objects.all().delete()

    assert ensure(upload, sandbox, attempt(upload), alive=joined).version == 1
    assert Transcript.objects.count() == 1


def test_a_plan_is_written_once_though_two_begin_at_once(upload, sandbox):
    """The twin writes its plan, and does it, while this one looks where to cut the sound."""
    def twin(share: float) -> None:
        if share > transcribing.FETCH_SHARE and not Piece.objects.exists():
            pieces(upload, "First", "Second", "Third")

    assert text_of(ensure(upload, sandbox, attempt(upload), progress=twin)) == ["First", "Second", "Third"]


def test_pieces_in_which_nobody_speaks_are_finished_from_the_start(alice, short, sandbox, tmp_path):
    upload = ready_upload(alice, write(tmp_path / "music.wav", music(20)))
    found = ensure(upload, sandbox, attempt(upload))
    assert (found.words, found.language, transcripts.sentences(found)) == (0, "", [])


def test_what_is_stored_is_taken(upload, sandbox):
    made = transcript(upload)
    assert ensure(upload, sandbox, attempt(upload), language="en").pk == made.pk


def test_a_source_without_sound_fails_by_name(alice, sandbox):
    upload = ready_upload(alice, media_bank.silent_mp4())
    with pytest.raises(transcribing.NoAudio) as fault:
        ensure(upload, sandbox, attempt(upload))
    assert fault.value.code == "no_audio"


def test_a_source_whose_bytes_changed_is_gone(upload, sandbox):
    job = attempt(upload)
    Upload.objects.update(pin=upload.pin | {"size": 1})
    with pytest.raises(JobFailed) as fault:
        ensure(Upload.objects.get(), sandbox, job)
    assert fault.value.code == "source_gone" and not Piece.objects.exists()


def test_a_stopped_sandbox_ends_the_work(upload, sandbox):
    sandbox.stop.set()
    with pytest.raises(ToolStopped):
        ensure(upload, sandbox, attempt(upload))


def test_a_job_that_is_cancelled_half_way_is_refunded_and_leaves_what_is_finished(api, alice, upload, work,
                                                                                  monkeypatch):
    give(alice, 100)
    job = api.post("/v1/transcript", {"file_id": upload.pk}).json()["job_id"]
    pieces(upload, "First")
    heard = chunks.transcribe

    def cancelling(*args, **more):
        queue.cancel(alice, job_id=job)
        return heard(*args, **more)

    monkeypatch.setattr("captions.transcribing.chunks.transcribe", cancelling)
    monkeypatch.setattr("jobs.run.PROGRESS_SECONDS", 0)
    work()
    told = api.get(f"/v1/clip/{job}").json()
    assert (told["status"], told["error_code"], told["balance"]) == ("failed", "cancelled", 1.0)
    assert Piece.objects.get(finished_at__isnull=False).number == 0
    assert (Upload.objects.get().pins, Transcript.objects.count()) == (0, 0)

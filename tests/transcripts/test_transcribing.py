"""Piece by piece: what is finished is never done again, whoever goes on."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from captions import transcribing, transcripts
from captions.models import Piece, Transcript
from jobs import clock, queue
from jobs.handlers import JobFailed
from jobs.models import Job
from media.ffmpeg import Sandbox, ToolStopped
from tests import media_bank
from tests.clips.rows import ready_upload
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


def over(job: Job) -> None:
    """Its worker was killed, and the sweep has seen it."""
    Job.objects.filter(pk=job.pk).update(lease_until=clock.now())


def ensure(upload: Upload, sandbox: Sandbox, job: Job, **more) -> Transcript:
    return transcribing.ensure(upload.account, upload, sandbox, job=job, **more)


def stopping_after(finished: int):
    """A progress callback that ends the work as soon as so many pieces are finished."""
    def progress(share: float) -> None:
        if Piece.objects.filter(finished_at__isnull=False).count() >= finished:
            raise Told
    return progress


def test_a_source_in_pieces_is_one_transcript_on_its_own_clock(upload, sandbox):
    shares: list[float] = []
    found = ensure(upload, sandbox, attempt(upload), progress=shares.append)
    said = transcripts.sentences(found)
    words = [word for sentence in said for word in sentence.words]
    assert found.version == 1 and found.words == len(words) > 15
    assert words[0].start < 8 and words[-1].end > 16
    assert all(before.end <= after.start for before, after in zip(words, words[1:], strict=False))
    assert shares == sorted(shares) and 0 <= shares[0] and 0.99 < shares[-1] <= 1
    assert not Piece.objects.exists()


def test_who_goes_on_begins_behind_the_last_finished_piece(upload, sandbox):
    first, second = attempt(upload), attempt(upload)
    with pytest.raises(Told):
        ensure(upload, sandbox, first, progress=stopping_after(1))
    [done, *left] = Piece.objects.order_by("number")
    assert done.finished_at and done.said and len(left) >= 2 and not any(piece.finished_at for piece in left)
    Piece.objects.filter(pk=done.pk).update(said=transcripts.packed(sentences([["Kept"]])))
    over(first)
    shares: list[float] = []
    found = ensure(upload, sandbox, second, progress=shares.append)
    assert transcripts.sentences(found)[0].text == "Kept", "the finished piece was not heard again"
    assert found.words > 10


def test_two_jobs_share_the_pieces_and_none_is_done_twice(upload, sandbox):
    """The other job's attempt has the first piece and still runs: this one takes the rest, and waits."""
    mine, other = attempt(upload), attempt(upload)
    with pytest.raises(Told):
        ensure(upload, sandbox, mine, progress=stopping_after(0) if Piece.objects.exists() else _planned)
    first = Piece.objects.order_by("number").first()
    Piece.objects.filter(pk=first.pk).update(job=other.pk, fence=other.fence)
    waits = []

    def alive() -> None:
        left = Piece.objects.filter(finished_at__isnull=True)
        if [piece.pk for piece in left] == [first.pk]:
            waits.append(1)
            if len(waits) == 2:
                left.update(said=transcripts.packed(sentences([["Others"]])), language="en", finished_at=timezone.now())

    found = ensure(upload, sandbox, mine, alive=alive)
    assert len(waits) == 2 and transcripts.sentences(found)[0].text == "Others"


def _planned(share: float) -> None:
    if Piece.objects.exists():
        raise Told


def test_a_piece_of_a_dead_attempt_is_free_at_once_also_for_the_same_job(upload, sandbox):
    job = attempt(upload)
    with pytest.raises(Told):
        ensure(upload, sandbox, job, progress=_planned)
    Piece.objects.update(job=job.pk, fence=1)
    Job.objects.filter(pk=job.pk).update(fence=2)  # the claim of its next attempt
    assert ensure(upload, sandbox, Job.objects.get(pk=job.pk)).words > 10


def test_what_was_taken_away_meanwhile_is_not_written_over(upload, sandbox):
    """This attempt hung until its lease was over, and another one has finished its piece."""
    job, other = attempt(upload), attempt(upload)
    with pytest.raises(Told):
        ensure(upload, sandbox, job, progress=_planned)
    kept = transcripts.packed(sentences([["Theirs"]]))

    def taken(share: float) -> None:
        Piece.objects.filter(job=job.pk, number=0, finished_at__isnull=True).update(
            job=other.pk, language="en", said=kept, finished_at=timezone.now())

    found = ensure(upload, sandbox, job, progress=taken)
    assert transcripts.sentences(found)[0].text == "Theirs"


def test_when_another_job_is_done_first_its_transcript_is_the_one(upload, sandbox):
    """It finishes while this one still fetches the sound: nothing is heard twice."""
    def done(share: float) -> None:
        if not Transcript.objects.exists():
            transcript(upload)

    found = ensure(upload, sandbox, attempt(upload), progress=done)
    assert (found.version, Transcript.objects.count(), Piece.objects.count()) == (1, 1, 0)


def test_when_the_others_join_the_last_piece_their_transcript_is_the_one(upload, sandbox):
    job = attempt(upload)
    with pytest.raises(Told):
        ensure(upload, sandbox, job, progress=_planned)

    def joined() -> None:
        if not Transcript.objects.exists():
            transcript(upload)
            Piece.objects.all().delete()

    assert ensure(upload, sandbox, job, alive=joined).version == 1
    assert Transcript.objects.count() == 1


def test_a_plan_is_written_once_though_two_begin_at_once(upload, sandbox):
    """The twin writes its plan while this one cuts the sound."""
    job = attempt(upload)
    with pytest.raises(Told):
        ensure(upload, sandbox, job, progress=_planned)
    rows = list(Piece.objects.values("upload_id", "wish", "number", "start", "end", "speech"))
    Piece.objects.all().delete()

    def twin(share: float) -> None:
        if share > transcribing.FETCH_SHARE and not Piece.objects.exists():
            Piece.objects.bulk_create([Piece(**row) for row in rows])
        if share > transcribing.PLAN_SHARE:
            raise Told

    with pytest.raises(Told):
        ensure(upload, sandbox, job, progress=twin)
    assert Piece.objects.count() == len(rows)


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


def test_a_job_that_is_cancelled_half_way_is_refunded_and_leaves_what_it_finished(api, alice, upload, work):
    from tests.factories import give

    give(alice, 100)
    job = api.post("/v1/transcript", {"file_id": upload.pk}).json()["job_id"]
    reached = transcribing.ensure

    def cancelling(*args, **more):
        def progress(share: float) -> None:
            if Piece.objects.filter(finished_at__isnull=False).exists():
                queue.cancel(alice, job_id=job)
            before(share)
        before = more["progress"]
        return reached(*args, **more | {"progress": progress})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transcribing, "ensure", cancelling)
        patch.setattr("jobs.run.PROGRESS_SECONDS", 0)
        work()
    told = api.get(f"/v1/clip/{job}").json()
    assert (told["status"], told["error_code"], told["balance"]) == ("failed", "cancelled", 1.0)
    assert Piece.objects.filter(finished_at__isnull=False).count() == 1
    assert Upload.objects.get().pins == 0

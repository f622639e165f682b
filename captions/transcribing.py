"""Transcribing a source inside a job: piece by piece, each once, whichever jobs need the words.

The sound is cut at pauses into pieces of about five minutes. Every piece that is finished is stored, so a worker
that takes over from a dead one goes on at the next; and jobs that need the same source at the same time share its
pieces. Source: speech 1, C066-C069.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils import timezone

from accounts.models import Account
from captions import transcripts
from captions.models import Piece, Transcript
from core import speech
from jobs import clock
from jobs.handlers import JobFailed
from jobs.killpoint import killpoint
from jobs.models import OPEN, Job
from media.ffmpeg import Sandbox
from media.probe import Probe
from media.transcribe import audio as wav
from media.transcribe import base, chunks
from media.transcribe.base import Engine, LanguageUnknown, primary
from media.transcribe.chunks import Chunk
from media.transcribe.languages import ALIASES
from uploads import services as uploads
from uploads.models import Upload

FETCH_SHARE, PLAN_SHARE = 0.05, 0.1  # of the progress: when the sound is there, and when it is cut into pieces
PAUSE = 0.5  # seconds between two looks whether another job has finished its piece
Progress = Callable[[float], None]


class NoAudio(JobFailed):
    """The source has no sound (C067)."""

    def __init__(self) -> None:
        super().__init__("no_audio", "This source has no audio track.")


def fits(found: Transcript, language: str, *, translate: bool = False) -> bool:
    """Whether a stored transcript is what is asked for: any language where none is named. Source: C069.

    Where nobody speaks, that is so in every language.
    """
    if not found.words and found.base is None:
        return True
    if translate or found.translated:
        return found.translated == translate
    wanted = primary(language)
    return not wanted or ALIASES.get(wanted, wanted) == found.language


def ensure(account: Account, upload: Upload, sandbox: Sandbox, *, job: Job, language: str = "",
           translate: bool = False, source: Path | None = None, progress: Progress = lambda share: None,
           alive: Callable[[], None] = lambda: None) -> Transcript:
    """The stored transcript of `upload` that fits, else a new one, made in `job`, whose attempt must be running.

    `source` is the path of the source where the caller has fetched it. `progress` gets the share done, 0 to 1, and
    `alive` is called between steps; what they raise ends the work, and what is finished stays. No words: nobody
    speaks. Raises NoAudio, JobFailed, MediaError, NotReady, ToolStopped.
    """
    found = transcripts.newest(account, upload)
    if found is not None and fits(found, language, translate=translate):
        return found
    work = _Work(account, upload, sandbox, job, language, translate, speech.engine(), progress, alive)
    sound = work.sound(source)
    if work.plan(sound):
        work.listen(sound)
    sound.unlink(missing_ok=True)  # 115 MB an hour
    return work.joined()


@dataclass(frozen=True, slots=True)
class _Work:
    """What `ensure` was asked for, and the steps of it."""

    account: Account
    upload: Upload
    sandbox: Sandbox
    job: Job
    language: str
    translate: bool
    engine: Engine
    progress: Progress
    alive: Callable[[], None]

    @property
    def wish(self) -> str:
        """The name of this way to transcribe: pieces of another way are other pieces."""
        return f"{self.engine.name}:{primary(self.language)}:{'en' if self.translate else ''}"

    @property
    def pieces(self) -> Q:
        return Q(upload=self.upload, wish=self.wish)

    def sound(self, source: Path | None) -> Path:
        """The sound of the source as recognisers want it. Raises NoAudio."""
        found = Probe.from_dict(self.upload.probe)
        if not found.has_audio:
            raise NoAudio
        path = source or uploads.source_path(self.upload, self.sandbox.folder, tick=lambda _: self.progress(0))
        target = self.sandbox.folder / "speech.wav"
        wav.extract(path, target, self.sandbox, found=found,
                    on_progress=lambda share: self.progress(FETCH_SHARE * share))
        uploads.check_source(self.upload)
        return target

    def plan(self, sound: Path) -> bool:
        """Write the pieces down, unless an attempt before or another job did; False where all is done meanwhile.

        Pieces without speech are finished from the start: they cost nothing.
        """
        if Piece.objects.filter(self.pieces).exists():
            return True
        share = PLAN_SHARE - FETCH_SHARE
        cut = chunks.plan(sound, length=settings.TRANSCRIBE_CHUNK_SECONDS,
                          on_progress=lambda done: self.progress(FETCH_SHARE + share * done))
        try:
            with transaction.atomic():
                Piece.objects.bulk_create([self._row(number, chunk) for number, chunk in enumerate(cut)])
                if self._stored() is None:
                    return True
                Piece.objects.filter(self.pieces).delete()  # another job was done in just this moment
                return False
        except IntegrityError:
            return True

    def _row(self, number: int, chunk: Chunk) -> Piece:
        return Piece(upload=self.upload, wish=self.wish, number=number, start=chunk.start, end=chunk.end,
                     speech=[list(span) for span in chunk.speech],
                     finished_at=None if chunk.speech else timezone.now())

    def _stored(self) -> Transcript | None:
        found = transcripts.newest(self.account, self.upload)
        return found if found is not None and fits(found, self.language, translate=self.translate) else None

    def listen(self, sound: Path) -> None:
        """Take one piece after the other until all are finished, by this job or by others."""
        while (left := list(Piece.objects.filter(self.pieces, finished_at__isnull=True).order_by("number"))):
            self.alive()
            mine = next((piece for piece in left if self._take(piece)), None)
            if mine is None:
                self.progress(self._share(0.0))
                self.sandbox.stop.wait(PAUSE)
                continue
            self._finish(mine, self._heard(mine, sound))

    def _take(self, piece: Piece) -> bool:
        """Claim a piece that no running attempt has."""
        owner = Job.objects.filter(pk=OuterRef("job"), fence=OuterRef("fence"), status__in=OPEN,
                                   lease_until__gt=clock.now())
        return Piece.objects.filter(~Exists(owner), pk=piece.pk, finished_at__isnull=True).update(
            job=self.job.pk, fence=self.job.fence) == 1

    def _heard(self, piece: Piece, sound: Path) -> base.Transcript:
        chunk = Chunk(piece.start, piece.end, tuple((start, end) for start, end in piece.speech))
        before = self._share(0.0)
        mine = (self._share(chunk.duration) - before)
        try:
            return chunks.transcribe(self.engine, sound, chunk, self.sandbox, language=self.language or None,
                                     translate=self.translate,
                                     on_progress=lambda share: self.progress(before + mine * share))
        except LanguageUnknown as fault:
            raise JobFailed("gave_up", "The recogniser of this installation does not know the language.") from fault

    def _finish(self, piece: Piece, heard: base.Transcript) -> None:
        """Store what was heard; nothing where the piece has gone to another attempt meanwhile."""
        mine = Piece.objects.filter(pk=piece.pk, job=self.job.pk, fence=self.job.fence, finished_at__isnull=True)
        if mine.update(language=heard.language, said=transcripts.packed(heard.sentences),
                       finished_at=timezone.now()) == 1:
            killpoint("after_piece", self.job.pk)

    def _share(self, more: float) -> float:
        """The share of all work that is done once `more` seconds are, besides what is finished."""
        rows = Piece.objects.filter(self.pieces)
        whole = rows.aggregate(sum=Sum(F("end") - F("start")))["sum"] or 1.0
        done = rows.filter(finished_at__isnull=False).aggregate(sum=Sum(F("end") - F("start")))["sum"] or 0.0
        return PLAN_SHARE + (1 - PLAN_SHARE) * min(1.0, (done + more) / whole)

    def joined(self) -> Transcript:
        """Make the finished pieces one transcript, unless another job that shared them has done so."""
        try:
            with transaction.atomic():
                rows = list(Piece.objects.filter(self.pieces).order_by("number"))
                found = self._stored()
                if found is not None:
                    return found
                made = chunks.join([self._part(row) for row in rows])
                Piece.objects.filter(self.pieces).delete()
                return transcripts.keep(self.upload, made, translated=self.translate)
        except IntegrityError:
            return transcripts.one(self.account, self.upload)

    def _part(self, row: Piece) -> base.Transcript:
        return base.Transcript(row.language, tuple(transcripts.unpacked(row.said)), self.engine.name,
                               self.engine.quality)

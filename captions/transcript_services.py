"""Asking for transcripts, correcting them, bringing one's own text, and letting them go."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Account
from billing import prices
from billing.queries import require
from captions import exports, transcribing, transcript_edits, transcripts
from captions.errors import EngineAway, NoAudio, StaleTranscript
from captions.models import Piece, Transcript
from captions.transcript_edits import Edit, OutOfRange
from core import speech
from core.errors import Conflict, Gone, InvalidField
from jobs import queue
from jobs.models import OPEN, TERMINAL, Job
from media.probe import Probe
from media.transcribe import base, formats
from media.transcribe.base import NotReady, primary
from media.transcribe.formats import BadText
from uploads import queries as uploads
from uploads import services as upload_services

KIND = "transcript"
KEPT = timedelta(hours=24)  # past the end of the source (C069)
SWEEP_AT_ONCE = 200
ALIGN = "align"  # in the key of a job
MOST_FREE = 3  # sources of an account whose own texts are aligned at a time, which costs nothing
FASTEST, ROOM = 10, 100  # words per second, and how many more, that a text may have


@dataclass(frozen=True, slots=True)
class Plan:
    """What a wish comes to: the stored transcript that fits, or None, its price in cents, and the source's name."""

    stored: Transcript | None
    cents: int
    file_name: str = ""


def plan(account: Account, *, file_id: str, language: str = "", translate: bool = False) -> Plan:
    """Every check of `ask`, and the price in cents: 0 where the transcript is stored. Nothing is kept (X002).

    Raises what `ask` raises but for the balance.
    """
    found = transcripts.newest(account, uploads.owned(account, file_id))
    if found is not None and transcribing.fits(found, language, translate=translate):
        return Plan(found, 0)
    upload = uploads.usable(account, file_id)
    probe = Probe.from_dict(upload.probe)
    if not probe.has_audio:
        raise NoAudio
    check_engine(language, translate=translate)
    return Plan(None, prices.transcript(probe.duration), upload.filename)


def rehearse(account: Account, *, file_id: str, language: str = "", translate: bool = False) -> Plan:
    """`plan` and a look at the balance. Raises 402 too. Source: X002."""
    planned = plan(account, file_id=file_id, language=language, translate=translate)
    require(account, cents=planned.cents)
    return planned


def ask(account: Account, *, file_id: str, language: str = "", translate: bool = False) -> Transcript | Job:
    """The stored transcript of an upload, or the job that makes it: the running one, or a new one with its hold.

    Asking twice, also at once, is one job. Raises 400 for a language or a translation that the recogniser cannot
    do, 402, what `uploads.queries.usable` raises, 422 `no_audio`, 503. Source: C064-C069, C075, B45, B46.
    """
    planned = plan(account, file_id=file_id, language=language, translate=translate)
    if planned.stored is not None:
        return planned.stored
    spec = {"upload": file_id, "language": language, "translate": translate, "file_name": planned.file_name}
    return _job_or_stored(account, file_id, cents=planned.cents, spec=spec)


@transaction.atomic
def _job_or_stored(account: Account, file_id: str, *, cents: int, spec: dict[str, Any]) -> Transcript | Job:
    """The job; or the transcript, where the job that made it has ended since we looked: it is not paid twice.

    A job that ended is counted before, and its transcript was there before it ended: so one of the two is seen.
    """
    language, translate = spec["language"], spec["translate"]
    wish = f"{primary(language)}{'>en' if translate else ''}"
    key = _key(account, file_id, wish)
    found = transcripts.newest(account, file_id)
    if found is not None and transcribing.fits(found, language, translate=translate):
        return found
    return _submit(account, file_id, key=key, cents=cents, spec=spec)


def align(account: Account, *, file_id: str, format: str, text: str, language: str = "") -> Job:
    """The job that gives the words of `text` (srt, vtt or txt) their times in the source; free of charge.

    One at a time per source: the same text again is the same job. Raises 400 `invalid_field` where the text cannot
    be read, what `uploads.queries.usable` raises, 409 `in_flight` while another text is aligned with it, or others
    with MOST_FREE other sources, 422 `no_audio` and `out_of_range`, 503. Source: X009.
    """
    upload = uploads.usable(account, file_id)
    probe = Probe.from_dict(upload.probe)
    if not probe.has_audio:
        raise NoAudio
    _check_text(text, format, probe.duration)
    wish = {"format": format, "text": text, "language": language}
    with transaction.atomic():
        _check_others(account, file_id)
        job = _submit(account, file_id, key=_key(account, file_id, ALIGN), cents=0,
                      spec={"upload": file_id, "align": wish})
        if job.spec["align"] != wish:
            raise Conflict("Another text is being aligned with this source.", code="in_flight",
                           hint=f"Wait for it: GET /v1/clip/{job.pk}.")
    return job


def _check_text(text: str, format: str, duration: float) -> None:
    try:
        cues = formats.parse(text, format)
    except BadText as fault:
        raise InvalidField("text", fault.sentence) from fault
    if sum(len(cue.text.split()) for cue in cues) > FASTEST * duration + ROOM:
        raise OutOfRange("The text has more words than can be said in this source.")


def _check_others(account: Account, file_id: str) -> None:
    """Refuse work that costs its owner nothing while a lot of it waits: it would keep everybody's workers busy."""
    free = Job.objects.filter(account=account, kind=KIND, hold__isnull=True, status__in=OPEN).exclude(source=file_id)
    if free.count() >= MOST_FREE:
        raise Conflict(f"Texts of {MOST_FREE} other sources are being aligned.", code="in_flight",
                       hint="Wait until one of them is done.")


def check_engine(language: str = "", *, translate: bool = False) -> None:
    """Refuse what no recogniser here can do, before money is taken. Raises 400 `invalid_field`, 503."""
    try:
        engine = speech.engine()
    except NotReady as fault:
        raise EngineAway from fault
    if language and not engine.knows(language):
        raise InvalidField("language", f"The recogniser {engine.name} does not know it.",
                           hint="Leave it out, or ask the operator for a Whisper model.")
    if translate and not engine.translates:
        raise InvalidField("translate", f"The recogniser {engine.name} cannot translate.",
                           hint="Leave it out, or ask the operator for a Whisper model.")


def _key(account: Account, file_id: str, wish: str) -> str:
    """One job per source and wish at a time: its key counts those that ended before, so twins have the same."""
    key = f"{KIND}:{file_id}:{wish}"
    mine = Job.objects.filter(account=account, kind=KIND, source=file_id)
    return f"{key}:{mine.filter(request_key__startswith=f'{key}:', status__in=TERMINAL).count()}"


def _submit(account: Account, file_id: str, *, key: str, cents: int, spec: dict[str, Any]) -> Job:
    """The job of that key, in the caller's transaction. Raises `Gone`, what `queue.submit_once` raises."""
    if not upload_services.pin(file_id):
        raise Gone
    job, new = queue.submit_once(account, kind=KIND, spec=spec, cents=cents, parts={KIND: cents}, source=file_id,
                                 request_key=key)
    if not new:
        upload_services.unpin(file_id)
    return job


@transaction.atomic
def edit(account: Account, *, file_id: str, base_version: int, edits: Sequence[Edit]) -> Transcript:
    """The next version of a transcript, with these words corrected; the source may have expired.

    Raises 400 `invalid_field`, 404, 409 `conflict` where `base_version` is not the newest, 422 `out_of_range`.
    Source: X009.
    """
    upload = uploads.owned(account, file_id)
    found = transcripts.one(account, upload)
    if found.version != base_version:
        raise StaleTranscript(found.version)
    said = transcript_edits.apply(transcripts.sentences(found), edits, duration=exports.duration_of(found))
    try:
        with transaction.atomic():
            return transcripts.keep(
                upload, base.Transcript(found.language, tuple(said), found.engine, found.quality),  # type: ignore[arg-type]
                edited=found.version, translated=found.translated)
    except IntegrityError as fault:
        raise StaleTranscript(found.version + 1) from fault


def forget(keep: Collection[str]) -> int:
    """Delete transcripts whose source is gone for 24 h, but of the sources `keep`; returns how many rows.

    And pieces of transcripts that nobody will finish, for their source is gone. Source: C069.
    """
    now = timezone.now()
    past = Q(upload__expires_at__lte=now - KEPT) | Q(upload__deleted_at__lte=now - KEPT)
    gone = Transcript.objects.filter(past).exclude(upload__state="ready").exclude(upload__in=keep)
    rows = gone.order_by("pk").values_list("pk", flat=True)[:SWEEP_AT_ONCE]
    left = Piece.objects.exclude(upload__state="ready").order_by("pk").values_list("pk", flat=True)[:SWEEP_AT_ONCE]
    Piece.objects.filter(pk__in=list(left)).delete()
    return Transcript.objects.filter(pk__in=list(rows)).delete()[0]

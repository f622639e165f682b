"""What a page knows of a source's transcript before it reads one: whether it is there, who hears it, what it costs."""

from __future__ import annotations

from typing import Any

from accounts.models import Account
from billing import prices
from captions.models import Transcript
from captions.transcript_services import KIND
from core import speech
from jobs.models import OPEN, Job
from media.transcribe.base import NotReady
from uploads.models import Upload


def facts(account: Account, upload: Upload) -> dict[str, Any] | None:
    """The facts of an upload's transcript, None while the upload is not ready.

    `version` is the newest one and null where there is none; `engine` and `quality` are of what heard it, else of
    what would hear it now ("" where nothing can); `cents` is what asking costs, 0 where it is stored; `poll_url`
    is the job that makes it now, or null. The words themselves are not read.
    """
    if upload.state != "ready":
        return None
    audio = upload.probe.get("has_audio") is not False
    told: dict[str, Any] = {"audio": audio, "version": None, "words": 0, "engine": "", "quality": "", "cents": 0,
                            "poll_url": None}
    if not audio:
        return told
    stored = Transcript.objects.filter(upload__account=account, upload=upload).order_by("-version").values(
        "version", "words", "engine", "quality").first()
    running = Job.objects.filter(account=account, kind=KIND, source=upload.pk, status__in=OPEN).order_by("-created_at")
    job = running.values_list("pk", flat=True).first()
    told["poll_url"] = f"/v1/clip/{job}" if job else None
    return told | (stored or _wanted(float(upload.probe["duration"])))


def _wanted(seconds: float) -> dict[str, Any]:
    """Who would hear a source of `seconds`, and for how much."""
    try:
        choice = speech.choice()
    except NotReady:
        return {}
    return {"engine": choice.name, "quality": choice.quality, "cents": prices.transcript(seconds)}

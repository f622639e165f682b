"""Answers about work that may take longer than a request waits. Source: C075, X034."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Account
from captions import exports, transcripts
from captions.exports import Export
from captions.models import Transcript
from captions.transcript_services import Plan
from core import text
from core.codes import STATUS_OF
from core.errors import Conflict, FastClipError, Gone, Unavailable, Unprocessable
from core.money import dollars
from jobs import waiting
from jobs.models import Job

RETRY_AFTER = 5  # seconds


def queued(job: Job) -> Response:
    """202: the work goes on, and where to look (C075)."""
    body = {"job_id": job.pk, "status": job.status, "progress": job.progress,
            "poll_url": f"/v1/clip/{job.pk}", "retry_after": RETRY_AFTER}
    return Response(body, status=202, headers={"Retry-After": str(RETRY_AFTER)})


def asked(account: Account, found: Transcript | Job) -> Response:
    """What is stored, free of charge (C069), or the job that makes it."""
    if isinstance(found, Job):
        return queued(found)
    return Response(exports.answer(account, found, cost=0, cached=True))


def awaited(request: Request, account: Account, answer: HttpResponseBase) -> HttpResponseBase:
    """The answer itself, or what becomes of the job that a 202 names while the request may wait.

    Call it outside of any transaction. Raises what `_refusal` makes of a job that failed.
    """
    if answer.status_code != 202:
        return answer
    told = answer.data if isinstance(answer, Response) else json.loads(getattr(answer, "content", b"{}"))
    at_once = "respond-async" in _preferences(request)
    job = waiting.wait(account, told["job_id"], seconds=0 if at_once else settings.SYNC_WAIT_SECONDS)
    if job.status == "failed":
        raise _refusal(job)
    found = queued(job) if job.status != "complete" else Response(body_of(account, job))
    if at_once:
        found["Preference-Applied"] = "respond-async"
    if answer.has_header("Idempotent-Replayed"):
        found["Idempotent-Replayed"] = answer["Idempotent-Replayed"]
    return found


def _preferences(request: Request) -> set[str]:
    """The names in the header Prefer. Source: RFC 7240."""
    said = request.headers.get("Prefer", "").split(",")
    return {part.partition(";")[0].strip().lower() for part in said}


def body_of(account: Account, job: Job) -> dict[str, Any]:
    """What a complete job has made, with its price. Raises `NotFound` where that is no longer kept."""
    return exports.answer(account, transcripts.one(account, job.source, job.result["version"]), cost=job.cost,
                          cached=False)


def _refusal(job: Job) -> FastClipError:
    """The error of a job that failed: about the media 422, cancelled 409, ours 503; all is refunded (C075)."""
    code, sentence = str(job.error_code), str(job.error)
    if code == "cancelled":
        return Conflict(sentence)
    if code == "source_gone":
        return Gone(sentence)
    if STATUS_OF.get(code) == 422 or code == "media_error":
        return Unprocessable(sentence, code="unsupported_media" if code == "media_error" else code)
    return Unavailable(sentence, code="storage_unavailable" if code == "storage_failed" else "",
                       hint="Nothing was paid. Ask again later.")


def rehearsed(planned: Plan) -> Response:
    """The answer to a dry run, in dollars. Source: X002."""
    return Response({"dry_run": True, "cost": dollars(planned.cents), "reserved": dollars(planned.cents),
                     "cached": planned.stored is not None})


def file(made: Export, filename: str) -> HttpResponse:
    """An export as a download that is called like the file it belongs to, but for the ending."""
    name = f"{filename.rpartition('.')[0]}.{made.extension}"
    return HttpResponse(made.body, content_type=f"{made.content_type}; charset=utf-8",
                        headers={"Content-Disposition": text.disposition(name, inline=False)})

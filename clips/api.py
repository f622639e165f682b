"""HTTP for clips: ask, poll, cancel, list. Views parse, call one service and answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.auth import account_of, by_session
from clips import queries, schemas, services
from clips.bodies import ClipRequest, ClipsQuery, DeleteMany, Rename
from clips.plan import Plan, cuts_of
from clips.services import Queued
from core.errors import Unavailable
from core.idempotency import replayable
from core.money import dollars
from core.throttles import JOB_POST


class ClipView(APIView):
    """`POST /v1/clip`: one job per segment (C038-C043); `dry_run` answers the price instead (X002)."""

    throttle_classes = JOB_POST

    @schemas.clip(ClipRequest)
    @replayable
    def post(self, request: Request) -> Response:
        body = ClipRequest(data=request.data)
        body.is_valid(raise_exception=True)
        wish = _wish(body.validated_data) | {"by_session": by_session(request)}
        if body.validated_data["dry_run"]:
            return Response(_rehearsed(services.rehearse_trim(account_of(request), **wish)))
        key = request.idempotency_key  # type: ignore[attr-defined]
        outcome = services.request_trim(account_of(request), **wish, **_titles(body.validated_data), request_key=key)
        return Response(_queued(outcome, single="segments" not in body.validated_data))


class JobView(APIView):
    """`GET /v1/clip/{job_id}` (C046-C055)."""

    @schemas.job
    def get(self, request: Request, job_id: str) -> Response:
        return Response(queries.job_view(account_of(request), job_id))


class CancelView(APIView):
    """`POST /v1/clip/{job_id}/cancel` (X005)."""

    @schemas.cancel
    def post(self, request: Request, job_id: str) -> Response:
        services.cancel(account_of(request), job_id=job_id)
        return Response(queries.job_view(account_of(request), job_id))


class ClipsView(APIView):
    """`GET /v1/clips` (C111)."""

    @schemas.clips(ClipsQuery)
    def get(self, request: Request) -> Response:
        query = ClipsQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        return Response(queries.clips(account_of(request), **query.validated_data))


class OneClipView(APIView):
    """`GET`, `PATCH`, `DELETE /v1/clips/{clip_id}` (X019, C112, C115)."""

    @schemas.one_clip
    def get(self, request: Request, clip_id: UUID) -> Response:
        return Response(queries.one_clip(account_of(request), clip_id))


    @schemas.rename(Rename)
    def patch(self, request: Request, clip_id: UUID) -> Response:
        """C112."""
        body = Rename(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(queries.clip_view(services.rename(account_of(request), clip_id=clip_id, **body.validated_data)))

    @schemas.delete
    def delete(self, request: Request, clip_id: UUID) -> Response:
        """C115."""
        services.delete(account_of(request), clip_id=clip_id)
        return Response({"ok": True})


class ClipTranscriptView(APIView):
    """`GET /v1/clips/{clip_id}/transcript.{ext}`: what is said in a clip, on its own clock (X009)."""

    @schemas.clip_transcript
    def get(self, request: Request, clip_id: UUID, ext: str) -> HttpResponse:
        return queries.transcript_file(account_of(request), clip_id, ext)


class BulkDeleteView(APIView):
    """`POST /v1/clips/bulk-delete` (C114)."""

    @schemas.bulk_delete(DeleteMany)
    def post(self, request: Request) -> Response:
        body = DeleteMany(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(services.delete_many(account_of(request), **body.validated_data))


def _wish(body: dict[str, Any]) -> dict[str, Any]:
    """A parsed body as the services' arguments."""
    return {"file_id": body["file_id"], "cuts": cuts_of(body),
            "format": body.get("format"), "quality": body.get("quality"),
            "captions": body["captions"]["preset_ref"] if "captions" in body else None}


def _titles(body: dict[str, Any]) -> dict[str, Any]:
    """What the clips of a parsed body shall be called: one title for all, and each segment's own or ""."""
    return {"title": body.get("title"), "titles": [item.get("title", "") for item in body.get("segments", ())]}


def _queued(outcome: Queued, *, single: bool) -> dict[str, Any]:
    """The answer of C039 and C040: `job_id` for start/end, `job_ids` for segments, both for one segment."""
    ids = [job.pk for job in outcome.jobs]
    if outcome.refused:
        return {"job_ids": ids, "status": "partial", "error": Unavailable.sentence}
    if single:
        return {"job_id": ids[0], "status": "pending"}
    return {"job_ids": ids, "status": "pending"} | ({"job_id": ids[0]} if len(ids) == 1 else {})


def _rehearsed(plan: Plan) -> dict[str, Any]:
    """The answer of X002: dollars and seconds."""
    segments = [{"start": round(cut.start, 3), "end": round(cut.end, 3), "duration": round(cut.duration, 3)}
                for cut in plan.cuts]
    return {"dry_run": True, "cost": dollars(plan.total), "reserved": dollars(plan.total),
            "format": plan.format, "quality": plan.quality, "segments": segments}

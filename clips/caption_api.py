"""HTTP for captions on what is there already: ask, and poll. Views parse, call one service and answer."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.auth import account_of
from clips import caption_schemas as schemas
from clips import caption_services as services
from clips import queries
from clips.bodies import CaptionsRequest
from clips.caption_services import CaptionPlan
from core.idempotency import replayable
from core.money import dollars
from core.throttles import JOB_POST
from jobs.models import Job


class CaptionsView(APIView):
    """`POST /v1/captions` (C076-C083); `dry_run` answers the price instead (X002)."""

    throttle_classes = JOB_POST

    @schemas.captions(CaptionsRequest)
    @replayable
    def post(self, request: Request) -> Response:
        body = CaptionsRequest(data=request.data)
        body.is_valid(raise_exception=True)
        wish = _wish(body.validated_data)
        if body.validated_data["dry_run"]:
            return Response(_rehearsed(services.rehearse_captions(account_of(request), **wish)))
        key = request.idempotency_key  # type: ignore[attr-defined]
        return Response(_queued(services.request_captions(account_of(request), **wish, request_key=key)))


class CaptionsJobView(APIView):
    """`GET /v1/captions/{job_id}` (C078)."""

    @schemas.captions_job
    def get(self, request: Request, job_id: str) -> Response:
        return Response(queries.captions_view(account_of(request), job_id))


def _wish(body: dict[str, Any]) -> dict[str, Any]:
    """A parsed body as the services' arguments."""
    return {"file_id": body.get("file_id"), "clip_id": body.get("clip_id"), "job_id": body.get("job_id"),
            "style": body["preset_ref"], "quality": body.get("quality")}


def _queued(job: Job) -> dict[str, Any]:
    """The answer of C076, in dollars."""
    return {"job_id": job.pk, "status": "pending", "reserved": dollars(job.hold.amount if job.hold else 0)}


def _rehearsed(plan: CaptionPlan) -> dict[str, Any]:
    """The answer of X002: dollars and seconds."""
    segment = {"start": round(plan.shown.start, 3), "end": round(plan.shown.end, 3),
               "duration": round(plan.shown.duration, 3)}
    return {"dry_run": True, "cost": dollars(plan.cents), "reserved": dollars(plan.cents), "format": "mp4",
            "quality": plan.quality, "segments": [segment]}

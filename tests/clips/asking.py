"""Bodies of `POST /v1/clip`, and what every refusal must be like."""

from __future__ import annotations

from typing import Any

from billing.models import Hold
from jobs.models import Job
from uploads.models import Upload
from webhooks.models import Event


def one(upload: Upload, **extra: Any) -> dict:
    return {"file_id": upload.pk, "start": 1, "end": 3} | extra


def many(upload: Upload, *ranges: tuple[float, float], **extra: Any) -> dict:
    return {"file_id": upload.pk, "segments": [{"start": a, "end": b} for a, b in ranges]} | extra


def refused(reply: Any, status: int, code: str) -> dict:
    """The reply's error, after checking that the refusal left nothing behind (G14)."""
    assert (reply.status_code, reply.json().get("code")) == (status, code), reply.content
    assert (Job.objects.count(), Hold.objects.count(), Event.objects.count()) == (0, 0, 0)
    return reply.json()

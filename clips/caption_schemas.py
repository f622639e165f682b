"""How the routes of `/v1/captions` are described; the examples are those of the API's own documentation."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clips.schemas import CLIP_ID, JOB, TAG, Job
from core.schemas import Description, describe

ABOUT = (
    "Burns captions into all of an uploaded video, or into an MP4 clip of yours, and delivers a new MP4; what was "
    "there stays as it is. job_id makes what an earlier job captioned again, in another style, as long as its clip "
    "lasts: the upload is not needed. What is said is found out first, unless it is known. $0.02 per started minute, "
    "$0.04 where 4K is delivered. Where nobody speaks, or a character has no font, the job fails and is refunded; "
    "where it is known before, the request is refused at once. With dry_run the answer is dry_run, cost, reserved, "
    "format, quality and segments instead of a job.")
FAULTS = ("invalid_field not_found not_ready source_expired upload_failed conflict already_captioned not_captionable "
          "no_audio no_speech missing_glyphs four_k_locked insufficient_balance queue_unavailable storage_unavailable "
          "provider_unavailable disk_full idempotency_mismatch in_flight")
REPORT = {"cues": 14, "max_cps": 18.2, "too_fast": 0, "too_short": 0, "orphans": 0, "overlaps_ui": [],
          "min_contrast": 21.0, "lines": 1, "smallest": 1.0, "fixed": [{"code": "extended", "count": 2}],
          "warnings": [], "fallback_fonts": [], "transcript_version": 2}


class QueuedCaptions(serializers.Serializer[Any]):
    job_id = serializers.CharField(help_text="The job: GET /v1/captions/{job_id}.")
    status = serializers.ChoiceField(["pending"], help_text="Always pending.")
    reserved = serializers.FloatField(help_text="US dollars set aside; the job settles what it delivers.")


def captions(body: Any) -> Description:
    return describe("create_captions", "Caption a video or a clip", tag=TAG, body=body, answer=QueuedCaptions,
                    faults=FAULTS, replay=True, about=ABOUT,
                    asked={"clip_id": CLIP_ID, "preset_ref": "builtin:short-form-karaoke", "quality": "720p"},
                    answered={"job_id": "job_0a1b2c3d4e5f", "status": "pending", "reserved": 0.04})


captions_job = describe(
    "read_captions", "Get a job with captions", tag=TAG, answer=Job, faults="not_found",
    about="The same as GET /v1/clip/{job_id}; a job without captions does not exist here.",
    answered=JOB | {"kind": "captions", "captioned": True, "file_name": "source_captioned.mp4", "start": 0.0,
                    "end": 61.0, "cost": 0.04, "balance": 0.96, "caption_report": REPORT})

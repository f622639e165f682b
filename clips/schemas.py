"""How the routes about clips are described; the examples are those of the API's own documentation."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.schemas import Description, describe
from jobs.models import OPEN, TERMINAL

TAG = "Clips"
CLIP_ID = "d9d54c23-7af8-41f8-8f6e-9ce0092f8f2f"
LINKS = {"clip_id": CLIP_ID, "share_url": f"/c/{CLIP_ID}", "embed_url": f"/embed/{CLIP_ID}"}
MADE = {"file_name": "source_0-15-0-55.mp4", "format": "mp4", "quality": "1080p", "aspect_ratio": "16:9",
        "created_at": "2026-04-19T10:00:00Z", "expires_at": "2026-04-20T10:00:00Z", **LINKS}
JOB = MADE | {
    "job_id": "job_0a1b2c3d4e5f", "kind": "clip", "status": "complete", "progress": 100, "status_message": "Done!",
    "download_url": "https://...", "saved_to_library": True, "file_id": "upl_a1b2c3d4e5f6", "title": None,
    "start": 15.0, "end": 55.0, "cost": 0.02, "balance": 0.98}
ASKING = ("not_found not_ready source_expired upload_failed invalid_range too_many_segments segment_too_long "
          "out_of_range format_mismatch quality_mismatch four_k_locked gif_session_only insufficient_balance "
          "queue_unavailable disk_full idempotency_mismatch in_flight")


class QueuedJobs(serializers.Serializer[Any]):
    """`job_id` for start and end, `job_ids` for segments."""

    status = serializers.ChoiceField(["pending", "partial"])
    job_id = serializers.CharField(required=False)
    job_ids = serializers.ListField(child=serializers.CharField(), required=False)
    error = serializers.CharField(required=False, help_text="Why some segments were not queued.")


class Job(serializers.Serializer[Any]):
    """The result fields are null until the job is complete."""

    job_id = serializers.CharField()
    kind = serializers.CharField()
    status = serializers.ChoiceField(OPEN + TERMINAL)
    progress = serializers.IntegerField(min_value=0, max_value=100)
    status_message = serializers.CharField()
    download_url = serializers.URLField(allow_null=True, help_text="Fresh on each read, good for an hour.")
    file_name = serializers.CharField(allow_null=True)
    format = serializers.CharField(allow_null=True)
    quality = serializers.CharField(allow_null=True)
    aspect_ratio = serializers.CharField(allow_null=True)
    saved_to_library = serializers.BooleanField(allow_null=True)
    clip_id = serializers.UUIDField(allow_null=True)
    share_url = serializers.CharField(allow_null=True)
    embed_url = serializers.CharField(allow_null=True)
    cost = serializers.FloatField(allow_null=True, help_text="US dollars.")
    balance = serializers.FloatField(help_text="US dollars.")
    file_id = serializers.CharField()
    title = serializers.CharField(allow_null=True)
    start = serializers.FloatField(help_text="Seconds in the source.")
    end = serializers.FloatField(help_text="Seconds in the source.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(required=False, allow_null=True)
    error = serializers.CharField(required=False)
    error_code = serializers.CharField(required=False)
    refunded = serializers.BooleanField(required=False)
    cut = serializers.DictField(required=False, help_text="How exact the cut is.")
    width = serializers.IntegerField(required=False)
    height = serializers.IntegerField(required=False)
    duration = serializers.FloatField(required=False, help_text="Seconds.")


class Clip(serializers.Serializer[Any]):
    clip_id = serializers.UUIDField()
    share_url = serializers.CharField()
    embed_url = serializers.CharField()
    job_id = serializers.CharField()
    file_id = serializers.CharField()
    title = serializers.CharField()
    file_name = serializers.CharField()
    format = serializers.CharField()
    quality = serializers.CharField()
    aspect_ratio = serializers.CharField()
    duration = serializers.FloatField(help_text="Seconds.")
    size = serializers.IntegerField(help_text="Bytes.")
    captioned = serializers.BooleanField()
    pinned = serializers.BooleanField()
    view_count = serializers.IntegerField()
    view_count_visible = serializers.BooleanField()
    download_url = serializers.URLField(help_text="Fresh on each read, good for an hour.")
    thumbnail_url = serializers.URLField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class Clips(serializers.Serializer[Any]):
    clips = Clip(many=True)
    total = serializers.IntegerField()
    limit = serializers.IntegerField()
    offset = serializers.IntegerField()
    next = serializers.IntegerField(allow_null=True, help_text="The offset of the next page.")


ROW = MADE | {
    "job_id": "job_0a1b2c3d4e5f", "file_id": "upl_a1b2c3d4e5f6", "title": "source", "duration": 40.0,
    "size": 10485760, "captioned": False, "pinned": False, "view_count": 0, "view_count_visible": True,
    "download_url": "https://...", "thumbnail_url": "https://..."}


def clip(body: Any) -> Description:
    return describe("create_clips", "Cut one or more clips",
                    tag=TAG, body=body, answer=QueuedJobs, faults=ASKING, replay=True,
                    asked={"file_id": "upl_a1b2c3d4e5f6", "segments": [{"start": 10, "end": 20},
                                                                       {"start": 45, "end": 60}],
                           "format": "mp4", "quality": "1080p"},
                    answered={"job_ids": ["job_0a1b2c3d4e5f", "job_5f4e3d2c1b0a"], "status": "pending"})


job = describe("read_job", "Read a job", tag=TAG, answer=Job, faults="not_found", answered=JOB)
cancel = describe("cancel_job", "Cancel a job; what was reserved comes back", tag=TAG, answer=Job,
                  faults="not_found conflict csrf",
                  answered=JOB | dict.fromkeys(LINKS) | dict.fromkeys(
                      ["download_url", "file_name", "format", "quality", "aspect_ratio", "saved_to_library"]) | {
                      "status": "failed", "progress": 0, "status_message": "Cancelled", "cost": 0, "refunded": True,
                      "error": "The job was cancelled.", "error_code": "cancelled"})


def clips(query: Any) -> Description:
    return describe("list_clips", "List the clips that have not expired",
                    tag=TAG, answer=Clips, faults="invalid_field",
                    parameters=[query],
                    answered={"clips": [ROW], "total": 1, "limit": 50, "offset": 0, "next": None})


one_clip = describe("read_clip", "Read a clip", tag=TAG, answer=Clip, faults="not_found", answered=ROW)

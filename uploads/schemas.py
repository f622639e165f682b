"""How the routes about uploads are described; the examples are those of the API's own documentation."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.schemas import Description, describe

TAG = "Uploads"
FILE = "upl_a1b2c3d4e5f6"
MULTIPART = "mpu_0f1e2d3c4b5a"
NAMES = {"filename": "source.mp4", "content_type": "video/mp4", "file_size": 734003200}
STATES = ["pending", "processing", "ready", "failed"]
CLIP = {"start": 12, "end": 48, "source_title": "My Source"}
STARTING = ("file_too_large invalid_range unsupported_extension insufficient_balance segment_too_long "
            "limit_reached disk_full queue_unavailable idempotency_mismatch in_flight")
CHANGING = "not_found source_expired already_finalized in_flight"


class Known(serializers.Serializer[Any]):
    deduplicated = serializers.BooleanField(required=False,
        help_text="true where sha256 named a ready file of this account: file_id is that file, and nothing is sent.")
    clip_job_id = serializers.CharField(required=False,
        help_text="With deduplicated, the job of the clip ordered: it runs at once.")


class UploadAddress(Known):
    file_id = serializers.CharField(help_text="The upload; every later request names it.")
    upload_url = serializers.URLField(allow_null=True,
        help_text="PUT the whole file here, without a key; null where it is known already.")
    expires_in = serializers.IntegerField(help_text="Seconds until upload_url stops working.")
    clip_requested = serializers.BooleanField(help_text="Whether a clip was ordered along with the upload.")


class PartAddress(serializers.Serializer[Any]):
    part_number = serializers.IntegerField(help_text="1 for the first part.")
    url = serializers.URLField(help_text="PUT the part here, without a key, and keep the ETag of the answer.")


class PartAddresses(serializers.Serializer[Any]):
    file_id = serializers.CharField(help_text="The upload.")
    upload_id = serializers.CharField(help_text="The multipart upload.")
    parts = PartAddress(many=True, help_text="Where to PUT the parts.")
    expires_in = serializers.IntegerField(
        help_text="Seconds until these addresses stop working; multipart/refresh makes new ones.")


class Initiated(PartAddresses, Known):
    upload_id = serializers.CharField(allow_null=True,
        help_text="The multipart upload; null where the file is known already.")
    upload_url = serializers.URLField(required=False, allow_null=True,
        help_text="null, where the file is known already.")
    clip_requested = serializers.BooleanField(help_text="Whether a clip was ordered along with the upload.")


class UploadDone(serializers.Serializer[Any]):
    ok = serializers.BooleanField(help_text="Always true; a refusal has an error instead.")
    file_id = serializers.CharField(help_text="The upload.")


class UploadQueued(UploadDone):
    queued_validation = serializers.BooleanField(
        help_text="Always true: the file is being looked at. Poll GET /v1/upload/{file_id} until it is ready.")


class Upload(serializers.Serializer[Any]):
    file_id = serializers.CharField(help_text="The upload.")
    status = serializers.ChoiceField(STATES,
        help_text="pending until all bytes are here, processing while the file is looked at, then ready or failed.")
    filename = serializers.CharField(help_text="As it was requested.")
    content_type = serializers.CharField(help_text="As it was requested.")
    file_size = serializers.IntegerField(help_text="Bytes.")
    duration = serializers.FloatField(allow_null=True, help_text="Seconds; null until the file was looked at.")
    duration_seconds = serializers.FloatField(allow_null=True, help_text="The same as duration.")
    max_height = serializers.IntegerField(allow_null=True,
        help_text="Pixels as shown; 0 for audio, null until the file was looked at.")
    format_detected = serializers.CharField(allow_null=True, help_text="The container, as ffprobe names it.")
    media_kind = serializers.ChoiceField(["video", "audio"], allow_null=True,
        help_text="Decides the formats of clips: mp4 and gif from video, mp3, m4a, wav and flac from audio.")
    has_video = serializers.BooleanField(allow_null=True, help_text="Whether there is a picture.")
    has_audio = serializers.BooleanField(allow_null=True, help_text="Whether there is sound.")
    error = serializers.CharField(allow_null=True, help_text="Why it failed, for people.")
    error_code = serializers.CharField(allow_null=True, help_text="Why it failed, for programs.")
    hint = serializers.CharField(allow_null=True, help_text="What would help.")
    created_at = serializers.DateTimeField(help_text="When it was requested.")
    expires_at = serializers.DateTimeField(help_text="When the file goes, 24 hours after the request.")
    clip_requested = serializers.BooleanField(help_text="Whether a clip was ordered along with the upload.")
    clip_job_id = serializers.CharField(allow_null=True, help_text="The job of that clip: GET /v1/clip/{job_id}.")
    media_report = serializers.DictField(allow_null=True, help_text="Tracks, rotation, frame rate, HDR.")


class UploadDeleted(serializers.Serializer[Any]):
    ok = serializers.BooleanField(help_text="Always true; a refusal has an error instead.")


class Uploads(serializers.Serializer[Any]):
    uploads = Upload(many=True, help_text="The newest first; what has expired is not there.")
    total = serializers.IntegerField(help_text="How many there are on all pages.")


class ReceivedPart(serializers.Serializer[Any]):
    part_number = serializers.IntegerField(help_text="1 for the first part.")
    size = serializers.IntegerField(help_text="Bytes.")
    etag = serializers.CharField(help_text="What its PUT was answered with.")


class Received(serializers.Serializer[Any]):
    file_id = serializers.CharField(help_text="The upload.")
    upload_id = serializers.CharField(help_text="The multipart upload.")
    part_size = serializers.IntegerField(help_text="Bytes of every part but the last.")
    part_count = serializers.IntegerField(help_text="How many parts there will be.")
    received = ReceivedPart(many=True, help_text="The parts that are here; PUT the others.")
    status = serializers.ChoiceField(STATES,
        help_text="pending until it is completed, then as in GET /v1/upload/{file_id}.")


def request(body: Any) -> Description:
    return describe("request_upload", "Request an upload",
                    tag=TAG, body=body, answer=UploadAddress, faults=STARTING, replay=True,
                    asked=NAMES | {"clip": CLIP},
                    answered={"file_id": FILE, "upload_url": "https://...", "expires_in": 3600,
                              "clip_requested": True})


def abort(body: Any) -> Description:
    return describe("abort_upload", "Abort an upload", tag=TAG, body=body, answer=UploadDone, faults=CHANGING,
                    asked={"file_id": FILE}, answered={"ok": True, "file_id": FILE})


def complete(body: Any) -> Description:
    return describe("complete_upload", "Complete an upload", tag=TAG, body=body, answer=UploadQueued,
                    faults=f"{CHANGING} not_ready conflict", asked={"file_id": FILE},
                    answered={"ok": True, "file_id": FILE, "queued_validation": True})


def initiate(body: Any) -> Description:
    return describe(
        "initiate_multipart_upload", "Initiate a multipart upload",
        about="For large files: parts can be sent at once and again. Choose part_size, then part_count is "
              "file_size / part_size, rounded up.",
        tag=TAG, body=body, answer=Initiated, replay=True,
        faults=f"{STARTING} part_mismatch",
        asked=NAMES | {"file_size": 2147483648, "part_size": 33554432, "part_count": 64},
        answered={"file_id": FILE, "upload_id": MULTIPART, "parts": [{"part_number": 1, "url": "https://..."}],
                  "expires_in": 3600, "clip_requested": False})


def multipart_complete(body: Any) -> Description:
    return describe("complete_multipart_upload", "Complete a multipart upload", tag=TAG, body=body, answer=UploadQueued,
                    faults=f"{CHANGING} part_mismatch conflict",
                    asked={"file_id": FILE, "upload_id": MULTIPART,
                           "parts": [{"part_number": 1, "etag": "etag-from-part-1"}]},
                    answered={"ok": True, "file_id": FILE, "queued_validation": True})


def refresh(body: Any) -> Description:
    return describe("refresh_multipart_upload", "Refresh part addresses",
                    tag=TAG, body=body, answer=PartAddresses,
                    faults=f"{CHANGING} part_mismatch",
                    asked={"file_id": FILE, "upload_id": MULTIPART, "part_numbers": [8, 9, 10]},
                    answered={"file_id": FILE, "upload_id": MULTIPART,
                              "parts": [{"part_number": 8, "url": "https://..."}], "expires_in": 3600})


def multipart_abort(body: Any) -> Description:
    return describe("abort_multipart_upload", "Abort a multipart upload",
                    tag=TAG, body=body, answer=UploadDone, faults=CHANGING,
                    asked={"file_id": FILE, "upload_id": MULTIPART}, answered={"ok": True, "file_id": FILE})


received = describe("list_received_parts", "List received parts",
                    tag=TAG, answer=Received, faults="not_found source_expired",
                    answered={"file_id": FILE, "upload_id": MULTIPART, "part_size": 33554432, "part_count": 64,
                              "received": [{"part_number": 1, "size": 33554432, "etag": "9f86d081884c7d65"}],
                              "status": "pending"})
EXAMPLE = NAMES | {
    "file_id": FILE, "status": "ready", "duration": 1200.5, "duration_seconds": 1200.5, "max_height": 1080,
    "format_detected": "mov,mp4,m4a,3gp,3g2,mj2", "media_kind": "video", "has_video": True, "has_audio": True,
    "error": None, "error_code": None, "hint": None, "created_at": "2026-04-19T10:00:00Z",
    "expires_at": "2026-04-20T10:00:00Z", "clip_requested": False, "clip_job_id": None, "media_report": None}
status = describe("read_upload", "Get an upload", tag=TAG, answer=Upload, faults="not_found source_expired",
                  answered=EXAMPLE)
delete = describe(
    "delete_upload", "Delete an upload",
    about="Its bytes go at once. One that is not ready yet is aborted; one that a job is reading is not deleted.",
    tag=TAG, answer=UploadDeleted, faults="not_found source_expired conflict", answered={"ok": True})


def uploads(query: Any) -> Description:
    return describe("list_uploads", "List uploads", tag=TAG, answer=Uploads, faults="invalid_field",
                    parameters=[query], answered={"uploads": [EXAMPLE], "total": 1})

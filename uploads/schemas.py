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


class UploadAddress(serializers.Serializer[Any]):
    file_id = serializers.CharField()
    upload_url = serializers.URLField(help_text="PUT the whole file here, without a key.")
    expires_in = serializers.IntegerField(help_text="Seconds.")
    clip_requested = serializers.BooleanField()


class PartAddress(serializers.Serializer[Any]):
    part_number = serializers.IntegerField()
    url = serializers.URLField(help_text="PUT the part here and keep the ETag of the answer.")


class PartAddresses(serializers.Serializer[Any]):
    file_id = serializers.CharField()
    upload_id = serializers.CharField()
    parts = PartAddress(many=True)
    expires_in = serializers.IntegerField(help_text="Seconds.")


class Initiated(PartAddresses):
    clip_requested = serializers.BooleanField()


class UploadDone(serializers.Serializer[Any]):
    ok = serializers.BooleanField()
    file_id = serializers.CharField()


class UploadQueued(UploadDone):
    queued_validation = serializers.BooleanField()


class Upload(serializers.Serializer[Any]):
    file_id = serializers.CharField()
    status = serializers.ChoiceField(STATES)
    filename = serializers.CharField()
    content_type = serializers.CharField()
    file_size = serializers.IntegerField(help_text="Bytes.")
    duration = serializers.FloatField(allow_null=True, help_text="Seconds; null until the file was looked at.")
    duration_seconds = serializers.FloatField(allow_null=True)
    max_height = serializers.IntegerField(allow_null=True, help_text="Pixels as shown; 0 for audio.")
    format_detected = serializers.CharField(allow_null=True)
    media_kind = serializers.ChoiceField(["video", "audio"], allow_null=True)
    has_video = serializers.BooleanField(allow_null=True)
    has_audio = serializers.BooleanField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    error_code = serializers.CharField(allow_null=True)
    hint = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    clip_requested = serializers.BooleanField()
    clip_job_id = serializers.CharField(allow_null=True)
    media_report = serializers.DictField(allow_null=True, help_text="Tracks, rotation, frame rate, HDR.")


class ReceivedPart(serializers.Serializer[Any]):
    part_number = serializers.IntegerField()
    size = serializers.IntegerField(help_text="Bytes.")
    etag = serializers.CharField()


class Received(serializers.Serializer[Any]):
    file_id = serializers.CharField()
    upload_id = serializers.CharField()
    part_size = serializers.IntegerField()
    part_count = serializers.IntegerField()
    received = ReceivedPart(many=True)
    status = serializers.ChoiceField(STATES)


def request(body: Any) -> Description:
    return describe("request_upload", "Get an address for a file",
                    tag=TAG, body=body, answer=UploadAddress, faults=STARTING, replay=True,
                    asked=NAMES | {"clip": CLIP},
                    answered={"file_id": FILE, "upload_url": "https://...", "expires_in": 3600,
                              "clip_requested": True})


def abort(body: Any) -> Description:
    return describe("abort_upload", "Give an upload up", tag=TAG, body=body, answer=UploadDone, faults=CHANGING,
                    asked={"file_id": FILE}, answered={"ok": True, "file_id": FILE})


def complete(body: Any) -> Description:
    return describe("complete_upload", "Say that the file is there", tag=TAG, body=body, answer=UploadQueued,
                    faults=f"{CHANGING} not_ready conflict", asked={"file_id": FILE},
                    answered={"ok": True, "file_id": FILE, "queued_validation": True})


def initiate(body: Any) -> Description:
    return describe(
        "initiate_multipart_upload", "Get addresses for the parts of a file",
        tag=TAG, body=body, answer=Initiated, replay=True,
        faults=f"{STARTING} part_mismatch",
        asked=NAMES | {"file_size": 2147483648, "part_size": 33554432, "part_count": 64},
        answered={"file_id": FILE, "upload_id": MULTIPART, "parts": [{"part_number": 1, "url": "https://..."}],
                  "expires_in": 3600, "clip_requested": False})


def multipart_complete(body: Any) -> Description:
    return describe("complete_multipart_upload", "Put the parts together", tag=TAG, body=body, answer=UploadQueued,
                    faults=f"{CHANGING} part_mismatch conflict",
                    asked={"file_id": FILE, "upload_id": MULTIPART,
                           "parts": [{"part_number": 1, "etag": "etag-from-part-1"}]},
                    answered={"ok": True, "file_id": FILE, "queued_validation": True})


def refresh(body: Any) -> Description:
    return describe("refresh_multipart_upload", "Get fresh addresses for some parts",
                    tag=TAG, body=body, answer=PartAddresses,
                    faults=f"{CHANGING} part_mismatch",
                    asked={"file_id": FILE, "upload_id": MULTIPART, "part_numbers": [8, 9, 10]},
                    answered={"file_id": FILE, "upload_id": MULTIPART,
                              "parts": [{"part_number": 8, "url": "https://..."}], "expires_in": 3600})


def multipart_abort(body: Any) -> Description:
    return describe("abort_multipart_upload", "Give an upload in parts up",
                    tag=TAG, body=body, answer=UploadDone, faults=CHANGING,
                    asked={"file_id": FILE, "upload_id": MULTIPART}, answered={"ok": True, "file_id": FILE})


received = describe("list_received_parts", "List the parts that arrived",
                    tag=TAG, answer=Received, faults="not_found source_expired",
                    answered={"file_id": FILE, "upload_id": MULTIPART, "part_size": 33554432, "part_count": 64,
                              "received": [{"part_number": 1, "size": 33554432, "etag": "9f86d081884c7d65"}],
                              "status": "pending"})
status = describe(
    "read_upload", "Read an upload", tag=TAG, answer=Upload, faults="not_found source_expired",
    answered=NAMES | {
        "file_id": FILE, "status": "ready", "duration": 1200.5, "duration_seconds": 1200.5, "max_height": 1080,
        "format_detected": "mov,mp4,m4a,3gp,3g2,mj2", "media_kind": "video", "has_video": True, "has_audio": True,
        "error": None, "error_code": None, "hint": None, "created_at": "2026-04-19T10:00:00Z",
        "expires_at": "2026-04-20T10:00:00Z", "clip_requested": False, "clip_job_id": None, "media_report": None})

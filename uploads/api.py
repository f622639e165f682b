"""Uploads over HTTP: `/v1/upload/...` (C010-C037, X007, X008)."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Account
from core.errors import InvalidField
from core.fields import BoundedList, FileName, MediaTime, StrictInteger, StrictText
from core.idempotency import replayable
from uploads import arrivals, queries, schemas, services
from uploads.models import Upload
from uploads.parts import MOST_PARTS


class ClipWish(serializers.Serializer[Any]):
    start = MediaTime(help_text="Where the clip begins: seconds, or HH:MM:SS.mmm.")
    end = MediaTime(help_text="Where it ends, at most 10 minutes after start.")
    source_title = StrictText(max_length=200, required=False, allow_null=True,
        help_text="The clip's title; without it the file's name.")


class UploadRequest(serializers.Serializer[Any]):
    filename = FileName(
        help_text="The file's name; its extension says what it is: mp4, mov, avi, mkv, webm, m4v, flv for "
                  "video, mp3, wav, aac, flac, ogg, m4a, wma for audio.")
    content_type = StrictText(max_length=255, allow_blank=True, refuse_control=True,
        help_text="Its type, such as video/mp4; may be empty.")
    file_size = StrictInteger(min_value=1, help_text="Its exact size in bytes, at most 5 GiB.")
    clip = ClipWish(required=False, allow_null=True,
        help_text="A clip to be cut as soon as the file is ready; its price is set aside now.")


class MultipartRequest(UploadRequest):
    part_size = StrictInteger(min_value=1,
        help_text="Bytes of every part but the last: at least 5242880 (5 MiB) unless there is one part only.")
    part_count = StrictInteger(min_value=1,
        help_text="Number of parts: file_size divided by part_size, rounded up; at most 10000.")


class FileReference(serializers.Serializer[Any]):
    file_id = StrictText(max_length=64, help_text="The upload, as upload/request or multipart/initiate named it.")


class MultipartReference(FileReference):
    upload_id = StrictText(max_length=64, help_text="The multipart upload, as multipart/initiate named it.")


class RefreshRequest(MultipartReference):
    part_numbers = BoundedList(child=StrictInteger(max_value=10**9), allow_empty=False, bound=services.MOST_REFRESHED,
        refusal=lambda: InvalidField("part_numbers", f"At most {services.MOST_REFRESHED} at once."),
        help_text="1 to 1000 numbers of parts that need a fresh address.")


class GivenPart(serializers.Serializer[Any]):
    part_number = StrictInteger(max_value=10**9, help_text="1 for the first part.")
    etag = StrictText(max_length=80, help_text="The ETag header that its PUT was answered with, quoted or not.")


class CompleteRequest(MultipartReference):
    parts: serializers.ListSerializer[Any] = serializers.ListSerializer(
        child=GivenPart(), allow_empty=False, max_length=MOST_PARTS, help_text="Every part, in any order.")


def _body(kind: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def _account(request: Request) -> Account:
    return cast(Account, request.user)


def _done(upload: Upload, **more: Any) -> Response:
    return Response({"ok": True, "file_id": upload.pk, **more})


class RequestView(APIView):
    """`POST /v1/upload/request`: an address for the whole file (C010, C011)."""

    @schemas.request(UploadRequest)
    @replayable
    def post(self, request: Request) -> Response:
        upload = services.request_upload(_account(request), **_body(UploadRequest, request))
        return Response({"file_id": upload.pk, "upload_url": services.put_url(upload),
                         "expires_in": settings.UPLOAD_URL_SECONDS, "clip_requested": bool(upload.clip_job)})


class StatusView(APIView):
    """`GET /v1/upload/{file_id}` (C028)."""

    @schemas.status
    def get(self, request: Request, file_id: str) -> Response:
        return Response(queries.status_view(services.look(_account(request), file_id)))


class AbortView(APIView):
    """`POST /v1/upload/abort` (C018)."""

    @schemas.abort(FileReference)
    def post(self, request: Request) -> Response:
        return _done(services.abort(_account(request), **_body(FileReference, request)))


class CompleteView(APIView):
    """`POST /v1/upload/complete`: only a question on local disk, a look on S3 (X008)."""

    @schemas.complete(FileReference)
    def post(self, request: Request) -> Response:
        upload = services.complete_simple(_account(request), **_body(FileReference, request))
        return _done(upload, queued_validation=True)


class InitiateView(APIView):
    """`POST /v1/upload/multipart/initiate`: an address for every part (C019, C020)."""

    @schemas.initiate(MultipartRequest)
    @replayable
    def post(self, request: Request) -> Response:
        upload = services.request_upload(_account(request), **_body(MultipartRequest, request))
        return Response({
            "file_id": upload.pk, "upload_id": upload.multipart_id,
            "parts": services.part_urls(upload, range(1, upload.part_count + 1)),
            "expires_in": settings.UPLOAD_URL_SECONDS, "clip_requested": bool(upload.clip_job)})


class MultipartCompleteView(APIView):
    """`POST /v1/upload/multipart/complete` (C022)."""

    @schemas.multipart_complete(CompleteRequest)
    def post(self, request: Request) -> Response:
        body = _body(CompleteRequest, request)
        given = [(part["part_number"], part["etag"].strip('"')) for part in body.pop("parts")]
        return _done(services.complete(_account(request), **body, given=given), queued_validation=True)


class RefreshView(APIView):
    """`POST /v1/upload/multipart/refresh`: fresh addresses of some parts (C023)."""

    @schemas.refresh(RefreshRequest)
    def post(self, request: Request) -> Response:
        body = _body(RefreshRequest, request)
        upload = services.refresh(_account(request), **body)
        return Response({"file_id": upload.pk, "upload_id": upload.multipart_id,
                         "parts": services.part_urls(upload, dict.fromkeys(body["part_numbers"])),
                         "expires_in": settings.UPLOAD_URL_SECONDS})


class MultipartAbortView(APIView):
    """`POST /v1/upload/multipart/abort` (C024)."""

    @schemas.multipart_abort(MultipartReference)
    def post(self, request: Request) -> Response:
        return _done(services.abort(_account(request), **_body(MultipartReference, request)))


class ReceivedView(APIView):
    """`GET /v1/upload/multipart/{upload_id}`: what has arrived, for resuming (X007)."""

    @schemas.received
    def get(self, request: Request, upload_id: str) -> Response:
        upload = queries.multipart(_account(request), upload_id)
        return Response(queries.received(upload, arrivals.received(upload)))

"""Uploads over HTTP: `/v1/upload/...` (C010-C037, X007, X008)."""

from __future__ import annotations

import re
from typing import Any, cast

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import Account
from core.errors import InvalidField
from core.fields import RANGE_END, RANGE_START, BoundedList, FileName, MediaTime, StrictInteger, StrictText
from core.idempotency import replayable
from uploads import arrivals, library, queries, schemas, services
from uploads.models import Upload
from uploads.parts import MOST_PARTS

_SHA256 = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


class ClipWish(serializers.Serializer[Any]):
    start = MediaTime(help_text=RANGE_START)
    end = MediaTime(help_text=RANGE_END)
    source_title = StrictText(max_length=200, required=False, allow_null=True,
        help_text="The clip's title; without it the file's name.")


class Sha256(StrictText):
    """64 hex digits of either case. Raises `invalid_field`."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(max_length=64, **rest)

    def to_internal_value(self, data: Any) -> str:
        digits = super().to_internal_value(data)
        if not _SHA256.fullmatch(digits):
            raise serializers.ValidationError("Give the 64 hex digits of a SHA-256.")
        return digits


class UploadRequest(serializers.Serializer[Any]):
    filename = FileName(
        help_text="The file's name; its extension says what it is: mp4, mov, avi, mkv, webm, m4v, flv for "
                  "video, mp3, wav, aac, flac, ogg, m4a, wma for audio.")
    content_type = StrictText(max_length=255, allow_blank=True, refuse_control=True,
        help_text="Its type, such as video/mp4; may be empty.")
    file_size = StrictInteger(min_value=1, help_text="Its exact size in bytes, at most 5 GiB.")
    sha256 = Sha256(required=False, allow_null=True,
        help_text="The file's SHA-256 in hex. Where this account holds a ready file with these bytes, it is the "
                  "answer and nothing has to be sent; otherwise bytes that do not have it are refused as corrupt.")
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


def _known(asked: library.Requested) -> dict[str, Any]:
    """The answer where nothing has to be sent (X024); a clip ordered along with it is named."""
    answer = {"file_id": asked.upload.pk, "upload_url": None, "expires_in": 0,
              "clip_requested": bool(asked.clip_job), "deduplicated": True}
    return answer | ({"clip_job_id": asked.clip_job} if asked.clip_job else {})


class RequestView(APIView):
    """`POST /v1/upload/request`: an address for the whole file (C010, C011)."""

    @schemas.request(UploadRequest)
    @replayable
    def post(self, request: Request) -> Response:
        asked = library.request(_account(request), **_body(UploadRequest, request))
        if asked.known:
            return Response(_known(asked))
        upload = asked.upload
        return Response({"file_id": upload.pk, "upload_url": services.put_url(upload),
                         "expires_in": settings.UPLOAD_URL_SECONDS, "clip_requested": bool(upload.clip_job)})


class StatusView(APIView):
    """`GET /v1/upload/{file_id}` (C028); `DELETE` removes it (X025)."""

    @schemas.status
    def get(self, request: Request, file_id: str) -> Response:
        return Response(queries.status_view(services.look(_account(request), file_id)))

    @schemas.delete
    def delete(self, request: Request, file_id: str) -> Response:
        library.delete(_account(request), file_id=file_id)
        return Response({"ok": True})


class UploadsQuery(serializers.Serializer[Any]):
    status = serializers.ChoiceField(schemas.STATES, required=False, help_text="Only uploads in this state.")
    limit = serializers.IntegerField(min_value=1, default=50, help_text="Uploads per page; above 100 means 100.")
    offset = serializers.IntegerField(min_value=0, max_value=2**31, default=0, help_text="How many to skip.")


class UploadsView(APIView):
    """`GET /v1/uploads` (X025)."""

    @schemas.uploads(UploadsQuery)
    def get(self, request: Request) -> Response:
        query = UploadsQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        return Response(library.listed(_account(request), **query.validated_data))


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
        asked = library.request(_account(request), **_body(MultipartRequest, request))
        if asked.known:
            return Response(_known(asked) | {"upload_id": None, "parts": []})
        upload = asked.upload
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

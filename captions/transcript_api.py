"""Transcripts over HTTP (C064-C069, C075, X009). Views parse, call one service and answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.auth import account_of
from captions import exports, transcript_answers, transcript_schemas, transcript_services, transcripts
from captions.transcript_bodies import Edits, OwnText, TranscriptRequest, VersionQuery
from core.errors import NotFound
from core.idempotency import replayable
from core.throttles import JOB_POST
from uploads import queries as uploads


class TranscriptsView(APIView):
    """`POST /v1/transcript` (C064, C075)."""

    throttle_classes = JOB_POST

    @transcript_schemas.ask(TranscriptRequest)
    def post(self, request: Request) -> HttpResponseBase:
        return transcript_answers.awaited(request, account_of(request), self.ask(request))

    @replayable
    def ask(self, request: Request) -> HttpResponseBase:
        """The answer before any waiting, which happens behind the transaction of a keyed request."""
        body = TranscriptRequest(data=request.data)
        body.is_valid(raise_exception=True)
        account, wish = account_of(request), dict(body.validated_data)
        if wish.pop("dry_run"):
            return transcript_answers.rehearsed(transcript_services.rehearse(account, **wish))
        return transcript_answers.asked(account, transcript_services.ask(account, **wish))


class TranscriptView(APIView):
    """`GET`, `PATCH`, `PUT /v1/transcript/{file_id}` (X009)."""

    def get_throttles(self) -> list[Any]:
        return [kind() for kind in JOB_POST] if self.request.method == "PUT" else super().get_throttles()

    @transcript_schemas.read(VersionQuery)
    def get(self, request: Request, file_id: str) -> Response:
        account, upload, wish = _wanted(request, file_id)
        found = transcripts.one(account, upload, **wish)
        return Response(exports.view(found) | {"versions": transcripts.versions(account, upload)})

    @transcript_schemas.edit(Edits)
    def patch(self, request: Request, file_id: str) -> Response:
        account = account_of(request)
        uploads.owned(account, file_id)  # who does not have it learns nothing about the body
        body = Edits(data=request.data)
        body.is_valid(raise_exception=True)
        made = transcript_services.edit(account, file_id=file_id, **body.validated_data)
        return Response(exports.view(made))

    @transcript_schemas.align(OwnText)
    def put(self, request: Request, file_id: str) -> HttpResponseBase:
        account = account_of(request)
        uploads.owned(account, file_id)
        body = OwnText(data=request.data)
        body.is_valid(raise_exception=True)
        job = transcript_services.align(account, file_id=file_id, **body.validated_data)
        return transcript_answers.awaited(request, account, transcript_answers.queued(job))


class TranscriptFileView(APIView):
    """`GET /v1/transcript/{file_id}.{ext}` (X009)."""

    @transcript_schemas.download(VersionQuery)
    def get(self, request: Request, file_id: str, ext: str) -> HttpResponse:
        account, upload, wish = _wanted(request, file_id)
        if ext not in exports.TYPES:
            raise NotFound
        return transcript_answers.file(exports.export(transcripts.one(account, upload, **wish), ext), upload.filename)


def _wanted(request: Request, file_id: str) -> tuple[Any, Any, dict[str, Any]]:
    """Whose transcript of which upload, expired or not, and which version of it."""
    query = VersionQuery(data=request.query_params.dict())
    query.is_valid(raise_exception=True)
    account = account_of(request)
    return account, uploads.owned(account, file_id), query.validated_data

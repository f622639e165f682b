"""Waveform and filmstrip over HTTP (X028)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.auth import account_of
from uploads import asset_queries, asset_schemas

YEAR = 31_536_000
LATEST_TILE = 10_000


class PeaksQuery(serializers.Serializer[Any]):
    level = serializers.IntegerField(min_value=0, max_value=1, default=0,
        help_text="0: 10 pairs a second; 1: 100 pairs a second.")
    tile = serializers.IntegerField(min_value=0, max_value=LATEST_TILE, default=None, allow_null=True,
        help_text="Of level 1 only these 60 seconds, counted from 0; without it the whole file.")


class PeaksView(APIView):
    """`GET /v1/upload/{file_id}/peaks?level=&tile=`: bytes that never change, so a browser may keep them."""

    @asset_schemas.peaks(PeaksQuery)
    def get(self, request: Request, file_id: str) -> HttpResponseBase:
        query = PeaksQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        wave = asset_queries.peaks(account_of(request), file_id, **query.validated_data)
        headers = {"ETag": wave.etag, "Cache-Control": f"private, max-age={YEAR}, immutable",
                   "X-Peaks-Per-Second": str(wave.per_second)}
        answer = HttpResponse(wave.pairs, content_type="application/octet-stream", headers=headers)
        return get_conditional_response(request._request, etag=wave.etag, response=answer) or answer


class SpritesView(APIView):
    """`GET /v1/upload/{file_id}/sprites.json`. Its addresses are signed for an hour, so it is not kept for long."""

    @asset_schemas.sprites
    def get(self, request: Request, file_id: str) -> Response:
        answer = asset_queries.sprites(account_of(request), file_id)
        return Response(answer, headers={"Cache-Control": "private, max-age=1800"})

"""Presets and fonts over HTTP, in a signed-in session only (C005, C084-C094)."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.auth import SessionOnly, account_of
from captions import fonts, presets, preview, queries, schemas
from captions.bodies import ChangedPreset, NewPreset, PresetsQuery, PreviewedStyle
from captions.font_form import FontForm, file_of
from core.idempotency import replayable
from core.throttles import PreviewThrottle


class PresetsView(APIView):
    """`GET` and `POST /v1/caption-presets` (C084, C087)."""

    permission_classes = [SessionOnly]

    @schemas.list_presets(PresetsQuery)
    def get(self, request: Request) -> Response:
        query = PresetsQuery(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        found = queries.presets(account_of(request), **query.validated_data)
        return Response([queries.preset_view(one) for one in found])

    @schemas.make_preset(NewPreset)
    @replayable
    def post(self, request: Request) -> Response:
        body = NewPreset(data=request.data)
        body.is_valid(raise_exception=True)
        made = presets.create(account_of(request), **body.validated_data)
        return Response(queries.preset_view(made), status=201)


class PresetView(APIView):
    """`GET`, `PATCH`, `DELETE /v1/caption-presets/{preset_id}` (C091)."""

    permission_classes = [SessionOnly]

    @schemas.one_preset
    def get(self, request: Request, preset_id: str) -> Response:
        return Response(queries.preset_view(queries.preset(account_of(request), preset_id)))

    @schemas.change_preset(ChangedPreset)
    def patch(self, request: Request, preset_id: str) -> Response:
        body = ChangedPreset(data=request.data)
        body.is_valid(raise_exception=True)
        changed = presets.change(account_of(request), preset_id=preset_id, **body.validated_data)
        return Response(queries.preset_view(changed))

    @schemas.delete_preset
    def delete(self, request: Request, preset_id: str) -> Response:
        presets.delete(account_of(request), preset_id=preset_id)
        return Response({"ok": True})


class PreviewView(APIView):
    """`POST /v1/caption-presets/preview` (X027). Nothing is stored."""

    permission_classes = [SessionOnly]
    throttle_classes = [PreviewThrottle]

    @schemas.preview_style(PreviewedStyle)
    def post(self, request: Request) -> Response:
        body = PreviewedStyle(data=request.data)
        body.is_valid(raise_exception=True)
        return Response(preview.preview(account_of(request), **body.validated_data))


class FontsView(APIView):
    """`GET` and `POST /v1/caption-fonts` (C093, C094). A font is no JSON, so its answer cannot be replayed."""

    permission_classes = [SessionOnly]
    parser_classes = [FontForm]

    @schemas.list_fonts
    def get(self, request: Request) -> Response:
        return Response([queries.font_view(one) for one in queries.fonts(account_of(request))])

    @schemas.upload_font
    def post(self, request: Request) -> Response:
        name, size, stream = file_of(request)
        made = fonts.create(account_of(request), filename=name, size=size, stream=stream)
        return Response(queries.font_view(made), status=201)


class FontView(APIView):
    """`GET`, `DELETE /v1/caption-fonts/{font_id}` (C094)."""

    permission_classes = [SessionOnly]

    @schemas.one_font
    def get(self, request: Request, font_id: str) -> Response:
        return Response(queries.font_view(queries.font(account_of(request), font_id)))

    @schemas.delete_font
    def delete(self, request: Request, font_id: str) -> Response:
        fonts.delete(account_of(request), font_id=font_id)
        return Response({"ok": True})

"""API keys over HTTP: made, listed and revoked in a signed-in session only (C005, C143)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import queries, schemas, services
from accounts.auth import SessionOnly, account_of
from accounts.models import ApiKey
from core.fields import StrictText
from core.times import stamp


class KeyRequest(serializers.Serializer[Any]):
    name = StrictText(max_length=100, help_text="What you will know it by, 1 to 100 characters.")


def key_view(key: ApiKey) -> dict[str, Any]:
    """What may be shown of a key at any time."""
    return {"key_id": key.pk, "name": key.name, "prefix": key.prefix, "created_at": stamp(key.created_at)}


class KeysView(APIView):
    """`POST` and `GET /v1/keys` (C143). A key is shown once and not kept, so no answer can be replayed."""

    permission_classes = [SessionOnly]

    @schemas.make_key(KeyRequest)
    def post(self, request: Request) -> Response:
        body = KeyRequest(data=request.data)
        body.is_valid(raise_exception=True)
        key, clear = services.create_key(account_of(request), name=body.validated_data["name"])
        return Response(key_view(key) | {"key": clear}, status=201)

    @schemas.list_keys
    def get(self, request: Request) -> Response:
        return Response({"keys": [key_view(key) | {"last_used_at": stamp(key.last_used_at)}
                                  for key in queries.keys(account_of(request))]})


class KeyView(APIView):
    """`DELETE /v1/keys/{key_id}` (C143)."""

    permission_classes = [SessionOnly]

    @schemas.revoke_key
    def delete(self, request: Request, key_id: str) -> Response:
        services.delete_key(account_of(request), key_id=key_id)
        return Response({"ok": True})

"""How keys and the two ways to sign a request are described."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from core.schemas import KEY, SESSION, Description, describe

TAG = "Keys"
ROW = {"key_id": "key_a1b2c3d4e5f6", "name": "ci", "prefix": "sk_live_Ab3x", "created_at": "2026-04-19T10:00:00Z"}


class KeyScheme(OpenApiAuthenticationExtension):
    target_class, name = "accounts.auth.ApiKeyAuthentication", KEY

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "sk_live_..."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class, name = "accounts.auth.SiteSession", SESSION

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "sessionid",
                "description": "The site's own session; unsafe methods also send X-CSRFToken."}


class Key(serializers.Serializer[Any]):
    key_id = serializers.CharField(help_text="The key's name for DELETE /v1/keys/{key_id}; not a secret.")
    name = serializers.CharField(help_text="As it was given.")
    prefix = serializers.CharField(help_text="The first 12 characters of the key.")
    created_at = serializers.DateTimeField(help_text="When it was made.")


class NewKey(Key):
    key = serializers.CharField(help_text="The whole key, this once.")


class ListedKey(Key):
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="When it last signed a request; null if never.")


class Keys(serializers.Serializer[Any]):
    keys = ListedKey(many=True, help_text="At most 10.")


class KeyRevoked(serializers.Serializer[Any]):
    ok = serializers.BooleanField(help_text="Always true: the key stopped working.")


def make_key(body: Any) -> Description:
    return describe("create_key", "Create an API key", tag=TAG, body=body, answer=NewKey, status=201, session_only=True,
                    faults="limit_reached", asked={"name": "ci"}, answered=ROW | {"key": "sk_live_Ab3x..."})


list_keys = describe("list_keys", "List API keys", tag=TAG, answer=Keys, session_only=True,
                     answered={"keys": [ROW | {"last_used_at": None}]})
revoke_key = describe("revoke_key", "Revoke an API key",
                      tag=TAG, answer=KeyRevoked, session_only=True, faults="not_found",
                      answered={"ok": True})

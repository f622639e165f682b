"""Who is asking: an API key first, else the site's session (C002-C009)."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any, cast

from django.db.models import Q
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import Account, ApiKey
from core.errors import Forbidden, NotAuthenticated

USED_EVERY = timedelta(minutes=1)  # how exact `last_used_at` is; spares a write per poll


class InvalidKey(NotAuthenticated):
    code, sentence = "invalid_key", "This API key is not valid."
    hint = "Send `Authorization: Bearer sk_live_...` with a key that has not been revoked."


class SessionRequired(Forbidden):
    code, sentence = "session_required", "This action needs a signed-in session; API keys are not accepted."


def digest(key: str) -> str:
    """SHA-256 of a key as hex. Keys hold 256 random bits, so a slow hash would add nothing."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer sk_live_...`. The header decides alone: never a fall back to the cookie."""

    def authenticate(self, request: Request) -> tuple[Account, ApiKey] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        scheme, _, key = header.partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise InvalidKey
        try:
            found = ApiKey.objects.select_related("account").get(digest=digest(key), account__is_active=True)
        except ApiKey.DoesNotExist:
            raise InvalidKey from None
        _note_use(found)
        return found.account, found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _note_use(key: ApiKey) -> None:
    """Keep `last_used_at` true to the minute. A poll in between writes nothing, not even an UPDATE of no row,
    which would wait for whoever writes to SQLite at the moment."""
    now = timezone.now()
    before = key.last_used_at
    if before is not None and before >= now - USED_EVERY:
        return
    ApiKey.objects.filter(Q(last_used_at__isnull=True) | Q(last_used_at=before), pk=key.pk).update(last_used_at=now)


class CsrfFailed(Forbidden):
    code, sentence = "csrf", "The CSRF token is missing or wrong."
    hint = "Send the csrftoken cookie's value as X-CSRFToken."


class SiteSession(SessionAuthentication):
    """The site's cookie, with a CSRF token on unsafe methods. DRF's own would answer 403 without a cookie."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except PermissionDenied as fault:
            raise CsrfFailed from fault


class SessionOnly(BasePermission):
    """For routes that no API key may use (C005, C006)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            raise NotAuthenticated
        if isinstance(request.auth, ApiKey):
            raise SessionRequired
        return True


def account_of(request: Request) -> Account:
    """Who asks, in a view whose permissions let no anonymous request through."""
    return cast(Account, request.user)


def by_session(request: Request) -> bool:
    """Whether the caller came with the site's session and not with a key."""
    return not isinstance(request.auth, ApiKey)

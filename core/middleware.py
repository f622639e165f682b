"""What every request passes: an id, the content security policy, forgiving slashes."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_urlsafe

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.ids import new_id

Handler = Callable[[HttpRequest], HttpResponse]
API_PREFIXES = ("/v1/", "/api/", "/sapi/", "/papi/")
# Pages that people see (studio.md 8.3). `{nonce}` is fresh for each response; `{media}` is where signed
# addresses point to, which is another origin where the site is opened by another of its names.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "style-src 'self' 'nonce-{nonce}'; font-src 'self'; img-src 'self' data: blob: {media}; "
    "media-src 'self' blob: {media}; connect-src 'self' {media}; manifest-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# unfold's Alpine needs eval: without it an invisible modal covers the sign-in button.
ADMIN_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class RequestId:
    """Give each request an id of ours, for the answer, the error body and the logs (G11)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = request.META["HTTP_X_REQUEST_ID"] = new_id("req_")  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        if request.path.startswith(API_PREFIXES):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class ContentSecurityPolicy:
    """Add the policy unless the view set one of its own (embeds, served media)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = token_urlsafe(12)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        policy = ADMIN_POLICY if request.path.startswith("/admin/") else POLICY.format(
            nonce=nonce, media=settings.PUBLIC_API_URL)
        response.headers.setdefault("Content-Security-Policy", policy)
        return response


class OptionalSlash:
    """Trailing slash or none: the same answer, never a redirect (G12). The admin keeps its slashes."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if len(path) > 1 and path.endswith("/") and not path.startswith(("/admin/", "/static/")):
            request.path_info = path[:-1]
        return self.get_response(request)

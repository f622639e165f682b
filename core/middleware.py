"""What every request passes: an id, a line in the log, cross-origin rules, rate headers, the content security
policy, forgiving slashes."""

from __future__ import annotations

import re
from collections.abc import Callable
from secrets import token_urlsafe

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django_structlog.middlewares import RequestMiddleware

from core import storage
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
        session = getattr(request, "session", None)
        if request.path.startswith(API_PREFIXES) or (session is not None and session.accessed):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class RequestLog(RequestMiddleware):
    """`request_started`, `request_finished` and `request_failed` with the request's id and the account's.

    The query string stays out: signed URLs carry their signature there. So do secrets that are part of a path.
    """

    SECRET_TAIL = re.compile(r"^(/password/reset/key/|/confirm-email/|/live/ingest/)[^/]+")

    @classmethod
    def format_request(cls, request: HttpRequest) -> str:
        path = cls.SECRET_TAIL.sub(r"\1…", request.path)
        return f"{request.method} {path}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        """Name the account where the view found out; a request that asks for nobody costs no query."""
        unasked = isinstance(getattr(request, "user", None), SimpleLazyObject) and not request.session.accessed
        if not unasked:
            RequestMiddleware.bind_user_id(request)


class Cors:
    """Pages of CORS_ALLOWED_ORIGINS may call the API with a key, never with cookies (G17).

    Signed upload URLs and public files answer every origin; their own views say so.
    """

    METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE"
    REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, Prefer"
    EXPOSED = ("ETag, Idempotent-Replayed, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, "
               "X-Request-Id")

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(API_PREFIXES):
            return self.get_response(request)
        origin = request.headers.get("Origin", "")
        known = origin in settings.CORS_ALLOWED_ORIGINS
        preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        response = HttpResponse(status=204) if known and preflight else self.get_response(request)
        if settings.CORS_ALLOWED_ORIGINS:
            patch_vary_headers(response, ["Origin"])
        if known:
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Expose-Headers"] = self.EXPOSED
        if known and preflight:
            response["Access-Control-Allow-Methods"] = self.METHODS
            response["Access-Control-Allow-Headers"] = self.REQUEST_HEADERS
            response["Access-Control-Max-Age"] = "600"
        return response


class RateLimitHeaders:
    """Tell the client where it stands: the tightest limit that counted this request (G19, X022)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        counted = getattr(request, "rate_limit", None)
        if counted is not None:
            limit, remaining, reset = counted
            response["RateLimit-Limit"] = str(limit)
            response["RateLimit-Remaining"] = str(remaining)
            response["RateLimit-Reset"] = str(reset)
        return response


def _media_origins() -> str:
    """Where pages load media from and send files to: our own addresses, and the store's where it is S3."""
    ours = settings.PUBLIC_API_URL
    return ours if storage.remote() is None else f"{ours} {storage.origin()}"


class ContentSecurityPolicy:
    """Add the policy unless the view set one of its own (embeds, served media)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = token_urlsafe(12)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        policy = ADMIN_POLICY if request.path.startswith("/admin/") else POLICY.format(
            nonce=nonce, media=_media_origins())
        response.headers.setdefault("Content-Security-Policy", policy)
        return response


class PageMethods:
    """Pages know GET, HEAD, POST and OPTIONS; another method is 405, before anything asks for a CSRF token (B80)."""

    KNOWN = ("GET", "HEAD", "POST", "OPTIONS")
    OTHERS = (*API_PREFIXES, "/put/", "/files/")  # these answer for themselves

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in self.KNOWN or request.path_info.startswith(self.OTHERS):
            return self.get_response(request)
        return HttpResponseNotAllowed(self.KNOWN)


class OptionalSlash:
    """Trailing slash or none: the same answer, never a redirect (G12). The admin keeps its slashes.

    No id holds NUL, and PostgreSQL cannot even be asked for one, so such a path leads nowhere (G08).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if "\0" in path:
            raise Http404
        if len(path) > 1 and path.endswith("/") and not path.startswith(("/admin/", "/static/")):
            request.path_info = path[:-1]
        elif path == "/admin":
            request.path_info = "/admin/"
        return self.get_response(request)

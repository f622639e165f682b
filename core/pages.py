"""Error answers outside the API's exception handler: JSON below the API prefixes, a page elsewhere."""

from __future__ import annotations

import errno
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from core import errors
from core.api import error_body
from core.errors import FastClipError
from core.middleware import API_PREFIXES, Handler


def answer(request: HttpRequest, fault: FastClipError) -> HttpResponse:
    """Render `fault` in the form this address speaks."""
    request_id = getattr(request, "id", "")
    if request.path.startswith(API_PREFIXES) or not request.accepts("text/html"):
        return JsonResponse(error_body(fault, request_id), status=fault.status, headers=fault.headers)
    body = {"fault": fault, "status": fault.status, "request_id": request_id}
    return render(request, "errors/error.html", body, status=fault.status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, errors.BadRequest("The request cannot be read.", code="invalid_field"))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return answer(request, errors.Forbidden())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No route, or a view's own 404; the API gives one answer for all that is not there (G10)."""
    ours = request.path.startswith(API_PREFIXES)
    return answer(request, errors.NotFound("" if ours else "There is no page at this address."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answer(request, errors.Forbidden("The CSRF token is missing or wrong.", code="csrf",
                                            hint="Reload the page and try again."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database is away or the disk full, without touching the database or the context
    processors."""
    fault = _ours(sys.exc_info()[1])
    if request.path.startswith(API_PREFIXES):
        return JsonResponse(error_body(fault, getattr(request, "id", "")), status=fault.status)
    return HttpResponse(
        f"<!doctype html><html lang=en><title>Something went wrong · FastClip</title>"
        f"<h1>Something went wrong on our side</h1><p>Try again in a moment. Quote "
        f"<code>{getattr(request, 'id', '')}</code> if it stays.</p>", status=fault.status)


def _ours(cause: BaseException | None) -> FastClipError:
    """What is told of a fault of ours."""
    if isinstance(cause, OperationalError | InterfaceError):
        return errors.DatabaseAway()
    if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return errors.DiskFull()
    return FastClipError()


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """The form's `next` where it stays on this site, else the route `otherwise` (B80)."""
    back = request.POST.get("next", "")
    stays = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()},
                                            require_https=request.is_secure())
    return back if back and stays else otherwise


class PageErrors:
    """Middleware: an error of ours that leaves a page's view becomes its page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        return answer(request, fault) if isinstance(fault, FastClipError) else None

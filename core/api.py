"""The frame of every API answer: one shape of error, rendered once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions as drf
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core import errors
from core.errors import BadRequest, BodyTooLarge, FastClipError

MOST_FAULTS = 20  # told per field; nobody mends more at once
# What the frameworks may raise, as our classes.
_TRANSLATED: dict[type[Exception], type[FastClipError]] = {
    drf.UnsupportedMediaType: errors.UnsupportedContentType,
    drf.NotFound: errors.NotFound,
    Http404: errors.NotFound,
    OperationalError: errors.DatabaseAway,
    InterfaceError: errors.DatabaseAway,  # the connection went with the server
}


def error_body(fault: FastClipError, request_id: str) -> dict[str, Any]:
    """The body of C148: `fields` and `hint` only where they help."""
    body: dict[str, Any] = {"error": fault.sentence, "code": fault.code}
    if fault.fields:
        body["fields"] = fault.fields
    if fault.hint:
        body["hint"] = fault.hint
    return body | {"request_id": request_id}


def _sentences(detail: Any) -> list[str]:
    """DRF's nested error detail as a flat list of sentences."""
    if isinstance(detail, dict):
        return [f"{key}: {text}" if key != "non_field_errors" else text
                for key, item in detail.items() for text in _sentences(item)]
    if isinstance(detail, list):
        return [text for item in detail for text in _sentences(item)]
    return [str(detail)]


def _codes(detail: Any) -> set[str]:
    if isinstance(detail, dict | list):
        items = detail.values() if isinstance(detail, dict) else detail
        return {code for item in items for code in _codes(item)}
    return {getattr(detail, "code", "invalid")}


def _from_validation(fault: drf.ValidationError) -> FastClipError:
    """A serializer's errors: `missing_field` where a field is absent, else `invalid_field`."""
    detail = fault.detail if isinstance(fault.detail, dict) else {"body": fault.detail}
    fields = {name: _sentences(item)[:MOST_FAULTS] for name, item in detail.items()}
    code = "missing_field" if _codes(fault.detail) <= {"required"} else "invalid_field"
    name, faults = next(iter(fields.items()))
    return BadRequest(f"{name}: {faults[0]}", code=code, fields=fields)


def translate(fault: Exception) -> FastClipError | None:
    """The FastClip error that stands for this exception, or None where it is ours (500)."""
    if isinstance(fault, FastClipError):
        return fault
    if isinstance(fault, drf.ValidationError):
        return _from_validation(fault)
    for known, ours in _TRANSLATED.items():
        if isinstance(fault, known):
            return ours()
    if isinstance(fault, RequestDataTooBig):
        return BodyTooLarge()
    return _from_drf(fault)


def _from_drf(fault: Exception) -> FastClipError | None:
    if isinstance(fault, drf.NotAuthenticated | drf.AuthenticationFailed):
        return errors.NotAuthenticated(headers={"WWW-Authenticate": "Bearer"})
    if isinstance(fault, drf.MethodNotAllowed):
        wrong = FastClipError("This address does not take that method.", code="method_not_allowed")
        wrong.status = 405
        return wrong
    if isinstance(fault, drf.Throttled):
        wait = str(max(1, int(getattr(fault, "wait", None) or 1)))
        return errors.TooMany(f"Too many requests; try again in {wait} s.", headers={"Retry-After": wait})
    if isinstance(fault, drf.PermissionDenied):
        return errors.Forbidden()
    if isinstance(fault, drf.ParseError):
        return BadRequest("The body cannot be read.", code="invalid_json")
    return None


def exception_handler(fault: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's hook: every error leaves as C148's body with its status and headers."""
    request: Request = context["request"]
    known = translate(fault)
    if known is None:
        return None  # Django answers 500 through `fastclip_site.urls.handler500`
    set_rollback()
    if known.status == 401:
        known.headers.setdefault("WWW-Authenticate", "Bearer")
    request_id = getattr(request, "id", "")
    return Response(error_body(known, request_id), status=known.status, headers=known.headers)

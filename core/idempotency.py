"""Answers that a client may ask for twice (X001).

The work of a keyed request and its stored answer commit in one transaction. So there is no state to
repair after a crash: either both are there, or neither is and the same key simply starts afresh. Only
the claim ("running") commits on its own, before the work, so that a twin in flight hears 409 at once.
A claim that outlives `CLAIM_SECONDS` was left by a dead process; the next request with that key takes it
over by a conditional UPDATE, and should the first be alive after all, it finds its claim gone when it
wants to store its answer and rolls its own work back.

Views that must speak to a provider between two commits (charging a card) cannot use this; their Payment
row is what answers a retry.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.errors import BadRequest, Conflict, FastClipError, InvalidField
from core.models import Idempotency

KEPT = timedelta(hours=24)
CLAIM_SECONDS = 60  # longer than any keyed request may take
MAX_KEY = 255
# Refusals of a request that was understood: they are the answer, and stay it. Others are not stored.
ANSWERS = (402, 403, 404, 409, 410, 422)

View = Callable[..., HttpResponseBase]


class InFlight(Conflict):
    code, sentence = "in_flight", "A request with this Idempotency-Key is still running."
    hint = "Ask again in a second; the same key brings its answer."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class IdempotencyMismatch(BadRequest):
    code, sentence = "idempotency_mismatch", "This Idempotency-Key was used with another body."
    hint = "Use a fresh key for a different request."


def replayable(method: View) -> View:
    """Let `post` of an APIView honour `Idempotency-Key`: one run, one answer for 24 h per account and path.

    A replay has the stored status and body and `Idempotent-Replayed: true`. The view runs in a
    transaction; its services must be atomic, and nothing in it may speak to the outside. It finds in
    `request.idempotency_key` a short text (under 30 characters) that is the same for every attempt at
    this request and never used again, or None without a key: fit for a unique `request_key`.
    Raises 400 `invalid_field` and `idempotency_mismatch`, 409 `in_flight`. Source: X001, B40, B41.
    """

    @wraps(method)
    def post(view: APIView, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = _key(request)
        if key is None:
            request.idempotency_key = None  # type: ignore[attr-defined]
            return method(view, request, *args, **kwargs)
        row = _claim(request, key)
        if row.state == "done":
            return _replay(row)
        request.idempotency_key = f"request:{row.pk}"  # type: ignore[attr-defined]
        return _run(row, view, lambda: method(view, request, *args, **kwargs))

    return post


def _key(request: Request) -> str | None:
    key: str | None = request.headers.get("Idempotency-Key")
    if key is not None and not (1 <= len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise InvalidField("Idempotency-Key", f"Send 1 to {MAX_KEY} printable ASCII characters.")
    return key


def _body_hash(request: Request) -> str:
    return sha256(json.dumps(request.data, sort_keys=True).encode()).hexdigest()


def _claim(request: Request, key: str) -> Idempotency:
    """The row of this request: claimed by us (`running`), or with its answer (`done`)."""
    now = timezone.now()
    scope = {"account": request.user, "route": request.path_info, "key": key}
    body_hash = _body_hash(request)
    Idempotency.objects.filter(**scope, expires_at__lte=now).delete()
    try:
        with transaction.atomic():
            return Idempotency.objects.create(**scope, body_sha256=body_hash, created_at=now,
                                              expires_at=now + KEPT)
    except IntegrityError:
        row = Idempotency.objects.filter(**scope).first()
    if row is None:
        raise InFlight  # the twin has this moment given its claim back
    if row.body_sha256 != body_hash:
        raise IdempotencyMismatch
    return row if row.state == "done" else _take_over(row)


def _take_over(row: Idempotency) -> Idempotency:
    """Claim what a dead process left behind. Raises `InFlight` where it may still be alive."""
    now = timezone.now()
    left = _mine(row).filter(created_at__lt=now - timedelta(seconds=CLAIM_SECONDS))
    if left.update(created_at=now, expires_at=now + KEPT) != 1:
        raise InFlight
    row.created_at = now
    return row


def _mine(row: Idempotency) -> Any:
    """The row as long as it is our claim; `created_at` moves with every claim."""
    return Idempotency.objects.filter(pk=row.pk, state="running", created_at=row.created_at)


def _run(row: Idempotency, view: APIView, method: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run the view and store its answer in one transaction; without an answer, give the claim back."""
    stored = False
    try:
        with transaction.atomic():
            response = _answer(view, method)
            _store(row, response)
            stored = True
    finally:
        if not stored:
            _mine(row).delete()
    return response


def _answer(view: APIView, method: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        with transaction.atomic():
            return method()
    except (FastClipError, APIException, Http404) as fault:
        response = view.handle_exception(fault)
        if response.status_code not in ANSWERS:
            raise
        return response


def _store(row: Idempotency, response: HttpResponseBase) -> None:
    """Raises `InFlight` where another request has taken the claim over; our work rolls back with it."""
    body = JSONRenderer().render(response.data).decode() if isinstance(response, Response) else ""
    if _mine(row).update(state="done", status=response.status_code, body=body) != 1:
        raise InFlight


def _replay(row: Idempotency) -> HttpResponse:
    return HttpResponse(row.body or "", status=row.status or 200, content_type="application/json",
                        headers={"Idempotent-Replayed": "true"})


def sweep(limit: int = 1000) -> int:
    """Forget answers older than 24 h, at most `limit` at once; returns how many."""
    old = Idempotency.objects.filter(expires_at__lte=timezone.now()).order_by("expires_at")[:limit]
    return Idempotency.objects.filter(pk__in=[row.pk for row in old]).delete()[0]

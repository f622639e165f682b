"""What pages ask about uploads, by session."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from accounts.models import Account
from uploads import asset_queries


def _account(request: HttpRequest) -> Account:
    """Who is signed in; only for views behind `login_required`."""
    assert isinstance(request.user, Account)  # noqa: S101
    return request.user


@login_required
@require_safe
def assets(request: HttpRequest, file_id: str) -> JsonResponse:
    """`/studio/{file_id}/assets.json`: what was made of the source by now, and what is still to come."""
    reply = JsonResponse(asset_queries.overview(_account(request), file_id))
    reply["Cache-Control"] = "no-store"
    return reply

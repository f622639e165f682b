"""What pages ask about uploads, by session."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from core.errors import Conflict
from core.text import apart
from uploads import asset_queries, library, queries


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


@login_required
@require_POST
def delete(request: HttpRequest, file_id: str) -> HttpResponse:
    """`/library/uploads/{file_id}/delete`: the form's way of `DELETE /v1/upload/{file_id}`.

    The first post asks, the one that says `sure` deletes. Scripts offer to undo instead of asking.
    """
    upload = queries.get(_account(request), file_id)
    if request.POST.get("sure") != "yes":
        return render(request, "library/delete_upload.html", {"section": "library", "upload": upload})
    try:
        library.delete(_account(request), file_id=file_id)
    except Conflict as fault:
        messages.error(request, f"Not deleted: {fault} {fault.hint}")
    else:
        messages.success(request, f"{apart(upload.filename)} is deleted.")
    return redirect(f"{reverse('library')}?tab=uploads")

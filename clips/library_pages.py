"""The library, the job tray and what the command palette lists; every action also works as a plain form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from clips import queries, services, shelf
from clips.bodies import MOST_DELETED
from clips.pages import account_of
from core import text
from core.errors import InvalidField
from core.pages import safe_next
from jobs.models import OPEN

TITLE_LENGTH = 200  # C112


@login_required
@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """`/library?tab=clips|uploads|jobs&q=&kind=&page=`: what is still here, newest first."""
    wish = shelf.read(request.GET)
    shown = shelf.library(account_of(request), wish)
    running = wish.tab == "jobs" and any(row["status"] in OPEN for row in shown["rows"])
    page = {"section": "library", "wish": wish, "open": running, "hours": settings.CLIP_HOURS, "most": MOST_DELETED}
    return render(request, "library/library.html", page | shown)


@login_required
@require_POST
def rename(request: HttpRequest, clip_id: UUID) -> HttpResponse:
    queries.one_clip(account_of(request), clip_id)
    title = text.one_line(request.POST.get("title", ""))
    if not 1 <= len(title) <= TITLE_LENGTH:
        raise InvalidField("title", f"Give the clip a title of 1 to {TITLE_LENGTH} characters.")
    services.rename(account_of(request), clip_id=clip_id, title=title)
    return redirect(safe_next(request, "library"))


@login_required
@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    """The first post asks, the one that says `sure` deletes. Scripts offer to undo instead of asking."""
    chosen = list(dict.fromkeys(request.POST.getlist("clip")))[:MOST_DELETED]
    if not chosen:
        messages.info(request, "Choose the clips to delete first.")
        return redirect("library")
    if request.POST.get("sure") != "yes":
        named = queries.named(account_of(request), chosen)
        return render(request, "library/delete.html", {"section": "library", "clips": named})
    count = services.delete_many(account_of(request), clip_ids=chosen)["deleted_count"]
    messages.success(request, f"{count} {'clip is' if count == 1 else 'clips are'} deleted.")
    return redirect("library")


def _fresh(body: dict[str, Any]) -> JsonResponse:
    reply = JsonResponse(body)
    reply["Cache-Control"] = "no-store"
    return reply


@login_required
@require_safe
def tray(request: HttpRequest) -> HttpResponse:
    """`/jobs/tray.json`: all jobs that run or ended within the hour, for the tray."""
    return _fresh(shelf.tray(account_of(request)))


@login_required
@require_safe
def recent(request: HttpRequest) -> HttpResponse:
    """`/recent.json`: the newest sources and clips, for the command palette."""
    return _fresh({"recent": shelf.recent(account_of(request))})

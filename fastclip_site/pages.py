"""Pages that belong to no app: the landing page, the theme and the legal texts."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_POST, require_safe

from billing import prices
from clips import sample
from clips.pages import frame
from core.errors import InvalidField
from core.pages import safe_next
from fastclip_site.context import THEMES

PRIVATE = ("/account", "/admin/", "/library", "/studio/", "/v1/")
YEAR = 365 * 24 * 3600  # seconds


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: the studio with a sample video, and what there is to know before an account is opened."""
    shown = frame(request, sample.source("/")) | {"section": "", "prices": prices, "api_url": settings.PUBLIC_API_URL}
    return render(request, "site/home.html", shown)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """`/favicon.ico`: where programs look that do not read the page's own `<link rel="icon">`."""
    reply = redirect(static("img/favicon.svg"))
    reply["Cache-Control"] = "public, max-age=86400"
    return reply


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`: the open pages may be found, those behind a sign-in hold nothing to be found."""
    return HttpResponse("User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in PRIVATE),
                        content_type="text/plain; charset=utf-8")


@require_safe
def legal(request: HttpRequest, name: str) -> HttpResponse:
    """`/terms`, `/privacy`, `/refund`: texts that the owner of a server edits (C152)."""
    return render(request, f"site/{name}.html")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light, dark or system in a cookie and go back; scripts get a 204.

    A `next` that leaves the site is ignored (B80).
    """
    wanted = request.POST.get("theme", "")
    if wanted not in THEMES:
        raise InvalidField("theme", f"One of {', '.join(THEMES)}.")
    reply = redirect(safe_next(request, "home")) if request.accepts("text/html") else HttpResponse(status=204)
    reply.set_cookie("theme", wanted, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure())
    return reply

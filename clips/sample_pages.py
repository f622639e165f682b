"""The studio with the sample video, open to everyone."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from clips import sample
from clips.pages import account_of, frame, studio_of


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """`/studio/sample`: cut the sample. A POST makes it an upload of the reader's, who signs up first."""
    if request.method == "POST":
        return _take(request)
    shown = frame(request, sample.source(reverse("studio-sample")))
    return render(request, "studio/studio.html", shown)


def _take(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        back = quote(f"{reverse('studio-sample')}?go=1")
        return redirect(f"{reverse('account_signup')}?next={back}")
    return redirect(studio_of(sample.take(account_of(request)), request))


@require_safe
def assets(request: HttpRequest) -> HttpResponse:
    return JsonResponse(sample.assets(reverse("studio-sample-sprites")))


@require_safe
def sprites(request: HttpRequest) -> HttpResponse:
    return JsonResponse(sample.sprites())

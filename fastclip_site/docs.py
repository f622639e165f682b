"""The API, described: for programs, for people and for language models (X021)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.codes import STATUS_OF
from fastclip_site import reference

PLAIN = "text/plain; charset=utf-8"


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """`GET /v1/openapi.json`: public, readable from every origin."""
    answer = JsonResponse(reference.schema() | {"servers": [{"url": settings.PUBLIC_API_URL}]})
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=300"
    return answer


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "docs/reference.html", _told())


@require_safe
def llm(request: HttpRequest) -> HttpResponse:
    """The whole reference as plain text."""
    return render(request, "docs/llm.txt", _told(), content_type=PLAIN)


@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    return render(request, "docs/llms.txt", {"site": settings.PUBLIC_SITE_URL, "api": settings.PUBLIC_API_URL},
                  content_type=PLAIN)


def _told() -> dict[str, object]:
    return {"groups": reference.groups(settings.PUBLIC_API_URL), "api": settings.PUBLIC_API_URL,
            "site": settings.PUBLIC_SITE_URL, "codes": STATUS_OF}

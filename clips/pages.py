"""Clip Studio and its jobs as pages; every action also works as a plain form."""

from __future__ import annotations

from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from clips import caption_services, forms, overlay, queries, services, studio, timecode
from clips.forms import ExportForm, Row
from clips.remarks import remarks
from core.errors import FastClipError, InvalidField
from core.throttles import PreviewThrottle, counted
from jobs.models import OPEN
from uploads import direct
from uploads import queries as uploads
from uploads.models import Upload

RECENT = 6
FIRST_CUT = 5.0  # seconds a fresh source is marked with
LISTED = 50


def account_of(request: HttpRequest) -> Account:
    """Who is signed in; only for views behind `login_required`."""
    assert isinstance(request.user, Account)  # noqa: S101
    return request.user


@csrf_exempt  # the token is checked one step later, once the form's file is told to stream to disk
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """`/studio`: drop a file, or take one of the last uploads. Open to everyone; uploading needs an account."""
    if request.method == "POST":
        direct.take_form_files(request)
    return _start(request)


@csrf_protect
def _start(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and request.user.is_authenticated:
        return _take_file(request)
    account = request.user if isinstance(request.user, Account) else None
    recent = uploads.recent(account, limit=RECENT, failed=False) if account else []
    return render(request, "studio/studio.html", frame(request) | {"recent": recent})


def _take_file(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None or file.file is None:
        raise InvalidField("file", "Choose a file first.")
    upload = direct.receive_file(account_of(request), filename=file.name or "", size=file.size or 0,
                                 content_type=file.content_type or "", stream=file.file)
    return redirect(studio_of(upload, request))


def studio_of(upload: Upload, request: HttpRequest) -> str:
    """The address of the studio of an upload, with the caption style that was asked for on the way."""
    ref = request.GET.get("preset_ref", "")
    query = f"?{urlencode({'preset_ref': ref})}" if ref else ""
    return reverse("studio-source", kwargs={"file_id": upload.pk}) + query


def frame(request: HttpRequest, source: dict[str, Any] | None = None) -> dict[str, Any]:
    """What every state of the studio shows; `rules` and `source` also go to the scripts."""
    rules = studio.rules(request.user if isinstance(request.user, Account) else None)
    kind = source["kind"] if source else "video"
    styles = studio.styles(request.user if isinstance(request.user, Account) else None)
    return {"section": "studio", "rules": rules, "source": source, "formats": rules["formats"][kind],
            "styles": styles, **_wished(request, styles),
            "qualities": studio.plain_qualities(source) if source else [{"value": "", "label": "Source"}],
            "key": token_hex(16), "rows": [Row()], "made": []}


def _wished(request: HttpRequest, styles: studio.Styles) -> dict[str, Any]:
    """Captions switched on in the style that `?preset_ref=` names; one that is not on offer is told and left out."""
    ref = request.GET.get("preset_ref", "")
    if not ref:
        return {}
    named = next((item["label"] for _, group in styles for item in group if item["value"] == ref), None)
    if named is not None:
        return {"captions": True, "preset_ref": ref, "wish": f"?{urlencode({'preset_ref': ref})}", "wished": named}
    return {"unknown_style": True}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def source(request: HttpRequest, file_id: str) -> HttpResponse:
    """`/studio/{file_id}`: cut an upload; a POST is the export form of a browser without scripts."""
    account = account_of(request)
    upload = uploads.get(account, file_id)
    if request.method == "POST":
        return _export(request, upload)
    return show(request, upload)


def _first_row(upload: Upload) -> Row:
    end = min(FIRST_CUT, upload.probe.get("duration") or FIRST_CUT)
    return Row("0", f"{end:g}")


def show(request: HttpRequest, upload: Upload, *, status: int = 200, **more: Any) -> HttpResponse:
    """The studio of an upload, with one row that is marked already; `more` goes before what it would show."""
    account = account_of(request)
    shown = frame(request, studio.source(account, upload))
    shown |= {"upload": upload, "rows": [_first_row(upload)], "made": queries.made_of(account, upload.pk, limit=LISTED)}
    return render(request, "studio/studio.html", shown | more, status=status)


def _export(request: HttpRequest, upload: Upload) -> HttpResponse:
    form = forms.read(request.POST, fps=studio.frame_rate(upload.probe))
    typed: dict[str, Any] = {"rows": form.rows, "format": form.format, "quality": form.quality,
                             "captions": form.captions, "preset_ref": form.preset_ref}
    if request.POST.get("action") == "add":
        return show(request, upload, **typed | {"rows": [*[Row(row.start, row.end) for row in form.rows], Row()]})
    if not form.is_valid:
        return show(request, upload, status=400, **typed)
    try:
        return _queue(request, upload, form)
    except FastClipError as fault:
        return show(request, upload, status=fault.status, fault=fault, **typed)


def _queue(request: HttpRequest, upload: Upload, form: ExportForm) -> HttpResponse:
    queued = services.request_trim(account_of(request), file_id=upload.pk, by_session=True, **form.wish)
    if len(queued.jobs) == 1:
        return redirect("studio-job", job_id=queued.jobs[0].pk)
    return redirect(f"{reverse('library')}?tab=jobs")


@login_required
@require_safe
def source_facts(request: HttpRequest, file_id: str) -> HttpResponse:
    """`/studio/{file_id}/source.json`: the same facts for the page's scripts, with fresh addresses."""
    account = account_of(request)
    reply = JsonResponse(studio.source(account, uploads.get(account, file_id)))
    reply["Cache-Control"] = "no-store"
    return reply


@login_required
@require_safe
@counted(PreviewThrottle)
def captions_over(request: HttpRequest, file_id: str) -> HttpResponse:
    """`/studio/{file_id}/captions.json?preset_ref=&start=&end=&quality=`: what a clip of the range will show."""
    asked = request.GET
    reply = JsonResponse(overlay.overlay(
        account_of(request), file_id=file_id, preset_ref=asked.get("preset_ref", ""),
        start=timecode.parse(asked.get("start", "")), end=timecode.parse(asked.get("end", "")),
        quality=asked.get("quality", "")))
    reply["Cache-Control"] = "no-store"
    return reply


@login_required
@require_safe
def job(request: HttpRequest, job_id: str) -> HttpResponse:
    """`/studio/jobs/{job_id}`: progress, then preview and download. Without scripts it reloads itself."""
    return _show_job(request, job_id)


def _show_job(request: HttpRequest, job_id: str, *, status: int = 200, **more: Any) -> HttpResponse:
    """One with captions that can still be had also offers other styles (X026)."""
    account = account_of(request)
    view = queries.clip_job_view(account, job_id)
    shown = {"section": "studio", "job": view, "open": view["status"] in OPEN, "key": token_hex(16)}
    if "caption_report" in view:
        shown["remarks"] = remarks(view["caption_report"])
    if view["captioned"] and view["download_url"]:
        shown |= {"styles": studio.styles(account), "prices": studio.rules(account)["prices"]}
    return render(request, "studio/job.html", shown | more, status=status)


@login_required
@require_POST
def captions_again(request: HttpRequest, job_id: str) -> HttpResponse:
    """Make what a job captioned again in another style: the new job's page, or this one with what is wrong."""
    ref, key = forms.read_style(request.POST)
    try:
        made = caption_services.request_captions(account_of(request), job_id=job_id, style=ref, request_key=key)
    except FastClipError as fault:
        return _show_job(request, job_id, status=fault.status, fault=fault, preset_ref=ref)
    return redirect("studio-job", job_id=made.pk)


@login_required
@require_POST
def cancel(request: HttpRequest, job_id: str) -> HttpResponse:
    services.cancel(account_of(request), job_id=job_id)
    return redirect("studio-job", job_id=job_id)


@login_required
@require_POST
def retry(request: HttpRequest, job_id: str) -> HttpResponse:
    """Ask again for what failed: the new job's page, or its id for scripts."""
    job = services.retry(account_of(request), job_id=job_id, by_session=True)
    if request.accepts("text/html"):
        return redirect("studio-job", job_id=job.pk)
    return JsonResponse({"job_id": job.pk})

"""One's own text in Clip Studio as a plain form; with scripts the page asks `PUT /v1/transcript/{file_id}`."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from captions import own_text, transcript_services
from clips import pages
from core.errors import FastClipError
from core.throttles import JobPostThrottle, counted
from uploads import queries as uploads


@csrf_exempt  # the token is checked one step later, once the form's file is told to stream to disk
@require_POST
def take(request: HttpRequest, file_id: str) -> HttpResponse:
    """`/studio/{file_id}/transcript`: a text that is typed or chosen gets its times; back to the studio meanwhile."""
    request.upload_handlers = [own_text.TextFile(request)]  # type: ignore[assignment]
    return _take(request, file_id)


@csrf_protect
@login_required
@counted(JobPostThrottle)
def _take(request: HttpRequest, file_id: str) -> HttpResponse:
    account = pages.account_of(request)
    upload = uploads.get(account, file_id)
    form = own_text.read(request.POST, request.FILES.get("file"))
    if form.faults:
        return pages.show(request, upload, status=400, own=form)
    try:
        transcript_services.align(account, file_id=upload.pk, **form.body)
    except FastClipError as fault:
        return pages.show(request, upload, status=fault.status, own=form.refused(fault))
    messages.success(request, "Your text gets its times now. Look again in a moment.")
    return redirect(pages.studio_of(upload, request))

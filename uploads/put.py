"""The signed PUT: bytes of a file, without Django's parsers and without a FastClip key (C012, C021)."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from core import signing
from core.block_writer import linger
from core.errors import FastClipError
from core.storage_local import open_to_all, preflight, refusal
from uploads.receive import receive_part


@csrf_exempt
def put(request: HttpRequest, file_id: str, generation: str) -> HttpResponseBase:
    """`PUT /put/{file_id}/{generation}?...`: 200 with the ETag, or C148's JSON."""
    if request.method == "OPTIONS":
        return preflight()
    try:
        allowed = signing.check_put(str(request.method), f"{file_id}/{generation}", request.GET)
        etag = receive_part(request.META, file_id=file_id, generation=generation, allowed=allowed)
    except FastClipError as fault:
        answer = refusal(request, fault)
        answer.afterwards = partial(linger, request.META)
        return answer
    return open_to_all(HttpResponse(headers={"ETag": f'"{etag}"'}))

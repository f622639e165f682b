"""The WSGI application that gunicorn serves."""

import os
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.http import QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fastclip_site.settings")
UNREADABLE = "application/x-unreadable"  # nothing here takes it: 415


class Request(WSGIRequest):
    """A request whose form is 400 where a part's headers contradict each other; Django's parser ends in a fault."""

    def parse_file_upload(self, META: Mapping[str, Any], post_data: Any) -> tuple[QueryDict, MultiValueDict[str, Any]]:
        try:
            return super().parse_file_upload(META, post_data)
        except (TypeError, ValueError) as fault:
            raise MultiPartParserError(f"a part's headers cannot be read: {fault}") from fault


_django = get_wsgi_application()
_django.request_class = Request


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django, for which a Content-Type whose parts contradict each other would be a fault of ours."""
    try:
        parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    except (TypeError, ValueError):
        environ["CONTENT_TYPE"] = UNREADABLE
    return _django(environ, start_response)

"""The WSGI application that gunicorn serves."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fastclip_site.settings")
_django = get_wsgi_application()
UNREADABLE = "application/x-unreadable"  # nothing here takes it: 415


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django, for which a Content-Type whose parts contradict each other would be a fault of ours."""
    try:
        parse_header_parameters(environ.get("CONTENT_TYPE", ""))
    except (TypeError, ValueError):
        environ["CONTENT_TYPE"] = UNREADABLE
    return _django(environ, start_response)

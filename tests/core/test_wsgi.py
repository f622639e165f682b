"""What reaches the application before any of our code sees a request."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from fastclip_site.wsgi import application


@pytest.mark.parametrize("kind", ["a/b; c*=utf-8''d; c*0=e", "a/b; c*=nonsense''d", "a/b; c*" + "9" * 5000 + "=d",
                                  "a/b"])
def test_a_content_type_that_cannot_be_read_is_no_fault_of_ours(db, kind):
    environ = RequestFactory()._base_environ(PATH_INFO="/healthz", REQUEST_METHOD="GET", CONTENT_TYPE=kind)
    told: list[str] = []
    application(environ, lambda status, headers, fault=None: told.append(status))
    assert told == ["200 OK"]

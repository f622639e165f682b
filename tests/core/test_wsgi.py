"""What reaches the application before any of our code sees a request."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.test.client import FakePayload

from fastclip_site.wsgi import application


@pytest.mark.parametrize("kind", ["a/b; c*=utf-8''d; c*0=e", "a/b; c*=nonsense''d", "a/b; c*" + "9" * 5000 + "=d",
                                  "a/b"])
def test_a_content_type_that_cannot_be_read_is_no_fault_of_ours(db, kind):
    environ = RequestFactory()._base_environ(PATH_INFO="/healthz", REQUEST_METHOD="GET", CONTENT_TYPE=kind)
    told: list[str] = []
    application(environ, lambda status, headers, fault=None: told.append(status))
    assert told == ["200 OK"]


def test_a_form_whose_parts_contradict_each_other_is_a_bad_request(db):
    """Also on pages, where the check of the form's token is the first to read it."""
    body = (b"--x\r\nContent-Disposition: form-data; name=file; filename*=utf-8''a; filename*0=b\r\n\r\n"
            b"data\r\n--x--\r\n")
    environ = RequestFactory()._base_environ(**{
        "PATH_INFO": "/signin", "REQUEST_METHOD": "POST", "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(len(body)), "wsgi.input": FakePayload(body)})
    environ["HTTP_COOKIE"] = f"csrftoken={'a' * 32}"
    told: list[str] = []
    application(environ, lambda status, headers, fault=None: told.append(status))
    assert told == ["400 Bad Request"]

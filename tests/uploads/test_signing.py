"""Signed addresses: what they open, and that nothing else opens it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import time_machine
from django.core.signing import Signer
from django.test import Client

from core import signing, storage

KEY = "out/job_1/1.mp4"


@pytest.fixture
def stored():
    path = storage.path_of(KEY)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"0123456789")
    yield path
    path.unlink()


def _get_url(**changes: str) -> str:
    url = storage.download_url(KEY, file_name="a.mp4", content_type="video/mp4")
    return _changed(url, **changes)


def _changed(url: str, path: str = "", **changes: str | None) -> str:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True)) | changes
    return (path or parts.path) + "?" + urlencode({k: v for k, v in query.items() if v is not None})


def test_g16_a_signed_address_opens_its_file(stored):
    assert b"".join(Client().get(_get_url())) == b"0123456789"


@pytest.mark.parametrize("changes", [
    {"name": "b.mp4"}, {"type": "text/html"}, {"inline": "1"}, {"expires": "99999999999"}, {"expires": "x"},
    {"expires": ""}, {"expires": None}, {"expires": "-1"}, {"expires": "1e9"}, {"expires": "٣"},
    {"signature": ""},
    {"signature": None}, {"signature": "0" * 64}, {"signature": "ü" * 64}, {"name": None}, {"type": None},
    {"path": "/files/out/job_1/2.mp4"}, {"path": "/files/out/job_1/../job_1/1.mp4"},
    {"path": "/files/keys/secret_key"},
])
def test_b13_an_altered_address_is_403(stored, changes):
    reply = Client().get(_get_url(**changes))
    assert (reply.status_code, reply.json()["code"]) == (403, "url_signature")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_b13_an_address_opens_for_its_own_method_only(stored, method):
    reply = Client().generic(method, _get_url(), b"evil", content_type="video/mp4")
    assert (reply.status_code, reply.json()["code"]) == (403, "url_signature")
    assert stored.read_bytes() == b"0123456789"


def test_b13_an_expired_address_is_403_with_its_own_code(stored):
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False) as clock:
        url = _get_url()
        clock.shift(3599)
        assert Client().get(url).status_code == 200
        clock.shift(1)
        reply = Client().get(url)
        assert (reply.status_code, reply.json()["code"]) == (403, "url_expired")


def test_an_expired_address_with_a_new_date_is_still_refused(stored):
    with time_machine.travel("2026-01-01T00:00:00Z", tick=False):
        url = _get_url()
    assert Client().get(_changed(url, expires="99999999999")).json()["code"] == "url_signature"


def test_a_query_parameter_that_we_did_not_sign_is_ignored(stored):
    assert Client().get(_get_url(rpctoken="x")).status_code == 200


@pytest.mark.parametrize("key", ["../../../etc/passwd", "/etc/passwd", "out/../../keys/secret_key", "a\0b"])
def test_even_a_signed_key_does_not_leave_the_media_folder(key):
    url = signing.sign_get(key, file_name="a", content_type="text/plain")
    assert Client().get(url).status_code in (400, 403, 404)


def test_a_symbolic_link_is_not_followed(stored, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    link = storage.path_of("out/job_1/link.mp4")
    link.symlink_to(secret)
    url = signing.sign_get("out/job_1/link.mp4", file_name="a", content_type="text/plain")
    assert Client().get(url).status_code == 404
    link.unlink()


def test_a_signed_file_that_is_gone_is_404():
    url = signing.sign_get("out/none.mp4", file_name="a", content_type="video/mp4")
    assert (Client().get(url).status_code, Client().get(url).json()["code"]) == (404, "not_found")


def test_a_folder_is_404(stored):
    assert Client().get(signing.sign_get("out/job_1", file_name="a", content_type="x/y")).status_code == 404


def test_the_key_of_the_addresses_is_no_other_key_of_the_site(stored):
    _, _, other = Signer(salt="core.signing").sign(KEY).rpartition(":")
    assert Client().get(_get_url(signature=other)).status_code == 403


def test_fields_cannot_be_shifted_into_each_other():
    one = signing.sign_get("a", file_name='b", "c', content_type="d")
    other = signing.sign_get("a", file_name="b", content_type='c", "d')
    assert parse_qsl(urlsplit(one).query)[-1] != parse_qsl(urlsplit(other).query)[-1]


@pytest.mark.parametrize("changes", [
    {"size": "11"}, {"size": "9"}, {"partNumber": "2"}, {"partNumber": None}, {"expires": "99999999999"},
    {"signature": "0" * 64}, {"size": ""}, {"partNumber": "x"}, {"size": "1" * 16},
])
def test_a_put_token_holds_size_part_and_expiry(changes):
    url = _changed(signing.sign_put("upl_1/g", size=10, part=1), **changes)
    query = dict(parse_qsl(urlsplit(url).query))
    with pytest.raises(signing.BadSignature):
        signing.check_put("PUT", "upl_1/g", query)


def test_a_put_token_names_method_and_object():
    query = dict(parse_qsl(urlsplit(signing.sign_put("upl_1/g", size=10)).query))
    assert signing.check_put("PUT", "upl_1/g", query) == signing.Reception(10, None)
    for method, name in [("GET", "upl_1/g"), ("PUT", "upl_2/g"), ("PUT", "upl_1/h")]:
        with pytest.raises(signing.BadSignature):
            signing.check_put(method, name, query)

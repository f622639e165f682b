"""Who is asking: key, session, both, neither; and how each is refused."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiKey
from tests.factories import make_key

PLAIN = "/v1/balance"  # key or session
SESSION_ONLY = [("get", "/v1/keys"), ("post", "/v1/keys"), ("delete", "/v1/keys/key_0123456789ab"),
                ("post", "/v1/account/signup-credit")]


def ask(client: APIClient, method: str, path: str, **headers: str):
    return getattr(client, method)(path, headers=headers)


def bearer(key: str) -> dict[str, str]:
    return {"HTTP_AUTHORIZATION": f"Bearer {key}"}


def refused(reply, status: int, code: str) -> dict:
    """The reply is exactly C148's body with this status and code."""
    body = reply.json()
    assert (reply.status_code, body["code"]) == (status, code)
    assert set(body) <= {"error", "code", "fields", "hint", "request_id"}
    assert body["error"].endswith(".") and body["request_id"] == reply["X-Request-Id"]
    assert reply["Cache-Control"] == "no-store"
    assert (reply.get("WWW-Authenticate") == "Bearer") is (status == 401)
    return body


@pytest.fixture
def csrf_session(alice) -> APIClient:
    """Alice by session, with CSRF enforced as for a browser."""
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(alice)
    client.default_format = "json"
    return client


def with_token(client: APIClient) -> dict[str, str]:
    client.cookies["csrftoken"] = "a" * 32
    return {"HTTP_X_CSRFTOKEN": "a" * 32}


# --- keys ------------------------------------------------------------------------------------------

def test_c002_a_key_opens_the_api(api):
    assert api.get(PLAIN).status_code == 200


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_c002_the_schemes_case_does_not_matter(anon, alice, scheme):
    assert anon.get(PLAIN, HTTP_AUTHORIZATION=f"{scheme} {make_key(alice)}").status_code == 200


def test_c002_only_the_hash_of_a_key_is_stored(alice):
    key = make_key(alice)
    row = ApiKey.objects.get()
    assert key.startswith("sk_live_") and len(key) == 8 + 43
    assert row.digest == sha256(key.encode()).hexdigest()
    assert row.prefix == key[:12]
    assert key not in str(ApiKey.objects.values().get())


def test_c002_the_last_use_of_a_key_is_kept_to_the_minute(alice, anon):
    key = make_key(alice)
    start = timezone.now()
    for seconds, kept in [(0, 0), (30, 0), (61, 61)]:
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False):
            anon.get(PLAIN, **bearer(key))
            assert ApiKey.objects.get().last_used_at == start + timedelta(seconds=kept)


def test_c006_nobody_is_401(anon):
    refused(anon.get(PLAIN), 401, "not_authenticated")


@pytest.mark.parametrize("key", [
    "sk_live_", "sk_live_ " + "x" * 42, " sk_live_x", "sk_live_" + "x" * 10_240, "sk_live_schlüssel",
    "sk_live_\u2702", "sk_live_\x00", "sk_live_" + "A" * 43, "'; DROP TABLE accounts_apikey; --",
])
def test_b65_a_key_that_is_none_is_401(anon, db, key):
    refused(anon.get(PLAIN, **bearer(key)), 401, "invalid_key")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic YTpi", "sk_live_x", "Token sk_live_x", ","])
def test_b65_a_header_of_another_kind_is_401(anon, db, header):
    refused(anon.get(PLAIN, HTTP_AUTHORIZATION=header), 401, "invalid_key")


def test_b65_a_good_key_with_anything_behind_it_is_401(anon, alice):
    refused(anon.get(PLAIN, **bearer(make_key(alice) + " ")), 401, "invalid_key")


def test_c009_a_revoked_key_is_401_on_the_next_request(api):
    assert api.get(PLAIN).status_code == 200
    ApiKey.objects.all().delete()
    refused(api.get(PLAIN), 401, "invalid_key")


def test_a_key_of_a_closed_account_is_401(api, alice):
    alice.is_active = False
    alice.save()
    refused(api.get(PLAIN), 401, "invalid_key")


def test_a_session_of_a_closed_account_is_401(session, alice):
    alice.is_active = False
    alice.save()
    refused(session.get(PLAIN), 401, "not_authenticated")


@pytest.mark.parametrize("name", ["key", "api_key", "token", "access_token", "Authorization"])
def test_c008_a_key_in_the_query_is_ignored(anon, alice, name):
    refused(anon.get(PLAIN, {name: make_key(alice)}), 401, "not_authenticated")


def test_c002_a_key_opens_its_own_account_only(api, bob_api, alice):
    from tests.factories import give

    give(alice, 77)
    assert (api.get(PLAIN).json()["balance"], bob_api.get(PLAIN).json()["balance"]) == (0.77, 0)


# --- sessions --------------------------------------------------------------------------------------

def test_c003_a_session_opens_the_api(session):
    assert session.get(PLAIN).status_code == 200


def test_c003_reading_needs_no_csrf_token(csrf_session):
    assert csrf_session.get(PLAIN).status_code == 200


def test_b66_a_cookie_without_a_csrf_token_is_403(csrf_session):
    refused(csrf_session.post("/v1/keys", {"name": "ci"}), 403, "csrf")


def test_b66_a_cookie_with_a_wrong_csrf_token_is_403(csrf_session):
    with_token(csrf_session)
    refused(csrf_session.post("/v1/keys", {"name": "ci"}, HTTP_X_CSRFTOKEN="b" * 32), 403, "csrf")


def test_c003_a_cookie_with_its_csrf_token_may_write(csrf_session):
    token = with_token(csrf_session)
    assert csrf_session.post("/v1/keys", {"name": "ci"}, **token).status_code == 201


def test_a_key_needs_no_csrf_token(alice):
    client = APIClient(enforce_csrf_checks=True)
    reply = client.post("/v1/keys", {"name": "ci"}, format="json", **bearer(make_key(alice)))
    refused(reply, 403, "session_required")


# --- both ------------------------------------------------------------------------------------------

def test_c008_of_a_key_and_a_cookie_the_key_decides(session, bob, alice):
    from tests.factories import give

    give(bob, 5)
    assert session.get(PLAIN, **bearer(make_key(bob))).json()["balance"] == 0.05


def test_b66_a_bad_key_never_falls_back_to_the_cookie(session):
    refused(session.get(PLAIN, **bearer("sk_live_wrong")), 401, "invalid_key")
    refused(session.post("/v1/keys", {"name": "ci"}, **bearer("sk_live_wrong")), 401, "invalid_key")


def test_c008_a_key_and_a_cookie_on_a_session_only_route_are_a_key(session, alice):
    refused(session.post("/v1/keys", {"name": "ci"}, **bearer(make_key(alice))), 403, "session_required")


# --- session only ----------------------------------------------------------------------------------

@pytest.mark.parametrize(("method", "path"), SESSION_ONLY)
def test_c006_a_good_key_on_a_session_only_route_is_403(api, method, path):
    refused(getattr(api, method)(path), 403, "session_required")


@pytest.mark.parametrize(("method", "path"), SESSION_ONLY)
def test_c006_nobody_on_a_session_only_route_is_401(anon, db, method, path):
    refused(getattr(anon, method)(path), 401, "not_authenticated")


@pytest.mark.parametrize(("method", "path"), SESSION_ONLY)
def test_c006_a_bad_key_on_a_session_only_route_is_401(anon, db, method, path):
    refused(getattr(anon, method)(path, **bearer("sk_live_x")), 401, "invalid_key")


# --- the rest of the frame -------------------------------------------------------------------------

@pytest.mark.parametrize("path", [PLAIN, "/v1/keys", "/v1/account/signup-credit"])
def test_b80_an_unknown_method_is_405(session, path):
    refused(session.patch(path), 405, "method_not_allowed")


@pytest.mark.parametrize("path", [PLAIN, "/v1/keys"])
def test_g12_a_trailing_slash_makes_no_difference(session, path):
    assert session.get(path + "/").json() == session.get(path).json()


def test_g11_an_answer_to_a_known_caller_is_not_cached(api):
    reply = api.get(PLAIN)
    assert reply["Cache-Control"] == "no-store" and reply["X-Request-Id"].startswith("req_")

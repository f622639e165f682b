"""What every answer has, whichever route gave it: ids, limits, origins, one shape of error (G01-G22, C148)."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.auth import SiteSession
from clips import queries as clip_queries
from tests.factories import PASSWORD, make_key

API = ["/v1/nothing-here", "/api/nothing-here", "/sapi/nothing-here", "/papi/nothing-here"]
CLIPS = "/v1/clips"
PAGE = "https://studio.example"


def shape_of(reply) -> dict:
    """The body, checked against C148."""
    body = reply.json()
    assert set(body) <= {"error", "code", "fields", "hint", "request_id"}
    assert body["error"] and body["code"]
    assert body["request_id"] == reply["X-Request-Id"]
    return body


# --- Unknown paths and methods ----------------------------------------------------------------------------

@pytest.mark.parametrize("path", API)
def test_g12_an_unknown_path_is_a_json_404_below_every_api_prefix(client, db, path):
    reply = client.get(path)
    assert (reply.status_code, shape_of(reply)["code"]) == (404, "not_found")
    assert reply["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", API)
def test_g12_an_unknown_path_is_404_for_every_method_and_body(client, db, path):
    assert client.post(path, "{", content_type="application/json").status_code == 404
    assert client.delete(path + "/").status_code == 404


def test_g12_a_slash_at_the_end_changes_nothing_and_redirects_nowhere(api):
    plain, slashed = api.get(CLIPS), api.get(CLIPS + "/")
    assert (slashed.status_code, slashed.json()) == (plain.status_code, plain.json()) == (200, plain.json())


def test_g12_a_post_keeps_its_body_across_the_slash(api):
    assert api.post("/v1/clip/", {}).json()["code"] == api.post("/v1/clip", {}).json()["code"] == "missing_field"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_b80_a_method_the_route_does_not_know_is_405_and_names_those_it_knows(api, method):
    reply = api.generic(method.upper(), "/v1/clip")
    assert (reply.status_code, shape_of(reply)["code"]) == (405, "method_not_allowed")
    assert "POST" in reply["Allow"] and method.upper() not in reply["Allow"]


def test_b80_an_invented_method_is_405(api):
    assert api.generic("BREW", CLIPS).status_code == 405


def test_options_tells_the_methods_and_nothing_else(api):
    reply = api.options(CLIPS)
    assert reply.json() == {"methods": ["GET", "HEAD", "OPTIONS"]}


def test_g08_a_path_with_nul_leads_nowhere_before_any_query(api, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert api.get("/v1/upload/multipart/%00").status_code == 404


def test_the_admin_opens_without_its_slash_too(client, db):
    assert client.get("/admin").status_code == client.get("/admin/").status_code == 302


# --- Hosts ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "a b", "localhost:8000@evil.example", ""])
def test_b80_an_evil_host_is_400_in_the_shape_of_the_api(api, host):
    reply = api.get(CLIPS, HTTP_HOST=host)
    assert (reply.status_code, shape_of(reply)["code"]) == (400, "invalid_field")


def test_b80_an_evil_host_never_comes_back_in_an_answer(api, client, db):
    assert b"evil.example" not in api.get(CLIPS, HTTP_HOST="evil.example").content
    assert b"evil.example" not in client.get("/healthz", HTTP_HOST="evil.example").content


def test_g01_a_forwarded_host_is_not_believed(api):
    assert api.get(CLIPS, HTTP_X_FORWARDED_HOST="evil.example").status_code == 200


# --- Ids and caches ---------------------------------------------------------------------------------------

@pytest.mark.parametrize("path", ["/healthz", CLIPS, "/v1/nothing", "/nothing", "/admin/login/"])
def test_g11_every_answer_has_a_request_id(client, db, path):
    assert client.get(path)["X-Request-Id"].startswith("req_")


def test_g11_request_ids_are_ours_and_differ(api):
    first = api.get(CLIPS, HTTP_X_REQUEST_ID="req_forged")["X-Request-Id"]
    assert first != "req_forged" and first != api.get(CLIPS)["X-Request-Id"]


def test_g11_authenticated_answers_are_never_stored(api, session):
    assert api.get(CLIPS)["Cache-Control"] == session.get(CLIPS)["Cache-Control"] == "no-store"


def test_g11_an_error_is_never_stored_either(anon, db):
    assert anon.get(CLIPS)["Cache-Control"] == "no-store"


def test_g11_a_page_that_knows_its_reader_is_never_stored(client, alice):
    client.force_login(alice)
    assert "no-store" in client.get("/admin/")["Cache-Control"]


# --- Our own faults ---------------------------------------------------------------------------------------

@pytest.fixture
def broken(monkeypatch):
    """GET /v1/clips meets a fault that nobody foresaw."""
    def fail(*given, **named):
        raise RuntimeError("the secret path is /srv/fastclip/keys")

    monkeypatch.setattr(clip_queries, "clips", fail)


def test_c148_an_unforeseen_fault_is_500_internal_without_its_reason(api, broken):
    api.raise_request_exception = False
    reply = api.get(CLIPS)
    body = shape_of(reply)
    assert (reply.status_code, body["code"]) == (500, "internal")
    assert "secret" not in reply.content.decode() and "RuntimeError" not in reply.content.decode()


def test_g11_a_500_still_has_its_id_and_its_headers(api, broken):
    api.raise_request_exception = False
    reply = api.get(CLIPS)
    assert reply["X-Request-Id"].startswith("req_") and reply["Cache-Control"] == "no-store"


# --- Limits -----------------------------------------------------------------------------------------------

def test_x022_every_counted_answer_says_where_the_caller_stands(api, settings):
    reply = api.get(CLIPS)
    assert (reply["RateLimit-Limit"], reply["RateLimit-Remaining"]) == ("600", "599")
    assert 1 <= int(reply["RateLimit-Reset"]) <= 60


def test_x022_the_tightest_limit_is_the_one_named(api):
    reply = api.post("/v1/clip", {})
    assert (reply.status_code, reply["RateLimit-Limit"], reply["RateLimit-Remaining"]) == (400, "30", "29")


def test_g19_the_request_after_the_last_one_is_429_with_retry_after(api, settings):
    settings.RATE_READS = "2/min"
    assert [api.get(CLIPS).status_code for _ in range(2)] == [200, 200]
    reply = api.get(CLIPS)
    assert (reply.status_code, shape_of(reply)["code"]) == (429, "rate_limited")
    assert 1 <= int(reply["Retry-After"]) <= 60
    assert reply["RateLimit-Remaining"] == "0"


def test_g19_reads_do_not_use_up_the_writes(api, settings):
    settings.RATE_READS = "1/min"
    api.get(CLIPS)
    assert api.get(CLIPS).status_code == 429
    assert api.post("/v1/clip", {}).status_code == 400


def test_g19_one_accounts_limit_is_not_anothers(api, bob_api, settings):
    settings.RATE_READS = "1/min"
    api.get(CLIPS)
    assert api.get(CLIPS).status_code == 429
    assert bob_api.get(CLIPS).status_code == 200


def test_g19_two_keys_of_one_account_share_its_limit(api, alice, settings):
    settings.RATE_READS = "1/min"
    api.get(CLIPS)
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {make_key(alice, 'second')}")
    assert api.get(CLIPS).status_code == 429


def test_g19_job_posts_have_a_limit_of_their_own(api, settings):
    settings.RATE_JOB_POSTS = "1/min"
    assert [api.post("/v1/clip", {}).status_code for _ in range(2)] == [400, 429]
    assert api.post("/v1/upload/request", {}).status_code == 400


# --- Origins ----------------------------------------------------------------------------------------------

@pytest.fixture
def known_origin(settings) -> str:
    settings.CORS_ALLOWED_ORIGINS = [PAGE]
    return PAGE


def test_g17_no_origin_is_answered_by_default(api):
    reply = api.get(CLIPS, HTTP_ORIGIN=PAGE)
    assert reply.status_code == 200 and "Access-Control-Allow-Origin" not in reply


def test_g17_a_listed_origin_may_read_and_sees_our_headers(api, known_origin):
    reply = api.get(CLIPS, HTTP_ORIGIN=known_origin)
    assert reply["Access-Control-Allow-Origin"] == known_origin
    assert "X-Request-Id" in reply["Access-Control-Expose-Headers"]
    assert "Origin" in reply["Vary"]


def test_g17_an_unlisted_origin_gets_nothing_but_the_answer_varies(api, known_origin):
    for origin in ("https://evil.example", PAGE + ".evil.example", "null", "*"):
        reply = api.get(CLIPS, HTTP_ORIGIN=origin)
        assert "Access-Control-Allow-Origin" not in reply and "Origin" in reply["Vary"]


def test_g17_a_preflight_needs_no_key(anon, db, known_origin):
    reply = anon.options("/v1/clip", HTTP_ORIGIN=known_origin, HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST")
    assert (reply.status_code, reply.content) == (204, b"")
    assert "POST" in reply["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in reply["Access-Control-Allow-Headers"]


def test_g17_a_preflight_of_a_stranger_is_not_granted(anon, db, known_origin):
    reply = anon.options("/v1/clip", HTTP_ORIGIN="https://evil.example", HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST")
    assert "Access-Control-Allow-Methods" not in reply and reply.status_code == 401


def test_g17_cookies_are_never_invited(api, anon, known_origin):
    preflight = anon.options("/v1/clip", HTTP_ORIGIN=known_origin, HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST")
    for reply in (api.get(CLIPS, HTTP_ORIGIN=known_origin), preflight):
        assert "Access-Control-Allow-Credentials" not in reply


def test_g17_errors_can_be_read_across_origins_too(anon, db, known_origin):
    reply = anon.get(CLIPS, HTTP_ORIGIN=known_origin)
    assert (reply.status_code, reply["Access-Control-Allow-Origin"]) == (401, known_origin)


def test_g17_pages_are_not_part_of_the_api(client, db, known_origin):
    assert "Access-Control-Allow-Origin" not in client.get("/admin/login/", HTTP_ORIGIN=known_origin)


# --- Who asks ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("header", [
    "", "Bearer", "Bearer ", "Bearer sk_live_", "Bearer sk_live_ x", "Bearer " + "k" * 10_240, "Bearer sk_live_é☃",
    "Basic YWxpY2U6cGFzcw==", "Token sk_live_x", "sk_live_x",
])
def test_b65_no_key_or_a_bad_one_is_401_that_says_how(anon, db, header):
    reply = anon.get(CLIPS, **({"HTTP_AUTHORIZATION": header} if header else {}))
    assert (reply.status_code, reply["WWW-Authenticate"]) == (401, "Bearer")
    assert shape_of(reply)["code"] == ("invalid_key" if header else "not_authenticated")


def test_b65_a_revoked_key_is_401_on_the_next_request(api, alice):
    assert api.get(CLIPS).status_code == 200
    alice.keys.all().delete()
    assert api.get(CLIPS).json()["code"] == "invalid_key"


def test_b65_a_key_of_a_closed_account_is_401(api, alice):
    type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    assert api.get(CLIPS).status_code == 401


def test_c008_a_key_in_the_query_string_is_ignored(anon, alice):
    key = make_key(alice)
    for name in ("key", "api_key", "access_token", "Authorization"):
        assert anon.get(f"{CLIPS}?{name}={key}").status_code == 401


def test_b66_a_bad_key_never_falls_back_to_the_cookie(session):
    assert session.get(CLIPS).status_code == 200
    assert session.get(CLIPS, HTTP_AUTHORIZATION="Bearer sk_live_wrong").status_code == 401


@pytest.fixture
def by_cookie(alice) -> Client:
    """Alice in a browser: signed in, CSRF enforced."""
    by_cookie = Client(enforce_csrf_checks=True)
    assert by_cookie.login(username=alice.email, password=PASSWORD) or by_cookie.force_login(alice) is None
    return by_cookie


def test_b66_a_cookie_without_a_csrf_token_is_403_csrf(by_cookie):
    reply = by_cookie.post("/v1/clip", "{}", content_type="application/json")
    assert (reply.status_code, shape_of(reply)["code"]) == (403, "csrf")


def test_c003_a_cookie_with_its_csrf_token_passes(by_cookie):
    by_cookie.cookies["csrftoken"] = token = "a" * 32
    reply = by_cookie.post("/v1/clip", "{}", content_type="application/json", HTTP_X_CSRFTOKEN=token)
    assert reply.json()["code"] == "missing_field"


def test_c003_reading_needs_no_csrf_token(by_cookie):
    assert by_cookie.get(CLIPS).status_code == 200


def test_c008_a_good_key_needs_no_csrf_token_though_a_cookie_came_along(by_cookie, alice):
    reply = by_cookie.post("/v1/clip", "{}", content_type="application/json",
                         HTTP_AUTHORIZATION=f"Bearer {make_key(alice)}")
    assert reply.json()["code"] == "missing_field"


def test_the_session_class_is_the_one_that_answers_401_and_not_403(anon, db):
    assert SiteSession().authenticate_header(None) == "Bearer"
    assert anon.post("/v1/clip", {}).status_code == 401


# --- Headers ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("name", "value"), [
    ("X-Content-Type-Options", "nosniff"), ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
])
def test_g22_answers_carry_the_safety_headers(client, db, name, value):
    for path in ("/healthz", CLIPS, "/admin/login/", "/v1/nothing"):
        assert client.get(path)[name] == value


def test_the_policy_allows_no_inline_script_anywhere(client, db):
    for path in ("/healthz", CLIPS, "/admin/login/"):
        policy = dict(part.strip().split(" ", 1) for part in client.get(path)["Content-Security-Policy"].split(";"))
        assert "'unsafe-inline'" not in policy["script-src"]
        assert (policy["default-src"], policy["frame-ancestors"]) == ("'none'", "'none'")


def test_the_nonce_is_new_for_each_answer(client, db):
    assert client.get("/healthz")["Content-Security-Policy"] != client.get("/healthz")["Content-Security-Policy"]

"""GET /v1/uploads: what an account has (X025)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.clips.rows import ready_upload
from tests.uploads.sending import ask
from uploads.models import Upload


def make(account, state: str, *, age: float = 0.0, **more: object) -> Upload:
    now = timezone.now()
    fields: dict = {"filename": f"{state}.mp4", "size": 5, "state": state, "created_at": now - timedelta(minutes=age),
                    "expires_at": now + timedelta(hours=1)}
    if state == "ready":
        fields |= {"key": "sources/x/y", "sha256": "0" * 64}
    if state == "failed":
        fields |= {"error": "No.", "error_code": "corrupt"}
    return Upload.objects.create(account=account, **fields | more)


def ids(reply) -> list[str]:
    return [upload["file_id"] for upload in reply.json()["uploads"]]


def test_x025_a_list_holds_what_the_status_says_newest_first(api, alice):
    first, second = ready_upload(alice), ready_upload(alice)
    body = api.get("/v1/uploads").json()
    assert body["total"] == 2
    assert body["uploads"] == [api.get(f"/v1/upload/{upload.pk}").json() for upload in (second, first)]


def test_nothing_is_an_empty_list(api):
    assert api.get("/v1/uploads").json() == {"uploads": [], "total": 0}


@pytest.mark.parametrize(("word", "states"), [
    ("pending", ["requested", "receiving"]), ("processing", ["processing"]), ("ready", ["ready"]),
    ("failed", ["failed", "aborted"])])
def test_x025_a_status_picks_out_what_clients_see_under_that_word(word, states, api, alice):
    made = {state: make(alice, state).pk for state in
            ("requested", "receiving", "processing", "ready", "failed", "aborted", "expired")}
    reply = api.get(f"/v1/uploads?status={word}")
    assert sorted(ids(reply)) == sorted(made[state] for state in states)
    assert {upload["status"] for upload in reply.json()["uploads"]} == {word}
    assert reply.json()["total"] == len(states)


def test_what_has_expired_or_was_deleted_is_not_there(api, alice):
    make(alice, "expired")
    make(alice, "ready", expires_at=timezone.now() - timedelta(seconds=1))
    make(alice, "failed", deleted_at=timezone.now())
    assert api.get("/v1/uploads").json() == {"uploads": [], "total": 0}


def test_g18_pages_follow_one_another_without_gap_or_double(api, alice):
    made = [make(alice, "ready", age=age).pk for age in range(7)]
    pages = [api.get(f"/v1/uploads?limit=3&offset={offset}") for offset in (0, 3, 6)]
    assert [ids(page) for page in pages] == [made[:3], made[3:6], made[6:]]
    assert {page.json()["total"] for page in pages} == {7}


def test_g18_uploads_of_the_same_moment_keep_their_order(api, alice):
    moment = timezone.now()
    for _ in range(5):
        make(alice, "ready", created_at=moment)
    whole = ids(api.get("/v1/uploads"))
    assert [ids(api.get(f"/v1/uploads?limit=1&offset={place}"))[0] for place in range(5)] == whole


def test_g18_a_limit_above_a_hundred_is_a_hundred(api, alice):
    Upload.objects.bulk_create(Upload(account=alice, filename="a.mp4", size=1,
                                      expires_at=timezone.now() + timedelta(hours=1)) for _ in range(103))
    assert len(ids(api.get("/v1/uploads?limit=1000"))) == 100
    assert len(ids(api.get("/v1/uploads"))) == 50


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "offset=-1", "offset=x", "limit=", "status=x",
                                   "status=READY", "status=aborted", "offset=99999999999999", "status=", "limit=1.5"])
def test_g18_a_query_that_means_nothing_is_400(query, api):
    reply = api.get(f"/v1/uploads?{query}")
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_field")


def test_g10_each_sees_only_their_own(api, bob_api, alice, bob):
    hers, his = make(alice, "ready"), make(bob, "ready")
    assert (ids(api.get("/v1/uploads")), ids(bob_api.get("/v1/uploads"))) == ([hers.pk], [his.pk])


def test_an_upload_is_listed_from_its_request_on(api):
    asked = ask(api, 10)
    assert ids(api.get("/v1/uploads?status=pending")) == [asked["file_id"]]


def test_a_long_list_asks_the_database_no_more_than_a_short_one(api, alice, django_assert_max_num_queries):
    for age in range(30):
        make(alice, "ready", age=age)
    api.get("/v1/uploads")
    with django_assert_max_num_queries(6):
        api.get("/v1/uploads?limit=30")

from __future__ import annotations

import re

import pytest

from accounts.models import ApiKey
from accounts.services import create_key
from tests.api.test_auth import bearer, refused


def make(session, name="ci"):
    return session.post("/v1/keys", {"name": name})


def test_c143_a_key_is_shown_once_when_it_is_made(session):
    reply = make(session)
    body = reply.json()
    assert reply.status_code == 201
    assert set(body) == {"key_id", "name", "key", "prefix", "created_at"}
    assert re.fullmatch(r"key_[0-9a-f]{12}", body["key_id"])
    assert re.fullmatch(r"sk_live_[A-Za-z0-9_-]{43}", body["key"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["created_at"])
    assert (body["name"], body["prefix"]) == ("ci", body["key"][:12])


def test_c143_the_new_key_works_at_once(session, anon):
    assert anon.get("/v1/balance", **bearer(make(session).json()["key"])).status_code == 200


def test_c143_the_list_shows_newest_first_and_never_a_key(session):
    made = [make(session, name).json() for name in ("first", "second")]
    keys = session.get("/v1/keys").json()["keys"]
    assert [key["name"] for key in keys] == ["second", "first"]
    assert all(set(key) == {"key_id", "name", "prefix", "created_at", "last_used_at"} for key in keys)
    assert not any(key["key"] in session.get("/v1/keys").content.decode() for key in made)


def test_c143_the_list_tells_when_a_key_was_last_used(session, anon):
    key = make(session).json()["key"]
    assert session.get("/v1/keys").json()["keys"][0]["last_used_at"] is None
    anon.get("/v1/balance", **bearer(key))
    assert session.get("/v1/keys").json()["keys"][0]["last_used_at"].endswith("Z")


def test_c143_an_account_without_keys_has_an_empty_list(session):
    assert session.get("/v1/keys").json() == {"keys": []}


def test_c143_a_deleted_key_is_dead_at_once(session, anon):
    made = make(session).json()
    reply = session.delete(f"/v1/keys/{made['key_id']}")
    assert (reply.status_code, reply.json()) == (200, {"ok": True})
    refused(anon.get("/v1/balance", **bearer(made["key"])), 401, "invalid_key")
    assert session.get("/v1/keys").json() == {"keys": []}


def test_c143_a_key_deleted_twice_is_404(session):
    key_id = make(session).json()["key_id"]
    session.delete(f"/v1/keys/{key_id}")
    refused(session.delete(f"/v1/keys/{key_id}"), 404, "not_found")


def test_b77_another_accounts_key_is_404_like_an_unknown_one_and_stays(session, bob):
    foreign, _ = create_key(bob, name="bobs")
    answers = [refused(session.delete(f"/v1/keys/{key_id}"), 404, "not_found")
               for key_id in (foreign.pk, "key_000000000000", "nonsense", "key_\u2702")]
    assert len({(body["error"], body.get("hint")) for body in answers}) == 1
    assert ApiKey.objects.get() == foreign


def test_c143_the_list_holds_only_the_accounts_own(session, bob):
    create_key(bob, name="bobs")
    make(session)
    assert [key["name"] for key in session.get("/v1/keys").json()["keys"]] == ["ci"]


def test_b77_the_eleventh_key_is_409(session, bob):
    create_key(bob, name="bobs")
    for number in range(10):
        assert make(session, str(number)).status_code == 201
    body = refused(make(session, "one more"), 409, "limit_reached")
    assert body["hint"]
    assert ApiKey.objects.count() == 11


def test_c109_a_deleted_key_makes_room_for_another(session):
    keys = [make(session, str(number)).json()["key_id"] for number in range(10)]
    session.delete(f"/v1/keys/{keys[4]}")
    assert make(session, "again").status_code == 201
    refused(make(session, "too much"), 409, "limit_reached")


@pytest.mark.parametrize("name", ["n" * 100, "  " + "n" * 100 + "  ", "é" * 100, "<script>", "0"])
def test_c143_a_name_has_up_to_100_characters(session, name):
    assert make(session, name).json()["name"] == name.strip()


@pytest.mark.parametrize("name", ["n" * 101, "", "   ", 5, True, None, ["ci"], {"a": 1}])
def test_b77_a_name_that_is_none_is_400(session, name):
    body = refused(make(session, name), 400, "invalid_field")
    assert list(body["fields"]) == ["name"]
    assert ApiKey.objects.count() == 0


def test_a_key_needs_a_name(session):
    assert list(refused(session.post("/v1/keys", {}), 400, "missing_field")["fields"]) == ["name"]
    assert list(refused(session.post("/v1/keys"), 400, "missing_field")["fields"]) == ["name"]


def test_g07_unknown_fields_are_ignored(session):
    reply = session.post("/v1/keys", {"name": "ci", "key": "sk_live_mine", "prefix": "x", "account": 7})
    assert reply.status_code == 201 and reply.json()["key"] != "sk_live_mine"


def test_two_keys_are_never_the_same(session):
    assert make(session).json()["key"] != make(session).json()["key"]


def test_a_made_key_is_stored_nowhere_not_even_for_a_replay(session):
    reply = session.post("/v1/keys", {"name": "ci"}, headers={"Idempotency-Key": "k"})
    again = session.post("/v1/keys", {"name": "ci"}, headers={"Idempotency-Key": "k"})
    assert (reply.status_code, again.status_code) == (201, 201)
    assert reply.json()["key"] != again.json()["key"]

"""Who may do what, for every route there is: a route that is not in this table fails the suite.

owner    names something that belongs to an account: everybody else gets the answer of an unknown id (G10)
account  about the caller's own things; needs a key or a session
session  like account or owner, but an API key is refused (C005, C006)
public   open to everyone
signed   the address itself is the permission
pages    owner-page and account-page send strangers to the sign-in page
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from accounts.models import Account
from captions.models import Transcript
from captions.presets import style_of
from clips.models import Clip
from core.addresses import client_address
from jobs import queue
from tests.captions.font_bank import ttf
from tests.captions.rows import font_row, make_preset
from tests.clips.rows import ready_upload, with_assets
from tests.clips.spoken import KARAOKE
from tests.factories import give, make_key
from tests.house import routes
from tests.transcripts.rows import transcript
from uploads.models import Upload

# (method, route) -> kind. Ids stand as {name}.
TABLE: dict[tuple[str, str], str] = {
    ("POST", "v1/upload/request"): "account",
    ("POST", "v1/upload/abort"): "owner",
    ("POST", "v1/upload/complete"): "owner",
    ("POST", "v1/upload/multipart/initiate"): "account",
    ("POST", "v1/upload/multipart/complete"): "owner",
    ("POST", "v1/upload/multipart/refresh"): "owner",
    ("POST", "v1/upload/multipart/abort"): "owner",
    ("GET", "v1/upload/multipart/{upload_id}"): "owner",
    ("GET", "v1/upload/{file_id}"): "owner",
    ("DELETE", "v1/upload/{file_id}"): "owner",
    ("GET", "v1/uploads"): "account",
    ("GET", "v1/upload/{file_id}/peaks"): "owner",
    ("GET", "v1/upload/{file_id}/sprites.json"): "owner",
    ("POST", "v1/clip"): "owner",
    ("GET", "v1/clip/{job_id}"): "owner",
    ("POST", "v1/clip/{job_id}/cancel"): "owner",
    ("POST", "v1/captions"): "owner",
    ("GET", "v1/captions/{job_id}"): "owner",
    ("GET", "v1/clips"): "account",
    ("GET", "v1/clips/{clip_id}"): "owner",
    ("PATCH", "v1/clips/{clip_id}"): "owner",
    ("DELETE", "v1/clips/{clip_id}"): "owner",
    ("POST", "v1/clips/bulk-delete"): "account",
    ("GET", "v1/clips/{clip_id}/transcript.{ext}"): "owner",
    ("POST", "v1/transcript"): "owner",
    ("GET", "v1/transcript/{file_id}"): "owner",
    ("PATCH", "v1/transcript/{file_id}"): "owner",
    ("PUT", "v1/transcript/{file_id}"): "owner",
    ("GET", "v1/transcript/{file_id}.{ext}"): "owner",
    ("GET", "v1/balance"): "account",
    ("POST", "v1/account/signup-credit"): "session",
    ("POST", "v1/keys"): "session",
    ("GET", "v1/keys"): "session",
    ("DELETE", "v1/keys/{key_id}"): "session-owner",
    ("GET", "v1/caption-presets"): "session",
    ("POST", "v1/caption-presets"): "session",
    ("POST", "v1/caption-presets/preview"): "session",
    ("GET", "v1/caption-presets/{preset_id}"): "session-owner",
    ("PATCH", "v1/caption-presets/{preset_id}"): "session-owner",
    ("DELETE", "v1/caption-presets/{preset_id}"): "session-owner",
    ("GET", "v1/caption-fonts"): "session",
    ("POST", "v1/caption-fonts"): "session",
    ("GET", "v1/caption-fonts/{font_id}"): "session-owner",
    ("DELETE", "v1/caption-fonts/{font_id}"): "session-owner",
    ("GET", "v1/openapi.json"): "public",
}
PAGES: dict[str, str] = {
    "": "public", "theme": "public", "terms": "public", "privacy": "public", "refund": "public", "docs": "public",
    "llm": "public", "llms.txt": "public", "favicon.ico": "public", "robots.txt": "public",
    "healthz": "public", "readyz": "public", "studio": "public",
    "studio/sample": "public", "studio/sample/assets.json": "public", "studio/sample/sprites.json": "public",
    "files/{key}": "signed", "put/{file_id}/{generation}": "signed",
    "signup": "public", "signin": "public", "signout": "public", "inactive": "public", "confirm-email": "public",
    "confirm-email/{key}": "signed", "password/reset": "public", "password/reset/done": "public",
    "password/reset/key/done": "public", "password/reset/key/{uidb36}-{key}": "signed",
    "reauthenticate": "account-page", "password/change": "account-page", "account": "account-page",
    "account/keys": "account-page", "account/signup-credit": "account-page", "library": "account-page",
    "account/keys/{key_id}/revoke": "owner-page", "studio/jobs/{job_id}": "owner-page",
    "studio/jobs/{job_id}/cancel": "owner-page", "studio/{file_id}": "owner-page",
    "studio/jobs/{job_id}/captions": "owner-page",
    "studio/jobs/{job_id}/retry": "owner-page", "library/delete": "account-page",
    "library/uploads/{file_id}/delete": "owner-page",
    "library/clips/{clip_id}/rename": "owner-page", "jobs/tray.json": "account-page", "recent.json": "account-page",
    "captions": "public", "account/captions": "account-page", "account/captions/fonts": "account-page",
    "account/captions/fonts/{font_id}/delete": "owner-page", "account/captions/{preset_id}": "owner-page",
    "account/captions/{preset_id}/delete": "owner-page", "account/captions/{preset_id}/loop.webp": "owner-page",
    "account/captions/{preset_id}/still.webp": "owner-page", "account/captions/{preset_id}/picture.png": "owner-page",
    "studio/{file_id}/source.json": "owner-page", "studio/{file_id}/assets.json": "owner-page",
    "studio/{file_id}/captions.json": "owner-page", "studio/{file_id}/transcript": "owner-page",
}
POSTED_PAGES = ("revoke", "cancel", "signup-credit", "retry", "rename", "delete", "transcript", "{job_id}/captions")
NEEDS_SOMEBODY = [route for route, kind in TABLE.items() if kind != "public"]
OWNED = [route for route, kind in TABLE.items() if kind.endswith("owner")]
SESSION_ONLY = [route for route, kind in TABLE.items() if kind.startswith("session")]
OWNED_PAGES = [page for page, kind in PAGES.items() if kind == "owner-page"]
CLOSED_PAGES = [page for page, kind in PAGES.items() if kind.endswith("-page")]


@dataclass(frozen=True)
class Things:
    """The ids of what one account has, by the names that routes give them."""

    account: Account
    file_id: str
    job_id: str
    clip_id: str
    key_id: str
    open_file: str
    multi_file: str
    upload_id: str
    preset_id: str
    font_id: str

    def path(self, route: str) -> str:
        return "/" + route.format(**{name: getattr(self, name) for name in
                                     ("file_id", "job_id", "clip_id", "key_id", "upload_id", "preset_id",
                                      "font_id")}, ext="srt")

    def body(self, route: str) -> dict:
        """A body that would be right if the ids were the caller's."""
        multi = {"file_id": self.multi_file, "upload_id": self.upload_id}
        return {
            "v1/clip": {"file_id": self.file_id, "start": 1, "end": 2},
            "v1/captions": {"file_id": self.file_id, "preset_ref": KARAOKE},
            "v1/upload/abort": {"file_id": self.open_file},
            "v1/upload/complete": {"file_id": self.open_file},
            "v1/upload/multipart/abort": multi,
            "v1/upload/multipart/refresh": multi | {"part_numbers": [1]},
            "v1/upload/multipart/complete": multi | {"parts": [{"part_number": 1, "etag": "x"}]},
            "v1/keys": {"name": "x"},
            "v1/caption-presets": {"name": "x"},
            "v1/caption-presets/preview": {"text": "x"},
            "v1/caption-presets/{preset_id}": {"name": "x"},
            "v1/clips/{clip_id}": {"title": "x"},
            "v1/transcript": {"file_id": self.file_id},
            "v1/transcript/{file_id}": {"base_version": 1, "edits": [{"segment": 0, "word": 0, "text": "x"}],
                                        "format": "txt", "text": "x"},
            "v1/clips/bulk-delete": {"clip_ids": [self.clip_id]},
        }.get(route, {})


def things_of(account: Account) -> Things:
    give(account, 100)
    source = ready_upload(account)
    with_assets(source)
    transcript(source)
    soon = timezone.now() + timedelta(hours=1)
    single = Upload.objects.create(account=account, filename="b.mp4", size=5, expires_at=soon)
    multi = Upload.objects.create(account=account, filename="c.mp4", size=5, expires_at=soon, part_size=5,
                                  multipart_id=f"multipart-{account.pk}")
    spec = {"upload": source.pk, "start": 1.0, "end": 2.0, "captions": style_of(account, KARAOKE).snapshot}
    job = queue.submit(account, kind="clip", cents=2, spec=spec, source=source.pk)
    clip = Clip.objects.create(account=account, job=job, source=source.pk, title="A", file_name="a.mp4", format="mp4",
                               duration=1.0, size=9, key=f"out/{job.pk}/1.mp4", expires_at=soon)
    make_key(account, "own")
    return Things(account, source.pk, job.pk, str(clip.pk), account.keys.first().pk, single.pk, multi.pk,
                  multi.multipart_id, make_preset(account).pk, font_row(account).pk)


NOBODYS = Things(Account(), "upl_000000000000", "job_000000000000", "00000000-0000-4000-8000-000000000000",
                 "key_000000000000", "upl_000000000000", "upl_000000000000", "multipart-none",
                 "cap_preset_000000000000", "font_000000000000")


@pytest.fixture
def hers(alice) -> Things:
    return things_of(alice)


def send(client, route: tuple[str, str], things: Things):
    method, path = route
    if route == ("POST", "v1/caption-fonts"):
        form = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("a.ttf", ttf())})
        return client.generic(method, things.path(path), form, MULTIPART_CONTENT)
    body = things.body(path) if method in ("POST", "PATCH", "PUT") else None
    return client.generic(method, things.path(path), *([_json(body), "application/json"] if body else []))


def _json(body: dict) -> str:
    import json

    return json.dumps(body)


def told(reply) -> tuple[int, dict]:
    """Status and body without what differs between any two answers."""
    return reply.status_code, {key: value for key, value in reply.json().items() if key != "request_id"}


def names(route: tuple[str, str]) -> str:
    return " ".join(route)


# --- The table itself -------------------------------------------------------------------------------------

def test_every_route_of_the_product_is_in_this_table():
    listed = {path for method, path in TABLE} | set(PAGES)
    found = {path for path in routes(("",)) if not path.startswith("admin/")}
    assert found == listed, f"unlisted: {found - listed}; gone: {listed - found}"


def test_every_method_of_every_api_route_is_in_this_table():
    found = {(method.upper(), path) for path, view in routes(("v1/",)).items() if view is not None
             for method in ("get", "post", "put", "patch", "delete") if hasattr(view, method)}
    assert found == {route for route in TABLE if route[1] != "v1/openapi.json"}


# --- Nobody -----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("route", NEEDS_SOMEBODY, ids=names)
def test_c006_nobody_is_401_and_is_told_how(anon, hers, route):
    reply = send(anon, route, hers)
    assert (reply.status_code, reply["WWW-Authenticate"]) == (401, "Bearer")
    assert reply.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("route", NEEDS_SOMEBODY, ids=names)
def test_c009_a_revoked_key_is_401_everywhere(api, alice, hers, route):
    alice.keys.all().delete()
    assert told(send(api, route, hers))[1]["code"] == "invalid_key"


@pytest.mark.parametrize("route", NEEDS_SOMEBODY, ids=names)
def test_c008_a_bad_key_beside_a_good_session_is_401_everywhere(session, hers, route):
    session.credentials(HTTP_AUTHORIZATION="Bearer sk_live_wrong")
    assert send(session, route, hers).status_code == 401


@pytest.mark.parametrize("route", [route for route in NEEDS_SOMEBODY if route[0] != "GET"], ids=names)
def test_c003_a_session_without_its_csrf_token_is_403_on_every_unsafe_method(alice, hers, route):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    reply = send(browser, route, hers)
    assert (reply.status_code, reply.json()["code"]) == (403, "csrf")


# --- Keys on what is for sessions -------------------------------------------------------------------------

@pytest.mark.parametrize("route", SESSION_ONLY, ids=names)
def test_c006_a_good_key_on_a_session_only_route_is_403(api, hers, route):
    reply = send(api, route, hers)
    assert (reply.status_code, reply.json()["code"]) == (403, "session_required")


@pytest.mark.parametrize("route", SESSION_ONLY, ids=names)
def test_c005_the_owners_session_passes_there(session, hers, route):
    assert send(session, route, hers).status_code in (200, 201)


# --- Somebody else ----------------------------------------------------------------------------------------

@pytest.fixture
def strangers(bob, bob_api):
    """Bob, by key and by session."""
    from rest_framework.test import APIClient

    by_session = APIClient()
    by_session.force_login(bob)
    return bob_api, by_session


@pytest.mark.parametrize("route", OWNED, ids=names)
def test_g10_anothers_id_answers_exactly_as_an_unknown_one(strangers, hers, route):
    by_key, by_session = strangers
    client = by_session if route in SESSION_ONLY else by_key
    foreign, unknown = told(send(client, route, hers)), told(send(client, route, NOBODYS))
    assert foreign == unknown
    assert foreign[0] == 404 and foreign[1]["code"] == "not_found"


@pytest.mark.parametrize("route", OWNED, ids=names)
def test_g10_a_stranger_changes_nothing(strangers, hers, route):
    def state() -> list:
        return [list(model.objects.order_by("pk").values())
                for model in (Upload, Clip, Transcript, type(queue_row(hers)))]

    before, keys = state(), hers.account.keys.count()
    for client in strangers:
        send(client, route, hers)
    assert (state(), hers.account.keys.count()) == (before, keys)


def queue_row(things: Things):
    from jobs.models import Job

    return Job.objects.get(pk=things.job_id)


@pytest.mark.parametrize("route", [route for route in OWNED if route not in SESSION_ONLY], ids=names)
def test_the_owner_is_not_told_404(api, hers, route):
    assert send(api, route, hers).status_code != 404


@pytest.mark.parametrize("bad", ["upl_", "../etc/passwd", "upl_00000000000g", "UPL_000000000000", "%00", "1" * 300,
                                 "job_000000000000", "é", "'; DROP TABLE", "upl_000000000000%0a"])
@pytest.mark.parametrize("route", [route for route in OWNED if "{" in route[1]], ids=names)
def test_b16_b51_a_malformed_id_is_404_like_an_unknown_one(api, session, hers, route, bad):
    client = session if route in SESSION_ONLY else api
    method, path = route
    head, _, tail = path.partition("{")
    reply = client.generic(method, f"/{head}{bad}{tail.partition('}')[2]}")
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


def test_lists_hold_only_what_is_the_callers(strangers, hers):
    by_key, by_session = strangers
    assert by_key.get("/v1/clips").json()["clips"] == []
    assert by_key.get("/v1/uploads").json() == {"uploads": [], "total": 0}
    assert by_session.get("/v1/keys").json()["keys"] == [
        row for row in by_session.get("/v1/keys").json()["keys"] if row["name"] == "test"]
    assert by_key.get("/v1/balance").json()["balance"] == 0


# --- Pages ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("place", CLOSED_PAGES)
def test_a_closed_page_sends_strangers_to_the_sign_in(client, hers, place):
    reply = client.post(hers.path(place)) if place.endswith(POSTED_PAGES) else client.get(hers.path(place))
    assert reply.status_code == 302 and reply["Location"].startswith("/signin?next=")


@pytest.mark.parametrize("place", OWNED_PAGES)
def test_g10_a_page_about_anothers_things_is_404(client, bob, hers, place):
    client.force_login(bob)
    reply = client.post(hers.path(place)) if place.endswith(POSTED_PAGES) else client.get(hers.path(place))
    assert reply.status_code == 404
    assert hers.account.keys.exists() and queue_row(hers).status == "pending"


@pytest.mark.parametrize("place", ["account", "account/keys", "library", "studio/{file_id}", "studio/jobs/{job_id}"])
def test_the_owners_pages_open(client, alice, hers, place):
    client.force_login(alice)
    assert client.get(hers.path(place)).status_code == 200


@pytest.mark.parametrize("place", [page for page, kind in PAGES.items() if kind == "public" and page not in
                                  ("theme", "readyz", "inactive")])
def test_public_pages_open_for_everyone(client, db, place):
    assert client.get(f"/{place}").status_code in (200, 302)


def test_b80_a_next_that_leaves_the_site_is_ignored(client, alice):
    from tests.factories import PASSWORD

    for target in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
        client.logout()
        reply = client.post(f"/signin?next={target}", {"login": alice.email, "password": PASSWORD, "next": target})
        assert reply.status_code == 302 and "evil" not in reply["Location"] and "script" not in reply["Location"]


# --- Addresses that are permissions -----------------------------------------------------------------------

def test_b13_a_file_without_its_signature_is_403(client, hers):
    clip = Clip.objects.get()
    assert client.get(f"/files/{clip.key}").status_code == 403
    assert client.get(f"/files/{clip.key}?signature=x&expires=99999999999").status_code == 403


def test_b13_a_put_without_its_signature_is_403(client, hers):
    upload = Upload.objects.get(pk=hers.open_file)
    reply = client.put(f"/put/{upload.pk}/{upload.generation}", b"12345")
    assert reply.status_code == 403
    upload.refresh_from_db()
    assert upload.state == "requested"


# --- Where a request comes from ---------------------------------------------------------------------------

@pytest.mark.parametrize(("peer", "forwarded", "trusted", "expected"), [
    ("9.9.9.9", "1.1.1.1", [], "9.9.9.9"),
    ("10.0.0.1", "1.1.1.1", ["10.0.0.1"], "1.1.1.1"),
    ("10.0.0.1", "6.6.6.6, 1.1.1.1", ["10.0.0.1"], "1.1.1.1"),
    ("10.0.0.1", "1.1.1.1, 10.0.0.2", ["10.0.0.1", "10.0.0.2"], "1.1.1.1"),
    ("10.0.0.1", "", ["10.0.0.1"], "10.0.0.1"),
    ("10.0.0.1", "10.0.0.2", ["10.0.0.1", "10.0.0.2"], "10.0.0.1"),
])
def test_b63_a_forwarded_address_counts_only_behind_a_trusted_proxy(rf, settings, peer, forwarded, trusted, expected):
    settings.TRUSTED_PROXIES = trusted
    request = rf.get("/", REMOTE_ADDR=peer, **({"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}))
    assert client_address(request) == expected

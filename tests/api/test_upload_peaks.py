"""GET /v1/upload/{file_id}/peaks: the waveform as bytes (X028)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.clips.rows import ready_upload, with_assets
from uploads.models import Asset, Upload


@pytest.fixture
def source(alice) -> Upload:
    """6 s, whose stored peaks count up, so each place can be told from its neighbours."""
    upload = ready_upload(alice)
    with_assets(upload)
    return upload


def path(upload: Upload, query: str = "") -> str:
    return f"/v1/upload/{upload.pk}/peaks{query}"


def counted(first: int, length: int) -> bytes:
    return bytes(place % 128 for place in range(first, first + length))


@pytest.mark.parametrize(("query", "per_second", "size"), [("", "10", 120), ("?level=0", "10", 120),
                                                            ("?level=1", "100", 1200)])
def test_x028_a_level_comes_whole_and_says_how_many_pairs_make_a_second(api, source, query, per_second, size):
    reply = api.get(path(source, query))
    assert (reply.status_code, reply["Content-Type"]) == (200, "application/octet-stream")
    assert reply["X-Peaks-Per-Second"] == per_second
    assert reply.content == counted(0, size)


def test_x028_the_fine_level_comes_in_tiles_of_a_minute(api, source):
    Asset.objects.filter(kind="peaks").update(facts={"levels": [{"per_second": 10, "length": 60},
                                                                {"per_second": 5, "length": 600}]})
    first, second = (api.get(path(source, f"?level=1&tile={tile}")).content for tile in (0, 1))
    assert (first, second) == (counted(0, 600), counted(600, 600))


def test_the_last_tile_is_as_short_as_the_sound(api, source):
    Asset.objects.filter(kind="peaks").update(facts={"levels": [{"per_second": 10, "length": 60},
                                                                {"per_second": 8, "length": 600}]})
    assert api.get(path(source, "?level=1&tile=1")).content == counted(960, 240)


def test_a_tile_behind_the_end_is_404(api, source):
    reply = api.get(path(source, "?level=1&tile=1"))
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


def test_a_browser_keeps_it_for_good_and_nobody_else_may(api, source):
    reply = api.get(path(source))
    assert reply["Cache-Control"] == "private, max-age=31536000, immutable"
    assert reply["ETag"].startswith('"') and reply["ETag"].endswith('"')


def test_who_has_it_already_is_told_304_without_the_bytes(api, source):
    etag = api.get(path(source, "?level=1&tile=0"))["ETag"]
    reply = api.get(path(source, "?level=1&tile=0"), HTTP_IF_NONE_MATCH=etag)
    assert (reply.status_code, reply.content, reply["ETag"]) == (304, b"", etag)


def test_every_level_and_tile_has_an_etag_of_its_own(api, source):
    tags = {api.get(path(source, query))["ETag"] for query in ("", "?level=1", "?level=1&tile=0")}
    assert len(tags) == 3
    assert api.get(path(source), HTTP_IF_NONE_MATCH=api.get(path(source, "?level=1"))["ETag"]).status_code == 200


@pytest.mark.parametrize("query", ["?level=2", "?level=-1", "?level=x", "?level=1&tile=-1", "?level=1&tile=x",
                                   "?level=1&tile=99999999999", "?level=0&tile=0", "?level=", "?level=1.5",
                                   "?level=nan"])
def test_a_query_that_means_nothing_is_400(api, source, query):
    reply = api.get(path(source, query))
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_field")


def test_before_it_is_made_it_is_404(api, alice):
    reply = api.get(path(ready_upload(alice)))
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    assert "hint" in reply.json()


def test_where_it_could_not_be_made_it_is_404(api, source):
    Asset.objects.filter(kind="peaks").update(state="failed", error="The media took too long to process.")
    assert api.get(path(source)).status_code == 404


def test_c036_after_a_day_it_is_410(api, source):
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    reply = api.get(path(source))
    assert (reply.status_code, reply.json()["code"]) == (410, "source_expired")


def test_g10_somebody_elses_is_404_like_an_unknown_one(bob_api, source):
    foreign, unknown = bob_api.get(path(source)), bob_api.get("/v1/upload/upl_000000000000/peaks")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}


def test_a_session_may_read_it_as_well(session, source):
    assert session.get(path(source)).status_code == 200

"""GET /v1/upload/{file_id}/sprites.json: the filmstrip (X028)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.clips.rows import ready_upload, with_assets
from uploads.models import Asset, Upload


@pytest.fixture
def source(alice) -> Upload:
    upload = ready_upload(alice)
    with_assets(upload)
    return upload


def path(upload: Upload) -> str:
    return f"/v1/upload/{upload.pk}/sprites.json"


def test_x028_it_says_where_each_tile_lies_and_what_time_it_shows(api, source):
    body = api.get(path(source)).json()
    images = body.pop("images")
    assert body == {"tile_width": 160, "tile_height": 90, "columns": 10, "rows": 10, "interval": 1.0, "count": 6}
    assert len(images) == 1


def test_its_pictures_open_by_their_address_alone(api, source):
    [image] = api.get(path(source)).json()["images"]
    reply = Client().get(image.partition("8000")[2])
    assert (reply.status_code, reply["Content-Type"]) == (200, "image/jpeg")
    assert reply["Content-Disposition"].startswith("inline")


def test_it_is_not_kept_longer_than_its_addresses_last(api, source):
    assert api.get(path(source))["Cache-Control"] == "private, max-age=1800"


def test_before_it_is_made_it_is_404(api, alice):
    reply = api.get(path(ready_upload(alice)))
    assert (reply.status_code, reply.json()["code"]) == (404, "not_found")


def test_a_waveform_alone_is_no_filmstrip(api, source):
    Asset.objects.filter(kind="sprites").delete()
    assert api.get(path(source)).status_code == 404


def test_c036_after_a_day_it_is_410(api, source):
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert api.get(path(source)).status_code == 410


def test_g10_somebody_elses_is_404_like_an_unknown_one(bob_api, source):
    foreign, unknown = bob_api.get(path(source)), bob_api.get("/v1/upload/upl_000000000000/sprites.json")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}

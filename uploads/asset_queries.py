"""What was made of a source, as the studio and the API read it. Every query starts from the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import Account
from core import storage
from core.errors import InvalidField, NotFound
from uploads import queries
from uploads.assets import needs_proxy, wanted
from uploads.models import ASSET_KINDS, Asset, Upload

TILE_SECONDS = 60  # of waveform in one answer of the fine level
COLUMNS = ROWS = 10  # tiles of a filmstrip on one picture


@dataclass(frozen=True, slots=True)
class Wave:
    """Bytes of one level, or of one tile of it: int8 pairs (min, max), `per_second` of them a second."""

    pairs: bytes
    per_second: int
    etag: str


def _made(account: Account, file_id: str, kind: str) -> Asset:
    """The asset of a source that can still be had. Raises `NotFound` (404) until it is made, `Gone` (410)."""
    upload = queries.get(account, file_id)
    found = Asset.objects.filter(upload=upload, kind=kind, state="ready").first()
    if found is None or upload.state != "ready":
        raise NotFound("This has not been made yet.", hint="It is made after the upload is ready; ask again later.")
    return found


def peaks(account: Account, file_id: str, *, level: int = 0, tile: int | None = None) -> Wave:
    """One level of the waveform, or its `tile`-th 60 s.

    Raises 400 `invalid_field` for a tile of the overview, 404, 410. Source: X028.
    """
    if level == 0 and tile is not None:
        raise InvalidField("tile", "Only level 1 comes in tiles.")
    asset = _made(account, file_id, "peaks")
    facts = asset.facts["levels"][level]
    first, length = 0, facts["length"]
    if tile is not None:
        first = tile * TILE_SECONDS * facts["per_second"]
        length = min(TILE_SECONDS * facts["per_second"], facts["length"] - first)
        if length <= 0:
            raise NotFound("The sound ends before this tile.")
    with storage.open_(asset.keys[level]) as handle:
        handle.seek(2 * first)
        pairs = handle.read(2 * length)
    return Wave(pairs, facts["per_second"], f'"{asset.pk}-{level}-{"all" if tile is None else tile}"')


def sprites(account: Account, file_id: str) -> dict[str, Any]:
    """The filmstrip: tile n (row by row, 100 on a picture) shows the source at n x `interval` seconds.

    Raises 404, 410. Source: X028, studio 3.3.
    """
    asset = _made(account, file_id, "sprites")
    return {
        "tile_width": asset.facts["tile_width"], "tile_height": asset.facts["tile_height"],
        "columns": COLUMNS, "rows": ROWS, "interval": asset.facts["interval"], "count": asset.facts["count"],
        "images": [_address(key, "image/jpeg") for key in asset.keys],
    }


def proxy_url(upload: Upload) -> str | None:
    """A fresh address of the copy that browsers play; None without one."""
    if upload.state != "ready" or not needs_proxy(upload):
        return None
    asset = Asset.objects.filter(upload=upload, kind="proxy", state="ready").first()
    return _proxy_address(asset)


def _proxy_address(asset: Asset | None) -> str | None:
    if asset is None or asset.state != "ready":
        return None
    return _address(asset.keys[0], str(asset.facts["content_type"]))


def _address(key: str, content_type: str) -> str:
    return storage.download_url(key, file_name=key.rpartition("/")[2], content_type=content_type, inline=True)


def overview(account: Account, file_id: str) -> dict[str, Any]:
    """What the studio may draw by now and what is still to come; two queries.

    `pending` names what is not made yet; a kind that failed or that the source has no use for is neither there
    nor pending. Raises 404, 410. Source: studio 3.3.
    """
    upload = queries.get(account, file_id)
    made = {asset.kind: asset for asset in Asset.objects.filter(upload=upload)} if upload.state == "ready" else {}
    return {
        "status": queries.PUBLIC[upload.state],
        "pending": _pending(upload, set(made)),
        "peaks": _levels(upload, made.get("peaks")),
        "sprites": {"url": f"/v1/upload/{upload.pk}/sprites.json"} if _ready(made.get("sprites")) else None,
        "proxy": {"needed": needs_proxy(upload), "url": _proxy_address(made.get("proxy"))},
        "poster_url": _address(upload.poster_key, "image/jpeg") if upload.poster_key else None,
    }


def _pending(upload: Upload, made: set[str]) -> list[str]:
    """Before the file was looked at, anything may come; after it failed, nothing."""
    if upload.state == "ready":
        return [kind for kind in wanted(upload) if kind not in made]
    return [] if queries.PUBLIC[upload.state] == "failed" else list(ASSET_KINDS)


def _ready(asset: Asset | None) -> bool:
    return asset is not None and asset.state == "ready"


def _levels(upload: Upload, asset: Asset | None) -> dict[str, Any] | None:
    if asset is None or asset.state != "ready":
        return None
    levels = [{"level": number, **facts, "url": f"/v1/upload/{upload.pk}/peaks?level={number}"}
              for number, facts in enumerate(asset.facts["levels"])]
    levels[1]["tile_seconds"] = TILE_SECONDS
    return {"levels": levels}


def has_film(account: Account, file_id: str) -> bool:
    """Whether the filmstrip of the account's source is there, so that pages can keep its place."""
    return Asset.objects.filter(upload__account=account, upload=file_id, kind="sprites", state="ready").exists()

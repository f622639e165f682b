"""The sample video: cut before anybody signs in, then taken over as an upload of one's own, for nothing."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.templatetags.static import static

from accounts.models import Account
from clips import studio
from uploads import direct
from uploads import queries as uploads
from uploads.models import Upload

FOLDER = settings.BASE_DIR / "static" / "img" / "sample"  # made by scripts/sample_video.py
FILE_ID = "sample"  # stands where an upload's id would


@cache
def _facts() -> dict[str, Any]:
    return dict(json.loads((FOLDER / "sample.json").read_text()))


def _address(name: str) -> str:
    return static(f"img/sample/{name}")


def source(page: str) -> dict[str, Any]:
    """The sample as `studio.source` describes an upload; `page` is the address that shows it."""
    facts = {name: _facts()[name] for name in ("filename", "size", "duration", "fps", "width", "height")}
    return facts | {
        "file_id": FILE_ID, "status": "ready", "kind": "video", "codec": "H.264", "sample": True, "film": True,
        "page": page,
        "class": studio.class_of(facts["width"], facts["height"]), "media_url": _address("sample.mp4"),
        "poster_url": _address("poster.jpg"),
        "qualities": studio.qualities(facts["width"], facts["height"], may_4k=False),
        "gif_qualities": studio.gif_qualities(facts["width"], facts["height"]),
        "error": None, "hint": None, "expires_at": None}


def assets(sprites_url: str) -> dict[str, Any]:
    """What `/studio/{file_id}/assets.json` tells of an upload, for the sample."""
    level = {"level": 0, "url": _address("peaks.bin")} | _facts()["peaks"]
    return {"status": "ready", "pending": [], "peaks": {"levels": [level]}, "sprites": {"url": sprites_url},
            "proxy": {"needed": False, "url": None}, "poster_url": _address("poster.jpg")}


def sprites() -> dict[str, Any]:
    return {"images": [_address("film.jpg")]} | dict(_facts()["sprites"])


def take(account: Account) -> Upload:
    """The sample as an upload of this account; one that is still there is not made again.

    Raises what `uploads.direct.receive_file` raises.
    """
    name, size = _facts()["filename"], _facts()["size"]
    there = uploads.alive(account).filter(filename=name, size=size, state__in=["processing", "ready"]).first()
    if there is not None:
        return there
    with (FOLDER / "sample.mp4").open("rb") as stream:
        return direct.receive_file(account, filename=name, content_type="video/mp4", size=size, stream=stream)

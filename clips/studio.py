"""What Clip Studio shows of a source and may offer for it: facts for the page, no HTTP."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from accounts.models import Account
from billing import prices
from billing.deposits import SIGNUP_CREDIT
from billing.queries import available_cents, has_paid_deposit, has_signup_credit
from captions import studio as caption_studio
from captions import transcript_facts
from captions.queries import presets
from clips.plan import AUDIO_FORMATS, MAX_SEGMENTS
from core import storage
from core.times import stamp
from media.cut import MAX_GIF_SECONDS, MAX_SEGMENT_SECONDS
from media.quality import GIF_SHORT_SIDE
from uploads import asset_queries
from uploads.assets import needs_proxy
from uploads.models import Upload
from uploads.queries import HINTS, PUBLIC

FORMAT_NAMES = {"mp4": "MP4 video", "gif": "GIF animation", "mp3": "MP3", "wav": "WAV, lossless",
                "m4a": "M4A (AAC)", "flac": "FLAC, lossless"}
PART = 32 * 1024**2  # bytes at most; pages on phones halve it, and take less where the file is small (C020)
SIMPLE = 16 * 1024**2  # bytes; a larger file goes in parts, since one PUT can neither pause nor go on after a reload
CODECS = {"hevc": "HEVC", "av1": "AV1", "vp9": "VP9", "vp8": "VP8", "h264": "H.264", "prores": "ProRes",
          "mpeg4": "MPEG-4", "mpeg2video": "MPEG-2", "mjpeg": "Motion JPEG", "dnxhd": "DNxHD", "theora": "Theora"}
Styles = list[tuple[str, list[dict[str, str]]]]  # groups: title, references and names
SHORT_SIDES = {"4k": 2160, "1080p": 1080, "720p": 720}


def rules(account: Account | None) -> dict[str, Any]:
    """Prices in cents, limits in seconds and bytes, and what this reader may do."""
    return {
        "signed_in": account is not None,
        "owner": account.pk if account is not None else None,  # whose unfinished uploads the browser may offer
        "may_4k": account is not None and has_paid_deposit(account),
        "may_claim": account is not None and not has_signup_credit(account),
        "credit_cents": SIGNUP_CREDIT,
        "balance_cents": available_cents(account) if account is not None else 0,
        "prices": {"trim": prices.TRIM, "four_k": prices.FOUR_K, "caption_minute": prices.CAPTION_MINUTE,
                   "caption_minute_4k": prices.CAPTION_MINUTE_4K, "tolerance": prices.TOLERANCE},
        "limits": {"segments": MAX_SEGMENTS, "seconds": MAX_SEGMENT_SECONDS, "gif_seconds": MAX_GIF_SECONDS,
                   "file_bytes": settings.MAX_UPLOAD_BYTES, "simple_bytes": SIMPLE, "part_bytes": PART},
        "drawing": caption_studio.parts(),
        "formats": {kind: formats(kind) for kind in ("video", "audio")},
    }


def styles(account: Account | None) -> Styles:
    """Caption styles to choose from, in groups: the reader's own first, where there are any (C083)."""
    listed = [("Built in", "built_in")] if account is None else [("Yours", "custom"), ("Built in", "built_in")]
    found = [(title, [{"value": one.ref, "label": one.name} for one in presets(account, scope=scope)])
             for title, scope in listed]
    return [group for group in found if group[1]]


def formats(kind: str) -> list[dict[str, str]]:
    """What a source of this kind can leave as, the default first (C095-C097)."""
    names = ["mp4", "gif"] if kind == "video" else list(AUDIO_FORMATS)
    if kind == "video" and settings.ALLOW_AUDIO_FROM_VIDEO:
        names += AUDIO_FORMATS
    return [{"value": name, "label": FORMAT_NAMES[name]} for name in names]


def class_of(width: int, height: int) -> str:
    """How people name this picture size: by its short side, "4K" from 2160 up (C100)."""
    short, long = sorted((width, height))
    if not short:
        return ""
    return "4K" if short >= 2160 or long >= 3840 else f"{short}p"


def qualities(width: int, height: int, *, may_4k: bool) -> list[dict[str, Any]]:
    """Sizes to choose from, the source's own first; nothing is ever scaled up (C098-C101).

    4K that is not unlocked is listed with the reason, not left out.
    """
    short = min(width, height)
    own = class_of(width, height)
    four_k = own == "4K"
    first = "1080p, from 4K" if four_k and not may_4k else f"Source ({own})" if own else "Source"
    found: list[dict[str, Any]] = [{"value": "", "label": first, "locked": False}]
    if four_k and not may_4k:
        found.append({"value": "4k", "label": "4K: needs a paid deposit", "locked": True})
    sizes = [name for name in ("1080p", "720p") if SHORT_SIDES[name] < short]
    return found + [{"value": name, "label": name, "locked": False} for name in sizes
                    if not (name == "1080p" and four_k and not may_4k)]


def gif_qualities(width: int, height: int) -> list[dict[str, Any]]:
    """Sizes of a GIF, the small one that needs no wish first; the source's own where 1080p does not bound it (C098)."""
    short = min(width, height)
    if short <= GIF_SHORT_SIDE:
        return [{"value": "", "label": f"Source ({short}p)" if short else "Source", "locked": False}]
    found = [("", f"{GIF_SHORT_SIDE}p")]
    for name in ("720p", "1080p"):
        bounds = SHORT_SIDES[name] < short
        found.append((name, name if bounds else f"Source ({short}p)"))
        if not bounds:
            break
    return [{"value": value, "label": label, "locked": False} for value, label in found]


def plain_qualities(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """One list for every format, for a form that cannot change with it: what a GIF becomes stands beside the rest."""
    first, *others = shown["qualities"] or [{"value": "", "label": "Source", "locked": False}]
    small, *larger = shown["gif_qualities"] or [first]
    if small["label"] != first["label"]:
        first = first | {"label": f"{first['label']}; GIF: {small['label']}"}
    there = {item["value"] for item in others}
    return [first, *others, *(item for item in larger if item["value"] not in there)]


def _address(key: str, name: str, content_type: str) -> str | None:
    return storage.download_url(key, file_name=name, content_type=content_type, inline=True) if key else None


def source(account: Account, upload: Upload) -> dict[str, Any]:
    """The upload as the page needs it: `fps` is the real frame rate, 0 where there is none."""
    probe = upload.probe
    width, height = probe.get("width") or 0, probe.get("height") or 0
    kind = probe.get("kind") or "video"
    return {
        "file_id": upload.pk, "status": PUBLIC[upload.state], "filename": upload.filename, "size": upload.size,
        "kind": kind, "duration": probe.get("duration") or 0, "fps": frame_rate(probe),
        "codec": codec(probe), "width": width, "height": height, "class": class_of(width, height),
        "silent": probe.get("has_audio") is False,
        "media_url": _address(upload.key, upload.filename, played_as(upload)),
        "needs_proxy": needs_proxy(upload), "proxy_url": asset_queries.proxy_url(upload),
        "poster_url": _address(upload.poster_key, f"{upload.pk}.jpg", "image/jpeg"),
        "qualities": qualities(width, height, may_4k=has_paid_deposit(account)) if kind == "video" else [],
        "gif_qualities": gif_qualities(width, height) if kind == "video" else [],
        "film": upload.state == "ready" and asset_queries.has_film(account, upload.pk),
        "transcript": transcript_facts.facts(account, upload),
        "error": upload.error, "hint": HINTS.get(upload.error_code or ""), "expires_at": stamp(upload.expires_at),
    }


def frame_rate(probe: dict[str, Any]) -> float:
    """Frames per second that the probe found; 0 for audio and for what it does not say."""
    return float(probe.get("fps") or 0)


def codec(probe: dict[str, Any]) -> str:
    """How people call the codec of the picture, or of the sound where there is none; "" where it is not known."""
    kind = probe.get("kind") or "video"
    names = [str(track.get("codec") or "") for track in probe.get("tracks") or [] if track.get("type") == kind]
    return CODECS.get(names[0], names[0].upper()) if names else ""


def played_as(upload: Upload) -> str:
    """The content type a browser gets: that of the container found, never of the uploader's word."""
    names = str(upload.probe.get("format") or "")
    video = upload.probe.get("kind") == "video"
    for part, word in (("mp4", "mp4"), ("webm", "webm"), ("aac", "aac"), ("mp3", "mpeg"), ("wav", "wav"),
                       ("flac", "flac"), ("ogg", "ogg")):
        if part in names:
            return f"{'video' if video else 'audio'}/{word}"
    return "application/octet-stream"

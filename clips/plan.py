"""What a request for clips would make: every rule checked, nothing kept (C038-C043, C095-C101)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.models import Account
from billing import prices
from billing.queries import has_paid_deposit
from clips.errors import (
    FormatMismatch,
    FourKLocked,
    GifSessionOnly,
    InvalidRange,
    NoAudio,
    OutOfRange,
    QualityMismatch,
    SegmentTooLong,
    TooManySegments,
)
from core.errors import BadRequest, InvalidField
from media import quality as classes
from media.cut import Cut
from media.probe import Probe
from uploads import queries as uploads
from uploads.models import Upload

QUALITIES = ["4k", "1080p", "720p"]
ALIASES = {"high": "1080p", "medium": "720p"}  # C098
AUDIO_FORMATS = ("mp3", "wav", "m4a", "flac")
MAX_SEGMENTS = 50  # C041
MAX_SECONDS = 600.0
MAX_GIF_SECONDS = 30.0
SLACK = 0.5  # seconds an end may lie beyond the media; it is clamped (C041)
LEAST_AUDIO = 0.01  # seconds


@dataclass(frozen=True, slots=True)
class Plan:
    """What one request will make. `cuts` lie inside the media; `quality` is the class to be delivered,
    "" for audio and GIF; `asked` the class the caller named; `cents` the price of one segment.
    """

    upload: Upload
    cuts: tuple[Cut, ...]
    format: str
    asked: str | None
    may_4k: bool
    quality: str
    cents: int

    @property
    def total(self) -> int:
        """Cents for all segments."""
        return self.cents * len(self.cuts)

    @property
    def parts(self) -> dict[str, int]:
        """What the price of one segment is made of, in cents."""
        extra = self.cents - prices.TRIM
        return {"trim": prices.TRIM} | ({"four_k": extra} if extra else {})


def plan_trim(account: Account, *, file_id: str, cuts: Sequence[Cut], format: str | None,
              quality: str | None, captions: Any = None, by_session: bool) -> Plan:
    """Check a request against every rule but the balance.

    Times are seconds. Raises 400 for what the request alone decides and for a format or quality that does
    not fit the source, 403 `gif_session_only` or `four_k_locked`, what `uploads.queries.usable` raises,
    422 `segment_too_long`, `out_of_range` or `no_audio`. Source: C038-C043, C095-C101.
    """
    wanted = "m4a" if format == "aac" else format
    asked = ALIASES.get(quality or "", quality)
    _check_request(cuts, wanted, by_session=by_session)
    upload = uploads.usable(account, file_id)
    probe = Probe.from_dict(upload.probe)
    target = wanted or ("mp4" if probe.kind == "video" else "mp3")
    check_format(target, probe, by_session=by_session)
    _check_quality(target, asked)
    _check_captions(target, probe, captions)
    may_4k = has_paid_deposit(account)
    if asked == "4k" and not may_4k:
        raise FourKLocked
    inside = tuple(_within(cut, probe.duration, number) for number, cut in enumerate(cuts, start=1))
    _check_lengths(inside, target)
    delivered = delivered_class(target, probe, asked=asked, may_4k=may_4k)
    return Plan(upload=upload, cuts=inside, format=target, asked=asked, may_4k=may_4k, quality=delivered,
                cents=prices.trim(four_k=delivered == "4k"))


def _check_request(cuts: Sequence[Cut], wanted: str | None, *, by_session: bool) -> None:
    """What can be refused before anything is read."""
    if not cuts:
        raise InvalidField("segments", "Name at least one segment.")
    if len(cuts) > MAX_SEGMENTS:
        raise TooManySegments(f"segments: At most {MAX_SEGMENTS} segments fit in one request.",
                              fields={"segments": [f"At most {MAX_SEGMENTS}."]})
    if wanted == "gif" and not by_session:
        raise GifSessionOnly
    limit = MAX_GIF_SECONDS if wanted == "gif" else MAX_SECONDS
    for number, cut in enumerate(cuts, start=1):
        if cut.end - cut.start > limit:
            raise SegmentTooLong(f"Segment {number} is longer than {limit:g} seconds.")


def check_format(target: str, probe: Probe, *, by_session: bool) -> None:
    """Whether this source can leave in this format, for this kind of caller (C096, C097)."""
    if probe.kind == "audio":
        if target not in AUDIO_FORMATS:
            raise FormatMismatch(f"An audio source exports {', '.join(AUDIO_FORMATS)}.")
        return
    if target in AUDIO_FORMATS:
        if not settings.ALLOW_AUDIO_FROM_VIDEO:
            raise FormatMismatch("A video source exports mp4 or, on the website, gif.")
        if not probe.has_audio:
            raise NoAudio
    elif target == "gif" and not by_session:
        raise GifSessionOnly


def _check_quality(target: str, asked: str | None) -> None:
    """C098: audio takes no quality, GIF no 4k."""
    if asked is not None and target in AUDIO_FORMATS:
        raise QualityMismatch("Audio exports do not accept a quality.")
    if asked == "4k" and target == "gif":
        raise QualityMismatch("GIF does not support 4k.")


def _check_captions(target: str, probe: Probe, captions: Any) -> None:
    """C042. Burned-in captions are not part of this version, so a fitting wish is refused by name."""
    if captions is None:
        return
    if target != "mp4" or probe.kind != "video":
        raise FormatMismatch("Captions need mp4 and a video source.")
    raise InvalidField("captions", "Captions are not offered by this version of FastClip yet.",
                       hint="Leave `captions` out to get the trimmed clip.")


def _within(cut: Cut, duration: float, number: int) -> Cut:
    """The cut clamped to the media's `duration` in seconds. Raises `OutOfRange`."""
    if cut.start >= duration or cut.end > duration + SLACK:
        fault = f"Segment {number} ends at {cut.end:g} s, but the media ends at {duration:.3f} s."
        raise OutOfRange(fault, fields={"segments": [fault]})
    return Cut(cut.start, min(cut.end, duration))


def _check_lengths(cuts: Sequence[Cut], target: str) -> None:
    for number, cut in enumerate(cuts, start=1):
        if target in AUDIO_FORMATS and cut.end - cut.start < LEAST_AUDIO - 1e-9:
            raise InvalidRange(f"Segment {number} is shorter than 10 ms.")


def delivered_class(target: str, probe: Probe, *, asked: str | None, may_4k: bool) -> str:
    """The class of the picture to be delivered: "4k", "1080p" ...; "" for audio and GIF (C043, C100)."""
    if target != "mp4":
        return ""
    width, height = classes.fit(probe.width, probe.height, cap(asked, may_4k=may_4k))
    return classes.name(width, height)


def cap(asked: str | None, *, may_4k: bool) -> str | None:
    """The class that bounds the output: what was asked, else 1080p until 4K is unlocked (C043)."""
    return asked if asked is not None or may_4k else "1080p"


def cuts_of(body: dict[str, Any]) -> list[Cut]:
    """The segments of a parsed body: `segments`, or `start` with `end`; both or neither is a 400 (C038)."""
    single = "start" in body or "end" in body
    if single == ("segments" in body):
        raise BadRequest("Send either start and end, or segments.", code="invalid_field",
                         fields={"segments": ["Send either start and end, or segments."]})
    if not single:
        return [_cut(item["start"], item["end"]) for item in body["segments"]]
    for name in ("start", "end"):
        if name not in body:
            raise InvalidField(name, "This field is required.", code="missing_field")
    return [_cut(body["start"], body["end"])]


def _cut(start: float, end: float) -> Cut:
    """Seconds as a Cut, which checks them. Raises `InvalidRange` (400)."""
    try:
        return Cut(start, end)
    except ValueError as fault:
        raise InvalidRange(str(fault)) from fault

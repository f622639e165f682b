"""What a request for clips would make: every rule checked, nothing kept (C038-C043, C095-C101)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.models import Account
from billing import prices
from billing.queries import has_paid_deposit
from captions.presets import StyleChoice
from clips import captioning
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
from media.cut import MAX_GIF_SECONDS, MAX_SEGMENT_SECONDS, Cut, InvalidCut
from media.probe import Probe
from media.quality import fit, name
from uploads import queries as uploads
from uploads.models import Upload

QUALITIES = ["4k", "1080p", "720p"]
ALIASES = {"high": "1080p", "medium": "720p"}  # C098
AUDIO_FORMATS = ("mp3", "wav", "m4a", "flac")
MAX_SEGMENTS = 50  # C041
LEAST, LONG_FRAME = 0.01, 0.1  # seconds: of any clip; pictures that stay longer may be cut in parts (C041)
ROUNDING = 5e-4  # seconds; 1.01 - 1 is a little less than 0.01 in binary, and people round frames to milliseconds
_REFUSALS = {"invalid_range": InvalidRange, "segment_too_long": SegmentTooLong, "out_of_range": OutOfRange}


@dataclass(frozen=True, slots=True)
class Plan:
    """What one request will make. `cuts` lie inside the media; `quality` is the class to be delivered,
    "" for audio and GIF; `asked` the class the caller named; `captions` how captions shall look, None without.
    """

    upload: Upload
    cuts: tuple[Cut, ...]
    format: str
    asked: str | None
    may_4k: bool
    quality: str
    captions: StyleChoice | None = None

    @property
    def total(self) -> int:
        """Cents for all segments."""
        return sum(sum(self.parts(cut).values()) for cut in self.cuts)

    def parts(self, cut: Cut) -> dict[str, int]:
        """What the price of one segment is made of, in cents."""
        return prices.clip(four_k=self.quality == "4k", captioned=None if self.captions is None else cut.duration)


def plan_trim(account: Account, *, file_id: str, cuts: Sequence[Cut], format: str | None,
              quality: str | None, captions: captioning.Wish = None, by_session: bool) -> Plan:
    """Check a request against every rule but the balance.

    Times are seconds. Raises 400 for what the request alone decides and for a format or quality that does
    not fit the source, 403 `gif_session_only` or `four_k_locked`, what `uploads.queries.usable` raises,
    422 `segment_too_long`, `out_of_range` or `no_audio`, and for `captions` what `captioning.choose` and
    `captioning.check` raise. Source: C038-C043, C095-C101.
    """
    wanted = "m4a" if format == "aac" else format
    asked = ALIASES.get(quality or "", quality)
    _check_request(cuts, wanted, by_session=by_session)
    upload = uploads.usable(account, file_id)
    probe = Probe.from_dict(upload.probe)
    target = wanted or ("mp4" if probe.kind == "video" else "mp3")
    check_format(target, probe)
    _check_quality(target, asked)
    style = _captions(account, target, probe, captions)
    may_4k = has_paid_deposit(account)
    if asked == "4k" and not may_4k:
        raise FourKLocked
    inside = tuple(_inside(cut, probe, target, number) for number, cut in enumerate(cuts, start=1))
    delivered = delivered_class(target, probe, asked=asked, may_4k=may_4k)
    if style is not None:
        captioning.check(account, upload, inside, style)
    return Plan(upload=upload, cuts=inside, format=target, asked=asked, may_4k=may_4k, quality=delivered,
                captions=style)


def too_many_segments() -> TooManySegments:
    """The refusal of more than 50 segments (C041)."""
    return TooManySegments(f"segments: At most {MAX_SEGMENTS} segments fit in one request.",
                           fields={"segments": [f"At most {MAX_SEGMENTS}."]})


def _check_request(cuts: Sequence[Cut], wanted: str | None, *, by_session: bool) -> None:
    """What can be refused before anything is read."""
    if not cuts:
        raise InvalidField("segments", "Name at least one segment.")
    if len(cuts) > MAX_SEGMENTS:
        raise too_many_segments()
    if wanted == "gif" and not by_session:
        raise GifSessionOnly
    longest = MAX_GIF_SECONDS if wanted == "gif" else MAX_SEGMENT_SECONDS
    for number, cut in enumerate(cuts, start=1):
        with _refusing(number):
            cut.limited(longest)


@contextmanager
def _refusing(number: int) -> Iterator[None]:
    """Turn what is wrong with segment `number` into the API's error: 400 or 422 by its code (C041)."""
    try:
        yield
    except InvalidCut as fault:
        sentence = f"Segment {number}: {fault.sentence}"
        raise _REFUSALS[fault.code](sentence, fields={"segments": [sentence]}) from fault


def check_format(target: str, probe: Probe) -> None:
    """Whether this source can leave in this format; who may ask for a GIF is decided before (C096, C097)."""
    if probe.kind == "audio":
        if target not in AUDIO_FORMATS:
            raise FormatMismatch(f"An audio source exports {', '.join(AUDIO_FORMATS)}.")
        return
    if target in AUDIO_FORMATS:
        if not settings.ALLOW_AUDIO_FROM_VIDEO:
            raise FormatMismatch("A video source exports mp4 or, on the website, gif.")
        if not probe.has_audio:
            raise NoAudio


def _check_quality(target: str, asked: str | None) -> None:
    """C098: audio takes no quality, GIF no 4k."""
    if asked is not None and target in AUDIO_FORMATS:
        raise QualityMismatch("Audio exports do not accept a quality.")
    if asked == "4k" and target == "gif":
        raise QualityMismatch("GIF does not support 4k.")


def _captions(account: Account, target: str, probe: Probe, wish: captioning.Wish) -> StyleChoice | None:
    """How captions shall look, if they are wanted and can be had here (C042)."""
    if wish is None:
        return None
    if target != "mp4" or probe.kind != "video":
        raise FormatMismatch("Captions need mp4 and a video source.")
    if not probe.has_audio:
        raise NoAudio
    return captioning.choose(account, wish)


def _inside(cut: Cut, probe: Probe, target: str, number: int) -> Cut:
    """The cut clamped to the media: at least a frame of it, or 10 ms of sound (C041)."""
    with _refusing(number):
        inside = cut.within(probe.duration)
        picture = target not in AUDIO_FORMATS and probe.fps > 0
        least = min(LONG_FRAME, max(LEAST, 1 / probe.fps)) if picture else LEAST
        if inside.duration < least - ROUNDING:
            raise InvalidCut("invalid_range", f"A clip of this source needs at least {least * 1000:.0f} ms.")
    return inside


def delivered_class(target: str, probe: Probe, *, asked: str | None, may_4k: bool) -> str:
    """The class of the picture to be delivered: "4k", "1080p" ...; "" for audio and GIF (C043, C100)."""
    return size_class(probe.width, probe.height, asked=asked, may_4k=may_4k) if target == "mp4" else ""


def size_class(width: int, height: int, *, asked: str | None, may_4k: bool) -> str:
    """The class in which a picture of this size leaves as mp4."""
    return name(*fit(width, height, cap("mp4", asked, may_4k=may_4k)))


def cap(target: str, asked: str | None, *, may_4k: bool) -> str | None:
    """The class that bounds the picture: what was asked, else 1080p until 4K is unlocked (C043).

    None leaves a video as it is and a GIF small (C098).
    """
    if asked is not None or may_4k or target == "gif":
        return asked
    return "1080p"


def cuts_of(body: dict[str, Any]) -> list[Cut]:
    """The segments of a parsed body: `segments`, or `start` with `end`; both or neither is a 400 (C038)."""
    single = "start" in body or "end" in body
    if single == ("segments" in body):
        raise BadRequest("Send either start and end, or segments.", code="invalid_field",
                         fields={"segments": ["Send either start and end, or segments."]})
    if not single:
        return [_cut(item, number) for number, item in enumerate(body["segments"], start=1)]
    for field in ("start", "end"):
        if field not in body:
            raise InvalidField(field, "This field is required.", code="missing_field")
    return [_cut(body, 1)]


def _cut(times: Mapping[str, float], number: int) -> Cut:
    """`start` and `end` in seconds as a Cut, which checks them. Raises `InvalidRange` (400)."""
    with _refusing(number):
        return Cut(times["start"], times["end"])

"""What a file is: its container by magic bytes, its streams by ffprobe, its length by looking at its end."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from media import times
from media.errors import MediaError
from media.ffmpeg import (
    MAX_PIXELS,
    PROBE_FLAGS,
    PROBE_LIMITS,
    Sandbox,
    ffprobe_binary,
)

MAX_SECONDS = 10_800.0  # C037: 3 h
MAX_SECONDS_SLACK = 0.5  # the audio codec's padding after exactly 3 h of picture
EXTENSIONS = {  # C110; what a file of that name is expected to hold
    **dict.fromkeys(("mp4", "mov", "m4v", "m4a"), "mp4"), **dict.fromkeys(("mkv", "webm"), "matroska"),
    **{name: name for name in ("avi", "flv", "mp3", "wav", "aac", "flac", "ogg")}, "wma": "asf",
}
BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp")  # old .mov has no ftyp
MAGIC = (
    (b"\x1a\x45\xdf\xa3", "matroska"), (b"FLV\x01", "flv"), (b"OggS", "ogg"), (b"fLaC", "flac"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"), (b"ID3", "id3"),
)
# An ID3 tag stands before an mp3 and, from some programs, before raw AAC or FLAC.
AGREES = {"id3": {"mp3", "aac", "flac"}, "mpeg": {"mp3", "aac"}}
HDR_TRANSFERS = {"smpte2084": "pq", "arib-std-b67": "hlg"}
ENTRIES = (
    "format=format_name,duration,start_time:"
    "stream=index,codec_type,codec_name,width,height,pix_fmt,r_frame_rate,avg_frame_rate,sample_aspect_ratio,"
    "field_order,start_time,duration,channels,sample_rate,color_transfer,bits_per_raw_sample,bits_per_sample:"
    "stream_disposition=attached_pic:stream_tags=language:stream_side_data=rotation"
)


@dataclass(frozen=True, slots=True)
class Probe:
    """A media file, as the engine and the product need to know it. JSON by `to_dict` and back.

    `duration` in seconds from `start_time`, the container's first timestamp, which a player shows as 0.
    `width` and `height` are pixels as displayed after rotation, before the sample aspect ratio `sar`
    ("4:3"; `display_width` has it applied); both 0 for audio. `max_height` is `height`. `rotation` is
    clockwise degrees. `hdr` is "", "pq" or "hlg". `fps` is the average. Stream indexes count within the
    file; None where there is no such stream. `tracks` and `warnings` are those of X012.
    """

    duration: float
    format_name: str
    kind: str
    has_video: bool
    has_audio: bool
    width: int = 0
    height: int = 0
    fps: float = 0.0
    fps_mode: str = ""
    rotation: int = 0
    hdr: str = ""
    sar: str = "1:1"
    start_time: float = 0.0
    video_index: int | None = None
    audio_index: int | None = None
    video_codec: str = ""
    audio_codec: str = ""
    pix_fmt: str = ""
    interlaced: bool = False
    video_start: float = 0.0  # seconds after start_time
    audio_start: float = 0.0  # seconds after start_time
    sample_rate: int = 0
    channels: int = 0
    sample_bits: int = 0
    tracks: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def max_height(self) -> int:
        """Display height after rotation; 0 for audio. Source: C031."""
        return self.height

    @property
    def display_width(self) -> int:
        """Width in square pixels."""
        across, down = (int(part) for part in self.sar.split(":"))
        return round(self.width * across / down)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Probe:
        """The probe that `to_dict` wrote; what an older version did not know takes its default."""
        known = cls.__dataclass_fields__
        return cls(**{name: value for name, value in kept.items() if name in known})

    def media_report(self) -> dict[str, Any]:
        """Source: X012."""
        return {"fps": self.fps, "fps_mode": self.fps_mode, "rotation": self.rotation, "hdr": self.hdr,
                "sar": self.sar, "tracks": self.tracks, "warnings": self.warnings}


def signature(path: Path) -> str | None:
    """The container family by its first bytes, or None: not one that is accepted.

    One of mp4 matroska avi flv mp3 wav flac ogg asf aac, or "id3" / "mpeg" where only the demuxer can tell
    an mp3 from raw AAC. Source: C110.
    """
    with path.open("rb") as handle:
        head = handle.read(16)
    if head[4:8] in BOXES:
        return "mp4"
    if head[:4] in (b"RIFF", b"RF64"):
        return {b"AVI ": "avi", b"WAVE": "wav"}.get(head[8:12])
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return "mpeg"
    return next((family for magic, family in MAGIC if head.startswith(magic)), None)


def probe_argv(path: Path) -> list[str]:
    """ffprobe's JSON of the format and the streams (pure)."""
    return [ffprobe_binary(), *PROBE_FLAGS, "-show_entries", ENTRIES, "-of", "json", "-i", f"file:{path}"]


def probe(path: Path, *, sandbox: Sandbox, extension: str = "") -> Probe:
    """What the file is; bounded in time and memory whatever it claims.

    `extension` is the uploaded name's; it is never decisive, a difference becomes a warning.
    Raises MediaError `unsupported_media`, `corrupt`, `no_streams`, `duration_exceeded`,
    `resolution_exceeded`. Source: C037, C110, B17, B18.
    """
    family = signature(path)
    if family is None:
        raise MediaError("unsupported_media", "The file is not a video or audio format that is accepted.")
    said = _ask(path, sandbox)
    found = read(said)
    if found.format_name.split(",")[0] not in _expected(family):
        raise MediaError("unsupported_media", "The file's first bytes and its content disagree.")
    times.decode_one(path, sandbox=sandbox, video=found.video_index, audio=found.audio_index)
    return _measured(found, path, sandbox, family, extension)


def _expected(family: str) -> set[str]:
    return AGREES.get(family, {"mov" if family == "mp4" else family})


def _ask(path: Path, sandbox: Sandbox) -> dict[str, Any]:
    try:
        out = sandbox.run(probe_argv(path), limits=PROBE_LIMITS, read=[path])
    except MediaError as fault:
        raise _explained(fault) from fault
    # A picture that is too large leaves ffprobe's exit code at 0 and says so here.
    if "Picture size" in out.stderr or "max_pixels" in out.stderr:
        raise MediaError("resolution_exceeded", "The picture is larger than 8192x4320.", out.stderr)
    said: dict[str, Any] = json.loads(out.stdout)
    return said


def _explained(fault: MediaError) -> MediaError:
    """Which fault of the media ffprobe's words describe."""
    if "whitelist" in fault.detail:
        return MediaError("unsupported_media", "The file is not a video or audio format that is accepted.", fault.detail)
    return MediaError("corrupt", "The file is damaged or incomplete.", fault.detail)


def read(said: Mapping[str, Any]) -> Probe:
    """A Probe out of ffprobe's JSON, its duration as claimed (pure).

    Raises MediaError `no_streams`, `duration_exceeded`, `resolution_exceeded`.
    """
    streams: list[dict[str, Any]] = said.get("streams", [])
    shape = said.get("format", {})
    video = _first(streams, "video")
    audio = _first(streams, "audio")
    if video is None and audio is None:
        raise MediaError("no_streams", "The file has no video and no audio.")
    begin = _number(shape.get("start_time"))
    duration = _claimed(shape, [one for one in (video, audio) if one])
    return Probe(
        duration=duration, format_name=shape.get("format_name", ""), start_time=begin,
        kind="video" if video else "audio", has_video=video is not None, has_audio=audio is not None,
        tracks=[_track(one) for one in streams], **_picture(video, begin), **_sound(audio, begin),
    )


def _first(streams: Sequence[dict[str, Any]], kind: str) -> dict[str, Any] | None:
    """The first stream of the kind; cover art is no video (C032)."""
    return next((one for one in streams if one.get("codec_type") == kind
                 and one.get("codec_name") and not one.get("disposition", {}).get("attached_pic")), None)


def _number(text: object) -> float:
    """A finite float out of ffprobe's text; 0 where it has none."""
    try:
        value = float(str(text))
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0


def _ratio(text: object) -> float:
    """30000/1001 -> 29.97; 0 for 0/0 and nonsense."""
    over, _, under = str(text).partition("/")
    return _number(over) / _number(under) if _number(under) else 0.0


def _claimed(shape: Mapping[str, Any], streams: Sequence[Mapping[str, Any]]) -> float:
    duration = _number(shape.get("duration")) or max(_number(one.get("duration")) for one in streams)
    _bounded(duration)
    return max(0.0, duration)


def _bounded(duration: float) -> None:
    if duration > MAX_SECONDS + MAX_SECONDS_SLACK:
        raise MediaError("duration_exceeded", "The media is longer than 3 hours.")


def _picture(video: Mapping[str, Any] | None, begin: float) -> dict[str, Any]:
    if video is None:
        return {}
    width, height = int(video.get("width", 0)), int(video.get("height", 0))
    if width * height > MAX_PIXELS:
        raise MediaError("resolution_exceeded", "The picture is larger than 8192x4320.")
    turned = next((one["rotation"] for one in video.get("side_data_list", []) if "rotation" in one), 0)
    rotation = round(-_number(turned)) % 360
    sar = str(video.get("sample_aspect_ratio", "1:1"))
    across, _, down = sar.partition(":")
    if not (across.isdigit() and down.isdigit() and int(across) and int(down)):
        across, down = "1", "1"
    if rotation % 180 == 90:
        width, height, across, down = height, width, down, across
    fps, nominal = _ratio(video.get("avg_frame_rate")), _ratio(video.get("r_frame_rate"))
    return {
        "width": width, "height": height, "rotation": rotation, "sar": f"{across}:{down}",
        "fps": round(fps or nominal, 3), "fps_mode": "cfr" if _near(fps, nominal) else "vfr",
        "hdr": HDR_TRANSFERS.get(str(video.get("color_transfer")), ""), "video_index": int(video["index"]),
        "video_codec": str(video["codec_name"]), "pix_fmt": str(video.get("pix_fmt", "")),
        "interlaced": video.get("field_order") in ("tt", "bb", "tb", "bt"),
        "video_start": _number(video.get("start_time")) - begin if "start_time" in video else 0.0,
    }


def _near(fps: float, nominal: float) -> bool:
    return abs(fps - nominal) <= 0.01 * max(fps, nominal)


def _sound(audio: Mapping[str, Any] | None, begin: float) -> dict[str, Any]:
    if audio is None:
        return {}
    return {
        "audio_index": int(audio["index"]), "audio_codec": str(audio["codec_name"]),
        "audio_start": _number(audio.get("start_time")) - begin if "start_time" in audio else 0.0,
        "sample_rate": int(_number(audio.get("sample_rate"))), "channels": int(_number(audio.get("channels"))),
        "sample_bits": int(_number(audio.get("bits_per_raw_sample")) or _number(audio.get("bits_per_sample"))),
    }


def _track(one: Mapping[str, Any]) -> dict[str, Any]:
    """One row of X012's `tracks`."""
    row = {"type": one.get("codec_type", "unknown"), "codec": one.get("codec_name", "unknown")}
    if language := one.get("tags", {}).get("language"):
        row["language"] = str(language)[:16]
    return row


def _measured(found: Probe, path: Path, sandbox: Sandbox, family: str, extension: str) -> Probe:
    """The probe with the duration that is really there. Raises MediaError `corrupt`, `duration_exceeded`."""
    end = times.measured_end(path, sandbox=sandbox, claimed=found.start_time + found.duration,
                             trusted=found.duration > 0 and not family.startswith(("id3", "mpeg")))
    real = end - found.start_time
    _bounded(real)
    if real <= 0:
        raise MediaError("corrupt", "The file holds no playable media.")
    warnings = []
    if found.duration and real < found.duration - 1:
        warnings.append(f"The file says {found.duration:.1f} s, but ends after {real:.1f} s.")
    if extension and EXTENSIONS.get(extension.lower().lstrip(".")) not in (None, *_names(family)):
        warnings.append("The file's name and its content disagree; the content counts.")
    if sum(track["type"] == "audio" for track in found.tracks) > 1:
        warnings.append("There are several audio tracks; clips carry the first.")
    # A container rounds its length up or down by less than a frame: keep its word then.
    duration = found.duration if 0 <= found.duration - real < 1 else real
    return Probe.from_dict({**found.to_dict(), "duration": round(duration, 6), "warnings": warnings})


def _names(family: str) -> set[str]:
    return AGREES.get(family, {family})

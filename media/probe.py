"""What a file holds: ffprobe's answer, checked and reduced to what the product needs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from media import ffmpeg
from media.complete import is_cut_short
from media.errors import MediaError, ToolFailed, ToolTimedOut
from media.ffmpeg import PROBE_LIMITS, Limits, Sandbox
from media.formats import MAX_PIXELS
from media.signature import agrees, family_of

LATE_START = 0.5  # seconds
FROZEN = 1.0  # seconds that a file may claim to be longer than its packets reach
SHOWN = 1.0  # seconds of what a player shows, in which there must be a picture
MAX_SECONDS = 3 * 3600.0
_ENTRIES = (
    "format=format_name,duration,start_time,nb_streams:"
    "stream=index,codec_type,codec_name,profile,pix_fmt,width,height,sample_aspect_ratio,avg_frame_rate,color_space,"
    "r_frame_rate,start_time,duration,field_order,color_transfer,channels,sample_rate,bits_per_raw_sample:"
    "stream_disposition=attached_pic:stream_side_data=rotation"
)
TOO_LARGE = "The picture is larger than 8192 x 4320 pixels."
DAMAGED = "The file is damaged or incomplete and cannot be read."
NO_LENGTH = "The file does not say how long it is; it was read to find out."
NOTICED = 0.1  # seconds that sound and picture may start apart without a word
ODD_PIXELS = 4  # no camera has pixels more than so many times as wide as high
_HDR = {"smpte2084": "pq", "arib-std-b67": "hlg"}
SCAN_LIMITS = Limits(cpu=120, wall=180, memory=PROBE_LIMITS.memory, output=PROBE_LIMITS.output,
                     captured=64 * ffmpeg.MIB)


@dataclass(frozen=True, slots=True)
class Probe:
    """A source's facts. Seconds and display pixels (after rotation and square pixels); 0 or "" for none.

    `start_time` is the container's first timestamp: what a player shows as 0. `video` and `audio` are
    stream indexes, -1 for none. `coded_width/height` are stored pixels before rotation. `matrix` says how colours
    became luma and chroma, by ffprobe's names; None where the facts were stored before that was asked.
    """

    duration: float
    format: str
    kind: str
    has_video: bool
    has_audio: bool
    width: int
    height: int
    coded_width: int
    coded_height: int
    sar: str
    rotation: int
    fps: float
    fps_mode: str
    hdr: str
    interlaced: bool
    start_time: float
    video: int
    audio: int
    tracks: list[dict[str, Any]]
    warnings: list[str]
    matrix: str | None = None

    @property
    def channels(self) -> int:
        """Of the sound; 0 where there is none or the file does not say."""
        track = self.tracks[self.audio] if 0 <= self.audio < len(self.tracks) else {}
        return int(track.get("channels") or 0)

    def to_dict(self) -> dict[str, Any]:
        """For the database; `report` is the public media report (X012)."""
        return asdict(self) | {"report": self.report()}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Probe:
        """The inverse of `to_dict`. Raises KeyError where a fact is missing."""
        known = {"matrix": None, **stored}
        return cls(**{field.name: known[field.name] for field in fields(cls)})

    def report(self) -> dict[str, Any]:
        """What the customer is told about the source (X012)."""
        return {"fps": self.fps, "fps_mode": self.fps_mode, "rotation": self.rotation, "hdr": self.hdr or None,
                "sar": self.sar, "tracks": self.tracks, "warnings": self.warnings}


def probe(path: Path, sandbox: Sandbox) -> Probe:
    """Look at a file without trusting it.

    Raises MediaError: unsupported_media, no_streams, duration_exceeded, resolution_exceeded, corrupt.
    Source: C028-C037, C110.
    """
    family = family_of(path)
    if family is None:
        raise MediaError("unsupported_media", "This file is not a video or audio file that FastClip can read.")
    raw = _ask(path, sandbox)
    container = raw.get("format", {})
    if not agrees(family, container.get("format_name", "")):
        raise MediaError("unsupported_media", "The file's content does not fit its own signature.")
    video, audio = _main_streams(raw.get("streams", []))
    if video is None and audio is None:
        raise MediaError("no_streams", "The file holds neither a video nor an audio track.")
    if video is not None and int(video["width"]) * int(video["height"]) > MAX_PIXELS:
        raise MediaError("resolution_exceeded", TOO_LARGE)
    duration = _duration(path, container, video or audio or {}, sandbox)
    _check_decodes(path, video or audio or {}, sandbox)
    notes = _warnings(raw, video, audio, cut_short=is_cut_short(path, family))
    return _build(raw, video, audio, duration, notes)


def _ask(path: Path, sandbox: Sandbox) -> dict[str, Any]:
    argv = ffmpeg.ffprobe_argv(path, "-show_entries", _ENTRIES, "-of", "json")
    try:
        done = sandbox.run(argv, limits=PROBE_LIMITS)
    except ToolTimedOut as fault:
        raise MediaError("corrupt", DAMAGED, fault.detail) from fault
    except ToolFailed as fault:
        code, sentence = _refusal(fault.stderr)
        raise MediaError(code, sentence, fault.detail) from fault
    if "max pixel count" in done.stderr:
        raise MediaError("resolution_exceeded", TOO_LARGE, done.stderr)
    answer = json.loads(done.stdout or b"{}")
    return answer if isinstance(answer, dict) else {}


def _refusal(stderr: str) -> tuple[str, str]:
    """What ffprobe's last words mean for the customer: a code and a sentence."""
    if "max_streams" in stderr:
        return "unsupported_media", "The file has more than 64 tracks."
    if "max pixel count" in stderr:
        return "resolution_exceeded", TOO_LARGE
    if "not on whitelist" in stderr.lower():
        return "unsupported_media", "The file's content does not fit its own signature."
    return "corrupt", DAMAGED


def _main_streams(streams: list[dict[str, Any]]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The first real video (cover art is none, C032) and the first audio stream."""
    video = [s for s in streams if s.get("codec_type") == "video" and s.get("width") and s.get("codec_name")
             and not s.get("disposition", {}).get("attached_pic")]
    audio = [s for s in streams if s.get("codec_type") == "audio" and s.get("codec_name")]
    return (video[0] if video else None), (audio[0] if audio else None)


def _seconds(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _duration(path: Path, container: dict[str, Any], stream: dict[str, Any], sandbox: Sandbox) -> float:
    """Length in seconds, read from the packets where the container does not say or only guesses."""
    claimed = _seconds(container.get("duration"))
    name, begin = str(container.get("format_name")), _seconds(container.get("start_time")) or 0.0
    late = name.startswith("matroska") and begin > LATE_START  # some writers count from 0, some from the start
    if claimed is None or claimed <= 0 or late or name in ("aac", "mp3"):
        claimed = _scan(path, int(stream["index"]), sandbox)
    elif FROZEN < claimed <= MAX_SECONDS:
        claimed = max(0.001, _last_end(path, claimed + begin, sandbox) - begin)
    if claimed > MAX_SECONDS:
        raise MediaError("duration_exceeded", "The media is longer than 3 hours.")
    return round(claimed, 6)


def _scan(path: Path, stream: int, sandbox: Sandbox) -> float:
    """Seconds from the first packet's start to the last one's end, by reading them all."""
    argv = ffmpeg.ffprobe_argv(path, "-select_streams", str(stream), "-show_entries",
                               "packet=pts_time,duration_time", "-of", "csv=p=0")
    try:
        lines = sandbox.run(argv, limits=SCAN_LIMITS).stdout.decode("ascii", "replace").splitlines()
    except (ToolFailed, ToolTimedOut) as fault:
        raise MediaError("corrupt", "The file is damaged and cannot be read to its end.", fault.detail) from fault
    spans = [(start, length or 0.0) for start, length in map(_span, lines) if start is not None]
    if not spans:
        raise MediaError("corrupt", "The file holds no playable data.")
    return max(start + length for start, length in spans) - min(start for start, _ in spans)


def _last_end(path: Path, claimed: float, sandbox: Sandbox) -> float:
    """Where the last packet stops, in the file's seconds; `claimed` where that is about it or nobody can say."""
    argv = ffmpeg.ffprobe_argv(path, "-read_intervals", f"{max(0.0, claimed - FROZEN):.3f}%",
                               "-show_entries", "packet=pts_time,duration_time", "-of", "csv=p=0")
    try:
        lines = sandbox.run(argv, limits=PROBE_LIMITS).stdout.decode("ascii", "replace").splitlines()
    except (ToolFailed, ToolTimedOut):
        return claimed  # damaged: what can be cut of it shows when it is cut
    ends = [start + (length or 0.0) for start, length in map(_span, lines) if start is not None]
    end = max(ends, default=claimed)
    return end if end < claimed - FROZEN else claimed


def _span(line: str) -> tuple[float | None, float | None]:
    first, _, second = line.partition(",")
    return _seconds(first), _seconds(second.strip(","))


def _check_decodes(path: Path, stream: dict[str, Any], sandbox: Sandbox) -> None:
    """At least one picture or block of sound must come out of the decoder."""
    shown = max(0.0, _seconds(stream.get("start_time")) or 0.0)
    # A few packets nearly always do, and 60 of 4K cost seconds; an edit list may hide all of those, and many more.
    for interval in ("%+#8", "%+#60", f"%{shown + SHOWN:.3f}"):
        argv = ffmpeg.ffprobe_argv(path, "-select_streams", str(stream["index"]), "-read_intervals", interval,
                                   "-show_entries", "frame=media_type", "-of", "csv=p=0")
        try:
            done = sandbox.run(argv, limits=PROBE_LIMITS)
        except (ToolFailed, ToolTimedOut) as fault:
            raise MediaError("corrupt", "The file cannot be decoded.", fault.detail) from fault
        if done.stdout.strip():
            return
    raise MediaError("corrupt", "The file cannot be decoded: no frame came out of it.", done.stderr)


def _build(raw: dict[str, Any], video: dict[str, Any] | None, audio: dict[str, Any] | None, duration: float,
           warnings: list[str]) -> Probe:
    container = raw["format"]
    width, height, rotation, sar = geometry(video)
    fps, mode = _frame_rate(video)
    return Probe(
        duration=duration, format=container["format_name"], kind="video" if video else "audio",
        has_video=video is not None, has_audio=audio is not None, width=width, height=height,
        coded_width=int(video["width"]) if video else 0, coded_height=int(video["height"]) if video else 0,
        sar=sar, rotation=rotation, fps=fps, fps_mode=mode, hdr=_hdr(video), interlaced=_is_interlaced(video),
        start_time=max(0.0, _seconds(container.get("start_time")) or 0.0),  # below 0 lies codec priming
        video=int(video["index"]) if video else -1, audio=int(audio["index"]) if audio else -1,
        tracks=[_track(stream) for stream in raw["streams"]], warnings=warnings,
        matrix=(video or {}).get("color_space", ""))


def _hdr(video: dict[str, Any] | None) -> str:
    return _HDR.get((video or {}).get("color_transfer", ""), "")


def _is_interlaced(video: dict[str, Any] | None) -> bool:
    return (video or {}).get("field_order", "progressive") not in ("progressive", "unknown")



def geometry(video: dict[str, Any] | None) -> tuple[int, int, int, str]:
    """Display width and height, clockwise rotation in degrees, sample aspect ratio of a stream by ffprobe."""
    if video is None:
        return 0, 0, 0, ""
    turn = next((int(float(s["rotation"])) for s in video.get("side_data_list", []) if "rotation" in s), 0)
    rotation = -turn % 360
    sar = str(video.get("sample_aspect_ratio") or "1:1").replace("0:1", "1:1")
    across, _, down = sar.partition(":")
    width, height = int(video["width"]), int(video["height"])
    if across.isdigit() and down.isdigit() and int(across) and int(down):
        if max(int(across), int(down)) > ODD_PIXELS * min(int(across), int(down)):
            sar = "1:1"  # a header that lies; believing it would make a small picture 4K
        else:
            width = round(width * int(across) / int(down))
    if rotation in (90, 270):
        width, height = height, width
    return width, height, rotation, sar


def _frame_rate(video: dict[str, Any] | None) -> tuple[float, str]:
    """Average frames per second, and `cfr` or `vfr`; 0 and "" without video."""
    if video is None:
        return 0.0, ""
    average, base = _fraction(video.get("avg_frame_rate")), _fraction(video.get("r_frame_rate"))
    rate = average or base
    steady = bool(average and base) and abs(average / base - 1) < 0.01
    return round(float(rate), 3), "cfr" if steady else "vfr"


def _fraction(value: Any) -> Fraction:
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return Fraction(0)


def _track(stream: dict[str, Any]) -> dict[str, Any]:
    """One line of the public report (X012)."""
    track: dict[str, Any] = {"type": stream.get("codec_type", "data"), "codec": stream.get("codec_name", "")}
    if track["type"] == "video":
        track |= {"width": stream.get("width", 0), "height": stream.get("height", 0),
                  "pixel_format": stream.get("pix_fmt", ""),
                  "cover_art": bool(stream.get("disposition", {}).get("attached_pic"))}
    elif track["type"] == "audio":
        track |= {"channels": stream.get("channels", 0), "sample_rate": int(stream.get("sample_rate") or 0)}
    return track


def _warnings(raw: dict[str, Any], video: dict[str, Any] | None, audio: dict[str, Any] | None, *,
              cut_short: bool) -> list[str]:
    """What of the source a clip will not keep as it is, and what is odd about the file, in sentences (X012)."""
    tracks = sum(stream.get("codec_type") == "audio" for stream in raw["streams"])
    picture = video or {}
    notes = {
        "The file ends before it should: it seems to have been cut off on its way.": cut_short,
        NO_LENGTH: not _seconds(raw["format"].get("duration")),
        "Only the first of several audio tracks is used.": tracks > 1,
        **_start_notes(video, audio),
        "The picture is rotated; clips are upright.": geometry(video)[2] != 0,
        "HDR is converted to standard range in clips.": bool(_hdr(video)),
        "The frame rate varies; clips keep its timing.": _frame_rate(video)[1] == "vfr",
        "The picture is interlaced; clips are deinterlaced.": _is_interlaced(video),
        "The picture's width or height is odd; clips are one pixel smaller.":
            any(int(picture.get(side, 0)) % 2 for side in ("width", "height")),
    }
    return [sentence for sentence, true in notes.items() if true]


def _start_notes(video: dict[str, Any] | None, audio: dict[str, Any] | None) -> dict[str, bool]:
    """Whether sound and picture start at different times; both keep their time in clips."""
    starts = [_seconds((stream or {}).get("start_time")) for stream in (video, audio)]
    if starts[0] is None or starts[1] is None:
        return {}
    apart = starts[1] - starts[0]
    return {f"The sound starts {apart:.1f} s after the picture.": apart > NOTICED,
            f"The picture starts {-apart:.1f} s after the sound.": -apart > NOTICED}

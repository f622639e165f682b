"""A copy that every browser plays, where the source is none: what needs one, and how it is made.

The copy keeps the source's clock: it starts at 0 where a player shows 0, a picture or sound that starts late
starts late in it, and a varying frame rate varies. Source: engine 3, studio 3.3.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from media import audio, ffmpeg
from media.encode import filters
from media.errors import MediaError
from media.ffmpeg import Sandbox
from media.probe import NO_LENGTH, Probe
from media.quality import fit

MOST_SHORT_SIDE = 1080  # pixels; above it a browser works too hard for a preview
MOST_BITS = 12e6  # a second
SUBSAMPLED = ("yuv420p", "yuvj420p")
# Container and kind -> the codecs that play in it everywhere. Matroska counts as WebM with WebM's codecs only.
PICTURE = {"mp4": ("h264",), "matroska": ("vp8", "vp9")}
SOUND = {"mp4": ("aac", "mp3", "opus"), "matroska": ("opus", "vorbis")}
ALONE = {"mp3": ("mp3",), "wav": ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_f32le"), "flac": ("flac",),
         "ogg": ("vorbis", "opus", "flac"), "aac": ("aac",), "mp4": ("aac", "mp3", "opus"),
         "matroska": ("opus", "vorbis")}
VIDEO = ("-c:v", "libx264", "-preset", "superfast", "-crf", "26", "-pix_fmt", "yuv420p",
         "-force_key_frames", "expr:gte(t,n_forced)")  # a key frame each second, so that seeking is quick
AUDIO = ("-c:a", "aac", "-b:a", "96k")
BYTES_PER_SECOND = 2_000_000  # 720p at CRF 26 stays far below; only bounds the output file


def needed(found: Probe, size: int) -> str:
    """Why browsers cannot play a source of `size` bytes, in words for staff; "" where they can; pure."""
    container = next((name for name in (*PICTURE, *ALONE) if name in found.format.split(",")), "")
    sound = _codec(found, "audio", found.audio)
    if not found.has_video:
        return "" if sound in ALONE.get(container, ()) else f"{sound or 'sound'} in {found.format}"
    picture = _codec(found, "video", found.video)
    reasons = {
        f"{picture} in {found.format}": picture not in PICTURE.get(container, ()),
        f"{sound} in {found.format}": found.has_audio and sound not in SOUND.get(container, ()),
        "pixels": _pixels(found) not in SUBSAMPLED,
        "size": min(found.width, found.height) > MOST_SHORT_SIDE,
        "rate": size * 8 > MOST_BITS * max(1.0, found.duration),
        "no length": NO_LENGTH in found.warnings,
    }
    return ", ".join(reason for reason, true in reasons.items() if true)


def file_name(found: Probe) -> str:
    return "proxy.mp4" if found.has_video else "proxy.m4a"


def make(source: Path, found: Probe, target: Path, sandbox: Sandbox, *,
         progress: Callable[[float], None] | None = None) -> None:
    """Write the copy to `target`: H.264 at most 720p with AAC as MP4, or AAC alone as M4A.

    `progress` gets the share done, 0..1. Raises MediaError, ToolStopped.
    """
    def report(written: float) -> None:
        if progress is not None:
            progress(min(1.0, written / found.duration))

    limits = ffmpeg.render_limits(found.duration, expected=int(BYTES_PER_SECOND * max(1.0, found.duration)))
    sandbox.run(proxy_argv(source, found, target), limits=limits, on_progress=report)
    if not target.is_file() or not target.stat().st_size:
        raise MediaError("media_error", "No copy could be made.")
    report(found.duration)


def proxy_argv(source: Path, found: Probe, target: Path) -> list[str]:
    """The ffmpeg call; pure. Timestamps stay the file's own until the filters shift them to the source's clock."""
    zero = found.start_time
    after: list[str] = []
    if found.has_video:
        chain = [f"setpts=PTS-{zero:.6f}/TB", *filters(found, fit(found.width, found.height, "720p"))]
        after += ["-map", f"0:{found.video}", "-vf", ",".join(chain), "-fps_mode", "passthrough",
                  "-enc_time_base:v", "demux", *VIDEO]
    if found.has_audio:
        sound = [f"asetpts=PTS-{zero:.6f}/TB", *audio.mixed(found), audio.ALIGNED,
                 f"atrim=end={found.duration:.6f}"]
        after += ["-map", f"0:{found.audio}", "-af", ",".join(sound), "-ac", "1" if found.channels < 2 else "2", *AUDIO]
    return ffmpeg.ffmpeg_argv(source, target, strict=False,
                              before=["-copyts", "-t", f"{found.duration + zero:.6f}"],
                              after=[*after, "-movflags", "+faststart"])


def _codec(found: Probe, kind: str, stream: int) -> str:
    return str(_track(found, kind, stream).get("codec", ""))


def _pixels(found: Probe) -> str:
    return str(_track(found, "video", found.video).get("pixel_format", ""))


def _track(found: Probe, kind: str, stream: int) -> dict[str, Any]:
    """The line of the media report about a stream; {} where there is none."""
    listed = found.tracks[stream] if 0 <= stream < len(found.tracks) else {}
    return listed if listed.get("type") == kind else {}

"""A cut of the sound alone, exact to the sample up to what the format itself can hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from media import ffmpeg
from media.cut import Cut
from media.errors import MediaError, ToolFailed
from media.ffmpeg import Sandbox
from media.probe import Probe

CODECS = {
    "mp3": ("-c:a", "libmp3lame", "-q:a", "2"),
    "wav": ("-c:a", "pcm_s16le"),
    "m4a": ("-c:a", "aac", "-b:a", "160k", "-movflags", "+faststart"),
    "flac": ("-c:a", "flac"),
}
# Gaps are filled and overlaps trimmed until the sound follows its timestamps from 0 on; then every sample
# gets the time of its place, so that jitter in the source cannot reach the encoder.
ALIGNED = "aresample=async=1:min_hard_comp=0.01:first_pts=0,asetpts=N/SR/TB"
PREROLL = 1.0  # seconds decoded before the cut, so that a codec with memory is settled at its start
SHORT = 0.15  # seconds that may be missing at the end: some encoders and containers count in blocks
MOST_CHANNELS = 8  # that encoders take; of more, as recorders write them, nobody says where each belongs
BYTES_PER_SECOND = 8 * 192_000 * 4  # 8 channels at 192 kHz in 32 bit; only bounds the output file


def extract(source: Path, found: Probe, cut: Cut, format: str, target: Path, sandbox: Sandbox, *,
            progress: Callable[[float], None] | None = None) -> None:
    """Write the sound of `cut` (seconds) to `target` as mp3, wav, m4a or flac.

    `progress` gets the share done, 0..1. Raises MediaError (no_audio; out_of_range also where
    the track has ended), ToolStopped.
    """
    if not found.has_audio:
        raise MediaError("no_audio", "This source has no audio track.")
    cut = cut.within(found.duration)

    def report(written: float) -> None:
        if progress is not None:
            progress(min(1.0, written / cut.duration))

    limits = ffmpeg.render_limits(cut.duration + PREROLL, expected=int(BYTES_PER_SECOND * cut.duration))
    done = sandbox.run(extract_argv(source, found, cut, format, target), limits=limits, on_progress=report)
    made = _length(target, "a:0", sandbox)
    if made == 0:
        raise MediaError("out_of_range", "The audio track has no sound in this range.")
    if made is not None and made < cut.duration - SHORT:
        _check_whole(source, found, cut.start + made, sandbox, done.stderr)


def _check_whole(source: Path, found: Probe, end: float, sandbox: Sandbox, told: str) -> None:
    """Raise MediaError where the sound ends at `end` because data are missing, and not because the track does."""
    claimed = _length(source, str(found.audio), sandbox)
    if "prematurely" in told or (claimed is not None and claimed > end + SHORT):
        raise MediaError("media_error", "The file is incomplete: its sound ends before this range does.", told)


def _length(path: Path, stream: str, sandbox: Sandbox) -> float | None:
    """Seconds of a track as its container says, 0 for a track without any packet, None where nobody says.

    The encoder is content with an empty file where the track has ended.
    """
    argv = ffmpeg.ffprobe_argv(path, "-select_streams", stream, "-read_intervals", "%+#1", "-show_entries",
                               "packet=size:stream=duration", "-of", "json")
    try:
        answer = json.loads(sandbox.run(argv, limits=ffmpeg.PROBE_LIMITS).stdout)
    except ToolFailed:
        return 0.0
    if not answer.get("packets"):
        return 0.0
    length = next((stream.get("duration") for stream in answer.get("streams", [])), None)
    return None if length is None else float(length)


def extract_argv(source: Path, found: Probe, cut: Cut, format: str, target: Path, *,
                 padded: bool = False) -> list[str]:
    """The ffmpeg call; pure. The seek is only rough, the filter cuts at the sample.

    `padded` sound goes on in silence to the cut's end.
    """
    seek = max(0.0, cut.start - PREROLL)
    start, end = cut.start - seek, cut.end - seek
    chain = [f"atrim=start={start:.6f}:end={end:.6f}", f"asetpts=PTS-{start:.6f}/TB",
             *(mixed(found) if format != "wav" else []), ALIGNED]
    if padded:
        chain.append(f"apad=whole_dur={cut.duration:.6f}")
    after = ["-map", f"0:{found.audio}", "-vn", "-af", ",".join(chain), *CODECS[format]]
    return ffmpeg.ffmpeg_argv(source, target, before=ffmpeg.seek(seek + found.start_time, end + PREROLL), after=after)


def mixed(found: Probe) -> list[str]:
    """The filter that puts more channels than encoders take into both ears, as loud together as they are; pure."""
    if found.channels <= MOST_CHANNELS:
        return []
    share = "+".join(f"{found.channels ** -0.5:.4f}*c{number}" for number in range(found.channels))
    return [f"pan=stereo|c0={share}|c1={share}"]

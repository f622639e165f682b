"""A cut of the sound alone, exact to the sample up to what the format itself can hold."""

from __future__ import annotations

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
    sandbox.run(extract_argv(source, found, cut, format, target), limits=limits, on_progress=report)
    if not _has_sound(target, sandbox):
        raise MediaError("out_of_range", "The audio track has no sound in this range.")


def _has_sound(path: Path, sandbox: Sandbox) -> bool:
    """Whether the file holds a packet: the tool is content with an empty one where the track has ended."""
    argv = ffmpeg.ffprobe_argv(path, "-read_intervals", "%+#1", "-show_entries", "packet=size", "-of", "csv=p=0")
    try:
        return bool(sandbox.run(argv, limits=ffmpeg.PROBE_LIMITS).stdout.strip())
    except ToolFailed:
        return False


def extract_argv(source: Path, found: Probe, cut: Cut, format: str, target: Path, *,
                 padded: bool = False) -> list[str]:
    """The ffmpeg call; pure. The seek is only rough, the filter cuts at the sample.

    `padded` sound goes on in silence to the cut's end.
    """
    seek = max(0.0, cut.start - PREROLL)
    start, end = cut.start - seek, cut.end - seek
    chain = f"atrim=start={start:.6f}:end={end:.6f},asetpts=PTS-{start:.6f}/TB,{ALIGNED}"
    if padded:
        chain += f",apad=whole_dur={cut.duration:.6f}"
    after = ["-map", f"0:{found.audio}", "-vn", "-af", chain, *CODECS[format]]
    return ffmpeg.ffmpeg_argv(source, target, before=ffmpeg.seek(seek + found.start_time, end + PREROLL), after=after)

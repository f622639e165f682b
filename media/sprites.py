"""A filmstrip: small pictures of the whole video, a hundred on a JPEG, each at a known time.

Decoding everything would cost hours of CPU for a long source, so only keyframes are decoded, and of those only
the ones that are shown: tile n is the last keyframe at or before n times the interval, so it is right within a
GOP. Where keyframes are too far apart for that and the source is small enough, every frame is decoded instead.
Measured on three hours of 1080p with a keyframe each second: 2.7 s of CPU to list the keyframes and 3.6 s to
decode 600 of them, against 43 s for all of them. Source: engine 3, studio 3.3.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from media import ffmpeg
from media.encode import TONE_MAP
from media.errors import MediaError, ToolFailed, ToolTimedOut
from media.ffmpeg import Limits, Sandbox
from media.probe import SCAN_LIMITS, Probe

COLUMNS = ROWS = 10
MOST_TILES = 600
LONG_SIDE = 160  # pixels
# Pixels that may be decoded where keyframes alone would show too little: about 20 s of CPU for H.264.
AFFORDABLE = 8e9
SLOWEST = 1e8  # pixels decoded in a second of CPU
TRIED = 8  # keyframes, to see whether they can be decoded by themselves
LATE = 0.1  # seconds that may pass before the first keyframe is shown; an edit list may hide an earlier one
SLACK = 0.001  # seconds; Matroska rounds to milliseconds


@dataclass(frozen=True, slots=True)
class Keyframes:
    """Keyframes in the file's order: seconds on the source's clock, and their timestamps as the file counts them.

    `clock` says which timestamps those are, `pts` or, where a container has no such, `dts`.
    """

    times: list[float]
    stamps: list[int]
    clock: str


@dataclass(frozen=True, slots=True)
class Strip:
    """What was made: tile n, row by row, shows the source at n x `interval` seconds."""

    images: list[Path]
    tile_width: int
    tile_height: int
    interval: float
    count: int


def grid(duration: float) -> tuple[float, int]:
    """Seconds between tiles, in whole milliseconds, and their number: one a second, at most 600; pure."""
    interval = max(1.0, math.ceil(duration / MOST_TILES * 1000 - 1e-6) / 1000)
    return interval, min(MOST_TILES, max(1, math.ceil(duration / interval - 1e-6)))


def tile_size(width: int, height: int) -> tuple[int, int]:
    """The even size of a tile with the picture's own ratio: the long side is 160; pure."""
    scale = LONG_SIDE / max(width, height)
    return max(2, 2 * round(width * scale / 2)), max(2, 2 * round(height * scale / 2))


def strip(source: Path, found: Probe, folder: Path, sandbox: Sandbox, *,
          progress: Callable[[float], None] | None = None) -> Strip:
    """Write the filmstrip's JPEGs into `folder`. `progress` gets the share done, 0..1.

    Raises MediaError (no_video), ToolStopped. Source: X028.
    """
    if not found.has_video:
        raise MediaError("no_video", "This source has no video track.")
    interval, count = grid(found.duration)
    keys = keyframes(source, found, sandbox)
    pattern = Path(str(folder).replace("%", "%%")) / "sprites-%d.jpg"
    way = _way(found, keys, interval, count, reliable=stand_alone(source, found, keys, sandbox))

    def report(written: float) -> None:
        if progress is not None:
            progress(min(1.0, written / found.duration))

    cpu = 900 + int(_pixels(found) / SLOWEST) * way.everything
    limits = Limits(cpu=cpu, wall=4.0 * cpu, memory=4096 * ffmpeg.MIB, output=64 * ffmpeg.MIB)
    sandbox.run(strip_argv(source, found, pattern, how=way), limits=limits, on_progress=report)
    images = [folder / f"sprites-{number}.jpg" for number in range(math.ceil(count / (COLUMNS * ROWS)))]
    if not all(image.is_file() for image in images):
        raise MediaError("media_error", "No pictures could be taken from the video.")
    return Strip(images, *tile_size(found.width, found.height), interval, count)


def keyframes(source: Path, found: Probe, sandbox: Sandbox) -> Keyframes:
    """The keyframes as the container lists them; none where it cannot be read to its end."""
    argv = ffmpeg.ffprobe_argv(source, "-select_streams", str(found.video), "-show_entries",
                               "stream=time_base:packet=pts,dts,flags", "-of", "csv=p=0")
    try:
        lines = sandbox.run(argv, limits=SCAN_LIMITS).stdout.decode("ascii", "replace").splitlines()
    except (ToolFailed, ToolTimedOut):
        return Keyframes([], [], "pts")
    return _listed(lines, found.start_time)


def _listed(lines: list[str], zero: float) -> Keyframes:
    """Reads `pts,dts,flags` lines and the time base in the last one; pure."""
    rows = [line.split(",") for line in lines if line]
    base = next((row[0] for row in reversed(rows) if "/" in row[0]), "1/1000")
    over, _, under = base.partition("/")
    unit = int(over) / int(under)
    keys = [row for row in rows if len(row) > 2 and row[2].startswith("K") and "D" not in row[2]]
    column, clock = (0, "pts") if all(row[0].lstrip("-").isdigit() for row in keys) else (1, "dts")
    stamps = [int(row[column]) for row in keys if row[column].lstrip("-").isdigit()]
    return Keyframes([stamp * unit - zero for stamp in stamps], stamps, clock)


@dataclass(frozen=True, slots=True)
class Way:
    """How to get at the pictures: decode every frame, all keyframes, or those of `chosen` timestamps.

    `rough` leaves out what no other frame is made from; it is for everything, where that is much.
    """

    everything: bool = False
    rough: bool = False
    clock: str = "pts"
    chosen: tuple[int, ...] = ()


def _pixels(found: Probe) -> float:
    return found.coded_width * found.coded_height * max(1.0, found.fps) * found.duration


def stand_alone(source: Path, found: Probe, keys: Keyframes, sandbox: Sandbox) -> bool:
    """Whether keyframes decode without what lies between them, tried on the first of them.

    In H.264 with open GOPs they do not: the decoder loses count of the pictures left out.
    """
    tried = sorted(keys.times)[:TRIED]
    if not tried or found.tracks[found.video].get("codec") != "h264":
        return True
    until = sorted(keys.times)[TRIED] if len(keys.times) > TRIED else found.duration + 1
    argv = ffmpeg.ffprobe_argv(source, "-skip_frame", "nokey", "-select_streams", str(found.video),
                               "-read_intervals", f"%{until + found.start_time - 0.001:.6f}",
                               "-show_entries", "frame=pts_time", "-of", "csv=p=0")
    try:
        lines = sandbox.run(argv, limits=SCAN_LIMITS).stdout.decode("ascii", "replace").split()
    except (ToolFailed, ToolTimedOut):
        return False
    shown = [float(line.strip(",")) - found.start_time for line in lines if line[0] in "-.0123456789"]
    return len(shown) >= len(tried) and all(
        abs(one - other) < SLACK for one, other in zip(shown, tried, strict=False))


def _way(found: Probe, keys: Keyframes, interval: float, count: int, *, reliable: bool = True) -> Way:
    """Everything where keyframes are sparse or late, and that is affordable; else keyframes, few of many; pure."""
    ordered = sorted(zip(keys.times, keys.stamps, strict=True))
    times = [time for time, _ in ordered]
    shown = [max(0, bisect_right(times, number * interval + SLACK) - 1) for number in range(count)]
    behind = [number * interval - times[place] for number, place in enumerate(shown)] if times else [math.inf]
    affordable = _pixels(found) <= AFFORDABLE
    late = bool(times) and times[0] > LATE
    if ((max(behind) > interval or late) and affordable) or not reliable:
        return Way(everything=True, rough=not affordable)
    if len(times) <= 2 * count:
        return Way()
    return Way(clock=keys.clock, chosen=tuple(sorted({ordered[place][1] for place in shown})))


def one_of(name: str, numbers: Sequence[int]) -> str:
    """An expression of ffmpeg's that is true where `name` is one of the sorted `numbers`; pure.

    It halves the list: a plain sum of comparisons is too deep for ffmpeg from a hundred on.
    """
    if len(numbers) == 1:
        return f"eq({name},{numbers[0]})"
    middle = len(numbers) // 2
    return f"if(lt({name},{numbers[middle]}),{one_of(name, numbers[:middle])},{one_of(name, numbers[middle:])})"


def strip_argv(source: Path, found: Probe, target: Path, *, how: Way) -> list[str]:
    """The ffmpeg call; pure. Timestamps stay the file's own until the filters shift them to the source's clock."""
    interval, count = grid(found.duration)
    width, height = tile_size(found.width, found.height)
    zero, tone = found.start_time, f",{TONE_MAP}" if found.hdr else ""
    # Moved on by nearly an interval and rounded down, a frame lands on the first tile at or behind its time, and
    # stays until the next one comes.
    moved = f"setpts=PTS+{interval - SLACK - zero:.6f}/TB"
    chain = (f"{moved},fps=1000/{round(interval * 1000)}:start_time=0:round=down:eof_action=pass,"
             f"scale={width}:{height}:flags=area{tone},setsar=1,format=yuvj420p,"
             f"tpad=stop_mode=clone:stop={count},trim=end_frame={count},tile={COLUMNS}x{ROWS}")
    before = ["-threads", "1", "-copyts", "-t", f"{found.duration + zero + 1:.6f}"]
    if not how.everything:
        before += ["-skip_frame", "nokey", "-flags", "low_delay"]  # no picture waits for one that is left out
    elif how.rough:
        before += ["-skip_frame", "noref", "-skip_loop_filter", "all"]
    if how.chosen:
        before += ["-bsf:v", f"noise=drop='not({one_of(how.clock, how.chosen)})'"]
    return ffmpeg.ffmpeg_argv(source, target, before=before, strict=False, after=[
        "-map", f"0:{found.video}", "-an", "-vf", chain, "-fps_mode", "passthrough", "-q:v", "5",
        "-start_number", "0", "-f", "image2"])

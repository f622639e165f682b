"""Which frames a cut holds: reads timestamps around its edges, so the cost follows the cut and not the file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from media import ffmpeg
from media.cut import Cut
from media.errors import MediaError
from media.ffmpeg import Limits, Sandbox
from media.probe import SCAN_LIMITS, Probe

EPSILON = 0.0005  # seconds; Matroska and people round to milliseconds
LEAD = 2.0  # seconds read before the cut, to know the frame that is on screen at its start
TAIL = 2.0  # seconds read behind it, to know the first frame that is left out
# Reading ends before the first picture behind the tail. Where that leaves a pause of so many seconds, pictures
# that are shown before it may follow it in the file (B-frames): so many more packets are read.
PAUSE, REORDERED = 0.5, 40
SNAP = 0.1  # seconds an edge may move to a frame's own time; in slides it stays, so that no sound is lost


@dataclass(frozen=True, slots=True)
class Span:
    """The frames of a cut. Seconds on the source's clock (0 = what a player shows as 0).

    `seek` is where the output begins, `end` where it ends; `first` is the time of its first frame, which
    lies behind `seek` only where no frame begins near the cut's start; `last` is its last frame's time, which
    stays on screen until `end`; `count` frames in all. Where no frame begins in the cut, `still` is the time of
    the one that is on screen during all of it: it is shown from `seek` on. With `rate`, frames are repeated so
    that there are so many per second from `seek` on, and the other fields count those.
    """

    seek: float
    end: float
    first: float
    count: int
    last: float
    still: float | None = None
    rate: int | None = None

    @property
    def duration(self) -> float:
        return self.end - self.seek


def read_times(source: Path, found: Probe, cut: Cut, sandbox: Sandbox, *, decode: bool = False) -> list[float]:
    """Presentation times of the frames around `cut`, sorted, in seconds on the source's clock.

    Reads packets; with `decode`, or where packets carry no times, decoded frames. Raises MediaError.
    """
    begin, stop = max(0.0, cut.start - LEAD), min(cut.end + TAIL, found.duration)
    first = f"{begin + found.start_time:.6f}" if begin else ""
    read = partial(_read, source, found, cut, sandbox, decode=decode)
    times, packets = read(f"{first}%{stop + found.start_time:.6f}")
    if first and (not times or times[0] > begin):
        # Jumps pass over key frames that an edit list hides, and pictures that are shown need those.
        first = ""
        times, packets = read(f"%{stop + found.start_time:.6f}")
    if times and times[-1] < stop - PAUSE:
        times, _ = read(f"{first}%+#{packets + REORDERED}")
    return times


def _read(source: Path, found: Probe, cut: Cut, sandbox: Sandbox, interval: str, *,
          decode: bool) -> tuple[list[float], int]:
    """Times of the pictures shown in an interval of ffprobe's, and how many packets or frames it has."""
    entries = "frame=best_effort_timestamp_time" if decode else "packet=pts_time,flags"
    argv = ffmpeg.ffprobe_argv(source, "-select_streams", str(found.video), "-read_intervals", interval,
                               "-show_entries", entries, "-of", "csv=p=0")
    limits = SCAN_LIMITS if not decode else Limits(
        cpu=120 + int(40 * cut.duration), wall=120 + 40 * cut.duration, memory=SCAN_LIMITS.memory,
        output=SCAN_LIMITS.output, captured=SCAN_LIMITS.captured)
    lines = sandbox.run(argv, limits=limits).stdout.decode("ascii", "replace").splitlines()
    rows = [line.partition(",") for line in lines if line]
    times = [time for time, _, flags in rows if "D" not in flags]
    if not decode and "N/A" in times:
        return _read(source, found, cut, sandbox, interval, decode=True)
    filled = _filled(times, 1 / found.fps if found.fps else 0.04)
    return sorted({time - found.start_time for time in filled}), len(rows)


def _filled(times: list[str], step: float) -> list[float]:
    """Times as numbers; a frame without one (the last of some AVI files) follows its neighbour by `step`."""
    filled: list[float] = []
    for time in times:
        try:
            filled.append(float(time))
        except ValueError:
            filled.append(filled[-1] + step if filled else 0.0)
    return filled


def plan_span(times: list[float], found: Probe, cut: Cut) -> Span:
    """The frames in [start, end): first pts >= start, last pts < end, both within half a millisecond.

    Where no frame begins inside the cut (slides, a picture that ended before the sound), it holds the one on
    screen. Raises MediaError (out_of_range) where the video has no picture there at all.
    """
    inside = [time for time in times if cut.start - EPSILON <= time < cut.end - EPSILON]
    before = [time for time in times if time < cut.start - EPSILON]
    after = [time for time in times if time >= cut.end - EPSILON]
    if not inside:
        if not before:
            raise MediaError("out_of_range", "The video has no picture in this range.")
        return Span(seek=cut.start, end=cut.end, first=cut.start, count=1, last=cut.start, still=before[-1])
    first = inside[0]
    end = after[0] if after and after[0] - cut.end <= SNAP else cut.end
    if not after:
        end = max(min(cut.end, found.duration), inside[-1] + EPSILON)
    return Span(seek=first if first - cut.start <= SNAP else cut.start, end=end, first=first, count=len(inside),
                last=inside[-1])

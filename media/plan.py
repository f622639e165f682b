"""What a trim will hold: which frames, and where the clip begins and ends on the source's clock."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

from media.cut import Cut
from media.errors import MediaError
from media.ffmpeg import Sandbox, render_limits
from media.probe import Probe
from media.times import frame_times

EPSILON = 0.001  # a frame this close before the asked time is meant: callers round to milliseconds
REORDER_FRAMES = 20  # more than x264's 16 B-frames: how far decode order and display order differ
MARGIN_SECONDS = 1.0
SNAP_SECONDS = 0.1  # an end moves forward to the next frame by at most this: slower sources are slides
# By decoding: AVI does not say when a frame is shown, VP8 packets may show nothing.
DECODED_FORMATS, DECODED_CODECS = ("avi",), ("vp8",)


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds on the source's own clock. `frames` are the times of the frames to show, none for audio only.

    The clip is [start, end); `seek` is where reading begins, far enough before `start` that an open GOP's
    leading frames have their references.
    """

    start: float
    end: float
    seek: float
    frames: tuple[float, ...]

    @property
    def duration(self) -> float:
        return self.end - self.start

    @property
    def lead(self) -> float:
        """Seconds read and thrown away before the clip."""
        return self.start - self.seek


def margin(probe: Probe) -> float:
    """Seconds around an edge in which frames may be out of order."""
    return max(MARGIN_SECONDS, REORDER_FRAMES / probe.fps if probe.fps > 0 else MARGIN_SECONDS)


def plan_audio(cut: Cut, probe: Probe) -> Plan:
    """The cut to the sample, with a second before it so that decoders have settled."""
    start = probe.start_time + cut.start
    return Plan(start, probe.start_time + cut.end, max(probe.start_time, start - MARGIN_SECONDS), ())


def plan_video(source: Path, *, cut: Cut, probe: Probe, sandbox: Sandbox, careful: bool = False) -> Plan:
    """Snap the cut to real frames. `careful` decodes to find them and reads from further away.

    Raises MediaError `no_video` where the video track has nothing in the range.
    """
    start, end, around = probe.start_time + cut.start, probe.start_time + cut.end, margin(probe)
    decode = careful or probe.format_name in DECODED_FORMATS or probe.video_codec in DECODED_CODECS
    begin = start - around * (4 if careful else 1)
    if probe.video_index is None:
        raise MediaError("no_video", "The source has no video track.")
    times, last = frame_times(
        source, sandbox=sandbox, stream=probe.video_index, end=end + around, decode=decode,
        start=begin if begin > max(0.0, probe.start_time) else None,
        limits=render_limits(cut.duration + 600, 0))
    length = last or (1 / probe.fps if probe.fps else 0.0)
    first, stop, chosen = choose(times, start=start, end=end, last=length)
    return Plan(first, stop, max(probe.start_time, first - around * (4 if careful else 1)), chosen)


def choose(times: list[float], *, start: float, end: float, last: float) -> tuple[float, float, tuple[float, ...]]:
    """(start, end, frames) of the clip, snapped to `times` (sorted seconds; `last` is the last one's duration).

    The first frame is the first at or after `start`, the last one is the last before `end`, both with
    EPSILON of grace. A range between two frames gives the one on screen. A range that begins before the
    first frame, or ends after the last, keeps its own edge: the audio goes on there; so does an end from
    which the next frame is more than SNAP_SECONDS away. Pure.

    Raises MediaError `no_video`.
    """
    low, high = bisect_left(times, start - EPSILON), bisect_left(times, end - EPSILON)
    if low == high:
        if low == 0 or low == len(times) and start >= times[-1] + last:
            raise MediaError("no_video", "The video track has no picture in this range.")
        low -= 1
    first = start if low == 0 and start < times[0] - EPSILON else times[low]
    following = times[high] if high < len(times) else times[-1] + last
    # Where the next frame is far off (slides), the last one is shown until the asked end, no longer.
    return first, following if -EPSILON <= following - end <= SNAP_SECONDS else end, tuple(times[low:high])

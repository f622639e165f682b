"""A clean copy of a range of a video, packet by packet: what the range can be cut from again without its source.

Nothing is encoded. The copy begins with a key frame before the range, goes on a little behind its end, and keeps the
clock of its source: the same cut of either has the same frames at the same times. Source: X026.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, replace
from pathlib import Path

from media import ffmpeg, verify
from media.cut import Cut
from media.errors import MediaError
from media.ffmpeg import Sandbox
from media.frames import Span, plan_span, read_times
from media.probe import Probe

LEAD, TAIL = 3.0, 3.0  # seconds kept on both sides: a cut looks at the frames, and listens, a little beyond its edges
NEAR = 1.0  # seconds from the beginning that are read rather than jumped over, as in an encode
SAME = 5e-6  # seconds: times are printed in millionths, and the container's own clock is finer
WINDOW = 1.0  # seconds of sound that are compared at each edge
# Containers whose clock ticks in milliseconds go on in Matroska, which does so, too. MOV keeps any other clock, and
# takes every codec but a few, which MP4 takes.
IN_MATROSKA, IN_MP4 = {"matroska", "webm", "flv", "asf"}, {"av1", "vp9", "opus", "flac"}
TIMESCALE = ("-movie_timescale", "1000000")  # edit lists are written in it; the usual 1000 would round


@dataclass(frozen=True, slots=True)
class Master:
    """A file from which a range can be cut, and its facts. Its seconds are those of its source."""

    path: Path
    found: Probe


def copy(source: Path, found: Probe, cut: Cut, target: Path, sandbox: Sandbox) -> Master | None:
    """Copy `cut` of a video to `target` and compare both; None where the copy would not give the same clip.

    Then nothing is left at `target`, and all of the source is what has to be kept. That is also so where the range,
    with the way from its key frame, is nearly all of it. Raises ToolStopped, ToolOutOfSpace.
    """
    cut = cut.within(found.duration)
    if cut.start <= LEAD and cut.end + TAIL >= found.duration:
        return None
    made = Master(target, facts(found, cut))
    try:
        sandbox.run(copy_argv(source, found, cut, target),
                    limits=ffmpeg.render_limits(cut.duration, expected=source.stat().st_size))
        if target.stat().st_size < source.stat().st_size and _is_faithful(source, found, made, cut, sandbox):
            return made
    except MediaError:  # this container does not take what is in the source, or the copy cannot be read
        pass
    target.unlink(missing_ok=True)
    return None


def facts(found: Probe, cut: Cut) -> Probe:
    """What a copy of `cut` holds: the source's picture and sound, and nothing behind its end; pure."""
    tracks = [found.tracks[stream] for stream in (found.video, found.audio) if stream >= 0]
    return replace(found, format=container(found), duration=min(found.duration, cut.end + TAIL), tracks=tracks, video=0,
                   audio=1 if found.has_audio else -1)


def container(found: Probe) -> str:
    """The container that a copy goes into, as ffmpeg names it; pure."""
    if IN_MATROSKA & set(found.format.split(",")):
        return "matroska"
    return "mp4" if IN_MP4 & {track["codec"] for track in found.tracks} else "mov"


def copy_argv(source: Path, found: Probe, cut: Cut, target: Path) -> list[str]:
    """The call that copies; pure. Times are the container's own, before and after."""
    begin, stop = max(0.0, cut.start - LEAD) + found.start_time, cut.end + TAIL + found.start_time
    before = ["-copyts"]
    if cut.start - LEAD > NEAR:
        before += ["-seek_timestamp", "1", "-ss", f"{begin:.6f}"]
    tracks = ["-map", f"0:{found.video}", *(["-map", f"0:{found.audio}"] if found.has_audio else [])]
    into = container(found)
    return ffmpeg.ffmpeg_argv(source, target, before=before, after=[
        *tracks, "-c", "copy", "-to", f"{stop:.6f}", "-strict", "experimental",
        *(() if into == "matroska" else TIMESCALE), "-f", into])


def _is_faithful(source: Path, found: Probe, made: Master, cut: Cut, sandbox: Sandbox) -> bool:
    """Whether a cut of the copy is planned as one of the source is: the same frames and sound at the same times."""
    there, here = _planned(source, found, cut, sandbox), _planned(made.path, made.found, cut, sandbox)
    if len(there) != len(here) or any(abs(a - b) > SAME for a, b in zip(there, here, strict=True)):
        return False
    return not found.has_audio or _sounds_alike(source, found, made, cut, sandbox)


def _planned(path: Path, found: Probe, cut: Cut, sandbox: Sandbox) -> list[float]:
    """The span that a cut would have, as numbers, and the time of each of its frames."""
    times = read_times(path, found, cut, sandbox)
    span: Span = plan_span(times, found, cut)
    return [*(float(value or 0.0) for value in astuple(span)), *(t for t in times if span.first <= t <= span.last)]


def _sounds_alike(source: Path, found: Probe, made: Master, cut: Cut, sandbox: Sandbox) -> bool:
    """Whether the same blocks of sound, by their data, have the same times at both edges of the cut."""
    zero = found.start_time
    edges = ",".join(f"{max(0.0, at) + zero:.6f}%{max(0.0, at) + zero + WINDOW:.6f}"
                     for at in (cut.start, cut.end - WINDOW))
    there = verify.blocks(source, str(found.audio), edges, sandbox)
    here = verify.blocks(made.path, str(made.found.audio), edges, sandbox)
    if not there and not here:
        return True  # the sound has ended before
    # Silence is all alike: such blocks are compared in their order.
    shared = [data for data in here.keys() & there.keys() if len(here[data]) == len(there[data])]
    return bool(shared) and all(abs(a - b) <= SAME for data in shared
                                for a, b in zip(here[data], there[data], strict=True))

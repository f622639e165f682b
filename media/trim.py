"""A cut of a video as MP4, exact to the frame: copied as far as that is exact, else encoded. Source: engine 2."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from media import burn, smart, verify
from media.burn import Captions
from media.cut import Cut
from media.encode import encode
from media.errors import MediaError
from media.ffmpeg import Sandbox
from media.frames import Span, plan_span, read_times
from media.probe import Probe
from media.quality import fit
from media.smart_plan import Report
from media.subtitles import Compiled, Frame, MissingGlyphs
from media.subtitles import Report as CaptionReport
from media.typefaces import at_most
from media.verify import Found

Progress = Callable[[float], None]
SHARE_PLAN, SHARE_MADE = 0.05, 0.97  # of the progress
SETTING = 60.0  # seconds of the processor, beside the span's own, in which words must be measured; a hundredth is usual


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was made, measured on the result (X011). Seconds, milliseconds, display pixels.

    `start_error_ms` and `end_error_ms` say how far the first and the last frame's edge lie from the range
    that was asked for (less than a frame); `av_offset_ms` how much sound and picture start apart beyond
    what they do in the source. `captions` tells about what was drawn in, None where nothing was.
    """

    mode: str
    reencoded_s: float
    copied_s: float
    start_error_ms: float
    end_error_ms: float
    av_offset_ms: float
    width: int
    height: int
    duration: float
    frames: int
    captions: CaptionReport | None = None

    def cut(self) -> dict[str, Any]:
        """The public receipt of X011."""
        return {"mode": self.mode, "reencoded_s": self.reencoded_s, "copied_s": self.copied_s,
                "start_error_ms": self.start_error_ms, "end_error_ms": self.end_error_ms,
                "av_offset_ms": self.av_offset_ms}


def trim(source: Path, found: Probe, cut: Cut, target: Path, sandbox: Sandbox, *, cap: str | None = None,
         captions: Captions | None = None, progress: Progress | None = None) -> Receipt:
    """Write the frames of `cut` to `target` as MP4 and check them against the plan before returning.

    `cap` is a class (`1080p`, `720p`) that bounds the size; `progress` gets the share done, 0..1. `captions` are
    drawn in the same pass, which makes every frame anew.
    Raises MediaError (also out_of_range, missing_glyphs), ToolStopped, ToolOutOfSpace; then `target` is not to be
    used.
    """
    if not found.has_video:
        raise MediaError("no_video", "This source has no video track.")
    cut = cut.within(found.duration)
    tell = _Progress(progress)
    times = read_times(source, found, cut, sandbox)
    span = plan_span(times, found, cut)
    tell.planned(span)
    if captions is None and smart.eligible(found, span, cap):
        try:
            report = smart.run(source, found, span, target, sandbox, progress=tell.made)
            shown = [time - span.seek for time in times if span.first <= time <= span.last]
            made = verify.check_smart(target, span, source, found, sandbox, shown, report)
            return _receipt(made, span, cut, report)
        except MediaError:
            target.unlink(missing_ok=True)  # whatever it was, the full encode says the last word
    return _encoded(source, found, cut, span, target, sandbox, cap, tell, captions)


def _encoded(source: Path, found: Probe, cut: Cut, span: Span, target: Path, sandbox: Sandbox, cap: str | None,
             tell: _Progress, captions: Captions | None) -> Receipt:
    """The full encode; where it does not come out as planned, decoded frames are counted instead of packets."""
    fault: MediaError | None = None
    frame = Frame(*fit(found.width, found.height, cap))
    for decode, seeking in ((False, True), (True, True), (True, False)):
        try:
            if decode:
                span = plan_span(read_times(source, found, cut, sandbox, decode=True), found, cut)
            drawn = None
            if captions is not None:
                span = burn.steady(span)
                drawn = _compiled(captions, frame, span)
            encode(source, found, span, target, sandbox, cap=cap, seeking=seeking, progress=tell.made, captions=drawn)
            made = _receipt(verify.check(target, span, found, sandbox), span, cut)
            return made if drawn is None else replace(made, captions=drawn.report)
        except verify.Mismatch as mismatch:
            fault = mismatch
    raise MediaError("media_error", "The source's timing could not be reproduced exactly.",
                     fault.detail if fault else "")


def _compiled(captions: Captions, frame: Frame, span: Span) -> Compiled:
    """The captions of a span, on the clock of its output. Raises MediaError (missing_glyphs, timed_out)."""
    try:
        with at_most(SETTING + span.duration):
            return captions.compiled(frame, span.seek, span.end)
    except MissingGlyphs as fault:
        raise MediaError("missing_glyphs", str(fault)) from fault


class _Progress:
    """The share done as the caller hears it: it only grows, whatever has to be begun again."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress, self._share, self._duration = progress, 0.0, 1.0

    def planned(self, span: Span) -> None:
        """The frames are known."""
        self._duration = span.duration
        self._tell(SHARE_PLAN)

    def made(self, seconds: float) -> None:
        """So many seconds of output are written."""
        self._tell(SHARE_PLAN + (SHARE_MADE - SHARE_PLAN) * min(1.0, seconds / self._duration))

    def _tell(self, share: float) -> None:
        self._share = max(self._share, share)
        if self._progress is not None:
            self._progress(self._share)


def _receipt(result: Found, span: Span, cut: Cut, report: Report | None = None) -> Receipt:
    made = 1.0 if report is None else (report.head + report.tail) / span.count
    mode = "encode" if report is None else "smart" if made else "copy"
    return Receipt(
        mode=mode, reencoded_s=round(result.duration * made, 3), copied_s=round(result.duration * (1 - made), 3),
        start_error_ms=round((span.first - cut.start) * 1000, 3),
        end_error_ms=round((span.seek + result.duration - cut.end) * 1000, 3),
        av_offset_ms=round(result.av_offset * 1000, 3),
        width=result.width, height=result.height, duration=result.duration, frames=result.frames)

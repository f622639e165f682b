"""A cut of a video as MP4, exact to the frame.

Today every cut is a full encode; the receipt already has the words for cheaper ways. Source: engine 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media import audio, ffmpeg, verify
from media.cut import Cut
from media.errors import MediaError
from media.ffmpeg import Sandbox
from media.frames import EPSILON, Span, plan_span, read_times
from media.probe import Probe
from media.quality import fit
from media.verify import Found

Progress = Callable[[float], None]
AUDIO = ("-c:a", "aac", "-b:a", "160k")
VIDEO = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")
# PQ and HLG to BT.709: linear light, tone curve, then the usual transfer. Both are BT.2020 by their standard
# (BT.2100); files that leave that out would be refused by zscale.
TONE_MAP = ("setparams=color_primaries=bt2020:colorspace=bt2020nc,"
            "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,"
            "zscale=t=bt709:m=bt709:r=tv,format=yuv420p")
BYTES_PER_PIXEL_SECOND = 2.0  # crf 20 noise stays below it; only bounds the output file
NEAR = 1.0  # seconds from the beginning that are read rather than jumped over: some indexes start late
SHARE_PLAN = 0.05  # of the progress


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was made, measured on the result (X011). Seconds, milliseconds, display pixels.

    `start_error_ms` and `end_error_ms` say how far the first and the last frame's edge lie from the range
    that was asked for (less than a frame); `av_offset_ms` how much sound and picture start apart beyond
    what they do in the source.
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

    def cut(self) -> dict[str, Any]:
        """The public receipt of X011."""
        return {"mode": self.mode, "reencoded_s": self.reencoded_s, "copied_s": self.copied_s,
                "start_error_ms": self.start_error_ms, "end_error_ms": self.end_error_ms,
                "av_offset_ms": self.av_offset_ms}


def trim(source: Path, found: Probe, cut: Cut, target: Path, sandbox: Sandbox, *, cap: str | None = None,
         progress: Progress | None = None) -> Receipt:
    """Write the frames of `cut` to `target` as MP4 and check them against the plan before returning.

    `cap` is a class (`1080p`, `720p`) that bounds the size; `progress` gets the share done, 0..1.
    Raises MediaError (also out_of_range), ToolStopped, ToolOutOfSpace; then `target` is not to be used.
    """
    if not found.has_video:
        raise MediaError("no_video", "This source has no video track.")
    cut = cut.within(found.duration)
    tell = progress or (lambda share: None)
    fault: MediaError | None = None
    for decode, seeking in ((False, True), (True, True), (True, False)):
        try:
            span = plan_span(read_times(source, found, cut, sandbox, decode=decode), found, cut)
            tell(SHARE_PLAN)
            _encode(source, found, span, target, sandbox, cap=cap, seeking=seeking, progress=tell)
            return _receipt(verify.check(target, span, found, sandbox), span, cut)
        except verify.Mismatch as mismatch:
            fault = mismatch
    raise MediaError("media_error", "The source's timing could not be reproduced exactly.",
                     fault.detail if fault else "")


def _encode(source: Path, found: Probe, span: Span, target: Path, sandbox: Sandbox, *, cap: str | None,
            seeking: bool, progress: Progress) -> None:
    width, height = fit(found.width, found.height, cap)
    seeking = seeking and (span.seek if span.still is None else span.still) > NEAR
    argv = encode_argv(source, found, span, target, size=(width, height), seeking=seeking)
    expected = int(width * height * BYTES_PER_PIXEL_SECOND * max(1.0, span.duration))
    seconds = span.end - (span.seek if span.still is None else span.still) if seeking else span.end

    def report(written: float) -> None:
        progress(SHARE_PLAN + (0.97 - SHARE_PLAN) * min(1.0, written / span.duration))

    sandbox.run(argv, limits=ffmpeg.render_limits(seconds, expected=expected), on_progress=report)


def encode_argv(source: Path, found: Probe, span: Span, target: Path, *, size: tuple[int, int],
                seeking: bool = True) -> list[str]:
    """The full encode of a span; pure.

    With `seeking`, ffmpeg jumps to the keyframe before the span; without, it reads from the beginning and
    the filters cut, which is exact where an index lies.
    """
    before, cut_picture, cut_sound = _reach(found, span, seeking=seeking)
    after = ["-map", f"0:{found.video}"]
    if found.has_audio:
        # A track that ends inside the cut, or before it, goes on in silence: every player wants its length.
        sound = [*cut_sound, audio.ALIGNED, f"apad=whole_dur={span.duration:.6f}"]
        after += ["-map", f"0:{found.audio}", "-af", ",".join(sound), *AUDIO]
    if chain := [*cut_picture, *filters(found, size)]:
        after += ["-vf", ",".join(chain)]
    after += ["-fps_mode", "passthrough", "-enc_time_base:v", "demux", *VIDEO, *_ending(span),
              "-movflags", "+faststart"]
    return ffmpeg.ffmpeg_argv(source, target, before=before, after=after)


def _reach(found: Probe, span: Span, *, seeking: bool) -> tuple[list[str], list[str], list[str]]:
    """How to get at a span: input options, and what cuts the picture and the sound after decoding."""
    origin = span.seek if span.still is None else span.still
    if seeking:
        before = ffmpeg.seek(origin + found.start_time, span.end - origin)
        if span.still is None:
            return before, [], []
        late = span.seek - origin
        return before, ["trim=end_frame=1", "setpts=0"], [f"atrim=start={late:.6f}", f"asetpts=PTS-{late:.6f}/TB"]
    start, end, zero = span.seek - EPSILON, span.end - EPSILON, found.start_time
    before = ["-copyts", "-t", f"{span.end + 1 + zero:.6f}"]
    edges, shift = f"start={start + zero:.6f}:end={end + zero:.6f}", f"PTS-{span.seek + zero:.6f}/TB"
    picture = [f"trim={edges}", f"setpts={shift}"]
    if span.still is not None:
        picture = [f"trim=start={origin - EPSILON + zero:.6f}:end_frame=1", "setpts=0"]
    return before, picture, [f"atrim={edges}", f"asetpts={shift}"]


def _ending(span: Span) -> list[str]:
    """The last frame stays until the clip's end, no longer: before a pause it would bring all of it along.

    No frame may reach beyond that end: the encoder may hand a pause's length to a later frame.
    """
    at, left = span.last - span.seek - EPSILON, f"max(1\\,{span.duration:.6f}/TB-PTS)"
    length = f"if(gte(PTS*TB\\,{at:.6f})\\,{left}\\,min(DURATION\\,{left}))"
    return ["-bsf:v", f"setts=pts=PTS:dts=DTS:duration={length}"]


def filters(found: Probe, size: tuple[int, int]) -> list[str]:
    """The picture's way: deinterlace, tone map, scale or crop to the even `size`; often nothing.

    ffmpeg bakes the rotation by itself before the first filter. Pixels become square only when scaling.
    """
    chain: list[str] = []
    if found.interlaced:
        chain.append("bwdif=mode=send_frame:deint=interlaced")
    if found.hdr:
        chain.append(TONE_MAP)
    upright = found.rotation in (90, 270)
    stored = (found.coded_height, found.coded_width) if upright else (found.coded_width, found.coded_height)
    even = (stored[0] - stored[0] % 2, stored[1] - stored[1] % 2)
    if size[1] < found.height - 1 or size[0] < found.width - 1 or min(even) < 2:
        chain += [f"scale={size[0]}:{size[1]}:flags=bicubic", "setsar=1"]
    elif even != stored:
        chain.append(f"crop={even[0]}:{even[1]}:0:0")
    return chain


def _receipt(result: Found, span: Span, cut: Cut) -> Receipt:
    return Receipt(
        mode="encode", reencoded_s=round(result.duration, 3), copied_s=0.0,
        start_error_ms=round((span.first - cut.start) * 1000, 3),
        end_error_ms=round((span.seek + result.duration - cut.end) * 1000, 3),
        av_offset_ms=round(result.av_offset * 1000, 3),
        width=result.width, height=result.height, duration=result.duration, frames=result.frames)

"""The full encode of a cut: every frame is made anew. Source: engine 2, last paragraphs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from media import audio, burn, ffmpeg
from media.ffmpeg import Sandbox
from media.frames import EPSILON, Span
from media.probe import Probe
from media.quality import fit
from media.subtitles import Compiled

AUDIO = ("-c:a", "aac", "-b:a", "160k")
VIDEO = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")
# PQ and HLG to BT.709: linear light, tone curve, then the usual transfer. Both are BT.2020 by their standard
# (BT.2100); files that leave that out would be refused by zscale.
TONE_MAP = ("setparams=color_primaries=bt2020:colorspace=bt2020nc,"
            "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,"
            "zscale=t=bt709:m=bt709:r=tv,format=yuv420p")
BYTES_PER_PIXEL = 0.4  # of a frame: crf 20 of strong noise stays below it; only bounds the output file
HD = 720  # lines
LEAST_RATE = 30.0  # frames per second that are allowed for in any case
# Of several pictures of one time the first is kept: no player shows the others, and MP4 cannot hold them.
DISTINCT = "select=isnan(pts)+isnan(prev_selected_pts)+gt(pts\\,prev_selected_pts)"
NEAR = 1.0  # seconds from the beginning that are read rather than jumped over: some indexes start late


def encode(source: Path, found: Probe, span: Span, target: Path, sandbox: Sandbox, *, cap: str | None,
           seeking: bool, progress: Callable[[float], None], captions: Compiled | None = None) -> None:
    """Write `span` to `target`, with `captions` drawn in; `progress` gets seconds of output.

    Raises MediaError, ToolStopped, ToolOutOfSpace.
    """
    width, height = fit(found.width, found.height, cap)
    seeking = seeking and (span.seek if span.still is None else span.still) > NEAR
    if captions is not None:
        burn.prepare(captions, sandbox.folder)
    argv = encode_argv(source, found, span, target, size=(width, height), seeking=seeking,
                       burning=[] if captions is None else burn.filters(captions, (width, height)))
    rate = max(LEAST_RATE, found.fps)
    expected = int(width * height * BYTES_PER_PIXEL * rate * max(1.0, span.duration))
    seconds = span.end - (span.seek if span.still is None else span.still) if seeking else span.end
    sandbox.run(argv, limits=ffmpeg.render_limits(seconds, expected=expected), on_progress=progress)


def encode_argv(source: Path, found: Probe, span: Span, target: Path, *, size: tuple[int, int],
                seeking: bool = True, burning: Sequence[str] = ()) -> list[str]:
    """The full encode of a span; pure.

    With `seeking`, ffmpeg jumps to the keyframe before the span; without, it reads from the beginning and
    the filters cut, which is exact where an index lies. `burning` are the filters of burn.filters.
    """
    before, cut_picture, cut_sound = _reach(found, span, seeking=seeking)
    after = ["-map", f"0:{found.video}"]
    if found.has_audio:
        # A track that ends inside the cut, or before it, goes on in silence: every player wants its length.
        sound = [*cut_sound, *audio.mixed(found), audio.ALIGNED, f"apad=whole_dur={span.duration:.6f}"]
        after += ["-map", f"0:{found.audio}", "-af", ",".join(sound), *AUDIO]
    captioned = len(burning) > 0
    chain = [DISTINCT, *cut_picture, *(_told(found) * captioned), *filters(found, size, square=captioned),
             *_steadied(span), *burning]
    clock = "demux" if span.rate is None else "filter"
    after += ["-vf", ",".join(chain), "-fps_mode", "passthrough", "-enc_time_base:v", clock, *VIDEO, *_ending(span),
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
        # in two steps: an end given in frames counts from the file's first frame, wherever the start is
        picture = [f"trim=start={origin - EPSILON + zero:.6f}", "trim=end_frame=1", "setpts=0"]
    return before, picture, [f"atrim={edges}", f"asetpts={shift}"]


def _ending(span: Span) -> list[str]:
    """The last frame stays until the clip's end, no longer: before a pause it would bring all of it along.

    No frame may reach beyond that end: the encoder may hand a pause's length to a later frame.
    """
    at, left = span.last - span.seek - EPSILON, f"max(1\\,{span.duration:.6f}/TB-PTS)"
    length = f"if(gte(PTS*TB\\,{at:.6f})\\,{left}\\,min(DURATION\\,{left}))"
    return ["-bsf:v", f"setts=pts=PTS:dts=DTS:duration={length}"]


def _steadied(span: Span) -> list[str]:
    """Frames repeated at the span's rate, the first from its beginning, the last until its end."""
    if span.rate is None:
        return []
    repeated = ["loop=loop=-1:size=1", f"fps={span.rate}:start_time=0"]  # of a single frame `fps` makes nothing
    if span.still is None:
        repeated = [f"fps={span.rate}:start_time=0", "tpad=stop=-1:stop_mode=clone"]
    return [*repeated, f"trim=end_frame={span.count}", "settb=1/90000"]


def _told(found: Probe) -> list[str]:
    """How colours are written, for a picture that does not say it: captions are drawn by it and the clip says it.

    Players guess, and not all alike. This is what browsers take: BT.709 from 720 lines on, else BT.601. RGB would
    become BT.601 without a word.
    """
    if found.hdr or found.matrix not in ("", "gbr"):
        return []
    if found.matrix == "gbr":
        return ["scale=out_color_matrix=bt709:out_range=tv", "format=yuv420p"]
    return [f"setparams=colorspace={'bt709' if found.coded_height >= HD else 'smpte170m'}"]


def filters(found: Probe, size: tuple[int, int], *, square: bool = False) -> list[str]:
    """The picture's way: deinterlace, tone map, scale or crop to the even `size`; often nothing.

    ffmpeg bakes the rotation by itself before the first filter. Pixels become square only when scaling, or where
    that is asked for.
    """
    chain: list[str] = []
    if found.interlaced:
        chain.append("bwdif=mode=send_frame:deint=interlaced")
    if found.hdr:
        chain.append(TONE_MAP)
    upright = found.rotation in (90, 270)
    stored = (found.coded_height, found.coded_width) if upright else (found.coded_width, found.coded_height)
    even = (stored[0] - stored[0] % 2, stored[1] - stored[1] % 2)
    if size[1] < found.height - 1 or size[0] < found.width - 1 or min(even) < 2 or (square and even != size):
        chain += [f"scale={size[0]}:{size[1]}:flags=bicubic", "setsar=1"]
    elif even != stored:
        chain.append(f"crop={even[0]}:{even[1]}:0:0")
    return chain

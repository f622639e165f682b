"""Cut a video exact to the frame by encoding it anew, and look at the result before handing it out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from media.cut import Cut
from media.errors import MediaError, ToolTimedOut
from media.ffmpeg import (
    INPUT_FLAGS,
    RUN_FLAGS,
    STRIP_FLAGS,
    Limits,
    Sandbox,
    ffmpeg_binary,
    render_limits,
    threads,
)
from media.picture import filters, size
from media.plan import Plan, plan_video
from media.probe import Probe
from media.receipt import Receipt
from media.verify import Found, look, mismatch

log = logging.getLogger(__name__)

X264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p")
AAC = ("-c:a", "aac", "-b:a", "160k")
AUDIO_BYTES_PER_SECOND = 20_000  # 160 kbit/s


def trim(source: Path, target: Path, *, cut: Cut, probe: Probe, short_side: int | None, sandbox: Sandbox,
         on_progress: Callable[[float], None] | None = None) -> Receipt:
    """Write [cut.start, cut.end) of `source` to the MP4 `target`, exact to the frame.

    Times count from the container's first timestamp, which a player shows as 0. The first frame is the
    first source frame at or after the start, the last one the last before the end (1 ms of grace); audio
    keeps its offset to the picture. `short_side` caps the resolution in pixels and never upscales.
    `on_progress` gets fractions from 0 to 1. `target` exists only if the result was verified.

    Raises MediaError (`no_video`, `media_error`, `timed_out`), ToolStopped, ToolOutOfSpace.
    Source: C041, C101, X011.
    """
    draft = sandbox.folder / f"draft-{target.name}"
    try:
        plan, found = _made(source, draft, cut, probe, short_side, sandbox, on_progress)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return _receipt(plan, found, cut, probe)


def _made(source: Path, draft: Path, cut: Cut, probe: Probe, short_side: int | None, sandbox: Sandbox,
          on_progress: Callable[[float], None] | None) -> tuple[Plan, Found]:
    """Encode and verify; once more, more slowly, if the first result is not what was planned."""
    why = ""
    for careful in (False, True):
        try:
            plan = plan_video(source, cut=cut, probe=probe, sandbox=sandbox, careful=careful)
            _encode(source, draft, plan, probe, short_side, sandbox, on_progress)
            found = look(draft, sandbox=sandbox, seconds=plan.duration)
        except ToolTimedOut:
            raise
        except MediaError as fault:
            if careful or fault.code != "media_error":
                raise
            why = fault.detail
            continue
        why = mismatch(found, plan, probe, size(probe, short_side))
        if not why:
            return plan, found
        log.warning("trim: %s (careful: %s)", why, careful)
    raise MediaError("media_error", "The clip could not be cut exactly from this media.", why)


def argv(source: Path, target: Path, *, plan: Plan, probe: Probe, short_side: int | None) -> list[str]:
    """The encode (pure but for the list of filters that the binary has).

    Reading begins `plan.lead` seconds early and the output's own -ss drops them: a seek straight to the
    first frame would land inside an open GOP. -seek_timestamp makes the seek absolute, so that two
    versions of the tools need not agree on where the file begins.
    """
    chain = filters(probe, short_side)
    sound = () if probe.audio_index is None else ("-map", f"0:{probe.audio_index}", *AAC)
    stereo = ("-ac", "2") if probe.channels > 2 else ()
    return [
        ffmpeg_binary(), *RUN_FLAGS, *INPUT_FLAGS, "-threads", threads(),
        "-seek_timestamp", "1", "-ss", f"{plan.seek:.6f}", "-t", f"{plan.lead + plan.duration + 1:.6f}",
        "-i", f"file:{source}", "-map", f"0:{probe.video_index}", *sound, *stereo, *STRIP_FLAGS,
        "-ss", f"{max(0.0, plan.lead - early(plan)):.6f}", "-t", f"{plan.duration:.6f}",
        *(("-vf", ",".join(chain)) if chain else ()), "-fps_mode", "passthrough", *X264,
        "-threads", threads(), "-movflags", "+faststart", "-f", "mp4", f"file:{target}",
    ]


def early(plan: Plan) -> float:
    """Seconds by which the cut falls before the first frame (and before the first excluded one).

    Times are rounded to microseconds on the way; between frames there is room for that.
    """
    gaps = [after - before for before, after in zip(plan.frames, plan.frames[1:], strict=False)]
    return min(0.0005, min(gaps, default=0.002) / 4)


def _encode(source: Path, target: Path, plan: Plan, probe: Probe, short_side: int | None, sandbox: Sandbox,
            on_progress: Callable[[float], None] | None) -> None:
    def fraction(seconds: float) -> None:
        if on_progress is not None:
            on_progress(min(1.0, max(0.0, seconds / plan.duration)))

    sandbox.run(argv(source, target, plan=plan, probe=probe, short_side=short_side), read=[source],
                limits=_limits(plan, probe, short_side), on_progress=fraction)


def _limits(plan: Plan, probe: Probe, short_side: int | None) -> Limits:
    """One bit for each pixel of each frame is more than noise takes at this quality."""
    width, height = size(probe, short_side)
    picture = width * height * max(len(plan.frames), 1) // 8
    return render_limits(plan.lead + plan.duration, picture + round(plan.duration * AUDIO_BYTES_PER_SECOND))


def _receipt(plan: Plan, found: Found, cut: Cut, probe: Probe) -> Receipt:
    return Receipt(
        mode="encode", duration=found.duration, reencoded_s=found.duration, copied_s=0.0,
        start_error_ms=1000 * (plan.start - probe.start_time - cut.start),
        end_error_ms=1000 * (plan.end - probe.start_time - cut.end),
        av_offset_ms=1000 * found.moved(plan, probe), width=found.width, height=found.height,
        frames=len(found.frames), fps=found.fps)

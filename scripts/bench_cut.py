"""What a smart cut costs against a full encode and against a plain copy: rows as JSON, one a line.

    python scripts/bench_cut.py [folder] [--quick]

The sources are made in `folder` (default: a new temporary one). CPU is user + system of all tools.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from media import encode, frames, smart, trim
from media.cut import Cut
from media.ffmpeg import Sandbox, ffmpeg_binary
from media.frames import Span
from media.probe import Probe, probe

PIECE = 50  # seconds encoded once; longer sources repeat it
GOP = 250
SHORT = Cut(20.9, 50.9)  # begins in the middle of a GOP: the usual case
LONG = Cut(20.9, 620.9)


def rows(folder: Path, *, quick: bool = False) -> list[dict[str, Any]]:
    """All rows, `{"row", "value", "goal", "unit", "note"}`; `quick` uses 360p and two minutes for the long one."""
    source = _source(folder, quick=quick)
    sandbox = Sandbox(folder / "job")
    found = probe(source, sandbox)
    long = Cut(LONG.start, 140.9) if quick else LONG
    return [*_short(source, found, sandbox, folder), *_long(source, found, long, sandbox, folder)]


def _row(row: str, value: float, goal: str, unit: str, note: str) -> dict[str, Any]:
    return {"row": row, "value": round(value, 3), "goal": goal, "unit": unit, "note": note}


def _ffmpeg(*argv: str) -> str:
    done = subprocess.run([ffmpeg_binary(), "-hide_banner", "-nostdin", "-y", *argv], check=True,
                          capture_output=True, text=True)
    return done.stderr


def _source(folder: Path, *, quick: bool) -> Path:
    """1080p30 with moving grain, a key frame every 250 frames, B-frames, noise as sound; 11 minutes."""
    piece, whole = folder / "piece.mp4", folder / "whole.mp4"
    size = "640x360" if quick else "1920x1080"
    if not whole.exists():
        _ffmpeg("-v", "error", "-f", "lavfi", "-i", f"testsrc2=s={size}:r=30,noise=alls=6:allf=t", "-t", str(PIECE),
                "-c:v", "libx264", "-preset", "veryfast", "-g", str(GOP), "-sc_threshold", "0", "-pix_fmt", "yuv420p",
                str(piece))
        _ffmpeg("-v", "error", "-stream_loop", "-1", "-i", str(piece), "-f", "lavfi", "-i",
                "anoisesrc=r=48000:a=0.1:seed=7", "-t", "150" if quick else "660", "-c:v", "copy", "-c:a", "aac",
                "-b:a", "128k", "-movflags", "+faststart", str(whole))
    return whole


def _spent(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What `work` returns, the CPU seconds of its children, and wall seconds."""
    def now() -> float:
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        return spent.ru_utime + spent.ru_stime

    before, began = now(), time.perf_counter()
    made = work()
    return made, now() - before, time.perf_counter() - began


def _short(source: Path, found: Probe, sandbox: Sandbox, folder: Path) -> list[dict[str, Any]]:
    """30 s off a key frame: CPU against the full encode, frames, A/V, and how good the head is."""
    out, full = folder / "short.mp4", folder / "full.mp4"
    receipt, cpu, wall = _spent(lambda: trim.trim(source, found, SHORT, out, sandbox))
    span = frames.plan_span(frames.read_times(source, found, SHORT, sandbox), found, SHORT)
    _, encode_cpu, encode_wall = _spent(lambda: encode.encode(
        source, found, span, full, sandbox, cap=None, seeking=True, progress=lambda seconds: None))
    head = receipt.reencoded_s - 0.2
    smart_ssim, full_ssim = (_ssim(source, span, clip, head) for clip in (out, full))
    note = f"{cpu:.2f} of {encode_cpu:.2f} CPU-s, {wall:.2f} of {encode_wall:.2f} s; head {receipt.reencoded_s:.1f} s"
    return [
        _row("smart cut, 30 s off a key frame", cpu / encode_cpu, "<= 0.20", "of a veryfast encode",
             f"{note}; mode {receipt.mode}, child and checks included"),
        _row("smart cut, frames", receipt.frames, "== 900", "frames", f"{span.count} planned"),
        _row("smart cut, sound against picture", abs(receipt.av_offset_ms), "<= 1", "ms", "measured on the result"),
        _row("smart cut, head's likeness", smart_ssim - full_ssim, ">= 0", "SSIM",
             f"{smart_ssim:.4f}, the full encode has {full_ssim:.4f}"),
    ]


def _ssim(source: Path, span: Span, clip: Path, seconds: float) -> float:
    """Likeness of the clip's first `seconds` to the source, 0..1."""
    told = _ffmpeg("-ss", f"{span.seek:.6f}", "-t", f"{seconds:.3f}", "-i", str(source), "-t", f"{seconds:.3f}",
                   "-i", str(clip), "-lavfi", "[0:v]setpts=N/30/TB[a];[1:v]setpts=N/30/TB[b];[a][b]ssim=shortest=1",
                   "-an", "-f", "null", "-")
    return float(re.findall(r"All:([0-9.]+)", told)[-1])


def _long(source: Path, found: Probe, cut: Cut, sandbox: Sandbox, folder: Path) -> list[dict[str, Any]]:
    """Ten minutes: wall time against a plain copy plus the head's encode, and memory."""
    out, plain = folder / "long.mp4", folder / "plain.mp4"
    span = frames.plan_span(frames.read_times(source, found, cut, sandbox), found, cut)
    walls: dict[str, list[float]] = {"smart": [], "copy": [], "head": []}
    first_idr = -(-span.seek // (GOP / 30)) * GOP / 30
    for _ in range(3):
        receipt, _, wall = _spent(lambda: trim.trim(source, found, cut, out, sandbox))
        walls["smart"].append(wall)
        walls["copy"].append(_spent(lambda: _ffmpeg(
            "-v", "error", "-ss", f"{span.seek:.6f}", "-t", f"{span.duration:.6f}", "-i", str(source), "-c", "copy",
            "-movflags", "+faststart", str(plain)))[2])
        walls["head"].append(_spent(lambda: _ffmpeg(
            "-v", "error", "-ss", f"{span.seek:.6f}", "-t", f"{first_idr - span.seek:.6f}", "-i", str(source), "-an",
            "-c:v", "libx264", "-preset", "superfast", "-crf", "20", "-bf", "0", str(plain)))[2])
    made, copied, head = (sorted(walls[name])[1] for name in ("smart", "copy", "head"))
    rss, short = (_rss(source, found, part, sandbox, folder) for part in (cut, SHORT))
    size = out.stat().st_size / 1e6
    note = (f"{made:.2f} s; copy {copied:.2f} s, head of {receipt.reencoded_s:.1f} s {head:.2f} s; {size:.0f} MB, "
            f"medians of 3, mode {receipt.mode}")
    return [
        _row(f"smart cut, {cut.duration / 60:.0f} min", made / (copied + head), "<= 1.5",
             "of a copy and the head's encode", note),
        _row("the same, more strictly", made / (1.5 * copied + head), "<= 1",
             "of 1.5 copies and the head's encode", ""),
        _row(f"smart cut, memory at {cut.duration / 60:.0f} min", rss, "< 120", "MB",
             f"{short:.0f} MB at 30 s; resident peak of the process that cuts"),
    ]


def _rss(source: Path, found: Probe, cut: Cut, sandbox: Sandbox, folder: Path) -> float:
    """Resident peak of the cutting process, in MB of 2**20 bytes."""
    span = frames.plan_span(frames.read_times(source, found, cut, sandbox), found, cut)
    order = smart.order(source, found, span, folder / "rss.mp4", folder / "rss.json")
    child = subprocess.Popen(smart.smart_argv(order), stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError("the cutting process failed")
    return used.ru_maxrss / 1024


def main() -> None:
    """Print the rows."""
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    with tempfile.TemporaryDirectory(prefix="fastclip-bench-") as temporary:
        folder = Path(arguments[0] if arguments else temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for row in rows(folder, quick="--quick" in sys.argv):
            print(json.dumps(row))


if __name__ == "__main__":
    main()

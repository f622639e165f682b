"""What the studio's assets of a three-hour source cost; prints one JSON row per figure.

`scripts/bench_assets.py [folder]`: a minute of 1080p30 with a keyframe each second and stereo AAC is encoded once
and repeated without encoding, so that making the source costs a minute and 4 GB of disk.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from media import peaks, sprites
from media.ffmpeg import Sandbox, ffmpeg_binary
from media.probe import Probe, probe

HOURS = 3
PIECE = 60  # seconds
MOST_CPU = 60  # seconds, for peaks and sprites together
QUICK = os.environ.get("FASTCLIP_BENCH_QUICK", "") not in ("", "0")


def source(folder: Path) -> Path:
    """The long file; with FASTCLIP_BENCH_QUICK two minutes of it, only to see that everything runs."""
    piece, target = folder / "piece.mp4", folder / "hours.mp4"
    _ffmpeg("-f", "lavfi", "-i", f"testsrc2=s=1920x1080:r=30:d={PIECE},noise=alls=6:allf=t", "-f", "lavfi",
            "-i", f"anoisesrc=r=48000:a=0.3:c=pink:d={PIECE}", "-ac", "2", "-c:v", "libx264", "-preset", "ultrafast",
            "-g", "30", "-pix_fmt", "yuv420p", "-b:v", "3M", "-c:a", "aac", "-b:a", "128k", "-shortest", piece)
    seconds = 2 * PIECE if QUICK else HOURS * 3600 - 30
    _ffmpeg("-stream_loop", "-1", "-i", piece, "-t", str(seconds), "-c", "copy", "-movflags", "+faststart", target)
    piece.unlink()
    return target


def _ffmpeg(*arguments: str | Path) -> None:
    subprocess.run([ffmpeg_binary(), "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """CPU seconds, of the tools and of this process, and wall seconds of `work`."""
    before, began = _cpu(), time.monotonic()
    work()
    return _cpu() - before, time.monotonic() - began


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def row(name: str, value: float, *, goal: float | None = None, unit: str = "s", note: str = "") -> None:
    print(json.dumps({"row": name, "value": round(value, 1), "goal": f"<= {goal}" if goal else "", "unit": unit,
                      "note": note}), flush=True)


def measure(path: Path, found: Probe, sandbox: Sandbox) -> None:
    hours = f"{found.duration / 3600:.1f} h of {found.height}p"
    wave, wave_wall = cost(lambda: peaks.measure(path, found, sandbox))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    film, film_wall = cost(lambda: sprites.strip(path, found, sandbox.folder, sandbox))
    row("peaks and sprites of 3 h, CPU", wave + film, goal=MOST_CPU, note=hours)
    row("peaks of 3 h, CPU", wave, note=f"{wave_wall:.0f} s of wall time")
    row("sprites of 3 h, CPU", film, note=f"{film_wall:.0f} s of wall time")
    row("peaks of 3 h, memory of the worker", memory, unit="MB", note="numpy included")


def main() -> None:
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        folder = Path(name)
        sandbox = Sandbox(folder / "job")
        path = source(folder)
        measure(path, probe(path, sandbox), sandbox)


if __name__ == "__main__":
    main()

"""Jobs: from the request to the start, the price of a full encode's surroundings, and the workers' memory."""

from __future__ import annotations

import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import bench_media
from bench_rows import Row, alternate, median, percentile, sized, told
from bench_site import Site, resident

from media.ffmpeg import ffmpeg_binary

JOBS = sized(40, 1)
RUNS = sized(5, 1)
CUT = sized(30, 2)  # seconds
STARTS = """
from jobs.models import Job
for job in Job.objects.filter(kind="clip", status="complete").order_by("created_at"):
    print("JOB", job.pk, job.created_at.timestamp(), job.started_at.timestamp(), job.finished_at.timestamp())
"""


def rows(folder: Path) -> list[Row]:
    """Short cuts one after the other on an idle queue, then cuts of CUT seconds that need a full encode."""
    video = bench_media.talk(folder, seconds=sized(60, 8))
    with Site(folder / "jobs") as site:
        file_id = site.upload(video)
        short = [_one(site, file_id, 1.0, 1.2) for _ in range(JOBS)]
        idle = resident(site.worker_pids())
        plain, ours = alternate(RUNS, lambda: _plain(video, folder), lambda: _ours(site, file_id))
        times = _times(site)
    waits = [times[job][1] - times[job][0] for job in short]
    ratios = [mine / theirs for mine, theirs in zip(ours, plain, strict=True)]
    return [
        Row("from a request to the start of its job, median", median(waits), "< 0.3", "s",
            f"SQLite, {JOBS} jobs one after the other; p95 {percentile(waits, 0.95):.3f} s"),
        Row(f"full encode of {CUT} s to 720p / plain ffmpeg veryfast", median(ratios), "<= 1.5", "x",
            f"{told(ours)} s from request to finished clip against {told(plain)} s; probes, checks, poster, storage"),
        Row("worker's processes at rest", idle / 1e6, "", "MB", "supervisor, queue, two workers; shared pages twice"),
    ]


def _one(site: Site, file_id: str, start: float, end: float) -> str:
    job = site.cut(file_id, start, end)
    site.finished(job)
    time.sleep(datetime.now(UTC).microsecond % 200_000 / 1e6)  # so that jobs do not fall in step with the queue
    return job


def _times(site: Site) -> dict[str, tuple[float, float, float]]:
    """Creation, start and end of each finished job, in seconds of the Unix clock."""
    found = {}
    for line in site.manage("shell", "-v0", "-c", STARTS).splitlines():
        if line.startswith("JOB "):
            _, name, *moments = line.split()
            found[name] = (float(moments[0]), float(moments[1]), float(moments[2]))
    return found


def _ours(site: Site, file_id: str) -> float:
    """Seconds from a request to the end of its job. The size makes an encode of every frame necessary."""
    job = site.cut(file_id, 1.0, 1.0 + CUT, quality="720p")
    site.finished(job)
    created, _, ended = _times(site)[job]
    return ended - created


def _plain(video: Path, folder: Path) -> float:
    """The same encode by hand, without looking at the result."""
    target = folder / "plain.mp4"
    began = time.monotonic()
    subprocess.run([
        ffmpeg_binary(), "-hide_banner", "-nostdin", "-v", "error", "-y",
        "-ss", "1", "-t", str(CUT), "-i", f"file:{video}",
        "-vf", "scale=-2:720", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20",
        "-c:a", "aac", "-b:a", "160k", "-movflags", "+faststart", target], check=True)
    spent = time.monotonic() - began
    target.unlink()
    return spent

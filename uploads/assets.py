"""What the studio shows of a source beside the source itself: waveform, filmstrip, a copy that browsers play.

Each is a job of its own: validation submits the first, each one's end the next, so what is made is there at once
and a worker that dies costs one of them. Waveform and filmstrip, a matter of seconds, are of the kind `prepare`; a
proxy, a matter of minutes, is of the kind `proxy` and comes after everybody else's. None of it can fail the
upload. The source is not held for it: where it is gone, the work ends. Source: studio 3.3, X028.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core import storage, trash
from jobs import queue
from jobs.handlers import Handler, JobFailed, Outcome
from jobs.models import Job
from jobs.run import Run
from media import peaks, proxy, sprites
from media.ffmpeg import Sandbox
from media.probe import Probe
from uploads import services
from uploads.models import ASSET_KINDS, Asset, Upload

NICENESS = {"prepare": 10, "proxy": 19}  # of the tools: what people wait for goes first
Made = tuple[dict[str, Path], dict[str, Any]]  # files by their names in storage, and the facts about them


def wanted(upload: Upload) -> list[str]:
    """What is made for this source, in order; nothing before it was probed."""
    try:
        found = Probe.from_dict(upload.probe)
    except KeyError:  # not looked at yet, or by a version that knew less
        return []
    of_use = {"peaks": found.has_audio, "sprites": found.has_video, "proxy": bool(proxy.needed(found, upload.size))}
    return [kind for kind in ASSET_KINDS if of_use[kind]]


def needs_proxy(upload: Upload) -> bool:
    """Whether browsers cannot play the source as it is."""
    return "proxy" in wanted(upload)


def begin(upload: Upload, *, after: str = "") -> None:
    """Submit the next thing to make, in the caller's transaction; the first, or the one behind `after`."""
    left = wanted(upload)
    if after:
        left = [kind for kind in left if ASSET_KINDS.index(kind) > ASSET_KINDS.index(after)]
    if left:
        queue.submit(upload.account, kind="proxy" if left[0] == "proxy" else "prepare",
                     spec={"upload": upload.pk, "asset": left[0]}, source=upload.pk)


def _peaks(source: Path, found: Probe, run: Run, sandbox: Sandbox) -> Made:
    levels = peaks.measure(source, found, sandbox, progress=run.progress)
    files = {f"peaks-{number}.bin": run.folder / f"peaks-{number}.bin" for number in range(len(levels))}
    for level, path in zip(levels, files.values(), strict=True):
        path.write_bytes(level.to_bytes())
    return files, {"levels": [{"per_second": level.per_second, "length": level.length} for level in levels]}


def _sprites(source: Path, found: Probe, run: Run, sandbox: Sandbox) -> Made:
    made = sprites.strip(source, found, run.folder, sandbox, progress=run.progress)
    return {image.name: image for image in made.images}, {
        "tile_width": made.tile_width, "tile_height": made.tile_height,
        "interval": made.interval, "count": made.count}


def _proxy(source: Path, found: Probe, run: Run, sandbox: Sandbox) -> Made:
    target = run.folder / proxy.file_name(found)
    proxy.make(source, found, target, sandbox, progress=run.progress)
    return {target.name: target}, {"content_type": f"{found.kind}/mp4", "size": target.stat().st_size}


MAKERS = {"peaks": _peaks, "sprites": _sprites, "proxy": _proxy}


def _run(job: Job, run: Run) -> Outcome:
    """Make one thing and store it. Raises JobFailed (`source_gone`), MediaError."""
    upload = Upload.objects.get(pk=job.source)
    if upload.state != "ready":
        raise JobFailed("source_gone", queue.SOURCE_GONE)
    run.stage("processing", f"Preparing {job.spec['asset']}")
    source = services.source_path(upload, run.folder, tick=lambda _: run.progress(0))
    sandbox = Sandbox(run.folder, run.stop, niceness=NICENESS[job.kind])
    files, facts = MAKERS[job.spec["asset"]](source, Probe.from_dict(upload.probe), run, sandbox)
    services.check_source(upload)
    run.stage("uploading", "Storing it")  # raises where the source went meanwhile and the job with it
    for name, path in files.items():
        _keep(path, f"assets/{upload.pk}/{name}")
    return Outcome(result={"files": list(files), "facts": facts})


def _keep(path: Path, key: str) -> None:
    """Store a file unless an attempt that was cut off has stored it already: both hold the same."""
    try:
        storage.put(path, key)
    except FileExistsError:
        path.unlink()


def _record(job: Job, **columns: Any) -> None:
    """Write down what became of it and go on to the next; where the source is gone, what was made goes too."""
    upload = Upload.objects.select_related("account").get(pk=job.source)
    if upload.state != "ready":
        trash.discard(*upload.asset_keys())
        return
    if columns["state"] == "failed":
        trash.discard(*upload.asset_keys(job.spec["asset"]))  # an attempt may have stored them and got no further
    Asset.objects.get_or_create(upload=upload, kind=job.spec["asset"],
                                defaults=columns)
    begin(upload, after=job.spec["asset"])


def _done(job: Job, outcome: Outcome) -> None:
    _record(job, state="ready", **outcome.result)


def _failed(job: Job) -> None:
    """The studio goes on without it."""
    _record(job, state="failed", error=str(job.error))


def _seconds(job: Job) -> float:
    """The source's length, and on S3 what fetching it may take."""
    stored = Upload.objects.values_list("probe", flat=True).get(pk=job.source)
    return float(stored.get("duration") or 0) + services.seconds_to_fetch(job.source)


prepare = Handler(run=_run, done=_done, failed=_failed, seconds=_seconds)

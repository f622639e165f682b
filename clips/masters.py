"""Clean masters: what a captioned clip was made from is kept as long as the clip, its words too (X026).

Of an upload only the range of the clip is kept, copied without a loss; where that would not be exact, or the range is
all of it, the whole file under a second key. A clip that was captioned, and a master, are kept whole.
"""

from __future__ import annotations

from typing import Any

from captions import transcripts
from clips.hearing import MARGIN, Medium, Progress, Said, later
from clips.models import Clip, Master
from core import storage
from jobs.handlers import JobFailed
from jobs.models import Job
from jobs.run import Run
from media import burn, master
from media.burn import Captions
from media.cut import Cut
from media.probe import Probe
from uploads import services as uploads

GONE = "The clip is no longer available."


def keep(job: Job, run: Run, medium: Medium, cut: Cut, drawn: Captions) -> dict[str, Any]:
    """Store the master of a clip that shows `cut` (seconds of the file); returns the columns of its row.

    Raises JobFailed `source_gone` where the bytes have gone or changed meanwhile, ToolStopped, and what storing
    raises.
    """
    key = f"out/{job.pk}/{job.fence}.master"
    made = None
    if medium.upload is not None:
        made = master.copy(medium.path, medium.found, cut, run.folder / "clean", run.sandbox)
    found, size = (made.found, made.path.stat().st_size) if made else (medium.found, medium.pin.size)
    if made is not None and medium.upload is not None:
        uploads.check_source(medium.upload)
        storage.put(made.path, key)
    else:
        _keep_whole(medium, key)
    return {"key": key, "size": size, "start": cut.start, "end": min(cut.end, found.duration), "at": medium.at,
            "probe": found.to_dict(), "language": drawn.language, "said": _packed(drawn, cut)}


def _keep_whole(medium: Medium, key: str) -> None:
    try:
        storage.copy(medium.key, key, pin=medium.pin)
    except (FileNotFoundError, storage.BytesChanged):
        raise JobFailed("source_gone", uploads.SOURCE_GONE if medium.upload else GONE) from None


def _packed(drawn: Captions, cut: Cut) -> list[Any]:
    """What is said in a cut, and a little around it, for an edge may move to a frame; on the clock of the file."""
    start = max(0.0, cut.start - MARGIN)
    return transcripts.packed(later(burn.within(drawn.sentences, start, cut.end + MARGIN), start))


def medium_of(job: Job, run: Run, *, progress: Progress) -> tuple[Medium, Cut]:
    """The master of the clip of job `job.spec["job"]` as a file, and what the clip shows of it.

    `progress` gets the share that is here, 0 to 1. Raises JobFailed `source_gone` where the clip is gone meanwhile.
    """
    kept = of_job(job)
    try:
        pin = storage.pin_of(kept.key)
        path = storage.local_copy(kept.key, run.folder, pin=pin, tick=lambda done: progress(done / kept.size))
    except (FileNotFoundError, storage.BytesChanged):
        raise JobFailed("source_gone", GONE) from None
    medium = Medium(path, Probe.from_dict(kept.probe), kept.clip.source, kept.key, pin, at=kept.at, known=said(kept))
    return medium, Cut(kept.start, kept.end)


def of_job(job: Job) -> Master:
    """The master that a job starts from. Raises JobFailed `source_gone`."""
    mine = Master.objects.filter(clip__account=job.account, clip__deleted_at__isnull=True)
    found = mine.filter(clip__job=job.spec["job"]).select_related("clip").first()
    if found is None:
        raise JobFailed("source_gone", GONE)
    return found


def said(kept: Master) -> Said:
    """The words that were drawn, on the clock of the file."""
    return Said(transcripts.unpacked(kept.said), kept.language)


def let_go(clip: Clip) -> str:
    """Forget the master of a clip that goes, in the caller's transaction; returns the key of its file, "" for none."""
    kept = Master.objects.filter(clip=clip)
    key = kept.values_list("key", flat=True).first() or ""
    kept.delete()
    return key

"""What the library page, the job tray and the command palette show. Every query starts from the account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import Account
from captions.transcript_services import KIND as TRANSCRIPT
from clips import queries
from clips.models import Clip
from core import storage
from core.times import stamp
from jobs.models import INTERNAL_KINDS, OPEN, Job
from media.cut import label
from uploads import queries as uploads
from uploads.models import Upload

PAGE = 48  # rows: a multiple of 2, 3 and 4, so that the last line of the grid is full
TRAY_HOURS = 1  # how long a job that has ended stays in the tray
TRAY_MOST = 60
RECENT = 6
WARN = timedelta(hours=2)  # what goes within this time is marked
SOUND = ("mp3", "wav", "m4a", "flac")
KINDS = {"video": Q(format="mp4"), "gif": Q(format="gif"), "audio": Q(format__in=SOUND)}
HINTS = {
    "source_gone": "Upload the source again.", "out_of_range": "The range lies outside the media.",
    "no_speech": "Choose a range in which somebody speaks, or export without captions.",
    "missing_glyphs": "Choose a caption style whose font has these characters.",
    "no_audio": "The source has no sound to export.", "timed_out": "Try a shorter range.",
    "media_error": "The source is damaged there. Try another range.",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the reader wants to see: a tab, words in the name, a kind, a page counted from 0."""

    tab: str = "clips"
    words: str = ""
    kind: str = ""
    page: int = 0

    @property
    def filtered(self) -> bool:
        return bool(self.words or self.kind)

    def address(self, *, page: int = 0) -> str:
        """This wish as a query string, for another page of it."""
        said = {"tab": self.tab, "q": self.words, "kind": self.kind, "page": page}
        return "?" + urlencode({name: value for name, value in said.items() if value})


def read(query: Any) -> Wish:
    """A wish from the address; what makes no sense in it is left out."""
    tab, kind, page = query.get("tab", ""), query.get("kind", ""), query.get("page", "")
    return Wish(tab=tab if tab in TABS else "clips", words=query.get("q", "").strip()[:200].replace("\0", ""),
                kind=kind if kind in KINDS else "", page=int(page) if page.isdecimal() and len(page) < 6 else 0)


def library(account: Account, wish: Wish) -> dict[str, Any]:
    """Rows of the wanted tab with fresh addresses, the counts of all tabs, and what comes next."""
    find, draw = _TABS[wish.tab]
    first = wish.page * PAGE
    rows = list(find(account, wish)[first:first + PAGE + 1])
    counts = {"clips": queries.live_clips(account).count(), "uploads": uploads.alive(account).count(),
              "jobs": _kept_jobs(account).count()}
    return {"rows": draw(account, rows[:PAGE]), "counts": counts,
            "next": wish.address(page=wish.page + 1) if len(rows) > PAGE else "",
            "before": wish.address(page=wish.page - 1) if wish.page else ""}


def _clips(account: Account, wish: Wish) -> QuerySet[Clip]:
    found = queries.live_clips(account).select_related("job")
    if wish.words:
        found = found.filter(title__icontains=wish.words)
    return found.filter(KINDS[wish.kind]) if wish.kind else found


def _clip_rows(account: Account, clips: list[Clip]) -> list[dict[str, Any]]:
    ready = uploads.alive(account).filter(pk__in={clip.source for clip in clips}, state="ready")
    there = set(ready.values_list("pk", flat=True))
    return [{"row": clip, "assets": _assets(clip.source) if clip.source in there else "",
             "download_url": queries.download_url(clip), "thumbnail_url": queries.thumbnail_url(clip),
             "soon": _soon(clip.expires_at), "start": clip.job.spec.get("start"), "end": clip.job.spec.get("end")}
            for clip in clips]


def _uploads(account: Account, wish: Wish) -> QuerySet[Upload]:
    found = uploads.alive(account)
    if wish.words:
        found = found.filter(filename__icontains=wish.words)
    return found.filter(probe__kind=wish.kind) if wish.kind in ("video", "audio") else found


def _upload_rows(account: Account, found: list[Upload]) -> list[dict[str, Any]]:
    return [{"row": upload, "assets": _assets(upload.pk) if upload.state == "ready" else "",
             "soon": _soon(upload.expires_at), "thumbnail_url": _poster(upload)} for upload in found]


def _assets(file_id: str) -> str:
    """Where the small pictures of a ready source are told of; "" for sources that are gone, so nobody asks."""
    return f"/studio/{file_id}/assets.json"


def _poster(upload: Upload) -> str:
    if not upload.poster_key:
        return ""
    return storage.download_url(upload.poster_key, file_name=f"{upload.pk}.jpg", content_type="image/jpeg", inline=True)


def _kept_jobs(account: Account) -> QuerySet[Job]:
    """A day of jobs that make clips, newest first."""
    since = timezone.now() - timedelta(hours=24)
    mine = Job.objects.filter(account=account).exclude(kind__in=[*INTERNAL_KINDS, TRANSCRIPT])
    return mine.filter(Q(status__in=OPEN) | Q(finished_at__gt=since)).order_by("-created_at", "-pk")


def _jobs(account: Account, wish: Wish) -> QuerySet[Job]:
    found = _kept_jobs(account)
    if wish.words:
        named = Upload.objects.filter(account=account, filename__icontains=wish.words).values("pk")
        found = found.filter(source__in=named)
    return found


def _job_rows(account: Account, jobs: list[Job]) -> list[dict[str, Any]]:
    """Each as `GET /v1/clip/{job_id}` tells it, with a name, moments, a hint and where its page is."""
    jobs = queries.by_export(jobs)
    sources = Upload.objects.filter(account=account, pk__in={job.source for job in jobs})
    names = dict(sources.values_list("pk", "filename"))
    return [view | _about(job, names.get(job.source, "clip"))
            for job, view in zip(jobs, queries.job_views(account, jobs), strict=True)]


def _about(job: Job, filename: str) -> dict[str, Any]:
    start, end = (label(job.spec.get(edge) or 0).replace("-", ":") for edge in ("start", "end"))
    hint = HINTS.get(job.error_code or "", "Try again; if it fails once more, quote the job.")
    return {"name": f"{filename} {start}–{end}", "page_url": reverse("studio-job", args=[job.pk]),
            "started_at": stamp(job.started_at), "finished_at": stamp(job.finished_at), "hint": hint}


def tray(account: Account) -> dict[str, Any]:
    """The body of `/jobs/tray.json`: what runs and what ended within the hour, with five queries in all."""
    recent = Q(status__in=OPEN) | Q(finished_at__gt=timezone.now() - timedelta(hours=TRAY_HOURS))
    return {"jobs": _job_rows(account, list(_kept_jobs(account).filter(recent)[:TRAY_MOST])),
            "now": stamp(timezone.now())}


def recent(account: Account) -> list[dict[str, str]]:
    """The newest sources and clips by name, for the command palette."""
    clips = [{"title": clip.title, "kind": "Clip", "url": reverse("studio-job", args=[clip.job_id])}
             for clip in queries.live_clips(account)[:RECENT]]
    sources = uploads.recent(account, limit=RECENT, failed=False)
    return [{"title": upload.filename, "kind": "Upload", "url": reverse("studio-source", args=[upload.pk])}
            for upload in sources] + clips


def _soon(moment: Any) -> bool:
    return moment is not None and moment - timezone.now() < WARN


_TABS: dict[str, tuple[Callable[[Account, Wish], Any], Callable[[Account, list[Any]], list[dict[str, Any]]]]] = {
    "clips": (_clips, _clip_rows), "uploads": (_uploads, _upload_rows), "jobs": (_jobs, _job_rows)}
TABS = tuple(_TABS)

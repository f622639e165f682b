"""What this machine and its settings must offer, as Django system checks with ids and hints.

All carry the tag `doctor`; `manage.py doctor` runs them and names what is wrong. Those that start a tool or
touch the disk are registered as deployment checks too, so that ordinary commands stay fast. Checks that need
to know more than this layer are in fastclip_site/checks.py.
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import stat
from collections.abc import Sequence
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.checks import CheckMessage, Error, Warning, register
from redis.exceptions import RedisError

from core import storage
from media import ffmpeg

ENCODERS = ("libx264", "aac", "libmp3lame", "flac", "pcm_s16le", "gif")  # what the engine's outputs need
COMFORTABLE_DISK_FRACTION = 0.1  # twice what makes uploads and jobs answer 503
PACKAGES = {"curl": "curl", "node": "nodejs", "npm": "npm", "setpriv": "util-linux", "prlimit": "util-linux"}


@register("doctor", deploy=True)
def encoder(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """ffmpeg runs and has every encoder"""
    binary = ffmpeg.ffmpeg_binary()
    told = ffmpeg.tool_says(binary, "-encoders")
    if not told:
        return [Error(f"ffmpeg does not run: {binary}", id="FC.E001",
                      hint="Unset FFMPEG_BINARY, or let it name a working ffmpeg; then `make setup`.")]
    known = {words[1] for line in told.splitlines() if len(words := line.split()) > 1}
    missing = [name for name in ENCODERS if name not in known]
    if not missing:
        return []
    return [Error(f"ffmpeg ({binary}) lacks: {', '.join(missing)}", id="FC.E002",
                  hint="Unset FFMPEG_BINARY to use the ffmpeg that comes with imageio-ffmpeg.")]


@register("doctor", deploy=True)
def prober(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """ffprobe runs"""
    try:
        runs = bool(ffmpeg.tool_says(ffmpeg.ffprobe_binary(), "-version"))
    except FileNotFoundError:
        runs = False
    if runs:
        return []
    named = os.environ.get("FFPROBE_BINARY", "")
    return [Error(f"ffprobe is missing: {named}" if named else "ffprobe is missing.", id="FC.E003",
                  hint="Install the system package ffmpeg (make setup does), or correct FFPROBE_BINARY.")]


@register("doctor", deploy=True)
def sandbox(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """tools run in a sandbox"""
    missing = [name for name, works in ffmpeg.features().items() if not works]
    if not missing:
        return []
    told = f"Media tools run without: {', '.join(missing)}"
    hint = ("Install util-linux; in a container allow user namespaces. Without them a hostile file has fewer "
            "walls around it.")
    if settings.SANDBOX_REQUIRED:
        return [Error(told, hint=hint, id="FC.E004")]
    return [Warning(told, hint=hint, id="FC.W201")]


@register("doctor", deploy=True)
def data_folder(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """the data folder is writable"""
    found: list[CheckMessage] = []
    for folder in (settings.FASTCLIP_DATA, settings.MEDIA_ROOT, settings.SCRATCH_ROOT):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=folder, prefix=".doctor-") as probe:
                probe.write(b"x")
        except OSError as fault:
            found.append(Error(f"{folder} cannot be written: {fault.strerror}", id="FC.E005",
                               hint="Give the user that runs FastClip this folder, or set FASTCLIP_DATA."))
    return found


@register("doctor", deploy=True)
def free_disk(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """enough disk is free"""
    try:
        free = storage.free_fraction()
    except OSError:
        return []  # data_folder tells that better
    hint = "Free some space, or move FASTCLIP_DATA to a larger disk."
    if free < settings.LOW_DISK_FRACTION:
        return [Error(f"Only {free:.0%} of the disk is free: uploads and jobs are refused.", hint=hint,
                      id="FC.E006")]
    if free < COMFORTABLE_DISK_FRACTION:
        return [Warning(f"Only {free:.0%} of the disk is free; uploads and jobs are refused from "
                        f"{settings.LOW_DISK_FRACTION:.0%} on.", hint=hint, id="FC.W202")]
    return []


@register("doctor", deploy=True)
def media_store(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """the S3 store takes and gives files"""
    store = storage.remote()
    if store is None:
        return []
    try:
        answer = store.round_trip(origin=_origin(settings.PUBLIC_SITE_URL))
    except storage.StorageUnavailable as fault:
        return [Error(f"The bucket {store.bucket_name} cannot be used: {fault.__cause__}", id="FC.E017",
                      hint="Check S3_ENDPOINT_URL, S3_BUCKET, S3_REGION and the key; the bucket must exist.")]
    if answer.allowed and answer.exposed:
        return []
    lacks = "does not let our pages send files" if not answer.allowed else "hides the ETag from our pages"
    return [Warning(f"The bucket {store.bucket_name} {lacks}.", id="FC.W207",
                    hint=f"Give it a CORS rule: origin {_origin(settings.PUBLIC_SITE_URL)}, methods GET HEAD PUT, any "
                         "header, exposed header ETag. See docs/operations.md.")]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@register("doctor")
def secret_key(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """secrets are readable by their owner only"""
    found: list[CheckMessage] = []
    for name in ("secret_key", "first-account.json"):
        path = settings.FASTCLIP_DATA / "keys" / name
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            found.append(Error(f"Others may read {path}.", hint=f"chmod 600 {path}", id="FC.E007"))
    return found


@register("doctor")
def debug(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """DEBUG is off where others can reach it"""
    hosts = {urlsplit(url).hostname or "" for url in (settings.PUBLIC_SITE_URL, settings.PUBLIC_API_URL)}
    public = sorted(host for host in hosts if not _is_this_machine(host))
    if not settings.DEBUG or not public:
        return []
    return [Error(f"DEBUG is on and the address is public: {', '.join(public)}", id="FC.E008",
                  hint="Unset DEBUG: its error pages show settings and source code.")]


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host in ("", "localhost") or host.endswith(".localhost")


@register("doctor")
def allowed_hosts(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """only known host names are answered"""
    if "*" not in settings.ALLOWED_HOSTS:
        return []
    return [Error("ALLOWED_HOSTS answers every host name.", id="FC.E009",
                  hint="Name the hosts; links in mails are built from the name of the request.")]


@register("doctor")
def shared_cache(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """rate limits are counted in one place"""
    local = str(settings.CACHES["default"]["BACKEND"]).endswith("LocMemCache")
    processes = os.environ.get("WEB_CONCURRENCY", "1")
    if not local or processes in ("", "0", "1"):
        return []
    return [Warning(f"WEB_CONCURRENCY={processes}, but each process counts its own rate limits.",
                    id="FC.W203", hint="Set REDIS_URL, or run one process with more WEB_THREADS.")]


@register("doctor", deploy=True)
def cache_answers(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """the cache answers"""
    try:
        cache.touch("doctor")
    except RedisError as fault:
        return [Error(f"Redis does not answer: {fault}", id="FC.E018",
                      hint="Correct REDIS_URL or start Redis; until then no rate limit holds.")]
    return []


@register("doctor", deploy=True)
def packages(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """system packages are installed"""
    missing = sorted({package for program, package in PACKAGES.items() if shutil.which(program) is None})
    if not missing:
        return []
    return [Warning(f"Missing system packages: {' '.join(missing)}", id="FC.W204",
                    hint=f"make setup, or: apt-get install --no-install-recommends {' '.join(missing)}")]

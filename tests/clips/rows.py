"""Ready sources and real money for the clip suites; the bytes are real too."""

from __future__ import annotations

import hashlib
import shutil
from datetime import timedelta
from functools import cache
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.utils import timezone

from accounts.models import Account
from billing import ledger
from core import storage
from media.ffmpeg import Sandbox
from media.probe import probe
from tests import media_bank
from tests.factories import make_payment
from uploads.models import Asset, Upload


@cache
def _probed(path: Path) -> dict:
    folder = Path(settings.SCRATCH_ROOT) / f"probe-{token_hex(4)}"
    folder.mkdir(parents=True)
    return probe(path, Sandbox(folder)).to_dict()


def ready_upload(account: Account, path: Path | None = None, *, filename: str = "",
                 **extra: object) -> Upload:
    """A validated upload of the account; by default 6 s of 320x180 at 30 fps with sound."""
    path = path or media_bank.clip_mp4()
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    upload = Upload.objects.create(
        account=account, filename=filename or f"source{path.suffix}", content_type="",
        size=path.stat().st_size, expires_at=timezone.now() + timedelta(hours=24))
    key = f"sources/{upload.pk}/{sha256}"
    draft = path.with_name(f"{token_hex(4)}.copy")
    shutil.copyfile(path, draft)
    storage.put(draft, key)
    pin = storage.pin_of(key)
    fields = {"state": "ready", "key": key, "sha256": sha256, "probe": _probed(path),
              "pin": {"inode": pin.inode, "size": pin.size, "mtime_ns": pin.mtime_ns}} | extra
    Upload.objects.filter(pk=upload.pk).update(**fields)
    return Upload.objects.get(pk=upload.pk)


def deposit(account: Account, cents: int = 500) -> None:
    """Real money in: unlocks 4K."""
    ledger.credit(make_payment(account, cents))


def with_assets(upload: Upload) -> None:
    """Waveform and filmstrip as the prepare jobs leave them, with bytes that can be told apart."""
    scratch = Path(settings.SCRATCH_ROOT) / token_hex(4)
    levels = [{"per_second": rate, "length": 6 * rate} for rate in (10, 100)]
    files = {"peaks": ["peaks-0.bin", "peaks-1.bin"], "sprites": ["sprites-0.jpg"]}
    facts: dict[str, dict[str, object]] = {
        "peaks": {"levels": levels},
        "sprites": {"tile_width": 160, "tile_height": 90, "interval": 1.0, "count": 6}}
    for kind, names in files.items():
        asset = Asset.objects.create(upload=upload, kind=kind, state="ready", files=names, facts=facts[kind])
        for number, key in enumerate(asset.keys):
            scratch.parent.mkdir(parents=True, exist_ok=True)
            scratch.write_bytes(bytes(place % 128 for place in range(2 * levels[number]["length"])))
            storage.put(scratch, key)

"""Pictures of the preview for browsers that cannot draw it: made by the encoder, once, kept while there is room."""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path
from threading import BoundedSemaphore

from django.conf import settings

from core.errors import Unavailable
from media import picture
from media.errors import MediaError
from media.ffmpeg import Sandbox
from media.subtitles import Compiled, Frame

MOST = 500  # pictures that this machine keeps, some 40 kB each; the oldest is drawn again when somebody asks
AT_ONCE, PATIENCE = 2, 10  # pictures that this process draws at a time, seconds that one waits for its turn
SMALLER = 2  # times smaller than the frame that captions are compiled for
_turns = BoundedSemaphore(AT_ONCE)


def png(compiled: Compiled, look: str, frame: Frame, moment: float) -> bytes:
    """What a render draws at `moment` seconds, as a PNG with nothing behind the captions, half as large as `frame`.

    `look` is the style's hash: it stands for the bytes of the fonts. Raises 503 where too many pictures are being
    drawn, or the encoder fails.
    """
    folder: Path = settings.FASTCLIP_DATA / "previews" / "pictures"
    asked = sha256(f"{moment:.3f} {frame.width}x{frame.height}\n{compiled.ass}".encode()).hexdigest()[:16]
    kept = folder / f"{look}-{asked}.png"
    try:
        return kept.read_bytes()
    except FileNotFoundError:
        pass
    if not _turns.acquire(timeout=PATIENCE):
        raise Unavailable("Too many pictures are being made; try again in a moment.")
    try:
        return _drawn(compiled, frame, moment, kept)
    finally:
        _turns.release()


def _drawn(compiled: Compiled, frame: Frame, moment: float, kept: Path) -> bytes:
    """Draw the picture, and keep it as `kept`."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    small = Frame(frame.width // SMALLER, frame.height // SMALLER)
    with tempfile.TemporaryDirectory(dir=kept.parent.parent, prefix="picture-") as scratch:
        try:
            made = picture.draw(compiled, small, moment, Sandbox(Path(scratch)))
            data = made.read_bytes()
        except (MediaError, FileNotFoundError) as fault:
            raise Unavailable("The picture cannot be made now.") from fault
        made.replace(kept)
    forget_oldest(kept.parent, MOST)
    return data


def forget_oldest(folder: Path, most: int) -> None:
    """Keep the `most` newest files of a folder whose files can be made again."""
    files = sorted((entry.stat().st_mtime_ns, entry.path) for entry in os.scandir(folder) if entry.is_file())
    for _, path in files[:-most]:
        Path(path).unlink(missing_ok=True)

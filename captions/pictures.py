"""Pictures of the preview for browsers that cannot draw it: made by the encoder, once, kept while there is room."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from core.crowd import Turns
from core.errors import Unavailable
from media import picture
from media.errors import MediaError
from media.ffmpeg import Sandbox
from media.subtitles import Compiled, Frame

MOST = 500  # pictures that this machine keeps, some 40 kB each; the oldest is drawn again when somebody asks
SMALLER = 2  # times smaller than the frame that captions are compiled for
TURNS = Turns(at_once=2, waiting=4, patience=10, refusal="Too many pictures are being made; try again in a moment.")


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
    with TURNS.take():
        return _drawn(compiled, frame, moment, kept)


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
    files: list[tuple[int, str]] = []
    for entry in os.scandir(folder):
        with suppress(FileNotFoundError):  # another request forgets at the same time
            if entry.is_file():
                files.append((entry.stat().st_mtime_ns, entry.path))
    for _, path in sorted(files)[:-most]:
        Path(path).unlink(missing_ok=True)

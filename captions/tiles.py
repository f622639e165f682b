"""Tiles of styles: made once per look by the burn-in path, kept as files that can be made again at any time.

Those of the built-in styles are made at set-up and served with the pages; those of an account's own when they are
first looked at. Source: studio 4.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from captions import built_in, slow_fonts
from captions.pictures import forget_oldest
from captions.preview import faces_of, style_hash
from captions.queries import Look
from core.crowd import Turns
from core.errors import NotFound, Unavailable
from media import tile
from media.errors import MediaError
from media.ffmpeg import Sandbox
from media.subtitles import MissingGlyphs

KINDS = ("loop", "still")
BUILT: Path = settings.BASE_DIR / "static" / "dist" / "captions"
MOST = 1000  # tiles that this machine keeps; the oldest is made again when somebody asks
# A browser asks for six pictures of a page at once.
TURNS = Turns(at_once=2, waiting=10, patience=30,
              refusal="Too many pictures are being made; try again in a moment.")


def url(look: Look, kind: str) -> str:
    """Where a style's tile is; the address changes with the look."""
    name = f"{style_hash(look.style, look.font)}-{kind}.webp"
    if (BUILT / name).is_file():
        try:
            return static(f"dist/captions/{name}")
        except ValueError:  # made after the static files were collected
            pass
    return f"{reverse(f'captions-{kind}', args=[look.ref])}?v={name[:16]}"


def path_of(look: Look, kind: str) -> Path:
    """The tile as a file; made now where it is not there.

    Raises 404 for a font without letters, 422 for one that takes for ever, 503 where too many are being made or a font
    cannot be fetched.
    """
    name = f"{style_hash(look.style, look.font)}-{kind}.webp"
    folder: Path = settings.FASTCLIP_DATA / "previews" / "tiles"
    found = next((place / name for place in (BUILT, folder) if (place / name).is_file()), None)
    if found is not None:
        return found
    with TURNS.take():
        if not (folder / name).is_file():
            make(look, folder)
            forget_oldest(folder, MOST)
    return folder / name


def make(look: Look, folder: Path) -> None:
    """Write both tiles of a style into `folder`. Raises what `path_of` raises."""
    folder.mkdir(parents=True, exist_ok=True)
    name = style_hash(look.style, look.font)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="tile-") as scratch:
        try:
            with slow_fonts.watched(look.font):
                tile.make(look.style, faces_of(look.font), Sandbox(Path(scratch)))
        except MissingGlyphs as fault:
            raise NotFound from fault
        except MediaError as fault:
            raise Unavailable("The picture cannot be made now.") from fault
        for made, kind in ((tile.LOOP, "loop"), (tile.STILL_NAME, "still")):
            (Path(scratch) / made).replace(folder / f"{name}-{kind}.webp")


def built_in_missing() -> list[str]:
    """Slugs of built-in styles whose tiles set-up has not made."""
    return [one.slug for one in built_in.all_().values()
            if not all((BUILT / f"{style_hash(one.style, None)}-{kind}.webp").is_file() for kind in KINDS)]

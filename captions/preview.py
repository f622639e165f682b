"""What a style looks like before it is burned: the compiler's own ASS for a sample text (X027)."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static

from accounts.models import Account
from captions import built_in, queries, sample, slow_fonts, wishes
from captions.models import Font
from captions.presets import FontFile
from core import storage, text
from core.storage import BytesChanged
from media import subtitle_colour as colours
from media import typefaces
from media.style import Style
from media.subtitle_layout import BOXES
from media.subtitles import Compiled, Frame, compile_ass, missing_glyphs
from media.timed import Sentence
from media.typefaces import Face, Faces

DRAWING = 2  # raised when the compiler draws differently, so that no picture of before is shown
FONT_TYPES = {"ttf": "font/ttf", "otf": "font/otf"}
LIT_ALONE = ("glow", "soft-glow", "shadow")  # effects that part text from any picture
MOST_FONTS = 100  # uploaded fonts that this machine keeps at hand
SHOWN = 10  # missing characters that a warning names
Warning_ = dict[str, str]


def preview(account: Account, *, clone_from: str | None = None, aspect_ratio: str = "16:9", sample_text: str = "",
            words_per_minute: float = sample.PACE, **given: Any) -> dict[str, Any]:
    """The ASS that a render would use for `sample_text` in the style `clone_from` with what is `given`.

    Characters that nobody can draw are left out and named in a warning. `duration` is the sample's in seconds;
    `area` holds the captions: left, top, right, bottom as fractions of the frame. Raises what
    `presets.create` raises for a style, 422 `invalid_font` and 503 `storage_unavailable` for an uploaded font.
    Source: X027, studio 4.
    """
    base = queries.by_ref(account, clone_from or f"builtin:{built_in.DEFAULT}", field="clone_from_preset_ref")
    style, font = wishes.apply(base.style, base.font, given, font_of=partial(queries.font, account))
    frame, faces = sample.FRAMES[aspect_ratio], faces_of(font)
    said = sample.spoken(sample_text or sample.TEXT, words_per_minute)
    with slow_fonts.watched(font):
        lacking = missing_glyphs(said, style, faces)
        compiled = compile_ass(without(said, lacking), style, frame, faces)
    return {
        "ass": compiled.ass,
        "fonts": fonts_of(compiled, font),
        "warnings": _warnings(style, compiled, frame, lacking),
        "style_hash": style_hash(style, font),
        "duration": sample.SECONDS,
        "area": _fractions(compiled.area, frame),
    }


def style_hash(style: Style, font: Font | None) -> str:
    """Names everything that decides on a style's look; 16 hex digits. 77 and 77.0 are the same."""
    looks = {name: value if isinstance(value, str) else float(value) for name, value in asdict(style).items()}
    written = json.dumps([DRAWING, looks, font.sha256 if font else ""], sort_keys=True)
    return sha256(written.encode()).hexdigest()[:16]


def faces_of(font: Font | None) -> Faces:
    """The shipped faces, and the uploaded one. Raises `StorageUnavailable`."""
    shipped = typefaces.shipped()
    return shipped if font is None else shipped.with_upload(font.family, _at_hand(font))


def _at_hand(font: Font) -> Path:
    """The sanitised font as a file of this machine: fetched once, named by its bytes."""
    folder: Path = settings.FASTCLIP_DATA / "previews" / "fonts"
    kept = folder / f"{font.sha256}.{font.format}"
    if not kept.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        file = FontFile(font.pk, font.name, font.family, font.key, font.sha256)
        with tempfile.TemporaryDirectory(dir=folder) as fresh:
            try:
                file.fetch(Path(fresh)).replace(kept)
            except (FileNotFoundError, BytesChanged) as fault:
                raise storage.StorageUnavailable from fault
        forget_oldest(folder, MOST_FONTS)
    return kept


def forget_oldest(folder: Path, most: int) -> None:
    """Keep the `most` newest files of a folder whose files can be made again."""
    files: list[tuple[int, str]] = []
    for entry in os.scandir(folder):
        with suppress(FileNotFoundError):  # another request forgets at the same time
            if entry.is_file():
                files.append((entry.stat().st_mtime_ns, entry.path))
    for _, path in sorted(files)[:-most]:
        Path(path).unlink(missing_ok=True)


def fonts_of(compiled: Compiled, font: Font | None) -> list[dict[str, str]]:
    """The fonts that a compiled file names, for a browser: `name` and `url`."""
    return [{"name": face.name, "url": _url(face, font)} for face in compiled.faces]


def _url(face: Face, font: Font | None) -> str:
    """Where a browser gets the very file that the encoder reads."""
    if font is None or face.name != font.family:
        return static(f"dist/fonts/{face.path.name}")
    return font_url(font)


def font_url(font: Font) -> str:
    """A signed address of an uploaded font, good for an hour."""
    return storage.download_url(font.key, file_name=text.file_name(font.filename) or "font",
                                content_type=FONT_TYPES[font.format], inline=True)


def without(said: Sequence[Sentence], lacking: Sequence[str]) -> list[Sentence]:
    """The sentences without these characters, and without words that nothing is left of."""
    if not lacking:
        return list(said)
    gone = str.maketrans(dict.fromkeys("".join(lacking)))
    kept = (replace(sentence, words=tuple(replace(word, text=left) for word in sentence.words
                                          if (left := word.text.translate(gone)))) for sentence in said)
    return [sentence for sentence in kept if sentence.words]


def _fractions(area: tuple[float, float, float, float] | None, frame: Frame) -> list[float] | None:
    if area is None:
        return None
    return [round(edge / side, 4) for edge, side in
            zip(area, (frame.width, frame.height) * 2, strict=True)]


def _warnings(style: Style, compiled: Compiled, frame: Frame, lacking: Sequence[str]) -> list[Warning_]:
    """What may go wrong on the screen: a code, a sentence, and the field that helps."""
    found = []
    if lacking:
        named = " ".join(lacking[:SHOWN])
        found.append(_told("missing_glyphs", "font_name", f"No typeface at hand can draw: {named}"))
    if (contrast := _contrast(style, compiled)) is not None:
        found.append(contrast)
    codes = compiled.report.warnings
    if "shrunk" in codes:
        share = round(100 * compiled.report.smallest)
        found.append(_told("overflow", "font_size", f"Too wide for the frame: some captions shrink to {share} %."))
    if "too_fast" in codes:
        speed = round(compiled.report.characters_per_second)
        found.append(_told("too_fast", "words_per_caption", f"Up to {speed} characters a second; 20 can be read."))
    if covered := sample.covered_by(compiled.area, frame):
        found.append(_told("outside_safe", "position_y", f"Signs of {', '.join(covered)} may cover the captions."))
    return found


def _contrast(style: Style, compiled: Compiled) -> Warning_ | None:
    if "low_contrast" in compiled.report.warnings:
        field = "highlight_color" if style.effect in BOXES else "stroke_color"
        on = "its box" if style.effect in BOXES else "its outline"
        return _told("low_contrast", field, f"Text on {on} has a contrast of {compiled.report.contrast} to 1.")
    lit = style.effect in LIT_ALONE and colours.parse(style.highlight_color).alpha > 0
    if compiled.report.contrast is None and not lit:
        return _told("low_contrast", "stroke_enabled", "Without an outline, text vanishes on a picture of its colour.")
    return None


def _told(code: str, field: str, message: str) -> Warning_:
    return {"code": code, "field": field, "message": message}

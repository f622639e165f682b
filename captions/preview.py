"""What a style looks like before it is burned: the compiler's own ASS for a sample text (X027)."""

from __future__ import annotations

import json
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static

from accounts.models import Account
from captions import built_in, pictures, queries, sample, slow_fonts, warned, wishes
from captions.models import Font
from captions.pictures import forget_oldest
from captions.presets import FontFile
from core import storage, text
from core.storage import BytesChanged
from media import typefaces
from media.style import Style
from media.subtitles import Compiled, Frame, compile_ass, missing_glyphs
from media.timed import Sentence
from media.typefaces import Face, Faces

DRAWING = 2  # raised when the compiler draws differently, so that no picture of before is shown
FONT_TYPES = {"ttf": "font/ttf", "otf": "font/otf"}
MOST_FONTS = 100  # uploaded fonts that this machine keeps at hand


def preview(account: Account, *, clone_from: str | None = None, aspect_ratio: str = "16:9", sample_text: str = "",
            words_per_minute: float = sample.PACE, ground_luminance: Sequence[float] | None = None,
            picture: bool = False, **given: Any) -> dict[str, Any]:
    """The ASS that a render would use for `sample_text` in the style `clone_from` with what is `given`.

    Characters that nobody can draw are left out and named in a warning. `duration` is the sample's in seconds;
    `area` holds the captions: left, top, right, bottom as fractions of the frame. `ground_luminance` is what was
    measured of the picture below them, 0 to 1; `picture` asks for a still of the captions, as the address of a PNG.
    Raises what `presets.create` raises for a style, 422 `invalid_font` and 503 `storage_unavailable` for an uploaded
    font, 503 `queue_unavailable` where no picture can be made. Source: X027, studio 4.
    """
    base = queries.by_ref(account, clone_from or f"builtin:{built_in.DEFAULT}", field="clone_from_preset_ref")
    style, font = wishes.apply(base.style, base.font, given, font_of=partial(queries.font, account))
    shown = sampled(style, font, aspect_ratio, sample_text, words_per_minute)
    grounds = (min(ground_luminance), max(ground_luminance)) if ground_luminance else None
    return {
        "ass": shown.compiled.ass,
        "fonts": fonts_of(shown.compiled, font),
        "warnings": warned.warnings(style, shown.compiled, shown.frame, shown.lacking, grounds=grounds),
        "style_hash": style_hash(style, font),
        "duration": sample.SECONDS,
        "area": _fractions(shown.compiled.area, shown.frame),
        "picture": data_url(still(shown, style_hash(style, font))) if picture else None,
    }


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample in a style on a frame; `lacking` are characters that nobody can draw, `moment` that of a still."""

    compiled: Compiled
    frame: Frame
    lacking: tuple[str, ...]
    moment: float


def sampled(style: Style, font: Font | None, aspect_ratio: str = "16:9", said_text: str = "",
            words_per_minute: float = sample.PACE) -> Sample:
    """The sample as a render would draw it. Raises `InvalidFont` (422), `StorageUnavailable` (503) for an upload."""
    frame, faces = sample.FRAMES[aspect_ratio], faces_of(font)
    said = sample.spoken(said_text or sample.TEXT, words_per_minute)
    with slow_fonts.watched(font):
        lacking = missing_glyphs(said, style, faces)
        drawn = without(said, lacking)
        compiled = compile_ass(drawn, style, frame, faces)
    return Sample(compiled, frame, lacking, sample.still_moment(drawn))


def still(shown: Sample, look: str) -> bytes:
    """A sample as a PNG; `look` is the style's hash. Raises what `pictures.png` raises."""
    return pictures.png(shown.compiled, look, shown.frame, shown.moment)


def data_url(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"


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
        with tempfile.TemporaryDirectory(dir=folder, prefix="font-") as fresh:
            try:
                file.fetch(Path(fresh)).replace(kept)
            except (FileNotFoundError, BytesChanged) as fault:
                raise storage.StorageUnavailable from fault
        forget_oldest(folder, MOST_FONTS)
    return kept


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

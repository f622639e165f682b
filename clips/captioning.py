"""Captions before anything is paid: the style that was named, and whether what is known to be said can be drawn.

Source: C042, C082, C083.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from accounts.models import Account
from captions import presets, transcript_services, transcripts
from captions.errors import MissingGlyphs
from captions.presets import StyleChoice
from clips.errors import NoSpeech
from clips.hearing import Said
from core.storage import BytesChanged, StorageUnavailable
from media import subtitles, typefaces
from media.cut import Cut
from media.timed import Sentence
from media.typefaces import Faces
from uploads.models import Upload

Named = str | StyleChoice  # a preset_ref, or the style that an earlier job kept
Wish = Named | None


def choose(account: Account, wish: Named) -> StyleChoice:
    """The style that is wished for. Raises 400 `invalid_field`, 404. Source: C083."""
    return presets.style_of(account, wish) if isinstance(wish, str) else wish


def faces_of(choice: StyleChoice, folder: Path) -> Faces:
    """Every face that the style may use; an uploaded font is put into `folder`.

    Raises FileNotFoundError, `BytesChanged`, `StorageUnavailable` where that font cannot be had.
    """
    shipped = typefaces.shipped()
    return shipped if choice.font is None else shipped.with_upload(choice.font.family, choice.font.fetch(folder))


def check(account: Account, upload: Upload, cuts: Sequence[Cut], choice: StyleChoice) -> None:
    """Refuse what the transcript of the source, where there is one, shows to be impossible, before money is taken.

    `cuts` are seconds of the source. Raises 422 `no_speech` and `missing_glyphs`, 503, also where there is none and
    nobody here could find out what is said. Source: C082.
    """
    found = transcripts.newest(account, upload)
    if found is None:
        transcript_services.check_engine()
        return
    spoken = [transcripts.sentences(found, cut.start, cut.end) for cut in cuts]
    for number, sentences in enumerate(spoken, start=1):
        if not sentences:
            raise NoSpeech(number if len(cuts) > 1 else None)
    check_letters([sentence for sentences in spoken for sentence in sentences], found.language, choice)


def check_again(account: Account, upload: Upload, cut: Cut, choice: StyleChoice, known: Said) -> None:
    """As `check` for what was captioned before; where there is no transcript any more, `known` is what was drawn."""
    if transcripts.newest(account, upload) is None:
        check_letters(known.sentences, known.language, choice)
    else:
        check(account, upload, [cut], choice)


def check_letters(said: Sequence[Sentence], language: str, choice: StyleChoice) -> None:
    """Refuse a style whose fonts lack a character of what is said. Raises 422 `missing_glyphs`, 503."""
    with _faces(choice) as faces:
        if missing := subtitles.missing_glyphs(said, choice.style, faces, language):
            raise MissingGlyphs(missing)


@contextmanager
def _faces(choice: StyleChoice) -> Iterator[Faces]:
    """The faces of a style for as long as a request needs them. Raises `StorageUnavailable` (503)."""
    root = settings.FASTCLIP_DATA / "forms"
    root.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=root, prefix="font-") as folder:
        try:
            faces = faces_of(choice, Path(folder))
        except (FileNotFoundError, BytesChanged) as fault:
            raise StorageUnavailable from fault
        yield faces

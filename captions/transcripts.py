"""Transcripts: reading what is said in a source, the account first, and keeping a new version of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet

from accounts.models import Account
from captions.models import MAX_VERSIONS, Transcript
from core.errors import NotFound
from media import burn
from media.timed import Sentence, Word
from media.transcribe import base
from uploads.models import Upload


def _of(account: Account, upload: Upload | str) -> QuerySet[Transcript]:
    """Every version of a source, the newest first; also of one that has expired."""
    mine = Transcript.objects.filter(upload__account=account, upload=upload)
    return mine.select_related("upload").order_by("-version")


def newest(account: Account, upload: Upload | str) -> Transcript | None:
    """The newest version of what is said in the account's upload, None where it was not transcribed."""
    return _of(account, upload).first()


def one(account: Account, upload: Upload | str, version: int | None = None) -> Transcript:
    """A version, the newest by default. Raises `NotFound` (404), also where it is no longer kept. Source: X009."""
    found = _of(account, upload)
    transcript = (found if version is None else found.filter(version=version)).first()
    if transcript is None:
        raise NotFound("There is no such transcript: this source was not transcribed, or the version is not kept.")
    return transcript


def versions(account: Account, upload: Upload | str) -> list[int]:
    """The versions that are kept, in their order."""
    return sorted(_of(account, upload).values_list("version", flat=True))


def sentences(transcript: Transcript, start: float = 0.0, end: float | None = None) -> list[Sentence]:
    """What is said from `start` to `end` (seconds of the source), on a clock that begins at `start`.

    A word belongs where its middle lies. Without a range, everything as it is.
    """
    said = unpacked(transcript.said)
    if start == 0.0 and end is None:
        return said
    return burn.within(said, start, float("inf") if end is None else end)


@transaction.atomic
def keep(upload: Upload, made: base.Transcript, *, edited: int | None = None, translated: bool = False) -> Transcript:
    """Store `made` as the next version, or as the one behind `edited`, the version that it was made of.

    Of more than MAX_VERSIONS the oldest but the first goes. Raises IntegrityError where that version is there: an
    edit never skips one that its editor has not seen.
    """
    last: int = edited or Transcript.objects.filter(upload=upload).aggregate(last=Max("version"))["last"] or 0
    number, place = last + 1, place_of(last + 1)
    Transcript.objects.filter(upload=upload, place=place, version__lt=number).delete()
    return Transcript.objects.create(
        upload=upload, version=number, place=place, base=edited, language=made.language, translated=translated,
        engine=made.engine, quality=made.quality, said=packed(made.sentences),
        words=sum(len(sentence.words) for sentence in made.sentences))


def place_of(version: int) -> int:
    """The place of a version: the first keeps its own, the others take turns on the rest."""
    return 1 if version == 1 else 2 + (version - 2) % (MAX_VERSIONS - 1)


def packed(said: Iterable[Sentence]) -> list[Any]:
    """Sentences as JSON: `[[language, [[text, start, end, probability], ...]], ...]`, seconds."""
    return [[sentence.language, [[word.text, word.start, word.end, _rounded(word.probability)]
                                 for word in sentence.words]] for sentence in said]


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 3)


def unpacked(stored: Iterable[Any]) -> list[Sentence]:
    """What `packed` wrote, read again."""
    return [Sentence(tuple(Word(*word) for word in words), language) for language, words in stored]

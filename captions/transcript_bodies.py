"""What a body of the transcript API may hold: shapes and limits."""

from __future__ import annotations

import re
from typing import Any

from rest_framework import serializers

from captions.exports import TYPES
from captions.transcript_edits import Edit
from core.errors import InvalidField
from core.fields import BoundedList, Flag, StrictInteger, StrictNumber, StrictText, Token
from media.transcribe.formats import MOST

TEXT_FORMATS = ["srt", "vtt", "txt"]
EXTENSIONS = "|".join(TYPES)
MOST_EDITS = 500  # in one request
LONGEST = 30_000  # characters of an edit: words of scripts that stack marks are long
MOST_NEW = 100  # words of an edit
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)


class Language(StrictText):
    """A BCP 47 tag such as `en` or `pt-BR`."""

    default_error_messages = {"language": "Must be a BCP 47 language tag such as en or pt-BR."}

    def __init__(self, **rest: Any) -> None:
        super().__init__(max_length=44, **rest)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if not _LANGUAGE.fullmatch(value):
            self.fail("language")
        return value.lower()


class LongText(StrictText):
    """Text that keeps its line breaks; other control characters are a blank."""

    def clean(self, data: str) -> str:
        return _CONTROL.sub(" ", data.replace("\r\n", "\n").replace("\r", "\n")).strip()


class TranscriptRequest(serializers.Serializer[Any]):
    """`POST /v1/transcript` (C064, C068)."""

    file_id = StrictText(max_length=40, help_text="The upload.")
    language = Language(required=False,
        help_text="What is spoken, as BCP 47 names it; without it the recogniser finds out.")
    translate = Flag(default=False, help_text="Translate to English, where the recogniser can.")
    dry_run = Flag(default=False, help_text="Only check, and tell the price.")


class OneEdit(serializers.Serializer[Any]):
    segment = StrictInteger(max_value=1_000_000, help_text="The segment, counted from 0.")
    word = StrictInteger(max_value=1_000_000, help_text="The word in it, counted from 0.")
    text = StrictText(max_length=LONGEST, allow_blank=True,
        help_text="What stands there from now on: a word, several, or nothing.")
    start = StrictNumber(min_value=0, max_value=20_000, required=False, help_text="Seconds; without it as before.")
    end = StrictNumber(min_value=0, max_value=20_000, required=False, help_text="Seconds; without it as before.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len(attrs["text"].split()) > MOST_NEW:
            raise serializers.ValidationError({"text": f"Must have at most {MOST_NEW} words."})
        return attrs


class Edits(serializers.Serializer[Any]):
    """`PATCH /v1/transcript/{file_id}` (X009)."""

    base_version = StrictInteger(min_value=1, max_value=2**31 - 1, help_text="The newest version, which is edited.")
    edits = BoundedList(
        child=OneEdit(), allow_empty=False, bound=MOST_EDITS, help_text=f"1 to {MOST_EDITS} words.",
        refusal=lambda: InvalidField("edits", f"At most {MOST_EDITS} edits fit in one request."))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return attrs | {"edits": [Edit(**edit) for edit in attrs["edits"]]}


class OwnText(serializers.Serializer[Any]):
    """`PUT /v1/transcript/{file_id}` (X009)."""

    format = Token(choices=TEXT_FORMATS, help_text="What the text is: subtitles, or plain text.")
    text = LongText(max_length=MOST, help_text="What is said, in your own words.")
    language = Language(required=False, help_text="The text's language, as BCP 47 names it.")


class VersionQuery(serializers.Serializer[Any]):
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1, required=False,
        help_text="A version that is kept; without it the newest.")

"""What a body of the clip API may hold: shapes only. The rules are in `clips.plan`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clips.models import FORMATS
from clips.plan import ALIASES, MAX_SEGMENTS, QUALITIES, too_many_segments
from core.errors import InvalidField
from core.fields import RANGE_END, RANGE_START, BoundedList, Flag, MediaTime, StrictText, Token

MOST_DELETED = 50  # C114
PRESET_REF = "A caption style: builtin:<slug>, or preset:<id> of yours. The job keeps the style as it is now."


class Segment(serializers.Serializer[Any]):
    start = MediaTime(help_text=RANGE_START)
    end = MediaTime(help_text=RANGE_END)
    title = StrictText(max_length=200, required=False, allow_blank=True,
        help_text="This clip's title; without it, or where it is empty, the request's title.")


class CaptionsWish(serializers.Serializer[Any]):
    preset_ref = StrictText(max_length=120, help_text=PRESET_REF)


class ClipRequest(serializers.Serializer[Any]):
    """`POST /v1/clip`: `file_id` and either `start` with `end` or `segments` (C038)."""

    file_id = StrictText(max_length=100, help_text="A ready upload.")
    start = MediaTime(required=False, help_text=f"{RANGE_START} With end, instead of segments.")
    end = MediaTime(required=False, help_text=RANGE_END)
    segments = BoundedList(child=Segment(), required=False, bound=MAX_SEGMENTS, refusal=too_many_segments,
        help_text="1 to 50 clips, each a job of its own, instead of start and end.")
    format = Token(choices=[*FORMATS, "aac"], required=False,
        help_text="From video: mp4 (the default), and gif when signed in by the site. From audio: mp3 (the "
                  "default), m4a (also called aac), wav, flac.")
    quality = Token(choices=[*QUALITIES, *ALIASES], required=False,
        help_text="Bounds an mp4's short side: 1080p (high), 720p (medium), or 4k with a paid deposit. "
                  "Never scaled up. Without it the source's size, up to 1080p until 4K is unlocked. Not for "
                  "audio.")
    captions = CaptionsWish(required=False,
        help_text="Burn captions into the mp4 of a video: the price of captions comes on top.")
    title = StrictText(max_length=200, required=False, help_text="The clip's title; without it the file's name.")
    dry_run = Flag(default=False, help_text="true: check everything and tell the price; make no job and take no money.")


class CaptionsRequest(serializers.Serializer[Any]):
    """`POST /v1/captions`: exactly one of `file_id`, `clip_id` and `job_id` (C076, X026)."""

    file_id = StrictText(max_length=100, required=False, help_text="A ready video; captions go into all of it.")
    clip_id = StrictText(max_length=64, required=False, help_text="An MP4 clip of yours that has no captions.")
    job_id = StrictText(max_length=40, required=False,
        help_text="A job of yours that made captions: the same again in another style, as long as its clip lasts.")
    preset_ref = StrictText(max_length=120, help_text=PRESET_REF)
    quality = Token(choices=[*QUALITIES, *ALIASES], required=False,
        help_text="Bounds the short side: 1080p (high), 720p (medium), or 4k with a paid deposit. Never scaled up. "
                  "Without it what the job of job_id was asked for, or the source's size, up to 1080p until 4K is "
                  "unlocked.")
    dry_run = Flag(default=False, help_text="true: check everything and tell the price; make no job and take no money.")


class Rename(serializers.Serializer[Any]):
    """`PATCH /v1/clips/{clip_id}` (C112)."""

    title = StrictText(max_length=200, required=False, help_text="The clip's new title.")
    name = StrictText(max_length=200, required=False, help_text="Another word for title.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"title": _either(attrs, "title", "name")}


class DeleteMany(serializers.Serializer[Any]):
    """`POST /v1/clips/bulk-delete` (C114)."""

    clip_ids = BoundedList(child=StrictText(max_length=64), allow_empty=False, required=False, bound=MOST_DELETED,
        refusal=lambda: InvalidField("clip_ids", f"At most {MOST_DELETED} at once."),
        help_text="1 to 50 clips to delete.")
    ids = BoundedList(child=StrictText(max_length=64), allow_empty=False, required=False, bound=MOST_DELETED,
        refusal=lambda: InvalidField("ids", f"At most {MOST_DELETED} at once."),
        help_text="Another word for clip_ids.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {"clip_ids": _either(attrs, "clip_ids", "ids")}


def _either(attrs: dict[str, Any], name: str, alias: str) -> Any:
    """The field under its name or its alias. Raises where there is neither (`missing_field`)."""
    if name in attrs or alias in attrs:
        return attrs.get(name, attrs.get(alias))
    raise InvalidField(name, "This field is required.", code="missing_field")


class ClipsQuery(serializers.Serializer[Any]):
    """`GET /v1/clips` (C111): filters and the page (G18). Query values are text, so DRF's own fields fit."""

    limit = serializers.IntegerField(min_value=1, default=50, help_text="Clips per page; above 100 means 100.")
    offset = serializers.IntegerField(min_value=0, max_value=2**31, default=0,
        help_text="How many to skip; `next` of the page before.")
    format = Token(choices=FORMATS, required=False, help_text="Only clips of this format.")
    pinned = serializers.BooleanField(required=False, allow_null=True, default=None,
        help_text="true: only clips that never expire; false: only those that do.")
    captioned = serializers.BooleanField(required=False, allow_null=True, default=None,
        help_text="true: only clips with captions; false: only those without.")
    q = StrictText(required=False, max_length=200, allow_blank=True,
        help_text="Only clips with this text in their title.")

"""What a body of the clip API may hold: shapes only. The rules are in `clips.plan`."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from clips.models import FORMATS
from clips.plan import ALIASES, QUALITIES
from core.fields import MediaTime, StrictText


class Flag(serializers.BooleanField):
    """true or false, not "yes" or 1 (G08)."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Token(serializers.ChoiceField):
    """One of a closed set, matched exactly: `MP4` and `mp4 ` are not `mp4` (C095)."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input=data)
        return data


class Segment(serializers.Serializer[Any]):
    start = MediaTime()
    end = MediaTime()


class CaptionsWish(serializers.Serializer[Any]):
    preset_ref = StrictText(max_length=120)


class ClipRequest(serializers.Serializer[Any]):
    """`POST /v1/clip`: `file_id` and either `start` with `end` or `segments` (C038)."""

    file_id = StrictText(max_length=100)
    start = MediaTime(required=False)
    end = MediaTime(required=False)
    segments = serializers.ListField(child=Segment(), required=False)
    format = Token(choices=[*FORMATS, "aac"], required=False)
    quality = Token(choices=[*QUALITIES, *ALIASES], required=False)
    captions = CaptionsWish(required=False)
    title = StrictText(max_length=200, required=False)
    dry_run = Flag(default=False)


class ClipsQuery(serializers.Serializer[Any]):
    """`GET /v1/clips` (C111): filters and the page (G18). Query values are text, so DRF's own fields fit."""

    limit = serializers.IntegerField(min_value=1, default=50)
    offset = serializers.IntegerField(min_value=0, max_value=2**31, default=0)
    format = Token(choices=FORMATS, required=False)
    pinned = serializers.BooleanField(required=False, allow_null=True, default=None)
    captioned = serializers.BooleanField(required=False, allow_null=True, default=None)
    q = StrictText(required=False, max_length=200, allow_blank=True)

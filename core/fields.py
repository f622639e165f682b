"""Serializer fields that refuse what only looks like their type (contract G08)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from core import text

LARGEST = 2**63 - 1  # what both databases can keep
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)(?:\.(\d{1,3}))?", re.ASCII)


class StrictInteger(serializers.Field[int, Any, int, Any]):
    """A JSON whole number. `true`, "12" and 1.5 are refused; 2.0 is 2, as in JSON Schema."""

    default_error_messages = {
        "invalid": "Must be a whole number.",
        "min_value": "Must be {least} or more.",
        "max_value": "Must be {most} or less.",
    }

    def __init__(self, *, min_value: int = 0, max_value: int = LARGEST, **rest: Any) -> None:
        self.min_value, self.max_value = min_value, max_value
        super().__init__(**rest)

    def to_internal_value(self, data: Any) -> int:
        whole = isinstance(data, int) or (isinstance(data, float) and data.is_integer())
        if isinstance(data, bool) or not whole:
            self.fail("invalid")
        value = int(data)
        if value < self.min_value:
            self.fail("min_value", least=self.min_value)
        if value > self.max_value:
            self.fail("max_value", most=self.max_value)
        return value

    def to_representation(self, value: int) -> int:
        return value


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


class BoundedList(serializers.ListField):
    """A list whose length is checked before its items: a long list of rubbish must not cost a long time.

    `refusal` makes the error for more than `bound` items.
    """

    def __init__(self, *, bound: int, refusal: Callable[[], Exception], **rest: Any) -> None:
        self.bound, self.refusal = bound, refusal
        super().__init__(**rest)

    def run_child_validation(self, data: Any) -> Any:
        if len(data) > self.bound:
            raise self.refusal()
        return super().run_child_validation(data)


class StrictNumber(serializers.Field[float, Any, float, Any]):
    """A finite JSON number as float; booleans and strings are refused."""

    default_error_messages = {
        "invalid": "Must be a number.",
        "min_value": "Must be {least} or more.",
        "max_value": "Must be {most} or less.",
    }

    def __init__(self, *, min_value: float = -1e12, max_value: float = 1e12, **rest: Any) -> None:
        self.min_value, self.max_value = min_value, max_value
        super().__init__(**rest)

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        if not data >= self.min_value:  # NaN compares false
            self.fail("min_value", least=self.min_value)
        if data > self.max_value:
            self.fail("max_value", most=self.max_value)
        return float(data)

    def to_representation(self, value: float) -> float:
        return value


# What a range's two ends mean, wherever an API asks for them.
RANGE_START = "Where the clip begins: seconds, or HH:MM:SS.mmm."
RANGE_END = "Where it ends, at most 10 minutes after start (a GIF: 30 seconds)."


class MediaTime(StrictNumber):
    """A point in media as seconds: a number, or text like "00:01:02.500"."""

    default_error_messages = {"invalid": 'Must be seconds, or text like "HH:MM:SS.mmm".'}

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, str):
            clock = _CLOCK.fullmatch(data.strip())
            if clock is None:
                self.fail("invalid")
            hours, minutes, seconds, millis = clock.groups()
            whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
            data = whole + int((millis or "0").ljust(3, "0")) / 1000
        return super().to_internal_value(data)


class StrictText(serializers.Field[str, Any, str, Any]):
    """Text: trimmed, then measured in characters. NUL is refused.

    Line breaks and other control characters are cleaned away; with `refuse_control` they are an error.
    """

    default_error_messages = {
        "invalid": "Must be text.",
        "blank": "Must not be empty.",
        "control": "Must not hold control characters.",
        "max_length": "Must have at most {most} characters.",
    }

    def __init__(self, *, max_length: int, allow_blank: bool = False, refuse_control: bool = False,
                 **rest: Any) -> None:
        self.max_length, self.allow_blank, self.refuse_control = max_length, allow_blank, refuse_control
        super().__init__(**rest)

    def clean(self, data: str) -> str:
        return text.one_line(data)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if "\0" in data or (self.refuse_control and text.has_control(data)):
            self.fail("control")
        value = self.clean(data)
        if not value and not self.allow_blank:
            self.fail("blank")
        if len(value) > self.max_length:
            self.fail("max_length", most=self.max_length)
        return value

    def to_representation(self, value: str) -> str:
        return value


class FileName(StrictText):
    """A file's name without its path, 1 to 255 characters (C016)."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(max_length=255, **rest)

    def clean(self, data: str) -> str:
        return text.file_name(data)

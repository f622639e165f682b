"""How a route is described in /v1/openapi.json and in the reference at /docs.

`describe` stands above a view's method. It adds what all routes share: who may call, the shape of errors
(C148), the codes that any request may meet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from core.codes import by_status

View = TypeVar("View", bound=Callable[..., Any])
KEY, SESSION = "apiKey", "session"  # the names of the two security schemes
REPLAY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER,
    description="1-255 printable characters. The same key with the same body returns the first answer for 24 h.")


class Description(Protocol):
    """What stands above a view's method and leaves it as it is."""

    def __call__(self, view: View, /) -> View: ...


class ErrorBody(serializers.Serializer[Any]):
    """The body of every answer that is not a success."""

    error = serializers.CharField(help_text="One sentence for people.")
    code = serializers.CharField(help_text="For programs; never changes.")
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False,
                                   help_text="What is wrong, field by field.")  # type: ignore[assignment]
    hint = serializers.CharField(required=False, help_text="What would help.")
    request_id = serializers.CharField(help_text="Quote it when you ask for help; also in X-Request-Id.")


def describe(name: str, summary: str, *, tag: str, answer: Any, body: Any = None, status: int = 200, faults: str = "",
             session_only: bool = False, public: bool = False, replay: bool = False,
             asked: Mapping[str, Any] | None = None, answered: Mapping[str, Any] | None = None,
             about: str = "", parameters: Sequence[Any] = ()) -> Description:
    """Describe a view's method as `name`: `faults` are codes parted by blanks, `asked` and `answered` examples."""
    codes = " ".join([faults, _shared(body is not None, session_only, public)])
    answers: dict[Any, Any] = answer if isinstance(answer, dict) else {status: answer}
    for wrong, names in by_status(codes).items():
        told = ", ".join(f"`{name}`" for name in dict.fromkeys(names))
        answers[wrong] = OpenApiResponse(ErrorBody, description=told)
    examples = [OpenApiExample("Request", asked, request_only=True)] if asked else []
    if answered:
        examples.append(OpenApiExample("Response", answered, response_only=True, status_codes=[str(status)]))
    schemes: Any = [] if public else [{SESSION: []}] if session_only else [{KEY: []}, {SESSION: []}]
    return extend_schema(
        operation_id=name, summary=summary, description=about, tags=[tag], request=body, responses=answers,
        examples=examples, auth=schemes,
        parameters=[*parameters, *([REPLAY_KEY] if replay else [])])


def _shared(has_body: bool, session_only: bool, public: bool) -> str:
    """The codes that a route has because of what it is."""
    codes = "rate_limited internal"
    if not public:
        codes += " not_authenticated invalid_key"
    if session_only:
        codes += " session_required csrf"
    if has_body:
        codes += " csrf invalid_json missing_field invalid_field body_too_large unsupported_content_type"
    return codes


class Described(AutoSchema):
    """Says of a route only what `describe` was told: docstrings are for us."""

    def get_description(self) -> str:  # type: ignore[override]  # spectacular's own signature
        return ""


PATH_MEANINGS = {
    "file_id": "The upload, as upload/request or multipart/initiate named it.",
    "upload_id": "The multipart upload, as multipart/initiate named it.",
    "job_id": "The job, as POST /v1/clip named it.",
    "clip_id": "The clip, as its job and GET /v1/clips name it.",
    "key_id": "The key, as GET /v1/keys names it.",
    "preset_id": "A preset's id, with or without `preset:`, or `builtin:` and a slug.",
    "ext": "The ending of the file's name: srt, vtt, ass, txt or json.",
    "font_id": "The font, as GET /v1/caption-fonts names it.",
}


def with_meanings(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say what stands in a path (a hook of drf-spectacular)."""
    for methods in result["paths"].values():
        for operation in methods.values():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "path":
                    parameter["description"] = PATH_MEANINGS[parameter["name"]]
    return result


def without_docstrings(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Take the serializers' docstrings out of the published description (a hook of drf-spectacular)."""
    for component in result["components"]["schemas"].values():
        component.pop("description", None)
    return result


class IntegerField(OpenApiSerializerFieldExtension):
    target_class = "core.fields.StrictInteger"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.target.min_value, "maximum": self.target.max_value}


class NumberField(OpenApiSerializerFieldExtension):
    target_class = "core.fields.StrictNumber"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        return {"type": "number", "format": "double", "minimum": self.target.min_value,
                "maximum": self.target.max_value}


class TimeField(OpenApiSerializerFieldExtension):
    target_class = "core.fields.MediaTime"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        return {"oneOf": [{"type": "number", "format": "double"},
                          {"type": "string", "pattern": r"^\d{1,3}:[0-5]\d:[0-5]\d(\.\d{1,3})?$"}],
                "description": 'Seconds, or "HH:MM:SS.mmm".'}


class TextField(OpenApiSerializerFieldExtension):
    target_class = "core.fields.StrictText"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        least = {} if self.target.allow_blank else {"minLength": 1}
        return {"type": "string", "maxLength": self.target.max_length, **least}

"""How the routes about transcripts are described; the example is that of the API's own documentation."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from captions.exports import TYPES
from captions.models import MAX_VERSIONS
from core.schemas import Description, describe
from media.transcribe.choose import NAMES as ENGINES

TAG = "Transcripts"
FILE_ID = "upl_a1b2c3d4e5f6"
WORD = {"word": "Welcome", "start": 0.0, "end": 0.6, "probability": 0.98}
READ: dict[str, Any] = {
    "file_id": FILE_ID, "text": "[0:00:00] Welcome everyone...",
    "segments": [{"start": 0.0, "end": 2.7, "text": "Welcome everyone", "words": [WORD]}], "duration": 1200.5,
    "language": "en", "translated": False, "engine": "whisper", "quality": "standard", "version": 1, "edited": False,
    "created_at": "2026-04-19T10:00:00Z"}
MADE = READ | {"cached": False, "cost": 0.05, "balance": 0.95}
USING = "not_found not_ready source_expired upload_failed no_audio unsupported_media queue_unavailable disk_full"
PREFER = OpenApiParameter("Prefer", str, OpenApiParameter.HEADER,
                          description="respond-async: do not wait, answer 202 at once.")


class SpokenWord(serializers.Serializer[Any]):
    word = serializers.CharField(help_text="As it is written.")
    start = serializers.FloatField(help_text="Seconds; never before the end of the word before.")
    end = serializers.FloatField(help_text="Seconds.")
    probability = serializers.FloatField(allow_null=True, help_text="0 to 1; null for what a person wrote.")


class SpokenSegment(serializers.Serializer[Any]):
    start = serializers.FloatField(help_text="Seconds.")
    end = serializers.FloatField(help_text="Seconds.")
    text = serializers.CharField(help_text="Its words.")
    words = SpokenWord(many=True, help_text="Every word with its times.")


class Transcript(serializers.Serializer[Any]):
    file_id = serializers.CharField(help_text="The upload.")
    text = serializers.CharField(help_text="A line [H:MM:SS] text for every segment.")
    segments = SpokenSegment(many=True, help_text="What is said, in its order; empty where nobody speaks.")
    duration = serializers.FloatField(help_text="Seconds of the source.")
    language = serializers.CharField(help_text="Such as en; empty where nobody speaks.")
    translated = serializers.BooleanField(help_text="Whether this is a translation to English.")
    engine = serializers.CharField(help_text=f"What heard it: {', '.join(ENGINES)}; align: the text is yours.")
    quality = serializers.CharField(help_text="standard, or draft: many words may be wrong.")
    version = serializers.IntegerField(help_text="Counts up with every change.")
    edited = serializers.BooleanField(help_text="Whether words were corrected by hand.")
    created_at = serializers.DateTimeField(help_text="When this version was made.")


class PaidTranscript(Transcript):
    cached = serializers.BooleanField(help_text="Whether it was stored, and costs nothing.")
    cost = serializers.FloatField(help_text="US dollars; 0 where nobody speaks.")
    balance = serializers.FloatField(help_text="US dollars that can be spent now.")


class VersionedTranscript(Transcript):
    versions = serializers.ListField(child=serializers.IntegerField(), help_text="The versions that are kept.")


class Waiting(serializers.Serializer[Any]):
    job_id = serializers.CharField(help_text="The job.")
    status = serializers.CharField(help_text="Where it is, as GET /v1/clip/{job_id} tells it.")
    progress = serializers.IntegerField(help_text="Percent.")
    poll_url = serializers.CharField(help_text="Path of the job; once complete it holds this answer in `result`.")
    retry_after = serializers.IntegerField(help_text="Seconds to wait.")


def ask(body: Any) -> Description:
    return describe("create_transcript", "Transcribe an upload", tag=TAG, body=body,
                    answer={200: PaidTranscript, 202: Waiting}, replay=True, parameters=[PREFER],
                    faults=f"{USING} insufficient_balance conflict provider_unavailable storage_unavailable "
                           "idempotency_mismatch in_flight",
                    asked={"file_id": FILE_ID}, answered=MADE,
                    about="Every word with its times. Waits up to 25 seconds; then the answer is 202, and the same "
                          "request, or poll_url, brings the transcript. What is stored costs nothing. With dry_run "
                          "the answer is dry_run, cost, reserved and cached.")


def read(query: Any) -> Description:
    return describe("read_transcript", "Get a transcript", tag=TAG, answer=VersionedTranscript, parameters=[query],
                    faults="not_found invalid_field", answered=READ | {"versions": [1]},
                    about="Also for 24 hours after the upload has expired.")


def edit(body: Any) -> Description:
    return describe("edit_transcript", "Correct a transcript", tag=TAG, body=body, answer=Transcript,
                    faults="not_found conflict out_of_range",
                    asked={"base_version": 1, "edits": [{"segment": 3, "word": 2, "text": "Kubernetes"}]},
                    answered=READ | {"version": 2, "edited": True},
                    about=f"Makes the next version; the first and the newest, {MAX_VERSIONS} in all, are kept. A "
                          "replaced word keeps its time, inserted words share the gap beside it, and empty text takes "
                          "a word away. 409 where base_version is not the newest.")


def align(body: Any) -> Description:
    return describe("align_transcript", "Bring your own text", tag=TAG, body=body,
                    answer={200: PaidTranscript, 202: Waiting}, parameters=[PREFER],
                    faults=f"{USING} conflict in_flight out_of_range storage_unavailable",
                    asked={"format": "txt", "text": "Welcome everyone"},
                    answered=MADE | {"engine": "align", "version": 2, "cost": 0},
                    about="The words of your subtitles or text get the times at which they are said, and are the next "
                          "version. Free of charge. Waits like a transcription.")


def files() -> dict[Any, Any]:
    return {(200, kind): OpenApiResponse(OpenApiTypes.STR) for kind in TYPES.values()}


def download(query: Any) -> Description:
    return describe("download_transcript", "Download a transcript", tag=TAG, answer=files(), parameters=[query],
                    faults="not_found invalid_field missing_glyphs queue_unavailable",
                    about="ext: srt, vtt (with the time of each word), ass (in the default style), txt or json.")

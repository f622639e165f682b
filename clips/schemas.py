"""How the routes about clips are described; the examples are those of the API's own documentation."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from captions.transcript_schemas import files
from core.schemas import Description, describe
from jobs.models import OPEN, TERMINAL

TAG = "Clips"
CLIP_ID = "d9d54c23-7af8-41f8-8f6e-9ce0092f8f2f"
LINKS = {"clip_id": CLIP_ID, "share_url": f"/c/{CLIP_ID}", "embed_url": f"/embed/{CLIP_ID}"}
MADE = {"file_name": "source_0-15-0-55.mp4", "format": "mp4", "quality": "1080p", "aspect_ratio": "16:9",
        "created_at": "2026-04-19T10:00:00Z", "expires_at": "2026-04-20T10:00:00Z", **LINKS}
JOB = MADE | {
    "job_id": "job_0a1b2c3d4e5f", "kind": "clip", "status": "complete", "progress": 100, "status_message": "Done!",
    "captioned": False, "download_url": "https://...", "saved_to_library": True, "file_id": "upl_a1b2c3d4e5f6",
    "title": None, "start": 15.0, "end": 55.0, "cost": 0.02, "balance": 0.98}
ASKING = ("not_found not_ready source_expired upload_failed invalid_range too_many_segments segment_too_long "
          "out_of_range format_mismatch quality_mismatch four_k_locked gif_session_only insufficient_balance "
          "no_audio no_speech missing_glyphs queue_unavailable provider_unavailable disk_full "
          "idempotency_mismatch in_flight")


CUTTING = (
    "One job per segment, $0.02 each, $0.04 where 4K is delivered. A video source is cut to mp4, or to gif by who is "
    "signed in on the site; an audio source to mp3, m4a, wav or flac. Captions add $0.02 per started minute of a "
    "segment, $0.04 in 4K; where nobody speaks the job fails with no_speech, refunded. With dry_run the answer is "
    "dry_run, cost, reserved, format, quality and segments instead of jobs.")


REPORT = ("Only of captioned clips: cues; max_cps and too_fast (characters per second of the fastest, and how many "
          "are above what can be read); too_short (gone before they are seen); orphans (last lines of one word); "
          "overlaps_ui (apps whose signs cover them, in upright videos); min_contrast, null where the picture decides; "
          "lines; smallest (least size, as a share of the style's); fixed (code and count of each repair); warnings; "
          "fallback_fonts; transcript_version, null where the words were heard for this clip alone or kept with it.")


class QueuedJobs(serializers.Serializer[Any]):
    """`job_id` for start and end, `job_ids` for segments."""

    status = serializers.ChoiceField(["pending", "partial"],
        help_text="partial where only the first segments could be queued.")
    job_id = serializers.CharField(required=False, help_text="The job: of start and end, or of the only segment.")
    job_ids = serializers.ListField(child=serializers.CharField(), required=False,
        help_text="With segments: one job each, in their order.")
    error = serializers.CharField(required=False, help_text="Why some segments were not queued.")


class Job(serializers.Serializer[Any]):
    """The result fields are null until the job is complete."""

    job_id = serializers.CharField(help_text="The job.")
    kind = serializers.CharField(help_text="clip, transcript, or captions where it captions what was there already.")
    status = serializers.ChoiceField(OPEN + TERMINAL,
        help_text="pending, downloading, processing, uploading, then complete or failed.")
    progress = serializers.IntegerField(min_value=0, max_value=100, help_text="Percent; 100 once complete.")
    status_message = serializers.CharField(help_text="What is being done, for people.")
    captioned = serializers.BooleanField(help_text="Whether captions are burned in.")
    download_url = serializers.URLField(allow_null=True,
        help_text="Fresh on each read, good for an hour; null until complete and after the clip has expired.")
    file_name = serializers.CharField(allow_null=True, help_text="What the download is saved as.")
    format = serializers.CharField(allow_null=True, help_text="What was made: mp4, gif, mp3, m4a, wav or flac.")
    quality = serializers.CharField(allow_null=True,
        help_text="Class of the delivered picture, such as 1080p; empty for audio and GIF.")
    aspect_ratio = serializers.CharField(allow_null=True, help_text="Such as 16:9; empty for audio.")
    saved_to_library = serializers.BooleanField(allow_null=True,
        help_text="true once complete: GET /v1/clips lists it.")
    clip_id = serializers.UUIDField(allow_null=True, help_text="The clip: GET /v1/clips/{clip_id}.")
    share_url = serializers.CharField(allow_null=True, help_text="Path of the clip's page; not served by this version.")
    embed_url = serializers.CharField(allow_null=True,
        help_text="Path of the clip's player; not served by this version.")
    cost = serializers.FloatField(allow_null=True, help_text="US dollars; 0 where the job failed.")
    balance = serializers.FloatField(help_text="US dollars that can be spent now.")
    file_id = serializers.CharField(help_text="The upload it was cut from.")
    title = serializers.CharField(required=False, allow_null=True, help_text="The clip's title.")
    start = serializers.FloatField(required=False, help_text="Of a clip: seconds in the source.")
    end = serializers.FloatField(required=False, help_text="Of a clip: seconds in the source.")
    result = serializers.DictField(required=False, allow_null=True,
        help_text="Of a transcript: what POST /v1/transcript answers, once it is complete.")
    created_at = serializers.DateTimeField(help_text="When it was asked for.")
    expires_at = serializers.DateTimeField(required=False, allow_null=True,
        help_text="When the clip goes, 24 hours after it was made.")
    error = serializers.CharField(required=False, help_text="Only of a failed job: why, for people.")
    error_code = serializers.CharField(required=False, help_text="Only of a failed job: why, for programs.")
    refunded = serializers.BooleanField(required=False,
        help_text="Only of a failed job: true, what was set aside is back.")
    cut = serializers.DictField(required=False, help_text="How exact the cut is: the receipt of a video clip.")
    caption_report = serializers.DictField(required=False, help_text=REPORT)
    width = serializers.IntegerField(required=False, help_text="Pixels; only with a picture.")
    height = serializers.IntegerField(required=False, help_text="Pixels; only with a picture.")
    duration = serializers.FloatField(required=False, help_text="Seconds of the clip.")


class Clip(serializers.Serializer[Any]):
    clip_id = serializers.UUIDField(help_text="The clip.")
    share_url = serializers.CharField(help_text="Path of the clip's page; not served by this version.")
    embed_url = serializers.CharField(help_text="Path of the clip's player; not served by this version.")
    job_id = serializers.CharField(help_text="The job that made it.")
    file_id = serializers.CharField(help_text="The upload it was cut from.")
    title = serializers.CharField(help_text="Its title.")
    file_name = serializers.CharField(help_text="What the download is saved as.")
    format = serializers.CharField(help_text="mp4, gif, mp3, m4a, wav or flac.")
    quality = serializers.CharField(help_text="Class of the picture, such as 1080p; empty for audio and GIF.")
    aspect_ratio = serializers.CharField(help_text="Such as 16:9; empty for audio.")
    duration = serializers.FloatField(help_text="Seconds.")
    size = serializers.IntegerField(help_text="Bytes.")
    captioned = serializers.BooleanField(help_text="Whether captions are burned in.")
    pinned = serializers.BooleanField(help_text="Whether it never expires.")
    view_count = serializers.IntegerField(help_text="Always 0: pages that count views are not offered by this version.")
    view_count_visible = serializers.BooleanField(help_text="Always true in this version.")
    download_url = serializers.URLField(help_text="Fresh on each read, good for an hour.")
    thumbnail_url = serializers.URLField(allow_null=True,
        help_text="A picture of it, good for an hour; null for audio.")
    created_at = serializers.DateTimeField(help_text="When it was made.")
    expires_at = serializers.DateTimeField(allow_null=True,
        help_text="When it goes, 24 hours later; null where pinned.")


class Clips(serializers.Serializer[Any]):
    clips = Clip(many=True, help_text="Newest first.")
    total = serializers.IntegerField(help_text="How many there are on all pages.")
    limit = serializers.IntegerField(help_text="Clips per page.")
    offset = serializers.IntegerField(help_text="How many were skipped.")
    next = serializers.IntegerField(allow_null=True, help_text="The offset of the next page; null on the last.")


ROW = MADE | {
    "job_id": "job_0a1b2c3d4e5f", "file_id": "upl_a1b2c3d4e5f6", "title": "source", "duration": 40.0,
    "size": 10485760, "captioned": False, "pinned": False, "view_count": 0, "view_count_visible": True,
    "download_url": "https://...", "thumbnail_url": "https://..."}


def clip(body: Any) -> Description:
    return describe("create_clips", "Create clips",
                    tag=TAG, body=body, answer=QueuedJobs, faults=ASKING, replay=True, about=CUTTING,
                    asked={"file_id": "upl_a1b2c3d4e5f6", "segments": [{"start": 10, "end": 20},
                                                                       {"start": 45, "end": 60}],
                           "format": "mp4", "quality": "1080p"},
                    answered={"job_ids": ["job_0a1b2c3d4e5f", "job_5f4e3d2c1b0a"], "status": "pending"})


job = describe("read_job", "Get a job", tag=TAG, answer=Job, faults="not_found", answered=JOB)
cancel = describe("cancel_job", "Cancel a job", tag=TAG, answer=Job,
                  faults="not_found conflict csrf",
                  answered=JOB | dict.fromkeys(LINKS) | dict.fromkeys(
                      ["download_url", "file_name", "format", "quality", "aspect_ratio", "saved_to_library"]) | {
                      "status": "failed", "progress": 0, "status_message": "Cancelled", "cost": 0, "refunded": True,
                      "error": "The job was cancelled.", "error_code": "cancelled"})


def clips(query: Any) -> Description:
    return describe("list_clips", "List clips",
                    tag=TAG, answer=Clips, faults="invalid_field",
                    parameters=[query],
                    answered={"clips": [ROW], "total": 1, "limit": 50, "offset": 0, "next": None})


clip_transcript = describe(
    "download_clip_transcript", "Download a clip's transcript", tag=TAG, answer=files(),
    faults="not_found missing_glyphs",
    about="What is said in the clip, on its own clock, out of the newest version of the transcript of its source; 404 "
          "where the source was not transcribed. ext: srt, vtt, ass, txt or json.")
one_clip = describe("read_clip", "Get a clip", tag=TAG, answer=Clip, faults="not_found", answered=ROW)


class Deleted(serializers.Serializer[Any]):
    deleted = serializers.ListField(child=serializers.UUIDField(), help_text="The clips that are gone.")
    not_found = serializers.ListField(child=serializers.CharField(), help_text="Ids that name no clip of yours.")
    deleted_count = serializers.IntegerField(help_text="How many are gone.")


class Done(serializers.Serializer[Any]):
    ok = serializers.BooleanField(help_text="Always true.")


def rename(body: Any) -> Description:
    return describe("rename_clip", "Rename a clip", tag=TAG, body=body, answer=Clip, faults="not_found",
                    asked={"title": "The best answer"}, answered=ROW | {"title": "The best answer"},
                    about="Changes the title; the file name stays as it is.")


delete = describe("delete_clip", "Delete a clip", tag=TAG, answer=Done, faults="not_found csrf", answered={"ok": True},
                  about="Its file goes at once and does not come back; nothing is refunded.")


def bulk_delete(body: Any) -> Description:
    return describe("delete_clips", "Delete up to 50 clips", tag=TAG, body=body, answer=Deleted,
                    asked={"clip_ids": [CLIP_ID]},
                    answered={"deleted": [CLIP_ID], "not_found": [], "deleted_count": 1},
                    about="Ids that stand twice count once; ids that name no clip of yours are listed as not_found.")

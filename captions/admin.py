"""Presets, fonts and transcripts in the admin."""

from __future__ import annotations

from django.contrib import admin

from captions.models import Font, Piece, Preset, Transcript
from core.admin import ReadOnlyAdmin


@admin.register(Preset)
class PresetAdmin(ReadOnlyAdmin):
    list_display = ["name", "account", "font_name", "font", "effect", "created_at", "updated_at"]
    list_filter = ["effect", "created_at"]
    list_select_related = ["account", "font"]
    search_fields = ["id", "name", "account__email"]
    ordering = ["-created_at"]


@admin.register(Font)
class FontAdmin(ReadOnlyAdmin):
    list_display = ["name", "style", "account", "format", "size", "glyph_count", "created_at"]
    list_filter = ["format", "created_at"]
    list_select_related = ["account"]
    search_fields = ["id", "name", "filename", "account__email"]
    ordering = ["-created_at"]


@admin.register(Transcript)
class TranscriptAdmin(ReadOnlyAdmin):
    """What is said is the customer's: staff see how much and by which recogniser."""

    list_display = ["upload", "version", "base", "language", "engine", "quality", "words", "created_at"]
    list_filter = ["engine", "quality", "created_at"]
    list_select_related = ["upload"]
    search_fields = ["upload__id", "upload__account__email"]
    ordering = ["-created_at"]
    exclude = ["said"]


@admin.register(Piece)
class PieceAdmin(ReadOnlyAdmin):
    list_display = ["upload", "wish", "number", "start", "end", "job", "created_at", "finished_at"]
    list_filter = ["wish", "created_at"]
    list_select_related = ["upload"]
    search_fields = ["upload__id", "job"]
    ordering = ["-created_at"]
    exclude = ["said"]

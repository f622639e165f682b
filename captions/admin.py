"""Presets and fonts in the admin."""

from __future__ import annotations

from django.contrib import admin

from captions.models import Font, Preset
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

"""Clips in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.template.defaultfilters import filesizeformat

from clips.models import Clip, Master
from core.admin import ReadOnlyAdmin, ReadOnlyInline


class MasterInline(ReadOnlyInline):
    """What a captioned clip was made from; the words are the customer's."""

    model = Master
    fields = ["key", "size", "start", "end", "at", "language"]


@admin.register(Clip)
class ClipAdmin(ReadOnlyAdmin):
    inlines = [MasterInline]
    list_display = ["file_name", "account", "format", "quality", "duration", "weight", "created_at",
                    "expires_at", "deleted_at"]
    list_filter = ["format", "quality", "captioned", "created_at"]
    list_select_related = ["account"]
    search_fields = ["id", "title", "file_name", "source", "job__id", "account__email"]
    ordering = ["-created_at"]

    @admin.display(description="size", ordering="size")
    def weight(self, clip: Clip) -> str:
        return str(filesizeformat(clip.size))

"""Uploads and their parts in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.template.defaultfilters import filesizeformat

from core.admin import ReadOnlyAdmin, ReadOnlyInline
from uploads.models import Asset, Part, Quota, Upload


class PartInline(ReadOnlyInline):
    model = Part
    fields = ["number", "size", "etag", "writer", "writer_until"]
    readonly_fields = fields


class AssetInline(ReadOnlyInline):
    model = Asset
    fields = ["kind", "state", "error", "facts", "created_at"]
    readonly_fields = fields


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ["id", "account", "filename", "declared", "state", "error_code", "pins", "created_at",
                    "expires_at"]
    list_filter = ["state", "error_code", "created_at"]
    list_select_related = ["account"]
    search_fields = ["id", "filename", "multipart_id", "sha256", "account__email"]
    ordering = ["-created_at"]
    inlines = [PartInline, AssetInline]

    @admin.display(description="size", ordering="size")
    def declared(self, upload: Upload) -> str:
        return str(filesizeformat(upload.size))


@admin.register(Quota)
class QuotaAdmin(ReadOnlyAdmin):
    list_display = ["account", "uploads", "bytes"]
    list_select_related = ["account"]
    search_fields = ["account__email"]

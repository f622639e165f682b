"""The ground of every admin page: what staff may look at, and what nobody may touch by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from core.models import Idempotency, Trash


class ReadOnly:
    """Rows that services alone write: staff may look, not add, change or delete."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):
    """A list and its details, without a way to write. Long tables are counted once per page, not twice."""

    show_full_result_count = False
    list_per_page = 50
    compressed_fields = True
    actions: Any = ()


class ReadOnlyInline(ReadOnly, TabularInline):
    """Rows that belong to the row above, to look at."""

    extra = 0


class SuperusersOnly:
    """Money and what leads to it: other staff do not even see that it is there."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(Idempotency)
class IdempotencyAdmin(ReadOnlyAdmin):
    """Stored answers. Their bodies stay hidden, since they may hold signed addresses."""

    list_display = ["route", "key", "account", "state", "status", "created_at", "expires_at"]
    list_filter = ["state", "status"]
    list_select_related = ["account"]
    search_fields = ["key", "route", "account__email"]
    exclude = ["body"]


@admin.register(Trash)
class TrashAdmin(ReadOnlyAdmin):
    list_display = ["key", "created_at"]
    search_fields = ["key"]

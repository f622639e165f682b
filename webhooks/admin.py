"""Events in the admin: what happened, as it will be sent."""

from __future__ import annotations

from django.contrib import admin

from core.admin import ReadOnlyAdmin
from webhooks.models import Counter, Event


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "account", "seq", "name", "subject"]
    list_filter = ["name", "created_at"]
    list_select_related = ["account"]
    search_fields = ["subject", "account__email"]
    ordering = ["-pk"]
    fields = ["account", "seq", "name", "subject", "text", "created_at"]

    @admin.display(description="body")
    def text(self, event: Event) -> str:
        return bytes(event.body).decode()


@admin.register(Counter)
class CounterAdmin(ReadOnlyAdmin):
    list_display = ["account", "last"]
    list_select_related = ["account"]
    search_fields = ["account__email"]

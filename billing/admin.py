"""Money in the admin: superusers look; the ledger alone writes."""

from __future__ import annotations

from django.contrib import admin
from django.db import models
from unfold.admin import ModelAdmin

from billing.models import Entry, Hold, Payment, Wallet
from core.admin import ReadOnlyAdmin, ReadOnlyInline, SuperusersOnly
from core.money import price


class MoneyAdmin(SuperusersOnly, ReadOnlyAdmin):
    """Cents shown as dollars."""


def _dollars(field: str, title: str = "") -> object:
    """A list column that shows the cents of `field` as a price."""
    @admin.display(description=title or field, ordering=field)
    def column(self: ModelAdmin, row: models.Model) -> str:
        cents = getattr(row, field)
        return "" if cents is None else price(cents)

    return column


class OpenHolds(SuperusersOnly, ReadOnlyInline):
    model = Hold
    fields = ["purpose", "amount", "cost", "status", "created_at"]
    readonly_fields = fields
    show_change_link = True


@admin.register(Wallet)
class WalletAdmin(MoneyAdmin):
    list_display = ["account", "spendable", "owed"]
    list_select_related = ["account"]
    search_fields = ["account__email"]
    inlines = [OpenHolds]
    spendable = _dollars("available")
    owed = _dollars("debt")


@admin.register(Entry)
class EntryAdmin(MoneyAdmin):
    list_display = ["created_at", "wallet", "kind", "change", "key", "reason"]
    list_filter = ["kind", "created_at"]
    list_select_related = ["wallet__account"]
    search_fields = ["key", "reason", "wallet__account__email"]
    ordering = ["-pk"]
    change = _dollars("amount", "change")


@admin.register(Hold)
class HoldAdmin(MoneyAdmin):
    list_display = ["created_at", "wallet", "purpose", "held", "final", "status"]
    list_filter = ["status", "created_at"]
    list_select_related = ["wallet__account"]
    search_fields = ["purpose", "wallet__account__email"]
    ordering = ["-pk"]
    held = _dollars("amount", "held")
    final = _dollars("cost", "cost")


@admin.register(Payment)
class PaymentAdmin(MoneyAdmin):
    list_display = ["created_at", "account", "provider", "purpose", "paid", "refunded", "state"]
    list_filter = ["state", "provider", "purpose", "created_at"]
    list_select_related = ["account"]
    search_fields = ["id", "provider_id", "account__email"]
    ordering = ["-created_at"]
    paid = _dollars("cents", "paid")
    refunded = _dollars("refunded_cents", "refunded")

"""Money rows. `billing.ledger` is their only writer; the database refuses what it must never hold."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from core.ids import new_id

ENTRY_KINDS = ["topup", "bonus_first", "bonus_50", "signup", "promo", "reserve", "release", "storage",
               "refund", "chargeback", "adjust"]
PAYMENT_STATES = ["created", "processing", "succeeded", "failed", "refunded", "disputed"]


class Wallet(models.Model):
    """What an account can spend, in cents. Holds are already out of `available`."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="wallet")
    available = models.BigIntegerField(default=0)
    debt = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(available__gte=0), name="wallet_available_not_negative"),
            models.CheckConstraint(condition=Q(debt__gte=0), name="wallet_debt_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.available} cents"


class Hold(models.Model):
    """Money set aside for one piece of work, until it is settled or refunded."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="holds")
    purpose = models.CharField(max_length=60)  # "job:{id}"
    amount = models.BigIntegerField()
    cost = models.BigIntegerField(null=True)
    status = models.CharField(max_length=8, default="open")
    parts = models.JSONField(default=dict)  # what the amount is made of: {"trim": 2, "four_k": 2}
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            # A retried request or a redelivered task cannot pay twice.
            models.UniqueConstraint(fields=["purpose"], name="hold_one_per_purpose"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="hold_amount_positive"),
            models.CheckConstraint(condition=Q(cost__isnull=True) | Q(cost__gte=0, cost__lte=F("amount")),
                                   name="hold_cost_within_amount"),
            models.CheckConstraint(condition=Q(status="open", cost__isnull=True)
                                   # A check that comes out as NULL passes, so NULL is ruled out by name.
                                   | Q(status="settled", cost__isnull=False, cost__gt=0)
                                   | Q(status="refunded", cost__isnull=False, cost=0),
                                   name="hold_status_fits_cost"),
        ]
        indexes = [
            # read by billing.reconcile: holds that stay open too long
            models.Index(fields=["created_at"], condition=Q(status="open"), name="hold_open_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.amount} cents, {self.status}"


def _attempt_id() -> str:
    return new_id("pay_")


class Payment(models.Model):
    """Money that came (or should come) from outside. `state` moves by conditional UPDATE only."""

    id = models.CharField(primary_key=True, max_length=16, default=_attempt_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=255)
    purpose = models.CharField(max_length=20, default="deposit")
    cents = models.BigIntegerField()
    refunded_cents = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, default="created")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_id"], name="payment_one_per_provider_id"),
            models.CheckConstraint(condition=Q(cents__gte=500), name="payment_at_least_five_dollars"),
            models.CheckConstraint(condition=Q(refunded_cents__gte=0, refunded_cents__lte=F("cents")),
                                   name="payment_refund_within_cents"),
            models.CheckConstraint(condition=Q(state__in=PAYMENT_STATES), name="payment_state"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.cents} cents, {self.state}"


class Entry(models.Model):
    """One change of a wallet. Append-only: triggers refuse UPDATE and DELETE on both databases."""

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=12)
    amount = models.BigIntegerField()  # signed cents
    key = models.CharField(max_length=300)
    reason = models.CharField(max_length=300, default="")
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, null=True, related_name="entries")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="entries")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="entry_one_per_key"),
            models.CheckConstraint(condition=~Q(amount=0), name="entry_amount_not_zero"),
            models.CheckConstraint(condition=Q(kind__in=ENTRY_KINDS), name="entry_kind"),
            models.CheckConstraint(condition=~Q(kind="adjust") | ~Q(reason=""),
                                   name="entry_adjust_has_reason"),
        ]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.kind} {self.amount:+d}"

"""How the routes about money are described."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.schemas import describe

TAG = "Balance"


class Balance(serializers.Serializer[Any]):
    """US dollars with at most two decimals."""

    balance = serializers.FloatField(help_text="US dollars that can be spent; what is reserved is already out of it.")
    reserved = serializers.FloatField(help_text="US dollars set aside for jobs that have not ended.")
    currency = serializers.CharField(help_text="Always USD.")
    paid_deposit = serializers.BooleanField(
        help_text="Whether money was ever paid in; the sign-up credit does not count.")
    can_export_4k = serializers.BooleanField(help_text="Whether quality 4k is unlocked, which a paid deposit does.")
    low_threshold = serializers.FloatField(help_text="US dollars; below it the balance counts as low.")


class Credit(serializers.Serializer[Any]):
    granted = serializers.BooleanField(help_text="Always true; the second claim is refused.")
    credited = serializers.FloatField(help_text="US dollars that were added.")
    balance = serializers.FloatField(help_text="US dollars that can be spent now.")


balance = describe(
    "read_balance", "Get the balance", tag=TAG, answer=Balance,
    answered={"balance": 0.98, "reserved": 0.02, "currency": "USD", "paid_deposit": False, "can_export_4k": False,
              "low_threshold": 1.0})
signup_credit = describe(
    "claim_signup_credit", "Claim the sign-up credit", tag=TAG, answer=Credit, session_only=True, replay=True,
    faults="already_granted idempotency_mismatch in_flight",
    answered={"granted": True, "credited": 1.0, "balance": 1.0})

"""How the routes about money are described."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from core.schemas import describe

TAG = "Balance"


class Balance(serializers.Serializer[Any]):
    """US dollars with at most two decimals."""

    balance = serializers.FloatField(help_text="What can be spent; what is reserved is already out of it.")
    reserved = serializers.FloatField()
    currency = serializers.CharField()
    paid_deposit = serializers.BooleanField()
    can_export_4k = serializers.BooleanField()
    low_threshold = serializers.FloatField()


class Credit(serializers.Serializer[Any]):
    granted = serializers.BooleanField()
    credited = serializers.FloatField()
    balance = serializers.FloatField()


balance = describe(
    "read_balance", "Read the balance", tag=TAG, answer=Balance,
    answered={"balance": 0.98, "reserved": 0.02, "currency": "USD", "paid_deposit": False, "can_export_4k": False,
              "low_threshold": 1.0})
signup_credit = describe(
    "claim_signup_credit", "Claim the first dollar, once", tag=TAG, answer=Credit, session_only=True, replay=True,
    faults="already_granted idempotency_mismatch in_flight",
    answered={"granted": True, "credited": 1.0, "balance": 1.0})

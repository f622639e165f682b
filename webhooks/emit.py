"""The only writer of events. An event is a row in its cause's transaction: both happen or neither does."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts.models import Account
from webhooks.models import Counter, Event


def _plain(value: Any) -> Any:
    """`value` with floats as every JSON library would write them: whole ones as integers, else 3 decimals."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and isfinite(value):
        rounded = round(value, 3)
        return int(rounded) if rounded.is_integer() else rounded
    return value


def canonical(value: dict[str, Any]) -> bytes:
    """The one spelling of `value` in JSON: sorted keys, no spaces, ASCII only.

    A receiver that parses the body and dumps it with Python's `json` gets these bytes again, so either
    can be signed. Raises ValueError on NaN and Infinity. Source: C125.
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=True,
                      allow_nan=False).encode("ascii")


def take_turn(account_id: int, *, step: int = 0) -> None:
    """Keep other transactions from numbering this account's events until ours ends.

    Whoever changes a wallet calls this first, so number and wallet are taken in the same order by a job
    that ends (announces, then settles) and by a request that spends (reserves, then announces a low
    balance). On PostgreSQL those two would otherwise wait for each other.
    """
    mine = Counter.objects.filter(account_id=account_id)
    if mine.update(last=F("last") + step) != 1:
        Counter.objects.get_or_create(account_id=account_id)
        mine.update(last=F("last") + step)


def _next_number(account: Account) -> int:
    take_turn(account.pk, step=1)
    return Counter.objects.values_list("last", flat=True).get(account=account)


@transaction.atomic
def emit(account: Account, name: str, *, subject: str, data: dict[str, Any]) -> Event:
    """Write that `name` happened to `subject` (a job, clip, upload or wallet), frozen as canonical bytes.

    Numbers run from 1 per account without gaps: a rolled-back event gives its number back.
    Source: C123-C127.
    """
    body = canonical({"event": name, "data": data})
    return Event.objects.create(account=account, seq=_next_number(account), name=name, subject=subject,
                                body=body)

"""What an account does with itself: signing up, making and revoking keys."""

from __future__ import annotations

from secrets import token_urlsafe

from django.db import IntegrityError, transaction

from accounts.auth import digest
from accounts.models import MAX_KEYS, Account, ApiKey
from core.errors import Conflict, NotFound

KEY_PREFIX = "sk_live_"
SHOWN = 12  # characters of a key that lists may show (C002)


class KeyLimitReached(Conflict):
    code, sentence = "limit_reached", f"An account may have {MAX_KEYS} API keys."
    hint = "Delete a key that is no longer used."


class EmailTaken(Conflict):
    sentence = "There is an account with this e-mail address already."


def sign_up(*, email: str, password: str, superuser: bool = False) -> Account:
    """Make an account; the address is kept in lower case. Raises `EmailTaken` (409)."""
    make = Account.objects.create_superuser if superuser else Account.objects.create_user
    try:
        with transaction.atomic():
            return make(email, password)
    except IntegrityError as fault:
        raise EmailTaken from fault


def create_key(account: Account, *, name: str) -> tuple[ApiKey, str]:
    """Make a key called `name` (1 to 100 characters); returns its row and, this once, the key in clear.

    A key takes one of ten numbered places, so eleven requests at once cannot make eleven keys. Raises
    `KeyLimitReached` (409). Source: C002, C108, C143.
    """
    clear = KEY_PREFIX + token_urlsafe(32)
    taken = set(ApiKey.objects.filter(account=account).values_list("slot", flat=True))
    for slot in sorted(set(range(1, MAX_KEYS + 1)) - taken):
        key = ApiKey(account=account, slot=slot, name=name, prefix=clear[:SHOWN], digest=digest(clear))
        try:
            with transaction.atomic():
                key.save(force_insert=True)
        except IntegrityError:
            continue  # another request was faster; the next place may be free
        return key, clear
    raise KeyLimitReached


def delete_key(account: Account, *, key_id: str) -> None:
    """Revoke a key at once. Raises `NotFound` (404), also for another account's. Source: C009, C143."""
    if ApiKey.objects.filter(account=account, pk=key_id).delete()[0] != 1:
        raise NotFound

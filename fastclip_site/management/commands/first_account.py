"""`manage.py first_account`: the account that a fresh installation prints, made once."""

from __future__ import annotations

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts.auth import digest
from accounts.models import ApiKey

EMAIL = "owner@fastclip.local"
CREDIT_CENTS = 2000


class Command(BaseCommand):
    help = "Make the first account if there is none yet, and print its facts as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(json.dumps(first_account(settings.FASTCLIP_DATA / "keys" / "first-account.json")))


def first_account(path: Path) -> dict[str, Any]:
    """The facts kept in `path` (mode 0600): email, password, api_key, account_id.

    Made anew where the file is missing or its key is not this database's; then the key is a further one,
    and the password stays unknown if the account was there before. Raises `CommandError` where the file
    is not ours.
    """
    known = _read(path) if path.exists() else {}
    if known and ApiKey.objects.filter(digest=digest(known["api_key"])).exists():
        return known
    told = StringIO()
    call_command("create_account", EMAIL, superuser=True, credit=CREDIT_CENTS, exists_ok=True, stdout=told)
    facts: dict[str, Any] = json.loads(told.getvalue())
    facts.pop("balance", None)  # it will not stay true
    if "password" in known and known.get("account_id") == facts["account_id"]:
        facts.setdefault("password", known["password"])  # only the key was deleted
    _write(path, facts)
    return facts


def _read(path: Path) -> dict[str, Any]:
    try:
        facts = json.loads(path.read_text())
        return {**facts, "api_key": str(facts["api_key"])}
    except (ValueError, KeyError, TypeError) as fault:
        raise CommandError(f"{path} cannot be read. Move it away, and it is made anew.") from fault


def _write(path: Path, facts: dict[str, Any]) -> None:
    """Replace the file in one step; nobody else may read it at any time."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(facts, indent=1) + "\n")
    draft.replace(path)

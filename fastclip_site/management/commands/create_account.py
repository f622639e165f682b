"""`manage.py create_account EMAIL`: a customer or a superuser with a key, ready to use."""

from __future__ import annotations

import json
from secrets import token_urlsafe
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import Account
from accounts.services import create_key, sign_up
from billing import ledger, queries
from billing.models import Payment
from core.errors import FastClipError
from core.money import dollars

PAID_CENTS = 500  # the smallest deposit


class Command(BaseCommand):
    help = "Make an account with an API key; prints one line of JSON: email, account_id, api_key, balance."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--password", default="", help="without it one is made and printed")
        parser.add_argument("--superuser", action="store_true", help="may use /admin/")
        parser.add_argument("--credit", type=int, default=0, metavar="CENTS",
                            help="a correction by staff; unlocks nothing")
        parser.add_argument("--paid", action="store_true",
                            help="enter a $5.00 deposit received by hand: credits $7.50 with the first "
                                 "deposit's bonus, and unlocks 4K")
        parser.add_argument("--exists-ok", action="store_true",
                            help="use the account if there is one: its password stays, it gets a further "
                                 "key, and --credit and --paid count once however often they are given")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        if options["credit"] < 0:
            raise CommandError("--credit must be 0 or more.")
        try:
            with transaction.atomic():
                answer = self._prepare(email, options)
        except ValidationError as fault:
            raise CommandError(" ".join(fault.messages)) from fault
        except FastClipError as fault:
            raise CommandError(fault.sentence) from fault
        self.stdout.write(json.dumps(answer))

    def _prepare(self, email: str, options: dict[str, Any]) -> dict[str, Any]:
        account = Account.objects.filter(email=email).first() if options["exists_ok"] else None
        password = ""
        if account is None:
            password = options["password"] or token_urlsafe(12)
            account = self._sign_up(email, password, superuser=options["superuser"])
        self._pay(account, credit=options["credit"], paid=options["paid"])
        _, key = create_key(account, name="create_account")
        answer: dict[str, Any] = {"email": account.email, "account_id": account.pk, "api_key": key,
                                  "balance": dollars(queries.available_cents(account))}
        if password and not options["password"]:
            answer["password"] = password
        return answer

    def _sign_up(self, email: str, password: str, *, superuser: bool) -> Account:
        validate_email(email)
        validate_password(password, Account(email=email))
        return sign_up(email=email, password=password, superuser=superuser)

    def _pay(self, account: Account, *, credit: int, paid: bool) -> None:
        if credit:
            ledger.adjust(account, cents=credit, ticket=f"create_account:{account.pk}",
                          reason="Starting credit, entered with create_account.")
        if paid:
            payment, _ = Payment.objects.get_or_create(
                provider="manual", provider_id=f"create_account:{account.pk}",
                defaults={"account": account, "cents": PAID_CENTS})
            ledger.credit(payment)

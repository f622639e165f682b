"""The balance and what moved it, as a page."""

from __future__ import annotations

from contextlib import suppress

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from billing import deposits, queries
from billing.errors import AlreadyGranted
from core.pages import safe_next

LISTED = 50


def _account(request: HttpRequest) -> Account:
    """Who is signed in; only for views behind `login_required`."""
    assert isinstance(request.user, Account)  # noqa: S101
    return request.user


@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """`/account`: what can be spent, what is reserved, and the newest ledger rows."""
    mine = _account(request)
    page = {
        "section": "account", "tab": "balance", "available": queries.available_cents(mine),
        "reserved": queries.reserved_cents(mine), "entries": queries.entries(mine, limit=LISTED),
        "may_claim": not queries.has_signup_credit(mine), "credit": deposits.SIGNUP_CREDIT,
    }
    return render(request, "billing/account.html", page)


@login_required
@require_POST
def claim(request: HttpRequest) -> HttpResponse:
    """The first dollar (C145), and back to where it was claimed. Twice is once."""
    with suppress(AlreadyGranted):
        deposits.grant_signup_credit(_account(request))
    return redirect(safe_next(request, "account"))

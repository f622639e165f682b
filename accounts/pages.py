"""The reader's API keys and password as pages."""

from __future__ import annotations

from allauth.account.views import PasswordChangeView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts import queries, services
from accounts.models import MAX_KEYS, Account
from core import text
from core.errors import FastClipError, InvalidField

NAME_LENGTH = 100  # C108


class PasswordChange(PasswordChangeView):
    success_url = "/password/change"


password_change = login_required(PasswordChange.as_view())


def _account(request: HttpRequest) -> Account:
    """Who is signed in; only for views behind `login_required`."""
    assert isinstance(request.user, Account)  # noqa: S101
    return request.user


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """`/account/keys`: list and make keys. A new key is in this one answer and nowhere else (C143)."""
    if request.method == "GET":
        return _show(request)
    try:
        made, clear = services.create_key(_account(request), name=_name(request))
    except FastClipError as fault:
        return _show(request, status=fault.status, fault=fault, typed=request.POST.get("name", ""))
    return _show(request, clear=clear, made=made)


def _name(request: HttpRequest) -> str:
    name = text.one_line(request.POST.get("name", ""))
    if not 1 <= len(name) <= NAME_LENGTH:
        raise InvalidField("name", f"Give the key a name of 1 to {NAME_LENGTH} characters.")
    return name


def _show(request: HttpRequest, status: int = 200, **more: object) -> HttpResponse:
    page = {"section": "account", "tab": "keys", "keys": queries.keys(_account(request)), "most": MAX_KEYS}
    reply = render(request, "accounts/keys.html", page | more, status=status)
    reply["Cache-Control"] = "no-store"
    return reply


@login_required
@require_POST
def revoke(request: HttpRequest, key_id: str) -> HttpResponse:
    """The first post asks, the one that says `sure` revokes. Scripts ask in a dialog and send only the second."""
    key = queries.key(_account(request), key_id)
    if request.POST.get("sure") != "yes":
        return render(request, "accounts/revoke.html", {"section": "account", "tab": "keys", "key": key})
    services.delete_key(_account(request), key_id=key_id)
    told = f"{text.apart(key.name)} is revoked. Programs that use it are refused from now on."
    messages.success(request, told, "key")
    return redirect("account-keys")

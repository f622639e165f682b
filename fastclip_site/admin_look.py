"""The admin's brand and sidebar: django-unfold's settings, with the colours of static/css/tokens.css."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse

SITE = "fastclip_site.admin_look"


def favicon(request: HttpRequest) -> str:
    return static("img/favicon.svg")


def environment(request: HttpRequest) -> list[str]:
    """The badge beside the name, so that nobody cancels a customer's job by mistake."""
    if settings.DEBUG:
        return ["Development", "info"]
    return ["Production", "danger"] if settings.PUBLIC_SITE_URL.startswith("https://") else ["Local", "success"]


def superusers(request: HttpRequest) -> bool:
    """Who sees the money group."""
    return bool(getattr(request.user, "is_superuser", False))


def _list(title: str, icon: str, model: str) -> dict[str, Any]:
    """A sidebar line that opens the list of `app_model`, for those who may see it."""
    app, name = model.split("_")

    def link(request: HttpRequest) -> str:
        return reverse(f"admin:{model}_changelist")

    def allowed(request: HttpRequest) -> bool:
        from django.contrib import admin
        found = next(kind for kind in admin.site._registry if kind._meta.label_lower == f"{app}.{name}")
        return bool(admin.site._registry[found].has_view_permission(request))

    return {"title": title, "icon": icon, "link": link, "permission": allowed}


def _group(title: str, *lines: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": list(lines)}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups, in the order in which staff need them."""
    overview = {"title": "Overview", "icon": "dashboard", "link": reverse("admin:index")}
    groups = [
        {"title": "", "items": [overview]},
        _group("Media", _list("Uploads", "upload", "uploads_upload"), _list("Clips", "movie", "clips_clip"),
               _list("Jobs", "work_history", "jobs_job")),
        _group("Money", _list("Wallets", "account_balance_wallet", "billing_wallet"),
               _list("Entries", "receipt_long", "billing_entry"), _list("Holds", "lock", "billing_hold"),
               _list("Payments", "payments", "billing_payment")),
        _group("Webhooks", _list("Events", "bolt", "webhooks_event")),
        _group("People", _list("Accounts", "person", "accounts_account"),
               _list("API keys", "key", "accounts_apikey"), _list("Groups", "group", "auth_group"),
               _list("E-mail addresses", "mail", "account_emailaddress")),
        _group("System", _list("Workers", "memory", "jobs_workerbeat"),
               _list("Stored answers", "replay", "core_idempotency"), _list("Trash", "delete", "core_trash"),
               _list("Quotas", "data_usage", "uploads_quota"), _list("Event numbers", "tag", "webhooks_counter")),
    ]
    return [group for group in groups if group["title"] != "Money" or superusers(request)]


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "FastClip admin",
    "SITE_HEADER": "FastClip",
    "SITE_SUBHEADER": "Exact clips",
    "SITE_URL": "/",
    "SITE_ICON": f"{SITE}.favicon",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": f"{SITE}.favicon"}],
    "SHOW_VIEW_ON_SITE": False,
    "ENVIRONMENT": f"{SITE}.environment",
    "DASHBOARD_CALLBACK": "fastclip_site.dashboard.fill",
    "BORDER_RADIUS": "6px",
    "COLORS": {
        # --accent of the tokens: hue 280, with 600 the light theme's and 400 the dark theme's accent
        "primary": {
            "50": "oklch(97% .012 285)", "100": "oklch(94.5% .02 285)", "200": "oklch(90% .045 285)",
            "300": "oklch(82% .09 285)", "400": "oklch(74% .13 285)", "500": "oklch(62% .19 282)",
            "600": "oklch(51% .225 280)", "700": "oklch(45% .2 280)", "800": "oklch(38% .16 280)",
            "900": "oklch(32% .11 282)", "950": "oklch(24% .06 283)",
        },
    },
    "SIDEBAR": {"show_search": True, "show_all_applications": False, "navigation": f"{SITE}.sidebar"},
}

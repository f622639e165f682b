"""Every route, one include per app. `core.middleware.OptionalSlash` takes the trailing slash off first."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from clips import sample_pages
from fastclip_site import docs, health, pages

# Staff sign in where everybody does, under the same limits; the admin's own form would have none.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", pages.home, name="home"),
    path("theme", pages.theme, name="theme"),
    path("terms", pages.legal, {"name": "terms"}, name="terms"),
    path("privacy", pages.legal, {"name": "privacy"}, name="privacy"),
    path("refund", pages.legal, {"name": "refund"}, name="refund"),
    path("admin/", admin.site.urls),
    path("docs", docs.docs, name="docs"),
    path("llm", docs.llm, name="llm"),
    path("llms.txt", docs.llms, name="llms"),
    path("v1/openapi.json", docs.openapi, name="openapi"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("robots.txt", pages.robots, name="robots"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    # before the routes that take an upload's id in this place
    path("studio/sample", sample_pages.page, name="studio-sample"),
    path("studio/sample/assets.json", sample_pages.assets, name="studio-sample-assets"),
    path("studio/sample/sprites.json", sample_pages.sprites, name="studio-sample-sprites"),
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("webhooks.urls")),
    path("", include("billing.urls")),
    path("", include("jobs.urls")),
    path("", include("uploads.urls")),
    path("", include("captions.urls")),
    path("", include("clips.urls")),
]

handler400 = "core.pages.bad_request"
handler403 = "core.pages.permission_denied"
handler404 = "core.pages.not_found"
handler500 = "core.pages.server_error"

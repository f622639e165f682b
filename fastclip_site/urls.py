"""Every route, one include per app. `core.middleware.OptionalSlash` takes the trailing slash off first."""

from django.contrib import admin
from django.urls import include, path

from fastclip_site import health

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("", include("core.urls")),
    path("", include("accounts.urls")),
    path("", include("webhooks.urls")),
    path("", include("billing.urls")),
    path("", include("jobs.urls")),
    path("", include("uploads.urls")),
    path("", include("clips.urls")),
]

handler400 = "core.pages.bad_request"
handler403 = "core.pages.permission_denied"
handler404 = "core.pages.not_found"
handler500 = "core.pages.server_error"

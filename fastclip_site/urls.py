"""Every route, one include per app. `core.middleware.OptionalSlash` takes the trailing slash off first."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
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

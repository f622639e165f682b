from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "fastclip_site"
    label = "fastclip_site"

    def ready(self) -> None:
        from fastclip_site import checks  # noqa: F401 - registers the system checks

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "fastclip_site"
    label = "fastclip_site"

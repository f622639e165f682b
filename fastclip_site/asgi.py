"""The ASGI application, for servers that want one; uploads are tuned for WSGI."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fastclip_site.settings")
application = get_asgi_application()

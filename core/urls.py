from django.urls import path

from core import storage_local

urlpatterns = [path("files/<path:key>", storage_local.serve, name="file")]

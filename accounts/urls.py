from django.urls import path

from accounts import api

urlpatterns = [
    path("v1/keys", api.KeysView.as_view()),
    path("v1/keys/<str:key_id>", api.KeyView.as_view()),
]

from django.urls import path

from captions import api

urlpatterns = [
    path("v1/caption-presets", api.PresetsView.as_view()),
    path("v1/caption-presets/preview", api.PreviewView.as_view()),
    path("v1/caption-presets/<str:preset_id>", api.PresetView.as_view()),
    path("v1/caption-fonts", api.FontsView.as_view()),
    path("v1/caption-fonts/<str:font_id>", api.FontView.as_view()),
]

from django.urls import path

from captions import api, transcript_api

urlpatterns = [
    path("v1/caption-presets", api.PresetsView.as_view()),
    path("v1/caption-presets/<str:preset_id>", api.PresetView.as_view()),
    path("v1/caption-fonts", api.FontsView.as_view()),
    path("v1/caption-fonts/<str:font_id>", api.FontView.as_view()),
    path("v1/transcript", transcript_api.TranscriptsView.as_view()),
    path("v1/transcript/<slug:file_id>.<slug:ext>", transcript_api.TranscriptFileView.as_view()),
    path("v1/transcript/<str:file_id>", transcript_api.TranscriptView.as_view()),
]

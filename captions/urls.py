from django.urls import path

from captions import api, pages, transcript_api

urlpatterns = [
    path("captions", pages.moved, name="captions-short"),
    path("account/captions", pages.gallery, name="caption-studio"),
    path("account/captions/fonts", pages.fonts_page, name="captions-fonts"),
    path("account/captions/fonts/<str:font_id>/delete", pages.delete_font, name="captions-font-delete"),
    path("account/captions/<str:preset_id>", pages.editor, name="captions-style"),
    path("account/captions/<str:preset_id>/delete", pages.delete, name="captions-delete"),
    path("account/captions/<str:preset_id>/loop.webp", pages.tile, {"kind": "loop"}, name="captions-loop"),
    path("account/captions/<str:preset_id>/still.webp", pages.tile, {"kind": "still"}, name="captions-still"),
    path("account/captions/<str:preset_id>/picture.png", pages.picture, name="captions-picture"),
    path("v1/caption-presets", api.PresetsView.as_view()),
    path("v1/caption-presets/preview", api.PreviewView.as_view()),
    path("v1/caption-presets/<str:preset_id>", api.PresetView.as_view()),
    path("v1/caption-fonts", api.FontsView.as_view()),
    path("v1/caption-fonts/<str:font_id>", api.FontView.as_view()),
    path("v1/transcript", transcript_api.TranscriptsView.as_view()),
    path("v1/transcript/<slug:file_id>.<slug:ext>", transcript_api.TranscriptFileView.as_view()),
    path("v1/transcript/<str:file_id>", transcript_api.TranscriptView.as_view()),
]

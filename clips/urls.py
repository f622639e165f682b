from django.urls import path

from clips import api

urlpatterns = [
    path("v1/clip", api.ClipView.as_view(), name="clip"),
    path("v1/clip/<str:job_id>", api.JobView.as_view(), name="clip-job"),
    path("v1/clip/<str:job_id>/cancel", api.CancelView.as_view(), name="clip-cancel"),
    path("v1/clips", api.ClipsView.as_view(), name="clips"),
    path("v1/clips/<uuid:clip_id>", api.OneClipView.as_view(), name="clips-one"),
]

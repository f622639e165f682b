from django.urls import path

from clips import api, pages

urlpatterns = [
    path("studio", pages.start, name="studio"),
    path("studio/jobs/<str:job_id>", pages.job, name="studio-job"),
    path("studio/jobs/<str:job_id>/cancel", pages.cancel, name="studio-job-cancel"),
    path("studio/<str:file_id>", pages.source, name="studio-source"),
    path("studio/<str:file_id>/source.json", pages.source_facts, name="studio-source-facts"),
    path("library", pages.library, name="library"),
    path("v1/clip", api.ClipView.as_view(), name="clip"),
    path("v1/clip/<str:job_id>", api.JobView.as_view(), name="clip-job"),
    path("v1/clip/<str:job_id>/cancel", api.CancelView.as_view(), name="clip-cancel"),
    path("v1/clips", api.ClipsView.as_view(), name="clips"),
    path("v1/clips/<uuid:clip_id>", api.OneClipView.as_view(), name="clips-one"),
]

from django.urls import path

from clips import api, caption_api, library_pages, pages, transcript_pages

urlpatterns = [
    path("studio", pages.start, name="studio"),
    path("studio/jobs/<str:job_id>", pages.job, name="studio-job"),
    path("studio/jobs/<str:job_id>/cancel", pages.cancel, name="studio-job-cancel"),
    path("studio/jobs/<str:job_id>/captions", pages.captions_again, name="studio-job-captions"),
    path("studio/<str:file_id>", pages.source, name="studio-source"),
    path("studio/<str:file_id>/source.json", pages.source_facts, name="studio-source-facts"),
    path("studio/<str:file_id>/captions.json", pages.captions_over, name="studio-captions"),
    path("studio/<str:file_id>/transcript", transcript_pages.take, name="studio-own-text"),
    path("studio/jobs/<str:job_id>/retry", pages.retry, name="studio-job-retry"),
    path("library", library_pages.library, name="library"),
    path("library/delete", library_pages.delete, name="library-delete"),
    path("library/clips/<uuid:clip_id>/rename", library_pages.rename, name="library-rename"),
    path("jobs/tray.json", library_pages.tray, name="jobs-tray"),
    path("recent.json", library_pages.recent, name="recent"),
    path("v1/clip", api.ClipView.as_view(), name="clip"),
    path("v1/clip/<str:job_id>", api.JobView.as_view(), name="clip-job"),
    path("v1/clip/<str:job_id>/cancel", api.CancelView.as_view(), name="clip-cancel"),
    path("v1/captions", caption_api.CaptionsView.as_view()),
    path("v1/captions/<str:job_id>", caption_api.CaptionsJobView.as_view()),
    path("v1/clips", api.ClipsView.as_view(), name="clips"),
    path("v1/clips/bulk-delete", api.BulkDeleteView.as_view(), name="clips-bulk-delete"),
    path("v1/clips/<uuid:clip_id>/transcript.<slug:ext>", api.ClipTranscriptView.as_view(), name="clips-transcript"),
    path("v1/clips/<uuid:clip_id>", api.OneClipView.as_view(), name="clips-one"),
]

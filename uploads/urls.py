from django.urls import path

from uploads import api, asset_api, pages
from uploads.put import put

urlpatterns = [
    path("put/<str:file_id>/<str:generation>", put, name="signed-put"),
    path("v1/uploads", api.UploadsView.as_view()),
    path("library/uploads/<str:file_id>/delete", pages.delete, name="library-upload-delete"),
    path("v1/upload/request", api.RequestView.as_view()),
    path("v1/upload/abort", api.AbortView.as_view()),
    path("v1/upload/complete", api.CompleteView.as_view()),
    path("v1/upload/multipart/initiate", api.InitiateView.as_view()),
    path("v1/upload/multipart/complete", api.MultipartCompleteView.as_view()),
    path("v1/upload/multipart/refresh", api.RefreshView.as_view()),
    path("v1/upload/multipart/abort", api.MultipartAbortView.as_view()),
    path("v1/upload/multipart/<str:upload_id>", api.ReceivedView.as_view()),
    path("v1/upload/<str:file_id>/peaks", asset_api.PeaksView.as_view()),
    path("v1/upload/<str:file_id>/sprites.json", asset_api.SpritesView.as_view()),
    path("studio/<str:file_id>/assets.json", pages.assets, name="studio-assets"),
    path("v1/upload/<str:file_id>", api.StatusView.as_view()),
]

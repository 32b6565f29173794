"""The addresses of documents from outside; `documentation.urls` includes them."""

from django.urls import path

from documentation.views import attachment, attachments

urlpatterns = [
    path("patients/<int:patient_id>/documents/", attachments.attachments, name="attachments"),
    path(
        "patients/<int:patient_id>/documents/upload/", attachments.upload, name="attachment-upload"
    ),
    path("visits/<int:pk>/documents/", attachments.of_visit, name="visit-attachments"),
    path("plans/<int:pk>/documents/", attachments.of_plan, name="plan-attachments"),
    path("attachments/<int:pk>/", attachment.attachment, name="attachment"),
    path("attachments/<int:pk>/file/", attachment.file, name="attachment-file"),
    path("attachments/<int:pk>/picture/", attachment.picture, name="attachment-picture"),
    path("attachments/<int:pk>/picture/again/", attachment.again, name="attachment-again"),
    path("attachments/<int:pk>/remove/", attachment.remove, name="attachment-remove"),
]

"""The addresses of outcome measures; `documentation.urls` includes them."""

from django.urls import path

from documentation.views import measure_link
from documentation.views import measures as views

urlpatterns = [
    path("measures/<str:token>/", measure_link.answer, name="measure-answer"),
    path("patients/<int:patient_id>/measures/", views.measures_page, name="measures"),
    path("cases/<int:episode_id>/measures/new/", views.measure_new, name="measure-new"),
    path("cases/<int:episode_id>/measures/group/", views.group, name="measure-group"),
    path("cases/<int:episode_id>/measures/ask/", views.ask, name="measure-ask"),
    path("measure-results/<int:pk>/", views.result, name="measure-result"),
    path("measure-requests/<int:pk>/take-back/", views.take_back, name="measure-take-back"),
    path("visits/<int:pk>/measures/", views.visit_measures, name="visit-measures"),
]

"""The addresses of logging a visit; `documentation.urls` includes them."""

from django.urls import path

from documentation import session_views as views
from documentation import timer_views

urlpatterns = [
    path("today/", views.today_page, name="today"),
    path("appointments/<int:pk>/open-visit/", views.open_visit, name="open-visit"),
    path("appointments/<int:pk>/visit-panel/", views.appointment_panel, name="appointment-panel"),
    path("patients/<int:patient_id>/open-visit/", views.open_walk_in, name="open-walk-in"),
    path("patients/<int:pk>/visit-panel/", views.patient_panel, name="patient-panel"),
    path("visits/<int:pk>/", views.session, name="session"),
    path("visits/<int:pk>/draft/", views.session_draft, name="session-draft"),
    path("visits/<int:pk>/timers/", timer_views.session_timers, name="session-timers"),
    path("timers/<int:pk>/stop/", timer_views.timer_stop, name="timer-stop"),
]

"""The addresses of logging a visit; `documentation.urls` includes them."""

from django.urls import path

from documentation import aid_views, timer_views
from documentation import session_views as views

urlpatterns = [
    path("today/", views.today_page, name="today"),
    path("appointments/<int:pk>/open-visit/", views.open_visit, name="open-visit"),
    path("appointments/<int:pk>/visit-panel/", views.appointment_panel, name="appointment-panel"),
    path("patients/<int:patient_id>/open-visit/", views.open_walk_in, name="open-walk-in"),
    path("patients/<int:pk>/visit-panel/", views.patient_panel, name="patient-panel"),
    path("visits/<int:pk>/", views.session, name="session"),
    path("visits/<int:pk>/draft/", views.session_draft, name="session-draft"),
    path("visits/<int:pk>/timers/", timer_views.session_timers, name="session-timers"),
    path("session-aids/", aid_views.session_aids, name="session-aids"),
    path("session-aids/keep/", aid_views.aid_keep, name="session-aid-keep"),
    path("session-aids/<int:pk>/rename/", aid_views.aid_rename, name="session-aid-rename"),
    path("session-aids/<int:pk>/remove/", aid_views.aid_remove, name="session-aid-remove"),
    path("timers/<int:pk>/stop/", timer_views.timer_stop, name="timer-stop"),
]

"""The addresses of scheduling."""

from django.urls import URLPattern, URLResolver, path

from scheduling.views import (
    appointments,
    calendar,
    copying,
    day,
    day_print,
    month,
    patient_link,
    practice,
    week,
)

app_name = "scheduling"

urlpatterns: list[URLPattern | URLResolver] = [
    path("day/", day.day, name="day"),
    path("day/print/", day_print.day_print, name="day-print"),
    path("week/", week.week, name="week"),
    path("month/", month.month, name="month"),
    path("calendar/mark/", calendar.mark, name="mark"),
    path("appointments/new/", appointments.book, name="book"),
    path("appointments/<int:pk>/", appointments.appointment, name="appointment"),
    path("appointments/<int:pk>/move/", appointments.move, name="move"),
    path("appointments/<int:pk>/copy/", copying.copy, name="copy"),
    path("appointments/<int:pk>/confirm/", appointments.confirm, name="confirm"),
    path("appointments/<int:pk>/check-in/", appointments.check_in, name="check-in"),
    path("appointments/<int:pk>/undo-check-in/", appointments.undo_check_in, name="undo-check-in"),
    path("appointments/<int:pk>/no-show/", appointments.no_show, name="no-show"),
    path("appointments/<int:pk>/cancel/", appointments.cancel, name="cancel"),
    path(
        "patients/<int:pk>/appointments/",
        appointments.patient_appointments,
        name="patient-appointments",
    ),
    path("practice/types/", practice.types, name="types"),
    path("practice/types/new/", practice.type_new, name="type-new"),
    path("practice/types/<int:pk>/", practice.type_edit, name="type-edit"),
    path("practice/rooms/", practice.rooms, name="rooms"),
    path("practice/rooms/new/", practice.room_new, name="room-new"),
    path("practice/rooms/<int:pk>/", practice.room_edit, name="room-edit"),
    path("practice/hours/", practice.hours, name="hours"),
    path("practice/hours/<int:clinic>/<int:therapist>/", practice.hours_edit, name="hours-edit"),
    path("practice/closures/", practice.closures, name="closures"),
    path("practice/closures/new/", practice.closure_new, name="closure-new"),
    path("practice/closures/<int:pk>/", practice.closure_edit, name="closure-edit"),
    path("practice/closures/<int:pk>/remove/", practice.closure_remove, name="closure-remove"),
    path("a/<str:token>/", patient_link.appointment, name="patient-link"),
    path("a/<str:token>/cancel/", patient_link.cancel, name="patient-link-cancel"),
    path("a/<str:token>/ask/", patient_link.ask, name="patient-link-ask"),
]

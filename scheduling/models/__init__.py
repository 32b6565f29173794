"""When: what a clinic sets up, and the appointments."""

from scheduling.models.appointment import LIVE_STATUSES, LONGEST, Appointment
from scheduling.models.set_up import AppointmentType, Closure, Room, WeeklyHours

__all__ = [
    "LIVE_STATUSES",
    "LONGEST",
    "Appointment",
    "AppointmentType",
    "Closure",
    "Room",
    "WeeklyHours",
]

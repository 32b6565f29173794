"""When: what a clinic sets up, and the appointments."""

from scheduling.models.appointment import LIVE_STATUSES, LONGEST, Appointment
from scheduling.models.arrival import DeskFee, DeskPayment, DeskRules, Kiosk, KioskTry
from scheduling.models.series import CareWindow, Series
from scheduling.models.set_up import AppointmentType, Closure, Room, WeeklyHours

__all__ = [
    "LIVE_STATUSES",
    "LONGEST",
    "Appointment",
    "AppointmentType",
    "CareWindow",
    "Closure",
    "DeskFee",
    "DeskPayment",
    "DeskRules",
    "Kiosk",
    "KioskTry",
    "Room",
    "Series",
    "WeeklyHours",
]

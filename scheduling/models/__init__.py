"""When: what a clinic sets up, and the appointments."""

from scheduling.models.appointment import Appointment
from scheduling.models.arrival import DeskFee, DeskPayment, DeskRules, Kiosk, KioskTry
from scheduling.models.equipment import Equipment, EquipmentKind, EquipmentUse
from scheduling.models.group import Group
from scheduling.models.reminder import (
    AppointmentMessage,
    CalendarFeed,
    MessageTemplate,
    PhoneCall,
    ReminderRules,
    TimeRequest,
)
from scheduling.models.series import CareWindow, Series
from scheduling.models.set_up import AppointmentType, Closure, Room, WeeklyHours
from scheduling.models.span import LIVE_STATUSES, LONGEST
from scheduling.models.wait_list import BudgetAndWaitRules, WaitListEntry, WaitListOffer

__all__ = [
    "LIVE_STATUSES",
    "LONGEST",
    "Appointment",
    "AppointmentMessage",
    "AppointmentType",
    "BudgetAndWaitRules",
    "CalendarFeed",
    "CareWindow",
    "Closure",
    "DeskFee",
    "DeskPayment",
    "DeskRules",
    "Equipment",
    "EquipmentKind",
    "EquipmentUse",
    "Group",
    "Kiosk",
    "KioskTry",
    "MessageTemplate",
    "PhoneCall",
    "ReminderRules",
    "Room",
    "Series",
    "TimeRequest",
    "WaitListEntry",
    "WaitListOffer",
    "WeeklyHours",
]

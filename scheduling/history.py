"""Who touched an appointment last: read from the audit line, where every verb writes it."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from people.models import AuditEvent, User
from scheduling.models import Appointment

LATELY = dt.timedelta(minutes=15)  # so fresh that the other desk may just have been faster
LOOKED = "appointment.viewed"
WORDS = {
    "appointment.booked": "booked",
    "appointment.moved": "moved",
    "appointment.confirmed": "confirmed",
    "appointment.arrived": "checked in",
    "appointment.in_session": "began",
    "appointment.completed": "completed",
    "appointment.no_show": "marked a no-show of",
    "appointment.cancelled": "cancelled",
    "appointment.restored": "put back",
}


def last_change(row: Appointment) -> AuditEvent | None:
    """The latest line about it that is more than a look. One query over the patient's lines."""
    return (
        AuditEvent.objects.filter(
            patient=row.patient_id,
            target_type=Appointment._meta.label_lower,
            target_id=row.pk,
            action__startswith="appointment.",
        )
        .exclude(action=LOOKED)
        .order_by("-at", "-pk")
        .first()
    )


def who_was_faster(row: Appointment, *, to: User) -> str:
    """Who put it there in the last minutes, if somebody else did; else nothing."""
    change = last_change(row)
    if change is None or change.actor_id == to.pk or timezone.now() - change.at > LATELY:
        return ""
    done = "moved it there" if change.action == "appointment.moved" else "booked it"
    return f"{change.actor_name} {done} {_ago(change.at)}."


def what_happened(row: Appointment, *, to: User) -> str:
    """Who changed it and how: "Kim Lee moved this meanwhile"."""
    change = last_change(row)
    if change is None:
        return "Somebody changed this meanwhile"
    who = "You" if change.actor_id == to.pk else change.actor_name
    done = WORDS.get(change.action, "changed")
    where = " in another window" if change.actor_id == to.pk else " meanwhile"
    return f"{who} {done} this{where}"


def _ago(moment: dt.datetime) -> str:
    minutes = int((timezone.now() - moment).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    return f"{minutes} minute{'s' if minutes > 1 else ''} ago"

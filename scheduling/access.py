"""Who may look at the schedule and who may change it; the one door to an appointment."""

from __future__ import annotations

from django_htmx.middleware import HtmxDetails

from people import audit
from people.access import ANY_STAFF, DESK, find_visible
from people.access import StaffRequest as SignedInRequest
from people.models import Role, User
from scheduling.models import Appointment, Group

SEES_THE_DAY = ANY_STAFF
BOOKS = (Role.OWNER, Role.FRONT_DESK, Role.THERAPIST, Role.ASSISTANT, Role.STUDENT)
SETS_UP = (Role.OWNER,)
SEES_MONEY = (*DESK, Role.BILLER, Role.AUDITOR)  # taken at the desk


class StaffRequest(SignedInRequest):
    """A request that `@allow` has let through, and what htmx says of it."""

    htmx: HtmxDetails


def find_appointment(pk: int, *, by: User) -> Appointment:
    """The appointment with all that pages show of it; the caller's act writes the audit line."""
    found: Appointment = find_visible(Appointment.objects.for_day_sheet(), pk, by=by)
    return found


def open_appointment(pk: int, *, by: User) -> Appointment:
    """The appointment, with a line in the audit that `by` looked."""
    appointment = find_appointment(pk, by=by)
    audit.record(
        by=by, action="appointment.viewed", patient=appointment.patient, target=appointment
    )
    return appointment


def find_group(pk: int, *, by: User) -> Group:
    """The group with all that pages show of it; the caller's act writes the audit line."""
    found: Group = find_visible(Group.objects.with_taken().for_page(), pk, by=by)
    return found


def open_group(pk: int, *, by: User) -> Group:
    """The group, with a line in the audit that `by` looked."""
    group = find_group(pk, by=by)
    audit.record(by=by, action="group.viewed", target=group)
    return group

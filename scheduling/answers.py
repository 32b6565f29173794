"""A refused booking in words: the same for a form, for a drag on the Day and for the API."""

from __future__ import annotations

from typing import Any

from people.models import User
from scheduling.facts import (
    Conflict,
    GroupChanged,
    GroupFull,
    NotBookable,
    OutsideHours,
    OverBudget,
    SlotTaken,
    Stale,
    WrongStatus,
)
from scheduling.history import what_happened, who_was_faster
from scheduling.models import Appointment
from web.templatetags.pt import clock

Refusal = (
    SlotTaken
    | GroupFull
    | OutsideHours
    | OverBudget
    | Stale
    | GroupChanged
    | WrongStatus
    | NotBookable
)
# 409: not wrong, but not now
CONFLICTS = (SlotTaken, GroupFull, OutsideHours, OverBudget, Stale, GroupChanged, WrongStatus)
REFUSALS = (*CONFLICTS, NotBookable)


def status_of(refusal: Refusal) -> int:
    """409 for what stands in the way, 422 for what can never be booked."""
    return 409 if isinstance(refusal, CONFLICTS) else 422


def in_json(refusal: Refusal, *, to: User) -> dict[str, Any]:
    """`code`, a `detail` for people, and what a program needs to go on."""
    match refusal:
        case SlotTaken():
            taken = [_conflict(conflict, to=to) for conflict in refusal.conflicts]
            told = " ".join(entry["detail"] for entry in taken)
            return {
                "code": "slot_taken",
                "detail": told or "This time has just been taken.",
                "conflicts": taken,
            }
        case GroupFull():
            return {
                "code": "group_full",
                "detail": refusal.sentence,
                "group": refusal.group.pk,
                "capacity": refusal.group.capacity,
                "taken": refusal.group.taken,
            }
        case OutsideHours():
            return {
                "code": "outside_hours",
                "detail": " ".join(refusal.reasons),
                "reasons": refusal.reasons,
            }
        case OverBudget():
            grant = refusal.choice.grant
            return {
                "code": "over_budget",
                "detail": refusal.sentence,
                "problem": str(refusal.choice.problem),
                "authorization": grant.id if grant is not None else None,
                "visits_left": refusal.choice.visits_left,
                "units_left": refusal.choice.units_left,
            }
        case Stale():
            current = refusal.current
            return {
                "code": "stale",
                "detail": f"{what_happened(current, to=to)}: it is now {_how_it_stands(current)}.",
                "current": {
                    "version": current.version,
                    "status": current.status,
                    "starts_at": current.starts_at.isoformat(),
                    "ends_at": current.ends_at.isoformat(),
                    "therapist": current.therapist_id,
                    "room": current.room_id,
                },
            }
        case GroupChanged():
            group = refusal.current
            return {
                "code": "stale",
                "detail": refusal.sentence,
                "current": {
                    "version": group.version,
                    "starts_at": group.starts_at.isoformat(),
                    "ends_at": group.ends_at.isoformat(),
                    "therapist": group.therapist_id,
                    "room": group.room_id,
                },
            }
        case WrongStatus():
            return {
                "code": "wrong_status",
                "detail": refusal.sentence,
                "status_now": refusal.appointment.status,
            }
        case NotBookable():
            return {
                "code": "not_bookable",
                "detail": " ".join(refusal.problems.values()),
                "errors": {field: [told] for field, told in refusal.problems.items()},
            }


def _how_it_stands(current: Appointment) -> str:
    at = current.starts_at.astimezone(current.clinic.zone)
    status = current.get_status_display().lower()
    return f"{status}, {at:%A, %B} {at.day} at {clock(at)} with {current.therapist}"


def _conflict(conflict: Conflict, *, to: User) -> dict[str, Any]:
    held = conflict.with_appointment
    is_visible = conflict.is_visible_to(to)
    faster = who_was_faster(held, to=to) if is_visible else ""
    which = {} if conflict.equipment is None else {"equipment": conflict.equipment.pk}
    return {
        "of": str(conflict.of),
        # Another clinic's appointment is not named to who may not open it.
        "appointment": held.pk if is_visible else None,
        "starts_at": held.starts_at.isoformat(),
        "ends_at": held.ends_at.isoformat(),
        "detail": f"{conflict.sentence(to=to)} {faster}".rstrip(),
    } | which

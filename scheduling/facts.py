"""The ways a booking is refused, each a fact that a page or a program can answer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from people.models import User
from scheduling import availability
from scheduling.budget_rules import Choice
from scheduling.models import Appointment, Equipment, Group
from scheduling.slots import Span
from web.templatetags.pt import clock


class Held(StrEnum):
    """What two live appointments cannot share."""

    THERAPIST = "therapist"
    ROOM = "room"
    PATIENT = "patient"
    EQUIPMENT = "equipment"


@dataclass(frozen=True)
class Conflict:
    """One thing that is taken, and the appointment that holds it."""

    of: Held
    with_appointment: Appointment
    equipment: Equipment | None = None  # which piece, when it is one

    def is_visible_to(self, user: User) -> bool:
        """Whether this person may know whose appointment it is."""
        clinics = user.visible_clinics()
        return clinics.filter(pk=self.with_appointment.clinic_id).exists()

    def sentence(self, *, to: User) -> str:
        """What stands in the way; another clinic's patient is not named to who may not see them."""
        return self.told(is_visible=self.is_visible_to(to))

    def told(self, *, is_visible: bool) -> str:
        """The same, for whoever has looked already whether it may be named."""
        held = self.with_appointment
        when = availability.in_words(Span(held.starts_at, held.ends_at), held.clinic)
        if not is_visible:
            who = {
                Held.THERAPIST: held.therapist,
                Held.ROOM: held.room,
                Held.PATIENT: "The patient",
                Held.EQUIPMENT: self.equipment,
            }[self.of]
            return f"{who} is booked at another clinic from {when}."
        if self.of is Held.PATIENT:
            return f"{held.patient} is with {held.therapist} from {when}."
        if self.of is Held.ROOM:
            if held.group_id is not None:
                return f"{held.room} is taken by {held.type} with {held.therapist} from {when}."
            return f"{held.room} is taken by {held.patient} with {held.therapist} from {when}."
        if self.of is Held.EQUIPMENT:
            return f"{self.equipment} is taken by {held.patient} from {when}."
        if held.group_id is not None:
            return f"{held.therapist} has {held.type} from {when}."
        return f"{held.therapist} has {held.patient} from {when}."


class SlotTaken(Exception):
    """Another live appointment holds the therapist, the room, the patient or the equipment."""

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__([conflict.with_appointment.pk for conflict in conflicts])
        self.conflicts = list(conflicts)

    def sentences(self, *, to: User) -> list[str]:
        return [conflict.sentence(to=to) for conflict in self.conflicts]


class GroupFull(Exception):
    """The group that meets there has no place left."""

    def __init__(self, group: Group) -> None:
        super().__init__(group.pk)
        self.group = group

    @property
    def sentence(self) -> str:
        group = self.group
        when = availability.in_words(Span(group.starts_at, group.ends_at), group.clinic)
        return (
            f"{group.type} with {group.therapist} from {when} is full: "
            f"{group.taken} of {group.capacity} places are taken."
        )


class OutsideHours(Exception):
    """Somebody is not there at that time. The desk may book it anyway."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(len(reasons))
        self.reasons = list(reasons)


class OverBudget(Exception):
    """No authorization covers the visit. The desk may book it anyway, with a reason."""

    def __init__(self, choice: Choice, sentence: str) -> None:
        super().__init__(choice.grant.id if choice.grant is not None else None)
        self.choice = choice
        self.sentence = sentence


class SeriesRefused(Exception):
    """Visits of a series that cannot be, each with its own refusal, by their place in it."""

    def __init__(self, problems: Mapping[int, Exception]) -> None:
        super().__init__(sorted(problems))
        self.problems = dict(problems)


class Stale(Exception):
    """The appointment was changed since the mover looked; `current` is how it stands."""

    def __init__(self, current: Appointment) -> None:
        super().__init__(current.pk)
        self.current = current


DONE: dict[str, str] = {
    Appointment.Status.BOOKED: "put back to booked",
    Appointment.Status.CONFIRMED: "confirmed",
    Appointment.Status.ARRIVED: "checked in",
    Appointment.Status.IN_SESSION: "started",
    Appointment.Status.COMPLETED: "completed",
    Appointment.Status.NO_SHOW: "marked a no-show",
    Appointment.Status.CANCELLED: "cancelled",
}


class WrongStatus(Exception):
    """What was asked does not follow from the status the appointment has."""

    def __init__(self, appointment: Appointment, wanted: str) -> None:
        super().__init__(appointment.pk)
        self.appointment = appointment
        self.wanted = wanted

    @property
    def sentence(self) -> str:
        has = self.appointment.get_status_display().lower()
        return f"This appointment is {has}; it cannot be {DONE.get(self.wanted, self.wanted)}."


class MemberStands(WrongStatus):
    """A member of a group is where the whole group cannot go on from."""

    @property
    def sentence(self) -> str:
        member = self.appointment
        has = member.get_status_display().lower()
        done = DONE.get(self.wanted, self.wanted)
        return f"{member.patient} is {has}; the group cannot be {done} as a whole."


class GroupChanged(Exception):
    """The group was changed since the mover looked; `current` is how it stands."""

    def __init__(self, current: Group) -> None:
        super().__init__(current.pk)
        self.current = current

    @property
    def sentence(self) -> str:
        group = self.current
        at = group.starts_at.astimezone(group.clinic.zone)
        return (
            f"The group was changed meanwhile: it is now {at:%A, %B} {at.day} at {clock(at)} "
            f"with {group.therapist}."
        )


class NotBookable(Exception):
    """Something in the request can never be booked: a sentence for each field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(sorted(problems))
        self.problems = dict(problems)

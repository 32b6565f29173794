"""Who works when, read from the rows: the bridge between what is stored and `slots`.

A therapist with no working hours set anywhere is taken to work Monday to Friday while the clinic
is open, so that a new practice can book before it has filled in a single form.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet

from people.models import Clinic, Patient, Role, Therapist
from scheduling import slots
from scheduling.models import Appointment, AppointmentType, Closure, Room, WeeklyHours
from scheduling.slots import Hours, Span
from web.templatetags.pt import clock

WORKDAYS = range(5)
USUAL_AMONG = 40  # recent bookings that say what is usual
SEES_ALL = (Role.OWNER, Role.AUDITOR, Role.BILLER)


def therapists_of(clinic: Clinic) -> QuerySet[Therapist]:
    """Active therapists who may work at the clinic."""
    return (
        Therapist.objects.filter(is_active=True, user__is_active=True)
        .filter(Q(user__clinics=clinic) | Q(user__roles__overlap=list(SEES_ALL)))
        .select_related("user")
        .order_by("user__last_name", "user__first_name", "pk")
        .distinct()
    )


def usual_type(clinic: Clinic, *, therapist: str = "") -> AppointmentType | None:
    """The type the form begins with: the one booked most of late, else the first that is no
    evaluation. `therapist` narrows it, when it is the id of one."""
    booked = Appointment.objects.filter(clinic=clinic, type__is_active=True)
    if therapist.isdigit():
        booked = booked.filter(therapist=int(therapist))
    lately = booked.order_by("-pk").values_list("type", flat=True)[:USUAL_AMONG]
    counted = Counter(lately).most_common(1)
    types = AppointmentType.objects.filter(is_active=True)
    if counted:
        return types.filter(pk=counted[0][0]).first()
    return types.order_by("is_evaluation", "name").first()


def weekly_hours(clinic: Clinic, therapists: Collection[Therapist]) -> dict[int, list[Hours]]:
    """Each therapist's working hours at the clinic, by the therapist's id."""
    anywhere: set[int] = set()
    hours: dict[int, list[Hours]] = defaultdict(list)
    for row in WeeklyHours.objects.filter(therapist__in=therapists):
        anywhere.add(row.therapist_id)
        if row.clinic_id == clinic.pk:
            hours[row.therapist_id].append(Hours(row.weekday, row.starts_at, row.ends_at))
    for therapist in therapists:
        if therapist.pk not in anywhere:
            hours[therapist.pk] = [
                Hours(weekday, clinic.opens_at, clinic.closes_at) for weekday in WORKDAYS
            ]
    return hours


def has_hours(therapists: Collection[Therapist]) -> set[int]:
    """The ids of those who have working hours set, at whichever clinic."""
    rows = WeeklyHours.objects.filter(therapist__in=therapists)
    return set(rows.values_list("therapist", flat=True))


def closures_for(
    clinic: Clinic,
    therapists: Collection[Therapist],
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    room: Room | None = None,
) -> list[Closure]:
    """Closures of the clinic, of these therapists and of the room in that stretch of time."""
    of_these = Q(clinic=clinic) | Q(therapist__in=therapists)
    if room is not None:
        of_these |= Q(room=room)
    return list(Closure.objects.overlapping(starts_at, ends_at).filter(of_these))


def span_of(row: Closure | Appointment) -> Span:
    return Span(row.starts_at, row.ends_at)


def blocks_on(
    day: dt.date, *, clinic: Clinic, therapists: Collection[Therapist]
) -> dict[int, list[Span]]:
    """When each therapist works at the clinic on that day, by the therapist's id. Two queries,
    however many therapists."""
    whole = slots.whole_day(day, clinic.zone)
    hours = weekly_hours(clinic, therapists)
    closures = closures_for(clinic, therapists, starts_at=whole.starts_at, ends_at=whole.ends_at)
    return {
        therapist.pk: slots.working_blocks(
            day,
            zone=clinic.zone,
            hours=hours[therapist.pk],
            closures=[
                span_of(closure)
                for closure in closures
                if closure.therapist_id in (None, therapist.pk)
            ],
        )
        for therapist in therapists
    }


def why_closed(span: Span, *, clinic: Clinic, therapist: Therapist, room: Room | None) -> list[str]:
    """What speaks against this time, a sentence each; empty when everybody is there."""
    closures = closures_for(
        clinic, [therapist], starts_at=span.starts_at, ends_at=span.ends_at, room=room
    )
    reasons = []
    for closure in closures:
        if closure.clinic_id:
            reasons.append(f"{clinic} is closed: {closure.reason}.")
        elif closure.therapist_id:
            reasons.append(f"{therapist} is away: {closure.reason}.")
        else:
            reasons.append(f"{room} is out of use: {closure.reason}.")
    hours = weekly_hours(clinic, [therapist])[therapist.pk]
    day = span.starts_at.astimezone(clinic.zone).date()
    blocks = slots.merged(slots.working_blocks(day, zone=clinic.zone, hours=hours))
    if not any(block.holds(span) for block in blocks):
        reasons.append(f"{therapist} {_works(blocks, clinic)}.")
    return reasons


def _works(blocks: Iterable[Span], clinic: Clinic) -> str:
    spoken = [in_words(block, clinic) for block in blocks]
    return f"works {' and '.join(spoken)} that day" if spoken else "does not work that day"


def in_words(span: Span, clinic: Clinic) -> str:
    """9:00 am to 9:45 am, on the clinic's wall clock."""
    start, end = (moment.astimezone(clinic.zone) for moment in (span.starts_at, span.ends_at))
    return f"{clock(start)} to {clock(end)}"


def in_short(starts_at: dt.datetime | dt.time, ends_at: dt.datetime | dt.time) -> str:
    """8–12 or 1–5:30: for narrow columns, where morning and afternoon go without saying."""
    return "–".join(
        clock(end).removesuffix(" am").removesuffix(" pm").removesuffix(":00")
        for end in (starts_at, ends_at)
    )


def free_times(
    wanted: dt.datetime,
    *,
    minutes: int,
    clinic: Clinic,
    therapist: Therapist,
    patient: Patient | None,
    room: Room | None,
    but: Appointment | None = None,
    not_before: dt.datetime | None = None,
    count: int = 3,
) -> list[dt.datetime]:
    """The nearest times at which therapist, patient and room are all free. `but` is the
    appointment that is being moved: its own time counts as free."""
    first = slots.whole_day(wanted.astimezone(clinic.zone).date(), clinic.zone).starts_at
    last = first + dt.timedelta(days=slots.DAYS_AHEAD + 2)
    held = Q(therapist=therapist)
    if patient is not None:
        held |= Q(patient=patient)
    if room is not None:
        held |= Q(room=room)
    taken = Appointment.objects.live().overlapping(first, last).filter(held)
    if but is not None:
        taken = taken.exclude(pk=but.pk)
    closures = closures_for(clinic, [therapist], starts_at=first, ends_at=last, room=room)
    return slots.next_free(
        wanted,
        minutes=minutes,
        zone=clinic.zone,
        hours=weekly_hours(clinic, [therapist])[therapist.pk],
        closures=[span_of(closure) for closure in closures],
        taken=[Span(start, end) for start, end in taken.values_list("starts_at", "ends_at")],
        not_before=not_before,
        count=count,
    )

"""Who works when, read from the rows: the bridge between what is stored and `slots`.

A therapist with no working hours set anywhere is taken to work Monday to Friday while the clinic
is open, so that a new practice can book before it has filled in a single form.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q, QuerySet

from people.models import Clinic, Patient, Role, Therapist
from scheduling import slots
from scheduling.models import (
    Appointment,
    AppointmentType,
    Closure,
    Equipment,
    Group,
    Room,
    WeeklyHours,
)
from scheduling.models.group import GroupQuerySet
from scheduling.models.set_up import LONGEST_BUFFER
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


def therapists_at(clinics: Collection[Clinic]) -> QuerySet[Therapist]:
    """Active therapists who may work at any of the clinics; each knows which without asking."""
    return (
        Therapist.objects.filter(is_active=True, user__is_active=True)
        .filter(Q(user__clinics__in=clinics) | Q(user__roles__overlap=list(SEES_ALL)))
        .select_related("user")
        .prefetch_related("user__clinics")
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
    equipment: Collection[Equipment] = (),
) -> list[Closure]:
    """Closures of the clinic, of these therapists, of the room and of the equipment in that
    stretch of time."""
    of_these = Q(clinic=clinic) | Q(therapist__in=therapists)
    if room is not None:
        of_these |= Q(room=room)
    if equipment:
        of_these |= Q(equipment__in=equipment)
    rows = Closure.objects.overlapping(starts_at, ends_at).filter(of_these)
    return list(rows.select_related("equipment"))


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


def why_closed(
    span: Span,
    *,
    clinic: Clinic,
    therapist: Therapist,
    room: Room | None,
    equipment: Collection[Equipment] = (),
) -> list[str]:
    """What speaks against this time, a sentence each; empty when everybody is there."""
    closures = closures_for(
        clinic,
        [therapist],
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        room=room,
        equipment=equipment,
    )
    reasons = []
    for closure in closures:
        if closure.clinic_id:
            reasons.append(f"{clinic} is closed: {closure.reason}.")
        elif closure.therapist_id:
            reasons.append(f"{therapist} is away: {closure.reason}.")
        elif closure.equipment is not None:
            reasons.append(f"{closure.equipment} is out of use: {closure.reason}.")
        else:
            reasons.append(f"{room} is out of use: {closure.reason}.")
    hours = weekly_hours(clinic, [therapist])[therapist.pk]
    day = span.starts_at.astimezone(clinic.zone).date()
    blocks = slots.merged(slots.working_blocks(day, zone=clinic.zone, hours=hours))
    if not any(block.holds(span) for block in blocks):
        reasons.append(f"{therapist} {works_in_words(blocks, clinic)}.")
    return reasons


def why_crowded(span: Span, *, wanted: Appointment) -> list[str]:
    """Where this time touches what the therapist keeps free after visits, a sentence each: after
    one before it, or its own before the next."""
    own = wanted.type.buffer_minutes
    around = (
        Appointment.objects.live()
        .overlapping(
            span.starts_at - dt.timedelta(minutes=LONGEST_BUFFER),
            span.ends_at + dt.timedelta(minutes=own),
        )
        .filter(therapist=wanted.therapist)
        .exclude(pk=wanted.pk)
        .select_related("type")
        .order_by("starts_at", "pk")
    )
    if wanted.group_id is not None:
        around = around.exclude(group=wanted.group_id)
    reasons = []
    for row in around:
        kept = row.type.buffer_minutes
        if row.ends_at <= span.starts_at < row.ends_at + dt.timedelta(minutes=kept):
            ended = clock(row.ends_at.astimezone(wanted.clinic.zone))
            reasons.append(
                f"{wanted.therapist} keeps {kept} minutes free after the visit that ends at "
                f"{ended}."
            )
        if span.ends_at <= row.starts_at < span.ends_at + dt.timedelta(minutes=own):
            begins = clock(row.starts_at.astimezone(wanted.clinic.zone))
            reasons.append(
                f"{wanted.therapist} keeps {own} minutes free after this visit, and the next one "
                f"begins at {begins}."
            )
    return list(dict.fromkeys(reasons))  # members of a group end together


def works_in_words(blocks: Iterable[Span], clinic: Clinic) -> str:
    """works 8:00 am to 12:00 pm that day, or does not work that day"""
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
    equipment: Collection[Equipment] = (),
    appointment_type: AppointmentType | None = None,
    but: Appointment | None = None,
    but_group: Group | None = None,
    not_before: dt.datetime | None = None,
    count: int = 3,
) -> list[dt.datetime]:
    """The nearest times at which therapist, patient, room and equipment are all free, and the
    therapist has the minutes that are kept free after visits. With a type for groups, a group
    that has places left is as good as a free time. `but` is the appointment that is being moved,
    `but_group` the group: their own time counts as free."""
    first = slots.whole_day(wanted.astimezone(clinic.zone).date(), clinic.zone).starts_at
    last = first + dt.timedelta(days=slots.DAYS_AHEAD + 2)
    busy = Appointment.objects.live().overlapping(first, last)
    if but is not None:
        busy = busy.exclude(pk=but.pk)
    if but_group is not None:
        busy = busy.exclude(group=but_group)
    closures = [
        span_of(closure)
        for closure in closures_for(
            clinic, [therapist], starts_at=first, ends_at=last, room=room, equipment=equipment
        )
    ]
    of_patient = _spans(busy.filter(patient=patient)) if patient is not None else []
    joinable = (
        _joinable(
            Group.objects.filter(starts_at__gte=first, starts_at__lt=last, therapist=therapist),
            appointment_type=appointment_type,
            clinic=clinic,
            room=room,
            closed=[*of_patient, *closures],
        )
        if appointment_type is not None and appointment_type.is_group and but_group is None
        else []
    )
    return slots.next_free(
        wanted,
        minutes=minutes,
        zone=clinic.zone,
        hours=weekly_hours(clinic, [therapist])[therapist.pk],
        closures=closures,
        taken=[
            *of_patient,
            *_with_buffers(
                busy.filter(therapist=therapist),
                own=appointment_type.buffer_minutes if appointment_type is not None else 0,
            ),
            *(_spans(busy.filter(room=room)) if room is not None else []),
            *(_spans(busy.filter(equipment__in=equipment)) if equipment else []),
        ],
        also=joinable,
        not_before=not_before,
        count=count,
    )


def _spans(rows: QuerySet[Appointment]) -> list[Span]:
    return [Span(start, end) for start, end in rows.values_list("starts_at", "ends_at")]


def _with_buffers(rows: QuerySet[Appointment], *, own: int) -> list[Span]:
    """A therapist's visits, each with the minutes kept free after it, and before it those that
    the new visit (`own`) would want free."""
    before = dt.timedelta(minutes=own)
    return [
        Span(start - before, end + dt.timedelta(minutes=kept))
        for start, end, kept in rows.values_list("starts_at", "ends_at", "type__buffer_minutes")
    ]


def _joinable(
    groups: GroupQuerySet,
    *,
    appointment_type: AppointmentType,
    clinic: Clinic,
    room: Room | None,
    closed: Sequence[Span],
) -> list[dt.datetime]:
    """When groups of this type begin that one more patient can join."""
    found = groups.joinable().filter(type=appointment_type, clinic=clinic)
    if room is not None:
        found = found.filter(room=room)
    return [
        group.starts_at
        for group in found
        if not any(Span(group.starts_at, group.ends_at).overlaps(span) for span in closed)
    ]

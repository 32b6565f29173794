"""The wait list: put somebody on it, find who fits a freed time, and book whoever takes it.

Whoever books from the list locks as every booking does, then the entry, then its offers (in the
order of their keys), then their links; so of eight who tap at once one has it and nobody deadlocks.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from people import audit, links
from people.changes import fill, write_changes, write_new
from people.models import Authorization, Clinic, Patient, Therapist, User
from scheduling import booking, budget, wait_offers, wait_ranking
from scheduling.answers import REFUSALS
from scheduling.models import Appointment, WaitListEntry, WaitListOffer
from scheduling.wait_offers import Slot
from scheduling.wait_ranking import Match, Opening, Waiting

EntryStatus = WaitListEntry.Status


class OfferGone(Exception):
    """The offered time cannot be had any more: somebody was faster, or it is closed now."""


class NoLongerWaiting(Exception):
    """The entry was booked or withdrawn in the meantime; `entry` is how it stands."""

    def __init__(self, entry: WaitListEntry) -> None:
        super().__init__(entry.pk)
        self.entry = entry


@dataclass(frozen=True)
class Found:
    """Somebody who waits, and how well the time fits them."""

    entry: WaitListEntry
    match: Match


def slot_of(appointment: Appointment) -> Slot:
    return Slot(
        therapist=appointment.therapist,
        clinic=appointment.clinic,
        room=appointment.room,
        starts_at=appointment.starts_at,
        minutes=appointment.minutes,
    )


@transaction.atomic
def add(
    *,
    patient: Patient,
    by: User | None,
    therapists: Iterable[Therapist] = (),
    clinics: Iterable[Clinic] = (),
    **values: Any,
) -> WaitListEntry:
    """Raises `ValidationError`, also when the patient already waits for this type."""
    entry = WaitListEntry(patient=patient, made_by=by)
    fill(entry, values)
    write_new(entry)
    entry.therapists.set(therapists)
    entry.clinics.set(clinics)
    audit.record(by=by, action="wait_list.added", patient=patient, target=entry)
    return entry


@transaction.atomic
def change(
    *,
    entry: WaitListEntry,
    by: User,
    therapists: Iterable[Therapist] | None = None,
    clinics: Iterable[Clinic] | None = None,
    **values: Any,
) -> WaitListEntry:
    """Raises `ValidationError`, or `NoLongerWaiting` once it is closed."""
    entry = _locked_waiting(entry)
    changed = write_changes(entry, values)
    for name, rows in (("therapists", therapists), ("clinics", clinics)):
        if rows is None:
            continue
        wanted, held = {row.pk for row in rows}, getattr(entry, name)
        if set(held.values_list("pk", flat=True)) != wanted:
            held.set(wanted)
            changed.append(name)
    if changed:
        audit.record(
            by=by,
            action="wait_list.changed",
            patient=entry.patient,
            target=entry,
            fields=sorted(changed),
        )
    return entry


@transaction.atomic
def withdraw(*, entry: WaitListEntry, by: User) -> WaitListEntry:
    """They wait no longer; open offers to them are taken back. Twice is the same as once."""
    entry = _locked(entry)
    if entry.status == EntryStatus.WITHDRAWN:
        return entry
    if entry.status != EntryStatus.WAITING:
        raise NoLongerWaiting(entry)
    entry.status, entry.closed_at = EntryStatus.WITHDRAWN, timezone.now()
    entry.save(update_fields=["status", "closed_at"])
    wait_offers.close(Q(entry=entry))
    audit.record(by=by, action="wait_list.withdrawn", patient=entry.patient, target=entry)
    return entry


@transaction.atomic
def book(*, entry: WaitListEntry, by: User | None, **asked: Any) -> Appointment:
    """Book for somebody who waits, and close the entry; `asked` as `booking.book` wants it.

    Raises what `booking.book` raises, or `NoLongerWaiting`.
    """
    asked = {"patient": entry.patient, "appointment_type": entry.type} | asked
    appointment = booking.book(by=by, **asked)
    _settle(entry, appointment, by=by)
    return appointment


def _settle(
    entry: WaitListEntry,
    appointment: Appointment,
    *,
    by: User | None,
    taken: WaitListOffer | None = None,
) -> None:
    """The entry is booked; every offer of that time, and to that patient, is closed."""
    entry = _locked_waiting(entry)
    entry.status, entry.closed_at = EntryStatus.BOOKED, timezone.now()
    entry.appointment = appointment
    entry.save(update_fields=["status", "closed_at", "appointment"])
    same_time = Q(therapist=appointment.therapist_id, starts_at=appointment.starts_at)
    wait_offers.close(same_time | Q(entry=entry), taken=taken)
    audit.record(
        by=by,
        action="wait_list.booked",
        patient=entry.patient,
        target=entry,
        appointment=appointment.pk,
    )


@transaction.atomic
def take(token: str) -> WaitListOffer:
    """The patient takes the offered time: it is booked, the entry closed, and every other offer of
    that time with it. Tapped twice it is booked once: the second tap gets `LinkUsed`.

    Raises `NoSuchLink`, a `LinkClosed`, or `OfferGone`.
    """
    link = links.open_link(token, purpose=wait_offers.PURPOSE)
    offer = WaitListOffer.objects.for_page().get(link=link)
    try:
        appointment = booking.book(
            patient=offer.entry.patient,
            appointment_type=offer.entry.type,
            therapist=offer.therapist,
            clinic=offer.clinic,
            room=offer.room,
            starts_at=offer.starts_at,
            minutes=offer.minutes,
            by=None,
        )
        _settle(offer.entry, appointment, by=None, taken=offer)
    except (*REFUSALS, NoLongerWaiting) as refusal:
        # While this waited for the locks, the same patient's first tap may have been served.
        links.open_link(token, purpose=wait_offers.PURPOSE)
        raise OfferGone from refusal
    return offer


def matches(slot: Slot, *, user: User, but: Patient | None = None) -> list[Found]:
    """Who could take the time, the best first, each with the reasons. `but` is the patient who
    has just given it up. Seven queries, however many wait."""
    now = timezone.now()
    today = now.astimezone(slot.clinic.zone).date()
    busy = Appointment.objects.live().overlapping(slot.starts_at, slot.ends_at)
    rows = (
        WaitListEntry.objects.visible_to(user)
        .open(today)
        .filter(type__discipline=slot.therapist.discipline, type__minutes__lte=slot.minutes)
        .filter(patient__deceased_on=None)
        .exclude(patient__in=busy.values("patient"))
        .select_related("patient__clinic", "type")
        .prefetch_related("therapists__user", "clinics")
    )
    if but is not None:
        rows = rows.exclude(patient=but)
    opening = _opening(slot, now=now)
    waiting = {row.pk: (row, _waiting(row, today=today)) for row in rows}
    able = {pk: found for pk, found in waiting.items() if wait_ranking.can_take(opening, found[1])}
    standing = _authorizations([row.patient_id for row, _ in able.values()], on=opening.on)
    known = [
        _with_authorization(found, standing[row.patient_id], today=today)
        if row.patient_id in standing
        else found
        for row, found in able.values()
    ]
    return [Found(able[match.id][0], match) for match in wait_ranking.ranked(opening, known)]


def _opening(slot: Slot, *, now: dt.datetime) -> Opening:
    at = slot.starts_at.astimezone(slot.clinic.zone)
    return Opening(
        on=at.date(),
        starts=at.time(),
        minutes=slot.minutes,
        clinic=slot.clinic.pk,
        therapist=slot.therapist.pk,
        therapist_name=slot.therapist.user.first_name,
        discipline=slot.therapist.discipline,
        evaluates=slot.therapist.may_evaluate,
        hours_away=(slot.starts_at - now).total_seconds() / 3600,
    )


def _waiting(row: WaitListEntry, *, today: dt.date) -> Waiting:
    made_on = row.made_at.astimezone(row.patient.clinic.zone).date()
    return Waiting(
        id=row.pk,
        clinics=frozenset(clinic.pk for clinic in row.clinics.all())
        or frozenset({row.patient.clinic_id}),
        discipline=row.type.discipline,
        is_evaluation=row.type.is_evaluation,
        minutes=row.type.minutes,
        therapists={who.pk: who.user.first_name for who in row.therapists.all()},
        weekdays=frozenset(row.weekdays),
        from_time=row.from_time,
        to_time=row.to_time,
        earliest_on=row.earliest_on,
        latest_on=row.latest_on,
        notice_hours=row.notice_hours,
        urgent=row.priority == WaitListEntry.Priority.URGENT,
        days_waiting=max((today - made_on).days, 0),
    )


def _authorizations(patients: Sequence[int], *, on: dt.date) -> dict[int, dt.date | None]:
    """When the authorization ends that the patient would draw on that day; `None` when all that
    cover it are spent; patients without one are left out."""
    rows = Authorization.objects.filter(
        coverage__patient__in=patients, starts_on__lte=on, ends_on__gte=on
    )
    held = list(rows.select_related("coverage__patient__clinic"))
    budgets = budget.budgets_of(held) if held else {}
    ends: dict[int, list[dt.date]] = defaultdict(list)
    found: dict[int, dt.date | None] = {}
    for row in held:
        patient = row.coverage.patient_id
        found.setdefault(patient, None)
        left = (budgets[row.pk].visits_left, budgets[row.pk].units_left)
        if all(number is None or number > 0 for number in left):
            ends[patient].append(row.ends_on)
            found[patient] = min(ends[patient])
    return found


def _with_authorization(found: Waiting, ends_on: dt.date | None, *, today: dt.date) -> Waiting:
    if ends_on is None:
        return replace(found, authorization_spent=True)
    return replace(found, authorization_ends_in=(ends_on - today).days)


def _locked(entry: WaitListEntry) -> WaitListEntry:
    rows = WaitListEntry.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("patient__clinic", "type").get(pk=entry.pk)


def _locked_waiting(entry: WaitListEntry) -> WaitListEntry:
    locked = _locked(entry)
    if locked.status != EntryStatus.WAITING:
        raise NoLongerWaiting(locked)
    return locked

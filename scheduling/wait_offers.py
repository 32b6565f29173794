"""Offers of a freed time by message: what is told, who has opened it, and how one is closed.

An offer holds nothing. The time may be booked meanwhile, by the desk or by whoever is first; the
link then says kindly that it is gone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from people import audit, links, outbox
from people.models import Clinic, Message, PatientLink, Therapist, User
from scheduling import availability, budget
from scheduling.facts import NotBookable, OutsideHours, SlotTaken
from scheduling.models import (
    Appointment,
    BudgetAndWaitRules,
    Room,
    WaitListEntry,
    WaitListOffer,
)
from scheduling.slots import Span
from web.templatetags.pt import clock

PURPOSE = PatientLink.Purpose.WAIT_LIST
KIND = "wait_list_offer"
SOURCE = "wait-list-offer-"
Status = WaitListOffer.Status


@dataclass(frozen=True)
class Slot:
    """A time of a therapist that is free, or has just become so."""

    therapist: Therapist
    clinic: Clinic
    room: Room | None
    starts_at: dt.datetime
    minutes: int

    @property
    def ends_at(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Sent:
    """What became of an offer to several: who got it, and why others did not."""

    offers: list[WaitListOffer]
    left_out: list[tuple[WaitListEntry, str]]


@transaction.atomic
def send(*, entries: Iterable[WaitListEntry], slot: Slot, by: User) -> Sent:
    """Offer the time to each by message. Who cannot be reached, or has no authorization for it,
    is left out and named with the reason; who has the offer already is not written to again.

    Raises `NotBookable` for a time that has passed, `SlotTaken` and `OutsideHours` as booking does.
    """
    expires_at = _expiry(slot)
    taken = Appointment.objects.live().overlapping(slot.starts_at, slot.ends_at)
    # A group that meets then may have a place left: booking says whether it has.
    if taken.filter(therapist=slot.therapist, group=None).exists():
        raise SlotTaken([])
    span = Span(slot.starts_at, slot.ends_at)
    closed = availability.why_closed(
        span, clinic=slot.clinic, therapist=slot.therapist, room=slot.room
    )
    if closed:
        raise OutsideHours(closed)
    sent = Sent([], [])
    rows = WaitListEntry.objects.select_for_update(of=("self",), no_key=True)
    wanted = rows.filter(pk__in=[entry.pk for entry in entries]).order_by("pk")
    for entry in wanted.select_related("patient__clinic", "type"):
        if problem := _why_not(entry, slot):
            sent.left_out.append((entry, problem))
        elif offer := _offer(entry, slot, expires_at=expires_at, by=by):
            sent.offers.append(offer)
    return sent


def _expiry(slot: Slot) -> dt.datetime:
    now = timezone.now()
    if slot.starts_at <= now:
        raise NotBookable({"starts_at": "This time has passed."})
    stands_for = dt.timedelta(minutes=BudgetAndWaitRules.current().offer_minutes)
    return min(now + stands_for, slot.starts_at)


def _why_not(entry: WaitListEntry, slot: Slot) -> str:
    """Why this patient is not written to; empty when they are."""
    if entry.status != WaitListEntry.Status.WAITING:
        return "Waits no longer."
    day = slot.starts_at.astimezone(slot.clinic.zone).date()
    shown = budget.preview(patient=entry.patient, appointment_type=entry.type, on=day)
    if shown.told:
        return shown.told
    return outbox.address_of(entry.patient, outbox.preferred_channel(entry.patient))[1]


def _offer(
    entry: WaitListEntry, slot: Slot, *, expires_at: dt.datetime, by: User
) -> WaitListOffer | None:
    open_now = WaitListOffer.objects.filter(
        entry=entry, therapist=slot.therapist, starts_at=slot.starts_at, status=Status.OPEN
    )
    if open_now.filter(expires_at__gt=timezone.now()).exists():
        return None
    close(Q(pk__in=open_now.values("pk")))  # one that has lapsed makes room for the new one
    offer = WaitListOffer.objects.create(
        entry=entry,
        therapist=slot.therapist,
        clinic=slot.clinic,
        room=slot.room,
        starts_at=slot.starts_at,
        minutes=entry.type.minutes,
        made_by=by,
        expires_at=expires_at,
    )
    offer.link = links.make(
        purpose=PURPOSE, patient=entry.patient, expires_at=expires_at, by=by, target=offer
    )
    offer.save(update_fields=["link"])
    outbox.queue(
        patient=entry.patient,
        kind=KIND,
        source_key=source_key(offer),
        subject="A time is free",
        body=words(offer),
        not_after=expires_at,
        by=by,
    )
    audit.record(by=by, action="wait_list.offered", patient=entry.patient, target=offer)
    return offer


def why_not_send(message: Message) -> str:
    """Asked just before a message goes out: an offer that is closed by then stays in the house."""
    pk = message.source_key.removeprefix(SOURCE)
    still_open = WaitListOffer.objects.filter(
        pk=int(pk), status=Status.OPEN, expires_at__gt=timezone.now()
    )
    return "" if still_open.exists() else "The time was gone before it was sent."


def close(which: Q, *, taken: WaitListOffer | None = None) -> None:
    """Close the open offers and their links, inside the caller's transaction: the one that was
    `taken` is used up, the others are gone."""
    rows = WaitListOffer.objects.select_for_update(of=("self",), no_key=True)
    for offer in rows.filter(which, status=Status.OPEN).select_related("link").order_by("pk"):
        is_taken = offer == taken
        offer.status = Status.TAKEN if is_taken else Status.GONE
        offer.closed_at = timezone.now()
        offer.save(update_fields=["status", "closed_at"])
        if is_taken and offer.link is not None:
            links.use(offer.link)
        else:
            links.revoke(purpose=PURPOSE, target=offer)


def address_of(offer: WaitListOffer) -> str:
    """What the patient opens."""
    if offer.link is None:
        return ""
    path = reverse("scheduling:take-offer", args=[links.token_of(offer.link)])
    return f"{settings.PUBLIC_URL}{path}"


def words(offer: WaitListOffer) -> str:
    """The message: where, when and with whom, nothing of why."""
    at = offer.starts_at.astimezone(offer.clinic.zone)
    until = offer.expires_at.astimezone(offer.clinic.zone)
    return (
        f"{offer.clinic}: a time is free on {at:%A, %B} {at.day} at {clock(at)} with "
        f"{offer.therapist.user.first_name}. The first to take it has it, until {clock(until)}: "
        f"{address_of(offer)}"
    )


def source_key(offer: WaitListOffer) -> str:
    return f"{SOURCE}{offer.pk}"


def messages_of(offers: Iterable[WaitListOffer]) -> dict[int, Message]:
    """The message of each offer, by the offer's id. One query."""
    by_key = {source_key(offer): offer.pk for offer in offers}
    rows = Message.objects.filter(source_key__in=by_key)
    return {by_key[row.source_key]: row for row in rows}


def mark_opened(offer: WaitListOffer) -> None:
    """The first time its page was shown; a mail program that looks ahead counts too."""
    WaitListOffer.objects.filter(pk=offer.pk, opened_at=None).update(opened_at=timezone.now())


def open_offers_of(slot: Slot) -> QuerySet[WaitListOffer]:
    """Offers of this very time that can still be taken."""
    return WaitListOffer.objects.standing().filter(
        therapist=slot.therapist, starts_at=slot.starts_at
    )


def at_once() -> int:
    """How many are asked at once, unless the desk ticks others."""
    return BudgetAndWaitRules.current().offers_at_once


def is_free(offer: WaitListOffer) -> bool:
    """Whether nobody has the therapist or the patient at that time yet."""
    ends_at = offer.starts_at + dt.timedelta(minutes=offer.minutes)
    held = Q(therapist=offer.therapist_id) | Q(patient=offer.entry.patient_id)
    taken = Appointment.objects.live().overlapping(offer.starts_at, ends_at).filter(held)
    return not taken.filter(Q(group=None) | Q(patient=offer.entry.patient_id)).exists()

"""A therapist's appointments as a calendar that other programs subscribe to.

The address is the secret: 32 random bytes, shown once, kept as a hash, revoked at once. In it stand
initials, times and the clinic's address; nothing says who it is, or why they come.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from hashlib import sha256
from typing import cast

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from people import audit
from people.models import Patient, Therapist, User
from scheduling.models import LIVE_STATUSES, Appointment, CalendarFeed

BACK, AHEAD = dt.timedelta(days=30), dt.timedelta(days=180)
NOTED_EVERY = dt.timedelta(hours=1)  # a program asks every few minutes


class NoSuchFeed(Exception):
    """Nobody made this address, or it was revoked."""


def open_feed_of(therapist: Therapist) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(therapist=therapist, revoked_at=None).first()


@transaction.atomic
def make(*, therapist: Therapist, by: User) -> str:
    """A new address, which takes the place of the one before. It is shown this once."""
    _lock(therapist)
    _revoke(therapist)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(therapist=therapist, token_sha256=_hashed(token), made_by=by)
    audit.record(by=by, action="feed.made", target=feed, therapist=therapist.pk)
    return str(settings.PUBLIC_URL + reverse("scheduling:feed-file", args=[token]))


@transaction.atomic
def revoke(*, therapist: Therapist, by: User) -> bool:
    """The address opens nothing from now on; whether there was one."""
    _lock(therapist)
    if not _revoke(therapist):
        return False
    audit.record(by=by, action="feed.revoked", target=therapist)
    return True


def _lock(therapist: Therapist) -> None:
    # Two addresses made at once would else meet in the constraint.
    Therapist.objects.select_for_update(no_key=True).get(pk=therapist.pk)


def _revoke(therapist: Therapist) -> int:
    return CalendarFeed.objects.filter(therapist=therapist, revoked_at=None).update(
        revoked_at=timezone.now()
    )


def find(token: str) -> CalendarFeed:
    """Raises `NoSuchFeed`; also for somebody who no longer works here."""
    try:
        return CalendarFeed.objects.select_related("therapist__user").get(
            token_sha256=_hashed(token), revoked_at=None, therapist__user__is_active=True
        )
    except CalendarFeed.DoesNotExist:
        raise NoSuchFeed from None


def fetch(feed: CalendarFeed) -> tuple[bytes, str, dt.datetime]:
    """The file, its hash, and since when it reads like that. Writes down now and then that it was
    fetched: each of the many times would drown the audit line."""
    now = timezone.now()
    content = as_ics(feed.therapist, _appointments(feed.therapist, now))
    digest = sha256(content).hexdigest()
    changed: list[str] = []
    if feed.content_sha256 != digest:
        feed.content_sha256, feed.changed_at = digest, now
        changed += ["content_sha256", "changed_at"]
    before = feed.fetched_at
    if before is None or now - before > NOTED_EVERY:
        feed.fetched_at = now
        changed.append("fetched_at")
    if changed:
        feed.save(update_fields=changed)
    if before is None or now.date() != before.date():
        audit.record(by=None, action="feed.fetched", target=feed, therapist=feed.therapist_id)
    return content, digest, feed.changed_at


def _appointments(therapist: Therapist, now: dt.datetime) -> Iterable[Appointment]:
    return (
        Appointment.objects.filter(
            therapist=therapist, starts_at__gte=now - BACK, starts_at__lt=now + AHEAD
        )
        .select_related("patient", "clinic")
        .order_by("starts_at", "pk")
    )


def as_ics(therapist: Therapist, appointments: Iterable[Appointment]) -> bytes:
    """RFC 5545. Times are UTC, so that no calendar needs to know a zone's rules; the same
    appointments give the same bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//PT Practice//Appointments//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"Appointments {therapist.user.first_name}")
    for row in appointments:
        event = Event()
        event.add("uid", f"appointment-{row.pk}@pt-practice")
        event.add("sequence", row.version)
        event.add("dtstamp", row.booked_at.astimezone(dt.UTC))
        event.add("dtstart", row.starts_at.astimezone(dt.UTC))
        event.add("dtend", row.ends_at.astimezone(dt.UTC))
        event.add("summary", initials_of(row.patient))
        event.add("location", f"{row.clinic}, {row.clinic.one_line}")
        event.add("status", "CONFIRMED" if row.status in LIVE_STATUSES else "CANCELLED")
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    return cast("bytes", calendar.to_ical())


def initials_of(patient: Patient) -> str:
    """A.O."""
    return f"{patient.first_name[:1]}.{patient.last_name[:1]}.".upper()


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()

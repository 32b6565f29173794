"""The kiosk in the waiting room: patients check themselves in with birth date and last name.

The address is the secret: 32 random bytes, shown once, kept as a hash, revoked at once. It answers
yes or no and nothing else; whoever asks too often in vain hears no, whatever is typed.
"""

from __future__ import annotations

import datetime as dt
import secrets
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Func, Max, Q, QuerySet, TextField, Value
from django.urls import reverse
from django.utils import timezone

from people import audit
from people.changes import fill, write_new
from people.models import User
from people.models.patient import folded
from scheduling import booking, missed, slots
from scheduling.models import Appointment, DeskRules, Kiosk, KioskTry

EXPECTED = (Appointment.Status.BOOKED, Appointment.Status.CONFIRMED)
TRIES_KEPT = dt.timedelta(days=30)


class NoSuchKiosk(Exception):
    """Nobody made this address, or it was revoked."""


def open_at_clinics_of(user: User) -> QuerySet[Any]:
    """The kiosks a person may revoke, each with when somebody was last checked in at it."""
    kiosks = Kiosk.objects.visible_to(user).filter(revoked_at=None)
    return kiosks.select_related("clinic", "made_by").annotate(
        last_worked_at=Max("tries__at", filter=Q(tries__worked=True))
    )


@transaction.atomic
def make(*, by: User, **values: Any) -> str:
    """A new kiosk's address. It is shown this once."""
    token = secrets.token_urlsafe(32)
    kiosk = Kiosk()
    fill(kiosk, values | {"token_sha256": _hashed(token), "made_by": by})
    write_new(kiosk)
    audit.record(by=by, action="kiosk.made", target=kiosk, clinic=kiosk.clinic_id)
    return str(settings.PUBLIC_URL + reverse("scheduling:kiosk", args=[token]))


@transaction.atomic
def revoke(kiosk: Kiosk, *, by: User) -> bool:
    """The address opens nothing from now on; whether it did until now."""
    kiosk = Kiosk.objects.select_for_update(no_key=True).get(pk=kiosk.pk)
    if kiosk.revoked_at is not None:
        return False
    kiosk.revoked_at = timezone.now()
    kiosk.save(update_fields=["revoked_at"])
    audit.record(by=by, action="kiosk.revoked", target=kiosk, clinic=kiosk.clinic_id)
    return True


def find(token: str) -> Kiosk:
    """Raises `NoSuchKiosk`; also where the clinic has closed for good."""
    try:
        return Kiosk.objects.select_related("clinic").get(
            token_sha256=_hashed(token), revoked_at=None, clinic__is_active=True
        )
    except Kiosk.DoesNotExist:
        raise NoSuchKiosk from None


@transaction.atomic
def check_in(kiosk: Kiosk, *, birth_date: dt.date, last_name: str) -> bool:
    """Whether somebody was checked in: the one patient these words fit, to the one appointment
    they are expected for about now. Every no does the same work, so that none tells itself apart
    by the clock.

    The kiosk's row is locked first: tries at it queue up, and none slips past the count.
    Raises `NoSuchKiosk` when it was revoked in between.
    """
    kiosk = Kiosk.objects.select_for_update(of=("self",), no_key=True).get(pk=kiosk.pk)
    if kiosk.revoked_at is not None:
        raise NoSuchKiosk
    now = timezone.now()
    rules = missed.rules_of(kiosk.clinic)
    may_try = _may_try(kiosk, rules, now)
    expected = _expected(_fitting(kiosk, birth_date, last_name, now), rules, now)
    worked = may_try and expected is not None and _arrive(expected, kiosk)
    if may_try:  # what was not looked at does not make the wait longer
        _note(kiosk, now, worked=worked)
    return worked


def _may_try(kiosk: Kiosk, rules: DeskRules, now: dt.datetime) -> bool:
    """Whether fewer than the clinic allows have failed of late, here and from this address."""
    since = now - dt.timedelta(minutes=rules.kiosk_tries_minutes)
    address = audit.from_address.get()
    failed = KioskTry.objects.filter(at__gt=since, worked=False).filter(
        Q(kiosk=kiosk) | Q(kiosk__clinic=kiosk.clinic_id, from_address=address)
    )
    counts = list(failed.values_list("kiosk_id", "from_address"))
    here = sum(pk == kiosk.pk for pk, _ in counts)
    from_there = sum(known == address for _, known in counts)
    return max(here, from_there) < rules.kiosk_most_tries


def _fitting(
    kiosk: Kiosk, birth_date: dt.date, last_name: str, now: dt.datetime
) -> list[Appointment]:
    """The clinic's live appointments of today whose patients these words fit. Names are compared
    without capitals, accents, hyphens and blanks."""
    zone = kiosk.clinic.zone
    today = slots.whole_day(now.astimezone(zone).date(), zone)
    return list(
        Appointment.objects.live()
        .filter(
            clinic=kiosk.clinic_id,
            starts_at__gte=today.starts_at,
            starts_at__lt=today.ends_at,
            patient__birth_date=birth_date,
            patient__removed_at=None,
            patient__merged_into=None,
            patient__deceased_on=None,
        )
        .alias(name=_bare(F("patient__last_name")), typed=_bare(Value(last_name)))
        .filter(name=F("typed"))
        .exclude(name="")
        .order_by("starts_at", "pk")
    )


def _bare(text: F | Value) -> Func:
    return Func(folded(text), Value(" "), Value(""), function="replace", output_field=TextField())


def _expected(fitting: list[Appointment], rules: DeskRules, now: dt.datetime) -> Appointment | None:
    """The one that is waited for; nobody where two people, or two visits, could be meant."""
    opens = dt.timedelta(minutes=rules.kiosk_opens_minutes)
    closes = dt.timedelta(minutes=rules.kiosk_closes_minutes)
    if len({row.patient_id for row in fitting}) != 1:
        return None
    waiting = [
        row
        for row in fitting
        if row.status in EXPECTED and row.starts_at - opens <= now <= row.starts_at + closes
    ]
    return waiting[0] if len(waiting) == 1 else None


def _arrive(appointment: Appointment, kiosk: Kiosk) -> bool:
    """Whether it was this tap; another kiosk, or the desk, may have been faster."""
    appointment = booking.lock_appointment(appointment)
    if appointment.status not in EXPECTED:
        return False
    booking.check_in(appointment, by=None)
    audit.record(
        by=None,
        action="appointment.checked_in_by_kiosk",
        patient=appointment.patient,
        target=kiosk,
        appointment=appointment.pk,
    )
    return True


def _note(kiosk: Kiosk, now: dt.datetime, *, worked: bool) -> None:
    KioskTry.objects.filter(kiosk=kiosk, at__lt=now - TRIES_KEPT).delete()
    KioskTry.objects.create(
        kiosk=kiosk, at=now, from_address=audit.from_address.get(), worked=worked
    )


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()

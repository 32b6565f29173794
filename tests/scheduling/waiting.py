"""Who waits for a freed time, the offers sent to them, and what became of both."""

import datetime as dt

from django.utils import timezone

from people import links
from scheduling import wait_list, wait_offers
from scheduling.models import WaitListEntry, WaitListOffer
from scheduling.wait_offers import Slot
from tests.factories import PatientFactory, at


def slot_at(desk, hour=14, **changes):
    values = {
        "therapist": desk.therapist,
        "clinic": desk.clinic,
        "room": None,
        "starts_at": at(hour),
        "minutes": 45,
    }
    return Slot(**values | changes)


def wait(desk, **changes):
    """Somebody new on the list, reached by text message."""
    patient = changes.pop("patient", None) or PatientFactory(
        clinic=desk.clinic, contact_by="sms", mobile_phone="+15035550100"
    )
    return wait_list.add(patient=patient, by=desk.user, **{"type": desk.type} | changes)


def lund_waits(desk):
    """Lund, who needs a ramp, on the list."""
    patient = PatientFactory(
        clinic=desk.clinic, last_name="Lund", contact_by="sms", mobile_phone="+15035550100"
    )
    return wait_list.add(patient=patient, type=desk.type, by=desk.user, remark="needs a ramp")


def asked(desk, **changes):
    slot = slot_at(desk)
    return {
        "therapist": slot.therapist,
        "clinic": slot.clinic,
        "starts_at": slot.starts_at,
        "by": desk.user,
    } | changes


def standing(entry):
    row = WaitListEntry.objects.get(pk=entry.pk)
    return (row.status, row.appointment_id)


def token(offer):
    return links.token_of(offer.link)


def outcomes():
    return list(WaitListOffer.objects.order_by("pk").values_list("status", flat=True))


def send(desk, *entries, **changes):
    return wait_offers.send(entries=entries, slot=slot_at(desk, **changes), by=desk.user)


def lapse(offer):
    past = timezone.now() - dt.timedelta(minutes=1)
    WaitListOffer.objects.filter(pk=offer.pk).update(expires_at=past)
    type(offer.link).objects.filter(pk=offer.link.pk).update(
        made_at=past - dt.timedelta(hours=1), expires_at=past
    )

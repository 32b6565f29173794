"""A patient stops messages of one channel, or wants them again: by reply, by link, at the desk."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from people import audit
from people.links import NoSuchLink
from people.models import Message, MessageStop, Patient, User

Channel = Message.Channel
How = MessageStop.How
IN_WORDS = {Channel.SMS: "text messages", Channel.EMAIL: "e-mail"}

# What carriers have people answer (CTIA Messaging Principles, § 5.1.3), and Twilio acts on.
STOP_WORDS = frozenset(
    ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE")
)
START_WORDS = frozenset(("START", "UNSTOP", "YES"))


def is_stopped(patient: Patient, channel: str) -> bool:
    return MessageStop.objects.filter(patient=patient, channel=channel, resumed_at=None).exists()


@transaction.atomic
def stop(*, patient: Patient, channel: str, how: str, by: User | None) -> MessageStop:
    """No more messages on this channel, those that wait already included. Twice is once."""
    row, is_new = MessageStop.objects.get_or_create(
        patient=patient,
        channel=channel,
        resumed_at=None,
        defaults={"how": how, "stopped_by": by},
    )
    if is_new:
        audit.record(
            by=by, action="messages.stopped", patient=patient, target=row, channel=channel, how=how
        )
    return row


@transaction.atomic
def resume(*, patient: Patient, channel: str, by: User | None) -> bool:
    """The patient wants them again; whether they had been stopped."""
    row = (
        MessageStop.objects.select_for_update()
        .filter(patient=patient, channel=channel, resumed_at=None)
        .first()
    )
    if row is None:
        return False
    row.resumed_at, row.resumed_by = timezone.now(), by
    row.save(update_fields=["resumed_at", "resumed_by"])
    audit.record(by=by, action="messages.resumed", patient=patient, target=row, channel=channel)
    return True


def url_for(message: Message) -> str:
    """The address in an e-mail that stops mail like it. It never ends: nobody should have to ask
    the practice how to stop."""
    token = _signer().sign(str(message.pk))
    return str(settings.PUBLIC_URL + reverse("people:stop-messages", args=[token]))


def message_of(token: str) -> Message:
    """The message in which the address stood. Raises `NoSuchLink`."""
    try:
        pk = int(_signer().unsign(token))
        return Message.objects.select_related("patient__clinic").get(pk=pk)
    except (BadSignature, ValueError, Message.DoesNotExist):
        raise NoSuchLink from None


def answer(*, number: str, text: str) -> str:
    """What a patient's reply means: "stop", "start", or "" for anything else. Everybody with this
    mobile number is meant: a family shares one telephone."""
    word = "".join(text.split()).upper().strip(".!\"'")
    wants = "stop" if word in STOP_WORDS else "start" if word in START_WORDS else ""
    if wants:
        for patient in Patient.objects.filter(mobile_phone=number).order_by("pk"):
            if wants == "stop":
                stop(patient=patient, channel=Channel.SMS, how=How.REPLY, by=None)
            else:
                resume(patient=patient, channel=Channel.SMS, by=None)
    return wants


def _signer() -> Signer:
    return Signer(salt="people.stops", sep=".")

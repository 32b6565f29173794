"""Write to a patient: a message is a row here first, and leaves the house at most once.

`queue` only writes the row, in the caller's transaction; a task and a sweep send what waits.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from people.models import Message, Patient, User

Channel = Message.Channel
Status = Message.Status


def queue(
    *,
    patient: Patient,
    kind: str,
    source_key: str,
    body: str,
    subject: str = "",
    by: User | None = None,
    channel: str | None = None,
    not_before: dt.datetime | None = None,
    not_after: dt.datetime | None = None,
) -> Message:
    """The message of this event; a second call with the same `source_key` returns the first.

    The channel is what the patient prefers unless named. Who wants none, or has no address for it,
    gets a row that says why nothing was sent, so that the desk sees it. `body` and `subject` carry
    no diagnosis, no reason for the visit and no name of a service.
    """
    channel = channel or preferred_channel(patient)
    to, problem = address_of(patient, channel)
    message, _ = Message.objects.get_or_create(
        source_key=source_key,
        defaults={
            "patient": patient,
            "kind": kind,
            "channel": channel,
            "to": to,
            "subject": subject,
            "body": body,
            "status": Status.WITHHELD if problem else Status.WAITING,
            "problem": problem,
            "not_before": not_before or timezone.now(),
            "not_after": not_after,
            "created_by": by,
        },
    )
    return message


def preferred_channel(patient: Patient) -> str:
    """Text message or e-mail, as the patient prefers; who prefers the telephone or nothing gets
    the channel there is an address for, and `address_of` says whether it may be used."""
    if patient.contact_by in Channel.values:
        return patient.contact_by
    return Channel.SMS if patient.mobile_phone else Channel.EMAIL


def address_of(patient: Patient, channel: str) -> tuple[str, str]:
    """Where to send it, or why it cannot be sent."""
    if patient.deceased_on is not None or patient.removed_at is not None:
        return "", "The patient is no longer in care."
    if patient.contact_by == "none":
        return "", "The patient wants no messages."
    if patient.contact_by == "phone":
        return "", "The patient wants to be called by telephone."
    if channel == Channel.SMS:
        return patient.mobile_phone, "" if patient.mobile_phone else "There is no mobile number."
    return patient.email, "" if patient.email else "There is no e-mail address."

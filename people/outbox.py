"""Write to a patient: a message is a row here first, and leaves the house at most once.

`queue` only writes the row, in the caller's transaction; a task and a sweep call `send`. What was
handed over without a clear answer is never tried again by itself: a person decides.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Collection

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from people import audit, stops, transports
from people.models import Message, MessageStop, Patient, User

log = logging.getLogger(__name__)

Channel = Message.Channel
Status = Message.Status

TRY_AGAIN_AFTER = dt.timedelta(minutes=5)
GIVE_UP_AFTER = dt.timedelta(days=1)  # of trying, where nothing else says when it is too late
NOT_REACHED = "The provider could not be reached yet; it is tried again."
NO_ANSWER = "No clear answer came from the provider: nobody knows whether it went out."
TOO_LATE = "It was too late to send it."

Ask = Callable[[Message], str]
_asked_before_sending: dict[str, Ask] = {}


class NotUnsettled(Exception):
    """Nobody has to decide about this message, or somebody just has."""


def ask_before_sending(prefix: str, ask: Ask) -> None:
    """Have `ask` look at each message whose kind begins so, just before it goes: a sentence why it
    is no longer true, or nothing. A higher app registers it in `AppConfig.ready`."""
    _asked_before_sending[prefix] = ask


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
    no diagnosis, no reason for the visit and no name of a service; a subject names nobody.
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
    if stops.is_stopped(patient, channel):
        return "", f"The patient has stopped {stops.IN_WORDS[Channel(channel)]}."
    if channel == Channel.SMS:
        return patient.mobile_phone, "" if patient.mobile_phone else "There is no mobile number."
    return patient.email, "" if patient.email else "There is no e-mail address."


def send(message_id: int) -> None:
    """Hand one message over, at most once; does nothing with one that does not wait."""
    message = _take(message_id)
    if message is None:
        return  # another worker has it, or it is not time, or it is no longer true
    try:
        provider_id = transports.of(message.channel).send(_letter(message))
    except transports.Refused as refusal:
        _write(message, status=Status.FAILED, problem=refusal.reason)
        if refusal.opted_out:
            stops.stop(
                patient=message.patient, channel=message.channel, how=MessageStop.How.REPLY, by=None
            )
    except transports.TryLater:
        _wait_again(message)
    except transports.NoAnswer:
        _write(message, problem=NO_ANSWER)
    except Exception as error:
        # Whatever broke, it may have gone out; the error's own words may quote the message.
        log.error("message %s: %s while it was sent", message.pk, type(error).__name__)
        _write(message, problem=NO_ANSWER)
    else:
        _write(
            message,
            status=Status.SENT,
            sent_at=timezone.now(),
            provider_id=provider_id,
            problem="",
        )


def _letter(message: Message) -> transports.Letter:
    if message.channel == Channel.SMS:
        return transports.Letter(
            to=message.to, body=message.body, receipt_url=_receipt_url(message)
        )
    stop_url = stops.url_for(message)
    return transports.Letter(
        to=message.to,
        subject=message.subject,
        body=f"{message.body}\n\n-- \nTo stop mail like this: {stop_url}",
        stop_url=stop_url,
    )


def _take(message_id: int) -> Message | None:
    """The message, SENDING and committed before a byte leaves; or `None`, when it is not to go."""
    with transaction.atomic(durable=True):
        message = (
            Message.objects.due()
            .select_for_update(of=("self",), no_key=True)
            .select_related("patient__clinic")
            .filter(pk=message_id)
            .first()
        )
        if message is None:
            return None
        # The patient may have stopped, moved house or died since it was written.
        message.to, problem = address_of(message.patient, message.channel)
        problem = problem or _why_not_now(message)
        message.status = Status.WITHHELD if problem else Status.SENDING
        message.problem = problem
        message.sending_since = None if problem else timezone.now()
        message.save(update_fields=["to", "status", "problem", "sending_since"])
    return None if problem else message


def _why_not_now(message: Message) -> str:
    now = timezone.now()
    if message.not_after is not None and now > message.not_after:
        return TOO_LATE
    for prefix, ask in _asked_before_sending.items():
        if message.kind.startswith(prefix) and (untrue := ask(message)):
            return untrue
    return ""


def _wait_again(message: Message) -> None:
    """Nothing has gone out, so trying again is safe; not for ever."""
    now = timezone.now()
    if message.not_after is None and now - message.created_at > GIVE_UP_AFTER:
        _write(message, status=Status.FAILED, problem="The provider could not be reached.")
        return
    _write(
        message,
        status=Status.WAITING,
        problem=NOT_REACHED,
        not_before=now + TRY_AGAIN_AFTER,
        sending_since=None,
    )


def _write(message: Message, **values: object) -> None:
    """What came of it. Only where it is still being sent: a person may have been faster."""
    Message.objects.filter(pk=message.pk, status=Status.SENDING).update(**values)


def _receipt_url(message: Message) -> str:
    """Where the provider tells what became of a text message; it cannot call localhost."""
    if not settings.PUBLIC_URL.startswith("https://"):
        return ""
    return str(settings.PUBLIC_URL + reverse("people:sms-receipt", args=[message.pk]))


@transaction.atomic
def take_receipt(*, message: Message, arrived: bool, problem: str = "") -> None:
    """What the provider says became of a text message; it also answers for one of which nobody
    knew. Twice is once, and a message that a person has settled stays as it is."""
    message = Message.objects.select_for_update(no_key=True).get(pk=message.pk)
    if message.status not in (Status.SENDING, Status.SENT) or message.settled_at is not None:
        return
    if arrived:
        message.status, message.problem = Status.SENT, ""
        message.sent_at = message.sent_at or message.sending_since
        message.delivered_at = message.delivered_at or timezone.now()
    elif message.delivered_at is None:
        message.status, message.problem = Status.FAILED, problem
    message.save(update_fields=["status", "problem", "sent_at", "delivered_at"])


@transaction.atomic
def withhold(*, message: Message, problem: str) -> bool:
    """Keep one that still waits from going; whether it did wait."""
    kept = Message.objects.filter(pk=message.pk, status=Status.WAITING)
    return bool(kept.update(status=Status.WITHHELD, problem=problem))


@transaction.atomic
def put_back(
    *,
    message: Message,
    problems: Collection[str],
    subject: str,
    body: str,
    not_before: dt.datetime,
) -> bool:
    """Have one wait again, in today's words, that was withheld for one of these reasons which no
    longer hold; whether it was."""
    kept = Message.objects.filter(pk=message.pk, status=Status.WITHHELD, problem__in=list(problems))
    return bool(
        kept.update(
            status=Status.WAITING, problem="", subject=subject, body=body, not_before=not_before
        )
    )


@transaction.atomic
def mark_sent(*, message: Message, by: User) -> Message:
    """A person knows that the message of which nobody knew went out."""
    message = _unsettled(message, only_unknown=True)
    message.status, message.problem = Status.SENT, ""
    message.sent_at = message.sending_since
    return _settle(message, "message.marked_sent", by=by)


@transaction.atomic
def set_aside(*, message: Message, by: User) -> Message:
    """A person has dealt with a failed message in another way, on the telephone perhaps."""
    return _settle(_unsettled(message), "message.set_aside", by=by)


@transaction.atomic
def send_again(*, message: Message, by: User, channel: str | None = None) -> Message:
    """A new message with the same words, on the same channel or another, in the failed one's
    place. Of two at once one gets `NotUnsettled`."""
    message = _unsettled(message)
    patient = Patient.objects.select_related("clinic").get(pk=message.patient_id)
    again = queue(
        patient=patient,
        kind=message.kind,
        source_key=f"again:{message.pk}",
        subject=message.subject,
        body=message.body,
        by=by,
        channel=channel or message.channel,
        not_after=message.not_after,
    )
    if again.channel == Channel.EMAIL and not again.subject:
        again.subject = f"A message from {patient.clinic}"
    again.instead_of = message
    again.save(update_fields=["instead_of", "subject"])
    _settle(message, "message.sent_again", by=by)
    return again


def _unsettled(message: Message, *, only_unknown: bool = False) -> Message:
    """The message, locked, if it is for a person to decide about. Raises `NotUnsettled`."""
    locked = Message.objects.select_for_update(no_key=True).get(pk=message.pk)
    if not (locked.is_unknown or (locked.is_open_failure and not only_unknown)):
        raise NotUnsettled
    return locked


def _settle(message: Message, action: str, *, by: User) -> Message:
    if message.status == Status.SENDING:
        message.status = Status.FAILED
    message.settled_at, message.settled_by = timezone.now(), by
    message.save(update_fields=["status", "problem", "sent_at", "settled_at", "settled_by"])
    audit.record(by=by, action=action, patient=message.patient, target=message)
    return message

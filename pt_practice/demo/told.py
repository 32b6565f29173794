"""What the demo's patients were told of the coming days: sent, waiting, failed; and one answer."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from people import outbox
from people.models import Message, PatientLink
from scheduling import patient_acts, reminders, telling
from scheduling.models import Appointment, AppointmentMessage, MessageTemplate, TimeRequest

HOURS = 48
SOON = dt.timedelta(hours=72)  # after Friday's last visit the next one is on Monday
SENDER = "appointment.reminder"
MOST = 24


def build_messages() -> None:
    """Reminders of the next days; of them one failed, of one nobody knows, one was answered."""
    templates = {
        row.channel: row
        for row in MessageTemplate.objects.filter(kind="reminder", type=None, hours_before=None)
    }
    now = timezone.now()
    # Whoever was treated today is expected no more, be it before or after this hour.
    expected = (
        Appointment.objects.filter(status__in=reminders.EXPECTED)
        .filter(starts_at__gt=now, starts_at__lt=now + SOON)
        .select_related("patient", "clinic", "therapist__user", "type")
        .order_by("pk")
    )
    coming = [row for row in expected if _address(row)][:MOST]
    written = [_message(row, templates, number, now) for number, row in enumerate(coming)]
    Message.objects.bulk_create(written)
    AppointmentMessage.objects.bulk_create(
        AppointmentMessage(
            appointment=row,
            message=message,
            kind=MessageTemplate.Kind.REMINDER,
            hours_before=HOURS,
            starts_at=row.starts_at,
            made_at=message.created_at,
        )
        for row, message in zip(coming, written, strict=True)
    )
    if unconfirmed := next((row for row in coming if row.status == "booked"), None):
        link = PatientLink.objects.get(purpose="appointment", target_id=unconfirmed.pk)
        patient_acts.confirm(link)
    if coming:
        TimeRequest.objects.create(
            appointment=coming[-1],
            weekdays=[1, 3],
            windows=[TimeRequest.Window.MORNING],
            words="My ride can only come in the mornings.",
            made_at=now - dt.timedelta(hours=1),
        )


def _address(row: Appointment) -> str:
    patient = row.patient
    return {"sms": patient.mobile_phone, "email": patient.email}.get(patient.contact_by, "")


def _message(
    row: Appointment, templates: dict[str, MessageTemplate], number: int, now: dt.datetime
) -> Message:
    channel = row.patient.contact_by
    template = templates[channel]
    facts = reminders.facts_of(row)
    at = now - dt.timedelta(minutes=90 + number)
    message = Message(
        patient=row.patient,
        kind=SENDER,
        channel=channel,
        to=_address(row),
        subject=telling.fill(template.subject, facts),
        body=telling.fill(template.body, facts),
        source_key=reminders.key_of(row, MessageTemplate.Kind.REMINDER, HOURS),
        not_before=at,
        not_after=row.starts_at,
        created_at=at,
        status=Message.Status.SENT,
        sending_since=at,
        sent_at=at,
    )
    if number == 1:
        message.status, message.sent_at = Message.Status.FAILED, None
        message.problem = "The mail server knows no such address."
        if channel == Message.Channel.SMS:
            message.problem = "This is not a mobile number."
    elif number == 2:
        message.status, message.sent_at = Message.Status.SENDING, None
        message.problem = outbox.NO_ANSWER
    elif number % 2 and channel == Message.Channel.SMS:
        message.delivered_at = at
    return message

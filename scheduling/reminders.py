"""Tell patients of their appointments: what they were last told against what is true now.

No verb of booking knows of this module. A sweep compares each appointment with what its patient
has been told, and queues what is missing: booked, moved, cancelled, missed, or a reminder that fell
due. Each message has a key of its own, so that two sweeps at once write it once.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from people import links, outbox
from people.models import Clinic, Message, PatientLink
from scheduling import telling
from scheduling.models import (
    Appointment,
    AppointmentMessage,
    MessageTemplate,
    ReminderRules,
)
from web.templatetags.pt import clock, phone

Kind = MessageTemplate.Kind
Status = Appointment.Status
EXPECTED = (Status.BOOKED, Status.CONFIRMED)
NEWS_FOR = dt.timedelta(days=1)  # older bookings and no-shows are no news
KIND = "appointment."  # how the kinds of these messages begin, for the outbox
WRITTEN_OUT = {Message.Channel.EMAIL: 30, Message.Channel.SMS: 0}
LINK_OUTLIVES = dt.timedelta(days=60)

MOVED = "The appointment was moved."
OVER = "The appointment is cancelled or over."
UNTRUE = (MOVED, OVER)


def register() -> None:
    outbox.ask_before_sending(KIND, why_untrue)


def rules_of(clinic: Clinic) -> ReminderRules:
    """The clinic's rules; as they are at first where nobody has written any."""
    found = ReminderRules.objects.filter(clinic=clinic).first()
    return found or ReminderRules(clinic=clinic)


def quiet_of(rules: ReminderRules) -> telling.Quiet:
    return telling.Quiet(rules.quiet_from, rules.quiet_until, rules.clinic.zone)


def why_untrue(message: Message) -> str:
    """Asked by the outbox just before it sends: what the message tells no longer holds."""
    for told in AppointmentMessage.objects.filter(message=message).select_related("appointment"):
        appointment = told.appointment
        if told.kind in (Kind.CANCELLED, Kind.MISSED):
            if appointment.is_live:
                return MOVED
        elif appointment.status not in EXPECTED:
            return OVER
        elif appointment.starts_at != told.starts_at:
            return MOVED
    return ""


def queue_due() -> int:
    """Queue what is to be told now, in every clinic; how many messages. Twice is once."""
    templates = list(MessageTemplate.objects.filter(is_active=True))
    count = 0
    for clinic in Clinic.objects.filter(is_active=True).order_by("pk"):
        rules = rules_of(clinic)
        rules.clinic = clinic
        _withhold_untrue(clinic)
        if rules.is_on and templates:
            count += _Sweep(rules, templates).run()
    return count


def _withhold_untrue(clinic: Clinic) -> None:
    """What waits and is no longer true is not sent; the outbox asks again, should it be faster."""
    waiting = (
        AppointmentMessage.objects.filter(
            appointment__clinic=clinic, message__status=Message.Status.WAITING
        )
        .exclude(kind__in=(Kind.CANCELLED, Kind.MISSED))
        .exclude(appointment__status__in=EXPECTED, appointment__starts_at=F("starts_at"))
        .select_related("message", "appointment")
    )
    for told in waiting:
        over = told.appointment.status not in EXPECTED
        outbox.withhold(message=told.message, problem=OVER if over else MOVED)


class _Sweep:
    """One clinic at one moment."""

    def __init__(self, rules: ReminderRules, templates: Sequence[MessageTemplate]) -> None:
        self.rules = rules
        self.quiet = quiet_of(rules)
        self.now = timezone.now()
        self.templates = {row.pk: row for row in templates}
        self.words = [
            telling.Words(row.pk, row.kind, row.channel, row.type_id, row.hours_before)
            for row in templates
        ]

    def run(self) -> int:
        news = (
            (Kind.CANCELLED, self._cancelled()),
            (Kind.MOVED, self._moved()),
            (Kind.CONFIRMATION, self._booked()),
            (Kind.MISSED, self._missed()),
        )
        count = 0
        for kind, rows in news:
            together: dict[int, list[Appointment]] = defaultdict(list)
            for row in rows.order_by("starts_at", "pk"):
                together[row.patient_id].append(row)
            count += sum(self._tell(kind, group) for group in together.values())
        for row, hours in self._reminders():
            count += self._tell(Kind.REMINDER, [row], hours=hours)
        return count

    # --- What is to be told -----------------------------------------------------------------------

    def _rows(self, **narrowed: Any) -> QuerySet[Appointment]:
        """Appointments of patients who may be written to."""
        return Appointment.objects.filter(
            clinic=self.rules.clinic,
            patient__contact_by__in=Message.Channel.values,
            patient__deceased_on=None,
            patient__removed_at=None,
            **narrowed,
        ).select_related("patient", "therapist__user", "clinic")

    def _booked(self) -> QuerySet[Appointment]:
        return self._rows(
            status__in=EXPECTED, starts_at__gt=self.now, booked_at__gte=self.now - NEWS_FOR
        ).filter(~Exists(_stands(starts_at=OuterRef("starts_at"))), ~Exists(_heard()))

    def _moved(self) -> QuerySet[Appointment]:
        return (
            self._rows(status__in=EXPECTED, starts_at__gt=self.now)
            .annotate(heard=_last_heard("starts_at"), heard_kind=_last_heard("kind"))
            .filter(~Q(heard=F("starts_at")) | Q(heard_kind=Kind.CANCELLED), heard__isnull=False)
        )

    def _cancelled(self) -> QuerySet[Appointment]:
        went_out = _told(message__status__in=(Message.Status.SENT, Message.Status.SENDING))
        return (
            self._rows(status=Status.CANCELLED, starts_at__gt=self.now)
            .annotate(heard_kind=_last_heard("kind"))
            .filter(~Q(heard_kind=Kind.CANCELLED), Exists(went_out))
        )

    def _missed(self) -> QuerySet[Appointment]:
        return self._rows(
            status=Status.NO_SHOW, ends_at__gt=self.now - NEWS_FOR, ends_at__lte=self.now
        ).filter(~Exists(_told(kind=Kind.MISSED)))

    def _reminders(self) -> Iterable[tuple[Appointment, int]]:
        if not self.rules.hours_before:
            return
        # A quiet night may bring a reminder forward by most of a day.
        horizon = dt.timedelta(hours=max(self.rules.hours_before) + 24)
        rows = list(
            self._rows(
                status__in=EXPECTED, starts_at__gt=self.now, starts_at__lte=self.now + horizon
            ).order_by("starts_at", "pk")
        )
        told: dict[int, list[telling.Told]] = defaultdict(list)
        for one in _standing(AppointmentMessage.objects.filter(appointment__in=rows)):
            told[one.appointment_id].append(
                telling.Told(one.kind, one.hours_before, one.starts_at, one.made_at)
            )
        for row in rows:
            hours = telling.reminder_due(
                now=self.now,
                starts_at=row.starts_at,
                leads=self.rules.hours_before,
                told=told[row.pk],
                quiet=self.quiet,
            )
            if hours is not None:
                yield row, hours

    # --- Telling it -------------------------------------------------------------------------------

    @transaction.atomic
    def _tell(self, kind: str, group: list[Appointment], *, hours: int | None = None) -> bool:
        """One message about the group's first appointment, which mentions the others; whether it
        is a new one."""
        first = group[0]
        channel = outbox.preferred_channel(first.patient)
        words = telling.best_words(
            self.words, kind=kind, channel=channel, type_id=first.type_id, hours=hours
        )
        if words is None:
            return False
        # The appointment's row: two sweeps at once make one link and one message.
        list(
            Appointment.objects.select_for_update(no_key=True)
            .filter(pk__in=[row.pk for row in group])
            .order_by("pk")
            .values_list("pk")
        )
        template = self.templates[words.pk]
        facts = facts_of(first)
        body = telling.fill(template.body, facts)
        if others := self._others(group[1:], channel):
            body = f"{body}\n\n{others}" if channel == Message.Channel.EMAIL else f"{body} {others}"
        key = key_of(first, kind, hours)
        subject = telling.fill(template.subject, facts)
        not_before = telling.at_once(self.now, starts_at=first.starts_at, quiet=self.quiet)
        is_new = not Message.objects.filter(source_key=key).exists()
        message = outbox.queue(
            patient=first.patient,
            kind=f"{KIND}{kind}",
            source_key=key,
            subject=subject,
            body=body,
            channel=channel,
            not_before=not_before,
            not_after=None if kind == Kind.MISSED else first.starts_at,
        )
        if not is_new:
            outbox.put_back(
                message=message,
                problems=UNTRUE,
                subject=subject,
                body=body,
                not_before=not_before,
            )
        for row in group:
            AppointmentMessage.objects.update_or_create(
                appointment=row,
                message=message,
                defaults={
                    "kind": kind,
                    "hours_before": hours,
                    "starts_at": row.starts_at,
                    "made_at": self.now,
                },
            )
        return is_new

    def _others(self, rows: Sequence[Appointment], channel: str) -> str:
        times = [
            f"{day} at {clock(at)}" for row in rows for at, day in [(_local(row), day_of(row))]
        ]
        return telling.and_the_others(times, most=WRITTEN_OUT[Message.Channel(channel)])


def _told(**narrowed: Any) -> QuerySet[AppointmentMessage]:
    return AppointmentMessage.objects.filter(appointment=OuterRef("pk"), **narrowed)


def _heard() -> QuerySet[AppointmentMessage]:
    """What the patient has been told or is about to be: not what was kept back."""
    return _told().exclude(message__status=Message.Status.WITHHELD)


def _last_heard(field: str) -> Subquery:
    return Subquery(_heard().order_by("-made_at", "-pk").values(field)[:1])


def _stands(**narrowed: Any) -> QuerySet[AppointmentMessage]:
    return _standing(_told(**narrowed))


def _standing(rows: QuerySet[AppointmentMessage]) -> QuerySet[AppointmentMessage]:
    """Without what was kept back because it had become untrue: that may have to be told anew."""
    return rows.exclude(message__status=Message.Status.WITHHELD, message__problem__in=UNTRUE)


def key_of(row: Appointment, kind: str, hours: int | None) -> str:
    """The event: this time of this appointment. A move to and fro is told each time."""
    moves = f":{row.version}" if kind in (Kind.MOVED, Kind.CANCELLED) else ""
    lead = f":{hours}h" if hours is not None else ""
    return f"appointment:{row.pk}:{kind}{lead}:{row.starts_at.timestamp():.0f}{moves}"


def _local(row: Appointment) -> dt.datetime:
    return row.starts_at.astimezone(row.clinic.zone)


def day_of(row: Appointment) -> str:
    at = _local(row)
    return f"{at:%A, %B} {at.day}"


def facts_of(row: Appointment) -> dict[str, str]:
    """What stands in for the placeholders. Nothing of the type, the reason or the chart."""
    return {
        "first_name": row.patient.preferred_name or row.patient.first_name,
        "day": day_of(row),
        "time": clock(_local(row)),
        "clinic": str(row.clinic),
        "clinic_phone": phone(row.clinic.phone),
        "therapist": therapist_of(row),
        "link": url_of(row),
    }


def therapist_of(row: Appointment) -> str:
    return f"{row.therapist.user.first_name}, {row.therapist.credential}"


def url_of(row: Appointment) -> str:
    """The patient's own address of the appointment: the same one in all its messages."""
    until = row.starts_at + LINK_OUTLIVES
    mine = PatientLink.objects.filter(
        purpose=PatientLink.Purpose.APPOINTMENT, target_id=row.pk, revoked_at=None
    )
    link = mine.filter(expires_at__gt=row.starts_at).first() or links.make(
        purpose=PatientLink.Purpose.APPOINTMENT,
        patient=row.patient,
        target=row,
        expires_at=max(until, timezone.now() + LINK_OUTLIVES),
        by=None,
    )
    path = reverse("scheduling:patient-link", args=[links.token_of(link)])
    return str(settings.PUBLIC_URL + path)

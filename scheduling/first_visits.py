"""A patient's first visit: whether this is one, how its intake stands, and sending it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from people import questionnaires
from people.models import Patient, Questionnaire, User
from scheduling.models import Appointment

Status = Questionnaire.Status


class NotAFirstVisit(Exception):
    """It is over or called off, or another one comes before it."""


@dataclass(frozen=True)
class FirstVisit:
    """The first appointment of somebody nobody has treated yet. `intake` is the questionnaire that
    counts: the last one that was not taken back."""

    intake: Questionnaire | None
    has_lapsed: bool  # its link ran out before it was sent in

    @property
    def may_send(self) -> bool:
        return self.intake is None or self.has_lapsed


def of(appointment: Appointment) -> FirstVisit | None:
    """Nothing for a visit that is over or called off, or that others came before."""
    now = timezone.now()
    if not appointment.is_live or appointment.starts_at <= now:
        return None
    rows = Appointment.objects.live().filter(patient=appointment.patient_id)
    if rows.filter(starts_at__lt=appointment.starts_at).exists():
        return None
    intake = (
        Questionnaire.objects.filter(patient=appointment.patient_id)
        .exclude(status=Status.WITHDRAWN)
        .select_related("link")
        .first()
    )
    lapsed = intake is not None and intake.status == Status.OPEN and intake.link.expires_at <= now
    return FirstVisit(intake=intake, has_lapsed=lapsed)


@transaction.atomic
def send_intake(*, appointment: Appointment, by: User) -> Questionnaire:
    """The questionnaire by link, open until the visit begins. Twice is once: the one that is with
    the patient stays. Raises `NotAFirstVisit`."""
    # The patient's row: of two presses of the button one finds what the other has sent.
    patient = Patient.objects.select_for_update(no_key=True).get(pk=appointment.patient_id)
    first = of(appointment)
    if first is None:
        raise NotAFirstVisit
    if not first.may_send and first.intake is not None:
        return first.intake
    return questionnaires.invite(patient=patient, until=appointment.starts_at, by=by)

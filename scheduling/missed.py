"""Who did not come, or called off late: what is kept on the appointment when it happens."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone

from people.models import Clinic, Patient
from scheduling import fee_rules
from scheduling.fee_rules import FeeRule
from scheduling.models import Appointment, DeskRules

LOOKED_BACK = dt.timedelta(days=365)
NOTHING_KEPT: dict[str, Any] = {
    "cancelled_at": None,
    "was_late_cancel": False,
    "proposed_fee": fee_rules.NO_FEE,
}


def rules_of(clinic: Clinic) -> DeskRules:
    """The clinic's rules; where none were written, those a new clinic begins with: no fees."""
    return DeskRules.objects.filter(clinic=clinic).first() or DeskRules(
        clinic=clinic,
        waive_reasons=["Illness or emergency", "Weather", "The clinic's mistake", "Goodwill"],
    )


def missed_by(patient: Patient, *, before: dt.datetime, but: int | None = None) -> int:
    """No-shows and late cancellations in the twelve months before."""
    rows = Appointment.objects.filter(
        Q(status=Appointment.Status.NO_SHOW) | Q(was_late_cancel=True),
        patient=patient,
        starts_at__gte=before - LOOKED_BACK,
        starts_at__lt=before,
    )
    return rows.count() if but is None else rows.exclude(pk=but).count()


def facts_of_no_show(appointment: Appointment) -> dict[str, Any]:
    """What a no-show writes down beside the status."""
    before = missed_by(appointment.patient, before=appointment.starts_at, but=appointment.pk)
    fee = fee_rules.fee_for_no_show(_rule(appointment.clinic), missed_before=before)
    return NOTHING_KEPT | {"proposed_fee": fee}


def facts_of_cancelling(appointment: Appointment) -> dict[str, Any]:
    """What a cancellation writes down beside the status."""
    now = timezone.now()
    rule = _rule(appointment.clinic)
    late = fee_rules.is_late(rule, starts_at=appointment.starts_at, cancelled_at=now)
    before = missed_by(appointment.patient, before=appointment.starts_at, but=appointment.pk)
    fee = fee_rules.fee_for_cancelling(rule, late=late, missed_before=before)
    return {"cancelled_at": now, "was_late_cancel": late, "proposed_fee": fee}


def _rule(clinic: Clinic) -> FeeRule:
    row = rules_of(clinic)
    return FeeRule(
        late_cancel_hours=row.late_cancel_hours,
        no_show_fee=row.no_show_fee,
        late_cancel_fee=row.late_cancel_fee,
        first_is_free=row.first_is_free,
    )

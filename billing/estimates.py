"""Good-faith estimates: issue one, issue it anew, give it to the patient, compare it with the bill.

An issued estimate is frozen; a worker draws its PDF. Which numbers hold (days, months, the amount
from which a bill may be disputed) stands in `EstimateRule`, by date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from billing import estimate_content
from billing.estimate_content import Plan
from billing.models import Estimate, EstimateRequest, EstimateRule, SuperbillVisit
from billing.rules.estimates import is_over
from documentation.models import Visit
from people import audit, links, outbox
from people.models import Message, Patient, PatientLink, User
from scheduling.models import Appointment

PURPOSE = PatientLink.Purpose.ESTIMATE
Way = Estimate.Way


class NoRule(LookupError):
    """No row says what the rule on estimates wants on that day."""


class AlreadyReplaced(Exception):
    """A newer estimate stands in this one's place."""


class NothingPlanned(Exception):
    """None of the visits is still booked, and none is added."""


class NotReady(Exception):
    """The PDF is not made yet: there is nothing to give."""


def rule_on(day: dt.date) -> EstimateRule:
    """Raises NoRule."""
    rule = EstimateRule.objects.in_force_on(day).first()
    if rule is None:
        raise NoRule(f"no rule on estimates holds on {day}")
    return rule


@transaction.atomic
def issue(*, patient: Patient, plan: Plan, by: User, replaces: Estimate | None = None) -> Estimate:
    """Freeze what the plan is expected to cost. What the patient had asked for is answered.

    Raises NoRule, NothingPlanned, AlreadyReplaced.
    """
    # One issuer at a time for each patient: two would both replace the same estimate.
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    if replaces is not None and Estimate.objects.filter(replaces=replaces).exists():
        raise AlreadyReplaced
    issued_at = timezone.now().replace(microsecond=0)
    today = timezone.localdate(issued_at, patient.clinic.zone)
    rule = rule_on(today)
    costed = estimate_content.cost(plan)
    if not costed.visits:
        raise NothingPlanned
    version = replaces.version + 1 if replaces is not None else 1
    estimate = Estimate.objects.create(
        patient=patient,
        clinic=costed.clinic or patient.clinic,
        version=version,
        replaces=replaces,
        first_day=costed.first_day or today,
        last_day=costed.last_day or today,
        visits=costed.visits,
        more_visits=plan.more_visits,
        more_type=plan.more_type if plan.more_visits else None,
        total=costed.total,
        dispute_over=rule.dispute_over,
        content=estimate_content.gather(
            patient, plan, costed, rule=rule, issued_at=issued_at, version=version
        ),
        issued_by=by,
        issued_at=issued_at,
    )
    estimate.appointments.set(plan.appointments)
    EstimateRequest.objects.filter(
        patient__in=Patient.objects.same_person(patient.pk), answered_by=None
    ).update(answered_by=estimate)
    if replaces is not None:
        links.revoke(purpose=PURPOSE, target=replaces)
    audit.record(by=by, action="estimate.issued", patient=patient, target=estimate, version=version)
    return estimate


@transaction.atomic
def note_request(*, patient: Patient, by: User) -> EstimateRequest:
    """The patient asks for an estimate; one that waits for an answer already is the same."""
    Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    today = timezone.localdate(timezone=patient.clinic.zone)
    request, is_new = EstimateRequest.objects.get_or_create(
        patient=patient, answered_by=None, defaults={"asked_on": today, "noted_by": by}
    )
    if is_new:
        audit.record(by=by, action="estimate.asked_for", patient=patient, target=request)
    return request


@transaction.atomic
def give(*, estimate: Estimate, how: str, by: User | None) -> bool:
    """Write down that the patient has it; whether that was news. Raises NotReady."""
    row = (
        Estimate.objects.select_for_update(no_key=True, of=("self",))
        .select_related("patient")
        .defer("file_bytes", "content")
        .get(pk=estimate.pk)
    )
    if row.status != Estimate.Status.READY:
        raise NotReady
    if row.given_at is not None:
        return False
    row.given_at, row.given_how, row.given_by = timezone.now(), how, by
    row.save(update_fields=["given_at", "given_how", "given_by"])
    audit.record(by=by, action="estimate.given", patient=row.patient, target=row, how=how)
    return True


def send(*, estimate: Estimate, by: User) -> Message:
    """Write the patient a link to it; it counts as given once they open it."""
    with transaction.atomic():
        Estimate.objects.select_for_update(no_key=True, of=("self",)).only("pk").get(pk=estimate.pk)
        link = link_of(estimate, by=by)
        clinic = estimate.clinic
        return outbox.queue(
            patient=estimate.patient,
            kind="estimate",
            source_key=f"estimate:{link.pk}",
            subject=f"A paper from {clinic}",
            body=f"{clinic} has written down what your planned visits are expected to cost: "
            f"{address_of(link)}",
            not_after=link.expires_at,
            by=by,
        )


def link_of(estimate: Estimate, *, by: User) -> PatientLink:
    """The link that opens the estimate; a new one where there is none that does."""
    open_now = PatientLink.objects.filter(
        purpose=PURPOSE, target_id=estimate.pk, revoked_at=None, expires_at__gt=timezone.now()
    ).first()
    if open_now is not None:
        return open_now
    # Until the day after the last visit, and for a fortnight at the least.
    ends = dt.datetime.combine(
        estimate.last_day + dt.timedelta(days=2), dt.time(), estimate.clinic.zone
    )
    ends = max(ends, timezone.now() + dt.timedelta(days=14))
    return links.make(
        purpose=PURPOSE, patient=estimate.patient, expires_at=ends, by=by, target=estimate
    )


def address_of(link: PatientLink) -> str:
    return f"{settings.PUBLIC_URL}{reverse('billing:estimate-link', args=[links.token_of(link)])}"


# --- The bill beside it ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Compared:
    """An estimate, and what is billed of its visits with the bill that is being made."""

    estimate: Estimate
    billed: Decimal
    now: Decimal

    @property
    def over_by(self) -> Decimal:
        return self.billed - self.estimate.total

    @property
    def is_over(self) -> bool:
        return is_over(self.billed, self.estimate.total, self.estimate.dispute_over)


def compare(charges: Mapping[Visit, Decimal]) -> list[Compared]:
    """The standing estimates of these visits beside what would be billed of them, all bills
    together, the first one issued first."""
    by_appointment = {
        visit.appointment_id: amount
        for visit, amount in charges.items()
        if visit.appointment_id is not None
    }
    estimates = (
        Estimate.objects.filter(appointments__in=list(by_appointment), replaced_by=None)
        .defer("file_bytes", "content")
        .distinct()
        .order_by("pk")
    )
    compared = []
    for estimate in estimates:
        booked = set(estimate.appointments.values_list("pk", flat=True))
        now = sum((by_appointment[pk] for pk in booked & set(by_appointment)), Decimal(0))
        before = _billed_before(booked - set(by_appointment))
        compared.append(Compared(estimate, billed=before + now, now=now))
    return compared


def _billed_before(appointments: Iterable[int]) -> Decimal:
    rows = SuperbillVisit.objects.filter(visit__appointment__in=list(appointments), stands=True)
    return rows.aggregate(total=Sum("charge"))["total"] or Decimal(0)


def bookable(patient: Patient, *, replaces: Estimate | None = None) -> list[Appointment]:
    """The booked visits that a new estimate may cover: to come, and on no other standing one."""
    taken = Estimate.appointments.through.objects.filter(estimate__replaced_by=None)
    if replaces is not None:
        taken = taken.exclude(estimate=replaces)
    booked = Appointment.objects.filter(
        patient__in=Patient.objects.same_person(patient.pk),
        status__in=(Appointment.Status.BOOKED, Appointment.Status.CONFIRMED),
        starts_at__gt=timezone.now(),
    ).exclude(pk__in=taken.values("appointment"))
    rows = booked.select_related("type", "clinic", "therapist__user")
    return list(rows.order_by("starts_at", "pk"))

"""How much of the year's therapy amount is used, and which notices hold: a patient's own rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing.models import AbnRecord, Claim, ClaimLine, YearUse
from billing.rules.types import Discipline, Notice
from people import audit
from people.models import Patient, Payer, User

BY_MODIFIER = {each.modifier: each for each in Discipline}
FIRST_OF = {YearUse.Bucket.PT_SLP: Discipline.PT, YearUse.Bucket.OT: Discipline.OT}


def bucket_of(discipline: Discipline) -> str:
    return YearUse.Bucket.OT if discipline is Discipline.OT else YearUse.Bucket.PT_SLP


def accrued_on(
    patient_id: int, day: dt.date, *, before_visit: int | None = None
) -> Mapping[Discipline, Decimal]:
    """What the calendar year had used before this visit: what the payer's portal said last, and
    our own Medicare therapy since the day it was seen.

    `before_visit` leaves out that visit and later ones of its day.
    """
    accrued = dict.fromkeys(Discipline, Decimal(0))
    january = dt.date(day.year, 1, 1)
    since: dict[str, dt.date] = {}
    for use in YearUse.objects.filter(
        patient__in=Patient.objects.same_person(patient_id),
        withdrawn_at=None,
        as_of__range=(january, day),
    ).order_by("as_of", "pk"):
        since[use.bucket] = use.as_of
        accrued[FIRST_OF[YearUse.Bucket(use.bucket)]] = use.amount
    for modifiers, treated_on, allowed in _own_lines(patient_id, january, day, before_visit):
        for discipline in (BY_MODIFIER[each] for each in modifiers if each in BY_MODIFIER):
            if treated_on > since.get(bucket_of(discipline), dt.date.min):
                accrued[discipline] += allowed
    return accrued


def _own_lines(
    patient_id: int, january: dt.date, day: dt.date, before_visit: int | None
) -> Iterable[tuple[list[str], dt.date, Decimal]]:
    earlier = Q(claim__visit__date_of_service__lt=day)
    if before_visit is not None:
        earlier |= Q(claim__visit__date_of_service=day, claim__visit__lt=before_visit)
    rows = (
        ClaimLine.objects.filter(
            earlier,
            claim__patient__in=Patient.objects.same_person(patient_id),
            claim__payer__kind=Payer.Kind.MEDICARE,
            claim__sequence=1,
            claim__visit__date_of_service__gte=january,
            allowed__isnull=False,
            modifiers__overlap=list(BY_MODIFIER),
        )
        .exclude(modifiers__contains=["GY"])
        .exclude(claim__status__in=[Claim.Status.VOID, Claim.Status.DENIED])
        .values_list("modifiers", "claim__visit__date_of_service", "allowed")
    )
    return [(modifiers, on, allowed) for modifiers, on, allowed in rows if allowed is not None]


def notices_on(patient_id: int, day: dt.date) -> tuple[Notice, ...]:
    """The notices that hold on the day, the latest first: the rules take the first that covers."""
    records = AbnRecord.objects.filter(
        patient__in=Patient.objects.same_person(patient_id),
        withdrawn_at=None,
        covers_from__lte=day,
    ).order_by("-covers_from", "-pk")
    return tuple(
        Notice(
            kind=record.kind,  # type: ignore[arg-type]  # the column's choices are the literals
            discipline=Discipline(record.discipline),
            codes=frozenset(record.codes),
            reason=record.reason,
            bill=record.choice != AbnRecord.Choice.NO_BILL,
        )
        for record in records
        if day <= record.last_day
    )


@transaction.atomic
def record_notice(record: AbnRecord, *, by: User) -> AbnRecord:
    """Keep a notice (or that there is none). It is never changed: withdrawn and written anew."""
    record.recorded_by = by
    record.save(force_insert=True)
    audit.record(
        by=by, action="notice.recorded", patient=record.patient, target=record, kind=record.kind
    )
    return record


@transaction.atomic
def enter_use(use: YearUse, *, by: User) -> YearUse:
    """Keep what the payer's portal says the year has used."""
    use.entered_by = by
    use.save(force_insert=True)
    audit.record(
        by=by, action="year_use.entered", patient=use.patient, target=use, bucket=use.bucket
    )
    return use


class AlreadyWithdrawn(Exception):
    """Somebody has withdrawn it meanwhile."""


@transaction.atomic
def withdraw(row: AbnRecord | YearUse, *, by: User) -> None:
    """Take back what was written by mistake; the row stays readable. Raises AlreadyWithdrawn."""
    model = type(row)
    row = model.objects.select_for_update(of=("self",)).select_related("patient").get(pk=row.pk)
    if row.withdrawn_at is not None:
        raise AlreadyWithdrawn
    row.withdrawn_at, row.withdrawn_by = timezone.now(), by
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    action = "notice.withdrawn" if model is AbnRecord else "year_use.withdrawn"
    audit.record(by=by, action=action, patient=row.patient, target=row)

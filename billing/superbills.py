"""Superbills: which visits may stand on one, ask for it, take it back.

The row stands first with all it says; its charges go to the patient's side of the ledger in the
same transaction. A worker draws the PDF.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from billing import ledger, superbill_content
from billing.models import Claim, LedgerEntry, Superbill, SuperbillVisit
from billing.superbill_content import Charged
from documentation.models import Visit
from people import audit
from people.models import Patient, User

MOST_VISITS = 40  # a thicker superbill is two
Kind = LedgerEntry.Kind


class Refused(Exception):
    """Some of the visits cannot stand on a superbill; `reasons` says why, by visit."""

    def __init__(self, reasons: dict[int, str]) -> None:
        super().__init__(len(reasons))
        self.reasons = reasons


class TakenBack(Exception):
    """Somebody took this superbill back already."""


@dataclass(frozen=True)
class Candidate:
    """A visit, and why it cannot stand on a superbill; empty when it can."""

    visit: Visit
    refusal: str = ""


def candidates(patient: Patient) -> list[Candidate]:
    """Every visit of the patient, the newest first."""
    visits = _with_all_it_needs(
        Visit.objects.filter(patient__in=Patient.objects.same_person(patient.pk))
    ).order_by("-date_of_service", "-pk")
    return _judged(list(visits))


def _with_all_it_needs(visits: QuerySet[Visit]) -> QuerySet[Visit]:
    return visits.select_related(
        "patient", "clinic", "therapist__user", "episode", "note", "appointment"
    )


def _judged(visits: list[Visit]) -> list[Candidate]:
    ids = [visit.pk for visit in visits]
    claims: dict[int, list[Claim]] = {}
    rows = Claim.objects.filter(visit__in=ids).select_related("payer").prefetch_related("batches")
    for claim in rows.order_by("sequence"):
        claims.setdefault(claim.visit_id, []).append(claim)
    standing = {
        row.visit_id: row.superbill
        for row in SuperbillVisit.objects.filter(visit__in=ids, stands=True).select_related(
            "superbill"
        )
    }
    return [
        Candidate(visit, _refusal(visit, claims.get(visit.pk, []), standing.get(visit.pk)))
        for visit in visits
    ]


def _refusal(visit: Visit, claims: Sequence[Claim], standing: Superbill | None) -> str:
    note = getattr(visit, "note", None)
    if note is None or not note.is_final:
        return "Its note is not final yet: signed, and co-signed where that is needed."
    if standing is not None:
        return f"It stands on superbill {standing.number}."
    for claim in claims:
        if claim.payer is None:
            continue
        if any(batch.sent_at is not None for batch in claim.batches.all()):
            return f"It was billed to {claim.payer}."
        if claim.status == Claim.Status.VOID:
            continue
        if claim.released_at is not None:
            return f"Its claim to {claim.payer} was released."
        return f"A claim to {claim.payer} is being prepared. Void it if the patient pays instead."
    return ""


@transaction.atomic
def ask(
    *, patient: Patient, visits: Iterable[Visit], by: User, over: Sequence[int] = ()
) -> Superbill:
    """Issue a superbill of these visits and post its charges. `over` are the estimates that whoever
    asks has seen it outgrow.

    Raises Refused.
    """
    # Visits before their claims, as when a claim is drafted: nobody releases one meanwhile.
    wanted = sorted({visit.pk for visit in visits})[:MOST_VISITS]
    locked = list(
        _with_all_it_needs(
            Visit.objects.select_for_update(no_key=True, of=("self",)).filter(
                pk__in=wanted, patient__in=Patient.objects.same_person(patient.pk)
            )
        ).order_by("pk")
    )
    list(Claim.objects.select_for_update(no_key=True).filter(visit__in=wanted).order_by("pk"))
    judged = _judged(sorted(locked, key=lambda visit: (visit.date_of_service, visit.pk)))
    charged = [(one, superbill_content.charge(one.visit)) for one in judged if not one.refusal]
    reasons = {one.visit.pk: one.refusal for one in judged if one.refusal}
    reasons |= {one.visit.pk: told.refusal for one, told in charged if told.refusal}
    if reasons or not judged:
        raise Refused(reasons)
    return _issue(patient, [told for _, told in charged], by=by, over=over)


def _issue(patient: Patient, charged: list[Charged], *, by: User, over: Sequence[int]) -> Superbill:
    visits = [one.visit for one in charged]
    asked_at = timezone.now().replace(microsecond=0)
    superbill = Superbill.objects.create(
        patient=patient,
        clinic=visits[-1].clinic,
        first_day=visits[0].date_of_service,
        last_day=visits[-1].date_of_service,
        total=sum((one.total for one in charged), Decimal(0)),
        content=superbill_content.gather(patient, charged, asked_at=asked_at),
        asked_by=by,
        asked_at=asked_at,
    )
    for one in charged:
        row = SuperbillVisit.objects.create(superbill=superbill, visit=one.visit, charge=one.total)
        ledger.post_to_patient(
            patient=patient,
            kind=Kind.CHARGE,
            amount=one.total,
            source_key=_key(row),
            by=by,
        )
    audit.record(
        by=by,
        action="superbill.asked",
        patient=patient,
        target=superbill,
        visits=[visit.pk for visit in visits],
        over_estimates=list(over),
    )
    return superbill


def _key(row: SuperbillVisit) -> str:
    return f"superbill:{row.pk}"


@transaction.atomic
def take_back(*, superbill: Superbill, reason: str, by: User) -> Superbill:
    """The superbill no longer holds: its charges reverse, its visits are free for a payer or for
    another superbill. Of two at once one gets TakenBack."""
    superbill = (
        Superbill.objects.select_for_update(no_key=True, of=("self",))
        .select_related("patient")
        .defer("file_bytes", "content")
        .get(pk=superbill.pk)
    )
    if not superbill.stands:
        raise TakenBack
    superbill.withdrawn_at, superbill.withdrawn_by = timezone.now(), by
    superbill.withdrawn_reason = reason
    superbill.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    for row in superbill.rows.order_by("pk"):
        entry = LedgerEntry.objects.get(source_key=_key(row))
        ledger.post_to_patient(
            patient=superbill.patient,
            kind=Kind.REVERSAL,
            amount=-entry.amount,
            source_key=f"reversal:{entry.pk}",
            by=by,
            reverses=entry,
        )
    superbill.rows.update(stands=False)
    audit.record(by=by, action="superbill.taken_back", patient=superbill.patient, target=superbill)
    return superbill


def standing_of(visit: Visit) -> Superbill | None:
    """The superbill that the visit stands on."""
    return Superbill.objects.filter(rows__visit=visit, rows__stands=True).first()

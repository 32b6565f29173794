"""Reserve visits on authorizations, and say how each one stands: the bridge between the rows and
`budget_rules`.

A reservation is the appointment's own `authorization`. Only a live appointment counts, so whoever
cancels or misses one gives its visit back by that alone; nothing is counted twice or forgotten.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from people import audit
from people.models import Authorization, Coverage, Patient, User
from scheduling import budget_rules as rules
from scheduling.budget_rules import Budget, Card, Choice, Grant, Use
from scheduling.facts import NotBookable, OverBudget
from scheduling.models import Appointment, AppointmentType, BudgetAndWaitRules

REASON_LENGTH = 200
Uses = dict[int, Sequence[Use]]


@dataclass(frozen=True)
class Preview:
    """What the desk sees before it books: the authorization chosen, and how it stands then."""

    choice: Choice
    told: str
    budget: Budget | None
    visits_left_after: int | None
    units_left_after: int | None
    copay: Decimal | None


def lock(*patients: Patient) -> None:
    """Nobody else reserves on the patients' authorizations, or changes one, until this is done."""
    rows = Authorization.objects.select_for_update(of=("self",), no_key=True)
    list(rows.filter(coverage__patient__in=patients).order_by("pk").values_list("pk"))


def reserve(wanted: Appointment, *, reason: str, by: User | None) -> list[str]:
    """Put the right authorization on an appointment that is about to be written; the caller holds
    `lock`. The names of the fields that were set.

    Raises `OverBudget` where none is left and no `reason` is given for booking all the same.
    """
    reason = _clean(reason)
    cards, uses = _cards_and_uses(wanted.patient, but=wanted.pk)
    choice = _chosen(
        cards,
        uses,
        appointment_type=wanted.type,
        minutes=wanted.minutes,
        on=wanted.starts_at.astimezone(wanted.clinic.zone).date(),
    )
    is_over = choice.problem is not None
    reason = reason or wanted.over_budget_reason
    if is_over and not reason:
        on = wanted.starts_at.astimezone(wanted.clinic.zone).date()
        raise OverBudget(choice, rules.sentence(choice, on=on))
    wanted.authorization_id = choice.grant.id if choice.grant is not None else None
    if not is_over:
        wanted.over_budget_reason, wanted.over_budget_by, wanted.over_budget_at = "", None, None
    elif reason != wanted.over_budget_reason or wanted.over_budget_at is None:
        wanted.over_budget_reason = reason
        wanted.over_budget_by, wanted.over_budget_at = by, timezone.now()
    return ["authorization", "over_budget_reason", "over_budget_by", "over_budget_at"]


def record_over(appointment: Appointment, *, by: User | None) -> None:
    """The line in the audit that a visit was booked over the budget; none where it was not."""
    if appointment.over_budget_reason:
        audit.record(
            by=by,
            action="appointment.over_budget",
            patient=appointment.patient,
            target=appointment,
            authorization=appointment.authorization_id,
        )


@transaction.atomic
def record_units(*, appointment: Appointment | None, units: int) -> None:
    """What a visit was billed as; it counts from then on in place of what its type usually takes.

    Called by billing each time it codes the visit; the same number twice is the same as once.
    """
    if appointment is None:
        return
    Appointment.objects.filter(pk=appointment.pk).exclude(units_used=units).update(units_used=units)


def budget_of(authorization: Authorization) -> Budget:
    return budgets_of([authorization])[authorization.pk]


def budgets_of(authorizations: Iterable[Authorization]) -> dict[int, Budget]:
    """How each authorization stands, by its id. Two queries, however many; the rows come with
    `coverage__patient__clinic`."""
    rows = list(authorizations)
    uses = _uses(row.pk for row in rows)
    limits = BudgetAndWaitRules.current()
    return {
        row.pk: rules.budget(
            _grant(row),
            uses.get(row.pk, ()),
            today=timezone.localdate(timezone=row.coverage.patient.clinic.zone),
            few_visits=limits.few_visits,
            ends_soon_days=limits.ends_soon_days,
        )
        for row in rows
    }


def preview(
    *,
    patient: Patient,
    appointment_type: AppointmentType,
    on: dt.date,
    minutes: int | None = None,
    but: Appointment | None = None,
) -> Preview:
    """The authorization a visit on that day would be reserved on, and what would then be left.
    `but` is the appointment that is being moved."""
    cards, uses = _cards_and_uses(patient, but=but.pk if but is not None else None)
    length = appointment_type.minutes if minutes is None else minutes
    choice = _chosen(cards, uses, appointment_type=appointment_type, minutes=length, on=on)
    found: Budget | None = None
    if choice.grant is not None:
        limits = BudgetAndWaitRules.current()
        found = rules.budget(
            choice.grant,
            uses.get(choice.grant.id, ()),
            today=timezone.localdate(timezone=patient.clinic.zone),
            few_visits=limits.few_visits,
            ends_soon_days=limits.ends_soon_days,
        )
    return Preview(
        choice=choice,
        told=rules.sentence(choice, on=on),
        budget=found,
        visits_left_after=_less(choice.visits_left, 1),
        units_left_after=_less(choice.units_left, choice.needs_units),
        copay=_copay(patient, on),
    )


def foresee(
    *,
    patient: Patient,
    appointment_type: AppointmentType,
    days: Iterable[dt.date],
    minutes: int | None = None,
) -> list[Choice]:
    """What each visit of a series would be reserved on, in the order of the days given: every one
    takes from what those before it left. Three queries, however many days."""
    cards, uses = _cards_and_uses(patient)
    length = appointment_type.minutes if minutes is None else minutes
    taken: dict[int, list[Use]] = {pk: list(of_one) for pk, of_one in uses.items()}
    choices = []
    for day in days:
        choice = _chosen(
            cards,
            {pk: tuple(of_one) for pk, of_one in taken.items()},
            appointment_type=appointment_type,
            minutes=length,
            on=day,
        )
        choices.append(choice)
        if choice.grant is not None:
            use = Use(on=day, units=choice.needs_units, held=False)
            taken.setdefault(choice.grant.id, []).append(use)
    return choices


def _chosen(
    cards: Iterable[Card],
    uses: Uses,
    *,
    appointment_type: AppointmentType,
    minutes: int,
    on: dt.date,
) -> Choice:
    return rules.choose(
        cards,
        uses,
        on=on,
        units=rules.usual_units(minutes=minutes, told=appointment_type.usual_units),
        discipline=appointment_type.discipline,
        is_evaluation=appointment_type.is_evaluation,
    )


def _cards_and_uses(patient: Patient, *, but: int | None = None) -> tuple[list[Card], Uses]:
    coverages = Coverage.objects.filter(patient=patient).select_related("payer")
    cards = [
        Card(
            priority=coverage.priority,
            payer=coverage.payer.name,
            needs_authorization=coverage.payer.needs_authorization,
            starts_on=coverage.starts_on,
            ends_on=coverage.ends_on,
            grants=tuple(_grant(row) for row in coverage.authorizations.all()),
        )
        for coverage in coverages.prefetch_related("authorizations")
    ]
    grants = [grant.id for card in cards for grant in card.grants]
    return cards, _uses(grants, but=but) if grants else {}


def _grant(row: Authorization) -> Grant:
    return Grant(
        id=row.pk,
        number=row.number,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        visits=row.visits_approved,
        units=row.units_approved,
        codes=frozenset(row.codes),
    )


def _uses(authorization_ids: Iterable[int], *, but: int | None = None) -> Uses:
    """The live appointments on each authorization, as values. One query."""
    rows: Any = Appointment.objects.live().filter(authorization__in=list(authorization_ids))
    if but is not None:
        rows = rows.exclude(pk=but)
    found: dict[int, list[Use]] = defaultdict(list)
    for pk, status, starts_at, ends_at, zone, billed, usual in rows.values_list(
        "authorization_id",
        "status",
        "starts_at",
        "ends_at",
        "clinic__time_zone",
        "units_used",
        "type__usual_units",
    ):
        minutes = int((ends_at - starts_at).total_seconds() // 60)
        found[pk].append(
            Use(
                on=starts_at.astimezone(ZoneInfo(zone)).date(),
                units=rules.usual_units(minutes=minutes, told=usual) if billed is None else billed,
                held=status == Appointment.Status.COMPLETED,
            )
        )
    return {pk: tuple(of_one) for pk, of_one in found.items()}


def _copay(patient: Patient, on: dt.date) -> Decimal | None:
    """What the patient pays at the desk that day: the primary card's copay."""
    cards = Coverage.objects.filter(patient=patient, starts_on__lte=on).order_by("priority")
    card = next((row for row in cards if row.is_active_on(on)), None)
    return card.copay if card is not None and card.copay else None


def _less(left: int | None, taken: int) -> int | None:
    return None if left is None else left - taken


def _clean(reason: str) -> str:
    words = " ".join(reason.split())
    if len(words) > REASON_LENGTH:
        raise NotBookable({"over_budget_reason": f"Keep it under {REASON_LENGTH} characters."})
    return words

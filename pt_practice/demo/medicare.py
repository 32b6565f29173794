"""Three Medicare patients of the demo: one near the year's amount, one told that visits may not be
paid, and one whose amount was entered by mistake."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from billing.models import AbnRecord, YearUse
from people.models import Coverage, Payer, User


def build_notices(today: dt.date, biller: User, treated: set[int]) -> None:
    """Before the claims are drafted, which bear what stands here."""
    cards = Coverage.objects.filter(
        payer__kind=Payer.Kind.MEDICARE, patient__in=treated, priority=Coverage.Priority.PRIMARY
    )
    patients = list(cards.order_by("patient").values_list("patient", flat=True).distinct()[:3])
    seen = max(today - dt.timedelta(days=21), dt.date(today.year, 1, 1))
    for patient_id, amount, is_mistaken in zip(
        patients, ("2415.60", "1310.00", "9240.00"), (False, False, True), strict=False
    ):
        YearUse.objects.create(
            patient_id=patient_id,
            bucket=YearUse.Bucket.PT_SLP,
            amount=Decimal(amount),
            as_of=seen,
            source="Noridian Medicare portal",
            entered_by=biller,
            withdrawn_at=timezone.now() if is_mistaken else None,
            withdrawn_by=biller if is_mistaken else None,
        )
    for patient_id in patients[1:2]:
        AbnRecord.objects.create(
            patient_id=patient_id,
            kind=AbnRecord.Kind.REQUIRED,
            discipline="PT",
            reason="Medicare may find more balance training not necessary",
            estimated_cost=Decimal("120.00"),
            choice=AbnRecord.Choice.BILL,
            signed_on=today - dt.timedelta(days=7),
            covers_from=today - dt.timedelta(days=7),
            recorded_by=biller,
        )

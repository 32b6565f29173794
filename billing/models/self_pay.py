"""What a patient without insurance is handed: the superbill of visits, frozen when asked for."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from documentation.models import Visit
from documentation.models.pdf_row import PdfRow
from people.models import Clinic, Patient, User


class OfPatientsQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: User) -> OfPatientsQuerySet:
        """Papers of the patients of this person's clinics."""
        return self.filter(
            patient__in=Patient.objects.at_clinics_of(user), patient__removed_at=None
        )


class Superbill(PdfRow):
    """Visits that the patient pays for, as one paper. `content` is all it says.

    While it stands, its charges are on the patient's side of the ledger and no claim of its visits
    is released; taking it back reverses the charges and keeps the row.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    total = models.DecimalField(max_digits=10, decimal_places=2)
    content = models.JSONField(editable=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=120, blank=True)

    objects = OfPatientsQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["patient", "-asked_at"], name="superbill_by_patient")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="ready") | Q(file_bytes__isnull=False),
                name="a_ready_superbill_has_bytes",
            ),
            models.CheckConstraint(condition=Q(total__gt=0), name="a_superbill_charges_something"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False))
                & ~Q(withdrawn_reason=""),
                name="a_superbill_taken_back_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"superbill {self.pk}"

    def get_absolute_url(self) -> str:
        return f"{reverse('billing:patient-self-pay', args=[self.patient_id])}#superbill-{self.pk}"

    @property
    def number(self) -> str:
        return f"SB{self.pk:06d}"

    @property
    def stands(self) -> bool:
        return self.withdrawn_at is None


class SuperbillVisit(models.Model):
    """One visit of a superbill and what it charges. `stands` falls when the superbill is taken
    back: a visit stands on one at the most."""

    superbill = models.ForeignKey(Superbill, on_delete=models.PROTECT, related_name="rows")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    charge = models.DecimalField(max_digits=10, decimal_places=2)
    stands = models.BooleanField(default=True)

    class Meta:
        ordering = ["superbill", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit"], condition=Q(stands=True), name="one_standing_superbill_per_visit"
            ),
            models.CheckConstraint(condition=Q(charge__gt=0), name="a_superbill_row_charges"),
        ]

    def __str__(self) -> str:
        return f"visit {self.visit_id} of superbill {self.superbill_id}"

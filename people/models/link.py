"""A way in for somebody who has no account: about one patient, for one purpose, for a time."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.models.patient import Patient
from people.models.staff import User


class PatientLink(models.Model):
    """What a link in a message opens. The address carries the row's id, signed; no secret is
    stored here, and nobody can make one up. Mostly the patient opens it; a letter's and a plan of
    care's are for the provider to whom they were sent."""

    class Purpose(models.TextChoices):
        APPOINTMENT = "appointment", "Confirm or cancel an appointment"
        WAIT_LIST = "wait_list", "Take an offered time"
        INTAKE = "intake", "Fill in the intake questionnaire"
        HOME_PROGRAM = "home_program", "Do the home program"
        MEASURES = "measures", "Answer outcome measures"
        LETTER = "provider_letter", "Read a letter, as the provider it was written to"
        PLAN_OF_CARE = "plan_of_care", "Sign a plan of care"
        ESTIMATE = "estimate", "Read a good-faith estimate"

    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    target_id = models.BigIntegerField(null=True, help_text="The row it is about, by purpose.")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["purpose", "target_id"], name="link_by_target"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("made_at")), name="a_link_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"link {self.pk}"

"""The line of who did what to which chart, when and from where; only ever added to."""

from django.db import models
from django.utils import timezone

from people.models.patient import Patient
from people.models.staff import User


class AuditEvent(models.Model):
    """One act. At commit the database gives it a place and a hash over the place before it."""

    STAYS_WHEN_PATIENTS_MERGE = True

    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    target_type = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, null=True, related_name="+")
    from_address = models.GenericIPAddressField(null=True)
    detail = models.JSONField(default=dict, blank=True)
    position = models.BigIntegerField(null=True, unique=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["patient", "-at"], name="audit_by_patient"),
            models.Index(fields=["actor", "-at"], name="audit_by_actor"),
            models.Index(fields=["-at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action}"
